//! What changed between two views: what was learned, and what happened.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
    sync::Arc,
};

use async_graphql::Result;
use domain::{
    AnyId, Change, ChangeFilter, ChangeKind, Condition, ConditionValue, Filter, Known, Page, PageRequest, View,
    fact::day_text,
    shape_of,
    texts::{column_of_basis, column_of_text, decode_written},
};
use futures::{FutureExt, future::BoxFuture};
use persistence::{AnyLinked, AnyPage, Interval, TieCount, TieDimensions};

use crate::{
    batching::loaders::{ALL_NOUNS, ChangeCountLoader, ChangePageLoader, WrittenRowLoader},
    definition::{
        abstract_type::{AbstractType, NounRef},
        field::{FieldContext, FieldResult, Loading},
        object_type::{Described, ObjectType},
    },
    execution::{
        context::{ContextExt, mask_store_error},
        error_code::ErrorCode,
    },
    lists::{any_connection::AnyList, edge_breakdown::count_kinds},
    nouns::source::load_citations,
    objects::{
        noun_kind::NounKind,
        revision::ViewInfo,
        scalar::Date,
        tie::{TieType, ViewedTie},
        word::Word,
    },
    schema::{GivenView, Map},
};

/// How many changes there are between two views that people compare, for the cost of a query.
const EXPECTED_CHANGES: u32 = 20;

/// A change and the views between which it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ViewedChange {
    interval: Interval,
    change: Change,
}

impl ViewedChange {
    /// The fact that it is about, and a view that shows it: the later one, unless it shows the fact no longer.
    fn shown(&self) -> (View, i64) {
        match (self.change.now, self.change.was) {
            (Some(now), _) => (self.interval.to, now),
            (None, was) => (self.interval.from, was.unwrap_or_default()),
        }
    }

    fn noun(&self, id: Option<AnyId>) -> Option<NounRef> {
        id.map(|id| NounRef { view: self.shown().0, id })
    }
}

/// What changed: the fields of the edge beside the noun.
impl TieType for ViewedChange {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("Change", "How one fact differs between two views.")
            .leaf("kind", "What happened, or was learned.", |it| Word(it.tie.change.kind))
            .text("fact", "What kind of fact it is, such as `school` or `membership`.", |it| it.tie.change.fact.name())
            .load_abstract(
                "noun",
                "The noun that it is about, as the later view shows it or, if that shows it no longer, the earlier one; of a tie the noun at its start. Null for a word of the map.",
                AbstractType::Noun,
                |it, _| Loading::Now(Ok(it.tie.noun(it.tie.change.noun))),
            )
            .load_abstract("other", "The noun at the other end of a tie; null where there is none.", AbstractType::Noun, |it, _| {
                Loading::Now(Ok(it.tie.noun(it.tie.change.other)))
            })
            .load_objects("fields", "What it says in each field that differs, as the data set writes it; all that it says where one of the views does not show it.", |it, ctx| {
                Loading::later(load_fields(&it.tie, ctx))
            })
            .leaf("since", "Of what happened the day on which it did, of what ended the first on which it held no longer; of what was learned the day since which the fact holds. Null where no source dates it.", |it| it.tie.change.since.map(Date))
            .load_objects("sources", "The sources that state it, as the later view knows them or, if that shows it no longer, the earlier one.", |it, ctx| {
                let (view, fact) = it.tie.shown();
                load_citations(ctx, view, fact)
            })
            .recorded_since(|it| it.tie.shown().1)
    }
}

/// What a field of a fact said, and what it says.
pub(crate) struct ChangedField {
    field: String,
    was: Option<String>,
    now: Option<String>,
}

impl Described for ChangedField {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new(
            "ChangedField",
            "What a field of a fact said, and what it says, as the data set writes it: of another noun its slug.",
        )
        .text("field", "The column of the data set.", |it| &it.field)
        .optional_text("was", "What the earlier view shows; null where that is nothing.", |it| it.was.as_deref())
        .optional_text("is", "What the later view shows; null where that is nothing.", |it| it.now.as_deref())
    }
}

async fn load_fields(it: &ViewedChange, ctx: &FieldContext<'_>) -> FieldResult<Vec<ChangedField>> {
    let Change { fact: kind, was, now, .. } = it.change;
    let load = |fact: Option<i64>, view: View| async move {
        let Some(fact) = fact else { return Ok(None) };
        ctx.load(WrittenRowLoader { kind, known: view.known, scenario: view.scenario }, fact).await
    };
    let (was, now) = futures::try_join!(load(was, it.interval.from), load(now, it.interval.to))?;
    let [was, now] = [was, now].map(|row| row.map(|row| written_columns(kind, &row)).unwrap_or_default());
    let columns = now.iter().chain(was.iter().filter(|(column, _)| !now.iter().any(|(other, _)| other == column)));
    let said = |row: &[(String, String)], column: &str| {
        row.iter().find(|(other, said)| other == column && !said.is_empty()).map(|(_, said)| said.clone())
    };
    let field = |(column, _): &(String, String)| {
        let (was, now) = (said(&was, column), said(&now, column));
        (was != now).then(|| ChangedField { field: column.clone(), was, now })
    };
    Ok(columns.filter_map(field).collect())
}

