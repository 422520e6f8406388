//! `key`: the key that signs, and another one in its place.
//!
//! A key counts where the register's own keys name it, and those are governed with the policy: a new one is allowed by people, in a commit that the key
//! before signs. So a new key is made beside the one in use, allowed in every register, and only then taken.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::{Ending, data, print, print_json, refuse};
use crate::config::Key;
use crate::data::{DataDir, Holding};
use crate::index::{self, Index};
use crate::policy::ALLOWED_SIGNERS_PATH;
use crate::refusal::Refusal;
use crate::repository::SigningKey;

/// A register, and whether it allows the keys; `None` for a next one that is not there.
struct Allowed {
    name: String,
    present: bool,
    next: Option<bool>,
}

pub async fn run(data_dir: &Path, settings: &Key) -> Result<Ending> {
    let data = data(data_dir)?;
    if settings.new {
        data.next_key()?;
    }
    let present = data.key()?;
    let next = data.has_next_key().then(|| data.next_key()).transpose()?;
    let registers = registers(&data, &present, next.as_ref()).await?;
    if settings.take {
        return take(&data, next.as_ref(), &registers);
    }
    if settings.json {
        let told: Vec<_> = registers
            .iter()
            .map(|one| json!({ "repository": one.name, "allows": one.present, "allows_next": one.next }))
            .collect();
        let next = next.as_ref().map(|next| {
            json!({ "fingerprint": next.fingerprint(), "line": next.allowed_signers_line().trim() })
        });
        print_json(&json!({
            "fingerprint": present.fingerprint(),
            "line": present.allowed_signers_line().trim(),
            "next": next,
            "repositories": told,
        }))?;
        return Ok(ending(&registers));
    }
    print(&format!("in use: {}", present.fingerprint()))?;
    if let Some(next) = &next {
        print(&format!("next:   {}", next.fingerprint()))?;
        print(&format!(
            "its line for {ALLOWED_SIGNERS_PATH}: {}",
            next.allowed_signers_line().trim()
        ))?;
    }
    for one in &registers {
        let word = |allows: bool| if allows { "allows" } else { "does not allow" };
        let next = match one.next {
            Some(allows) => format!(", and {} the next one", word(allows)),
            None => String::new(),
        };
        print(&format!(
            "{} {} the one in use{next}",
            one.name,
            word(one.present)
        ))?;
    }
    Ok(ending(&registers))
}

fn ending(registers: &[Allowed]) -> Ending {
    match registers.iter().all(|one| one.present) {
        true => Ending::Fine,
        false => Ending::Found,
    }
}

/// What each adopted register allows, by the keys that are in force there.
async fn registers(
    data: &DataDir,
    present: &SigningKey,
    next: Option<&SigningKey>,
) -> Result<Vec<Allowed>> {
    let mut registers = Vec::new();
    for holding in data.holdings()? {
        if let Some(keys) = in_force(&holding, &present.fingerprint()).await? {
            registers.push(Allowed {
                present: keys.contains(&present.fingerprint()),
                next: next.map(|next| keys.contains(&next.fingerprint())),
                name: holding.name,
            });
        }
    }
    Ok(registers)
}

async fn in_force(holding: &Holding, fingerprint: &str) -> Result<Option<Vec<String>>> {
    if !holding.path.exists() {
        return Ok(None);
    }
    let index = Index::open(&holding.index).await?;
    index.trust(fingerprint.to_owned());
    index::sync(&index, &holding.path, &crate::app::tip_ref(holding)?).await?;
    Ok(match index.rules().as_ref() {
        Some(Ok(rules)) if rules.adopted => Some(rules.keys.fingerprints()),
        _ => None,
    })
}

fn take(data: &DataDir, next: Option<&SigningKey>, registers: &[Allowed]) -> Result<Ending> {
    if next.is_none() {
        return Ok(refuse(&[Refusal::new(
            "KEY-NEXT-001",
            "there is no next key",
            "make one with countersign key --new",
        )]));
    }
    let lacking: Vec<Refusal> = registers
        .iter()
        .filter(|one| one.next != Some(true))
        .map(|one| {
            Refusal::new(
                "KEY-NEXT-002",
                "the register does not allow the next key yet, so nothing that it signs would count",
                format!("add its line to {ALLOWED_SIGNERS_PATH}, and have the change approved"),
            )
            .in_path(one.name.clone())
        })
        .collect();
    if !lacking.is_empty() {
        return Ok(refuse(&lacking));
    }
    let _lock = match data.lock()? {
        Ok(lock) => lock,
        Err(refusal) => return Ok(refuse(&[refusal])),
    };
    data.take_next_key()?;
    print("the next key is in use; the one before is kept as key.before, for you to delete")?;
    Ok(Ending::Fine)
}
