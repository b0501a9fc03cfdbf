//! Places that senior schools keep for the pupils of junior schools, year by year.

use crate::{
    campus::Campus,
    column::{ColumnType, bounding_reference, extra, optional, reference, required},
    id::{Id, Kind},
    record::Shape,
    text::vocabulary,
    values::school_year::SchoolYear,
};

/// Places that a senior school, or a campus of it, keeps for the pupils of a junior school in a school year.
#[derive(Debug, Clone)]
pub struct AdmissionPlaces {
    /// Its identity.
    pub id: i64,
    /// The school year.
    pub year: Option<SchoolYear>,
    /// How many places.
    pub places: Option<u32>,
    /// The campus of the senior school for which they are; none where the source names the school only.
    pub campus: Option<Id<Campus>>,
}

/// How many places at senior schools the pupils of a junior school have in a school year, as a source sums them up.
#[derive(Debug, Clone)]
pub struct AdmissionTotal {
    /// Its identity.
    pub id: i64,
    /// The school year.
    pub year: Option<SchoolYear>,
    /// How many places.
    pub places: Option<u32>,
    /// Whether all its parts are known.
    pub is_breakdown_checked: Option<bool>,
    /// The sum of the parts on record.
    pub recorded_places: i64,
}

vocabulary! {
    /// By what places that senior schools keep for the pupils of junior schools are added up.
    AdmissionDimension {
        /// The district of the junior school.
        JuniorDistrict = "junior_district",
        /// The junior school.
        JuniorSchool = "junior_school",
        /// The district of the senior school.
        SeniorDistrict = "senior_district",
        /// The senior school.
        SeniorSchool = "senior_school",
        /// The school year.
        Year = "year",
    }
}

/// Rows of `quota_allocations.csv`.
pub const PLACES: Shape = Shape {
    kind: Kind::AdmissionPlaces,
    file: "quota_allocations",
    table: "admission_places",
    description: "Places that a senior school keeps for the pupils of a junior school in a school year.",
    key: &["junior_school_id", "senior_school_id", "senior_campus_id", "year"],
    columns: &[
        required("junior_school_id", bounding_reference(Kind::School), "The junior school."),
        required("senior_school_id", bounding_reference(Kind::School), "The senior school."),
        optional("senior_campus_id", reference(Kind::Campus), "The campus of the senior school for which they are."),
        required("year", ColumnType::SCHOOL_YEAR, "The school year."),
        required("places", ColumnType::NUMBER, "How many places."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        extra("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};

/// Rows of `quota_totals.csv`.
pub const TOTALS: Shape = Shape {
    kind: Kind::AdmissionTotal,
    file: "quota_totals",
    table: "admission_totals",
    description: "How many places at senior schools the pupils of a junior school have in a school year, as a source sums them up.",
    key: &["junior_school_id", "year"],
    columns: &[
        required("junior_school_id", bounding_reference(Kind::School), "The junior school."),
        required("year", ColumnType::SCHOOL_YEAR, "The school year."),
        required("places", ColumnType::NUMBER, "How many places."),
        optional("breakdown_checked", ColumnType::BOOLEAN, "Whether the parts on record add up to it."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
