//! What the pages of all lists have in common, as interfaces: one fragment goes on from page to page of any of them.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value, indexmap::IndexMap, parser::types::Field,
    registry::Registry,
};

use crate::definition::{
    abstract_type::NOUN,
    registry::{described_field, interface_type},
};

/// The interface of connections. A name that ended so would be an object by the rules of Relay.
pub(crate) const NOUN_PAGE: &str = "NounPage";

/// The interface of edges.
pub(crate) const NOUN_PAGE_ITEM: &str = "NounPageItem";

/// Both interfaces, as the library takes types to which no field leads; they are registered once all types that implement them
/// are there.
pub(crate) struct PageInterfaces;

impl OutputType for PageInterfaces {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(NOUN_PAGE)
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register_page_interfaces(registry);
        NOUN_PAGE.to_owned()
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::Null)
    }
}

fn register_page_interfaces(registry: &mut Registry) {
    let connection = [
        ("edges", "The ties of this page, each with its noun.", format!("[{NOUN_PAGE_ITEM}!]!")),
        ("nodes", "The nouns of this page; null where a tie names none.", format!("[{NOUN}]!")),
        ("pageInfo", "How to go on from this page.", "PageInfo!".to_owned()),
        ("totalCount", "How many there are on all pages together, as recorded.", "Int!".to_owned()),
    ];
    let edge = [
        ("cursor", "The place of this item in the list, to pass on as `after` or `before`.", "String!".to_owned()),
        ("node", "The noun; null where a tie names none.", NOUN.to_owned()),
    ];
    add_interface(registry, NOUN_PAGE, "A page of a list of nouns, and how to go on.", connection);
    add_interface(registry, NOUN_PAGE_ITEM, "An item of a list of nouns, and its place.", edge);
}

fn add_interface<const N: usize>(
    registry: &mut Registry,
    name: &str,
    description: &str,
    fields: [(&str, &str, String); N],
) {
    let field =
        |(name, description, ty): (&str, &str, String)| (name.to_owned(), described_field(name, description, ty));
    let fields: IndexMap<_, _> = fields.map(field).into_iter().collect();
    let of = registry.types.keys().filter(|ty| registry.implements.get(*ty).is_some_and(|all| all.contains(name)));
    let possible_types = of.cloned().collect();
    let interface = interface_type(name, description, fields, possible_types);
    registry.types.insert(name.to_owned(), interface);
}
