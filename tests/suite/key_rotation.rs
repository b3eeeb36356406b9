//! Goal: after a key rotation new packs are sealed under new keys, and everything that was there
//! is read as before. Lost if this fails: with an old repository, its data; with a leaked key, what
//! was backed up since.
//!
//! Method: packs are looked at by their headers; rotations meet faults at every call, damage, and
//! copies of the repository from before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_engine::{
    CheckOptions, Error, Finding, FindingCode, Repository, Run, Severity, check, current_key_epoch,
    forget, rotate_keys,
};
use gleaner_store::{
    DirectoryStorage, ErrorKind, MemoryFs, MemoryStorage, ObjectName, SeededRandom, SnapshotId,
    Storage, layout,
};
use gleaner_tests::engine_doubles::{
    PASSWORD, Tree, back_up, create, encrypted, open, prune, seeded_tree, snapshot_files,
    unencrypted, write_tree,
};
use gleaner_tests::fault::{Effect, Fault, Faults, fault_loop};
use gleaner_tests::faulty_fs::FaultyFs;
use gleaner_tests::faulty_storage::FaultyStorage;
use gleaner_tests::independent_reader;
use rustix::io::Errno;
use tempfile::TempDir;

/// A repository in memory, and what each of its snapshots holds.
struct Place {
    _folder: TempDir,
    source: PathBuf,
    storage: MemoryStorage,
    repository: Repository,
    saved: BTreeMap<SnapshotId, Tree>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("source");
        let storage = MemoryStorage::new();
        let repository = create(Arc::new(storage.clone()), 1, encrypted());
        Self { _folder: folder, source, storage, repository, saved: BTreeMap::new() }
    }

    /// Backs up other files than before.
    fn save(&mut self) {
        let tree = seeded_tree(self.saved.len() as u64, 3, 5000);
        write_tree(&self.source, &tree);
        let stats = back_up(&self.repository, &self.source).unwrap();
        self.saved.insert(stats.snapshot.unwrap(), tree);
    }
}

fn assert_reads(repository: &Repository, source: &Path, saved: &BTreeMap<SnapshotId, Tree>) {
    let list = repository.snapshots().unwrap();
    assert!(list.damaged.is_empty(), "{:?}", list.damaged);
    for (id, tree) in saved {
        let snapshot = list.snapshots.iter().find(|snapshot| snapshot.id == *id).unwrap();
        assert!(snapshot_files(repository, snapshot, source).unwrap() == *tree, "{id}");
    }
}

/// Number of packs by the key epoch in their headers (FORMAT.md section 6.1).
fn packs_by_epoch(storage: &dyn Storage) -> BTreeMap<u32, usize> {
    let mut packs = BTreeMap::new();
    for listed in storage.list(&layout::packs()).unwrap() {
        let bytes = storage.get(&listed.name, 1 << 30).unwrap();
        let epoch = u32::from_le_bytes(bytes[12..16].try_into().unwrap());
        *packs.entry(epoch).or_default() += 1;
    }
    packs
}

fn findings(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    let options = CheckOptions::read_data();
    check(repository, &options, &Run::silent(), &mut |f| findings.push(f.clone())).unwrap();
    findings
}

#[test]
fn new_packs_are_sealed_under_the_new_epoch_and_old_ones_are_read_as_before() {
    let mut place = Place::new();
    assert_eq!(current_key_epoch(&place.repository).unwrap(), 0);
    place.save();
    let of_epoch_0 = packs_by_epoch(&place.storage)[&0];
    for epoch in [1, 2] {
        assert_eq!(rotate_keys(&place.repository).unwrap(), epoch);
        assert_eq!(current_key_epoch(&place.repository).unwrap(), epoch);
        place.save();
        let packs = packs_by_epoch(&place.storage);
        assert_eq!(packs.keys().copied().collect::<Vec<_>>(), (0..=epoch).collect::<Vec<_>>());
        assert_eq!(packs[&0], of_epoch_0, "old packs stay as they are");
    }
    assert!(findings(&place.repository).is_empty());
    assert_reads(&place.repository, &place.source, &place.saved);
    let reopened = open(Arc::new(place.storage.clone()), 9).unwrap();
    assert_reads(&reopened, &place.source, &place.saved);
}

#[test]
fn process_that_was_open_before_seals_its_next_backup_under_the_new_epoch() {
    let mut place = Place::new();
    place.save();
    let other = open(Arc::new(place.storage.clone()), 2).unwrap();
    assert_eq!(rotate_keys(&other).unwrap(), 1);
    place.save();
    assert!(packs_by_epoch(&place.storage)[&1] > 0);
    // Known chunks are known under any epoch.
    write_tree(&place.source, &place.saved.values().next().unwrap().clone());
    assert_eq!(back_up(&other, &place.source).unwrap().bytes_novel, 0);
}

