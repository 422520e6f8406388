//! Records to be merged: built and edited by small steps that chance chooses, and written in each format with comments and styles of their own.

use std::fmt::Write;

use proptest::prelude::*;

use crate::record::Format;

/// A step: what to do, where, and with what. Each is a number taken modulo what there is, so that every step means something.
pub(super) type Move = (u8, u8, u8);

/// A pair of edits of one record.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) base: Vec<Move>,
    pub(super) standing: Vec<Move>,
    pub(super) yours: Vec<Move>,
}

pub(super) fn pairs() -> impl Strategy<Value = Pair> {
    let moves = |most| prop::collection::vec(any::<Move>(), 0..most);
    (moves(12), moves(5), moves(5)).prop_map(|(base, standing, yours)| Pair {
        base,
        standing,
        yours,
    })
}

impl Pair {
    /// Returns base, standing and yours as texts.
    pub(super) fn texts(&self, kind: Kind) -> [String; 3] {
        let mut base = Doc::new();
        self.base.iter().for_each(|step| base.take(*step, 0));
        let edited = |moves: &[Move], side| {
            let mut doc = base.clone();
            moves.iter().for_each(|step| doc.take(*step, side));
            doc.written(kind)
        };
        [
            base.written(kind),
            edited(&self.standing, 1),
            edited(&self.yours, 2),
        ]
    }
}

/// A format as files are written in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Yaml,
    Toml,
    Json,
    YamlPage,
    TomlPage,
}

impl Kind {
    pub(super) fn format(self) -> Format {
        match self {
            Self::Yaml => Format::Yaml,
            Self::Toml => Format::Toml,
            Self::Json => Format::Json,
            Self::YamlPage | Self::TomlPage => Format::Markdown,
        }
    }
}

const TEXTS: [&str; 14] = [
    "alpha",
    "no",
    "1.0",
    "a: b #n1",
    "it's \"quoted\"",
    "one line\nand another\n",
    "first\n\n  indented\nlast",
    "The words of this text are many and they stay",
    "The words of this text are many and they go",
    "",
    "- dash",
    "café, [x]",
    "beta",
    "gamma delta",
];
const KEYS: [&str; 8] = [
    "title", "status", "summary", "owner", "odd key", "a.b", "date", "note",
];
const WORDS: [&str; 8] = [
    "one",
    "two",
    "three",
    "four",
    "open model of weights",
    "open model of words",
    "five",
    "six, seven",
];
const PARAGRAPHS: [&str; 8] = [
    "Short.",
    "A paragraph of\ntwo lines.",
    "- a\n- list",
    "```\n# code\n\nmore code\n```",
    "The words of this paragraph are many and they stay.",
    "The words of this paragraph are many and they go.",
    "> quote",
    "Last words.",
];
const HEADINGS: [&str; 5] = ["Scope", "Limits", "Sources", "Notes", "See also"];

/// A text and how it is quoted.
#[derive(Debug, Clone, PartialEq)]
struct Leaf {
    text: &'static str,
    style: u8,
}

#[derive(Debug, Clone, PartialEq)]
enum Content {
    Leaf(Leaf),
    Number(u8),
    Words {
        words: Vec<&'static str>,
        flow: bool,
    },
    Map {
        leaves: Vec<(&'static str, Leaf)>,
        flow: bool,
    },
    Claims(Vec<Claim>),
}

#[derive(Debug, Clone, PartialEq)]
struct Claim {
    key: u8,
    leaves: Vec<(&'static str, Leaf)>,
    comment: Option<u16>,
}

#[derive(Debug, Clone, PartialEq)]
struct Field {
    key: &'static str,
    content: Content,
    above: Option<u16>,
    behind: Option<u16>,
}

/// A record.
#[derive(Debug, Clone)]
pub(super) struct Doc {
    fields: Vec<Field>,
    sections: Vec<(usize, Vec<&'static str>)>,
}

fn pick<T: Copy>(from: &[T], number: u8) -> T {
    from[usize::from(number) % from.len()]
}

fn spot(number: u8, len: usize) -> usize {
    usize::from(number) % len.max(1)
}

impl Doc {
    fn new() -> Self {
        let field = |key, content| Field {
            key,
            content,
            above: None,
            behind: None,
        };
        let leaf = |text| Leaf { text, style: 0 };
        let claim = |key, text| Claim {
            key,
            leaves: vec![("text", leaf(text))],
            comment: None,
        };
        let words = vec!["one", "two", "three"];
        Self {
            fields: vec![
                field("id", Content::Leaf(leaf("concepts/x"))),
                field("title", Content::Leaf(leaf("alpha"))),
                field("tags", Content::Words { words, flow: true }),
                field("count", Content::Number(1)),
                field(
                    "claims",
                    Content::Claims(vec![claim(1, "alpha"), claim(2, TEXTS[7])]),
                ),
                field(
                    "extra",
                    Content::Map {
                        leaves: vec![("a", leaf("beta"))],
                        flow: false,
                    },
                ),
            ],
            sections: vec![(0, vec!["Short.", "Last words."]), (1, vec!["> quote"])],
        }
    }

