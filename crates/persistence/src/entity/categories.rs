//! Table `categories`.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "categories")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) known_from: i64,
    pub(crate) known_to: Option<i64>,
    pub(crate) valid_from: String,
    pub(crate) valid_to: String,
    pub(crate) slug: String,
    pub(crate) sort_name: String,
    pub(crate) known_day: String,
    pub(crate) stated_from: Option<String>,
    pub(crate) stated_to: Option<String>,
    pub(crate) fact_id: i64,
    pub(crate) shown_from: Option<String>,
    pub(crate) shown_to: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) scheme: String,
    pub(crate) code: String,
    pub(crate) parent_id: Option<i64>,
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
