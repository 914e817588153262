//! What whoever holds the phone can have it do, at the keyboard and over the control interface alike.

use ctap::{Answer, BadCredential, Credential, Faults, PortableCredential, Prompt, Purpose, Rule, Sample, Touch};
use jiff::Timestamp;
use transport::User;
use transport::shell::Hub;

use super::log::Page;
use super::narrator::Narrator;

/// Something to be done, or to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Answer the prompt.
    Answer(Answer),
    /// What the phone asks.
    Prompt,
    /// Somebody else answers from now on.
    ChangeUser(User),
    /// Who answers.
    User,
    /// When a host last asked the phone to make itself noticed.
    Wink,
    Unplug,
    Plug,
    Reboot,
    /// The credentials.
    List,
    /// A credential with its private key.
    Export(Vec<u8>),
    Inject(Box<PortableCredential>),
    Delete(Vec<u8>),
    /// The rules of what goes wrong.
    Faults,
    /// One more rule, before the others.
    AddFault(Box<Rule>),
    /// These rules instead of those that there are.
    SetFaults(Vec<Rule>),
    /// What has happened since an event's number.
    Events(u64),
}

/// What came of an order.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Done,
    Prompt(Option<Prompt>),
    User(User),
    Winked(Option<Timestamp>),
    Credentials(Vec<Credential>),
    Credential(Box<PortableCredential>),
    Faults(Vec<Rule>),
    Events(Page),
}

/// Why an order was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The answer is none to what the phone asks; its words, and the answers that fit.
    Misfit { why: &'static str, answers: &'static str },
    /// No credential has this id.
    NoSuchCredential,
    /// The credential cannot be injected.
    Credential(BadCredential),
}

impl Refusal {
    /// In one sentence.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Misfit { why, .. } => (*why).to_owned(),
            Self::NoSuchCredential => "the phone holds no credential with this id".to_owned(),
            Self::Credential(bad) => bad.to_string(),
        }
    }
}

impl Order {
    /// The answer of this name.
    pub(super) fn answer(name: &str) -> Option<Self> {
        Some(Self::Answer(match name {
            "accept" => Answer::Accept,
            "hold" => Answer::Hold,
            "decline" => Answer::Decline,
            "finger" => Answer::Verified,
            "wrong finger" => Answer::NotVerified,
            "smudged finger" => Answer::Sample(Sample::PoorQuality),
            _ => return None,
        }))
    }

    /// Does it, or says why not.
    pub(super) fn carry_out(self, hub: &mut Hub, narrator: &Narrator) -> Result<Outcome, Refusal> {
        match self {
            Self::Answer(answer) => answer_prompt(answer, hub)?,
            Self::Prompt => return Ok(Outcome::Prompt(hub.device().key().unanswered().cloned())),
            Self::ChangeUser(user) => hub.change_user(user),
            Self::User => return Ok(Outcome::User(hub.device().user())),
            Self::Wink => return Ok(Outcome::Winked(narrator.winked)),
            Self::Unplug => hub.unplug(),
            Self::Plug => hub.plug(),
            Self::Reboot => hub.power_cycle(),
            Self::List => return Ok(Outcome::Credentials(hub.device().key().credentials().cloned().collect())),
            Self::Export(id) => {
                let found = hub.device().key().export_credential(&id).ok_or(Refusal::NoSuchCredential)?;
                return Ok(Outcome::Credential(Box::new(found)));
            }
            Self::Inject(given) => {
                hub.with_key(|key, now| key.inject_credential(now, *given)).map_err(Refusal::Credential)?;
            }
            Self::Delete(id) => {
                if !hub.with_key(|key, _| key.delete_credential(&id)) {
                    return Err(Refusal::NoSuchCredential);
                }
            }
            Self::Faults => return Ok(Outcome::Faults(hub.device().key().faults().rules().cloned().collect())),
            Self::AddFault(rule) => hub.with_key(|key, _| key.faults_mut().add(*rule)),
            Self::SetFaults(rules) => hub.with_key(|key, _| *key.faults_mut() = Faults::new(rules)),
            Self::Events(since) => return Ok(Outcome::Events(narrator.log.since(since))),
        }
        Ok(Outcome::Done)
    }
}

fn answer_prompt(answer: Answer, hub: &mut Hub) -> Result<(), Refusal> {
    let prompt = hub.device().key().unanswered();
    let answer = meant(answer, prompt);
    if let Some(why) = misfit(answer, prompt) {
        return Err(Refusal::Misfit { why, answers: prompt.map_or("", answers) });
    }
    hub.answer(answer);
    Ok(())
}

/// The answers that fit a prompt.
pub(super) fn answers(prompt: &Prompt) -> &'static str {
    match prompt {
        Prompt::Presence { purpose: Purpose::Reset(Touch::Long), .. } => "hold, decline",
        Prompt::Presence { .. } => "accept, decline",
        Prompt::Verification { .. } => "finger, wrong finger, decline",
        Prompt::Sample { .. } => "finger, smudged finger, decline",
    }
}

/// A finger is a sample while one is enrolled.
fn meant(answer: Answer, prompt: Option<&Prompt>) -> Answer {
    match (answer, prompt) {
        (Answer::Verified, Some(Prompt::Sample { .. })) => Answer::Sample(Sample::Good),
        _ => answer,
    }
}

/// Why the answer is none to what the phone asks.
fn misfit(answer: Answer, prompt: Option<&Prompt>) -> Option<&'static str> {
    match (answer, prompt) {
        (_, None) => Some("the phone asks nothing"),
        (Answer::Accept, Some(Prompt::Presence { purpose: Purpose::Reset(Touch::Long), .. })) => {
            Some("the phone asks for a long touch: hold or decline")
        }
        (Answer::Accept | Answer::Hold, Some(Prompt::Verification { .. })) => {
            Some("the phone asks for a biometric: finger, wrong finger or decline")
        }
        (Answer::Accept | Answer::Hold | Answer::NotVerified, Some(Prompt::Sample { .. })) => {
            Some("the phone learns a finger: finger, smudged finger or decline")
        }
        (Answer::Sample(_), Some(Prompt::Presence { .. } | Prompt::Verification { .. })) => {
            Some("the phone learns no finger at the moment")
        }
        (Answer::Verified | Answer::NotVerified, Some(Prompt::Presence { .. })) => {
            Some("the phone asks for consent first: accept or decline")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_does_not_fit_the_question_is_turned_away_with_those_that_do() {
        let user = Some("carol".to_owned());
        let (rp_id, purpose) = ("example.com".to_owned(), Purpose::Register);
        let consent = Prompt::Presence { rp_id: rp_id.clone(), user: user.clone(), purpose };
        let biometric = Prompt::Verification { rp_id: rp_id.clone(), user: user.clone(), purpose };
        let reset = Prompt::Presence { rp_id, user, purpose: Purpose::Reset(Touch::Long) };
        assert_eq!(misfit(Answer::Accept, None), Some("the phone asks nothing"));
        assert!(misfit(Answer::Verified, Some(&consent)).is_some_and(|words| words.contains("accept or decline")));
        assert!(misfit(Answer::Accept, Some(&biometric)).is_some_and(|words| words.contains("finger")));
        assert!(misfit(Answer::Accept, Some(&reset)).is_some_and(|words| words.contains("hold")));
        assert_eq!(misfit(Answer::Hold, Some(&reset)), None);
        assert_eq!(misfit(Answer::Decline, Some(&biometric)), None);
    }
}
