//! Goal: two sessions on one repository do each other no harm, and one that lost its right to
//! commit cannot (RELIABILITY section 4.3, steps S1 to S7).
//!
//! Method: threads with repositories of their own; a session is disturbed from its own observer,
//! which runs in the middle of it. If this fails, a snapshot refers to bytes that a prune deletes.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use gleaner_chunker::PackId;
use gleaner_engine::{
    BackupOptions, BackupStats, EntryEvent, Error, FenceOutcome, Observer, Parent, Repository, Run,
    backup, fence, leases,
};
#[cfg(feature = "rocksdb")]
use gleaner_engine::{Credential, Environment, IndexPlace};
use gleaner_store::{
    CondemnedList, DirectoryStorage, Epoch, Listed, MemoryFs, MemoryStorage, ObjectName, Outcome,
    Put, SeededRandom, SnapshotObject, Storage, StorageError, Update, decode_epoch,
    encode_condemned, encode_epoch, encode_outcome, layout,
};
#[cfg(feature = "rocksdb")]
use gleaner_tests::engine_doubles::environment;
use gleaner_tests::engine_doubles::{
    back_up, backup_options, create, open, seeded_tree, snapshot_files, snapshot_of, unencrypted,
    write_tree,
};
use tempfile::TempDir;

#[test]
fn two_backups_at_once_both_restore() {
    for round in 0..20 {
        let storage: Arc<dyn Storage> = if round % 2 == 0 {
            Arc::new(MemoryStorage::new())
        } else {
            let random = Arc::new(SeededRandom::new(round));
            Arc::new(DirectoryStorage::new(MemoryFs::new(), random))
        };
        create(Arc::clone(&storage), round * 10, unencrypted());
        let folder = tempfile::tempdir().unwrap();
        // Half of the files are the same in both.
        let trees = [1, 2].map(|own| {
            let mut tree = seeded_tree(round, 20, 20_000);
            tree.extend(seeded_tree(round * 10 + own, 20, 20_000));
            tree
        });
        let sources = ["a", "b"].map(|name| folder.path().join(name));
        let made = std::thread::scope(|scope| {
            let (storage, sources, trees) = (&storage, &sources, &trees);
            let writers = [0, 1].map(|writer| {
                scope.spawn(move || {
                    write_tree(&sources[writer], &trees[writer]);
                    let seed = round * 10 + 3 + writer as u64;
                    let repository = open(Arc::clone(storage), seed).unwrap();
                    back_up(&repository, &sources[writer]).unwrap()
                })
            });
            writers.map(|writer| writer.join().unwrap())
        });
        let repository = open(storage, round * 10 + 7).unwrap();
        assert_eq!(leases(&repository).unwrap(), []);
        for ((stats, source), tree) in made.iter().zip(&sources).zip(&trees) {
            let snapshot = snapshot_of(&repository, stats);
            assert!(snapshot_files(&repository, &snapshot, source).unwrap() == *tree, "{round}");
        }
    }
}

/// A repository with one snapshot of some files.
struct Place {
    _folder: TempDir,
    source: PathBuf,
    storage: MemoryStorage,
    repository: Repository,
    first: BackupStats,
}

fn place() -> Place {
    place_in(tempfile::tempdir().unwrap())
}

fn place_in(folder: TempDir) -> Place {
    let source = folder.path().join("source");
    write_tree(&source, &seeded_tree(3, 10, 20_000));
    let storage = MemoryStorage::new();
    let repository = create(Arc::new(storage.clone()), 1, unencrypted());
    let first = back_up(&repository, &source).unwrap();
    Place { _folder: folder, source, storage, repository, first }
}

/// Does something once, in the middle of a backup.
struct Disturber<F>(Mutex<Option<F>>);

impl<F: FnOnce() + Send> Observer for Disturber<F> {
    fn entry(&self, _: &EntryEvent<'_>) {
        if let Some(disturb) = self.0.lock().unwrap().take() {
            disturb();
        }
    }
}

/// Without a parent every file is looked up, after the first one was disturbed too.
fn backup_disturbed(
    repository: &Repository,
    source: &Path,
    disturb: impl FnOnce() + Send,
) -> Result<BackupStats, Error> {
    backup_disturbed_with(repository, source, Parent::None, disturb)
}

fn backup_disturbed_with(
    repository: &Repository,
    source: &Path,
    parent: Parent,
    disturb: impl FnOnce() + Send,
) -> Result<BackupStats, Error> {
    let observer = Disturber(Mutex::new(Some(disturb)));
    let run = Run { observer: &observer, ..Run::silent() };
    let options = BackupOptions { parent, ..backup_options(&[source]) };
    backup(repository, &options, &run)
}

