//! One e-mail by SMTP (RFC 5321 §3.3, §4.1), without any I/O: lines in, bytes out. Seven commands of a client are not
//! worth a crate; TLS and authentication are left to the relay beside.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use super::Mail;

/// The longest reply line (RFC 5321 §4.5.3.1.5).
const REPLY_LEN_MAX: usize = 512;
/// Bytes of the text on one line of base64, 76 characters (RFC 2045 §6.8).
const BYTES_ON_A_LINE: usize = 57;

/// Why an e-mail was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// The address cannot stand in a command.
    #[error("{0:?} is no address that e-mail can be sent to.")]
    Address(String),
    /// The server refused.
    #[error("The mail server answered {reply:?} to {to}.")]
    Refused {
        /// The step of the conversation.
        to: &'static str,
        /// Its words.
        reply: String,
    },
    /// What came is no SMTP.
    #[error("The mail server does not speak SMTP: {0:?}.")]
    Unintelligible(String),
}

/// A conversation about one e-mail.
#[derive(Debug)]
pub struct Delivery {
    waits_for: Step,
    from: String,
    to: String,
    /// Headers and text, as they travel.
    message: String,
}

/// What follows a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// More lines of the same reply follow.
    Wait,
    /// Send this.
    Send(String),
    /// The server has taken the e-mail, and was told good-bye.
    Delivered(String),
}

/// Whose reply is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Greeting,
    Hello,
    Sender,
    Recipient,
    Data,
    Message,
    Over,
}

impl Delivery {
    /// Prepares an e-mail from `from`, dated `now`; `id` is unique.
    ///
    /// # Errors
    ///
    /// [`SmtpError::Address`] when an address could end the command that it stands in.
    pub fn new(mail: &Mail, from: &str, now: Timestamp, id: &str) -> Result<Self, SmtpError> {
        for address in [from, &mail.to] {
            let plain = address.chars().all(|letter| letter.is_ascii_graphic() && !"<>".contains(letter));
            if !plain || !address.contains('@') {
                return Err(SmtpError::Address(address.to_owned()));
            }
        }
        let (from, to) = (from.to_owned(), mail.to.clone());
        Ok(Self { waits_for: Step::Greeting, message: message(mail, &from, now, id), from, to })
    }

    /// Takes a line of the server, without its end.
    ///
    /// # Errors
    ///
    /// When the server refuses, or does not speak SMTP.
    pub fn handle_line(&mut self, line: &str) -> Result<Next, SmtpError> {
        let unintelligible = || SmtpError::Unintelligible(line.chars().take(REPLY_LEN_MAX).collect());
        let code: u16 = line.get(..3).and_then(|code| code.parse().ok()).ok_or_else(unintelligible)?;
        match line.as_bytes().get(3) {
            Some(b'-') => return Ok(Next::Wait),
            None | Some(b' ') => {}
            Some(_) => return Err(unintelligible()),
        }
        let (expected, name) = self.waits_for.reply();
        if code / 100 != expected {
            return Err(SmtpError::Refused { to: name, reply: line.to_owned() });
        }
        let (next, step) = match self.waits_for {
            Step::Greeting => (Next::Send("EHLO passkey-lab\r\n".to_owned()), Step::Hello),
            Step::Hello => (Next::Send(format!("MAIL FROM:<{}>\r\n", self.from)), Step::Sender),
            Step::Sender => (Next::Send(format!("RCPT TO:<{}>\r\n", self.to)), Step::Recipient),
            Step::Recipient => (Next::Send("DATA\r\n".to_owned()), Step::Data),
            Step::Data => (Next::Send(std::mem::take(&mut self.message)), Step::Message),
            Step::Message | Step::Over => (Next::Delivered("QUIT\r\n".to_owned()), Step::Over),
        };
        self.waits_for = step;
        Ok(next)
    }
}

