//! One list of an answer as rows, and the pages that it goes on with. docs/dashboards.md has the rule for readers.
//!
//! - [`shape`] reads what an operation asks for, by the types of the schema: the columns do not depend on the data.
//! - [`table`] chooses a list of it, and says which values are in which column.
//! - [`pages`] writes the documents that go on from a cursor, and [`read`] takes rows out of their answers.
//!
//! A list below another has pages for each of its parents. They are asked for with the same document, in which each
//! connection above has one item: the one after the cursor that stands before it.

mod pages;
mod read;
mod shape;
mod table;

use apollo_compiler::ast;
use async_graphql::{Request, Variables};
use serde_json::Value;

pub use self::table::{Place, RowColumn};
use self::{
    pages::{PageWriter, REVISION_VARIABLE, cursor_variable},
    read::PageReader,
    shape::{ShapeReader, find_operation},
    table::{ListPath, Table, list_paths},
};
use crate::{
    documents::{freshness::Freshness, limits::Limits, variables},
    execution::{
        answer::Answer,
        error_code::ErrorCode,
        prepared::{OperationKind, PreparedRequest},
    },
    schema::Schema,
};

/// A request whose answer is read as rows.
#[derive(Debug)]
pub struct RowQuery {
    document: ast::Document,
    operation: Option<String>,
    variables: Value,
    table: Table,
    list: String,
    pinning: Pinning,
}

/// How all pages come to be of one revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pinning {
    /// The request names its view.
    Named,
    /// Each page is given the revision.
    Given,
    /// The revision cannot be given to what is asked: whoever asks has to see that it stays the same.
    Watched,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub enum RowStep {
    /// A row, with a value for each column: null, a plain value, or a list of these.
    Row(Vec<Value>),
    /// A page, whose steps come before those that follow this one.
    Page(RowPage),
    /// A list has more than one page and cannot be followed from here, since its parents cannot be asked for one by one.
    Cut {
        /// The name of the list.
        list: String,
    },
}

/// A page of a connection on the way to the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPage {
    /// Which connection: 0 is the outermost.
    depth: usize,
    /// The cursor after which each connection begins.
    after: Vec<Option<String>>,
}

impl RowQuery {
    /// Reads a request as one for rows: those of the list of this name, or of the only one that is not above another.
    ///
    /// # Errors
    /// It is no query, it has no such list, or several of which none is named.
    pub fn new(schema: &Schema, prepared: &PreparedRequest, list: Option<&str>) -> Result<RowQuery, Box<Answer>> {
        let refused = |code: ErrorCode, problem: &str| Box::new(Answer::refused(code, problem));
        if prepared.kind != OperationKind::Query {
            return Err(refused(ErrorCode::NotAcceptable, "only a query is answered as rows"));
        }
        let request = prepared.request();
        let document = ast::Document::parse(request.query.as_str(), "request.graphql")
            .map_err(|_| refused(ErrorCode::GraphqlParseFailed, "the document is no GraphQL"))?;
        let Some(operation) = find_operation(&document, request.operation_name.as_deref()) else {
            return Err(refused(ErrorCode::BadRequest, "the document has no such operation"));
        };
        let reader = ShapeReader::new(&schema.rules().schema, &document, &prepared.variables.values);
        let shape = reader.read_operation(operation);
        let ListPath { name, keys } =
            choose_list(&list_paths(&shape), list).map_err(|problem| refused(ErrorCode::BadRequest, &problem))?;
        let table = Table::new(&shape, &keys);
        let first = keys.first().and_then(|key| shape.fields.get(key)).filter(|field| field.name == "map");
        let pinning = match first {
            _ if prepared.freshness == Freshness::Pinned => Pinning::Named,
            Some(map) if map.paging.is_pinned => Pinning::Named,
            Some(_) => Pinning::Given,
            None => Pinning::Watched,
        };
        let variables = serde_json::to_value(&request.variables).unwrap_or_default();
        let operation = request.operation_name.clone();
        Ok(RowQuery { operation, variables, table, list: name, pinning, document })
    }

    /// The columns, in the order of the text.
    #[must_use]
    pub fn columns(&self) -> &[RowColumn] {
        &self.table.columns
    }

