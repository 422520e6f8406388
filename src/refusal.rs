//! What a person reads when something cannot be done.
//!
//! Every refusal names a stable code, the place, the cause and the next step (DESIGN.md promise 9). Codes are documented in `docs/errors.md`;
//! once published a code keeps its meaning.

use std::fmt;

/// Where a refusal or a finding points: a path in the repository, and the line and column in it where they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// Path inside the repository, a ref, or a configuration key; empty when the whole request is meant.
    pub path: String,
    /// One-based line.
    pub line: Option<u32>,
    /// One-based column, counted in characters.
    pub column: Option<u32>,
}

impl Place {
    /// Returns a place that names a path alone.
    pub fn path(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line: None,
            column: None,
        }
    }

    /// Returns the same place at a one-based line.
    pub fn at_line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// Returns the same place at a one-based line and column.
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(
                f,
                "{}line {line}",
                if self.path.is_empty() { "" } else { " " }
            )?;
        }
        if let Some(column) = self.column {
            write!(f, " col {column}")?;
        }
        Ok(())
    }
}

/// A refusal in the words of the person who asked: code, place, cause, next step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Stable, documented code such as `REC-YAML-002`.
    pub code: &'static str,
    /// Where it went wrong.
    pub place: Place,
    /// What is wrong, one sentence without a final full stop.
    pub cause: String,
    /// What to do now, one sentence without a final full stop.
    pub next: String,
}

impl Refusal {
    /// Returns a refusal without a place; callers that know one add it with [`Refusal::in_path`] or [`Refusal::at`].
    pub fn new(code: &'static str, cause: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            code,
            place: Place::default(),
            cause: cause.into(),
            next: next.into(),
        }
    }

    /// Returns the refusal with its path set; line and column stay.
    pub fn in_path(mut self, path: impl Into<String>) -> Self {
        self.place.path = path.into();
        self
    }

    /// Returns the refusal at a one-based line and column.
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.place = self.place.at(line, column);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.to_string();
        let space = if place.is_empty() { "" } else { " " };
        // A next step may be a question: did you mean this?
        let stop = if self.next.ends_with('?') { "" } else { "." };
        write!(
            f,
            "{}{space}{place}: {}; {}{stop}",
            self.code, self.cause, self.next
        )
    }
}
