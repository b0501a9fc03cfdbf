//! The pipeline of building projects: what is due and what has opened, when, where, and with how many places.

use std::collections::BTreeSet;

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Page, PageError, Visit,
    front::patterns,
    kinds::kind_at,
    list,
    parts::{Notes, date, items, noun_link, words},
    pictures::{Column, LongList, first_of, table},
    question::{CITE, LINK},
};

const PROJECTS: LongList = LongList {
    field: "projects",
    variables: "$filter: ProjectFilter, ",
    arguments: ", filter: $filter",
    fields: "nodes {
        ...Link
        status
        dueOn { text earliest latest }
        openedOn { text earliest latest }
        places
        region { ...Link }
        township { ...Link }
        sources { ...Cite }
      }",
    fragments: &[LINK, CITE],
};

fn question() -> String {
    format!(
        "query Projects($filter: ProjectFilter, $asOf: Date, $knownAt: Int) {{
  map(asOf: $asOf, knownAt: $knownAt) {{
{}
  }}
}}
{LINK}{CITE}",
        PROJECTS.first_page()
    )
}

/// How far projects have come, as far as they are counted apart: what is due, what has opened, and what no source says.
/// Each has the class of its bar, the key of its name, and the field that says when.
const STATES: [(&str, &str, &str); 3] = [
    ("is-planned", "projects.due", "dueOn"),
    ("is-sure", "projects.opened", "openedOn"),
    ("is-past", "projects.unstated", "dueOn"),
];

/// The place among [`STATES`] of a project.
fn state_of(project: &Value) -> usize {
    match project["status"].as_str() {
        Some("OPENED") => 1,
        None | Some("UNKNOWN") => 2,
        Some(_) => 0,
    }
}

/// The year in which a project is due or has opened; two where its date may lie in either, none where no source says.
fn year_of(project: &Value) -> Option<String> {
    let date = &project[STATES[state_of(project)].2];
    let year = |name: &str| Some(date[name].as_str()?.split('-').next().unwrap_or_default().to_owned());
    let (from, to) = (year("earliest")?, year("latest")?);
    Some(if from == to { from } else { format!("{from}\u{2013}{to}") })
}

/// Projects of one kind of row: those of a year, or those of a region.
struct Row<'a> {
    name: Markup,
    projects: Vec<&'a Value>,
}

/// The page.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let kind = kind_at(visit.schema(), visit.path()).ok_or_else(|| list::missing(visit))?;
    let variables = json!({ "filter": list::read_filter(visit, kind)? });
    let mut map = visit.ask(&question(), variables.clone()).await?["map"].take();
    let all = PROJECTS.read_on(visit, &mut map, &variables).await?;
    let projects = &all.nodes;
    let visit = &*visit;
    let texts = visit.texts;
    let counts = [0, 1, 2].map(|state| projects.iter().filter(|it| state_of(it) == state).count() as i64);
    let said = counts.map(|n| texts.number(n));
    let lead = texts.fill("projects.lead", &[("due", &said[0]), ("opened", &said[1]), ("unstated", &said[2])]);
    let mut years: Vec<Option<String>> = projects.iter().map(year_of).collect();
    // What has no date comes last.
    years.sort_by_key(|year| (year.is_none(), year.clone()));
    years.dedup();
    let by_year: Vec<Row> = years
        .iter()
        .map(|year| Row {
            name: match year {
                Some(year) => html! { (year) },
                None => html! { span.muted { (texts.say("projects.no-date")) } },
            },
            projects: projects.iter().filter(|it| year_of(it) == *year).collect(),
        })
        .collect();
    let slug = |node: &Value| node["region"]["slug"].as_str().map(str::to_owned);
    let mut regions: Vec<Option<String>> = projects.iter().map(slug).collect::<BTreeSet<_>>().into_iter().collect();
    regions.sort_by_key(Option::is_none);
    let by_region: Vec<Row> = regions
        .iter()
        .map(|region| {
            let projects: Vec<&Value> = projects.iter().filter(|it| slug(it) == *region).collect();
            let name = match projects.first().filter(|_| region.is_some()) {
                Some(one) => noun_link(visit, &one["region"]),
                None => html! { span.muted { (texts.say("map.no-region")) } },
            };
            Row { name, projects }
        })
        .collect();
    let mut notes = Notes::default();
    let title = texts.say("projects.title");
    let main = html! {
        h1 { (title) }
        p.lead { (lead) }
        (list::choose(visit, kind))
        @if projects.is_empty() { p { (texts.say("list.empty")) } }
        @else {
            (first_of(visit, "projects.first", &all))
            (patterns())
            (bars(visit, "by-year", "projects.by-year", &by_year))
            p.muted { (texts.say("projects.year-note")) }
            (bars(visit, "by-region", "coverage.by-region", &by_region))
            (board(visit, &by_region, &years))
            (each_project(visit, projects, &mut notes))
        }
        (notes.section(visit))
    };
    Ok(Page { title: title.to_owned(), description: lead, main, script: None })
}

/// The projects of a row that have come equally far.
fn of_state<'a>(row: &Row<'a>, state: usize) -> Vec<&'a Value> {
    row.projects.iter().copied().filter(|it| state_of(it) == state).collect()
}

