//! What stands around every page: head, navigation, day, language, and the question that the page is the answer to.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use super::{
    Entry, Page, Texts, Visit, assets,
    visit::{Question, encode_pairs},
};

/// The whole page.
pub(crate) fn render(visit: &Visit, page: &Page, entries: &[Entry]) -> String {
    let texts = visit.texts;
    let script = page.script.and_then(assets::script);
    let title = match visit.path() {
        "/" => page.title.clone(),
        _ => format!("{} · {}", page.title, texts.say("brand")),
    };
    let link = |path: &str| visit.plain_link(path);
    html! {
        (DOCTYPE)
        html lang=(texts.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                meta name="description" content=(page.description);
                link rel="canonical" href=(link(visit.path()));
                meta property="og:type" content="website";
                meta property="og:title" content=(page.title);
                meta property="og:description" content=(page.description);
                meta property="og:locale" content=(texts.language);
                @for other in Texts::all().iter().filter(|other| other.language != texts.language) {
                    link rel="alternate" hreflang=(other.language) href=(visit.link_here(&[("lang", other.language)]));
                }
                link rel="alternate" type="application/atom+xml" title=(texts.say("changes.feed")) href=(link("/changes.atom"));
                link rel="icon" type="image/svg+xml" href=(link(&assets::ICON.path));
                link rel="stylesheet" href=(link(&assets::STYLE.path));
                @if let Some(script) = script {
                    @for style in &script.styles { link rel="stylesheet" href=(link(style)); }
                    script type="module" src=(link(&script.script)) {}
                }
            }
            body data-root=(visit.root()) {
                a.skip href="#main" { (texts.say("nav.skip")) }
                (header(visit, entries))
                main #main { (page.main) }
                (footer(visit))
            }
        }
    }
    .into_string()
}

fn header(visit: &Visit, entries: &[Entry]) -> Markup {
    let texts = visit.texts;
    let named = entries.iter().filter_map(|entry| Some((entry.pattern.as_str(), entry.nav?)));
    html! {
        header.bar {
            div.inner {
                a.brand href=(visit.link("/")) { (texts.say("brand")) }
                nav aria-label=(texts.say("nav.label")) {
                    @for (path, name) in named.filter(|(path, _)| *path != "/") {
                        @let current = (path == visit.path()).then_some("page");
                        a href=(visit.link(path)) aria-current=[current] { (texts.say(name)) }
                    }
                }
            }
        }
        div.strip {
            div.inner {
                form.day action=(visit.plain_link(visit.path())) method="get" {
                    (hidden(visit, |name| !OF_ONE_DAY.contains(&name)))
                    label for="as-of" { (texts.say("day.label")) }
                    input #as-of type="date" name="asOf" value=(visit.view["asOf"].as_str().unwrap_or_default());
                    button type="submit" { (texts.say("day.go")) }
                    @if visit.param("asOf").is_some() || visit.param("knownAt").is_some() {
                        a href=(visit.link_here(&OF_ONE_DAY.map(|name| (name, "")))) { (texts.say("day.today")) }
                    }
                }
                // Where the page is a search itself, one is enough.
                @if !matches!(visit.path(), "/" | "/search") {
                    form.find action=(visit.plain_link("/search")) method="get" role="search" {
                        (hidden(visit, |name| matches!(name, "lang" | "asOf")))
                        input type="search" name="q" required maxlength="100" aria-label=(texts.say("search.label"))
                            placeholder=(texts.say("search.short")) autocomplete="off";
                        button type="submit" { (texts.say("search.go")) }
                    }
                }
                nav.languages aria-label=(texts.say("nav.languages")) {
                    @for other in Texts::all() {
                        @let link = visit.link_here(&[("lang", other.language)]);
                        @let current = (other.language == texts.language).then_some("true");
                        a lang=(other.language) hreflang=(other.language) href=(link) aria-current=[current] {
                            (other.say("language.name"))
                        }
                    }
                }
            }
        }
    }
}

/// The parameters that hold for one day only: the day itself, and where a list is walked on from.
const OF_ONE_DAY: [&str; 4] = ["asOf", "knownAt", "after", "before"];

/// Parameters of the address that a form hands on.
pub(super) fn hidden(visit: &Visit, is_kept: impl Fn(&str) -> bool) -> Markup {
    html! {
        @for (name, value) in visit.params().filter(|(name, _)| is_kept(name)) {
            input type="hidden" name=(name) value=(value);
        }
    }
}

