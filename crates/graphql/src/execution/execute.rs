//! Running a request: what it may ask for, its surroundings, its errors, what it cost.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use async_graphql::{
    Name, Request, Response, ServerError, Value, Variables,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet},
};
use domain::{Clock, LanguageTag, TimeZone};
use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{BoxStream, once, unfold},
};
use persistence::{Counts, Store, StoreError};
use tracing::{Instrument, Span};

use crate::{
    batching::batches::Batches,
    documents::{
        document::Document,
        introspection::{Introspection, RequestText},
        limits::{Limits, check_events, check_variables, estimate, places},
        variables::{Coerced, coerce},
    },
    execution::{
        context::Surroundings,
        error::{Failure, refusal, set_code},
        error_path::complete_paths,
        feed::Feed,
    },
    schema::Schema,
};

/// What requests run on. Cheap to clone.
#[derive(Clone)]
pub struct Ground {
    /// The facts.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The time zone in which the days of the map begin; `None` if the data set is to say.
    pub zone: Option<TimeZone>,
    /// The news.
    pub feed: Feed,
}

impl Ground {
    /// The time zone in which the days of the map begin: the one that was asked for, or else the one that all districts
    /// name which name any, or else UTC.
    ///
    /// # Errors
    /// The store failed.
    pub async fn time_zone(&self) -> Result<TimeZone, StoreError> {
        match self.zone {
            Some(zone) => Ok(zone),
            None => Ok(match self.store.time_zones().await?[..] {
                [zone] => zone,
                _ => TimeZone::UTC,
            }),
        }
    }
}

/// What a request brings beside its document.
#[derive(Debug, Default)]
pub struct Asker {
    /// The languages the reader wants, the best first.
    pub languages: Vec<LanguageTag>,
    /// Whether `extensions.stats` is to say what the answer took.
    pub wants_stats: bool,
    /// Whether `extensions.cost` is to say what the answer cost.
    pub wants_cost: bool,
}

/// How many errors an answer carries.
const MOST_ERRORS: usize = 50;

/// What an answer took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many SQL statements.
    pub statements: u64,
    /// How many rows they gave.
    pub rows: u64,
    /// How many fields the answer was expected to have.
    pub cost: u64,
}

/// An answer, or why there is none.
#[derive(Debug)]
pub struct Answer {
    response: Response,
    /// What it took.
    pub figures: Figures,
    /// Whether the request was refused before anything ran: then the answer has no data.
    pub is_refused: bool,
}

impl Answer {
    /// A refusal with a code of its own.
    #[must_use]
    pub fn refused(code: &'static str, problem: &str) -> Answer {
        Answer::from(refusal(code, problem.to_owned(), None))
    }

    /// The answer as JSON.
    ///
    /// # Errors
    /// A value cannot be written.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        if !self.is_refused {
            return serde_json::to_vec(&self.response);
        }
        // A request that was refused has no `data`, not even null.
        let mut members = serde_json::Map::new();
        if !self.response.errors.is_empty() {
            members.insert("errors".to_owned(), serde_json::to_value(&self.response.errors)?);
        }
        if !self.response.extensions.is_empty() {
            members.insert("extensions".to_owned(), serde_json::to_value(&self.response.extensions)?);
        }
        serde_json::to_vec(&members)
    }

    /// The errors alone, as JSON.
    ///
    /// # Errors
    /// A value cannot be written.
    pub fn errors(&self) -> serde_json::Result<serde_json::Value> {
        serde_json::to_value(&self.response.errors)
    }

    /// The code of the first error; `None` if there is no error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self.response.errors.first()?.extensions.as_ref()?.get("code")? {
            Value::String(code) => Some(code),
            _ => None,
        }
    }

    /// What the errors say, each with its first place in the document.
    pub fn problems(&self) -> impl Iterator<Item = String> {
        self.response.errors.iter().map(|error| match error.locations.first() {
            Some(at) => format!("line {}, column {}: {}", at.line, at.column, error.message),
            None => error.message.clone(),
        })
    }
}

impl From<ServerError> for Answer {
    fn from(error: ServerError) -> Self {
        Answer::from(vec![error])
    }
}

