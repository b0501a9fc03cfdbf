//! The floor that benchmarks measure against: some questions answered by hand, on the bare driver.
//!
//! Statements are prepared once a connection, set-wise, one a level; rows are read by position, and JSON is written as
//! bytes. It reads our tables under the default view, with the pools and settings of the store, and does nothing that the
//! answer does not need.

use std::{collections::HashMap, num::NonZero, thread::available_parallelism};

use domain::{Alliance, Group, Id, Identified, Kind, Partner, School, Township, id::identity};
use sqlx::{
    AssertSqlSafe, ColumnIndex, Database, Decode, PgPool, Row, SqlitePool, Type,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

/// A database, and the day of the view.
pub struct Floor {
    pool: Pool,
    day: String,
}

enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

/// What a row says: whose child it is, its id, its name, and up to five more texts.
pub struct Item {
    parent: i64,
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    texts: [Option<String>; 5],
}

/// The items of a level by their parent.
pub type Level = HashMap<i64, Vec<Item>>;

/// The rows of the headline query.
pub struct Headline {
    /// The first 20 schools that are in a group.
    pub schools: Vec<Item>,
    /// The groups of each school; the first is the one that is shown.
    pub groups: Level,
    /// The alliances of each group.
    pub alliances: Level,
    /// The first six partners of each alliance.
    pub partners: Level,
}

/// A statement: only a list of ids is written differently on the two databases.
struct Statement {
    postgres: &'static str,
    sqlite: &'static str,
}

/// Where `ids` stands, the column before it is one of the list that the first parameter is.
macro_rules! statement {
    ($first:literal $(, ids, $rest:literal)*) => {
        &Statement {
            postgres: concat!($first $(, " = ANY($1)", $rest)*),
            sqlite: concat!($first $(, " IN (SELECT value FROM json_each($1))", $rest)*),
        }
    };
}

/// The first ties of each parent, in the form that the database runs fastest: a lateral subquery, or one that finds them.
macro_rules! first_of_each {
    ($ties:literal, $parent:literal, $child:literal, $nouns:literal, $more:literal, $and:literal, $order:literal, $limit:literal) => {
        &Statement {
            postgres: concat!(
                "SELECT asked.id, first.* FROM UNNEST($1) AS asked(id) CROSS JOIN LATERAL (SELECT c.id, \
                 c.name", $more, first_of_each!(@from $ties, $parent, $child, $nouns, "asked.id", $and),
                " ORDER BY ", $order, " LIMIT ", $limit, ") first"
            ),
            sqlite: concat!(
                "SELECT asked.value, c.id, c.name", $more,
                " FROM json_each($1) asked CROSS JOIN ", $ties, " m JOIN ", $nouns, " c ON c.id = m.", $child,
                " AND c.known_to IS NULL WHERE m.id IN (SELECT m.id",
                first_of_each!(@from $ties, $parent, $child, $nouns, "asked.value", $and),
                " ORDER BY ", $order, " LIMIT ", $limit, ") ORDER BY asked.value, ", $order
            ),
        }
    };
    (@from $ties:literal, $parent:literal, $child:literal, $nouns:literal, $asked:literal, $and:literal) => {
        concat!(
            " FROM ", $ties, " m JOIN ", $nouns, " c ON c.id = m.", $child, " AND c.known_to IS NULL WHERE m.", $parent,
            " = ", $asked, $and, " AND m.known_to IS NULL AND m.valid_from <= $2 AND m.valid_to > $2 \
             AND (c.valid_from <= $2 OR c.stated_from IS NOT NULL)"
        )
    };
}

/// The parameters of a statement.
enum Key<'a> {
    Day,
    Id(i64),
    Ids(&'a [i64]),
    IdsAndDay(&'a [i64]),
}

impl Floor {
    /// Opens a database for reading, as the store does.
    ///
    /// # Panics
    /// The database cannot be opened.
    pub async fn open(url: &str, day: &str) -> Floor {
        let cores = u32::try_from(available_parallelism().map_or(2, NonZero::get)).expect("few");
        let pool = if url.starts_with("postgres") {
            let options = url.parse::<PgConnectOptions>().expect("an address").statement_cache_capacity(500);
            let pool = PgPoolOptions::new().max_connections(cores.max(10)).test_before_acquire(false);
            Pool::Postgres(pool.connect_with(options).await.expect("PostgreSQL"))
        } else {
            let options = url.parse::<SqliteConnectOptions>().expect("an address").read_only(true);
            let options = options.pragma("cache_size", "-16384").pragma("temp_store", "memory");
            let pool = SqlitePoolOptions::new().max_connections(cores.max(2)).test_before_acquire(false);
            Pool::Sqlite(pool.connect_with(options.statement_cache_capacity(500)).await.expect("SQLite"))
        };
        Floor { pool, day: day.to_owned() }
    }

    async fn rows(&self, statement: &Statement, key: Key<'_>) -> Vec<Item> {
        let day = self.day.as_str();
        match &self.pool {
            Pool::Postgres(pool) => {
                let query = sqlx::query(statement.postgres);
                let query = match key {
                    Key::Day => query.bind(day),
                    Key::Id(id) => query.bind(id),
                    Key::Ids(ids) => query.bind(ids),
                    Key::IdsAndDay(ids) => query.bind(ids).bind(day),
                };
                query.fetch_all(pool).await.expect("rows").iter().map(item).collect()
            }
            Pool::Sqlite(pool) => {
                let query = sqlx::query(statement.sqlite);
                let query = match key {
                    Key::Day => query.bind(day),
                    Key::Id(id) => query.bind(id),
                    Key::Ids(ids) => query.bind(json_list(ids)),
                    Key::IdsAndDay(ids) => query.bind(json_list(ids)).bind(day),
                };
                query.fetch_all(pool).await.expect("rows").iter().map(item).collect()
            }
        }
    }

    /// The children of the items of the level above.
    async fn level<'a>(&self, statement: &Statement, parents: impl IntoIterator<Item = &'a Item>) -> Level {
        let ids = distinct(parents.into_iter().map(|item| item.id));
        let mut level = Level::new();
        for item in self.rows(statement, Key::IdsAndDay(&ids)).await {
            level.entry(item.parent).or_default().push(item);
        }
        level
    }
}

/// A statement that is known when the program runs: its text, what each column holds, `t` a text and `i` a whole number, and
/// its parameters after `$1`, which is the day.
pub type AnyStatement = (String, String, Vec<serde_json::Value>);

impl Floor {
    /// The rows of each statement, as JSON.
    ///
    /// # Panics
    /// The database refuses one.
    pub async fn rows_json(&self, statements: &[AnyStatement]) -> Vec<u8> {
        let mut json = Json::open("[");
        for (at, (sql, columns, values)) in statements.iter().enumerate() {
            json.put(if at > 0 { ",[" } else { "[" });
            match &self.pool {
                Pool::Postgres(pool) => {
                    let query = sqlx::query(AssertSqlSafe(sql.as_str())).bind(&self.day);
                    let query = values.iter().fold(query, |query, value| match value {
                        serde_json::Value::String(text) => query.bind(text),
                        number => query.bind(number.as_i64()),
                    });
                    json.rows(&query.fetch_all(pool).await.expect("rows"), columns);
                }
                Pool::Sqlite(pool) => {
                    let query = sqlx::query(AssertSqlSafe(sql.as_str())).bind(&self.day);
                    let query = values.iter().fold(query, |query, value| match value {
                        serde_json::Value::String(text) => query.bind(text),
                        number => query.bind(number.as_i64()),
                    });
                    json.rows(&query.fetch_all(pool).await.expect("rows"), columns);
                }
            }
            json.put("]");
        }
        json.close("]")
    }
}

fn item<'r, R: Row>(row: &'r R) -> Item
where
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database<Row = R>,
{
    let texts = [3, 4, 5, 6, 7].map(|at| if at < row.len() { row.get(at) } else { None });
    Item { parent: row.get(0), id: row.get(1), name: first_name(&row.get::<String, _>(2)), texts }
}

