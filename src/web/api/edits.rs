//! Edits that programs send: fields one by one, a whole text, a new record. Drafts alone are edited; what is approved is moved by decisions.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::again::{Again, Done};
use super::files::{AttachedFile, attached};
use super::input::{Asked, At, IfMatch, Json, Text};
use super::problem::Problem;
use super::records::Where;
use crate::id::BlobId;
use crate::index;
use crate::ledger::Attachment;
use crate::policy::Collection;
use crate::record::{self, Edit, FieldPath, Record, Scalar, ScalarKind};
use crate::refusal::Refusal;
use crate::review::{self, Place, Target};
use crate::web::seat::Seat;
use crate::web::sheet::{Found, Sheet, named};
use crate::web::showing::form::is_fixed;
use crate::web::writing::{self, Beginning, Goes, Saved};

/// Changes of one edit at most.
const MOST_CHANGES: usize = 400;

/// Changes of a draft's fields, made one after another in one commit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldEdits {
    /// The changes, 1 to 400.
    #[schema(min_items = 1, max_items = 400)]
    changes: Vec<FieldEdit>,
    /// The files that come along, as they were taken in; those that the text does not name stay away.
    #[serde(default)]
    attached: Vec<AttachedFile>,
}

/// One change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldEdit {
    /// Sets a single value. A key that is missing from its map is added there.
    Set(NewValue),
    /// Appends a single value to a list; a list that is missing is begun.
    Append(NewValue),
    /// Removes a field or an item of a list.
    Remove(Named),
    /// Replaces the text below the front matter.
    Body(NewBody),
}

/// A field and what it becomes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewValue {
    /// The field.
    #[schema(example = "claims[c1].text")]
    field: String,
    /// Its new value: a text, a number, true, false or null.
    #[schema(schema_with = single_value)]
    value: Value,
    /// Whether a text is meant as a date, `YYYY-MM-DD`; one that stands where a date stood is one anyway.
    #[serde(default)]
    is_date: bool,
}

/// A field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The field.
    #[schema(example = "claims[c1]")]
    field: String,
}

/// The text below the front matter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBody {
    /// The whole of it.
    text: String,
}

/// A record to begin: by its title and names, or by its whole text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecord {
    /// Its title, where the collection has any and no content says it.
    #[schema(example = "A second note")]
    #[serde(default)]
    title: String,
    /// Its id, where the collection keeps one in a field and no content says it.
    #[serde(default)]
    id: String,
    /// The name of its file: letters, digits and hyphens; made from the title where it is left out.
    #[serde(default)]
    name: String,
    /// Its whole text; a draft of the fields above where it is left out.
    content: Option<String>,
    /// The branch of the proposal that it joins, or `new` for one that begins with it; left out, it begins as a draft on the published branch.
    #[schema(example = "new")]
    proposal: Option<String>,
    /// The files that come along, as they were taken in; those that the text does not name stay away.
    #[serde(default)]
    attached: Vec<AttachedFile>,
}

/// A file, byte for byte.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it describes a body that is read as bytes")]
pub struct RawText(Vec<u8>);

/// What an edit came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditResult {
    /// The record's id.
    #[schema(example = "notes/one")]
    record: String,
    /// Its file.
    path: String,
    /// The text as it stands now, for the next `If-Match`.
    blob: String,
    /// The commit; null where the text stood so already.
    commit: Option<String>,
    /// The branch of the proposal that holds it; null for a draft on the published branch.
    #[schema(example = "proposals/claims")]
    proposal: Option<String>,
}

impl EditResult {
    /// Returns what a commit came to that began or changed a record's text.
    pub fn begun(record: String, path: String, blob: BlobId, saved: Saved) -> Self {
        Self {
            record,
            path,
            blob: blob.to_string(),
            commit: Some(saved.commit.to_string()),
            proposal: saved.branch,
        }
    }
}

