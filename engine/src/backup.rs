//! Backs up folders or a stream as one snapshot.
//!
//! ```text
//! scan (walk + parent) -> readers (read, cut, hash) -> sequencer (lookup, tree) -> ingest
//! ```
//! The scan and the sequencer are one thread each and keep the order of the tree stream; the
//! readers work on batches in parallel. Order of durability: packs, then the index, then the
//! manifest; only then the snapshot is acknowledged.

mod file_content;
mod readers;
mod scan;
mod sequencer;
mod step;
mod stream;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use gleaner_store::{
    BlockEncoding, LeaseKind, ProvenanceSummary, RateLimit, Snapshot, SnapshotId, SnapshotState,
    SnapshotStats,
};

use crate::error::{Error, Result};
use crate::ingest::{Ingest, IngestOptions, StageTimes, ingest};
use crate::progress::Run;
use crate::repository::Repository;
use crate::session::{Declaration, Session};
use crate::source::Selection;
use crate::tree_writer::WrittenTree;

pub use stream::backup_stream;

/// Which earlier snapshot tells unchanged files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// The latest of the same host and roots.
    Auto,
    /// The latest that agrees in what is named here.
    LatestOf(ParentGroup),
    /// None: every file is read.
    None,
    /// This one.
    Id(SnapshotId),
}

/// In what a snapshot has to agree to be taken for the parent. Nothing at all takes the latest of
/// the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParentGroup {
    /// The host name.
    pub host: bool,
    /// The roots, all of them and in the same order.
    pub roots: bool,
    /// The tags, all of them and no others.
    pub tags: bool,
}

/// How a backup uses the machine. The default is right unless somebody measured otherwise.
#[derive(Debug, Clone, Default)]
pub struct BackupTuning {
    /// Size in bytes at which this run closes a data pack; `None` takes the repository's. Two
    /// packs of this size are in memory at a time.
    pub pack_target_bytes: Option<u32>,
    /// Threads that read, cut and hash files, at least 1; `None` takes the environment's.
    pub reader_threads: Option<usize>,
    /// Limit on reading files of the source; a stream is the caller's to slow down.
    pub read_limit: Option<Arc<RateLimit>>,
}

/// What to back up and how.
#[derive(Clone)]
pub struct BackupOptions {
    /// Absolute paths. Those inside another one add nothing.
    pub roots: Vec<PathBuf>,
    /// Host name to record.
    pub host: String,
    /// User name to record.
    pub user: String,
    /// Tags to record.
    pub tags: Vec<String>,
    /// Time to record in nanoseconds since 1970; `None` takes the clock's.
    pub time_ns: Option<i64>,
    /// Which earlier snapshot tells unchanged files.
    pub parent: Parent,
    /// Take files with another inode for unchanged if size and times agree.
    pub ignore_inode: bool,
    /// Take files with another status-change time for unchanged.
    pub ignore_ctime: bool,
    /// Record times of last access.
    pub with_atime: bool,
    /// Record extended attributes.
    pub xattrs: bool,
    /// Stay on the file systems of the roots.
    pub one_file_system: bool,
    /// What is taken.
    pub selection: Arc<dyn Selection>,
    /// Write no snapshot if the tree equals the parent's.
    pub skip_if_unchanged: bool,
    /// Count, and write nothing.
    pub dry_run: bool,
    /// Map large files into memory instead of reading them. Only for files that nobody writes
    /// while the backup runs: a file that shrinks under a mapping kills the process.
    pub map_files: bool,
    /// zstd level for this run; `None` takes the repository's.
    pub compression_level: Option<i32>,
    /// How the run uses the machine.
    pub tuning: BackupTuning,
    /// Name and version of the calling program.
    pub program: String,
}

/// What a backup did. Data chunks only, unless a name says otherwise.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct BackupStats {
    /// Files that the parent does not have.
    pub files_new: u64,
    /// Files that the parent has otherwise.
    pub files_changed: u64,
    /// Files taken over from the parent.
    pub files_unmodified: u64,
    /// Folders that the parent does not have.
    pub dirs_new: u64,
    /// Folders whose metadata differs from the parent's.
    pub dirs_changed: u64,
    /// Folders as in the parent.
    pub dirs_unmodified: u64,
    /// Links, pipes, sockets, devices.
    pub others: u64,
    /// Entries that could not be read.
    pub files_failed: u64,
    /// Files that changed while they were read.
    pub files_unstable: u64,
    /// Chunks first stored by this run.
    pub chunks_novel: u64,
    /// Chunks that were stored already, or repeat inside this run.
    pub chunks_known: u64,
    /// Tree chunks first stored by this run.
    pub chunks_tree_novel: u64,
    /// Regular files in the snapshot.
    pub total_files_processed: u64,
    /// Bytes of all files, holes included.
    pub total_bytes_processed: u64,
    /// Bytes read from the source.
    pub bytes_read: u64,
    /// Bytes in holes.
    pub bytes_holes: u64,
    /// Raw bytes of chunks that were known.
    pub bytes_known: u64,
    /// Raw bytes of novel chunks.
    pub bytes_novel: u64,
    /// Bytes of the packs written.
    pub bytes_stored: u64,
    /// Raw bytes of novel tree chunks.
    pub bytes_tree_novel: u64,
    /// Seconds of scan, read, chunk, hash, lookup, seal, write, summed over threads.
    pub stage_seconds: [f64; 7],
    /// The snapshot; `None` if none was written.
    pub snapshot: Option<SnapshotId>,
    /// True if no snapshot was written because nothing changed.
    pub unchanged_skipped: bool,
    /// Start by the clock, nanoseconds since 1970.
    pub start_ns: i64,
    /// End by the clock, nanoseconds since 1970.
    pub end_ns: i64,
}

