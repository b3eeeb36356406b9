//! Restores a snapshot, or a part of it, below one folder.
//!
//! The tree stream is read once, in order: folders are made as they come, files are planned in
//! windows. A window lists which chunks it needs by pack and block, so that workers open each
//! block once and write its chunks to all files that hold them. What is in the target already
//! and right is kept. Every chunk is checked against its id before it is written.

mod existing;
mod file;
mod level_folder;
mod planner;
mod window;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gleaner_store::{LeaseKind, RateLimit, Snapshot};

use crate::chunk_reader::ChunkFinder;
use crate::error::{Error, Result};
use crate::progress::{Counters, RestoreCounters, Run, Warning, WarningKind};
use crate::repository::Repository;
use crate::session::{Declaration, Session};
use crate::source::OwnerNames;
use crate::target::{FolderLookup, OverwritePolicy, OwnerMode, RestoreTarget, TargetOptions};
use crate::tree_reader::TreeReader;
use planner::Planner;

/// Lost paths that are kept by name; beyond that they are only counted.
const PATHS_LOST_NAMED_MAX: usize = 100;

/// What becomes of an entry of the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Restored, and what is below it asked for.
    Take,
    /// Not restored by itself; a folder is made if something below it is taken.
    Pass,
    /// Left out, with all below it.
    Skip,
}

/// Decides about an entry by its absolute path in the snapshot and whether it is a folder.
pub type Select = dyn Fn(&[u8], bool) -> Choice + Send + Sync;

/// What to restore and how.
#[derive(Clone)]
pub struct RestoreOptions {
    /// Folder that receives everything; made if missing.
    pub target: PathBuf,
    /// Absolute path in the snapshot that becomes the top; empty for all.
    pub subpath: Vec<u8>,
    /// What is taken.
    pub select: Arc<Select>,
    /// What happens to entries that exist.
    pub overwrite: OverwritePolicy,
    /// Remove what the snapshot does not have from folders that it has.
    pub delete: bool,
    /// Leave runs of zeros as holes.
    pub sparse: bool,
    /// Read the target back afterwards and compare.
    pub verify: bool,
    /// Whose the files are.
    pub owners: OwnerMode,
    /// Make fifos, sockets and devices; set-id bits; privileged attributes.
    pub special_files: bool,
    /// Set extended attributes.
    pub xattrs: bool,
    /// Decide and count, and write nothing.
    pub dry_run: bool,
    /// Declare a lease, so that no prune takes away what is being read. False only for media
    /// that cannot be written.
    pub lease: bool,
    /// Host name for the lease.
    pub host: String,
    /// Limit on writing files of the target.
    pub write_limit: Option<Arc<RateLimit>>,
}

/// What a restore did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RestoreStats {
    /// Entries that were chosen.
    pub total_files: u64,
    /// Entries made.
    pub files_restored: u64,
    /// Entries left as they were.
    pub files_skipped: u64,
    /// Entries removed.
    pub files_deleted: u64,
    /// Entries that could not be made, or whose content is lost.
    pub files_failed: u64,
    /// Bytes of all files that were chosen.
    pub total_bytes: u64,
    /// Bytes written.
    pub bytes_restored: u64,
    /// Bytes of files left as they were.
    pub bytes_skipped: u64,
    /// Bytes that were right in the target already.
    pub bytes_from_target: u64,
    /// Bytes read from packs.
    pub bytes_read_packs: u64,
    /// Blocks read.
    pub pack_reads: u64,
    /// Chunks that are missing or damaged.
    pub chunks_damaged: u64,
    /// Files whose content is not complete.
    pub paths_lost_count: u64,
    /// The first of them.
    pub paths_lost: Vec<Vec<u8>>,
    /// Parts of metadata that the system refused.
    pub metadata_failed: u64,
    /// Entries whose content differed when it was read back.
    pub verify_failed: u64,
    /// True if the target was read back.
    pub verified: bool,
}

/// Counters that the workers share.
#[derive(Debug, Default)]
struct Tally {
    files_restored: Arc<AtomicU64>,
    files_skipped: Arc<AtomicU64>,
    files_deleted: Arc<AtomicU64>,
    files_failed: AtomicU64,
    bytes_restored: Arc<AtomicU64>,
    bytes_skipped: Arc<AtomicU64>,
    bytes_read_packs: AtomicU64,
    pack_reads: AtomicU64,
    chunks_damaged: AtomicU64,
    metadata_failed: AtomicU64,
    paths_lost_count: AtomicU64,
    paths_lost: Mutex<Vec<Vec<u8>>>,
}

impl Tally {
    /// The part that may be read while the restore runs. Each restore has counters of its own, so
    /// that a caller may use one [`Run`] twice.
    fn progress(&self) -> RestoreCounters {
        RestoreCounters {
            files_restored: Arc::clone(&self.files_restored),
            files_skipped: Arc::clone(&self.files_skipped),
            files_deleted: Arc::clone(&self.files_deleted),
            bytes_restored: Arc::clone(&self.bytes_restored),
            bytes_skipped: Arc::clone(&self.bytes_skipped),
        }
    }
}

/// What planner and workers share.
struct Shared<'a> {
    run: &'a Run<'a>,
    options: &'a RestoreOptions,
    finder: ChunkFinder<'a>,
    tally: Tally,
    /// Roots of the snapshot.
    roots: &'a [Vec<u8>],
    /// The snapshot has no entry that could not be read.
    is_whole: bool,
}

