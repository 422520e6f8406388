//! Bodies merged by section, and within a section by paragraph.
//!
//! The merged body is put together from the paragraphs of the two sides and the blank lines behind them, byte for byte. Sections are known by
//! their heading, else by content or likeness, so that one that moved or got another heading is the same one.

use std::ops::Range;

use super::About;
use super::fields::Merging;
use super::order::{self, Lists};
use super::weave::{Part, weave};
use crate::record::diff::Cut;
use crate::record::diff::align::align;
use crate::record::{Body, FieldPath, Node, Scalar, Value};

impl Merging<'_> {
    /// Returns the text of the merged body.
    pub(super) fn bodies(&mut self, base: Option<&Body>, standing: &Body, yours: &Body) -> String {
        let base_text = base.map(|body| body.text.as_str());
        if standing.text == yours.text || base_text == Some(yours.text.as_str()) {
            return standing.text.clone();
        }
        if base_text == Some(standing.text.as_str()) {
            return yours.text.clone();
        }
        let cuts = [Cut::of(base), Cut::of(Some(standing)), Cut::of(Some(yours))];
        let sections = self.sections(&cuts);
        let lead = three_ways(
            base_text.map(lead_of),
            lead_of(&standing.text),
            lead_of(&yours.text),
        );
        let tail = three_ways(
            base_text.map(tail_of),
            tail_of(&standing.text),
            tail_of(&yours.text),
        );
        join(lead, &sections, tail)
    }

    fn sections(&mut self, cuts: &[Cut; 3]) -> Vec<Passage> {
        let [base, standing, yours] = cuts;
        let lists = Lists {
            base: base.entries(),
            standing: standing.entries(),
            yours: yours.entries(),
        };
        let strands = order::strands(&lists, true, &mut self.budget);
        let merged: Vec<Option<Passage>> = strands
            .iter()
            .map(|strand| {
                let path = match (strand.standing, strand.yours, strand.base) {
                    (Some(at), ..) => standing.path(at),
                    (_, Some(at), _) => yours.path(at),
                    (.., at) => at.map_or_else(FieldPath::body, |at| base.path(at)),
                };
                let sides = [
                    Side::of(base, strand.base),
                    Side::of(standing, strand.standing),
                    Side::of(yours, strand.yours),
                ];
                self.section(&path, &sides)
            })
            .collect();
        let lead = self.lead(&FieldPath::body(), &strands, || cuts.each_ref().map(whole));
        let stays = |number: usize| merged.get(number).is_some_and(Option::is_some);
        order::sequence(&strands, stays, lead)
            .into_iter()
            .filter_map(|number| merged.get(number).cloned().flatten())
            .collect()
    }

    fn section(&mut self, path: &FieldPath, sides: &[Side; 3]) -> Option<Passage> {
        let [base, standing, yours] = sides.each_ref().map(|side| side.passage.as_ref());
        let gaps = [base, standing, yours].map(|side| side.and_then(|side| side.gap.clone()));
        let [gap_base, gap_standing, gap_yours] = gaps;
        let gap = three_ways(Some(gap_base), gap_standing.clone(), gap_yours.clone());
        let [base, standing, yours] = [base, standing, yours].map(|side| Some(&side?.text));
        let text = if standing == yours || base == yours {
            standing.cloned()
        } else if base == standing {
            yours.cloned()
        } else {
            let paragraphs = match (base, standing, yours) {
                (Some(base), Some(one), Some(other)) => self.paragraphs(base, one, other),
                _ => None,
            };
            paragraphs.or_else(|| {
                let nodes = sides.each_ref().map(|side| side.node);
                let node = self.dispute(path, About::Value, nodes)?;
                Some(node.as_text().unwrap_or_default().trim_end().to_owned())
            })
        };
        text.map(|text| Passage {
            text,
            gap: gap.or(gap_standing).or(gap_yours),
        })
    }

    /// Returns the merged text of a section; `None` where both sides changed the same paragraph.
    fn paragraphs(&mut self, base: &str, standing: &str, yours: &str) -> Option<String> {
        let [base, standing, yours] = [base, standing, yours].map(passages);
        let texts = |passages: &[Passage]| -> Vec<String> {
            passages.iter().map(|it| it.text.clone()).collect()
        };
        let [b, s, y] = [&base, &standing, &yours].map(|side| texts(side));
        let in_standing = align(&b, &s, &mut self.budget);
        let in_yours = align(&b, &y, &mut self.budget);
        let mut merged: Vec<Passage> = Vec::new();
        let mut take = |side: &[Passage], range: Range<usize>| {
            merged.extend(side.get(range).unwrap_or_default().iter().cloned());
        };
        for part in weave(&b, &s, &y, &in_standing, &in_yours) {
            match part {
                Part::Clash { .. } => return None,
                Part::Standing(range) => take(&standing, range),
                Part::Yours(range) => take(&yours, range),
                Part::Both {
                    standing: one,
                    yours: other,
                } => {
                    take(&standing, one);
                    take(&yours, other);
                }
                Part::Kept {
                    base: range,
                    standing: one,
                    yours: other,
                } => {
                    for (offset, before) in base.get(range)?.iter().enumerate() {
                        let (one, other) =
                            (standing.get(one + offset)?, yours.get(other + offset)?);
                        take(&[one.with_gap(before, other)], 0..1);
                    }
                }
            }
        }
        Some(join("", &merged, ""))
    }
}