/// What a row says in each column of its file: of a text in several languages each has a column of its own.
fn written_columns(kind: domain::Kind, row: &[String]) -> Vec<(String, String)> {
    let mut columns = Vec::with_capacity(row.len());
    for (column, field) in shape_of(kind).columns.iter().zip(row) {
        if !column.column_type.is_texts() {
            columns.push((column.name.to_owned(), field.clone()));
            continue;
        }
        for (language, text, basis) in decode_written(field) {
            columns.push((column_of_text(column.name, &language), text.into_owned()));
            columns.push((column_of_basis(column.name, &language), basis.into_owned()));
        }
    }
    columns
}

/// The changes between two views that differ in their day or in their revision.
#[derive(Clone)]
struct ChangeList {
    interval: Interval,
    filter: Arc<ChangeFilter>,
}

impl AnyList for ChangeList {
    type Tie = ViewedChange;

    fn load_page<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        _: View,
        request: &'a Arc<PageRequest>,
    ) -> BoxFuture<'a, Result<Arc<AnyPage<ViewedChange>>>> {
        async move {
            let ChangeList { interval, filter } = self.clone();
            let loader = ChangePageLoader { interval, filter, request: request.clone() };
            let Some(page) = ctx.load(loader, ALL_NOUNS).await? else { return Ok(Arc::new(Page::empty())) };
            let items = page.items.iter().map(|(position, change)| {
                let node = change.noun.filter(|_| change.now.is_some());
                let tie = Arc::new(ViewedChange { interval, change: change.clone() });
                (position.clone(), AnyLinked { tie, node })
            });
            Ok(Arc::new(Page { items: items.collect(), has_next: page.has_next, has_previous: page.has_previous }))
        }
        .boxed()
    }

    fn load_breakdown<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        _: View,
        by: TieDimensions,
    ) -> BoxFuture<'a, Result<Vec<TieCount>>> {
        async move {
            let mut kinds = BTreeMap::<Option<domain::Kind>, u64>::new();
            for count in load_counts(self, ctx).await?.iter() {
                let kind = count.noun.filter(|kind| noun_kind(*kind).is_some());
                *kinds.entry(kind).or_default() += u64::try_from(count.count).unwrap_or_default();
            }
            Ok(count_kinds(by, kinds))
        }
        .boxed()
    }

    fn filter(&self) -> Arc<Filter> {
        let ChangeFilter { kinds, nouns } = &*self.filter;
        let condition = |property, value| Condition { property, value };
        let from = format!("{} {:?}", day_text(self.interval.from.day), self.interval.from.known);
        let kinds = kinds.as_ref().map(|kinds| ("kinds", kinds.iter().map(|kind| kind.word()).collect()));
        let nouns = nouns.as_ref().map(|nouns| ("nouns", nouns.iter().map(|kind| kind.name()).collect()));
        let given = kinds.into_iter().chain(nouns).map(|(name, words)| condition(name, ConditionValue::Words(words)));
        let tie = iter::once(condition("from", ConditionValue::Text(from))).chain(given).collect();
        Arc::new(Filter { tie, ..Filter::default() })
    }
}

async fn load_counts(list: &ChangeList, ctx: &FieldContext<'_>) -> Result<Arc<Vec<domain::ChangeCount>>> {
    let loader = ChangeCountLoader { interval: list.interval, filter: list.filter.clone() };
    Ok(ctx.load(loader, ALL_NOUNS).await?.unwrap_or_default())
}

/// How many changes of a kind there are of nouns of a kind.
pub(crate) struct ChangeCount(domain::ChangeCount);

impl Described for ChangeCount {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("ChangeCount", "How many changes of a kind there are, about nouns of a kind.")
            .leaf("nounKind", "The kind of noun; null for what the words of the map mean.", |it| {
                it.0.noun.and_then(noun_kind)
            })
            .leaf("kind", "The kind of change.", |it| Word(it.0.kind))
            .leaf("count", "How many.", |it| it.0.count)
    }
}

fn noun_kind(kind: domain::Kind) -> Option<NounKind> {
    use domain::Vocabulary;
    domain::NounKind::VALUES.iter().find(|value| value.value.kind() == kind).map(|value| Word(value.value))
}

/// What changed between two views.
pub(crate) struct Changes {
    from: View,
    to: View,
}

impl Changes {
    /// What was learned of the earlier day between the two revisions.
    fn learned(&self) -> Interval {
        Interval { from: self.from, to: View { known: self.to.known, ..self.from } }
    }

