//! What is selected of objects of one type, and the answer to it.

use async_graphql::{Name, Pos, Value, Variables};
use async_graphql_value::Value as DocumentValue;
use futures::{
    FutureExt,
    future::{BoxFuture, join_all, try_join_all},
};
use persistence::ColumnSet;

use crate::{
    definition::{
        argument::ArgumentValues,
        field::{Below, Field, FieldContext, FieldResult, Loading, Source},
        leaf::Leaf,
        object_type::ObjectType,
    },
    execution::{context::RequestContext, trace::LevelNumber},
    plan::{
        json::{write_leaf, write_text},
        level::{Answered, Level},
    },
};

/// What one run of a plan has at hand.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) request: &'a RequestContext,
    /// The values of the variables that have one.
    pub(crate) variables: &'a Variables,
    /// How many items of pages and rows of breakdowns the answer may carry.
    pub(crate) budget: u64,
    /// The level that is answered, if the run is traced.
    pub(crate) level: Option<LevelNumber>,
}

impl Run<'_> {
    /// The run within the level of a field.
    fn enter(&self, key: &[u8], parents: usize) -> Self {
        let Some(trace) = &self.request.trace else { return *self };
        // The key is JSON, with a colon behind it.
        let key = serde_json::from_slice(&key[..key.len() - 1]).unwrap_or_default();
        let key: String = key;
        Run { level: Some(trace.begin_level(self.level, &key, parents)), ..*self }
    }

    /// All of the level is loaded: objects of this type, and so many different ones, if it leads to objects.
    pub(crate) fn end_level(&self, objects: Option<(&str, usize)>) {
        if let (Some(trace), Some(level)) = (&self.request.trace, self.level) {
            trace.end_level(level, objects);
        }
    }
}

/// A plan did not get through: the resolvers are to answer, and to say what is wrong if anything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GiveUp;

/// A condition under which a field is in the answer: a variable, and what it must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) variable: Name,
    pub(crate) holds: bool,
}

impl Condition {
    fn is_met(&self, run: &Run<'_>) -> bool {
        matches!(run.variables.get(&self.variable), Some(Value::Boolean(holds)) if *holds == self.holds)
    }
}

/// What is selected of objects of type `T`.
pub(crate) struct Selection<T: 'static> {
    pub(crate) ty: &'static ObjectType<T>,
    pub(crate) fields: Vec<SelectedField<T>>,
}

/// A field of a selection.
pub(crate) struct SelectedField<T: 'static> {
    /// The name under which it is answered, in quotation marks and with a colon.
    key: Vec<u8>,
    /// It is in the answer if all conditions of one of these are met, and stands where the first such one does.
    conditions: Vec<(usize, Vec<Condition>)>,
    arguments: Vec<(&'static str, Option<DocumentValue>)>,
    value: SelectedValue<T>,
}

/// How the value of a selected field is got.
pub(crate) enum SelectedValue<T: 'static> {
    TypeName,
    Leaf(&'static Field<T>),
    Objects(&'static Field<T>, Box<dyn Level<T>>),
}

/// The answers for the objects of a level: what each has of its own, and the levels below it. It becomes one JSON at the end,
/// with no copy at each level.
#[derive(Debug)]
pub(crate) struct Fragments {
    /// The JSON that the objects have of their own, in pieces between which stand the levels below.
    json: Vec<u8>,
    /// Where each piece ends: those of an object are one more than there are levels below.
    ends: Vec<usize>,
    /// The levels below, in the order in which they stand in each object, which are their parents.
    below: Vec<Answered>,
    sizes: Vec<Size>,
}

/// What a part of an answer comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Size {
    /// How many bytes its JSON has.
    pub(crate) bytes: usize,
    /// How many fields it carries.
    pub(crate) fields: u64,
    /// How many items of pages and rows of breakdowns it carries.
    pub(crate) objects: u64,
}

impl Size {
    pub(crate) fn of_bytes(bytes: usize) -> Size {
        Size { bytes, ..Size::default() }
    }

    pub(crate) fn add(&mut self, other: Size) {
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.fields = self.fields.saturating_add(other.fields);
        self.objects = self.objects.saturating_add(other.objects);
    }
}

