//! Searches over nouns of all kinds, by their names, codes and slugs.

use std::sync::Arc;

use domain::{AnyId, Filter, FoundNameKind, Kind, Order, Page, PageRequest, Position, SearchHit, SearchMatch, View};
use sea_orm::sea_query::{
    self, Alias, CaseStatement, Expr, ExprTrait, Func, OverStatement, Query, SelectStatement, WindowStatement,
};

use crate::{
    AnyLinked, AnyPage, Store, StoreError,
    columns::ColumnSet,
    dialect,
    entity::search_names::{self, Column as Name},
    filter::{FilterForm, Wanted},
    noun::{and_all, direction, within_bounds},
    row::Row,
    statement::{LIMIT, PageForm, Parameter, Prepared, Question, Values},
    tie::join_keys,
    view::{Scope, Sees, col, is_any_word, literal},
};

impl Store {
    /// A page of the nouns of which a name, a code or the slug has all words of the filter, each once with the name that
    /// matches best: in the order of how well, of kinds and of names. Names that held before the view's day are found, too.
    ///
    /// The filter's name is the words, folded loosely, with spaces between them; its conditions on ties are the whole text as
    /// `strict` and `loose`, and the `kind` of noun.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn search(
        &self,
        view: View,
        filter: &Filter,
        request: &PageRequest,
    ) -> Result<AnyPage<SearchHit>, StoreError> {
        let page = PageForm::new(Order::default(), request);
        let (filter, filter_values) = FilterForm::split(filter);
        let form = self.form(Question::Search, view, filter, Some(page), ColumnSet::LEAST);
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            Prepared::new(self.backend, &page_select(&scope, &form.filter, page))
        });
        let values = Values { view, ids: &[], request: Some(request), filter: &filter_values };
        let rows = self.rows(statement.bind(&values)).await?;
        let hits = rows.iter().map(|row| read_hit(&mut Row::new(row)?)).collect::<Result<_, StoreError>>()?;
        Ok(Page::of(hits, request))
    }

    /// How many nouns a search finds.
    ///
    /// # Errors
    /// The database failed.
    pub async fn search_count(&self, view: View, filter: &Filter) -> Result<u64, StoreError> {
        let (filter, filter_values) = FilterForm::split(filter);
        let form = self.form(Question::SearchCount, view, filter, None, ColumnSet::LEAST);
        let statement = self.statements.get(&form, || {
            let mut select = select_found(&Scope::new(self.backend, view), &form.filter);
            select.expr(Func::count_distinct(col("s", Name::SubjectId)));
            Prepared::new(self.backend, &select)
        });
        let values = Values { view, ids: &[], request: None, filter: &filter_values };
        let rows = self.rows(statement.bind(&values)).await?;
        rows.first().map_or(Ok(0), |row| Ok(Row::new(row)?.next().number()?.unsigned_abs()))
    }
}

/// The names that have all words, as `s`: those that hold on the day, and those that did before.
fn select_found(scope: &Scope, filter: &FilterForm) -> SelectStatement {
    let mut select = scope.select_from(search_names::Entity, "s", Sees::Known);
    select.and_where(col("s", Name::ValidFrom).lte(Parameter::Day.expr()));
    and_all(&mut select, filter.name.as_ref().map(|words| words.are_in(scope)));
    let kinds = filter.tie.iter().filter(|(property, _)| *property == "kind");
    and_all(&mut select, kinds.map(|(_, wanted)| is_any_word(col("s", Name::Kind), wanted.words())));
    select
}

/// The whole text of a search, folded in one way.
fn text(filter: &FilterForm, fold: &str) -> Expr {
    let text = filter.tie.iter().find(|(property, _)| *property == fold);
    text.map_or_else(|| literal(""), |(_, wanted): &(_, Wanted)| wanted.value())
}

/// How well a name matches, as digits that sort so: how, whether only loosely, whether it is none but a code or a slug,
/// whether it is one of the past.
fn rank(scope: &Scope, filter: &FilterForm) -> Expr {
    let folded = || col("s", Name::Folded);
    let strict: Expr = Func::coalesce([col("s", Name::Strict), folded()]).into();
    let digit =
        |condition: Expr| -> Expr { CaseStatement::new().case(condition, literal("1")).finally(literal("0")).into() };
    let starts_with = |name, text| dialect::starts_with(scope.backend, name, text);
    let contains = |name, text| dialect::contains(scope.backend, name, text);
    let [exactly, loosely] = ["strict", "loose"].map(|fold| move || text(filter, fold));
    let how = CaseStatement::new()
        .case(strict.clone().eq(exactly()), literal("00"))
        .case(folded().eq(loosely()), literal("01"))
        .case(starts_with(strict.clone(), exactly()), literal("10"))
        .case(starts_with(folded(), loosely()), literal("11"))
        .case(contains(strict, exactly()), literal("20"))
        .case(contains(folded(), loosely()), literal("21"))
        .finally(literal("31"));
    let kind = || col("s", Name::NameKind);
    let is_no_name = is_any_word(kind(), &[FoundNameKind::Code.word(), FoundNameKind::Slug.word()]);
    let is_former =
        col("s", Name::ValidTo).lte(Parameter::Day.expr()).or(kind().eq(literal(FoundNameKind::Former.word())));
    dialect::joined([how.into(), digit(is_no_name), digit(is_former)])
}

