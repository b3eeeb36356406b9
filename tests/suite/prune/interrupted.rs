//! A prune that ends in the middle, at any call.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gleaner_chunker::PackId;
use gleaner_engine::{
    Environment, Error, Observer, PruneOptions, PruneStats, Repository, Run, Warning, plan_prune,
    rotate_keys,
};
use gleaner_store::{
    Clock, ErrorKind, Listed, MemoryStorage, ObjectName, Put, Storage, StorageError, layout,
};
use gleaner_tests::engine_doubles::{
    credential, environment, open, prune, prune_options, seeded_tree, snapshot_files,
};
use gleaner_tests::fault::{Call, Effect, Fault, Faults, Reach};
use gleaner_tests::faulty_storage::FaultyStorage;
use gleaner_tests::hooked_storage::{HookedStorage, ReadingCall};
use gleaner_tests::seeds::Seeds;
use rustix::io::Errno;

use super::Place;

/// Garbage of both kinds: packs of which nothing is needed, and of which something is.
fn garbage(seed: u64) -> Place {
    let mut place = Place::new(seed);
    let tree = |number, files| seeded_tree(seed << 3 | number, files, 8000);
    let kept = tree(1, 4);
    let mut all = kept.clone();
    all.extend(tree(2, 4));
    let first = place.add("a", &all);
    place.add("a", &kept);
    let other = place.add("b", &tree(3, 3));
    place.add("c", &tree(4, 3));
    place.forget(first);
    place.forget(other);
    place
}

/// What two runs that are interrupted are to do.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Work {
    /// Free what is not needed.
    Free,
    /// And rewrite what is sealed under old keys, which is all that there is.
    Rekey,
}

impl Work {
    fn prepare(self, seed: u64) -> Place {
        let place = garbage(seed);
        if self == Self::Rekey {
            rotate_keys(&place.repository).unwrap();
        }
        place
    }

    fn run(self, repository: &Repository) -> Result<PruneStats, Error> {
        let rewrite_key_epochs = self == Self::Rekey;
        let options = PruneOptions { rewrite_key_epochs, ..prune_options() };
        gleaner_engine::prune(repository, &options, &Run::silent(), &mut |_| {})
    }
}

fn faulty(place: &Place, faults: &Faults, seed: u64) -> Repository {
    let storage = FaultyStorage::new(place.storage.clone(), faults.clone());
    Repository::open(environment(Arc::new(storage), seed), &credential()).unwrap()
}

/// Runs two prunes whose `nth` call fails, and all after it if the process dies there. Returns
/// whether the call was reached.
fn fails_at(work: Work, seed: u64, nth: u64, reach: Reach, effect: Effect) -> bool {
    let case = format!("{work:?}, call {nth}, {reach:?}, {effect:?}");
    let mut place = work.prepare(seed);
    let faults = Faults::new();
    let repository = faulty(&place, &faults, seed + 7);
    let calls = &[Call::PutIfAbsent, Call::Delete, Call::List, Call::Get, Call::Settle];
    faults.arm(Fault { calls, nth, reach, effect });
    let mut results = Vec::new();
    for _ in 0..2 {
        results.push(work.run(&repository));
    }
    let is_reached = faults.hits() > 0;
    for error in results.iter().filter_map(|result| result.as_ref().err()) {
        assert_ne!(error.kind(), ErrorKind::Bug, "{case}: {error}");
    }
    faults.disarm();
    drop(repository);
    place.repository = open(Arc::new(place.storage.clone()), seed + 8).unwrap();
    place.assert_whole(&case);
    // The next runs go on where the dead one stopped.
    for _ in 0..3 {
        work.run(&place.repository).unwrap_or_else(|error| panic!("{case}: {error}"));
    }
    place.assert_whole(&case);
    let leases = gleaner_engine::leases(&place.repository).unwrap();
    assert_eq!(leases, [], "{case}");
    let planned = plan_prune(&place.repository, &prune_options(), &Run::silent()).unwrap();
    assert_eq!((planned.bytes_in_trash, planned.packs.unused), (0, 0), "{case}");
    let epoch = u32::from(work == Work::Rekey);
    assert!(place.key_epochs().into_keys().eq([epoch]), "{case}: {:?}", place.key_epochs());
    is_reached
}

