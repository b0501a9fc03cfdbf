//! The kinds of nouns and what each answers, read from the schema: what is new there has its pages without a line here.

use std::{collections::BTreeMap, sync::OnceLock};

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition},
};
use graphql::Schema;
use serde_json::Value;

/// A kind of noun.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Its type.
    pub(crate) type_name: String,
    /// The field that looks one up.
    pub(crate) one: String,
    /// The field that lists them.
    pub(crate) many: String,
    /// The first part of the addresses of its pages.
    pub(crate) path: String,
    /// What it says of itself beyond what all nouns say.
    pub(crate) fields: Vec<Field>,
    /// The words by which a list of them is narrowed.
    pub(crate) choices: Vec<Choice>,
}

/// A condition of a filter that takes words of a vocabulary.
#[derive(Debug)]
pub(crate) struct Choice {
    /// Its name in the filter and in addresses.
    pub(crate) name: String,
    /// The vocabulary.
    pub(crate) vocabulary: String,
    /// Its words.
    pub(crate) words: Vec<String>,
}

/// A field that pages show.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) shape: Shape,
}

/// What a field holds, as far as it matters to pages.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Texts, numbers, yes or no: as they are.
    Plain,
    /// Words of a vocabulary.
    Words(String),
    /// A date in the precision of its source.
    Date,
    /// A text in a language.
    Text,
    /// Nouns, or one.
    Nouns,
    /// Things of one noun or another, which a union has.
    Either,
    /// Sources and their words.
    Citations,
    /// Things that belong to the noun, each with these fields.
    Things(Vec<Field>),
    /// A list of nouns to walk, whose ties say these fields.
    Tie(Vec<Field>),
}

/// All kinds, in the order of the schema.
pub(crate) fn kinds(schema: &Schema) -> &'static [Kind] {
    // The closed schema has the same text.
    static KINDS: OnceLock<Vec<Kind>> = OnceLock::new();
    KINDS.get_or_init(|| read_kinds(&schema.sdl()))
}

/// The kind whose pages begin with this path.
pub(crate) fn kind_at(schema: &Schema, path: &str) -> Option<&'static Kind> {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    kinds(schema).iter().find(|kind| kind.path == first)
}

/// The kind of a noun that says its `__typename`.
pub(crate) fn kind_of(schema: &Schema, noun: &Value) -> Option<&'static Kind> {
    kinds(schema).iter().find(|kind| noun["__typename"] == kind.type_name.as_str())
}

/// The path of the pages of a type.
pub(crate) fn path_of(schema: &Schema, type_name: &str) -> Option<&'static str> {
    kinds(schema).iter().find(|kind| kind.type_name == type_name).map(|kind| kind.path.as_str())
}

/// What every noun says, which pages show in places of their own, and what other pages are about.
const ELSEWHERE: [&str; 18] = [
    "geometry",
    "id",
    "slug",
    "name",
    "localizedName",
    "names",
    "sinceDay",
    "untilDay",
    "knownDay",
    "isOnMap",
    "existence",
    "sources",
    "recordedSince",
    "contradictions",
    "listCompleteness",
    "ways",
    "cursor",
    "distance",
];

/// The types of the schema, by name.
type Types = BTreeMap<String, TypeKind>;

fn read_kinds(sdl: &str) -> Vec<Kind> {
    let document = parse_schema(sdl).expect("the schema's text is one of a schema");
    let types: Types = document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(it) if !it.node.extend => Some((it.node.name.node.to_string(), it.node.kind)),
            _ => None,
        })
        .collect();
    let root = fields_of(&types, "Query");
    let has = |field: &FieldDefinition, argument: &str| field.arguments.iter().any(|it| it.node.name.node == argument);
    let mut kinds = Vec::new();
    for one in root.iter().filter(|field| has(field, "slug")) {
        let type_name = base_name(&one.ty.node);
        let connection = format!("{type_name}Connection");
        let lists = |field: &&FieldDefinition| base_name(&field.ty.node) == connection && has(field, "orderBy");
        let Some(many) = root.iter().copied().find(lists) else { continue };
        kinds.push(Kind {
            one: one.name.node.to_string(),
            many: many.name.node.to_string(),
            path: kebab(&many.name.node),
            fields: shown_fields(&types, &type_name, true),
            choices: choices(&types, &type_name),
            type_name,
        });
    }
    kinds
}

/// The conditions that people choose words for; the API has more.
const CHOICES: [&str; 7] = ["ownership", "stage", "schoolType", "status", "kind", "educationPhase", "groupCoverage"];

fn choices(types: &Types, type_name: &str) -> Vec<Choice> {
    let Some(TypeKind::InputObject(filter)) = types.get(&format!("{type_name}Filter")) else { return Vec::new() };
    let mut all = Vec::new();
    for name in CHOICES {
        let Some(field) = filter.fields.iter().find(|field| field.node.name.node == name) else { continue };
        let vocabulary = base_name(&field.node.ty.node);
        let Some(TypeKind::Enum(words)) = types.get(&vocabulary) else { continue };
        let words = words.values.iter().map(|word| word.node.value.node.to_string()).collect();
        all.push(Choice { name: name.to_owned(), vocabulary, words });
    }
    all
}

