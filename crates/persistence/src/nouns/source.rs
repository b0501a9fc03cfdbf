//! Table `sources`, and the citations of facts.

use std::sync::Arc;

use domain::{Citation, Confidence, Extent, Head, LanguageTag, Reliability, Shape, Source, SourceKind, Texts, source};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait, Order, SelectStatement},
};

use crate::{
    StoreError,
    columns::ColumnSet,
    entity::citations,
    noun::{Table, exprs, read},
    parts::List,
    row::Row,
    view::{AnyIden, Scope, Sees, col},
};

/// Table `sources`.
#[derive(Clone, Copy, DeriveIden)]
pub(crate) enum Sources {
    Table,
    Id,
    ValidFrom,
    Title,
    Publisher,
    Author,
    PublishedOn,
    Url,
    Language,
    Kind,
    ExtentRead,
    Reliability,
    Note,
    License,
}

impl Table for Source {
    const SHAPE: &'static Shape = &source::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Sources::Title,
        &Sources::Publisher,
        &Sources::Author,
        &Sources::PublishedOn,
        &Sources::Url,
        &Sources::Language,
        &Sources::Kind,
        &Sources::ExtentRead,
        &Sources::Reliability,
        &Sources::Note,
        &Sources::License,
    ];

    fn read(mut head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [title, publisher, author, published_on, url, language, kind, extent_read, reliability, note, license] =
            row.cells();
        let title = title.text()?;
        let tag = language.str()?;
        let language = LanguageTag::parse(tag).map_err(|_| language.meaningless(tag))?;
        // A source is called by its title, in the language it has.
        head.names = Texts::single(language.as_str(), title.clone());
        Ok(Source {
            title,
            publisher: publisher.text()?,
            author: author.maybe_text()?,
            published_on: published_on.date()?,
            url: url.maybe_text()?,
            language,
            kind: kind.word(SourceKind::parse)?,
            extent_read: extent_read.word(Extent::parse)?,
            reliability: reliability.word(Reliability::parse)?,
            note: note.maybe_text()?,
            license: license.maybe_text()?,
            head,
        })
    }
}

impl List for Citation {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use citations::Column::{FactId, Field, SourceId};
        let mut select = scope.select_from(citations::Entity, "x", Sees::Known);
        scope.join(&mut select, Sources::Table, "c", col("c", Sources::Id).eq(col("x", SourceId)), Sees::Shown);
        let owner = col("x", FactId);
        select.order_by_expr(owner.clone(), Order::Asc).order_by_expr(col("x", Field), Order::Asc);
        (select, owner)
    }

    fn columns() -> Vec<Expr> {
        use citations::Column::{Confidence, Field, Quote};
        [Field, Quote, Confidence]
            .map(|column| col("x", column))
            .into_iter()
            .chain(exprs::<Source>("c", ColumnSet::ALL))
            .collect()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [field, quote, confidence] = row.cells();
        Ok(Citation {
            field: field.maybe_text()?.filter(|field| !field.is_empty()),
            quote: quote.maybe_text()?,
            confidence: confidence.maybe_word(Confidence::parse)?,
            source: Arc::new(read(row, ColumnSet::ALL)?),
        })
    }
}
