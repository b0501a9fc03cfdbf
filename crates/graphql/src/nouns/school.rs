//! Schools: what they are, what they belong to, where they came from and went.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use domain::{Kind, Noun, Order, PageRequest, View};
use persistence::{
    AlliancesOfSchool, BranchOfSchools, BranchesOfSchool, CampusesOfSchool, DesignationsOfSchool, GroupsOfSchool,
    PartnersOfSchool, PredecessorsOfSchool, SuccessorsOfSchool,
};

use crate::{
    batching::{
        field_columns::{self, FieldColumns},
        loaders::RelationPageLoader,
    },
    execution::context::ContextExt,
    lists::{
        connection::{relation_types, relations},
        filter::filter,
    },
    nouns::{
        alliance::AllianceFilter,
        campus::{CampusFilter, SiteUse, load_hosted_site_uses},
        category::{Categorisation, load_categorisations},
        designation::DesignationFilter,
        group::GroupFilter,
        partner::PartnerFilter,
        source::{Citation, load_citations},
    },
    objects::{
        location::{LOCATION_COLUMNS, Location, location_of},
        noun::{CommonFields, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
        scalar::{ImpreciseDate, imprecise_date},
        tie::load_existence,
        word::Word,
    },
    schema::root_fields::root_fields,
};

/// A school, under the name it bears. One that is renamed or merged gives way to another entry; `successors` leads there.
#[Object(name = "School")]
impl ViewedNoun<domain::School> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> CommonFields<'_> {
        self.common_fields()
    }

    /// Who runs it; `UNKNOWN` where no source says.
    async fn ownership(&self) -> Word<domain::Ownership> {
        Word(self.noun.ownership)
    }

    /// The stages it teaches; none where no source says.
    async fn stages(&self) -> Vec<Word<domain::Stage>> {
        self.noun.stages.iter().copied().map(Word).collect()
    }

    /// The levels of ISCED 2011 of its stages, from 0 to 3, lowest first and each once; none where no source states a stage, or only special education.
    async fn isced_levels(&self) -> Vec<u8> {
        self.noun.isced_levels()
    }

    /// How its stages are put together; `UNKNOWN` where no source says.
    async fn school_type(&self) -> Word<domain::SchoolType> {
        Word(self.noun.school_type)
    }

    /// What had become of it by the view's day; `UNKNOWN` where no source says. Where dates are stated it follows from them: `PLANNED` from the `knownDay` to the day before the opening and `UNKNOWN` before, `OPEN` from the opening on, `CLOSED` after the end; one that gave way on a known day was open until then.
    async fn status(&self) -> Word<domain::SchoolStatus> {
        Word(self.noun.status_on(self.view.day))
    }

    /// Its codes in official registers.
    async fn codes(&self, ctx: &Context<'_>) -> Result<Vec<RegisterCode>> {
        let domain::Head { id: noun, fact, .. } = *self.noun.head();
        let own = self.noun.codes().into_iter();
        let own = own.map(|code| RegisterCode::of_column(self.view, fact, code.scheme, code.scheme, &code.value));
        load_codes(ctx, self.view, noun, own).await
    }

    /// The categories of the data set's own that it is in, by scheme and code.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this scheme, as `Category.scheme` names it.")] scheme: Option<String>,
    ) -> Result<Vec<Categorisation>> {
        load_categorisations(ctx, self.view, self.noun.head().id, scheme.as_deref()).await
    }

    /// When it opened, as a source states; null where none does. It may have opened under another name: `since` is the first day under this one.
    async fn opened_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.noun.opened_on)
    }

    /// When it closed, as a source states; null where none does, or it has not.
    async fn closed_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.noun.closed_on)
    }

    /// A remark; null if there is none.
    async fn note(&self) -> Option<&str> {
        self.noun.note.as_deref()
    }

    /// Whether it has boarders; null where no source says.
    async fn boarding(&self) -> Option<bool> {
        self.noun.boarding
    }

    /// Where it stands, by its own record; its campuses have locations of their own. Null where no source says.
    async fn location(&self) -> Option<Location> {
        location_of(self.view, self.noun.head(), self.noun.location)
    }

    /// The township its own record places it in; null where no source says. Its campuses have townships of their own.
    async fn township(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::Township>>> {
        ctx.load_optional_noun(self.view, self.noun.township).await
    }

    /// The district it belongs to; null where it belongs to none on record.
    async fn district(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::District>>> {
        ctx.load_optional_noun(self.view, self.noun.district).await
    }

    /// The group it belongs to on the view's day; null where none is on record. `groups` lists all, and this is the first of them: of several the one it leads, then one it is a member of, a branch of, co-branded with, or guided by; of those alike the one it joined first, as far as sources say; then by name, and by slug.
    async fn group(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::Group>>> {
        let request = Arc::new(PageRequest { size: 1, ..PageRequest::default() });
        let loader = RelationPageLoader::<GroupsOfSchool>::new(self.view, Arc::default(), Order::default(), request);
        let columns = field_columns::columns_of_noun::<domain::Group>(ctx.field());
        let page = ctx.load_columns(loader, self.noun.head().id, columns).await.transpose()?;
        page.map(|page| page.items.first().map(|(_, linked)| ViewedNoun { view: self.view, noun: linked.node.clone() }))
            .transpose()
    }

    /// Its uses of premises that are another's.
    async fn site_uses(&self, ctx: &Context<'_>) -> Result<Vec<SiteUse>> {
        let uses = ctx.load_parts::<domain::SiteUse>(self.view, self.noun.head().id).await?;
        Ok(uses.iter().map(|it| SiteUse { view: self.view, it: it.clone() }).collect())
    }

    /// The uses of its premises by others.
    async fn hosted_site_uses(&self, ctx: &Context<'_>) -> Result<Vec<SiteUse>> {
        load_hosted_site_uses(ctx, self.view, self.noun.head().id).await
    }

    #[graphql(flatten)]
    async fn relations(&self) -> SchoolRelations<'_> {
        SchoolRelations(self)
    }
}

impl FieldColumns for domain::School {
    const RELATIONS: &'static [&'static str] = SchoolRelations::NAMES;
    const OTHERS: &'static [(&'static str, &'static [&'static str])] = &[
        ("stages", &["phases"]),
        ("isced_levels", &["phases"]),
        ("codes", &["junior_code_2025", "senior_code"]),
        ("status", &["status", "time"]),
        ("group", &[]),
        LOCATION_COLUMNS,
        ("site_uses", &[]),
        ("hosted_site_uses", &[]),
    ];
}

