//! What a text says that is not for readers, in whatever it is said, and what nobody published: no form has it. And one record that is in the way of nothing else.

use super::*;

/// Returns the names and the bytes of everything that is exported, as one text.
async fn exported(story: &Story) -> String {
    let folder = tempfile::tempdir().unwrap();
    export(story, &folder.path().join("site")).await.unwrap();
    let files = files(&folder.path().join("site"));
    let texts = files
        .iter()
        .map(|(path, bytes)| format!("{path}\n{}", String::from_utf8_lossy(bytes)));
    texts.collect::<Vec<_>>().join("\n")
}

fn with_visibility(text: &str, word: &str) -> String {
    text.replace("claims:", &format!("visibility: {word}\nclaims:"))
}

#[tokio::test]
async fn a_translation_of_what_is_not_for_readers_is_not_for_them_either() {
    let policy = policy().replace(
        "kind = \"concept\"\n",
        "kind = \"concept\"\ntranslates = \"of\"\n",
    );
    let secret = with_visibility(&titled("quetzal"), "internal");
    let french = titled("quetzal en clair").replace("status:", "lang: fr\nof: notes/one\nstatus:");
    let files = [
        (NOTE, &*secret),
        (OTHER, &*french),
        ("notes/three.md", DRAFT),
    ];
    let story = Story::with_policy(&policy, &files).await;
    for path in [NOTE, OTHER, "notes/three.md"] {
        publish(&story, path).await;
    }
    let all = exported(&story).await;
    assert!(
        !all.contains("quetzal") && !all.contains("notes/two"),
        "{all}"
    );
    assert!(all.contains("notes/three/index.ris"));
}

