//! Memberships: a school's place in a group, and its story.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use domain::{Kind, View};
use persistence::{GroupsOfSchool, SchoolsOfGroup};

use crate::{
    lists::connection::relation_types,
    nouns::{
        category::{Categorisation, load_named_categories},
        source::{Citation, load_citations},
    },
    objects::{
        scalar::{ImpreciseDate, imprecise_date},
        tie::TieRow,
        word::Word,
    },
};

/// A school's place in a group.
pub(crate) struct Membership {
    pub(crate) view: View,
    pub(crate) tie: Arc<domain::Membership>,
}

/// A school's place in a group.
#[Object]
impl Membership {
    /// As what the school belongs to the group.
    async fn role(&self) -> Word<domain::MembershipRole> {
        Word(self.tie.role)
    }

    /// When the school joined; null where no source says.
    async fn since(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.tie.joined_on)
    }

    /// When the school left; null where no source says, or it still belongs.
    async fn until(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.tie.left_on)
    }

    /// The time for which the source states it; null where it does not say.
    async fn as_of(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.tie.as_of)
    }

    /// Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one. `ASSUMED`, too, where a school leads on a day on which, by dates that are not precise to the day, another may have led still or already; of the two the map shows the later from the first day on which it can have begun, and the other have ended.
    async fn existence(&self, ctx: &Context<'_>) -> Result<Word<domain::Existence>> {
        self.row().load_existence(ctx).await
    }

    /// The categories of the data set's own that the membership is in, in the order of its row, as far as they are on the map.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this scheme, as `Category.scheme` names it.")] scheme: Option<String>,
    ) -> Result<Vec<Categorisation>> {
        load_named_categories(ctx, self.row(), &self.tie.categories, scheme.as_deref()).await
    }

    /// The sources that state the membership.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.tie.id).await
    }
}

impl Membership {
    fn row(&self) -> TieRow {
        let domain::Membership { id, joined_on, left_on, as_of, turn, .. } = &*self.tie;
        TieRow {
            view: self.view,
            tie: (Kind::Membership, *id),
            since: joined_on.clone(),
            until: left_on.clone(),
            as_of: as_of.clone(),
            turn: Some(*turn),
        }
    }
}

relation_types! {
    SchoolsOfGroup: "GroupSchool" => Membership;
    GroupsOfSchool: "SchoolGroup" => Membership;
}
