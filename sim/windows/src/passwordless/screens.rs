//! The client's screens: the guide's words where it gives them, conventions of the lab where it has pictures.

use clockwork::{Button, Icon, Row, Screen};

use super::Method;
use super::api::{ListedDevice, Session};
use super::installation::Installation;
use super::state::{Retry, State, Step};

pub(crate) const HOME: &str = "HYPR Passwordless";
pub(crate) const START_PAIRING: &str = "Start Pairing";
pub(crate) const PAIR_NEW_DEVICE: &str = "Pair New Device";
pub(crate) const PAIRING_INCOMPLETE: &str = "Pairing incomplete";
pub(crate) const UNPAIR: &str = "Unpair";
pub(crate) const CONTINUE: &str = "Continue";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const BACK: &str = "Back";
pub(crate) const SMARTPHONE: &str = "Smartphone";
pub(crate) const SECURITY_KEY: &str = "Security Key";
pub(crate) const BEGIN_PAIRING: &str = "Begin Pairing";
pub(crate) const MAYBE_LATER: &str = "Maybe Later";
pub(crate) const BLUETOOTH: &str = "Bluetooth";
pub(crate) const WEB: &str = "Web";
pub(crate) const CONTINUE_IN_AD: &str = "Continue in AD";
pub(crate) const MORE_INSTRUCTIONS: &str = "View More Instructions";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const TRY_AGAIN: &str = "Try Again";

const REMINDER: &str = "Open Microsoft Azure AD and pair your phone as a security key after pairing with HYPR.";
const CHOOSE_METHOD: &str = "Choose the method by which you will connect this machine to the HYPR Mobile App device.";
const VERIFY_BLUETOOTH: &str =
    "Verify that your Bluetooth connection with the phone is paired and the HYPR Mobile App is open.";
const VERIFY_WEB: &str = "Verify that the phone is connected to the same wireless network as the workstation \
                          and the HYPR Mobile App is open.";
pub(crate) const NOT_PAIRED_BY_BLUETOOTH: &str =
    "Windows has not paired the phone. Try again, and confirm the PIN on the computer and on the phone.";
pub(crate) const UNREACHABLE_BY_BLUETOOTH: &str =
    "The phone cannot be reached by Bluetooth. Switch Bluetooth on, pair it in Windows and open the HYPR Mobile App.";
pub(crate) const UNREACHABLE_BY_WEB: &str = "The phone cannot be reached over the network. Connect it to the same wireless network as the workstation and open the \
     HYPR Mobile App.";
const PAIR_BLUETOOTH: &str = "Follow the dialogs of Windows to pair the phone by Bluetooth.";
const NO_SECURITY_KEY: &str =
    "A security key cannot be paired with a HYPR Enterprise Passkey integration. Choose Smartphone instead.";
const INCOMPLETE_HOVER: &str = "This phone is paired with HYPR but not yet paired with Azure.";

