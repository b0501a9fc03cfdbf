//! The benchmark of questions about the map: `cargo bench -p tests --bench questions`. `docs/benchmarks.md` holds the
//! tables of a real run.
//!
//! Each question is asked of the release build of edumap, in a process of its own, and beside it SQL that was written by
//! hand for this one question is run on the bare driver, in another; both answer JSON over HTTP, one request at a time, in
//! turns, on SQLite and on a private PostgreSQL. edumap keeps no answer. The maps are a made-up city of 5,000 schools and
//! a nation of 51,140; `EDUMAP_BENCH_SCHOOLS` names other numbers, with commas between them. Arguments are parts of the
//! names of the questions that are wanted, after `--`.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::{env, fs, path::Path, process::Command, sync::Arc};

use axum::{
    Router,
    extract::{self, State},
    http::{HeaderName, header},
    routing::get,
};
use domain::{
    Circle, KeptBounds, Latitude, Longitude,
    folding::{fold_loosely, query_grams},
};
use serde_json::Value;
use tests::{
    floor::{AnyStatement, Floor},
    load::{self, Server, TURN, post, row, run, turns},
    postgres,
};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// One after another: what a reader waits for.
const CONNECTIONS: &str = "1";

/// A question, and the same by hand.
struct Question {
    name: &'static str,
    document: String,
    /// Where in the answer the values stand that the first column by hand has, `*` for each of a list; compared in any order.
    same: &'static str,
    by_hand: Vec<AnyStatement>,
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [_, "floor", url, day, statements] => {
            let statements = serde_json::from_slice(&fs::read(statements).expect("statements")).expect("JSON");
            tokio::runtime::Runtime::new().expect("a runtime").block_on(serve_floor(url, day, statements));
        }
        _ if arguments.contains(&"--bench") => {
            compare(&arguments.iter().skip(1).copied().filter(|part| !part.starts_with("--")).collect::<Vec<_>>());
        }
        // `cargo test --benches` only asks whether it starts.
        _ => {}
    }
}

/// Serves statements by their place in a list until the process is ended; prints its address first.
async fn serve_floor(url: &str, day: &str, statements: Vec<Vec<AnyStatement>>) {
    type Floored = State<Arc<(Floor, Vec<Vec<AnyStatement>>)>>;
    const JSON: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];
    let answer =
        async |State(floor): Floored, place: extract::Path<usize>| (JSON, floor.0.rows_json(&floor.1[place.0]).await);
    let state = Arc::new((Floor::open(url, day).await, statements));
    let router = Router::new().route("/{place}", get(answer)).with_state(state);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address"));
    axum::serve(listener, router).await.expect("served");
}

fn compare(wanted: &[&str]) {
    let binary = load::binary();
    let sizes = env::var("EDUMAP_BENCH_SCHOOLS").unwrap_or_else(|_| "5000,51140".to_owned());
    println!("`{}`, {} turns of {TURN}, {CONNECTIONS} connection\n", binary.display(), turns());
    println!(
        "| schools | database | question | requests/s | by hand | ratio | CPU a request, µs | by hand | ratio | of that the \
         database, µs | by hand | p50 ms | by hand | p99 ms | by hand |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for schools in sizes.split(',') {
        let dir = tempfile::tempdir().expect("a folder");
        let data = dir.path().join("map");
        run(Command::new(&binary).args(["generate", "--schools", schools, "--seed", "1"]).arg(&data));
        let sqlite = format!("sqlite://{}", dir.path().join("map.db").display());
        let databases = [("SQLite", Some(sqlite)), ("PostgreSQL", postgres::url_or_skip("the benchmark"))];
        for (database, url) in databases.into_iter().filter_map(|(database, url)| Some((database, url?))) {
            run(Command::new(&binary).arg("import").arg(&data).env("EDUMAP_DATABASE_URL", &url));
            compare_on(&binary, (schools, database), &url, dir.path(), wanted);
        }
    }
}

