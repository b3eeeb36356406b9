//! Goal: what a sidecar covers comes back byte for byte, and what it does not is refused.
//! Method: packs of every awkward length, seeded losses up to the bound and one beyond, damage of
//! every byte and every truncation of a small sidecar. Lost if this fails: packs that damage hit,
//! or worse, wrong bytes in the place of damaged ones.

use gleaner_chunker::PackId;

use super::format::{recovery_shards_for, shard_bytes_for};
use super::{PARITY_HEAD_BYTES, ParityHead, ParitySidecar, encode_parity, parity_bytes_max};
use crate::defect::Defect;
use crate::error::Error;
use crate::layout;
use crate::object_name::ObjectName;
use crate::random::{RandomSource as _, SeededRandom};

const PACK: PackId = PackId::from_bytes([7; 32]);

fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SeededRandom::new(seed).fill(&mut bytes).unwrap();
    bytes
}

fn sidecar(pack: &[u8], percent: u8) -> ParitySidecar {
    ParitySidecar::decode(PACK, encode_parity(PACK, &[pack], percent)).unwrap()
}

fn below(random: &SeededRandom, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).unwrap()
}

/// `count` different numbers below `bound`.
fn choose(random: &SeededRandom, count: usize, bound: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..bound).collect();
    for at in 0..count {
        all.swap(at, at + below(random, bound - at));
    }
    all.truncate(count);
    all
}

#[test]
fn sidecars_stand_beside_their_packs_and_are_taken_for_none() {
    let (pack, sidecar) = (layout::pack(&PACK), layout::parity(&PACK));
    assert_eq!(sidecar.as_str(), format!("{pack}.par"));
    assert_eq!(layout::parse_parity(&sidecar), Some(PACK));
    assert_eq!((layout::parse_parity(&pack), layout::parse_pack(&sidecar)), (None, None));
    for name in ["data/07/x.par", "data/08/", "keys/", ""] {
        let name = format!("{name}{}", sidecar.as_str().trim_start_matches("data/07/"));
        let is_taken = ObjectName::new(&name).is_ok_and(|n| layout::parse_parity(&n).is_some());
        assert!(!is_taken, "{name}");
    }
}

#[test]
fn shards_are_sectors_for_small_packs_and_about_a_thousand_for_large_ones() {
    let kib = |n: u64| n << 10;
    for (pack_bytes, shard_bytes) in [
        (240, 256),
        (256, 256),
        (257, 320),
        (4096, 4096),
        (4097, 4096),
        (kib(4096), 4096),
        (kib(4096) + 1, 8192),
        (kib(32 << 10), 32 << 10),
        (kib(32 << 10) + 1, 64 << 10),
        (kib(64 << 10), 64 << 10),
        (kib(1 << 20), 64 << 10),
    ] {
        assert_eq!(shard_bytes_for(pack_bytes), shard_bytes, "{pack_bytes}");
    }
    for (data, percent, recovery) in [(1, 1, 1), (33, 3, 1), (34, 3, 2), (1024, 3, 31), (7, 100, 7)]
    {
        assert_eq!(recovery_shards_for(data, percent), recovery, "{data} {percent}");
    }
}

#[test]
fn packs_of_every_awkward_length_heal_from_the_worst_covered_loss() {
    let random = SeededRandom::new(3);
    for length in [240, 241, 4095, 4096, 4097, 8192, 12_287, 100_001, 4 << 20, (4 << 20) + 1] {
        for percent in [1, 3, 50, 100] {
            let pack = bytes(length as u64, length);
            let sidecar = sidecar(&pack, percent);
            assert!(sidecar.is_sound() && sidecar.matches(&pack));
            assert!(sidecar.damage(&pack).is_empty());
            let head = *sidecar.head();
            let lost = choose(&random, head.recovery_shards as usize, head.data_shards() as usize);
            let mut damaged = pack.clone();
            for shard in &lost {
                let at = shard * head.shard_bytes as usize;
                let end = (at + head.shard_bytes as usize).min(length);
                damaged[at + below(&random, end - at)] ^= 0x10;
            }
            let mut found = sidecar.damage(&damaged);
            let mut expected: Vec<u32> =
                lost.iter().map(|shard| u32::try_from(*shard).unwrap()).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{length} {percent}");
            assert!(sidecar.heal(damaged, &[]).unwrap() == pack, "{length} {percent}");
        }
    }
}

