//! Whether the user has to be verified, and by what: pinUvAuthParam, built-in verification or nothing (CTAP 2.3 §6.1.2
//! steps 1 to 11, §6.2.2 steps 1 to 6).

use jiff::Timestamp;
use wire::Status;
use wire::auth_data::Flags;

use super::gesture::{Consent, Pending, Subject, Work};
use super::{Authenticator, Command, Step};
use crate::pin_uv::Protocol;
use crate::{Feature, Permissions};

/// pinUvAuthParam as a request has it.
pub(super) enum PinUvAuthParam<'a> {
    /// None.
    Absent,
    /// Zero bytes: the host asks for a touch.
    Touch,
    /// A MAC over the client data hash.
    Mac(Protocol, &'a [u8]),
}

/// How the user was, or will be, verified.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Method<'a> {
    ByToken(Protocol, &'a [u8]),
    BuiltIn,
    None,
}

/// What the user's presence comes with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// A touch, or what a token has kept of one.
    OnItsOwn,
    /// Built-in verification within the command, which leaves tokens alone (§6.1.2 step 13, §6.2.2 step 8).
    Verified,
}

impl Method<'_> {
    pub(super) fn presence(self) -> Presence {
        if self == Self::BuiltIn { Presence::Verified } else { Presence::OnItsOwn }
    }
}

/// What a request wants of the user.
pub(super) struct Wish<'a> {
    pub(super) param: PinUvAuthParam<'a>,
    /// The option "uv".
    pub(super) uv: bool,
    /// The option "up" of an assertion; a registration always has it.
    pub(super) up: bool,
    /// Whether this command may go without verification on a protected authenticator.
    pub(super) unverified: bool,
    pub(super) permission: Permissions,
    pub(super) rp_id: &'a str,
    pub(super) client_data_hash: &'a [u8],
}

