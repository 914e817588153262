//! The user at the terminal: lines in, orders out.

use std::{future::pending, io, thread};

use ctap::{Answer, Authenticator, Credential, Prompt, Purpose, Sample, Touch};
use tokio::sync::mpsc;
use transport::User;
use transport::shell::Hub;

use super::narrator::{Narrator, time};
use crate::out::{say, say_line};

/// Lines of standard input, if the user is there.
pub(super) struct Console(Option<mpsc::Receiver<String>>);

/// What comes from the console.
pub(super) enum Next {
    Order(String),
    /// `quit`, or standard input has ended.
    End,
}

/// What a user can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Answer(Answer),
    Wink,
    List,
    Unplug,
    Plug,
    Reboot,
    Help,
}

impl Console {
    /// Standard input is read only for a user who is asked: a phone in the background must not wait for a terminal.
    pub(super) fn for_user(user: User) -> Self {
        Self((user == User::Asked).then(lines))
    }

    /// The next order; never, without a user.
    pub(super) async fn next(&mut self) -> Next {
        let Some(lines) = &mut self.0 else { return pending().await };
        match lines.recv().await {
            Some(line) if line.trim() != "quit" => Next::Order(line.trim().to_owned()),
            _ => Next::End,
        }
    }
}

/// A thread of its own reads them, since standard input cannot be waited for in another way on every system.
fn lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(1);
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Does what the line says, or says why not.
pub(super) fn obey(line: &str, hub: &mut Hub, narrator: &Narrator) {
    match Order::parse(line) {
        Some(Order::Answer(answer)) => {
            let prompt = hub.device().prompt();
            let answer = meant(answer, prompt);
            match misfit(answer, prompt) {
                Some(words) => say(words),
                None => hub.answer(answer),
            }
        }
        Some(Order::Wink) => say(&match narrator.winked {
            Some(at) => format!("a host last asked the phone to make itself noticed at {}", time(at)),
            None => "no host has asked the phone to make itself noticed".to_owned(),
        }),
        Some(Order::List) => list(hub.device().key()),
        Some(Order::Unplug) => hub.unplug(),
        Some(Order::Plug) => hub.plug(),
        Some(Order::Reboot) => hub.power_cycle(),
        Some(Order::Help) => say(HELP),
        None if line.is_empty() => {}
        None => say(&format!("\"{line}\" is nothing that a user can do; `help` lists what is")),
    }
}

/// What the phone asks, in one line, with the answers that fit.
pub(super) fn question(prompt: &Prompt) -> String {
    let account = prompt.user().map(|user| format!(" as {user}")).unwrap_or_default();
    let answers = match prompt {
        Prompt::Presence { purpose: Purpose::Reset(Touch::Long), .. } => "hold, decline",
        Prompt::Presence { .. } => "accept, decline",
        Prompt::Verification { .. } => "finger, wrong finger, decline",
        Prompt::Sample { .. } => "finger, smudged finger, decline",
    };
    format!("? the phone asks for {prompt}{account}  [{answers}]")
}

impl Order {
    fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        Some(match words.as_slice() {
            ["accept"] => Self::Answer(Answer::Accept),
            ["decline"] => Self::Answer(Answer::Decline),
            ["finger"] => Self::Answer(Answer::Verified),
            ["hold"] => Self::Answer(Answer::Hold),
            ["smudged", "finger"] => Self::Answer(Answer::Sample(Sample::PoorQuality)),
            ["wrong", "finger"] => Self::Answer(Answer::NotVerified),
            ["wink"] => Self::Wink,
            ["list"] => Self::List,
            ["unplug"] => Self::Unplug,
            ["plug"] => Self::Plug,
            ["reboot"] => Self::Reboot,
            ["help"] => Self::Help,
            _ => return None,
        })
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
        (Answer::Accept, Some(Prompt::Verification { .. })) => {
            Some("the phone asks for a biometric: finger, wrong finger or decline")
        }
        (Answer::Accept | Answer::NotVerified, Some(Prompt::Sample { .. })) => {
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

fn list(key: &Authenticator) {
    let lines: Vec<String> = key.credentials().map(credential).collect();
    match lines.as_slice() {
        [] => say("the phone holds no credentials"),
        lines => lines.iter().for_each(|line| say_line(line)),
    }
}

fn credential(it: &Credential) -> String {
    let user = it.user_name.as_deref().unwrap_or("an unnamed account");
    let id: String = it.id.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{} at {}, id {id}…, made {}, counter {}", user, it.rp_id, it.created.strftime("%F %T"), it.sign_count)
}

const HELP: &str = "\
accept        agree to what the phone asks
decline       refuse it
hold          agree by a long touch, where a reset asks for one
finger        present the right biometric, or give a sample of the finger to be enrolled
wrong finger  present another's
smudged finger  give a bad sample
list          the credentials on the phone
wink          when a host last asked the phone to make itself noticed
unplug, plug  pull the key out of every host, let it be found again
reboot        cut the power for a moment: channels and tokens are gone, credentials stay
quit          end, as Ctrl-C does";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_orders_whatever_the_spaces() {
        let check = |line: &str, expect: Option<Order>| assert_eq!(Order::parse(line), expect, "{line}");
        check("accept", Some(Order::Answer(Answer::Accept)));
        check("  wrong   finger ", Some(Order::Answer(Answer::NotVerified)));
        check("finger", Some(Order::Answer(Answer::Verified)));
        check("reboot", Some(Order::Reboot));
        check("wrong", None);
        check("accept all", None);
        check("", None);
    }

    #[test]
    fn an_answer_that_does_not_fit_the_question_is_turned_away_with_those_that_do() {
        let user = Some("carol".to_owned());
        let (rp_id, purpose) = ("example.com".to_owned(), Purpose::Register);
        let consent = Prompt::Presence { rp_id: rp_id.clone(), user: user.clone(), purpose };
        let biometric = Prompt::Verification { rp_id, user, purpose };
        assert_eq!(misfit(Answer::Accept, None), Some("the phone asks nothing"));
        assert!(misfit(Answer::Verified, Some(&consent)).is_some_and(|words| words.contains("accept or decline")));
        assert!(misfit(Answer::Accept, Some(&biometric)).is_some_and(|words| words.contains("finger")));
        assert_eq!(misfit(Answer::Decline, Some(&biometric)), None);
        assert_eq!(
            question(&consent),
            "? the phone asks for consent to a registration at example.com as carol  [accept, decline]"
        );
    }
}
