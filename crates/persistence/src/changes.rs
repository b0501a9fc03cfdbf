//! What differs between two views, over the facts of all kinds.
//!
//! Of each table the versions are read that one of the views shows and the other does not. Of one fact, or of one noun, or
//! of one member where it left and joined one thing each, what was and what is are told as one change.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    AnyId, Change, ChangeCount, ChangeFilter, ChangeKind, Column, ColumnType, Kind, Known, Order, Page, PageRequest,
    Position, Presence, SHAPES, Shape, SuccessionKind, Validity, View, shape_of,
};
use sea_orm::{
    DbBackend, JoinType,
    sea_query::{Alias, CaseStatement, Expr, ExprTrait, Func, Query, SelectStatement, UnionType, WindowStatement},
};

use crate::{
    Store, StoreError, dialect,
    entity::{identities, revisions},
    export::by_ids,
    noun::{and_all, direction, join_keys, within_bounds},
    row::Row,
    statement::{LIMIT, PageForm, Prepared, Values},
    view::{Scope, col, holds_on, is_known_at, is_shown, literal},
};

/// Two views of which the later differs from the earlier: in its revision, or in its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    /// The earlier view.
    pub from: View,
    /// The later view.
    pub to: View,
}

impl Interval {
    /// Whether the views are of one day, so that what differs was learned rather than happened.
    #[must_use]
    pub fn is_of_knowledge(self) -> bool {
        self.from.day == self.to.day
    }
}

