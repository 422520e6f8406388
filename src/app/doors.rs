//! What the operator says of the way in: the server's public address and its identity provider, read whole or refused with a sentence.

use std::path::Path;

use anyhow::{Context, Result};
use openidconnect::ClientSecret;

use crate::config::{Oidc, Serve};
use crate::hosting::Host;
use crate::refusal::Refusal;
use crate::web::provider::{Provider, Settings, public_url};

/// The variable that may hold the client's secret.
const SECRET: &str = "COUNTERSIGN_OIDC_CLIENT_SECRET";

/// The public address that was given, without a slash at its end.
///
/// # Errors
/// Refuses what is no such address.
pub fn given_url(settings: &Serve) -> Result<Option<String>, Refusal> {
    settings.public_url.as_deref().map(public_url).transpose()
}

/// The identity provider that was given.
///
/// # Errors
/// When the secret's file cannot be read. Refuses settings of which half are missing.
pub fn provider(
    settings: &Oidc,
    public_url: Option<&str>,
) -> Result<Result<Option<Provider>, Refusal>> {
    let half = |given: &str, missing: &str| {
        Refusal::new(
            "SRV-OIDC-001",
            format!("{given} is given without {missing}"),
            format!("give {missing} too, or neither"),
        )
    };
    let usual = match settings.oidc_host {
        Some(Host::GitHub) => Some("https://github.com"),
        Some(Host::GitLab) => Some("https://gitlab.com"),
        Some(Host::Bitbucket) => Some("https://bitbucket.org"),
        _ => None,
    };
    let issuer = settings.oidc_issuer.clone();
    let Some(issuer) = issuer.or(usual.map(str::to_owned)) else {
        return Ok(
            match (&settings.oidc_client_id, &settings.oidc_client_secret_file) {
                _ if settings.oidc_host.is_some() => Err(half("--oidc-host", "--oidc-issuer")),
                (None, None) => Ok(None),
                (Some(_), _) => Err(half("--oidc-client-id", "--oidc-issuer")),
                (None, Some(_)) => Err(half("--oidc-client-secret-file", "--oidc-issuer")),
            },
        );
    };
    let Some(client_id) = settings.oidc_client_id.clone() else {
        return Ok(Err(half("--oidc-issuer", "--oidc-client-id")));
    };
    let Some(public_url) = public_url else {
        return Ok(Err(half("--oidc-issuer", "--public-url")));
    };
    let client_secret = match secret(settings.oidc_client_secret_file.as_deref())? {
        Ok(secret) => secret,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let named = settings.oidc_host.map(|host| host.title().to_owned());
    let name = settings.oidc_name.clone().or(named);
    let name = name.unwrap_or_else(|| host(&issuer));
    Ok(Provider::new(Settings {
        issuer,
        host: settings.oidc_host,
        client_id,
        client_secret,
        name,
        public_url: public_url.to_owned(),
    })
    .map(Some))
}

/// The client's secret: from its file, else from the environment. A client that the provider calls public has none.
fn secret(file: Option<&Path>) -> Result<Result<Option<ClientSecret>, Refusal>> {
    let text = match file {
        Some(file) => {
            if let Err(refusal) = refuse_readable_by_others(file)? {
                return Ok(Err(refusal));
            }
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("failed to read {}", file.display()))?;
            Some(text)
        }
        None => std::env::var(SECRET).ok(),
    };
    Ok(match text.as_deref().map(str::trim) {
        None => Ok(None),
        Some("") => Err(Refusal::new(
            "SRV-OIDC-004",
            "the secret of the identity provider's client is empty",
            format!("write it into the file or into {SECRET}, or give neither"),
        )),
        Some(secret) => Ok(Some(ClientSecret::new(secret.to_owned()))),
    })
}

/// Without a name the button says where the provider is.
fn host(issuer: &str) -> String {
    let after = issuer.split_once("://").map_or(issuer, |(_, after)| after);
    after.split('/').next().unwrap_or(after).to_owned()
}

fn refuse_readable_by_others(file: &Path) -> Result<Result<(), Refusal>> {
    Ok(match is_readable_by_others(file)? {
        false => Ok(()),
        true => Err(Refusal::new(
            "SRV-OIDC-005",
            "other users of the machine can read the secret of the identity provider's client",
            "run chmod 600 on the file",
        )
        .in_path(file.display().to_string())),
    })
}

/// Returns whether other users of the machine can read a file.
///
/// # Errors
/// When there is no such file.
#[cfg(unix)]
pub fn is_readable_by_others(file: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file)
        .with_context(|| format!("failed to read {}", file.display()))?
        .permissions()
        .mode();
    Ok(mode & 0o077 != 0)
}

/// Returns whether other users of the machine can read a file, as far as this system says.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn is_readable_by_others(_file: &Path) -> Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> Oidc {
        Oidc {
            oidc_issuer: Some("https://id.example.org/realm".to_owned()),
            oidc_client_id: Some("countersign".to_owned()),
            ..Oidc::default()
        }
    }

    #[test]
    fn half_given_settings_are_refused_by_the_name_of_the_other_half() {
        let here = Some("https://register.example.org");
        let refused = |settings: &Oidc, here| provider(settings, here).unwrap().err().unwrap();
        assert!(refused(&given(), None).cause.contains("--public-url"));
        let no_client = Oidc {
            oidc_client_id: None,
            ..given()
        };
        assert!(refused(&no_client, here).cause.contains("--oidc-client-id"));
        let no_issuer = Oidc {
            oidc_issuer: None,
            ..given()
        };
        assert!(refused(&no_issuer, here).cause.contains("--oidc-issuer"));
        assert!(provider(&Oidc::default(), None).unwrap().unwrap().is_none());
        let hosted = |host| Oidc {
            oidc_host: Some(host),
            ..no_issuer.clone()
        };
        let github = provider(&hosted(Host::GitHub), here).unwrap().unwrap();
        assert_eq!(github.unwrap().name(), "GitHub");
        let gitea = refused(&hosted(Host::Gitea), here);
        assert!(gitea.cause.contains("--oidc-issuer"));
        assert_eq!(host("https://id.example.org/realm"), "id.example.org");
    }

    /// FAULTS 174, for this secret.
    #[cfg(unix)]
    #[test]
    fn a_secret_that_others_can_read_or_that_is_empty_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        for (text, mode, code) in [
            ("canary", 0o644, Some("SRV-OIDC-005")),
            ("\n", 0o600, Some("SRV-OIDC-004")),
            ("canary\n", 0o600, None),
        ] {
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let refusal = secret(Some(&file)).unwrap().err();
            assert_eq!(refusal.as_ref().map(|refusal| refusal.code), code);
            assert!(!refusal.is_some_and(|refusal| refusal.to_string().contains("canary")));
        }
    }
}
