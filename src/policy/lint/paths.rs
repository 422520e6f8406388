//! Collections whose patterns lead astray or claim the same file.

use super::names::hostile_path;
use super::overlap::{PATIENCE, Shape};
use crate::policy::paths::compile;
use crate::policy::read::{Report, shown};
use crate::policy::{ALLOWED_SIGNERS_PATH, Collection, POLICY_PATH, Policy};
use crate::record::Format;

/// A pattern of the policy and what it could match.
struct Claim<'a> {
    collection: &'a Collection,
    index: usize,
    pattern: &'a str,
    shape: Shape,
}

impl<'a> Claim<'a> {
    /// Returns the steps to the pattern, whose index is passed as text.
    fn steps<'b>(&self, index: &'b str) -> [&'b str; 4]
    where
        'a: 'b,
    {
        ["collections", &self.collection.name, "paths", index]
    }
}

pub(super) fn judge(policy: &Policy, report: &mut Report<'_>) {
    let mut claims: Vec<Claim<'_>> = Vec::new();
    for collection in policy.collections.values() {
        for (index, pattern) in collection.paths.iter().enumerate() {
            if let Some(claim) = judge_pattern(collection, index, pattern, report) {
                claims.push(claim);
            }
        }
        judge_schema(collection, report);
        judge_attachments(collection, report);
    }
    judge_overlaps(&claims, report);
    judge_governing(policy, &claims, report);
}

/// Refuses a pattern that no record should be found by; returns what it claims otherwise.
fn judge_pattern<'a>(
    collection: &'a Collection,
    index: usize,
    pattern: &'a str,
    report: &mut Report<'_>,
) -> Option<Claim<'a>> {
    let place = index.to_string();
    let steps = ["collections", collection.name.as_str(), "paths", &place];
    let seen = shown(pattern);
    if let Some(reason) = hostile_path(pattern) {
        let next = "write a path inside the repository, with / between its parts";
        report.object(
            &steps,
            "POL-021",
            format!("\"{seen}\" may not be a path of records: {reason}"),
            next,
        );
        return None;
    }
    let (Some(shape), Ok(_)) = (Shape::of(pattern), compile(pattern)) else {
        report.object(
            &steps,
            "POL-020",
            format!("\"{seen}\" is not a pattern of paths"),
            "use * and ? inside a name, ** as a whole folder, [a-z] and {a,b} without nesting, as in articles/**/*.md",
        );
        return None;
    };
    match Format::of_path(pattern) {
        Some(format) if format != collection.format => report.object(
            &steps,
            "POL-023",
            format!(
                "\"{seen}\" names {} files, and the collection's format is {}",
                format.name(),
                collection.format.name()
            ),
            format!(
                "write format = \"{}\", or give these files their own collection",
                format.name()
            ),
        ),
        _ => {}
    }
    Some(Claim {
        collection,
        index,
        pattern,
        shape,
    })
}

fn judge_schema(collection: &Collection, report: &mut Report<'_>) {
    let Some(schema) = &collection.schema else {
        return;
    };
    if let Some(reason) = hostile_path(schema) {
        report.object(
            &["collections", &collection.name, "schema"],
            "POL-021",
            format!(
                "\"{}\" may not be the path of a schema: {reason}",
                shown(schema)
            ),
            "write the path of a file inside the repository",
        );
    }
}

/// Refuses patterns of attachments that no file should be found by.
fn judge_attachments(collection: &Collection, report: &mut Report<'_>) {
    for (index, pattern) in collection.attachments.iter().enumerate() {
        let place = index.to_string();
        let steps = ["collections", &collection.name, "attachments", &place];
        let seen = shown(pattern);
        match hostile_path(pattern) {
            Some(reason) => report.object(
                &steps,
                "POL-021",
                format!("\"{seen}\" may not be a path of attachments: {reason}"),
                "write a path inside the repository, with / between its parts",
            ),
            None if compile(pattern).is_err() => report.object(
                &steps,
                "POL-020",
                format!("\"{seen}\" is not a pattern of paths"),
                "use * and ? inside a name and ** as a whole folder, as in media/**",
            ),
            None => {}
        }
    }
}

/// Refuses patterns of two collections that could match one path.
fn judge_overlaps(claims: &[Claim<'_>], report: &mut Report<'_>) {
    let mut patience = PATIENCE;
    for (index, claim) in claims.iter().enumerate() {
        let others = claims[..index]
            .iter()
            .filter(|other| other.collection.name != claim.collection.name);
        for earlier in others {
            match claim.shape.overlaps(&earlier.shape, &mut patience) {
                Some(true) => refuse_overlap(claim, earlier, report),
                Some(false) => {}
                None => return refuse_intricate(claim, report),
            }
        }
    }
}

fn refuse_overlap(claim: &Claim<'_>, earlier: &Claim<'_>, report: &mut Report<'_>) {
    report.object(
        &claim.steps(&claim.index.to_string()),
        "POL-022",
        format!(
            "\"{}\" overlaps \"{}\" of the collection \"{}\": one file could belong to both",
            shown(claim.pattern),
            shown(earlier.pattern),
            earlier.collection.name
        ),
        "narrow one of the two patterns",
    );
}

fn refuse_intricate(claim: &Claim<'_>, report: &mut Report<'_>) {
    report.object(
        &claim.steps(&claim.index.to_string()),
        "POL-026",
        "the patterns are too many or too intricate to prove that no file belongs to two collections",
        "use fewer patterns, or plain ones such as articles/*.md",
    );
}

/// Refuses patterns that make a record of the policy, the keys, a schema or what dresses the site: these are governed, not edited.
fn judge_governing(policy: &Policy, claims: &[Claim<'_>], report: &mut Report<'_>) {
    let files = policy.governed_files();
    let files = files.iter().map(String::as_str);
    let governing: Vec<&str> = GOVERNING.into_iter().chain(files).collect();
    for claim in claims {
        if let Some(path) = covered(claim.pattern, &governing) {
            report.object(
                &claim.steps(&claim.index.to_string()),
                "POL-024",
                format!(
                    "\"{}\" would make a record of {}, which governs the records",
                    shown(claim.pattern),
                    shown(path)
                ),
                "narrow the pattern, for instance to a folder",
            );
        }
    }
}

/// What governs the records, whatever the policy says.
const GOVERNING: [&str; 2] = [POLICY_PATH, ALLOWED_SIGNERS_PATH];

/// Returns whether a pattern would make a record of the policy or its keys.
pub(in crate::policy) fn covers_governing_path(pattern: &str) -> bool {
    covered(pattern, &GOVERNING).is_some()
}

fn covered<'a>(pattern: &str, paths: &[&'a str]) -> Option<&'a str> {
    let matcher = compile(pattern).ok()?.compile_matcher();
    paths.iter().copied().find(|path| matcher.is_match(path))
}
