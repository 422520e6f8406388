//! What is said of a single field, with the text that is suggested for it.

use axum::response::{IntoResponse, Redirect, Response};

use super::decisions::{read, target};
use super::review::{load, mixed_up, show_refused};
use crate::ledger::{Act, Decision};
use crate::record::FieldPath;
use crate::refusal::Refusal;
use crate::review::Intent;
use crate::web::failure::{Failure, foreign_form};
use crate::web::form::Fields;
use crate::web::reader::{Attempt, Reader};
use crate::web::showing::talk;

/// Records what is said, and leads back to the review.
pub async fn say(attempt: Attempt) -> Result<Response, Failure> {
    let Attempt {
        reader,
        fields,
        is_own,
    } = attempt;
    let answer = said(&reader, &fields, is_own).await;
    answer.map_err(|failure| failure.with_typed(fields.typed()))
}

async fn said(reader: &Reader, fields: &Fields, is_own: bool) -> Result<Response, Failure> {
    if !is_own {
        return Err(foreign_form().into());
    }
    let mut decision = read(reader, fields)?;
    let field: FieldPath = fields.get("field").parse().map_err(|_| mixed_up())?;
    if decision.act != Act::Comment {
        return Err(mixed_up());
    }
    let reason = fields.get(&format!("reason {field}"));
    decision.text = reason.replace("\r\n", "\n");
    let mut fields = fields.clone();
    fields.set_all("reason", vec![reason.to_owned()]);
    let fields = &fields;
    let place = target(fields);
    let seen = decision.proposed;
    let suggestion = match suggestion(reader, &decision, &field, fields).await? {
        Ok(suggestion) => suggestion,
        Err(refusal) => return show_refused(reader, &place, seen, fields, &refusal).await,
    };
    decision.about.field = Some(field);
    if let Some(content) = suggestion.clone() {
        let hash = reader
            .desk
            .on_repository(move |repository, _| repository.blob_id(&content));
        decision.about.suggested = Some(hash.await?);
    }
    let intent = Intent {
        suggestion,
        by: reader.identity(),
        decision,
        at: reader.now(),
    };
    match reader.committer.decide(intent).await {
        Ok(_) => {
            let item = load(reader, &place)
                .await?
                .ok_or_else(Failure::nothing_here)?;
            let href = reader.urls.review_of(&item);
            Ok(Redirect::to(&href.to_string()).into_response())
        }
        Err(refusal) => show_refused(reader, &place, seen, fields, &refusal).await,
    }
}

/// Returns the whole text with what is suggested for a field, if that is another one than the field's.
async fn suggestion(
    reader: &Reader,
    decision: &Decision,
    field: &FieldPath,
    fields: &Fields,
) -> Result<Result<Option<Vec<u8>>, Refusal>, Failure> {
    let Some(text) = fields.find(&format!("suggestion {field}")) else {
        return Ok(Ok(None));
    };
    let collection = reader.policy().collection_of(&decision.path);
    let format = collection.ok_or_else(Failure::nothing_here)?.format;
    let bytes = reader.bytes(decision.proposed).await?;
    let content = talk::suggested(&bytes, format, field, &text.replace("\r\n", "\n"));
    Ok(content.map(|content| (content != bytes).then_some(content)))
}
