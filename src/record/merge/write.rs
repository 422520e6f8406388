//! The bytes of a merged record: woven where that reads as it must, spliced where not.

use super::fields::Dispute;
use super::notes::{Lost, Told, lost};
use super::sides::{Side, Sides, lines_around};
use super::tokens::{Tokens, tokens};
use super::weave::{Part, weave};
use super::{About, Plan, not_written};
use crate::record::diff::align::{Budget, align, alike_in_order};
use crate::record::edit::graft::{Donor, reach};
use crate::record::{FieldPath, Node, Record, Scalar, Segment, Value};
use crate::refusal::Refusal;

/// A merged text, and what could not be brought into it.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) disputes: Vec<Dispute>,
}

/// Returns the text of a plan.
pub(super) fn written(sides: &Sides, plan: &Plan) -> Written {
    let mut best: Option<(String, Vec<Lost>)> = None;
    for text in candidates(sides, plan) {
        let Some(lost) = lost_in(sides, plan, &text) else {
            continue;
        };
        if lost.is_empty() {
            return Written {
                text,
                disputes: Vec::new(),
            };
        }
        if best
            .as_ref()
            .is_none_or(|(_, least)| lost.len() < least.len())
        {
            best = Some((text, lost));
        }
    }
    match best {
        Some((text, lost)) => Written {
            text,
            disputes: lost.into_iter().map(|lost| note(sides, lost)).collect(),
        },
        None => in_part(sides, plan),
    }
}

/// Returns the texts that read as the plan wants, the most faithful first; each is made only when it is asked for.
fn candidates<'s>(sides: &'s Sides, plan: &'s Plan) -> impl Iterator<Item = String> + 's {
    let woven = woven(sides, plan);
    let texts = [
        woven,
        Some(with_body(sides.standing.head(), &plan.wanted)),
        Some(with_body(sides.yours.head(), &plan.wanted)),
    ];
    texts.into_iter().flatten().filter_map(move |text| {
        if reads(sides, &text, &plan.wanted) {
            return Some(text);
        }
        let grafted = reach(&text, sides.format, &plan.wanted, &donors(sides))?;
        let is_whole = grafted.left.is_empty() && reads(sides, &grafted.text, &plan.wanted);
        is_whole.then_some(grafted.text)
    })
}

fn donors<'s>(sides: &'s Sides) -> [Donor<'s>; 2] {
    [
        Donor {
            source: &sides.yours.source,
            root: &sides.yours.root,
            offset: sides.shift(),
        },
        Donor {
            source: &sides.standing.source,
            root: &sides.standing.root,
            offset: 0,
        },
    ]
}

/// Tells whether a text reads as exactly the wanted record.
fn reads(sides: &Sides, text: &str, wanted: &Record) -> bool {
    let Ok(side) = Side::open(text, sides.format, "merged") else {
        return false;
    };
    let body = |record: &'_ Record| record.body.as_ref().map(|body| body.text.clone());
    side.record.fields == wanted.fields && body(&side.record) == body(wanted)
}

/// Returns the notes that a text lost; `None` where it is no record.
fn lost_in(sides: &Sides, plan: &Plan, text: &str) -> Option<Vec<Lost>> {
    let result = Side::open(text, sides.format, "merged").ok()?;
    let result = tokens(&result.source, &result.root);
    Some(lost(
        &told(sides.base.as_ref(), plan, |it| it.base.as_ref(), 0),
        &told(Some(&sides.standing), plan, |it| it.standing.as_ref(), 0),
        &told(
            Some(&sides.yours),
            plan,
            |it| it.yours.as_ref(),
            sides.shift(),
        ),
        &result.notes,
    ))
}

/// Returns a side's notes, and where conflicts show them anyway. Where a conflict is about a removal, it shows the lines that were removed.
fn told<'s>(
    side: Option<&Side<'s>>,
    plan: &Plan,
    node: fn(&Dispute) -> Option<&Node>,
    by: usize,
) -> Told<'s> {
    let Some(side) = side else {
        return Told {
            notes: Vec::new(),
            shown: Vec::new(),
        };
    };
    let shown = plan.disputes.iter().filter_map(|dispute| {
        let span = &node(dispute)?.span;
        let span = span.start.checked_sub(by)?..span.end.checked_sub(by)?;
        let is_removal = dispute.standing.is_none() || dispute.yours.is_none();
        match (dispute.about, is_removal) {
            (About::Value, true) => Some(lines_around(side.source.text, &span)),
            (About::Value, false) => Some(span),
            _ => None,
        }
    });
    Told {
        notes: tokens(&side.source, &side.root).notes,
        shown: shown.collect(),
    }
}

