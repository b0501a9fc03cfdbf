//! How an operation is answered: the levels of its plan, the statements of each, their rows and their time.

use std::{
    fmt::{self, Write},
    sync::Arc,
};

use domain::SystemClock;
use graphql::{Limits, OperationKind, Request, RequestOptions};
use persistence::Store;
use serde_json::Value;

use crate::App;

/// How an operation was answered.
#[derive(Debug)]
pub struct Explanation {
    /// `extensions` of its answer, with `plan`, `stats` and `cost`.
    extensions: Value,
}

/// Runs an operation, and tells how it was answered.
///
/// # Errors
/// Why it is refused, or what is wrong with its answer.
pub async fn explain(store: Store, request: Request) -> Result<Explanation, Vec<String>> {
    let App { schema, backend, .. } = App::new(store, Arc::new(SystemClock));
    let prepared = graphql::prepare_request(&schema, &Limits::default(), request, false);
    let prepared = prepared.map_err(|refused| refused.error_messages().collect::<Vec<_>>())?;
    if prepared.kind == OperationKind::Subscription {
        return Err(vec!["a subscription is answered at every event: explain a query".to_owned()]);
    }
    let options = RequestOptions { languages: Vec::new(), wants_stats: true, wants_cost: true, wants_plan: true };
    let answer = prepared.execute(&schema, &backend, options).await;
    let problems: Vec<String> = answer.error_messages().collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let extensions = answer.extensions().map_err(|error| vec![error.to_string()])?;
    Ok(Explanation { extensions })
}

impl Explanation {
    /// What `extensions` of the answer say.
    #[must_use]
    pub fn to_json(&self) -> &Value {
        &self.extensions
    }

    /// The same for people: a line for each level, and the text of the statements if it is wanted.
    #[must_use]
    pub fn to_text(&self, has_sql: bool) -> String {
        let mut text = String::new();
        // A string takes all that is written to it.
        let _infallible = self.write_text(has_sql, &mut text);
        text
    }

    fn write_text(&self, has_sql: bool, f: &mut String) -> fmt::Result {
        let Explanation { extensions } = self;
        let (plan, stats, cost) = (&extensions["plan"], &extensions["stats"], &extensions["cost"]);
        let mut lines = Vec::new();
        add_lines(&plan["levels"], &plan["statements"], 0, &mut lines);
        let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or_default();
        let widths = [width(0), width(1), width(2)];
        for [field, leads, asked, took] in &lines {
            let line = format!("{field:0$}  {leads:1$}  {asked:2$}  {took}", widths[0], widths[1], widths[2]);
            writeln!(f, "{}", line.trim_end())?;
        }
        if !lines.is_empty() {
            writeln!(f)?;
        }
        writeln!(
            f,
            "answered by {}: {} statements, {} rows, {}; {} fields, at most {} expected",
            if text(&plan["by"]) == "plan" { "a plan" } else { "resolvers" },
            stats["sqlStatements"],
            stats["rows"],
            format_micros(&stats["elapsedMicros"]),
            cost["actual"],
            cost["estimated"],
        )?;
        let statements = plan["statements"].as_array().into_iter().flatten().enumerate();
        for (at, statement) in statements.filter(|_| has_sql) {
            let (number, sql) = (at + 1, text(&statement["sql"]));
            writeln!(f, "\n{number}: {} rows, {}\n{sql}", statement["rows"], format_micros(&statement["micros"]))?;
        }
        Ok(())
    }
}

/// A line for a level: its field, where it leads, its statements and its time.
type Line = [String; 4];

/// Adds the lines of levels, and of those below them.
fn add_lines(levels: &Value, statements: &Value, depth: usize, lines: &mut Vec<Line>) {
    for level in levels.as_array().into_iter().flatten() {
        let field = format!("{}{}", "  ".repeat(depth), text(&level["field"]));
        let leads = match &level["type"] {
            Value::Null => format!("for {}", level["parents"]),
            ty => format!("{} → {} {}", level["parents"], level["objects"], text(ty)),
        };
        let asked = level["statements"].as_array().into_iter().flatten().filter_map(Value::as_u64);
        let asked = asked.filter_map(|at| usize::try_from(at).ok()).map(|at| {
            let rows = statements[at]["rows"].as_u64().unwrap_or_default();
            format!("statement {}: {rows} {}", at + 1, if rows == 1 { "row" } else { "rows" })
        });
        let asked: Vec<String> = asked.collect();
        let took = match asked.is_empty() {
            true => String::new(),
            false => format_micros(&level["micros"]),
        };
        lines.push([field, leads, asked.join(", "), took]);
        add_lines(&level["levels"], statements, depth + 1, lines);
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn format_micros(micros: &Value) -> String {
    let micros = micros.as_u64().unwrap_or_default();
    format!("{}.{:02} ms", micros / 1000, micros % 1000 / 10)
}
