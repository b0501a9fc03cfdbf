//! Running a request: its surroundings, its limits, its errors, what it cost.

use std::{sync::Arc, time::Instant};

use async_graphql::{Name, Request, Response, ServerError, Value, parser::parse_query};
use domain::{Clock, LanguageTag};
use persistence::{Counts, Store};

use crate::{context::Surroundings, loader::Batches, schema::Schema};

/// What a request brings beside its document.
#[derive(Debug, Default)]
pub struct Asker {
    /// The languages the reader wants, the best first.
    pub languages: Vec<LanguageTag>,
    /// Whether `extensions.stats` is to say what the answer cost.
    pub wants_stats: bool,
}

/// How deep brackets may nest in a document: a deeper one would overflow the parser's stack.
const DEEPEST: usize = 100;
/// How many errors an answer carries.
const MOST_ERRORS: usize = 50;

/// Runs a request.
pub async fn execute(
    schema: &Schema,
    store: &Store,
    clock: Arc<dyn Clock>,
    asker: Asker,
    request: Request,
) -> Response {
    let began = Instant::now();
    let request = match parse(request) {
        Ok(request) => request,
        Err(refused) => return *refused,
    };
    let counts = Arc::new(Counts::default());
    let store = store.counted(counts.clone());
    let batches = Arc::new(Batches::new(store.clone()));
    let here = Surroundings { store, batches: batches.clone(), clock, languages: asker.languages };
    let mut response = batches.run(schema.execute(request.data(here))).await;
    response.errors.truncate(MOST_ERRORS);
    for error in &mut response.errors {
        name(error);
    }
    if asker.wants_stats {
        response = response.extension("stats", stats(&counts, began));
    }
    response
}

fn stats(counts: &Counts, began: Instant) -> Value {
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    let figures = [("sqlStatements", counts.statements()), ("rows", counts.rows()), ("elapsedMicros", micros)];
    Value::Object(figures.into_iter().map(|(name, figure)| (Name::new(name), Value::from(figure))).collect())
}

/// Parses the document; what cannot be parsed is answered here, since the parser overflows its stack on deep values.
fn parse(mut request: Request) -> Result<Request, Box<Response>> {
    let refused = |error: ServerError| {
        let mut error = error;
        code(&mut error, "GRAPHQL_PARSE_FAILED");
        Box::new(Response::from_errors(vec![error]))
    };
    if depth(&request.query) > DEEPEST {
        let problem = format!("the document nests brackets more than {DEEPEST} deep");
        return Err(refused(ServerError::new(problem, None)));
    }
    let document = parse_query(&request.query).map_err(|error| {
        let at = error.positions().next();
        let place = at.map_or_else(String::new, |at| format!(" at line {}, column {}", at.line, at.column));
        refused(ServerError::new(format!("the document cannot be parsed{place}"), at))
    })?;
    request.set_parsed_query(document);
    Ok(request)
}

/// How deep brackets nest in a document, strings and comments aside.
fn depth(document: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = document.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'#' => rest = skip(rest, |rest| rest.first() == Some(&b'\n'), 0),
            b'"' if rest.starts_with(b"\"\"") => rest = skip(&rest[2..], |rest| rest.starts_with(b"\"\"\""), 3),
            b'"' => rest = skip(rest, |rest| matches!(rest.first(), Some(b'"' | b'\n')), 1),
            _ => {}
        }
    }
    deepest
}

/// What follows the end of a string or comment; a backslash takes the next byte with it.
fn skip(mut rest: &[u8], ends: impl Fn(&[u8]) -> bool, end: usize) -> &[u8] {
    while !rest.is_empty() && !ends(rest) {
        let step = if rest[0] == b'\\' && end > 0 { 2 } else { 1 };
        rest = &rest[step.min(rest.len())..];
    }
    &rest[end.min(rest.len())..]
}

/// Gives an error that has none its code.
fn name(error: &mut ServerError) {
    let has_code = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
    if !has_code {
        code(error, if error.path.is_empty() { "GRAPHQL_VALIDATION_FAILED" } else { "INVALID_ARGUMENT" });
    }
}

fn code(error: &mut ServerError, code: &str) {
    error.extensions.get_or_insert_default().set("code", code);
}

#[cfg(test)]
mod tests {
    use super::depth;

    #[test]
    fn brackets_count_where_the_parser_sees_them() {
        for (document, deep) in [
            ("{ a }", 1),
            ("{ a(b: [[1]]) }", 4),
            ("{ a(b: \"[[[[\") } # [[[[\n", 2),
            ("{ a(b: \"\\\"[[\") }", 2),
            ("{ a(b: \"\"\"[[\"[\"\"\") { c } }", 2),
            ("\"", 0),
            ("", 0),
        ] {
            assert_eq!(depth(document), deep, "{document}");
        }
    }
}
