//! Beginning a record: a name, and a draft that is then filled in.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use crate::policy::Collection;
use crate::refusal::Refusal;
use crate::web::failure::{Failure, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::pages::edit::{Control, EditPage, Input};
use crate::web::pages::layout::{Page, Section};
use crate::web::pages::parts::Link;
use crate::web::reader::{Reader, Submission};
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
    submission: Submission,
) -> Result<Response, Failure> {
    let Submission { reader, fields } = submission;
    let collection = find(&reader, &name)?;
    match make(&reader, collection, &fields).await {
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
    let input = |name: &str, label: &str, hint: &str, is_required| Input {
        name: name.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        is_required,
        control: Control::Text(fields.get(name).to_owned()),
        error: None,
    };
    let mut inputs = Vec::new();
    if collection.title.is_some() {
        inputs.push(input("title", "Title", "", true));
    }
    if collection.id.is_some() {
        inputs.push(input("id", "Id", "It stays the record's for ever", true));
    }
    let hint = match collection.title {
        Some(_) => "Letters, digits and hyphens; made from the title where it is left empty",
        None => "Letters, digits and hyphens",
    };
    inputs.push(input(
        "slug",
        "Name of the file",
        hint,
        collection.title.is_none(),
    ));
    EditPage {
        page: frame,
        heading: format!("New record in {}", collection.name),
        back: Link {
            label: "Records".to_owned(),
            href: reader.urls.records(),
        },
        effect: "This begins a draft, which you then fill in; readers see it once it is approved."
            .to_owned(),
        action: reader.urls.new_record(&collection.name),
        hidden: vec![("csrf".to_owned(), reader.token(ANY_FORM))],
        inputs,
        button: "Begin the draft".to_owned(),
        error: None,
        conflict: None,
    }
}