    /// Takes a step. Comments of each side have numbers of their own, but for some that both sides write.
    fn take(&mut self, (what, place, with): Move, side: u16) {
        let number = u16::from(with) + if with < 32 { 0 } else { 1000 * side };
        let at = spot(place, self.fields.len());
        match what % 20 {
            0 => self.set_leaf(place, with),
            1 => self.add_field(place, with),
            2 => {
                if self.fields.len() > 2 && self.fields[at].key != "id" {
                    self.fields.remove(at);
                }
            }
            3 => self.fields[at].above = (!with.is_multiple_of(3)).then_some(number),
            4 => self.fields[at].behind = (!with.is_multiple_of(3)).then_some(number),
            5 => {
                let field = self.fields.remove(at);
                self.fields.insert(spot(with, self.fields.len() + 1), field);
            }
            6..=9 => self.change_words(what, place, with),
            10..=14 => self.change_claims(what, place, with, number),
            15 => self.change_map(place, with),
            16 => self.restyle(place, with),
            _ => self.change_body(what, place, with),
        }
    }

    fn set_leaf(&mut self, place: u8, with: u8) {
        let leaves = self.fields.iter_mut().filter(|field| {
            matches!(field.content, Content::Leaf(_) | Content::Number(_)) && field.key != "id"
        });
        let mut leaves: Vec<&mut Field> = leaves.collect();
        let count = leaves.len();
        if let Some(field) = leaves.get_mut(spot(place, count)) {
            match &mut field.content {
                Content::Leaf(leaf) => leaf.text = pick(&TEXTS, with),
                Content::Number(number) => *number = with,
                _ => {}
            }
        }
    }

    fn add_field(&mut self, place: u8, with: u8) {
        let key = pick(&KEYS, with);
        if self.fields.iter().all(|field| field.key != key) {
            let leaf = Leaf {
                text: pick(&TEXTS, place),
                style: with / 8,
            };
            let at = spot(place, self.fields.len() + 1);
            self.fields.insert(
                at,
                Field {
                    key,
                    content: Content::Leaf(leaf),
                    above: None,
                    behind: None,
                },
            );
        }
    }

    fn change_words(&mut self, what: u8, place: u8, with: u8) {
        let words = self
            .fields
            .iter_mut()
            .find_map(|field| match &mut field.content {
                Content::Words { words, flow } => Some((words, flow)),
                _ => None,
            });
        let Some((words, flow)) = words else {
            let words = vec![pick(&WORDS, place)];
            let content = Content::Words {
                words,
                flow: with.is_multiple_of(2),
            };
            self.fields.push(Field {
                key: "tags",
                content,
                above: None,
                behind: None,
            });
            return;
        };
        let (word, at) = (pick(&WORDS, with), spot(place, words.len()));
        match what % 20 {
            6 if !words.contains(&word) => words.insert(spot(place, words.len() + 1), word),
            7 if !words.is_empty() => {
                words.remove(at);
            }
            8 if !words.is_empty() => {
                let word = words.remove(at);
                words.insert(spot(with, words.len() + 1), word);
            }
            9 if with.is_multiple_of(4) => *flow = !*flow,
            9 if !words.is_empty() && !words.contains(&word) => words[at] = word,
            _ => {}
        }
    }

