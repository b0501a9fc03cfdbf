//! The schema as introspection describes it, so that a test can go through every list, relation and condition.

use serde_json::Value;

use crate::TestApp;

/// What is asked of the schema, to ask for everything in it.
const INTROSPECTION: &str = "{ __schema { types { kind name inputFields { name type { ...T } } enumValues { name }
    fields { name args { name type { ...T } } type { ...T } } possibleTypes { name } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// All types of a schema.
pub struct Schema(Value);

impl Schema {
    /// The schema that a server describes.
    pub async fn of(app: &TestApp) -> Schema {
        Schema(app.data(INTROSPECTION).await["__schema"]["types"].take())
    }

    /// The type of this name.
    ///
    /// # Panics
    /// There is none.
    #[must_use]
    pub fn type_named(&self, name: &str) -> &Value {
        items(&self.0).iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no type {name}"))
    }

    /// The types of connections.
    pub fn connections(&self) -> impl Iterator<Item = &Value> {
        items(&self.0).iter().filter(|it| it["kind"] == "OBJECT" && text(&it["name"]).ends_with("Connection"))
    }

    /// The type of a field or an argument, without the lists and the non-nulls around it.
    #[must_use]
    pub fn type_of(&self, item: &Value) -> &Value {
        let mut at = &item["type"];
        while at["name"].is_null() {
            at = &at["ofType"];
        }
        self.type_named(text(&at["name"]))
    }

    /// The fields that list all nouns of a kind, each with the type of the nouns.
    #[must_use]
    pub fn noun_lists(&self) -> Vec<(&Value, &Value)> {
        let fields = items(&self.type_named("Map")["fields"]).iter();
        fields.filter_map(|field| Some((field, self.nodes(field)?))).collect()
    }

    /// The type of a connection's nodes; `None` if the field is no connection, or one of nouns of any kind.
    #[must_use]
    pub fn nodes(&self, field: &Value) -> Option<&Value> {
        self.any_nodes(field).filter(|nodes| nodes["kind"] == "OBJECT")
    }

    /// The type of a connection's nodes, of one kind or of any.
    #[must_use]
    pub fn any_nodes(&self, field: &Value) -> Option<&Value> {
        let connection = self.type_of(field);
        let nodes = items(&connection["fields"]).iter().find(|field| field["name"] == "nodes")?;
        Some(self.type_of(nodes))
    }

    /// The fields of a type that can be asked for without an argument.
    pub fn fields<'a>(&self, of: &'a Value) -> impl Iterator<Item = &'a Value> + use<'a> {
        let is_needed = |arg: &Value| arg["type"]["kind"] == "NON_NULL";
        items(&of["fields"]).iter().filter(move |field| !items(&field["args"]).iter().any(is_needed))
    }

    /// The fields of a type that are no objects.
    #[must_use]
    pub fn leaves<'a>(&self, of: &'a Value) -> Vec<&'a str> {
        let is_leaf = |field: &&Value| matches!(text(&self.type_of(field)["kind"]), "SCALAR" | "ENUM");
        self.fields(of).filter(is_leaf).map(|field| text(&field["name"])).collect()
    }

    /// A field that is no connection with what is asked of it: of a noun its slug, of another object all that is no
    /// object again.
    #[must_use]
    pub fn selection_of(&self, field: &Value) -> String {
        let (name, of) = (text(&field["name"]), self.type_of(field));
        let leaves = self.leaves(of);
        match text(&of["kind"]) {
            "OBJECT" if self.noun_lists().iter().any(|(_, noun)| noun["name"] == of["name"]) => {
                format!("{name} {{ slug }}")
            }
            "OBJECT" if self.any_nodes(field).is_some() => {
                let edges = items(&of["fields"]).iter().find(|field| field["name"] == "edges").expect("edges");
                let told = self.leaves(self.type_of(edges)).join(" ");
                format!("{name} {{ totalCount nodes {{ __typename id }} edges {{ {told} node {{ id }} }} }}")
            }
            "OBJECT" if !leaves.is_empty() => format!("{name} {{ {} }}", leaves.join(" ")),
            "OBJECT" | "INTERFACE" | "UNION" => format!("{name} {{ __typename }}"),
            _ => name.to_owned(),
        }
    }

    /// The conditions of a connection's filter, each with its type.
    ///
    /// # Panics
    /// The field has no filter.
    #[must_use]
    pub fn conditions(&self, field: &Value) -> Vec<(&str, &Value)> {
        let filter = items(&field["args"]).iter().find(|arg| arg["name"] == "filter").expect("a filter");
        let fields = items(&self.type_of(filter)["inputFields"]).iter();
        let fields = fields.filter(|field| !["and", "or", "not"].contains(&text(&field["name"])));
        fields.map(|field| (text(&field["name"]), self.type_of(field))).collect()
    }

    /// The orders of a list, but for that by distance, which needs a point.
    pub fn orders(&self) -> impl Iterator<Item = &str> {
        let orders = items(&self.type_named("OrderField")["enumValues"]).iter().map(|order| text(&order["name"]));
        orders.filter(|order| *order != "DISTANCE")
    }

    /// Whether the nouns of a connection have places on earth.
    #[must_use]
    pub fn has_locations(&self, field: &Value) -> bool {
        self.conditions(field).iter().any(|(name, _)| *name == "near")
    }
}

/// The items of a list; none if it is no list.
#[must_use]
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text; empty if it is none.
#[must_use]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
