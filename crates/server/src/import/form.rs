//! What every row of a shape is checked for, looked up once: its record, its citations, the rules of its ties.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};
use domain::{
    Cell, ColumnType, FieldError, Kind, MembershipRole, Record, SchoolStatus, Shape, Validity, group::LeadSeats,
    id::fingerprint, school::contradiction,
};

/// A shape, and where in it the checks of a row look.
pub(super) struct Form {
    /// The shape.
    pub(super) shape: &'static Shape,
    /// The references that limit a record's validity.
    pub(super) bounds: Vec<usize>,
    /// The columns that need a source, each with the column of that source.
    cited: Vec<(usize, usize)>,
    rule: Option<Rule>,
}

/// A rule of ties that the shape alone cannot state.
enum Rule {
    /// One school at a time leads a group.
    OneLead { group: usize, role: usize },
    /// No school is tied to itself.
    NotItself(usize, usize),
}

impl Form {
    /// Looks up what the rows of a shape are checked for.
    pub(super) fn of(shape: &'static Shape) -> Self {
        let both = |a: &str, b: &str| shape.index(a).zip(shape.index(b));
        let rule = match shape.kind {
            Kind::Membership => both("group_id", "role").map(|(group, role)| Rule::OneLead { group, role }),
            Kind::Succession => both("predecessor_id", "successor_id").map(|(a, b)| Rule::NotItself(a, b)),
            Kind::SchoolLink => both("school_id", "linked_school_id").map(|(a, b)| Rule::NotItself(a, b)),
            _ => None,
        };
        let is_bound = |at: &usize| {
            matches!(
                shape.columns[*at].column_type,
                ColumnType::Ref { bounds: true, .. } | ColumnType::RefOf { bounds: true, .. }
            )
        };
        Form { shape, bounds: (0..shape.columns.len()).filter(is_bound).collect(), cited: cited(shape), rule }
    }

    /// Reads a row, and checks that what it cites has a source.
    pub(super) fn read(&self, fields: &[&str]) -> Result<Record, Vec<FieldError>> {
        let record = self.shape.read(fields)?;
        let sourceless = self.cited.iter().filter(|(at, source)| !fields[*at].is_empty() && fields[*source].is_empty());
        let wrong: Vec<FieldError> = sourceless.map(|(at, source)| self.sourceless(*at, *source)).collect();
        if wrong.is_empty() { Ok(record) } else { Err(wrong) }
    }

    /// Checks a record by the rule of its ties.
    pub(super) fn check(&self, record: &Record, validity: Validity, seats: &mut LeadSeats) -> Result<(), FieldError> {
        let wrong = |at: usize, kind, problem| FieldError { column: self.shape.columns[at].name, kind, problem };
        match self.rule {
            Some(Rule::OneLead { group, role }) => match (&record.cells[group], &record.cells[role]) {
                (Cell::Ref(_, slug), Cell::Text(word)) if word == MembershipRole::Lead.word() => {
                    seats.take(slug, validity).map_err(|taken| wrong(role, "second_lead", taken.to_string()))
                }
                _ => Ok(()),
            },
            Some(Rule::NotItself(one, other)) if record.cells[one] == record.cells[other] => {
                let problem = format!("it is the same school as `{}`", self.shape.columns[one].name);
                Err(wrong(other, "itself", problem))
            }
            _ => Ok(()),
        }
    }

    /// What is wrong with a status that the dates beside it contradict today.
    pub(super) fn outdated(&self, record: &Record, today: NaiveDate) -> Option<FieldError> {
        if self.shape.kind != Kind::School {
            return None;
        }
        let cell = |name| self.shape.index(name).map(|at| &record.cells[at]);
        let date = |name| match cell(name) {
            Some(Cell::Date(date)) => Some(date),
            _ => None,
        };
        let status = SchoolStatus::parse(&cell("status")?.as_text())?;
        let (column, date) = contradiction(status, date("opened_on"), date("closed_on"), today)?;
        let problem = format!("it is `{}`, and `{column}` says {date}", status.word());
        Some(FieldError { column: "status", kind: "status_contradicts_date", problem })
    }

