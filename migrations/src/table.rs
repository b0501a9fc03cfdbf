//! What the tables of facts have in common, said once.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement},
};

/// Why a name is believed, wherever a table says so.
pub(crate) const BASIS: &[&str] = &["common_knowledge", "inferred", "source", "stated", "translation", "unknown"];

/// What a page of nouns is ordered by.
pub(crate) const ORDERS: &[&str] = &["sort_name", "slug", "valid_from"];

/// What a view compares, the order by first days among current rows first.
pub(crate) const VIEW: &[&str] = &["known_to", "valid_from", "id", "valid_to", "known_from"];

/// A table of versions being described.
///
/// A row is one version of a fact: `[valid_from, valid_to)` is when it holds, `[known_from, known_to)` the revisions
/// that know it; a null `known_to` is current knowledge. Days are text, `YYYY-MM-DD`: they sort alike everywhere.
pub(crate) struct Facts {
    backend: DbBackend,
    name: &'static str,
    table: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

/// A number of 63 bits; on SQLite the type that lets a primary key be the row's own number.
pub(crate) fn big(backend: DbBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match backend {
        DbBackend::Sqlite => column.integer(),
        _ => column.big_integer(),
    };
    column
}

/// A text that sorts by its bytes on both databases.
pub(crate) fn text(backend: DbBackend, name: impl IntoIden) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.text();
    if backend == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// The columns that say since which revision a row is known, and until which.
pub(crate) fn known(backend: DbBackend, name: &'static str, table: &mut TableCreateStatement) {
    table
        .col(big(backend, "known_from").not_null())
        .col(big(backend, "known_to").null())
        .foreign_key(ForeignKey::create().from(name, "known_from").to("revisions", "number"))
        .foreign_key(ForeignKey::create().from(name, "known_to").to("revisions", "number"))
        .check(Expr::col("known_to").is_null().or(Expr::col("known_to").gt(Expr::col("known_from"))));
}

/// An index whose name says what it is on.
pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_by_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// An index that holds all that a count of nouns looks at, with what the table's status on a day follows from.
pub(crate) fn counts_index(table: &'static str, status: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    // PostgreSQL takes 63 characters, too few for the names of all columns.
    index.name(format!("{table}_counts")).table(table);
    for column in VIEW.iter().chain(&["known_day"]).chain(status) {
        index.col(*column);
    }
    index
}

/// Creates the index by which one version of a fact is current.
///
/// This index and that of [`versions`] stand beside the table rather than in it, so that a first import can make them when
/// all rows are there.
async fn current(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let sql = format!("CREATE UNIQUE INDEX {table}_current ON {table} (id) WHERE known_to IS NULL");
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

/// Creates the index by which a revision records one version of what the key names.
pub(crate) async fn versions(manager: &SchemaManager<'_>, table: &str, key: &str) -> Result<(), DbErr> {
    let sql = format!("CREATE UNIQUE INDEX {table}_versions ON {table} ({key}, known_from)");
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

impl Facts {
    /// A table of ties or parts.
    pub(crate) fn ties(manager: &SchemaManager<'_>, name: &'static str) -> Self {
        let backend = manager.get_database_backend();
        let mut table = Table::create();
        table.table(name).col(big(backend, "id").not_null());
        known(backend, name, &mut table);
        table
            .col(text(backend, "valid_from").not_null())
            .col(text(backend, "valid_to").not_null())
            .foreign_key(ForeignKey::create().from(name, "id").to("identities", "id"))
            .check(Expr::col("valid_from").lt(Expr::col("valid_to")));
        Facts { backend, name, table, indexes: Vec::new() }
    }

    /// A table of nouns: they also have a slug, a name to sort by, a known day and what is stated of beginning and end.
    ///
    /// [`add_periods`] brings it to what the program needs.
    pub(crate) fn nouns(manager: &SchemaManager<'_>, name: &'static str) -> Self {
        let mut facts = Facts::ties(manager, name)
            .required_text("slug")
            .required_text("sort_name")
            .required_text("known_day")
            .text("stated_from")
            .text("stated_to");
        for order in ["sort_name", "slug"] {
            facts.indexes.push(index(name, &["known_to", order, "id"]));
        }
        for order in ORDERS {
            facts.indexes.push(index(name, &[*order, "id"]));
        }
        facts.indexes.push(counts_index(name, &[]));
        facts
    }

    /// A table of nouns as the first release had it; three steps after it bring it to what [`Facts::nouns`] makes.
    pub(crate) fn first_nouns(manager: &SchemaManager<'_>, name: &'static str) -> Self {
        let mut facts = Facts::ties(manager, name).required_text("slug").required_text("sort_name");
        for order in ORDERS {
            facts.indexes.push(index(name, &["known_to", order, "id"]));
        }
        facts
    }

    /// A text; null where no source states it.
    pub(crate) fn text(mut self, name: &'static str) -> Self {
        self.table.col(text(self.backend, name).null());
        self
    }

    /// A text that every row has.
    pub(crate) fn required_text(mut self, name: &'static str) -> Self {
        self.table.col(text(self.backend, name).not_null());
        self
    }

    /// A number; null where no source states it.
    pub(crate) fn number(mut self, name: &'static str) -> Self {
        self.table.col(big(self.backend, name).null().check(Expr::col(name).gte(0)));
        self
    }

    /// A number that may be below zero; null where no source states it.
    pub(crate) fn signed_number(mut self, name: &'static str) -> Self {
        self.table.col(big(self.backend, name).null());
        self
    }

    /// One of these words until `m20261127_000070_words` drops the check; null where no source states it.
    pub(crate) fn word(mut self, name: &'static str, words: &[&'static str]) -> Self {
        let one_of_them = Expr::col(name).is_in(words.iter().copied());
        self.table.col(text(self.backend, name).null().check(one_of_them));
        self
    }

    /// One of these words until `m20261127_000070_words` drops the check.
    pub(crate) fn required_word(mut self, name: &'static str, words: &[&'static str]) -> Self {
        let one_of_them = Expr::col(name).is_in(words.iter().copied());
        self.table.col(text(self.backend, name).not_null().check(one_of_them));
        self
    }

    /// Another identity; null where no source states it.
    pub(crate) fn reference(mut self, name: &'static str) -> Self {
        self.table.col(big(self.backend, name).null());
        self.tied(name)
    }

    /// Another identity, without which there is no row.
    pub(crate) fn required_reference(mut self, name: &'static str) -> Self {
        self.table.col(big(self.backend, name).not_null());
        self.tied(name)
    }

    fn tied(mut self, name: &'static str) -> Self {
        self.table.foreign_key(ForeignKey::create().from(self.name, name).to("identities", "id"));
        self.indexed(name)
    }

    /// An index by which a column finds current rows.
    pub(crate) fn indexed(mut self, name: &'static str) -> Self {
        self.indexes.push(index(self.name, &[name, "known_to"]));
        self
    }

    /// Lets counts of nouns read what their status on a day follows from in the index of counts.
    pub(crate) fn counted_by(mut self, status: &[&'static str]) -> Self {
        let counts = format!("{}_counts", self.name);
        self.indexes.retain(|index| index.get_index_spec().get_name() != Some(counts.as_str()));
        self.indexes.push(counts_index(self.name, status));
        self
    }

    /// What the values of two columns must not be: the same.
    pub(crate) fn distinct(mut self, one: &'static str, other: &'static str) -> Self {
        self.table.check(Expr::col(one).ne(Expr::col(other)));
        self
    }

    /// Creates the table and its indexes.
    pub(crate) async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        manager.create_table(self.table).await?;
        current(manager, self.name).await?;
        versions(manager, self.name, "id").await?;
        for index in self.indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Lets the nouns of a table have several periods: a fact for each, and the days on which the noun is seen by it, both ends
/// open where they are null. What was one row a noun is one row a fact.
pub(crate) async fn add_periods(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let (database, backend) = (manager.get_connection(), manager.get_database_backend());
    let counts = format!("{table}_counts");
    let (columns, counts): (&[String], Statement) = match backend {
        DbBackend::Postgres => (
            &[
                format!("ALTER TABLE {table} ADD COLUMN fact_id bigint"),
                format!("ALTER TABLE {table} ADD COLUMN shown_from text COLLATE \"C\""),
                format!("ALTER TABLE {table} ADD COLUMN shown_to text COLLATE \"C\""),
                format!("UPDATE {table} SET fact_id = id"),
                format!("ALTER TABLE {table} ALTER COLUMN fact_id SET NOT NULL"),
                format!("ALTER TABLE {table} ADD FOREIGN KEY (fact_id) REFERENCES identities (id)"),
            ],
            Statement::from_sql_and_values(
                backend,
                "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = $1",
                [counts.into()],
            ),
        ),
        // SQLite adds no column with a reference that may not be null.
        _ => (
            &[
                format!("ALTER TABLE {table} ADD COLUMN fact_id integer REFERENCES identities (id)"),
                format!("ALTER TABLE {table} ADD COLUMN shown_from text"),
                format!("ALTER TABLE {table} ADD COLUMN shown_to text"),
                format!("UPDATE {table} SET fact_id = id"),
            ],
            Statement::from_sql_and_values(backend, "SELECT sql FROM sqlite_master WHERE name = ?", [counts.into()]),
        ),
    };
    for sql in columns {
        database.execute_unprepared(sql).await?;
    }
    for name in ["current", "versions"] {
        database.execute_unprepared(&format!("DROP INDEX {table}_{name}")).await?;
    }
    let sql = format!("CREATE UNIQUE INDEX {table}_current ON {table} (fact_id) WHERE known_to IS NULL");
    database.execute_unprepared(&sql).await?;
    versions(manager, table, "fact_id").await?;
    let by_id = format!("CREATE INDEX {table}_by_id_known_to ON {table} (id, known_to)");
    database.execute_unprepared(&by_id).await?;
    // The words of a list are those of a fact: a count by them reads the index, too.
    if let Some(row) = database.query_one_raw(counts).await? {
        let made_by: String = row.try_get_by_index(0)?;
        database.execute_unprepared(&format!("DROP INDEX {table}_counts")).await?;
        let columns = made_by.trim_end().trim_end_matches(')');
        database.execute_unprepared(&format!("{columns}, fact_id)")).await?;
    }
    Ok(())
}

/// Drops tables, the last made first.
pub(crate) async fn drop_all(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}

/// Declares a step: what it makes, and the tables that it takes away again.
macro_rules! step {
    (|$manager:ident| $up:block, drops $tables:expr) => {
        use sea_orm_migration::prelude::*;

        /// This step.
        #[derive(DeriveMigrationName)]
        pub(crate) struct Migration;

        #[async_trait::async_trait]
        impl MigrationTrait for Migration {
            async fn up(&self, $manager: &SchemaManager) -> Result<(), DbErr> {
                $up
            }

            async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                crate::table::drop_all(manager, $tables).await
            }
        }
    };
}
pub(crate) use step;
