//! Those who guess, and those whom guessing must not keep out.

use std::time::{Duration, Instant};

use countersign::web::accounts::{Accounts, SignIn, Trier};

use super::{PASSWORD, is_inside, set_password, sign_in, site};

const NOW: i64 = 1_770_300_000;

async fn accounts() -> (tempfile::TempDir, Accounts) {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Accounts::open(&folder.path().join("private.sqlite"))
        .await
        .unwrap();
    (folder, accounts)
}

/// FAULTS 82: a thousand bad passwords from one place cost the attacker all but ten of them, and the person nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_bad_passwords_lock_the_guesser_out_and_nobody_else() {
    let site = site().await;
    set_password(&site, "dee@example.org").await;
    let mut dee = site.visitor();
    let answer = sign_in(&mut dee, "dee@example.org", PASSWORD).await;
    assert_eq!(answer.status, 303);
    let mut attacker = site.visitor();
    let page = attacker.get("/sign-in").await;
    let mut looked_at = 0;
    for guess in 0..1000 {
        let guess = format!("guess number {guess}");
        let typed = [("address", "dee@example.org"), ("password", guess.as_str())];
        let answer = attacker.submit(&page, "/sign-in", &typed).await;
        match answer.status.as_u16() {
            401 => looked_at += 1,
            429 => assert!(answer.has("WEB-AUTH-003")),
            other => panic!("{other}: {}", answer.html),
        }
    }
    assert_eq!(looked_at, 10);
    // All the world is one peer here, as it is behind a proxy. A browser that the administrator signed in with before has tries of its own.
    let page = dee.get("/test/people").await;
    dee.submit(&page, "/sign-out", &[]).await;
    let slip = sign_in(&mut dee, "dee@example.org", "a slip of the finger").await;
    assert_eq!(slip.status, 401);
    let answer = sign_in(&mut dee, "dee@example.org", PASSWORD).await;
    assert_eq!(answer.status, 303, "{}", answer.html);
    assert!(is_inside(&mut dee).await);
    // So has a link, in whatever browser.
    let mut elsewhere = site.signed_in("dee@example.org").await;
    assert!(is_inside(&mut elsewhere).await);
}

/// FAULTS 82: what a browser remembers gives tries at the password of whoever signed in there, and at nobody else's.
#[tokio::test]
async fn a_known_browser_is_no_way_to_anybody_elses_password() {
    let site = site().await;
    set_password(&site, "ben@example.org").await;
    set_password(&site, "dee@example.org").await;
    let mut ben = site.visitor();
    sign_in(&mut ben, "ben@example.org", PASSWORD).await;
    ben.cookies.remove("countersign");
    for _ in 0..10 {
        sign_in(&mut ben, "dee@example.org", "a wrong password").await;
    }
    let answer = sign_in(&mut ben, "dee@example.org", PASSWORD).await;
    assert_eq!(answer.status, 429, "{}", answer.html);
    // Its own tries end too, and come back.
    for _ in 0..10 {
        sign_in(&mut ben, "ben@example.org", "a wrong password").await;
    }
    let answer = sign_in(&mut ben, "ben@example.org", PASSWORD).await;
    assert_eq!(answer.status, 429, "{}", answer.html);
}

/// FAULTS 82: many guessers from many places: each further try costs a second.
#[tokio::test(flavor = "multi_thread")]
async fn guesses_from_many_places_are_slowed() {
    let (_folder, accounts) = accounts().await;
    let try_from = async |peer: String| {
        let begun = Instant::now();
        let trier = Trier::Visitor {
            peer: &peer,
            browser: None,
        };
        let answer = accounts
            .try_password("dee@example.org", "a wrong password", trier, NOW)
            .await
            .unwrap();
        assert_eq!(answer, SignIn::Refused);
        begun.elapsed()
    };
    for number in 0..20 {
        try_from(format!("192.0.2.{number}")).await;
    }
    for number in 20..22 {
        let took = try_from(format!("192.0.2.{number}")).await;
        assert!(took >= Duration::from_secs(1), "{took:?}");
    }
}

/// FAULTS 82, FAULTS 71: the same words, the same fields and the same work, whether or not there is such an address.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_answered_like_a_known_one() {
    let site = site().await;
    set_password(&site, "dee@example.org").await;
    let mut took = [Vec::new(), Vec::new()];
    let mut pages = [String::new(), String::new()];
    for round in 0..8 {
        for (which, address) in ["dee@example.org", "eve@example.org"].iter().enumerate() {
            let mut visitor = site.visitor();
            let begun = Instant::now();
            let answer = sign_in(&mut visitor, address, &format!("guess {round}")).await;
            took[which].push(begun.elapsed());
            assert_eq!(answer.status, 401);
            pages[which] = answer.html.replace(address, "ADDRESS");
        }
    }
    assert_eq!(pages[0], pages[1]);
    // The quickest of each: what a busy machine adds falls on either.
    let quickest = took.map(|took| took.into_iter().min().unwrap());
    let (less, more) = (quickest[0].min(quickest[1]), quickest[0].max(quickest[1]));
    assert!(more < less * 2, "{quickest:?}");
}

/// FAULTS 82: strangers who come in a crowd do not keep somebody waiting who is known.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_strangers_is_told_to_come_back() {
    let (_folder, accounts) = accounts().await;
    accounts
        .set_password("dee@example.org", PASSWORD, NOW)
        .await
        .unwrap();
    let browser = accounts
        .remember_browser(None, "dee@example.org", NOW)
        .await
        .unwrap();
    let accounts = std::sync::Arc::new(accounts);
    let mut crowd = tokio::task::JoinSet::new();
    for number in 0..400 {
        let accounts = std::sync::Arc::clone(&accounts);
        crowd.spawn(async move {
            let peer = format!("2001:db8:{number:x}::/64");
            let trier = Trier::Visitor {
                peer: &peer,
                browser: None,
            };
            let address = format!("nobody{number}@example.org");
            accounts
                .try_password(&address, "a wrong password", trier, NOW)
                .await
                .unwrap()
        });
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let known = Trier::Visitor {
        peer: "192.0.2.1",
        browser: Some(&browser),
    };
    let begun = Instant::now();
    let answer = accounts.try_password("dee@example.org", PASSWORD, known, NOW);
    assert_eq!(answer.await.unwrap(), SignIn::Accepted);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    let answers = crowd.join_all().await;
    assert!(
        answers.contains(&SignIn::Busy),
        "nobody was told to come back"
    );
    assert!(!answers.contains(&SignIn::Accepted));
}