    /// What the fields of a row say, each by its column's name.
    ///
    /// Blank fields leave no trace, so that a column that a later edumap adds changes no row that leaves it blank.
    /// No field contains an end of line, so none can pass for two.
    pub(super) fn said(&self, fields: &[&str]) -> String {
        let mut said = String::with_capacity(160);
        for (column, field) in self.shape.columns.iter().zip(fields).filter(|(_, field)| !field.is_empty()) {
            said.extend([column.name, "=", field, "\n"]);
        }
        said
    }

    fn sourceless(&self, at: usize, source: usize) -> FieldError {
        let column = &self.shape.columns[at];
        let cited = if matches!(column.column_type, ColumnType::CitedQuote(_)) { "a quote" } else { "a confidence" };
        let source = self.shape.columns[source].name;
        let problem = format!("{cited} needs its source, and `{source}` is empty");
        FieldError { column: column.name, kind: "no_source", problem }
    }
}

/// A fingerprint of everything a row says and of when it holds, by which a later import sees whether it changed.
pub(super) fn digest(mut said: String, validity: Validity) -> i64 {
    let [from, to] = [validity.from, validity.to].map(|day| day.num_days_from_ce());
    // Writing to a string cannot fail.
    let _ = write!(said, "{from}/{to}");
    fingerprint(said.as_bytes())
}

fn cited(shape: &Shape) -> Vec<(usize, usize)> {
    let source = |field: &str| {
        shape.columns.iter().position(|column| matches!(column.column_type, ColumnType::CitedSource(of) if of == field))
    };
    let pairs = shape.columns.iter().enumerate().filter_map(|(at, column)| match column.column_type {
        ColumnType::CitedQuote(field) | ColumnType::CitedConfidence(field) => Some((at, source(field)?)),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use domain::{membership, school};

    use super::*;

    fn lead<'a>(school: &'a str, joined: &'a str, left: &'a str) -> [&'a str; 9] {
        ["willow", school, "lead", joined, left, "", "seed", "a quote", "news"]
    }

    #[test]
    fn one_school_leads_a_group_at_a_time() {
        let form = Form::of(&membership::SHAPE);
        let mut seats = LeadSeats::default();
        let mut check = |fields: [&str; 9]| {
            let record = form.read(&fields).expect("a good row");
            form.check(&record, record.validity, &mut seats)
        };
        assert_eq!(check(lead("willow-first", "", "2019-08")), Ok(()));
        assert_eq!(check(lead("willow-east", "2019-09", "")), Ok(()));
        assert_eq!(check(lead("willow-west", "2020", "")).expect_err("two leads").column, "role");
    }

    #[test]
    fn a_school_is_not_tied_to_itself() {
        let form = Form::of(&school::SUCCESSIONS);
        let record = form.read(&["willow", "willow", "renamed", "2019", "", "", ""]).expect("a row");
        let wrong = form.check(&record, record.validity, &mut LeadSeats::default()).expect_err("a circle");
        assert_eq!(
            (wrong.column, wrong.problem.as_str()),
            ("successor_id", "it is the same school as `predecessor_id`")
        );
    }

    #[test]
    fn what_is_quoted_needs_its_source() {
        let form = Form::of(&membership::SHAPE);
        let wrong = form.read(&["willow", "w", "member", "", "", "", "", "a quote", "news"]).expect_err("no source");
        let said: Vec<_> = wrong.iter().map(|wrong| (wrong.column, wrong.problem.as_str())).collect();
        assert_eq!(
            said,
            [
                ("quote", "a quote needs its source, and `source_id` is empty"),
                ("confidence", "a confidence needs its source, and `source_id` is empty"),
            ]
        );
    }

    #[test]
    fn a_digest_tells_rows_apart_by_every_field_and_by_validity() {
        let form = Form::of(&membership::SHAPE);
        let print = |fields: [&str; 9], validity| digest(form.said(&fields), validity);
        let row = lead("willow-first", "", "2019");
        let same = print(row, Validity::ALWAYS);
        assert_eq!(print(row, Validity::ALWAYS), same);
        assert_ne!(print(lead("willow-first", "2019", ""), Validity::ALWAYS), same);
        assert_ne!(print(row, Validity { from: Validity::OPEN_END, ..Validity::ALWAYS }), same);
        for at in 0..9 {
            let mut other = row;
            other[at] = "another";
            assert_ne!(print(other, Validity::ALWAYS), same, "{at}");
        }
    }
}
