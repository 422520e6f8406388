//! One story for each rule of a merge, in the formats that it concerns.

use super::*;
use crate::record::{Format, parse};

fn merged(base: &str, standing: &str, yours: &str, format: Format) -> (String, Vec<String>) {
    let merged = merge(
        Some(base.as_bytes()),
        standing.as_bytes(),
        yours.as_bytes(),
        format,
    )
    .unwrap();
    let told = merged.conflicts.iter().map(told).collect();
    (String::from_utf8(merged.content).unwrap(), told)
}

fn told(conflict: &Conflict) -> String {
    let text = |version: &Option<Version>| match version {
        Some(version) => version.text.trim_end().to_owned(),
        None => "-".to_owned(),
    };
    let about = match conflict.about {
        About::Value => String::new(),
        other => format!("{other:?} "),
    };
    format!(
        "{about}{}: {} | {} | {}",
        conflict.path,
        text(&conflict.base),
        text(&conflict.standing),
        text(&conflict.yours)
    )
}

/// Merges texts that have no conflict.
#[track_caller]
fn clean(base: &str, standing: &str, yours: &str, format: Format) -> String {
    let (text, conflicts) = merged(base, standing, yours, format);
    assert_eq!(conflicts, Vec::<String>::new(), "{text}");
    text
}

fn yaml(base: &str, standing: &str, yours: &str) -> String {
    clean(base, standing, yours, Format::Yaml)
}

const CLAIMS: &str = "\
# A record.
id: concepts/x
title: A title   # shown first
status: draft
tags: [one, two, three]
claims:
  - key: c1
    text: >
      The first claim
      in two lines.
  - key: c2
    text: 'The second claim.'
  # about the third
  - key: c3
    text: The third claim.
";

fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old:?} is not in {text}");
        text.replacen(old, new, 1)
    })
}

#[test]
fn changes_of_neighbouring_fields_come_together() {
    let standing = with(CLAIMS, &[("A title ", "Another title ")]);
    let yours = with(CLAIMS, &[("status: draft", "status: review # now")]);
    let both = with(&standing, &[("status: draft", "status: review # now")]);
    assert_eq!(yaml(CLAIMS, &standing, &yours), both);
}

#[test]
fn one_field_changed_in_two_ways_is_a_conflict_that_shows_both() {
    let standing = with(CLAIMS, &[("A title ", "One title "), ("one, ", "")]);
    let yours = with(CLAIMS, &[("A title ", "Two titles "), ("draft", "review")]);
    let (text, conflicts) = merged(CLAIMS, &standing, &yours, Format::Yaml);
    assert_eq!(text, with(&standing, &[("draft", "review")]));
    assert_eq!(conflicts, ["title: A title | One title | Two titles"]);
}

#[test]
fn the_same_change_of_both_is_one_change() {
    let both = with(
        CLAIMS,
        &[("draft", "review"), ("one, two", "two, one, four")],
    );
    assert_eq!(yaml(CLAIMS, &both, &both), both);
    let standing = with(&both, &[("# shown first", "# shown")]);
    assert_eq!(yaml(CLAIMS, &standing, &both), standing);
}

#[test]
fn items_added_and_removed_on_both_sides_of_a_list_come_together() {
    let standing = with(CLAIMS, &[("one, ", ""), ("three]", "three, four]")]);
    let yours = with(CLAIMS, &[("three]", "three, five]")]);
    let both = with(CLAIMS, &[("[one, two, three]", "[two, three, four, five]")]);
    assert_eq!(yaml(CLAIMS, &standing, &yours), both);
}

#[test]
fn items_added_by_both_at_the_end_stand_one_after_the_other() {
    let standing = format!("{CLAIMS}  - key: c4\n    text: |\n      Four\n\n      lines\n");
    let yours = format!("{CLAIMS}  # fifth\n  - key: c5\n    text: \"Five\"\n");
    let both = format!("{standing}  # fifth\n  - key: c5\n    text: \"Five\"\n");
    assert_eq!(yaml(CLAIMS, &standing, &yours), both);
}

#[test]
fn an_item_that_moved_here_and_changed_there_does_both() {
    let second = "  - key: c2\n    text: 'The second claim.'\n";
    let moved = format!("{}{second}", with(CLAIMS, &[(second, "")]));
    let edited = with(CLAIMS, &[("The second claim", "The better second claim")]);
    let both = with(&moved, &[("The second claim", "The better second claim")]);
    assert_eq!(yaml(CLAIMS, &moved, &edited), both);
    assert_eq!(yaml(CLAIMS, &edited, &moved), both);
}

