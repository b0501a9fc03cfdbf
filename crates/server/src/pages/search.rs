//! What the map has under a name: nouns of any kind, by what they are or were called.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Page, PageError, Visit,
    kinds::path_of,
    marks::mark,
    parts::{in_language, items, noun_link, pager, paging, words},
    question::LINK,
};

/// How many hits a page has.
const PER_PAGE: usize = 20;

const SEARCH: &str = "query Search(
  $text: String!, $first: Int, $after: String, $last: Int, $before: String, $asOf: Date, $knownAt: Int
) {
  map(asOf: $asOf, knownAt: $knownAt) {
    search(text: $text, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges {
        name
        language
        nameKind
        isExact
        isFormer
        node {
          ...Link
          ... on School { presentDay { ...Link } }
        }
      }
    }
  }
}";

/// The page of what was found.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let texts = visit.texts;
    let title = texts.say("search.title");
    let Some(text) = visit.param("q").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned) else {
        let main = html! { h1 { (title) } (form(visit, "")) };
        return Ok(Page {
            title: title.to_owned(),
            description: texts.say("search.lead").to_owned(),
            main,
            script: Some("search"),
        });
    };
    let mut variables = paging(visit, PER_PAGE);
    variables["text"] = json!(text);
    let data = match visit.ask(&format!("{SEARCH}{LINK}"), variables).await {
        Ok(data) => data,
        // What is too short to be looked for is no fault of the address.
        Err(PageError::Refused(error)) if error.code.is_some_and(|code| code.status().is_none()) => {
            let main = html! { h1 { (title) } (form(visit, &text)) p.banner { (texts.say("search.short-text")) } };
            return Ok(Page {
                title: title.to_owned(),
                description: texts.say("search.lead").to_owned(),
                main,
                script: Some("search"),
            });
        }
        Err(error) => return Err(error),
    };
    let visit = &*visit;
    let list = &data["map"]["search"];
    let total = list["totalCount"].as_i64().unwrap_or(0);
    let title = texts.fill("search.for", &[("text", &text)]);
    let main = html! {
        h1 { (title) }
        (form(visit, &text))
        p.lead role="status" { (texts.count("search.count", total)) }
        ol.hits { @for hit in items(&list["edges"]) { @if !hit["node"].is_null() { li { (found(visit, hit)) } } } }
        (pager(visit, "/search", &list["pageInfo"], &[("q", text.as_str())]))
    };
    Ok(Page { title, description: texts.count("search.count", total), main, script: Some("search") })
}

/// The form of the search; a script offers what it finds while one types.
pub(super) fn form(visit: &Visit, text: &str) -> Markup {
    let texts = visit.texts;
    html! {
        form.search action=(visit.plain_link("/search")) method="get" role="search" data-search="" {
            @for (name, value) in ["lang", "asOf"].into_iter().filter_map(|name| Some((name, visit.param(name)?))) {
                input type="hidden" name=(name) value=(value);
            }
            label for="q" { (texts.say("search.label")) }
            div.row {
                div.box {
                    input #q type="search" name="q" required maxlength="100" value=(text) autocomplete="off"
                        placeholder=(texts.say("search.example"))
                        data-found-one=(texts.say("search.count.one")) data-found-many=(texts.say("search.count.many"))
                        data-former=(texts.say("search.former")) data-language=(texts.language)
                        data-kinds=(kind_names(visit));
                }
                button.primary type="submit" { (texts.say("search.go")) }
            }
            p.muted.hint { (texts.say("search.lead")) }
        }
    }
}

/// What the script needs of each kind: its name and the path of its pages.
fn kind_names(visit: &Visit) -> String {
    let kinds = super::kinds::kinds(visit.schema()).iter().map(|kind| {
        let name = visit.texts.say(&format!("kind.{}.name", kind.type_name));
        (kind.type_name.clone(), json!([name, kind.path]))
    });
    Value::Object(kinds.collect()).to_string()
}

/// A hit: what was found, of which kind, and by which name where that is another.
fn found(visit: &Visit, hit: &Value) -> Markup {
    let texts = visit.texts;
    let node = &hit["node"];
    let type_name = node["__typename"].as_str().unwrap_or_default();
    let is_other_name = hit["name"] != node["localizedName"]["text"];
    let now: Vec<&Value> = items(&node["presentDay"]).iter().filter(|one| one["slug"] != node["slug"]).collect();
    html! {
        div.hit { (noun_link(visit, node)) @if path_of(visit.schema(), type_name).is_none() { (mark(type_name)) } }
        div.muted {
            (texts.say(&format!("kind.{type_name}.name")))
            @if is_other_name {
                " · " (words(texts, "FoundNameKind", &hit["nameKind"])) ": "
                (in_language(texts, hit["name"].as_str().unwrap_or_default(), hit["language"].as_str()))
            }
            @if !now.is_empty() {
                " · " (texts.say("noun.now")) " " @for one in now { span.item { (noun_link(visit, one)) } }
            }
        }
    }
}
