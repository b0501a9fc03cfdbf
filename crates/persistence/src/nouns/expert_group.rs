//! Table `expert_groups`.

use domain::{ExpertGroup, Head, Shape, expert_group};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    StoreError, dialect,
    noun::Table,
    row::Row,
    tie::Tie,
    view::{AnyIden, col},
};

/// Table `expert_groups`.
#[derive(Clone, Copy, DeriveIden)]
enum ExpertGroups {
    AdvisoryBodyId,
    Seq,
}

impl Table for ExpertGroup {
    const SHAPE: &'static Shape = &expert_group::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&ExpertGroups::AdvisoryBodyId, &ExpertGroups::Seq];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [advisory_body, seq] = row.cells();
        Ok(ExpertGroup { head, advisory_body: advisory_body.id()?, seq: seq.value()? })
    }
}

/// The expert groups of an advisory body by its own count, read from the body.
pub(crate) static EXPERT_GROUP_OF_BODY: Tie<i64> =
    Tie::ranked_owner("expert_group_of_body", &ExpertGroups::AdvisoryBodyId, |group| {
        // Texts of one length sort as their numbers do; those without a place come last.
        let place = Expr::expr(sea_orm::sea_query::Func::coalesce([
            col(group, ExpertGroups::Seq),
            Expr::Constant(LAST.into()),
        ]));
        dialect::as_text(place.add(Expr::Constant(LAST.into())))
    });

/// More than any place in a list.
const LAST: i64 = 1_000_000_000_000;
