//! Folding: what searches compare, in which case, width, punctuation and what nobody sees make no difference.
//!
//! A name is folded twice. Strictly it keeps its accents and its characters; loosely it loses its marks, and traditional
//! Han characters become simplified ones. What is equal strictly is equal loosely, so one index serves both.

use std::{collections::HashMap, sync::LazyLock};

use icu_casemap::CaseMapper;
use icu_normalizer::{
    ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed, properties::CanonicalCombiningClassMapBorrowed,
};
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, Ideographic, Script},
};

/// The longest text that is searched for, in characters, and the longest that it folds to.
pub const MAX_SEARCH_LENGTH: usize = 100;
/// Of how many words a text that is searched for may be.
pub const MAX_SEARCH_WORDS: usize = 10;

/// A text that is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText {
    /// All of it, folded strictly.
    pub strict: String,
    /// All of it, folded loosely.
    pub loose: String,
    /// Its words, folded loosely, each once: what stands between spaces.
    pub words: Vec<String>,
}

impl SearchText {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// There is nothing to look for in it, or too little or too much.
    pub fn parse(text: &str) -> Result<Self, SearchTextError> {
        if text.chars().nth(MAX_SEARCH_LENGTH).is_some() {
            return Err(SearchTextError::TooLong);
        }
        if text.contains(|letter: char| letter.is_control() && !letter.is_whitespace()) {
            return Err(SearchTextError::Control);
        }
        let strict = fold_strictly(text);
        let loose = loosen(&strict);
        let mut words: Vec<String> = Vec::new();
        for word in text.split_whitespace().map(fold_loosely) {
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
        if loose.chars().nth(MAX_SEARCH_LENGTH).is_some() || words.len() > MAX_SEARCH_WORDS {
            return Err(SearchTextError::TooLong);
        }
        if words.is_empty() {
            return Err(SearchTextError::Empty);
        }
        let is_found = |word: &String| query_grams(word).next().is_some();
        if !words.iter().any(is_found) {
            // Letters that stand alone are looked for where they follow each other.
            words = vec![loose.clone()];
        }
        if !words.iter().any(is_found) {
            return Err(SearchTextError::TooShort);
        }
        Ok(SearchText { strict, loose, words })
    }
}

/// Why a text cannot be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SearchTextError {
    /// It has neither letters nor digits.
    #[error("give a text with letters or digits: spaces and punctuation are not searched for")]
    Empty,
    /// It has a control character.
    #[error("give a text without control characters")]
    Control,
    /// No index finds it.
    #[error("give two letters or digits, or one Han character")]
    TooShort,
    /// It is longer than any text that is searched for.
    #[error("give at most {MAX_SEARCH_LENGTH} characters, in at most {MAX_SEARCH_WORDS} words")]
    TooLong,
}

/// A text in which case, width and other compatibility forms, spaces, punctuation and what nobody sees make no difference.
#[must_use]
pub fn fold_strictly(text: &str) -> String {
    if text.is_ascii() {
        let kept = text.chars().filter(|letter| letter.is_ascii_graphic() && !is_skipped(*letter));
        return kept.map(|letter| letter.to_ascii_lowercase()).collect();
    }
    let nfkc = const { ComposingNormalizerBorrowed::new_nfkc() };
    // An accent of its own has a form of a space with a mark, which would stay.
    let seen: String = text.chars().filter(|letter| !is_skipped(*letter)).collect();
    let folded = const { CaseMapper::new() }.fold_string(&nfkc.normalize(&seen)).into_owned();
    let kept: String = nfkc.normalize(&folded).chars().filter(|letter| !is_skipped(*letter)).collect();
    // What stood on both sides of something may belong together now.
    nfkc.normalize(&kept).into_owned()
}

/// A text folded strictly, in which marks on letters and the variants of Han characters make no difference either.
#[must_use]
pub fn fold_loosely(text: &str) -> String {
    loosen(&fold_strictly(text))
}

/// Folds loosely what is folded strictly.
#[must_use]
pub fn loosen(strict: &str) -> String {
    if strict.is_ascii() {
        return strict.to_owned();
    }
    let mut bare = String::with_capacity(strict.len());
    for letter in const { DecomposingNormalizerBorrowed::new_nfkd() }.normalize(strict).chars() {
        match letter {
            letter if is_accent(letter) => {}
            // These have their mark within them, and Unicode takes none of them apart.
            'æ' => bare.push_str("ae"),
            'œ' => bare.push_str("oe"),
            'ø' => bare.push('o'),
            'đ' => bare.push('d'),
            'ħ' => bare.push('h'),
            'ı' => bare.push('i'),
            'ł' => bare.push('l'),
            'ŧ' => bare.push('t'),
            letter => bare.push(letter),
        }
    }
    let composed = const { ComposingNormalizerBorrowed::new_nfkc() }.normalize(&bare);
    composed.chars().map(|letter| SIMPLIFIED.get(&letter).copied().unwrap_or(letter)).collect()
}

