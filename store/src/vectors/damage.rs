//! One fault at a time: a flipped bit, a missing tail, surplus bytes.

use super::reencode::{VECTORS, Vector};

#[test]
fn every_flipped_bit_is_damage_and_never_a_newer_version() {
    for vector in VECTORS.iter().filter(|vector| vector.self_checking) {
        let mut bytes = vector.bytes();
        for position in 0..bytes.len() * 8 {
            flip(&mut bytes, position);
            let defect = (vector.reencode)(&bytes).expect_err(vector.name);
            let Vector { name, .. } = vector;
            assert!(!defect.is_newer(), "{name}: bit {position} reads as {defect}");
            flip(&mut bytes, position);
        }
    }
}

fn flip(bytes: &mut [u8], position: usize) {
    bytes[position / 8] ^= 1 << (position % 8);
}

#[test]
fn every_zeroed_or_saturated_byte_is_refused() {
    for vector in VECTORS.iter().filter(|vector| vector.self_checking) {
        let bytes = vector.bytes();
        for position in 0..bytes.len() {
            for value in [0, 0xff] {
                let mut damaged = bytes.clone();
                damaged[position] = value;
                let refused = (vector.reencode)(&damaged).is_err();
                let Vector { name, .. } = vector;
                assert!(refused || damaged == bytes, "{name}: {value:#x} at {position}");
            }
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    for vector in VECTORS {
        let bytes = vector.bytes();
        // An empty tree stream is an empty tree.
        let shortest = usize::from(vector.name == "tree_stream");
        for length in shortest..bytes.len() {
            let defect = (vector.reencode)(&bytes[..length]).expect_err(vector.name);
            assert!(!defect.is_newer(), "{}: {length} bytes read as {defect}", vector.name);
        }
    }
}

#[test]
fn bytes_after_the_end_are_refused() {
    for vector in VECTORS {
        for surplus in [&[0][..], &[0xff], &[0; 200]] {
            let bytes = [&vector.bytes(), surplus].concat();
            assert!((vector.reencode)(&bytes).is_err(), "{} takes {surplus:?}", vector.name);
        }
    }
}

#[test]
fn a_flipped_bit_of_a_stream_is_refused_or_has_one_encoding() {
    for vector in VECTORS.iter().filter(|vector| !vector.self_checking) {
        let mut bytes = vector.bytes();
        for position in 0..bytes.len() * 8 {
            flip(&mut bytes, position);
            if let Ok(again) = (vector.reencode)(&bytes) {
                assert!(again == bytes, "{}: bit {position} has two encodings", vector.name);
            }
            flip(&mut bytes, position);
        }
    }
}
