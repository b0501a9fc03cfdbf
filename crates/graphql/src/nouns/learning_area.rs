//! Learning areas: units in which a district manages neighboring schools.

use async_graphql::{Context, ID, Object, Result};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::filter::filter,
    objects::{
        noun::{At, Head},
        scalar::{ImpreciseDate, stated},
    },
    schema::root_fields::roots,
};

/// A unit in which a district manages neighboring schools.
#[Object(name = "LearningArea")]
impl At<domain::LearningArea> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> Head<'_> {
        self.head()
    }

    /// The day for which the source lists it; null where it does not say.
    async fn as_of(&self) -> Option<ImpreciseDate> {
        stated(&self.noun.as_of)
    }

    /// The district it is part of; null where the record does not say.
    async fn district(&self, ctx: &Context<'_>) -> Option<Result<At<domain::District>>> {
        ctx.find_maybe(self.view, self.noun.district).await
    }
}

impl FieldColumns for domain::LearningArea {}

filter! {
    /// Which learning areas.
    LearningAreaFilter {
        /// Part of this district, by id or slug.
        district: ID => district [District],
    }
}

roots! {
    LearningAreaQuery: domain::LearningArea as "LearningArea", LearningAreaFilter {
        /// A learning area; null if there is none.
        learning_area;
        /// The learning areas on the map.
        learning_areas;
    }
}
