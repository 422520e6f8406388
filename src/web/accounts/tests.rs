//! Passwords, links and sessions on a real file.

use super::*;

const NOW: i64 = 1_770_000_000;

async fn accounts() -> (tempfile::TempDir, Accounts) {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Accounts::open(&folder.path().join("private.sqlite"))
        .await
        .unwrap();
    (folder, accounts)
}

fn from(peer: &str) -> Trier<'_> {
    Trier::Visitor {
        peer,
        browser: None,
    }
}

#[tokio::test]
async fn a_password_opens_and_another_does_not() {
    let (_folder, accounts) = accounts().await;
    accounts
        .set_password("Ana@Example.org ", "correct horse battery", NOW)
        .await
        .unwrap();
    for (address, password, expected) in [
        ("ana@example.org", "correct horse battery", SignIn::Accepted),
        ("ana@example.org", "correct horse", SignIn::Refused),
        ("eve@example.org", "nobody's password", SignIn::Refused),
    ] {
        let answer = accounts
            .try_password(address, password, from("192.0.2.1"), NOW)
            .await
            .unwrap();
        assert_eq!(answer, expected, "{address} {password}");
    }
    assert!(
        accounts
            .set_password("ana@example.org", "short", NOW)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn guessing_closes_an_address_to_the_guesser_alone_and_for_a_while() {
    let (_folder, accounts) = accounts().await;
    accounts
        .set_password("ana@example.org", "correct horse battery", NOW)
        .await
        .unwrap();
    let tried = async |peer: &str, now| {
        accounts
            .try_password("ana@example.org", "correct horse battery", from(peer), now)
            .await
            .unwrap()
    };
    for _ in 0..10 {
        accounts
            .try_password("ana@example.org", "wrong", from("192.0.2.66"), NOW)
            .await
            .unwrap();
    }
    assert_eq!(tried("192.0.2.66", NOW).await, SignIn::TooMany);
    assert_eq!(tried("192.0.2.1", NOW).await, SignIn::Accepted);
    assert_eq!(tried("192.0.2.66", NOW + 901).await, SignIn::Accepted);
}

#[tokio::test]
async fn a_link_is_used_once_unless_it_is_a_demos() {
    let (_folder, accounts) = accounts().await;
    let once = accounts
        .link("ana@example.org", Some(NOW + 60), false)
        .await
        .unwrap();
    assert_eq!(
        accounts
            .find_link(&once, NOW)
            .await
            .unwrap()
            .unwrap()
            .address,
        "ana@example.org"
    );
    let (first, second) =
        tokio::join!(accounts.use_link(&once, NOW), accounts.use_link(&once, NOW));
    assert_eq!(
        first.unwrap().is_some() as u8 + second.unwrap().is_some() as u8,
        1
    );
    let late = accounts
        .link("ana@example.org", Some(NOW + 60), false)
        .await
        .unwrap();
    assert_eq!(accounts.use_link(&late, NOW + 61).await.unwrap(), None);
    let demo = accounts.link("ana@example.org", None, true).await.unwrap();
    for later in [0, 1, 100_000_000] {
        assert!(
            accounts
                .use_link(&demo, NOW + later)
                .await
                .unwrap()
                .is_some()
        );
    }
    assert_eq!(accounts.use_link("", NOW).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_ends_when_idle_when_old_on_sign_out_and_with_its_password() {
    let (_folder, accounts) = accounts().await;
    let begin = async || {
        accounts
            .begin_session("ana@example.org", Agent::default(), NOW)
            .await
            .unwrap()
    };
    let is_open = async |token: &str, now| accounts.session(token, now).await.unwrap().is_some();
    let hour = 3600;
    let token = begin().await;
    assert!(is_open(&token, NOW + 11 * hour).await);
    assert!(is_open(&token, NOW + 22 * hour).await);
    assert!(!is_open(&token, NOW + 35 * hour).await);
    let busy = begin().await;
    for step in 1..=75 {
        let now = NOW + step * 10 * hour;
        assert_eq!(is_open(&busy, now).await, now < NOW + 30 * 24 * hour);
    }
    let left = begin().await;
    accounts.end_session(&left).await.unwrap();
    assert!(!is_open(&left, NOW).await);
    let changed = begin().await;
    accounts
        .set_password("ana@example.org", "correct horse battery", NOW)
        .await
        .unwrap();
    assert!(!is_open(&changed, NOW).await);
    assert_eq!(
        accounts.list(NOW).await.unwrap(),
        [Account {
            address: "ana@example.org".into(),
            password_changed_at: Some(NOW),
            sessions: 0,
            links: 0
        }]
    );
}

fn wanted(expires_at: i64) -> NewToken {
    NewToken {
        name: "builder".into(),
        scopes: vec![Scope::Read, Scope::Edit],
        repository: None,
        expires_at,
    }
}

#[tokio::test]
async fn a_token_is_kept_as_its_hash_and_ends_within_a_year() {
    let (folder, accounts) = accounts().await;
    let year = MAX_DAYS * 24 * 3600;
    let wanted = wanted(NOW + 2 * year);
    let made = accounts.make_token("Ana@Example.org", &wanted, NOW).await;
    let token = made.unwrap().unwrap();
    let known = accounts.token(&token, NOW).await.unwrap().unwrap();
    assert_eq!(known.address, "ana@example.org");
    assert_eq!(known.scopes, [Scope::Read, Scope::Edit]);
    assert!(token.starts_with(&known.prefix) && known.prefix.len() < 12);
    assert_eq!(known.expires_at, NOW + year);
    assert!(accounts.token(&token, NOW + year).await.unwrap().is_none());
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let secret = token.trim_start_matches(PREFIX).as_bytes();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
}

#[tokio::test]
async fn when_a_token_was_used_is_noted_to_the_minute() {
    let (_folder, accounts) = accounts().await;
    let wanted = wanted(NOW + 9999);
    let made = accounts.make_token("ana@example.org", &wanted, NOW).await;
    let token = made.unwrap().unwrap();
    for (now, used) in [(NOW, NOW), (NOW + 59, NOW), (NOW + 60, NOW + 60)] {
        accounts.token(&token, now).await.unwrap();
        let listed = accounts.tokens("ana@example.org", now).await.unwrap();
        assert_eq!(listed[0].used_at, Some(used));
    }
}

#[tokio::test]
async fn a_key_keeps_its_answer_for_a_day_and_a_dead_request_for_a_while() {
    let (_folder, accounts) = accounts().await;
    let claim = async |key: &str, request: &str, now| {
        let claimed = accounts.claim_key("ana@example.org", key, request, now);
        claimed.await.unwrap()
    };
    assert_eq!(claim("k", "one", NOW).await, Claim::Taken);
    assert_eq!(claim("k", "one", NOW).await, Claim::UnderWay);
    assert_eq!(claim("k", "two", NOW).await, Claim::Another);
    accounts
        .keep_answer("ana@example.org", "k", 201, "done")
        .await
        .unwrap();
    let answered = Claim::Answered(201, "done".into());
    assert_eq!(claim("k", "one", NOW + KEPT - 1).await, answered);
    assert_eq!(claim("k", "two", NOW + KEPT).await, Claim::Taken);
    accounts.release_key("ana@example.org", "k").await.unwrap();
    assert_eq!(claim("k", "three", NOW + KEPT).await, Claim::Taken);
    assert_eq!(claim("k", "three", NOW + KEPT + 119).await, Claim::UnderWay);
    assert_eq!(claim("k", "three", NOW + KEPT + 120).await, Claim::Taken);
}