fn compare_on(binary: &Path, (schools, database): (&str, &str), url: &str, dir: &Path, wanted: &[&str]) {
    let edumap = Server::edumap(binary, url, &["--max-cached-bytes", "0"]);
    let view = edumap.ask("{ map { view { asOf } } }");
    let mut questions = questions(&edumap, url.starts_with("postgres"));
    questions.retain(|question| wanted.is_empty() || wanted.iter().any(|part| question.name.contains(part)));
    let (statements, script) = (dir.join("statements.json"), dir.join("wrk.lua"));
    let by_hand: Vec<_> = questions.iter().map(|question| &question.by_hand).collect();
    fs::write(&statements, serde_json::to_vec(&by_hand).expect("JSON")).expect("written");
    let day = view["map"]["view"]["asOf"].as_str().expect("a day");
    let floor = Server::floor(url, &["floor", url, day, &statements.display().to_string()]);
    for (place, Question { name, document, same, .. }) in questions.iter().enumerate() {
        let path = format!("/{place}");
        let rows: Value = serde_json::from_slice(&floor.get(&path)).expect("JSON");
        let (ours, by_hand) = (values_at(&edumap.ask(document), same), values_at(&rows, "*/*/0"));
        assert_eq!(ours, by_hand, "{name}: another answer by hand");
        assert!(!ours.is_empty(), "{name}: nothing is found");
        fs::write(&script, post(document)).expect("a script");
        let turns: Vec<_> = (0..turns())
            .map(|_| [edumap.measure("/graphql", Some(&script), CONNECTIONS), floor.measure(&path, None, CONNECTIONS)])
            .collect();
        println!("| {schools} | {database} | {name} | {} |", row(&turns));
    }
}

/// The values at paths, between which `|` stands, in order.
fn values_at(value: &Value, paths: &str) -> Vec<String> {
    let below = |value: &'_ Value, step: &str| -> Vec<Value> {
        match step {
            "*" => value.as_array().expect("a list").clone(),
            _ => vec![step.parse::<usize>().map_or(&value[step], |at| &value[at]).clone()],
        }
    };
    let at = |path: &str| {
        path.split('/')
            .fold(vec![value.clone()], |found, step| found.iter().flat_map(|value| below(value, step)).collect())
    };
    let found: Vec<Value> = paths.split('|').flat_map(at).collect();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_lowercase);
    let mut texts: Vec<String> = found.iter().map(text).collect();
    texts.sort_unstable();
    texts
}

/// The day before, of two that are compared.
const EARLIER: &str = "2015-01-01";

/// What is on the map, in the words of those who write SQL by hand.
const KNOWN: &str = "known_to IS NULL AND valid_from <= $1 AND valid_to > $1";

