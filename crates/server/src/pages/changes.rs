//! What changed between two days or two releases, by two clocks: what happened in the world, and what was learned of it.

use chrono::{Months, NaiveDate};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Page, PageError, Visit,
    kinds::{Field, Kind, Shape, kind_of, kinds},
    layout::{hidden, rows_link},
    noun::{column_language, field_name, field_of, words_of},
    parts::{Notes, in_language, items, noun_link_with, pager, paging, told, words},
    pictures::{Column, number, table},
    question::{CITE, LINK},
    texts::Texts,
    visit::encode_pairs,
};
use crate::changes::{is_earlier, read_view};

/// The lists of changes, as the API calls them: what happened, and what was learned.
const LISTS: [&str; 2] = ["happened", "learned"];

/// How many changes of a list are on a page.
const PER_PAGE: usize = 50;

/// How many pairs of releases are offered to compare.
const MAX_PAIRS: usize = 6;

const RELEASES: &str = "query Releases {
  releases {
    slug
    localizedTitle { text language }
    view { asOf revision { number } }
  }
}
";

/// The question of these lists, page by page, with what is asked of each change.
fn changes_query(lists: &[&str], asked: &str) -> String {
    let list = |name: &&str| {
        format!(
            "    {name}Counts {{ nounKind kind count }}
    {name}(kinds: $kinds, nouns: $nouns, first: $first, after: $after, last: $last, before: $before) {{
      totalCount
      pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
      edges {{{asked}
      }}
    }}\n"
        )
    };
    format!(
        "query Changes($from: ViewInput!, $to: ViewInput!, $kinds: [ChangeKind!], $nouns: [NounKind!], $first: Int, $after: String, $last: Int, $before: String) {{
  changes(from: $from, to: $to) {{
    from {{ asOf revision {{ number }} }}
    to {{ asOf revision {{ number }} }}
{}  }}
}}
",
        lists.iter().map(list).collect::<String>()
    )
}

/// What a page asks of a change.
const SHOWN: &str = "
        kind
        fact
        since
        noun { ...Link }
        other { ...Link }
        fields { field was is }
        sources { ...Cite }";

/// What a row has of a change.
const IN_ROWS: &str = "
        kind
        fact
        since
        noun { slug name }
        other { slug name }
        fields { field was is }";

/// How many nouns of each kind are on the map, in both views.
fn counts_query(schema: &graphql::Schema) -> String {
    let side = |name: &str| {
        let counts = kinds(schema).iter().map(|kind| format!("    {}(first: 0) {{ totalCount }}\n", kind.many));
        format!("  {name}: map(asOf: ${name}AsOf, knownAt: ${name}KnownAt) {{\n{}  }}\n", counts.collect::<String>())
    };
    format!(
        "query Counts($fromAsOf: Date!, $fromKnownAt: Int!, $toAsOf: Date!, $toKnownAt: Int!) {{\n{}{}}}\n",
        side("from"),
        side("to")
    )
}

/// What an address asks to compare.
struct Asked {
    from: Value,
    to: Value,
    /// The only list that is shown, if it is one.
    list: Option<&'static str>,
    /// The only kind of change.
    kind: Option<String>,
    /// The only kind of noun, as a word of `NounKind`.
    noun: Option<String>,
}

