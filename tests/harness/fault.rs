//! Faults to inject, counted over calls.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A kind of call that can fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is named like the method of `Fs` or `Storage` it stands for")]
pub enum Call {
    CreateNew,
    Open,
    WriteAt,
    ReadAt,
    Bytes,
    Allocate,
    SyncData,
    SyncDir,
    RenameNoreplace,
    Link,
    Unlink,
    Mkdir,
    RemoveDir,
    List,
    CreateLayout,
    /// `Storage::settle`.
    Settle,
    PutIfAbsent,
    Get,
    Delete,
}

/// What happens instead of the call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Nothing is done and this error number is reported.
    Error(i32),
    /// The call is done, then this error number is reported, as if the reply were lost.
    ErrorAfter(i32),
    /// A read or write handles half of the bytes, at least one; other calls are not affected.
    Short,
    /// A sync reports success and does nothing, as a lying disk does; others are not affected.
    LostSync,
}

/// How long a fault lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// The N-th call only.
    Once,
    /// The N-th call and all after it.
    Onward,
}

/// A fault at the N-th of the calls it counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The calls that are counted and hit; empty means all.
    pub calls: &'static [Call],
    /// The number of the first call to hit, from 1.
    pub nth: u64,
    /// Whether later calls are hit too.
    pub reach: Reach,
    /// What happens to them.
    pub effect: Effect,
}

/// The switchboard of one faulty file system or storage; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    fault: Option<Fault>,
    calls: u64,
    hits: u64,
}

impl Faults {
    /// Makes a switchboard without a fault.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Arms a fault and counts from zero.
    pub fn arm(&self, fault: Fault) {
        *self.state() = State { fault: Some(fault), calls: 0, hits: 0 };
    }

    /// Lets all calls pass from now on; the counts stay.
    pub fn disarm(&self) {
        self.state().fault = None;
    }

    /// Calls so far: those the armed fault counts, or all if none was armed.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// Calls that were hit since a fault was armed.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.state().hits
    }

    /// Counts a call and tells what is to happen to it.
    pub(crate) fn count(&self, call: Call) -> Option<Effect> {
        let mut state = self.state();
        let Some(fault) = state.fault else {
            state.calls += 1;
            return None;
        };
        if !fault.calls.is_empty() && !fault.calls.contains(&call) {
            return None;
        }
        state.calls += 1;
        let is_hit = match fault.reach {
            Reach::Once => state.calls == fault.nth,
            Reach::Onward => state.calls >= fault.nth,
        };
        state.hits += u64::from(is_hit);
        is_hit.then_some(fault.effect)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls of one operation that a fault loop is prepared to hit.
const LOOP_MAX: u64 = 100_000;

/// Runs an operation with the fault at its first call, its second and so on, each time once and
/// then onward, until it ends without reaching the fault. Returns the number of runs with a hit.
///
/// `run` gets an armed switchboard, has to build everything anew and to check its claims itself.
///
/// # Panics
/// When the operation makes more calls than any test should.
pub fn fault_loop(
    calls: &'static [Call],
    effect: Effect,
    mut run: impl FnMut(&Faults, Fault),
) -> u64 {
    let mut runs = 0;
    for reach in [Reach::Once, Reach::Onward] {
        for nth in 1.. {
            assert!(nth <= LOOP_MAX, "the operation makes more than {LOOP_MAX} calls");
            let fault = Fault { calls, nth, reach, effect };
            let faults = Faults::new();
            faults.arm(fault);
            run(&faults, fault);
            if faults.hits() == 0 {
                break;
            }
            runs += 1;
        }
    }
    runs
}
