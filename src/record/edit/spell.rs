//! How a scalar or a key may be written in each language, the preferred way first.

use crate::record::source::{Source, Syntax};
use crate::record::yaml::scalar::{is_ambiguous, kind_of_plain};
use crate::record::{Node, Scalar, ScalarKind, Value};

/// Returns the ways to write a value in place of `old` (empty where there was none), the old style first.
pub(super) fn scalar(source: &Source, value: &Scalar, old: &str) -> Vec<String> {
    match (value.kind, source.syntax) {
        (ScalarKind::Text, Syntax::Yaml) => yaml_text(&value.text, old),
        (ScalarKind::Text, Syntax::Toml) => toml_text(&value.text, old, source.line_end()),
        (ScalarKind::Text, Syntax::Json) => vec![json_text(&value.text)],
        (ScalarKind::Null, _) => vec!["null".to_owned()],
        _ => vec![value.text.clone()],
    }
}

/// Returns a text of several lines as YAML's literal block below an entry or a dash that stands behind `column`; `None` where another spelling is plainer.
pub(super) fn literal(source: &Source, value: &Scalar, column: &str) -> Option<String> {
    let text = value.text.as_str();
    let body = text.trim_end_matches('\n');
    let fits = value.kind == ScalarKind::Text
        && source.syntax == Syntax::Yaml
        && body.contains('\n')
        && !body.starts_with([' ', '\t', '\n'])
        && is_one_line(&body.replace('\n', ""))
        && text.len() - body.len() <= 1;
    if !fits {
        return None;
    }
    let chomping = if text.len() > body.len() { "" } else { "-" };
    let lines = body.split('\n').map(|line| match line.is_empty() {
        true => String::new(),
        false => format!("{column}  {line}"),
    });
    let line_end = source.line_end();
    let lines: Vec<String> = lines.collect();
    Some(format!("|{chomping}{line_end}{}", lines.join(line_end)))
}

/// Returns a key as it is written.
pub(super) fn key(syntax: Syntax, key: &str) -> String {
    let is_bare = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    match syntax {
        Syntax::Yaml if is_safe_plain(key) => key.to_owned(),
        Syntax::Yaml => double_quoted(key, backslash),
        Syntax::Toml if !key.is_empty() && key.chars().all(is_bare) => key.to_owned(),
        Syntax::Toml => double_quoted(key, backslash),
        Syntax::Json => json_text(key),
    }
}

/// Returns the way to write any value on one line, between brackets where it holds others; none where the language has no such value.
pub(super) fn flow(source: &Source, node: &Node) -> Option<String> {
    let syntax = source.syntax;
    Some(match &node.value {
        Value::Scalar(value) => match (value.kind, syntax) {
            (ScalarKind::Null, Syntax::Toml) => return None,
            (ScalarKind::Text, Syntax::Yaml) => flow_text(&value.text),
            _ => scalar(source, value, "").into_iter().next()?,
        },
        Value::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| flow(source, item)).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Map(map) => {
            let gap = if syntax == Syntax::Toml { " = " } else { ": " };
            let entry = |(name, value): (&String, &Node)| {
                Some(format!(
                    "{}{gap}{}",
                    key(syntax, name),
                    flow(source, value)?
                ))
            };
            let entries: Option<Vec<String>> = map.iter().map(entry).collect();
            let entries = entries?.join(", ");
            match syntax == Syntax::Toml && !entries.is_empty() {
                true => format!("{{ {entries} }}"),
                false => format!("{{{entries}}}"),
            }
        }
    })
}

/// Returns a text as YAML reads it between brackets too.
fn flow_text(text: &str) -> String {
    match is_safe_plain(text) && !text.contains([',', '[', ']', '{', '}']) {
        true => text.to_owned(),
        false => double_quoted(text, backslash),
    }
}

fn yaml_text(text: &str, old: &str) -> Vec<String> {
    let single = is_one_line(text).then(|| format!("'{}'", text.replace('\'', "''")));
    let plain = is_safe_plain(text).then(|| text.to_owned());
    let double = Some(double_quoted(text, backslash));
    let ways = match old.chars().next() {
        Some('\'') => [single, double, None],
        Some('"') => [double, None, None],
        _ => [plain, single, double],
    };
    ways.into_iter().flatten().collect()
}

fn toml_text(text: &str, old: &str, line_end: &str) -> Vec<String> {
    let lines = text.replace('\n', "");
    let literal = (is_one_line(text) && !text.contains('\'')).then(|| format!("'{text}'"));
    let literal_lines = (is_one_line(&lines) && !text.contains("'''") && !text.ends_with('\''))
        .then(|| format!("'''\n{text}'''").replace('\n', line_end));
    let basic_lines = format!("\"\"\"\n{}\"\"\"", escaped(text, backslash_in_lines));
    let basic_lines = Some(basic_lines.replace('\n', line_end));
    let basic = Some(double_quoted(text, backslash));
    let ways = match old {
        _ if old.starts_with("'''") => [literal_lines, basic_lines, basic],
        _ if old.starts_with("\"\"\"") => [basic_lines, basic, None],
        _ if old.starts_with('\'') => [literal, basic, None],
        _ => [basic, None, None],
    };
    ways.into_iter().flatten().collect()
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Tells whether every reader of YAML takes the plain text for this text, in block and mostly in flow context.
fn is_safe_plain(text: &str) -> bool {
    is_one_line(text)
        && text.trim() == text
        && !text.starts_with([
            '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%',
            '@', '`',
        ])
        && !text.starts_with("...")
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && kind_of_plain(text) == ScalarKind::Text
        && !is_ambiguous(text)
}

/// Tells whether a text is one line of printable characters.
fn is_one_line(text: &str) -> bool {
    !text.chars().any(is_unprintable)
}

/// Tells whether a character must be escaped: a control, a line break of some reader, or a byte order mark.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

fn double_quoted(text: &str, escape: fn(char) -> Option<String>) -> String {
    format!("\"{}\"", escaped(text, escape))
}

fn escaped(text: &str, escape: fn(char) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for character in text.chars() {
        match escape(character) {
            Some(escape) => out.push_str(&escape),
            None => out.push(character),
        }
    }
    out
}

/// Returns the escape of a character in a double-quoted text of YAML or TOML.
fn backslash(character: char) -> Option<String> {
    Some(match character {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        _ if is_unprintable(character) => match u32::from(character) {
            code @ 0..=0xffff => format!("\\u{code:04X}"),
            code => format!("\\U{code:08X}"),
        },
        _ => return None,
    })
}

fn backslash_in_lines(character: char) -> Option<String> {
    match character {
        '\n' => None,
        _ => backslash(character),
    }
}
