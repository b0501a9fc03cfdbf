//! What SQLite and PostgreSQL say differently: the only module, beside the migrations, with text of SQL.

use std::time::Duration;

use domain::folding::query_grams;
use sea_orm::{
    DbBackend, Statement, Value,
    sea_query::{
        Alias, ArrayType, BinOper, CaseStatement, Expr, ExprTrait, Func, Keyword, Query, SelectStatement,
        extension::postgres::PgFunc,
    },
};

use crate::{
    bulk::{ColumnValues, NO_NUMBER},
    entity::{self, search_names},
    statement::Parameter,
    view::col,
};

/// Many ids as one value: an array of PostgreSQL, a list in JSON for SQLite.
pub(crate) fn id_list(backend: DbBackend, ids: &[i64]) -> Value {
    if backend == DbBackend::Postgres {
        let ids = ids.iter().map(|id| Value::from(*id)).collect();
        return Value::Array(ArrayType::BigInt, Some(Box::new(ids)));
    }
    let mut list = String::with_capacity(2 + ids.len() * 20);
    list.push('[');
    for (at, id) in ids.iter().enumerate() {
        if at > 0 {
            list.push(',');
        }
        list.push_str(&id.to_string());
    }
    list.push(']');
    list.into()
}

/// That a value is one of the ids asked about.
pub(crate) fn is_one_of_ids(backend: DbBackend, id: Expr) -> Expr {
    is_one_of_list(backend, id, Parameter::Ids.expr())
}

/// That a value is one of these ids, in a statement that is run once.
pub(crate) fn is_one_of_these(backend: DbBackend, id: Expr, ids: &[i64]) -> Expr {
    is_one_of_list(backend, id, Expr::val(id_list(backend, ids)))
}

/// Many texts as one value: an array of PostgreSQL, a list in JSON for SQLite.
pub(crate) fn text_list(backend: DbBackend, texts: &[String]) -> Value {
    match backend {
        DbBackend::Postgres => {
            let texts = texts.iter().map(|text| Value::from(text.as_str())).collect();
            Value::Array(ArrayType::String, Some(Box::new(texts)))
        }
        _ => serde_json::Value::from(texts).to_string().into(),
    }
}

/// That a value is one of those in a list that [`id_list`] or [`text_list`] made.
pub(crate) fn is_one_of_list(backend: DbBackend, id: Expr, list: Expr) -> Expr {
    if backend == DbBackend::Postgres {
        return id.eq(PgFunc::any(list));
    }
    let ids = Query::select()
        .column(Alias::new("value"))
        .from_function(Func::cust(Alias::new("json_each")).arg(list), Alias::new("ids"))
        .take();
    id.in_subquery(ids)
}

/// A read of the ids that are asked about, one a row; and the id.
pub(crate) fn select_asked_ids(backend: DbBackend) -> (SelectStatement, Expr) {
    let (function, column) = match backend {
        DbBackend::Postgres => ("UNNEST", "asked"),
        _ => ("json_each", "value"),
    };
    let ids = Func::cust(Alias::new(function)).arg(Parameter::Ids.expr());
    (Query::select().from_function(ids, Alias::new("asked")).take(), col("asked", column))
}

/// The placeholder of a value, from 1.
///
/// SQLite's planner looks at the value of a bare parameter as a limit, and prepares the statement anew each time one is bound,
/// which costs more than many a statement: there it is an expression. (Readers of a file have that turned off; the connection
/// of a database in memory and those of scenarios cannot.)
pub(crate) fn placeholder(backend: DbBackend, number: usize, is_limit: bool) -> String {
    match backend {
        DbBackend::Postgres => format!("${number}"),
        _ if is_limit => format!("?{number} + 0"),
        _ => format!("?{number}"),
    }
}

/// PostgreSQL's list of the one id that has this placeholder, from 1.
pub(crate) fn list_of_one(number: usize) -> String {
    format!("ARRAY[${number}::bigint]")
}

/// A text as it is written in a statement.
pub(crate) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A number of 64 bits.
pub(crate) fn as_bigint(number: Expr) -> Expr {
    Func::cast_as(number, Alias::new("bigint")).into()
}

/// A value as text.
pub(crate) fn as_text(value: Expr) -> Expr {
    Func::cast_as(value, Alias::new("text")).into()
}