fn single_value() -> RefOr<Schema> {
    let types = [Type::String, Type::Number, Type::Boolean, Type::Null];
    ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::SchemaType::from_iter(types))
        .description(Some("A text, a number, true, false or null."))
        .into()
}

/// Changes fields of a draft; every byte that is not meant stays.
#[utoipa::path(
    patch, path = "/api/v1/repositories/{repository}/records/{record}", operation_id = "editFields", tag = "records",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        ("If-Match" = String, Header, description = "The blob of the text that was read, in double quotes."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
        Where,
    ),
    request_body(content = FieldEdits, example = json!({"changes": [{"op": "set", "field": "claims[c1].text", "value": "Notes are brief."}]})),
    responses((status = 200, description = "It is committed.", body = EditResult,
        headers(("ETag" = String, description = "The blob of the new text.")))),
)]
pub async fn fields(
    seat: Seat,
    At((_, id)): At<(String, String)>,
    Asked(place): Asked<Where>,
    IfMatch(from): IfMatch,
    again: Again,
    sent: Json<FieldEdits>,
) -> Result<Response, Problem> {
    if !(1..=MOST_CHANGES).contains(&sent.value.changes.len()) {
        return Err(no_changes());
    }
    let sheet = sheet(&seat, &id, &place).await?;
    let seat = Arc::new(seat);
    let files = attached(&sent.value.attached)?;
    let changes = sent.value.changes;
    let work = edit(
        Arc::clone(&seat),
        sheet,
        from,
        files,
        move |collection, seat, old| {
            let record = record::parse(old, collection.format)?;
            let edits = edits(seat, collection, &record, &changes)?;
            record::edit(old, collection.format, &edits)
        },
    );
    again.once(seat, &sent.bytes, work).await
}

/// Replaces a draft's whole text.
#[utoipa::path(
    put, path = "/api/v1/repositories/{repository}/records/{record}/content", operation_id = "replaceContent", tag = "texts",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        ("If-Match" = String, Header, description = "The blob of the text that was read, in double quotes."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
        Where,
    ),
    request_body(content = RawText, content_type = "application/octet-stream",
        description = "The file, byte for byte. It may also be sent as what it is: text/markdown, application/yaml, application/toml, application/json."),
    responses((status = 200, description = "It is committed.", body = EditResult,
        headers(("ETag" = String, description = "The blob of the new text.")))),
)]
pub async fn content(
    seat: Seat,
    At((_, id)): At<(String, String)>,
    Asked(place): Asked<Where>,
    IfMatch(from): IfMatch,
    again: Again,
    Text(bytes): Text,
) -> Result<Response, Problem> {
    let sheet = sheet(&seat, &id, &place).await?;
    let seat = Arc::new(seat);
    let new = bytes.to_vec();
    let work = edit(
        Arc::clone(&seat),
        sheet,
        from,
        Vec::new(),
        move |_, _, _| Ok(new),
    );
    again.once(seat, &bytes, work).await
}

/// Begins a record as a draft.
#[utoipa::path(
    post, path = "/api/v1/repositories/{repository}/collections/{collection}/records", operation_id = "createRecord", tag = "records",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("collection" = String, Path, description = "The collection's name.", example = "notes"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request has the same answer, and is done once."),
    ),
    request_body(content = NewRecord, example = json!({"title": "A second note"})),
    responses((status = 201, description = "It is begun.", body = EditResult,
        headers(("ETag" = String, description = "The blob of its text.")))),
)]
pub async fn begin(
    seat: Seat,
    At((_, name)): At<(String, String)>,
    again: Again,
    sent: Json<NewRecord>,
) -> Result<Response, Problem> {
    if !seat.policy().collections.contains_key(&name) {
        return Err(Problem::nothing_here());
    }
    let seat = Arc::new(seat);
    let wanted = Beginning {
        title: sent.value.title,
        id: sent.value.id,
        name: sent.value.name,
        attached: attached(&sent.value.attached)?,
        content: sent.value.content.map(String::into_bytes),
        goes: match sent.value.proposal.as_deref() {
            None => Goes::Published,
            Some("new") => Goes::New,
            Some(branch) => Goes::Proposal(branch.to_owned()),
        },
    };
    let work = begun(Arc::clone(&seat), name, wanted);
    again.once(seat, &sent.bytes, work).await
}