impl Fragments {
    /// Appends the JSON of an object to that of another.
    pub(crate) fn write(&self, at: usize, json: &mut Vec<u8>) {
        let first = at * (self.below.len() + 1);
        let mut start = if first == 0 { 0 } else { self.ends[first - 1] };
        let (own, ends) = (&self.json, &self.ends[first..]);
        for (below, end) in self.below.iter().zip(ends) {
            json.extend_from_slice(&own[start..*end]);
            below.write(at, json);
            start = *end;
        }
        json.extend_from_slice(&own[start..ends[self.below.len()]]);
    }

    /// What an object comes to.
    pub(crate) fn size(&self, at: usize) -> Size {
        self.sizes[at]
    }
}

impl<T: Send + Sync> SelectedField<T> {
    pub(crate) fn new(
        response_key: &str,
        conditions: Vec<(usize, Vec<Condition>)>,
        arguments: Vec<(&'static str, Option<DocumentValue>)>,
        value: SelectedValue<T>,
    ) -> Self {
        let mut key = Vec::with_capacity(response_key.len() + 3);
        write_text(response_key, &mut key);
        key.push(b':');
        SelectedField { key, conditions, arguments, value }
    }

    /// What it looks at of the noun that was read for its object.
    fn columns(&self, run: &Run<'_>) -> ColumnSet {
        match &self.value {
            SelectedValue::TypeName => ColumnSet::LEAST,
            SelectedValue::Leaf(field) => field.columns.or(ColumnSet::ALL),
            SelectedValue::Objects(field, level) => field.columns.or(level.columns(run)),
        }
    }

    /// Its place in the answer; `None` if it is not in it.
    fn place(&self, run: &Run<'_>) -> Option<usize> {
        let mut met = self.conditions.iter().filter(|(_, all)| all.iter().all(|condition| condition.is_met(run)));
        met.next().map(|(place, _)| *place)
    }

    /// Its values for all objects.
    async fn load<'a>(&'a self, run: &'a Run<'a>, objects: &'a [&'a T]) -> Result<Loaded, GiveUp> {
        let given = self.arguments.iter().map(|(name, value)| {
            let value = value.as_ref().and_then(|value| bind(value, run.variables));
            (*name, value, Pos::default())
        });
        match &self.value {
            SelectedValue::TypeName | SelectedValue::Leaf(Field { source: Source::Leaf(..), .. }) => {
                Ok(Loaded::Nothing)
            }
            SelectedValue::Leaf(Field { source: Source::LoadedLeaf(_, load), .. }) => {
                let arguments = ArgumentValues::new(given.collect());
                let below = Below::Columns(ColumnSet::LEAST);
                let run = run.enter(&self.key, objects.len());
                let field = FieldContext { request: run.request, arguments: &arguments, below, level: run.level };
                let leaves = get_all(objects.iter().map(|object| load(object, &field)).collect()).await?;
                run.end_level(None);
                Ok(Loaded::Leaves(leaves))
            }
            SelectedValue::Leaf(_) => Err(GiveUp),
            SelectedValue::Objects(_, level) => {
                let arguments = ArgumentValues::new(given.collect());
                let run = run.enter(&self.key, objects.len());
                Ok(Loaded::Objects(level.answer(&run, objects, &arguments).await?))
            }
        }
    }
}

/// All of these, in their order.
pub(crate) async fn get_all<V: Send>(all: Vec<Loading<'_, V>>) -> Result<Vec<V>, GiveUp> {
    let mut values: Vec<Option<FieldResult<V>>> = all.iter().map(|_| None).collect();
    // Boxed as futures of nothing, so that joining them is compiled once and not for each type of values.
    let mut later: Vec<BoxFuture<'_, ()>> = Vec::new();
    for (value, one) in values.iter_mut().zip(all) {
        match one {
            Loading::Now(now) => *value = Some(now),
            Loading::Later(future) => later.push(async move { *value = Some(future.await) }.boxed()),
        }
    }
    join_all(later).await;
    values.into_iter().map(|value| value.ok_or(GiveUp)?.map_err(|_| GiveUp)).collect()
}

/// A value of the document with variables in place; `None` if it is a variable that has none.
fn bind(value: &DocumentValue, variables: &Variables) -> Option<Value> {
    match value {
        DocumentValue::Variable(name) => variables.get(name).cloned(),
        DocumentValue::List(items) => {
            Some(Value::List(items.iter().map(|item| bind(item, variables).unwrap_or_default()).collect()))
        }
        DocumentValue::Object(fields) => {
            let given = fields.iter().filter_map(|(name, value)| Some((name.clone(), bind(value, variables)?)));
            Some(Value::Object(given.collect()))
        }
        other => other.clone().into_const(),
    }
}

