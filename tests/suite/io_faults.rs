//! Goal: an I/O call that fails, whichever it is, ends in success or in a typed error; what was
//! promised stays, and the next run on the healed disk works (RELIABILITY section 8, R4).
//!
//! Method: the N-th call fails, once and then for ever, for every N until an operation no longer
//! reaches it. If this fails, a full or dying disk costs a user more than one backup.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_engine::{Error, Repository, Result, Run, forget, restore};
use gleaner_store::{
    DirectoryStorage, ErrorKind, MemoryFs, MemoryStorage, ObjectName, Put, SeededRandom,
    SnapshotId, Storage,
};
use gleaner_tests::engine_doubles::{
    Tree, back_up, create, credential, disk_files, encrypted, environment, open, restore_options,
    seeded_tree, snapshot_files, snapshot_of, write_tree,
};
use gleaner_tests::fault::{Call, Effect, Fault, Faults, Reach, fault_loop};
use gleaner_tests::faulty_fs::FaultyFs;
use gleaner_tests::faulty_storage::FaultyStorage;
use rustix::io::Errno;
use tempfile::TempDir;

const EIO: Effect = Effect::Error(Errno::IO.raw_os_error());
const ENOSPC: Effect = Effect::Error(Errno::NOSPC.raw_os_error());
const EINTR: Effect = Effect::Error(Errno::INTR.raw_os_error());
const REPLY_LOST: Effect = Effect::ErrorAfter(Errno::IO.raw_os_error());
const SYNCS: &[Call] = &[Call::SyncData, Call::SyncDir];
const SPACE: &[Call] = &[Call::CreateNew, Call::WriteAt, Call::Allocate];
/// Calls that decide about data. The 267 folders that each session makes sure of are left out of
/// the long loops: they fail alike.
const DATA: &[Call] = &[
    Call::CreateNew,
    Call::Open,
    Call::WriteAt,
    Call::ReadAt,
    Call::Bytes,
    Call::Allocate,
    Call::SyncData,
    Call::SyncDir,
    Call::RenameNoreplace,
    Call::Unlink,
];

fn storage(fs: &MemoryFs, faults: &Faults, seed: u64) -> Arc<dyn Storage> {
    let random = Arc::new(SeededRandom::new(seed));
    Arc::new(DirectoryStorage::new(FaultyFs::new(fs.clone(), faults.clone()), random))
}

/// A durable repository with one snapshot, and a source that has changed since.
struct Before {
    _folder: TempDir,
    source: PathBuf,
    fs: MemoryFs,
    first: SnapshotId,
    first_tree: Tree,
    tree: Tree,
}

fn before() -> Before {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let fs = MemoryFs::new();
    let repository = create(storage(&fs, &Faults::new(), 1), 2, encrypted());
    let first_tree = seeded_tree(1, 4, 3000);
    write_tree(&source, &first_tree);
    let first = back_up(&repository, &source).unwrap().snapshot.unwrap();
    let mut tree = first_tree.clone();
    tree.extend(seeded_tree(2, 3, 5000));
    write_tree(&source, &tree);
    Before { _folder: folder, source, fs, first, first_tree, tree }
}

fn snapshot_tree(repository: &Repository, id: SnapshotId, source: &Path) -> Result<Tree> {
    let list = repository.snapshots()?;
    assert!(list.damaged.is_empty(), "{:?}", list.damaged);
    let snapshot = list.snapshots.into_iter().find(|snapshot| snapshot.id == id);
    snapshot_files(repository, &snapshot.ok_or(Error::NoSuchSnapshot)?, source)
}

