//! Sources, and what they say about facts.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{Noun, View, source as domain_source};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::filter::filter,
    nouns::category::{Categorisation, load_categorisations},
    objects::{
        noun::{CommonFields, ViewedNoun},
        scalar::{ImpreciseDate, imprecise_date},
        word::Word,
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
    async fn kind(&self) -> Word<domain::SourceKind> {
        Word(self.noun.kind)
    }

    /// How much of it was read.
    async fn extent_read(&self) -> Word<domain::Extent> {
        Word(self.noun.extent_read)
    }

    /// How far it can be trusted.
    async fn reliability(&self) -> Word<domain::Reliability> {
        Word(self.noun.reliability)
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
    confidence: Option<Word<domain::Confidence>>,
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
        confidence: citation.confidence.map(Word),
        field: citation.field.clone(),
        source: ViewedNoun { view, noun: source.clone() },
    }
}

filter! {
    /// Which sources.
    SourceFilter {
        /// It is one of these.
        kind: Vec<Word<domain::SourceKind>> => kind,
        /// It can be trusted this far.
        reliability: Vec<Word<domain::Reliability>> => reliability,
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