    fn change_claims(&mut self, what: u8, place: u8, with: u8, number: u16) {
        let claims = self
            .fields
            .iter_mut()
            .find_map(|field| match &mut field.content {
                Content::Claims(claims) => Some(claims),
                _ => None,
            });
        let Some(claims) = claims else {
            return;
        };
        let at = spot(place, claims.len());
        let leaf = Leaf {
            text: pick(&TEXTS, with),
            style: with / 16,
        };
        match what % 20 {
            10 if claims.iter().all(|claim| claim.key != with % 9) => {
                let claim = Claim {
                    key: with % 9,
                    leaves: vec![("text", leaf)],
                    comment: (with.is_multiple_of(3)).then_some(number),
                };
                claims.insert(spot(place, claims.len() + 1), claim);
            }
            11 if claims.len() > 1 => {
                claims.remove(at);
            }
            12 if !claims.is_empty() => {
                let claim = claims.remove(at);
                claims.insert(spot(with, claims.len() + 1), claim);
            }
            13 if !claims.is_empty() => claims[at].leaves[0].1.text = leaf.text,
            14 if !claims.is_empty() && with.is_multiple_of(2) => {
                claims[at].comment = (!with.is_multiple_of(3)).then_some(number);
            }
            14 if !claims.is_empty() => match claims[at].leaves.len() {
                1 => claims[at].leaves.push(("note", leaf)),
                _ => {
                    claims[at].leaves.pop();
                }
            },
            _ => {}
        }
    }

    fn change_map(&mut self, place: u8, with: u8) {
        let map = self
            .fields
            .iter_mut()
            .find_map(|field| match &mut field.content {
                Content::Map { leaves, flow } => Some((leaves, flow)),
                _ => None,
            });
        let Some((leaves, flow)) = map else {
            return;
        };
        let key = pick(&["a", "b", "c"], place);
        let leaf = Leaf {
            text: pick(&TEXTS, with),
            style: with / 16,
        };
        match leaves.iter().position(|(known, _)| *known == key) {
            _ if with > 250 => *flow = !*flow,
            Some(at) if with.is_multiple_of(3) && leaves.len() > 1 => {
                leaves.remove(at);
            }
            Some(at) => leaves[at].1 = leaf,
            None => leaves.push((key, leaf)),
        }
    }

    fn restyle(&mut self, place: u8, with: u8) {
        let at = spot(place, self.fields.len());
        if let Content::Leaf(leaf) = &mut self.fields[at].content {
            leaf.style = with;
        }
    }

    fn change_body(&mut self, what: u8, place: u8, with: u8) {
        let (at, heading) = (spot(place, self.sections.len()), spot(with, HEADINGS.len()));
        let is_new = self.sections.iter().all(|section| section.0 != heading);
        match (what % 20, with / 64) {
            (17, _) if is_new => {
                let section = (heading, vec![pick(&PARAGRAPHS, place)]);
                self.sections
                    .insert(spot(place, self.sections.len() + 1), section);
            }
            (18, 0) if self.sections.len() > 1 => {
                self.sections.remove(at);
            }
            (18, 1) if !self.sections.is_empty() => {
                let section = self.sections.remove(at);
                self.sections
                    .insert(spot(with, self.sections.len() + 1), section);
            }
            (18 | 19, way) => {
                if let Some((_, paragraphs)) = self.sections.get_mut(at) {
                    change_paragraphs(paragraphs, way, place / 8, with);
                }
            }
            _ => {}
        }
    }

    pub(super) fn written(&self, kind: Kind) -> String {
        match kind {
            Kind::Yaml => self.yaml(),
            Kind::Toml => self.toml(),
            Kind::Json => self.json(),
            Kind::YamlPage => format!("---\n{}---\n{}", self.yaml(), self.body()),
            Kind::TomlPage => format!("+++\n{}+++\n{}", self.toml(), self.body()),
        }
    }

    fn body(&self) -> String {
        let sections = self.sections.iter().map(|(heading, paragraphs)| {
            format!(
                "\n## {}\n\n{}\n",
                HEADINGS[*heading],
                paragraphs.join("\n\n")
            )
        });
        sections.collect()
    }