async fn begun(seat: Arc<Seat>, name: String, wanted: Beginning) -> Result<Done, Problem> {
    let collection = seat.policy().collections.get(&name);
    let collection = collection.ok_or_else(Problem::nothing_here)?;
    let begun = writing::begin(&seat, collection, wanted).await?;
    let target = Target {
        proposal: begun.branch.clone(),
        path: begun.path.clone(),
    };
    let item = review::items_at(seat.desk.index.reader(), &[target]).await?;
    let item = item.into_iter().next().ok_or_else(Problem::nothing_here)?;
    Done::new(
        StatusCode::CREATED,
        &EditResult::begun(
            item.record.0,
            item.path,
            item.proposed,
            Saved {
                commit: begun.commit,
                branch: begun.branch,
            },
        ),
    )
}

/// Returns the text that is to be edited and where the edit goes. Without a proposal that is named, drafts alone are edited.
async fn sheet(seat: &Seat, id: &str, place: &Where) -> Result<Sheet, Problem> {
    let found = Sheet::find(seat, id, &place.target()).await?;
    let mut sheet = found.or(Problem::nothing_here)?;
    if place.path.as_ref().is_some_and(|path| *path != sheet.path) {
        return Err(Problem::nothing_here());
    }
    if place.is_new() {
        let name = named(&sheet.title);
        sheet.place = Place::NewProposal { name };
    } else if matches!(sheet.place, Place::NewProposal { .. }) {
        return Err(not_a_draft(&sheet));
    }
    Ok(sheet)
}

fn not_a_draft(sheet: &Sheet) -> Problem {
    let refusal = Refusal::new(
        "REV-EDIT-001",
        "only drafts are edited in place",
        "send proposal=new to propose the change, or the branch of a proposal that it joins",
    );
    refusal.in_path(sheet.id.clone()).into()
}

/// Makes a new text from the one that was read, and commits it if that one still stands. Where the new text stands already, as after a retry whose
/// answer was lost, nothing is left to do (RFC 9110, 13.1.1).
async fn edit(
    seat: Arc<Seat>,
    sheet: Sheet,
    from: BlobId,
    attached: Vec<Attachment>,
    make: impl FnOnce(&Collection, &Seat, &[u8]) -> Result<Vec<u8>, Refusal> + Send + 'static,
) -> Result<Done, Problem> {
    let standing = sheet.blob;
    if from != standing && !was_text(&seat, &sheet, from).await? {
        return Err(changed(&sheet));
    }
    let collection = sheet.collection(&seat).ok_or_else(Problem::nothing_here)?;
    let new = make(collection, &seat, &seat.bytes(from).await?)?;
    let blob = hashed(&seat, new.clone()).await?;
    let saved = match blob == standing {
        true => None,
        false if from != standing => return Err(changed(&sheet)),
        false => match writing::save(&seat, &sheet, from, new, attached, "").await {
            Ok(saved) => Some(saved),
            Err(refusal) => return Err(refused(&seat, &sheet, refusal).await),
        },
    };
    let branch = saved.as_ref().and_then(|saved| saved.branch.clone());
    Done::new(
        StatusCode::OK,
        &EditResult {
            proposal: branch.or_else(|| sheet.target().proposal),
            record: sheet.id,
            path: sheet.path,
            blob: blob.to_string(),
            commit: saved.map(|saved| saved.commit.to_string()),
        },
    )
}

async fn was_text(seat: &Seat, sheet: &Sheet, text: BlobId) -> Result<bool, Problem> {
    let pool = seat.desk.index.reader();
    Ok(index::is_text_of(pool, &sheet.path, &sheet.id, &text.to_string()).await?)
}

