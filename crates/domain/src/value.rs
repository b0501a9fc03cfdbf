//! Values: what a record says in one column.
//!
//! A plain value is of a [`ValueKind`], which stands in a file of its own below `values`; what a column needs to know of
//! other records, or of words, is its [`ColumnType`](crate::ColumnType)'s to say.

use crate::{
    fact::ImpreciseDate,
    id::{Kind, is_slug},
    texts::Texts,
};

/// A kind of plain value: how it is written, read and kept.
#[derive(Debug)]
pub struct ValueKind {
    /// What the data set's README calls it.
    pub name: &'static str,
    /// How many characters a value may have.
    pub max_chars: usize,
    /// What it is kept as.
    pub storage: Storage,
    /// Reads a value that is not empty, has no characters that readers would not see, and is not too long.
    pub parse: fn(&str) -> Result<Cell, ValueError>,
}

/// What values are kept as.
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
    /// A text, a word, words, a slug of its own, a language tag.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A date as precise as its source.
    Date(ImpreciseDate),
    /// A text in several languages.
    Texts(Texts),
    /// A noun, by kind and slug.
    Ref(Kind, String),
}

impl Cell {
    /// The cell as a row in the order of its shape has it.
    #[must_use]
    pub fn as_text(&self) -> String {
        match self {
            Cell::Blank => String::new(),
            Cell::Text(text) | Cell::Ref(_, text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Date(date) => date.as_str().to_owned(),
            Cell::Texts(texts) => texts.encode(),
        }
    }
}

/// What is wrong with a value: its kind, for programs, and what to say of it.
pub type ValueError = (&'static str, String);

/// Checks what any text must be like.
pub(crate) fn check_text(text: &str, max_chars: usize) -> Result<(), ValueError> {
    check_characters(text)?;
    match text.chars().nth(max_chars) {
        Some(_) => Err(("too_long", format!("it has more than {max_chars} characters"))),
        None => Ok(()),
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
    let mut named = Vec::new();
    for word in text.split(';') {
        parse_word(word, words)?;
        if named.contains(&word) {
            return Err(("named_twice", format!("`{word}` is named twice")));
        }
        named.push(word);
    }
    Ok(Cell::Text(text.to_owned()))
}

/// Checks that a text has no character that readers would not see.
fn check_characters(text: &str) -> Result<(), ValueError> {
    if let Some(odd) = text.chars().find(|c| c.is_control()) {
        let hint = match windows_1252(odd) {
            Some(meant) => format!(", which is `{meant}` in Windows-1252: convert the file from that to UTF-8"),
            None => String::new(),
        };
        return Err(("control_character", format!("it contains the control character {odd:?}{hint}")));
    }
    if let Some(odd) = text.chars().find(|c| is_invisible(*c)) {
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
