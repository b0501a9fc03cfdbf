//! Designations: titles and awards that schools are given.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use domain::{Kind, Noun, View};
use persistence::{DesignationsOfSchool, SchoolsOfDesignation};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::{
        connection::{relation_types, relations},
        filter::filter,
    },
    nouns::{
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

/// A title or an award that schools are given, such as demonstration school.
#[Object(name = "Designation")]
impl ViewedNoun<domain::Designation> {
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

    /// The level at which it is given; `UNKNOWN` where no source says.
    async fn level(&self) -> Word<domain::DesignationLevel> {
        Word(self.noun.level)
    }

    /// Who gives it, in the words of the source; null where none says.
    async fn awarding_body(&self) -> Option<&str> {
        self.noun.awarding_body.as_deref()
    }

    #[graphql(flatten)]
    async fn relations(&self) -> DesignationRelations<'_> {
        DesignationRelations(self)
    }
}

impl FieldColumns for domain::Designation {
    const RELATIONS: &'static [&'static str] = DesignationRelations::NAMES;
}

relations! {
    DesignationRelations of domain::Designation {
        /// The schools on record that were given it by the view's day; one that was given it twice is there twice.
        schools: SchoolsOfDesignation, SchoolFilter, about 20;
    }
}

/// A designation that a school was given.
pub(crate) struct SchoolDesignation {
    pub(crate) view: View,
    pub(crate) tie: Arc<domain::SchoolDesignation>,
}

/// A designation that a school was given.
#[Object]
impl SchoolDesignation {
    /// When it was given; null where no source says.
    async fn awarded_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.tie.awarded_on)
    }

    /// Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one.
    async fn existence(&self, ctx: &Context<'_>) -> Result<Word<domain::Existence>> {
        load_existence(ctx, self.view, (Kind::SchoolDesignation, self.tie.id), [&self.tie.awarded_on]).await
    }

    /// The sources that state that it was given.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.tie.id).await
    }
}

relation_types! {
    DesignationsOfSchool: "SchoolDesignation" => SchoolDesignation;
    SchoolsOfDesignation: "DesignationSchool" => SchoolDesignation;
}

filter! {
    /// Which designations.
    DesignationFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// It is given at one of these levels, on record; `UNKNOWN` finds those of which no source says.
        level: Vec<Word<domain::DesignationLevel>> => level,
        /// It is on record as given to this school, by id or slug.
        school: ID => school [School],
    }
}

root_fields! {
    DesignationQuery: domain::Designation as "Designation", DesignationFilter {
        /// A designation; null if there is none.
        designation;
        /// The designations on record.
        designations;
    }
}
