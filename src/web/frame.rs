//! The frame around pages, and how a page becomes an answer.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::failure::Failure;
use super::language::Language;
use super::pages::layout::{Assets, Page};
use super::{assets, urls};

/// Returns the frame of a page that belongs to no repository and no person.
pub fn bare() -> Page {
    Page {
        register_title: "Countersign".to_owned(),
        base: urls::home(),
        assets: files(),
        sign_in: urls::sign_in(),
        sign_out: urls::sign_out(),
        account: urls::account(),
        language: urls::language(),
        ..Page::default()
    }
}

fn files() -> Assets {
    Assets {
        stylesheet: assets::address("countersign.css"),
        script: assets::address(assets::SCRIPT),
        fonts: [
            "source-serif-4-latin-400-normal.woff2",
            "source-serif-4-latin-600-normal.woff2",
        ]
        .map(assets::address)
        .to_vec(),
    }
}

/// Returns a page as an answer.
pub fn show(page: &impl Template) -> Result<Response, Failure> {
    show_with(StatusCode::OK, page)
}

/// Returns a page as an answer with a status of its own.
pub fn show_with(status: StatusCode, page: &impl Template) -> Result<Response, Failure> {
    let html = written(page).map_err(anyhow::Error::from)?;
    Ok((status, Html(html)).into_response())
}

/// Returns a template's text in the language of the request that is being answered.
pub fn written(template: &impl Template) -> askama::Result<String> {
    template.render_with_values(&Language::current())
}
