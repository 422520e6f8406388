//! The same actions for programs: `/api/v1`, described by `/api/openapi.json`.
//!
//! A program comes with a token and sits where the token's owner sits; it decides and edits by the same functions as the pages do, under the same policy,
//! and is refused with the same codes. What a page says in sentences is said here in data. Nothing here reads a cookie, so no page of another site can
//! reach it.

mod again;
mod caller;
mod input;
mod paging;
mod problem;
mod records;
mod values;
