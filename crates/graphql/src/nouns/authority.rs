//! Authorities: governments, commissions and committees.

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
        word::Word,
    },
    schema::root_fields::root_fields,
};

/// A government, commission or committee.
#[Object(name = "Authority")]
impl ViewedNoun<domain::Authority> {
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

    /// The level it governs; `UNKNOWN` where no source says.
    async fn level(&self) -> Word<domain::AuthorityLevel> {
        Word(self.noun.level)
    }

    /// What it is; `UNKNOWN` where no source says.
    async fn kind(&self) -> Word<domain::AuthorityKind> {
        Word(self.noun.kind)
    }
}

impl FieldColumns for domain::Authority {}

filter! {
    /// Which authorities.
    AuthorityFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// It governs one of these levels.
        level: Vec<Word<domain::AuthorityLevel>> => level,
        /// It is one of these.
        kind: Vec<Word<domain::AuthorityKind>> => kind,
    }
}

root_fields! {
    AuthorityQuery: domain::Authority as "Authority", AuthorityFilter {
        /// An authority; null if there is none.
        authority;
        /// The authorities on record.
        authorities;
    }
}
