//! Goal: what nobody needs is called needed so rarely that whole packs go, in repositories of any
//! size. Method: a full filter above the size at which filters have more bits a key.

use gleaner_chunker::ChunkId;
use gleaner_store::ChunkRef;

use super::{Mark, Repeats};

/// Just above the size from which a filter has 12 bits a key: 85 GiB of chunks of 64 KiB.
const KEYS: u64 = (1 << 20) + (1 << 18);
/// Chunks of a pack of 32 MiB.
const PACK_CHUNKS: usize = 512;

fn random(seed: u8) -> blake3::OutputReader {
    blake3::Hasher::new().update(&[seed]).finalize_xof()
}

fn chunks(random: &mut blake3::OutputReader, count: usize) -> Vec<ChunkRef> {
    let mut bytes = vec![0; count * 32];
    random.fill(&mut bytes);
    let (ids, _) = bytes.as_chunks::<32>();
    ids.iter().map(|id| ChunkRef { id: ChunkId::from_bytes(*id), bytes: 1 }).collect()
}

#[test]
fn nearly_all_packs_that_nobody_needs_are_dead_when_the_filter_is_full() {
    let mut random = random(1);
    let mut mark = Mark::empty(KEYS);
    let mut first = Vec::new();
    for _ in 0..KEYS / 4096 {
        let batch = chunks(&mut random, 4096);
        for chunk in &batch {
            mark.add(chunk);
        }
        first.extend(batch.into_iter().take(8));
    }
    mark.flush();
    assert!(mark.holds(&first).into_iter().all(|is_needed| is_needed), "never wrong that way");
    let (packs, mut needed) = (2000, 0);
    for _ in 0..packs {
        needed += u64::from(mark.holds(&chunks(&mut random, PACK_CHUNKS)).contains(&true));
    }
    assert!(needed * 50 < packs, "{needed} of {packs}");
}

#[test]
fn chunks_that_were_not_seen_before_are_hardly_ever_repeats() {
    let mut random = random(2);
    let mut repeats = Repeats::new(KEYS);
    let mut packs = 0;
    for _ in 0..KEYS / PACK_CHUNKS as u64 {
        let pack = chunks(&mut random, PACK_CHUNKS);
        let repeated = pack.iter().filter(|chunk| repeats.is_repeat(&chunk.id)).count();
        packs += u64::from(repeated > 0);
        let first = pack.first().unwrap();
        assert!(repeats.is_repeat(&first.id), "never wrong that way");
    }
    assert!(packs * 100 < KEYS / PACK_CHUNKS as u64, "{packs}");
}
