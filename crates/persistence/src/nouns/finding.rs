//! What rules find doubtful on the map: one statement over all rules, each a select of its own.

use std::collections::HashMap;

use domain::{
    AnyId, Column, ColumnType, Finding, FindingRule, Kind, SHAPES, Shape, SuccessionKind, TextBasis, View, Vocabulary,
};
use sea_orm::{
    DeriveIden,
    sea_query::{
        Alias, CaseStatement, CommonTableExpression, Expr, ExprTrait, Func, JoinType, Keyword, Query, SelectStatement,
        UnionType, WithClause,
    },
};

use super::{
    admission::{AdmissionPlacesColumns, AdmissionTotals},
    evidence::select_contradictions,
    group::{Groups, Memberships},
    school::{Schools, Successions},
};
use crate::{
    Store, StoreError,
    columns::ColumnSet,
    dialect,
    entity::{citations, identities},
    filter::FilterForm,
    row::Row,
    statement::{Parameter, Prepared, Question, Values},
    tie::{End, Tie, TieSource},
    view::{Scope, Sees, col, is_any_word, literal},
};

/// Table `waivers`.
#[derive(Clone, Copy, DeriveIden)]
enum Waivers {
    Table,
    Rule,
    SubjectId,
    Reason,
}

/// All findings and the nouns at which they are found, from the parent 0.
pub(crate) static FINDINGS: Tie<Finding> = Tie {
    name: "findings",
    source: TieSource::Rows(|scope, _: End| select_findings(scope)),
    columns: &[&"rule", &"severity", &"about", &"field", &"value", &"other_kind", &"other", &"waiver", &"is_waived"],
    read: |_, row| {
        let [rule, _, about, field, value, other_kind, other, waiver, _] = row.cells();
        let other = other_kind.maybe_word(Kind::named)?.zip(other.maybe_number()?);
        Ok(Finding {
            fact: about.number()?,
            rule: rule.word(FindingRule::parse)?,
            field: field.maybe_text()?,
            value: value.maybe_text()?,
            other: other.map(|(kind, raw)| AnyId { kind, raw }),
            waiver: waiver.maybe_text()?,
        })
    },
};

impl Store {
    /// How many findings that are not waived each rule has; a rule without any is left out.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn finding_counts(&self, view: View) -> Result<HashMap<FindingRule, u64>, StoreError> {
        let form = self.form(Question::FindingCounts, view, FilterForm::default(), None, ColumnSet::LEAST);
        let statement = self.statements.get(&form, || {
            let mut select = Query::select();
            select.from_subquery(select_findings(&Scope::new(self.backend, view)), "t");
            select.expr(col("t", "rule")).expr(Expr::cust("COUNT(*)")).add_group_by([col("t", "rule")]);
            Prepared::new(self.backend, select.and_where(col("t", "is_waived").eq(literal("no"))))
        });
        let count = |mut row: Row<'_>| {
            let [rule, count] = row.cells();
            Ok((rule.word(FindingRule::parse)?, count.number()?.unsigned_abs()))
        };
        self.rows_of(&statement, &Values::of_ids(view, &[])).await?.iter().map(count).collect()
    }
}

/// What a rule has found, as expressions over its rows.
struct Found {
    /// The noun and its kind.
    noun: (Expr, Expr),
    /// What tells it from others that the rule finds at the noun.
    key: Expr,
    /// The fact that is doubtful.
    about: Expr,
    field: Option<Expr>,
    value: Option<Expr>,
    other: Option<(Kind, Expr)>,
}

impl Found {
    /// One at a noun of a kind.
    fn at(kind: Kind, noun: Expr, fact: Expr) -> Self {
        Found {
            noun: (literal(kind.name()), noun),
            key: fact.clone(),
            about: fact,
            field: None,
            value: None,
            other: None,
        }
    }

    /// Selects it.
    fn select(self, rule: FindingRule, mut rows: SelectStatement) -> SelectStatement {
        let null = |ty: &str| Expr::Keyword(Keyword::Null).cast_as(Alias::new(ty));
        let text = |value: Option<Expr>| value.map_or_else(|| null("text"), dialect::as_text);
        let (other_kind, other) = self.other.unzip();
        let severity = rule.severity();
        // Severities come in their order, which is not that of their words.
        let rank = format!("{} {}", severity as u8, rule.word());
        rows.expr_as(self.noun.1, "child").expr_as(self.noun.0, "kind").expr_as(self.key, "fact");
        rows.expr_as(Expr::Constant(rank.into()), "rank").expr_as(literal(rule.word()), "rule");
        rows.expr_as(literal(severity.word()), "severity").expr_as(self.about, "about");
        rows.expr_as(text(self.field), "field").expr_as(text(self.value), "value");
        rows.expr_as(text(other_kind.map(|kind| literal(kind.name()))), "other_kind");
        rows.expr_as(other.unwrap_or_else(|| null("bigint")), "other");
        rows
    }
}

