//! What the source and the documents promise of themselves.

#[path = "../common/mod.rs"]
mod common;

mod errors;
mod languages;
mod layers;
mod policy;
