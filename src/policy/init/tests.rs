use indexmap::IndexMap;
use proptest::prelude::*;

use super::*;
use crate::policy::{Policy, StatusKind, read};
use crate::record::{FieldPath, Node, Record, Scalar, ScalarKind, Value};

const PEOPLE: [&str; 3] = [
    "Ana Roche <ana@example.org>=reviewer,administrator",
    "Ben Okoro <ben@example.org>=publisher",
    "Ana Smith <smith@example.org>=translator",
];

fn record(fields: &[(&str, &str)]) -> Record {
    let node = |text: &str| Node {
        value: Value::Scalar(Scalar {
            kind: if text.parse::<u64>().is_ok() {
                ScalarKind::Integer
            } else {
                ScalarKind::Text
            },
            text: text.to_owned(),
        }),
        line: 1,
        span: 0..0,
    };
    Record {
        fields: fields
            .iter()
            .map(|(key, text)| ((*key).to_owned(), node(text)))
            .collect::<IndexMap<_, _>>(),
        body: None,
    }
}

#[test]
fn a_role_that_is_offered_says_what_it_is_for() {
    let mut builder = builder();
    builder.add_person(parse_person("Cy Lind <cy@example.org>=author").unwrap());
    let toml = propose(&builder.finish()).toml;
    assert!(toml.contains("author = \"Writes and edits texts\"\n"));
    assert!(toml.contains("translator = \"Say here what this role is for\"\n"));
}

fn builder() -> SurveyBuilder {
    let mut builder = SurveyBuilder::new("Register", "main");
    for person in PEOPLE {
        builder.add_person(parse_person(person).unwrap());
    }
    builder
}

fn proposed(builder: SurveyBuilder) -> (Proposal, Policy) {
    let proposal = propose(&builder.finish());
    let policy =
        read(&proposal.toml).unwrap_or_else(|refusals| panic!("{refusals:#?}\n{}", proposal.toml));
    (proposal, policy)
}

/// A register of numbered standards with stubs, a step with a deadline, and a word that nobody explains.
fn standards() -> SurveyBuilder {
    let mut builder = builder();
    let mut number = 0;
    let mut add =
        |builder: &mut SurveyBuilder, count: usize, status: &str, more: &[(&str, &str)]| {
            for _ in 0..count {
                number += 1;
                let (id, title) = (number.to_string(), format!("Standard {number}"));
                let mut fields = vec![("standard", id.as_str()), ("status", status)];
                if status != "Gone" {
                    fields.extend([
                        ("title", title.as_str()),
                        ("author", "Ana"),
                        ("created", "2020-01-01"),
                    ]);
                }
                fields.extend(more);
                builder.add(&format!("STANDARDS/standard-{number}.md"), &record(&fields));
            }
        };
    add(&mut builder, 40, "Gone", &[]);
    add(&mut builder, 30, "Final", &[]);
    add(&mut builder, 20, "Draft", &[]);
    add(&mut builder, 9, "Review", &[]);
    add(
        &mut builder,
        3,
        "Long Look",
        &[("look-deadline", "2026-09-01")],
    );
    add(
        &mut builder,
        8,
        "Withdrawn",
        &[("withdrawal-reason", "No need")],
    );
    add(&mut builder, 5, "Mossy", &[]);
    builder
}