/// Every seventh call; which of the seven says the seed, and what is backed up too.
const STEP: u64 = 7;

/// Seven seeds see every call.
fn every_call(work: Work, base: u64, reach: Reach, effect: Effect) {
    let seeds = Seeds::of_quick_run(1);
    let mut runs = 0;
    seeds.run(|seed| {
        let mut nth = 1 + seed % STEP;
        while fails_at(work, base + 4 * seed, nth, reach, effect) {
            runs += 1;
            nth += STEP;
        }
        assert!(nth > 40, "a prune makes more calls than {nth}");
    });
    let what = format!("faults in prunes, {work:?}, {reach:?}, {effect:?}");
    println!("{} (R3, R4)", seeds.counted(runs, &what));
}

const EIO: Effect = Effect::Error(Errno::IO.raw_os_error());

#[test]
fn process_that_dies_at_any_call_loses_nothing() {
    every_call(Work::Free, 30, Reach::Onward, EIO);
}

#[test]
fn process_that_dies_while_it_rewrites_old_key_epochs_loses_nothing() {
    every_call(Work::Rekey, 38, Reach::Onward, EIO);
}

#[test]
fn call_that_fails_once_loses_nothing() {
    every_call(Work::Free, 31, Reach::Once, EIO);
}

#[test]
fn reply_that_is_lost_loses_nothing() {
    every_call(Work::Free, 32, Reach::Once, Effect::ErrorAfter(Errno::IO.raw_os_error()));
}

#[test]
fn process_that_dies_after_a_call_was_done_loses_nothing() {
    every_call(Work::Free, 33, Reach::Onward, Effect::ErrorAfter(Errno::IO.raw_os_error()));
}

#[test]
fn storage_without_room_for_copies_still_gives_back_dead_packs() {
    let mut place = garbage(34);
    let faults = Faults::new();
    let repository = faulty(&place, &faults, 40);
    // The lease is written, the first pack is not.
    let full = Effect::Error(Errno::NOSPC.raw_os_error());
    let calls = &[Call::PutIfAbsent];
    faults.arm(Fault { calls, nth: 2, reach: Reach::Once, effect: full });
    let first = prune(&repository).unwrap();
    assert!(first.is_unfinished && first.packs_condemned > 0 && first.bytes_rewritten == 0);
    assert_eq!(faults.hits(), 1);
    let second = prune(&repository).unwrap();
    assert!(second.bytes_freed > 0 && second.bytes_rewritten > 0, "now there was room");
    place.assert_whole("after a full storage");
}

#[test]
fn without_room_for_its_lease_it_takes_the_reserve() {
    let mut place = garbage(35);
    let faults = Faults::new();
    let repository = faulty(&place, &faults, 41);
    assert!(place.storage.bytes(&layout::reserve()).is_ok(), "made with the repository");
    let full = Effect::Error(Errno::NOSPC.raw_os_error());
    faults.arm(Fault { calls: &[Call::PutIfAbsent], nth: 1, reach: Reach::Once, effect: full });
    let stats = prune(&repository).unwrap();
    assert!(stats.bytes_freed > 0, "a full disk is no time to wait for another run");
    assert_eq!((stats.bytes_in_trash, stats.epoch), (0, 2));
    assert!(place.storage.bytes(&layout::reserve()).is_ok(), "and puts it back");
    place.assert_whole("after the reserve was used");
}

#[test]
fn time_limit_stops_it_and_the_next_run_goes_on() {
    let mut place = garbage(36);
    let no_time = Some(Duration::ZERO);
    let options = PruneOptions { max_duration: no_time, ..prune_options() };
    let run = Run::silent();
    let stats = gleaner_engine::prune(&place.repository, &options, &run, &mut |_| {}).unwrap();
    assert!(stats.is_unfinished && stats.bytes_rewritten == 0);
    assert!(stats.packs_condemned > 0, "packs that nobody needs cost no time");
    place.assert_whole("stopped");
    let next = prune(&place.repository).unwrap();
    assert!(next.bytes_rewritten > 0 && next.bytes_freed == stats.bytes_condemned);
    place.assert_whole("gone on");
}

