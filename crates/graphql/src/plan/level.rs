//! A level of a plan: the objects to which a field leads, from all objects that have it.

use std::collections::hash_map::Entry;

use futures::{FutureExt, future::BoxFuture};
use persistence::{ColumnSet, IdMap};

use crate::{
    definition::{
        argument::ArgumentValues,
        field::{Below, FieldContext},
        object_type::ObjectType,
        resolver::{Children, LoadChildren},
    },
    plan::selection::{Fragments, GiveUp, Run, Selection, Size, get_all},
};

/// The objects to which a field leads, and what is selected of them.
pub(crate) trait Level<T>: Send + Sync {
    /// What is looked at of the nouns that are read for it.
    fn columns(&self, run: &Run<'_>) -> ColumnSet;

    /// Loads and answers it for all objects that have the field.
    fn answer<'a>(
        &'a self,
        run: &'a Run<'a>,
        objects: &'a [&'a T],
        arguments: &'a ArgumentValues,
    ) -> BoxFuture<'a, Result<Answered, GiveUp>>;
}

/// The answers of a level: the distinct objects, those of each type by themselves, and which of them each parent leads to.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) fragments: Vec<Fragments>,
    /// The objects of lists, one list after the other.
    pub(crate) items: Vec<Option<Place>>,
    pub(crate) of_parents: Vec<OfParent>,
}

/// An object of a level: of which type, and which one of that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) of: usize,
    pub(crate) at: usize,
}

/// What stands in the answer where there is no object.
const NULL: &[u8] = b"null";

/// Where a parent leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OfParent {
    Null,
    /// To this object.
    One(Place),
    /// To the items in this range.
    Many(usize, usize),
}

impl Answered {
    /// Appends what a parent leads to.
    pub(crate) fn write(&self, parent: usize, json: &mut Vec<u8>) {
        match self.of_parents[parent] {
            OfParent::Null => self.write_object(None, json),
            OfParent::One(place) => self.write_object(Some(place), json),
            OfParent::Many(start, end) => {
                json.push(b'[');
                for (n, place) in self.items[start..end].iter().enumerate() {
                    if n > 0 {
                        json.push(b',');
                    }
                    self.write_object(*place, json);
                }
                json.push(b']');
            }
        }
    }

    fn write_object(&self, place: Option<Place>, json: &mut Vec<u8>) {
        match place {
            Some(Place { of, at }) => self.fragments[of].write(at, json),
            None => json.extend_from_slice(NULL),
        }
    }

    /// What that comes to.
    pub(crate) fn size(&self, parent: usize) -> Size {
        match self.of_parents[parent] {
            OfParent::Null => self.size_of_object(None),
            OfParent::One(place) => self.size_of_object(Some(place)),
            OfParent::Many(start, end) => {
                let items = &self.items[start..end];
                let mut size = Size::of_bytes(2 + items.len().saturating_sub(1));
                items.iter().for_each(|place| size.add(self.size_of_object(*place)));
                size
            }
        }
    }

    fn size_of_object(&self, place: Option<Place>) -> Size {
        place.map_or(Size::of_bytes(NULL.len()), |Place { of, at }| self.fragments[of].size(at))
    }
}

/// A level of what another object holds.
pub(crate) struct HeldLevel<U, T: 'static> {
    pub(crate) level: Box<dyn Level<T>>,
    pub(crate) held: fn(&U) -> &T,
}

impl<U: Send + Sync, T: Send + Sync> Level<U> for HeldLevel<U, T> {
    fn columns(&self, run: &Run<'_>) -> ColumnSet {
        self.level.columns(run)
    }

    fn answer<'a>(
        &'a self,
        run: &'a Run<'a>,
        objects: &'a [&'a U],
        arguments: &'a ArgumentValues,
    ) -> BoxFuture<'a, Result<Answered, GiveUp>> {
        async move {
            let held: Vec<&T> = objects.iter().map(|object| (self.held)(object)).collect();
            self.level.answer(run, &held, arguments).await
        }
        .boxed()
    }
}

/// The objects of type `U` to which a field of objects of type `T` leads.
pub(crate) struct LevelOf<T: 'static, U: 'static> {
    pub(crate) load: &'static LoadChildren<T, U>,
    pub(crate) selection: Selection<U>,
}

/// Objects without those that are there already.
struct Distinct<U: 'static> {
    ty: &'static ObjectType<U>,
    objects: Vec<U>,
    places: IdMap<usize>,
}

impl<U> Distinct<U> {
    /// The place of an object.
    fn place(&mut self, object: U) -> usize {
        let next = self.objects.len();
        if let Some(identity) = self.ty.identity {
            match self.places.entry(identity(&object)) {
                Entry::Occupied(known) => return *known.get(),
                Entry::Vacant(new) => new.insert(next),
            };
        }
        self.objects.push(object);
        next
    }
}

impl<T: Send + Sync, U: Send + Sync> Level<T> for LevelOf<T, U> {
    fn columns(&self, run: &Run<'_>) -> ColumnSet {
        self.selection.columns(run)
    }

    fn answer<'a>(
        &'a self,
        run: &'a Run<'a>,
        objects: &'a [&'a T],
        arguments: &'a ArgumentValues,
    ) -> BoxFuture<'a, Result<Answered, GiveUp>> {
        async move {
            let below = Below::Columns(self.columns(run));
            let field = FieldContext { request: run.request, arguments, below, level: run.level };
            let children = match self.load {
                LoadChildren::Each(load) => {
                    get_all(objects.iter().map(|object| load(object, &field)).collect()).await?
                }
                LoadChildren::Level(load) => load(objects, &field).await.map_err(|_| GiveUp)?,
            };
            self.selection.answer_children(run, children).await
        }
        .boxed()
    }
}

impl<U: Send + Sync> Selection<U> {
    /// Answers for the objects to which each parent leads, for equal ones once.
    fn answer_children<'a>(
        &'a self,
        run: &'a Run<'a>,
        children: Vec<Children<U>>,
    ) -> BoxFuture<'a, Result<Answered, GiveUp>> {
        async move {
            let mut distinct =
                Distinct { ty: self.ty, objects: Vec::with_capacity(children.len()), places: IdMap::default() };
            let mut items = Vec::new();
            let mut of_parents = Vec::with_capacity(children.len());
            for children in children {
                let mut place = |object| Place { of: 0, at: distinct.place(object) };
                let start = items.len();
                of_parents.push(match children {
                    Children::Null => OfParent::Null,
                    Children::One(object) => OfParent::One(place(object)),
                    Children::Many(objects) => {
                        items.extend(objects.into_iter().map(|object| Some(place(object))));
                        OfParent::Many(start, items.len())
                    }
                    Children::ManyOptional(objects) => {
                        items.extend(objects.into_iter().map(|object| object.map(&mut place)));
                        OfParent::Many(start, items.len())
                    }
                });
            }
            let objects: Vec<&U> = distinct.objects.iter().collect();
            run.end_level(Some((&self.ty.name, objects.len())));
            let fragments = vec![self.answer(run, &objects).await?];
            Ok(Answered { fragments, items, of_parents })
        }
        .boxed()
    }
}
