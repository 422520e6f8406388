//! Letters: sent to those who chose them, once for all that falls between, whatever the mail server and the clock do.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use tokio::sync::{Mutex, MutexGuard};

use crate::common::browser::{NOW, Site};
use crate::common::smtp::{MailServer, Mood, Received};
use crate::common::{DRAFT, POLICY, Story};
use crate::told::{ANA, BEN, CY, DEE, NOTE};
use countersign::ledger::Act;
use countersign::web::accounts::Pace;
use countersign::web::mail::{self, Encryption, GATHERED, Post, Round};

/// The clock of these stories; one runs at a time.
static CLOCK: AtomicI64 = AtomicI64::new(NOW);
static ONE: Mutex<()> = Mutex::const_new(());

const DAY: i64 = 24 * 3600;

struct Mail {
    site: Site,
    server: MailServer,
    _one: MutexGuard<'static, ()>,
}

impl Mail {
    async fn with(mood: Mood, files: &[(&str, &str)]) -> Self {
        let one = ONE.lock().await;
        CLOCK.store(NOW, Ordering::SeqCst);
        let server = MailServer::start(mood).await;
        let post = post(server.port);
        let site = Site::with(Story::with(files).await, |web| {
            web.mail = Some(post);
            web.now = || CLOCK.load(Ordering::SeqCst);
            web.public_url = "https://register.example.org".to_owned();
        })
        .await;
        Self {
            site,
            server,
            _one: one,
        }
    }

