//! Tables `schools`, `school_links` and `successions`.

use domain::{
    Head, Kind, OpenList, Ownership, School, SchoolLink, SchoolLinkBasis, SchoolLinkKind, SchoolStatus, SchoolType,
    Shape, Stage, Succession, SuccessionKind, Vocabulary, school,
};
use sea_orm::{
    DbBackend, DeriveIden,
    sea_query::{
        BinOper, CaseStatement, CommonTableExpression, Expr, ExprTrait, Func, Query, SelectStatement, UnionType,
        WithClause,
    },
};

use super::{
    alliance::{select_alliances, serves_or_has},
    campus::Campuses,
    evidence::is_stated_complete,
    group::Memberships,
    partner::select_partner_kinds,
    township::{Townships, lies_in, place_of},
    way::select_dead_ends,
};
use crate::{
    StoreError,
    breakdown::ValuesOf,
    dialect,
    filter::Wanted,
    location::read_location,
    noun::Table,
    relation::tied_ends,
    row::Row,
    statement::Parameter,
    status::is_begin_dated,
    tie::{End, Tie, TieSource, TieTable},
    view::{AnyIden, Scope, Sees, col, is_any_word, is_one_of, literal, named},
};

/// Table `schools`.
#[derive(Clone, Copy, DeriveIden)]
pub(crate) enum Schools {
    Table,
    Id,
    ValidFrom,
    ValidTo,
    Ownership,
    Phases,
    SchoolType,
    Status,
    #[sea_orm(iden = "junior_code_2025")]
    JuniorCode2025,
    SeniorCode,
    TownshipId,
    OpenedOn,
    ClosedOn,
    Note,
    DistrictId,
    KnownDay,
    Latitude,
    Longitude,
    LocationPrecision,
    LocationConfidence,
    Boarding,
}

/// Table `school_links`.
#[derive(Clone, Copy, DeriveIden)]
enum SchoolLinks {
    Table,
    SchoolId,
    LinkedSchoolId,
    Kind,
    Basis,
    Note,
    Since,
    Until,
}

/// Table `successions`.
#[derive(Clone, Copy, DeriveIden)]
pub(crate) enum Successions {
    Table,
    Id,
    ValidFrom,
    PredecessorId,
    SuccessorId,
    Kind,
    EffectiveOn,
}

