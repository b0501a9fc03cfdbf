//! Searches over nouns of all kinds, by their names, codes and slugs.

use std::sync::Arc;

use domain::{
    AnyId, Filter, FoundNameKind, Kind, NounKind, Order, Page, PageRequest, Position, SearchHit, SearchMatch, View,
    Vocabulary,
};
use sea_orm::{
    DbBackend,
    sea_query::{
        self, Alias, CaseStatement, CommonTableExpression, Expr, ExprTrait, Func, JoinType, OverStatement, Query,
        SelectStatement, UnionType, WindowStatement, WithClause,
    },
};

use crate::{
    AnyLinked, AnyPage, Store, StoreError,
    columns::ColumnSet,
    dialect,
    entity::search_names::{self, Column as Name},
    filter::{FilterForm, NameWords},
    noun::join_keys,
    noun::{and_all, direction, within_bounds},
    row::Row,
    statement::{LIMIT, PageForm, Parameter, Prepared, Question, Values},
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
            let search = Search { scope: &scope, filter: &form.filter, page };
            Prepared::new(self.backend, &search.select_page())
        });
        let values = Values { view, ids: &[], request: Some(request), filter: &filter_values };
        let rows = self.rows_of(&statement, &values).await?;
        let hits = rows.iter().map(|mut row| read_hit(&mut row)).collect::<Result<_, StoreError>>()?;
        Ok(Page::of(hits, request))
    }

    /// How many nouns of each kind a search finds.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn search_counts(&self, view: View, filter: &Filter) -> Result<Vec<(Kind, u64)>, StoreError> {
        let (filter, filter_values) = FilterForm::split(filter);
        let form = self.form(Question::SearchCounts, view, filter, None, ColumnSet::LEAST);
        let statement = self.statements.get(&form, || {
            let mut select = select_found(&Scope::new(self.backend, view), &form.filter);
            let kind = || col("s", Name::Kind);
            select.expr(kind()).expr(Func::count_distinct(col("s", Name::SubjectId))).add_group_by([kind()]);
            Prepared::new(self.backend, &select)
        });
        let values = Values { view, ids: &[], request: None, filter: &filter_values };
        let count = |mut row: Row<'_>| {
            let [kind, count] = row.cells();
            Ok((kind.word(Kind::named)?, count.number()?.unsigned_abs()))
        };
        self.rows_of(&statement, &values).await?.iter().map(count).collect()
    }
}

/// Of how many names more a text is common: those that fewer names have are looked up by their pairs of characters, and put
/// in order; of a common one the first names in order are found by walking through an index of all names in order.
const COMMON: i64 = 10_000;

/// What is read of a name.
const SAID: [Name; 9] = [
    Name::SubjectId,
    Name::Kind,
    Name::Folded,
    Name::Name,
    Name::Language,
    Name::NameKind,
    Name::Strict,
    Name::ValidTo,
    Name::N,
];

/// What is asked of names.
struct Search<'a> {
    scope: &'a Scope,
    filter: &'a FilterForm,
    page: PageForm,
}

/// How a name matches, as a digit; the best sorts first.
mod rank {
    pub(super) const EQUAL: &str = "0";
    pub(super) const LOOSELY_EQUAL: &str = "1";
    pub(super) const STARTS_WITH: &str = "2";
    pub(super) const CONTAINS: &str = "3";
    pub(super) const WORDS: &str = "4";
}

/// A column of [`SAID`], or what was added, of the subquery that an alias names.
fn of(table: &'static str) -> impl Fn(&'static str) -> Expr {
    move |name| col(table, Alias::new(name))
}

/// The kinds of nouns that are searched.
fn kinds(filter: &FilterForm) -> Option<&[&'static str]> {
    filter.tie.iter().find(|(property, _)| *property == "kind").map(|(_, wanted)| wanted.words())
}

