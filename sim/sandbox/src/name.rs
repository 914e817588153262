//! Names that a certificate is for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use x509_cert::der::asn1::Ia5String;
use x509_cert::ext::pkix::name::GeneralName;

/// A host name or an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A host name, in lower case.
    Host(String),
    /// An address.
    Address(IpAddr),
}

/// Hosts of Microsoft's that clients ask although nobody answers there yet: better a clear refusal than a TLS alert.
const NOT_SERVED: [&str; 2] = ["device.login.microsoftonline.com", "graph.windows.net"];

/// The names that need no flag: Microsoft's, and this machine's own.
#[must_use]
pub fn default_names() -> Vec<Name> {
    let hosts = lab::entra::http::HOSTS.into_iter().chain(NOT_SERVED).chain(["localhost"]);
    let hosts = hosts.map(|host| Name::Host(host.to_owned()));
    hosts.chain([Name::Address(Ipv4Addr::LOCALHOST.into()), Name::Address(Ipv6Addr::LOCALHOST.into())]).collect()
}

impl Name {
    pub(crate) fn general(&self) -> GeneralName {
        match self {
            Self::Host(host) => GeneralName::DnsName(Ia5String::new(host).expect("a host name is ASCII")),
            Self::Address(address) => GeneralName::from(*address),
        }
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.trim_start_matches('[').trim_end_matches(']').parse() {
            return Ok(Self::Address(address));
        }
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
        };
        let (first, rest) = text.split_once('.').unwrap_or((text, ""));
        let is_name =
            (first == "*" && !rest.is_empty() && rest.split('.').all(is_label)) || text.split('.').all(is_label);
        if is_name && text.len() <= 253 {
            return Ok(Self::Host(text.to_ascii_lowercase()));
        }
        Err("it is a host name or an IP address, as in entra.lab.test, *.lab.test or 192.0.2.7".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_host_or_an_address() {
        let check = |text: &str, expect: Option<Name>| assert_eq!(text.parse::<Name>().ok(), expect, "{text}");
        let host = |text: &str| Some(Name::Host(text.to_owned()));
        check("Entra.Lab.test", host("entra.lab.test"));
        check("*.lab.test", host("*.lab.test"));
        check("192.0.2.7", Some(Name::Address(Ipv4Addr::new(192, 0, 2, 7).into())));
        check("[::1]", Some(Name::Address(Ipv6Addr::LOCALHOST.into())));
        for wrong in ["", "*", "a..b", "-a.test", "a b", "https://a.test", "a.test:8443", "ä.test", &"a".repeat(64)] {
            check(wrong, None);
        }
    }
}