impl Table for School {
    const SHAPE: &'static Shape = &school::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Schools::Ownership,
        &Schools::Phases,
        &Schools::SchoolType,
        &Schools::Status,
        &Schools::JuniorCode2025,
        &Schools::SeniorCode,
        &Schools::TownshipId,
        &Schools::DistrictId,
        &Schools::OpenedOn,
        &Schools::ClosedOn,
        &Schools::Note,
        &Schools::Boarding,
        &Schools::Latitude,
        &Schools::Longitude,
        &Schools::LocationPrecision,
        &Schools::LocationConfidence,
    ];
    const PLANNED: Option<&'static str> = Some("planned");

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [
            ownership,
            stages,
            school_type,
            status,
            junior_code,
            senior_code,
            township,
            district,
            opened,
            closed,
            note,
            boarding,
        ] = row.cells();
        Ok(School {
            head,
            ownership: ownership.word(Ownership::parse)?,
            stages: stages.words(Stage::parse)?,
            school_type: school_type.word(SchoolType::parse)?,
            status: status.word(SchoolStatus::parse)?,
            junior_code: junior_code.maybe_text()?,
            senior_code: senior_code.maybe_text()?,
            township: township.maybe_id()?,
            district: district.maybe_id()?,
            opened_on: opened.date()?,
            closed_on: closed.date()?,
            note: note.maybe_text()?,
            boarding: boarding.value()?,
            location: read_location(row.cells())?,
        })
    }

    const SITES: Option<(AnyIden, AnyIden)> = Some((&Campuses::Table, &Campuses::SchoolId));

    fn condition(property: &str, wanted: &Wanted, scope: &Scope) -> Option<Expr> {
        use Townships::{DistrictId, RegionId};
        let township_of_campus = || col("k", Campuses::TownshipId);
        let value = || wanted.value();
        Some(match property {
            "status" => had_status(scope, wanted.words()),
            "region" => lies_in(scope, col("c", Schools::TownshipId), &RegionId, value()),
            "campus_district" => has_campus(scope, lies_in(scope, township_of_campus(), &DistrictId, value())),
            "campus_region" => has_campus(scope, lies_in(scope, township_of_campus(), &RegionId, value())),
            "campus_township" => has_campus(scope, township_of_campus().eq(value())),
            "alliance" => serves_or_has(scope, value()),
            "dead_end" => {
                let stages: Vec<Stage> = wanted.words().iter().filter_map(|word| Stage::parse(word)).collect();
                scope.owns_any(select_dead_ends(scope, &stages), col("x", Schools::Id))
            }
            "partner_kind" => {
                let mut owners = Query::select();
                owners.expr(col("kinds", "owner")).from_subquery(select_partner_kinds(scope), "kinds");
                owners.and_where(is_any_word(col("kinds", "value"), wanted.words()));
                col("c", Schools::Id).in_subquery(owners)
            }
            "has_group" => {
                let is_in_a_group = is_in_a_group(scope);
                if wanted.is_true() { is_in_a_group } else { is_in_a_group.not() }
            }
            // A page ends with the schools that are read: each is looked up for itself.
            _ => return Coverage::of(&scope.of_tied(), property).map(|coverage| coverage.is_any(wanted.words())),
        })
    }

    fn values_of(property: &str, scope: &Scope) -> Option<ValuesOf> {
        use Townships::{DistrictId, RegionId};
        let of_campuses = |place: AnyIden| {
            let mut select = scope.select_from(Campuses::Table, "k", Sees::Holding);
            let stands = col("k", Campuses::TownshipId).eq(col("w", Townships::Id));
            scope.join(&mut select, Townships::Table, "w", stands, Sees::Holding);
            select.expr_as(col("k", Campuses::SchoolId), "owner").expr_as(col("w", named(place)), "value");
            ValuesOf::of_noun(select)
        };
        Some(match property {
            "status" => ValuesOf::Row(status_on_day()),
            "region" => place_of(scope, col("c", Schools::TownshipId), &RegionId),
            "campus_district" => of_campuses(&DistrictId),
            "campus_region" => of_campuses(&RegionId),
            "campus_township" => of_campuses(&Townships::Id),
            "alliance" => ValuesOf::of_noun(select_alliances(scope, Kind::School)),
            "dead_end" => {
                let stages: Vec<Stage> = Stage::VALUES.iter().map(|stage| stage.value).collect();
                let mut ends = select_dead_ends(scope, &stages);
                ends.expr_as(col("x", Schools::Id), "owner").expr_as(col("y", "word"), "value");
                ValuesOf::of_noun(ends)
            }
            "partner_kind" => ValuesOf::of_noun(select_partner_kinds(scope)),
            "has_group" => {
                let memberships = scope.select_from(Memberships::Table, "m", Sees::Holding);
                let is_in_a_group = scope.owns_any(memberships, col("m", Memberships::SchoolId));
                let is_member = CaseStatement::new().case(is_in_a_group, Expr::cust("CAST(1 AS BIGINT)"));
                ValuesOf::Row(is_member.finally(Expr::cust("CAST(0 AS BIGINT)")).into())
            }
            _ => return Coverage::of(scope, property).map(|coverage| ValuesOf::Row(coverage.status())),
        })
    }
}

/// What a status of coverage follows from.
struct Coverage {
    /// That it is tied to what covers it.
    is_tied: Expr,
    /// That a source states that the list of what it is tied to is complete.
    is_complete: Expr,
}

