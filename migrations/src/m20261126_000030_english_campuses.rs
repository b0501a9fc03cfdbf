//! English names of campuses, and why each is believed.

use crate::table::{BASIS, text};

use sea_orm_migration::prelude::*;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let mut basis = text(backend, "name_en_basis");
        basis.null().check(Expr::col("name_en_basis").is_in(BASIS.iter().copied()));
        let mut name = text(backend, "name_en");
        // One column a statement: SQLite takes no more.
        for column in [name.null(), &mut basis] {
            manager.alter_table(Table::alter().table("campuses").add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["name_en_basis", "name_en"] {
            manager.alter_table(Table::alter().table("campuses").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
