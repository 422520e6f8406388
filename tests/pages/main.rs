//! The pages as people use them, on the real router over a real repository.

#[path = "../common/mod.rs"]
mod common;

mod attachments;
mod bulk;
mod crowd;
mod door;
mod french;
mod governance;
mod history;
mod live;
mod proposals;
mod reading;
mod releases;
mod search;
mod writing;
