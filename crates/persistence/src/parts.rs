//! Reading the short lists that belong to a noun: a list for each of many owners in one statement.

use std::collections::HashMap;

use domain::View;

use crate::{Store, StoreError, row::Row, sql::Sql};

/// A short closed list of parts, such as the functions of a charter.
pub trait Parts: List {}

impl<P: List> Parts for P {}

/// How a list is kept: what a noun's file says about it.
pub trait List: Send + Sync + Sized + 'static {
    /// Writes a SELECT of the parts of these owners in their order; `owner` is the column that names the owner.
    fn select(view: View, owners: &[i64], sql: &mut Sql);
    /// Reads a part.
    fn read(row: &Row<'_>) -> Result<Self, StoreError>;
}

impl Store {
    /// The parts of each owner, in one statement; an owner without any is left out.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn parts<P: Parts>(&self, view: View, owners: &[i64]) -> Result<HashMap<i64, Vec<P>>, StoreError> {
        let mut sql = Sql::new(self.backend);
        P::select(view, owners, &mut sql);
        let mut parts: HashMap<i64, Vec<P>> = HashMap::new();
        for result in &self.rows(sql).await? {
            let row = Row(result);
            parts.entry(row.get("owner")?).or_default().push(P::read(&row)?);
        }
        Ok(parts)
    }
}
