//! What stands in git alone: what a clone proves, what every way of cheating leaves behind, and what gives a lost index back.

#[path = "../common/mod.rs"]
mod common;

mod forged_rules;
mod forgery;
mod rebuild;
mod rewritten;
mod verify;
