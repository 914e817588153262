//! authenticatorBioEnrollment (CTAP 2.3 §6.7): fingers that the sensor knows.

use jiff::{SignedDuration, Timestamp};
use minicbor::Decoder;
use minicbor::decode::Error as DecodeError;
use wire::Status;

use super::gesture::{Consent, Pending, Subject, Work};
use super::{Authenticator, Step, encode};
use crate::durable::Fingerprint;
use crate::{BioEnrollment, Event, Permissions, Purpose, Sample, request};

/// A request, decoded.
#[derive(Default)]
pub(super) struct Request {
    modality: Option<u64>,
    sub_command: Option<u64>,
    params: Params,
    /// subCommandParams as they were sent.
    params_raw: Vec<u8>,
    protocol: Option<u64>,
    pin_uv_auth_param: Option<Vec<u8>>,
    get_modality: bool,
}

/// subCommandParams.
#[derive(Default)]
struct Params {
    template_id: Option<Vec<u8>>,
    friendly_name: Option<String>,
    timeout_milliseconds: Option<u64>,
}

/// A finger that is being enrolled.
#[derive(Clone)]
pub(super) struct Enrollment {
    template_id: Vec<u8>,
    remaining: u8,
}

/// A sample that the sensor waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Capture {
    /// Of enrollBegin, whose answer names the template.
    First,
    /// Of enrollCaptureNextSample.
    Next,
}

impl Request {
    /// Reads a request as it was sent.
    pub(super) fn decode(parameters: &[u8]) -> Result<Self, Status> {
        let normalised = request::normalise(parameters, request::BIO_ENROLLMENT)?;
        let mut request = Self::default();
        request.read(&mut Decoder::new(&normalised)).map_err(|_| Status::CBOR_UNEXPECTED_TYPE)?;
        request.params_raw = request::member(parameters, 3).unwrap_or_default().to_vec();
        Ok(request)
    }

    fn read(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DecodeError> {
        for _ in 0..decoder.map()?.unwrap_or(0) {
            match decoder.u8()? {
                1 => self.modality = Some(decoder.u64()?),
                2 => self.sub_command = Some(decoder.u64()?),
                3 => self.params = Params::read(decoder)?,
                4 => self.protocol = Some(decoder.u64()?),
                5 => self.pin_uv_auth_param = Some(decoder.bytes()?.to_vec()),
                _ => self.get_modality = decoder.bool()?,
            }
        }
        Ok(())
    }

    /// What pinUvAuthParam covers.
    fn message(&self, sub_command: u64) -> Vec<u8> {
        [&[FINGERPRINT as u8, sub_command as u8], self.params_raw.as_slice()].concat()
    }

    fn template_id(&self) -> Result<&[u8], Status> {
        self.params.template_id.as_deref().ok_or(Status::MISSING_PARAMETER)
    }
}

impl Params {
    fn read(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        let mut params = Self::default();
        for _ in 0..decoder.map()?.unwrap_or(0) {
            match decoder.u8()? {
                1 => params.template_id = Some(decoder.bytes()?.to_vec()),
                2 => params.friendly_name = Some(decoder.str()?.to_owned()),
                _ => params.timeout_milliseconds = Some(decoder.u64()?),
            }
        }
        Ok(params)
    }
}

impl Authenticator {
    /// # Errors
    ///
    /// `UNSUPPORTED_OPTION`: another modality. `INVALID_SUBCOMMAND`: an unknown one. `PUAT_REQUIRED`,
    /// `MISSING_PARAMETER`, `PIN_AUTH_INVALID`: pinUvAuthParam does not permit it. `FP_DATABASE_FULL`: no room for
    /// another finger. `INVALID_OPTION`: no such template, or none at all.
    pub(super) fn bio_enrollment(
        &mut self,
        now: Timestamp,
        request: &Request,
        sensor: BioEnrollment,
    ) -> Result<Step, Status> {
        if request.get_modality {
            return Ok(Step::Respond(encode(|e| e.map(1)?.u8(0x01)?.u64(FINGERPRINT))));
        }
        let (Some(modality), Some(sub_command)) = (request.modality, request.sub_command) else {
            return Err(Status::MISSING_PARAMETER);
        };
        if modality != FINGERPRINT {
            return Err(Status::UNSUPPORTED_OPTION);
        }
        match sub_command {
            GET_SENSOR_INFO => return Ok(Step::Respond(sensor_info(sensor))),
            CANCEL_ENROLLMENT => {
                self.enrollment = None;
                return Ok(Step::Respond(vec![Status::OK.0]));
            }
            ENROLL_BEGIN | ENROLL_NEXT | ENUMERATE | SET_FRIENDLY_NAME | REMOVE => {}
            _ => return Err(Status::INVALID_SUBCOMMAND),
        }
        let claim = (request.pin_uv_auth_param.as_deref(), request.protocol);
        self.authorise_management(now, claim, Permissions::BIO_ENROLLMENT, &request.message(sub_command))?;
        match sub_command {
            ENROLL_BEGIN => self.enroll_begin(request, sensor),
            ENROLL_NEXT => self.enroll_next(request),
            ENUMERATE => self.enumerate_enrollments(),
            SET_FRIENDLY_NAME => self.set_friendly_name(request, sensor),
            _ => self.remove_enrollment(request),
        }
    }

