//! A small IMAP client: what it takes to fill a mailbox and to see what the server gives back.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

const SILENCE_MAX: Duration = Duration::from_secs(30);

/// One line of the server, with the literals that were in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImapLine {
    /// The line without its end; of a literal its `{N}` is left.
    pub text: String,
    /// In their order.
    pub literals: Vec<Vec<u8>>,
}

/// What the server says of a mailbox that it opens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Selected {
    /// How many messages there are.
    pub exists: u32,
    /// UIDs of another value mean other messages.
    pub uid_validity: u32,
    /// What the next message gets.
    pub uid_next: u32,
}

/// A message that is being appended: the command's tag.
#[derive(Debug)]
pub struct Appending(String);

/// A session.
#[derive(Debug)]
pub struct ImapClient {
    stream: BufReader<TcpStream>,
    commands: u32,
}

impl ImapClient {
    /// Logs in at that port of loopback, without TLS.
    ///
    /// # Errors
    /// When the server does not let the user in.
    pub fn log_in(port: u16, user: &str, password: &str) -> io::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(SILENCE_MAX))?;
        stream.set_write_timeout(Some(SILENCE_MAX))?;
        let mut client = Self { stream: BufReader::new(stream), commands: 0 };
        client.line()?;
        client.command(&format!("LOGIN {user} {password}"))?;
        Ok(client)
    }

    /// Appends a message, whose lines end in CR LF, to a mailbox that exists; gives its UID.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn append(&mut self, mailbox: &str, message: &[u8]) -> io::Result<u32> {
        let appending = self.begin_append(mailbox, message.len(), message)?;
        self.finish_append(appending, b"")
    }

    /// Sends the first bytes of a message of that length, and leaves it there.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn begin_append(
        &mut self,
        mailbox: &str,
        bytes: usize,
        start: &[u8],
    ) -> io::Result<Appending> {
        let tag = self.begin(&format!("APPEND {mailbox} {{{bytes}}}"))?;
        let go_ahead = self.line()?;
        if !go_ahead.text.starts_with('+') {
            return Err(io::Error::other(go_ahead.text));
        }
        self.stream.get_mut().write_all(start)?;
        Ok(Appending(tag))
    }

    /// Sends the rest; gives the message's UID.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn finish_append(&mut self, appending: Appending, rest: &[u8]) -> io::Result<u32> {
        let Appending(tag) = appending;
        self.stream.get_mut().write_all(rest)?;
        self.stream.get_mut().write_all(b"\r\n")?;
        let lines = self.finish(&tag)?;
        let last = lines.last().map_or("", |line| line.text.as_str());
        let uid = last.split("APPENDUID ").nth(1).and_then(|rest| rest.split([' ', ']']).nth(1));
        uid.and_then(|uid| uid.parse().ok()).ok_or_else(|| io::Error::other(last.to_owned()))
    }

    /// Opens a mailbox.
    ///
    /// # Errors
    /// When there is none, or the answer lacks a number.
    pub fn select(&mut self, mailbox: &str) -> io::Result<Selected> {
        let lines = self.command(&format!("SELECT {mailbox}"))?;
        let after = |name: &str| {
            let mut found = lines.iter().filter_map(|line| line.text.split(name).nth(1));
            found.next()?.split([' ', ']']).next()?.parse().ok()
        };
        let exists = lines
            .iter()
            .find_map(|line| line.text.strip_prefix("* ")?.strip_suffix(" EXISTS")?.parse().ok());
        let selected = || {
            Some(Selected {
                exists: exists?,
                uid_validity: after("UIDVALIDITY ")?,
                uid_next: after("UIDNEXT ")?,
            })
        };
        selected().ok_or_else(|| io::Error::other(format!("{lines:?}")))
    }

    /// The whole message of a UID in the open mailbox, as the server gives it; sets no flag.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn fetch(&mut self, uid: u32) -> io::Result<Vec<u8>> {
        self.fetch_item(uid, "BODY.PEEK[]")
    }

    /// Any item of a message that comes as a literal, `BODY.PEEK[2]` or `BINARY.PEEK[2]`.
    ///
    /// # Errors
    /// When there is no such message or item.
    pub fn fetch_item(&mut self, uid: u32, item: &str) -> io::Result<Vec<u8>> {
        let lines = self.command(&format!("UID FETCH {uid} ({item})"))?;
        let literal = lines.into_iter().find_map(|mut line| line.literals.pop());
        literal.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The UIDs of the open mailbox, in the server's order.
    ///
    /// # Errors
    /// When none is open.
    pub fn uids(&mut self) -> io::Result<Vec<u32>> {
        let lines = self.command("UID SEARCH ALL")?;
        let found = lines.iter().filter_map(|line| line.text.strip_prefix("* SEARCH"));
        Ok(found.flat_map(str::split_whitespace).filter_map(|uid| uid.parse().ok()).collect())
    }

    /// Adds flags such as `\Seen` to a message.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn add_flags(&mut self, uid: u32, flags: &str) -> io::Result<()> {
        self.command(&format!("UID STORE {uid} +FLAGS ({flags})")).map(drop)
    }

    /// Removes the messages that are flagged `\Deleted`.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn expunge(&mut self) -> io::Result<()> {
        self.command("EXPUNGE").map(drop)
    }

    /// Makes a mailbox.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn create(&mut self, mailbox: &str) -> io::Result<()> {
        self.command(&format!("CREATE {mailbox}")).map(drop)
    }

    /// Ends the session.
    ///
    /// # Errors
    /// When the connection ended before.
    pub fn log_out(mut self) -> io::Result<()> {
        self.command("LOGOUT").map(drop)
    }

    /// Sends any command; gives the lines of the answer, the tagged one last.
    ///
    /// # Errors
    /// When the server says anything but OK.
    pub fn command(&mut self, command: &str) -> io::Result<Vec<ImapLine>> {
        let tag = self.begin(command)?;
        self.finish(&tag)
    }

    fn begin(&mut self, command: &str) -> io::Result<String> {
        self.commands += 1;
        let tag = format!("a{}", self.commands);
        self.stream.get_mut().write_all(format!("{tag} {command}\r\n").as_bytes())?;
        Ok(tag)
    }

    fn finish(&mut self, tag: &str) -> io::Result<Vec<ImapLine>> {
        let mut lines = Vec::new();
        loop {
            let line = self.line()?;
            let result = line.text.strip_prefix(tag).and_then(|rest| rest.strip_prefix(' '));
            let is_ok = result.map(|result| result.starts_with("OK"));
            match is_ok {
                Some(false) => return Err(io::Error::other(line.text)),
                Some(true) => {
                    lines.push(line);
                    return Ok(lines);
                }
                None => lines.push(line),
            }
        }
    }

    /// One line: pieces of text, each but the last of which ends in `{N}` and N bytes.
    fn line(&mut self) -> io::Result<ImapLine> {
        let mut line = ImapLine { text: String::new(), literals: Vec::new() };
        loop {
            let mut piece = Vec::new();
            if self.stream.read_until(b'\n', &mut piece)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let piece = String::from_utf8_lossy(&piece);
            let piece = piece.trim_end_matches(['\r', '\n']);
            line.text += piece;
            let Some(bytes) = literal_bytes(piece) else { return Ok(line) };
            let mut literal = vec![0; bytes];
            self.stream.read_exact(&mut literal)?;
            line.literals.push(literal);
        }
    }
}

/// `{N}` and `~{N}` at the end of a piece announce N bytes.
fn literal_bytes(piece: &str) -> Option<usize> {
    let (_, announced) = piece.strip_suffix('}')?.rsplit_once('{')?;
    announced.parse().ok()
}
