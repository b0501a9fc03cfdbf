//! Table `sources`, and the citations of facts.

use std::{collections::hash_map::Entry, sync::Arc};

use domain::{
    Citation, Confidence, EvidenceRelation, Extent, Head, LanguageTag, Reliability, Shape, Source, SourceKind, Texts,
    source,
};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait, Func, JoinType, Keyword, Order, Query, SelectStatement, UnionType},
};

use super::evidence::Evidence;
use crate::{
    IdMap, StoreError,
    columns::ColumnSet,
    entity::{citations, identities},
    noun::{Table, exprs, read},
    parts::{List, read_by_owner},
    row::{Row, Rows},
    tie::{End, Tie, TieSource},
    view::{AnyIden, Scope, Sees, col, literal},
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
    /// The citations of a fact's own row, then those of further sources that speak of the noun, which say how they stand to it.
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        let mut citations = select_own(scope);
        citations.union(UnionType::All, select_of_evidence(scope));
        let mut select = Query::select();
        select.from_subquery(citations, "t");
        scope.join(&mut select, Sources::Table, "c", col("c", Sources::Id).eq(col("t", "source_id")), Sees::Shown);
        for key in [col("t", "owner"), col("t", "field"), col("t", "place"), col("c", "slug"), col("t", "id")] {
            select.order_by_expr(key, Order::Asc);
        }
        (select, col("t", "owner"))
    }

    fn columns() -> Vec<Expr> {
        let own = ["field", "quote", "confidence", "relation", "value"].map(|column| col("t", column));
        own.into_iter().chain(exprs::<Source>("c", ColumnSet::ALL)).collect()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        read_citation(row, &mut IdMap::default())
    }

    /// Many facts cite the same sources: each is read once.
    fn read_all(rows: &Rows) -> Result<IdMap<Vec<Self>>, StoreError> {
        let mut sources = IdMap::default();
        read_by_owner(rows, |row| read_citation(row, &mut sources))
    }
}

/// Reads a citation; its source only if it is not among these.
fn read_citation(row: &mut Row<'_>, sources: &mut IdMap<Arc<Source>>) -> Result<Citation, StoreError> {
    let [field, quote, confidence, relation, value] = row.cells();
    let source = match sources.entry(row.peek().number()?) {
        Entry::Occupied(known) => known.get().clone(),
        Entry::Vacant(new) => new.insert(Arc::new(read(row, ColumnSet::ALL)?)).clone(),
    };
    Ok(Citation {
        field: field.maybe_text()?.filter(|field| !field.is_empty()),
        quote: quote.maybe_text()?,
        confidence: confidence.maybe_word(Confidence::parse)?,
        relation: relation.word(EvidenceRelation::parse)?,
        value: value.maybe_text()?,
        source,
    })
}

/// Sources and the nouns that cite them, by their own row or by evidence; the source first.
pub(crate) static CITED_BY: Tie<()> = Tie {
    name: "cited_by",
    source: TieSource::Rows(|scope, _: End| {
        let mut nouns = select_citing(scope);
        nouns.union(UnionType::Distinct, select_citing_by_evidence(scope));
        nouns
    }),
    columns: &[],
    read: |_, _| Ok(()),
};

fn select_citing(scope: &Scope) -> SelectStatement {
    let cited = |column: citations::Column| col("own", column);
    let mut select = scope.select_from(citations::Entity, "own", Sees::Known);
    // Nouns have slugs, ties have none.
    let is_noun = col("n", identities::Column::Id)
        .eq(cited(citations::Column::FactId))
        .and(col("n", identities::Column::Slug).is_not_null());
    select.join_as(JoinType::InnerJoin, identities::Entity, "n", is_noun);
    select.expr_as(cited(citations::Column::SourceId), "parent");
    let noun = || cited(citations::Column::FactId);
    select.expr_as(noun(), "child").expr_as(col("n", identities::Column::Kind), "kind").expr_as(noun(), "fact");
    select.expr_as(literal(""), "rank").and_where(scope.is_asked(cited(citations::Column::SourceId)));
    select
}

fn select_citing_by_evidence(scope: &Scope) -> SelectStatement {
    let source = || col("own", citations::Column::SourceId);
    let mut select = scope.select_from(citations::Entity, "own", Sees::Known);
    let is_its_own = col("e", Evidence::Id).eq(col("own", citations::Column::FactId));
    scope.join_in_order(&mut select, Evidence::Table, "e", is_its_own, Sees::Known);
    select.expr_as(source(), "parent").expr_as(col("e", Evidence::SubjectId), "child");
    select.expr_as(col("e", Evidence::SubjectType), "kind").expr_as(col("e", Evidence::SubjectId), "fact");
    select.expr_as(literal(""), "rank").and_where(scope.is_asked(source()));
    select
}

fn select_own(scope: &Scope) -> SelectStatement {
    use citations::Column::{Confidence, FactId, Field, Quote, SourceId};
    let mut select = scope.select_from(citations::Entity, "own", Sees::Known);
    select.expr_as(col("own", FactId), "owner").expr_as(col("own", FactId), "id");
    for column in [SourceId, Field, Quote, Confidence] {
        select.expr(col("own", column));
    }
    select.expr_as(literal(EvidenceRelation::Supports.word()), "relation");
    select.expr_as(Expr::Keyword(Keyword::Null), "value").expr_as(literal("0"), "place");
    select.and_where(scope.is_asked(col("own", FactId)));
    select
}

fn select_of_evidence(scope: &Scope) -> SelectStatement {
    use citations::Column::{Confidence, FactId, Quote, SourceId};
    let mut select = scope.select_from(Evidence::Table, "e", Sees::Holding);
    let is_its_own = col("own", FactId).eq(col("e", Evidence::Id));
    scope.join_in_order(&mut select, citations::Entity, "own", is_its_own, Sees::Known);
    select.expr_as(col("e", Evidence::SubjectId), "owner").expr_as(col("e", Evidence::Id), "id");
    select.expr(col("own", SourceId));
    select.expr_as(Func::coalesce([col("e", Evidence::Field), literal("")]), "field");
    select.expr(col("own", Quote)).expr(col("own", Confidence));
    select.expr(col("e", Evidence::Relation)).expr(col("e", Evidence::Value)).expr_as(literal("1"), "place");
    select.and_where(scope.is_asked(col("e", Evidence::SubjectId)));
    select
}