/// The first day that a date can mean; null where its year is not known.
pub(crate) fn first_day(date: Expr) -> Expr {
    day_of(date, "-01", "-01-01")
}

/// The last day that a date can mean, as texts compare; null where its year is not known.
pub(crate) fn last_day(date: Expr) -> Expr {
    day_of(date, "-31", "-12-31")
}

/// The day of a date as it is written, which may lack the day or the month and may have a remark after it.
fn day_of(date: Expr, day: &'static str, month_and_day: &'static str) -> Expr {
    let head = |length: i32| Func::cust(Alias::new("substr")).args([date.clone(), 1.into(), length.into()]);
    let with = |length, rest: &'static str| {
        Expr::expr(head(length)).binary(BinOper::Custom("||"), Expr::Constant(rest.into()))
    };
    let is_like = |pattern: &'static str| date.clone().binary(BinOper::Like, Expr::Constant(pattern.into()));
    CaseStatement::new()
        .case(is_like("____-__-__%"), head(10))
        .case(is_like("____-__%"), with(7, day))
        .case(is_like("__-__%"), Expr::Keyword(Keyword::Null))
        .finally(with(4, month_and_day))
        .into()
}

/// That a text contains another.
pub(crate) fn contains(backend: DbBackend, text: Expr, part: Expr) -> Expr {
    position(backend, text, part).gt(Expr::Constant(0.into()))
}

/// That a text begins with another.
pub(crate) fn starts_with(backend: DbBackend, text: Expr, part: Expr) -> Expr {
    position(backend, text, part).eq(Expr::Constant(1.into()))
}

/// That a text contains another, and does not begin with it.
pub(crate) fn contains_within(backend: DbBackend, text: Expr, part: Expr) -> Expr {
    position(backend, text, part).gt(Expr::Constant(1.into()))
}

/// At which character a text contains another, counted from 1; 0 if it does not.
fn position(backend: DbBackend, text: Expr, part: Expr) -> Expr {
    let position = match backend {
        DbBackend::Postgres => "strpos",
        _ => "instr",
    };
    Func::cust(Alias::new(position)).args([text, part]).into()
}

/// Texts one after the other.
pub(crate) fn joined(texts: impl IntoIterator<Item = Expr>) -> Expr {
    let join = |left: Expr, right: Expr| left.binary(BinOper::Custom("||"), right);
    texts.into_iter().reduce(join).unwrap_or_else(|| Expr::Constant("".into()))
}

/// An identity for two facts together: halves of theirs add up without overflow.
pub(crate) fn identity_of_both(one: Expr, other: Expr) -> Expr {
    let half = |fact: Expr| fact.div(Expr::Constant(2.into()));
    half(one).add(half(other))
}

/// 1 where a condition is true, 0 where it is not.
pub(crate) fn one_if(condition: Expr) -> Expr {
    CaseStatement::new().case(condition, Expr::Constant(1.into())).finally(Expr::Constant(0.into())).into()
}

/// The sum of a column, 0 where there is nothing to add; PostgreSQL adds numbers of 64 bits up to decimals.
pub(crate) fn sum_or_zero(value: Expr) -> Expr {
    as_bigint(Func::coalesce([Func::sum(value).into(), Expr::Constant(0.into())]).into())
}

/// That a text of items with `;` between them has this item.
pub(crate) fn has_item(backend: DbBackend, text: Expr, item: &str) -> Expr {
    let separator = || Expr::Constant(";".into());
    let closed = joined([separator(), text, separator()]);
    contains(backend, closed, Expr::Constant(format!(";{item};").into()))
}

/// What a name must have to contain all of these words, as [`has_grams`] takes it.
pub(crate) fn gram_query(backend: DbBackend, words: &str) -> String {
    // Each once: SQLite looks up every one that is asked for, and most names with numbers have some twice.
    let mut grams: Vec<String> = words.split(' ').flat_map(query_grams).collect();
    grams.sort_unstable();
    grams.dedup();
    if backend == DbBackend::Sqlite {
        grams.iter_mut().for_each(|gram| *gram = format!("\"{gram}\""));
    }
    grams.join(" ")
}

