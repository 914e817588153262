//! ISO 7816, ISO 14443 and NFC, the authenticator's side (CTAP 2.3 §11.3): the FIDO applet behind APDUs.
//!
//! One answer follows each command. Where it does not follow at once, the authenticator waits for its user and the
//! host has not said that it can ask again (§11.3.7.1); the reader waits then.

mod chain;

use jiff::{SignedDuration, Timestamp};
use wire::Status;

use self::chain::{Chain, Link};
use crate::apdu::{Apdu, Encoding, Header, SHORT_MAX, StatusWord};
use crate::exchange::keepalive_status;
use crate::{Authenticator, Prompt, Purpose, Touch, Version};

/// An authenticator in the field of one reader.
pub struct Nfc {
    applet: Applet,
    chain: Chain,
    /// Presence by the field itself, until it is spent.
    present_until: Option<Timestamp>,
    work: Work,
    /// What is left of an answer that short APDUs cannot hold at once.
    remaining: Vec<u8>,
    answer: Option<Vec<u8>>,
}

/// Whether CTAP commands are heard.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Applet {
    Selected,
    Deselected,
}

/// What has become of the last NFCCTAP_MSG.
enum Work {
    /// It is answered, or there was none.
    Done,
    /// The reader waits for its answer.
    Awaited(Room),
    /// The host asks for it by NFCCTAP_GETRESPONSE.
    AskedFor,
}

/// How long an answer may be.
#[derive(Clone, Copy)]
struct Room {
    encoding: Encoding,
    expected: usize,
}

