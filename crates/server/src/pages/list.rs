//! All nouns of a kind, page by page.

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::{
    Page, PageError, Visit,
    kinds::{Choice, Field, Kind, kind_at},
    layout::{csv_link, hidden},
    parts::{items, noun_link, pager, paging, trail, value},
    question::{IN_LISTS, PER_PAGE, list_of},
};

/// The list of the kind that the address names.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let kind = kind_at(visit.schema(), visit.path()).ok_or_else(|| missing(visit))?;
    let filter = read_filter(visit, kind)?;
    let mut variables = paging(visit, PER_PAGE);
    if !filter.is_empty() {
        variables["filter"] = Value::Object(filter);
    }
    let data = visit.ask(&list_of(kind), variables).await?;
    let visit = &*visit;
    let texts = visit.texts;
    let list = &data["map"][&kind.many];
    let total = list["totalCount"].as_i64().unwrap_or(0);
    let nodes = items(&list["nodes"]);
    let columns: Vec<&Field> = kind
        .fields
        .iter()
        .filter(|field| IN_LISTS.contains(&field.name.as_str()))
        .filter(|field| nodes.iter().any(|node| value(visit, field, &node[&field.name]).is_some()))
        .collect();
    let title = texts.say(&format!("kind.{}.list", kind.type_name));
    let kept: Vec<(&str, &str)> =
        kind.choices.iter().filter_map(|choice| Some((choice.name.as_str(), visit.param(&choice.name)?))).collect();
    let main = html! {
        (trail(visit, &[]))
        h1 { (title) }
        p.lead { (texts.count(&format!("kind.{}.count", kind.type_name), total)) }
        (choose(visit, kind))
        @if nodes.is_empty() { p { (texts.say("list.empty")) } }
        @else {
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table.list {
                    thead {
                        tr {
                            th scope="col" { (texts.say("list.name")) }
                            @for field in &columns { th scope="col" { (texts.say(&format!("field.{}", field.name))) } }
                        }
                    }
                    tbody {
                        @for node in nodes {
                            tr {
                                th scope="row" { (noun_link(visit, node)) (other_name(visit, node)) }
                                @for field in &columns {
                                    @let shown = value(visit, field, &node[&field.name]);
                                    @let label = texts.say(&format!("field.{}", field.name));
                                    td.long[field.name == "publisher"] data-label=(label) {
                                        @if let Some(shown) = shown { (shown) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            (pager(visit, visit.path(), &list["pageInfo"], &kept))
            @if let Some(question) = visit.questions().first() {
                p.rows { a href=(csv_link(visit, &question.query, &question.variables, &kind.many)) { (texts.say("list.csv")) } }
            }
        }
    };
    Ok(Page {
        title: title.to_owned(),
        description: texts.count(&format!("kind.{}.count", kind.type_name), total),
        main,
        script: None,
    })
}

/// The error of a noun, or a kind, that there is none of.
pub(super) fn missing(visit: &Visit) -> PageError {
    PageError::Missing { slug: visit.part("slug").to_owned() }
}

/// An official name in another language, where there is one.
fn other_name(visit: &Visit, node: &Value) -> Markup {
    let primary = |value: &Value| value.as_str().unwrap_or_default().split('-').next().unwrap_or_default().to_owned();
    let shown = &node["localizedName"]["language"];
    let other = items(&node["names"]).iter().find(|name| {
        name["kind"] == "OFFICIAL" && !name["language"].is_null() && primary(&name["language"]) != primary(shown)
    });
    html! { @if let Some(other) = other { div.other { (super::parts::told(visit.texts, other)) } } }
}

/// The filter that the address asks for.
pub(super) fn read_filter(visit: &Visit, kind: &Kind) -> Result<Map<String, Value>, PageError> {
    let mut filter = Map::new();
    for Choice { name, words, .. } in &kind.choices {
        let Some(asked) = visit.param(name) else { continue };
        if !words.iter().any(|word| word == asked) {
            let problem = visit.texts.fill("error.word", &[("word", asked)]);
            return Err(PageError::Unreadable(problem));
        }
        filter.insert(name.clone(), json!([asked]));
    }
    Ok(filter)
}

/// The form that narrows the list.
pub(super) fn choose(visit: &Visit, kind: &Kind) -> Markup {
    let texts = visit.texts;
    html! {
        @if !kind.choices.is_empty() {
            form.choose action=(visit.plain_link(visit.path())) method="get" {
                (hidden(visit, |name| matches!(name, "lang" | "asOf")))
                @for choice in &kind.choices {
                    label {
                        span { (texts.say(&format!("field.{}", choice.name))) }
                        select name=(choice.name) {
                            option value="" { (texts.say("list.any")) }
                            @for word in &choice.words {
                                option value=(word) selected[visit.param(&choice.name) == Some(word)] {
                                    (texts.word(&choice.vocabulary, word))
                                }
                            }
                        }
                    }
                }
                button type="submit" { (texts.say("list.choose")) }
            }
        }
    }
}