/// That a row of the table of names has these pairs of characters and single ones, through the index of them.
pub(crate) fn has_grams(backend: DbBackend, names: &'static str, grams: Expr) -> Expr {
    if backend == DbBackend::Postgres {
        let array = col(names, Alias::new("grams"));
        return Expr::cust_with_exprs("$1 @> string_to_array($2, ' ')", [array, grams]);
    }
    // FTS5 keeps no places of the pairs, which would double the index: the comparison of texts sees to their order.
    col(names, search_names::Column::N).in_subquery(select_from_grams(grams, "n"))
}

/// The numbers of the names that have these pairs of characters, known or not, by SQLite's index of them alone.
pub(crate) fn select_from_grams(grams: Expr, number: &'static str) -> SelectStatement {
    let has = Expr::cust_with_exprs("search_grams MATCH ?", [grams]);
    let mut select = Query::select();
    select.expr_as(Expr::cust("rowid"), number).from(Alias::new("search_grams")).and_where(has).take()
}

/// A read of words that are the same for all requests, one a row, on PostgreSQL; and the word.
pub(crate) fn select_words(words: &[&'static str], table: &'static str) -> (SelectStatement, Expr) {
    let list = |text: String| Expr::Constant(text.into());
    let words = Func::cust(Alias::new("string_to_array")).args([list(words.join(" ")), list(" ".to_owned())]);
    let each = Func::cust(Alias::new("UNNEST")).arg(words);
    (Query::select().from_function(each, Alias::new(table)).take(), col(table, Alias::new(table)))
}

/// The number of a row among those of its partition.
pub(crate) fn row_number() -> Expr {
    Func::cust(Alias::new("ROW_NUMBER")).into()
}

/// The character between the parts of a key, which no name and no slug has.
pub(crate) fn key_separator(backend: DbBackend) -> Expr {
    character(backend, 1)
}

/// The character that sorts after all others.
pub(crate) fn last_character(backend: DbBackend) -> Expr {
    character(backend, i32::try_from(u32::from(char::MAX)).unwrap_or(i32::MAX))
}

/// The character of a number.
fn character(backend: DbBackend, number: i32) -> Expr {
    let character = match backend {
        DbBackend::Postgres => "chr",
        _ => "char",
    };
    Func::cust(Alias::new(character)).arg(Expr::Constant(number.into())).into()
}

/// The statement that tells how a read would be run, and the column in which it does.
pub(crate) fn explain(backend: DbBackend, sql: &str) -> (String, usize) {
    let (explain, column) = match backend {
        DbBackend::Postgres => ("EXPLAIN", 0),
        _ => ("EXPLAIN QUERY PLAN", 3),
    };
    (format!("{explain} {sql}"), column)
}

/// Takes the lock that servers take turns by to migrate; it belongs to the transaction.
pub(crate) const LOCK_MIGRATIONS: &str = "SELECT pg_advisory_xact_lock(74110001)";
/// Takes the lock that writers take turns by; it belongs to the transaction.
pub(crate) const LOCK_WRITERS: &str = "SELECT pg_advisory_xact_lock(74110002)";
/// Asks whether nobody writes, and takes their lock if so.
pub(crate) fn try_to_lock_writers() -> Statement {
    Statement::from_string(DbBackend::Postgres, "SELECT pg_try_advisory_xact_lock(74110002)")
}
/// How long each further statement of a transaction of PostgreSQL may take.
pub(crate) fn limit_statements(limit: Duration) -> String {
    format!("SET LOCAL statement_timeout = {}", limit.as_millis())
}
/// Copies a database of SQLite into a file that is not there yet. The copy of one in memory is in memory, too, unless the
/// address says otherwise.
pub(crate) fn copy_into(file: &str) -> String {
    let path = file.replace('%', "%25").replace('?', "%3f").replace('#', "%23").replace('\'', "''");
    format!("VACUUM INTO 'file:{path}?mode=rwc&cache=private'")
}
/// Asks for nothing.
pub(crate) const NOTHING: &str = "SELECT 1";
/// Has SQLite make the table that its planner reads.
pub(crate) const ANALYZE: &str = "ANALYZE";
/// Drops the prepared statements of a connection of PostgreSQL.
pub(crate) const DEALLOCATE: &str = "DEALLOCATE ALL";
/// Tells which process of PostgreSQL serves a connection.
pub(crate) const SERVER_PROCESS: &str = "SELECT pg_backend_pid()";
/// Begins to write to a file of SQLite, and leaves it as it was.
pub(crate) const TRY_TO_WRITE: &str = "PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK";
/// Moves what SQLite's write-ahead log has into the file.
pub(crate) const CHECKPOINT: &str = "PRAGMA wal_checkpoint(PASSIVE)";
/// Moves it, and empties the log; waits for readers.
pub(crate) const EMPTY_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// How long SQLite waits for another connection.
pub(crate) fn set_busy_timeout(milliseconds: u128) -> String {
    format!("PRAGMA busy_timeout = {milliseconds}")
}

/// What SQLite may keep of the file in memory.
pub(crate) fn set_cache_size(size: &str) -> String {
    format!("PRAGMA cache_size = {size}")
}

/// Whether SQLite looks up foreign keys.
pub(crate) fn set_foreign_keys(is_on: bool) -> &'static str {
    if is_on { "PRAGMA foreign_keys = ON" } else { "PRAGMA foreign_keys = OFF" }
}