impl Nfc {
    /// An authenticator that comes into the field: its user is there (§5, "user gesture").
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            applet: Applet::Deselected,
            chain: Chain::default(),
            present_until: Some(now + PRESENCE_MAX),
            work: Work::Done,
            remaining: Vec::new(),
            answer: None,
        }
    }

    /// Takes a command APDU. An answer not fetched is lost, and so is one that is awaited.
    pub fn handle_apdu(&mut self, now: Timestamp, key: &mut Authenticator, apdu: &[u8]) {
        self.handle_timeout(now, key);
        if let Work::Awaited(_) = self.work {
            self.abandon(key);
        }
        self.answer = None;
        let outcome = Apdu::parse(apdu).and_then(|apdu| match self.chain.take(&apdu)? {
            Link::More => Ok(Some(StatusWord::NO_ERROR.after(&[]))),
            Link::Whole(data) => self.serve(now, key, &apdu, &data),
        });
        self.answer = outcome.unwrap_or_else(|word| Some(word.after(&[])));
    }

    /// The answer to the last command, once there is one.
    pub fn poll_apdu(&mut self, key: &mut Authenticator) -> Option<Vec<u8>> {
        if let Work::Awaited(room) = self.work
            && let Some(response) = key.poll_response()
        {
            self.work = Work::Done;
            self.answer = Some(self.fit(response, room));
        }
        self.answer.take()
    }

    /// When the user's time is up.
    #[must_use]
    pub fn poll_timeout(&self, key: &Authenticator) -> Option<Timestamp> {
        key.poll_timeout()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Timestamp, key: &mut Authenticator) {
        key.handle_timeout(now);
    }

    /// The authenticator leaves the field: what was under way is gone. Whether it has lost its power as well is for
    /// its owner to say ([`Authenticator::handle_power_cycle`]).
    pub fn handle_detach(self, key: &mut Authenticator) {
        if !matches!(self.work, Work::Done) {
            key.handle_abort();
        }
    }

    /// What each instruction does (§11.3.3 to §11.3.7); `None` when the answer is still to come.
    fn serve(
        &mut self,
        now: Timestamp,
        key: &mut Authenticator,
        apdu: &Apdu<'_>,
        data: &[u8],
    ) -> Result<Option<Vec<u8>>, StatusWord> {
        let room = Room::of(apdu);
        match (apdu.header.class, apdu.header.instruction) {
            (CLA_ISO, INS_SELECT) => self.select(key, apdu.header, data, room).map(Some),
            // Hosts ask in the class of their command, too.
            (CLA_ISO | CLA_CTAP, INS_GET_RESPONSE) => self.go_on(room).map(Some),
            (CLA_ISO | CLA_CTAP, _) if self.applet == Applet::Deselected => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
            (CLA_ISO, _) if key.profile().speaks(Version::U2fV2) => {
                Ok(Some(self.u2f(now, key, apdu.header, data, room)))
            }
            (CLA_CTAP, INS_NFCCTAP_MSG) => Ok(self.message(now, key, apdu.header, data, room)),
            (CLA_CTAP, INS_NFCCTAP_GETRESPONSE) => self.get_response(now, key, apdu.header, room).map(Some),
            (CLA_CTAP, INS_NFCCTAP_CONTROL) => self.control(key, apdu.header).map(Some),
            (CLA_ISO | CLA_CTAP, _) => Err(StatusWord::INS_NOT_SUPPORTED),
            _ => Err(StatusWord::CLA_NOT_SUPPORTED),
        }
    }

    /// SELECT (§11.3.3): a host that sees U2F_V2 finds out by getInfo whether there is more.
    fn select(
        &mut self,
        key: &mut Authenticator,
        header: Header,
        aid: &[u8],
        room: Room,
    ) -> Result<Vec<u8>, StatusWord> {
        if (header.p1, header.p2) != (BY_NAME, FIRST) {
            return Err(StatusWord::INCORRECT_P1P2);
        }
        if aid != AID {
            return Err(StatusWord::FILE_NOT_FOUND);
        }
        self.abandon(key);
        self.applet = Applet::Selected;
        let version: &[u8] = if key.offers_u2f() { b"U2F_V2" } else { b"FIDO_2_0" };
        Ok(self.fit(version.to_vec(), room))
    }

    /// NFCCTAP_CONTROL, whose one use is to end it all (§11.3.4).
    fn control(&mut self, key: &mut Authenticator, header: Header) -> Result<Vec<u8>, StatusWord> {
        if (header.p1, header.p2) != (END_CTAP_MSG, 0) {
            return Err(StatusWord::INCORRECT_P1P2);
        }
        self.abandon(key);
        self.applet = Applet::Deselected;
        Ok(StatusWord::NO_ERROR.after(&[]))
    }

    /// A U2F message is an APDU of its own, not wrapped (§11.3.5).
    fn u2f(&mut self, now: Timestamp, key: &mut Authenticator, header: Header, data: &[u8], room: Room) -> Vec<u8> {
        self.abandon(key);
        if key.is_busy() {
            return StatusWord::CONDITIONS_NOT_SATISFIED.after(&[]);
        }
        let message = u2f_message(header, data);
        let mut answer = key.handle_u2f(now, &message);
        if self.presence_answers(now, key) {
            answer = key.handle_u2f(now, &message);
        }
        let word = answer.split_off(answer.len() - 2);
        if word == StatusWord::NO_ERROR.0.to_be_bytes() { self.fit(answer, room) } else { word }
    }

    /// NFCCTAP_MSG (§11.3.7.1): a CTAP2 command.
    fn message(
        &mut self,
        now: Timestamp,
        key: &mut Authenticator,
        header: Header,
        command: &[u8],
        room: Room,
    ) -> Option<Vec<u8>> {
        self.abandon(key);
        if key.is_busy() {
            return Some(self.fit(vec![Status::CHANNEL_BUSY.0], room));
        }
        key.handle_command(now, command);
        self.presence_answers(now, key);
        if let Some(response) = key.poll_response() {
            return Some(self.fit(response, room));
        }
        if header.p1 & SUPPORTS_GETRESPONSE == 0 {
            self.work = Work::Awaited(room);
            return None;
        }
        self.work = Work::AskedFor;
        Some(still_at_work(key))
    }

    /// NFCCTAP_GETRESPONSE (§11.3.7.2): how far it is, or its end.
    fn get_response(
        &mut self,
        now: Timestamp,
        key: &mut Authenticator,
        header: Header,
        room: Room,
    ) -> Result<Vec<u8>, StatusWord> {
        if !matches!(self.work, Work::AskedFor) {
            return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
        }
        if header.p1 == CANCEL {
            key.handle_cancel(now);
        }
        let Some(response) = key.poll_response() else { return Ok(still_at_work(key)) };
        self.work = Work::Done;
        Ok(self.fit(response, room))
    }

    /// GET RESPONSE (ISO/IEC 7816-4 §11.8): the rest of an answer.
    fn go_on(&mut self, room: Room) -> Result<Vec<u8>, StatusWord> {
        match std::mem::take(&mut self.remaining) {
            remaining if remaining.is_empty() => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
            remaining => Ok(self.fit(remaining, room)),
        }
    }

    /// What has begun before gives way.
    fn abandon(&mut self, key: &mut Authenticator) {
        self.remaining.clear();
        if !matches!(std::mem::replace(&mut self.work, Work::Done), Work::Done) {
            key.handle_abort();
        }
    }

    /// The tap that has brought the authenticator into the field answers the first question for presence within two
    /// minutes; tells whether it has.
    ///
    /// Convention of the lab: it is spent by that, though the key could ask its user; a long touch it is not.
    fn presence_answers(&mut self, now: Timestamp, key: &mut Authenticator) -> bool {
        let Some(prompt @ Prompt::Presence { .. }) = key.prompt() else { return false };
        if prompt.purpose() == Purpose::Reset(Touch::Long) || self.present_until.is_none_or(|until| until <= now) {
            return false;
        }
        let agreement = prompt.agreement();
        self.present_until = None;
        key.handle_answer(now, agreement);
        true
    }

    /// A successful answer, cut where a short APDU has no more room (§11.3.6).
    fn fit(&mut self, mut answer: Vec<u8>, room: Room) -> Vec<u8> {
        let most = match room.encoding {
            Encoding::Extended => answer.len(),
            Encoding::Short => room.expected.min(answer.len()),
        };
        self.remaining = answer.split_off(most);
        match self.remaining.len() {
            0 => StatusWord::NO_ERROR.after(&answer),
            left => StatusWord::BYTES_REMAINING.with_low(left).after(&answer),
        }
    }
}

