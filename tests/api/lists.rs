//! Lists go on where they stopped, whatever is added meanwhile.

use serde_json::json;

use super::common::git;
use super::*;

fn note(title: &str) -> String {
    DRAFT.replace("One note", title)
}

/// A site with notes `n00` to `n11`.
async fn many() -> Site {
    let notes: Vec<(String, String)> = (0..12)
        .map(|n| (format!("notes/n{n:02}.md"), note(&format!("Note {n}"))))
        .collect();
    let files: Vec<(&str, &str)> = notes
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    Site::of(Story::with(&files).await).await
}

/// Follows a list's header `Link` to its end.
async fn follow(program: &Program, address: &str, meanwhile: impl AsyncFn(usize)) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = Some(address.to_owned());
    let mut pages = 0;
    while let Some(address) = next {
        let answer = program.get(&address).await;
        next = answer
            .header("link")
            .strip_prefix('<')
            .and_then(|link| link.strip_suffix(">; rel=\"next\""))
            .map(str::to_owned);
        let page = answer.good();
        assert_eq!(page["next"].is_null(), next.is_none());
        items.extend(page["items"].as_array().unwrap().clone());
        pages += 1;
        assert!(pages < 50, "the list does not end");
        meanwhile(pages).await;
    }
    items
}

#[tokio::test]
async fn records_are_paged_while_others_are_added() {
    let site = many().await;
    let ana = site.program("ana@example.org", &ALL).await;
    let address = format!("{API}/records?collection=notes&limit=5");
    let items = follow(&ana, &address, async |pages| {
        let (before, behind) = (format!("notes/m{pages}.md"), format!("notes/o{pages}.md"));
        if pages < 3 {
            let text = note("Added");
            site.story.push(
                "Ana Roche <ana@example.org>",
                &[(&before, &text), (&behind, &text)],
            );
            site.story.desk.sync().await.unwrap();
        }
    })
    .await;
    let ids: Vec<&str> = items.iter().map(|item| text(&item["id"])).collect();
    let mut expected: Vec<String> = (0..12).map(|n| format!("notes/n{n:02}")).collect();
    expected.extend(["notes/o1".to_owned(), "notes/o2".to_owned()]);
    assert_eq!(ids, expected, "each once, and none was pushed out");
}

#[tokio::test]
async fn activity_is_paged_while_things_happen() {
    let site = many().await;
    let ana = site.program("ana@example.org", &ALL).await;
    for n in 0..6 {
        let path = format!("notes/n{n:02}.md");
        site.story
            .approve("ben@example.org", &path, "validate")
            .await
            .unwrap();
    }
    let all = ana.get(&format!("{API}/activity?limit=200")).await.good();
    let all = all["items"].as_array().unwrap().clone();
    assert_eq!(all.len(), 24, "twelve begun, six approved, six attested");
    let moments: Vec<&str> = all.iter().map(|event| text(&event["at"])).collect();
    assert!(
        moments.is_sorted_by(|one, other| one >= other),
        "{moments:?}"
    );
    let paged = follow(&ana, &format!("{API}/activity?limit=5"), async |pages| {
        if pages < 3 {
            let path = format!("notes/n{:02}.md", 6 + pages);
            site.story
                .approve("ben@example.org", &path, "validate")
                .await
                .unwrap();
        }
    })
    .await;
    let known: Vec<&Value> = paged.iter().filter(|event| all.contains(event)).collect();
    assert_eq!(
        known,
        all.iter().collect::<Vec<_>>(),
        "each once, none lost"
    );
    let kinds = |kind: &str| all.iter().filter(|event| event["kind"] == kind).count();
    assert_eq!(
        (kinds("edit"), kinds("decision"), kinds("attestation")),
        (12, 6, 6)
    );
}