#[test]
fn fenced_session_cannot_commit_and_its_name_stays_occupied() {
    let place = place();
    let other = open(Arc::new(place.storage.clone()), 2).unwrap();
    let mut fenced = None;
    let result = backup_disturbed(&place.repository, &place.source, || {
        let [lease] = &leases(&other).unwrap()[..] else { panic!("one session is open") };
        assert_eq!(fence(&other, lease.session).unwrap(), FenceOutcome::Fenced);
        fenced = lease.reserved;
    });
    assert!(matches!(result, Err(Error::Store(gleaner_store::Error::Fenced))), "{result:?}");
    let marker = place.repository.read_snapshot(fenced.unwrap()).unwrap();
    assert!(matches!(marker, SnapshotObject::FenceMarker));
    let listed = place.repository.snapshots().unwrap();
    assert_eq!((listed.snapshots.len(), listed.damaged.len()), (1, 0));
    let next = back_up(&place.repository, &place.source).unwrap();
    assert!(next.snapshot.is_some_and(|id| Some(id) != fenced));
}

#[test]
fn fencing_what_has_committed_takes_nothing_back() {
    let place = place();
    let other = open(Arc::new(place.storage.clone()), 2).unwrap();
    let mut left_over = None;
    let stats = backup_disturbed(&place.repository, &place.source, || {
        let [lease] = &leases(&other).unwrap()[..] else { panic!("one session is open") };
        left_over = place.storage.read_latest(&layout::lease(lease.session)).unwrap();
    })
    .unwrap();
    // The process died between its commit and the end of its lease.
    let snapshot = snapshot_of(&other, &stats);
    let session = gleaner_store::SessionId(snapshot.session);
    let lease = layout::lease(session);
    let written = place.storage.update_if(&lease, None, &left_over.unwrap().1).unwrap();
    assert!(matches!(written, Update::Written(_)));
    assert_eq!(fence(&other, session).unwrap(), FenceOutcome::HadCommitted);
    assert_eq!(leases(&other).unwrap(), []);
    assert_eq!(snapshot_of(&other, &stats), snapshot);
    assert!(matches!(fence(&other, session), Err(Error::NoSuchLease)));
}

fn packs(storage: &MemoryStorage) -> Vec<PackId> {
    storage.names().iter().filter_map(layout::parse_pack).collect()
}

/// Does what a prune does in its step 4: a list, then the next epoch.
fn condemn(storage: &MemoryStorage, victims: &[PackId]) -> Epoch {
    let name = layout::epoch();
    let (version, bytes) = storage.read_latest(&name).unwrap().unwrap();
    let epoch = decode_epoch(&bytes).unwrap();
    let (victims, survivors) = (victims.to_vec(), Vec::new());
    let (forgotten, mark) = (Vec::new(), None);
    let list = CondemnedList { epoch, owner_token: 1, victims, survivors, forgotten, mark };
    storage.replace_raw(&layout::condemned_list(epoch, 0), &encode_condemned(&list));
    let next = encode_epoch(Epoch(epoch.0 + 1));
    let written = storage.update_if(&name, Some(version), &next).unwrap();
    assert!(matches!(written, Update::Written(_)));
    epoch
}

fn assert_restores_without(place: &Place, stats: &BackupStats, victims: &[PackId]) {
    for victim in victims {
        place.storage.remove_raw(&layout::pack(victim));
    }
    let reopened = open(Arc::new(place.storage.clone()), 50).unwrap();
    let snapshot = snapshot_of(&reopened, stats);
    let files = snapshot_files(&reopened, &snapshot, &place.source).unwrap();
    assert!(files == gleaner_tests::engine_doubles::disk_files(&place.source));
}

#[test]
fn condemned_packs_are_misses_for_sessions_that_start_later() {
    let place = place();
    let victims = packs(&place.storage);
    condemn(&place.storage, &victims);
    for (seed, parent) in [(20, Parent::None), (21, Parent::Auto)] {
        let options = BackupOptions { parent, ..backup_options(&[&place.source]) };
        let reopened = open(Arc::new(place.storage.clone()), seed).unwrap();
        let stats = backup(&reopened, &options, &Run::silent()).unwrap();
        // What the first of the two stored, the second finds.
        let bytes_novel = if seed == 20 { place.first.bytes_novel } else { 0 };
        assert_eq!(stats.bytes_novel, bytes_novel, "{parent:?}");
        assert_restores_without(&place, &stats, &victims);
    }
}

