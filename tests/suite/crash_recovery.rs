//! Goal: power loss at any call loses no acknowledged snapshot, shows no half of another one, and
//! does not stop the next backup (RELIABILITY section 8, R1 and R2).
//!
//! Method: real backups through a recording file system; each state that its rules allow after
//! each call is mounted and judged. If this fails, a user loses a backup that was reported as
//! done, which nobody notices until the restore.

mod verdict;
mod workload;

use std::sync::Arc;

use gleaner_engine::InitOptions;
use gleaner_store::{DirectoryStorage, Fs, LAYOUT_FOLDERS, MemoryFs, SeededRandom, Storage};
use gleaner_tests::crash_image::for_each_crash_image;
use gleaner_tests::engine_doubles::{
    create, encrypted, open, seeded_bytes, seeded_tree, unencrypted,
};
use gleaner_tests::fault::{Call, Effect, Fault, Faults, Reach};
use gleaner_tests::recording_fs::{Log, RecordingFs};
use gleaner_tests::seeds::Seeds;
use rustix::io::Errno;

use verdict::Judge;
use workload::{Workload, prune_alone};

/// Judges every crash image of what a workload did; returns how many.
fn judge_all(workload: &Workload, seed: u64) -> u64 {
    let log = workload.log();
    let mut judge = Judge::new(workload, seed);
    let count = for_each_crash_image(&log, seed, |image| judge.judge(&image));
    assert!(judge.mounted > 0, "no image holds a repository");
    count as u64
}

/// Runs a group that returns its crash states for each seed; a quick run has to find at least
/// `quick_min`.
fn count_states(
    seeds: &Seeds,
    quick_min: u64,
    goal: &str,
    mut states: impl FnMut(u64) -> u64,
) -> u64 {
    let mut count = 0;
    seeds.run(|seed| count += states(seed));
    println!("{} ({goal})", seeds.counted(count, "crash states"));
    assert!(!seeds.is_quick() || count >= quick_min, "{count}");
    count
}

#[test]
fn crash_in_init_or_any_of_three_backups_keeps_what_was_acknowledged() {
    count_states(&Seeds::of_quick_run(40), 8000, "R1, init and backups", |seed| {
        let mut workload = Workload::new(seed, Faults::new());
        workload.init(if seed % 2 == 0 { encrypted() } else { unencrypted() });
        workload.back_up(&seeded_tree(seed, 4, 3000));
        // An unchanged file, a changed one and a new one.
        let mut next = seeded_tree(seed, 4, 3000);
        next.pop_first();
        next.extend(seeded_tree(seed + 1000, 2, 9000));
        workload.back_up(&next);
        workload.reopen();
        workload.back_up(&next);
        judge_all(&workload, seed)
    });
}

#[test]
fn crash_in_forget_or_retag_keeps_what_was_acknowledged() {
    count_states(&Seeds::of_quick_run(32), 4500, "R1, forget and retag", |seed| {
        let mut workload = Workload::new(seed, Faults::new());
        workload.init(unencrypted());
        workload.back_up(&seeded_tree(seed, 3, 2000));
        workload.back_up(&seeded_tree(seed + 1, 3, 2000));
        workload.settle();
        workload.retag();
        workload.forget();
        workload.back_up(&seeded_tree(seed + 2, 3, 2000));
        workload.retag();
        workload.forget();
        judge_all(&workload, seed)
    });
}

/// Garbage of both kinds, and two runs of a prune behind it.
fn pruned_workload(seed: u64, options: InitOptions<'static>) -> Workload {
    let mut workload = Workload::new(seed, Faults::new());
    workload.init(options);
    let kept = seeded_tree(seed, 2, 2000);
    let mut all = kept.clone();
    all.extend(seeded_tree(seed + 1, 2, 2000));
    workload.back_up(&all);
    workload.back_up(&kept);
    workload.back_up(&seeded_tree(seed + 2, 2, 2000));
    workload.forget();
    workload.settle();
    workload.prune();
    workload.reopen();
    workload.prune();
    workload
}

#[test]
fn crash_in_a_prune_keeps_what_was_acknowledged_and_the_next_one_finishes_it() {
    count_states(&Seeds::of_quick_run(12), 1500, "R3, prune", |seed| {
        let options = if seed % 2 == 0 { encrypted() } else { unencrypted() };
        let mut workload = pruned_workload(seed, options);
        workload.back_up(&seeded_tree(seed + 3, 2, 2000));
        workload.forget();
        workload.prune();
        judge_all(&workload, seed)
    });
}

