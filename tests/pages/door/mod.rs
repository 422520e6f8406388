//! The door, tried by those who should not get through it, and by those who should.

mod account;
mod again;
mod cookies;
mod guessing;
mod links;
mod rights;
mod set_up;

use crate::common::browser::{Browser, Page, Site};
use crate::common::{DRAFT, Story};

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
