//! What an import or an export tells a steward: findings by line, warnings, counts by file.

use std::{collections::BTreeSet, fmt};

use domain::{Revision, Wrong};
use indicatif::HumanCount;

/// Something that must be mended before a data set can be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, without `.csv`.
    pub file: &'static str,
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The column, if it is about one.
    pub column: Option<&'static str>,
    /// What is wrong, and what would be right.
    pub problem: String,
    /// What may have been meant.
    pub hint: Option<String>,
}

impl Finding {
    /// A finding about a whole line.
    pub fn of_line(file: &'static str, line: u64, problem: impl Into<String>) -> Self {
        Finding { file, line, column: None, problem: problem.into(), hint: None }
    }

    /// A finding about one field.
    #[must_use]
    pub fn of_field(file: &'static str, line: u64, wrong: Wrong) -> Self {
        Finding { file, line, column: Some(wrong.column), problem: wrong.problem, hint: None }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.csv:{}: ", self.file, self.line)?;
        if let Some(column) = self.column {
            write!(f, "column {column}: ")?;
        }
        f.write_str(&self.problem)?;
        self.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}

/// Something a steward should know, and that keeps nothing from being imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file's name.
    pub file: String,
    /// What is odd about it.
    pub problem: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.problem)
    }
}

/// Why a data set was not imported; nothing of it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first of them, by file and line.
    pub list: Vec<Finding>,
    /// How many more there are than the list has room for.
    pub more: u64,
    /// What else a steward should know.
    pub warnings: Vec<Warning>,
}

impl Findings {
    /// How many findings a list has room for.
    pub const ROOM: usize = 1000;

    /// Takes note of a finding; tells its place in the list, if there is room.
    pub fn push(&mut self, finding: Finding) -> Option<usize> {
        if self.list.len() >= Self::ROOM {
            self.more += 1;
            return None;
        }
        self.list.push(finding);
        Some(self.list.len() - 1)
    }

    /// Takes note of what was found elsewhere.
    pub fn extend(&mut self, other: Findings) {
        for finding in other.list {
            self.push(finding);
        }
        self.more += other.more;
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        warn(f, &self.warnings)?;
        self.list.iter().try_for_each(|finding| writeln!(f, "{finding}"))?;
        let files: BTreeSet<_> = self.list.iter().map(|finding| finding.file).collect();
        let listed = u64::try_from(self.list.len()).unwrap_or(u64::MAX);
        let all = counted(listed.saturating_add(self.more), "finding");
        match self.more {
            0 => write!(f, "{all} in {}; nothing was written", counted(files.len() as u64, "file")),
            more => write!(f, "{all}, of which {} are not listed; nothing was written", HumanCount(more)),
        }
    }
}

/// What an import did, or in a dry run would have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
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
}

impl Imported {
    /// The counts of all files together.
    #[must_use]
    pub fn total(&self) -> FileCount {
        self.files.iter().fold(FileCount { file: "total", ..FileCount::default() }, |sum, count| FileCount {
            file: sum.file,
            rows: sum.rows + count.rows,
            added: sum.added + count.added,
            changed: sum.changed + count.changed,
            closed: sum.closed + count.closed,
            unchanged: sum.unchanged + count.unchanged,
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

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        warn(f, &self.warnings)?;
        let total = self.total();
        let names = self.files.iter().map(|count| count.file.len() + ".csv".len());
        let width = names.max().unwrap_or(0).max(total.file.len());
        let heads = ["rows", "added", "changed", "closed", "unchanged"];
        line(f, width, "file", &heads.map(str::to_owned))?;
        for count in &self.files {
            line(f, width, &format!("{}.csv", count.file), &count.cells())?;
        }
        line(f, width, total.file, &total.cells())?;
        f.write_str(&self.outcome())
    }
}

impl FileCount {
    fn cells(&self) -> [String; 5] {
        [self.rows, self.added, self.changed, self.closed, self.unchanged].map(|count| HumanCount(count).to_string())
    }
}

fn warn(f: &mut fmt::Formatter<'_>, warnings: &[Warning]) -> fmt::Result {
    warnings.iter().try_for_each(|warning| writeln!(f, "warning: {warning}"))
}

fn line(f: &mut fmt::Formatter<'_>, width: usize, name: &str, cells: &[String; 5]) -> fmt::Result {
    write!(f, "{name:<width$}")?;
    cells.iter().try_for_each(|cell| write!(f, "  {cell:>9}"))?;
    f.write_str("\n")
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The revision that the folder is a copy of.
    pub revision: i64,
    /// The files, without `.csv`, and how many rows each has.
    pub files: Vec<(&'static str, u64)>,
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.files.iter().map(|file| file.1).sum();
        let files = counted(self.files.len() as u64, "file");
        write!(f, "{} in {files}, as of revision {}", counted(rows, "row"), self.revision)
    }
}

fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", HumanCount(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(line: u64) -> Finding {
        let problem = "no township `dongbaa` in townships.csv".to_owned();
        let hint = Some("did you mean `dongba`?".to_owned());
        Finding { file: "schools", line, column: Some("township_id"), problem, hint }
    }

    #[test]
    fn a_finding_says_where_and_what() {
        assert_eq!(
            finding(17).to_string(),
            "schools.csv:17: column township_id: no township `dongbaa` in townships.csv; did you mean `dongba`?"
        );
        assert_eq!(Finding::of_line("schools", 2, "the line is empty").to_string(), "schools.csv:2: the line is empty");
    }

    #[test]
    fn findings_beyond_the_room_are_counted() {
        let mut findings = Findings::default();
        findings.push(finding(2));
        assert!(findings.to_string().ends_with("\n1 finding in 1 file; nothing was written"));
        let places: Vec<_> = (3..1300).map(|line| findings.push(finding(line))).collect();
        assert_eq!((places[0], places[999]), (Some(1), None));
        assert_eq!((findings.list.len(), findings.more), (1000, 298));
        assert!(findings.to_string().ends_with("\n1,298 findings, of which 298 are not listed; nothing was written"));
    }

    #[test]
    fn counts_line_up() {
        let odd = Warning { file: "evidence.csv".to_owned(), problem: "it is not read".to_owned() };
        let count =
            FileCount { file: "group_memberships", rows: 1240, added: 1200, unchanged: 40, ..Default::default() };
        let imported = Imported { revision: None, files: vec![count], warnings: vec![odd], dry_run: true };
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
