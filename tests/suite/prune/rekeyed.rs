//! Packs of old key epochs are sealed anew: after a key leaked, what it opens is to be gone.

use std::collections::BTreeMap;
use std::sync::Arc;

use gleaner_engine::{
    BackupStats, EntryEvent, Error, Observer, PruneOptions, PrunePlan, PruneStats, Run, backup,
    forget, leases, plan_prune, rotate_keys,
};
use gleaner_store::{MemoryStorage, Storage as _, layout, read_pack_directory};
use gleaner_tests::engine_doubles::{
    backup_options, create, open, prune_options, seeded_tree, unencrypted, write_tree,
};

use super::Place;

fn options() -> PruneOptions<'static> {
    PruneOptions { rewrite_key_epochs: true, ..prune_options() }
}

fn plan(place: &Place, options: &PruneOptions<'_>) -> PrunePlan {
    plan_prune(&place.repository, options, &Run::silent()).unwrap()
}

fn run(place: &Place, options: &PruneOptions<'_>) -> PruneStats {
    gleaner_engine::prune(&place.repository, options, &Run::silent(), &mut |_| {}).unwrap()
}

/// Snapshots of different data under the key epochs 0, 1 and 2; nothing is garbage.
fn three_epochs(seed: u64) -> Place {
    let mut place = Place::new(seed);
    for epoch in 0..3 {
        place.add(&format!("source{epoch}"), &seeded_tree(seed + epoch, 5, 30_000));
        if epoch < 2 {
            rotate_keys(&place.repository).unwrap();
        }
    }
    assert_eq!(place.key_epochs(), BTreeMap::from([(0, 2), (1, 2), (2, 2)]));
    place
}

/// Sealed and raw lengths of all blocks in packs of some epochs.
fn blocks(place: &Place, epochs: &[u32]) -> Vec<(u32, u32)> {
    let mut blocks = Vec::new();
    for pack in place.packs() {
        let bytes = place.storage.bytes(&layout::pack(&pack)).unwrap();
        let keys = place.repository.keys();
        let directory = read_pack_directory(&place.storage, keys, pack, bytes).unwrap();
        if epochs.contains(&directory.header.key_epoch) {
            blocks.extend(directory.blocks.iter().map(|b| (b.sealed_bytes, b.raw_bytes)));
        }
    }
    blocks.sort_unstable();
    blocks
}

#[test]
fn after_the_run_that_follows_no_pack_of_an_old_epoch_is_left() {
    let mut place = three_epochs(50);
    let (before, old) = (place.storage.names(), blocks(&place, &[0, 1]));
    let planned = plan(&place, &options());
    assert_eq!((planned.packs.rekey, planned.packs.repack, planned.packs.keep), (4, 4, 2));
    assert_eq!((planned.chunks.repack_remove, planned.more_is_left), (0, false));
    assert_eq!(place.storage.names(), before, "a plan writes nothing");
    let rewritten = run(&place, &options());
    assert_eq!((rewritten.packs_condemned, rewritten.is_unfinished), (4, false));
    assert_eq!(rewritten.bytes_condemned, planned.bytes_condemned);
    place.assert_whole("rewritten");
    let deleted = run(&place, &options());
    assert_eq!((deleted.packs_deleted, deleted.bytes_rewritten), (4, 0));
    assert!(place.key_epochs().into_keys().eq([2]), "{:?}", place.key_epochs());
    // Whole blocks are sealed anew, and not compressed anew.
    let new = blocks(&place, &[2]);
    assert!(old.iter().all(|block| new.contains(block)), "{old:?} in {new:?}");
    place.assert_whole("old packs are gone");
    assert_eq!(plan(&place, &options()).packs.rekey, 0);
}

#[test]
fn nobody_who_does_not_ask_has_old_epochs_rewritten() {
    let place = three_epochs(60);
    let planned = plan(&place, &prune_options());
    assert_eq!((planned.packs.rekey, planned.packs.repack), (0, 0));
    run(&place, &prune_options());
    assert_eq!(place.key_epochs(), BTreeMap::from([(0, 2), (1, 2), (2, 2)]));
}

