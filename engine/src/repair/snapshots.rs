//! Snapshots that cannot be restored as a whole, and what is left of them.
//!
//! A chunk counts as lost if no pack has it. One whose bytes are damaged is still listed by its
//! pack: a repair of the packs comes first.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use gleaner_store::layout::{self, QuarantineRun};
use gleaner_store::{
    Entry, EntryKind, ErrorKind, Lease, LeaseKind, Put, Run as ChunkRun, Snapshot, SnapshotId,
    SnapshotStats, TreeItem,
};

use crate::check::FINDING_PATHS_MAX;
use crate::chunk_reader::ChunkFinder;
use crate::condemned::Condemned;
use crate::copy::origin;
use crate::copy_forward::CopyForward;
use crate::error::{Error, Result};
use crate::ingest::{Ingest, IngestOptions, StageTimes, ingest};
use crate::open_index::OpenIndex;
use crate::other_sessions::SilenceWatch;
use crate::progress::Run;
use crate::repository::{Repository, manifest_bytes};
use crate::session::{Declaration, Session, read_epoch};
use crate::tree_reader::TreeReader;
use crate::tree_writer::{TreeWriter, WrittenTree};

/// What a repair of snapshots may do.
#[derive(Clone)]
pub struct SnapshotRepairOptions<'a> {
    /// Write a snapshot without what is lost beside each that lost something.
    pub drop_lost: bool,
    /// Host name for the leases.
    pub host: String,
    /// Says for certain that the process behind a lease has ended; false if in doubt.
    pub is_dead: &'a (dyn Fn(&Lease) -> bool + Sync),
}

impl std::fmt::Debug for SnapshotRepairOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SnapshotRepairOptions")
            .field("drop_lost", &self.drop_lost)
            .finish_non_exhaustive()
    }
}

/// What is wrong with snapshots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SnapshotRepairPlan {
    /// Snapshots whose manifests cannot be read: they go to quarantine.
    pub manifests_damaged: Vec<SnapshotId>,
    /// Snapshots that lost something.
    pub damaged: Vec<DamagedSnapshot>,
}

/// A snapshot that lost something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedSnapshot {
    /// Its id.
    pub id: SnapshotId,
    /// Files that are lost, as far as the tree names them.
    pub paths_lost: u64,
    /// Some of them: at most [`FINDING_PATHS_MAX`].
    pub paths: Vec<Vec<u8>>,
    /// The last path before the tree breaks off; what came behind it is lost without a name.
    pub ends_behind: Option<Vec<u8>>,
}

/// What a repair of snapshots did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SnapshotRepairStats {
    /// The quarantine; `None` if nothing went there.
    pub run: Option<QuarantineRun>,
    /// Manifests in it.
    pub manifests_quarantined: u64,
    /// Snapshots that lost something, each with the one that has what is left.
    pub written: Vec<(SnapshotId, SnapshotId)>,
    /// The same, where an earlier repair wrote it.
    pub present: Vec<(SnapshotId, SnapshotId)>,
}

/// A snapshot of what is left of another.
enum Rest {
    Written(SnapshotId),
    /// An earlier repair wrote it.
    Present(SnapshotId),
}

