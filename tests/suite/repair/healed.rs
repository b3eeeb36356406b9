//! Chunks that the damage took, from elsewhere.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use gleaner_chunker::PackId;
use gleaner_engine::{
    CheckOptions, CopyOptions, Error, HealSource, InitOptions, PackRepairOptions, Repository, Run,
    TagChange, check, copy, repair_packs, retag, undo_repair,
};
use gleaner_store::{
    ErrorKind, FRAME_BYTES, MemoryStorage, ObjectName, PackKind, Put, Snapshot, SnapshotId,
    Storage as _, StorageError, encode_snapshot, layout,
};
use gleaner_tests::engine_doubles::{
    back_up, encrypted, environment, open, prune, seeded_bytes, seeded_tree, snapshot_of,
    write_tree,
};
use gleaner_tests::hooked_storage::{HookedStorage, ReadingCall};
use rustix::io::Errno;

use super::{Place, options};

/// Destroys the seal of every block of every pack of a kind.
fn destroy(place: &mut Place, kind: PackKind) {
    for pack in place.of_kind(kind) {
        destroy_pack(place, pack);
    }
}

pub(super) fn destroy_pack(place: &mut Place, pack: PackId) {
    let blocks = place.directory(pack).blocks;
    place.change(pack, |bytes| {
        for block in blocks {
            bytes[usize::try_from(block.offset).unwrap() + FRAME_BYTES] ^= 1;
        }
    });
}

fn copied_to(place: &mut Place, options: &InitOptions<'_>) -> Repository {
    copied_into(MemoryStorage::new(), place, options)
}

fn copied_into(storage: MemoryStorage, place: &mut Place, options: &InitOptions<'_>) -> Repository {
    let to = Repository::create(environment(Arc::new(storage), 77), options).unwrap();
    let from = place.process();
    let snapshots = from.snapshots().unwrap().snapshots;
    let copying = CopyOptions { dry_run: false, lease: true, host: "host".to_owned() };
    copy(&from, &to, &snapshots, &copying, &Run::silent()).unwrap();
    to
}

#[test]
fn a_copy_in_one_domain_heals_data_and_trees() {
    for kind in [PackKind::Data, PackKind::Tree] {
        let mut place = Place::new(1);
        let from = place.process();
        let shared = InitOptions { domain_from: Some(&from), ..encrypted() };
        let other = [copied_to(&mut place, &shared)];
        destroy(&mut place, kind);
        assert!(place.checked().0.num_errors > 0);
        let stats = place.repair_with(&options(&other));
        assert!(stats.unhealed.is_empty() && !stats.healed.is_empty(), "{stats:?}");
        assert!(stats.healed.iter().all(|h| h.source == Some(HealSource::OtherRepository)));
        place.assert_whole("healed");
    }
}

#[test]
fn a_copy_under_another_key_and_with_other_chunks_heals_data() {
    let mut place = Place::new(2);
    // One large file, whose chunks cross whatever the copy reads at once; a file twice.
    let mut tree = seeded_tree(9, 3, 50_000);
    tree.insert(b"large".to_vec(), seeded_bytes(3, 9_000_000));
    tree.insert(b"twin".to_vec(), tree[b"large".as_slice()].clone());
    let repository = place.process();
    place.add(&repository, "c", &tree);
    let fine = InitOptions { chunker: "fine".parse().unwrap(), ..encrypted() };
    let other = [copied_to(&mut place, &fine)];
    destroy(&mut place, PackKind::Data);
    let stats = place.repair_with(&options(&other));
    assert!(stats.unhealed.is_empty() && !stats.healed.is_empty(), "{:?}", stats.unhealed);
    place.assert_whole("healed");
}

