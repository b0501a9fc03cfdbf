//! Documents: parsed, checked against the limits and the rules, and cached by their text.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

use apollo_compiler::{ExecutableDocument as TypedDocument, validation::Valid};
use async_graphql::{
    Name, Positioned, Request, ServerError, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType},
};
use async_graphql_value::Value;
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter, sync::Cache, sync::DefaultLifecycle};

use crate::{
    documents::{
        convert::to_executable,
        cost::CostEstimator,
        events::{check_events, merge_events},
        introspection::{self, is_schema_field},
        limits::Limits,
        one_of,
        selections::retain_fields,
        validation::parse_document,
    },
    execution::{answer::Answer, error::request_error, error_code::ErrorCode, prepared::check_cost},
    plan::{compile::Plan, size::size_of_plans},
    schema::Schema,
};

/// A document that keeps the limits and the rules.
#[derive(Debug)]
pub(crate) struct Document {
    /// What is executed.
    pub(crate) executable: ExecutableDocument,
    /// What the schema's own text answers, if the document asks what is in the schema.
    pub(crate) typed: Option<Valid<TypedDocument>>,
    /// The limits that it keeps.
    limits: Limits,
    /// How many tokens it has.
    tokens: usize,
    /// How many fields its plans have; `None` if there are too many to compile them.
    plan_size: Option<u64>,
    /// The plans of its operations, in their order, compiled when the first of them is wanted.
    plans: OnceLock<Vec<Option<Arc<Plan>>>>,
    /// What its only operation is expected to cost, once that is known, if no variable can change it.
    fixed_cost: OnceLock<u64>,
}

impl Document {
    /// Parses and checks a text.
    fn parse_and_check(schema: &Schema, limits: &Limits, text: &str) -> Result<Document, Vec<ServerError>> {
        let one = |error| vec![error];
        let tokens = limits.check_text(text).map_err(one)?;
        let parsed = parse_document(text).map_err(one)?;
        let executable = to_executable(&parsed, text);
        limits.check_document(&executable).map_err(one)?;
        if !schema.is_open() {
            introspection::refuse_introspection(&executable).map_err(one)?;
        }
        let typed = schema.rules().validate(&parsed, text)?;
        let asks_for_schema = typed
            .operations
            .iter()
            .any(|operation| operation.root_fields(&typed).any(|field| is_schema_field(&field.name)));
        let typed = asks_for_schema.then(|| one_of::without_is_one_of(&parsed, typed, &schema.rules().schema));
        let plan_size = size_of_plans(&executable, schema.types());
        let (limits, plans, fixed_cost) = (limits.clone(), OnceLock::new(), OnceLock::new());
        Ok(Document { executable, typed, limits, tokens, plan_size, plans, fixed_cost })
    }

    /// The plan of an operation; `None` if it has none.
    pub(crate) fn plan(&self, schema: &Schema, name: Option<&str>) -> Option<Arc<Plan>> {
        self.plan_size?;
        let plans = self.plans.get_or_init(|| {
            let compile = |operation: &Positioned<OperationDefinition>| {
                let is_query = operation.node.ty == OperationType::Query;
                is_query.then(|| Plan::compile(&self.executable, schema.types(), &operation.node.selection_set.node))?
            };
            self.executable.operations.iter().map(|(_, operation)| compile(operation)).collect()
        });
        let at = self.executable.operations.iter().position(|(of, _)| of.map(Name::as_str) == name)?;
        plans[at].clone()
    }

    /// Where the cost of an operation is kept; `None` if variables may change it, or the document has other operations.
    pub(crate) fn fixed_cost(&self, operation: &OperationDefinition) -> Option<&OnceLock<u64>> {
        let is_only = self.executable.operations.iter().nth(1).is_none();
        (is_only && operation.variable_definitions.is_empty()).then_some(&self.fixed_cost)
    }

    /// The operation that a request names, or the only one there is.
    pub(crate) fn find_operation(
        &self,
        name: Option<&str>,
    ) -> Result<(Option<&str>, &Positioned<OperationDefinition>), ServerError> {
        let unknown = |problem: String| request_error(ErrorCode::GraphqlValidationFailed, problem, None);
        match (&self.executable.operations, name) {
            (DocumentOperations::Single(operation), None) => Ok((None, operation)),
            (DocumentOperations::Single(_), Some(name)) => {
                Err(unknown(format!("the document has no operation `{name}`: its only one has no name")))
            }
            (DocumentOperations::Multiple(operations), Some(name)) => match operations.get_key_value(name) {
                Some((name, operation)) => Ok((Some(name.as_str()), operation)),
                None => Err(unknown(format!("the document has no operation `{name}`"))),
            },
            (DocumentOperations::Multiple(operations), None) => {
                let mut all = operations.iter();
                match (all.next(), all.next()) {
                    (Some((name, only)), None) => Ok((Some(name.as_str()), only)),
                    _ => Err(unknown("the document has several operations: say which by `operationName`".to_owned())),
                }
            }
        }
    }

