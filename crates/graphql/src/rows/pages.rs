//! The documents by which a list is read page by page: what a request asks for, each time from other cursors.

use apollo_compiler::{
    Name, Node,
    ast::{
        Argument, Definition, DirectiveList, Document, Field, InlineFragment, IntValue, Selection, Type, Value,
        VariableDefinition,
    },
    collections::{HashMap, HashSet},
    name,
};

use super::table::{Table, Way};

/// The key under which a document asks whether a connection has more, and for the cursor to go on from.
pub(super) const PAGE_KEY: &str = "edumapPage";
/// The key under which it asks for the cursors of a connection's items.
pub(super) const CURSORS_KEY: &str = "edumapCursors";
/// The variable of the revision.
pub(super) const REVISION_VARIABLE: &str = "edumapRevision";

/// The variable of the cursor after which a connection begins.
pub(super) fn cursor_variable(page: usize) -> String {
    format!("edumapAfter{page}")
}

/// Writes the document that goes on with one connection of a table, within one item of each before it.
pub(super) struct PageWriter<'a> {
    pub(super) table: &'a Table,
    /// The connection that goes on; those before it have one item.
    pub(super) page: usize,
    /// Whether `map` is given the revision.
    pub(super) is_pinned: bool,
}

impl PageWriter<'_> {
    /// The text of a document with one operation.
    pub(super) fn write(&self, document: &Document, operation: Option<&str>) -> String {
        let mut document = document.clone();
        document.definitions.retain(|definition| match definition {
            Definition::OperationDefinition(one) => {
                operation.is_none_or(|name| one.name.as_ref().is_some_and(|own| own == name))
            }
            _ => true,
        });
        let fragments = fragments_of(&document);
        for definition in &mut document.definitions {
            let Definition::OperationDefinition(operation) = definition else { continue };
            let operation = operation.make_mut();
            self.change_set(&mut operation.selection_set, &self.table.path, self.table.root.way.as_ref(), &fragments);
            let followed = (0..self.table.pages.len()).filter(|page| self.table.pages[*page].can_follow);
            let cursors = followed.map(|page| (cursor_variable(page), name!("String")));
            let revision = self.is_pinned.then(|| (REVISION_VARIABLE.to_owned(), name!("Int")));
            operation.variables.extend(cursors.chain(revision).map(|(variable, ty)| {
                let (name, ty) = (new_name(&variable), Type::Named(ty).into());
                VariableDefinition { name, ty, default_value: None, directives: DirectiveList::default() }.into()
            }));
        }
        drop_unused(&mut document);
        document.to_string()
    }

    /// Changes the fields of a selection that lie on the way to the rows; fragments on it are written in place, since
    /// they may be spread elsewhere, too.
    fn change_set(
        &self,
        set: &mut [Selection],
        keys: &[String],
        way: Option<&Way>,
        fragments: &HashMap<Name, Fragment>,
    ) {
        let (Some((key, rest)), Some(way)) = (keys.split_first(), way) else { return };
        for selection in set {
            if let Selection::FragmentSpread(spread) = selection
                && let Some((on, set)) = fragments.get(&spread.fragment_name)
            {
                *selection = Selection::InlineFragment(Node::new(InlineFragment {
                    type_condition: Some(on.clone()),
                    directives: spread.directives.clone(),
                    selection_set: set.clone(),
                }));
            }
            match selection {
                Selection::InlineFragment(fragment) => {
                    self.change_set(&mut fragment.make_mut().selection_set, keys, Some(way), fragments);
                }
                Selection::Field(field) if field.response_name() == key.as_str() => {
                    let field = field.make_mut();
                    if self.is_pinned && field.name == "map" {
                        set_argument(field, "knownAt", Value::Variable(new_name(REVISION_VARIABLE)));
                    }
                    let below = way.part.way.as_ref();
                    if let Some(page) = below.and_then(|below| below.page) {
                        self.change_page(field, page);
                    }
                    self.change_set(&mut field.selection_set, rest, below, fragments);
                }
                _ => {}
            }
        }
    }

    /// Makes a connection begin at its cursor, and tell where it ends.
    fn change_page(&self, field: &mut Field, page: usize) {
        let pages = &self.table.pages;
        if pages[page].can_follow {
            set_argument(field, "after", Value::Variable(new_name(&cursor_variable(page))));
            if page < self.page {
                set_argument(field, "first", Value::Int(IntValue::from(1)));
            }
        }
        if !pages[page].is_backward {
            field.selection_set.push(ask(PAGE_KEY, name!("pageInfo"), &[name!("hasNextPage"), name!("endCursor")]));
        }
        if pages.get(page + 1).is_some_and(|next| next.can_follow) {
            field.selection_set.push(ask(CURSORS_KEY, name!("edges"), &[name!("cursor")]));
        }
    }
}