fn fields_of<'a>(types: &'a Types, name: &str) -> Vec<&'a FieldDefinition> {
    match types.get(name) {
        Some(TypeKind::Object(object)) => object.fields.iter().map(|field| &field.node).collect(),
        Some(TypeKind::Interface(interface)) => interface.fields.iter().map(|field| &field.node).collect(),
        _ => Vec::new(),
    }
}

/// The fields of a type that pages show; things are looked into once.
fn shown_fields(types: &Types, type_name: &str, is_deep: bool) -> Vec<Field> {
    let all = fields_of(types, type_name);
    let is_localized = |name: &str| {
        let mut letters = name.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase()).unwrap_or_default();
        let localized = format!("localized{first}{}", letters.as_str());
        all.iter().any(|field| field.name.node == localized)
    };
    let is_shown = |field: &&&FieldDefinition| {
        let name = field.name.node.as_str();
        let is_deprecated = field.directives.iter().any(|it| it.node.name.node == "deprecated");
        let needs_more = field.arguments.iter().any(|it| !it.node.ty.node.nullable && it.node.default_value.is_none());
        // Where sources disagree has a section of its own; here the type is that of what belongs to a noun.
        !ELSEWHERE.contains(&name) && name != "node" && !is_deprecated && !needs_more && !is_localized(name)
    };
    let shape = |field: &FieldDefinition| shape_of(types, &base_name(&field.ty.node), is_deep);
    let shown = all.iter().filter(is_shown);
    shown.filter_map(|field| Some(Field { name: field.name.node.to_string(), shape: shape(field)? })).collect()
}

fn shape_of(types: &Types, type_name: &str, is_deep: bool) -> Option<Shape> {
    let noun = |name: &str| match types.get(name) {
        Some(TypeKind::Object(object)) => object.implements.iter().any(|it| it.node == "Noun"),
        _ => name == "Noun",
    };
    match (type_name, types.get(type_name)) {
        ("ImpreciseDate", _) => Some(Shape::Date),
        ("LocalizedText", _) => Some(Shape::Text),
        ("Citation", _) => Some(Shape::Citations),
        (name, _) if noun(name) => Some(Shape::Nouns),
        (_, None | Some(TypeKind::Scalar)) => Some(Shape::Plain),
        (_, Some(TypeKind::Enum(_))) => Some(Shape::Words(type_name.to_owned())),
        (_, Some(TypeKind::Union(_))) => Some(Shape::Either),
        (_, Some(TypeKind::Object(_))) if is_deep => match type_name.strip_suffix("Connection") {
            Some(item) => Some(Shape::Tie(with_sources(types, &format!("{item}Edge")))),
            None => Some(Shape::Things(with_sources(types, type_name))),
        },
        _ => None,
    }
}

/// The fields of a tie or of a thing, and its sources.
fn with_sources(types: &Types, type_name: &str) -> Vec<Field> {
    let mut fields = shown_fields(types, type_name, false);
    if fields_of(types, type_name).iter().any(|field| field.name.node == "sources") {
        fields.push(Field { name: "sources".to_owned(), shape: Shape::Citations });
    }
    fields
}

fn base_name(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(of) => base_name(of),
    }
}

/// `advisoryBodies` as `advisory-bodies`.
pub(crate) fn kebab(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::pages::texts::Texts;

    /// The fields and vocabularies that pages name.
    fn walk(fields: &[Field], keys: &mut BTreeSet<String>, vocabularies: &mut BTreeSet<String>) {
        for Field { name, shape } in fields.iter().filter(|field| field.shape != Shape::Citations) {
            keys.insert(format!("field.{name}"));
            match shape {
                Shape::Words(vocabulary) => drop(vocabularies.insert(vocabulary.clone())),
                Shape::Things(below) | Shape::Tie(below) => walk(below, keys, vocabularies),
                _ => {}
            }
        }
    }

    #[test]
    fn every_name_of_the_schema_that_pages_show_has_a_text_in_every_language() {
        let sdl = graphql::schema().sdl();
        let kinds = read_kinds(&sdl);
        assert!(kinds.len() > 20, "{}", kinds.len());
        let (mut keys, mut vocabularies) = (BTreeSet::new(), BTreeSet::new());
        for kind in &kinds {
            walk(&kind.fields, &mut keys, &mut vocabularies);
            for choice in &kind.choices {
                keys.insert(format!("field.{}", choice.name));
                vocabularies.insert(choice.vocabulary.clone());
            }
            for form in ["name", "list", "count.one", "count.many"] {
                keys.insert(format!("kind.{}.{form}", kind.type_name));
            }
        }
        for vocabulary in
            ["ChangeKind", "Confidence", "FoundNameKind", "GapKind", "NameKind", "TextBasis", "Reliability", "OpenList"]
        {
            vocabularies.insert(vocabulary.to_owned());
        }
        for definition in parse_schema(&sdl).expect("a schema").definitions {
            let TypeSystemDefinition::Type(it) = definition else { continue };
            let TypeKind::Enum(words) = &it.node.kind else { continue };
            if vocabularies.contains(it.node.name.node.as_str()) {
                keys.extend(
                    words.values.iter().map(|word| format!("word.{}.{}", it.node.name.node, word.node.value.node)),
                );
            }
        }
        for texts in Texts::all() {
            let missing: Vec<_> = keys.iter().filter(|key| texts.find(key).is_none()).collect();
            assert!(missing.is_empty(), "{}: {missing:?}", texts.language);
        }
    }
}
