//! Goal R4 (RELIABILITY section 8): whatever the engine does, any of its storage calls may fail in
//! any way: it ends in success or in a typed error, what was promised stays, even if power is cut
//! then, and the same thing done again on the healed disk succeeds.
//!
//! Method: every operation, every error, once and from then on, at every call to the file system
//! and to the storage above it. A seed says which and takes every eighth call; [`SEEDS_OF_ALL`]
//! seeds see all of them. If this fails, a disk that is full, or cut off for a moment, costs a user
//! more than the run that met it.
//!
//! Left out at the file system: making and listing folders, of which there are 267 in each session
//! and which fail alike. The storage's own listing is hit.

mod disk;
mod operation;
mod scene;

use std::sync::Arc;

use gleaner_engine::{CheckOptions, Repository, Result, Run, Severity, check};
use gleaner_store::{DirectoryStorage, ErrorKind, MemoryFs, SeededRandom, Storage};
use gleaner_tests::fault::{Call, Effect, Fault, Faults, Reach};
use gleaner_tests::seeds::Seeds;
use rustix::io::Errno;

use disk::Disk;
use operation::Operation;
use scene::{Place, Scene};

const fn error(errno: Errno) -> Effect {
    Effect::Error(errno.raw_os_error())
}

/// EIO first: the quick tier meets that one only.
const EFFECTS: [Effect; 10] = [
    error(Errno::IO),
    error(Errno::NOSPC),
    error(Errno::DQUOT),
    error(Errno::INTR),
    error(Errno::AGAIN),
    error(Errno::ACCESS),
    error(Errno::ROFS),
    Effect::ErrorAfter(Errno::IO.raw_os_error()),
    Effect::ErrorAfter(Errno::INTR.raw_os_error()),
    Effect::Short,
];
const REACHES: [Reach; 2] = [Reach::Once, Reach::Onward];

/// Where calls are counted and fail.
#[derive(Debug, Clone, Copy)]
enum Layer {
    FileSystem,
    Storage,
}

const LAYERS: [Layer; 2] = [Layer::FileSystem, Layer::Storage];

impl Layer {
    const fn calls(self, effect: Effect) -> &'static [Call] {
        match (self, effect) {
            // Nothing else can be short.
            (Self::FileSystem, Effect::Short) => &[Call::ReadAt, Call::WriteAt],
            (Self::Storage, Effect::Short) => &[Call::ReadAt],
            (Self::FileSystem, _) => &[
                Call::CreateNew,
                Call::Open,
                Call::WriteAt,
                Call::ReadAt,
                Call::Bytes,
                Call::Allocate,
                Call::SyncData,
                Call::SyncDir,
                Call::RenameNoreplace,
                Call::Link,
                Call::Unlink,
            ],
            (Self::Storage, _) => &[],
        }
    }
}

/// Every eighth call; which of the eight says the seed.
const STEP: u64 = 8;
/// One seed for each operation, layer, reach, effect and rest; then all begin anew with other data.
const SEEDS_OF_ALL: u64 = (Operation::ALL.len() * 2 * 2 * EFFECTS.len()) as u64 * STEP;

/// What a seed stands for.
#[derive(Debug, Clone, Copy)]
struct Case {
    operation: Operation,
    layer: Layer,
    reach: Reach,
    effect: Effect,
    first: u64,
    data: u64,
}

impl Case {
    fn of_seed(seed: u64) -> Self {
        let mut rest = seed;
        let mut digit = |base: usize| {
            let digit = rest % base as u64;
            rest /= base as u64;
            usize::try_from(digit).unwrap()
        };
        let operation = Operation::ALL[digit(Operation::ALL.len())];
        let layer = LAYERS[digit(LAYERS.len())];
        let reach = REACHES[digit(REACHES.len())];
        let effect = EFFECTS[digit(EFFECTS.len())];
        let first = 1 + digit(STEP.try_into().unwrap()) as u64;
        Self { operation, layer, reach, effect, first, data: rest }
    }
}

fn plain(fs: &MemoryFs, seed: u64) -> Arc<dyn Storage> {
    Arc::new(DirectoryStorage::new(fs.clone(), Arc::new(SeededRandom::new(seed))))
}

/// Findings of a check that reads everything, as text, those that are no errors left out.
fn error_findings(repository: &Repository) -> Result<Vec<String>> {
    let mut errors = Vec::new();
    check(repository, &CheckOptions::read_data(), &Run::silent(), &mut |finding| {
        if finding.severity == Severity::Error {
            errors.push(format!("{:?} {}", finding.code, finding.message));
        }
    })?;
    Ok(errors)
}

/// Runs the operation with that call failing, then judges what is left, and what of that is left
/// without power. Returns whether the call was reached.
fn fails_at(case: Case, scene: &Scene, nth: u64) -> bool {
    let Case { operation, layer, reach, effect, .. } = case;
    let told = format!("{operation:?}, {layer:?} call {nth}, {reach:?}, {effect:?}");
    let place = scene.place();
    let faults = Faults::new();
    faults.arm(Fault { calls: layer.calls(effect), nth, reach, effect });
    let disk = Disk::new(&place.fs, &faults, layer, effect);
    let result = operation.run(scene, &place, disk.storage(), 4);
    let is_reached = faults.hits() > 0;
    if let Err(error) = &result {
        assert!(is_reached, "{told}: nothing failed: {error}");
        assert!(error.kind() != ErrorKind::Bug, "{told}: {error}");
        assert!(!error.to_string().is_empty(), "{told}");
    }
    operation.assert_holds(scene, &place, &result, &told);
    let fs = disk.after_power_cut();
    if fs.files() != place.fs.files() {
        let place = Place { fs, partner: place.partner.snapshot() };
        operation.assert_holds(scene, &place, &result, &format!("{told}, then no power"));
    }
    // What was interrupted may be there already: operations say for themselves what that is.
    for attempt in 20..20 + operation.attempts() {
        match operation.run(scene, &place, plain(&place.fs, attempt), attempt) {
            Ok(is_whole) => assert!(is_whole, "{told}: the next run did not do all"),
            Err(error) => assert!(operation.is_done_already(&error), "{told}, again: {error}"),
        }
    }
    operation.assert_done(scene, &place, &told);
    is_reached
}

#[test]
fn any_call_of_any_operation_may_fail_in_any_way() {
    // Each operation at both layers.
    let seeds = Seeds::of_quick_run(Operation::ALL.len() as u64 * 2);
    let mut runs = 0;
    seeds.run(|seed| {
        let case = Case::of_seed(seed);
        let scene = case.operation.scene(case.data);
        let mut nth = case.first;
        while fails_at(case, &scene, nth) {
            runs += 1;
            nth += STEP;
        }
    });
    println!("{} (R4, all of {SEEDS_OF_ALL})", seeds.counted(runs, "failing calls of operations"));
    assert!(!seeds.is_quick() || runs > 300, "operations make more calls: {runs}");
}

#[test]
fn seeds_of_all_are_all_cases_once() {
    let told = |seed| format!("{:?}", Case::of_seed(seed));
    let all: std::collections::BTreeSet<String> = (0..SEEDS_OF_ALL).map(told).collect();
    assert_eq!(all.len() as u64, SEEDS_OF_ALL);
    assert!(all.iter().all(|case| case.contains("data: 0")));
    assert_eq!(Case::of_seed(SEEDS_OF_ALL).data, 1);
}
