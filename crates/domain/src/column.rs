//! Columns: what the values of one are, and whether one may be missing.

use crate::{
    id::Kind,
    value::{Keeping, Storage, ValueKind},
    values,
};

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
    /// The slugs of nouns of this kind, with `;` between them, kept as they are written: each holds on some day of the record.
    Refs(Kind),
    /// One word of a vocabulary.
    Word(&'static [&'static str]),
    /// Words of a vocabulary, with `;` between them.
    Words(&'static [&'static str]),
    /// A plain value, such as a date.
    Value(&'static ValueKind),
    /// A name that people search by, of at most 300 characters.
    Name,
    /// The names of a noun in several languages, which people search by, each of at most 300 characters.
    Names,
    /// A text in several languages.
    Texts,
    /// Why each of the texts is believed of the column that its name is that of, with `_basis` after it; kept with them.
    TextBases,
    /// The source that states the record (or, with a name, that column of it).
    CitedSource(&'static str),
    /// The words of that source.
    CitedQuote(&'static str),
    /// How far that statement can be trusted.
    CitedConfidence(&'static str),
}

impl ColumnType {
    /// A date as precise as its source.
    pub const DATE: Self = ColumnType::Value(&values::date::KIND);
    /// A whole number, zero or greater.
    pub const NUMBER: Self = ColumnType::Value(&values::number::KIND);
    /// Yes or no.
    pub const BOOLEAN: Self = ColumnType::Value(&values::boolean::KIND);
    /// A decimal number.
    pub const DECIMAL: Self = ColumnType::Value(&values::decimal::KIND);
    /// A school year.
    pub const SCHOOL_YEAR: Self = ColumnType::Value(&values::school_year::KIND);
    /// Degrees of latitude.
    pub const LATITUDE: Self = ColumnType::Value(&values::degrees::LATITUDE);
    /// Degrees of longitude.
    pub const LONGITUDE: Self = ColumnType::Value(&values::degrees::LONGITUDE);
    /// The geometry of an area.
    pub const OUTLINE: Self = ColumnType::Value(&values::outline::KIND);
    /// Free text.
    pub const TEXT: Self = ColumnType::Value(&values::text::KIND);
    /// What an authority knows the noun by in its lists.
    pub const CODE: Self = ColumnType::Value(&values::code::KIND);
    /// An address on the web.
    pub const URL: Self = ColumnType::Value(&values::url::KIND);
    /// A BCP 47 language tag.
    pub const LANGUAGE: Self = ColumnType::Value(&values::language::KIND);
    /// A time zone, by its name in the IANA's database.
    pub const TIME_ZONE: Self = ColumnType::Value(&values::time_zone::KIND);

    /// How many characters a value may have, at most: what is looked up must fit into an index.
    #[must_use]
    pub const fn max_chars(self) -> usize {
        match self {
            ColumnType::Value(kind) => kind.max_chars,
            ColumnType::Name | ColumnType::Names => 300,
            _ => 10_000,
        }
    }

    /// What its values are kept as.
    #[must_use]
    pub const fn storage(self) -> Storage {
        match self {
            ColumnType::Value(ValueKind { keeping: Keeping::Number { .. }, .. })
            | ColumnType::Ref { .. }
            | ColumnType::RefOf { .. } => Storage::Number,
            _ => Storage::Text,
        }
    }

    /// Whether its values are plain ones of this kind.
    #[must_use]
    pub fn is_value(self, of: &ValueKind) -> bool {
        matches!(self, ColumnType::Value(kind) if kind.name == of.name)
    }
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

/// The names of a noun.
#[must_use]
pub const fn names() -> Column {
    required("name", ColumnType::Names, "The name in this language; in which languages is up to the file.")
}

/// A text in several languages, which may be blank in all of them.
#[must_use]
pub const fn texts(name: &'static str, description: &'static str) -> Column {
    optional(name, ColumnType::Texts, description)
}

/// Why the texts of a column are believed: `name_basis` for those of `name`.
#[must_use]
pub const fn bases(name: &'static str) -> Column {
    extra(name, ColumnType::TextBases, "Why we believe the text in this language.")
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

    /// Whether a file has a column of this very name: texts have one for each language.
    #[must_use]
    pub const fn is_named_in_files(&self) -> bool {
        !self.column_type.is_texts() && !matches!(self.column_type, ColumnType::TextBases)
    }

    /// Whether the record itself keeps its values: a citation stands beside it, a basis with its text.
    #[must_use]
    pub const fn is_kept_in_record(&self) -> bool {
        self.cites().is_none() && !matches!(self.column_type, ColumnType::TextBases)
    }

    /// The column whose texts it says the bases of.
    #[must_use]
    pub fn bases_of(&self) -> Option<&'static str> {
        match self.column_type {
            ColumnType::TextBases => self.name.strip_suffix("_basis"),
            _ => None,
        }
    }

    /// Whether the column names a noun without which the record cannot hold.
    #[must_use]
    pub const fn limits_validity(&self) -> bool {
        matches!(self.column_type, ColumnType::Ref { bounds: true, .. } | ColumnType::RefOf { bounds: true, .. })
    }
}
