//! Faults on purpose: ordered rules about commands; the first that fits decides what goes wrong with one.
//!
//! The names are those of Chromium's virtual authenticator where it has the switch. A fault that must be signed to mean
//! anything is signed: a relying party can only tell it from a broken signature when the signature is right.

mod text;
mod verdict;

use jiff::SignedDuration;
use wire::Status;

use crate::authenticator::Command;

pub use text::BadRule;
pub(crate) use verdict::{Touched, Verdict};

/// What goes wrong with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The hash of another RP ID is signed.
    WrongRpIdHash,
    /// The UP flag is unset.
    UnsetUpBit,
    /// The UV flag is unset.
    UnsetUvBit,
    /// The BE flag is set: the key may be synced.
    SetBeBit,
    /// The BS flag is set and BE is not, which cannot be (WebAuthn Level 3 §6.1.3).
    SetBsBit,
    /// Something else is signed; the signature stays well-formed.
    InvalidSignature,
    /// The last counter is signed again, and kept.
    CounterStuck,
    /// A counter below the last one is signed, and kept.
    CounterReplayed,
    /// The format is `none`, without a statement.
    NoAttestation,
    /// Another model's AAGUID is registered.
    OtherAaguid,
    /// An extension output that nobody asked for is signed.
    ExtraExtension,
    /// No extension output is given, whatever was asked for.
    DropExtensions,
    /// The command is not carried out and answered with a status.
    Status(Status),
    /// The command is not carried out and answered with these bytes: a status and what follows it.
    Response(Vec<u8>),
    /// The command is carried out; the answer is CBOR, but not of the shape that the command's answer has.
    InvalidResponse,
    /// The command is carried out; the answer is cut off in the middle.
    TruncatedResponse,
    /// The key looks for no credential, as if it held none.
    NoCredentials,
    /// A touch takes effect only so long after it was asked for.
    SlowTouch(SignedDuration),
    /// A touch takes no effect.
    AbsentTouch,
    /// There is no room for another credential.
    KeyStoreFull,
    /// The key behaves as after three wrong PINs: until the power is cut, none is taken (CTAP 2.3 §6.5.5.6).
    PinSoftLock,
}

/// A rule: which commands, of which relying party, which of them, and what goes wrong. It is written and read as
/// `COMMAND[@RPID][#WHICH]:FAULT`, for example `getAssertion@login.microsoft.com#2:invalid-signature`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// None is any that the fault can happen to.
    command: Option<Command>,
    rp_id: Option<String>,
    which: Which,
    fault: Fault,
}

/// Which of the commands that fit, counted from 1 since the rule was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Which {
    first: u32,
    last: Option<u32>,
}

/// The rules of an authenticator.
#[derive(Clone, Debug, Default)]
pub struct Faults(Vec<Counted>);

/// A rule, and how many commands have fitted it.
#[derive(Clone, Debug)]
struct Counted {
    rule: Rule,
    seen: u32,
}

impl Faults {
    /// Rules in the order in which they are asked.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Self {
        Self(rules.into_iter().map(Counted::new).collect())
    }

    /// Puts a rule before all others.
    pub fn add(&mut self, rule: Rule) {
        self.0.insert(0, Counted::new(rule));
    }

    /// Takes every rule away.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The rules, in the order in which they are asked.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter().map(|counted| &counted.rule)
    }

    /// What goes wrong with a command. Every rule that it fits counts it, also behind the one that decides: "the second
    /// getAssertion" is the second, whatever has gone wrong with the first.
    pub(crate) fn judge(&mut self, command: Command, rp_id: Option<&str>) -> Option<Fault> {
        let mut verdict = None;
        for Counted { rule, seen } in self.0.iter_mut().filter(|counted| counted.rule.fits(command, rp_id)) {
            *seen = seen.saturating_add(1);
            if verdict.is_none() && rule.which.includes(*seen) {
                verdict = Some(rule.fault.clone());
            }
        }
        verdict
    }
}

impl Counted {
    fn new(rule: Rule) -> Self {
        Self { rule, seen: 0 }
    }
}

impl Rule {
    fn fits(&self, command: Command, rp_id: Option<&str>) -> bool {
        self.command.is_none_or(|named| named == command)
            && self.rp_id.as_deref().is_none_or(|named| rp_id == Some(named))
            && self.fault.can_happen_to(command)
    }
}

impl Which {
    const EVERY: Self = Self { first: 1, last: None };