#[test]
fn prune_seals_what_it_carries_over_under_the_new_epoch() {
    let mut place = Place::new();
    let mut tree = seeded_tree(1, 8, 50_000);
    write_tree(&place.source, &tree);
    let first = back_up(&place.repository, &place.source).unwrap().snapshot.unwrap();
    let half = tree.keys().nth(4).unwrap().clone();
    drop(tree.split_off(&half));
    write_tree(&place.source, &tree);
    let second = back_up(&place.repository, &place.source).unwrap().snapshot.unwrap();
    place.saved.insert(second, tree);
    rotate_keys(&place.repository).unwrap();
    forget(&place.repository, &[first]).unwrap();
    let pruned = prune(&place.repository).unwrap();
    assert!(pruned.bytes_rewritten > 0, "{pruned:?}");
    assert!(packs_by_epoch(&place.storage)[&1] > 0);
    prune(&place.repository).unwrap();
    let reopened = open(Arc::new(place.storage.clone()), 9).unwrap();
    assert_reads(&reopened, &place.source, &place.saved);
}

#[test]
fn copy_of_the_repository_from_before_still_opens_and_goes_on() {
    let mut place = Place::new();
    place.save();
    let (copy, saved) = (place.storage.snapshot(), place.saved.clone());
    rotate_keys(&place.repository).unwrap();
    place.save();
    let before = open(Arc::new(copy.clone()), 5).unwrap();
    assert_eq!(current_key_epoch(&before).unwrap(), 0);
    assert_reads(&before, &place.source, &saved);
    back_up(&before, &place.source).unwrap();
    assert_eq!(packs_by_epoch(&copy).len(), 1);
    // A pack of the rotated repository means the same in the copy: its header names the epoch.
    for name in place.storage.names() {
        if layout::parse_pack(&name).is_some() {
            copy.replace_raw(&name, &place.storage.raw(&name).unwrap());
        }
    }
    let found = findings(&open(Arc::new(copy), 6).unwrap());
    let [finding] = &found[..] else { panic!("{found:?}") };
    assert_eq!((finding.code, finding.severity), (FindingCode::K104, Severity::Error));
}

#[test]
fn repository_without_encryption_has_no_key_to_rotate() {
    let storage = MemoryStorage::new();
    let repository = create(Arc::new(storage.clone()), 1, unencrypted());
    let before = storage.names();
    assert!(matches!(rotate_keys(&repository), Err(Error::NotEncrypted)));
    assert_eq!(storage.names(), before);
    assert_eq!(current_key_epoch(&repository).unwrap(), 0);
}

#[test]
fn rotations_at_once_start_an_epoch_at_least_for_each_and_never_one_twice() {
    let place = Place::new();
    let started = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|seed| {
                let storage = place.storage.clone();
                scope.spawn(move || {
                    let repository = open(Arc::new(storage), 10 + seed).unwrap();
                    [(); 3].map(|()| rotate_keys(&repository).unwrap())
                })
            })
            .collect();
        let started = threads.into_iter().flat_map(|thread| thread.join().unwrap());
        started.collect::<Vec<u32>>()
    });
    let mut sorted = started.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=12).collect::<Vec<u32>>());
    assert_eq!(current_key_epoch(&place.repository).unwrap(), 12);
}

#[test]
fn damaged_or_renamed_epoch_keeps_from_writing_and_not_from_reading() {
    let mut place = Place::new();
    place.save();
    rotate_keys(&place.repository).unwrap();
    place.save();
    let version = |number: u64| ObjectName::new(&format!("keys/epoch/{number:020}")).unwrap();
    let bytes = place.storage.raw(&version(1)).unwrap();
    let mut flipped = bytes.to_vec();
    flipped[20] ^= 1;
    for (name, content) in [(version(1), flipped), (version(2), bytes.to_vec())] {
        place.storage.replace_raw(&name, &content);
        let reopened = open(Arc::new(place.storage.clone()), 3).unwrap();
        assert_reads(&reopened, &place.source, &place.saved);
        for error in
            [rotate_keys(&reopened).unwrap_err(), back_up(&reopened, &place.source).unwrap_err()]
        {
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
            assert!(error.to_string().contains("keys/epoch"), "{error}");
        }
        let found = findings(&reopened);
        let named = found.iter().find(|finding| finding.object.as_ref() == Some(&name));
        assert_eq!(named.unwrap().code, FindingCode::K104);
        // What the finding advises.
        place.storage.remove_raw(&name);
        if name == version(1) {
            place.storage.replace_raw(&name, &bytes);
        }
    }
    assert_eq!(rotate_keys(&place.repository).unwrap(), 2);
    assert!(findings(&place.repository).is_empty());
}

