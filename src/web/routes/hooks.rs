//! Where git hosts send their webhooks: size, then signature over the raw bytes, then what it says.
//!
//! Whoever cannot prove that they know the secret is told nothing else, whether there is such a repository or not.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde_json::json;
use tokio_stream::StreamExt;

use crate::hosting::Host;
use crate::hosting::hook::{self, MOST_READ, Reply, Told};
use crate::hosting::signature::{NOBODYS_SECRET, Proof, Unproven};
use crate::web::accounts::Received;
use crate::web::failure::Failure;
use crate::web::hooks;
use crate::web::state::Web;

/// The largest webhook that is taken, in bytes; GitHub sends none that is larger.
const MOST_BYTES: usize = 25 << 20;

/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Takes a webhook.
pub async fn receive(
    State(web): State<Arc<Web>>,
    Path((repository, host)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let host: Option<Host> = host.parse().ok();
    let is_known = web.served.contains_key(&repository) && host.is_some();
    let host = host.unwrap_or(Host::Plain);
    // Asked for in any case, so that an answer takes as long.
    let mut secrets = web.accounts.hook_secrets(&repository, host).await?;
    if !is_known {
        secrets.clear();
    }
    let is_on = !secrets.is_empty();
    if !is_on {
        // Nobody knows it, and whoever sends waits as long as for one that is on.
        secrets.push(SecretString::from(NOBODYS_SECRET));
    }
    let proof = Proof::begin(host, &headers, &secrets, (web.now)());
    let body = tokio::time::timeout(PATIENCE, taken(body, proof)).await;
    let Ok(taken) = body else {
        return Ok(answer(Reply::TooSlow));
    };
    let Ok(Taken {
        kept,
        bytes,
        proven,
    }) = taken
    else {
        return Ok(answer(Reply::TooLarge));
    };
    let refused = proven.err();
    if !is_on {
        return Ok(answer(Reply::Unproven));
    }
    let told = match &refused {
        // What is not proven is not read.
        Some(_) => Told::default(),
        None => hook::read(host, &headers, kept.as_deref()),
    };
    let reply = match &refused {
        Some(_) => Reply::Unproven,
        None => Reply::Taken,
    };
    let received = Received {
        repository,
        host,
        told,
        refused: refused.map(|why| why.to_string()),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        at: (web.now)(),
    };
    if let Some(unkept) = web.hooks.take(received) {
        hooks::carry_out(&web, &unkept);
    }
    Ok(answer(reply))
}

/// A body that came.
struct Taken {
    /// Its bytes; `None` where there were more than are read.
    kept: Option<Vec<u8>>,
    bytes: usize,
    proven: Result<(), Unproven>,
}

/// Takes the body as it comes: it is proven whole, and no more of it is held than is read.
async fn taken(body: Body, proof: Result<Proof, Unproven>) -> Result<Taken, ()> {
    let mut chunks = body.into_data_stream();
    let (mut kept, mut bytes) = (Some(Vec::new()), 0);
    let mut proof = proof;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ())?;
        bytes += chunk.len();
        if bytes > MOST_BYTES {
            return Err(());
        }
        if let Ok(proof) = &mut proof {
            proof.update(&chunk);
        }
        match &mut kept {
            Some(held) if bytes <= MOST_READ => held.extend_from_slice(&chunk),
            _ => kept = None,
        }
    }
    Ok(Taken {
        kept,
        bytes,
        proven: proof.and_then(Proof::finish),
    })
}

fn answer(reply: Reply) -> Response {
    let status = match reply {
        Reply::Taken => StatusCode::ACCEPTED,
        Reply::Unproven => StatusCode::UNAUTHORIZED,
        Reply::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Reply::TooSlow => StatusCode::REQUEST_TIMEOUT,
    };
    (status, Json(json!({ "detail": reply.words() }))).into_response()
}