    fn includes(self, number: u32) -> bool {
        number >= self.first && self.last.is_none_or(|last| number <= last)
    }
}

impl Fault {
    /// The commands with which this can go wrong; none are all.
    fn commands(&self) -> &'static [Command] {
        match self {
            Self::WrongRpIdHash
            | Self::UnsetUpBit
            | Self::UnsetUvBit
            | Self::SetBeBit
            | Self::SetBsBit
            | Self::InvalidSignature
            | Self::ExtraExtension
            | Self::DropExtensions => &[Command::MAKE_CREDENTIAL, Command::GET_ASSERTION, Command::GET_NEXT_ASSERTION],
            Self::CounterStuck | Self::CounterReplayed => &[Command::GET_ASSERTION, Command::GET_NEXT_ASSERTION],
            Self::NoAttestation | Self::OtherAaguid | Self::KeyStoreFull => &[Command::MAKE_CREDENTIAL],
            Self::NoCredentials => &[Command::GET_ASSERTION],
            Self::PinSoftLock => &[Command::CLIENT_PIN],
            Self::SlowTouch(_) | Self::AbsentTouch => &[
                Command::MAKE_CREDENTIAL,
                Command::GET_ASSERTION,
                Command::CLIENT_PIN,
                Command::RESET,
                Command::SELECTION,
            ],
            Self::Status(_) | Self::Response(_) | Self::InvalidResponse | Self::TruncatedResponse => &[],
        }
    }

    /// Whether it can happen to a U2F message as well: to what both protocols sign.
    pub(crate) fn is_of_u2f(&self) -> bool {
        matches!(
            self,
            Self::WrongRpIdHash
                | Self::UnsetUpBit
                | Self::InvalidSignature
                | Self::CounterStuck
                | Self::CounterReplayed
        )
    }

    fn can_happen_to(&self, command: Command) -> bool {
        self.commands().is_empty() || self.commands().contains(&command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(rules: &[&str]) -> Faults {
        Faults::new(rules.iter().map(|rule| rule.parse::<Rule>().expect("a rule")))
    }

    fn check(rules: &[&str], expect: &[Option<&str>]) {
        let mut faults = faults(rules);
        for (index, expect) in expect.iter().enumerate() {
            let verdict = faults.judge(Command::GET_ASSERTION, Some("login.microsoft.com"));
            assert_eq!(verdict.map(|fault| fault.to_string()).as_deref(), *expect, "{rules:?}, number {}", index + 1);
        }
    }

    #[test]
    fn a_rule_is_for_the_commands_that_it_counts() {
        check(&["getAssertion:counter-stuck"], &[Some("counter-stuck"), Some("counter-stuck")]);
        check(&["getAssertion#2:counter-stuck"], &[None, Some("counter-stuck"), None]);
        check(&["getAssertion#1-2:counter-stuck"], &[Some("counter-stuck"), Some("counter-stuck"), None]);
        check(&["getAssertion#2-:counter-stuck"], &[None, Some("counter-stuck"), Some("counter-stuck")]);
    }

    #[test]
    fn a_rule_is_for_its_command_and_its_relying_party() {
        check(&["makeCredential:invalid-signature"], &[None]);
        check(&["getAssertion@example.com:invalid-signature"], &[None]);
        check(&["getAssertion@login.microsoft.com:invalid-signature"], &[Some("invalid-signature")]);
        check(&["any:key-store-full", "any:invalid-signature"], &[Some("invalid-signature")]);
    }

    #[test]
    fn the_first_rule_that_fits_decides_and_the_others_count_all_the_same() {
        check(&["any#1:unset-up-bit", "any#2:unset-uv-bit"], &[Some("unset-up-bit"), Some("unset-uv-bit"), None]);
        check(&["any#1:unset-up-bit", "any:unset-uv-bit"], &[Some("unset-up-bit"), Some("unset-uv-bit")]);
    }

    #[test]
    fn a_rule_that_is_added_stands_before_the_others() {
        let mut faults = faults(&["any:unset-up-bit"]);
        faults.add("any#1:unset-uv-bit".parse().expect("a rule"));
        assert_eq!(faults.judge(Command::GET_ASSERTION, None), Some(Fault::UnsetUvBit));
        assert_eq!(faults.judge(Command::GET_ASSERTION, None), Some(Fault::UnsetUpBit));
        faults.clear();
        assert_eq!(faults.judge(Command::GET_ASSERTION, None), None);
    }
}
