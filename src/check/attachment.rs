//! Pictures and documents that a record shows: which files its text names, and what such a file must be.
//!
//! A text names a file where a link or a picture of its body points to one, or where a field's value is its path, and only inside the folders that the
//! policy gives the collection. So it is the text that says what travels with it, and whoever approves the text approves the files.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use super::outline::Outline;
use super::reference::scalars;
use super::rules::is_too_large;
use super::{Finding, Reference};
use crate::policy::{Collection, Policy, Severity};
use crate::record::{self, FieldPath, Record, ScalarKind};
use crate::refusal::Refusal;

/// The largest attachment, in bytes.
pub const MAX_ATTACHMENT_BYTES: usize = 5 * 1024 * 1024;

/// The most attachments that one record may name.
pub const MAX_ATTACHMENTS: usize = 50;

/// What an attachment can be: kinds that show something and run nothing. SVG is none of them, because it can hold scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// A picture.
    Gif,
    /// A picture.
    Webp,
    /// A picture.
    Avif,
    /// A document.
    Pdf,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Png,
        Self::Jpeg,
        Self::Gif,
        Self::Webp,
        Self::Avif,
        Self::Pdf,
    ];

    /// Returns the kind that a file name's extension stands for, ignoring case.
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
        Self::ALL.into_iter().find(|kind| {
            let mut extensions = kind.extensions().iter();
            extensions.any(|one| one.eq_ignore_ascii_case(extension))
        })
    }

    /// Returns the kind that a file's first bytes show, whatever its name says.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let found = infer::get(bytes)?.mime_type();
        Self::ALL
            .into_iter()
            .find(|kind| kind.media_type() == found)
    }

    /// Returns the media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Pdf => "application/pdf",
        }
    }

    /// Returns whether a page shows it in its place, and so asks for a text beside it.
    pub fn is_picture(self) -> bool {
        self != Self::Pdf
    }

    /// Returns the extension that a new file gets.
    pub fn extension(self) -> &'static str {
        self.extensions()[0]
    }

    fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Gif => &["gif"],
            Self::Webp => &["webp"],
            Self::Avif => &["avif"],
            Self::Pdf => &["pdf"],
        }
    }
}

/// Returns the attachments that a record at a path names, each once, with the first place that names it.
///
/// A link of the body is counted from the record's folder, one that begins with `/` and a field's value from the root of the repository.
pub fn attachments(
    policy: &Policy,
    collection: &Collection,
    record: &Record,
    path: &str,
) -> Vec<Reference> {
    if collection.attachments.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Reference> = scalars(record)
        .filter(|(_, scalar, _)| scalar.kind == ScalarKind::Text)
        .filter_map(|(field, scalar, line)| {
            let target = located(policy, collection, "", scalar.text.trim())?;
            Some(Reference {
                field,
                line,
                target,
            })
        })
        .collect();
    let linked = links(policy, collection, record, path).into_iter();
    found.extend(linked.map(|link| link.names));
    let mut seen = HashSet::new();
    found.retain(|one| seen.insert(one.target.clone()));
    found
}

/// Returns the attachments that a record's file at a path names; none where it is no record's, or does not read.
pub fn attachments_in(policy: &Policy, path: &str, content: &[u8]) -> Vec<Reference> {
    let named = policy.collection_of(path).and_then(|collection| {
        let record = record::parse(content, collection.format).ok()?;
        Some(attachments(policy, collection, &record, path))
    });
    named.unwrap_or_default()
}

/// A link or a picture of a body that points to an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentLink {
    /// The address as it is written.
    pub address: String,
    /// The file that it names.
    pub names: Reference,
}