impl Authenticator {
    /// Reads pinUvAuthParam and its protocol.
    ///
    /// # Errors
    ///
    /// `MISSING_PARAMETER` when the protocol is not named, `INVALID_PARAMETER` when it is not supported.
    pub(super) fn pin_uv_auth_param<'a>(
        &self,
        bytes: Option<&'a [u8]>,
        protocol: Option<u32>,
    ) -> Result<PinUvAuthParam<'a>, Status> {
        match (bytes, protocol) {
            (None, _) => Ok(PinUvAuthParam::Absent),
            (Some([]), _) => Ok(PinUvAuthParam::Touch),
            (Some(_), None) => Err(Status::MISSING_PARAMETER),
            (Some(mac), Some(number)) => Ok(PinUvAuthParam::Mac(self.protocol(u64::from(number))?, mac)),
        }
    }

    /// A protocol that this authenticator supports.
    pub(super) fn protocol(&self, number: u64) -> Result<Protocol, Status> {
        let protocol = Protocol::from_number(number)?;
        let supported = self.profile.pin_uv_auth_protocols.iter().any(|it| *it as u64 == number);
        supported.then_some(protocol).ok_or(Status::INVALID_PARAMETER)
    }

    /// How a request has the user verified, if at all (§6.1.2 steps 5.3 and 6 to 8, §6.2.2 steps 4.3 and 5).
    ///
    /// # Errors
    ///
    /// `INVALID_OPTION`: "uv" where nothing verifies. `PUAT_REQUIRED`, `OPERATION_DENIED`: it may not go without.
    pub(super) fn method<'a>(&self, wish: &Wish<'a>) -> Result<Method<'a>, Status> {
        let always_uv = self.durable.config.always_uv && wish.up;
        let param = match wish.param {
            PinUvAuthParam::Mac(protocol, mac) => Some((protocol, mac)),
            PinUvAuthParam::Absent | PinUvAuthParam::Touch => None,
        };
        let uv = wish.uv && param.is_none();
        if uv && !self.verifies_itself() {
            return Err(Status::INVALID_OPTION);
        }
        let refusal = |by_pin| if by_pin { Status::PUAT_REQUIRED } else { Status::OPERATION_DENIED };
        match (self.is_protected(), param) {
            (false, _) if always_uv => Err(refusal(self.profile.pin.is_some())),
            // Where nobody can be verified, there is nothing that a MAC could be checked against.
            (false, _) => Ok(Method::None),
            (true, Some((protocol, mac))) => Ok(Method::ByToken(protocol, mac)),
            (true, None) if uv || (always_uv && self.verifies_itself()) => Ok(Method::BuiltIn),
            (true, None) if always_uv || !wish.unverified => Err(refusal(self.has_pin())),
            (true, None) => Ok(Method::None),
        }
    }

    /// The gestures that a request needs, and those that its token stands for (§6.1.2 step 11, §6.2.2 step 6).
    pub(super) fn consent(&mut self, now: Timestamp, wish: &Wish<'_>, method: Method<'_>) -> Result<Consent, Status> {
        let presence = if wish.up { Flags::UP } else { 0 };
        let wanted = if method == Method::None { presence } else { presence | Flags::UV };
        match method {
            Method::ByToken(protocol, mac) => {
                let given = self.authorise(now, (protocol, mac), wish.permission, wish.rp_id, wish.client_data_hash)?;
                Ok(Consent { wanted, given: given & wanted })
            }
            Method::BuiltIn if self.durable.uv_retries == 0 => Err(self.verification_failed_status()),
            Method::BuiltIn | Method::None => Ok(Consent { wanted, given: 0 }),
        }
    }

    /// Presence was given: whatever token is in use stands for nothing any more but `lbw` (§6.1.2 step 14.4, §6.2.2
    /// step 9.4).
    pub(super) fn spend_token(&mut self, given: u8, presence: Presence) {
        if let (Presence::OnItsOwn, Flags::UP, Some(token)) = (presence, given & Flags::UP, &mut self.token) {
            token.spend();
        }
    }

    /// Whether a registration may go without verification: nothing on the authenticator would tell of it.
    pub(super) fn registers_unverified(&self, is_discoverable: bool) -> bool {
        self.profile.has(Feature::MakeCredUvNotRqd) && !is_discoverable
    }

    /// Checks a MAC of makeCredential or getAssertion against the token in use; the verification that the token stands
    /// for is given, and its presence as long as it lasts.
    fn authorise(
        &mut self,
        now: Timestamp,
        (protocol, mac): (Protocol, &[u8]),
        permission: Permissions,
        rp_id: &str,
        client_data_hash: &[u8],
    ) -> Result<u8, Status> {
        let token = self.token.as_mut().ok_or(Status::PIN_AUTH_INVALID)?;
        token.authorise(now, protocol, permission, client_data_hash, mac)?;
        if !token.is_verified() || !token.bind(rp_id) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        Ok(if token.has_presence(now) { Flags::UV | Flags::UP } else { Flags::UV })
    }

    /// Checks a MAC of a management command (`cm`, `be`, `lbw`, `acfg`) over `message`; returns the relying party to
    /// which the token is bound, if to one.
    ///
    /// # Errors
    ///
    /// `PUAT_REQUIRED`: no pinUvAuthParam. `MISSING_PARAMETER`, `INVALID_PARAMETER`: its protocol is not named or not
    /// supported. `PIN_AUTH_INVALID`: no token permits this.
    pub(super) fn authorise_management(
        &mut self,
        now: Timestamp,
        (param, protocol): (Option<&[u8]>, Option<u64>),
        permission: Permissions,
        message: &[u8],
    ) -> Result<Option<String>, Status> {
        let mac = param.ok_or(Status::PUAT_REQUIRED)?;
        let protocol = self.protocol(protocol.ok_or(Status::MISSING_PARAMETER)?)?;
        let token = self.token.as_mut().ok_or(Status::PIN_AUTH_INVALID)?;
        token.authorise(now, protocol, permission, message, mac)?;
        Ok(token.rp_id().map(str::to_owned))
    }

    /// Whether a PIN is set.
    pub(super) fn has_pin(&self) -> bool {
        self.durable.pin.set.is_some()
    }

    /// Whether built-in verification is there and knows whom to look for.
    pub(super) fn verifies_itself(&self) -> bool {
        let enrolled = !self.durable.fingerprints.is_empty();
        self.profile.built_in_uv.is_some_and(|uv| uv.bio_enrollment.is_none() || enrolled)
    }

    /// "Protected by some form of user verification".
    pub(super) fn is_protected(&self) -> bool {
        self.has_pin() || self.verifies_itself()
    }

    /// The status of makeCredential and getAssertion when built-in verification has failed (§6.1.2 step 11.2).
    pub(super) fn verification_failed_status(&self) -> Status {
        match self.durable.uv_retries {
            _ if self.has_pin() => Status::PUAT_REQUIRED,
            0 => Status::PIN_BLOCKED,
            _ => Status::OPERATION_DENIED,
        }
    }
}

/// A touch, and then no more than a status.
pub(super) fn touch(command: Command, subject: Subject) -> Step {
    let consent = Consent { wanted: Flags::UP, given: 0 };
    Step::Ask(Pending { work: Work::Touch(command), consent, subject })
}
