//! Backups, restores and forgetting while a prune runs.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gleaner_engine::{
    BackupOptions, EntryEvent, Error, Observer, Parent, PruneOptions, PruneStats, Repository, Run,
    TagChange, backup, forget, restore, retag,
};
use gleaner_store::{Clock, SnapshotId, SnapshotObject, Storage as _, layout};
use gleaner_tests::engine_doubles::{
    back_up, backup_options, credential, disk_files, environment, prune, prune_options,
    restore_options, seeded_tree, snapshot_files, write_tree,
};

use gleaner_tests::hooked_storage::{HookedStorage, ReadingCall};

use super::{Place, tree_of};

/// A clock on which nobody is silent, however long somebody waits.
#[derive(Debug)]
struct Patient;

impl Clock for Patient {
    fn wall_ns(&self) -> i64 {
        1_700_000_000_000_000_000
    }

    fn monotonic_ns(&self) -> u64 {
        0
    }

    fn sleep(&self, _: Duration) {
        std::thread::yield_now();
    }
}

fn patient(place: &Place, seed: u64) -> Repository {
    let storage = Arc::new(place.storage.clone());
    let environment =
        gleaner_engine::Environment { clock: Arc::new(Patient), ..environment(storage, seed) };
    Repository::open(environment, &credential()).unwrap()
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

/// A run that condemns and does not wait for anybody.
fn condemn_only(repository: &Repository) -> PruneStats {
    let max_duration = Some(Duration::ZERO);
    // The copy comes before the limit is looked at only if there is nothing to rewrite.
    let max_unused = gleaner_engine::MaxUnused::Unlimited;
    let options = PruneOptions { max_duration, max_unused, ..prune_options() };
    gleaner_engine::prune(repository, &options, &Run::silent(), &mut |_| {}).unwrap()
}

/// A source whose data is garbage by now: its only snapshot was forgotten.
fn forgotten(seed: u64) -> (Place, SnapshotId) {
    let mut place = Place::new(seed);
    place.add("b", &seeded_tree(9, 3, 10_000));
    let first = place.add("a", &seeded_tree(1, 10, 20_000));
    place.forget(first);
    (place, first)
}

#[test]
fn backup_that_counted_on_packs_condemned_meanwhile_keeps_them() {
    for decided_first in [false, true] {
        let (mut place, _) = forgotten(50);
        let pruning = patient(&place, 51);
        let source = place.source("a");
        let observer = Disturber(Mutex::new(Some(|| {
            let stats = condemn_only(&pruning);
            assert!(stats.packs_condemned > 0 && stats.is_unfinished, "it waits for the backup");
        })));
        let run = Run { observer: &observer, ..Run::silent() };
        let options = BackupOptions { parent: Parent::None, ..backup_options(&[&source]) };
        // The index of this process has rows of the packs that go.
        let stats = backup(&place.repository, &options, &run).unwrap();
        assert_eq!(stats.bytes_novel, 0, "all data was there");
        let id = stats.snapshot.unwrap();
        place.expected.insert(id, (source.clone(), disk_files(&source)));
        if decided_first {
            place.assert_whole("before the outcome");
        }
        for _ in 0..3 {
            prune(&pruning).unwrap();
        }
        place.assert_whole("after the outcome");
    }
}

#[test]
fn prune_waits_for_a_backup_that_lives_and_goes_on_when_it_ends() {
    let (mut place, _) = forgotten(52);
    let pruning = patient(&place, 53);
    let source = place.source("a");
    std::thread::scope(|scope| {
        let mut handle = None;
        let observer = Disturber(Mutex::new(Some(|| {
            let (sender, receiver) = channel();
            let pruning = &pruning;
            handle = Some(scope.spawn(move || {
                let shown = &mut |_: &gleaner_engine::PrunePlan| sender.send(()).unwrap();
                gleaner_engine::prune(pruning, &prune_options(), &Run::silent(), shown).unwrap()
            }));
            // It has marked, and is about to condemn.
            receiver.recv().unwrap();
        })));
        let run = Run { observer: &observer, ..Run::silent() };
        let options = BackupOptions { parent: Parent::None, ..backup_options(&[&source]) };
        let stats = backup(&place.repository, &options, &run).unwrap();
        let pruned = handle.unwrap().join().unwrap();
        assert_eq!((pruned.sessions_fenced, pruned.is_unfinished), (0, false));
        let id = stats.snapshot.unwrap();
        place.expected.insert(id, (source.clone(), disk_files(&source)));
    });
    place.assert_whole("after both");
    for _ in 0..2 {
        prune(&pruning).unwrap();
    }
    place.assert_whole("after more runs");
}

#[test]
fn silent_session_is_fenced_and_its_packs_go() {
    let (mut place, _) = forgotten(54);
    let source = place.source("c");
    write_tree(&source, &seeded_tree(5, 10, 20_000));
    let pruning = place.other();
    let observer = Disturber(Mutex::new(Some(|| {
        // On a clock that moves only while it waits, the backup is silent.
        let stats = prune(&pruning).unwrap();
        assert_eq!(stats.sessions_fenced, 1);
    })));
    let run = Run { observer: &observer, ..Run::silent() };
    let result = backup(&place.repository, &backup_options(&[&source]), &run);
    assert!(matches!(result, Err(Error::Store(gleaner_store::Error::Fenced))), "{result:?}");
    for _ in 0..2 {
        prune(&pruning).unwrap();
    }
    place.assert_whole("without the fenced session");
    let kept = place.pack_bytes();
    // Nobody needs what it wrote, and what it wrote after the mark.
    let id = back_up(&place.repository, &source).unwrap().snapshot.unwrap();
    place.expected.insert(id, (source.clone(), disk_files(&source)));
    assert!(place.pack_bytes() > kept);
    place.assert_whole("and again");
}

#[test]
fn what_a_restore_reads_stays_until_it_ends() {
    let mut place = Place::new(55);
    let first = place.add("a", &seeded_tree(1, 10, 20_000));
    let tree = place.expected[&first].1.clone();
    let source = place.source("a");
    let list = place.repository.snapshots().unwrap().snapshots;
    let pruning = patient(&place, 56);
    let observer = Disturber(Mutex::new(Some(|| {
        forget(&pruning, &[first]).unwrap();
        for _ in 0..3 {
            let stats = prune(&pruning).unwrap();
            assert_eq!((stats.packs_condemned, stats.packs_deleted), (0, 0), "its lease names it");
        }
    })));
    let run = Run { observer: &observer, ..Run::silent() };
    let target = place.folder.path().join("target");
    let stats = restore(&place.repository, &list[0], &restore_options(&target), &run).unwrap();
    assert_eq!((stats.files_failed, stats.chunks_damaged), (0, 0));
    let below = source.strip_prefix("/").unwrap();
    assert!(tree_of(&target.join(below)) == tree);
    place.expected.clear();
    for _ in 0..2 {
        prune(&pruning).unwrap();
    }
    assert_eq!(place.packs(), []);
}

#[test]
fn reader_that_knows_old_places_only_finds_the_new_ones() {
    let mut place = Place::new(57);
    let kept = seeded_tree(1, 5, 20_000);
    let mut all = kept.clone();
    all.extend(seeded_tree(2, 5, 20_000));
    let first = place.add("a", &all);
    let second = place.add("a", &kept);
    // Its index is made now, and nobody tells it of what follows.
    let reader = place.other();
    assert_restores_one(&reader, second, &place);
    place.forget(first);
    for _ in 0..3 {
        prune(&place.repository).unwrap();
    }
    assert_restores_one(&reader, second, &place);
    let snapshots = reader.snapshots().unwrap().snapshots;
    let target = place.folder.path().join("target");
    let stats = restore(&reader, &snapshots[0], &restore_options(&target), &Run::silent());
    assert_eq!(stats.unwrap().files_failed, 0);
}

fn assert_restores_one(reader: &Repository, id: SnapshotId, place: &Place) {
    let list = reader.snapshots().unwrap().snapshots;
    let snapshot = list.iter().find(|snapshot| snapshot.id == id).unwrap();
    let (source, tree) = &place.expected[&id];
    assert!(snapshot_files(reader, snapshot, source).unwrap() == *tree);
}

#[test]
fn two_sessions_of_one_process_share_the_later_view() {
    // The first session began before the prune, the second after it; then the first goes on.
    let (mut place, _) = forgotten(58);
    let pruning = patient(&place, 59);
    let source = place.source("a");
    let mut late = None;
    let observer = Disturber(Mutex::new(Some(|| {
        condemn_only(&pruning);
        let options = BackupOptions { parent: Parent::None, ..backup_options(&[&source]) };
        late = Some(backup(&place.repository, &options, &Run::silent()).unwrap());
    })));
    let run = Run { observer: &observer, ..Run::silent() };
    let options = BackupOptions { parent: Parent::None, ..backup_options(&[&source]) };
    let early = backup(&place.repository, &options, &run).unwrap();
    let late = late.unwrap();
    assert!(late.bytes_novel > 0, "condemned packs are misses");
    for stats in [&early, &late] {
        place.expected.insert(stats.snapshot.unwrap(), (source.clone(), disk_files(&source)));
    }
    place.assert_whole("both");
    for _ in 0..3 {
        prune(&pruning).unwrap();
        place.assert_whole("after a run");
    }
}

#[test]
fn snapshot_that_is_tagged_while_a_prune_is_undecided_stays_whole() {
    let mut place = Place::new(60);
    let first = place.add("a", &seeded_tree(1, 10, 20_000));
    let expected = place.expected.remove(&first).unwrap();
    let snapshot = place.repository.snapshots().unwrap().snapshots.remove(0);
    let tombstone = layout::tombstone(first);
    // Forgotten once, so that its packs are condemned, and then not yet, as seen by others.
    forget(&place.repository, &[first]).unwrap();
    let bytes = place.storage.raw(&tombstone).unwrap();
    assert!(condemn_only_undecided(&place).packs_condemned > 0);
    place.storage.remove_raw(&tombstone);

    // The second mark has listed the leases when the tag's lease comes, and lists the snapshots
    // when the tombstone is there; only then the tag commits.
    let (named, wait_for_named) = channel();
    let (decided, wait_for_decided) = channel();
    let tagging = {
        let looks = AtomicU64::new(0);
        let (storage, raw) = (place.storage.clone(), place.storage.clone());
        let wait_for_decided = Mutex::new(wait_for_decided);
        HookedStorage::new(storage, move |_, call| {
            let is_epoch = call == ReadingCall::List(&layout::epoch());
            if is_epoch && looks.fetch_add(1, Relaxed) == 2 {
                raw.replace_raw(&tombstone, &bytes);
                named.send(()).unwrap();
                wait_for_decided.lock().unwrap().recv().unwrap();
            }
            Ok(())
        })
    };
    let change = TagChange::Set(vec!["kept".to_owned()]);
    let tag = move || {
        let tagging = environment(Arc::new(tagging), 65);
        let tagging = Repository::open(tagging, &credential()).unwrap();
        retag(&tagging, &snapshot, &change, "host").unwrap().unwrap()
    };
    let tag = Mutex::new(Some(tag));
    let started = Arc::new(Mutex::new(None));
    let deciding = {
        let (started, wait_for_named) = (Arc::clone(&started), Mutex::new(wait_for_named));
        HookedStorage::new(place.storage.clone(), move |_, call| {
            if call == ReadingCall::List(&layout::forgotten())
                && let Some(tag) = tag.lock().unwrap().take()
            {
                *started.lock().unwrap() = Some(std::thread::spawn(tag));
                wait_for_named.lock().unwrap().recv().unwrap();
            }
            Ok(())
        })
    };
    let environment = gleaner_engine::Environment {
        clock: Arc::new(Patient),
        ..environment(Arc::new(deciding), 66)
    };
    condemn_only(&Repository::open(environment, &credential()).unwrap());
    decided.send(()).unwrap();
    let tagged = started.lock().unwrap().take().unwrap().join().unwrap();
    place.expected.insert(tagged.id, expected);
    let pruning = patient(&place, 67);
    for _ in 0..3 {
        place.assert_whole("before a run");
        prune(&pruning).unwrap();
    }
    place.assert_whole("in the end");
}

/// A list without an outcome: its run waits for a session that lives.
pub(super) fn condemn_only_undecided(place: &Place) -> PruneStats {
    let pruning = patient(place, 61);
    let lease = super::refused::open_lease(place, gleaner_store::LeaseKind::Write, 0);
    let stats = condemn_only(&pruning);
    gleaner_engine::fence(&pruning, lease.session).unwrap();
    stats
}

#[test]
fn packs_of_a_session_that_lives_are_not_judged() {
    // Judged they would be garbage, since nothing refers to them yet, and the session counts on
    // them without a look. It has moved its lease, so that nobody waits for it any more.
    let (mut place, _) = forgotten(62);
    let source = place.source("c");
    write_tree(&source, &seeded_tree(8, 10, 60_000));
    let pruning = patient(&place, 63);
    let looks = AtomicU64::new(0);
    let hooked = HookedStorage::new(place.storage.clone(), move |_, call| {
        if call == ReadingCall::List(&layout::epoch()) {
            // The first are those of S1, S2 and of the index; the others are S5, before and after
            // the lease moves.
            match looks.fetch_add(1, Relaxed) {
                3 => assert!(condemn_only(&pruning).packs_condemned > 0, "of the forgotten one"),
                4 => drop(condemn_only(&pruning)),
                _ => {}
            }
        }
        Ok(())
    });
    let hooked = environment(Arc::new(hooked), 64);
    let writing = Repository::open(hooked, &credential()).unwrap();
    let stats = backup(&writing, &backup_options(&[&source]), &Run::silent()).unwrap();
    let committed = writing.read_snapshot(stats.snapshot.unwrap()).unwrap();
    assert_eq!(epoch_of(&committed), 2, "it moved its lease, and the list is decided");
    place.expected.insert(stats.snapshot.unwrap(), (source.clone(), disk_files(&source)));
    for _ in 0..3 {
        prune(&place.repository).unwrap();
        place.assert_whole("after a run");
    }
}

fn epoch_of(object: &SnapshotObject) -> u64 {
    match object {
        SnapshotObject::Manifest(snapshot) => snapshot.epoch,
        SnapshotObject::FenceMarker => panic!("it committed"),
    }
}

#[test]
fn pack_that_was_deleted_does_not_come_back_to_life_in_a_process_that_goes_on() {
    let mut place = Place::new(70);
    place.add("b", &seeded_tree(9, 3, 10_000));
    // One process, one index in memory, sessions one after the other.
    let shared = Arc::new(place.other());
    let source = place.source("a");
    write_tree(&source, &seeded_tree(1, 10, 20_000));
    let first = back_up(&shared, &source).unwrap().snapshot.unwrap();
    place.forget(first);
    assert!(prune(&patient(&place, 71)).unwrap().packs_condemned > 0);
    // A session while the second run has moved the epoch, and has not deleted yet.
    let between = Arc::new(Mutex::new(None));
    let hooked = {
        let (shared, between, b) = (Arc::clone(&shared), Arc::clone(&between), place.source("b"));
        let storage = place.storage.clone();
        HookedStorage::new(place.storage.clone(), move |_, call| {
            let (version, _) = storage.read_latest(&layout::epoch())?.unwrap();
            let mut between = between.lock().unwrap();
            // Version 3 holds epoch 2.
            let is_time = version.0 == 3 && between.is_none();
            if is_time && call == ReadingCall::List(&layout::leases()) {
                *between = Some(back_up(&shared, &b).unwrap().snapshot.unwrap());
            }
            Ok(())
        })
    };
    let hooked = gleaner_engine::Environment {
        clock: Arc::new(Patient),
        ..environment(Arc::new(hooked), 72)
    };
    let deleted = prune(&Repository::open(hooked, &credential()).unwrap()).unwrap();
    assert!(deleted.packs_deleted > 0);
    let b = place.source("b");
    place.expected.insert(between.lock().unwrap().unwrap(), (b.clone(), disk_files(&b)));
    let options = BackupOptions { parent: Parent::None, ..backup_options(&[&source]) };
    let stats = backup(&shared, &options, &Run::silent()).unwrap();
    assert!(stats.bytes_novel > 0, "what it holds is gone");
    place.expected.insert(stats.snapshot.unwrap(), (source.clone(), disk_files(&source)));
    place.assert_whole("stored again");
}
