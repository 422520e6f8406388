//! Sign-in through an identity provider that speaks OpenID Connect: the authorization code flow with PKCE, state and nonce.
//!
//! A provider says one thing here: that whoever is in this browser owns an e-mail address. What the address may do is the policy's to say. The provider's
//! statement counts only when its own key signed it, for this server, for this very sign-in, and when it says that the address is verified. Nothing is
//! asked of the provider before somebody wants to sign in by it, so a provider that is down keeps nobody from a password or a link.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::url::Url;
use openidconnect::{
    AccessToken, AccessTokenHash, AsyncHttpClient, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    SignatureVerificationError, TokenResponse,
};
use tokio::sync::Mutex;

use super::accounts::UnderWay;
use crate::hosting::http::{Http, HttpError, is_safe};
use crate::refusal::Refusal;

/// What the operator says of a provider.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its address, under which `/.well-known/openid-configuration` stands.
    pub issuer: String,
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
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    back: RedirectUrl,
    http: Http,
    known: Mutex<Option<Known>>,
}

/// What the provider says of itself, and when it said so.
#[derive(Clone)]
struct Known {
    metadata: Arc<CoreProviderMetadata>,
    at: i64,
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

/// Seconds for which the provider's description of itself and its keys hold.
const KNOWN_FOR: i64 = 10 * 60;

/// Seconds after which they are asked for again when a key is missing: providers change keys without notice.
const ASKED_AGAIN_AFTER: i64 = 30;

/// Seconds by which the provider's clock may be ahead.
const CLOCKS_DIFFER: i64 = 120;

/// Signatures that count: by the provider's own key. Never `none`, and nothing made with a secret that this server knows too.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Provider {
    /// Returns the provider that the settings describe; it is not asked anything yet.
    ///
    /// # Errors
    /// Refuses an issuer or a public address that secrets must not be sent to.
    pub fn new(settings: Settings) -> Result<Self, Refusal> {
        let issuer = IssuerUrl::new(settings.issuer.clone())
            .ok()
            .filter(|issuer| is_safe(issuer.url()))
            .ok_or_else(|| unsafe_issuer(&settings.issuer))?;
        let back = format!("{}{}", settings.public_url, super::urls::provider_back());
        let back = RedirectUrl::new(back).map_err(|_| bad_public_url(&settings.public_url))?;
        let http = Http::new(issuer.url(), MOST_BYTES).map_err(|error| {
            Refusal::new(
                "SRV-OIDC-003",
                format!("no TLS can be spoken: {error}"),
                "install the system's certificates: package ca-certificates",
            )
        })?;
        Ok(Self {
            name: settings.name,
            client_id: ClientId::new(settings.client_id),
            client_secret: settings.client_secret,
            known: Mutex::new(None),
            issuer,
            back,
            http,
        })
    }

