//! Backs up folders or a stream as one snapshot.
//!
//! ```text
//! scan (walk + parent) -> readers (read, cut, hash) -> sequencer (lookup, tree) -> ingest
//! ```
//! The scan and the sequencer are one thread each and keep the order of the tree stream; the
//! readers work on batches in parallel. Order of durability: packs, then the index, then the
//! manifest; only then the snapshot is acknowledged.

mod file_content;
mod options;
mod readers;
mod scan;
mod sequencer;
mod stats;
mod step;
mod stream;
mod stream_pool;
mod unchanged;

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use gleaner_chunker::PackId;
use gleaner_store::{
    LeaseKind, ProvenanceSummary, Snapshot, SnapshotId, SnapshotState, SnapshotStats, TreeRef,
};

use crate::condemned::Condemned;
use crate::copy_forward::CopyForward;
use crate::error::{Error, Result};
use crate::ingest::{Ingest, IngestOptions, StageTimes, ingest};
use crate::progress::{Run, Warning, WarningKind};
use crate::repository::Repository;
use crate::session::{Declaration, Session, read_epoch};
use crate::tree_writer::WrittenTree;

pub use options::{BackupOptions, BackupTuning, Parent, ParentGroup};
pub use stats::BackupStats;
pub use stream::backup_stream;

