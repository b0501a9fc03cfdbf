//! Search: a list of nouns of all kinds, by whatever they are or were called.

use std::sync::Arc;

use async_graphql::Result;
use domain::{Condition, ConditionValue, Filter, Page, PageRequest, SearchHit, View};
use futures::{FutureExt, future::BoxFuture};
use persistence::{AnyPage, TieCount, TieDimensions};

use crate::{
    batching::loaders::{ALL_NOUNS, SearchCountsLoader, SearchPageLoader},
    definition::{
        field::{FieldContext, FieldResult, Loading},
        object_type::ObjectType,
    },
    execution::context::ContextExt,
    lists::{any_connection::AnyList, edge_breakdown::count_kinds, filter::parse_search_text},
    objects::{
        noun_kind::NounKind,
        tie::{TieType, ViewedTie},
        word::Word,
    },
    schema::Map,
};

/// How many nouns a search is expected to find, for the cost of a query.
const EXPECTED_HITS: u32 = 20;

/// Why a noun was found: the fields of the edge beside it.
impl TieType for SearchHit {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("SearchHit", "Why a search has found a noun.")
            .text("name", "The name that matches, as it is recorded; of several the one that matches best.", |it| &it.tie.name)
            .optional_text("language", "The language of that name, a BCP 47 tag; null for a code and for a slug.", |it| {
                it.tie.language.as_deref()
            })
            .leaf("nameKind", "What kind of name it is.", |it| Word(it.tie.kind))
            .leaf("match", "How the name matches the text.", |it| Word(it.tie.found))
            .leaf("isExact", "Whether it matches with its accents and its Han characters as they are; if not, it does without marks on letters, or with traditional and simplified characters taken for the same.", |it| it.tie.is_exact)
            .leaf("isFormer", "Whether that name, that code, or the noun itself is a thing of the past on the view's day; `School.presentDay` says what has become of a school.", |it| it.tie.is_former)
    }
}

/// What a text finds.
#[derive(Clone)]
struct Search(Arc<Filter>);

impl AnyList for Search {
    type Tie = SearchHit;

    fn load_page<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        request: &'a Arc<PageRequest>,
    ) -> BoxFuture<'a, Result<Arc<AnyPage<SearchHit>>>> {
        async move {
            let loader = SearchPageLoader { view, filter: self.0.clone(), request: request.clone() };
            Ok(ctx.load(loader, ALL_NOUNS).await?.unwrap_or_else(|| Arc::new(Page::empty())))
        }
        .boxed()
    }

    fn load_breakdown<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        by: TieDimensions,
    ) -> BoxFuture<'a, Result<Vec<TieCount>>> {
        async move {
            let loader = SearchCountsLoader { view, filter: self.0.clone() };
            let kinds = ctx.load(loader, ALL_NOUNS).await?.unwrap_or_default();
            Ok(count_kinds(by, kinds.into_iter().map(|(kind, count)| (Some(kind), count))))
        }
        .boxed()
    }

    fn filter(&self) -> Arc<Filter> {
        self.0.clone()
    }
}

fn parse_search(ctx: &FieldContext<'_>) -> FieldResult<Search> {
    let text = parse_search_text("text", &ctx.arguments.get::<String>("text")?)?;
    let condition = |property, value| Condition { property, value };
    let mut tie = vec![
        condition("strict", ConditionValue::Text(text.strict)),
        condition("loose", ConditionValue::Text(text.loose)),
    ];
    if let Some(kinds) = ctx.arguments.get::<Option<Vec<NounKind>>>("kinds")? {
        let mut names: Vec<&'static str> = kinds.into_iter().map(|kind| kind.kind().name()).collect();
        names.sort_unstable();
        names.dedup();
        tie.push(condition("kind", ConditionValue::Words(names)));
    }
    Ok(Search(Arc::new(Filter { name_contains: Some(text.words.join(" ")), tie, ..Filter::default() })))
}

impl ObjectType<Map> {
    /// Adds the search over all kinds of nouns.
    pub(crate) fn search_fields(self) -> Self {
        self.any_list_at(
            "search",
            "SearchHit",
            EXPECTED_HITS,
            "Nouns of any kind by what they are or were called, in any language, by a code or by the slug; each once. The best first: names that are the text exactly, are it loosely, begin with it, contain it, or have all of its words; then by kind and by name. Of several names of a noun the one that matches best tells, and of those alike a present one before a former one, and an official one before others. Letter case, width, accents, spaces and punctuation make no difference, nor do traditional and simplified Han characters. What is no longer on the map, or not yet, is found, too.",
            |map, ctx| (map.view(ctx), None),
            |_, ctx| Loading::Now(parse_search(ctx)),
        )
        .argument::<String>(
            "text",
            "What to look for: two letters or digits, or one Han character, at least, and at most 100 characters in ten words.",
        )
        .argument::<Option<Vec<NounKind>>>("kinds", "Only nouns of these kinds; of all unless asked otherwise.")
    }
}
