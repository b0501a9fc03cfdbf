//! Table `alliance_members`.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alliance_members")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) known_from: i64,
    pub(crate) known_to: Option<i64>,
    pub(crate) valid_from: String,
    pub(crate) valid_to: String,
    pub(crate) alliance_id: i64,
    pub(crate) member_type: String,
    pub(crate) member_id: i64,
    pub(crate) role: String,
    pub(crate) joined_on: Option<String>,
    pub(crate) left_on: Option<String>,
    pub(crate) category_ids: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
