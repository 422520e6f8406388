//! OpenID Connect: the authorization code flow with PKCE, state and nonce.
//!
//! The provider's statement counts only when its own key signed it, for this server, for this very sign-in, and of an address only what it says that it has
//! verified.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    SignatureVerificationError, TokenResponse,
};
use tokio::sync::Mutex;

use super::{Departure, Settings, no_statement, told, unreachable, unsafe_issuer};
use crate::hosting::http::{Http, is_safe};
use crate::refusal::Refusal;
use crate::web::accounts::UnderWay;

/// A provider that speaks OpenID Connect.
pub(super) struct OpenId {
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

impl OpenId {
    pub fn new(settings: Settings, back: RedirectUrl, http: Http) -> Result<Self, Refusal> {
        Ok(Self {
            issuer: IssuerUrl::new(settings.issuer.clone())
                .map_err(|_| unsafe_issuer(&settings.issuer))?,
            client_id: ClientId::new(settings.client_id),
            client_secret: settings.client_secret,
            known: Mutex::new(None),
            back,
            http,
        })
    }

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

    /// Trades the code that a browser brought back, and returns the verified address of whoever is in it, where there is one, and what the provider calls them.
    ///
    /// # Errors
    /// When the provider does not take the code, or its statement does not hold.
    pub async fn arrive(
        &self,
        code: &str,
        under_way: &UnderWay,
        now: i64,
    ) -> Result<(Vec<String>, String), Refusal> {
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
                again
                    .map_err(|error| no_statement(&error.to_string()))?
                    .clone()
            }
            Err(error) => return Err(no_statement(&error.to_string())),
        };
        self.judge(&client, &claims, stated, traded.access_token())?;
        let address = self
            .address(&client, &claims, traded.access_token())
            .await?;
        let id = claims.subject().as_str().to_owned();
        Ok((address.into_iter().collect(), id))
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
    ) -> Result<Option<String>, Refusal> {
        if let Some(address) = claims.email() {
            let is_verified = claims.email_verified() == Some(true);
            return Ok(is_verified.then(|| address.to_string()));
        }
        let subject = claims.subject().clone();
        let Ok(request) = client.user_info(access_token.clone(), Some(subject)) else {
            return Ok(None);
        };
        let person: CoreUserInfoClaims = request
            .request_async(&self.http)
            .await
            .map_err(|error| no_statement(&told(&error)))?;
        let is_verified = person.email_verified() == Some(true);
        let address = person.email().filter(|_| is_verified);
        Ok(address.map(|address| address.to_string()))
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
