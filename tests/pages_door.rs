//! The door, tried by those who should not get through it, and by those who should.

mod common;

#[path = "pages_door/account.rs"]
mod account;
#[path = "pages_door/again.rs"]
mod again;
#[path = "pages_door/cookies.rs"]
mod cookies;
#[path = "pages_door/guessing.rs"]
mod guessing;
#[path = "pages_door/links.rs"]
mod links;
#[path = "pages_door/rights.rs"]
mod rights;
#[path = "pages_door/set_up.rs"]
mod set_up;

use common::browser::{Browser, Page, Site};
use common::{DRAFT, Story};

const PASSWORD: &str = "correct horse battery";

async fn site() -> Site {
    Site::of(Story::with(&[("notes/a.md", DRAFT)]).await).await
}

/// Types an address and a password at the door.
async fn sign_in(browser: &mut Browser, address: &str, password: &str) -> Page {
    let page = browser.get("/sign-in?next=/test/queue").await;
    let typed = [("address", address), ("password", password)];
    browser.submit(&page, "/sign-in", &typed).await
}

async fn set_password(site: &Site, address: &str) {
    let accounts = &site.web.accounts;
    let now = (site.web.now)();
    accounts.set_password(address, PASSWORD, now).await.unwrap();
}

/// Returns whether a browser is let into the register.
async fn is_inside(browser: &mut Browser) -> bool {
    browser.get("/test/people").await.status == 200
}