impl Store {
    /// A page of what differs between two views, in the order of kinds of nouns, slugs, kinds of facts.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn changes(
        &self,
        interval: Interval,
        filter: &ChangeFilter,
        request: &PageRequest,
    ) -> Result<Page<Change>, StoreError> {
        if interval.from == interval.to {
            return Ok(Page::empty());
        }
        let form = PageForm::new(Order::default(), request);
        let mut select = self.select_changes(interval, filter, Told::Each);
        let (keys, id) = (["noun_kind", "slug", "kind"].map(|key| col("c", key)), col("c", "id"));
        let scope = Scope::new(self.backend, interval.to);
        select.expr(join_keys(&scope, &keys)).expr(id.clone());
        let own = ["kind", "change", "was", "now", "noun", "noun_kind", "other", "other_kind", "since"];
        select.exprs(own.map(|column| col("c", column)));
        and_all(&mut select, within_bounds(&keys, &id, form));
        for key in keys.into_iter().chain([id]) {
            select.order_by_expr(key, direction(form));
        }
        select.limit(LIMIT);
        let values = Values { request: Some(request), ..Values::of_ids(interval.to, &[]) };
        let rows = self.rows(Prepared::new(self.backend, &select).bind(&values)).await?;
        let read = |mut row: Row<'_>| read_change(&mut row);
        Ok(Page::of(rows.iter().map(read).collect::<Result<_, _>>()?, request))
    }

    /// How many changes of each kind there are of nouns of each kind.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn change_counts(
        &self,
        interval: Interval,
        filter: &ChangeFilter,
    ) -> Result<Vec<ChangeCount>, StoreError> {
        if interval.from == interval.to {
            return Ok(Vec::new());
        }
        let latest = self.latest.found_last().filter(|number| interval.to.known == Known::At(*number));
        if let Some(number) = latest.filter(|_| !interval.is_of_knowledge()) {
            // Indexes tell what is known now, without the rows. Whether that is what the revision knows is said by the
            // statement itself: another one may have been recorded meanwhile, and then nothing is counted.
            let known = Known::Latest;
            let [from, to] = [interval.from, interval.to].map(|view| View { known, ..view });
            let counts = self.count_changes(Interval { from, to }, filter, Some(number)).await?;
            if !counts.is_empty() {
                return Ok(counts);
            }
        }
        self.count_changes(interval, filter, None).await
    }

    /// The counts of changes; none if there is a later revision than the given one.
    async fn count_changes(
        &self,
        interval: Interval,
        filter: &ChangeFilter,
        latest: Option<i64>,
    ) -> Result<Vec<ChangeCount>, StoreError> {
        let mut select = self.select_changes(interval, filter, Told::Counts);
        select.exprs([col("c", "noun_kind"), col("c", "change"), Expr::cust("COUNT(*)")]);
        for column in ["noun_kind", "change"] {
            select.add_group_by([col("c", column)]);
            select.order_by_expr(col("c", column), sea_orm::sea_query::Order::Asc);
        }
        if let Some(number) = latest {
            let mut last = Query::select();
            last.expr(Func::max(col("r", revisions::Column::Number))).from_as(revisions::Entity, Alias::new("r"));
            select.and_where(Expr::SubQuery(None, Box::new(last.into())).eq(number));
        }
        let statement = Prepared::new(self.backend, &select).bind(&Values::of_ids(interval.to, &[]));
        let count = |mut row: Row<'_>| {
            let [noun, kind, count] = row.cells();
            Ok(ChangeCount {
                noun: Kind::named(noun.str()?),
                kind: kind.word(ChangeKind::parse)?,
                count: count.number()?,
            })
        };
        self.rows(statement).await?.iter().map(count).collect()
    }

    /// The facts that a view shows, each with what its row says, for tests that apply changes.
    ///
    /// # Errors
    /// The database failed.
    #[doc(hidden)]
    pub async fn facts_for_tests(&self, day: NaiveDate, revision: i64) -> Result<FactsForTests, StoreError> {
        let view = View::new(day, Known::At(revision));
        let mut facts = HashMap::new();
        for shape in changing_shapes() {
            let fact = || col("t", shape.fact_column());
            let mut select = Query::select();
            select.expr(fact()).from_as(Alias::new(shape.table), "t").and_where(is_shown("t", view));
            let statement = Prepared::new(self.backend, &select).bind(&Values::of_ids(view, &[]));
            let ids = self.rows(statement).await?;
            let ids = ids.iter().map(|mut row| row.next().number()).collect::<Result<Vec<_>, StoreError>>()?;
            for row in self.rows(by_ids(self.backend, shape, view.known, &ids)).await?.iter() {
                let row = crate::export::read(shape, row)?;
                facts.insert((shape.kind, row.id), row.fields);
            }
        }
        Ok(facts)
    }

    /// A read of all changes that fit a filter, as `c`.
    fn select_changes(&self, interval: Interval, filter: &ChangeFilter, told: Told) -> SelectStatement {
        let comparison = |shape| Comparison { backend: self.backend, shape, interval, filter, told };
        let mut arms = changing_shapes()
            .filter(|shape| may_fit(shape, interval, filter))
            .map(|shape| comparison(shape).select_changes());
        let mut all = arms.next().unwrap_or_else(|| comparison(&domain::school::SHAPE).select_changes());
        for arm in arms {
            all.union(UnionType::All, arm);
        }
        let mut select = Query::select();
        select.from_subquery(all, "c");
        if let Some(kinds) = &filter.kinds {
            let kinds: Vec<String> = kinds.iter().map(|kind| kind.word().to_owned()).collect();
            select.and_where(is_one_of_texts(self.backend, col("c", "change"), &kinds));
        }
        if let Some(nouns) = &filter.nouns {
            select.and_where(is_of_kinds(self.backend, col("c", "noun_kind"), nouns));
        }
        select
    }
}

/// The facts of a view, by kind and identity.
pub type FactsForTests = HashMap<(Kind, i64), Vec<String>>;

/// The shapes of what a map shows; releases only name its views.
fn changing_shapes() -> impl Iterator<Item = &'static Shape> {
    SHAPES.iter().copied().filter(|shape| shape.kind != Kind::Release)
}

