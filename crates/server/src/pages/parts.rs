//! The parts that pages are put together from: names, links, values, footnotes, ways through a list.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    Visit,
    kinds::{self, Field, Shape},
    marks::mark,
    texts::Texts,
};

/// A text of the data, marked with its language where that is not the page's.
pub(crate) fn in_language(texts: &Texts, text: &str, language: Option<&str>) -> Markup {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    match language.filter(|tag| primary(tag) != primary(texts.language)) {
        Some(tag) => html! { span lang=(tag) { (text) } },
        None => html! { (text) },
    }
}

/// A text with its language, as `localizedName { text language }` gives it.
pub(crate) fn told(texts: &Texts, value: &Value) -> Markup {
    in_language(texts, value["text"].as_str().unwrap_or_default(), value["language"].as_str())
}

/// The plain text of a noun's name.
pub(crate) fn name_of(node: &Value) -> &str {
    node["localizedName"]["text"].as_str().or_else(|| node["slug"].as_str()).unwrap_or_default()
}

/// The items of a list; none where there is no list.
pub(crate) fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A link to a noun's page, with its mark.
pub(crate) fn noun_link(visit: &Visit, node: &Value) -> Markup {
    noun_link_with(visit, node, &[])
}

/// The same with more parameters, such as another day.
pub(crate) fn noun_link_with(visit: &Visit, node: &Value, more: &[(&str, &str)]) -> Markup {
    let type_name = node["__typename"].as_str().unwrap_or_default();
    let slug = node["slug"].as_str().unwrap_or_default();
    let name = told(visit.texts, &node["localizedName"]);
    let Some(path) = kinds::path_of(visit.schema(), type_name) else { return name };
    let link = visit.link_with(&format!("/{path}/{}", super::visit::encode(slug)), more);
    let is_off = node["isOnMap"] == false;
    html! {
        span.noun {
            (mark(type_name))
            // No line ends between the mark and its name.
            "\u{2060}" a href=(link) { (name) }
            @if is_off { " " span.off { (visit.texts.say("noun.off")) } }
        }
    }
}

/// The footnotes of a page: each source with its words once, in the order in which it is first referred to.
#[derive(Default)]
pub(crate) struct Notes {
    notes: Vec<Value>,
    n_marks: usize,
}

/// How many sources one fact refers to; the others stand with the first of them.
const MAX_MARKS: usize = 4;

impl Notes {
    /// Refers to sources: a number each, whose source shows where the pointer or the keyboard is.
    pub(crate) fn cite(&mut self, texts: &Texts, citations: &[Value]) -> Markup {
        let mut shown: Vec<(usize, &Value)> = Vec::new();
        for citation in citations {
            let number = self.number_of(citation);
            if shown.len() < MAX_MARKS && shown.iter().all(|(other, _)| *other != number) {
                shown.push((number, citation));
            }
        }
        html! {
            @for (number, citation) in shown {
                @let id = { self.n_marks += 1; self.n_marks };
                span.cite {
                    a href={ "#note-" (number) } aria-label=(texts.fill("note.label", &[("n", &number.to_string())]))
                        aria-describedby={ "tip-" (id) } { (number) }
                    span.tip role="tooltip" id={ "tip-" (id) } {
                        strong { (citation["title"].as_str().unwrap_or_default()) }
                        @if let Some(quote) = citation["quote"].as_str() { q { (quote) } }
                        @if citation["isInferred"] == true { em { (texts.say("note.inferred")) } }
                    }
                }
            }
        }
    }

    fn number_of(&mut self, citation: &Value) -> usize {
        let same = |note: &Value| note["source"] == citation["source"] && note["quote"] == citation["quote"];
        match self.notes.iter().position(same) {
            Some(at) => at + 1,
            None => {
                self.notes.push(citation.clone());
                self.notes.len()
            }
        }
    }

