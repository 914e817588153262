//! Delivers Control Center's e-mails to an SMTP server, for a Control Center that is served to real people.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::mail::Mail;
use crate::mail::smtp::{Delivery, Next};

/// How long one e-mail may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a server may say about one e-mail.
const REPLY_BYTES_MAX: u64 = 64 << 10;

/// Where e-mails go.
#[derive(Clone, Debug)]
pub struct PostOffice {
    /// `host:port` of the server.
    pub server: String,
    /// The sender's address.
    pub from: String,
}

impl PostOffice {
    /// Delivers one e-mail; `id` is unique.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached, takes longer than 30 seconds, or refuses; the error says which.
    pub async fn deliver(&self, mail: &Mail, now: Timestamp, id: &str) -> io::Result<()> {
        let delivery = Delivery::new(mail, &self.from, now, id).map_err(io::Error::other)?;
        let talk = tokio::time::timeout(PATIENCE, self.talk(delivery)).await;
        let late = || io::Error::new(io::ErrorKind::TimedOut, "the mail server took longer than 30 seconds");
        talk.unwrap_or_else(|_| Err(late()))
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.server)))
    }

    async fn talk(&self, mut delivery: Delivery) -> io::Result<()> {
        let (replies, mut commands) = TcpStream::connect(&self.server).await?.into_split();
        let mut replies = BufReader::new(replies.take(REPLY_BYTES_MAX));
        let mut line = String::new();
        loop {
            line.clear();
            if replies.read_line(&mut line).await? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the mail server closed the connection"));
            }
            match delivery.handle_line(line.trim_end_matches(['\r', '\n'])).map_err(io::Error::other)? {
                Next::Wait => {}
                Next::Send(text) => commands.write_all(text.as_bytes()).await?,
                Next::Delivered(text) => {
                    // The e-mail is delivered whatever becomes of the good-bye.
                    let _ = commands.write_all(text.as_bytes()).await;
                    return Ok(());
                }
            }
        }
    }
}
