//! A record's fields as tokens that a merge may not cut: a key or a value is one token, whatever is in it, and so is a comment.
//!
//! Tokens are taken where the reader found keys and values, so a merge of tokens cannot mix two texts of one field, and a `#` in a text is no
//! comment. All tokens together are the text.

use std::ops::Range;

use crate::record::source::{Source, Syntax};
use crate::record::tree::{Data, Origin, Tree};

/// The tokens of a text, in lines. A value of several lines does not end the line that it stands in.
pub(super) struct Tokens<'a> {
    /// The tokens in order.
    pub(super) texts: Vec<&'a str>,
    /// The tokens of each line, its line end included.
    pub(super) lines: Vec<Range<usize>>,
    /// What says something that no field holds.
    pub(super) notes: Vec<Note<'a>>,
}

/// A comment, or a mark of YAML that is no value: an anchor, an alias, a tag, a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Note<'a> {
    /// Its text, its mark included.
    pub(super) text: &'a str,
    /// Where it begins.
    pub(super) start: usize,
}

/// Returns the tokens of everything above the body.
pub(super) fn tokens<'a>(source: &Source<'a>, root: &Tree) -> Tokens<'a> {
    let mut leaves = Vec::new();
    collect(root, &mut leaves);
    leaves.sort_unstable_by_key(|leaf| (leaf.span.start, leaf.span.end));
    let mut cutter = Cutter {
        text: source.text,
        syntax: source.syntax,
        line: 0,
        tokens: Tokens {
            texts: Vec::new(),
            lines: Vec::new(),
            notes: Vec::new(),
        },
    };
    let end = source.body.unwrap_or(source.text.len());
    let mut at = 0;
    for leaf in leaves {
        if leaf.span.start >= at && leaf.span.end <= end && !leaf.span.is_empty() {
            cutter.gap(at..leaf.span.start);
            at = leaf.span.end;
            cutter.leaf(leaf);
        }
    }
    cutter.gap(at..end);
    cutter.end_line();
    cutter.tokens
}

/// A key or a value that holds no others.
struct Leaf {
    span: Range<usize>,
    alias: bool,
}

fn collect(tree: &Tree, leaves: &mut Vec<Leaf>) {
    let leaf = |span: &Range<usize>, alias| Leaf {
        span: span.clone(),
        alias,
    };
    match &tree.data {
        _ if tree.alias => leaves.push(leaf(&tree.span, true)),
        Data::Scalar(_) => leaves.push(leaf(&tree.span, false)),
        Data::List(items, _) => items.iter().for_each(|item| collect(&item.value, leaves)),
        Data::Map(entries, _) => {
            for entry in entries {
                if entry.origin != Origin::Merged {
                    leaves.push(leaf(&entry.key_span, false));
                    collect(&entry.value, leaves);
                }
            }
        }
    }
}

struct Cutter<'a> {
    text: &'a str,
    syntax: Syntax,
    /// The first token of the line that is open.
    line: usize,
    tokens: Tokens<'a>,
}

impl<'a> Cutter<'a> {
    fn leaf(&mut self, leaf: Leaf) {
        let text = self.text.get(leaf.span.clone()).unwrap_or_default();
        self.tokens.texts.push(text);
        let start = leaf.span.start;
        if leaf.alias {
            self.tokens.notes.push(Note { text, start });
        }
        if self.syntax == Syntax::Yaml && text.starts_with(['|', '>']) {
            let header = text.lines().next().unwrap_or_default();
            if let Some(at) = header.find('#') {
                self.tokens.notes.push(Note {
                    text: &header[at..],
                    start: start + at,
                });
            }
        }
    }

    /// Cuts the text between two leaves.
    fn gap(&mut self, span: Range<usize>) {
        let mut at = span.start;
        while let Some(rest) = self.text.get(at..span.end)
            && let Some(first) = rest.chars().next()
        {
            let (length, is_note) = self.piece(at, rest, first);
            let text = &rest[..length];
            if is_note {
                self.tokens.notes.push(Note { text, start: at });
            }
            self.tokens.texts.push(text);
            if first == '\n' {
                self.end_line();
            }
            at += length;
        }
    }

