//! The columns that an exported file has: those of the file that was imported, and whatever else has a value.

use domain::{
    Presence, Shape,
    texts::{column_of_basis, column_of_text, decode_written},
};

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileColumn {
    /// Its name.
    pub(super) name: String,
    /// The place of the column of the shape.
    pub(super) place: usize,
    /// The language, of a text in several; and whether it says why that text is believed.
    pub(super) language: Option<(String, bool)>,
}

/// The columns of a shape in which some row has a value.
pub(super) struct UsedColumns {
    shape: &'static Shape,
    /// Of each column of the shape.
    has_value: Vec<bool>,
    /// The languages of each column of the shape, with whether a basis is stated in it.
    languages: Vec<Vec<(String, bool)>>,
}

impl UsedColumns {
    /// No row was seen yet.
    pub(super) fn new(shape: &'static Shape) -> Self {
        let n = shape.columns.len();
        UsedColumns { shape, has_value: vec![false; n], languages: vec![Vec::new(); n] }
    }

    /// Adds a row, whose fields stand in the order of the shape's columns.
    pub(super) fn add_row(&mut self, fields: &[String]) {
        for (at, (column, field)) in self.shape.columns.iter().zip(fields).enumerate() {
            self.has_value[at] |= !field.is_empty();
            if column.column_type.is_texts() && !field.is_empty() {
                add_languages(&mut self.languages[at], field);
            }
        }
    }

    /// The columns of the file, given those that it had when it was imported.
    ///
    /// These come in their order; any other stands after the last one that comes before it in the shape.
    pub(super) fn columns(&self, header: &[String]) -> Vec<FileColumn> {
        let usual = self.usual_columns(header.is_empty());
        if header.is_empty() {
            return usual;
        }
        let mut columns: Vec<FileColumn> = header.iter().filter_map(|name| self.column_named(name)).collect();
        for column in usual {
            let is_it = |other: &FileColumn| other.place == column.place && other.language == column.language;
            if !columns.iter().any(is_it) {
                let before = columns.iter().enumerate().filter(|(_, other)| other.place <= column.place);
                let after = before.max_by_key(|(at, other)| (other.place, *at)).map_or(0, |(at, _)| at + 1);
                columns.insert(after, column);
            }
        }
        columns
    }

    /// The columns in the order of the shape; with `all` those as well that are blank and that every file once had.
    fn usual_columns(&self, all: bool) -> Vec<FileColumn> {
        let mut columns = Vec::new();
        for (at, column) in self.shape.columns.iter().enumerate() {
            if let Some(of) = column.bases_of().and_then(|of| self.shape.index(of)) {
                let with_basis = self.languages[of].iter().filter(|(_, has_basis)| *has_basis);
                columns.extend(with_basis.map(|(language, _)| self.in_language(of, language, true)));
            } else if column.column_type.is_texts() {
                columns.extend(self.languages[at].iter().map(|(language, _)| self.in_language(at, language, false)));
            } else if self.has_value[at] || (all && column.presence != Presence::Extra) {
                columns.push(FileColumn { name: column.name.to_owned(), place: at, language: None });
            }
        }
        columns
    }

    /// The column of a file that has a text, or its basis, in a language.
    fn in_language(&self, place: usize, language: &str, is_basis: bool) -> FileColumn {
        let column = self.shape.columns[place].name;
        let name = if is_basis { column_of_basis(column, language) } else { column_of_text(column, language) };
        FileColumn { name, place, language: Some((language.to_owned(), is_basis)) }
    }

    /// The column of a file with this name; `None` if a file has none such.
    fn column_named(&self, name: &str) -> Option<FileColumn> {
        let column = match self.shape.text_column(name) {
            Some(of) => (of.column, Some((of.language.as_str().to_owned(), of.is_basis))),
            None => (self.shape.index(name)?, None),
        };
        Some(FileColumn { name: name.to_owned(), place: column.0, language: column.1 })
    }
}

/// Adds the languages of a field to those of its column; a new one stands after the one that it follows in the field.
fn add_languages(languages: &mut Vec<(String, bool)>, field: &str) {
    let mut after = 0;
    for (language, _, basis) in decode_written(field) {
        let at = languages.iter().position(|(known, _)| *known == language).unwrap_or_else(|| {
            languages.insert(after, (language.into_owned(), false));
            after
        });
        languages[at].1 |= !basis.is_empty();
        after = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use domain::region;

    use super::*;

    fn columns(rows: &[&[(&str, &str)]], header: &[&str]) -> Vec<String> {
        let mut used = UsedColumns::new(&region::SHAPE);
        for row in rows {
            let field = |name| row.iter().find(|(of, _)| *of == name).map_or("", |(_, field)| *field).to_owned();
            used.add_row(&region::SHAPE.columns.iter().map(|column| field(column.name)).collect::<Vec<_>>());
        }
        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        used.columns(&header).into_iter().map(|column| column.name).collect()
    }

    #[test]
    fn without_a_header_the_columns_are_those_of_the_shape_in_the_languages_of_the_rows() {
        let [one, other] =
            [r#"[["fr","Sud",""]]"#, r#"[["br","Su","stated"],["fr","Sud",""]]"#].map(|name| ("name", name));
        let found = columns(&[&[("region_id", "south"), one], &[other]], &[]);
        assert_eq!(found, ["region_id", "name_br", "name_fr", "name_br_basis", "source_id", "quote"]);
    }

    #[test]
    fn a_file_gets_the_columns_back_that_it_had() {
        let name = ("name", r#"[["br","Su","stated"],["fr","Sud",""]]"#);
        let header = ["name_fr", "region_id", "strategy_br", "name_de", "quote"];
        let found = columns(&[&[("region_id", "south"), name, ("district_id", "d")]], &header);
        let expected =
            ["name_fr", "region_id", "strategy_br", "name_de", "name_br", "name_br_basis", "quote", "district_id"];
        assert_eq!(found, expected);
    }
}
