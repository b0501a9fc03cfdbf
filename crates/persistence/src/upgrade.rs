//! Bringing a database up to date: whose it is, which steps it lacks, which version of the program made it.

use migrations::{Migrator, MigratorTrait, STEPS_WITHOUT_NAMES};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, DbBackend, EntityName, EntityTrait, QueryOrder, QuerySelect, QueryTrait, Statement,
    sea_query::{Alias, OnConflict, Order, Query},
};

use crate::{
    Store, StoreError, dialect,
    entity::program_versions::{self, Column},
    names::refill_names,
};

/// The table in which the library notes the steps that ran.
const STEPS: &str = "seaql_migrations";

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
        let transaction = self.write.begin().await?;
        if self.backend == DbBackend::Postgres {
            transaction.execute_unprepared(dialect::LOCK_MIGRATIONS).await?;
        }
        // Another process may have been here meanwhile.
        let Condition { is_empty, pending } = examine_tables(&*transaction).await?;
        if !pending.is_empty() {
            Migrator::up(&*transaction, None).await?;
            record_version(&*transaction).await?;
            if self.backend == DbBackend::Sqlite {
                crate::statistics::create_statistics(&*transaction).await?;
            }
            if !is_empty && pending.iter().any(|step| STEPS_WITHOUT_NAMES.contains(&step.as_str())) {
                refill_names(&transaction).await?;
            }
        }
        transaction.commit().await?;
        Ok(Upgrade { is_first: is_empty, steps: pending })
    }

    /// Which steps the database lacks; nothing is created.
    ///
    /// # Errors
    /// The database failed, or is another program's or a newer version's.
    pub async fn condition(&self) -> Result<Condition, StoreError> {
        if self.backend == DbBackend::Sqlite {
            return examine_tables(self.write.connection()).await;
        }
        let transaction = self.write.begin().await?;
        let condition = examine_tables(&*transaction).await;
        transaction.rollback().await?;
        condition
    }

    /// Whether all migrations have run, as far as readers see.
    ///
    /// # Errors
    /// The database failed, or was never migrated.
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        let rows = self.rows(select_steps_run(self.backend)).await?;
        let ran: Vec<String> = rows.iter().map(|mut row| row.next().text()).collect::<Result<_, _>>()?;
        Ok(own_steps().iter().all(|step| ran.contains(step)))
    }
}

/// The steps of this version, in their order.
fn own_steps() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// Looks at the tables of a database.
pub(crate) async fn examine_tables(database: &impl ConnectionTrait) -> Result<Condition, StoreError> {
    let backend = database.get_database_backend();
    let tables = read_texts(database, dialect::tables(backend)).await?;
    let has = |name: &str| tables.iter().any(|table| table == name);
    let (ours, ran) =
        (own_steps(), if has(STEPS) { read_texts(database, select_steps_run(backend)).await? } else { Vec::new() });
    let is_ours = ours.first().is_some_and(|first| ran.contains(first));
    match tables.iter().find(|table| *table != STEPS) {
        Some(table) if !is_ours => return Err(StoreError::Foreign { table: table.clone() }),
        _ => {}
    }
    if let Some(step) = ran.iter().rfind(|step| !ours.contains(step)) {
        let has_versions = has(program_versions::Entity.table_name());
        let versions = if has_versions { read_texts(database, select_versions(backend)).await? } else { Vec::new() };
        return Err(StoreError::Newer { made_by: versions.into_iter().next(), step: step.clone() });
    }
    let pending = ours.into_iter().filter(|step| !ran.contains(step)).collect();
    Ok(Condition { is_empty: !is_ours, pending })
}

async fn read_texts(database: &impl ConnectionTrait, statement: Statement) -> Result<Vec<String>, StoreError> {
    let rows = database.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

/// The steps that ran, in their order.
fn select_steps_run(backend: DbBackend) -> Statement {
    let version = Alias::new("version");
    let mut select = Query::select();
    backend.build(select.column(version.clone()).from(Alias::new(STEPS)).order_by(version, Order::Asc))
}

/// The versions of the program that ran steps, the latest first.
fn select_versions(backend: DbBackend) -> Statement {
    let versions = program_versions::Entity::find().select_only().column(Column::Version);
    versions.order_by_desc(Column::Steps).build(backend)
}

/// Notes that this version of the program has brought the database up to date.
async fn record_version(database: &impl ConnectionTrait) -> Result<(), StoreError> {
    let steps = i64::try_from(own_steps().len()).unwrap_or(i64::MAX);
    let version =
        program_versions::ActiveModel { version: Set(env!("CARGO_PKG_VERSION").to_owned()), steps: Set(steps) };
    let again = OnConflict::column(Column::Version).update_column(Column::Steps).to_owned();
    program_versions::Entity::insert(version).on_conflict(again).exec_without_returning(database).await?;
    Ok(())
}
