//! E-mails over a real socket, to a server of a few lines.

mod common;

use common::*;
use control_center::http::PostOffice;
use control_center::{Conclusion, Mail};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// Takes one e-mail and answers with what the client has said.
async fn server(listener: TcpListener, recipient: &'static str) -> Vec<String> {
    let (stream, _) = listener.accept().await.unwrap();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut said, mut in_message) = (Vec::new(), false);
    write.write_all(b"220-test\r\n220 ready\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let reply = match line.split(' ').next().unwrap_or_default() {
            "." => "250 taken",
            _ if in_message => "",
            "EHLO" => "250-test\r\n250 8BITMIME",
            "RCPT" => recipient,
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        in_message = line == "DATA" || (in_message && line != ".");
        said.push(line);
        if !reply.is_empty() && write.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
            break;
        }
    }
    said
}

/// The e-mail that Control Center makes for Carol.
fn invitation() -> Mail {
    let mut world = World::integrated();
    let id = world.cc.begin_invite(world.now, APP, CAROL).unwrap();
    world.pump();
    assert_eq!(world.cc.take_conclusion(id), Some(Conclusion::Done));
    let mail = world.cc.poll_mail().expect("an invitation");
    assert_eq!(world.cc.poll_mail(), None, "one e-mail an invitation");
    mail
}

async fn office(recipient: &'static str) -> (PostOffice, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server_address = listener.local_addr().unwrap().to_string();
    (
        PostOffice { server: server_address, from: "hypr@highlandsbank.gethypr.com".into() },
        tokio::spawn(server(listener, recipient)),
    )
}

#[tokio::test]
async fn an_invitation_arrives_with_its_words() {
    let (office, server) = office("250 ok").await;
    let mail = invitation();
    office.deliver(&mail, start(), "1").await.expect("the server takes it");
    let said = server.await.unwrap();
    assert_eq!(
        said[..3],
        ["EHLO passkey-lab", "MAIL FROM:<hypr@highlandsbank.gethypr.com>", &format!("RCPT TO:<{CAROL}>")]
    );
    let body = said.iter().position(String::is_empty).expect("an empty line ends the headers") + 1;
    let text: String = said[body..].iter().take_while(|line| *line != ".").cloned().collect();
    let text = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), mail.text.replace('\n', "\r\n"));
    assert_eq!(said.last().map(String::as_str), Some("QUIT"));
}

#[tokio::test]
async fn a_server_that_does_not_know_the_recipient_is_quoted() {
    let (office, _server) = office("550 no such mailbox").await;
    let error = office.deliver(&invitation(), start(), "1").await.unwrap_err().to_string();
    assert!(error.ends_with("The mail server answered \"550 no such mailbox\" to RCPT TO."), "{error}");
}

#[tokio::test]
async fn a_server_that_is_away_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap().to_string();
    drop(listener);
    let office = PostOffice { server: server.clone(), from: "hypr@highlandsbank.gethypr.com".into() };
    let error = office.deliver(&invitation(), start(), "1").await.unwrap_err().to_string();
    assert!(error.starts_with(&server), "{error}");
}
