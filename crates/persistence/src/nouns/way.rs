//! The steps from schools to the next stage, by all that allows one, in one statement a stage.

use domain::{
    AllianceKind, Kind, SchoolType, Stage, StepBasis, StepCertainty, StepReason, View, stages_of_level,
    ways::LAST_LEVEL,
};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Keyword, Query, SelectStatement, UnionType};

use super::{
    admission::AdmissionPlacesColumns,
    agreement::{AgreementOutcomes, AgreementParties},
    alliance::{AllianceMembers, Alliances},
    group::{Groups, Memberships},
    school::Schools,
};
use crate::{
    IdMap, Store, StoreError,
    columns::ColumnSet,
    entity::facets,
    filter::FilterForm,
    statement::{Prepared, Question, Values},
    view::{Scope, Sees, col, is_any_word, literal},
};

/// A step from a school, to a school that teaches a stage of the level above.
#[derive(Debug, Clone)]
pub struct StepTo {
    /// The school.
    pub school: i64,
    /// The stage.
    pub stage: Stage,
    /// What the school is called, by which steps are ordered.
    pub name: String,
    /// What allows it.
    pub reason: StepReason,
}

impl Store {
    /// The steps from schools, at a level of ISCED, to schools on the map that teach a stage of the next level.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn steps_from(&self, view: View, level: u8, schools: &[i64]) -> Result<IdMap<Vec<StepTo>>, StoreError> {
        let form = self.form(Question::Steps(level), view, FilterForm::default(), None, ColumnSet::LEAST);
        let form = form.about(self.backend, schools);
        let statement = self.statements.get(&form, || {
            Prepared::new(self.backend, &{
                let scope = Scope::new(self.backend, view);
                select_steps(&scope, level, &|from| scope.is_asked(from))
            })
        });
        let mut steps: IdMap<Vec<StepTo>> = IdMap::default();
        for mut row in self.rows_of(&statement, &Values::of_ids(view, schools)).await?.iter() {
            let [from, to, stage, name, school_type, basis] = row.cells();
            let [left, entered, group, alliance, agreement, year, places] = row.cells();
            let basis = basis.word(StepBasis::parse)?;
            let stage = stage.word(Stage::parse)?;
            let through =
                [SchoolType::NineYear, SchoolType::TwelveYear].contains(&school_type.word(SchoolType::parse)?);
            // Of the years that such a school is for, those of compulsory education are one right.
            let is_guaranteed = basis == StepBasis::School && through && stage == Stage::Junior;
            let reason = StepReason {
                basis,
                certainty: if is_guaranteed { StepCertainty::Guaranteed } else { StepCertainty::Possible },
                facts: [left.number()?, entered.number()?],
                group: group.maybe_id()?,
                alliance: alliance.maybe_id()?,
                agreement: agreement.maybe_id()?,
                year: year.value()?,
                places: places.value()?,
            };
            let step = StepTo { school: to.number()?, stage, name: name.maybe_text()?.unwrap_or_default(), reason };
            steps.entry(from.number()?).or_default().push(step);
        }
        Ok(steps)
    }
}

/// What a step goes through.
#[derive(Default)]
struct Through {
    group: Option<Expr>,
    alliance: Option<Expr>,
    agreement: Option<Expr>,
    year: Option<Expr>,
    places: Option<Expr>,
}

/// Which schools the steps are from: a condition on the one that is left.
type IsLeft<'a> = &'a dyn Fn(Expr) -> Expr;

/// The schools and those of some stages that they teach from which no step leads on, as `x` and the words in `y`.
pub(super) fn select_dead_ends(scope: &Scope, stages: &[Stage]) -> SelectStatement {
    let mut select = scope.select_from(Schools::Table, "x", Sees::Holding);
    let is_of_school = col("y", facets::Column::Id).eq(col("x", "fact_id"));
    scope.join(&mut select, facets::Entity, "y", is_of_school, Sees::Known);
    select.and_where(col("y", facets::Column::Facet).eq(literal("phases")));
    let ends = (0..LAST_LEVEL).filter_map(|level| {
        let of_level = stages_of_level(level).iter().filter(|stage| stages.contains(stage));
        let words: Vec<&'static str> = of_level.map(|stage| stage.word()).collect();
        let steps = || select_steps(scope, level, &|from| from.eq(col("x", Schools::Id)));
        let is_end = || is_any_word(col("y", facets::Column::Word), &words).and(Expr::exists(steps()).not());
        (!words.is_empty()).then(is_end)
    });
    let is_any = ends.reduce(ExprTrait::or).unwrap_or_else(|| Expr::cust("FALSE"));
    select.and_where(is_any);
    select
}

fn select_steps(scope: &Scope, level: u8, is_left: IsLeft<'_>) -> SelectStatement {
    let mut steps = select_own(scope, level, is_left);
    let mut others = vec![select_by_group(scope, level, is_left), select_by_alliance(scope, level, is_left)];
    // The places are kept for those who leave the junior stage.
    others.extend((level == 2).then(|| select_by_places(scope, level, is_left)));
    for one in [agreed_outcomes, agreed_parties] {
        for other in [agreed_outcomes, agreed_parties] {
            others.push(select_by_agreement(scope, level, is_left, [one(scope), other(scope)]));
        }
    }
    for other in others {
        steps.union(UnionType::All, other);
    }
    steps
}

