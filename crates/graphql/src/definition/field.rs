//! A field of a type: what it is called, what it means, and how its value is got.

use async_graphql::{Error, OutputType, Pos, SelectionField, ServerError, registry::Registry};
use domain::{Id, View};
use futures::{FutureExt, future::BoxFuture};
use persistence::{ColumnSet, Parts};

use crate::{
    batching::{batches::Loader, loaders::NounLoader},
    definition::{
        argument::{Argument, ArgumentValues},
        leaf::Leaf,
        object_type::object_type,
        resolver::AnyChildren,
    },
    execution::{
        context::{ContextExt, RequestContext},
        trace::LevelNumber,
    },
    objects::noun::{NounType, ViewedNoun},
    plan::{
        compile::{Compiler, Occurrence},
        level::{HeldLevel, Level},
    },
};

/// A field of objects of type `T`.
pub(crate) struct Field<T: 'static> {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// What to use instead and when it goes, if it is deprecated.
    pub(crate) deprecation: Option<&'static str>,
    pub(crate) arguments: Vec<Argument>,
    /// For how many items of a list a request is charged in advance.
    pub(crate) expected_size: Option<u32>,
    /// What it looks at of the noun that was read for it.
    pub(crate) columns: FieldColumns,
    pub(crate) source: Source<T>,
}

/// What a field looks at of the noun that was read for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldColumns {
    /// The column of its name, if there is one; all of them otherwise.
    ByName,
    /// These.
    These(ColumnSet),
    /// What the fields that are selected below it look at.
    Below,
}

impl FieldColumns {
    /// The columns, where those below are looked at or the field does not say.
    pub(crate) fn or(self, below: ColumnSet) -> ColumnSet {
        match self {
            FieldColumns::These(columns) => columns,
            FieldColumns::ByName => ColumnSet::ALL,
            FieldColumns::Below => below,
        }
    }
}

/// How the value of a field of objects of type `T` is got.
pub(crate) enum Source<T: 'static> {
    /// A value without fields, of which the object knows all.
    Leaf(LeafType, GetLeaf<T>),
    /// A value without fields for which something is loaded, or that depends on arguments.
    LoadedLeaf(LeafType, LoadLeaf<T>),
    /// One object or more.
    Objects(Box<dyn ObjectSource<T>>),
}

impl<T> Source<T> {
    /// Whether the value may be null.
    pub(crate) fn is_nullable(&self) -> bool {
        match self {
            Source::Leaf(ty, _) | Source::LoadedLeaf(ty, _) => ty.is_nullable,
            Source::Objects(objects) => objects.is_nullable(),
        }
    }
}

/// The type of a value without fields.
#[derive(Clone, Copy)]
pub(crate) struct LeafType {
    /// Adds it to the schema, and gives how it is written.
    pub(crate) register: fn(&mut Registry) -> String,
    pub(crate) is_nullable: bool,
}

impl LeafType {
    /// The type of a `V`.
    pub(crate) fn of<V: OutputType>() -> Self {
        LeafType { register: V::create_type_info, is_nullable: !V::qualified_type_name().ends_with('!') }
    }
}

pub(crate) type GetLeaf<T> = Box<dyn for<'a> Fn(&'a T) -> Leaf<'a> + Send + Sync>;

pub(crate) type LoadLeaf<T> =
    Box<dyn for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Leaf<'static>> + Send + Sync>;

/// A field whose values have fields themselves.
pub(crate) trait ObjectSource<T>: Send + Sync {
    /// Adds the type of the values to the schema, and gives how that of the field is written.
    fn register(&self, registry: &mut Registry) -> String;

    /// Whether the value may be null.
    fn is_nullable(&self) -> bool;

    /// What is selected below the field.
    fn below<'a>(&self, field: SelectionField<'a>) -> Below<'a>;

    /// What is selected below the field, compiled; `None` if some of it has no planned form.
    fn plan<'a>(&'static self, compiler: &Compiler<'a>, sets: &[Occurrence<'a>]) -> Option<Box<dyn Level<T>>>;

    /// The objects to which the field of one object leads.
    fn load<'a>(&'a self, object: &'a T, field: &'a FieldContext<'a>) -> Loading<'a, AnyChildren>;
}