/// What the window shows. `devices` are those last fetched; `None` while the first list is on its way.
pub(crate) fn screen(state: &State, to: Option<&Installation>, devices: Option<&[ListedDevice]>) -> Screen {
    match state {
        State::Closed if to.is_none() => Screen::new(HOME, &["HYPR Passwordless is not installed."], &[]),
        State::Closed => Screen::new(HOME, &["HYPR Passwordless is not running."], &[]),
        State::Home => home(devices),
        State::Reminder => Screen::new("Reminder", &[REMINDER], &[CONTINUE, CANCEL]),
        State::Requesting { .. } => Screen::new("Please wait", &["Contacting Control Center"], &[CANCEL]),
        State::SelectDevice { .. } => {
            Screen::new("Select Your Device to Continue", &[], &[SMARTPHONE, SECURITY_KEY, CANCEL])
        }
        State::SecurityKey { .. } => Screen::new("Security Key does not work", &[NO_SECURITY_KEY], &[BACK, CANCEL]),
        State::Begin { .. } => begin(),
        State::Pairing { session, step: Step::Scan, .. } => scan(session, to),
        State::Pairing { step: Step::Authenticate, .. } => {
            Screen::new("Authenticate on your device", &["The QR code has been scanned."], &[CANCEL])
        }
        State::Paired { .. } => paired(),
        State::ChooseMethod { .. } => Screen::new("Connection method", &[CHOOSE_METHOD], &[BLUETOOTH, WEB]),
        State::PairBluetooth { .. } => Screen::new("Pair by Bluetooth", &[PAIR_BLUETOOTH], &[BACK]),
        State::Verify { method, .. } => verify(*method),
        State::AlmostComplete { .. } => almost_complete(),
        State::ConfirmUnpair { device } => confirm_unpair(device),
        State::Unpairing { .. } => Screen::new("Please wait", &["Contacting Control Center"], &[]),
        // Without a list there is no home to return to.
        State::Failed { title, text, retry: Retry::FetchDevices } => Screen::new(title, &[text], &[TRY_AGAIN]),
        State::Failed { title, text, .. } => Screen::new(title, &[text], &[TRY_AGAIN, CANCEL]),
    }
}

fn home(devices: Option<&[ListedDevice]>) -> Screen {
    let Some(devices) = devices else {
        return Screen::new(HOME, &["Loading your devices"], &[]);
    };
    let rows: Vec<Row> = devices.iter().map(row).collect();
    let button = if rows.is_empty() { START_PAIRING } else { PAIR_NEW_DEVICE };
    Screen { rows, ..Screen::new(HOME, &[], &[button]) }
}

fn row(device: &ListedDevice) -> Row {
    Row {
        cells: vec![("Device".into(), device.device_name.clone()), ("Username".into(), device.username.clone())],
        icons: device.is_incomplete().then(|| Icon::new(PAIRING_INCOMPLETE, INCOMPLETE_HOVER)).into_iter().collect(),
        buttons: vec![Button::new(UNPAIR)],
    }
}

fn begin() -> Screen {
    let text = "HYPR Passwordless presents a QR code. Using a device with the HYPR Mobile App installed and ready \
                to scan a QR code, click Begin Pairing.";
    Screen::new("Pair your device", &[text], &[BEGIN_PAIRING, CANCEL])
}

fn scan(session: &Session, to: Option<&Installation>) -> Screen {
    let app_name = to.map_or_else(String::new, |to| format!("App name: https://{}", to.host()));
    let code = format!("Activation code: {}", session.activation_code);
    let texts = ["You will be prompted to authenticate on your device.", "Pair manually:", &app_name, &code];
    Screen { qr: Some(session.qr.clone()), ..Screen::new("Scan the QR code on the screen", &texts, &[CANCEL]) }
}

fn paired() -> Screen {
    let text = "To complete the pairing using Entra/Azure, click Continue. \
                Click Maybe Later if you want to complete pairing at another time.";
    Screen::new("Successfully paired", &["You are Successfully paired.", text], &[CONTINUE, MAYBE_LATER])
}

fn verify(method: Method) -> Screen {
    let text = match method {
        Method::Bluetooth => VERIFY_BLUETOOTH,
        Method::Web => VERIFY_WEB,
    };
    Screen::new("Verify your connection", &[text], &[CONTINUE, BACK])
}

fn almost_complete() -> Screen {
    let text = "Continue the process in Azure: pair your phone as a security key.";
    let buttons = [CONTINUE_IN_AD, MORE_INSTRUCTIONS, CLOSE];
    Screen::new("Phone pairing almost complete!", &[text], &buttons)
}

fn confirm_unpair(device: &ListedDevice) -> Screen {
    let text = format!("{} will be unpaired from this computer.", device.device_name);
    Screen::new("Unpair this device?", &[&text], &[UNPAIR, CANCEL])
}
