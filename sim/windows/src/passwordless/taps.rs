//! What a tap does on each screen.

use clockwork::{Screen, VerbError};
use jiff::Timestamp;

use super::api::ListedDevice;
use super::client::Passwordless;
use super::screens::{
    BACK, BEGIN_PAIRING, BLUETOOTH, CANCEL, CLOSE, CONTINUE, CONTINUE_IN_AD, MAYBE_LATER, MORE_INSTRUCTIONS,
    PAIR_NEW_DEVICE, PAIRING_INCOMPLETE, SECURITY_KEY, SMARTPHONE, START_PAIRING, TRY_AGAIN, UNPAIR,
    UNREACHABLE_BY_BLUETOOTH, UNREACHABLE_BY_WEB, WEB,
};
use super::state::{Next, Retry, State};
use super::{Action, Event, Method};

/// Where "Continue in AD" leads.
const SECURITY_INFO: &str = "https://mysignins.microsoft.com/security-info";
/// The article that the guide is.
const ARTICLE: &str = "https://docs.hypr.com/hyprcloud/docs/cc-std-integrations-hypr-enterprise-passkey";

impl Passwordless {
    /// Does what a button of the present screen does; the screen is known to have it.
    pub(super) fn handle_tap(&mut self, now: Timestamp, label: &str) {
        match (self.state.clone(), label) {
            (State::Home, START_PAIRING | PAIR_NEW_DEVICE) => self.state = State::Reminder,
            (State::Reminder, CONTINUE) => self.request_pairing(Next::Introduce),
            (State::SelectDevice { session }, SMARTPHONE) => {
                self.state = State::Begin { session };
            }
            (State::SelectDevice { session }, SECURITY_KEY) => self.state = State::SecurityKey { session },
            (State::SecurityKey { session }, BACK) => self.state = State::SelectDevice { session },
            (State::Begin { session }, BEGIN_PAIRING) if session.expires > now => self.show_qr(now, session),
            // The person took longer than the code lives.
            (State::Begin { .. }, BEGIN_PAIRING) => self.request_pairing(Next::ShowQr),
            (State::Paired { device_id }, CONTINUE) => self.state = State::ChooseMethod { device_id },
            (State::ChooseMethod { device_id }, BLUETOOTH) => self.choose_bluetooth(device_id),
            (State::ChooseMethod { device_id }, WEB) => self.state = State::Verify { device_id, method: Method::Web },
            (State::PairBluetooth { device_id } | State::Verify { device_id, .. }, BACK) => {
                self.state = State::ChooseMethod { device_id }
            }
            (State::Verify { device_id, method }, CONTINUE) => self.verify(device_id, method),
            (State::AlmostComplete { device_id }, CONTINUE_IN_AD) => self.continue_in_ad(device_id),
            (State::AlmostComplete { .. }, MORE_INSTRUCTIONS) => {
                self.actions.push_back(Action::OpenUrl(ARTICLE.to_owned()));
            }
            (State::ConfirmUnpair { device }, UNPAIR) => self.request_unpair(device),
            (State::Failed { retry, .. }, TRY_AGAIN) => self.try_again(now, retry),
            (_, CANCEL | MAYBE_LATER | CLOSE) => self.state = State::Home,
            _ => {}
        }
    }

    /// Does what a button or an icon in a line of the home screen does; the screen is known to have the line.
    pub(super) fn handle_row_tap(&mut self, screen: &Screen, row: &str, button: &str) -> Result<(), VerbError> {
        let Some(device) = self.device_of(row) else { return Ok(()) };
        self.state = match button {
            UNPAIR => State::ConfirmUnpair { device },
            PAIRING_INCOMPLETE if device.is_incomplete() => State::AlmostComplete { device_id: device.device_id },
            _ => {
                let present = if device.is_incomplete() { vec![PAIRING_INCOMPLETE, UNPAIR] } else { vec![UNPAIR] };
                return Err(VerbError::Missing {
                    kind: "button or icon",
                    wanted: button.to_owned(),
                    screen: screen.title.clone(),
                    present: present.into_iter().map(str::to_owned).collect(),
                });
            }
        };
        Ok(())
    }

    fn device_of(&self, row: &str) -> Option<ListedDevice> {
        let devices = &self.cache.as_ref()?.devices;
        devices.iter().find(|device| device.device_name == row || device.username == row).cloned()
    }

    /// A phone that Windows does not know yet is paired first.
    fn choose_bluetooth(&mut self, device_id: String) {
        let Some(device_name) = self.name_of(&device_id) else { return };
        if self.bonds.contains(&device_name) {
            self.state = State::Verify { device_id, method: Method::Bluetooth };
        } else {
            self.actions.push_back(Action::PairBluetooth { device_name });
            self.state = State::PairBluetooth { device_id };
        }
    }

    /// A phone that cannot be reached in this way cannot be connected in it.
    fn verify(&mut self, device_id: String, method: Method) {
        let name = self.name_of(&device_id).unwrap_or_default();
        let reach = self.reach.get(&name).copied().unwrap_or_default();
        let (is_there, problem) = match method {
            Method::Bluetooth => (reach.bluetooth && self.bonds.contains(&name), UNREACHABLE_BY_BLUETOOTH),
            Method::Web => (reach.network, UNREACHABLE_BY_WEB),
        };
        if is_there {
            self.connect(device_id, method);
        } else {
            self.show_problem("The phone cannot be reached", problem, Retry::Connect { device_id });
        }
    }

    fn connect(&mut self, device_id: String, method: Method) {
        self.connections.insert(device_id.clone(), method);
        self.actions.push_back(Action::ConnectionReady { device_id: device_id.clone(), method });
        self.events.push_back(Event::Connected { device_id: device_id.clone(), method });
        self.state = State::AlmostComplete { device_id };
    }

    /// Opens Azure. A person who chose Maybe Later has no connection yet, and Azure would not find the phone: the
    /// connection comes first then (convention of the lab).
    fn continue_in_ad(&mut self, device_id: String) {
        if self.connections.contains_key(&device_id) {
            self.actions.push_back(Action::OpenUrl(SECURITY_INFO.to_owned()));
            self.state = State::Home;
        } else {
            self.state = State::ChooseMethod { device_id };
        }
    }

    fn try_again(&mut self, now: Timestamp, retry: Retry) {
        match retry {
            Retry::Pair { next } => self.request_pairing(next),
            Retry::Resume { session, step } => self.ask_progress(session, step),
            Retry::Connect { device_id } => self.state = State::ChooseMethod { device_id },
            Retry::Unpair { device } => self.request_unpair(device),
            Retry::FetchDevices => {
                self.state = State::Home;
                self.fetch_devices(now);
            }
        }
    }
}
