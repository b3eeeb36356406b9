//! The transfer log of vsftpd, in its own form.
//!
//! A line is `Sun Nov 22 03:14:43 2026 [pid 7] [name] OK DOWNLOAD: Client "address", "path",
//! 5 bytes, 1.00Kbyte/sec`, or `OK UPLOAD`; `, 5 bytes` is missing for an empty file. The key is
//! the path. Nothing in a path is quoted, so it is what stands between a beginning that a client
//! cannot write and an end that must be the line's. What is not printable ASCII became `?`.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::log_line::{Amount, Deed, LogLine};
use super::number;
use crate::error::Error;

/// Names that need no password.
const ANONYMOUS: [&[u8]; 2] = [b"ftp", b"anonymous"];

/// A line of the log; `None` for one that tells of no transfer that succeeded. The time is that of
/// `zone`; one that a change of the clocks makes happen twice says nothing and is refused.
pub(super) fn parse(line: &[u8], zone: &TimeZone) -> Result<Option<LogLine>, Error> {
    // A line of a connection or of a failure says nothing that this crate uses, but its form must
    // be right: it may be the log of another server.
    let (time, rest) = line.split_at_checked(24).ok_or(Error::Corrupt("a short line"))?;
    let time_ns = local_time(time, zone)?;
    let rest = rest.strip_prefix(b" [pid ").ok_or(Error::Corrupt("no process"))?;
    let (_, rest) = until(rest, b"] ").ok_or(Error::Corrupt("no process"))?;
    let Some(rest) = rest.strip_prefix(b"[") else { return Ok(None) };
    let Some((user, rest)) = until(rest, b"] ") else { return Ok(None) };
    let (is_upload, rest) = match rest {
        [b'O', b'K', b' ', b'D', b'O', b'W', b'N', b'L', b'O', b'A', b'D', rest @ ..] => {
            (false, rest)
        }
        [b'O', b'K', b' ', b'U', b'P', b'L', b'O', b'A', b'D', rest @ ..] => (true, rest),
        _ => return Ok(None),
    };
    let Some(rest) = rest.strip_prefix(b": Client \"") else { return Ok(None) };
    let Some((client, rest)) = until(rest, b"\", \"") else { return Ok(None) };
    let Some((path, bytes)) = path_and_bytes(rest) else { return Ok(None) };
    let amount = Amount::Bytes(bytes);
    let deed = match (names_one_file(path), is_upload) {
        (false, _) => Deed::Nothing,
        (true, true) => Deed::Uploaded(amount),
        (true, false) => Deed::Served(amount),
    };
    let is_somebody = !user.is_empty() && !ANONYMOUS.contains(&user);
    Ok(Some(LogLine {
        time_ns,
        client: number::address(client)?,
        user: is_somebody.then(|| user.to_vec()),
        host: Vec::new(),
        key: path.to_vec(),
        method: Vec::new(),
        status: None,
        bytes: Some(bytes),
        cache: Vec::new(),
        carries_credentials: is_somebody,
        deed,
    }))
}

/// What stands before the first `end`, and what after it.
fn until<'a>(text: &'a [u8], end: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memchr::memmem::find(text, end)?;
    Some((text.get(..at)?, text.get(at.checked_add(end.len())?..)?))
}

/// What stands before the last `begin`, and what after it.
fn before_last<'a>(text: &'a [u8], begin: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memchr::memmem::rfind(text, begin)?;
    Some((text.get(..at)?, text.get(at.checked_add(begin.len())?..)?))
}

/// The path and the bytes of `path", 5 bytes, 1.00Kbyte/sec`, read from its end.
fn path_and_bytes(text: &[u8]) -> Option<(&[u8], u64)> {
    let text = text.strip_suffix(b"Kbyte/sec")?;
    let (text, rate) = before_last(text, b", ")?;
    let (whole, decimals) = until(rate, b".")?;
    number::decimal(whole).and(number::decimal(decimals))?;
    if let Some(path) = text.strip_suffix(b"\"") {
        return Some((path, 0));
    }
    let (path, bytes) = before_last(text, b"\", ")?;
    Some((path, number::decimal(bytes.strip_suffix(b" bytes")?)?))
}

/// Whether a path names one file and no other: absolute, without `.` and `..`, which links make
/// ambiguous, and without `?`, which stands for any byte.
fn names_one_file(path: &[u8]) -> bool {
    let Some(path) = path.strip_prefix(b"/") else { return false };
    let is_plain = |name: &[u8]| !matches!(name, b"" | b"." | b"..") && !name.contains(&b'?');
    path.split(|&byte| byte == b'/').all(is_plain)
}

fn local_time(text: &[u8], zone: &TimeZone) -> Result<i64, Error> {
    const FAULT: Error = Error::Corrupt("a time that is none");
    let text = str::from_utf8(text).map_err(|_| FAULT)?;
    let time = DateTime::strptime("%a %b %e %H:%M:%S %Y", text).map_err(|_| FAULT)?;
    let stamp = zone.to_ambiguous_timestamp(time).unambiguous();
    let stamp = stamp.map_err(|_| Error::Corrupt("a local time that is no single one"))?;
    i64::try_from(stamp.as_nanosecond()).map_err(|_| FAULT)
}
