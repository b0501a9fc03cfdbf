//! Records: facts as a data set writes them down, and the shape each kind of record has.
//!
//! A [`Shape`] is declared once, in the file of its noun or tie. The import checks rows by it, the store writes
//! columns by it, the export prints rows by it, and the data set's README lists it: one place says what a fact is made of.
//! What a column's type cannot say is one of the shape's rules ([`rule`](crate::rule)).

use crate::{
    clock::TimeZone,
    fact::{ImpreciseDate, Validity},
    id::{Kind, identity, is_slug},
    lifetime::Span,
    rule::Rule,
    text::LanguageTag,
};

/// What the records of one kind are made of; one CSV file of a data set.
#[derive(Debug)]
pub struct Shape {
    /// What a record is.
    pub kind: Kind,
    /// The file, without `.csv`.
    pub file: &'static str,
    /// The table, in storage.
    pub table: &'static str,
    /// One sentence on what a row says.
    pub description: &'static str,
    /// The columns that tell two records apart; a noun's is its slug.
    pub key: &'static [&'static str],
    /// The columns, in the order in which they are written.
    pub columns: &'static [Column],
    /// The columns that begin and end a record's validity; empty where there are none.
    pub dated: (&'static str, &'static str),
    /// What the columns of a row must say together, or mean beyond their types.
    pub rules: &'static [Rule],
}

/// One column of a shape.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name in the file and in the table.
    pub name: &'static str,
    /// What its values are.
    pub column_type: ColumnType,
    /// Whether a value, or the column, may be missing.
    pub presence: Presence,
    /// One sentence on what it means.
    pub description: &'static str,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy)]
pub enum ColumnType {
    /// The record's own slug.
    Slug,
    /// The slug of a noun of this kind; the record holds no longer than the noun does if `bounds`.
    Ref {
        /// The noun's kind.
        kind: Kind,
        /// Whether the noun's validity limits the record's.
        bounds: bool,
    },
    /// The slug of a noun whose kind another column names.
    RefOf {
        /// The column that names the kind.
        column: &'static str,
        /// Whether the noun's validity limits the record's.
        bounds: bool,
    },
    /// One word of a vocabulary.
    Word(&'static [&'static str]),
    /// Words of a vocabulary, with `;` between them.
    Words(&'static [&'static str]),
    /// A date as precise as its source.
    Date,
    /// A whole number, zero or greater.
    Number,
    /// Free text, of at most 10,000 characters.
    Text,
    /// A name that people search by, of at most 300 characters.
    Name,
    /// What an authority knows the noun by in its lists, of at most 100 characters.
    Code,
    /// An address on the web: `http` or `https`, at most 2,000 characters.
    Url,
    /// A BCP 47 language tag.
    Language,
    /// A time zone, by its name in the IANA's database.
    TimeZone,
    /// The source that states the record (or, with a name, that column of it).
    CitedSource(&'static str),
    /// The words of that source.
    CitedQuote(&'static str),
    /// How far that statement can be trusted.
    CitedConfidence(&'static str),
}

impl ColumnType {
    /// How many characters a value may have, at most: what is looked up must fit into an index.
    #[must_use]
    pub const fn max_chars(self) -> usize {
        match self {
            ColumnType::Code => 100,
            ColumnType::Name => 300,
            ColumnType::Url => 2_000,
            _ => 10_000,
        }
    }
}

/// Whether a character is not seen, and changes the direction in which others are read.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether a value may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Every record has a value.
    Required,
    /// Blank means that no source states it.
    Optional,
    /// The column itself may be left out of the file; it is written only if some record has a value.
    Extra,
}

/// A column whose every record has a value.
#[must_use]
pub const fn required(name: &'static str, column_type: ColumnType, description: &'static str) -> Column {
    Column { name, column_type, presence: Presence::Required, description }
}

/// A column that may be blank: no source states it.
#[must_use]
pub const fn optional(name: &'static str, column_type: ColumnType, description: &'static str) -> Column {
    Column { name, column_type, presence: Presence::Optional, description }
}

/// A column that a file may leave out.
#[must_use]
pub const fn extra(name: &'static str, column_type: ColumnType, description: &'static str) -> Column {
    Column { name, column_type, presence: Presence::Extra, description }
}

/// A reference that does not limit the record's validity.
#[must_use]
pub const fn reference(kind: Kind) -> ColumnType {
    ColumnType::Ref { kind, bounds: false }
}

/// A reference to a noun without which the record cannot hold.
#[must_use]
pub const fn bounding_reference(kind: Kind) -> ColumnType {
    ColumnType::Ref { kind, bounds: true }
}

impl Column {
    /// Whether the column is one of a citation's, kept beside the record and not in it.
    #[must_use]
    pub const fn cites(&self) -> Option<&'static str> {
        match self.column_type {
            ColumnType::CitedSource(field) | ColumnType::CitedQuote(field) | ColumnType::CitedConfidence(field) => {
                Some(field)
            }
            _ => None,
        }
    }

    /// Whether the column names a noun without which the record cannot hold.
    #[must_use]
    pub const fn limits_validity(&self) -> bool {
        matches!(self.column_type, ColumnType::Ref { bounds: true, .. } | ColumnType::RefOf { bounds: true, .. })
    }
}

