//! Filters as conditions on the noun that `c` names.

use domain::{
    ColumnType, Condition, ConditionValue, Existence, Filter, FoundNameKind, KeptAsNumber, Shape,
    fact::day_text,
    noun::{HAS_OPEN_LIST, NEAR},
};
use sea_orm::{
    Value,
    sea_query::{Alias, Expr, ExprTrait, Func, SelectStatement, UnionType},
};

use crate::{
    breakdown::is_unstated,
    dialect,
    entity::{facets, search_names},
    location::{Area, stands},
    noun::Table,
    nouns::{category::select_categorised, code::select_coded, evidence::has_open_list},
    relation::is_related,
    statement::Parameter,
    view::{Scope, Sees, col, is_any_word, is_one_of, literal},
};

/// A filter without the values it brings: equal ones are written with the same text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct FilterForm {
    all: Vec<FilterForm>,
    any: Vec<FilterForm>,
    not: Option<Box<FilterForm>>,
    /// Whether it may be certain, and whether it may be assumed.
    existence: Option<(bool, bool)>,
    /// What a name contains.
    pub(crate) name: Option<NameWords>,
    conditions: Vec<(&'static str, Wanted)>,
    /// Conditions on columns of the tie that leads to the noun.
    pub(crate) tie: Vec<(&'static str, Wanted)>,
}

/// The words that a name contains.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct NameWords {
    /// The slot of all of them, with spaces between them.
    all: u32,
    /// The slots of each.
    words: Vec<u32>,
}

impl NameWords {
    /// That the name that `s` names has all words, in any order, through the index of pairs of characters.
    pub(crate) fn are_in(&self, scope: &Scope) -> Expr {
        dialect::has_grams(scope.backend, "s", self.grams()).and(self.are_within(scope, "s"))
    }

    /// That the name of a table has all words, in any order.
    pub(crate) fn are_within(&self, scope: &Scope, table: &'static str) -> Expr {
        let has = |slot: &u32| {
            let word = Parameter::Filter(*slot).expr();
            dialect::contains(scope.backend, col(table, search_names::Column::Folded), word)
        };
        self.words.iter().map(has).reduce(ExprTrait::and).unwrap_or_else(|| Expr::cust("TRUE"))
    }

    /// The pairs of characters that such a name has.
    pub(crate) fn grams(&self) -> Expr {
        Parameter::Grams(self.all).expr()
    }

    /// Whether there is more than one.
    pub(crate) fn is_several(&self) -> bool {
        self.words.len() > 1
    }
}

/// What a property is to be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// One of these words.
    Words(Vec<&'static str>),
    /// The value in this slot.
    Slot(u32),
    /// True or false.
    Flag(bool),
    /// Nothing.
    Unstated,
    /// A date before the day in this slot.
    Before(u32),
    /// A date after the day in this slot.
    After(u32),
    /// A number as great as the one in this slot, or greater.
    AtLeast(u32),
    /// The code in this slot, of the register in the other or of any.
    Code { value: u32, scheme: Option<u32> },
    /// A place in this area.
    Area(Area),
}

impl Wanted {
    /// The value that is compared with.
    pub(crate) fn value(&self) -> Expr {
        match self {
            Wanted::Slot(slot)
            | Wanted::Before(slot)
            | Wanted::After(slot)
            | Wanted::AtLeast(slot)
            | Wanted::Code { value: slot, .. } => Parameter::Filter(*slot).expr(),
            Wanted::Flag(flag) => Expr::Constant((*flag).into()),
            Wanted::Words(words) => literal(words.first().copied().unwrap_or_default()),
            Wanted::Unstated => literal(""),
            Wanted::Area(_) => Expr::cust("NULL"),
        }
    }

    /// The pairs of characters of a text.
    pub(crate) fn grams(&self) -> Option<Expr> {
        match self {
            Wanted::Slot(slot) => Some(Parameter::Grams(*slot).expr()),
            _ => None,
        }
    }

    /// The register of the code that is looked for, if one is named.
    pub(crate) fn scheme(&self) -> Option<Expr> {
        match self {
            Wanted::Code { scheme, .. } => scheme.map(|slot| Parameter::Filter(slot).expr()),
            _ => None,
        }
    }

