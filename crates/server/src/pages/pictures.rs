//! What the pages with pictures share: forms that narrow them, words to choose, and lists that are read to their end.

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::{
    PageError, Visit,
    kinds::{Choice, kinds},
    layout::hidden,
    parts::{items, name_of},
};

/// A choice of a form: one value, or none.
pub(crate) struct Select {
    /// Its name in the address.
    pub(crate) name: &'static str,
    /// What it is called.
    pub(crate) label: String,
    /// What stands for none; no such line where one must be chosen.
    pub(crate) any: Option<String>,
    /// The values, and what each is called.
    pub(crate) options: Vec<(String, String)>,
    /// How many more values there are than those.
    pub(crate) rest: i64,
}

/// The form that narrows a page. It keeps day and language.
pub(crate) fn choose(visit: &Visit, selects: &[Select]) -> Markup {
    let texts = visit.texts;
    let is_narrowed = selects.iter().any(|select| visit.param(select.name).is_some());
    html! {
        form.choose action=(visit.plain_link(visit.path())) method="get" {
            (hidden(visit, |name| matches!(name, "lang" | "asOf" | "knownAt")))
            @for select in selects.iter().filter(|select| !select.options.is_empty()) {
                label {
                    span { (select.label) }
                    select name=(select.name) {
                        @if let Some(any) = &select.any { option value="" { (any) } }
                        @for (value, name) in &select.options {
                            option value=(value) selected[visit.param(select.name) == Some(value)] { (name) }
                        }
                        @if select.rest > 0 { option disabled { (texts.count("picture.more", select.rest)) } }
                    }
                }
            }
            button type="submit" { (texts.say("list.choose")) }
            @if is_narrowed { a href=(visit.link(visit.path())) { (texts.say("picture.all")) } }
        }
    }
}

/// The choice of a condition on schools that takes words of a vocabulary.
pub(crate) fn words(visit: &Visit, name: &'static str) -> Option<Select> {
    let texts = visit.texts;
    let Choice { vocabulary, words, .. } = school_choice(visit, name)?;
    let options = words.iter().map(|word| (word.clone(), texts.word(vocabulary, word))).collect();
    let label = texts.say(&format!("field.{name}")).to_owned();
    Some(Select { name, label, any: Some(texts.say("list.any").to_owned()), options, rest: 0 })
}

fn school_choice(visit: &Visit, name: &str) -> Option<&'static Choice> {
    let school = kinds(visit.schema()).iter().find(|kind| kind.type_name == "School")?;
    school.choices.iter().find(|choice| choice.name == name)
}

/// The place of a stage among them all, as children come to them.
pub(crate) fn stage_number(visit: &Visit, stage: &str) -> usize {
    let words = school_choice(visit, "stage").map_or(&[][..], |choice| &choice.words);
    words.iter().position(|word| word == stage).unwrap_or(words.len())
}

/// The choice of one of the nouns of a list. What is asked for is among them, and how many were not read is said.
pub(crate) fn nouns(visit: &Visit, name: &'static str, label: &str, list: &Read) -> Select {
    let option = |node: &Value| (node["slug"].as_str().unwrap_or_default().to_owned(), name_of(node).to_owned());
    let mut options: Vec<_> = list.nodes.iter().map(option).collect();
    let asked = visit.param(name).filter(|asked| list.rest() > 0 && options.iter().all(|(slug, _)| slug != asked));
    options.extend(asked.map(|asked| (asked.to_owned(), asked.to_owned())));
    let any = Some(visit.texts.say("list.any").to_owned());
    Select { name, label: visit.texts.say(label).to_owned(), any, options, rest: list.rest() }
}

/// The filter of schools that an address asks for, by words of vocabularies and by nouns.
pub(crate) fn school_filter(visit: &Visit, by_words: &[&str], by_nouns: &[&str]) -> Result<Value, PageError> {
    let mut filter = Map::new();
    for name in by_words {
        let Some(asked) = visit.param(name) else { continue };
        if !school_choice(visit, name).is_some_and(|choice| choice.words.iter().any(|word| word == asked)) {
            return Err(PageError::Unreadable(visit.texts.fill("error.word", &[("word", asked)])));
        }
        filter.insert((*name).to_owned(), json!([asked]));
    }
    for name in by_nouns {
        if let Some(slug) = visit.param(name) {
            filter.insert((*name).to_owned(), json!(slug));
        }
    }
    Ok(Value::Object(filter))
}

/// How many pages of a list are read for one picture.
const MAX_PAGES: usize = 10;

/// A list of the map that is read page by page to its end; of a very long one the first.
pub(crate) struct LongList {
    /// Its field.
    pub(crate) field: &'static str,
    /// The variables that its arguments take, as a question declares them, each with a comma.
    pub(crate) variables: &'static str,
    /// Its arguments beside those of the page, each after a comma.
    pub(crate) arguments: &'static str,
    /// What is asked of it: `totalCount` and `nodes`, or `edges`.
    pub(crate) fields: &'static str,
    /// The fragments of that.
    pub(crate) fragments: &'static [&'static str],
}

/// What was read of a list.
pub(crate) struct Read {
    /// Its nodes, or its edges.
    pub(crate) nodes: Vec<Value>,
    /// How many it has.
    pub(crate) total: i64,
}

impl Read {
    /// How many were not read.
    pub(crate) fn rest(&self) -> i64 {
        (self.total - self.nodes.len() as i64).max(0)
    }
}

