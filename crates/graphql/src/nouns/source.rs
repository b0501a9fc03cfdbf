//! Sources, and what they say about facts.

use std::sync::Arc;

use domain::{EvidenceRelation, View};
use futures::FutureExt;
use persistence::{ColumnSet, NOUNS_CITING_SOURCE};

use crate::{
    batching::loaders::PartsLoader,
    definition::{
        field::{FieldContext, Loading},
        object_type::{Described, ObjectType},
        resolver::{Children, LoadLevel, Multiplicity},
    },
    execution::context::ContextExt,
    lists::filter_type::FilterType,
    objects::{
        noun::{NounType, ViewedNoun},
        word::Word,
    },
};

impl NounType for domain::Source {
    const NAME: &'static str = "Source";
    const ONE: (&'static str, &'static str) = ("source", "A source; null if there is none.");
    const MANY: (&'static str, &'static str) = ("sources", "The sources on record.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("An article, a list or a charter that facts cite. Its name is its title.")
            .categories()
            .text("title", "The title, in the language of the source.", |it| &it.noun.title)
            .text("publisher", "Who published it, and where it was read if that is a copy.", |it| &it.noun.publisher)
            .optional_text("author", "Who wrote it; null where it does not say.", |it| it.noun.author.as_deref())
            .date("publishedOn", "When it was published; null where it does not say.", |it| &it.noun.published_on)
            .optional_text("url", "Where it can be read; null where no address is known.", |it| it.noun.url.as_deref())
            .text("language", "The language it is in, a BCP 47 tag.", |it| it.noun.language.as_str())
            .leaf("kind", "What it is.", |it| Word(it.noun.kind))
            .leaf("extentRead", "How much of it was read.", |it| Word(it.noun.extent_read))
            .leaf("reliability", "How far it can be relied on, whatever its kind.", |it| Word(it.noun.reliability))
            .optional_text("license", "The license under which it may be used: an [SPDX identifier](https://spdx.org/licenses/) such as `ODbL-1.0`, or its name or address; null where none is on record.", |it| it.noun.license.as_deref())
            .optional_text("note", "A remark; null if there is none.", |it| it.noun.note.as_deref())
            .any_relation(NOUNS_CITING_SOURCE, "citedBy", "CitingNoun", 100, "The nouns that cite it, by their own record or as a further source of a field, whenever they are on the map; ties and parts that cite it are not counted.")
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which sources.")
            .words::<domain::SourceKind>("kind", "It is one of these.")
            .words::<domain::Reliability>("reliability", "It can be relied on this far.")
    }
}

/// What a source says about a fact: one of the citations that were loaded for it.
pub(crate) struct Citation {
    view: View,
    of_fact: Arc<Vec<domain::Citation>>,
    at: usize,
    relation: EvidenceRelation,
}

impl Citation {
    fn it(&self) -> &domain::Citation {
        &self.of_fact[self.at]
    }

    /// Whether it says what is recorded.
    fn supports(&self) -> bool {
        self.relation == EvidenceRelation::Supports
    }

    /// The same of a row of evidence that contradicts what is recorded.
    pub(crate) fn contradicting(self) -> Self {
        Citation { relation: EvidenceRelation::Contradicts, ..self }
    }

    /// Whether it states this column of the fact, and no more.
    pub(crate) fn names(&self, column: &str) -> bool {
        self.supports() && self.it().field.as_deref() == Some(column)
    }

    /// Whether it states this column of the fact, by itself or with the whole.
    pub(crate) fn states(&self, column: &str) -> bool {
        self.supports() && self.it().field.as_deref().is_none_or(|field| field == column)
    }
}

