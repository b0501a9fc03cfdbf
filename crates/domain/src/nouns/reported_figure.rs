//! Figures that sources report: how many groups there are, how many places a project has.

use std::cmp::Ordering;

use crate::{
    column::{ColumnType, bases, extra, names, optional, reference, required, texts},
    designation::Designation,
    fact::ImpreciseDate,
    id::{AnyId, Id, Kind},
    noun::{Head, noun},
    person::Person,
    record::Shape,
    rule::Rule,
    text::vocabulary,
    texts::Texts,
    values::decimal::Decimal,
};

/// A figure that a source reports. Its name says what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedFigure {
    /// What it shares with all nouns.
    pub head: Head,
    /// Of what it is a figure; none where that is not on record.
    pub subject: Option<AnyId>,
    /// Of what it is a figure, in words, where that is not on record.
    pub about: Texts,
    /// The figure.
    pub value: Decimal<4>,
    /// In what it is counted.
    pub unit: FigureUnit,
    /// How exact the source says that it is.
    pub qualifier: FigureQualifier,
    /// The time for which it holds.
    pub as_of: Option<ImpreciseDate>,
    /// What on record counts the same.
    pub metric: Option<Metric>,
    /// The designation of which it counts the holders.
    pub designation: Option<Id<Designation>>,
    /// The person who states it.
    pub person: Option<Id<Person>>,
}
noun!(ReportedFigure);

vocabulary! {
    /// In what a figure is counted.
    FigureUnit {
        /// Things, one by one.
        Count = "count",
        /// Square kilometers.
        SquareKilometer = "km2",
        /// Square meters.
        SquareMeter = "m2",
        /// People.
        People = "people",
        /// Percent.
        Percent = "percent",
        /// Places for pupils.
        Places = "places",
        /// A part of one.
        Ratio = "ratio",
        /// Years.
        Years = "years",
    }
}

vocabulary! {
    /// How exact a figure is, by its source.
    FigureQualifier {
        /// It is about so much.
        About = "about",
        /// It is more.
        Above = "above",
        /// It is as much, or more.
        AtLeast = "at_least",
        /// The source says no more than the figure.
        Exact = "exact",
    }
}

vocabulary! {
    /// How what is on record compares with a figure.
    FigureComparison {
        /// It is the same or, where the source says no more than "at least" or "above", as much or more.
        Equal = "equal",
        /// There is less on record.
        RecordedFewer = "recorded_fewer",
        /// There is more on record.
        RecordedMore = "recorded_more",
        /// Nothing on record counts the same.
        NotComparable = "not_comparable",
    }
}

impl ReportedFigure {
    /// How what is on record, compares with the figure.
    #[must_use]
    pub fn compare(&self, recorded: f64) -> FigureComparison {
        let reported = self.value.to_f64();
        let is_lower_bound = matches!(self.qualifier, FigureQualifier::AtLeast | FigureQualifier::Above);
        match recorded.partial_cmp(&reported) {
            Some(Ordering::Less) => FigureComparison::RecordedFewer,
            Some(Ordering::Equal) => FigureComparison::Equal,
            Some(Ordering::Greater) if is_lower_bound => FigureComparison::Equal,
            Some(Ordering::Greater) => FigureComparison::RecordedMore,
            None => FigureComparison::NotComparable,
        }
    }
}

vocabulary! {
    /// What on record counts the same as a figure: a rule for each word says what that is.
    Metric {
        /// The schools that are members of an alliance.
        AllianceSchools = "alliance_schools",
        /// The schools of a district that hold a designation.
        DesignationHolders = "designation_holders",
        /// The expert groups of an advisory body.
        ExpertGroups = "expert_groups",
        /// The schools that are members of a group.
        GroupSchools = "group_schools",
        /// The education groups of a district that operate.
        Groups = "groups",
        /// The learning areas of a district.
        LearningAreas = "learning_areas",
        /// The classes of a project.
        ProjectClasses = "project_classes",
        /// The floor area of a project.
        ProjectFloorArea = "project_floor_area",
        /// The classes of junior school of a project.
        ProjectJuniorClasses = "project_junior_classes",
        /// The places of a project.
        ProjectPlaces = "project_places",
        /// The classes of senior school of a project.
        ProjectSeniorClasses = "project_senior_classes",
        /// Of the public schools of a district those in a group, in percent.
        PublicSchoolsInGroups = "public_schools_in_groups",
        /// The sites of a school.
        SchoolSites = "school_sites",
        /// The townships and subdistricts of a district.
        Townships = "townships",
    }
}

/// The kinds of nouns of which a figure may be.
const SUBJECTS: &[&str] = super::SUBJECTS;

/// Rows of `reported_figures.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::ReportedFigure,
    file: "reported_figures",
    table: "reported_figures",
    description: "A figure that a source reports. Its name says what it counts.",
    key: &["reported_figure_id"],
    columns: &[
        required("reported_figure_id", ColumnType::Slug, "The slug."),
        optional(
            "subject_type",
            ColumnType::Word(SUBJECTS),
            "Of what it is a figure; blank where that is not on record.",
        ),
        optional("subject_id", ColumnType::RefOf { column: "subject_type", bounds: false }, "The noun."),
        texts("about", "Of what it is a figure, in words in this language, where that is not on record."),
        bases("about_basis"),
        names(),
        bases("name_basis"),
        required("value", ColumnType::DECIMAL, "The figure."),
        required("unit", ColumnType::Word(FigureUnit::WORDS), "In what it is counted."),
        required("qualifier", ColumnType::Word(FigureQualifier::WORDS), "How exact it is, by its source."),
        optional("as_of", ColumnType::DATE, "The time for which it holds."),
        optional(
            "metric",
            ColumnType::Word(Metric::WORDS),
            "What on record counts the same; blank where nothing does.",
        ),
        optional("designation_id", reference(Kind::Designation), "The designation of which it counts the holders."),
        optional("person_id", reference(Kind::Person), "The person who states it."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("confidence", ColumnType::CitedConfidence(""), "How sure it is."),
    ],
    dated: ("", ""),
    rules: &[Rule::FilledOneOf { columns: &["subject_id", "about"] }],
};
