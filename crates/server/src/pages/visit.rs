//! A reader at an address: language, day, and the questions that the page asks for them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::LanguageTag;
use graphql::{Backend, Schema};
use serde_json::{Value, json};

use super::{PageError, texts::Texts};
use crate::own_query::ask;

/// What a request says.
#[derive(Clone)]
pub(crate) struct VisitInput {
    /// What is asked.
    pub(crate) schema: Schema,
    /// Whom it is asked.
    pub(crate) backend: Backend,
    /// The languages that the reader accepts, the best first.
    pub(crate) accepted: Vec<LanguageTag>,
    /// The path of the address, from its first `/`.
    pub(crate) path: String,
    /// The parts of the path that the pattern of the page leaves open.
    pub(crate) parts: BTreeMap<String, String>,
    /// What follows the path.
    pub(crate) params: BTreeMap<String, String>,
}

/// A reader at an address.
pub(crate) struct Visit {
    /// What the pages say, in the reader's language.
    pub(crate) texts: &'static Texts,
    /// The day and the revision of all that the page shows; both are null before anything was asked.
    pub(crate) view: Value,
    input: VisitInput,
    languages: Vec<LanguageTag>,
    questions: Vec<Question>,
}

/// What a page has asked.
#[derive(Debug)]
pub(crate) struct Question {
    /// The document.
    pub(crate) query: String,
    /// Its variables.
    pub(crate) variables: Value,
}

const VIEW: &str = "query View($asOf: Date, $knownAt: Int) {
  map(asOf: $asOf, knownAt: $knownAt) {
    view {
      asOf
      isPinned
      revision { number recordedAt }
    }
  }
}";

impl Visit {
    /// A visit that has asked nothing yet.
    pub(crate) fn new(input: VisitInput) -> Self {
        let named = input.params.get("lang").map(String::as_str);
        let texts = Texts::choose(named, &input.accepted);
        // The data speaks the language that the page was asked for, and then those that the reader accepts anyway.
        let first = named.and_then(|named| LanguageTag::parse(named).ok());
        let languages = first.into_iter().chain(input.accepted.iter().cloned()).collect();
        Visit { texts, view: Value::Null, input, languages, questions: Vec::new() }
    }

    /// Looks up the day and the latest revision, by which the whole page is read: nothing new is half on it.
    pub(crate) async fn settle_view(&mut self) -> Result<(), PageError> {
        let variables = json!({ "asOf": self.read_day("asOf")?, "knownAt": self.read_revision("knownAt")? });
        let VisitInput { schema, backend, .. } = &self.input;
        let mut data = ask(schema, backend, VIEW, variables, self.languages.clone()).await?;
        self.view = data["map"]["view"].take();
        Ok(())
    }

    /// The day that a parameter of the address gives; null where it gives none.
    pub(crate) fn read_day(&self, name: &str) -> Result<Value, PageError> {
        match self.param(name) {
            Some(day) if NaiveDate::parse_from_str(day, "%Y-%m-%d").is_err() => {
                Err(PageError::Unreadable(self.texts.fill("error.day", &[("day", day)])))
            }
            day => Ok(json!(day)),
        }
    }

    /// The number of a revision that a parameter of the address gives; null where it gives none.
    pub(crate) fn read_revision(&self, name: &str) -> Result<Value, PageError> {
        let Some(number) = self.param(name) else { return Ok(Value::Null) };
        match number.parse::<i32>() {
            Ok(number) => Ok(json!(number)),
            Err(_) => Err(PageError::Unreadable(self.texts.fill("error.revision", &[("number", number)]))),
        }
    }

    /// Asks the API under the view of the page: `$asOf` and `$knownAt` are given.
    pub(crate) async fn ask(&mut self, query: &str, variables: Value) -> Result<Value, PageError> {
        let mut variables = variables;
        variables["asOf"] = self.view["asOf"].clone();
        variables["knownAt"] = self.view["revision"]["number"].clone();
        self.ask_as_is(query, variables).await
    }

