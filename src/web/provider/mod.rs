//! Sign-in through an identity provider: one that speaks OpenID Connect (`openid`), or a git host that speaks OAuth 2 alone (`oauth`).
//!
//! A provider says one thing here: that whoever is in this browser owns e-mail addresses, and an account. What those may do is the policy's to say. Nothing is
//! asked of the provider before somebody wants to sign in by it, so a provider that is down keeps nobody from a password or a link.

mod oauth;
mod openid;

use std::pin::Pin;

use openidconnect::url::Url;
use openidconnect::{AsyncHttpClient, ClientSecret, RedirectUrl};

use self::oauth::OAuth;
use self::openid::OpenId;
use super::accounts::UnderWay;
use crate::hosting::Host;
use crate::hosting::api::site;
use crate::hosting::http::{Http, HttpError, is_safe};
use crate::refusal::Refusal;

/// What the operator says of a provider.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its address, under which `/.well-known/openid-configuration` stands.
    pub issuer: String,
    /// The kind of git host that it is, where it is one.
    pub host: Option<Host>,
    /// What it calls this server.
    pub client_id: String,
    /// What this server proves itself with; shown nowhere.
    pub client_secret: Option<ClientSecret>,
    /// What people call it: "the university's account".
    pub name: String,
    /// Where this server is reached, without a slash at the end.
    pub public_url: String,
}

/// A provider that people may sign in by.
pub struct Provider {
    name: String,
    issuer: Url,
    host: Option<Host>,
    way: Way,
}

/// What a provider speaks.
enum Way {
    OpenId(Box<OpenId>),
    OAuth(Box<OAuth>),
}

/// Where a browser is sent, and what is kept until it is back.
pub struct Departure {
    /// The provider's page.
    pub address: String,
    /// What the provider hands back.
    pub state: String,
    /// What is kept here.
    pub under_way: UnderWay,
}

/// Who came back, as the provider says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrived {
    /// Addresses that the provider has verified, the one that counts most first.
    pub addresses: Vec<String>,
    /// Their account on a git host, `github:583231`.
    pub account: Option<String>,
}

/// The largest answer that is read, in bytes; key sets and statements are a few thousand.
const MOST_BYTES: usize = 256 << 10;

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future =
        Pin<Box<dyn Future<Output = Result<http::Response<Vec<u8>>, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: http::Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

impl Provider {
    /// Returns the provider that the settings describe; it is not asked anything yet.
    ///
    /// # Errors
    /// Refuses an issuer or a public address that secrets must not be sent to.
    pub fn new(settings: Settings) -> Result<Self, Refusal> {
        let issuer = Url::parse(&settings.issuer)
            .ok()
            .filter(is_safe)
            .ok_or_else(|| unsafe_issuer(&settings.issuer))?;
        let back = format!("{}{}", settings.public_url, super::urls::provider_back());
        let back = RedirectUrl::new(back).map_err(|_| bad_public_url(&settings.public_url))?;
        let http = Http::new(&issuer, MOST_BYTES).map_err(|error| {
            Refusal::new(
                "SRV-OIDC-003",
                format!("no TLS can be spoken: {error}"),
                "install the system's certificates: package ca-certificates",
            )
        })?;
        let (name, host) = (settings.name.clone(), settings.host);
        let way = match host {
            Some(host @ (Host::GitHub | Host::Bitbucket)) => {
                Way::OAuth(Box::new(OAuth::new(host, &settings, back, http)?))
            }
            _ => Way::OpenId(Box::new(OpenId::new(settings, back, http)?)),
        };
        Ok(Self {
            name,
            issuer,
            host,
            way,
        })
    }

    /// Returns what people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether a sender of browsers, who says so in the address, is this provider (RFC 9207).
    pub fn is_sender(&self, sender: &str) -> bool {
        match &self.way {
            Way::OpenId(way) => way.issuer() == sender,
            // GitHub's stands below its own address.
            Way::OAuth(_) => sender.starts_with(self.issuer.as_str().trim_end_matches('/')),
        }
    }

    /// Returns whether an account of this provider is one of the git host whose API stands at an address: the same kind of host at the same place.
    pub fn is_host(&self, host: Host, api: &str) -> bool {
        self.host == Some(host) && site(self.issuer.as_str()) == site(api)
    }

    /// Sends somebody to the provider, who will then go on to a local page.
    ///
    /// # Errors
    /// When the provider cannot be reached or says nothing that can be used.
    pub async fn depart(&self, next: &str, now: i64) -> Result<Departure, Refusal> {
        match &self.way {
            Way::OpenId(way) => way.depart(next, now).await,
            Way::OAuth(way) => way.depart(next),
        }
    }