impl From<Vec<ServerError>> for Answer {
    fn from(errors: Vec<ServerError>) -> Self {
        Answer { response: Response::from_errors(errors), figures: Figures::default(), is_refused: true }
    }
}

/// What kind of operation a request wants to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    /// It reads.
    Query,
    /// It writes.
    Mutation,
    /// It listens.
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
pub struct Prepared {
    request: Request,
    document: Arc<Document>,
    variables: Coerced,
    /// The name of the operation; `None` if it has none.
    pub name: Option<String>,
    /// What kind of operation it wants to run.
    pub kind: OperationKind,
    /// Whether its answer can never change: all of it is read at a named day and a named revision.
    pub is_pinned: bool,
    cost: u64,
    places: Vec<(String, u64)>,
    limits: Limits,
}

/// Checks a request's document and its variables, and refuses one that asks for too much. Nothing runs, and the store is not asked.
///
/// # Errors
/// Why the request is refused.
pub fn prepare(
    schema: &Schema,
    limits: &Limits,
    request: Request,
    wants_places: bool,
) -> Result<Prepared, Box<Answer>> {
    let refused = |error: ServerError| Box::new(Answer::from(error));
    let document = schema.document(limits, &request)?;
    check_variables(&request.variables, limits).map_err(refused)?;
    let (name, operation) = document.operation(request.operation_name.as_deref()).map_err(refused)?;
    let executable = &document.executable;
    let variables = coerce(&schema.rules().schema, &operation.node, &request.variables).map_err(|mut errors| {
        make_ready(&mut errors, (!schema.is_open()).then(|| RequestText::of(&request)).as_ref());
        Answer::from(errors)
    })?;
    let operation = &operation.node;
    check_events(executable, operation).map_err(refused)?;
    let cost = estimate(executable, operation, &variables.values, schema.types(), limits).map_err(refused)?;
    let places = match wants_places {
        true => places(executable, operation, &variables.values, schema.types(), limits),
        false => Vec::new(),
    };
    let kind = match operation.ty {
        OperationType::Query => OperationKind::Query,
        OperationType::Mutation => OperationKind::Mutation,
        OperationType::Subscription => OperationKind::Subscription,
    };
    let is_pinned = is_pinned(executable, operation, &variables.values);
    let (name, limits) = (name.map(str::to_owned), limits.clone());
    Ok(Prepared { request, document, variables, name, kind, is_pinned, cost, places, limits })
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
    Err(Box::new(Answer::from(refusal("COST_TOO_HIGH", problem, None))))
}

impl Prepared {
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
    pub fn estimate(self) -> Answer {
        let cost = cost_extension(self.cost, &self.limits, None, &self.places);
        let response = Response::new(Value::Null).extension("cost", cost);
        Answer { response, figures: Figures::default(), is_refused: true }
    }

    /// Refuses a request that is expected to cost more than it may.
    ///
    /// # Errors
    /// The refusal.
    pub fn check_cost(&self) -> Result<(), Box<Answer>> {
        check_cost(self.cost, &self.limits).map_err(|mut answer| {
            let cost = cost_extension(self.cost, &self.limits, None, &self.places);
            answer.response = answer.response.extension("cost", cost);
            answer
        })
    }

    /// Runs the request, and stops it when its time is over.
    ///
    /// Boxed here, so that only this crate compiles the resolvers: whoever awaits an `async fn` compiles its body, and in an
    /// optimized build all that it calls.
    pub fn execute<'a>(self, schema: &'a Schema, ground: &'a Ground, asker: Asker) -> BoxFuture<'a, Answer> {
        self.answer(schema, ground, asker).boxed()
    }

    async fn answer(self, schema: &Schema, ground: &Ground, asker: Asker) -> Answer {
        if let Err(refused) = self.check_cost() {
            return *refused;
        }
        let time = self.limits.time;
        let running = async {
            let introspection = Introspection::of(&self.document, self.name.as_deref(), &self.variables);
            let (request, course) = self.begin(schema, ground, asker).await;
            let running = course.run(async {
                let response = schema.inner().execute(request).await;
                match introspection {
                    Some(introspection) => introspection.answer(schema, response),
                    None => response,
                }
            });
            match running.await {
                Ok(response) => course.answer(response),
                Err(failure) => Answer::from(failure.refusal()),
            }
        };
        match tokio::time::timeout(time, running).await {
            Ok(answer) => answer,
            Err(_) => {
                let problem = format!("the answer took longer than {}, and was given up", seconds(time));
                Answer::refused("TIMEOUT", &problem)
            }
        }
    }

