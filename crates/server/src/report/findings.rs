//! What is wrong with a data set: findings, grouped by file, column and kind.

use std::{borrow::Cow, collections::HashMap, fmt};

use domain::{FieldError, Kind, SHAPES};
use indicatif::HumanCount;
use serde_json::{Value, json};

use super::{Warning, count_of, write_warnings};

/// Something that must be mended before a data set can be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file's name.
    pub file: String,
    /// The line on which the row begins, from 1; `None` if it is about the file itself.
    pub line: Option<u64>,
    /// The column, if it is about one.
    pub column: Option<Cow<'static, str>>,
    /// What kind of mistake it is, for programs.
    pub kind: &'static str,
    /// What is wrong, and what would be right.
    pub problem: String,
    /// What may have been meant.
    pub hint: Option<String>,
    /// The noun that the row refers to and that is not there.
    pub(crate) missing: Option<(Kind, String)>,
}

impl Finding {
    /// A finding about an entry of the folder.
    pub fn of_entry(name: impl Into<String>, kind: &'static str, problem: impl Into<String>) -> Self {
        let (file, problem) = (name.into(), problem.into());
        Finding { file, line: None, column: None, kind, problem, hint: None, missing: None }
    }

    /// A finding about a whole line of a file of a data set, named without `.csv`.
    pub fn of_line(file: &str, line: u64, kind: &'static str, problem: impl Into<String>) -> Self {
        Finding { line: Some(line), ..Finding::of_entry(format!("{file}.csv"), kind, problem) }
    }

    /// A finding about one field.
    #[must_use]
    pub fn of_field(file: &str, line: u64, wrong: FieldError) -> Self {
        Finding { column: Some(wrong.column), ..Finding::of_line(file, line, wrong.kind, wrong.problem) }
    }

    /// The same as a warning: it keeps nothing from being imported.
    pub(crate) fn into_warning(self) -> Warning {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        Warning { file: self.file + &line, problem: self.problem }
    }

    fn to_json(&self) -> Value {
        let Finding { file, line, column, kind, problem, hint, missing: _ } = self;
        json!({ "file": file, "line": line, "column": column, "kind": kind, "problem": problem, "hint": hint })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        self.line.iter().try_for_each(|line| write!(f, ":{line}"))?;
        self.column.iter().try_for_each(|column| write!(f, ": column {column}"))?;
        write!(f, ": {}", self.problem)?;
        self.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}

/// Findings of one kind in one column of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Group {
    /// How many there are.
    count: u64,
    /// The first of them; all of them if all are kept.
    kept: Vec<Finding>,
}

/// Why a data set was not imported; nothing of it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    groups: HashMap<(String, Option<Cow<'static, str>>, &'static str), Group>,
    keeps_all: bool,
    /// What else a steward should know.
    pub warnings: Vec<Warning>,
}

impl Findings {
    /// How many findings of each group are kept unless all are.
    pub const EXAMPLES: usize = 3;

    /// No findings yet; of those to come all are kept, or of each group the first few.
    #[must_use]
    pub fn new(all: bool) -> Self {
        Findings { keeps_all: all, ..Findings::default() }
    }

    /// The same findings, after what else a steward should know.
    #[must_use]
    pub fn with_warnings(mut self, mut warnings: Vec<Warning>) -> Self {
        warnings.append(&mut self.warnings);
        Findings { warnings, ..self }
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        let group = self.groups.entry((finding.file.clone(), finding.column.clone(), finding.kind)).or_default();
        group.count += 1;
        if self.keeps_all || group.kept.len() < Self::EXAMPLES {
            group.kept.push(finding);
        }
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.groups.values().map(|group| group.count).sum()
    }

    /// Those that are kept, by file and line.
    #[must_use]
    pub fn list(&self) -> Vec<&Finding> {
        let mut list: Vec<_> = self.groups.values().flat_map(|group| &group.kept).collect();
        list.sort_by_key(|finding| sort_key(finding));
        list
    }

    /// Those that are kept, to be added to.
    pub(crate) fn kept_mut(&mut self) -> impl Iterator<Item = &mut Finding> {
        self.groups.values_mut().flat_map(|group| &mut group.kept)
    }

