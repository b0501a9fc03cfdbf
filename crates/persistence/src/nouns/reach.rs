//! The ways by which partners reach schools, read from either end.

use domain::{Kind, Reach, ReachWay};
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, Keyword, SelectStatement, UnionType};

use super::{
    agreement::{AgreementOutcomes, AgreementParties},
    alliance::{AllianceMembers, Alliances, serves_a_district},
    group::{Groups, Memberships},
    partner::SchoolPartners,
    school::Schools,
};
use crate::{
    dialect,
    tie::{End, Tie, TieSource},
    view::{Scope, Sees, col, literal},
};

/// Schools and the partners that reach them, the school first: own ties, agreements, alliances of the school, of its groups and
/// of its district, in this order.
pub(crate) static REACH: Tie<Reach> = Tie {
    name: "reach",
    source: TieSource::Rows(|scope, End { is_forward, .. }| {
        let mut ways = select_own_ties(scope, is_forward);
        // What is said twice of one agreement is one way.
        let agreements =
            select_by_outcome(scope, is_forward).union(UnionType::Distinct, select_by_party(scope, is_forward)).take();
        ways.union(UnionType::All, agreements);
        ways.union(UnionType::All, select_by_alliance(scope, is_forward));
        ways.union(UnionType::All, select_by_alliance_of_group(scope, is_forward));
        ways.union(UnionType::All, select_by_alliance_of_district(scope, is_forward)).take()
    }),
    columns: &[&"partner_fact", &"school_fact", &"way", &"alliance_id", &"group_id", &"agreement_id"],
    read: |_, row| {
        let [partner_fact, school_fact, way, alliance, group, agreement] = row.cells();
        Ok(Reach {
            partner_fact: partner_fact.number()?,
            school_fact: school_fact.maybe_number()?,
            way: way.word(ReachWay::parse)?,
            alliance: alliance.maybe_id()?,
            group: group.maybe_id()?,
            agreement: agreement.maybe_id()?,
        })
    },
};

/// What a way goes through; the columns of a row in their order.
struct Way {
    way: ReachWay,
    school: Expr,
    partner: Expr,
    partner_fact: Expr,
    school_fact: Option<Expr>,
    since: [Expr; 2],
    alliance: Option<Expr>,
    group: Option<Expr>,
    agreement: Option<Expr>,
}

impl Way {
    /// Selects the rows of the way from the nouns that are asked about.
    fn select(self, scope: &Scope, is_forward: bool, mut select: SelectStatement) -> SelectStatement {
        let null = || Expr::Keyword(Keyword::Null);
        let id = |id: Option<Expr>| id.unwrap_or_else(|| null().cast_as(Alias::new("bigint")));
        let (parent, child) = if is_forward { (self.school, self.partner) } else { (self.partner, self.school) };
        // A place of its own for each pair of facts.
        let place = match &self.school_fact {
            Some(other) => dialect::identity_of_both(self.partner_fact.clone(), other.clone()),
            None => self.partner_fact.clone(),
        };
        let [one, other] = self.since;
        let later = CaseStatement::new().case(one.clone().gt(other.clone()), one).finally(other);
        let rank = match self.way {
            ReachWay::OwnTie => "0",
            ReachWay::Agreement => "1",
            ReachWay::Alliance => "2",
            ReachWay::GroupAlliance => "3",
            ReachWay::DistrictAlliance => "4",
        };
        select.and_where(scope.is_asked(parent.clone()));
        select.expr_as(parent, "parent").expr_as(child, "child").expr_as(place, "fact").expr_as(literal(rank), "rank");
        select.expr_as(later, "since").expr_as(self.partner_fact, "partner_fact");
        select.expr_as(id(self.school_fact), "school_fact").expr_as(literal(self.way.word()), "way");
        select.expr_as(id(self.alliance), "alliance_id").expr_as(id(self.group), "group_id");
        select.expr_as(id(self.agreement), "agreement_id").take()
    }
}

fn select_own_ties(scope: &Scope, is_forward: bool) -> SelectStatement {
    use SchoolPartners::{PartnerId, SchoolId, Table};
    let of_tie = |column: SchoolPartners| col("m", column);
    let way = Way {
        way: ReachWay::OwnTie,
        school: of_tie(SchoolId),
        partner: of_tie(PartnerId),
        partner_fact: col("m", "id"),
        school_fact: None,
        since: [col("m", "valid_from"), col("m", "valid_from")],
        alliance: None,
        group: None,
        agreement: None,
    };
    way.select(scope, is_forward, scope.select_from(Table, "m", Sees::Holding))
}

/// A way through an agreement to which the partner is a party, `p`.
fn of_agreement(school: Expr) -> Way {
    Way {
        way: ReachWay::Agreement,
        school,
        partner: col("p", AgreementParties::PartyId),
        partner_fact: col("p", "id"),
        // That it is about the school is said by as many rows as there are outcomes: the agreement stands for them.
        school_fact: Some(col("p", AgreementParties::AgreementId)),
        since: [col("p", "valid_from"), col("p", "valid_from")],
        alliance: None,
        group: None,
        agreement: Some(col("p", AgreementParties::AgreementId)),
    }
}

