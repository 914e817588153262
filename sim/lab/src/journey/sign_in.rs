//! "Logging In to Windows" and "Logging In to Azure Protected Content".

use windows::Window;

use crate::lab::{Lab, Place};
use crate::people::{JourneyError, Person};

/// Azure-protected content.
pub const OFFICE: &str = "https://www.office.com/";

impl Lab {
    /// Types the person's name and then wrong passwords, each another one, on a sign-in page of Entra.
    ///
    /// # Errors
    ///
    /// When the page shown is not the first page of a sign-in.
    pub fn mistake_password(&mut self, place: &Place, who: &Person, times: usize) -> Result<(), JourneyError> {
        self.enter(place, "Email, phone, or Skype", &who.upn)?;
        self.tap(place, "Next")?;
        for number in 1..=times {
            self.enter(place, "Password", &format!("Not-the-password-{number}"))?;
            self.tap(place, "Sign in")?;
        }
        Ok(())
    }

    /// Signs in to Windows with the password; nothing when the desktop is open already.
    ///
    /// # Errors
    ///
    /// When Windows does not ask for a password, or refuses it.
    pub fn sign_in_with_password(&mut self, who: &Person) -> Result<(), JourneyError> {
        if self.is_signed_in(who)? {
            return Ok(());
        }
        let sign_in = who.window(Window::SignIn)?;
        self.with_workstation(who.workstation_name()?, windows::Workstation::wake);
        self.enter(&sign_in, "User name", &who.upn)?;
        self.enter(&sign_in, "Password", &who.password)?;
        self.tap(&sign_in, "Sign in")?;
        if self.is_signed_in(who)? {
            return Ok(());
        }
        let screen = self.screen(&sign_in).unwrap_or_default();
        Err(JourneyError::Other(format!("Windows did not let {} in:\n{screen}", who.name)))
    }

    /// Signs in with the machine's own account.
    ///
    /// # Errors
    ///
    /// When the machine has none, or does not let it in.
    pub fn sign_in_locally(&mut self, who: &Person) -> Result<(), JourneyError> {
        let name = who.workstation_name()?.to_owned();
        let machine = self.scenario().workstations.iter().find(|machine| machine.name == name);
        let Some(own) = machine.and_then(|machine| machine.local_account.clone()) else {
            return Err(JourneyError::Other(format!("{name} has no local account in this lab's scenario file")));
        };
        let sign_in = who.window(Window::SignIn)?;
        self.with_workstation(&name, windows::Workstation::wake);
        self.enter(&sign_in, "User name", &own.user_name)?;
        self.enter(&sign_in, "Password", &own.password)?;
        self.tap(&sign_in, "Sign in")?;
        if self.is_signed_in(who)? {
            return Ok(());
        }
        let screen = self.screen(&sign_in).unwrap_or_default();
        Err(JourneyError::Other(format!("{name} did not let its local account in:\n{screen}")))
    }

    /// Signs `guest` in with the password on the workstation of `owner`, which is locked for it.
    ///
    /// # Errors
    ///
    /// When Windows does not ask for a password, or refuses it.
    pub fn sign_in_as_other_user(&mut self, guest: &Person, owner: &Person) -> Result<(), JourneyError> {
        let sign_in = owner.window(Window::SignIn)?;
        let name = owner.workstation_name()?;
        self.with_workstation(name, windows::Workstation::lock);
        self.tap(&sign_in, "Other User")?;
        self.enter(&sign_in, "User name", &guest.upn)?;
        self.enter(&sign_in, "Password", &guest.password)?;
        self.tap(&sign_in, "Sign in")?;
        let user = self.workstation(name).and_then(windows::Workstation::signed_in_user);
        if user.is_some_and(|user| user.eq_ignore_ascii_case(&guest.upn)) {
            return Ok(());
        }
        let screen = self.screen(&sign_in).unwrap_or_default();
        Err(JourneyError::Other(format!("Windows did not let {} in:\n{screen}", guest.name)))
    }

    /// Whether the person's desktop is open.
    ///
    /// # Errors
    ///
    /// When the person has no workstation.
    pub fn is_signed_in(&self, who: &Person) -> Result<bool, JourneyError> {
        let machine = self.workstation(who.workstation_name()?);
        Ok(machine.and_then(windows::Workstation::signed_in_user).is_some())
    }

    /// Locks the workstation and wakes its screen.
    ///
    /// # Errors
    ///
    /// When the person has no workstation.
    pub fn lock_workstation(&mut self, who: &Person) -> Result<(), JourneyError> {
        let name = who.workstation_name()?;
        self.with_workstation(name, windows::Workstation::lock);
        self.with_workstation(name, windows::Workstation::wake);
        Ok(())
    }

    /// Chooses the security key on the sign-in screen.
    ///
    /// # Errors
    ///
    /// When the tile is not there.
    pub fn choose_security_key(&mut self, who: &Person) -> Result<(), JourneyError> {
        let sign_in = who.window(Window::SignIn)?;
        self.tap(&sign_in, "Sign-in options")?;
        self.tap(&sign_in, "Security key")
    }

    /// Accept, then the biometric.
    ///
    /// # Errors
    ///
    /// When the phone asks for something else.
    pub fn accept_sign_in(&mut self, who: &Person) -> Result<(), JourneyError> {
        let phone = who.phone()?;
        self.tap(&phone, "Accept")?;
        self.confirm_with_biometric(&phone)
    }

    /// In Chrome: protected content, other ways to sign in, a security key, the chooser; up to the request on the phone.
    ///
    /// # Errors
    ///
    /// When a page of the guide does not come.
    pub fn open_protected_content(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.ask_for_protected_content(who)?;
        self.tap(&who.window(Window::Security)?, "Security key")
    }

    /// In Chrome: protected content, other ways to sign in, a security key; up to the browser's own chooser.
    ///
    /// # Errors
    ///
    /// When a page of the guide does not come.
    pub fn ask_for_protected_content(&mut self, who: &Person) -> Result<(), JourneyError> {
        let chrome = who.window(Window::Chrome)?;
        self.browse(who, Window::Chrome, OFFICE)?;
        self.enter(&chrome, "Email, phone, or Skype", &who.upn)?;
        self.tap(&chrome, "Next")?;
        self.tap(&chrome, "Other ways to sign in")?;
        self.tap(&chrome, "Use Windows Hello or a security key")
    }
}