/// That a value is the name of one of these kinds.
fn is_of_kinds(backend: DbBackend, kind: Expr, kinds: &[Kind]) -> Expr {
    is_one_of_texts(backend, kind, &kinds.iter().map(|kind| kind.name().to_owned()).collect::<Vec<_>>())
}

fn is_one_of_texts(backend: DbBackend, value: Expr, texts: &[String]) -> Expr {
    dialect::is_one_of_list(backend, value, Expr::val(dialect::text_list(backend, texts)))
}

/// The columns that name the nouns at the ends of a fact: the one that it is about, and the other.
fn ends(shape: &'static Shape) -> (Option<&'static str>, Option<&'static str>) {
    if shape.is_noun() {
        return (Some("id"), None);
    }
    let is_reference = |of: &ColumnType| matches!(of, ColumnType::Ref { .. } | ColumnType::RefOf { .. });
    let mut references = shape.columns.iter().filter(|it| is_reference(&it.column_type)).map(|it| it.name);
    let (first, second) = (references.next(), references.next());
    // These are told of who joins rather than of what is joined.
    if is_membership(shape) { (second, first) } else { (first, second) }
}

/// Whether a table may have changes that fit a filter; others are not read.
fn may_fit(shape: &'static Shape, interval: Interval, filter: &ChangeFilter) -> bool {
    let kinds = if interval.is_of_knowledge() { kinds_learned(shape) } else { kinds_happened(shape) };
    let has_kind = kinds.iter().any(|kind| filter.wants(*kind));
    let is_about = |column: &domain::Column| match column.column_type {
        ColumnType::Ref { kind, .. } => filter.wants_nouns(kind),
        _ => true,
    };
    let noun = ends(shape).0.and_then(|noun| shape.columns.iter().find(|column| column.name == noun));
    let has_noun = match noun {
        _ if filter.nouns.is_none() => true,
        _ if shape.is_noun() => filter.wants_nouns(shape.kind),
        noun => noun.is_some_and(is_about),
    };
    has_kind && has_noun
}

fn is_membership(shape: &Shape) -> bool {
    matches!(shape.kind, Kind::Membership | Kind::AllianceMember)
}

/// The kind of noun that a column names.
fn kind_named_by(shape: &'static Shape, column: Option<&'static str>) -> Expr {
    if shape.is_noun() && column == Some("id") {
        return literal(shape.kind.name());
    }
    let of = column.and_then(|column| shape.columns.iter().find(|it| it.name == column)).map(|it| it.column_type);
    match of {
        Some(ColumnType::Ref { kind, .. }) => literal(kind.name()),
        Some(ColumnType::RefOf { column, .. }) => col("t", column),
        _ => dialect::as_text(Expr::cust("NULL")),
    }
}

/// What is told of changes: less is read to count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Each, by the slugs of their nouns, in the order of which a list is.
    Each,
    /// How many there are.
    Counts,
}

/// The comparison of one table under two views.
#[derive(Clone, Copy)]
struct Comparison<'a> {
    backend: DbBackend,
    shape: &'static Shape,
    interval: Interval,
    filter: &'a ChangeFilter,
    told: Told,
}

