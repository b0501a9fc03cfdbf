//! People who speak or act in public for an organization, and the offices that they hold.

use crate::{
    column::{ColumnType, bases, bounding_reference, names, optional, required, texts},
    fact::ImpreciseDate,
    id::Kind,
    noun::{Head, noun},
    record::Shape,
    texts::Texts,
};

/// A person in a public role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What they share with all nouns.
    pub head: Head,
}
noun!(Person);

/// An office that a person holds in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Its identity.
    pub id: i64,
    /// What the person is there.
    pub role: Texts,
    /// Since when.
    pub since: Option<ImpreciseDate>,
    /// Until when.
    pub until: Option<ImpreciseDate>,
}

/// The kinds of organizations in which a person may hold an office.
pub const ORGANIZATIONS: &[&str] =
    &["advisory_body", "alliance", "authority", "district", "expert_group", "group", "partner", "school"];

/// Rows of `people.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Person,
    file: "people",
    table: "people",
    description: "A person in a public role.",
    key: &["person_id"],
    columns: &[
        required("person_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};

/// Rows of `offices.csv`. A person may hold several, also in one organization.
pub const OFFICES: Shape = Shape {
    kind: Kind::Office,
    file: "offices",
    table: "offices",
    description: "An office that a person holds in an organization.",
    key: &["office_id"],
    columns: &[
        required("office_id", ColumnType::Slug, "The slug."),
        required("person_id", bounding_reference(Kind::Person), "The person."),
        texts("role", "What the person is there, in this language."),
        bases("role_basis"),
        required("organization_type", ColumnType::Word(ORGANIZATIONS), "What the organization is."),
        required(
            "organization_id",
            ColumnType::RefOf { column: "organization_type", bounds: true },
            "The organization.",
        ),
        optional("since", ColumnType::DATE, "Since when."),
        optional("until", ColumnType::DATE, "Until when."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("since", "until"),
    rules: &[],
};
