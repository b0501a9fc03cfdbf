//! What SQLite's planner is told about the tables: figures that are typical for a map, and the same on every machine.
//!
//! Without figures it takes every condition for a selective one, "is current" too, and reads a table of 300,000 schools
//! to find 20 in order; with those of a small map it reads whole tables, and goes on to when the map has grown. These
//! figures say what does not change: nearly all rows are current, an id has one, a reference has some.

use domain::{ColumnType, SHAPES};
use sea_orm::ConnectionTrait;

use crate::{StoreError, dialect};

/// How many rows a table is said to have.
const ROWS: u64 = 1_000_000;

/// How many values a column is said to have: a vocabulary as many as it has words.
fn values(column: &str) -> u64 {
    match column {
        "known_to" => 1,
        "word" | "known_from" => 16,
        "facet" | "field" => 8,
        "valid_from" => 2_000,
        "id" | "fact_id" | "n" | "number" | "slug" | "sort_name" => ROWS,
        _ => vocabulary(column).unwrap_or(ROWS / 20),
    }
}

/// How many words the vocabulary of a column has, the least if several tables have one of its name.
fn vocabulary(column: &str) -> Option<u64> {
    let columns = SHAPES.iter().flat_map(|shape| shape.columns).filter(|of| of.name == column);
    let words = columns.filter_map(|of| match of.column_type {
        ColumnType::Word(words) => u64::try_from(words.len()).ok(),
        _ => None,
    });
    words.min()
}

/// Makes the table that SQLite's planner reads, of tables that are still empty.
pub(crate) async fn create_statistics(database: &impl ConnectionTrait) -> Result<(), StoreError> {
    database.execute_unprepared(dialect::ANALYZE).await?;
    write_statistics(database).await
}

/// Has PostgreSQL look at what our tables hold, as far as the role may.
pub(crate) async fn analyze(database: &impl ConnectionTrait) -> Result<(), StoreError> {
    let rows = database.query_all_raw(dialect::tables_to_analyze()).await?;
    let tables: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
    if !tables.is_empty() {
        database.execute_unprepared(&dialect::analyze(&tables)).await?;
    }
    Ok(())
}

/// Tells SQLite's planner; PostgreSQL looks for itself. What is told of an index goes with it when it is dropped.
pub(crate) async fn write_statistics(database: &impl ConnectionTrait) -> Result<(), StoreError> {
    let mut told = Vec::new();
    for row in database.query_all_raw(dialect::sqlite_indexes()).await? {
        let (table, index): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let (is_unique, columns): (i64, String) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
        told.push((table, index, index_statistics(&columns, is_unique == 1)));
    }
    if !told.is_empty() {
        database.execute_unprepared(&dialect::tell_sqlite_statistics(&told)).await?;
    }
    Ok(())
}

/// How many rows there are, and for each column how many have the same value in it and in those before it.
fn index_statistics(columns: &str, is_unique: bool) -> String {
    let columns: Vec<&str> = columns.split(' ').collect();
    let (mut figures, mut alike) = (ROWS.to_string(), ROWS);
    for (at, column) in columns.iter().enumerate() {
        alike = (alike / values(column)).max(1);
        let alike = if is_unique && at + 1 == columns.len() { 1 } else { alike };
        figures.push_str(&format!(" {alike}"));
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::index_statistics;

    #[test]
    fn what_is_current_is_nearly_all_and_what_has_an_id_is_one() {
        assert_eq!(index_statistics("known_to sort_name id", false), "1000000 1000000 1 1");
        assert_eq!(index_statistics("school_id known_to", false), "1000000 20 20");
        assert_eq!(index_statistics("id", true), "1000000 1");
        assert_eq!(index_statistics("id known_from", true), "1000000 1 1");
    }
}
