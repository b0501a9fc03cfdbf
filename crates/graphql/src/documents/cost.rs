//! What an answer costs: how many fields it carries, estimated from the document.
//!
//! The schema says how long lists are: `@listSize` on a field tells how many items its list is expected to have. How many
//! rows there are of what an argument `by` tells apart is expected by the number of its dimensions.

use std::collections::HashMap;

use async_graphql::{
    Name, Pos, Positioned, ServerError, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, SelectionSet, VariableDefinition},
};
use async_graphql_value::{ConstValue, Value};
use domain::noun::MAX_GIVEN_DIMENSIONS;

use crate::{
    documents::{
        limits::Limits,
        schema_types::SchemaTypes,
        selections::{Selected, SelectedFragment},
    },
    execution::{error::request_error, error_code::ErrorCode},
};

/// How many times lists may lead to lists in introspection: a type's fields, their types' fields, and once more.
const MAX_INTROSPECTION_LISTS: usize = 3;
/// How many fields the breakdown of a cost names.
const MAX_BREAKDOWN: usize = 50;
/// What a scenario costs before anything is asked of it: it is checked and written, and no other can begin.
const SCENARIO_COST: u64 = 10_000;
/// What the lines of an outline cost: they are as long as so many fields.
const OUTLINE_COST: u64 = 100;
/// How many items a short closed list is expected to have.
const SHORT_LIST_SIZE: u64 = 4;
/// The argument that names the dimensions by which a list of rows is told apart.
const DIMENSIONS_ARGUMENT: &str = "by";
/// The arguments whose items are each answered by one.
const ITEM_ARGUMENTS: [&str; 3] = ["ids", "representations", "values"];
/// How many items a page has unless asked otherwise.
const DEFAULT_PAGE_SIZE: u64 = domain::page::DEFAULT_SIZE as u64;

/// What the cost of a selection depends on beside the selection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct SelectionContext {
    /// How many items the list of the selection has, if it is of a connection, or of what is told apart by dimensions.
    page: Option<u64>,
    /// Whether introspection is being read, and how many of its lists have been entered.
    introspection: Option<usize>,
}

/// What a selection costs, and its measures.
#[derive(Debug, Clone, Copy, Default)]
struct SelectionCost {
    cost: u64,
    /// How deep its fields nest.
    depth: usize,
    /// How many fields it has itself, those of fragments included.
    fields: usize,
}

/// Weighs an operation.
///
/// Fragments are weighed once and remembered, so that this takes time in proportion to the document, not to its size with
/// fragments expanded.
pub(crate) struct CostEstimator<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    types: &'a SchemaTypes,
    limits: &'a Limits,
    /// What a fragment costs, by its context.
    weights: HashMap<(&'a Name, SelectionContext), SelectionCost>,
}

/// What is known of a field before its selection is weighed.
struct FieldEstimate<'a> {
    ty: Option<&'a str>,
    /// How many times its own selection is answered.
    times: u64,
    around: SelectionContext,
}

impl<'a> CostEstimator<'a> {
    pub(crate) fn new(
        document: &'a ExecutableDocument,
        operation: &'a OperationDefinition,
        variables: &'a Variables,
        types: &'a SchemaTypes,
        limits: &'a Limits,
    ) -> Self {
        CostEstimator { document, operation, variables, types, limits, weights: HashMap::new() }
    }

    /// What the operation costs, in fields of its answer; refuses one that nests too deep or has too many fields at its
    /// root.
    pub(crate) fn estimate(&mut self) -> Result<u64, ServerError> {
        let set = &self.operation.selection_set;
        let root = self.types.root_type(self.operation.ty);
        let weight = self.weigh_selection(&set.node, root, SelectionContext::default(), 1)?;
        if weight.fields > self.limits.root_fields {
            let problem = format!(
                "the operation has {} fields at its root, and at most {} are answered",
                weight.fields, self.limits.root_fields
            );
            return Err(request_error(ErrorCode::TooManyRootFields, problem, Some(set.pos)));
        }
        Ok(weight.cost)
    }

    /// The fields that make up its cost, by path, each with all that is selected below it: the dearest first.
    pub(crate) fn breakdown(&mut self) -> Vec<(String, u64)> {
        let mut breakdown = Vec::new();
        let set = &self.operation.selection_set.node;
        let root = self.types.root_type(self.operation.ty);
        self.collect_breakdown(set, root, SelectionContext::default(), "", 1, &mut breakdown);
        breakdown.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
        breakdown.truncate(MAX_BREAKDOWN);
        breakdown
    }

