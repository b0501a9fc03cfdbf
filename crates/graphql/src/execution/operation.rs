//! Operations as they run: with batches, a budget, a limit of time, and an answer that is completed in the end.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use async_graphql::{PathSegment, Pos, Request, Response, ServerError, Value};
use domain::TimeZone;
use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{BoxStream, once, unfold},
};
use persistence::Counts;
use tracing::{Instrument, Span};

use crate::{
    batching::batches::Batches,
    documents::{
        document::Document,
        introspection::{Introspection, RequestText},
        limits::Limits,
        variables::CoercedVariables,
    },
    execution::{
        answer::{Answer, Figures, finalize_errors},
        backend::{Backend, RequestOptions},
        context::RequestContext,
        error::LoggedFailure,
        error_path::complete_paths,
        extensions::{cost_extension, count_fields, stats_extension},
        prepared::{OperationKind, PreparedRequest},
        scenario::RequestScenario,
        trace::Trace,
    },
    plan::selection::Run as PlanRun,
    schema::Schema,
};

impl PreparedRequest {
    /// Runs the request, and stops it when its time is over.
    ///
    /// Boxed here, so that only this crate compiles the resolvers: whoever awaits an `async fn` compiles its body, and in an
    /// optimized build all that it calls.
    pub fn execute<'a>(
        self,
        schema: &'a Schema,
        backend: &'a Backend,
        options: RequestOptions,
    ) -> BoxFuture<'a, Answer> {
        self.answer_once(schema, backend, options).boxed()
    }

    async fn answer_once(self, schema: &Schema, backend: &Backend, options: RequestOptions) -> Answer {
        if let Err(refused) = self.check_cost() {
            return *refused;
        }
        let time = self.limits.time;
        let plan = match self.kind == OperationKind::Query && backend.has_plans {
            true => self.document.plan(schema, self.name.as_deref()),
            false => None,
        };
        let running = async {
            let introspection = Introspection::new(&self.document, self.name.as_deref(), &self.variables);
            let zone = read_time_zone(backend).await;
            let (context, request, run) = self.start_operation(schema, backend, zone, options);
            // Boxed: all that wait for it have room for it, and the longest of them is copied for each request.
            let execution = async {
                if let Some(plan) = plan {
                    let variables = &request.variables.values;
                    let budget = run.limits.cost;
                    let planned = PlanRun { request: &context, variables, budget, level: None };
                    if let Ok((begun, fields)) = plan.answer(&planned).await {
                        return run.complete_planned(begun, fields);
                    }
                    // The resolvers say what is wrong; what is loaded already they are given.
                    context.budget.store(run.limits.cost, Relaxed);
                    context.trace.iter().for_each(|trace| trace.forget_levels());
                }
                let response = schema.library().execute(request.bind(context)).boxed().await;
                run.complete_answer(match introspection {
                    Some(introspection) => introspection.merge_into(schema, response),
                    None => response,
                })
            };
            let answer = run.run_batched(execution.boxed()).await;
            answer.unwrap_or_else(|failure| Answer::from(failure.to_request_error()))
        };
        match tokio::time::timeout(time, running).await {
            Ok(answer) => answer,
            Err(_) => Answer::timed_out(time),
        }
    }

    /// Runs the request and goes on: a subscription answers at every event and without end, anything else once.
    #[must_use]
    pub fn stream_answers(
        self,
        schema: &Schema,
        backend: &Backend,
        options: RequestOptions,
    ) -> BoxStream<'static, Answer> {
        if self.kind != OperationKind::Subscription {
            let (schema, backend) = (schema.clone(), backend.clone());
            return once(async move { self.answer_once(&schema, &backend, options).await }).boxed();
        }
        if let Err(refused) = self.check_cost() {
            return once(async { *refused }).boxed();
        }
        let (schema, backend) = (schema.clone(), backend.clone());
        let events = async move {
            let zone = read_time_zone(&backend).await;
            let (context, request, run) = self.start_operation(&schema, &backend, zone, options);
            let responses = schema.library().execute_stream(request.bind(context));
            unfold(Some((run, responses)), |going| async move {
                let (mut run, mut responses) = going?;
                match run.run_batched(responses.next()).await {
                    Ok(response) => {
                        let answer = run.complete_answer(response?);
                        run.reset_for_event();
                        Some((answer, Some((run, responses))))
                    }
                    Err(failure) => Some((Answer::from(failure.to_request_error()), None)),
                }
            })
        };
        events.flatten_stream().boxed()
    }

    fn start_operation(
        self,
        schema: &Schema,
        backend: &Backend,
        zone: TimeZone,
        options: RequestOptions,
    ) -> (RequestContext, LibraryRequest, RunningOperation) {
        let PreparedRequest { request, document, variables, name, kind, cost, breakdown, limits, .. } = self;
        let request_text = (!schema.is_open()).then(|| RequestText::new(&request));
        let request = LibraryRequest { request, document: document.clone(), variables };
        let called = name.as_deref().unwrap_or("anonymous");
        let span =
            tracing::debug_span!("operation", graphql.operation.name = called, graphql.operation.type = kind.as_str());
        let Backend { store, clock, feed, scenarios, .. } = backend.clone();
        let RequestOptions { languages, wants_stats, wants_cost, wants_plan } = options;
        let counts = Arc::new(Counts::default());
        let store = store.for_request().counted(counts.clone());
        let trace = wants_plan.then(Arc::<Trace>::default);
        let store = match &trace {
            Some(trace) => store.logged(trace.statements.clone()),
            None => store,
        };
        let batches = Arc::new(Batches::new(store.clone()));
        let budget = Arc::new(AtomicU64::new(limits.cost));
        let context = RequestContext {
            schema: schema.clone(),
            store,
            batches: batches.clone(),
            feed,
            clock,
            zone,
            languages,
            budget: budget.clone(),
            scenarios,
            scenario: RequestScenario::default(),
            trace: trace.clone(),
        };
        let started = Instant::now();
        let run = RunningOperation {
            span,
            schema: schema.clone(),
            document,
            operation: name,
            batches,
            budget,
            counts,
            started,
            cost,
            breakdown,
            limits,
            request_text,
            wants_stats,
            wants_cost,
            trace,
        };
        (context, request, run)
    }
}

