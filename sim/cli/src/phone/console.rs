//! The user at the terminal: lines in, orders out.

use std::{future::pending, io, thread};

use ctap::{Credential, Prompt};
use tokio::sync::mpsc;
use transport::shell::Hub;

use super::narrator::{Narrator, time};
use super::order::{Order, Outcome, answers};
use crate::out::{say, say_line};

/// Lines of standard input, if the user is there.
pub(super) struct Console(Option<mpsc::Receiver<String>>);

/// What comes from the console.
pub(super) enum Next {
    Order(String),
    /// `quit`, or standard input has ended.
    End,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    Order(Order),
    Help,
    Nothing,
    /// Nothing that a user can do; why.
    Wrong(String),
}

impl Console {
    /// Of the user at the keyboard.
    pub(super) fn at_keyboard() -> Self {
        Self(Some(lines()))
    }

    /// Of nobody: a phone in the background must not wait for a terminal.
    pub(super) fn of_nobody() -> Self {
        Self(None)
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
    let order = match Line::parse(line) {
        Line::Order(order) => order,
        Line::Help => return say(HELP),
        Line::Nothing => return,
        Line::Wrong(why) => return say_line(&why),
    };
    match order.carry_out(hub, narrator) {
        Ok(outcome) => tell(&outcome),
        Err(refusal) => say_line(&refusal.why()),
    }
}

fn tell(outcome: &Outcome) {
    match outcome {
        Outcome::Winked(Some(at)) => {
            say(&format!("a host last asked the phone to make itself noticed at {}", time(*at)));
        }
        Outcome::Winked(None) => say("no host has asked the phone to make itself noticed"),
        Outcome::Prompt(Some(prompt)) => say_line(&question(prompt)),
        Outcome::Prompt(None) => say("the phone asks nothing"),
        Outcome::User(user) => say(&format!("the user: {user}")),
        Outcome::Credentials(held) if held.is_empty() => say("the phone holds no credentials"),
        Outcome::Credentials(held) => held.iter().for_each(|it| say_line(&credential(it))),
        Outcome::Faults(rules) if rules.is_empty() => say("nothing goes wrong on purpose"),
        Outcome::Faults(rules) => rules.iter().for_each(|rule| say_line(&rule.to_string())),
        // What the keyboard asks for has no more to tell: the event says it.
        Outcome::Done | Outcome::Credential(_) | Outcome::Events(_) => {}
    }
}

/// What the phone asks, in one line, with the answers that fit.
pub(super) fn question(prompt: &Prompt) -> String {
    let account = prompt.user().map(|user| format!(" as {user}")).unwrap_or_default();
    format!("? the phone asks for {prompt}{account}  [{}]", answers(prompt))
}

impl Line {
    fn parse(line: &str) -> Self {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(answer) = Order::answer(&words) {
            return Self::Order(answer);
        }
        Self::Order(match words.split_once(' ').unwrap_or((&words, "")) {
            ("", _) => return Self::Nothing,
            ("help", "") => return Self::Help,
            ("wink", "") => Order::Wink,
            ("list", "") => Order::List,
            ("unplug", "") => Order::Unplug,
            ("plug", "") => Order::Plug,
            ("reboot", "") => Order::Reboot,
            ("prompt", "") => Order::Prompt,
            ("user", "") => Order::User,
            ("user", user) => match user.parse() {
                Ok(user) => Order::ChangeUser(user),
                Err(why) => return Self::Wrong(format!("\"{user}\" is no user: {why}")),
            },
            ("faults", "") => Order::Faults,
            ("no", "faults") => Order::SetFaults(Vec::new()),
            ("fault", rule) => match rule.parse() {
                Ok(rule) => Order::AddFault(Box::new(rule)),
                Err(why) => return Self::Wrong(why.to_string()),
            },
            _ => return Self::Wrong(format!("\"{line}\" is nothing that a user can do; `help` lists what is")),
        })
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
prompt        what the phone asks
user NAME     let somebody else answer: accept, decline, ignore, after=2s; ask is you
list          the credentials on the phone
fault RULE    let something go wrong, as in fault getAssertion#2:invalid-signature
faults        the rules of what goes wrong; `no faults` takes them away
wink          when a host last asked the phone to make itself noticed
unplug, plug  pull the key out of every host, let it be found again
reboot        cut the power for a moment: channels and tokens are gone, credentials stay
quit          end, as Ctrl-C does";

#[cfg(test)]
mod tests {
    use ctap::{Answer, Purpose};
    use jiff::SignedDuration;
    use transport::User;

    use super::*;

    #[test]
    fn lines_are_orders_whatever_the_spaces() {
        let check = |line: &str, expect: Order| assert_eq!(Line::parse(line), Line::Order(expect), "{line}");
        check("accept", Order::Answer(Answer::Accept));
        check("  wrong   finger ", Order::Answer(Answer::NotVerified));
        check("finger", Order::Answer(Answer::Verified));
        check("reboot", Order::Reboot);
        check("user after=2s", Order::ChangeUser(User::AcceptsAfter(SignedDuration::from_secs(2))));
        check("user after=1m 30s", Order::ChangeUser(User::AcceptsAfter(SignedDuration::from_secs(90))));
        check("no faults", Order::SetFaults(Vec::new()));
        assert_eq!(Line::parse("  "), Line::Nothing);
    }

    #[test]
    fn a_line_that_is_no_order_says_why() {
        let check = |line: &str, words: &str| match Line::parse(line) {
            Line::Wrong(why) => assert!(why.contains(words), "{why}"),
            other => panic!("{other:?}"),
        };
        check("wrong", "`help` lists what is");
        check("accept all", "\"accept all\" is nothing that a user can do");
        check("user nobody", "it is ask, accept, decline, ignore");
        check("fault", "a rule is COMMAND");
        check("fault any:nonsense", "\"nonsense\" is no fault");
    }

    #[test]
    fn a_question_names_the_answers_that_fit() {
        let (rp_id, user) = ("example.com".to_owned(), Some("carol".to_owned()));
        let consent = Prompt::Presence { rp_id, user, purpose: Purpose::Register };
        assert_eq!(
            question(&consent),
            "? the phone asks for consent to a registration at example.com as carol  [accept, decline]"
        );
    }
}
