//! What is doubtful: where sources disagree, both quotes side by side, and what rules find.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Page, PageError, Visit,
    kinds::kind_of,
    noun::{field_name, named_nouns, sides},
    parts::{Notes, in_language, items, noun_link},
    pictures::{more, number},
    question::{CITE, LINK},
    texts::Texts,
};

const QUALITY: &str = "query Quality($asOf: Date, $knownAt: Int) {
  map(asOf: $asOf, knownAt: $knownAt) {
    contradictions(first: 100) {
      totalCount
      edges {
        field
        recorded
        stated
        recordedBy { ...Cite }
        sources { ...Cite }
        node { ...Link }
      }
    }
    findings(first: 0) { totalCount }
    findingRules { rule severity count reason remedy }
  }
}
";

/// The question of what each of these rules finds; the name of a rule is that of its list.
fn findings_of(rules: &[&str]) -> String {
    let lists: String = rules
        .iter()
        .map(|rule| format!("    {rule}: findings(first: 100, rules: [{rule}]) {{ ...Found }}\n"))
        .collect();
    format!(
        "query Findings($asOf: Date, $knownAt: Int) {{
  map(asOf: $asOf, knownAt: $knownAt) {{
{lists}  }}
}}
fragment Found on FindingConnection {{
  edges {{
    message
    other {{ ...Link }}
    sources {{ ...Cite }}
    node {{ ...Link }}
  }}
}}
{LINK}{CITE}"
    )
}

/// The language in which the API explains rules and words findings.
const LANGUAGE_OF_RULES: &str = "en";

/// The page.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let data = visit.ask(&format!("{QUALITY}{LINK}{CITE}"), json!({})).await?;
    let map = &data["map"];
    let named = named_nouns(visit, items(&map["contradictions"]["edges"])).await?;
    let has_found = |rule: &&Value| number(&rule["count"]) > 0;
    let (found, quiet): (Vec<&Value>, Vec<&Value>) = items(&map["findingRules"]).iter().partition(has_found);
    let names: Vec<&str> = found.iter().filter_map(|rule| rule["rule"].as_str()).collect();
    let lists = match names[..] {
        [] => Value::Null,
        _ => visit.ask(&findings_of(&names), json!({})).await?["map"].take(),
    };
    let visit = &*visit;
    let texts = visit.texts;
    let (contradictions, findings) = (&map["contradictions"], &map["findings"]);
    let said = [("disagree", contradictions), ("found", findings)]
        .map(|(name, list)| (name, texts.number(number(&list["totalCount"]))));
    let lead = texts.fill("quality.lead", &said.each_ref().map(|(name, text)| (*name, text.as_str())));
    let mut notes = Notes::default();
    let main = html! {
        h1 { (texts.say("quality.title")) }
        p.lead { (lead) }
        (disagreements(visit, contradictions, &named, &mut notes))
        (rules(visit, &found, &quiet, &lists, &mut notes))
        (notes.section(visit))
    };
    Ok(Page { title: texts.say("quality.title").to_owned(), description: lead, main, script: None })
}

/// Where sources say something else than what is recorded.
fn disagreements(visit: &Visit, list: &Value, named: &BTreeMap<String, Value>, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let all = items(&list["edges"]);
    html! {
        section.disagree aria-labelledby="disagree" {
            h2 #disagree { (texts.say("disagree.heading")) " " span.count { (texts.number(number(&list["totalCount"]))) } }
            @if all.is_empty() { p { (texts.say("quality.agree")) } }
            @else { p { (texts.say("disagree.lead")) } }
            @for one in all {
                @let field = one["field"].as_str().unwrap_or_default();
                h3 {
                    (noun_link(visit, &one["node"]))
                    @if !field.is_empty() { ": " (field_name(visit, field)) }
                }
                @if let Some(kind) = kind_of(visit.schema(), &one["node"]) { (sides(visit, kind, one, named, notes)) }
            }
            (more(visit, number(&list["totalCount"]) - all.len() as i64))
        }
    }
}

/// Why a rule matters, or how what it finds is mended, in the page's language; else as the API says it.
fn explained(texts: &Texts, rule: &Value, what: &str) -> Markup {
    let name = rule["rule"].as_str().unwrap_or_default();
    match texts.find(&format!("rule.{name}.{what}")) {
        Some(text) => html! { (text) },
        None => in_language(texts, rule[what].as_str().unwrap_or_default(), Some(LANGUAGE_OF_RULES)),
    }
}

/// What rules find, rule by rule; those that find nothing are named at the end.
fn rules(visit: &Visit, found: &[&Value], quiet: &[&Value], lists: &Value, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let name = |rule: &Value| texts.word("FindingRule", rule["rule"].as_str().unwrap_or_default());
    html! {
        @for rule in found {
            @let id = rule["rule"].as_str().unwrap_or_default().to_lowercase();
            section aria-labelledby=(id) {
                h2 id=(id) {
                    (name(rule)) " "
                    span.count { (texts.number(number(&rule["count"]))) " · " (texts.word("FindingSeverity", rule["severity"].as_str().unwrap_or_default())) }
                }
                p.muted { (explained(texts, rule, "reason")) }
                @let those = items(&lists[rule["rule"].as_str().unwrap_or_default()]["edges"]);
                ul.plain-list {
                    @for it in those {
                        li {
                            (noun_link(visit, &it["node"])) " "
                            span lang=(LANGUAGE_OF_RULES) { (it["message"].as_str().unwrap_or_default()) }
                            @if !it["other"].is_null() { " " (noun_link(visit, &it["other"])) }
                            (notes.cite(texts, items(&it["sources"])))
                        }
                    }
                }
                (more(visit, number(&rule["count"]) - those.len() as i64))
                p { strong { (texts.say("quality.remedy")) } " " (explained(texts, rule, "remedy")) }
            }
        }
        @if !quiet.is_empty() {
            section aria-labelledby="quiet" {
                h2 #quiet { (texts.say("quality.quiet")) }
                ul.plain-list { @for rule in quiet { li { (name(rule)) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{FindingRule, Vocabulary};

    use super::*;

    #[test]
    fn every_rule_is_explained_in_every_language_and_in_that_of_the_api_by_its_words() {
        for rule in FindingRule::VALUES.iter().map(|value| value.value) {
            for (what, said) in [("reason", rule.reason()), ("remedy", rule.remedy())] {
                let key = format!("rule.{}.{what}", rule.word().to_ascii_uppercase());
                for texts in Texts::all() {
                    let text = texts.find(&key).unwrap_or_else(|| panic!("{}: {key}", texts.language));
                    assert_eq!(text == said, texts.language == LANGUAGE_OF_RULES, "{}: {key}", texts.language);
                }
            }
        }
    }
}