/// Whether folding leaves a character out.
fn is_skipped(letter: char) -> bool {
    use GeneralCategory::{
        ClosePunctuation, ConnectorPunctuation, Control, DashPunctuation, FinalPunctuation, Format, InitialPunctuation,
        LineSeparator, ModifierSymbol, OpenPunctuation, OtherPunctuation, ParagraphSeparator, SpaceSeparator,
    };
    let category = CodePointMapData::<GeneralCategory>::new().get(letter);
    matches!(
        category,
        ClosePunctuation
            | ConnectorPunctuation
            | Control
            | DashPunctuation
            | FinalPunctuation
            | Format
            | InitialPunctuation
            | LineSeparator
            | ModifierSymbol
            | OpenPunctuation
            | OtherPunctuation
            | ParagraphSeparator
            | SpaceSeparator
    ) || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
        // Letters by their category, written as apostrophes and primes, and the one that stretches Arabic words.
        || matches!(letter, '\u{2b9}'..='\u{2bf}' | '\u{2c8}' | '\u{2ca}' | '\u{2cb}' | '\u{640}')
}

/// Whether a character is a mark on the letter before it, without which that is still the same letter to many: not the voice of
/// a kana, and no vowel or virama.
fn is_accent(letter: char) -> bool {
    const KANA_VOICING: u8 = 8;
    const VIRAMA: u8 = 9;
    !matches!(CanonicalCombiningClassMapBorrowed::new().get_u8(letter), 0 | KANA_VOICING | VIRAMA)
}

/// Traditional Han characters with the simplified ones that are written for them.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let lines = include_str!("../data/simplified.txt").lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.flat_map(str::split_whitespace).filter_map(|pair| {
        let mut characters = pair.chars();
        Some((characters.next()?, characters.next()?))
    });
    pairs.collect()
});

/// What an index of names finds a folded name by, as tokens that a full-text index takes for words: its overlapping pairs of
/// characters, and each character that can be a word.
///
/// Some scripts put no spaces between words: only pairs find a word within a name through an index, on SQLite and
/// PostgreSQL alike.
pub fn name_grams(folded: &str) -> impl Iterator<Item = String> {
    pairs(folded).chain(folded.chars().filter(|letter| is_word(*letter)).map(single))
}

/// The tokens that a folded name must have to contain a folded word; none if no index finds such a word.
pub fn query_grams(word: &str) -> impl Iterator<Item = String> {
    let mut letters = word.chars();
    let only = letters.next().filter(|letter| letters.next().is_none() && is_word(*letter));
    pairs(word).chain(only.map(single))
}

/// Whether a character can be a word, or a syllable that is searched for.
fn is_word(letter: char) -> bool {
    !letter.is_ascii()
        && (CodePointSetData::new::<Ideographic>().contains(letter)
            || matches!(
                CodePointMapData::<Script>::new().get(letter),
                Script::Han | Script::Hangul | Script::Hiragana | Script::Katakana
            ))
}

fn pairs(folded: &str) -> impl Iterator<Item = String> {
    folded.chars().zip(folded.chars().skip(1)).map(|(a, b)| {
        let mut token = String::with_capacity(11);
        push_hexadecimal(&mut token, a);
        token.push('q');
        push_hexadecimal(&mut token, b);
        token
    })
}

fn single(letter: char) -> String {
    let mut token = String::with_capacity(5);
    push_hexadecimal(&mut token, letter);
    token
}

