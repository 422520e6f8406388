//! What somebody is told, as an Atom feed (RFC 4287): the same bytes as long as nothing changed, so that a reader that has them is sent none.

use std::io::Write;

use anyhow::Result;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::inbox::{self, Notice};
use super::language::{Language, say};
use super::seat::Seat;
use super::urls::Urls;
use crate::publish::visible::marked;

/// Entries of a feed.
const ENTRIES: usize = 50;

/// Returns the feed of whoever sits there.
///
/// # Errors
/// When git or a database cannot be read.
pub async fn written(seat: &Seat, language: Language) -> Result<String> {
    let notices = inbox::latest(seat, ENTRIES).await?;
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    writer
        .create_element("feed")
        .with_attribute(("xmlns", "http://www.w3.org/2005/Atom"))
        .with_attribute(("xml:lang", language.tag()))
        .write_inner_content(|writer| {
            head(writer, seat, &notices, language)?;
            for notice in &notices {
                writer
                    .create_element("entry")
                    .write_inner_content(|writer| entry(writer, seat, notice, language))?;
            }
            Ok(())
        })?;
    Ok(String::from_utf8(writer.into_inner())?)
}

type Written = std::io::Result<()>;

fn head<W: Write>(
    writer: &mut Writer<W>,
    seat: &Seat,
    notices: &[Notice],
    language: Language,
) -> Written {
    let register = inbox::one_line(&seat.policy().title);
    let title = say("feed-title")
        .with("register", register.as_str())
        .with("name", seat.person().name.as_str());
    let latest = notices.iter().map(|notice| notice.at).max();
    element(writer, "id", &id(seat, "feed"))?;
    element(writer, "title", &title.text(language))?;
    element(writer, "updated", &moment(latest.unwrap_or(0)))?;
    let inbox = Urls::of(&seat.desk.name).inbox().to_string();
    link(writer, &format!("{}{inbox}", seat.web.public_url))?;
    author(writer, &register)
}

fn entry<W: Write>(
    writer: &mut Writer<W>,
    seat: &Seat,
    notice: &Notice,
    language: Language,
) -> Written {
    let page = inbox::leads_to(&Urls::of(&seat.desk.name), notice);
    let by = inbox::actor(seat.policy(), notice).text(language);
    element(writer, "id", &id(seat, &notice.name))?;
    element(
        writer,
        "title",
        &inbox::sentence(seat.policy(), notice, language),
    )?;
    element(writer, "updated", &moment(notice.at))?;
    element(writer, "published", &moment(notice.at))?;
    link(writer, &format!("{}{page}", seat.web.public_url))?;
    if !by.is_empty() {
        author(writer, &by)?;
    }
    writer
        .create_element("category")
        .with_attribute(("term", notice.reason.name()))
        .write_empty()?;
    if !notice.text.is_empty() {
        element(writer, "summary", &notice.text)?;
    }
    Ok(())
}

/// Returns what an entry is called for ever, made of what it tells of and of whom it tells: no index and no address of a server goes into it.
fn id(seat: &Seat, name: &str) -> String {
    let mut hash = Sha256::new();
    for part in [&seat.desk.name, &seat.person().key, name] {
        // Each part is preceded by its length, so that no two names read the same.
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let digest = hex::encode(hash.finalize());
    format!("urn:countersign:notice:{}", &digest[..40])
}

fn author<W: Write>(writer: &mut Writer<W>, name: &str) -> Written {
    writer
        .create_element("author")
        .write_inner_content(|writer| element(writer, "name", name))?;
    Ok(())
}

fn link<W: Write>(writer: &mut Writer<W>, address: &str) -> Written {
    writer
        .create_element("link")
        .with_attribute(("rel", "alternate"))
        .with_attribute(("href", address))
        .write_empty()?;
    Ok(())
}

fn element<W: Write>(writer: &mut Writer<W>, name: &str, text: &str) -> Written {
    let text = allowed(text);
    writer
        .create_element(name)
        .write_text_content(BytesText::new(&text))?;
    Ok(())
}

/// Shows what cannot be seen, and leaves out the few characters that no XML may hold.
fn allowed(text: &str) -> String {
    let is_allowed = |c: &char| !matches!(c, '\u{fffe}' | '\u{ffff}');
    marked(text).chars().filter(is_allowed).collect()
}

fn moment(at: i64) -> String {
    let known = OffsetDateTime::from_unix_timestamp(at).ok();
    known
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}
