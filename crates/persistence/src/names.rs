//! Names for searches: what a fact is called, folded, a row each in `search_names`, with an index of pairs of characters.

use domain::{
    Cell, ColumnType, FoundNameKind, Kind, SHAPES, Shape,
    column::Column,
    fact::day_text,
    folding::{fold_strictly, loosen, name_grams},
    values,
};
use sea_orm::{
    ConnectionTrait, DbBackend, Value,
    sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement},
};

use crate::{
    StoreError,
    bulk::{Bulk, ColumnValues},
    row::Row,
    statistics,
    view::{col, literal},
    writer::WriteTransaction,
};

/// The columns of a row, in the order in which it is written.
const COLUMNS: &[&str] = &[
    "n",
    "fact_id",
    "subject_id",
    "kind",
    "name",
    "language",
    "name_kind",
    "strict",
    "folded",
    "valid_from",
    "valid_to",
    "ends",
];

/// How many versions of facts are read at a time to be named anew.
const READ_AT_ONCE: u64 = 5_000;

/// A fact that may name a noun.
pub(crate) struct NamedFact<'a, T> {
    /// Its identity.
    pub(crate) fact: i64,
    /// The noun that the record is of.
    pub(crate) noun: i64,
    /// Its slug.
    pub(crate) slug: &'a str,
    /// What it says, in the order of the shape's columns; what is no name, no code and nothing about one may be blank.
    pub(crate) cells: &'a [Cell],
    /// The identity that the value of a column refers to, by its place.
    pub(crate) tied: T,
    /// Since when and until when the names are used, and when what is so called ends.
    pub(crate) days: [String; 3],
    /// The revisions that know it, unless all rows are of one.
    pub(crate) known: Option<[Option<i64>; 2]>,
}

/// A name, its language and its kind.
struct Name<'a> {
    text: &'a str,
    language: Option<&'a str>,
    kind: &'a str,
}

/// Rows of names held back until there are enough for a statement.
pub(crate) struct NameRows {
    backend: DbBackend,
    names: Bulk,
    grams: Bulk,
    next: i64,
}

impl NameRows {
    /// Names that a revision adds.
    pub(crate) fn of_revision(backend: DbBackend, number: i64) -> Self {
        let rows = NameRows::new(backend, &[], number << 32);
        NameRows { names: rows.names.known_from(number), ..rows }
    }

    /// Names that are written anew, before those of all revisions to come.
    fn of_all(backend: DbBackend) -> Self {
        NameRows::new(backend, &["known_from", "known_to"], 0)
    }

    fn new(backend: DbBackend, more: &[&'static str], next: i64) -> Self {
        let named = COLUMNS.iter().map(|name| (*name, ColumnValues::named(name)));
        let mut columns: Vec<_> = named.chain(more.iter().map(|name| (*name, ColumnValues::Number))).collect();
        if backend == DbBackend::Postgres {
            columns.push(("grams", ColumnValues::Grams));
        }
        NameRows {
            backend,
            names: Bulk::new(backend, "search_names", &columns),
            grams: Bulk::new(
                backend,
                "search_grams",
                &[("rowid", ColumnValues::Number), ("grams", ColumnValues::Text)],
            ),
            next,
        }
    }

    /// Adds the names that a fact gives.
    pub(crate) fn push<T: Fn(usize) -> Option<i64>>(&mut self, shape: &'static Shape, fact: &NamedFact<'_, T>) {
        let Some((subject, kind)) = subject(shape, fact) else { return };
        for Name { text, language, kind: name_kind } in names(shape, fact.cells, fact.slug) {
            let strict = fold_strictly(text);
            let folded = loosen(&strict);
            if folded.is_empty() {
                continue;
            }
            let grams = name_grams(&folded).collect::<Vec<_>>().join(" ");
            let n = self.next;
            self.next += 1;
            let strict = (strict != folded).then_some(strict);
            self.names.push([
                n.into(),
                fact.fact.into(),
                subject.into(),
                kind.name().into(),
                text.into(),
                language.map(str::to_owned).into(),
                name_kind.into(),
                strict.into(),
                folded.into(),
            ]);
            self.names.push(fact.days.iter().map(|day| day.as_str().into()));
            self.names.push(fact.known.into_iter().flatten().map(Value::from));
            match self.backend {
                DbBackend::Postgres => self.names.push([grams.into()]),
                _ => self.grams.push([n.into(), grams.into()]),
            }
        }
    }

    /// The rows of both tables.
    pub(crate) fn bulks(&mut self) -> [&mut Bulk; 2] {
        [&mut self.names, &mut self.grams]
    }
}

/// The noun that a fact names: of a tie or part it is the one that it is of; a noun names itself, whatever it refers to.
fn subject<T: Fn(usize) -> Option<i64>>(shape: &'static Shape, fact: &NamedFact<'_, T>) -> Option<(i64, Kind)> {
    if shape.is_noun() {
        return Some((fact.noun, shape.kind));
    }
    shape.columns.iter().enumerate().find_map(|(at, column)| {
        let ColumnType::RefOf { column: of, .. } = column.column_type else { return None };
        let kind = word(shape, fact.cells, of).and_then(Kind::named)?;
        Some(((fact.tied)(at)?, kind))
    })
}

/// The names that a fact gives: of a noun also the slug.
fn names<'a>(shape: &'static Shape, cells: &'a [Cell], slug: &'a str) -> Vec<Name<'a>> {
    let official = FoundNameKind::Official.word();
    let slug = Name { text: slug, language: None, kind: FoundNameKind::Slug.word() };
    let mut names: Vec<Name<'a>> = shape.is_noun().then_some(slug).into_iter().collect();
    for (column, cell) in shape.columns.iter().zip(cells) {
        match (column.column_type, cell) {
            (ColumnType::Name, Cell::Text(text)) => {
                let language = shape.columns.iter().position(is_language).and_then(|at| text_of(&cells[at]));
                let kind = if shape.is_noun() { None } else { word(shape, cells, "kind") };
                names.push(Name { text, language, kind: kind.unwrap_or(official) });
            }
            (ColumnType::Names, Cell::Texts(texts)) => {
                names.extend(texts.iter().map(|name| Name {
                    text: &name.text,
                    language: Some(&name.language),
                    kind: official,
                }));
            }
            (_, Cell::Text(code)) if is_code(column) => {
                names.push(Name { text: code, language: None, kind: FoundNameKind::Code.word() });
            }
            _ => {}
        }
    }
    names
}

