//! The public site, for anybody: the same files that an export writes, in the form that is asked for.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::publish::site::{self, Answer, File, Form, Texts, data};
use crate::refusal::Refusal;
use crate::web::failure::Failure;
use crate::web::href::Href;
use crate::web::seat::Seat;
use crate::web::sending::{self, to_everybody};
use crate::web::sites::{Open, Shown};
use crate::web::state::{Served, Web};
use crate::web::urls;

/// Since which state a build wants to know what changed.
#[derive(Deserialize)]
pub struct Asked {
    since: Option<String>,
}

/// Answers with the first page.
pub async fn home(
    State(web): State<Arc<Web>>,
    Path(repository): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let asking = Asking {
        repository: &repository,
        path: "",
        since: None,
        query: query.as_deref(),
        headers: &headers,
    };
    answer(&web, &asking).await.map(to_everybody)
}

/// Leads to the first page, whose links count from its folder.
pub async fn enter(
    State(web): State<Arc<Web>>,
    Path(repository): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let served = served(&web, &repository)?;
    let base = base(&web, &repository);
    match web.sites.open(&served.desk, &base).await? {
        Open::Shown(_) => {
            let first = urls::public(&repository, "");
            leads(StatusCode::MOVED_PERMANENTLY, &first, query.as_deref()).map(to_everybody)
        }
        Open::Closed => Err(Failure::nothing_here()),
        Open::Held => Err(held()),
    }
}

/// Answers with whatever stands at an address of the site.
pub async fn show(
    State(web): State<Arc<Web>>,
    Path((repository, path)): Path<(String, String)>,
    asked: Result<Query<Asked>, QueryRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Ok(Query(asked)) = asked else {
        return Ok(to_everybody(sending::no_such_state()));
    };
    let asking = Asking {
        repository: &repository,
        path: &path,
        since: asked.since.as_deref(),
        query: query.as_deref(),
        headers: &headers,
    };
    answer(&web, &asking).await.map(to_everybody)
}

/// Answers every method but `GET` and `HEAD`: the site is only read. It is the same for every repository, so it tells of none.
pub async fn only_read(method: Method) -> Response {
    match method {
        Method::OPTIONS => sending::preflight(),
        _ => to_everybody(sending::wrong_method()),
    }
}

/// Returns whether an address is the public site's, whatever stands there.
pub fn is_address(path: &str) -> bool {
    path.split('/').nth(2) == Some("public")
}

/// Returns the page that readers have of a record on this server; `None` where they have none.
///
/// # Errors
/// When git or the database cannot be read.
pub async fn page_of(seat: &Seat, id: &str) -> anyhow::Result<Option<Href>> {
    if seat.policy().site.is_none() {
        return Ok(None);
    }
    let desk = &seat.desk;
    let base = base(&seat.web, &desk.name);
    let Open::Shown(shown) = seat.web.sites.open(desk, &base).await? else {
        return Ok(None);
    };
    let record = shown.register.shown(id);
    Ok(record.map(|record| urls::public(&desk.name, &record.route)))
}

/// What is asked for.
struct Asking<'a> {
    repository: &'a str,
    path: &'a str,
    since: Option<&'a str>,
    query: Option<&'a str>,
    headers: &'a HeaderMap,
}

async fn answer(web: &Arc<Web>, asking: &Asking<'_>) -> Result<Response, Failure> {
    let Asking { path, headers, .. } = *asking;
    let served = served(web, asking.repository)?;
    let base = base(web, asking.repository);
    let shown = match web.sites.open(&served.desk, &base).await? {
        Open::Shown(shown) => shown,
        Open::Closed => return Err(Failure::nothing_here()),
        Open::Held => return Err(held()),
    };
    if let (Some(since), "manifest.json") = (asking.since, path) {
        let before = web.sites.before(&served.desk, &base, since, &shown);
        let Some(before) = before.await? else {
            return Ok(sending::no_such_state());
        };
        let changes = data::changes(&before, &shown.register);
        let bytes = serde_json::to_vec_pretty(&changes).map_err(anyhow::Error::from)?;
        return sending::file(&changed(bytes, &shown), &shown, false, headers);
    }
    if let Some(file) = shown.whole(path)? {
        return sending::file(&file, &shown, false, headers);
    }
    let form = wanted(headers);
    let found = find(served, Arc::clone(&shown), path.to_owned(), form).await?;
    match found {
        Some(Answer::File(file)) if file.is_gone && sending::is_data(form) => Ok(sending::gone()),
        Some(Answer::File(file)) => {
            let is_chosen = path.ends_with('/') && file.folder.is_some();
            let mut response = sending::file(&file, &shown, is_chosen, headers)?;
            sending::tell_of(&mut response, &file, &shown);
            Ok(response)
        }
        Some(Answer::Leads { to, is_same }) => {
            let status = match is_same {
                true => StatusCode::MOVED_PERMANENTLY,
                false => StatusCode::SEE_OTHER,
            };
            let to = urls::public(asking.repository, &to);
            leads(status, &to, asking.query)
        }
        None => sending::not_found(&shown, path, form),
    }
}

