//! pinUvAuthParam of makeCredential and getAssertion (CTAP 2.3 §6.1.2 steps 1, 2 and 11, §6.2.2 steps 1, 2 and 6).

use jiff::Timestamp;
use wire::Status;
use wire::auth_data::Flags;

use super::gesture::{Consent, Pending, Subject, Work};
use super::{Authenticator, Command, Step};
use crate::Permissions;
use crate::pin_uv::Protocol;

/// The parameter as the request has it.
pub(super) enum PinUvAuthParam<'a> {
    /// None.
    Absent,
    /// Zero bytes: the host asks for a touch.
    Touch,
    /// A MAC over the client data hash.
    Mac(Protocol, &'a [u8]),
}

impl<'a> PinUvAuthParam<'a> {
    /// # Errors
    ///
    /// `MISSING_PARAMETER` when the protocol is not named, `INVALID_PARAMETER` when it is not known.
    pub(super) fn of(bytes: Option<&'a [u8]>, protocol: Option<u32>) -> Result<Self, Status> {
        match (bytes, protocol) {
            (None, _) => Ok(Self::Absent),
            (Some([]), _) => Ok(Self::Touch),
            (Some(_), None) => Err(Status::MISSING_PARAMETER),
            (Some(mac), Some(number)) => Ok(Self::Mac(Protocol::from_number(u64::from(number))?, mac)),
        }
    }
}

impl Authenticator {
    /// Checks a MAC against the token in use; the verification that the token stands for is given, and its presence
    /// as long as it lasts.
    pub(super) fn authorise(
        &mut self,
        now: Timestamp,
        (protocol, mac): (Protocol, &[u8]),
        permission: Permissions,
        rp_id: &str,
        client_data_hash: &[u8],
    ) -> Result<u8, Status> {
        let token = self.token.as_mut().ok_or(Status::PIN_AUTH_INVALID)?;
        token.authorise(now, protocol, permission, rp_id, client_data_hash, mac)?;
        Ok(if token.has_presence(now) { Flags::UV | Flags::UP } else { Flags::UV })
    }
}

/// A touch, and then no more than a status.
pub(super) fn touch(command: Command, subject: Subject) -> Step {
    let consent = Consent { wanted: Flags::UP, given: 0 };
    Step::Ask(Pending { work: Work::Touch(command), consent, subject })
}
