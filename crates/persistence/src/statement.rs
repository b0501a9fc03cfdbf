//! Statements: built once with sea-query, kept as text, run again with other values.
//!
//! What a request brings (ids, the day, a cursor, the values of a filter) stands in a statement as a [`Parameter`].
//! Building turns each into a placeholder and notes which is where; [`Prepared::bind`] puts the values in their places.
//! So the text depends on the form of a question only, never on how many ids it is asked about.

use std::{
    fmt::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use chrono::{Datelike, NaiveDate};
use domain::{Order, PageRequest, View, fact::day_text};
use quick_cache::sync::Cache;
use sea_orm::{
    DbBackend, Statement, Value,
    sea_query::{Expr, PostgresQueryBuilder, QueryBuilder, SelectStatement, SqlWriter, SqliteQueryBuilder},
};

use crate::{
    breakdown::Dimensions,
    columns::ColumnSet,
    dialect,
    filter::FilterForm,
    nouns::admission::AdmissionDimensions,
    tie::{End, TieDimensions},
};

/// How many statements are kept: the forms that people ask in are few, those that can be made up are many.
const KEPT: usize = 2_000;

/// A value that a request brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter {
    /// The ids that are asked about, all of them in one value.
    Ids,
    /// The only id that is asked about.
    Id,
    /// The view's day.
    Day,
    /// The view's revision.
    Revision,
    /// A part of the key after which a page begins.
    After(u32),
    /// The id after which a page begins.
    AfterId,
    /// A part of the key before which a page ends.
    Before(u32),
    /// The id before which a page ends.
    BeforeId,
    /// How many rows are read, one more than a page has.
    Limit,
    /// A value of the filter.
    Filter(u32),
    /// The pairs of characters of the words of the filter, as the index of names takes them.
    Grams(u32),
}

/// The `LIMIT` of a page, until its value is bound.
pub(crate) const LIMIT: u64 = u64::MAX - 1;

/// Parameters are built into statements as characters of a private plane, which no value of ours is.
const PLANE: u32 = 0xF_0000;
const SLOTS: u32 = 1_000;

impl Parameter {
    fn code(self) -> u32 {
        let (form, slot) = match self {
            Parameter::Ids => (0, 0),
            Parameter::Day => (1, 0),
            Parameter::Revision => (2, 0),
            Parameter::After(part) => (3, part),
            Parameter::AfterId => (4, 0),
            Parameter::Before(part) => (5, part),
            Parameter::BeforeId => (6, 0),
            Parameter::Limit => (7, 0),
            Parameter::Filter(slot) => (8, slot),
            Parameter::Grams(slot) => (9, slot),
            Parameter::Id => (10, 0),
        };
        PLANE + form * SLOTS + slot
    }

    fn from_code(code: u32) -> Option<Self> {
        let code = code.checked_sub(PLANE)?;
        let slot = code % SLOTS;
        Some(match code / SLOTS {
            0 => Parameter::Ids,
            1 => Parameter::Day,
            2 => Parameter::Revision,
            3 => Parameter::After(slot),
            4 => Parameter::AfterId,
            5 => Parameter::Before(slot),
            6 => Parameter::BeforeId,
            7 => Parameter::Limit,
            8 => Parameter::Filter(slot),
            9 => Parameter::Grams(slot),
            10 => Parameter::Id,
            _ => return None,
        })
    }

    /// The place of the value in an expression.
    pub(crate) fn expr(self) -> Expr {
        Expr::val(char::from_u32(self.code()).expect("a private plane has no gaps"))
    }
}

/// What a placeholder stands for.
#[derive(Debug, Clone, PartialEq)]
enum Slot {
    Parameter(Parameter),
    Value(Value),
}

/// A statement whose text is finished.
#[derive(Debug)]
pub(crate) struct Prepared {
    backend: DbBackend,
    sql: Arc<str>,
    slots: Vec<Slot>,
    /// What the text is made of, until it is kept.
    pieces: Vec<Piece>,
    /// The columns of the noun that it reads, if it reads a noun.
    pub(crate) columns: ColumnSet,
}