fn text_of(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Text(text) => Some(text),
        _ => None,
    }
}

fn word<'a>(shape: &'static Shape, cells: &'a [Cell], column: &str) -> Option<&'a str> {
    shape.index(column).and_then(|at| text_of(&cells[at]))
}

fn is_language(column: &Column) -> bool {
    column.column_type.is_value(&values::language::KIND)
}

/// Whether a column holds a code of its own; that of a register is none.
fn is_code(column: &Column) -> bool {
    column.column_type.is_value(&values::code::KIND) && column.name != "scheme"
}

/// Whether names follow from what a column says.
fn is_read(shape: &'static Shape, column: &Column) -> bool {
    let is_kind =
        |of: &&Column| matches!(of.column_type, ColumnType::RefOf { column: kind, .. } if kind == column.name);
    match column.column_type {
        ColumnType::Name | ColumnType::Names => true,
        ColumnType::RefOf { .. } => !shape.is_noun(),
        ColumnType::Word(_) => {
            !shape.is_noun() && (column.name == "kind" || shape.columns.iter().any(|of| is_kind(&of)))
        }
        _ => is_language(column) || is_code(column),
    }
}

/// Whether facts of a shape give names.
fn gives_names(shape: &'static Shape) -> bool {
    let is_of_noun = |column: &Column| matches!(column.column_type, ColumnType::RefOf { .. });
    let is_name = |column: &Column| matches!(column.column_type, ColumnType::Name) || is_code(column);
    shape.is_noun() || (shape.columns.iter().any(is_of_noun) && shape.columns.iter().any(is_name))
}

/// Fills the table of names from all versions of all facts.
pub(crate) async fn refill_names(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    let mut rows = NameRows::of_all(backend);
    for shape in SHAPES.iter().filter(|shape| gives_names(shape)) {
        let mut after = [i64::MIN; 2];
        loop {
            let versions = transaction.query_all_raw(backend.build(&select_versions(shape, after))).await?;
            for version in &versions {
                after = push_version(&mut rows, shape, &mut Row::new(version))?;
            }
            for statement in rows.bulks().into_iter().flat_map(Bulk::full) {
                transaction.execute_raw(statement).await?;
            }
            if versions.is_empty() {
                break;
            }
        }
    }
    for statement in rows.bulks().into_iter().flat_map(Bulk::all) {
        transaction.execute_raw(statement).await?;
    }
    match backend {
        DbBackend::Postgres => statistics::analyze(&**transaction).await,
        _ => Ok(()),
    }
}

/// Versions of the facts of a shape, as far as names follow from them, after this fact and revision.
fn select_versions(shape: &'static Shape, after: [i64; 2]) -> SelectStatement {
    let of = |name: &'static str| col("v", Alias::new(name));
    let place = || [of(shape.fact_column()), of("known_from")];
    let mut select = Query::select();
    select.from_as(Alias::new(shape.table), Alias::new("v")).exprs(place()).expr(of("known_to"));
    select.exprs(if shape.is_noun() {
        [of("id"), of("slug"), of("shown_from"), of("shown_to"), of("valid_to")]
    } else {
        [of("id"), literal(""), of("valid_from"), of("valid_to"), of("valid_to")]
    });
    select.exprs(shape.columns.iter().filter(|column| is_read(shape, column)).map(|column| of(column.name)));
    select.and_where(Expr::tuple(place()).gt(Expr::tuple(after.map(Expr::val))));
    for column in place() {
        select.order_by_expr(column, Order::Asc);
    }
    select.limit(READ_AT_ONCE);
    select
}

/// Adds the names of a version; tells its fact and the revision that recorded it.
fn push_version(rows: &mut NameRows, shape: &'static Shape, row: &mut Row<'_>) -> Result<[i64; 2], StoreError> {
    let [fact, known_from, known_to, noun, slug, from, to, ends] = row.cells();
    let (fact, known_from) = (fact.number()?, known_from.number()?);
    let mut tied = vec![None; shape.columns.len()];
    let mut cells = vec![Cell::Blank; shape.columns.len()];
    for (at, column) in shape.columns.iter().enumerate().filter(|(_, column)| is_read(shape, column)) {
        match column.column_type {
            ColumnType::RefOf { .. } => tied[at] = row.next().maybe_number()?,
            ColumnType::Names => cells[at] = Cell::Texts(row.next().texts()?),
            _ => cells[at] = row.next().maybe_text()?.map_or(Cell::Blank, Cell::Text),
        }
    }
    let open = |day: Option<&str>, open| day.map_or_else(|| day_text(open), str::to_owned);
    let days = [
        open(from.maybe_str()?, domain::Validity::OPEN_START),
        open(to.maybe_str()?, domain::Validity::OPEN_END),
        ends.text()?,
    ];
    let known = Some([Some(known_from), known_to.maybe_number()?]);
    let slug = slug.str()?;
    rows.push(shape, &NamedFact { fact, noun: noun.number()?, slug, cells: &cells, tied: |at| tied[at], days, known });
    Ok([fact, known_from])
}
