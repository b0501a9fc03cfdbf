//! Records: facts as a data set writes them down, and the shape each kind of record has.
//!
//! A [`Shape`] is declared once, in the file of its noun or tie. The import checks rows by it, the store writes
//! columns by it, the export prints rows by it, and the data set's README lists it: one place says what a fact is made of.
//! What a column's type cannot say is one of the shape's rules ([`rule`](crate::rule)).

use std::borrow::Cow;

use crate::{
    column::{Column, ColumnType, Presence},
    fact::Validity,
    id::{Kind, identity, lower_case},
    lifetime::Span,
    rule::Rule,
    texts::{Texts, column_of_text, decode_written},
    value::{Cell, ValueError, check_slug, check_text, parse_slugs, parse_word, parse_words},
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

impl Shape {
    /// Whether the records are nouns: they have a slug of their own that people and other records use.
    #[must_use]
    pub fn is_noun(&self) -> bool {
        !self.kind.prefix().is_empty()
    }

    /// The column of the table by which facts are told apart. A noun may have several, one for each of its periods.
    #[must_use]
    pub fn fact_column(&self) -> &'static str {
        if self.is_noun() { "fact_id" } else { "id" }
    }

    /// Whether rows say both when something begins and when it ends, so that several may be periods of one thing.
    #[must_use]
    pub fn has_periods(&self) -> bool {
        !self.dated.0.is_empty() && !self.dated.1.is_empty()
    }

    /// The name of the file.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.csv", self.file)
    }

    /// The columns that the record itself keeps.
    pub fn own(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|column| column.is_kept_in_record())
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
            if column.column_type.is_texts() {
                let wrong_before = wrong.len();
                let texts = Texts::parse(column, text, &mut wrong);
                let is_missing = texts.first().is_none() && column.presence == Presence::Required;
                if is_missing && wrong.len() == wrong_before {
                    wrong.push(missing_text(column, text));
                }
                cells.push(if texts.is_blank() { Cell::Blank } else { Cell::Texts(texts) });
                continue;
            }
            let cell = self.parse_cell(column, text, fields).unwrap_or_else(|(kind, problem)| {
                wrong.push(FieldError { column: column.name.into(), kind, problem });
                Cell::Blank
            });
            cells.push(cell);
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let key = self.key_of(fields);
        let validity = self.span(&cells).validity();
        if validity.is_empty() {
            return Err(vec![FieldError {
                column: self.dated.1.into(),
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

    /// The nouns that a record refers to, by kind and slug, each with the column that names it; the sources that columns cite
    /// are none of them.
    pub fn references_of<'a>(&self, record: &'a Record) -> impl Iterator<Item = (&'static Column, Kind, &'a str)> {
        let cells = self.columns.iter().zip(&record.cells);
        let own = cells.filter(|(column, _)| !matches!(column.column_type, ColumnType::CitedSource(_)));
        own.flat_map(|(column, cell)| cell.references().map(move |(kind, slug)| (column, kind, slug)))
    }

    /// What tells this row's record apart: the slug, or the values of the key columns.
    #[must_use]
    pub fn key_of(&self, fields: &[&str]) -> String {
        let mut key = String::with_capacity(40);
        for (at, name) in self.key.iter().enumerate() {
            let separator = if at == 0 { "" } else { "|" };
            key.extend([separator, &self.key_part(name, fields)]);
        }
        key
    }

    /// What tells apart the thing of which this row states a period: the parts of its key but for the day on which it
    /// begins.
    pub fn thing_of<'a>(&self, fields: &[&'a str]) -> impl Iterator<Item = Cow<'a, str>> {
        let parts = self.key.iter().filter(|name| **name != self.dated.0).map(|name| self.key_part(name, fields));
        // Two slugs that differ in case are one.
        parts.map(|part| match (self.is_noun(), part) {
            (true, Cow::Borrowed(part)) => lower_case(part),
            (_, part) => part,
        })
    }

    fn key_part<'a>(&self, name: &str, fields: &[&'a str]) -> Cow<'a, str> {
        let at = self.index(name).expect("a key column is a column");
        match self.columns[at].column_type {
            // The case of a slug's letters tells nothing apart.
            ColumnType::Ref { .. } | ColumnType::RefOf { .. } | ColumnType::CitedSource(_) => lower_case(fields[at]),
            _ => Cow::Borrowed(fields[at]),
        }
    }

    fn parse_cell(&self, column: &Column, text: &str, fields: &[&str]) -> Result<Cell, ValueError> {
        if text.is_empty() {
            return match column.presence {
                Presence::Required => Err(("empty", "it is empty, and every row needs one".to_owned())),
                Presence::Optional | Presence::Extra => Ok(Cell::Blank),
            };
        }
        check_text(text, column.column_type.max_chars())?;
        let slug = |kind: Kind| check_slug(text).map(|()| Cell::Ref(kind, text.to_owned()));
        match column.column_type {
            ColumnType::Value(kind) => (kind.parse)(text),
            ColumnType::Slug => check_slug(text).map(|()| Cell::Text(text.to_owned())),
            ColumnType::Ref { kind, .. } => slug(kind),
            ColumnType::RefOf { column: kinds, .. } => {
                let kind = self.index(kinds).map_or("", |at| fields[at]);
                let unknown = || ("kind_not_named", format!("`{kinds}` does not say what it is"));
                Kind::named(kind).ok_or_else(unknown).and_then(slug)
            }
            ColumnType::Refs(kind) => parse_slugs(text, kind),
            ColumnType::CitedSource(_) => slug(Kind::Source),
            ColumnType::Word(words) => parse_word(text, words),
            ColumnType::Words(words) => parse_words(text, words),
            ColumnType::CitedConfidence(_) => parse_word(text, crate::Confidence::WORDS),
            ColumnType::Name | ColumnType::CitedQuote(_) => Ok(Cell::Text(text.to_owned())),
            ColumnType::Names | ColumnType::Texts | ColumnType::TextBases => Ok(Cell::Blank),
        }
    }
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