relations! {
    SchoolRelations of domain::School {
        /// The groups on record that it belongs to on the view's day: those it leads first, then by role, by the day it joined (last where no source says), by name and by slug.
        groups: GroupsOfSchool, GroupFilter, about 2;
        /// The alliances it is itself a member of, then those that serve its district.
        alliances: AlliancesOfSchool, AllianceFilter, about 4;
        /// The partners it is tied to outside any alliance.
        partners: PartnersOfSchool, PartnerFilter, about 3;
        /// The designations on record that it was given by the view's day; one that it was given twice is there twice.
        designations: DesignationsOfSchool, DesignationFilter, about 2;
        /// Its sites.
        campuses: CampusesOfSchool, CampusFilter, about 3;
        /// The schools that are branches of it, or guided by it.
        branches: BranchesOfSchool, SchoolFilter, about 5;
        /// The schools that it is a branch of, or guided by.
        branch_of: BranchOfSchools, SchoolFilter, about 1;
        /// The schools it came from, through the whole chain (of 50 steps at most), the nearest first.
        predecessors: PredecessorsOfSchool, SchoolFilter, about 3;
        /// The schools it went into, through the whole chain (of 50 steps at most), the nearest first.
        successors: SuccessorsOfSchool, SchoolFilter, about 2;
    }
}

/// A succession of schools.
pub(crate) struct SuccessionTie {
    pub(crate) view: View,
    pub(crate) tie: Arc<domain::Succession>,
}

/// One step of a chain of successions.
#[Object(name = "Succession")]
impl SuccessionTie {
    /// What happened.
    async fn kind(&self) -> Word<domain::SuccessionKind> {
        Word(self.tie.kind)
    }

    /// When; null where no source says.
    async fn effective_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.tie.effective_on)
    }

    /// How many successions lie between the two schools, from 1: this is the last of them.
    async fn steps(&self) -> i64 {
        self.tie.steps
    }

    /// Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one.
    async fn existence(&self, ctx: &Context<'_>) -> Result<Word<domain::Existence>> {
        load_existence(ctx, self.view, (Kind::Succession, self.tie.id), [&self.tie.effective_on]).await
    }

    /// The sources that state the succession.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.tie.id).await
    }
}

