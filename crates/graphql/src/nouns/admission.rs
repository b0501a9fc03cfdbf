//! Places that senior schools keep for the pupils of junior schools.

use domain::View;

use crate::{
    definition::{
        field::{FieldContext, Loading, load_parts},
        object_type::{Described, ObjectType},
    },
    nouns::source::load_citations,
    objects::{
        noun::load_noun,
        tie::{TieType, ViewedTie},
    },
};

impl TieType for domain::AdmissionPlaces {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new(
            "AdmissionPlaces",
            "Places that a senior school keeps for the pupils of a junior school.",
        )
        .leaf("year", "The school year, such as `2025` or `2024/25`.", |it| it.tie.year.map(|year| year.to_string()))
        .leaf("places", "How many places.", |it| it.tie.places.map(i64::from))
        .load_optional_object(
            "campus",
            "The campus of the senior school for which they are; null where the source names the school only.",
            |it, ctx| load_noun(ctx, it.view, it.tie.campus),
        )
        .load_objects("sources", "The sources that state them.", |it, ctx| load_citations(ctx, it.view, it.tie.id))
        .recorded_since(|it| it.tie.id)
    }
}

/// How many places at senior schools the pupils of a junior school have in a school year.
pub(crate) struct AdmissionTotal {
    view: View,
    it: domain::AdmissionTotal,
}

impl Described for AdmissionTotal {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new(
            "AdmissionTotal",
            "How many places at senior schools the pupils of a junior school have in a school year.",
        )
        .leaf("year", "The school year, such as `2025` or `2024/25`.", |it| it.it.year.map(|year| year.to_string()))
        .leaf("places", "How many places, as a source sums them up.", |it| it.it.places.map(i64::from))
        .leaf("recordedPlaces", "The sum of the places that are on record school by school; 0 where none are.", |it| {
            it.it.recorded_places
        })
        .leaf(
            "difference",
            "`places` less `recordedPlaces`: the places of which no source says where they are.",
            |it| it.it.places.map(|places| i64::from(places) - it.it.recorded_places),
        )
        .leaf(
            "isBreakdownChecked",
            "Whether the record says that the places school by school add up to the total; null where it does not say.",
            |it| it.it.is_breakdown_checked,
        )
        .load_objects("sources", "The sources that state the total.", |it, ctx| load_citations(ctx, it.view, it.it.id))
        .recorded_since(|it| it.it.id)
    }
}

/// The totals of a school, the latest year first.
pub(crate) fn load_admission_totals<'a>(
    ctx: &'a FieldContext<'a>,
    view: View,
    school: i64,
) -> Loading<'a, Vec<AdmissionTotal>> {
    load_parts::<domain::AdmissionTotal, _>(ctx, view, school, |view, it| AdmissionTotal { view, it: it.clone() })
}
