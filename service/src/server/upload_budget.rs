//! How many bytes of uploads a server holds in memory, over all sessions.

use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes that are free, for whoever waits for some.
#[derive(Debug)]
pub(super) struct UploadBudget {
    bytes_max: u64,
    used: Mutex<u64>,
    freed: Condvar,
}

/// Bytes that are used until this is dropped.
#[derive(Debug)]
pub(super) struct UploadPermit<'b> {
    budget: &'b UploadBudget,
    bytes: u64,
}

impl UploadBudget {
    pub(super) const fn new(bytes_max: u64) -> Self {
        Self { bytes_max, used: Mutex::new(0), freed: Condvar::new() }
    }

    /// Waits until so many bytes are free, and takes them: those of a whole object, so that no two
    /// uploads wait for each other with half of what they need. More than there is, is all.
    pub(super) fn take(&self, bytes: u64) -> UploadPermit<'_> {
        let bytes = bytes.min(self.bytes_max);
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let mut used = self
            .freed
            .wait_while(used, |used| *used + bytes > self.bytes_max)
            .unwrap_or_else(PoisonError::into_inner);
        *used += bytes;
        drop(used);
        UploadPermit { budget: self, bytes }
    }
}

impl Drop for UploadPermit<'_> {
    fn drop(&mut self) {
        *self.budget.used.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.budget.freed.notify_all();
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
                        let permit = budget.take(bytes);
                        let held = now.fetch_add(permit.bytes, Ordering::SeqCst) + permit.bytes;
                        most.fetch_max(held, Ordering::SeqCst);
                        now.fetch_sub(permit.bytes, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 100);
        assert_eq!(*budget.used.lock().unwrap(), 0);
    }
}
