//! Tables `groups` and `memberships`.

use domain::{Group, GroupStatus, Head, Kind, Membership, MembershipRole, Shape, Turn, Validity, group};
use sea_orm::{
    DeriveIden,
    sea_query::{BinOper, CaseStatement, Expr, ExprTrait},
};

use super::alliance::{select_alliances, serves_or_has};
use crate::{
    StoreError,
    breakdown::ValuesOf,
    filter::Wanted,
    noun::Table,
    row::Row,
    status::DatedStatus,
    tie::{Tie, TieSource, TieTable},
    view::{AnyIden, Scope, Sees, col, is_any_word, literal},
};

/// Table `groups`.
#[derive(Clone, Copy, DeriveIden)]
pub(crate) enum Groups {
    Table,
    Id,
    LeadSchoolId,
    Status,
    ReportedBranches,
    ReportedSites,
    ReportedMemberSchools,
    DistrictId,
    EstablishedOn,
    DissolvedOn,
}

/// Table `memberships`.
#[derive(Clone, Copy, DeriveIden)]
pub(crate) enum Memberships {
    Table,
    ValidFrom,
    ValidTo,
    GroupId,
    SchoolId,
    Role,
    JoinedOn,
    LeftOn,
    AsOf,
    CertainFrom,
    CertainTo,
    CategoryIds,
}

impl Table for Group {
    const SHAPE: &'static Shape = &group::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Groups::LeadSchoolId,
        &Groups::Status,
        &Groups::ReportedBranches,
        &Groups::ReportedSites,
        &Groups::ReportedMemberSchools,
        &Groups::DistrictId,
        &Groups::EstablishedOn,
        &Groups::DissolvedOn,
    ];
    const PLANNED: Option<&'static str> = Some(STATUS.before);

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [lead_school, status, branches, sites, member_schools, district, established_on, dissolved_on] =
            row.cells();
        Ok(Group {
            head,
            lead_school: lead_school.maybe_id()?,
            status: status.word(GroupStatus::parse)?,
            reported_branches: branches.value()?,
            reported_sites: sites.value()?,
            reported_member_schools: member_schools.value()?,
            district: district.maybe_id()?,
            established_on: established_on.date()?,
            dissolved_on: dissolved_on.date()?,
        })
    }

    fn condition(property: &str, wanted: &Wanted, scope: &Scope) -> Option<Expr> {
        match property {
            "status" => Some(STATUS.was(wanted.words())),
            "alliance" => Some(serves_or_has(scope, wanted.value())),
            "member_role" => {
                let mut members = scope.select_from(Memberships::Table, "m", Sees::Holding);
                members
                    .expr(Expr::Constant(1.into()))
                    .and_where(col("m", Memberships::GroupId).eq(col("c", Groups::Id)));
                members.and_where(is_any_word(col("m", Memberships::Role), wanted.words()));
                Some(Expr::exists(members))
            }
            _ => None,
        }
    }

    fn values_of(property: &str, scope: &Scope) -> Option<ValuesOf> {
        match property {
            "status" => Some(ValuesOf::Row(STATUS.on_day())),
            "alliance" => Some(ValuesOf::of_noun(select_alliances(scope, Kind::Group))),
            _ => None,
        }
    }
}

/// The statuses of a group, in the order of its time.
const STATUS: DatedStatus = DatedStatus { before: "planned", during: "operating", after: "dissolved" };

/// Groups and their schools, the group first: its lead school comes first; of a school's groups come first those it leads,
/// then others by role, and by the day on which it joined.
pub(crate) static MEMBERSHIPS: Tie<Membership> = Tie {
    name: "memberships",
    source: TieSource::Table(TieTable {
        rank: [Some(lead_first), Some(role_and_day)],
        ..TieTable::new(
            &Memberships::Table,
            (Kind::Group, &Memberships::GroupId),
            (Kind::School, &Memberships::SchoolId),
        )
    }),
    columns: &[
        &Memberships::Role,
        &Memberships::JoinedOn,
        &Memberships::LeftOn,
        &Memberships::AsOf,
        &Memberships::ValidFrom,
        &Memberships::ValidTo,
        &Memberships::CertainFrom,
        &Memberships::CertainTo,
        &Memberships::CategoryIds,
    ],
    read: |id, row| {
        let [role, joined_on, left_on, as_of, valid_from, valid_to, certain_from, certain_to, categories] = row.cells();
        let validity = Validity { from: valid_from.day()?, to: valid_to.day()? };
        let certain = Validity {
            from: certain_from.maybe_day()?.unwrap_or(validity.from),
            to: certain_to.maybe_day()?.unwrap_or(validity.to),
        };
        Ok(Membership {
            id,
            role: role.word(MembershipRole::parse)?,
            joined_on: joined_on.date()?,
            left_on: left_on.date()?,
            as_of: as_of.date()?,
            categories: categories.ids()?,
            turn: Turn { validity, certain },
        })
    },
};

fn lead_first(table: &'static str) -> Expr {
    let is_lead = col(table, Memberships::Role).eq(literal("lead"));
    CaseStatement::new().case(is_lead, literal("0")).finally(literal("1")).into()
}

/// The role, in the order of the vocabulary, and the day on which it joined; a day that no source states comes last.
fn role_and_day(table: &'static str) -> Expr {
    use Memberships::{JoinedOn, Role, ValidFrom};
    const RANKS: [&str; 5] = ["0", "1", "2", "3", "4"];
    const { assert!(RANKS.len() == MembershipRole::WORDS.len()) };
    let roles = MembershipRole::WORDS.iter().zip(RANKS);
    let role = roles
        .fold(CaseStatement::new(), |case, (role, rank)| case.case(col(table, Role).eq(literal(role)), literal(rank)));
    let is_unknown = col(table, JoinedOn).is_null().or(col(table, ValidFrom).eq(literal("0001-01-01")));
    let day = CaseStatement::new().case(is_unknown, literal("9999-12-31")).finally(col(table, ValidFrom));
    Expr::expr(role).binary(BinOper::Custom("||"), day)
}
