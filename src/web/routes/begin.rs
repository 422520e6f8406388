//! Beginning a record: a name, and a draft that is then filled in.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::edit::subject;
use crate::index;
use crate::policy::{Collection, Policy};
use crate::record::diff::slug;
use crate::record::{self, Edit, FieldPath, Format, Scalar, Segment};
use crate::refusal::Refusal;
use crate::review::{EditOrder, NewText, may_take_part};
use crate::web::failure::{Failure, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say};
use crate::web::pages::edit::{Control, EditPage, Input};
use crate::web::pages::layout::{Page, Section};
use crate::web::pages::parts::Link;
use crate::web::reader::{Reader, Submission};
use crate::web::token::ANY_FORM;

/// The version that a draft begins with.
const FIRST_VERSION: &str = "0.1.0";

/// Shows the form.
pub async fn show(
    reader: Reader,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let collection = find(&reader, &name)?;
    let page = page(
        reader.page(Some(Section::Records)).await?.asking_to_look(),
        &reader,
        collection,
        &Fields::default(),
    );
    frame::show(&page)
}

/// Begins the record and leads on to its form.
pub async fn begin(
    Path((_, name)): Path<(String, String)>,
    submission: Submission,
) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let collection = find(&reader, &name)?;
    match make(&reader, collection, &fields).await {
        Ok(id) => Ok(Redirect::to(&reader.urls.edit(&id).to_string()).into_response()),
        Err(refusal) => {
            let mut page = page(
                reader.page(Some(Section::Records)).await?,
                &reader,
                collection,
                &fields,
            );
            page.error = Some(shown(&refusal));
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

/// Returns whether somebody may begin records of a collection here.
pub fn is_offered(
    policy: &Policy,
    collection: &Collection,
    person: &crate::policy::Person,
) -> bool {
    may_take_part(policy, &collection.name, person) && path_of(policy, collection, "x").is_ok()
}

fn find<'a>(reader: &'a Reader, name: &str) -> Result<&'a Collection, Failure> {
    let found = reader.policy().collections.get(name);
    found.ok_or_else(Failure::nothing_here)
}

async fn make(
    reader: &Reader,
    collection: &Collection,
    fields: &Fields,
) -> Result<String, Refusal> {
    let title = fields.get("title").trim();
    if collection.title.is_some() && title.is_empty() {
        return Err(no_title());
    }
    let name = match fields.get("slug").trim() {
        "" => slug(title),
        typed => typed.to_owned(),
    };
    let path = path_of(reader.policy(), collection, &checked(&name)?)?;
    let id = match (&collection.id, fields.get("id").trim()) {
        (Some(_), "") => return Err(no_id()),
        (Some(_), id) => id.to_owned(),
        (None, _) => reader.policy().slug_of(collection, &path),
    };
    refuse_taken(reader, &path, &id).await?;
    let order = EditOrder {
        by: reader.identity(),
        texts: vec![NewText {
            path,
            from: None,
            content: content(reader.policy(), collection, title, &id)?,
        }],
        subject: subject("Begin", if title.is_empty() { &id } else { title }),
        at: reader.now(),
    };
    reader.committer.edit(order).await?;
    Ok(id)
}

async fn refuse_taken(reader: &Reader, path: &str, id: &str) -> Result<(), Refusal> {
    let pool = reader.desk.index.reader();
    let at_path = index::record_at(pool, path).await;
    let of_id = index::records_of(pool, id).await;
    match (at_path, of_id) {
        (Ok(None), Ok(rows)) if rows.is_empty() => Ok(()),
        (Ok(_), Ok(_)) => Err(Refusal::new(
            "WEB-NEW-002",
            format!("there is a record of this name already: {id}"),
            "choose another name, or open that record",
        )
        .in_path(path)),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(
                error = format!("{error:#}"),
                "a name could not be looked up"
            );
            Err(Refusal::new(
                "SRV-STORE-002",
                "the index could not be read",
                "try again; if it stays, ask the operator to read the server's log",
            ))
        }
    }
}

/// A name for a file: letters, digits and hyphens.
fn checked(name: &str) -> Result<String, Refusal> {
    let is_good = (1..=80).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    match is_good {
        true => Ok(name.to_owned()),
        false => Err(Refusal::new(
            "WEB-NEW-001",
            format!(
                "\"{}\" cannot be a name in addresses",
                name.chars().take(60).collect::<String>()
            ),
            "use letters from a to z, digits and hyphens",
        )),
    }
}

