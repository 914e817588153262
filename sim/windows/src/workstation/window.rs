//! The windows of a workstation that a person can look at and act on.

use crate::browser::BrowserKind;

/// A window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    /// The sign-in screen, on show while nobody is signed in or the screen is locked.
    SignIn,
    /// The desktop, on show while the screen is not locked.
    Desktop,
    /// Windows Settings, "Access work or school".
    Settings,
    /// Windows' dialogs and notifications of Bluetooth devices.
    Bluetooth,
    /// The installer of the HYPR Passwordless client.
    Installer,
    /// The HYPR Passwordless client.
    Passwordless,
    /// Microsoft Edge.
    Edge,
    /// Google Chrome.
    Chrome,
    /// Mozilla Firefox.
    Firefox,
    /// The dialogs of Windows Security, on top of a browser.
    Security,
}

impl Window {
    /// Every window.
    pub const ALL: [Self; 10] = [
        Self::SignIn,
        Self::Desktop,
        Self::Settings,
        Self::Bluetooth,
        Self::Installer,
        Self::Passwordless,
        Self::Edge,
        Self::Chrome,
        Self::Firefox,
        Self::Security,
    ];
    /// Those that have an icon on the desktop.
    pub(super) const ON_DESKTOP: [Self; 5] =
        [Self::Passwordless, Self::Edge, Self::Chrome, Self::Firefox, Self::Settings];

    /// Its name on the desktop and in reports.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::SignIn => "Sign-in screen",
            Self::Desktop => "Desktop",
            Self::Settings => "Settings",
            Self::Bluetooth => "Bluetooth",
            Self::Installer => "HYPR Passwordless Setup",
            Self::Passwordless => "HYPR Passwordless",
            Self::Edge => "Edge",
            Self::Chrome => "Chrome",
            Self::Firefox => "Firefox",
            Self::Security => "Windows Security",
        }
    }

    /// Which browser it is, if it is one.
    pub(super) const fn browser(self) -> Option<BrowserKind> {
        match self {
            Self::Edge => Some(BrowserKind::Edge),
            Self::Chrome => Some(BrowserKind::Chrome),
            Self::Firefox => Some(BrowserKind::Firefox),
            Self::SignIn
            | Self::Desktop
            | Self::Settings
            | Self::Bluetooth
            | Self::Installer
            | Self::Passwordless
            | Self::Security => None,
        }
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.title())
    }
}
