//! What goes out: events to those who build on a register, and what is published to its readers.
//!
//! An event follows from an attested commit ([`crate::ledger::event_of`]) and stands in the picture. Who wants it is the policy's to say; where they
//! are reached is an [`endpoint`]; what they are sent is a [`message`], proven by its signature. When it is tried again is in [`retry`], to which addresses it
//! may go in [`guard`], and [`sender`] sends it. Nothing here keeps anything or reads the clock: whoever runs deliveries does.
//!
//! What readers have is text of a repository and hostile: Markdown passes a sanitiser ([`html`]) or is written anew for programs ([`prose`]), and what cannot be seen is marked ([`visible`]).

pub mod endpoint;
pub mod guard;
pub mod html;
pub mod message;
pub mod prose;
pub mod retry;
pub mod sender;
pub mod signature;
pub mod site;
pub mod visible;
