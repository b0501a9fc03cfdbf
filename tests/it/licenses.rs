//! The licenses of the crates in the binary are those that `crates/server/licenses.json` lists.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    env, fs,
    path::Path,
    process::Command,
};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tests::root;

/// A crate's name and version.
type Package = (String, String);

/// What the crate says of its license.
#[derive(Debug, PartialEq, Eq)]
struct License {
    expression: String,
    texts: Vec<String>,
}

/// The file that is embedded is printed by this test with `UPDATE_EXPECT=1`, which asks the registry for the crates of all platforms.
/// Otherwise only those of this platform are looked at, which the build of the suite has brought.
#[test]
fn the_licenses_that_are_embedded_are_those_of_the_crates() {
    let path = root().join("crates/server/licenses.json");
    if env::var_os("UPDATE_EXPECT").is_some() {
        let text = format!("{:#}\n", print(&linked_crates(&[])));
        if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            fs::write(&path, text).expect("the file can be written");
        }
    }
    let listed = read(&serde_json::from_str(&fs::read_to_string(&path).expect("the file is there")).expect("JSON"));

    let host = format!("--filter-platform={}", host());
    for (package, license) in &linked_crates(&["--offline", &host]) {
        assert_eq!(
            listed.get(package),
            Some(license),
            "{package:?}: `UPDATE_EXPECT=1 cargo test -p tests licenses` prints the file anew"
        );
    }
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("the lock file");
    for (name, version) in listed.keys() {
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(lock.contains(&entry), "{name} {version} is no longer used");
    }
}

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host").to_owned()
}

/// The crates that the binary is linked from or built with, its own aside.
fn linked_crates(arguments: &[&str]) -> BTreeMap<Package, License> {
    let output = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["metadata", "--format-version=1", "--locked"])
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let by_id = |list: &Value| -> HashMap<String, Value> {
        let list = list.as_array().expect("a list");
        list.iter().map(|one| (one["id"].as_str().expect("an id").to_owned(), one.clone())).collect()
    };
    let (packages, nodes) = (by_id(&metadata["packages"]), by_id(&metadata["resolve"]["nodes"]));
    let mut seen = BTreeSet::new();
    let mut to_visit: Vec<&str> = packages
        .iter()
        .filter(|(_, package)| package["name"] == "server" && package["source"].is_null())
        .map(|(id, _)| id.as_str())
        .collect();
    while let Some(id) = to_visit.pop() {
        if !seen.insert(id) {
            continue;
        }
        let dependencies = nodes[id]["deps"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|one| one["dep_kinds"].as_array().expect("a list").iter().any(|kind| kind["kind"] != "dev"));
        to_visit.extend(dependencies.map(|one| one["pkg"].as_str().expect("an id")));
    }
    seen.into_iter()
        .map(|id| &packages[id])
        .filter(|package| !package["source"].is_null())
        .map(|package| {
            let text = |field: &str| package[field].as_str().map(str::to_owned);
            let folder = Path::new(package["manifest_path"].as_str().expect("a path")).parent().expect("a folder");
            let expression = text("license").unwrap_or_else(|| "see the text".to_owned());
            let named = (text("name").expect("a name"), text("version").expect("a version"));
            (named, License { expression, texts: license_texts(folder) })
        })
        .collect()
}

/// The files of a crate that say under which conditions it may be used.
fn license_texts(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the crate's folder")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| {
            let lower = name.to_lowercase();
            let starts = ["license", "licence", "copying", "notice", "unlicense", "copyright"];
            starts.iter().any(|start| lower.starts_with(start))
                && ![".rs", ".html", ".json"].iter().any(|end| lower.ends_with(end))
        })
        .collect();
    names.sort();
    let texts = names.iter().map(|name| fs::read(folder.join(name)).expect("a file of the crate"));
    let texts = texts.map(|text| String::from_utf8_lossy(&text).replace("\r\n", "\n").trim().to_owned());
    texts.filter(|text| !text.is_empty()).collect()
}

/// The file: crates in their order, and each text once, under the start of its digest.
fn print(crates: &BTreeMap<Package, License>) -> Value {
    let key =
        |text: &String| -> String { Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect() };
    let texts: BTreeMap<String, &String> =
        crates.values().flat_map(|one| &one.texts).map(|text| (key(text), text)).collect();
    let listed = crates.iter().map(|((name, version), license)| {
        let keys: Vec<String> = license.texts.iter().map(key).collect();
        json!({ "name": name, "version": version, "license": license.expression, "texts": keys })
    });
    let texts: Map<String, Value> = texts.into_iter().map(|(key, text)| (key, text.as_str().into())).collect();
    json!({ "crates": listed.collect::<Vec<_>>(), "texts": texts })
}

fn read(file: &Value) -> BTreeMap<Package, License> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let listed = file["crates"].as_array().expect("a list").iter().map(|one| {
        let keys = one["texts"].as_array().expect("a list").iter();
        let texts = keys.map(|key| text(&file["texts"][text(key)])).collect();
        ((text(&one["name"]), text(&one["version"])), License { expression: text(&one["license"]), texts })
    });
    listed.collect()
}
