//! Invitation e-mails: they only inform (guide "Invitation Emails"). The words are a convention of the lab.

pub mod smtp;

/// The guide's section that an invitation leads to. It is no magic link: whoever has it can do nothing with it.
pub const PAIRING_GUIDE: &str =
    "https://docs.hypr.com/hyprcloud/docs/cc-std-integrations-hypr-enterprise-passkey#pairing-with-hypr";

/// An e-mail that Control Center wants to be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The address of the only recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text, lines separated by `\n`.
    pub text: String,
}

impl Mail {
    /// What an invited user reads.
    pub(crate) fn invitation(to: &str, name: &str, rp_app_id: &str) -> Self {
        let greeting = if name.is_empty() { "Hello,".to_owned() } else { format!("Hello {name},") };
        let text = format!(
            "{greeting}\n\n\
             your organization has invited you to sign in without a password: {rp_app_id}.\n\
             Pair your phone on your own workstation, in the HYPR Passwordless client.\n\
             This message only informs you. How it is done: {PAIRING_GUIDE}\n"
        );
        Self { to: to.to_owned(), subject: "You are invited to HYPR Enterprise Passkey".to_owned(), text }
    }
}
