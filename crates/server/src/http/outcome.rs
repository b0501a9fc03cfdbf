//! What a request wanted to run, and what became of it: log and metrics are written from these.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use graphql::{Answer, Figures, Prepared};

/// What a request wanted to run.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) name: Option<String>,
    pub(crate) kind: &'static str,
    pub(crate) document: String,
}

impl About {
    pub(crate) fn of(prepared: &Prepared) -> Self {
        let (name, kind) = (prepared.name.clone(), prepared.kind.as_str());
        About { name, kind, document: prepared.request().query.clone() }
    }

    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("anonymous")
    }

    /// The operation's name as a label: a client may make up as many names as it likes, and a label must not.
    pub(crate) fn label(&self) -> String {
        static NAMES: Mutex<Option<HashSet<String>>> = Mutex::new(None);
        let Some(name) = &self.name else { return "anonymous".to_owned() };
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let names = names.get_or_insert_default();
        if names.contains(name) || (names.len() < MOST_NAMES && names.insert(name.clone())) {
            name.clone()
        } else {
            "other".to_owned()
        }
    }
}

/// How many names of operations are told apart.
const MOST_NAMES: usize = 200;

/// What became of it.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// The code of the first error, or `ok`.
    pub(crate) code: String,
    pub(crate) figures: Figures,
}

impl Outcome {
    pub(crate) fn of(answer: &Answer) -> Self {
        Outcome { code: answer.code().unwrap_or("ok").to_owned(), figures: answer.figures }
    }

    pub(crate) fn named(code: &str) -> Self {
        Outcome { code: code.to_owned(), figures: Figures::default() }
    }
}