/// The type that a fragment is on, and what it selects.
type Fragment = (Name, Vec<Selection>);

fn fragments_of(document: &Document) -> HashMap<Name, Fragment> {
    let fragments = document.definitions.iter().filter_map(|definition| match definition {
        Definition::FragmentDefinition(it) => {
            Some((it.name.clone(), (it.type_condition.clone(), it.selection_set.clone())))
        }
        _ => None,
    });
    fragments.collect()
}

/// A name that is known to be one.
fn new_name(text: &str) -> Name {
    Name::new(text).expect("letters and digits")
}

fn set_argument(field: &mut Field, name: &str, value: Value) {
    field.arguments.retain(|argument| argument.name != name);
    field.arguments.push(Argument { name: new_name(name), value: value.into() }.into());
}

/// A field under a key of its own, with plain fields.
fn ask(key: &str, name: Name, fields: &[Name]) -> Selection {
    let plain = |name: &Name| Field {
        alias: None,
        name: name.clone(),
        arguments: Vec::new(),
        directives: DirectiveList::default(),
        selection_set: Vec::new(),
    };
    let selection_set = fields.iter().map(|field| Selection::Field(plain(field).into())).collect();
    Selection::Field(Field { alias: Some(new_name(key)), selection_set, ..plain(&name) }.into())
}

/// Drops the fragments and variables that an operation no longer uses, which no valid document has.
fn drop_unused(document: &mut Document) {
    let fragments = fragments_of(document);
    let mut used = Used::default();
    for definition in &document.definitions {
        if let Definition::OperationDefinition(operation) = definition {
            used.add_directives(&operation.directives);
            used.add_set(&operation.selection_set, &fragments);
        }
    }
    document.definitions.retain_mut(|definition| match definition {
        Definition::FragmentDefinition(fragment) => used.fragments.contains(&fragment.name),
        Definition::OperationDefinition(operation) => {
            operation.make_mut().variables.retain(|variable| used.variables.contains(&variable.name));
            true
        }
        _ => true,
    });
}

#[derive(Default)]
struct Used {
    fragments: HashSet<Name>,
    variables: HashSet<Name>,
}

impl Used {
    fn add_set(&mut self, set: &[Selection], fragments: &HashMap<Name, Fragment>) {
        for selection in set {
            match selection {
                Selection::Field(field) => {
                    field.arguments.iter().for_each(|argument| self.add_value(&argument.value));
                    self.add_directives(&field.directives);
                    self.add_set(&field.selection_set, fragments);
                }
                Selection::InlineFragment(fragment) => {
                    self.add_directives(&fragment.directives);
                    self.add_set(&fragment.selection_set, fragments);
                }
                Selection::FragmentSpread(spread) => {
                    self.add_directives(&spread.directives);
                    if let Some((_, set)) = fragments.get(&spread.fragment_name)
                        && self.fragments.insert(spread.fragment_name.clone())
                    {
                        self.add_set(set, fragments);
                    }
                }
            }
        }
    }

    fn add_directives(&mut self, directives: &DirectiveList) {
        for directive in directives.iter() {
            directive.arguments.iter().for_each(|argument| self.add_value(&argument.value));
        }
    }

    fn add_value(&mut self, value: &Value) {
        match value {
            Value::Variable(name) => {
                self.variables.insert(name.clone());
            }
            Value::List(items) => items.iter().for_each(|item| self.add_value(item)),
            Value::Object(fields) => fields.iter().for_each(|(_, value)| self.add_value(value)),
            _ => {}
        }
    }
}
