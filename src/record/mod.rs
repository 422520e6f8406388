//! A record file as fields: parsed with line numbers, compared by meaning, edited without disturbing a byte that was not meant.
//!
//! One model serves Markdown with front matter, YAML, TOML and JSON. Crates scan the formats and give byte ranges; this module owns the tree, the
//! path language, the splice and the proof that follows each splice. It names no other module but [`crate::refusal`], and does no I/O.

pub mod diff;
mod edit;
mod json;
pub mod merge;
mod parse;
mod path;
mod source;
mod toml;
mod tree;
mod yaml;

pub use edit::{edit, rewrite};
pub use parse::parse;
pub(crate) use path::read_name;
pub use path::{FieldPath, NotAFieldPath, Segment};

use std::ops::Range;

use indexmap::IndexMap;

/// The largest record file that is read, in bytes: a record is text that people review, and every parser behind it is bounded by this.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;

/// The deepest nesting of lists and maps that is read, in every format alike.
pub const MAX_DEPTH: usize = 64;

/// How the policy says a collection's files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Markdown with YAML (`---`) or TOML (`+++`) front matter; the opening line decides which.
    Markdown,
    /// One YAML document whose root is a mapping.
    Yaml,
    /// One TOML document.
    Toml,
    /// One JSON object.
    Json,
}

impl Format {
    /// Returns the format that a file name's extension stands for, ignoring case.
    pub fn of_path(path: &str) -> Option<Self> {
        let extension = path
            .rsplit('/')
            .next()?
            .rsplit_once('.')?
            .1
            .to_ascii_lowercase();
        match extension.as_str() {
            "md" | "markdown" => Some(Self::Markdown),
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Returns the format's name as the policy writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Yaml => "yaml",
            Self::Toml => "toml",
            Self::Json => "json",
        }
    }
}

/// What a scalar is in its own format; `1.10` is a float whose text stays `1.10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarKind {
    /// No value: YAML `~`, `null` or nothing, JSON `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number, as written.
    Integer,
    /// Any other number, as written.
    Float,
    /// A TOML date or time, or a YAML plain scalar of the shape `YYYY-MM-DD`.
    Date,
    /// Text.
    Text,
}

/// A scalar: its kind and its text, unquoted and unescaped but otherwise as the author wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scalar {
    /// What the format takes it for.
    pub kind: ScalarKind,
    /// The content: for numbers, dates and booleans the source text (`1.10` stays `1.10`), for text the decoded text, for null the empty string.
    pub text: String,
}

impl Scalar {
    /// Returns a text scalar.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            kind: ScalarKind::Text,
            text: text.into(),
        }
    }
}

/// A value and where it stands in its file. Two nodes are equal when their values are.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// One-based line of its first byte.
    pub line: u32,
    /// Its bytes in the file, a byte order mark counted.
    pub span: Range<usize>,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A single value.
    Scalar(Scalar),
    /// An ordered list.
    List(Vec<Node>),
    /// Keys in file order.
    Map(IndexMap<String, Node>),
}

impl Node {
    /// Returns a node that stands in no file yet.
    pub fn unplaced(value: Value) -> Self {
        Self {
            value,
            line: 0,
            span: 0..0,
        }
    }

    /// Returns the scalar, when the node is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Returns the text of a scalar of any kind but null.
    pub fn as_text(&self) -> Option<&str> {
        self.as_scalar()
            .filter(|scalar| scalar.kind != ScalarKind::Null)
            .map(|scalar| scalar.text.as_str())
    }

    /// Returns the key by which a list knows this item: its scalar field `key`, else `id`.
    pub fn item_key(&self) -> Option<&str> {
        match &self.value {
            Value::Map(map) => map
                .get("key")
                .or_else(|| map.get("id"))
                .and_then(Node::as_text),
            Value::Scalar(_) | Value::List(_) => None,
        }
    }
}

/// The text of a Markdown record below its front matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The text as it stands in the file, line ends included.
    pub text: String,
    /// One-based line of its first byte.
    pub line: u32,
    /// Byte offset of its first byte in the file; it runs to the end of the file.
    pub start: usize,
}

/// A parsed record file.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The root mapping in file order.
    pub fields: IndexMap<String, Node>,
    /// The Markdown body; `None` in the other formats.
    pub body: Option<Body>,
}

impl Record {
    /// Returns the node at a path. `body` and `body#section` are not nodes: see [`Record::body`].
    pub fn get(&self, path: &FieldPath) -> Option<&Node> {
        let mut segments = path.segments().iter();
        let Some(Segment::Key(first)) = segments.next() else {
            return None;
        };
        let mut node = self.fields.get(first)?;
        for segment in segments {
            node = match (&node.value, segment) {
                (Value::Map(map), Segment::Key(key)) => map.get(key)?,
                (Value::List(items), Segment::Item(item)) => find_item(items, item)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// Returns the text of the scalar at a path.
    pub fn text(&self, path: &FieldPath) -> Option<&str> {
        self.get(path).and_then(Node::as_text)
    }
}

/// Returns the item of that key, else the item at that zero-based index.
fn find_item<'a>(items: &'a [Node], item: &str) -> Option<&'a Node> {
    items.get(find_item_index(items, item)?)
}

/// Returns the index of the item of that key, else the zero-based index that the text names.
fn find_item_index(items: &[Node], item: &str) -> Option<usize> {
    items
        .iter()
        .position(|node| node.item_key() == Some(item))
        .or_else(|| item.parse().ok())
        .filter(|index| *index < items.len())
}

/// One wanted change to a file's fields.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Sets a scalar. Where only the last key of the path is missing from its mapping, it is added there as the last entry.
    Set {
        /// The scalar's address.
        path: FieldPath,
        /// What it becomes. Its kind is kept: text that would read as a number is quoted.
        value: Scalar,
    },
    /// Removes a mapping entry or a list item with its whole lines. Removing what is not there is refused.
    Remove {
        /// The entry's or the item's address.
        path: FieldPath,
    },
    /// Appends a scalar to a list; a missing key, or one with no value, becomes a list of one.
    Append {
        /// The list's address.
        path: FieldPath,
        /// The new last item.
        value: Scalar,
    },
    /// Adds an entry of any shape to its mapping, as the last one. An entry that is there already is refused.
    Add {
        /// The entry's address; only its last key is missing.
        path: FieldPath,
        /// What it holds; where its nodes say they stand means nothing.
        value: Value,
    },
    /// Inserts an item of any shape into a list; a missing key, or one with no value, becomes a list of one.
    Insert {
        /// The list's address.
        list: FieldPath,
        /// The item behind which it comes, by its key or index; `None` puts it first.
        after: Option<String>,
        /// The new item; where its nodes say they stand means nothing.
        item: Value,
    },
    /// Moves an item to another place in its list, with the comment lines right above it.
    Move {
        /// The item's address.
        item: FieldPath,
        /// The item behind which it comes, by its key or by its index before the move; `None` puts it first.
        after: Option<String>,
    },
    /// Replaces the Markdown body, in the file's own line ends.
    Body(String),
}