#[test]
fn a_copy_whose_trees_cannot_be_read_just_now_ends_the_repair_and_is_not_taken_for_damaged() {
    let mut place = Place::new(13);
    let storage = MemoryStorage::new();
    drop(copied_into(storage.clone(), &mut place, &encrypted()));
    destroy(&mut place, PackKind::Data);
    // Byte 10 of a pack is its kind (FORMAT.md section 6.1).
    let is_tree_pack = |name: &ObjectName| storage.raw(name).is_some_and(|bytes| bytes[10] == 2);
    let packs: HashSet<ObjectName> = storage.names().into_iter().filter(is_tree_pack).collect();
    let mut failed = 0;
    for nth in 0.. {
        let (packs, reads) = (packs.clone(), Arc::new(AtomicU64::new(0)));
        let counted = Arc::clone(&reads);
        let hook = move |_, call: ReadingCall<'_>| match call {
            ReadingCall::Range(name, ..)
                if packs.contains(name) && counted.fetch_add(1, Relaxed) == nth =>
            {
                let source = std::io::Error::from_raw_os_error(Errno::IO.raw_os_error());
                Err(StorageError::from_io(name, "read", source))
            }
            _ => Ok(()),
        };
        let other = Arc::new(HookedStorage::new(storage.clone(), hook));
        let other = [open(other, 1000 + nth).unwrap()];
        let mut place = place.copy();
        place.seed += nth << 8;
        match repair_packs(&place.process(), &options(&other), &Run::silent(), &mut |_| {}) {
            Ok(stats) => assert_eq!(stats.unhealed, [], "read {nth}"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Retry, "read {nth}: {error}");
                assert!(place.quarantined().is_empty(), "read {nth}");
                failed += 1;
            }
        }
        if reads.load(Relaxed) <= nth {
            break;
        }
    }
    assert!(failed > 0);
}

#[test]
fn a_copy_that_was_retagged_on_either_side_still_heals() {
    let mut place = Place::new(3);
    let other = [copied_to(&mut place, &encrypted())];
    for repository in [&place.process(), &other[0]] {
        for snapshot in repository.snapshots().unwrap().snapshots {
            let change = TagChange::Add(vec!["kept".to_owned()]);
            let new = retag(repository, &snapshot, &change, "host").unwrap().unwrap();
            if let Some(expected) = place.expected.remove(&snapshot.id) {
                place.expected.insert(new.id, expected);
            }
        }
    }
    destroy(&mut place, PackKind::Data);
    let stats = place.repair_with(&options(&other));
    assert_eq!(stats.unhealed, []);
    place.assert_whole("healed");
}

/// Two packs with the same chunks: the first was quarantined as damaged, its chunks were stored
/// again, and it came back as it had been before.
pub(super) fn twins(seed: u64) -> (Place, [PackId; 2]) {
    let mut place = Place::new(seed);
    let first = place.of_kind(PackKind::Data)[0];
    let sound = place.storage.raw(&layout::pack(&first)).unwrap();
    destroy_pack(&mut place, first);
    let run = place.repair().run.unwrap();
    let before = place.packs();
    let sources: Vec<_> = place.expected.values().cloned().collect();
    for (source, tree) in sources {
        let id = back_up(&place.process(), &source).unwrap().snapshot.unwrap();
        place.expected.insert(id, (source, tree));
    }
    let data = place.of_kind(PackKind::Data);
    let second = data.into_iter().find(|pack| !before.contains(pack)).unwrap();
    undo_repair(&place.process(), run, "host", &|_| false, &Run::silent()).unwrap();
    place.change(first, |bytes| *bytes = sound.to_vec());
    place.assert_whole("twins");
    (place, [first, second])
}

#[test]
fn another_pack_that_holds_a_chunk_heals_it() {
    let (place, twins) = twins(4);
    for twin in twins {
        let mut place = place.copy();
        destroy_pack(&mut place, twin);
        let stats = place.repair();
        assert!(stats.unhealed.is_empty() && !stats.healed.is_empty(), "{stats:?}");
        assert!(stats.healed.iter().all(|h| h.source == Some(HealSource::Repository)));
        place.assert_whole("healed");
    }
}

