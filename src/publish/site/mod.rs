//! The public site: what readers and their programs have of a register, in every form they may want it in.
//!
//! A [`Register`] is made in one place ([`load()`]) out of the chain of attestations alone; every page, feed and file is then a pure function of it and of the
//! texts that it names ([`files`]). The server answers with these files and the export writes them, so the two cannot differ, and the same commit gives the
//! same bytes. Every time on the site is a commit's. What is not published and not attested has no way in: it is not filtered out at the end but never read.

pub mod address;
mod bundle;
pub mod cite;
mod content;
pub mod data;
mod dress;
pub mod export;
pub mod facts;
mod feed;
pub mod files;
mod header;
mod hidden;
pub mod json;
pub mod jsonld;
pub mod leaf;
mod lists;
mod llms;
pub mod load;
mod made;
pub mod markdown;
mod note;
mod page;
pub mod register;
mod sitemap;
mod standing;
mod translations;
mod words;
mod xml;

pub use address::Form;
pub use files::{Answer, File, find};
pub use lists::not_found;
pub use load::{Found, Known, Texts, Wanted, load};
pub use register::Register;
