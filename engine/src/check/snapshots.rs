//! Manifests, trees, and whether every reference leads to a sound chunk.

use std::collections::HashSet;

use gleaner_chunker::ChunkId;
use gleaner_store::{
    ChunkRef, Defect, Entry, EntryKind, Error as StoreError, Run as ChunkRun, Snapshot, SnapshotId,
    SnapshotObject, StorageError, TreeItem, layout, read_pack_directory,
};

use super::Check;
use super::finding::{Finding, FindingCode};
use super::lost_files::LostFiles;
use super::pack_table::Holder;
use super::scrub::{block_finding, chunk_finding};
use crate::condemned::Condemned as CondemnedLists;
use crate::error::{Error, Result};
use crate::progress::Counters;
use crate::session::read_epoch;
use crate::tree_reader::TreeReader;

/// A name below `snapshots/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListedSnapshot {
    pub(super) id: SnapshotId,
    pub(super) is_forgotten: bool,
    /// Label time at which it was looked at last.
    pub(super) checked_ns: Option<i64>,
}

/// What a snapshot's references lead to.
#[derive(Default)]
struct Losses {
    missing: LostFiles,
    damaged: LostFiles,
    /// Chunks that no pack has, files' and trees'.
    missing_chunks: HashSet<ChunkId>,
    /// True once the packs were listed again after a chunk was not found.
    has_caught_up: bool,
}

