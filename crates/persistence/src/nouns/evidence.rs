//! Tables `evidence` and `list_completeness`.

use domain::{AnyId, Contradiction, EvidenceRelation, FieldEvidence, Kind, ListCompleteness, OpenList};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait, Func, Order, SelectStatement},
};

use crate::{
    StoreError,
    parts::List,
    row::Row,
    tie::{End, Tie, TieSource},
    view::{Scope, Sees, col, literal},
};

/// Table `evidence`.
#[derive(Clone, Copy, DeriveIden)]
pub(crate) enum Evidence {
    Table,
    Id,
    SubjectType,
    SubjectId,
    Field,
    Value,
    Relation,
}

/// Table `list_completeness`.
#[derive(Clone, Copy, DeriveIden)]
enum ListCompletenessTable {
    #[sea_orm(iden = "list_completeness")]
    Table,
    Id,
    SubjectId,
    List,
    IsComplete,
    Note,
}

/// What contradicts a row, as far as the view sees it.
pub(super) fn select_contradictions(scope: &Scope) -> SelectStatement {
    let mut select = scope.select_from(Evidence::Table, "e", Sees::Holding);
    select.and_where(col("e", Evidence::Relation).eq(literal(EvidenceRelation::Contradicts.word())));
    select
}

impl List for Contradiction {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        let mut select = select_contradictions(scope);
        for key in [Evidence::SubjectId, Evidence::Field, Evidence::Id] {
            select.order_by_expr(col("e", key), Order::Asc);
        }
        (select, col("e", Evidence::SubjectId))
    }

    fn columns() -> Vec<Expr> {
        use Evidence::{Field, Id, SubjectId, SubjectType, Value};
        [Id, SubjectType, SubjectId, Field, Value].map(|column| col("e", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let id = row.next().number()?;
        read(id, row).map(Contradiction)
    }
}

fn read(id: i64, row: &mut Row<'_>) -> Result<FieldEvidence, StoreError> {
    let [subject_type, subject, field, value] = row.cells();
    Ok(FieldEvidence {
        id,
        subject: AnyId { kind: subject_type.word(Kind::named)?, raw: subject.number()? },
        field: field.maybe_text()?,
        value: value.maybe_text()?,
    })
}

/// All contradictions and the nouns of which they speak, from the parent 0, in the order of the fields.
pub(crate) static CONTRADICTIONS: Tie<FieldEvidence> = Tie {
    name: "contradictions",
    source: TieSource::Rows(|scope, _: End| {
        use Evidence::{Field, Id, SubjectId, SubjectType, Value};
        let mut select = select_contradictions(scope);
        let all = crate::dialect::as_bigint(Expr::Constant(0.into()));
        select.expr_as(all.clone(), "parent").expr_as(col("e", SubjectId), "child");
        select.expr_as(col("e", SubjectType), "kind").expr_as(col("e", Id), "fact");
        select.expr_as(Func::coalesce([col("e", Field), literal("")]), "rank");
        select.expr_as(col("e", SubjectType), "subject_type").expr_as(col("e", SubjectId), "subject_id");
        select.expr_as(col("e", Field), "field").expr_as(col("e", Value), "value").and_where(scope.is_asked(all));
        select
    }),
    columns: &[&"subject_type", &"subject_id", &"field", &"value"],
    read,
};

/// That a source states that some list of the noun that `c` names is not complete.
pub(crate) fn has_open_list(scope: &Scope) -> Expr {
    let is_subject = col("l", ListCompletenessTable::SubjectId).eq(col("c", "id"));
    Expr::exists(select_completeness(scope, false).expr(Expr::Constant(1.into())).and_where(is_subject).take())
}

/// That a source states that this list of the noun that `c` names is complete.
pub(crate) fn is_stated_complete(scope: &Scope, list: OpenList) -> Expr {
    let mut select = select_completeness(scope, true);
    select.and_where(col("l", ListCompletenessTable::List).eq(literal(list.word())));
    scope.owns_any(select, col("l", ListCompletenessTable::SubjectId))
}

/// The lists of which a source states that they are complete, or that they are not.
fn select_completeness(scope: &Scope, is_complete: bool) -> SelectStatement {
    let mut select = scope.select_from(ListCompletenessTable::Table, "l", Sees::Holding);
    select.and_where(col("l", ListCompletenessTable::IsComplete).eq(Expr::Constant(i64::from(is_complete).into())));
    select
}

impl List for ListCompleteness {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use ListCompletenessTable::{List, SubjectId};
        let mut select = scope.select_from(ListCompletenessTable::Table, "l", Sees::Holding);
        select.order_by_expr(col("l", SubjectId), Order::Asc).order_by_expr(col("l", List), Order::Asc);
        (select, col("l", SubjectId))
    }

    fn columns() -> Vec<Expr> {
        use ListCompletenessTable::{Id, IsComplete, List, Note};
        [Id, List, IsComplete, Note].map(|column| col("l", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, list, is_complete, note] = row.cells();
        Ok(ListCompleteness {
            id: id.number()?,
            list: list.word(OpenList::parse)?,
            is_complete: is_complete.value()?.unwrap_or_default(),
            note: note.texts()?,
        })
    }
}