/// The names that have all words through the index of pairs of characters, as `s`: those that hold on the day, and those
/// that did before.
fn select_found(scope: &Scope, filter: &FilterForm) -> SelectStatement {
    let mut select = scope.select_from(search_names::Entity, "s", Sees::Known);
    and_all(&mut select, filter.name.as_ref().map(|words| words.are_in(scope)));
    and_fits(&mut select, scope, filter);
    select
}

/// Has a read of names, as `s`, keep those that have begun, and are of the kinds that are searched.
fn and_fits(select: &mut SelectStatement, scope: &Scope, filter: &FilterForm) {
    select.and_where(scope.has_begun("s"));
    and_all(select, kinds(filter).map(|kinds| is_any_word(col("s", Name::Kind), kinds)));
}

/// A read of the first names that have these pairs of characters, as many as the limit says: what is read of them on
/// PostgreSQL, and their numbers on SQLite, whose index knows no more.
fn select_with_grams(scope: &Scope, grams: Expr, limit: i64) -> SelectStatement {
    let mut select = match scope.backend {
        DbBackend::Postgres => {
            let mut select = scope.select_from(search_names::Entity, "g", Sees::Known);
            select.and_where(dialect::has_grams(scope.backend, "g", grams));
            select.exprs(SAID.into_iter().chain([Name::ValidFrom]).map(|column| col("g", column))).take()
        }
        _ => dialect::select_from_grams(grams, "n"),
    };
    select.limit(limit.unsigned_abs()).take()
}

