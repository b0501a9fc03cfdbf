//! Coverage: are all schools in a group, and who is left out?

use std::{collections::HashMap, sync::Arc};

use async_graphql::Result;
use domain::{
    Condition, ConditionValue, CoverageCounts, CoverageKind, CoverageStatus, Filter, ReportedFigure, School, View,
};
use persistence::{BreakdownRow, Dimension, DimensionValue, DimensionValues, Dimensions};

use crate::{
    batching::loaders::{ALL_NOUNS, BreakdownLoader},
    definition::{
        field::{FieldContext, FieldResult, Loading},
        object_type::{Described, ObjectType},
    },
    execution::context::ContextExt,
    lists::{
        breakdown::{Count, DimensionType, MAX_ROWS, charge_rows, parse_noun_dimensions},
        dimension::DimensionInput,
        filter::resolve_filter,
        filter_input::FilterInput,
        page::saturating_int,
    },
    objects::word::Word,
    schema::Map,
};

/// The schools that fit a filter, and how many of them are covered.
#[derive(Clone)]
struct Covered {
    view: View,
    kind: CoverageKind,
    filter: Arc<Filter>,
    counts: CoverageCounts,
}

/// How far schools are covered, all together and by dimensions.
pub(crate) struct Coverage {
    all: Covered,
    /// By what its rows are told apart; all are one row where nothing is asked for.
    by: Option<Dimensions>,
}

/// How far the schools are covered that have some values in common.
pub(crate) struct CoverageRow {
    covered: Covered,
    common: Count<School>,
}

impl Covered {
    /// The dimension that says whether a school is covered.
    fn dimension(kind: CoverageKind) -> Dimension {
        Dimension { property: kind.property(), values: DimensionValues::Words }
    }

    /// Those that are of a status.
    fn of_status(&self, status: CoverageStatus) -> Arc<Filter> {
        let condition = Condition { property: self.kind.property(), value: ConditionValue::Words(vec![status.word()]) };
        Arc::new(Filter { all: vec![(*self.filter).clone()], conditions: vec![condition], ..Filter::default() })
    }

    /// Counts the schools of a filter by dimensions, and by whether they are covered, which is the last of the values.
    async fn load_rows(
        ctx: &FieldContext<'_>,
        view: View,
        kind: CoverageKind,
        filter: &Arc<Filter>,
        by: Dimensions,
    ) -> Result<Vec<(CoverageStatus, BreakdownRow)>> {
        let mut dimensions = by;
        let at = by.iter().flatten().count();
        dimensions[at] = Some(Self::dimension(kind));
        let loader = BreakdownLoader::<School>::new(view, filter.clone(), dimensions);
        let rows = ctx.load(loader, ALL_NOUNS).await?.unwrap_or_default();
        let split = |mut row: BreakdownRow| {
            let status = match row.values.pop() {
                Some(DimensionValue::Stated(word, _)) => CoverageStatus::parse(&word),
                _ => None,
            };
            (status.unwrap_or(CoverageStatus::Unknown), row)
        };
        Ok(rows.into_iter().map(split).collect())
    }
}

async fn load_coverage(ctx: &FieldContext<'_>, view: View) -> FieldResult<Coverage> {
    let Word(kind): Word<CoverageKind> = ctx.arguments.get("of")?;
    let by: Option<Vec<DimensionInput<DimensionType<School>>>> = ctx.arguments.get("by")?;
    let by = by.filter(|by| !by.is_empty()).map(|by| parse_noun_dimensions(&by)).transpose()?;
    let filter: Option<FilterInput<School>> = ctx.arguments.get("filter")?;
    let filter = Arc::new(resolve_filter(ctx, view.scenario, filter).await?);
    let mut counts = CoverageCounts::default();
    for (status, row) in Covered::load_rows(ctx, view, kind, &filter, Dimensions::default()).await? {
        counts.add(status, row.count.total);
    }
    Ok(Coverage { all: Covered { view, kind, filter, counts }, by })
}

impl Coverage {
    async fn load_rows(&self, ctx: &FieldContext<'_>) -> FieldResult<Vec<CoverageRow>> {
        let Covered { view, kind, filter, .. } = &self.all;
        let Some(by) = self.by else { return Ok(Vec::new()) };
        let mut rows: HashMap<Vec<DimensionValue>, (BreakdownRow, CoverageCounts)> = HashMap::new();
        for (status, row) in Covered::load_rows(ctx, *view, *kind, filter, by).await? {
            let total = row.count.total;
            let (_, counts) = rows.entry(row.values.clone()).or_insert_with(|| (row, CoverageCounts::default()));
            counts.add(status, total);
        }
        charge_rows(ctx, rows.len(), MAX_ROWS)?;
        let mut rows: Vec<(BreakdownRow, CoverageCounts)> = rows.into_values().collect();
        rows.sort_by(|(a, of_a), (b, of_b)| of_b.total().cmp(&of_a.total()).then_with(|| a.values.cmp(&b.values)));
        let row = |(row, counts): (BreakdownRow, CoverageCounts)| {
            let common = Count::new(*view, by, row);
            let within = Filter { all: vec![(**filter).clone(), common.filter()], ..Filter::default() };
            CoverageRow { covered: Covered { view: *view, kind: *kind, filter: Arc::new(within), counts }, common }
        };
        Ok(rows.into_iter().map(row).collect())
    }
}