/// A clock on which each look takes a second.
#[derive(Debug, Default)]
struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn wall_ns(&self) -> i64 {
        1_700_000_000_000_000_000
    }

    fn monotonic_ns(&self) -> u64 {
        self.0.fetch_add(1_000_000_000, Relaxed)
    }

    fn sleep(&self, _: Duration) {}
}

#[test]
fn what_was_copied_when_the_time_came_is_of_use() {
    let mut parts = 0;
    for seconds in 0..60 {
        let mut place = garbage(1000 + seconds);
        // Several packs to rewrite.
        for seed in 0..8 {
            place.add("s", &seeded_tree(seed, 1, 5000));
        }
        let whole = plan_prune(&place.repository, &prune_options(), &Run::silent()).unwrap().packs;
        let storage = Arc::new(place.storage.clone());
        let environment = Environment {
            clock: Arc::new(Ticking::default()),
            ..environment(storage, 2000 + seconds)
        };
        let repository = Repository::open(environment, &credential()).unwrap();
        let max_duration = Some(Duration::from_secs(seconds));
        let options = PruneOptions { max_duration, ..prune_options() };
        let run = Run::silent();
        let stats = gleaner_engine::prune(&repository, &options, &run, &mut |_| {}).unwrap();
        let rewritten = stats.packs_condemned - whole.remove;
        assert_eq!(rewritten < whole.repack, stats.is_unfinished, "{seconds} {stats:?}");
        assert_eq!(rewritten > 0, stats.bytes_rewritten > 0, "{seconds} {stats:?}");
        parts += u64::from(rewritten > 0 && rewritten < whole.repack);
        place.assert_whole(&format!("after {seconds} s"));
        for _ in 0..2 {
            prune(&place.repository).unwrap();
        }
        place.assert_whole(&format!("in the end, {seconds} s"));
        if !stats.is_unfinished {
            break;
        }
    }
    assert!(parts > 2, "{parts}");
}

#[test]
fn survivor_that_cannot_be_read_back_is_not_counted_on() {
    // Of two packs with the same chunks that of the smaller id is counted on.
    for seed in 100..108 {
        survivor_is_spoilt(seed);
    }
}

fn survivor_is_spoilt(seed: u64) {
    let mut place = garbage(seed);
    let (raw, before) = (place.storage.clone(), place.packs());
    // The disk spoils a block of what the prune stores, and not the directory.
    let is_spoilt = AtomicBool::new(false);
    let spoiling = HookedStorage::new(place.storage.clone(), move |_, call| {
        if let ReadingCall::Object(name) = call
            && layout::parse_pack(name).is_some_and(|pack| !before.contains(&pack))
            && !is_spoilt.swap(true, Relaxed)
        {
            let mut bytes = raw.raw(name).unwrap().to_vec();
            bytes[200] ^= 1;
            raw.replace_raw(name, &bytes);
        }
        Ok(())
    });
    let spoilt =
        Repository::open(environment(Arc::new(spoiling), seed + 20), &credential()).unwrap();
    let error = prune(&spoilt).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
    drop(spoilt);
    place.repository = open(Arc::new(place.storage.clone()), seed + 40).unwrap();
    for run in 0..3 {
        prune(&place.repository).unwrap();
        place.assert_whole(&format!("after run {run}"));
    }
}

