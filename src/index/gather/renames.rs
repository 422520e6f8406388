//! Which file of a commit is another one under a new name.

use std::collections::HashMap;

use crate::ledger::Trailers;
use crate::repository::{PathChange, exact_renames};

/// Returns new paths with their old ones: files that kept their bytes, and what the message tells.
pub(super) fn renames(trailers: &Trailers, changes: &[PathChange]) -> HashMap<String, String> {
    let exact = exact_renames(changes).into_iter();
    let mut renames: HashMap<String, String> =
        exact.map(|rename| (rename.to, rename.from)).collect();
    renames.extend(told_renames(trailers, changes));
    renames
}

/// Reads `Renamed-from: old/path`, when just one file came in this commit, or `Renamed-from: old/path -> new/path`.
pub(crate) fn told_renames(trailers: &Trailers, changes: &[PathChange]) -> Vec<(String, String)> {
    let came: Vec<&str> = changes
        .iter()
        .filter(|change| change.old.is_none() && change.new.is_some())
        .map(|change| change.path.as_str())
        .collect();
    let told = trailers
        .all_ignoring_case("Renamed-from")
        .filter_map(|value| match (value.split_once(" -> "), came.as_slice()) {
            (Some((from, to)), _) => came.contains(&to).then(|| (to.to_owned(), from.to_owned())),
            (None, [only]) => Some(((*only).to_owned(), value.to_owned())),
            _ => None,
        });
    told.collect()
}
