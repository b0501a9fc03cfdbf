//! What an operation asks for: the objects, lists and values of its answer, by the types of the schema.

use apollo_compiler::{
    Name, Node, Schema,
    ast::{self, Definition, Directive, Selection, Value},
    collections::{HashMap, HashSet, IndexMap},
};
use async_graphql::Variables;
use async_graphql_value::ConstValue;

/// The fields of an object of an answer, by their response keys, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// The type of the object, as the schema has it.
    pub(super) ty: String,
    pub(super) fields: IndexMap<String, FieldShape>,
}

/// A field of an answer.
#[derive(Debug)]
pub(super) struct FieldShape {
    /// Its name, whatever its key is.
    pub(super) name: String,
    /// Its type, or that of each item, without lists.
    pub(super) ty: String,
    pub(super) is_list: bool,
    /// Whether it may be null, or missing because its object is of another type.
    pub(super) is_nullable: bool,
    /// The arguments that page it.
    pub(super) paging: Paging,
    /// The fields below it; `None` of a plain value.
    pub(super) below: Option<Shape>,
}

/// What a field's arguments say of its pages.
#[derive(Debug, Default)]
pub(super) struct Paging {
    /// The cursor after which it begins.
    pub(super) after: Option<String>,
    /// Whether it is asked for from its end, or up to a cursor.
    pub(super) is_backward: bool,
    /// Whether it says of which revision it is.
    pub(super) is_pinned: bool,
}

/// A document as it is read here: its fragments, and the variables of the request.
pub(super) struct ShapeReader<'a> {
    schema: &'a Schema,
    fragments: HashMap<&'a str, &'a ast::FragmentDefinition>,
    variables: &'a Variables,
}

/// The fields of one response key, each with the type it is selected on.
type Occurrences<'a> = Vec<(&'a str, bool, &'a ast::Field)>;

impl<'a> ShapeReader<'a> {
    pub(super) fn new(schema: &'a Schema, document: &'a ast::Document, variables: &'a Variables) -> Self {
        let fragments = document.definitions.iter().filter_map(|definition| match definition {
            Definition::FragmentDefinition(fragment) => Some((fragment.name.as_str(), &**fragment)),
            _ => None,
        });
        ShapeReader { schema, fragments: fragments.collect(), variables }
    }

    /// The shape of an operation's answer.
    pub(super) fn read_operation(&self, operation: &'a ast::OperationDefinition) -> Shape {
        let root = self.schema.root_operation(operation.operation_type).map_or("Query", Name::as_str);
        let mut fields = IndexMap::default();
        self.collect(&operation.selection_set, root, false, &mut HashSet::default(), &mut fields);
        self.read_fields(root, fields)
    }

    fn read_fields(&self, ty: &str, fields: IndexMap<&'a str, Occurrences<'a>>) -> Shape {
        let fields = fields.into_iter().map(|(key, fields)| (key.to_owned(), self.read_field(&fields)));
        Shape { ty: ty.to_owned(), fields: fields.collect() }
    }

    fn read_field(&self, occurrences: &Occurrences<'a>) -> FieldShape {
        let (parent, _, first) = occurrences[0];
        let is_conditional = occurrences.iter().all(|(_, is_conditional, _)| *is_conditional);
        // A valid document asks for fields that are there; `__typename` is a string everywhere.
        let (named, is_list, is_required) = match self.schema.type_field(parent, &first.name) {
            Ok(field) => (field.ty.inner_named_type().as_str(), field.ty.is_list(), field.ty.is_non_null()),
            Err(_) => ("String", false, true),
        };
        let mut below = IndexMap::default();
        for (_, _, field) in occurrences {
            self.collect(&field.selection_set, named, false, &mut HashSet::default(), &mut below);
        }
        FieldShape {
            name: first.name.to_string(),
            ty: named.to_owned(),
            is_list,
            is_nullable: is_conditional || !is_required,
            paging: self.read_paging(&first.arguments),
            below: (!below.is_empty()).then(|| self.read_fields(named, below)),
        }
    }

    /// Collects the fields of a selection as an answer has them, those of fragments in place.
    fn collect(
        &self,
        set: &'a [Selection],
        ty: &'a str,
        is_conditional: bool,
        spread: &mut HashSet<&'a str>,
        fields: &mut IndexMap<&'a str, Occurrences<'a>>,
    ) {
        for selection in set {
            match selection {
                Selection::Field(field) if self.is_included(&field.directives) => {
                    fields.entry(field.response_name().as_str()).or_default().push((ty, is_conditional, &**field));
                }
                Selection::InlineFragment(fragment) if self.is_included(&fragment.directives) => {
                    let on = fragment.type_condition.as_ref().map_or(ty, Name::as_str);
                    let is_conditional = is_conditional || !self.holds_of_all(on, ty);
                    self.collect(&fragment.selection_set, on, is_conditional, spread, fields);
                }
                Selection::FragmentSpread(one) if self.is_included(&one.directives) => {
                    let name = one.fragment_name.as_str();
                    let Some(fragment) = self.fragments.get(name).filter(|_| spread.insert(name)) else { continue };
                    let on = fragment.type_condition.as_str();
                    let is_conditional = is_conditional || !self.holds_of_all(on, ty);
                    self.collect(&fragment.selection_set, on, is_conditional, spread, fields);
                }
                _ => {}
            }
        }
    }

    /// Whether every object of a type is one of another.
    fn holds_of_all(&self, on: &str, ty: &str) -> bool {
        on == ty || self.schema.is_subtype(on, ty)
    }

    fn is_included(&self, directives: &[Node<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let condition = directive.arguments.iter().find(|argument| argument.name == "if");
            let is_true =
                condition.is_some_and(|condition| self.value_of(&condition.value) == ConstValue::Boolean(true));
            match directive.name.as_str() {
                "include" => is_true,
                "skip" => !is_true,
                _ => true,
            }
        })
    }

    fn read_paging(&self, arguments: &[Node<ast::Argument>]) -> Paging {
        let value = |name: &str| {
            let argument = arguments.iter().find(|argument| argument.name == name)?;
            Some(self.value_of(&argument.value)).filter(|value| *value != ConstValue::Null)
        };
        Paging {
            after: match value("after") {
                Some(ConstValue::String(cursor)) => Some(cursor),
                _ => None,
            },
            is_backward: value("last").is_some() || value("before").is_some(),
            is_pinned: ["knownAt", "release"].iter().any(|name| value(name).is_some()),
        }
    }

    /// The value of an argument that takes a plain value; null of all others.
    fn value_of(&self, value: &Value) -> ConstValue {
        match value {
            Value::Variable(name) => self.variables.get(name.as_str()).cloned().unwrap_or_default(),
            Value::Boolean(value) => ConstValue::Boolean(*value),
            Value::String(value) => ConstValue::String(value.clone()),
            Value::Int(value) => value.try_to_i32().map_or(ConstValue::Null, ConstValue::from),
            _ => ConstValue::Null,
        }
    }
}

/// The operation of a document that a request names, or its only one.
pub(super) fn find_operation<'a>(
    document: &'a ast::Document,
    name: Option<&str>,
) -> Option<&'a ast::OperationDefinition> {
    document.definitions.iter().find_map(|definition| match definition {
        Definition::OperationDefinition(operation)
            if name.is_none_or(|name| operation.name.as_ref().is_some_and(|own| own == name)) =>
        {
            Some(&**operation)
        }
        _ => None,
    })
}
