//! Git hosts that speak OAuth 2 and no OpenID Connect: GitHub and Bitbucket. The access token is asked for who its owner is, and is kept nowhere.
//!
//! Shapes: <https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>, <https://docs.github.com/rest/users/emails> and
//! <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-users/>.

use http::{Request, header};
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, CsrfToken, EndpointNotSet, EndpointSet,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse, TokenUrl,
};
use serde_json::Value;

use super::{Departure, Settings, no_statement, told, unreachable, unsafe_issuer};
use crate::hosting::Host;
use crate::hosting::api::base;
use crate::hosting::http::Http;
use crate::refusal::Refusal;
use crate::web::accounts::UnderWay;

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// A git host that people may sign in by.
pub(super) struct OAuth {
    host: Host,
    client: Client,
    /// Where it is asked who somebody is.
    api: String,
    http: Http,
}

impl OAuth {
    pub fn new(
        host: Host,
        settings: &Settings,
        back: RedirectUrl,
        http: Http,
    ) -> Result<Self, Refusal> {
        let site = settings.issuer.trim_end_matches('/');
        let (authorize, token) = match host {
            Host::Bitbucket => ("/site/oauth2/authorize", "/site/oauth2/access_token"),
            _ => ("/login/oauth/authorize", "/login/oauth/access_token"),
        };
        let api = base(host, site).ok_or_else(|| unsafe_issuer(&settings.issuer))?;
        let wrong = |_| unsafe_issuer(&settings.issuer);
        let mut client = BasicClient::new(ClientId::new(settings.client_id.clone()))
            .set_auth_uri(AuthUrl::new(format!("{site}{authorize}")).map_err(wrong)?)
            .set_token_uri(TokenUrl::new(format!("{site}{token}")).map_err(wrong)?)
            .set_redirect_uri(back)
            .set_auth_type(match host {
                Host::Bitbucket => AuthType::BasicAuth,
                _ => AuthType::RequestBody,
            });
        if let Some(secret) = &settings.client_secret {
            client = client.set_client_secret(secret.clone());
        }
        Ok(Self {
            host,
            client,
            api,
            http,
        })
    }

    /// Sends somebody to the host, who will then go on to a local page.
    pub fn depart(&self, next: &str) -> Result<Departure, Refusal> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes: &[&str] = match self.host {
            Host::Bitbucket => &["account", "email"],
            _ => &["user:email"],
        };
        let (address, state) = self
            .client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Departure {
            address: address.to_string(),
            state: state.secret().clone(),
            under_way: UnderWay {
                nonce: String::new(),
                verifier: verifier.secret().clone(),
                next: next.to_owned(),
            },
        })
    }

    /// Trades the code that a browser brought back, and returns the verified addresses of whoever is in it, the primary one first, and their account.
    pub async fn arrive(
        &self,
        code: &str,
        under_way: &UnderWay,
    ) -> Result<(Vec<String>, String), Refusal> {
        let traded = self
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(under_way.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| no_statement(&told(&error)))?;
        let token = traded.access_token().secret();
        let person = self.ask("/user", token).await?;
        let id = match (self.host, person.get("id"), person.get("account_id")) {
            (Host::Bitbucket, _, Some(Value::String(id))) if !id.is_empty() => id.clone(),
            (Host::GitHub, Some(Value::Number(id)), _) => id.to_string(),
            _ => return Err(no_statement("the host does not say who somebody is")),
        };
        let emails = self.ask("/user/emails", token).await?;
        Ok((verified(&emails), id))
    }

    async fn ask(&self, path: &str, token: &str) -> Result<Value, Refusal> {
        let request = Request::get(format!("{}{path}?per_page=100", self.api))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, "countersign")
            .body(Vec::new())
            .map_err(|_| unreachable())?;
        let answer = self.http.ask(request).await.map_err(|error| {
            tracing::warn!(
                error = told(&error),
                "the git host does not say who somebody is"
            );
            unreachable()
        })?;
        if !answer.status().is_success() {
            return Err(no_statement("the host does not say who somebody is"));
        }
        serde_json::from_slice(answer.body()).map_err(|_| no_statement("the answer is no JSON"))
    }
}

/// Addresses that the host has verified, the primary one first. GitHub lists them bare, Bitbucket in `values`.
fn verified(emails: &Value) -> Vec<String> {
    let listed = emails.get("values").unwrap_or(emails).as_array();
    let is = |one: &Value, name: &str| one.get(name).and_then(Value::as_bool) == Some(true);
    let mut found: Vec<(bool, String)> = listed
        .into_iter()
        .flatten()
        .filter(|one| is(one, "verified") || is(one, "is_confirmed"))
        .filter_map(|one| {
            let address = one.get("email")?.as_str()?.to_owned();
            Some((!is(one, "primary") && !is(one, "is_primary"), address))
        })
        .collect();
    found.sort_by_key(|(is_second, _)| *is_second);
    found.into_iter().map(|(_, address)| address).collect()
}
