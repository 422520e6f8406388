//! Which fields hold the id, the title, the status and the version.

use super::Guess;
use super::survey::{Folder, Tally};
use super::words::meaning;
use crate::record::{FieldPath, Segment};

const ID_NAMES: [&str; 7] = ["id", "identifier", "key", "uid", "slug", "number", "code"];
const TITLE_NAMES: [&str; 6] = ["title", "name", "label", "heading", "headline", "subject"];
const STATUS_NAMES: [&str; 6] = ["status", "state", "stage", "phase", "lifecycle", "workflow"];
const VERSION_NAMES: [&str; 2] = ["version", "revision"];

/// The fields that a policy names.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    pub id: Option<FieldPath>,
    pub title: Option<FieldPath>,
    pub status: Option<FieldPath>,
    pub version: Option<FieldPath>,
}

/// Finds the fields of a collection called `name`.
pub(super) fn find(name: &str, folder: &Folder, guesses: &mut Vec<Guess>) -> Fields {
    Fields {
        id: find_id(name, folder, guesses),
        title: by_name(folder, &TITLE_NAMES, |tally| {
            tally.texts * 2 >= folder.records
        }),
        status: find_status(name, folder, guesses),
        version: find_version(name, folder, guesses),
    }
}

/// An id is different in every record that has it, stands in nearly all, and is called like one or like the folder.
fn find_id(name: &str, folder: &Folder, guesses: &mut Vec<Guess>) -> Option<FieldPath> {
    let unique = |tally: &Tally| {
        tally.unique.is_some()
            && tally.present * 20 >= folder.records * 19
            && (tally.texts + tally.integers) == tally.present
    };
    let singular = name.strip_suffix('s').unwrap_or(name);
    let own: [&str; 2] = [singular, name];
    let found = by_name(folder, &own, unique).or_else(|| by_name(folder, &ID_NAMES, unique));
    guesses.push(match &found {
        Some(path) => Guess::new(
            format!("\"{path}\" is the id of a record in \"{name}\""),
            format!("no two of {} records have the same", folder.records),
        ),
        None => Guess::new(
            format!("records in \"{name}\" are known by the path of their birth"),
            "no field that is called like an id is there in nearly all records and different in each",
        ),
    });
    found
}

/// A status has few values, each for many records. One that is not called like a status must speak plain editorial English.
fn find_status(name: &str, folder: &Folder, guesses: &mut Vec<Guess>) -> Option<FieldPath> {
    let usual = |tally: &Tally| tally.present * 5 >= folder.records * 4 && tally.values.is_some();
    let few = |tally: &Tally| {
        let values = tally.values.iter().flatten().count();
        values > 0 && (values <= 4 || values * 2 <= tally.present)
    };
    let called = by_name(folder, &STATUS_NAMES, |tally| usual(tally) && few(tally));
    let found = called.or_else(|| {
        let mut fields = folder.fields.iter();
        let speaks = |tally: &Tally| plain_share(tally) * 5 >= tally.present * 3;
        fields
            .find(|(_, tally)| usual(tally) && few(tally) && speaks(tally))
            .map(|(path, _)| path.clone())
    });
    guesses.push(match &found {
        Some(path) => {
            let values = folder
                .fields
                .get(path)
                .and_then(|tally| tally.values.as_ref());
            let listed: Vec<String> = values
                .into_iter()
                .flatten()
                .map(|(value, tally)| format!("{value} ({})", tally.count))
                .collect();
            Guess::new(
                format!("\"{path}\" is the status of a record in \"{name}\""),
                format!("it has few values in many records: {}", listed.join(", ")),
            )
        }
        None => Guess::new(
            format!("records in \"{name}\" hold no status; the register alone knows it"),
            "no field of text has few values in nearly all records",
        ),
    });
    found
}

/// Returns in how many records the field holds a word of plain editorial English.
fn plain_share(tally: &Tally) -> usize {
    let values = tally.values.iter().flatten();
    values
        .filter(|(value, _)| meaning(value).is_some())
        .map(|(_, value)| value.count)
        .sum()
}

fn find_version(name: &str, folder: &Folder, guesses: &mut Vec<Guess>) -> Option<FieldPath> {
    let found = by_name(folder, &VERSION_NAMES, |tally| tally.present > 0);
    let shaped = |path: &FieldPath| {
        folder
            .fields
            .get(path)
            .is_some_and(|tally| tally.versions == tally.present)
    };
    match found {
        Some(path) if shaped(&path) => Some(path),
        Some(path) => {
            guesses.push(Guess::new(
                format!("\"{path}\" in \"{name}\" is not the version that the register writes"),
                "its values are not all of the form 1.2.3",
            ));
            None
        }
        None => None,
    }
}

/// Returns the field of the earliest of these names that is good, at the top before inside another field.
fn by_name(folder: &Folder, names: &[&str], good: impl Fn(&Tally) -> bool) -> Option<FieldPath> {
    let called = |path: &FieldPath, name: &str| matches!(path.segments().last(), Some(Segment::Key(key)) if key.eq_ignore_ascii_case(name));
    let find = |depth: usize, name: &str| {
        let mut fields = folder.fields.iter();
        fields
            .find(|(path, tally)| {
                path.segments().len() == depth && called(path, name) && good(tally)
            })
            .map(|(path, _)| path.clone())
    };
    [1, 2]
        .into_iter()
        .find_map(|depth| names.iter().find_map(|name| find(depth, name)))
}
