//! What stays as it was: a version's pictures.

use super::*;

#[tokio::test]
async fn a_version_that_was_adopted_keeps_its_pictures_when_the_next_one_comes() {
    let adopted = DRAFT
        .replace("status: draft", "status: active")
        .replace("0.1.0", "1.0.0")
        .replace("A first paragraph.", "![A map](../media/map.gif)");
    let other = PICTURE.replace("one", "another");
    let files = [(NOTE, &*adopted), ("media/map.gif", PICTURE)];
    let policy = policy_with("attachments = [\"media/**\"]");
    let story = Story::with_policy(&policy, &files).await;
    let (before, _) = register(&story).await;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    export(&story, &out).await.unwrap();
    let text = story.file(NOTE).replace("map.gif", "bird.gif");
    let files = [(NOTE, &*text), ("media/bird.gif", &*other)];
    story.propose("proposals/bird", ANA, "Show a bird", &files);
    for who in [BEN, CY] {
        let approved = story.approve_proposed(who, "proposals/bird", NOTE, "revise");
        approved.await.unwrap();
    }
    export(&story, &out).await.unwrap();
    let names: Vec<String> = files_of(&out);
    for name in ["map.gif", "bird.gif"] {
        let is_there = |path: &String| path.starts_with("files/") && path.ends_with(name);
        assert!(names.iter().any(is_there), "{name}: {names:?}");
    }
    let (after, _) = register(&story).await;
    let version = |register: &Register| register.records[0].editions[0].text.clone();
    assert_eq!(version(&after), version(&before));
    let site = Site::of(story).await;
    let page = get(&site, "notes/one/v/1.0.0/").await.text;
    assert!(page.contains("/map.gif\" alt=\"A map\""), "{page}");
}

fn files_of(folder: &Path) -> Vec<String> {
    files(folder).into_iter().map(|(path, _)| path).collect()
}