impl LongList {
    /// Its first page, as a part of the question of a page.
    pub(crate) fn first_page(&self) -> String {
        self.page("")
    }

    fn page(&self, after: &str) -> String {
        let LongList { field, arguments, fields, .. } = self;
        format!(
            "    {field}(first: 100{after}{arguments}) {{
      totalCount
      pageInfo {{ hasNextPage endCursor }}
      {fields}
    }}"
        )
    }

    /// The question of a further page: nothing else is asked again.
    fn further_page(&self) -> String {
        let variables = self.variables;
        let (page, fragments) = (self.page(", after: $after"), self.fragments.concat());
        format!(
            "query Further({variables}$after: String, $asOf: Date, $knownAt: Int) {{
  map(asOf: $asOf, knownAt: $knownAt) {{
{page}
  }}
}}
{fragments}"
        )
    }

    /// Reads on from the first page, which is in the answer of the page.
    pub(crate) async fn read_on(
        &self,
        visit: &mut Visit,
        map: &mut Value,
        variables: &Value,
    ) -> Result<Read, PageError> {
        let mut list = map[self.field].take();
        let mut read = Read { nodes: take_nodes(&mut list), total: number(&list["totalCount"]) };
        for _ in 1..MAX_PAGES {
            if list["pageInfo"]["hasNextPage"] != true {
                break;
            }
            let mut variables = variables.clone();
            variables["after"] = list["pageInfo"]["endCursor"].take();
            list = visit.ask_on(&self.further_page(), variables).await?["map"][self.field].take();
            read.nodes.append(&mut take_nodes(&mut list));
        }
        Ok(read)
    }
}

fn take_nodes(list: &mut Value) -> Vec<Value> {
    match list["nodes"].take() {
        Value::Array(nodes) => nodes,
        _ => Vec::new(),
    }
}

/// A number of an answer.
pub(crate) fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

/// What a picture needs to know of a noun.
pub(crate) fn drawn(visit: &Visit, node: &Value) -> Value {
    let type_name = node["__typename"].as_str().unwrap_or_default();
    let slug = node["slug"].as_str().unwrap_or_default();
    let path = super::kinds::path_of(visit.schema(), type_name).unwrap_or_default();
    json!({
        "type": type_name,
        "name": name_of(node),
        "lang": node["localizedName"]["language"],
        "href": visit.link(&format!("/{path}/{}", super::visit::encode(slug))),
    })
}

/// The sources of what is drawn, each once: who is to be named, and under which license.
pub(crate) fn attributions(visit: &Visit, citations: &[&Value]) -> Markup {
    let texts = visit.texts;
    let mut sources: Vec<&Value> = Vec::new();
    for source in citations.iter().flat_map(|of| items(of)).map(|citation| &citation["source"]) {
        if sources.iter().all(|known| known["slug"] != source["slug"]) {
            sources.push(source);
        }
    }
    html! {
        @if !sources.is_empty() {
            p.attribution {
                (texts.say("picture.sources")) " "
                @for (at, source) in sources.iter().enumerate() {
                    @if at > 0 { "; " }
                    @let slug = source["slug"].as_str().unwrap_or_default();
                    a href=(visit.link(&format!("/sources/{}", super::visit::encode(slug)))) {
                        (super::parts::in_language(texts, source["title"].as_str().unwrap_or_default(), source["language"].as_str()))
                    }
                    ", " (source["publisher"].as_str().unwrap_or_default())
                    @if let Some(license) = source["license"].as_str() { " (" (license) ")" }
                }
            }
        }
    }
}

/// A column of a table, by what it is called.
pub(crate) enum Column<'a> {
    Text(&'a str),
    Number(&'a str),
}

/// A table beside a picture, which scrolls by itself where the window is narrow; its rows are given, and the element that
/// names it.
pub(crate) fn table(named_by: &str, columns: &[Column<'_>], rows: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-labelledby=(named_by) {
            table.list {
                thead { tr { @for column in columns {
                    @match column {
                        Column::Text(name) => th scope="col" { (name) },
                        Column::Number(name) => th.num scope="col" { (name) },
                    }
                } } }
                tbody { (rows) }
            }
        }
    }
}

/// That only the first of many are on the page, in the words of a key.
pub(crate) fn first_of(visit: &Visit, key: &str, list: &Read) -> Markup {
    let texts = visit.texts;
    let (n, total) = (texts.number(list.nodes.len() as i64), texts.number(list.total));
    html! {
        @if list.rest() > 0 { p.notice { (texts.fill(key, &[("n", &n), ("total", &total)])) } }
    }
}

/// The same of nouns of a kind that is named.
pub(crate) fn first_of_kind(visit: &Visit, type_name: &str, list: &Read) -> Markup {
    let texts = visit.texts;
    let (n, total) = (texts.number(list.nodes.len() as i64), texts.number(list.total));
    let kind = texts.say(&format!("kind.{type_name}.list"));
    html! {
        @if list.rest() > 0 {
            p.notice { (texts.fill("picture.first-of-kind", &[("kind", kind), ("n", &n), ("total", &total)])) }
        }
    }
}

/// How many of a list are not on the page, beside those that are.
pub(crate) fn more(visit: &Visit, rest: i64) -> Markup {
    html! { @if rest > 0 { span.muted { (visit.texts.count("picture.more", rest)) } } }
}
