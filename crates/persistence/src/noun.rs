//! Reading nouns: by id, by slug, and in pages.

use std::{collections::HashMap, fmt::Debug, sync::Arc};

use domain::{
    Filter, Head, Kind, Known, Order, OrderField, Page, PageRequest, Position, Shape, View,
    page::End,
    text::{bigrams, fold},
};
use sea_orm::{DbBackend, QueryResult};

use crate::{Store, StoreError, row::Row, sql::Sql};

/// A noun that the store keeps.
pub trait Noun: Table {}

impl<N: Table> Noun for N {}

/// A page of nouns.
pub type NounPage<N> = Page<Arc<N>>;

/// How a noun is kept: what a noun's file says about it.
pub trait Table: domain::Noun + Sized {
    /// What its records are made of.
    const SHAPE: &'static Shape;
    /// The conditions that narrow lists of it.
    type Is: Clone + Debug + Default + Eq + std::hash::Hash + Send + Sync + 'static;
    /// Reads a row; `head.names` holds the names that every noun's columns have.
    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError>;
    /// Adds ` AND …` for every condition on the row that `c` names.
    fn narrow(is: &Self::Is, view: View, sql: &mut Sql);
}

impl Store {
    /// The nouns with these ids, known in the view; whether they hold on its day is for the reader to see.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn by_ids<N: Noun>(&self, view: View, ids: &[i64]) -> Result<HashMap<i64, Arc<N>>, StoreError> {
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT ").put(&columns::<N>()).put(" FROM ").put(N::SHAPE.table).put(" c WHERE ");
        sql.among("c.id", ids).put(" AND ").known("c", view);
        let rows = self.rows(sql).await?;
        rows.iter().map(|row| noun::<N>(row).map(|noun| (noun.head().id, Arc::new(noun)))).collect()
    }

    /// A page of the nouns that hold in the view.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn page<N: Noun>(
        &self,
        view: View,
        filter: &Filter<N::Is>,
        order: Order,
        request: &PageRequest,
    ) -> Result<NounPage<N>, StoreError> {
        let key = match order.field {
            OrderField::Natural | OrderField::Name => "c.sort_name",
            OrderField::Slug => "c.slug",
            OrderField::Since => "c.valid_from",
        };
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT ").put(&columns::<N>()).put(", ").put(key).put(" AS sort_key FROM ").put(N::SHAPE.table);
        sql.put(" c WHERE ").holds("c", view);
        narrow::<N>(filter, view, &mut sql);
        between(&mut sql, key, "c.id", order, request);
        let direction = direction(order, request);
        sql.put(" ORDER BY ");
        if self.backend == DbBackend::Postgres && view.known == Known::Latest {
            // All nulls, and in the index before the key: PostgreSQL does not see by itself that these need no order,
            // and would sort the schools of a nation to give 20.
            sql.put(&format!("c.known_to {direction}, "));
        }
        sql.put(&format!("{key} {direction}, c.id {direction} LIMIT "));
        sql.bind(i64::from(request.size) + 1);
        let entry = |row: &QueryResult| {
            let noun = noun::<N>(row)?;
            Ok((Position { key: Row(row).text("sort_key")?, id: noun.head().id }, Arc::new(noun)))
        };
        let rows = self.rows(sql).await?;
        Ok(Page::of(rows.iter().map(entry).collect::<Result<_, StoreError>>()?, request))
    }

    /// How many nouns hold in the view.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count<N: Noun>(&self, view: View, filter: &Filter<N::Is>) -> Result<u64, StoreError> {
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT COUNT(*) AS n FROM ").put(N::SHAPE.table).put(" c WHERE ").holds("c", view);
        narrow::<N>(filter, view, &mut sql);
        let rows = self.rows(sql).await?;
        let count: i64 = rows.first().map_or(Ok(0), |row| Row(row).get("n"))?;
        Ok(count.unsigned_abs())
    }
}

/// How many slugs are read to each side of one that nothing has.
const NEAR: i64 = 500;