#[test]
fn crash_in_the_prune_after_a_crash_in_a_prune_keeps_what_was_acknowledged() {
    /// One image in so many is gone on with, and crashes again; which of them says the seed.
    const EVERY: u64 = 10;
    let mut first = 0;
    let seeds = Seeds::of_quick_run(4);
    count_states(&seeds, 1000, "R3, prune after a crash in a prune", |seed| {
        let (mut count, mut depth) = (0, seed);
        let workload = pruned_workload(seed, unencrypted());
        let log = workload.log();
        first += for_each_crash_image(&log, seed, |image| {
            depth += 1;
            if !depth.is_multiple_of(EVERY) {
                return;
            }
            let disk = RecordingFs::over(image.fs.clone());
            let random = Arc::new(SeededRandom::new(seed << 40 | depth));
            let storage = Arc::new(DirectoryStorage::new(disk.clone(), random));
            let repository = open(storage, seed << 41 | depth).unwrap();
            prune_alone(&repository).unwrap();
            let mut judge = Judge::after(&workload, &image.acknowledged, depth);
            let inner = disk.log();
            count += for_each_crash_image(&inner, depth, |again| judge.judge(&again)) as u64;
        });
        count
    });
    println!("of {first} first crash states, one in {EVERY}");
}

#[test]
fn crash_in_a_repair_loses_nothing_that_was_readable_and_the_next_one_ends_it() {
    count_states(&Seeds::of_quick_run(8), 500, "R3, repair", |seed| {
        let mut workload = Workload::new(seed, Faults::new());
        workload.init(if seed % 2 == 0 { encrypted() } else { unencrypted() });
        workload.back_up(&seeded_tree(seed, 3, 3000));
        workload.back_up(&seeded_tree(seed + 1, 3, 3000));
        workload.settle();
        workload.damage();
        workload.repair();
        let log = workload.log();
        let mut judge = Judge::new(&workload, seed);
        judge.is_damaged = true;
        for_each_crash_image(&log, seed, |image| judge.judge(&image)) as u64
    });
}

#[test]
fn crash_in_key_rotation_keeps_what_was_acknowledged() {
    count_states(&Seeds::of_quick_run(8), 1000, "R1, key rotation", |seed| {
        let mut workload = Workload::new(seed, Faults::new());
        workload.init(encrypted());
        workload.back_up(&seeded_tree(seed, 2, 2000));
        workload.settle();
        workload.rotate();
        workload.back_up(&seeded_tree(seed + 1, 2, 2000));
        workload.rotate();
        workload.back_up(&seeded_tree(seed + 2, 2, 2000));
        judge_all(&workload, seed)
    });
}

#[test]
fn crash_between_packs_keeps_what_was_acknowledged() {
    count_states(&Seeds::of_quick_run(1), 300, "R1, many packs", |seed| {
        let mut workload = Workload::new(seed, Faults::new());
        let pack_target_bytes = 1 << 16;
        workload.init(InitOptions { pack_target_bytes, compression_level: 0, ..encrypted() });
        workload.settle();
        let large = |seed| [(b"large".to_vec(), seeded_bytes(seed, 3 << 20))].into();
        workload.back_up(&large(seed));
        let mut tree = large(seed);
        tree.extend(seeded_tree(seed, 3, 400_000));
        workload.back_up(&tree);
        judge_all(&workload, seed)
    });
}

#[test]
fn crash_between_packs_and_their_parity_keeps_what_was_acknowledged() {
    count_states(&Seeds::of_quick_run(4), 500, "R1, packs with parity", |seed| {
        let mut workload = Workload::new(seed, Faults::new());
        workload.init(InitOptions { parity_percent: Some(3), ..unencrypted() });
        workload.settle();
        workload.back_up(&seeded_tree(seed, 2, 2000));
        workload.back_up(&seeded_tree(seed + 1, 2, 2000));
        judge_all(&workload, seed)
    });
}

#[test]
fn crash_after_a_failed_sync_keeps_what_was_acknowledged() {
    const SYNCS: [&[Call]; 2] = [&[Call::SyncData], &[Call::SyncDir]];
    let (mut runs, mut acknowledged) = (0, 0);
    // An even seed is about files, an odd one about folders.
    count_states(&Seeds::of_quick_run(2), 2000, "R1, failed syncs", |seed| {
        let calls = SYNCS[usize::from(!seed.is_multiple_of(2))];
        let mut count = 0;
        for nth in 1.. {
            let faults = Faults::new();
            let mut workload = Workload::new(seed, faults.clone());
            workload.init(unencrypted());
            workload.back_up(&seeded_tree(seed, 2, 2000));
            workload.settle();
            let effect = Effect::Error(Errno::IO.raw_os_error());
            faults.arm(Fault { calls, nth, reach: Reach::Once, effect });
            let is_done = workload.try_back_up(&seeded_tree(seed + 9, 2, 2000));
            faults.disarm();
            if faults.hits() == 0 {
                break;
            }
            runs += 1;
            acknowledged += usize::from(is_done);
            // The next process knows nothing of the failure.
            workload.reopen();
            workload.try_back_up(&seeded_tree(seed + 9, 3, 2000));
            count += judge_all(&workload, seed << 10 | nth);
        }
        count
    });
    println!("{acknowledged} of {runs} backups acknowledged");
}