/// How many of these have places on record, and how many places that are.
fn places_of(projects: &[&Value]) -> (i64, i64) {
    let stated = projects.iter().filter_map(|it| it["places"].as_i64());
    (stated.clone().count() as i64, stated.sum())
}

/// For each row a bar of what is due and another of what has opened, all on one scale: nothing is added up.
fn bars(visit: &Visit, id: &str, heading: &str, rows: &[Row]) -> Markup {
    let texts = visit.texts;
    let most = rows.iter().flat_map(|row| [0, 1, 2].map(|state| of_state(row, state).len())).max().unwrap_or(1).max(1);
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (texts.say(heading)) }
            @for (at, row) in rows.iter().enumerate() {
                div.row-of-bar {
                    h3 { (row.name) }
                    @for (state, (class, name, _)) in STATES.iter().enumerate() {
                        @let those = of_state(row, state);
                        @if !those.is_empty() {
                            @let behind = format!("{id}-{at}-{state}");
                            @let (stated, sum) = places_of(&those);
                            (bar(class, stated, those.len() as i64 - stated, most as i64))
                            ul.legend {
                                li {
                                    span class={ "key " (class) } aria-hidden="true" {}
                                    a href={ "#" (behind) } { span.n { (texts.number(those.len() as i64)) } " " (texts.say(name)) }
                                }
                                @if stated > 0 { li { (texts.count("projects.places", sum)) } }
                                @if stated < those.len() as i64 {
                                    li {
                                        span.key.is-unknown aria-hidden="true" {}
                                        (texts.count("projects.no-places", those.len() as i64 - stated))
                                    }
                                }
                            }
                            div.some id=(behind) { @for it in &those { span.item { (noun_link(visit, it)) } } }
                        }
                    }
                }
            }
        }
    }
}

/// A bar as long as there are projects, striped as far as no source states their places.
fn bar(class: &str, stated: i64, unstated: i64, most: i64) -> Markup {
    let length = |n: i64| n as f64 * 1000.0 / most as f64;
    let parts = [(class, 0.0, length(stated)), ("is-unknown", length(stated), length(unstated))];
    html! {
        svg.bar-of viewBox="0 0 1000 18" preserveAspectRatio="none" width="100%" height="18" aria-hidden="true" {
            @for (class, from, width) in parts.iter().filter(|(.., width)| *width > 0.0) {
                rect class={ "part " (class) } x=(format!("{from:.1}")) width=(format!("{:.1}", (width - 2.0).max(1.0))) height="18" {}
            }
        }
    }
}

/// Regions and years as a table: in each cell what is due and what has opened, apart.
fn board(visit: &Visit, rows: &[Row], years: &[Option<String>]) -> Markup {
    let texts = visit.texts;
    let heading = |year: &Option<String>| year.clone().unwrap_or_else(|| texts.say("projects.no-date").to_owned());
    let headings: Vec<String> = years.iter().map(heading).collect();
    let first = std::iter::once(Column::Text(texts.say("field.region")));
    let columns: Vec<Column<'_>> = first.chain(headings.iter().map(|heading| Column::Text(heading))).collect();
    html! {
        section aria-labelledby="board" {
            h2 #board { (texts.say("projects.board")) }
            (table("board", &columns, &html! {
                @for row in rows {
                    tr {
                        th scope="row" { (row.name) }
                        @for year in years {
                            td data-label=(heading(year)) {
                                @for (state, (_, name, _)) in STATES.iter().enumerate() {
                                    @let n = of_state(row, state).into_iter().filter(|it| year_of(it) == *year).count();
                                    @if n > 0 { div { (texts.number(n as i64)) " " (texts.say(name)) } }
                                }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// Every project, with its dates as precise as they are stated.
fn each_project(visit: &Visit, projects: &[Value], notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let labels = ["status", "dueOn", "openedOn", "places", "region", "township"].map(|name| format!("field.{name}"));
    let label = |at: usize| texts.say(&labels[at]);
    let columns = [
        Column::Text(texts.say("list.name")),
        Column::Text(label(0)),
        Column::Text(label(1)),
        Column::Text(label(2)),
        Column::Number(label(3)),
        Column::Text(label(4)),
        Column::Text(label(5)),
    ];
    html! {
        section aria-labelledby="each" {
            h2 #each { (texts.say("projects.each")) }
            (table("each", &columns, &html! {
                @for it in projects {
                    tr {
                        th scope="row" { (noun_link(visit, it)) (notes.cite(texts, items(&it["sources"]))) }
                        td data-label=(label(0)) { (words(texts, "ProjectStatus", &it["status"])) }
                        @for (at, name) in [(1, "dueOn"), (2, "openedOn")] {
                            td data-label=(label(at)) { @if !it[name].is_null() { (date(texts, &it[name])) } }
                        }
                        td.num data-label=(label(3)) {
                            @match it["places"].as_i64() {
                                Some(places) => { (texts.number(places)) }
                                None => { span.muted { (texts.say("projects.not-stated")) } }
                            }
                        }
                        @for (at, name) in [(4, "region"), (5, "township")] {
                            td data-label=(label(at)) { @if !it[name].is_null() { (noun_link(visit, &it[name])) } }
                        }
                    }
                }
            }))
        }
    }
}
