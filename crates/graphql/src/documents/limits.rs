//! Limits: how much a document may ask for, checked before anything runs.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use async_graphql::{
    Name, Pos, Positioned, ServerError, Variables,
    parser::types::{
        Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
        VariableDefinition,
    },
};
use async_graphql_value::{ConstValue, Value};

use crate::{documents::cost::Types, execution::error::refusal};

/// How much a request may ask for. Each has a flag of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Tokens of a document.
    pub tokens: usize,
    /// How deep brackets may nest in a document, and values in its variables.
    pub nesting: usize,
    /// How deep fields may nest.
    pub depth: usize,
    /// Aliases in a document.
    pub aliases: usize,
    /// Fields at the root of the operation, those of fragments included.
    pub root_fields: usize,
    /// Directives at one place.
    pub directives: usize,
    /// Fragments of a document.
    pub fragments: usize,
    /// Items of a list in the variables.
    pub list_items: usize,
    /// Cost: how many fields the answer may be expected to carry, and how many objects it may carry in the end.
    pub cost: u64,
    /// How long an operation may take.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            tokens: 5_000,
            nesting: 64,
            depth: 30,
            aliases: 100,
            root_fields: 30,
            directives: 10,
            fragments: 50,
            list_items: 1_000,
            cost: 2_000_000,
            time: Duration::from_secs(30),
        }
    }
}

/// How often lists may lead to lists in introspection: a type's fields, their types' fields, and once more.
const INTROSPECTION_LISTS: usize = 3;
/// How many places a breakdown of a cost names.
const MOST_PLACES: usize = 50;
/// How many items a short closed list is expected to have.
const PARTS: u64 = 4;
/// The arguments whose items are each answered by one.
const ITEMS: [&str; 2] = ["ids", "representations"];
/// How many items a page has unless asked otherwise.
const PAGE: u64 = domain::page::DEFAULT_SIZE as u64;

/// Checks a document against the limits that need no schema: they are counted in one pass.
pub(crate) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), ServerError> {
    if document.fragments.len() > limits.fragments {
        let problem = format!(
            "the document has {} fragments, and at most {} are answered",
            document.fragments.len(),
            limits.fragments
        );
        return Err(refusal("TOO_MANY_FRAGMENTS", problem, None));
    }
    let mut counted = SelectionCounter { aliases: 0, limits };
    for (_, operation) in document.operations.iter() {
        counted.directives(&operation.node.directives, operation.pos)?;
        counted.selection(&operation.node.selection_set)?;
    }
    for fragment in document.fragments.values() {
        counted.directives(&fragment.node.directives, fragment.pos)?;
        counted.selection(&fragment.node.selection_set)?;
    }
    Ok(())
}

struct SelectionCounter<'a> {
    aliases: usize,
    limits: &'a Limits,
}

impl SelectionCounter<'_> {
    fn directives(&self, directives: &[Positioned<Directive>], at: Pos) -> Result<(), ServerError> {
        let count = directives.len();
        if count > self.limits.directives {
            let problem = format!("{count} directives stand at one place, and at most {} may", self.limits.directives);
            return Err(refusal("TOO_MANY_DIRECTIVES", problem, Some(at)));
        }
        Ok(())
    }

    fn selection(&mut self, set: &Positioned<SelectionSet>) -> Result<(), ServerError> {
        for item in &set.node.items {
            self.directives(item.node.directives(), item.pos)?;
            match &item.node {
                Selection::Field(field) => {
                    self.aliases += usize::from(field.node.alias.is_some());
                    if self.aliases > self.limits.aliases {
                        let problem = format!("the document has more than {} aliases", self.limits.aliases);
                        return Err(refusal("TOO_MANY_ALIASES", problem, Some(item.pos)));
                    }
                    self.selection(&field.node.selection_set)?;
                }
                Selection::InlineFragment(fragment) => self.selection(&fragment.node.selection_set)?,
                Selection::FragmentSpread(_) => {}
            }
        }
        Ok(())
    }
}

/// Refuses a subscription to several events; the library counts fields that answer under one name as several.
pub(crate) fn check_events(document: &ExecutableDocument, operation: &OperationDefinition) -> Result<(), ServerError> {
    if operation.ty != OperationType::Subscription {
        return Ok(());
    }
    let mut events = HashSet::new();
    events_of(document, &operation.selection_set.node, &mut events);
    if events.len() > 1 {
        let problem = "a subscription has one field".to_owned();
        return Err(refusal("GRAPHQL_VALIDATION_FAILED", problem, Some(operation.selection_set.pos)));
    }
    Ok(())
}

/// The names under which the fields at the root of an operation answer; fragments lead into no circle here.
fn events_of<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, events: &mut HashSet<&'a str>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                events.insert(&field.node.response_key().node);
            }
            Selection::InlineFragment(fragment) => events_of(document, &fragment.node.selection_set.node, events),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    events_of(document, &fragment.node.selection_set.node, events);
                }
            }
        }
    }
}

