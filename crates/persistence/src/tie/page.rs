//! The statement of a page of ties for each of many parents, in the form that a database runs fastest
//! (docs/benchmarks.md has what was measured).

use domain::OrderField;
use sea_orm::{
    DbBackend,
    sea_query::{self, Alias, Expr, ExprTrait, JoinType, OverStatement, Query, SelectStatement, WindowStatement},
};

use super::{Joined, Relation, TieSource};
use crate::{
    columns::ColumnSet,
    dialect,
    filter::FilterForm,
    location::with_distance,
    noun::{Table, and_all, direction, exprs, join_keys, within_bounds},
    statement::{LIMIT, PageForm, Parameter},
    view::{AnyIden, Scope, Sees, col, named},
};

impl<N: Table, T> Relation<N, T> {
    /// The statement of a page: rows of the parent, the tie's identity, the key of the position and what the tie says if
    /// they are asked for, and the noun, ordered by parent.
    pub(super) fn page_select(
        &self,
        scope: &Scope,
        filter: &FilterForm,
        page: PageForm,
        columns: ColumnSet,
    ) -> SelectStatement {
        match (&self.tie.source, scope.backend) {
            (TieSource::Table(_) | TieSource::Owner(..), DbBackend::Postgres) => {
                self.first_of_each_laterally(scope, filter, page, columns)
            }
            (TieSource::Rows(_), _) if scope.is_about_one => self.first_of_one(scope, filter, page, columns),
            (TieSource::Table(_) | TieSource::Owner(..), _) => self.first_of_each(scope, filter, page, columns),
            _ => self.ranked(scope, filter, page, columns),
        }
    }

    /// What ties are ordered by, given what they say themselves; the table of nouns is named by an alias.
    fn keys(
        &self,
        (scope, filter, page): (&Scope, &FilterForm, PageForm),
        [rank, since]: [Option<Expr>; 2],
        own: &[Expr],
        noun: &'static str,
    ) -> Vec<Expr> {
        let of_noun = |name: &'static str| col(noun, Alias::new(name));
        // The slug last, so that no two nouns are told apart by their ids, which mean nothing to a reader.
        let before_names = |keys: Vec<Expr>| keys.into_iter().chain([of_noun("sort_name"), of_noun("slug")]).collect();
        let keys = match page.order.field {
            OrderField::Natural => before_names(rank.into_iter().collect()),
            OrderField::Edge => match self.tie.words(own) {
                words if words.is_empty() => before_names(rank.into_iter().collect()),
                words => before_names(words),
            },
            OrderField::Name => vec![of_noun("sort_name")],
            OrderField::Slug => vec![of_noun("slug")],
            OrderField::Since => since.into_iter().collect(),
            OrderField::Distance => before_names(Vec::new()),
        };
        with_distance::<N>(scope, filter, page, keys, noun)
    }

    /// The first ties of each parent, by a subquery that stands beside the parents: PostgreSQL reads and sorts the ties of
    /// one parent at a time.
    fn first_of_each_laterally(
        &self,
        scope: &Scope,
        filter: &FilterForm,
        page: PageForm,
        columns: ColumnSet,
    ) -> SelectStatement {
        let (mut select, parent) = dialect::select_asked_ids(scope.backend);
        let Joined { select: mut first, parent: own_parent, fact, rank, since, columns: own } =
            self.joined_of_all(scope, filter);
        let keys = self.keys((scope, filter, page), [rank, Some(since)], &own, "c");
        first.and_where(own_parent.eq(parent.clone()));
        and_all(&mut first, within_bounds(&keys, &fact, page));
        for key in keys.iter().chain([&fact]) {
            first.order_by_expr(key.clone(), direction(page));
        }
        first.limit(LIMIT).expr_as(fact, Alias::new("fact")).exprs(exprs::<N>("c", columns));
        let keys = select_named(&mut first, "key", keys, "first");
        let own = select_named(&mut first, "own", if_read(own, columns), "first");

        let fact = col("first", "fact");
        let key = joined_key(scope, &keys, columns);
        select.join_lateral(JoinType::InnerJoin, first, Alias::new("first"), Expr::cust("TRUE"));
        select.expr(parent.clone()).expr(fact.clone()).exprs(key).exprs(own).exprs(exprs::<N>("first", columns));
        select.order_by_expr(parent, sea_query::Order::Asc);
        for key in keys.into_iter().chain([fact]) {
            select.order_by_expr(key, direction(page));
        }
        select
    }

