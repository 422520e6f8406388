//! What goes out to those who build on a register: events to targets.
//!
//! An event follows from an attested commit ([`crate::ledger::event_of`]) and stands in the picture. Who wants it is the policy's to say; where they
//! are reached is an [`endpoint`]; what they are sent is a [`message`], proven by its signature. When it is tried again is in [`retry`], to which addresses it
//! may go in [`guard`], and [`sender`] sends it. Nothing here keeps anything or reads the clock: whoever runs deliveries does.

pub mod endpoint;
pub mod guard;
pub mod message;
pub mod retry;
pub mod sender;
pub mod signature;
