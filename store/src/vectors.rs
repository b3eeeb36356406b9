//! Goal: every byte of format version 1 is what FORMAT.md says, today and for ever.
//! Method: the golden vectors of `vectors/v1/` are decoded and encoded again, byte-equal, and
//! then damaged in every way that one fault can do. They were made once from fixed seeds by
//! `vectors_are_generated_when_asked` (set `GLEANER_WRITE_VECTORS` to an empty folder).
//! What a user loses if it fails: the backups made by an earlier version.

mod damage;
mod fixtures;
mod known_answers;
mod published;
mod reencode;
mod swaps;
mod fields;
mod two_keys;

use reencode::{VECTORS, Vector};

/// Bytes of a vector: lines of hex, comments from `#` on.
fn parse(text: &str) -> Vec<u8> {
    let digits: String = text
        .lines()
        .filter_map(|line| line.split('#').next())
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    let byte = |pair: &[u8; 2]| {
        let pair = std::str::from_utf8(pair).unwrap();
        u8::from_str_radix(pair, 16).unwrap()
    };
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty(), "hex digits come in pairs");
    pairs.iter().map(byte).collect()
}

fn format(name: &str, bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = format!("# gleaner format version 1: {name}, {} bytes\n", bytes.len());
    for line in bytes.chunks(32) {
        for byte in line {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    text
}

impl Vector {
    fn bytes(&self) -> Vec<u8> {
        parse(self.hex)
    }
}

#[test]
fn every_vector_decodes_and_encodes_to_the_same_bytes() {
    for vector in VECTORS {
        let bytes = vector.bytes();
        let again = (vector.reencode)(&bytes);
        let again = again.unwrap_or_else(|defect| panic!("{}: {defect}", vector.name));
        assert!(again == bytes, "{} encodes differently", vector.name);
    }
}

#[test]
fn the_writer_still_makes_the_vectors_that_hold_no_compressed_bytes() {
    for vector in VECTORS.iter().filter(|vector| !vector.compressed) {
        assert!((vector.create)() == vector.bytes(), "{} is made differently", vector.name);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a generator that runs only when asked")]
fn vectors_are_generated_when_asked() {
    let Ok(folder) = std::env::var("GLEANER_WRITE_VECTORS") else { return };
    for vector in VECTORS {
        let path = std::path::Path::new(&folder).join(format!("{}.hex", vector.name));
        assert!(!path.exists(), "a vector never changes once it exists");
        std::fs::write(path, format(vector.name, &(vector.create)())).unwrap();
    }
}
