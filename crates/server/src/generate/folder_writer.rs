//! Writes the files of a data set row by row.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt::{self, Write as _},
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use domain::{Kind, Presence, SHAPES, Shape};

use super::Summary;

/// A column and what stands in it.
pub(super) type Value<'a> = (&'static str, &'a dyn fmt::Display);

/// The folder being written.
pub(super) struct FolderWriter {
    pub(super) dir: PathBuf,
    pub(super) files: BTreeMap<Kind, FileWriter>,
    /// The values of columns that a row does not give.
    pub(super) defaults: Vec<(&'static str, String)>,
    /// Room for one field, kept from row to row.
    pub(super) field: String,
}

pub(super) struct FileWriter {
    pub(super) csv: csv::Writer<File>,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: u64,
}

impl FolderWriter {
    pub(super) fn new(dir: &Path) -> FolderWriter {
        FolderWriter { dir: dir.to_owned(), files: BTreeMap::new(), defaults: Vec::new(), field: String::new() }
    }

    /// Writes a row; a column neither given nor with a default stays blank.
    pub(super) fn write_row(&mut self, shape: &'static Shape, values: &[Value<'_>]) -> anyhow::Result<()> {
        let FolderWriter { dir, files, defaults, field } = self;
        let file = match files.entry(shape.kind) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let has_value = |name: &str| {
                    values.iter().any(|(given, _)| *given == name) || defaults.iter().any(|(given, _)| *given == name)
                };
                // As in an export, a column that may be missing is there only if a row has a value in it.
                let given = || values.iter().map(|(name, _)| *name).chain(defaults.iter().map(|(name, _)| *name));
                let columns = shape.columns.iter().enumerate().flat_map(|(at, column)| {
                    let (texts, is_basis) = match column.bases_of().and_then(|of| shape.index(of)) {
                        Some(of) => (of, true),
                        None => (at, false),
                    };
                    let is_of_texts = move |name: &&str| {
                        shape.text_column(name).is_some_and(|of| of.column == texts && of.is_basis == is_basis)
                    };
                    let in_languages = given().filter(is_of_texts);
                    let is_there =
                        column.is_named_in_files() && (column.presence != Presence::Extra || has_value(column.name));
                    in_languages.chain(is_there.then_some(column.name))
                });
                new.insert(FileWriter::create(dir, shape, columns.collect())?)
            }
        };
        let mut n_given = 0;
        for column in &file.columns {
            field.clear();
            if let Some((_, value)) = values.iter().find(|(name, _)| *name == *column) {
                n_given += 1;
                write!(field, "{value}").expect("a String takes any text");
            } else if let Some((_, value)) = defaults.iter().find(|(name, _)| name == column) {
                field.push_str(value);
            }
            file.csv.write_field(&*field)?;
        }
        assert_eq!(n_given, values.len(), "every value given to {} has a column", shape.file);
        file.csv.write_record(None::<&[u8]>)?;
        file.rows += 1;
        Ok(())
    }

    /// The source of a single column: blank where the column is.
    pub(super) fn source_if(&self, stated: bool) -> String {
        let source = self.defaults.iter().find(|(name, _)| stated && *name == "source_id");
        source.map(|(_, slug)| slug.clone()).unwrap_or_default()
    }

    pub(super) fn finish(mut self) -> anyhow::Result<Summary> {
        let mut rows = Vec::with_capacity(self.files.len());
        for shape in SHAPES {
            if let Some(mut file) = self.files.remove(&shape.kind) {
                file.csv.flush().with_context(|| format!("cannot write {}", shape.file_name()))?;
                rows.push((shape.file, file.rows));
            }
        }
        Ok(Summary { rows })
    }
}

impl FileWriter {
    pub(super) fn create(dir: &Path, shape: &Shape, columns: Vec<&'static str>) -> anyhow::Result<FileWriter> {
        let path = dir.join(shape.file_name());
        let file = File::create_new(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let mut csv = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(file);
        csv.write_record(&columns)?;
        Ok(FileWriter { csv, columns, rows: 0 })
    }
}
