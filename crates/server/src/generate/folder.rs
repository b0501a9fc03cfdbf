//! The folder of a data set while it is written.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt::{self, Write as _},
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use domain::{Column, Kind, Presence, SHAPES, Shape};

use super::Summary;

/// A column and what stands in it.
pub(super) type Value<'a> = (&'static str, &'a dyn fmt::Display);

/// The folder being written.
pub(super) struct Folder {
    pub(super) dir: PathBuf,
    pub(super) sheets: BTreeMap<Kind, Sheet>,
    /// What a row says in these columns unless it says something else.
    pub(super) usual: Vec<(&'static str, String)>,
    /// Room for one field, kept from row to row.
    pub(super) field: String,
}

pub(super) struct Sheet {
    pub(super) csv: csv::Writer<File>,
    pub(super) columns: Vec<&'static Column>,
    pub(super) rows: u64,
}

impl Folder {
    pub(super) fn at(dir: &Path) -> Folder {
        Folder { dir: dir.to_owned(), sheets: BTreeMap::new(), usual: Vec::new(), field: String::new() }
    }

    /// Writes a row; a column neither given nor usual stays blank.
    pub(super) fn row(&mut self, shape: &'static Shape, values: &[Value<'_>]) -> anyhow::Result<()> {
        let Folder { dir, sheets, usual, field } = self;
        let sheet = match sheets.entry(shape.kind) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let says = |name: &str| {
                    values.iter().any(|(given, _)| *given == name) || usual.iter().any(|(given, _)| *given == name)
                };
                // As in an export, a column that may be missing is there only if it says something.
                let columns =
                    shape.columns.iter().filter(|column| column.presence != Presence::Extra || says(column.name));
                new.insert(Sheet::create(dir, shape, columns.collect())?)
            }
        };
        let mut n_given = 0;
        for column in &sheet.columns {
            field.clear();
            if let Some((_, value)) = values.iter().find(|(name, _)| *name == column.name) {
                n_given += 1;
                write!(field, "{value}").expect("a String takes any text");
            } else if let Some((_, value)) = usual.iter().find(|(name, _)| *name == column.name) {
                field.push_str(value);
            }
            sheet.csv.write_field(&*field)?;
        }
        assert_eq!(n_given, values.len(), "every value given to {} has a column", shape.file);
        sheet.csv.write_record(None::<&[u8]>)?;
        sheet.rows += 1;
        Ok(())
    }

    /// The source of a single column: blank where the column is.
    pub(super) fn source_if(&self, stated: bool) -> String {
        let source = self.usual.iter().find(|(name, _)| stated && *name == "source_id");
        source.map(|(_, slug)| slug.clone()).unwrap_or_default()
    }

    pub(super) fn finish(mut self) -> anyhow::Result<Summary> {
        let mut rows = Vec::with_capacity(self.sheets.len());
        for shape in SHAPES {
            if let Some(mut sheet) = self.sheets.remove(&shape.kind) {
                sheet.csv.flush().with_context(|| format!("cannot write {}", shape.file_name()))?;
                rows.push((shape.file, sheet.rows));
            }
        }
        Ok(Summary { rows })
    }
}

impl Sheet {
    pub(super) fn create(dir: &Path, shape: &Shape, columns: Vec<&'static Column>) -> anyhow::Result<Sheet> {
        let path = dir.join(shape.file_name());
        let file = File::create_new(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let mut csv = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(file);
        csv.write_record(columns.iter().map(|column| column.name))?;
        Ok(Sheet { csv, columns, rows: 0 })
    }
}