#[test]
fn an_item_edited_here_and_removed_there_is_a_conflict() {
    let second = "  - key: c2\n    text: 'The second claim.'\n";
    let removed = with(CLAIMS, &[(second, "")]);
    let edited = with(CLAIMS, &[("The second claim", "The better second claim")]);
    let (text, conflicts) = merged(CLAIMS, &removed, &edited, Format::Yaml);
    assert_eq!(text, removed);
    assert_eq!(
        conflicts,
        [
            "claims[c2]: key: c2\n    text: 'The second claim.' | - | key: c2\n    text: 'The better second claim.'"
        ]
    );
    let (text, conflicts) = merged(CLAIMS, &edited, &removed, Format::Yaml);
    assert_eq!(text, edited);
    assert_eq!(conflicts.len(), 1);
    let settle = |choice| {
        let [base, edited, removed] = [CLAIMS, &edited, &removed].map(str::as_bytes);
        settle(Some(base), removed, edited, Format::Yaml, &[choice]).unwrap()
    };
    assert_eq!(settle(Choice::Standing), removed.as_bytes());
    assert_eq!(String::from_utf8(settle(Choice::Yours)).unwrap(), edited);
}

#[test]
fn two_other_orders_of_one_list_are_a_conflict() {
    let (standing, yours) = (
        with(CLAIMS, &[("one, two, three", "three, one, two")]),
        with(CLAIMS, &[("one, two, three", "two, one, three, four")]),
    );
    let (text, conflicts) = merged(CLAIMS, &standing, &yours, Format::Yaml);
    assert_eq!(
        conflicts,
        ["Order tags: one\ntwo\nthree | three\none\ntwo | two\none\nthree\nfour"]
    );
    assert!(
        text.contains("tags: [three, one, two, four]")
            || text.contains("tags: [three, four, one, two]"),
        "{text}"
    );
    let [base, standing, yours] = [CLAIMS, &standing, &yours].map(str::as_bytes);
    let settled = settle(Some(base), standing, yours, Format::Yaml, &[Choice::Yours]).unwrap();
    assert!(
        String::from_utf8(settled)
            .unwrap()
            .contains("tags: [two, one, three, four]")
    );
}

#[test]
fn block_scalars_stay_as_they_were_written() {
    let standing = with(
        CLAIMS,
        &[(
            "      in two lines.\n",
            "      in two lines\n      or three.\n",
        )],
    );
    let yours = with(
        CLAIMS,
        &[(
            "text: The third claim.",
            "text: |-\n      The third\n\n      claim.",
        )],
    );
    let both = with(
        &standing,
        &[(
            "text: The third claim.",
            "text: |-\n      The third\n\n      claim.",
        )],
    );
    assert_eq!(yaml(CLAIMS, &standing, &yours), both);
}

#[test]
fn comments_alone_are_changes_too() {
    let standing = with(CLAIMS, &[("# about the third\n", "# about the last\n")]);
    let yours = with(
        CLAIMS,
        &[
            ("# A record.", "# A good record."),
            ("The third", "A third"),
        ],
    );
    let both = with(
        &standing,
        &[
            ("# A record.", "# A good record."),
            ("The third", "A third"),
        ],
    );
    assert_eq!(yaml(CLAIMS, &standing, &yours), both);
}

#[test]
fn one_comment_changed_in_two_ways_is_a_conflict() {
    let standing = with(CLAIMS, &[("# shown first", "# shown")]);
    let yours = with(CLAIMS, &[("# shown first", "# shown last")]);
    let (text, conflicts) = merged(CLAIMS, &standing, &yours, Format::Yaml);
    assert_eq!(text, standing);
    assert_eq!(conflicts, ["Note title: - | - | # shown last"]);
}

#[test]
fn without_a_base_both_began_from_nothing() {
    let standing = "a: 1\nb: [x]\nc: {d: 1}\n";
    let yours = "b: [y]\nc: {e: 2}\nf: |\n  text\n";
    let merged = merge(None, standing.as_bytes(), yours.as_bytes(), Format::Yaml).unwrap();
    assert_eq!(merged.conflicts, []);
    assert_eq!(
        String::from_utf8(merged.content).unwrap(),
        "a: 1\nb: [x, y]\nc: {d: 1, e: 2}\nf: |\n  text\n"
    );
}

