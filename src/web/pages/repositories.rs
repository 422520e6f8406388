//! The repositories of a server that holds several.

use askama::Template;

use crate::web::language::{Message, filters};

use super::layout::Page;
use super::parts::Link;

/// Every register the reader may see.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "records/repositories.html")]
pub struct RepositoriesPage {
    /// The frame.
    pub page: Page,
    /// The repositories.
    pub rows: Vec<RepositoryRow>,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryRow {
    /// Its register's title and first page.
    pub register: Link,
    /// Its name in addresses.
    pub name: String,
    /// What it holds: "213 records, 180 of them active".
    pub sentence: Message,
    /// How many items wait for the reader.
    pub waiting: usize,
}

#[cfg(test)]
mod samples {
    use super::super::ink::Ink;
    use super::super::parts::samples::link;
    use super::*;
    use crate::web::language::say;

    impl RepositoriesPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            let row = |title: &str, name: &str, waiting| RepositoryRow {
                register: link(ink, title),
                name: ink(name),
                sentence: say("repositories-records").with("count", 213_i64),
                waiting,
            };
            Self {
                page: Page {
                    register_title: ink("Countersign"),
                    repository: String::new(),
                    ..Page::sample(ink, None)
                },
                rows: vec![
                    row("Register of Concepts", "electronic-artefacts", 3),
                    row("House rules", "house-rules", 0),
                ],
            }
        }
    }
}