/// Checks the variables: how deep they nest, how long their lists are.
pub(crate) fn check_variables(variables: &Variables, limits: &Limits) -> Result<(), ServerError> {
    variables.values().try_for_each(|value| check_value(value, limits, 1))
}

fn check_value(value: &ConstValue, limits: &Limits, depth: usize) -> Result<(), ServerError> {
    if depth > limits.nesting {
        let problem = format!("the variables nest more than {} deep", limits.nesting);
        return Err(refusal("TOO_DEEP", problem, None));
    }
    match value {
        ConstValue::List(items) if items.len() > limits.list_items => {
            let problem = format!(
                "a list of the variables has {} items, and at most {} are read",
                items.len(),
                limits.list_items
            );
            Err(refusal("LIST_TOO_LONG", problem, None))
        }
        ConstValue::List(items) => items.iter().try_for_each(|item| check_value(item, limits, depth + 1)),
        ConstValue::Object(fields) => fields.values().try_for_each(|item| check_value(item, limits, depth + 1)),
        _ => Ok(()),
    }
}

/// Estimates what an operation costs, in fields of its answer, and refuses one that asks for too much or goes round in a circle.
///
/// Fragments are weighed once and remembered, so that this takes time in proportion to the document, not to what it unfolds to.
pub(crate) fn estimate(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    types: &Types,
    limits: &Limits,
) -> Result<u64, ServerError> {
    let mut scale = Scale { document, operation, variables, types, limits, weights: HashMap::new() };
    let root = types.root(operation.ty);
    let weight = scale.selection(&operation.selection_set.node, root, Around::default(), 1)?;
    if weight.fields > limits.root_fields {
        let problem = format!(
            "the operation has {} fields at its root, and at most {} are answered",
            weight.fields, limits.root_fields
        );
        return Err(refusal("TOO_MANY_ROOT_FIELDS", problem, Some(operation.selection_set.pos)));
    }
    Ok(weight.cost)
}

/// The places that make up a cost, each with all that stands below it: the dearest first.
pub(crate) fn places(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    types: &Types,
    limits: &Limits,
) -> Vec<(String, u64)> {
    let mut scale = Scale { document, operation, variables, types, limits, weights: HashMap::new() };
    let mut places = Vec::new();
    let root = types.root(operation.ty);
    scale.places(&operation.selection_set.node, root, Around::default(), "", 1, &mut places);
    places.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
    places.truncate(MOST_PLACES);
    places
}

/// What stands around a selection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Around {
    /// How many items the connection's page has, if the selection is a connection's.
    page: Option<u64>,
    /// Whether introspection is being read, and how many of its lists have been entered.
    introspection: Option<usize>,
}

/// What a selection weighs.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    cost: u64,
    /// How deep its fields nest.
    depth: usize,
    /// How many fields it has itself, those of fragments included.
    fields: usize,
}

struct Scale<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    types: &'a Types,
    limits: &'a Limits,
    /// What a fragment weighs in its surroundings; `None` while it is being weighed.
    weights: HashMap<(&'a Name, Around), Weight>,
}

/// What is known of a field before its selection is weighed.
struct Known<'a> {
    ty: Option<&'a str>,
    /// How many times its own selection is answered.
    times: u64,
    around: Around,
}

