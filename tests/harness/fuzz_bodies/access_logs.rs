//! Goal: no line of an access log does harm, and what a client sends stays in its field.
//! Method: each parser over the input as a line; then over a line that a server would write for the
//! input as a path. If it fails: a client writes into the log that an object went to another.

use std::fmt::Write as _;

use gleaner_access::{Deed, LogFormat, LogLine, MemoryJournal, ObjectBook, ObjectRow, SourceId};

/// The line that is parsed, if there is one.
fn parsed(format: &LogFormat, line: &[u8]) -> Option<LogLine> {
    let found = format.parse(line).ok().flatten();
    if let Some(line) = &found {
        assert_eq!(line.client, line.client.to_canonical());
        assert!(line.user.as_ref().is_none_or(|user| !user.is_empty()));
    }
    found
}

/// A line of a web server with a text in it; the rest is as servers write it.
fn web_line(field: &str, value: &[u8]) -> Vec<u8> {
    let mut line = br#"{"time":"1.5","client":"192.0.2.7","user":"-","host":"h","#.to_vec();
    line.extend(br#""method":"GET","status":"200","bytes":"1","cache":"HIT","auth":"0",""#);
    line.extend_from_slice(field.as_bytes());
    line.extend_from_slice(b"\":\"");
    line.extend_from_slice(value);
    line.extend_from_slice(b"\"}");
    line
}

/// What a client sent is the key, and nothing else is other than the server wrote it.
fn is_only_key(format: &LogFormat, line: &[u8], key: &[u8]) {
    let line = parsed(format, line).expect("what a server writes is read");
    assert_eq!(line.key, key);
    assert_eq!((line.user, line.time_ns), (None, 1_500_000_000));
    assert_eq!(line.client, std::net::IpAddr::from([192, 0, 2, 7]));
}

/// A line of nginx.
///
/// # Panics
/// When a client gets out of its field.
pub fn log_nginx(input: &[u8]) {
    parsed(&LogFormat::Nginx, input);
    let mut quoted = Vec::new();
    for &byte in input {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', byte]),
            0..0x20 => quoted.extend(format!("\\u{byte:04X}").into_bytes()),
            _ => quoted.push(byte),
        }
    }
    is_only_key(&LogFormat::Nginx, &web_line("key", &quoted), input);
}

/// A line of Squid.
///
/// # Panics
/// When a client gets out of its field.
pub fn log_squid(input: &[u8]) {
    parsed(&LogFormat::Squid, input);
    let mut quoted = String::new();
    for &byte in input {
        if byte.is_ascii_alphanumeric() {
            quoted.push(byte.into());
        } else {
            write!(quoted, "%{byte:02X}").expect("a string takes all");
        }
    }
    is_only_key(&LogFormat::Squid, &web_line("key", quoted.as_bytes()), input);
}

/// A line of Apache.
///
/// # Panics
/// When a client gets out of its field.
pub fn log_apache(input: &[u8]) {
    let format = LogFormat::Apache { scheme: "http" };
    parsed(&format, input);
    let mut quoted = b"GET /".to_vec();
    for &byte in input {
        match byte {
            b'"' | b'\\' => quoted.extend([b'\\', byte]),
            b'\n' => quoted.extend(b"\\n"),
            0x0b => quoted.extend(b"\\v"),
            b' '..=b'~' => quoted.push(byte),
            _ => quoted.extend(format!("\\x{byte:02x}").into_bytes()),
        }
    }
    quoted.extend(b" HTTP/1.1");
    let line = parsed(&format, &web_line("request", &quoted)).expect("what a server writes");
    if input.contains(&b' ') {
        assert_eq!(line.deed, Deed::Nothing);
    } else {
        // A question mark alone is no query.
        let (begin, last) = input.split_at(input.len().saturating_sub(1));
        let path = if last == b"?" && !begin.contains(&b'?') { begin } else { input };
        assert_eq!(line.key, [b"http://h:80/", path].concat());
    }
}

/// A line of vsftpd.
///
/// # Panics
/// When a client gets out of its field.
pub fn log_vsftpd(input: &[u8]) {
    let format = LogFormat::vsftpd("UTC").expect("there is such a zone");
    parsed(&format, input);
    let shown = input.iter().map(|&byte| if (b' '..=b'~').contains(&byte) { byte } else { b'?' });
    let path: Vec<u8> = [b'/'].into_iter().chain(shown).collect();
    let begin = b"Thu Jan  1 00:00:01 1970 [pid 7] [ftp] OK UPLOAD: Client \"192.0.2.7\", \"";
    let line = [begin.as_slice(), &path, b"\", 5 bytes, 1.00Kbyte/sec"].concat();
    let line = parsed(&format, &line).expect("what a server writes is read");
    assert_eq!((line.key, line.bytes, line.time_ns), (path, Some(5), 1_000_000_000));
    assert_eq!(line.client, std::net::IpAddr::from([192, 0, 2, 7]));
    // A failure stays one, whatever path it is of.
    let shown =
        String::from_utf8_lossy(input).replace(|byte: char| !(' '..='~').contains(&byte), "?");
    for failure in [
        format!("[ftp] FAIL UPLOAD: Client \"192.0.2.7\", \"/{shown}\", 0.00Kbyte/sec"),
        format!("[{shown}] FAIL LOGIN: Client \"192.0.2.7\""),
    ] {
        let line = format!("Thu Jan  1 00:00:01 1970 [pid 7] {failure}");
        assert_eq!(parsed(&format, line.as_bytes()), None);
    }
}

/// A line of apt-cacher-ng.
///
/// # Panics
/// When it proves anything.
pub fn log_acng(input: &[u8]) {
    let line = parsed(&LogFormat::AptCacherNg, input);
    assert!(line.is_none_or(|line| line.deed == Deed::Nothing));
}

/// A row of an object.
///
/// # Panics
/// When a row has two readings.
pub fn object_row(input: &[u8]) {
    if let Ok(row) = ObjectRow::decode(input) {
        let again = row.encode().expect("a row that was read can be written");
        assert_eq!(ObjectRow::decode(&again).expect("and read"), row);
    }
}

/// CRC-32 as in the journal's records.
fn crc32(parts: &[&[u8]]) -> u32 {
    let bytes = parts.iter().copied().flatten();
    !bytes.fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

/// An agent's journal: the input as records, each behind its length u8, with right checksums.
///
/// # Panics
/// When what was read once is not read again.
pub fn agent_journal(input: &[u8]) {
    let mut journal = b"glnracj1".to_vec();
    let mut rest = input;
    while let Some((&length, after)) = rest.split_first() {
        let (payload, after) = after.split_at(usize::from(length).min(after.len()));
        rest = after;
        let length = u32::try_from(payload.len()).expect("a byte");
        journal.extend(length.to_le_bytes());
        journal.extend(crc32(&[&length.to_le_bytes(), payload]).to_le_bytes());
        journal.extend_from_slice(payload);
    }
    let memory = MemoryJournal::of(&journal);
    let open = || ObjectBook::open(Box::new(memory.clone()), SourceId::new(1), 1);
    let Ok(book) = open() else { return };
    let facts = |book: &ObjectBook| (book.len(), book.last_seq(), book.epoch());
    let found = facts(&book);
    drop(book);
    assert_eq!(facts(&open().expect("what was read once is read again")), found);
}
