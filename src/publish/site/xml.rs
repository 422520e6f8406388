//! XML as feeds and maps need it: elements of text, whose characters XML may hold and a reader can see.

use std::io::{Result, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::publish::visible::marked;

/// Returns a document with this root.
///
/// # Errors
/// Never for memory.
pub fn document(
    root: &str,
    attributes: &[(&str, &str)],
    inside: impl FnOnce(&mut Writer<Vec<u8>>) -> Result<()>,
) -> Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    writer
        .create_element(root)
        .with_attributes(attributes.iter().copied())
        .write_inner_content(inside)?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

/// Writes an element that holds text.
///
/// # Errors
/// When the writer does.
pub fn element<W: Write>(writer: &mut Writer<W>, name: &str, text: &str) -> Result<()> {
    let text = allowed(text);
    writer
        .create_element(name)
        .write_text_content(BytesText::new(&text))?;
    Ok(())
}

/// Writes an element that holds text in a language of its own.
///
/// # Errors
/// When the writer does.
pub fn spoken<W: Write>(
    writer: &mut Writer<W>,
    name: &str,
    language: &str,
    text: &str,
) -> Result<()> {
    let (language, text) = (allowed(language), allowed(text));
    writer
        .create_element(name)
        .with_attribute(("xml:lang", language.as_str()))
        .write_text_content(BytesText::new(&text))?;
    Ok(())
}

/// Writes an element that holds attributes alone.
///
/// # Errors
/// When the writer does.
pub fn empty<W: Write>(
    writer: &mut Writer<W>,
    name: &str,
    attributes: &[(&str, &str)],
) -> Result<()> {
    let attributes: Vec<(&str, String)> = attributes
        .iter()
        .map(|(name, value)| (*name, allowed(value)))
        .collect();
    let attributes = attributes
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    writer
        .create_element(name)
        .with_attributes(attributes)
        .write_empty()?;
    Ok(())
}

/// Shows what cannot be seen, and leaves out the few characters that no XML may hold.
fn allowed(text: &str) -> String {
    let is_allowed = |c: &char| !matches!(c, '\u{fffe}' | '\u{ffff}');
    marked(text).chars().filter(is_allowed).collect()
}
