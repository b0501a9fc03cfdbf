//! Facts as a data set writes them: what the export reads.

use domain::{ColumnType, Keeping, Kind, Known, ScenarioId, Shape, Validity, ValueKind, View};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Order, SelectStatement};

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
    /// Its identity.
    pub id: i64,
    /// Its fields, in the order of the shape's columns.
    pub fields: Vec<String>,
}

impl Store {
    /// The facts of a kind, in the order in which a file has their rows.
    ///
    /// # Errors
    /// The database failed.
    pub async fn export_order(&self, shape: &'static Shape, known: Known) -> Result<Vec<i64>, StoreError> {
        let view = view_of(known);
        let mut select = Scope::new(self.backend, view).select_from(Alias::new(shape.table), "fact", Sees::Known);
        let is_its_own = col("i", identities::Column::Id).eq(col("fact", shape.fact_column()));
        select.join_as(JoinType::InnerJoin, identities::Entity, "i", is_its_own);
        // What is recorded as part of another fact stands in the row of that one.
        select.expr(col("i", identities::Column::Id)).and_where(col("i", identities::Column::PartOf).is_null());
        for column in [identities::Column::Position, identities::Column::Id] {
            select.order_by_expr(col("i", column), Order::Asc);
        }
        let statement = Prepared::new(self.backend, &select).bind(&Values::of_ids(view, &[]));
        self.rows(statement).await?.iter().map(|mut row| row.next().number()).collect()
    }

    /// The rows of these facts of a kind, in the order in which they are given.
    ///
    /// # Errors
    /// The database failed.
    pub async fn export_rows(
        &self,
        shape: &'static Shape,
        known: Known,
        facts: &[i64],
    ) -> Result<Vec<ExportRow>, StoreError> {
        let rows = self.rows(by_ids(self.backend, shape, known, facts)).await?;
        let mut rows = rows.iter().map(|row| read(shape, row)).collect::<Result<Vec<_>, StoreError>>()?;
        let places: IdMap<usize> = facts.iter().enumerate().map(|(place, fact)| (*fact, place)).collect();
        rows.sort_by_key(|row| places.get(&row.id));
        Ok(rows)
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
    select.expr(col("fact", shape.fact_column()));
    let mut selecting = Selecting { scope, shape, select, citations: Vec::new(), nouns: 0 };
    for column in shape.columns {
        let field = selecting.field(column);
        selecting.select.expr(field);
    }
    selecting.select
}

/// The rows of a kind as they are known, while what their columns name is joined to them.
struct Selecting<'a> {
    scope: &'a Scope,
    shape: &'static Shape,
    select: SelectStatement,
    /// The fields whose citations are joined, and what these are called.
    citations: Vec<(&'static str, String)>,
    /// How many nouns are joined.
    nouns: usize,
}

impl Selecting<'_> {
    /// One field: references as slugs, citations from their own table, other values as they are kept.
    fn field(&mut self, column: &domain::Column) -> Expr {
        use citations::Column::{Confidence, Quote, SourceId};
        match column.column_type {
            ColumnType::CitedSource(field) => {
                let source = self.cited(field, SourceId);
                self.slug(source)
            }
            ColumnType::CitedQuote(field) => self.cited(field, Quote),
            ColumnType::CitedConfidence(field) => self.cited(field, Confidence),
            ColumnType::Ref { .. } | ColumnType::RefOf { .. } => self.slug(col("fact", column.name)),
            ColumnType::Slug if self.shape.is_noun() => col("fact", "slug"),
            ColumnType::TextBases => literal(""),
            _ => col("fact", column.name),
        }
    }

    /// A column of the citation for a field of the fact.
    fn cited(&mut self, field: &'static str, column: citations::Column) -> Expr {
        if let Some((_, citation)) = self.citations.iter().find(|(joined, _)| *joined == field) {
            return col(citation, column);
        }
        let citation = format!("citation{}", self.citations.len());
        let is_of_fact = col(&citation, citations::Column::FactId).eq(col("fact", self.shape.fact_column()));
        let is_it = is_of_fact.and(col(&citation, citations::Column::Field).eq(literal(field)));
        self.scope.left_join_known(&mut self.select, citations::Entity, &citation, is_it);
        let cited = col(&citation, column);
        self.citations.push((field, citation));
        cited
    }

    /// The slug of a noun that the fact or its citation names.
    fn slug(&mut self, noun: Expr) -> Expr {
        let name = format!("noun{}", self.nouns);
        self.nouns += 1;
        let is_it = col(&name, identities::Column::Id).eq(noun);
        self.select.join_as(JoinType::LeftJoin, identities::Entity, Alias::new(&name), is_it);
        col(&name, identities::Column::Slug)
    }
}

/// Reads a row of [`select`].
pub(crate) fn read(shape: &'static Shape, mut row: Row<'_>) -> Result<ExportRow, StoreError> {
    let id = row.next().number()?;
    let fields = shape.columns.iter().map(|column| {
        let cell = row.next();
        let field = match column.column_type {
            ColumnType::Value(ValueKind { keeping: Keeping::Number { write }, .. }) => cell.written(*write)?,
            _ => cell.maybe_text()?,
        };
        Ok(field.unwrap_or_default())
    });
    Ok(ExportRow { id, fields: fields.collect::<Result<_, StoreError>>()? })
}
