//! What people decide, and what becomes of it in git: the main loop, proposals, releases, what comes after, and the rules themselves.

#[path = "../common/mod.rs"]
mod common;

mod after;
mod at_once;
mod attachments;
mod eyes;
mod governance;
mod main_loop;
mod proposals;
mod releases;
mod updates;
mod waiting;
