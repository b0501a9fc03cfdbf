//! Texts in several languages other than names, one of which a reader gets.

use domain::{TextBasis, Texts};

use crate::{
    definition::{
        field::FieldContext,
        object_type::{Described, ObjectType},
    },
    execution::context::ContextExt,
    objects::{scalar::LanguageTag, word::Word},
};

/// A text chosen for a reader.
pub(crate) struct LocalizedText {
    pub(crate) text: String,
    language: String,
    basis: Option<TextBasis>,
    is_fallback: bool,
}

impl Described for LocalizedText {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("LocalizedText", "A text chosen for a reader.")
            .text("text", "The text.", |it| &it.text)
            .text("language", "The language it is in, a BCP 47 tag.", |it| &it.language)
            .leaf(
                "basis",
                "Why we believe it; null where the record does not say, which is then its own source's word.",
                |it| it.basis.map(Word),
            )
            .leaf("isFallback", "Whether it is not on record in a language that was asked for.", |it| it.is_fallback)
    }
}

/// The text for a reader who asks for this language or, without one, for those of the request; `None` where no source
/// gives one in any language.
pub(crate) fn localize_text(ctx: &FieldContext<'_>, texts: &Texts, lang: Option<LanguageTag>) -> Option<LocalizedText> {
    let asked = lang.map(|tag| [tag.0]);
    let chosen = texts.choose(ctx.wanted_languages(asked.as_ref()))?;
    Some(LocalizedText {
        text: chosen.text.text.clone(),
        language: chosen.text.language.clone(),
        basis: chosen.text.basis,
        is_fallback: chosen.is_fallback,
    })
}