impl Coverage {
    /// The coverage that a property names; `None` for other properties.
    fn of(scope: &Scope, property: &str) -> Option<Self> {
        let (kind, list) = match property {
            "group_coverage" => (Kind::Group, Some(OpenList::Groups)),
            "alliance_coverage" => (Kind::Alliance, Some(OpenList::Alliances)),
            "partner_coverage" => (Kind::Partner, Some(OpenList::Partners)),
            "designation_coverage" => (Kind::Designation, None),
            _ => return None,
        };
        let tied = match kind {
            Kind::Alliance => select_alliances(scope, Kind::School),
            _ => tied_ends::<School>(scope, kind.name())?,
        };
        let tied = Query::select().from_subquery(tied, "tied").take();
        Some(Coverage {
            is_tied: scope.owns_any(tied, col("tied", "owner")),
            is_complete: list.map_or(Expr::cust("FALSE"), |list| is_stated_complete(scope, list)),
        })
    }

    /// A word of `CoverageStatus`.
    fn status(self) -> Expr {
        CaseStatement::new()
            .case(self.is_tied, literal("covered"))
            .case(self.is_complete, literal("uncovered"))
            .finally(literal("unknown"))
            .into()
    }

    /// That the status is one of these words, in a form that a database can answer by a join.
    fn is_any(&self, words: &[&'static str]) -> Expr {
        let is = |word: &&str| match *word {
            "covered" => self.is_tied.clone(),
            "uncovered" => self.is_tied.clone().not().and(self.is_complete.clone()),
            _ => self.is_tied.clone().not().and(self.is_complete.clone().not()),
        };
        words.iter().map(is).reduce(ExprTrait::or).unwrap_or_else(|| Expr::cust("FALSE"))
    }
}

/// That a membership of it in a group is on record.
fn is_in_a_group(scope: &Scope) -> Expr {
    let mut select = scope.select_from(Memberships::Table, "m", Sees::Holding);
    let is_member = col("m", Memberships::SchoolId).eq(col("c", Schools::Id));
    select.expr(Expr::Constant(1.into())).and_where(is_member);
    Expr::exists(select)
}

/// The statuses of what has ended.
const PAST_STATUSES: [&str; 3] = ["renamed", "merged", "closed"];

/// What [`School::status_on`] says of the view's day.
fn status_on_day() -> Expr {
    let day = || Parameter::Day.expr();
    let is_past = || is_any_word(col("c", Schools::Status), &PAST_STATUSES);
    let is_known = col("c", Schools::KnownDay).lte(day());
    let before = CaseStatement::new().case(is_known, literal("planned")).finally(literal(""));
    let after = CaseStatement::new().case(is_past(), col("c", Schools::Status)).finally(literal("closed"));
    let or_word = |word| Func::coalesce([col("c", Schools::Status), literal(word)]);
    let is_planned = Expr::expr(or_word("planned")).eq(literal("planned"));
    CaseStatement::new()
        .case(col("c", Schools::ValidFrom).gt(day()), before)
        .case(col("c", Schools::ValidTo).lte(day()), after)
        .case(is_past().and(col("c", Schools::ValidTo).ne(literal("9999-12-31"))), literal("open"))
        .case(is_planned.and(is_begin_dated("c")), literal("open"))
        .finally(or_word(""))
        .into()
}

/// That [`status_on_day`] is one of these, case by case: PostgreSQL, which reckons with few rows for any text that is
/// computed, would look up the ties of each school one after the other.
fn had_common_status(statuses: &[&'static str]) -> Expr {
    use Schools::{KnownDay, Status, ValidFrom, ValidTo};
    let day = || Parameter::Day.expr();
    let is = |word: &'static str| match word {
        "" => col("c", Status).is_null(),
        word => col("c", Status).eq(literal(word)),
    };
    let [begun, over] = [col("c", ValidFrom).lte(day()), col("c", ValidTo).lte(day())];
    let has_open_end = || col("c", ValidTo).eq(literal("9999-12-31"));
    let case = |word: &&'static str| match *word {
        "open" => {
            let past = is_any_word(col("c", Status), &PAST_STATUSES).and(has_open_end().not());
            let planned = is("").or(is("planned")).and(is_begin_dated("c"));
            let during = begun.clone().and(over.clone().not());
            during.and(is("open").or(past).or(planned))
        }
        word if PAST_STATUSES.contains(&word) => {
            let during = begun.clone().and(over.clone().not()).and(has_open_end());
            let other = PAST_STATUSES.into_iter().filter(|other| *other != word).collect::<Vec<_>>();
            // What is over and has no such status closed.
            let is_after = match word {
                "closed" => is("").or(is_any_word(col("c", Status), &other).not()),
                word => is(word),
            };
            over.clone().and(is_after).or(during.and(is(word)))
        }
        word => {
            let is_known = col("c", KnownDay).lte(day());
            let before = begun.clone().not().and(if word == "planned" { is_known } else { is_known.not() });
            let during = begun.clone().and(over.clone().not());
            before.or(during.and(is(word)).and(is_begin_dated("c").not()))
        }
    };
    statuses.iter().map(case).reduce(ExprTrait::or).unwrap_or_else(|| Expr::cust("FALSE"))
}

