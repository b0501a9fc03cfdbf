//! Texts with a rule: words of a vocabulary, language tags, and what lists are ordered by.

use icu_normalizer::ComposingNormalizerBorrowed;

/// A closed vocabulary: an enum whose values are words, each with what it means.
///
/// The data set writes the words, and an API may show them.
pub trait Vocabulary: Copy + Eq + Send + Sync + 'static {
    /// What it is called.
    const NAME: &'static str;
    /// What its words say.
    const DESCRIPTION: &'static str;
    /// Its values, in the order of the variants.
    const VALUES: &'static [VocabularyValue<Self>];

    /// The word of the data set; empty where no source states one.
    fn word(self) -> &'static str;
}

/// A value of a vocabulary.
#[derive(Debug, Clone, Copy)]
pub struct VocabularyValue<V> {
    /// The value.
    pub value: V,
    /// Its word; empty where no source states one.
    pub word: &'static str,
    /// What it means.
    pub description: &'static str,
}

/// Declares a closed vocabulary: an enum whose variants are words of the data set, described by their documentation.
///
/// With `else Unknown` the vocabulary also has a word for "no source states it", which the data set leaves blank.
macro_rules! vocabulary {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $variant_doc:literal])+ $variant:ident = $word:literal),+ $(,)? } $(else $unknown:ident)?) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[doc = $variant_doc])+ $variant,)+
            $(
                /// No source states it.
                $unknown,
            )?
        }

        impl $name {
            /// The words, in the order of the variants.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word of the data set.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                    $($name::$unknown => "",)?
                }
            }

            /// The variant of a word; `None` if the vocabulary does not know it.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some($name::$variant),)+
                    $("" => Some($name::$unknown),)?
                    _ => None,
                }
            }
        }

        impl crate::text::Vocabulary for $name {
            const NAME: &'static str = stringify!($name);
            // Each line of documentation begins with a space.
            const DESCRIPTION: &'static str = concat!($($doc),+).trim_ascii_start();
            const VALUES: &'static [crate::text::VocabularyValue<Self>] = &[
                $(crate::text::VocabularyValue {
                    value: $name::$variant,
                    word: $word,
                    description: concat!($($variant_doc),+).trim_ascii_start(),
                },)+
                $(crate::text::VocabularyValue {
                    value: $name::$unknown,
                    word: "",
                    description: "No source states it.",
                },)?
            ];

            fn word(self) -> &'static str {
                $name::word(self)
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// Why we believe a text in a language: a name, or what else is recorded in several languages.
    TextBasis {
        /// The official one, known without a citation.
        CommonKnowledge = "common_knowledge",
        /// Read from other facts of a source.
        Inferred = "inferred",
        /// A source gives it.
        Source = "source",
        /// A source states it outright.
        Stated = "stated",
        /// Our translation.
        Translation = "translation",
        /// The characters are not known.
        Unknown = "unknown",
    }
}

/// A BCP 47 language tag, well formed, in its canonical letter case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LanguageTag(oxilangtag::LanguageTag<String>);

impl LanguageTag {
    /// Reads a tag such as `fr`, `sr-Latn` or `en-GB`.
    ///
    /// # Errors
    /// The text is not well formed by BCP 47.
    pub fn parse(text: &str) -> Result<Self, LanguageTagError> {
        oxilangtag::LanguageTag::parse_and_normalize(text)
            .map(LanguageTag)
            .map_err(|_| LanguageTagError(text.chars().take(40).collect()))
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether a text in `offered` serves who asked for this tag: the same tag, a wider or a narrower one (RFC 4647).
    #[must_use]
    pub fn accepts(&self, offered: &str) -> bool {
        let within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        within(self.as_str(), offered) || within(offered, self.as_str())
    }
}

/// Why a text is no language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a BCP 47 language tag, such as `fr`, `sr-Latn` or `en-GB`")]
pub struct LanguageTagError(String);

/// A text as lists are ordered by it: NFKC, lower case, every run of white space one space.
#[must_use]
pub fn sort_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    // ASCII is NFKC.
    let lower = match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => const { ComposingNormalizerBorrowed::new_nfkc() }.normalize(text).to_lowercase(),
    };
    for word in lower.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Existence, Ownership};

    fn tag(text: &str) -> LanguageTag {
        LanguageTag::parse(text).expect("well formed")
    }

    #[test]
    fn a_vocabulary_is_described_by_its_documentation() {
        assert_eq!((Ownership::NAME, Ownership::DESCRIPTION), ("Ownership", "Who runs a school."));
        let values = Ownership::VALUES.iter().map(|it| (it.value, it.word, it.description));
        let expected = [
            (Ownership::Public, "public", "The public."),
            (Ownership::Private, "private", "A private body."),
            (Ownership::Unknown, "", "No source states it."),
        ];
        assert!(values.eq(expected));
        for (value, word, _) in expected {
            assert_eq!((Vocabulary::word(value), Ownership::parse(word)), (word, Some(value)));
        }
        let [_, assumed] = Existence::VALUES else { panic!("two values") };
        assert!(
            assumed.description.ends_with("before anything speaks of it: it may not have existed yet."),
            "of two lines"
        );
    }

    #[test]
    fn lists_are_ordered_whatever_case_width_and_spaces() {
        assert_eq!(sort_key("  ＰＤＣ  Education\tAlliance"), "pdc education alliance");
    }

    #[test]
    fn tags_are_checked_and_normalized() {
        assert_eq!(tag("ZH-hans").as_str(), "zh-Hans");
        for text in ["", "chinese!", "z", "en_GB"] {
            assert!(LanguageTag::parse(text).is_err(), "{text}");
        }
    }
}