/// Backs up the roots as one snapshot; durable on return.
///
/// Files that cannot be read are named to the observer and counted; the snapshot is written
/// without them.
///
/// # Errors
/// [`Error::NothingToBackUp`] if no root exists; [`Error::Cancelled`]; the storage's. After an
/// error no snapshot was acknowledged (if the commit itself failed it may be there all the same),
/// and the packs that were written are found by the next run.
pub fn backup(
    repository: &Repository,
    options: &BackupOptions,
    run: &Run<'_>,
) -> Result<BackupStats> {
    match backup_roots(repository, options, run) {
        // Half a file was taken over from a parent that then broke: start over without it.
        Err(error @ Error::ParentBroken) => {
            let (path, message) = (Vec::new(), format!("{error}: every file is read"));
            run.warn(&Warning { path, during: "scan", kind: WarningKind::Damaged, message });
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
        sessions: sessions_of_source(&listed, options, &roots),
        roots,
    };
    if options.dry_run {
        let epoch = read_epoch(repository.storage())?;
        let condemned = Condemned::read(repository.storage(), epoch)?;
        prepare_index(repository, run, &condemned, &draft.sessions)?;
        let (_, _) = run_stages(repository, options, run, [0; 16], &draft, &mut stats, write_tree)?;
        stats.end_ns = env.clock.wall_ns();
        return Ok(stats);
    }
    let roots = draft.parent.iter().map(|parent| parent.id).collect();
    let declaration = Declaration { kind: LeaseKind::Write, roots, host: options.host.clone() };
    let mut session = Session::declare(env, declaration)?;
    let result =
        within_session(repository, options, run, &mut session, draft, &mut stats, write_tree);
    session.close();
    result?;
    stats.end_ns = env.clock.wall_ns();
    Ok(stats)
}

/// What is known of a snapshot before its tree is written.
struct Draft {
    sequence: u64,
    parent: Option<Snapshot>,
    /// Those that wrote earlier snapshots of this host and these roots.
    sessions: HashSet<[u8; 16]>,
    roots: Vec<Vec<u8>>,
}

fn sessions_of_source(
    listed: &[Snapshot],
    options: &BackupOptions,
    roots: &[Vec<u8>],
) -> HashSet<[u8; 16]> {
    let is_same = |s: &&Snapshot| s.host == options.host && s.roots == roots;
    listed.iter().filter(is_same).map(|snapshot| snapshot.session).collect()
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
    prepare_index(repository, run, &session.condemned, &draft.sessions)?;
    // The lease names the parent; only now its existence means that it stays (step S3).
    if let Some(parent) = &draft.parent
        && !still_listed(repository, parent.id)?
    {
        draft.parent = None;
    }
    let session_id = session.id.0;
    let (tree, relied) =
        run_stages(repository, options, run, session_id, &draft, stats, write_tree)?;
    if options.skip_if_unchanged
        && let Some(parent) = &draft.parent
        && unchanged::is_same(repository, run, parent, &draft.roots, &tree.tree)?
    {
        stats.unchanged_skipped = true;
        return Ok(());
    }
    run.cancel.check()?;
    let mut snapshot = new_snapshot(options, session, draft, tree.tree, stats);
    let mut needs = Needs { relied, is_known: snapshot.parent.is_none() };
    let ingest_options = ingest_options(repository, options, session_id);
    session.follow_epoch(env, |condemned| {
        if needs.none_of(condemned) {
            return Ok(());
        }
        let copied =
            CopyForward::new(repository, run, ingest_options, condemned)?.copy(&snapshot)?;
        stats.bytes_stored += copied.bytes_stored;
        needs.relied.extend(copied.relied);
        Ok(())
    })?;
    snapshot.epoch = session.epoch().0;
    snapshot.stats = snapshot_stats(stats);
    repository.index(run)?.settle(&needs.relied)?;
    repository.index(run)?.checkpoint()?;
    session.commit(env, &crate::repository::manifest_bytes(&snapshot, repository.keys())?)?;
    stats.snapshot = Some(snapshot.id);
    Ok(())
}

/// Makes lookups pass over condemned packs, and know those that sessions of the same source wrote.
fn prepare_index(
    repository: &Repository,
    run: &Run<'_>,
    condemned: &Condemned,
    sessions: &HashSet<[u8; 16]>,
) -> Result<()> {
    let index = repository.index(run)?;
    index.take_in_neighbors(sessions, run)?;
    if condemned.is_undecided {
        index.doubt_parents();
    }
    index.follow(condemned, run)
}

/// Packs of others in which chunks of the new snapshot are.
struct Needs {
    relied: HashSet<PackId>,
    /// False if there may be more of them: chunks that were taken over from a parent were not
    /// looked up, and a copy leaves open which live packs it counted on.
    is_known: bool,
}

impl Needs {
    fn none_of(&mut self, condemned: &Condemned) -> bool {
        let is_none = self.is_known && self.relied.is_disjoint(&condemned.packs);
        self.is_known &= is_none;
        is_none
    }
}

/// The snapshot as it is committed, but for what the commit itself may change.
fn new_snapshot(
    options: &BackupOptions,
    session: &Session,
    draft: Draft,
    tree: TreeRef,
    stats: &BackupStats,
) -> Snapshot {
    Snapshot {
        id: session.reserved(),
        time_ns: options.time_ns.unwrap_or(stats.start_ns),
        sequence: draft.sequence,
        epoch: session.epoch().0,
        session: session.id.0,
        host: options.host.clone(),
        user: options.user.clone(),
        tags: sorted_tags(&options.tags),
        roots: draft.roots,
        tree,
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
        lacks_xattrs: !options.xattrs || stats.attributes_failed > 0,
    }
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

fn ingest_options(
    repository: &Repository,
    options: &BackupOptions,
    session: [u8; 16],
) -> IngestOptions {
    let mut ingest = IngestOptions::of(repository.config(), session);
    if let Some(level) = options.compression_level {
        ingest.encoding.level = level;
    }
    if let Some(pack_target) = options.tuning.pack_target_bytes {
        ingest.pack_target = pack_target;
    }
    IngestOptions { dry_run: options.dry_run, ..ingest }
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
) -> Result<(WrittenTree, HashSet<PackId>)>
where
    W: FnOnce(&mut Ingest<'_>, Option<&Snapshot>, &mut BackupStats) -> Result<WrittenTree>,
{
    let times = StageTimes::default();
    let ingest_options = ingest_options(repository, options, session);
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
