//! Texts with a rule: words of a vocabulary, language tags, names in several languages, and what a search compares.

use unicode_normalization::UnicodeNormalization;

use crate::alias::{Alias, AliasKind};

/// Declares a closed vocabulary: an enum whose variants are words of the data set.
///
/// With `else Unknown` the vocabulary also has a word for "no source states it", which the data set leaves blank.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? } $(else $unknown:ident)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
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
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// Why we believe a name is the name.
    NameBasis {
        /// The official name, known without a citation.
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
    /// Reads a tag such as `zh`, `zh-Hans` or `en-GB`.
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
#[error("`{0}` is not a BCP 47 language tag, such as `zh`, `zh-Hans` or `en`")]
pub struct LanguageTagError(String);

/// The official names of a noun: the two the data set's columns carry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The name in Chinese.
    pub zh: Option<String>,
    /// Why we believe it.
    pub zh_basis: Option<NameBasis>,
    /// The name in English.
    pub en: Option<String>,
    /// Why we believe it.
    pub en_basis: Option<NameBasis>,
}

/// A name chosen for a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen<'a> {
    /// The name.
    pub text: &'a str,
    /// The language it is in.
    pub language: &'a str,
    /// What kind of name it is.
    pub kind: AliasKind,
    /// Why we believe it.
    pub basis: Option<NameBasis>,
    /// Whether no name in a language that was asked for is recorded.
    pub is_fallback: bool,
}

/// How good a name is; of several in one language the best is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// What it calls itself, or its own record does.
    Own,
    /// What a source calls it.
    Source,
    /// What a translator or a machine made of its name.
    Translation,
    /// A guess.
    Unknown,
}

impl Chosen<'_> {
    /// How good the name is, where it stands in the noun's own record.
    fn in_record(&self) -> Standing {
        match self.basis {
            None | Some(NameBasis::Stated | NameBasis::CommonKnowledge) => Standing::Own,
            Some(NameBasis::Source | NameBasis::Inferred) => Standing::Source,
            Some(NameBasis::Translation) => Standing::Translation,
            Some(NameBasis::Unknown) => Standing::Unknown,
        }
    }

    /// How good the name is, where it is an alias; `None` if it is no name to call the noun by.
    fn as_alias(&self) -> Option<Standing> {
        match (self.kind, self.basis) {
            (AliasKind::Former | AliasKind::Short, _) => None,
            (_, Some(NameBasis::Unknown)) => Some(Standing::Unknown),
            (AliasKind::MachineTranslation, _) | (_, Some(NameBasis::Translation)) => Some(Standing::Translation),
            (AliasKind::Official | AliasKind::OfficialEnglish, _) => Some(Standing::Own),
            (AliasKind::SecondName | AliasKind::Variant, _) => Some(Standing::Source),
        }
    }
}

impl Names {
    /// The names on record, the map's own language first.
    pub fn all(&self) -> impl Iterator<Item = Chosen<'_>> {
        [(&self.zh, "zh", self.zh_basis), (&self.en, "en", self.en_basis)].into_iter().filter_map(
            |(text, language, basis)| {
                let kind = AliasKind::Official;
                text.as_deref().map(|text| Chosen { text, language, kind, basis, is_fallback: false })
            },
        )
    }

    /// The name for a reader who wants these languages, if no alias can be better.
    #[must_use]
    pub fn settled(&self, wanted: &[LanguageTag]) -> Option<Chosen<'_>> {
        match wanted.first() {
            None => self.all().next(),
            Some(tag) => self.all().find(|name| tag.accepts(name.language) && name.in_record() == Standing::Own),
        }
    }

    /// The name for a reader who wants these languages, the best first; with none, the first on record.
    ///
    /// Of several names in one language what it calls itself comes before what a source calls it, and both before a
    /// translation; of those alike the one in its own record, and then the first alias. The text is empty only if no
    /// name is on record at all, which no noun of the data set may be.
    #[must_use]
    pub fn choose<'a>(&'a self, aliases: &'a [Alias], wanted: &[LanguageTag]) -> Chosen<'a> {
        let own = self.all().map(|name| (name.in_record(), name));
        let others = aliases.iter().filter_map(|alias| {
            let Alias { text, language, kind, basis, .. } = alias;
            let name = Chosen { text, language, kind: *kind, basis: *basis, is_fallback: false };
            Some((name.as_alias()?, name))
        });
        let names: Vec<(Standing, Chosen<'a>)> = own.chain(others).collect();
        let best = |tag: &LanguageTag| {
            let spoken = names.iter().filter(|(_, name)| tag.accepts(name.language));
            spoken.min_by_key(|(standing, _)| *standing).map(|(_, name)| *name)
        };
        wanted
            .iter()
            .find_map(best)
            .or_else(|| {
                let own = self.all().next()?;
                let spoken = names.iter().filter(|(_, name)| name.language == own.language);
                let name = spoken.min_by_key(|(standing, _)| *standing).map(|(_, name)| *name)?;
                Some(Chosen { is_fallback: !wanted.is_empty(), ..name })
            })
            .unwrap_or(Chosen { text: "", language: "und", kind: AliasKind::Official, basis: None, is_fallback: true })
    }
}

