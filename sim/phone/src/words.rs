//! Every word that the app shows. The guide's and HYPR's pages' own where they give them; the others, marked below,
//! are conventions of the lab, because the guide shows those screens only as pictures.

use ctap::Purpose;

use crate::Platform;

// --- the guide's and HYPR's own words
pub(crate) const SCAN_QR: &str = "SCAN QR";
pub(crate) const ENTER_CODE: &str = "Enter Code Manually";
pub(crate) const APP_NAME: &str = "App Name";
pub(crate) const PIN: &str = "PIN";
pub(crate) const MY_WEB_ACCOUNTS: &str = "My Web Accounts";
pub(crate) const MY_COMPUTERS: &str = "My Computers";
pub(crate) const MY_SECURITY_KEYS: &str = "My Security Keys";
pub(crate) const PAIRING_INCOMPLETE: &str = "Pairing incomplete";
pub(crate) const ACCEPT: &str = "Accept";
pub(crate) const REGISTER_BIOMETRIC: &str = "Register a biometric";
pub(crate) const RENAME: &str = "Rename";
pub(crate) const DELETE: &str = "Delete";
pub(crate) const LOGIN_ACTIVITY: &str = "Login Activity";
pub(crate) const WARNING: &str = "warning";

// --- conventions of the lab
pub(crate) const APP: &str = "HYPR";
pub(crate) const SCANNER: &str = "Scan QR Code";
pub(crate) const SCANNER_HINT: &str = "Point the camera at the QR code on the computer's screen.";
pub(crate) const ENTER_CODE_HINT: &str = "Type the App Name and the PIN that the computer shows.";
pub(crate) const PLEASE_WAIT: &str = "Please Wait";
pub(crate) const ASKING_HYPR: &str = "Asking HYPR.";
pub(crate) const AUTHENTICATE: &str = "Authenticate";
pub(crate) const PAIRED: &str = "Paired";
pub(crate) const AZURE_BIOMETRIC: &str = "Azure Biometric";
pub(crate) const ADD_THIS_DEVICE: &str = "Add This Device";
pub(crate) const SIGN_IN_REQUEST: &str = "Sign-In Request";
pub(crate) const USE_THIS_DEVICE: &str = "Use This Device";
pub(crate) const PAIRING_FAILED: &str = "Pairing Failed";
pub(crate) const UNREACHABLE: &str = "Could Not Reach HYPR";
pub(crate) const INTEGRATION_DISABLED: &str = "Integration Disabled";
pub(crate) const DOMAIN_NOT_ACCEPTED: &str = "Domain Not Accepted";
pub(crate) const NOT_PAIRED: &str = "Account Not Paired";
pub(crate) const RENAME_TITLE: &str = "Rename Security Key";
pub(crate) const NAME: &str = "Name";
pub(crate) const DELETE_TITLE: &str = "Delete Security Key";
pub(crate) const REMOVAL_NOT_FINISHED: &str = "Removal not finished";
pub(crate) const NO_LONGER_PAIRED: &str = "No longer paired";
pub(crate) const OPEN_ROW: &str = ">";
pub(crate) const DECLINE: &str = "Decline";
pub(crate) const CONTINUE: &str = "Continue";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const REGISTER: &str = "Register";
pub(crate) const DONE: &str = "Done";
pub(crate) const OK: &str = "OK";
pub(crate) const BACK: &str = "Back";
pub(crate) const SAVE: &str = "Save";

pub(crate) const ENTER_PASSCODE: &str = "Enter Passcode";
pub(crate) const PASSCODE: &str = "Passcode";
pub(crate) const UNLOCK: &str = "Unlock";
pub(crate) const WRONG_PASSCODE: &str = "The passcode is wrong.";

