//! Why an import did not go on.

use std::fmt;

use indicatif::HumanCount;
use serde_json::{Value, json};

use super::{FileCount, Findings, Warning, write_table, write_warnings};

/// Why a data set was not imported; nothing of it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Something is wrong with it.
    Findings(Findings),
    /// It lacks much of what is recorded, and nobody said that this is meant.
    Removal(Removal),
    /// It would undo what was recorded since it was exported, and nobody said that this is meant.
    Conflict(Conflict),
}

impl Refusal {
    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Refusal::Findings(findings) => findings.to_json(),
            Refusal::Removal(removal) => removal.to_json(),
            Refusal::Conflict(conflict) => conflict.to_json(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Findings(findings) => findings.fmt(f),
            Refusal::Removal(removal) => removal.fmt(f),
            Refusal::Conflict(conflict) => conflict.fmt(f),
        }
    }
}

/// An import that would close so much that it needs to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// What would become of the rows, file by file.
    pub files: Vec<FileCount>,
    /// What a steward should know.
    pub warnings: Vec<Warning>,
}

impl Removal {
    /// How many facts of a kind an import may always close, unless they are all: small files can be edited freely.
    pub const FEW: u64 = 10;

    /// Whether an import must be told that it may close what this file no longer has.
    ///
    /// It must if the file has no row left, or if it lacks more than a tenth of what is recorded.
    #[must_use]
    pub fn is_large(count: &FileCount) -> bool {
        let FileCount { rows, closed, .. } = *count;
        closed > 0 && (rows == 0 || closed > Self::FEW && closed * 10 > count.recorded())
    }

    fn to_json(&self) -> Value {
        let large =
            self.files.iter().filter(|count| Removal::is_large(count)).map(|count| format!("{}.csv", count.file));
        json!({
            "needs": "--allow-removal",
            "largeRemovals": large.collect::<Vec<_>>(),
            "files": self.files.iter().copied().map(FileCount::to_json).collect::<Vec<_>>(),
            "warnings": self.warnings.iter().map(Warning::to_json).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_warnings(f, &self.warnings)?;
        write_table(f, &self.files)?;
        for count in self.files.iter().filter(|count| Removal::is_large(count)) {
            let (closed, recorded) = (HumanCount(count.closed), HumanCount(count.recorded()));
            let why = match (count.is_absent, count.rows) {
                (true, _) => "; the folder has no such file",
                (false, 0) => "; the file has no rows",
                _ => "",
            };
            writeln!(f, "{}.csv: {closed} of {recorded} on record would be closed{why}", count.file)?;
        }
        f.write_str("nothing was written; give --allow-removal if this is meant")
    }
}

/// An import of a folder whose revision is not the latest, and that says otherwise than what was recorded since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Why the folder and the map do not go together.
    pub reason: ConflictReason,
    /// The latest revision.
    pub latest: i64,
    /// Rows that both the folder and the map have changed, by file and key.
    pub both: Vec<(&'static str, String)>,
    /// Rows that only the map has changed, and that the import would set back, by file and key.
    pub undone: Vec<(&'static str, String)>,
}

/// Why a folder and a map do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictReason {
    /// The folder starts from this revision, and others came later.
    Later(i64),
    /// The map has no such revision.
    Unknown(i64),
    /// The folder is a copy of another map.
    OtherMap,
}

/// How many rows of each sort are named to a reader.
const NAMED: usize = 20;

impl Conflict {
    fn to_json(&self) -> Value {
        let rows = |rows: &[(&str, String)]| -> Vec<Value> {
            rows.iter().map(|(file, key)| json!({ "file": format!("{file}.csv"), "key": key })).collect()
        };
        json!({
            "needs": format!("--expect-revision {}", self.latest),
            "reason": self.why(),
            "latestRevision": self.latest,
            "changedInBoth": rows(&self.both),
            "wouldBeUndone": rows(&self.undone),
        })
    }

    fn why(&self) -> String {
        let latest = self.latest;
        match self.reason {
            ConflictReason::Later(start) => {
                format!("the folder starts from revision {start}, and the map is at {latest}")
            }
            ConflictReason::Unknown(start) => {
                format!("the folder starts from revision {start}, and the map is only at {latest}")
            }
            ConflictReason::OtherMap => "the folder was exported from another map".to_owned(),
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.why())?;
        for (title, rows) in [
            ("changed both in the folder and on the map:", &self.both),
            ("changed on the map only, and set back by this import:", &self.undone),
        ] {
            if rows.is_empty() {
                continue;
            }
            writeln!(f, "{title}")?;
            rows.iter().take(NAMED).try_for_each(|(file, key)| writeln!(f, "  {file}.csv: {key}"))?;
            if let more @ 1.. = rows.len().saturating_sub(NAMED) {
                writeln!(f, "  and {} more; --format json lists all of them", HumanCount(more as u64))?;
            }
        }
        let latest = self.latest;
        write!(f, "nothing was written; make the changes in a new export, or give --expect-revision {latest} to go on")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(rows: u64, closed: u64) -> FileCount {
        FileCount { file: "schools", rows, unchanged: rows, closed, ..FileCount::default() }
    }

    #[test]
    fn small_edits_are_free_and_large_removals_are_not() {
        for (rows, closed, is_large) in [
            (0, 0, false),
            (0, 1, true),
            (1, 1, false),
            (2, 10, false),
            (2, 11, true),
            (99, 11, false),
            (98, 11, true),
            (900, 100, false),
            (899, 101, true),
        ] {
            assert_eq!(Removal::is_large(&count(rows, closed)), is_large, "{rows} left, {closed} closed");
        }
    }

    #[test]
    fn a_removal_is_told_file_by_file() {
        let absent = FileCount { is_absent: true, ..count(0, 1_304) };
        let text = Removal { files: vec![absent], warnings: Vec::new() }.to_string();
        let lines: Vec<_> = text.lines().skip(3).collect();
        assert_eq!(
            lines,
            [
                "schools.csv: 1,304 of 1,304 on record would be closed; the folder has no such file",
                "nothing was written; give --allow-removal if this is meant",
            ]
        );
    }
}