impl Search<'_> {
    /// The whole text, folded in one way: `strict` or `loose`.
    fn text(&self, fold: &str) -> Expr {
        let text = self.filter.tie.iter().find(|(property, _)| *property == fold);
        text.map_or_else(|| literal(""), |(_, wanted)| wanted.value())
    }

    /// How the name of a table matches.
    fn rank(&self, table: &'static str) -> Expr {
        let folded = || col(table, Name::Folded);
        let backend = self.scope.backend;
        CaseStatement::new()
            .case(strict(table).eq(self.text("strict")), literal(rank::EQUAL))
            .case(folded().eq(self.text("loose")), literal(rank::LOOSELY_EQUAL))
            .case(dialect::starts_with(backend, folded(), self.text("loose")), literal(rank::STARTS_WITH))
            .case(dialect::contains(backend, folded(), self.text("loose")), literal(rank::CONTAINS))
            .finally(literal(rank::WORDS))
            .into()
    }

    /// Where a name stands among those of its noun: the best first.
    fn place(&self, table: &'static str, rank: Expr) -> [Expr; 4] {
        let official = col(table, Name::NameKind).eq(literal(FoundNameKind::Official.word()));
        let digit = |digit: i64| Expr::Constant(digit.into());
        let choice =
            CaseStatement::new().case(is_over(self.scope, table), digit(2)).case(official, digit(0)).finally(digit(1));
        [rank, choice.into(), col(table, Name::Folded), col(table, Name::N)]
    }

    /// Adds what is read of names to a read of `s`: how they match last.
    fn say(&self, select: &mut SelectStatement, rank: Expr) {
        select.exprs(SAID.map(|column| col("s", column))).expr_as(rank, "rank");
    }

    /// The names among `hits`, as `s`, that have all words, if these are not common.
    fn select_rare(&self, words: &NameWords) -> SelectStatement {
        let is_rare = select_of("common", is_common().not());
        let mut select = match self.scope.backend {
            DbBackend::Postgres => {
                Query::select().from_as(Alias::new("hits"), Alias::new("s")).and_where(is_rare).take()
            }
            _ => {
                let hits = Query::select().expr(of("hits")("n")).from(Alias::new("hits")).and_where(is_rare).take();
                let mut select = self.scope.select_from(search_names::Entity, "s", Sees::Known);
                select.and_where(col("s", Name::N).in_subquery(hits)).take()
            }
        };
        select.and_where(words.are_within(self.scope, "s"));
        and_fits(&mut select, self.scope, self.filter);
        select
    }

    /// The best names of nouns, of names that are found by their pairs of characters.
    fn select_few(&self, mut found: SelectStatement) -> SelectStatement {
        self.say(&mut found, self.rank("s"));
        let mut ranking = WindowStatement::new();
        ranking.add_partition_by(of("found")("subject_id"));
        for key in self.place("found", of("found")("rank")) {
            ranking.order_by_expr(key, sea_query::Order::Asc);
        }
        let mut each = Query::select();
        each.exprs(SAID.map(|column| col("found", column))).expr(of("found")("rank")).from_subquery(found, "found");
        each.expr_window_as(dialect::row_number(), ranking, "place");
        let mut best = Query::select();
        best.exprs(SAID.map(|column| col("each", column))).expr(of("each")("rank")).from_subquery(each, "each");
        best.and_where(of("each")("place").eq(Expr::Constant(1.into())));
        and_all(&mut best, self.within_bounds("each"));
        best
    }

    fn within_bounds(&self, table: &'static str) -> Vec<Expr> {
        within_bounds(&keys(table), &of(table)("subject_id"), self.page)
    }

    /// A walk through names in order, from a gate on: the best of their nouns, as many as a page has.
    fn walk(&self, kind: Expr, rank: Expr, matches: Vec<Expr>, order: &[Expr]) -> SelectStatement {
        let mut walk = self.scope.select_from(search_names::Entity, "s", Sees::Known);
        walk.and_where(self.scope.has_begun("s")).and_where(kind);
        and_all(&mut walk, matches);
        let mut better = self.scope.select_from(search_names::Entity, "o", Sees::Known);
        better.expr(Expr::Constant(1.into())).and_where(self.scope.has_begun("o"));
        better.and_where(col("o", Name::SubjectId).eq(col("s", Name::SubjectId)));
        and_all(&mut better, self.filter.name.as_ref().map(|words| words.are_within(self.scope, "o")));
        let own = Expr::tuple(self.place("s", rank.clone()));
        better.and_where(Expr::tuple(self.place("o", self.rank("o"))).lt(own));
        walk.and_where(Expr::exists(better).not());
        let [kind, folded, id] = [Name::Kind, Name::Folded, Name::SubjectId].map(|column| col("s", column));
        and_all(&mut walk, within_bounds(&[rank.clone(), kind, folded], &id, self.page));
        self.say(&mut walk, rank);
        for key in order {
            walk.order_by_expr(key.clone(), sea_query::Order::Asc);
        }
        walk.limit(LIMIT);
        walk
    }

    /// The names that begin with the text, if it is common: the first of each kind.
    fn select_beginning(&self) -> SelectStatement {
        let all: Vec<&'static str> = NounKind::VALUES.iter().map(|kind| kind.word).collect();
        let kinds = kinds(self.filter).unwrap_or(&all);
        if self.scope.backend == DbBackend::Postgres {
            // One walk for all: planning one for each takes longer than finding a name that is not common.
            let (mut select, kind) = dialect::select_words(kinds, "searched");
            select.and_where(select_of("common", is_common()));
            select.join_lateral(JoinType::InnerJoin, self.walk_kind(kind), "walked", Expr::cust("TRUE"));
            return select.expr(Expr::cust("walked.*")).take();
        }
        let mut walks = kinds.iter().map(|kind| {
            let kind = gated(is_common(), kind, "common");
            select_all("walked", self.walk_kind(kind))
        });
        let mut select = walks.next().unwrap_or_else(|| select_all("walked", self.walk_kind(literal(""))));
        for walk in walks {
            select.union(UnionType::All, walk);
        }
        select
    }

    /// A walk through the names of a kind that begin with the text.
    fn walk_kind(&self, kind: Expr) -> SelectStatement {
        let folded = || col("s", Name::Folded);
        let beyond = dialect::joined([self.text("loose"), dialect::last_character(self.scope.backend)]);
        let begins = vec![folded().gte(self.text("loose")), folded().lt(beyond)];
        let order = [folded(), self.rank("s"), col("s", Name::SubjectId)];
        self.walk(col("s", Name::Kind).eq(kind), self.rank("s"), begins, &order)
    }

    /// The names that match in a weaker way, where the tables of stronger ones have too few.
    fn select_within(&self, rank: &'static str, stronger: &[&'static str]) -> SelectStatement {
        let loose = || self.text("loose");
        let backend = self.scope.backend;
        let folded = || col("s", Name::Folded);
        let mut matches = match rank {
            rank::WORDS => vec![dialect::contains(backend, folded(), loose()).not()],
            _ => vec![dialect::contains_within(backend, folded(), loose())],
        };
        if rank == rank::WORDS {
            matches.extend(self.filter.name.as_ref().map(|words| words.are_within(self.scope, "s")));
        }
        matches.extend(kinds(self.filter).map(|kinds| is_any_word(col("s", Name::Kind), kinds)));
        let count = |table: &&'static str| {
            let mut count = Query::select();
            count.expr(Expr::cust("COUNT(*)")).from(Alias::new(*table));
            Expr::SubQuery(None, Box::new(count.into()))
        };
        let found = stronger.iter().map(count).reduce(ExprTrait::add).unwrap_or_else(|| Expr::Constant(0.into()));
        let mut is_open = is_common().and(found.lt(Parameter::Limit.expr()));
        if rank == rank::CONTAINS && self.filter.name.as_ref().is_some_and(NameWords::is_several) {
            // Words that are common may never follow each other: then the walk would go through all names.
            let whole = self.filter.tie.iter().find(|(property, _)| *property == "loose");
            let grams = whole.and_then(|(_, wanted)| wanted.grams());
            let with_grams = grams.map(|grams| select_with_grams(self.scope, grams, 1));
            is_open = with_grams.map(Expr::exists).into_iter().fold(is_open, ExprTrait::and);
        }
        let order = [Name::Kind, Name::Folded, Name::SubjectId].map(|column| col("s", column));
        let is_from_start = col("s", Name::Kind).gte(gated(is_open, "", "common"));
        self.walk(is_from_start, literal(rank), matches, &order)
    }

    /// The best names of nouns: few that are put in order, or the first in order of many.
    fn select_best(&self) -> SelectStatement {
        // Walks go in one direction, through what is known now.
        let Some(words) = self.filter.name.as_ref().filter(|_| self.scope.is_latest && !self.page.is_descending())
        else {
            return self.select_few(select_found(self.scope, self.filter));
        };
        let table = |name: &'static str, query: SelectStatement| {
            CommonTableExpression::new().table_name(Alias::new(name)).query(query).to_owned()
        };
        // Looked up once: to be counted, and to be put in order if they are few.
        let mut hits = table("hits", select_with_grams(self.scope, words.grams(), COMMON + 1));
        hits.materialized(true);
        let mut common = Query::select();
        let is_more = Expr::cust("COUNT(*)").gt(Expr::Constant(COMMON.into()));
        common.expr_as(is_more, "yes").from(Alias::new("hits"));
        let mut with = WithClause::new();
        with.cte(hits).cte(table("common", common)).cte(table("beginning", self.select_beginning()));
        with.cte(table("within", self.select_within(rank::CONTAINS, &["beginning"])));
        let mut best = select_all("few", self.select_few(self.select_rare(words)));
        best.with_cte(with.to_owned());
        let mut tables = vec!["beginning", "within"];
        if words.is_several() {
            with.cte(table("scattered", self.select_within(rank::WORDS, &tables)));
            best.with_cte(with);
            tables.push("scattered");
        }
        for table in tables {
            best.union(UnionType::All, Query::select().expr(Expr::cust("*")).from(Alias::new(table)).take());
        }
        best
    }

    /// The statement of a page: the key of the position, the identity and the kind of the noun, and the name.
    fn select_page(&self) -> SelectStatement {
        let order = |select: &mut SelectStatement, table: &'static str| {
            for key in keys(table).into_iter().chain([of(table)("subject_id")]) {
                select.order_by_expr(key, direction(self.page));
            }
        };
        let mut page = select_all("best", self.select_best());
        order(&mut page, "best");
        page.limit(LIMIT);

        // Whether what is called so has ended, by the row of its slug.
        let mut select = Query::select();
        let is_slug = col("z", Name::NameKind).eq(literal(FoundNameKind::Slug.word()));
        let is_own_slug = col("z", Name::SubjectId).eq(of("page")("subject_id")).and(is_slug);
        select.from_subquery(page, "page");
        self.scope.join(&mut select, search_names::Entity, "z", is_own_slug, Sees::Holding);
        select.expr(join_keys(self.scope, &keys("page"))).expr(of("page")("subject_id"));
        select.exprs(["kind", "rank", "name", "language", "name_kind"].map(of("page")));
        let is_exact = dialect::contains(self.scope.backend, strict("page"), self.text("strict"));
        let has_ended = col("z", Name::Ends).lte(Parameter::Day.expr());
        select.exprs([is_exact, is_over(self.scope, "page"), has_ended].map(number));
        order(&mut select, "page");
        select
    }
}

