//! Table `releases`.

use domain::{Known, Release, Validity, View};
use sea_orm::{
    DeriveIden,
    sea_query::{Order, SelectStatement},
};

use crate::{
    Store, StoreError,
    row::Row,
    statement::{Prepared, Values},
    view::{Scope, Sees, col},
};

/// Table `releases`.
#[derive(Clone, Copy, DeriveIden)]
enum Releases {
    Table,
    Id,
    ReleaseId,
    AsOf,
    KnownAt,
    KnownFrom,
    Title,
    Notes,
}

impl Store {
    /// The releases that a revision knows, in the order of their days, then of their revisions and slugs.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn releases(&self, known: Known) -> Result<Vec<Release>, StoreError> {
        let view = View::new(Validity::OPEN_START, known);
        let mut select = select(&Scope::new(self.backend, view));
        for column in [Releases::AsOf, Releases::KnownFrom, Releases::ReleaseId] {
            select.order_by_expr(col("x", column), Order::Asc);
        }
        let statement = Prepared::new(self.backend, &select).bind(&Values::of_ids(view, &[]));
        self.rows(statement).await?.iter().map(read).collect()
    }
}

fn select(scope: &Scope) -> SelectStatement {
    use Releases::{AsOf, Id, KnownAt, KnownFrom, Notes, ReleaseId, Table, Title};
    let mut select = scope.select_from(Table, "x", Sees::Known);
    select.exprs([Id, ReleaseId, AsOf, KnownAt, KnownFrom, Title, Notes].map(|it| col("x", it))).take()
}

fn read(mut row: Row<'_>) -> Result<Release, StoreError> {
    let [id, slug, as_of, known_at, published, title, notes] = row.cells();
    let published = published.number()?;
    Ok(Release {
        id: id.number()?,
        slug: slug.text()?,
        as_of: as_of.day()?,
        // A database that was filled from an export has fewer revisions than the one that it comes from.
        known_at: known_at.maybe_number()?.map_or(published, |known_at| known_at.min(published)),
        title: title.texts()?,
        notes: notes.texts()?,
    })
}
