//! What a complete move does to the file: the server's own fields, and nothing else.

use semver::Version;

use super::approvals::Requirement;
use super::transition::Offer;
use crate::ledger::VersionMove;
use crate::policy::{Bump, Collection, Policy, Setting, Workflow};
use crate::record::diff::diff;
use crate::record::{self, Edit, FieldPath, Record, Scalar};
use crate::refusal::Refusal;
use crate::review::Item;
use crate::version::{self, Explained};

/// The texts that a move needs beside the item.
pub struct Texts<'a> {
    /// The blob at the tip.
    pub proposed: &'a [u8],
    /// The last published blob.
    pub base: Option<&'a [u8]>,
    /// The blob of the last attestation.
    pub attested: Option<&'a [u8]>,
}

/// What the commit of a move will hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// The file's bytes afterwards.
    pub content: Vec<u8>,
    /// How the version moves, where the move writes one and anything was said.
    pub version: Option<VersionMove>,
    /// Why, rule by rule; `None` for a first activation and for moves that write no version.
    pub explained: Option<Explained>,
}

impl Prepared {
    /// Returns the outcome of a move that leaves its file as it is.
    pub(super) fn untouched() -> Self {
        Self {
            content: Vec::new(),
            version: None,
            explained: None,
        }
    }
}

/// Applies a move to the proposed text on a given day. Pure: `verify` applies the same to the reviewed blob and compares.
///
/// # Errors
/// When a needed field is empty, the version cannot move, or a line cannot be edited without touching another.
pub fn prepare(
    policy: &Policy,
    item: &Item,
    offer: &Offer,
    requirement: &Requirement,
    texts: &Texts<'_>,
    at: i64,
) -> Result<Prepared, Refusal> {
    if offer.is_removal() {
        return Ok(Prepared::untouched());
    }
    let missing = || {
        Refusal::new(
            "REV-MOVE-004",
            "the record's collection is not in the policy",
            "add the collection to the policy first",
        )
    };
    let collection = item.collection(policy).ok_or_else(missing)?;
    let workflow = policy.workflow(collection);
    if offer.is_restore() {
        return restore(item, workflow, collection, offer, texts);
    }
    let proposed = record::parse(texts.proposed, collection.format)?;
    refuse_missing_fields(item, workflow, offer, &proposed)?;
    let (version, explained) = match offer.writes_version {
        true => version_move(item, collection, workflow, requirement, texts, &proposed)?,
        false => (None, None),
    };
    let edits = own_edits(collection, workflow, offer, version.as_ref(), &proposed, at)?;
    let content = record::edit(texts.proposed, collection.format, &edits)?;
    Ok(Prepared {
        content,
        version,
        explained,
    })
}

/// Returns how the version would move if the item's text were published now, for the page.
///
/// # Errors
/// When either text does not parse, or the version cannot move.
pub fn forecast(
    policy: &Policy,
    item: &Item,
    requirement: &Requirement,
    texts: &Texts<'_>,
) -> Result<(Option<VersionMove>, Option<Explained>), Refusal> {
    let Some(collection) = item.collection(policy) else {
        return Ok((None, None));
    };
    let proposed = record::parse(texts.proposed, collection.format)?;
    version_move(
        item,
        collection,
        policy.workflow(collection),
        requirement,
        texts,
        &proposed,
    )
}

/// Beyond draft the attested bytes come back; in a draft only the status line does.
fn restore(
    item: &Item,
    workflow: &Workflow,
    collection: &Collection,
    offer: &Offer,
    texts: &Texts<'_>,
) -> Result<Prepared, Refusal> {
    let content = match (
        item.text_changed(workflow),
        texts.attested,
        &collection.status,
    ) {
        (true, Some(attested), _) => attested.to_owned(),
        (_, _, Some(status)) => record::edit(
            texts.proposed,
            collection.format,
            &[Edit::Set {
                path: status.clone(),
                value: Scalar::text(&offer.to),
            }],
        )?,
        _ => {
            let cause = "nothing was attested that could be put back";
            return Err(Refusal::new(
                "REV-MOVE-005",
                cause,
                "decide about the record as it stands",
            )
            .in_path(item.record.0.clone()));
        }
    };
    Ok(Prepared {
        content,
        version: None,
        explained: None,
    })
}