impl Store {
    /// Those of these identities that some revision knows.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recorded(&self, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT i.id FROM identities i WHERE ").among("i.id", ids);
        self.rows(sql).await?.iter().map(|row| Row(row).get("id")).collect()
    }

    /// The slugs of a kind around this one, in no order: all of them where there are few.
    ///
    /// # Errors
    /// The database failed.
    pub async fn slugs_near(&self, kind: Kind, slug: &str) -> Result<Vec<String>, StoreError> {
        let mut sql = Sql::new(self.backend);
        for (start, is, direction, end) in
            [("SELECT slug FROM (", ">=", "ASC", ") t UNION ALL "), ("SELECT slug FROM (", "<", "DESC", ") q")]
        {
            sql.put(start).put("SELECT i.slug FROM identities i WHERE i.kind = ").bind(kind.name());
            sql.put(&format!(" AND i.slug {is} ")).bind(slug);
            sql.put(&format!(" ORDER BY i.slug {direction} LIMIT {NEAR}")).put(end);
        }
        self.rows(sql).await?.iter().map(|row| Row(row).text("slug")).collect()
    }
}

/// The columns that [`noun`] reads, from the table that `c` names.
pub(crate) fn columns<N: Table>() -> String {
    let own = N::SHAPE.own().filter(|column| !matches!(column.holds, domain::Holds::Slug));
    let own = own.map(|column| format!(", c.{}", column.name));
    format!("c.id, c.slug, c.valid_from, c.valid_to{}", own.collect::<String>())
}

/// Reads a noun from a row of [`columns`].
pub(crate) fn noun<N: Table>(row: &QueryResult) -> Result<N, StoreError> {
    let row = Row(row);
    let mut names = domain::Names::default();
    for column in N::SHAPE.columns {
        match column.name {
            "name_zh" => names.zh = row.stated("name_zh")?,
            "name_en" => names.en = row.stated("name_en")?,
            "name_zh_basis" => names.zh_basis = row.basis("name_zh_basis")?,
            "name_en_basis" => names.en_basis = row.basis("name_en_basis")?,
            _ => {}
        }
    }
    let head = Head { id: row.get("id")?, slug: row.text("slug")?, names, validity: row.validity()? };
    N::read(head, &row)
}

/// The direction in which a page's rows are read.
pub(crate) fn direction(order: Order, request: &PageRequest) -> &'static str {
    match order.descending == (request.end == End::First) {
        true => "DESC",
        false => "ASC",
    }
}

/// Adds ` AND …` for the cursors of a request.
pub(crate) fn between(sql: &mut Sql, key: &str, id: &str, order: Order, request: &PageRequest) {
    let (after, before) = if order.descending { ("<", ">") } else { (">", "<") };
    for (bound, position) in [(after, &request.after), (before, &request.before)] {
        if let Some(Position { key: at, id: at_id }) = position {
            sql.put(&format!(" AND ({key}, {id}) {bound} ("));
            sql.bind(at.as_str()).put(", ").bind(*at_id).put(")");
        }
    }
}

/// Adds ` AND …` for every condition of a filter.
pub(crate) fn narrow<N: Table>(filter: &Filter<N::Is>, view: View, sql: &mut Sql) {
    if let Some(text) = &filter.name_contains {
        named(text, view, sql);
    }
    N::narrow(&filter.is, view, sql);
    for part in &filter.all {
        narrow::<N>(part, view, sql);
    }
    if !filter.any.is_empty() {
        sql.put(" AND (");
        for (at, part) in filter.any.iter().enumerate() {
            sql.put(if at == 0 { "(TRUE" } else { " OR (TRUE" });
            narrow::<N>(part, view, sql);
            sql.put(")");
        }
        sql.put(")");
    }
    if let Some(part) = &filter.not {
        // What is unknown is not the case: without COALESCE its negation would be unknown too, and lose the row.
        sql.put(" AND NOT COALESCE((TRUE");
        narrow::<N>(part, view, sql);
        sql.put("), FALSE)");
    }
}

/// Adds ` AND …` for "some name contains the text", through the inverted index of pairs of characters.
fn named(text: &str, view: View, sql: &mut Sql) {
    let folded = fold(text);
    let grams: Vec<String> = bigrams(&folded).collect();
    sql.put(" AND c.id IN (SELECT s.subject_id FROM search_names s WHERE ");
    match sql.backend {
        DbBackend::Postgres => sql.put("s.grams @> string_to_array(").bind(grams.join(" ")).put(", ' ')"),
        // FTS5 keeps no places of the pairs, which would double the index: the comparison below sees to their order.
        _ => {
            sql.put("s.n IN (SELECT rowid FROM search_grams WHERE search_grams MATCH ");
            let quoted: Vec<String> = grams.iter().map(|gram| format!("\"{gram}\"")).collect();
            sql.bind(quoted.join(" ")).put(")")
        }
    };
    sql.put(" AND ").holds("s", view).put(" AND ").contains("s.folded", &folded).put(")");
}
