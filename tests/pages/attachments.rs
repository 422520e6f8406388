//! Pictures and documents in the pages and for programs: taken in, shown, saved with the text, and judged with it.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use countersign::web::accounts::Scope;
use serde_json::json;

use crate::common::browser::{Browser, Form, Page, Site};
use crate::common::{DRAFT, POLICY, Story, git};

const NOTE: &str = "notes/one.md";
const EDIT: &str = "/test/edit/notes/one";
const ALL: [Scope; 3] = [Scope::Read, Scope::Decide, Scope::Edit];
/// A picture, as far as its first bytes tell.
const PICTURE: &[u8] = b"GIF89a\x01\0\x01\0one";

async fn site() -> Site {
    let paths = "paths = [\"notes/*.md\"]\n";
    let policy = POLICY.replace(paths, &format!("{paths}attachments = [\"media/**\"]\n"));
    let active = DRAFT
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0");
    Site::of(Story::with_policy(&policy, &[(NOTE, &active)]).await).await
}

/// Sends a form in parts, as a browser does with a file in it.
async fn send_with_file(browser: &mut Browser, form: &Form, name: &str, file: &[u8]) -> Page {
    let mut body = Vec::new();
    for (name, value) in &form.fields {
        let name = name.replace('"', "%22");
        let part =
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"upload\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let request = Request::post(EDIT)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    browser.send(request).await
}

async fn added(ana: &mut Browser) -> Page {
    let form = ana.get(EDIT).await.form(EDIT);
    let form = form
        .with("act", "attach")
        .with("upload-words", "A [map] of notes")
        .with("field:definition", "A note is a brief text.");
    send_with_file(ana, &form, "My Map.GIF", PICTURE).await
}

#[tokio::test]
async fn a_picture_is_taken_in_shown_saved_and_approved_with_its_text() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let page = added(&mut ana).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let form = page.form(EDIT);
    assert!(
        form.get("field:body")
            .ends_with("![A \\[map\\] of notes](/media/my-map.gif)\n"),
        "{}",
        form.get("field:body")
    );
    assert_eq!(form.get("field:definition"), "A note is a brief text.");
    let (blob, _) = form.get("file").split_once(' ').unwrap();
    let address = format!("/test/files/{blob}/media/my-map.gif");
    assert!(page.has(&format!("src=\"{address}\"")), "{}", page.html);
    assert!(!page.has("there is no file"), "{}", page.html);
    let file = ana.get(&address).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers[header::CONTENT_TYPE], "image/gif");
    let saved = ana.send_form(&form.with("act", "save")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let branch = saved
        .location()
        .strip_prefix("/test/proposals/")
        .and_then(|rest| rest.split('?').next())
        .unwrap()
        .to_owned();
    let names = git(
        &site.story.bare(),
        &["diff", "--name-only", "main", &branch],
    );
    assert_eq!(names, "media/my-map.gif\nnotes/one.md\n");
    let review = format!("/test/review/notes/one?proposal={branch}");
    let mut ben = site.signed_in("ben@example.org").await;
    let shown = ben.get(&review).await;
    assert!(shown.has("media/my-map.gif") && shown.has("new with this text"));
    for address in ["ben@example.org", "cy@example.org"] {
        let mut browser = site.signed_in(address).await;
        let done = browser.decide(&review, "approve:revise", "").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    }
    let record = ben.get("/test/records/notes/one").await;
    assert!(record.has(&format!("src=\"{address}\"")), "{}", record.html);
    let version = ben.get("/test/versions/notes/one?at=2.0.0").await;
    let version = match version.status.is_redirection() {
        true => ben.get(version.location()).await,
        false => version,
    };
    assert!(
        version.has(&format!("src=\"{address}\"")),
        "{}",
        version.html
    );
    site.story.rebuild_is_equal().await;
    site.story.is_proven();
}