    /// The words, if it is a list of them.
    pub(crate) fn words(&self) -> &[&'static str] {
        match self {
            Wanted::Words(words) => words,
            _ => &[],
        }
    }

    /// Whether it is true.
    pub(crate) fn is_true(&self) -> bool {
        *self == Wanted::Flag(true)
    }
}

impl FilterForm {
    /// Takes a filter apart: its form, and its values in the order of their slots.
    pub(crate) fn split(filter: &Filter) -> (Self, Vec<Value>) {
        let mut values = Vec::new();
        (FilterForm::of(filter, &mut values), values)
    }

    /// The form of a question about codes of a register, if one is named.
    pub(crate) fn of_codes(scheme: Option<&str>) -> Self {
        let wanted = Wanted::Code { value: 0, scheme: scheme.map(|_| 1) };
        FilterForm { conditions: vec![("code", wanted)], ..FilterForm::default() }
    }

    fn of(filter: &Filter, values: &mut Vec<Value>) -> Self {
        let mut slot = |value: Value| {
            values.push(value);
            u32::try_from(values.len() - 1).unwrap_or(u32::MAX)
        };
        let name = filter.name_contains.as_ref().map(|words| NameWords {
            all: slot(words.as_str().into()),
            words: words.split(' ').map(|word| slot(word.into())).collect(),
        });
        let mut wanted = |Condition { property, value }: &Condition| {
            let wanted = match value {
                ConditionValue::Words(words) => Wanted::Words(words.clone()),
                ConditionValue::Noun(id) => Wanted::Slot(slot(id.raw.into())),
                ConditionValue::Text(text) => Wanted::Slot(slot(text.as_str().into())),
                ConditionValue::Flag(flag) => Wanted::Flag(*flag),
                ConditionValue::Unstated => Wanted::Unstated,
                ConditionValue::Before(day) => Wanted::Before(slot(day_text(*day).into())),
                ConditionValue::After(day) => Wanted::After(slot(day_text(*day).into())),
                ConditionValue::AtLeast(number) => Wanted::AtLeast(slot((*number).into())),
                ConditionValue::Code { value, scheme } => Wanted::Code {
                    value: slot(value.as_str().into()),
                    scheme: scheme.as_ref().map(|scheme| slot(scheme.as_str().into())),
                },
                ConditionValue::Near(circle) => Wanted::Area(Area::of_circle(circle, &mut slot)),
                ConditionValue::Within(rectangle) => Wanted::Area(Area::of_rectangle(rectangle, &mut slot)),
            };
            (*property, wanted)
        };
        FilterForm {
            name,
            conditions: filter.conditions.iter().map(&mut wanted).collect(),
            tie: filter.tie.iter().map(&mut wanted).collect(),
            existence: filter
                .existence
                .as_ref()
                .map(|wanted| (wanted.contains(&Existence::Certain), wanted.contains(&Existence::Assumed))),
            all: filter.all.iter().map(|part| FilterForm::of(part, values)).collect(),
            any: filter.any.iter().map(|part| FilterForm::of(part, values)).collect(),
            not: filter.not.as_ref().map(|part| Box::new(FilterForm::of(part, values))),
        }
    }

    /// The circle from whose center distances are, as [`Filter::near`] has it.
    pub(crate) fn near(&self) -> Option<Area> {
        self.conditions.iter().find_map(|(property, wanted)| match wanted {
            Wanted::Area(area) if *property == NEAR => Some(*area),
            _ => None,
        })
    }

    /// Whether some part, other than what it denies, asks for nouns that are planned.
    fn asks_for_planned<N: Table>(&self) -> bool {
        self.asks_itself_for_planned::<N>() || self.parts().any(FilterForm::asks_for_planned::<N>)
    }

    fn asks_itself_for_planned<N: Table>(&self) -> bool {
        let Some(planned) = N::PLANNED else { return false };
        self.conditions.iter().any(|(property, wanted)| *property == "status" && wanted.words().contains(&planned))
    }

