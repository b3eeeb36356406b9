//! Threads for large files, with which one reader alone would be slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Data of at least this many bytes may be cut ahead, one file at a time.
const LARGE_BYTES_MIN: u64 = 16 << 20;
/// What is read for a batch of a large file: some thirty chunks of the default preset, of which two
/// or three are cut twice.
const LARGE_BATCH_BYTES: usize = 2 << 20;
/// What is read for a batch of other files that are streamed.
const BATCH_BYTES: usize = 1 << 20;
/// Batches ahead, whatever the number of threads. With room for a largest chunk in each, they hold
/// up to 12 MiB beside the budget; after an error, twice that for a moment.
const AHEAD_BATCHES_MAX: usize = 4;
/// With larger chunks batches would have to be too large; their ids alone are made in parallel.
const AHEAD_CHUNK_BYTES_MAX: usize = 1 << 20;

/// Cuts and hashes what is streamed. One file at a time is cut ahead, so that memory does not grow
/// with the number of readers.
pub(super) struct StreamPool {
    threads: usize,
    /// `None` if the system has no more threads: readers then do without.
    pool: Option<Arc<ThreadPool>>,
    /// True while a file is cut ahead.
    has_ahead: AtomicBool,
}

/// The turn to be cut ahead; ends on drop.
pub(super) struct Ahead<'a> {
    pool: &'a StreamPool,
}

impl StreamPool {
    pub(super) fn new(threads: usize) -> Self {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().ok().map(Arc::new);
        Self { threads, pool, has_ahead: AtomicBool::new(false) }
    }

    pub(super) fn threads(&self) -> Option<Arc<ThreadPool>> {
        self.pool.clone()
    }

    /// Bytes to read for each batch of a file that has so many to come.
    pub(super) fn batch_bytes(bytes: u64) -> usize {
        if bytes >= LARGE_BYTES_MIN { LARGE_BATCH_BYTES } else { BATCH_BYTES }
    }

    /// The turn, if that is worth it for so many bytes to come and no other file has it.
    pub(super) fn begin_ahead(&self, bytes: u64, chunk_bytes_max: usize) -> Option<Ahead<'_>> {
        let is_worth_it = self.pool.is_some()
            && self.threads > 1
            && bytes >= LARGE_BYTES_MIN
            && chunk_bytes_max <= AHEAD_CHUNK_BYTES_MAX;
        let has_turn = is_worth_it && !self.has_ahead.swap(true, Ordering::Acquire);
        has_turn.then_some(Ahead { pool: self })
    }
}

impl Ahead<'_> {
    /// Batches to read ahead.
    pub(super) fn batches(&self) -> usize {
        self.pool.threads.min(AHEAD_BATCHES_MAX)
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
        assert!(pool.begin_ahead(LARGE_BYTES_MIN - 1, chunk_bytes_max).is_none());
        assert!(pool.begin_ahead(LARGE_BYTES_MIN, chunk_bytes_max + 1).is_none());
        assert!(StreamPool::new(1).begin_ahead(u64::MAX, chunk_bytes_max).is_none());
        let turn = pool.begin_ahead(LARGE_BYTES_MIN, chunk_bytes_max).expect("nobody has it");
        assert_eq!(turn.batches(), AHEAD_BATCHES_MAX);
        assert!(pool.begin_ahead(LARGE_BYTES_MIN, chunk_bytes_max).is_none());
        drop(turn);
        assert!(pool.begin_ahead(LARGE_BYTES_MIN, chunk_bytes_max).is_some());
    }

    #[test]
    fn pool_has_the_threads_asked_for() {
        for threads in [1, 3] {
            let pool = StreamPool::new(threads).threads().expect("threads");
            assert_eq!(pool.current_num_threads(), threads);
        }
    }
}
