//! What the new links of the chain mean to those who build on what is published.

use std::collections::HashMap;

use anyhow::Result;

use super::chain::{Link, LinkEvent};
use crate::id::BlobId;
use crate::ledger::{AMEND, Attestation, YANK, event_of};
use crate::policy::Policy;
use crate::record;
use crate::repository::Repository;

/// Notes the event that each link is, judged by the policy under which it was made: what a later one says of a status changes no event of the past.
///
/// Returns how many texts were read for it: those of collections with translations alone.
pub(super) fn note(repository: &Repository, links: &mut [Link]) -> Result<usize> {
    let mut policies = HashMap::new();
    let mut texts_read = 0;
    for link in links.iter_mut() {
        let said = &link.attestation;
        if said.step.transition == AMEND {
            continue;
        }
        let policy = match policies.entry(said.policy) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(read_policy(repository, said.policy)?)
            }
        };
        let Some(policy) = policy else {
            continue;
        };
        let collection = policy.collection_of(&said.path);
        let may_translate = collection.is_some_and(|it| it.translates.is_some());
        let is_translation = may_translate && {
            texts_read += 1;
            is_translation(repository, policy, said, link.result)?
        };
        let kind = event_of(policy, said, is_translation);
        link.event = kind.zip(collection).map(|(kind, collection)| LinkEvent {
            kind,
            collection: collection.name.clone(),
        });
    }
    Ok(texts_read)
}

/// An attested policy was read when it was attested; one that a newer program wrote may not read here, and then what it means is not known.
fn read_policy(repository: &Repository, blob: BlobId) -> Result<Option<Policy>> {
    let bytes = repository.bytes(blob)?;
    let text = std::str::from_utf8(&bytes);
    Ok(text.ok().and_then(|text| Policy::read(text).ok()))
}

fn is_translation(
    repository: &Repository,
    policy: &Policy,
    said: &Attestation,
    blob: BlobId,
) -> Result<bool> {
    let Some(collection) = policy.collection_of(&said.path) else {
        return Ok(false);
    };
    if said.step.transition == YANK {
        return Ok(false);
    }
    let bytes = repository.bytes(blob)?;
    let parsed = record::parse(&bytes, collection.format);
    Ok(parsed.is_ok_and(|record| collection.source_of(&record).is_some()))
}
