//! Ways through school: from which stage one goes on to which, by what, and where no step leads on.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Page, PageError, Visit,
    parts::{Notes, items, name_of, noun_link},
    pictures::{Column, LongList, choose, drawn, first_of, more, nouns, number, stage_number, table},
    question::{CITE, LINK},
};

const SCHOOLS: LongList = LongList {
    field: "schools",
    variables: "",
    arguments: "",
    fields: "nodes {
        ...Link
        ways(years: 15, first: 100) {
          isTruncated
          ways { steps { from { stage school { slug } } to { stage school { slug } } reasons { basis } } }
        }
      }",
    fragments: &[LINK],
};

fn question_of_all() -> String {
    format!(
        "query Ways($asOf: Date, $knownAt: Int) {{
  map(asOf: $asOf, knownAt: $knownAt) {{
    kindergarten: schools(first: 100, filter: {{ deadEnd: [KINDERGARTEN] }}) {{ totalCount nodes {{ ...Link }} }}
    primary: schools(first: 100, filter: {{ deadEnd: [PRIMARY] }}) {{ totalCount nodes {{ ...Link }} }}
    junior: schools(first: 100, filter: {{ deadEnd: [JUNIOR] }}) {{ totalCount nodes {{ ...Link }} }}
{}
  }}
}}
{LINK}",
        SCHOOLS.first_page()
    )
}

const OF_ONE: &str = "query WaysOfOne($school: String!, $asOf: Date, $knownAt: Int) {
  map(asOf: $asOf, knownAt: $knownAt) {
    school(slug: $school) {
      ...Link
      ways(years: 15, first: 100) {
        totalCount
        isTruncated
        ways {
          steps {
            from { ...At }
            to { ...At }
            certainty
            reasons { basis certainty year places sources { ...Cite } }
          }
        }
        deadEnds { ...At }
      }
    }
  }
}
fragment At on WayPlace { stage school { ...Link } }
";

/// The stages below the last, with the name of the list of their dead ends.
const BELOW_LAST: [(&str, &str); 3] = [("kindergarten", "KINDERGARTEN"), ("primary", "PRIMARY"), ("junior", "JUNIOR")];

/// A place on a way: a school and one of its stages.
type At = (String, String);

/// The page.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    match visit.param("school").map(str::to_owned) {
        Some(slug) => of_one(visit, &slug).await,
        None => of_all(visit).await,
    }
}