/// That on the view's day its status was one of these.
fn had_status(scope: &Scope, statuses: &[&'static str]) -> Expr {
    let day = || Parameter::Day.expr();
    let parsed: Vec<SchoolStatus> = statuses.iter().filter_map(|word| SchoolStatus::parse(word)).collect();
    let is_rare = |status: &SchoolStatus| status.is_past() || *status == SchoolStatus::Planned;
    if !parsed.iter().all(is_rare) {
        return match scope.backend {
            DbBackend::Postgres => had_common_status(statuses),
            _ => is_any_word(status_on_day(), statuses),
        };
    }
    let had = is_any_word(status_on_day(), statuses);
    // Implied by what follows, and served by the indexes on what is recorded.
    let mut recorded = is_one_of(&col("c", Schools::Status), statuses);
    if parsed.contains(&SchoolStatus::Planned) {
        recorded = recorded.or(col("c", Schools::ValidFrom).gt(day()));
    }
    if parsed.contains(&SchoolStatus::Closed) {
        recorded = recorded.or(col("c", Schools::ValidTo).lte(day()));
    }
    recorded.and(had)
}

/// That a campus of it, `k`, is as the condition says.
fn has_campus(scope: &Scope, is: Expr) -> Expr {
    let mut select = scope.select_from(Campuses::Table, "k", Sees::Holding);
    select.expr(col("k", Campuses::SchoolId)).and_where(is);
    col("c", Schools::Id).in_subquery(select)
}

/// The schools of which a campus stands in a place, read from the place: one tie a school, whatever the number of its campuses.
pub(crate) static CAMPUS_STANDS_IN: Tie<i64> = Tie {
    name: "campus_stands_in",
    source: TieSource::Rows(|scope, End { parent, .. }| {
        let of_campus = |column: Campuses| col("k", column);
        let (mut select, place) = if parent == Kind::Township {
            let select = scope.select_from(Campuses::Table, "k", Sees::Holding);
            (select, of_campus(Campuses::TownshipId))
        } else {
            let mut select = scope.select_from(Townships::Table, "w", Sees::Holding);
            let stands = of_campus(Campuses::TownshipId).eq(col("w", Townships::Id));
            scope.join(&mut select, Campuses::Table, "k", stands, Sees::Holding);
            let place = if parent == Kind::Region { Townships::RegionId } else { Townships::DistrictId };
            (select, col("w", place))
        };
        let school = || of_campus(Campuses::SchoolId);
        select.expr_as(place.clone(), "parent").expr_as(school(), "child").expr_as(school(), "fact");
        select.expr_as(literal(""), "rank").expr_as(Func::min(of_campus(Campuses::ValidFrom)), "since");
        select.and_where(scope.is_asked(place.clone())).add_group_by([place, school()]);
        select
    }),
    columns: &[],
    read: crate::tie::read_identity,
};

/// The ties between two schools, the branch first.
pub(crate) static SCHOOL_LINKS: Tie<SchoolLink> = Tie {
    name: "school_links",
    source: TieSource::Table(TieTable::new(
        &SchoolLinks::Table,
        (Kind::School, &SchoolLinks::SchoolId),
        (Kind::School, &SchoolLinks::LinkedSchoolId),
    )),
    columns: &[&SchoolLinks::Kind, &SchoolLinks::Basis, &SchoolLinks::Note, &SchoolLinks::Since, &SchoolLinks::Until],
    read: |id, row| {
        let [kind, basis, note, since, until] = row.cells();
        Ok(SchoolLink {
            id,
            kind: kind.word(SchoolLinkKind::parse)?,
            basis: basis.word(SchoolLinkBasis::parse)?,
            note: note.maybe_text()?,
            since: since.date()?,
            until: until.date()?,
        })
    },
};

/// The successions of schools through the whole chain, the predecessor first; the nearest come first.
pub(crate) static SUCCESSIONS: Tie<Succession> = Tie {
    name: "successions",
    source: TieSource::Rows(chain),
    columns: &[&"kind", &"effective_on", &"steps"],
    read: |id, row| {
        let [kind, effective_on, steps] = row.cells();
        Ok(Succession {
            id,
            kind: kind.word(SuccessionKind::parse)?,
            effective_on: effective_on.date()?,
            steps: steps.number()?,
        })
    },
};

/// How long a chain of successions can be; beyond it there can only be a circle.
const LONGEST_CHAIN: i64 = 50;

/// The ties of a chain: each succession once, at its shortest distance. A circle in the data ends the walk where it closes.
fn chain(scope: &Scope, End { is_forward, .. }: End) -> SelectStatement {
    use Successions::{EffectiveOn, Id, Kind, PredecessorId, SuccessorId, ValidFrom};
    let (from, to) = if is_forward { (PredecessorId, SuccessorId) } else { (SuccessorId, PredecessorId) };
    let told = [Id, ValidFrom, Kind, EffectiveOn];
    let walk = |column: &'static str| col("walk", column);

    let mut steps = scope.select_from(Successions::Table, "e", Sees::Holding);
    steps.expr(col("e", from)).expr(col("e", to)).exprs(told.map(|column| col("e", column)));
    steps.expr(dialect::as_bigint(Expr::Constant(1.into()))).and_where(scope.is_asked(col("e", from)));
    let mut next = scope.select_from(Successions::Table, "e", Sees::Holding);
    next.join_as(sea_orm::sea_query::JoinType::InnerJoin, "walk", "walk", col("e", from).eq(walk("node")));
    next.expr(walk("root")).expr(col("e", to)).exprs(told.map(|column| col("e", column)));
    next.expr(walk("steps").add(Expr::Constant(1.into())));
    next.and_where(walk("steps").lt(Expr::Constant(LONGEST_CHAIN.into()))).and_where(col("e", to).ne(walk("root")));
    steps.union(UnionType::Distinct, next);

    let mut walked = CommonTableExpression::new();
    walked.table_name("walk").columns(["root", "node", "fact", "since", "kind", "effective_on", "steps"]).query(steps);
    let least = || Expr::expr(Func::min(walk("steps")));
    let pad = CaseStatement::new().case(least().lt(Expr::Constant(10.into())), literal("0")).finally(literal(""));
    let rank = Expr::expr(pad).binary(BinOper::Custom("||"), dialect::as_text(least()));
    let mut select = Query::select();
    select.with_cte(WithClause::new().recursive(true).cte(walked).to_owned()).from_as("walk", "walk");
    select.expr_as(walk("root"), "parent").expr_as(walk("node"), "child").expr_as(walk("fact"), "fact");
    select.expr_as(rank, "rank").expr_as(Func::max(walk("since")), "since");
    select.expr_as(Func::max(walk("kind")), "kind").expr_as(Func::max(walk("effective_on")), "effective_on");
    select.expr_as(least(), "steps").add_group_by([walk("root"), walk("node"), walk("fact")]);
    select
}