/// What was loaded of a field for all objects of a level.
enum Loaded {
    /// Nothing: its values are at hand.
    Nothing,
    Leaves(Vec<Leaf<'static>>),
    Objects(Answered),
}

/// Sorts fields by their places, in which they stand already unless the first occurrence of one is left out. It is compiled
/// once and not for each type of objects.
fn sort_places(places: &mut [(usize, usize)]) {
    places.sort_unstable();
}

impl<T: Send + Sync> Selection<T> {
    /// The fields that are in the answer, in its order.
    fn included<'a>(&'a self, run: &Run<'_>) -> Vec<&'a SelectedField<T>> {
        let places = self.fields.iter().enumerate().filter_map(|(at, field)| Some((field.place(run)?, at)));
        let mut places: Vec<(usize, usize)> = places.collect();
        sort_places(&mut places);
        places.into_iter().map(|(_, at)| &self.fields[at]).collect()
    }

    /// What is looked at of a noun that is read for it.
    pub(crate) fn columns(&self, run: &Run<'_>) -> ColumnSet {
        let included = self.included(run).into_iter();
        included.fold(ColumnSet::LEAST, |all, field| all.union(field.columns(run)))
    }

    /// Answers for all objects; the levels below are loaded at the same time.
    pub(crate) fn answer<'a>(
        &'a self,
        run: &'a Run<'a>,
        objects: &'a [&'a T],
    ) -> BoxFuture<'a, Result<Fragments, GiveUp>> {
        async move {
            let included = self.included(run);
            // Boxed for the same reason: what is loaded is of one type, whatever the objects are.
            let loading = included.iter().map(|field| field.load(run, objects).boxed());
            let loaded = try_join_all(loading.collect::<Vec<BoxFuture<'_, _>>>()).await?;
            self.write(run, objects, &included, loaded)
        }
        .boxed()
    }

    fn write(
        &self,
        run: &Run<'_>,
        objects: &[&T],
        included: &[&SelectedField<T>],
        loaded: Vec<Loaded>,
    ) -> Result<Fragments, GiveUp> {
        // A guess: room for the names of fields and short values.
        let of_object: usize = included.iter().map(|field| field.key.len() + 16).sum();
        let mut json = Vec::with_capacity(objects.len() * of_object);
        let n_below = loaded.iter().filter(|value| matches!(value, Loaded::Objects(_))).count();
        let mut ends = Vec::with_capacity(objects.len() * (n_below + 1));
        let mut sizes = Vec::with_capacity(objects.len());
        let mut of_level: u64 = 0;
        let fields = u64::try_from(included.len()).unwrap_or(u64::MAX);
        for (at, object) in objects.iter().enumerate() {
            let start = json.len();
            let mut size = Size { bytes: 0, fields, objects: self.ty.charge.map_or(0, |charge| charge(object)) };
            json.push(b'{');
            for (n, (field, value)) in included.iter().zip(&loaded).enumerate() {
                if n > 0 {
                    json.push(b',');
                }
                json.extend_from_slice(&field.key);
                match (value, &field.value) {
                    (Loaded::Leaves(leaves), _) => write_leaf(&leaves[at], &mut json),
                    (Loaded::Objects(answered), _) => {
                        ends.push(json.len());
                        size.add(answered.size(at));
                    }
                    (_, SelectedValue::Leaf(Field { source: Source::Leaf(_, get), .. })) => {
                        write_leaf(&get(object), &mut json);
                    }
                    _ => write_text(&self.ty.name, &mut json),
                }
            }
            json.push(b'}');
            ends.push(json.len());
            size.add(Size::of_bytes(json.len() - start));
            sizes.push(size);
            // Copies of an object cost nothing to load: they are stopped before they are made. Each object of the level
            // stands in the answer at least once.
            of_level = of_level.saturating_add(size.objects);
            if of_level > run.budget {
                return Err(GiveUp);
            }
        }
        let below = loaded.into_iter().filter_map(|value| match value {
            Loaded::Objects(answered) => Some(answered),
            Loaded::Nothing | Loaded::Leaves(_) => None,
        });
        Ok(Fragments { json, ends, below: below.collect(), sizes })
    }
}