fn at(place: &Value) -> At {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&place["school"]["slug"]), text(&place["stage"]))
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// From stage to stage, over all schools.
async fn of_all(visit: &mut Visit) -> Result<Page, PageError> {
    let mut map = visit.ask(&question_of_all(), json!({})).await?["map"].take();
    let schools = SCHOOLS.read_on(visit, &mut map, &json!({})).await?;
    let visit = &*visit;
    let texts = visit.texts;
    let mut is_truncated = false;
    // Each step counts once, by the surest of its reasons, over however many ways it leads.
    let mut steps: BTreeMap<(At, At), &str> = BTreeMap::new();
    for ways in schools.nodes.iter().map(|school| &school["ways"]) {
        is_truncated |= ways["isTruncated"] == true;
        for step in items(&ways["ways"]).iter().flat_map(|way| items(&way["steps"])) {
            steps.entry((at(&step["from"]), at(&step["to"]))).or_insert_with(|| word(&step["reasons"][0]["basis"]));
        }
    }
    let mut flows: BTreeMap<(usize, &str, &str, &str), i64> = BTreeMap::new();
    for (((_, from), (_, to)), basis) in &steps {
        *flows.entry((stage_number(visit, from), from, to, basis)).or_default() += 1;
    }
    let stage_name = |stage: &str| texts.word("Stage", stage);
    let mut stages: Vec<&str> = flows.keys().flat_map(|(_, from, to, _)| [*from, *to]).collect();
    stages.sort_unstable();
    stages.dedup();
    let nodes: Vec<Value> = stages.iter().map(|stage| json!({ "id": stage, "name": stage_name(stage) })).collect();
    let links: Vec<Value> = flows
        .iter()
        .map(|((_, from, to, basis), n)| {
            let what = texts.word("StepBasis", basis);
            json!({ "source": from, "target": to, "value": n, "basis": basis,
                "title": format!("{} → {}: {} ({what})", stage_name(from), stage_name(to), texts.number(*n)) })
        })
        .collect();
    let lead = texts.count("ways.lead", steps.len() as i64);
    let main = html! {
        h1 { (texts.say("ways.title")) }
        p.lead { (lead) }
        (choose(visit, &[nouns(visit, "school", "ways.from", &schools)]))
        (first_of(visit, "ways.first", &schools))
        @if is_truncated { p.notice { (texts.say("ways.truncated")) } }
        @if flows.is_empty() { p { (texts.say("ways.none")) } }
        @else {
            (picture(visit, &nodes, &links))
            section aria-labelledby="flows" {
                h2 #flows { (texts.say("ways.flows")) }
                p.muted { (texts.say("ways.flows-note")) }
                @let columns = [
                    Column::Text(texts.say("ways.stage")),
                    Column::Text(texts.say("ways.next")),
                    Column::Text(texts.say("ways.basis")),
                    Column::Number(texts.say("ways.steps")),
                ];
                (table("flows", &columns, &html! {
                    @for ((_, from, to, basis), n) in &flows {
                        tr {
                            th scope="row" { (stage_name(from)) }
                            td data-label=(texts.say("ways.next")) { (stage_name(to)) }
                            td data-label=(texts.say("ways.basis")) { (texts.word("StepBasis", basis)) }
                            td.num data-label=(texts.say("ways.steps")) { (texts.number(*n)) }
                        }
                    }
                }))
            }
        }
        @for (name, stage) in BELOW_LAST.iter().filter(|(name, _)| number(&map[*name]["totalCount"]) > 0) {
            @let (n, nodes) = (number(&map[*name]["totalCount"]), items(&map[*name]["nodes"]));
            section aria-labelledby={ "end-" (name) } {
                h2 id={ "end-" (name) } { (texts.fill("ways.ends", &[("stage", &stage_name(stage))])) " " span.count { (texts.number(n)) } }
                p.muted { (texts.say("ways.ends-note")) }
                div.some {
                    @for node in nodes { span.item { (noun_link(visit, node)) } }
                    (more(visit, n - nodes.len() as i64))
                }
            }
        }
    };
    Ok(Page { title: texts.say("ways.title").to_owned(), description: lead, main, script: Some("ways") })
}

