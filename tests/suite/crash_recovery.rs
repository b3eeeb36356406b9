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
use rustix::io::Errno;

use verdict::Judge;
use workload::{Workload, prune_alone};

/// One image in so many also gets a backup, after which everything is judged again.
const NEXT_BACKUP_EVERY: usize = if cfg!(feature = "slow") { 1 } else { 8 };

/// Judges every crash image of what a workload did; returns how many.
fn judge_all(workload: &Workload, seed: u64) -> usize {
    let log = workload.log();
    let mut judge = Judge::new(workload, seed, NEXT_BACKUP_EVERY);
    let count = for_each_crash_image(&log, seed, |image| judge.judge(&image));
    assert!(judge.mounted > 0, "no image holds a repository");
    count
}

/// Seeds of a group: more of them in the slow tier.
fn seeds(quick: u64) -> std::ops::Range<u64> {
    0..if cfg!(feature = "slow") { quick * 100 } else { quick }
}

#[test]
fn crash_in_init_or_any_of_three_backups_keeps_what_was_acknowledged() {
    let mut count = 0;
    for seed in seeds(40) {
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
        count += judge_all(&workload, seed);
    }
    println!("R1, init and backups: {count} crash states");
    assert!(count >= 8000, "{count}");
}

#[test]
fn crash_in_forget_or_retag_keeps_what_was_acknowledged() {
    let mut count = 0;
    for seed in seeds(32) {
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
        count += judge_all(&workload, seed);
    }
    println!("R1, forget and retag: {count} crash states");
    assert!(count >= 4500, "{count}");
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
    let mut count = 0;
    for seed in seeds(12) {
        let options = if seed % 2 == 0 { encrypted() } else { unencrypted() };
        let mut workload = pruned_workload(seed, options);
        workload.back_up(&seeded_tree(seed + 3, 2, 2000));
        workload.forget();
        workload.prune();
        count += judge_all(&workload, seed);
    }
    println!("R3, prune: {count} crash states");
    assert!(count >= 1500, "{count}");
}

#[test]
fn crash_in_the_prune_after_a_crash_in_a_prune_keeps_what_was_acknowledged() {
    /// One image in so many is gone on with, and crashes again.
    const EVERY: usize = if cfg!(feature = "slow") { 1 } else { 10 };
    let (mut count, mut first, mut depth) = (0, 0, 0_usize);
    for seed in seeds(4) {
        let workload = pruned_workload(seed, unencrypted());
        let log = workload.log();
        first += for_each_crash_image(&log, seed, |image| {
            depth += 1;
            if !depth.is_multiple_of(EVERY) {
                return;
            }
            let disk = RecordingFs::over(image.fs.clone());
            let random = Arc::new(SeededRandom::new(seed << 40 | depth as u64));
            let storage = Arc::new(DirectoryStorage::new(disk.clone(), random));
            let repository = open(storage, seed << 41 | depth as u64).unwrap();
            prune_alone(&repository).unwrap();
            let mut judge = Judge::after(&workload, &image.acknowledged, depth as u64, 8);
            let inner = disk.log();
            count += for_each_crash_image(&inner, depth as u64, |again| judge.judge(&again));
        });
    }
    println!("R3, prune after a crash in a prune: {count} crash states of {first}");
    assert!(count >= 1000, "{count}");
}

#[test]
fn crash_in_a_repair_loses_nothing_that_was_readable_and_the_next_one_ends_it() {
    let mut count = 0;
    for seed in seeds(8) {
        let mut workload = Workload::new(seed, Faults::new());
        workload.init(if seed % 2 == 0 { encrypted() } else { unencrypted() });
        workload.back_up(&seeded_tree(seed, 3, 3000));
        workload.back_up(&seeded_tree(seed + 1, 3, 3000));
        workload.settle();
        workload.damage();
        workload.repair();
        let log = workload.log();
        let mut judge = Judge::new(&workload, seed, NEXT_BACKUP_EVERY);
        judge.is_damaged = true;
        count += for_each_crash_image(&log, seed, |image| judge.judge(&image));
    }
    println!("R3, repair: {count} crash states");
    assert!(count >= 500, "{count}");
}

