//! Reads along on the USB link: puts the reports of both directions together again and says what they mean.

use std::collections::BTreeMap;

use wire::Status;
use wire::ctaphid::{self, Assembler, Command, Message, Packet, Progress, Report};

use crate::journal::CtapMessage;

/// One listener a link.
#[derive(Debug, Default)]
pub(crate) struct Trace(BTreeMap<(Direction, u32), Assembler>);

/// Which way a report goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    /// From the workstation.
    ToPhone,
    /// From the phone.
    ToWorkstation,
}

impl Trace {
    /// Takes a report; a message that it completes is returned, decoded.
    pub(crate) fn read(&mut self, direction: Direction, ends: (&str, &str), report: &Report) -> Option<CtapMessage> {
        let packet = Packet::parse(report);
        let (Packet::Init { channel, .. } | Packet::Cont { channel, .. }) = packet;
        let Progress::Whole(message) = self.0.entry((direction, channel)).or_default().handle_packet(packet) else {
            return None;
        };
        let (workstation, phone) = ends;
        let direction_text = match direction {
            Direction::ToPhone => format!("{workstation} > {phone}"),
            Direction::ToWorkstation => format!("{phone} > {workstation}"),
        };
        let (name, content) = decode(direction, &message);
        Some(CtapMessage { direction: direction_text, name, content })
    }
}

fn decode(direction: Direction, message: &Message) -> (String, String) {
    let hid = message.command.name();
    match (message.command, message.payload.split_first()) {
        (Command::CBOR, Some((&first, rest))) => {
            let meaning = match direction {
                Direction::ToPhone => command_name(first).to_owned(),
                Direction::ToWorkstation => Status(first).to_string(),
            };
            (
                format!("{hid} {meaning}"),
                if rest.is_empty() { String::new() } else { minicbor::display(rest).to_string() },
            )
        }
        (Command::KEEPALIVE, Some((&ctaphid::PROCESSING, _))) => (format!("{hid} processing"), String::new()),
        (Command::KEEPALIVE, Some((&ctaphid::UP_NEEDED, _))) => (format!("{hid} user presence needed"), String::new()),
        (Command::ERROR, Some((&code, _))) => (format!("{hid} {}", Status(code)), String::new()),
        _ => (hid.to_owned(), message.payload.iter().map(|byte| format!("{byte:02x}")).collect()),
    }
}

/// The CTAP command bytes (CTAP 2.3 §6).
fn command_name(byte: u8) -> &'static str {
    match byte {
        0x01 => "authenticatorMakeCredential",
        0x02 => "authenticatorGetAssertion",
        0x04 => "authenticatorGetInfo",
        0x06 => "authenticatorClientPIN",
        0x07 => "authenticatorReset",
        0x08 => "authenticatorGetNextAssertion",
        0x09 => "authenticatorBioEnrollment",
        0x0A => "authenticatorCredentialManagement",
        0x0B => "authenticatorSelection",
        0x0C => "authenticatorLargeBlobs",
        0x0D => "authenticatorConfig",
        _ => "unknown command",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_answers_are_named_and_shown_in_diagnostic_notation() {
        let mut trace = Trace::default();
        let mut read = |direction, payload: Vec<u8>| {
            let message = Message { channel: 7, command: Command::CBOR, payload };
            message.reports().filter_map(|report| trace.read(direction, ("ws", "phone"), &report)).last().unwrap()
        };
        let asked = read(Direction::ToPhone, vec![0x06, 0xA2, 0x01, 0x02, 0x02, 0x02]);
        assert_eq!(
            (asked.direction.as_str(), asked.name.as_str(), asked.content.as_str()),
            ("ws > phone", "CBOR authenticatorClientPIN", "{1: 2, 2: 2}")
        );
        let refused = read(Direction::ToWorkstation, vec![0x27]);
        assert_eq!(refused.name, "CBOR CTAP2_ERR_OPERATION_DENIED (0x27)");
    }
}