/// Returns the path that a name has in a collection: its first pattern with the name in the place of the wildcard.
fn path_of(policy: &Policy, collection: &Collection, name: &str) -> Result<String, Refusal> {
    collection
        .paths
        .iter()
        .map(|pattern| pattern.replace("**/", "").replacen('*', name, 1))
        .find(|path| {
            policy
                .collection_of(path)
                .is_some_and(|owner| owner.name == collection.name)
        })
        .ok_or_else(|| {
            Refusal::new(
                "WEB-NEW-003",
                format!("no pattern of {} leaves one name open", collection.name),
                "begin the record with git",
            )
        })
}

/// A draft with what the collection needs and nothing else.
fn content(
    policy: &Policy,
    collection: &Collection,
    title: &str,
    id: &str,
) -> Result<Vec<u8>, Refusal> {
    let initial = &policy.workflow(collection).initial;
    let wanted: Vec<(&FieldPath, &str)> = [
        (&collection.id, id),
        (&collection.title, title),
        (&collection.status, initial.as_str()),
        (&collection.version, FIRST_VERSION),
    ]
    .into_iter()
    .filter_map(|(path, value)| Some((path.as_ref()?, value)))
    .collect();
    let title_path = FieldPath::key("title");
    let first = wanted.first().map_or(&title_path, |(path, _)| *path);
    let edits: Vec<Edit> = wanted
        .iter()
        .map(|(path, value)| Edit::Set {
            path: (*path).clone(),
            value: Scalar::text(*value),
        })
        .collect();
    record::edit(
        skeleton(collection.format, first).as_bytes(),
        collection.format,
        &edits,
    )
}

/// A file of one field, which is then set.
fn skeleton(format: Format, first: &FieldPath) -> String {
    let key = match first.segments().first() {
        Some(Segment::Key(key)) => serde_json::Value::from(key.as_str()).to_string(),
        _ => "\"title\"".to_owned(),
    };
    let is_bare = key[1..key.len() - 1]
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_')
        && key.len() > 2;
    let bare = if is_bare { key.trim_matches('"') } else { &key };
    match format {
        Format::Markdown => format!("---\n{bare}: new\n---\n\n"),
        Format::Yaml => format!("{bare}: new\n"),
        Format::Toml => format!("{bare} = \"new\"\n"),
        Format::Json => format!("{{\n  {key}: \"new\"\n}}\n"),
    }
}

fn no_title() -> Refusal {
    Refusal::new(
        "WEB-NEW-005",
        "the record has no title",
        "type what readers are to know it by",
    )
}

fn no_id() -> Refusal {
    Refusal::new(
        "WEB-NEW-004",
        "records of this collection carry an id, and none was typed",
        "type the id that the record is to keep",
    )
}

fn page(frame: Page, reader: &Reader, collection: &Collection, fields: &Fields) -> EditPage {
    let input = |name: &str, label: Message, hint: Message, is_required| Input {
        name: name.to_owned(),
        label,
        hint,
        is_required,
        control: Control::Text(fields.get(name).to_owned()),
        error: None,
    };
    let mut inputs = Vec::new();
    if collection.title.is_some() {
        inputs.push(input("title", say("form-title"), Message::default(), true));
    }
    if collection.id.is_some() {
        inputs.push(input("id", say("form-id"), say("edit-id-hint"), true));
    }
    let hint = match collection.title {
        Some(_) => say("edit-slug-hint-title"),
        None => say("edit-slug-hint"),
    };
    inputs.push(input(
        "slug",
        say("edit-slug"),
        hint,
        collection.title.is_none(),
    ));
    EditPage {
        page: frame,
        heading: say("edit-new-heading").with("collection", &collection.name),
        back: Link {
            label: say("section-records"),
            href: reader.urls.records(),
        },
        effect: say("edit-new-effect"),
        action: reader.urls.new_record(&collection.name),
        hidden: vec![("csrf".to_owned(), reader.token(ANY_FORM))],
        inputs,
        button: say("edit-begin"),
        error: None,
        conflict: None,
    }
}