/// A section on one side.
struct Side<'a> {
    node: Option<&'a Node>,
    passage: Option<Passage>,
}

impl<'a> Side<'a> {
    fn of(cut: &'a Cut, at: Option<usize>) -> Self {
        let node = at.and_then(|at| cut.parts.get(at)).map(|part| &part.1);
        let is_last = at.is_some_and(|at| at + 1 == cut.parts.len());
        Self {
            node,
            passage: node.map(|node| Passage::of(node.as_text().unwrap_or_default(), is_last)),
        }
    }
}

/// Text without blank lines around it.
#[derive(Debug, Clone)]
struct Passage {
    text: String,
    /// The line ends behind it; none at the end of a text, whatever stands there.
    gap: Option<String>,
}

impl Passage {
    fn of(whole: &str, is_last: bool) -> Self {
        let text = whole.trim_end();
        let gap = whole.get(text.len()..).unwrap_or_default();
        Self {
            text: text[lead_of(text).len()..].to_owned(),
            gap: (!is_last).then(|| gap.to_owned()),
        }
    }

    /// Returns the passage with the gap of whichever side changed it.
    fn with_gap(&self, base: &Self, other: &Self) -> Self {
        let gap = three_ways(Some(&base.gap), &self.gap, &other.gap);
        Self {
            text: self.text.clone(),
            gap: gap.clone().or(self.gap.clone()).or(other.gap.clone()),
        }
    }
}

/// Returns the side that is not as the base is, the standing one where both are not.
fn three_ways<T: PartialEq>(base: Option<T>, standing: T, yours: T) -> T {
    match base {
        Some(base) if base == standing => yours,
        _ => standing,
    }
}

/// Cuts a text at blank lines. It neither begins nor ends with one.
fn passages(text: &str) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (passages.last_mut(), line.trim().is_empty()) {
            (Some(last), true) => last.gap.get_or_insert_default().push_str(line),
            (Some(last), false) if last.gap.is_none() => last.text.push_str(line),
            _ => passages.push(Passage {
                text: line.to_owned(),
                gap: None,
            }),
        }
    }
    for passage in &mut passages {
        let length = passage.text.trim_end_matches(['\r', '\n']).len();
        let line_end = passage.text.split_off(length);
        if let Some(gap) = &mut passage.gap {
            gap.insert_str(0, &line_end);
        }
    }
    passages
}

/// Returns the blank text before the first passage.
fn lead_of(text: &str) -> &str {
    let blank = text.len() - text.trim_start().len();
    let end = text[..blank].rfind('\n').map_or(0, |at| at + 1);
    &text[..end]
}

fn tail_of(text: &str) -> &str {
    &text[text.trim_end().len()..]
}

/// Puts passages together, with a blank line behind one that was the last where it came from.
fn join(lead: &str, passages: &[Passage], tail: &str) -> String {
    let gaps = || passages.iter().filter_map(|passage| passage.gap.as_deref());
    let blank_line = match gaps().any(|gap| gap.contains("\r\n")) {
        true => "\r\n\r\n",
        false => "\n\n",
    };
    let mut joined = lead.to_owned();
    for (number, passage) in passages.iter().enumerate() {
        joined.push_str(&passage.text);
        joined.push_str(match number + 1 == passages.len() {
            true => tail,
            false => passage.gap.as_deref().unwrap_or(blank_line),
        });
    }
    joined
}

/// Returns all sections as one list.
fn whole(cut: &Cut) -> Node {
    let items: Vec<Node> = cut
        .parts
        .iter()
        .map(|(section, node)| Node {
            value: Value::Scalar(Scalar::text(section.title.clone())),
            line: node.line,
            span: node.span.clone(),
        })
        .collect();
    Node {
        line: items.first().map_or(0, |item| item.line),
        span: 0..0,
        value: Value::List(items),
    }
}
