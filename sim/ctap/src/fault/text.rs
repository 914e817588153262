//! A rule as one line of text, the same on the command line, in scenario files, in steps and over HTTP.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use wire::Status;

use super::{Fault, Rule, Which};
use crate::authenticator::Command;

/// Why a text is no rule, and what it may be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rule:?}: {why}")]
pub struct BadRule {
    rule: String,
    why: String,
}

impl FromStr for Rule {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, BadRule> {
        parse(text).map_err(|why| BadRule { rule: text.to_owned(), why })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.command.map_or(ANY.to_owned(), short))?;
        if let Some(rp_id) = &self.rp_id {
            write!(f, "@{rp_id}")?;
        }
        match self.which {
            Which::EVERY => {}
            Which { first, last: None } => write!(f, "#{first}-")?,
            Which { first, last: Some(last) } if first == last => write!(f, "#{first}")?,
            Which { first, last: Some(last) } => write!(f, "#{first}-{last}")?,
        }
        write!(f, ":{}", self.fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => match status.name() {
                Some(name) => write!(f, "{STATUS}={name}"),
                None => write!(f, "{STATUS}=0x{:02X}", status.0),
            },
            Self::Response(bytes) => {
                write!(f, "{RESPONSE}=")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::SlowTouch(delay) => write!(f, "{SLOW_TOUCH}={delay:#}"),
            plain => {
                let name = PLAIN.iter().find_map(|(name, fault)| (fault == plain).then_some(*name));
                f.write_str(name.expect("PLAIN has every fault without a value"))
            }
        }
    }
}

/// From the end: an RP ID may hold `:` and `#`, as OpenSSH's "ssh:" does.
fn parse(text: &str) -> Result<Rule, String> {
    let (whom, fault) = text.rsplit_once(':').ok_or_else(|| FORM.to_owned())?;
    let fault = parse_fault(fault)?;
    let (whom, which) = match whom.rsplit_once('#') {
        Some((whom, which)) => (whom, parse_which(which)?),
        None => (whom, Which::EVERY),
    };
    let (command, rp_id) = match whom.split_once('@') {
        Some((_, "")) => return Err("no RP ID follows the @".to_owned()),
        Some((command, rp_id)) => (command, Some(rp_id.to_owned())),
        None => (whom, None),
    };
    let command = parse_command(command)?;
    match command.filter(|command| !fault.can_happen_to(*command)) {
        Some(command) => {
            let possible = list(fault.commands().iter().map(|command| short(*command)));
            let name = fault.to_string();
            let name = name.split('=').next().unwrap_or_default();
            Err(format!("{name} cannot happen to {}; it can to {possible}", short(command)))
        }
        None => Ok(Rule { command, rp_id, which, fault }),
    }
}

fn parse_command(name: &str) -> Result<Option<Command>, String> {
    if name == ANY {
        return Ok(None);
    }
    let command = Command::ALL.into_iter().find(|command| short(*command) == name);
    command.map(Some).ok_or_else(|| {
        let known = list(Command::ALL.into_iter().map(short));
        format!("{name:?} is no command; it is {ANY}, {known}")
    })
}

fn parse_which(text: &str) -> Result<Which, String> {
    let number = |digits: &str| digits.parse::<u32>().ok().filter(|number| *number > 0);
    let which = match text.split_once('-') {
        None => number(text).map(|only| Which { first: only, last: Some(only) }),
        Some((first, "")) => number(first).map(|first| Which { first, last: None }),
        Some((first, last)) => number(first).zip(number(last)).map(|(first, last)| Which { first, last: Some(last) }),
    };
    which.filter(|which| which.last.is_none_or(|last| which.first <= last)).ok_or_else(|| {
        format!("{text:?} is no occurrence; it is 2 for the second, 1-3 for the first three, 3- from the third on")
    })
}

