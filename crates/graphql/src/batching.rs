//! Batching: what the resolvers of a level need is read by one statement.

pub(crate) mod batches;
#[cfg(test)]
mod dataloader_crate;
pub(crate) mod loaders;