/// Finishes the steps of one basis, given the school that is left and the one that is entered, each with its fact.
fn finish(
    scope: &Scope,
    level: u8,
    is_left: IsLeft<'_>,
    mut select: SelectStatement,
    basis: StepBasis,
    [(from, left), (to, entered)]: [(Expr, Expr); 2],
    through: Through,
) -> SelectStatement {
    let next: Vec<&'static str> = stages_of_level(level + 1).iter().map(|stage| stage.word()).collect();
    scope.join(&mut select, Schools::Table, "t", col("t", Schools::Id).eq(to), Sees::Holding);
    scope.join(&mut select, facets::Entity, "f", col("f", facets::Column::Id).eq(col("t", "fact_id")), Sees::Known);
    select.and_where(col("f", facets::Column::Facet).eq(literal("phases")));
    select.and_where(is_any_word(col("f", facets::Column::Word), &next)).and_where(is_left(from.clone()));
    select.expr(from).expr(col("t", Schools::Id)).expr(col("f", facets::Column::Word)).expr(col("t", "sort_name"));
    select.expr(col("t", Schools::SchoolType)).expr(literal(basis.word())).expr(left).expr(entered);
    let Through { group, alliance, agreement, year, places } = through;
    for value in [group, alliance, agreement, year, places] {
        let null = || Expr::Keyword(Keyword::Null).cast_as(Alias::new("bigint"));
        select.expr(value.unwrap_or_else(null));
    }
    select
}

fn select_own(scope: &Scope, level: u8, is_left: IsLeft<'_>) -> SelectStatement {
    let select = scope.select_from(Schools::Table, "s", Sees::Holding);
    let school = || (col("s", Schools::Id), col("s", "fact_id"));
    finish(scope, level, is_left, select, StepBasis::School, [school(), school()], Through::default())
}

fn select_by_group(scope: &Scope, level: u8, is_left: IsLeft<'_>) -> SelectStatement {
    use Memberships::{GroupId, SchoolId, Table};
    let mut select = scope.select_from(Table, "m", Sees::Holding);
    scope.join(&mut select, Groups::Table, "g", col("g", Groups::Id).eq(col("m", GroupId)), Sees::Holding);
    scope.join(&mut select, Table, "n", col("n", GroupId).eq(col("m", GroupId)), Sees::Holding);
    select.and_where(col("n", SchoolId).ne(col("m", SchoolId)));
    let ends = ["m", "n"].map(|member| (col(member, SchoolId), col(member, "id")));
    let through = Through { group: Some(col("g", Groups::Id)), ..Through::default() };
    finish(scope, level, is_left, select, StepBasis::Group, ends, through)
}

fn select_by_alliance(scope: &Scope, level: u8, is_left: IsLeft<'_>) -> SelectStatement {
    use AllianceMembers::{AllianceId, MemberId, MemberType, Table};
    let kinds = [AllianceKind::Development, AllianceKind::ThroughTraining].map(AllianceKind::word);
    let mut select = scope.select_from(Table, "m", Sees::Holding);
    scope.join(&mut select, Alliances::Table, "a", col("a", Alliances::Id).eq(col("m", AllianceId)), Sees::Holding);
    scope.join(&mut select, Table, "n", col("n", AllianceId).eq(col("m", AllianceId)), Sees::Holding);
    select.and_where(is_any_word(col("a", Alliances::Kind), &kinds));
    for member in ["m", "n"] {
        select.and_where(col(member, MemberType).eq(literal(Kind::School.name())));
    }
    select.and_where(col("n", MemberId).ne(col("m", MemberId)));
    let ends = ["m", "n"].map(|member| (col(member, MemberId), col(member, "id")));
    let through = Through { alliance: Some(col("a", Alliances::Id)), ..Through::default() };
    finish(scope, level, is_left, select, StepBasis::Alliance, ends, through)
}

fn select_by_places(scope: &Scope, level: u8, is_left: IsLeft<'_>) -> SelectStatement {
    use AdmissionPlacesColumns::{JuniorSchoolId, Places, SeniorSchoolId, Table, Year};
    let select = scope.select_from(Table, "p", Sees::Holding);
    let ends = [JuniorSchoolId, SeniorSchoolId].map(|school| (col("p", school), col("p", "id")));
    let through = Through { year: Some(col("p", Year)), places: Some(col("p", Places)), ..Through::default() };
    finish(scope, level, is_left, select, StepBasis::Places, ends, through)
}

fn agreed_outcomes(scope: &Scope) -> SelectStatement {
    use AgreementOutcomes::{AgreementId, Id, OutcomeId, OutcomeType, Table};
    let mut select = scope.select_from(Table, "o", Sees::Holding);
    select.and_where(col("o", OutcomeType).eq(literal(Kind::School.name())));
    select.expr_as(col("o", AgreementId), "agreement").expr_as(col("o", OutcomeId), "school");
    select.expr_as(col("o", Id), "fact").take()
}

fn agreed_parties(scope: &Scope) -> SelectStatement {
    use AgreementParties::{AgreementId, Id, PartyId, PartyType, Table};
    let mut select = scope.select_from(Table, "p", Sees::Holding);
    select.and_where(col("p", PartyType).eq(literal(Kind::School.name())));
    select.expr_as(col("p", AgreementId), "agreement").expr_as(col("p", PartyId), "school");
    select.expr_as(col("p", Id), "fact").take()
}

fn select_by_agreement(
    scope: &Scope,
    level: u8,
    is_left: IsLeft<'_>,
    [one, other]: [SelectStatement; 2],
) -> SelectStatement {
    let mut select = Query::select();
    select.from_subquery(one, "one");
    let is_same = col("other", "agreement").eq(col("one", "agreement"));
    select.join_subquery(JoinType::InnerJoin, other, "other", is_same);
    select.and_where(col("other", "school").ne(col("one", "school")));
    let ends = ["one", "other"].map(|end| (col(end, "school"), col(end, "fact")));
    let through = Through { agreement: Some(col("one", "agreement")), ..Through::default() };
    finish(scope, level, is_left, select, StepBasis::Agreement, ends, through)
}
