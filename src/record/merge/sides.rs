//! The three texts of a merge, freed of what a whole file has once: its byte order mark and its line ends.

use std::borrow::Cow;
use std::ops::Range;

use super::fields::Dispute;
use super::{About, Conflict, Version};
use crate::record::parse::{read, to_record};
use crate::record::source::{Source, line_start, next_line};
use crate::record::tree::Tree;
use crate::record::{Format, Node, Record, Value};
use crate::refusal::Refusal;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The three texts with plain line ends, and what the merged file has.
pub(super) struct Shape {
    base: Option<String>,
    standing: String,
    yours: String,
    byte_order_mark: bool,
    carriage_returns: bool,
}

impl Shape {
    /// Returns the texts of three files.
    pub(super) fn read(
        base: Option<&[u8]>,
        standing: &[u8],
        yours: &[u8],
        format: Format,
    ) -> Result<Self, Refusal> {
        let base = base.map(|base| text(base, format, "common")).transpose()?;
        let standing = text(standing, format, "standing")?;
        let yours = text(yours, format, "new")?;
        let bare = |text: &'_ str| text.trim_start_matches(BYTE_ORDER_MARK).len() < text.len();
        let byte_order_mark = one_of(base.map(bare), bare(standing), bare(yours));
        let all = [base, Some(standing), Some(yours)];
        let ends: Vec<Ends> = all.into_iter().flatten().map(Ends::of).collect();
        let is_mixed = ends.contains(&Ends::Mixed);
        // A text of one line has no line ends to speak of, and goes with the others.
        let some = ends.iter().copied().find(|ends| *ends != Ends::None);
        let own = |text: &str| match Ends::of(text) {
            Ends::None => some.unwrap_or(Ends::Plain),
            ends => ends,
        };
        let carriage_returns =
            !is_mixed && one_of(base.map(own), own(standing), own(yours)) == Ends::CarriageReturns;
        let clean = |text: &str| {
            let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
            match is_mixed {
                true => text.to_owned(),
                false => text.replace("\r\n", "\n"),
            }
        };
        Ok(Self {
            base: base.map(clean),
            standing: clean(standing),
            yours: clean(yours),
            byte_order_mark,
            carriage_returns,
        })
    }

    /// Returns the bytes of a merged text.
    pub(super) fn restore(&self, text: &str, format: Format) -> Result<Vec<u8>, Refusal> {
        let ends = match self.carriage_returns {
            true => Cow::Owned(text.replace('\n', "\r\n")),
            false => Cow::Borrowed(text),
        };
        let mark = if self.byte_order_mark { "\u{feff}" } else { "" };
        let bytes = format!("{mark}{ends}").into_bytes();
        Source::open(&bytes, format)?;
        Ok(bytes)
    }
}

/// Returns the side that is not as the base is, the standing one where both are not.
fn one_of<T: PartialEq>(base: Option<T>, standing: T, yours: T) -> T {
    match base {
        Some(base) if base == standing => yours,
        _ => standing,
    }
}

fn text<'a>(bytes: &'a [u8], format: Format, which: &str) -> Result<&'a str, Refusal> {
    let source = Source::open(bytes, format).map_err(|refusal| of_side(refusal, which))?;
    Ok(source.text)
}

fn of_side(mut refusal: Refusal, which: &str) -> Refusal {
    refusal.cause = format!("the {which} text: {}", refusal.cause);
    refusal
}

/// How the lines of a text end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    None,
    Plain,
    CarriageReturns,
    Mixed,
}

impl Ends {
    fn of(text: &str) -> Self {
        let breaks = text.matches('\n').count();
        let pairs = text.matches("\r\n").count();
        let returns = text.matches('\r').count();
        match (breaks, pairs) {
            _ if returns != pairs => Self::Mixed,
            (0, _) => Self::None,
            (_, 0) => Self::Plain,
            (breaks, pairs) if breaks == pairs => Self::CarriageReturns,
            _ => Self::Mixed,
        }
    }
}

/// A text that was read.
pub(super) struct Side<'a> {
    pub(super) source: Source<'a>,
    pub(super) root: Tree,
    pub(super) record: Record,
}

