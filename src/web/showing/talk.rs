//! What is said of single fields: under the field it is about, with the text that somebody suggests, and marked once that field says something else.

use std::collections::HashMap;

use anyhow::Result;

use super::diff;
use super::words::{label, plain};
use crate::id::{BlobId, CommitId};
use crate::publish::visible::is_invisible;
use crate::record::merge::merge;
use crate::record::{self, Edit, FieldPath, Format, Node, Record, Scalar, Segment, Value};
use crate::refusal::Refusal;
use crate::review::PastDecision;
use crate::web::pages::diff::DiffView;
use crate::web::pages::talk::{Suggestion, SuggestionState, Talk, Topic};

/// What became of the fields that were spoken of.
#[derive(Debug, Default)]
pub struct Anchors {
    /// Whether the field still says what it said, by decision.
    stands: HashMap<CommitId, bool>,
    /// What was suggested, by decision.
    suggestions: HashMap<CommitId, Suggestion>,
}

impl Anchors {
    /// Reads the texts that were spoken of and compares them with the one that stands.
    ///
    /// # Errors
    /// When a text cannot be read for any other reason than that git no longer has it.
    pub fn read(
        said: &[PastDecision],
        now: &[u8],
        format: Format,
        bytes: impl Fn(BlobId) -> Result<Vec<u8>>,
    ) -> Self {
        let mut anchors = Self::default();
        let Ok(record) = record::parse(now, format) else {
            return anchors;
        };
        for said in said {
            let decision = &said.decision;
            let Some(field) = &decision.about.field else {
                continue;
            };
            let Ok(then) = bytes(decision.proposed) else {
                continue;
            };
            let stands = record::parse(&then, format)
                .is_ok_and(|then| value(&then, field) == value(&record, field));
            anchors.stands.insert(said.commit, stands);
            if let Some(Ok(suggested)) = decision.about.suggested.map(&bytes) {
                let told = suggestion(said.commit, (&then, now, &suggested), format);
                anchors.suggestions.insert(said.commit, told);
            }
        }
        anchors
    }

    /// Returns whether what a decision spoke of says something else now; `None` where it spoke of no field.
    pub fn is_outdated(&self, commit: CommitId) -> Option<bool> {
        self.stands.get(&commit).map(|stands| !stands)
    }

    /// Returns what a decision suggested.
    pub fn suggestion(&self, commit: CommitId) -> Option<Suggestion> {
        self.suggestions.get(&commit).cloned()
    }
}

fn suggestion(
    commit: CommitId,
    (then, now, suggested): (&[u8], &[u8], &[u8]),
    format: Format,
) -> Suggestion {
    let state = match merge(Some(then), now, suggested, format) {
        Ok(merged) if merged.conflicts.is_empty() && merged.content == now => {
            SuggestionState::Taken
        }
        Ok(merged) if merged.conflicts.is_empty() => SuggestionState::Open,
        Ok(_) | Err(_) => SuggestionState::Outdated,
    };
    let mut diff = diff::of_files(
        Some(then),
        suggested,
        format,
        &format!("suggested-{commit}-"),
    );
    diff.lines.clear();
    diff.unchanged.clear();
    Suggestion {
        decision: commit.to_string(),
        diff,
        state,
        accept: None,
    }
}

/// Returns what a field says, as a person compares it.
fn value(record: &Record, field: &FieldPath) -> Option<String> {
    match (&record.body, *field == FieldPath::body()) {
        (Some(body), true) => Some(body.text.replace("\r\n", "\n")),
        _ => record.get(field).map(plain),
    }
}

/// Puts what may be said under the fields that changed: of each, or of the items of a list, each by itself.
pub fn under(diff: &mut DiffView, now: Option<&Record>, make: impl Fn(Topic) -> Topic) {
    for field in &mut diff.fields {
        let topics = match now {
            Some(record) => topics(record, &field.path),
            None => Vec::new(),
        };
        let topics: Vec<Topic> = topics.into_iter().map(&make).collect();
        field.talk = (!topics.is_empty()).then_some(Talk { topics });
    }
}

/// The most items of a list that are spoken of one by one.
const MOST_ITEMS: usize = 40;

fn topics(record: &Record, key: &str) -> Vec<Topic> {
    let path = FieldPath::key(key);
    // What holds marks that nobody sees is changed in the editor, which keeps them, and not beside a text in which they are shown.
    let is_plain = |text: &String| !text.chars().any(is_invisible);
    let topic = |path: &FieldPath, text: Option<String>| Topic {
        path: path.to_string(),
        label: label(path),
        text: text.filter(is_plain),
        ..Topic::default()
    };
    if let Some(body) = record.body.as_ref().filter(|_| path == FieldPath::body()) {
        return vec![topic(&path, Some(body.text.replace("\r\n", "\n")))];
    }
    let Some(node) = record.get(&path) else {
        return vec![topic(&path, None)];
    };
    match &node.value {
        Value::Scalar(scalar) => vec![topic(&path, Some(scalar.text.replace("\r\n", "\n")))],
        Value::Map(_) => vec![topic(&path, None)],
        Value::List(items) => {
            let whole = std::iter::once(topic(&path, None));
            let items = items.iter().take(MOST_ITEMS).filter_map(|item| {
                let (path, text) = text_of_item(&path, item)?;
                Some(topic(&path, Some(text)))
            });
            whole.chain(items).collect()
        }
    }
}

/// Returns where the text of an item with a key stands, and what it says.
fn text_of_item(list: &FieldPath, item: &Node) -> Option<(FieldPath, String)> {
    let at = list.join(Segment::Item(item.item_key()?.to_owned()));
    let Value::Map(map) = &item.value else {
        return None;
    };
    let (key, scalar) = map
        .iter()
        .find_map(|(key, node)| Some((key, node.as_scalar()?)).filter(|_| key == "text"))?;
    Some((at.join(Segment::Key(key.clone())), scalar.text.clone()))
}

/// Returns a whole text in which a field says what somebody suggests.
///
/// # Errors
/// Refuses a field that holds no single text.
pub fn suggested(
    bytes: &[u8],
    format: Format,
    field: &FieldPath,
    text: &str,
) -> Result<Vec<u8>, Refusal> {
    let record = record::parse(bytes, format)?;
    if record.body.is_some() && *field == FieldPath::body() {
        return record::edit(bytes, format, &[Edit::Body(text.to_owned())]);
    }
    let Some(scalar) = record.get(field).and_then(Node::as_scalar) else {
        return Err(Refusal::new(
            "REV-SUGGEST-002",
            format!("{field} holds no single text, so no other can be suggested for it"),
            "say in words what you would change",
        ));
    };
    let edit = Edit::Set {
        path: field.clone(),
        value: Scalar {
            kind: scalar.kind,
            text: text.to_owned(),
        },
    };
    record::edit(bytes, format, &[edit])
}
