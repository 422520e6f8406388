//! The program as operators and hosts meet it: its commands, its days and nights, a checkout beside it, a git host in front of it.

#[path = "../common/mod.rs"]
mod common;

mod command_line;
mod connect;
mod demo;
mod operations;
mod requests;
mod watch;
mod working_copy;
