//! Which of several keys the person means: all of them blink, the one that is touched goes on (authenticatorSelection,
//! CTAP 2.3 §6.9).

use indexmap::IndexSet;
use wire::Status;

use super::failure::Failure;

pub(crate) const COMMAND: u8 = 0x0B;

/// The keys that blink.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    waiting: IndexSet<String>,
    /// Keys that do not know the command (CTAP 2.0): the first of them is taken when no other is left.
    unable: IndexSet<String>,
    refusal: Option<Failure>,
}

/// What an answer leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Others still blink.
    Open,
    /// This key it is; the others need not blink any more.
    Key { chosen: String, others: Vec<String> },
    /// Nobody touched any.
    Nobody(Failure),
}

impl Selection {
    /// A key begins to blink.
    pub(crate) fn add(&mut self, key: &str) {
        self.waiting.insert(key.to_owned());
    }

    /// The keys that blink.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &String> {
        self.waiting.iter()
    }

    /// A key has answered; one that does not blink is not listened to.
    pub(crate) fn handle_answer(&mut self, key: &str, answer: Result<Status, Failure>) -> Choice {
        if !self.waiting.shift_remove(key) {
            return Choice::Open;
        }
        match answer {
            Ok(Status::OK) => return self.chosen(key.to_owned()),
            Ok(Status::INVALID_COMMAND) => {
                self.unable.insert(key.to_owned());
            }
            Ok(status) => self.refusal = Some(Failure::Status(status)),
            Err(failure) => self.refusal = Some(failure),
        }
        self.outcome()
    }

    /// A key was pulled out.
    pub(crate) fn handle_detached(&mut self, key: &str) -> Choice {
        self.waiting.shift_remove(key);
        self.unable.shift_remove(key);
        self.outcome()
    }

    fn outcome(&mut self) -> Choice {
        match (self.waiting.is_empty(), self.unable.first()) {
            (false, _) => Choice::Open,
            (true, Some(first)) => self.chosen(first.clone()),
            (true, None) => Choice::Nobody(self.refusal.take().unwrap_or(Failure::Cancelled)),
        }
    }

    fn chosen(&mut self, chosen: String) -> Choice {
        Choice::Key { chosen, others: std::mem::take(&mut self.waiting).into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(keys: &[&str]) -> Selection {
        let mut selection = Selection::default();
        keys.iter().for_each(|key| selection.add(key));
        selection
    }

    fn key(chosen: &str, others: &[&str]) -> Choice {
        Choice::Key { chosen: chosen.into(), others: others.iter().map(|&key| key.to_owned()).collect() }
    }

    #[test]
    fn the_key_that_is_touched_is_meant_and_the_others_stop() {
        let mut selection = of(&["a", "b", "c"]);
        assert_eq!(selection.handle_answer("b", Ok(Status::OK)), key("b", &["a", "c"]));
        assert_eq!(selection.handle_answer("a", Ok(Status::KEEPALIVE_CANCEL)), Choice::Open, "it blinks no more");
    }

    #[test]
    fn a_key_that_refuses_leaves_the_choice_to_the_others() {
        let mut selection = of(&["a", "b"]);
        assert_eq!(selection.handle_answer("a", Ok(Status::OPERATION_DENIED)), Choice::Open);
        assert_eq!(selection.handle_answer("b", Ok(Status::OK)), key("b", &[]));
    }

    #[test]
    fn when_all_refuse_the_last_reason_counts() {
        let mut selection = of(&["a", "b"]);
        selection.handle_answer("a", Ok(Status::OPERATION_DENIED));
        let last = selection.handle_answer("b", Ok(Status::USER_ACTION_TIMEOUT));
        assert_eq!(last, Choice::Nobody(Failure::Status(Status::USER_ACTION_TIMEOUT)));
    }

    #[test]
    fn a_key_that_cannot_blink_is_taken_when_no_other_is_left() {
        let mut selection = of(&["old", "new"]);
        assert_eq!(selection.handle_answer("old", Ok(Status::INVALID_COMMAND)), Choice::Open);
        assert_eq!(selection.handle_answer("new", Ok(Status::OPERATION_DENIED)), key("old", &[]));
        let mut selection = of(&["first", "second"]);
        selection.handle_answer("first", Ok(Status::INVALID_COMMAND));
        assert_eq!(selection.handle_answer("second", Ok(Status::INVALID_COMMAND)), key("first", &[]));
    }

    #[test]
    fn a_key_that_is_pulled_out_is_not_waited_for() {
        let mut selection = of(&["a", "b"]);
        assert_eq!(selection.handle_detached("a"), Choice::Open);
        assert_eq!(selection.handle_detached("b"), Choice::Nobody(Failure::Cancelled));
    }
}