pub(crate) const NO_WEB_ACCOUNTS: &str = "No web account is paired.";
pub(crate) const NO_COMPUTERS: &str = "No computer is paired.";
pub(crate) const NO_SECURITY_KEYS: &str = "No security key is paired.";
pub(crate) const NO_ACTIVITY: &str = "Nobody has signed in with this security key yet.";
pub(crate) const NOT_A_HYPR_CODE: &str = "This is not a HYPR QR code.";
pub(crate) const NOT_AN_APP_NAME: &str = "This App Name is not an address. Type it as the computer shows it.";
pub(crate) const EXPIRED: &str = "The QR code has expired. Show a new one on the computer.";
pub(crate) const USED: &str = "The QR code has been used already. Show a new one on the computer.";
pub(crate) const UNKNOWN_SESSION: &str = "HYPR does not know this QR code. Show a new one on the computer.";
pub(crate) const UNKNOWN_CODE: &str = "The PIN is not known or has expired. Show a new one on the computer.";
pub(crate) const PAIRING_CANCELLED: &str = "The pairing was cancelled.";
pub(crate) const CHECK_CONNECTION: &str = "Check the connection of your phone and try again.";
pub(crate) const DISABLED_WARNING: &str = "Your organization has disabled this integration. You cannot register with or sign in to Azure until it is enabled.";
pub(crate) const NEXT_IN_AZURE: &str = "Open My Security Keys to see how to finish the pairing in Azure.";
pub(crate) const INSTRUCTIONS: [&str; 5] = [
    "This account is paired with HYPR but not yet with Azure.",
    "On your computer, open https://mysignins.microsoft.com/security-info and select UPDATE INFO.",
    "Click Add sign-in method, select Security key and click Add, then select USB device.",
    "Keep the HYPR Mobile App open and click Next.",
    "On this phone touch Accept and follow the instructions to register a biometric.",
];
pub(crate) const SEPARATE_BIOMETRIC: &str =
    "This biometric is specific to Azure. It is not the one that you use for scanning HYPR's QR code.";
pub(crate) const DELETE_WARNING: &str =
    "The security key is removed from this phone, from HYPR and from Azure. You must pair again to use it.";
pub(crate) const REMOVAL_POSTPONED: &str =
    "The key is gone from this phone, but HYPR has not confirmed the removal. It is tried again when you open the app.";
pub(crate) const REMOVAL_REFUSED: &str = "The key is gone from this phone, but HYPR does not accept this phone any more. Ask your administrator to delete the account, then delete it here.";
pub(crate) const NO_LONGER_PAIRED_TEXT: &str =
    "HYPR does not know this pairing any more. Delete it here and pair again.";
pub(crate) const BLUETOOTH_REQUEST: &str = "Bluetooth Pairing Request";
pub(crate) const PAIR: &str = "Pair";
pub(crate) const NOTE_DECLINED: &str = "You declined the request.";
pub(crate) const NOTE_TIMED_OUT: &str = "The request timed out.";
pub(crate) const NOTE_CANCELLED: &str = "The computer cancelled the request.";
pub(crate) const NOTE_DISCONNECTED: &str = "The connection to the computer ended.";

/// Title and text of a request.
pub(crate) fn request(purpose: Purpose, rp_id: &str) -> (&'static str, String) {
    match purpose {
        Purpose::Register => (ADD_THIS_DEVICE, format!("{rp_id} asks to add this device as a security key.")),
        Purpose::SignIn => (SIGN_IN_REQUEST, format!("{rp_id} asks to sign in with this device.")),
        Purpose::Manage => (USE_THIS_DEVICE, "The computer asks to change this device.".to_owned()),
        Purpose::Reset(_) => (USE_THIS_DEVICE, "The computer asks to reset this device.".to_owned()),
        Purpose::Select => (USE_THIS_DEVICE, "The computer asks whether to use this device.".to_owned()),
    }
}

pub(crate) fn for_account(users: &[&str]) -> String {
    match users {
        [] => "Account: not named".to_owned(),
        users => format!("Account: {}", users.join(", ")),
    }
}

/// How the platform calls the sensor.
pub(crate) const fn sensor(platform: Platform) -> &'static str {
    match platform {
        Platform::Ios => "Face ID",
        Platform::Android => "your fingerprint",
    }
}

pub(crate) fn use_sensor(platform: Platform, purpose: &str) -> String {
    format!("Use {} to {purpose}.", sensor(platform))
}

pub(crate) const fn not_recognised(platform: Platform) -> &'static str {
    match platform {
        Platform::Ios => "Face ID did not recognize you. Try again.",
        Platform::Android => "Your fingerprint was not recognized. Try again.",
    }
}

/// The biometric has failed too often.
pub(crate) const fn locked(platform: Platform) -> &'static str {
    match platform {
        Platform::Ios => "Face ID is locked. Enter the passcode of this iPhone to use it again.",
        Platform::Android => "The fingerprint sensor is locked. Enter the passcode of this phone to use it again.",
    }
}

pub(crate) fn domain_warning(username: &str) -> String {
    let domain = username.rsplit_once('@').map_or(username, |(_, domain)| domain);
    format!("Your organization does not accept the domain {domain}. {username} cannot use HYPR there.")
}

pub(crate) fn not_paired_warning(rp_id: &str) -> String {
    format!("{rp_id} asked for an account that HYPR does not know as paired with this phone.")
}
