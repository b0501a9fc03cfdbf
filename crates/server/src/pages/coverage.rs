//! Coverage and gaps: how many schools have something, how many have not, and of how many nobody says.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Page, PageError, Visit,
    front::{Part, bar, figure, patterns},
    parts::{Notes, items, noun_link},
    pictures::{LongList, Select, choose, more, nouns, number, school_filter, words},
    question::{CITE, LINK},
};

/// By what schools are covered, the first unless asked otherwise.
const KINDS: [&str; 4] = ["GROUPS", "ALLIANCES", "PARTNERS", "DESIGNATIONS"];

const REGIONS: LongList =
    LongList { field: "regions", variables: "", arguments: "", fields: "nodes { ...Link }", fragments: &[LINK] };

const BEGINNING: &str = "query Coverage($of: CoverageKind!, $filter: SchoolFilter, $asOf: Date, $knownAt: Int) {
  map(asOf: $asOf, knownAt: $knownAt) {
";

const COVERAGE: &str = "
    all: coverage(of: $of, filter: $filter) {
      ...Counts
      reportedFigures(first: 20) { totalCount nodes { ...Link value unit qualifier sources { ...Cite } } }
    }
    byRegion: coverage(of: $of, by: [REGION], filter: $filter) { rows { region { ...Link } ...Row } }
    byOwnership: coverage(of: $of, by: [OWNERSHIP], filter: $filter) { rows { ownership ...Row } }
    byStage: coverage(of: $of, by: [STAGE], filter: $filter) { rows { stage ...Row } }
    gaps { kind count items(first: 12) { nodes { ...Link } } }
  }
}
fragment Counts on Coverage { total covered uncovered unknown share }
fragment Row on CoverageRow {
  total
  covered
  uncovered
  unknown
  share
  coveredItems(first: 100) { nodes { ...Link } }
  uncoveredItems(first: 100) { nodes { ...Link } }
  unknownItems(first: 100) { nodes { ...Link } }
}
";

/// The parts of a bar: the field, its class, and the word of the vocabulary.
const PARTS: [(&str, &str, &str); 3] =
    [("covered", "is-sure", "COVERED"), ("uncovered", "is-past", "UNCOVERED"), ("unknown", "is-unknown", "UNKNOWN")];

/// The page.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let of = visit.param("of").unwrap_or(KINDS[0]).to_owned();
    if !KINDS.contains(&of.as_str()) {
        return Err(PageError::Unreadable(visit.texts.fill("error.word", &[("word", &of)])));
    }
    let filter = school_filter(visit, &["ownership", "stage"], &["region"])?;
    let question = format!("{BEGINNING}{}{COVERAGE}{LINK}{CITE}", REGIONS.first_page());
    let mut map = visit.ask(&question, json!({ "of": of, "filter": filter })).await?["map"].take();
    let regions = REGIONS.read_on(visit, &mut map, &json!({})).await?;
    let visit = &*visit;
    let texts = visit.texts;
    let kinds = KINDS.map(|kind| (kind.to_owned(), texts.word("CoverageKind", kind)));
    let selects: Vec<Select> =
        [Select { name: "of", label: texts.say("coverage.of").to_owned(), any: None, options: kinds.into(), rest: 0 }]
            .into_iter()
            .chain([words(visit, "ownership"), words(visit, "stage")].into_iter().flatten())
            .chain([nouns(visit, "region", "field.region", &regions)])
            .collect();
    let mut notes = Notes::default();
    let all = &map["all"];
    let said = ["total", "covered", "uncovered", "unknown"].map(|name| (name, texts.number(number(&all[name]))));
    let lead = texts.fill("coverage.lead", &said.each_ref().map(|(name, text)| (*name, text.as_str())));
    let has_schools = number(&all["total"]) > 0;
    let main = html! {
        h1 { (texts.say("coverage.title")) }
        p.lead { (lead) }
        (choose(visit, &selects))
        @if has_schools {
            (patterns())
            section aria-labelledby="all" {
                h2 #all { (texts.word("CoverageKind", &of)) @if let Some(share) = all["share"].as_f64() { " " span.count { (share) " %" } } }
                (bar(visit, &parts(visit, all, "#by-region")))
                p.muted { (texts.say("coverage.note")) }
                (reported(visit, all, &mut notes))
            }
            (rows(visit, "by-region", "coverage.by-region", &map["byRegion"]["rows"], |row| match row["region"].is_null() {
                true => html! { span.muted { (texts.say("map.no-region")) } },
                false => noun_link(visit, &row["region"]),
            }))
            (rows(visit, "by-ownership", "coverage.by-ownership", &map["byOwnership"]["rows"], |row| {
                html! { (texts.word("Ownership", row["ownership"].as_str().unwrap_or("UNKNOWN"))) }
            }))
            (rows(visit, "by-stage", "coverage.by-stage", &map["byStage"]["rows"], |row| match row["stage"].as_str() {
                Some(stage) => html! { (texts.word("Stage", stage)) },
                None => html! { span.muted { (texts.say("coverage.no-stage")) } },
            }))
            p.muted { (texts.say("coverage.stage-note")) }
        }
        (gaps(visit, &map["gaps"]))
        (notes.section(visit))
    };
    Ok(Page { title: texts.say("coverage.title").to_owned(), description: lead, main, script: None })
}