    /// Chooses letters as a person does.
    async fn choose(&self, address: &str, pace: Pace) {
        let mut browser = self.site.signed_in(address).await;
        let page = browser.get("/account/telling").await;
        let form = page.form("/account/telling").with("mail", pace.name());
        let answer = browser.send_form(&form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    }

    async fn say(&self, address: &str, text: &str) {
        let said = self
            .site
            .story
            .decide(address, NOTE, Act::Comment, None, text);
        said.await.unwrap();
    }

    fn wait(&self, seconds: i64) {
        CLOCK.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn round(&self) -> Round {
        mail::round(&self.site.web).await.unwrap()
    }

    /// Looks, lets the time pass in which things are gathered, and looks again.
    async fn gathered(&self) -> Round {
        self.round().await;
        self.wait(GATHERED);
        self.round().await
    }

    fn letters(&self) -> Vec<Received> {
        self.server.letters()
    }
}

fn post(port: u16) -> Post {
    Post::new(&mail::MailServer {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: Encryption::None,
        login: None,
        from: "Register <register@example.org>".to_owned(),
    })
    .unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn sent(count: usize) -> Round {
    Round {
        sent: count,
        is_down: false,
    }
}

#[tokio::test]
async fn what_comes_within_minutes_comes_in_one_letter_with_a_way_out() {
    let mail = Mail::with(Mood::Takes, &[(NOTE, DRAFT)]).await;
    mail.say(BEN, "Before anybody chose.").await;
    mail.choose(ANA, Pace::Soon).await;
    assert_eq!(mail.gathered().await, sent(0), "the past is not sent");
    mail.say(BEN, "Say why.\n.\nQUIT").await;
    assert_eq!(mail.round().await, sent(0), "more may come");
    mail.say(CY, "And when.").await;
    mail.say(ANA, "My own.").await;
    mail.wait(GATHERED - 1);
    assert_eq!(mail.round().await, sent(0));
    mail.wait(1);
    assert_eq!(mail.round().await, sent(1));
    assert_eq!(mail.gathered().await, sent(0), "once is enough");
    let letters = mail.letters();
    let letter = &letters[0];
    assert_eq!(letter.to, ["<ana@example.org>"]);
    assert!(letter.from.starts_with("<register@example.org>"));
    let header = |name| letter.header(name).unwrap();
    assert_eq!(header("subject"), "Test register: One note");
    assert_eq!(header("to"), "\"Ana Roche\" <ana@example.org>");
    assert_eq!(
        header("list-unsubscribe-post"),
        "List-Unsubscribe=One-Click"
    );
    assert_eq!(header("in-reply-to"), header("references"));
    assert!(header("message-id").ends_with("@register.example.org>"));
    let body = letter.body();
    for said in [
        "Ben Aster commented on your text of",
        "> Say why.",
        "> And when.",
    ] {
        assert!(body.contains(said), "{body}");
    }
    assert!(body.contains("https://register.example.org/test/review/notes/one"));
    assert!(!body.contains("Before") && !body.contains("My own"));
    mail.say(BEN, "Again.").await;
    assert_eq!(mail.gathered().await, sent(1));
    let letters = mail.letters();
    let thread = |letter: &Received| letter.header("in-reply-to").unwrap();
    let id = |letter: &Received| letter.header("message-id").unwrap();
    assert_eq!(thread(&letters[0]), thread(&letters[1]));
    assert_ne!(id(&letters[0]), id(&letters[1]));
}

#[tokio::test]
async fn one_click_ends_letters_and_a_page_that_is_looked_at_ends_none() {
    let mail = Mail::with(Mood::Takes, &[(NOTE, DRAFT)]).await;
    mail.choose(ANA, Pace::Soon).await;
    mail.say(BEN, "One.").await;
    assert_eq!(mail.gathered().await, sent(1));
    let out = mail.letters()[0].header("list-unsubscribe").unwrap();
    let out = out.trim_matches(['<', '>']);
    let out = out.strip_prefix("https://register.example.org").unwrap();
    let mut nobody = mail.site.visitor();
    let page = nobody.get(out).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert!(page.has("Send no more"));
    mail.say(BEN, "Two.").await;
    assert_eq!(mail.gathered().await, sent(1), "looking ends nothing");
    for forged in [
        out.replace("ana%40", "cy%40"),
        out.replace("token=", "token=0"),
        "/unsubscribe".to_owned(),
    ] {
        assert_eq!(nobody.get(&forged).await.status, StatusCode::NOT_FOUND);
        let answer = nobody.post(&forged, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    // As a mail provider sends it: no cookie, no page that it came from.
    let request = Request::post(out)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("List-Unsubscribe=One-Click"))
        .unwrap();
    let done = mail.site.visitor().send(request).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.html);
    mail.say(BEN, "Three.").await;
    assert_eq!(mail.gathered().await, sent(0));
    let again = nobody.submit(&page, "/unsubscribe", &[]).await;
    assert_eq!(again.status, StatusCode::OK, "once more does no harm");
    let telling = mail.site.web.accounts.telling(ANA).await.unwrap();
    assert_eq!(telling.mail, Pace::Off);
}

#[tokio::test]
async fn what_falls_between_sending_and_noting_is_the_same_letter_again() {
    let mail = Mail::with(Mood::Forgets, &[(NOTE, DRAFT)]).await;
    mail.choose(ANA, Pace::Soon).await;
    mail.say(BEN, "One.").await;
    assert!(mail.gathered().await.is_down);
    mail.say(BEN, "Two.").await;
    mail.server.becomes(Mood::Takes);
    mail.wait(3600);
    assert_eq!(mail.round().await, sent(1));
    assert_eq!(mail.gathered().await, sent(1));
    let letters = mail.letters();
    let ids: Vec<String> = letters
        .iter()
        .map(|letter| letter.header("message-id").unwrap())
        .collect();
    assert_eq!(ids[0], ids[1], "a repeat is known as one");
    assert_ne!(ids[1], ids[2]);
    assert!(letters[1].body().contains("> One.") && !letters[1].body().contains("> Two."));
    assert!(letters[2].body().contains("> Two.") && !letters[2].body().contains("> One."));
}

#[tokio::test]
async fn of_letters_about_several_records_none_is_left_out_when_one_fails() {
    let other = DRAFT.replace("One note", "Two notes");
    let mail = Mail::with(Mood::TakesOne, &[(NOTE, DRAFT), ("notes/two.md", &other)]).await;
    mail.choose(ANA, Pace::Soon).await;
    for path in [NOTE, "notes/two.md"] {
        let said = mail
            .site
            .story
            .decide(BEN, path, Act::Comment, None, "Well.");
        said.await.unwrap();
    }
    assert_eq!(mail.gathered().await, sent(1));
    mail.server.becomes(Mood::Takes);
    mail.wait(60);
    assert_eq!(mail.round().await, sent(2));
    let letters = mail.letters();
    let id = |letter: &Received| letter.header("message-id").unwrap();
    assert_eq!(id(&letters[0]), id(&letters[1]), "a repeat is known as one");
    assert_eq!(
        letters[2].header("subject").unwrap(),
        "Test register: Two notes"
    );
}

#[tokio::test]
async fn a_server_that_delays_is_tried_again_later_and_later() {
    let mail = Mail::with(Mood::Delays, &[(NOTE, DRAFT)]).await;
    mail.choose(ANA, Pace::Soon).await;
    mail.say(BEN, "One.").await;
    assert_eq!(mail.gathered().await, sent(0));
    mail.server.becomes(Mood::Takes);
    assert_eq!(mail.round().await, sent(0), "not at once");
    mail.wait(60);
    assert_eq!(mail.round().await, sent(1));
    assert_eq!(mail.letters().len(), 1);
}

#[tokio::test]
async fn an_address_that_is_refused_is_given_up_and_says_so() {
    let mail = Mail::with(Mood::Refuses, &[(NOTE, DRAFT)]).await;
    mail.choose(ANA, Pace::Soon).await;
    mail.choose(DEE, Pace::Soon).await;
    mail.say(BEN, "One. @dee").await;
    for _ in 0..9 {
        mail.gathered().await;
        mail.wait(7 * 3600);
    }
    let page = mail.site.signed_in(ANA).await.get("/account/telling").await;
    assert!(page.has("no such mailbox"), "{}", page.html);
    // What is said later comes through again once the mailbox is there.
    mail.server.becomes(Mood::Takes);
    mail.say(BEN, "Two. @dee").await;
    assert_eq!(mail.gathered().await, sent(2));
    let letters = mail.letters();
    assert!(
        letters
            .iter()
            .all(|letter| !letter.body().contains("> One."))
    );
    let page = mail.site.signed_in(ANA).await.get("/account/telling").await;
    assert!(!page.has("no such mailbox"));
}

#[tokio::test]
async fn a_server_that_is_dead_or_silent_slows_no_page() {
    let mail = Mail::with(Mood::Hangs, &[(NOTE, DRAFT)]).await;
    mail.choose(ANA, Pace::Soon).await;
    mail.say(BEN, "One.").await;
    mail.round().await;
    mail.wait(GATHERED);
    let web = std::sync::Arc::clone(&mail.site.web);
    let hanging = tokio::spawn(async move { mail::round(&web).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut ana = mail.site.signed_in(ANA).await;
    let page = tokio::time::timeout(Duration::from_secs(10), ana.get("/test/inbox")).await;
    assert_eq!(page.unwrap().status, StatusCode::OK);
    assert!(!hanging.is_finished());
    hanging.abort();
    // Cut off in the middle, it is sent later.
    mail.server.becomes(Mood::Takes);
    assert_eq!(mail.round().await, sent(1));
}

#[tokio::test]
async fn a_day_is_told_in_one_letter_whatever_the_clock_does() {
    let other = DRAFT.replace("One note", "Two\r\n notes");
    let mail = Mail::with(Mood::Takes, &[(NOTE, DRAFT), ("notes/two.md", &other)]).await;
    mail.choose(ANA, Pace::Daily).await;
    mail.say(BEN, "One.").await;
    let said = mail
        .site
        .story
        .decide(BEN, "notes/two.md", Act::RequestChanges, None, "Two.");
    said.await.unwrap();
    assert_eq!(mail.gathered().await, sent(0), "the day is not over");
    mail.wait(DAY);
    assert_eq!(mail.round().await, sent(1));
    assert_eq!(mail.round().await, sent(0));
    let letter = &mail.letters()[0];
    assert_eq!(
        letter.header("subject").unwrap(),
        "Test register: 2 notices"
    );
    assert!(letter.body().contains("> One.") && letter.body().contains("> Two."));
    // The clock jumps a year ahead, and back.
    mail.wait(365 * DAY);
    assert_eq!(mail.round().await, sent(0), "nothing is new");
    mail.say(BEN, "Three.").await;
    assert_eq!(mail.round().await, sent(1));
    mail.wait(-365 * DAY);
    assert_eq!(mail.round().await, sent(0));
    mail.say(BEN, "Four.").await;
    assert_eq!(mail.round().await, sent(1));
    mail.say(BEN, "Five.").await;
    assert_eq!(mail.round().await, sent(0), "one a day");
    mail.wait(DAY);
    assert_eq!(mail.round().await, sent(1));
    let all: String = mail.letters().iter().map(Received::body).collect();
    for word in ["One.", "Two.", "Three.", "Four.", "Five."] {
        assert_eq!(all.matches(&format!("> {word}")).count(), 1, "{word}");
    }
}

#[tokio::test]
async fn letters_are_in_the_language_in_which_they_were_chosen_and_headers_stay_whole() {
    let hostile = DRAFT.replace(
        "\"One note\"",
        "\"Un\\r\\nBcc: eve@example.org\\r\\n\\r\\n\\u202etexte é\"",
    );
    let mail = Mail::with(Mood::Takes, &[(NOTE, &hostile)]).await;
    let mut ana = mail.site.signed_in(ANA).await;
    ana.cookies
        .insert("countersign-language".to_owned(), "fr".to_owned());
    let page = ana.get("/account/telling").await;
    let form = page.form("/account/telling").with("mail", "soon");
    ana.send_form(&form).await;
    mail.say(BEN, "Pourquoi ?").await;
    assert_eq!(mail.gathered().await, sent(1));
    let letter = &mail.letters()[0];
    assert_eq!(letter.to.len(), 1);
    assert_eq!(letter.header("bcc"), None);
    assert!(
        letter.body().contains("Plus de courriels"),
        "{}",
        letter.data
    );
}

#[tokio::test]
async fn who_is_taken_out_of_the_policy_gets_no_letter_and_both_databases_may_go() {
    let mail = Mail::with(Mood::Takes, &[(NOTE, DRAFT)]).await;
    let web = &mail.site.web;
    assert!(!POLICY.contains("zoe@"));
    web.accounts
        .set_mail("zoe@example.org", Pace::Soon, "en")
        .await
        .unwrap();
    mail.say(BEN, "One. @zoe").await;
    assert_eq!(mail.gathered().await, sent(0));
    // A private database that was lost has forgotten who wanted letters, and sends nobody the past.
    mail.choose(ANA, Pace::Soon).await;
    let lost = mail.site.story.folder.path().join("lost.sqlite");
    let accounts = countersign::web::accounts::Accounts::open(&lost)
        .await
        .unwrap();
    assert!(accounts.wanting_mail().await.unwrap().is_empty());
}