impl Shared<'_> {
    fn warn(&self, path: &[u8], kind: WarningKind, message: String) {
        let path = path.to_vec();
        self.run.warn(&Warning { path, during: "restore", kind, message });
    }

    /// An entry that could not be made.
    fn unwritable(&self, path: &[u8], error: &dyn std::error::Error) {
        Counters::add(&self.tally.files_failed, 1);
        let cause = error.source().map_or_else(String::new, |source| format!(": {source}"));
        self.warn(path, WarningKind::Unwritable, format!("{error}{cause}"));
    }

    fn metadata_missing(&self, warnings: &[crate::target::MetadataWarning]) {
        for warning in warnings {
            Counters::add(&self.tally.metadata_failed, 1);
            let message = format!("{warning}: {}", warning.source);
            self.warn(&warning.path, WarningKind::Metadata, message);
        }
    }

    fn lost(&self, path: &[u8]) {
        Counters::add(&self.tally.files_failed, 1);
        Counters::add(&self.tally.paths_lost_count, 1);
        let mut lost = self.tally.paths_lost.lock().unwrap_or_else(PoisonError::into_inner);
        if lost.len() < PATHS_LOST_NAMED_MAX {
            lost.push(path.to_vec());
        }
    }
}

/// Restores what the options choose.
///
/// Entries that cannot be made and files whose chunks are damaged are named to the observer and
/// counted; the rest is restored. No file with wrong bytes gets its own name: what was readable
/// of a damaged file stays as `<name>.gleaner-incomplete`.
///
/// # Errors
/// [`Error::NoSuchPath`] for the subpath; a target that cannot be opened; a tree that cannot be
/// read; [`Error::Cancelled`].
pub fn restore(
    repository: &Repository,
    snapshot: &Snapshot,
    options: &RestoreOptions,
    run: &Run<'_>,
) -> Result<RestoreStats> {
    let session = if options.lease {
        let (kind, roots) = (LeaseKind::Read, vec![snapshot.id]);
        let host = options.host.clone();
        Some(Session::declare(&repository.env, Declaration { kind, roots, host })?)
    } else {
        None
    };
    // What was condemned before the lease may be deleted while this runs, and what is condemned
    // from now on stays until it is closed.
    let followed = session.as_ref().map_or(Ok(()), |session| {
        repository.index(run).and_then(|index| index.follow(&session.condemned, run))
    });
    let result = followed.and_then(|()| restore_tree(repository, snapshot, options, run));
    if let Some(session) = session {
        session.close();
    }
    result
}

fn restore_tree(
    repository: &Repository,
    snapshot: &Snapshot,
    options: &RestoreOptions,
    run: &Run<'_>,
) -> Result<RestoreStats> {
    let index = repository.index(run)?;
    let target = open_target(repository, options)?;
    let finder = ChunkFinder::new(repository, Arc::clone(&index));
    let shared = Shared {
        run,
        options,
        finder,
        tally: Tally::default(),
        roots: &snapshot.roots,
        is_whole: snapshot.stats.files_failed == 0,
    };
    run.counters.set_restored(shared.tally.progress());
    let mut tree = TreeReader::open(repository, Arc::clone(&index), snapshot)?;
    let threads = repository.env.threads.max(1);
    let mut stats = window::with_workers(&shared, threads, |workers| {
        let mut planner = Planner::new(&shared, workers, target.as_ref());
        while let Some(item) = tree.next_item()? {
            run.cancel.check()?;
            planner.take(item)?;
        }
        planner.finish()
    })?;
    run.counters.scan_finished.store(true, Ordering::Relaxed);
    take_tally(&shared.tally, &mut stats);
    if options.verify && !options.dry_run {
        let tree = TreeReader::open(repository, index, snapshot)?;
        stats.verify_failed = existing::verify(&shared, tree, target.as_ref())?;
        stats.verified = stats.verify_failed == 0;
    }
    Ok(stats)
}

fn open_target(repository: &Repository, options: &RestoreOptions) -> Result<Option<RestoreTarget>> {
    if options.dry_run {
        return Ok(None);
    }
    let target_options = TargetOptions {
        overwrite: options.overwrite,
        owners: options.owners,
        special_files: options.special_files,
        xattrs: options.xattrs,
        lookup: FolderLookup::Openat2,
        temp_seed: repository.env.random_bytes()?,
    };
    let names = Arc::new(OwnerNames::new());
    Ok(Some(RestoreTarget::open(&options.target, target_options, names)?))
}

fn take_tally(tally: &Tally, stats: &mut RestoreStats) {
    let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    stats.files_restored += get(&tally.files_restored);
    stats.files_skipped += get(&tally.files_skipped);
    stats.files_deleted += get(&tally.files_deleted);
    stats.files_failed += get(&tally.files_failed);
    stats.bytes_restored += get(&tally.bytes_restored);
    stats.bytes_skipped += get(&tally.bytes_skipped);
    stats.bytes_read_packs += get(&tally.bytes_read_packs);
    stats.pack_reads += get(&tally.pack_reads);
    stats.chunks_damaged += get(&tally.chunks_damaged);
    stats.metadata_failed += get(&tally.metadata_failed);
    stats.paths_lost_count += get(&tally.paths_lost_count);
    let lost = tally.paths_lost.lock().unwrap_or_else(PoisonError::into_inner);
    stats.paths_lost.clone_from(&lost);
}

/// The subpath as components; empty components are dropped.
fn components(path: &[u8]) -> Result<Vec<Vec<u8>>> {
    let names: Vec<Vec<u8>> = path
        .split(|&byte| byte == b'/')
        .filter(|name| !name.is_empty())
        .map(<[u8]>::to_vec)
        .collect();
    if names.iter().all(|name| gleaner_store::is_legal_name(name)) {
        Ok(names)
    } else {
        Err(Error::NoSuchPath { path: path.to_vec() })
    }
}
