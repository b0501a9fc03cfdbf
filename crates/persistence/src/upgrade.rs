//! Bringing a database up to date: whose it is, which steps it lacks, which version of the program made it.

use std::sync::Arc;

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, TransactionTrait, sqlx};

use crate::{Store, StoreError, row::Row, sql::Sql, store::alone};

/// The table in which the library notes the steps that ran.
const STEPS: &str = "seaql_migrations";
/// The table of the versions of the program that ran them.
const VERSIONS: &str = "program_versions";

/// What a database has of its tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Whether it has none.
    pub is_empty: bool,
    /// The steps that have not run yet.
    pub pending: Vec<String>,
}

/// What was done to bring a database up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// Whether it had no tables before.
    pub is_first: bool,
    /// The steps that ran.
    pub steps: Vec<String>,
}

impl Store {
    /// Brings the database up to the newest migration; servers that start together take turns.
    ///
    /// # Errors
    /// The database failed, is another program's or a newer version's, or lacks steps and can only be read.
    pub async fn migrate(&self) -> Result<Upgrade, StoreError> {
        let Condition { pending, .. } = self.condition().await?;
        if pending.is_empty() {
            return Ok(Upgrade { is_first: false, steps: pending });
        }
        if self.is_read_only() {
            return Err(StoreError::Outdated { pending });
        }
        if self.backend != DbBackend::Postgres {
            let transaction = self.write.begin_with_options(alone()).await?;
            // Another process may have been here meanwhile.
            let Condition { is_empty, pending } = examine(&transaction).await?;
            if !pending.is_empty() {
                Migrator::up(&transaction, None).await?;
                sign(&transaction).await?;
                crate::statistics::prepare(&transaction).await?;
            }
            transaction.commit().await?;
            return Ok(Upgrade { is_first: is_empty, steps: pending });
        }
        // The lock belongs to its session: one connection takes it, migrates and gives it back.
        let pool = self.write.get_postgres_connection_pool();
        let failed = |error: sqlx::Error| StoreError::Database(Arc::new(error));
        let mut session = pool.acquire().await.map_err(failed)?;
        sqlx::query("SELECT pg_advisory_lock(74110001)").execute(&mut *session).await.map_err(failed)?;
        let upgraded = self.upgrade().await;
        sqlx::query("SELECT pg_advisory_unlock(74110001)").execute(&mut *session).await.map_err(failed)?;
        upgraded
    }

    async fn upgrade(&self) -> Result<Upgrade, StoreError> {
        let Condition { is_empty, pending } = self.condition().await?;
        if !pending.is_empty() {
            Migrator::up(&self.write, None).await?;
            sign(&self.write).await?;
        }
        Ok(Upgrade { is_first: is_empty, steps: pending })
    }

    /// Which steps the database lacks; nothing is created.
    ///
    /// # Errors
    /// The database failed, or is another program's or a newer version's.
    pub async fn condition(&self) -> Result<Condition, StoreError> {
        examine(&self.write).await
    }

    /// Whether all migrations have run, as far as readers see.
    ///
    /// # Errors
    /// The database failed, or was never migrated.
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        let ran: Vec<String> =
            self.rows(ran(self.backend)).await?.iter().map(|row| Row(row).text("version")).collect::<Result<_, _>>()?;
        Ok(ours().iter().all(|step| ran.contains(step)))
    }
}

/// The steps of this version, in their order.
fn ours() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// Looks at the tables of a database.
pub(crate) async fn examine(database: &impl ConnectionTrait) -> Result<Condition, StoreError> {
    let backend = database.get_database_backend();
    let tables = texts(database, tables(backend), "name").await?;
    let has = |name: &str| tables.iter().any(|table| table == name);
    let (ours, ran) = (ours(), if has(STEPS) { texts(database, ran(backend), "version").await? } else { Vec::new() });
    let is_ours = ours.first().is_some_and(|first| ran.contains(first));
    match tables.iter().find(|table| *table != STEPS) {
        Some(table) if !is_ours => return Err(StoreError::Foreign { table: table.clone() }),
        _ => {}
    }
    if let Some(step) = ran.iter().rfind(|step| !ours.contains(step)) {
        let versions = if has(VERSIONS) { texts(database, versions(backend), "version").await? } else { Vec::new() };
        return Err(StoreError::Newer { made_by: versions.into_iter().next(), step: step.clone() });
    }
    let pending = ours.into_iter().filter(|step| !ran.contains(step)).collect();
    Ok(Condition { is_empty: !is_ours, pending })
}

async fn texts(database: &impl ConnectionTrait, sql: Sql, column: &str) -> Result<Vec<String>, StoreError> {
    database.query_all_raw(sql.statement()).await?.iter().map(|row| Row(row).text(column)).collect()
}

/// The tables, but for those of the database itself and of its extensions.
fn tables(backend: DbBackend) -> Sql {
    let mut sql = Sql::new(backend);
    sql.put(match backend {
        DbBackend::Postgres => {
            "SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') \
             AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1"
        }
        _ => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY 1",
    });
    sql
}

/// The steps that ran, in their order.
fn ran(backend: DbBackend) -> Sql {
    let mut sql = Sql::new(backend);
    sql.put("SELECT version FROM ").put(STEPS).put(" ORDER BY version");
    sql
}

/// The versions of the program that ran steps, the latest first.
fn versions(backend: DbBackend) -> Sql {
    let mut sql = Sql::new(backend);
    sql.put("SELECT version FROM ").put(VERSIONS).put(" ORDER BY steps DESC");
    sql
}

/// Notes that this version of the program has brought the database up to date.
async fn sign(database: &impl ConnectionTrait) -> Result<(), StoreError> {
    let steps = i64::try_from(ours().len()).unwrap_or(i64::MAX);
    let mut sql = Sql::new(database.get_database_backend());
    sql.put("INSERT INTO ").put(VERSIONS).put(" (version, steps) VALUES (");
    sql.bind(env!("CARGO_PKG_VERSION")).put(", ").bind(steps);
    sql.put(") ON CONFLICT (version) DO UPDATE SET steps = excluded.steps");
    database.execute_raw(sql.statement()).await?;
    Ok(())
}
