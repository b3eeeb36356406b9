//! The transfer log of apt-cacher-ng: `epoch|O|bytes|client|host/path`.
//!
//! Its lines prove nothing. The server writes paths decoded, so that whoever asks for `%0a` writes
//! a line of his own into the log (seen in 3.7.4), and a line tells neither 200 from 206 and 304,
//! nor GET from HEAD. A package cache is declared public, or not used.

use super::log_line::{Deed, LogLine};
use super::number;
use crate::error::Error;

/// A line of the log; `None` for what came from an origin and for what failed.
pub(super) fn parse(line: &[u8]) -> Result<Option<LogLine>, Error> {
    const FAULT: Error = Error::Corrupt("not five fields");
    let mut fields = line.splitn(5, |&byte| byte == b'|');
    let mut next = || fields.next().ok_or(FAULT);
    let (time, kind, bytes, client, path) = (next()?, next()?, next()?, next()?, next()?);
    let time_ns = number::seconds(time)?;
    let bytes = number::decimal(bytes).ok_or(Error::Corrupt("a length that is none"))?;
    match kind {
        b"O" => {}
        b"I" | b"E" => return Ok(None),
        _ => return Err(Error::Corrupt("a direction that is none")),
    }
    let at = path.iter().position(|&byte| byte == b'/').unwrap_or(path.len());
    Ok(Some(LogLine {
        time_ns,
        client: number::address(client)?,
        user: None,
        host: path.get(..at).unwrap_or_default().to_vec(),
        key: path.to_vec(),
        method: Vec::new(),
        status: None,
        bytes: Some(bytes),
        cache: Vec::new(),
        carries_credentials: false,
        deed: Deed::Nothing,
    }))
}
