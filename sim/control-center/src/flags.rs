//! HYPR's feature flags, guide "Setting Up the HYPR Tenant": two for the tenant, two for one application each.

/// A flag that is set for the whole HYPR tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TenantFlag {
    /// `AZURE_IDP_INTEGRATION`: without it the Azure AD tile is not offered.
    AzureIdpIntegration,
    /// `AZURE_NATIVE_LOGIN`: without it the Native Azure Login Experience is not offered.
    AzureNativeLogin,
    /// `ENABLE_CUSTOM_EVENT_MGMT`: without it there are no event hooks (`hypr.md` §2.6).
    EnableCustomEventMgmt,
}

/// A flag that is set for one application; the guide forbids setting it globally.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApplicationFlag {
    /// `FIDO2_MOBILE_AUTHENTICATOR`: without it a phone may not become a security key, and the scan is refused.
    Fido2MobileAuthenticator,
    /// `RP_APP_WORKSTATION_ENABLED`: without it a workstation gets no QR code for this application.
    RpAppWorkstationEnabled,
}

impl TenantFlag {
    /// Both flags that the guide asks for.
    pub const OF_THE_GUIDE: [Self; 2] = [Self::AzureIdpIntegration, Self::AzureNativeLogin];

    /// Every flag of a tenant.
    pub const ALL: [Self; 3] = [Self::AzureIdpIntegration, Self::AzureNativeLogin, Self::EnableCustomEventMgmt];

    /// The flag as HYPR spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AzureIdpIntegration => "AZURE_IDP_INTEGRATION",
            Self::AzureNativeLogin => "AZURE_NATIVE_LOGIN",
            Self::EnableCustomEventMgmt => "ENABLE_CUSTOM_EVENT_MGMT",
        }
    }
}

impl ApplicationFlag {
    /// Both flags that the guide asks for.
    pub const ALL: [Self; 2] = [Self::Fido2MobileAuthenticator, Self::RpAppWorkstationEnabled];

    /// The flag as HYPR spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fido2MobileAuthenticator => "FIDO2_MOBILE_AUTHENTICATOR",
            Self::RpAppWorkstationEnabled => "RP_APP_WORKSTATION_ENABLED",
        }
    }
}

impl std::fmt::Display for TenantFlag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::fmt::Display for ApplicationFlag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
