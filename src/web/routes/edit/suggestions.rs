//! Records by the words of their titles, for a field that names one.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use crate::index::{Order, Typed, Wanted, search};
use crate::web::failure::Failure;
use crate::web::frame;
use crate::web::reader::Reader;

/// Records told at once; who types on finds the others.
const MOST: i64 = 12;

/// What was typed.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// Ids and titles, as the options of a list.
#[derive(Template)]
#[template(
    source = "{% for (id, title) in found %}<option value=\"{{ id|escape(\"typed\") }}\">{{ title|escape(\"plain\") }}</option>{% endfor %}",
    ext = "html"
)]
struct Suggestions {
    found: Vec<(String, String)>,
}

/// Shows the records that fit.
pub async fn show(reader: Reader, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let words = asked.q.trim();
    let wanted = Wanted {
        typed: Typed::read(words),
        id: (!words.is_empty()).then(|| words.to_owned()),
        ..Wanted::default()
    };
    let hits = search(reader.desk.index.reader(), &wanted, Order::Match, 0, MOST).await?;
    let found = hits
        .into_iter()
        .map(|hit| (hit.record.id, hit.record.title));
    frame::show(&Suggestions {
        found: found.collect(),
    })
}