impl Comparison<'_> {
    /// Whether the rows of what was and what is are looked at again, for what else they say.
    fn compares_rows(&self) -> bool {
        self.interval.is_of_knowledge() || self.shape.is_noun()
    }

    /// Whether what was and what is are compared at their other ends, to tell a move from a change.
    fn compares_others(&self) -> bool {
        let is_happening = !self.interval.is_of_knowledge();
        let is_wanted = || [ChangeKind::Moved, ChangeKind::Changed].into_iter().any(|kind| self.filter.wants(kind));
        is_happening && is_membership(self.shape) && is_wanted()
    }

    /// The kind of noun that every change in the table is about, if it is always one.
    fn only_kind(&self) -> Option<Kind> {
        if self.shape.is_noun() {
            return Some(self.shape.kind);
        }
        let noun = self.shape.columns.iter().find(|column| ends(self.shape).0 == Some(column.name))?;
        match noun.column_type {
            ColumnType::Ref { kind, .. } => (noun.presence == Presence::Required).then_some(kind),
            _ => None,
        }
    }

    /// What is told of versions: names, and where each stands in the table.
    fn said(&self) -> Vec<(&'static str, Expr)> {
        let (noun, other) = ends(self.shape);
        let of = |column: Option<&'static str>| {
            column.map_or_else(|| dialect::as_bigint(Expr::cust("NULL")), |column| col("t", column))
        };
        let is_each = self.told == Told::Each;
        let names_nouns = is_each || self.only_kind().is_none();
        let said = [
            ("fact", is_each || self.compares_rows(), col("t", self.shape.fact_column())),
            ("version", self.compares_rows(), col("t", "known_from")),
            ("noun", names_nouns || self.shape.is_noun(), of(noun)),
            ("noun_kind", names_nouns, kind_named_by(self.shape, noun)),
            ("other", is_each || self.compares_others(), of(other)),
            ("other_kind", is_each, kind_named_by(self.shape, other)),
            ("valid_from", is_each, col("t", "valid_from")),
            ("valid_to", is_each, col("t", "valid_to")),
        ];
        let mut said: Vec<_> =
            said.into_iter().filter_map(|(name, is_read, at)| is_read.then_some((name, at))).collect();
        if self.shape.kind == Kind::Succession {
            said.push(("succession", col("t", "kind")));
        }
        said
    }

    /// The versions of the table that both views could show, but for what they differ in, and whether each does.
    fn select_versions(&self) -> SelectStatement {
        let Interval { from, to } = self.interval;
        let noun = ends(self.shape).0;
        let paired = match noun {
            Some(noun) if self.shape.is_noun() || is_membership(self.shape) => col("t", noun),
            _ => col("t", self.shape.fact_column()),
        };
        let (is_in_both, was, now) = match self.interval.is_of_knowledge() {
            true => (holds_on("t", to.day), is_known_at("t", from.known), is_known_at("t", to.known)),
            false => (is_known_at("t", to.known), holds_on("t", from.day), holds_on("t", to.day)),
        };
        let mut versions = Query::select();
        versions.from_as(Alias::new(self.shape.table), "t").and_where(is_in_both).expr_as(paired, "pair");
        versions.expr_as(dialect::one_if(was), "was").expr_as(dialect::one_if(now), "now");
        for (name, at) in self.said() {
            versions.expr_as(at, name);
        }
        // What was and what is of a member are of one noun, so that no pair is torn apart.
        if self.shape.kind == Kind::AllianceMember
            && let Some(nouns) = &self.filter.nouns
        {
            versions.and_where(is_of_kinds(self.backend, kind_named_by(self.shape, noun), nouns));
        }
        versions
    }

    /// What was and what is, of each change: the facts, and the revisions that recorded the versions; beside them what the
    /// version says that is, or that was if none is.
    fn select_pairs(&self) -> SelectStatement {
        // Of one revision a fact has one version; of two it may have both what was and what is.
        let partitions: &[&str] = if self.interval.is_of_knowledge() { &["pair", "fact"] } else { &["pair"] };
        let named = |what: &str, of: &str| Alias::new(format!("{what}_in_{of}"));
        let said: Vec<&str> = self.said().into_iter().map(|(name, _)| name).collect();
        let facts = [("fact", "was_fact", "now_fact"), ("version", "was_version", "now_version")];
        let facts = facts.into_iter().filter(|(name, ..)| said.contains(name));
        let mut paired = Query::select();
        paired.expr(Expr::cust("v.*")).from_subquery(self.select_versions(), "v");
        paired.and_where(col("v", "was").ne(col("v", "now")));
        for of in partitions {
            let mut select = |value: Expr, name| {
                paired.expr_window_as(value, WindowStatement::partition_by(("v", Alias::new(*of))), name);
            };
            for side in ["was", "now"] {
                select(Func::sum(col("v", side)).into(), named(side, of));
            }
            let compared = facts.clone().map(|(name, ..)| name);
            for said in compared.chain(self.compares_others().then_some("other")) {
                let was = col("v", "was").eq(Expr::Constant(1.into()));
                let of_what_was: Expr = CaseStatement::new().case(was, col("v", said)).into();
                select(Func::max(of_what_was).into(), named(said, of));
            }
        }
        let is_one = |column: Alias| col("p", column).eq(Expr::Constant(1.into()));
        let is = |side: &str| is_one(Alias::new(side));
        let has_both = |of: &str| is_one(named("was", of)).and(is_one(named("now", of)));
        let is_pair = || partitions.iter().map(|of| has_both(of)).reduce(ExprTrait::or).expect("there is a partition");
        let mut pairs = Query::select();
        pairs.from_subquery(paired, "p").and_where(is("now").or(is_pair().not()));
        pairs.expr_as(dialect::one_if(is("was").or(is_pair())), "had").expr_as(col("p", "now"), "has");
        for (said, was, now) in facts {
            let before = partitions
                .iter()
                .fold(CaseStatement::new(), |before, of| before.case(has_both(of), col("p", named(said, of))));
            let before: Expr = before.case(is("was"), col("p", said)).into();
            let after: Expr = CaseStatement::new().case(is("now"), col("p", said)).into();
            pairs.expr_as(before, was).expr_as(after, now);
        }
        if self.compares_others() {
            pairs.expr_as(col("p", named("other", "pair")), "paired_other");
        }
        let own = said.into_iter().filter(|name| !matches!(*name, "fact" | "version"));
        pairs.exprs(own.map(|name| col("p", Alias::new(name))));
        pairs
    }

    /// The changes in the table.
    fn select_changes(&self) -> SelectStatement {
        let mut select = Query::select();
        select.from_subquery(self.select_pairs(), "d");
        let change = if self.interval.is_of_knowledge() { what_was_learned(self.shape) } else { self.what_happened() };
        // What else the versions say is compared where there are two, and looked up nowhere else.
        if self.compares_rows() {
            for (alias, fact, version, other) in
                [("w", "was_fact", "was_version", "now_fact"), ("n", "now_fact", "now_version", "was_fact")]
            {
                let of_two: Expr = CaseStatement::new().case(col("d", other).is_not_null(), col("d", fact)).into();
                let is_it = col(alias, self.shape.fact_column()).eq(of_two);
                let is_it = is_it.and(col(alias, "known_from").eq(col("d", version)));
                select.join_as(JoinType::LeftJoin, Alias::new(self.shape.table), alias, is_it);
            }
        }
        let names_none = || CaseStatement::new().case(col("d", "noun").is_null(), literal(""));
        let noun_kind = self
            .only_kind()
            .map_or_else(|| names_none().finally(col("d", "noun_kind")).into(), |kind| literal(kind.name()));
        select.expr_as(change, "change").expr_as(noun_kind, "noun_kind");
        if self.told == Told::Each {
            let since: Expr = match self.interval.is_of_knowledge() {
                true => col("d", "valid_from"),
                false => {
                    let is_over = col("d", "now_fact").is_null();
                    CaseStatement::new().case(is_over, col("d", "valid_to")).finally(col("d", "valid_from")).into()
                }
            };
            select
                .expr_as(Func::coalesce([col("d", "now_fact"), col("d", "was_fact")]), "id")
                .expr_as(literal(self.shape.kind.name()), "kind")
                .expr_as(col("d", "was_fact"), "was")
                .expr_as(col("d", "now_fact"), "now")
                .expr_as(col("d", "noun"), "noun")
                .expr_as(col("d", "other"), "other")
                .expr_as(col("d", "other_kind"), "other_kind")
                .expr_as(since, "since");
            let is_noun = col("s", identities::Column::Id).eq(col("d", "noun"));
            select.join_as(JoinType::LeftJoin, identities::Entity, "s", is_noun);
            select.expr_as(Func::coalesce([col("s", identities::Column::Slug), literal("")]), "slug");
        }
        select
    }

    /// What happened, where the views are of two days.
    fn what_happened(&self) -> Expr {
        let Comparison { shape, interval: Interval { to, .. }, .. } = *self;
        match shape.kind {
            Kind::School | Kind::Campus => {
                let unless_followed = |end, [general, own]: [ChangeKind; 2]| -> Expr {
                    let case = CaseStatement::new().case(is_followed(end, to), word(general));
                    case.finally(word(own)).into()
                };
                by_sides(
                    unless_followed("successor_id", [ChangeKind::Began, ChangeKind::Opened]),
                    unless_followed("predecessor_id", [ChangeKind::Ended, ChangeKind::Closed]),
                    what_became(shape),
                )
            }
            Kind::Membership | Kind::AllianceMember => {
                let both: Expr = match self.compares_others() {
                    true => {
                        let is_same = col("d", "paired_other").eq(col("d", "other"));
                        let both = CaseStatement::new().case(is_same, word(ChangeKind::Changed));
                        both.finally(word(ChangeKind::Moved)).into()
                    }
                    // Neither is asked for.
                    false => word(ChangeKind::Changed),
                };
                by_sides(word(ChangeKind::Joined), word(ChangeKind::Left), both)
            }
            Kind::Succession => {
                let is = |kinds: &[SuccessionKind]| {
                    let words: Vec<Expr> = kinds.iter().map(|kind| literal(kind.word())).collect();
                    col("d", "succession").is_in(words)
                };
                let begun = CaseStatement::new()
                    .case(is(&[SuccessionKind::Renamed, SuccessionKind::Converted]), word(ChangeKind::Renamed))
                    .case(is(&[SuccessionKind::MergedInto, SuccessionKind::BecameCampusOf]), word(ChangeKind::Merged))
                    .case(is(&[SuccessionKind::SplitInto]), word(ChangeKind::Split))
                    .finally(word(ChangeKind::Began));
                by_sides(begun.into(), word(ChangeKind::Ended), word(ChangeKind::Changed))
            }
            _ => by_sides(word(ChangeKind::Began), word(ChangeKind::Ended), what_became(shape)),
        }
    }
}