    /// The name of the list whose items the rows are; empty if the answer has no list, and is one row.
    #[must_use]
    pub fn list(&self) -> &str {
        &self.list
    }

    /// Where the place of a row stands; `None` if none is asked for.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.table.place
    }

    /// How all pages come to be of one revision.
    #[must_use]
    pub fn pinning(&self) -> Pinning {
        self.pinning
    }

    /// The page to begin with.
    #[must_use]
    pub fn first_page(&self) -> RowPage {
        RowPage { depth: 0, after: self.table.pages.iter().map(|page| page.after.clone()).collect() }
    }

    /// The request for a page, of a revision if one has to be given.
    #[must_use]
    pub fn page_request(&self, page: &RowPage, revision: Option<i64>) -> Request {
        let revision = revision.filter(|_| self.pinning == Pinning::Given);
        let writer = PageWriter { table: &self.table, page: page.depth, is_pinned: revision.is_some() };
        let text = writer.write(&self.document, self.operation.as_deref());
        let mut variables = self.variables.clone();
        for (at, after) in page.after.iter().enumerate() {
            variables[cursor_variable(at)] = after.clone().into();
        }
        if let Some(revision) = revision {
            variables[REVISION_VARIABLE] = revision.into();
        }
        let request = Request::new(text).variables(Variables::from_json(variables));
        match &self.operation {
            Some(name) => request.operation_name(name),
            None => request,
        }
    }

    /// The rows in the data of the answer to a page or, with the first page, of the answer to the request itself; and where
    /// there are more.
    #[must_use]
    pub fn read_page(&self, page: &RowPage, data: &Value) -> Vec<RowStep> {
        let mut reader = PageReader { table: &self.table, page, steps: Vec::new() };
        reader.read(data);
        reader.steps
    }
}

/// The variables of a query that are given as texts, such as those of an address.
///
/// # Errors
/// The query is not valid, or has no such variable.
pub fn variables_of_texts(
    schema: &Schema,
    limits: &Limits,
    request: &Request,
    texts: &[(String, String)],
) -> Result<Variables, Box<Answer>> {
    let document = schema.checked_document(limits, request)?;
    let operation = document.find_operation(request.operation_name.as_deref());
    let (_, operation) = operation.map_err(|error| Box::new(Answer::from(error)))?;
    variables::variables_of_texts(&schema.rules().schema, &operation.node, texts)
        .map_err(|problem| Box::new(Answer::refused(ErrorCode::BadRequest, &problem)))
}

/// The list that is asked for: by its name, or by the end of it if that tells it apart.
fn choose_list(all: &[ListPath], name: Option<&str>) -> Result<ListPath, String> {
    let names = |lists: &[&ListPath]| {
        let names: Vec<String> = lists.iter().map(|list| format!("`{}`", list.name)).collect();
        names.join(", ")
    };
    let every: Vec<&ListPath> = all.iter().collect();
    let Some(name) = name else {
        // One that leads to another has its rows repeated there.
        let leads_on = |list: &ListPath| {
            all.iter().any(|other| other.keys.len() > list.keys.len() && other.keys.starts_with(&list.keys))
        };
        let last: Vec<&ListPath> = every.iter().copied().filter(|list| !leads_on(list)).collect();
        return match last.as_slice() {
            [] => Ok(ListPath { name: String::new(), keys: Vec::new() }),
            [only] => Ok((*only).clone()),
            _ => Err(format!("the answer has several lists: say whose items the rows are, one of {}", names(&every))),
        };
    };
    if let Some(exact) = all.iter().find(|list| list.name == name) {
        return Ok(exact.clone());
    }
    let ending: Vec<&ListPath> = every
        .iter()
        .copied()
        .filter(|list| list.name.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')))
        .collect();
    match ending.as_slice() {
        [only] => Ok((*only).clone()),
        [] if all.is_empty() => Err(format!("the answer has no list `{name}`, nor any other")),
        [] => Err(format!("the answer has no list `{name}`: it has {}", names(&every))),
        several => Err(format!("`{name}` is the end of several lists: {}", names(several))),
    }
}

#[cfg(test)]
mod tests;
