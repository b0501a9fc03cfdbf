//! The ready-made questions: files of `queries/`, each one operation with a description in comments.

use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use serde_json::{Map, Value};

static QUERY_FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/queries");

/// A ready-made question.
#[derive(Debug, Clone, PartialEq)]
pub struct CuratedQuery {
    /// The file's name without its ending, which is also its id.
    pub name: &'static str,
    /// What it asks, in a few words.
    pub title: &'static str,
    /// Who may want to know.
    pub audience: &'static str,
    /// What the answer holds, and how to read it.
    pub description: &'static str,
    /// The variables it is asked with unless told otherwise; the one that names a noun is not among them.
    pub variables: Map<String, Value>,
    /// How the noun is found that it is asked about unless told otherwise; `None` if it is about no single one.
    pub example: Option<ExampleSearch>,
    /// The list whose items are the rows of its answer unless told otherwise.
    pub rows: &'static str,
    /// How many SQL statements it may cost.
    pub budget: u64,
    /// The whole document, with the words about itself as comments.
    pub text: &'static str,
}

/// How the noun is found that a question is asked about: `variable: list { slug … }`. With its `location` among what is asked,
/// the question is about a circle around it.
///
/// Every object of the list's items that has a `slug` is a candidate, judged by the counts (`totalCount`) below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleSearch {
    /// The variable that takes the noun's slug, or the circle.
    pub variable: &'static str,
    /// The field of `Query` that lists nouns.
    pub list: &'static str,
    /// What each item is asked for, in braces.
    pub selection: &'static str,
}

impl ExampleSearch {
    fn parse(text: &'static str) -> Option<Self> {
        let (variable, rest) = text.split_once(": ")?;
        let (list, selection) = rest.split_once(' ')?;
        Some(Self { variable, list, selection })
    }

    /// Whether the question is about a circle on the map.
    #[must_use]
    pub fn asks_for_place(&self) -> bool {
        self.selection.contains("location {")
    }
}

impl CuratedQuery {
    /// As the pages read it, with the variables that it is asked with now.
    #[must_use]
    pub fn to_json(&self, variables: &Map<String, Value>) -> Value {
        let Self { name, title, audience, description, budget, text, .. } = self;
        serde_json::json!({
            "name": name, "title": title, "audience": audience, "description": description,
            "variables": variables, "budget": budget, "text": text,
        })
    }

    fn parse(name: &'static str, text: &'static str) -> Option<Self> {
        let about =
            |key: &str| text.lines().find_map(|line| line.strip_prefix("# ")?.strip_prefix(key)?.strip_prefix(": "));
        Some(Self {
            name,
            title: about("title")?,
            audience: about("audience")?,
            description: about("description")?,
            variables: serde_json::from_str(about("variables")?).ok()?,
            example: match about("example") {
                Some(text) => Some(ExampleSearch::parse(text)?),
                None => None,
            },
            rows: about("rows")?,
            budget: about("budget")?.parse().ok()?,
            text,
        })
    }
}

/// All of them: the one to begin with first, the others by name.
///
/// # Panics
/// A file lacks a part of its description; a test checks all of them.
#[must_use]
pub fn curated_queries() -> &'static [CuratedQuery] {
    static ALL: LazyLock<Vec<CuratedQuery>> = LazyLock::new(|| {
        let mut all: Vec<CuratedQuery> = QUERY_FILES
            .files()
            .filter(|file| file.path().extension().is_some_and(|ending| ending == "graphql"))
            .map(|file| {
                let name = file.path().file_stem().and_then(|stem| stem.to_str()).expect("a name");
                let text = file.contents_utf8().expect("UTF-8");
                CuratedQuery::parse(name, text)
                    .unwrap_or_else(|| panic!("queries/{name}.graphql does not say what it is"))
            })
            .collect();
        all.sort_by_key(|one| (one.name != FIRST_QUERY, one.name));
        all
    });
    &ALL
}

/// The question to begin with: the walk that the map is for.
const FIRST_QUERY: &str = "reach-of-a-school";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_says_what_it_is() {
        assert!(curated_queries().len() >= 12);
        assert_eq!(curated_queries()[0].name, FIRST_QUERY);
        assert!(curated_queries().iter().all(|one| one.budget > 0 && one.text.contains("\nquery ")));
    }

    #[test]
    fn each_variable_without_a_default_has_an_example() {
        for one in curated_queries() {
            let declared = one.text.split_once('(').map(|(_, rest)| rest.split_once(") {").expect("a heading").0);
            for variable in declared.unwrap_or_default().split(", ").filter_map(|it| it.strip_prefix('$')) {
                let variable = variable.split_once(':').expect("a type").0;
                let is_example = one.example.as_ref().is_some_and(|example| example.variable == variable);
                assert!(is_example != one.variables.contains_key(variable), "{}: ${variable}", one.name);
            }
        }
    }

    #[test]
    fn a_file_without_a_title_is_none() {
        assert_eq!(CuratedQuery::parse("x", "# budget: 1\nquery X { view { asOf } }\n"), None);
    }
}
