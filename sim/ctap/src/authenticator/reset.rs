//! authenticatorReset (CTAP 2.3 §6.6): the authenticator as it left the factory.

use jiff::{SignedDuration, Timestamp};
use wire::Status;
use wire::auth_data::Flags;

use super::Authenticator;
use super::gesture::{Consent, Pending, Subject, Work};
use crate::durable::Durable;
use crate::{Event, Purpose, Touch, Transport};

impl Authenticator {
    /// # Errors
    ///
    /// `NOT_ALLOWED`: the power came too long ago. A key without a display cannot say what it asks for; whoever has
    /// just plugged it in knows.
    pub(super) fn reset(&self, now: Timestamp) -> Result<Pending, Status> {
        let since_power_up = self.powered_up.map_or(SignedDuration::ZERO, |powered_up| now.duration_since(powered_up));
        let has_moment = self.profile.transports.iter().any(|transport| Transport::brings_power(*transport));
        if has_moment && since_power_up > SINCE_POWER_UP_MAX {
            return Err(Status::NOT_ALLOWED);
        }
        let touch = if self.durable.config.long_touch_for_reset { Touch::Long } else { Touch::Short };
        Ok(Pending {
            work: Work::Reset,
            consent: Consent { wanted: Flags::UP, given: 0 },
            subject: Subject { rp_id: String::new(), user: None, purpose: Purpose::Reset(touch) },
        })
    }

    /// Credentials, PIN, fingerprints, settings, tokens and identifiers go; the model and its certificate stay.
    pub(super) fn finish_reset(&mut self) -> Vec<u8> {
        self.durable = Durable::new(&self.profile, &mut self.rng);
        self.forget();
        self.record(Event::Reset);
        vec![Status::OK.0]
    }
}

/// How long after power-up a reset may be asked for.
const SINCE_POWER_UP_MAX: SignedDuration = SignedDuration::from_secs(10);
