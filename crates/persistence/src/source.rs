//! Table `sources`, and the citations of facts.

use std::sync::Arc;

use domain::{
    Citation, Confidence, Extent, Head, LanguageTag, Reliability, Shape, Source, SourceConditions, SourceKind, View,
    source,
};

use crate::{
    StoreError,
    noun::{Table, columns, noun},
    parts::List,
    row::Row,
    sql::Sql,
};

impl Table for Source {
    const SHAPE: &'static Shape = &source::SHAPE;
    type Conditions = SourceConditions;

    fn read(mut head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        let title = row.text("title")?;
        let language = row.text("language")?;
        let language = LanguageTag::parse(&language)
            .map_err(|error| StoreError::Inconsistent { id: head.id, problem: error.to_string() })?;
        // A source is called by its title, in the language it has.
        let name = if language.as_str().starts_with("zh") { &mut head.names.zh } else { &mut head.names.en };
        *name = Some(title.clone());
        Ok(Source {
            title,
            publisher: row.text("publisher")?,
            author: row.stated("author")?,
            published_on: row.date("published_on")?,
            url: row.stated("url")?,
            language,
            kind: row.word("kind", SourceKind::parse)?,
            extent_read: row.word("extent_read", Extent::parse)?,
            reliability: row.word("reliability", Reliability::parse)?,
            note: row.stated("note")?,
            head,
        })
    }

    fn narrow(is: &SourceConditions, _: View, sql: &mut Sql) {
        let SourceConditions { kind, reliability } = is;
        if let Some(kinds) = kind {
            sql.put(" AND ").one_of("c.kind", kinds.iter().map(|kind| kind.word()));
        }
        if let Some(words) = reliability {
            sql.put(" AND ").one_of("c.reliability", words.iter().map(|word| word.word()));
        }
    }
}

impl List for Citation {
    fn select(view: View, owners: &[i64], sql: &mut Sql) {
        sql.put("SELECT x.fact_id AS owner, x.field, x.quote, x.confidence, ").put(&columns::<Source>());
        sql.put(" FROM citations x JOIN sources c ON c.id = x.source_id AND ").known("c", view);
        sql.put(" WHERE ").among("x.fact_id", owners).put(" AND ").known("x", view).put(" ORDER BY x.fact_id, x.field");
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Citation {
            source: Arc::new(noun(row.0)?),
            field: row.stated("field")?.filter(|field| !field.is_empty()),
            quote: row.stated("quote")?,
            confidence: row.maybe_word("confidence", Confidence::parse)?,
        })
    }
}
