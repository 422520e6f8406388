//! `user`: credentials for somebody the policy knows.

use std::io::Read;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::{Ending, data, print, print_json, refuse};
use crate::config::User;
use crate::refusal::Refusal;
use crate::web::accounts::Accounts;

/// Shorter passwords fall to guessing; see NIST SP 800-63B, 5.1.1.
const SHORTEST_PASSWORD: usize = 12;

pub async fn run(data_dir: &Path, settings: &User) -> Result<Ending> {
    let accounts = Accounts::open(&data(data_dir)?.private_database()).await?;
    let Some(address) = &settings.address else {
        return list(&accounts, settings.json).await;
    };
    let address = address.trim().to_lowercase();
    if !address.contains('@') {
        return Ok(refuse(&[Refusal::new(
            "USR-001",
            format!("\"{address}\" is no address"),
            "give the address that the policy has for this person",
        )]));
    }
    if settings.password {
        return set_password(&accounts, &address).await;
    }
    let expires = crate::app::now() + i64::from(settings.hours) * 3600;
    let token = accounts.link(&address, Some(expires), false).await?;
    let link = settings.reached.at(&format!("/sign-in/link/{token}"));
    match settings.json {
        true => print_json(&json!({ "address": address, "link": link, "expires_at": expires }))?,
        false => print(&format!(
            "{link}\n(for {address}; once, within {} hours)",
            settings.hours
        ))?,
    }
    Ok(Ending::Fine)
}

async fn set_password(accounts: &Accounts, address: &str) -> Result<Ending> {
    let mut password = String::new();
    std::io::stdin().take(4096).read_to_string(&mut password)?;
    let password = password.trim_end_matches(['\n', '\r']);
    if password.chars().count() < SHORTEST_PASSWORD {
        let cause = format!("the password is shorter than {SHORTEST_PASSWORD} characters");
        return Ok(refuse(&[Refusal::new(
            "USR-002",
            cause,
            "send a longer one to standard input",
        )]));
    }
    accounts
        .set_password(address, password, crate::app::now())
        .await?;
    print(&format!(
        "{address} has a new password; earlier sessions are ended"
    ))?;
    Ok(Ending::Fine)
}

async fn list(accounts: &Accounts, as_json: bool) -> Result<Ending> {
    let people = accounts.list(crate::app::now()).await?;
    if as_json {
        print_json(&people)?;
        return Ok(Ending::Fine);
    }
    for person in people {
        let password = if person.password_changed_at.is_some() {
            "a password"
        } else {
            "no password"
        };
        print(&format!(
            "{}: {password}, {} sessions, {} links that can be used",
            person.address, person.sessions, person.links
        ))?;
    }
    Ok(Ending::Fine)
}
