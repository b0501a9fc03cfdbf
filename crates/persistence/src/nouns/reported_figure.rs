//! Table `reported_figures`.

use domain::{AnyId, FigureQualifier, FigureUnit, Head, Kind, Metric, ReportedFigure, Shape, reported_figure};
use sea_orm::DeriveIden;

use crate::{
    StoreError,
    noun::{Measure, Table},
    row::Row,
    tie::Tie,
    view::AnyIden,
};

/// Table `reported_figures`.
#[derive(Clone, Copy, DeriveIden)]
enum ReportedFigures {
    SubjectType,
    SubjectId,
    About,
    Value,
    Unit,
    Qualifier,
    AsOf,
    Metric,
    DesignationId,
    PersonId,
}

impl Table for ReportedFigure {
    const SHAPE: &'static Shape = &reported_figure::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &ReportedFigures::SubjectType,
        &ReportedFigures::SubjectId,
        &ReportedFigures::About,
        &ReportedFigures::Value,
        &ReportedFigures::Unit,
        &ReportedFigures::Qualifier,
        &ReportedFigures::AsOf,
        &ReportedFigures::Metric,
        &ReportedFigures::DesignationId,
        &ReportedFigures::PersonId,
    ];

    const MEASURES: &'static [Measure] = &[Measure { column: "value", decimals: 4 }];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [subject_type, subject, about, value, unit, qualifier, as_of, metric, designation, person] = row.cells();
        let kind = subject_type.maybe_word(Kind::named)?;
        let subject = kind.zip(subject.maybe_number()?).map(|(kind, raw)| AnyId { kind, raw });
        Ok(ReportedFigure {
            head,
            subject,
            about: about.texts()?,
            value: value.value()?.ok_or_else(|| value.meaningless(""))?,
            unit: unit.word(FigureUnit::parse)?,
            qualifier: qualifier.word(FigureQualifier::parse)?,
            as_of: as_of.date()?,
            metric: metric.maybe_word(Metric::parse)?,
            designation: designation.maybe_id()?,
            person: person.maybe_id()?,
        })
    }
}

/// The figures of a noun, read from the noun.
pub(crate) static FIGURE_OF: Tie<i64> = Tie::owner("figure_of", &ReportedFigures::SubjectId);
/// The figures that count the holders of a designation, read from the designation.
pub(crate) static FIGURE_OF_DESIGNATION: Tie<i64> =
    Tie::owner("figure_of_designation", &ReportedFigures::DesignationId);
/// The figures that a person states, read from the person.
pub(crate) static FIGURE_BY_PERSON: Tie<i64> = Tie::owner("figure_by_person", &ReportedFigures::PersonId);