/// After the fault is gone: the first snapshot is whole, so is an acknowledged second one, and the
/// next backup works.
fn assert_healed(before: &Before, fs: &MemoryFs, second: Option<SnapshotId>, case: &str) {
    let storage = storage(fs, &Faults::new(), 70);
    let repository = open(storage, 71).unwrap_or_else(|error| panic!("{case}: {error}"));
    let read = |id| {
        snapshot_tree(&repository, id, &before.source)
            .unwrap_or_else(|error| panic!("{case}: {error}"))
    };
    assert!(read(before.first) == before.first_tree, "{case}");
    if let Some(second) = second {
        assert!(read(second) == before.tree, "{case}");
    }
    for snapshot in repository.snapshots().unwrap().snapshots {
        let tree = read(snapshot.id);
        assert!(tree == before.tree || tree == before.first_tree, "{case}: half a snapshot");
    }
    let stats = back_up(&repository, &before.source)
        .unwrap_or_else(|error| panic!("{case}: the next backup: {error}"));
    assert!(read(stats.snapshot.unwrap()) == before.tree, "{case}");
}

fn assert_typed(error: &Error, case: &str) {
    assert!(error.kind() != ErrorKind::Bug, "{case}: {error}");
    assert!(!error.to_string().is_empty(), "{case}");
}

#[test]
fn fault_at_any_call_of_init_leaves_a_repository_or_none() {
    let (mut runs, mut again_possible) = (0, 0);
    for (calls, effect) in [(DATA, EIO), (DATA, ENOSPC), (DATA, REPLY_LOST), (DATA, EINTR)] {
        runs += fault_loop(calls, effect, |faults, fault| {
            let fs = MemoryFs::new();
            let env = environment(storage(&fs, faults, 1), 2);
            let created = Repository::create(env, &encrypted());
            if let Err(error) = &created {
                assert_typed(error, &format!("{fault:?}"));
            }
            let reopened = open(storage(&fs, &Faults::new(), 3), 4);
            match (&created, &reopened) {
                (Ok(_), Err(error)) => panic!("{fault:?}: {error}"),
                (Err(failed), Err(error)) => {
                    let kind = error.kind();
                    assert_eq!(kind, ErrorKind::NotFound, "{fault:?}: {error}");
                    let again = environment(storage(&fs, &Faults::new(), 5), 6);
                    // Where not even the first object's fate is known, another init may own it; and
                    // what fails for ever cannot take anything back.
                    let is_kept =
                        failed.to_string().contains("epoch/") || fault.reach == Reach::Onward;
                    match Repository::create(again, &encrypted()) {
                        Ok(_) => again_possible += 1,
                        Err(Error::NotEmpty { .. }) if is_kept => {}
                        Err(error) => panic!("{fault:?}: {failed}; the next init: {error}"),
                    }
                }
                (_, Ok(repository)) => {
                    assert!(repository.snapshots().unwrap().snapshots.is_empty(), "{fault:?}");
                }
            }
        });
    }
    println!("R4, init: {runs} runs with a fault, after {again_possible} the place could be used");
    assert!(again_possible > 0);
}

#[test]
fn fault_at_any_call_of_an_incremental_backup_loses_nothing() {
    let before = before();
    let (mut runs, mut acknowledged) = (0, 0);
    for (calls, effect) in [
        (DATA, EIO),
        (DATA, ENOSPC),
        (DATA, REPLY_LOST),
        (DATA, EINTR),
        (&[Call::ReadAt, Call::WriteAt], Effect::Short),
        (&[Call::List, Call::RemoveDir], EIO),
        (SYNCS, EIO),
    ] {
        runs += fault_loop(calls, effect, |faults, fault| {
            let case = format!("{fault:?}");
            let fs = before.fs.snapshot();
            let result = Repository::open(environment(storage(&fs, faults, 3), 4), &credential())
                .and_then(|repository| back_up(&repository, &before.source));
            if let Err(error) = &result {
                assert_typed(error, &case);
            }
            let second = result.ok().and_then(|stats| stats.snapshot);
            acknowledged += u64::from(second.is_some());
            assert_healed(&before, &fs, second, &case);
        });
    }
    println!("R4, incremental backup: {runs} runs with a fault, {acknowledged} acknowledged");
    assert!(runs > 200 && acknowledged > 20, "{runs} {acknowledged}");
}

