//! Goal: the cache answers from resident directories, never more and never wrong, within its
//! budget. If it fails, a backup refers to a chunk that is not where it says.

use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};

use super::{LocalityCache, bytes_of};
use crate::chunk_index::Location;
use crate::conformance::{Seeded, chunk, pack};
use crate::row::Ordinal;

fn ordinal(number: u64) -> Ordinal {
    Ordinal::new(number).unwrap()
}

fn ids(numbers: impl IntoIterator<Item = u64>) -> Arc<[ChunkId]> {
    numbers.into_iter().map(chunk).collect()
}

fn insert(cache: &LocalityCache, number: u64, ids: &Arc<[ChunkId]>) {
    cache.insert(ordinal(number), pack(number), Arc::clone(ids), || true);
}

fn at(pack: PackId, slot: u32) -> Location {
    Location { pack, slot }
}

#[test]
fn resident_ids_are_found_and_others_are_not() {
    let cache = LocalityCache::new(1 << 20);
    insert(&cache, 1, &ids(10..20));
    insert(&cache, 2, &ids(15..25));
    let resident = cache.read();
    assert_eq!(resident.find(&chunk(10)), Some(at(pack(1), 0)));
    assert_eq!(resident.find(&chunk(19)), Some(at(pack(1), 9)), "the first directory answers");
    assert_eq!(resident.find(&chunk(24)), Some(at(pack(2), 9)));
    assert_eq!(resident.find(&chunk(25)), None);
    let mut near = *chunk(10).as_bytes();
    near[31] ^= 1;
    assert_eq!(resident.find(&ChunkId::from_bytes(near)), None, "all 32 bytes count");
    assert_eq!(resident.directory(ordinal(2)).unwrap(), ids(15..25));
    assert!(resident.directory(ordinal(3)).is_none());
}

#[test]
fn removed_directory_answers_nothing_and_is_asked_for_again() {
    let cache = LocalityCache::new(1 << 20);
    insert(&cache, 1, &ids(10..20));
    insert(&cache, 2, &ids(15..25));
    cache.remove([ordinal(1), ordinal(7)]);
    let resident = cache.read();
    for number in 10..15 {
        assert_eq!(resident.find(&chunk(number)), None);
    }
    assert!(resident.directory(ordinal(1)).is_none());
    assert_eq!(resident.find(&chunk(20)), Some(at(pack(2), 5)));
    assert_eq!(resident.bytes(), bytes_of(&ids(15..25)));
}

#[test]
fn pack_that_is_not_live_any_more_does_not_come_in() {
    let cache = LocalityCache::new(1 << 20);
    cache.insert(ordinal(1), pack(1), ids(0..9), || false);
    assert!(cache.read().directory(ordinal(1)).is_none());
    assert_eq!(cache.read().find(&chunk(1)), None);
}

#[test]
fn budget_holds_at_every_insert_and_what_answers_stays() {
    let one = bytes_of(&ids(0..100));
    for budget in [one, 4 * one - 1, 4 * one, 4 * one + 1] {
        let cache = LocalityCache::new(budget);
        insert(&cache, 0, &ids(0..100));
        for number in 1..200 {
            insert(&cache, number, &ids(100 * number..100 * number + 100));
            let resident = cache.read();
            assert!(resident.bytes() <= budget);
            assert!(resident.directory(ordinal(number)).is_some(), "the last is in");
            let hot = resident.find(&chunk(7));
            assert!(budget < 2 * one || hot == Some(at(pack(0), 7)), "it answers at each turn");
        }
        assert_eq!(cache.read().bytes(), budget / one * one);
        cache.set_bytes_max(one);
        assert_eq!(cache.read().bytes(), one);
    }
}

#[test]
fn directory_larger_than_the_budget_is_kept_alone() {
    let cache = LocalityCache::new(10);
    insert(&cache, 1, &ids(0..10));
    assert!(cache.read().find(&chunk(3)).is_some());
    insert(&cache, 2, &ids(10..20));
    assert_eq!(cache.read().find(&chunk(3)), None);
    assert!(cache.read().find(&chunk(13)).is_some());
    cache.remove([ordinal(2)]);
    assert_eq!((cache.read().find(&chunk(13)), cache.read().bytes()), (None, 0));
}

#[test]
fn random_inserts_and_removals_never_answer_wrong() {
    let mut seeded = Seeded::new(5);
    let contents: Vec<Arc<[ChunkId]>> = (0..40)
        .map(|_| (0..seeded.below(60)).map(|_| chunk(seeded.below(500))).collect())
        .collect();
    let cache = LocalityCache::new(20_000);
    for _ in 0..3000 {
        let number = seeded.below(40);
        if seeded.below(4) == 0 {
            cache.remove([ordinal(number)]);
        } else {
            insert(&cache, number, &contents[usize::try_from(number).unwrap()]);
        }
        let resident = cache.read();
        let is_resident = |number: u64| resident.directory(ordinal(number)).is_some();
        let asked = chunk(seeded.below(520));
        if let Some(found) = resident.find(&asked) {
            let holder = (0..40).find(|&number| pack(number) == found.pack).unwrap();
            assert!(is_resident(holder));
            let ids = &contents[usize::try_from(holder).unwrap()];
            assert_eq!(ids[usize::try_from(found.slot).unwrap()], asked);
        }
    }
}