    /// Runs the request and goes on: a subscription answers at every event and without end, anything else once.
    #[must_use]
    pub fn answers(self, schema: &Schema, ground: &Ground, asker: Asker) -> BoxStream<'static, Answer> {
        if self.kind != OperationKind::Subscription {
            let (schema, ground) = (schema.clone(), ground.clone());
            return once(async move { self.answer(&schema, &ground, asker).await }).boxed();
        }
        if let Err(refused) = self.check_cost() {
            return once(async { *refused }).boxed();
        }
        let (schema, ground) = (schema.clone(), ground.clone());
        let events = async move {
            let (request, course) = self.begin(&schema, &ground, asker).await;
            let responses = schema.inner().execute_stream(request);
            unfold(Some((course, responses)), |going| async move {
                let (mut course, mut responses) = going?;
                match course.run(responses.next()).await {
                    Ok(response) => {
                        let answer = course.answer(response?);
                        course.renew();
                        Some((answer, Some((course, responses))))
                    }
                    Err(failure) => Some((Answer::from(failure.refusal()), None)),
                }
            })
        };
        events.flatten_stream().boxed()
    }

    async fn begin(self, schema: &Schema, ground: &Ground, asker: Asker) -> (Request, Course) {
        // What the request asks the store will say that it fails.
        let zone = ground.time_zone().await.unwrap_or(TimeZone::UTC);
        let Prepared { mut request, document, variables, name, kind, cost, places, limits, .. } = self;
        let written = (!schema.is_open()).then(|| RequestText::of(&request));
        let operation = document.operation(request.operation_name.take().as_deref());
        if let Ok((_, operation)) = operation {
            request.set_parsed_query(document.bind(operation, &variables.absent));
        }
        request.variables = variables.values;
        let called = name.as_deref().unwrap_or("anonymous");
        let span =
            tracing::debug_span!("operation", graphql.operation.name = called, graphql.operation.type = kind.as_str());
        let Ground { store, clock, feed, .. } = ground.clone();
        let Asker { languages, wants_stats, wants_cost } = asker;
        let counts = Arc::new(Counts::default());
        let store = store.counted(counts.clone());
        let batches = Arc::new(Batches::new(store.clone()));
        let budget = Arc::new(AtomicU64::new(limits.cost));
        let here = Surroundings {
            schema: schema.clone(),
            store,
            batches: batches.clone(),
            feed,
            clock,
            zone,
            languages,
            budget: budget.clone(),
        };
        let began = Instant::now();
        let course = Course {
            span,
            schema: schema.clone(),
            document,
            operation: name,
            batches,
            budget,
            counts,
            began,
            cost,
            places,
            limits,
            written,
            wants_stats,
            wants_cost,
        };
        (request.data(here), course)
    }
}

/// A request under way.
struct Course {
    span: Span,
    schema: Schema,
    document: Arc<Document>,
    operation: Option<String>,
    batches: Arc<Batches>,
    budget: Arc<AtomicU64>,
    counts: Arc<Counts>,
    began: Instant,
    cost: u64,
    places: Vec<(String, u64)>,
    limits: Limits,
    /// What the client wrote, if errors are to tell no more than that.
    written: Option<RequestText>,
    wants_stats: bool,
    wants_cost: bool,
}

impl Course {
    /// Runs what its resolvers ask in batches. A panic ends this request and nothing else.
    async fn run<T>(&self, execution: impl Future<Output = T>) -> Result<T, Failure> {
        let running = AssertUnwindSafe(self.batches.run(execution)).catch_unwind();
        running.instrument(self.span.clone()).await.map_err(|cause| Failure::panicked(&*cause))
    }