/// A part of a statement's text.
#[derive(Debug)]
enum Piece {
    Text(String),
    Placeholder(Slot),
}

/// Takes a statement's text in pieces.
#[derive(Debug, Default)]
struct Pieces(Vec<Piece>);

impl Write for Pieces {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match self.0.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.0.push(Piece::Text(text.to_owned())),
        }
        Ok(())
    }
}

impl fmt::Display for Pieces {
    /// Of no use: the text is made once it is known which placeholders it has.
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl SqlWriter for Pieces {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, _: &T) {
        let slot = match value {
            Value::Char(Some(code)) => match Parameter::from_code(u32::from(code)) {
                Some(parameter) => Slot::Parameter(parameter),
                None => Slot::Value(value),
            },
            Value::BigUnsigned(Some(LIMIT)) => Slot::Parameter(Parameter::Limit),
            // A limit that is always the same, with which a planner can reckon.
            Value::BigUnsigned(Some(limit)) => return write!(self, "{limit}").expect("a text takes what is written"),
            value => Slot::Value(value),
        };
        self.0.push(Piece::Placeholder(slot));
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

/// The values that a request brings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) view: View,
    pub(crate) ids: &'a [i64],
    pub(crate) request: Option<&'a PageRequest>,
    pub(crate) filter: &'a [Value],
}

impl<'a> Values<'a> {
    /// The values of a question about ids.
    pub(crate) fn of_ids(view: View, ids: &'a [i64]) -> Self {
        Values { view, ids, request: None, filter: &[] }
    }
}

impl Prepared {
    /// Finishes a statement.
    pub(crate) fn new(backend: DbBackend, select: &SelectStatement) -> Self {
        let mut pieces = Pieces::default();
        match backend {
            DbBackend::Postgres => select.build_collect_into(PostgresQueryBuilder, &mut pieces),
            _ => select.build_collect_into(SqliteQueryBuilder, &mut pieces),
        }
        Prepared::of_pieces(backend, pieces.0, KnownOfValues::default())
    }

    /// A statement of these pieces. A parameter has one placeholder, wherever it stands, but for the day if it is written out.
    fn of_pieces(backend: DbBackend, pieces: Vec<Piece>, known: KnownOfValues) -> Self {
        let KnownOfValues { written_day, is_about_one } = known;
        let (mut sql, mut slots) = (String::new(), Vec::<Slot>::new());
        let mut place_of = |slot: &Slot| {
            let known = slots.iter().position(|it| it == slot && matches!(slot, Slot::Parameter(_)));
            known.unwrap_or_else(|| {
                slots.push(slot.clone());
                slots.len() - 1
            }) + 1
        };
        for piece in &pieces {
            match piece {
                Piece::Text(text) => sql.push_str(text),
                Piece::Placeholder(slot) => match (slot, written_day) {
                    (Slot::Parameter(Parameter::Day), Some(day)) => sql.push_str(&dialect::text(&day_text(day))),
                    (Slot::Parameter(Parameter::Ids), _) if is_about_one && backend == DbBackend::Postgres => {
                        sql.push_str(&dialect::list_of_one(place_of(&Slot::Parameter(Parameter::Id))));
                    }
                    _ => {
                        let is_limit = *slot == Slot::Parameter(Parameter::Limit);
                        sql.push_str(&dialect::placeholder(backend, place_of(slot), is_limit));
                    }
                },
            }
        }
        Prepared { backend, sql: sql.into(), slots, pieces, columns: ColumnSet::LEAST }
    }

    /// The same, as it is kept: for all who ask with such values.
    fn into_kept(self, known: KnownOfValues) -> Self {
        let Prepared { backend, pieces, columns, .. } = self;
        Prepared { columns, pieces: Vec::new(), ..Prepared::of_pieces(backend, pieces, known) }
    }

    /// Finishes a statement that reads these columns of a noun.
    pub(crate) fn of_columns(backend: DbBackend, select: &SelectStatement, columns: ColumnSet) -> Self {
        Prepared { columns, ..Prepared::new(backend, select) }
    }