#[test]
fn fault_at_any_folder_that_a_session_makes_sure_of_loses_nothing() {
    let before = before();
    let runs = fault_loop(&[Call::Mkdir], EIO, |faults, fault| {
        // Every 16th of the 267: the loop counts on, the others end at once.
        if fault.nth % 16 != 1 && fault.nth < 268 {
            faults.arm(Fault { nth: 1, ..fault });
        }
        let fs = before.fs.snapshot();
        let repository = open(storage(&fs, faults, 3), 4).unwrap();
        let result = back_up(&repository, &before.source);
        if faults.hits() > 0 {
            assert_typed(&result.unwrap_err(), "a folder that cannot be made");
        }
        if fault.nth % 16 == 1 {
            assert_healed(&before, &fs, None, &format!("{fault:?}"));
        }
    });
    assert!(runs > 500, "{runs}");
}

#[test]
fn fault_at_any_call_of_the_first_backup_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let tree = seeded_tree(7, 4, 4000);
    write_tree(&source, &tree);
    let fresh = MemoryFs::new();
    create(storage(&fresh, &Faults::new(), 1), 2, encrypted());
    let mut runs = 0;
    for effect in [EIO, ENOSPC, REPLY_LOST] {
        runs += fault_loop(DATA, effect, |faults, fault| {
            let fs = fresh.snapshot();
            let result = open(storage(&fs, faults, 3), 4)
                .and_then(|repository| back_up(&repository, &source));
            if let Err(error) = &result {
                assert_typed(error, &format!("{fault:?}"));
            }
            let repository = open(storage(&fs, &Faults::new(), 5), 6).unwrap();
            let second = back_up(&repository, &source).unwrap();
            for id in [result.ok().and_then(|stats| stats.snapshot), second.snapshot] {
                let Some(id) = id else { continue };
                assert!(snapshot_tree(&repository, id, &source).unwrap() == tree, "{fault:?}");
            }
        });
    }
    println!("R4, first backup: {runs} runs with a fault");
}

#[test]
fn fault_at_any_call_of_forget_forgets_or_not_and_can_be_repeated() {
    let before = before();
    let mut runs = 0;
    for effect in [EIO, ENOSPC, REPLY_LOST] {
        runs += fault_loop(DATA, effect, |faults, fault| {
            let fs = before.fs.snapshot();
            let result = open(storage(&fs, faults, 3), 4)
                .and_then(|repository| forget(&repository, &[before.first]));
            let repository = open(storage(&fs, &Faults::new(), 5), 6).unwrap();
            if result.is_ok() {
                let list = repository.snapshots().unwrap().snapshots;
                assert!(list.is_empty(), "{fault:?}: acknowledged, and still listed");
            }
            forget(&repository, &[before.first]).unwrap();
            assert!(repository.snapshots().unwrap().snapshots.is_empty(), "{fault:?}");
        });
    }
    println!("R4, forget: {runs} runs with a fault");
}

#[test]
fn full_disk_is_an_error_of_its_own_kind() {
    let before = before();
    fault_loop(SPACE, ENOSPC, |faults, fault| {
        let fs = before.fs.snapshot();
        let repository = open(storage(&fs, faults, 3), 4).unwrap();
        if let Err(error) = back_up(&repository, &before.source) {
            assert_eq!(error.kind(), ErrorKind::Full, "{fault:?}: {error}");
        }
    });
}

#[test]
fn failed_sync_of_a_pack_is_answered_by_another_pack_and_not_by_another_sync() {
    let before = before();
    let packs = |fs: &MemoryFs| -> BTreeSet<String> {
        fs.files().into_keys().filter(|name| name.starts_with("data/")).collect()
    };
    let (mut without, mut with) = (BTreeSet::new(), Vec::new());
    fault_loop(&[Call::SyncDir], EIO, |faults, _| {
        let fs = before.fs.snapshot();
        let repository = open(storage(&fs, faults, 3), 4).unwrap();
        let result = back_up(&repository, &before.source);
        if faults.hits() == 0 {
            without = packs(&fs);
        } else if faults.hits() == 1 && result.is_ok() {
            with.push(packs(&fs));
        }
    });
    assert!(with.iter().any(|packs| *packs != without), "no pack got another name");
    for packs in with {
        assert_eq!(packs.len(), without.len(), "the name that failed is still there");
    }
}

