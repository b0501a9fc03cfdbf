//! The front page: what this map is, as of when, what is on it, and the ways in.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Page, PageError, Visit,
    kinds::{Kind, kinds},
    marks::{has_look, mark},
    parts::{items, noun_link, told, words},
    pictures::number,
    question::LINK,
    search::form,
};

/// How many districts are named.
const MOST_DISTRICTS: usize = 3;

/// The lists of which the page asks more than how long they are.
const COUNTED: [&str; 3] = ["districts", "projects", "schools"];

fn question(kinds: &[Kind]) -> String {
    let mut counts = String::new();
    for Kind { many, .. } in kinds.iter().filter(|kind| !COUNTED.contains(&kind.many.as_str())) {
        counts.push_str(&format!("    {many}(first: 0) {{ totalCount }}\n"));
    }
    format!(
        "query Front($asOf: Date, $knownAt: Int) {{
  map(asOf: $asOf, knownAt: $knownAt) {{
    districts(first: {MOST_DISTRICTS}) {{
      totalCount
      nodes {{
        ...Link
        names {{ text language kind }}
        reportedFigures(first: 30) {{
          totalCount
          nodes {{
            ...Link
            value
            unit
            qualifier
            asOf {{ text }}
            recorded
            status
            sources {{ publisher }}
          }}
        }}
      }}
    }}
    schools {{
      totalCount
      breakdown(by: [STATUS]) {{ count status }}
    }}
    projects {{
      totalCount
      breakdown(by: [STATUS]) {{ count status }}
    }}
    coverage(of: GROUPS, filter: {{ ownership: [PUBLIC] }}) {{ total covered uncovered unknown }}
{counts}  }}
}}
{LINK}"
    )
}

/// How a program asks.
const CURL: &str =
    r#"curl -H 'content-type: application/json' -d '{"query":"{ schools { totalCount } }"}' https://…/graphql"#;

/// The front page.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let kinds = kinds(visit.schema());
    let data = visit.ask(&question(kinds), json!({})).await?;
    let visit = &*visit;
    let texts = visit.texts;
    let map = &data["map"];
    let districts = items(&map["districts"]["nodes"]);
    let names: Vec<&str> = districts.iter().map(super::parts::name_of).collect();
    let title = match names[..] {
        [] => texts.say("front.title").to_owned(),
        _ => texts.fill("front.title-of", &[("district", &names.join(texts.say("list.comma")))]),
    };
    let main = html! {
        section.hero {
            h1 { (title) }
            (district_names(visit, &map["districts"]))
            p.lead { (texts.say("front.lead")) }
            (form(visit, ""))
        }
        (ways_in(visit))
        (patterns())
        (schools(visit, &map["schools"]))
        (coverage(visit, &map["coverage"]))
        (projects(visit, &map["projects"]))
        (reported(visit, districts))
        (everything(visit, kinds, map))
        section.developers aria-labelledby="developers" {
            h2 #developers { (texts.say("front.developers")) }
            p { (texts.say("front.developers-lead")) }
            p.links {
                a href=(visit.plain_link("/playground")) { (texts.say("foot.playground")) }
                a href=(visit.plain_link("/schema")) { (texts.say("foot.schema")) }
                a href=(visit.plain_link("/schema.graphql")) { (texts.say("front.sdl")) }
            }
            pre tabindex="0" aria-label="curl" { code { (CURL) } }
        }
    };
    Ok(Page { description: texts.say("front.lead").to_owned(), title, main, script: Some("search") })
}

/// A way into each page of the navigation, with a sentence on what it shows.
fn ways_in(visit: &Visit) -> Markup {
    let texts = visit.texts;
    let named = super::entries(visit.schema()).into_iter().filter(|entry| entry.pattern != "/");
    html! {
        section aria-labelledby="ways-in" {
            h2 #ways-in { (texts.say("front.ways-in")) }
            ul.cards.ways-in {
                @for (pattern, nav) in named.filter_map(|entry| Some((entry.pattern, entry.nav?))) {
                    li {
                        a href=(visit.link(&pattern)) {
                            span.to { (texts.say(nav)) }
                            span.name { (texts.say(&way_key(nav))) }
                        }
                    }
                }
            }
        }
    }
}

/// The key of the sentence that goes with a name of the navigation.
pub(super) fn way_key(nav: &str) -> String {
    format!("front.way.{}", nav.trim_start_matches("nav."))
}

/// The districts, each with its name in another language, and how many others there are.
fn district_names(visit: &Visit, list: &Value) -> Markup {
    let texts = visit.texts;
    let shown = items(&list["nodes"]);
    let primary = |value: &Value| value.as_str().unwrap_or_default().split('-').next().unwrap_or_default().to_owned();
    let rest = list["totalCount"].as_i64().unwrap_or(0) - shown.len() as i64;
    html! {
        @if !shown.is_empty() {
            p.districts {
                @for district in shown {
                    span.item {
                        (noun_link(visit, district))
                        @let own = primary(&district["localizedName"]["language"]);
                        @let names = items(&district["names"]).iter().filter(|name| !name["language"].is_null());
                        @if let Some(other) = names.into_iter().find(|name| primary(&name["language"]) != own) {
                            " " span.muted { (told(texts, other)) }
                        }
                    }
                }
                @if rest > 0 { a href=(visit.link("/districts")) { (texts.count("front.districts", rest)) } }
            }
        }
        @else { p.districts { (texts.say("front.empty")) } }
    }
}

