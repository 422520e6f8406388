//! From what changed to what is drawn: changes of one top-level key are one field of the page.

use std::collections::HashSet;

use super::{BlockKind, BlockView, Change, DiffView, FieldKind, FieldView, Run};
use crate::record::diff::{self, Block, Diff, Fate, FieldChange};
use crate::record::{FieldPath, Node, Record, Scalar, Segment, Value};
use crate::web::language::{Message, lines, say, verbatim};
use crate::web::pages::parts::id_of;

/// The key under which the body is addressed.
const BODY: &str = "body";

impl DiffView {
    /// Returns the view of the diff of two records. They say what moved, which fields stayed, and whether all is new or gone; `place` begins the
    /// anchors, so that one page can hold two diffs (see [`anchor`]).
    pub fn of(diff: &Diff, old: Option<&Record>, new: Option<&Record>, place: &str) -> Self {
        let mut fields: Vec<FieldView> = diff
            .changes
            .chunk_by(|one, next| first_key(&one.path) == first_key(&next.path))
            .map(|changes| field(changes, new, place))
            .collect();
        for field in &mut fields {
            match (old, new) {
                (None, Some(_)) => field.change = Change::Added,
                (Some(_), None) => field.change = Change::Removed,
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        Self {
            unchanged: unchanged(diff, new),
            fields,
            lines: Vec::new(),
        }
    }
}

/// Returns where the field of a path stands on a page whose diff was made with the same `place`.
pub fn anchor(place: &str, path: &FieldPath) -> String {
    id_of(place, first_key(path))
}

/// Returns the label of a field: its top-level key as words.
pub fn label(path: &FieldPath) -> String {
    words(first_key(path))
}

fn first_key(path: &FieldPath) -> &str {
    match path.segments().first() {
        Some(Segment::Key(key)) => key,
        Some(Segment::Item(_) | Segment::Section(_)) | None => "",
    }
}

/// Returns `last-call_deadline` as `Last call deadline`.
fn words(key: &str) -> String {
    let spaced = key.replace(['_', '-'], " ");
    let mut characters = spaced.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => spaced,
    }
}

fn unchanged(diff: &Diff, new: Option<&Record>) -> Vec<String> {
    let Some(new) = new else {
        return Vec::new();
    };
    let changed: HashSet<&str> = diff
        .changes
        .iter()
        .map(|change| first_key(&change.path))
        .collect();
    let body = new.body.as_ref().map(|_| BODY);
    let keys = new.fields.keys().map(String::as_str).chain(body);
    keys.filter(|key| !changed.contains(key))
        .map(words)
        .collect()
}

/// Returns the view of one field from its changes, of which there is at least one.
fn field(changes: &[FieldChange], new: Option<&Record>, place: &str) -> FieldView {
    let path = &changes[0].path;
    let key = first_key(path);
    let mut view = FieldView {
        label: verbatim(words(key)),
        path: key.to_owned(),
        anchor: anchor(place, path),
        change: Change::Changed,
        kind: if key == BODY {
            FieldKind::Body
        } else {
            FieldKind::List
        },
        old: None,
        new: None,
        blocks: Vec::new(),
        talk: None,
    };
    match changes {
        [whole] if whole.path.segments().len() == 1 => whole_field(&mut view, &whole.change),
        parts => view.blocks = parts.iter().flat_map(|part| blocks(part, new)).collect(),
    }
    view
}

/// Fills the view of a field that changed at its root.
fn whole_field(view: &mut FieldView, change: &diff::Change) {
    match change {
        diff::Change::Scalar { old, new } => {
            view.kind = FieldKind::Scalar;
            view.old = Some(shown(old));
            view.new = Some(shown(new));
        }
        diff::Change::Prose(blocks) => {
            if view.kind == FieldKind::List {
                view.kind = FieldKind::Prose;
            }
            view.blocks = prose(blocks);
        }
        diff::Change::Added { new } => {
            view.change = Change::Added;
            view.new = new.as_scalar().map(shown);
            whole_value(view, new);
        }
        diff::Change::Removed { old } => {
            view.change = Change::Removed;
            view.old = old.as_scalar().map(shown);
            whole_value(view, old);
        }
        diff::Change::Replaced { old, new } => {
            view.blocks = items(old, Change::Removed);
            view.blocks.extend(items(new, Change::Added));
        }
        diff::Change::Moved { from, .. } => {
            view.blocks = vec![moved(*from, "", Message::default())]
        }
    }
}

/// Fills the view of a field that is new or gone as a whole.
fn whole_value(view: &mut FieldView, node: &Node) {
    if view.kind == FieldKind::Body {
        let fate = if view.change.is_added() {
            Fate::Added
        } else {
            Fate::Removed
        };
        view.old = None;
        view.new = None;
        view.blocks = section_text(node, fate);
    } else if node.as_scalar().is_some() {
        view.kind = FieldKind::Scalar;
    } else {
        view.blocks = items(node, view.change);
    }
}

/// Returns the pieces of a change below the field's root.
fn blocks(part: &FieldChange, new: Option<&Record>) -> Vec<BlockView> {
    if let Some(Segment::Section(slug)) = part.path.segments().get(1) {
        return section(part, slug);
    }
    let name = below(&part.path);
    let item = |change, runs| vec![block(BlockKind::Item, change, &name, runs)];
    match &part.change {
        diff::Change::Added { new } => item(Change::Added, vec![run(Change::Added, text_of(new))]),
        diff::Change::Removed { old } => {
            item(Change::Removed, vec![run(Change::Removed, text_of(old))])
        }
        diff::Change::Scalar { old, new } => {
            item(Change::Changed, replaced(shown(old), shown(new)))
        }
        diff::Change::Replaced { old, new } => {
            item(Change::Changed, replaced(text_of(old), text_of(new)))
        }
        diff::Change::Prose(blocks) if first_key(&part.path) == BODY => prose(blocks),
        diff::Change::Prose(blocks) => item(Change::Changed, joined(blocks)),
        diff::Change::Moved { from, .. } => {
            let text = new.and_then(|new| new.get(&part.path)).map(text_of);
            vec![moved(*from, &name, text.unwrap_or_default())]
        }
    }
}

/// Returns a section of the body: its heading, then its paragraphs.
fn section(part: &FieldChange, slug: &str) -> Vec<BlockView> {
    let heading = |change| {
        block(
            BlockKind::Heading,
            change,
            "",
            vec![run(Change::Kept, verbatim(words(slug)))],
        )
    };
    match &part.change {
        diff::Change::Added { new } => section_text(new, Fate::Added),
        diff::Change::Removed { old } => section_text(old, Fate::Removed),
        diff::Change::Prose(blocks) => {
            let mut pieces = prose(blocks);
            if !matches!(pieces.first(), Some(first) if first.kind == BlockKind::Heading) {
                pieces.insert(0, heading(Change::Kept));
            }
            pieces
        }
        diff::Change::Moved { from, .. } => {
            let from = Some(place_in_words(*from));
            vec![BlockView {
                from,
                ..heading(Change::Moved)
            }]
        }
        diff::Change::Scalar { old, new } => {
            let runs = replaced(shown(old), shown(new));
            vec![
                heading(Change::Kept),
                block(BlockKind::Paragraph, Change::Changed, "", runs),
            ]
        }
        diff::Change::Replaced { old, new } => {
            let mut pieces = section_text(old, Fate::Removed);
            pieces.extend(section_text(new, Fate::Added));
            pieces
        }
    }
}

/// Returns a section's text that is new or gone as a whole.
fn section_text(node: &Node, fate: Fate) -> Vec<BlockView> {
    let Some(scalar) = node.as_scalar().filter(|scalar| !scalar.text.is_empty()) else {
        let change = self::fate(fate);
        let runs = vec![run(change, text_of(node))];
        return vec![block(BlockKind::Paragraph, change, "", runs)];
    };
    let text = diff::meaning(&scalar.text);
    let paragraphs = text.split("\n\n").map(str::trim);
    let told = paragraphs.filter(|paragraph| !paragraph.is_empty());
    told.map(|text| {
        let text = text.to_owned();
        let runs = vec![diff::Run { fate, text }];
        paragraph(&Block { fate, runs })
    })
    .collect()
}

/// Returns paragraphs; headings stand, and paragraphs without a change are folded to their number.
fn prose(blocks: &[Block]) -> Vec<BlockView> {
    let mut pieces: Vec<BlockView> = Vec::new();
    let folds = |piece: &Block| piece.fate == Fate::Same && !is_heading(piece);
    for group in blocks.chunk_by(|one, next| folds(one) == folds(next)) {
        match group {
            [first, ..] if folds(first) => pieces.push(folded(group.len())),
            shown => pieces.extend(shown.iter().map(paragraph)),
        }
    }
    pieces
}

fn is_heading(piece: &Block) -> bool {
    let text: String = piece.runs.iter().map(|run| run.text.as_str()).collect();
    let bare = text.trim_start_matches('#');
    bare.len() < text.len() && bare.starts_with(' ') && !text.contains('\n')
}

/// Returns a paragraph or a heading, the latter without its marks.
fn paragraph(piece: &Block) -> BlockView {
    if !is_heading(piece) {
        return block(BlockKind::Paragraph, fate(piece.fate), "", runs(piece));
    }
    let mut heading = piece.clone();
    if let Some(first) = heading.runs.first_mut() {
        first.text = first.text.trim_start_matches('#').trim_start().to_owned();
    }
    block(BlockKind::Heading, fate(piece.fate), "", runs(&heading))
}

fn folded(count: usize) -> BlockView {
    let sentence = say("diff-folded").with("count", count);
    block(
        BlockKind::Folded,
        Change::Kept,
        "",
        vec![run(Change::Kept, sentence)],
    )
}

/// Returns paragraphs as the runs of one item.
fn joined(blocks: &[Block]) -> Vec<Run> {
    let mut joined = Vec::new();
    for paragraph in blocks {
        if !joined.is_empty() {
            joined.push(run(Change::Kept, verbatim("\n\n")));
        }
        joined.extend(runs(paragraph));
    }
    joined
}

fn runs(paragraph: &Block) -> Vec<Run> {
    let runs = paragraph.runs.iter();
    runs.map(|words| run(fate(words.fate), verbatim(words.text.as_str())))
        .collect()
}

fn fate(fate: Fate) -> Change {
    match fate {
        Fate::Same => Change::Kept,
        Fate::Changed => Change::Changed,
        Fate::Added => Change::Added,
        Fate::Removed => Change::Removed,
    }
}

/// Returns the items of a list, the entries of a map, or the one scalar, as pieces of one fate.
fn items(node: &Node, change: Change) -> Vec<BlockView> {
    let item = |name: &str, node: &Node| {
        block(
            BlockKind::Item,
            change,
            name,
            vec![run(change, text_of(node))],
        )
    };
    match &node.value {
        Value::Scalar(_) => vec![item("", node)],
        Value::List(nodes) => nodes
            .iter()
            .map(|node| item(node.item_key().unwrap_or_default(), node))
            .collect(),
        Value::Map(entries) => entries.iter().map(|(key, node)| item(key, node)).collect(),
    }
}

/// Returns a value as text: the entries of a map one a line, without the key by which its list knows it.
fn text_of(node: &Node) -> Message {
    let told: Vec<Message> = match &node.value {
        Value::Scalar(scalar) => return shown(scalar),
        Value::List(nodes) => nodes.iter().map(text_of).collect(),
        Value::Map(entries) => {
            let told = entries
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "key" | "id"));
            let told: Vec<Message> = told
                .map(|(key, node)| verbatim(format!("{key}:")).and(text_of(node)))
                .collect();
            match (told.as_slice(), entries.get("text")) {
                ([_], Some(text)) => return text_of(text),
                _ => told,
            }
        }
    };
    lines(told)
}

