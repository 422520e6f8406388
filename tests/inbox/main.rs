//! The inbox: who is told what and why, on pages, by the API, in a feed and by mail; never of their own acts, and nothing once the policy does not know them.

#[path = "../common/mod.rs"]
mod common;

mod feed;
mod letters;
mod told;
