//! A mail server as small as the protocol allows (RFC 5321): it takes letters, refuses them, or says nothing.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it does when somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes what it is given.
    Takes,
    /// Takes it and dies before it says so.
    Forgets,
    /// Not now: `451`.
    Delays,
    /// Never: `550`.
    Refuses,
    /// Takes the first letter of a connection's run, then no more: `451` for the rest.
    TakesOne,
    /// Says nothing at all.
    Hangs,
}

/// A letter as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
}

impl Received {
    /// Returns a header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.data.split_once("\r\n\r\n").unwrap();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let start = format!("{}:", name.to_lowercase());
        let line = unfolded
            .split("\r\n")
            .find(|line| line.to_lowercase().starts_with(&start))?;
        Some(line[start.len()..].trim().to_owned())
    }

    /// Returns the body with its quoted-printable undone, as far as ASCII goes.
    pub fn body(&self) -> String {
        let (_, body) = self.data.split_once("\r\n\r\n").unwrap();
        body.replace("=\r\n", "").replace("=3D", "=")
    }
}

pub struct MailServer {
    pub port: u16,
    pub received: Arc<Mutex<Vec<Received>>>,
    mood: Arc<Mutex<Mood>>,
}

impl MailServer {
    pub async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            received: Arc::default(),
            mood: Arc::new(Mutex::new(mood)),
        };
        let (received, mood) = (Arc::clone(&server.received), Arc::clone(&server.mood));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let mood = *mood.lock().unwrap();
                let received = Arc::clone(&received);
                tokio::spawn(async move {
                    // Whoever hangs up in the middle is their own affair.
                    let _ = talk(stream, mood, received).await;
                });
            }
        });
        server
    }

    pub fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn letters(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

async fn talk(
    stream: TcpStream,
    mood: Mood,
    received: Arc<Mutex<Vec<Received>>>,
) -> std::io::Result<()> {
    if mood == Mood::Hangs {
        return std::future::pending().await;
    }
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test ESMTP\r\n").await?;
    let (mut from, mut to) = (String::new(), Vec::new());
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end().to_owned();
        let upper = command.to_uppercase();
        let answer: &str = if upper.starts_with("EHLO") {
            "250-test\r\n250 8BITMIME\r\n"
        } else if upper.starts_with("MAIL FROM:") {
            from = command["MAIL FROM:".len()..].to_owned();
            "250 ok\r\n"
        } else if upper.starts_with("RCPT TO:") {
            let took = !received.lock().unwrap().is_empty();
            match mood {
                Mood::Refuses => "550 no such mailbox\r\n",
                Mood::Delays => "451 come again\r\n",
                Mood::TakesOne if took => "451 one is enough\r\n",
                _ => {
                    to.push(command["RCPT TO:".len()..].to_owned());
                    "250 ok\r\n"
                }
            }
        } else if upper == "DATA" {
            stream.write_all(b"354 go on\r\n").await?;
            let data = read_data(&mut stream).await?;
            received.lock().unwrap().push(Received {
                from: from.clone(),
                to: std::mem::take(&mut to),
                data,
            });
            if mood == Mood::Forgets {
                return Ok(());
            }
            "250 taken\r\n"
        } else if upper == "QUIT" {
            stream.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else if upper == "RSET" || upper == "NOOP" {
            "250 ok\r\n"
        } else {
            "502 what?\r\n"
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

/// Reads until the line with a dot alone; dots that were doubled on the way are single again.
async fn read_data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
