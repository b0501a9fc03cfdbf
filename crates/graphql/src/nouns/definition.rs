//! Definitions: what a word of the map means, in a source's own terms.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use domain::View;

use crate::{
    execution::context::{ContextExt, mask_store_error},
    nouns::source::{Citation, load_citations},
    objects::{
        localized_text::{LocalizedText, localize_text},
        scalar::LanguageTag,
    },
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

    /// What it means, in the best language on record for the reader; `localizedDefinition` says which one that is. Null where no source gives one.
    async fn definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language wanted; that of `Accept-Language` unless asked otherwise.")] lang: Option<
            LanguageTag,
        >,
    ) -> Option<String> {
        localize_text(ctx, &self.it.definition, lang).map(|localized| localized.text)
    }

    /// What it means with its language, and whether it is the one that was asked for. Null where no source gives one.
    async fn localized_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language wanted; that of `Accept-Language` unless asked otherwise.")] lang: Option<
            LanguageTag,
        >,
    ) -> Option<LocalizedText> {
        localize_text(ctx, &self.it.definition, lang)
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