#[tokio::test]
async fn what_is_no_picture_or_says_nothing_is_refused_and_the_text_comes_back() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    for (name, words, file, told) in [
        ("map.gif", "", PICTURE, "FIL-TEXT-001"),
        ("map.png", "A map", PICTURE, "FIL-KIND-001"),
        ("map.svg", "A map", b"<svg/>".as_slice(), "FIL-KIND-001"),
        (
            "map.html",
            "A map",
            b"<script>alert(1)</script>",
            "FIL-KIND-001",
        ),
        ("map.gif", "A map", b"", "FIL-SIZE-001"),
    ] {
        let form = ana.get(EDIT).await.form(EDIT);
        let form = form
            .with("act", "attach")
            .with("upload-words", words)
            .with("field:definition", "What I typed.");
        let page = send_with_file(&mut ana, &form, name, file).await;
        assert!(page.has(told), "{name}: {}", page.html);
        let form = page.form(EDIT);
        assert_eq!(form.get("field:definition"), "What I typed.", "{name}");
        assert_eq!(form.get("file"), "", "{name}");
    }
    let large = vec![0; 9 << 20];
    let form = ana.get(EDIT).await.form(EDIT).with("act", "attach");
    let page = send_with_file(&mut ana, &form, "map.gif", &large).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_form_in_pieces_is_refused_and_other_forms_take_no_file() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    for body in [
        "--edge",
        "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
        "",
    ] {
        let request = Request::post(EDIT)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        let page = ana.send(request).await;
        assert!(page.status.is_client_error(), "{body:?} {}", page.status);
    }
}

/// Nothing of a repository is a file that pages show, but what the policy gives a folder and is of a kind that runs nothing.
#[tokio::test]
async fn no_other_blob_is_served_as_a_file() {
    let site = site().await;
    let story = &site.story;
    story.push(
        "Ana Roche <ana@example.org>",
        &[("media/page.gif", "<html><script>alert(1)</script></html>")],
    );
    let blob = |path: &str| {
        let name = format!("main:{path}");
        git(&story.bare(), &["rev-parse", &name]).trim().to_owned()
    };
    let mut ana = site.signed_in("ana@example.org").await;
    for address in [
        format!("/test/files/{}/media/page.gif", blob("media/page.gif")),
        format!("/test/files/{}/media/note.gif", blob(NOTE)),
        format!("/test/files/{}/{NOTE}", blob(NOTE)),
        format!("/test/files/{}/other/page.gif", blob("media/page.gif")),
        format!("/test/files/{}/media/none.gif", "0".repeat(40)),
        "/test/files/main/media/page.gif".to_owned(),
    ] {
        assert_eq!(
            ana.get(&address).await.status,
            StatusCode::NOT_FOUND,
            "{address}"
        );
    }
}

/// A text may point where it likes: no page asks for anything but files that stand beside it.
#[tokio::test]
async fn pictures_from_elsewhere_are_never_asked_for() {
    let site = site().await;
    let hostile = site.story.file(NOTE)
        + "\n![x](https://evil.example/x.png) ![y](//evil.example/y.png) ![z](/sign-out) ![w](/test/files/0/media/w.png) ![v](data:image/png;base64,x)\n";
    site.story
        .push("Ana Roche <ana@example.org>", &[(NOTE, &hostile)]);
    let mut ana = site.signed_in("ana@example.org").await;
    for address in ["/test/records/notes/one", EDIT] {
        let page = ana.get(address).await;
        let body = page.html.split("<main").nth(1).unwrap();
        assert!(!body.contains("<img src"), "{}", page.html);
        assert!(!body.contains("src=\"https:") && !body.contains("src=\"//"));
    }
}

#[tokio::test]
async fn a_file_that_the_text_does_not_name_stays_away_and_none_overwrites_another() {
    let site = site().await;
    let mut ana = site.signed_in("ana@example.org").await;
    let page = added(&mut ana).await;
    let form = page.form(EDIT);
    let named = form.get("field:body").to_owned();
    let without = named.split("\n\n![").next().unwrap().to_owned();
    let saved = ana
        .send_form(&form.with("act", "save").with("field:body", &without))
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let branches = git(&site.story.bare(), &["branch", "--list", "proposals/*"]);
    let branch = branches.trim();
    let names = git(&site.story.bare(), &["diff", "--name-only", "main", branch]);
    assert_eq!(names, "notes/one.md\n");
    site.story.push(
        "Ben Aster <ben@example.org>",
        &[("media/my-map.gif", "GIF89a\u{1}\0\u{1}\0another")],
    );
    let page = added(&mut ana).await;
    assert!(
        page.form(EDIT).get("file").ends_with(" media/my-map-2.gif"),
        "{}",
        page.form(EDIT).get("file")
    );
}