impl Shape {
    /// Whether the records are nouns: they have a slug of their own that people and other records use.
    #[must_use]
    pub fn is_noun(&self) -> bool {
        !self.kind.prefix().is_empty()
    }

    /// The name of the file.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.csv", self.file)
    }

    /// The columns that the record itself keeps.
    pub fn own(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|column| column.cites().is_none())
    }

    /// What a record of this shape states of its beginning and its end.
    #[must_use]
    pub fn span(&self, cells: &[Cell]) -> Span {
        let date = |name: &str| match self.index(name).map(|at| &cells[at]) {
            Some(Cell::Date(date)) => Some(date.clone()),
            _ => None,
        };
        Span { since: date(self.dated.0), until: date(self.dated.1) }
    }

    /// The place of a column.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Reads a row whose fields stand in the order of [`Shape::columns`].
    ///
    /// # Errors
    /// All that is wrong with it, each with its column.
    pub fn parse_row(&self, fields: &[&str]) -> Result<Record, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut cells = Vec::with_capacity(fields.len());
        for (column, text) in self.columns.iter().zip(fields) {
            let cell = self.parse_cell(column, text, fields).unwrap_or_else(|(kind, problem)| {
                wrong.push(FieldError { column: column.name, kind, problem });
                Cell::Blank
            });
            cells.push(cell);
        }
        let names = || {
            self.columns.iter().zip(fields).filter(|(column, _)| {
                matches!(column.column_type, ColumnType::Name) && column.presence != Presence::Required
            })
        };
        if let Some((name, _)) = names().next()
            && names().all(|(_, text)| text.is_empty())
        {
            let problem = "it has no name in any language".to_owned();
            wrong.push(FieldError { column: name.name, kind: "no_name", problem });
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let key = self.key_of(fields);
        let validity = self.span(&cells).validity();
        if validity.is_empty() {
            return Err(vec![FieldError {
                column: self.dated.1,
                kind: "ends_before_it_begins",
                problem: format!("it ends before it begins: `{}` is later", self.dated.0),
            }]);
        }
        let sourceless = self.missing_sources(fields);
        if !sourceless.is_empty() {
            return Err(sourceless);
        }
        Ok(Record { id: identity(self.kind, &key), key, cells, validity })
    }

    /// What tells this row's record apart: the slug, or the values of the key columns.
    #[must_use]
    pub fn key_of(&self, fields: &[&str]) -> String {
        self.key
            .iter()
            .map(|name| fields[self.index(name).expect("a key column is a column")])
            .collect::<Vec<_>>()
            .join("|")
    }

    fn parse_cell(&self, column: &Column, text: &str, fields: &[&str]) -> Result<Cell, ValueError> {
        if text.is_empty() {
            return match column.presence {
                Presence::Required => Err(("empty", "it is empty, and every row needs one".to_owned())),
                Presence::Optional | Presence::Extra => Ok(Cell::Blank),
            };
        }
        check_characters(text)?;
        let max_chars = column.column_type.max_chars();
        if text.chars().nth(max_chars).is_some() {
            return Err(("too_long", format!("it has more than {max_chars} characters")));
        }
        let slug = || match is_slug(text) {
            true => Ok(()),
            false => Err(("not_a_slug", format!("`{text}` is not a slug: use a-z, 0-9 and `-`, at most 100"))),
        };
        let word = |word: &str, words: &[&str]| match words.contains(&word) {
            true => Ok(()),
            false => Err(("not_a_word", format!("`{word}` is not one of: {}", words.join(", ")))),
        };
        match column.column_type {
            ColumnType::Slug => slug().map(|()| Cell::Text(text.to_owned())),
            ColumnType::Ref { kind, .. } => slug().map(|()| Cell::Ref(kind, text.to_owned())),
            ColumnType::RefOf { column: kinds, .. } => {
                slug()?;
                let kind = self.index(kinds).map_or("", |at| fields[at]);
                let unknown = || ("kind_not_named", format!("`{kinds}` does not say what it is"));
                Kind::named(kind).ok_or_else(unknown).map(|kind| Cell::Ref(kind, text.to_owned()))
            }
            ColumnType::CitedSource(_) => slug().map(|()| Cell::Ref(Kind::Source, text.to_owned())),
            ColumnType::Word(words) => word(text, words).map(|()| Cell::Text(text.to_owned())),
            ColumnType::CitedConfidence(_) => {
                word(text, crate::Confidence::WORDS).map(|()| Cell::Text(text.to_owned()))
            }
            ColumnType::Words(words) => {
                let mut named = Vec::new();
                for one in text.split(';') {
                    word(one, words)?;
                    if named.contains(&one) {
                        return Err(("named_twice", format!("`{one}` is named twice")));
                    }
                    named.push(one);
                }
                Ok(Cell::Text(text.to_owned()))
            }
            ColumnType::Date => {
                ImpreciseDate::parse(text).map(Cell::Date).map_err(|error| ("not_a_date", error.to_string()))
            }
            ColumnType::Number => match text.parse::<i32>() {
                Ok(number) if number >= 0 && number.to_string() == text => Ok(Cell::Number(number.into())),
                _ => Err(("not_a_number", format!("`{text}` is not a whole number, zero or greater"))),
            },
            ColumnType::Language => match LanguageTag::parse(text) {
                Ok(tag) if tag.as_str() == text => Ok(Cell::Text(text.to_owned())),
                Ok(tag) => Err(("not_a_language", format!("write `{}`", tag.as_str()))),
                Err(error) => Err(("not_a_language", error.to_string())),
            },
            ColumnType::TimeZone => match text.parse::<TimeZone>() {
                Ok(_) => Ok(Cell::Text(text.to_owned())),
                Err(_) => Err((
                    "not_a_time_zone",
                    format!("`{text}` is no time zone: write its IANA name, such as `Europe/London`"),
                )),
            },
            ColumnType::Url => match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
                Some(rest) if !rest.is_empty() && !text.contains(char::is_whitespace) => {
                    Ok(Cell::Text(text.to_owned()))
                }
                _ => Err(("not_an_address", "it is not an address of the web: write `https://…`".to_owned())),
            },
            ColumnType::Text | ColumnType::Name | ColumnType::Code | ColumnType::CitedQuote(_) => {
                Ok(Cell::Text(text.to_owned()))
            }
        }
    }
}

