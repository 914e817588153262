//! The requests of U2F (FIDO U2F Raw Message Formats v1.2 §4.1, §5.1, §6.1).

use crate::apdu::{Apdu, StatusWord};

/// A message, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request<'a> {
    /// `U2F_REGISTER`. Its P1 is ignored: hosts have set it to many things.
    Register { challenge: &'a [u8; 32], application: &'a [u8; 32] },
    /// `U2F_AUTHENTICATE`.
    Authenticate { control: Control, challenge: &'a [u8; 32], application: &'a [u8; 32], key_handle: &'a [u8] },
    /// `U2F_VERSION`.
    Version,
}

/// The control byte of `U2F_AUTHENTICATE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    EnforcePresence,
    CheckOnly,
    DontEnforcePresence,
}

impl<'a> Request<'a> {
    /// # Errors
    ///
    /// `SW_CLA_NOT_SUPPORTED`, `SW_INS_NOT_SUPPORTED`: it is no U2F message. `SW_WRONG_LENGTH`: its parameters have
    /// another length. `SW_WRONG_DATA`: an unknown control byte (a convention of the lab).
    pub(super) fn decode(message: &'a [u8]) -> Result<Self, StatusWord> {
        let apdu = Apdu::parse(message)?;
        if apdu.header.class != 0 {
            return Err(StatusWord::CLA_NOT_SUPPORTED);
        }
        match apdu.header.instruction {
            U2F_REGISTER => {
                let Parameters { challenge, application, rest } = Parameters::of(apdu.data)?;
                rest.is_empty().then_some(Self::Register { challenge, application }).ok_or(StatusWord::WRONG_LENGTH)
            }
            U2F_AUTHENTICATE => {
                let Parameters { challenge, application, rest } = Parameters::of(apdu.data)?;
                let (&length, key_handle) = rest.split_first().ok_or(StatusWord::WRONG_LENGTH)?;
                if key_handle.len() != usize::from(length) {
                    return Err(StatusWord::WRONG_LENGTH);
                }
                let control = Control::of(apdu.header.p1).ok_or(StatusWord::WRONG_DATA)?;
                Ok(Self::Authenticate { control, challenge, application, key_handle })
            }
            U2F_VERSION if apdu.data.is_empty() => Ok(Self::Version),
            U2F_VERSION => Err(StatusWord::WRONG_LENGTH),
            _ => Err(StatusWord::INS_NOT_SUPPORTED),
        }
    }

    /// The specification's name.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Register { .. } => "U2F_REGISTER",
            Self::Authenticate { control: Control::EnforcePresence, .. } => "U2F_AUTHENTICATE",
            Self::Authenticate { control: Control::CheckOnly, .. } => "U2F_AUTHENTICATE (check-only)",
            Self::Authenticate { control: Control::DontEnforcePresence, .. } => {
                "U2F_AUTHENTICATE (presence not enforced)"
            }
            Self::Version => "U2F_VERSION",
        }
    }

    /// The application parameter.
    pub(super) fn application(&self) -> Option<&'a [u8; 32]> {
        match self {
            Self::Register { application, .. } | Self::Authenticate { application, .. } => Some(application),
            Self::Version => None,
        }
    }
}

impl Control {
    fn of(byte: u8) -> Option<Self> {
        match byte {
            0x03 => Some(Self::EnforcePresence),
            0x07 => Some(Self::CheckOnly),
            0x08 => Some(Self::DontEnforcePresence),
            _ => None,
        }
    }
}

/// What a registration and an authentication begin with.
struct Parameters<'a> {
    challenge: &'a [u8; 32],
    application: &'a [u8; 32],
    rest: &'a [u8],
}

impl<'a> Parameters<'a> {
    fn of(data: &'a [u8]) -> Result<Self, StatusWord> {
        let (challenge, rest) = data.split_first_chunk().ok_or(StatusWord::WRONG_LENGTH)?;
        let (application, rest) = rest.split_first_chunk().ok_or(StatusWord::WRONG_LENGTH)?;
        Ok(Self { challenge, application, rest })
    }
}

const U2F_REGISTER: u8 = 0x01;
const U2F_AUTHENTICATE: u8 = 0x02;
const U2F_VERSION: u8 = 0x03;