#[tokio::test]
async fn every_list_keeps_its_bounds_and_its_cursors() {
    let site = many().await;
    let ana = site.program("ana@example.org", &ALL).await;
    let record = format!("{API}/records/notes%2Fn00");
    let lists = ["records", "activity", "queue", "findings"].map(|list| format!("{API}/{list}"));
    let lists = lists
        .into_iter()
        .chain([format!("{record}/history"), format!("{record}/versions")]);
    let elsewhere = ana.get(&format!("{API}/records?limit=1")).await.good();
    let elsewhere = text(&elsewhere["next"]).to_owned();
    for list in lists {
        ana.get(&list).await.good();
        for query in [
            "limit=0",
            "limit=201",
            "limit=x",
            "limit=-1",
            "cursor=zz",
            "cursor=00",
            "page=2",
            "limit=1&limit=2",
        ] {
            ana.get(&format!("{list}?{query}"))
                .await
                .refused(400, "API-QUERY-001");
        }
        if !list.ends_with("/records") {
            ana.get(&format!("{list}?cursor={elsewhere}"))
                .await
                .refused(400, "API-QUERY-001");
        }
    }
}

#[tokio::test]
async fn the_queue_is_paged_by_its_parts() {
    let site = many().await;
    let ana = site.program("ana@example.org", &ALL).await;
    let ben = site.program("ben@example.org", &ALL).await;
    for n in 0..7 {
        let item = format!("{API}/review/notes%2Fn{n:02}");
        let proposed = ana.get(&item).await.good()["proposed"].clone();
        let body = json!({"decision": "submit", "base": null});
        ana.if_match(text(&proposed))
            .post(&format!("{item}/decisions"), body)
            .await
            .good();
    }
    let yours = follow(
        &ben,
        &format!("{API}/queue?part=yours&limit=3"),
        async |_| {},
    )
    .await;
    assert_eq!(yours.len(), 7);
    let others = follow(
        &ana,
        &format!("{API}/queue?part=others&limit=3"),
        async |_| {},
    )
    .await;
    assert_eq!(others.len(), 7);
    let drafts = follow(
        &ben,
        &format!("{API}/queue?part=draft&limit=2"),
        async |_| {},
    )
    .await;
    assert_eq!(drafts.len(), 5);
    assert_eq!(
        follow(&ben, &format!("{API}/queue?limit=4"), async |_| {})
            .await
            .len(),
        7
    );
}

#[tokio::test]
async fn records_are_filtered_as_the_page_filters_them() {
    let site = many().await;
    let ana = site.program("ana@example.org", &ALL).await;
    site.story
        .approve("ben@example.org", "notes/n03.md", "validate")
        .await
        .unwrap();
    let ids = async |query: &str| {
        let list = ana.get(&format!("{API}/records?{query}")).await.good();
        let items = list["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| text(&item["id"]).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("status=validated").await, ["notes/n03"]);
    assert_eq!(ids("status=draft").await.len(), 11);
    assert_eq!(ids("q=Note+11").await, ["notes/n11"]);
    assert_eq!(ids("q=notes%2Fn05").await, ["notes/n05"]);
    assert_eq!(ids("status=draft&person=ana").await.len(), 11);
    assert_eq!(ids("standing=validated").await, ["notes/n03"]);
    assert_eq!(ids("standing=settled").await, [""; 0], "none is published");
    let nowhere = ana.get(&format!("{API}/records?collection=none")).await;
    nowhere.refused(400, "API-QUERY-001");
}

#[tokio::test]
async fn a_records_history_tells_all_that_happened_to_it() {
    let site = site().await;
    let ben = site.program("ben@example.org", &ALL).await;
    approve(&ben, "validate").await.good();
    let history = format!("{RECORD}/history");
    let events = follow(&ben, &format!("{history}?limit=1"), async |_| {}).await;
    let kinds: Vec<&str> = events.iter().map(|event| text(&event["kind"])).collect();
    assert_eq!(kinds.len(), 3, "{events:?}");
    let attested = events
        .iter()
        .find(|event| event["kind"] == "attestation")
        .unwrap();
    assert_eq!(attested["approved_by"][0]["person"], "ben");
    assert_eq!(attested["authored_by"][0]["person"], "ana");
    let tip = git(&site.story.bare(), &["rev-parse", "main"]);
    assert_eq!(attested["commit"], tip.trim());
}