/// The name folded strictly.
fn strict(table: &'static str) -> Expr {
    Func::coalesce([col(table, Name::Strict), col(table, Name::Folded)]).into()
}

/// That the name is one of the past.
fn is_over(scope: &Scope, table: &'static str) -> Expr {
    scope.is_over(table).or(col(table, Name::NameKind).eq(literal(FoundNameKind::Former.word())))
}

/// 1 where a condition holds, and 0 elsewhere.
fn number(condition: Expr) -> Expr {
    let number = CaseStatement::new().case(condition, Expr::Constant(1.into())).finally(Expr::Constant(0.into()));
    dialect::as_bigint(number.into())
}

/// What hits are ordered by before the identity of the noun.
fn keys(table: &'static str) -> [Expr; 3] {
    ["rank", "kind", "folded"].map(of(table))
}

/// Whether more names have the pairs of characters than are put in order.
fn is_common() -> Expr {
    col("common", "yes")
}

/// A value where a condition on the one row of a table holds, and null elsewhere: what is compared with it is not even
/// looked for. A condition would be looked at again for each row.
fn gated(is_open: Expr, value: &'static str, table: &'static str) -> Expr {
    select_of(table, CaseStatement::new().case(is_open, literal(value)).into())
}

/// A value from the one row of a table.
fn select_of(table: &'static str, value: Expr) -> Expr {
    Expr::SubQuery(None, Box::new(Query::select().expr(value).from(Alias::new(table)).take().into()))
}

