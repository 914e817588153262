//! Where a blade belongs, the way to it, and the menu beside it.

use uuid::Uuid;

use super::{Site, intune, registrations, security, users};
use crate::pages::page::Link;

/// Where a blade belongs: the way to it and the menu beside it follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Area {
    Home,
    Directory,
    Registrations,
    /// An application, by client id and name.
    Registration(Uuid, String),
    Users,
    /// A user, by id and name.
    User(Uuid, String),
    Security,
    Devices,
}

impl Area {
    pub(super) fn href(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Directory => "/directory".to_owned(),
            Self::Registrations => registrations::ROOT.to_owned(),
            Self::Registration(id, _) => format!("{}/{id}", registrations::ROOT),
            Self::Users => users::ROOT.to_owned(),
            Self::User(id, _) => format!("{}/{id}", users::ROOT),
            Self::Security => security::ROOT.to_owned(),
            Self::Devices => intune::DEVICES.to_owned(),
        }
    }

    fn above(&self) -> Option<Self> {
        match self {
            Self::Home => None,
            Self::Directory | Self::Devices => Some(Self::Home),
            Self::Registrations | Self::Users | Self::Security => Some(Self::Directory),
            Self::Registration(..) => Some(Self::Registrations),
            Self::User(..) => Some(Self::Users),
        }
    }

    fn name(&self, site: Site) -> String {
        match self {
            Self::Home => "Home".to_owned(),
            Self::Directory => site.directory().to_owned(),
            Self::Registrations => "App registrations".to_owned(),
            Self::Registration(_, name) | Self::User(_, name) => name.clone(),
            Self::Users => "Users".to_owned(),
            Self::Security => "Security".to_owned(),
            Self::Devices => "Devices".to_owned(),
        }
    }

    pub(super) fn trail(&self, site: Site) -> Vec<Link> {
        let mut trail = self.above().map(|above| above.trail(site)).unwrap_or_default();
        trail.push(Link::new(self.name(site), self.href()));
        trail
    }

    pub(super) fn menu(&self) -> Vec<Link> {
        let below = |parts: &[(&str, &str)]| {
            let href = |part: &str| if part.is_empty() { self.href() } else { format!("{}/{part}", self.href()) };
            parts.iter().map(|(label, part)| Link::new(*label, href(part))).collect()
        };
        match self {
            Self::Home => Vec::new(),
            Self::Directory | Self::Registrations | Self::Users => {
                let links = [
                    ("Overview", Self::Directory),
                    ("Users", Self::Users),
                    ("App registrations", Self::Registrations),
                    ("Security", Self::Security),
                ];
                links.map(|(label, area)| Link::new(label, area.href())).into()
            }
            Self::Registration(..) => below(&[
                ("Overview", ""),
                ("Certificates & secrets", "secrets"),
                ("API permissions", "api-permissions"),
            ]),
            Self::User(..) => below(&[
                ("Overview", ""),
                ("Assigned roles", "assigned-roles"),
                ("Authentication methods", "authentication-methods"),
            ]),
            Self::Security => below(&[
                ("Overview", ""),
                ("Conditional Access", "conditional-access"),
                ("Authentication methods", "authentication-methods"),
            ]),
            Self::Devices => below(&[("Overview", ""), ("Windows enrollment", "windows-enrollment")]),
        }
    }
}