#[tokio::test]
async fn a_translation_goes_when_its_original_is_taken_down() {
    let policy = policy().replace(
        "kind = \"concept\"\n",
        "kind = \"concept\"\ntranslates = \"of\"\n",
    );
    let french = titled("quetzal").replace("status:", "lang: fr\nof: notes/one\nstatus:");
    let story = Story::with_policy(&policy, &[(NOTE, DRAFT), (OTHER, &french)]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    assert!(exported(&story).await.contains("quetzal"));
    take_down(&story, NOTE, "Rights").await;
    let all = exported(&story).await;
    assert!(!all.contains("quetzal"), "{all}");
    let site = Site::of(story).await;
    for path in ["notes/two/", "notes/two/v/1.0.0/", "notes/one/"] {
        assert_eq!(get(&site, path).await.status, StatusCode::GONE, "{path}");
    }
}

#[tokio::test]
async fn a_word_for_visibility_that_nobody_foresaw_hides() {
    for word in ["restricted", "Internal", "[public]", "\"\\u00a0private\""] {
        let story = story(&[
            (NOTE, &with_visibility(DRAFT, word)),
            (OTHER, &titled("Two")),
        ])
        .await;
        publish(&story, NOTE).await;
        publish(&story, OTHER).await;
        assert!(!exported(&story).await.contains("notes/one"), "{word}");
    }
    let story = story(&[(NOTE, &with_visibility(DRAFT, "Public"))]).await;
    publish(&story, NOTE).await;
    assert!(exported(&story).await.contains("notes/one"));
}

#[tokio::test]
async fn a_version_that_said_it_was_not_for_readers_stays_so_when_a_later_one_is() {
    let secret = with_visibility(&titled("One note"), "internal")
        .replace("A first paragraph.", "A quetzal.");
    let story = story(&[(NOTE, &secret)]).await;
    publish(&story, NOTE).await;
    let text = story.file(NOTE);
    let text = text
        .replace("visibility: internal\n", "")
        .replace("A quetzal.", "A bird.");
    revise(&story, "proposals/open", NOTE, &text).await;
    let all = exported(&story).await;
    assert!(all.contains("A bird.") && !all.contains("quetzal"), "{all}");
    assert!(!all.contains("notes/one/v/1.0.0"), "{all}");
    let site = Site::of(story).await;
    assert_eq!(get(&site, "notes/one/").await.status, StatusCode::OK);
    let old = get(&site, "notes/one/v/1.0.0/").await;
    assert_eq!(old.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_ends_is_shown_as_it_was_published_and_names_what_its_last_text_names() {
    let story = story(&[(NOTE, DRAFT), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    let ending = story
        .file(OTHER)
        .replace("claims:", "superseded_by: notes/one\nclaims:");
    let ending = ending.replace("A first paragraph.", "A quetzal that nobody reviewed.");
    story.propose("proposals/end", ANA, "End it", &[(OTHER, &ending)]);
    let ended = story.approve_proposed(CY, "proposals/end", OTHER, "supersede");
    ended.await.unwrap();
    let site = Site::of(story).await;
    let got = get(&site, "notes/two/").await;
    assert!(
        got.text.contains("A first paragraph.") && !got.text.contains("quetzal"),
        "{}",
        got.text
    );
    let link = format!("<{BASE}/notes/one/>; rel=\"successor-version\"");
    assert!(got.header(header::LINK).contains(&link));
    assert!(got.text.contains("This record is superseded since 2026-"));
}

/// The policy with ways back: from public to draft, and from draft to its end.
fn with_ways_back() -> String {
    let back = "\n[workflows.editorial.transitions.reopen]\nfrom = [\"active\"]\nto = \"draft\"\napprovals = { publisher = 1 }\n\n[workflows.editorial.transitions.drop]\nfrom = [\"draft\"]\nto = \"retired\"\napprovals = { publisher = 1 }\n";
    format!("{}{back}", policy())
}

#[tokio::test]
async fn what_went_back_to_its_authors_keeps_its_versions_and_shows_nothing_new() {
    let story = Story::with_policy(&with_ways_back(), &[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    story.approve(CY, NOTE, "reopen").await.unwrap();
    let text = story.file(NOTE).replace("A first paragraph.", "A quetzal.");
    git(&story.work(), &["checkout", "-q", "main"]);
    git(&story.work(), &["pull", "-q", "--rebase", "origin", "main"]);
    commit_files(&story.work(), ANA, "Begin anew", &[(NOTE, &text)]);
    git(&story.work(), &["push", "-q", "origin", "HEAD:main"]);
    story.desk.sync().await.unwrap();
    let site = Site::of(story).await;
    let version = get(&site, "notes/one/v/1.0.0/").await;
    assert_eq!(
        version.status,
        StatusCode::OK,
        "a version resolves for ever"
    );
    let page = get(&site, "notes/one/").await;
    assert!(
        page.text.contains("This record is draft since 2026-"),
        "{}",
        page.text
    );
    assert!(!get(&site, "sitemap.xml").await.text.contains("notes/one"));
    site.story.approve(CY, NOTE, "drop").await.unwrap();
    let page = get(&site, "notes/one/").await.text;
    assert!(
        page.contains("This record is retired since 2026-"),
        "{page}"
    );
    assert!(
        page.contains("A first paragraph.") && !exported(&site.story).await.contains("quetzal"),
        "{page}"
    );
}

#[tokio::test]
async fn everybody_who_approved_a_step_of_a_version_is_named_with_it() {
    let story = story(&[(NOTE, DRAFT)]).await;
    publish(&story, NOTE).await;
    let (register, _) = register(&story).await;
    let edition = &register.records[0].editions[0];
    assert_eq!(edition.approvers, ["Ben Aster", "Cy Lind"]);
}

#[tokio::test]
async fn one_record_is_in_the_way_of_no_other() {
    let long = format!("notes/{}.md", "a".repeat(240));
    let named = titled("Long").replace("status:", &format!("id: {}\nstatus:", "n".repeat(300)));
    let story = story(&[(NOTE, DRAFT), (&long, &named)]).await;
    publish(&story, NOTE).await;
    publish(&story, &long).await;
    let all = exported(&story).await;
    assert!(all.contains("notes/one/index.ris") && all.contains("@misc{"));
}

#[tokio::test]
async fn what_somebody_changed_in_an_export_is_mended_and_told() {
    let story = story(&[(NOTE, DRAFT), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    export(&story, &out).await.unwrap();
    let whole = files(&out);
    let page = out.join("notes/one/index.html");
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, &text[..text.len() / 2]).unwrap();
    let done = export(&story, &out).await.unwrap();
    assert_eq!((done.written, done.replaced.len()), (1, 1), "{done:?}");
    assert_eq!(done.replaced, ["notes/one/index.html"]);
    assert_eq!(files(&out), whole);
}

#[tokio::test]
async fn a_link_to_what_readers_do_not_have_is_its_words_in_every_form() {
    let links = "A [bird](draft.md), [a tree](<draft.md>), [a stone][ref], [a cloud](notes/draft) and [two](two.md)-[runtime](two.md).\n\n[ref]: draft.md";
    let text = DRAFT.replace("A first paragraph.", links);
    let files = [
        (NOTE, &*text),
        (OTHER, &*titled("Two notes")),
        ("notes/draft.md", DRAFT),
    ];
    let story = story(&files).await;
    publish(&story, OTHER).await;
    publish(&story, NOTE).await;
    let all = exported(&story).await;
    assert!(
        !all.contains("draft.md") && !all.contains("notes/draft"),
        "{all}"
    );
    let site = Site::of(story).await;
    let whole = format!(
        "A bird, a tree, a stone, a cloud and [two]({BASE}/notes/two/)-[runtime]({BASE}/notes/two/)."
    );
    for form in ["index.html.md", "index.json"] {
        let got = get(&site, &format!("notes/one/{form}")).await.text;
        assert!(got.contains(&whole), "{got}");
    }
}

#[tokio::test]
async fn a_feed_tells_that_everything_it_said_of_what_was_taken_down_is_gone() {
    let policy = policy().replace("[site]\n", "[site]\nlanguage = \"en\"\n");
    let french = titled("Deux").replace("status:", "lang: fr\nstatus:");
    let story = Story::with_policy(&policy, &[(NOTE, DRAFT), (OTHER, &french)]).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    let retired = story.decide(CY, OTHER, Act::Approve, Some("retire"), "Too old");
    retired.await.unwrap();
    take_down(&story, OTHER, "Rights").await;
    let site = Site::of(story).await;
    let french = get(&site, "feeds/language/fr.atom").await;
    assert_eq!(french.status, StatusCode::OK);
    for gone in ["notes/two:1.0.0", "notes/two:retired"] {
        let entry = format!("<at:deleted-entry ref=\"tag:register.example,2026:{gone}\"");
        assert!(french.text.contains(&entry), "{}", french.text);
    }
    assert!(
        !get(&site, "feeds/language/en.atom")
            .await
            .text
            .contains("notes/two")
    );
}

#[tokio::test]
async fn of_a_list_all_that_is_hidden_goes_and_nothing_else_however_long_it_is() {
    let is_hidden = |place: usize| [2, 10].contains(&place);
    let target = |place| match is_hidden(place) {
        true => "notes/draft",
        false => "notes/two",
    };
    let each = |line: &dyn Fn(usize) -> String| (0..13).map(line).collect::<String>();
    let see = each(&|place| format!("  - {}\n", target(place)));
    let references = each(&|place| {
        let target = target(place);
        format!("  - type: record\n    target: {target}\n    title: Reading {place:02}\n")
    });
    let text = format!("see:\n{see}references:\n{references}claims:");
    let files = [
        (NOTE, &*DRAFT.replace("claims:", &text)),
        (OTHER, &*titled("Two notes")),
        ("notes/draft.md", DRAFT),
    ];
    let story = story(&files).await;
    publish(&story, OTHER).await;
    publish(&story, NOTE).await;
    let all = exported(&story).await;
    for secret in ["notes/draft", "Reading 02", "Reading 10"] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
    let site = Site::of(story).await;
    let fields = &get(&site, "notes/one/index.json").await.json()["fields"];
    assert_eq!(fields["see"], Json::from(vec!["notes/two"; 11]));
    let read = fields["references"].as_array().unwrap().iter();
    let read: Vec<&str> = read.map(|one| one["title"].as_str().unwrap()).collect();
    let shown = (0..13).filter(|place| !is_hidden(*place));
    let shown: Vec<String> = shown.map(|place| format!("Reading {place:02}")).collect();
    assert_eq!(read, shown);
}

#[tokio::test]
async fn what_a_text_says_of_itself_stays_beside_a_name_that_goes() {
    let policy = policy()
        .replace("title = \"title\"\n", "title = \"head.title\"\n")
        .replace("references = [", "references = [\"head.about\", ");
    let head = "head:\n  title: One note\n  about: notes/draft\n";
    let text = DRAFT.replace("title: \"One note\" # the title\n", head);
    let files = [(NOTE, &*text), ("notes/draft.md", &*text)];
    let story = Story::with_policy(&policy, &files).await;
    publish(&story, NOTE).await;
    assert!(!exported(&story).await.contains("notes/draft"));
    let site = Site::of(story).await;
    let json = get(&site, "notes/one/index.json").await.json();
    assert_eq!(json["title"], "One note");
    assert_eq!(
        json["fields"]["head"],
        serde_json::json!({ "title": "One note" })
    );
}

#[tokio::test]
async fn a_word_that_names_what_readers_do_not_have_is_in_no_form_wherever_it_stands() {
    let named = "references = [\"references[].target\", \"disciplines\", \"tags[].of\", \"parent.target\", \"links.broader\", \"links.narrower\", ";
    let policy = policy().replace("references = [", named);
    let text = "references:
  - target: notes/draft
    title: quetzal untyped
  - kind: record
    url: notes/draft
    title: quetzal by its kind
  - title: Birds
    target: notes/two
disciplines: [notes/two, notes/draft]
tags:
  - of: notes/draft
    title: quetzal lore
  - of: notes/two
    title: bird lore
parent:
  target: notes/draft
  statement: It leans on the quetzal.
links:
  broader: notes/two
  narrower: notes/draft
see: [notes/draft]
authors: [notes/draft, notes/two]
claims:";
    let files = [
        (NOTE, &*DRAFT.replace("claims:", text)),
        (OTHER, &*titled("Two notes")),
        ("notes/draft.md", DRAFT),
    ];
    let story = Story::with_policy(&policy, &files).await;
    publish(&story, OTHER).await;
    publish(&story, NOTE).await;
    let all = exported(&story).await;
    assert!(
        !all.contains("notes/draft") && !all.contains("quetzal"),
        "{all}"
    );
    let site = Site::of(story).await;
    let search = get(&site, "search/index.en.json").await.json();
    assert_eq!(
        search["docs"][0]["keywords"],
        serde_json::json!(["notes/two", "bird lore"])
    );
    let json = get(&site, "notes/one/index.json").await.json();
    let fields = &json["fields"];
    assert_eq!(
        fields["links"],
        serde_json::json!({ "broader": "notes/two" })
    );
    for gone in ["parent", "see"] {
        assert_eq!(fields[gone], Json::Null, "{gone}");
    }
    let authors = json["authors"].as_array().unwrap();
    assert_eq!((authors.len(), &authors[0]["id"]), (1, &"notes/two".into()));
    let ris = get(&site, "notes/one/index.ris").await.text;
    assert!(ris.contains("KW  - bird lore\r\n"), "{ris}");
    let page = get(&site, "notes/one/").await.text;
    assert!(
        page.contains("<li><a href=\"../../notes/two/\">Birds</a></li>"),
        "{page}"
    );
}

#[tokio::test]
async fn a_link_by_id_leads_on_in_every_export_once_readers_have_what_it_names() {
    let text = DRAFT.replace("A first paragraph.", "A [cloud](notes/two).");
    let story = story(&[(NOTE, &text), (OTHER, &titled("Two notes"))]).await;
    publish(&story, NOTE).await;
    let folder = tempfile::tempdir().unwrap();
    let (kept, fresh) = (folder.path().join("kept"), folder.path().join("fresh"));
    export(&story, &kept).await.unwrap();
    publish(&story, OTHER).await;
    let done = export(&story, &kept).await.unwrap();
    assert_eq!(done.rendered, 2, "{done:?}");
    export(&story, &fresh).await.unwrap();
    assert_eq!(files(&kept), files(&fresh));
    let page = std::fs::read_to_string(kept.join("notes/one/index.html")).unwrap();
    assert!(
        page.contains("A <a href=\"../../notes/two/\">cloud</a>."),
        "{page}"
    );
}

#[tokio::test]
async fn what_was_taken_down_comes_back_by_being_published_again_and_its_versions_never_do() {
    let french = titled("quetzal").replace("status:", "lang: fr\nof: notes/one\nstatus:");
    let files = [(NOTE, DRAFT), (OTHER, &*french)];
    let story = Story::with_policy(&policy_with("translates = \"of\""), &files).await;
    publish(&story, NOTE).await;
    publish(&story, OTHER).await;
    let text = story.file(NOTE).replace("a short text", "any text");
    take_down(&story, NOTE, "Rights").await;
    story.propose("proposals/again", ANA, "Say less", &[(NOTE, &text)]);
    let validated = story.approve_proposed(BEN, "proposals/again", NOTE, "validate");
    validated.await.unwrap();
    assert!(!exported(&story).await.contains("quetzal"));
    let site = Site::of(story).await;
    let versions = ["notes/one/v/1.0.0/", "notes/two/v/1.0.0/"];
    for path in ["notes/one/", "notes/two/"].iter().chain(&versions) {
        assert_eq!(get(&site, path).await.status, StatusCode::GONE, "{path}");
    }
    let manifest = get(&site, "manifest.json").await.json();
    assert_eq!(manifest["removed"].as_array().unwrap().len(), 2);

    site.story.approve(CY, NOTE, "activate").await.unwrap();
    for path in ["notes/one/", "notes/one/v/2.0.0/"] {
        assert_eq!(get(&site, path).await.status, StatusCode::OK, "{path}");
    }
    for path in ["notes/two/"].iter().chain(&versions) {
        assert_eq!(get(&site, path).await.status, StatusCode::GONE, "{path}");
    }
    let feed = get(&site, "feeds/changes.atom").await.text;
    for gone in ["notes/one:1.0.0", "notes/two:1.0.0"] {
        let entry = format!("<at:deleted-entry ref=\"tag:register.example,2026:{gone}\"");
        assert!(feed.contains(&entry), "{feed}");
    }
    let all = exported(&site.story).await;
    assert!(!all.contains("quetzal") && all.contains("notes/one/v/1.0.0/index.html"));

    let text = site.story.file(OTHER).replace("A first", "Un premier");
    revise(&site.story, "proposals/fr", OTHER, &text).await;
    assert_eq!(get(&site, "notes/two/").await.status, StatusCode::OK);
    for path in versions {
        assert_eq!(get(&site, path).await.status, StatusCode::GONE, "{path}");
    }
}

#[tokio::test]
async fn what_a_change_around_review_brought_is_not_public_once_the_text_is_put_back() {
    let shows = |picture: &str| {
        let shown = format!("![A bird](../media/{picture}.gif)");
        DRAFT.replace("A first paragraph.", &shown)
    };
    let files = [(NOTE, &*shows("map")), ("media/map.gif", PICTURE)];
    let policy = policy_with("attachments = [\"media/**\"]");
    let story = Story::with_policy(&policy, &files).await;
    publish(&story, NOTE).await;
    let (before, _) = register(&story).await;
    let text = story.file(NOTE).replace("map.gif", "quetzal.gif");
    let files = [(NOTE, &*text), ("media/quetzal.gif", PICTURE)];
    story.push("Eve <eve@example.net>", &files);
    let restored = story.decide(BEN, NOTE, Act::Approve, Some("restore"), "Nobody agreed");
    restored.await.unwrap();
    let (after, _) = register(&story).await;
    assert_eq!(after.records[0].current, before.records[0].current);
    let all = exported(&story).await;
    assert!(!all.contains("quetzal") && all.contains("map.gif"), "{all}");
}

#[tokio::test]
async fn an_address_that_readers_never_had_leads_nowhere() {
    let named = |id: &str| titled("A note").replace("status:", &format!("id: {id}\nstatus:"));
    let draft = named("n1");
    let secret = with_visibility(&named("n2"), "internal");
    let files = [
        ("notes/quetzal.md", &*draft),
        ("notes/quetzals.md", &*secret),
    ];
    let story = Story::with_policy(&policy_with("id = \"id\""), &files).await;
    let work = story.work();
    git(&work, &["mv", "notes/quetzal.md", NOTE]);
    commit_files(&work, ANA, "Move it", &[]);
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    publish(&story, NOTE).await;
    publish(&story, "notes/quetzals.md").await;
    let text = story.file("notes/quetzals.md");
    move_to(&story, "notes/quetzals.md", OTHER, &text).await;
    let text = story.file(OTHER).replace("visibility: internal\n", "");
    revise(&story, "proposals/open", OTHER, &text).await;
    let all = exported(&story).await;
    assert!(!all.contains("quetzal"), "{all}");
    let site = Site::of(story).await;
    for path in ["notes/one/", "notes/two/"] {
        assert_eq!(get(&site, path).await.status, StatusCode::OK, "{path}");
    }
    for path in ["notes/quetzal/", "notes/quetzals/"] {
        let got = get(&site, path).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
    }
}