fn parse_fault(text: &str) -> Result<Fault, String> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    match (name, value) {
        (STATUS, Some(value)) => parse_status(value).map(Fault::Status),
        (STATUS, None) => Err(format!("{STATUS} needs one, as in {STATUS}=CTAP2_ERR_OPERATION_DENIED")),
        (RESPONSE, Some(value)) => parse_response(value).map(Fault::Response),
        (RESPONSE, None) => Err(format!("{RESPONSE} needs its bytes in hex, as in {RESPONSE}=00a0")),
        (SLOW_TOUCH, Some(value)) => parse_delay(value).map(Fault::SlowTouch),
        (SLOW_TOUCH, None) => Err(format!("{SLOW_TOUCH} needs a duration, as in {SLOW_TOUCH}=2s")),
        (name, value) => match (PLAIN.iter().find(|(plain, _)| *plain == name), value) {
            (Some((_, fault)), None) => Ok(fault.clone()),
            (Some(_), Some(_)) => Err(format!("{name} takes no value")),
            (None, _) => {
                let plain = list(PLAIN.iter().map(|(name, _)| (*name).to_owned()));
                let valued = format!("{STATUS}=NAME, {RESPONSE}=HEX, {SLOW_TOUCH}=DURATION");
                Err(format!("{name:?} is no fault; it is {valued}, {plain}"))
            }
        },
    }
}

/// A status by its name, or any other by its byte.
fn parse_status(value: &str) -> Result<Status, String> {
    let byte = || u8::from_str_radix(value.strip_prefix("0x")?, 16).ok().map(Status);
    Status::named(value).or_else(byte).filter(|status| *status != Status::OK).ok_or_else(|| {
        format!(
            "{value:?} is no status to fail with; it is a name of CTAP's, as in CTAP2_ERR_OPERATION_DENIED, or a byte \
             from 0x01 to 0xFF"
        )
    })
}

fn parse_response(value: &str) -> Result<Vec<u8>, String> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let bytes: Option<Vec<u8>> = value
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(high)? << 4 | digit(low)?).ok(),
            _ => None,
        })
        .collect();
    let fits = |bytes: &Vec<u8>| (1..=RESPONSE_BYTES_MAX).contains(&bytes.len());
    bytes.filter(fits).ok_or_else(|| {
        format!(
            "{value:?} is no answer; it is a status byte and what follows it, two hex digits each, {RESPONSE_BYTES_MAX} \
             bytes at most"
        )
    })
}

fn parse_delay(value: &str) -> Result<SignedDuration, String> {
    let delay = value.parse::<SignedDuration>().ok();
    delay.filter(|delay| delay.is_positive() && *delay <= DELAY_MAX).ok_or_else(|| {
        format!("{value:?} is no delay; it is a duration of more than nothing and at most an hour, as in 2s or 500ms")
    })
}

