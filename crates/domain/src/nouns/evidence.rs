//! What further sources say of single fields of nouns: that a value is right, or that it is another; and of which lists it is
//! known that they are not complete.

use crate::{
    column::{ColumnType, bases, optional, required, texts},
    id::{AnyId, Kind},
    record::Shape,
    rule::Rule,
    text::vocabulary,
    texts::Texts,
};

/// What a further source says of a field of a noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldEvidence {
    /// Its identity.
    pub id: i64,
    /// The noun.
    pub subject: AnyId,
    /// The field, by its column in the file of the noun, or a relation; none where the source speaks of the noun as a whole.
    pub field: Option<String>,
    /// The value by that source, where the record has it.
    pub value: Option<String>,
}

/// That a source contradicts what is recorded in a field of a noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction(pub FieldEvidence);

vocabulary! {
    /// How a source stands to what is recorded.
    EvidenceRelation {
        /// It says the same.
        Supports = "supports",
        /// It says something else.
        Contradicts = "contradicts",
    }
}

/// Whether a list of a noun is known to be complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListCompleteness {
    /// Its identity.
    pub id: i64,
    /// The list.
    pub list: OpenList,
    /// Whether it has all.
    pub is_complete: bool,
    /// What is missing, as far as a source says.
    pub note: Texts,
}

vocabulary! {
    /// A list of a noun of which a source says whether it is complete.
    OpenList {
        /// Alliances.
        Alliances = "alliances",
        /// Campuses.
        Campuses = "campuses",
        /// Those that hold a designation.
        Holders = "holders",
        /// Education groups.
        Groups = "groups",
        /// What was announced or shown.
        Items = "items",
        /// Parties to an agreement.
        Parties = "parties",
        /// Partners.
        Partners = "partners",
        /// People.
        People = "people",
        /// Projects.
        Projects = "projects",
        /// Schools.
        Schools = "schools",
    }
}

/// Relations of nouns that evidence may name beside the columns of their files.
pub(crate) const RELATIONS: &[&str] =
    &["agreements", "alliances", "branch_of", "campuses", "groups", "parties", "partners", "predecessors", "schools"];

/// Rows of `evidence.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::FieldEvidence,
    file: "evidence",
    table: "evidence",
    description: "What a further source says of a field of a noun.",
    key: &["subject_type", "subject_id", "field", "relation", "value", "source_id"],
    columns: &[
        required("subject_type", ColumnType::Word(super::SUBJECTS), "What the noun is."),
        required("subject_id", ColumnType::RefOf { column: "subject_type", bounds: false }, "The noun."),
        optional(
            "field",
            ColumnType::TEXT,
            "The column of its file, or a relation; blank where the source speaks of the whole.",
        ),
        optional("value", ColumnType::TEXT, "What that source says."),
        required("relation", ColumnType::Word(EvidenceRelation::WORDS), "Whether it says the same as the noun's row."),
        required("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[Rule::NamesField { kind: "subject_type", field: "field" }],
};

/// Rows of `list_completeness.csv`.
pub const LISTS: Shape = Shape {
    kind: Kind::ListCompleteness,
    file: "list_completeness",
    table: "list_completeness",
    description: "Whether a list of a noun is known to be complete.",
    key: &["subject_type", "subject_id", "list"],
    columns: &[
        required("subject_type", ColumnType::Word(super::SUBJECTS), "What the noun is."),
        required("subject_id", ColumnType::RefOf { column: "subject_type", bounds: false }, "The noun."),
        required("list", ColumnType::Word(OpenList::WORDS), "The list."),
        required("is_complete", ColumnType::BOOLEAN, "Whether it has all."),
        texts("note", "What is missing, in this language."),
        bases("note_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
