//! Goal: cut points never change. Method: the `fastcdc` crate for the public table, the plain form
//! for derived tables, vectors on disk for both. If a cut moves, nothing deduplicates against what
//! was stored before and repositories silently grow.

use std::fmt::Write as _;

use fastcdc::v2020::FastCDC;
use proptest::prelude::*;

use super::*;
use crate::reference::reference_cut;
use crate::seeded::Seeded;

const PRESETS: [ChunkerParams; 3] =
    [ChunkerParams::DEFAULT, ChunkerParams::FINE, ChunkerParams::LARGE];

fn public(params: ChunkerParams) -> Chunker {
    Chunker::new(params, GearTable::public()).expect("valid")
}

/// Lengths by every form that this processor can run, which must agree.
fn lengths(chunker: &Chunker, data: &[u8]) -> Vec<usize> {
    let lengths = lengths_of_one(chunker, data);
    if let Method::FastCdc { scan, .. } = &chunker.method {
        for form in ScanForm::available() {
            let table = scan.table().clone();
            let other = Chunker::with_scan_form(chunker.params, table, form).expect("available");
            assert_eq!(other.scan_form(), Some(form));
            assert_eq!(lengths_of_one(&other, data), lengths, "{form:?} {}", chunker.params);
        }
    }
    lengths
}

fn lengths_of_one(chunker: &Chunker, data: &[u8]) -> Vec<usize> {
    let ranges: Vec<_> = chunker.cuts(data).collect();
    let mut end = 0;
    for range in &ranges {
        assert_eq!(range.start, end, "ranges follow each other");
        end = range.end;
    }
    assert_eq!(end, data.len(), "ranges cover the stream");
    ranges.iter().map(ExactSizeIterator::len).collect()
}

fn crate_lengths(params: ChunkerParams, data: &[u8]) -> Vec<usize> {
    let ChunkerParams::FastCdc { min, avg, max, level } = params else { panic!("not fastcdc") };
    let sizes = (min as usize, avg as usize, max as usize);
    FastCDC::with_level(data, sizes.0, sizes.1, sizes.2, normalization(level))
        .map(|chunk| chunk.length)
        .collect()
}

fn reference_lengths(params: ChunkerParams, table: &GearTable, mut data: &[u8]) -> Vec<usize> {
    let mut lengths = Vec::new();
    while !data.is_empty() {
        lengths.push(reference_cut(params, table, data));
        data = &data[lengths[lengths.len() - 1]..];
    }
    lengths
}

fn with_level(params: ChunkerParams, level: u8) -> ChunkerParams {
    let ChunkerParams::FastCdc { min, avg, max, .. } = params else { panic!("not fastcdc") };
    ChunkerParams::FastCdc { min, avg, max, level }
}

#[test]
fn cuts_equal_the_crate_on_random_data() {
    let data = Seeded::new(1).bytes(20 << 20);
    for preset in PRESETS {
        for level in 0..=3 {
            let params = with_level(preset, level);
            let ours = lengths(&public(params), &data);
            assert!(ours.len() > 5, "{params}: {} chunks", ours.len());
            assert_eq!(ours, crate_lengths(params, &data), "{params}");
            assert_eq!(ours, reference_lengths(params, &GearTable::public(), &data), "{params}");
        }
    }
}

#[test]
fn cuts_equal_the_crate_around_every_size_limit() {
    let seed = 2;
    let random = Seeded::new(seed).bytes(17 << 20);
    let zeros = vec![0; 17 << 20];
    let table = GearTable::public();
    for preset in PRESETS {
        let ChunkerParams::FastCdc { min, avg, max, .. } = preset else { panic!("a preset") };
        for level in 0..=3 {
            let params = with_level(preset, level);
            let chunker = public(params);
            for limit in [0, min, avg, max, min + avg, min + max] {
                let limit = limit as usize;
                for count in [limit.saturating_sub(2), limit.saturating_sub(1), limit, limit + 1] {
                    for data in [&random[..count], &zeros[..count]] {
                        let ours = lengths(&chunker, data);
                        assert_eq!(ours, crate_lengths(params, data), "{params} {count}");
                        let plain = reference_lengths(params, &table, data);
                        assert_eq!(ours, plain, "{params} {count} seed {seed}");
                    }
                }
            }
        }
    }
}

