//! Table `schools`.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schools")]
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
    pub(crate) name: Option<String>,
    pub(crate) ownership: Option<String>,
    pub(crate) phases: Option<String>,
    pub(crate) school_type: Option<String>,
    pub(crate) status: Option<String>,
    #[sea_orm(column_name = "junior_code_2025")]
    pub(crate) junior_code_2025: Option<String>,
    pub(crate) senior_code: Option<String>,
    pub(crate) township_id: Option<i64>,
    pub(crate) opened_on: Option<String>,
    pub(crate) closed_on: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) district_id: Option<i64>,
    pub(crate) known_day: String,
    pub(crate) stated_from: Option<String>,
    pub(crate) stated_to: Option<String>,
    pub(crate) fact_id: i64,
    pub(crate) shown_from: Option<String>,
    pub(crate) shown_to: Option<String>,
    pub(crate) latitude: Option<i64>,
    pub(crate) longitude: Option<i64>,
    pub(crate) location_precision: Option<String>,
    pub(crate) boarding: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
