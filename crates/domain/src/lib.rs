//! What a district's school map is.
//!
//! A *fact* says what holds, when it holds, since when we know it and which source says so ([`fact`], [`source`]).
//! A *revision* is one write of facts ([`revision`]). A *view* is what a read sees ([`fact::View`]).
//! Nouns and ties have a file each ([`nouns`]); [`record`] says how their facts are written down, [`column`](mod@column) and [`value`](mod@value)
//! what a row says in each column, and [`rule`] what it must say beyond that.
//!
//! Nothing here waits, reads or writes: decisions are pure functions.

pub mod change;
pub mod clock;
pub mod column;
pub mod coverage;
pub mod fact;
pub mod finding;
pub mod folding;
pub mod gap;
pub mod id;
pub mod lifetime;
pub mod location;
pub mod noun;
pub mod nouns;
pub mod opening;
pub mod outline;
pub mod page;
pub mod period;
pub mod reach;
pub mod record;
pub mod revision;
pub mod rule;
pub mod scenario;
pub mod search;
#[cfg(test)]
mod shape_errors;
pub mod succession;
pub mod suggest;
pub mod text;
pub mod texts;
pub mod turn;
pub mod value;
pub mod values;
pub mod ways;

pub use nouns::{
    SHAPES, SUBJECTS, admission, advisory_body, agreement, alias, alliance, authority, campus, category, code,
    definition, designation, district, event, evidence, expert_group, group, initiative, learning_area, membership,
    partner, pathway, person, project, region, release, reported_figure, school, shape_of, source, statement, township,
    waiver,
};

pub use admission::{AdmissionDimension, AdmissionPlaces, AdmissionTotal};
pub use advisory_body::{
    AdvisoryBody, AdvisoryConsultation, AdvisoryMemberCategory, AdvisoryMemberOrigin, ConsultationMode,
};
pub use agreement::{Agreement, AgreementKind, AgreementStatus, AgreementTie, AgreementTieBasis, JointRunning};
pub use alias::{Alias, NameKind};
pub use alliance::{
    Alliance, AllianceCategory, AllianceFunction, AllianceKind, AllianceRole, AllianceScope, AllianceStatus,
    AllianceTie, Basis, ResourceCategory,
};
pub use authority::{Authority, AuthorityKind, AuthorityLevel};
pub use campus::{AddressConfidence, Campus, CampusStatus, HostedSiteUse, SiteUse};
pub use category::{Categorisation, Category};
pub use change::{Change, ChangeCount, ChangeFilter, ChangeKind};
pub use clock::{Clock, FixedClock, SystemClock, TimeZone};
pub use code::RegisterCode;
pub use column::{Column, ColumnType, Presence};
pub use coverage::{CoverageCounts, CoverageKind, CoverageStatus};
pub use definition::Definition;
pub use designation::{Designation, DesignationLevel, SchoolDesignation};
pub use district::District;
pub use event::{Event, EventAction, EventItem, PartOfDay};
pub use evidence::{Contradiction, EvidenceRelation, FieldEvidence, ListCompleteness, OpenList};
pub use expert_group::ExpertGroup;
pub use fact::{DatePrecision, ImpreciseDate, Known, Validity, View};
pub use finding::{Finding, FindingRule, FindingSeverity};
pub use folding::{SearchText, SearchTextError};
pub use gap::GapKind;
pub use group::{Group, GroupStatus};
pub use id::{AnyId, Id, IdError, Identified, Kind, NounKind};
pub use initiative::{Initiative, InitiativeKind};
pub use learning_area::LearningArea;
pub use lifetime::{Entrance, Evidence, Existence, Lifetime, Phase, Span};
pub use location::{Circle, KeptBounds, Location, LocationConfidence, LocationPrecision, Rectangle};
pub use membership::{Membership, MembershipRole};
pub use noun::{Condition, ConditionValue, Filter, Head, Noun};
pub use opening::{Opening, Openings};
pub use outline::{Outline, OutlineBasis, OutlineConfidence};
pub use page::{End, Order, OrderDirection, OrderField, Page, PageError, PageRequest, Position};
pub use partner::{Partner, PartnerKind, SchoolPartner, SchoolPartnerKind};
pub use pathway::Pathway;
pub use person::{Office, Person};
pub use project::{EducationPhase, MilestoneKind, PlannedOrActual, Project, ProjectMilestone, ProjectStatus};
pub use reach::{Reach, ReachWay};
pub use record::{FieldError, Record, Shape};
pub use region::Region;
pub use release::Release;
pub use reported_figure::{FigureComparison, FigureQualifier, FigureUnit, Metric, ReportedFigure};
pub use revision::{NewRevision, Revision, RevisionChange};
pub use rule::{RowsBefore, Rule, TurnTakers};
pub use scenario::ScenarioId;
pub use school::{
    Code, Ownership, School, SchoolLink, SchoolLinkBasis, SchoolLinkKind, SchoolStatus, SchoolType, Stage, Succession,
    SuccessionKind,
};
pub use search::{FoundNameKind, SearchHit, SearchMatch};
pub use source::{Citation, Confidence, Extent, Reliability, Source, SourceKind};
pub use statement::Statement;
pub use succession::{SuccessionDates, Successions};
pub use text::{LanguageTag, TextBasis, Vocabulary, VocabularyValue};
pub use texts::{ChosenName, ChosenText, Text, Texts};
pub use township::{Township, TownshipKind};
pub use turn::{ImpreciseDays, Turn};
pub use value::{Cell, Keeping, Kept, KeptAsNumber, Storage, ValueKind};
pub use values::{
    degrees::{Latitude, Longitude},
    outline::{Geometry, Position as GeometryPosition},
};
pub use ways::{
    Place, Step, StepBasis, StepCertainty, StepReason, Steps, WayObstacle, Ways, find_obstacle, stages_of_level,
};
