//! The HTTP client for identity providers and for the API of git hosts: no redirects, little time, bounded answers, and TLS everywhere but on this machine.

use std::net::IpAddr;
use std::time::Duration;

use http::{Request, Response};
use reqwest::Url;

use crate::publish::sender::install_tls;

/// How long one answer may take, all of it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A client for one place.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    /// The largest answer that is read, in bytes.
    most: usize,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// It could not be asked.
    #[error("it could not be asked")]
    Transport(#[source] reqwest::Error),
    /// The answer does not end in time.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// An address that is not to be trusted.
    #[error("the address is neither https nor on this machine")]
    Plain,
    /// The answer is none.
    #[error("the answer is malformed")]
    Malformed(#[source] http::Error),
}

impl Http {
    /// Returns a client that reads answers of so many bytes. Certificates of the system are read only where the place is reached by https.
    ///
    /// # Errors
    /// When the system has no certificates to trust.
    pub fn new(place: &Url, most: usize) -> reqwest::Result<Self> {
        install_tls();
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT);
        let builder = match place.scheme() {
            "https" => builder.https_only(true),
            _ => builder.tls_certs_only([]),
        };
        Ok(Self {
            client: builder.build()?,
            most,
        })
    }

    /// Asks, and returns what is answered.
    ///
    /// # Errors
    /// When no whole answer comes in time, and for an address that secrets may not be sent to.
    pub async fn ask(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
        let transport = |error: reqwest::Error| HttpError::Transport(error.without_url());
        let request = reqwest::Request::try_from(request).map_err(transport)?;
        if !is_safe(request.url()) {
            return Err(HttpError::Plain);
        }
        let mut answer = self.client.execute(request).await.map_err(transport)?;
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(transport)? {
            if body.len() + part.len() > self.most {
                return Err(HttpError::TooLarge(self.most));
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

/// Returns whether an address is one that secrets may be sent to: https, or this machine.
pub fn is_safe(address: &Url) -> bool {
    let host = address.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_here = match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    };
    match address.scheme() {
        "https" => !host.is_empty(),
        "http" => is_here,
        _ => false,
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
