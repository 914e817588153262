//! Windows Settings ("Access work or school", and the Bluetooth devices) and the installer of the Passwordless client.
//! Words of the lab where Windows' and HYPR's are not known.

use clockwork::{Button, Row, Screen, Verb, VerbError};
use jiff::Timestamp;

use super::{Event, Window, Workstation, WorkstationConfig};
use crate::intune::{Intune, Standing};
use crate::passwordless::{InstallError, Join, SecurityKeys, System};

const SYNC: &str = "Sync";

/// What takes a Bluetooth device off the list.
const REMOVE: &str = "Remove device";

pub(super) fn screen<'a>(
    config: &WorkstationConfig,
    intune: &Intune,
    bluetooth: impl Iterator<Item = &'a str>,
) -> Screen {
    let join = match config.join {
        _ if config.system == System::MacOs => "This Mac is not joined to Microsoft Entra ID",
        Join::Cloud => "Joined to Microsoft Entra ID",
        Join::Hybrid => "Joined to Active Directory and to Microsoft Entra ID",
        Join::None => "Not joined to Microsoft Entra ID",
    };
    let management = match intune.standing() {
        Standing::Never => "Not managed".to_owned(),
        Standing::Managed { at } => format!("Managed by Intune. Last successful sync: {at}"),
        Standing::Refused { words } => format!("Not managed by Intune: {words}"),
        Standing::Failed { words } => format!("The sync wasn't successful: {words}"),
    };
    let keys = match intune.security_keys() {
        SecurityKeys::Enabled => "Security keys can be used to sign in to Windows",
        SecurityKeys::Disabled => "Security keys can't be used to sign in to Windows",
    };
    let buttons: &[&str] = if config.join == Join::None { &[] } else { &[SYNC] };
    let rows = bluetooth.map(|device| Row {
        cells: vec![("Bluetooth".into(), device.into()), ("State".into(), "Paired".into())],
        icons: Vec::new(),
        buttons: vec![Button::new(REMOVE)],
    });
    let rows = rows.collect();
    Screen { rows, ..Screen::new("Access work or school", &[&config.name, join, &management, keys], buttons) }
}

/// The installer's last page.
fn installer(outcome: Result<(), InstallError>) -> Screen {
    const TITLE: &str = "HYPR Passwordless Setup";
    match outcome {
        Ok(()) => Screen::new(TITLE, &["HYPR Passwordless was installed."], &["Finish"]),
        Err(error) => Screen::new(TITLE, &["HYPR Passwordless was not installed.", &error.to_string()], &["Close"]),
    }
}

impl Workstation {
    /// Runs the installer of the Passwordless client, with the `hypr.json` beside it if there is one; its window says how it
    /// went.
    pub fn run_installer(&mut self, hypr_json: Option<&str>) {
        if self.signed_in_user().is_none() {
            self.events.push_back(Event::StayedClosed { window: Window::Installer });
            return;
        }
        let outcome = match hypr_json {
            // What is missing beside it does not matter where it cannot run.
            None if self.config.system == System::Windows => Err(InstallError::NoFile),
            file => self.passwordless.install(file.unwrap_or_default()),
        };
        self.installer = Some(installer(outcome));
    }

    /// Its one button closes it.
    pub(super) fn handle_installer_verb(&mut self, verb: &Verb) -> Result<(), VerbError> {
        let screen = self.installer.clone().unwrap_or_default();
        let Verb::Tap(label) = verb else { return Err(screen.meaningless(verb)) };
        screen.button(label)?;
        self.installer = None;
        Ok(())
    }

    pub(super) fn handle_settings_verb(&mut self, now: Timestamp, verb: &Verb) -> Result<(), VerbError> {
        let screen = self.screen(Window::Settings);
        match verb {
            Verb::Tap(label) => {
                screen.button(label)?;
                self.intune.sync(now);
            }
            Verb::TapIn { row, button } => {
                screen.row(row)?;
                if button != REMOVE || !self.bluetooth.remove(row) {
                    return Err(screen.meaningless(verb));
                }
            }
            _ => return Err(screen.meaningless(verb)),
        }
        Ok(())
    }
}