#[test]
fn empty_stream_has_no_chunks() {
    for params in [ChunkerParams::DEFAULT, ChunkerParams::Fixed { bytes: 512 }] {
        let chunker = public(params);
        assert_eq!(chunker.cut(&[]), 0);
        assert_eq!(chunker.cut_settled(&[]), None);
        assert_eq!(chunker.cuts(&[]).next(), None);
    }
}

#[test]
fn fixed_chunks_have_one_length_but_for_the_last() {
    let chunker = public(ChunkerParams::Fixed { bytes: 1000 });
    assert_eq!(lengths(&chunker, &[0; 999]), [999]);
    assert_eq!(lengths(&chunker, &[0; 1000]), [1000]);
    assert_eq!(lengths(&chunker, &[0; 1001]), [1000, 1]);
    assert_eq!(lengths(&chunker, &[0; 3000]), [1000, 1000, 1000]);
    assert_eq!(chunker.cut_settled(&[0; 999]), None);
    assert_eq!(chunker.cut_settled(&[0; 1000]), Some(1000));
}

#[test]
fn settled_cuts_survive_any_continuation() {
    let params = ChunkerParams::FastCdc { min: 64, avg: 256, max: 1024, level: 2 };
    let chunker = public(params);
    for seed in 0..50 {
        let data = Seeded::new(seed).bytes(1025);
        let cut = chunker.cut(&data);
        for count in 0..data.len() {
            let settled = chunker.cut_settled(&data[..count]);
            assert!(settled.is_none_or(|bytes| bytes == cut), "seed {seed}, {count} bytes");
            // Bytes are tested in pairs, so the byte behind the matching one may be needed too.
            assert!(settled.is_some() || count < cut + 2, "seed {seed}, {count} of {cut}");
        }
    }
}

#[test]
fn invalid_parameters_make_no_chunker() {
    for params in [
        ChunkerParams::FastCdc { min: 63, avg: 256, max: 1024, level: 2 },
        ChunkerParams::FastCdc { min: 64, avg: 256, max: 1024, level: 4 },
        ChunkerParams::Fixed { bytes: 511 },
    ] {
        let refused = Chunker::new(params, GearTable::public()).map(|_| ());
        assert_eq!(refused, params.validate());
        assert!(refused.is_err());
    }
}

#[test]
fn chunker_does_not_show_its_table() {
    let shown = format!("{:?}", Chunker::new(ChunkerParams::FINE, GearTable::derive(&[1; 32])));
    assert!(!shown.contains("words"), "{shown}");
}

/// Text of `vectors/cuts_v1.txt`; the input is BLAKE3's extendable output, which any language has.
fn vectors() -> String {
    let mut data = vec![0; 6 << 20];
    blake3::Hasher::new().update(b"gleaner cut vectors").finalize_xof().fill(&mut data);
    data[2 << 20..3 << 20].fill(0);
    let mut text = String::from(
        "# Chunk lengths, format version 1. Never edited.\n\
         # Input: 6 MiB of BLAKE3 XOF over the ASCII text `gleaner cut vectors`, of \
         which the third\n\
         # MiB is set to zero. Derived table: domain key of 32 bytes 0x07.\n",
    );
    let tables = [("public", GearTable::public()), ("derived", GearTable::derive(&[7; 32]))];
    for (name, table) in &tables {
        for preset in PRESETS {
            for level in 0..=3 {
                let params = with_level(preset, level);
                let chunker = Chunker::new(params, table.clone()).expect("valid");
                let ChunkerParams::FastCdc { min, avg, max, .. } = params else { panic!() };
                let lengths = lengths(&chunker, &data);
                let shown: Vec<_> = lengths.iter().map(ToString::to_string).collect();
                writeln!(text, "\n{name} {min} {avg} {max} {level}").expect("a string");
                for line in shown.chunks(12) {
                    writeln!(text, "{}", line.join(" ")).expect("a string");
                }
            }
        }
    }
    text
}

#[test]
fn cuts_equal_the_vectors_of_format_1() {
    let expected = include_str!("../../vectors/cuts_v1.txt");
    for (line, (found, expected)) in vectors().lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {}", line + 1);
    }
    assert_eq!(vectors().len(), expected.len());
}

