//! The folder of a data set: on disk, or embedded in the binary.

use std::{
    fs::{self, File},
    io::{ErrorKind, Read},
    path::PathBuf,
};

use anyhow::{Context, bail};
use domain::{SHAPES, Shape, suggest};
use include_dir::Dir;

use crate::report::Warning;

/// Where a data set lies.
#[derive(Debug, Clone)]
pub enum Folder {
    /// On disk.
    Disk(PathBuf),
    /// In the binary.
    Bundled(&'static Dir<'static>),
}

impl Folder {
    /// What the folder is called, in messages.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Folder::Disk(path) => path.display().to_string(),
            Folder::Bundled(dir) => format!("the bundled data set {}", dir.path().display()),
        }
    }

    /// Checks that the folder is a data set; tells which CSV files in it nobody will read.
    pub(super) fn look(&self) -> anyhow::Result<Vec<Warning>> {
        let names = self.csv_names().with_context(|| format!("cannot read the folder {}", self.name()))?;
        let absent: Vec<String> = SHAPES.iter().map(|shape| csv_name(shape)).filter(|n| !names.contains(n)).collect();
        if absent.len() == SHAPES.len() {
            let wanted = SHAPES.iter().map(|shape| csv_name(shape)).collect::<Vec<_>>().join(", ");
            bail!("{} is no data set: it has none of the files {wanted}", self.name());
        }
        let unknown = names.into_iter().filter(|name| !SHAPES.iter().any(|shape| csv_name(shape) == *name));
        Ok(unknown.map(|name| unread(name, &absent)).collect())
    }

    /// Opens the file of a shape; `None` if the folder has none.
    pub(super) fn open(&self, shape: &Shape) -> anyhow::Result<Option<Box<dyn Read + Send>>> {
        let name = csv_name(shape);
        match self {
            Folder::Disk(path) => match File::open(path.join(&name)) {
                Ok(file) => Ok(Some(Box::new(file))),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error).with_context(|| format!("cannot open {name}")),
            },
            Folder::Bundled(dir) => {
                let file = dir.files().find(|file| file.path().file_name().is_some_and(|found| found == name.as_str()));
                Ok(file.map(|file| Box::new(file.contents()) as Box<dyn Read + Send>))
            }
        }
    }

    /// The names of the CSV files, in alphabetical order.
    fn csv_names(&self) -> anyhow::Result<Vec<String>> {
        let paths: Vec<PathBuf> = match self {
            Folder::Disk(path) => fs::read_dir(path)?
                .map(|entry| entry.map(|entry| entry.path()))
                .filter(|path| path.as_ref().map_or(true, |path| path.is_file()))
                .collect::<Result<_, _>>()?,
            Folder::Bundled(dir) => dir.files().map(|file| file.path().to_owned()).collect(),
        };
        let is_csv = |path: &PathBuf| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
        let names = paths.iter().filter(|path| is_csv(path)).filter_map(|path| path.file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        Ok(names)
    }
}

/// The name of a shape's file.
pub(super) fn csv_name(shape: &Shape) -> String {
    format!("{}.csv", shape.file)
}

fn unread(file: String, absent: &[String]) -> Warning {
    let hint = suggest::did_you_mean(&file.to_lowercase(), absent.iter().map(String::as_str));
    let hint = hint.map(|question| format!("; {question}")).unwrap_or_default();
    Warning { file, problem: format!("no such file belongs to a data set, so it is not read{hint}") }
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
        let error = empty.look().expect_err("no data set").to_string();
        assert!(error.contains("has none of the files sources.csv, districts.csv, "), "{error}");
        let nowhere = Folder::Disk(dir.path().join("nowhere"));
        let error = format!("{:#}", nowhere.look().expect_err("no folder"));
        assert!(error.contains("cannot read the folder") && error.contains("nowhere: "), "{error}");
    }

    #[test]
    fn files_nobody_reads_are_named() {
        let (_dir, folder) =
            folder(&["sources.csv", "school.csv", "Groups.csv", "evidence.csv", "source.csv", "x.txt"]);
        let warnings = folder.look().expect("a data set");
        let said: Vec<_> = warnings.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "Groups.csv: no such file belongs to a data set, so it is not read; did you mean `groups.csv`?",
                "evidence.csv: no such file belongs to a data set, so it is not read",
                "school.csv: no such file belongs to a data set, so it is not read; did you mean `schools.csv`?",
                "source.csv: no such file belongs to a data set, so it is not read",
            ]
        );
    }
}
