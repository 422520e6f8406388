//! Targets: whether what they ask for can be.

use crate::policy::Policy;
use crate::policy::read::{Report, shown};
use crate::policy::rights::is_locale;
use crate::policy::suggest::instead;

/// Refuses collections that are nowhere, and languages that are not written like one.
pub(super) fn judge(policy: &Policy, report: &mut Report<'_>) {
    for (name, target) in &policy.targets {
        let collections = target.collections.iter().flatten().enumerate();
        for (index, collection) in collections {
            if policy.collections.contains_key(collection) {
                continue;
            }
            let known: Vec<&str> = policy.collections.keys().map(String::as_str).collect();
            report.object(
                &["targets", name, "collections", &index.to_string()],
                "POL-083",
                format!(
                    "the target \"{name}\" is told of a collection \"{}\" that is nowhere",
                    shown(collection)
                ),
                instead(collection, &known),
            );
        }
        for (index, locale) in target.locales.iter().flatten().enumerate() {
            if !is_locale(locale) {
                report.object(
                    &["targets", name, "locales", &index.to_string()],
                    "POL-084",
                    format!(
                        "\"{}\" of the target \"{name}\" is not written like a language",
                        shown(locale)
                    ),
                    "write it like fr, pt-BR or zh-Hant",
                );
            }
        }
    }
}
