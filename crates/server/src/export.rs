//! Exports what is recorded as a folder of CSV files, which an import reads back.
//!
//! The bytes are those that Python's `csv` writes: UTF-8, LF, quotes only where a field needs them.

mod columns;

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use csv::{QuoteStyle, ReaderBuilder, StringRecord, Terminator, Writer, WriterBuilder};
use domain::{Known, Revision, SHAPES, Shape, texts::decode_written};
use persistence::{ExportRow, Store};
use tempfile::TempDir;

use self::columns::{FileColumn, UsedColumns};
use crate::{
    manifest::{Manifest, entry_exists},
    report::ExportReport,
};

/// How many rows are read from the store at once.
const ROWS_PER_PAGE: usize = 5000;

/// How the name of a folder begins in which an export keeps its files until all of them are complete.
pub(crate) const STAGING_PREFIX: &str = ".edumap-export-";

/// Writes a data set folder: a file for each kind of record of which there are any, and a manifest.
///
/// A folder that is not there is made. Into one that is not empty nothing is written unless `force` says so;
/// then the files of a data set in it are replaced or, where no such record is left, removed, and all others stay.
/// The files are written beside the old ones first, and take their places only when all of them are complete.
///
/// # Errors
/// The map has no such revision, the folder is not empty or cannot be written, or the store failed; then the folder's
/// files are as they were.
pub async fn export(store: &Store, known: Known, dir: &Path, force: bool) -> anyhow::Result<ExportReport> {
    let Some(Revision { number, .. }) = store.revision(known).await? else {
        bail!("the map has no revision to export; does --database-url name the right database?");
    };
    let manifest = Manifest::for_revision(store, number).await?;
    ensure_empty_dir(dir, force)?;
    let staging = tempfile::Builder::new().prefix(STAGING_PREFIX).tempdir_in(dir);
    let staging = staging.with_context(|| format!("cannot write into {}", dir.display()))?;
    let (mut files, mut names) = (Vec::new(), Vec::new());
    for shape in SHAPES {
        // All files are of one revision, whatever is recorded in the meantime.
        let rows = write_file(store, Known::At(number), shape, staging.path()).await?;
        if rows > 0 {
            files.push((shape.file, rows));
            names.push(shape.file_name());
        }
    }
    manifest.write(staging.path())?;
    names.push(Manifest::FILE.to_owned());
    let old = SHAPES.iter().map(|shape| shape.file_name()).chain([Manifest::FILE.to_owned()]);
    let old: Vec<String> = old.filter(|name| entry_exists(&dir.join(name))).collect();
    replace_files(staging, &old, &names, dir)?;
    Ok(ExportReport { revision: number, files })
}

fn ensure_empty_dir(dir: &Path, force: bool) -> anyhow::Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    let mut entries = fs::read_dir(dir).with_context(|| format!("cannot read the folder {}", dir.display()))?;
    if !force && entries.next().is_some() {
        bail!("{} is not empty; name another folder, or replace its files with --force", dir.display());
    }
    Ok(())
}

/// Puts finished files into the place of old ones. If that fails in the middle, the old ones go back.
///
/// If the process dies in the middle, the staging folder stays, and no import reads the folder.
fn replace_files(staging: TempDir, old: &[String], new: &[String], dir: &Path) -> anyhow::Result<()> {
    let replaced = staging.path().join("replaced");
    fs::create_dir(&replaced).with_context(|| format!("cannot write into {}", dir.display()))?;
    let taken_out = old.iter().map(|name| (dir.join(name), replaced.join(name)));
    let put_in = new.iter().map(|name| (staging.path().join(name), dir.join(name)));
    let mut done: Vec<(PathBuf, PathBuf)> = Vec::new();
    for (from, to) in taken_out.chain(put_in) {
        let Err(error) = fs::rename(&from, &to) else {
            done.push((from, to));
            continue;
        };
        let undone = done.iter().rev().try_for_each(|(from, to)| fs::rename(to, from));
        let problem = format!("cannot replace the files of {}", dir.display());
        if undone.is_err() {
            let kept = staging.keep();
            return Err(error).context(format!("{problem}; the old ones lie in {}", kept.join("replaced").display()));
        }
        return Err(error).context(problem);
    }
    Ok(())
}

