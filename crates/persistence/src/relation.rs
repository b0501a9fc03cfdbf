//! Reading the ties between nouns: a page for each of many parents in one statement.

use std::{collections::HashMap, sync::Arc};

use domain::{Filter, Order, OrderField, Page, PageRequest, Position, View, fact::day_text};
use sea_orm::QueryResult;

use crate::{
    Noun, Store, StoreError,
    noun::{NounCount, between, columns, direction, listed, narrow, noun},
    row::Row,
    sql::Sql,
};

/// A tie that leads from one noun to others. `grep 'impl Ties'` shows every edge of the map.
pub trait Relation: Ties {}

impl<R: Ties> Relation for R {}

/// How a tie is kept: what a noun's file says about it.
pub trait Ties: Send + Sync + 'static {
    /// The noun it leads to.
    type Node: Noun;
    /// What the tie itself says.
    type Tie: Send + Sync + 'static;
    /// The columns of the tie that [`Ties::tie`] reads, beside `fact`.
    const COLUMNS: &'static [&'static str] = &[];
    /// Whether the tie is the noun's own row: then whether it holds is for the list to say, and not for the tie.
    const IS_OWN_ROW: bool = false;
    /// Writes a SELECT of the ties of these parents: `parent`, `child`, `fact` (the tie's identity), `natural_key`
    /// (what its own order compares before names), `since` (its first day), and [`Ties::COLUMNS`].
    fn ties(view: View, parents: &[i64], sql: &mut Sql);
    /// Reads the tie from a row in which `fact` and [`Ties::COLUMNS`] stand under their names with `t_` before.
    fn tie(row: &Row<'_>) -> Result<Self::Tie, StoreError>;
}

/// A noun, and the tie that leads to it.
#[derive(Debug)]
pub struct Linked<R: Relation> {
    /// What the tie says.
    pub tie: Arc<R::Tie>,
    /// The noun.
    pub node: Arc<R::Node>,
}

impl<R: Relation> Clone for Linked<R> {
    fn clone(&self) -> Self {
        Linked { tie: self.tie.clone(), node: self.node.clone() }
    }
}

/// A page of related nouns.
pub type RelatedPage<R> = Page<Linked<R>>;

impl Store {
    /// A page of each parent's related nouns, in one statement.
    ///
    /// A tie holds on the view's day; that a noun holds as well was settled when the tie was recorded,
    /// and those that ended long ago still stand at the ends of successions. What is planned and was not known on the day
    /// is left out.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn related<R: Relation>(
        &self,
        view: View,
        parents: &[i64],
        filter: &Filter<<R::Node as crate::noun::Table>::Conditions>,
        order: Order,
        request: &PageRequest,
    ) -> Result<HashMap<i64, RelatedPage<R>>, StoreError> {
        let key = match order.field {
            // The slug last, so that no two nouns are told apart by their ids, which mean nothing to a reader.
            OrderField::Natural => "t.natural_key || c.sort_name || '\u{1}' || c.slug",
            OrderField::Name => "c.sort_name",
            OrderField::Slug => "c.slug",
            OrderField::Since => "t.since",
        };
        let direction = direction(order, request);
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT * FROM (SELECT t.parent AS t_parent, t.fact AS t_fact, ");
        for column in R::COLUMNS {
            sql.put(&format!("t.{column} AS t_{column}, "));
        }
        sql.put(&columns::<R::Node>()).put(", ").put(key).put(" AS sort_key, ");
        sql.put(&format!(
            "ROW_NUMBER() OVER (PARTITION BY t.parent ORDER BY {key} {direction}, t.fact {direction}) AS place FROM ("
        ));
        from::<R>(view, parents, filter, &mut sql);
        narrow::<R::Node>(filter, view, &mut sql);
        between(&mut sql, key, "t.fact", order, request);
        sql.put(") ranked WHERE place <= ").bind(i64::from(request.size) + 1).put(" ORDER BY t_parent, place");
        let rows = self.rows(sql).await?;
        pages(&rows, request)
    }

    /// How many related nouns each parent has, and how many of these are only assumed to have existed, in one statement; a
    /// parent without any is left out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn related_counts<R: Relation>(
        &self,
        view: View,
        parents: &[i64],
        filter: &Filter<<R::Node as crate::noun::Table>::Conditions>,
    ) -> Result<HashMap<i64, NounCount>, StoreError> {
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT t.parent AS parent, ");
        NounCount::select(view, &mut sql);
        sql.put(" FROM (");
        from::<R>(view, parents, filter, &mut sql);
        narrow::<R::Node>(filter, view, &mut sql);
        sql.put(" GROUP BY t.parent");
        let count = |row: &QueryResult| {
            let row = Row(row);
            Ok((row.get("parent")?, NounCount::read(&row)?))
        };
        self.rows(sql).await?.iter().map(count).collect()
    }
}

/// Writes the ties as `t`, joined with their nouns as `c`, and the condition that these belong into the list.
fn from<R: Relation>(
    view: View,
    parents: &[i64],
    filter: &Filter<<R::Node as crate::noun::Table>::Conditions>,
    sql: &mut Sql,
) {
    R::ties(view, parents, sql);
    sql.put(") t JOIN ").put(<R::Node as crate::noun::Table>::SHAPE.table).put(" c ON c.id = t.child AND ");
    sql.known("c", view).put(" WHERE ");
    if R::IS_OWN_ROW {
        listed::<R::Node>(filter, view, sql);
    } else {
        sql.put("(c.valid_from <= ").bind(day_text(view.day)).put(" OR c.stated_from IS NOT NULL)");
    }
}

/// Cuts rows that are ordered by parent into pages; a noun that several parents share is read once.
fn pages<R: Relation>(rows: &[QueryResult], request: &PageRequest) -> Result<HashMap<i64, RelatedPage<R>>, StoreError> {
    let mut nodes: HashMap<i64, Arc<R::Node>> = HashMap::new();
    let mut entries: HashMap<i64, Vec<(Position, Linked<R>)>> = HashMap::new();
    for result in rows {
        let row = Row(result);
        let id: i64 = row.get("id")?;
        let node = match nodes.get(&id) {
            Some(node) => node.clone(),
            None => nodes.entry(id).or_insert(Arc::new(noun::<R::Node>(result)?)).clone(),
        };
        let position = Position { key: row.text("sort_key")?, id: row.get("t_fact")? };
        let linked = Linked { tie: Arc::new(R::tie(&row)?), node };
        entries.entry(row.get("t_parent")?).or_default().push((position, linked));
    }
    Ok(entries.into_iter().map(|(parent, rows)| (parent, Page::of(rows, request))).collect())
}