/// A part of a bar: what it is called, how many, and where they are listed.
pub(super) struct Part {
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) n: i64,
    pub(super) link: String,
}

/// The pattern of what is unknown, for all bars of a page.
pub(super) fn patterns() -> Markup {
    html! {
        svg.hidden width="0" height="0" aria-hidden="true" {
            pattern #unknown-stripes width="10" height="10" patternUnits="userSpaceOnUse"
                patternTransform="rotate(45)" {
                rect.stripe-back width="10" height="10" {}
                rect.stripe width="4" height="10" {}
            }
        }
    }
}

/// A bar of parts, and a line for each with its number, which is a link. The bar alone says nothing.
pub(super) fn bar(visit: &Visit, parts: &[Part]) -> Markup {
    let total: i64 = parts.iter().map(|part| part.n).sum();
    let share = |n: i64| if total == 0 { 0.0 } else { n as f64 * 1000.0 / total as f64 };
    let mut x = 0.0;
    html! {
        svg.bar-of viewBox="0 0 1000 24" preserveAspectRatio="none" width="100%" height="24" aria-hidden="true" {
            @for part in parts.iter().filter(|part| part.n > 0) {
                @let (from, width) = { let from = x; let width = share(part.n); x += width; (from, width) };
                @let width = (width - 2.0).max(1.0);
                @let (from, width) = (format!("{from:.1}"), format!("{width:.1}"));
                rect class={ "part " (part.class) } x=(from) width=(width) height="24" {}
            }
        }
        ul.legend {
            @for part in parts {
                li {
                    span class={ "key " (part.class) } aria-hidden="true" {}
                    a href=(part.link) { span.n { (visit.texts.number(part.n)) } " " (part.name) }
                }
            }
        }
    }
}

/// The schools by status, so that no number mixes what is open with what is not.
fn schools(visit: &Visit, list: &Value) -> Markup {
    let texts = visit.texts;
    let parts: Vec<Part> = items(&list["breakdown"])
        .iter()
        .map(|row| {
            let status = row["status"].as_str().unwrap_or("UNKNOWN");
            let class = match status {
                "OPEN" => "is-sure",
                "PLANNED" => "is-planned",
                "UNKNOWN" => "is-unknown",
                _ => "is-past",
            };
            Part {
                class,
                name: texts.word("SchoolStatus", status),
                n: row["count"].as_i64().unwrap_or(0),
                link: visit.link_with("/schools", &[("status", status)]),
            }
        })
        .collect();
    let total = list["totalCount"].as_i64().unwrap_or(0);
    html! {
        @if total > 0 {
            section aria-labelledby="schools" {
                h2 #schools { a href=(visit.link("/schools")) { (texts.count("front.schools", total)) } }
                (bar(visit, &parts))
            }
        }
    }
}

/// The projects by status; what is planned and what has opened are never added up.
fn projects(visit: &Visit, list: &Value) -> Markup {
    let texts = visit.texts;
    let part = |row: &Value| {
        let status = row["status"].as_str().unwrap_or("UNKNOWN");
        let class = match status {
            "OPENED" => "is-sure",
            "PLANNED" => "is-planned",
            "UNKNOWN" => "is-unknown",
            "UNDER_CONSTRUCTION" => "is-building",
            _ => "is-going",
        };
        Part {
            class,
            name: texts.word("ProjectStatus", status),
            n: row["count"].as_i64().unwrap_or(0),
            link: visit.link_with("/projects", &[("status", status)]),
        }
    };
    let parts: Vec<Part> = items(&list["breakdown"]).iter().map(part).collect();
    let total = list["totalCount"].as_i64().unwrap_or(0);
    html! {
        @if total > 0 {
            section aria-labelledby="projects" {
                h2 #projects { a href=(visit.link("/projects")) { (texts.count("front.projects", total)) } }
                (bar(visit, &parts))
            }
        }
    }
}