/// The page.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let data = visit.ask_as_is(RELEASES, json!({})).await?;
    let releases = items(&data["releases"]);
    let asked = read_asked(visit, releases)?;
    let lists = asked.list.map_or(LISTS.to_vec(), |list| vec![list]);
    let mut variables = match asked.list {
        Some(_) => paging(visit, PER_PAGE),
        None => json!({ "first": PER_PAGE }),
    };
    let views = json!({ "from": asked.from, "to": asked.to, "kinds": asked.kind, "nouns": asked.noun });
    if let (Value::Object(all), Value::Object(views)) = (&mut variables, views) {
        all.extend(views);
    }
    let query = format!("{}{LINK}{CITE}", changes_query(&lists, SHOWN));
    let data = visit.ask_as_is(&query, variables).await?;
    let changes = &data["changes"];
    let title = visit.texts.say("changes.title").to_owned();
    if changes.is_null() {
        let said = visit.texts.say("foot.empty").to_owned();
        let main = html! { h1 { (title) } p.lead { (said) } };
        return Ok(Page { title, description: said, main, script: None });
    }
    let (from, to) = (&changes["from"], &changes["to"]);
    let counts = match asked.list {
        Some(_) => None,
        None => {
            let both = json!({
                "fromAsOf": from["asOf"], "fromKnownAt": from["revision"]["number"],
                "toAsOf": to["asOf"], "toKnownAt": to["revision"]["number"],
            });
            let query = counts_query(visit.schema());
            Some(visit.ask_as_is(&query, both).await?)
        }
    };

    let visit = &*visit;
    let texts = visit.texts;
    let lead = texts.fill("changes.lead", &[("from", &view_name(texts, from)), ("to", &view_name(texts, to))]);
    let mut notes = Notes::default();
    let main = html! {
        h1 { (title) }
        p.lead { (lead) }
        (compare(visit, releases, &asked, changes))
        (ready_made(visit, releases))
        @if let Some(counts) = counts { (both_maps(visit, &counts, from, to)) }
        @for list in &lists { (section(visit, list, changes, &asked, &mut notes)) }
        p.rows {
            a href=(report_link(visit, from, to)) { (texts.say("changes.markdown")) }
            " " a href=(visit.plain_link("/changes.atom")) { (texts.say("changes.feed")) }
        }
        (notes.section(visit))
    };
    Ok(Page { title, description: lead, main, script: None })
}

/// What the address asks to compare. If it says nothing, the two latest releases that follow one another; without them
/// the day of the page and the same day of the year before.
fn read_asked(visit: &Visit, releases: &[Value]) -> Result<Asked, PageError> {
    let (from, to) = (read_side(visit, "from")?, read_side(visit, "to")?);
    let has_day = visit.param("asOf").is_some() || visit.param("knownAt").is_some();
    let pair = pairs(releases).next().filter(|_| !has_day);
    let (from, to) = match (from, to, pair) {
        (None, None, Some((before, after))) => {
            (json!({ "release": before["slug"] }), json!({ "release": after["slug"] }))
        }
        (from, to, _) => {
            let here = pinned_view(&visit.view);
            let to = to.unwrap_or_else(|| here.clone());
            (from.unwrap_or_else(|| year_before(&here)), to)
        }
    };
    let unknown = |word: &str| PageError::Unreadable(visit.texts.fill("error.word", &[("word", word)]));
    let list = match visit.param("list") {
        None => None,
        Some(asked) => Some(*LISTS.iter().find(|list| **list == asked).ok_or_else(|| unknown(asked))?),
    };
    let kind = visit.param("kind").map(str::to_owned);
    if let Some(kind) = kind.as_deref().filter(|kind| visit.texts.find(&format!("word.ChangeKind.{kind}")).is_none()) {
        return Err(unknown(kind));
    }
    let noun = visit.param("noun").map(str::to_owned);
    if let Some(noun) = noun.as_deref().filter(|noun| kind_named(visit, noun).is_none()) {
        return Err(unknown(noun));
    }
    Ok(Asked { from, to, list, kind, noun })
}

/// A view that the address gives: `from=RELEASE` or `from=asOf:DAY@REVISION`, else `fromDay=` and `fromKnownAt=`, as the
/// form of the page does.
fn read_side(visit: &Visit, name: &str) -> Result<Option<Value>, PageError> {
    if let Some(view) = visit.param(name) {
        return Ok(Some(read_view(view)));
    }
    let day = visit.read_day(&format!("{name}Day"))?;
    let known_at = visit.read_revision(&format!("{name}KnownAt"))?;
    let has_any = !day.is_null() || !known_at.is_null();
    Ok(has_any.then(|| json!({ "asOf": day, "knownAt": known_at })))
}

