//! Contracts: the schema is the one committed, everything in it is described, the layers hold, the README is true.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use graphql::ErrorCode;
use serde_json::{Value, json};
use tests::{TestApp, chaoyang, root};

#[test]
fn the_committed_schema_is_what_the_code_prints() {
    expect_test::expect_file![root().join("schema.graphql")].assert_eq(&graphql::schema().sdl());
}

const INTROSPECTION: &str = "{ __schema { types { name kind description enumValues(includeDeprecated: true) { name description }
    inputFields { name description } fields(includeDeprecated: true) { name description args { name description } type { kind ofType { name } } } } } }";

async fn introspect() -> Value {
    let app = TestApp::on("SQLite", persistence::Store::in_memory().await.expect("memory"));
    app.data(INTROSPECTION).await
}

fn all<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

#[tokio::test]
async fn every_type_field_argument_and_value_is_described() {
    let schema = introspect().await;
    // GraphQL's own scalars need no words of ours.
    let own = ["Boolean", "Float", "ID", "Int", "String"];
    let mut silent = Vec::new();
    let mut look = |path: String, item: &Value| {
        if item["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
            silent.push(path);
        }
    };
    for one in all(&schema["__schema"], "types")
        .filter(|one| !one["name"].as_str().is_some_and(|name| name.starts_with("__") || own.contains(&name)))
    {
        let name = one["name"].as_str().unwrap_or_default();
        look(name.to_owned(), one);
        for part in ["enumValues", "inputFields", "fields"] {
            for item in all(one, part) {
                let path = format!("{name}.{}", item["name"].as_str().unwrap_or_default());
                look(path.clone(), item);
                all(item, "args")
                    .for_each(|arg| look(format!("{path}({})", arg["name"].as_str().unwrap_or_default()), arg));
            }
        }
    }
    assert!(silent.is_empty(), "no word about {silent:#?}");
}

#[tokio::test]
async fn every_root_field_is_asked_for_in_some_test() {
    let schema = introspect().await;
    let query = all(&schema["__schema"], "types").find(|one| one["name"] == "Query").expect("a query type");
    let mut tests = String::new();
    for folder in ["tests/it", "tests/seed"] {
        for entry in fs::read_dir(root().join(folder)).expect("the tests") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension != "json") {
                tests += &fs::read_to_string(path).expect("a test");
            }
        }
    }
    let words: BTreeSet<&str> = tests.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let unasked: Vec<_> =
        all(query, "fields").filter_map(|field| field["name"].as_str()).filter(|name| !words.contains(name)).collect();
    assert!(unasked.is_empty(), "no test asks for {unasked:?}");
}

/// All sources of a crate, its folders' too, each with its path.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push((path.clone(), fs::read_to_string(&path).expect("a file")));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

#[test]
fn each_crate_knows_only_what_its_layer_may() {
    let allowed: &[(&str, &[&str], &[&str])] = &[
        ("crates/domain", &[], &["sea-orm", "async-graphql", "axum", "tokio", "serde"]),
        ("migrations", &[], &["sea-orm", "async-graphql", "axum"]),
        ("crates/persistence", &["domain", "migrations"], &["async-graphql", "axum"]),
        ("crates/graphql", &["domain", "persistence"], &["sea-orm", "sea-orm-migration", "axum"]),
        ("crates/server", &["domain", "graphql", "persistence"], &["sea-orm", "sea-orm-migration"]),
    ];
    for (folder, ours, never) in allowed {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a manifest");
        let names: BTreeSet<&str> =
            manifest.lines().filter_map(|line| line.split_once(['.', ' ', '=']).map(|(name, _)| name)).collect();
        let mine = ["domain", "graphql", "migrations", "persistence", "server"];
        for name in mine.iter().filter(|name| names.contains(*name) && !folder.ends_with(*name)) {
            assert!(ours.contains(name), "{folder} depends on {name}");
        }
        for name in *never {
            assert!(!names.contains(name), "{folder} depends on {name}");
        }
    }
}

/// The names that follow a path in a source, be it in braces or not.
fn names_after<'a>(source: &'a str, path: &str) -> Vec<&'a str> {
    let name = |text: &'a str| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let mut names = Vec::new();
    for rest in source.split(path).skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            names.push(name(rest));
            continue;
        };
        let (mut depth, mut begin) = (0, 0);
        for (at, c) in group.char_indices() {
            if depth == 0 && matches!(c, ',' | '}') {
                names.push(name(group[begin..at].trim_start()));
                begin = at + 1;
            }
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                _ => {}
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn modules_of_http_use_those_below_them() {
    let group = "use super::{\n    a::{B, C},\n    d,\n};\nuse super::e::F;\nfn f() { super::g::h() }";
    assert_eq!(names_after(group, "super::"), ["a", "d", "e", "g"]);
    let text = fs::read_to_string(root().join("crates/server/src/http.rs")).expect("a file");
    let modules: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    let docs: String = text.lines().filter(|line| line.starts_with("//!")).collect();
    let place =
        |module: &str| docs.find(&format!("`{module}`")).unwrap_or_else(|| panic!("nobody says what {module} is"));
    let folder = root().join("crates/server/src/http");
    for (path, text) in sources("crates/server/src/http") {
        let inside = path.strip_prefix(&folder).expect("a path of ours").with_extension("");
        let mut parts = inside.iter().map(|part| part.to_str().expect("UTF-8"));
        let module = parts.next().expect("a module");
        let up = if parts.next().is_some() { "super::super::" } else { "super::" };
        let text = untested(&text);
        for used in names_after(text, up).into_iter().chain(names_after(text, "crate::http::")) {
            assert!(modules.contains(&used), "`{module}` takes `{used}` from `http` itself");
            assert!(used == module || place(used) < place(module), "`{module}` uses `{used}`, which stands above it");
        }
        assert!(!names_after(text, "crate::").contains(&"App"), "`{module}` takes `App` from above");
    }
}

/// Whether a source has the text of a statement in it.
fn has_sql(source: &str) -> bool {
    let words = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "PRAGMA "];
    source.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
        words.iter().any(|word| line.contains(word)) && (line.contains('"') || line.trim_start().starts_with(words[0]))
    })
}