/// The parts of a bar; each leads to what is behind it.
fn parts(visit: &Visit, counts: &Value, link: &str) -> Vec<Part> {
    let part = |(field, class, word): (&str, &'static str, &str)| Part {
        class,
        name: visit.texts.word("CoverageStatus", word),
        n: number(&counts[field]),
        link: link.to_owned(),
    };
    PARTS.map(part).into()
}

/// A bar for each row, and what is behind each part of it.
fn rows(visit: &Visit, id: &str, heading: &str, rows: &Value, name: impl Fn(&Value) -> Markup) -> Markup {
    let texts = visit.texts;
    html! {
        @if !items(rows).is_empty() {
            section aria-labelledby=(id) {
                h2 id=(id) { (texts.say(heading)) }
                @for (at, row) in items(rows).iter().enumerate() {
                    @let behind = format!("{id}-{at}");
                    div.row-of-bar {
                        h3 {
                            (name(row)) " "
                            span.count { (texts.number(number(&row["total"]))) }
                            @if let Some(share) = row["share"].as_f64() { span.muted { " · " (share) " %" } }
                        }
                        (bar(visit, &parts(visit, row, &format!("#{behind}"))))
                        details {
                            summary { (texts.say("coverage.behind")) }
                            div id=(behind) { @for (field, class, word) in PARTS {
                                @let nodes = items(&row[format!("{field}Items")]["nodes"]);
                                @let n = number(&row[field]);
                                @if n > 0 {
                                    h4 { span class={ "key " (class) } aria-hidden="true" {} (texts.word("CoverageStatus", word)) " " span.count { (texts.number(n)) } }
                                    div.some {
                                        @for node in nodes { span.item { (noun_link(visit, node)) } }
                                        (more(visit, n - nodes.len() as i64))
                                    }
                                }
                            } }
                        }
                    }
                }
            }
        }
    }
}

/// What sources report of the same.
fn reported(visit: &Visit, all: &Value, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let figures = items(&all["reportedFigures"]["nodes"]);
    html! {
        @if !figures.is_empty() {
            h3 { (texts.say("coverage.reported")) }
            ul.plain-list {
                @for it in figures {
                    li { (noun_link(visit, it)) ": " strong { (figure(visit, it)) } (notes.cite(texts, items(&it["sources"]))) }
                }
            }
            (more(visit, number(&all["reportedFigures"]["totalCount"]) - figures.len() as i64))
        }
    }
}

/// What the map lacks, each with the first that lack it.
fn gaps(visit: &Visit, gaps: &Value) -> Markup {
    let texts = visit.texts;
    let gaps: Vec<&Value> = items(gaps).iter().filter(|gap| number(&gap["count"]) > 0).collect();
    html! {
        @if !gaps.is_empty() {
            section aria-labelledby="gaps" {
                h2 #gaps { (texts.say("coverage.gaps")) }
                p.muted { (texts.say("coverage.gaps-note")) }
                ul.gap-list {
                    @for gap in gaps {
                        @let (n, nodes) = (number(&gap["count"]), items(&gap["items"]["nodes"]));
                        li {
                            details {
                                summary { span.n { (texts.number(n)) } " " (texts.word("GapKind", gap["kind"].as_str().unwrap_or_default())) }
                                div.some {
                                    @for node in nodes { span.item { (noun_link(visit, node)) } }
                                    (more(visit, n - nodes.len() as i64))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