/// What a field knows when its value is got.
pub(crate) struct FieldContext<'a> {
    pub(crate) request: &'a RequestContext,
    pub(crate) arguments: &'a ArgumentValues,
    pub(crate) below: Below<'a>,
    /// The level for which it is got, in a run of a plan that is traced.
    pub(crate) level: Option<LevelNumber>,
}

/// What is selected below a field.
#[derive(Clone, Copy)]
pub(crate) enum Below<'a> {
    /// What looks at these columns of a noun that is read for it.
    Columns(ColumnSet),
    /// What is selected below this field, whose objects may be of several types.
    Fields(SelectionField<'a>),
}

impl ContextExt for FieldContext<'_> {
    fn request_context(&self) -> &RequestContext {
        self.request
    }

    fn level(&self) -> Option<LevelNumber> {
        self.level
    }
}

impl FieldContext<'_> {
    /// The columns that are looked at by what is selected below the field, of nouns of a kind to which it leads.
    pub(crate) fn columns_below<N: NounType>(&self) -> ColumnSet {
        match self.below {
            Below::Columns(columns) => columns,
            Below::Fields(field) => object_type::<ViewedNoun<N>>().columns_of(field),
        }
    }

    /// The nouns with these ids, in their order, each under its view; `None` where there is no id, or the view knows none.
    pub(crate) async fn load_nouns<N: NounType>(
        &self,
        asked: &[Option<(View, Id<N>)>],
    ) -> async_graphql::Result<Vec<Option<ViewedNoun<N>>>> {
        let columns = self.columns_below::<N>();
        let ids: Vec<Option<(View, i64)>> = asked.iter().map(|id| id.map(|(view, id)| (view, id.raw))).collect();
        let found = self.load_under_views(&ids, columns, NounLoader::<N>::new).await?;
        let viewed =
            |(asked, noun): (&Option<(View, _)>, Option<_>)| Some(ViewedNoun { view: asked.as_ref()?.0, noun: noun? });
        Ok(asked.iter().zip(found).map(viewed).collect())
    }

    /// The values of ids, in their order, each loaded under its view; `None` where there is no id, or no value.
    pub(crate) async fn load_under_views<L: Loader>(
        &self,
        asked: &[Option<(View, i64)>],
        columns: ColumnSet,
        loader: impl Fn(View) -> L,
    ) -> async_graphql::Result<Vec<Option<L::Value>>> {
        let mut found: Vec<Option<L::Value>> = asked.iter().map(|_| None).collect();
        let mut left: Vec<usize> = (0..asked.len()).filter(|at| asked[*at].is_some()).collect();
        // All objects of a level are seen under one view, so that this is done once.
        while let Some((view, _)) = left.first().and_then(|at| asked[*at]) {
            let of_view: Vec<usize> = left.extract_if(.., |at| asked[*at].is_some_and(|(of, _)| of == view)).collect();
            let ids: Vec<i64> = of_view.iter().filter_map(|at| Some(asked[*at]?.1)).collect();
            for (at, value) in of_view.into_iter().zip(self.load_all_columns(loader(view), &ids, columns).await?) {
                found[at] = value;
            }
        }
        Ok(found)
    }

    /// The noun with this id; `None` if the view knows none.
    pub(crate) async fn load_noun<N: NounType>(
        &self,
        view: View,
        id: Id<N>,
    ) -> async_graphql::Result<Option<ViewedNoun<N>>> {
        let found = self.load_columns(NounLoader::new(view), id.raw, self.columns_below::<N>()).await?;
        Ok(found.map(|noun| ViewedNoun { view, noun }))
    }
}

/// The parts of an owner, each as an object.
pub(crate) fn load_parts<'a, P: Parts, U: Send + 'static>(
    ctx: &'a FieldContext<'a>,
    view: View,
    owner: i64,
    object: fn(View, &P) -> U,
) -> Loading<'a, Vec<U>> {
    Loading::later(async move {
        let parts = ctx.load_parts::<P>(view, owner).await?;
        Ok(parts.iter().map(|part| object(view, part)).collect())
    })
}