/// A way into each list that has something, those first that the map is made of.
fn everything(visit: &Visit, kinds: &[Kind], map: &Value) -> Markup {
    let texts = visit.texts;
    let n = |kind: &Kind| map[&kind.many]["totalCount"].as_i64().unwrap_or(0);
    let mut shown: Vec<&Kind> = kinds.iter().filter(|kind| n(kind) > 0).collect();
    shown.sort_by_key(|kind| std::cmp::Reverse(n(kind)));
    let (main, others): (Vec<&Kind>, Vec<&Kind>) = shown.into_iter().partition(|kind| has_look(&kind.type_name));
    let link = |kind: &Kind| {
        html! {
            a href=(visit.link(&format!("/{}", kind.path))) {
                (mark(&kind.type_name))
                span.n { (texts.number(n(kind))) }
                " "
                span.name { (texts.say(&format!("kind.{}.list", kind.type_name))) }
            }
        }
    };
    html! {
        @if !main.is_empty() || !others.is_empty() {
            section aria-labelledby="nouns" {
                h2 #nouns { (texts.say("front.nouns")) }
                ul.cards { @for kind in main { li { (link(kind)) } } }
                ul.also { @for kind in others { li { (link(kind)) } } }
            }
        }
    }
}

/// How many public schools are in a group, and of how many nobody says.
fn coverage(visit: &Visit, coverage: &Value) -> Markup {
    let texts = visit.texts;
    let of = |name: &str, class, word: &str| Part {
        class,
        name: texts.word("CoverageStatus", word),
        n: coverage[name].as_i64().unwrap_or(0),
        link: visit.link_with("/schools", &[("ownership", "PUBLIC"), ("groupCoverage", word)]),
    };
    let parts = [
        of("covered", "is-sure", "COVERED"),
        of("uncovered", "is-past", "UNCOVERED"),
        of("unknown", "is-unknown", "UNKNOWN"),
    ];
    let total = coverage["total"].as_i64().unwrap_or(0);
    html! {
        @if total > 0 {
            section aria-labelledby="coverage" {
                h2 #coverage { (texts.count("front.coverage", total)) }
                (bar(visit, &parts))
                p.muted { (texts.say("front.coverage-note")) }
            }
        }
    }
}

/// What sources report of the districts, beside what is on record.
fn reported(visit: &Visit, districts: &[Value]) -> Markup {
    let texts = visit.texts;
    let all: Vec<&Value> = districts.iter().flat_map(|it| items(&it["reportedFigures"]["nodes"])).collect();
    let total: i64 = districts.iter().map(|it| number(&it["reportedFigures"]["totalCount"])).sum();
    let rest = total - all.len() as i64;
    let (beside, alone): (Vec<&Value>, Vec<&Value>) = all.into_iter().partition(|it| !it["recorded"].is_null());
    html! {
        @if !beside.is_empty() || !alone.is_empty() {
            section aria-labelledby="reported" {
                h2 #reported { (texts.say("front.reported")) }
                p { (texts.say("front.reported-lead")) }
                @if !beside.is_empty() {
                    div.scroll tabindex="0" role="region" aria-labelledby="reported" {
                        table.figures {
                            thead { tr {
                                th scope="col" { (texts.say("front.figure")) }
                                th.num scope="col" { (texts.say("field.value")) }
                                th.num scope="col" { (texts.say("field.recorded")) }
                                th scope="col" { (texts.say("front.compared")) }
                            } }
                            tbody { @for it in beside {
                                tr {
                                    th scope="row" {
                                        (noun_link(visit, it))
                                        div.other {
                                            @if let Some(day) = it["asOf"]["text"].as_str() { (texts.date(day)) " · " }
                                            (it["sources"][0]["publisher"].as_str().unwrap_or_default())
                                        }
                                    }
                                    td.num data-label=(texts.say("field.value")) { (figure(visit, it)) }
                                    td.num data-label=(texts.say("field.recorded")) {
                                        (decimal(visit, &it["recorded"])) (unit(visit, it))
                                    }
                                    td data-label=(texts.say("front.compared")) {
                                        (words(texts, "FigureComparison", &it["status"]))
                                    }
                                }
                            } }
                        }
                    }
                }
                @if !alone.is_empty() {
                    details {
                        summary { (texts.count("front.alone", alone.len() as i64)) }
                        ul.plain-list {
                            @for it in alone { li { (noun_link(visit, it)) ": " strong { (figure(visit, it)) } } }
                        }
                    }
                }
                @if rest > 0 { p { a href=(visit.link("/reported-figures")) { (texts.count("picture.more", rest)) } } }
            }
        }
    }
}

/// A figure with its unit and how exact it is.
pub(super) fn figure(visit: &Visit, it: &Value) -> Markup {
    let texts = visit.texts;
    let qualifier = it["qualifier"].as_str().filter(|word| *word != "EXACT");
    html! {
        @if let Some(word) = qualifier { span.muted { (texts.word("FigureQualifier", word)) " " } }
        (decimal(visit, &it["value"]))
        (unit(visit, it))
    }
}

/// The unit of a figure, unless it counts.
fn unit(visit: &Visit, it: &Value) -> Markup {
    let unit = it["unit"].as_str().filter(|word| *word != "COUNT");
    html! { @if let Some(word) = unit { " " span.muted { (visit.texts.word("FigureUnit", word)) } } }
}

fn decimal(visit: &Visit, value: &Value) -> Markup {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => html! { (visit.texts.number(number as i64)) },
        Some(number) => html! { (number) },
        None => html! {},
    }
}
