//! What changed between two texts, as readers see it.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use crate::record::diff::diff as compare;
use crate::record::{FieldPath, Format, Record, parse};
use crate::web::language::{say, verbatim};
use crate::web::pages::diff::{
    self, BlockKind, BlockView, Change, DiffView, FieldKind, FieldView, LineView, Run,
};

/// How anchors of a page's change begin.
pub const CHANGES: &str = "change-";

/// How anchors of what changed since somebody looked begin; both may stand on one page.
pub const SINCE: &str = "since-";

/// Files larger than this are not laid line by line, in bytes.
const MAX_LINES_BYTES: usize = 512 * 1024;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// How long lines may be compared; what is found by then is shown.
const PATIENCE: Duration = Duration::from_millis(200);

/// Compares two files of a record; a file that is no record is compared by its lines.
pub fn of_files(old: Option<&[u8]>, new: &[u8], format: Format, place: &str) -> DiffView {
    let lines = lines(old.unwrap_or_default(), new);
    let Ok(new_record) = parse(new, format) else {
        return by_lines(lines);
    };
    match old.map(|old| parse(old, format)).transpose() {
        Ok(old_record) => DiffView {
            lines: if old.is_some() { lines } else { Vec::new() },
            ..of_records(old_record.as_ref(), &new_record, place)
        },
        Err(_) => by_lines(lines),
    }
}

/// Returns the anchor of a changed field on its page.
pub fn anchor(path: &FieldPath) -> String {
    diff::anchor(CHANGES, path)
}

fn of_records(old: Option<&Record>, new: &Record, place: &str) -> DiffView {
    let mut view = DiffView::of(&compare(old, Some(new)), old, Some(new), place);
    if old.is_none() {
        // Of a text that nobody read yet, what it says comes before what it is filed under.
        view.fields.sort_by_key(FieldView::is_scalar);
    }
    view
}

/// A file that is no record, line by line.
fn by_lines(lines: Vec<LineView>) -> DiffView {
    let blocks = lines
        .iter()
        .map(|line| BlockView {
            kind: BlockKind::Paragraph,
            change: line.change,
            label: String::new(),
            from: None,
            runs: vec![Run {
                change: line.change,
                text: verbatim(line.text.as_str()),
            }],
        })
        .collect();
    let field = FieldView {
        label: say("diff-file"),
        path: String::new(),
        anchor: "change-file".to_owned(),
        change: Change::Changed,
        kind: FieldKind::Prose,
        old: None,
        new: None,
        blocks,
        talk: None,
    };
    DiffView {
        fields: vec![field],
        unchanged: Vec::new(),
        lines,
    }
}

/// Compares two files by their lines, those around a change included; empty where one is too large.
pub fn lines(old: &[u8], new: &[u8]) -> Vec<LineView> {
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
        let view = of_files(None, OLD.as_bytes(), Format::Markdown, CHANGES);
        assert!(
            view.fields
                .iter()
                .all(|field| field.change == Change::Added)
        );
        let labels: Vec<String> = view
            .fields
            .iter()
            .map(|field| field.label.to_string())
            .collect();
        let has = |label: &str| labels.iter().any(|known| known == label);
        assert!(has("Title") && has("Claims"), "{labels:?}");
        assert!(view.lines.is_empty() && view.unchanged.is_empty());
    }

    #[test]
    fn changed_fields_stand_apart_from_unchanged_ones() {
        let new = OLD
            .replace("One\nclaims", "Two\nclaims")
            .replace("[a, b]", "[b, a, c]");
        let view = of_files(
            Some(OLD.as_bytes()),
            new.as_bytes(),
            Format::Markdown,
            CHANGES,
        );
        let title = &view.fields[0];
        assert_eq!(
            (&title.old, &title.new),
            (&Some(verbatim("One")), &Some(verbatim("Two")))
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
            CHANGES,
        );
        assert_eq!(view.fields[0].label, say("diff-file"));
        assert!(
            of_files(None, b"\xff\xfe", Format::Json, CHANGES)
                .fields
                .len()
                == 1
        );
    }
}
