//! Learning areas: units in which a district manages neighboring schools.

use async_graphql::{Context, ID, Object, Result};
use domain::Noun;

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::filter::filter,
    nouns::category::{Categorisation, load_categorisations},
    objects::{
        noun::{CommonFields, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
        scalar::{ImpreciseDate, imprecise_date},
    },
    schema::root_fields::root_fields,
};

/// A unit in which a district manages neighboring schools.
#[Object(name = "LearningArea")]
impl ViewedNoun<domain::LearningArea> {
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

    /// The day for which the source lists it; null where it does not say.
    async fn as_of(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.noun.as_of)
    }

    /// The district it is part of; null where the record does not say.
    async fn district(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::District>>> {
        ctx.load_optional_noun(self.view, self.noun.district).await
    }
}

impl FieldColumns for domain::LearningArea {}

filter! {
    /// Which learning areas.
    LearningAreaFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// Part of this district, by id or slug.
        district: ID => district [District],
    }
}

root_fields! {
    LearningAreaQuery: domain::LearningArea as "LearningArea", LearningAreaFilter {
        /// A learning area; null if there is none.
        learning_area;
        /// The learning areas on the map.
        learning_areas;
    }
}
