//! The extensions of makeCredential and getAssertion (CTAP 2.3 §12): what a request asks for, and what is answered. An
//! extension that the profile does not have is ignored.

use clockwork::Stream;
use ctap_types::ctap2::{get_assertion, make_credential};
use minicbor::Encoder;
use wire::Status;

use super::hmac_secret::Salts;
use super::{Authenticator, Never};
use crate::Extension;
use crate::credential::{Credential, Protection};

/// What a registration asks for.
#[derive(Default)]
pub(super) struct RegistrationInputs {
    pub(super) protection: Option<Protection>,
    hmac_secret: bool,
    salts: Option<Salts>,
    cred_blob: Option<CredBlob>,
    pub(super) large_blob_key: bool,
    /// `minPINLength`, for a relying party that may know it.
    min_pin_length: Option<u8>,
    pub(super) third_party_payment: bool,
    /// `pinComplexityPolicy`, for a relying party that may know it.
    pin_complexity: Option<bool>,
}

/// A blob to be kept with the credential (§12.2).
enum CredBlob {
    Stored(Vec<u8>),
    /// Too long.
    Refused,
}

/// What an assertion asks for.
#[derive(Default)]
pub(super) struct AssertionInputs {
    salts: Option<Salts>,
    cred_blob: bool,
    pub(super) large_blob_key: bool,
    third_party_payment: bool,
}

impl Authenticator {
    /// # Errors
    ///
    /// `INVALID_PARAMETER`: no credProtect level. `INVALID_OPTION`: largeBlobKey that is not `true`, or for a credential
    /// that is not discoverable. `MISSING_PARAMETER`: hmac-secret-mc without hmac-secret. Those of hmac-secret, and that
    /// of a pinComplexityPolicy that is no boolean.
    pub(super) fn registration_inputs(
        &mut self,
        request: &make_credential::Request<'_>,
        is_discoverable: bool,
        pin_complexity: Result<Option<bool>, Status>,
    ) -> Result<RegistrationInputs, Status> {
        let Some(asked) = &request.extensions else { return Ok(RegistrationInputs::default()) };
        let profile = self.profile.clone();
        let has = |extension| profile.extends(extension);
        let protection = asked.cred_protect.filter(|_| has(Extension::CredProtect));
        let hmac_secret = has(Extension::HmacSecret) && asked.hmac_secret == Some(true);
        let salts = asked.hmac_secret_mc.as_ref().filter(|_| has(Extension::HmacSecretMc));
        if salts.is_some() && !hmac_secret {
            return Err(Status::MISSING_PARAMETER);
        }
        let large_blob_key = asked.large_blob_key.filter(|_| has(Extension::LargeBlobKey));
        if large_blob_key.is_some_and(|wanted| !wanted || !is_discoverable) {
            return Err(Status::INVALID_OPTION);
        }
        let blob = asked.cred_blob.filter(|_| has(Extension::CredBlob));
        let pin = &self.durable.pin;
        let may_know_length =
            has(Extension::MinPinLength) && asked.min_pin_length == Some(true) && pin.is_told_to(&request.rp.id);
        Ok(RegistrationInputs {
            protection: protection
                .map(|number| Protection::from_number(number).ok_or(Status::INVALID_PARAMETER))
                .transpose()?,
            hmac_secret,
            cred_blob: blob.map(|blob| match blob.len() <= profile.limits.cred_blob_bytes {
                true => CredBlob::Stored(blob.to_vec()),
                false => CredBlob::Refused,
            }),
            large_blob_key: large_blob_key.is_some(),
            min_pin_length: may_know_length.then_some(pin.min_length),
            third_party_payment: has(Extension::ThirdPartyPayment) && asked.third_party_payment == Some(true),
            salts: salts.map(|input| self.hmac_secret_salts(input)).transpose()?,
            pin_complexity: self.told_pin_complexity(&request.rp.id, pin_complexity)?,
        })
    }

    /// Whether the PIN complexity policy is enforced, where the relying party asks and may know (§12.6).
    ///
    /// # Errors
    ///
    /// That of an input that is no boolean.
    fn told_pin_complexity(&self, rp_id: &str, asked: Result<Option<bool>, Status>) -> Result<Option<bool>, Status> {
        if !self.profile.extends(Extension::PinComplexityPolicy) {
            return Ok(None);
        }
        let pin = &self.durable.pin;
        Ok((asked? == Some(true) && pin.is_told_to(rp_id)).then_some(pin.enforces_complexity))
    }

