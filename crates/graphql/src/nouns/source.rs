//! Sources, and what they say about facts.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{Noun, View, source as domain_source};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::filter::{filter, vocabulary},
    nouns::category::{Categorisation, load_categorisations},
    objects::{
        noun::{CommonFields, ViewedNoun},
        scalar::{ImpreciseDate, imprecise_date},
    },
    schema::root_fields::root_fields,
};

pub(crate) type Source = ViewedNoun<domain::Source>;

/// An article, a list or a charter that facts cite. Its name is its title.
#[Object(name = "Source")]
impl ViewedNoun<domain::Source> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> CommonFields<'_> {
        self.common_fields()
    }

    /// The categories of the data set's own that it is in, by scheme and code.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this scheme, as `Category.scheme` names it.")] scheme: Option<String>,
    ) -> Result<Vec<Categorisation>> {
        load_categorisations(ctx, self.view, self.noun.head().id, scheme.as_deref()).await
    }

    /// The title, in the language of the source.
    async fn title(&self) -> &str {
        &self.noun.title
    }

    /// Who published it, and where it was read if that is a copy.
    async fn publisher(&self) -> &str {
        &self.noun.publisher
    }

    /// Who wrote it; null where it does not say.
    async fn author(&self) -> Option<&str> {
        self.noun.author.as_deref()
    }

    /// When it was published; null where it does not say.
    async fn published_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.noun.published_on)
    }

    /// Where it can be read; null where no address is known.
    async fn url(&self) -> Option<&str> {
        self.noun.url.as_deref()
    }

    /// The language it is in, a BCP 47 tag.
    async fn language(&self) -> &str {
        self.noun.language.as_str()
    }

    /// What it is.
    async fn kind(&self) -> SourceKind {
        self.noun.kind.into()
    }

    /// How much of it was read.
    async fn extent_read(&self) -> Extent {
        self.noun.extent_read.into()
    }

    /// How far it can be trusted.
    async fn reliability(&self) -> Reliability {
        self.noun.reliability.into()
    }

    /// The license under which it may be used: an [SPDX identifier](https://spdx.org/licenses/) such as `ODbL-1.0`, or its name or address; null where none is on record.
    async fn license(&self) -> Option<&str> {
        self.noun.license.as_deref()
    }

    /// A remark; null if there is none.
    async fn note(&self) -> Option<&str> {
        self.noun.note.as_deref()
    }
}

impl FieldColumns for domain::Source {}

/// What a source is.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::SourceKind")]
pub(crate) enum SourceKind {
    /// A page anyone may write.
    Community,
    /// An encyclopedia.
    Encyclopedia,
    /// A newspaper or an agency.
    News,
    /// A public authority, or an institution about itself.
    Official,
    /// A collection of data.
    Repository,
    /// Made up by a generator: it states nothing about the world.
    Synthetic,
}

/// How much of a source was read.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::Extent")]
pub(crate) enum Extent {
    /// Its beginning.
    Beginning,
    /// All of it.
    Full,
}

/// How far a source can be trusted.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::Reliability")]
pub(crate) enum Reliability {
    /// Much.
    High,
    /// Somewhat.
    Medium,
    /// Little.
    Low,
}

/// How sure a statement is.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::Confidence")]
pub(crate) enum Confidence {
    /// It follows from what a source says.
    Implied,
    /// A news report says so.
    News,
    /// Transcribed from an official list.
    OfficialList,
    /// Names were restored from a garbled copy.
    Restored,
    /// A community page or an unofficial compilation says so.
    Unofficial,
}

/// What a source says about a fact: its own details, and the words.
#[derive(SimpleObject)]
pub(crate) struct Citation {
    /// The title of the source.
    title: String,
    /// Who published it.
    publisher: String,
    /// When it was published; null where it does not say.
    published_on: Option<ImpreciseDate>,
    /// Where it can be read; null where no address is known.
    url: Option<String>,
    /// The words that state the fact, at most about 25 of them; null where none are recorded.
    quote: Option<String>,
    /// How sure the statement is; null where the record does not say.
    confidence: Option<Confidence>,
    /// The one field of the fact that it states, such as `ownership`; null where it states the whole.
    field: Option<String>,
    /// The source itself.
    source: Source,
}

impl Citation {
    /// Whether it states this column of the fact, and no more.
    pub(crate) fn names(&self, column: &str) -> bool {
        self.field.as_deref() == Some(column)
    }

    /// Whether it states this column of the fact, by itself or with the whole.
    pub(crate) fn states(&self, column: &str) -> bool {
        self.field.as_deref().is_none_or(|field| field == column)
    }
}

/// The sources that state a fact.
pub(crate) async fn load_citations(ctx: &Context<'_>, view: View, fact: i64) -> Result<Vec<Citation>> {
    let citations = ctx.load_parts::<domain::Citation>(view, fact).await?;
    Ok(citations.iter().map(|citation| citation_object(view, citation)).collect())
}

fn citation_object(view: View, citation: &domain_source::Citation) -> Citation {
    let source = &citation.source;
    Citation {
        title: source.title.clone(),
        publisher: source.publisher.clone(),
        published_on: imprecise_date(&source.published_on),
        url: source.url.clone(),
        quote: citation.quote.clone(),
        confidence: citation.confidence.map(Confidence::from),
        field: citation.field.clone(),
        source: ViewedNoun { view, noun: source.clone() },
    }
}

vocabulary! { Reliability, SourceKind }

filter! {
    /// Which sources.
    SourceFilter {
        /// It is one of these.
        kind: Vec<SourceKind> => kind,
        /// It can be trusted this far.
        reliability: Vec<Reliability> => reliability,
    }
}

root_fields! {
    SourceQuery: domain::Source as "Source", SourceFilter {
        /// A source; null if there is none.
        source;
        /// The sources on record.
        sources;
    }
}
