//! Connecting the API of the git host from a page: a kind and a token; where it stands is told by the repository's own address and by nobody who fills in a
//! form, so that this server is sent nowhere else.

use secrecy::{ExposeSecret, SecretString};

use crate::hosting::Host;
use crate::hosting::api::{Api, place};
use crate::hosting::connect::{Told, Tried, Wanted, What, connect, went_well};
use crate::refusal::Refusal;
use crate::repository::network::public_line;
use crate::web::accounts::{GivenLogin, HostApi};
use crate::web::failure::{Failure, shown};
use crate::web::form::Fields;
use crate::web::language::{Message, say};
use crate::web::pages::hosting::TriedRow;
use crate::web::pages::layout::Tone;
use crate::web::reader::Reader;

/// Asks the API with the token that was given, and sets the host up where it lets in; then it is kept.
pub(super) async fn connect_api(
    reader: &Reader,
    host: Host,
    fields: &Fields,
) -> Result<Result<Vec<Tried>, Refusal>, Failure> {
    let (accounts, name) = (&reader.web.accounts, reader.desk.name.as_str());
    let token = fields.get("token").trim();
    if token.is_empty() {
        return Ok(Err(no_token()));
    }
    let remotes = accounts.remotes(name).await?;
    let found = remotes
        .into_iter()
        .filter(|remote| !remote.is_mirror)
        .find_map(|remote| Some((place(host, &remote.address, None)?, remote.login)));
    let Some((place, login)) = found else {
        return Ok(Err(no_place()));
    };
    let given = HostApi {
        host,
        place,
        token: SecretString::from(token),
    };
    let api = match Api::new(host, given.place.clone(), given.token.clone()) {
        Ok(api) => api,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (secret, _) = accounts.begin_hook(name, host, reader.now()).await?;
    let branch = reader.policy().branch.clone();
    let published = format!("refs/heads/{branch}");
    let head = reader
        .desk
        .on_repository(move |repository, _| repository.head_of(&published))
        .await?;
    let wanted = Wanted {
        hook: Some((super::hosting::address(reader, host), &secret)),
        key: match &login {
            GivenLogin::Key { key, .. } => public_line(key.expose_secret()),
            GivenLogin::Own | GivenLogin::Token { .. } => None,
        },
        branch,
        head: head.map(|head| head.to_string()),
        link: format!("{}{}", reader.web.public_url, reader.urls.queue()),
    };
    let tried = connect(&api, &wanted).await;
    if went_well(&tried, What::Api) {
        accounts.keep_host_api(name, &given).await?;
        reader.desk.ask_for_a_look();
    }
    Ok(Ok(tried))
}

/// Shows what was tried.
pub(super) fn row(tried: Tried) -> TriedRow {
    let what = match tried.what {
        What::Api => say("hosting-tried-api"),
        What::Webhook => say("hosting-tried-webhook"),
        What::Key => say("hosting-tried-key"),
        What::Protection => say("hosting-tried-protection"),
        What::Status => say("hosting-tried-status"),
    };
    match tried.told {
        Ok(told) => TriedRow {
            tone: match told {
                Told::Unprotected | Told::Unknown => Tone::Warning,
                _ => Tone::Good,
            },
            what,
            told: sentence(told),
            refused: None,
        },
        Err(refusal) => TriedRow {
            tone: Tone::Wrong,
            what,
            told: Message::default(),
            refused: Some(shown(&refusal)),
        },
    }
}

fn sentence(told: Told) -> Message {
    match told {
        Told::Answers(count) => say("hosting-told-answers").with("count", count),
        Told::Made => say("hosting-told-made"),
        Told::Known => say("hosting-told-known"),
        Told::Protected => say("hosting-told-protected"),
        Told::Unprotected => say("hosting-told-unprotected"),
        Told::Unknown => say("hosting-told-unknown"),
        Told::Shown => say("hosting-told-shown"),
    }
}

fn no_token() -> Refusal {
    Refusal::new(
        "HST-TOKEN-001",
        "no token was given",
        "make one on the host that may read and write requests, statuses and webhooks",
    )
}

fn no_place() -> Refusal {
    Refusal::new(
        "HST-PLACE-001",
        "it is not known where the API of this kind of host stands",
        "choose the kind of host that the repository lives on, or run countersign connect with --api-url",
    )
}
