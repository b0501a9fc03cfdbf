//! Places that senior schools keep for the pupils of junior schools.

use domain::{AdmissionDimension, District, Id, School, View};
use persistence::{AdmissionCount, AdmissionDimensions};

use crate::{
    definition::{
        field::{FieldContext, FieldResult, Loading, load_parts},
        object_type::{Described, ObjectType},
    },
    execution::context::{ContextExt, mask_store_error},
    lists::{
        breakdown::{Summary, charge_rows},
        dimension::check_dimensions,
        filter::resolve_filter,
        filter_input::FilterInput,
        page::saturating_int,
    },
    objects::{
        noun::{NounType, ViewedNoun, load_noun},
        tie::{TieType, ViewedTie},
        word::Word,
    },
    schema::Map,
};

/// How many rows of places that are added up are given at most.
const MAX_ROWS: usize = 10_000;

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
        .sources("The sources that state them.", |it| (it.view, it.tie.id))
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
        .sources("The sources that state the total.", |it| (it.view, it.it.id))
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

/// Places at senior schools, added up.
struct PlacesCount {
    view: View,
    by: AdmissionDimensions,
    it: AdmissionCount,
}

impl PlacesCount {
    /// The noun of a dimension, if it was asked for and is on record.
    fn noun<N>(&self, dimension: AdmissionDimension) -> Option<Id<N>> {
        let at = self.by.iter().position(|asked| *asked == Some(dimension))?;
        self.it.nouns[at].map(Id::from_raw)
    }
}

impl ObjectType<PlacesCount> {
    fn noun<N: NounType>(self, name: &'static str, dimension: AdmissionDimension) -> Self {
        const OF_ROW: &str =
            "What these have in common; null where nothing is on record, and where `by` does not ask for it.";
        self.load_optional_object(name, OF_ROW, move |it, ctx| -> Loading<'_, Option<ViewedNoun<N>>> {
            load_noun(ctx, it.view, it.noun(dimension))
        })
    }
}

impl Described for PlacesCount {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new(
            "AdmissionPlacesCount",
            "Places that senior schools keep for the pupils of junior schools, as far as they have in common what the fields say.",
        )
        .leaf("count", "How many records there are: one for each two schools, campus and school year.", |it| {
            saturating_int(it.it.count)
        })
        .object("places", "What the places come to.", |it| Summary(it.it.places))
        .leaf("year", "The school year, such as `2025` or `2024/25`; null where `by` does not ask for it.", |it| {
            it.it.year.map(|year| year.to_string())
        })
        .noun::<School>("juniorSchool", AdmissionDimension::JuniorSchool)
        .noun::<School>("seniorSchool", AdmissionDimension::SeniorSchool)
        .noun::<District>("juniorDistrict", AdmissionDimension::JuniorDistrict)
        .noun::<District>("seniorDistrict", AdmissionDimension::SeniorDistrict)
        .charged()
    }
}

impl ObjectType<Map> {
    /// Adds the question how many places senior schools keep.
    pub(crate) fn admission_fields(self) -> Self {
        self.load_objects_or_null(
            "admissionPlaces",
            "The places that senior schools keep for the pupils of junior schools, added up, the greatest sums first. By \
             `JUNIOR_SCHOOL`, `SENIOR_SCHOOL` and `YEAR` it is the whole matrix. At most 10,000 rows.",
            |map: &Map, ctx| Loading::later(load_places(ctx, map.view(ctx))),
        )
        .argument::<Vec<Word<AdmissionDimension>>>("by", "By what they are told apart: 1 to 3 dimensions, each once.")
        .argument::<Option<FilterInput<School>>>("filter", "Only junior schools of which this is true.")
    }
}

async fn load_places(ctx: &FieldContext<'_>, view: View) -> FieldResult<Vec<PlacesCount>> {
    let given: Vec<Word<AdmissionDimension>> = ctx.arguments.get("by")?;
    check_dimensions(&given, |Word(dimension)| dimension.word().to_uppercase())?;
    let mut by = AdmissionDimensions::default();
    for (place, Word(dimension)) in by.iter_mut().zip(given) {
        *place = Some(dimension);
    }
    let filter: Option<FilterInput<School>> = ctx.arguments.get("filter")?;
    let filter = resolve_filter(ctx, view.scenario, filter).await?;
    let rows = ctx.store().admission_counts(view, &filter, by).await.map_err(mask_store_error)?;
    charge_rows(ctx, rows.len(), MAX_ROWS)?;
    Ok(rows.into_iter().map(|it| PlacesCount { view, by, it }).collect())
}
