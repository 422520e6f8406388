//! Setting a host up through its API, and trying the way there: webhook, deploy key, advice about the branch, and a status. Each thing is tried alone and
//! said alone; what is there already is left as it is.

use std::fmt;

use secrecy::SecretString;

use super::api::{Api, State, Status};
use crate::refusal::Refusal;

/// What is to be set up.
pub struct Wanted<'a> {
    /// Where webhooks come in, and the secret that proves them; `None` where the endpoint's secret is not known any more.
    pub hook: Option<(String, &'a SecretString)>,
    /// The public key by which this server comes over SSH.
    pub key: Option<String>,
    /// The published branch.
    pub branch: String,
    /// Its head there.
    pub head: Option<String>,
    /// This server.
    pub link: String,
}

/// One thing that was tried, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// What.
    pub what: What,
    /// What came of it.
    pub told: Result<Told, Refusal>,
}

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Asking the API.
    Api,
    /// The webhook.
    Webhook,
    /// The deploy key.
    Key,
    /// The branch's protection.
    Protection,
    /// A status beside a commit.
    Status,
}

impl What {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Webhook => "webhook",
            Self::Key => "key",
            Self::Protection => "protection",
            Self::Status => "status",
        }
    }
}

/// What came of something that went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The API answers, and so many requests are open.
    Answers(usize),
    /// It is made.
    Made,
    /// It was there.
    Known,
    /// The branch is protected.
    Protected,
    /// Anybody with the right to write can push to the branch around review.
    Unprotected,
    /// This token may not know.
    Unknown,
    /// The status stands there.
    Shown,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answers(1) => f.write_str("it answers, and one request is open"),
            Self::Answers(count) => write!(f, "it answers, and {count} requests are open"),
            Self::Made => f.write_str("it is made on the host"),
            Self::Known => f.write_str("it is on the host already, as it should be"),
            Self::Protected => f.write_str("the published branch is protected; let this server's login push to it"),
            Self::Unprotected => f.write_str(
                "whoever may write there can push to the published branch around review; protect it, and let this server's login push to it",
            ),
            Self::Unknown => f.write_str(
                "this token may not see whether the published branch is protected; look there, and let this server's login push to it",
            ),
            Self::Shown => f.write_str("a status stands beside the head of the published branch"),
        }
    }
}

/// Returns whether something was tried and went well.
pub fn went_well(tried: &[Tried], what: What) -> bool {
    let mut tried = tried.iter();
    tried.any(|tried| tried.what == what && tried.told.is_ok())
}

/// Asks the API, and where it answers sets up what is wanted.
pub async fn connect(api: &Api, wanted: &Wanted<'_>) -> Vec<Tried> {
    let answers = api.open_requests().await;
    let mut tried = vec![Tried {
        what: What::Api,
        told: answers.map(|open| Told::Answers(open.len())),
    }];
    if !went_well(&tried, What::Api) {
        return tried;
    }
    let made = |is_new: bool| if is_new { Told::Made } else { Told::Known };
    if let Some((to, secret)) = &wanted.hook {
        tried.push(Tried {
            what: What::Webhook,
            told: api.make_hook(to, secret).await.map(made),
        });
    }
    if let Some(key) = &wanted.key {
        tried.push(Tried {
            what: What::Key,
            told: api.make_key("countersign", key).await.map(made),
        });
    }
    let protection = api.is_protected(&wanted.branch).await;
    tried.push(Tried {
        what: What::Protection,
        told: protection.map(|is_protected| match is_protected {
            Some(true) => Told::Protected,
            Some(false) => Told::Unprotected,
            None => Told::Unknown,
        }),
    });
    if let Some(head) = &wanted.head {
        let status = Status {
            state: State::Done,
            words: "connected".to_owned(),
            link: wanted.link.clone(),
        };
        tried.push(Tried {
            what: What::Status,
            told: api.show(head, &status).await.map(|()| Told::Shown),
        });
    }
    tried
}