/// A text as searches compare it: NFKC, lower case, every run of white space one space.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.nfkc().collect::<String>().to_lowercase().split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// The overlapping pairs of characters of a folded text, as tokens a full-text index takes for words.
///
/// Chinese has no spaces: only pairs find `北京` inside `北京中学` through an index, on SQLite and PostgreSQL alike.
pub fn bigrams(folded: &str) -> impl Iterator<Item = String> {
    folded.chars().zip(folded.chars().skip(1)).map(|(a, b)| format!("{:x}q{:x}", u32::from(a), u32::from(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> LanguageTag {
        LanguageTag::parse(text).expect("well formed")
    }

    #[test]
    fn a_reader_gets_the_language_asked_for_or_a_visible_fallback() {
        let names = Names { zh: Some("北京中学".into()), en: Some("Beijing Academy".into()), ..Names::default() };
        assert_eq!(names.choose(&[], &[]).text, "北京中学");
        assert_eq!(names.choose(&[], &[tag("en-GB")]).text, "Beijing Academy");
        assert_eq!(names.choose(&[], &[tag("zh-Hans-CN")]).text, "北京中学");
        assert_eq!(names.choose(&[], &[tag("ko"), tag("en")]).text, "Beijing Academy");
        let korean = names.choose(&[], &[tag("ko")]);
        assert!(korean.is_fallback && korean.text == "北京中学");
    }

    #[test]
    fn a_nameless_language_falls_back_to_the_other() {
        let names = Names { en: Some("China National Orchestra".into()), ..Names::default() };
        assert_eq!(names.choose(&[], &[tag("zh")]).language, "en");
        assert!(names.choose(&[], &[tag("zh")]).is_fallback);
    }

    /// An alias in English.
    fn alias(text: &str, kind: AliasKind, basis: Option<NameBasis>) -> Alias {
        let (text, language) = (text.to_owned(), "en".to_owned());
        Alias { id: 1, text, language, kind, basis, since: None, until: None, validity: crate::Validity::ALWAYS }
    }

    #[test]
    fn what_it_calls_itself_comes_before_a_source_and_that_before_a_translation() {
        use AliasKind::{Former, MachineTranslation, Official, OfficialEnglish, Short, Variant};
        use NameBasis::{CommonKnowledge, Source, Stated, Translation};
        let own = alias("own", OfficialEnglish, Some(CommonKnowledge));
        let variant = alias("variant", Variant, Some(Source));
        let machine = alias("machine", MachineTranslation, Some(Source));
        let ours = alias("ours", Official, Some(Translation));
        let (former, short) = (alias("former", Former, Some(Stated)), alias("short", Short, Some(Source)));
        let column = |basis| Names { en: Some("column".into()), en_basis: basis, ..Names::default() };
        for (basis, aliases, chosen) in [
            (Some(Source), vec![&machine, &variant, &own], "own"),
            (Some(Translation), vec![&machine, &variant, &own], "own"),
            (Some(Translation), vec![&machine, &variant], "variant"),
            (Some(Translation), vec![&machine, &ours, &former, &short], "column"),
            (Some(Source), vec![&variant], "column"),
            (Some(Stated), vec![&own], "column"),
            (None, vec![&own], "column"),
        ] {
            let (names, aliases) = (column(basis), aliases.into_iter().cloned().collect::<Vec<_>>());
            let wanted = [tag("en")];
            assert_eq!(names.choose(&aliases, &wanted).text, chosen, "{basis:?} {aliases:?}");
            let settled = names.settled(&wanted);
            assert!(settled.is_none_or(|name| name.text == chosen), "{basis:?}: no alias was asked");
        }
        let nameless = Names { zh: Some("北京中学".into()), ..Names::default() };
        let found = nameless.choose(std::slice::from_ref(&machine), &[tag("en")]);
        assert_eq!((found.text, found.kind, found.is_fallback), ("machine", MachineTranslation, false));
        assert!(nameless.choose(&[former, short], &[tag("en")]).is_fallback);
    }

    #[test]
    fn folding_forgets_case_width_and_spaces() {
        assert_eq!(fold("  ＰＤＣ  Education\tAlliance"), "pdc education alliance");
    }

    #[test]
    fn bigrams_overlap() {
        assert_eq!(bigrams("北京中").collect::<Vec<_>>(), ["5317q4eac", "4eacq4e2d"]);
        assert_eq!(bigrams("北").count(), 0);
    }

    #[test]
    fn tags_are_checked_and_normalized() {
        assert_eq!(tag("ZH-hans").as_str(), "zh-Hans");
        for text in ["", "chinese!", "z", "en_GB"] {
            assert!(LanguageTag::parse(text).is_err(), "{text}");
        }
    }
}