/// Each release with the one before it, the latest first; there are none of two of which neither is the later.
fn pairs(releases: &[Value]) -> impl Iterator<Item = (&Value, &Value)> {
    releases.iter().enumerate().filter_map(|(at, release)| {
        let before = releases[at + 1..].iter().find(|before| is_earlier(before, release))?;
        Some((before, release))
    })
}

/// A view of an answer as the API takes one.
fn pinned_view(view: &Value) -> Value {
    json!({ "asOf": view["asOf"], "knownAt": view["revision"]["number"] })
}

fn year_before(view: &Value) -> Value {
    let mut earlier = view.clone();
    let day = view["asOf"].as_str().and_then(|day| day.parse::<NaiveDate>().ok());
    if let Some(day) = day.and_then(|day| day.checked_sub_months(Months::new(12))) {
        earlier["asOf"] = day.to_string().into();
    }
    earlier
}

/// A view of an answer as addresses have it.
fn view_text(view: &Value) -> String {
    let day = view["asOf"].as_str().unwrap_or_default();
    match view["revision"]["number"].as_i64() {
        Some(revision) => format!("asOf:{day}@{revision}"),
        None => format!("asOf:{day}"),
    }
}

/// A view in words: its day and its revision.
fn view_name(texts: &Texts, view: &Value) -> String {
    let day = texts.date(view["asOf"].as_str().unwrap_or_default());
    let revision = texts.number(number(&view["revision"]["number"]));
    texts.fill("changes.view", &[("day", &day), ("revision", &revision)])
}

/// The forms by which two views are chosen: two releases, or two days, each with a revision.
fn compare(visit: &Visit, releases: &[Value], asked: &Asked, changes: &Value) -> Markup {
    let texts = visit.texts;
    let side = |name: &str| texts.say(if name == "from" { "changes.from" } else { "changes.to" });
    let language = hidden(visit, |name| name == "lang");
    html! {
        div.compare {
            @if releases.len() > 1 {
                form.choose action=(visit.plain_link(visit.path())) method="get" {
                    (language)
                    @for (name, chosen) in [("from", &asked.from), ("to", &asked.to)] {
                        label {
                            span { (side(name)) }
                            select name=(name) required {
                                option value="" { (texts.say("changes.release")) }
                                @for release in releases {
                                    option value=(release["slug"].as_str().unwrap_or_default())
                                        selected[chosen["release"] == release["slug"]]
                                        lang=[release["localizedTitle"]["language"].as_str()] {
                                        (release_title(release))
                                    }
                                }
                            }
                        }
                    }
                    button type="submit" { (texts.say("changes.releases")) }
                }
            }
            form.choose action=(visit.plain_link(visit.path())) method="get" {
                (language)
                @for name in ["from", "to"] {
                    @let view = &changes[name];
                    fieldset {
                        legend.hidden { (side(name)) }
                        label {
                            span { (side(name)) }
                            input type="date" name={ (name) "Day" } value=(view["asOf"].as_str().unwrap_or_default());
                        }
                        label {
                            span { (texts.say("changes.revision")) }
                            input type="number" name={ (name) "KnownAt" } min="1" value=(number(&view["revision"]["number"]));
                        }
                    }
                }
                button type="submit" { (texts.say("changes.days")) }
            }
        }
    }
}

fn release_title(release: &Value) -> &str {
    let slug = release["slug"].as_str().unwrap_or_default();
    release["localizedTitle"]["text"].as_str().unwrap_or(slug)
}

