//! A level of nouns of any kind: each kind is loaded at once and answered by a selection of its own, and the answers stand in
//! the order of the parents.

use std::collections::{HashMap, hash_map::Entry};

use domain::{Id, Kind};
use futures::{
    FutureExt,
    future::{BoxFuture, try_join_all},
};
use persistence::ColumnSet;

use crate::{
    definition::{
        abstract_type::{LoadNounRefs, NounRef, NounRefs},
        argument::ArgumentValues,
        field::{Below, FieldContext},
    },
    objects::noun::{NounType, ViewedNoun},
    plan::{
        level::{Answered, Level, OfParent, Place},
        selection::{Fragments, GiveUp, Run, Selection, get_all},
    },
};

/// The nouns to which a field of an abstract type leads, and what is selected of each kind.
pub(crate) struct AbstractLevel<T: 'static> {
    pub(crate) load: &'static LoadNounRefs<T>,
    pub(crate) type_name: &'static str,
    pub(crate) kinds: Vec<(Kind, Box<dyn KindLevel>)>,
}

/// What is selected of the nouns of a kind.
pub(crate) trait KindLevel: Send + Sync {
    /// Loads these nouns, each of which stands there once.
    fn load<'a>(
        &'a self,
        run: &'a Run<'a>,
        nouns: &'a [NounRef],
    ) -> BoxFuture<'a, Result<Box<dyn LoadedNouns + 'a>, GiveUp>>;
}

/// Nouns of a kind that were loaded.
pub(crate) trait LoadedNouns: Send + Sync {
    /// The places of those that were asked for; none of one that the view does not know.
    fn places(&self) -> &[Option<usize>];

    /// Answers for them.
    fn answer<'a>(&'a self, run: &'a Run<'a>) -> BoxFuture<'a, Result<Fragments, GiveUp>>;
}

/// What is selected of nouns of a kind.
pub(crate) struct NounLevel<N: NounType> {
    pub(crate) selection: Selection<ViewedNoun<N>>,
}

struct Loaded<'a, N: NounType> {
    selection: &'a Selection<ViewedNoun<N>>,
    nouns: Vec<ViewedNoun<N>>,
    places: Vec<Option<usize>>,
}

impl<N: NounType> KindLevel for NounLevel<N> {
    fn load<'a>(
        &'a self,
        run: &'a Run<'a>,
        nouns: &'a [NounRef],
    ) -> BoxFuture<'a, Result<Box<dyn LoadedNouns + 'a>, GiveUp>> {
        async move {
            let arguments = ArgumentValues::new(Vec::new());
            let below = Below::Columns(self.selection.columns(run));
            let field = FieldContext { request: run.request, arguments: &arguments, below, level: run.level };
            let asked: Vec<_> =
                nouns.iter().map(|NounRef { view, id }| Some((*view, Id::<N>::from_raw(id.raw)))).collect();
            let mut loaded = Loaded { selection: &self.selection, nouns: Vec::new(), places: Vec::new() };
            for noun in field.load_nouns(&asked).await.map_err(|_| GiveUp)? {
                loaded.places.push(noun.is_some().then_some(loaded.nouns.len()));
                loaded.nouns.extend(noun);
            }
            let loaded: Box<dyn LoadedNouns + 'a> = Box::new(loaded);
            Ok(loaded)
        }
        .boxed()
    }
}

impl<N: NounType> LoadedNouns for Loaded<'_, N> {
    fn places(&self) -> &[Option<usize>] {
        &self.places
    }

    fn answer<'a>(&'a self, run: &'a Run<'a>) -> BoxFuture<'a, Result<Fragments, GiveUp>> {
        async move {
            let nouns: Vec<&ViewedNoun<N>> = self.nouns.iter().collect();
            self.selection.answer(run, &nouns).await
        }
        .boxed()
    }
}

