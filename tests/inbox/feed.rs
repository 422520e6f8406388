//! The feed: read back by an XML reader, opened by its secret alone.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use crate::common::browser::{Browser, Page, Site};
use crate::common::{DRAFT, POLICY, Story};
use crate::told::{ANA, BEN, NOTE};
use countersign::ledger::Act;

const ATOM: &str = "http://www.w3.org/2005/Atom";

/// Reads a feed: every element is Atom's, and each element's text is returned under its path.
fn read(feed: &str) -> Vec<(String, String)> {
    let mut reader = NsReader::from_str(feed);
    reader.config_mut().check_end_names = true;
    let mut path: Vec<String> = Vec::new();
    let mut found: Vec<(String, String)> = Vec::new();
    let mut text = String::new();
    loop {
        let (space, event) = reader.read_resolved_event().unwrap();
        let is_atom = matches!(space, ResolveResult::Bound(space) if space.as_ref() == ATOM);
        match event {
            Event::Start(start) => {
                assert!(is_atom, "{start:?}");
                path.push(start.local_name().as_ref().to_owned());
                text.clear();
            }
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().unwrap() {
                Some(character) => text.push(character),
                None => {
                    let name = reference.xml10_content();
                    text.push_str(quick_xml::escape::resolve_xml_entity(&name).unwrap());
                }
            },
            Event::End(_) => {
                found.push((path.join("/"), std::mem::take(&mut text)));
                path.pop();
            }
            Event::Empty(empty) => {
                assert!(is_atom, "{empty:?}");
                let href = empty.try_get_attribute("href").unwrap();
                let href = href.map(|href| href.value.into_owned());
                let name = empty.local_name().as_ref().to_owned();
                found.push((
                    format!("{}/{name}", path.join("/")),
                    href.unwrap_or_default(),
                ));
            }
            Event::Decl(_) => {}
            Event::Eof => return found,
            other => panic!("{other:?}"),
        }
    }
}

fn all<'a>(feed: &'a [(String, String)], path: &str) -> Vec<&'a str> {
    let of_path = feed.iter().filter(|(known, _)| known == path);
    of_path.map(|(_, text)| text.as_str()).collect()
}

/// Makes a feed as a person does, and returns its address on this server.
async fn made(browser: &mut Browser) -> String {
    let page = browser.get("/account/telling").await;
    let form = page.form("/account/feed").with("act", "make");
    let shown = browser.send_form(&form).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.html);
    let start = shown.html.find("/test/inbox.atom?token=").unwrap();
    let address = &shown.html[start..start + shown.html[start..].find('<').unwrap()];
    address.to_owned()
}

async fn asked(site: &Site, address: &str, tag: Option<&str>) -> Page {
    let mut request = Request::get(address);
    if let Some(tag) = tag {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    let request = request.body(Body::empty()).unwrap();
    site.visitor().send(request).await
}

#[tokio::test]
async fn a_feed_is_well_formed_whatever_was_said_and_the_same_until_something_happens() {
    let draft = DRAFT.replace("One note", "One <note> & \u{202e}more ]]>");
    let site = Site::of(Story::with(&[(NOTE, &draft)]).await).await;
    for text in ["\"<b>&amp;\u{1b}\u{fffe}]]>", "Second."] {
        let said = site.story.decide(BEN, NOTE, Act::Comment, None, text);
        said.await.unwrap();
    }
    let mut ana = site.signed_in(ANA).await;
    let address = made(&mut ana).await;
    let first = asked(&site, &address, None).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.html);
    assert_eq!(
        first.headers[header::CONTENT_TYPE],
        "application/atom+xml; charset=utf-8"
    );
    assert!(
        first.headers[header::CACHE_CONTROL]
            .to_str()
            .unwrap()
            .contains("private")
    );
    let feed = read(&first.html);
    assert_eq!(
        all(&feed, "feed/title"),
        ["Test register: what Ana Roche is told"]
    );
    assert_eq!(all(&feed, "feed/id").len(), 1);
    let titles = all(&feed, "feed/entry/title");
    assert_eq!(titles.len(), 2);
    assert!(titles[0].contains("One <note> & "), "{titles:?}");
    assert!(titles[0].starts_with("Ben Aster commented on your text of"));
    assert_eq!(
        all(&feed, "feed/entry/summary"),
        ["Second.", "\"<b>&amp;]]>"]
    );
    assert_eq!(
        all(&feed, "feed/entry/link")[0],
        "http://localhost/test/review/notes/one"
    );
    let ids: Vec<String> = all(&feed, "feed/entry/id")
        .iter()
        .map(ToString::to_string)
        .collect();
    let tag = first.headers[header::ETAG].to_str().unwrap().to_owned();
    let same = asked(&site, &address, Some(&tag)).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    assert!(same.html.is_empty());
    // Another index, made anew from git, gives the same names and the same bytes.
    site.story.rebuild_is_equal().await;
    let said = site.story.decide(BEN, NOTE, Act::Comment, None, "Third.");
    said.await.unwrap();
    let later = asked(&site, &address, Some(&tag)).await;
    assert_eq!(later.status, StatusCode::OK);
    let later = read(&later.html);
    assert_eq!(all(&later, "feed/entry/id")[1..], ids);
}

#[tokio::test]
async fn a_feed_opens_by_its_own_secret_alone_until_it_is_renewed_or_ended() {
    let site = Site::of(Story::with(&[(NOTE, DRAFT)]).await).await;
    let mut ana = site.signed_in(ANA).await;
    let first = made(&mut ana).await;
    assert_eq!(asked(&site, &first, None).await.status, StatusCode::OK);
    let second = made(&mut ana).await;
    let nothing = StatusCode::NOT_FOUND;
    assert_eq!(asked(&site, &first, None).await.status, nothing);
    for address in [
        "/test/inbox.atom",
        "/test/inbox.atom?token=",
        "/other/inbox.atom",
    ] {
        assert_eq!(asked(&site, address, None).await.status, nothing);
    }
    let other = second.replace("/test/", "/other/");
    assert_eq!(asked(&site, &other, None).await.status, nothing);
    // A session opens no feed, and nobody sees the secret a second time.
    assert_eq!(ana.get("/test/inbox.atom").await.status, nothing);
    let secret = second.split_once("token=").unwrap().1;
    let page = ana.get("/account/telling").await;
    assert!(!page.has(secret));
    let form = page.form("/account/feed").with("act", "end");
    ana.send_form(&form).await;
    assert_eq!(asked(&site, &second, None).await.status, nothing);
}

#[tokio::test]
async fn whoever_is_no_person_of_the_policy_has_no_feed() {
    let site = Site::of(Story::with(&[(NOTE, DRAFT)]).await).await;
    assert!(!POLICY.contains("zoe@"));
    let secret = site
        .web
        .accounts
        .make_feed("zoe@example.org", "en", 1)
        .await
        .unwrap();
    let address = format!("/test/inbox.atom?token={secret}");
    let page = asked(&site, &address, None).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(!page.has("Test register"));
}
