//! Goal: of a log of Squid's every sound record is read, and nothing behind one that is not.
//! Method: the log of a real Squid against its table; one record with every field at its edges, cut
//! at every length, with bytes changed at random.
//! If it fails: objects are missed, or taken for complete while they grow.

use super::{RECORD_BYTES, SwapOp, SwapRecord, SwapRecords, check_swap_state_header, checksum};
use crate::error::{Error, Reason};
use crate::seeded::Seeded;

const LOG: &[u8] = include_bytes!("../../../tests/samples/squid/swap.state");

/// A record as Squid writes it.
pub(crate) fn record(op: u8, file_number: i32, file_bytes: u64, key: [u8; 16]) -> Vec<u8> {
    let mut record = vec![0; RECORD_BYTES];
    record[0] = op;
    record[4..8].copy_from_slice(&file_number.to_le_bytes());
    record[8..16].copy_from_slice(&1_795_317_009_i64.to_le_bytes());
    record[32..40].copy_from_slice(&(-1_i64).to_le_bytes());
    record[40..48].copy_from_slice(&file_bytes.to_le_bytes());
    record[52..68].copy_from_slice(&key);
    seal(&mut record);
    record
}

fn seal(record: &mut [u8]) {
    let file_number = i32::from_le_bytes(record[4..8].try_into().unwrap());
    let file_bytes = u64::from_le_bytes(record[40..48].try_into().unwrap());
    let sum = i64::from(file_number).cast_unsigned();
    let sum = sum.wrapping_add(file_bytes >> 32).wrapping_add(file_bytes & 0xffff_ffff);
    record[1..4].copy_from_slice(&checksum(sum));
}

pub(crate) fn header() -> Vec<u8> {
    let mut header = vec![0; RECORD_BYTES];
    header[..12].copy_from_slice(&[3, 0xb5, 0xff, 0xff, 2, 0, 0, 0, 72, 0, 0, 0]);
    header
}

fn records(log: &[u8]) -> (Vec<SwapRecord>, Option<Error>) {
    let mut read = Vec::new();
    for record in SwapRecords::new(log) {
        match record {
            Ok(record) => read.push(record),
            Err(error) => return (read, Some(error)),
        }
    }
    (read, None)
}

#[test]
fn log_of_squid_is_what_its_table_says() {
    check_swap_state_header(LOG).unwrap();
    let (read, error) = records(&LOG[RECORD_BYTES..]);
    assert!(error.is_none());
    let numbers: Vec<_> = read.iter().map(|record| record.file_number).collect();
    assert_eq!(numbers, [2, 3, 4, 5, 7, 6, 8, 10, 0, 9, 11, 12, 13, 14]);
    let bytes: Vec<_> = read.iter().map(|record| record.file_bytes).collect();
    let expected = [
        30_375, 20_363, 370, 700_402, 73_525, 339, 14_238, 625, 50_399, 340, 625, 412, 415,
        2_500_406,
    ];
    assert_eq!(bytes, expected);
    assert!(read.iter().all(|record| record.op == SwapOp::Add));
    let small = read[11];
    assert_eq!((small.timestamp_s, small.expires_s), (1_795_317_073, 1_795_320_673));
    assert_eq!((small.last_modified_s, small.flags), (Some(1_700_000_000), 0x0440));
    assert_eq!(small.key[..4], [0xae, 0x7e, 0xda, 0xc1]);
}

#[test]
fn header_of_another_squid_is_unsupported_and_half_a_header_is_waited_for() {
    check_swap_state_header(&header()).unwrap();
    for len in 0..RECORD_BYTES {
        let refused = check_swap_state_header(&header()[..len]).unwrap_err();
        assert_eq!(refused.reason(), Reason::Busy, "{len}");
    }
    for (at, wrong, reason) in [
        (0, 1, Reason::Unsupported),
        (4, 1, Reason::Unsupported),
        (4, 3, Reason::Unsupported),
        (8, 71, Reason::Unsupported),
        (8, 73, Reason::Unsupported),
        (11, 0xff, Reason::Unsupported),
        (1, 0xb4, Reason::Corrupt),
    ] {
        let mut header = header();
        header[at] = wrong;
        let refused = check_swap_state_header(&header).unwrap_err();
        assert_eq!(refused.reason(), reason, "{at}");
    }
}

#[test]
fn half_a_record_is_left_for_later() {
    let log = [record(1, 7, 100, [1; 16]), record(2, 7, 100, [1; 16])].concat();
    for len in 0..=log.len() {
        let mut reading = SwapRecords::new(&log[..len]);
        let read = reading.by_ref().flatten().count();
        assert_eq!((read, reading.rest_bytes()), (len / RECORD_BYTES, len % RECORD_BYTES), "{len}");
    }
}

#[test]
fn nothing_is_read_behind_a_bad_record() {
    let mut bad = record(1, 8, 100, [2; 16]);
    bad[1] ^= 1;
    let log = [record(1, 7, 100, [1; 16]), bad, record(1, 9, 100, [3; 16])].concat();
    let (read, error) = records(&log);
    assert_eq!((read.len(), error.unwrap().reason()), (1, Reason::Corrupt));
    assert_eq!(SwapRecords::new(&log[RECORD_BYTES..]).count(), 1);
}

#[test]
fn file_numbers_and_sizes_at_their_edges_are_read_or_refused() {
    let parse = |op, number, bytes| {
        let record = record(op, number, bytes, [1; 16]);
        SwapRecord::parse(record.as_slice().try_into().unwrap())
    };
    for (number, bytes) in [(0, 0), (1, 1), (0x00ff_ffff, u64::MAX), (5, u64::from(u32::MAX))] {
        let read = parse(1, number, bytes).unwrap();
        assert_eq!((i64::from(read.file_number), read.file_bytes), (i64::from(number), bytes));
        assert_eq!(read.last_modified_s, None);
    }
    for number in [-1, i32::MIN, 0x0100_0000, i32::MAX] {
        assert!(parse(1, number, 1).is_err(), "{number}");
    }
    for op in [0, 3, 4, 255] {
        assert!(parse(op, 1, 1).is_err(), "{op}");
    }
    assert_eq!(parse(2, 1, 1).unwrap().op, SwapOp::Delete);
}

#[test]
fn checksum_is_squids() {
    assert_eq!(checksum(74), [0xb5, 0xff, 0xff]);
    assert_eq!(checksum(0), [0xff; 3]);
    assert_eq!(checksum(0x0100_0000), [0xfe, 0xff, 0xff]);
    assert_eq!(checksum(u64::MAX).len(), 3);
}

#[test]
fn changed_number_or_size_is_seen() {
    let mut random = Seeded::new(4);
    for _ in 0..100_000 {
        let mut log = LOG.to_vec();
        let at = random.below(log.len());
        log[at] ^= 1 << random.below(8);
        let (read, error) = records(&log[RECORD_BYTES..]);
        let (place, field) = (at / RECORD_BYTES, at % RECORD_BYTES);
        if place > 0 && ((1..8).contains(&field) || (40..48).contains(&field)) {
            assert_eq!((read.len(), error.is_some()), (place - 1, true), "{at}");
        }
    }
}