    /// What happened between the two days, as the later revision knows it.
    fn happened(&self) -> Interval {
        Interval { from: View { known: self.to.known, ..self.from }, to: self.to }
    }
}

impl Described for Changes {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Changes", "What changed between two views, by two clocks: what was learned, between two revisions, and what happened, between two days. To what the earlier view shows, first what was learned is applied and then what happened; that gives what the later view shows.")
            .object("from", "The earlier view.", |it| ViewInfo::pinned(it.from))
            .object("to", "The later view.", |it| ViewInfo::pinned(it.to))
            .change_list(
                "learned",
                ("learnedCounts", "How many changes were learned, by kinds of nouns and of changes."),
                "What was learned of the earlier day between the two revisions: nothing of it happened meanwhile. By the kind and the slug of the noun, then by the kind of fact.",
                Changes::learned,
            )
            .change_list(
                "happened",
                ("happenedCounts", "How many changes happened, by kinds of nouns and of changes."),
                "What happened between the two days, as the later revision knows it, whenever it was learned. By the kind and the slug of the noun, then by the kind of fact.",
                Changes::happened,
            )
    }
}

impl ObjectType<Changes> {
    /// Adds a list of changes, and how many there are of each kind.
    fn change_list(
        self,
        name: &'static str,
        (counts, counts_description): (&'static str, &'static str),
        description: &'static str,
        interval: fn(&Changes) -> Interval,
    ) -> Self {
        let list = move |it: &Changes, ctx: &FieldContext<'_>| {
            Ok(ChangeList { interval: interval(it), filter: Arc::new(parse_filter(ctx)?) })
        };
        let place = move |it: &Changes, _: &FieldContext<'_>| (interval(it).to, None);
        self.any_list_at(name, "Change", EXPECTED_CHANGES, description, place, move |it, ctx| {
            Loading::Now(list(it, ctx))
        })
        .change_filter()
        .load_objects(counts, counts_description, move |it, ctx| {
            let list = list(it, ctx);
            Loading::later(async move {
                let counts = load_counts(&list?, ctx).await?;
                Ok(counts.iter().copied().map(ChangeCount).collect())
            })
        })
        .change_filter()
    }

    fn change_filter(self) -> Self {
        self.argument::<Option<Vec<Word<ChangeKind>>>>("kinds", "Only changes of these kinds.")
            .argument::<Option<Vec<NounKind>>>("nouns", "Only changes of nouns of these kinds.")
    }
}

fn parse_filter(ctx: &FieldContext<'_>) -> FieldResult<ChangeFilter> {
    let kinds: Option<Vec<Word<ChangeKind>>> = ctx.arguments.get("kinds")?;
    let nouns: Option<Vec<NounKind>> = ctx.arguments.get("nouns")?;
    Ok(ChangeFilter {
        kinds: kinds.map(|kinds| each_once(kinds.into_iter().map(|kind| kind.0))),
        nouns: nouns.map(|nouns| each_once(nouns.into_iter().map(NounKind::kind))),
    })
}

/// Equal lists are one question, in whichever order they are given.
fn each_once<K: Ord>(kinds: impl Iterator<Item = K>) -> Vec<K> {
    kinds.collect::<BTreeSet<K>>().into_iter().collect()
}

impl ObjectType<Map> {
    /// Adds what changed between two views.
    pub(crate) fn changes_field(self) -> Self {
        self.load_optional_object(
            "changes",
            "What changed between two views, of which the later has no earlier day and no earlier revision; null while nothing is recorded.",
            |_, ctx| Loading::later(load_changes(ctx)),
        )
        .argument::<GivenView>("from", "The earlier view.")
        .argument::<GivenView>("to", "The later view.")
    }
}

async fn load_changes(ctx: &FieldContext<'_>) -> FieldResult<Option<Changes>> {
    let (from, to): (GivenView, GivenView) = (ctx.arguments.get("from")?, ctx.arguments.get("to")?);
    let (mut from, mut to) = (from.resolve(ctx).await?.view(ctx), to.resolve(ctx).await?.view(ctx));
    if [from, to].iter().any(|view| view.known == Known::Latest) {
        let latest = ctx.store().revision(Known::Latest).await.map_err(mask_store_error)?;
        let Some(latest) = latest else { return Ok(None) };
        for view in [&mut from, &mut to] {
            if view.known == Known::Latest {
                view.known = Known::At(latest.number);
            }
        }
    }
    let number = |view: View| match view.known {
        Known::At(number) => number,
        Known::Latest => i64::MAX,
    };
    if from.day > to.day || number(from) > number(to) {
        let problem = format!(
            "`from` is {} at revision {}, and `to` is {} at revision {}: neither the day nor the revision of `to` may be the earlier one",
            day_text(from.day),
            number(from),
            day_text(to.day),
            number(to)
        );
        return Err(ErrorCode::InvalidArgument.with_message(problem).into());
    }
    Ok(Some(Changes { from, to }))
}
