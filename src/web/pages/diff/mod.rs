//! A change as readers see it: field by field, prose word by word, the body section by section.

mod changes;

pub use changes::{anchor, label};

use askama::Template;

use super::talk::Talk;
use crate::web::language::{Message, filters, say};

/// What changed between two texts of a record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "_diff.html")]
pub struct DiffView {
    /// The changed fields in reading order.
    pub fields: Vec<FieldView>,
    /// The labels of the fields that did not change.
    pub unchanged: Vec<String>,
    /// The file's own lines, for those who want them; empty where they are not offered.
    pub lines: Vec<LineView>,
}

/// A changed field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    /// The field's label.
    pub label: Message,
    /// Its path in the file.
    pub path: String,
    /// Its place on the page, so that a reason can lead to it.
    pub anchor: String,
    /// What became of the field as a whole.
    pub change: Change,
    /// How it is drawn.
    pub kind: FieldKind,
    /// The old value of a scalar; `None` where there was none.
    pub old: Option<Message>,
    /// The new value of a scalar; `None` where there is none.
    pub new: Option<Message>,
    /// The pieces of prose, of a list or of the body.
    pub blocks: Vec<BlockView>,
    /// What may be said of it; `None` where nothing may.
    pub talk: Option<Talk>,
}

/// How a changed field is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Old value, new value.
    Scalar,
    /// Paragraphs with the changed words marked.
    Prose,
    /// Items added, removed, moved.
    List,
    /// The body: headings and paragraphs.
    Body,
}

/// A piece of a changed field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockView {
    /// What it is.
    pub kind: BlockKind,
    /// What became of it.
    pub change: Change,
    /// An item's key, or nothing.
    pub label: String,
    /// Where a moved piece stood: "from place 4".
    pub from: Option<Message>,
    /// Its words.
    pub runs: Vec<Run>,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A section's heading.
    Heading,
    /// A paragraph.
    Paragraph,
    /// An item of a list.
    Item,
    /// Unchanged pieces that are not shown; the one run says how many.
    Folded,
}

/// What became of a field or a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Kept,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its words changed.
    Changed,
    /// It stands elsewhere.
    Moved,
}

/// Words that share one fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// `Kept`, `Added` or `Removed`.
    pub change: Change,
    /// The words, blanks included.
    pub text: Message,
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineView {
    /// `Kept`, `Added` or `Removed`.
    pub change: Change,
    /// The line's number in the new text, or in the old one where it was removed.
    pub number: u32,
    /// The line, without its end.
    pub text: String,
}

impl DiffView {
    /// Gives its places names of their own, where several changes stand on one page; what is said of a field is said on a page of its own.
    pub fn within(mut self, place: usize) -> Self {
        for field in &mut self.fields {
            field.anchor = format!("{place}-{}", field.anchor);
            field.talk = None;
        }
        self
    }

    /// Returns how much changed, as a heading.
    pub fn summary(&self) -> Message {
        say("diff-summary").with("count", self.fields.len())
    }
}

impl Change {
    pub(super) fn class(&self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Moved => "moved",
        }
    }

    /// Returns the word beside a field or a piece; nothing where nothing happened.
    fn word(&self) -> Message {
        match self {
            Self::Kept => Message::default(),
            Self::Added => say("diff-added"),
            Self::Removed => say("diff-removed"),
            Self::Changed => say("diff-changed"),
            Self::Moved => say("diff-moved"),
        }
    }

    pub(super) fn is_added(&self) -> bool {
        *self == Self::Added
    }

    pub(super) fn is_removed(&self) -> bool {
        *self == Self::Removed
    }
}

impl FieldView {
    /// Returns whether the field is a single value.
    pub fn is_scalar(&self) -> bool {
        self.kind == FieldKind::Scalar
    }

    fn is_list(&self) -> bool {
        self.kind == FieldKind::List
    }
}

impl BlockView {
    fn is_heading(&self) -> bool {
        self.kind == BlockKind::Heading
    }

    fn is_folded(&self) -> bool {
        self.kind == BlockKind::Folded
    }

