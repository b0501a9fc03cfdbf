//! Partners: the organizations that work with schools.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use domain::{Kind, Noun, View};
use persistence::{AlliancesOfPartner, PartnersOfSchool, SchoolsOfPartner};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::{
        connection::{relation_types, relations},
        filter::{filter, vocabulary},
    },
    nouns::{
        alliance::AllianceFilter,
        category::{Categorisation, load_categorisations},
        school::SchoolFilter,
        source::{Citation, load_citations},
    },
    objects::{
        noun::{CommonFields, Existence, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
        scalar::{ImpreciseDate, imprecise_date},
        tie::load_existence,
    },
    schema::root_fields::root_fields,
};

/// An organization that works with schools: a university, a museum, a troupe.
#[Object(name = "Partner")]
impl ViewedNoun<domain::Partner> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> CommonFields<'_> {
        self.common_fields()
    }

    /// Its codes in official registers.
    async fn codes(&self, ctx: &Context<'_>) -> Result<Vec<RegisterCode>> {
        load_codes(ctx, self.view, self.noun.head().id, []).await
    }

    /// The categories of the data set's own that it is in, by scheme and code.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this scheme, as `Category.scheme` names it.")] scheme: Option<String>,
    ) -> Result<Vec<Categorisation>> {
        load_categorisations(ctx, self.view, self.noun.head().id, scheme.as_deref()).await
    }

    /// What it is; often more than one thing.
    async fn kinds(&self) -> Vec<PartnerKind> {
        self.noun.kinds.iter().map(|kind| PartnerKind::from(*kind)).collect()
    }

    #[graphql(flatten)]
    async fn relations(&self) -> PartnerRelations<'_> {
        PartnerRelations(self)
    }
}

impl FieldColumns for domain::Partner {
    const RELATIONS: &'static [&'static str] = PartnerRelations::NAMES;
}

relations! {
    PartnerRelations of domain::Partner {
        /// The alliances it is a member of.
        alliances: AlliancesOfPartner, AllianceFilter, about 3;
        /// The schools it is tied to outside any alliance.
        schools: SchoolsOfPartner, SchoolFilter, about 5;
    }
}

/// What a partner is.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::PartnerKind")]
pub(crate) enum PartnerKind {
    /// An art troupe.
    ArtTroupe,
    /// An educational enterprise.
    EducationalEnterprise,
    /// An exhibition venue.
    ExhibitionVenue,
    /// A learned society.
    LearnedSociety,
    /// A newspaper, agency or broadcaster.
    Media,
    /// A museum.
    Museum,
    /// A base for the popularization of science.
    PopularScienceBase,
    /// A professional institution.
    ProfessionalInstitution,
    /// A research institute.
    ResearchInstitute,
    /// A resource unit of society.
    ResourceUnit,
    /// A school that is not one of the district's.
    SchoolOutsideDistrict,
    /// A technology company.
    TechnologyCompany,
    /// A university.
    University,
    /// A department of a university.
    UniversityDepartment,
    /// A venue.
    Venue,
}

/// A tie between a school and a partner, outside any alliance.
pub(crate) struct SchoolPartnership {
    pub(crate) view: View,
    pub(crate) tie: Arc<domain::SchoolPartner>,
}

/// A tie between a school and a partner, outside any alliance.
#[Object]
impl SchoolPartnership {
    /// What they do together.
    async fn kind(&self) -> SchoolPartnerKind {
        self.tie.kind.into()
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
    async fn existence(&self, ctx: &Context<'_>) -> Result<Existence> {
        load_existence(ctx, self.view, (Kind::SchoolPartner, self.tie.id), [&self.tie.since, &self.tie.until]).await
    }

    /// The sources that state the tie.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.tie.id).await
    }
}

/// What a school and a partner do together.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::SchoolPartnerKind")]
pub(crate) enum SchoolPartnerKind {
    /// The school cooperates with the partner.
    CooperatesWith,
    /// The school is built together with the partner.
    JointlyBuiltWith,
    /// The school is run together with the partner.
    JointlyRunWith,
    /// The partner manages the school as one of its affiliates.
    ManagedAsAffiliateBy,
    /// The school belongs to the partner's group.
    MemberOfGroupOf,
    /// The school bears the partner's name.
    NamedAfter,
    /// The partner runs the school.
    RunBy,
    /// The school is a base from which the partner draws talent.
    TalentBaseOf,
}

relation_types! {
    PartnersOfSchool: "SchoolPartner" => SchoolPartnership;
    SchoolsOfPartner: "PartnerSchool" => SchoolPartnership;
}

vocabulary! { PartnerKind }

filter! {
    /// Which partners.
    PartnerFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// It is, among other things, one of these on record.
        kind: Vec<PartnerKind> => kinds,
        /// It is on record as a member of this alliance, by id or slug.
        alliance: ID => alliance [Alliance],
        /// It is on record as tied to this school outside any alliance, by id or slug.
        school: ID => school [School],
    }
}

root_fields! {
    PartnerQuery: domain::Partner as "Partner", PartnerFilter {
        /// A partner; null if there is none.
        partner;
        /// The partners on record.
        partners;
    }
}
