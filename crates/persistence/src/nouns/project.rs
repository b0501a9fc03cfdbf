//! Tables `projects` and `project_milestones`.

use domain::{
    EducationPhase, Head, MilestoneKind, PlannedOrActual, Project, ProjectMilestone, ProjectStatus, Shape, project,
};
use sea_orm::{
    DeriveIden,
    sea_query::{CaseStatement, Expr, ExprTrait, Func, Order, SelectStatement},
};

use crate::{
    StoreError,
    breakdown::ValuesOf,
    dialect,
    filter::Wanted,
    noun::{Measure, Table},
    parts::List,
    row::Row,
    statement::Parameter,
    tie::Tie,
    view::{AnyIden, Scope, Sees, col, is_any_word, literal},
};

/// Table `projects`.
#[derive(Clone, Copy, DeriveIden)]
enum Projects {
    SchoolId,
    CampusId,
    TownshipId,
    RegionId,
    DistrictId,
    PhaseNo,
    EducationPhases,
    Status,
    StartedOn,
    OpenedOn,
    DueOn,
    Places,
    Classes,
    ClassesPrimary,
    ClassesJunior,
    ClassesSenior,
    FloorAreaM2,
}

/// Table `project_milestones`.
#[derive(Clone, Copy, DeriveIden)]
enum ProjectMilestones {
    Table,
    Id,
    ProjectId,
    Milestone,
    PlannedOrActual,
    DateText,
}

impl Table for Project {
    const SHAPE: &'static Shape = &project::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Projects::SchoolId,
        &Projects::CampusId,
        &Projects::TownshipId,
        &Projects::RegionId,
        &Projects::DistrictId,
        &Projects::PhaseNo,
        &Projects::EducationPhases,
        &Projects::Status,
        &Projects::StartedOn,
        &Projects::OpenedOn,
        &Projects::DueOn,
        &Projects::Places,
        &Projects::Classes,
        &Projects::ClassesPrimary,
        &Projects::ClassesJunior,
        &Projects::ClassesSenior,
        &Projects::FloorAreaM2,
    ];

    const MEASURES: &'static [Measure] = &[
        Measure { column: "places", decimals: 0 },
        Measure { column: "classes", decimals: 0 },
        Measure { column: "floor_area_m2", decimals: 0 },
    ];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [school, campus, township, region, district] = row.cells();
        let [phase_no, education_phases, status, started_on, opened_on, due_on] = row.cells();
        let [places, classes, classes_primary, classes_junior, classes_senior, floor_area_m2] = row.cells();
        Ok(Project {
            head,
            school: school.maybe_id()?,
            campus: campus.maybe_id()?,
            township: township.maybe_id()?,
            region: region.maybe_id()?,
            district: district.maybe_id()?,
            phase_no: phase_no.value()?,
            education_phases: education_phases.words(EducationPhase::parse)?,
            status: status.word(ProjectStatus::parse)?,
            started_on: started_on.date()?,
            opened_on: opened_on.date()?,
            due_on: due_on.date()?,
            places: places.value()?,
            classes: classes.value()?,
            classes_primary: classes_primary.value()?,
            classes_junior: classes_junior.value()?,
            classes_senior: classes_senior.value()?,
            floor_area_m2: floor_area_m2.value()?,
        })
    }

    fn condition(property: &str, wanted: &Wanted, _: &Scope) -> Option<Expr> {
        (property == "status").then(|| is_any_word(status_on_day(), wanted.words()))
    }

    fn values_of(property: &str, _: &Scope) -> Option<ValuesOf> {
        (property == "status").then(|| ValuesOf::Row(status_on_day()))
    }
}

/// What [`Project::status_on`] says of the view's day.
fn status_on_day() -> Expr {
    let day = || Parameter::Day.expr();
    let first_day = |column| dialect::first_day(col("c", column));
    let has = |column| first_day(column).is_not_null();
    let recorded = || Expr::expr(Func::coalesce([col("c", Projects::Status), literal("")]));
    CaseStatement::new()
        .case(first_day(Projects::OpenedOn).lte(day()), literal("opened"))
        .case(has(Projects::OpenedOn).and(first_day(Projects::StartedOn).lte(day())), literal("under_construction"))
        .case(has(Projects::OpenedOn).and(has(Projects::StartedOn)), literal("planned"))
        .case(has(Projects::OpenedOn).and(recorded().eq(literal("opened"))), literal("in_progress"))
        .case(has(Projects::OpenedOn).not().and(first_day(Projects::StartedOn).gt(day())), literal("planned"))
        .finally(recorded())
        .into()
}

/// The projects for a school, read from the school.
pub(crate) static PROJECT_FOR_SCHOOL: Tie<i64> = Tie::owner("project_for_school", &Projects::SchoolId);
/// The projects that build a campus, read from the campus.
pub(crate) static PROJECT_OF_CAMPUS: Tie<i64> = Tie::owner("project_of_campus", &Projects::CampusId);
/// The projects in a township, read from the township.
pub(crate) static PROJECT_IN_TOWNSHIP: Tie<i64> = Tie::owner("project_in_township", &Projects::TownshipId);
/// The projects in a region, read from the region.
pub(crate) static PROJECT_IN_REGION: Tie<i64> = Tie::owner("project_in_region", &Projects::RegionId);

impl List for ProjectMilestone {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use ProjectMilestones::{DateText, Id, ProjectId};
        let mut select = scope.select_from(ProjectMilestones::Table, "k", Sees::Holding);
        let date = Expr::expr(Func::coalesce([col("k", DateText), literal("9999")]));
        for key in [col("k", ProjectId), date, col("k", Id)] {
            select.order_by_expr(key, Order::Asc);
        }
        (select, col("k", ProjectId))
    }

    fn columns() -> Vec<Expr> {
        use ProjectMilestones::{DateText, Id, Milestone, PlannedOrActual};
        [Id, Milestone, PlannedOrActual, DateText].map(|column| col("k", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, milestone, planned_or_actual, date] = row.cells();
        Ok(ProjectMilestone {
            id: id.number()?,
            milestone: milestone.word(MilestoneKind::parse)?,
            planned_or_actual: planned_or_actual.word(PlannedOrActual::parse)?,
            date: date.date()?,
        })
    }
}
