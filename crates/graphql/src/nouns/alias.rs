//! Names in several languages.

use domain::{ImpreciseDate, NameKind, TextBasis, View};

use crate::{
    definition::object_type::{Described, ObjectType},
    objects::word::Word,
};

/// A name chosen for a reader.
pub(crate) struct LocalizedName {
    pub(crate) text: String,
    language: String,
    kind: NameKind,
    basis: Option<TextBasis>,
    is_fallback: bool,
}

impl Described for LocalizedName {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("LocalizedName", "A name chosen for a reader.")
            .text("text", "The name.", |it| &it.text)
            .text("language", "The language it is in, a BCP 47 tag.", |it| &it.language)
            .leaf("kind", "What kind of name it is.", |it| Word(it.kind))
            .leaf(
                "basis",
                "Why we believe it; null where the record does not say, which is then its own source's word.",
                |it| it.basis.map(Word),
            )
            .leaf(
                "isFallback",
                "Whether no name in a language that was asked for is on record, short and former ones aside.",
                |it| it.is_fallback,
            )
    }
}

impl LocalizedName {
    pub(crate) fn new(name: domain::ChosenName<'_>) -> Self {
        LocalizedName {
            text: name.text.to_owned(),
            language: name.language.to_owned(),
            kind: name.kind,
            basis: name.basis,
            is_fallback: name.is_fallback,
        }
    }
}

/// A name of a noun.
pub(crate) struct Name {
    view: View,
    fact: i64,
    text: String,
    language: String,
    kind: NameKind,
    basis: Option<TextBasis>,
    since: Option<ImpreciseDate>,
    until: Option<ImpreciseDate>,
}

impl Name {
    pub(crate) fn official(view: View, fact: i64, name: domain::ChosenName<'_>) -> Self {
        Name {
            view,
            fact,
            text: name.text.to_owned(),
            language: name.language.to_owned(),
            kind: name.kind,
            basis: name.basis,
            since: None,
            until: None,
        }
    }

    pub(crate) fn alias(view: View, alias: &domain::Alias) -> Self {
        Name {
            view,
            fact: alias.id,
            text: alias.text.clone(),
            language: alias.language.clone(),
            kind: alias.kind,
            basis: alias.basis,
            since: alias.since.clone(),
            until: alias.until.clone(),
        }
    }
}

impl Described for Name {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Name", "A name of a noun: official, or an alias.")
            .text("text", "The name.", |it| &it.text)
            .text("language", "The language it is in, a BCP 47 tag.", |it| &it.language)
            .leaf("kind", "What kind of name it is.", |it| Word(it.kind))
            .leaf(
                "basis",
                "Why we believe it; null where the record does not say.",
                |it| -> Option<Word<domain::TextBasis>> { it.basis.map(Word) },
            )
            .date("since", "Since when it is used; null where no source says.", |it| &it.since)
            .date("until", "Until when it was used; null where no source says, or it still is.", |it| &it.until)
            .sources("The sources that state it; none where it is common knowledge.", |it| (it.view, it.fact))
            .recorded_since(|it| it.fact)
    }
}