#[test]
fn a_condemned_pack_heals_another_and_is_left_to_the_prune_itself() {
    let (mut place, twins) = twins(5);
    assert!(prune(&place.process()).unwrap().packs_condemned > 0, "one twin is enough");
    let mut healed = 0;
    for twin in twins {
        let mut place = place.copy();
        destroy_pack(&mut place, twin);
        let stats = place.repair();
        healed += stats.packs_quarantined;
        assert_eq!((stats.unhealed.len(), stats.packs_quarantined), (0, stats.packs_quarantined));
        place.assert_restores("healed");
    }
    assert_eq!(healed, 1, "the other one is condemned");
}

#[test]
fn what_is_nowhere_is_stored_again_by_the_next_backup_of_its_source() {
    let mut place = Place::new(6);
    destroy(&mut place, PackKind::Data);
    let stats = place.repair();
    assert!(stats.healed.is_empty() && !stats.unhealed.is_empty());
    assert!(place.checked().0.chunks_missing > 0);
    // A process that knew the packs before, and one that comes new.
    let sources: Vec<_> = place.expected.values().cloned().collect();
    for (source, tree) in sources {
        let id = back_up(&place.process(), &source).unwrap().snapshot.unwrap();
        place.expected.insert(id, (source, tree));
    }
    place.assert_whole("healed by a backup");
}

#[test]
fn a_process_that_knew_the_packs_is_told_of_each_and_stores_what_is_lost_again() {
    let mut place = Place::new(7);
    let long = place.process();
    let sources: Vec<_> = place.expected.values().cloned().collect();
    for (source, tree) in &sources {
        let id = back_up(&long, source).unwrap().snapshot.unwrap();
        place.expected.insert(id, (source.clone(), tree.clone()));
    }
    destroy(&mut place, PackKind::Data);
    assert!(!place.repair().unhealed.is_empty());
    let mut told = 0;
    for (source, tree) in sources {
        let mut stats = back_up(&long, &source);
        while matches!(stats, Err(Error::PackVanished { .. })) {
            told += 1;
            stats = back_up(&long, &source);
        }
        place.expected.insert(stats.unwrap().snapshot.unwrap(), (source, tree));
    }
    assert_eq!(told, 2, "once for each pack");
    place.assert_whole("healed by a process that was there before");
}

#[test]
fn parity_heals_what_it_covers_and_the_rest_is_salvaged() {
    let mut place = Place::with(8, InitOptions { parity_percent: Some(3), ..encrypted() });
    let pack = place.of_kind(PackKind::Data)[0];
    let sound = place.storage.raw(&layout::pack(&pack)).unwrap();
    // One byte: a shard of the sidecar makes up for it.
    place.change(pack, |bytes| bytes[2000] ^= 1);
    let stats = place.repair_with(&PackRepairOptions { parity: false, ..options(&[]) });
    assert!(!stats.unhealed.is_empty() && stats.healed.is_empty());
    undo_repair(&place.process(), stats.run.unwrap(), "host", &|_| false, &Run::silent()).unwrap();
    let stats = place.repair();
    assert!(stats.unhealed.is_empty() && !stats.healed.is_empty(), "{stats:?}");
    assert!(stats.healed.iter().all(|healed| healed.source == Some(HealSource::Parity)));
    place.assert_whole("healed by parity");
    // More than parity covers: what can be read is saved all the same.
    let mut place = Place::with(9, InitOptions { parity_percent: Some(3), ..encrypted() });
    let pack = place.of_kind(PackKind::Data)[0];
    let half = sound.len() / 2;
    place.change(pack, |bytes| bytes.truncate(half.min(bytes.len() / 2)));
    let stats = place.repair();
    assert!(stats.healed.iter().all(|healed| healed.source != Some(HealSource::Parity)));
    assert_eq!(stats.packs_quarantined, 1);
}