    fn yaml(&self) -> String {
        let mut text = String::new();
        for field in &self.fields {
            comment(&mut text, "", field.above);
            let key = quoted_key(field.key, '.');
            let behind = field.behind.map(|n| format!(" # c{n}")).unwrap_or_default();
            match &field.content {
                Content::Leaf(leaf) => yaml_leaf(&mut text, "", &key, leaf, &behind),
                Content::Number(number) => writeln!(text, "{key}: {number}{behind}").unwrap(),
                Content::Words { words, flow } if *flow || words.is_empty() => {
                    let words: Vec<String> = words.iter().map(|word| json(word)).collect();
                    writeln!(text, "{key}: [{}]{behind}", words.join(", ")).unwrap();
                }
                Content::Words { words, .. } => {
                    writeln!(text, "{key}:{behind}").unwrap();
                    words
                        .iter()
                        .for_each(|word| writeln!(text, "  - {}", json(word)).unwrap());
                }
                Content::Map { leaves, flow: true } => {
                    let leaves = leaves
                        .iter()
                        .map(|(key, leaf)| format!("{key}: {}", json(leaf.text)));
                    let leaves: Vec<String> = leaves.collect();
                    writeln!(text, "{key}: {{{}}}{behind}", leaves.join(", ")).unwrap();
                }
                Content::Map { leaves, .. } => {
                    writeln!(text, "{key}:{behind}").unwrap();
                    leaves
                        .iter()
                        .for_each(|(key, leaf)| yaml_leaf(&mut text, "  ", key, leaf, ""));
                }
                Content::Claims(claims) => {
                    writeln!(text, "{key}:{behind}").unwrap();
                    for claim in claims {
                        comment(&mut text, "  ", claim.comment);
                        writeln!(text, "  - key: k{}", claim.key).unwrap();
                        let leaves = claim.leaves.iter();
                        leaves.for_each(|(key, leaf)| yaml_leaf(&mut text, "    ", key, leaf, ""));
                    }
                }
            }
        }
        text
    }

    fn toml(&self) -> String {
        let mut text = String::new();
        let (tables, own): (Vec<&Field>, Vec<&Field>) = self.fields.iter().partition(|field| {
            matches!(
                field.content,
                Content::Claims(_) | Content::Map { flow: false, .. }
            )
        });
        for field in own.into_iter().chain(tables) {
            let key = quoted_key(field.key, ' ');
            let behind = field.behind.map(|n| format!(" # c{n}")).unwrap_or_default();
            match &field.content {
                Content::Claims(claims) => {
                    for claim in claims {
                        text.push('\n');
                        comment(&mut text, "", claim.comment);
                        writeln!(text, "[[{key}]]\nkey = \"k{}\"", claim.key).unwrap();
                        let leaves = claim.leaves.iter();
                        leaves.for_each(|(key, leaf)| toml_leaf(&mut text, key, leaf, ""));
                    }
                    continue;
                }
                Content::Map {
                    leaves,
                    flow: false,
                } => {
                    text.push('\n');
                    comment(&mut text, "", field.above);
                    writeln!(text, "[{key}]{behind}").unwrap();
                    leaves
                        .iter()
                        .for_each(|(key, leaf)| toml_leaf(&mut text, key, leaf, ""));
                    continue;
                }
                _ => comment(&mut text, "", field.above),
            }
            match &field.content {
                Content::Leaf(leaf) => toml_leaf(&mut text, &key, leaf, &behind),
                Content::Number(number) => writeln!(text, "{key} = {number}{behind}").unwrap(),
                Content::Words { words, flow } => {
                    let words: Vec<String> = words.iter().map(|word| json(word)).collect();
                    match *flow || words.is_empty() {
                        true => writeln!(text, "{key} = [{}]{behind}", words.join(", ")),
                        false => writeln!(text, "{key} = [\n  {},\n]{behind}", words.join(",\n  ")),
                    }
                    .unwrap();
                }
                Content::Map { leaves, .. } => {
                    let leaves = leaves
                        .iter()
                        .map(|(key, leaf)| format!("{key} = {}", json(leaf.text)));
                    let leaves: Vec<String> = leaves.collect();
                    writeln!(text, "{key} = {{ {} }}{behind}", leaves.join(", ")).unwrap();
                }
                Content::Claims(_) => {}
            }
        }
        text
    }

