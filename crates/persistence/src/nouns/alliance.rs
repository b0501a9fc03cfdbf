//! Tables `alliances`, `alliance_members`, `alliance_functions`, `alliance_categories`.

use domain::{
    Alliance, AllianceCategory, AllianceFunction, AllianceKind, AllianceRole, AllianceScope, AllianceStatus,
    AllianceTie, Basis, Head, Kind, ResourceCategory, Shape, alliance, shape_of,
};
use sea_orm::{
    DeriveIden,
    sea_query::{Alias, CaseStatement, Expr, ExprTrait, Keyword, Order, Query, SelectStatement, UnionType},
};

use super::{group::Groups, school::Schools};
use crate::{
    StoreError,
    breakdown::{ValuesOf, select_ends},
    filter::Wanted,
    noun::Table,
    parts::List,
    row::Row,
    status::DatedStatus,
    tie::{End, Tie, TieSource, TieTable},
    view::{AnyIden, Scope, Sees, col, is_tied, literal, named},
};

/// Table `alliances`.
#[derive(Clone, Copy, DeriveIden)]
pub(super) enum Alliances {
    Table,
    Id,
    ValidFrom,
    Kind,
    EstablishedOn,
    Scope,
    Status,
    DistrictId,
    KnownDay,
    DissolvedOn,
    FactId,
}

/// Table `alliance_categories`.
#[derive(Clone, Copy, DeriveIden)]
enum AllianceCategories {
    Table,
    Id,
    AllianceId,
    Category,
    Since,
    Until,
}

/// Table `alliance_functions`.
#[derive(Clone, Copy, DeriveIden)]
enum AllianceFunctions {
    Table,
    Id,
    AllianceId,
    Seq,
    Text,
    Since,
    Until,
}

/// Table `alliance_members`.
#[derive(Clone, Copy, DeriveIden)]
pub(super) enum AllianceMembers {
    Table,
    Id,
    ValidFrom,
    AllianceId,
    MemberType,
    MemberId,
    Role,
    JoinedOn,
    LeftOn,
    CategoryIds,
}

impl Table for Alliance {
    const SHAPE: &'static Shape = &alliance::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Alliances::Kind,
        &Alliances::EstablishedOn,
        &Alliances::DissolvedOn,
        &Alliances::Scope,
        &Alliances::Status,
        &Alliances::DistrictId,
    ];
    const PLANNED: Option<&'static str> = Some(STATUS.before);

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [kind, established_on, dissolved_on, scope, status, district] = row.cells();
        Ok(Alliance {
            head,
            kind: kind.word(AllianceKind::parse)?,
            established_on: established_on.date()?,
            dissolved_on: dissolved_on.date()?,
            scope: scope.word(AllianceScope::parse)?,
            status: status.word(AllianceStatus::parse)?,
            district: district.maybe_id()?,
        })
    }

    fn condition(property: &str, wanted: &Wanted, scope: &Scope) -> Option<Expr> {
        use AllianceMembers::{AllianceId, MemberId};
        Some(match property {
            "status" => STATUS.was(wanted.words()),
            "group" => {
                let mut districts = scope.select_from(Groups::Table, "g", Sees::Holding);
                districts.expr(col("g", Groups::DistrictId));
                districts.and_where(col("g", Groups::Id).eq(wanted.value()));
                let serves = serves_a_district("c").and(col("c", Alliances::DistrictId).in_subquery(districts));
                is_tied(scope, AllianceMembers::Table, &AllianceId, &MemberId, wanted.value()).or(serves)
            }
            _ => return None,
        })
    }

    fn values_of(property: &str, scope: &Scope) -> Option<ValuesOf> {
        match property {
            "status" => Some(ValuesOf::Row(STATUS.on_day())),
            "group" => {
                // Read from the alliance, the ends are the other way round.
                let mut groups = Query::select();
                groups.expr_as(col("g", "value"), "owner").expr_as(col("g", "owner"), "value");
                groups.from_subquery(select_alliances(scope, Kind::Group), "g");
                Some(ValuesOf::of_noun(groups))
            }
            _ => None,
        }
    }
}

/// The statuses of an alliance, in the order of its time.
const STATUS: DatedStatus = DatedStatus { before: "proposed", during: "established", after: "dissolved" };

/// That an alliance that is on the map of the day serves its district by then.
pub(super) fn serves_a_district(table: &'static str) -> Expr {
    col(table, Alliances::Scope).eq(literal("district")).and(STATUS.lasts(table))
}

