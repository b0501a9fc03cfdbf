//! Facts as a data set writes them: what the export reads.

use domain::{ColumnType, Keeping, Kind, Known, ScenarioId, Shape, Validity, ValueKind, View};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};

use crate::{
    IdMap, Store, StoreError,
    entity::{citations, identities},
    row::Row,
    statement::{Bound, Prepared, Values},
    view::{Scope, Sees, col, literal},
};

/// One row of a data set's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// Its place among its kind.
    pub position: i64,
    /// Its identity.
    pub id: i64,
    /// Its fields, in the order of the shape's columns.
    pub fields: Vec<String>,
}

impl Store {
    /// The rows of a kind in their order, at most `limit` of them after the place and identity given.
    ///
    /// # Errors
    /// The database failed.
    pub async fn export_rows(
        &self,
        shape: &'static Shape,
        known: Known,
        after: Option<(i64, i64)>,
        limit: u64,
    ) -> Result<Vec<ExportRow>, StoreError> {
        let view = view_of(known);
        let mut select = select(&Scope::new(self.backend, view), shape);
        // What is recorded as part of another fact stands in the row of that one.
        select.and_where(col("i", identities::Column::PartOf).is_null());
        let place = || [col("i", identities::Column::Position), col("i", identities::Column::Id)];
        if let Some((position, id)) = after {
            select.and_where(Expr::tuple(place()).gt(Expr::tuple([Expr::val(position), Expr::val(id)])));
        }
        for column in place() {
            select.order_by_expr(column, Order::Asc);
        }
        select.limit(Ord::min(limit, 1 << 31));
        let statement = Prepared::new(self.backend, &select).bind(&Values::of_ids(view, &[]));
        self.rows(statement).await?.iter().map(|row| read(shape, row)).collect()
    }
}

impl Store {
    /// What the rows of nouns of a kind say, each in the order of the shape's columns, as a file writes it; of a noun with
    /// several periods, its first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn written_rows(
        &self,
        kind: Kind,
        known: Known,
        scenario: Option<ScenarioId>,
        ids: &[i64],
    ) -> Result<IdMap<Vec<String>>, StoreError> {
        let shape = domain::shape_of(kind);
        let rows = self.rows_in(scenario, by_ids(self.backend, shape, known, ids)).await?;
        let written = |row: Row<'_>| read(shape, row).map(|row| (row.id, row.fields));
        rows.iter().map(written).collect()
    }
}

fn view_of(known: Known) -> View {
    View::new(Validity::OPEN_START, known)
}

/// The statement of the rows of a kind with these ids, as they are known.
pub(crate) fn by_ids(backend: sea_orm::DbBackend, shape: &'static Shape, known: Known, ids: &[i64]) -> Bound {
    let view = view_of(known);
    let scope = Scope::new(backend, view);
    let mut select = select(&scope, shape);
    select.and_where(scope.is_asked(col("fact", shape.fact_column())));
    Prepared::new(backend, &select).bind(&Values::of_ids(view, ids))
}

/// The rows of a kind as they are known, to be narrowed.
fn select(scope: &Scope, shape: &'static Shape) -> SelectStatement {
    let mut select = scope.select_from(Alias::new(shape.table), "fact", Sees::Known);
    let is_its_own = col("i", identities::Column::Id).eq(col("fact", shape.fact_column()));
    select.join_as(sea_orm::JoinType::InnerJoin, identities::Entity, "i", is_its_own);
    select.expr(col("i", identities::Column::Position)).expr(col("fact", shape.fact_column()));
    select.exprs(shape.columns.iter().map(|column| field(scope, shape, column.column_type, column.name)));
    select
}

/// Reads a row of [`select`].
pub(crate) fn read(shape: &'static Shape, mut row: Row<'_>) -> Result<ExportRow, StoreError> {
    let [position, id] = row.cells();
    let fields = shape.columns.iter().map(|column| {
        let cell = row.next();
        let field = match column.column_type {
            ColumnType::Value(ValueKind { keeping: Keeping::Number { write }, .. }) => cell.written(*write)?,
            _ => cell.maybe_text()?,
        };
        Ok(field.unwrap_or_default())
    });
    Ok(ExportRow { fields: fields.collect::<Result<_, StoreError>>()?, position: position.number()?, id: id.number()? })
}

/// One field: references as slugs, citations from their own table, other values as they are kept.
fn field(scope: &Scope, shape: &'static Shape, column_type: ColumnType, name: &'static str) -> Expr {
    use citations::Column::{Confidence, FactId, Field, Quote, SourceId};
    let cited = |field: &'static str| {
        let mut select = scope.select_from(citations::Entity, "x", Sees::Known);
        select
            .and_where(col("x", FactId).eq(col("fact", shape.fact_column())))
            .and_where(col("x", Field).eq(literal(field)));
        select
    };
    let slug = || col("r", identities::Column::Slug);
    let value: SelectStatement = match column_type {
        ColumnType::CitedSource(field) => {
            let is_source = col("r", identities::Column::Id).eq(col("x", SourceId));
            let mut select = cited(field);
            select.join_as(sea_orm::JoinType::InnerJoin, identities::Entity, "r", is_source).expr(slug()).take()
        }
        ColumnType::CitedQuote(field) => cited(field).expr(col("x", Quote)).take(),
        ColumnType::CitedConfidence(field) => cited(field).expr(col("x", Confidence)).take(),
        ColumnType::Ref { .. } | ColumnType::RefOf { .. } => {
            let is_end = col("r", identities::Column::Id).eq(col("fact", name));
            Query::select().expr(slug()).from_as(identities::Entity, "r").and_where(is_end).take()
        }
        ColumnType::Slug if shape.is_noun() => return col("fact", "slug"),
        ColumnType::TextBases => return literal(""),
        _ => return col("fact", name),
    };
    Expr::SubQuery(None, Box::new(value.into()))
}
