//! Beginning a record: a name, and a draft that is then filled in.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use crate::policy::Collection;
use crate::refusal::Refusal;
use crate::web::failure::{Failure, foreign_form, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say};
use crate::web::pages::edit::{Control, EditPage, Input};
use crate::web::pages::layout::{Page, Section};
use crate::web::pages::parts::Link;
use crate::web::reader::{Attempt, Reader};
use crate::web::token::ANY_FORM;
use crate::web::writing::{self, Beginning};

/// Shows the form.
pub async fn show(
    reader: Reader,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let collection = find(&reader, &name)?;
    let page = page(
        reader.page(Some(Section::Records)).await?.asking_to_look(),
        &reader,
        collection,
        &Fields::default(),
    );
    frame::show(&page)
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
    let made = match is_own {
        true => make(&reader, collection, &fields).await,
        // An earlier session was given this form: its page shows it again.
        false => Err(foreign_form()),
    };
    match made {
        Ok(id) => Ok(Redirect::to(&reader.urls.edit(&id).to_string()).into_response()),
        Err(refusal) => {
            let mut page = page(
                reader.page(Some(Section::Records)).await?,
                &reader,
                collection,
                &fields,
            );
            page.error = Some(shown(&refusal));
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

fn find<'a>(reader: &'a Reader, name: &str) -> Result<&'a Collection, Failure> {
    let found = reader.policy().collections.get(name);
    found.ok_or_else(Failure::nothing_here)
}

async fn make(
    reader: &Reader,
    collection: &Collection,
    fields: &Fields,
) -> Result<String, Refusal> {
    let wanted = Beginning {
        title: fields.get("title").to_owned(),
        id: fields.get("id").to_owned(),
        name: fields.get("slug").to_owned(),
        content: None,
    };
    Ok(writing::begin(reader, collection, wanted).await?.id)
}

fn page(frame: Page, reader: &Reader, collection: &Collection, fields: &Fields) -> EditPage {
    let input = |name: &str, label: Message, hint: Message, is_required| Input {
        name: name.to_owned(),
        label,
        hint,
        is_required,
        control: Control::Text(fields.get(name).to_owned()),
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
        page: frame,
        heading: say("edit-new-heading").with("collection", &collection.name),
        back: Link {
            label: say("section-records"),
            href: reader.urls.records(),
        },
        effect: say("edit-new-effect"),
        action: reader.urls.new_record(&collection.name),
        hidden: vec![("csrf".to_owned(), reader.token(ANY_FORM))],
        inputs,
        button: say("edit-begin"),
        error: None,
        conflict: None,
    }
}