    /// What the library is given to execute an operation: without variables that have no value, since it takes none for
    /// null and null for none; without fields that the schema's own text answers; with one field for each event.
    pub(crate) fn bind_variables(
        &self,
        operation: &Positioned<OperationDefinition>,
        absent: &HashSet<Name>,
    ) -> ExecutableDocument {
        let mut operation = operation.clone();
        let mut fragments = self.executable.fragments.clone();
        if self.typed.is_some() || !absent.is_empty() {
            let sets = fragments.values_mut().map(|fragment| &mut fragment.node.selection_set.node);
            for set in sets.chain([&mut operation.node.selection_set.node]) {
                retain_fields(set, &mut |field| {
                    bind_arguments(field, absent);
                    !is_schema_field(&field.name.node)
                });
            }
        }
        if operation.node.ty == OperationType::Subscription {
            merge_events(&mut operation.node.selection_set.node, &fragments);
        }
        ExecutableDocument { operations: DocumentOperations::Single(operation), fragments }
    }
}

/// An argument, or a field of an input object, that is a variable without a value is as if it were not there.
fn bind_arguments(field: &mut Field, absent: &HashSet<Name>) {
    field.arguments.retain(|(_, value)| !is_absent(&value.node, absent));
    field.arguments.iter_mut().for_each(|(_, value)| bind_value(&mut value.node, absent));
}

fn bind_value(value: &mut Value, absent: &HashSet<Name>) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !is_absent(value, absent));
            fields.values_mut().for_each(|value| bind_value(value, absent));
        }
        Value::List(items) => {
            for item in items {
                match is_absent(item, absent) {
                    true => *item = Value::Null,
                    false => bind_value(item, absent),
                }
            }
        }
        _ => {}
    }
}

fn is_absent(value: &Value, absent: &HashSet<Name>) -> bool {
    matches!(value, Value::Variable(name) if absent.contains(name))
}

/// The documents that were checked last, as many as fit.
pub(crate) struct DocumentCache(Cache<Arc<str>, Arc<Document>, DocumentWeighter, DefaultHashBuilder, CacheLifecycle>);

type CacheLifecycle = DefaultLifecycle<Arc<str>, Arc<Document>>;

/// How many bytes of checked documents are kept.
const CACHE_BYTES: u64 = 32 << 20;
/// What a token takes in both trees, more or less.
const BYTES_PER_TOKEN: u64 = 400;
/// What a field takes in a plan, more or less.
const BYTES_PER_PLANNED_FIELD: u64 = 600;
/// What a document takes beside its text, its tokens and its plans, more or less.
const BYTES_PER_DOCUMENT: u64 = 2_000;

/// Weighs a document in bytes.
#[derive(Debug, Clone)]
struct DocumentWeighter;

impl Weighter<Arc<str>, Arc<Document>> for DocumentWeighter {
    fn weight(&self, text: &Arc<str>, document: &Arc<Document>) -> u64 {
        // Texts within it are there thrice: as they are, and as a value in each tree.
        let trees = 3 * text.len() as u64 + BYTES_PER_TOKEN * document.tokens as u64;
        BYTES_PER_DOCUMENT + trees + BYTES_PER_PLANNED_FIELD * document.plan_size.unwrap_or(0)
    }
}

impl DocumentCache {
    /// Whether a text is kept, checked under these limits.
    pub(crate) fn is_kept(&self, limits: &Limits, text: &str) -> bool {
        self.0.peek(text).is_some_and(|document| document.limits == *limits)
    }

    /// The document of a text, checked now or before under the same limits.
    pub(crate) fn get_or_check(
        &self,
        schema: &Schema,
        limits: &Limits,
        text: &str,
    ) -> Result<Arc<Document>, Vec<ServerError>> {
        if let Some(document) = self.0.get(text)
            && document.limits == *limits
        {
            return Ok(document);
        }
        let document = Arc::new(Document::parse_and_check(schema, limits, text)?);
        self.0.insert(text.into(), document.clone());
        Ok(document)
    }
}

impl Default for DocumentCache {
    fn default() -> Self {
        // One shard: each has its share of the capacity, and a document must fit into one.
        let options = OptionsBuilder::new()
            .shards(1)
            .estimated_items_capacity(2_000)
            .weight_capacity(CACHE_BYTES)
            .build()
            .expect("all that it needs is given");
        DocumentCache(Cache::with_options(
            options,
            DocumentWeighter,
            DefaultHashBuilder::default(),
            DefaultLifecycle::default(),
        ))
    }
}

/// Checks a document: that each of its operations stays within the limits, and that it fits the schema. Nothing runs.
///
/// What its variables hold is not known yet: pages that they size are weighed by the variables' defaults.
///
/// # Errors
/// What is wrong with it.
pub fn check_document(schema: &Schema, limits: &Limits, text: &str) -> Result<(), Box<Answer>> {
    let document = schema.checked_document(limits, &Request::new(text))?;
    for (_, operation) in document.executable.operations.iter() {
        let variables = Variables::default();
        check_events(&document.executable, &operation.node).map_err(Answer::from)?;
        let cost =
            CostEstimator::new(&document.executable, &operation.node, &variables, schema.types(), limits).estimate();
        check_cost(cost.map_err(Answer::from)?, limits)?;
    }
    Ok(())
}
