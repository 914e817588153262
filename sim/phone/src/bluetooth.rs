//! The operating system's own question before a computer is paired by Bluetooth: the same six digits on both sides.

use std::collections::VecDeque;

use clockwork::Screen;

use crate::phone::Phone;
use crate::{Event, words};

/// What the phone's Bluetooth waits for, and what it has to say.
#[derive(Debug, Default)]
pub(crate) struct Bluetooth {
    request: Option<Request>,
    answers: VecDeque<(String, bool)>,
}

/// A computer that wants to pair.
#[derive(Debug)]
struct Request {
    computer: String,
    passkey: String,
}

impl Phone {
    /// A computer wants to be paired; the digits have to be the same on both sides.
    pub fn handle_bluetooth_request(&mut self, computer: &str, passkey: &str) {
        self.bluetooth.request = Some(Request { computer: computer.to_owned(), passkey: passkey.to_owned() });
    }

    /// The computer has given up.
    pub fn handle_bluetooth_withdrawn(&mut self, computer: &str) {
        self.bluetooth.request.take_if(|request| request.computer == computer);
    }

    /// The next answer: for which computer, and whether the digits are the same.
    pub fn poll_bluetooth(&mut self) -> Option<(String, bool)> {
        self.bluetooth.answers.pop_front()
    }

    /// The question, which stands before everything else on the screen.
    pub(crate) fn bluetooth_screen(&self) -> Option<Screen> {
        let Request { computer, passkey } = self.bluetooth.request.as_ref()?;
        let text =
            format!("{computer} would like to pair with your phone. Confirm that this code is shown on {computer}.");
        Some(Screen::new(words::BLUETOOTH_REQUEST, &[&text, passkey], &[words::PAIR, words::CANCEL]))
    }

    /// Answers the question; `None` when there is none.
    pub(crate) fn tap_in_bluetooth(&mut self, label: &str) -> Option<()> {
        let request = self.bluetooth.request.take()?;
        let is_same = label == words::PAIR;
        self.events.push_back(Event::BluetoothAnswered { computer: request.computer.clone(), is_same });
        self.bluetooth.answers.push_back((request.computer, is_same));
        Some(())
    }
}
