//! Goal: an id depends on the bytes and the domain alone. Method: published BLAKE3 values, and
//! batches against one id at a time on pools of several widths. An id that moves makes stored data
//! unreachable; one that goes to the wrong chunk restores wrong bytes.

use super::*;
use crate::seeded::Seeded;

#[test]
fn plain_ids_are_blake3() {
    // From the BLAKE3 test vectors, input of 0 bytes.
    let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    assert_eq!(IdHasher::plain().id(b"").to_string(), empty);
}

#[test]
fn blake3_gives_the_published_answers_in_all_modes_in_use() {
    let input: Vec<u8> = (0..=250).cycle().take(102_400).collect();
    let key = b"whats the Elvish word for friend";
    let context = "BLAKE3 2019-12-27 16:29:52 test vectors context";
    let keyed = IdHasher::with_key(Some(Zeroizing::new(*key)));
    let mut cases = 0;
    let lines = include_str!("../../vectors/blake3.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let [bytes, hash, keyed_hash, derived] = *line.split(' ').collect::<Vec<_>>() else {
            panic!("{line}")
        };
        let bytes: usize = bytes.parse().unwrap();
        let input = &input[..bytes];
        assert_eq!(IdHasher::plain().id(input).to_string(), hash[..64], "{bytes}");
        assert_eq!(keyed.id(input).to_string(), keyed_hash[..64], "{bytes}");
        let mut hasher = blake3::Hasher::new_derive_key(context);
        let mut output = [0; 128];
        hasher.update(input).finalize_xof().fill(&mut output);
        let (parts, _) = output.as_chunks::<32>();
        let hex = parts.iter().map(|part| blake3::Hash::from(*part).to_string());
        assert_eq!(hex.collect::<String>(), derived[..256], "{bytes}");
        let derived_key = blake3::Hash::from(blake3::derive_key(context, input));
        assert_eq!(derived_key.to_string(), derived[..64], "{bytes}");
        cases += 1;
    }
    assert_eq!(cases, 35);
}

/// The answer was confirmed by a second implementation, written from the paper.
#[test]
fn keyed_ids_are_fixed_by_the_domain_key() {
    let keyed = IdHasher::keyed(&[7; 32]);
    assert_eq!(
        keyed.id(b"gleaner").to_string(),
        "e72139f67e3225ee7c68283fe659826318d150a5cb86ac309476c3c8b1993e49"
    );
    assert_ne!(keyed.id(b"gleaner"), IdHasher::keyed(&[8; 32]).id(b"gleaner"));
    assert_ne!(keyed.id(b"gleaner"), IdHasher::plain().id(b"gleaner"));
}

#[test]
fn batches_keep_the_order_of_the_chunks() {
    let seed = 3;
    let data = Seeded::new(seed).bytes(3 << 20);
    let mut seeded = Seeded::new(seed + 1);
    for chunk_bytes_max in [1, 600, 20_000, 400_000] {
        for chunk_count in [0, 1, 2, 3, 16, 17, 1000] {
            let chunks: Vec<&[u8]> = (0..chunk_count)
                .map(|_| {
                    let start = seeded.below(data.len() - chunk_bytes_max);
                    &data[start..start + seeded.below(chunk_bytes_max + 1)]
                })
                .collect();
            for id_hasher in [IdHasher::plain(), IdHasher::keyed(&[7; 32])] {
                let expected: Vec<_> = chunks.iter().map(|chunk| id_hasher.id(chunk)).collect();
                for thread_count in [1, 2, 5] {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(thread_count).build();
                    let found = pool.expect("threads").install(|| id_hasher.ids(&chunks));
                    assert_eq!(found, expected, "{chunk_count} chunks, {thread_count} threads");
                }
            }
        }
    }
}

#[test]
fn batches_around_the_parallel_thresholds_agree() {
    let data = Seeded::new(5).bytes(PARALLEL_BYTES_MIN_OUTSIDE + 1);
    let id_hasher = IdHasher::plain();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads");
    for threshold in [PARALLEL_BYTES_MIN, PARALLEL_BYTES_MIN_OUTSIDE] {
        for bytes in [threshold - 1, threshold, threshold + 1] {
            let (first, second) = data[..bytes].split_at(bytes / 3);
            let chunks = [first, second, &[]];
            let expected = chunks.map(|chunk| id_hasher.id(chunk));
            assert_eq!(id_hasher.ids(&chunks), expected);
            assert_eq!(id_hasher.ids_on(&pool, &chunks), expected);
            assert_eq!(pool.install(|| id_hasher.ids(&chunks)), expected);
            assert_eq!(pool.install(|| id_hasher.ids_on(&pool, &chunks)), expected);
        }
    }
    assert_eq!(id_hasher.ids_on(&pool, &[]), []);
}

#[test]
fn key_is_not_shown() {
    assert_eq!(format!("{:?}", IdHasher::keyed(&[7; 32])), "IdHasher(keyed, [redacted])");
}

#[test]
fn remembered_ids_of_zeros_are_those_of_the_bytes() {
    let zeros = vec![0; 64 << 10];
    for id_hasher in [IdHasher::plain(), IdHasher::keyed(&[7; 32])] {
        for _ in 0..2 {
            for bytes in [1, 2, 3, 4, 4095, 4096, 4097, 65_536] {
                assert_eq!(id_hasher.id(&zeros[..bytes]), id_hasher.hash(&zeros[..bytes]));
            }
            let mut others = vec![1; 4096];
            assert_eq!(id_hasher.id(&others), id_hasher.hash(&others));
            others.fill(0);
            others[4095] = 1;
            assert_eq!(id_hasher.id(&others), id_hasher.hash(&others));
        }
    }
}
