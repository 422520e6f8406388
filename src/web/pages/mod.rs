//! One view model for each page, holding exactly what the page shows.
//!
//! Every string here may come from a repository and is hostile until a template has escaped it. `|safe` stands in templates only before the partials
//! of [`parts`] and [`diff`] (templates themselves) and before [`crate::publish::html::SafeHtml`].

pub mod layout;

pub mod parts;

pub mod diff;

pub mod sign_in;

pub mod account;

pub mod set_up;

pub mod proposals;

pub mod update;

pub mod talk;

pub mod queue;

pub mod review;

pub mod bulk;

pub mod policy_change;

pub mod record;

pub mod targets;
pub mod telling;
pub mod tokens;
pub mod versions;

pub mod records;

pub mod releases;

pub mod edit;

pub mod propose;

pub mod filing;

pub mod activity;

pub mod inbox;

pub mod people;

pub mod health;

pub mod history;
pub mod hosting;

pub mod repositories;

pub mod errors;

#[cfg(test)]
mod ink;

#[cfg(test)]
mod tests;