/// A kind of change as a value of a statement.
fn word(kind: ChangeKind) -> Expr {
    literal(kind.word())
}

/// One kind where there is no fact before, one where there is none after, and one where there are both.
fn by_sides(begun: Expr, over: Expr, both: Expr) -> Expr {
    let has_none = |side: &'static str| col("d", side).eq(Expr::Constant(0.into()));
    CaseStatement::new().case(has_none("had"), begun).case(has_none("has"), over).finally(both).into()
}

/// What happened to a noun of which another period began: it has another name, or else stands in another place.
fn what_became(shape: &'static Shape) -> Expr {
    // A place that only one of the two states may be that of the other, too.
    let has_moved = places(shape).map(|column| col("w", column.name).ne(col("n", column.name))).reduce(ExprTrait::or);
    let of_same_name: Expr = match has_moved {
        Some(has_moved) => {
            let moved = CaseStatement::new().case(has_moved, word(ChangeKind::Moved));
            moved.finally(word(ChangeKind::Changed)).into()
        }
        None => word(ChangeKind::Changed),
    };
    match shape.columns.iter().any(|column| matches!(column.column_type, ColumnType::Names)) {
        true => {
            let same_name = CaseStatement::new().case(is_same("name"), of_same_name);
            same_name.finally(word(ChangeKind::Renamed)).into()
        }
        false => of_same_name,
    }
}

