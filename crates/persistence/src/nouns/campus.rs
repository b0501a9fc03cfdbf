//! Tables `campuses` and `site_uses`.

use domain::{AddressConfidence, AnyId, Campus, CampusStatus, Head, HostedSiteUse, Id, Kind, Shape, SiteUse, campus};
use sea_orm::{
    DeriveIden,
    sea_query::{CaseStatement, Expr, ExprTrait, Func, Order, SelectStatement},
};

use super::township::{Townships, lies_in, place_of};
use crate::{
    StoreError,
    breakdown::ValuesOf,
    filter::Wanted,
    location::read_location,
    noun::Table,
    parts::List,
    row::Row,
    statement::Parameter,
    status::is_begin_dated,
    tie::Tie,
    view::{AnyIden, Scope, Sees, col, is_any_word, literal},
};

/// Table `campuses`.
#[derive(Clone, Copy, DeriveIden)]
pub(crate) enum Campuses {
    Table,
    ValidFrom,
    ValidTo,
    SchoolId,
    Address,
    AddressConfidence,
    TownshipId,
    KnownDay,
    Status,
    OpenedOn,
    DueOn,
    Latitude,
    Longitude,
    LocationPrecision,
    LocationConfidence,
}

/// Table `site_uses`.
#[derive(Clone, Copy, DeriveIden)]
enum SiteUses {
    Table,
    Id,
    SiteUseId,
    SchoolId,
    HostType,
    HostId,
    Grade,
    Purpose,
    AsOf,
}

impl Table for Campus {
    const SHAPE: &'static Shape = &campus::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Campuses::SchoolId,
        &Campuses::Address,
        &Campuses::AddressConfidence,
        &Campuses::TownshipId,
        &Campuses::Status,
        &Campuses::OpenedOn,
        &Campuses::DueOn,
        &Campuses::Latitude,
        &Campuses::Longitude,
        &Campuses::LocationPrecision,
        &Campuses::LocationConfidence,
    ];
    const PLANNED: Option<&'static str> = Some("planned");

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [school, address, address_confidence, township, status, opened_on, due_on] = row.cells();
        Ok(Campus {
            head,
            school: school.id()?,
            address: address.texts()?,
            address_confidence: address_confidence.maybe_word(AddressConfidence::parse)?,
            township: township.maybe_id()?,
            status: status.word(CampusStatus::parse)?,
            opened_on: opened_on.date()?,
            due_on: due_on.date()?,
            location: read_location(row.cells())?,
        })
    }

    fn condition(property: &str, wanted: &Wanted, scope: &Scope) -> Option<Expr> {
        let stands_in = |place| lies_in(scope, col("c", Campuses::TownshipId), place, wanted.value());
        Some(match property {
            "status" => is_any_word(status_on_day(), wanted.words()),
            "region" => stands_in(&Townships::RegionId),
            "district" => stands_in(&Townships::DistrictId),
            _ => return None,
        })
    }

    fn values_of(property: &str, scope: &Scope) -> Option<ValuesOf> {
        let township = || col("c", Campuses::TownshipId);
        Some(match property {
            "status" => ValuesOf::Row(status_on_day()),
            "region" => place_of(scope, township(), &Townships::RegionId),
            "district" => place_of(scope, township(), &Townships::DistrictId),
            _ => return None,
        })
    }
}

/// What [`Campus::status_on`] says of the view's day.
fn status_on_day() -> Expr {
    let day = || Parameter::Day.expr();
    let is_known = col("c", Campuses::KnownDay).lte(day());
    let before = CaseStatement::new().case(is_known, literal("planned")).finally(literal(""));
    let recorded = Func::coalesce([col("c", Campuses::Status), literal("")]);
    CaseStatement::new()
        .case(col("c", Campuses::ValidFrom).gt(day()), before)
        .case(col("c", Campuses::ValidTo).lte(day()), literal(""))
        .case(is_begin_dated("c"), literal("open"))
        .finally(recorded)
        .into()
}

/// The campuses of a school, read from the school.
pub(crate) static SITE_OF_SCHOOL: Tie<i64> = Tie::owner("site_of_school", &Campuses::SchoolId);

impl List for SiteUse {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        by_owner(scope, SiteUses::SchoolId)
    }

    fn columns() -> Vec<Expr> {
        use SiteUses::{AsOf, Grade, HostId, HostType, Id, Purpose, SchoolId};
        [Id, SchoolId, HostType, HostId, Grade, Purpose, AsOf].map(|column| col("u", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, school, host_type, host, grade, purpose, as_of] = row.cells();
        Ok(SiteUse {
            id: id.number()?,
            school: Id::from_raw(school.number()?),
            host: AnyId { kind: host_type.word(Kind::named)?, raw: host.number()? },
            grade: grade.maybe_text()?,
            purpose: purpose.maybe_text()?,
            as_of: as_of.date()?,
        })
    }
}

impl List for HostedSiteUse {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        by_owner(scope, SiteUses::HostId)
    }

    fn columns() -> Vec<Expr> {
        SiteUse::columns()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        SiteUse::read(row).map(HostedSiteUse)
    }
}

fn by_owner(scope: &Scope, owner: SiteUses) -> (SelectStatement, Expr) {
    let mut select = scope.select_from(SiteUses::Table, "u", Sees::Holding);
    let owner = col("u", owner);
    select.order_by_expr(owner.clone(), Order::Asc).order_by_expr(col("u", SiteUses::SiteUseId), Order::Asc);
    (select, owner)
}