/// The time zone in which days begin. A store that fails here fails the reads of the request, too, which say so.
async fn read_time_zone(backend: &Backend) -> TimeZone {
    backend.time_zone().await.unwrap_or(TimeZone::UTC)
}

/// A request, before the library is given what it takes.
struct LibraryRequest {
    request: Request,
    document: Arc<Document>,
    variables: CoercedVariables,
}

impl LibraryRequest {
    fn bind(self, context: RequestContext) -> Request {
        let LibraryRequest { mut request, document, variables } = self;
        let operation = document.find_operation(request.operation_name.take().as_deref());
        if let Ok((_, operation)) = operation {
            request.set_parsed_query(document.bind_variables(operation, &variables.absent));
        }
        request.variables = variables.values;
        request.data(context)
    }
}

/// An operation that runs.
struct RunningOperation {
    span: Span,
    schema: Schema,
    document: Arc<Document>,
    operation: Option<String>,
    batches: Arc<Batches>,
    budget: Arc<AtomicU64>,
    counts: Arc<Counts>,
    started: Instant,
    cost: u64,
    breakdown: Vec<(String, u64)>,
    limits: Limits,
    /// The text of the request, if errors are to name nothing else.
    request_text: Option<RequestText>,
    wants_stats: bool,
    wants_cost: bool,
    trace: Option<Arc<Trace>>,
}

impl RunningOperation {
    /// Runs an execution with its batches. A panic ends this request and nothing else.
    async fn run_batched<T>(&self, execution: impl Future<Output = T>) -> Result<T, LoggedFailure> {
        let running = AssertUnwindSafe(self.batches.run_execution(execution)).catch_unwind();
        running.instrument(self.span.clone()).await.map_err(|cause| LoggedFailure::log_panic(&*cause))
    }

    /// Completes what a plan has answered: the JSON to the end of the data, and how many fields it carries.
    fn complete_planned(&self, begun: Vec<u8>, fields: u64) -> Answer {
        let response = self.extend(Response::new(Value::Null), true, fields);
        Answer { response, begun: Some(begun), figures: self.figures(true), is_refused: false }
    }

    /// Adds the extensions that are asked for.
    fn extend(&self, mut response: Response, is_planned: bool, fields: u64) -> Response {
        if self.wants_stats {
            response = response.extension("stats", stats_extension(&self.counts, self.started, is_planned));
        }
        if self.wants_cost {
            let cost = cost_extension(self.cost, &self.limits, Some(fields), &self.breakdown);
            response = response.extension("cost", cost);
        }
        if let Some(trace) = &self.trace {
            response = response.extension("plan", trace.to_extension(is_planned));
        }
        response
    }

    fn figures(&self, is_planned: bool) -> Figures {
        Figures { statements: self.counts.statements(), rows: self.counts.rows(), cost: self.cost, is_planned }
    }

    /// Completes a response: codes and paths of its errors, and its extensions.
    fn complete_answer(&self, mut response: Response) -> Answer {
        let is_refused = response.data == Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty());
        // They come as resolvers end, which differs from run to run.
        response.errors.sort_by_cached_key(|error| (error.locations.first().copied().map(place), path_key(error)));
        finalize_errors(&mut response.errors, self.request_text.as_ref());
        let mut fields = 0;
        if let Ok((_, operation)) = self.document.find_operation(self.operation.as_deref()) {
            let (document, types) = (&self.document.executable, self.schema.types());
            complete_paths(&mut response.errors, document, &operation.node, types);
            if self.wants_cost {
                fields = count_fields(&response.data, &operation.node.selection_set.node, &document.fragments);
            }
        }
        let response = self.extend(response, false, fields);
        Answer { response, begun: None, figures: self.figures(false), is_refused }
    }

    /// Resets values, counts and budget for the next event.
    fn reset_for_event(&mut self) {
        self.batches.clear_values();
        self.counts.reset();
        self.started = Instant::now();
        self.budget.store(self.limits.cost, Relaxed);
    }
}

fn place(at: Pos) -> (usize, usize) {
    (at.line, at.column)
}

/// What the paths of errors at one place of the document are ordered by: the indices in lists, which alone differ.
fn path_key(error: &ServerError) -> Vec<usize> {
    let index = |segment: &PathSegment| match segment {
        PathSegment::Index(index) => Some(*index),
        PathSegment::Field(_) => None,
    };
    error.path.iter().filter_map(index).collect()
}
