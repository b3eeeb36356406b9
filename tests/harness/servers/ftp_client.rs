//! A small FTP client: passive transfers of an anonymous user.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::time::Duration;

const SILENCE_MAX: Duration = Duration::from_secs(30);

/// How the server sends a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TransferType {
    /// Line ends are CR LF on the wire.
    Ascii,
    /// As it is.
    Binary,
}

/// An upload that has begun.
#[derive(Debug)]
pub struct Upload(TcpStream);

impl Upload {
    /// Uploads further bytes.
    ///
    /// # Errors
    /// When the server takes no more.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }
}

/// A session, which ends with the value.
#[derive(Debug)]
pub struct FtpClient {
    control: BufReader<TcpStream>,
}

impl FtpClient {
    /// Logs in as `anonymous` at that port of loopback; transfers are binary.
    ///
    /// # Errors
    /// When the server does not let it in.
    pub fn log_in(port: u16, password: &str) -> io::Result<Self> {
        let mut client = Self { control: BufReader::new(connect(port)?) };
        client.expect_reply(2)?;
        let reply = client.send("USER anonymous")?;
        if reply.starts_with('3') {
            client.command(&format!("PASS {password}"), 2)?;
        }
        client.set_type(TransferType::Binary)?;
        Ok(client)
    }

    /// Chooses how files are sent.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn set_type(&mut self, transfer_type: TransferType) -> io::Result<()> {
        let letter = if transfer_type == TransferType::Ascii { 'A' } else { 'I' };
        self.command(&format!("TYPE {letter}"), 2).map(drop)
    }

    /// Downloads a file.
    ///
    /// # Errors
    /// When the server refuses, or the transfer does not end well.
    pub fn retrieve(&mut self, path: &str) -> io::Result<Vec<u8>> {
        let mut data = self.passive()?;
        self.command(&format!("RETR {path}"), 1)?;
        let mut body = Vec::new();
        data.read_to_end(&mut body)?;
        self.expect_reply(2)?;
        Ok(body)
    }

    /// Uploads a file.
    ///
    /// # Errors
    /// When the server refuses, or the transfer does not end well.
    pub fn store(&mut self, path: &str, body: &[u8]) -> io::Result<()> {
        let upload = self.begin_store(path, body)?;
        self.finish_store(upload, b"")
    }

    /// Uploads the first bytes of a file, and leaves it there.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn begin_store(&mut self, path: &str, start: &[u8]) -> io::Result<Upload> {
        let mut data = self.passive()?;
        self.command(&format!("STOR {path}"), 1)?;
        data.write_all(start)?;
        Ok(Upload(data))
    }

    /// Uploads the rest.
    ///
    /// # Errors
    /// When the transfer does not end well.
    pub fn finish_store(&mut self, upload: Upload, rest: &[u8]) -> io::Result<()> {
        let Upload(mut data) = upload;
        data.write_all(rest)?;
        data.shutdown(Shutdown::Both)?;
        self.expect_reply(2).map(drop)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn delete(&mut self, path: &str) -> io::Result<()> {
        self.command(&format!("DELE {path}"), 2).map(drop)
    }

    /// When a file was last changed: `YYYYMMDDhhmmss` in UTC.
    ///
    /// # Errors
    /// When the server does not say.
    pub fn modified(&mut self, path: &str) -> io::Result<String> {
        self.value(&format!("MDTM {path}"))
    }

    /// How long a file is.
    ///
    /// # Errors
    /// When the server does not say.
    pub fn bytes(&mut self, path: &str) -> io::Result<u64> {
        self.value(&format!("SIZE {path}"))?.parse().map_err(io::Error::other)
    }

    /// Sends any command, and gives the last line of the reply, which begins with its three digits.
    ///
    /// # Errors
    /// When the connection ends.
    pub fn send(&mut self, command: &str) -> io::Result<String> {
        self.control.get_mut().write_all(format!("{command}\r\n").as_bytes())?;
        self.reply()
    }

    fn value(&mut self, command: &str) -> io::Result<String> {
        let reply = self.command(command, 2)?;
        reply.split(' ').nth(1).map(str::to_owned).ok_or_else(|| io::Error::other(reply.clone()))
    }

    fn command(&mut self, command: &str, class: u8) -> io::Result<String> {
        let reply = self.send(command)?;
        of_class(reply, class)
    }

    fn expect_reply(&mut self, class: u8) -> io::Result<String> {
        let reply = self.reply()?;
        of_class(reply, class)
    }

    /// A reply of several lines ends with the one that has a space after the digits.
    fn reply(&mut self) -> io::Result<String> {
        loop {
            let mut line = String::new();
            if self.control.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end();
            let (digits, rest) = line.split_at_checked(3).unwrap_or((line, ""));
            if digits.bytes().all(|digit| digit.is_ascii_digit()) && !rest.starts_with('-') {
                return Ok(line.to_owned());
            }
        }
    }

    /// The data connection of the next transfer.
    fn passive(&mut self) -> io::Result<TcpStream> {
        let reply = self.command("PASV", 2)?;
        let inside = reply.split(['(', ')']).nth(1).unwrap_or_default();
        let numbers: Vec<u16> = inside.split(',').filter_map(|part| part.parse().ok()).collect();
        let [_, _, _, _, high, low] = numbers[..] else { return Err(io::Error::other(reply)) };
        connect(high * 256 + low)
    }
}

fn of_class(reply: String, class: u8) -> io::Result<String> {
    let is_right = reply.as_bytes().first() == Some(&(b'0' + class));
    if is_right { Ok(reply) } else { Err(io::Error::other(reply)) }
}

fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(SILENCE_MAX))?;
    stream.set_write_timeout(Some(SILENCE_MAX))?;
    Ok(stream)
}
