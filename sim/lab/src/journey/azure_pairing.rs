//! "Pairing With Azure": security info in the browser, the Windows dialogs, the phone.

use clockwork::Gesture;
use jiff::SignedDuration;
use windows::Window;

use super::A_MOMENT;
use crate::lab::{Lab, Place};
use crate::people::{JourneyError, Person};

/// The address that the guide gives.
pub const SECURITY_INFO: &str = "https://mysignins.microsoft.com/security-info";

impl Lab {
    /// Opens an address in a browser of the workstation.
    ///
    /// # Errors
    ///
    /// When the person has no workstation.
    pub fn browse(&mut self, who: &Person, browser: Window, url: &str) -> Result<(), JourneyError> {
        self.with_workstation(who.workstation_name()?, |machine, now| machine.open_url(now, browser, url));
        Ok(())
    }

    /// From security info to "Have your key ready": Add sign-in method, Security key, MFA where it is asked, USB device.
    ///
    /// # Errors
    ///
    /// When a page of the guide does not come.
    pub fn ask_for_security_key(&mut self, who: &Person) -> Result<(), JourneyError> {
        let edge = who.window(Window::Edge)?;
        self.browse(who, Window::Edge, SECURITY_INFO)?;
        self.tap(&edge, "UPDATE INFO")?;
        self.tap(&edge, "Add sign-in method")?;
        self.enter(&edge, "Which method would you like to add?", "Security key")?;
        self.tap(&edge, "Add")?;
        self.answer_text_message(who, &edge)?;
        self.tap(&edge, "USB device")
    }

    /// From "Have your key ready" to "Touch your security key": Next and the dialogs of browser and Windows.
    ///
    /// # Errors
    ///
    /// When a dialog of the guide does not come.
    pub fn walk_through_windows_dialogs(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.tap(&who.window(Window::Edge)?, "Next")?;
        let dialog = who.window(Window::Security)?;
        self.tap(&dialog, "External security key or built-in sensor")?;
        self.tap(&dialog, "OK")?;
        self.tap(&dialog, "OK")
    }

    /// From the request on the phone to the page that asks for the key's name: Accept, register a biometric, use it.
    ///
    /// # Errors
    ///
    /// When the phone asks for something else.
    pub fn accept_registration(&mut self, who: &Person) -> Result<(), JourneyError> {
        let phone = who.phone()?;
        self.tap(&phone, "Accept")?;
        self.confirm_with_biometric(&phone)
    }

    /// The biometric of Azure's own; the first one is registered on the app's own screen and serves at once.
    ///
    /// # Errors
    ///
    /// When the phone does not ask for it.
    pub fn confirm_with_biometric(&mut self, phone: &Place) -> Result<(), JourneyError> {
        if self.screen(phone).is_some_and(|screen| screen.title == "Register a biometric") {
            self.tap(phone, "Register")?;
        }
        self.present(phone, Gesture::Right)
    }

    /// Names the new key and finishes.
    ///
    /// # Errors
    ///
    /// When the browser shows another page.
    pub fn name_security_key(&mut self, who: &Person, name: &str) -> Result<(), JourneyError> {
        let edge = who.window(Window::Edge)?;
        self.enter(&edge, "Name your security key", name)?;
        self.tap(&edge, "Next")?;
        self.await_words(&edge, "You're all set!", SignedDuration::ZERO)?;
        self.tap(&edge, "Done")
    }

    /// The whole path, from being paired with HYPR to Control Center knowing about it.
    ///
    /// # Errors
    ///
    /// When a screen of the guide does not come.
    pub fn pair_with_azure(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.open_app(who)?;
        self.ask_for_security_key(who)?;
        self.walk_through_windows_dialogs(who)?;
        self.accept_registration(who)?;
        self.name_security_key(who, "HYPR")?;
        self.settle_pairing();
        self.dismiss(&who.phone()?)
    }

    /// Waits for what follows a registration by itself: the phone asks Control Center, which asks Graph.
    pub fn settle_pairing(&mut self) {
        self.pass(SignedDuration::from_secs(10));
    }

    /// "Verify your identity" by the code of a text message; nothing when the page does not ask.
    ///
    /// # Errors
    ///
    /// When no message came.
    pub fn answer_text_message(&mut self, who: &Person, browser: &Place) -> Result<(), JourneyError> {
        let screen = self.screen(browser).unwrap_or_default();
        if screen.title != "Verify your identity" {
            return Ok(());
        }
        let Some(text) =
            screen.buttons.iter().map(|button| button.label.clone()).find(|label| label.starts_with("Text "))
        else {
            return Err(JourneyError::Other(format!("{browser} offers no text message:\n{screen}")));
        };
        self.tap(browser, &text)?;
        let number = who.text_messages_to.as_deref().unwrap_or_default();
        let Some(code) = self.text_message(number).map(str::to_owned) else {
            return Err(JourneyError::Other(format!("no text message came to {}", who.name)));
        };
        self.enter(browser, "Code", &code)?;
        self.tap(browser, "Verify")
    }

    /// Waits until a browser or dialog of the workstation shows words.
    ///
    /// # Errors
    ///
    /// When they do not come.
    pub fn await_window(&mut self, who: &Person, window: Window, words: &str) -> Result<(), JourneyError> {
        self.await_words(&who.window(window)?, words, A_MOMENT)
    }
}
