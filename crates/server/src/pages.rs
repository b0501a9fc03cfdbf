//! The pages that people look at, written by the server: each is made of answers of the public API.
//!
//! To add a page: a file in `pages/` with a function `build(&mut Visit)` that asks (`Visit::ask`) and gives a [`Page`];
//! a line in [`entries`]; its texts in `texts/*.json`; and, if it has a script, `web/src/pages/NAME.ts`, by which the
//! page becomes better and without which it is whole. Everything around the content is the business of [`layout`]: the
//! day, the languages, the questions that were asked. Links are made by `Visit::link`, which keeps day and language.

mod about;
pub(crate) mod assets;
mod changes;
mod coverage;
mod errors;
mod front;
mod kinds;
pub(crate) mod layout;
mod list;
mod map;
mod marks;
pub(crate) mod network;
mod noun;
mod parts;
mod pictures;
mod projects;
mod quality;
mod question;
mod search;
mod texts;
mod tie;
mod visit;
mod ways;

use futures::future::BoxFuture;
use graphql::Schema;
use maud::Markup;

pub(crate) use self::{
    errors::error_page,
    texts::Texts,
    visit::{Visit, VisitInput},
};
use crate::own_query::QueryError;

/// A page without what stands around it.
#[derive(Debug)]
pub(crate) struct Page {
    /// What it is called, as the first heading says.
    pub(crate) title: String,
    /// What is on it, in a sentence.
    pub(crate) description: String,
    /// Its content, with the first heading.
    pub(crate) main: Markup,
    /// The script that makes it better: a file of `web/src/pages` without its ending.
    pub(crate) script: Option<&'static str>,
}

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum PageError {
    /// There is no such noun.
    Missing {
        /// What was looked for.
        slug: String,
    },
    /// The address asks for what cannot be: a sentence.
    Unreadable(String),
    /// The API has refused or failed.
    Refused(QueryError),
}

impl From<QueryError> for PageError {
    fn from(error: QueryError) -> Self {
        PageError::Refused(error)
    }
}

/// Makes a page.
pub(crate) type Build = for<'a> fn(&'a mut Visit) -> BoxFuture<'a, Result<Page, PageError>>;

/// A page and its address.
pub(crate) struct Entry {
    /// The address, as the router takes it.
    pub(crate) pattern: String,
    /// The key of its name in the navigation, for those that stand there.
    pub(crate) nav: Option<&'static str>,
    /// What makes it.
    pub(crate) build: Build,
}

/// All pages. Those in the navigation come in its order, and then three for each kind of noun.
pub(crate) fn entries(schema: &Schema) -> Vec<Entry> {
    let fixed: [(&str, Option<&'static str>, Build); 10] = [
        ("/", Some("nav.front"), |visit| Box::pin(front::build(visit))),
        ("/search", None, |visit| Box::pin(search::build(visit))),
        ("/map", Some("nav.map"), |visit| Box::pin(map::build(visit))),
        ("/coverage", Some("nav.coverage"), |visit| Box::pin(coverage::build(visit))),
        ("/network", Some("nav.network"), |visit| Box::pin(network::build(visit))),
        ("/ways", Some("nav.ways"), |visit| Box::pin(ways::build(visit))),
        ("/projects", Some("nav.projects"), |visit| Box::pin(projects::build(visit))),
        ("/changes", Some("nav.changes"), |visit| Box::pin(changes::build(visit))),
        ("/quality", Some("nav.quality"), |visit| Box::pin(quality::build(visit))),
        ("/about", Some("nav.about"), |visit| Box::pin(about::build(visit))),
    ];
    let mut all: Vec<Entry> =
        fixed.into_iter().map(|(pattern, nav, build)| Entry { pattern: pattern.to_owned(), nav, build }).collect();
    for kind in kinds::kinds(schema) {
        let of_kind: [(String, Build); 3] = [
            (format!("/{}", kind.path), |visit| Box::pin(list::build(visit))),
            (format!("/{}/{{slug}}", kind.path), |visit| Box::pin(noun::build(visit))),
            (format!("/{}/{{slug}}/{{tie}}", kind.path), |visit| Box::pin(tie::build(visit))),
        ];
        for (pattern, build) in of_kind {
            // A page of its own may take the place of a list.
            if all.iter().all(|entry| entry.pattern != pattern) {
                all.push(Entry { pattern, nav: None, build });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_page_of_the_navigation_has_its_sentence_on_the_front_page_and_no_other_has() {
        let ways: BTreeSet<String> = entries(&graphql::schema())
            .into_iter()
            .filter(|entry| entry.pattern != "/")
            .filter_map(|entry| entry.nav.map(front::way_key))
            .collect();
        assert!(ways.len() > 6, "{ways:?}");
        for texts in Texts::all() {
            let said: BTreeSet<String> = texts.keys_of("front.way.").map(str::to_owned).collect();
            assert_eq!(said, ways, "{}", texts.language);
        }
    }
}