/// Returns the fields that a move needs a value in and that a text leaves empty.
pub fn missing_fields<'a>(
    workflow: &'a Workflow,
    transition: &str,
    text: &Record,
) -> Vec<&'a FieldPath> {
    let known = workflow.transitions.get(transition).into_iter();
    let requires = known.flat_map(|transition| &transition.requires);
    requires
        .filter(|path| text.text(path).is_none_or(|text| text.trim().is_empty()))
        .collect()
}

fn refuse_missing_fields(
    item: &Item,
    workflow: &Workflow,
    offer: &Offer,
    proposed: &Record,
) -> Result<(), Refusal> {
    let missing = missing_fields(workflow, &offer.name, proposed);
    if missing.is_empty() {
        return Ok(());
    }
    let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let cause = format!("\"{}\" needs a value in {}", offer.name, missing.join(", "));
    Err(Refusal::new(
        "REV-FIELD-001",
        cause,
        "fill it in, and decide about the new text",
    )
    .in_path(item.record.0.clone()))
}

fn version_move(
    item: &Item,
    collection: &Collection,
    workflow: &Workflow,
    requirement: &Requirement,
    texts: &Texts<'_>,
    proposed: &Record,
) -> Result<(Option<VersionMove>, Option<Explained>), Refusal> {
    let (Some(base), Some(current)) = (texts.base, &item.attested_version) else {
        return Ok((
            Some(VersionMove {
                from: None,
                to: Version::new(1, 0, 0),
                bump: Bump::Major,
            }),
            None,
        ));
    };
    let base = record::parse(base, collection.format).ok();
    let explained = version::explain(
        &diff(base.as_ref(), Some(proposed)),
        &collection.floors,
        &workflow.own_fields(collection),
    );
    let bump = chosen(requirement, explained.bump);
    if bump == Bump::None {
        return Ok((None, Some(explained)));
    }
    let to = version::next(Some(current), bump)?;
    Ok((
        Some(VersionMove {
            from: Some(current.clone()),
            to,
            bump,
        }),
        Some(explained),
    ))
}

/// The largest bump that an approver asked for; who asked for none agrees with the computed one.
fn chosen(requirement: &Requirement, computed: Bump) -> Bump {
    requirement
        .approvals
        .iter()
        .map(|approval| approval.bump.unwrap_or(computed))
        .max()
        .unwrap_or(computed)
}

/// The server's own edits, those left out that would change nothing.
fn own_edits(
    collection: &Collection,
    workflow: &Workflow,
    offer: &Offer,
    version: Option<&VersionMove>,
    proposed: &Record,
    at: i64,
) -> Result<Vec<Edit>, Refusal> {
    let mut edits = Vec::new();
    let mut set = |path: &FieldPath, value: Scalar| {
        if proposed.get(path).and_then(|node| node.as_scalar()) != Some(&value) {
            edits.push(Edit::Set {
                path: path.clone(),
                value,
            });
        }
    };
    if let Some(path) = &collection.status {
        set(path, Scalar::text(&offer.to));
    }
    if let (Some(path), Some(version)) = (&collection.version, version) {
        set(path, Scalar::text(version.to.to_string()));
    }
    let Some(transition) = workflow.transitions.get(&offer.name) else {
        return Ok(edits);
    };
    let mut removed = Vec::new();
    for (path, setting) in &transition.set {
        match setting {
            Setting::Value(value) => set(path, value.clone()),
            Setting::Today => set(
                path,
                Scalar {
                    kind: record::ScalarKind::Date,
                    text: day(at)?,
                },
            ),
            Setting::Absent if proposed.get(path).is_some() => {
                removed.push(Edit::Remove { path: path.clone() })
            }
            Setting::Absent => {}
        }
    }
    edits.extend(removed);
    Ok(edits)
}

/// Returns the day of a moment in UTC, `YYYY-MM-DD`.
fn day(at: i64) -> Result<String, Refusal> {
    let wrong = || {
        Refusal::new(
            "REV-TIME-001",
            format!("{at} is no date"),
            "set the server's clock",
        )
    };
    let date = time::OffsetDateTime::from_unix_timestamp(at)
        .map_err(|_| wrong())?
        .date();
    Ok(format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    ))
}