fn questions(edumap: &Server, is_postgres: bool) -> Vec<Question> {
    let found = edumap.ask(
        "{ schools(first: 1, filter: { hasGroupOnRecord: true, hasLocationOnRecord: true, stage: [JUNIOR] }) { nodes { slug \
         location { latitude longitude } } } }",
    );
    let school = &found["schools"]["nodes"][0];
    let slug = school["slug"].as_str().expect("a slug");
    let degrees = |of: &str| school["location"][of].as_f64().expect("degrees");
    let mut questions = vec![
        search("search: one name", slug, is_postgres),
        search("search: a name that many have", "Synthetic 1", is_postgres),
        Question {
            name: "one by a code",
            document: "{ school(code: { scheme: \"junior_code_2025\", value: \"00010001\" }) { slug } }".to_owned(),
            same: "school/slug",
            by_hand: vec![sql(
                "SELECT slug FROM schools WHERE known_to IS NULL AND junior_code_2025 = $2 \
                 AND (shown_from IS NULL OR shown_from <= $1) AND (shown_to IS NULL OR shown_to > $1)",
                "t",
                ["00010001".into()],
            )],
        },
        Question {
            name: "schools counted by stage and ownership",
            document: "{ schools { breakdown(by: [STAGE, OWNERSHIP]) { count stage ownership } } }".to_owned(),
            same: "schools/breakdown/*/count",
            by_hand: vec![sql(
                &format!(
                    "SELECT COUNT(*), f.word, c.ownership FROM (SELECT * FROM schools WHERE {KNOWN}) c LEFT JOIN facets f \
                     ON f.id = c.fact_id AND f.facet = 'phases' AND f.known_to IS NULL GROUP BY f.word, c.ownership"
                ),
                "itt",
                [],
            )],
        },
        Question {
            name: "coverage by groups",
            document: "{ coverage(of: GROUPS) { covered uncovered unknown } }".to_owned(),
            same: "coverage/covered",
            by_hand: vec![sql(
                &format!(
                    "SELECT COUNT(m.school_id), COALESCE(SUM(CASE WHEN m.school_id IS NULL AND l.subject_id IS NOT NULL \
                     THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN m.school_id IS NULL AND l.subject_id IS NULL \
                     THEN 1 ELSE 0 END), 0) FROM (SELECT id FROM schools WHERE {KNOWN}) c \
                     LEFT JOIN (SELECT DISTINCT school_id FROM memberships WHERE {KNOWN}) m ON m.school_id = c.id \
                     LEFT JOIN (SELECT DISTINCT subject_id FROM list_completeness WHERE {KNOWN} AND list = 'groups' \
                     AND is_complete = 1) l ON l.subject_id = c.id"
                ),
                "iii",
                [],
            )],
        },
        gaps(),
        reach(slug),
        ways(slug),
        near(degrees("latitude"), degrees("longitude")),
        changes(),
        Question {
            name: "a page of 100",
            document: "{ schools(first: 100) { nodes { slug name ownership } } }".to_owned(),
            same: "schools/nodes/*/slug",
            by_hand: vec![sql(
                &format!("SELECT slug, name, ownership FROM schools c WHERE {KNOWN} ORDER BY sort_name, id LIMIT 100"),
                "ttt",
                [],
            )],
        },
        Question {
            name: "edges with sources of every level",
            document: format!(
                "{{ school(slug: \"{slug}\") {{ group {{ schools(first: 100) {{ edges {{ role sources {{ title quote }} \
                 node {{ slug sources {{ title quote }} }} }} }} }} }} }}"
            ),
            same: "school/group/schools/edges/*/node/slug|school/group/schools/edges/*/sources/*/title|\
                   school/group/schools/edges/*/node/sources/*/title",
            by_hand: edges_with_sources(slug),
        },
        Question {
            name: "findings of a rule: names twice in a township",
            document: "{ findings(first: 20, rules: [SAME_NAME_IN_TOWNSHIP]) { totalCount nodes { slug } } }"
                .to_owned(),
            same: "findings/totalCount|findings/nodes/*/slug",
            by_hand: vec![
                sql(&format!("SELECT COUNT(*) {SAME_NAME}"), "i", []),
                sql(&format!("SELECT s.slug {SAME_NAME} ORDER BY s.slug LIMIT 20"), "t", []),
            ],
        },
        Question {
            name: "what if a school closed",
            document: format!(
                "{{ whatIf(changes: [{{ close: {{ school: \"{slug}\", on: \"2024-01-01\" }} }}]) {{ schools(first: 0) {{ totalCount }} }} }}"
            ),
            same: "whatIf/schools/totalCount",
            by_hand: vec![sql(
                &format!("SELECT COUNT(*) FROM schools WHERE {KNOWN} AND slug <> $2"),
                "i",
                [slug.into()],
            )],
        },
    ];
    if !is_postgres {
        for statement in questions.iter_mut().flat_map(|question| &mut question.by_hand) {
            statement.0 = statement.0.replace("STRPOS(", "INSTR(");
        }
    }
    questions
}

fn sql<const N: usize>(sql: &str, columns: &str, values: [Value; N]) -> AnyStatement {
    (sql.to_owned(), columns.to_owned(), values.into())
}

fn search(name: &'static str, words: &str, is_postgres: bool) -> Question {
    let folded = fold_loosely(words);
    let grams: Vec<String> = query_grams(&folded).collect();
    let (has, grams) = match is_postgres {
        true => ("s.grams @> string_to_array($2, ' ')", grams.join(" ")),
        false => {
            let quoted: Vec<String> = grams.iter().map(|gram| format!("\"{gram}\"")).collect();
            ("s.n IN (SELECT rowid FROM search_grams WHERE search_grams MATCH $2)", quoted.join(" "))
        }
    };
    Question {
        name,
        document: format!("{{ search(text: \"{words}\", first: 20) {{ edges {{ name node {{ slug }} }} }} }}"),
        same: "search/edges/*/node/slug",
        by_hand: vec![sql(
            &format!(
                "SELECT z.name, b.name FROM (SELECT r.*, ROW_NUMBER() OVER (PARTITION BY subject_id ORDER BY rank, folded, n) \
                 AS place FROM (SELECT s.*, CASE WHEN folded = $3 THEN 0 WHEN STRPOS(folded, $3) = 1 THEN 1 ELSE 2 END \
                 AS rank FROM search_names s WHERE known_to IS NULL AND valid_from <= $1 AND {has} AND STRPOS(folded, $3) > 0) \
                 r) b JOIN search_names z ON z.subject_id = b.subject_id AND z.name_kind = 'slug' AND z.known_to IS NULL \
                 WHERE place = 1 ORDER BY b.rank, b.kind, b.folded, b.subject_id LIMIT 20"
            ),
            "tt",
            [grams.into(), folded.into()],
        )],
    }
}