    /// Asks the API what says itself under which views.
    pub(crate) async fn ask_as_is(&mut self, query: &str, variables: Value) -> Result<Value, PageError> {
        let VisitInput { schema, backend, .. } = &self.input;
        let data = ask(schema, backend, query, variables.clone(), self.languages.clone()).await;
        self.questions.push(Question { query: query.to_owned(), variables });
        Ok(data?)
    }

    /// Forgets what was asked: an error is the answer to nothing.
    pub(crate) fn forget_questions(&mut self) {
        self.questions.clear();
    }

    /// Asks for a further page of a list that a question has begun: the footer names the question once.
    pub(crate) async fn ask_on(&mut self, query: &str, variables: Value) -> Result<Value, PageError> {
        let data = self.ask(query, variables).await;
        self.questions.pop();
        data
    }

    /// What the page has asked.
    pub(crate) fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// The API that is asked.
    pub(crate) fn schema(&self) -> &Schema {
        &self.input.schema
    }

    /// The path of the address.
    pub(crate) fn path(&self) -> &str {
        &self.input.path
    }

    /// A part of the path that the pattern leaves open.
    pub(crate) fn part(&self, name: &str) -> &str {
        self.input.parts.get(name).map_or("", String::as_str)
    }

    /// A parameter of the address; one that is empty counts as none.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.input.params.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The parameters of the address, by name; one that is empty counts as none.
    pub(crate) fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.input.params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        all.filter(|(_, value)| !value.is_empty())
    }

    /// The way from this address to the start: links are relative, so that a proxy may serve the whole under a path.
    pub(crate) fn root(&self) -> String {
        match self.input.path.matches('/').count() {
            0 | 1 => "./".to_owned(),
            depth => "../".repeat(depth - 1),
        }
    }

    /// A link to a file or page from the start, without day and language.
    pub(crate) fn plain_link(&self, path: &str) -> String {
        format!("{}{}", self.root(), path.trim_start_matches('/'))
    }

    /// A link to a page, which keeps the day and the language of the address.
    pub(crate) fn link(&self, path: &str) -> String {
        self.link_with(path, &[])
    }

    /// The same with more parameters; an empty one is left out.
    pub(crate) fn link_with(&self, path: &str, more: &[(&str, &str)]) -> String {
        let kept = ["lang", "asOf", "knownAt"].into_iter().filter_map(|name| Some((name, self.param(name)?)));
        self.link_of(path, kept, more)
    }

    /// A link to this address with other parameters than it has; an empty one is left out.
    pub(crate) fn link_here(&self, other: &[(&str, &str)]) -> String {
        self.link_of(self.path(), self.params(), other)
    }

    fn link_of<'a>(
        &'a self,
        path: &str,
        kept: impl Iterator<Item = (&'a str, &'a str)>,
        more: &[(&'a str, &'a str)],
    ) -> String {
        let kept = kept.filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        let pairs: Vec<_> = kept.chain(more.iter().copied().filter(|(_, value)| !value.is_empty())).collect();
        let link = self.plain_link(path);
        if pairs.is_empty() { link } else { format!("{link}?{}", encode_pairs(&pairs)) }
    }

    /// A link that walks a list: it names the day and the revision, since a cursor holds for one view.
    pub(crate) fn pinned_link(&self, path: &str, more: &[(&str, &str)]) -> String {
        let day = self.view["asOf"].as_str().unwrap_or_default().to_owned();
        let number = self.view["revision"]["number"].as_i64().map(|number| number.to_string()).unwrap_or_default();
        let pinned = [("asOf", day.as_str()), ("knownAt", number.as_str())];
        self.link_with(path, &pinned.iter().chain(more).copied().collect::<Vec<_>>())
    }
}

/// Pairs as the query of an address has them.
pub(super) fn encode_pairs(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A text as a part of an address may have it.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}
