use super::*;
use crate::record::{Format, parse};

/// Returns what one rule finds in a file, as lines: `line field: message`.
fn told(code: &str, file: &str) -> String {
    let record = parse(file.as_bytes(), Format::Markdown).expect("the sample reads");
    let lines: Vec<String> = faults(code, &Subject::new(&record))
        .iter()
        .map(|fault| {
            format!(
                "{} {}: {}; {}",
                fault.line, fault.field, fault.message, fault.next
            )
        })
        .collect();
    lines.join("\n")
}

const GOOD: &str = "---
title: Open model
definition: An open model is one whose weights anybody may use.
summary: Whoever relies on it can look inside.
claims:
  - key: c1
    text: It can be studied.
boundaries:
  - key: b1
    text: Not a free service.
references:
  - {key: r1, type: web, target: \"https://example.org/a\", supports: [c1]}
  - {key: r2, type: record, target: other}
---

# Chapter

## Section

Text about a to-do list, `TODO` and <https://example.org>. ![A lamp](lamp.png)

```
TODO <script>
```
";

#[test]
fn a_good_record_passes_every_rule() {
    for rule in RULES {
        assert_eq!(told(rule.code, GOOD), "", "{}", rule.code);
    }
}

#[test]
fn a_record_without_the_fields_passes_every_rule() {
    for rule in RULES {
        assert_eq!(told(rule.code, "---\nx: 1\n---\n"), "", "{}", rule.code);
    }
}

#[test]
fn t01_finds_what_says_nothing() {
    let file = "---
definition: ~
summary: TBD
claims: []
scope: [\" \", ok]
boundaries:
  - key: b1
    text: Lorem Ipsum dolor
  - key: b2
---
TODO write this

# Chapter

## Empty

## Last

Setext
------

Full
====
text

##
";
    insta::assert_snapshot!(told("T01", file), @r#"
    2 definition: "definition" says nothing; write it
    3 summary: "summary" still holds the placeholder "TBD"; replace it by the text that is meant
    5 scope[0]: "scope[0]" says nothing; write its text, or remove the item
    7 boundaries[b1]: "boundaries[b1]" still holds the placeholder "lorem ipsum"; replace it by the text that is meant
    9 boundaries[b2]: "boundaries[b2]" says nothing; write its text, or remove the item
    11 body: "body" still holds the placeholder "TODO"; replace it by the text that is meant
    15 body#empty: nothing stands below the heading "Empty"; write the section, or remove the heading
    17 body#last: nothing stands below the heading "Last"; write the section, or remove the heading
    19 body#setext: nothing stands below the heading "Setext"; write the section, or remove the heading
    26 body#section: a heading has no words; name the section, or remove the heading
    "#);
}

#[test]
fn t02_finds_a_definition_that_is_none() {
    let file = "---
title: Open model
definition: An open model. It is open.
summary: an open model, it is open
claims:
  - {key: c1, text: Not free}
  - {key: c2, text: \"\"}
boundaries:
  - {key: b1, text: \"not free.\"}
  - {key: b2, text: \"\"}
---
";
    insta::assert_snapshot!(told("T02", file), @r#"
    3 definition: the definition has 2 sentences; say it in one, and move the rest to the summary, the scope or the body
    3 definition: the definition and the summary are the same; let the definition say what it is, and the summary what to take away
    6 claims[c1]: "claims[c1]" says the same as "boundaries[b1]"; keep it where it belongs: what is held true, or what is not meant
    "#);
    assert!(
        told("T02", "---\ntitle: A\ndefinition: \"A.\"\n---\n").contains("only repeats the title")
    );
}

#[test]
fn t03_finds_claims_without_support() {
    let file = "---
claims:
  - {key: c1, text: a}
  - {key: c2, text: b}
  - c
references:
  - {supports: c1}
  - plain
---
";
    insta::assert_snapshot!(told("T03", file), @r#"
    4 claims[c2]: no reference supports "claims[c2]"; name the claim under "supports" of a reference, or add one
    5 claims[2]: "claims[2]" has no key by which a reference could support it; give it a short "key", and name that under "supports" of a reference
    "#);
}

#[test]
fn f01_finds_references_of_the_wrong_form() {
    let file = "---
references:
  - {key: a, type: web, target: \"http://example.org\"}
  - {key: b, type: doi, target: \"10.x/1\"}
  - {key: c, type: rfc, target: \"https://example.org/rfc9110\"}
  - {key: d, type: record}
  - \"https://exa mple.org\"
  - {key: e, type: spec, target: ISO 8601}
  - {key: f, type: arxiv, target: \"1\"}
  - {key: g, type: isbn, target: \"1\"}
---
";
    insta::assert_snapshot!(told("F01", file), @r#"
    3 references[a]: "references[a]" is to "http://example.org", which does not begin with https://; write the address that begins with https://
    4 references[b]: "references[b]" is to "10.x/1", which is not a DOI; write it like 10.1000/182
    5 references[c]: "references[c]" is to "https://example.org/rfc9110", which is not the number of an RFC; write it like 9110
    6 references[d]: "references[d]" names no target; add the "target" that it refers to
    7 references[4]: "references[4]" is to "https://exa mple.org", which holds a character that an address cannot have; copy the address from the browser, which writes such characters with %
    9 references[f]: "references[f]" is to "1", which is not an arXiv identifier; write it like 2301.12345
    10 references[g]: "references[g]" is to "1", which is not an ISBN with the right check digit; compare it with the book's
    "#);
}

#[test]
fn d01_finds_what_is_not_safe_to_show() {
    let file = "---
x: 1
---
<div onclick=a>x</div>

A <b>b</b> [l](javascript:alert(1)) [m]( JaVa&#10;script:x) ![](data:image/png;base64,x)
[n](mailto:a@example.org) [o](../a:b) <!-- fine -->

| a |
| - |
| x<br>y<br>z |
";
    insta::assert_snapshot!(told("D01", file), @r#"
    4 body: the body holds the raw HTML "<div onclick=a>x</div>"; write it in Markdown, or in backquotes where it is meant to be read
    6 body: the body holds the raw HTML "<b>"; write it in Markdown, or in backquotes where it is meant to be read
    6 body: the body holds the raw HTML "</b>"; write it in Markdown, or in backquotes where it is meant to be read
    11 body: the body holds the raw HTML "<br>" 2 times; write it in Markdown, or in backquotes where it is meant to be read
    6 body: the body points to "javascript:alert(1)", which pages do not follow; write an address that begins with https://, or a path inside the register
    6 body: the body points to "JaVa\nscript:x", which pages do not follow; write an address that begins with https://, or a path inside the register
    6 body: the body points to "data:image/png;base64,x", which pages do not follow; write an address that begins with https://, or a path inside the register
    6 body: the image "data:image/png;base64,x" has no text in its place; describe it between the brackets: ![what it shows](address)
    "#);
    let large = format!("---\nx: 1\n---\n{}", "<b>\n".repeat(70_000));
    assert_eq!(told("D01", &large).lines().count(), 1);
}

#[test]
fn no_two_rules_share_a_code() {
    let mut codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), RULES.len());
}