/// Backs up the roots as one snapshot; durable on return.
///
/// Files that cannot be read are named to the observer and counted; the snapshot is written
/// without them.
///
/// # Errors
/// [`Error::NothingToBackUp`] if no root exists; [`Error::Cancelled`]; the storage's. On any
/// error no snapshot was written, and the packs that were are found by the next run.
pub fn backup(
    repository: &Repository,
    options: &BackupOptions,
    run: &Run<'_>,
) -> Result<BackupStats> {
    match backup_roots(repository, options, run) {
        // Half a file was taken over from a parent that then broke: start over without it.
        Err(Error::ParentBroken) => {
            let options = BackupOptions { parent: Parent::None, ..options.clone() };
            backup_roots(repository, &options, run)
        }
        result => result,
    }
}

fn backup_roots(
    repository: &Repository,
    options: &BackupOptions,
    run: &Run<'_>,
) -> Result<BackupStats> {
    let roots = crate::source::normalise_roots(&options.roots);
    if !roots.iter().any(|root| rustix::fs::lstat(root).is_ok()) {
        return Err(Error::NothingToBackUp);
    }
    let root_bytes = roots.iter().map(|root| path_bytes(root)).collect();
    snapshot_of(repository, options, run, root_bytes, |ingest, parent, stats| {
        sequencer::write_tree(ingest, options, &roots, parent, stats)
    })
}

fn path_bytes(path: &std::path::Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes().to_vec()
}