#[test]
fn old_epochs_go_before_garbage_and_within_the_limit_until_none_is_left() {
    let mut place = three_epochs(70);
    // Under the current epoch: much more garbage than in any older pack.
    let kept = seeded_tree(80, 2, 20_000);
    let mut all = kept.clone();
    all.extend(seeded_tree(81, 20, 30_000));
    let first = place.add("more", &all);
    place.add("more", &kept);
    place.forget(first);
    let largest = place.packs().into_iter().filter_map(|pack| {
        let bytes = place.storage.bytes(&layout::pack(&pack)).unwrap();
        let keys = place.repository.keys();
        let directory = read_pack_directory(&place.storage, keys, pack, bytes).unwrap();
        (directory.header.key_epoch < 2).then_some(bytes)
    });
    let limited = PruneOptions { max_repack_bytes: largest.max().unwrap(), ..options() };
    let mut left = 4;
    for round in 0..8 {
        let planned = plan(&place, &limited);
        assert!(planned.bytes.repack <= limited.max_repack_bytes, "{round}: {planned:?}");
        assert!(planned.packs.rekey > 0 || left == 0, "{round}: {planned:?}");
        left -= planned.packs.rekey;
        if left > 0 {
            assert!(planned.more_is_left, "{round}");
            assert_eq!(planned.packs.repack, planned.packs.rekey, "{round}: garbage waits");
        }
        run(&place, &limited);
        place.assert_whole(&format!("round {round}"));
        if left == 0 {
            break;
        }
    }
    run(&place, &limited);
    assert!(place.key_epochs().into_keys().eq([2]), "{:?}", place.key_epochs());
    place.assert_whole("at the end");
}

/// Rotates the keys while a backup runs.
struct Rotation(gleaner_engine::Repository);

impl Observer for Rotation {
    fn entry(&self, _: &EntryEvent<'_>) {
        if gleaner_engine::current_key_epoch(&self.0).unwrap() == 0 {
            rotate_keys(&self.0).unwrap();
        }
    }
}

#[test]
fn packs_of_a_backup_that_began_before_the_rotation_are_rewritten_too() {
    let mut place = Place::new(90);
    let (source, tree) = (place.source("a"), seeded_tree(90, 5, 30_000));
    write_tree(&source, &tree);
    let rotation = Rotation(place.other());
    let during = Run { observer: &rotation, ..Run::silent() };
    let stats: BackupStats =
        backup(&place.repository, &backup_options(&[&source]), &during).unwrap();
    place.expected.insert(stats.snapshot.unwrap(), (source, tree));
    assert_eq!(place.key_epochs(), BTreeMap::from([(0, 2)]), "it ends under its own epoch");
    run(&place, &options());
    run(&place, &options());
    assert!(place.key_epochs().into_keys().eq([1]), "{:?}", place.key_epochs());
    place.assert_whole("rewritten");
}

#[test]
fn dead_packs_of_old_epochs_are_deleted_and_not_rewritten() {
    let mut place = Place::new(95);
    let first = place.add("a", &seeded_tree(95, 5, 30_000));
    rotate_keys(&place.repository).unwrap();
    forget(&place.repository, &[first]).unwrap();
    place.expected.remove(&first);
    let planned = plan(&place, &options());
    assert_eq!((planned.packs.rekey, planned.packs.remove), (0, 2));
    run(&place, &options());
    run(&place, &options());
    assert_eq!(place.key_epochs(), BTreeMap::new());
    place.assert_whole("empty");
}

#[test]
fn without_encryption_there_is_nothing_to_seal_anew() {
    let storage = MemoryStorage::new();
    create(Arc::new(storage.clone()), 1, unencrypted());
    let repository = open(Arc::new(storage.clone()), 2).unwrap();
    let before = storage.names();
    let run = Run::silent();
    let planned = plan_prune(&repository, &options(), &run).map(drop);
    let pruned = gleaner_engine::prune(&repository, &options(), &run, &mut |_| {}).map(drop);
    for result in [planned, pruned] {
        assert!(matches!(result, Err(Error::NotEncrypted)));
    }
    assert_eq!(storage.names(), before);
    assert_eq!(leases(&repository).unwrap(), []);
}