    fn enroll_begin(&mut self, request: &Request, sensor: BioEnrollment) -> Result<Step, Status> {
        self.enrollment = None;
        if self.durable.fingerprints.len() >= usize::from(sensor.templates) {
            return Err(Status::FP_DATABASE_FULL);
        }
        let template_id = self.rng.bytes::<TEMPLATE_ID_BYTES>().to_vec();
        self.enrollment = Some(Enrollment { template_id, remaining: sensor.samples });
        Ok(capture(Capture::First, request))
    }

    fn enroll_next(&mut self, request: &Request) -> Result<Step, Status> {
        let template_id = request.template_id()?;
        match &self.enrollment {
            None => Err(Status::NOT_ALLOWED),
            Some(enrollment) if enrollment.template_id != template_id => Err(Status::INVALID_OPTION),
            Some(_) => Ok(capture(Capture::Next, request)),
        }
    }

    fn enumerate_enrollments(&self) -> Result<Step, Status> {
        let fingerprints = &self.durable.fingerprints;
        if fingerprints.is_empty() {
            return Err(Status::INVALID_OPTION);
        }
        Ok(Step::Respond(encode(|e| {
            e.map(1)?.u8(0x07)?.array(fingerprints.len() as u64)?;
            for Fingerprint { template_id, friendly_name } in fingerprints {
                // A name that was never given is told as an empty one, since clients look for the member.
                let name = friendly_name.as_deref().unwrap_or_default();
                e.map(2)?.u8(0x01)?.bytes(template_id)?.u8(0x02)?.str(name)?;
            }
            Ok(e)
        })))
    }

    fn set_friendly_name(&mut self, request: &Request, sensor: BioEnrollment) -> Result<Step, Status> {
        let template_id = request.template_id()?;
        let name = request.params.friendly_name.as_ref().ok_or(Status::MISSING_PARAMETER)?;
        if name.len() > usize::from(sensor.friendly_name_bytes) {
            return Err(Status::INVALID_LENGTH);
        }
        let mut fingerprints = self.durable.fingerprints.iter_mut();
        let found = fingerprints.find(|it| it.template_id == template_id).ok_or(Status::INVALID_OPTION)?;
        found.friendly_name = Some(name.clone()).filter(|name| !name.is_empty());
        Ok(Step::Respond(vec![Status::OK.0]))
    }

    fn remove_enrollment(&mut self, request: &Request) -> Result<Step, Status> {
        let template_id = request.template_id()?;
        let fingerprints = &mut self.durable.fingerprints;
        let at = fingerprints.iter().position(|it| it.template_id == template_id).ok_or(Status::INVALID_OPTION)?;
        fingerprints.remove(at);
        self.record(Event::FingerprintRemoved);
        Ok(Step::Respond(vec![Status::OK.0]))
    }

    /// How many samples of the finger under way are still needed.
    pub(super) fn samples_remaining(&self) -> u8 {
        self.enrollment.as_ref().map_or(0, |enrollment| enrollment.remaining)
    }

    /// A sample has come; the last good one makes the template.
    pub(super) fn finish_capture(&mut self, capture: Capture, sample: Sample) -> Result<Vec<u8>, Status> {
        let enrollment = self.enrollment.as_mut().ok_or(Status::NOT_ALLOWED)?;
        if sample == Sample::Good {
            enrollment.remaining = enrollment.remaining.saturating_sub(1);
        }
        let Enrollment { template_id, remaining } = enrollment.clone();
        if remaining == 0 {
            self.enrollment = None;
            self.durable.fingerprints.push(Fingerprint { template_id: template_id.clone(), friendly_name: None });
            self.record(Event::FingerprintEnrolled);
        }
        Ok(encode(|e| {
            e.map(if capture == Capture::First { 3 } else { 2 })?;
            if capture == Capture::First {
                e.u8(0x04)?.bytes(&template_id)?;
            }
            e.u8(0x05)?.u8(sample as u8)?.u8(0x06)?.u8(remaining)
        }))
    }
}

/// Waits for a sample, as long as the request says.
fn capture(capture: Capture, request: &Request) -> Step {
    let most = request.params.timeout_milliseconds.and_then(|most| i64::try_from(most).ok());
    let work = Work::Capture(capture, most.map(|most| SignedDuration::from_millis(most.min(TIMEOUT_MAX_MILLISECONDS))));
    let subject = Subject { rp_id: String::new(), user: None, purpose: Purpose::Manage };
    Step::Ask(Pending { work, consent: Consent { wanted: 0, given: 0 }, subject })
}

/// A touch sensor; how many samples make a template, and how long a name may be.
fn sensor_info(sensor: BioEnrollment) -> Vec<u8> {
    encode(|e| e.map(3)?.u8(0x02)?.u8(TOUCH)?.u8(0x03)?.u8(sensor.samples)?.u8(0x08)?.u8(sensor.friendly_name_bytes))
}

/// `modality`: fingerprint.
const FINGERPRINT: u64 = 0x01;
/// `fingerprintKind`: touch.
const TOUCH: u8 = 0x01;
const ENROLL_BEGIN: u64 = 0x01;
const ENROLL_NEXT: u64 = 0x02;
const CANCEL_ENROLLMENT: u64 = 0x03;
const ENUMERATE: u64 = 0x04;
const SET_FRIENDLY_NAME: u64 = 0x05;
const REMOVE: u64 = 0x06;
const GET_SENSOR_INFO: u64 = 0x07;
const TEMPLATE_ID_BYTES: usize = 16;
/// Nobody holds out a finger for longer than ten minutes.
const TIMEOUT_MAX_MILLISECONDS: i64 = 600_000;