/// What is worth comparing, as links: releases that follow one another, the year before, and what the last revision
/// brought.
fn ready_made(visit: &Visit, releases: &[Value]) -> Markup {
    let texts = visit.texts;
    let here = &visit.view;
    let link = |from: &str, to: &str| visit.link_with("/changes", &[("from", from), ("to", to)]);
    let year = year_before(here);
    let last = here["revision"]["number"].as_i64().filter(|number| *number > 1).map(|number| {
        let before = json!({ "asOf": here["asOf"], "revision": { "number": number - 1 } });
        link(&view_text(&before), &view_text(here))
    });
    html! {
        nav.ready aria-label=(texts.say("changes.ready")) {
            span.muted { (texts.say("changes.ready")) }
            @for (before, after) in pairs(releases).take(MAX_PAIRS) {
                @let slug = |release: &Value| release["slug"].as_str().unwrap_or_default().to_owned();
                a href=(link(&slug(before), &slug(after))) {
                    (told(texts, &before["localizedTitle"])) " → " (told(texts, &after["localizedTitle"]))
                }
            }
            @if let Some(release) = releases.first().filter(|release| is_earlier(release, &json!({ "view": here }))) {
                a href=(link(release["slug"].as_str().unwrap_or_default(), &view_text(here))) {
                    (told(texts, &release["localizedTitle"])) " → " (texts.date(here["asOf"].as_str().unwrap_or_default()))
                }
            }
            a href=(link(&view_text(&year), &view_text(here))) { (texts.say("changes.year")) }
            @if let Some(link) = last { a href=(link) { (texts.say("changes.last")) } }
        }
    }
}

/// The address of the report of the same changes.
fn report_link(visit: &Visit, from: &Value, to: &Value) -> String {
    let (from, to) = (view_text(from), view_text(to));
    format!("{}?{}", visit.plain_link("/changes.md"), encode_pairs(&[("from", &from), ("to", &to)]))
}

/// One of the two lists: how many changes there are of each kind, and each of them.
fn section(visit: &Visit, list: &'static str, changes: &Value, asked: &Asked, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let (from, to) = (&changes["from"], &changes["to"]);
    let (heading, lead) = match list {
        "happened" => {
            let day = |view: &Value| texts.date(view["asOf"].as_str().unwrap_or_default());
            let revision = texts.number(number(&to["revision"]["number"]));
            let said = [("from", day(from)), ("to", day(to)), ("revision", revision)];
            ("changes.happened", texts.fill("changes.happened-lead", &said.each_ref().map(|(n, t)| (*n, t.as_str()))))
        }
        _ => {
            let revision = |view: &Value| texts.number(number(&view["revision"]["number"]));
            let day = texts.date(from["asOf"].as_str().unwrap_or_default());
            let said = [("day", day), ("from", revision(from)), ("to", revision(to))];
            ("changes.learned", texts.fill("changes.learned-lead", &said.each_ref().map(|(n, t)| (*n, t.as_str()))))
        }
    };
    let (shown, counts) = (&changes[list], items(&changes[format!("{list}Counts")]));
    let total = number(&shown["totalCount"]);
    let (from, to) = (view_text(from), view_text(to));
    let (kind, noun) = (asked.kind.as_deref().unwrap_or_default(), asked.noun.as_deref().unwrap_or_default());
    let kept = [("from", from.as_str()), ("to", to.as_str()), ("list", list), ("kind", kind), ("noun", noun)];
    let here = visit.link_with("/changes", &kept[..2]);
    let rows = json!({ "from": read_view(&from), "to": read_view(&to), "kinds": asked.kind, "nouns": asked.noun });
    let rows = rows_link(visit, &changes_query(&[list], IN_ROWS), &rows, &format!("changes.{list}"));
    html! {
        section aria-labelledby=(list) {
            h2 id=(list) { (texts.say(heading)) " " span.count { (texts.number(total)) } }
            p.muted { (lead) }
            @if !counts.is_empty() { (counts_table(visit, list, counts, &kept)) }
            @if asked.list.is_some() { p { a href=(here) { (texts.say("changes.both")) } } }
            @if total == 0 { p { (texts.say("changes.none")) } }
            @else {
                (nouns(visit, list, changes, notes))
                @if asked.list.is_some() { (pager(visit, "/changes", &shown["pageInfo"], &kept)) }
                @else if shown["pageInfo"]["hasNextPage"] == true {
                    p { a href=(visit.link_with("/changes", &kept)) { (texts.fill("list.all", &[("n", &texts.number(total))])) } }
                }
                p.rows { a href=(rows) { (texts.say("list.csv")) } }
            }
        }
    }
}

