//! The file of a record: given another name, or taken away where nobody reads it yet.
//!
//! A record that readers have keeps its versions at its address, so it is ended and never removed. A draft goes as it came, and what a proposal changes can be
//! left out of it again.

use super::seat::Seat;
use super::sheet::Sheet;
use super::writing::{Saved, checked, commit, empty, refuse_taken_path, subject};
use crate::refusal::Refusal;
use crate::review::{EditOrder, NewText, Place};

/// Returns whether the file can go: a draft of the published branch, or what a proposal brings or changes.
pub fn may_remove(sheet: &Sheet) -> bool {
    match &sheet.place {
        Place::Published => true,
        Place::Proposal { .. } => sheet.is_new || sheet.began.is_some(),
        Place::NewProposal { .. } => false,
    }
}

/// Gives the file another name in its folder, without touching a byte of it.
///
/// # Errors
/// Says why it is refused; nothing was written then.
pub async fn rename(
    seat: &Seat,
    sheet: &Sheet,
    name: &str,
    reason: &str,
) -> Result<Saved, Refusal> {
    let path = beside(&sheet.path, &checked(name.trim())?);
    let owner = seat.policy().collection_of(&path);
    if path == sheet.path || owner.is_none_or(|owner| owner.name != sheet.collection) {
        return Err(Refusal::new(
            "WEB-NEW-006",
            format!(
                "{path} is no other name for a record of {}",
                sheet.collection
            ),
            "choose a name that the collection's paths allow",
        ));
    }
    refuse_taken_path(seat, &path).await?;
    let content = read(seat, sheet).await?;
    let order = EditOrder {
        texts: vec![NewText {
            path,
            from: None,
            content,
        }],
        removes: vec![(sheet.path.clone(), sheet.blob)],
        ..ordered(seat, sheet, subject("Rename", &sheet.title), reason)
    };
    commit(seat, order).await
}

/// Takes the file away. What a proposal changes of a published record stands there again as it was when the proposal began.
///
/// # Errors
/// Says why it is refused; nothing was written then.
pub async fn remove(seat: &Seat, sheet: &Sheet, reason: &str) -> Result<Saved, Refusal> {
    if !may_remove(sheet) {
        return Err(Refusal::new(
            "WEB-EDIT-005",
            "readers have this record, and its versions stay where they are",
            "supersede it or retire it",
        )
        .in_path(sheet.id.clone()));
    }
    let mut order = ordered(seat, sheet, subject("Remove", &sheet.title), reason);
    match sheet.began {
        Some(began) => {
            order.subject = subject("Drop", &sheet.title);
            order.texts.push(NewText {
                path: sheet.path.clone(),
                from: Some(sheet.blob),
                content: seat.bytes(began).await.map_err(|error| unread(&error))?,
            });
        }
        None => order.removes.push((sheet.path.clone(), sheet.blob)),
    }
    commit(seat, order).await
}

fn ordered(seat: &Seat, sheet: &Sheet, mut subject: String, reason: &str) -> EditOrder {
    let reason = reason.trim().replace("\r\n", "\n");
    if !reason.is_empty() {
        subject.push_str(&format!("\n\n{reason}"));
    }
    EditOrder {
        place: sheet.place.clone(),
        subject,
        ..empty(seat)
    }
}

async fn read(seat: &Seat, sheet: &Sheet) -> Result<Vec<u8>, Refusal> {
    seat.bytes(sheet.blob).await.map_err(|error| unread(&error))
}

fn unread(error: &anyhow::Error) -> Refusal {
    Refusal::new(
        "GIT-OBJ-001",
        format!("the text cannot be read from git: {error:#}"),
        "run git fsck on the repository",
    )
}

/// Returns the path in the same folder, with the same ending, under another name.
fn beside(path: &str, name: &str) -> String {
    let (folder, file) = match path.rsplit_once('/') {
        Some((folder, file)) => (format!("{folder}/"), file),
        None => (String::new(), path),
    };
    let ending = file.split_once('.').map_or("", |(_, ending)| ending);
    match ending.is_empty() {
        true => format!("{folder}{name}"),
        false => format!("{folder}{name}.{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_name_keeps_folder_and_ending() {
        assert_eq!(beside("notes/one.md", "two"), "notes/two.md");
        assert_eq!(beside("one.en.yaml", "two"), "two.en.yaml");
        assert_eq!(beside("notes/one", "two"), "notes/two");
    }
}