/// All of a subquery, so that its order and limit are its own.
fn select_all(name: &'static str, query: SelectStatement) -> SelectStatement {
    Query::select().expr(Expr::cust("*")).from_subquery(query, Alias::new(name)).take()
}

/// Reads a row of [`Search::select_page`].
fn read_hit(row: &mut Row<'_>) -> Result<(Position, AnyLinked<SearchHit>), StoreError> {
    let [key, id, kind, rank, name, language, name_kind] = row.cells();
    let [is_exact, is_over, has_ended] = row.cells();
    let raw = id.number()?;
    let found = match rank.str()? {
        rank::EQUAL | rank::LOOSELY_EQUAL => SearchMatch::Equal,
        rank::STARTS_WITH => SearchMatch::StartsWith,
        rank::CONTAINS => SearchMatch::Contains,
        _ => SearchMatch::Words,
    };
    let is_over = is_over.number()? == 1;
    let kind_of_name = match name_kind.word(FoundNameKind::parse)? {
        // These are what they are, whenever they hold.
        kind @ (FoundNameKind::Code | FoundNameKind::Slug) => kind,
        _ if is_over => FoundNameKind::Former,
        kind => kind,
    };
    let hit = SearchHit {
        name: name.text()?,
        language: language.maybe_text()?,
        kind: kind_of_name,
        found,
        is_exact: is_exact.number()? == 1,
        is_former: is_over || has_ended.number()? == 1,
    };
    let node = kind.maybe_word(Kind::named)?.map(|kind| AnyId { kind, raw });
    Ok((Position { key: key.text()?, id: raw }, AnyLinked { tie: Arc::new(hit), node }))
}
