//! The suite, one binary: GraphQL in, answers and statement counts out.

mod as_of;
mod attacks;
mod browser;
mod budget;
mod caching;
mod clients;
mod contract;
mod data_set;
mod documents;
mod federation;
mod filters;
mod input;
mod introspection;
mod licenses;
mod parity;
mod plans;
mod protocol;
mod queries;
mod references;
mod restart;
mod rust_client;
mod sockets;
mod storage;
mod upgrade;
mod walk;