#[test]
fn a_workflow_is_found_in_the_statuses_of_the_records() {
    let (proposal, policy) = proposed(standards());
    let standards = &policy.collections["standards"];
    assert_eq!(standards.paths, ["STANDARDS/*.md"]);
    assert_eq!(standards.id, Some(FieldPath::key("standard")));
    assert_eq!(standards.title, Some(FieldPath::key("title")));
    assert_eq!(standards.status, Some(FieldPath::key("status")));
    assert_eq!(standards.version, None);
    let workflow = policy.workflow(standards);
    let kinds: Vec<(&str, StatusKind)> = workflow
        .statuses
        .iter()
        .map(|(status, kind)| (status.as_str(), *kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("Draft", StatusKind::Draft),
            ("Review", StatusKind::Draft),
            ("Long Look", StatusKind::Draft),
            ("Mossy", StatusKind::Draft),
            ("Final", StatusKind::Published),
            ("Gone", StatusKind::Ended),
            ("Withdrawn", StatusKind::Ended),
        ]
    );
    let moves: Vec<String> = workflow
        .transitions
        .values()
        .map(|transition| {
            format!(
                "{}: {} -> {}",
                transition.name,
                transition.from.join("/"),
                transition.to
            )
        })
        .collect();
    insta::assert_snapshot!(moves.join("\n"), @r#"
    move-to-review: Draft -> Review
    move-to-long-look: Review -> Long Look
    publish: Long Look -> Final
    revise: Final -> Final
    return: Review/Long Look -> Draft
    move-to-mossy: Draft/Review/Long Look -> Mossy
    reopen: Mossy -> Draft
    move-to-gone: Draft/Review/Long Look/Mossy/Final -> Gone
    move-to-withdrawn: Draft/Review/Long Look/Mossy/Final -> Withdrawn
    "#);
    let deadline = &workflow.transitions["move-to-long-look"].requires;
    assert_eq!(*deadline, [FieldPath::key("look-deadline")]);
    assert_eq!(
        workflow.transitions["move-to-withdrawn"].requires,
        [FieldPath::key("withdrawal-reason")]
    );
    let guesses: Vec<String> = proposal
        .guesses
        .iter()
        .map(|guess| format!("{}: {}", guess.what, guess.why))
        .collect();
    insta::assert_snapshot!(guesses.join("\n"), @r#"
    "standards" is a collection of markdown records: STANDARDS/*.md: 115 files there hold similar fields
    "standard" is the id of a record in "standards": no two of 115 records have the same
    "status" is the status of a record in "standards": it has few values in many records: Gone (40), Final (30), Draft (20), Review (9), Long Look (3), Withdrawn (8), Mossy (5)
    the status "Gone" is an end: its records lack fields that nearly all others hold
    the status "Long Look" is a step before publication: its records alone hold "look-deadline"
    the status "Mossy" is a side track of kind draft: nothing tells what it means; please say
    "main" is the published branch: it is the branch that was surveyed
    "#);
}

#[test]
fn posts_without_a_status_get_the_built_in_workflow_and_keep_their_past() {
    let mut builder = builder();
    for number in 0..30 {
        let (path, title) = (format!("2020/{number}"), format!("Post {number}"));
        let fields = [
            ("path", path.as_str()),
            ("title", title.as_str()),
            ("authors", "Ana"),
        ];
        builder.add(&format!("content/post-{number}.md"), &record(&fields));
        builder.add(
            &format!("content/series-{number}/index.md"),
            &record(&fields),
        );
        builder.add_past_path(&format!("posts/2020-01-{:02}-post-{number}.md", number + 1));
    }
    builder.add_past_path("README.md");
    builder.add_past_path("old/thing.md");
    let (_, policy) = proposed(builder);
    let content = &policy.collections["content"];
    assert_eq!(content.paths, ["content/**/*.md", "posts/**/*.md"]);
    assert_eq!((&content.id, &content.status), (&None, &None));
    assert_eq!(content.workflow, "editorial");
    let slug = policy.slug_of(content, "posts/2020-01-01-post-0.md");
    assert_eq!(slug, "content/2020-01-01-post-0");
}

#[test]
fn folders_of_different_records_are_different_collections() {
    let mut builder = builder();
    for number in 0..6 {
        let id = format!("c-{number}");
        let status = if number % 2 == 0 { "draft" } else { "active" };
        builder.add(
            &format!("records/concepts/{id}.md"),
            &record(&[
                ("id", &id),
                ("title", &id),
                ("status", status),
                ("version", "1.0.0"),
                ("definition", "x"),
            ]),
        );
        builder.add(
            &format!("records/sources/{id}.yaml"),
            &record(&[
                ("key", &id),
                ("name", &id),
                ("address", "x"),
                ("language", "en"),
            ]),
        );
        builder.add(
            &format!("records/people/{id}.md"),
            &record(&[
                ("name", &id),
                ("home", "x"),
                ("photo", "y"),
                ("born", "1970"),
            ]),
        );
    }
    builder.add("README.md", &record(&[]));
    builder.add(
        ".github/workflow.yml",
        &record(&[("on", "push"), ("name", "x")]),
    );
    builder.add(
        "package.json",
        &record(&[("name", "x"), ("version", "1.0.0")]),
    );
    let (_, policy) = proposed(builder);
    let names: Vec<&str> = policy.collections.keys().map(String::as_str).collect();
    assert_eq!(names, ["concepts", "people", "sources"]);
    let concepts = &policy.collections["concepts"];
    assert_eq!(concepts.version, Some(FieldPath::key("version")));
    assert_eq!(
        policy.collections["sources"].id,
        Some(FieldPath::key("key"))
    );
    assert_eq!(policy.workflow(concepts).initial, "draft");
    assert_eq!(policy.collections["people"].workflow, "editorial");
}

#[test]
fn without_people_only_people_are_missing() {
    let mut builder = SurveyBuilder::new("Notes", "trunk");
    builder.add(
        "notes/a.md",
        &record(&[("title", "A"), ("status", "draft")]),
    );
    let proposal = propose(&builder.finish());
    let refusals = read(&proposal.toml).unwrap_err();
    assert!(
        refusals.iter().all(|refusal| refusal.code == "POL-042"),
        "{refusals:#?}"
    );
    let told = proposal.guesses.last().unwrap();
    assert!(
        told.what.contains("reviewer, publisher, administrator"),
        "{told:?}"
    );
    let uncommented = proposal
        .toml
        .replace("\n[people]\n", "\n")
        .replace("\n# [people", "\n[people")
        .replace("\n# name = \"", "\nname = \"")
        .replace("\n# addresses", "\naddresses")
        .replace("\n# roles", "\nroles")
        .replace("\n#\n", "\n");
    read(&uncommented).unwrap();
}

#[test]
fn an_empty_repository_gets_a_place_to_begin() {
    let (_, policy) = proposed(SurveyBuilder::clone(&builder()));
    assert_eq!(policy.collections["records"].paths, ["records/**/*.md"]);
}

#[test]
fn a_branch_that_cannot_be_written_becomes_main() {
    for branch in ["", " ", "\u{2028}", "a b", "refs/heads/x", "-x"] {
        let proposal = propose(&SurveyBuilder::new("Notes", branch).finish());
        assert!(proposal.toml.contains("branch = \"main\""), "{branch:?}");
    }
}

prop_compose! {
    fn any_fields()(
        status in prop_oneof!["draft", "Review", "FINAL", "approved", "withdrawn", "[a-c]{1,2}", "\\PC{1,6}"],
        key in prop_oneof!["status", "state", "version", "id", "\\PC{0,5}", any::<String>()],
        more in prop::collection::vec((prop_oneof!["id", "title", "version", "x", "\\PC{1,4}"], "\\PC{0,6}"), 0..4),
    ) -> Vec<(String, String)> {
        let mut fields = more;
        fields.push((key, status));
        fields
    }
}

proptest! {
    // Each case reads a whole repository; a quarter of the usual number keeps the suite quick.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn whatever_is_found_the_proposal_reads(
        records in prop::collection::vec(
            (
                "(a|b|records|C D|x\\*|\\[y|\\.git|con|-z|é|\\{q){0,1}(/(a|b|s|t\\?|aux|\\}r)){0,3}/[a-z0-9.-]{1,6}\\.(md|yaml|toml|json|MD|txt)",
                any_fields(),
            ),
            0..60,
        ),
        past in prop::collection::vec("(a|old|\\[x)/[a-z]{1,2}\\.(md|yaml)", 0..20),
        name in any::<String>(),
        branch in any::<String>(),
    ) {
        let mut builder = SurveyBuilder::new(name, branch);
        for person in PEOPLE {
            builder.add_person(parse_person(person).unwrap());
        }
        for (path, fields) in &records {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
            builder.add(path.trim_start_matches('/'), &record(&fields));
        }
        for path in &past {
            builder.add_past_path(path);
        }
        let proposal = propose(&builder.finish());
        if let Err(refusals) = read(&proposal.toml) {
            prop_assert!(false, "{refusals:#?}\n{}", proposal.toml);
        }
    }

    #[test]
    fn any_statuses_make_a_workflow_that_passes(
        statuses in prop::collection::vec(
            prop_oneof!["(draft|Draft|idea|review|approved|accepted|ready|final|active|published|withdrawn|retired|open)", "\\PC{1,12}", "[^\\x00-\\x7f]{1,4}"],
            1..20,
        ),
        counts in prop::collection::vec(1..6_usize, 20),
        own in prop::collection::vec(any::<bool>(), 20),
    ) {
        let mut builder = builder();
        for (index, status) in statuses.iter().enumerate() {
            for number in 0..counts[index] {
                let (id, extra) = (format!("{index}-{number}"), format!("for-{index}"));
                let mut fields = vec![("id", id.as_str()), ("status", status.as_str()), ("title", "T"), ("author", "A")];
                if own[index] {
                    fields.push((&extra, "x"));
                } else if number == 0 {
                    fields.truncate(2);
                }
                builder.add(&format!("things/{id}.md"), &record(&fields));
            }
        }
        let proposal = propose(&builder.finish());
        if let Err(refusals) = read(&proposal.toml) {
            prop_assert!(false, "{refusals:#?}\n{}", proposal.toml);
        }
    }
}