/// From one school.
async fn of_one(visit: &mut Visit, slug: &str) -> Result<Page, PageError> {
    let data = visit.ask(&format!("{OF_ONE}{LINK}{CITE}"), json!({ "school": slug })).await?;
    let school = &data["map"]["school"];
    if school.is_null() {
        return Err(PageError::Missing { slug: slug.to_owned() });
    }
    let visit = &*visit;
    let texts = visit.texts;
    let ways = &school["ways"];
    let mut steps: BTreeMap<(String, At, At), (&Value, i64)> = BTreeMap::new();
    for way in items(&ways["ways"]) {
        for (depth, step) in items(&way["steps"]).iter().enumerate() {
            let (from, to) = (at(&step["from"]), at(&step["to"]));
            let key = (format!("{depth:02}"), from, to);
            steps.entry(key).or_insert((step, 0)).1 += 1;
        }
    }
    let place = |place: &Value| {
        let (slug, stage) = at(place);
        let mut node = drawn(visit, &place["school"]);
        node["id"] = json!(format!("{stage} {slug}"));
        node["stage"] = json!(texts.word("Stage", &stage));
        node
    };
    let mut nodes: BTreeMap<String, Value> = BTreeMap::new();
    let mut links = Vec::new();
    for (step, n) in steps.values() {
        let (from, to) = (place(&step["from"]), place(&step["to"]));
        let basis = word(&step["reasons"][0]["basis"]);
        let title = format!("{} → {}: {}", word(&from["name"]), word(&to["name"]), texts.word("StepBasis", basis));
        links.push(json!({ "source": from["id"], "target": to["id"], "value": n, "basis": basis, "title": title }));
        for node in [from, to] {
            nodes.entry(word(&node["id"]).to_owned()).or_insert(node);
        }
    }
    let nodes: Vec<Value> = nodes.into_values().collect();
    let name = name_of(school);
    let title = texts.fill("ways.title-of", &[("school", name)]);
    let lead = texts.count("ways.lead-of", number(&ways["totalCount"]));
    let mut notes = Notes::default();
    let main = html! {
        nav.trail aria-label=(texts.say("nav.trail")) { a href=(visit.link("/ways")) { (texts.say("ways.title")) } }
        h1 { (title) }
        p.lead { (lead) }
        p { (noun_link(visit, school)) }
        @if ways["isTruncated"] == true { p.notice { (texts.say("ways.truncated")) } }
        @if steps.is_empty() { p { (texts.say("ways.none")) } }
        @else {
            (picture(visit, &nodes, &links))
            section aria-labelledby="steps" {
                h2 #steps { (texts.say("ways.each")) }
                @let columns = [
                    Column::Text(texts.say("ways.stage")),
                    Column::Text(texts.say("ways.next")),
                    Column::Text(texts.say("ways.certainty")),
                    Column::Text(texts.say("ways.why")),
                ];
                (table("steps", &columns, &html! {
                    @for (step, _) in steps.values() {
                        tr {
                            th scope="row" { (stop(visit, &step["from"])) }
                            td data-label=(texts.say("ways.next")) { (stop(visit, &step["to"])) }
                            td.sure data-label=(texts.say("ways.certainty")) { (texts.word("StepCertainty", word(&step["certainty"]))) }
                            td data-label=(texts.say("ways.why")) {
                                @for reason in items(&step["reasons"]) { div { (because(visit, reason)) (notes.cite(texts, items(&reason["sources"]))) } }
                            }
                        }
                    }
                }))
            }
        }
        (ends(visit, items(&ways["deadEnds"])))
        (notes.section(visit))
    };
    Ok(Page { title, description: lead, main, script: Some("ways") })
}

/// A school and the stage at which one is there.
fn stop(visit: &Visit, place: &Value) -> Markup {
    html! { (noun_link(visit, &place["school"])) " " span.muted { (visit.texts.word("Stage", word(&place["stage"]))) } }
}

/// What allows a step.
fn because(visit: &Visit, reason: &Value) -> Markup {
    let texts = visit.texts;
    html! {
        (texts.word("StepBasis", word(&reason["basis"])))
        @if let Some(places) = reason["places"].as_i64() { ", " (texts.count("ways.places", places)) }
        @if let Some(year) = reason["year"].as_str() { " (" (year) ")" }
    }
}

/// The places from which no step leads on, in words.
fn ends(visit: &Visit, ends: &[Value]) -> Markup {
    let texts = visit.texts;
    html! {
        @if !ends.is_empty() {
            section aria-labelledby="ends" {
                h2 #ends { (texts.say("ways.dead-ends")) }
                p.muted { (texts.say("ways.ends-note")) }
                ul.plain-list { @for place in ends { li { (stop(visit, place)) } } }
            }
        }
    }
}

/// The picture, which the script draws from what stands here, with its legend.
fn picture(visit: &Visit, nodes: &[Value], links: &[Value]) -> Markup {
    let texts = visit.texts;
    let mut bases: Vec<&str> = links.iter().map(|link| word(&link["basis"])).collect();
    bases.sort_unstable();
    bases.dedup();
    html! {
        figure.picture.ways data-ways=(json!({ "nodes": nodes, "links": links }).to_string()) data-label=(texts.say("ways.picture")) {
            figcaption {
                ul.legend { @for basis in bases {
                    li { span class={ "key basis-" (basis.to_lowercase()) } aria-hidden="true" {} (texts.word("StepBasis", basis)) }
                } }
            }
        }
    }
}
