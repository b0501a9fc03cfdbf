//! Campuses: the sites of schools, and who uses whose.

use chrono::NaiveDate;

use crate::{
    column::{ColumnType, bases, bounding_reference, extra, names, optional, reference, required, texts},
    fact::ImpreciseDate,
    id::{AnyId, Id, Kind},
    lifetime::Phase,
    location::{self, Location},
    noun::{Head, noun},
    project,
    record::Shape,
    rule::Rule,
    school::School,
    text::vocabulary,
    texts::Texts,
    township::Township,
};

/// A site of a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campus {
    /// What it shares with all nouns.
    pub head: Head,
    /// The school whose site it is.
    pub school: Id<School>,
    /// The address.
    pub address: Texts,
    /// How sure the address is.
    pub address_confidence: Option<AddressConfidence>,
    /// The township it stands in.
    pub township: Option<Id<Township>>,
    /// Its status as last recorded; [`Campus::status_on`] says what it was on a day.
    pub status: CampusStatus,
    /// When it opened.
    pub opened_on: Option<ImpreciseDate>,
    /// When it is to open.
    pub due_on: Option<ImpreciseDate>,
    /// Where it stands.
    pub location: Option<Location>,
}
noun!(Campus);

vocabulary! {
    /// Whether a campus is in use.
    CampusStatus {
        /// It is in use.
        Open = "open",
        /// It is planned, or being built.
        Planned = "planned",
    } else Unknown
}

impl Campus {
    /// The status on a day; where the opening is stated it follows from it. After the end of its school nothing is known.
    #[must_use]
    pub fn status_on(&self, day: NaiveDate) -> CampusStatus {
        match self.head.time.phase_on(day) {
            Phase::BeforeKnown | Phase::Over => CampusStatus::Unknown,
            Phase::Planned => CampusStatus::Planned,
            Phase::OnMap if self.head.time.stated.is_begin_dated() => CampusStatus::Open,
            Phase::OnMap => self.status,
        }
    }
}

vocabulary! {
    /// How sure an address is.
    AddressConfidence {
        /// Quite.
        High = "high",
        /// Somewhat.
        Medium = "medium",
        /// Little.
        Low = "low",
    }
}

/// A school's use of premises that are another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteUse {
    /// Its identity.
    pub id: i64,
    /// The school that uses them.
    pub school: Id<School>,
    /// The school or campus whose premises are used.
    pub host: AnyId,
    /// The grade that is taught there.
    pub grade: Option<String>,
    /// What for.
    pub purpose: Option<String>,
    /// The time for which the source states it.
    pub as_of: Option<ImpreciseDate>,
}

/// A use of premises, as a part of whose they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedSiteUse(pub SiteUse);

/// Rows of `campuses.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Campus,
    file: "campuses",
    table: "campuses",
    description: "A site of a school.",
    key: &["campus_id"],
    columns: &[
        required("campus_id", ColumnType::Slug, "The slug."),
        required("school_id", bounding_reference(Kind::School), "The school whose site it is."),
        names(),
        texts("address", "The address in this language."),
        bases("address_basis"),
        optional("address_confidence", ColumnType::Word(AddressConfidence::WORDS), "How sure the address is."),
        optional("township_id", reference(Kind::Township), "The township it stands in."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("confidence", ColumnType::CitedConfidence(""), "How sure it is."),
        extra("status", ColumnType::Word(CampusStatus::WORDS), "Whether it is in use; blank where no source says."),
        extra("status_source_id", ColumnType::CitedSource("status"), "The source that says so, or when it is to open."),
        extra("opened_on", ColumnType::DATE, "When it opened."),
        extra("due_on", ColumnType::DATE, "When it is to open, as announced."),
        bases("name_basis"),
        location::LATITUDE,
        location::LONGITUDE,
        location::PRECISION,
        location::SOURCE,
        location::CONFIDENCE,
    ],
    dated: ("opened_on", ""),
    rules: &[
        Rule::Planned { status: "status", word: CampusStatus::Planned.word() },
        Rule::OpenedBy { by: &project::SHAPE, blank_status: Some("status") },
        location::RULE,
    ],
};

/// Rows of `site_uses.csv`.
pub const SITE_USES: Shape = Shape {
    kind: Kind::SiteUse,
    file: "site_uses",
    table: "site_uses",
    description: "A school's use of premises that are another's.",
    key: &["site_use_id"],
    columns: &[
        required("site_use_id", ColumnType::Slug, "The slug."),
        required("school_id", bounding_reference(Kind::School), "The school that uses the premises."),
        required("host_type", ColumnType::Word(&["campus", "school"]), "What the host is."),
        required("host_id", ColumnType::RefOf { column: "host_type", bounds: false }, "The host."),
        optional("grade", ColumnType::TEXT, "The grade that is taught there."),
        optional("purpose", ColumnType::TEXT, "What for."),
        optional("as_of", ColumnType::DATE, "The time for which the source states it."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[Rule::StatedAsOf("as_of")],
};
