//! Values: what a record says in one column.
//!
//! A plain value is of a [`ValueKind`], which stands in a file of its own below `values`; what a column needs to know of
//! other records, or of words, is its [`ColumnType`](crate::ColumnType)'s to say.

use std::fmt;

use crate::{
    fact::ImpreciseDate,
    id::{Kind, is_slug},
    texts::Texts,
};

/// A kind of plain value: how it is read, kept, compared and written.
///
/// Storage, import and export know a kind by what is here, and no kind by its name.
#[derive(Debug)]
pub struct ValueKind {
    /// What the data set's README calls it.
    pub name: &'static str,
    /// How many characters a value may have.
    pub max_chars: usize,
    /// Reads a value that is not empty, has no characters that readers would not see, and is not too long.
    pub parse: fn(&str) -> Result<Cell, ValueError>,
    /// What it is kept as.
    pub keeping: Keeping,
}

/// What the values of a kind are kept as. Whatever it is, it has their order, and they are written from it byte for byte as
/// they were read.
#[derive(Debug, Clone, Copy)]
pub enum Keeping {
    /// The text as it is written, in the order of its bytes.
    Text,
    /// A number.
    Number {
        /// Writes the value that is kept as a number; none if there is no such value.
        write: fn(i64) -> Option<String>,
    },
}

/// A value that is kept as a number.
///
/// Of two values the greater is kept as the greater number. Equal ones may be written in several ways, and kept as several
/// numbers, which lie side by side: so an index of these numbers finds what is equal, less or greater.
pub trait KeptAsNumber: Sized + fmt::Display {
    /// Reads a value as a file writes it.
    ///
    /// # Errors
    /// It is none; the error says what to write instead.
    fn parse(text: &str) -> Result<Self, ValueError>;

    /// The number that it is kept as: never the least there is, which stands for no value.
    fn to_number(&self) -> i64;

    /// The value that is kept as a number; none if there is no such value.
    fn of_number(number: i64) -> Option<Self>;
}

impl ValueKind {
    /// How long a value may be of which nobody looks up another.
    pub(crate) const MAX_CHARS: usize = 10_000;

    /// A kind whose values are kept as texts.
    pub(crate) const fn of_texts(name: &'static str, parse: fn(&str) -> Result<Cell, ValueError>) -> Self {
        ValueKind { name, max_chars: Self::MAX_CHARS, parse, keeping: Keeping::Text }
    }

    /// A kind whose values are kept as numbers.
    pub(crate) const fn of_numbers<T: KeptAsNumber>(name: &'static str) -> Self {
        ValueKind {
            name,
            max_chars: Self::MAX_CHARS,
            parse: |text| T::parse(text).map(|value| Cell::Number(value.to_number())),
            keeping: Keeping::Number { write: |number| T::of_number(number).map(|value| value.to_string()) },
        }
    }

    /// The same, of values that are no longer than this.
    pub(crate) const fn up_to(self, max_chars: usize) -> Self {
        ValueKind { max_chars, ..self }
    }
}

/// What a column is kept as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// A text.
    Text,
    /// A whole number of 64 bits.
    Number,
}

/// One value of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// No source states it.
    Blank,
    /// A plain value that is kept as a text; a word, words, a slug of its own.
    Text(String),
    /// A plain value that is kept as a number.
    Number(i64),
    /// A date as precise as its source, which may say when the record holds.
    Date(ImpreciseDate),
    /// A text in several languages.
    Texts(Texts),
    /// A noun, by kind and slug.
    Ref(Kind, String),
    /// Several nouns, by kind and slugs.
    Refs(Kind, Vec<String>),
}

/// A value as storage keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kept {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
}

impl Cell {
    /// The cell as storage keeps it, given the identity of what it refers to; none if it is blank.
    #[must_use]
    pub fn into_kept(self, tie: Option<i64>) -> Option<Kept> {
        match self {
            Cell::Blank => None,
            Cell::Text(text) => Some(Kept::Text(text)),
            Cell::Number(number) => Some(Kept::Number(number)),
            Cell::Date(date) => Some(Kept::Text(date.as_str().to_owned())),
            Cell::Texts(texts) => Some(Kept::Text(texts.encode())),
            Cell::Ref(..) => tie.map(Kept::Number),
            Cell::Refs(_, slugs) => Some(Kept::Text(slugs.join(";"))),
        }
    }

    /// The nouns that it refers to, by kind and slug.
    pub fn references(&self) -> impl Iterator<Item = (Kind, &str)> {
        let (kind, slugs) = match self {
            Cell::Ref(kind, slug) => (*kind, std::slice::from_ref(slug)),
            Cell::Refs(kind, slugs) => (*kind, slugs.as_slice()),
            _ => (Kind::Source, [].as_slice()),
        };
        slugs.iter().map(move |slug| (kind, slug.as_str()))
    }
}