fn select_findings(scope: &Scope) -> SelectStatement {
    let mut all = find_circles(scope);
    let mut others = find_crossing_dates(scope);
    others.extend(SHAPES.iter().filter_map(|shape| find_unsourced(scope, shape)));
    others.extend([
        find_wrong_totals(scope),
        find_leads(scope),
        find_overlaps(scope),
        find_missing_quotes(scope),
        find_same_names(scope),
        find_old_sources(scope),
        find_disagreements(scope),
    ]);
    for other in others {
        all.union(UnionType::All, other);
    }
    let mut waivers = scope.select_from(Waivers::Table, "v", Sees::Holding);
    let found = |column: &'static str| col("found", column);
    waivers.expr(col("v", Waivers::Reason)).and_where(col("v", Waivers::SubjectId).eq(found("child")));
    waivers.and_where(col("v", Waivers::Rule).eq(found("rule")));
    let mut waived = Query::select();
    waived.from_subquery(all, "found").expr_as(dialect::as_bigint(Expr::Constant(0.into())), "parent");
    for column in
        ["child", "kind", "fact", "rank", "rule", "severity", "about", "field", "value", "other_kind", "other"]
    {
        waived.expr_as(found(column), column);
    }
    let mut select = Query::select();
    waived.expr_as(Expr::SubQuery(None, Box::new(waivers.into())), "waiver");
    select.from_subquery(waived, "judged").expr(Expr::cust("judged.*"));
    let is_waived = CaseStatement::new().case(col("judged", "waiver").is_null(), literal("no"));
    select.expr_as(is_waived.finally(literal("yes")), "is_waived");
    select
}

/// Rows without a source, of all files that name one: at the noun itself, or at the first noun that a tie names.
fn find_unsourced(scope: &Scope, shape: &'static Shape) -> Option<SelectStatement> {
    shape.columns.iter().find(|column| matches!(column.column_type, ColumnType::CitedSource("")))?;
    let fact = if shape.is_noun() { "fact_id" } else { "id" };
    let mut select = scope.select_from(Alias::new(shape.table), "r", Sees::Holding);
    let mut citing = scope.select_from(citations::Entity, "q", Sees::Known);
    citing.expr(Expr::Constant(1.into())).and_where(col("q", citations::Column::FactId).eq(col("r", fact)));
    // What states a single field does not state the row.
    citing.and_where(col("q", citations::Column::Field).eq(literal("")));
    select.and_where(Expr::exists(citing).not());
    let has_basis = |column: &Column| matches!(column.column_type, ColumnType::Word(TextBasis::WORDS));
    if let Some(basis) = shape.columns.iter().find(|column| has_basis(column)) {
        let is_known = col("r", basis.name).eq(literal(TextBasis::CommonKnowledge.word()));
        select.and_where(Expr::expr(Func::coalesce([is_known, Expr::cust("FALSE")])).not());
    }
    let noun = match shape.is_noun() {
        true => (literal(shape.kind.name()), col("r", "id")),
        false => shape.columns.iter().find_map(|column| match column.column_type {
            ColumnType::Ref { kind, .. } => Some((literal(kind.name()), col("r", column.name))),
            ColumnType::RefOf { column: kind, .. } => Some((col("r", kind), col("r", column.name))),
            _ => None,
        })?,
    };
    let found =
        Found { noun, value: Some(literal(shape.file)), ..Found::at(shape.kind, col("r", "id"), col("r", fact)) };
    Some(found.select(FindingRule::NoSource, select))
}

/// Groups whose lead is no member.
fn find_leads(scope: &Scope) -> SelectStatement {
    let mut select = scope.select_from(Groups::Table, "g", Sees::Holding);
    let mut members = scope.select_from(Memberships::Table, "m", Sees::Holding);
    let is_member = col("m", Memberships::SchoolId).eq(col("g", Groups::LeadSchoolId));
    members.expr(Expr::Constant(1.into())).and_where(is_member);
    members.and_where(col("m", Memberships::GroupId).eq(col("g", Groups::Id)));
    select.and_where(col("g", Groups::LeadSchoolId).is_not_null()).and_where(Expr::exists(members).not());
    let found = Found {
        field: Some(literal("lead_school_id")),
        other: Some((Kind::School, col("g", Groups::LeadSchoolId))),
        ..Found::at(Kind::Group, col("g", Groups::Id), col("g", "fact_id"))
    };
    found.select(FindingRule::LeadNotMember, select)
}

