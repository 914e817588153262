//! Carries one call to Entra and its answer back: token first, once again after a 401, and again after 429 or 503.

use bytes::Bytes;
use clockwork::{ExchangeId, Outbox, Reply};
use http::{Response, StatusCode};
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use super::batch::Absorbed;
use super::call::{Answer, Call, Errand};
use super::failure::{Failure, is_busy};
use super::link::{Grant, Link};

/// How often a call is tried again when Entra is busy.
const RETRIES_MAX: u8 = 3;
/// A server that asks for a longer rest than a day is not believed.
const RETRY_AFTER_S_MAX: i64 = 86_400;

/// One call under way.
#[derive(Debug)]
pub(crate) struct Courier {
    errand: Errand,
    stage: Stage,
    retries: u8,
    access: Access,
}

/// What the call waits for.
#[derive(Debug)]
enum Stage {
    AwaitsToken {
        id: ExchangeId,
        grant: Grant,
    },
    AwaitsAnswer {
        id: ExchangeId,
    },
    /// Entra was busy.
    Rests {
        until: Timestamp,
    },
}

/// Whether Entra has already refused an access token of this call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Untried,
    RefusedOnce,
}

/// Where a call stands after something has happened to it.
#[derive(Debug)]
pub(crate) enum Progress {
    UnderWay(Courier),
    Arrived(Result<Answer, Failure>),
}

impl Courier {
    /// Sends the call, or first the request for the token that it needs.
    pub(crate) fn send(now: Timestamp, errand: Errand, link: &mut Link, outbox: &mut Outbox) -> Self {
        if errand == Errand::SignIn {
            link.forget_access_token();
            link.forget_refresh_token();
        }
        Self::dispatch(now, errand, link, outbox, 0, Access::Untried)
    }

    /// The exchange whose reply this call waits for.
    pub(crate) fn awaits(&self, reply: ExchangeId) -> bool {
        match self.stage {
            Stage::AwaitsToken { id, .. } | Stage::AwaitsAnswer { id } => id == reply,
            Stage::Rests { .. } => false,
        }
    }

