//! Signing in with a Temporary Access Pass: a code of an administrator's that counts as two factors (entra.md §1.8
//! item 3, §1.10).

use jiff::{SignedDuration, Timestamp};

use super::{SignIn, Tenant};
use crate::directory::{AccessPass, UserId};
use crate::error::{Refusal, aadsts};

impl Tenant {
    /// Whether a user has a pass that would be taken now.
    pub(crate) fn has_usable_pass(&self, now: Timestamp, user: UserId) -> bool {
        self.user(user).and_then(|user| user.access_pass.as_ref()).is_some_and(|pass| pass.is_usable(now))
    }

    /// Checks a pass and, when it is good once only, spends it.
    ///
    /// # Errors
    ///
    /// 130507 for a user without a pass, 130503 for another one or one that is not valid yet, 50057 for a disabled
    /// account, 130504 for an expired pass, 130505 for one that was used up.
    pub(crate) fn redeem_pass(&mut self, now: Timestamp, user: UserId, typed: &str) -> Result<SignIn, Refusal> {
        let account = self.user(user).ok_or_else(|| aadsts::PASS_NOT_FOUND.refuse())?;
        let pass = account.access_pass.as_ref().ok_or_else(|| aadsts::PASS_NOT_FOUND.refuse())?;
        let code = match pass {
            pass if !pass.digest.matches(typed) || now < pass.starts => Some(aadsts::PASS_INCORRECT),
            _ if !account.account_enabled => Some(aadsts::USER_DISABLED),
            pass if now >= pass.ends() => Some(aadsts::PASS_EXPIRED),
            pass if pass.is_spent => Some(aadsts::PASS_REDEEMED),
            _ => None,
        };
        if let Some(code) = code {
            return Err(code.refuse());
        }
        let is_usable_once = pass.is_usable_once;
        self.update_user(user, |user| {
            if let Some(pass) = &mut user.access_pass {
                pass.is_spent = is_usable_once;
            }
        });
        Ok(SignIn { user, amr: ["otp", "mfa"].map(str::to_owned).into(), at: now, device: None })
    }
}

impl AccessPass {
    /// When it stops being good.
    pub(crate) fn ends(&self) -> Timestamp {
        let lifetime = SignedDuration::from_mins(i64::from(self.lifetime_minutes));
        // A start at the end of time is a client's to give.
        self.starts.checked_add(lifetime).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn is_usable(&self, now: Timestamp) -> bool {
        (self.starts..self.ends()).contains(&now) && !self.is_spent
    }
}
