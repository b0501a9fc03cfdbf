//! Documents made at random from the schema: every type, arguments right and wrong, aliases, fragments, conditions.

use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::schema::{Schema, items, text};

/// Makes documents; the same from the same seed.
pub struct RandomDocuments<'a> {
    schema: &'a Schema,
    random: ChaCha8Rng,
    /// The slugs of nouns that are on record.
    slugs: Vec<String>,
    /// Their global ids.
    ids: Vec<String>,
    /// How many aliases the document has.
    aliases: usize,
}

/// How deep the fields of a document nest.
const DEPTH: usize = 7;

impl<'a> RandomDocuments<'a> {
    /// Documents about a schema, and about nouns with these slugs and ids.
    #[must_use]
    pub fn new(schema: &'a Schema, seed: u64, slugs: Vec<String>, ids: Vec<String>) -> Self {
        RandomDocuments { schema, random: ChaCha8Rng::seed_from_u64(seed), slugs, ids, aliases: 0 }
    }

    /// The next document. It has the variables `$yes`, true unless given, and `$no`.
    pub fn next_document(&mut self) -> String {
        self.aliases = 0;
        let query = self.schema.type_named("Query");
        let fields = self.selection(query, DEPTH);
        format!(
            "query($yes: Boolean! = true, $no: Boolean!) {{ \
             yes: __typename @include(if: $yes) no: __typename @skip(if: $no) {fields} }}"
        )
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_ratio(percent, 100)
    }

    fn pick(&mut self, of: &[&str]) -> String {
        (*of.choose(&mut self.random).unwrap_or(&"null")).to_owned()
    }

    fn selection(&mut self, of: &Value, depth: usize) -> String {
        let mut selected = Vec::new();
        if self.chance(20) {
            selected.push("__typename".to_owned());
        }
        match text(&of["kind"]) {
            kind @ ("INTERFACE" | "UNION") => {
                for interface in ["Noun", "Node"] {
                    if self.chance(30) {
                        let ty = self.schema.type_named(interface);
                        selected.push(format!("... on {interface} {{ {} }}", self.fields(ty, depth).join(" ")));
                    }
                }
                if kind == "INTERFACE" && self.chance(60) {
                    selected.extend(self.fields(of, depth));
                }
                // Of many kinds a few: an operation is not to cost more than it may.
                let possible = items(&of["possibleTypes"]);
                let percent = if possible.len() > 10 { 12 } else { 40 };
                for possible in possible {
                    if self.chance(percent) {
                        let ty = self.schema.type_named(text(&possible["name"]));
                        selected.push(format!("... on {} {{ {} }}", text(&ty["name"]), self.selection(ty, depth)));
                    }
                }
            }
            _ => {
                selected.extend(self.fields(of, depth));
                if items(&of["interfaces"]).iter().any(|it| it["name"] == "Noun") && self.chance(15) {
                    let noun = self.schema.type_named("Noun");
                    selected.push(format!("... on Noun {{ __typename {} }}", self.fields(noun, depth).join(" ")));
                }
            }
        }
        selected.retain(|one| !one.ends_with("{  }"));
        if selected.is_empty() {
            selected.push("__typename".to_owned());
        }
        if self.chance(15) {
            let at = self.random.random_range(0..selected.len());
            let rest = selected.split_off(at).join(" ");
            let on = match text(&of["kind"]) == "OBJECT" && self.chance(60) {
                true => format!("on {} ", text(&of["name"])),
                false => String::new(),
            };
            let condition = self.condition();
            selected.push(format!("... {on}{condition} {{ {rest} }}"));
        }
        selected.join(" ")
    }

    /// Some fields of a type.
    fn fields(&mut self, of: &Value, depth: usize) -> Vec<String> {
        let fields: Vec<&Value> =
            items(&of["fields"]).iter().filter(|field| !text(&field["name"]).starts_with('_')).collect();
        let wanted = self.random.random_range(1..=4);
        let mut selected = Vec::new();
        for _ in 0..wanted {
            let Some(field) = fields.choose(&mut self.random).copied() else { continue };
            selected.extend(self.field(field, depth));
        }
        selected
    }

