//! Beginning a record: a name, and a draft that is then filled in.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::edit::{kept, own_proposals};
use crate::policy::Collection;
use crate::refusal::Refusal;
use crate::review::Target;
use crate::web::failure::{Failure, foreign_form, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say};
use crate::web::moments::moment;
use crate::web::pages::edit::{Control, EditPage, Input, Part, Unsaved};
use crate::web::pages::layout::{Page, Section};
use crate::web::pages::parts::{Choice, Link};
use crate::web::reader::{Attempt, Reader};
use crate::web::showing::form::Act;
use crate::web::token::ANY_FORM;
use crate::web::writing::{self, Beginning, Begun, Goes};

/// Shows the form.
pub async fn show(
    reader: Reader,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let collection = find(&reader, &name)?;
    let own = own_proposals(&reader).await?;
    let kept = kept::found(&reader, &subject(collection)).await?;
    let (kept, fields) = kept.unzip();
    let mut page = page(
        reader.page(Some(Section::Records)).await?.asking_to_look(),
        &reader,
        collection,
        &fields.unwrap_or_default(),
        own,
    );
    page.unsaved = kept.map(|kept| Unsaved {
        when: moment(kept.saved_at, reader.now()),
        action: page.action.clone(),
        hidden: page.hidden.clone(),
    });
    frame::show(&page)
}

/// What an unsaved form of a collection is kept under; no file has such a name.
fn subject(collection: &Collection) -> String {
    format!("new:{}", collection.name)
}

/// Begins the record and leads on to its form.
pub async fn begin(
    Path((_, name)): Path<(String, String)>,
    attempt: Attempt,
) -> Result<Response, Failure> {
    let Attempt {
        reader,
        fields,
        is_own,
    } = attempt;
    let collection = find(&reader, &name)?;
    if is_own && let Some(act) = Act::read(fields.get("act")).filter(|act| *act != Act::Save) {
        return acted(&reader, collection, &fields, &act).await;
    }
    let made = match is_own {
        true => make(&reader, collection, &fields).await,
        // An earlier session was given this form: its page shows it again.
        false => Err(foreign_form()),
    };
    match made {
        Ok(begun) => {
            kept::discard(&reader, &subject(collection)).await?;
            let target = Target {
                proposal: begun.branch,
                path: begun.path,
            };
            let href = reader.urls.edit_at(&begun.id, &target);
            Ok(Redirect::to(&href.to_string()).into_response())
        }
        Err(refusal) => {
            let mut page = page(
                reader.page(Some(Section::Records)).await?,
                &reader,
                collection,
                &fields,
                own_proposals(&reader).await?,
            );
            page.error = Some(shown(&refusal));
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

/// Keeps what is typed, or lets go of it.
async fn acted(
    reader: &Reader,
    collection: &Collection,
    fields: &Fields,
    act: &Act,
) -> Result<Response, Failure> {
    let subject = subject(collection);
    if *act == Act::Discard {
        kept::discard(reader, &subject).await?;
        let page = reader.urls.new_record(&collection.name);
        return Ok(Redirect::to(&page.to_string()).into_response());
    }
    let kept = kept::keep(reader, &subject, None, fields).await?;
    let frame = reader.page(Some(Section::Records)).await?;
    let mut page = page(
        frame,
        reader,
        collection,
        fields,
        own_proposals(reader).await?,
    );
    match kept {
        Ok(()) => frame::show(&page),
        Err(refusal) => {
            page.error = Some(shown(&refusal));
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

/// Returns where a record may begin: as a draft, in a proposal of its own, or in one that its writer had a hand in.
fn into(own: Vec<Choice>, chosen: &str) -> Vec<Choice> {
    let choice = |value: &str, label| Choice {
        value: value.to_owned(),
        label,
        is_chosen: value == chosen,
    };
    let fixed = [
        choice("", say("edit-into-draft")),
        choice("new", say("edit-into-new")),
    ];
    let own = own.into_iter().map(|one| choice(&one.value, one.label));
    fixed.into_iter().chain(own).collect()
}

fn find<'a>(reader: &'a Reader, name: &str) -> Result<&'a Collection, Failure> {
    let found = reader.policy().collections.get(name);
    found.ok_or_else(Failure::nothing_here)
}

async fn make(reader: &Reader, collection: &Collection, fields: &Fields) -> Result<Begun, Refusal> {
    let wanted = Beginning {
        attached: Vec::new(),
        goes: match fields.get("into") {
            "" => Goes::Published,
            "new" => Goes::New,
            branch => Goes::Proposal(branch.to_owned()),
        },
        title: fields.get("title").to_owned(),
        id: fields.get("id").to_owned(),
        name: fields.get("slug").to_owned(),
        content: None,
    };
    writing::begin(reader, collection, wanted).await
}

fn page(
    frame: Page,
    reader: &Reader,
    collection: &Collection,
    fields: &Fields,
    own: Vec<Choice>,
) -> EditPage {
    let input = |name: &str, label: Message, hint: Message, is_required| Input {
        name: name.to_owned(),
        label,
        hint,
        is_required,
        control: Control::Text(fields.get(name).to_owned()),
        named: String::new(),
        findings: Vec::new(),
        error: None,
    };
    let mut inputs = Vec::new();
    if collection.title.is_some() {
        inputs.push(input("title", say("form-title"), Message::default(), true));
    }
    if collection.id.is_some() {
        inputs.push(input("id", say("form-id"), say("edit-id-hint"), true));
    }
    let hint = match collection.title {
        Some(_) => say("edit-slug-hint-title"),
        None => say("edit-slug-hint"),
    };
    inputs.push(input(
        "slug",
        say("edit-slug"),
        hint,
        collection.title.is_none(),
    ));
    EditPage {
        attaching: None,
        page: frame,
        heading: say("edit-new-heading").with("collection", &collection.name),
        back: Link {
            label: say("section-records"),
            href: reader.urls.records(),
        },
        effect: say("edit-new-effect"),
        action: reader.urls.new_record(&collection.name),
        hidden: vec![("csrf".to_owned(), reader.token(ANY_FORM))],
        parts: inputs.into_iter().map(Part::Input).collect(),
        into: into(own, fields.get("into")),
        summary: None,
        button: say("edit-begin"),
        error: None,
        conflict: None,
        writer: reader.person().key.clone(),
        desk: None,
        unsaved: None,
    }
}
