//! What the sign-in screen says: Windows' words where they are known, else a convention of the lab.

pub(super) const WAIT: &str = "Please wait";
pub(super) const WITH_KEY: &str = "Sign in with your security key";
pub(super) const INCOMPLETE: &str = "Enter your user name and password.";
pub(super) const NOT_JOINED: &str =
    "This computer isn't joined to Microsoft Entra ID. A work or school account can't sign in to it.";
pub(super) const MAC: &str = "A work or school account can't sign in to this Mac.";
pub(super) const UNREACHABLE: &str = "We can't sign you in right now. Make sure your computer is connected to your organization's network and try again.";
pub(super) const UNREADABLE: &str = "Something went wrong. Try again later.";

/// The words for a refusal by Entra (AADSTS code).
pub(super) const fn refusal(code: u32) -> &'static str {
    match code {
        50126 | 50034 | 50056 | 500341 => "The user name or password is incorrect. Try again.",
        50053 => "The referenced account is currently locked out and may not be logged on to.",
        50055 | 50144 => "Your password has expired and must be changed.",
        50057 => "Your account has been disabled. Please see your system administrator.",
        130501 | 135016 => "Your organization doesn't allow this security key for signing in.",
        135001 | 135010 | 500344 => "Your security key isn't registered with your organization.",
        130007 | 135011 => "This computer has been disabled by your organization.",
        50155 | 50187 | 700003 => "Your organization doesn't know this computer. Please see your system administrator.",
        50099 | 135018 | 135019 | 140000 => "Signing in took too long. Try again.",
        135000..=135022 => "We couldn't verify your security key. Try again, or use another way to sign in.",
        _ => "We can't sign you in with this account right now. Try again later.",
    }
}
