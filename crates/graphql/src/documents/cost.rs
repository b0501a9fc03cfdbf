//! What an answer costs: how many fields it carries, estimated from the document.
//!
//! The schema says how long lists are: `@listSize` on a field tells how many items its list is expected to have. What is
//! estimated here comes from the schema's text and nothing else.

use std::collections::HashMap;

use async_graphql::{
    Name, Pos, Positioned, ServerError, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet, VariableDefinition},
};
use async_graphql_value::{ConstValue, Value};

use crate::{
    documents::{limits::Limits, schema_types::Types},
    execution::error::refusal,
};

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