/// A source without its tests.
fn untested(source: &str) -> &str {
    source.split("#[cfg(test)]").next().unwrap_or_default()
}

#[test]
fn sql_stands_in_the_migrations_and_in_one_module_of_persistence() {
    assert!(has_sql(r#"let all = query("SELECT id FROM schools");"#) && has_sql("SELECT id\nFROM schools"));
    assert!(!has_sql(untested("fn one() {}\n#[cfg(test)]\nmod tests { const ALL: &str = \"SELECT 1\"; }")));
    let mut modules = Vec::new();
    for folder in ["crates/domain/src", "crates/graphql/src", "crates/persistence/src", "crates/server/src"] {
        let with_sql = sources(folder).into_iter().filter(|(_, text)| has_sql(untested(text)));
        modules.extend(with_sql.map(|(path, _)| path.strip_prefix(root()).expect("a path of ours").to_owned()));
    }
    assert_eq!(modules, [Path::new("crates/persistence/src/dialect.rs")]);
}

/// Whether a source reads a table without the view's module.
fn reads_a_fact_without_a_view(source: &str) -> bool {
    source.lines().any(|line| line.contains("KnownTo") || line.contains("\"known_to\""))
}

#[test]
fn a_view_becomes_a_condition_in_one_module() {
    assert!(reads_a_fact_without_a_view("select.and_where(col(\"c\", Column::KnownTo).is_null())"));
    let mut modules: Vec<String> = Vec::new();
    for (path, text) in sources("crates/persistence/src") {
        if reads_a_fact_without_a_view(untested(&text)) {
            modules.push(path.file_name().expect("a file").to_string_lossy().into_owned());
        }
    }
    modules.sort_unstable();
    // A draft closes facts and asks what changed after a revision, names are folded anew of all versions, a page in
    // PostgreSQL names the column in its order, and the planner is told how many values it has.
    assert_eq!(modules, ["draft.rs", "names.rs", "noun.rs", "statistics.rs", "view.rs"]);
}

#[tokio::test]
async fn every_query_of_the_readme_is_answered() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let queries: Vec<&str> = readme.split("```graphql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(queries.len() >= 6, "the README shows only {} queries", queries.len());
    for app in chaoyang("every_query_of_the_readme").await {
        for query in &queries {
            let answer = match query.starts_with("subscription") {
                true => app.first_event(query).await,
                false => app.ask(query, json!({})).await.json(),
            };
            assert!(answer.get("errors").is_none(), "{}: {query}\n{answer:#}", app.name);
            let roots = answer["data"].as_object().expect("data");
            assert!(roots.values().all(|value| !value.is_null()), "{}: {query} finds nothing: {answer:#}", app.name);
        }
    }
}

/// The rows of the README's table of questions: a query, and its answer from the bundled data.
#[tokio::test]
async fn every_answer_in_the_readme_is_true() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).expect("the README");
    let (_, table) = readme.split_once("## What you can ask\n").expect("the table");
    let (table, _) = table.split_once("\n## ").expect("its end");
    for app in chaoyang("every_answer_in_the_readme").await {
        let mut told = readme.clone();
        let mut rows = 0;
        for line in table.lines().filter(|line| line.starts_with("| ") && line.contains("| `{")) {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [_, query, _, question] = cells[..] else { panic!("four cells: {line}") };
            let answer = app.data(query.trim_matches('`')).await;
            told = told.replace(line, &format!("| {} | {query} | `{answer}` | {question} |", cells[0]));
            let file = format!("crates/server/queries/{}.graphql", question.trim_matches('`'));
            assert!(root().join(&file).is_file(), "{file}");
            rows += 1;
        }
        assert!(rows >= 9, "{rows} rows");
        expect_test::expect_file![&path].assert_eq(&told);
    }
}

#[test]
fn every_code_of_an_error_is_in_the_docs() {
    const BEGIN: &str = "<!-- codes -->\n";
    const END: &str = "<!-- /codes -->\n";
    let path = root().join("docs/errors.md");
    let docs = fs::read_to_string(&path).expect("the docs");
    let (before, rest) = docs.split_once(BEGIN).expect("a begin marker");
    let (_, after) = rest.split_once(END).expect("an end marker");
    let mut table = "| Code | Status | Means | What to do |\n|---|---|---|---|\n".to_owned();
    for code in ErrorCode::ALL {
        let status = code.status().map_or_else(String::new, |status| format!("{status} "));
        table += &format!("| `{}` | {status}| {} | {} |\n", code.as_str(), code.meaning(), code.remedy());
    }
    expect_test::expect_file![path].assert_eq(&format!("{before}{BEGIN}{table}{END}{after}"));
}

#[test]
fn codes_of_errors_are_written_once() {
    for (path, text) in ["crates/graphql/src", "crates/server/src"].into_iter().flat_map(sources) {
        for code in ErrorCode::ALL.iter().filter(|_| !path.ends_with("error_code.rs")) {
            let literal = format!("\"{}\"", code.as_str());
            assert!(!untested(&text).contains(&literal), "{} has {literal}: it is {code:?}", path.display());
        }
    }
}
