//! Which columns each file of a data set had when it was last imported, so that an export gives them back in their order.
//!
//! Like the place of a row this is no knowledge: it has no versions, and makes no revision.

use domain::Shape;
use sea_orm::{
    ConnectionTrait, DbBackend, Statement,
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
        let rows = self.rows(select(self.backend, shape)).await?;
        rows.first().map(|row| Ok(split(Row::new(row)?.next().str()?))).transpose()
    }
}

impl Draft {
    /// The columns of a shape's file when it was last imported; `None` if it never was.
    ///
    /// # Errors
    /// The database failed.
    pub async fn file_header(&mut self, shape: &Shape) -> Result<Option<Vec<String>>, StoreError> {
        let statement = select(self.backend, shape);
        let row = self.pipe.settled_transaction().await?.query_one_raw(statement).await?;
        row.map(|row| Ok(split(Row::new(&row)?.next().str()?))).transpose()
    }

    /// Records the columns of a shape's file; that alone makes no revision.
    ///
    /// # Errors
    /// The database failed.
    pub async fn record_file_header(&mut self, shape: &Shape, columns: &[String]) -> Result<(), StoreError> {
        let columns = columns.join(&SEPARATOR.to_string());
        let statement = match self.file_header(shape).await? {
            Some(_) => {
                let mut change = Query::update();
                change.table(Entity).value(Column::Columns, columns);
                change.and_where(Expr::col(Column::File).eq(shape.file));
                self.backend.build(&change)
            }
            None => {
                let mut keep = Query::insert();
                keep.into_table(Entity).columns([Column::File, Column::Columns]);
                keep.values_panic([shape.file.into(), columns.into()]);
                self.backend.build(&keep)
            }
        };
        self.pipe.send(vec![statement]).await?;
        self.changed_bookkeeping = true;
        Ok(())
    }
}

fn select(backend: DbBackend, shape: &Shape) -> Statement {
    let mut select = Query::select();
    select.column(Column::Columns).from(Entity).and_where(Expr::col(Column::File).eq(shape.file));
    backend.build(&select)
}

fn split(columns: &str) -> Vec<String> {
    columns.split(SEPARATOR).map(str::to_owned).collect()
}
