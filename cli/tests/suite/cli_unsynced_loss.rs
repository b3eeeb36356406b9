//! Goal: what was acknowledged survives a power loss at any call, which takes everything along that
//! was not synced (RELIABILITY section 8, R7).
//!
//! Method: the real binary on a file system of our own (`unsynced_mount`), which keeps what is
//! written apart from what is durable. Repositories, the index with RocksDB's files, and the target
//! of a restore lie on it. A seed says the verbs, four moments, and what is left of the disk at
//! each of them. If this fails, a power cut costs a user a backup that he was told he had.

mod base;
mod ledger;
mod verdict;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use gleaner_store::SeededRandom;

use base::{Base, snapshot_id};
use ledger::{Ledger, VERBS, Verb};
use verdict::judge;

use crate::seeds::Seeds;
use crate::unsynced_mount::{
    Choice, Faults, Moment, Nodes, Recorder, UnsyncedMount, any_choice, can_mount, image,
};

/// Moments of a case that are chosen at random, beside its end.
const MOMENTS: usize = 3;

/// Verbs of a seed on one disk.
struct History<'base> {
    base: &'base Base,
    mount: UnsyncedMount,
    /// What was known in each stage: before and after each verb.
    ledgers: Vec<Ledger>,
    seed: u64,
}

/// What is left of a history.
struct Aftermath {
    moments: Vec<(usize, Moment)>,
    ledgers: Vec<Ledger>,
    /// The disk when the last process ended.
    last: Nodes,
    /// Whether the process was killed, and whether a sync failed.
    is_killed: bool,
    has_failed: bool,
}

impl<'base> History<'base> {
    fn begin(base: &'base Base, seed: u64, faults: Faults) -> Self {
        base.put_source_back();
        Self::go_on(base, seed, (base.disk.clone(), base.ledger.clone()), faults)
    }

    /// On a disk of which something is known.
    fn go_on(base: &'base Base, seed: u64, on: (Nodes, Ledger), faults: Faults) -> Self {
        let place = base.sandbox.path("disk");
        empty(&place);
        let (nodes, ledger) = on;
        let mount = UnsyncedMount::at(&place, nodes, faults).unwrap();
        Self { base, mount, ledgers: vec![ledger], seed }
    }

    fn enter(&mut self, ledger: Ledger) {
        self.mount.with(|recorder| recorder.enter_stage(self.ledgers.len()));
        self.ledgers.push(ledger);
    }

    /// Runs a verb; says whether it ended well.
    fn run(&mut self, verb: Verb) -> bool {
        let mut ledger = self.ledgers.last().unwrap().clone();
        ledger.verb = Some(verb);
        ledger.touched.insert(verb.repository());
        let is_backup = matches!(verb, Verb::Backup | Verb::FirstBackup);
        if is_backup {
            self.base.write("a", (self.seed << 8) ^ self.ledgers.len() as u64, 50_000);
        }
        let files = self.base.files();
        ledger.known.extend(is_backup.then(|| Arc::clone(&files)));
        if verb == Verb::Forget {
            ledger.holds.remove(&("disk/repo", self.base.to_forget.clone()));
        }
        self.enter(ledger.clone());
        let (status, stdout) = self.finished(verb);
        if self.mount.with(|recorder| recorder.is_off()) {
            return false;
        }
        if !status.code().is_some_and(|code| verb.codes().contains(&code)) {
            let stderr = std::fs::read_to_string(self.base.sandbox.path("stderr")).unwrap();
            let has_cause = self.mount.with(|recorder| recorder.has_failed());
            assert!(has_cause, "seed {}: {verb:?} ends with {status}\n{stderr}", self.seed);
            return false;
        }
        ledger.done.insert(verb);
        if is_backup {
            let id = snapshot_id(&stdout).expect("a backup says which snapshot it made");
            ledger.acknowledge(verb.repository(), &id, &files);
        }
        match verb {
            Verb::Backup => ledger.latest = files,
            Verb::RotateKey => ledger.rotations += 1,
            Verb::Forget => drop(ledger.gone.insert(self.base.to_forget.clone())),
            Verb::Copy => {
                let copied = ledger.holds.iter().filter(|((of, _), _)| *of == "disk/repo");
                ledger.copied = copied.map(|(_, files)| Arc::clone(files)).collect();
            }
            _ => {}
        }
        self.enter(ledger);
        true
    }

