//! How much of each pack is needed.

use std::collections::HashSet;

use gleaner_chunker::PackId;
use gleaner_store::{ErrorKind, PackDirectory, PackKind};

use super::mark::{Mark, Repeats};
use crate::error::Error;
use crate::progress::{Run, Warning, WarningKind};

/// What a prune knows of a pack. Sizes of chunks are raw bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackUse {
    pub(super) pack: PackId,
    pub(super) kind: PackKind,
    pub(super) key_epoch: u32,
    /// Length of the pack.
    pub(super) bytes: u64,
    pub(super) chunks: u64,
    pub(super) used_chunks: u64,
    /// Chunks that are needed, and that an earlier pack holds too, as far as a filter can tell.
    pub(super) repeated_chunks: u64,
    pub(super) raw: u64,
    pub(super) used_raw: u64,
    pub(super) repeated_raw: u64,
    /// Its writer has ended, so that all who count on it are known.
    pub(super) is_closed: bool,
}

impl PackUse {
    pub(super) fn of(
        directory: &PackDirectory,
        mark: &Mark,
        repeats: &mut Repeats,
        open_sessions: &HashSet<[u8; 16]>,
    ) -> Self {
        let mut pack = Self {
            pack: directory.id(),
            kind: directory.header.kind,
            key_epoch: directory.header.key_epoch,
            bytes: directory.pack_bytes,
            chunks: directory.chunks.len() as u64,
            used_chunks: 0,
            repeated_chunks: 0,
            raw: 0,
            used_raw: 0,
            repeated_raw: 0,
            is_closed: !open_sessions.contains(&directory.header.session),
        };
        for (chunk, is_used) in directory.chunks.iter().zip(mark.holds(&directory.chunks)) {
            let raw = u64::from(chunk.bytes);
            pack.raw += raw;
            if !is_used {
                continue;
            }
            pack.used_chunks += 1;
            pack.used_raw += raw;
            // What a writer that lives may take back is no copy to count on.
            if pack.is_closed && repeats.is_repeat(&chunk.id) {
                pack.repeated_chunks += 1;
                pack.repeated_raw += raw;
            }
        }
        pack
    }

    pub(super) const fn is_dead(&self) -> bool {
        self.used_chunks == 0
    }

    /// Bytes of the pack that stand for so many raw bytes of it.
    pub(super) fn share(&self, raw: u64) -> u64 {
        if self.raw == 0 {
            return 0;
        }
        let bytes = u128::from(self.bytes) * u128::from(raw) / u128::from(self.raw);
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }

    /// Bytes of the pack that are not needed, or not here.
    pub(super) fn wasted_bytes(&self) -> u64 {
        self.share(self.raw - self.used_raw + self.repeated_raw)
    }
}

/// Says that a pack stays as it is since it cannot be read.
pub(super) fn warn_unreadable(run: &Run<'_>, pack: &PackId, error: &Error) {
    let kind = match error.kind() {
        ErrorKind::Corrupt | ErrorKind::NotFound => WarningKind::Damaged,
        _ => WarningKind::Unreadable,
    };
    let message = format!("pack {pack} stays as it is: {error}");
    run.warn(&Warning { path: Vec::new(), during: "prune", kind, message });
}