/// A command's name without "authenticator".
fn short(command: Command) -> String {
    let name = command.name().trim_start_matches("authenticator");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

fn list(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// The faults that take no value.
const PLAIN: [(&str, Fault); 18] = [
    ("wrong-rp-id-hash", Fault::WrongRpIdHash),
    ("unset-up-bit", Fault::UnsetUpBit),
    ("unset-uv-bit", Fault::UnsetUvBit),
    ("set-be-bit", Fault::SetBeBit),
    ("set-bs-bit", Fault::SetBsBit),
    ("invalid-signature", Fault::InvalidSignature),
    ("counter-stuck", Fault::CounterStuck),
    ("counter-replayed", Fault::CounterReplayed),
    ("no-attestation", Fault::NoAttestation),
    ("other-aaguid", Fault::OtherAaguid),
    ("extra-extension", Fault::ExtraExtension),
    ("drop-extensions", Fault::DropExtensions),
    ("invalid-response", Fault::InvalidResponse),
    ("truncated-response", Fault::TruncatedResponse),
    ("no-credentials", Fault::NoCredentials),
    ("absent-touch", Fault::AbsentTouch),
    ("key-store-full", Fault::KeyStoreFull),
    ("pin-soft-lock", Fault::PinSoftLock),
];
const STATUS: &str = "status";
const RESPONSE: &str = "response";
const SLOW_TOUCH: &str = "slow-touch";
const ANY: &str = "any";
const FORM: &str = "a rule is COMMAND[@RPID][#WHICH]:FAULT, as in getAssertion@login.microsoft.com#2:invalid-signature";
/// The longest CTAPHID message.
const RESPONSE_BYTES_MAX: usize = 7609;
const DELAY_MAX: SignedDuration = SignedDuration::from_hours(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_as_it_is_read() {
        for text in [
            "any:invalid-response",
            "getAssertion#2:invalid-signature",
            "getAssertion@ssh:#1-3:unset-up-bit",
            "getAssertion@ssh::unset-up-bit",
            "makeCredential@login.microsoft.com#3-:status=CTAP2_ERR_KEY_STORE_FULL",
            "getInfo:status=0xF1",
            "clientPIN:response=00a1",
            "credentialManagement:truncated-response",
            "reset#1:slow-touch=1m 30s",
        ] {
            assert_eq!(text.parse::<Rule>().map(|rule| rule.to_string()), Ok(text.to_owned()));
        }
        for (name, fault) in &PLAIN {
            let text = format!("any:{name}");
            assert_eq!(text.parse::<Rule>().map(|rule| (rule.to_string(), rule.fault)), Ok((text, fault.clone())));
        }
    }

    fn refused(text: &str, expect: &str) {
        let error = text.parse::<Rule>().expect_err("it is no rule").to_string();
        assert!(error.starts_with(&format!("{text:?}: ")) && error.contains(expect), "{error}");
    }

    #[test]
    fn what_is_no_rule_is_refused_with_what_is() {
        refused("", "a rule is COMMAND[@RPID][#WHICH]:FAULT, as in");
        refused("getAssertion", "a rule is COMMAND[@RPID][#WHICH]:FAULT, as in");
        refused(
            "sign:no-attestation",
            "\"sign\" is no command; it is any, makeCredential, getAssertion, getNextAssertion,",
        );
        refused(
            "any:nonsense",
            "\"nonsense\" is no fault; it is status=NAME, response=HEX, slow-touch=DURATION, wrong-rp",
        );
        refused("any:unset-up-bit=1", "unset-up-bit takes no value");
        refused("any@:unset-up-bit", "no RP ID follows the @");
        refused("any#0:unset-up-bit", "\"0\" is no occurrence; it is 2 for the second");
        refused("any#3-2:unset-up-bit", "\"3-2\" is no occurrence");
        refused("any:status", "as in status=CTAP2_ERR_OPERATION_DENIED");
        refused("any:status=CTAP2_OK", "no status to fail with");
        refused("any:status=CTAP2_ERR_NONSENSE", "no status to fail with; it is a name of CTAP's");
        refused("any:response=0", "two hex digits each");
        refused("any:response=", "a status byte and what follows it");
        refused("any:slow-touch=0s", "a duration of more than nothing");
        refused("any:slow-touch=2h", "at most an hour, as in 2s");
        refused("getInfo:unset-up-bit", "cannot happen to getInfo; it can to makeCredential, getAssertion or getNext");
        refused(
            "getAssertion:key-store-full",
            "key-store-full cannot happen to getAssertion; it can to makeCredential",
        );
        refused("getInfo:slow-touch=2s", "slow-touch cannot happen to getInfo; it can to");
    }

    proptest::proptest! {
        #[test]
        fn no_text_does_harm(text in ".{0,60}") {
            let _ = text.parse::<Rule>();
        }

        #[test]
        fn no_fault_does_harm(text in "(any|getInfo)(@[a-z:#]{0,4})?(#[0-9-]{0,12})?:(status|response|slow-touch)=.{0,8}") {
            let _ = text.parse::<Rule>();
        }
    }
}
