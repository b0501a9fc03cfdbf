//! Planned reads: an operation compiled once into levels, which are loaded for all their objects together and written as
//! JSON at once.
//!
//! A plan is another driver of the tables in `definition`: it calls the functions that the resolvers call, so what it answers
//! is what they answer. Where it cannot, the resolvers answer the whole operation: an operation that it has no form for is
//! not compiled, and one in which anything goes wrong is run again by them, which word the error (docs/decisions/0040).

pub(crate) mod abstract_level;
pub(crate) mod compile;
pub(crate) mod json;
pub(crate) mod level;
pub(crate) mod selection;
pub(crate) mod size;