#[test]
fn toml_tables_merge_by_key_and_item() {
    let base = "# c\nid = 'x'\ntitle = \"T\"\ntags = [\"a\", \"b\"]\n\n[[claims]]\nkey = \"c1\"\ntext = '''\nOne\n'''\n\n[[claims]]\nkey = \"c2\"\ntext = \"Two\"\n\n[extra]\na = 1\n";
    let standing = with(
        base,
        &[
            ("\"T\"", "\"U\""),
            ("\"Two\"", "\"Zwei\""),
            ("a = 1", "a = 1\nb = 2"),
        ],
    );
    let yours = with(
        base,
        &[
            ("\"b\"]", "\"b\", \"c\"]"),
            (
                "\n[extra]",
                "\n[[claims]]\nkey = \"c3\"\ntext = 'Three'\n\n[extra]",
            ),
            ("'x'", "'x' # id"),
        ],
    );
    let both = with(
        &standing,
        &[
            ("\"b\"]", "\"b\", \"c\"]"),
            (
                "\n[extra]",
                "\n[[claims]]\nkey = \"c3\"\ntext = 'Three'\n\n[extra]",
            ),
            ("'x'", "'x' # id"),
        ],
    );
    assert_eq!(clean(base, &standing, &yours, Format::Toml), both);
}

#[test]
fn json_lists_that_grew_on_both_sides_keep_their_commas() {
    let base = "{\n  \"id\": \"x\",\n  \"tags\": [\n    \"a\"\n  ],\n  \"claims\": [\n    {\n      \"key\": \"c1\",\n      \"text\": \"One\"\n    }\n  ]\n}\n";
    let more = |key: &str| {
        format!(
            "    }},\n    {{\n      \"key\": \"{key}\",\n      \"text\": \"Text of {key}\"\n    }}\n  ]\n}}"
        )
    };
    let standing = with(
        base,
        &[
            ("\"a\"\n", "\"a\",\n    \"b\"\n"),
            ("    }\n  ]\n}", &more("c2")),
        ],
    );
    let yours = with(
        base,
        &[
            ("\"a\"\n", "\"a\",\n    \"c\"\n"),
            ("    }\n  ]\n}", &more("c3")),
        ],
    );
    let both = with(
        &standing,
        &[
            ("\"b\"\n", "\"b\",\n    \"c\"\n"),
            ("    }\n  ]\n}", &more("c3")),
        ],
    );
    assert_eq!(clean(base, &standing, &yours, Format::Json), both);
}

const PAGE: &str = "\
---
id: x
title: T
---

Intro.

# Scope

First paragraph.

Second paragraph,
in two lines.

# Sources

- one
";

fn page(base: &str, standing: &str, yours: &str) -> String {
    clean(base, standing, yours, Format::Markdown)
}

#[test]
fn sections_and_paragraphs_of_a_body_merge_where_they_are_apart() {
    let standing = with(
        PAGE,
        &[
            ("First paragraph", "First and best paragraph"),
            ("- one\n", "- one\n\n# Notes\n\nNone.\n"),
        ],
    );
    let yours = with(
        PAGE,
        &[
            ("in two lines", "on two lines"),
            ("Intro.", "An intro."),
            ("T\n", "U\n"),
            ("- one\n", "- one\n- two\n"),
        ],
    );
    let both = with(
        &standing,
        &[
            ("in two lines", "on two lines"),
            ("Intro.", "An intro."),
            ("T\n", "U\n"),
            ("- one\n", "- one\n- two\n"),
        ],
    );
    assert_eq!(page(PAGE, &standing, &yours), both);
}

#[test]
fn a_paragraph_changed_in_two_ways_is_a_conflict_of_its_section() {
    let standing = with(PAGE, &[("Second paragraph", "Another paragraph")]);
    let yours = with(
        PAGE,
        &[("in two lines", "on two lines"), ("title: T", "title: U")],
    );
    let (text, conflicts) = merged(PAGE, &standing, &yours, Format::Markdown);
    assert_eq!(text, with(&standing, &[("title: T", "title: U")]));
    assert_eq!(conflicts.len(), 1);
    assert!(
        conflicts[0].starts_with("body#scope: # Scope\n"),
        "{conflicts:?}"
    );
    let [base, standing, yours] = [PAGE, &standing, &yours].map(str::as_bytes);
    let new = Choice::New(Scalar::text("# Scope\n\nMine."));
    let settled = settle(Some(base), standing, yours, Format::Markdown, &[new]).unwrap();
    assert!(
        String::from_utf8(settled)
            .unwrap()
            .contains("Intro.\n\n# Scope\n\nMine.\n\n# Sources")
    );
}