impl Described for Citation {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Citation", "What a source says about a fact: its own details, and the words.")
            .text("title", "The title of the source.", |it| &it.it().source.title)
            .text("publisher", "Who published it.", |it| &it.it().source.publisher)
            .date("publishedOn", "When it was published; null where it does not say.", |it| {
                &it.it().source.published_on
            })
            .optional_text("url", "Where it can be read; null where no address is known.", |it| {
                it.it().source.url.as_deref()
            })
            .optional_text(
                "quote",
                "The words that state the fact, at most about 25 of them; null where none are recorded.",
                |it| it.it().quote.as_deref(),
            )
            .leaf(
                "reliability",
                "How far the statement can be relied on: as far as its source, but at most `MEDIUM` where it is inferred, and `LOW` where an unofficial compilation makes it.",
                |it| Word(it.it().reliability()),
            )
            .leaf(
                "isInferred",
                "Whether the words do not say it outright: it follows from them, or names were restored from a garbled copy. Null where the record does not say.",
                |it| it.it().confidence.map(domain::Confidence::is_inferred),
            )
            .leaf("confidence", "By which way the statement came on record; null where the record does not say.", |it| {
                it.it().confidence.map(Word)
            })
            .deprecated("Use `reliability` and `isInferred`, and `source { kind }` for what said so. Removal in 2.0.")
            .optional_text(
                "field",
                "The one field of the fact that it states, such as `ownership`; null where it states the whole.",
                |it| it.it().field.as_deref(),
            )
            .leaf("relation", "How it stands to what is recorded: whether it says the same, or something else.", |it| {
                Word(it.relation)
            })
            .optional_text(
                "value",
                "The value that it gives for `field`, where that stands beside the words; null where it does not.",
                |it| it.it().value.as_deref(),
            )
            .object("source", "The source itself.", |it| ViewedNoun { view: it.view, noun: it.it().source.clone() })
    }
}

/// The sources of a column of a fact: those that are named for it or, where none is, those of the whole.
pub(crate) fn load_citations_of<'a>(
    ctx: &'a FieldContext<'a>,
    view: View,
    fact: i64,
    column: &'static str,
) -> Loading<'a, Vec<Citation>> {
    load_citations(ctx, view, fact).map(move |mut sources| {
        let is_named = sources.iter().any(|citation| citation.names(column));
        sources.retain(|citation| if is_named { citation.names(column) } else { citation.states(column) });
        sources
    })
}

/// The sources that state a fact.
pub(crate) fn load_citations<'a>(ctx: &'a FieldContext<'a>, view: View, fact: i64) -> Loading<'a, Vec<Citation>> {
    Loading::later(async move { Ok(citations(view, &ctx.load_parts::<domain::Citation>(view, fact).await?)) })
}

fn citations(view: View, of_fact: &Arc<Vec<domain::Citation>>) -> Vec<Citation> {
    let citation = |(at, it): (usize, &domain::Citation)| {
        let (of_fact, relation) = (of_fact.clone(), it.relation);
        Citation { view, of_fact, at, relation }
    };
    of_fact.iter().enumerate().map(citation).collect()
}

impl<T: Send + Sync> ObjectType<T> {
    /// Adds the sources that state a fact.
    pub(crate) fn sources(self, description: &'static str, fact: fn(&T) -> (View, i64)) -> Self {
        self.citations("sources", description, fact)
    }

    /// Adds the sources that state a fact, under another name.
    pub(crate) fn citations(self, name: &'static str, description: &'static str, fact: fn(&T) -> (View, i64)) -> Self {
        let load: LoadLevel<T, Citation> = Box::new(move |objects, ctx| {
            let facts: Vec<Option<(View, i64)>> = objects.iter().map(|it| Some(fact(it))).collect();
            async move {
                let of_facts =
                    ctx.load_under_views(&facts, ColumnSet::LEAST, PartsLoader::<domain::Citation>::new).await?;
                let each = facts.iter().flatten().zip(of_facts);
                Ok(each
                    .map(|((view, _), of_fact)| Children::Many(citations(*view, &of_fact.unwrap_or_default())))
                    .collect())
            }
            .boxed()
        });
        self.load_level(name, description, Multiplicity::Many, load)
    }
}