#[test]
fn a_small_pack_that_is_gone_is_had_from_its_sidecar() {
    let parity = InitOptions { parity_percent: Some(3), ..encrypted() };
    let mut place = Place::with(11, parity);
    let repository = place.process();
    let before = place.packs();
    place.add(&repository, "small", &seeded_tree(5, 2, 300));
    // The tree, and the data that it names.
    let new: Vec<_> = place.packs().into_iter().filter(|pack| !before.contains(pack)).collect();
    assert_eq!(new.len(), 2);
    for pack in &new {
        assert!(place.storage.bytes(&layout::pack(pack)).unwrap() <= 4096);
        place.storage.remove_raw(&layout::pack(pack));
    }
    // One that makes no pack.
    let other = layout::parity(&PackId::from_bytes([7; 32]));
    let bytes = place.storage.raw(&layout::parity(&new[0])).unwrap();
    place.storage.replace_raw(&other, &bytes);
    assert!(place.checked().0.chunks_missing > 0);
    let without = place.repair_with(&PackRepairOptions { parity: false, ..options(&[]) });
    assert!(without.healed.is_empty() && without.run.is_none(), "{without:?}");
    let stats = place.repair();
    assert!(stats.unhealed.is_empty() && !stats.healed.is_empty(), "{stats:?}");
    assert!(stats.healed.iter().all(|healed| healed.source == Some(HealSource::Parity)));
    // The sidecars were all that was left to put aside, and can be put back.
    assert_eq!((stats.packs_quarantined, place.quarantined().len()), (0, new.len()));
    place.assert_whole("healed from sidecars");
    let undone =
        undo_repair(&place.process(), stats.run.unwrap(), "host", &|_| false, &Run::silent());
    assert_eq!(undone.unwrap().objects, new.len() as u64);
    assert_eq!(place.repair().run, None, "nothing is missing");
}

#[test]
fn a_process_that_repaired_misses_the_packs_that_it_took_away_only_if_something_is_lost() {
    for is_lost in [false, true] {
        let with_parity = InitOptions { parity_percent: Some(3), ..encrypted() };
        let mut place = Place::with(11 + u64::from(is_lost), with_parity);
        let pack = place.of_kind(PackKind::Data)[0];
        place.change(pack, |bytes| bytes[2000] ^= 1);
        let process = place.process();
        let options = PackRepairOptions { parity: !is_lost, ..options(&[]) };
        let stats = repair_packs(&process, &options, &Run::silent(), &mut |_| {}).unwrap();
        assert_eq!(stats.unhealed.is_empty(), !is_lost);
        let mut misses_it = false;
        let structure = CheckOptions::structure();
        check(&process, &structure, &Run::silent(), &mut |found| {
            misses_it |= found.pack == Some(pack);
        })
        .unwrap();
        assert_eq!(misses_it, is_lost);
    }
}

#[test]
fn wrong_bytes_at_the_right_place_heal_nothing() {
    let mut place = Place::new(10);
    let (own, (source, tree)) = place.expected.first_key_value().unwrap();
    let (own, source, tree) = (*own, source.clone(), tree.clone());
    // Somebody else's repository: the same paths and lengths, and other bytes.
    let storage = MemoryStorage::new();
    let other =
        Repository::create(environment(Arc::new(storage.clone()), 78), &encrypted()).unwrap();
    let mut wrong = tree.clone();
    for bytes in wrong.values_mut() {
        for byte in bytes {
            *byte ^= 1;
        }
    }
    write_tree(&source, &wrong);
    let made = snapshot_of(&other, &back_up(&other, &source).unwrap());
    write_tree(&source, &tree);
    let forged = Snapshot { id: SnapshotId([9; 32]), original: Some(own), ..made };
    let bytes = encode_snapshot(&forged, other.keys()).unwrap();
    assert_eq!(
        storage.put_if_absent(&layout::snapshot(forged.id), &[&bytes]).unwrap(),
        Put::Created
    );
    destroy(&mut place, PackKind::Data);
    let stats = place.repair_with(&options(&[other]));
    assert!(stats.healed.is_empty() && !stats.unhealed.is_empty(), "{stats:?}");
}
