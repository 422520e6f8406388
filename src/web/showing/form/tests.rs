//! Forms over small records: what comes back becomes the fewest edits.

use super::*;
use crate::check::Schema;
use crate::policy::Policy;
use crate::record::{Edit, Format, edit, parse};

const POLICY: &str = include_str!("../../../../repo/countersign.toml");
const SCHEMA: &str = include_str!("../../../../repo/schemas/concept.schema.json");
const RECORD: &str = include_str!("../../../../repo/records/concepts/editorial-claim.md");

struct Desk {
    policy: Policy,
    schema: Schema,
}

impl Desk {
    fn new() -> Self {
        Self {
            policy: Policy::read(POLICY).unwrap(),
            schema: Schema::read(SCHEMA).unwrap(),
        }
    }

    fn form(&self, record: &Record) -> Form<'_> {
        let collection = &self.policy.collections["concepts"];
        let workflow = self.policy.workflow(collection);
        Form::of(collection, workflow, Some(&self.schema), record)
    }
}

/// Returns the text after a form was filled in and its buttons were pressed.
fn written(source: &str, fill: impl FnOnce(&Form, &mut Fields)) -> String {
    let desk = Desk::new();
    let record = parse(source.as_bytes(), Format::Markdown).unwrap();
    let form = desk.form(&record);
    let mut sent = form.sent();
    fill(&form, &mut sent);
    let edits = form.with_rows(&sent).edits(&sent, &record).unwrap();
    let bytes = edit(source.as_bytes(), Format::Markdown, &edits);
    String::from_utf8(bytes.unwrap_or_else(|refusal| panic!("{refusal}: {edits:#?}"))).unwrap()
}

fn press(form: &Form, sent: &mut Fields, button: &str) {
    let act = Act::read(button).unwrap();
    form.with_rows(sent).act(&act, sent);
}

fn fill(sent: &mut Fields, name: &str, text: &str) {
    sent.set_all(&format!("field:{name}"), vec![text.to_owned()]);
}

#[test]
fn a_form_that_comes_back_as_it_was_edits_nothing() {
    assert_eq!(written(RECORD, |_, _| {}), RECORD);
}

#[test]
fn a_row_is_added_with_the_next_key() {
    let text = written(RECORD, |form, sent| {
        press(form, sent, "add:claims");
        assert_eq!(sent.get("field:claims[+1].key"), "c3");
        fill(sent, "claims[+1].text", "A claim has one sentence.");
    });
    let before = "boundaries:\n";
    let lines = "  - key: c3\n    text: A claim has one sentence.\n";
    assert_eq!(
        text,
        RECORD.replacen(before, &format!("{lines}{before}"), 1)
    );
}

#[test]
fn a_row_that_was_not_filled_in_is_left_out() {
    let text = written(RECORD, |form, sent| press(form, sent, "add:claims"));
    assert_eq!(text, RECORD);
}

#[test]
fn rows_move_and_go_as_they_stand() {
    let text = written(RECORD, |form, sent| {
        press(form, sent, "up:claims[c2]");
        press(form, sent, "remove:references[wdsources]");
    });
    let first = "  - key: c1\n    text: A claim with its own key can be corrected without reissuing the text around it.\n";
    let second = "  - key: c2\n    text: A claim that cannot be disputed is a definition or a slogan, and belongs elsewhere.\n";
    let reference = "  - key: wdsources\n    type: web\n    target: https://www.wikidata.org/wiki/Help:Sources\n    title: \"Wikidata Help: Sources\"\n    supports: [c1]\n";
    assert!(RECORD.contains(&format!("{first}{second}")) && RECORD.contains(reference));
    let expected = RECORD
        .replacen(&format!("{first}{second}"), &format!("{second}{first}"), 1)
        .replacen(reference, "", 1);
    assert_eq!(text, expected);
}

#[test]
fn keys_are_changed_last_and_may_change_places() {
    let text = written(RECORD, |_, sent| {
        fill(sent, "claims[c1].key", "c2");
        fill(sent, "claims[c2].key", "c1");
        fill(
            sent,
            "claims[c1].text",
            "The first claim is now the second one.",
        );
    });
    assert!(text.contains(
        "claims:\n  - key: c2\n    text: The first claim is now the second one.\n  - key: c1\n    text: A claim that"
    ), "{text}");
}

#[test]
fn lines_are_edited_where_they_changed() {
    let text = written(RECORD, |_, sent| fill(sent, "tags", "evidence\nclaims"));
    assert!(text.contains("tags: [evidence, claims]\n"), "{text}");
    let text = written(RECORD, |_, sent| {
        fill(sent, "tags", "claims\nmargins\nevidence");
    });
    assert_eq!(
        text,
        RECORD.replacen("[claims, evidence]", "[claims, margins, evidence]", 1)
    );
    let text = written(RECORD, |_, sent| fill(sent, "alt_titles", "Claim"));
    assert!(
        text.contains("\nalt_titles:") && text.contains("Claim"),
        "{text}"
    );
}

