//! Subscriptions: they have one event, which may be selected at several places.

use std::collections::HashSet;

use async_graphql::{
    Positioned, ServerError,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet},
};

use crate::{
    documents::selections::{Fragments, fields_of},
    execution::{error::request_error, error_code::ErrorCode},
};

/// Refuses a subscription to several events; the library counts fields that answer under one name as several.
pub(crate) fn check_events(document: &ExecutableDocument, operation: &OperationDefinition) -> Result<(), ServerError> {
    if operation.ty != OperationType::Subscription {
        return Ok(());
    }
    let fields = fields_of(&operation.selection_set.node, None, &document.fragments);
    let events: HashSet<&str> = fields.map(|(_, field)| field.node.response_key().node.as_str()).collect();
    if events.len() > 1 {
        let problem = "a subscription has one field".to_owned();
        return Err(request_error(ErrorCode::GraphqlValidationFailed, problem, Some(operation.selection_set.pos)));
    }
    Ok(())
}

/// One field for all that select from the same event: the library would subscribe once for each.
pub(crate) fn merge_events(set: &mut SelectionSet, fragments: &Fragments) {
    let mut fields = fields_of(set, None, fragments).map(|(_, field)| field.clone());
    let merged = fields.next().map(|mut first| {
        let items = &mut first.node.selection_set.node.items;
        fields.for_each(|mut field| items.append(&mut field.node.selection_set.node.items));
        first
    });
    set.items = merged.map(|field| Positioned::new(Selection::Field(field.clone()), field.pos)).into_iter().collect();
}
