//! Bringing a proposal up to date: what both sides changed is shown with what it was, and waits for a choice or a new text.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use crate::id::BlobId;
use crate::index;
use crate::record::merge::{About, Choice, Conflict, Version};
use crate::record::{Scalar, ScalarKind, Value};
use crate::refusal::Refusal;
use crate::review::{self, Clash, Outcome, Settled, UpdateOrder, Whole};
use crate::web::failure::{Failure, foreign_form, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::pages::update::{ClashView, Question, UpdatePage};
use crate::web::reader::{Attempt, Reader};
use crate::web::showing::words::{label, plain};
use crate::web::token::ANY_FORM;

/// Shows what has to be decided first.
pub async fn show(
    reader: Reader,
    Path((_, branch)): Path<(String, String)>,
) -> Result<Response, Failure> {
    frame::show(&page(&reader, &branch, &Fields::default(), None).await?)
}

/// Brings the proposal up to date, or asks what is still to be decided.
pub async fn act(
    Path((_, branch)): Path<(String, String)>,
    attempt: Attempt,
) -> Result<Response, Failure> {
    let Attempt {
        reader,
        fields,
        is_own,
    } = attempt;
    if !is_own {
        let page = page(&reader, &branch, &fields, Some(foreign_form())).await?;
        return frame::show_with(status_of(foreign_form().code), &page);
    }
    let clashes = clashes(&reader, &branch).await?;
    let order = UpdateOrder {
        by: reader.identity(),
        branch: branch.clone(),
        settled: clashes
            .iter()
            .filter_map(|clash| settled(clash, &fields))
            .collect(),
        at: reader.now(),
    };
    match reader.committer.update(order).await {
        Ok(Outcome::Edited { commit, .. }) => {
            let href = reader.urls.proposal(&branch);
            let href = href.with("saved", &commit.to_string());
            Ok(Redirect::to(&href.to_string()).into_response())
        }
        Ok(Outcome::Recorded { .. } | Outcome::Attested { .. }) => {
            Ok(Redirect::to(&reader.urls.proposal(&branch).to_string()).into_response())
        }
        Err(refusal) => {
            let status = match refusal.code {
                "PRO-MERGE-001" => StatusCode::CONFLICT,
                code => status_of(code),
            };
            let page = page(&reader, &branch, &fields, Some(refusal)).await?;
            frame::show_with(status, &page)
        }
    }
}

async fn clashes(reader: &Reader, branch: &str) -> Result<Vec<Clash>, Failure> {
    Ok(review::clashes(&reader.desk, branch).await??)
}

async fn page(
    reader: &Reader,
    branch: &str,
    typed: &Fields,
    refusal: Option<Refusal>,
) -> Result<UpdatePage, Failure> {
    let found = index::proposal_at(reader.desk.index.reader(), branch).await?;
    let proposal = found.ok_or_else(Failure::nothing_here)?;
    let clashes = clashes(reader, branch).await?;
    Ok(UpdatePage {
        page: reader
            .page(Some(Section::Proposals))
            .await?
            .asking_to_look(),
        proposal: Link {
            label: verbatim(proposal.title),
            href: reader.urls.proposal(branch),
        },
        action: reader.urls.update(branch),
        hidden: vec![("csrf".to_owned(), reader.token(ANY_FORM))],
        error: refusal.as_ref().map(shown),
        records: clashes.iter().map(|clash| view(clash, typed)).collect(),
    })
}

fn view(clash: &Clash, typed: &Fields) -> ClashView {
    let whole = clash
        .whole
        .iter()
        .map(|whole| about_whole(clash, whole, typed));
    let fields = clash
        .conflicts
        .iter()
        .map(|conflict| about_field(clash, conflict, typed));
    ClashView {
        title: clash.title.clone(),
        hidden: vec![(seen(&clash.path), texts(clash.standing, clash.yours))],
        questions: whole.chain(fields).collect(),
    }
}

/// The name under which the form says which two texts it was made of.
fn seen(path: &str) -> String {
    format!("seen {path}")
}

fn texts(standing: Option<BlobId>, yours: Option<BlobId>) -> String {
    let text = |blob: Option<BlobId>| blob.map_or("none".to_owned(), |blob| blob.to_string());
    format!("{} {}", text(standing), text(yours))
}

fn question(clash: &Clash, of: &str, label: Message, typed: &Fields) -> Question {
    let name = format!("choice {} {of}", clash.path);
    let text_name = format!("text {} {of}", clash.path);
    Question {
        chosen: typed.get(&name).to_owned(),
        text: typed.get(&text_name).to_owned(),
        name,
        text_name,
        label,
        hint: Message::default(),
        base: None,
        standing: None,
        yours: None,
        takes_text: false,
    }
}

fn about_whole(clash: &Clash, whole: &Whole, typed: &Fields) -> Question {
    let (about, standing, yours) = match whole {
        Whole::Removed => (say("update-whole"), Some(say("update-kept")), None),
        Whole::Gone => (say("update-whole"), None, Some(say("update-kept"))),
        Whole::Renamed { standing, yours } => {
            let name = |path: &str| Some(verbatim(path));
            (say("update-name"), name(standing), name(yours))
        }
    };
    Question {
        standing,
        yours,
        ..question(clash, "", about, typed)
    }
}

fn about_field(clash: &Clash, conflict: &Conflict, typed: &Fields) -> Question {
    let words = |version: &Option<Version>| version.as_ref().map(|version| plain(&version.node));
    let source = |version: &Option<Version>| version.as_ref().map(|version| version.text.clone());
    let (hint, shows_source) = match conflict.about {
        About::Value => (Message::default(), false),
        About::Order => (say("update-order"), false),
        About::Note => (say("update-note"), true),
        About::Writing => (say("update-writing"), true),
    };
    let side = |version| match shows_source {
        true => source(version).map(verbatim),
        false => words(version).map(verbatim),
    };
    let of = field_name(conflict);
    let mut question = question(clash, &of, label(&conflict.path), typed);
    if !typed
        .pairs()
        .iter()
        .any(|(name, _)| *name == question.text_name)
    {
        question.text = words(&conflict.yours).unwrap_or_default();
    }
    Question {
        hint,
        base: side(&conflict.base),
        standing: side(&conflict.standing),
        yours: side(&conflict.yours),
        takes_text: kind_of(conflict).is_some(),
        ..question
    }
}

/// Two conflicts of one record may be about one field: about its value and about its order.
fn field_name(conflict: &Conflict) -> String {
    format!("{} {:?}", conflict.path, conflict.about)
}

/// Returns the kind of value that can be typed instead; `None` where none can.
fn kind_of(conflict: &Conflict) -> Option<ScalarKind> {
    let sides = [&conflict.yours, &conflict.standing];
    let scalars = sides
        .into_iter()
        .flatten()
        .map(|side| match &side.node.value {
            Value::Scalar(scalar) => Some(scalar.kind),
            Value::List(_) | Value::Map(_) => None,
        });
    let kinds: Option<Vec<ScalarKind>> = scalars.collect();
    kinds
        .filter(|_| conflict.about == About::Value)
        .and_then(|kinds| kinds.first().copied())
}

/// Returns what the form chose for a record, where it was made of these very texts and leaves nothing open.
fn settled(clash: &Clash, fields: &Fields) -> Option<Settled> {
    if fields.get(&seen(&clash.path)) != texts(clash.standing, clash.yours) {
        return None;
    }
    let of_whole = clash.whole.iter().map(|_| choice(clash, "", None, fields));
    let of_fields = clash
        .conflicts
        .iter()
        .map(|conflict| choice(clash, &field_name(conflict), kind_of(conflict), fields));
    let choices: Option<Vec<Choice>> = of_whole.chain(of_fields).collect();
    Some(Settled {
        path: clash.path.clone(),
        standing: clash.standing,
        yours: clash.yours,
        choices: choices?,
    })
}

fn choice(clash: &Clash, of: &str, kind: Option<ScalarKind>, fields: &Fields) -> Option<Choice> {
    let text = || {
        fields
            .get(&format!("text {} {of}", clash.path))
            .replace("\r\n", "\n")
    };
    match fields.get(&format!("choice {} {of}", clash.path)) {
        "standing" => Some(Choice::Standing),
        "yours" => Some(Choice::Yours),
        "new" => kind.map(|kind| Choice::New(Scalar { kind, text: text() })),
        _ => None,
    }
}
