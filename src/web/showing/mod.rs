//! From the domain to view models: the words in which pages say what the register holds.

pub mod diff;

pub mod fields;

pub mod filters;

pub mod form;

pub mod history;

pub mod parts;

pub mod reasons;

pub mod releases;

pub mod review;

pub mod talk;
pub mod targets;

pub mod policy_change;

pub mod standing;

pub mod words;
