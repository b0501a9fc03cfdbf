//! The folder of a data set: on disk, embedded in the binary, or tables in memory.

use std::{
    collections::HashMap,
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use domain::{Kind, SHAPES, Shape, shape_of, suggest::Nearest};
use include_dir::Dir;

use super::{file_rows::Input, row_table::RowTable};
use crate::{
    export::STAGING_PREFIX,
    manifest::{Manifest, entry_exists},
    report::{Finding, Findings, Warning},
};

/// Where a data set lies.
#[derive(Debug, Clone)]
pub enum Folder {
    /// On disk.
    Disk(PathBuf),
    /// In the binary.
    Bundled(&'static Dir<'static>),
    /// In memory, as rows.
    Tables(Arc<Tables>),
}

/// The rows of a data set, by kind.
pub(crate) type Tables = HashMap<Kind, Arc<RowTable>>;

impl Folder {
    /// What the folder is called, in messages.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Folder::Disk(path) => path.display().to_string(),
            Folder::Bundled(dir) => format!("the bundled data set {}", dir.path().display()),
            Folder::Tables(_) => "the changed data set".to_owned(),
        }
    }

    /// Checks that the folder is a data set, and that no entry looks like a file of one without being it.
    ///
    /// Warns of CSV files in it that are not read.
    pub(super) fn check_entries(&self) -> anyhow::Result<Result<Vec<Warning>, Findings>> {
        let names = self.entry_names().with_context(|| format!("cannot read the folder {}", self.name()))?;
        let is_present = |shape: &Shape| names.contains(&shape.file_name());
        let absent: Vec<&str> = SHAPES.iter().filter(|shape| !is_present(shape)).map(|shape| shape.file).collect();
        let mut findings = Findings::default();
        let mut warnings = Vec::new();
        let is_ours = |name: &&String| SHAPES.iter().any(|shape| shape.file_name() == **name);
        for name in names.iter().filter(|name| !is_ours(name)) {
            if name.starts_with(STAGING_PREFIX) {
                let problem = "an export into this folder is under way, or was cut off: export again, then remove it";
                findings.push(Finding::of_entry(name, "unfinished_export", problem));
            } else if let Some(file) = similar_file(name, &absent) {
                let problem = format!("this looks like {file}.csv, which the folder lacks: rename it, or take it away");
                findings.push(Finding::of_entry(name, "file_name", problem));
            } else if is_csv(name) {
                let problem = "no such file belongs to a data set, so it is not read".to_owned();
                warnings.push(Warning { file: name.clone(), problem });
            }
        }
        if !findings.is_empty() {
            return Ok(Err(findings.with_warnings(warnings)));
        }
        if absent.len() == SHAPES.len() {
            let wanted = SHAPES.iter().map(|shape| shape.file_name()).collect::<Vec<_>>().join(", ");
            bail!("{} is no data set: it has none of the files {wanted}", self.name());
        }
        Ok(Ok(warnings))
    }

    /// Opens the file of a shape; `None` if the folder has none.
    ///
    /// # Errors
    /// The file is there and cannot be opened, such as a link that leads nowhere.
    pub(super) fn open(&self, shape: &Shape) -> anyhow::Result<Option<Input>> {
        let name = shape.file_name();
        match self {
            Folder::Disk(path) => match File::open(path.join(&name)) {
                Ok(file) => Ok(Some(Input::Csv(Box::new(file)))),
                Err(_) if !entry_exists(&path.join(&name)) => Ok(None),
                Err(error) => Err(error).with_context(|| format!("{name} is there and cannot be read")),
            },
            Folder::Bundled(_) => Ok(self.bundled(shape).map(|bytes| Input::Csv(Box::new(bytes)))),
            Folder::Tables(tables) => Ok(tables.get(&shape.kind).cloned().map(Input::Table)),
        }
    }

    /// How many bytes the file of a shape has; 0 if the folder has none.
    pub(super) fn size(&self, shape: &Shape) -> u64 {
        match self {
            Folder::Disk(path) => fs::metadata(path.join(shape.file_name())).map_or(0, |file| file.len()),
            Folder::Bundled(_) => self.bundled(shape).map_or(0, |bytes| bytes.len() as u64),
            Folder::Tables(tables) => tables.get(&shape.kind).map_or(0, |table| table.n_bytes() as u64),
        }
    }

    /// Which map and which revision the folder is a copy of; `None` if it was not exported.
    pub(super) fn manifest(&self) -> anyhow::Result<Option<Manifest>> {
        match self {
            Folder::Disk(path) => Manifest::read(path),
            Folder::Bundled(_) | Folder::Tables(_) => Ok(None),
        }
    }

    fn bundled(&self, shape: &Shape) -> Option<&'static [u8]> {
        let Folder::Bundled(dir) = self else { return None };
        let name = shape.file_name();
        let file = dir.files().find(|file| file.path().file_name().is_some_and(|found| found == name.as_str()));
        file.map(include_dir::File::contents)
    }

    /// The names of all entries, in alphabetical order.
    fn entry_names(&self) -> anyhow::Result<Vec<String>> {
        let names: Vec<OsString> = match self {
            Folder::Disk(path) => {
                fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.file_name())).collect::<Result<_, _>>()?
            }
            Folder::Bundled(dir) => dir.files().filter_map(|file| Some(file.path().file_name()?.to_owned())).collect(),
            Folder::Tables(tables) => tables.keys().map(|kind| shape_of(*kind).file_name().into()).collect(),
        };
        let mut names: Vec<String> = names.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        Ok(names)
    }
}

