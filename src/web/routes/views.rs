//! Saved views: a search kept under a name, by whoever looked for it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::refusal::Refusal;
use crate::web::accounts::{MAX_VIEW_NAME_CHARS, MOST_VIEWS};
use crate::web::failure::Failure;
use crate::web::filters::Filters;
use crate::web::language::verbatim;
use crate::web::pages::parts::Link;
use crate::web::pages::records::{SavedView, Views};
use crate::web::reader::{Reader, Submission};
use crate::web::token;

/// Keeps the search that the form was shown beside, and goes back to it.
pub async fn save(submission: Submission) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let name = fields.get("name").trim();
    let filters = Filters::parse(fields.get("query"));
    refuse_name(name)?;
    let accounts = &reader.web.accounts;
    let is_kept = accounts
        .save_view(
            &reader.session.address,
            &reader.desk.name,
            name,
            &filters.query(),
            reader.now(),
        )
        .await?;
    match is_kept {
        true => Ok(back(&reader, &filters)),
        false => Err(too_many()),
    }
}

/// Deletes a view and goes back to the list that it was deleted from.
pub async fn delete(submission: Submission) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    if let Ok(id) = fields.get("view").parse() {
        reader
            .web
            .accounts
            .delete_view(&reader.session.address, &reader.desk.name, id)
            .await?;
    }
    Ok(back(&reader, &Filters::parse(fields.get("query"))))
}

/// Returns the reader's views of a repository, beside the question that is shown.
///
/// # Errors
/// When the private database cannot be read.
pub async fn views(reader: &Reader, shown: &Filters) -> Result<Views, Failure> {
    let kept = reader
        .web
        .accounts
        .views(&reader.session.address, &reader.desk.name)
        .await?;
    let list = reader.urls.records();
    let view = |view: crate::web::accounts::SavedView| {
        // Read and written anew: what an older version kept is shown as this one understands it.
        let filters = Filters::parse(&view.query);
        SavedView {
            is_shown: filters == *shown,
            link: Link {
                label: verbatim(view.name),
                href: filters.href(&list),
            },
            id: view.id.to_string(),
        }
    };
    Ok(Views {
        kept: kept.into_iter().map(view).collect(),
        save: reader.urls.views(),
        delete: reader.urls.delete_view(),
        query: shown.query(),
        csrf: reader.token(token::ANY_FORM),
        can_save: !shown.is_empty(),
        is_editable: true,
    })
}

/// Returns the reader's views as links, for pages where none are made.
///
/// # Errors
/// When the private database cannot be read.
pub async fn links(reader: &Reader) -> Result<Views, Failure> {
    Ok(Views {
        is_editable: false,
        ..views(reader, &Filters::default()).await?
    })
}

fn back(reader: &Reader, filters: &Filters) -> Response {
    let list = filters.href(&reader.urls.records());
    Redirect::to(&list.to_string()).into_response()
}

fn refuse_name(name: &str) -> Result<(), Failure> {
    let length = name.chars().count();
    if (1..=MAX_VIEW_NAME_CHARS).contains(&length) {
        return Ok(());
    }
    Err(Failure::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::new(
            "WEB-VIEW-001",
            format!("the view's name has {length} characters; it takes 1 to {MAX_VIEW_NAME_CHARS}"),
            "go back and give it a short name",
        ),
    ))
}

fn too_many() -> Failure {
    Failure::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::new(
            "WEB-VIEW-002",
            format!("you keep {MOST_VIEWS} views, and no more are kept for one person"),
            "delete one that you do not use",
        ),
    )
}