fn served<'a>(web: &'a Web, repository: &str) -> Result<&'a Served, Failure> {
    web.served.get(repository).ok_or_else(Failure::nothing_here)
}

async fn find(
    served: &Served,
    shown: Arc<Shown>,
    path: String,
    form: Form,
) -> Result<Option<Answer>, Failure> {
    let found = served.desk.on_repository(move |repository, _| {
        site::find(&shown.register, &Texts(repository), &path, form)
    });
    Ok(found.await?)
}

/// The site's address where the policy names none.
fn base(web: &Web, repository: &str) -> String {
    format!(
        "{}/{repository}/public",
        web.public_url.trim_end_matches('/')
    )
}

fn leads(status: StatusCode, to: &Href, query: Option<&str>) -> Result<Response, Failure> {
    let to = match query {
        Some(query) => format!("{to}?{query}"),
        None => to.to_string(),
    };
    let to = HeaderValue::from_str(&to).map_err(anyhow::Error::from)?;
    Ok((status, [(header::LOCATION, to)]).into_response())
}

/// Why publishing is held is for those who may mend it.
fn held() -> Failure {
    Failure::new(
        StatusCode::SERVICE_UNAVAILABLE,
        Refusal::new(
            "WEB-PUBLIC-001",
            "this register cannot be shown at the moment",
            "come back later",
        ),
    )
}

fn changed(bytes: Vec<u8>, shown: &Shown) -> File {
    File {
        path: "manifest.json".to_owned(),
        bytes,
        media_type: "application/json",
        at: shown.register.at,
        is_gone: false,
        is_apart: false,
        successor: None,
        folder: None,
        language: None,
    }
}

/// Returns the form that is asked for most: by weight, then as it stands in the list. A browser, and whoever asks for anything, gets the page.
fn wanted(headers: &HeaderMap) -> Form {
    let asked = headers.get_all(header::ACCEPT).iter();
    let asked = asked.filter_map(|value| value.to_str().ok());
    let mut best: Option<(f32, Form)> = None;
    for range in asked.flat_map(|line| line.split(',')).take(50) {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(Some(1.0), |weight| weight.parse().ok())
            .unwrap_or(0.0);
        let form = match kind.as_str() {
            "*/*" | "text/*" | "application/xhtml+xml" => Some(Form::Html),
            "application/*" => Some(Form::Json),
            "text/x-markdown" => Some(Form::Markdown),
            "text/x-bibliography" | "application/x-bibtex" => Some(Form::Bibtex),
            other => Form::ALL
                .into_iter()
                .find(|form| form.media_type() == other),
        };
        if let Some(form) = form
            && weight > 0.0
            && best.is_none_or(|(known, _)| weight > known)
        {
            best = Some((weight, form));
        }
    }
    best.map_or(Form::Html, |(_, form)| form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_is_asked_for_most_is_sent() {
        for (asked, form) in [
            ("", Form::Html),
            ("*/*", Form::Html),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                Form::Html,
            ),
            ("application/ld+json", Form::JsonLd),
            ("application/ld+json;q=0.5, text/html;q=0.4", Form::JsonLd),
            ("text/markdown, text/html;q=0.9", Form::Markdown),
            ("application/json;q=0", Form::Html),
            (
                "application/vnd.citationstyles.csl+json, application/x-bibtex;q=0.5",
                Form::Csl,
            ),
            ("image/png", Form::Html),
            (";;;q=x,,", Form::Html),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(asked).unwrap());
            assert_eq!(wanted(&headers), form, "{asked}");
        }
    }
}
