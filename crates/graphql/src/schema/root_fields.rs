//! The root fields of a noun: one by its id or slug, and the list of all.

use async_graphql::{ID, Result};

use crate::execution::error::ErrorCode;

/// Declares a noun's name in the schema, and the root fields that find it.
macro_rules! root_fields {
    ($query:ident: $noun:ty as $name:literal, $filter:ty { $(#[$one_doc:meta])* $one:ident; $(#[$many_doc:meta])* $many:ident; }) => {
        impl crate::objects::noun::SchemaName for $noun {
            const NAME: &'static str = $name;
        }

        /// The root fields of a noun.
        pub(crate) struct $query(pub(crate) crate::schema::ViewArgs);

        /// The root fields of a noun.
        #[async_graphql::Object]
        impl $query {
            $(#[$one_doc])*
            async fn $one(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Its global id; not together with `slug`.")] id: Option<async_graphql::ID>,
                #[graphql(desc = "Its slug; not together with `id`.")] slug: Option<String>,
            ) -> Option<async_graphql::Result<crate::objects::noun::ViewedNoun<$noun>>> {
                match crate::schema::root_fields::parse_noun_id::<$noun>(id, slug) {
                    Ok(id) => ctx.load_noun(self.0.view(ctx), id?).await,
                    Err(error) => Some(Err(error)),
                }
            }

            $(#[$many_doc])*
            #[expect(clippy::too_many_arguments, reason = "Relay's four, a filter and an order")]
            async fn $many(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "How many items from the start of the list, 0 to 100; 20 unless asked otherwise.")] first: Option<i64>,
                #[graphql(desc = "Only items after this cursor of the same list.")] after: Option<String>,
                #[graphql(desc = "How many items from the end of the list, 0 to 100; not together with `first`.")] last: Option<i64>,
                #[graphql(desc = "Only items before this cursor of the same list.")] before: Option<String>,
                #[graphql(desc = "Only items of which this is true.")] filter: Option<$filter>,
                #[graphql(desc = "The order of the list; by name unless asked otherwise.")] order_by: Option<crate::lists::page::OrderInput>,
            ) -> Option<async_graphql::Result<crate::lists::connection::RootConnection<$noun>>> {
                let arguments = crate::lists::page::PageArguments { first, after, last, before, filter, order: order_by };
                let view = self.0.view(ctx);
                Some(crate::lists::connection::RootConnection::from_arguments(ctx, view, crate::schema::requested_view(ctx, view), arguments).await)
            }
        }
    };
}
pub(crate) use root_fields;

/// The noun that a root field asks for; `None` if no slug can be it.
pub(crate) fn parse_noun_id<N: domain::Identified>(
    id: Option<ID>,
    slug: Option<String>,
) -> Result<Option<domain::Id<N>>> {
    match (id, slug) {
        (Some(id), None) => {
            let id = id.parse::<domain::AnyId>().and_then(|_| domain::Id::parse_or_slug(&id));
            id.map(Some).map_err(|error| ErrorCode::InvalidId.with_message(error))
        }
        (None, Some(slug)) => Ok(domain::id::is_slug(&slug).then(|| domain::Id::of(&slug))),
        _ => Err(ErrorCode::InvalidArgument.with_message("ask by `id` or by `slug`: one of them, and not both")),
    }
}
