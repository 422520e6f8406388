//! Who somebody is to an item.

use crate::id::Identity;
use crate::policy::{Person, Policy, Scope};
use crate::repository::SERVER_ADDRESS;
use crate::review::Item;

/// Returns in whose name the journal tells what no person said.
pub fn server_identity() -> Identity {
    Identity::new("Countersign", SERVER_ADDRESS)
}

/// Returns whether a person wrote any of an item, under any of their addresses.
pub fn is_author(policy: &Policy, item: &Item, person: &Person) -> bool {
    item.authors
        .iter()
        .any(|author| is_same(policy, &author.identity, person))
}

/// Returns whether an identity in a commit is this person.
pub(super) fn is_same(policy: &Policy, identity: &Identity, person: &Person) -> bool {
    policy
        .person_by_address(&identity.address)
        .is_some_and(|known| known.key == person.key)
}

/// Returns whether a person holds any role in an item's collection, for whatever language, and so may write and comment there.
pub fn may_take_part(policy: &Policy, collection: &str, person: &Person) -> bool {
    policy
        .roles
        .keys()
        .any(|role| policy.holds(person, role, Some(Scope::collection(collection))))
}
