//! One command on its way through the authenticator, as every transport sees it: KEEPALIVE until the response.

use jiff::{SignedDuration, Timestamp};
use wire::ctaphid::{PROCESSING, UP_NEEDED};

use crate::{Authenticator, Prompt};

/// A command that the authenticator works on for one host.
pub(crate) struct Exchange {
    status_sent: Option<u8>,
    keepalive_at: Timestamp,
    keepalive_interval: SignedDuration,
}

/// What the host has to be told.
pub(crate) enum Progress {
    /// The authenticator has come to wait for something else.
    Keepalive(u8),
    /// It is done.
    Response(Vec<u8>),
}

impl Exchange {
    /// Hands a command to the authenticator.
    pub(crate) fn begin(
        now: Timestamp,
        key: &mut Authenticator,
        command: &[u8],
        keepalive_interval: SignedDuration,
    ) -> Self {
        key.handle_command(now, command);
        Self { status_sent: None, keepalive_at: now + keepalive_interval, keepalive_interval }
    }

    /// What has come of it since.
    pub(crate) fn poll(&mut self, key: &mut Authenticator) -> Option<Progress> {
        if let Some(response) = key.poll_response() {
            return Some(Progress::Response(response));
        }
        let status = key.prompt().map(keepalive_status);
        if status.is_none() || status == self.status_sent {
            return None;
        }
        self.status_sent = status;
        status.map(Progress::Keepalive)
    }

    /// When the next KEEPALIVE is due.
    pub(crate) fn poll_timeout(&self, key: &Authenticator) -> Option<Timestamp> {
        key.prompt().map(|_| self.keepalive_at)
    }

    /// The status to repeat, when it is due. However far the clock has jumped, it is repeated once, and is due again an
    /// interval from now.
    pub(crate) fn handle_timeout(&mut self, now: Timestamp) -> Option<u8> {
        let status = self.status_sent.filter(|_| self.keepalive_at <= now)?;
        self.keepalive_at = now + self.keepalive_interval;
        Some(status)
    }
}

/// Convention of the lab: the host is told that presence is needed while Accept is awaited, and that the key is at
/// work while the phone reads the biometric.
pub(crate) fn keepalive_status(prompt: &Prompt) -> u8 {
    match prompt {
        Prompt::Presence { .. } | Prompt::Sample { .. } => UP_NEEDED,
        Prompt::Verification { .. } => PROCESSING,
    }
}