/// How many changes there are, by kinds of nouns and of changes; each number leads to those that it counts.
fn counts_table(visit: &Visit, list: &str, counts: &[Value], kept: &[(&str, &str); 5]) -> Markup {
    let texts = visit.texts;
    let mut kinds: Vec<&str> = counts.iter().filter_map(|count| count["kind"].as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut nouns: Vec<Option<&str>> = counts.iter().map(|count| count["nounKind"].as_str()).collect();
    // The counts come by kinds of nouns.
    nouns.dedup();
    let names: Vec<String> = kinds.iter().map(|kind| texts.word("ChangeKind", kind)).collect();
    let columns: Vec<Column<'_>> = std::iter::once(Column::Text(texts.say("changes.about")))
        .chain(names.iter().map(|name| Column::Number(name)))
        .collect();
    table(
        list,
        &columns,
        &html! {
            @for noun in nouns {
                tr {
                    th scope="row" {
                        @match noun.and_then(|noun| kind_named(visit, noun)) {
                            Some(kind) => (texts.say(&format!("kind.{}.list", kind.type_name))),
                            None => (texts.say("changes.words")),
                        }
                    }
                    @for (kind, name) in kinds.iter().zip(&names) {
                        td.num data-label=(name) {
                            @let found = counts.iter().find(|it| it["nounKind"].as_str() == noun && it["kind"] == **kind);
                            @if let Some(count) = found {
                                @let [from, to, list, ..] = *kept;
                                @let n = texts.number(number(&count["count"]));
                                @match noun {
                                    Some(noun) => {
                                        @let pairs = [from, to, list, ("kind", *kind), ("noun", noun)];
                                        a href=(visit.link_with("/changes", &pairs)) { (n) }
                                    }
                                    None => (n),
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// The kind of a word of `NounKind`, which is the name of its type with `_` between the words.
fn kind_named(visit: &Visit, word: &str) -> Option<&'static Kind> {
    let name = word.replace('_', "");
    kinds(visit.schema()).iter().find(|kind| kind.type_name.eq_ignore_ascii_case(&name))
}

/// A link to a noun in the view of its change: the later one, unless that knows it no longer.
fn link_in_view(visit: &Visit, changes: &Value, change: &Value, noun: &Value) -> Markup {
    let view = if change["kind"] == "REMOVED" { &changes["from"] } else { &changes["to"] };
    let revision = view["revision"]["number"].to_string();
    let view = [("asOf", view["asOf"].as_str().unwrap_or_default()), ("knownAt", revision.as_str())];
    noun_link_with(visit, noun, &view)
}

/// The changes of a list noun by noun, in the order in which they come.
fn nouns(visit: &Visit, list: &str, changes: &Value, notes: &mut Notes) -> Markup {
    let slug = |change: &Value| (change["noun"]["__typename"].clone(), change["noun"]["slug"].clone());
    html! {
        ul.changes {
            @for of_noun in items(&changes[list]["edges"]).chunk_by(|a, b| slug(a) == slug(b)) {
                @let first = &of_noun[0];
                li {
                    @if first["noun"].is_null() { (visit.texts.say("changes.words")) }
                    @else { (link_in_view(visit, changes, first, &first["noun"])) }
                    ul { @for change in of_noun { li { (line(visit, list, changes, change, notes)) } } }
                }
            }
        }
    }
}

/// A change: its kind, the tie that it is about, when it was, and what it said and says.
fn line(visit: &Visit, list: &str, changes: &Value, change: &Value, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let noun = kind_of(visit.schema(), &change["noun"]);
    let fact = change["fact"].as_str().unwrap_or_default();
    let is_itself = noun.is_some_and(|kind| kind_named(visit, fact).is_some_and(|it| it.type_name == kind.type_name));
    let is_elsewhere = |field: &&Value| {
        let said = |side: &str| field[side].as_str();
        let is_end = |end: &Value| end["slug"].is_string() && [said("was"), said("is")].contains(&end["slug"].as_str());
        let column = field["field"].as_str().unwrap_or_default();
        // Sources and their words stand among the notes, the nouns themselves before, and of a text only the text.
        is_about_a_source(column) || column.ends_with("_id") && (is_end(&change["noun"]) || is_end(&change["other"]))
    };
    let fields: Vec<&Value> = items(&change["fields"]).iter().filter(|field| !is_elsewhere(field)).collect();
    html! {
        strong { (texts.word("ChangeKind", change["kind"].as_str().unwrap_or_default())) }
        @if !is_itself { (texts.say("list.comma")) (texts.find(&format!("fact.{fact}")).unwrap_or(fact)) }
        @if !change["other"].is_null() { ": " (link_in_view(visit, changes, change, &change["other"])) }
        @if let Some(day) = change["since"].as_str().map(|day| texts.date(day)) {
            span.muted {
                @if list == "happened" { " · " (day) }
                @else { " " (texts.fill("changes.since", &[("day", &day)])) }
            }
        }
        (notes.cite(texts, items(&change["sources"])))
        (said_fields(visit, noun, is_itself, &fields))
    }
}

/// Whether a column says where another comes from.
fn is_about_a_source(column: &str) -> bool {
    ["source_id", "quote", "_basis"].iter().any(|end| column.ends_with(end))
}

/// What a fact said and says. Of one that is new or gone: all that it says, but of a noun only where it is asked for.
fn said_fields(visit: &Visit, noun: Option<&Kind>, is_itself: bool, fields: &[&Value]) -> Markup {
    let texts = visit.texts;
    let is_new = fields.iter().all(|field| field["was"].is_null());
    let is_gone = fields.iter().all(|field| field["is"].is_null());
    let side = if is_new { "is" } else { "was" };
    let name = |field: &Value| field_name(visit, field["field"].as_str().unwrap_or_default());
    html! {
        @if fields.is_empty() {}
        @else if (is_new || is_gone) && is_itself {
            details {
                summary { (texts.say(if is_new { "changes.says" } else { "changes.said" })) }
                dl.facts {
                    @for field in fields {
                        div { dt { (name(field)) } dd { (column_value(visit, noun, field, side)) } }
                    }
                }
            }
        }
        @else if is_new || is_gone {
            div.says {
                @for field in fields {
                    span.item { span.muted { (name(field)) ": " } (column_value(visit, noun, field, side)) }
                }
            }
        }
        @else {
            dl.was-is {
                @for field in fields {
                    div {
                        dt { (name(field)) }
                        dd {
                            del { (column_value(visit, noun, field, "was")) } " → "
                            ins { (column_value(visit, noun, field, "is")) }
                        }
                    }
                }
            }
        }
    }
}

/// Vocabularies of facts that are no fields of nouns: names, and how sure a source is.
const OF_FACTS: [&str; 2] = ["NameKind", "Confidence"];

/// What a column says or said: words of vocabularies and dates as people say them.
fn column_value(visit: &Visit, noun: Option<&Kind>, field: &Value, side: &str) -> Markup {
    let texts = visit.texts;
    let column = field["field"].as_str().unwrap_or_default();
    let Some(said) = field[side].as_str() else { return html! { span.muted { (texts.say("changes.nothing")) } } };
    let fields = noun.map_or(&[][..], |kind| &kind.fields);
    let mut shapes = Vec::new();
    collect_shapes(fields, &mut shapes);
    let own = shapes.iter().find(|(name, _)| *name == field_of(column)).map(|(_, shape)| *shape);
    if own == Some(&Shape::Date) {
        return html! { (texts.date(said)) };
    }
    let all = words_of(said);
    let has_words =
        |vocabulary: &str| all.iter().all(|word| texts.find(&format!("word.{vocabulary}.{word}")).is_some());
    // A tie may call a column otherwise than the data set does.
    let vocabularies = own.into_iter().chain(shapes.iter().map(|(_, shape)| *shape));
    let vocabularies = vocabularies.filter_map(|shape| match shape {
        Shape::Words(vocabulary) => Some(vocabulary.as_str()),
        _ => None,
    });
    if let Some(kind) = kind_named(visit, said).filter(|_| column.ends_with("_type")) {
        return html! { (texts.say(&format!("kind.{}.name", kind.type_name))) };
    }
    if let Some(vocabulary) = vocabularies.chain(OF_FACTS).find(|vocabulary| has_words(vocabulary)) {
        return words(texts, vocabulary, &Value::from(all));
    }
    let language = column_language(visit, column).map(|(_, language)| language);
    in_language(texts, said, language)
}

/// What the fields of a noun and of its ties hold, each with its name.
fn collect_shapes<'a>(fields: &'a [Field], shapes: &mut Vec<(&'a str, &'a Shape)>) {
    for field in fields {
        shapes.push((&field.name, &field.shape));
        if let Shape::Things(below) | Shape::Tie(below) = &field.shape {
            collect_shapes(below, shapes);
        }
    }
}

/// Both maps side by side: how many nouns of each kind are on each. Those of which there are as many come last, folded.
fn both_maps(visit: &Visit, counts: &Value, from: &Value, to: &Value) -> Markup {
    let texts = visit.texts;
    let of = |kind: &Kind| ["from", "to"].map(|side| number(&counts[side][&kind.many]["totalCount"]));
    let on_map = kinds(visit.schema()).iter().map(|kind| (kind, of(kind))).filter(|(_, n)| n[0] + n[1] > 0);
    let (same, other): (Vec<_>, Vec<_>) = on_map.partition(|(_, [before, after])| before == after);
    html! {
        section aria-labelledby="both" {
            h2 #both { (texts.say("changes.both-maps")) }
            p.muted { (texts.say("changes.both-maps-lead")) }
            @if !other.is_empty() { (maps_table(visit, &other, [from, to])) }
            @if !same.is_empty() {
                details {
                    summary { (texts.count("changes.same", same.len() as i64)) }
                    (maps_table(visit, &same, [from, to]))
                }
            }
        }
    }
}

fn maps_table(visit: &Visit, rows: &[(&Kind, [i64; 2])], views: [&Value; 2]) -> Markup {
    let texts = visit.texts;
    let names = views.map(|view| view_name(texts, view));
    let columns = [
        Column::Text(texts.say("changes.kind")),
        Column::Number(&names[0]),
        Column::Number(&names[1]),
        Column::Number(texts.say("changes.difference")),
    ];
    table(
        "both",
        &columns,
        &html! {
            @for (kind, n) in rows {
                tr {
                    th scope="row" { (texts.say(&format!("kind.{}.list", kind.type_name))) }
                    @for ((n, view), name) in n.iter().zip(views).zip(&names) {
                        td.num data-label=(name) {
                            @let revision = view["revision"]["number"].to_string();
                            @let day = view["asOf"].as_str().unwrap_or_default();
                            a href=(visit.link_with(&format!("/{}", kind.path), &[("asOf", day), ("knownAt", &revision)])) {
                                (texts.number(*n))
                            }
                        }
                    }
                    td.num data-label=(texts.say("changes.difference")) { @if n[1] > n[0] { "+" } (texts.number(n[1] - n[0])) }
                }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Texts, is_about_a_source, kinds};
    use crate::pages::noun::find_name;

    #[test]
    fn every_column_of_the_data_has_a_name_in_every_language() {
        let columns = domain::SHAPES.iter().flat_map(|shape| shape.columns).map(|column| column.name);
        let columns: BTreeSet<&str> = columns.filter(|column| !is_about_a_source(column)).collect();
        for texts in Texts::all() {
            let is_named = |column: &&&str| find_name(texts, kinds(&graphql::schema()), column).is_some();
            let unnamed: Vec<_> = columns.iter().filter(|column| !is_named(column)).collect();
            assert!(columns.len() > 50 && unnamed.is_empty(), "{}: {unnamed:?}", texts.language);
        }
    }

    #[test]
    fn every_fact_that_changes_has_a_name_in_every_language() {
        let nouns = kinds(&graphql::schema());
        for shape in domain::SHAPES {
            let name = shape.kind.name();
            let is_noun = nouns.iter().any(|kind| kind.type_name.eq_ignore_ascii_case(&name.replace('_', "")));
            for texts in Texts::all() {
                assert_eq!(texts.find(&format!("fact.{name}")).is_some(), !is_noun, "{}: {name}", texts.language);
            }
        }
    }
}