/// Returns the dispute about a note that has no place in the merged text.
fn note(sides: &Sides, lost: Lost) -> Dispute {
    let node = |start: Option<usize>, by: usize| {
        start.map(|start| Node {
            value: Value::Scalar(Scalar::text(lost.text.clone())),
            line: 0,
            span: start + by..start + by + lost.text.len(),
        })
    };
    let places = [
        (Some(&sides.standing), lost.standing),
        (Some(&sides.yours), lost.yours),
        (sides.base.as_ref(), lost.base),
    ];
    let path = places
        .into_iter()
        .find_map(|(side, start)| Some(field_at(side?, start?)));
    Dispute {
        path: path.unwrap_or_default(),
        about: About::Note,
        base: node(lost.base, 0),
        standing: node(lost.standing, 0),
        yours: node(lost.yours, sides.shift()),
    }
}

/// Returns the first-level field on whose lines or above which a note stands.
fn field_at(side: &Side, start: usize) -> FieldPath {
    let entries = side.root.entries().unwrap_or_default();
    let follows = entries.iter().find(|entry| {
        let end = side.source.text.get(entry.value.span.end..);
        let rest = end.and_then(|rest| rest.split('\n').next());
        entry.value.span.end + rest.map_or(0, str::len) >= start
    });
    let entry = follows.or(entries.last());
    entry.map_or_else(FieldPath::default, |entry| {
        FieldPath::key(entry.key.clone())
    })
}

/// Returns the standing text with as much of the plan as can be written, and a dispute for each place where it could not.
fn in_part(sides: &Sides, plan: &Plan) -> Written {
    let text = with_body(sides.standing.head(), &plan.wanted);
    let grafted = reach(&text, sides.format, &plan.wanted, &donors(sides));
    let Some(grafted) = grafted else {
        return nothing(sides);
    };
    let mut disputes: Vec<Dispute> = grafted
        .left
        .iter()
        .map(|path| unwritten(sides, path))
        .collect();
    let lost = lost_in(sides, plan, &grafted.text).unwrap_or_default();
    disputes.extend(lost.into_iter().map(|lost| note(sides, lost)));
    Written {
        text: grafted.text,
        disputes,
    }
}

/// Returns the standing text as it is, where a merged body keeps the file from being read.
fn nothing(sides: &Sides) -> Written {
    Written {
        text: sides.standing.source.text.to_owned(),
        disputes: vec![unwritten(sides, &FieldPath::body())],
    }
}

fn unwritten(sides: &Sides, path: &FieldPath) -> Dispute {
    let at = |side: &Side| match path.segments() {
        [Segment::Key(key)] if key == "body" && side.record.body.is_some() => {
            let body = side.record.body.as_ref()?;
            Some(Node {
                value: Value::Scalar(Scalar::text(body.text.clone())),
                line: body.line,
                span: body.start..body.start + body.text.len(),
            })
        }
        _ => side.record.get(path).cloned(),
    };
    Dispute {
        path: path.clone(),
        about: About::Writing,
        base: sides.base.as_ref().and_then(at),
        standing: at(&sides.standing),
        yours: at(&sides.yours),
    }
}

/// Returns a merged text brought to a plan with its conflicts settled. What could not be written before stays as it stands.
pub(super) fn settled(
    sides: &Sides,
    plan: &Plan,
    text: &str,
    left: &[&Dispute],
) -> Result<String, Refusal> {
    let side = Side::open(text, sides.format, "merged")?;
    let text = with_body(side.head(), &plan.wanted);
    let grafted = reach(&text, sides.format, &plan.wanted, &donors(sides));
    let grafted = grafted.ok_or_else(|| not_written(&FieldPath::body()))?;
    let known = |path: &&FieldPath| left.iter().any(|dispute| dispute.path == **path);
    match grafted.left.iter().find(|path| !known(path)) {
        Some(path) => Err(not_written(path)),
        None => Ok(grafted.text),
    }
}

/// Returns the text above a body with the wanted body below it.
fn with_body(head: &str, wanted: &Record) -> String {
    let body = wanted.body.as_ref().map_or("", |body| body.text.as_str());
    let line_end = match head.ends_with('\n') || body.is_empty() {
        true => "",
        false => "\n",
    };
    format!("{head}{line_end}{body}")
}

