//! authenticatorConfig (CTAP 2.3 §6.11): settings that stay until a reset.

use jiff::Timestamp;
use minicbor::Decoder;
use minicbor::decode::Error as DecodeError;
use wire::Status;

use super::Authenticator;
use crate::{ConfigCommand, Event, Extension, Permissions, request};

/// A request, decoded.
pub(super) type Request = request::Management<MinPin>;

/// subCommandParams of setMinPINLength, the only subcommand that has some.
#[derive(Default)]
pub(super) struct MinPin {
    new_length: Option<u64>,
    rp_ids: Option<Vec<String>>,
    force_change: bool,
    pin_complexity: bool,
}

impl Request {
    /// Reads a request as it was sent.
    pub(super) fn read(parameters: &[u8]) -> Result<Self, Status> {
        Self::decode(parameters, request::CONFIG, MinPin::read)
    }

    /// What pinUvAuthParam covers.
    fn message(&self) -> Vec<u8> {
        [&[0xFF; 32][..], &[0x0D, self.sub_command as u8], &self.params_raw].concat()
    }
}

impl MinPin {
    fn read(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let mut params = Self::default();
        for _ in 0..decoder.map()?.unwrap_or(0) {
            match decoder.u8()? {
                1 => params.new_length = Some(decoder.u64()?),
                2 => {
                    let count = decoder.array()?.unwrap_or(0);
                    params.rp_ids =
                        Some((0..count).map(|_| decoder.str().map(str::to_owned)).collect::<Result<_, _>>()?);
                }
                3 => params.force_change = decoder.bool()?,
                _ => params.pin_complexity = decoder.bool()?,
            }
        }
        Ok(params)
    }
}

impl Authenticator {
    /// # Errors
    ///
    /// `INVALID_SUBCOMMAND`: one that the profile does not have (§8.1). `PUAT_REQUIRED`, `MISSING_PARAMETER`,
    /// `PIN_AUTH_INVALID`: pinUvAuthParam does not permit it. `PIN_POLICY_VIOLATION`, `PIN_NOT_SET`, `KEY_STORE_FULL`:
    /// see [`Self::set_min_pin_length`].
    pub(super) fn configure(&mut self, now: Timestamp, request: Request) -> Result<Vec<u8>, Status> {
        // 2. the subcommand
        let command = self.profile.config_commands.iter().find(|it| **it as u64 == request.sub_command);
        let command = *command.ok_or(Status::INVALID_SUBCOMMAND)?;
        // 3. and 4. nobody has to be verified where nobody can be, unless alwaysUv says so; it can be switched then
        let always_uv = self.durable.config.always_uv && command != ConfigCommand::ToggleAlwaysUv;
        if self.is_protected() || always_uv {
            let claim = (request.pin_uv_auth_param.as_deref(), request.protocol);
            let permission = Permissions::AUTHENTICATOR_CONFIGURATION;
            self.authorise_management(now, claim, permission, &request.message())?;
        }
        // 5. the subcommand's own steps
        let config = &mut self.durable.config;
        match command {
            ConfigCommand::EnableEnterpriseAttestation => config.enterprise_attestation = true,
            ConfigCommand::ToggleAlwaysUv => config.always_uv = !config.always_uv,
            ConfigCommand::EnableLongTouchForReset => config.long_touch_for_reset = true,
            ConfigCommand::SetMinPinLength => self.set_min_pin_length(request.params)?,
        }
        self.record(Event::Configured(command));
        Ok(vec![Status::OK.0])
    }

    /// §6.11.4.
    ///
    /// # Errors
    ///
    /// `PIN_POLICY_VIOLATION`: the minimum would shrink, or be more than the maximum. `INVALID_PARAMETER`: RP IDs
    /// without the extension minPinLength, or a complexity policy that the model lacks. `KEY_STORE_FULL`: too many of them. `PIN_NOT_SET`: there is none to change.
    fn set_min_pin_length(&mut self, params: MinPin) -> Result<(), Status> {
        let policy = self.profile.pin.ok_or(Status::INVALID_PARAMETER)?;
        let pin = &self.durable.pin;
        let length = match params.new_length {
            None => pin.min_length,
            Some(length) => u8::try_from(length)
                .ok()
                .filter(|length| (pin.min_length..=policy.max_length).contains(length))
                .ok_or(Status::PIN_POLICY_VIOLATION)?,
        };
        if params.rp_ids.is_some() && !self.profile.extends(Extension::MinPinLength) {
            return Err(Status::INVALID_PARAMETER);
        }
        if params.pin_complexity && self.profile.pin_complexity.is_none() {
            return Err(Status::INVALID_PARAMETER);
        }
        let rp_ids = params.rp_ids.unwrap_or_else(|| pin.min_length_rp_ids.clone());
        if rp_ids.len() > self.profile.limits.min_pin_length_rp_ids {
            return Err(Status::KEY_STORE_FULL);
        }
        if params.force_change && pin.set.is_none() {
            return Err(Status::PIN_NOT_SET);
        }
        let pin = &mut self.durable.pin;
        pin.min_length = length;
        pin.min_length_rp_ids = rp_ids;
        // What is on stays on until a reset (a convention of the lab).
        pin.enforces_complexity |= params.pin_complexity;
        if params.force_change || pin.violates_policy() {
            pin.force_change = true;
            self.token = None;
            self.durable.persistent_token = None;
        }
        Ok(())
    }
}
