//! Where the map comes from, under which licenses, and what it does not know.

use maud::html;

use super::{
    Page, PageError, Visit,
    parts::{date, is_web, items, noun_link, pager, paging, told, words},
    pictures::{more, number},
    question::LINK,
};

/// How many sources a page has.
const PER_PAGE: usize = 50;

const ABOUT: &str =
    "query About($first: Int, $after: String, $last: Int, $before: String, $asOf: Date, $knownAt: Int) {
  map(asOf: $asOf, knownAt: $knownAt) {
    sources(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      nodes {
        ...Link
        publisher
        publishedOn { text }
        url
        kind
        reliability
        license
        citedBy(first: 0) { totalCount }
      }
    }
    gaps { kind count items(first: 5) { nodes { ...Link } } }
    schools(first: 0) { totalCount }
    unplaced: schools(first: 0, filter: { hasLocationOnRecord: false }) { totalCount }
    definitions { term localizedDefinition { text language } }
  }
}";

/// The page about the data.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let variables = paging(visit, PER_PAGE);
    let data = visit.ask(&format!("{ABOUT}{LINK}"), variables).await?;
    let visit = &*visit;
    let texts = visit.texts;
    let map = &data["map"];
    let sources = &map["sources"];
    let n = |value: &serde_json::Value| value["totalCount"].as_i64().unwrap_or(0);
    let mut licenses: Vec<&str> = items(&sources["nodes"]).iter().filter_map(|it| it["license"].as_str()).collect();
    licenses.sort_unstable();
    licenses.dedup();
    let is_paged = n(sources) > items(&sources["nodes"]).len() as i64;
    let gaps: Vec<_> = items(&map["gaps"]).iter().filter(|gap| gap["count"].as_i64().unwrap_or(0) > 0).collect();
    let main = html! {
        h1 { (texts.say("about.title")) }
        p.lead { (texts.say("about.lead")) }
        section aria-labelledby="sources" {
            h2 #sources { (texts.say("about.sources")) " " span.count { (texts.number(n(sources))) } }
            @if items(&sources["nodes"]).is_empty() { p { (texts.say("list.empty")) } }
            @else {
                div.scroll tabindex="0" role="region" aria-labelledby="sources" {
                    table.list {
                        thead { tr {
                            th scope="col" { (texts.say("field.title")) }
                            th scope="col" { (texts.say("field.publisher")) }
                            th scope="col" { (texts.say("field.publishedOn")) }
                            th scope="col" { (texts.say("field.kind")) }
                            th scope="col" { (texts.say("field.reliability")) }
                            th.num scope="col" { (texts.say("field.citedBy")) }
                        } }
                        tbody { @for source in items(&sources["nodes"]) {
                            tr {
                                th scope="row" {
                                    (noun_link(visit, source))
                                    @if let Some(url) = source["url"].as_str().filter(|url| is_web(url)) {
                                        " "
                                        a.outside href=(url) rel="external noreferrer" { (texts.say("note.original")) }
                                    }
                                }
                                td.long data-label=(texts.say("field.publisher")) {
                                    (source["publisher"].as_str().unwrap_or_default())
                                }
                                td data-label=(texts.say("field.publishedOn")) { (date(texts, &source["publishedOn"])) }
                                td data-label=(texts.say("field.kind")) {
                                    (words(texts, "SourceKind", &source["kind"]))
                                }
                                td data-label=(texts.say("field.reliability")) {
                                    (words(texts, "Reliability", &source["reliability"]))
                                }
                                td.num data-label=(texts.say("field.citedBy")) { (texts.number(n(&source["citedBy"]))) }
                            }
                        } }
                    }
                }
                (pager(visit, "/about", &sources["pageInfo"], &[]))
            }
        }
        section aria-labelledby="licenses" {
            h2 #licenses { (texts.say("about.licenses")) }
            @if licenses.is_empty() { p { (texts.say("about.no-licenses")) } }
            @else {
                p { (texts.say("about.licensed")) @if is_paged { " " (texts.say("about.licensed-here")) } }
                dl.facts { @for license in licenses {
                    @let under = items(&sources["nodes"]).iter().filter(|it| it["license"] == license);
                    div {
                        dt { (license) }
                        dd { @for source in under { div { (noun_link(visit, source)) } } }
                    }
                } }
            }
            p {
                (texts.say("about.program")) " "
                a href=(visit.plain_link("/licenses")) { (texts.say("foot.licenses")) }
            }
        }
        section aria-labelledby="unknown" {
            h2 #unknown { (texts.say("about.unknown")) }
            p { (texts.say("about.unknown-lead")) }
            ul.gaps {
                @if n(&map["unplaced"]) > 0 {
                    li { strong.num { (texts.number(n(&map["unplaced"]))) } " "
                        (texts.fill("about.unplaced", &[("n", &texts.number(n(&map["schools"])))])) }
                }
                @for gap in gaps {
                    li {
                        strong.num { (texts.number(gap["count"].as_i64().unwrap_or(0))) } " "
                        (words(texts, "GapKind", &gap["kind"]))
                        @let shown = items(&gap["items"]["nodes"]);
                        @if !shown.is_empty() {
                            div.some { @for node in shown { span.item { (noun_link(visit, node)) } }
                                (more(visit, number(&gap["count"]) - shown.len() as i64)) }
                        }
                    }
                }
            }
        }
        @if !items(&map["definitions"]).is_empty() {
            section aria-labelledby="definitions" {
                h2 #definitions { (texts.say("about.definitions")) }
                dl.facts.wide { @for one in items(&map["definitions"]) {
                    div {
                        dt { (one["term"].as_str().unwrap_or_default().replace('_', " ")) }
                        dd { (told(texts, &one["localizedDefinition"])) }
                    }
                } }
            }
        }
    };
    Ok(Page {
        title: texts.say("about.title").to_owned(),
        description: texts.say("about.lead").to_owned(),
        main,
        script: None,
    })
}
