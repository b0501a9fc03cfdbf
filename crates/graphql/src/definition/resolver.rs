//! Objects under async-graphql's executor: one resolver for every field of every type, which reads the tables.

use std::borrow::Cow;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, OutputType, Positioned, SelectionField, ServerResult, Value,
    parser::types::Field as DocumentField,
    registry::Registry,
    resolver_utils::{resolve_container, resolve_list},
};
use futures::{FutureExt, future::BoxFuture};
use persistence::ColumnSet;

use crate::{
    definition::{
        argument::ArgumentValues,
        field::{Below, Field, FieldContext, FieldResult, Loading, ObjectSource, Source},
        object_type::ObjectType,
        registry::register_object,
    },
    execution::context::ContextExt,
    plan::{
        compile::{Compiler, Occurrence},
        level::{Level, LevelOf},
    },
};

/// An object with its type.
pub(crate) struct Resolved<U: 'static> {
    pub(crate) object: U,
    pub(crate) ty: &'static ObjectType<U>,
}

impl<U: Send + Sync + 'static> OutputType for Resolved<U> {
    /// Of no use: what a type is called, its objects know.
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("")
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.ty.name.clone()
    }

    fn create_type_info(_: &mut Registry) -> String {
        Self::type_name().into_owned()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<DocumentField>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl<U: Send + Sync + 'static> ContainerType for Resolved<U> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        self.ty.resolve_field(&self.object, ctx).await
    }
}

impl<T: Send + Sync> ObjectType<T> {
    /// The value of the field of an object that is resolved; `None` if the type has no such field.
    pub(crate) async fn resolve_field(&self, object: &T, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        match self.field(ctx.item.node.name.node.as_str()) {
            Some(field) => field.resolve(object, ctx).await.map(Some),
            None => Ok(None),
        }
    }
}

impl<T: Send + Sync> Field<T> {
    async fn resolve(&self, object: &T, ctx: &Context<'_>) -> ServerResult<Value> {
        let (value, is_nullable) = match &self.source {
            Source::Leaf(_, get) => return Ok(get(object).into_value()),
            Source::LoadedLeaf(ty, load) => {
                let load_value = async {
                    let arguments = ArgumentValues::of_field(&self.arguments, ctx)?;
                    let request = ctx.request_context();
                    let below = Below::Columns(ColumnSet::LEAST);
                    let field = FieldContext { request, arguments: &arguments, below };
                    Ok(load(object, &field).get().await?.into_value())
                };
                (load_value.await, ty.is_nullable)
            }
            Source::Objects(objects) => {
                let load_value = async {
                    let arguments = ArgumentValues::of_field(&self.arguments, ctx)?;
                    let below = objects.below(ctx.field());
                    let field = FieldContext { request: ctx.request_context(), arguments: &arguments, below };
                    objects.resolve(object, &field, ctx).await
                };
                (load_value.await, objects.is_nullable())
            }
        };
        let value: FieldResult<Value> = value;
        match value.map_err(|error| error.into_server_error(ctx.item.pos)) {
            Ok(value) => Ok(value),
            Err(error) => {
                // One that comes from below has its path already.
                let error = if error.path.is_empty() { ctx.set_error_path(error) } else { error };
                match is_nullable {
                    true => {
                        ctx.add_error(error);
                        Ok(Value::Null)
                    }
                    false => Err(error),
                }
            }
        }
    }
}

/// The objects to which a field leads.
pub(crate) enum Children<U> {
    /// None, where there might be one.
    Null,
    One(U),
    Many(Vec<U>),
}

/// A number of values, as a type says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Multiplicity {
    One,
    OneOrNull,
    Many,
}

pub(crate) type LoadChildren<T, U> =
    Box<dyn for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Children<U>> + Send + Sync>;

/// Objects of type `U`, to which a field of objects of type `T` leads.
pub(crate) struct Objects<T, U: 'static> {
    pub(crate) multiplicity: Multiplicity,
    /// Their type, which may lead back to that of the field.
    pub(crate) ty: Box<dyn Fn() -> &'static ObjectType<U> + Send + Sync>,
    pub(crate) load: LoadChildren<T, U>,
}

impl<T: Send + Sync, U: Send + Sync> ObjectSource<T> for Objects<T, U> {
    fn register(&self, registry: &mut Registry) -> String {
        let name = register_object((self.ty)(), registry);
        match self.multiplicity {
            Multiplicity::One => format!("{name}!"),
            Multiplicity::OneOrNull => name,
            Multiplicity::Many => format!("[{name}!]!"),
        }
    }

    fn is_nullable(&self) -> bool {
        self.multiplicity == Multiplicity::OneOrNull
    }

    fn below<'a>(&self, field: SelectionField<'a>) -> Below<'a> {
        Below::Columns((self.ty)().columns_of(field))
    }

    fn plan<'a>(&'static self, compiler: &Compiler<'a>, sets: &[Occurrence<'a>]) -> Option<Box<dyn Level<T>>> {
        let selection = compiler.selection((self.ty)(), sets)?;
        Some(Box::new(LevelOf { load: &self.load, selection }))
    }

    fn resolve<'a>(
        &'a self,
        object: &'a T,
        field: &'a FieldContext<'a>,
        ctx: &'a Context<'a>,
    ) -> BoxFuture<'a, FieldResult<Value>> {
        async move {
            let ty = (self.ty)();
            let below = ctx.with_selection_set(&ctx.item.node.selection_set);
            match (self.load)(object, field).get().await? {
                Children::Null => Ok(Value::Null),
                Children::One(object) => Ok(Resolved { object, ty }.resolve(&below, ctx.item).await?),
                Children::Many(objects) => {
                    let length = objects.len();
                    let objects = objects.into_iter().map(|object| Resolved { object, ty });
                    Ok(resolve_list(&below, ctx.item, objects, Some(length)).await?)
                }
            }
        }
        .boxed()
    }
}
