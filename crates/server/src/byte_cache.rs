//! Caches that are bounded in bytes.

use std::hash::Hash;

use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter, sync::Cache, sync::DefaultLifecycle};

/// A cache whose values weigh what they take in bytes.
pub(crate) type ByteCache<K, V, W> = Cache<K, V, W, DefaultHashBuilder, DefaultLifecycle<K, V>>;

/// A cache of so many bytes, for values that take about `usual_bytes` each.
pub(crate) fn new_byte_cache<K, V, W>(max_bytes: u64, usual_bytes: u64, weighter: W) -> ByteCache<K, V, W>
where
    K: Eq + Hash,
    V: Clone,
    W: Weighter<K, V> + Clone,
{
    // One shard: the capacity is divided among shards, and a value must fit into one.
    let options = OptionsBuilder::new()
        .shards(1)
        .estimated_items_capacity(usize::try_from(max_bytes / usual_bytes).unwrap_or(usize::MAX).clamp(16, 1 << 20))
        .weight_capacity(max_bytes)
        .build()
        .expect("all that it needs is given");
    Cache::with_options(options, weighter, DefaultHashBuilder::default(), DefaultLifecycle::default())
}