#[test]
fn object_that_is_durable_is_not_taken_back_for_its_temporary_name() {
    // Its own folder is synced first, then that of its temporary name.
    for (nth, is_durable) in [(1, false), (2, true)] {
        let faults = Faults::new();
        let fs = MemoryFs::new();
        storage(&fs, &Faults::new(), 1).create_layout().unwrap();
        let storage = storage(&fs, &faults, 2);
        let name = ObjectName::new("data/00/object").unwrap();
        faults.arm(Fault { calls: &[Call::SyncDir], nth, reach: Reach::Once, effect: EIO });
        let put = storage.put_if_absent(&name, &[b"bytes"]);
        assert_eq!(faults.hits(), 1);
        assert_eq!(matches!(put, Ok(Put::Created)), is_durable, "{put:?}");
    }
}

#[test]
fn fault_at_any_call_of_a_restore_is_named_and_no_file_is_wrong() {
    let before = before();
    let (mut runs, mut whole) = (0, 0);
    for effect in [EIO, Effect::Short] {
        runs += fault_loop(&[Call::Open, Call::ReadAt, Call::List], effect, |faults, fault| {
            let fs = before.fs.snapshot();
            let target = tempfile::tempdir().unwrap();
            let options = restore_options(target.path());
            let result = open(storage(&fs, faults, 3), 4).and_then(|repository| {
                let snapshot = repository.snapshots()?.snapshots.pop();
                let snapshot = snapshot.ok_or(Error::NoSuchSnapshot)?;
                restore(&repository, &snapshot, &options, &Run::silent())
            });
            let restored = target.path().join(before.source.strip_prefix("/").unwrap());
            if restored.exists() {
                for (name, bytes) in disk_files(&restored) {
                    let is_marked = name.ends_with(b".gleaner-incomplete");
                    assert!(is_marked || before.first_tree[&name] == bytes, "{fault:?}");
                }
            }
            if let Ok(stats) = result
                && (stats.files_failed, stats.verify_failed) == (0, 0)
            {
                whole += 1;
                assert!(disk_files(&restored) == before.first_tree, "{fault:?}: {stats:?}");
            }
        });
    }
    println!("R4, restore: {runs} runs with a fault, {whole} whole");
}

#[test]
fn fault_at_any_call_of_any_storage_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let first_tree = seeded_tree(8, 4, 4000);
    write_tree(&source, &first_tree);
    let base = MemoryStorage::new();
    let repository = create(Arc::new(base.clone()), 1, encrypted());
    let first = snapshot_of(&repository, &back_up(&repository, &source).unwrap());
    let mut tree = first_tree.clone();
    tree.extend(seeded_tree(9, 4, 4000));
    write_tree(&source, &tree);
    let mut runs = 0;
    for effect in [EIO, ENOSPC, REPLY_LOST, Effect::Short] {
        runs += fault_loop(&[], effect, |faults, fault| {
            let memory = base.snapshot();
            let faulty = Arc::new(FaultyStorage::new(memory.clone(), faults.clone()));
            let result = open(faulty, 3).and_then(|repository| back_up(&repository, &source));
            if let Err(error) = &result {
                assert_typed(error, &format!("{fault:?}"));
            }
            let healed = open(Arc::new(memory), 5).unwrap();
            let next = back_up(&healed, &source).unwrap().snapshot;
            assert!(snapshot_tree(&healed, first.id, &source).unwrap() == first_tree);
            for id in [result.ok().and_then(|stats| stats.snapshot), next] {
                let Some(id) = id else { continue };
                assert!(snapshot_tree(&healed, id, &source).unwrap() == tree, "{fault:?}");
            }
        });
    }
    println!("R4, backup over a faulty storage: {runs} runs with a fault");
}