/// Reads all rows of a shape, page by page, as long as each page is to be followed by another; tells whether it was to the end.
pub(crate) async fn read_pages(
    store: &Store,
    known: Known,
    shape: &'static Shape,
    read: &mut (dyn FnMut(&[ExportRow]) -> anyhow::Result<bool> + Send),
) -> anyhow::Result<bool> {
    for facts in store.export_order(shape, known).await?.chunks(ROWS_PER_PAGE) {
        if !read(&store.export_rows(shape, known, facts).await?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Writes all rows of a shape, and returns their number.
async fn write_file(store: &Store, known: Known, shape: &'static Shape, drafts: &Path) -> anyhow::Result<u64> {
    let path = drafts.join(shape.file_name());
    // Which languages there are is known when all rows are read: they are written in the order of the shape first.
    let wide = path.with_extension("wide");
    let mut writer = csv_writer(&wide)?;
    let mut used = UsedColumns::new(shape);
    let mut rows = 0;
    let mut write = |page: &[ExportRow]| {
        for ExportRow { fields, .. } in page {
            writer.write_record(fields)?;
            used.add_row(fields);
        }
        rows += page.len() as u64;
        Ok(true)
    };
    read_pages(store, known, shape, &mut write).await?;
    writer.flush()?;
    drop(writer);
    let header = store.file_header(shape).await?.unwrap_or_default();
    write_columns(&wide, &path, &used.columns(&header))?;
    fs::remove_file(&wide)?;
    // What takes the place of another file must be on the disk before that one goes.
    File::open(&path)?.sync_all()?;
    Ok(rows)
}

/// Writes a file of rows in the order of their shape again, with these columns.
fn write_columns(wide: &Path, path: &Path, columns: &[FileColumn]) -> anyhow::Result<()> {
    let mut reader = ReaderBuilder::new().has_headers(false).from_path(wide)?;
    let mut writer = csv_writer(path)?;
    writer.write_record(columns.iter().map(|column| &column.name))?;
    let mut record = StringRecord::new();
    while reader.read_record(&mut record)? {
        write_row(&mut writer, columns, |place| record.get(place).unwrap_or_default())?;
    }
    writer.flush()?;
    Ok(())
}

/// Writes a row, given its fields in the order of the shape's columns.
fn write_row<'a>(
    writer: &mut Writer<impl Write>,
    columns: &[FileColumn],
    field: impl Fn(usize) -> &'a str,
) -> anyhow::Result<()> {
    // The columns of a text stand side by side, mostly: its field is taken apart once for them.
    let mut texts = (usize::MAX, Vec::new());
    for column in columns {
        let field = field(column.place);
        let Some((language, is_basis)) = &column.language else {
            writer.write_field(field)?;
            continue;
        };
        if texts.0 != column.place {
            texts = (column.place, decode_written(field));
        }
        let written = texts.1.iter().find(|(of, ..)| of == language);
        writer.write_field(written.map_or("", |(_, text, basis)| if *is_basis { basis } else { text }))?;
    }
    writer.write_record(None::<&[u8]>)?;
    Ok(())
}

fn csv_settings() -> WriterBuilder {
    let mut writer = WriterBuilder::new();
    writer.terminator(Terminator::Any(b'\n')).quote_style(QuoteStyle::Necessary);
    writer
}

fn csv_writer(path: &Path) -> anyhow::Result<Writer<File>> {
    csv_settings().from_path(path).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_in_the_columns_of_the_file_with_as_few_quotes_as_may_be() {
        let dir = tempfile::tempdir().expect("a folder");
        let [wide, path] = ["wide", "csv"].map(|name| dir.path().join(name));
        fs::write(&wide, "\"1,5\",,\"[[\"\"fr\"\",\"\"un, deux\"\",\"\"\"\"]]\"\n 2 #,,'\n").expect("a file");
        let plain = |name: &str, place| FileColumn { name: name.to_owned(), place, language: None };
        let french = FileColumn { language: Some(("fr".to_owned(), false)), ..plain("c_fr", 2) };
        write_columns(&wide, &path, &[french, plain("a", 0)]).expect("written again");
        assert_eq!(fs::read_to_string(&path).expect("text"), "c_fr,a\n\"un, deux\",\"1,5\"\n, 2 #\n");
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(ensure_empty_dir(&dir.path().join("new/er"), false).is_ok());
        let error = ensure_empty_dir(dir.path(), false).expect_err("not empty").to_string();
        assert!(error.contains("is not empty") && error.contains("--force"), "{error}");
        assert!(ensure_empty_dir(dir.path(), true).is_ok());
    }

    #[test]
    fn a_swap_that_fails_leaves_the_old_files() {
        let dir = tempfile::tempdir().expect("a folder");
        let write = |path: PathBuf, text: &str| fs::write(path, text).expect("a file");
        write(dir.path().join("a.csv"), "old a");
        write(dir.path().join("b.csv"), "old b");
        let staging = tempfile::Builder::new().prefix(STAGING_PREFIX).tempdir_in(dir.path()).expect("a folder");
        write(staging.path().join("a.csv"), "new a");
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let error = replace_files(staging, &names(&["a.csv", "b.csv"]), &names(&["a.csv", "missing.csv"]), dir.path());
        assert!(error.is_err());
        let left = |name: &str| fs::read_to_string(dir.path().join(name)).expect("a file");
        assert_eq!((left("a.csv").as_str(), left("b.csv").as_str()), ("old a", "old b"));
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 2, "nothing else stays");
    }
}