#[tokio::test]
async fn programs_bring_files_name_them_and_approve_them() {
    let site = site().await;
    let ana = site.program("ana@example.org", &ALL).await;
    let base = "/api/v1/repositories/test";
    let bring = |name: &str| format!("{base}/collections/notes/files?name={name}");
    let raw = Some("application/octet-stream");
    let brought = ana
        .send(Method::POST, &bring("map.gif"), raw, Body::from(PICTURE))
        .await
        .good();
    assert_eq!(brought["path"], "media/map.gif");
    ana.send(Method::POST, &bring("map.png"), raw, Body::from(PICTURE))
        .await
        .refused(422, "FIL-KIND-001");
    ana.send(
        Method::POST,
        &bring("map.gif"),
        raw,
        Body::from(vec![0; 6 << 20]),
    )
    .await
    .refused(422, "FIL-SIZE-001");
    let record = format!("{base}/records/notes%2Fone");
    let tag = ana.get(&record).await.header("etag").to_owned();
    let changes = json!({
        "changes": [{"op": "body", "text": "\n# One note\n\n![A map](/media/map.gif)\n"}],
        "attached": [brought],
    });
    let edited = ana
        .clone()
        .with("if-match", &tag)
        .json(Method::PATCH, &format!("{record}?proposal=new"), changes)
        .await
        .good();
    let branch = edited["proposal"].as_str().unwrap().replace('/', "%2F");
    let review = format!("{base}/review/notes%2Fone");
    let ben = site.program("ben@example.org", &ALL).await;
    let item = ben.get(&format!("{review}?proposal={branch}")).await.good();
    assert_eq!(item["attached"], json!([brought]));
    let decide = |attached: serde_json::Value| json!({"decision": "approve", "transition": "revise", "base": item["base"], "attached": attached});
    let proposed = item["proposed"].as_str().unwrap();
    let address = format!("{review}/decisions?proposal={branch}");
    ben.if_match(proposed)
        .post(&address, decide(json!([])))
        .await
        .refused(412, "REV-STALE-001");
    for who in ["ben@example.org", "cy@example.org"] {
        let program = site.program(who, &ALL).await.if_match(proposed);
        program
            .post(&address, decide(json!([brought])))
            .await
            .good();
    }
    let file = format!(
        "{base}/files/{}?path=media/map.gif",
        brought["blob"].as_str().unwrap()
    );
    assert_eq!(ben.get(&file).await.header("content-type"), "image/gif");
    site.story.is_proven();
}

#[tokio::test]
async fn whoever_approved_another_picture_is_told_which_one_moved() {
    let site = site().await;
    let story = &site.story;
    let text = story.file(NOTE) + "\n![A map](/media/map.gif)\n";
    let (ana, branch) = ("Ana Roche <ana@example.org>", "proposals/map");
    let files = [
        (NOTE, text.as_str()),
        ("media/map.gif", "GIF89a\u{1}\0\u{1}\0one"),
    ];
    story.propose(branch, ana, "Show a map", &files);
    story
        .approve_proposed("ben@example.org", branch, NOTE, "revise")
        .await
        .unwrap();
    let mut ben = site.signed_in("ben@example.org").await;
    let review = format!("/test/review/notes/one?proposal={branch}");
    let shown = ben.get(&review).await;
    assert!(!shown.has("Changed since you approved"), "{}", shown.html);
    let other = [("media/map.gif", "GIF89a\u{1}\0\u{1}\0another")];
    story.propose(branch, ana, "Another map", &other);
    story.desk.sync().await.unwrap();
    let page = ben.get(&review).await;
    assert!(page.has("Changed since you approved"), "{}", page.html);
    let banner = page
        .html
        .split("Changed since you approved")
        .nth(1)
        .unwrap();
    assert!(
        banner
            .split("</p>")
            .next()
            .unwrap()
            .contains("media/map.gif")
    );
    let program = site.program("ben@example.org", &ALL).await;
    let item = "/api/v1/repositories/test/review/notes%2Fone?proposal=proposals%2Fmap";
    let item = program.get(item).await.good();
    assert_eq!(
        item["since_you_approved"]["files"],
        json!(["media/map.gif"])
    );
}