#[test]
fn condemned_packs_are_read_as_long_as_they_are_there() {
    let place = place();
    let tree = gleaner_tests::engine_doubles::disk_files(&place.source);
    condemn(&place.storage, &packs(&place.storage));
    // A session makes the index pass over them.
    write_tree(&place.source, &seeded_tree(4, 1, 100));
    back_up(&place.repository, &place.source).unwrap();
    let snapshot = snapshot_of(&place.repository, &place.first);
    assert!(snapshot_files(&place.repository, &snapshot, &place.source).unwrap() == tree);
}

#[test]
fn parents_whose_packs_are_being_condemned_are_looked_up_chunk_by_chunk() {
    // A parent that was forgotten while a mark ran is not among its roots, nor rescued.
    let place = place();
    let mut victims = packs(&place.storage);
    victims.sort_by_key(|pack| place.storage.bytes(&layout::pack(pack)).unwrap());
    // The tree pack, which is the smaller one, stays.
    victims.remove(0);
    condemn(&place.storage, &victims);
    // Not opened anew: that alone would be a reason to doubt.
    let stats = back_up(&place.repository, &place.source).unwrap();
    assert_eq!((stats.files_changed, stats.bytes_novel), (10, place.first.bytes_novel));
    assert_restores_without(&place, &stats, &victims);
}

#[test]
fn what_only_packs_condemned_meanwhile_hold_is_copied_before_the_commit() {
    for parent in [Parent::None, Parent::Auto] {
        let place = place();
        let victims = packs(&place.storage);
        let stats = backup_disturbed_with(&place.repository, &place.source, parent, || {
            condemn(&place.storage, &victims);
        })
        .unwrap();
        let unmodified = if parent == Parent::Auto { 10 } else { 0 };
        assert_eq!((stats.bytes_novel, stats.files_unmodified), (0, unmodified));
        assert!(stats.bytes_stored > 0, "the copy was stored");
        let snapshot = snapshot_of(&place.repository, &stats);
        assert_eq!((snapshot.epoch, snapshot.stats.bytes_stored), (1, stats.bytes_stored));
        assert_eq!(leases(&place.repository).unwrap(), []);
        assert_restores_without(&place, &stats, &victims);
    }
}

#[test]
fn what_other_live_packs_hold_is_not_copied() {
    // A tree has the times of the folders above its roots. Other tests change that of the usual
    // folder for temporary files, and two backups then differ.
    let quiet = Path::new(env!("CARGO_TARGET_TMPDIR")).join("two_writers");
    std::fs::create_dir_all(&quiet).unwrap();
    let place = place_in(TempDir::new_in(&quiet).unwrap());
    let victims = packs(&place.storage);
    let other = open(Arc::new(place.storage.clone()), 2).unwrap();
    let stats = backup_disturbed_with(&place.repository, &place.source, Parent::Auto, || {
        condemn(&place.storage, &victims);
        // To a session of the new epoch everything is novel.
        let options = BackupOptions { parent: Parent::None, ..backup_options(&[&place.source]) };
        let copied = backup(&other, &options, &Run::silent()).unwrap();
        assert_eq!(copied.bytes_novel, place.first.bytes_novel);
    })
    .unwrap();
    assert_eq!((stats.bytes_novel, stats.bytes_stored), (0, 0));
    assert_restores_without(&place, &stats, &victims);
}

#[test]
fn pack_condemned_and_deleted_meanwhile_fails_the_commit_and_the_next_run_stores_it_again() {
    for parent in [Parent::None, Parent::Auto] {
        let place = place();
        let victims = packs(&place.storage);
        let result = backup_disturbed_with(&place.repository, &place.source, parent, || {
            condemn(&place.storage, &victims);
            for victim in &victims {
                place.storage.remove_raw(&layout::pack(victim));
            }
        });
        let Err(Error::Condemned { pack }) = result else { panic!("{result:?}") };
        assert!(victims.contains(&pack));
        assert_eq!(place.repository.snapshots().unwrap().snapshots.len(), 1);
        assert_eq!(leases(&place.repository).unwrap(), []);
        let stats = backup_disturbed(&place.repository, &place.source, || ()).unwrap();
        assert_eq!(stats.bytes_novel, place.first.bytes_novel);
        assert_restores_without(&place, &stats, &victims);
    }
}

/// Does something once, when the first pack is stored through it.
struct OnFirstPack<F> {
    inner: MemoryStorage,
    act: Mutex<Option<F>>,
}

