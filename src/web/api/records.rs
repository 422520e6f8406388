//! Records: the list, and one with everything that is known of it.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::input::{Asked, At, bad_query};
use super::paging::{Here, Stretch, after, limit, stretch};
use super::problem::Problem;
use super::values::{Meaning, fields, moment};
use crate::id::BlobId;
use crate::index::{self, FindingRow, MAX_TYPED_CHARS, RecordRow, RelationRow, Wanted};
use crate::policy::{Policy, StatusKind};
use crate::record;
use crate::review::{self, Target};
use crate::web::failure::taken_down;
use crate::web::filters::{self, Part};
use crate::web::seat::Seat;

/// Which records are listed, and where the list goes on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Only those of a collection.
    collection: Option<String>,
    /// Only those with an attested status; a record that was never attested has its workflow's first one.
    status: Option<String>,
    /// Only those that stand so: `open`, `draft`, `validated`, `changed`, `settled` or `quarantined`.
    standing: Option<String>,
    /// Only those that somebody wrote or decided about: a short name of the policy, or an address.
    person: Option<String>,
    /// Only those in a language.
    locale: Option<String>,
    /// Only those with a finding of this code.
    finding: Option<String>,
    /// Only those with a finding so serious: `blocking`, `warning` or `information`.
    severity: Option<String>,
    /// Only those changed since a day, `2026-10-01`, or within a stretch of time, `30d` or `2w`.
    since: Option<String>,
    /// Only those that hold these words, the last of which may be a beginning; or the one of this id.
    q: Option<String>,
    /// Where to go on: `next` of an earlier answer.
    cursor: Option<String>,
    /// How many are wanted, 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Which of several files that carry one id is meant.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The file, where several carry the same id; the first otherwise.
    pub path: Option<String>,
}

/// Which text of a record is meant.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Where {
    /// The file, where several carry the same id; the first otherwise.
    pub path: Option<String>,
    /// The branch of the proposal that is meant; what is published where it is left out. An edit may also say `new`, which begins a proposal.
    #[param(example = "proposals/claims")]
    pub proposal: Option<String>,
}

impl Where {
    /// Returns where the text stands.
    pub fn target(&self) -> Target {
        Target {
            proposal: self.proposal.clone().filter(|branch| branch != NEW),
            path: self.path.clone().unwrap_or_default(),
        }
    }

    /// Returns whether a proposal is to begin.
    pub fn is_new(&self) -> bool {
        self.proposal.as_deref() == Some(NEW)
    }
}

/// What an edit says instead of a branch where it begins a proposal; no pattern gives a branch that name.
const NEW: &str = "new";

/// What a file says of itself. It proves nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Declared {
    /// The status in the file.
    status: Option<String>,
    /// The version in the file.
    version: Option<String>,
}

/// What the register says: by the last attestation, or by the baseline.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attested {
    /// The status that counts.
    #[schema(example = "active")]
    status: String,
    /// What that status means to readers.
    meaning: Meaning,
    /// The version that counts.
    #[schema(example = "1.0.0")]
    version: Option<String>,
    /// The text that was attested.
    blob: Option<String>,
    /// The attestation's place in the chain; 0 is the baseline.
    sequence: Option<i64>,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A draft: edits are ordinary.
    Draft,
    /// Beyond draft, and exactly as attested.
    Settled,
    /// Its declared status, or its bytes beyond draft, are not what was attested.
    Changed,
    /// It was taken down: readers have it no more.
    TakenDown,
    /// It is on its way in a proposal.
    Proposed,
}

/// Why a file cannot be read as a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quarantine {
    /// The code.
    #[schema(example = "REC-YAML-001")]
    code: String,
    /// The one-based line.
    line: Option<i64>,
    /// What is wrong, and what to do.
    message: String,
}

/// A record in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordSummary {
    /// The record's id.
    #[schema(example = "notes/one")]
    pub id: String,
    /// Its file.
    #[schema(example = "notes/one.md")]
    pub path: String,
    /// Its collection.
    #[schema(example = "notes")]
    pub collection: String,
    /// Its title, or its file's name.
    pub title: String,
    /// The language that it gives, as written.
    #[schema(example = "fr-CA")]
    pub locale: Option<String>,
    /// The text as it stands: the blob, which is also its tag.
    #[schema(example = "18be5aa28cdb9eab37062aa5a330c435ee53a089")]
    pub blob: String,
    /// Where it stands.
    pub standing: Standing,
    /// What the file says of itself.
    pub declared: Declared,
    /// What the register says of it; null for one that was never attested.
    pub attested: Option<Attested>,
    /// The last published text; null before the first publication.
    pub base: Option<String>,
    /// Why the file cannot be read; null where it can.
    pub quarantine: Option<Quarantine>,
    /// When it was last changed, by that commit's account.
    #[schema(format = DateTime)]
    pub changed_at: Option<String>,
    /// The commit that last changed it.
    pub changed_by: Option<String>,
}

