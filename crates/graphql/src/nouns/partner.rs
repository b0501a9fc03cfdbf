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
        filter::filter,
    },
    nouns::{
        alliance::AllianceFilter,
        category::{Categorisation, load_categorisations},
        school::SchoolFilter,
        source::{Citation, load_citations},
    },
    objects::{
        noun::{CommonFields, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
        scalar::{ImpreciseDate, imprecise_date},
        tie::load_existence,
        word::Word,
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
    async fn kinds(&self) -> Vec<Word<domain::PartnerKind>> {
        self.noun.kinds.iter().copied().map(Word).collect()
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

/// A tie between a school and a partner, outside any alliance.
pub(crate) struct SchoolPartnership {
    pub(crate) view: View,
    pub(crate) tie: Arc<domain::SchoolPartner>,
}

/// A tie between a school and a partner, outside any alliance.
#[Object]
impl SchoolPartnership {
    /// What they do together.
    async fn kind(&self) -> Word<domain::SchoolPartnerKind> {
        Word(self.tie.kind)
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
        load_existence(ctx, self.view, (Kind::SchoolPartner, self.tie.id), [&self.tie.since, &self.tie.until]).await
    }

    /// The sources that state the tie.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.tie.id).await
    }
}

relation_types! {
    PartnersOfSchool: "SchoolPartner" => SchoolPartnership;
    SchoolsOfPartner: "PartnerSchool" => SchoolPartnership;
}

filter! {
    /// Which partners.
    PartnerFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// It is, among other things, one of these on record.
        kind: Vec<Word<domain::PartnerKind>> => kinds,
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
