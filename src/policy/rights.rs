//! Who holds which role for what: a role counts everywhere, or for some collections and languages only.

use super::{Grant, Person, Policy};

/// What a role is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope<'a> {
    /// The collection.
    pub collection: &'a str,
    /// The languages of the text, each of which the role must be held for; an empty one stands for a text that names none. No entry at all means
    /// any text of the collection, whatever its language.
    pub locales: &'a [String],
}

impl<'a> Scope<'a> {
    /// Returns the scope of any text of a collection.
    pub fn collection(collection: &'a str) -> Self {
        Self {
            collection,
            locales: &[],
        }
    }
}

impl Policy {
    /// Returns whether a person may approve changes of the policy.
    pub fn may_govern(&self, person: &Person) -> bool {
        let mut roles = self.governance.by_role.keys();
        roles.any(|role| self.holds(person, role, None))
    }

    /// Returns whether a person holds a role in a scope; governance asks with `None` and is given unscoped grants only.
    pub fn holds(&self, person: &Person, role: &str, scope: Option<Scope<'_>>) -> bool {
        let grants = || person.roles.iter().filter(|grant| grant.role == role);
        let Some(scope) = scope else {
            return grants().any(|grant| grant.collections.is_none() && grant.locales.is_none());
        };
        let inside = || grants().filter(|grant| grant.covers_collection(scope.collection));
        match scope.locales {
            [] => inside().any(|grant| !grant.locales.as_ref().is_some_and(Vec::is_empty)),
            locales => locales
                .iter()
                .all(|locale| inside().any(|grant| grant.covers_locale(locale))),
        }
    }
}

impl Grant {
    /// Returns whether the role counts in a collection.
    pub fn covers_collection(&self, collection: &str) -> bool {
        let among = |names: &Vec<String>| names.iter().any(|name| name == collection);
        self.collections.as_ref().is_none_or(among)
    }

    /// Returns whether the role counts for a text in a language. One held for `fr` counts for `fr-CA` too; one held for some languages never counts
    /// for a text that names none.
    pub fn covers_locale(&self, locale: &str) -> bool {
        let among = |ranges: &Vec<String>| ranges.iter().any(|range| is_within(range, locale));
        self.locales.as_ref().is_none_or(among)
    }
}

/// Returns whether a language is another one or a part of it, as RFC 4647 filters: letter case does not matter.
pub(super) fn is_within(range: &str, locale: &str) -> bool {
    let (range, locale) = (range.as_bytes(), locale.as_bytes());
    match locale.split_at_checked(range.len()) {
        Some((start, rest)) => {
            start.eq_ignore_ascii_case(range) && rest.first().is_none_or(|next| *next == b'-')
        }
        None => false,
    }
}

/// Returns whether a text is written like the name of a language: `fr`, `pt-BR`, `zh-Hant`.
pub(super) fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts
        .next()
        .is_some_and(|first| (2..=8).contains(&first.len()) && letters(first))
        && parts.all(|part| (1..=8).contains(&part.len()) && plain(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Given<'a> = (&'a str, Option<&'a [&'a str]>, Option<&'a [&'a str]>);

    fn person(grants: &[Given<'_>]) -> Person {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Person {
            key: "ana".into(),
            name: "Ana".into(),
            addresses: Vec::new(),
            accounts: Vec::new(),
            roles: grants
                .iter()
                .map(|(role, collections, locales)| Grant {
                    role: (*role).to_owned(),
                    collections: collections.map(owned),
                    locales: locales.map(owned),
                })
                .collect(),
        }
    }

    fn holds(person: &Person, collection: &str, locales: &[&str]) -> bool {
        let policy = Policy::read(include_str!("read/sample.toml")).unwrap();
        let locales: Vec<String> = locales.iter().map(|it| (*it).to_owned()).collect();
        let scope = Scope {
            collection,
            locales: &locales,
        };
        policy.holds(person, "reviewer", Some(scope))
    }

    #[test]
    fn a_role_for_a_language_counts_for_its_parts_and_for_nothing_else() {
        let ana = person(&[("reviewer", None, Some(&["fr", "pt-BR"]))]);
        for good in ["fr", "FR", "fr-CA", "pt-br"] {
            assert!(holds(&ana, "notes", &[good]), "{good}");
        }
        for other in ["", "f", "fra", "fr_CA", "en", "pt", "pt-PT"] {
            assert!(!holds(&ana, "notes", &[other]), "{other}");
        }
        assert!(holds(&ana, "notes", &[]), "some text of the collection");
    }

    #[test]
    fn a_text_that_changes_its_language_asks_for_both() {
        let french = person(&[("reviewer", None, Some(&["fr"]))]);
        assert!(!holds(&french, "notes", &["fr", "en"]));
        let both = person(&[
            ("reviewer", None, Some(&["fr"])),
            ("reviewer", Some(&["notes"]), Some(&["en"])),
        ]);
        assert!(holds(&both, "notes", &["fr", "en"]));
        assert!(!holds(&both, "concepts", &["fr", "en"]));
    }

    #[test]
    fn a_role_in_a_scope_never_governs_and_an_empty_list_means_nobody() {
        let policy = Policy::read(include_str!("read/sample.toml")).unwrap();
        for scoped in [
            person(&[("reviewer", None, Some(&["fr"]))]),
            person(&[("reviewer", Some(&["notes"]), None)]),
        ] {
            assert!(!policy.holds(&scoped, "reviewer", None));
        }
        assert!(policy.holds(&person(&[("reviewer", None, None)]), "reviewer", None));
        for nobody in [
            person(&[("reviewer", Some(&[]), None)]),
            person(&[("reviewer", None, Some(&[]))]),
        ] {
            assert!(!holds(&nobody, "notes", &[]) && !holds(&nobody, "notes", &["fr"]));
        }
    }

    #[test]
    fn languages_are_written_as_tags() {
        for good in ["fr", "pt-BR", "zh-Hant", "de-CH-1996", "tlh"] {
            assert!(is_locale(good), "{good}");
        }
        for bad in ["", "f", "french language", "fr_CA", "fr-", "-fr", "12", "*"] {
            assert!(!is_locale(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_narrower_grant_never_counts_where_a_wider_does_not(
            collection in "[a-b]", ranges in prop::collection::vec("[a-b]{1,2}(-[a-b])?", 0..3), locales in prop::collection::vec("[a-b]{0,2}(-[a-b])?", 0..3),
        ) {
            let ranges: Vec<&str> = ranges.iter().map(String::as_str).collect();
            let locales: Vec<&str> = locales.iter().map(String::as_str).collect();
            let narrow = person(&[("reviewer", Some(&["a"]), Some(&ranges))]);
            let wide = person(&[("reviewer", Some(&["a"]), None)]);
            prop_assert!(!holds(&narrow, &collection, &locales) || holds(&wide, &collection, &locales));
        }
    }
}
