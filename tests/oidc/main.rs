//! Signing in by an identity provider: by a real one over real HTTP, and against one that lies.

#[path = "../common/mod.rs"]
mod common;

mod hostile;
mod hosts;
mod real;