    /// The statement with its values.
    pub(crate) fn bind(&self, values: &Values<'_>) -> Bound {
        let bound = self.slots.iter().map(|slot| match slot {
            Slot::Value(value) => value.clone(),
            Slot::Parameter(parameter) => value_of(self.backend, *parameter, values),
        });
        Bound { sql: self.sql.clone(), values: bound.collect() }
    }
}

/// What a placeholder stands for in a request.
fn value_of(backend: DbBackend, parameter: Parameter, values: &Values<'_>) -> Value {
    let after = || values.request.and_then(|request| request.after.as_ref());
    let before = || values.request.and_then(|request| request.before.as_ref());
    match parameter {
        Parameter::Ids => dialect::id_list(backend, values.ids),
        Parameter::Id => values.ids.first().copied().into(),
        Parameter::Day => day_text(values.view.day).into(),
        Parameter::Revision => match values.view.known {
            domain::Known::At(number) => number.into(),
            domain::Known::Latest => Value::BigInt(None),
        },
        Parameter::After(part) => after().map(|position| position.part(part)).into(),
        Parameter::AfterId => after().map(|position| position.id).into(),
        Parameter::Before(part) => before().map(|position| position.part(part)).into(),
        Parameter::BeforeId => before().map(|position| position.id).into(),
        Parameter::Limit => values.request.map(|request| i64::from(request.size) + 1).into(),
        Parameter::Filter(slot) => values.filter[slot as usize].clone(),
        Parameter::Grams(slot) => match &values.filter[slot as usize] {
            Value::String(Some(text)) => dialect::gram_query(backend, text).into(),
            other => other.clone(),
        },
    }
}

/// A statement with its values.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    pub(crate) sql: Arc<str>,
    pub(crate) values: Vec<Value>,
}

impl Bound {
    /// The same, for the library.
    pub(crate) fn to_statement(&self, backend: DbBackend) -> Statement {
        Statement::from_sql_and_values(backend, &*self.sql, self.values.iter().cloned())
    }
}

impl From<Statement> for Bound {
    fn from(statement: Statement) -> Self {
        let values = statement.values.map_or_else(Vec::new, |values| values.0);
        Bound { sql: statement.sql.into(), values }
    }
}

/// What a question is made of, apart from the values it brings: equal ones have the same statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Form {
    pub(crate) question: Question,
    /// Whether the view is of the latest knowledge; else of a revision.
    pub(crate) is_latest: bool,
    pub(crate) filter: FilterForm,
    pub(crate) page: Option<PageForm>,
    /// The columns of the noun that are asked for.
    pub(crate) columns: ColumnSet,
    /// What is told of the values.
    pub(crate) known: KnownOfValues,
}

impl Form {
    /// The same about these ids.
    pub(crate) fn about(mut self, backend: DbBackend, ids: &[i64]) -> Form {
        self.known.is_about_one = backend == DbBackend::Postgres && ids.len() == 1;
        self
    }

    /// The same about these parents: about one of them the statement is another, on either database.
    pub(crate) fn of_parents(mut self, parents: &[i64]) -> Form {
        self.known.is_about_one = parents.len() == 1;
        self
    }
}