/// Asks whether SQLite looks up foreign keys: 1 or 0.
pub(crate) fn foreign_keys() -> Statement {
    Statement::from_string(DbBackend::Sqlite, "PRAGMA foreign_keys")
}

/// Begins a transaction of PostgreSQL that reads, and ends a statement that takes longer.
pub(crate) fn begin_reading(time: Option<Duration>) -> String {
    let timeout = time.map(|time| format!("; SET LOCAL statement_timeout = {}", time.as_millis()));
    format!("BEGIN READ ONLY{}", timeout.unwrap_or_default())
}

/// Asks whether PostgreSQL takes no revisions: it is a replica, was told so, or gives the role no right to write the tables
/// or, as long as they are not there, to make them.
pub(crate) fn is_read_only() -> Statement {
    let is_read_only = format!(
        "SELECT current_setting('transaction_read_only') = 'on' OR NOT COALESCE(\
         (SELECT bool_and(has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') \
         AND has_table_privilege(c.oid, 'UPDATE')) FROM {}), \
         has_schema_privilege(current_schema(), 'CREATE'), FALSE)",
        own_tables()
    );
    Statement::from_string(DbBackend::Postgres, is_read_only)
}

/// Lists the tables that PostgreSQL may be told to look at: of ours those of the role's, or all of them if it owns the
/// database.
pub(crate) fn tables_to_analyze() -> Statement {
    let tables = format!(
        "SELECT c.relname::text FROM {} WHERE pg_has_role(c.relowner, 'USAGE') OR \
         (SELECT pg_has_role(d.datdba, 'USAGE') FROM pg_database d WHERE d.datname = current_database()) ORDER BY 1",
        own_tables()
    );
    Statement::from_string(DbBackend::Postgres, tables)
}

/// Has PostgreSQL look at what tables hold.
pub(crate) fn analyze(tables: &[String]) -> String {
    format!("ANALYZE {}", tables.join(", "))
}

/// Asks whether the role owns all tables, and so may drop and make their indexes.
pub(crate) fn is_owner() -> Statement {
    let is_owner = format!("SELECT COALESCE(bool_and(pg_has_role(c.relowner, 'USAGE')), FALSE) FROM {}", own_tables());
    Statement::from_string(DbBackend::Postgres, is_owner)
}

/// PostgreSQL's tables of facts and revisions, as `c`.
fn own_tables() -> String {
    let names = entity::fact_tables().map(|table| format!("'{table}'")).collect::<Vec<_>>().join(", ");
    format!(
        "(SELECT * FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relname IN ({names})) c"
    )
}

/// Gives the making of indexes room: PostgreSQL sorts better with more memory. SQLite sorts on a second thread, but only
/// what outgrows its cache (measured on a nation: 22 s with half a gibibyte, 15 s with this).
pub(crate) fn prepare_sorting(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "SET LOCAL maintenance_work_mem = '256MB'",
        _ => "PRAGMA threads = 2; PRAGMA cache_size = -32768",
    }
}

/// Lists the tables, but for those of the database itself and of its extensions.
pub(crate) fn tables(backend: DbBackend) -> Statement {
    let tables = match backend {
        DbBackend::Postgres => {
            "SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') \
             AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1"
        }
        _ => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY 1",
    };
    Statement::from_string(backend, tables)
}

