//! A record's texts, byte for byte.

use super::*;

#[tokio::test]
async fn texts_are_sent_as_they_are_with_their_blob_as_tag() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    let cy = site.program("cy@example.org", &ALL).await;
    let content = format!("{RECORD}/content");
    let answer = ben.get(&content).await;
    assert_eq!(answer.text, DRAFT);
    let blob = git(&site.story.bare(), &["rev-parse", &format!("main:{NOTE}")]);
    let tag = format!("\"{}\"", blob.trim());
    assert_eq!(answer.header("etag"), tag);
    assert_eq!(
        answer.header("content-type"),
        "text/markdown; charset=utf-8"
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"x\", {tag}"),
        "*".to_owned(),
    ] {
        let known = ben
            .clone()
            .with("if-none-match", &known)
            .get(&content)
            .await;
        assert_eq!((known.status.as_u16(), known.text.as_str()), (304, ""));
    }
    approve(&ben, "validate").await.good();
    approve(&cy, "activate").await.good();
    let published = site.story.file(NOTE);
    let more = published.replace("A first paragraph.", "A second paragraph.");
    site.story
        .push("Ana Roche <ana@example.org>", &[(NOTE, &more)]);
    site.story.desk.sync().await.unwrap();
    let versions = ben.get(&format!("{RECORD}/versions")).await.good();
    assert_eq!(versions["items"][0]["version_to"], "1.0.0");
    let version = ben.get(&format!("{RECORD}/versions/1.0.0")).await.good();
    assert_eq!(version["fields"]["status"], "active");
    assert_eq!(version["is_superseded"], false);
    let raw = ben.get(&format!("{RECORD}/versions/1.0.0/content")).await;
    assert_eq!(raw.text, published);
    assert_eq!(ben.get(&content).await.text, more);
    let earlier = ben.get(&format!("{RECORD}/texts/{}", blob.trim())).await;
    assert_eq!(earlier.text, DRAFT);
    let between = format!(
        "{RECORD}/differences?from={}",
        raw.header("etag").trim_matches('"')
    );
    let differences = ben.get(&between).await.good();
    let change = &differences["changes"][0];
    assert_eq!(
        (text(&change["field"]), text(&change["happened"])),
        ("body#one-note", "changed")
    );
    let runs = change["paragraphs"].as_array().unwrap().iter();
    let words: String = runs
        .flat_map(|paragraph| paragraph["runs"].as_array().unwrap())
        .filter(|run| run["fate"] != "removed")
        .map(|run| text(&run["text"]))
        .collect();
    assert!(words.contains("A second paragraph."), "{words}");
}

/// FAULTS 92: a blob of another record, of the policy or of nobody is not there.
#[tokio::test]
async fn texts_of_others_are_not_there() {
    let other = DRAFT.replace("One note", "Another");
    let site = Site::of(Story::with(&[(NOTE, DRAFT), ("notes/two.md", &other)]).await).await;
    let ben = site.program("ben@example.org", &ALL).await;
    let blobs = [
        "main:notes/two.md",
        "main:countersign.toml",
        "main",
        "main:notes",
    ]
    .map(|name| {
        git(&site.story.bare(), &["rev-parse", name])
            .trim()
            .to_owned()
    });
    for blob in blobs
        .iter()
        .map(String::as_str)
        .chain([&"0".repeat(40)[..]])
    {
        ben.get(&format!("{RECORD}/texts/{blob}"))
            .await
            .refused(404, "API-PATH-001");
        let own = ben.get(RECORD).await.good()["blob"].clone();
        let between = format!("{RECORD}/differences?from={blob}&to={}", text(&own));
        ben.get(&between).await.refused(404, "API-PATH-001");
    }
    for name in ["HEAD", "main", "..", "%40%7B-1%7D"] {
        let answer = ben.get(&format!("{RECORD}/texts/{name}")).await;
        assert!(answer.status.is_client_error(), "{name}");
        answer.code();
    }
    ben.get(&format!("{RECORD}/versions/9.9.9"))
        .await
        .refused(404, "API-PATH-001");
}
