//! The inbox: who is told what and why, on pages, by the API, in a feed and by mail; never of their own acts, and nothing once the policy does not know them.

mod common;

#[path = "inbox/told.rs"]
mod told;

#[path = "inbox/feed.rs"]
mod feed;

#[path = "inbox/letters.rs"]
mod letters;
