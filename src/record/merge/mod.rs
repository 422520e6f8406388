//! Two edits of one record brought together, so that nobody's words are lost and only meant bytes change.
//!
//! The fields decide: `fields` and `body` work out from the three records what the merged one must read as, and what is in conflict. The bytes
//! follow: the texts are woven token by token (`tokens`, `weave`), which keeps the comments and the layout of both sides, and the result counts
//! only if it reads as exactly that record. Where it does not, the changes are spliced one by one (`edit::graft`), each proved in the same
//! way. What cannot be written without disturbing other bytes, or would lose a comment, becomes a conflict and is not approximated.
//!
//! So each change of either side is in the merged text or in the list of conflicts. A removal counts for more than a move of what it removes.
//! Quoting, indentation, blank lines and the order of keys follow the lines they stand on; where both sides changed the same lines the standing
//! layout stays. A byte order mark and the line ends of a file are one field each.

mod body;
mod fields;
mod notes;
mod order;
mod sides;
mod tokens;
mod weave;
mod write;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use super::diff::diff;
use super::{FieldPath, Format, Node, Record, Scalar};
use crate::refusal::Refusal;
use fields::{Dispute, Merging};
use sides::{Shape, Side, Sides};

/// Two edits brought together as far as they are not in conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The standing bytes with everything of yours that is not in conflict; of what is, the standing text.
    pub content: Vec<u8>,
    /// What a person has to decide, in the order of the fields.
    pub conflicts: Vec<Conflict>,
    /// What changed in the standing text by this, in the reading order of the result.
    pub taken: Vec<FieldPath>,
}

/// Something that both sides changed, each in its way, or that cannot be written for both.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The address: of the standing text where it has it, else of yours, else of the base.
    pub path: FieldPath,
    /// What kind of thing it is about.
    pub about: About,
    /// What both began with; `None` where it was not there.
    pub base: Option<Version>,
    /// What stands; `None` where it is gone.
    pub standing: Option<Version>,
    /// What was to be brought in; `None` where it is gone.
    pub yours: Option<Version>,
}

/// What a conflict is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// A value, an item or a section: changed in two ways, or changed by one side and removed by the other.
    Value,
    /// The order of a list or of the body's sections.
    Order,
    /// A comment, or a mark of YAML such as an anchor, that has no place in the merged text. It is settled by hand.
    Note,
    /// A change of one side alone that cannot be written into the standing text without disturbing other bytes.
    Writing,
}

/// What stands at an address on one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The value. Its lines are those of its file; its spans count neither a byte order mark nor carriage returns where all lines end alike.
    pub node: Node,
    /// Its source text.
    pub text: String,
}

/// How a conflict is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// As it stands.
    Standing,
    /// As it was to be brought in.
    Yours,
    /// As neither has it; a section's text is given with its heading.
    New(Scalar),
}

/// Brings an edit into the text that stands. `base` is what both began with; without one, both began from nothing.
///
/// # Errors
///
/// Refuses texts that [`super::parse()`] refuses; the cause names the side.
pub fn merge(
    base: Option<&[u8]>,
    standing: &[u8],
    yours: &[u8],
    format: Format,
) -> Result<Merged, Refusal> {
    let shape = Shape::read(base, standing, yours, format)?;
    let sides = Sides::open(&shape, format)?;
    let plan = plan(&sides, &[]);
    let written = write::written(&sides, &plan);
    let content = shape.restore(&written.text, format)?;
    let conflicts = plan
        .disputes
        .into_iter()
        .chain(written.disputes)
        .map(|dispute| sides.conflict(dispute))
        .collect();
    Ok(Merged {
        taken: taken(&sides, &written.text, format),
        content,
        conflicts,
    })
}

/// Brings an edit into the text that stands, with each conflict of [`merge`] settled: the choices are in the order of its conflicts.
///
/// # Errors
///
/// Refuses what [`merge`] refuses, another number of choices than there are conflicts, and a choice that cannot be written without disturbing
/// other bytes.
pub fn settle(
    base: Option<&[u8]>,
    standing: &[u8],
    yours: &[u8],
    format: Format,
    choices: &[Choice],
) -> Result<Vec<u8>, Refusal> {
    let shape = Shape::read(base, standing, yours, format)?;
    let sides = Sides::open(&shape, format)?;
    let open = plan(&sides, &[]);
    let written = write::written(&sides, &open);
    let count = open.disputes.len() + written.disputes.len();
    if choices.len() != count {
        return Err(Refusal::new(
            "REC-MERGE-001",
            format!("{} choices were given for {count} conflicts", choices.len()),
            "look at the conflicts again and choose for each of them",
        ));
    }
    let (values, by_hand) = choices.split_at(open.disputes.len());
    let unsettled = written.disputes.iter().zip(by_hand);
    for (dispute, choice) in unsettled {
        if *choice != Choice::Standing {
            return Err(not_written(&dispute.path));
        }
    }
    let left: Vec<&Dispute> = written.disputes.iter().collect();
    let text = write::settled(&sides, &plan(&sides, values), &written.text, &left)?;
    shape.restore(&text, format)
}

/// Returns the refusal of a choice that cannot be carried out.
fn not_written(path: &FieldPath) -> Refusal {
    Refusal::new(
        "REC-MERGE-002",
        format!("{path} cannot be settled so without disturbing other bytes"),
        "keep what stands here, or merge the two texts by hand in git",
    )
}

/// What the merged record must read as.
struct Plan {
    wanted: Record,
    disputes: Vec<Dispute>,
}

fn plan(sides: &Sides, choices: &[Choice]) -> Plan {
    let mut merging = Merging::new(choices);
    let base = sides.base.as_ref().map(|base| &base.record);
    let (standing, yours) = (&sides.standing.record, &sides.yours.record);
    let fields = merging.maps(
        &FieldPath::default(),
        base.map(|base| &base.fields),
        &standing.fields,
        &yours.fields,
    );
    let body = match (&standing.body, &yours.body) {
        (Some(standing), Some(yours)) => {
            let base = base.and_then(|base| base.body.as_ref());
            let mut body = standing.clone();
            body.text = merging.bodies(base, standing, yours);
            Some(body)
        }
        (body, _) => body.clone(),
    };
    Plan {
        wanted: Record { fields, body },
        disputes: merging.disputes,
    }
}

/// Returns what the standing record did not say before.
fn taken(sides: &Sides, text: &str, format: Format) -> Vec<FieldPath> {
    let Ok(result) = Side::open(text, format, "merged") else {
        return Vec::new();
    };
    diff(Some(&sides.standing.record), Some(&result.record))
        .changes
        .into_iter()
        .map(|change| change.path)
        .collect()
}
