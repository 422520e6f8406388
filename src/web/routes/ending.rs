//! The end of a published record, proposed: what the move asks for is filled in, and who names the record is looked at first.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::edit::Text;
use super::record::{find_row, found, named_by, refused};
use super::review::mixed_up;
use crate::check;
use crate::index::{self, RecordRow, RelationRow};
use crate::policy::{Collection, Policy, StatusKind, Transition};
use crate::record::{self, FieldPath, Record};
use crate::refusal::Refusal;
use crate::review::{NewText, Target};
use crate::web::failure::{Failure, sentence, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{say, verbatim};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::pages::propose::{ProposePage, Referrers};
use crate::web::reader::{Reader, Submission};
use crate::web::sheet::Sheet;
use crate::web::token::{ANY_FORM, is_token};
use crate::web::writing::{self, Saved, subject};

/// Which move is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default, rename = "move")]
    name: String,
}

/// Shows what the move asks for.
pub async fn show(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let ending = find(&reader, &id, &asked.name).await?;
    if ending.transition.requires.is_empty() {
        // Nothing is to be filled in, so nothing is to be proposed: it is decided about the record as it stands.
        let review = reader.urls.review(&ending.sheet.id);
        return Ok(Redirect::to(&review.to_string()).into_response());
    }
    frame::show(&page(&reader, &ending, &Fields::default()).await?)
}