#[test]
fn rotation_that_was_taken_back_is_found_by_check_and_done_again_by_a_rotation() {
    let mut place = Place::new();
    rotate_keys(&place.repository).unwrap();
    place.save();
    let name = ObjectName::new("keys/epoch/00000000000000000001").unwrap();
    place.storage.remove_raw(&name);
    let found = findings(&place.repository);
    assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), [FindingCode::K104]);
    assert_reads(&place.repository, &place.source, &place.saved);
    assert_eq!(rotate_keys(&place.repository).unwrap(), 1);
    assert!(findings(&place.repository).is_empty());
}

const EFFECTS: [Effect; 4] = [
    Effect::Error(Errno::IO.raw_os_error()),
    Effect::Error(Errno::NOSPC.raw_os_error()),
    Effect::ErrorAfter(Errno::IO.raw_os_error()),
    Effect::Short,
];

/// Whatever happened to the rotation: the epoch is the old or the new one, everything is read, and
/// the next backup and the next rotation work.
fn assert_goes_on(
    storage: Arc<dyn Storage>,
    place: &Place,
    result: &Result<u32, Error>,
    at: Fault,
) {
    let repository = open(storage, 20).unwrap();
    let epoch = current_key_epoch(&repository).unwrap();
    match result {
        Ok(started) => assert_eq!(epoch, *started, "{at:?}"),
        Err(error) => {
            assert!(error.kind() != ErrorKind::Bug, "{at:?}: {error}");
            assert!(epoch == 1 || epoch == 2, "{at:?}: {epoch}");
        }
    }
    assert_reads(&repository, &place.source, &place.saved);
    write_tree(&place.source, &seeded_tree(77, 2, 3000));
    back_up(&repository, &place.source).unwrap();
    assert!(packs_by_epoch(repository.storage()).contains_key(&epoch), "{at:?}");
    assert_eq!(rotate_keys(&repository).unwrap(), epoch + 1, "{at:?}");
    // A write that failed may leave a temporary file.
    let found = findings(&repository);
    assert!(found.iter().all(|f| f.code == FindingCode::X802), "{at:?}: {found:?}");
}

#[test]
fn fault_at_any_call_of_a_rotation_leaves_the_old_epoch_or_the_new_one() {
    let mut place = Place::new();
    place.save();
    rotate_keys(&place.repository).unwrap();
    place.save();
    let mut runs = 0;
    for effect in EFFECTS {
        runs += fault_loop(&[], effect, |faults: &Faults, fault: Fault| {
            let memory = place.storage.snapshot();
            let faulty = Arc::new(FaultyStorage::new(memory.clone(), faults.clone()));
            let result = open(faulty, 4).and_then(|repository| rotate_keys(&repository));
            assert_goes_on(Arc::new(memory), &place, &result, fault);
        });
    }
    println!("R4, key rotation: {runs} runs with a fault");
    assert!(runs > 30, "{runs}");
}

#[test]
fn fault_at_any_call_of_the_disk_leaves_the_old_epoch_or_the_new_one() {
    let storage = |fs: &MemoryFs, faults: &Faults, seed: u64| -> Arc<dyn Storage> {
        let random = Arc::new(SeededRandom::new(seed));
        Arc::new(DirectoryStorage::new(FaultyFs::new(fs.clone(), faults.clone()), random))
    };
    let (mut place, fs) = (Place::new(), MemoryFs::new());
    place.repository = create(storage(&fs, &Faults::new(), 1), 2, encrypted());
    place.save();
    rotate_keys(&place.repository).unwrap();
    place.save();
    let mut runs = 0;
    for effect in EFFECTS {
        runs += fault_loop(&[], effect, |faults: &Faults, fault: Fault| {
            let copy = fs.snapshot();
            let result =
                open(storage(&copy, faults, 3), 4).and_then(|repository| rotate_keys(&repository));
            assert_goes_on(storage(&copy, &Faults::new(), 5), &place, &result, fault);
        });
    }
    println!("R4, key rotation on a disk: {runs} runs with a fault");
    assert!(runs > 30, "{runs}");
}

#[test]
fn second_reader_opens_packs_of_all_epochs() {
    let folder = tempfile::tempdir().unwrap();
    let (source, place) = (folder.path().join("source"), folder.path().join("repository"));
    let storage = Arc::new(DirectoryStorage::create(&place).unwrap());
    let repository = create(storage, 3, encrypted());
    for epoch in 0..3 {
        write_tree(&source, &seeded_tree(epoch, 3, 5000));
        back_up(&repository, &source).unwrap();
        rotate_keys(&repository).unwrap();
    }
    let password = std::str::from_utf8(PASSWORD).unwrap();
    let reader = independent_reader::Repository::open(&place, Some(password)).unwrap();
    reader.verify_packs().unwrap();
    let snapshots = reader.snapshots().unwrap();
    assert_eq!(snapshots.len(), 3);
    for (number, snapshot) in snapshots.iter().enumerate() {
        let target = folder.path().join(format!("out-{number}"));
        std::fs::create_dir(&target).unwrap();
        reader.extract(&snapshot.id, &target).unwrap();
    }
}
