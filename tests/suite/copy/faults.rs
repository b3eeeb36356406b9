//! Copies over storage that fails, at any call and on either side (RELIABILITY section 8, R4).

use std::collections::BTreeMap;
use std::sync::Arc;

use gleaner_engine::{CopyStats, InitOptions, Repository, Result};
use gleaner_store::{ErrorKind, MemoryStorage, SnapshotId};
use gleaner_tests::engine_doubles::{encrypted, open, seeded_tree, write_tree};
use gleaner_tests::fault::{Effect, Fault, Faults, fault_loop};
use gleaner_tests::faulty_storage::FaultyStorage;
use rustix::io::Errno;
use tempfile::TempDir;

use super::{Place, Told, assert_same_told, copy_all, told};

const EFFECTS: [Effect; 4] = [
    Effect::Error(Errno::IO.raw_os_error()),
    Effect::Error(Errno::NOSPC.raw_os_error()),
    Effect::ErrorAfter(Errno::IO.raw_os_error()),
    Effect::Short,
];

/// Two snapshots, of which the target of one domain has the first already.
struct Before {
    _folder: TempDir,
    from: Place,
    told: BTreeMap<SnapshotId, BTreeMap<Vec<u8>, Told>>,
    targets: Vec<MemoryStorage>,
}

fn before() -> Before {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let from = Place::new(1, encrypted());
    write_tree(&source, &seeded_tree(1, 3, 3000));
    from.back_up(&source);
    let domain_from = Some(&from.repository);
    let shared = Place::new(2, InitOptions { domain_from, ..encrypted() });
    copy_all(&from.repository, &shared.repository).unwrap();
    write_tree(&source, &seeded_tree(2, 3, 3000));
    from.back_up(&source);
    let told = from.snapshots().iter().map(|s| (s.id, told(&from.repository, s))).collect();
    let targets = vec![shared.storage, Place::new(3, encrypted()).storage];
    Before { _folder: folder, from, told, targets }
}

/// Whatever happened: what is listed is whole, and the next copy completes the rest.
fn assert_completes(
    before: &Before,
    target: &MemoryStorage,
    result: &Result<CopyStats>,
    case: &str,
) {
    if let Err(error) = result {
        assert!(error.kind() != ErrorKind::Bug, "{case}: {error}");
    }
    let from = open(Arc::new(before.from.storage.clone()), 70).unwrap();
    let to = open(Arc::new(target.clone()), 71).unwrap();
    let listed = assert_whole(before, &to, case);
    if let Ok(stats) = result {
        let done = stats.snapshots_copied + stats.snapshots_skipped;
        assert_eq!(done + stats.snapshots_failed, 2, "{case}");
        // A manifest that could not be read may be one that is there already.
        assert!(done <= listed && (done == listed || stats.snapshots_failed > 0), "{case}");
    }
    let next = copy_all(&from, &to).unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(next.snapshots_copied + listed, 2, "{case}");
    assert_eq!(assert_whole(before, &to, case), 2, "{case}");
}

fn assert_whole(before: &Before, to: &Repository, case: &str) -> u64 {
    let list = to.snapshots().unwrap();
    assert!(list.damaged.is_empty(), "{case}: {:?}", list.damaged);
    for copy in &list.snapshots {
        assert_same_told(&told(to, copy), &before.told[&copy.original.unwrap()]);
    }
    list.snapshots.len() as u64
}

#[test]
fn fault_at_any_call_where_it_is_written_leaves_whole_snapshots_and_the_next_run_ends_it() {
    let before = before();
    for target in &before.targets {
        let (mut runs, mut whole) = (0, 0);
        for effect in EFFECTS {
            runs += fault_loop(&[], effect, |faults: &Faults, fault: Fault| {
                let memory = target.snapshot();
                let from = open(Arc::new(before.from.storage.snapshot()), 3).unwrap();
                let faulty = Arc::new(FaultyStorage::new(memory.clone(), faults.clone()));
                let result = open(faulty, 4).and_then(|to| copy_all(&from, &to));
                whole += u64::from(result.is_ok());
                assert_completes(&before, &memory, &result, &format!("{fault:?}"));
            });
        }
        println!("R4, copy into a faulty storage: {runs} runs with a fault, {whole} whole");
        assert!(runs > 50 && whole > 4, "{runs} {whole}");
    }
}

#[test]
fn fault_at_any_call_where_it_is_read_leaves_whole_snapshots_and_the_next_run_ends_it() {
    let before = before();
    for target in &before.targets {
        let (mut runs, mut partial) = (0, 0);
        for effect in EFFECTS {
            runs += fault_loop(&[], effect, |faults: &Faults, fault: Fault| {
                let memory = target.snapshot();
                let source = before.from.storage.snapshot();
                let faulty = Arc::new(FaultyStorage::new(source, faults.clone()));
                let to = open(Arc::new(memory.clone()), 4).unwrap();
                let result = open(faulty, 3).and_then(|from| copy_all(&from, &to));
                partial += u64::from(result.as_ref().is_ok_and(|stats| stats.snapshots_failed > 0));
                assert_completes(&before, &memory, &result, &format!("{fault:?}"));
            });
        }
        println!("R4, copy from a faulty storage: {runs} runs with a fault, {partial} in part");
        assert!(runs > 50 && partial > 4, "{runs} {partial}");
    }
}