    fn weigh_selection(
        &mut self,
        set: &'a SelectionSet,
        ty: Option<&'a str>,
        around: SelectionContext,
        depth: usize,
    ) -> Result<SelectionCost, ServerError> {
        let mut sum = SelectionCost::default();
        for item in &set.items {
            let weight = match Selected::of(&item.node, &self.document.fragments) {
                Some(Selected::Field(field)) => self.weigh_field(field, ty, around, depth)?,
                Some(Selected::Fragment(fragment)) => self.weigh_fragment(&fragment, ty, around, depth, item.pos)?,
                // An unknown fragment is left to the validation, which has a better message.
                None => continue,
            };
            sum.cost = sum.cost.saturating_add(weight.cost);
            sum.fields = sum.fields.saturating_add(weight.fields);
            sum.depth = sum.depth.max(weight.depth);
        }
        Ok(sum)
    }

    fn weigh_fragment(
        &mut self,
        fragment: &SelectedFragment<'a>,
        ty: Option<&'a str>,
        around: SelectionContext,
        depth: usize,
        at: Pos,
    ) -> Result<SelectionCost, ServerError> {
        let SelectedFragment { name, on, set, .. } = *fragment;
        let Some(name) = name else { return self.weigh_selection(set, on.or(ty), around, depth) };
        let weight = match self.weights.get(&(name, around)) {
            Some(weight) => *weight,
            None => {
                let weight = self.weigh_selection(set, on, around, depth)?;
                self.weights.insert((name, around), weight);
                weight
            }
        };
        self.check_depth(depth + weight.depth.saturating_sub(1), at)?;
        Ok(weight)
    }

    fn weigh_field(
        &mut self,
        field: &'a Positioned<Field>,
        ty: Option<&'a str>,
        around: SelectionContext,
        depth: usize,
    ) -> Result<SelectionCost, ServerError> {
        self.check_depth(depth, field.pos)?;
        let set = &field.node.selection_set.node;
        if set.items.is_empty() {
            let is_outline = ty == Some("Outline") && field.node.name.node == "geometry";
            let cost = if is_outline { OUTLINE_COST } else { 1 };
            return Ok(SelectionCost { cost, depth: 1, fields: 1 });
        }
        let known = self.estimate_field(field, ty, around)?;
        let below = self.weigh_selection(set, known.ty, known.around, depth + 1)?;
        let own = if depth == 1 && field.node.name.node == "whatIf" { SCENARIO_COST } else { 1 };
        let cost = below.cost.saturating_mul(known.times).saturating_add(own);
        Ok(SelectionCost { cost, depth: below.depth + 1, fields: 1 })
    }