#[test]
fn victims_that_are_gone_or_unreadable_do_not_stop_later_runs() {
    for case in ["gone", "damaged", "unreadable"] {
        let mut place = garbage(45);
        assert!(super::beside_others::condemn_only_undecided(&place).packs_condemned > 1);
        let list = layout::condemned_list(gleaner_store::Epoch(0), 0);
        let bytes = place.storage.raw(&list).unwrap();
        let list = gleaner_store::decode_condemned(gleaner_store::Epoch(0), &bytes).unwrap();
        let victim = layout::pack(&list.victims[0]);
        let faulty = victim.clone();
        match case {
            "gone" => place.storage.remove_raw(&victim),
            "damaged" => place.storage.replace_raw(&victim, b"no pack"),
            _ => {}
        }
        let is_unreadable = case == "unreadable";
        let hooked = HookedStorage::new(place.storage.clone(), move |_, call| match call {
            ReadingCall::Range(name, ..) if is_unreadable && *name == faulty => {
                let source = std::io::Error::from_raw_os_error(Errno::IO.raw_os_error());
                Err(StorageError::Io { name: name.clone(), operation: "read", source })
            }
            _ => Ok(()),
        });
        let hooked = Repository::open(environment(Arc::new(hooked), 46), &credential()).unwrap();
        let mut stats = Vec::new();
        for _ in 0..3 {
            stats.push(prune(&hooked).unwrap_or_else(|error| panic!("{case}: {error}")));
        }
        assert_eq!(stats[0].packs_rescued, 1, "{case}: nobody can say what is needed of it");
        let damaged = stats.iter().map(|stats| stats.packs_damaged).collect::<Vec<_>>();
        assert_eq!(damaged, if case == "gone" { [0; 3] } else { [1; 3] }, "{case}");
        let left = place.packs();
        for pack in &list.victims[1..] {
            assert!(!left.contains(pack), "{case}: the others go");
        }
        if case != "damaged" {
            place.repository = open(Arc::new(place.storage.clone()), 47).unwrap();
            prune(&place.repository).unwrap();
            place.assert_whole(case);
        }
    }
}

#[test]
fn damaged_block_keeps_its_pack_and_nothing_else() {
    let mut place = Place::new(48);
    let kept = seeded_tree(1, 4, 8000);
    let mut all = kept.clone();
    all.extend(seeded_tree(2, 4, 8000));
    let before = place.packs();
    let first = place.add("a", &all);
    let mut written = place.packs();
    written.retain(|pack| !before.contains(pack));
    let largest = |pack: &&PackId| place.storage.bytes(&layout::pack(pack)).unwrap();
    let damaged = *written.iter().max_by_key(largest).unwrap();
    place.add("a", &kept);
    let dead = place.add("b", &seeded_tree(3, 3, 8000));
    place.add("c", &seeded_tree(4, 3, 8000));
    place.forget(first);
    place.forget(dead);
    let name = layout::pack(&damaged);
    let mut bytes = place.storage.raw(&name).unwrap().to_vec();
    bytes[300] ^= 1;
    place.storage.replace_raw(&name, &bytes);
    let warnings = Warnings::default();
    let run = Run { observer: &warnings, ..Run::silent() };
    let planned = plan_prune(&place.repository, &prune_options(), &run).unwrap();
    assert!(planned.packs.repack > 0 && planned.packs.remove > 0);
    for epoch in 1..4 {
        let result = gleaner_engine::prune(&place.repository, &prune_options(), &run, &mut |_| {});
        let stats = result.unwrap();
        assert_eq!((stats.packs_damaged, stats.epoch), (1, epoch));
    }
    assert!(warnings.0.lock().unwrap().iter().all(|text| text.contains(&damaged.to_string())));
    assert!(place.packs().contains(&damaged), "it may be repaired");
    let planned = plan_prune(&place.repository, &prune_options(), &Run::silent()).unwrap();
    assert_eq!((planned.packs.unused, planned.bytes_in_trash), (0, 0), "what nobody needs is gone");
    place.expected.retain(|_, (source, _)| source.ends_with("c"));
    let fresh = place.other();
    let list = fresh.snapshots().unwrap().snapshots;
    for snapshot in list.iter().filter(|snapshot| place.expected.contains_key(&snapshot.id)) {
        let (source, tree) = &place.expected[&snapshot.id];
        assert!(snapshot_files(&fresh, snapshot, source).unwrap() == *tree);
    }
}

/// What was warned of.
#[derive(Debug, Default)]
struct Warnings(Mutex<Vec<String>>);

impl Observer for Warnings {
    fn warning(&self, warning: &Warning) {
        self.0.lock().unwrap().push(warning.message.clone());
    }
}

/// A storage on which what a prune says has no room above some length, while the reserve is there.
#[derive(Debug)]
struct Narrow {
    inner: MemoryStorage,
    bytes_max: usize,
    /// None of any length has room.
    takes_no_list: bool,
    refused: AtomicU64,
}

