//! Objects under async-graphql's executor: one resolver for every field of every type, which reads the tables.

use std::borrow::Cow;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, OutputType, Positioned, Result, SelectionField, ServerResult, Value,
    parser::types::Field as DocumentField,
    registry::Registry,
    resolver_utils::{resolve_container, resolve_list},
};
use futures::{
    FutureExt,
    future::{BoxFuture, ready},
};
use persistence::ColumnSet;

use crate::{
    definition::{
        argument::ArgumentValues,
        field::{Below, Field, FieldContext, FieldError, FieldResult, Loading, ObjectSource, Source},
        leaf::Leaf,
        object_type::ObjectType,
        registry::register_object,
    },
    execution::context::ContextExt,
    plan::{
        compile::{Compiler, Occurrence},
        level::{Level, LevelOf},
    },
};

/// An object of whatever type, as async-graphql's executor has it: one type for all, so that its code is made once.
pub(crate) struct AnyObject(Box<dyn Resolve>);

impl AnyObject {
    /// An object of a type.
    pub(crate) fn new<T: Send + Sync>(object: T, ty: &'static ObjectType<T>) -> Self {
        AnyObject(Box::new(Typed { object, ty }))
    }
}

/// Objects of whatever type, to which a field leads.
pub(crate) enum AnyChildren {
    Null,
    One(AnyObject),
    Many(Vec<AnyObject>),
    /// Each may be missing, or have an error of its own.
    ManyOptional(Vec<Result<Option<AnyObject>>>),
}

trait Resolve: Send + Sync {
    fn type_name(&self) -> Cow<'static, str>;

    fn resolve_field<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Option<Value>>>;
}

/// An object with its type.
struct Typed<T: 'static> {
    object: T,
    ty: &'static ObjectType<T>,
}

impl<T: Send + Sync> Resolve for Typed<T> {
    fn type_name(&self) -> Cow<'static, str> {
        self.ty.name.clone()
    }

    fn resolve_field<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Option<Value>>> {
        self.ty.resolve_field(&self.object, ctx)
    }
}

impl OutputType for AnyObject {
    /// Of no use: what a type is called, its objects know.
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("")
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.type_name()
    }

    fn create_type_info(_: &mut Registry) -> String {
        Self::type_name().into_owned()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<DocumentField>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ContainerType for AnyObject {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await
    }
}

impl<T: Send + Sync> ObjectType<T> {
    /// The value of the field of an object that is resolved; `None` if the type has no such field.
    pub(crate) fn resolve_field<'a>(
        &'a self,
        object: &'a T,
        ctx: &'a Context<'a>,
    ) -> BoxFuture<'a, ServerResult<Option<Value>>> {
        match self.field(ctx.item.node.name.node.as_str()) {
            None => ready(Ok(None)).boxed(),
            Some(Field { source: Source::Leaf(_, get), .. }) => ready(Ok(Some(get(object).into_value()))).boxed(),
            Some(field) => field.resolve(object, ctx).map(|value| value.map(Some)).boxed(),
        }
    }
}

impl<T: Send + Sync> Field<T> {
    async fn resolve(&self, object: &T, ctx: &Context<'_>) -> ServerResult<Value> {
        let below = match &self.source {
            Source::Objects(objects) => objects.below(ctx.field()),
            _ => Below::Columns(ColumnSet::LEAST),
        };
        let arguments = match ArgumentValues::of_field(&self.arguments, ctx) {
            Ok(arguments) => arguments,
            Err(error) => return answer_field(Err(error.into()), self.source.is_nullable(), ctx),
        };
        let field = FieldContext { request: ctx.request_context(), arguments: &arguments, below, level: None };
        let value = match &self.source {
            Source::Leaf(_, get) => Ok(get(object).into_value()),
            Source::LoadedLeaf(_, load) => load(object, &field).get().await.map(Leaf::into_value),
            Source::Objects(objects) => match objects.load(object, &field).get().await {
                Ok(children) => resolve_children(children, ctx).await.map_err(FieldError::from),
                Err(error) => Err(error),
            },
        };
        answer_field(value, self.source.is_nullable(), ctx)
    }
}

/// What is selected of the objects to which a field leads.
async fn resolve_children(children: AnyChildren, ctx: &Context<'_>) -> ServerResult<Value> {
    let below = ctx.with_selection_set(&ctx.item.node.selection_set);
    match children {
        AnyChildren::Null => Ok(Value::Null),
        AnyChildren::One(object) => object.resolve(&below, ctx.item).await,
        AnyChildren::Many(objects) => {
            let length = objects.len();
            resolve_list(&below, ctx.item, objects, Some(length)).await
        }
        AnyChildren::ManyOptional(objects) => {
            let length = objects.len();
            // The library nulls an item that has an error.
            resolve_list(&below, ctx.item, objects.into_iter().map(Result::transpose), Some(length)).await
        }
    }
}

