//! What the operator says of letters: the mail server, its password and the sender, read whole or refused with a sentence.

use std::path::Path;

use anyhow::{Context, Result};
use percent_encoding::percent_decode_str;

use super::doors::is_readable_by_others;
use crate::config::Mail;
use crate::refusal::Refusal;
use crate::web::mail::{Encryption, MailServer, Post};

/// The variable that may hold the mail server's password.
const PASSWORD: &str = "COUNTERSIGN_SMTP_PASSWORD";

/// The mail server that was given.
///
/// # Errors
/// When the password's file cannot be read. Refuses settings of which half are missing, and what cannot be used.
pub fn post(settings: &Mail, public_url: Option<&str>) -> Result<Result<Option<Post>, Refusal>> {
    let server = match server(settings, public_url)? {
        Ok(Some(server)) => server,
        Ok(None) => return Ok(Ok(None)),
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(Post::new(&server).map(Some))
}

/// Says which mail server is given and how it is spoken to, in one line; of a password it says that there is one.
///
/// # Errors
/// When a file that a setting names cannot be read.
pub fn told(settings: &Mail, public_url: Option<&str>) -> Result<Result<String, Refusal>> {
    let server = match server(settings, public_url)? {
        Ok(Some(server)) => server,
        Ok(None) => return Ok(Ok("no letters are sent".to_owned())),
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Err(refusal) = Post::new(&server) {
        return Ok(Err(refusal));
    }
    let how = match server.encryption {
        Encryption::Tls => "by TLS",
        Encryption::StartTls => "by STARTTLS",
        Encryption::None => "on this machine, without TLS",
    };
    let login = match &server.login {
        Some((user, _)) => format!("as {user}, password ********"),
        None => "without a password".to_owned(),
    };
    let MailServer {
        host, port, from, ..
    } = &server;
    Ok(Ok(format!(
        "letters from {from} go to {host} port {port}, {how}, {login}"
    )))
}

fn server(
    settings: &Mail,
    public_url: Option<&str>,
) -> Result<Result<Option<MailServer>, Refusal>> {
    let half = |given: &str, missing: &str| {
        Refusal::new(
            "SRV-MAIL-001",
            format!("{given} is given without {missing}"),
            format!("give {missing} too, or neither"),
        )
    };
    let Some(url) = &settings.smtp_url else {
        return Ok(match (&settings.mail_from, &settings.smtp_password_file) {
            (None, None) => Ok(None),
            (Some(_), _) => Err(half("--mail-from", "--smtp-url")),
            (None, Some(_)) => Err(half("--smtp-password-file", "--smtp-url")),
        });
    };
    let Some(from) = settings.mail_from.clone() else {
        return Ok(Err(half("--smtp-url", "--mail-from")));
    };
    if public_url.is_none() {
        return Ok(Err(half("--smtp-url", "--public-url")));
    }
    let Some(place) = place(url) else {
        return Ok(Err(no_mail_server()));
    };
    let password = match password(settings.smtp_password_file.as_deref())? {
        Ok(password) => password,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let login = match (place.user, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (Some(_), None) => {
            let missing = format!("--smtp-password-file or {PASSWORD}");
            return Ok(Err(half("the user in --smtp-url", &missing)));
        }
        (None, _) => None,
    };
    Ok(Ok(Some(MailServer {
        host: place.host,
        port: place.port,
        encryption: place.encryption,
        login,
        from,
    })))
}

struct Place {
    host: String,
    port: u16,
    encryption: Encryption,
    user: Option<String>,
}

/// Reads a mail server's address. The address itself is never repeated: whoever writes a password into it must not find that in a log.
fn place(url: &str) -> Option<Place> {
    let (scheme, rest) = url.split_once("://")?;
    let rest = rest.trim_end_matches('/');
    let (user, server) = match rest.rsplit_once('@') {
        Some((user, server)) => (Some(user), server),
        None => (None, rest),
    };
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
        _ => (server, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_host = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'));
    if !is_host || user.is_some_and(|user| user.is_empty() || user.contains(':')) {
        return None;
    }
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "::1");
    let (encryption, usual) = match (scheme, is_here) {
        ("smtps", _) => (Encryption::Tls, 465),
        ("smtp", true) => (Encryption::None, 25),
        ("smtp", false) => (Encryption::StartTls, 587),
        _ => return None,
    };
    let user = match user {
        Some(user) => Some(percent_decode_str(user).decode_utf8().ok()?.into_owned()),
        None => None,
    };
    Some(Place {
        host: host.to_owned(),
        port: port.unwrap_or(usual),
        encryption,
        user,
    })
}

fn no_mail_server() -> Refusal {
    Refusal::new(
        "SRV-MAIL-002",
        "--smtp-url is no address of a mail server, or holds a password",
        format!(
            "give it as smtps://user@host:465 or smtp://user@host:587, and the password in a file or in {PASSWORD}"
        ),
    )
}

/// The password: from its file, else from the environment.
fn password(file: Option<&Path>) -> Result<Result<Option<String>, Refusal>> {
    let text = match file {
        Some(file) => {
            if is_readable_by_others(file)? {
                return Ok(Err(Refusal::new(
                    "SRV-MAIL-005",
                    "other users of the machine can read the mail server's password",
                    "run chmod 600 on the file",
                )
                .in_path(file.display().to_string())));
            }
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("failed to read {}", file.display()))?;
            Some(text)
        }
        None => std::env::var(PASSWORD).ok(),
    };
    let text = text.map(|text| text.trim_end_matches(['\r', '\n']).to_owned());
    Ok(Ok(text.filter(|text| !text.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Option<&str> = Some("https://register.example.org");

    fn given(url: &str) -> Mail {
        Mail {
            smtp_url: Some(url.to_owned()),
            mail_from: Some("Register <register@example.org>".to_owned()),
            ..Mail::default()
        }
    }

    #[test]
    fn half_given_settings_are_refused_by_the_name_of_the_other_half() {
        let refused = |settings: &Mail, here| post(settings, here).unwrap().err().unwrap();
        let whole = given("smtp://localhost");
        assert!(refused(&whole, None).cause.contains("--public-url"));
        let no_sender = Mail {
            mail_from: None,
            ..whole.clone()
        };
        assert!(refused(&no_sender, HERE).cause.contains("--mail-from"));
        let no_server = Mail {
            smtp_url: None,
            ..whole.clone()
        };
        assert!(refused(&no_server, HERE).cause.contains("--smtp-url"));
        let no_password = refused(&given("smtps://ana@mail.example.org"), HERE);
        assert!(no_password.cause.contains("user in --smtp-url"));
        assert!(post(&Mail::default(), None).unwrap().unwrap().is_none());
        assert!(post(&whole, HERE).unwrap().unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_in_effect_is_told_without_the_password() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "canary\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let whole = Mail {
            smtp_password_file: Some(file),
            ..given("smtps://ana%40example.org@mail.example.org")
        };
        assert_eq!(
            told(&whole, HERE).unwrap().unwrap(),
            "letters from Register <register@example.org> go to mail.example.org port 465, by TLS, as ana@example.org, password ********"
        );
        assert_eq!(
            told(&given("smtp://localhost"), HERE).unwrap().unwrap(),
            "letters from Register <register@example.org> go to localhost port 25, on this machine, without TLS, without a password"
        );
        let nothing = told(&Mail::default(), None).unwrap().unwrap();
        assert_eq!(nothing, "no letters are sent");
        assert!(told(&whole, None).unwrap().is_err());
    }

    #[test]
    fn the_address_says_where_and_how_and_never_a_password() {
        let read = |url| {
            let place = place(url)?;
            Some((place.host, place.port, place.encryption, place.user))
        };
        let host = || "mail.example.org".to_owned();
        assert_eq!(
            read("smtps://mail.example.org/"),
            Some((host(), 465, Encryption::Tls, None))
        );
        assert_eq!(
            read("smtp://ana%40example.org@mail.example.org:2525"),
            Some((
                host(),
                2525,
                Encryption::StartTls,
                Some("ana@example.org".to_owned())
            ))
        );
        assert_eq!(
            read("smtp://[::1]:2525"),
            Some(("::1".to_owned(), 2525, Encryption::None, None))
        );
        for url in [
            "mail.example.org",
            "http://mail.example.org",
            "smtp://",
            "smtp://a b",
            "smtp://host:port",
            "smtps://ana:canary@mail.example.org",
        ] {
            assert_eq!(read(url), None, "{url}");
            let refusal = post(&given(url), HERE).unwrap().err().unwrap();
            assert!(!refusal.to_string().contains("canary"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_password_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "canary\n").unwrap();
        for (mode, code) in [(0o644, Some("SRV-MAIL-005")), (0o600, None)] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let told = password(Some(&file)).unwrap();
            assert_eq!(told.as_ref().err().map(|refusal| refusal.code), code);
        }
    }
}
