//! Chunks that are in two packs, of which one is damaged, cut short or gone.

use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_engine::{CopyOptions, Repository, Run, copy, restore};
use gleaner_store::{MemoryStorage, PACK_HEADER_BYTES, Snapshot, Storage as _, layout};
use gleaner_tests::engine_doubles::{
    Tree, back_up, create, disk_files, encrypted, open, restore_options, seeded_tree,
    snapshot_files, snapshot_of, write_tree,
};
use tempfile::TempDir;

/// A repository in which two writers stored the same, without knowing of each other.
struct Twice {
    folder: TempDir,
    storage: MemoryStorage,
    snapshot: Snapshot,
    tree: Tree,
    /// Packs of either writer.
    packs: [Vec<PackId>; 2],
}

fn packs(storage: &MemoryStorage) -> Vec<PackId> {
    storage.names().iter().filter_map(layout::parse_pack).collect()
}

fn twice(seed: u64) -> Twice {
    let folder = tempfile::tempdir().unwrap();
    let (source, tree) = (folder.path().join("source"), seeded_tree(seed, 8, 60_000));
    write_tree(&source, &tree);
    let storage = MemoryStorage::new();
    drop(create(Arc::new(storage.clone()), seed, encrypted()));
    let other = storage.snapshot();
    let back_up_to = |storage: &MemoryStorage, seed| {
        let repository = open(Arc::new(storage.clone()), seed).unwrap();
        let stats = back_up(&repository, &source).unwrap();
        snapshot_of(&repository, &stats)
    };
    let snapshot = back_up_to(&storage, seed + 100);
    back_up_to(&other, seed + 200);
    let packs = [packs(&storage), packs(&other)];
    for pack in &packs[1] {
        let name = layout::pack(pack);
        storage.replace_raw(&name, &other.raw(&name).unwrap());
    }
    Twice { folder, storage, snapshot, tree, packs }
}

/// Reads it in the three ways that there are. The index is opened before `damage`.
fn assert_reads_after(twice: &Twice, case: &str, damage: impl Fn(&MemoryStorage)) {
    let source = twice.folder.path().join("source");
    for is_open_before in [false, true] {
        let storage = twice.storage.snapshot();
        if !is_open_before {
            damage(&storage);
        }
        let repository = open(Arc::new(storage.clone()), 300).unwrap();
        if is_open_before {
            drop(snapshot_files(&repository, &twice.snapshot, &source).unwrap());
            damage(&storage);
        }
        let case = format!("{case}, open before: {is_open_before}");
        let read = snapshot_files(&repository, &twice.snapshot, &source);
        assert!(read.unwrap_or_else(|e| panic!("{case}: {e}")) == twice.tree, "{case}");
        assert_restores(&repository, twice, &case);
        let to = create(Arc::new(MemoryStorage::new()), 400, encrypted());
        let options = CopyOptions { host: "host".to_owned(), lease: true, dry_run: false };
        let snapshots = std::slice::from_ref(&twice.snapshot);
        let stats = copy(&repository, &to, snapshots, &options, &Run::silent())
            .unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!((stats.snapshots_copied, stats.snapshots_failed), (1, 0), "{case}");
        let copied = to.snapshots().unwrap().snapshots;
        let read = snapshot_files(&to, &copied[0], &source);
        assert!(read.unwrap_or_else(|e| panic!("{case}: {e}")) == twice.tree, "{case}, copied");
    }
}

fn assert_restores(repository: &Repository, twice: &Twice, case: &str) {
    let target = tempfile::tempdir().unwrap();
    let options = restore_options(target.path());
    let stats = restore(repository, &twice.snapshot, &options, &Run::silent()).unwrap();
    assert_eq!((stats.files_failed, stats.verify_failed), (0, 0), "{case}");
    let source = twice.folder.path().join("source");
    let restored = target.path().join(source.strip_prefix("/").unwrap());
    assert!(disk_files(&restored) == twice.tree, "{case}");
}

#[test]
fn chunk_with_a_sound_copy_is_read_whichever_copy_is_damaged() {
    for seed in 1..4 {
        let twice = twice(seed);
        assert!(twice.packs.iter().all(|packs| packs.len() == 2), "data and trees");
        for (writer, packs) in twice.packs.iter().enumerate() {
            for (what, change) in WAYS {
                let case = format!("seed {seed}, writer {writer}, {what}");
                assert_reads_after(&twice, &case, |storage| {
                    for name in packs.iter().map(layout::pack) {
                        let mut bytes = storage.raw(&name).unwrap().to_vec();
                        change(&mut bytes);
                        storage.replace_raw(&name, &bytes);
                    }
                });
            }
            let case = format!("seed {seed}, writer {writer}, gone");
            assert_reads_after(&twice, &case, |storage| {
                for name in packs.iter().map(layout::pack) {
                    storage.delete(&name).unwrap();
                }
            });
        }
    }
}

type Way = (&'static str, fn(&mut Vec<u8>));

const WAYS: [Way; 4] = [
    ("first frame", |bytes| bytes[PACK_HEADER_BYTES] ^= 1),
    ("first block", |bytes| bytes[PACK_HEADER_BYTES + 60] ^= 1),
    ("cut short", |bytes| bytes.truncate(bytes.len() - 1)),
    ("cut in half", |bytes| bytes.truncate(bytes.len() / 2)),
];

#[test]
fn chunk_whose_copies_are_all_damaged_is_an_error_that_names_one() {
    let twice = twice(9);
    for name in twice.packs.iter().flatten().map(layout::pack) {
        let mut bytes = twice.storage.raw(&name).unwrap().to_vec();
        bytes[PACK_HEADER_BYTES + 60] ^= 1;
        twice.storage.replace_raw(&name, &bytes);
    }
    let repository = open(Arc::new(twice.storage.clone()), 300).unwrap();
    let source = twice.folder.path().join("source");
    let error = snapshot_files(&repository, &twice.snapshot, &source).unwrap_err();
    let named = twice.packs.iter().flatten().map(|pack| layout::pack(pack).to_string());
    assert!(named.into_iter().any(|name| error.to_string().contains(&name)), "{error}");
}
