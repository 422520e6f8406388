use crate::policy::read::read;

/// A policy with nothing wrong, whose workflow and people the tests change by replacing text.
const GOOD: &str = r#"title = "Notes"
[collections.notes]
paths = ["notes/*.md"]
status = "status"
[workflows.w]
initial = "draft"
[workflows.w.statuses]
draft = "draft"
checked = "approved"
public = "published"
[workflows.w.transitions.check]
from = ["draft"]
to = "checked"
approvals = { reviewer = 1 }
[workflows.w.transitions.publish]
from = ["checked"]
to = "public"
approvals = { publisher = 1 }
[roles]
reviewer = "Judges"
publisher = "Publishes"
[people.ana]
name = "Ana"
addresses = ["ana@example.org"]
roles = ["reviewer"]
[people.ben]
name = "Ben"
addresses = ["ben@example.org"]
roles = ["publisher"]
[governance]
approvals = { reviewer = 1 }
"#;

fn with(changes: &[(&str, &str)]) -> String {
    let mut source = GOOD.to_owned();
    for (old, new) in changes {
        assert!(source.contains(old), "{old} is not in the policy");
        source = source.replacen(old, new, 1);
    }
    source
}

fn told(changes: &[(&str, &str)]) -> String {
    let source = with(changes);
    let refusals = read(&source).expect_err("the policy was accepted");
    let lines: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    lines.join("\n").replace("countersign.toml line ", "")
}

const CHECK: &str = "approvals = { reviewer = 1 }\n[workflows.w.transitions.publish]";
const PUBLISH: &str = "approvals = { publisher = 1 }\n[roles]";

#[test]
fn a_good_policy_passes() {
    read(GOOD).unwrap();
}