impl Storage for Narrow {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.inner.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        let bytes: usize = parts.iter().map(|part| part.len()).sum();
        let is_reserved = self.inner.bytes(&layout::reserve()).is_ok();
        let is_said = name.as_str().starts_with("condemned/");
        let is_small = is_said || name.folder() == "epoch";
        if layout::parse_pack(name).is_none()
            && (bytes > self.bytes_max || is_reserved && is_small || self.takes_no_list && is_said)
            && *name != layout::reserve()
        {
            assert!(self.refused.fetch_add(1, Relaxed) < 1000, "asked for ever");
            let source = std::io::Error::from_raw_os_error(Errno::NOSPC.raw_os_error());
            return Err(StorageError::Full { name: name.clone(), source });
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
fn list_for_which_there_is_no_room_takes_the_reserve_and_then_gets_shorter() {
    let mut place = Place::new(49);
    place.add("kept", &seeded_tree(99, 2, 5000));
    let garbage: Vec<_> = (0..12).map(|seed| place.add("a", &seeded_tree(seed, 2, 5000))).collect();
    for id in garbage {
        place.forget(id);
    }
    let packs = place.packs().len();
    // Room for a list of a few packs, and for the lease.
    let (inner, bytes_max, refused) = (place.storage.clone(), 500, AtomicU64::new(0));
    let narrow = Arc::new(Narrow { inner, bytes_max, takes_no_list: false, refused });
    let storage: Arc<dyn Storage> = Arc::<Narrow>::clone(&narrow);
    let repository = Repository::open(environment(storage, 50), &credential()).unwrap();
    let options =
        PruneOptions { max_unused: gleaner_engine::MaxUnused::Unlimited, ..prune_options() };
    let mut runs = 0;
    loop {
        let run = Run::silent();
        let stats = gleaner_engine::prune(&repository, &options, &run, &mut |_| {}).unwrap();
        runs += 1;
        let is_done = stats.packs_condemned == 0;
        assert!(is_done || stats.packs_deleted > 0, "a full disk is no time to wait: {stats:?}");
        assert!(place.storage.bytes(&layout::reserve()).is_ok(), "it is put back");
        if !stats.is_unfinished {
            break;
        }
    }
    assert!(runs > 1 && narrow.refused.load(Relaxed) > 2);
    assert!(packs > 20 && place.packs().len() == 2, "{:?}", place.packs());
    place.assert_whole("after all");
}

#[test]
fn disk_without_room_for_the_shortest_list_ends_the_prune_and_takes_nothing_away() {
    let mut place = garbage(52);
    let before = place.packs();
    let narrow = Narrow {
        inner: place.storage.clone(),
        bytes_max: usize::MAX,
        takes_no_list: true,
        refused: AtomicU64::new(0),
    };
    let narrow = Arc::new(narrow);
    let storage: Arc<dyn Storage> = Arc::<Narrow>::clone(&narrow);
    let repository = Repository::open(environment(storage, 53), &credential()).unwrap();
    let error = prune(&repository).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Full, "{error:?}");
    assert!(narrow.refused.load(Relaxed) > 2, "shorter ones were tried");
    assert!(before.iter().all(|pack| place.packs().contains(pack)));
    place.assert_whole("nothing was taken away");
    // With room again.
    assert!(prune(&place.other()).unwrap().packs_condemned > 0);
    place.assert_whole("pruned");
}

#[test]
fn request_to_stop_is_heeded() {
    let mut place = garbage(37);
    let run = Run::silent();
    run.cancel.cancel();
    let result = gleaner_engine::prune(&place.repository, &prune_options(), &run, &mut |_| {});
    assert!(matches!(result, Err(Error::Cancelled)));
    assert_eq!(gleaner_engine::leases(&place.repository).unwrap(), []);
    place.assert_whole("stopped");
}

#[test]
fn what_dead_writers_left_in_tmp_goes_unless_somebody_lives() {
    let mut place = garbage(51);
    let name = ObjectName::new("tmp/0123456789abcdef0123456789abcdef").unwrap();
    place.storage.replace_raw(&name, b"half a pack");
    let lease = super::refused::open_lease(&place, gleaner_store::LeaseKind::Read, 0);
    prune(&place.repository).unwrap();
    assert!(place.storage.names().contains(&name), "it may be of the one that lives");
    gleaner_engine::fence(&place.repository, lease.session).unwrap();
    prune(&place.repository).unwrap();
    assert!(!place.storage.names().contains(&name));
    place.assert_whole("without it");
}