    /// The groups in the order of their first findings.
    fn in_order(&self) -> Vec<&Group> {
        let mut groups: Vec<_> = self.groups.values().collect();
        groups.sort_by_key(|group| group.kept.first().map(sort_key));
        groups
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let groups = self.in_order().into_iter().filter_map(|group| {
            let Finding { file, column, kind, .. } = group.kept.first()?;
            Some(json!({ "file": file, "column": column, "kind": kind, "count": group.count }))
        });
        json!({
            "groups": groups.collect::<Vec<_>>(),
            "findings": self.list().into_iter().map(Finding::to_json).collect::<Vec<_>>(),
            "warnings": self.warnings.iter().map(Warning::to_json).collect::<Vec<_>>(),
        })
    }
}

/// The place of a finding: by file as a data set has them, others before them; then by line and column.
fn sort_key(finding: &Finding) -> (Option<usize>, &str, Option<u64>, Option<usize>) {
    let Finding { file, line, column, .. } = finding;
    let at = file.strip_suffix(".csv").and_then(|stem| SHAPES.iter().position(|shape| shape.file == stem));
    let place = |column: &Cow<'static, str>| {
        let shape = SHAPES[at?];
        shape.index(column).or_else(|| Some(shape.text_column(column)?.column))
    };
    let column = column.as_ref().and_then(place);
    (at, file, *line, column)
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_warnings(f, &self.warnings)?;
        let mut hidden = 0;
        for group in self.in_order() {
            group.kept.iter().try_for_each(|finding| writeln!(f, "{finding}"))?;
            let more = group.count.saturating_sub(group.kept.len() as u64);
            if let (1.., Some(first)) = (more, group.kept.first()) {
                write!(f, "{}: ", first.file)?;
                first.column.iter().try_for_each(|column| write!(f, "column {column}: "))?;
                writeln!(f, "{} more of this kind", HumanCount(more))?;
            }
            hidden += more;
        }
        let mut files: Vec<_> = self.groups.keys().map(|(file, ..)| file).collect();
        files.sort_unstable();
        files.dedup();
        let (all, files) = (count_of(self.count(), "finding"), count_of(files.len() as u64, "file"));
        write!(f, "{all} in {files}; nothing was written")?;
        if hidden > 0 { f.write_str("; --format json lists all of them") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(line: u64) -> Finding {
        let problem = "no township `dongbaa` in townships.csv".to_owned();
        let wrong = FieldError { column: "township_id".into(), kind: "unknown_reference", problem };
        let hint = Some("did you mean `dongba`?".to_owned());
        Finding { hint, ..Finding::of_field("schools", line, wrong) }
    }

    #[test]
    fn a_finding_says_where_and_what() {
        assert_eq!(
            finding(17).to_string(),
            "schools.csv:17: column township_id: no township `dongbaa` in townships.csv; did you mean `dongba`?"
        );
        let empty = Finding::of_line("schools", 2, "short_row", "the row has 1");
        assert_eq!(empty.to_string(), "schools.csv:2: the row has 1");
        assert_eq!(Finding::of_entry("Schools.csv", "name", "odd").to_string(), "Schools.csv: odd");
    }

    #[test]
    fn one_kind_of_mistake_hides_no_other() {
        let mut findings = Findings::default();
        (3..70_000).for_each(|line| findings.push(finding(line)));
        findings.push(Finding::of_line("schools", 69_000, "short_row", "the row has 1"));
        findings.push(Finding::of_line("sources", 2, "short_row", "the row has 2"));
        let text = findings.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 7, "{text}");
        assert_eq!(lines[0], "sources.csv:2: the row has 2");
        assert_eq!(
            lines[4..],
            [
                "schools.csv: column township_id: 69,994 more of this kind",
                "schools.csv:69000: the row has 1",
                "69,999 findings in 2 files; nothing was written; --format json lists all of them",
            ]
        );
    }

    #[test]
    fn programs_get_all_of_them() {
        let mut findings = Findings::new(true);
        (3..1_300).for_each(|line| findings.push(finding(line)));
        let json = findings.to_json();
        assert_eq!(json["findings"].as_array().map(Vec::len), Some(1_297));
        assert_eq!(
            json["groups"],
            json!([{ "file": "schools.csv", "column": "township_id", "kind": "unknown_reference", "count": 1_297 }])
        );
        assert_eq!(json["findings"][0]["line"], 3);
        assert!(findings.to_string().ends_with("1,297 findings in 1 file; nothing was written"));
    }
}
