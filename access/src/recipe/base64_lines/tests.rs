//! Goal: a byte of an attachment is read at its place, without decoding what is before it.
//! Method: encodings of every shape against the decoded bytes; those that are not of one shape.
//! What a user loses if it fails: wrong bytes are offered for a chunk, and refused by their hash.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::budget::Budget;
use super::super::test_inputs::SteppingClock;
use super::Base64Lines;
use crate::body::Body;
use crate::limits::Limits;

fn encode(bytes: &[u8], letters: usize, line_break: &str) -> Vec<u8> {
    let text = STANDARD.encode(bytes).into_bytes();
    let lines: Vec<&[u8]> = text.chunks(letters).collect();
    lines.join(line_break.as_bytes())
}

fn find(encoded: &[u8]) -> Option<Base64Lines<&[u8]>> {
    let (limits, clock) = (Limits::default(), SteppingClock::default());
    Base64Lines::find(encoded, &Budget::new(&limits, &clock)).unwrap()
}

fn read(lines: &Base64Lines<&[u8]>, from: usize, len: usize) -> Vec<u8> {
    let mut out = vec![0; len];
    let result = lines.read_exact_at(from as u64, &mut out);
    assert!(result.is_ok(), "{from}+{len} of {}: {result:?}", lines.len);
    out
}

#[test]
fn every_byte_has_its_place() {
    for (letters, line_break) in [(4, "\n"), (8, "\r\n"), (76, "\r\n"), (76, "\n"), (64, "\n")] {
        for len in 0..700 {
            let bytes: Vec<u8> = (0..=255).cycle().take(len).map(|n: u8| n ^ 0x5a).collect();
            for end in ["", line_break, "\n\r\n"] {
                let mut encoded = encode(&bytes, letters, line_break);
                let has_break = encoded.contains(&b'\n');
                encoded.extend_from_slice(end.as_bytes());
                let Some(lines) = find(&encoded) else {
                    // Only a text of one line has no shape of its own.
                    let is_one_line = !has_break && !end.starts_with(line_break);
                    let is_short = encoded.iter().position(|&b| b == b'\n').is_none();
                    assert!(is_one_line || is_short || bytes.len() < letters, "{len} {letters}");
                    continue;
                };
                assert_eq!(lines.len(), len as u64, "{letters} {end:?}");
                for from in [0, 1, len / 3, len / 2, len.saturating_sub(1), len] {
                    let from = from.min(len);
                    for part in [0, 1, (len - from) / 2, len - from] {
                        let part = part.min(len - from);
                        assert_eq!(read(&lines, from, part), &bytes[from..from + part]);
                    }
                }
            }
        }
    }
}

#[test]
fn other_shapes_are_left_to_the_decoder() {
    let bytes: Vec<u8> = (0..=255).cycle().take(4000).collect();
    let regular = encode(&bytes, 76, "\r\n");
    assert!(find(&regular).is_some());
    let with = |at: usize, byte: u8| {
        let mut changed = regular.clone();
        changed[at] = byte;
        changed
    };
    let last_line = regular.len() / 78 * 78;
    let odd = encode(&bytes, 75, "\r\n");
    for irregular in [
        b"".to_vec(),
        b"YWJj".to_vec(),
        odd,
        with(10, b' '),
        with(100, b'\t'),
        with(100, b'='),
        with(76, b'A'),
        with(77, b'\r'),
        with(last_line + 1, b' '),
        [regular.as_slice(), b"\r\nYWJj"].concat(),
        [regular.as_slice(), b"\r\n\r\nYWJj"].concat(),
        [regular.as_slice(), &[b'\n'; 200], b"YWJj"].concat(),
        [b"\r\n", regular.as_slice()].concat(),
    ] {
        assert!(find(&irregular).is_none(), "{}", String::from_utf8_lossy(&irregular));
    }
}

#[test]
fn bytes_that_changed_after_the_check_are_no_quiet_end() {
    let regular = encode(&[7; 4000], 76, "\n");
    let lines = find(&regular).unwrap();
    let cut = Base64Lines {
        body: &regular[..2000],
        letters: lines.letters,
        stride: lines.stride,
        encoded_len: lines.encoded_len,
        len: lines.len,
    };
    assert!(cut.read_exact_at(0, &mut vec![0; 4000]).is_err());
}