/// Schools that are members of two groups, once for each two memberships.
fn find_overlaps(scope: &Scope) -> SelectStatement {
    use Memberships::{GroupId, SchoolId, Table};
    let mut select = scope.select_from(Table, "m", Sees::Holding);
    let is_same = col("n", SchoolId).eq(col("m", SchoolId));
    scope.join(&mut select, Table, "n", is_same, Sees::Holding);
    select.and_where(col("m", GroupId).lt(col("n", GroupId)));
    let found = Found {
        key: dialect::identity_of_both(col("m", "id"), col("n", "id")),
        other: Some((Kind::Group, col("n", GroupId))),
        ..Found::at(Kind::School, col("m", SchoolId), col("m", "id"))
    };
    found.select(FindingRule::OverlappingMemberships, select)
}

/// Schools of one name in one township, at the later of the two by identity.
fn find_same_names(scope: &Scope) -> SelectStatement {
    use Schools::{Id, Table, TownshipId};
    let mut select = scope.select_from(Table, "s", Sees::Holding);
    let is_neighbour =
        col("o", TownshipId).eq(col("s", TownshipId)).and(col("o", "sort_name").eq(col("s", "sort_name")));
    scope.join(&mut select, Table, "o", is_neighbour, Sees::Holding);
    select.and_where(col("o", Id).lt(col("s", Id)));
    let found = Found {
        key: dialect::identity_of_both(col("s", "fact_id"), col("o", "fact_id")),
        field: Some(literal("name")),
        other: Some((Kind::School, col("o", Id))),
        ..Found::at(Kind::School, col("s", Id), col("s", "fact_id"))
    };
    found.select(FindingRule::SameNameInTownship, select)
}

/// Sources that are cited without their words, with how often.
fn find_missing_quotes(scope: &Scope) -> SelectStatement {
    use citations::Column::{FactId, Field, Quote, SourceId};
    let mut select = scope.select_from(citations::Entity, "q", Sees::Known);
    let is_source = col("s", "id").eq(col("q", SourceId));
    scope.join(&mut select, Alias::new("sources"), "s", is_source, Sees::Holding);
    let is_fact = col("i", identities::Column::Id).eq(col("q", FactId));
    select.join_as(JoinType::InnerJoin, identities::Entity, "i", is_fact);
    // Only where the file has a column for the words.
    let has_quote =
        |shape: &&Shape| shape.columns.iter().any(|it| matches!(it.column_type, ColumnType::CitedQuote("")));
    let quoted: Vec<&'static str> =
        SHAPES.iter().filter(|shape| has_quote(shape)).map(|shape| shape.kind.name()).collect();
    select
        .and_where(is_any_word(col("i", identities::Column::Kind), &quoted))
        .and_where(col("q", Field).eq(literal("")));
    select.and_where(col("q", Quote).is_null()).add_group_by([col("q", SourceId)]);
    let found = Found {
        field: Some(literal("quote")),
        value: Some(Expr::cust("COUNT(*)")),
        ..Found::at(Kind::Source, col("q", SourceId), col("q", SourceId))
    };
    found.select(FindingRule::QuoteMissing, select)
}

/// Sources that were published more than ten years before the day.
fn find_old_sources(scope: &Scope) -> SelectStatement {
    let mut select = scope.select_from(Alias::new("sources"), "s", Sees::Holding);
    let published = || col("s", "published_on");
    let part_of_day = |from: i32, length: i32| {
        let day = dialect::as_text(Parameter::Day.expr());
        Expr::expr(Func::cust(Alias::new("substr")).args([day, from.into(), length.into()]))
    };
    let year = dialect::as_text(dialect::as_bigint(part_of_day(1, 4)).sub(Expr::Constant(10.into())));
    let ten_years_before = dialect::joined([year, part_of_day(5, 6)]);
    select.and_where(dialect::last_day(published()).lt(ten_years_before));
    let found = Found {
        field: Some(literal("published_on")),
        value: Some(published()),
        ..Found::at(Kind::Source, col("s", "id"), col("s", "fact_id"))
    };
    found.select(FindingRule::SourceOld, select)
}

/// Where a source contradicts what is recorded.
fn find_disagreements(scope: &Scope) -> SelectStatement {
    let found = Found {
        noun: (col("e", "subject_type"), col("e", "subject_id")),
        field: Some(col("e", "field")),
        value: Some(col("e", "value")),
        ..Found::at(Kind::School, col("e", "subject_id"), col("e", "id"))
    };
    found.select(FindingRule::SourcesDisagree, select_contradictions(scope))
}