    fn json(&self) -> String {
        let line = |indent: &str, (key, leaf): &(&str, Leaf)| {
            format!("{indent}{}: {}", json(key), json(leaf.text))
        };
        let fields = self.fields.iter().map(|field| {
            let content = match &field.content {
                Content::Leaf(leaf) => json(leaf.text),
                Content::Number(number) => number.to_string(),
                Content::Words { words, flow } => {
                    let words: Vec<String> = words.iter().map(|word| json(word)).collect();
                    match *flow || words.is_empty() {
                        true => format!("[{}]", words.join(", ")),
                        false => format!("[\n    {}\n  ]", words.join(",\n    ")),
                    }
                }
                Content::Map { leaves, .. } => {
                    let leaves: Vec<String> = leaves.iter().map(|it| line("    ", it)).collect();
                    format!("{{\n{}\n  }}", leaves.join(",\n"))
                }
                Content::Claims(claims) => {
                    let claims = claims.iter().map(|claim| {
                        let own = format!("      \"key\": \"k{}\"", claim.key);
                        let leaves = claim.leaves.iter().map(|it| line("      ", it));
                        let lines: Vec<String> = std::iter::once(own).chain(leaves).collect();
                        format!("    {{\n{}\n    }}", lines.join(",\n"))
                    });
                    format!("[\n{}\n  ]", claims.collect::<Vec<_>>().join(",\n"))
                }
            };
            format!("  {}: {content}", json(field.key))
        });
        format!("{{\n{}\n}}\n", fields.collect::<Vec<_>>().join(",\n"))
    }
}

fn change_paragraphs(paragraphs: &mut Vec<&'static str>, way: u8, place: u8, with: u8) {
    let (at, paragraph) = (spot(place, paragraphs.len()), pick(&PARAGRAPHS, with));
    let is_new = !paragraphs.contains(&paragraph);
    match way {
        0 | 1 if is_new => paragraphs.insert(spot(place, paragraphs.len() + 1), paragraph),
        2 if is_new => paragraphs[at] = paragraph,
        3 if paragraphs.len() > 1 => {
            paragraphs.remove(at);
        }
        _ => {}
    }
}

fn comment(text: &mut String, indent: &str, number: Option<u16>) {
    if let Some(number) = number {
        writeln!(text, "{indent}# c{number}").unwrap();
    }
}

/// Quotes a key that holds a space or the character.
fn quoted_key(key: &str, other: char) -> String {
    match key.contains([' ', '.', other]) {
        true => json(key),
        false => key.to_owned(),
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn yaml_leaf(to: &mut String, indent: &str, key: &str, leaf: &Leaf, behind: &str) {
    let text = leaf.text;
    let is_line = !text.contains('\n');
    let is_plain = is_line && text.chars().all(|c| c.is_alphabetic() || " /".contains(c));
    match leaf.style % 4 {
        0 if is_plain && !text.is_empty() && text != "no" => {
            writeln!(to, "{indent}{key}: {text}{behind}")
        }
        1 if is_line => writeln!(to, "{indent}{key}: '{}'{behind}", text.replace('\'', "''")),
        2 if !text.is_empty() => {
            let mark = if text.ends_with('\n') { "|" } else { "|-" };
            let lines = text.trim_end_matches('\n').split('\n');
            let lines = lines.map(|line| match line.is_empty() {
                true => String::new(),
                false => format!("{indent}  {line}"),
            });
            let lines: Vec<String> = lines.collect();
            writeln!(to, "{indent}{key}: {mark}{behind}\n{}", lines.join("\n"))
        }
        _ => writeln!(to, "{indent}{key}: {}{behind}", json(text)),
    }
    .unwrap();
}

fn toml_leaf(to: &mut String, key: &str, leaf: &Leaf, behind: &str) {
    let text = leaf.text;
    match leaf.style % 4 {
        1 if !text.contains(['\n', '\'']) => writeln!(to, "{key} = '{text}'{behind}"),
        2 if !text.contains('\'') => writeln!(to, "{key} = '''\n{text}'''{behind}"),
        _ => writeln!(to, "{key} = {}{behind}", json(text)),
    }
    .unwrap();
}