    /// The first ties of each parent, by a subquery that finds their identities: SQLite has no lateral joins.
    fn first_of_each(&self, scope: &Scope, filter: &FilterForm, page: PageForm, columns: ColumnSet) -> SelectStatement {
        let (asked, parent) = dialect::select_asked_ids(scope.backend);
        let first = {
            let Joined { mut select, parent: own_parent, fact, rank, since, columns } =
                self.joined_of_all(scope, filter);
            let keys = self.keys((scope, filter, page), [rank, Some(since)], &columns, "c");
            select.and_where(own_parent.eq(parent.clone()));
            and_all(&mut select, within_bounds(&keys, &fact, page));
            select.expr(fact.clone());
            for key in keys.into_iter().chain([fact]) {
                select.order_by_expr(key, direction(page));
            }
            select.limit(LIMIT).take()
        };
        let mut select = asked;
        let (fact, rank, since, own) = match &self.tie.source {
            TieSource::Table(table) => {
                let (_, to, rank) = table.walked(self.end.is_forward);
                let each = |column: AnyIden| col("each", named(column));
                let is_first = col("each", "id").in_subquery(first);
                scope.join_in_order(&mut select, named(table.table), "each", is_first, Sees::Known);
                scope.join(&mut select, N::SHAPE.table, "n", col("n", "id").eq(each(to)), Sees::Shown);
                let own = self.tie.columns.iter().map(|column| each(*column)).collect();
                (col("each", "id"), rank.map(|rank| rank("each")), col("each", "valid_from"), own)
            }
            source => {
                let is_first = col("n", "id").in_subquery(first);
                scope.join_in_order(&mut select, N::SHAPE.table, "n", is_first, Sees::Shown);
                let rank = match source {
                    TieSource::Owner(_, rank) => rank.map(|rank| rank("n")),
                    _ => None,
                };
                (col("n", "id"), rank, col("n", "valid_from"), Vec::new())
            }
        };
        let keys = self.keys((scope, filter, page), [rank, Some(since)], &own, "n");
        let key = joined_key(scope, &keys, columns);
        select.expr(parent.clone()).expr(fact.clone()).exprs(key).exprs(if_read(own, columns));
        select.exprs(exprs::<N>("n", columns)).order_by_expr(parent, sea_query::Order::Asc);
        for key in keys.into_iter().chain([fact]) {
            select.order_by_expr(key, direction(page));
        }
        select
    }

    /// The first ties of one parent: nothing is ranked, and the nouns are read where they are put in order. Of ties that a
    /// statement makes, which reads whole rows in any case.
    fn first_of_one(&self, scope: &Scope, filter: &FilterForm, page: PageForm, columns: ColumnSet) -> SelectStatement {
        let Joined { mut select, parent, fact, rank, since, columns: own } = self.joined(scope, filter);
        let keys = self.keys((scope, filter, page), [rank, Some(since)], &own, "c");
        and_all(&mut select, within_bounds(&keys, &fact, page));
        select.expr(parent).expr(fact.clone()).exprs(joined_key(scope, &keys, columns)).exprs(if_read(own, columns));
        select.exprs(exprs::<N>("c", columns));
        for key in keys.into_iter().chain([fact]) {
            select.order_by_expr(key, direction(page));
        }
        select.limit(LIMIT).take()
    }

    /// The ties of all parents ranked, as narrow rows, and the nouns of those that are left: for ties that a statement
    /// makes for all parents at once.
    fn ranked(&self, scope: &Scope, filter: &FilterForm, page: PageForm, columns: ColumnSet) -> SelectStatement {
        let Joined { mut select, parent, fact, rank, since, columns: own } = self.joined(scope, filter);
        let keys = self.keys((scope, filter, page), [rank, Some(since)], &own, "c");
        and_all(&mut select, within_bounds(&keys, &fact, page));
        let mut ranking = WindowStatement::new();
        ranking.add_partition_by(parent.clone());
        for key in keys.iter().chain([&fact]) {
            ranking.order_by_expr(key.clone(), direction(page));
        }
        select.expr_as(parent, Alias::new("parent")).expr_as(fact, Alias::new("fact"));
        select.expr_as(col("c", "id"), Alias::new("child"));
        let keys = select_named(&mut select, "key", keys, "ranked");
        let own = select_named(&mut select, "own", if_read(own, columns), "ranked");
        select.expr_window_as(dialect::row_number(), ranking, Alias::new("place"));

        let ranked = |name: &'static str| col("ranked", name);
        let mut outer = Query::select();
        outer.expr(ranked("parent")).expr(ranked("fact")).exprs(joined_key(scope, &keys, columns)).exprs(own);
        outer.exprs(exprs::<N>("n", columns)).from_subquery(select, Alias::new("ranked"));
        let is_child = col("n", Alias::new("id")).eq(ranked("child"));
        scope.join(&mut outer, N::SHAPE.table, "n", is_child, Sees::Shown);
        outer.and_where(ranked("place").lte(Parameter::Limit.expr()));
        outer.order_by_expr(ranked("parent"), sea_query::Order::Asc);
        outer.order_by_expr(ranked("place"), sea_query::Order::Asc);
        outer
    }
}

/// Adds expressions to a subquery under names of their own; gives them as columns of the subquery's alias.
fn select_named(select: &mut SelectStatement, prefix: &str, exprs: Vec<Expr>, alias: &'static str) -> Vec<Expr> {
    let add = |(at, expr): (usize, Expr)| {
        let name = Alias::new(format!("{prefix}{at}"));
        select.expr_as(expr, name.clone());
        col(alias, name)
    };
    exprs.into_iter().enumerate().map(add).collect()
}

/// What a tie says, if it is asked for.
fn if_read(own: Vec<Expr>, columns: ColumnSet) -> Vec<Expr> {
    if columns.contains(ColumnSet::TIE) { own } else { Vec::new() }
}

/// The parts of a position's key as one text, if it is asked for.
fn joined_key(scope: &Scope, parts: &[Expr], columns: ColumnSet) -> Option<Expr> {
    columns.contains(ColumnSet::POSITION).then(|| join_keys(scope, parts))
}
