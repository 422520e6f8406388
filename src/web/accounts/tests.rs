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
