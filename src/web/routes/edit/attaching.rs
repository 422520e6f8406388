//! Pictures and documents in the form of a text: taken in with one button, shown in the text at once, and saved with it.

use crate::check::FileKind;
use crate::ledger::Attachment;
use crate::record::{FieldPath, Format};
use crate::refusal::Refusal;
use crate::web::attaching::{as_markdown, bring};
use crate::web::form::{FIELD, Fields, Upload};
use crate::web::pages::edit::Attaching;
use crate::web::pictures::shown;
use crate::web::reader::Reader;
use crate::web::sheet::Sheet;

/// The name by which a form carries a file that was taken in.
const FILE: &str = "file";

/// The name of what a file shows.
const WORDS: &str = "upload-words";

/// Returns the files that a form carries.
pub(super) fn carried(fields: &Fields) -> Vec<Attachment> {
    let sent = fields.all(FILE).filter_map(|file| file.parse().ok());
    let mut carried: Vec<Attachment> = sent.collect();
    carried.sort();
    carried.dedup_by(|one, other| one.path == other.path);
    carried
}

/// Returns what the form shows of its files; `None` where the collection takes none.
pub(super) fn form(reader: &Reader, sheet: &Sheet, sent: &Fields) -> Option<Attaching> {
    let collection = sheet.collection(reader)?;
    let added = carried(sent).into_iter();
    (!collection.attachments.is_empty()).then(|| Attaching {
        added: added
            .map(|file| (file.to_string(), shown(&reader.urls, &file)))
            .collect(),
        words: sent.get(WORDS).to_owned(),
        error: None,
    })
}

/// Takes a file in, and names it at the end of the text.
pub(super) async fn attach(
    reader: &Reader,
    sheet: &Sheet,
    fields: &mut Fields,
    upload: Option<Upload>,
) -> Result<(), Refusal> {
    let upload = upload.ok_or_else(no_file)?;
    let collection = sheet.collection(reader).ok_or_else(no_file)?;
    let words = fields.get(WORDS).trim().to_owned();
    let is_picture = FileKind::of_path(&upload.name).is_none_or(FileKind::is_picture);
    if words.is_empty() && is_picture {
        return Err(no_words());
    }
    let target = sheet.target();
    let branch = target.proposal.as_deref();
    let file = bring(reader, collection, branch, &upload.name, upload.bytes).await?;
    if collection.format == Format::Markdown {
        let words = if words.is_empty() {
            &upload.name
        } else {
            &words
        };
        append(fields, &as_markdown(&file, words));
    }
    let mut carried: Vec<String> = fields.all(FILE).map(str::to_owned).collect();
    carried.push(file.to_string());
    fields.set_all(FILE, carried);
    fields.set_all(WORDS, Vec::new());
    Ok(())
}

/// Lets go of a file; the text is its writer's.
pub(super) fn detach(fields: &mut Fields, file: &str) {
    let carried = fields.all(FILE).filter(|carried| *carried != file);
    let carried = carried.map(str::to_owned).collect();
    fields.set_all(FILE, carried);
}

/// Adds a paragraph to the text, whichever way it is edited.
fn append(fields: &mut Fields, paragraph: &str) {
    let name = match fields.find("text") {
        Some(_) => "text".to_owned(),
        None => format!("{FIELD}{}", FieldPath::body()),
    };
    let text = fields.get(&name).replace("\r\n", "\n");
    let gap = match text.trim_end() {
        "" => "",
        _ => "\n\n",
    };
    let text = format!("{}{gap}{paragraph}\n", text.trim_end());
    fields.set_all(&name, vec![text]);
}

fn no_file() -> Refusal {
    Refusal::new(
        "FIL-NONE-001",
        "no file was chosen",
        "choose one, say what it shows, and add it",
    )
}

fn no_words() -> Refusal {
    Refusal::new(
        "FIL-TEXT-001",
        "nothing says what the picture shows",
        "describe it for those who cannot see it, choose the file once more, and add it",
    )
}
