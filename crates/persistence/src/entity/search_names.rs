//! Table `search_names`.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_names")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) n: i64,
    pub(crate) fact_id: i64,
    pub(crate) subject_id: i64,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) language: Option<String>,
    pub(crate) name_kind: String,
    pub(crate) strict: Option<String>,
    pub(crate) folded: String,
    pub(crate) valid_from: String,
    pub(crate) valid_to: String,
    pub(crate) ends: String,
    pub(crate) known_from: i64,
    pub(crate) known_to: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