/// Everything around the tree of a snapshot: session, ingest stages, commit.
fn snapshot_of<W>(
    repository: &Repository,
    options: &BackupOptions,
    run: &Run<'_>,
    roots: Vec<Vec<u8>>,
    write_tree: W,
) -> Result<BackupStats>
where
    W: FnOnce(&mut Ingest<'_>, Option<&Snapshot>, &mut BackupStats) -> Result<WrittenTree>,
{
    let env = &repository.env;
    let mut stats = BackupStats { start_ns: env.clock.wall_ns(), ..BackupStats::default() };
    let listed = repository.snapshots()?.snapshots;
    let parent = find_parent(&listed, options, &roots)?;
    let draft = Draft {
        sequence: listed.iter().map(|s| s.sequence).max().unwrap_or(0).saturating_add(1),
        parent,
        roots,
    };
    if options.dry_run {
        let index = repository.index(run)?;
        index.condemn(&crate::session::read_condemned(
            repository.storage(),
            crate::session::read_epoch(repository.storage())?,
        )?)?;
        let (_, _) = run_stages(repository, options, run, [0; 16], &draft, &mut stats, write_tree)?;
        stats.end_ns = env.clock.wall_ns();
        return Ok(stats);
    }
    let roots = draft.parent.iter().map(|parent| parent.id).collect();
    let declaration = Declaration { kind: LeaseKind::Write, roots, host: options.host.clone() };
    let mut session = Session::declare(env, declaration)?;
    let result =
        within_session(repository, options, run, &mut session, draft, &mut stats, write_tree);
    session.close(env);
    result?;
    stats.end_ns = env.clock.wall_ns();
    Ok(stats)
}

/// What is known of a snapshot before its tree is written.
struct Draft {
    sequence: u64,
    parent: Option<Snapshot>,
    roots: Vec<Vec<u8>>,
}

fn find_parent(
    listed: &[Snapshot],
    options: &BackupOptions,
    roots: &[Vec<u8>],
) -> Result<Option<Snapshot>> {
    let tags = sorted_tags(&options.tags);
    let latest_of = |group: ParentGroup| {
        listed.iter().rev().find(|snapshot| {
            (!group.host || snapshot.host == options.host)
                && (!group.roots || snapshot.roots == roots)
                && (!group.tags || snapshot.tags == tags)
        })
    };
    let found = match options.parent {
        Parent::None => None,
        Parent::Id(id) => Some(listed.iter().find(|s| s.id == id).ok_or(Error::NoSuchSnapshot)?),
        Parent::Auto => latest_of(ParentGroup { host: true, roots: true, tags: false }),
        Parent::LatestOf(group) => latest_of(group),
    };
    Ok(found.cloned())
}

#[expect(clippy::too_many_arguments, reason = "one call site; a struct would only rename them")]
fn within_session<W>(
    repository: &Repository,
    options: &BackupOptions,
    run: &Run<'_>,
    session: &mut Session,
    mut draft: Draft,
    stats: &mut BackupStats,
    write_tree: W,
) -> Result<()>
where
    W: FnOnce(&mut Ingest<'_>, Option<&Snapshot>, &mut BackupStats) -> Result<WrittenTree>,
{
    let env = &repository.env;
    repository.index(run)?.condemn(&session.condemned)?;
    // The lease names the parent; only now its existence means that it stays (step S3).
    if let Some(parent) = &draft.parent
        && !still_listed(repository, parent.id)?
    {
        draft.parent = None;
    }
    let session_id = session.lease.session.0;
    let (tree, relied) =
        run_stages(repository, options, run, session_id, &draft, stats, write_tree)?;
    if options.skip_if_unchanged && draft.parent.as_ref().is_some_and(|p| p.tree == tree.tree) {
        stats.unchanged_skipped = true;
        return Ok(());
    }
    run.cancel.check()?;
    session.check_commit(env, &relied)?;
    let snapshot = Snapshot {
        id: session.reserved(),
        time_ns: options.time_ns.unwrap_or(stats.start_ns),
        sequence: draft.sequence,
        epoch: session.lease.epoch.0,
        session: session_id,
        host: options.host.clone(),
        user: options.user.clone(),
        tags: sorted_tags(&options.tags),
        roots: draft.roots,
        tree: tree.tree,
        parent: draft.parent.map(|parent| parent.id),
        original: None,
        stats: snapshot_stats(stats),
        provenance: ProvenanceSummary {
            bytes_known: stats.bytes_known,
            bytes_sent: stats.bytes_novel,
            ..ProvenanceSummary::default()
        },
        state: SnapshotState::Complete,
        program: options.program.clone(),
    };
    repository.index(run)?.settle()?;
    repository.index(run)?.checkpoint()?;
    session.commit(env, &crate::repository::manifest_bytes(&snapshot, repository.keys())?)?;
    stats.snapshot = Some(snapshot.id);
    Ok(())
}

pub(crate) fn sorted_tags(tags: &[String]) -> Vec<String> {
    let mut tags = tags.to_vec();
    tags.sort();
    tags.dedup();
    tags
}

fn still_listed(repository: &Repository, id: SnapshotId) -> Result<bool> {
    Ok(repository.snapshots()?.snapshots.iter().any(|snapshot| snapshot.id == id))
}

const fn snapshot_stats(stats: &BackupStats) -> SnapshotStats {
    SnapshotStats {
        files: stats.total_files_processed,
        folders: stats.dirs_new + stats.dirs_changed + stats.dirs_unmodified,
        others: stats.others,
        bytes: stats.total_bytes_processed,
        bytes_holes: stats.bytes_holes,
        chunks_novel: stats.chunks_novel,
        bytes_novel: stats.bytes_novel,
        bytes_stored: stats.bytes_stored,
        files_failed: stats.files_failed,
    }
}

#[expect(clippy::too_many_arguments, reason = "one call site per mode")]
fn run_stages<W>(
    repository: &Repository,
    options: &BackupOptions,
    run: &Run<'_>,
    session: [u8; 16],
    draft: &Draft,
    stats: &mut BackupStats,
    write_tree: W,
) -> Result<(WrittenTree, std::collections::HashSet<gleaner_chunker::PackId>)>
where
    W: FnOnce(&mut Ingest<'_>, Option<&Snapshot>, &mut BackupStats) -> Result<WrittenTree>,
{
    let config = repository.config();
    let level = options.compression_level.unwrap_or(config.compression_level);
    let encoding = BlockEncoding { level, pad: config.pad };
    let times = StageTimes::default();
    let pack_target = options.tuning.pack_target_bytes.unwrap_or(config.pack_target_bytes);
    let ingest_options = IngestOptions { session, encoding, pack_target, dry_run: options.dry_run };
    let (tree, relied, totals) = ingest(repository, run, &times, ingest_options, |entrance| {
        write_tree(entrance, draft.parent.as_ref(), stats)
    })?;
    stats.chunks_tree_novel = tree.chunks_novel;
    stats.bytes_tree_novel = tree.bytes_novel;
    stats.bytes_stored = totals.bytes_data_packs + totals.bytes_tree_packs;
    stats.stage_seconds = times.seconds();
    run.counters.scan_finished.store(true, Ordering::Relaxed);
    Ok((tree, relied))
}
