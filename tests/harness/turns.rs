//! Several sessions whose storage calls happen one at a time, in an order that a seed decides.
//!
//! Between two calls to the storage a session is on its own, so orders of calls are all the orders
//! there are. Each *party* is one session with all of its threads.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gleaner_store::{
    Clock, Listed, MemoryStorage, ObjectName, Put, SeededRandom, Storage, StorageError,
};

/// How the next party is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Any, at each call.
    Random,
    /// The one of highest priority, and priorities change at a few calls (Burckhardt et al.,
    /// "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010).
    Priorities,
}

/// Who may make the next call; clones share it.
#[derive(Clone, Debug)]
pub struct Turns(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    order: Order,
    random: SeededRandom,
    /// Highest goes first. There is always a lower one.
    priorities: Vec<i64>,
    is_done: Vec<bool>,
    /// Calls after which a party is dead.
    dies_after: Vec<Option<u64>>,
    calls: Vec<u64>,
    current: usize,
    total: u64,
    changes: Vec<u64>,
}

/// Calls in which the changes of priority are.
const HORIZON: u64 = 400;

fn below(random: &SeededRandom, bound: u32) -> i64 {
    i64::try_from(random.below(u64::from(bound))).unwrap_or(0)
}

impl Turns {
    /// Turns for so many parties.
    #[must_use]
    pub fn new(seed: u64, parties: usize, order: Order) -> Self {
        let random = SeededRandom::new(seed);
        let priorities = (0..parties).map(|_| 1_000_000 + below(&random, 1_000_000)).collect();
        let changes = (0..3).map(|_| random.below(HORIZON)).collect();
        let mut state = State {
            order,
            random,
            priorities,
            is_done: vec![false; parties],
            dies_after: vec![None; parties],
            calls: vec![0; parties],
            current: 0,
            total: 0,
            changes,
        };
        state.choose();
        Self(Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The process of a party dies after so many calls: none of its later calls happens.
    pub fn kill_after(&self, party: usize, calls: u64) {
        if let Some(dies) = self.state().dies_after.get_mut(party) {
            *dies = Some(calls);
        }
    }

    /// A party makes no more calls.
    pub fn done(&self, party: usize) {
        let mut state = self.state();
        if let Some(done) = state.is_done.get_mut(party) {
            *done = true;
        }
        state.choose();
        drop(state);
        self.0.changed.notify_all();
    }

    /// Makes a call when it is the party's turn; `None` if its process is dead.
    fn call<T>(&self, party: usize, make: impl FnOnce() -> T) -> Option<T> {
        let mut state = self.state();
        while state.current != party {
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let calls = state.calls.get_mut(party).map_or(0, |calls| {
            *calls += 1;
            *calls
        });
        let is_dead = state.dies_after.get(party).copied().flatten().is_some_and(|max| calls > max);
        let made = (!is_dead).then(make);
        state.choose();
        drop(state);
        self.0.changed.notify_all();
        made
    }

    /// A party waits for others: they go first.
    fn step_back(&self, party: usize) {
        let mut state = self.state();
        let lowest = state.priorities.iter().copied().min().unwrap_or(0);
        if let Some(priority) = state.priorities.get_mut(party) {
            *priority = lowest - 1;
        }
    }
}

impl State {
    fn choose(&mut self) {
        self.total += 1;
        let open: Vec<usize> = (0..self.is_done.len())
            .filter(|party| !self.is_done.get(*party).copied().unwrap_or(true))
            .collect();
        let Some(last) = open.last() else { return };
        if self.changes.contains(&self.total)
            && let Some(priority) = self.priorities.get_mut(self.current)
        {
            *priority = below(&self.random, 1000);
        }
        self.current = match self.order {
            Order::Random => {
                let at = self.random.below(open.len() as u64);
                usize::try_from(at).ok().and_then(|at| open.get(at)).copied().unwrap_or(*last)
            }
            Order::Priorities => open
                .iter()
                .copied()
                .max_by_key(|party| self.priorities.get(*party).copied())
                .unwrap_or(*last),
        };
    }
}

/// A storage in memory as one party sees it.
#[derive(Clone, Debug)]
pub struct TurnStorage {
    inner: MemoryStorage,
    turns: Turns,
    party: usize,
}

impl TurnStorage {
    /// The view of one party.
    #[must_use]
    pub const fn new(inner: MemoryStorage, turns: Turns, party: usize) -> Self {
        Self { inner, turns, party }
    }

    fn call<T>(
        &self,
        name: &ObjectName,
        make: impl FnOnce() -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.turns.call(self.party, make).unwrap_or_else(|| {
            let source = std::io::Error::other("the process is dead");
            Err(StorageError::Io { name: name.clone(), operation: "call", source })
        })
    }
}

impl Storage for TurnStorage {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.inner.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        self.call(name, || self.inner.put_if_absent(name, parts))
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.call(name, || self.inner.bytes(name))
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.call(name, || self.inner.get(name, bytes_max))
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        // Packs do not change: only whether one is there depends on the order.
        if offset > 0 && self.inner.bytes(name).is_ok() {
            return self.inner.read_at(name, offset, bytes);
        }
        self.call(name, || self.inner.read_at(name, offset, bytes))
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.call(folder, || self.inner.list(folder))
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        names.iter().try_for_each(|name| self.call(name, || Ok(())))
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.call(name, || self.inner.delete(name))
    }
}

/// The clock of a party that waits: each sleep lets the others go first.
#[derive(Debug)]
pub struct TurnClock {
    turns: Turns,
    party: usize,
    /// How far a sleep moves it.
    step: Duration,
    monotonic_ns: std::sync::atomic::AtomicU64,
}

impl TurnClock {
    /// A clock that each sleep moves by `step`.
    #[must_use]
    pub const fn new(turns: Turns, party: usize, step: Duration) -> Self {
        Self { turns, party, step, monotonic_ns: std::sync::atomic::AtomicU64::new(0) }
    }
}

impl Clock for TurnClock {
    fn wall_ns(&self) -> i64 {
        1_700_000_000_000_000_000
    }

    fn monotonic_ns(&self) -> u64 {
        self.monotonic_ns.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn sleep(&self, _: Duration) {
        let step = u64::try_from(self.step.as_nanos()).unwrap_or(u64::MAX);
        self.monotonic_ns.fetch_add(step, std::sync::atomic::Ordering::Relaxed);
        self.turns.step_back(self.party);
    }
}

#[cfg(test)]
mod tests {
    //! Goal: the double orders calls by its seed, and nothing slips past it.

    use super::*;

    fn name(text: &str) -> ObjectName {
        ObjectName::new(text).unwrap()
    }

    /// Parties that put objects one after the other; returns who won each name.
    fn race(seed: u64, order: Order) -> Vec<usize> {
        let (turns, storage) = (Turns::new(seed, 3, order), MemoryStorage::new());
        std::thread::scope(|scope| {
            for party in 0..3 {
                let (turns, storage) = (turns.clone(), storage.clone());
                scope.spawn(move || {
                    let mine = TurnStorage::new(storage, turns.clone(), party);
                    for number in 0..20 {
                        let object = name(&format!("data/{number:02}"));
                        drop(mine.put_if_absent(&object, &[&[u8::try_from(party).unwrap()]]));
                    }
                    turns.done(party);
                });
            }
        });
        let winner = |number| {
            let object = name(&format!("data/{number:02}"));
            usize::from(storage.raw(&object).unwrap()[0])
        };
        (0..20).map(winner).collect()
    }

    #[test]
    fn equal_seeds_give_equal_orders_and_others_do_not() {
        for order in [Order::Random, Order::Priorities] {
            assert_eq!(race(1, order), race(1, order));
            let different: std::collections::BTreeSet<_> =
                (0..20).map(|seed| race(seed, order)).collect();
            assert!(different.len() > 2, "{order:?}: {}", different.len());
        }
    }

    #[test]
    fn party_that_is_killed_makes_no_later_call() {
        let (turns, storage) = (Turns::new(1, 1, Order::Random), MemoryStorage::new());
        turns.kill_after(0, 2);
        let mine = TurnStorage::new(storage.clone(), turns, 0);
        let put = |text: &str| mine.put_if_absent(&name(text), &[b"x"]);
        assert!(put("data/1").is_ok() && put("data/2").is_ok());
        assert!(put("data/3").is_err() && put("data/4").is_err());
        assert_eq!(storage.names().len(), 2);
    }

    #[test]
    fn sleep_lets_others_go_first() {
        let turns = Turns::new(1, 2, Order::Priorities);
        let first = turns.state().current;
        let clock = TurnClock::new(turns.clone(), first, Duration::from_secs(3));
        clock.sleep(Duration::from_millis(1));
        assert_eq!(clock.monotonic_ns(), 3_000_000_000);
        let mine = TurnStorage::new(MemoryStorage::new(), turns.clone(), first);
        mine.list(&name("data")).unwrap();
        assert_ne!(turns.state().current, first);
    }

    #[test]
    fn sleeper_goes_after_one_of_the_lowest_priority_that_changes_draw() {
        let turns = Turns::new(1, 2, Order::Priorities);
        turns.state().priorities = vec![0, 0];
        turns.state().current = 1;
        TurnClock::new(turns.clone(), 1, Duration::from_secs(3)).sleep(Duration::ZERO);
        turns.state().choose();
        assert_eq!(turns.state().current, 0);
    }
}
