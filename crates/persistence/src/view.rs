//! Views as conditions: the one place that turns a view into SQL.
//!
//! A read of facts begins with [`Scope::select_from`] and goes on with [`Scope::join`]; both add what the view sees of
//! the table, so that no read is built without one.

use chrono::NaiveDate;
use domain::{Known, View};
use sea_orm::{
    DbBackend, Iden,
    sea_query::{Alias, Expr, ExprTrait, JoinType, Query, SelectStatement},
};

use crate::{dialect, statement::Parameter};

/// The name of a column of some entity, or of its table.
pub(crate) type AnyIden = &'static (dyn Iden + Send + Sync);

/// What a read sees of a table's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sees {
    /// What is known, whenever it holds.
    Known,
    /// Of each noun the one period by which it is seen on the day, whether it holds then or not.
    Shown,
    /// What is known and holds on the day.
    Holding,
}

/// What statements are built for: a database, and a view of the latest knowledge or of a revision.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    pub(crate) backend: DbBackend,
    pub(crate) is_latest: bool,
    /// Whether `c` is read among the nouns that ties of given nouns lead to, rather than among all of its kind.
    pub(crate) is_tied: bool,
    /// Whether one id is asked about, rather than a list of them.
    pub(crate) is_about_one: bool,
}

/// A column of the table that an alias names.
pub(crate) fn col(alias: &str, column: impl Iden) -> Expr {
    Expr::col((Alias::new(alias), Alias::new(column.unquoted())))
}

/// A name that is only known as a value.
pub(crate) fn named(name: AnyIden) -> Alias {
    Alias::new(name.unquoted())
}

/// A text that is the same for all requests, written into the statement.
pub(crate) fn literal(text: &'static str) -> Expr {
    Expr::Constant(text.into())
}

impl Scope {
    pub(crate) fn new(backend: DbBackend, view: View) -> Self {
        Scope { backend, is_latest: view.known == Known::Latest, is_tied: false, is_about_one: false }
    }

    /// The same, where one id is asked about.
    pub(crate) fn about_one(self) -> Self {
        Scope { is_about_one: true, ..self }
    }

    /// The same, where `c` is read among the nouns that ties of given nouns lead to.
    pub(crate) fn of_tied(self) -> Self {
        Scope { is_tied: true, ..self }
    }

    /// Begins a read of an entity's rows, as far as the view sees them.
    pub(crate) fn select_from(&self, table: impl Iden, alias: &'static str, sees: Sees) -> SelectStatement {
        let mut select = Query::select();
        select.from_as(Alias::new(table.unquoted()), Alias::new(alias)).and_where(self.sees(alias, sees));
        select
    }

    /// Joins an entity's rows, as far as the view sees them.
    pub(crate) fn join(
        &self,
        select: &mut SelectStatement,
        table: impl Iden,
        alias: &'static str,
        on: Expr,
        sees: Sees,
    ) {
        let on = on.and(self.sees(alias, sees));
        select.join_as(JoinType::InnerJoin, Alias::new(table.unquoted()), Alias::new(alias), on);
    }

    /// The same, of rows that are looked up for each row read before: SQLite keeps the order of such joins.
    pub(crate) fn join_in_order(
        &self,
        select: &mut SelectStatement,
        table: impl Iden,
        alias: &'static str,
        on: Expr,
        sees: Sees,
    ) {
        // sea-query writes a cross join without its condition.
        let always = Expr::cust("TRUE");
        select.join_as(JoinType::CrossJoin, Alias::new(table.unquoted()), Alias::new(alias), always);
        select.and_where(on.and(self.sees(alias, sees)));
    }

    /// Joins what is known of an entity's rows, where there are any.
    pub(crate) fn left_join_known(&self, select: &mut SelectStatement, table: impl Iden, alias: &str, on: Expr) {
        let on = on.and(self.is_known(alias));
        select.join_as(JoinType::LeftJoin, Alias::new(table.unquoted()), Alias::new(alias), on);
    }

    /// That the noun `c` is the owner of one of these rows: those of all nouns are looked up once, those of a few nouns for
    /// each of them.
    pub(crate) fn owns_any(&self, mut rows: SelectStatement, owner: Expr) -> Expr {
        match self.is_tied {
            false => col("c", "id").in_subquery(rows.expr(owner).take()),
            true => Expr::exists(rows.expr(Expr::Constant(1.into())).and_where(owner.eq(col("c", "id"))).take()),
        }
    }

    fn sees(&self, alias: &str, sees: Sees) -> Expr {
        match sees {
            Sees::Known => self.is_known(alias),
            Sees::Shown => self.is_known(alias).and(self.is_shown(alias)),
            Sees::Holding => self.is_known(alias).and(self.holds(alias)),
        }
    }

    /// That the view's revision knows the row.
    fn is_known(&self, alias: &str) -> Expr {
        let known_to = || col(alias, "known_to");
        if self.is_latest {
            return known_to().is_null();
        }
        let revision = || Parameter::Revision.expr();
        col(alias, "known_from").lte(revision()).and(known_to().is_null().or(known_to().gt(revision())))
    }

