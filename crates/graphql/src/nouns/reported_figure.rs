//! Figures that sources report: how many groups there are, how many places a project has.

use async_graphql::OutputType;
use domain::FigureComparison;

use crate::{
    definition::{
        abstract_type::{AbstractType, NounRef},
        field::Loading,
        leaf::IntoLeaf,
        object_type::ObjectType,
    },
    lists::filter_type::FilterType,
    nouns::metric::{Recorded, RecordedItems, load_recorded},
    objects::{
        noun::{NounType, ViewedNoun},
        word::Word,
    },
};

/// The columns by which a figure is compared with what is on record.
const COMPARED: &[&str] = &["metric", "subject_type", "subject", "designation", "value", "qualifier"];

/// A number without what floating point adds.
fn round(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

impl ObjectType<ViewedNoun<domain::ReportedFigure>> {
    /// Adds a value that follows from a figure and what is counted on record beside it, or from why nothing is.
    fn compared<V: OutputType + IntoLeaf<'static> + Send + 'static>(
        self,
        name: &'static str,
        description: &'static str,
        value: fn(&domain::ReportedFigure, Recorded) -> V,
    ) -> Self {
        self.load_leaf(name, description, move |it, ctx| {
            Loading::later(async move { Ok(value(&it.noun, load_recorded(ctx, it.view, &it.noun).await?)) })
        })
        .reading(COMPARED)
    }
}

impl NounType for domain::ReportedFigure {
    const NAME: &'static str = "ReportedFigure";
    const ONE: (&'static str, &'static str) = ("reportedFigure", "A reported figure; null if there is none.");
    const MANY: (&'static str, &'static str) = ("reportedFigures", "The reported figures on record.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A figure that a source reports. Its name says what it counts.")
            .codes()
            .categories()
            .leaf("value", "The figure.", |it| it.noun.value.to_f64())
            .leaf("unit", "In what it is counted.", |it| Word(it.noun.unit))
            .leaf("qualifier", "How exact it is, by its source.", |it| Word(it.noun.qualifier))
            .date("asOf", "The time for which it holds; null where no source says.", |it| &it.noun.as_of)
            .leaf("metric", "What on record counts the same; null where nothing does.", |it| it.noun.metric.map(Word))
            .compared("recorded", "How many are on record under this view, by the rule of `metric`; null where nothing on record counts the same, see `notComparableReason`.", |_, recorded| recorded.ok())
            .compared("gap", "`value` less `recorded`; null where nothing on record counts the same.", |figure, recorded| recorded.ok().map(|recorded| round(figure.value.to_f64() - recorded)))
            .compared("status", "How what is on record compares with the figure. What sources report and what is on record may both be right: records are not complete.", |figure, recorded| Word(recorded.map_or(FigureComparison::NotComparable, |recorded| figure.compare(recorded))))
            .compared("notComparableReason", "Why nothing on record compares with it, in a sentence; null where something does.", |_, recorded| recorded.err().map(str::to_owned))
            .any_list("recordedItems", "RecordedItem", 20, "What `recorded` counts, to walk on: of a share those that have a part in it; nothing where it is a number in a record.", |it| RecordedItems(it.noun.clone())).reading(COMPARED)
            .load_abstract("subject", "Of what it is a figure; null where that is not on record, see `about`.", AbstractType::Noun, |it, _| {
                Loading::Now(Ok(it.noun.subject.map(|id| NounRef { view: it.view, id })))
            })
            .reading(&["subject_type", "subject"])
            .localized_text(("about", "Of what it is a figure, in words, where that is not on record; in the best language on record for the reader. Null where `subject` says it."), ("localizedAbout", "The same with the language, and whether it is the one that was asked for. Null where `subject` says it."), |it| &it.noun.about)
            .noun_of_record("designation", "The designation of which it counts the holders; null where it counts something else.", |noun| noun.designation)
            .noun_of_record("person", "The person who states it; null where the source itself does.", |noun| noun.person)
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which reported figures.")
            .code()
            .words::<domain::Metric>("metric", "On record this counts the same.")
            .words::<domain::FigureUnit>("unit", "It is counted in one of these.")
            .noun::<domain::Designation>("designation", "It counts the holders of this designation, by id or slug.")
            .noun::<domain::Person>("person", "This person states it, by id or slug.")
    }
}
