//! Gaps: what the map lacks, each found by one rule, which is a filter over a kind of noun.

use chrono::NaiveDate;

use crate::{
    alliance::AllianceStatus,
    id::Kind,
    membership::MembershipRole,
    noun::{Condition, ConditionValue, Filter, HAS_OPEN_LIST},
    project::ProjectStatus,
    school::{SchoolStatus, Stage},
    text::vocabulary,
};

vocabulary! {
    /// Something that the map lacks, as far as it is on record. What is missing here may be missing in the sources only.
    GapKind {
        /// Alliances of which a source says that not all of their members are named.
        AlliancesWithOpenList = "alliances_with_open_list",
        /// Groups of which neither their own record nor a membership says which school leads them.
        GroupsWithoutLead = "groups_without_lead",
        /// Schools, open or of unknown status, that teach the junior stage, and from which nothing on record leads to a senior one.
        JuniorWithoutOnwardStage = "junior_without_onward_stage",
        /// Schools, open or of unknown status, with a kindergarten from which nothing on record leads to a primary school.
        KindergartensWithoutOnwardStage = "kindergartens_without_onward_stage",
        /// Schools, open or of unknown status, that teach the primary stage, and from which nothing on record leads to a junior one.
        PrimaryWithoutOnwardStage = "primary_without_onward_stage",
        /// Projects that were to open before the view's day, whichever day their date means, and have not opened on record.
        ProjectsOverdue = "projects_overdue",
        /// Schools on the map, open or of unknown status, that are in no group on record.
        SchoolsWithoutGroup = "schools_without_group",
        /// Schools on the map, open or of unknown status, that no tie outside alliances ties to a partner.
        SchoolsWithoutPartner = "schools_without_partner",
        /// Schools, open or of unknown status, of which no source states a stage.
        SchoolsWithoutStage = "schools_without_stage",
        /// Schools, open or of unknown status, whose own record names no township.
        SchoolsWithoutTownship = "schools_without_township",
        /// Townships in which no school of junior secondary stage stands by its own record.
        TownshipsWithoutJunior = "townships_without_junior",
        /// Townships in which no kindergarten stands by its own record.
        TownshipsWithoutKindergarten = "townships_without_kindergarten",
        /// Townships in which no primary school stands by its own record.
        TownshipsWithoutPrimary = "townships_without_primary",
        /// Townships in which no school of senior secondary stage stands by its own record.
        TownshipsWithoutSenior = "townships_without_senior",
    }
}

impl GapKind {
    /// The rule: of which kind the nouns are, and which of them have the gap on a day.
    #[must_use]
    pub fn rule(self, day: NaiveDate) -> (Kind, Filter) {
        let is = |property, value| Condition { property, value };
        let words = |property, word| is(property, ConditionValue::Words(vec![word]));
        let all = |conditions| Filter { conditions, ..Filter::default() };
        let but = |conditions, other| Filter { conditions, not: Some(Box::new(all(vec![other]))), ..Filter::default() };
        let open = || {
            let statuses = vec![SchoolStatus::Open.word(), SchoolStatus::Unknown.word()];
            is("status", ConditionValue::Words(statuses))
        };
        let ends_at = |stage: Stage| (Kind::School, all(vec![open(), words("dead_end", stage.word())]));
        let without = |stage: Stage| (Kind::Township, but(Vec::new(), words("stage", stage.word())));
        match self {
            GapKind::AlliancesWithOpenList => {
                let established = words("status", AllianceStatus::Established.word());
                (Kind::Alliance, all(vec![established, is(HAS_OPEN_LIST, ConditionValue::Flag(true))]))
            }
            GapKind::GroupsWithoutLead => {
                let no_lead = is("lead_school", ConditionValue::Unstated);
                (Kind::Group, but(vec![no_lead], words("member_role", MembershipRole::Lead.word())))
            }
            GapKind::JuniorWithoutOnwardStage => ends_at(Stage::Junior),
            GapKind::KindergartensWithoutOnwardStage => ends_at(Stage::Kindergarten),
            GapKind::PrimaryWithoutOnwardStage => ends_at(Stage::Primary),
            GapKind::ProjectsOverdue => {
                let due = is("due_on", ConditionValue::Before(day));
                (Kind::Project, but(vec![due], words("status", ProjectStatus::Opened.word())))
            }
            GapKind::SchoolsWithoutGroup => {
                (Kind::School, all(vec![open(), is("has_group", ConditionValue::Flag(false))]))
            }
            GapKind::SchoolsWithoutPartner => {
                (Kind::School, all(vec![open(), is("partner", ConditionValue::Unstated)]))
            }
            GapKind::SchoolsWithoutStage => (Kind::School, all(vec![open(), is("phases", ConditionValue::Unstated)])),
            GapKind::SchoolsWithoutTownship => {
                (Kind::School, all(vec![open(), is("township", ConditionValue::Unstated)]))
            }
            GapKind::TownshipsWithoutJunior => without(Stage::Junior),
            GapKind::TownshipsWithoutKindergarten => without(Stage::Kindergarten),
            GapKind::TownshipsWithoutPrimary => without(Stage::Primary),
            GapKind::TownshipsWithoutSenior => without(Stage::Senior),
        }
    }
}