#[test]
fn crash_after_a_backup_beside_a_dead_one_keeps_what_was_acknowledged() {
    // The dead process named packs and did not live to sync the names; the next one saw them.
    let calls: &[Call] = &[Call::RenameNoreplace, Call::SyncDir];
    count_states(&Seeds::of_quick_run(1), 1000, "R1, beside a dead process", |seed| {
        let (mut count, mut deaths) = (0, 0);
        for nth in 1.. {
            let mut workload = Workload::new(seed << 10 | nth, Faults::new());
            workload.init(unencrypted());
            workload.settle();
            let tree = seeded_tree(seed << 10 | nth, 3, 2000);
            let death = workload.death.clone();
            let effect = Effect::Error(Errno::IO.raw_os_error());
            death.arm(Fault { calls, nth, reach: Reach::Onward, effect });
            workload.try_back_up(&tree);
            death.disarm();
            if death.hits() == 0 {
                break;
            }
            deaths += 1;
            workload.reopen();
            workload.back_up(&tree);
            count += judge_all(&workload, seed << 10 | nth);
        }
        assert!(deaths >= 10, "{deaths} deaths");
        count
    });
}

#[test]
fn crash_while_the_layout_is_made_leaves_no_repository_and_can_be_repeated() {
    // All images of all 267 folders are too many: the first and the last of them.
    let mut count = 0;
    for settled in [0, 252] {
        let fs = RecordingFs::over(MemoryFs::new());
        let storage = DirectoryStorage::new(fs.clone(), Arc::new(SeededRandom::new(1)));
        for folder in LAYOUT_FOLDERS.iter().take(settled) {
            fs.mkdir(folder).unwrap();
        }
        for shard in 0..settled {
            fs.mkdir(&format!("data/{shard:02x}")).unwrap();
        }
        fs.settle();
        storage.create_layout().unwrap();
        let whole = fs.log();
        // The rest of the folders adds more of the same.
        let entries = whole.entries[..whole.entries.len().min(16)].to_vec();
        count += for_each_crash_image(&Log { base: whole.base, entries }, 3, |image| {
            let storage: Arc<dyn Storage> =
                Arc::new(DirectoryStorage::new(image.fs, Arc::new(SeededRandom::new(2))));
            assert!(open(Arc::clone(&storage), 3).is_err(), "{}", image.state);
            let repository = create(storage, 4, unencrypted());
            assert_eq!(repository.snapshots().unwrap().snapshots.len(), 0);
        });
    }
    println!("R1, layout: {count} crash states");
    assert!(count >= 100, "{count}");
}

type Operation = fn(&mut Workload, u64);

/// What small workloads are made of; the number varies what is backed up.
const OPERATIONS: [(&str, Operation); 6] = [
    ("backup a", |workload, round| workload.back_up(&seeded_tree(2 * round + 1, 3, 1500))),
    ("backup b", |workload, round| workload.back_up(&seeded_tree(2 * round + 2, 3, 1500))),
    ("forget", |workload, _| workload.forget()),
    ("retag", |workload, _| workload.retag()),
    ("prune", |workload, _| workload.prune()),
    ("key add", |workload, _| workload.add_key()),
];

/// Judges the workload of `length` operations that a seed says: the digits of a number in base 6.
/// So many seeds as there are such workloads are a round, and have all of them.
fn judge_small_workload(seed: u64, length: u32) -> u64 {
    /// Neighbours differ in more than their first operation; it has no factor of the base.
    const STRIDE: u64 = 7;
    let base = OPERATIONS.len() as u64;
    let (round, number) = (seed / base.pow(length), seed * STRIDE % base.pow(length));
    let mut workload = Workload::new(seed, Faults::new());
    workload.init(encrypted());
    workload.settle();
    let mut names = Vec::new();
    for digit in 0..length {
        let at = usize::try_from(number / base.pow(digit) % base).unwrap();
        let (name, operation) = OPERATIONS[at];
        operation(&mut workload, round);
        names.push(name);
    }
    let states = judge_all(&workload, seed);
    assert!(states > 0, "{names:?}");
    states
}

#[test]
fn every_pair_of_operations_on_a_new_repository_survives_every_crash() {
    let seeds = Seeds::of_quick_run(3 * 36);
    count_states(&seeds, 4500, "R2, workloads of length 2", |seed| judge_small_workload(seed, 2));
}

#[test]
fn triple_of_operations_on_a_new_repository_survives_every_crash() {
    // All 216 are the nightly runner's.
    let seeds = Seeds::of_quick_run(31);
    count_states(&seeds, 2000, "R2, workloads of length 3", |seed| judge_small_workload(seed, 3));
}