fn select_partner_parties(scope: &Scope) -> SelectStatement {
    let mut select = scope.select_from(AgreementParties::Table, "p", Sees::Holding);
    select.and_where(col("p", AgreementParties::PartyType).eq(literal(Kind::Partner.name()))).take()
}

fn select_by_outcome(scope: &Scope, is_forward: bool) -> SelectStatement {
    use AgreementOutcomes::{AgreementId, OutcomeId, OutcomeType, Table};
    let mut select = select_partner_parties(scope);
    let is_same = col("o", AgreementId).eq(col("p", AgreementParties::AgreementId));
    scope.join(&mut select, Table, "o", is_same, Sees::Holding);
    select.and_where(col("o", OutcomeType).eq(literal(Kind::School.name())));
    let way = of_agreement(col("o", OutcomeId));
    way.select(scope, is_forward, select)
}

fn select_by_party(scope: &Scope, is_forward: bool) -> SelectStatement {
    use AgreementParties::{AgreementId, PartyId, PartyType, Table};
    let mut select = select_partner_parties(scope);
    let is_same = col("s", AgreementId).eq(col("p", AgreementId));
    scope.join(&mut select, Table, "s", is_same, Sees::Holding);
    select.and_where(col("s", PartyType).eq(literal(Kind::School.name())));
    let way = of_agreement(col("s", PartyId));
    way.select(scope, is_forward, select)
}

/// The alliances on the map, `a`, with the partners that are members, `p`.
fn select_partner_members(scope: &Scope) -> SelectStatement {
    use AllianceMembers::{AllianceId, MemberType, Table};
    let mut select = scope.select_from(Table, "p", Sees::Holding);
    scope.join(&mut select, Alliances::Table, "a", col("a", Alliances::Id).eq(col("p", AllianceId)), Sees::Holding);
    select.and_where(col("p", MemberType).eq(literal(Kind::Partner.name()))).take()
}

/// A way through an alliance of which the partner is a member.
fn of_alliance(way: ReachWay, school: Expr, school_fact: Expr, since: Expr, group: Option<Expr>) -> Way {
    Way {
        way,
        school,
        partner: col("p", AllianceMembers::MemberId),
        partner_fact: col("p", "id"),
        school_fact: Some(school_fact),
        since: [col("p", "valid_from"), since],
        alliance: Some(col("a", Alliances::Id)),
        group,
        agreement: None,
    }
}

fn select_by_alliance(scope: &Scope, is_forward: bool) -> SelectStatement {
    use AllianceMembers::{AllianceId, MemberId, MemberType, Table};
    let mut select = select_partner_members(scope);
    scope.join(&mut select, Table, "m", col("m", AllianceId).eq(col("a", Alliances::Id)), Sees::Holding);
    select.and_where(col("m", MemberType).eq(literal(Kind::School.name())));
    let way = of_alliance(ReachWay::Alliance, col("m", MemberId), col("m", "id"), col("m", "valid_from"), None);
    way.select(scope, is_forward, select)
}

fn select_by_alliance_of_group(scope: &Scope, is_forward: bool) -> SelectStatement {
    use AllianceMembers::{AllianceId, MemberId, MemberType, Table};
    let mut select = select_partner_members(scope);
    scope.join(&mut select, Table, "g", col("g", AllianceId).eq(col("a", Alliances::Id)), Sees::Holding);
    select.and_where(col("g", MemberType).eq(literal(Kind::Group.name())));
    scope.join(&mut select, Groups::Table, "k", col("k", Groups::Id).eq(col("g", MemberId)), Sees::Holding);
    let is_member = col("m", Memberships::GroupId).eq(col("k", Groups::Id));
    scope.join(&mut select, Memberships::Table, "m", is_member, Sees::Holding);
    let group = Some(col("k", Groups::Id));
    let (school, fact, since) = (col("m", Memberships::SchoolId), col("m", "id"), col("m", "valid_from"));
    let way = of_alliance(ReachWay::GroupAlliance, school, fact, since, group);
    way.select(scope, is_forward, select)
}

fn select_by_alliance_of_district(scope: &Scope, is_forward: bool) -> SelectStatement {
    use AllianceMembers::{AllianceId, MemberId, Table};
    let mut select = select_partner_members(scope);
    let is_served = col("d", Schools::DistrictId).eq(col("a", Alliances::DistrictId));
    scope.join(&mut select, Schools::Table, "d", is_served, Sees::Holding);
    let mut member = scope.select_from(Table, "m", Sees::Holding);
    member.expr(Expr::Constant(1.into())).and_where(col("m", AllianceId).eq(col("a", Alliances::Id)));
    member.and_where(col("m", MemberId).eq(col("d", Schools::Id)));
    select.and_where(serves_a_district("a")).and_where(Expr::exists(member).not());
    let (school, since) = (col("d", Schools::Id), col("d", "valid_from"));
    let way = of_alliance(ReachWay::DistrictAlliance, school.clone(), school, since, None);
    way.select(scope, is_forward, select)
}
