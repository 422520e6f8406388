//! More eyes for larger changes: what a move asks for beside its own approvals.

use indexmap::IndexMap;

use super::{Approvals, Bump, Collection, FieldPattern, Transition, Workflow};
use crate::record::FieldPath;

/// Approvals that a move asks for where a change is large: an entry of `more`.
#[derive(Debug, Clone, PartialEq)]
pub struct More {
    /// For which changes.
    pub when: When,
    /// Role to the number of people who must at least approve in it; a role that the move does not name joins in.
    pub by_role: IndexMap<String, u32>,
}

/// Which changes ask for more approvals.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// Those that move the version so far, or further. A text that was never published counts as major.
    Bump(Bump),
    /// Those of one of these fields, or of anything in it.
    Fields(Vec<FieldPattern>),
    /// Those whose authors nothing proves.
    Unproven,
}

impl Approvals {
    /// Returns these approvals with at least so many people in each role.
    #[must_use]
    pub fn at_least(&self, by_role: &IndexMap<String, u32>) -> Self {
        let mut raised = self.clone();
        for (role, count) in by_role {
            let has = raised.by_role.entry(role.clone()).or_default();
            *has = (*has).max(*count);
        }
        raised
    }
}

impl Transition {
    /// Returns the approvals that the largest change of a text of unproven authors asks for.
    pub fn most_approvals(&self) -> Approvals {
        let all = self.more.iter();
        all.fold(self.approvals.clone(), |most, more| {
            most.at_least(&more.by_role)
        })
    }
}

impl Workflow {
    /// Returns whether some move asks for more by what a change is, and not by who wrote it alone.
    pub fn weighs_changes(&self) -> bool {
        self.more()
            .any(|more| matches!(more.when, When::Bump(_) | When::Fields(_)))
    }

    /// Returns whether some move asks for more where nothing proves who wrote a text.
    pub fn asks_for_proof(&self) -> bool {
        self.more().any(|more| more.when == When::Unproven)
    }

    /// Returns the patterns of fields whose changes ask for more, each once.
    pub fn weighed_fields(&self) -> Vec<&FieldPattern> {
        let mut fields: Vec<&FieldPattern> = Vec::new();
        for more in self.more() {
            if let When::Fields(patterns) = &more.when {
                let new = |pattern: &&FieldPattern| !fields.contains(pattern);
                let found: Vec<_> = patterns.iter().filter(new).collect();
                fields.extend(found);
            }
        }
        fields
    }

    fn more(&self) -> impl Iterator<Item = &More> {
        let transitions = self.transitions.values();
        transitions.flat_map(|transition| &transition.more)
    }

    /// Returns the fields of a collection's records that the server writes; they say nothing to a reader, never move a version and ask for nothing.
    pub fn own_fields(&self, collection: &Collection) -> Vec<FieldPath> {
        let transitions = self.transitions.values();
        let set = transitions.flat_map(|transition| transition.set.keys());
        let own = collection.status.iter().chain(&collection.version);
        own.chain(set).cloned().collect()
    }
}
