//! Threads for large files, with which one reader alone would be slow.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Data of at least this many bytes is cut ahead by all threads, one file at a time.
const AHEAD_BYTES_MIN: u64 = 16 << 20;
/// Buffer of a file that is cut ahead: some thirty chunks of the default preset, of which two or
/// three are cut twice.
pub(super) const AHEAD_BUFFER_BYTES: usize = 2 << 20;
/// Buffers ahead, whatever the number of threads. With room for a largest chunk in each, they hold
/// up to 12 MiB beside the budget.
const AHEAD_BUFFERS_MAX: usize = 4;
/// With larger chunks buffers would have to be too large; their ids alone are made in parallel.
const AHEAD_CHUNK_BYTES_MAX: usize = 1 << 20;

/// Cuts and hashes what is streamed. One file at a time is cut ahead, so that memory does not grow
/// with the number of readers.
pub(super) struct StreamPool {
    threads: usize,
    /// `None` if the system has no more threads.
    pool: Option<ThreadPool>,
    /// True while a file is cut ahead.
    has_ahead: AtomicBool,
}

/// The turn to be cut ahead; ends on drop.
pub(super) struct Ahead<'a> {
    pool: &'a StreamPool,
}

impl StreamPool {
    pub(super) fn new(threads: usize) -> Self {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().ok();
        Self { threads, pool, has_ahead: AtomicBool::new(false) }
    }

    /// Runs on the pool, or without one on this thread.
    pub(super) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    /// The turn, if it is worth it for that many bytes and no other file has it.
    pub(super) fn begin_ahead(&self, bytes: u64, chunk_bytes_max: usize) -> Option<Ahead<'_>> {
        let is_worth_it = self.threads > 1
            && bytes >= AHEAD_BYTES_MIN
            && chunk_bytes_max <= AHEAD_CHUNK_BYTES_MAX;
        let has_turn = is_worth_it && !self.has_ahead.swap(true, Ordering::Acquire);
        has_turn.then(|| Ahead { pool: self })
    }
}

impl Ahead<'_> {
    /// Buffers to read ahead.
    pub(super) fn buffers(&self) -> usize {
        self.pool.threads.min(AHEAD_BUFFERS_MAX)
    }
}

impl Drop for Ahead<'_> {
    fn drop(&mut self) {
        self.pool.has_ahead.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_large_file_at_a_time_is_cut_ahead() {
        let pool = StreamPool::new(8);
        let chunk_bytes_max = AHEAD_CHUNK_BYTES_MAX;
        assert!(pool.begin_ahead(AHEAD_BYTES_MIN - 1, chunk_bytes_max).is_none());
        assert!(pool.begin_ahead(AHEAD_BYTES_MIN, chunk_bytes_max + 1).is_none());
        assert!(StreamPool::new(1).begin_ahead(u64::MAX, chunk_bytes_max).is_none());
        let turn = pool.begin_ahead(AHEAD_BYTES_MIN, chunk_bytes_max).expect("nobody has it");
        assert_eq!(turn.buffers(), AHEAD_BUFFERS_MAX);
        assert!(pool.begin_ahead(AHEAD_BYTES_MIN, chunk_bytes_max).is_none());
        drop(turn);
        assert!(pool.begin_ahead(AHEAD_BYTES_MIN, chunk_bytes_max).is_some());
    }

    #[test]
    fn pool_has_the_threads_asked_for() {
        for threads in [1, 3] {
            assert_eq!(StreamPool::new(threads).run(rayon::current_num_threads), threads);
        }
    }
}