fn is_csv(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"))
}

/// Which absent file an entry was probably meant to be: of another case, another ending, a copy, a slip of the pen.
fn similar_file<'a>(name: &str, absent: &[&'a str]) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let (stem, endings) = lower.split_once('.').unwrap_or((&lower, ""));
    let is_table = endings.split('.').any(|ending| matches!(ending, "csv" | "tsv" | "txt" | "xls" | "xlsx" | "ods"));
    if stem.is_empty() || !is_table && !endings.is_empty() {
        return None;
    }
    let words = stem.replace([' ', '-'], "_");
    let before_remark = stem.split([' ', '(']).next().unwrap_or_default();
    let same = |file: &&&str| **file == words || **file == before_remark;
    if let Some(file) = absent.iter().find(same) {
        return Some(file);
    }
    let mut nearest = Nearest::to(&words);
    absent.iter().filter(|_| is_csv(name)).for_each(|file| nearest.offer(file));
    let found = nearest.found()?;
    absent.iter().find(|file| **file == found).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().expect("a folder");
        files.iter().for_each(|file| fs::write(dir.path().join(file), "").expect("a file"));
        let folder = Folder::Disk(dir.path().to_owned());
        (dir, folder)
    }

    #[test]
    fn a_folder_that_is_no_data_set_is_refused_by_name() {
        let (dir, empty) = folder(&["README.md"]);
        let error = empty.check_entries().expect_err("no data set").to_string();
        assert!(error.contains("has none of the files sources.csv, districts.csv, "), "{error}");
        let nowhere = Folder::Disk(dir.path().join("nowhere"));
        let error = format!("{:#}", nowhere.check_entries().expect_err("no folder"));
        assert!(error.contains("cannot read the folder") && error.contains("nowhere: "), "{error}");
    }

    #[test]
    fn files_nobody_reads_are_named() {
        let (_dir, folder) = folder(&["sources.csv", "source.csv", "Sources.csv", "pupils.csv", "x.txt", "schools.md"]);
        let warnings = folder.check_entries().expect("a data set").expect("no findings");
        let said: Vec<_> = warnings.iter().map(ToString::to_string).collect();
        let unread = |name: &str| format!("{name}: no such file belongs to a data set, so it is not read");
        assert_eq!(said, ["Sources.csv", "pupils.csv", "source.csv"].map(unread));
    }

    #[test]
    fn a_name_that_misses_that_of_an_absent_file_is_a_finding() {
        for name in [
            "Schools.csv",
            "schools.CSV",
            "school.csv",
            "schools.csv.csv",
            "schools.csv.bak",
            "schools.xlsx",
            "schools.tsv",
            "schools",
            "schools (1).csv",
            "schools - Copy.csv",
            "SCHOOLS.TXT",
        ] {
            let (_dir, folder) = folder(&["sources.csv", name]);
            let findings = folder.check_entries().expect("a folder").expect_err(name).to_string();
            assert!(findings.starts_with(&format!("{name}: this looks like schools.csv, ")), "{findings}");
        }
        assert_eq!(similar_file("Group Memberships.csv", &["groups", "group_memberships"]), Some("group_memberships"));
    }

    #[test]
    fn no_file_of_a_data_set_is_taken_for_another_that_is_absent() {
        for absent in SHAPES {
            let others: Vec<String> =
                SHAPES.iter().filter(|shape| shape.file != absent.file).map(|s| s.file_name()).collect();
            let (_dir, folder) = folder(&others.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(folder.check_entries().expect("a data set"), Ok(Vec::new()), "{}", absent.file);
        }
    }

    #[test]
    fn a_folder_whose_export_was_cut_off_is_not_read() {
        let (_dir, folder) = folder(&["sources.csv", ".edumap-export-x1"]);
        let findings = folder.check_entries().expect("a folder").expect_err("a finding").to_string();
        assert!(findings.contains("was cut off"), "{findings}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_cannot_be_read_is_an_error_and_no_absence() {
        let (dir, folder) = folder(&["sources.csv"]);
        let schools = &domain::school::SHAPE;
        assert!(folder.open(schools).expect("no such file").is_none());
        std::os::unix::fs::symlink("/nowhere/schools.csv", dir.path().join("schools.csv")).expect("a link");
        assert!(folder.check_entries().expect("a folder").expect("no findings").is_empty());
        let error = folder.open(schools).err().expect("a link that leads nowhere").to_string();
        assert_eq!(error, "schools.csv is there and cannot be read");
    }
}
