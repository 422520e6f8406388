//! Registers that this project did not make: their records, their history, their policies, and the whole way with the program.

#[path = "../common/mod.rs"]
mod common;

mod index;
mod init;
mod records;
mod story;
mod yaml_suite;