/// Returns the texts woven; where both sides changed the same tokens the standing ones stay.
fn woven(sides: &Sides, plan: &Plan) -> Option<String> {
    let base = sides.base.as_ref()?;
    let [base, standing, yours] =
        [base, &sides.standing, &sides.yours].map(|side| tokens(&side.source, &side.root));
    let mut budget = Budget::new();
    let in_standing = pairs(&base, &standing, &mut budget);
    let in_yours = pairs(&base, &yours, &mut budget);
    let mut head = String::new();
    let mut push = |texts: &[&str]| texts.iter().for_each(|text| head.push_str(text));
    for part in weave(
        &base.texts,
        &standing.texts,
        &yours.texts,
        &in_standing,
        &in_yours,
    ) {
        match part {
            Part::Kept { base: range, .. } => push(base.texts.get(range)?),
            Part::Standing(range) => push(standing.texts.get(range)?),
            Part::Yours(range) => push(yours.texts.get(range)?),
            Part::Clash {
                standing: range, ..
            } => push(standing.texts.get(range)?),
            Part::Both {
                standing: one,
                yours: other,
            } => both(standing.texts.get(one)?, yours.texts.get(other)?, &mut push),
        }
    }
    Some(with_body(&head, &plan.wanted))
}

/// Writes what both sides put in at one place: whole lines that they have in common once.
fn both(standing: &[&str], yours: &[&str], push: &mut impl FnMut(&[&str])) {
    let same = |(one, other): &(&&str, &&str)| one == other;
    let common = standing.iter().zip(yours).take_while(same).count();
    let lines = standing[..common].iter().rposition(|text| *text == "\n");
    let common = lines.map_or(0, |at| at + 1);
    push(standing);
    push(&yours[common..]);
}

/// Returns the tokens that belong together: those of equal lines, and within lines that are alike those that are equal.
fn pairs(base: &Tokens, side: &Tokens, budget: &mut Budget) -> Vec<(usize, usize)> {
    let line_texts = |tokens: &Tokens| -> Vec<String> {
        let lines = tokens.lines.iter();
        lines
            .map(|line| tokens.texts[line.clone()].concat())
            .collect()
    };
    let (old, new) = (line_texts(base), line_texts(side));
    let mut lines = align(&old, &new, budget);
    let mut pairs = Vec::new();
    let (mut from_old, mut from_new) = (0, 0);
    lines.push((old.len(), new.len()));
    for (at_old, at_new) in lines {
        let gap = (from_old..at_old, from_new..at_new);
        in_gap(base, side, &old, &new, gap, budget, &mut pairs);
        if let (Some(one), Some(other)) = (base.lines.get(at_old), side.lines.get(at_new)) {
            pairs.extend(one.clone().zip(other.clone()));
        }
        (from_old, from_new) = (at_old + 1, at_new + 1);
    }
    pairs
}

type Gap = (std::ops::Range<usize>, std::ops::Range<usize>);

fn in_gap(
    base: &Tokens,
    side: &Tokens,
    old: &[String],
    new: &[String],
    (in_old, in_new): Gap,
    budget: &mut Budget,
    pairs: &mut Vec<(usize, usize)>,
) {
    let texts = |lines: &[String], range: std::ops::Range<usize>| -> Vec<String> {
        lines.get(range).unwrap_or_default().to_vec()
    };
    let (old, new) = (texts(old, in_old.clone()), texts(new, in_new.clone()));
    let old_texts: Vec<&str> = old.iter().map(String::as_str).collect();
    let new_texts: Vec<&str> = new.iter().map(String::as_str).collect();
    let mut alike = alike_in_order(&old_texts, &new_texts, budget);
    alike.push((old.len(), new.len()));
    let (mut from_old, mut from_new) = (0, 0);
    for (at_old, at_new) in alike {
        // Lines of brackets alone have no words to be alike by.
        let marks = from_old..at_old;
        if !marks.is_empty() && old[marks.clone()].iter().all(|line| has_no_word(line)) {
            let one = in_old.start + marks.start..in_old.start + marks.end;
            let other = in_new.start + from_new..in_new.start + at_new;
            token_pairs(base, side, one, other, budget, pairs);
        }
        if at_old < old.len() && at_new < new.len() {
            let (one, other) = (in_old.start + at_old, in_new.start + at_new);
            token_pairs(base, side, one..one + 1, other..other + 1, budget, pairs);
        }
        (from_old, from_new) = (at_old + 1, at_new + 1);
    }
}

fn has_no_word(line: &str) -> bool {
    !line.contains(char::is_alphanumeric)
}

fn token_pairs(
    base: &Tokens,
    side: &Tokens,
    one: std::ops::Range<usize>,
    other: std::ops::Range<usize>,
    budget: &mut Budget,
    pairs: &mut Vec<(usize, usize)>,
) {
    let span = |tokens: &Tokens, lines: std::ops::Range<usize>| {
        let lines = tokens.lines.get(lines).unwrap_or_default();
        let start = lines.first().map_or(0, |line| line.start);
        start..lines.last().map_or(start, |line| line.end)
    };
    let (one, other) = (span(base, one), span(side, other));
    let found = align(&base.texts[one.clone()], &side.texts[other.clone()], budget);
    pairs.extend(
        found
            .into_iter()
            .map(|(old, new)| (one.start + old, other.start + new)),
    );
}
