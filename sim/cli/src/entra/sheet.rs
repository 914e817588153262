//! What a person has to know to use a tenant: who is in it, with which passwords, and how clients are pointed at it.

use std::fmt::{Display, Formatter, Result};
use std::net::{IpAddr, SocketAddr};

use sandbox::{Account, ApplicationConfig, Authority, ClientKind, Consent, Entra, Name, PasswordState, UserConfig};

/// The sheet of a tenant that is served.
pub(super) struct Sheet<'a> {
    pub(super) entra: &'a Entra,
    pub(super) authority: &'a Authority,
    pub(super) address: SocketAddr,
    /// The first name of the command line.
    pub(super) name: Option<&'a Name>,
}

impl Display for Sheet<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let config = self.entra.config();
        writeln!(f, "{}, tenant {}", config.name, config.tenant_id)?;
        writeln!(f, "  domain {}", config.domains.join(", "))?;
        writeln!(f, "\nusers")?;
        config.users.iter().try_for_each(|user| write_user(f, user))?;
        writeln!(f, "\napplications")?;
        config.applications.iter().try_for_each(|application| write_application(f, application))?;
        self.write_directions(f)?;
        write!(f, "\nlistening on {}; Ctrl-C ends it", self.address)
    }
}

impl Sheet<'_> {
    fn write_directions(&self, f: &mut Formatter<'_>) -> Result {
        let (tenant, port) = (self.entra.config().tenant_id, self.address.port());
        let host = match self.name {
            Some(Name::Host(host)) => host.clone(),
            Some(Name::Address(IpAddr::V6(address))) => format!("[{address}]"),
            Some(Name::Address(address)) => address.to_string(),
            None => "localhost".to_owned(),
        };
        let authority = if port == 443 { format!("https://{host}") } else { format!("https://{host}:{port}") };
        let ca = self.authority.path().display();
        writeln!(f, "\nclients have to trust {ca}")?;
        writeln!(f, "  export REQUESTS_CA_BUNDLE={ca}    (MSAL Python, azure-identity)")?;
        writeln!(f, "\nunder this name, with the client's own switches")?;
        writeln!(f, "  MSAL            authority=\"{authority}/{tenant}\", instance_discovery=False")?;
        writeln!(f, "  azure-identity  authority=\"{authority}\", disable_instance_discovery=True")?;
        writeln!(f, "  curl            curl --cacert {ca} {authority}/{tenant}/v2.0/.well-known/openid-configuration")?;
        writeln!(f, "  Graph           {authority}/v1.0")?;
        writeln!(f, "\nunder Microsoft's names, with DNS changed for the client")?;
        let to =
            if self.address.ip().is_unspecified() { format!("127.0.0.1:{port}") } else { self.address.to_string() };
        writeln!(
            f,
            "  curl            curl --cacert {ca} --connect-to ::{to} https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration"
        )?;
        writeln!(
            f,
            "  Chromium        --host-resolver-rules=\"MAP *.microsoftonline.com {to}, MAP *.microsoft.com {to}, \
             MAP microsoft.com {to}, MAP www.office.com {to}, MAP portal.azure.com {to}\""
        )?;
        writeln!(f, "  everything      on port 443, with the names in /etc/hosts: docs/entra.md")
    }
}

fn write_user(f: &mut Formatter<'_>, user: &UserConfig) -> Result {
    write!(f, "  {:<42} {}", user.upn, user.password.reveal())?;
    let roles = user.roles.iter().map(|role| role.display_name());
    let mut notes: Vec<&str> = roles.collect();
    if user.account == Account::Disabled {
        notes.push("disabled");
    }
    if user.password_state == PasswordState::MustChange {
        notes.push("must set a new password");
    }
    if let Some(phone) = &user.phone {
        notes.push(phone);
    }
    if notes.is_empty() { writeln!(f) } else { writeln!(f, "    ({})", notes.join(", ")) }
}

fn write_application(f: &mut Formatter<'_>, application: &ApplicationConfig) -> Result {
    let kind = match application.kind {
        ClientKind::Confidential => "confidential",
        ClientKind::Public | ClientKind::FirstParty => "public",
    };
    let consent = if application.consent == Consent::Missing { ", not consented" } else { "" };
    writeln!(f, "  {:<42} {}    ({kind}{consent})", application.display_name, application.app_id)?;
    for secret in &application.secrets {
        let until = secret.expires.strftime("%Y-%m-%d");
        writeln!(f, "    secret        {}    (until {until})", secret.value.reveal())?;
    }
    if !application.certificates.is_empty() {
        writeln!(f, "    certificates  {}", application.certificates.len())?;
    }
    application.redirect_uris.iter().try_for_each(|uri| writeln!(f, "    redirect URI  {uri}"))
}