impl<F> std::fmt::Debug for OnFirstPack<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnFirstPack").finish_non_exhaustive()
    }
}

impl<F: FnOnce() + Send> Storage for OnFirstPack<F> {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.inner.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        if layout::parse_pack(name).is_some()
            && let Some(act) = self.act.lock().unwrap().take()
        {
            act();
        }
        self.inner.put_if_absent(name, parts)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.inner.bytes(name)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.inner.get(name, bytes_max)
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        self.inner.read_at(name, offset, bytes)
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.inner.list(folder)
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.inner.settle(names)
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.inner.delete(name)
    }
}

#[test]
fn epoch_that_moves_again_during_the_copy_is_followed_again() {
    let place = place();
    let (storage, mut early) = (place.storage.clone(), packs(&place.storage));
    early.sort_by_key(|pack| storage.bytes(&layout::pack(pack)).unwrap());
    let late = early.split_off(1);
    assert_eq!((early.len(), late.len()), (1, 1), "a tree pack and a data pack");
    let victims = [early.clone(), late.clone()].concat();
    let act = Mutex::new(Some({
        let storage = storage.clone();
        move || {
            condemn(&storage, &late);
        }
    }));
    let hooked = open(Arc::new(OnFirstPack { inner: storage.clone(), act }), 30).unwrap();
    let stats = backup_disturbed(&hooked, &place.source, || {
        condemn(&storage, &early);
    })
    .unwrap();
    assert_eq!(snapshot_of(&place.repository, &stats).epoch, 2);
    assert_restores_without(&place, &stats, &victims);
}

#[test]
fn pack_that_its_writer_takes_back_meanwhile_fails_the_commit_and_not_the_next_run() {
    // A writer whose folder sync failed unlinks the pack; others may have seen it by then.
    let place = place();
    let victims = packs(&place.storage);
    let other = open(Arc::new(place.storage.clone()), 2).unwrap();
    let result = backup_disturbed(&other, &place.source, || {
        for victim in &victims {
            place.storage.remove_raw(&layout::pack(victim));
        }
    });
    let Err(Error::PackVanished { pack }) = result else { panic!("{result:?}") };
    assert!(victims.contains(&pack));
    assert_eq!(other.snapshots().unwrap().snapshots.len(), 1);
    let stats = back_up(&other, &place.source).unwrap();
    assert_eq!(stats.bytes_novel, place.first.bytes_novel);
    assert_restores_without(&place, &stats, &[]);
}

/// Fails to store the first pack after it was named, once others have seen it, and all later ones.
struct FailsLate<F> {
    inner: MemoryStorage,
    between: Mutex<Option<F>>,
}

impl<F> std::fmt::Debug for FailsLate<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FailsLate").finish_non_exhaustive()
    }
}

impl<F: FnOnce() + Send> Storage for FailsLate<F> {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.inner.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        if layout::parse_pack(name).is_none() {
            return self.inner.put_if_absent(name, parts);
        }
        if let Some(between) = self.between.lock().unwrap().take() {
            let _named = self.inner.put_if_absent(name, parts)?;
            between();
        }
        Err(StorageError::Poisoned { name: name.clone(), source: None })
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.inner.bytes(name)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.inner.get(name, bytes_max)
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        self.inner.read_at(name, offset, bytes)
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.inner.list(folder)
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.inner.settle(names)
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.inner.delete(name)
    }
}

/// Waits before it creates a manifest.
struct WaitsToCommit {
    inner: MemoryStorage,
    ready: Sender<()>,
    go: Mutex<Receiver<()>>,
}

impl std::fmt::Debug for WaitsToCommit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaitsToCommit").finish_non_exhaustive()
    }
}

impl Storage for WaitsToCommit {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.inner.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        if layout::parse_snapshot(name).is_some() {
            self.ready.send(()).unwrap();
            self.go.lock().unwrap().recv().unwrap();
        }
        self.inner.put_if_absent(name, parts)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.inner.bytes(name)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.inner.get(name, bytes_max)
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        self.inner.read_at(name, offset, bytes)
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.inner.list(folder)
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.inner.settle(names)
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.inner.delete(name)
    }
}

