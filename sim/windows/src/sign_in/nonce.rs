//! Entra's nonce, which every request that a device signs carries (MS-OAPXBC §3.2.5.1.1).

use bytes::Bytes;
use clockwork::Reply;
use http::Request;
use serde::Deserialize;

use super::entra::{Refusal, TOKEN_ENDPOINT, read as read_answer};
use crate::device::post;

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Nonce")]
    nonce: String,
}

/// `srv_challenge`.
pub(crate) fn request() -> Request<Bytes> {
    post(TOKEN_ENDPOINT, &[("grant_type", "srv_challenge")])
}

/// The nonce in the answer.
pub(crate) fn read(reply: Reply) -> Result<String, Refusal> {
    read_answer::<Answer>(reply).map(|answer| answer.nonce)
}