/// A mistake in a field: its kind, and what to say of it.
type ValueError = (&'static str, String);

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

/// A fact as written down, checked by its shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its identity.
    pub id: i64,
    /// What tells it apart: a noun's slug, a tie's natural key.
    pub key: String,
    /// Its values, in the order of the shape's columns.
    pub cells: Vec<Cell>,
    /// When it holds.
    pub validity: Validity,
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
    /// A noun, by kind and slug.
    Ref(Kind, String),
}

impl Cell {
    /// The cell as the data set writes it.
    #[must_use]
    pub fn as_text(&self) -> String {
        match self {
            Cell::Blank => String::new(),
            Cell::Text(text) | Cell::Ref(_, text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Date(date) => date.as_str().to_owned(),
        }
    }
}

/// What is wrong with one field of a row, in words a steward can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The column.
    pub column: &'static str,
    /// What kind of mistake it is, for programs.
    pub kind: &'static str,
    /// What is wrong, and what would be right.
    pub problem: String,
}

/// The validity of a record within the nouns it needs.
///
/// # Errors
/// It would hold on no day: a noun it needs ended before it began, or begins after it ended.
pub fn clip_to_nouns(own: Validity, needs: &[(&'static str, &str, Validity)]) -> Result<Validity, FieldError> {
    needs.iter().try_fold(own, |so_far, (column, slug, noun)| {
        let both = so_far.meet(*noun);
        if !both.is_empty() {
            return Ok(both);
        }
        let what = column.trim_end_matches("_id");
        let (own, noun) = (describe_days(so_far), describe_days(*noun));
        let problem = format!("it would hold on no day: this row holds {own}, and the {what} `{slug}` {noun}");
        Err(FieldError { column, kind: "outside_its_noun", problem })
    })
}

/// The days of a validity, in words.
fn describe_days(validity: Validity) -> String {
    let [since, until] = [validity.since(), validity.until()].map(|day| day.map(crate::fact::day_text));
    match (since, until) {
        (None, None) => "always".to_owned(),
        (Some(since), None) => format!("from {since}"),
        (None, Some(until)) => format!("until {until}"),
        (Some(since), Some(until)) => format!("from {since} to {until}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::parse_day, membership};

    fn row(role: &str, joined: &str, left: &str) -> Result<Record, Vec<FieldError>> {
        membership::SHAPE.parse_row(&["willow", "willow-first", role, joined, left, "", "seed", "a quote", "news"])
    }

    #[test]
    fn a_row_becomes_a_record_that_knows_when_it_holds() {
        let record = row("lead", "2019-04", "2021").expect("a good row");
        assert_eq!(record.key, "willow|willow-first|lead|2019-04");
        assert_eq!(record.validity.since(), parse_day("2019-04-01").ok());
        assert_eq!(record.validity.until(), parse_day("2021-12-31").ok());
    }

    #[test]
    fn every_mistake_of_a_row_is_named_with_its_column() {
        let wrong = row("boss", "2019-13", "").expect_err("two mistakes");
        let columns: Vec<_> = wrong.iter().map(|wrong| wrong.column).collect();
        assert_eq!(columns, ["role", "joined_on"]);
        assert!(wrong[0].problem.contains("lead, member"), "{}", wrong[0].problem);
    }

    #[test]
    fn what_ends_before_it_begins_is_refused() {
        let wrong = row("member", "2021", "2019").expect_err("backwards");
        assert_eq!(wrong[0].column, "left_on");
    }

    #[test]
    fn values_that_no_reader_or_index_could_bear_are_refused() {
        let problem = |shape: &Shape, column: &str, value: &str| {
            let at = shape.index(column).expect("a column");
            let mut fields = vec![""; shape.columns.len()];
            for (field, of) in fields.iter_mut().zip(shape.columns) {
                *field = match of.column_type {
                    ColumnType::Slug | ColumnType::Ref { .. } => "willow",
                    ColumnType::Name => "柳",
                    ColumnType::Language => "zh",
                    _ if of.presence == Presence::Required => "a text",
                    _ => "",
                };
            }
            fields[at] = value;
            let wrong = shape.parse_row(&fields).err().unwrap_or_default();
            wrong.into_iter().find(|wrong| wrong.column == shape.columns[at].name).map(|wrong| wrong.problem)
        };
        let (school, source) = (&crate::school::SHAPE, &crate::source::SHAPE);
        for (shape, column, good, bad, said) in [
            (school, "phases", "primary;junior", "primary;primary", "`primary` is named twice"),
            (school, "senior_code", "101", &"1".repeat(101), "more than 100 characters"),
            (school, "name_zh", &"校".repeat(300), &"校".repeat(301), "more than 300 characters"),
            (school, "note", "a note", "a \u{202e}note", "invisible"),
            (school, "note", "a note", "a\tnote", r"control character '\t'"),
            (school, "note", "King’s", "King\u{92}s", r"'\u{92}', which is `’` in Windows-1252"),
            (source, "url", "https://a.example/b", "javascript:alert(1)", "`https://…`"),
            (&crate::district::SHAPE, "time_zone", "Asia/Kathmandu", "Kathmandu", "`Kathmandu` is no time zone"),
            (&crate::district::SHAPE, "time_zone", "UTC", "utc+8", "such as `Europe/London`"),
            (source, "url", "http://a.example", "https://a b", "`https://…`"),
        ] {
            assert_eq!(problem(shape, column, good), None);
            let found = problem(shape, column, bad).unwrap_or_default();
            assert!(found.contains(said), "{column}: {found}");
        }
        let nameless =
            crate::region::SHAPE.parse_row(&vec![""; crate::region::SHAPE.columns.len()]).expect_err("no slug");
        assert!(nameless.iter().any(|wrong| wrong.problem == "it has no name in any language"), "{nameless:?}");
    }

    #[test]
    fn a_tie_lasts_no_longer_than_its_nouns() {
        let until_2019 = Validity { to: parse_day("2019-05-01").expect("a day"), ..Validity::ALWAYS };
        let since_2020 = Validity { from: parse_day("2020-01-01").expect("a day"), ..Validity::ALWAYS };
        assert_eq!(clip_to_nouns(Validity::ALWAYS, &[("school_id", "oak", until_2019)]), Ok(until_2019));
        let wrong = clip_to_nouns(since_2020, &[("school_id", "oak", until_2019)]).expect_err("they never meet");
        assert_eq!(
            wrong.problem,
            "it would hold on no day: this row holds from 2020-01-01, and the school `oak` until 2019-04-30"
        );
    }
}
