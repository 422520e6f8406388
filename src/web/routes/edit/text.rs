//! A record's text, read for its form.

use crate::id::BlobId;
use crate::policy::{Collection, Transition};
use crate::record::{self, Record};
use crate::refusal::Refusal;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::reader::Reader;
use crate::web::sheet::Sheet;
use crate::web::showing::form::Form;

/// A text of a record and the form of it.
pub(in crate::web::routes) struct Text<'a> {
    pub(in crate::web::routes) blob: BlobId,
    pub(in crate::web::routes) bytes: Vec<u8>,
    pub(in crate::web::routes) collection: &'a Collection,
    pub(in crate::web::routes) record: Record,
    pub(in crate::web::routes) form: Form<'a>,
}

impl<'a> Text<'a> {
    /// Reads a text of a record.
    pub(in crate::web::routes) async fn read(
        reader: &'a Reader,
        sheet: &Sheet,
        blob: BlobId,
    ) -> Result<Self, Failure> {
        let collection = sheet.collection(reader).ok_or_else(Failure::nothing_here)?;
        let bytes = reader.bytes(blob).await?;
        let record = record::parse(&bytes, collection.format)?;
        Ok(Self {
            form: form(reader, collection, &record),
            blob,
            bytes,
            collection,
            record,
        })
    }

    /// Returns the text with the form of what one move asks for.
    pub(in crate::web::routes) fn for_move(
        mut self,
        reader: &'a Reader,
        transition: &Transition,
    ) -> Self {
        let rules = reader.rules();
        let schema = self.collection.schema.as_ref();
        self.form = Form::for_move(
            self.collection,
            rules.policy.workflow(self.collection),
            schema.and_then(|path| rules.schemas.get(path)),
            &self.record,
            transition,
        );
        self
    }

    /// Returns the form that another text of the same record would have.
    pub(in crate::web::routes) fn form_of(&self, reader: &'a Reader, record: &Record) -> Form<'a> {
        form(reader, self.collection, record)
    }

    /// Returns the text with what was typed into its form.
    pub(in crate::web::routes) fn written(&self, sent: &Fields) -> Result<Vec<u8>, Refusal> {
        let edits = self.form.with_rows(sent).edits(sent, &self.record)?;
        record::edit(&self.bytes, self.collection.format, &edits)
    }
}

fn form<'a>(reader: &'a Reader, collection: &'a Collection, record: &Record) -> Form<'a> {
    let rules = reader.rules();
    let schema = collection.schema.as_ref();
    let schema = schema.and_then(|path| rules.schemas.get(path));
    Form::of(
        collection,
        rules.policy.workflow(collection),
        schema,
        record,
    )
}
