//! Pictures and documents on their way into a text: looked at, stored and named, before any commit holds them.
//!
//! Their bytes go into the repository's object store at once, where nothing refers to them until a text that names them is saved. So a form carries a name
//! and an id, and not the file, however often it is sent.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::seat::Seat;
use crate::check::{self, FileKind};
use crate::id::BlobId;
use crate::ledger::Attachment;
use crate::policy::{Collection, Policy};
use crate::record::diff::slug;
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::review::{may_take_part, no_role};

/// What cannot stand in an address in Markdown as it is.
const IN_MARKDOWN: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'(')
    .add(b')')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'%')
    .add(b'?')
    .add(b'#');

/// The longest name that is kept of a file's own.
const MAX_NAME: usize = 60;

/// Names that are tried for a file.
const TRIES: usize = 100;

/// Stores a file that somebody brings to a record of a collection, under a free name.
///
/// # Errors
/// Says why it cannot travel with a text, or who may not bring it.
pub async fn bring(
    seat: &Seat,
    collection: &Collection,
    branch: Option<&str>,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Attachment, Refusal> {
    if !may_take_part(seat.policy(), &collection.name, seat.person()) {
        return Err(no_role(seat.person(), &collection.name));
    }
    let paths = paths(seat.policy(), collection, name, &bytes)?;
    let tip_ref = seat.desk.tip_ref.clone();
    let branch = branch.map(|branch| format!("refs/heads/{branch}"));
    let stored = seat.desk.on_repository(move |repository, _| {
        let blob = repository.store_blob(&bytes)?;
        let refs: Vec<String> = std::iter::once(tip_ref).chain(branch).collect();
        for path in paths {
            if is_free(repository, &refs, &path, blob)? {
                return Ok(Some(Attachment { path, blob }));
            }
        }
        Ok(None)
    });
    match stored.await {
        Ok(Some(stored)) => Ok(stored),
        Ok(None) => Err(no_name(name)),
        Err(error) => Err(unstored(&error)),
    }
}

/// Returns the words by which a Markdown text shows a picture or leads to a document.
pub fn as_markdown(file: &Attachment, words: &str) -> String {
    let words: String = words
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]");
    let is_picture = FileKind::of_path(&file.path).is_some_and(FileKind::is_picture);
    let mark = if is_picture { "!" } else { "" };
    let address = utf8_percent_encode(&file.path, IN_MARKDOWN);
    format!("{mark}[{words}](/{address})")
}

/// Returns whether a path holds nothing, or just this, wherever the text could go.
fn is_free(
    repository: &Repository,
    refs: &[String],
    path: &str,
    blob: BlobId,
) -> anyhow::Result<bool> {
    for name in refs {
        if let Some(head) = repository.head_of(name)?
            && let Some(entry) = repository.entry(head, path)?
            && entry.blob != blob
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns the paths that a file may have, the plainest first: in the first folder of the policy that takes it.
fn paths(
    policy: &Policy,
    collection: &Collection,
    name: &str,
    bytes: &[u8],
) -> Result<Vec<String>, Refusal> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem: String = match slug(stem).as_str() {
        "" => "file".to_owned(),
        slug => slug.chars().take(MAX_NAME).collect(),
    };
    if let Some(refusal) = check::refuse_attachment(name, bytes) {
        return Err(refusal);
    }
    let extension = FileKind::of_bytes(bytes).map_or("", FileKind::extension);
    let numbered = (2..TRIES).map(|number| format!("{stem}-{number}"));
    let names = std::iter::once(stem.clone()).chain(numbered);
    let folders: Vec<&str> = collection.attachments.iter().map(folder_of).collect();
    let paths: Vec<String> = names
        .flat_map(|name| {
            let folders = folders.iter();
            folders.map(move |folder| format!("{folder}{name}.{extension}"))
        })
        .filter(|path| check::is_attachment(policy, collection, path))
        .collect();
    match paths.is_empty() {
        true => Err(no_folder(&collection.name)),
        false => Ok(paths),
    }
}

/// Returns the part of a pattern before the first name that it leaves open.
fn folder_of(pattern: &str) -> &str {
    let open = pattern.find(['*', '?', '[', '{']).unwrap_or(pattern.len());
    pattern[..open]
        .rfind('/')
        .map_or("", |slash| &pattern[..=slash])
}

fn no_folder(collection: &str) -> Refusal {
    Refusal::new(
        "FIL-NAME-002",
        format!("the policy gives the attachments of {collection} no folder for a file like this"),
        "ask an administrator for a pattern such as attachments = [\"media/**\"]",
    )
}

fn no_name(name: &str) -> Refusal {
    Refusal::new(
        "FIL-NAME-003",
        format!(
            "{TRIES} other files are called like \"{}\"",
            name.chars().take(60).collect::<String>()
        ),
        "give the file a name that says what it shows",
    )
}

fn unstored(error: &anyhow::Error) -> Refusal {
    tracing::error!(error = format!("{error:#}"), "a file could not be stored");
    Refusal::new(
        "SRV-STORE-001",
        "the repository could not be written",
        "try again; if it stays, ask the operator to read the server's log",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_picture_shows_cannot_break_out_of_its_words() {
        let file = Attachment {
            path: "media/a (1).png".into(),
            blob: BlobId([1; 20]),
        };
        assert_eq!(
            as_markdown(&file, "A [map](javascript:x)\n\n# of \\"),
            "![A \\[map\\](javascript:x) # of \\\\](/media/a%20%281%29.png)"
        );
        let file = Attachment {
            path: "media/a.pdf".into(),
            ..file
        };
        assert_eq!(as_markdown(&file, "The plan"), "[The plan](/media/a.pdf)");
    }

    #[test]
    fn a_folder_is_what_stands_before_the_first_open_name() {
        for (pattern, folder) in [
            ("media/**", "media/"),
            ("texts/*/media/*.png", "texts/"),
            ("*.png", ""),
            ("media/map.png", "media/"),
        ] {
            assert_eq!(folder_of(pattern), folder);
        }
    }
}