impl Step {
    /// The first digit of the reply that lets it go on, and what the step is called.
    fn reply(self) -> (u16, &'static str) {
        match self {
            Self::Greeting => (2, "the connection"),
            Self::Hello => (2, "EHLO"),
            Self::Sender => (2, "MAIL FROM"),
            Self::Recipient => (2, "RCPT TO"),
            Self::Data => (3, "DATA"),
            Self::Message => (2, "the message"),
            Self::Over => (2, "QUIT"),
        }
    }
}

/// The text is base64, so that no line of it begins with a dot or is too long.
fn message(mail: &Mail, from: &str, now: Timestamp, id: &str) -> String {
    let date = rfc2822::to_string(&now.to_zoned(TimeZone::UTC)).unwrap_or_default();
    let lines = mail.text.replace('\n', "\r\n");
    let text: String = lines.as_bytes().chunks(BYTES_ON_A_LINE).map(|chunk| STANDARD.encode(chunk) + "\r\n").collect();
    let subject = STANDARD.encode(&mail.subject);
    let domain = from.rsplit('@').next().unwrap_or_default();
    format!(
        "Date: {date}\r\nFrom: HYPR Control Center <{from}>\r\nTo: <{}>\r\nSubject: =?utf-8?B?{subject}?=\r\n\
         Message-ID: <{id}@{domain}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{text}.\r\n",
        mail.to
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery() -> Delivery {
        let mail = Mail { to: "carol@b.example".into(), subject: "Hi".into(), text: ".\nHallå\n".into() };
        Delivery::new(&mail, "hypr@h.example", "2027-03-01T09:00:00Z".parse().unwrap(), "1").unwrap()
    }

    #[test]
    fn a_conversation_that_goes_well_is_this_line_for_line() {
        let mut delivery = delivery();
        let message = "Date: Mon, 1 Mar 2027 09:00:00 +0000\r\nFrom: HYPR Control Center <hypr@h.example>\r\n\
                       To: <carol@b.example>\r\nSubject: =?utf-8?B?SGk=?=\r\nMessage-ID: <1@h.example>\r\n\
                       MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
                       Content-Transfer-Encoding: base64\r\n\r\nLg0KSGFsbMOlDQo=\r\n.\r\n";
        let script = [
            ("220-mx.example", Next::Wait),
            ("220 ready", Next::Send("EHLO passkey-lab\r\n".into())),
            ("250-mx.example", Next::Wait),
            ("250 SIZE 1000000", Next::Send("MAIL FROM:<hypr@h.example>\r\n".into())),
            ("250 OK", Next::Send("RCPT TO:<carol@b.example>\r\n".into())),
            ("251 will forward", Next::Send("DATA\r\n".into())),
            ("354 go on", Next::Send(message.into())),
            ("250", Next::Delivered("QUIT\r\n".into())),
        ];
        for (line, next) in script {
            assert_eq!(delivery.handle_line(line), Ok(next), "{line}");
        }
    }

    #[test]
    fn a_refusal_names_the_command_that_was_refused() {
        let mut delivery = delivery();
        for line in ["220 ready", "250 hello", "250 ok"] {
            delivery.handle_line(line).unwrap();
        }
        let refused = delivery.handle_line("550 no such mailbox").unwrap_err().to_string();
        assert_eq!(refused, "The mail server answered \"550 no such mailbox\" to RCPT TO.");
    }

    #[test]
    fn what_is_no_smtp_is_told_and_panics_nobody() {
        for line in ["", "HTTP/1.1 400", "22", "220xready", "22å0", "-20 x"] {
            assert!(matches!(delivery().handle_line(line), Err(SmtpError::Unintelligible(_))), "{line:?}");
        }
    }

    #[test]
    fn an_address_that_would_end_its_command_is_refused() {
        for to in ["a@b>\r\nDATA", "a@b\r\nRCPT TO:<c@d>", "a b@c", "nobody", ""] {
            let mail = Mail { to: to.into(), subject: String::new(), text: String::new() };
            let made = Delivery::new(&mail, "hypr@h.example", Timestamp::UNIX_EPOCH, "1");
            assert!(matches!(made, Err(SmtpError::Address(_))), "{to:?}");
        }
    }
}