#[test]
fn one_shard_more_is_refused_and_counted() {
    let pack = bytes(1, 300_000);
    let sidecar = sidecar(&pack, 4);
    assert_eq!((sidecar.head().data_shards(), sidecar.head().recovery_shards), (74, 3));
    let mut damaged = pack;
    for shard in [0, 20, 40, 73] {
        damaged[shard * 4096] ^= 1;
    }
    let refused = sidecar.heal(damaged, &[]).unwrap_err();
    let is_named = matches!(refused, Error::BeyondParity { damaged: 4, recovery: 3, .. });
    assert!(is_named, "{refused}");
}

#[test]
fn pack_in_parts_has_the_sidecar_of_the_whole() {
    let random = SeededRandom::new(4);
    for length in [240, 5000, 300_000] {
        let pack = bytes(5, length);
        let whole = encode_parity(PACK, &[&pack], 7);
        for _ in 0..20 {
            let mut parts = Vec::new();
            let mut rest = &pack[..];
            while !rest.is_empty() {
                let (part, after) = rest.split_at(1 + below(&random, rest.len()));
                parts.extend([part, &[]]);
                rest = after;
            }
            assert!(encode_parity(PACK, &parts, 7) == whole, "{length}");
        }
    }
}

#[test]
fn cut_and_lengthened_packs_heal() {
    let pack = bytes(6, 50_000);
    let sidecar = sidecar(&pack, 20);
    assert_eq!(sidecar.head().recovery_shards, 3);
    // The last data shard is short, so that three of them go with the last 9,040 bytes.
    for length in [50_000 - 9040, 49_999, 50_000, 50_001, 60_000] {
        let mut other = pack.clone();
        other.resize(length, 0xee);
        assert!(sidecar.heal(other, &[]).unwrap() == pack, "{length}");
    }
    for length in [0, 1, 4096, 50_000 - 9041] {
        assert!(sidecar.heal(pack[..length].to_vec(), &[]).is_err(), "{length}");
    }
}

#[test]
fn unreadable_ranges_are_erasures_whatever_stands_in_their_place() {
    let pack = bytes(7, 50_000);
    let sidecar = sidecar(&pack, 20);
    let mut read = pack.clone();
    read[4095..8193].fill(0);
    assert!(sidecar.heal(read, &[4095..4096, 4096..8193]).unwrap() == pack);
    // Bytes that are right and were not read by us are not trusted either.
    assert!(sidecar.heal(pack.clone(), &[0..1, 4096..4097, 8192..8193]).unwrap() == pack);
    let four = [0..1, 4096..4097, 8192..8193, 49_999..50_000];
    assert!(sidecar.heal(pack.clone(), &four).is_err());
    assert!(sidecar.heal(pack.clone(), &[5..5, 60_000..70_000]).unwrap() == pack);
}

#[test]
fn each_end_suffices_and_one_head_with_the_checksums_of_the_other_end() {
    let pack = bytes(8, 50_000);
    let sound = encode_parity(PACK, &[&pack], 20);
    let checksums = sidecar(&pack, 20).head().checksums_bytes();
    let length = sound.len();
    let parts = [
        0..PARITY_HEAD_BYTES,
        PARITY_HEAD_BYTES..PARITY_HEAD_BYTES + checksums,
        length - PARITY_HEAD_BYTES - checksums..length - PARITY_HEAD_BYTES,
        length - PARITY_HEAD_BYTES..length,
    ];
    for damaged in 0..16_usize {
        let mut bytes = sound.clone();
        for (bit, part) in parts.iter().enumerate().filter(|(bit, _)| damaged >> bit & 1 == 1) {
            let at = part.start + (bit + damaged) % part.len();
            bytes[at] ^= 4;
        }
        let is_lost = damaged & 0b1001 == 0b1001 || damaged & 0b0110 == 0b0110;
        let read = ParitySidecar::decode(PACK, bytes);
        assert_eq!(read.is_err(), is_lost, "{damaged:04b}");
        let Ok(read) = read else { continue };
        assert_eq!(read.is_sound(), damaged == 0);
        let mut cut = pack.clone();
        cut[9000] ^= 1;
        assert!(read.heal(cut, &[]).unwrap() == pack, "{damaged:04b}");
    }
}