#[test]
fn a_section_that_moved_here_and_changed_there_does_both() {
    let scope = "# Scope\n\nFirst paragraph.\n\nSecond paragraph,\nin two lines.\n";
    let moved = format!("{}\n{scope}", with(PAGE, &[(&format!("{scope}\n"), "")]));
    let edited = with(PAGE, &[("First paragraph", "The first paragraph")]);
    let both = with(&moved, &[("First paragraph", "The first paragraph")]);
    assert_eq!(page(PAGE, &moved, &edited), both);
    assert_eq!(page(PAGE, &edited, &moved), both);
}

#[test]
fn line_ends_the_byte_order_mark_and_the_last_line_end_are_kept_or_taken() {
    let dos = |text: &str| text.replace('\n', "\r\n");
    let yours = with(PAGE, &[("title: T", "title: U"), ("Intro", "Outro")]);
    let standing = with(PAGE, &[("First", "Fast")]);
    let both = with(&yours, &[("First", "Fast")]);
    assert_eq!(page(&dos(PAGE), &dos(&standing), &dos(&yours)), dos(&both));
    assert_eq!(page(PAGE, &standing, &dos(&yours)), dos(&both));
    assert_eq!(page(PAGE, &dos(&standing), &yours), dos(&both));
    let marked = format!("\u{feff}{yours}");
    assert_eq!(page(PAGE, &standing, &marked), format!("\u{feff}{both}"));
    assert_eq!(page(PAGE, &standing, yours.trim_end()), both.trim_end());
}

#[test]
fn another_number_of_choices_than_conflicts_is_refused() {
    let bytes = b"a: 1\n";
    let refusal = settle(None, bytes, bytes, Format::Yaml, &[Choice::Yours]).unwrap_err();
    assert_eq!(refusal.code, "REC-MERGE-001");
    assert!(parse(bytes, Format::Yaml).is_ok());
}

#[test]
fn a_text_that_does_not_read_is_refused_by_side() {
    let refusal = merge(None, b"a: 1", b"a: [", Format::Yaml).unwrap_err();
    assert_eq!(refusal.code, "REC-YAML-001");
    assert!(
        refusal.cause.starts_with("the new text: "),
        "{}",
        refusal.cause
    );
}

#[test]
fn a_section_added_under_a_heading_that_the_other_side_gave_another_one_is_kept_beside_it() {
    let base = "## Scope\n\nShort.\n\n## Limits\n\n> quote\n";
    let standing = "## See also\n\nShort.\n\n## Scope\n\nShort.\n\n## Limits\n\n> quote\n";
    let yours = "## Scope\n\nShort.\n\n## See also\n\n> quote\n";
    let page = |body: &str| format!("+++\nid = \"x\"\n+++\n\n{body}");
    let texts = [base, standing, yours].map(page);
    let [base, standing, yours] = texts.each_ref().map(|text| text.as_bytes());
    let merged = merge(Some(base), standing, yours, Format::Markdown).unwrap();
    let text = String::from_utf8(merged.content).unwrap();
    assert_eq!(text.matches("## See also").count(), 2, "{text}");
    assert!(
        text.contains("> quote") && !text.contains("## Limits"),
        "{text}"
    );
    assert_eq!(merged.conflicts, []);
}

#[test]
fn a_word_that_one_side_reworded_and_moved_is_the_same_word_where_the_other_moves_another_one() {
    let tags = |tags: &str| format!("tags = [{tags}]\n");
    let (text, conflicts) = merged(
        &tags(r#""open model of weights", "five", "two", "three""#),
        &tags(r#""five", "two", "open model of words", "three""#),
        &tags(r#""open model of weights", "three", "five", "two""#),
        Format::Toml,
    );
    assert_eq!(
        text,
        tags(r#""five", "two", "open model of words", "three""#)
    );
    assert_eq!(
        conflicts,
        [
            "Order tags: open model of weights\nfive\ntwo\nthree | five\ntwo\nopen model of words\nthree | open model of weights\nthree\nfive\ntwo"
        ],
        "both orders are shown, so neither is lost"
    );
}

#[test]
fn a_section_that_one_side_renames_and_moves_takes_what_the_other_wrote_in_it() {
    let base = "---\nid: x\n---\n\n## Scope\n\nShort.\n\n## Limits\n\n> quote\n";
    let standing = base.replace("> quote", "Long.");
    let yours = "---\nid: x\n---\n\n## Sources\n\n> quote\n\n## Scope\n\nShort.\n";
    let (text, told) = merged(base, &standing, yours, Format::Markdown);
    assert_eq!(told, [""; 0]);
    assert_eq!(text, yours.replace("> quote", "Long."));
}
