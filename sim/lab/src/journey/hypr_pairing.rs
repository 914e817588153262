//! "Pairing with HYPR on a Domain-joined Workstation" and "on a Hybrid Azure/Entra Workstation".

use clockwork::{Gesture, Verb};
use windows::Window;

use super::A_MOMENT;
use crate::lab::{Lab, Place};
use crate::people::{JourneyError, Person};

impl Lab {
    /// From the desktop to the QR code: Start Pairing, the reminder, the device choice where there is one, Begin Pairing.
    ///
    /// # Errors
    ///
    /// When a screen of the guide does not come.
    pub fn start_pairing(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.start_pairing_to_choice(who)?;
        let client = who.window(Window::Passwordless)?;
        if self.shows(&client, "Select Your Device to Continue") {
            self.tap(&client, "Smartphone")?;
        }
        self.tap(&client, "Begin Pairing")
    }

    /// From the desktop over the reminder to what comes next: the choice of a device, or Begin Pairing.
    ///
    /// # Errors
    ///
    /// When a screen of the guide does not come.
    pub fn start_pairing_to_choice(&mut self, who: &Person) -> Result<(), JourneyError> {
        let client = who.window(Window::Passwordless)?;
        self.with_workstation(who.workstation_name()?, |machine, now| machine.open(now, Window::Passwordless));
        let paired_before = self.screen(&client).is_some_and(|screen| screen.button("Pair New Device").is_ok());
        self.tap(&client, if paired_before { "Pair New Device" } else { "Start Pairing" })?;
        self.tap(&client, "Continue")
    }

    /// Runs the installer of the Passwordless client with what `beside` makes of Control Center's `hypr.json`.
    ///
    /// # Errors
    ///
    /// When there is no integration to download a client of.
    pub fn install_client(
        &mut self,
        who: &Person,
        beside: impl FnOnce(String) -> Option<String>,
    ) -> Result<(), JourneyError> {
        let name = self.scenario().integration.as_ref().map(|integration| integration.name.clone());
        let download = name.and_then(|name| self.control_center.with_core(|core| core.hypr_json(&name)));
        let Some(hypr_json) = download else {
            return Err(JourneyError::Other("Control Center has no integration to download a client of".into()));
        };
        let file = beside(hypr_json);
        self.with_workstation(who.workstation_name()?, |machine, _| machine.run_installer(file.as_deref()));
        Ok(())
    }

    /// Points the phone's camera at the QR code on the workstation's screen.
    ///
    /// # Errors
    ///
    /// When there is no QR code, or the phone is not ready to scan.
    pub fn scan_qr(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.scan_qr_of(who, who)
    }

    /// Points the camera of `who`'s phone at the QR code on the workstation of `owner`.
    ///
    /// # Errors
    ///
    /// When there is no QR code, or the phone is not ready to scan.
    pub fn scan_qr_of(&mut self, who: &Person, owner: &Person) -> Result<(), JourneyError> {
        let screen = self.screen(&owner.window(Window::Passwordless)?).unwrap_or_default();
        let Some(qr) = screen.qr else {
            return Err(JourneyError::Other(format!(
                "no QR code is on the screen of {}'s workstation, but:\n{screen}",
                owner.name
            )));
        };
        let phone = who.phone()?;
        self.open_app(who)?;
        self.dismiss(&phone)?;
        self.tap(&phone, "SCAN QR")?;
        self.do_verb(&phone, &Verb::Scan(qr))
    }

    /// Types what the client shows for phones without a camera: the App Name and the activation code.
    ///
    /// # Errors
    ///
    /// When the client shows no code, or the phone has no fields for it.
    pub fn type_activation_code(&mut self, who: &Person) -> Result<(), JourneyError> {
        let screen = self.screen(&who.window(Window::Passwordless)?).unwrap_or_default();
        let after = |label: &str| screen.texts.iter().find_map(|text| text.strip_prefix(label)).map(str::to_owned);
        let (Some(app), Some(code)) = (after("App name: "), after("Activation code: ")) else {
            return Err(JourneyError::Other(format!("the client shows no activation code:\n{screen}")));
        };
        let phone = who.phone()?;
        self.open_app(who)?;
        self.tap(&phone, "Enter Code Manually")?;
        self.enter(&phone, "App Name", &app)?;
        self.enter(&phone, "PIN", &code)?;
        self.tap(&phone, "Continue")
    }

    /// From the QR code to "Successfully paired": scan, and the biometric of HYPR's own.
    ///
    /// # Errors
    ///
    /// When a screen of the guide does not come.
    pub fn scan_and_authenticate(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.scan_and_authenticate_at(who, who)
    }

