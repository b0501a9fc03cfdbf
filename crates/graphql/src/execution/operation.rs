//! Operations as they run: with batches, a budget, a limit of time, and an answer that is completed in the end.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use async_graphql::{Request, Response, Value};
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
    },
    execution::{
        answer::{Answer, Figures, make_ready},
        backend::{Asker, Ground},
        context::Surroundings,
        error::Failure,
        error_path::complete_paths,
        extensions::{cost_extension, fields, stats},
        prepared::{OperationKind, Prepared},
    },
    schema::Schema,
};

impl Prepared {
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

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