/// What all and a row say alike.
fn add_counts<T: Send + Sync + 'static>(ty: ObjectType<T>, covered: fn(&T) -> &Covered) -> ObjectType<T> {
    let count = |of: fn(CoverageCounts) -> u64| move |it: &T| saturating_int(of(covered(it).counts));
    ty.leaf(
        "total",
        "How many schools there are: `covered`, `uncovered` and `unknown` together.",
        count(|it| it.total()),
    )
    .leaf("covered", "How many are tied to one on record.", count(|it| it.covered))
    .leaf(
        "uncovered",
        "How many are tied to none on record while a source states that their list is complete.",
        count(|it| it.uncovered),
    )
    .leaf(
        "unknown",
        "How many are tied to none on record, without a source that says whether they are.",
        count(|it| it.unknown),
    )
    .leaf("share", "The share of `covered`, in percent of `total`; null where there is no school.", move |it| {
        let share = covered(it).counts.share()?;
        Some(f64::from(u32::try_from(share).unwrap_or_default()) / 100.0)
    })
    .leaf("denominator", "Of what it is a share, in words.", move |it| {
        let Covered { view, counts, .. } = covered(it);
        format!("{} schools on record that fit, on the map of {}", counts.total(), view.day)
    })
    .nouns_within::<School>("coveredItems", "Those that are covered.", covered_view(covered), move |it| {
        covered(it).of_status(CoverageStatus::Covered)
    })
    .nouns_within::<School>("uncoveredItems", "Those that are not.", covered_view(covered), move |it| {
        covered(it).of_status(CoverageStatus::Uncovered)
    })
    .nouns_within::<School>("unknownItems", "Those of which no source says.", covered_view(covered), move |it| {
        covered(it).of_status(CoverageStatus::Unknown)
    })
}

fn covered_view<T>(covered: fn(&T) -> &Covered) -> impl Fn(&T) -> View + Send + Sync + 'static
where
    T: 'static,
{
    move |it| covered(it).view
}

impl Described for Coverage {
    fn describe() -> ObjectType<Self> {
        let ty = ObjectType::<Self>::new(
            "Coverage",
            "How far schools are covered by groups, alliances, partners or designations, as recorded.",
        )
        .leaf("of", "By what.", |it| Word(it.all.kind));
        add_counts(ty, |it| &it.all)
            .nouns_within::<ReportedFigure>(
                "reportedFigures",
                "What sources report of the same, beside what is on record.",
                |it| it.all.view,
                |it| {
                    let words = it.all.kind.metrics().iter().map(|metric| metric.word()).collect();
                    let conditions = vec![Condition { property: "metric", value: ConditionValue::Words(words) }];
                    Arc::new(Filter { conditions, ..Filter::default() })
                },
            )
            .load_objects_or_null(
                "rows",
                "The same by what `by` asks for, the greatest `total` first, at most 1,000 rows; none if it asks for nothing.",
                |it, ctx| Loading::later(it.load_rows(ctx)),
            )
    }
}

impl Described for CoverageRow {
    fn describe() -> ObjectType<Self> {
        let ty = ObjectType::<Self>::new(
            "CoverageRow",
            "How far the schools are covered that have in common what the fields say.",
        )
        .with_fields_of(Count::<School>::common_fields(), |it| &it.common);
        add_counts(ty, |it| &it.covered).charged()
    }
}

impl ObjectType<Map> {
    /// Adds the question how far schools are covered.
    pub(crate) fn coverage_fields(self) -> Self {
        self.load_object_or_null(
            "coverage",
            "How many schools are in a group, an alliance, tied to a partner or given a designation: on record, known not to \
             be, and unknown.",
            |map: &Map, ctx| Loading::later(load_coverage(ctx, map.view(ctx))),
        )
        .argument::<Word<CoverageKind>>("of", "By what they are covered.")
        .argument::<Option<Vec<DimensionInput<DimensionType<School>>>>>("by", "By what `rows` are told apart: at most 3 dimensions.")
        .argument::<Option<FilterInput<School>>>("filter", "Only schools of which this is true.")
    }
}