#[test]
fn pack_that_another_session_made_durable_is_not_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    write_tree(&source, &seeded_tree(3, 10, 20_000));
    let storage = MemoryStorage::new();
    create(Arc::new(storage.clone()), 1, unencrypted());
    // The other one counts on the pack, makes it durable, and is about to commit when the writer's
    // own sync fails.
    let (ready, is_ready) = channel();
    let (go, wait) = channel();
    let other = {
        let (inner, source, go) = (storage.clone(), source.clone(), Mutex::new(wait));
        move || {
            let waiting = Arc::new(WaitsToCommit { inner, ready, go });
            let repository = open(waiting, 3).unwrap();
            back_up(&repository, &source).unwrap()
        }
    };
    let handle = Arc::new(Mutex::new(None));
    let between = {
        let (handle, is_ready) = (Arc::clone(&handle), Mutex::new(is_ready));
        move || {
            *handle.lock().unwrap() = Some(std::thread::spawn(other));
            is_ready.lock().unwrap().recv().unwrap();
        }
    };
    let between = Mutex::new(Some(between));
    let failing = FailsLate { inner: storage.clone(), between };
    let result = back_up(&open(Arc::new(failing), 2).unwrap(), &source);
    assert!(matches!(result, Err(Error::StorageUnreliable { .. })), "{result:?}");
    go.send(()).unwrap();
    let stats = handle.lock().unwrap().take().unwrap().join().unwrap();
    assert_eq!(stats.bytes_novel, 0, "all of it was there");
    let reopened = open(Arc::new(storage), 50).unwrap();
    for snapshot in reopened.snapshots().unwrap().snapshots {
        let files = snapshot_files(&reopened, &snapshot, &source).unwrap();
        assert!(files == gleaner_tests::engine_doubles::disk_files(&source));
    }
}

/// As above, with an index on disk: an earlier process took the packs in.
#[cfg(feature = "rocksdb")]
#[test]
fn pack_that_is_taken_back_is_missed_although_the_index_knew_it_before() {
    let place = place();
    let cache = tempfile::tempdir().unwrap();
    let cached = |seed| {
        let index_place = IndexPlace::CacheDir(cache.path().to_path_buf());
        let storage: Arc<dyn Storage> = Arc::new(place.storage.clone());
        let environment = Environment { index_place, ..environment(storage, seed) };
        Repository::open(environment, &Credential::None).unwrap()
    };
    let earlier = cached(2);
    snapshot_files(&earlier, &snapshot_of(&earlier, &place.first), &place.source).unwrap();
    drop(earlier);

    let other = cached(3);
    let victims = packs(&place.storage);
    let result = backup_disturbed(&other, &place.source, || {
        for victim in &victims {
            place.storage.remove_raw(&layout::pack(victim));
        }
    });
    let Err(Error::PackVanished { pack }) = result else { panic!("{result:?}") };
    assert!(victims.contains(&pack));
    let stats = back_up(&other, &place.source).unwrap();
    assert_eq!(stats.bytes_novel, place.first.bytes_novel);
    assert_restores_without(&place, &stats, &[]);
}

#[test]
fn epoch_that_moves_without_harm_is_followed() {
    let place = place();
    let (mut victims, none) = (packs(&place.storage), Vec::new());
    let stats = backup_disturbed(&place.repository, &place.source, || {
        condemn(&place.storage, &none);
        condemn(&place.storage, &none);
    })
    .unwrap();
    assert_eq!(stats.bytes_novel, 0);
    assert_eq!(snapshot_of(&place.repository, &stats).epoch, 2);
    victims.clear();
    assert_restores_without(&place, &stats, &victims);
}

#[test]
fn cancelled_condemnation_makes_packs_live_again() {
    let place = place();
    let epoch = condemn(&place.storage, &packs(&place.storage));
    let outcome = Outcome { epoch, drained: false, rescued: Vec::new(), holders: Vec::new() };
    place.storage.replace_raw(&layout::outcome(epoch), &encode_outcome(&outcome));
    let stats = backup_disturbed(&place.repository, &place.source, || ()).unwrap();
    assert_eq!(stats.bytes_novel, 0);
}

#[test]
fn snapshot_of_another_process_is_read_by_a_repository_that_was_open_before() {
    // The index of the open repository did not know the other's packs: "chunk is missing".
    let place = place();
    let other = open(Arc::new(place.storage.clone()), 2).unwrap();
    snapshot_files(&other, &snapshot_of(&other, &place.first), &place.source).unwrap();
    let tree = seeded_tree(4, 10, 20_000);
    write_tree(&place.source, &tree);
    let stats = back_up(&place.repository, &place.source).unwrap();
    let snapshot = snapshot_of(&other, &stats);
    assert!(snapshot_files(&other, &snapshot, &place.source).unwrap() == tree);
    let next = back_up(&other, &place.source).unwrap();
    assert_eq!((next.files_unmodified, next.bytes_novel), (10, 0));
}
