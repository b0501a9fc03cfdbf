//! Facts as a data set writes them: what the export reads.

use domain::{ColumnType, Known, Shape, Validity, View};
use sea_orm::{DbBackend, QueryResult};

use crate::{Store, StoreError, row::Row, sql::Sql};

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
    pub async fn written(
        &self,
        shape: &'static Shape,
        known: Known,
        after: Option<(i64, i64)>,
        limit: u64,
    ) -> Result<Vec<ExportRow>, StoreError> {
        let mut sql = select(self.backend, shape, known);
        if let Some((position, id)) = after {
            sql.put(" AND (i.position, i.id) > (").bind(position).put(", ").bind(id).put(")");
        }
        sql.put(" ORDER BY i.position, i.id LIMIT ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
        self.rows(sql).await?.iter().map(|row| written(shape, row)).collect()
    }
}

/// The rows of a kind as they are known, to be narrowed.
pub(crate) fn select(backend: DbBackend, shape: &'static Shape, known: Known) -> Sql {
    let view = View { day: Validity::OPEN_START, known };
    let mut sql = Sql::new(backend);
    sql.put("SELECT i.position, t.id");
    for (at, column) in shape.columns.iter().enumerate() {
        sql.put(", ");
        field(&mut sql, shape, column.column_type, column.name, view);
        sql.put(&format!(" AS f{at}"));
    }
    sql.put(" FROM ").put(shape.table).put(" t JOIN identities i ON i.id = t.id WHERE ").known("t", view);
    sql
}

/// Reads a row of [`select`].
pub(crate) fn written(shape: &'static Shape, row: &QueryResult) -> Result<ExportRow, StoreError> {
    let row = Row(row);
    let fields = (0..shape.columns.len()).map(|at| Ok(row.stated(&format!("f{at}"))?.unwrap_or_default()));
    Ok(ExportRow {
        position: row.get("position")?,
        id: row.get("id")?,
        fields: fields.collect::<Result<_, StoreError>>()?,
    })
}

/// Writes the SQL of one field as text: references as slugs, citations from their own table.
fn field(sql: &mut Sql, shape: &'static Shape, column_type: ColumnType, name: &str, view: View) {
    let mut cited = |field: &str, what: &str, join: &str| {
        sql.put("(SELECT ").put(what).put(" FROM citations x").put(join);
        sql.put(" WHERE x.fact_id = t.id AND x.field = ").bind(field).put(" AND ").known("x", view).put(")");
    };
    match column_type {
        ColumnType::CitedSource(field) => cited(field, "s.slug", " JOIN identities s ON s.id = x.source_id"),
        ColumnType::CitedQuote(field) => cited(field, "x.quote", ""),
        ColumnType::CitedConfidence(field) => cited(field, "x.confidence", ""),
        ColumnType::Ref { .. } | ColumnType::RefOf { .. } => {
            sql.put("(SELECT r.slug FROM identities r WHERE r.id = t.").put(name).put(")");
        }
        ColumnType::Slug if shape.is_noun() => {
            sql.put("t.slug");
        }
        ColumnType::Number => {
            sql.put("CAST(t.").put(name).put(" AS text)");
        }
        _ => {
            sql.put("t.").put(name);
        }
    }
}
