//! What a server did so far.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of all sessions, since the server started.
#[derive(Debug, Default)]
pub(super) struct Counts {
    requests: AtomicU64,
    failed: AtomicU64,
    bytes_put: AtomicU64,
    bytes_read: AtomicU64,
    bytes_found: AtomicU64,
}

/// The same, at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerCounts {
    /// Requests that were carried out, and answered.
    pub requests: u64,
    /// Those among them that failed: not found, denied, no room.
    pub failed: u64,
    /// Bytes of objects that came whole.
    pub bytes_put: u64,
    /// Bytes of objects that were sent.
    pub bytes_read: u64,
    /// Bytes that clients had to store and that came from access servers in their place.
    pub bytes_found: u64,
}

impl Counts {
    pub(super) fn request(&self, has_failed: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.failed.fetch_add(has_failed.into(), Ordering::Relaxed);
    }

    pub(super) fn put(&self, bytes: usize) {
        self.bytes_put.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn read(&self, bytes: usize) {
        self.bytes_read.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn found(&self, bytes: u64) {
        self.bytes_found.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> ServerCounts {
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        ServerCounts {
            requests: count(&self.requests),
            failed: count(&self.failed),
            bytes_put: count(&self.bytes_put),
            bytes_read: count(&self.bytes_read),
            bytes_found: count(&self.bytes_found),
        }
    }
}