/// The columns in which a school, a campus or a group says where it stands: other nouns name places that they are about.
fn places(shape: &Shape) -> impl Iterator<Item = &'static Column> + use<> {
    let may_move = matches!(shape.kind, Kind::School | Kind::Campus | Kind::Group);
    let is_place = |column: &&Column| {
        matches!(column.column_type, ColumnType::Ref { kind: Kind::District | Kind::Region | Kind::Township, .. })
    };
    shape.columns.iter().filter(move |column| may_move && is_place(column))
}

/// Whether what was and what is say the same in a column.
fn is_same(column: &'static str) -> Expr {
    let [was, now] = [col("w", column), col("n", column)];
    was.clone().eq(now.clone()).or(was.is_null().and(now.is_null()))
}

fn what_was_learned(shape: &'static Shape) -> Expr {
    let time: &[&str] = if shape.is_noun() { &["fact_id", "known_day"] } else { &["id"] };
    let own = shape.own().filter(|column| !(shape.is_noun() && matches!(column.column_type, ColumnType::Slug)));
    let columns = own.map(|column| column.name).chain(["valid_from", "valid_to"]).chain(time.iter().copied());
    let all_same = columns.map(is_same).reduce(ExprTrait::and).expect("a table has columns");
    let corrected = CaseStatement::new().case(all_same, word(ChangeKind::SourceAdded));
    let added = if shape.kind == Kind::Source { ChangeKind::SourceAdded } else { ChangeKind::Added };
    by_sides(word(added), word(ChangeKind::Removed), corrected.finally(word(ChangeKind::Corrected)).into())
}

