//! The bytes of a record file before any format is read: size, encoding, front matter, and the way from an offset to a line.
//!
//! Everything behind this module works on offsets in the whole file, a byte order mark counted, so that a span can be spliced as it is.

use std::ops::Range;

use super::{Format, MAX_FILE_BYTES};
use crate::refusal::Refusal;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The language the fields are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Yaml,
    Toml,
    Json,
}

impl Syntax {
    /// Returns the name that people know the language by.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
            Self::Json => "JSON",
        }
    }
}

/// A decoded record file and where its parts stand.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// The whole file, a byte order mark included.
    pub(super) text: &'a str,
    /// What the fields are written in.
    pub(super) syntax: Syntax,
    /// The bytes that hold the fields.
    pub(super) data: Range<usize>,
    /// Where the Markdown body starts; `None` in the other formats.
    pub(super) body: Option<usize>,
    line_starts: Vec<usize>,
}

impl<'a> Source<'a> {
    /// Returns the parts of a file, its fields not read yet.
    pub(super) fn open(bytes: &'a [u8], format: Format) -> Result<Self, Refusal> {
        let text = decode(bytes)?;
        let start = match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => text.len() - rest.len(),
            None => 0,
        };
        let mut source = Self {
            text,
            syntax: Syntax::Yaml,
            data: start..text.len(),
            body: None,
            line_starts: line_starts(text),
        };
        match format {
            Format::Markdown => source.split_front_matter()?,
            Format::Yaml => {}
            Format::Toml => source.syntax = Syntax::Toml,
            Format::Json => source.syntax = Syntax::Json,
        }
        if source.fields().trim().is_empty() {
            return Err(source.no_record());
        }
        Ok(source)
    }

    /// Returns the text that holds the fields.
    pub(super) fn fields(&self) -> &'a str {
        &self.text[self.data.clone()]
    }

    /// Returns the line end of the file's first line, `\n` where it has only one line.
    pub(super) fn line_end(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            Some(_) | None => "\n",
        }
    }

    /// Returns the one-based line of an offset.
    pub(super) fn line(&self, offset: usize) -> u32 {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// Returns a refusal that points at an offset.
    pub(super) fn refuse(
        &self,
        code: &'static str,
        offset: usize,
        cause: impl Into<String>,
        next: impl Into<String>,
    ) -> Refusal {
        let line = self.line(offset);
        let start = self.line_starts[(line as usize).saturating_sub(1)];
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = before.trim_start_matches(BYTE_ORDER_MARK).chars().count() + 1;
        Refusal::new(code, cause, next).at(line, u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// Returns the refusal of a file without any field.
    pub(super) fn no_record(&self) -> Refusal {
        self.refuse(
            "REC-EMPTY-001",
            self.data.start,
            "no record: the file has no fields",
            "write at least one field, or remove the file",
        )
    }

    /// Finds the front matter and sets what lies between and after its marks. Blanks before the opening mark are allowed, as site generators do.
    fn split_front_matter(&mut self) -> Result<(), Refusal> {
        let fields = self.fields();
        let start = self.data.start + fields.len() - fields.trim_start().len();
        if start == self.data.end {
            return Err(self.no_record());
        }
        let first_end = next_line(self.text, start);
        self.syntax = match self.text[start..first_end].trim_end() {
            "---" => Syntax::Yaml,
            "+++" => Syntax::Toml,
            other => return Err(self.no_front_matter(other)),
        };
        let mut line = first_end;
        while line < self.text.len() {
            let end = next_line(self.text, line);
            if self.closes(self.text[line..end].trim_end()) {
                self.data = first_end..line;
                self.body = Some(end);
                return Ok(());
            }
            line = end;
        }
        let mark = self.text[start..first_end].trim_end();
        Err(self.refuse(
            "REC-FM-002",
            start,
            format!("front matter opened with \"{mark}\" here is never closed"),
            format!("add a line with \"{mark}\" alone below the last field"),
        ))
    }

    /// Tells whether a line ends the front matter. YAML may also end a document with `...`.
    fn closes(&self, line: &str) -> bool {
        match self.syntax {
            Syntax::Yaml => line == "---" || line == "...",
            Syntax::Toml => line == "+++",
            Syntax::Json => false,
        }
    }

    fn no_front_matter(&self, first_line: &str) -> Refusal {
        let seen: String = first_line.chars().take(40).collect();
        self.refuse(
            "REC-FM-001",
            self.data.start,
            format!("no front matter: the file starts with {seen:?}, not with \"---\" or \"+++\""),
            "put the fields between two lines of \"---\" at the top of the file",
        )
    }
}

/// Returns the start of the line after the one that holds an offset.
pub(super) fn next_line(text: &str, offset: usize) -> usize {
    match text.get(offset..).and_then(|rest| rest.find('\n')) {
        Some(at) => offset + at + 1,
        None => text.len(),
    }
}

/// Returns the start of the line that holds an offset.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    match before.rfind('\n') {
        Some(at) => at + 1,
        None if before.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len_utf8(),
        None => 0,
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(after_breaks).collect()
}

/// Returns the file's text, or says which encoding it is in.
fn decode(bytes: &[u8]) -> Result<&str, Refusal> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Refusal::new(
            "REC-SIZE-001",
            format!(
                "the file has {} bytes; a record may have {MAX_FILE_BYTES}",
                bytes.len()
            ),
            "move large content out of the record, or split it",
        ));
    }
    if let Some(encoding) = foreign_encoding(bytes) {
        return Err(Refusal::new(
            "REC-ENC-001",
            format!("the file is {encoding}, told by the byte order mark at byte 0"),
            "save the file as UTF-8",
        )
        .at(1, 1));
    }
    std::str::from_utf8(bytes).map_err(|error| invalid_utf8(bytes, error.valid_up_to()))
}

fn foreign_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some("UTF-32 (little endian)"),
        [0, 0, 0xfe, 0xff, ..] => Some("UTF-32 (big endian)"),
        [0xff, 0xfe, ..] => Some("UTF-16 (little endian)"),
        [0xfe, 0xff, ..] => Some("UTF-16 (big endian)"),
        _ => None,
    }
}

fn invalid_utf8(bytes: &[u8], offset: usize) -> Refusal {
    let (valid, rest) = bytes.split_at(offset);
    let valid = String::from_utf8_lossy(valid);
    let line = valid.matches('\n').count() + 1;
    let column = valid
        .rsplit('\n')
        .next()
        .map_or(0, |line| line.chars().count())
        + 1;
    Refusal::new(
        "REC-ENC-002",
        format!(
            "byte 0x{:02x} at offset {offset} is not valid UTF-8",
            rest.first().copied().unwrap_or_default()
        ),
        "save the file as UTF-8",
    )
    .at(
        u32::try_from(line).unwrap_or(u32::MAX),
        u32::try_from(column).unwrap_or(u32::MAX),
    )
}
