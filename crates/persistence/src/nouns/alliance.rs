//! Tables `alliances`, `alliance_members`, `alliance_functions`, `alliance_categories`.

use domain::{
    Alliance, AllianceCategory, AllianceFunction, AllianceKind, AllianceRole, AllianceScope, AllianceStatus,
    AllianceTie, Basis, Head, Kind, ResourceCategory, Shape, alliance,
};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Keyword, Order, SelectStatement, UnionType};

use crate::{
    StoreError,
    entity::{
        alliance_categories, alliance_functions, alliance_members,
        alliances::{Column, Entity},
        groups, schools,
    },
    filter::Wanted,
    noun::Table,
    parts::List,
    row::Row,
    status::DatedStatus,
    tie::{End, Tie, TieSource, TieTable},
    view::{AnyIden, Scope, Sees, col, is_tied, literal, named},
};

impl Table for Alliance {
    const SHAPE: &'static Shape = &alliance::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Column::Kind,
        &Column::EstablishedOn,
        &Column::DissolvedOn,
        &Column::Scope,
        &Column::Status,
        &Column::DistrictId,
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
        use alliance_members::Column::{AllianceId, MemberId};
        Some(match property {
            "status" => STATUS.was(wanted.words()),
            "group" => {
                let mut districts = scope.select_from(groups::Entity, "g", Sees::Holding);
                districts.expr(col("g", groups::Column::DistrictId));
                districts.and_where(col("g", groups::Column::Id).eq(wanted.value()));
                let serves = serves_a_district("c").and(col("c", Column::DistrictId).in_subquery(districts));
                is_tied(scope, alliance_members::Entity, &AllianceId, &MemberId, wanted.value()).or(serves)
            }
            _ => return None,
        })
    }
}

/// The statuses of an alliance, in the order of its time.
const STATUS: DatedStatus = DatedStatus { before: "proposed", during: "established", after: "dissolved" };

/// That an alliance that is on the map of the day serves its district by then.
fn serves_a_district(table: &'static str) -> Expr {
    col(table, Column::Scope).eq(literal("district")).and(STATUS.lasts(table))
}

/// That an alliance has the noun that `c` names as a member, or serves its district.
pub(crate) fn serves_or_has(scope: &Scope, alliance: Expr) -> Expr {
    use alliance_members::Column::{AllianceId, MemberId};
    let mut districts = scope.select_from(Entity, "a", Sees::Holding);
    districts.expr(col("a", Column::DistrictId)).and_where(serves_a_district("a"));
    districts.and_where(col("a", Column::Id).eq(alliance.clone()));
    let is_served = col("c", Column::DistrictId).in_subquery(districts);
    is_tied(scope, alliance_members::Entity, &MemberId, &AllianceId, alliance).or(is_served)
}

/// Alliances and their members of one kind, whatever else an alliance does for nouns of that kind; the alliance first.
pub(crate) static ALLIANCE_MEMBERS: Tie<AllianceTie> = Tie {
    name: "alliance_members",
    source: TieSource::Table(TieTable {
        table: &alliance_members::Entity,
        from: &alliance_members::Column::AllianceId,
        to: &alliance_members::Column::MemberId,
        to_kind: Some(&alliance_members::Column::MemberType),
        rank: [None, None],
    }),
    columns: &[
        &alliance_members::Column::Role,
        &alliance_members::Column::JoinedOn,
        &alliance_members::Column::LeftOn,
        &alliance_members::Column::CategoryIds,
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
    use alliance_members::Column::{
        AllianceId, CategoryIds, Id, JoinedOn, LeftOn, MemberId, MemberType, Role, ValidFrom,
    };
    let (from, to) = if is_forward { (AllianceId, MemberId) } else { (MemberId, AllianceId) };
    let mut select = scope.select_from(alliance_members::Entity, "m", Sees::Holding);
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
    use alliance_members::Column::{AllianceId, MemberId};
    let served: AnyIden = match if is_forward { child } else { parent } {
        Kind::Group => &groups::Entity,
        Kind::School => &schools::Entity,
        _ => return None,
    };
    let (alliance, noun) = (|| col("a", Column::Id), || col("d", "id"));
    let mut select = scope.select_from(Entity, "a", Sees::Holding);
    let is_served = col("d", "district_id").eq(col("a", Column::DistrictId));
    scope.join(&mut select, named(served), "d", is_served, Sees::Holding);
    let (from, to) = if is_forward { (alliance(), noun()) } else { (noun(), alliance()) };
    let since = || [col("a", Column::ValidFrom), col("d", "valid_from")];
    let [of_alliance, of_noun] = since();
    let [later, earlier] = since();
    let since = CaseStatement::new().case(of_alliance.clone().gt(of_noun), later).finally(earlier);
    select.expr_as(from.clone(), "parent").expr_as(to.clone(), "child").expr_as(to, "fact");
    select.expr_as(literal("1"), "rank").expr_as(since, "since").expr_as(col("a", Column::FactId), "cited");
    select.expr_as(literal("serves"), "basis");
    for unsaid in ["role", "joined_on", "left_on", "category_ids"] {
        select.expr_as(Expr::Keyword(Keyword::Null), unsaid);
    }
    select.expr_as(col("a", Column::KnownDay), "known_day");
    let mut member = scope.select_from(alliance_members::Entity, "m", Sees::Holding);
    member.expr(Expr::Constant(1.into())).and_where(col("m", AllianceId).eq(alliance()));
    member.and_where(col("m", MemberId).eq(noun()));
    select.and_where(serves_a_district("a")).and_where(scope.is_asked(from)).and_where(Expr::exists(member).not());
    Some(select)
}

impl List for AllianceFunction {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use alliance_functions::Column::{AllianceId, Id, Seq};
        let mut select = scope.select_from(alliance_functions::Entity, "f", Sees::Holding);
        for column in [AllianceId, Seq, Id] {
            select.order_by_expr(col("f", column), Order::Asc);
        }
        (select, col("f", AllianceId))
    }

    fn columns() -> Vec<Expr> {
        use alliance_functions::Column::{Id, Seq, Since, Text, Until};
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
        use alliance_categories::Column::{AllianceId, Category};
        let mut select = scope.select_from(alliance_categories::Entity, "k", Sees::Holding);
        select.order_by_expr(col("k", AllianceId), Order::Asc).order_by_expr(col("k", Category), Order::Asc);
        (select, col("k", AllianceId))
    }

    fn columns() -> Vec<Expr> {
        use alliance_categories::Column::{Category, Id, Since, Until};
        [Id, Category, Since, Until].map(|column| col("k", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, category, since, until] = row.cells();
        let category = category.word(ResourceCategory::parse)?;
        Ok(AllianceCategory { id: id.number()?, category, since: since.date()?, until: until.date()? })
    }
}