/// The kinds that [`what_was_learned`] tells.
fn kinds_learned(shape: &Shape) -> &'static [ChangeKind] {
    use ChangeKind::{Added, Corrected, Removed, SourceAdded};
    if shape.kind == Kind::Source {
        &[Removed, Corrected, SourceAdded]
    } else {
        &[Added, Removed, Corrected, SourceAdded]
    }
}

/// The kinds that [`what_happened`] tells.
fn kinds_happened(shape: &Shape) -> &'static [ChangeKind] {
    use ChangeKind::{Began, Changed, Closed, Ended, Joined, Left, Merged, Moved, Opened, Renamed, Split};
    match shape.kind {
        Kind::School | Kind::Campus => &[Began, Opened, Ended, Closed, Renamed, Moved, Changed],
        Kind::Membership | Kind::AllianceMember => &[Joined, Left, Moved, Changed],
        Kind::Succession => &[Renamed, Merged, Split, Began, Ended, Changed],
        _ if places(shape).next().is_some() => &[Began, Ended, Renamed, Moved, Changed],
        _ => &[Began, Ended, Renamed, Changed],
    }
}

/// That a succession on record by the later view has the noun at this end.
fn is_followed(end: &'static str, to: View) -> Expr {
    let mut select = Query::select();
    select.expr(Expr::Constant(1.into())).from_as(Alias::new(shape_of(Kind::Succession).table), "x");
    select.and_where(is_shown("x", to)).and_where(col("x", end).eq(col("d", "noun")));
    Expr::exists(select)
}

fn read_change(row: &mut Row<'_>) -> Result<(Position, Change), StoreError> {
    let [key, id, fact, change, was, now] = row.cells();
    let [noun, noun_kind, other, other_kind, since] = row.cells();
    let end =
        |id: Option<i64>, kind: Option<&str>| id.zip(kind.and_then(Kind::named)).map(|(raw, kind)| AnyId { kind, raw });
    let is_stated = |day: &NaiveDate| ![Validity::OPEN_START, Validity::OPEN_END, Validity::NOT_YET].contains(day);
    let change = Change {
        kind: change.word(ChangeKind::parse)?,
        fact: fact.word(Kind::named)?,
        noun: end(noun.maybe_number()?, noun_kind.maybe_str()?),
        other: end(other.maybe_number()?, other_kind.maybe_str()?),
        was: was.maybe_number()?,
        now: now.maybe_number()?,
        since: Some(since.day()?).filter(is_stated),
    };
    Ok((Position { key: key.text()?, id: id.number()? }, change))
}