/// What a rule found wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct Finding {
    /// The code.
    #[schema(example = "S06")]
    code: String,
    /// `information`, `warning` or `blocking`.
    #[schema(example = "blocking")]
    severity: String,
    /// The field meant; null for the whole record.
    field: Option<String>,
    /// The one-based line.
    line: Option<i64>,
    /// What is wrong.
    message: String,
    /// What to do.
    next: String,
}

/// A relation between two records, seen from one of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Relation {
    /// The field that states it.
    #[schema(example = "relations[0].target")]
    field: String,
    /// The id at the other end.
    record: String,
    /// The title there; null where no record has that id.
    title: Option<String>,
}

/// A record with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordDetail {
    /// What the list tells of it.
    #[serde(flatten)]
    summary: RecordSummary,
    /// Its fields in file order, as JSON; null where the file cannot be read. A number that JSON would write otherwise than the file does is a text.
    #[schema(value_type = Option<Object>)]
    fields: Option<Map<String, Value>>,
    /// The text below the front matter; null in other formats.
    body: Option<String>,
    /// What rules found wrong with it, the worst first.
    findings: Vec<Finding>,
    /// What it says of other records.
    relations: Vec<Relation>,
    /// What other records say of it.
    named_by: Vec<Relation>,
    /// Other files that carry the same id; while there are any, all of them are blocked.
    same_id: Vec<String>,
    /// Whether the token's owner may edit it now.
    may_edit: bool,
}

/// Lists records in the order of their paths.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/records", operation_id = "listRecords", tag = "records",
    params(("repository" = String, Path, description = "The repository's name."), Filters),
    responses((status = 200, description = "A stretch of the list.", body = Stretch<RecordSummary>,
        headers(("Link" = String, description = "The next stretch, as `rel=\"next\"`; absent at the end.")))),
)]
pub async fn list(
    seat: Seat,
    here: Here,
    Asked(asked): Asked<Filters>,
) -> Result<Response, Problem> {
    let limit = limit(asked.limit)?;
    let from = after::<String>("records", asked.cursor.as_deref())?.unwrap_or_default();
    let wanted = wanted(seat.policy(), &asked, seat.now())?;
    let rows = index::records_after(seat.desk.index.reader(), &wanted, &from, more(limit)).await?;
    let policy = seat.policy();
    let items = rows.iter().map(|row| summary(policy, row)).collect();
    let page = stretch("records", items, limit, |row: &RecordSummary| {
        row.path.clone()
    })?;
    Ok(page.answer(&here, limit))
}

/// Returns one more than a stretch holds, to see whether there is another.
pub fn more(limit: usize) -> i64 {
    i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX)
}

/// A program means what it asks for: a value that names nothing is told, where a page would show an empty list.
fn wanted(policy: &Policy, asked: &Filters, now: i64) -> Result<Wanted, Problem> {
    let given = [
        (Part::Words, &asked.q),
        (Part::Collection, &asked.collection),
        (Part::Status, &asked.status),
        (Part::Standing, &asked.standing),
        (Part::Person, &asked.person),
        (Part::Locale, &asked.locale),
        (Part::Finding, &asked.finding),
        (Part::Severity, &asked.severity),
        (Part::Since, &asked.since),
    ];
    let pairs = given
        .iter()
        .filter_map(|(part, value)| Some((part.name(), value.as_deref()?)));
    let filters = filters::Filters::read(pairs);
    if filters.get(Part::Words).chars().count() > MAX_TYPED_CHARS {
        return Err(bad_query(&format!(
            "q has more than {MAX_TYPED_CHARS} characters"
        )));
    }
    match filters.wanted(policy, now) {
        (wanted, unknown) if unknown.is_empty() => Ok(wanted),
        (_, unknown) => Err(bad_query(&format!("{} names nothing", unknown[0].name()))),
    }
}

/// Returns one record.
#[utoipa::path(
    get, path = "/api/v1/repositories/{repository}/records/{record}", operation_id = "getRecord", tag = "records",
    params(
        ("repository" = String, Path, description = "The repository's name."),
        ("record" = String, Path, description = "The record's id, in one segment: its slashes are percent-encoded.", example = "notes/one"),
        Which,
    ),
    responses((status = 200, description = "The record.", body = RecordDetail,
        headers(("ETag" = String, description = "The blob of the text as it stands, for `If-Match`.")))),
)]
pub async fn show(
    seat: Seat,
    At((_, id)): At<(String, String)>,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let row = find(&seat, &id, &which).await?;
    let tag = row.blob.clone();
    Ok(tagged(&tag, axum::Json(detail(&seat, row).await?)))
}

