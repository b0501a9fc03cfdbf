//! Types with fields.

use std::borrow::Cow;

use async_graphql::SelectionField;
use persistence::ColumnSet;

use crate::definition::{
    field::{Below, Field, FieldColumns, Source},
    kept::kept,
};

/// A type of the schema with fields; its objects are values of type `T`.
pub(crate) struct ObjectType<T: 'static> {
    pub(crate) name: Cow<'static, str>,
    pub(crate) description: &'static str,
    /// The interfaces that it implements.
    pub(crate) implements: &'static [&'static str],
    pub(crate) fields: Vec<Field<T>>,
    /// What tells its objects apart under one view, if equal ones are answered alike.
    pub(crate) identity: Option<fn(&T) -> i64>,
    /// How many of the objects that an answer may have an object stands for: a page for its items, a row of a breakdown for
    /// itself.
    pub(crate) charge: Option<fn(&T) -> u64>,
}

/// A value that is an object of the schema.
pub(crate) trait Described: Sized + Send + Sync + 'static {
    /// Its type.
    fn describe() -> ObjectType<Self>;
}

/// The type of the objects that are a `T`: described once, and kept.
pub(crate) fn object_type<T: Described>() -> &'static ObjectType<T> {
    kept(T::describe)
}

impl<T> ObjectType<T> {
    /// A type without fields.
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, description: &'static str) -> Self {
        ObjectType { name: name.into(), description, implements: &[], fields: Vec::new(), identity: None, charge: None }
    }

    /// The same, with the interfaces that it implements.
    pub(crate) fn implementing(self, interfaces: &'static [&'static str]) -> Self {
        ObjectType { implements: interfaces, ..self }
    }

    /// The same; each object is one of those of which an answer may have only so many.
    pub(crate) fn charged(self) -> Self {
        ObjectType { charge: Some(|_| 1), ..self }
    }

    /// The field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&Field<T>> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The columns of the noun that was read for an object that what is selected of it looks at.
    pub(crate) fn columns_of(&self, object: SelectionField<'_>) -> ColumnSet {
        let columns = |selected: SelectionField<'_>| match self.field(selected.name()) {
            Some(Field { columns: FieldColumns::These(columns), .. }) => *columns,
            Some(Field { columns: FieldColumns::Below, source: Source::Objects(objects), .. }) => {
                match objects.below(selected) {
                    Below::Columns(columns) => columns,
                    Below::Fields(_) => ColumnSet::ALL,
                }
            }
            Some(_) => ColumnSet::ALL,
            // `__typename`.
            None => ColumnSet::LEAST,
        };
        object.selection_set().map(columns).fold(ColumnSet::LEAST, ColumnSet::union)
    }
}
