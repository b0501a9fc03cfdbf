//! Everything about one noun of any kind: what it is, what happened to it, what it is tied to, and who says so.

use std::collections::BTreeMap;

use domain::LanguageTag;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Page, PageError, Visit,
    kinds::{Field, Kind, Shape, kebab, kind_at, kinds},
    layout::{csv_link, json_link},
    list::missing,
    marks::mark,
    parts::{Notes, date, in_language, items, name_of, noun_link, told, trail, value, words},
    question::{LINK, SHOWN, about_one, about_tie},
    texts::Texts,
};

/// The page of the noun that the address names.
pub(crate) async fn build(visit: &mut Visit) -> Result<Page, PageError> {
    let kind = kind_at(visit.schema(), visit.path()).ok_or_else(|| missing(visit))?;
    let slug = visit.part("slug").to_owned();
    let data = visit.ask(&about_one(kind), json!({ "slug": slug })).await?;
    let noun = &data["map"][&kind.one];
    if noun.is_null() {
        return Err(missing(visit));
    }
    let named = named_nouns(visit, items(&noun["contradictions"])).await?;
    let visit = &*visit;
    let texts = visit.texts;
    let mut notes = Notes::default();
    let kind_name = texts.say(&format!("kind.{}.name", kind.type_name));
    let steps = [(format!("/{}", kind.path), html! { (texts.say(&format!("kind.{}.list", kind.type_name))) })];
    let main = html! {
        (trail(visit, &steps))
        article.noun-page {
            (head(visit, kind, noun, &mut notes))
            (facts(visit, kind, noun, &mut notes))
            (timeline(visit, kind, noun, &mut notes))
            (disagreements(visit, kind, noun, &named, &mut notes))
            div.lists {
                @for field in &kind.fields {
                    @match &field.shape {
                        Shape::Things(fields) => (things(visit, field, fields, &noun[&field.name], &mut notes)),
                        Shape::Tie(_) => (tie(visit, kind, field, noun, &mut notes)),
                        _ => {}
                    }
                }
            }
            (open_lists(visit, noun, &mut notes))
            (notes.section(visit))
        }
    };
    let name = name_of(noun).to_owned();
    Ok(Page {
        description: texts.fill("noun.description", &[("name", &name), ("kind", kind_name)]),
        title: name,
        main,
        script: None,
    })
}

/// Links to the pages with pictures on which it can be found.
fn pictures_of(visit: &Visit, kind: &Kind, noun: &Value) -> Markup {
    let slug = noun["slug"].as_str().unwrap_or_default();
    let narrowed = |path: &str, by: &str, key: &'static str| (visit.link_with(path, &[(by, slug)]), key);
    let in_network = || (format!("{}#{}/{slug}", visit.link("/network"), kind.type_name), "noun.in-network");
    let links = match kind.type_name.as_str() {
        "School" => vec![narrowed("/ways", "school", "noun.ways")],
        "Group" => vec![narrowed("/map", "group", "noun.on-map"), in_network()],
        "Alliance" => vec![narrowed("/map", "alliance", "noun.on-map"), in_network()],
        "Partner" => vec![in_network()],
        "Region" => vec![narrowed("/coverage", "region", "noun.coverage")],
        _ => vec![],
    };
    html! {
        @if !links.is_empty() && noun["isOnMap"] == true {
            p.links { @for (link, key) in links { a href=(link) { (visit.texts.say(key)) } } }
        }
    }
}

/// What it is called, now and formerly, and whether it is there.
fn head(visit: &Visit, kind: &Kind, noun: &Value, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let whole = whole_sources(noun);
    let shown = &noun["localizedName"];
    let others: Vec<&Value> = items(&noun["names"]).iter().filter(|name| name["text"] != shown["text"]).collect();
    let now: Vec<&Value> = items(&noun["presentDay"]).iter().filter(|one| one["slug"] != noun["slug"]).collect();
    html! {
        header.noun-head {
            p.kind { (mark(&kind.type_name)) (texts.say(&format!("kind.{}.name", kind.type_name))) }
            h1 { (told(texts, shown)) }
            @if noun["isOnMap"] == false {
                p.banner {
                    (texts.say("noun.gone"))
                    @if !now.is_empty() {
                        " " (texts.say("noun.now")) " "
                        @for one in &now { span.item { (noun_link(visit, one)) } }
                    }
                }
            }
            @else if noun["existence"] == "ASSUMED" { p.banner { (texts.say("noun.assumed")) } }
            @if !others.is_empty() {
                ul.names {
                    @for name in others {
                        li {
                            (told(texts, name))
                            span.muted {
                                " " (words(texts, "NameKind", &name["kind"]))
                                @if matches!(name["basis"].as_str(), Some("TRANSLATION" | "INFERRED")) {
                                    (texts.say("list.comma")) (words(texts, "TextBasis", &name["basis"]))
                                }
                            }
                            (notes.cite(texts, items(&name["sources"])))
                        }
                    }
                }
            }
            @if !whole.is_empty() { p.whole { (texts.say("noun.stated")) " " (notes.cite(texts, &whole)) } }
            (pictures_of(visit, kind, noun))
        }
    }
}

