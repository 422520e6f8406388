//! The files that travel with a text: pictures and documents that it names, as bytes that somebody read.

use std::fmt;
use std::str::FromStr;

use super::{Malformed, Trailers};
use crate::id::BlobId;

/// The trailer that names one.
const ATTACHED: &str = "Attached";

/// A file that a text names, and the bytes that stood there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attachment {
    /// Its path from the root of the repository.
    pub path: String,
    /// Its bytes.
    pub blob: BlobId,
}

impl fmt::Display for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.blob, self.path)
    }
}

impl FromStr for Attachment {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = || Malformed(format!("\"{text}\" is no blob and its path"));
        let (blob, path) = text.split_once(' ').ok_or_else(wrong)?;
        if path.is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            path: path.to_owned(),
            blob: blob.parse().map_err(|_| wrong())?,
        })
    }
}

/// Returns attachments as one text, a line each; nothing where there are none.
pub fn attached_lines(attached: &[Attachment]) -> String {
    let lines: Vec<String> = attached.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Reads what [`attached_lines`] writes.
///
/// # Errors
/// When a line is none.
pub fn read_attached_lines(text: &str) -> Result<Vec<Attachment>, Malformed> {
    text.lines().map(str::parse).collect()
}

pub(super) fn push_attached(trailers: &mut Trailers, attached: &[Attachment]) {
    for one in attached {
        trailers.push(ATTACHED, one);
    }
}

pub(super) fn read_attached(trailers: &Trailers) -> Result<Vec<Attachment>, Malformed> {
    trailers.all(ATTACHED).map(str::parse).collect()
}
