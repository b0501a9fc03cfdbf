//! Table `categorisations`.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "categorisations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) known_from: i64,
    pub(crate) known_to: Option<i64>,
    pub(crate) valid_from: String,
    pub(crate) valid_to: String,
    pub(crate) entity_type: String,
    pub(crate) entity_id: i64,
    pub(crate) category_id: i64,
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
