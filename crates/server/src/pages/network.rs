//! The network: groups, alliances and partners with what ties them to each other and to schools.

use std::{cmp::Reverse, collections::BTreeMap};

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::{
    Page, PageError, Visit,
    kinds::path_of,
    parts::{items, name_of, noun_link},
    pictures::{Column, Select, choose, number, table},
    question::LINK,
    visit::encode,
};

const NETWORK: &str = "query Network($schools: Boolean!, $asOf: Date, $knownAt: Int) {
  map(asOf: $asOf, knownAt: $knownAt) {
    groups(first: 100) {
      totalCount
      nodes { ...Link schools(first: 100) @include(if: $schools) { totalCount edges { role node { ...Link } } } }
    }
    alliances(first: 100) {
      totalCount
      nodes {
        ...Link
        groups(first: 100) { totalCount edges { basis node { ...Link } } }
        partners(first: 100) { totalCount edges { role node { ...Link } } }
      }
    }
    partners(first: 100) {
      totalCount
      nodes { ...Link schools(first: 100) @include(if: $schools) { totalCount edges { kind node { ...Link } } } }
    }
  }
}
";

/// A list below a noun, the field of its edges that says how they tie, and the vocabulary of that.
type TieList = (&'static str, &'static str, &'static str);

/// The lists of the question, and those below their nouns.
const TIES: [(&str, &[TieList]); 3] = [
    ("groups", &[("schools", "role", "MembershipRole")]),
    ("alliances", &[("groups", "basis", "Basis"), ("partners", "role", "AllianceRole")]),
    ("partners", &[("schools", "kind", "SchoolPartnerKind")]),
];

/// A tie of the picture.
struct Drawn<'a> {
    from: &'a Value,
    to: &'a Value,
    /// What the tie says, in words; empty if it says nothing.
    says: String,
}

/// The page.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let has_schools = match visit.param("schools") {
        None | Some("with") => true,
        Some("without") => false,
        Some(other) => return Err(PageError::Unreadable(visit.texts.fill("error.word", &[("word", other)]))),
    };
    let data = visit.ask(&format!("{NETWORK}{LINK}"), json!({ "schools": has_schools })).await?;
    let visit = &*visit;
    let texts = visit.texts;
    let map = &data["map"];
    let mut nouns: BTreeMap<String, &Value> = BTreeMap::new();
    let mut ties = Vec::new();
    let mut left_out = 0;
    for (list, below) in TIES {
        let nodes = items(&map[list]["nodes"]);
        left_out += number(&map[list]["totalCount"]) - nodes.len() as i64;
        for from in nodes {
            nouns.insert(id_of(from), from);
            for (field, says, vocabulary) in below {
                let edges = items(&from[*field]["edges"]);
                left_out += (number(&from[*field]["totalCount"]) - edges.len() as i64).max(0);
                for edge in edges {
                    nouns.insert(id_of(&edge["node"]), &edge["node"]);
                    let says = edge[*says].as_str().map(|word| texts.word(vocabulary, word)).unwrap_or_default();
                    ties.push(Drawn { from, to: &edge["node"], says });
                }
            }
        }
    }
    let drawn = most_tied(&nouns, &ties);
    let counts = [("nodes", nouns.len()), ("edges", ties.len())].map(|(name, n)| (name, texts.number(n as i64)));
    let lead = texts.fill("network.lead", &counts.each_ref().map(|(name, text)| (*name, text.as_str())));
    let main = html! {
        h1 { (texts.say("network.title")) }
        p.lead { (lead) }
        (choose(visit, &[schools_or_not(visit)]))
        @if left_out > 0 { p.notice { (texts.count("network.left-out", left_out)) } }
        @if drawn.len() < nouns.len() {
            p.notice { (texts.fill("network.drawn", &[("n", &texts.number(drawn.len() as i64))])) }
        }
        @if ties.is_empty() { p { (texts.say("network.none")) } }
        @else {
            figure.picture {
                div #network.network-place data-network=(drawing(visit, &drawn, &ties)) {}
            }
            (ties_table(visit, &ties))
        }
    };
    Ok(Page { title: texts.say("network.title").to_owned(), description: lead, main, script: Some(SCRIPT) })
}

/// The script that draws the network.
pub(crate) const SCRIPT: &str = "network";

/// What tells a noun of the picture from all others.
fn id_of(noun: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{}/{}", text(&noun["__typename"]), text(&noun["slug"]))
}

