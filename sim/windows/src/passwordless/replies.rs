//! What Control Center's answers do.

use clockwork::Reply;
use http::StatusCode;
use jiff::Timestamp;

use super::api::{self, ApiError, DeviceList, ListedDevice, PairedDevice, Phase, Progress, ProgressState, Session};
use super::client::{Cache, Passwordless};
use super::state::{Next, Retry, State, Step};
use super::{Action, Event, Join, SecurityKeys};

const PAIRING_FAILED: &str = "Pairing failed";

impl Passwordless {
    /// A pairing may begin, or not.
    pub(super) fn handle_session(&mut self, now: Timestamp, next: Next, reply: Reply) {
        match api::read::<Session>(reply) {
            Ok(session) if next == Next::ShowQr => self.show_qr(now, session),
            Ok(session) if self.offers_security_key(&session) => self.state = State::SelectDevice { session },
            Ok(session) => self.state = State::Begin { session },
            // The token went with the last phone that was unpaired elsewhere; the install token still counts.
            Err(error) if error.is_unauthorized() && self.device_token.is_some() => {
                self.device_token = None;
                self.request_pairing(next);
            }
            Err(error) => self.fail(PAIRING_FAILED, &error, Retry::Pair { next }),
        }
    }

    /// The guide offers a choice on a hybrid workstation with FIDO keys enabled; an rpApp whose Enable Security Key
    /// was left on offers it everywhere.
    fn offers_security_key(&self, session: &Session) -> bool {
        let by_policy = self.machine.join == Join::Hybrid && self.machine.security_keys == SecurityKeys::Enabled;
        by_policy || session.workstation_settings.security_key
    }

    /// How far the phone is.
    pub(super) fn handle_progress(&mut self, now: Timestamp, session: Session, step: Step, reply: Reply) {
        let progress = match api::read::<Progress>(reply) {
            Ok(progress) => progress,
            Err(error @ ApiError::Unreachable(_)) => {
                return self.fail(PAIRING_FAILED, &error, Retry::Resume { session, step });
            }
            Err(ApiError::Refused { status: StatusCode::GONE, .. }) => return self.expire(),
            Err(error) => return self.fail(PAIRING_FAILED, &error, Retry::Pair { next: Next::ShowQr }),
        };
        match progress.state {
            ProgressState::Waiting if session.expires <= now => self.expire(),
            ProgressState::Waiting => self.wait(now, session, step),
            ProgressState::Scanned => {
                if step == Step::Scan {
                    self.events.push_back(Event::QrScanned);
                }
                self.wait(now, session, Step::Authenticate);
            }
            ProgressState::Paired => self.handle_paired(now, progress),
            ProgressState::Refused => {
                let text = progress.message.unwrap_or_else(|| "The phone was not paired.".to_owned());
                self.show_failure(PAIRING_FAILED, text);
            }
            ProgressState::Expired => self.expire(),
        }
    }

    fn handle_paired(&mut self, now: Timestamp, progress: Progress) {
        let token = progress.device_token.or_else(|| self.device_token.take());
        let (Some(device), Some(token)) = (progress.device, token) else {
            let text = "Control Center says that a phone is paired, but not which, or gives no token for it.";
            return self.show_failure(PAIRING_FAILED, text.to_owned());
        };
        self.device_token = Some(token);
        let PairedDevice { device_id, device_name } = device;
        let listed = ListedDevice {
            device_id: device_id.clone(),
            device_name: device_name.clone(),
            username: self.username.clone(),
            phase: Phase::PairedWithHypr,
        };
        let cache = self.cache.get_or_insert_with(Cache::default);
        cache.devices.retain(|device| device.device_id != device_id);
        cache.devices.push(listed);
        cache.refresh_at.get_or_insert(Self::refresh_at(now));
        self.events.push_back(Event::Paired { device_id: device_id.clone(), device_name });
        self.state = State::Paired { device_id };
    }

    fn expire(&mut self) {
        self.show_failure("QR code expired", "The QR code was not scanned in time.".to_owned());
    }

    fn show_failure(&mut self, title: &'static str, text: String) {
        self.events.push_back(Event::Failed { problem: text.clone() });
        self.state = State::Failed { title, text, retry: Retry::Pair { next: Next::ShowQr } };
    }

    /// The list of devices. When it cannot be had, the last one stays on the screen.
    pub(super) fn handle_devices(&mut self, now: Timestamp, reply: Reply) {
        let mut devices = match api::read::<DeviceList>(reply) {
            Ok(list) => list.devices,
            Err(error) => return self.keep_cache(now, &error),
        };
        // Control Center lists a phone whose owner has unpaired as pending: it is not paired here any more.
        devices.retain(|device| device.phase != Phase::Pending);
        let incomplete = devices.iter().filter(|device| device.is_incomplete()).count();
        self.events.push_back(Event::DevicesFetched { paired: devices.len(), incomplete });
        self.cache = Some(Cache { devices, refresh_at: Some(Self::refresh_at(now)) });
        self.drop_connections();
    }

    /// Goes on with the list that stands, or says why there is none. A Control Center that no longer knows this machine
    /// has no phone of it.
    pub(super) fn keep_cache(&mut self, now: Timestamp, error: &ApiError) {
        if error.is_unauthorized() || error.is_not_found() {
            self.device_token = None;
            self.events.push_back(Event::Failed { problem: error.to_string() });
            self.forget_devices();
        } else if let Some(cache) = &mut self.cache {
            cache.refresh_at = Some(Self::refresh_at(now));
            self.events.push_back(Event::Failed { problem: error.to_string() });
        } else {
            self.fail("Your devices cannot be listed", error, Retry::FetchDevices);
        }
    }

    /// No phone is paired here, and there is nobody to ask for one.
    pub(super) fn forget_devices(&mut self) {
        self.cache = Some(Cache::default());
        self.drop_connections();
    }

    /// A phone is unpaired, or was already.
    pub(super) fn handle_unpaired(&mut self, device: ListedDevice, reply: Reply) {
        match api::accepted(reply) {
            Err(error) if !error.is_not_found() => {
                return self.fail("Unpairing failed", &error, Retry::Unpair { device });
            }
            _ => {}
        }
        if let Some(cache) = &mut self.cache {
            cache.devices.retain(|listed| listed.device_id != device.device_id);
        }
        self.events.push_back(Event::Unpaired { device_id: device.device_id });
        self.drop_connections();
        self.state = State::Home;
    }

    /// A phone that is no longer listed loses its connection.
    fn drop_connections(&mut self) {
        let Some(cache) = &self.cache else { return };
        let listed = |id: &String| cache.devices.iter().any(|device| device.device_id == *id);
        let gone: Vec<String> = self.connections.keys().filter(|&id| !listed(id)).cloned().collect();
        for device_id in gone {
            self.connections.remove(&device_id);
            self.actions.push_back(Action::ConnectionRemoved { device_id });
        }
    }
}
