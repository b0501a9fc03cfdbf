//! Construction projects: what is built for a school, where, how large, and when it is due.

use chrono::NaiveDate;

use crate::{
    campus::Campus,
    column::{ColumnType, bases, bounding_reference, extra, names, optional, reference, required},
    district::District,
    fact::ImpreciseDate,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    region::Region,
    rule::Rule,
    school::School,
    text::vocabulary,
    township::Township,
};

/// A construction project. The project, the campus that it builds and the school are three things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// What it shares with all nouns.
    pub head: Head,
    /// The school for which it builds.
    pub school: Option<Id<School>>,
    /// The campus that it builds.
    pub campus: Option<Id<Campus>>,
    /// The township it lies in.
    pub township: Option<Id<Township>>,
    /// The region it lies in.
    pub region: Option<Id<Region>>,
    /// The district it lies in.
    pub district: Option<Id<District>>,
    /// Which phase of the works it is, from 1.
    pub phase_no: Option<u32>,
    /// The stages of education for which it builds.
    pub education_phases: Vec<EducationPhase>,
    /// Its status as last recorded; [`Project::status_on`] says what it was on a day.
    pub status: ProjectStatus,
    /// When the works started.
    pub started_on: Option<ImpreciseDate>,
    /// When it opened.
    pub opened_on: Option<ImpreciseDate>,
    /// When it is to open, as last announced.
    pub due_on: Option<ImpreciseDate>,
    /// How many pupils it has room for.
    pub places: Option<u32>,
    /// How many classes.
    pub classes: Option<u32>,
    /// How many of them are classes of primary school.
    pub classes_primary: Option<u32>,
    /// How many of them are classes of junior school.
    pub classes_junior: Option<u32>,
    /// How many of them are classes of senior school.
    pub classes_senior: Option<u32>,
    /// The floor area, in square meters.
    pub floor_area_m2: Option<u32>,
}
noun!(Project);

impl Project {
    /// The status on a day, where dates are stated: opened from the day it opened on, and before that not opened.
    #[must_use]
    pub fn status_on(&self, day: NaiveDate) -> ProjectStatus {
        let begun = |date: &Option<ImpreciseDate>| date.as_ref().and_then(ImpreciseDate::first_day);
        match (begun(&self.opened_on), begun(&self.started_on)) {
            (Some(opened), _) if opened <= day => ProjectStatus::Opened,
            (Some(_), Some(started)) if started <= day => ProjectStatus::UnderConstruction,
            (Some(_), Some(_)) => ProjectStatus::Planned,
            (Some(_), None) if self.status == ProjectStatus::Opened => ProjectStatus::InProgress,
            (None, Some(started)) if started > day => ProjectStatus::Planned,
            _ => self.status,
        }
    }
}

vocabulary! {
    /// How far a project has come.
    ProjectStatus {
        /// It is worked on; no source says how far it has come.
        InProgress = "in_progress",
        /// What it built is open.
        Opened = "opened",
        /// It is planned.
        Planned = "planned",
        /// It is being built.
        UnderConstruction = "under_construction",
    } else Unknown
}

vocabulary! {
    /// The stages of education for which something is built or planned.
    EducationPhase {
        /// The nine years of compulsory education, in one school.
        NineYear = "nine_year",
        /// Kindergarten.
        Kindergarten = "kindergarten",
        /// Primary school.
        Primary = "primary",
        /// Junior secondary school.
        Junior = "junior",
        /// Senior secondary school.
        Senior = "senior",
    }
}

/// A step of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectMilestone {
    /// Its identity.
    pub id: i64,
    /// The step.
    pub milestone: MilestoneKind,
    /// Whether it is planned, or was reached.
    pub planned_or_actual: PlannedOrActual,
    /// When.
    pub date: Option<ImpreciseDate>,
}

vocabulary! {
    /// A step of a project.
    MilestoneKind {
        /// The department of compulsory education was handed over.
        CompulsoryEducationDepartmentDelivered = "compulsory_education_department_delivered",
        /// The works started.
        ConstructionStarted = "construction_started",
        /// All of it was handed over.
        Delivered = "delivered",
        /// The first pupils were admitted.
        FirstEnrolment = "first_enrolment",
        /// It opened.
        Opening = "opening",
        /// It was put into use.
        PutIntoUse = "put_into_use",
        /// The building reached its full height.
        ToppedOut = "topped_out",
        /// The structure below ground was complete.
        UndergroundStructureComplete = "underground_structure_complete",
    }
}

vocabulary! {
    /// Whether a step is planned, or was reached.
    PlannedOrActual {
        /// It was reached.
        Actual = "actual",
        /// It is planned.
        Planned = "planned",
    }
}

/// Rows of `projects.csv`. No date begins or ends a project: it is on record from when it is known, and stays so.
pub const SHAPE: Shape = Shape {
    kind: Kind::Project,
    file: "projects",
    table: "projects",
    description: "A construction project.",
    key: &["project_id"],
    columns: &[
        required("project_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("school_id", reference(Kind::School), "The school for which it builds."),
        optional("campus_id", reference(Kind::Campus), "The campus that it builds."),
        optional("township_id", reference(Kind::Township), "The township it lies in."),
        optional("region_id", reference(Kind::Region), "The region it lies in."),
        optional("phase_no", ColumnType::NUMBER, "Which phase of the works it is, from 1."),
        optional("education_phases", ColumnType::Words(EducationPhase::WORDS), "The stages for which it builds."),
        optional("status", ColumnType::Word(ProjectStatus::WORDS), "How far it has come."),
        optional("started_on", ColumnType::DATE, "When the works started."),
        optional("opened_on", ColumnType::DATE, "When it opened."),
        optional("due_on", ColumnType::DATE, "When it is to open, as last announced."),
        optional("places", ColumnType::NUMBER, "How many pupils it has room for."),
        optional("classes", ColumnType::NUMBER, "How many classes."),
        extra("classes_primary", ColumnType::NUMBER, "How many of them are classes of primary school."),
        optional("classes_junior", ColumnType::NUMBER, "How many of them are classes of junior school."),
        optional("classes_senior", ColumnType::NUMBER, "How many of them are classes of senior school."),
        optional("floor_area_m2", ColumnType::NUMBER, "The floor area, in square meters."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district it lies in."),
    ],
    dated: ("", ""),
    rules: &[Rule::Opens {
        built: "campus_id",
        served: "school_id",
        on: "opened_on",
        status: "status",
        pending: &[
            ProjectStatus::InProgress.word(),
            ProjectStatus::Planned.word(),
            ProjectStatus::UnderConstruction.word(),
        ],
    }],
};

/// Rows of `project_milestones.csv`.
pub const MILESTONES: Shape = Shape {
    kind: Kind::ProjectMilestone,
    file: "project_milestones",
    table: "project_milestones",
    description: "A step of a project.",
    key: &["project_id", "milestone", "planned_or_actual"],
    columns: &[
        required("project_id", bounding_reference(Kind::Project), "The project."),
        required("milestone", ColumnType::Word(MilestoneKind::WORDS), "The step."),
        required(
            "planned_or_actual",
            ColumnType::Word(PlannedOrActual::WORDS),
            "Whether it is planned, or was reached.",
        ),
        optional("date_text", ColumnType::DATE, "When."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
