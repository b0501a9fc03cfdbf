//! Nothing in the code knows a district: only the bundled data set does.

use std::{collections::BTreeSet, fs, path::Path};

use domain::{Kind, SHAPES};
use tests::{bundled, root};

/// What the programs are made of: sources, pages and ready-made questions, without tests.
fn sources(dir: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_name().expect("a name").to_string_lossy().into_owned();
        if entry.is_dir() {
            if !["data", "node_modules", "tests", "target", "dist"].contains(&name.as_str()) {
                sources(&entry, found);
            }
            continue;
        }
        let is_source =
            [".rs", ".ts", ".tsx", ".css", ".html", ".graphql", ".sql"].iter().any(|end| name.ends_with(end));
        if is_source && name != "tests.rs" {
            let text = fs::read_to_string(&entry).expect("UTF-8");
            // The tests of a module stand at its end.
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned();
            found.push((entry.display().to_string(), code));
        }
    }
}

/// The slugs of the bundled nouns, but for those that are words of every map.
fn bundled_slugs() -> BTreeSet<String> {
    let mut slugs = BTreeSet::new();
    // The slugs of sources, figures and expert groups are words of every map, such as `population`.
    let is_of_words = |kind| matches!(kind, Kind::Source | Kind::ReportedFigure | Kind::ExpertGroup);
    for shape in SHAPES.iter().filter(|shape| shape.is_noun() && !is_of_words(shape.kind)) {
        let Ok(text) = fs::read_to_string(bundled().join(shape.file_name())) else { continue };
        slugs.extend(text.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned));
    }
    for word in ["north", "south", "east", "west", "center"] {
        slugs.remove(word);
    }
    slugs
}

#[test]
fn nothing_in_the_code_knows_a_district() {
    let mut all = Vec::new();
    sources(&root().join("crates"), &mut all);
    assert!(all.len() > 150, "{}", all.len());
    let slugs = bundled_slugs();
    assert!(slugs.len() > 200 && slugs.contains("chaoyang"), "{}", slugs.len());
    let is_han = |character: char| matches!(character, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}');
    let mut offences = Vec::new();
    for (path, code) in &all {
        for (at, line) in code.lines().enumerate() {
            let words = line.split(|it: char| !(it.is_alphanumeric() || it == '_'));
            let has_language = words.into_iter().any(|word| matches!(word, "zh" | "Chinese" | "Chaoyang" | "Beijing"));
            let literals = line.split(['"', '\'', '`']).skip(1).step_by(2);
            let has_slug = literals.into_iter().any(|literal| slugs.contains(literal));
            if has_language || has_slug || line.contains(is_han) {
                offences.push(format!("{path}:{}: {line}", at + 1));
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}
