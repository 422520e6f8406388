//! What a repository holds, added up record by record so that memory follows the shapes and not the records.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use indexmap::IndexMap;

use crate::policy::Person;
use crate::record::{FieldPath, Format, Node, Record, ScalarKind, Segment, Value};

/// A field with more different values than this is no status.
pub(super) const MOST_VALUES: usize = 24;

/// Longer values are text to read and not words of a workflow.
const LONGEST_VALUE: usize = 40;

/// Longer keys are not names of fields.
const LONGEST_KEY: usize = 100;

/// Fields beyond this many in one folder are not counted: they are somebody's data used as keys.
const MOST_FIELDS: usize = 100;

/// Beyond this many folders, new ones are counted with their top-level folder.
const MOST_FOLDERS: usize = 1000;

/// Folders are told apart down to this depth.
const DEEPEST: usize = 4;

/// What a repository holds.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    pub(super) name: String,
    pub(super) branch: String,
    pub(super) folders: BTreeMap<(String, &'static str), Folder>,
    pub(super) past: BTreeMap<(String, String), Past>,
    pub(super) people: Vec<Person>,
}

/// Adds up what a repository holds.
#[derive(Debug, Clone, Default)]
pub struct SurveyBuilder(Survey);

/// The records of one folder in one format.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub format: Format,
    /// Whether records of folders below are counted here too.
    pub deep: bool,
    pub extensions: BTreeSet<String>,
    pub records: usize,
    pub unread: usize,
    pub fields: IndexMap<FieldPath, Tally>,
    /// Hashes of the names without date and extension.
    pub names: HashSet<u64>,
}

/// One field over the records of a folder.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    /// In how many records it stands with a value.
    pub present: usize,
    /// In how many of them it is a text, a whole number, or a text of three numbers with dots.
    pub texts: usize,
    pub integers: usize,
    pub versions: usize,
    /// Its values, while they are few, short and text.
    pub values: Option<IndexMap<String, ValueTally>>,
    /// Hashes of its values, while no two are equal and all are scalars.
    pub unique: Option<HashSet<u64>>,
}

/// One value of a field and what stands beside it.
#[derive(Debug, Clone, Default)]
pub(super) struct ValueTally {
    pub count: usize,
    /// In how many of these records each other field stands.
    pub beside: HashMap<FieldPath, usize>,
}

/// Files of one extension that once stood below a top-level folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Past {
    pub names: HashSet<u64>,
}

impl SurveyBuilder {
    /// Returns a builder for a repository of that name, whose published branch is `branch`.
    pub fn new(name: impl Into<String>, branch: impl Into<String>) -> Self {
        Self(Survey {
            name: name.into(),
            branch: branch.into(),
            ..Survey::default()
        })
    }

    /// Adds a file that parses.
    pub fn add(&mut self, path: &str, record: &Record) {
        if record.fields.is_empty() {
            return;
        }
        if let Some(folder) = self.0.folder(path) {
            folder.add(path, record);
        }
    }

    /// Adds a file of a known format that does not parse as a record.
    pub fn add_unread(&mut self, path: &str) {
        if let Some(folder) = self.0.folder(path) {
            folder.unread += 1;
        }
    }

    /// Adds a path that a commit of the past held and the head does not.
    pub fn add_past_path(&mut self, path: &str) {
        let Some((_, extension)) = path.rsplit_once('.') else {
            return;
        };
        let Some((top, _)) = path.split_once('/') else {
            return;
        };
        let known = self.0.past.len() < MOST_FOLDERS;
        let key = (top.to_owned(), extension.to_owned());
        if Format::of_path(path).is_some() && (known || self.0.past.contains_key(&key)) {
            let past = self.0.past.entry(key).or_default();
            past.names.insert(hash(plain_name(path)));
        }
    }

    /// Adds somebody the policy shall know; one address is one person, who then holds the roles of both.
    pub fn add_person(&mut self, person: Person) {
        let known = self.0.people.iter_mut().find(|other| {
            let mut addresses = other.addresses.iter();
            addresses.any(|address| person.addresses.contains(address))
        });
        match known {
            Some(known) => {
                for grant in person.roles {
                    if !known.roles.contains(&grant) {
                        known.roles.push(grant);
                    }
                }
            }
            None => self.0.people.push(person),
        }
    }

    /// Returns what was added up.
    pub fn finish(self) -> Survey {
        self.0
    }
}

impl Survey {
    /// Returns the folder that counts a file; `None` for hidden files and for formats that hold no records.
    fn folder(&mut self, path: &str) -> Option<&mut Folder> {
        let format = Format::of_path(path)?;
        if path.split('/').any(|part| part.starts_with('.')) {
            return None;
        }
        let parts: Vec<&str> = path.split('/').collect();
        let depth = parts.len() - 1;
        let mut kept = depth.min(DEEPEST);
        let key = |kept: usize| (parts[..kept].join("/"), format.name());
        if self.folders.len() >= MOST_FOLDERS && !self.folders.contains_key(&key(kept)) {
            kept = depth.min(1);
        }
        let folder = self
            .folders
            .entry(key(kept))
            .or_insert_with(|| Folder::new(format));
        folder.deep |= kept < depth;
        Some(folder)
    }
}

