//! Which columns each file of a data set had when it was last imported, so that an export gives them back in their order.
//!
//! Like the place of a row this is no knowledge: it has no versions, and makes no revision.

use std::collections::HashMap;

use domain::Shape;
use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    Draft, Store, StoreError,
    entity::file_headers::{Column, Entity},
    row::Row,
};

/// What separates the names of columns; none has it.
const SEPARATOR: char = ',';

impl Store {
    /// The columns of a shape's file when it was last imported; `None` if it never was.
    ///
    /// # Errors
    /// The database failed.
    pub async fn file_header(&self, shape: &Shape) -> Result<Option<Vec<String>>, StoreError> {
        let mut select = Query::select();
        select.column(Column::Columns).from(Entity).and_where(Expr::col(Column::File).eq(shape.file));
        let rows = self.rows(self.backend.build(&select)).await?;
        rows.first().map(|mut row| Ok(split(row.next().str()?))).transpose()
    }
}

impl Draft {
    /// The columns of each file, by its name without `.csv`, when it was last imported.
    ///
    /// # Errors
    /// The database failed.
    pub async fn file_headers(&mut self) -> Result<HashMap<String, Vec<String>>, StoreError> {
        let mut select = Query::select();
        select.columns([Column::File, Column::Columns]).from(Entity);
        let rows = self.pipe.settled_transaction().await?.query_all_raw(self.backend.build(&select)).await?;
        let header = |row: &_| {
            let [file, columns] = Row::new(row).cells();
            Ok((file.text()?, split(columns.str()?)))
        };
        rows.iter().map(header).collect()
    }

    /// Records the columns of a shape's file, given those on record; that alone makes no revision.
    ///
    /// # Errors
    /// The database failed.
    pub async fn record_file_header(
        &mut self,
        shape: &Shape,
        recorded: Option<&Vec<String>>,
        columns: &[String],
    ) -> Result<(), StoreError> {
        if recorded.is_some_and(|recorded| recorded == columns) {
            return Ok(());
        }
        let columns = columns.join(&SEPARATOR.to_string());
        let statement = if recorded.is_some() {
            let mut change = Query::update();
            change.table(Entity).value(Column::Columns, columns);
            change.and_where(Expr::col(Column::File).eq(shape.file));
            self.backend.build(&change)
        } else {
            let mut keep = Query::insert();
            keep.into_table(Entity).columns([Column::File, Column::Columns]);
            keep.values_panic([shape.file.into(), columns.into()]);
            self.backend.build(&keep)
        };
        self.pipe.send(vec![statement]).await?;
        self.changed_bookkeeping = true;
        Ok(())
    }
}

fn split(columns: &str) -> Vec<String> {
    columns.split(SEPARATOR).map(str::to_owned).collect()
}
