//! The HTTP client for the identity provider: no redirects, little time, small answers, and TLS everywhere but on this machine.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::AsyncHttpClient;
use openidconnect::http::{self, Response};
use openidconnect::url::{Host, Url};

/// How long one answer may take, all of it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The largest answer that is read, in bytes; key sets and statements are a few thousand.
const MAX_BYTES: usize = 256 * 1024;

/// Installs the TLS that this program uses; a second time does nothing.
pub fn install_tls() {
    // An error says that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A client for one provider.
#[derive(Debug, Clone)]
pub struct Http(reqwest::Client);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// It could not be asked.
    #[error("the provider could not be asked")]
    Transport(#[source] reqwest::Error),
    /// The answer does not end in time.
    #[error("the provider's answer is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// The provider names an address that is not to be trusted.
    #[error("the provider names an address that is neither https nor on this machine")]
    Plain,
    /// The answer is none.
    #[error("the provider's answer is malformed")]
    Malformed(#[source] http::Error),
}

impl Http {
    /// Returns a client. Certificates of the system are read only where the provider is reached by https.
    ///
    /// # Errors
    /// When the system has no certificates to trust.
    pub fn new(issuer: &Url) -> reqwest::Result<Self> {
        install_tls();
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT);
        let builder = match issuer.scheme() {
            "https" => builder.https_only(true),
            _ => builder.tls_certs_only([]),
        };
        builder.build().map(Self)
    }

    async fn ask(&self, request: http::Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
        let transport = |error: reqwest::Error| HttpError::Transport(error.without_url());
        let request = reqwest::Request::try_from(request).map_err(transport)?;
        if !is_safe(request.url()) {
            return Err(HttpError::Plain);
        }
        let mut answer = self.0.execute(request).await.map_err(transport)?;
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(transport)? {
            if body.len() + part.len() > MAX_BYTES {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&part);
        }
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        response.body(body).map_err(HttpError::Malformed)
    }
}

/// Returns whether an address of a provider is one that secrets may be sent to: https, or this machine.
pub fn is_safe(address: &Url) -> bool {
    let is_here = match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match address.scheme() {
        "https" => address.host().is_some(),
        "http" => is_here,
        _ => false,
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: http::Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_by_tls_or_stay_on_this_machine() {
        for (address, expected) in [
            ("https://id.example.org/x", true),
            ("http://127.0.0.1:1/x", true),
            ("http://localhost/", true),
            ("http://[::1]/", true),
            ("http://id.example.org/", false),
            ("http://localhost.example.org/", false),
            ("http://127.0.0.1.example.org/", false),
            ("file:///etc/passwd", false),
            ("ftp://127.0.0.1/", false),
        ] {
            assert_eq!(
                is_safe(&Url::parse(address).unwrap()),
                expected,
                "{address}"
            );
        }
    }
}