    /// Whether it is nothing but a name or a code.
    fn finds_by_index(&self) -> bool {
        let is_bare = self.all.is_empty() && self.any.is_empty() && self.not.is_none() && self.existence.is_none();
        is_bare
            && match self.conditions[..] {
                [] => self.name.is_some(),
                [(property, _)] => property == "code" && self.name.is_none(),
                _ => false,
            }
    }

    fn parts(&self) -> impl Iterator<Item = &FilterForm> {
        self.all.iter().chain(&self.any)
    }
}

/// That a list holds the noun: it is known and on the map of the view's day or, where the filter asks for what is planned,
/// known on that day and to begin later. (That the view knows it is said where the table is read.)
pub(crate) fn is_listed<N: Table>(scope: &Scope, filter: &FilterForm) -> Expr {
    let Some(planned) = is_listed_as_planned::<N>(scope, filter) else { return scope.holds("c") };
    // Every row begins on some day: said for SQLite, which then reads current rows by their index.
    let begins = col("c", Alias::new("valid_from")).gte(literal("0001-01-01"));
    begins.and(scope.holds("c").or(planned))
}

/// That the noun is planned on the view's day, if the filter asks for what is planned.
pub(crate) fn is_listed_as_planned<N: Table>(scope: &Scope, filter: &FilterForm) -> Option<Expr> {
    let is_asked = || scope.is_planned("c").and(is_asked_as_planned::<N>(scope, filter));
    filter.asks_for_planned::<N>().then(is_asked)
}

/// That the noun fits a part of the filter that asks for what is planned.
fn is_asked_as_planned<N: Table>(scope: &Scope, filter: &FilterForm) -> Expr {
    if filter.asks_itself_for_planned::<N>() {
        return Expr::cust("TRUE");
    }
    let asking = filter.parts().filter(|part| part.asks_for_planned::<N>());
    let fits = asking.map(|part| all(fits::<N>(scope, part)).and(is_asked_as_planned::<N>(scope, part)));
    fits.reduce(ExprTrait::or).unwrap_or_else(|| Expr::cust("FALSE"))
}

/// The conditions of a filter; all of them hold.
pub(crate) fn fits<N: Table>(scope: &Scope, filter: &FilterForm) -> Vec<Expr> {
    let mut conditions = Vec::new();
    conditions.extend(filter.name.as_ref().and_then(|words| is_among(vec![select_named(scope, words)])));
    if let Some((certain, assumed)) = filter.existence {
        // A list may hold what is not on the map of the day; that is neither.
        let wanted = [certain.then(|| scope.is_certain("c")), assumed.then(|| scope.is_assumed("c"))];
        conditions.push(any(wanted.into_iter().flatten().collect()));
    }
    for (property, wanted) in &filter.conditions {
        let own = match *property {
            _ if *wanted == Wanted::Unstated => Some(is_unstated::<N>(scope, property)),
            "code" => is_among(select_coded::<N>(scope, wanted)),
            HAS_OPEN_LIST => {
                let has = has_open_list(scope);
                Some(if wanted.is_true() { has } else { has.not() })
            }
            "category" | "category_code" => is_among(vec![select_categorised(scope, wanted)]),
            _ => stands::<N>(scope, property, wanted).or_else(|| N::condition(property, wanted, scope)),
        };
        let related = || is_related::<N>(scope, property, &wanted.value());
        conditions.push(own.or_else(related).unwrap_or_else(|| is_as_recorded(scope, N::SHAPE, property, wanted)));
    }
    for part in &filter.all {
        conditions.extend(fits::<N>(scope, part));
    }
    if !filter.any.is_empty() {
        // Nouns that an index finds by one of several names or codes are one set, to be looked up at once: of several sets
        // a database would ask each, for every row of the table.
        let (found, others): (Vec<_>, Vec<_>) = filter.any.iter().partition(|part| part.finds_by_index());
        let found = found.into_iter().flat_map(|part| select_found::<N>(scope, part)).collect();
        let others = others.into_iter().map(|part| all(fits::<N>(scope, part)));
        conditions.push(any(is_among(found).into_iter().chain(others).collect()));
    }
    if let Some(part) = &filter.not {
        // What is unknown is not the case: without COALESCE its negation would be unknown too, and lose the row.
        let part = all(fits::<N>(scope, part));
        let is_the_case = Func::coalesce([part, Expr::cust("FALSE")]);
        conditions.push(Expr::expr(is_the_case).not());
    }
    conditions
}