/// The name in the first language of a column that has those in all.
fn first_name(names: &str) -> String {
    let names: Vec<(&str, String, &str)> = serde_json::from_str(names).expect("names");
    names.into_iter().next().map(|(_, name, _)| name).unwrap_or_default()
}

fn json_list(ids: &[i64]) -> String {
    let list: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("[{}]", list.join(","))
}

fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

const SCHOOLS_IN_GROUPS: &Statement = statement!(
    "SELECT CAST(0 AS bigint), c.id, c.name FROM schools c \
     WHERE c.known_to IS NULL AND c.valid_from <= $1 AND c.valid_to > $1 AND EXISTS (SELECT 1 FROM memberships m \
     WHERE m.school_id = c.id AND m.known_to IS NULL AND m.valid_from <= $1 AND m.valid_to > $1) \
     ORDER BY c.known_to, c.sort_name, c.id LIMIT 20"
);
const GROUPS: &Statement = statement!(
    "SELECT m.school_id, c.id, c.name FROM memberships m \
     JOIN groups c ON c.id = m.group_id AND c.known_to IS NULL WHERE m.school_id",
    ids,
    " AND m.known_to IS NULL AND m.valid_from <= $2 AND m.valid_to > $2 \
     AND (c.valid_from <= $2 OR c.stated_from IS NOT NULL) \
     ORDER BY CASE m.role WHEN 'lead' THEN 0 WHEN 'member' THEN 1 WHEN 'branch' THEN 2 WHEN 'co_branded' THEN 3 ELSE 4 END, \
     CASE WHEN m.joined_on IS NULL OR m.valid_from = '0001-01-01' THEN '9999-12-31' ELSE m.valid_from END, \
     c.sort_name, c.slug"
);
const ALLIANCES: &Statement = statement!(
    "SELECT t.parent, c.id, c.name FROM (SELECT m.member_id AS parent, m.alliance_id AS child, \
     0 AS basis FROM alliance_members m WHERE m.member_id",
    ids,
    " AND m.known_to IS NULL AND m.valid_from <= $2 AND m.valid_to > $2 \
     UNION ALL SELECT g.id, a.id, 1 FROM groups g JOIN alliances a ON a.district_id = g.district_id \
     AND a.scope = 'district' AND (a.status = 'established' OR (a.status = 'proposed' AND a.stated_from IS NOT NULL \
     AND a.stated_from NOT LIKE '__-%')) AND a.known_to IS NULL AND a.valid_from <= $2 AND a.valid_to > $2 WHERE g.id",
    ids,
    " AND g.known_to IS NULL AND g.valid_from <= $2 AND g.valid_to > $2 AND NOT EXISTS (SELECT 1 \
     FROM alliance_members m WHERE m.alliance_id = a.id AND m.member_id = g.id AND m.known_to IS NULL \
     AND m.valid_from <= $2 AND m.valid_to > $2)) t JOIN alliances c ON c.id = t.child AND c.known_to IS NULL \
     WHERE c.valid_from <= $2 OR c.stated_from IS NOT NULL ORDER BY t.basis, c.sort_name, c.slug"
);
const PARTNERS: &Statement = first_of_each!(
    "alliance_members",
    "alliance_id",
    "member_id",
    "partners",
    ", c.kinds",
    " AND m.member_type = 'partner'",
    "c.sort_name, c.slug",
    "6"
);
const HUNDRED_SCHOOLS: &Statement = statement!(
    "SELECT COALESCE(c.township_id, 0), c.id, c.name, c.slug, c.ownership, c.phases, \
     c.school_type FROM schools c WHERE c.known_to IS NULL AND c.valid_from <= $1 AND c.valid_to > $1 \
     ORDER BY c.known_to, c.sort_name, c.id LIMIT 100"
);
const TOWNSHIPS: &Statement =
    statement!("SELECT c.id, c.id, c.name FROM townships c WHERE c.id", ids, " AND c.known_to IS NULL");