#[test]
fn every_byte_and_every_truncation_of_a_sidecar_is_seen_and_never_heals_wrong() {
    // Of the smallest pack all; of one of three shards, where healing costs more, every ninth.
    for (length, percent, step) in [(240, 1, 1), (9000, 40, 9)] {
        let pack = bytes(9, length);
        let sound = encode_parity(PACK, &[&pack], percent);
        let mut broken = pack.clone();
        broken[0] ^= 1;
        let verdict = |bytes: Vec<u8>, what: &str| {
            let Ok(read) = ParitySidecar::decode(PACK, bytes) else { return };
            assert!(!read.is_sound(), "{what} passes for sound");
            if let Ok(healed) = read.heal(broken.clone(), &[]) {
                assert!(healed == pack, "{what} heals wrong");
            }
        };
        for at in (0..sound.len()).step_by(step) {
            for mask in [1, 0x80] {
                let mut bytes = sound.clone();
                bytes[at] ^= mask;
                verdict(bytes, &format!("byte {at}"));
            }
            verdict(sound[..at].to_vec(), &format!("{at} bytes"));
            verdict(sound[at + 1..].to_vec(), &format!("without {} bytes", at + 1));
        }
        for surplus in [1, 64, 5000] {
            verdict([&sound[..], &vec![0; surplus]].concat(), "surplus");
            verdict([&vec![0; surplus][..], &sound].concat(), "bytes before");
        }
    }
}

#[test]
fn damaged_recovery_shards_are_not_used() {
    let pack = bytes(10, 50_000);
    let mut bytes = encode_parity(PACK, &[&pack], 20);
    let offset = sidecar(&pack, 20).head().recovery_offset();
    bytes[offset + 4096] ^= 1;
    let sidecar = ParitySidecar::decode(PACK, bytes).unwrap();
    assert_eq!(sidecar.damaged_recovery_shards(), 1);
    let damage = |shards: &[usize]| {
        let mut damaged = pack.clone();
        for shard in shards {
            damaged[shard * 4096] ^= 1;
        }
        sidecar.heal(damaged, &[])
    };
    assert!(damage(&[3, 12]).unwrap() == pack);
    assert!(matches!(
        damage(&[3, 4, 12]),
        Err(Error::BeyondParity { damaged: 3, recovery: 2, .. })
    ));
}

#[test]
fn sidecar_of_another_pack_is_refused() {
    let pack = bytes(11, 9000);
    let other = PackId::from_bytes([8; 32]);
    let swapped = encode_parity(other, &[&pack], 3);
    assert_eq!(ParitySidecar::decode(PACK, swapped).unwrap_err(), Defect::Identity);
    // Under the right name, over other bytes: the pack does not match, and nothing is made of it.
    let sidecar = sidecar(&bytes(12, 9000), 3);
    assert!(!sidecar.matches(&pack) && sidecar.damage(&pack).len() == 3);
    assert!(matches!(sidecar.heal(pack, &[]), Err(Error::BeyondParity { damaged: 3, .. })));
}

#[test]
fn newer_sidecar_is_no_damage() {
    let sound = encode_parity(PACK, &[&bytes(13, 9000)], 3);
    for (at, value) in [(8, 2), (10, 2), (11, 1), (12, 1), (130, 1)] {
        let mut bytes = sound.clone();
        let end = bytes.len() - PARITY_HEAD_BYTES;
        for head in [0, end] {
            bytes[head + at] = value;
            let crc = crc32c::crc32c(&bytes[head..head + 132]).to_le_bytes();
            bytes[head + 132..head + 136].copy_from_slice(&crc);
        }
        assert!(ParitySidecar::decode(PACK, bytes).unwrap_err().is_newer(), "{at}");
    }
}

#[test]
fn heads_that_no_pack_can_have_are_refused() {
    let sound = *sidecar(&bytes(14, 9000), 3).head();
    let refused = |head: ParityHead| ParityHead::decode(&head.encode()).unwrap_err();
    for head in [
        ParityHead { pack_bytes: 239, ..sound },
        ParityHead { pack_bytes: 0, ..sound },
        ParityHead { pack_bytes: (1 << 30) + 1, ..sound },
        ParityHead { pack_bytes: u64::MAX, ..sound },
        ParityHead { pack_bytes: 1 << 30, shard_bytes: 65_472, ..sound },
        ParityHead { shard_bytes: 0, ..sound },
        ParityHead { shard_bytes: 32, ..sound },
        ParityHead { shard_bytes: 4100, ..sound },
        ParityHead { shard_bytes: u32::MAX - 63, ..sound },
        ParityHead { shard_bytes: 65_600, ..sound },
        ParityHead { recovery_shards: 0, ..sound },
        ParityHead { recovery_shards: 4, ..sound },
        ParityHead { recovery_shards: u32::MAX, ..sound },
    ] {
        assert!(!refused(head).is_newer(), "{head:?}");
    }
    let largest =
        ParityHead { pack_bytes: 1 << 30, shard_bytes: 65_536, recovery_shards: 16_384, ..sound };
    assert_eq!(ParityHead::decode(&largest.encode()), Ok(largest));
    assert!(largest.sidecar_bytes() <= parity_bytes_max(1 << 30));
}
