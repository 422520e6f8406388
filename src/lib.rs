//! Countersign: a git-backed editorial workflow server.
//!
//! To countersign is to add a second signature to a document, so that no one person can make it official alone. The modules below are listed in
//! reading order; a module may name those above it, never those below. The heart (`record` to `check`) is pure: no git, SQL, HTTP or clock.

pub mod id;
pub mod refusal;

pub mod language;

pub mod record;

pub mod policy;

pub mod version;

pub mod check;

pub mod ledger;

pub mod repository;

pub mod index;

pub mod review;

pub mod publish;

pub mod demo;

pub mod hosting;

pub mod web;

pub mod config;
pub mod data;

pub mod app;
pub mod cli;