    /// The same with the phone of `who` and the QR code on the workstation of `owner`, whose account it becomes a key of.
    ///
    /// # Errors
    ///
    /// When a screen of the guide does not come.
    pub fn scan_and_authenticate_at(&mut self, who: &Person, owner: &Person) -> Result<(), JourneyError> {
        self.scan_qr_of(who, owner)?;
        self.present(&who.phone()?, Gesture::Right)?;
        self.await_words(&owner.window(Window::Passwordless)?, "Successfully paired", A_MOMENT)
    }

    /// From "Successfully paired" to "Phone pairing almost complete!": the connection by Bluetooth.
    ///
    /// # Errors
    ///
    /// When a screen of the guide does not come.
    pub fn connect_phone(&mut self, who: &Person) -> Result<(), JourneyError> {
        let client = who.window(Window::Passwordless)?;
        self.tap(&client, "Continue")?;
        self.tap(&client, "Bluetooth")?;
        if self.shows(&client, "Pair by Bluetooth") {
            self.pair_by_bluetooth(who)?;
        }
        self.tap(&client, "Continue")?;
        self.await_words(&client, "Phone pairing almost complete!", A_MOMENT)
    }

    /// Windows' Bluetooth dialogs and those of the phone that asks: Set up, the same digits on both sides, Done.
    ///
    /// # Errors
    ///
    /// When a dialog does not come.
    pub fn pair_by_bluetooth(&mut self, who: &Person) -> Result<(), JourneyError> {
        let dialog = who.window(Window::Bluetooth)?;
        self.tap(&dialog, "Set up")?;
        self.tap(&dialog, "Connect")?;
        let phones = self.phones.keys().cloned().map(Place::Phone);
        let asks = |place: &Place| self.screen(place).is_some_and(|screen| screen.button("Pair").is_ok());
        let phone = phones.into_iter().find(asks).map_or_else(|| who.phone(), Ok)?;
        self.tap(&phone, "Pair")?;
        self.tap(&dialog, "Done")
    }

    /// The whole path: paired with HYPR, the phone connected, Azure left for later.
    ///
    /// # Errors
    ///
    /// When a screen of the guide does not come.
    pub fn pair_with_hypr(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.sign_in_with_password(who)?;
        self.start_pairing(who)?;
        self.scan_and_authenticate(who)?;
        self.connect_phone(who)?;
        self.tap(&who.window(Window::Passwordless)?, "Close")?;
        self.dismiss(&who.phone()?)
    }

    /// Pairs the phone of `other` with HYPR as a second one of `who`, on whose workstation a first one is paired.
    ///
    /// # Errors
    ///
    /// When a screen of the guide does not come.
    pub fn pair_second_phone(&mut self, who: &Person, other: &Person) -> Result<(), JourneyError> {
        self.start_pairing(who)?;
        self.scan_qr_of(other, who)?;
        self.present(&other.phone()?, Gesture::Right)?;
        let client = who.window(Window::Passwordless)?;
        self.await_words(&client, "Successfully paired", A_MOMENT)?;
        self.connect_phone(who)?;
        self.tap(&client, "Close")?;
        self.dismiss(&other.phone()?)
    }

    /// Opens the HYPR Mobile App, or brings it to the front.
    ///
    /// # Errors
    ///
    /// When the person has no phone.
    pub fn open_app(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.with_phone(who.phone_name()?, phone::Phone::open_app);
        Ok(())
    }

    /// Closes the HYPR Mobile App.
    ///
    /// # Errors
    ///
    /// When the person has no phone.
    pub fn close_app(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.with_phone(who.phone_name()?, phone::Phone::close_app);
        Ok(())
    }

    /// Brings another app to the front.
    ///
    /// # Errors
    ///
    /// When the person has no phone.
    pub fn send_app_to_background(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.with_phone(who.phone_name()?, phone::Phone::send_app_to_background);
        Ok(())
    }

    /// Deletes the HYPR Mobile App with all that it holds, installs it again and opens it.
    ///
    /// # Errors
    ///
    /// When the person has no phone.
    pub fn reinstall_app(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.with_phone(who.phone_name()?, phone::Phone::reinstall_app);
        self.open_app(who)
    }

    /// Taps away whatever the app reports, until it shows its home screen.
    ///
    /// # Errors
    ///
    /// When no button leads home.
    pub fn dismiss(&mut self, phone: &Place) -> Result<(), JourneyError> {
        for _ in 0..5 {
            let screen = self.screen(phone).unwrap_or_default();
            if screen.button("SCAN QR").is_ok() {
                return Ok(());
            }
            let way_home = ["Done", "OK", "Back", "Cancel"].into_iter().find(|label| screen.button(label).is_ok());
            self.tap(phone, way_home.unwrap_or("Done"))?;
        }
        Err(JourneyError::Other(format!(
            "{phone} does not return to its home screen:\n{}",
            self.screen(phone).unwrap_or_default()
        )))
    }

    /// Whether words stand on a screen at this moment.
    #[must_use]
    pub fn shows(&self, place: &Place, words: &str) -> bool {
        self.screen(place).is_some_and(|screen| screen.shows(words))
    }
}
