//! Tables `aliases` and `definitions`.

use domain::{Alias, AliasKind, Definition, View};

use crate::{Store, StoreError, parts::List, row::Row, sql::Sql};

impl List for Alias {
    fn select(view: View, owners: &[i64], sql: &mut Sql) {
        sql.put("SELECT n.entity_id AS owner, n.* FROM aliases n WHERE ").among("n.entity_id", owners);
        sql.put(" AND ").holds("n", view).put(" ORDER BY n.entity_id, n.lang, n.kind, n.alias, n.id");
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Alias {
            id: row.get("id")?,
            text: row.text("alias")?,
            language: row.text("lang")?,
            kind: row.word("kind", AliasKind::parse)?,
            basis: row.basis("basis")?,
            since: row.date("since")?,
            until: row.date("until")?,
            validity: row.validity()?,
        })
    }
}

impl Store {
    /// What the words of the map mean, in the order of the words.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn definitions(&self, view: View) -> Result<Vec<Definition>, StoreError> {
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT d.id, d.term, d.definition_zh, d.definition_en FROM definitions d WHERE ").holds("d", view);
        sql.put(" ORDER BY d.term");
        let definition = |row: &_| {
            let row = Row(row);
            Ok(Definition {
                id: row.get("id")?,
                term: row.text("term")?,
                definition_zh: row.stated("definition_zh")?,
                definition_en: row.stated("definition_en")?,
            })
        };
        self.rows(sql).await?.iter().map(definition).collect()
    }
}
