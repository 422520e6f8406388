//! The pages: what people see of the register, written by the server and complete without scripts.
//!
//! A page is a view model (a plain struct in [`pages`]) and a template of the same name. View models hold exactly what the page shows, as text and
//! small enums; they know no git, no SQL and no request. Text of a repository is hostile wherever it appears: templates escape it and mark what
//! cannot be seen ([`visible`]), Markdown passes a sanitiser ([`html`]), and an address is a type that cannot leave the server unasked ([`href`]).

pub mod href;

pub mod html;

pub mod visible;

pub mod pages;
