//! What a letter says, and what it is called.

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::end_token;
use crate::index::Place;
use crate::web::accounts::{OnItsWay, Pace, Telling};
use crate::web::inbox::{self, Notice};
use crate::web::language::{Language, Message, say};
use crate::web::pages::telling::{Letter as LetterPage, LetterRow};
use crate::web::seat::Seat;
use crate::web::urls::{self, Urls};
use crate::web::waiting;

/// A letter to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Where it goes.
    pub to: String,
    /// To whom.
    pub name: String,
    /// One line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// What it is called: the same when it is sent again.
    pub message_id: String,
    /// What it belongs to, where it is about one record.
    pub thread: Option<String>,
    /// Where letters are ended.
    pub unsubscribe: String,
    /// When it is sent, seconds since 1970 in UTC.
    pub at: i64,
}

/// What letters are written from.
pub(super) struct Writing<'a> {
    /// Whose register, and who reads.
    pub seat: &'a Seat,
    /// Where the letters go.
    pub telling: &'a Telling,
    /// After which place it begins, and what it covers.
    pub span: (Place, &'a OnItsWay),
}

impl Writing<'_> {
    /// Writes the letters of what is told: one for each record to those who are told soon, else one for all.
    pub(super) async fn letters(
        &self,
        mut told: Vec<Notice>,
        most_told: usize,
        most_letters: usize,
    ) -> Result<Vec<Letter>> {
        let is_more = told.len() > most_told;
        told.truncate(most_told);
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let mut records: Vec<&str> = told.iter().map(|notice| notice.record.as_str()).collect();
        records.sort_unstable();
        records.dedup();
        let records: Vec<String> = records.into_iter().map(str::to_owned).collect();
        let is_daily = self.telling.mail == Pace::Daily;
        if is_daily || is_more || records.len() > most_letters {
            let remarks = self.remarks(is_more, is_daily).await?;
            return Ok(vec![self.letter(&told, None, remarks).await?]);
        }
        let mut letters = Vec::new();
        for record in &records {
            let own: Vec<Notice> = told
                .iter()
                .filter(|notice| notice.record == *record)
                .cloned()
                .collect();
            letters.push(self.letter(&own, Some(record), Vec::new()).await?);
        }
        Ok(letters)
    }

    async fn remarks(&self, is_more: bool, is_daily: bool) -> Result<Vec<Message>> {
        let mut remarks = Vec::new();
        if is_more {
            remarks.push(say("letter-more"));
        }
        if is_daily {
            let seat = self.seat;
            let waiting = waiting::count(&seat.desk, seat.rules(), seat.person()).await?;
            if waiting > 0 {
                remarks.push(say("letter-waiting").with("count", waiting));
            }
        }
        Ok(remarks)
    }

    async fn letter(
        &self,
        told: &[Notice],
        record: Option<&str>,
        remarks: Vec<Message>,
    ) -> Result<Letter> {
        let seat = self.seat;
        let language = Language::from_tag(&self.telling.language).unwrap_or_default();
        let register = inbox::one_line(&seat.policy().title);
        let subject = match (record, told.first()) {
            (Some(_), Some(first)) => say("letter-subject")
                .with("register", register.as_str())
                .with("title", inbox::one_line(&first.title)),
            (_, _) => say("letter-subject-many")
                .with("register", register.as_str())
                .with("count", told.len()),
        };
        let ended = end_token(&seat.web, &self.telling.address).await?;
        let page = LetterPage {
            rows: told
                .iter()
                .map(|notice| self.row(notice, language))
                .collect(),
            remarks,
            inbox: self.full(&Urls::of(&seat.desk.name).inbox().to_string()),
            unsubscribe: self.full(&urls::unsubscribe(&self.telling.address, &ended).to_string()),
            register,
        };
        Ok(Letter {
            to: self.telling.address.clone(),
            name: seat.person().name.clone(),
            subject: inbox::one_line(&subject.text(language)),
            text: plain(&page, language),
            html: askama::Template::render_with_values(&page, &language)?,
            message_id: self.message_id(record),
            thread: record.map(|record| self.thread(record)),
            unsubscribe: page.unsubscribe,
            at: seat.now(),
        })
    }

    fn row(&self, notice: &Notice, language: Language) -> LetterRow {
        let href = inbox::leads_to(&Urls::of(&self.seat.desk.name), notice);
        LetterRow {
            sentence: inbox::sentence(self.seat.policy(), notice, language),
            link: self.full(&href.to_string()),
            quote: notice.text.clone(),
        }
    }

    fn full(&self, href: &str) -> String {
        format!("{}{href}", self.seat.web.public_url)
    }

    /// Made of what the letter covers and to whom it goes, so that the same one is known again.
    fn message_id(&self, record: Option<&str>) -> String {
        let (from, what) = self.span;
        let place = |place: Place| format!("{} {}", place.journal, place.chain);
        let also = what.also.join("\n");
        self.id(&[
            "letter",
            &self.telling.address,
            &place(from),
            &place(what.to),
            &also,
            record.unwrap_or_default(),
        ])
    }

    /// Letters about one record belong together, in every mailbox.
    fn thread(&self, record: &str) -> String {
        self.id(&["record", record])
    }

    fn id(&self, parts: &[&str]) -> String {
        let mut hash = Sha256::new();
        for part in [self.seat.desk.name.as_str()].iter().chain(parts) {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let digest = hex::encode(hash.finalize());
        format!("<{}@{}>", &digest[..40], host(&self.seat.web.public_url))
    }
}

/// Returns the host of the server's address, as a message's id may hold it.
fn host(public_url: &str) -> String {
    let after = public_url
        .split_once("://")
        .map_or(public_url, |(_, after)| after);
    let host: String = after
        .split(['/', ':'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        .collect();
    match host.is_empty() {
        true => "localhost".to_owned(),
        false => host,
    }
}

/// Returns a letter as plain text: what is told, each with its link, then the rest.
fn plain(page: &LetterPage, language: Language) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    for row in &page.rows {
        line(&row.sentence);
        for quoted in row.quote.lines() {
            line(&format!("> {}", crate::publish::visible::marked(quoted)));
        }
        line(&row.link);
        line("");
    }
    for remark in &page.remarks {
        line(&remark.text(language));
    }
    line(&format!(
        "{}: {}",
        say("letter-inbox").text(language),
        page.inbox
    ));
    line("");
    line("-- ");
    let why = say("letter-why").with("register", page.register.as_str());
    line(&why.text(language));
    line(&format!(
        "{}: {}",
        say("letter-unsubscribe").text(language),
        page.unsubscribe
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_one_whatever_the_address() {
        for (address, expected) in [
            ("https://register.example.org/x", "register.example.org"),
            ("http://127.0.0.1:8017", "127.0.0.1"),
            ("https://[::1]:8443", "localhost"),
            ("https://a b\r\nX: y", "abX"),
        ] {
            assert_eq!(host(address), expected);
        }
    }
}