    /// Waits for a process to end, or kills it when the power goes.
    fn finished(&self, verb: Verb) -> (ExitStatus, Vec<u8>) {
        let [stdout, stderr] = ["stdout", "stderr"].map(|name| self.base.sandbox.path(name));
        let args = self.base.args(verb);
        let mut command = self.base.command(&args.iter().map(String::as_str).collect::<Vec<_>>());
        command.stdout(File::create(&stdout).unwrap()).stderr(File::create(stderr).unwrap());
        let mut child = command.spawn().unwrap();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if self.mount.with(|recorder| recorder.is_off()) {
                child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        (status, std::fs::read(stdout).unwrap())
    }

    /// The power goes, if it did not before.
    fn end(self) -> Aftermath {
        let (is_killed, has_failed, moments) = self.mount.with(|recorder| {
            let is_killed = recorder.is_off();
            recorder.power_off();
            (is_killed, recorder.has_failed(), recorder.take_moments())
        });
        let last = self.mount.visible();
        Aftermath { moments, ledgers: self.ledgers, last, is_killed, has_failed }
    }
}

/// A history of one or two verbs.
fn history(base: &Base, seed: u64) -> Aftermath {
    let random = SeededRandom::new(seed);
    let mut verbs = vec![one_of(&VERBS, &random)];
    if random.below(2) == 0 {
        verbs.insert(0, one_of(&VERBS, &random));
    }
    // What is forgotten cannot be forgotten again, and what is there not be made.
    verbs.dedup_by(|a, b| a == b && is_once(*a));
    let mut history = History::begin(base, seed, faults(&random, seed));
    let last = verbs.len() - 1;
    for (index, verb) in verbs.iter().enumerate() {
        if index == last {
            history.mount.with(Recorder::arm);
        }
        if !history.run(*verb) {
            break;
        }
    }
    history.end()
}

const fn is_once(verb: Verb) -> bool {
    matches!(verb, Verb::Forget | Verb::Init)
}

fn faults(random: &SeededRandom, seed: u64) -> Faults {
    let mut faults = Faults::none(SeededRandom::new(seed), MOMENTS);
    // Some verbs make a few dozen calls, some hundreds.
    let after = random.below(2 << random.below(9));
    faults.power_off = (random.below(2) == 0).then_some(after);
    faults.failing_sync = (random.below(4) == 0).then(|| 1 + random.below(1 << random.below(7)));
    faults
}

/// The verb that was interrupted, run again on what is left of the disk, and interrupted again.
fn history_after(base: &Base, aftermath: &Aftermath, seed: u64) -> Option<Aftermath> {
    let random = SeededRandom::new(seed | 1 << 32);
    let (stage, moment) = one_of(&aftermath.moments.iter().collect::<Vec<_>>(), &random);
    let ledger = &aftermath.ledgers[*stage];
    let verb = ledger.verb.filter(|verb| !is_once(*verb))?;
    let disk = image(moment, any_choice(&random), &random);
    let faults = faults(&random, seed);
    let mut history = History::go_on(base, seed | 1 << 32, (disk, ledger.clone()), faults);
    history.mount.with(Recorder::arm);
    history.run(verb);
    Some(history.end())
}

fn one_of<T: Copy>(all: &[T], random: &SeededRandom) -> T {
    all[usize::try_from(random.below(all.len() as u64)).unwrap()]
}

/// Puts a disk in place that lost power at one of the moments, and says what is wrong with it.
fn lose_power(
    base: &Base,
    aftermath: &Aftermath,
    (moment, choice): (usize, Option<Choice>),
    seed: u64,
) -> Result<(), String> {
    let random = SeededRandom::new((seed << 8) ^ moment as u64);
    let (stage, moment) = &aftermath.moments[moment];
    let choice = choice.unwrap_or_else(|| any_choice(&random));
    let disk = image(moment, choice, &random);
    let place = base.sandbox.path("disk");
    empty(&place);
    disk.write_to(Path::new(""), &place);
    // The cache may lie on another disk, and so be newer or older than the repositories.
    let cache = match random.below(8) {
        0 => Some(("newer", &aftermath.last)),
        1 => Some(("older", &base.disk)),
        2 => Some(("deleted", &disk)),
        _ => None,
    };
    if let Some((name, nodes)) = cache {
        let home = place.join("home");
        drop(std::fs::remove_dir_all(&home));
        if name != "deleted" {
            std::fs::create_dir(&home).unwrap();
            nodes.write_to(Path::new("home"), &home);
        }
    }
    let ledger = &aftermath.ledgers[*stage];
    let unsynced = moment.pending.len();
    judge(base, ledger).map_err(|wrong| {
        let (verb, cache) = (ledger.verb, cache.map(|(name, _)| name));
        format!("in {verb:?}, {unsynced} unsynced: {choice:?}, index {cache:?}: {wrong}")
    })
}

fn empty(folder: &Path) {
    std::fs::remove_dir_all(folder).unwrap();
    std::fs::create_dir(folder).unwrap();
}

#[test]
fn power_loss_at_any_call_costs_nothing_that_was_acknowledged() {
    if !can_mount() {
        return;
    }
    let base = Base::new();
    let seeds = Seeds::of_quick_run(3);
    let mut cases: BTreeMap<Verb, u64> = BTreeMap::new();
    let (mut unsynced, mut twice, mut kills, mut failed_syncs) = (0, 0, 0, 0);
    let mut judge_all = |aftermath: &Aftermath, seed: u64| {
        kills += u64::from(aftermath.is_killed);
        failed_syncs += u64::from(aftermath.has_failed);
        for moment in 0..aftermath.moments.len() {
            let verdict = lose_power(&base, aftermath, (moment, None), seed);
            assert!(verdict.is_ok(), "seed {seed}, {moment}: {}", verdict.unwrap_err());
            let (stage, moment) = &aftermath.moments[moment];
            unsynced += u64::from(!moment.pending.is_empty());
            let verb = aftermath.ledgers[*stage].verb.expect("some verb changed something");
            *cases.entry(verb).or_default() += 1;
        }
    };
    seeds.run(|seed| {
        let aftermath = history(&base, seed);
        judge_all(&aftermath, seed);
        let again = (seed % 4 == 3).then(|| history_after(&base, &aftermath, seed)).flatten();
        if let Some(again) = again {
            twice += again.moments.len();
            judge_all(&again, seed | 1 << 32);
        }
    });
    let count = seeds.counted(cases.values().sum(), "power losses");
    println!(
        "{count} (R7): {unsynced} with something unsynced, {twice} second ones, {kills} kills, \
         {failed_syncs} failed syncs; {cases:?}"
    );
    assert!(unsynced > 0, "power losses that cannot lose anything");
}

/// Whether a power loss just after a verb loses something, on a disk whose syncs are lies.
fn is_lost_if_syncs_are_lies(base: &Base, verb: Verb, are_lies: (bool, bool)) -> bool {
    let faults = Faults { are_lies, ..Faults::none(SeededRandom::new(0), 0) };
    let mut history = History::begin(base, 0, faults);
    assert!(history.run(verb));
    let aftermath = history.end();
    lose_power(base, &aftermath, (0, Some(Choice::Synced)), 0).is_err()
}

#[test]
fn verb_whose_syncs_do_nothing_is_caught() {
    if !can_mount() {
        return;
    }
    let base = Base::new();
    let is_lost = |verb, are_lies| is_lost_if_syncs_are_lies(&base, verb, are_lies);
    for verb in [Verb::Init, Verb::Backup, Verb::Copy, Verb::RotateKey, Verb::AddKey] {
        assert!(!is_lost(verb, (false, false)), "{verb:?}: all syncs work");
        assert!(is_lost(verb, (true, false)), "{verb:?}: no bytes are synced");
        assert!(is_lost(verb, (false, true)), "{verb:?}: no names are synced");
    }
    assert!(is_lost(Verb::Forget, (false, true)), "what was forgotten comes back");
}
