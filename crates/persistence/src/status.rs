//! Statuses that follow from dates, as conditions: what [`domain::Lifetime::status_on`] says.

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};

use crate::{
    statement::Parameter,
    view::{col, is_any_word, literal},
};

/// The words of a status before the beginning of a noun, while it lasts and after its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DatedStatus {
    pub(crate) before: &'static str,
    pub(crate) during: &'static str,
    pub(crate) after: &'static str,
}

impl DatedStatus {
    /// The status on the view's day of the noun that `c` names.
    pub(crate) fn on_day(self) -> Expr {
        let day = || Parameter::Day.expr();
        CaseStatement::new()
            .case(col("c", "valid_from").gt(day()), literal(self.before))
            .case(col("c", "valid_to").lte(day()), literal(self.after))
            .case(self.lasts("c"), literal(self.during))
            .finally(col("c", "status"))
            .into()
    }

    /// That it was one of these.
    pub(crate) fn was(self, statuses: &[&'static str]) -> Expr {
        is_any_word(self.on_day(), statuses)
    }

    /// That a noun that is on the map of the day has begun and not ended by its status.
    pub(crate) fn lasts(self, table: &'static str) -> Expr {
        let is_recorded = |word| col(table, "status").eq(literal(word));
        let begun = is_recorded(self.before).and(is_begin_dated(table));
        let ends_later = is_recorded(self.after).and(col(table, "valid_to").ne(literal("9999-12-31")));
        is_recorded(self.during).or(begun).or(ends_later)
    }
}

/// What `Span::is_begin_dated` says of a noun of this table: a date without a year begins with a month.
pub(crate) fn is_begin_dated(table: &'static str) -> Expr {
    let stated = || col(table, "stated_from");
    stated().is_not_null().and(stated().not_like("__-%"))
}