    fn estimate_field(
        &self,
        field: &'a Positioned<Field>,
        ty: Option<&'a str>,
        around: SelectionContext,
    ) -> Result<FieldEstimate<'a>, ServerError> {
        let name = field.node.name.node.as_str();
        if around.introspection.is_some() || matches!(name, "__schema" | "__type") {
            return introspection_field(name, around.introspection.unwrap_or(0), field.pos);
        }
        let info = ty.and_then(|ty| self.types.find_field(ty, name));
        let Some(info) = info else {
            return Ok(FieldEstimate { ty: None, times: 1, around: SelectionContext::default() });
        };
        let ty = Some(info.ty.as_str());
        if info.is_connection {
            let asked = ["first", "last"]
                .iter()
                .find_map(|name| self.size_argument(&field.node, name))
                .unwrap_or(DEFAULT_PAGE_SIZE);
            let page = Some(info.assumed_size.map_or(asked, |assumed| asked.min(assumed)));
            return Ok(FieldEstimate { ty, times: 1, around: SelectionContext { page, introspection: None } });
        }
        let rows = self.rows_expected(&field.node);
        let times = match (around.page, name) {
            (Some(page), "edges" | "nodes" | "rows") => page,
            _ if info.is_list => match ITEM_ARGUMENTS.iter().find_map(|name| field.node.get_argument(name)) {
                Some(items) => self.list_length(&items.node),
                None => rows.or_else(|| self.size_argument(&field.node, "first")).unwrap_or(SHORT_LIST_SIZE),
            },
            _ => 1,
        };
        let page = rows.filter(|_| !info.is_list);
        Ok(FieldEstimate { ty, times, around: SelectionContext { page, introspection: None } })
    }

    /// How many rows are expected of what a field tells apart by dimensions, if it does: a short list for each of them.
    fn rows_expected(&self, field: &Field) -> Option<u64> {
        let dimensions = self.list_length(&field.get_argument(DIMENSIONS_ARGUMENT)?.node);
        // More are refused as they are read.
        let dimensions = usize::try_from(dimensions).unwrap_or(usize::MAX).min(MAX_GIVEN_DIMENSIONS);
        Some((0..dimensions).map(|_| SHORT_LIST_SIZE).product())
    }

    /// The size that an argument asks for, be it written there or in a variable; one that is no size asks for none.
    fn size_argument(&self, field: &Field, name: &str) -> Option<u64> {
        let number = match &field.get_argument(name)?.node {
            Value::Number(number) => number.clone(),
            Value::Variable(variable) => match self.variable_value(variable)? {
                ConstValue::Number(number) => number.clone(),
                _ => return None,
            },
            _ => return None,
        };
        number.as_u64()
    }

    /// How many items a list has.
    fn list_length(&self, value: &Value) -> u64 {
        let length = match value {
            Value::List(items) => items.len(),
            Value::Variable(variable) => match self.variable_value(variable) {
                Some(ConstValue::List(items)) => items.len(),
                _ => 1,
            },
            _ => 1,
        };
        u64::try_from(length).unwrap_or(u64::MAX)
    }

    fn variable_value(&self, name: &Name) -> Option<&ConstValue> {
        let defined = |it: &&Positioned<VariableDefinition>| it.node.name.node == *name;
        self.variables.get(name).or_else(|| {
            let definition = self.operation.variable_definitions.iter().find(defined)?;
            definition.node.default_value.as_ref().map(|default| &default.node)
        })
    }

    fn check_depth(&self, depth: usize, at: Pos) -> Result<(), ServerError> {
        if depth > self.limits.depth {
            let problem = format!("the fields nest more than {} deep", self.limits.depth);
            return Err(request_error(ErrorCode::TooDeep, problem, Some(at)));
        }
        Ok(())
    }

    fn collect_breakdown(
        &mut self,
        set: &'a SelectionSet,
        ty: Option<&'a str>,
        around: SelectionContext,
        path: &str,
        times: u64,
        breakdown: &mut Vec<(String, u64)>,
    ) {
        for item in &set.items {
            if breakdown.len() >= MAX_BREAKDOWN * 4 {
                return;
            }
            match Selected::of(&item.node, &self.document.fragments) {
                Some(Selected::Field(field)) if !field.node.selection_set.node.items.is_empty() => {
                    let (Ok(weight), Ok(known)) =
                        (self.weigh_field(field, ty, around, 1), self.estimate_field(field, ty, around))
                    else {
                        return;
                    };
                    let name = &field.node.response_key().node;
                    let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
                    breakdown.push((path.clone(), weight.cost.saturating_mul(times)));
                    let (below, times) = (&field.node.selection_set.node, times.saturating_mul(known.times));
                    self.collect_breakdown(below, known.ty, known.around, &path, times, breakdown);
                }
                Some(Selected::Fragment(SelectedFragment { on, set, .. })) => {
                    self.collect_breakdown(set, on.or(ty), around, path, times, breakdown);
                }
                _ => {}
            }
        }
    }
}

/// What is known of a field of introspection, which no schema text describes.
fn introspection_field<'a>(name: &str, lists: usize, at: Pos) -> Result<FieldEstimate<'a>, ServerError> {
    let deeper = usize::from(matches!(name, "fields" | "inputFields" | "interfaces" | "possibleTypes"));
    if lists + deeper > MAX_INTROSPECTION_LISTS {
        let problem =
            format!("lists of fields lead to each other more than {MAX_INTROSPECTION_LISTS} times in introspection");
        return Err(request_error(ErrorCode::IntrospectionTooDeep, problem, Some(at)));
    }
    let times = match name {
        "types" => 150,
        "fields" | "inputFields" | "enumValues" | "possibleTypes" => 8,
        "args" | "directives" => 4,
        _ => 1,
    };
    Ok(FieldEstimate { ty: None, times, around: SelectionContext { page: None, introspection: Some(lists + deeper) } })
}