/// Junior schools whose places do not add up to the total, though the record says so.
fn find_wrong_totals(scope: &Scope) -> SelectStatement {
    use AdmissionPlacesColumns as Part;
    use AdmissionTotals::{BreakdownChecked, Id, JuniorSchoolId, Places, Table, Year};
    let mut select = scope.select_from(Table, "k", Sees::Holding);
    let mut parts = scope.select_from(Part::Table, "p", Sees::Holding);
    parts
        .expr(dialect::sum_or_zero(col("p", Part::Places)))
        .and_where(col("p", Part::JuniorSchoolId).eq(col("k", JuniorSchoolId)));
    parts.and_where(col("p", Part::Year).eq(col("k", Year)));
    let sum = || Expr::SubQuery(None, Box::new(parts.clone().into()));
    select.and_where(col("k", BreakdownChecked).eq(Expr::Constant(1.into()))).and_where(col("k", Places).ne(sum()));
    let told = [dialect::as_text(col("k", Places)), literal(" and "), dialect::as_text(sum())];
    let found = Found {
        field: Some(literal("places")),
        value: Some(dialect::joined(told)),
        ..Found::at(Kind::School, col("k", JuniorSchoolId), col("k", Id))
    };
    found.select(FindingRule::FigureContradictsParts, select)
}

/// Records whose dates cross: all that the first can mean is after all that the second can.
fn find_crossing_dates(scope: &Scope) -> Vec<SelectStatement> {
    let is_after = |first: Expr, second: Expr| dialect::first_day(first).gt(dialect::last_day(second));
    let told = |first: Expr, second: Expr| dialect::joined([first, literal(" and "), second]);

    let mut projects = scope.select_from(Alias::new("projects"), "r", Sees::Holding);
    let [started, opened] = ["started_on", "opened_on"].map(|column| col("r", column));
    projects.and_where(is_after(started.clone(), opened.clone()));
    let of_project = Found {
        field: Some(literal("opened_on")),
        value: Some(told(started, opened)),
        ..Found::at(Kind::Project, col("r", "id"), col("r", "fact_id"))
    };

    let mut statements = scope.select_from(Alias::new("statements"), "r", Sees::Holding);
    let is_cited = col("q", citations::Column::FactId).eq(col("r", "fact_id"));
    scope.join(&mut statements, citations::Entity, "q", is_cited, Sees::Known);
    let is_source = col("s", "id").eq(col("q", citations::Column::SourceId));
    scope.join(&mut statements, Alias::new("sources"), "s", is_source, Sees::Shown);
    let (said, published) = (col("r", "said_on"), col("s", "published_on"));
    statements.and_where(is_after(said.clone(), published.clone()));
    let of_statement = Found {
        key: dialect::identity_of_both(col("r", "fact_id"), col("s", "id")),
        field: Some(literal("said_on")),
        value: Some(told(said, published)),
        other: Some((Kind::Source, col("s", "id"))),
        ..Found::at(Kind::Statement, col("r", "id"), col("r", "fact_id"))
    };
    let rule = FindingRule::DatesCross;
    vec![of_project.select(rule, projects), of_statement.select(rule, statements)]
}

/// Circles of successions, each at the school of it with the least identity.
fn find_circles(scope: &Scope) -> SelectStatement {
    use Successions::{PredecessorId, SuccessorId, Table};
    let walk = |alias: &'static str, column: &'static str| col(alias, column);
    let replacing: Vec<&'static str> =
        SuccessionKind::VALUES.iter().filter(|it| it.value.is_continued()).map(|it| it.word).collect();
    let mut steps = scope.select_from(Table, "e", Sees::Holding);
    steps.and_where(is_any_word(col("e", Successions::Kind), &replacing));
    steps.expr(col("e", PredecessorId)).expr(col("e", SuccessorId));
    let mut next = scope.select_from(Table, "e", Sees::Holding);
    next.and_where(is_any_word(col("e", Successions::Kind), &replacing));
    let goes_on = col("e", PredecessorId).eq(walk("walk", "node"));
    next.join_as(JoinType::InnerJoin, "walk", "walk", goes_on);
    next.expr(walk("walk", "root")).expr(col("e", SuccessorId));
    // The rows are distinct, so that a circle ends the walk where it closes.
    steps.union(UnionType::Distinct, next);
    let mut walked = CommonTableExpression::new();
    walked.table_name("walk").columns(["root", "node"]).query(steps);
    let mut select = Query::select();
    select.with_cte(WithClause::new().recursive(true).cte(walked).to_owned()).from_as("walk", "w");
    select.and_where(walk("w", "root").eq(walk("w", "node")));
    let mut lesser = Query::select();
    lesser
        .expr(Expr::Constant(1.into()))
        .from_as("walk", "there")
        .and_where(walk("there", "root").eq(walk("w", "root")));
    let leads_back = walk("back", "root").eq(walk("there", "node")).and(walk("back", "node").eq(walk("w", "root")));
    lesser.join_as(JoinType::InnerJoin, "walk", "back", leads_back);
    lesser.and_where(walk("there", "node").lt(walk("w", "root")));
    select.and_where(Expr::exists(lesser).not());
    Found::at(Kind::School, walk("w", "root"), walk("w", "root")).select(FindingRule::CircleOfSuccessions, select)
}
