//! Aliases: the other names by which nouns are known.

use crate::{
    column::{ColumnType, extra, optional, required},
    fact::{ImpreciseDate, Validity},
    id::{KINDS, Kind},
    record::Shape,
    text::{TextBasis, vocabulary},
};

/// Another name of a noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// Its identity.
    pub id: i64,
    /// The name.
    pub text: String,
    /// The language it is in, a BCP 47 tag.
    pub language: String,
    /// What kind of name it is.
    pub kind: NameKind,
    /// Why we believe it.
    pub basis: Option<TextBasis>,
    /// Since when it is used.
    pub since: Option<ImpreciseDate>,
    /// Until when it was used.
    pub until: Option<ImpreciseDate>,
    /// When it holds.
    pub validity: Validity,
}

vocabulary! {
    /// What kind of name a name is.
    NameKind {
        /// A name used before.
        Former = "former",
        /// What a machine translation made of it.
        MachineTranslation = "machine_translation",
        /// The official name, or our translation of it: `basis` says which.
        Official = "official",
        /// The official English name, where it differs from the one a source uses.
        OfficialEnglish = "official_english",
        /// A second official name beside the first.
        SecondName = "second_name",
        /// A short name.
        Short = "short",
        /// Another spelling.
        Variant = "variant",
    }
}

/// What may have aliases and codes: every noun that is not a source.
pub(super) const NAMED: &[&str] = &nouns::<{ count_nouns(false) }>(false);
/// Every noun.
pub(super) const NOUNS: &[&str] = &nouns::<{ count_nouns(true) }>(true);

const fn nouns<const N: usize>(with_sources: bool) -> [&'static str; N] {
    let mut names = [""; N];
    let (mut at, mut n_names) = (0, 0);
    while at < KINDS.len() {
        if is_noun(at, with_sources) {
            names[n_names] = KINDS[at].1;
            n_names += 1;
        }
        at += 1;
    }
    names
}

const fn count_nouns(with_sources: bool) -> usize {
    let (mut at, mut n_names) = (0, 0);
    while at < KINDS.len() {
        n_names += is_noun(at, with_sources) as usize;
        at += 1;
    }
    n_names
}

const fn is_noun(at: usize, with_sources: bool) -> bool {
    let (kind, _, prefix) = KINDS[at];
    !prefix.is_empty() && (with_sources || !matches!(kind, Kind::Source))
}

/// Rows of `aliases.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Alias,
    file: "aliases",
    table: "aliases",
    description: "Another name of a noun.",
    key: &["entity_type", "entity_id", "lang", "kind", "alias"],
    columns: &[
        required("entity_type", ColumnType::Word(NAMED), "What the noun is."),
        required("entity_id", ColumnType::RefOf { column: "entity_type", bounds: false }, "The noun."),
        required("alias", ColumnType::Name, "The name."),
        required("lang", ColumnType::LANGUAGE, "The language it is in."),
        required("kind", ColumnType::Word(NameKind::WORDS), "What kind of name it is."),
        optional("basis", ColumnType::Word(TextBasis::WORDS), "Why we believe it."),
        optional("source_id", ColumnType::CitedSource(""), "The source; blank where the basis is common knowledge."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("since", ColumnType::DATE, "Since when it is used."),
        extra("until", ColumnType::DATE, "Until when it was used."),
    ],
    dated: ("since", "until"),
    rules: &[],
};