/// Returns the links and pictures of a record's body that point to attachments.
pub fn links(
    policy: &Policy,
    collection: &Collection,
    record: &Record,
    path: &str,
) -> Vec<AttachmentLink> {
    if collection.attachments.is_empty() {
        return Vec::new();
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let body = record.body.as_ref().filter(|_| !is_too_large(record));
    let pointed = body.map_or_else(Vec::new, |body| Outline::of(body).targets);
    let found = pointed.into_iter().filter_map(|piece| {
        let target = located(policy, collection, folder, &decoded(&piece.text)?)?;
        Some(AttachmentLink {
            names: Reference {
                field: FieldPath::body(),
                line: piece.line,
                target,
            },
            address: piece.text,
        })
    });
    found.collect()
}

/// Returns where the links and pictures of a record's body point, as it writes them.
pub fn link_addresses(record: &Record) -> Vec<String> {
    let body = record.body.as_ref().filter(|_| !is_too_large(record));
    let pointed = body.map_or_else(Vec::new, |body| Outline::of(body).targets);
    pointed.into_iter().map(|piece| piece.text).collect()
}

/// Returns whether a collection's records may name the file at a path. No record is anybody's attachment.
pub fn is_attachment(policy: &Policy, collection: &Collection, path: &str) -> bool {
    FileKind::of_path(path).is_some()
        && collection.attachments.matches(path)
        && policy.collection_of(path).is_none()
}

/// Returns whether the records of some collection may name the file at a path.
pub fn is_attached_file(policy: &Policy, path: &str) -> bool {
    let mut collections = policy.collections.values();
    collections.any(|collection| is_attachment(policy, collection, path))
}

/// Says what keeps a file from being an attachment: its size, and content that is not what its name says.
pub fn refuse_attachment(path: &str, bytes: &[u8]) -> Option<Refusal> {
    if bytes.is_empty() || bytes.len() > MAX_ATTACHMENT_BYTES {
        return Some(unfit_size(bytes.len()).in_path(path));
    }
    let named = FileKind::of_path(path);
    let shown = FileKind::of_bytes(bytes);
    let cause = match (named, shown) {
        (Some(named), Some(shown)) if named == shown => return None,
        (Some(named), Some(shown)) => format!(
            "its name says {}, and it is {}",
            named.media_type(),
            shown.media_type()
        ),
        (Some(named), None) => format!("its name says {}, and it is none", named.media_type()),
        (None, _) => "only PNG, JPEG, GIF, WebP, AVIF and PDF files travel with a text".to_owned(),
    };
    Some(
        Refusal::new(
            "FIL-KIND-001",
            cause,
            "save it in the format that its name says, and take that file",
        )
        .in_path(path),
    )
}

/// Refuses a file that is empty, or larger than [`MAX_ATTACHMENT_BYTES`].
pub fn unfit_size(size: usize) -> Refusal {
    let cause = match size {
        0 => "it is empty".to_owned(),
        _ => format!("it has more than the {MAX_ATTACHMENT_BYTES} bytes that are taken"),
    };
    Refusal::new(
        "FIL-SIZE-001",
        cause,
        "make the picture smaller, or link to it where it is kept",
    )
}

/// Returns what is told of a file that is not there.
pub fn missing_attachment(named: Reference) -> Finding {
    Finding {
        code: "FIL-001".to_owned(),
        severity: Severity::Blocking,
        message: format!("there is no file {}", named.target),
        next: "add the file, or correct its path".to_owned(),
        line: Some(named.line),
        field: Some(named.field),
    }
}

/// Returns what is told of a file that cannot be shown.
pub fn false_attachment(named: Reference, why: &str) -> Finding {
    Finding {
        code: "FIL-002".to_owned(),
        message: format!("the file {} cannot be shown: {why}", named.target),
        next: "replace it by one of another name, and name that one".to_owned(),
        ..missing_attachment(named)
    }
}

/// Returns what is told of a record whose attachments nobody could review: it names too many, or its body is too large to be looked through for them.
pub fn beyond_review(
    collection: &Collection,
    record: &Record,
    named: &[Reference],
) -> Option<Finding> {
    let count = named.len();
    let is_unread = !collection.attachments.is_empty() && is_too_large(record);
    let message = match (is_unread, count > MAX_ATTACHMENTS) {
        (true, _) => "the file is too large to be looked through for what it shows".to_owned(),
        (false, true) => format!(
            "the text names {count} files; at most {MAX_ATTACHMENTS} can be reviewed together"
        ),
        (false, false) => return None,
    };
    Some(Finding {
        code: "FIL-005".to_owned(),
        severity: Severity::Blocking,
        field: None,
        line: None,
        message,
        next: "divide the record".to_owned(),
    })
}

/// Returns the path of an attachment that an address names from a folder, if it is one.
fn located(
    policy: &Policy,
    collection: &Collection,
    folder: &str,
    address: &str,
) -> Option<String> {
    // Nothing that is longer, or holds a line break, is a path; values are many and long.
    let is_path = |c: char| !c.is_control() && c != '\\';
    if address.is_empty() || address.len() > 1024 || !address.chars().all(is_path) {
        return None;
    }
    let address = address.split(['?', '#']).next().unwrap_or_default();
    FileKind::of_path(address)?;
    let (folder, address) = match address.strip_prefix('/') {
        Some(rest) => ("", rest),
        None => (folder, address),
    };
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in address.split('/') {
        match part {
            "" => return None,
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    is_attachment(policy, collection, &path).then_some(path)
}

fn decoded(address: &str) -> Option<String> {
    Some(percent_decode_str(address).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Patterns;
    use crate::record::{Format, parse};

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    fn policy(patterns: &[&str]) -> Policy {
        let policy = Policy::read(include_str!("../policy/read/sample.toml"));
        let mut policy = policy.unwrap_or_else(|refusals| panic!("{refusals:#?}"));
        let patterns = patterns.iter().map(|one| (*one).to_owned());
        policy.collections[0].attachments = Patterns::new(patterns.collect());
        policy
    }

    fn named(text: &str) -> Vec<String> {
        let policy = policy(&["media/**"]);
        let record = parse(text.as_bytes(), Format::Markdown).unwrap();
        let found = attachments(&policy, &policy.collections[0], &record, "texts/deep/a.md");
        found
            .into_iter()
            .map(|one| format!("{}:{} {}", one.line, one.field, one.target))
            .collect()
    }

    #[test]
    fn a_text_names_the_files_that_it_shows_links_and_gives_as_values() {
        let text = "---\nhero: media/hero.jpg\ngallery:\n- /media/one.png\n- texts/other.png\n---\n![x](/media/a.png) [y](../../media/b%20c.pdf?x#y)\n\n![z](media/none.png) ![again](/media/a.png)\n";
        assert_eq!(
            named(text),
            [
                "2:hero media/hero.jpg",
                "4:gallery[0] media/one.png",
                "7:body media/a.png",
                "7:body media/b c.pdf"
            ]
        );
    }

    #[test]
    fn nothing_outside_the_folders_of_the_policy_is_named() {
        let text = "---\nid: x\n---\n![a](https://example.org/media/a.png) ![b](../../../media/b.png) ![c](/media/../.git/c.png) ![d](/media/d.svg) ![e](//media/e.png)\n[f](/media/f.html)\n";
        assert_eq!(named(text), [""; 0]);
        let record = parse(b"---\nid: x\n---\n![a](/media/a.png)\n", Format::Markdown).unwrap();
        let policy = policy(&[]);
        assert!(attachments(&policy, &policy.collections[0], &record, "a.md").is_empty());
    }

    #[test]
    fn a_record_whose_files_nobody_could_review_is_told_so() {
        let policy = policy(&["media/**"]);
        let collection = &policy.collections[0];
        let told = |body: &str| {
            let text = format!("---\nid: x\n---\n{body}\n");
            let record = parse(text.as_bytes(), Format::Markdown).unwrap();
            let named = attachments(&policy, collection, &record, "a.md");
            beyond_review(collection, &record, &named).map(|finding| finding.message)
        };
        let pictures = |count: usize| -> String {
            let each = (0..count).map(|number| format!("![x](/media/{number}.png)\n"));
            each.collect()
        };
        assert_eq!(told(&pictures(MAX_ATTACHMENTS)), None);
        assert!(
            told(&pictures(MAX_ATTACHMENTS + 1))
                .unwrap()
                .contains("names 51 files")
        );
        let hidden = "word\n".repeat(60_000) + &pictures(1);
        assert!(told(&hidden).unwrap().contains("too large"));
    }

    #[test]
    fn a_file_is_what_its_name_says() {
        assert_eq!(refuse_attachment("media/a.png", PNG), None);
        let told = |path, bytes: &[u8]| refuse_attachment(path, bytes).unwrap().to_string();
        assert!(told("media/a.jpg", PNG).contains("its name says image/jpeg, and it is image/png"));
        assert!(told("media/a.png", b"<html><script>alert(1)</script>").contains("it is none"));
        assert!(told("media/a.svg", b"<svg/>").contains("only PNG"));
        assert!(told("media/a.png", b"").contains("it is empty"));
        let large = vec![0; MAX_ATTACHMENT_BYTES + 1];
        assert!(told("media/a.png", &large).starts_with("FIL-SIZE-001"));
    }

    #[test]
    fn each_kind_is_known_by_name_and_by_bytes() {
        let samples: [(&str, &[u8]); 6] = [
            ("a.PNG", PNG),
            ("a.jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
            ("a.gif", b"GIF89a\x01\0\x01\0"),
            ("a.webp", b"RIFF\x1a\0\0\0WEBPVP8L"),
            (
                "a.avif",
                b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B\0\0\0\0",
            ),
            ("a.pdf", b"%PDF-1.7\n"),
        ];
        for (path, bytes) in samples {
            let kind = FileKind::of_path(path);
            assert!(kind.is_some(), "{path}");
            assert_eq!(FileKind::of_bytes(bytes), kind, "{path}");
        }
    }
}
