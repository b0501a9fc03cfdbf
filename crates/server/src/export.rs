//! Exports what is recorded as a folder of CSV files, which an import reads back.
//!
//! The bytes are those that Python's `csv` writes: UTF-8, LF, quotes only where a field needs them.

use std::{
    fs::{self, File},
    path::Path,
};

use anyhow::{Context, bail};
use csv::{QuoteStyle, ReaderBuilder, StringRecord, Terminator, Writer, WriterBuilder};
use domain::{Known, Need, SHAPES, Shape};
use persistence::{Store, Written};

use crate::report::Exported;

/// How many rows are read from the store at once.
const PAGE: u64 = 5000;

/// Writes a data set folder: a file for each kind of record of which there are any.
///
/// A folder that is not there is made. Into one that is not empty nothing is written unless `force` says so;
/// then the files of a data set in it are replaced or, where no such record is left, removed, and all others stay.
/// The files appear only when all of them are complete. With [`Known::Latest`], what is recorded in the meantime may be
/// in some files and not in others: name the latest revision to have one state of the map.
///
/// # Errors
/// The folder is not empty or cannot be written, or the store failed.
pub async fn export(store: &Store, known: Known, dir: &Path, force: bool) -> anyhow::Result<Exported> {
    make_room(dir, force)?;
    let drafts = tempfile::Builder::new().prefix(".edumap-export-").tempdir_in(dir);
    let drafts = drafts.with_context(|| format!("cannot write into {}", dir.display()))?;
    let mut files = Vec::new();
    for shape in SHAPES {
        let rows = write_file(store, known, shape, drafts.path()).await?;
        files.push((*shape, rows));
    }
    for (shape, rows) in &files {
        publish(shape, *rows > 0, drafts.path(), dir)?;
    }
    let files = files.into_iter().filter(|(_, rows)| *rows > 0).map(|(shape, rows)| (shape.file, rows));
    Ok(Exported { files: files.collect() })
}

fn make_room(dir: &Path, force: bool) -> anyhow::Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    let mut entries = fs::read_dir(dir).with_context(|| format!("cannot read the folder {}", dir.display()))?;
    if !force && entries.next().is_some() {
        bail!("{} is not empty; name another folder, or replace its files with --force", dir.display());
    }
    Ok(())
}

/// Puts a finished file into its place, or takes away one that has no rows any more.
fn publish(shape: &Shape, has_rows: bool, drafts: &Path, dir: &Path) -> anyhow::Result<()> {
    let name = format!("{}.csv", shape.file);
    let target = dir.join(&name);
    let done = match has_rows {
        true => fs::rename(drafts.join(&name), &target),
        false if target.exists() => fs::remove_file(&target),
        false => Ok(()),
    };
    done.with_context(|| format!("cannot write {}", target.display()))
}

/// Writes all rows of a shape; tells how many there are.
async fn write_file(store: &Store, known: Known, shape: &'static Shape, drafts: &Path) -> anyhow::Result<u64> {
    let path = drafts.join(format!("{}.csv", shape.file));
    let mut writer = writer(&path)?;
    let mut used: Vec<bool> = shape.columns.iter().map(|column| column.need != Need::Extra).collect();
    let (mut rows, mut after) = (0, None);
    writer.write_record(shape.columns.iter().map(|column| column.name))?;
    loop {
        let page = store.written(shape, known, after, PAGE).await?;
        for Written { fields, .. } in &page {
            writer.write_record(fields)?;
            used.iter_mut().zip(fields).for_each(|(used, field)| *used |= !field.is_empty());
        }
        rows += page.len() as u64;
        let Some(last) = page.last() else { break };
        after = Some((last.position, last.id));
    }
    writer.flush()?;
    if used.contains(&false) {
        leave_out(&path, &used)?;
    }
    Ok(rows)
}

/// Writes a file again without the columns in which no row has a value.
fn leave_out(path: &Path, used: &[bool]) -> anyhow::Result<()> {
    let narrow = path.with_extension("narrow");
    let mut reader = ReaderBuilder::new().has_headers(false).from_path(path)?;
    let mut writer = writer(&narrow)?;
    let mut record = StringRecord::new();
    while reader.read_record(&mut record)? {
        writer.write_record(record.iter().zip(used).filter(|(_, used)| **used).map(|(field, _)| field))?;
    }
    writer.flush()?;
    fs::rename(&narrow, path)?;
    Ok(())
}

fn writer(path: &Path) -> anyhow::Result<Writer<File>> {
    let mut writer = WriterBuilder::new();
    writer.terminator(Terminator::Any(b'\n')).quote_style(QuoteStyle::Necessary);
    writer.from_path(path).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_a_value_are_left_out_and_quotes_stay_minimal() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("x.csv");
        fs::write(&path, "a,b,c\n\"1,5\",,\"say \"\"x\"\"\"\n 2 #,,'\n").expect("a file");
        leave_out(&path, &[true, false, true]).expect("written again");
        assert_eq!(fs::read_to_string(&path).expect("text"), "a,c\n\"1,5\",\"say \"\"x\"\"\"\n 2 #,'\n");
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(make_room(&dir.path().join("new/er"), false).is_ok());
        let error = make_room(dir.path(), false).expect_err("not empty").to_string();
        assert!(error.contains("is not empty") && error.contains("--force"), "{error}");
        assert!(make_room(dir.path(), true).is_ok());
    }
}
