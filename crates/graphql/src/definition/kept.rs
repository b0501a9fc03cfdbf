//! Tables, each made once and kept.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

/// The value of a type, made when it is first asked for.
pub(crate) fn kept<V: Any + Send + Sync>(make: fn() -> V) -> &'static V {
    static VALUES: LazyLock<RwLock<HashMap<TypeId, &'static (dyn Any + Send + Sync)>>> = LazyLock::new(RwLock::default);
    let known = VALUES.read().unwrap_or_else(PoisonError::into_inner).get(&TypeId::of::<V>()).copied();
    let known = known.unwrap_or_else(|| {
        // Made outside of the lock: a table may look at others.
        let made: &'static V = Box::leak(Box::new(make()));
        *VALUES.write().unwrap_or_else(PoisonError::into_inner).entry(TypeId::of::<V>()).or_insert(made)
    });
    known.downcast_ref().expect("a value is kept under its own type")
}