/// Checks what [`KeptAsNumber`] promises of two texts.
#[cfg(test)]
pub(crate) fn check_keeping<T: KeptAsNumber + PartialOrd>(one: &str, other: &str) {
    let [one, other] = [one, other].map(|text| {
        let value = T::parse(text).unwrap_or_else(|(_, problem)| panic!("{problem}"));
        let number = value.to_number();
        assert_ne!(number, i64::MIN, "{text}: it stands for no value");
        let restored = T::of_number(number).map(|value| value.to_string());
        assert_eq!(restored.as_deref(), Some(text), "{number}");
        (value, number)
    });
    let order = one.0.partial_cmp(&other.0).expect("values have an order");
    if order.is_ne() {
        assert_eq!(one.1.cmp(&other.1), order, "{} and {}", one.0, other.0);
    }
}

/// What is wrong with a value: its kind, for programs, and what to say of it.
pub type ValueError = (&'static str, String);

/// Checks what any text must be like.
pub(crate) fn check_text(text: &str, max_chars: usize) -> Result<(), ValueError> {
    check_characters(text)?;
    // A character has a byte at least.
    match text.len() > max_chars && text.chars().nth(max_chars).is_some() {
        true => Err(("too_long", format!("it has more than {max_chars} characters"))),
        false => Ok(()),
    }
}

/// Checks that a text is a slug.
pub(crate) fn check_slug(text: &str) -> Result<(), ValueError> {
    match is_slug(text) {
        true => Ok(()),
        false => {
            let rule = "at most 100 letters, digits, `-`, `_` and `.` of ASCII, a letter or digit first and last";
            Err(("not_a_slug", format!("`{text}` is not a slug: use {rule}")))
        }
    }
}

/// Reads a word of a vocabulary.
pub(crate) fn parse_word(word: &str, words: &[&str]) -> Result<Cell, ValueError> {
    match words.contains(&word) {
        true => Ok(Cell::Text(word.to_owned())),
        false => Err(("not_a_word", format!("`{word}` is not one of: {}", words.join(", ")))),
    }
}

/// Reads words of a vocabulary with `;` between them, each named once.
pub(crate) fn parse_words(text: &str, words: &[&str]) -> Result<Cell, ValueError> {
    split_list(text, |word| parse_word(word, words).map(drop), |named, word| named == word)?;
    Ok(Cell::Text(text.to_owned()))
}

/// Reads slugs of nouns of a kind with `;` between them, each named once.
pub(crate) fn parse_slugs(text: &str, kind: Kind) -> Result<Cell, ValueError> {
    let slugs = split_list(text, check_slug, str::eq_ignore_ascii_case)?;
    Ok(Cell::Refs(kind, slugs.into_iter().map(str::to_owned).collect()))
}

/// The items of a list, each checked, of which no two may be the same.
fn split_list(
    text: &str,
    check: impl Fn(&str) -> Result<(), ValueError>,
    is_same: fn(&str, &str) -> bool,
) -> Result<Vec<&str>, ValueError> {
    let mut named: Vec<&str> = Vec::new();
    for item in text.split(';') {
        check(item)?;
        if named.iter().any(|before| is_same(before, item)) {
            return Err(("named_twice", format!("`{item}` is named twice")));
        }
        named.push(item);
    }
    Ok(named)
}

/// Checks that a text has no character that readers would not see.
fn check_characters(text: &str) -> Result<(), ValueError> {
    let may_be_odd = !text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if may_be_odd && let Some(odd) = text.chars().find(|c| c.is_control()) {
        let hint = match windows_1252(odd) {
            Some(meant) => format!(", which is `{meant}` in Windows-1252: convert the file from that to UTF-8"),
            None => String::new(),
        };
        return Err(("control_character", format!("it contains the control character {odd:?}{hint}")));
    }
    if may_be_odd && let Some(odd) = text.chars().find(|c| is_invisible(*c)) {
        let problem = format!("it contains the invisible character {odd:?}, which changes how others are read");
        return Err(("invisible_character", problem));
    }
    match text.trim() == text {
        true => Ok(()),
        false => Err(("white_space", "it begins or ends with white space".to_owned())),
    }
}

/// What a control character was before a text of Windows-1252 was read as Latin-1.
fn windows_1252(control: char) -> Option<char> {
    // From U+0080 to U+009F; Windows-1252 leaves five of these places free.
    const MEANT: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let at = u32::from(control).checked_sub(0x80)?;
    MEANT.chars().nth(usize::try_from(at).ok()?).filter(|meant| *meant != control)
}

/// Whether a character is not seen, and changes the direction in which others are read.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
