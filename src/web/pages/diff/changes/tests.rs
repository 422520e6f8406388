use super::*;
use crate::record::{Format, parse};

const OLD: &str = "---
title: Open weights
tags: [a, b]
claims:
  - key: c1
    text: One can be run without asking the maker of it.
  - key: c2
    text: Every open-weight model may be sold.
sort_key: 4
same: yes
---
An introduction that stays.

## Scope

The first paragraph of the scope stays as it was.

The second one says that the data is often withheld.

## Gone

Nobody needs this.
";

const NEW: &str = "---
title: Open-weight model
tags: [b, a, c]
claims:
  - key: c1
    text: One can be run without asking the person who made it.
  - key: c3
    text: Quantised weights remain the same work.
same: yes
ai_use: none
---
An introduction that stays.

## Scope

The first paragraph of the scope stays as it was.

The second one says that the code is often withheld.

## Quantisation

Weights are often reduced.
";

fn view(old: Option<&str>, new: Option<&str>) -> DiffView {
    let read = |text: &str| parse(text.as_bytes(), Format::Markdown).unwrap();
    let (old, new) = (old.map(read), new.map(read));
    let diff = diff::diff(old.as_ref(), new.as_ref());
    DiffView::of(&diff, old.as_ref(), new.as_ref(), "change")
}

/// Draws a view as plain text, one piece a line.
fn drawn(view: &DiffView) -> String {
    let mut lines = Vec::new();
    for field in &view.fields {
        let (label, kind, change) = (&field.label, field.kind, field.change);
        let words = |side: &Option<Message>| side.as_ref().map(ToString::to_string);
        let (old, new) = (words(&field.old), words(&field.new));
        lines.push(format!("{label} {kind:?} {change:?} {old:?} {new:?}"));
        for block in &field.blocks {
            let runs: String = block.runs.iter().map(drawn_run).collect();
            let (kind, change, label) = (block.kind, block.change, &block.label);
            let from = words(&block.from);
            lines.push(format!("  {kind:?} {change:?} {label:?} {from:?} {runs}"));
        }
    }
    lines.push(format!("unchanged {:?}", view.unchanged));
    lines.join("\n")
}

fn drawn_run(run: &Run) -> String {
    match run.change {
        Change::Added => format!("{{+{}+}}", run.text),
        Change::Removed => format!("[-{}-]", run.text),
        Change::Kept | Change::Changed | Change::Moved => run.text.to_string(),
    }
}

#[test]
fn changes_of_one_field_are_drawn_together_in_reading_order() {
    insta::assert_snapshot!(drawn(&view(Some(OLD), Some(NEW))), @r#"
    Title Scalar Changed Some("Open weights") Some("Open-weight model")
    Tags List Changed None None
      Item Moved "" Some("from place 1") a
      Item Added "" None {+c+}
    Claims List Changed None None
      Item Changed "c1" None One can be run without asking the [-maker of-]{+person who made+} it.
      Item Removed "c2" None [-Every open-weight model may be sold.-]
      Item Added "c3" None {+Quantised weights remain the same work.+}
    Sort key Scalar Removed Some("4") None
    Ai use Scalar Added None Some("none")
    Body Body Changed None None
      Heading Kept "" None Scope
      Folded Kept "" None 1 paragraph unchanged
      Paragraph Changed "" None The second one says that the [-data-]{+code+} is often withheld.
      Heading Removed "" None [-Gone-]
      Paragraph Removed "" None [-Nobody needs this.-]
      Heading Added "" None {+Quantisation+}
      Paragraph Added "" None {+Weights are often reduced.+}
    unchanged ["Same"]
    "#);
}

#[test]
fn a_new_and_a_gone_record_are_all_addition_and_all_removal() {
    let fields = |view: DiffView| view.fields.into_iter().map(|field| field.change);
    assert!(fields(view(None, Some(NEW))).all(|change| change == Change::Added));
    assert!(fields(view(Some(OLD), None)).all(|change| change == Change::Removed));
}

#[test]
fn a_reason_finds_the_field_it_speaks_of() {
    let path: FieldPath = "claims[c3].text".parse().unwrap();
    let fields = view(Some(OLD), Some(NEW)).fields;
    assert!(
        fields
            .iter()
            .any(|field| field.anchor == anchor("change", &path))
    );
    assert_eq!(
        label(&"last-call_deadline".parse().unwrap()),
        "Last call deadline"
    );
}
