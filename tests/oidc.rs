//! Signing in by an identity provider: by a real one over real HTTP, and against one that lies.

mod common;

#[path = "oidc/hostile.rs"]
mod hostile;
#[path = "oidc/hosts.rs"]
mod hosts;
#[path = "oidc/real.rs"]
mod real;