/// Adds the number of a character as `{:x}` writes it; an import does so for each character of each name.
fn push_hexadecimal(token: &mut String, character: char) {
    let number = u32::from(character);
    let n_digits = (u32::BITS - number.leading_zeros()).div_ceil(4).max(1);
    for place in (0..n_digits).rev() {
        token.extend(char::from_digit(number >> (4 * place) & 0xf, 16));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strictly_alike() {
        for (one, other) in [
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("Notre-Dame", "notre dame"),
            ("Notre\u{2011}Dame", "NOTRE\u{a0}DAME"),
            ("St Joseph's", "st joseph\u{2019}s"),
            ("St Joseph's", "St Joseph\u{2bc}s"),
            ("St Josephs", "St. Joseph's"),
            ("ＰＤＣ　Ｎｏ．８０", "pdc no 80"),
            ("ﾊﾟﾝ", "パン"),
            ("北京市第八十中学", "北京\u{200b}市第\u{ad}八十\u{fe00}中\u{2060}学\u{feff}"),
            ("葛\u{e0100}城", "葛城"),
            ("北京（市）·中学", "北京(市)・中学"),
            ("ﬁne", "FINE"),
            ("école", "e\u{301}cole"),
            ("①", "1"),
            ("ο\u{300}", "ὸ"),
            ("e\u{200d}\u{301}", "é"),
            ("豈", "\u{f900}"),
            ("C++", "c++"),
        ] {
            assert_eq!(fold_strictly(one), fold_strictly(other), "{one} and {other}");
            assert_eq!(fold_loosely(one), fold_loosely(other), "{one} and {other}");
        }
    }

    #[test]
    fn only_loosely_alike() {
        for (one, other) in [
            ("ecole", "École"),
            ("istanbul", "İSTANBUL"),
            ("ısparta", "isparta"),
            ("Αθήνα", "αθηνα"),
            ("Łódź", "lodz"),
            ("Øre", "ore"),
            ("cœur", "coeur"),
            ("Việt Nam", "viet nam"),
            ("國立臺灣師範大學", "国立台湾师范大学"),
            ("鐘樓", "钟楼"),
            ("頭髮", "头发"),
            ("裏", "裡"),
        ] {
            assert_ne!(fold_strictly(one), fold_strictly(other), "{one} and {other}");
            assert_eq!(fold_loosely(one), fold_loosely(other), "{one} and {other}");
        }
    }

    #[test]
    fn what_makes_another_word_stays() {
        for (one, other) in [("か", "が"), ("कक", "क्क"), ("कि", "कु"), ("C", "C++"), ("มา", "มิ"), ("나", "너")]
        {
            assert_ne!(fold_loosely(one), fold_loosely(other), "{one} and {other}");
        }
        assert_eq!(fold_loosely("ｱｲｳ"), "アイウ");
        assert_eq!(fold_loosely("한국"), "한국");
    }

    #[test]
    fn a_search_has_words() {
        let text = SearchText::parse("  Notre-Dame, École  notre-dame ").expect("two words");
        assert_eq!((text.strict.as_str(), text.loose.as_str()), ("notredameécolenotredame", "notredameecolenotredame"));
        assert_eq!(text.words, ["notredame", "ecole"]);
        assert_eq!(SearchText::parse("a b a").expect("letters").words, ["aba"]);
        for fine in ["学", "學", "ab", "80", "a 中", "か", "a bc"] {
            assert!(SearchText::parse(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn what_cannot_be_searched_for_is_refused() {
        for (text, expected) in [
            ("", SearchTextError::Empty),
            (" \u{3000}\t", SearchTextError::Empty),
            ("（·）!?—’\u{200b}", SearchTextError::Empty),
            ("´", SearchTextError::Empty),
            ("a", SearchTextError::TooShort),
            ("8", SearchTextError::TooShort),
            ("a -", SearchTextError::TooShort),
            ("ab\0c", SearchTextError::Control),
            ("é", SearchTextError::TooShort),
            (&"长".repeat(MAX_SEARCH_LENGTH + 1), SearchTextError::TooLong),
            (&"\u{fdfa}".repeat(20), SearchTextError::TooLong),
            ("aa bb cc dd ee ff gg hh ii jj kk", SearchTextError::TooLong),
        ] {
            assert_eq!(SearchText::parse(text), Err(expected), "{text}");
        }
        assert!(SearchText::parse(&"长".repeat(MAX_SEARCH_LENGTH)).is_ok());
    }

    #[test]
    fn grams_overlap() {
        assert_eq!(name_grams("北京b").collect::<Vec<_>>(), ["5317q4eac", "4eacq62", "5317", "4eac"]);
        assert_eq!(query_grams("北京中").collect::<Vec<_>>(), ["5317q4eac", "4eacq4e2d"]);
        assert_eq!(query_grams("北").collect::<Vec<_>>(), ["5317"]);
        assert_eq!(query_grams("b").count(), 0);
        let all = "\0 a\u{10}\u{100}\u{fff}\u{1000}\u{10ffff}";
        let formatted =
            all.chars().zip(all.chars().skip(1)).map(|(a, b)| format!("{:x}q{:x}", u32::from(a), u32::from(b)));
        assert!(pairs(all).eq(formatted));
    }

    proptest! {
        #[test]
        fn what_is_folded_stays(text in "\\PC{0,12}") {
            let strict = fold_strictly(&text);
            prop_assert_eq!(&fold_strictly(&strict), &strict);
            let loose = fold_loosely(&text);
            prop_assert_eq!(&loosen(&loose), &loose);
            prop_assert_eq!(&fold_loosely(&loose), &loose);
        }

        #[test]
        fn a_name_has_the_grams_of_its_parts(text in "[a-cé中学校 ]{1,12}", from in 0_usize..6, length in 1_usize..6) {
            let folded = fold_loosely(&text);
            let part: String = folded.chars().skip(from).take(length).collect();
            let grams: Vec<String> = name_grams(&folded).collect();
            prop_assert!(query_grams(&part).all(|gram| grams.contains(&gram)));
        }
    }
}