fn all(conditions: Vec<Expr>) -> Expr {
    conditions.into_iter().reduce(ExprTrait::and).unwrap_or_else(|| Expr::cust("TRUE"))
}

fn any(conditions: Vec<Expr>) -> Expr {
    conditions.into_iter().reduce(ExprTrait::or).unwrap_or_else(|| Expr::cust("FALSE"))
}

/// A condition on what is recorded in a column of the shape.
///
/// # Panics
/// The shape has no such column: a test over all filters of the schema would have seen it.
fn is_as_recorded(scope: &Scope, shape: &Shape, property: &'static str, wanted: &Wanted) -> Expr {
    let is_it = |name: &str| name == property || name.strip_suffix("_id") == Some(property);
    let column = shape.columns.iter().find(|column| is_it(column.name));
    let column = column.unwrap_or_else(|| panic!("`{property}` is no column of {}", shape.file));
    match (column.column_type, wanted) {
        (ColumnType::Words(_), Wanted::Words(words)) => has_word(scope, column.name, words),
        (_, Wanted::Words(words)) => is_one_of(&col("c", column.name), words),
        (ColumnType::Value(_), Wanted::Flag(flag)) => col("c", column.name).eq(Expr::Constant(flag.to_number().into())),
        (_, Wanted::Before(_)) => dialect::last_day(col("c", column.name)).lt(wanted.value()),
        (_, Wanted::After(_)) => dialect::first_day(col("c", column.name)).gt(wanted.value()),
        (_, Wanted::AtLeast(_)) => col("c", column.name).gte(wanted.value()),
        (_, value) => col("c", column.name).eq(value.value()),
    }
}

/// That a column that holds several words has one of these. Of all nouns of a kind an index finds those that have it; the
/// few that ties lead to are read anyway, and say it in their own rows.
fn has_word(scope: &Scope, facet: &'static str, words: &[&'static str]) -> Expr {
    if scope.is_tied {
        return any(words.iter().map(|word| dialect::has_item(scope.backend, col("c", facet), word)).collect());
    }
    let mut select = scope.select_from(facets::Entity, "f", Sees::Known);
    select.expr(col("f", facets::Column::Id)).and_where(col("f", facets::Column::Facet).eq(literal(facet)));
    select.and_where(is_one_of(&col("f", facets::Column::Word), words));
    col("c", "fact_id").in_subquery(select)
}

/// The nouns that a part of a filter finds by its name or its code.
fn select_found<N: Table>(scope: &Scope, part: &FilterForm) -> Vec<SelectStatement> {
    let coded = part.conditions.iter().flat_map(|(_, wanted)| select_coded::<N>(scope, wanted));
    part.name.as_ref().map(|words| select_named(scope, words)).into_iter().chain(coded).collect()
}

/// That the noun that `c` names is among those of one of these statements; none if there are no statements.
fn is_among(selects: Vec<SelectStatement>) -> Option<Expr> {
    let mut selects = selects.into_iter();
    let mut ids = selects.next()?;
    for select in selects {
        ids.union(UnionType::All, select);
    }
    Some(col("c", "id").in_subquery(ids))
}

/// The nouns of which some name contains the words. An official name holds as long as its noun is seen by it, an alias as
/// long as it says; codes and slugs are no names.
fn select_named(scope: &Scope, words: &NameWords) -> SelectStatement {
    use search_names::Column::{NameKind, SubjectId};
    let mut select = scope.select_from(search_names::Entity, "s", Sees::Holding);
    select.expr(col("s", SubjectId)).and_where(words.are_in(scope));
    select.and_where(is_any_word(col("s", NameKind), &[FoundNameKind::Code.word(), FoundNameKind::Slug.word()]).not());
    select
}