/// Says which snapshots lost something, and writes nothing.
///
/// Cost: all trees are read. Memory: 30 bytes for each file that is lost.
///
/// # Errors
/// The storage's; an index that cannot answer.
pub fn plan_snapshot_repair(repository: &Repository, run: &Run<'_>) -> Result<SnapshotRepairPlan> {
    let index = repository.index(run)?;
    index.catch_up(run)?;
    let list = repository.snapshots()?;
    let mut plan = SnapshotRepairPlan::default();
    for (id, error) in list.damaged {
        if error.kind() != ErrorKind::Corrupt {
            return Err(error.into());
        }
        // A second read precedes every verdict.
        match repository.read_snapshot(id) {
            Err(error) if error.kind() == ErrorKind::Corrupt => plan.manifests_damaged.push(id),
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
    for snapshot in &list.snapshots {
        let losses = Losses::seen_twice(repository, &index, snapshot, run)?;
        if losses.is_any() {
            let paths_lost = losses.entries.len() as u64;
            let Losses { paths, ends_behind, .. } = losses;
            plan.damaged.push(DamagedSnapshot { id: snapshot.id, paths_lost, paths, ends_behind });
        }
    }
    Ok(plan)
}

/// Puts manifests that cannot be read into quarantine, and if asked to, writes snapshots of what is
/// left of others. The old ones stay until they are forgotten. `show` is told the plan before.
///
/// # Errors
/// [`Error::MaintenanceRuns`]; as a commit. What was written before an error stays.
pub fn repair_snapshots(
    repository: &Repository,
    options: &SnapshotRepairOptions<'_>,
    run: &Run<'_>,
    show: &mut dyn FnMut(&SnapshotRepairPlan),
) -> Result<SnapshotRepairStats> {
    let (kind, roots, host) = (LeaseKind::Maintenance, Vec::new(), options.host.clone());
    let session = Session::declare(&repository.env, Declaration { kind, roots, host })?;
    let result =
        SilenceWatch::new(repository, session.id, options.is_dead).be_alone(run).and_then(|()| {
            let plan = plan_snapshot_repair(repository, run)?;
            show(&plan);
            let mut stats = SnapshotRepairStats::default();
            quarantine(repository, &session, &plan.manifests_damaged, &mut stats)?;
            if options.drop_lost {
                for damaged in &plan.damaged {
                    run.cancel.check()?;
                    match write_rest(repository, damaged.id, &options.host, run)? {
                        Some(Rest::Written(new)) => stats.written.push((damaged.id, new)),
                        Some(Rest::Present(new)) => stats.present.push((damaged.id, new)),
                        None => {}
                    }
                }
            }
            Ok(stats)
        });
    session.close();
    result
}

fn quarantine(
    repository: &Repository,
    session: &Session,
    manifests: &[SnapshotId],
    stats: &mut SnapshotRepairStats,
) -> Result<()> {
    let run = QuarantineRun { epoch: read_epoch(repository.storage())?, session: session.id };
    for id in manifests {
        let name = layout::snapshot(*id);
        let Some(to) = layout::quarantined(run, &name) else { continue };
        if repository.storage().rename(&name, &to)? == Put::Created {
            stats.manifests_quarantined += 1;
            stats.run = Some(run);
        }
    }
    Ok(())
}

/// What a snapshot lost.
#[derive(Default)]
struct Losses {
    /// Numbers of the files in tree order, all entries counted.
    entries: BTreeSet<u64>,
    paths: Vec<Vec<u8>>,
    ends_behind: Option<Vec<u8>>,
}

impl Losses {
    /// As [`Losses::of`]; a second look precedes every verdict.
    fn seen_twice(
        repository: &Repository,
        index: &Arc<OpenIndex>,
        snapshot: &Snapshot,
        run: &Run<'_>,
    ) -> Result<Self> {
        let first = Self::of(repository, index, snapshot, run)?;
        if first.is_any() { Self::of(repository, index, snapshot, run) } else { Ok(first) }
    }

    fn of(
        repository: &Repository,
        index: &Arc<OpenIndex>,
        snapshot: &Snapshot,
        run: &Run<'_>,
    ) -> Result<Self> {
        let finder = ChunkFinder::new(repository, Arc::clone(index));
        let (mut losses, mut walk) = (Self::default(), Walk::default());
        let mut tree = match TreeReader::open(repository, Arc::clone(index), snapshot) {
            Ok(tree) => tree,
            Err(error) => return losses.cut(error, &walk),
        };
        loop {
            run.cancel.check()?;
            let item = match tree.next_item() {
                Ok(Some(item)) => item,
                Ok(None) => return Ok(losses),
                Err(error) => return losses.cut(error, &walk),
            };
            walk.step(&item);
            if is_lost(&finder, runs_of(&item))? && losses.entries.insert(walk.number) {
                let path = walk.path.clone();
                losses.paths.extend((losses.paths.len() < FINDING_PATHS_MAX).then_some(path));
            }
        }
    }

    /// The tree breaks off here, if the error says that it is damaged.
    fn cut(mut self, error: Error, walk: &Walk) -> Result<Self> {
        if !is_damage(&error) {
            return Err(error);
        }
        // A file whose content was to go on is not whole.
        if walk.more {
            self.entries.insert(walk.number);
        }
        self.ends_behind = Some(walk.path.clone());
        Ok(self)
    }

    fn is_any(&self) -> bool {
        !self.entries.is_empty() || self.ends_behind.is_some()
    }
}

/// Where a walk through a tree is.
#[derive(Default)]
struct Walk {
    /// Number of the entry, from 1.
    number: u64,
    /// Its path.
    path: Vec<u8>,
    /// Lengths of the paths of the folders that are open.
    folders: Vec<usize>,
    /// More content of the file is due.
    more: bool,
}

impl Walk {
    fn step(&mut self, item: &TreeItem) {
        let open = self.folders.last().copied().unwrap_or(0);
        self.more = match item {
            TreeItem::Node(Entry { kind: EntryKind::File { more, .. }, .. })
            | TreeItem::Content { more, .. } => *more,
            TreeItem::Node(_) | TreeItem::Enter(_) | TreeItem::Leave => false,
        };
        match item {
            TreeItem::Enter(entry) | TreeItem::Node(entry) => {
                self.number += 1;
                self.path.truncate(open);
                self.path.push(b'/');
                self.path.extend_from_slice(&entry.name);
                if matches!(item, TreeItem::Enter(_)) {
                    self.folders.push(self.path.len());
                }
            }
            TreeItem::Leave => {
                self.path.truncate(open);
                self.folders.pop();
            }
            TreeItem::Content { .. } => {}
        }
    }
}

fn runs_of(item: &TreeItem) -> &[ChunkRun] {
    match item {
        TreeItem::Node(Entry { kind: EntryKind::File { content, .. }, .. }) => content,
        TreeItem::Content { runs, .. } => runs,
        TreeItem::Node(_) | TreeItem::Enter(_) | TreeItem::Leave => &[],
    }
}

/// Whether a chunk of these runs is in no pack that can be read.
fn is_lost(finder: &ChunkFinder<'_>, runs: &[ChunkRun]) -> Result<bool> {
    for run in runs {
        let ChunkRun::Chunks { chunks, .. } = run else { continue };
        for place in finder.places(chunks) {
            match place {
                Ok(_) => {}
                Err(error) if is_damage(&error) => return Ok(true),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(false)
}

/// Whether an error says that bytes are lost, as opposed to an index that cannot answer.
const fn is_damage(error: &Error) -> bool {
    matches!(error, Error::ChunkMissing { .. } | Error::Store(gleaner_store::Error::Damaged { .. }))
}

/// Writes a snapshot of what is left of another; `None` if that one was forgotten meanwhile.
fn write_rest(
    repository: &Repository,
    id: SnapshotId,
    host: &str,
    run: &Run<'_>,
) -> Result<Option<Rest>> {
    let (kind, roots, host) = (LeaseKind::Write, vec![id], host.to_owned());
    let mut session = Session::declare(&repository.env, Declaration { kind, roots, host })?;
    let result = commit_rest(repository, id, &mut session, run);
    session.close();
    result
}

/// Steps S3 to S6 of a writer whose parent is the damaged snapshot: the lease names it.
fn commit_rest(
    repository: &Repository,
    id: SnapshotId,
    session: &mut Session,
    run: &Run<'_>,
) -> Result<Option<Rest>> {
    let listed = repository.snapshots()?.snapshots;
    let Some(old) = listed.iter().find(|snapshot| snapshot.id == id) else { return Ok(None) };
    let index = repository.index(run)?;
    index.follow(&session.condemned, run)?;
    let losses = Losses::seen_twice(repository, &index, old, run)?;
    let options = IngestOptions::of(repository.config(), session.id.0);
    let times = StageTimes::default();
    let mut stats = SnapshotStats::default();
    let (tree, mut relied, _) = ingest(repository, run, &times, options, |entrance| {
        write_tree(entrance, old, &losses, &mut stats)
    })?;
    // The same tree was cut from it before; a change of tags since then keeps the origin.
    let is_rest = |listed: &&Snapshot| origin(listed) == origin(old) && listed.tree == tree.tree;
    if let Some(present) = listed.iter().find(is_rest) {
        // Its own tree, if what was lost is there again.
        return Ok((present.id != id).then_some(Rest::Present(present.id)));
    }
    let mut new = Snapshot {
        id: session.reserved(),
        sequence: listed.iter().map(|s| s.sequence).max().unwrap_or(0).saturating_add(1),
        session: session.id.0,
        tree: tree.tree,
        parent: None,
        original: Some(origin(old)),
        stats: SnapshotStats {
            files_failed: old.stats.files_failed + losses.entries.len() as u64,
            ..stats
        },
        ..old.clone()
    };
    let mut copy = |condemned: &Condemned| -> Result<()> {
        let copied = CopyForward::new(repository, run, options, condemned)?.copy(&new)?;
        relied.extend(copied.relied);
        Ok(())
    };
    // As with tags: the run of an undecided list may have looked for roots before.
    if session.condemned.is_undecided {
        copy(&session.condemned)?;
    }
    session.follow_epoch(&repository.env, copy)?;
    new.epoch = session.epoch().0;
    settle_and_commit(repository, session, &new, &relied, run)?;
    Ok(Some(Rest::Written(new.id)))
}

fn settle_and_commit(
    repository: &Repository,
    session: &Session,
    new: &Snapshot,
    relied: &HashSet<gleaner_chunker::PackId>,
    run: &Run<'_>,
) -> Result<()> {
    let index = repository.index(run)?;
    index.settle(relied)?;
    index.checkpoint()?;
    session.commit(&repository.env, &manifest_bytes(new, repository.keys())?)
}

/// Writes the tree again without what is lost.
fn write_tree(
    entrance: &mut Ingest<'_>,
    old: &Snapshot,
    losses: &Losses,
    stats: &mut SnapshotStats,
) -> Result<WrittenTree> {
    let repository = entrance.repository;
    let index = Arc::clone(entrance.index());
    let mut writer = TreeWriter::new(repository.tree_chunker(), repository.id_hasher());
    let mut walk = Walk::default();
    let mut tree = TreeReader::open(repository, index, old).ok();
    while let Some(item) = next_sound(tree.as_mut(), losses)? {
        entrance.run.cancel.check()?;
        walk.step(&item);
        if !losses.entries.contains(&walk.number) || runs_of(&item).is_empty() && !is_file(&item) {
            count(stats, &item);
            writer.push(entrance, &item)?;
        }
    }
    for _ in &walk.folders {
        writer.push(entrance, &TreeItem::Leave)?;
    }
    writer.finish(entrance)
}

/// The next item; none where the tree breaks off.
fn next_sound(tree: Option<&mut TreeReader<'_>>, losses: &Losses) -> Result<Option<TreeItem>> {
    match tree.map(TreeReader::next_item) {
        None => Ok(None),
        Some(Err(error)) if is_damage(&error) && losses.ends_behind.is_some() => Ok(None),
        Some(item) => item,
    }
}

fn is_file(item: &TreeItem) -> bool {
    match item {
        TreeItem::Node(entry) => matches!(entry.kind, EntryKind::File { .. }),
        TreeItem::Content { .. } => true,
        TreeItem::Enter(_) | TreeItem::Leave => false,
    }
}

fn count(stats: &mut SnapshotStats, item: &TreeItem) {
    match item {
        TreeItem::Enter(_) => stats.folders += 1,
        TreeItem::Node(entry) if matches!(entry.kind, EntryKind::File { .. }) => stats.files += 1,
        TreeItem::Node(_) => stats.others += 1,
        TreeItem::Content { .. } | TreeItem::Leave => {}
    }
    for run in runs_of(item) {
        stats.bytes += run.bytes();
        if let ChunkRun::Hole { bytes } = run {
            stats.bytes_holes += bytes;
        }
    }
}
