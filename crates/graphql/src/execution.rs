//! Requests as they run: what resolvers share, what fails, how the answer is completed, and the feed of revisions.

pub(crate) mod answer;
pub(crate) mod backend;
pub(crate) mod context;
pub(crate) mod error;
pub(crate) mod error_code;
pub(crate) mod error_path;
pub(crate) mod extensions;
pub(crate) mod feed;
pub(crate) mod operation;
pub(crate) mod prepared;
pub(crate) mod scenario;
pub(crate) mod trace;
