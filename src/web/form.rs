//! Forms as they are sent: bounded, of the one type that pages send, each name and value read once.

use axum::body::{Body, to_bytes};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};

use super::failure::{Failure, sentence};
use super::language::{Message, say, verbatim};
use super::urls;
use crate::check::MAX_ATTACHMENT_BYTES;
use crate::refusal::Refusal;

/// The largest form that is read, in bytes: a record of the largest size, every byte encoded, would be refused by its editor first.
pub const MAX_FORM_BYTES: usize = 2 * 1024 * 1024;

/// The most fields that a form may have.
const MAX_FIELDS: usize = 2000;

/// The largest form in parts, in bytes: one with a file.
const MAX_PARTS_BYTES: usize = MAX_FORM_BYTES + MAX_ATTACHMENT_BYTES;

/// A file that came with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// What its owner calls it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Names and values in the order they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// Refuses another type, too large a body, too many fields, and what is not UTF-8.
    pub async fn read(request: Request<Body>) -> Result<Self, Failure> {
        refuse_other_types(request.headers())?;
        let body = to_bytes(request.into_body(), MAX_FORM_BYTES)
            .await
            .map_err(|_| too_large())?;
        Self::parse(&body)
    }

    /// Reads the body of a request, and the file that comes with it where the form was sent in parts.
    ///
    /// # Errors
    /// As [`Fields::read`], and what is no whole form in parts.
    pub async fn read_with_file(request: Request<Body>) -> Result<(Self, Option<Upload>), Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_in_parts =
            kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        if !is_in_parts {
            return Ok((Self::read(request).await?, None));
        }
        let mut request = request;
        DefaultBodyLimit::max(MAX_PARTS_BYTES).apply(&mut request);
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|_| broken_parts())?;
        let (mut fields, mut upload) = (Vec::new(), None);
        while let Some(part) = parts.next_field().await.map_err(|error| of_parts(&error))? {
            if fields.len() == MAX_FIELDS {
                return Err(too_many());
            }
            // Browsers write a quotation mark so, and nothing else.
            let name = part.name().unwrap_or_default().replace("%22", "\"");
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(|error| of_parts(&error))?;
            match file {
                // What was left empty is sent as a file without a name.
                Some(name) if !name.is_empty() => {
                    upload = Some(Upload {
                        name,
                        bytes: bytes.to_vec(),
                    })
                }
                Some(_) => {}
                None => {
                    let value = String::from_utf8(bytes.to_vec()).map_err(|_| not_utf8())?;
                    fields.push((name, value));
                }
            }
        }
        Ok((Self(fields), upload))
    }

    /// Reads names and values as forms write them, in a body or in an address.
    ///
    /// # Errors
    /// Refuses too many fields, and what is not UTF-8.
    pub fn parse(body: &[u8]) -> Result<Self, Failure> {
        let pairs = body
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty());
        let mut fields = Vec::new();
        for pair in pairs {
            if fields.len() == MAX_FIELDS {
                return Err(too_many());
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    /// Returns the value of a name; the empty text where it was not sent. A name that was sent twice has no value: nobody's page does that.
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// Returns the value of a name that was sent once.
    pub fn find(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(sent, _)| sent == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// Returns the fields as a form writes them.
    pub fn encoded(&self) -> String {
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs = self.0.iter();
        pairs
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// Returns every value of a name, in the order they were sent.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let sent = self.0.iter().filter(move |(sent, _)| sent == name);
        sent.map(|(_, value)| value.as_str())
    }

    /// Returns the last value of a name: what a box that is ticked says after the value that stands before it.
    pub fn last(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().rev().filter(|(sent, _)| sent == name);
        values.next().map(|(_, value)| value.as_str())
    }

    /// Returns every name with its value, in the order they were sent.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Gives a name these values and no other.
    pub fn set_all(&mut self, name: &str, values: Vec<String>) {
        self.0.retain(|(sent, _)| sent != name);
        let values = values.into_iter().map(|value| (name.to_owned(), value));
        self.0.extend(values);
    }

    /// Returns every field but those that belong to a session, and but secrets, to be sent once more.
    pub fn without_session(&self) -> Vec<(String, String)> {
        let belongs = |name: &str| {
            matches!(name, "csrf" | "token") || name.to_ascii_lowercase().contains("password")
        };
        let kept = self.0.iter().filter(|(name, _)| !belongs(name));
        kept.cloned().collect()
    }

    /// Returns what a person typed, to be given back: label and text.
    pub fn typed(&self) -> Vec<(Message, String)> {
        self.0
            .iter()
            .filter(|(name, value)| is_typed(name) && !value.trim().is_empty())
            .map(|(name, value)| (label(name), value.clone()))
            .collect()
    }
}

impl From<Vec<(String, String)>> for Fields {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

/// Returns the page whose form was sent, as the browser tells: of the address it names only the place on this server is taken.
pub fn came_from(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get(header::REFERER)?.to_str().ok()?;
    let uri = sent.parse::<Uri>().ok()?;
    urls::local(uri.path_and_query()?.as_str()).map(str::to_owned)
}

/// What stands before the name of an input that holds a record's field, so that no field can be taken for a name of the form's own.
pub const FIELD: &str = "field:";

/// Passwords are never given back.
fn is_typed(name: &str) -> bool {
    name.starts_with(FIELD) || matches!(name, "reason" | "slug" | "title" | "id")
}

fn label(name: &str) -> Message {
    match name {
        "reason" => say("form-reason"),
        "slug" => say("form-slug"),
        "title" => say("form-title"),
        "id" => say("form-id"),
        field => verbatim(sentence(field.strip_prefix(FIELD).unwrap_or(field))),
    }
}

fn refuse_other_types(headers: &HeaderMap) -> Result<(), Failure> {
    let sent = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = sent.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    Err(Failure::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Refusal::new(
            "WEB-FORM-003",
            format!("\"{}\" is not what a form of these pages sends", cut(sent)),
            "send application/x-www-form-urlencoded",
        ),
    ))
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

fn decode(encoded: &[u8]) -> Result<String, Failure> {
    let spaced: Vec<u8> = encoded
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let decoded: Vec<u8> = percent_decode(&spaced).collect();
    String::from_utf8(decoded).map_err(|_| not_utf8())
}

fn not_utf8() -> Failure {
    Failure::new(
        StatusCode::BAD_REQUEST,
        Refusal::new(
            "WEB-FORM-004",
            "the form is not UTF-8",
            "send it from a page of this server",
        ),
    )
}

fn broken_parts() -> Failure {
    Failure::new(
        StatusCode::BAD_REQUEST,
        Refusal::new(
            "WEB-FORM-010",
            "the form came in parts that do not belong together",
            "send it once more from its page",
        ),
    )
}

fn of_parts(error: &MultipartError) -> Failure {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::new(
                "WEB-FORM-009",
                format!(
                    "the form is larger than the {MAX_PARTS_BYTES} bytes that are read with a file"
                ),
                "choose a smaller file; go back to have your text again",
            ),
        ),
        _ => broken_parts(),
    }
}

fn too_large() -> Failure {
    Failure::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::new(
            "WEB-FORM-005",
            "the form is larger than the 2 MiB that are read",
            "send less text, or commit the file with git",
        ),
    )
}

fn too_many() -> Failure {
    Failure::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::new(
            "WEB-FORM-006",
            format!("the form has more than the {MAX_FIELDS} fields that are read"),
            "send fewer, or commit the file with git",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Fields {
        Fields::parse(body.as_bytes()).ok().unwrap()
    }

    #[test]
    fn names_and_values_are_decoded_once() {
        let fields = parse("a=1+2%2B3&field%3Abody=%C3%A4%0D%0A&c&d=%2541");
        assert_eq!(fields.get("a"), "1 2+3");
        assert_eq!(fields.get("field:body"), "ä\r\n");
        assert_eq!(fields.get("c"), "");
        assert_eq!(fields.get("d"), "%41");
        assert_eq!(fields.find("e"), None);
    }

    #[test]
    fn a_name_sent_twice_has_no_value() {
        assert_eq!(parse("base=1&base=2").find("base"), None);
    }

    #[test]
    fn bounds_and_encodings_are_kept() {
        assert!(Fields::parse("x&".repeat(MAX_FIELDS + 1).as_bytes()).is_err());
        assert!(Fields::parse(b"a=%ff").is_err());
    }
}
