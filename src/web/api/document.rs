//! `/api/openapi.json`: the API described for generators of clients.
//!
//! Each operation is described beside its handler. What all of them share is added here: the token, and the problems that any request of its kind may
//! meet. A test compares the operations with the routes that are declared, both ways.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response as Described, ResponseBuilder, Schema};
use utoipa::{Modify, OpenApi};

use super::problem::{Document, PROBLEM};
use super::{
    activity, decisions, deliveries, edits, files, health, history, inbox, people, policy_change,
    proposals, queue, records, releases, repositories, reverts, review, targets, texts,
};

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Countersign",
        description = "Records, review items and decisions of the registers that a server keeps, for programs. A token acts for the person who made it, \
and never has more rights than the policy in force gives that person now.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        version = "1"
    ),
    servers((url = "/", description = "The server that sends this.")),
    paths(
        repositories::token,
        repositories::list,
        repositories::show,
        records::list,
        records::show,
        edits::fields,
        edits::begin,
        reverts::revert,
        files::take_in,
        files::show,
        activity::of_record,
        texts::content,
        edits::content,
        texts::earlier,
        texts::compare,
        texts::versions,
        texts::version,
        texts::version_content,
        queue::list,
        review::show,
        decisions::about_record,
        decisions::about_many,
        decisions::about_policy,
        people::people,
        people::policy,
        policy_change::show,
        proposals::list,
        proposals::show,
        proposals::clashes,
        proposals::decide,
        proposals::update,
        releases::list,
        releases::show,
        releases::plan,
        releases::let_out,
        releases::cancel,
        activity::list,
        targets::events,
        targets::list,
        targets::report,
        deliveries::list,
        deliveries::show,
        deliveries::rest,
        deliveries::replay,
        inbox::list,
        inbox::read,
        health::show,
        health::findings,
        history::show,
        history::decide,
    ),
    components(schemas(Document)),
    tags(
        (name = "repositories", description = "What the token opens."),
        (name = "records", description = "Records as they stand and as they are attested."),
        (name = "texts", description = "A record's texts, and what lies between them."),
        (name = "review", description = "What waits for whom, and decisions about it."),
        (name = "releases", description = "What goes out together, and when."),
        (name = "proposals", description = "What is on its way: branches and the records they change."),
        (name = "policy", description = "People, policy, and changes of it."),
        (name = "activity", description = "What happened."),
        (name = "targets", description = "What happened to what readers have, who is told, and what was built of it."),
        (name = "health", description = "Whether all is well."),
        (name = "history", description = "Whether the history is whole, and the decision about one that was rewritten."),
    ),
    modifiers(&Shared),
)]
struct Api;

/// Returns the document.
pub fn document() -> utoipa::openapi::OpenApi {
    Api::openapi()
}

/// The document as it is sent: it is the same for as long as the program runs.
static SENT_AS: LazyLock<String> =
    LazyLock::new(|| document().to_json().unwrap_or_else(|_| "{}".to_owned()));

/// Sends the document.
pub async fn show() -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, SENT_AS.as_str()).into_response()
}

/// What all operations share.
struct Shared;

/// The name of the token among security schemes.
const TOKEN: &str = "token";

/// Problems that any request may meet.
const ANY: [(&str, &str, &str); 7] = [
    (
        "400",
        "BadRequest",
        "The address, the query or the body cannot be read.",
    ),
    (
        "401",
        "Unauthorized",
        "The request carries no token that stands.",
    ),
    (
        "403",
        "Forbidden",
        "The token was not made for this, or the policy gives its owner no such right.",
    ),
    (
        "404",
        "NotFound",
        "There is nothing here that the token may see.",
    ),
    (
        "429",
        "TooManyRequests",
        "The token was used too often; `Retry-After` says when to go on.",
    ),
    (
        "500",
        "ServerError",
        "The server could not answer; its log says why.",
    ),
    (
        "503",
        "Unavailable",
        "The server is busy, or the repository's policy cannot be read; `Retry-After` says when to ask again.",
    ),
];

/// Problems that a request which writes may meet besides.
const WRITING: [(&str, &str, &str); 6] = [
    (
        "409",
        "Conflict",
        "The repository is in no state for this, or the same request is under way.",
    ),
    (
        "412",
        "PreconditionFailed",
        "What the request names is not what stands now; `current` and `ETag` name that.",
    ),
    ("413", "ContentTooLarge", "The body is larger than 2 MiB."),
    (
        "415",
        "UnsupportedMediaType",
        "The body is of another type.",
    ),
    (
        "422",
        "UnprocessableContent",
        "The request is understood and refused; `code` says why.",
    ),
    ("428", "PreconditionRequired", "`If-Match` is missing."),
];

/// What programs send, or is not always told whole; every other object is sent with all its fields, though some are null.
const SENT: [&str; 16] = [
    "NewBuild",
    "Update",
    "SettledRecord",
    "ChoiceMade",
    "ReadNotices",
    "NewDecision",
    "NewDecisions",
    "Ballot",
    "FieldEdits",
    "NewValue",
    "NewRecord",
    "NewPlan",
    "NewMember",
    "NewReleaseDecision",
    "Problem",
    "Place",
];

/// Says of an object, and of those inside it, that all their fields are there.
fn is_always_whole(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            object.required = object.properties.keys().cloned().collect();
            object.properties.values_mut().for_each(is_always_whole);
        }
        RefOr::T(Schema::Array(list)) => {
            if let ArrayItems::RefOrSchema(item) = &mut list.items {
                is_always_whole(item);
            }
        }
        RefOr::T(Schema::AllOf(parts)) => parts.items.iter_mut().for_each(is_always_whole),
        RefOr::T(Schema::OneOf(parts)) => parts.items.iter_mut().for_each(is_always_whole),
        RefOr::T(_) | RefOr::Ref(_) => {}
    }
}

impl Modify for Shared {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A token from the page Tokens of your account: `Authorization: Bearer cs_...`.",
            ))
            .build();
        components.add_security_scheme(TOKEN, SecurityScheme::Http(bearer));
        for (_, name, description) in ANY.iter().chain(&WRITING) {
            let problem = RefOr::T(described(description));
            components.responses.insert((*name).to_owned(), problem);
        }
        for (name, schema) in &mut components.schemas {
            if !SENT.contains(&name.as_str()) {
                is_always_whole(schema);
            }
        }
        document.security = Some(vec![SecurityRequirement::new(TOKEN, [""; 0])]);
        for item in document.paths.paths.values_mut() {
            for operation in [&mut item.get].into_iter().flatten() {
                add(operation, &ANY);
            }
            for operation in [&mut item.post, &mut item.put, &mut item.patch]
                .into_iter()
                .flatten()
            {
                add(operation, &ANY);
                add(operation, &WRITING);
            }
        }
    }
}

fn described(description: &str) -> Described {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new()
        .description(description)
        .content(PROBLEM, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}

fn add(operation: &mut utoipa::openapi::path::Operation, problems: &[(&str, &str, &str)]) {
    for (status, name, _) in problems {
        let shared = RefOr::Ref(Ref::from_response_name(*name));
        operation
            .responses
            .responses
            .insert((*status).to_owned(), shared);
    }
}