/// The schools that have the name of an earlier one in their township.
const SAME_NAME: &str = "FROM schools s JOIN schools o ON o.township_id = s.township_id AND o.sort_name = s.sort_name AND o.id < s.id \
     WHERE s.known_to IS NULL AND s.valid_from <= $1 AND s.valid_to > $1 \
     AND o.known_to IS NULL AND o.valid_from <= $1 AND o.valid_to > $1";

fn gaps() -> Question {
    let missing = |ties: &str| {
        format!(
            "FROM schools c WHERE {KNOWN} AND (c.status IS NULL OR c.status = 'open' OR c.status = 'planned' \
             AND c.stated_from IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM {ties} m WHERE m.school_id = c.id \
             AND m.known_to IS NULL AND m.valid_from <= $1 AND m.valid_to > $1)"
        )
    };
    let count = |ties: &str| sql(&format!("SELECT COUNT(*) {}", missing(ties)), "i", []);
    let first = |ties: &str| {
        sql(&format!("SELECT c.slug {} ORDER BY c.known_to, c.sort_name, c.id LIMIT 20", missing(ties)), "t", [])
    };
    Question {
        name: "gaps: schools without group, without partner",
        document: "{ gaps(kinds: [SCHOOLS_WITHOUT_GROUP, SCHOOLS_WITHOUT_PARTNER]) { count items(first: 20) { nodes { slug } } } }"
            .to_owned(),
        same: "gaps/*/count|gaps/*/items/nodes/*/slug",
        by_hand: vec![count("memberships"), first("memberships"), count("school_partners"), first("school_partners")],
    }
}

fn reach(slug: &str) -> Question {
    let known =
        |alias: &str| format!("{alias}.known_to IS NULL AND {alias}.valid_from <= $1 AND {alias}.valid_to > $1");
    let [m, p, a, g, o, s, d] = ["m", "p", "a", "g", "o", "s", "d"].map(known);
    let statement = format!(
        "SELECT c.slug, CAST(t.way AS BIGINT) FROM (\
         SELECT m.partner_id AS child, 0 AS way, m.id AS fact FROM school_partners m WHERE m.school_id = $2 AND {m} \
         UNION ALL SELECT p.party_id, 1, p.agreement_id FROM agreement_parties p WHERE p.party_type = 'partner' AND {p} \
         AND p.agreement_id IN (SELECT o.agreement_id FROM agreement_outcomes o WHERE o.outcome_id = $2 AND {o} \
         UNION SELECT s.agreement_id FROM agreement_parties s WHERE s.party_id = $2 AND {s}) \
         UNION ALL SELECT p.member_id, 2, p.alliance_id FROM alliance_members m JOIN alliances a ON a.id = m.alliance_id AND {a} \
         JOIN alliance_members p ON p.alliance_id = a.id AND p.member_type = 'partner' AND {p} WHERE m.member_id = $2 AND {m} \
         UNION ALL SELECT p.member_id, 3, p.alliance_id FROM memberships s JOIN groups g ON g.id = s.group_id AND {g} \
         JOIN alliance_members m ON m.member_id = g.id AND {m} JOIN alliances a ON a.id = m.alliance_id AND {a} \
         JOIN alliance_members p ON p.alliance_id = a.id AND p.member_type = 'partner' AND {p} WHERE s.school_id = $2 AND {s} \
         UNION ALL SELECT p.member_id, 4, p.alliance_id FROM schools d JOIN alliances a ON a.district_id = d.district_id \
         AND a.scope = 'district' AND (a.status IN ('established', 'dissolved') OR a.stated_from IS NOT NULL) AND {a} \
         JOIN alliance_members p ON p.alliance_id = a.id AND p.member_type = 'partner' AND {p} WHERE d.id = $2 AND {d} \
         AND NOT EXISTS (SELECT 1 FROM alliance_members m WHERE m.alliance_id = a.id AND m.member_id = d.id AND {m})) t \
         JOIN partners c ON c.id = t.child AND c.known_to IS NULL AND (c.valid_from <= $1 OR c.stated_from IS NOT NULL) \
         ORDER BY t.way, c.sort_name, c.slug LIMIT 100"
    );
    Question {
        name: "who reaches a school",
        document: format!(
            "{{ school(slug: \"{slug}\") {{ reach(first: 100) {{ edges {{ way node {{ slug }} }} }} }} }}"
        ),
        same: "school/reach/edges/*/node/slug",
        by_hand: vec![sql(&statement, "ti", [identity(slug)])],
    }
}

