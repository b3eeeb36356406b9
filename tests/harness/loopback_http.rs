//! A small HTTP/1.1 client for servers on loopback, and the message heads that the origin reads.
//!
//! One request a connection, and the connection is part of the answer: a body that the server cuts
//! short is handed over as far as it came.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// Far above what a slow start of a server takes, far below the patience of a test run.
const SILENCE_MAX: Duration = Duration::from_secs(30);
const HEAD_BYTES_MAX: u64 = 64 * 1024;

/// Names and values of a head, in the order of the wire.
pub type Headers = Vec<(String, String)>;

/// What is asked of a server.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, as it goes out.
    pub method: &'a str,
    /// A path, or a whole address as a proxy wants it.
    pub target: &'a str,
    /// Headers besides `Host`, `Connection` and `Content-Length`.
    pub headers: &'a [(&'a str, &'a str)],
    /// Sent with its length, also when empty, unless the method has no body.
    pub body: &'a [u8],
}

/// What a server answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Response {
    /// Three digits.
    pub status: u16,
    /// As they came.
    pub headers: Headers,
    /// Without chunk framing; a content coding is left in place.
    pub body: Vec<u8>,
    /// Whether the body is as long as the head, or the last chunk, says.
    pub is_whole: bool,
}

impl Response {
    /// The first header of that name, in whatever case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// The first header of that name, in whatever case.
#[must_use]
pub fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    let mut matching = headers.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
    matching.next().map(|(_, value)| value.as_str())
}

/// Gets a path from the server at that port, or a whole address through the proxy there.
///
/// # Errors
/// When no answer begins; one that is cut short later is no error.
pub fn get(port: u16, target: &str, headers: &[(&str, &str)]) -> io::Result<Response> {
    request(port, &Request { method: "GET", target, headers, body: b"" })
}

/// Sends any request to the server at that port.
///
/// # Errors
/// When no answer begins; one that is cut short later is no error.
pub fn request(port: u16, request: &Request<'_>) -> io::Result<Response> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(SILENCE_MAX))?;
    stream.set_write_timeout(Some(SILENCE_MAX))?;
    stream.write_all(&message(port, request))?;
    let mut reader = BufReader::new(stream);
    loop {
        let head = read_head(&mut reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = status_of(&head.first_line).ok_or(io::ErrorKind::InvalidData)?;
        if status < 200 {
            continue;
        }
        let has_body = request.method != "HEAD" && status != 204 && status != 304;
        let (body, is_whole) =
            if has_body { read_body(&mut reader, &head.headers) } else { (Vec::new(), true) };
        return Ok(Response { status, headers: head.headers, body, is_whole });
    }
}

fn message(port: u16, request: &Request<'_>) -> Vec<u8> {
    let host = match request.target.strip_prefix("http://") {
        Some(address) => address.split('/').next().unwrap_or_default().to_owned(),
        None => format!("127.0.0.1:{port}"),
    };
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        text.extend(["Host: ", &host, "\r\n"]);
    }
    text += "Connection: close\r\n";
    for (name, value) in request.headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    if !matches!(request.method, "GET" | "HEAD" | "DELETE") {
        text.extend(["Content-Length: ", &request.body.len().to_string(), "\r\n"]);
    }
    text += "\r\n";
    [text.as_bytes(), request.body].concat()
}

fn status_of(first_line: &str) -> Option<u16> {
    first_line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}

/// The first line and the headers of a message.
pub(crate) struct Head {
    pub(crate) first_line: String,
    pub(crate) headers: Headers,
}

/// The next head, or none where the connection ended before one began.
pub(crate) fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut limited = reader.take(HEAD_BYTES_MAX);
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        if limited.read_until(b'\n', &mut line)? == 0 {
            let began = !lines.is_empty();
            return if began { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(None) };
        }
        let line = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let mut lines = lines.into_iter();
    let first_line = lines.next().ok_or(io::ErrorKind::InvalidData)?;
    let headers = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    });
    Ok(Some(Head { first_line, headers: headers.collect() }))
}

/// The body that follows such a head, and whether it came whole.
fn read_body(reader: &mut impl BufRead, headers: &Headers) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    let coding = header(headers, "Transfer-Encoding").unwrap_or_default();
    if coding.eq_ignore_ascii_case("chunked") {
        let is_whole = read_chunks(reader, &mut body).unwrap_or(false);
        return (body, is_whole);
    }
    let length = header(headers, "Content-Length").and_then(|length| length.parse().ok());
    match length {
        Some(length) => {
            // A reset tells the same as an early end: what is missing.
            drop(reader.take(length).read_to_end(&mut body));
            let is_whole = body.len() as u64 == length;
            (body, is_whole)
        }
        None => {
            let is_whole = reader.read_to_end(&mut body).is_ok();
            (body, is_whole)
        }
    }
}

fn read_chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<bool> {
    loop {
        let mut line = String::new();
        reader.take(HEAD_BYTES_MAX).read_line(&mut line)?;
        let length = line.split(';').next().unwrap_or_default().trim();
        let Ok(length) = u64::from_str_radix(length, 16) else { return Ok(false) };
        if length == 0 {
            return Ok(true);
        }
        if reader.take(length).read_to_end(body)? as u64 != length {
            return Ok(false);
        }
        reader.take(2).read_to_end(&mut Vec::new())?;
    }
}

#[cfg(test)]
mod tests {
    use super::{Headers, read_body};

    fn body_of(name: &str, value: &str, wire: &[u8]) -> (Vec<u8>, bool) {
        let headers: Headers = vec![(name.to_owned(), value.to_owned())];
        read_body(&mut &wire[..], &headers)
    }

    #[test]
    fn chunks_are_put_together_and_a_missing_end_is_seen() {
        let wire = b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        assert_eq!(body_of("transfer-encoding", "chunked", wire), (b"abcde".to_vec(), true));
        for cut in 0..wire.len() - 4 {
            assert!(!body_of("Transfer-Encoding", "chunked", &wire[..cut]).1, "{cut}");
        }
    }

    #[test]
    fn body_shorter_than_its_length_is_seen() {
        assert_eq!(body_of("Content-Length", "3", b"abcd"), (b"abc".to_vec(), true));
        assert_eq!(body_of("content-length", "3", b"ab"), (b"ab".to_vec(), false));
        assert_eq!(body_of("X", "3", b"ab"), (b"ab".to_vec(), true));
    }
}
