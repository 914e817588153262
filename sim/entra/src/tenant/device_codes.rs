//! Device codes (RFC 8628): a device waits, and a person answers for it in a browser.

use clockwork::Stream;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Expiring, Found, SignIn, Tenant};
use crate::directory::UserId;
use crate::error::{Refusal, aadsts};

/// What a device has asked for, and what came of it.
pub(crate) struct DeviceRequest {
    pub(crate) client_id: Uuid,
    pub(crate) scope: String,
    answer: Answer,
}

enum Answer {
    Pending,
    Approved(SignIn),
    Declined,
    /// By whom it had been approved.
    Redeemed(UserId),
}

/// The two codes of one request.
pub(crate) struct DeviceCodes {
    pub(crate) device_code: String,
    pub(crate) user_code: String,
}

/// The requests, by the code that only the device knows, and which of them a person means.
pub(super) struct DeviceRequests {
    requests: Expiring<DeviceRequest>,
    /// Device codes by user code.
    user_codes: Expiring<String>,
}

/// How long a device may wait.
pub(crate) const DEVICE_CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// How many may wait at one time; each may name a scope as long as a form.
const REQUESTS_MAX: usize = 2_000;
const OPAQUE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Letters and digits that nobody takes for one another.
const SPOKEN: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const USER_CODE_CHARS: usize = 9;

impl Default for DeviceRequests {
    fn default() -> Self {
        Self {
            requests: Expiring::new(DEVICE_CODE_LIFETIME, REQUESTS_MAX),
            user_codes: Expiring::new(DEVICE_CODE_LIFETIME, REQUESTS_MAX),
        }
    }
}

impl DeviceCodes {
    fn new(rng: &mut Stream) -> Self {
        Self { device_code: rng.text(OPAQUE, 160), user_code: rng.text(SPOKEN, USER_CODE_CHARS) }
    }
}

impl Tenant {
    /// Gives a device its codes.
    pub(crate) fn issue_device_code(&mut self, now: Timestamp, client_id: Uuid, scope: String) -> DeviceCodes {
        let codes = DeviceCodes::new(&mut self.rng);
        let request = DeviceRequest { client_id, scope, answer: Answer::Pending };
        self.device_requests.requests.insert(now, codes.device_code.clone(), request);
        self.device_requests.user_codes.insert(now, codes.user_code.clone(), codes.device_code.clone());
        codes
    }

    /// The request that waits for the person who has this code, whatever its case.
    pub(crate) fn device_request(&mut self, now: Timestamp, user_code: &str) -> Option<&mut DeviceRequest> {
        let requests = &mut self.device_requests;
        let Found::Live(device_code) = requests.user_codes.find(now, &user_code.trim().to_uppercase()) else {
            return None;
        };
        match requests.requests.find(now, device_code) {
            Found::Live(request) if matches!(request.answer, Answer::Pending) => Some(request),
            _ => None,
        }
    }

    /// What the person has decided, once there is a decision; an approval is good once.
    ///
    /// # Errors
    ///
    /// 70016 while nobody has answered, 65004 declined, 70020 too late, 54005 used before, 70018 no code of this client.
    pub(crate) fn redeem_device_code(
        &mut self,
        now: Timestamp,
        client_id: Uuid,
        device_code: &str,
    ) -> Result<(SignIn, String), Refusal> {
        let request = match self.device_requests.requests.find(now, device_code) {
            Found::Live(request) if request.client_id == client_id => request,
            Found::Expired(_) => return Err(aadsts::DEVICE_CODE_EXPIRED.refuse()),
            Found::Live(_) | Found::Unknown => return Err(aadsts::DEVICE_CODE_UNKNOWN.refuse()),
        };
        match &request.answer {
            Answer::Approved(sign_in) => {
                let sign_in = sign_in.clone();
                request.answer = Answer::Redeemed(sign_in.user);
                Ok((sign_in, request.scope.clone()))
            }
            Answer::Redeemed(user) => Err(aadsts::CODE_REDEEMED.refuse().of_user(*user)),
            Answer::Pending => Err(aadsts::DEVICE_CODE_PENDING.refuse()),
            Answer::Declined => Err(aadsts::DEVICE_CODE_DECLINED.refuse()),
        }
    }
}

impl DeviceRequest {
    pub(crate) fn approve(&mut self, sign_in: SignIn) {
        self.answer = Answer::Approved(sign_in);
    }

    pub(crate) fn decline(&mut self) {
        self.answer = Answer::Declined;
    }
}