/// How many nouns a picture has that a browser draws in a few seconds and that people can read.
const MAX_DRAWN: usize = 1000;

/// The nouns with the most ties, as many as are drawn.
fn most_tied<'a>(nouns: &BTreeMap<String, &'a Value>, ties: &[Drawn<'_>]) -> BTreeMap<String, &'a Value> {
    let mut n_ties: BTreeMap<String, usize> = BTreeMap::new();
    for end in ties.iter().flat_map(|tie| [tie.from, tie.to]) {
        *n_ties.entry(id_of(end)).or_default() += 1;
    }
    let mut ids: Vec<&String> = nouns.keys().collect();
    ids.sort_by_key(|id| Reverse(n_ties.get(*id)));
    ids.into_iter().take(MAX_DRAWN).map(|id| (id.clone(), nouns[id])).collect()
}

/// Whether schools are in the picture.
fn schools_or_not(visit: &Visit) -> Select {
    let texts = visit.texts;
    let option = |value: &str, key: &str| (value.to_owned(), texts.say(key).to_owned());
    Select {
        name: "schools",
        label: texts.say("network.schools").to_owned(),
        any: None,
        rest: 0,
        options: vec![option("with", "network.with-schools"), option("without", "network.without-schools")],
    }
}

/// What the script draws, and the words that it says.
fn drawing(visit: &Visit, nouns: &BTreeMap<String, &Value>, ties: &[Drawn<'_>]) -> String {
    let texts = visit.texts;
    let node = |(id, noun): (&String, &&Value)| {
        let kind = noun["__typename"].as_str().unwrap_or_default();
        let slug = noun["slug"].as_str().unwrap_or_default();
        let href = path_of(visit.schema(), kind).map(|path| visit.link(&format!("/{path}/{}", encode(slug))));
        json!({ "id": id, "kind": kind, "label": name_of(noun), "lang": noun["localizedName"]["language"], "href": href })
    };
    let edge = |tie: &Drawn<'_>| json!({ "source": id_of(tie.from), "target": id_of(tie.to), "label": tie.says });
    let mut kinds = Map::new();
    for noun in nouns.values() {
        if let Some(kind) = noun["__typename"].as_str() {
            kinds.insert(kind.to_owned(), texts.say(&format!("kind.{kind}.name")).into());
        }
    }
    let words = json!({
        "network": texts.say("network.lead"),
        "ties": texts.say("network.ties"),
        "found": texts.say("network.found"),
        "find": texts.say("network.find"),
        "kinds": texts.say("network.kinds"),
        "zoomIn": texts.say("picture.in"),
        "zoomOut": texts.say("picture.out"),
        "fit": texts.say("picture.whole"),
        "whole": texts.say("network.whole"),
        "close": texts.say("network.close"),
        "page": texts.say("network.page"),
        "keys": texts.say("network.keys"),
        "inWords": texts.say("network.in-words"),
        "alone": texts.say("network.alone"),
        "drawing": texts.say("network.drawing"),
        "columns": [
            texts.say("network.from"), texts.say("network.tie"), texts.say("network.to"), texts.say("network.tie-says"),
        ],
        "kindNames": kinds,
    });
    let is_drawn = |tie: &&Drawn<'_>| [tie.from, tie.to].iter().all(|end| nouns.contains_key(&id_of(end)));
    let nodes: Vec<_> = nouns.iter().map(node).collect();
    let edges: Vec<_> = ties.iter().filter(is_drawn).map(edge).collect();
    json!({ "nodes": nodes, "edges": edges, "words": words }).to_string()
}

/// The ties in words.
fn ties_table(visit: &Visit, ties: &[Drawn<'_>]) -> Markup {
    let texts = visit.texts;
    html! {
        section aria-labelledby="ties" {
            h2 #ties { (texts.say("network.table")) " " span.count { (texts.number(ties.len() as i64)) } }
            @let columns = [
                Column::Text(texts.say("network.from")),
                Column::Text(texts.say("network.tie")),
                Column::Text(texts.say("network.to")),
            ];
            (table("ties", &columns, &html! {
                @for tie in ties {
                    tr {
                        th scope="row" { (noun_link(visit, tie.from)) }
                        td data-label=(texts.say("network.tie")) { (tie.says) }
                        td data-label=(texts.say("network.to")) { (noun_link(visit, tie.to)) }
                    }
                }
            }))
        }
    }
}