#[test]
fn paths_that_lead_astray_are_refused_by_name() {
    insta::assert_snapshot!(told(&[("[\"notes/*.md\"]", r#"["/etc/*.md", "../x/*.md", "a/.git/*.md", "n**/*.md", "n/*.yaml", "**/*.md"]
format = "markdown"
schema = "x/../../s.json"
[collections.other]
paths = ["notes/[ab]*.md", "x/*.md"]
[collections.configuration]
format = "toml"
paths = ["*.toml"]"#), ("status = \"status\"\n", "")]), @r#"
    POL-021 3 col 10: "/etc/*.md" may not be a path of records: it is absolute; write a path inside the repository, with / between its parts.
    POL-021 3 col 23: "../x/*.md" may not be a path of records: it leaves its place with . or ..; write a path inside the repository, with / between its parts.
    POL-021 3 col 36: "a/.git/*.md" may not be a path of records: it reaches into git's own folder; write a path inside the repository, with / between its parts.
    POL-020 3 col 51: "n**/*.md" is not a pattern of paths; use * and ? inside a name, ** as a whole folder, [a-z] and {a,b} without nesting, as in articles/**/*.md.
    POL-023 3 col 63: "n/*.yaml" names yaml files, and the collection's format is markdown; write format = "yaml", or give these files their own collection.
    POL-021 5 col 1: "x/../../s.json" may not be the path of a schema: it leaves its place with . or ..; write the path of a file inside the repository.
    POL-022 7 col 10: "notes/[ab]*.md" overlaps "**/*.md" of the collection "notes": one file could belong to both; narrow one of the two patterns.
    POL-022 7 col 28: "x/*.md" overlaps "**/*.md" of the collection "notes": one file could belong to both; narrow one of the two patterns.
    POL-024 10 col 10: "*.toml" would make a record of countersign.toml, which governs the records; narrow the pattern, for instance to a folder.
    "#);
}

#[test]
fn names_that_are_nowhere_are_refused_with_the_nearest() {
    insta::assert_snapshot!(told(&[
        ("status = \"status\"", "workflow = \"v\""),
        ("initial = \"draft\"", "initial = \"darft\""),
        ("to = \"checked\"", "to = \"cheked\"\nnot = [\"author\", \"publsh\", \"check\"]"),
        ("from = [\"checked\"]", "from = [\"checked\", \"nowhere\"]"),
        ("publisher = 1", "publsher = 1"),
        ("roles = [\"reviewer\"]", "roles = [\"revewer\", { role = \"reviewer\", collections = [\"nots\"] }]"),
        ("title = \"Notes\"", "title = \"Notes\"\nbranch = \"refs/heads/main\""),
    ]), @r#"
    POL-060 2 col 1: "refs/heads/main" is no branch name; write it without refs/heads/, as in branch = "main".
    POL-025 5 col 1: there is no workflow "v"; did you mean "w"?
    POL-030 7 col 1: "darft" is no status of the workflow "w"; did you mean "draft"?
    POL-030 14 col 1: "cheked" is no status of the workflow "w"; did you mean "checked"?
    POL-037 15 col 1: "publsh" in "not" of "check" is neither "author" nor another transition; did you mean "publish"?
    POL-037 15 col 1: "check" in "not" of "check" is neither "author" nor another transition; the known ones are "author" and "publish".
    POL-030 18 col 20: "nowhere" is no status of the workflow "w"; the known ones are "draft", "checked" and "public".
    POL-040 20 col 15: there is no role "publsher"; did you mean "publisher"?
    POL-040 27 col 10: there is no role "revewer"; did you mean "reviewer"?
    POL-053 27 col 42: there is no collection "nots"; did you mean "notes"?
    POL-042 33 col 1: a change to the policy needs a person with the role (1 reviewer), and the policy does not have them; give the role to more people under [people], or ask for fewer.
    "#);
}

#[test]
fn targets_that_ask_for_what_is_not_there_are_refused() {
    insta::assert_snapshot!(told(&[("title = \"Notes\"", r#"title = "Notes"
[targets.site]
events = ["record.activated", "record.activate", "release.published"]
every = "ten minutes"
url = "https://builds.example/hook"
[targets."Bad name"]"#)]), @r#"
    POL-081 3 col 31: "record.activate" in [targets.site] is no event; did you mean "record.activated"?
    POL-082 4 col 9: "ten minutes" in [targets.site] is no length of time from a second to a week; write a number and one of s, m, h and d, as in every = "10m".
    POL-004 5 col 1: "url" is not a key of [targets.site]; the known ones are "title", "events", "collections", "locales" and "every".
    POL-009 6 col 10: "Bad name" in [targets] is no good name; use letters a-z, digits, - and _, at most 64, and begin with a letter or digit.
    "#);
    insta::assert_snapshot!(told(&[("title = \"Notes\"", r#"title = "Notes"
[targets.site]
collections = ["notes", "nots"]
locales = ["fr-CA", "french!"]"#)]), @r#"
    POL-083 3 col 25: the target "site" is told of a collection "nots" that is nowhere; did you mean "notes"?
    POL-084 4 col 21: "french!" of the target "site" is not written like a language; write it like fr, pt-BR or zh-Hant.
    "#);
}

#[test]
fn statuses_that_strand_records_are_refused() {
    insta::assert_snapshot!(told(&[
        ("checked = \"approved\"", "checked = \"approved\"\nlimbo = \"approved\"\nlost = \"ended\""),
    ]), @r#"
    POL-031 10 col 1: no transition leads from "draft" to "limbo"; add a transition that enters it, or remove the status.
    POL-032 10 col 1: no transition leaves "limbo", so a record would stay there unpublished; add a transition that leaves it, or make it of kind ended.
    POL-031 11 col 1: no transition leads from "draft" to "lost"; add a transition that enters it, or remove the status.
    "#);
    insta::assert_snapshot!(told(&[
        ("draft = \"draft\"", "draft = \"approved\""),
        ("public = \"published\"", "public = \"ended\""),
        ("from = [\"checked\"]", "from = []"),
    ]), @r#"
    POL-033 6 col 1: the workflow "w" begins at "draft", which is not of kind draft; begin at a status of kind draft: what nobody approved is one.
    POL-034 7 col 14: the workflow "w" has no status of kind published, so no record would ever reach readers; add one, as in active = "published".
    POL-032 9 col 1: no transition leaves "checked", so a record would stay there unpublished; add a transition that leaves it, or make it of kind ended.
    POL-031 10 col 1: no transition leads from "draft" to "public"; add a transition that enters it, or remove the status.
    POL-035 16 col 1: the transition "publish" leaves no status; name at least one status in "from".
    "#);
}

#[test]
fn approvals_that_nobody_could_give_are_refused() {
    insta::assert_snapshot!(told(&[
        (CHECK, "approvals = {}\n[workflows.w.transitions.publish]"),
        (PUBLISH, "approvals = { publisher = 2 }\n[roles]"),
        ("approvals = { reviewer = 1 }\n", "approvals = { administrator = 1 }\n"),
        ("publisher = \"Publishes\"", "publisher = \"Publishes\"\nadministrator = \"Keeps\""),
    ]), @r#"
    POL-041 14 col 1: "approvals" is empty, and an empty list means nobody; name a role and how many people, as in approvals = { reviewer = 1 }.
    POL-042 18 col 1: "publish" needs 2 different people (2 publisher) in "notes", and the policy does not have them; give the role to more people under [people], or ask for fewer.
    POL-042 32 col 1: a change to the policy needs a person with the role (1 administrator), and the policy does not have them; give the role to more people under [people], or ask for fewer.
    "#);
    insta::assert_snapshot!(told(&[
        ("roles = [\"publisher\"]", "roles = []"),
        ("roles = [\"reviewer\"]", "roles = [\"reviewer\", \"publisher\"]"),
    ]), @r#"
    POL-042 18 col 1: "publish" after "check" by other people needs 2 different people (1 publisher, 1 reviewer) in "notes", and the policy does not have them; give the role to more people under [people], or ask for fewer.
    "#);
    insta::assert_snapshot!(told(&[
        ("roles = [\"reviewer\"]", "roles = [{ role = \"reviewer\", collections = [\"notes\"] }]"),
    ]), @r#"
    POL-042 31 col 1: a change to the policy needs a person with the role (1 reviewer), and the policy does not have them; give the role to more people under [people], or ask for fewer.
    "#);
}

#[test]
fn texts_in_a_language_that_nobody_could_approve_are_refused() {
    let cy = "[governance]";
    let with_cy = "[people.cy]\nname = \"Cy\"\naddresses = [\"cy@example.org\"]\nroles = [{ role = \"reviewer\", locales = [\"fr\"] }]\n[governance]";
    read(&with(&[(cy, with_cy)])).unwrap();
    let scoped = "roles = [{ role = \"publisher\", locales = [\"de\", \"fr-CA\"] }]";
    insta::assert_snapshot!(told(&[
        (cy, with_cy),
        ("roles = [\"publisher\"]", scoped),
    ]), @r#"
    POL-042 18 col 1: "publish" needs a person with the role (1 publisher) in "notes" for texts in "fr", and the policy does not have them; give the role to more people under [people], or ask for fewer.
    "#);
    insta::assert_snapshot!(told(&[
        ("roles = [\"publisher\"]", "roles = [{ role = \"publisher\", locales = [] }]"),
    ]), @r#"
    POL-042 18 col 1: "publish" needs a person with the role (1 publisher) in "notes", and the policy does not have them; give the role to more people under [people], or ask for fewer.
    "#);
}

#[test]
fn languages_are_refused_where_they_stand() {
    insta::assert_snapshot!(told(&[
        ("roles = [\"publisher\"]", "roles = [{ role = \"publisher\", locales = [\"de\", \"fr_CA\", \"de\"], locale = 1 }]"),
    ]), @r#"
    POL-054 29 col 49: "fr_CA" in [people.ben] is not the name of a language; write it like fr, pt-BR or zh-Hant.
    POL-003 29 col 58: "de" stands twice in "locales" of [people.ben]; remove one of the two.
    POL-004 29 col 65: "locale" is not a key of [people.ben]; did you mean "locales"?
    "#);
    let many: Vec<String> = (0..201).map(|number| format!("\"xx-{number}\"")).collect();
    insta::assert_snapshot!(told(&[
        ("roles = [\"publisher\"]", &format!("roles = [\"publisher\", {{ role = \"publisher\", locales = [{}] }}]", many.join(", "))),
    ]), @r#"
    POL-055 22 col 2: roles are held for 201 languages and the limit is 200; name fewer; a role for fr counts for fr-CA too.
    "#);
}

#[test]
fn more_eyes_than_there_are_are_refused_where_they_are_asked_for() {
    let more =
        |entries: &str| format!("approvals = {{ publisher = 1 }}\nmore = [{entries}]\n[roles]");
    let third = "[people.cy]\nname = \"Cy\"\naddresses = [\"cy@example.org\"]\nroles = [\"publisher\"]\n[governance]";
    let good = more("{ bump = \"major\", approvals = { publisher = 2 } }");
    read(&with(&[(PUBLISH, &good), ("[governance]", third)])).unwrap();
    insta::assert_snapshot!(told(&[(PUBLISH, &good)]), @r#"
    POL-042 19 col 27: "publish" of a larger change needs 2 different people (2 publisher) in "notes", and the policy does not have them; give the role to more people under [people], or ask for fewer.
    "#);
    let both = more(
        "{ bump = \"major\", approvals = { publisher = 2 } }, { fields = [\"license\"], approvals = { reviewer = 2 } }",
    );
    insta::assert_snapshot!(told(&[(PUBLISH, &both), ("[governance]", third)]), @r#"
    POL-042 19 col 84: "publish" of a larger change needs 3 different people (1 publisher, 2 reviewer) in "notes", and the policy does not have them; give the role to more people under [people], or ask for fewer.
    "#);
    let wrong = more(
        "{ bump = \"huge\", approvals = { publisher = 2 } }, { fields = [\"a..b\"], authors = \"unproven\", approvals = {} }, { approvals = { publisher = 2 } }, 7, { authors = \"proven\", fild = 1 }",
    );
    insta::assert_snapshot!(told(&[(PUBLISH, &wrong)]), @r#"
    POL-007 19 col 18: "huge" is no value for "bump" in [workflows.w.transitions.publish]; the known ones are "patch", "minor" and "major".
    POL-047 19 col 59: an entry of "more" in [workflows.w.transitions.publish] says in none or several ways for which changes it is; give it one of bump = "major", fields = ["definition"] and authors = "unproven".
    POL-008 19 col 71: "a..b" in [workflows.w.transitions.publish] is not a pattern of fields; write it like title, claims[].text, extra.* or *.
    POL-047 19 col 120: an entry of "more" in [workflows.w.transitions.publish] says in none or several ways for which changes it is; give it one of bump = "major", fields = ["definition"] and authors = "unproven".
    POL-005 19 col 155: "more" in [workflows.w.transitions.publish] is a whole number, not a table; write it like more = [{ bump = "major", approvals = { reviewer = 2 } }].
    POL-006 19 col 158: [workflows.w.transitions.publish] has no "approvals"; add the key "approvals".
    POL-007 19 col 170: "proven" is no value for "authors" in [workflows.w.transitions.publish]; did you mean "unproven"? It is one of "unproven".
    POL-004 19 col 180: "fild" is not a key of [workflows.w.transitions.publish]; did you mean "fields"?
    "#);
    let idle = more(
        "{ bump = \"minor\", approvals = { publisher = 1 } }, { authors = \"unproven\", approvals = { guard = 1 } }",
    );
    insta::assert_snapshot!(told(&[(PUBLISH, &idle)]), @r#"
    POL-048 19 col 27: an entry of "more" asks for no more than "publish" does by itself; ask for more people in a role, or for another role.
    POL-040 19 col 98: there is no role "guard"; the known ones are "reviewer" and "publisher".
    "#);
}

#[test]
fn a_veto_is_somebodys_or_refused() {
    read(&with(&[(
        "title = \"Notes\"",
        "title = \"Notes\"\nveto = [\"publisher\"]",
    )]))
    .unwrap();
    insta::assert_snapshot!(told(&[
        ("title = \"Notes\"", "title = \"Notes\"\nveto = [\"publsher\", \"guard\", \"guard\", \"publisher\"]"),
        ("publisher = \"Publishes\"", "publisher = \"Publishes\"\nguard = \"Guards\""),
    ]), @r#"
    POL-003 2 col 30: "guard" stands twice in "veto" of the policy; remove one of the two.
    "#);
    insta::assert_snapshot!(told(&[
        ("title = \"Notes\"", "title = \"Notes\"\nveto = [\"publsher\", \"guard\"]"),
        ("publisher = \"Publishes\"", "publisher = \"Publishes\"\nguard = \"Guards\""),
    ]), @r#"
    POL-040 2 col 9: there is no role "publsher"; did you mean "publisher"?
    POL-046 2 col 21: holders of "guard" may veto, and nobody holds it; give the role to somebody under [people], or take it out of "veto".
    "#);
}

#[test]
fn an_address_belongs_to_one_person() {
    insta::assert_snapshot!(told(&[
        ("[\"ben@example.org\"]", "[\"ben@example.org\", \"ANA@example.org\"]\n[people.cy]\nname = \"Cy\"\naddresses = []"),
    ]), @r#"
    POL-050 28 col 33: the address "ana@example.org" stands for "ana" and for "ben"; give each address to one person, once.
    POL-051 31 col 1: "cy" has no address, so nothing in git could be known to be theirs; add at least one, as in addresses = ["ana@example.org"].
    "#);
}

#[test]
fn one_person_cannot_do_both_acts() {
    insta::assert_snapshot!(told(&[(PUBLISH, "approvals = { publisher = 1 }\nnot = [\"author\"]\n[roles]")]), @r#"
    POL-044 19 col 1: one person could approve both "check" and "publish" of the same text; add "check" to "not" of "publish".
    "#);
}

#[test]
fn authors_do_not_approve_their_own_text() {
    insta::assert_snapshot!(told(&[(CHECK, "approvals = { reviewer = 1 }\nnot = []\n[workflows.w.transitions.publish]")]), @r#"
    POL-043 15 col 1: authors could approve their own text by "check"; add "author" to its "not".
    "#);
}

#[test]
fn a_short_way_to_readers_needs_two_people() {
    insta::assert_snapshot!(told(&[(PUBLISH, r#"approvals = { publisher = 1 }
[workflows.w.transitions.hurry]
from = ["draft"]
to = "public"
approvals = { publisher = 1 }
[workflows.w.transitions.revise]
from = ["public"]
to = "public"
approvals = { reviewer = 1 }
[roles]"#)]), @r#"
    POL-044 19 col 26: one person alone could bring a text to "public" by "hurry"; ask for the approvals of two people, as in approvals = { reviewer = 1, publisher = 1 }.
    POL-044 23 col 26: one person alone could bring a text to "public" by "revise"; ask for the approvals of two people, as in approvals = { reviewer = 1, publisher = 1 }.
    "#);
}

#[test]
fn a_long_way_may_keep_its_people_apart_anywhere() {
    let long = |not: &str| {
        with(&[
            (
                "checked = \"approved\"",
                "checked = \"approved\"\nproofed = \"approved\"",
            ),
            ("from = [\"checked\"]", "from = [\"proofed\"]"),
            (
                PUBLISH,
                &format!(
                    "approvals = {{ publisher = 1 }}\nnot = [{not}]\n[workflows.w.transitions.proof]\nfrom = [\"checked\"]\nto = \"proofed\"\napprovals = {{ reviewer = 1 }}\n[roles]"
                ),
            ),
        ])
    };
    read(&long("\"check\"")).unwrap();
    read(&long("\"proof\"")).unwrap();
    assert!(read(&long("")).is_err());
}

#[test]
fn fields_the_server_writes_are_not_set() {
    insta::assert_snapshot!(told(&[(CHECK, "approvals = { reviewer = 1 }\nset = { status = \"x\" }\n[workflows.w.transitions.publish]")]), @r#"
    POL-036 15 col 1: the transition "check" sets the field status, which is the id, status or version of "notes"; remove it; the server writes status and version itself, and an id never changes.
    "#);
}

#[test]
fn a_workflow_beyond_proof_is_refused() {
    let mut statuses = String::new();
    let mut transitions = String::new();
    for from in 0..12 {
        statuses += &format!("s{from} = \"approved\"\n");
        transitions += &format!(
            "[workflows.w.transitions.in{from}]\nfrom = [\"draft\"]\nto = \"s{from}\"\napprovals = {{ reviewer = 1 }}\n"
        );
        for to in 0..12 {
            transitions += &format!(
                "[workflows.w.transitions.t{from}-{to}]\nfrom = [\"s{from}\"]\nto = \"s{to}\"\napprovals = {{ reviewer = 1 }}\nnot = []\n"
            );
        }
    }
    let source = with(&[
        ("public = ", &format!("{statuses}public = ")),
        ("[roles]", &format!("{transitions}[roles]")),
    ]);
    let refusals = read(&source).unwrap_err();
    assert!(refusals.iter().any(|refusal| refusal.code == "POL-045"));
}

#[test]
fn a_policy_made_to_be_slow_is_judged_in_seconds() {
    let started = std::time::Instant::now();
    let mut collections = String::new();
    for number in 0..300 {
        collections += &format!(
            "[collections.c{number}]\npaths = [\"x/{}z{number}.md\", \"y{number}/*.md\"]\n",
            "*a?".repeat(40)
        );
    }
    let mut people = String::new();
    for number in 0..1500 {
        people += &format!(
            "[people.p{number}]\nname = \"P\"\naddresses = [\"p{number}@example.org\"]\nroles = [\"publisher\"]\n"
        );
    }
    let source = with(&[
        ("[workflows.w]", &format!("{collections}[workflows.w]")),
        ("[governance]", &format!("{people}[governance]")),
    ]);
    let refusals = read(&source).unwrap_err();
    assert_eq!(refusals[0].code, "POL-026");
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn a_site_that_nobody_could_reach_or_govern_is_refused() {
    let end = "[governance]\napprovals = { reviewer = 1 }\n";
    let site = |keys: &str| with(&[(end, &format!("{end}[site]\n{keys}\n"))]);
    let good = read(&site(
        "address = \"https://register.example\"\nlanguage = \"fr\"\nstylesheet = \"site/a.css\"\nheader = \"site/a.html\"",
    ));
    let policy = good.unwrap();
    assert_eq!(policy.governed_files(), ["site/a.css", "site/a.html"]);
    for (keys, code) in [
        ("address = \"https://register.example/\"", "POL-090"),
        ("address = \"javascript:alert(1)\"", "POL-090"),
        ("language = \"fr_CA\"", "POL-091"),
        ("stylesheet = \"countersign.toml\"", "POL-092"),
        ("header = \"site/a.md\"", "POL-092"),
        ("stylesheet = \"../a.css\"", "POL-021"),
        ("adress = \"https://register.example\"", "POL-004"),
        ("publisher = 1", "POL-005"),
    ] {
        let refusals = read(&site(keys)).unwrap_err();
        let codes: Vec<_> = refusals.iter().map(|refusal| refusal.code).collect();
        assert_eq!(codes, [code], "{keys}");
    }
    let taken = site("publisher = \"x\"").replace("[collections.notes]", "[collections.feeds]");
    assert_eq!(read(&taken).unwrap_err()[0].code, "POL-093");
    assert!(read(&taken.replace("[site]\npublisher = \"x\"", "")).is_ok());
}

#[test]
fn what_records_are_is_one_of_the_known_kinds() {
    let kind = |word: &str| {
        let line = format!("status = \"status\"\nkind = \"{word}\"");
        read(&with(&[("status = \"status\"", &line)]))
    };
    assert_eq!(
        kind("concept").unwrap().collections["notes"].kind,
        crate::policy::Kind::Concept
    );
    assert_eq!(kind("poem").unwrap_err()[0].code, "POL-007");
}
