//! Sends a request and says what came of it: bounded in time and size, to checked addresses alone, following nothing.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderMap, Request, StatusCode, header};
use ipnet::IpNet;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::endpoint::Endpoint;
use super::guard::{Forbidden, Guard, WITHOUT_TLS};
use super::message::Message;
use crate::refusal::Refusal;

/// How long one attempt may take, all of it.
pub const TIMEOUT: Duration = Duration::from_secs(15);

/// The most that is read of an answer; a receiver that says more has answered.
const MOST_READ: usize = 64 * 1024;

/// What is kept of an answer for people to read.
const MOST_KEPT: usize = 2 * 1024;

/// Installs the TLS that this program uses; a second time does nothing.
pub fn install_tls() {
    // An error says that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Sends to receivers.
pub struct Sender {
    guard: Guard,
    /// Over TLS to public addresses and those that are allowed.
    tls: reqwest::Client,
    /// Without TLS, and so only where the operator allows it.
    plain: reqwest::Client,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How long it took.
    pub took: Duration,
    /// The status; `None` where nothing was answered.
    pub status: Option<u16>,
    /// The answer's headers and the beginning of its body.
    pub text: String,
    /// Whether and why it failed.
    pub outcome: Outcome,
}

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Delivered,
    /// It is tried again, not before so many seconds where the receiver says.
    Failed(Refusal, Option<i64>),
    /// The receiver wants no more.
    Gone(Refusal),
}

impl Sender {
    /// Returns a sender that reaches these networks beside the public ones.
    ///
    /// # Errors
    /// When the system has no certificates to trust.
    pub fn new(allowed: &[IpNet]) -> reqwest::Result<Self> {
        install_tls();
        let guard = Guard::new(allowed.to_vec());
        let builder = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                // What the surroundings name as a proxy would be connected to in the place of what was checked.
                .no_proxy()
                .timeout(TIMEOUT)
                .pool_idle_timeout(Duration::from_secs(30))
        };
        Ok(Self {
            tls: builder()
                .https_only(true)
                .dns_resolver(Arc::new(guard.clone()))
                .build()?,
            plain: builder()
                .tls_certs_only([])
                .dns_resolver(Arc::new(guard.only_allowed()))
                .build()?,
            guard,
        })
    }

    /// Tells an endpoint of a message. Returns what may be shown of the request, and what came of it.
    pub async fn tell(&self, endpoint: &Endpoint, message: &Message, now: i64) -> (String, Answer) {
        match endpoint.request(message, now) {
            Ok(request) => {
                let told = endpoint.told_of(&request);
                let mut answer = self.send(request, now).await;
                // A receiver may repeat what it was sent: where it was reached, or by which token.
                answer.text = endpoint.without_secrets(&answer.text);
                (told, answer)
            }
            Err(refusal) => {
                let answer = Answer {
                    took: Duration::ZERO,
                    status: None,
                    text: String::new(),
                    outcome: Outcome::Failed(refusal, None),
                };
                (String::new(), answer)
            }
        }
    }

    /// Sends a request. `now` reads dates in answers.
    pub async fn send(&self, request: Request<Vec<u8>>, now: i64) -> Answer {
        let begun = Instant::now();
        let done = |status, text, outcome| Answer {
            took: begun.elapsed(),
            status,
            text,
            outcome,
        };
        let failed = |refusal| Outcome::Failed(refusal, None);
        let request = match reqwest::Request::try_from(request) {
            Ok(request) => request,
            Err(error) => {
                return done(
                    None,
                    String::new(),
                    failed(unreachable_at(&error.without_url())),
                );
            }
        };
        let is_tls = request.url().scheme() == "https";
        if let Err(refusal) = self.check_literal(&request, is_tls) {
            return done(None, String::new(), failed(refusal));
        }
        let client = if is_tls { &self.tls } else { &self.plain };
        let mut answer = match client.execute(request).await {
            Ok(answer) => answer,
            Err(error) => return done(None, String::new(), failed(why_not(&error.without_url()))),
        };
        let status = answer.status();
        let mut body = Vec::new();
        let mut cut = None;
        while body.len() < MOST_READ {
            match answer.chunk().await {
                Ok(Some(part)) => body.extend_from_slice(&part),
                Ok(None) => break,
                Err(error) => {
                    cut = Some(why_not(&error.without_url()));
                    break;
                }
            }
        }
        let text = told(answer.headers(), &body);
        let outcome = match cut {
            Some(refusal) => failed(refusal),
            None => outcome(status, answer.headers(), now),
        };
        done(Some(status.as_u16()), text, outcome)
    }

    /// An address that is written as one is never looked up, so it is checked here.
    fn check_literal(&self, request: &reqwest::Request, is_tls: bool) -> Result<(), Refusal> {
        let host = request.url().host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let Ok(address) = host.parse::<IpAddr>() else {
            return Ok(());
        };
        let guard = match is_tls {
            true => &self.guard,
            false => &self.guard.only_allowed(),
        };
        guard
            .check(address)
            .map_err(|forbidden| forbidden_at(&forbidden))
    }
}

