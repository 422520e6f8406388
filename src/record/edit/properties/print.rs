//! Writes a model in random styles of each format, as people would: quotes, comments, blank lines, flow and block, line ends, byte order marks.

use super::{Model, Style};
use crate::record::source::Syntax;
use crate::record::{Scalar, ScalarKind};

/// Returns the root map as a file of that syntax.
pub(super) fn print(root: &[(String, Model)], syntax: Syntax, style: &mut Style) -> String {
    match syntax {
        Syntax::Yaml if style.one_in(8) => format!("{}\n", yaml_flow_map(root, style)),
        Syntax::Yaml => yaml_map(root, 0, style),
        Syntax::Toml => toml_root(root, style),
        Syntax::Json => {
            let pretty = style.one_in(2);
            json(&Model::Map(root.to_vec()), 0, pretty)
        }
    }
}

fn comment(style: &mut Style) -> &'static str {
    ["", "", "", " # note", "  # it's: [a] \"note\", {b"][style.pick(5)]
}

fn extra_lines(indent: usize, style: &mut Style) -> String {
    match style.pick(6) {
        0 => "\n".to_owned(),
        1 => format!("{:indent$}# a remark: here\n", ""),
        _ => String::new(),
    }
}

fn yaml_map(map: &[(String, Model)], indent: usize, style: &mut Style) -> String {
    let mut out = String::new();
    for (key, value) in map {
        out.push_str(&extra_lines(indent, style));
        let key = yaml_key(key, style);
        out.push_str(&format!(
            "{:indent$}{key}:{}",
            "",
            yaml_value(value, indent, true, style)
        ));
    }
    out
}

/// Returns what follows a colon or dash, with its line end.
fn yaml_value(value: &Model, indent: usize, in_map: bool, style: &mut Style) -> String {
    match value {
        Model::Scalar(scalar) => yaml_scalar_line(scalar, indent, style),
        Model::List(items) if items.is_empty() || style.one_in(3) => {
            format!(" {}{}\n", yaml_flow_list(items, style), comment(style))
        }
        Model::Map(map) if map.is_empty() || style.one_in(3) => {
            format!(" {}{}\n", yaml_flow_map(map, style), comment(style))
        }
        Model::List(items) => {
            let deeper = if in_map && style.one_in(2) {
                indent
            } else {
                indent + 2
            };
            format!("{}\n{}", comment(style), yaml_list(items, deeper, style))
        }
        Model::Map(map) => format!("{}\n{}", comment(style), yaml_map(map, indent + 2, style)),
    }
}

fn yaml_list(items: &[Model], indent: usize, style: &mut Style) -> String {
    let mut out = String::new();
    for item in items {
        out.push_str(&extra_lines(indent, style));
        match item {
            Model::Map(map) if !map.is_empty() && style.one_in(2) => {
                let lines = yaml_map(map, indent + 2, &mut style.without_extras());
                out.push_str(&format!(
                    "{:indent$}- {}",
                    "",
                    lines.trim_start_matches(' ')
                ));
            }
            item => out.push_str(&format!(
                "{:indent$}-{}",
                "",
                yaml_value(item, indent, false, style)
            )),
        }
    }
    out
}

fn yaml_scalar_line(scalar: &Scalar, indent: usize, style: &mut Style) -> String {
    let text = &scalar.text;
    let is_simple_block = scalar.kind == ScalarKind::Text
        && !text.is_empty()
        && text
            .split('\n')
            .all(|line| !line.starts_with([' ', '\t']) && line.chars().all(|c| !c.is_control()))
        && !text.starts_with('\n')
        && !text.ends_with("\n\n")
        && text != "\n";
    if is_simple_block && style.one_in(2) {
        let chomping = if text.ends_with('\n') { "" } else { "-" };
        let deeper = indent + 2;
        let lines = text
            .trim_end_matches('\n')
            .split('\n')
            .map(|line| match line.is_empty() {
                true => "\n".to_owned(),
                false => format!("{:deeper$}{line}\n", ""),
            });
        return format!(
            " |{chomping}{}\n{}",
            comment(style),
            lines.collect::<String>()
        );
    }
    if scalar.kind == ScalarKind::Null && style.one_in(2) {
        return format!("{}\n", comment(style));
    }
    let gap = if style.one_in(6) { "   " } else { " " };
    let property = ["", "", "", "&anchor "][style.pick(4)];
    let property = if style.take_anchor(property) {
        property
    } else {
        ""
    };
    format!(
        "{gap}{property}{}{}\n",
        yaml_scalar(scalar, style),
        comment(style)
    )
}

