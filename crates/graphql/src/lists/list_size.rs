//! `@listSize`: how many items a list is expected to have, in the words of the cost specification that gateways read as well.

use async_graphql::{TypeDirective, registry::MetaDirectiveInvocation};

/// How many items a list is expected to have: no more than `assumedSize`, nor than one of `slicingArguments` asks for; `sizedFields` are those of a connection that hold the items.
#[TypeDirective(location = "FieldDefinition", name = "listSize")]
pub(crate) fn list_size(
    #[graphql(desc = "How many items are expected.")] assumed_size: Option<u32>,
    #[graphql(desc = "The arguments that ask for fewer.")] slicing_arguments: Option<Vec<String>>,
    #[graphql(desc = "The fields that hold the items.")] sized_fields: Option<Vec<String>>,
    #[graphql(desc = "Whether one of `slicingArguments` has to be given.", default_with = "Some(true)")]
    require_one_slicing_argument: Option<bool>,
) {
}

/// The arguments of a connection that ask for fewer items.
pub(crate) fn slicing_arguments() -> Option<Vec<String>> {
    Some(["first", "last"].map(str::to_owned).to_vec())
}

/// The fields of a connection that hold its items.
pub(crate) fn sized_fields() -> Option<Vec<String>> {
    Some(["edges", "nodes"].map(str::to_owned).to_vec())
}

/// What the schema says of a connection that has about so many items in a large city.
pub(crate) fn of_connection(size: u32) -> MetaDirectiveInvocation {
    list_size::apply(Some(size), slicing_arguments(), sized_fields(), Some(false))
}