/// Between two days: who joined a group or an alliance that was in none of them, or in several.
fn changes() -> Question {
    let joined = |table: &str, member: &str| {
        let holds = |day| format!("valid_from <= {day} AND valid_to > {day}");
        let (was, now) = (holds("$2"), holds("$1"));
        format!(
            "SELECT COUNT(*) AS n FROM (SELECT was, now, SUM(was) OVER (PARTITION BY {member}) AS left_by, SUM(now) OVER \
             (PARTITION BY {member}) AS joined FROM (SELECT {member}, CASE WHEN {was} THEN 1 ELSE 0 END AS was, \
             CASE WHEN {now} THEN 1 ELSE 0 END AS now FROM {table}) d WHERE was <> now) p \
             WHERE now = 1 AND NOT (left_by = 1 AND joined = 1)"
        )
    };
    let groups = joined("(SELECT * FROM memberships WHERE known_to IS NULL) m", "school_id");
    let alliances =
        joined("(SELECT * FROM alliance_members WHERE known_to IS NULL AND member_type = 'school') m", "member_id");
    Question {
        name: "changes: who joined between two days",
        document: format!(
            "{{ changes(from: {{ asOf: \"{EARLIER}\" }}, to: {{}}) {{ happenedCounts(kinds: [JOINED], nouns: [SCHOOL]) {{ count }} }} }}"
        ),
        same: "changes/happenedCounts/*/count",
        by_hand: vec![sql(
            &format!("SELECT CAST(SUM(n) AS BIGINT) FROM ({groups} UNION ALL {alliances}) a"),
            "i",
            [EARLIER.into()],
        )],
    }
}

/// The members of a group of a school, and what is cited for each membership and for each school.
fn edges_with_sources(slug: &str) -> Vec<AnyStatement> {
    let known =
        |alias: &str| format!("{alias}.known_to IS NULL AND {alias}.valid_from <= $1 AND {alias}.valid_to > $1");
    let [g, m, s] = ["g", "m", "s"].map(known);
    let members = format!(
        "(SELECT group_id FROM memberships g WHERE g.school_id = $2 AND {g} LIMIT 1) g JOIN memberships m \
         ON m.group_id = g.group_id AND {m} JOIN schools s ON s.id = m.school_id AND {s}"
    );
    let cited = |fact: &str| {
        sql(
            &format!(
                "SELECT z.title, q.quote, q.fact_id FROM {members} JOIN citations q ON q.fact_id = {fact} AND q.known_to IS NULL \
                 JOIN sources z ON z.id = q.source_id AND z.known_to IS NULL"
            ),
            "tti",
            [identity(slug)],
        )
    };
    let members = sql(&format!("SELECT s.slug, m.role, m.id FROM {members}"), "tti", [identity(slug)]);
    vec![members, cited("m.id"), cited("s.fact_id")]
}

fn identity(slug: &str) -> Value {
    domain::id::identity(domain::Kind::School, slug).into()
}

