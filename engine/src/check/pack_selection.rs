//! Which packs are read, and in which order.

use gleaner_chunker::PackId;

use super::options::DataRead;
use crate::error::Result;

/// A pack that may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) id: PackId,
    pub(super) bytes: u64,
    /// Label time at which it was read last; `None` if it never was.
    pub(super) read_ns: Option<i64>,
}

/// Those that are read, least recently read first, then by id. `random` draws a number.
///
/// # Errors
/// That of `random`.
pub(super) fn select(
    mut packs: Vec<Candidate>,
    data: DataRead,
    random: &mut dyn FnMut() -> Result<u64>,
) -> Result<Vec<Candidate>> {
    let oldest_first = |pack: &Candidate| (pack.read_ns, pack.id);
    packs.sort_unstable_by_key(oldest_first);
    match data {
        DataRead::Nothing => packs.clear(),
        DataRead::All => {}
        DataRead::Part { number, of } => packs.retain(|pack| part_of(pack.id, of) == number),
        DataRead::Share { millionths } => {
            let packs_wanted = (packs.len() as u128 * u128::from(millionths)).div_ceil(1_000_000);
            let wanted = usize::try_from(packs_wanted).unwrap_or(usize::MAX).max(1);
            draw(&mut packs, wanted, random)?;
            packs.sort_unstable_by_key(oldest_first);
        }
        DataRead::Bytes(bytes) => {
            let mut total = 0_u64;
            let fitting = packs.iter().take_while(|pack| {
                total = total.saturating_add(pack.bytes);
                total <= bytes
            });
            let count = fitting.count().max(1);
            packs.truncate(count);
        }
    }
    Ok(packs)
}

/// Part of `of` into which a pack falls, from 1. Ids are random, so that parts are alike.
fn part_of(pack: PackId, of: u32) -> u32 {
    let number = pack.as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first));
    let part = number % u64::from(of.max(1)) + 1;
    u32::try_from(part).unwrap_or(u32::MAX)
}

/// Leaves `wanted` packs, each set of them as probable as any other: the first steps of a shuffle
/// (Fisher, Yates). The remainder of 64 random bits is even enough for any number of packs.
fn draw(
    packs: &mut Vec<Candidate>,
    wanted: usize,
    random: &mut dyn FnMut() -> Result<u64>,
) -> Result<()> {
    for place in 0..wanted.min(packs.len()) {
        let rest = (packs.len() - place) as u64;
        let offset = usize::try_from(random()? % rest).unwrap_or(0);
        packs.swap(place, place + offset);
    }
    packs.truncate(wanted);
    Ok(())
}

#[cfg(test)]
mod tests {
    //! Goal: subsets are what they are called. Lost if this fails: packs that no part ever reads.

    use std::collections::BTreeSet;

    use gleaner_chunker::PackId;

    use super::{Candidate, DataRead, select};

    /// `SplitMix64` (Steele, Lea, Flood 2014).
    fn numbers(seed: u64) -> impl FnMut() -> u64 {
        let mut state = seed;
        move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }
    }

    fn packs(count: u8) -> Vec<Candidate> {
        let mut random = numbers(5);
        let mut pack = |number: u8| {
            let mut id = [number; 32];
            id[..8].copy_from_slice(&random().to_le_bytes());
            let read_ns = (!number.is_multiple_of(3)).then_some(1000 - i64::from(number));
            Candidate { id: PackId::from_bytes(id), bytes: 10, read_ns }
        };
        (0..count).map(&mut pack).collect()
    }

    fn chosen(count: u8, data: DataRead, seed: u64) -> Vec<Candidate> {
        let mut random = numbers(seed);
        select(packs(count), data, &mut || Ok(random())).unwrap()
    }

    fn ids(packs: &[Candidate]) -> BTreeSet<PackId> {
        packs.iter().map(|pack| pack.id).collect()
    }

    #[test]
    fn all_come_least_recently_read_first_and_those_never_read_before() {
        let all = chosen(9, DataRead::All, 1);
        assert_eq!(ids(&all), ids(&packs(9)));
        assert!(all[..3].iter().all(|pack| pack.read_ns.is_none()));
        assert!(all.is_sorted_by_key(|pack| (pack.read_ns, pack.id)));
        assert!(chosen(9, DataRead::Nothing, 1).is_empty());
    }

    #[test]
    fn parts_share_no_pack_and_are_all_together() {
        for of in [1, 2, 7, 300] {
            let parts: Vec<_> =
                (1..=of).map(|number| chosen(40, DataRead::Part { number, of }, 1)).collect();
            assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), 40, "{of}");
            let union: BTreeSet<PackId> = parts.iter().flat_map(|part| ids(part)).collect();
            assert_eq!(union.len(), 40, "{of}");
        }
    }

    #[test]
    fn a_share_is_rounded_up_and_drawn_by_the_random_source() {
        let drawn = |millionths, seed| chosen(40, DataRead::Share { millionths }, seed);
        for (millionths, packs) in [(1, 1), (25_000, 1), (25_001, 2), (500_000, 20)] {
            assert_eq!(ids(&drawn(millionths, 1)).len(), packs, "{millionths}");
        }
        assert_eq!(ids(&drawn(1_000_000, 1)).len(), 40);
        assert_eq!(drawn(250_000, 3), drawn(250_000, 3), "of one seed");
        let ever: BTreeSet<PackId> = (0..40).flat_map(|seed| ids(&drawn(250_000, seed))).collect();
        assert_eq!(ever.len(), 40, "every pack is drawn some day");
    }

    #[test]
    fn bytes_are_those_of_the_least_recently_read_and_never_none() {
        let all = chosen(9, DataRead::All, 1);
        for (bytes, packs) in [(0, 1), (9, 1), (10, 1), (19, 1), (20, 2), (89, 8), (90, 9)] {
            assert_eq!(chosen(9, DataRead::Bytes(bytes), 1), all[..packs], "{bytes}");
        }
        assert_eq!(chosen(9, DataRead::Bytes(u64::MAX), 1), all);
        assert!(chosen(0, DataRead::Bytes(10), 1).is_empty());
    }
}
