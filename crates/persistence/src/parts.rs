//! Reading the short lists that belong to a noun: a list for each of many owners in one statement.

use std::any::TypeId;

use domain::View;
use sea_orm::sea_query::{Expr, SelectStatement};

use crate::{
    IdMap, Store, StoreError,
    columns::ColumnSet,
    filter::FilterForm,
    row::{Row, Rows},
    statement::{Prepared, Question, Values},
    view::Scope,
};

/// A short closed list of parts, such as the functions of a charter.
pub trait Parts: List {}

impl<P: List> Parts for P {}

/// How a list is kept: what a noun's file says about it.
pub trait List: Send + Sync + Sized + 'static {
    /// The statement of all parts in their order, without columns; and the column that names the owner.
    fn select(scope: &Scope) -> (SelectStatement, Expr);
    /// The columns that [`List::read`] takes, in its order.
    fn columns() -> Vec<Expr>;
    /// Reads a part.
    ///
    /// # Errors
    /// A value means nothing in the domain.
    fn read(row: &mut Row<'_>) -> Result<Self, StoreError>;

    /// Reads the parts of all rows, by their owners.
    ///
    /// # Errors
    /// A value means nothing in the domain.
    fn read_all(rows: &Rows) -> Result<IdMap<Vec<Self>>, StoreError> {
        read_by_owner(rows, Self::read)
    }
}

/// Reads parts from rows that have the owner before the columns of a part.
pub(crate) fn read_by_owner<P>(
    rows: &Rows,
    mut read: impl FnMut(&mut Row<'_>) -> Result<P, StoreError>,
) -> Result<IdMap<Vec<P>>, StoreError> {
    let mut parts: IdMap<Vec<P>> = IdMap::default();
    for mut row in rows.iter() {
        let owner = row.next().number()?;
        row.begin_fact();
        parts.entry(owner).or_default().push(read(&mut row)?);
    }
    Ok(parts)
}

impl Store {
    /// The parts of each owner, in one statement; an owner without any is left out.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn parts<P: Parts>(&self, view: View, owners: &[i64]) -> Result<IdMap<Vec<P>>, StoreError> {
        let form = self.form(Question::Parts(TypeId::of::<P>()), view, FilterForm::default(), None, ColumnSet::LEAST);
        let form = form.about(self.backend, owners);
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            let (mut select, owner) = P::select(&scope);
            select.expr(owner.clone()).exprs(P::columns()).and_where(scope.is_asked(owner));
            Prepared::new(self.backend, &select)
        });
        P::read_all(&self.rows_of(&statement, &Values::of_ids(view, owners)).await?)
    }
}
