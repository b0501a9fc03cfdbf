//! Table `memberships`.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) known_from: i64,
    pub(crate) known_to: Option<i64>,
    pub(crate) valid_from: String,
    pub(crate) valid_to: String,
    pub(crate) group_id: i64,
    pub(crate) school_id: i64,
    pub(crate) role: String,
    pub(crate) joined_on: Option<String>,
    pub(crate) left_on: Option<String>,
    pub(crate) as_of: Option<String>,
    pub(crate) certain_from: Option<String>,
    pub(crate) certain_to: Option<String>,
    pub(crate) category_ids: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