    /// Returns what people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns its address.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Sends somebody to the provider, who will then go on to a local page.
    ///
    /// # Errors
    /// When the provider cannot be reached or says nothing that can be used.
    pub async fn depart(&self, next: &str, now: i64) -> Result<Departure, Refusal> {
        let metadata = self.metadata(now, KNOWN_FOR).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state, nonce) = self
            .client(&metadata)
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        if !is_safe(&address) {
            return Err(unreachable());
        }
        Ok(Departure {
            address: address.to_string(),
            state: state.secret().clone(),
            under_way: UnderWay {
                nonce: nonce.secret().clone(),
                verifier: verifier.secret().clone(),
                next: next.to_owned(),
            },
        })
    }

    /// Trades the code that a browser brought back, and returns the verified address of whoever is in it.
    ///
    /// # Errors
    /// When the provider does not take the code, its statement does not hold, or it holds no verified address.
    pub async fn arrive(
        &self,
        code: &str,
        under_way: &UnderWay,
        now: i64,
    ) -> Result<String, Refusal> {
        let metadata = self.metadata(now, KNOWN_FOR).await?;
        let client = self.client(&metadata);
        let traded = self.trade(&client, code, under_way).await?;
        let stated = traded.id_token().ok_or_else(|| no_statement("none came"))?;
        let nonce = Nonce::new(under_way.nonce.clone());
        let claims = match verified(&client, stated, &nonce, now) {
            Ok(claims) => claims.clone(),
            Err(error) if lacks_key(&error) => {
                let metadata = self.metadata(now, ASKED_AGAIN_AFTER).await?;
                let client = self.client(&metadata);
                let again = verified(&client, stated, &nonce, now);
                again.map_err(|error| does_not_hold(&error))?.clone()
            }
            Err(error) => return Err(does_not_hold(&error)),
        };
        self.judge(&client, &claims, stated, traded.access_token())?;
        let found = self.address(&client, &claims, traded.access_token()).await;
        plain_address(found?)
    }

    /// Returns what the provider says of itself, asked anew where that is older than so many seconds.
    async fn metadata(
        &self,
        now: i64,
        holds_for: i64,
    ) -> Result<Arc<CoreProviderMetadata>, Refusal> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref()
            && now - known.at < holds_for
        {
            return Ok(Arc::clone(&known.metadata));
        }
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http)
            .await
            .map_err(|error| {
                tracing::warn!(
                    error = told(&error),
                    "the identity provider does not describe itself"
                );
                unreachable()
            })?;
        let metadata = Arc::new(found);
        *known = Some(Known {
            metadata: Arc::clone(&metadata),
            at: now,
        });
        Ok(metadata)
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> Client {
        CoreClient::from_provider_metadata(
            metadata.clone(),
            self.client_id.clone(),
            self.client_secret.clone(),
        )
        .set_redirect_uri(self.back.clone())
    }

    async fn trade(
        &self,
        client: &Client,
        code: &str,
        under_way: &UnderWay,
    ) -> Result<CoreTokenResponse, Refusal> {
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| no_statement(&error.to_string()))?;
        request
            .set_pkce_verifier(PkceCodeVerifier::new(under_way.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| no_statement(&told(&error)))
    }

    /// What the library leaves to its callers: who the statement was made for, and which access token came with it.
    fn judge(
        &self,
        client: &Client,
        claims: &CoreIdTokenClaims,
        stated: &CoreIdToken,
        access_token: &AccessToken,
    ) -> Result<(), Refusal> {
        if let Some(party) = claims.authorized_party()
            && *party != self.client_id
        {
            return Err(no_statement("it was made for another party"));
        }
        let Some(expected) = claims.access_token_hash() else {
            return Ok(());
        };
        let verifier = client.id_token_verifier();
        let algorithm = stated.signing_alg().ok();
        let hash = algorithm.and_then(|algorithm| {
            let key = stated.signing_key(&verifier).ok()?;
            AccessTokenHash::from_token(access_token, algorithm, key).ok()
        });
        match hash.is_some_and(|hash| hash == *expected) {
            true => Ok(()),
            false => Err(no_statement("it came with another access token")),
        }
    }

    /// Returns the verified address of a statement, or else of the provider's answer about the person that the statement names.
    async fn address(
        &self,
        client: &Client,
        claims: &CoreIdTokenClaims,
        access_token: &AccessToken,
    ) -> Result<String, Refusal> {
        if let Some(address) = claims.email() {
            return match claims.email_verified() {
                Some(true) => Ok(address.to_string()),
                Some(false) | None => Err(unverified()),
            };
        }
        let subject = claims.subject().clone();
        let request = client
            .user_info(access_token.clone(), Some(subject))
            .map_err(|_| unverified())?;
        let person: CoreUserInfoClaims = request
            .request_async(&self.http)
            .await
            .map_err(|error| no_statement(&told(&error)))?;
        match (person.email(), person.email_verified()) {
            (Some(address), Some(true)) => Ok(address.to_string()),
            _ => Err(unverified()),
        }
    }
}

fn verified<'a>(
    client: &Client,
    stated: &'a CoreIdToken,
    nonce: &Nonce,
    now: i64,
) -> Result<&'a CoreIdTokenClaims, ClaimsVerificationError> {
    let moment = UNIX_EPOCH + Duration::from_secs(now.max(0).unsigned_abs());
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || moment.into())
        .set_issue_time_verifier_fn(move |issued| {
            match issued.timestamp() <= now + CLOCKS_DIFFER {
                true => Ok(()),
                false => Err("iat ahead".to_owned()),
            }
        });
    stated.claims(&verifier, nonce)
}

fn lacks_key(error: &ClaimsVerificationError) -> bool {
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)
    )
}

/// Letters beyond ASCII fold in surprising ways, and policies are compared without case; so none is taken.
fn plain_address(address: String) -> Result<String, Refusal> {
    match address.is_ascii() && address.len() <= 254 && address.contains('@') {
        true => Ok(address),
        false => Err(unverified()),
    }
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

fn does_not_hold(error: &ClaimsVerificationError) -> Refusal {
    no_statement(&error.to_string())
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
        assert!(plain_address("ana@example.org".into()).is_ok());
        // U+212A is the Kelvin sign, whose lower case is "k".
        for address in ["\u{212a}im@example.org", "nobody", ""] {
            assert!(plain_address(address.into()).is_err(), "{address}");
        }
    }

    #[test]
    fn a_provider_that_would_get_secrets_in_the_clear_is_refused() {
        let settings = |issuer: &str| Settings {
            issuer: issuer.to_owned(),
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