    /// That a noun is seen by this period of it on the view's day. Of one noun no two are, and those that hold are.
    fn is_shown(&self, alias: &str) -> Expr {
        let [from, to] = ["shown_from", "shown_to"].map(|column| move || col(alias, column));
        let has_begun = from().is_null().or(from().lte(Parameter::Day.expr()));
        has_begun.and(to().is_null().or(to().gt(Parameter::Day.expr())))
    }

    /// That the row holds on the view's day, whatever the revisions that know it.
    pub(crate) fn holds(&self, alias: &str) -> Expr {
        let day = || Parameter::Day.expr();
        col(alias, "valid_from").lte(day()).and(col(alias, "valid_to").gt(day()))
    }

    /// That the row holds on the view's day, or did on one before.
    pub(crate) fn has_begun(&self, alias: &'static str) -> Expr {
        col(alias, "valid_from").lte(Parameter::Day.expr())
    }

    /// That the row holds no longer on the view's day.
    pub(crate) fn is_over(&self, alias: &'static str) -> Expr {
        col(alias, "valid_to").lte(Parameter::Day.expr())
    }

    /// That a noun that holds on the day is only assumed to: what `Lifetime::existence_on` says.
    pub(crate) fn is_assumed(&self, alias: &'static str) -> Expr {
        self.holds(alias).and(col(alias, "known_day").gt(Parameter::Day.expr()))
    }

    /// That a noun that holds on the day is known to: what `Lifetime::existence_on` says.
    pub(crate) fn is_certain(&self, alias: &'static str) -> Expr {
        self.holds(alias).and(col(alias, "known_day").lte(Parameter::Day.expr()))
    }

    /// That a noun is known on the day and begins on a later one: `Phase::Planned`. Before a later period begins, the noun is
    /// seen by the one before it.
    pub(crate) fn is_planned(&self, alias: &'static str) -> Expr {
        let day = || Parameter::Day.expr();
        let is_first = col(alias, "fact_id").eq(col(alias, "id"));
        col(alias, "valid_from").gt(day()).and(col(alias, "known_day").lte(day())).and(is_first)
    }

    /// That a value is one of the ids asked about.
    pub(crate) fn is_asked(&self, id: Expr) -> Expr {
        match self.is_about_one {
            true => id.eq(Parameter::Id.expr()),
            false => dialect::is_one_of_ids(self.backend, id),
        }
    }

    /// How many rows there are, and how many of the nouns that `c` names are only assumed to exist.
    pub(crate) fn counts(&self) -> [Expr; 2] {
        [Expr::cust("COUNT(*)"), dialect::sum_or_zero(dialect::one_if(self.is_assumed("c")))]
    }
}

/// That a view shows the version that an alias names: a condition with the view in it, for statements about several views.
pub(crate) fn is_shown(alias: &'static str, view: View) -> Expr {
    holds_on(alias, view.day).and(is_known_at(alias, view.known))
}

/// That the version that an alias names holds on a day.
pub(crate) fn holds_on(alias: &'static str, day: NaiveDate) -> Expr {
    let day = || Expr::val(domain::fact::day_text(day));
    col(alias, "valid_from").lte(day()).and(col(alias, "valid_to").gt(day()))
}

/// That a revision, or the latest, knows the version that an alias names.
pub(crate) fn is_known_at(alias: &'static str, known: Known) -> Expr {
    let known_to = || col(alias, "known_to");
    match known {
        Known::Latest => known_to().is_null(),
        Known::At(revision) => {
            col(alias, "known_from").lte(revision).and(known_to().is_null().or(known_to().gt(revision)))
        }
    }
}

/// That the column is one of these words of its vocabulary, "not stated" among them being the empty one, kept as null.
pub(crate) fn is_one_of(column: &Expr, words: &[&'static str]) -> Expr {
    let stated = words.iter().filter(|word| !word.is_empty()).map(|word| literal(word));
    let stated: Vec<Expr> = stated.collect();
    let is_stated = match stated.is_empty() {
        true => Expr::cust("FALSE"),
        false => column.clone().is_in(stated),
    };
    match words.contains(&"") {
        true => is_stated.or(column.clone().is_null()),
        false => is_stated,
    }
}

/// That the value, in which nothing stands for "not stated", is one of these words.
pub(crate) fn is_any_word(value: Expr, words: &[&'static str]) -> Expr {
    value.is_in(words.iter().map(|word| literal(word)).collect::<Vec<_>>())
}

/// That the noun that `c` names is at one end of a tie of this table whose other end is a given noun.
pub(crate) fn is_tied(scope: &Scope, table: impl Iden, end: AnyIden, other_end: AnyIden, other: Expr) -> Expr {
    let mut select = scope.select_from(table, "m", Sees::Holding);
    select.expr(col("m", named(end))).and_where(col("m", named(other_end)).eq(other));
    col("c", "id").in_subquery(select)
}
