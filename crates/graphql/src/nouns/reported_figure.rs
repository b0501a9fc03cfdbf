//! Figures that sources report: how many groups there are, how many places a project has.

use crate::{
    definition::{abstract_type::AbstractType, field::Loading, object_type::ObjectType},
    lists::filter_type::FilterType,
    objects::{
        node::load_any_noun,
        noun::{NounType, ViewedNoun},
        word::Word,
    },
};

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
            .load_abstract("subject", "Of what it is a figure; null where that is not on record, see `about`.", AbstractType::Node, |it, ctx| match it.noun.subject {
                Some(subject) => Loading::later(async move { Ok(load_any_noun(ctx, it.view, subject).await?) }),
                None => Loading::Now(Ok(None)),
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
