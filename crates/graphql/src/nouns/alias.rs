//! Names in several languages.

use async_graphql::{Context, Object, Result, SimpleObject};
use domain::View;

use crate::{
    nouns::source::{Citation, load_citations},
    objects::{
        scalar::{ImpreciseDate, imprecise_date},
        word::Word,
    },
};

/// A name chosen for a reader.
#[derive(SimpleObject)]
pub(crate) struct LocalizedName {
    /// The name.
    pub(crate) text: String,
    /// The language it is in, a BCP 47 tag.
    language: String,
    /// What kind of name it is.
    kind: Word<domain::NameKind>,
    /// Why we believe it; null where the record does not say, which is then its own source's word.
    basis: Option<Word<domain::TextBasis>>,
    /// Whether no name in a language that was asked for is on record, short and former ones aside.
    is_fallback: bool,
}

impl LocalizedName {
    pub(crate) fn new(name: domain::ChosenName<'_>) -> Self {
        LocalizedName {
            text: name.text.to_owned(),
            language: name.language.to_owned(),
            kind: Word(name.kind),
            basis: name.basis.map(Word),
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
    kind: Word<domain::NameKind>,
    basis: Option<domain::TextBasis>,
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
            kind: Word(name.kind),
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
            kind: Word(alias.kind),
            basis: alias.basis,
            since: imprecise_date(&alias.since),
            until: imprecise_date(&alias.until),
        }
    }
}

/// A name of a noun: official, or an alias.
#[Object]
impl Name {
    /// The name.
    async fn text(&self) -> &str {
        &self.text
    }

    /// The language it is in, a BCP 47 tag.
    async fn language(&self) -> &str {
        &self.language
    }

    /// What kind of name it is.
    async fn kind(&self) -> Word<domain::NameKind> {
        self.kind
    }

    /// Why we believe it; null where the record does not say.
    async fn basis(&self) -> Option<Word<domain::TextBasis>> {
        self.basis.map(Word)
    }

    /// Since when it is used; null where no source says.
    async fn since(&self) -> Option<&ImpreciseDate> {
        self.since.as_ref()
    }

    /// Until when it was used; null where no source says, or it still is.
    async fn until(&self) -> Option<&ImpreciseDate> {
        self.until.as_ref()
    }

    /// The sources that state it; none where it is common knowledge.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.fact).await
    }
}