/// Why a field has no value.
#[derive(Debug)]
pub(crate) enum FieldError {
    /// What is wrong with the field.
    OfField(Error),
    /// What is wrong at a place of its own: an argument, or a field below it.
    Elsewhere(ServerError),
}

impl From<Error> for FieldError {
    fn from(error: Error) -> Self {
        FieldError::OfField(error)
    }
}

impl From<ServerError> for FieldError {
    fn from(error: ServerError) -> Self {
        FieldError::Elsewhere(error)
    }
}

impl FieldError {
    /// The error of a field that stands at this place of the document.
    pub(crate) fn into_server_error(self, field: Pos) -> ServerError {
        match self {
            FieldError::OfField(error) => error.into_server_error(field),
            FieldError::Elsewhere(error) => error,
        }
    }
}

/// The value of a field, or why there is none.
pub(crate) type FieldResult<T> = Result<T, FieldError>;

/// The value of a field, as soon as it is there.
pub(crate) enum Loading<'a, V> {
    /// Nothing had to be loaded.
    Now(FieldResult<V>),
    /// It waits for a batch.
    Later(BoxFuture<'a, FieldResult<V>>),
}

impl<'a, V: Send + 'a> Loading<'a, V> {
    /// What a future gives.
    pub(crate) fn later(value: impl Future<Output = FieldResult<V>> + Send + 'a) -> Self {
        Loading::Later(value.boxed())
    }

    /// The same, of another type.
    pub(crate) fn map<W>(self, into: impl FnOnce(V) -> W + Send + 'a) -> Loading<'a, W> {
        match self {
            Loading::Now(value) => Loading::Now(value.map(into)),
            Loading::Later(value) => Loading::Later(value.map(|value| value.map(into)).boxed()),
        }
    }

    /// Waits for it.
    pub(crate) async fn get(self) -> FieldResult<V> {
        match self {
            Loading::Now(value) => value,
            Loading::Later(value) => value.await,
        }
    }
}

impl<T> Field<T> {
    /// The same field of objects that hold a `T`.
    pub(crate) fn of<U: Send + Sync + 'static>(self, held: fn(&U) -> &T) -> Field<U>
    where
        T: Send + Sync,
    {
        let source = match self.source {
            Source::Leaf(leaf_type, get) => Source::Leaf(leaf_type, Box::new(move |it| get(held(it)))),
            Source::LoadedLeaf(leaf_type, load) => {
                Source::LoadedLeaf(leaf_type, Box::new(move |it, field| load(held(it), field)))
            }
            Source::Objects(objects) => Source::Objects(Box::new(Held { objects, held })),
        };
        let Field { name, description, deprecation, arguments, expected_size, columns, .. } = self;
        Field { name, description, deprecation, arguments, expected_size, columns, source }
    }
}

/// Objects of a field of what another object holds.
struct Held<U, T: 'static> {
    objects: Box<dyn ObjectSource<T>>,
    held: fn(&U) -> &T,
}

impl<U: Send + Sync, T: Send + Sync> ObjectSource<U> for Held<U, T> {
    fn register(&self, registry: &mut Registry) -> String {
        self.objects.register(registry)
    }

    fn is_nullable(&self) -> bool {
        self.objects.is_nullable()
    }

    fn below<'a>(&self, field: SelectionField<'a>) -> Below<'a> {
        self.objects.below(field)
    }

    fn plan<'a>(&'static self, compiler: &Compiler<'a>, sets: &[Occurrence<'a>]) -> Option<Box<dyn Level<U>>> {
        let level = self.objects.plan(compiler, sets)?;
        Some(Box::new(HeldLevel { level, held: self.held }))
    }

    fn load<'a>(&'a self, object: &'a U, field: &'a FieldContext<'a>) -> Loading<'a, AnyChildren> {
        self.objects.load((self.held)(object), field)
    }
}
