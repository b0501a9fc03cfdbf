//! What changed between two views, for people: as Markdown, and as HTML in a feed.
//!
//! It is asked for through the API, by one function for all who print it.

use domain::LanguageTag;
use graphql::{Backend, Schema};
use serde_json::{Value, json};

use crate::own_query::{QueryError, ask};

/// The two views and a page of both lists; a list that has no more is left out.
const QUERY: &str = "query WhatChanged($from: ViewInput!, $to: ViewInput!, $l: String, $h: String, $learned: Boolean!, $happened: Boolean!) {
    changes(from: $from, to: $to) {
        from { asOf revision { number } } to { asOf revision { number } }
        learned(first: 100, after: $l) @include(if: $learned) { ...List }
        happened(first: 100, after: $h) @include(if: $happened) { ...List }
    }
}
fragment List on ChangeConnection {
    pageInfo { hasNextPage endCursor }
    edges { kind fact since noun { name slug } other { name slug } fields { field was is } }
}";

/// How many pages of a list are printed.
const MAX_PAGES: usize = 10;

/// What changed, in sections with a line for each change.
#[derive(Debug)]
pub(crate) struct ChangesReport {
    title: String,
    sections: Vec<(String, Vec<String>)>,
}

/// Reads what changed between two views, each as `ViewInput` has it.
pub(crate) async fn load_changes(
    schema: &Schema,
    backend: &Backend,
    (from, to): (&Value, &Value),
    languages: &[LanguageTag],
) -> Result<ChangesReport, QueryError> {
    let names = ["learned", "happened"];
    let mut lists: [(Vec<String>, Value, bool); 2] = std::array::from_fn(|_| (Vec::new(), Value::Null, true));
    let mut views = [Value::Null, Value::Null];
    for _ in 0..MAX_PAGES {
        let variables = json!({
            "from": from, "to": to, "l": lists[0].1, "h": lists[1].1, "learned": lists[0].2, "happened": lists[1].2,
        });
        let data = ask(schema, backend, QUERY, variables, languages.to_vec()).await?;
        let changes = &data["changes"];
        views = [changes["from"].clone(), changes["to"].clone()];
        for ((lines, cursor, has_more), name) in lists.iter_mut().zip(names).filter(|((.., has_more), _)| *has_more) {
            let list = &changes[name];
            lines.extend(list["edges"].as_array().into_iter().flatten().map(describe));
            *cursor = list["pageInfo"]["endCursor"].clone();
            *has_more = list["pageInfo"]["hasNextPage"] == true;
        }
        if lists.iter().all(|(.., has_more)| !has_more) {
            break;
        }
    }
    let [learned, happened] = lists.map(|(mut lines, _, has_more)| {
        if has_more {
            lines.push("and more, which the API lists".to_owned());
        }
        lines
    });
    let day = |view: &Value| view["asOf"].as_str().unwrap_or_default().to_owned();
    let number = |view: &Value| view["revision"]["number"].to_string();
    let [from, to] = &views;
    Ok(ChangesReport {
        title: format!("What changed from {} to {}", day(from), day(to)),
        sections: vec![
            (format!("Learned of {}, from revision {} to {}", day(from), number(from), number(to)), learned),
            (format!("Happened from {} to {}, as revision {} knows it", day(from), day(to), number(to)), happened),
        ],
    })
}

/// A view of an address as the API takes it: a release, or `asOf:` and a day, perhaps with `@` and a revision.
pub(crate) fn read_view(text: &str) -> Value {
    let Some(view) = text.strip_prefix("asOf:") else { return json!({ "release": text }) };
    match view.split_once('@') {
        // What is no number is refused as one that no revision has.
        Some((day, number)) => json!({ "asOf": day, "knownAt": number.parse::<u32>().map_or(-1, i64::from) }),
        None => json!({ "asOf": view }),
    }
}

/// Whether a release is of no later day and of no later revision than another.
pub(crate) fn is_earlier(release: &Value, other: &Value) -> bool {
    let day = |release: &Value| release["view"]["asOf"].as_str().unwrap_or_default().to_owned();
    let number = |release: &Value| release["view"]["revision"]["number"].as_i64();
    day(release) <= day(other) && number(release) <= number(other)
}

/// A change as a line: when, what, about whom, and what it was and is.
fn describe(change: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let words = |value: &Value| text(value).to_lowercase().replace('_', " ");
    let since = change["since"].as_str().map(|day| format!("{day}: ")).unwrap_or_default();
    let other = change["other"]["name"].as_str().map(|name| format!(" – {name}")).unwrap_or_default();
    let about = format!("{} {}", words(&change["fact"]), words(&change["kind"]));
    let fields = change["fields"].as_array().into_iter().flatten();
    let changed = fields.filter(|field| !field["was"].is_null() && !field["is"].is_null());
    let changed: Vec<String> = changed
        .map(|field| format!("{} was “{}” and is “{}”", text(&field["field"]), text(&field["was"]), text(&field["is"])))
        .collect();
    let changed = if changed.is_empty() { String::new() } else { format!("; {}", changed.join(", ")) };
    format!("{since}{}{other} ({about}{changed})", text(&change["noun"]["name"]))
}

const NOTHING: &str = "Nothing.";

impl ChangesReport {
    /// As Markdown.
    pub(crate) fn to_markdown(&self) -> String {
        let mut text = format!("# {}\n", escape_markdown(&self.title));
        for (title, lines) in &self.sections {
            text.push_str(&format!("\n## {}\n\n", escape_markdown(title)));
            if lines.is_empty() {
                text.push_str(NOTHING);
                text.push('\n');
            }
            text.extend(lines.iter().map(|line| format!("- {}\n", escape_markdown(line))));
        }
        text
    }

    /// As HTML, without a head.
    pub(crate) fn to_html(&self) -> String {
        let section = |(title, lines): &(String, Vec<String>)| {
            let items: String = lines.iter().map(|line| format!("<li>{}</li>", escape_xml(line))).collect();
            let body = if items.is_empty() { format!("<p>{NOTHING}</p>") } else { format!("<ul>{items}</ul>") };
            format!("<h2>{}</h2>{body}", escape_xml(title))
        };
        self.sections.iter().map(section).collect()
    }
}

/// A text of which Markdown takes no character for markup, on one line.
fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\`*_{}[]<>()#+!|&~".contains(character) {
            escaped.push('\\');
        }
        escaped.push(if character.is_control() { ' ' } else { character });
    }
    escaped
}

/// A text for XML and HTML; what XML cannot carry becomes U+FFFD.
pub(crate) fn escape_xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' => escaped.push(character),
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ if character.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_taken_for_markup() {
        let report = ChangesReport {
            title: "a*b".to_owned(),
            sections: vec![("<x>".to_owned(), vec!["[l](u) & \u{1}".to_owned()]), ("y".to_owned(), Vec::new())],
        };
        assert_eq!(report.to_markdown(), "# a\\*b\n\n## \\<x\\>\n\n- \\[l\\]\\(u\\) \\&  \n\n## y\n\nNothing.\n");
        assert_eq!(
            report.to_html(),
            "<h2>&lt;x&gt;</h2><ul><li>[l](u) &amp; \u{fffd}</li></ul><h2>y</h2><p>Nothing.</p>"
        );
    }
}