/// Lengths at which the scan changes its way: window, shortest block, one more turn of the filter,
/// lanes, longest block but for a turn, longest block.
const SCAN_THRESHOLDS: [usize; 10] =
    [64, 256, 64 + 256, 64 + 512, 1024, 2048, 3072, 64 + 7936, 8192, 64 + 8192];

#[test]
fn cuts_equal_the_plain_form_around_every_threshold_of_the_scan() {
    let mut checked = 0;
    for (avg, level) in [(256, 0), (4096, 2), (65_536, 1)] {
        let params = ChunkerParams::FastCdc { min: 64, avg, max: 1 << 17, level };
        for seed in 0..4 {
            let mut seeded = Seeded::new(seed);
            let noise = seeded.bytes(3 * (64 + 8192));
            let table = GearTable::derive(&[u8::try_from(seed).expect("small"); 32]);
            let chunker = Chunker::new(params, table.clone()).expect("valid");
            for threshold in SCAN_THRESHOLDS {
                for near in threshold - 2..=threshold + 2 {
                    // As the length behind the restart, and as the place where a run ends.
                    let short = &noise[..64 + near];
                    let mut run = noise.clone();
                    run[64..64 + near].fill(0);
                    let mut late = noise.clone();
                    late[64 + near..2 * (64 + near)].fill(9);
                    for data in [short, &run, &late] {
                        let plain = reference_lengths(params, &table, data);
                        assert_eq!(lengths(&chunker, data), plain, "{params} {near} seed {seed}");
                        checked += plain.len();
                    }
                }
            }
        }
    }
    assert!(checked > 10_000, "{checked} chunks");
}

#[test]
fn cuts_equal_the_plain_form_where_every_position_is_worth_a_closer_look() {
    let mut seeded = Seeded::new(5);
    let mut words = [0; 256];
    for (byte, word) in words.iter_mut().enumerate() {
        let bytes = seeded.bytes(8).try_into().expect("eight bytes");
        // A hash of words without low halves passes any filter.
        *word = u64::from_le_bytes(bytes) & if byte < 128 { !0xffff_ffff } else { !0 };
    }
    let table = GearTable::custom(&words);
    let params = ChunkerParams::FastCdc { min: 64, avg: 1 << 18, max: 1 << 20, level: 2 };
    let chunker = Chunker::new(params, table.clone()).expect("valid");
    let mut data = seeded.bytes(3 << 20);
    for (at, byte) in data.iter_mut().enumerate() {
        // By turns, bytes with such words only and all bytes.
        *byte &= if at / 100_000 % 2 == 0 { 0x7f } else { 0xff };
    }
    let plain = reference_lengths(params, &table, &data);
    assert!(plain.iter().any(|bytes| *bytes < 1 << 20), "boundaries are found");
    assert_eq!(lengths(&chunker, &data), plain);
}

fn any_params() -> impl Strategy<Value = ChunkerParams> {
    (8u32..=13, 0u32..1 << 13, 0u32..1 << 14, 0u8..=3).prop_map(
        |(log2_avg, below, above, level)| {
            let avg = 1 << log2_avg;
            let min = (64 + below % (avg - 63)) & !1;
            let max = ((avg + above) & !1).max(1024);
            ChunkerParams::FastCdc { min, avg, max, level }
        },
    )
}

/// Long runs of few bytes next to noise: matches are found early, late and not at all.
fn any_data(seed: u64, count: usize) -> Vec<u8> {
    let mut seeded = Seeded::new(seed);
    let mut data = seeded.bytes(count);
    let mut at = 0;
    while at < count {
        let end = count.min(at + 1 + seeded.below(8192));
        if seeded.below(2) == 0 {
            let byte = data[at];
            data[at..end].fill(byte);
        }
        at = end;
    }
    data
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cuts_equal_the_plain_form_for_any_key(
        params in any_params(),
        domain_key in any::<[u8; 32]>(),
        seed in any::<u64>(),
        count in 0usize..60_000,
    ) {
        let data = any_data(seed, count);
        let table = GearTable::derive(&domain_key);
        let chunker = Chunker::new(params, table.clone()).expect("valid");
        prop_assert_eq!(lengths(&chunker, &data), reference_lengths(params, &table, &data));
        prop_assert_eq!(lengths(&public(params), &data), crate_lengths(params, &data));
    }
}