/// Returns the blob that a text would be.
pub async fn hashed(seat: &Seat, content: Vec<u8>) -> Result<BlobId, Problem> {
    let hash = seat
        .desk
        .on_repository(move |repository, _| repository.blob_id(&content));
    Ok(hash.await?)
}

/// An edit that came too late is told what stands now.
async fn refused(seat: &Seat, sheet: &Sheet, refusal: Refusal) -> Problem {
    let is_stale = refusal.code.starts_with("REV-STALE-");
    let problem = Problem::from(refusal);
    match Sheet::find(seat, &sheet.id, &sheet.target()).await {
        Ok(Found::This(now)) if is_stale => problem.standing_at(now.blob.to_string()),
        Ok(_) | Err(_) => problem,
    }
}

fn edits(
    seat: &Seat,
    collection: &Collection,
    record: &Record,
    changes: &[FieldEdit],
) -> Result<Vec<Edit>, Refusal> {
    let workflow = seat.policy().workflow(collection);
    let read = |field: &str| {
        let path: FieldPath = field
            .parse()
            .map_err(|error: record::NotAFieldPath| no_field(&error.to_string()))?;
        match is_fixed(collection, workflow, &path) {
            true => Err(fixed(field)),
            false => Ok(path),
        }
    };
    changes
        .iter()
        .map(|change| {
            Ok(match change {
                FieldEdit::Set(new) => {
                    let path = read(&new.field)?;
                    let value = scalar(new, record, &path)?;
                    Edit::Set { path, value }
                }
                FieldEdit::Append(new) => {
                    let path = read(&new.field)?;
                    let value = scalar(new, record, &path)?;
                    Edit::Append { path, value }
                }
                FieldEdit::Remove(named) => Edit::Remove {
                    path: read(&named.field)?,
                },
                FieldEdit::Body(new) => Edit::Body(new.text.clone()),
            })
        })
        .collect()
}

fn scalar(new: &NewValue, record: &Record, path: &FieldPath) -> Result<Scalar, Refusal> {
    let was_date = || {
        let node = record.get(path).and_then(|node| node.as_scalar());
        node.is_some_and(|scalar| scalar.kind == ScalarKind::Date)
    };
    let (kind, text) = match &new.value {
        Value::Null => (ScalarKind::Null, String::new()),
        Value::Bool(is) => (ScalarKind::Bool, is.to_string()),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            (ScalarKind::Integer, number.to_string())
        }
        Value::Number(number) => (ScalarKind::Float, number.to_string()),
        Value::String(text) if new.is_date || (was_date() && is_day(text)) => {
            (ScalarKind::Date, text.clone())
        }
        Value::String(text) => (ScalarKind::Text, text.clone()),
        Value::Array(_) | Value::Object(_) => return Err(not_single(&new.field)),
    };
    Ok(Scalar { kind, text })
}

fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn changed(sheet: &Sheet) -> Problem {
    let refusal = Refusal::new(
        "REV-STALE-002",
        "somebody changed the record while you wrote",
        "read the text that stands now, and send your change of that one; nothing was overwritten",
    );
    Problem::from(refusal.in_path(sheet.id.clone())).standing_at(sheet.blob.to_string())
}

fn no_changes() -> Problem {
    Refusal::new(
        "API-EDIT-001",
        format!("an edit has 1 to {MOST_CHANGES} changes"),
        "send what is to change; replace the whole content where it is more",
    )
    .into()
}

fn no_field(told: &str) -> Refusal {
    Refusal::new(
        "API-EDIT-002",
        told.to_owned(),
        "name fields as the record's differences and findings name them",
    )
}

fn fixed(field: &str) -> Refusal {
    Refusal::new(
        "API-EDIT-003",
        format!("{field} is not for editors: it is the record's id, or a decision writes it"),
        "leave it as it is; a decision moves status and version",
    )
}

fn not_single(field: &str) -> Refusal {
    Refusal::new(
        "API-EDIT-004",
        format!("{field} was given a list or a map, and single values are set"),
        "set, append and remove its items one by one, or replace the whole content",
    )
}
