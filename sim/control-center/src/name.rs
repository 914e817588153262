//! Names that people type: applications (guide "Setting Up the HYPR Tenant") and domains ("Restrict Domains").

use std::collections::BTreeSet;

/// The longest Application Name.
pub const APPLICATION_NAME_LEN_MAX: usize = 23;

/// The longest UPN: 64 characters, the sign and 255, as of an e-mail address. A longer one would not fit into Graph's
/// addresses either.
const UPN_LEN_MAX: usize = 320;

/// Names that HYPR itself uses for applications.
pub const BUILT_IN_APPLICATIONS: [&str; 3] =
    [CONTROL_CENTER_ADMIN, "HYPRDefaultApplication", DEFAULT_WORKSTATION_APPLICATION];

/// The application of Control Center itself.
pub(crate) const CONTROL_CENTER_ADMIN: &str = "controlCenterAdmin";
/// The application whose Workstation Settings new applications begin with.
pub(crate) const DEFAULT_WORKSTATION_APPLICATION: &str = "HYPRDefaultWorkstationApplication";

/// A well-formed Application Name, which is the `rpAppId` of the application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApplicationName(String);

/// Why an Application Name is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplicationNameError {
    /// Nothing was typed.
    #[error("Enter an Application Name.")]
    Empty,
    /// More than 23 characters.
    #[error("Application Name is limited to 23 characters.")]
    TooLong,
    /// A character outside the rule.
    #[error("Application Name may hold only letters, digits, spaces, dashes and underscores.")]
    Character,
    /// HYPR uses this name itself.
    #[error("This Application Name is reserved by HYPR.")]
    Reserved,
}

impl ApplicationName {
    /// Reads what was typed, without surrounding spaces.
    ///
    /// The guide's wording is garbled; letters, digits, space, `-` and `_`, also at the end, is a convention of the lab.
    ///
    /// # Errors
    ///
    /// When the name breaks the rule.
    pub fn parse(typed: &str) -> Result<Self, ApplicationNameError> {
        let name = typed.trim();
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_');
        if name.is_empty() {
            Err(ApplicationNameError::Empty)
        } else if !name.chars().all(allowed) {
            Err(ApplicationNameError::Character)
        } else if name.len() > APPLICATION_NAME_LEN_MAX {
            Err(ApplicationNameError::TooLong)
        } else if BUILT_IN_APPLICATIONS.iter().any(|taken| taken.eq_ignore_ascii_case(name)) {
            Err(ApplicationNameError::Reserved)
        } else {
            Ok(Self(name.to_owned()))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ApplicationName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which users' domains an integration accepts. The domain of the UPN counts, letter case does not, and a sub-domain is
/// another domain: a convention of the lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RestrictedDomains {
    /// The toggle is off: any domain.
    #[default]
    Off,
    /// The toggle is on: these, in lower case.
    On(BTreeSet<String>),
}

/// What was typed is no domain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{typed:?} is not a domain name. Type it without https://, for example highlands_azure.com.")]
pub struct DomainError {
    /// What was typed.
    pub typed: String,
}

impl RestrictedDomains {
    /// Whether the user `upn` may pair and sign in.
    #[must_use]
    pub fn accept(&self, upn: &str) -> bool {
        match self {
            Self::Off => true,
            Self::On(domains) => domain_of(upn).is_some_and(|domain| domains.contains(&domain)),
        }
    }
}

/// Reads a list of domains, separated by commas, spaces or line ends.
///
/// # Errors
///
/// When one of them is no domain name; an underscore is fine, since the guide's own `highlands_azure.com` has one.
pub fn parse_domains(typed: &str) -> Result<BTreeSet<String>, DomainError> {
    let pieces = typed.split(|c: char| c == ',' || c.is_whitespace()).filter(|piece| !piece.is_empty());
    pieces
        .map(
            |piece| {
                if is_domain(piece) { Ok(piece.to_lowercase()) } else { Err(DomainError { typed: piece.to_owned() }) }
            },
        )
        .collect()
}

/// The domain of a UPN in lower case, if it has one.
pub(crate) fn domain_of(upn: &str) -> Option<String> {
    upn.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).filter(|domain| !domain.is_empty())
}

/// Whether this looks like `name@domain`, which is all that Control Center asks of a UPN before Entra is asked.
pub(crate) fn is_upn(text: &str) -> bool {
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    plain
        && text.len() <= UPN_LEN_MAX
        && text.rsplit_once('@').is_some_and(|(name, domain)| !name.is_empty() && is_domain(domain))
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    text.contains('.') && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_name_follows_the_rule() {
        let check = |typed: &str, expect: Result<&str, ApplicationNameError>| {
            let read = ApplicationName::parse(typed);
            assert_eq!(read.as_ref().map(ApplicationName::as_str).map_err(|error| *error), expect, "{typed:?}");
        };
        check("HYPR Azure_1-", Ok("HYPR Azure_1-"));
        check("  padded  ", Ok("padded"));
        check("12345678901234567890123", Ok("12345678901234567890123"));
        check("123456789012345678901234", Err(ApplicationNameError::TooLong));
        check("   ", Err(ApplicationNameError::Empty));
        check("bank/azure", Err(ApplicationNameError::Character));
        check("Zürich", Err(ApplicationNameError::Character));
        check("controlcenteradmin", Err(ApplicationNameError::Reserved));
    }

    #[test]
    fn restricted_domains_compare_the_domain_of_the_upn_whatever_its_letter_case() {
        let domains = RestrictedDomains::On(parse_domains("Highlands_Azure.com,\nbank.example").unwrap());
        assert!(domains.accept("carol.shaw@highlands_azure.COM"));
        assert!(!domains.accept("carol.shaw@mail.highlands_azure.com"));
        assert!(!domains.accept("nobody"));
        assert!(RestrictedDomains::Off.accept("nobody"));
    }

    #[test]
    fn a_url_is_no_domain() {
        assert_eq!(parse_domains("a.com https://b.com"), Err(DomainError { typed: "https://b.com".into() }));
    }

    #[test]
    fn a_upn_has_a_name_a_domain_and_an_end() {
        for (text, expect) in [
            (CAROL, true),
            ("eve_x.com#EXT#@bank.example", true),
            ("carol", false),
            ("@bank.example", false),
            ("carol@", false),
            ("carol@bank", false),
            ("carol shaw@bank.example", false),
            ("carol\n@bank.example", false),
        ] {
            assert_eq!(is_upn(text), expect, "{text:?}");
        }
        assert!(is_upn(&format!("{}@bank.example", "a".repeat(307))));
        assert!(!is_upn(&format!("{}@bank.example", "a".repeat(308))));
    }

    const CAROL: &str = "carol.shaw@highlands_azure.com";
}
