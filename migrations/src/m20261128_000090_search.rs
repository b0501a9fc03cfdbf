//! One row a name, with what it is, as a search tells of it: names of nouns, aliases, codes and slugs.
//!
//! Names are folded by the program, not by databases: the table is made anew here, and filled by the program after the last
//! step.

use sea_orm_migration::sea_orm::DbBackend;

use crate::table::{big, index, known, text};

crate::table::step!(
    |manager| {
        let backend = manager.get_database_backend();
        let database = manager.get_connection();
        database.execute_unprepared("DROP TABLE search_names").await?;

        // Rows are only added; `known_to` says which names are known no longer. `strict` is null where it is as `folded`.
        let mut names = Table::create();
        names
            .table("search_names")
            .col(big(backend, "n").primary_key())
            .col(big(backend, "fact_id").not_null())
            .col(big(backend, "subject_id").not_null())
            .col(text(backend, "kind").not_null())
            .col(text(backend, "name").not_null())
            .col(text(backend, "language").null())
            .col(text(backend, "name_kind").not_null())
            .col(text(backend, "strict").null())
            .col(text(backend, "folded").not_null())
            .col(text(backend, "valid_from").not_null())
            .col(text(backend, "valid_to").not_null())
            .col(text(backend, "ends").not_null())
            .foreign_key(ForeignKey::create().from("search_names", "fact_id").to("identities", "id"))
            .foreign_key(ForeignKey::create().from("search_names", "subject_id").to("identities", "id"));
        known(backend, "search_names", &mut names);
        manager.create_table(names).await?;
        manager.create_index(index("search_names", &["fact_id", "known_to"])).await?;
        manager.create_index(index("search_names", &["subject_id", "known_to"])).await?;
        // All current names in order, to walk through where a text is too common to sort what has it.
        let in_order =
            "CREATE INDEX search_names_in_order ON search_names (kind, folded, subject_id) WHERE known_to IS NULL";
        database.execute_unprepared(in_order).await?;
        let inverted: &[&str] = match backend {
            DbBackend::Postgres => &[
                "ALTER TABLE search_names ADD COLUMN grams text[] COLLATE \"C\" NOT NULL",
                "CREATE INDEX search_names_by_grams ON search_names USING gin (grams)",
            ],
            _ => &[
                "DROP TABLE search_grams",
                "CREATE VIRTUAL TABLE search_grams USING fts5 (grams, content = '', detail = none, tokenize = 'ascii')",
                "INSERT INTO search_grams (search_grams, rank) VALUES ('hashsize', 67108864)",
            ],
        };
        for sql in inverted {
            database.execute_unprepared(sql).await?;
        }
        Ok(())
    },
    drops & []
);