/// That an alliance has the noun that `c` names as a member, or serves its district while the noun is on the map.
pub(crate) fn serves_or_has(scope: &Scope, alliance: Expr) -> Expr {
    use AllianceMembers::{AllianceId, MemberId};
    let mut districts = scope.select_from(Alliances::Table, "a", Sees::Holding);
    districts.expr(col("a", Alliances::DistrictId)).and_where(serves_a_district("a"));
    districts.and_where(col("a", Alliances::Id).eq(alliance.clone()));
    let is_served = col("c", Alliances::DistrictId).in_subquery(districts).and(scope.holds("c"));
    is_tied(scope, AllianceMembers::Table, &MemberId, &AllianceId, alliance).or(is_served)
}

/// The alliances that have nouns of a kind as members, or serve their districts: the noun as `owner`, the alliance as `value`.
pub(crate) fn select_alliances(scope: &Scope, kind: Kind) -> SelectStatement {
    use AllianceMembers::{AllianceId, MemberId, MemberType};
    let mut served = scope.select_from(Alliances::Table, "a", Sees::Holding);
    let is_served = col("d", "district_id").eq(col("a", Alliances::DistrictId));
    scope.join(&mut served, Alias::new(shape_of(kind).table), "d", is_served, Sees::Holding);
    served.expr_as(col("d", "id"), "owner").expr_as(col("a", Alliances::Id), "value");
    served.and_where(serves_a_district("a"));
    let mut members = select_ends(scope, AllianceMembers::Table, MemberId, AllianceId);
    members.and_where(col("m", MemberType).eq(literal(kind.name())));
    members.union(UnionType::All, served).take()
}

/// Alliances and their members of one kind, whatever else an alliance does for nouns of that kind; the alliance first.
pub(crate) static ALLIANCE_MEMBERS: Tie<AllianceTie> = Tie {
    name: "alliance_members",
    source: TieSource::Table(TieTable {
        to_kind: Some(&AllianceMembers::MemberType),
        ..TieTable::new(
            &AllianceMembers::Table,
            (Kind::Alliance, &AllianceMembers::AllianceId),
            (Kind::Partner, &AllianceMembers::MemberId),
        )
    }),
    columns: &[
        &AllianceMembers::Role,
        &AllianceMembers::JoinedOn,
        &AllianceMembers::LeftOn,
        &AllianceMembers::CategoryIds,
    ],
    read: |id, row| {
        let [role, joined_on, left_on, categories] = row.cells();
        Ok(AllianceTie {
            id,
            basis: Basis::Member,
            role: role.maybe_word(AllianceRole::parse)?,
            joined_on: joined_on.date()?,
            left_on: left_on.date()?,
            categories: categories.ids()?,
            alliance_known_day: None,
        })
    },
};

/// Alliances and whom they bring together, the alliance first: its members, then whom it serves since it serves a district.
pub(crate) static ALLIANCE_TIES: Tie<AllianceTie> = Tie {
    name: "alliance_ties",
    source: TieSource::Rows(|scope, end| {
        let mut select = members(scope, end);
        if let Some(serves) = serves(scope, end) {
            select.union(UnionType::All, serves);
        }
        select
    }),
    columns: &[&"cited", &"basis", &"role", &"joined_on", &"left_on", &"category_ids", &"known_day"],
    read: |_, row| {
        let [cited, basis, role, joined_on, left_on, categories, known_day] = row.cells();
        Ok(AllianceTie {
            id: cited.number()?,
            basis: basis.word(Basis::parse)?,
            role: role.maybe_word(AllianceRole::parse)?,
            joined_on: joined_on.date()?,
            left_on: left_on.date()?,
            categories: categories.ids()?,
            alliance_known_day: known_day.maybe_day()?,
        })
    },
};

