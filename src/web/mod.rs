//! The pages: what people see of the register, written by the server and complete without scripts.
//!
//! A page is a view model (a plain struct in [`pages`]) and a template of the same name. View models hold exactly what the page shows, as text and
//! small enums; they know no git, no SQL and no request. Text of a repository is hostile wherever it appears: templates escape it and mark what
//! cannot be seen ([`crate::publish::visible`]), Markdown passes a sanitiser ([`crate::publish::html`]), and an address is a type that cannot leave the server unasked ([`href`]).
//!
//! A request passes the guard, which refuses addresses that could be read in two ways, and then a route. A route asks for a [`reader::Reader`], which
//! only a session of somebody in the policy gives, and for forms for a [`reader::Submission`], which only the session's own token gives. It looks
//! things up, lets the domain decide, and fills a view model.

pub mod accounts;

mod again;

pub mod api;

pub mod assets;
mod attaching;

pub mod cookies;
mod delivering;

pub mod failure;

pub mod feed;

mod filing;

pub mod filters;

pub mod form;

pub mod frame;

pub mod guard;

pub mod hooks;
pub mod href;

pub mod inbox;

pub mod language;

pub mod mail;

pub mod moments;

pub mod pages;

pub mod reader;

pub mod peer;
pub mod pictures;
pub mod provider;

mod routes;

pub mod seat;
mod sending;
mod sheet;

mod showing;

pub mod sites;

pub mod state;

mod tag;
pub mod token;

pub mod urls;

mod waiting;

mod writing;

pub use failure::Failure;
pub use routes::declared::{Needs, Route, Routes};
pub use routes::{router, routes};
pub use state::{Served, Web};