fn footer(visit: &Visit) -> Markup {
    let texts = visit.texts;
    let view = &visit.view;
    let day = view["asOf"].as_str().map(|day| texts.date(day));
    html! {
        footer.foot {
            div.inner {
                @if let Some(day) = day {
                    p.state {
                        (texts.fill("foot.day", &[("day", &day)]))
                        @if let Some(number) = view["revision"]["number"].as_i64() {
                            " " (texts.fill("foot.revision", &[
                                ("number", &texts.number(number)),
                                ("when", &moment(texts, view["revision"]["recordedAt"].as_str().unwrap_or_default())),
                            ]))
                        }
                        @else { " " (texts.say("foot.empty")) }
                        " " a href=(visit.link("/about")) { (texts.say("foot.sources")) }
                    }
                }
                @for question in visit.questions() { (the_question(visit, question)) }
                nav aria-label=(texts.say("foot.tools")) {
                    a href=(visit.plain_link("/playground")) { (texts.say("foot.playground")) }
                    a href=(visit.plain_link("/schema")) { (texts.say("foot.schema")) }
                    a href=(visit.plain_link("/documents")) { (texts.say("foot.documents")) }
                    a href=(visit.plain_link("/licenses")) { (texts.say("foot.licenses")) }
                }
            }
        }
    }
}

/// A question that the page has asked: its text, and links that ask it again.
fn the_question(visit: &Visit, question: &Question) -> Markup {
    let texts = visit.texts;
    let variables = question.variables.to_string();
    // In the fragment, which no browser sends: the playground reads it, the real one and the plain one.
    let fragment = encode_pairs(&[("query", &question.query), ("variables", &variables)]);
    html! {
        details.question {
            summary {
                (texts.say("foot.question"))
                // More than one are told apart by their names.
                @if visit.questions().len() > 1 { " " code { (name_of_operation(&question.query)) } }
            }
            p.links {
                a href={ (visit.plain_link("/playground")) "#" (PreEscaped(fragment)) } { (texts.say("foot.open")) }
                a href=(json_link(visit, question)) { (texts.say("foot.json")) }
            }
            pre tabindex="0" aria-label=(texts.say("foot.question")) { code { (question.query.trim()) } }
            pre tabindex="0" aria-label=(texts.say("foot.variables")) { code { (variables) } }
        }
    }
}

/// What follows the first word of a question.
fn name_of_operation(query: &str) -> &str {
    query.split(|letter: char| !letter.is_alphanumeric()).nth(1).unwrap_or_default()
}

/// The address of the answer as JSON.
pub(crate) fn json_link(visit: &Visit, question: &Question) -> String {
    let short = question.query.split_whitespace().collect::<Vec<_>>().join(" ");
    let pairs = encode_pairs(&[("query", &short), ("variables", &question.variables.to_string())]);
    format!("{}?{pairs}", visit.plain_link("/graphql"))
}

/// The address of a list of an answer as CSV, with all its pages under the page's view.
pub(crate) fn csv_link(visit: &Visit, query: &str, variables: &Value, list: &str) -> String {
    let mut variables = variables.clone();
    if let Value::Object(all) = &mut variables {
        for paging in ["after", "before", "last"] {
            all.remove(paging);
        }
    }
    variables["asOf"] = visit.view["asOf"].clone();
    variables["knownAt"] = visit.view["revision"]["number"].clone();
    rows_link(visit, query, &variables, list)
}

/// The address of a list as CSV, with all its pages, of a question that says itself under which views.
pub(crate) fn rows_link(visit: &Visit, query: &str, variables: &Value, list: &str) -> String {
    let mut variables = variables.clone();
    variables["first"] = CSV_PAGE.into();
    let short = query.split_whitespace().collect::<Vec<_>>().join(" ");
    let pairs = encode_pairs(&[("query", &short), ("variables", &variables.to_string()), ("list", list)]);
    format!("{}?{pairs}", visit.plain_link("/rows.csv"))
}

/// How many items a page of a list has that is read as CSV.
const CSV_PAGE: u32 = 100;

/// A moment of the log, to the minute.
pub(crate) fn moment(texts: &Texts, recorded_at: &str) -> String {
    let (day, time) = recorded_at.split_once('T').unwrap_or((recorded_at, ""));
    let minutes = time.get(..5).unwrap_or(time);
    texts.fill("date.moment", &[("day", &texts.date(day)), ("time", minutes)])
}