/// The nouns of a level, by their kinds, each once.
struct ByKind<'a> {
    kinds: &'a [(Kind, Box<dyn KindLevel>)],
    nouns: Vec<Vec<NounRef>>,
    places: HashMap<(usize, i64), usize>,
}

impl ByKind<'_> {
    /// Which of the kinds a noun is of, and its place among the nouns of that; `None` if it is of no kind of the type.
    fn place(&mut self, noun: NounRef) -> Option<(usize, usize)> {
        let kind = self.kinds.iter().position(|(kind, _)| *kind == noun.id.kind)?;
        // All nouns of a level are seen under one view.
        let at = match self.places.entry((kind, noun.id.raw)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                self.nouns[kind].push(noun);
                *new.insert(self.nouns[kind].len() - 1)
            }
        };
        Some((kind, at))
    }
}

impl<T: Send + Sync> Level<T> for AbstractLevel<T> {
    fn columns(&self, _: &Run<'_>) -> ColumnSet {
        ColumnSet::ALL
    }

    fn answer<'a>(
        &'a self,
        run: &'a Run<'a>,
        objects: &'a [&'a T],
        arguments: &'a ArgumentValues,
    ) -> BoxFuture<'a, Result<Answered, GiveUp>> {
        async move {
            let below = Below::Columns(ColumnSet::LEAST);
            let field = FieldContext { request: run.request, arguments, below, level: run.level };
            let refs = get_all(objects.iter().map(|object| (self.load)(object, &field)).collect()).await?;
            let nouns = self.kinds.iter().map(|_| Vec::new()).collect();
            let mut by_kind = ByKind { kinds: &self.kinds, nouns, places: HashMap::new() };
            let mut asked = Vec::with_capacity(refs.len());
            for refs in refs {
                asked.push(match refs {
                    NounRefs::One(noun) => Asked::One(noun.and_then(|noun| by_kind.place(noun))),
                    NounRefs::Many(nouns) => {
                        let place = |noun: async_graphql::Result<Option<NounRef>>| match noun {
                            Ok(noun) => Ok(noun.and_then(|noun| by_kind.place(noun))),
                            Err(_) => Err(GiveUp),
                        };
                        Asked::Many(nouns.into_iter().map(place).collect::<Result<_, _>>()?)
                    }
                });
            }
            let nouns = by_kind.nouns;
            // Of most kinds there are none: these have nothing to load, nor levels below.
            let kinds: Vec<usize> = (0..nouns.len()).filter(|kind| !nouns[*kind].is_empty()).collect();
            let loading = kinds.iter().map(|kind| self.kinds[*kind].1.load(run, &nouns[*kind]));
            let loaded = try_join_all(loading.collect::<Vec<_>>()).await?;
            let found = loaded.iter().map(|kind| kind.places().iter().flatten().count()).sum();
            run.end_level(Some((self.type_name, found)));
            let fragments = try_join_all(loaded.iter().map(|kind| kind.answer(run)).collect::<Vec<_>>()).await?;
            let place = |asked: Option<(usize, usize)>| {
                let (kind, at) = asked?;
                let of = kinds.binary_search(&kind).ok()?;
                loaded[of].places()[at].map(|at| Place { of, at })
            };
            let mut answered = Answered { fragments, items: Vec::new(), of_parents: Vec::with_capacity(asked.len()) };
            for asked in asked {
                let of_parent = match asked {
                    Asked::One(one) => place(one).map_or(OfParent::Null, OfParent::One),
                    Asked::Many(many) => {
                        let start = answered.items.len();
                        answered.items.extend(many.into_iter().map(place));
                        OfParent::Many(start, answered.items.len())
                    }
                };
                answered.of_parents.push(of_parent);
            }
            Ok(answered)
        }
        .boxed()
    }
}

/// To which nouns a parent leads: the kind of each, and its place among those of the kind.
enum Asked {
    One(Option<(usize, usize)>),
    Many(Vec<Option<(usize, usize)>>),
}