fn yaml_scalar(scalar: &Scalar, style: &mut Style) -> String {
    let text = &scalar.text;
    match scalar.kind {
        ScalarKind::Null => ["~", "null"][style.pick(2)].to_owned(),
        ScalarKind::Text => {
            let is_word = text.len() > 3
                && text.chars().all(|c| c.is_ascii_lowercase())
                && !["true", "false", "null"].contains(&text.as_str());
            match style.pick(3) {
                0 if is_word => text.clone(),
                1 if !text.chars().any(|c| {
                    c.is_control() || "\u{feff}\u{2028}\u{2029}\u{fffe}\u{ffff}".contains(c)
                }) =>
                {
                    format!("'{}'", text.replace('\'', "''"))
                }
                _ => quoted(text),
            }
        }
        _ => text.clone(),
    }
}

fn yaml_key(key: &str, style: &mut Style) -> String {
    yaml_scalar(&Scalar::text(key), style)
}

fn yaml_flow_list(items: &[Model], style: &mut Style) -> String {
    let items: Vec<String> = items.iter().map(|item| yaml_flow(item, style)).collect();
    between('[', &items, ']', style)
}

fn yaml_flow_map(map: &[(String, Model)], style: &mut Style) -> String {
    let entries: Vec<String> = map
        .iter()
        .map(|(key, value)| format!("{}: {}", yaml_key(key, style), yaml_flow(value, style)))
        .collect();
    between('{', &entries, '}', style)
}

fn yaml_flow(value: &Model, style: &mut Style) -> String {
    match value {
        Model::Scalar(scalar) => yaml_scalar(scalar, style),
        Model::List(items) => yaml_flow_list(items, style),
        Model::Map(map) => yaml_flow_map(map, style),
    }
}

/// Returns parts between brackets, at times with blanks or a comma at the end.
fn between(open: char, parts: &[String], close: char, style: &mut Style) -> String {
    let blank = if style.one_in(3) { " " } else { "" };
    let comma = if style.one_in(4) && !parts.is_empty() {
        ","
    } else {
        ""
    };
    format!("{open}{blank}{}{comma}{blank}{close}", parts.join(", "))
}

fn toml_root(root: &[(String, Model)], style: &mut Style) -> String {
    let is_table = |value: &Model| match value {
        Model::Map(_) => true,
        Model::List(items) => {
            !items.is_empty() && items.iter().all(|item| matches!(item, Model::Map(_)))
        }
        Model::Scalar(_) => false,
    };
    let choices: Vec<bool> = root
        .iter()
        .map(|(_, value)| is_table(value) && style.one_in(2))
        .collect();
    let mut lines = String::new();
    let mut tables = String::new();
    for ((key, value), under_header) in root.iter().zip(choices) {
        match value {
            Model::Map(map) if under_header => {
                tables.push_str(&format!("\n[{}]{}\n", toml_key(key), comment(style)));
                tables.push_str(&toml_lines(map, style));
            }
            Model::List(items) if under_header => {
                for item in items {
                    tables.push_str(&format!("[[{}]]{}\n", toml_key(key), comment(style)));
                    if let Model::Map(map) = item {
                        tables.push_str(&toml_lines(map, style));
                    }
                }
            }
            value => lines.push_str(&toml_lines(&[(key.clone(), value.clone())], style)),
        }
    }
    lines + &tables
}