/// What is known of the values of a statement: PostgreSQL is told when it plans it, or would plan it anew each time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct KnownOfValues {
    /// The day, if it stands in the text.
    pub(crate) written_day: Option<NaiveDate>,
    /// Whether it is about one id. Of a list that it is not given PostgreSQL reckons with ten; ties that a statement makes are
    /// read by another one of one parent, on SQLite as well.
    pub(crate) is_about_one: bool,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    /// The nouns of a table, by id.
    ByIds(&'static str),
    /// A noun of a table, by id.
    ById(&'static str),
    /// The nouns of a table, by a code of a register.
    ByCode(&'static str),
    /// The nouns of a table, by codes of a register.
    ByCodes(&'static str),
    /// A page of a table.
    Page(&'static str),
    /// How many a table has.
    Count(&'static str),
    /// A page of the nouns that a tie leads to.
    Related(&'static str, End),
    /// How many these are.
    RelatedCount(&'static str, End),
    /// A table, counted by dimensions.
    Breakdown(&'static str, Dimensions),
    /// The nouns that a tie leads to, counted by dimensions.
    RelatedBreakdown(&'static str, End, Dimensions),
    /// A page of the ties that lead to nouns of any kind.
    RelatedOfAnyKind(&'static str),
    /// These ties, counted by dimensions.
    RelatedOfAnyKindBreakdown(&'static str, TieDimensions),
    /// How many findings each rule has.
    FindingCounts,
    /// Places at senior schools, added up by dimensions.
    AdmissionCounts(AdmissionDimensions),
    /// The steps from schools, at a level of ISCED, to the next.
    Steps(u8),
    /// A page of what a search finds.
    Search,
    /// How many nouns of each kind a search finds.
    SearchCounts,
    /// Since when ties of a table are known.
    KnownDays(&'static str),
    /// The parts of owners, by what they are.
    Parts(std::any::TypeId),
}

impl Question {
    /// Whether PostgreSQL is to know the day when it plans the statement.
    ///
    /// Of a page it knows then that nearly all rows hold, and plans once. Of the first ties of each parent it would read whole
    /// tables for each, since it reckons with more of them.
    pub(crate) fn is_planned_with_its_day(self, backend: DbBackend) -> bool {
        backend == DbBackend::Postgres && matches!(self, Question::Page(_))
    }
}

/// The order and the bounds of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PageForm {
    pub(crate) order: Order,
    pub(crate) end: domain::End,
    pub(crate) has_after: bool,
    pub(crate) has_before: bool,
}

impl PageForm {
    pub(crate) fn new(order: Order, request: &PageRequest) -> Self {
        PageForm { order, end: request.end, has_after: request.after.is_some(), has_before: request.before.is_some() }
    }

    /// Whether rows are read from the greatest to the least.
    pub(crate) fn is_descending(&self) -> bool {
        self.order.is_descending() == (self.end == domain::End::First)
    }
}

/// Statements that were built, by their form.
pub(crate) struct Statements(Cache<Form, Arc<Prepared>>);

impl Default for Statements {
    fn default() -> Self {
        Statements(Cache::new(KEPT))
    }
}

impl Statements {
    /// The statement of this form, built if it is not kept.
    pub(crate) fn get(&self, form: &Form, build: impl FnOnce() -> Prepared) -> Arc<Prepared> {
        if let Some(kept) = self.0.get(form) {
            return kept;
        }
        let built = Arc::new(build().into_kept(form.known));
        self.0.insert(form.clone(), built.clone());
        built
    }
}

/// The day that most reads are about, if one is: on a server that is today.
///
/// PostgreSQL does not know how many rows hold on a day that it is not told, reckons with a ninth of them, and so plans pages
/// anew each time they are read, which takes longer than reading them. With the day in its text a statement is planned once.
/// Other days stay parameters, or there would be a text for each day that anybody asks about.
#[derive(Debug, Default)]
pub(crate) struct UsualDay(AtomicU64);

/// How many reads more than all others a day must have had.
const USUAL: u32 = 16;
/// How many reads more are remembered: so many of another day, and that one is usual.
const REMEMBERED: u32 = 256;

impl UsualDay {
    /// Counts a read about a day, and tells whether that is the usual one.
    pub(crate) fn count(&self, day: NaiveDate) -> bool {
        // The candidate of a majority vote, and its lead. A count that is lost between two threads does not matter.
        let voted = self.0.load(Relaxed);
        let (candidate, lead) = ((voted >> 32) as u32, voted as u32);
        let day = day.num_days_from_ce().cast_unsigned();
        let (candidate, lead) = match (candidate == day, lead) {
            (true, lead) => (day, (lead + 1).min(REMEMBERED)),
            (false, 0) => (day, 1),
            (false, lead) => (candidate, lead - 1),
        };
        self.0.store((u64::from(candidate) << 32) | u64::from(lead), Relaxed);
        candidate == day && lead >= USUAL
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Alias, ExprTrait, Query};

    use super::*;

    #[test]
    fn the_usual_day_is_the_one_of_most_reads() {
        let day = |day| NaiveDate::from_ymd_opt(2024, 9, day).expect("a day");
        let usual = UsualDay::default();
        let reads = |day: NaiveDate, times: usize| (0..times).filter(|_| usual.count(day)).count();
        assert_eq!(reads(day(22), 100), 85, "from the sixteenth on");
        assert_eq!(reads(day(23), 50), 0);
        assert_eq!(reads(day(22), 1), 1, "still");
        for other in 1..=30 {
            reads(day(other), 1);
        }
        assert_eq!(reads(day(24), 400), 400 - 23 - 15, "after as many as the lead that the other had");
    }

    #[test]
    fn a_parameter_has_one_placeholder_and_a_day_may_be_written_out() {
        let of = |name: &'static str| Expr::col(Alias::new(name));
        let mut select = Query::select();
        select.expr(of("a")).and_where(of("b").lte(Parameter::Day.expr())).and_where(of("c").gt(Parameter::Day.expr()));
        select.and_where(of("d").eq(Parameter::Id.expr())).and_where(of("e").eq("it's")).limit(LIMIT);
        select.offset(7);
        let sqlite = Prepared::new(DbBackend::Sqlite, &select);
        let sql = r#"SELECT "a" WHERE "b" <= ?1 AND "c" > ?1 AND "d" = ?2 AND "e" = ?3 LIMIT ?4 + 0 OFFSET 7"#;
        assert_eq!((&*sqlite.sql, sqlite.slots.len()), (sql, 4));
        let written_day = NaiveDate::from_ymd_opt(2024, 9, 22);
        let known = KnownOfValues { written_day, is_about_one: false };
        let kept = Prepared::new(DbBackend::Postgres, &select).into_kept(known);
        let sql = r#"SELECT "a" WHERE "b" <= '2024-09-22' AND "c" > '2024-09-22' AND "d" = $1 AND "e" = $2 LIMIT $3 OFFSET 7"#;
        assert_eq!((&*kept.sql, kept.slots.len()), (sql, 3));
    }

    #[test]
    fn a_list_of_one_is_told_from_others() {
        let mut select = Query::select();
        let is_asked = dialect::is_one_of_ids(DbBackend::Postgres, Expr::col(Alias::new("a")));
        select.expr(Expr::col(Alias::new("a"))).and_where(is_asked);
        let view = View::new(NaiveDate::MIN, domain::Known::Latest);
        for (ids, sql) in [
            (&[7][..], r#"SELECT "a" WHERE "a" = ANY(ARRAY[$1::bigint])"#),
            (&[7, 8], r#"SELECT "a" WHERE "a" = ANY($1)"#),
        ] {
            let known = KnownOfValues { written_day: None, is_about_one: ids.len() == 1 };
            let bound = Prepared::new(DbBackend::Postgres, &select).into_kept(known).bind(&Values::of_ids(view, ids));
            assert_eq!(&*bound.sql, sql);
            let value = if ids.len() == 1 { Value::from(7_i64) } else { dialect::id_list(DbBackend::Postgres, ids) };
            assert_eq!(bound.values, [value]);
        }
    }

    #[test]
    fn a_parameter_is_told_by_its_code() {
        for parameter in [
            Parameter::Ids,
            Parameter::Id,
            Parameter::Day,
            Parameter::Revision,
            Parameter::After(2),
            Parameter::AfterId,
            Parameter::Before(1),
            Parameter::BeforeId,
            Parameter::Limit,
            Parameter::Filter(99),
            Parameter::Grams(7),
        ] {
            assert_eq!(Parameter::from_code(parameter.code()), Some(parameter));
        }
        assert_eq!(Parameter::from_code(u32::from('é')), None);
    }
}