const SCHOOL: &Statement = statement!(
    "SELECT CAST(0 AS bigint), c.id, c.name, c.slug, c.ownership, c.phases, c.school_type \
     FROM schools c WHERE c.id = $1 AND c.known_to IS NULL"
);
const PARTNER: &Statement = statement!(
    "SELECT CAST(0 AS bigint), c.id, c.name FROM partners c \
     WHERE c.id = $1 AND c.known_to IS NULL"
);
const ALLIANCES_OF_PARTNER: &Statement = statement!(
    "SELECT m.member_id, c.id, c.name FROM alliance_members m \
     JOIN alliances c ON c.id = m.alliance_id AND c.known_to IS NULL WHERE m.member_id",
    ids,
    " AND m.known_to IS NULL AND m.valid_from <= $2 AND m.valid_to > $2 \
     AND (c.valid_from <= $2 OR c.stated_from IS NOT NULL) ORDER BY c.sort_name, c.slug"
);
const GROUPS_OF_ALLIANCE: &Statement = statement!(
    "SELECT parent, id, name FROM (SELECT t.parent, c.id, c.name AS name, ROW_NUMBER() OVER \
     (PARTITION BY t.parent ORDER BY t.basis, c.sort_name, c.slug) AS place FROM (SELECT m.alliance_id AS parent, \
     m.member_id AS child, 0 AS basis FROM alliance_members m WHERE m.member_type = 'group' AND m.alliance_id",
    ids,
    " AND m.known_to IS NULL AND m.valid_from <= $2 AND m.valid_to > $2 \
     UNION ALL SELECT a.id, g.id, 1 FROM alliances a JOIN groups g ON g.district_id = a.district_id \
     AND g.known_to IS NULL AND g.valid_from <= $2 AND g.valid_to > $2 \
     WHERE a.scope = 'district' AND (a.status = 'established' OR (a.status = 'proposed' AND a.stated_from IS NOT NULL \
     AND a.stated_from NOT LIKE '__-%')) AND a.id",
    ids,
    " AND a.known_to IS NULL AND a.valid_from <= $2 AND a.valid_to > $2 AND NOT EXISTS (SELECT 1 \
     FROM alliance_members m WHERE m.alliance_id = a.id AND m.member_id = g.id AND m.known_to IS NULL \
     AND m.valid_from <= $2 AND m.valid_to > $2)) t JOIN groups c ON c.id = t.child AND c.known_to IS NULL \
     WHERE c.valid_from <= $2 OR c.stated_from IS NOT NULL) ranked WHERE place <= 5 ORDER BY parent, place"
);
const SCHOOLS_OF_GROUP: &Statement = first_of_each!(
    "memberships",
    "group_id",
    "school_id",
    "schools",
    ", c.phases",
    "",
    "CASE m.role WHEN 'lead' THEN 0 ELSE 1 END, c.sort_name, c.slug",
    "10"
);