/// Returns a scalar as readers see it; nothing and the empty text have a word.
fn shown(scalar: &Scalar) -> Message {
    match scalar.text.as_str() {
        "" => say("diff-empty"),
        text => verbatim(text),
    }
}

/// Returns the path below the field's key: `c2`, `c2 level`. A number may be a place or a key, and the text beside it tells more than either.
fn below(path: &FieldPath) -> String {
    let steps = path.segments().iter().skip(1);
    let names: Vec<&str> = steps.filter_map(name).collect();
    match names.as_slice() {
        [item, "text"] => (*item).to_owned(),
        names => names.join(" "),
    }
}

fn name(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Item(item) if item.parse::<usize>().is_ok() => None,
        Segment::Item(name) | Segment::Key(name) | Segment::Section(name) => Some(name),
    }
}

fn replaced(old: Message, new: Message) -> Vec<Run> {
    vec![
        run(Change::Removed, old),
        run(Change::Kept, verbatim(" ")),
        run(Change::Added, new),
    ]
}

fn moved(from: usize, name: &str, text: Message) -> BlockView {
    let runs = vec![run(Change::Kept, text)];
    BlockView {
        from: Some(place_in_words(from)),
        ..block(BlockKind::Item, Change::Moved, name, runs)
    }
}

fn place_in_words(index: usize) -> Message {
    say("diff-from-place").with("place", index.saturating_add(1))
}

fn block(kind: BlockKind, change: Change, label: &str, runs: Vec<Run>) -> BlockView {
    BlockView {
        kind,
        change,
        label: label.to_owned(),
        from: None,
        runs,
    }
}

fn run(change: Change, text: Message) -> Run {
    Run { change, text }
}

#[cfg(test)]
mod tests;