/// Proposes it and leads on to the proposal.
pub async fn propose(
    Path((_, id)): Path<(String, String)>,
    submission: Submission,
) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let ending = find(&reader, &id, fields.get("move")).await?;
    let purpose = ending.purpose(&reader);
    if !is_token(&reader.session.form_key, &purpose, fields.get("token")) {
        return Err(mixed_up().with_typed(fields.typed()));
    }
    match send(&reader, &ending, &fields).await? {
        Ok(saved) => {
            let branch = saved.branch.unwrap_or_default();
            let href = reader.urls.proposal(&branch);
            let href = href.with("saved", &saved.commit.to_string());
            Ok(Redirect::to(&href.to_string()).into_response())
        }
        Err(refusal) => {
            let mut page = page(&reader, &ending, &fields).await?;
            page.error = Some(shown(&refusal));
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

/// A published record and the move that would end it.
struct Ending {
    sheet: Sheet,
    transition: Transition,
    /// The records that name it, with the field that does.
    referrers: Vec<RelationRow>,
}

impl Ending {
    /// What the form's token is for: this move of this text.
    fn purpose(&self, reader: &Reader) -> Vec<String> {
        [
            "ending",
            &reader.desk.name,
            &reader.person().key,
            &self.sheet.id,
            &self.transition.name,
            &self.sheet.blob.to_string(),
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// Stands for just these referrers.
    fn seen(&self) -> String {
        let mut digest = Sha256::new();
        for row in &self.referrers {
            digest.update(format!("{}\0{}\n", row.other, row.field));
        }
        hex::encode(&digest.finalize()[..8])
    }
}

async fn find(reader: &Reader, id: &str, name: &str) -> Result<Ending, Failure> {
    let row = find_row(reader, id, "").await?;
    let target = Target::published(row.path.as_str());
    let sheet = found(reader, id, Sheet::find(reader, id, &target).await?)?;
    let transition = endings(reader.policy(), &row).find(|transition| transition.name == name);
    let Some(transition) = transition.cloned() else {
        let refusal = Refusal::new(
            "REV-MOVE-001",
            format!(
                "\"{name}\" ends no record that is {}",
                row.attested_status.as_deref().unwrap_or_default()
            ),
            "open the record again to see which moves are",
        );
        return Err(refused(reader, id, refusal));
    };
    Ok(Ending {
        referrers: index::relations_to(reader.desk.index.reader(), id).await?,
        sheet,
        transition,
    })
}

/// Returns the moves that would end a record which readers have.
pub fn endings<'a>(policy: &'a Policy, row: &RecordRow) -> impl Iterator<Item = &'a Transition> {
    let collection = policy.collections.get(&row.collection);
    let workflow = collection.map(|collection| policy.workflow(collection));
    let status = row.attested_status.clone().unwrap_or_default();
    let all = workflow.into_iter().flat_map(|workflow| {
        let transitions = workflow.transitions.values();
        transitions.map(move |transition| (workflow, transition))
    });
    let is_public = workflow.and_then(|known| known.kind(&status)) == Some(StatusKind::Published);
    all.filter(move |(workflow, transition)| {
        is_public
            && workflow.kind(&transition.to) == Some(StatusKind::Ended)
            && transition.from.contains(&status)
    })
    .map(|(_, transition)| transition)
}

async fn page(reader: &Reader, ending: &Ending, sent: &Fields) -> Result<ProposePage, Failure> {
    let Ending {
        sheet, transition, ..
    } = ending;
    let text = Text::read(reader, sheet, sheet.blob).await?;
    let text = text.for_move(reader, transition);
    let typed = text.form.with_rows(sent);
    let mut known = typed.known(sent, Some(&text.record), &[]);
    let named = typed.references(sent);
    known.titles = index::titles(reader.desk.index.reader(), &named).await?;
    let parts = typed.parts(sent, &known);
    let purpose = ending.purpose(reader);
    let hidden = [
        ("csrf", reader.token(ANY_FORM)),
        ("move", transition.name.clone()),
        ("token", reader.token(&purpose)),
    ];
    Ok(ProposePage {
        page: reader.page(Some(Section::Records)).await?.asking_to_look(),
        record: Link {
            label: verbatim(sheet.title.as_str()),
            href: reader.urls.record(&sheet.id),
        },
        heading: say("propose-ending")
            .with("move", sentence(&transition.name))
            .with("title", &sheet.title),
        effect: say("propose-ending-effect").with("status", &transition.to),
        action: reader.urls.ending(&sheet.id),
        hidden: hidden
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
        suggestions: reader.urls.suggestions(),
        parts,
        referrers: referrers(reader, ending, sent),
        reason: sent.get("reason").to_owned(),
        button: say("propose-send"),
        error: None,
        diff: None,
    })
}

fn referrers(reader: &Reader, ending: &Ending, sent: &Fields) -> Option<Referrers> {
    let rows = &ending.referrers;
    (!rows.is_empty()).then(|| Referrers {
        sentence: say("propose-referrers").with("count", rows.len()),
        links: rows.iter().map(|row| named_by(reader, row)).collect(),
        is_seen: sent.get("seen") == ending.seen(),
        seen: ending.seen(),
    })
}

/// Judges what was typed and begins the proposal.
async fn send(
    reader: &Reader,
    ending: &Ending,
    fields: &Fields,
) -> Result<Result<Saved, Refusal>, Failure> {
    let Ending {
        sheet, transition, ..
    } = ending;
    let text = Text::read(reader, sheet, sheet.blob).await?;
    let text = text.for_move(reader, transition);
    let content = match text.written(fields) {
        Ok(content) => content,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let record = record::parse(&content, text.collection.format)?;
    if let Err(refusal) = judge(reader, ending, text.collection, &record).await? {
        return Ok(Err(refusal));
    }
    if !ending.referrers.is_empty() && fields.get("seen") != ending.seen() {
        return Ok(Err(unseen(ending.referrers.len())));
    }
    let verb = sentence(&transition.name);
    Ok(writing::propose(
        reader,
        NewText {
            path: sheet.path.clone(),
            from: Some(sheet.blob),
            content,
        },
        &format!("{} {}", transition.name, sheet.title),
        subject(&verb, &sheet.title),
        fields.get("reason"),
    )
    .await)
}

/// Everything that the move asks for is there, and a record that it names is one that readers have, of the same collection.
async fn judge(
    reader: &Reader,
    ending: &Ending,
    collection: &Collection,
    record: &Record,
) -> anyhow::Result<Result<(), Refusal>> {
    let requires = &ending.transition.requires;
    let is_empty = |path: &&FieldPath| record.text(path).is_none_or(|text| text.trim().is_empty());
    let missing: Vec<String> = requires
        .iter()
        .filter(is_empty)
        .map(ToString::to_string)
        .collect();
    if !missing.is_empty() {
        return Ok(Err(Refusal::new(
            "REV-FIELD-001",
            format!(
                "\"{}\" needs a value in {}",
                ending.transition.name,
                missing.join(", ")
            ),
            "fill it in, and send it again",
        )));
    }
    let pool = reader.desk.index.reader();
    let named = check::references(collection, record).into_iter();
    for reference in named.filter(|reference| requires.contains(&reference.field)) {
        let rows = index::records_of(pool, &reference.target).await?;
        let fits = rows.iter().any(|row| {
            row.id != ending.sheet.id
                && row.collection == collection.name
                && endings(reader.policy(), row).next().is_some()
        });
        if !fits {
            return Ok(Err(Refusal::new(
                "REV-SUCCESSOR-001",
                format!(
                    "{} is no other record of {} that readers have",
                    reference.target, collection.name
                ),
                "name one that is published, or publish it first",
            )));
        }
    }
    Ok(Ok(()))
}

fn unseen(count: usize) -> Refusal {
    Refusal::new(
        "REV-REFERRER-001",
        format!("{count} records name this one, and you did not say that you looked at them"),
        "look at the list, and tick the box below it",
    )
}