impl Floor {
    /// The rows of `schools(first: 20, filter: { hasGroupOnRecord: true })` → group → alliances → `partners(first: 6)`.
    pub async fn headline(&self) -> Headline {
        let schools = self.schools_in_groups().await;
        let groups = self.groups(&schools).await;
        let alliances = self.alliances(&groups).await;
        let partners = self.partners(&alliances).await;
        Headline { schools, groups, alliances, partners }
    }

    /// The first level.
    pub async fn schools_in_groups(&self) -> Vec<Item> {
        self.rows(SCHOOLS_IN_GROUPS, Key::Day).await
    }

    /// The second level: the groups of schools.
    pub async fn groups(&self, schools: &[Item]) -> Level {
        self.level(GROUPS, schools).await
    }

    /// The third level: the alliances of the first group of each school.
    pub async fn alliances(&self, groups: &Level) -> Level {
        self.level(ALLIANCES, groups.values().filter_map(|found| found.first())).await
    }

    /// The fourth level: the first six partners of alliances.
    pub async fn partners(&self, alliances: &Level) -> Level {
        self.level(PARTNERS, alliances.values().flatten()).await
    }

    /// The answer to the headline query.
    pub async fn headline_json(&self) -> Vec<u8> {
        let Headline { schools, groups, alliances, partners } = self.headline().await;
        let mut json = Json::open("{\"data\":{\"schools\":{\"nodes\":[");
        json.items(&schools, |json, school| {
            json.node::<School>(school).put(",\"group\":");
            let Some(group) = groups.get(&school.id).and_then(|found| found.first()) else {
                json.put("null}");
                return;
            };
            json.node::<Group>(group).put(",\"alliances\":{\"nodes\":[");
            json.items(children(&alliances, group), |json, alliance| {
                json.node::<Alliance>(alliance).put(",\"partners\":{\"nodes\":[");
                json.items(children(&partners, alliance), |json, partner| {
                    json.node::<Partner>(partner).put(",\"kinds\":").words(partner, 0).put("}");
                });
                json.put("]}}");
            });
            json.put("]}}}");
        });
        json.close("]}}}")
    }

    /// The answer to `schools(first: 100)` with their own fields and their townships.
    pub async fn hundred_json(&self) -> Vec<u8> {
        let schools = self.rows(HUNDRED_SCHOOLS, Key::Day).await;
        let ids = distinct(schools.iter().map(|school| school.parent));
        let townships = self.rows(TOWNSHIPS, Key::Ids(&ids)).await;
        let townships: HashMap<i64, Item> = townships.into_iter().map(|item| (item.id, item)).collect();
        let mut json = Json::open("{\"data\":{\"schools\":{\"nodes\":[");
        json.items(&schools, |json, school| {
            json.school(school).put(",\"township\":");
            match townships.get(&school.parent) {
                Some(township) => json.node::<Township>(township).put("}}"),
                None => json.put("null}"),
            };
        });
        json.close("]}}}")
    }

    /// The answer to `school(slug:)` with its own fields.
    pub async fn school_json(&self, slug: &str) -> Vec<u8> {
        let found = self.rows(SCHOOL, Key::Id(identity(Kind::School, slug))).await;
        let mut json = Json::open("{\"data\":{\"school\":");
        match found.first() {
            Some(school) => json.school(school).put("}"),
            None => json.put("null"),
        };
        json.close("}}")
    }

