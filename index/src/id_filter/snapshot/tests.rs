//! Goal: a snapshot comes back as the filter that was written, or is refused with a defect: a
//! filter with a bit too few would know stored chunks for novel.
//! Method: a filter of a few blocks, cut at every byte, extended, each bit flipped; then sizes that
//! lie, under a digest that does not.

use std::io::{self, Read, Write};

use super::{
    DIGEST_BYTES, HEAD_BYTES, IdFilter, PIECE_BYTES, SEGMENTS_MAX, SnapshotDefect, SnapshotHeader,
};
use crate::conformance::Seeded;

const HEADER: SnapshotHeader =
    SnapshotHeader { repository_id: [0xa5; 32], next_ordinal: 1 << 39, generation: 77 };

fn filter(capacity: u64, count: u64) -> IdFilter {
    let mut seeded = Seeded::new(1);
    let mut filter = IdFilter::of_one_segment(capacity);
    while filter.keys() < count {
        let [key, _] = seeded.bytes().as_chunks::<16>().0.try_into().unwrap();
        filter.insert(&key);
    }
    filter
}

fn written(filter: &IdFilter) -> Vec<u8> {
    let mut bytes = Vec::new();
    filter.write_snapshot(&mut bytes, HEADER).unwrap();
    bytes
}

fn read(mut bytes: &[u8]) -> Result<(SnapshotHeader, IdFilter), SnapshotDefect> {
    let length = bytes.len() as u64;
    IdFilter::read_snapshot(&mut bytes, length)
}

/// Puts the right digest behind bytes that were changed.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() - DIGEST_BYTES);
    let digest = blake3::hash(&bytes);
    bytes.extend(digest.as_bytes());
    bytes
}

fn with_number(filter: &IdFilter, at: usize, number: u64) -> Vec<u8> {
    let mut bytes = written(filter);
    bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
    sealed(bytes)
}

#[test]
fn snapshot_comes_back_and_goes_on_growing() {
    for (capacity, count) in [(1, 0), (1, 1), (64, 63), (64, 64), (64, 65), (64, 300)] {
        let mut filter = filter(capacity, count);
        let (header, mut back) = read(&written(&filter)).unwrap();
        assert_eq!((header, &back), (HEADER, &filter));
        for number in 0..200 {
            let key = Seeded::new(number).bytes().as_chunks::<16>().0[0];
            assert_eq!(back.insert(&key), filter.insert(&key));
        }
        assert_eq!(back, filter);
    }
}

#[test]
fn snapshot_of_several_pieces_comes_back() {
    let filter = filter(1 << 20, 1_600_000);
    let bytes = written(&filter);
    assert!(bytes.len() > 3 * PIECE_BYTES && !bytes.len().is_multiple_of(PIECE_BYTES));
    let (header, back) = read(&bytes).unwrap();
    assert_eq!((header, back), (HEADER, filter));
}

#[test]
fn snapshot_is_laid_out_as_documented() {
    let bytes = written(&filter(64, 70));
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    assert_eq!(bytes[..16], *b"GLEANFLT\x01\0\0\0\x02\0\0\0");
    assert_eq!((&bytes[16..48], number(48), number(56)), (&[0xa5; 32][..], 1 << 39, 77));
    assert_eq!([64, 72, 80].map(number), [64, 64, 16], "two blocks of 16 bits a key");
    assert_eq!([88, 96, 104].map(number), [32, 6, 8]);
    assert_eq!(bytes.len(), 64 + 2 * 24 + 3 * 64 + 32);
}

#[test]
fn snapshot_cut_anywhere_is_refused() {
    let bytes = written(&filter(64, 70));
    for length in 0..bytes.len() {
        let cut = read(&bytes[..length]);
        assert!(matches!(cut, Err(SnapshotDefect::Length { .. })), "{length}: {cut:?}");
        // A file that shrinks while it is read.
        let shrunk = IdFilter::read_snapshot(&mut &bytes[..length], bytes.len() as u64);
        assert!(matches!(shrunk, Err(SnapshotDefect::Io(_))), "{length}: {shrunk:?}");
    }
}

#[test]
fn snapshot_extended_is_refused() {
    let bytes = written(&filter(64, 70));
    for more in [1, 8, 63, 64, 65, 1000] {
        let extended = read(&[&bytes[..], &vec![0; more]].concat());
        assert!(matches!(extended, Err(SnapshotDefect::Length { .. })), "{more}: {extended:?}");
    }
}

#[test]
fn snapshot_with_any_bit_flipped_is_refused() {
    let bytes = written(&filter(64, 70));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            let defect = read(&flipped).expect_err("a flipped bit");
            let is_expected = match at {
                0..8 => matches!(defect, SnapshotDefect::Magic),
                8..12 => matches!(defect, SnapshotDefect::Version { supported: 1, .. }),
                12..16 | 64..112 => !matches!(defect, SnapshotDefect::Io(_)),
                _ => matches!(defect, SnapshotDefect::Digest),
            };
            assert!(is_expected, "byte {at}, bit {bit}: {defect:?}");
        }
    }
}

#[test]
fn sizes_that_cannot_be_are_refused_before_memory_is_taken() {
    let filter = filter(64, 70);
    let count_at = 12;
    for count in [0, SEGMENTS_MAX + 1, u32::MAX] {
        let mut bytes = written(&filter);
        bytes[count_at..count_at + 4].copy_from_slice(&count.to_le_bytes());
        let found = read(&sealed(bytes));
        assert!(matches!(found, Err(SnapshotDefect::SegmentCount { found }) if found == count));
    }
    let [first, second] = [HEAD_BYTES, HEAD_BYTES + 24];
    // Offset of the number, its false value, the segment that is refused.
    let lies = [
        (first, 63, 0),
        (first, u64::MAX, 0),
        (first + 8, 63, 0),
        (first + 8, 65, 0),
        (first + 16, 0, 0),
        (first + 16, 17, 0),
        (first + 16, 24, 0),
        (first + 16, u64::MAX, 0),
        (second, 0, 1),
        (second + 8, 33, 1),
    ];
    for (at, number, expected) in lies {
        let found = read(&with_number(&filter, at, number));
        let is_refused =
            matches!(found, Err(SnapshotDefect::SegmentShape { segment }) if segment == expected);
        assert!(is_refused, "{number} at {at}: {found:?}");
    }
    // A shape that can be, of more bytes than there are.
    let mut bytes = with_number(&filter, first, 1 << 40);
    for (at, number) in [(8, 1 << 40), (16, (1 << 40) * 16 / 64)] {
        bytes[first + at..first + at + 8].copy_from_slice(&u64::to_le_bytes(number));
    }
    assert!(matches!(read(&sealed(bytes)), Err(SnapshotDefect::Length { .. })));
}

#[test]
fn errors_of_the_medium_are_passed_on() {
    struct Broken;
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::TimedOut.into())
        }
    }
    let refused = filter(64, 70).write_snapshot(&mut Broken, HEADER).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
    let refused = IdFilter::read_snapshot(&mut Broken, 10_000);
    assert!(
        matches!(refused, Err(SnapshotDefect::Io(error)) if error.kind() == io::ErrorKind::TimedOut)
    );
}
