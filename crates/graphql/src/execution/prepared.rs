//! A request that was checked: what it may ask for, and what it is expected to cost.

use std::sync::{Arc, OnceLock};

use async_graphql::{Request, Response, ServerError, Value, parser::types::OperationType};

use crate::{
    documents::{
        cost::CostEstimator,
        document::Document,
        events::check_events,
        freshness::{Freshness, freshness},
        introspection::RequestText,
        limits::Limits,
        variables::{CoercedVariables, coerce_variables},
    },
    execution::{
        answer::{Answer, Figures, finalize_errors},
        error::request_error,
        error_code::ErrorCode,
        extensions::cost_extension,
    },
    schema::Schema,
};

/// What kind of operation a request wants to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    /// It reads.
    Query,
    /// It writes.
    Mutation,
    /// It is answered at every event.
    Subscription,
}

impl OperationKind {
    /// Its keyword.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            OperationKind::Query => "query",
            OperationKind::Mutation => "mutation",
            OperationKind::Subscription => "subscription",
        }
    }
}

/// A request whose document is valid and asks for no more than it may.
#[derive(Debug)]
pub struct PreparedRequest {
    pub(super) request: Request,
    pub(super) document: Arc<Document>,
    pub(crate) variables: CoercedVariables,
    /// The name of the operation; `None` if it has none.
    pub name: Option<String>,
    /// What kind of operation it wants to run.
    pub kind: OperationKind,
    /// What can change its answer.
    pub freshness: Freshness,
    pub(super) cost: u64,
    pub(super) breakdown: Vec<(String, u64)>,
    pub(super) limits: Limits,
}

/// Checks a request's document and its variables, and refuses one that asks for too much. Nothing runs, and the store is not asked.
///
/// # Errors
/// Why the request is refused.
pub fn prepare_request(
    schema: &Schema,
    limits: &Limits,
    request: Request,
    wants_breakdown: bool,
) -> Result<PreparedRequest, Box<Answer>> {
    let refused = |error: ServerError| Box::new(Answer::from(error));
    let document = schema.checked_document(limits, &request)?;
    limits.check_variables(&request.variables).map_err(refused)?;
    let (name, operation) = document.find_operation(request.operation_name.as_deref()).map_err(refused)?;
    let executable = &document.executable;
    let variables = coerce_variables(schema.rules(), &operation.node, &request.variables).map_err(|mut errors| {
        finalize_errors(&mut errors, (!schema.is_open()).then(|| RequestText::new(&request)).as_ref());
        Answer::from(errors)
    })?;
    let operation = &operation.node;
    check_events(executable, operation).map_err(refused)?;
    let fixed = document.fixed_cost(operation).filter(|_| !wants_breakdown);
    let (cost, breakdown) = match fixed.and_then(OnceLock::get) {
        Some(cost) => (*cost, Vec::new()),
        None => {
            let mut estimator = CostEstimator::new(executable, operation, &variables.values, schema.types(), limits);
            let cost = estimator.estimate().map_err(refused)?;
            if let Some(fixed) = fixed {
                let _ = fixed.set(cost);
            }
            (cost, if wants_breakdown { estimator.breakdown() } else { Vec::new() })
        }
    };
    let kind = match operation.ty {
        OperationType::Query => OperationKind::Query,
        OperationType::Mutation => OperationKind::Mutation,
        OperationType::Subscription => OperationKind::Subscription,
    };
    let freshness = freshness(executable, operation, &variables.values);
    let (name, limits) = (name.map(str::to_owned), limits.clone());
    Ok(PreparedRequest { request, document, variables, name, kind, freshness, cost, breakdown, limits })
}

/// Refuses a request that is expected to cost more than it may.
pub(crate) fn check_cost(cost: u64, limits: &Limits) -> Result<(), Box<Answer>> {
    if cost <= limits.cost {
        return Ok(());
    }
    let problem = format!(
        "the answer may have {cost} fields, and at most {} are given at once: ask for smaller pages, or for less below them",
        limits.cost
    );
    Err(Box::new(Answer::from(request_error(ErrorCode::CostTooHigh, problem, None))))
}

impl PreparedRequest {
    /// The request, as it came.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// How many fields the answer is expected to have.
    #[must_use]
    pub fn cost(&self) -> u64 {
        self.cost
    }

    /// What the request is expected to cost. Nothing runs.
    #[must_use]
    pub fn into_estimate(self) -> Answer {
        let cost = cost_extension(self.cost, &self.limits, None, &self.breakdown);
        let response = Response::new(Value::Null).extension("cost", cost);
        Answer { response, begun: None, figures: Figures::default(), is_refused: true }
    }

    /// Refuses a request that is expected to cost more than it may.
    ///
    /// # Errors
    /// The refusal.
    pub fn check_cost(&self) -> Result<(), Box<Answer>> {
        check_cost(self.cost, &self.limits).map_err(|mut answer| {
            let cost = cost_extension(self.cost, &self.limits, None, &self.breakdown);
            answer.response = answer.response.extension("cost", cost);
            answer
        })
    }
}