fn toml_lines(map: &[(String, Model)], style: &mut Style) -> String {
    let mut out = String::new();
    for (key, value) in map {
        out.push_str(&extra_lines(0, style));
        match value {
            Model::Map(inner) if !inner.is_empty() && style.one_in(3) => {
                for (name, value) in inner {
                    let value = toml(value, style);
                    out.push_str(&format!("{}.{} = {value}\n", toml_key(key), toml_key(name)));
                }
            }
            value => {
                let gap = ["=", " = ", "   = "][style.pick(3)];
                let value = toml_top(value, style);
                out.push_str(&format!(
                    "{}{gap}{value}{}\n",
                    toml_key(key),
                    comment(style)
                ));
            }
        }
    }
    out
}

/// Returns a value behind a key: an array may span lines there.
fn toml_top(value: &Model, style: &mut Style) -> String {
    match value {
        Model::List(items) if !items.is_empty() && style.one_in(2) => {
            let mut out = "[\n".to_owned();
            let comma = if style.one_in(2) { "," } else { "" };
            for (index, item) in items.iter().enumerate() {
                let comma = if index + 1 < items.len() { "," } else { comma };
                out.push_str(&format!(
                    "  {}{comma}{}\n",
                    toml(item, style),
                    comment(style)
                ));
            }
            out + "]"
        }
        value => toml(value, style),
    }
}

fn toml(value: &Model, style: &mut Style) -> String {
    match value {
        Model::Scalar(scalar) => toml_scalar(scalar, style),
        Model::List(items) => {
            let items: Vec<String> = items.iter().map(|item| toml(item, style)).collect();
            between('[', &items, ']', style)
        }
        Model::Map(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{} = {}", toml_key(key), toml(value, style)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

fn toml_scalar(scalar: &Scalar, style: &mut Style) -> String {
    let text = &scalar.text;
    if scalar.kind != ScalarKind::Text {
        return text.clone();
    }
    let is_literal = !text.contains('\'') && !text.chars().any(char::is_control);
    match style.pick(4) {
        0 if is_literal => format!("'{text}'"),
        1 if is_literal => format!("'''{text}'''"),
        2 => format!("\"\"{}\"\"", quoted(text)),
        _ => quoted(text),
    }
}

fn toml_key(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric());
    if is_bare { key.to_owned() } else { quoted(key) }
}

fn json(value: &Model, indent: usize, pretty: bool) -> String {
    let (open, parts, close): (char, Vec<String>, char) = match value {
        Model::Scalar(scalar) => return json_scalar(scalar),
        Model::List(items) => (
            '[',
            items
                .iter()
                .map(|item| json(item, indent + 2, pretty))
                .collect(),
            ']',
        ),
        Model::Map(map) => {
            let gap = if pretty { " " } else { "" };
            let entry = |(key, value): &(String, Model)| {
                format!(
                    "{}:{gap}{}",
                    serde_json::json!(key),
                    json(value, indent + 2, pretty)
                )
            };
            ('{', map.iter().map(entry).collect(), '}')
        }
    };
    if !pretty || parts.is_empty() {
        return format!("{open}{}{close}", parts.join(","));
    }
    let deeper = indent + 2;
    let lines: Vec<String> = parts
        .iter()
        .map(|part| format!("{:deeper$}{part}", ""))
        .collect();
    format!("{open}\n{}\n{:indent$}{close}", lines.join(",\n"), "")
}

fn json_scalar(scalar: &Scalar) -> String {
    match scalar.kind {
        ScalarKind::Text => serde_json::json!(scalar.text).to_string(),
        ScalarKind::Null => "null".to_owned(),
        _ => scalar.text.clone(),
    }
}

/// Returns a double-quoted text that YAML and TOML both read.
fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            c if c.is_control() || "\u{feff}\u{2028}\u{2029}\u{fffe}\u{ffff}".contains(c) => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out + "\""
}