/// Returns the row of an id.
///
/// # Errors
/// When there is none.
pub async fn find(seat: &Seat, id: &str, which: &Which) -> Result<RecordRow, Problem> {
    let path = which.path.as_deref().unwrap_or_default();
    let Some(row) = seat.find_row(id, path).await? else {
        let down = index::taken_down_record(seat.desk.index.reader(), id).await?;
        return Err(match down {
            Some(down) => taken_down(id, down.at).into(),
            None => Problem::nothing_here(),
        });
    };
    let is_asked = which.path.is_none() || row.path == path;
    is_asked.then_some(row).ok_or_else(Problem::nothing_here)
}

/// Returns an answer with a blob as its tag.
pub fn tagged(blob: &str, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if let Ok(tag) = HeaderValue::try_from(format!("\"{blob}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

async fn detail(seat: &Seat, row: RecordRow) -> Result<RecordDetail, Problem> {
    let pool = seat.desk.index.reader();
    let record = read(seat, &row).await?;
    let paths = std::slice::from_ref(&row.path);
    let item = review::items(pool, paths).await?.into_iter().next();
    let may_edit = row.problem_code.is_none()
        && item.is_some_and(|item| review::judge_edit(seat.policy(), &item, seat.person()).is_ok());
    let same_id = index::records_of(pool, &row.id).await?;
    Ok(RecordDetail {
        fields: record.as_ref().map(fields),
        body: record.and_then(|record| Some(record.body?.text)),
        findings: index::findings_at(pool, paths)
            .await?
            .into_iter()
            .map(finding)
            .collect(),
        relations: related(index::relations_from(pool, &row.path).await?),
        named_by: related(index::relations_to(pool, &row.id).await?),
        same_id: same_id
            .into_iter()
            .map(|other| other.path)
            .filter(|path| *path != row.path)
            .collect(),
        may_edit,
        summary: summary(seat.policy(), &row),
    })
}

/// A file that cannot be read has no fields to tell.
async fn read(seat: &Seat, row: &RecordRow) -> Result<Option<record::Record>, Problem> {
    if row.problem_code.is_some() {
        return Ok(None);
    }
    let collection = seat.collection_of(row).ok_or_else(Problem::nothing_here)?;
    let bytes = seat.bytes(blob(&row.blob)?).await?;
    Ok(record::parse(&bytes, collection.format).ok())
}

/// Returns a blob as the index names it.
///
/// # Errors
/// When it is none, which sync never writes.
pub fn blob(text: &str) -> Result<BlobId, Problem> {
    Ok(text.parse().map_err(anyhow::Error::from)?)
}

/// Returns a row as lists tell it.
pub fn summary(policy: &Policy, row: &RecordRow) -> RecordSummary {
    RecordSummary {
        id: row.id.clone(),
        path: row.path.clone(),
        collection: row.collection.clone(),
        title: row.title.clone(),
        locale: row.locale.clone(),
        blob: row.blob.clone(),
        standing: match row.standing.as_str() {
            "settled" => Standing::Settled,
            "changed" => Standing::Changed,
            _ => Standing::Draft,
        },
        declared: Declared {
            status: row.declared_status.clone(),
            version: row.declared_version.clone(),
        },
        attested: attested(policy, row),
        base: row.base_blob.clone(),
        quarantine: row.problem_code.clone().map(|code| Quarantine {
            code,
            line: row.problem_line,
            message: row.problem.clone().unwrap_or_default(),
        }),
        changed_at: row.changed_at.map(moment),
        changed_by: row.changed_by.clone(),
    }
}

fn attested(policy: &Policy, row: &RecordRow) -> Option<Attested> {
    let status = row.attested_status.clone()?;
    let workflow = policy
        .collections
        .get(&row.collection)
        .map(|collection| policy.workflow(collection));
    let kind = workflow.and_then(|workflow| workflow.kind(&status));
    Some(Attested {
        meaning: kind.unwrap_or(StatusKind::Draft).into(),
        status,
        version: row.attested_version.clone(),
        blob: row.attested_blob.clone(),
        sequence: row.attested_at,
    })
}

/// Returns a finding's row as programs read it.
pub fn finding(row: FindingRow) -> Finding {
    Finding {
        code: row.code,
        severity: row.severity,
        field: row.field,
        line: row.line,
        message: row.message,
        next: row.next,
    }
}

fn related(rows: Vec<RelationRow>) -> Vec<Relation> {
    rows.into_iter()
        .map(|row| Relation {
            field: row.field,
            record: row.other,
            title: row.title,
        })
        .collect()
}