/// Lists the constraints of a type on PostgreSQL's tables of facts and revisions: what drops each, what makes it again.
pub(crate) fn constraints(of_type: char) -> Statement {
    let constraints = format!(
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.oid::regclass, k.conname), \
         format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.oid::regclass, k.conname, pg_get_constraintdef(k.oid)) \
         FROM pg_constraint k JOIN {} ON c.oid = k.conrelid WHERE k.contype = '{of_type}' ORDER BY 1",
        own_tables()
    );
    Statement::from_string(DbBackend::Postgres, constraints)
}

/// Lists every index of ours that no constraint stands on: what drops each, what makes it again.
pub(crate) fn indexes(backend: DbBackend) -> Statement {
    let indexes = match backend {
        DbBackend::Postgres => format!(
            "SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) FROM pg_index i \
             JOIN {} ON c.oid = i.indrelid \
             WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY 1",
            own_tables()
        ),
        _ => "SELECT format('DROP INDEX \"%w\"', name), sql FROM sqlite_master \
             WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1"
            .to_owned(),
    };
    Statement::from_string(backend, indexes)
}

/// Lists SQLite's indexes: the table, the index, whether it is unique, its columns with spaces between them.
pub(crate) fn sqlite_indexes() -> Statement {
    let indexes = "SELECT m.tbl_name, m.name, i.\"unique\", \
         (SELECT group_concat(COALESCE(c.name, ''), ' ' ORDER BY c.seqno) FROM pragma_index_info(m.name) c) \
         FROM sqlite_master m JOIN pragma_index_list(m.tbl_name) i ON i.name = m.name \
         WHERE m.type = 'index' AND m.tbl_name NOT LIKE 'search_grams%' AND m.tbl_name NOT LIKE 'seaql%' ORDER BY 1, 2";
    Statement::from_string(DbBackend::Sqlite, indexes)
}

/// Tells SQLite's planner figures: a table, an index, and the figures of each.
pub(crate) fn tell_sqlite_statistics(figures: &[(String, String, String)]) -> String {
    let rows = figures.iter().map(|(table, index, figures)| format!("('{table}', '{index}', '{figures}')"));
    let rows = rows.collect::<Vec<_>>().join(", ");
    // The last has the figures read; it looks at no table of ours.
    format!("DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES {rows}; ANALYZE sqlite_schema")
}

/// Inserts rows: of parameters into SQLite, of one array a column into PostgreSQL (measured: a seventh of the time of rows
/// of parameters). A row that is there already has these columns changed.
pub(crate) fn insert(
    backend: DbBackend,
    table: &str,
    columns: &[(&str, ColumnValues)],
    known_from: Option<i64>,
    changes: &[&str],
    rows: usize,
) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    let known_from = known_from.map(|number| format!(", {number}")).unwrap_or_default();
    let mut sql = format!("INSERT INTO {table} ({names}{})", if known_from.is_empty() { "" } else { ", known_from" });
    if backend == DbBackend::Postgres {
        let value = |(name, of): &(&str, ColumnValues)| match of {
            ColumnValues::Number => format!("NULLIF(u.{name}, {NO_NUMBER})"),
            ColumnValues::Text => format!("NULLIF(u.{name}, '')"),
            ColumnValues::MaybeEmpty => format!("u.{name}"),
            ColumnValues::Grams => format!("string_to_array(u.{name}, ' ')"),
        };
        let array = |(at, (_, of)): (usize, &(&str, ColumnValues))| match of {
            ColumnValues::Number => format!("${}::bigint[]", at + 1),
            _ => format!("${}::text[]", at + 1),
        };
        let values = columns.iter().map(value).collect::<Vec<_>>().join(", ");
        let arrays = columns.iter().enumerate().map(array).collect::<Vec<_>>().join(", ");
        sql.push_str(&format!(" SELECT {values}{known_from} FROM UNNEST({arrays}) AS u({names})"));
    } else {
        let row = format!("({}{known_from})", vec!["?"; columns.len()].join(", "));
        sql.push_str(&format!(" VALUES {}", vec![row.as_str(); rows].join(", ")));
    }
    for (at, column) in changes.iter().enumerate() {
        sql.push_str(if at == 0 { " ON CONFLICT (id) DO UPDATE SET " } else { ", " });
        sql.push_str(&format!("{column} = excluded.{column}"));
    }
    sql
}