    /// The answer to the reverse walk: `partner(slug:)` → alliances → `groups(first: 5)` → `schools(first: 10)`.
    pub async fn reverse_json(&self, slug: &str) -> Vec<u8> {
        let found = self.rows(PARTNER, Key::Id(identity(Kind::Partner, slug))).await;
        let mut json = Json::open("{\"data\":{\"partner\":");
        let Some(partner) = found.first() else {
            json.put("null");
            return json.close("}}");
        };
        let alliances = self.level(ALLIANCES_OF_PARTNER, &found).await;
        let groups = self.level(GROUPS_OF_ALLIANCE, alliances.values().flatten()).await;
        let schools = self.level(SCHOOLS_OF_GROUP, groups.values().flatten()).await;
        json.node::<Partner>(partner).put(",\"alliances\":{\"nodes\":[");
        json.items(children(&alliances, partner), |json, alliance| {
            json.node::<Alliance>(alliance).put(",\"groups\":{\"nodes\":[");
            json.items(children(&groups, alliance), |json, group| {
                json.node::<Group>(group).put(",\"schools\":{\"nodes\":[");
                json.items(children(&schools, group), |json, school| {
                    json.node::<School>(school).put(",\"stages\":").words(school, 0).put("}");
                });
                json.put("]}}");
            });
            json.put("]}}");
        });
        json.close("]}}}}")
    }
}

fn children<'a>(level: &'a Level, parent: &Item) -> &'a [Item] {
    level.get(&parent.id).map_or(&[], Vec::as_slice)
}

/// JSON being written.
struct Json(Vec<u8>);

impl Json {
    fn open(text: &str) -> Json {
        let mut json = Json(Vec::with_capacity(1 << 16));
        json.put(text);
        json
    }

    fn close(mut self, text: &str) -> Vec<u8> {
        self.put(text);
        self.0
    }

    fn put(&mut self, text: &str) -> &mut Json {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    fn text(&mut self, text: &str) -> &mut Json {
        serde_json::to_writer(&mut self.0, text).expect("a text");
        self
    }

    fn items(&mut self, items: &[Item], mut write: impl FnMut(&mut Json, &Item)) {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.put(",");
            }
            write(self, item);
        }
    }

    fn rows<'r, R: Row>(&mut self, rows: &'r [R], columns: &str)
    where
        usize: ColumnIndex<R>,
        i64: Decode<'r, R::Database> + Type<R::Database>,
        String: Decode<'r, R::Database> + Type<R::Database>,
        R::Database: Database<Row = R>,
    {
        for (at, row) in rows.iter().enumerate() {
            self.put(if at > 0 { ",[" } else { "[" });
            for (at, column) in columns.chars().enumerate() {
                self.put(if at > 0 { "," } else { "" });
                match column {
                    't' => match row.get::<Option<String>, _>(at) {
                        Some(text) => self.text(&text),
                        None => self.put("null"),
                    },
                    _ => self.put(&row.get::<i64, _>(at).to_string()),
                };
            }
            self.put("]");
        }
    }

    /// Opens an object and writes its id and name.
    fn node<N: Identified>(&mut self, item: &Item) -> &mut Json {
        self.put("{\"id\":\"").put(&Id::<N>::from_raw(item.id).to_string()).put("\",\"name\":").text(&item.name)
    }

    /// Opens an object and writes a school's own fields.
    fn school(&mut self, item: &Item) -> &mut Json {
        self.node::<School>(item).put(",\"slug\":").text(item.texts[0].as_deref().unwrap_or_default());
        self.put(",\"ownership\":")
            .word(item, 1)
            .put(",\"stages\":")
            .words(item, 2)
            .put(",\"schoolType\":")
            .word(item, 3)
    }

    /// Writes a word as a value of an enum; what is not stated is `UNKNOWN`.
    fn word(&mut self, item: &Item, at: usize) -> &mut Json {
        let word = item.texts[at].as_deref().unwrap_or("unknown").to_uppercase();
        self.put("\"").put(&word).put("\"")
    }

    /// Writes words, between which `;` stands, as values of an enum.
    fn words(&mut self, item: &Item, at: usize) -> &mut Json {
        let words = item.texts[at].as_deref().unwrap_or_default().to_uppercase();
        match words.as_str() {
            "" => self.put("[]"),
            words => self.put("[\"").put(&words.replace(';', "\",\"")).put("\"]"),
        }
    }
}