#[test]
fn crash_in_key_rotation_keeps_what_was_acknowledged() {
    let mut count = 0;
    for seed in seeds(8) {
        let mut workload = Workload::new(seed, Faults::new());
        workload.init(encrypted());
        workload.back_up(&seeded_tree(seed, 2, 2000));
        workload.settle();
        workload.rotate();
        workload.back_up(&seeded_tree(seed + 1, 2, 2000));
        workload.rotate();
        workload.back_up(&seeded_tree(seed + 2, 2, 2000));
        count += judge_all(&workload, seed);
    }
    println!("R1, key rotation: {count} crash states");
    assert!(count >= 1000, "{count}");
}

#[test]
fn crash_between_packs_keeps_what_was_acknowledged() {
    let mut count = 0;
    for seed in seeds(1) {
        let mut workload = Workload::new(seed, Faults::new());
        let pack_target_bytes = 1 << 16;
        workload.init(InitOptions { pack_target_bytes, compression_level: 0, ..encrypted() });
        workload.settle();
        let large = |seed| [(b"large".to_vec(), seeded_bytes(seed, 3 << 20))].into();
        workload.back_up(&large(seed));
        let mut tree = large(seed);
        tree.extend(seeded_tree(seed, 3, 400_000));
        workload.back_up(&tree);
        count += judge_all(&workload, seed);
    }
    println!("R1, many packs: {count} crash states");
    assert!(count >= 300, "{count}");
}

#[test]
fn crash_between_packs_and_their_parity_keeps_what_was_acknowledged() {
    let mut count = 0;
    for seed in seeds(4) {
        let mut workload = Workload::new(seed, Faults::new());
        workload.init(InitOptions { parity_percent: Some(3), ..unencrypted() });
        workload.settle();
        workload.back_up(&seeded_tree(seed, 2, 2000));
        workload.back_up(&seeded_tree(seed + 1, 2, 2000));
        count += judge_all(&workload, seed);
    }
    println!("R1, packs with parity: {count} crash states");
    assert!(count >= 500, "{count}");
}

#[test]
fn crash_after_a_failed_sync_keeps_what_was_acknowledged() {
    const SYNCS: [&[Call]; 2] = [&[Call::SyncData], &[Call::SyncDir]];
    let (mut count, mut runs, mut acknowledged) = (0, 0, 0);
    for (seed, calls) in (0..).zip(SYNCS) {
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
            count += judge_all(&workload, nth);
        }
    }
    println!(
        "R1, failed syncs: {count} crash states, {acknowledged} of {runs} backups acknowledged"
    );
    assert!(count >= 2000, "{count}");
}

#[test]
fn crash_after_a_backup_beside_a_dead_one_keeps_what_was_acknowledged() {
    // The dead process named packs and did not live to sync the names; the next one saw them.
    let calls: &[Call] = &[Call::RenameNoreplace, Call::SyncDir];
    let (mut count, mut deaths) = (0, 0);
    for nth in 1.. {
        let mut workload = Workload::new(nth, Faults::new());
        workload.init(unencrypted());
        workload.settle();
        let tree = seeded_tree(nth, 3, 2000);
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
        count += judge_all(&workload, nth);
    }
    println!("R1, beside a dead process: {deaths} deaths, {count} crash states");
    assert!(deaths >= 10 && count >= 1000, "{deaths} {count}");
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

#[test]
fn every_pair_of_operations_on_a_new_repository_survives_every_crash() {
    type Operation = fn(&mut Workload);
    let alphabet: [(&str, Operation); 6] = [
        ("backup a", |workload| workload.back_up(&seeded_tree(1, 3, 1500))),
        ("backup b", |workload| workload.back_up(&seeded_tree(2, 3, 1500))),
        ("forget", Workload::forget),
        ("retag", Workload::retag),
        ("prune", Workload::prune),
        ("key add", Workload::add_key),
    ];
    let (mut count, mut workloads) = (0, 0);
    for round in seeds(3) {
        for ((first_name, first), (second_name, second)) in pairs(alphabet) {
            let mut workload = Workload::new(workloads, Faults::new());
            workload.init(encrypted());
            workload.settle();
            first(&mut workload);
            second(&mut workload);
            let states = judge_all(&workload, workloads);
            assert!(states > 0, "round {round}: {first_name}, {second_name}");
            count += states;
            workloads += 1;
        }
    }
    println!("R2: {workloads} times a workload of length 2, {count} crash states");
    assert!(count >= 4500, "{count}");
}

/// All ordered pairs, each with itself too.
fn pairs<T: Copy, const N: usize>(all: [T; N]) -> impl Iterator<Item = (T, T)> {
    all.into_iter().flat_map(move |first| all.into_iter().map(move |second| (first, second)))
}
