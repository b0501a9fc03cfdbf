//! What the objects of the nouns share: their common fields, ids, scalars, words, and the revisions.

pub(crate) mod localized_text;
pub(crate) mod location;
pub(crate) mod node;
pub(crate) mod noun;
pub(crate) mod noun_kind;
pub(crate) mod outline;
pub(crate) mod register_code;
pub(crate) mod release;
pub(crate) mod revision;
pub(crate) mod scalar;
pub(crate) mod scenario_change;
pub(crate) mod subject;
pub(crate) mod tie;
pub(crate) mod word;
