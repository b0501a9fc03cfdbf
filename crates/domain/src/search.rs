//! Searches over nouns of all kinds: what is found, and why.

use crate::text::vocabulary;

/// A name by which a search has found a noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// The name, as it is recorded.
    pub name: String,
    /// The language it is in, a BCP 47 tag; none for a code or a slug.
    pub language: Option<String>,
    /// What kind of name it is.
    pub kind: FoundNameKind,
    /// How it matches.
    pub found: SearchMatch,
    /// Whether it matches as it is written, accents and Han characters included.
    pub is_exact: bool,
    /// Whether the name, or what is called so, is a thing of the past on the view's day.
    pub is_former: bool,
}

vocabulary! {
    /// What kind of name a search has found.
    FoundNameKind {
        /// A code of some register.
        Code = "code",
        /// A name used before, or one that no longer holds on the view's day.
        Former = "former",
        /// What a machine translation made of it.
        MachineTranslation = "machine_translation",
        /// An official name, or our translation of it.
        Official = "official",
        /// The official English name, where it differs from the one a source uses.
        OfficialEnglish = "official_english",
        /// A second official name beside the first.
        SecondName = "second_name",
        /// A short name.
        Short = "short",
        /// The slug.
        Slug = "slug",
        /// Another spelling.
        Variant = "variant",
    }
}

vocabulary! {
    /// How a name matches the text of a search; the best first.
    SearchMatch {
        /// It is the text.
        Equal = "equal",
        /// It begins with the text.
        StartsWith = "starts_with",
        /// It has the text somewhere within.
        Contains = "contains",
        /// It has all words of the text, in another order or with others between them.
        Words = "words",
    }
}