impl<'a> Scale<'a> {
    fn selection(
        &mut self,
        set: &'a SelectionSet,
        ty: Option<&'a str>,
        around: Around,
        depth: usize,
    ) -> Result<Weight, ServerError> {
        let mut sum = Weight::default();
        for item in &set.items {
            let weight = match &item.node {
                Selection::Field(field) => self.field(field, ty, around, depth)?,
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.selection(&fragment.node.selection_set.node, on.or(ty), around, depth)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node, around, depth, item.pos)?
                }
            };
            sum.cost = sum.cost.saturating_add(weight.cost);
            sum.fields = sum.fields.saturating_add(weight.fields);
            sum.depth = sum.depth.max(weight.depth);
        }
        Ok(sum)
    }

    fn fragment(&mut self, name: &'a Name, around: Around, depth: usize, at: Pos) -> Result<Weight, ServerError> {
        // An unknown one is left to the validation, which has a better sentence for it.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Weight::default()) };
        let weight = match self.weights.get(&(name, around)) {
            Some(weight) => *weight,
            None => {
                let on = Some(fragment.node.type_condition.node.on.node.as_str());
                let weight = self.selection(&fragment.node.selection_set.node, on, around, depth)?;
                self.weights.insert((name, around), weight);
                weight
            }
        };
        self.check_depth(depth + weight.depth.saturating_sub(1), at)?;
        Ok(weight)
    }

    fn field(
        &mut self,
        field: &'a Positioned<Field>,
        ty: Option<&'a str>,
        around: Around,
        depth: usize,
    ) -> Result<Weight, ServerError> {
        self.check_depth(depth, field.pos)?;
        let set = &field.node.selection_set.node;
        if set.items.is_empty() {
            return Ok(Weight { cost: 1, depth: 1, fields: 1 });
        }
        let known = self.known(field, ty, around)?;
        let below = self.selection(set, known.ty, known.around, depth + 1)?;
        let cost = below.cost.saturating_mul(known.times).saturating_add(1);
        Ok(Weight { cost, depth: below.depth + 1, fields: 1 })
    }

    fn known(
        &self,
        field: &'a Positioned<Field>,
        ty: Option<&'a str>,
        around: Around,
    ) -> Result<Known<'a>, ServerError> {
        let name = field.node.name.node.as_str();
        if around.introspection.is_some() || matches!(name, "__schema" | "__type") {
            return introspected(name, around.introspection.unwrap_or(0), field.pos);
        }
        let shape = ty.and_then(|ty| self.types.field(ty, name));
        let Some(shape) = shape else { return Ok(Known { ty: None, times: 1, around: Around::default() }) };
        let ty = Some(shape.ty.as_str());
        if shape.is_connection {
            let asked = ["first", "last"].iter().find_map(|name| self.size(&field.node, name)).unwrap_or(PAGE);
            let page = Some(shape.assumed.map_or(asked, |assumed| asked.min(assumed)));
            return Ok(Known { ty, times: 1, around: Around { page, introspection: None } });
        }
        let times = match (around.page, name) {
            (Some(page), "edges" | "nodes") => page,
            _ if shape.is_list => match ITEMS.iter().find_map(|name| field.node.get_argument(name)) {
                Some(items) => self.length(&items.node),
                None => self.size(&field.node, "first").unwrap_or(PARTS),
            },
            _ => 1,
        };
        Ok(Known { ty, times, around: Around::default() })
    }

    /// The size that an argument asks for, be it written there or in a variable; one that is no size asks for none.
    fn size(&self, field: &Field, name: &str) -> Option<u64> {
        let number = match &field.get_argument(name)?.node {
            Value::Number(number) => number.clone(),
            Value::Variable(variable) => match self.variable(variable)? {
                ConstValue::Number(number) => number.clone(),
                _ => return None,
            },
            _ => return None,
        };
        number.as_u64()
    }

    /// How many items a list has.
    fn length(&self, value: &Value) -> u64 {
        let length = match value {
            Value::List(items) => items.len(),
            Value::Variable(variable) => match self.variable(variable) {
                Some(ConstValue::List(items)) => items.len(),
                _ => 1,
            },
            _ => 1,
        };
        u64::try_from(length).unwrap_or(u64::MAX)
    }

    fn variable(&self, name: &Name) -> Option<&ConstValue> {
        let defined = |it: &&Positioned<VariableDefinition>| it.node.name.node == *name;
        self.variables.get(name).or_else(|| {
            let definition = self.operation.variable_definitions.iter().find(defined)?;
            definition.node.default_value.as_ref().map(|default| &default.node)
        })
    }

    fn check_depth(&self, depth: usize, at: Pos) -> Result<(), ServerError> {
        if depth > self.limits.depth {
            let problem = format!("the fields nest more than {} deep", self.limits.depth);
            return Err(refusal("TOO_DEEP", problem, Some(at)));
        }
        Ok(())
    }

    fn places(
        &mut self,
        set: &'a SelectionSet,
        ty: Option<&'a str>,
        around: Around,
        path: &str,
        times: u64,
        places: &mut Vec<(String, u64)>,
    ) {
        for item in &set.items {
            if places.len() >= MOST_PLACES * 4 {
                return;
            }
            match &item.node {
                Selection::Field(field) if !field.node.selection_set.node.items.is_empty() => {
                    let (Ok(weight), Ok(known)) = (self.field(field, ty, around, 1), self.known(field, ty, around))
                    else {
                        return;
                    };
                    let name = &field.node.response_key().node;
                    let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
                    places.push((path.clone(), weight.cost.saturating_mul(times)));
                    let (below, times) = (&field.node.selection_set.node, times.saturating_mul(known.times));
                    self.places(below, known.ty, known.around, &path, times, places);
                }
                Selection::Field(_) => {}
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.places(&fragment.node.selection_set.node, on.or(ty), around, path, times, places);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let on = Some(fragment.node.type_condition.node.on.node.as_str());
                        self.places(&fragment.node.selection_set.node, on, around, path, times, places);
                    }
                }
            }
        }
    }
}

/// What is known of a field of introspection, which no schema text describes.
fn introspected<'a>(name: &str, lists: usize, at: Pos) -> Result<Known<'a>, ServerError> {
    let deeper = usize::from(matches!(name, "fields" | "inputFields" | "interfaces" | "possibleTypes"));
    if lists + deeper > INTROSPECTION_LISTS {
        let problem =
            format!("lists of fields lead to each other more than {INTROSPECTION_LISTS} times in introspection");
        return Err(refusal("INTROSPECTION_TOO_DEEP", problem, Some(at)));
    }
    let times = match name {
        "types" => 150,
        "fields" | "inputFields" | "enumValues" | "possibleTypes" => 8,
        "args" | "directives" => 4,
        _ => 1,
    };
    Ok(Known { ty: None, times, around: Around { page: None, introspection: Some(lists + deeper) } })
}
