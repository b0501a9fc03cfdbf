//! Texts in any language: one column for all languages of a text, in place of one for each of two.
//!
//! The column holds a JSON array of `[language, text, basis]`, the basis empty where it is not stated. Beside it, the
//! columns that each file of the last import had, so that an export gives them back in their order.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::table::{BASIS, text};

/// A column of texts, and those in whose place it stands.
struct TextsOf {
    table: &'static str,
    column: &'static str,
    /// The languages that had a column, the map's own first; each with whether it had one for the basis.
    languages: &'static [(&'static str, bool)],
    /// Whether every row had a text.
    is_required: bool,
}

const fn of(table: &'static str, column: &'static str, languages: &'static [(&'static str, bool)]) -> TextsOf {
    TextsOf { table, column, languages, is_required: false }
}

/// The languages of names, whose basis was kept of the second or of both.
const SECOND: &[(&str, bool)] = &[("zh", false), ("en", true)];
const BOTH: &[(&str, bool)] = &[("zh", true), ("en", true)];
const NO_BASIS: &[(&str, bool)] = &[("zh", false), ("en", false)];

const TEXTS: &[TextsOf] = &[
    of("alliances", "name", SECOND),
    of("authorities", "name", SECOND),
    of("campuses", "name", SECOND),
    of("designations", "name", SECOND),
    of("districts", "name", SECOND),
    of("groups", "name", BOTH),
    of("learning_areas", "name", SECOND),
    of("partners", "name", BOTH),
    of("regions", "name", SECOND),
    of("schools", "name", SECOND),
    of("townships", "name", SECOND),
    of("regions", "strategy", NO_BASIS),
    of("definitions", "definition", NO_BASIS),
    of("campuses", "address", &[("zh", false)]),
    TextsOf { is_required: true, ..of("alliance_functions", "text", &[("en", false)]) },
];

impl TextsOf {
    fn old_column(&self, language: &str) -> String {
        format!("{}_{language}", self.column)
    }

    /// The old columns as a JSON array.
    fn joined(&self, backend: DbBackend) -> String {
        let array = if backend == DbBackend::Postgres { "json_build_array" } else { "json_array" };
        let of_language = |(language, has_basis): &(&str, bool)| {
            let old = self.old_column(language);
            let basis = if *has_basis { format!("COALESCE({old}_basis, '')") } else { "''".to_owned() };
            format!(
                "CASE WHEN {old} IS NULL THEN '' ELSE ',' || CAST({array}('{language}', {old}, {basis}) AS text) END"
            )
        };
        let all = self.languages.iter().map(of_language).collect::<Vec<_>>().join(" || ");
        // Each begins with a comma; the first character of all goes.
        format!("'[' || substr({all}, 2) || ']'")
    }

    /// A part of what the JSON array has in a language: 1 is the text, 2 the basis.
    fn part(&self, backend: DbBackend, language: &str, part: u8) -> String {
        let column = self.column;
        let value = match backend {
            DbBackend::Postgres => format!(
                "(SELECT t.value ->> {part} FROM json_array_elements({column}::json) t WHERE t.value ->> 0 = '{language}')"
            ),
            _ => format!(
                "(SELECT json_extract(t.value, '$[{part}]') FROM json_each({column}) t \
                 WHERE json_extract(t.value, '$[0]') = '{language}')"
            ),
        };
        format!("NULLIF({value}, '')")
    }

    async fn join(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let (TextsOf { table, column, .. }, backend) = (self, manager.get_database_backend());
        let mut texts = text(backend, *column);
        let texts = if self.is_required { texts.not_null().default("[]") } else { texts.null() };
        manager.alter_table(Table::alter().table(*table).add_column(texts).to_owned()).await?;
        let has_any = self.languages.iter().map(|(language, _)| format!("{} IS NOT NULL", self.old_column(language)));
        let has_any = has_any.collect::<Vec<_>>().join(" OR ");
        let fill = format!("UPDATE {table} SET {column} = {} WHERE {has_any}", self.joined(backend));
        manager.get_connection().execute_unprepared(&fill).await?;
        for (language, has_basis) in self.languages {
            let old = self.old_column(language);
            if *has_basis {
                drop_column(manager, table, &format!("{old}_basis")).await?;
            }
            drop_column(manager, table, &old).await?;
        }
        Ok(())
    }

    async fn split(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let (TextsOf { table, column, .. }, backend) = (self, manager.get_database_backend());
        let mut parts = Vec::new();
        for (language, has_basis) in self.languages {
            let old = self.old_column(language);
            let mut add = text(backend, old.clone());
            let add = if self.is_required { add.not_null().default("") } else { add.null() };
            manager.alter_table(Table::alter().table(*table).add_column(add).to_owned()).await?;
            let value = self.part(backend, language, 1);
            parts.push(match self.is_required {
                true => format!("{old} = COALESCE({value}, '')"),
                false => format!("{old} = {value}"),
            });
            if *has_basis {
                let basis = format!("{old}_basis");
                let mut add = text(backend, basis.clone());
                add.null().check(Expr::col(basis.clone()).is_in(BASIS.iter().copied()));
                manager.alter_table(Table::alter().table(*table).add_column(&mut add).to_owned()).await?;
                parts.push(format!("{basis} = {}", self.part(backend, language, 2)));
            }
        }
        let fill = format!("UPDATE {table} SET {} WHERE {column} IS NOT NULL", parts.join(", "));
        manager.get_connection().execute_unprepared(&fill).await?;
        drop_column(manager, table, column).await
    }
}

async fn drop_column(manager: &SchemaManager<'_>, table: &'static str, column: &str) -> Result<(), DbErr> {
    // One column a statement: SQLite takes no more.
    manager.alter_table(Table::alter().table(table).drop_column(column.to_owned()).to_owned()).await
}

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for texts in TEXTS {
            texts.join(manager).await?;
        }
        let backend = manager.get_database_backend();
        let mut headers = Table::create();
        headers.table("file_headers").col(text(backend, "file").not_null().primary_key());
        headers.col(text(backend, "columns").not_null());
        manager.create_table(headers).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("file_headers").to_owned()).await?;
        for texts in TEXTS.iter().rev() {
            texts.split(manager).await?;
        }
        Ok(())
    }
}
