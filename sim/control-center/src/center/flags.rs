//! Feature flags: of the tenant, of one application, and of all of them at once, which the guide advises against (guide
//! "Setting Up the HYPR Tenant").

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{ControlCenter, UnknownIntegration};
use crate::event::Event;
use crate::flags::{ApplicationFlag, TenantFlag};
use crate::integration::Toggle;

impl ControlCenter {
    /// Sets or unsets a feature flag of the tenant.
    pub fn set_tenant_flag(&mut self, now: Timestamp, flag: TenantFlag, to: Toggle) {
        if switch(&mut self.config.tenant_flags, flag, to) {
            self.note(now, Event::GlobalFlagSet { flag: flag.name(), to });
        }
    }

    /// Sets a feature flag of applications at the global level, or takes it from there: while it is set, every application
    /// has it, whatever its own page says. A convention of the lab; the guide says not to do it.
    pub fn set_global_flag(&mut self, now: Timestamp, flag: ApplicationFlag, to: Toggle) {
        if switch(&mut self.global_flags, flag, to) {
            self.note(now, Event::GlobalFlagSet { flag: flag.name(), to });
        }
    }

    /// Sets or unsets a feature flag of one application.
    ///
    /// # Errors
    ///
    /// When there is no such integration.
    pub fn set_flag(
        &mut self,
        now: Timestamp,
        rp_app_id: &str,
        flag: ApplicationFlag,
        to: Toggle,
    ) -> Result<(), UnknownIntegration> {
        if switch(&mut self.existing(rp_app_id)?.flags, flag, to) {
            self.note(now, Event::FlagSet { rp_app_id: rp_app_id.to_owned(), flag, to });
        }
        Ok(())
    }

    /// The application flags that are set globally.
    #[must_use]
    pub fn global_flags(&self) -> &BTreeSet<ApplicationFlag> {
        &self.global_flags
    }

    /// Whether a flag is set for an application, by itself or globally.
    #[must_use]
    pub fn has_flag(&self, rp_app_id: &str, flag: ApplicationFlag) -> bool {
        let own = self.integration(rp_app_id).is_some_and(|integration| integration.flags.contains(&flag));
        own || self.global_flags.contains(&flag)
    }
}

/// Whether that changes anything.
fn switch<F: Ord>(flags: &mut BTreeSet<F>, flag: F, to: Toggle) -> bool {
    match to {
        Toggle::On => flags.insert(flag),
        Toggle::Off => flags.remove(&flag),
    }
}