    /// Returns whether the piece is new or gone as a whole, so that one mark covers it.
    fn is_whole(&self) -> bool {
        self.change.is_added() || self.change.is_removed()
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::super::ink::Ink;
    use super::*;
    use crate::web::language::verbatim;

    /// Returns runs from marked text: `{+added+}`, `[-removed-]`, all else kept.
    fn runs(ink: Ink, text: &str) -> Vec<Run> {
        let mut runs = Vec::new();
        for piece in text.split('|') {
            let (change, text) = match piece.chars().next() {
                Some('+') => (Change::Added, &piece[1..]),
                Some('-') => (Change::Removed, &piece[1..]),
                _ => (Change::Kept, piece),
            };
            runs.push(Run {
                change,
                text: verbatim(ink(text)),
            });
        }
        runs
    }

    fn block(ink: Ink, kind: BlockKind, change: Change, label: &str, text: &str) -> BlockView {
        BlockView {
            kind,
            change,
            label: ink(label),
            from: (change == Change::Moved).then(|| say("diff-from-place").with("place", 3_i64)),
            runs: runs(ink, text),
        }
    }

    fn field(
        ink: Ink,
        label: &str,
        change: Change,
        kind: FieldKind,
        blocks: Vec<BlockView>,
    ) -> FieldView {
        FieldView {
            label: verbatim(ink(label)),
            path: ink(&label.to_lowercase()),
            anchor: ink(&format!("change-{}", label.to_lowercase())),
            change,
            kind,
            old: (kind == FieldKind::Scalar).then(|| verbatim(ink("Open weights model"))),
            new: (kind == FieldKind::Scalar && change != Change::Removed)
                .then(|| verbatim(ink("Open-weight model"))),
            blocks,
            talk: None,
        }
    }

    pub(crate) fn diff(ink: Ink) -> DiffView {
        use BlockKind::{Folded, Heading, Item, Paragraph};
        let definition = "An open-weight model is a |-neural network|+machine-learning model| whose trained parameters are published under terms that let others run, study and adapt it|+, whatever is known of its training data|.";
        let line = |change, number, text: &str| LineView {
            change,
            number,
            text: ink(text),
        };
        DiffView {
            fields: vec![
                field(ink, "Title", Change::Changed, FieldKind::Scalar, vec![]),
                field(
                    ink,
                    "Definition",
                    Change::Changed,
                    FieldKind::Prose,
                    vec![block(ink, Paragraph, Change::Changed, "", definition)],
                ),
                field(
                    ink,
                    "Claims",
                    Change::Changed,
                    FieldKind::List,
                    vec![
                        block(
                            ink,
                            Item,
                            Change::Added,
                            "c3",
                            "+Quantised weights remain the same work as the weights they were made from.",
                        ),
                        block(
                            ink,
                            Item,
                            Change::Changed,
                            "c2",
                            "Open weights do not imply |-open data|+open training data|.",
                        ),
                        block(
                            ink,
                            Item,
                            Change::Moved,
                            "c1",
                            "An open-weight model can be run without asking its maker.",
                        ),
                        block(
                            ink,
                            Item,
                            Change::Removed,
                            "c4",
                            "-Every open-weight model may be sold.",
                        ),
                    ],
                ),
                field(
                    ink,
                    "Body",
                    Change::Changed,
                    FieldKind::Body,
                    vec![
                        BlockView {
                            runs: vec![Run {
                                change: Change::Kept,
                                text: say("diff-folded").with("count", 3_i64),
                            }],
                            ..block(ink, Folded, Change::Kept, "", "")
                        },
                        block(ink, Heading, Change::Kept, "", "Limitations"),
                        block(
                            ink,
                            Paragraph,
                            Change::Changed,
                            "",
                            "A published checkpoint says little of how it was made: |-the data is|+the data, the code and the choices are| often withheld, and a licence may forbid what the word “open” seems to promise.",
                        ),
                        block(ink, Heading, Change::Added, "", "+Quantisation"),
                        block(
                            ink,
                            Paragraph,
                            Change::Added,
                            "",
                            "+Weights are often reduced to eight or four bits so that they fit an ordinary machine; what is lost is measured, not assumed.",
                        ),
                    ],
                ),
                field(ink, "Sort key", Change::Removed, FieldKind::Scalar, vec![]),
            ],
            unchanged: vec![
                ink("Summary"),
                ink("Tags"),
                ink("Disciplines"),
                ink("References"),
            ],
            lines: vec![
                line(Change::Kept, 3, "kind: concept"),
                line(Change::Removed, 4, "title: Open weights model"),
                line(Change::Added, 4, "title: Open-weight model"),
            ],
        }
    }
}