fn members(scope: &Scope, End { child, is_forward, .. }: End) -> SelectStatement {
    use AllianceMembers::{AllianceId, CategoryIds, Id, JoinedOn, LeftOn, MemberId, MemberType, Role, ValidFrom};
    let (from, to) = if is_forward { (AllianceId, MemberId) } else { (MemberId, AllianceId) };
    let mut select = scope.select_from(AllianceMembers::Table, "m", Sees::Holding);
    select.expr_as(col("m", from), "parent").expr_as(col("m", to), "child").expr_as(col("m", Id), "fact");
    select.expr_as(literal("0"), "rank").expr_as(col("m", ValidFrom), "since").expr_as(col("m", Id), "cited");
    select.expr_as(literal("member"), "basis").expr_as(col("m", Role), "role");
    select.expr_as(col("m", JoinedOn), "joined_on").expr_as(col("m", LeftOn), "left_on");
    select.expr_as(col("m", CategoryIds), "category_ids");
    select.expr_as(Expr::Keyword(Keyword::Null), "known_day");
    select.and_where(scope.is_asked(col("m", from)));
    if is_forward {
        select.and_where(col("m", MemberType).eq(literal(child.name())));
    }
    select
}

/// The ties that come from serving a district, except where a membership ties the two already; `None` for nouns that no
/// alliance serves in this way.
///
/// What is cited is the alliance's own record, since its scope is what ties them. Seen from the alliance that would be
/// the same for every child, so the child's identity keeps the places apart.
fn serves(scope: &Scope, End { parent, child, is_forward }: End) -> Option<SelectStatement> {
    use AllianceMembers::{AllianceId, MemberId};
    let served: AnyIden = match if is_forward { child } else { parent } {
        Kind::Group => &Groups::Table,
        Kind::School => &Schools::Table,
        _ => return None,
    };
    let (alliance, noun) = (|| col("a", Alliances::Id), || col("d", "id"));
    let mut select = scope.select_from(Alliances::Table, "a", Sees::Holding);
    let is_served = col("d", "district_id").eq(col("a", Alliances::DistrictId));
    scope.join(&mut select, named(served), "d", is_served, Sees::Holding);
    let (from, to) = if is_forward { (alliance(), noun()) } else { (noun(), alliance()) };
    let since = || [col("a", Alliances::ValidFrom), col("d", "valid_from")];
    let [of_alliance, of_noun] = since();
    let [later, earlier] = since();
    let since = CaseStatement::new().case(of_alliance.clone().gt(of_noun), later).finally(earlier);
    select.expr_as(from.clone(), "parent").expr_as(to.clone(), "child").expr_as(to, "fact");
    select.expr_as(literal("1"), "rank").expr_as(since, "since").expr_as(col("a", Alliances::FactId), "cited");
    select.expr_as(literal("serves"), "basis");
    for unsaid in ["role", "joined_on", "left_on", "category_ids"] {
        select.expr_as(Expr::Keyword(Keyword::Null), unsaid);
    }
    select.expr_as(col("a", Alliances::KnownDay), "known_day");
    let mut member = scope.select_from(AllianceMembers::Table, "m", Sees::Holding);
    member.expr(Expr::Constant(1.into())).and_where(col("m", AllianceId).eq(alliance()));
    member.and_where(col("m", MemberId).eq(noun()));
    select.and_where(serves_a_district("a")).and_where(scope.is_asked(from)).and_where(Expr::exists(member).not());
    Some(select)
}

impl List for AllianceFunction {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use AllianceFunctions::{AllianceId, Id, Seq};
        let mut select = scope.select_from(AllianceFunctions::Table, "f", Sees::Holding);
        for column in [AllianceId, Seq, Id] {
            select.order_by_expr(col("f", column), Order::Asc);
        }
        (select, col("f", AllianceId))
    }

    fn columns() -> Vec<Expr> {
        use AllianceFunctions::{Id, Seq, Since, Text, Until};
        [Id, Seq, Text, Since, Until].map(|column| col("f", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, seq, text, since, until] = row.cells();
        Ok(AllianceFunction {
            id: id.number()?,
            seq: seq.value()?.unwrap_or_default(),
            text: text.texts()?,
            since: since.date()?,
            until: until.date()?,
        })
    }
}

impl List for AllianceCategory {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use AllianceCategories::{AllianceId, Category};
        let mut select = scope.select_from(AllianceCategories::Table, "k", Sees::Holding);
        select.order_by_expr(col("k", AllianceId), Order::Asc).order_by_expr(col("k", Category), Order::Asc);
        (select, col("k", AllianceId))
    }

    fn columns() -> Vec<Expr> {
        use AllianceCategories::{Category, Id, Since, Until};
        [Id, Category, Since, Until].map(|column| col("k", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, category, since, until] = row.cells();
        let category = category.word(ResourceCategory::parse)?;
        Ok(AllianceCategory { id: id.number()?, category, since: since.date()?, until: until.date()? })
    }
}
