//! What changed between two texts, as readers see it.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use super::fields::flat;
use super::words::label;
use crate::record::diff::{self, Block, Change as Changed, Fate, FieldChange, diff};
use crate::record::{FieldPath, Format, Node, Record, Segment, Value, parse};
use crate::web::pages::diff::{
    BlockKind, BlockView, Change, DiffView, FieldKind, FieldView, LineView, Run,
};

/// Files larger than this are not laid line by line, in bytes.
const MAX_LINES_BYTES: usize = 512 * 1024;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// How long lines may be compared; what is found by then is shown.
const PATIENCE: Duration = Duration::from_millis(200);

/// Compares two files of a record; a file that is no record is compared by its lines.
pub fn of_files(old: Option<&[u8]>, new: &[u8], format: Format) -> DiffView {
    let lines = lines(old.unwrap_or_default(), new);
    let Ok(new_record) = parse(new, format) else {
        return by_lines(lines);
    };
    match old.map(|old| parse(old, format)).transpose() {
        Ok(old_record) => DiffView {
            lines: if old.is_some() { lines } else { Vec::new() },
            ..of_records(old_record.as_ref(), &new_record)
        },
        Err(_) => by_lines(lines),
    }
}

/// Returns the anchor of a changed field on its page.
pub fn anchor(path: &FieldPath) -> String {
    format!("change-{path}")
}

fn of_records(old: Option<&Record>, new: &Record) -> DiffView {
    let diff = diff(old, Some(new));
    DiffView {
        unchanged: unchanged(&diff, new),
        fields: diff.changes.iter().map(field).collect(),
        lines: Vec::new(),
    }
}

fn unchanged(diff: &diff::Diff, new: &Record) -> Vec<String> {
    let body = new.body.as_ref().map(|_| FieldPath::body());
    new.fields
        .keys()
        .map(FieldPath::key)
        .chain(body)
        .filter(|path| {
            !diff
                .changes
                .iter()
                .any(|change| change.path.is_within(path))
        })
        .map(|path| label(&path))
        .collect()
}

fn field(change: &FieldChange) -> FieldView {
    let is_body = change.path.is_within(&FieldPath::body());
    let blank = FieldView {
        label: label(&change.path),
        path: change.path.to_string(),
        anchor: anchor(&change.path),
        change: Change::Changed,
        kind: FieldKind::Scalar,
        old: None,
        new: None,
        blocks: Vec::new(),
    };
    match &change.change {
        Changed::Added { new } => whole(blank, new, Change::Added, is_body),
        Changed::Removed { old } => whole(blank, old, Change::Removed, is_body),
        Changed::Scalar { old, new } => FieldView {
            old: Some(old.text.clone()),
            new: Some(new.text.clone()),
            ..blank
        },
        Changed::Prose(blocks) => FieldView {
            kind: if is_body {
                FieldKind::Body
            } else {
                FieldKind::Prose
            },
            blocks: folded(blocks),
            ..blank
        },
        Changed::Replaced { old, new } => FieldView {
            kind: FieldKind::List,
            blocks: [items(old, Change::Removed), items(new, Change::Added)].concat(),
            ..blank
        },
        Changed::Moved { from, to } => FieldView {
            change: Change::Moved,
            kind: FieldKind::List,
            blocks: vec![moved(&change.path, *from, *to)],
            ..blank
        },
    }
}

/// A value that came or went as a whole.
fn whole(blank: FieldView, node: &Node, change: Change, is_body: bool) -> FieldView {
    let blank = FieldView { change, ..blank };
    match &node.value {
        Value::Scalar(scalar) if is_body || scalar.text.contains('\n') => FieldView {
            kind: if is_body {
                FieldKind::Body
            } else {
                FieldKind::Prose
            },
            blocks: paragraphs(&scalar.text, change),
            ..blank
        },
        Value::Scalar(scalar) => match change {
            Change::Removed => FieldView {
                old: Some(scalar.text.clone()),
                ..blank
            },
            _ => FieldView {
                new: Some(scalar.text.clone()),
                ..blank
            },
        },
        Value::List(_) | Value::Map(_) => FieldView {
            kind: FieldKind::List,
            blocks: items(node, change),
            ..blank
        },
    }
}

fn items(node: &Node, change: Change) -> Vec<BlockView> {
    match &node.value {
        Value::List(items) => items
            .iter()
            .map(|item| piece(BlockKind::Item, change, flat(item)))
            .collect(),
        Value::Map(map) => map
            .iter()
            .map(|(key, node)| {
                let text = format!("{}: {}", key.replace('_', " "), flat(node));
                piece(BlockKind::Item, change, text)
            })
            .collect(),
        Value::Scalar(scalar) => vec![piece(BlockKind::Item, change, scalar.text.clone())],
    }
}

fn paragraphs(text: &str, change: Change) -> Vec<BlockView> {
    diff::meaning(text)
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(|paragraph| piece_of_body(paragraph.trim_matches('\n'), change))
        .collect()
}

/// A heading stands as one, without its number signs.
fn piece_of_body(paragraph: &str, change: Change) -> BlockView {
    let title = paragraph.trim_start_matches('#');
    match title.len() < paragraph.len() && !paragraph.contains('\n') {
        true => piece(BlockKind::Heading, change, title.trim().to_owned()),
        false => piece(BlockKind::Paragraph, change, paragraph.to_owned()),
    }
}

