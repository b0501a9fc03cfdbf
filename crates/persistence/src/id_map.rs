//! Maps whose keys are ids of rows.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// What is known of facts, by their ids. Its hashes cost a tenth of those of the standard library, which every row of an
/// answer is looked up by several times; they have a secret of the process, too.
pub type IdMap<V> = HashMap<i64, V, RandomState>;
