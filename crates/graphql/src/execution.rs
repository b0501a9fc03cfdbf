//! Requests as they run: what resolvers share, what fails, how the answer is completed, and the feed of revisions.

pub(crate) mod context;
pub(crate) mod error;
pub(crate) mod error_path;
pub(crate) mod execute;
pub(crate) mod feed;
