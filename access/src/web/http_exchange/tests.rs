//! Goal: an answer is read as far as it is whole, and a server that sends nonsense, too much or
//! nothing costs what the caps say. Method: answers from memory, in pieces of every size, cut
//! everywhere. If it fails, half a body is taken for a whole one, or a cache hangs the agent.

use std::io::{Cursor, Read, Write};
use std::time::Duration;

use super::{Exchange, ExchangeRules, HttpTimeouts, exchange_over};
use crate::clock::SystemClock;
use crate::error::{Error, LimitKind, Reason};
use crate::limits::Limits;
use crate::seeded::Seeded;

/// Gives an answer in pieces, and takes any request.
struct Answering {
    answer: Cursor<Vec<u8>>,
    piece_bytes: usize,
}

impl Read for Answering {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let wanted = buffer.len().min(self.piece_bytes);
        self.answer.read(&mut buffer[..wanted])
    }
}

impl Write for Answering {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        Ok(buffer.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn with_exchange<T>(
    answer: &[u8],
    piece_bytes: usize,
    limits: &Limits,
    deadline_ns: u64,
    look: impl FnOnce(Result<Exchange<'_>, Error>) -> T,
) -> T {
    let timeouts = HttpTimeouts::default();
    let rules = ExchangeRules { timeouts: &timeouts, limits, clock: &SystemClock::new() };
    let connection = Answering { answer: Cursor::new(answer.to_vec()), piece_bytes };
    look(exchange_over(Box::new(connection), "GET / HTTP/1.1\r\n\r\n", rules, deadline_ns))
}

/// Status and body.
fn read(answer: &[u8], piece_bytes: usize) -> Result<(u16, Vec<u8>), Error> {
    with_exchange(answer, piece_bytes, &Limits::default(), u64::MAX, |exchange| {
        let exchange = exchange?;
        Ok((exchange.response.status, exchange.read_body(1 << 20)?))
    })
}

const LENGTH: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKS: &[u8] =
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n003\r\nllo\r\n0\r\n\r\n";
const CLOSE: &[u8] = b"HTTP/1.0 200 OK\r\n\r\nhello";
const INTERIM: &[u8] = b"HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello";

#[test]
fn body_comes_whole_in_every_framing_and_in_pieces_of_every_size() {
    for answer in [LENGTH, CHUNKS, CLOSE, INTERIM] {
        for piece_bytes in 1..=answer.len() {
            let (status, body) = read(answer, piece_bytes).unwrap();
            assert_eq!((status, body.as_slice()), (200, &b"hello"[..]), "{piece_bytes}");
        }
    }
    for empty in
        [&b"HTTP/1.1 504 No\r\nContent-Length: 0\r\n\r\nx"[..], b"HTTP/1.1 304 No\r\n\r\nx"]
    {
        assert_eq!(read(empty, 9).unwrap().1, b"");
    }
    // What follows the body is not part of it.
    assert_eq!(read(&[LENGTH, b"more"].concat(), 100).unwrap().1, b"hello");
}

#[test]
fn answer_cut_anywhere_is_refused() {
    for (answer, body_is_whole_at) in [(LENGTH, LENGTH.len()), (CHUNKS, CHUNKS.len() - 2)] {
        for len in 0..body_is_whole_at - 1 {
            assert!(read(&answer[..len], 7).is_err(), "{len}");
        }
    }
}

#[test]
fn chunks_that_are_none_are_refused() {
    for chunks in [
        "x\r\n",
        "\r\n",
        "-1\r\nh",
        "2\r\nhello\r\n0\r\n",
        "11111111111111111\r\n",
        "+2\r\nhe\r\n0\r\n",
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        assert_eq!(read(answer.as_bytes(), 100).unwrap_err().reason(), Reason::Corrupt, "{chunks}");
    }
    let line = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}", "0".repeat(9000));
    assert_eq!(read(line.as_bytes(), 100).unwrap_err().reason(), Reason::Corrupt);
    let other = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n";
    assert_eq!(read(other, 100).unwrap_err().reason(), Reason::Unsupported);
}

#[test]
fn caps_on_header_body_and_time_are_kept() {
    let limit = |limits: &Limits, deadline_ns, bytes_max| {
        with_exchange(LENGTH, 100, limits, deadline_ns, |exchange| {
            let read = exchange.and_then(|exchange| exchange.read_body(bytes_max));
            match read {
                Err(Error::Limit(kind)) => Some(kind),
                other => {
                    assert_eq!(other.unwrap(), b"hello");
                    None
                }
            }
        })
    };
    let limits = Limits::default();
    assert_eq!(limit(&limits, u64::MAX, 5), None);
    assert_eq!(limit(&limits, u64::MAX, 4), Some(LimitKind::ObjectBytes));
    assert_eq!(limit(&limits, 0, 5), Some(LimitKind::DecodeTime));
    let small = Limits { object_bytes: 4, ..Limits::default() };
    assert_eq!(limit(&small, u64::MAX, 5), Some(LimitKind::ObjectBytes));
    let header = Limits { header_block_bytes: 20, ..Limits::default() };
    assert_eq!(limit(&header, u64::MAX, 5), Some(LimitKind::Header));
    let endless = [b"HTTP/1.1 200 OK\r\n".as_slice(), &b"A: b\r\n".repeat(20_000)].concat();
    let refused = read(&endless, 1000).unwrap_err();
    assert!(matches!(refused, Error::Limit(LimitKind::Header)));
    let interim = b"HTTP/1.1 100 Go on\r\n\r\n".repeat(100);
    assert_eq!(read(&interim, 1000).unwrap_err().reason(), Reason::Corrupt);
}

#[test]
fn changed_bytes_never_panic() {
    let mut random = Seeded::new(6);
    for _ in 0..30_000 {
        let mut answer = CHUNKS.to_vec();
        random.flip(&mut answer);
        if let Ok((_, body)) = read(&answer, 10) {
            assert!(body.len() < answer.len());
        }
    }
}

#[test]
fn defaults_are_those_of_the_specification() {
    let HttpTimeouts { connect, silence, whole } = HttpTimeouts::default();
    assert_eq!((connect, silence), (Duration::from_secs(2), Duration::from_secs(10)));
    assert!(whole > silence);
}
