//! Definitions: what a word of the map means, in a source's own terms.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use domain::View;

use crate::{
    execution::context::{ContextExt, mask_store_error},
    nouns::source::{Citation, load_citations},
    schema::ViewArgs,
};

/// What a word of the map means.
pub(crate) struct Definition {
    view: View,
    it: Arc<domain::Definition>,
}

/// What a word of the map means, in a source's own terms.
#[Object]
impl Definition {
    /// The word.
    async fn term(&self) -> &str {
        &self.it.term
    }

    /// What it means, in Chinese; null where no source says.
    async fn definition_zh(&self) -> Option<&str> {
        self.it.definition_zh.as_deref()
    }

    /// What it means, in English; null where no source says.
    async fn definition_en(&self) -> Option<&str> {
        self.it.definition_en.as_deref()
    }

    /// The sources that state it.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.it.id).await
    }
}

/// The words of the map.
pub(crate) struct DefinitionQuery(pub(crate) ViewArgs);

/// The words of the map.
#[Object]
impl DefinitionQuery {
    /// What the words of the map mean, in a source's own terms.
    async fn definitions(&self, ctx: &Context<'_>) -> Result<Vec<Definition>> {
        let view = self.0.view(ctx);
        let definitions = ctx.store().definitions(view).await.map_err(mask_store_error)?;
        Ok(definitions.into_iter().map(|it| Definition { view, it: Arc::new(it) }).collect())
    }
}
