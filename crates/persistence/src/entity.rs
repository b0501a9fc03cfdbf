//! The tables that are no noun's and no tie's, as sea-orm's entities: one file a table, the columns in the order of the
//! database. The names of all other tables, as far as statements need them, stand in the files of the nouns.
//!
//! Tests compare these entities and the shapes of the domain with the tables that the migrations make.

use domain::SHAPES;
use sea_orm::EntityName;

pub(crate) mod citations;
pub(crate) mod facets;
pub(crate) mod file_headers;
pub(crate) mod identities;
pub(crate) mod program_versions;
pub(crate) mod revision_changes;
pub(crate) mod revisions;
pub(crate) mod search_names;

/// The tables that a revision writes.
pub(crate) fn fact_tables() -> impl Iterator<Item = &'static str> {
    let own = [
        citations::Entity.table_name(),
        facets::Entity.table_name(),
        file_headers::Entity.table_name(),
        identities::Entity.table_name(),
        revision_changes::Entity.table_name(),
        revisions::Entity.table_name(),
        search_names::Entity.table_name(),
    ];
    SHAPES.iter().map(|shape| shape.table).chain(own)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use domain::{ColumnType, SHAPES, Shape};
    use sea_orm::{EntityTrait, IdenStatic, Iterable};

    use crate::{Store, noun::Table};

    fn columns<E: EntityTrait + Default>() -> (String, BTreeSet<String>) {
        (E::default().table_name().to_owned(), E::Column::iter().map(|column| column.as_str().to_owned()).collect())
    }

    /// The tables by the shapes and the entities, each with its columns.
    fn all() -> BTreeMap<String, BTreeSet<String>> {
        let entities = [
            columns::<super::citations::Entity>(),
            columns::<super::facets::Entity>(),
            columns::<super::file_headers::Entity>(),
            columns::<super::identities::Entity>(),
            columns::<super::program_versions::Entity>(),
            columns::<super::revision_changes::Entity>(),
            columns::<super::revisions::Entity>(),
            columns::<super::search_names::Entity>(),
        ];
        SHAPES.iter().map(|shape| (shape.table.to_owned(), columns_of(shape))).chain(entities).collect()
    }

    /// What a shape says, and what every fact has.
    fn columns_of(shape: &Shape) -> BTreeSet<String> {
        let own = shape.own().filter(|column| !(shape.is_noun() && matches!(column.column_type, ColumnType::Slug)));
        let every: &[&str] = match shape.is_noun() {
            true => {
                &["slug", "sort_name", "known_day", "stated_from", "stated_to", "fact_id", "shown_from", "shown_to"]
            }
            false if shape.takes_turns() => &["certain_from", "certain_to"],
            false => &[],
        };
        let placed: &[&str] = if shape.has_location() { &crate::location::POINT } else { &[] };
        let every =
            ["id", "known_from", "known_to", "valid_from", "valid_to"].iter().chain(every).chain(placed).copied();
        own.map(|column| column.name).chain(every).map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn the_shapes_and_the_entities_are_the_tables_that_the_migrations_make() {
        let store = Store::in_memory().await.expect("memory");
        let tables = "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'search_grams%' \
             AND m.name <> 'seaql_migrations'";
        let rows = store.rows(sea_orm::Statement::from_string(store.backend, tables)).await.expect("the tables");
        let mut made: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for mut row in rows.iter() {
            let [table, column] = row.cells().map(|cell| cell.text().expect("a name"));
            made.entry(table).or_default().insert(column);
        }
        assert_eq!(made, all());
    }

    #[test]
    fn a_revision_writes_every_table_but_the_one_about_programs() {
        let mut tables = all();
        tables.remove("program_versions");
        assert_eq!(super::fact_tables().collect::<BTreeSet<_>>(), tables.keys().map(String::as_str).collect());
    }

    fn check_columns_read<N: Table>() {
        let read: Vec<&str> = N::COLUMNS.iter().map(|column| column.unquoted()).collect();
        let own = N::SHAPE.own().filter(|column| !matches!(column.column_type, ColumnType::Slug | ColumnType::Names));
        let own: BTreeSet<&str> = own.map(|column| column.name).collect();
        assert_eq!(read.len(), own.len(), "{}: a column is read twice, or not at all", N::SHAPE.table);
        assert_eq!(read.into_iter().collect::<BTreeSet<_>>(), own, "{}", N::SHAPE.table);
    }

    #[test]
    fn a_noun_is_read_from_every_column_of_its_shape() {
        macro_rules! check {
            ($($noun:ident),+) => {
                $(check_columns_read::<domain::$noun>();)+
            };
        }
        domain::with_nouns!(check);
    }
}