/// The sources of one fact: those that state it by itself, else the first that states the whole.
fn sources_of(noun: &Value, name: &str) -> Vec<Value> {
    let is_of = |citation: &&Value| {
        let field = citation["field"].as_str().unwrap_or_default();
        (field_of(field) == name || field == name) && citation["relation"] != "CONTRADICTS"
    };
    let own: Vec<Value> = items(&noun["sources"]).iter().filter(is_of).cloned().collect();
    if own.is_empty() { whole_sources(noun).into_iter().take(1).collect() } else { own }
}

/// The sources that state a noun as a whole.
fn whole_sources(noun: &Value) -> Vec<Value> {
    items(&noun["sources"]).iter().filter(|it| it["field"].is_null()).cloned().collect()
}

/// Whether a field is a moment in the life of a noun, and not of a record about it.
fn is_moment(field: &Field) -> bool {
    field.shape == Shape::Date && !matches!(field.name.as_str(), "asOf" | "publishedOn" | "saidOn")
}

/// What it is, a line for each thing that is known.
fn facts(visit: &Visit, kind: &Kind, noun: &Value, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let is_fact = |field: &&Field| {
        let is_said = matches!(field.name.as_str(), "presentDay" | "title" | "excerpt" | "iscedLevels");
        !is_moment(field) && !is_said && !matches!(field.shape, Shape::Things(_) | Shape::Tie(_) | Shape::Citations)
    };
    let shown: Vec<(&Field, Markup)> = kind
        .fields
        .iter()
        .filter(is_fact)
        .filter_map(|field| Some((field, value(visit, field, &noun[&field.name])?)))
        .collect();
    html! {
        @if let Some(excerpt) = noun["excerpt"].as_str() {
            blockquote { (in_language(texts, excerpt, noun["language"].as_str())) }
        }
        @if !shown.is_empty() {
            section aria-labelledby="facts" {
                h2 #facts { (texts.say("noun.facts")) }
                dl.facts {
                    @for (field, shown) in shown {
                        div {
                            dt { (texts.say(&format!("field.{}", field.name))) }
                            dd {
                                (shown)
                                // No source states what nobody states.
                                @if noun[&field.name] != "UNKNOWN" {
                                    (notes.cite(texts, &sources_of(noun, &field.name)))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A moment on the timeline.
struct Moment {
    /// The first day that it may be, by which moments are ordered.
    earliest: String,
    date: Value,
    what: Markup,
    sources: Vec<Value>,
}

/// What happened, in order.
fn timeline(visit: &Visit, kind: &Kind, noun: &Value, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let mut moments = Vec::new();
    let mut add = |date: &Value, what: Markup, sources: Vec<Value>| {
        if date["text"].is_string() {
            // A day without its year stands at the end.
            let earliest = date["earliest"].as_str().unwrap_or("9999").to_owned();
            moments.push(Moment { earliest, date: date.clone(), what, sources });
        }
    };
    let own: Vec<&Field> = kind.fields.iter().filter(|field| is_moment(field)).collect();
    let is_told = |date: &Value| {
        own.iter()
            .any(|field| !matches!(field.name.as_str(), "since" | "until") && noun[&field.name]["text"] == date["text"])
    };
    for field in own.iter().filter(|field| !matches!(field.name.as_str(), "since" | "until")) {
        let what = html! { (texts.say(&format!("field.{}", field.name))) };
        add(&noun[&field.name], what, sources_of(noun, &field.name));
    }
    for (name, key) in [("since", "time.since"), ("until", "time.until")] {
        if !is_told(&noun[name]) {
            add(&noun[name], html! { (texts.say(key)) }, sources_of(noun, name));
        }
    }
    for name in items(&noun["names"]) {
        let told = told(texts, name);
        for (end, key) in [("since", "time.named"), ("until", "time.unnamed")] {
            add(&name[end], html! { (texts.say(key)) " " (told) }, items(&name["sources"]).to_vec());
        }
    }
    for field in &kind.fields {
        let label = || texts.say(&format!("field.{}", field.name));
        match &field.shape {
            Shape::Tie(fields) => {
                for edge in items(&noun[&field.name]["edges"]).iter().filter(|edge| !edge["node"].is_null()) {
                    for date in fields.iter().filter(|it| is_moment(it)) {
                        let end = (date.name == "until").then(|| texts.say("time.ends"));
                        let what = html! {
                            span.muted { (label()) ": " } (noun_link(visit, &edge["node"]))
                            @if let Some(end) = end { " " (end) }
                        };
                        add(&edge[&date.name], what, items(&edge["sources"]).to_vec());
                    }
                }
            }
            Shape::Things(fields) => {
                for thing in items(&noun[&field.name]) {
                    for date in fields.iter().filter(|it| is_moment(it)) {
                        let rest = fields.iter().filter(|it| it.shape != Shape::Date && it.shape != Shape::Citations);
                        let said: Vec<Markup> = rest.filter_map(|it| value(visit, it, &thing[&it.name])).collect();
                        let end = (date.name == "until").then(|| texts.say("time.ends"));
                        let what = html! {
                            @for (at, one) in said.iter().enumerate() { @if at > 0 { (texts.say("list.comma")) } (one) }
                            @if let Some(end) = end { " " (end) }
                        };
                        add(&thing[&date.name], what, items(&thing["sources"]).to_vec());
                    }
                }
            }
            _ => {}
        }
    }
    moments.sort_by(|a, b| a.earliest.cmp(&b.earliest));
    html! {
        @if !moments.is_empty() {
            section aria-labelledby="timeline" {
                h2 #timeline { (texts.say("time.heading")) }
                ol.timeline {
                    @for moment in &moments {
                        li {
                            span.when { (date(texts, &moment.date)) }
                            span.what { (moment.what) (notes.cite(texts, &moment.sources)) }
                        }
                    }
                }
            }
        }
    }
}

/// The field of the API that a column of the data is: `township_id` is `township`.
pub(super) fn field_of(column: &str) -> String {
    let mut field = String::new();
    for (at, part) in column.trim_end_matches("_id").split('_').enumerate() {
        match part.chars().next().filter(|_| at > 0) {
            Some(first) => field.extend([first.to_ascii_uppercase().to_string().as_str(), &part[first.len_utf8()..]]),
            None => field.push_str(part),
        }
    }
    field
}

/// The nouns that contradictions name by their slugs, by the address of each.
pub(super) async fn named_nouns(
    visit: &mut Visit,
    contradictions: &[Value],
) -> Result<BTreeMap<String, Value>, PageError> {
    let mut wanted = BTreeMap::new();
    for one in contradictions {
        let Some(column) = one["field"].as_str().filter(|column| column.ends_with("_id")) else { continue };
        let field = field_of(column);
        let Some(kind) = kinds(visit.schema()).iter().find(|kind| kind.one == field) else { continue };
        for slug in ["recorded", "stated"].into_iter().filter_map(|side| one[side].as_str()) {
            wanted.insert(format!("{field}/{slug}"), (kind.one.as_str(), slug));
        }
    }
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let asked = wanted
        .values()
        .enumerate()
        .map(|(at, (one, slug))| format!("    noun{at}: {one}(slug: {}) {{ ...Link }}\n", Value::from(*slug)));
    let query = format!(
        "query Named($asOf: Date, $knownAt: Int) {{\n  map(asOf: $asOf, knownAt: $knownAt) {{\n{}  }}\n}}\n{LINK}",
        asked.collect::<String>()
    );
    let data = visit.ask(&query, json!({})).await?;
    let found = wanted.into_keys().enumerate().map(|(at, key)| (key, data["map"][format!("noun{at}")].clone()));
    Ok(found.filter(|(_, noun)| !noun.is_null()).collect())
}

/// The words of a vocabulary that a column of the data has, as the API writes them.
pub(super) fn words_of(said: &str) -> Vec<String> {
    said.split(';').map(|word| word.trim().to_ascii_uppercase()).collect()
}

/// What is said of a field, in words: a noun by its name, a word of a vocabulary as people say it.
fn said(visit: &Visit, kind: &Kind, field: &str, said: &str, named: &BTreeMap<String, Value>) -> Markup {
    if let Some(noun) = named.get(&format!("{field}/{said}")) {
        return noun_link(visit, noun);
    }
    match kind.fields.iter().find(|it| it.name == field).map(|it| &it.shape) {
        Some(Shape::Words(vocabulary)) => words(visit.texts, vocabulary, &Value::from(words_of(said))),
        Some(Shape::Date) => date(visit.texts, &json!({ "text": said })),
        _ => html! { (said) },
    }
}

/// Where sources say something else than what is recorded: both, side by side.
fn disagreements(
    visit: &Visit,
    kind: &Kind,
    noun: &Value,
    named: &BTreeMap<String, Value>,
    notes: &mut Notes,
) -> Markup {
    let texts = visit.texts;
    html! {
        @if !items(&noun["contradictions"]).is_empty() {
            section.disagree aria-labelledby="disagree" {
                h2 #disagree { (texts.say("disagree.heading")) }
                p { (texts.say("disagree.lead")) }
                @for one in items(&noun["contradictions"]) {
                    @let field = one["field"].as_str().unwrap_or_default();
                    @if !field.is_empty() { h3 { (field_name(visit, field)) } }
                    (sides(visit, kind, one, named, notes))
                }
            }
        }
    }
}

/// What a column of the data is called; of a text in a language, the language too.
pub(super) fn field_name(visit: &Visit, column: &str) -> String {
    let texts = visit.texts;
    if let Some((stem, language)) = column_language(visit, column) {
        return format!("{} ({language})", find_name(texts, kinds(visit.schema()), stem).unwrap_or(stem));
    }
    find_name(texts, kinds(visit.schema()), column).map_or_else(|| column.replace('_', " "), str::to_owned)
}

/// The column of a text, and the language in which another column has it: `name` and `fr` of `name_fr`.
pub(super) fn column_language<'a>(visit: &Visit, column: &'a str) -> Option<(&'a str, &'a str)> {
    let find = |column: &str| find_name(visit.texts, kinds(visit.schema()), column);
    let (stem, language) = column.rsplit_once('_')?;
    let is_text = find(column).is_none() && find(stem).is_some() && LanguageTag::parse(language).is_ok();
    is_text.then_some((stem, language))
}

/// The name of a column: its own, that of the field of the API, or that of the kind of noun that it refers to.
pub(super) fn find_name<'a>(texts: &'a Texts, kinds: &[Kind], column: &str) -> Option<&'a str> {
    let field = field_of(column);
    let own = texts.find(&format!("column.{column}")).or_else(|| texts.find(&format!("field.{field}")));
    own.or_else(|| {
        let kind = kinds.iter().find(|kind| kind.one == field)?;
        texts.find(&format!("kind.{}.name", kind.type_name))
    })
}

/// What is recorded and what another source says of the same.
pub(super) fn sides(
    visit: &Visit,
    kind: &Kind,
    one: &Value,
    named: &BTreeMap<String, Value>,
    notes: &mut Notes,
) -> Markup {
    let texts = visit.texts;
    let field = field_of(one["field"].as_str().unwrap_or_default());
    let side = |title: &str, value: &Value, sources: &[Value], notes: &mut Notes| {
        html! {
            div {
                h4 { (title) }
                @if let Some(value) = value.as_str() { p.said { (said(visit, kind, &field, value, named)) } }
                @for source in sources {
                    figure {
                        @if let Some(quote) = source["quote"].as_str() { blockquote { (quote) } }
                        figcaption {
                            (source["title"].as_str().unwrap_or_default())
                            (notes.cite(texts, std::slice::from_ref(source)))
                        }
                    }
                }
            }
        }
    };
    html! {
        div.sides {
            (side(texts.say("disagree.recorded"), &one["recorded"], items(&one["recordedBy"]), notes))
            (side(texts.say("disagree.stated"), &one["stated"], items(&one["sources"]), notes))
        }
    }
}

/// What belongs to a noun alone: a table where there are several columns.
fn things(visit: &Visit, field: &Field, fields: &[Field], of: &Value, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let rows: Vec<&Value> = match of {
        Value::Array(all) => all.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    };
    let has = |column: &&Field| rows.iter().any(|row| value(visit, column, &row[&column.name]).is_some());
    let columns: Vec<&Field> = fields.iter().filter(has).collect();
    let id = kebab(&field.name);
    html! {
        @if !columns.is_empty() {
            section.is-long[columns.len() > 2] aria-labelledby=(id) {
                h2 id=(id) { (texts.say(&format!("field.{}", field.name))) }
                div.scroll tabindex="0" role="region" aria-labelledby=(id) {
                    table.list {
                        thead { tr {
                            @for column in &columns {
                                th scope="col" { (texts.say(&format!("field.{}", column.name))) }
                            }
                        } }
                        tbody {
                            @for row in &rows {
                                tr {
                                    @for (at, column) in columns.iter().enumerate() {
                                        td data-label=(texts.say(&format!("field.{}", column.name))) {
                                            @if let Some(shown) = value(visit, column, &row[&column.name]) { (shown) }
                                            @if at + 1 == columns.len() { (notes.cite(texts, items(&row["sources"]))) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A list of nouns to walk, with the way to all of them where it is longer.
fn tie(visit: &Visit, kind: &Kind, field: &Field, noun: &Value, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let list = &noun[&field.name];
    let total = list["totalCount"].as_i64().unwrap_or(0);
    let id = kebab(&field.name);
    let slug = noun["slug"].as_str().unwrap_or_default();
    html! {
        @if total > 0 {
            section.is-long[total > 2] aria-labelledby=(id) {
                h2 id=(id) { (texts.say(&format!("field.{}", field.name))) " " span.count { (texts.number(total)) } }
                (tie_items(visit, field, items(&list["edges"]), notes))
                @let rows = csv_link(visit, &about_tie(kind, field), &json!({ "slug": slug }), &format!("{}.{}", kind.one, field.name));
                p.rows { a href=(rows) { (texts.fill("noun.csv", &[("list", texts.say(&format!("field.{}", field.name)))])) } }
                @if total > SHOWN as i64 {
                    p { a.more href=(visit.link(&format!("/{}/{}/{id}", kind.path, super::visit::encode(slug)))) {
                        (texts.fill("list.all", &[("n", &texts.number(total))]))
                    } }
                }
            }
        }
    }
}

/// The items of a list, each with what its tie says.
pub(super) fn tie_items(visit: &Visit, field: &Field, edges: &[Value], notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    let Shape::Tie(fields) = &field.shape else { return html! {} };
    html! {
        ul.ties {
            @for edge in edges.iter().filter(|edge| !edge["node"].is_null()) {
                li {
                    (noun_link(visit, &edge["node"]))
                    (notes.cite(texts, items(&edge["sources"])))
                    @let said = fields.iter().filter_map(|it| Some((it, value(visit, it, &edge[&it.name])?)));
                    @let said: Vec<(&Field, Markup)> = said.collect();
                    @if !said.is_empty() {
                        ul.said {
                            @for (it, shown) in &said {
                                li {
                                    @if !matches!(it.shape, Shape::Words(_) | Shape::Text) {
                                        span.muted { (texts.say(&format!("field.{}", it.name))) " " }
                                    }
                                    (shown)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Which of the lists are known to be whole, and which go on.
fn open_lists(visit: &Visit, noun: &Value, notes: &mut Notes) -> Markup {
    let texts = visit.texts;
    html! {
        @if !items(&noun["listCompleteness"]).is_empty() {
            section aria-labelledby="open-lists" {
                h2 #open-lists { (texts.say("open.heading")) }
                ul.plain-list {
                    @for one in items(&noun["listCompleteness"]) {
                        li {
                            strong { (words(texts, "OpenList", &one["list"])) } ": "
                            (texts.say(if one["isComplete"] == true { "open.whole" } else { "open.more" }))
                            @if !one["localizedNote"].is_null() { " " (told(texts, &one["localizedNote"])) }
                            (notes.cite(texts, items(&one["sources"])))
                        }
                    }
                }
            }
        }
        @if let Some(question) = visit.questions().first() {
            p.rows { a href=(json_link(visit, question)) { (texts.say("noun.json")) } }
        }
    }
}