#[test]
fn what_may_be_left_out_goes_and_what_must_be_there_stays_empty() {
    let text = written(RECORD, |_, sent| {
        fill(sent, "ai_note", "");
        fill(sent, "title", "");
    });
    assert!(
        !text.contains("ai_note") && text.contains("\ntitle: ''\n"),
        "{text}"
    );
}

#[test]
fn what_is_not_of_its_kind_stays_what_was_typed() {
    let desk = Desk::new();
    let source = RECORD.replacen("created: 2026-10-20", "created: 2026-10-20\norder: 3", 1);
    let record = parse(source.as_bytes(), Format::Markdown).unwrap();
    let form = desk.form(&record);
    let mut sent = form.sent();
    fill(&mut sent, "order", "many");
    let edits = form.with_rows(&sent).edits(&sent, &record).unwrap();
    let path = FieldPath::key("order");
    let value = crate::record::Scalar::text("many");
    assert_eq!(edits, [Edit::Set { path, value }]);
}

#[test]
fn findings_stand_where_their_text_was_typed() {
    let desk = Desk::new();
    let record = parse(RECORD.as_bytes(), Format::Markdown).unwrap();
    let form = desk.form(&record);
    let mut sent = form.sent();
    press(&form, &mut sent, "add:claims");
    press(&form, &mut sent, "up:claims[+1]");
    fill(&mut sent, "claims[+1].text", "Short.");
    let typed = form.with_rows(&sent);
    let edits = typed.edits(&sent, &record).unwrap();
    let bytes = edit(RECORD.as_bytes(), Format::Markdown, &edits).unwrap();
    let new = parse(&bytes, Format::Markdown).unwrap();
    let collection = &desk.policy.collections["concepts"];
    let workflow = desk.policy.workflow(collection);
    let findings = crate::check::findings(collection, workflow, Some(&desk.schema), &new);
    let places: Vec<String> = findings
        .iter()
        .filter_map(|finding| typed.place(&sent, &new, finding.field.as_ref()?))
        .map(|path| path.to_string())
        .collect();
    assert!(places.contains(&"claims[+1].text".to_owned()), "{places:?}");
}

#[test]
fn what_another_put_into_a_list_stays_when_both_are_shown() {
    let desk = Desk::new();
    let base = parse(RECORD.as_bytes(), Format::Markdown).unwrap();
    let theirs = RECORD.replacen(
        "boundaries:\n",
        "  - key: c9\n    text: A claim that somebody else put here.\nboundaries:\n",
        1,
    );
    let now = parse(theirs.as_bytes(), Format::Markdown).unwrap();
    let (mine, other) = (desk.form(&base), desk.form(&now));
    let mut sent = mine.sent();
    press(&mine, &mut sent, "remove:claims[c1]");
    let mut kept = mine.with_rows(&sent).changed_alone(&sent);
    other.add_rows_that_are_new(&mine, &mut kept);
    let rows: Vec<&str> = kept.all("rows:claims").collect();
    assert_eq!(rows, ["", "c2", "c9"]);
}

#[test]
fn any_order_of_rows_and_texts_reads_as_it_was_sent() {
    use proptest::prelude::*;
    let desk = Desk::new();
    let record = parse(RECORD.as_bytes(), Format::Markdown).unwrap();
    let form = desk.form(&record);
    let buttons = prop::sample::select(vec![
        "add:claims",
        "up:claims[c2]",
        "down:claims[c1]",
        "remove:claims[c1]",
        "remove:claims[c2]",
        "up:claims[+1]",
        "add:references",
        "down:references[nanopub]",
        "remove:references[why]",
        "up:references[why]",
        "add:scope",
    ]);
    let texts = prop::collection::vec("[a-z'\":#\\n -]{1,30}", 4);
    proptest!(|(pressed in prop::collection::vec(buttons, 0..12), texts in texts)| {
        let mut sent = form.sent();
        for button in pressed {
            press(&form, &mut sent, button);
        }
        for (name, text) in ["claims[+1].text", "claims[+2].text", "references[+1].title", "claims[c2].text"].iter().zip(&texts) {
            fill(&mut sent, name, text);
        }
        let typed = form.with_rows(&sent);
        let edits = typed.edits(&sent, &record).unwrap();
        let bytes = edit(RECORD.as_bytes(), Format::Markdown, &edits).unwrap();
        let new = parse(&bytes, Format::Markdown).unwrap();
        for field in typed.fields.iter().filter(|field| field.is_named("claims")) {
            let Holds::List(list) = &field.holds else { panic!("a list") };
            let kept = list.rows.iter().filter(|row| !row.is_gone(&sent));
            let wanted: Vec<String> = kept.map(|row| {
                let text = format!("field:{}.text", row.field.path);
                sent.get(&text).to_owned()
            }).collect();
            let node = new.get(&FieldPath::key("claims")).map(|node| node.value.clone());
            let there: Vec<String> = match node {
                Some(crate::record::Value::List(items)) => items.iter().map(|item| match &item.value {
                    crate::record::Value::Map(map) => map["text"].as_text().unwrap().to_owned(),
                    _ => String::new(),
                }).collect(),
                _ => Vec::new(),
            };
            prop_assert_eq!(wanted, there);
        }
    });
}