impl<'a> Side<'a> {
    /// Reads a text; a refusal says which one it is.
    pub(super) fn open(text: &'a str, format: Format, which: &str) -> Result<Self, Refusal> {
        let open = || {
            let source = Source::open(text.as_bytes(), format)?;
            let root = read(&source)?;
            let record = to_record(&source, &root);
            Ok(Self {
                source,
                root,
                record,
            })
        };
        open().map_err(|refusal| of_side(refusal, which))
    }

    /// Returns the text above the body.
    pub(super) fn head(&self) -> &'a str {
        let end = self.source.body.unwrap_or(self.source.text.len());
        self.source.text.get(..end).unwrap_or_default()
    }
}

/// The three texts, read.
pub(super) struct Sides<'a> {
    pub(super) format: Format,
    pub(super) base: Option<Side<'a>>,
    pub(super) standing: Side<'a>,
    /// Its spans are shifted by [`Sides::shift`], so that a merged record tells where each of its values comes from.
    pub(super) yours: Side<'a>,
}

impl<'a> Sides<'a> {
    pub(super) fn open(shape: &'a Shape, format: Format) -> Result<Self, Refusal> {
        let base = shape.base.as_deref();
        let base = base.map(|base| Side::open(base, format, "common"));
        let standing = Side::open(&shape.standing, format, "standing")?;
        let mut yours = Side::open(&shape.yours, format, "new")?;
        let by = standing.source.text.len();
        yours
            .record
            .fields
            .values_mut()
            .for_each(|node| shift(node, by));
        if let Some(body) = &mut yours.record.body {
            body.start += by;
        }
        Ok(Self {
            format,
            base: base.transpose()?,
            standing,
            yours,
        })
    }

    /// Returns by how much the spans of yours are shifted.
    pub(super) fn shift(&self) -> usize {
        self.standing.source.text.len()
    }

    /// Returns a dispute as others see it.
    pub(super) fn conflict(&self, dispute: Dispute) -> Conflict {
        let base = self.base.as_ref().map_or("", |base| base.source.text);
        let yours = self.yours.source.text;
        let said = |node: Option<Node>, text: &str, by: usize| {
            node.map(|mut node| {
                unshift(&mut node, by);
                let text = match (dispute.about, &node.value) {
                    (About::Order, Value::List(items)) => outline(items, text),
                    _ => text.get(node.span.clone()).unwrap_or_default().to_owned(),
                };
                Version { node, text }
            })
        };
        Conflict {
            path: dispute.path,
            about: dispute.about,
            base: said(dispute.base, base, 0),
            standing: said(dispute.standing, self.standing.source.text, 0),
            yours: said(dispute.yours, yours, self.shift()),
        }
    }
}

/// Returns the items of a list by the lines that name them.
fn outline(items: &[Node], text: &str) -> String {
    let name = |item: &Node| match item.item_key().or_else(|| item.as_text()) {
        Some(name) => name.to_owned(),
        None => text.get(item.span.clone()).unwrap_or_default().to_owned(),
    };
    items.iter().map(name).collect::<Vec<_>>().join("\n")
}

fn shift(node: &mut Node, by: usize) {
    node.span = node.span.start + by..node.span.end + by;
    children(node).for_each(|child| shift(child, by));
}

fn unshift(node: &mut Node, by: usize) {
    node.span = node.span.start.saturating_sub(by)..node.span.end.saturating_sub(by);
    children(node).for_each(|child| unshift(child, by));
}

fn children(node: &mut Node) -> Box<dyn Iterator<Item = &mut Node> + '_> {
    match &mut node.value {
        Value::Scalar(_) => Box::new(std::iter::empty()),
        Value::List(items) => Box::new(items.iter_mut()),
        Value::Map(map) => Box::new(map.values_mut()),
    }
}

/// Returns the lines that a value stands on, and the comment lines right above them.
pub(super) fn lines_around(text: &str, span: &Range<usize>) -> Range<usize> {
    let mut start = line_start(text, span.start);
    while start > 0 {
        let above = line_start(text, start - 1);
        match text.get(above..start) {
            Some(line) if above < start && line.trim().starts_with('#') => start = above,
            _ => break,
        }
    }
    start..next_line(text, span.end)
}