    /// Returns the length of the token that a text starts with, and whether it is a note.
    fn piece(&self, at: usize, rest: &str, first: char) -> (usize, bool) {
        let until = |ends: &dyn Fn(char) -> bool| rest.find(ends).unwrap_or(rest.len());
        let is_blank = |character: char| matches!(character, ' ' | '\t' | '\r');
        let is_word = |character: char| character.is_alphanumeric() || "_-".contains(character);
        let begins_word = || {
            let before = self.text.get(..at).unwrap_or_default();
            before
                .chars()
                .next_back()
                .is_none_or(|character| character.is_whitespace())
        };
        match (first, self.syntax) {
            ('#', Syntax::Toml) => (comment(rest), true),
            ('#', Syntax::Yaml) if begins_word() => (comment(rest), true),
            ('&' | '!' | '%', Syntax::Yaml) => (
                until(&|character| character.is_whitespace() || ",]}".contains(character)),
                true,
            ),
            _ if is_blank(first) => (until(&|character| !is_blank(character)), false),
            _ if first.is_alphanumeric() => (until(&|character| !is_word(character)), false),
            _ => (first.len_utf8(), false),
        }
    }

    fn end_line(&mut self) {
        let end = self.tokens.texts.len();
        if end > self.line {
            self.tokens.lines.push(self.line..end);
            self.line = end;
        }
    }
}

/// Returns the length of a comment, blanks at its end left out.
fn comment(text: &str) -> usize {
    let line = text.split('\n').next().unwrap_or_default();
    line.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Format;
    use crate::record::parse::read;

    fn cut(text: &str, format: Format) -> (Vec<String>, Vec<String>) {
        let source = Source::open(text.as_bytes(), format).unwrap();
        let root = read(&source).unwrap();
        let tokens = tokens(&source, &root);
        let end = source.body.unwrap_or(text.len());
        assert_eq!(tokens.texts.concat(), &text[..end]);
        let lines = tokens.lines.iter();
        let lines = lines.map(|line| tokens.texts[line.clone()].join("·"));
        let notes = tokens.notes.iter().map(|note| note.text.to_owned());
        (lines.collect(), notes.collect())
    }

    #[test]
    fn keys_values_and_comments_are_whole() {
        let (lines, notes) = cut(
            "a: one # two  \nb: |  # kept\n  x # y\n\n  z\nc: [1, 'a, #b']\n",
            Format::Yaml,
        );
        assert_eq!(
            lines,
            [
                "a·:· ·one· ·# two·  ·\n",
                "b·:· ·|  # kept\n  x # y\n\n  z·\n",
                "c·:· ·[·1·,· ·'a, #b'·]·\n",
            ]
        );
        assert_eq!(notes, ["# two", "# kept"]);
    }

    #[test]
    fn marks_of_yaml_are_notes() {
        let (_, notes) = cut(
            "%YAML 1.2\n---\na: &x !t 1\nb: *x\nc: [&y p, *y]\n",
            Format::Yaml,
        );
        assert_eq!(notes, ["%YAML", "&x", "!t", "*x", "&y", "*y"]);
    }

    #[test]
    fn toml_and_json_are_cut_the_same_way() {
        let (lines, notes) = cut("[a.b]# x\nc = '''\n# no\n'''\n", Format::Toml);
        assert_eq!(lines, ["[·a·.·b·]·# x·\n", "c· ·=· ·'''\n# no\n'''·\n"]);
        assert_eq!(notes, ["# x"]);
        let (lines, notes) = cut("{\"a\": \"# no\"}", Format::Json);
        assert_eq!(lines, ["{·\"a\"·:· ·\"# no\"·}"]);
        assert!(notes.is_empty());
    }
}
