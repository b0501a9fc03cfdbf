//! Texts in several languages other than names, one of which a reader gets.

use async_graphql::{Context, SimpleObject};
use domain::Texts;

use crate::{
    execution::context::ContextExt,
    objects::{scalar::LanguageTag, word::Word},
};

/// A text chosen for a reader.
#[derive(SimpleObject)]
pub(crate) struct LocalizedText {
    /// The text.
    pub(crate) text: String,
    /// The language it is in, a BCP 47 tag.
    language: String,
    /// Why we believe it; null where the record does not say, which is then its own source's word.
    basis: Option<Word<domain::TextBasis>>,
    /// Whether it is not on record in a language that was asked for.
    is_fallback: bool,
}

/// The text for a reader who asks for this language or, without one, for those of the request; `None` where no source
/// gives one in any language.
pub(crate) fn localize_text(ctx: &Context<'_>, texts: &Texts, lang: Option<LanguageTag>) -> Option<LocalizedText> {
    let asked = lang.map(|tag| [tag.0]);
    let chosen = texts.choose(ctx.wanted_languages(asked.as_ref()))?;
    Some(LocalizedText {
        text: chosen.text.text.clone(),
        language: chosen.text.language.clone(),
        basis: chosen.text.basis.map(Word),
        is_fallback: chosen.is_fallback,
    })
}