    fn condition(&mut self) -> &'static str {
        const CONDITIONS: [&str; 6] =
            ["@include(if: $yes)", "@skip(if: $no)", "@include(if: false)", "@skip(if: $yes)", "", ""];
        CONDITIONS.choose(&mut self.random).copied().unwrap_or_default()
    }

    fn field(&mut self, field: &Value, depth: usize) -> Option<String> {
        let ty = self.schema.type_of(field);
        let is_object = matches!(text(&ty["kind"]), "OBJECT" | "INTERFACE" | "UNION");
        if is_object && depth == 0 {
            return None;
        }
        let arguments: Vec<String> = items(&field["args"]).iter().filter_map(|it| self.argument(it)).collect();
        let given = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        // What has arguments, or is asked for again, is told apart by an alias; the rest is merged.
        let alias = if !given.is_empty() || self.chance(25) {
            self.aliases += 1;
            format!("a{}: ", self.aliases)
        } else {
            String::new()
        };
        let condition = if self.chance(10) { self.condition() } else { "" };
        let below = if is_object { format!(" {{ {} }}", self.selection(ty, depth - 1)) } else { String::new() };
        Some(format!("{alias}{}{given} {condition}{below}", text(&field["name"])))
    }

    /// An argument with its value, mostly one that is right.
    fn argument(&mut self, argument: &Value) -> Option<String> {
        let name = text(&argument["name"]);
        let is_needed = argument["type"]["kind"] == "NON_NULL";
        let asked = match name {
            "slug" => 90,
            "first" => 60,
            "lang" | "asOf" => 40,
            "filter" | "orderBy" => 25,
            _ => 4,
        };
        if !is_needed && !self.chance(asked) {
            return None;
        }
        let value = match name {
            "slug" => self.quoted(true),
            "id" => self.quoted(false),
            "ids" => format!("[{}, {}]", self.quoted(false), self.quoted(false)),
            "first" | "last" => self.pick(&["0", "1", "2", "2", "3", "5", "101"]),
            "lang" => self.pick(&["\"en\"", "\"zh\"", "\"fr\"", "\"de\"", "\"?\"", "null"]),
            "asOf" => self.pick(&["\"2026-11-24\"", "\"2015-06-01\"", "\"1990-01-01\"", "\"2031-01-01\"", "\"soon\""]),
            "knownAt" => self.pick(&["1", "99"]),
            "beforeNumber" => self.pick(&["1", "2"]),
            "scheme" => "\"kinds\"".to_owned(),
            "text" => self.pick(&["\"school\"", "\"学校\"", "\"bj80\"", "\"x\""]),
            "values" => "[\"0529\", \"nobody\"]".to_owned(),
            "changes" => format!("[{{ move: {{ school: {}, on: \"2026-09-01\" }} }}]", self.quoted(true)),
            "from" | "to" => self.quoted(true),
            "years" => self.pick(&["12", "15", "9"]),
            "after" | "before" => "\"none\"".to_owned(),
            "orderBy" => {
                let order = self.pick(&["NATURAL", "NAME", "SLUG", "SINCE", "EDGE"]);
                format!("{{ field: {order}, direction: {} }}", self.pick(&["ASC", "DESC"]))
            }
            "filter" => {
                let filter = self.schema.type_of(argument);
                format!("{{ {} }}", self.filter(filter, 2))
            }
            _ if self.schema.type_of(argument)["kind"] == "ENUM" => self.words(argument),
            _ => return None,
        };
        Some(format!("{name}: {value}"))
    }

    /// A value of the enum of an argument, or one or two of them where it takes a list.
    fn words(&mut self, argument: &Value) -> String {
        let ty = self.schema.type_of(argument);
        let words: Vec<&str> = items(&ty["enumValues"]).iter().map(|it| text(&it["name"])).collect();
        let one = self.pick(&words);
        let outer = &argument["type"];
        let is_list = outer["kind"] == "LIST" || outer["ofType"]["kind"] == "LIST";
        match is_list {
            true if self.chance(50) => format!("[{one}, {}]", self.pick(&words)),
            true => format!("[{one}]"),
            false => one,
        }
    }

    fn quoted(&mut self, is_slug: bool) -> String {
        let (known, random) = (if is_slug { &self.slugs } else { &self.ids }, &mut self.random);
        let unknown = "nobody".to_owned();
        let chosen = known.choose(random).unwrap_or(&unknown);
        let chosen = if random.random_ratio(1, 12) { &unknown } else { chosen };
        Value::from(chosen.as_str()).to_string()
    }

    fn filter(&mut self, filter: &Value, depth: usize) -> String {
        let fields = items(&filter["inputFields"]);
        let Some(field) = fields.choose(&mut self.random) else { return String::new() };
        let name = text(&field["name"]);
        match name {
            "and" | "or" if depth > 0 => {
                format!("{name}: [{{ {} }}, {{ {} }}]", self.filter(filter, depth - 1), self.filter(filter, depth - 1))
            }
            "not" if depth > 0 => format!("not: {{ {} }}", self.filter(filter, depth - 1)),
            _ => {
                let ty = self.schema.type_of(field);
                match text(&ty["kind"]) {
                    "ENUM" => format!("{name}: {}", self.words(field)),
                    "SCALAR" if ty["name"] == "ID" => format!("{name}: {}", self.quoted(true)),
                    "SCALAR" if ty["name"] == "Boolean" => format!("{name}: {}", self.chance(50)),
                    _ => format!("nameContains: {}", self.pick(&["\"学校\"", "\"school\"", "\"1\"", "\"beijing\""])),
                }
            }
        }
    }
}
