//! Bounds the bytes that wait between the stages of a pipeline, however large a piece is.
//!
//! Queues are bounded in pieces, and a piece may be a chunk of 8 MiB. Producers work on numbered
//! batches, which the consumer takes in order; so what the consumer waits for must never wait for
//! what comes later: the batch at the front is always let in as long as it holds next to nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A budget; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct ByteBudget(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    bytes_max: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Bytes held by batch; none of them is 0.
    held: BTreeMap<u64, usize>,
    /// Batch that the consumer is at.
    front: u64,
    is_closed: bool,
    /// Most bytes that were ever held at once.
    peak: usize,
}

/// The consumer is gone.
#[derive(Debug)]
pub(crate) struct Closed;

/// Bytes of a budget, given back on drop.
#[derive(Debug)]
pub(crate) struct Permit {
    budget: ByteBudget,
    batch: u64,
    bytes: usize,
}

/// Closes a budget on drop, so that a consumer that fails leaves nobody waiting.
#[derive(Debug)]
pub(crate) struct CloseOnDrop(pub(crate) ByteBudget);

impl ByteBudget {
    /// At most `bytes_max` bytes, and what the front needs: two pieces of the largest size.
    pub(crate) fn new(bytes_max: usize) -> Self {
        let (state, changed) = (Mutex::default(), Condvar::new());
        Self(Arc::new(Shared { bytes_max, state, changed }))
    }

    /// Waits until there is room for `bytes` of `batch`.
    ///
    /// What the batch holds already must be in the consumer's reach, but for one piece that is not
    /// larger than `bytes`: the front waits for the consumer to take the rest.
    pub(crate) fn acquire(&self, batch: u64, bytes: usize) -> Result<Permit, Closed> {
        let mut state = self.state();
        loop {
            if state.is_closed {
                return Err(Closed);
            }
            let held: usize = state.held.values().sum();
            let own = state.held.get(&batch).copied().unwrap_or(0);
            let fits = held.saturating_add(bytes) <= self.0.bytes_max;
            if fits || (batch == state.front && own <= bytes) {
                *state.held.entry(batch).or_default() += bytes;
                state.peak = state.peak.max(held + bytes);
                return Ok(Permit { budget: self.clone(), batch, bytes });
            }
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The consumer goes on to this batch.
    pub(crate) fn set_front(&self, batch: u64) {
        self.state().front = batch;
        self.0.changed.notify_all();
    }

    /// Most bytes that were ever held at once.
    #[cfg(test)]
    fn peak(&self) -> usize {
        self.state().peak
    }

    /// The state is valid wherever a thread panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        if let Some(held) = state.held.get_mut(&self.batch) {
            *held -= self.bytes;
            if *held == 0 {
                state.held.remove(&self.batch);
            }
        }
        drop(state);
        self.budget.0.changed.notify_all();
    }
}

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    //! Goal: the bytes in flight stay within the budget, and no order of threads stands still.
    //! If it fails: a backup of large chunks needs more memory than stated, or hangs.

    use super::*;
    use crossbeam::channel::{Sender, bounded};

    #[test]
    fn batches_in_order_stay_within_the_budget_and_two_pieces() {
        let (pieces, piece, workers) = (20, 8, 4);
        let budget = ByteBudget::new(3 * piece);
        let (ordered, order) = bounded(2 * workers);
        let (work, jobs) = bounded::<(u64, Sender<Permit>)>(workers);
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let (jobs, budget) = (jobs.clone(), budget.clone());
                scope.spawn(move || {
                    for (batch, parts) in jobs {
                        let _stream = budget.acquire(batch, piece).unwrap();
                        for _ in 0..pieces {
                            parts.send(budget.acquire(batch, piece).unwrap()).unwrap();
                        }
                    }
                });
            }
            drop(jobs);
            scope.spawn(move || {
                for batch in 0..50 {
                    let (parts, receiver) = bounded(4);
                    ordered.send(receiver).unwrap();
                    work.send((batch, parts)).unwrap();
                }
            });
            let mut taken = 0;
            for (batch, parts) in order.into_iter().enumerate() {
                budget.set_front(batch as u64);
                taken += parts.into_iter().count();
            }
            assert_eq!(taken, 50 * pieces);
        });
        let peak = budget.peak();
        assert!((piece..=5 * piece).contains(&peak), "{peak}");
        assert!(budget.state().held.is_empty());
    }

    #[test]
    fn piece_larger_than_the_budget_passes_alone() {
        let budget = ByteBudget::new(10);
        let first = budget.acquire(0, 100).unwrap();
        let (started, start) = bounded(0);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                started.send(()).unwrap();
                budget.acquire(1, 1).map(drop)
            });
            start.recv().unwrap();
            drop(first);
            assert!(waiting.join().unwrap().is_ok());
        });
        assert_eq!(budget.peak(), 100);
    }

    #[test]
    fn nobody_waits_for_a_consumer_that_is_gone() {
        let budget = ByteBudget::new(10);
        let close = CloseOnDrop(budget.clone());
        let _kept = budget.acquire(0, 10).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| budget.acquire(1, 1).map(drop));
            drop(close);
            assert!(waiting.join().unwrap().is_err());
        });
    }
}
