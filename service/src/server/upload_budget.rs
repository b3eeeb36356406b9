//! How many bytes of uploads a server holds in memory, over all sessions.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often those who wait look whether they still have to.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Bytes that are free, for whoever waits for some, in the order in which they came.
#[derive(Debug)]
pub(super) struct UploadBudget {
    bytes_max: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    used: u64,
    waiting: VecDeque<u64>,
    next: u64,
}

/// Bytes that are used until this is dropped.
#[derive(Debug)]
pub(super) struct UploadPermit<'b> {
    budget: &'b UploadBudget,
    bytes: u64,
}

impl UploadBudget {
    pub(super) fn new(bytes_max: u64) -> Self {
        Self { bytes_max, state: Mutex::default(), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is one's turn and so many bytes are free, and takes them: those of a whole
    /// object, so that no two uploads wait for each other with half of what they need. More than
    /// there is, is all. `None` once `is_over` says that nobody needs them any more.
    pub(super) fn take(&self, bytes: u64, is_over: impl Fn() -> bool) -> Option<UploadPermit<'_>> {
        let bytes = bytes.min(self.bytes_max);
        let mut state = self.state();
        let ticket = state.next;
        state.next += 1;
        state.waiting.push_back(ticket);
        loop {
            let is_turn = state.waiting.front() == Some(&ticket);
            if is_turn && state.used + bytes <= self.bytes_max {
                state.waiting.pop_front();
                state.used += bytes;
                drop(state);
                // The next one may fit as well.
                self.changed.notify_all();
                return Some(UploadPermit { budget: self, bytes });
            }
            if is_over() {
                state.waiting.retain(|other| *other != ticket);
                drop(state);
                self.changed.notify_all();
                return None;
            }
            let waited = self.changed.wait_timeout(state, LOOK_EVERY);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for UploadPermit<'_> {
    fn drop(&mut self) {
        self.budget.state().used -= self.bytes;
        self.budget.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn never_more_than_the_budget_is_used_and_everybody_gets_their_turn() {
        let budget = UploadBudget::new(100);
        let (now, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (budget, now, most) = (&budget, &now, &most);
                scope.spawn(move || {
                    for round in 0..200 {
                        let bytes = (thread * 31 + round * 17) % 131;
                        let permit = budget.take(bytes, || false).unwrap();
                        let held = now.fetch_add(permit.bytes, Ordering::SeqCst) + permit.bytes;
                        most.fetch_max(held, Ordering::SeqCst);
                        now.fetch_sub(permit.bytes, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 100);
        assert_eq!(budget.state().used, 0);
    }

    #[test]
    fn large_one_is_not_passed_by_small_ones_and_one_that_gives_up_holds_up_nobody() {
        let budget = UploadBudget::new(100);
        let half = budget.take(50, || false).unwrap();
        std::thread::scope(|scope| {
            let large = scope.spawn(|| budget.take(80, || false).unwrap().bytes);
            while budget.state().waiting.is_empty() {
                std::thread::yield_now();
            }
            // There is room for it, and it is not its turn.
            assert!(budget.take(10, || true).is_none());
            let small = scope.spawn(|| budget.take(10, || false).unwrap().bytes);
            while budget.state().waiting.len() < 2 {
                std::thread::yield_now();
            }
            drop(half);
            assert_eq!((large.join().unwrap(), small.join().unwrap()), (80, 10));
        });
        let all = budget.take(1000, || false).unwrap();
        assert_eq!(all.bytes, 100, "more than there is, is all");
        assert!(budget.take(1, || true).is_none());
        drop(all);
        assert!(budget.take(1, || true).is_some(), "who can have it at once gets it");
    }
}