    /// # Errors
    ///
    /// `UNSUPPORTED_OPTION`: hmac-secret without presence. `INVALID_OPTION`: largeBlobKey that is not `true`. Those of
    /// hmac-secret.
    pub(super) fn assertion_inputs(
        &mut self,
        request: &get_assertion::Request<'_>,
        presence: u8,
    ) -> Result<AssertionInputs, Status> {
        let Some(asked) = &request.extensions else { return Ok(AssertionInputs::default()) };
        let profile = self.profile.clone();
        let has = |extension| profile.extends(extension);
        let large_blob_key = asked.large_blob_key.filter(|_| has(Extension::LargeBlobKey));
        if large_blob_key == Some(false) {
            return Err(Status::INVALID_OPTION);
        }
        let salts = match asked.hmac_secret.as_ref().filter(|_| has(Extension::HmacSecret)) {
            Some(_) if presence == 0 => return Err(Status::UNSUPPORTED_OPTION),
            Some(input) => Some(self.hmac_secret_salts(input)?),
            None => None,
        };
        Ok(AssertionInputs {
            salts,
            cred_blob: has(Extension::CredBlob) && asked.cred_blob == Some(true),
            large_blob_key: large_blob_key.is_some(),
            third_party_payment: has(Extension::ThirdPartyPayment) && asked.third_party_payment == Some(true),
        })
    }
}

impl RegistrationInputs {
    /// The blob to be kept.
    pub(super) fn blob(&self) -> Option<Vec<u8>> {
        match &self.cred_blob {
            Some(CredBlob::Stored(blob)) => Some(blob.clone()),
            Some(CredBlob::Refused) | None => None,
        }
    }

    /// The outputs as a CBOR map in canonical order; none when nothing is answered, as thirdPartyPayment is not (§12.9).
    pub(super) fn outputs(&self, credential: &Credential, given: u8, rng: &mut Stream) -> Option<Vec<u8>> {
        let secrets = self.salts.as_ref().map(|salts| salts.outputs(&credential.secrets, given, rng));
        let stored = self.cred_blob.as_ref().map(|blob| matches!(blob, CredBlob::Stored(_)));
        let members = [
            stored.is_some(),
            self.protection.is_some(),
            self.hmac_secret,
            self.min_pin_length.is_some(),
            secrets.is_some(),
            self.pin_complexity.is_some(),
        ];
        outputs(&members, |e| {
            if let Some(stored) = stored {
                e.str("credBlob")?.bool(stored)?;
            }
            if let Some(protection) = self.protection {
                e.str("credProtect")?.u8(protection as u8)?;
            }
            if self.hmac_secret {
                e.str("hmac-secret")?.bool(true)?;
            }
            if let Some(length) = self.min_pin_length {
                e.str("minPinLength")?.u8(length)?;
            }
            if let Some(secrets) = &secrets {
                e.str("hmac-secret-mc")?.bytes(secrets)?;
            }
            if let Some(enforced) = self.pin_complexity {
                e.str("pinComplexityPolicy")?.bool(enforced)?;
            }
            Ok(())
        })
    }
}

impl AssertionInputs {
    /// The outputs as a CBOR map in canonical order; none when nothing is answered.
    pub(super) fn outputs(&self, credential: &Credential, given: u8, rng: &mut Stream) -> Option<Vec<u8>> {
        let secrets = self.salts.as_ref().map(|salts| salts.outputs(&credential.secrets, given, rng));
        outputs(&[self.cred_blob, secrets.is_some(), self.third_party_payment], |e| {
            if self.cred_blob {
                e.str("credBlob")?.bytes(credential.cred_blob.as_deref().unwrap_or_default())?;
            }
            if let Some(secrets) = &secrets {
                e.str("hmac-secret")?.bytes(secrets)?;
            }
            if self.third_party_payment {
                e.str("thirdPartyPayment")?.bool(credential.third_party_payment)?;
            }
            Ok(())
        })
    }
}

/// A map of as many members as are there.
fn outputs(members: &[bool], write: impl FnOnce(&mut Encoder<Vec<u8>>) -> Result<(), Never>) -> Option<Vec<u8>> {
    let count = members.iter().filter(|is_there| **is_there).count();
    if count == 0 {
        return None;
    }
    let mut e = Encoder::new(Vec::with_capacity(128));
    e.map(count as u64).map(drop).and_then(|()| write(&mut e)).expect("a Vec takes every byte");
    Some(e.into_writer())
}
