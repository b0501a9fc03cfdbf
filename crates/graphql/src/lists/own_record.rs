//! The tie of a relation that is stated in a noun's own record.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use domain::View;

use crate::nouns::source::{Citation, load_citations};

/// What an edge answers when the tie is stated in the noun's own record.
pub(crate) struct OwnRecord {
    pub(crate) view: View,
    pub(crate) tie: Arc<i64>,
}

/// A tie that is stated in the noun's own record.
#[Object]
impl OwnRecord {
    /// The sources that state the record.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, *self.tie).await
    }
}