/// Steps within a school, its groups, alliances and agreements, to schools of a stage.
fn steps(from: &str, stages: &str) -> String {
    let known =
        |alias: &str| format!("{alias}.known_to IS NULL AND {alias}.valid_from <= $1 AND {alias}.valid_to > $1");
    let [m, n, a, g, o, t] = ["m", "n", "a", "g", "o", "t"].map(known);
    let bound = "SELECT agreement_id, outcome_id AS school FROM agreement_outcomes o WHERE outcome_type = 'school'";
    let party = "SELECT agreement_id, party_id FROM agreement_parties o WHERE party_type = 'school'";
    format!(
        "SELECT x.origin, t.id, t.slug FROM (SELECT id AS origin, id AS school FROM {from} \
         UNION SELECT m.school_id, n.school_id FROM {from} JOIN memberships m ON m.school_id = {from}.id AND {m} \
         JOIN groups g ON g.id = m.group_id AND {g} JOIN memberships n ON n.group_id = g.id AND {n} \
         UNION SELECT m.member_id, n.member_id FROM {from} JOIN alliance_members m ON m.member_id = {from}.id AND {m} \
         JOIN alliances a ON a.id = m.alliance_id AND a.kind IN ('development', 'through_training') AND {a} \
         JOIN alliance_members n ON n.alliance_id = a.id AND n.member_type = 'school' AND {n} \
         UNION SELECT one.school, other.school FROM {from} JOIN ({bound} AND {o} UNION {party} AND {o}) one \
         ON one.school = {from}.id JOIN ({bound} AND {o} UNION {party} AND {o}) other ON other.agreement_id = one.agreement_id \
         UNION SELECT q.junior_school_id, q.senior_school_id FROM {from} JOIN admission_places q \
         ON q.junior_school_id = {from}.id AND q.known_to IS NULL AND q.valid_from <= $1 AND q.valid_to > $1) x \
         JOIN schools t ON t.id = x.school AND {t} WHERE EXISTS (SELECT 1 FROM facets f WHERE f.id = t.fact_id \
         AND f.facet = 'phases' AND f.word IN ({stages}) AND f.known_to IS NULL)"
    )
}

fn ways(slug: &str) -> Question {
    Question {
        name: "ways through school",
        document: format!("{{ school(slug: \"{slug}\") {{ ways(first: 100) {{ totalCount }} }} }}"),
        same: "school/ways/totalCount",
        by_hand: vec![sql(
            &format!(
                "WITH start AS (SELECT id FROM schools s WHERE id = $2 AND {KNOWN}), junior AS ({}), place AS (SELECT DISTINCT id \
                 FROM junior), senior AS ({}) SELECT COUNT(*) FROM junior JOIN senior ON senior.origin = junior.id",
                steps("start", "'junior'"),
                steps("place", "'senior', 'vocational_secondary'"),
            ),
            "i",
            [identity(slug)],
        )],
    }
}

fn near(latitude: f64, longitude: f64) -> Question {
    let circle = Circle {
        latitude: Latitude::nearest(latitude).expect("a latitude"),
        longitude: Longitude::nearest(longitude).expect("a longitude"),
        meters: 2_000,
    };
    let ([x, y, z], square) = circle.on_sphere();
    let KeptBounds { latitude: parallels, west, east } = circle.bounds().kept_bounds();
    let away = |alias: &str| {
        ["x", "y", "z"]
            .map(|axis| {
                format!(
                    "({alias}.point_{axis} - ${0}) * ({alias}.point_{axis} - ${0})",
                    match axis {
                        "x" => 2,
                        "y" => 3,
                        _ => 4,
                    }
                )
            })
            .join(" + ")
    };
    let (school, campus) = (away("c"), away("k"));
    let within = "latitude >= $6 AND latitude <= $7 AND longitude >= $8 AND longitude <= $9";
    let statement = format!(
        "SELECT slug, away FROM (SELECT c.slug, c.sort_name, c.id, {school} AS away FROM schools c WHERE {KNOWN} AND {within} \
         UNION ALL SELECT c.slug, c.sort_name, c.id, k.away FROM (SELECT k.school_id, MIN({campus}) AS away FROM campuses k \
         WHERE {KNOWN} AND {within} GROUP BY k.school_id) k JOIN schools c ON c.id = k.school_id AND c.latitude IS NULL \
         AND c.known_to IS NULL AND c.valid_from <= $1 AND c.valid_to > $1) near WHERE away <= $5 \
         ORDER BY away, sort_name, slug LIMIT 20"
    );
    Question {
        name: "what is near",
        document: format!(
            "{{ schools(first: 20, filter: {{ near: {{ latitude: {latitude}, longitude: {longitude}, metres: 2000 }} }}, \
             orderBy: {{ field: DISTANCE }}) {{ edges {{ distance node {{ slug }} }} }} }}"
        ),
        same: "schools/edges/*/node/slug",
        by_hand: vec![sql(
            &statement,
            "ti",
            [x, y, z, square, *parallels.start(), *parallels.end(), west, east].map(Value::from),
        )],
    }
}
