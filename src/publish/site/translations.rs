//! What becomes of translations whose originals readers do not have.

use std::collections::{HashMap, HashSet};

use super::register::{Gone, PublicRecord};

/// A translation of what is not for readers is not for them either. When its original is taken down it goes too, and comes back by being published again.
pub(super) fn hide(records: &mut Vec<PublicRecord>, mut hidden: HashSet<String>) {
    loop {
        let mut is_done = true;
        let found = hidden.len();
        records.retain(|record| {
            let original = record.facts.translates.as_ref();
            let is_hidden = original.is_some_and(|id| hidden.contains(id));
            if is_hidden {
                hidden.insert(record.id.clone());
            }
            !is_hidden
        });
        let down = records.iter().filter_map(|record| {
            let mut last = record.gone.last()?.clone();
            if !record.is_read() {
                // As long as it is down, so is whatever was published of it since.
                last.sequence = i64::MAX;
            }
            Some((record.id.clone(), last))
        });
        let down: HashMap<String, Gone> = down.collect();
        for record in &mut *records {
            let original = record.facts.translates.as_ref();
            let Some(gone) = original.and_then(|id| down.get(id)) else {
                continue;
            };
            let known = record.gone.last().map_or(0, |own| own.sequence);
            if known < gone.sequence {
                record.take_down_with(gone);
                is_done = false;
            }
        }
        if is_done && hidden.len() == found {
            return;
        }
    }
}
