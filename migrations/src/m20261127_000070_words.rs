//! Words stand in the program alone: no table refuses one of another country, and those that only one country has may lack.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement},
};

/// The columns of words that a source need not state.
const OPTIONAL: &[(&str, &str)] =
    &[("alliances", "kind"), ("authorities", "kind"), ("authorities", "level"), ("townships", "kind")];

/// What drops each check of a word from PostgreSQL's tables of facts.
const CHECKS: &str = "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.oid::regclass, k.conname) \
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'known_from' \
    WHERE n.nspname = current_schema() AND k.contype = 'c' AND pg_get_constraintdef(k.oid) LIKE '%= ANY (ARRAY[%'";

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => loosen_postgres(manager).await,
            _ => loosen_sqlite(manager).await,
        }
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

async fn loosen_postgres(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let database = manager.get_connection();
    for row in database.query_all_raw(Statement::from_string(DbBackend::Postgres, CHECKS)).await? {
        database.execute_unprepared(&row.try_get_by_index::<String>(0)?).await?;
    }
    for (table, column) in OPTIONAL {
        database.execute_unprepared(&format!("ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL")).await?;
    }
    Ok(())
}

/// Rewrites the tables' definitions in place, as SQLite documents it for constraints that are removed: no row is touched, and
/// indexes stay (<https://sqlite.org/lang_altertable.html#otheralter>).
async fn loosen_sqlite(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let (database, backend) = (manager.get_connection(), DbBackend::Sqlite);
    let tables = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%known_from%'";
    let rows = database.query_all_raw(Statement::from_string(backend, tables)).await?;
    let version = Statement::from_string(backend, "PRAGMA schema_version");
    let version = database.query_one_raw(version).await?.map_or(Ok(0), |row| row.try_get_by_index::<i32>(0))?;
    database.execute_unprepared("PRAGMA writable_schema = ON").await?;
    for row in rows {
        let (table, sql): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let mut loose = without_words(&sql);
        for (_, column) in OPTIONAL.iter().filter(|(of, _)| *of == table) {
            loose = loose.replace(&format!("\"{column}\" text NOT NULL"), &format!("\"{column}\" text NULL"));
        }
        let write = "UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?";
        let write = Statement::from_sql_and_values(backend, write, [loose.into(), table.into()]);
        database.execute_raw(write).await?;
    }
    // The number tells other connections to read the definitions again, and the reset tells this one.
    database.execute_unprepared(&format!("PRAGMA schema_version = {}", version + 1)).await?;
    database.execute_unprepared("PRAGMA writable_schema = RESET").await?;
    Ok(())
}

/// A table's definition without its checks of the form `CHECK ("column" IN ('word', 'other'))`.
fn without_words(sql: &str) -> String {
    let mut loose = String::with_capacity(sql.len());
    let mut parts = sql.split(" CHECK (");
    loose.extend(parts.next());
    for part in parts {
        // Words have neither quotes nor brackets.
        let words = part.split_once(" IN (").filter(|(column, _)| !column.contains([' ', '(']));
        match words.and_then(|(_, rest)| rest.split_once("))")) {
            Some((_, rest)) => loose.push_str(rest),
            None => loose.extend([" CHECK (", part]),
        }
    }
    loose
}