/// A tie between two schools.
pub(crate) struct SchoolLink {
    pub(crate) view: View,
    pub(crate) tie: Arc<domain::SchoolLink>,
}

/// A tie between two schools.
#[Object]
impl SchoolLink {
    /// What the branch is to the school.
    async fn kind(&self) -> Word<domain::SchoolLinkKind> {
        Word(self.tie.kind)
    }

    /// Why we believe it.
    async fn basis(&self) -> Word<domain::SchoolLinkBasis> {
        Word(self.tie.basis)
    }

    /// A remark; null if there is none.
    async fn note(&self) -> Option<&str> {
        self.tie.note.as_deref()
    }

    /// Since when; null where no source says.
    async fn since(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.tie.since)
    }

    /// Until when; null where no source says, or it goes on.
    async fn until(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.tie.until)
    }

    /// Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one.
    async fn existence(&self, ctx: &Context<'_>) -> Result<Word<domain::Existence>> {
        load_existence(ctx, self.view, (Kind::SchoolLink, self.tie.id), [&self.tie.since, &self.tie.until]).await
    }

    /// The sources that state the tie.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.tie.id).await
    }
}

relation_types! {
    BranchesOfSchool: "SchoolBranch" => SchoolLink;
    BranchOfSchools: "SchoolBranchOf" => SchoolLink;
    PredecessorsOfSchool: "SchoolPredecessor" => SuccessionTie;
    SuccessorsOfSchool: "SchoolSuccessor" => SuccessionTie;
}

filter! {
    /// Which schools.
    SchoolFilter {
        /// It teaches one of these stages, on record; a school of which no source states a stage is not found.
        stage: Vec<Word<domain::Stage>> => phases,
        /// One of these runs it, on record; `UNKNOWN` finds those of which no source says.
        ownership: Vec<Word<domain::Ownership>> => ownership,
        /// It is of one of these types, on record; `UNKNOWN` finds those of which no source says.
        school_type: Vec<Word<domain::SchoolType>> => school_type,
        /// It had one of these statuses on the view's day, on record; `UNKNOWN` finds those of which no source says. `PLANNED` finds those, too, that are known on that day and open later, and that lists do not hold otherwise.
        status: Vec<Word<domain::SchoolStatus>> => status,
        /// On record it has boarders (`true`) or has none (`false`); a school of which no source says is not found by either.
        boarding: bool => boarding,
        /// It has this code on record.
        code: CodeInput => code,
        /// Its own record says that it belongs to this district, by id or slug: those that `District.schools` lists.
        district: ID => district [District],
        /// Its own record places it in a township of this region, by id or slug: those that `Region.schools` lists.
        region: ID => region [Region],
        /// Its own record places it in this township, by id or slug: those that `Township.schools` lists.
        township: ID => township [Township],
        /// A campus of it stands in a township of this district, by id or slug: those that `District.schoolsWithCampus` lists.
        campus_district: ID => campus_district [District],
        /// A campus of it stands in a township of this region, by id or slug: those that `Region.schoolsWithCampus` lists.
        campus_region: ID => campus_region [Region],
        /// A campus of it stands in this township, by id or slug: those that `Township.schoolsWithCampus` lists.
        campus_township: ID => campus_township [Township],
        /// It is on record as a member of this group, in whatever role; by id or slug.
        group: ID => group [Group],
        /// It is itself on record as a member of this alliance, or the alliance serves its district; by id or slug.
        alliance: ID => alliance [Alliance],
        /// It is on record as tied to this partner outside any alliance; by id or slug.
        partner: ID => partner [Partner],
        /// It is on record as given this designation, by id or slug.
        designation: ID => designation [Designation],
        /// Whether a membership of it in any group is on record. `false` finds those of which no source names a group: that is not to say that they are in none.
        has_group_on_record: bool => has_group,
    }
}

root_fields! {
    SchoolQuery: domain::School as "School", SchoolFilter {
        /// A school; null if there is none. One that was renamed or merged is found too.
        school;
        /// The schools on the map on the view's day.
        schools;
    }
}
