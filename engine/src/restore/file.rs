//! A file that is being restored by several workers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gleaner_store::Metadata;

use super::Shared;
use crate::progress::{Counters, EntryAction, EntryEvent};
use crate::target::{MadeFile, ParkedFolder, Placed, TargetError, TargetFolder, TempFile};

/// Zeros are left out in pieces of this size, aligned in the file: the usual block.
const SPARSE_PIECE_BYTES: usize = 4096;

/// Where the first name of a file with several names was made. There may be as many as files, so
/// none of them keeps a descriptor.
pub(super) type LinkMap = Mutex<HashMap<(u64, u64), (ParkedFolder, Vec<u8>, MadeFile)>>;

/// A file between its first planned chunk and its name.
pub(super) struct RestoringFile {
    pub(super) folder: TargetFolder,
    pub(super) name: Vec<u8>,
    /// Path in the snapshot.
    pub(super) path: Vec<u8>,
    pub(super) metadata: Metadata,
    pub(super) has_holes: AtomicBool,
    links: Arc<LinkMap>,
    /// Chunks that were planned and not written yet, plus one while the planner adds more.
    pending: AtomicUsize,
    temp: Mutex<Option<Arc<TempFile>>>,
    /// Bytes planned so far.
    bytes: Mutex<u64>,
    is_damaged: AtomicBool,
    is_failed: AtomicBool,
}

impl RestoringFile {
    pub(super) fn new(
        folder: TargetFolder,
        name: Vec<u8>,
        path: Vec<u8>,
        metadata: Metadata,
        links: Arc<LinkMap>,
    ) -> Self {
        Self {
            folder,
            name,
            path,
            metadata,
            links,
            has_holes: AtomicBool::new(false),
            pending: AtomicUsize::new(1),
            temp: Mutex::new(None),
            bytes: Mutex::new(0),
            is_damaged: AtomicBool::new(false),
            is_failed: AtomicBool::new(false),
        }
    }

    /// The planner adds bytes; returns the offset at which they begin.
    pub(super) fn add_bytes(&self, bytes: u64) -> u64 {
        let mut total = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = *total;
        *total += bytes;
        offset
    }

    /// The planner adds a chunk to be written.
    pub(super) fn add_pending(&self) {
        self.pending.fetch_add(1, Ordering::Relaxed);
    }

    /// Content is lost.
    pub(super) fn damage(&self) {
        self.is_damaged.store(true, Ordering::Relaxed);
    }

    fn temp(&self) -> Result<Arc<TempFile>, TargetError> {
        let mut slot = self.temp.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(temp) = &*slot {
            return Ok(Arc::clone(temp));
        }
        let temp = Arc::new(self.folder.create_file()?);
        *slot = Some(Arc::clone(&temp));
        Ok(temp)
    }

    /// Writes checked bytes.
    pub(super) fn write(&self, shared: &Shared<'_>, bytes: &[u8], offset: u64) {
        if self.is_failed.load(Ordering::Relaxed) {
            return;
        }
        if let Some(limit) = &shared.options.write_limit {
            limit.take(bytes.len() as u64);
        }
        let written = self.temp().and_then(|temp| {
            if shared.options.sparse {
                self.write_sparse(&temp, bytes, offset)
            } else {
                temp.write_at(bytes, offset)
            }
        });
        match written {
            Ok(()) => {
                Counters::add(&shared.tally.bytes_restored, bytes.len() as u64);
                Counters::add(&shared.run.counters.bytes_done, bytes.len() as u64);
            }
            Err(error) => self.fail(shared, &error),
        }
    }

    /// Writes all but whole aligned pieces of zeros.
    fn write_sparse(
        &self,
        temp: &TempFile,
        mut bytes: &[u8],
        mut offset: u64,
    ) -> Result<(), TargetError> {
        while !bytes.is_empty() {
            let into_piece = usize::try_from(offset % SPARSE_PIECE_BYTES as u64).unwrap_or(0);
            let (piece, rest) = bytes.split_at(bytes.len().min(SPARSE_PIECE_BYTES - into_piece));
            if piece.iter().any(|&byte| byte != 0) {
                temp.write_at(piece, offset)?;
            } else {
                self.has_holes.store(true, Ordering::Relaxed);
            }
            offset += piece.len() as u64;
            bytes = rest;
        }
        Ok(())
    }

    fn fail(&self, shared: &Shared<'_>, error: &TargetError) {
        if !self.is_failed.swap(true, Ordering::Relaxed) {
            shared.unwritable(&self.path, error);
        }
    }

    /// One chunk, or the planner, is done; whoever is last gives the file its name.
    pub(super) fn release(&self, shared: &Shared<'_>) {
        if self.pending.fetch_sub(1, Ordering::AcqRel) == 1
            && !self.is_failed.load(Ordering::Relaxed)
            && let Err(error) = self.finish(shared)
        {
            self.fail(shared, &error);
        }
    }

    fn finish(&self, shared: &Shared<'_>) -> Result<(), TargetError> {
        let temp = self.temp()?;
        self.temp.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Ok(temp) = Arc::try_unwrap(temp) else {
            unreachable!("the last one to release a file is the only one that holds it")
        };
        let bytes = *self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        if self.has_holes.load(Ordering::Relaxed) || self.is_damaged.load(Ordering::Relaxed) {
            temp.set_bytes(bytes)?;
        }
        if self.is_damaged.load(Ordering::Relaxed) {
            temp.keep_incomplete(&self.name)?;
            shared.lost(&self.path);
            return Ok(());
        }
        let action = match temp.publish(&self.name, &self.metadata)? {
            Placed::Made { made, warnings } => {
                shared.metadata_missing(&warnings);
                Counters::add(&shared.tally.files_restored, 1);
                self.remember_link(made);
                EntryAction::Restored
            }
            Placed::Kept | Placed::SkippedSpecial => {
                Counters::add(&shared.tally.files_skipped, 1);
                EntryAction::Skipped
            }
        };
        Counters::add(&shared.run.counters.files_done, 1);
        let event = EntryEvent { path: &self.path, action, bytes, bytes_novel: 0 };
        shared.run.observer.entry(&event);
        Ok(())
    }

    /// Lets later names of the same inode link to this one.
    pub(super) fn remember_link(&self, made: MadeFile) {
        // A folder that cannot be looked at makes no links: they are named as failed.
        if self.metadata.links > 1
            && let Ok(folder) = self.folder.park()
        {
            let key = (self.metadata.device, self.metadata.inode);
            let place = (folder, self.name.clone(), made);
            self.links.lock().unwrap_or_else(PoisonError::into_inner).insert(key, place);
        }
    }
}