/// What is wrong with one field of a row, in words a steward can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The column, as the file calls it.
    pub column: Cow<'static, str>,
    /// What kind of mistake it is, for programs.
    pub kind: &'static str,
    /// What is wrong, and what would be right.
    pub problem: String,
}

/// That a row needs a text of a column in some language, and has none in those of its file.
fn missing_text(column: &Column, field: &str) -> FieldError {
    let first = decode_written(field).into_iter().next();
    let name = first.map_or_else(|| column.name.to_owned(), |(language, ..)| column_of_text(column.name, &language));
    let (kind, problem) = match column.column_type {
        ColumnType::Names => ("no_name", "it has no name in any language"),
        _ => ("empty", "it is empty in every language, and every row needs one"),
    };
    FieldError { column: name.into(), kind, problem: problem.to_owned() }
}

/// The days on which a record holds, given the periods of the nouns it needs: those that it shares with a period of each,
/// the earliest first.
///
/// # Errors
/// It would hold on no day: a noun it needs ended before it began, or begins after it ended.
pub fn clip_to_nouns(
    own: Validity,
    needs: &[(&'static str, &str, Vec<Validity>)],
) -> Result<Vec<Validity>, FieldError> {
    needs.iter().try_fold(vec![own], |so_far, (column, slug, noun)| {
        let shared = so_far.iter().flat_map(|days| noun.iter().map(|period| days.meet(*period)));
        let shared: Vec<Validity> = shared.filter(|days| !days.is_empty()).collect();
        if !shared.is_empty() {
            return Ok(shared);
        }
        let what = column.trim_end_matches('s').trim_end_matches("_id");
        let words = |periods: &[Validity]| {
            periods.iter().map(|period| describe_days(*period)).collect::<Vec<_>>().join(" and ")
        };
        let (own, noun) = (words(&so_far), words(noun));
        let problem = format!("it would hold on no day: this row holds {own}, and the {what} `{slug}` {noun}");
        Err(FieldError { column: (*column).into(), kind: "outside_its_noun", problem })
    })
}

/// The days of a validity, in words.
#[must_use]
pub fn describe_days(validity: Validity) -> String {
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
    use crate::{
        fact::parse_day,
        membership,
        texts::{Written, encode_written},
        values,
    };

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
        let columns: Vec<_> = wrong.iter().map(|wrong| wrong.column.as_ref()).collect();
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
                    ColumnType::Names => r#"[["fr","Le Saule",""]]"#,
                    ColumnType::Value(kind) if kind.name == values::language::KIND.name => "fr",
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
            (&membership::SHAPE, "category_ids", "a;b-c", "a;b;A", "`A` is named twice"),
            (&membership::SHAPE, "category_ids", "a", "a; b", "` b` is not a slug"),
            (school, "senior_code", "101", &"1".repeat(101), "more than 100 characters"),
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
        let of_names = |written: &[Written<'_>]| {
            let mut fields = vec![""; crate::region::SHAPE.columns.len()];
            let names = encode_written(written);
            (fields[0], fields[1]) = ("south", &names);
            let wrong = crate::region::SHAPE.parse_row(&fields).err().unwrap_or_default();
            wrong.into_iter().map(|wrong| format!("{}: {}", wrong.column, wrong.problem)).collect::<Vec<_>>().join("; ")
        };
        let (long, longest) = ("é".repeat(301), "é".repeat(300));
        for (written, said) in [
            (("fr", longest.as_str(), ""), ""),
            (("fr", long.as_str(), ""), "name_fr: it has more than 300 characters"),
            (("br", "a\tname", ""), r"name_br: it contains the control character '\t'"),
            (("fr", "Sud", "stated"), ""),
            (("fr", "Sud", "hearsay"), "name_fr_basis: `hearsay` is not one of: common_knowledge"),
            (("fr", "", "unknown"), "name_fr: it has no name in any language"),
            (("fr", "", ""), "name_fr: it has no name in any language"),
        ] {
            let found = of_names(&[written]);
            assert!(if said.is_empty() { found.is_empty() } else { found.starts_with(said) }, "{written:?}: {found}");
        }
        let nameless =
            crate::region::SHAPE.parse_row(&vec![""; crate::region::SHAPE.columns.len()]).expect_err("no slug");
        assert!(nameless.iter().any(|wrong| wrong.problem == "it has no name in any language"), "{nameless:?}");
    }

    #[test]
    fn a_tie_lasts_no_longer_than_its_nouns() {
        let until_2019 = Validity { to: parse_day("2019-05-01").expect("a day"), ..Validity::ALWAYS };
        let since_2020 = Validity { from: parse_day("2020-01-01").expect("a day"), ..Validity::ALWAYS };
        let clip = |own, periods: &[Validity]| clip_to_nouns(own, &[("school_id", "oak", periods.to_vec())]);
        assert_eq!(clip(Validity::ALWAYS, &[until_2019]), Ok(vec![until_2019]));
        assert_eq!(clip(Validity::ALWAYS, &[until_2019, since_2020]), Ok(vec![until_2019, since_2020]));
        let wrong = clip(since_2020, &[until_2019]).expect_err("they never meet");
        assert_eq!(
            wrong.problem,
            "it would hold on no day: this row holds from 2020-01-01, and the school `oak` until 2019-04-30"
        );
        let gap = Validity { from: until_2019.to, to: since_2020.from };
        assert_eq!(
            clip(gap, &[until_2019, since_2020]).expect_err("it lies between").problem,
            "it would hold on no day: this row holds from 2019-05-01 to 2019-12-31, and the school `oak` until 2019-04-30 and from 2020-01-01"
        );
    }
}