/// Returns what an answer's status means.
fn outcome(status: StatusCode, headers: &HeaderMap, now: i64) -> Outcome {
    match status.as_u16() {
        200..=299 => Outcome::Delivered,
        410 => Outcome::Gone(Refusal::new(
            "TGT-GONE-001",
            "the receiver says that it is gone for good",
            "set where the target stands now, then resume it",
        )),
        300..=399 => Outcome::Failed(
            Refusal::new(
                "TGT-ANSWER-002",
                format!(
                    "the receiver answers {status} and sends on to another address, which is not followed"
                ),
                "set the address that it sends on to, if it is right",
            ),
            None,
        ),
        _ => Outcome::Failed(
            Refusal::new(
                "TGT-ANSWER-001",
                format!("the receiver answers {status}"),
                "look at what it says and into its own log; it is tried again",
            ),
            retry_after(headers, now),
        ),
    }
}

/// Reads `Retry-After`: seconds, or a date; see RFC 9110, section 10.2.3.
fn retry_after(headers: &HeaderMap, now: i64) -> Option<i64> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds);
    }
    let date = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    Some(date.unix_timestamp().saturating_sub(now))
}

fn told(headers: &HeaderMap, body: &[u8]) -> String {
    let mut lines: Vec<String> = headers
        .iter()
        .filter(|(name, _)| *name != header::SET_COOKIE)
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    lines.push(String::new());
    lines.push(String::from_utf8_lossy(&body[..body.len().min(MOST_KEPT)]).into_owned());
    let text = lines.join("\n");
    text.chars().take(MOST_KEPT * 2).collect()
}

/// Says why nothing was answered.
fn why_not(error: &reqwest::Error) -> Refusal {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(forbidden) = inner.downcast_ref::<Forbidden>() {
            return forbidden_at(forbidden);
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        return Refusal::new(
            "TGT-TIME-001",
            format!(
                "the receiver did not answer in {} seconds",
                TIMEOUT.as_secs()
            ),
            "have it answer first and work afterwards; it is tried again",
        );
    }
    unreachable_at(error)
}

fn unreachable_at(error: &reqwest::Error) -> Refusal {
    let why = anyhow::Error::msg(chain(error));
    Refusal::new(
        "TGT-REACH-001",
        format!("the receiver cannot be reached: {why:#}"),
        "look whether it runs and its certificate is good; it is tried again",
    )
}

/// Returns an error with its causes, the last one of which says most.
fn chain(error: &reqwest::Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.last().cloned().unwrap_or_else(|| error.to_string())
}

fn forbidden_at(forbidden: &Forbidden) -> Refusal {
    let next = match forbidden.kind {
        WITHOUT_TLS => {
            "give its address with https://, or have the operator allow the network with --allowed-targets"
        }
        _ => {
            "give its public address, or have the operator allow the network with --allowed-targets"
        }
    };
    Refusal::new(
        "TGT-ADDR-001",
        format!(
            "the receiver stands at {}, which is {}, and nothing is sent there",
            forbidden.address, forbidden.kind
        ),
        next,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_receiver_says_when_to_come_back_in_seconds_or_by_a_date() {
        let asked = |value| retry_after(&headers(value), 1_445_412_000);
        assert_eq!(asked("120"), Some(120));
        assert_eq!(asked("Wed, 21 Oct 2015 07:28:00 GMT"), Some(480));
        assert_eq!(asked("soon"), None);
    }

    #[test]
    fn only_a_status_of_success_is_delivered() {
        let of = |status: u16| outcome(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), 0);
        for status in [200, 201, 202, 204] {
            assert_eq!(of(status), Outcome::Delivered);
        }
        for status in [301, 302, 307, 308, 400, 404, 422, 429, 500, 503] {
            assert!(matches!(of(status), Outcome::Failed(..)), "{status}");
        }
        assert!(matches!(of(410), Outcome::Gone(_)));
    }

    #[tokio::test]
    async fn nothing_is_sent_to_an_address_that_is_not_public_however_it_is_written() {
        let sender = Sender::new(&[]).unwrap();
        for address in [
            "http://127.0.0.1:1/",
            "https://127.0.0.1:1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost:1/",
            "http://93.184.216.34/",
        ] {
            let request = Request::post(address).body(Vec::new()).unwrap();
            let answer = sender.send(request, 0).await;
            let Outcome::Failed(refusal, _) = answer.outcome else {
                panic!("{address} was reached")
            };
            assert_eq!(refusal.code, "TGT-ADDR-001", "{address}: {refusal}");
        }
    }
}
