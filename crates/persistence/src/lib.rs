//! The store: facts, revisions and views in SQLite and PostgreSQL. The only crate that knows SQL.
//!
//! Reads come in batches: nouns by ids ([`Store::by_ids`]), pages ([`Store::page`]), the ties of many parents
//! ([`Store::related`]) and their short lists ([`Store::parts`]), each in one statement under one view.
//! Writes are revisions ([`Store::draft`]): all or nothing, and nothing is overwritten.
//!
//! How a noun is kept stands in the file of its name: its columns, its conditions, the ties that lead to it.

mod breakdown;
mod bulk;
mod cancelling;
mod changes;
mod columns;
mod deferred_indexes;
mod dialect;
mod draft;
mod entity;
mod error;
mod export;
mod file_headers;
mod filter;
mod id_map;
mod known_days;
mod latest;
mod location;
mod names;
mod noun;
mod nouns;
mod open;
mod outline;
mod parts;
mod pooled;
mod postgres_reader;
mod postgres_rows;
mod readers;
mod recorded_since;
mod references;
mod relation;
mod revision_changes;
mod row;
mod row_values;
mod scenario;
mod search;
mod sqlite_reader;
mod statement;
mod statistics;
mod status;
mod store;
mod tie;
mod transaction_pipe;
mod upgrade;
mod view;
mod writer;

pub use breakdown::{
    BreakdownRow, Dimension, DimensionValue, DimensionValues, Dimensions, MAX_DIMENSIONS, NumberSummary,
};
pub use changes::{FactsForTests, Interval};
pub use columns::ColumnSet;
pub use draft::{Draft, Fact, Recorded, RecordedNoun};
pub use error::StoreError;
pub use export::ExportRow;
pub use id_map::IdMap;
pub use latest::Latest;
pub use noun::{ListRequest, Noun, NounCount, NounPage};
pub use nouns::admission::{AdmissionCount, AdmissionDimensions};
pub use nouns::way::StepTo;
pub use open::{Access, StoreOptions};
pub use parts::Parts;
pub use relation::*;
pub use scenario::Scenario;
pub use store::{Counts, Plan, StatementLog, StatementRun, Store};
pub use tie::{
    AnyLinked, AnyPage, AnyRelation, CITED_SOURCE, Linked, NODE_KIND, RelatedPage, Relation, TieCount, TieDimensions,
};
pub use upgrade::{Condition, Upgrade};