impl Room {
    /// A host that names no length takes what its encoding holds.
    fn of(apdu: &Apdu<'_>) -> Self {
        Self { encoding: apdu.encoding, expected: apdu.expected.unwrap_or(SHORT_MAX) }
    }
}

/// The message as it was before it was chained.
fn u2f_message(header: Header, data: &[u8]) -> Vec<u8> {
    let Header { class, instruction, p1, p2 } = header;
    let length = u16::try_from(data.len()).expect("a chain is shorter than that").to_be_bytes();
    [&[class, instruction, p1, p2, 0][..], &length, data].concat()
}

/// The status of a command that waits, in the data of a word of its own.
fn still_at_work(key: &Authenticator) -> Vec<u8> {
    let status = key.prompt().map_or(wire::ctaphid::PROCESSING, keepalive_status);
    StatusWord::STATUS_UPDATE.after(&[status])
}

/// The FIDO applet.
const AID: [u8; 8] = [0xA0, 0x00, 0x00, 0x06, 0x47, 0x2F, 0x00, 0x01];
const CLA_ISO: u8 = 0x00;
const CLA_CTAP: u8 = 0x80;
/// More of the command is to come.
const CLA_CHAINING: u8 = 0x10;
const INS_SELECT: u8 = 0xA4;
const INS_GET_RESPONSE: u8 = 0xC0;
const INS_NFCCTAP_MSG: u8 = 0x10;
const INS_NFCCTAP_GETRESPONSE: u8 = 0x11;
const INS_NFCCTAP_CONTROL: u8 = 0x12;
const BY_NAME: u8 = 0x04;
const FIRST: u8 = 0x00;
const SUPPORTS_GETRESPONSE: u8 = 0x80;
const CANCEL: u8 = 0x11;
const END_CTAP_MSG: u8 = 0x01;
/// How long a tap stands for its user (§5).
const PRESENCE_MAX: SignedDuration = SignedDuration::from_secs(120);

#[cfg(test)]
mod tests;
