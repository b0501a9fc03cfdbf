//! The results of imports and exports, as text for a steward and as JSON for programs: counts by file, warnings, findings by
//! line ([`Findings`]), and why nothing was written ([`Refusal`]).

mod findings;
mod refusal;

use std::fmt;

use domain::Revision;
use indicatif::HumanCount;
use serde_json::{Value, json};

pub use self::{
    findings::{Finding, Findings},
    refusal::{Conflict, ConflictReason, Refusal, Removal},
};

/// Something a steward should know, and that keeps nothing from being imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file's name, or the rule by which something on the map is doubtful.
    pub file: String,
    /// What is odd about it.
    pub problem: String,
}

impl Warning {
    fn to_json(&self) -> Value {
        let Warning { file, problem } = self;
        json!({ "file": file, "problem": problem })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.problem)
    }
}

/// What an import did, or in a dry run would have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// The revision it made; none if it changed nothing, or in a dry run.
    pub revision: Option<Revision>,
    /// What became of the rows, file by file.
    pub files: Vec<FileCount>,
    /// What a steward should know.
    pub warnings: Vec<Warning>,
    /// Whether it was a dry run: nothing was written.
    pub dry_run: bool,
}

/// What became of the rows of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileCount {
    /// The file, without `.csv`.
    pub file: &'static str,
    /// The rows in the file.
    pub rows: u64,
    /// Rows that were not recorded before.
    pub added: u64,
    /// Rows that say something else than was recorded.
    pub changed: u64,
    /// What was recorded and is no longer in the file.
    pub closed: u64,
    /// Rows that say what was recorded.
    pub unchanged: u64,
    /// Whether the folder has no such file.
    pub is_absent: bool,
}

impl ImportReport {
    /// The counts of all files together.
    #[must_use]
    pub fn total(&self) -> FileCount {
        sum_counts(&self.files)
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "revision": self.revision.as_ref().map(|revision| revision.number),
            "dryRun": self.dry_run,
            "files": self.files.iter().copied().map(FileCount::to_json).collect::<Vec<_>>(),
            "warnings": self.warnings.iter().map(Warning::to_json).collect::<Vec<_>>(),
        })
    }

    fn outcome(&self) -> String {
        let total = self.total();
        match &self.revision {
            _ if self.dry_run => "a dry run: nothing was written".to_owned(),
            Some(revision) => format!("recorded as revision {}", revision.number),
            None if total.added + total.changed + total.closed == 0 => {
                "all of it was recorded already: no new revision".to_owned()
            }
            None => "no new revision".to_owned(),
        }
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_warnings(f, &self.warnings)?;
        write_table(f, &self.files)?;
        f.write_str(&self.outcome())
    }
}

impl FileCount {
    /// How many facts were recorded before.
    #[must_use]
    pub fn recorded(&self) -> u64 {
        self.unchanged + self.changed + self.closed
    }

    fn to_json(self) -> Value {
        let FileCount { file, rows, added, changed, closed, unchanged, is_absent: _ } = self;
        json!({
            "file": format!("{file}.csv"),
            "rows": rows,
            "added": added,
            "changed": changed,
            "closed": closed,
            "unchanged": unchanged,
        })
    }

    fn cells(&self) -> [String; 5] {
        [self.rows, self.added, self.changed, self.closed, self.unchanged].map(|count| HumanCount(count).to_string())
    }
}

/// The counts of some files together.
fn sum_counts(files: &[FileCount]) -> FileCount {
    files.iter().fold(FileCount { file: "total", ..FileCount::default() }, |sum, count| FileCount {
        file: sum.file,
        rows: sum.rows + count.rows,
        added: sum.added + count.added,
        changed: sum.changed + count.changed,
        closed: sum.closed + count.closed,
        unchanged: sum.unchanged + count.unchanged,
        is_absent: false,
    })
}

/// Writes the counts of files, one a line, and their total.
fn write_table(f: &mut fmt::Formatter<'_>, files: &[FileCount]) -> fmt::Result {
    let total = sum_counts(files);
    let names = files.iter().map(|count| count.file.len() + ".csv".len());
    let width = names.max().unwrap_or(0).max(total.file.len());
    let heads = ["rows", "added", "changed", "closed", "unchanged"];
    write_count_row(f, width, "file", &heads.map(str::to_owned))?;
    for count in files {
        write_count_row(f, width, &format!("{}.csv", count.file), &count.cells())?;
    }
    write_count_row(f, width, total.file, &total.cells())
}

fn write_warnings(f: &mut fmt::Formatter<'_>, warnings: &[Warning]) -> fmt::Result {
    warnings.iter().try_for_each(|warning| writeln!(f, "warning: {warning}"))
}

fn write_count_row(f: &mut fmt::Formatter<'_>, width: usize, name: &str, cells: &[String; 5]) -> fmt::Result {
    write!(f, "{name:<width$}")?;
    cells.iter().try_for_each(|cell| write!(f, "  {cell:>9}"))?;
    f.write_str("\n")
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportReport {
    /// The revision that the folder is a copy of.
    pub revision: i64,
    /// The files, without `.csv`, and how many rows each has.
    pub files: Vec<(&'static str, u64)>,
}

impl fmt::Display for ExportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.files.iter().map(|file| file.1).sum();
        let files = count_of(self.files.len() as u64, "file");
        write!(f, "{} in {files}, as of revision {}", count_of(rows, "row"), self.revision)
    }
}

fn count_of(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", HumanCount(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_line_up() {
        let odd = Warning { file: "evidence.csv".to_owned(), problem: "it is not read".to_owned() };
        let count =
            FileCount { file: "group_memberships", rows: 1240, added: 1200, unchanged: 40, ..Default::default() };
        let imported = ImportReport { revision: None, files: vec![count], warnings: vec![odd], dry_run: true };
        let lines = [
            "warning: evidence.csv: it is not read",
            "file                        rows      added    changed     closed  unchanged",
            "group_memberships.csv      1,240      1,200          0          0         40",
            "total                      1,240      1,200          0          0         40",
            "a dry run: nothing was written",
        ];
        assert_eq!(imported.to_string(), lines.join("\n"));
    }
}