    /// Trades the code that a browser brought back, and returns who is in it.
    ///
    /// # Errors
    /// When the provider does not take the code, its statement does not hold, or it vouches for nothing that could be known here.
    pub async fn arrive(
        &self,
        code: &str,
        under_way: &UnderWay,
        now: i64,
    ) -> Result<Arrived, Refusal> {
        let (addresses, id) = match &self.way {
            Way::OpenId(way) => way.arrive(code, under_way, now).await?,
            Way::OAuth(way) => way.arrive(code, under_way).await?,
        };
        let account = self.host.map(|host| format!("{host}:{id}"));
        let addresses: Vec<String> = addresses
            .into_iter()
            .filter(|address| is_plain_address(address))
            .collect();
        match addresses.is_empty() && account.is_none() {
            true => Err(unverified()),
            false => Ok(Arrived { addresses, account }),
        }
    }
}

/// Letters beyond ASCII fold in surprising ways, and policies are compared without case; so none is taken.
fn is_plain_address(address: &str) -> bool {
    address.is_ascii() && address.len() <= 254 && address.contains('@')
}

/// Returns an error with what it came from: the log is read without a debugger.
fn told(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push_str(&format!(": {error}"));
        cause = error.source();
    }
    told.chars().take(500).collect()
}

fn no_statement(why: &str) -> Refusal {
    tracing::warn!(why, "a statement of the identity provider was refused");
    Refusal::new(
        "WEB-OIDC-004",
        "what the provider says of you does not hold for this sign-in",
        "sign in again; if it stays, ask the operator to read the server's log",
    )
}

fn unverified() -> Refusal {
    Refusal::new(
        "WEB-OIDC-005",
        "the provider names no e-mail address of yours that it has verified",
        "verify your address there, or ask whoever runs the server for a sign-in link",
    )
}

fn unreachable() -> Refusal {
    Refusal::new(
        "WEB-OIDC-002",
        "the provider could not be reached, or did not answer as it should",
        "try again in a moment, or sign in with a password or a link",
    )
}

fn unsafe_issuer(issuer: &str) -> Refusal {
    Refusal::new(
        "SRV-OIDC-002",
        format!("\"{issuer}\" is no address of a provider that secrets may be sent to"),
        "give --oidc-issuer as https://...",
    )
}

fn bad_public_url(given: &str) -> Refusal {
    Refusal::new(
        "SRV-URL-001",
        format!("\"{given}\" is no address at which a server is reached"),
        "give --public-url as https://HOST, without a path",
    )
}

/// Returns the address at which the server is reached as links begin with it: scheme, host and port, nothing after them.
///
/// # Errors
/// Refuses what is no such address.
pub fn public_url(given: &str) -> Result<String, Refusal> {
    let is_plain = |url: &Url| {
        matches!(url.scheme(), "https" | "http")
            && url.host().is_some()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    match Url::parse(given) {
        Ok(url) if is_plain(&url) => Ok(url.as_str().trim_end_matches('/').to_owned()),
        _ => Err(bad_public_url(given)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_scheme_host_and_port() {
        assert_eq!(
            public_url("https://Register.example.org:8443/").unwrap(),
            "https://register.example.org:8443"
        );
        for given in [
            "",
            "register.example.org",
            "https://",
            "https://x.org/path",
            "https://x.org/?a",
            "https://user@x.org",
            "javascript:alert(1)",
        ] {
            assert_eq!(
                public_url(given).unwrap_err().code,
                "SRV-URL-001",
                "{given}"
            );
        }
    }

    #[test]
    fn addresses_that_fold_into_others_are_not_taken() {
        assert!(is_plain_address("ana@example.org"));
        // U+212A is the Kelvin sign, whose lower case is "k".
        for address in ["\u{212a}im@example.org", "nobody", ""] {
            assert!(!is_plain_address(address), "{address}");
        }
    }

    #[test]
    fn a_provider_that_would_get_secrets_in_the_clear_is_refused() {
        let settings = |issuer: &str| Settings {
            issuer: issuer.to_owned(),
            host: None,
            client_id: "countersign".to_owned(),
            client_secret: Some(ClientSecret::new("canary-secret".to_owned())),
            name: "Example".to_owned(),
            public_url: "https://register.example.org".to_owned(),
        };
        for issuer in ["http://id.example.org", "id.example.org", "ftp://127.0.0.1"] {
            let refusal = Provider::new(settings(issuer)).err().unwrap();
            assert_eq!(refusal.code, "SRV-OIDC-002", "{issuer}");
        }
        assert!(Provider::new(settings("http://127.0.0.1:9")).is_ok());
        assert!(!format!("{:?}", settings("x")).contains("canary-secret"));
    }
}
