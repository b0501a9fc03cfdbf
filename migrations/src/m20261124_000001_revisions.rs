//! The log of revisions, the identities that every reference points to, and provenance.

use sea_orm_migration::sea_orm::DbBackend;

use crate::table::{big, index, known, text, versions};

crate::table::step!(
    |manager| {
        let backend = manager.get_database_backend();

        let mut revisions = Table::create();
        revisions
            .table("revisions")
            .col(big(backend, "number").primary_key())
            .col(text(backend, "recorded_at").not_null())
            .col(text(backend, "actor").not_null())
            .col(text(backend, "message").not_null())
            .check(Expr::col("number").gt(0));
        manager.create_table(revisions).await?;

        // `position` and `digest` are the import's bookkeeping: where a row stands in its file, and whether it changed.
        let mut identities = Table::create();
        identities
            .table("identities")
            .col(big(backend, "id").primary_key())
            .col(text(backend, "kind").not_null())
            .col(text(backend, "slug").null())
            .col(big(backend, "position").not_null())
            .col(big(backend, "digest").null())
            .check(Expr::col("id").gte(0));
        manager.create_table(identities).await?;
        manager.create_index(index("identities", &["kind", "slug"]).unique().to_owned()).await?;

        // Citations, words and names come and go with their fact, which is current once: no index of theirs says it again.
        let mut citations = Table::create();
        citations
            .table("citations")
            .col(big(backend, "fact_id").not_null())
            .col(text(backend, "field").not_null())
            .col(big(backend, "source_id").not_null())
            .col(text(backend, "quote").null())
            .col(text(backend, "confidence").null())
            .foreign_key(ForeignKey::create().from("citations", "fact_id").to("identities", "id"))
            .foreign_key(ForeignKey::create().from("citations", "source_id").to("identities", "id"));
        known(backend, "citations", &mut citations);
        manager.create_table(citations).await?;
        versions(manager, "citations", "fact_id, field").await?;
        manager.create_index(index("citations", &["source_id", "known_to"])).await?;

        // The words of a noun's lists, one a row, so that a filter finds them by an index.
        let mut facets = Table::create();
        facets
            .table("facets")
            .col(big(backend, "id").not_null())
            .col(text(backend, "facet").not_null())
            .col(text(backend, "word").not_null())
            .foreign_key(ForeignKey::create().from("facets", "id").to("identities", "id"));
        known(backend, "facets", &mut facets);
        manager.create_table(facets).await?;
        versions(manager, "facets", "id, facet, word").await?;
        manager.create_index(index("facets", &["facet", "word", "known_to", "id"])).await?;

        // Every name there ever was, folded, with its pairs of characters in an inverted index: PostgreSQL's GIN on an
        // array, SQLite's FTS5 without content. Rows are only added; `known_to` says which names are known no longer.
        let mut names = Table::create();
        names
            .table("search_names")
            .col(big(backend, "n").primary_key())
            .col(big(backend, "fact_id").not_null())
            .col(big(backend, "subject_id").not_null())
            .col(text(backend, "folded").not_null())
            .col(text(backend, "valid_from").not_null())
            .col(text(backend, "valid_to").not_null())
            .foreign_key(ForeignKey::create().from("search_names", "fact_id").to("identities", "id"))
            .foreign_key(ForeignKey::create().from("search_names", "subject_id").to("identities", "id"));
        known(backend, "search_names", &mut names);
        manager.create_table(names).await?;
        manager.create_index(index("search_names", &["fact_id", "known_to"])).await?;
        manager.create_index(index("search_names", &["subject_id", "known_to"])).await?;
        let inverted: &[&str] = match backend {
            DbBackend::Postgres => &[
                "ALTER TABLE search_names ADD COLUMN grams text[] COLLATE \"C\" NOT NULL",
                "CREATE INDEX search_names_by_grams ON search_names USING gin (grams)",
            ],
            _ => &[
                "CREATE VIRTUAL TABLE search_grams USING fts5 (grams, content = '', detail = none, tokenize = 'ascii')",
                // Segments of 1 MiB, the default, are merged over and over while a nation is loaded.
                "INSERT INTO search_grams (search_grams, rank) VALUES ('hashsize', 67108864)",
            ],
        };
        for sql in inverted {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    },
    drops & ["revisions", "identities", "citations", "facets", "search_names"]
);
