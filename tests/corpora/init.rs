//! The policies proposed for registers that this project did not make.
//!
//! The corpora lie beside the package, in `shared/corpora`; where they are absent these tests say that they are skipped.

use std::path::Path;
use std::process::Command;

use countersign::policy::init::{Proposal, SurveyBuilder, parse_person, propose};
use countersign::policy::{Policy, StatusKind, read};
use countersign::record::{FieldPath, Format, parse};

use crate::common;

#[test]
fn a_register_of_proposals_gets_its_own_workflow() {
    let Some((proposal, policy)) = proposed("eips.bundle") else {
        return;
    };
    let collection = policy.collection_of("EIPS/eip-20.md").unwrap();
    assert_eq!(collection.id, Some(FieldPath::key("eip")));
    assert_eq!(collection.version, None);
    let workflow = policy.workflow(collection);
    let kinds: Vec<(&str, StatusKind)> = workflow
        .statuses
        .iter()
        .map(|(status, kind)| (status.as_str(), *kind))
        .collect();
    assert_eq!(
        kinds[..3]
            .iter()
            .map(|(status, _)| *status)
            .collect::<Vec<_>>(),
        ["Draft", "Review", "Last Call"]
    );
    assert!(
        kinds.contains(&("Final", StatusKind::Published)),
        "{kinds:?}"
    );
    assert!(kinds.contains(&("Moved", StatusKind::Ended)), "{kinds:?}");
    assert!(
        kinds.contains(&("Withdrawn", StatusKind::Ended)),
        "{kinds:?}"
    );
    let call = &workflow.transitions["move-to-last-call"];
    assert_eq!(call.requires, [FieldPath::key("last-call-deadline")]);
    // What nobody can know from the files is said, and publishes nothing.
    assert_eq!(workflow.kind("Stagnant"), Some(StatusKind::Draft));
    assert!(
        proposal
            .guesses
            .iter()
            .any(|guess| guess.what.contains("Stagnant"))
    );
}

#[test]
fn a_blog_without_statuses_keeps_the_history_of_its_renames() {
    let Some((_, policy)) = proposed("rust-blog.bundle") else {
        return;
    };
    let (name, collection) = policy.collections.first().unwrap();
    assert_eq!(policy.collections.len(), 1);
    assert_eq!(name, "content");
    assert_eq!(collection.paths, ["content/**/*.md", "posts/**/*.md"]);
    assert_eq!((&collection.id, &collection.status), (&None, &None));
    assert_eq!(policy.workflow(collection).initial, "draft");
}

fn proposed(bundle: &str) -> Option<(Proposal, Policy)> {
    let source = common::skip::corpus(bundle)?;
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    git(
        folder.path(),
        &["clone", "--quiet", source.to_str()?, "clone"],
    );
    let mut builder = SurveyBuilder::new("Register", "main");
    for person in [
        "Ana <ana@example.org>=reviewer,administrator",
        "Ben <ben@example.org>=publisher",
    ] {
        builder.add_person(parse_person(person).unwrap());
    }
    for path in git(&clone, &["ls-files", "-z"]).split_terminator('\0') {
        let Some(format) = Format::of_path(path) else {
            continue;
        };
        match parse(&std::fs::read(clone.join(path)).unwrap(), format) {
            Ok(record) => builder.add(path, &record),
            Err(_) => builder.add_unread(path),
        }
    }
    let gone = [
        "log",
        "-z",
        "--diff-filter=D",
        "--no-renames",
        "--name-only",
        "--format=",
    ];
    for path in git(&clone, &gone).split_terminator('\0') {
        builder.add_past_path(path.trim_start_matches('\n'));
    }
    let proposal = propose(&builder.finish());
    let policy =
        read(&proposal.toml).unwrap_or_else(|refusals| panic!("{refusals:#?}\n{}", proposal.toml));
    Some((proposal, policy))
}

/// Runs git where no configuration of the developer reaches it.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
