//! The map as a part of a larger graph: what its text tells gateways, and what they ask of it.
//!
//! Every noun is an entity with its global id for a key. The contract is the text of the subgraph as well, word for
//! word, so that what clients generate from and what gateways compose cannot drift apart (docs/decisions/0014).

use async_graphql::{Any, Result, Value};
use domain::{AnyId, IdError};

use crate::{
    definition::{
        abstract_type::{AbstractType, NODE, NounRef, Union},
        field::{FieldContext, FieldResult, Loading},
        object_type::{Described, ObjectType},
    },
    execution::{context::ContextExt, error_code::ErrorCode},
    objects::node,
    schema::Map,
};

/// The directives of the specifications of links and federation, as far as the schema uses them.
const DIRECTIVES: &str = r#"
"""
What a gateway refers to an object by: here or elsewhere, equal values mean the same thing.
"""
directive @key(fields: String!) repeatable on OBJECT
"""
Which specification the directives of this schema come from.
"""
directive @link(url: String!, import: [String]) repeatable on SCHEMA
"""
A type that other parts of a larger graph may have as well.
"""
directive @shareable repeatable on OBJECT
schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@listSize", "@shareable"]) {
"#;

/// A schema's text with what gateways need to know: an object that implements `Node` is an entity. What the executor knows as
/// an interface and is a union is none.
pub(crate) fn subgraph_sdl(sdl: &str) -> String {
    let unions: Vec<&str> = sdl.lines().filter_map(|line| line.strip_prefix("union ")?.split(' ').next()).collect();
    let line = |line: &str| match line.strip_prefix("type ").and_then(|rest| rest.split_once(" implements ")) {
        Some((name, rest)) => {
            let interfaces = rest.trim_end_matches(" {").split(" & ").filter(|it| !unions.contains(it));
            let interfaces: Vec<&str> = interfaces.collect();
            let key = if interfaces.contains(&NODE) { " @key(fields: \"id\")" } else { "" };
            format!("type {name} implements {}{key} {{\n", interfaces.join(" & "))
        }
        None => format!("{line}\n"),
    };
    let sdl: String = sdl.lines().map(line).collect();
    sdl.replace("\ntype PageInfo {\n", "\ntype PageInfo @shareable {\n").replace("\nschema {\n", DIRECTIVES)
}

/// A noun that a gateway can refer to by its type and id.
static ENTITY: Union =
    Union { name: "_Entity", description: "A noun that a gateway can refer to by its type and id.", kinds: &[] };

/// This API, to a gateway that joins it with others.
struct Service {
    sdl: String,
}

impl Described for Service {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("_Service", "This API, to a gateway that joins it with others.").optional_text(
            "sdl",
            "The schema's text, for Apollo Federation 2.",
            |it| Some(&it.sdl),
        )
    }
}

impl ObjectType<Map> {
    /// Adds what gateways ask.
    pub(crate) fn federation_fields(self) -> Self {
        self.load_object("_service", "This API, to a gateway that joins it with others.", |_, ctx| {
            Loading::Now(Ok(Service { sdl: ctx.request.schema.sdl() }))
        })
        .load_abstracts(
            "_entities",
            "The nouns that a gateway refers to, in its order, as they are today; null for one that is unknown.",
            AbstractType::Union(&ENTITY),
            |_, ctx| Loading::Now(find_entities(ctx)),
        )
        .argument::<Vec<Any>>("representations", "The nouns, each by its `__typename` and `id`.")
    }
}

fn find_entities(ctx: &FieldContext<'_>) -> FieldResult<Vec<Result<Option<NounRef>>>> {
    let representations: Vec<Any> = ctx.arguments.get("representations")?;
    ctx.charge_objects(representations.len())?;
    let view = ctx.default_view();
    Ok(representations.iter().map(|it| Ok(Some(NounRef { view, id: parse_representation(&it.0)? }))).collect())
}

/// The id in a representation, if it is of the type that stands beside it.
fn parse_representation(representation: &Value) -> Result<AnyId> {
    let Value::Object(members) = representation else {
        return Err(ErrorCode::InvalidArgument.with_message("a representation is an object with `__typename` and `id`"));
    };
    let text = |name: &str| match members.get(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(ErrorCode::InvalidArgument.with_message(format!("a representation needs a text for `{name}`"))),
    };
    let (type_name, text) = (text("__typename")?, text("id")?);
    let wanted = node::kind_of_type(type_name)
        .ok_or_else(|| ErrorCode::InvalidArgument.with_message(format!("`{type_name}` is no entity of this graph")))?;
    let id = node::parse_global_id(text)?;
    match id.kind == wanted {
        true => Ok(id),
        false => Err(ErrorCode::InvalidId.with_message(IdError::WrongKind { text: text.clone(), is: id.kind, wanted })),
    }
}