impl Folder {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            deep: false,
            extensions: BTreeSet::new(),
            records: 0,
            unread: 0,
            fields: IndexMap::new(),
            names: HashSet::new(),
        }
    }

    fn add(&mut self, path: &str, record: &Record) {
        self.records += 1;
        if let Some((_, extension)) = path.rsplit_once('.') {
            self.extensions.insert(extension.to_owned());
        }
        self.names.insert(hash(plain_name(path)));
        let fields = flatten(record);
        let present: Vec<&FieldPath> = fields.iter().map(|(path, _)| path).collect();
        for (path, node) in &fields {
            let first = self.records == 1 || !self.fields.contains_key(path);
            if first && self.fields.len() >= MOST_FIELDS {
                continue;
            }
            self.fields
                .entry(path.clone())
                .or_default()
                .add(path, node, &present);
        }
    }

    /// Adds the records of another folder to these.
    pub(super) fn merge(&mut self, other: &Self) {
        self.records += other.records;
        self.unread += other.unread;
        self.extensions.extend(other.extensions.iter().cloned());
        self.names.extend(&other.names);
        for (path, tally) in &other.fields {
            self.fields.entry(path.clone()).or_default().merge(tally);
        }
    }

    /// Returns the fields that at least half of the records hold.
    pub(super) fn usual(&self) -> HashSet<&FieldPath> {
        let usual = |tally: &Tally| tally.present * 2 >= self.records;
        let fields = self.fields.iter().filter(|(_, tally)| usual(tally));
        fields.map(|(path, _)| path).collect()
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            present: 0,
            texts: 0,
            integers: 0,
            versions: 0,
            values: Some(IndexMap::new()),
            unique: Some(HashSet::new()),
        }
    }
}

impl Tally {
    fn add(&mut self, own: &FieldPath, node: &Node, present: &[&FieldPath]) {
        self.present += 1;
        let Some(scalar) = node.as_scalar() else {
            self.values = None;
            self.unique = None;
            return;
        };
        match scalar.kind {
            ScalarKind::Text => self.texts += 1,
            ScalarKind::Integer => self.integers += 1,
            ScalarKind::Null | ScalarKind::Bool | ScalarKind::Float | ScalarKind::Date => {}
        }
        if semver::Version::parse(&scalar.text).is_ok() {
            self.versions += 1;
        }
        if self
            .unique
            .as_mut()
            .is_some_and(|seen| !seen.insert(hash(&scalar.text)))
        {
            self.unique = None;
        }
        if scalar.kind == ScalarKind::Text {
            self.add_value(own, &scalar.text, present);
        } else {
            self.values = None;
        }
    }

    fn add_value(&mut self, own: &FieldPath, text: &str, present: &[&FieldPath]) {
        let Some(values) = &mut self.values else {
            return;
        };
        let word = !text.trim().is_empty()
            && text.len() <= LONGEST_VALUE
            && !text.chars().any(char::is_control);
        if !word || (values.len() >= MOST_VALUES && !values.contains_key(text)) {
            self.values = None;
            return;
        }
        let value = values.entry(text.to_owned()).or_default();
        value.count += 1;
        for path in present.iter().filter(|path| **path != own) {
            *value.beside.entry((*path).clone()).or_default() += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.present += other.present;
        self.texts += other.texts;
        self.integers += other.integers;
        self.versions += other.versions;
        self.unique = match (self.unique.take(), &other.unique) {
            (Some(mut own), Some(more)) => {
                let before = own.len() + more.len();
                own.extend(more);
                (own.len() == before).then_some(own)
            }
            _ => None,
        };
        self.values = match (self.values.take(), &other.values) {
            (Some(own), Some(more)) => merge_values(own, more),
            _ => None,
        };
    }
}

fn merge_values(
    mut own: IndexMap<String, ValueTally>,
    more: &IndexMap<String, ValueTally>,
) -> Option<IndexMap<String, ValueTally>> {
    for (text, tally) in more {
        let value = own.entry(text.clone()).or_default();
        value.count += tally.count;
        for (path, count) in &tally.beside {
            *value.beside.entry(path.clone()).or_default() += count;
        }
    }
    (own.len() <= MOST_VALUES).then_some(own)
}

/// Returns the fields that hold a value, two levels deep.
fn flatten(record: &Record) -> Vec<(FieldPath, &Node)> {
    let mut fields = Vec::new();
    for (key, node) in record.fields.iter().filter(|(key, _)| is_plain_key(key)) {
        let path = FieldPath::key(key.clone());
        if let Value::Map(map) = &node.value {
            let below = map
                .iter()
                .filter(|(key, node)| is_plain_key(key) && holds_value(node));
            fields.extend(below.map(|(key, node)| (path.join(Segment::Key(key.clone())), node)));
        }
        if holds_value(node) {
            fields.push((path, node));
        }
    }
    fields
}

/// Other keys cannot stand in a policy, or are somebody's text.
fn is_plain_key(key: &str) -> bool {
    !key.trim().is_empty() && key.len() <= LONGEST_KEY && !key.chars().any(char::is_control)
}

fn holds_value(node: &Node) -> bool {
    node.as_scalar()
        .is_none_or(|scalar| scalar.kind != ScalarKind::Null)
}

/// Returns a file's name without its extension and without the date that many begin with; names that changed by these alone are the same here.
fn plain_name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
    let date = |c: char| c.is_ascii_digit() || matches!(c, '-' | '_');
    let undated = name.trim_start_matches(date);
    // A name of digits alone is a number and no date.
    if name.len() - undated.len() >= "2000-01-01-".len() && !undated.is_empty() {
        undated
    } else {
        name
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