    /// The section that all numbers lead to.
    pub(crate) fn section(&self, visit: &Visit) -> Markup {
        let texts = visit.texts;
        html! {
            @if !self.notes.is_empty() {
                section.notes aria-labelledby="notes" {
                    h2 #notes { (texts.say("note.heading")) }
                    ol {
                        @for (at, note) in self.notes.iter().enumerate() {
                            li id={ "note-" (at + 1) } {
                                @let slug = note["source"]["slug"].as_str().unwrap_or_default();
                                a href=(visit.link(&format!("/sources/{}", super::visit::encode(slug)))) {
                                    (note["title"].as_str().unwrap_or_default())
                                }
                                @if let Some(quote) = note["quote"].as_str() { " " q { (quote) } }
                                span.muted {
                                    " " (note["publisher"].as_str().unwrap_or_default())
                                    @if let Some(day) = note["publishedOn"]["text"].as_str() { ", " (texts.date(day)) }
                                    @if let Some(word) = note["reliability"].as_str() {
                                        " · " (texts.say("note.reliability")) " " (texts.word("Reliability", word))
                                    }
                                    @if note["isInferred"] == true { " · " (texts.say("note.inferred")) }
                                }
                                @if let Some(url) = note["url"].as_str().filter(|url| is_web(url)) {
                                    " " a.outside href=(url) rel="external noreferrer" { (texts.say("note.original")) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether an address of the data may be a link.
pub(crate) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// A value of a field as people read it; none where nothing is recorded.
pub(crate) fn value(visit: &Visit, field: &Field, value: &Value) -> Option<Markup> {
    let texts = visit.texts;
    if value.is_null() || value.as_array().is_some_and(Vec::is_empty) {
        return None;
    }
    let shown = match &field.shape {
        // Names of registers are written as those of columns.
        Shape::Plain if field.name == "scheme" => {
            plain(texts, &value.as_str().unwrap_or_default().replace('_', " ").into())
        }
        Shape::Plain => plain(texts, value),
        Shape::Words(vocabulary) => words(texts, vocabulary, value),
        Shape::Date => html! { (date(texts, value)) },
        Shape::Text => told(texts, value),
        Shape::Nouns | Shape::Either => match value {
            Value::Array(nodes) => html! { @for node in nodes { span.item { (noun_link(visit, node)) } } },
            node => noun_link(visit, node),
        },
        Shape::Citations | Shape::Things(_) | Shape::Tie(_) => return None,
    };
    Some(shown)
}

/// A date, which machines read too.
pub(crate) fn date(texts: &Texts, value: &Value) -> Markup {
    let text = value["text"].as_str().unwrap_or_default();
    let is_of_digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    html! {
        @if is_of_digits && text.get(..5).is_none_or(|year| year.ends_with('-')) {
            time datetime=(text) { (texts.date(text)) }
        }
        @else { (text) }
    }
}

fn plain(texts: &Texts, value: &Value) -> Markup {
    match value {
        Value::Bool(true) => html! { (texts.say("yes")) },
        Value::Bool(false) => html! { (texts.say("no")) },
        Value::Number(number) => match number.as_i64() {
            Some(number) => html! { span.num { (texts.number(number)) } },
            None => html! { span.num { (number) } },
        },
        Value::String(text) if is_web(text) => html! { a.outside href=(text) rel="external noreferrer" { (text) } },
        Value::String(text) => html! { (text) },
        Value::Array(all) => html! {
            @for (at, one) in all.iter().enumerate() { @if at > 0 { (texts.say("list.comma")) } (plain(texts, one)) }
        },
        _ => html! {},
    }
}

/// Words of a vocabulary; one that says that nothing is known is fainter.
pub(crate) fn words(texts: &Texts, vocabulary: &str, value: &Value) -> Markup {
    let all = match value {
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    };
    html! {
        @for (at, one) in all.iter().filter_map(|one| one.as_str()).enumerate() {
            @if at > 0 { (texts.say("list.comma")) }
            @if one == "UNKNOWN" { span.muted { (texts.word(vocabulary, one)) } }
            @else { (texts.word(vocabulary, one)) }
        }
    }
}

/// The ways to the page before and after this one of a list.
pub(crate) fn pager(visit: &Visit, path: &str, info: &Value, kept: &[(&str, &str)]) -> Markup {
    let texts = visit.texts;
    let to = |name: &'static str, cursor: &str| {
        let cursor = info[cursor].as_str().unwrap_or_default().to_owned();
        let pairs: Vec<(&str, &str)> = kept.iter().copied().chain([(name, cursor.as_str())]).collect();
        visit.pinned_link(path, &pairs)
    };
    let (has_previous, has_next) = (info["hasPreviousPage"] == true, info["hasNextPage"] == true);
    html! {
        @if has_previous || has_next {
            nav.pager aria-label=(texts.say("list.pages")) {
                @if has_previous {
                    a.button rel="prev" href=(to("before", "startCursor")) { (texts.say("list.previous")) }
                }
                @if has_next { a.button rel="next" href=(to("after", "endCursor")) { (texts.say("list.next")) } }
            }
        }
    }
}

/// The variables that say which page of a list an address is about.
pub(crate) fn paging(visit: &Visit, per_page: usize) -> Value {
    match visit.param("before") {
        Some(before) => serde_json::json!({ "last": per_page, "before": before }),
        None => serde_json::json!({ "first": per_page, "after": visit.param("after") }),
    }
}

/// The trail that leads from the start to a page.
pub(crate) fn trail(visit: &Visit, steps: &[(String, Markup)]) -> Markup {
    html! {
        nav.trail aria-label=(visit.texts.say("nav.trail")) {
            a href=(visit.link("/")) { (visit.texts.say("nav.front")) }
            @for (path, name) in steps { span aria-hidden="true" { "›" } a href=(visit.link(path)) { (name) } }
        }
    }
}