/// The answer of a field: one that may be null is null where it has an error, others take the object with them.
fn answer_field(value: FieldResult<Value>, is_nullable: bool, ctx: &Context<'_>) -> ServerResult<Value> {
    value.or_else(|error| {
        let error = error.into_server_error(ctx.item.pos);
        // One that comes from below has its path already.
        let error = if error.path.is_empty() { ctx.set_error_path(error) } else { error };
        match is_nullable {
            true => {
                ctx.add_error(error);
                Ok(Value::Null)
            }
            false => Err(error),
        }
    })
}

/// The objects to which a field leads.
pub(crate) enum Children<U> {
    /// None, where there might be one.
    Null,
    One(U),
    Many(Vec<U>),
    /// Each may be missing.
    ManyOptional(Vec<Option<U>>),
}

/// A number of values, as a type says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Multiplicity {
    One,
    OneOrNull,
    Many,
    /// Null where an argument is wrong, or the database fails.
    ManyOrNull,
    /// Each of which may be null.
    ManyOptional,
}

/// How the objects to which a field leads are got.
pub(crate) enum LoadChildren<T: 'static, U: 'static> {
    /// Those of each object by themselves.
    Each(LoadEach<T, U>),
    /// Those of all objects of a level together, in the order of these.
    Level(LoadLevel<T, U>),
}

pub(crate) type LoadEach<T, U> =
    Box<dyn for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Children<U>> + Send + Sync>;

pub(crate) type LoadLevel<T, U> = Box<
    dyn for<'a> Fn(&'a [&'a T], &'a FieldContext<'a>) -> BoxFuture<'a, FieldResult<Vec<Children<U>>>> + Send + Sync,
>;

impl<T: Send + Sync, U: Send + Sync> LoadChildren<T, U> {
    /// The objects to which the field of one object leads.
    fn of_one<'a>(&'a self, object: &'a T, field: &'a FieldContext<'a>) -> Loading<'a, Children<U>> {
        match self {
            LoadChildren::Each(load) => load(object, field),
            LoadChildren::Level(load) => Loading::later(async move {
                let children = load(&[object], field).await?.pop();
                Ok(children.expect("children for each object"))
            }),
        }
    }
}

pub(crate) type GetType<U> = Box<dyn Fn() -> &'static ObjectType<U> + Send + Sync>;

/// Objects of type `U`, to which a field of objects of type `T` leads.
pub(crate) struct Objects<T: 'static, U: 'static> {
    pub(crate) multiplicity: Multiplicity,
    /// Their type, which may lead back to that of the field.
    pub(crate) ty: GetType<U>,
    pub(crate) load: LoadChildren<T, U>,
}

impl<T: Send + Sync, U: Send + Sync> ObjectSource<T> for Objects<T, U> {
    fn register(&self, registry: &mut Registry) -> String {
        let name = register_object((self.ty)(), registry);
        match self.multiplicity {
            Multiplicity::One => format!("{name}!"),
            Multiplicity::OneOrNull => name,
            Multiplicity::Many => format!("[{name}!]!"),
            Multiplicity::ManyOrNull => format!("[{name}!]"),
            Multiplicity::ManyOptional => format!("[{name}]!"),
        }
    }

    fn is_nullable(&self) -> bool {
        matches!(self.multiplicity, Multiplicity::OneOrNull | Multiplicity::ManyOrNull)
    }

    fn below<'a>(&self, field: SelectionField<'a>) -> Below<'a> {
        Below::Columns((self.ty)().columns_of(field))
    }

    fn plan<'a>(&'static self, compiler: &Compiler<'a>, sets: &[Occurrence<'a>]) -> Option<Box<dyn Level<T>>> {
        let selection = compiler.selection((self.ty)(), sets)?;
        Some(Box::new(LevelOf { load: &self.load, selection }))
    }

    fn load<'a>(&'a self, object: &'a T, field: &'a FieldContext<'a>) -> Loading<'a, AnyChildren> {
        erase(self.load.of_one(object, field), (self.ty)())
    }
}

/// Objects of a type as objects of whatever type.
fn erase<'a, U: Send + Sync>(
    children: Loading<'a, Children<U>>,
    ty: &'static ObjectType<U>,
) -> Loading<'a, AnyChildren> {
    children.map(move |children| match children {
        Children::Null => AnyChildren::Null,
        Children::One(object) => AnyChildren::One(AnyObject::new(object, ty)),
        Children::Many(objects) => {
            AnyChildren::Many(objects.into_iter().map(|object| AnyObject::new(object, ty)).collect())
        }
        Children::ManyOptional(objects) => {
            let each = objects.into_iter().map(|object| Ok(object.map(|object| AnyObject::new(object, ty))));
            AnyChildren::ManyOptional(each.collect())
        }
    })
}