    /// When the rest ends.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Rests { until } => Some(until),
            _ => None,
        }
    }

    /// What is asked, while it rests.
    pub(crate) fn words(&self) -> &'static str {
        self.errand.words()
    }

    /// Goes on if the rest is over.
    pub(crate) fn handle_timeout(self, now: Timestamp, link: &mut Link, outbox: &mut Outbox) -> Self {
        match self.stage {
            Stage::Rests { until } if until <= now => {
                Self::dispatch(now, self.errand, link, outbox, self.retries, self.access)
            }
            _ => self,
        }
    }

    /// Takes the reply that it waited for.
    pub(crate) fn handle(self, now: Timestamp, reply: Reply, link: &mut Link, outbox: &mut Outbox) -> Progress {
        let reply = match reply {
            Ok(reply) => reply,
            Err(away) => return Progress::Arrived(Err(Failure::Unreachable { host: away.host, reason: away.reason })),
        };
        match self.stage {
            Stage::AwaitsToken { grant, .. } => self.token_arrived(now, grant, &reply, link, outbox),
            Stage::AwaitsAnswer { .. } => self.answer_arrived(now, reply, link, outbox),
            Stage::Rests { .. } => Progress::UnderWay(self),
        }
    }

    fn dispatch(now: Timestamp, errand: Errand, link: &Link, outbox: &mut Outbox, retries: u8, access: Access) -> Self {
        let stage = match (&errand, link.access_token(now)) {
            (Errand::Graph(call), Some(token)) => Stage::AwaitsAnswer { id: outbox.send(call.request(token)) },
            _ => Self::ask_token(link, link.grant(), outbox),
        };
        Self { errand, stage, retries, access }
    }

    fn ask_token(link: &Link, grant: Grant, outbox: &mut Outbox) -> Stage {
        Stage::AwaitsToken { id: outbox.send(link.token_request(grant)), grant }
    }

    fn token_arrived(
        self,
        now: Timestamp,
        grant: Grant,
        reply: &Response<Bytes>,
        link: &mut Link,
        outbox: &mut Outbox,
    ) -> Progress {
        if is_busy(reply.status()) {
            return self.rest(now, reply);
        }
        if !reply.status().is_success() {
            if grant == Grant::Password {
                return Progress::Arrived(Err(Failure::of_sign_in(reply)));
            }
            // A refresh token ends before the password does: the password gets its chance.
            link.forget_refresh_token();
            let stage = Self::ask_token(link, Grant::Password, outbox);
            return Progress::UnderWay(Self { stage, ..self });
        }
        let answer = Answer { call: Errand::SignIn.words(), status: reply.status(), body: Bytes::new() };
        let Some(scope) = link.keep_tokens(now, reply.body()) else {
            return Progress::Arrived(Err(answer.unintelligible()));
        };
        match (&self.errand, link.access_token(now)) {
            (Errand::SignIn, _) => Progress::Arrived(Ok(Answer { body: Bytes::from(scope), ..answer })),
            (Errand::Graph(call), Some(token)) => {
                let id = outbox.send(call.request(token));
                Progress::UnderWay(Self { stage: Stage::AwaitsAnswer { id }, ..self })
            }
            // A token that is over at once would have us ask for ever.
            (Errand::Graph(_), None) => Progress::Arrived(Err(answer.unintelligible())),
        }
    }

    fn answer_arrived(self, now: Timestamp, reply: Response<Bytes>, link: &mut Link, outbox: &mut Outbox) -> Progress {
        let status = reply.status();
        if status == StatusCode::UNAUTHORIZED && self.access == Access::Untried {
            link.forget_access_token();
            return Progress::UnderWay(Self::dispatch(
                now,
                self.errand,
                link,
                outbox,
                self.retries,
                Access::RefusedOnce,
            ));
        }
        if self.errand.may_pass(status) && (self.retries < RETRIES_MAX || is_busy(status)) {
            return self.rest(now, &reply);
        }
        if status.is_success() && matches!(self.errand, Errand::Graph(Call::Batch(_))) {
            return self.batch_arrived(now, &reply);
        }
        let call = self.errand.words();
        Progress::Arrived(if status.is_success() {
            Ok(Answer { call, status, body: reply.into_body() })
        } else {
            Err(Failure::of_graph(call, &reply))
        })
    }

    /// A batch is answered as a whole, but Graph may have been too busy for some of its questions.
    fn batch_arrived(mut self, now: Timestamp, reply: &Response<Bytes>) -> Progress {
        let (call, status) = (self.errand.words(), reply.status());
        let Errand::Graph(Call::Batch(batch)) = &mut self.errand else {
            return Progress::Arrived(Err(Failure::Unintelligible { call, status: status.as_u16() }));
        };
        match batch.absorb(reply.body()) {
            None => Progress::Arrived(Err(Failure::Unintelligible { call, status: status.as_u16() })),
            Some(Absorbed::Busy { pause }) if self.retries < RETRIES_MAX => {
                batch.ask_the_busy_again();
                self.rest_for(now, pause)
            }
            Some(_) => Progress::Arrived(Ok(Answer { call, status, body: batch.answered() })),
        }
    }

    fn rest(self, now: Timestamp, reply: &Response<Bytes>) -> Progress {
        if self.retries == RETRIES_MAX {
            return Progress::Arrived(Err(Failure::of_busy(reply, RETRIES_MAX + 1)));
        }
        self.rest_for(now, retry_after(now, reply))
    }

    fn rest_for(self, now: Timestamp, asked: Option<SignedDuration>) -> Progress {
        let most = SignedDuration::from_secs(RETRY_AFTER_S_MAX);
        let pause = asked.map_or(SignedDuration::from_secs(1 << self.retries), |pause| pause.min(most));
        Progress::UnderWay(Self { stage: Stage::Rests { until: now + pause }, retries: self.retries + 1, ..self })
    }
}

/// `Retry-After`: seconds, or a date (RFC 9110 §10.2.3).
fn retry_after(now: Timestamp, reply: &Response<Bytes>) -> Option<SignedDuration> {
    let text = reply.headers().get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => rfc2822::parse(text).ok()?.timestamp().duration_since(now).as_secs(),
    };
    Some(SignedDuration::from_secs(seconds.clamp(0, RETRY_AFTER_S_MAX)))
}