    /// Completes a response by its codes and by what was asked to be told of it.
    fn answer(&self, mut response: Response) -> Answer {
        let is_refused = response.data == Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty());
        make_ready(&mut response.errors, self.written.as_ref());
        if let Ok((_, operation)) = self.document.operation(self.operation.as_deref()) {
            let (document, types) = (&self.document.executable, self.schema.types());
            complete_paths(&mut response.errors, document, &operation.node, types);
        }
        if self.wants_stats {
            response = response.extension("stats", stats(&self.counts, self.began));
        }
        if self.wants_cost {
            let actual = Some(fields(&response.data));
            response = response.extension("cost", cost_extension(self.cost, &self.limits, actual, &self.places));
        }
        let (statements, rows) = (self.counts.statements(), self.counts.rows());
        Answer { response, figures: Figures { statements, rows, cost: self.cost }, is_refused }
    }

    /// Gets ready for the next event: what is asked then is answered anew, and may be as large.
    fn renew(&mut self) {
        self.batches.forget();
        self.counts.reset();
        self.began = Instant::now();
        self.budget.store(self.limits.cost, Relaxed);
    }
}

/// Makes errors of the library ready for a client: not too many, each with a code, none that tells what `written` has not.
pub(crate) fn make_ready(errors: &mut Vec<ServerError>, written: Option<&RequestText>) {
    errors.truncate(MOST_ERRORS);
    for error in errors {
        let has_code = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
        if !has_code {
            set_code(error, if error.path.is_empty() { "GRAPHQL_VALIDATION_FAILED" } else { "INVALID_ARGUMENT" });
        }
        if let Some(written) = written {
            error.message = written.redact(&error.message);
        }
    }
}

fn cost_extension(estimated: u64, limits: &Limits, actual: Option<u64>, places: &[(String, u64)]) -> Value {
    let mut cost = vec![(Name::new("estimated"), estimated.into()), (Name::new("limit"), limits.cost.into())];
    cost.extend(actual.map(|actual| (Name::new("actual"), actual.into())));
    if !places.is_empty() {
        let place = |(path, cost): &(String, u64)| {
            let members = [(Name::new("path"), path.as_str().into()), (Name::new("cost"), (*cost).into())];
            Value::Object(members.into_iter().collect())
        };
        cost.push((Name::new("fields"), Value::List(places.iter().map(place).collect())));
    }
    Value::Object(cost.into_iter().collect())
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

/// How many fields a value carries: what the cost of an answer counts.
fn fields(value: &Value) -> u64 {
    match value {
        Value::Object(members) => members.values().map(|value| 1 + fields(value)).sum(),
        Value::List(items) => items.iter().map(fields).sum(),
        _ => 0,
    }
}

fn stats(counts: &Counts, began: Instant) -> Value {
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    let figures = [("sqlStatements", counts.statements()), ("rows", counts.rows()), ("elapsedMicros", micros)];
    Value::Object(figures.into_iter().map(|(name, figure)| (Name::new(name), Value::from(figure))).collect())
}

/// Whether everything that an operation asks for stands under `map` with a day and a revision, where nothing changes.
fn is_pinned(document: &ExecutableDocument, operation: &OperationDefinition, variables: &Variables) -> bool {
    let given = |value: &async_graphql_value::Value| match value {
        async_graphql_value::Value::Variable(name) => variables.get(name).is_some_and(|it| *it != Value::Null),
        value => *value != async_graphql_value::Value::Null,
    };
    let mut pending: Vec<(&SelectionSet, bool)> = vec![(&operation.selection_set.node, true)];
    let mut seen = std::collections::HashSet::new();
    while let Some((set, is_root)) = pending.pop() {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => match (is_root, field.node.name.node.as_str()) {
                    (_, "__typename") => {}
                    (true, "map") => {
                        let pins = ["asOf", "knownAt"];
                        if !pins.iter().all(|pin| field.node.get_argument(pin).is_some_and(|value| given(&value.node)))
                        {
                            return false;
                        }
                        pending.push((&field.node.selection_set.node, false));
                    }
                    // The log goes on, also under a view of the past.
                    (true, _) | (false, "revisions") => return false,
                    (false, _) => {}
                },
                Selection::InlineFragment(fragment) => pending.push((&fragment.node.selection_set.node, is_root)),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    match document.fragments.get(name) {
                        Some(fragment) if seen.insert((name, is_root)) => {
                            pending.push((&fragment.node.selection_set.node, is_root));
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    true
}