fn piece(kind: BlockKind, change: Change, text: String) -> BlockView {
    BlockView {
        kind,
        change,
        label: String::new(),
        from: None,
        runs: vec![Run { change, text }],
    }
}

fn moved(path: &FieldPath, from: usize, to: usize) -> BlockView {
    let name = match path.segments().last() {
        Some(Segment::Key(name) | Segment::Item(name) | Segment::Section(name)) => name.clone(),
        None => String::new(),
    };
    BlockView {
        from: Some(format!("from place {} to place {}", from + 1, to + 1)),
        ..piece(BlockKind::Item, Change::Moved, name)
    }
}

/// Unchanged paragraphs are told by their number.
fn folded(blocks: &[Block]) -> Vec<BlockView> {
    blocks
        .chunk_by(|one, next| (one.fate == Fate::Same) == (next.fate == Fate::Same))
        .flat_map(|stretch| match stretch {
            [one, ..] if one.fate == Fate::Same => vec![fold(stretch.len())],
            changed => changed.iter().map(block).collect(),
        })
        .collect()
}

fn fold(count: usize) -> BlockView {
    let text = match count {
        1 => "1 paragraph unchanged".to_owned(),
        many => format!("{many} paragraphs unchanged"),
    };
    piece(BlockKind::Folded, Change::Kept, text)
}

fn block(block: &Block) -> BlockView {
    let runs: Vec<Run> = block
        .runs
        .iter()
        .map(|run| Run {
            change: fate(run.fate),
            text: run.text.clone(),
        })
        .collect();
    BlockView {
        kind: BlockKind::Paragraph,
        change: fate(block.fate),
        label: String::new(),
        from: None,
        runs,
    }
}

fn fate(fate: Fate) -> Change {
    match fate {
        Fate::Same => Change::Kept,
        Fate::Changed => Change::Changed,
        Fate::Added => Change::Added,
        Fate::Removed => Change::Removed,
    }
}

/// A file that is no record, line by line.
fn by_lines(lines: Vec<LineView>) -> DiffView {
    let blocks = lines
        .iter()
        .map(|line| piece(BlockKind::Paragraph, line.change, line.text.clone()))
        .collect();
    let field = FieldView {
        label: "The file as it is written".to_owned(),
        path: String::new(),
        anchor: "change-file".to_owned(),
        change: Change::Changed,
        kind: FieldKind::Prose,
        old: None,
        new: None,
        blocks,
    };
    DiffView {
        fields: vec![field],
        unchanged: Vec::new(),
        lines,
    }
}

fn lines(old: &[u8], new: &[u8]) -> Vec<LineView> {
    if old.len() > MAX_LINES_BYTES || new.len() > MAX_LINES_BYTES {
        return Vec::new();
    }
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(old.as_ref(), new.as_ref());
    diff.grouped_ops(CONTEXT)
        .iter()
        .flatten()
        .flat_map(|operation| diff.iter_changes(operation))
        .map(|change| {
            let index = change.new_index().or(change.old_index()).unwrap_or(0);
            LineView {
                change: match change.tag() {
                    ChangeTag::Equal => Change::Kept,
                    ChangeTag::Insert => Change::Added,
                    ChangeTag::Delete => Change::Removed,
                },
                number: u32::try_from(index + 1).unwrap_or(u32::MAX),
                text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "---\ntitle: One\nclaims:\n  - key: c1\n    text: Short.\ntags: [a, b]\n---\n\n# One\n\nFirst.\n\nSecond paragraph of words.\n";

    #[test]
    fn a_new_record_is_shown_whole() {
        let view = of_files(None, OLD.as_bytes(), Format::Markdown);
        assert!(
            view.fields
                .iter()
                .all(|field| field.change == Change::Added)
        );
        let labels: Vec<&str> = view
            .fields
            .iter()
            .map(|field| field.label.as_str())
            .collect();
        assert!(
            labels.contains(&"Title") && labels.contains(&"Claims"),
            "{labels:?}"
        );
        assert!(view.lines.is_empty() && view.unchanged.is_empty());
    }

    #[test]
    fn changed_fields_stand_apart_from_unchanged_ones() {
        let new = OLD
            .replace("One\nclaims", "Two\nclaims")
            .replace("[a, b]", "[b, a, c]");
        let view = of_files(Some(OLD.as_bytes()), new.as_bytes(), Format::Markdown);
        let title = &view.fields[0];
        assert_eq!(
            (title.old.as_deref(), title.new.as_deref()),
            (Some("One"), Some("Two"))
        );
        assert_eq!(view.unchanged, ["Claims", "Body"]);
        assert!(view.lines.iter().any(|line| line.text == "title: Two"));
    }

    #[test]
    fn a_file_that_is_no_record_is_shown_by_its_lines() {
        let view = of_files(
            Some(OLD.as_bytes()),
            b"---\na: 1\na: 2\n---\n",
            Format::Markdown,
        );
        assert_eq!(view.fields[0].label, "The file as it is written");
        assert!(of_files(None, b"\xff\xfe", Format::Json).fields.len() == 1);
    }
}