/// The statement of a page: the key of the position, the identity and the kind of the noun, and the name.
fn page_select(scope: &Scope, filter: &FilterForm, page: PageForm) -> SelectStatement {
    let of = |table: &'static str| move |name: &'static str| col(table, Alias::new(name));
    let said = ["subject_id", "kind", "folded", "name", "language", "name_kind"];

    let mut found = select_found(scope, filter);
    found.exprs(said.map(of("s"))).expr_as(col("s", Name::N), "n").expr_as(rank(scope, filter), "rank");

    // Of several names of a noun the one that matches best.
    let mut ranking = WindowStatement::new();
    let of_found = of("found");
    ranking.add_partition_by(of_found("subject_id"));
    let official = of_found("name_kind").eq(literal(FoundNameKind::Official.word()));
    let official_first = CaseStatement::new().case(official, literal("0")).finally(literal("1"));
    let language = Func::coalesce([of_found("language"), literal("")]);
    let keys = [of_found("rank"), official_first.into(), of_found("folded"), of_found("name_kind"), language.into()];
    for key in keys.into_iter().chain([of_found("n")]) {
        ranking.order_by_expr(key, sea_query::Order::Asc);
    }
    let mut each = Query::select();
    each.exprs(said.map(of("found"))).expr(of_found("rank")).from_subquery(found, "found");
    each.expr_window_as(dialect::row_number(), ranking, Alias::new("place"));

    let mut best = Query::select();
    let keys = |table: &'static str| ["rank", "kind", "folded"].map(of(table));
    let id = |table: &'static str| of(table)("subject_id");
    best.exprs(said.map(of("each"))).expr(of("each")("rank")).from_subquery(each, "each");
    best.and_where(of("each")("place").eq(Expr::Constant(1.into())));
    and_all(&mut best, within_bounds(&keys("each"), &id("each"), page));
    for key in keys("each").into_iter().chain([id("each")]) {
        best.order_by_expr(key, direction(page));
    }
    best.limit(LIMIT);

    // Whether what is called so has ended, by the row of its slug.
    let mut select = Query::select();
    let of_best = of("best");
    let is_own_slug =
        col("z", Name::SubjectId).eq(id("best")).and(col("z", Name::NameKind).eq(literal(FoundNameKind::Slug.word())));
    select.from_subquery(best, "best");
    scope.join(&mut select, search_names::Entity, "z", is_own_slug, Sees::Holding);
    let ended = CaseStatement::new().case(col("z", Name::Ends).lte(Parameter::Day.expr()), Expr::Constant(1.into()));
    select.expr(join_keys(scope, &keys("best"))).expr(id("best"));
    select.exprs(["kind", "rank", "name", "language", "name_kind"].map(of_best));
    select.expr(dialect::as_bigint(ended.finally(Expr::Constant(0.into())).into()));
    for key in keys("best").into_iter().chain([id("best")]) {
        select.order_by_expr(key, direction(page));
    }
    select
}

/// Reads a row of [`page_select`].
fn read_hit(row: &mut Row<'_>) -> Result<(Position, AnyLinked<SearchHit>), StoreError> {
    let [key, id, kind, rank, name, language, name_kind, ended] = row.cells();
    let raw = id.number()?;
    let digits = rank.str()?.as_bytes();
    let is_set = |at: usize| digits.get(at) == Some(&b'1');
    let found = match digits.first() {
        Some(b'0') => SearchMatch::Equal,
        Some(b'1') => SearchMatch::StartsWith,
        Some(b'2') => SearchMatch::Contains,
        _ => SearchMatch::Words,
    };
    let is_old = is_set(3);
    let name_kind = name_kind.word(FoundNameKind::parse)?;
    let hit = SearchHit {
        name: name.text()?,
        language: language.maybe_text()?,
        // A code or a slug stays one.
        kind: if is_old && !is_set(2) { FoundNameKind::Former } else { name_kind },
        found,
        is_exact: !is_set(1),
        is_former: is_old || ended.number()? == 1,
    };
    let node = kind.maybe_word(Kind::named)?.map(|kind| AnyId { kind, raw });
    Ok((Position { key: key.text()?, id: raw }, AnyLinked { tie: Arc::new(hit), node }))
}