impl Check<'_> {
    /// Looks at every manifest and tree, those first that were not looked at for longest. One is
    /// looked at whatever the limits say.
    pub(super) fn structure(&mut self, listed: &[ListedSnapshot]) -> Result<()> {
        let mut has_begun = false;
        for &ListedSnapshot { id, is_forgotten, .. } in listed {
            if self.stops(has_begun) {
                return Ok(());
            }
            if let Some(snapshot) = self.manifest(id, is_forgotten) {
                self.snapshot(&snapshot)?;
                has_begun = true;
            }
            if self.fence_markers.contains(&id) {
                self.stats.snapshots_total = self.stats.snapshots_total.saturating_sub(1);
            } else if !is_forgotten {
                self.has_checked(id);
            }
        }
        Ok(())
    }

    /// Looks at the trees once more for what needs the damage that reading packs showed.
    pub(super) fn name_damage(&mut self, listed: &[ListedSnapshot]) -> Result<()> {
        for &ListedSnapshot { id, is_forgotten, .. } in listed {
            self.run.cancel.check()?;
            if let Some(snapshot) = self.manifest(id, is_forgotten) {
                self.snapshot(&snapshot)?;
            }
        }
        Ok(())
    }

    fn has_checked(&mut self, id: SnapshotId) {
        self.stats.snapshots_checked += 1;
        Counters::add(&self.run.counters.files_done, 1);
        let now_ns = self.repository.env.clock.wall_ns();
        self.checked_now.insert(id, now_ns);
    }

    /// Reads a manifest; what a forgotten snapshot needs may be gone, so that only damage of the
    /// manifest is reported.
    fn manifest(&mut self, id: SnapshotId, is_forgotten: bool) -> Option<Box<Snapshot>> {
        let repository = self.repository;
        match repository.read_snapshot(id).or_else(|_| repository.read_snapshot(id)) {
            Ok(SnapshotObject::Manifest(snapshot)) if !is_forgotten => Some(snapshot),
            Ok(SnapshotObject::Manifest(_))
            | Err(Error::Store(StoreError::Storage(StorageError::NotFound { .. }))) => None,
            Ok(SnapshotObject::FenceMarker) => {
                self.fence_markers.insert(id);
                None
            }
            Err(error) => {
                if self.manifests_reported.insert(id) {
                    let name = layout::snapshot(id);
                    let finding = Finding::of(FindingCode::S401, &name, error.to_string());
                    let finding = Finding { snapshots: vec![id], ..finding };
                    if is_forgotten {
                        self.report(&finding.harmless());
                    } else {
                        self.snapshots_damaged.insert(id);
                        self.report(&finding);
                    }
                }
                None
            }
        }
    }

    fn snapshot(&mut self, snapshot: &Snapshot) -> Result<()> {
        let mut losses = Losses::default();
        let mut walked = self.tree(snapshot, &mut losses);
        if walked.as_ref().is_err_and(|error| self.may_be_outdated(error)) {
            self.refresh_index()?;
            losses = Losses::default();
            walked = self.tree(snapshot, &mut losses);
        }
        if matches!(walked, Err(Error::Cancelled)) {
            return Err(Error::Cancelled);
        }
        let lost_any = losses.missing.total + losses.damaged.total > 0;
        // Forgotten since the listing, it may lose what it needs.
        if walked.is_ok() && !lost_any || !self.is_listed(snapshot.id) {
            return Ok(());
        }
        self.missing.extend(&losses.missing_chunks);
        if let Err(error) = walked {
            self.tree_finding(snapshot, &error);
        }
        self.lost_files(snapshot.id, FindingCode::S402, losses.missing);
        self.lost_files(snapshot.id, FindingCode::S403, losses.damaged);
        Ok(())
    }

    /// Whether a tree may be unreadable only because packs were moved by a prune since the index
    /// was opened.
    fn may_be_outdated(&self, error: &Error) -> bool {
        match error {
            Error::ChunkMissing { chunk } | Error::IndexUnanswered { chunk, .. } => {
                !self.missing.contains(chunk)
            }
            Error::Store(StoreError::Storage(StorageError::NotFound { .. })) => true,
            _ => false,
        }
    }

    fn refresh_index(&mut self) -> Result<()> {
        self.catch_up()?;
        let (storage, index) = (self.repository.storage(), self.repository.index(self.run)?);
        index.catch_up(self.run)?;
        let condemned = CondemnedLists::read(storage, read_epoch(storage)?)?;
        index.follow(&condemned, self.run)
    }

    /// Whether a snapshot is still there and not forgotten.
    fn is_listed(&self, id: SnapshotId) -> bool {
        let storage = self.repository.storage();
        let is_absent = |name| matches!(storage.bytes(&name), Err(StorageError::NotFound { .. }));
        is_absent(layout::tombstone(id)) && !is_absent(layout::snapshot(id))
    }

    fn tree(&mut self, snapshot: &Snapshot, losses: &mut Losses) -> Result<()> {
        let repository = self.repository;
        let index = repository.index(self.run)?;
        let mut own = Vec::new();
        let see = |_, chunk: &ChunkRef| own.push(chunk.id);
        let opened = TreeReader::open_with(repository, index, snapshot, see);
        for chunk in own {
            self.tree_chunk(chunk, snapshot.id);
        }
        let mut tree = opened?;
        let mut path: Vec<u8> = Vec::new();
        let mut lengths = Vec::new();
        let mut file = Vec::new();
        while let Some(item) = tree.next_item()? {
            self.run.cancel.check()?;
            match item {
                TreeItem::Enter(Entry { name, .. }) => {
                    lengths.push(path.len());
                    path.push(b'/');
                    path.extend_from_slice(&name);
                }
                TreeItem::Leave => path.truncate(lengths.pop().unwrap_or(0)),
                TreeItem::Node(Entry { name, kind, .. }) => {
                    file.clone_from(&path);
                    file.push(b'/');
                    file.extend_from_slice(&name);
                    if let EntryKind::File { content, .. } = kind {
                        self.references(&content, &file, snapshot.id, losses)?;
                    }
                }
                TreeItem::Content { runs, .. } => {
                    self.references(&runs, &file, snapshot.id, losses)?;
                }
            }
        }
        Ok(())
    }

    /// A chunk of the tree itself: that it can be read shows when it is.
    fn tree_chunk(&mut self, chunk: ChunkId, snapshot: SnapshotId) {
        self.packs.need(&chunk);
        if self.damage.lost_in(&chunk).is_some() {
            self.damage.name(&chunk, snapshot, None);
        }
        if let Holder::Condemned(pack) = self.packs.holder(&chunk) {
            self.needed_condemned.entry(pack).or_default().insert(snapshot);
        }
    }

    fn references(
        &mut self,
        runs: &[ChunkRun],
        path: &[u8],
        snapshot: SnapshotId,
        losses: &mut Losses,
    ) -> Result<()> {
        for chunk in chunks_of(runs) {
            if self.is_missing(&chunk, losses)? {
                losses.missing_chunks.insert(chunk);
                losses.missing.add(chunk, path);
                continue;
            }
            self.packs.need(&chunk);
            if let Holder::Condemned(pack) = self.packs.holder(&chunk) {
                self.needed_condemned.entry(pack).or_default().insert(snapshot);
            }
            if self.damage.lost_in(&chunk).is_some() {
                self.damage.name(&chunk, snapshot, Some(path));
                losses.damaged.add(chunk, path);
            }
        }
        Ok(())
    }

    /// Whether no pack has a chunk, those that came since the listing among them.
    fn is_missing(&mut self, chunk: &ChunkId, losses: &mut Losses) -> Result<bool> {
        if self.packs.holder(chunk) != Holder::None {
            return Ok(false);
        }
        if self.missing.contains(chunk) || losses.has_caught_up {
            return Ok(true);
        }
        losses.has_caught_up = true;
        self.catch_up()?;
        Ok(self.packs.holder(chunk) == Holder::None)
    }

    /// Reports the files of a snapshot that are lost, once for each code.
    fn lost_files(&mut self, snapshot: SnapshotId, code: FindingCode, lost: LostFiles) {
        if lost.total == 0 || !self.losses_reported.insert((snapshot, code)) {
            return;
        }
        self.snapshots_damaged.insert(snapshot);
        self.stats.paths_lost += lost.total;
        for path in &lost.paths {
            if self.stats.lost_paths.len() < super::FINDING_PATHS_MAX
                && !self.stats.lost_paths.contains(path)
            {
                self.stats.lost_paths.push(path.clone());
            }
        }
        let message = format!("{}: {} files", code.what(), lost.total);
        let finding = Finding::of(code, &layout::snapshot(snapshot), message);
        self.report(&Finding {
            pack: lost.chunk.and_then(|chunk| self.damage.lost_in(&chunk)),
            chunk: lost.chunk,
            snapshots: vec![snapshot],
            paths: lost.paths,
            paths_total: lost.total,
            ..finding
        });
    }

    /// Reports why a tree cannot be read, once for each snapshot.
    fn tree_finding(&mut self, snapshot: &Snapshot, error: &Error) {
        self.snapshots_damaged.insert(snapshot.id);
        if !self.losses_reported.insert((snapshot.id, FindingCode::T501)) {
            return;
        }
        if let Error::ChunkMissing { chunk } = error {
            self.missing.insert(*chunk);
        }
        let name = layout::snapshot(snapshot.id);
        let (code, object, offset) = match error {
            Error::ChunkMissing { .. } => (FindingCode::S402, name, None),
            Error::IndexUnanswered { .. } | Error::Index(_) => (FindingCode::I303, name, None),
            Error::Store(StoreError::Damaged { name: object, offset, defect }) => {
                let code = match defect {
                    Defect::Name => FindingCode::T502,
                    Defect::Order => FindingCode::T503,
                    _ if *object == name => FindingCode::T501,
                    _ => FindingCode::S403,
                };
                (code, object.clone(), Some(*offset))
            }
            _ => (FindingCode::T501, name, None),
        };
        let pack = layout::parse_pack(&object);
        let finding = Finding::of(code, &object, error.to_string());
        self.report(&Finding { pack, offset, snapshots: vec![snapshot.id], ..finding });
        if code == FindingCode::S403 {
            self.tree_block(snapshot.id, error);
        }
    }

    /// The block or chunk in a pack that a tree stumbled over, as reading the pack would name it.
    fn tree_block(&mut self, snapshot: SnapshotId, error: &Error) {
        let Error::Store(error @ StoreError::Damaged { name, offset, defect }) = error else {
            return;
        };
        let row = layout::parse_pack(name).and_then(|pack| self.packs.row(&pack));
        let Some((id, bytes)) = row.map(|row| (row.id, row.bytes)) else { return };
        let (storage, keys) = (self.repository.storage(), self.repository.keys());
        let Ok(directory) = read_pack_directory(storage, keys, id, bytes) else { return };
        let (finding, chunks) = if let Defect::ChunkId { chunk } = defect {
            let slot = directory.chunks.iter().position(|listed| listed.id == *chunk);
            let slot = slot.and_then(|slot| u32::try_from(slot).ok());
            let block = slot.and_then(|slot| directory.block_of(slot));
            let range = block.and_then(|block| directory.framed_range(block));
            let Some((offset, _)) = range else { return };
            (chunk_finding(&directory, offset, *chunk), vec![*chunk])
        } else {
            let block = directory.blocks.iter().position(|block| block.offset == *offset);
            let Some(ordinal) = block else { return };
            let chunks = directory.chunks_of(ordinal).unwrap_or_default();
            let chunks = chunks.iter().map(|chunk| chunk.id).collect();
            (block_finding(&directory, ordinal, error), chunks)
        };
        let named = chunks.first().copied();
        let source = self.parity_source(id);
        self.damaged(source.into_iter().fold(finding, Finding::healable_by), chunks);
        if let Some(chunk) = named {
            self.damage.name(&chunk, snapshot, None);
        }
    }
}

fn chunks_of(runs: &[ChunkRun]) -> impl Iterator<Item = ChunkId> {
    runs.iter().flat_map(|run| {
        let chunks = match run {
            ChunkRun::Chunks { chunks, .. } => &chunks[..],
            ChunkRun::Hole { .. } => &[],
        };
        chunks.iter().map(|chunk| chunk.id)
    })
}
