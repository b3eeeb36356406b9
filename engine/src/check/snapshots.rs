//! Manifests, trees, and whether every reference leads to a sound chunk.

use std::collections::HashSet;

use gleaner_chunker::ChunkId;
use gleaner_store::{
    Defect, Entry, EntryKind, Run as ChunkRun, Snapshot, SnapshotId, SnapshotObject, TreeItem,
    layout,
};

use super::finding::{Finding, FindingCode};
use super::{Check, FINDING_PATHS_MAX};
use crate::error::{Error, Result};
use crate::progress::Counters;
use crate::tree_reader::TreeReader;

/// What is wrong with one snapshot's files.
#[derive(Default)]
struct Lost {
    chunk: Option<ChunkId>,
    /// The file that was counted last; all chunks of a file come one after the other.
    last: Vec<u8>,
    paths: Vec<Vec<u8>>,
    total: u64,
}

impl Lost {
    fn add(&mut self, chunk: ChunkId, path: &[u8]) {
        self.chunk.get_or_insert(chunk);
        if self.last == path {
            return;
        }
        self.last = path.to_vec();
        self.total += 1;
        if self.paths.len() < FINDING_PATHS_MAX {
            self.paths.push(path.to_vec());
        }
    }
}

impl Check<'_> {
    pub(super) fn snapshots(&mut self) -> Result<()> {
        let repository = self.repository;
        let forgotten: HashSet<SnapshotId> = repository
            .storage()
            .list(&layout::forgotten())?
            .iter()
            .filter_map(|listed| layout::parse_tombstone(&listed.name))
            .collect();
        for listed in repository.storage().list(&layout::snapshots())? {
            self.run.cancel.check()?;
            let Some(id) = layout::parse_snapshot(&listed.name) else {
                self.foreign(&listed.name);
                continue;
            };
            match repository.read_snapshot(id).or_else(|_| repository.read_snapshot(id)) {
                Ok(SnapshotObject::FenceMarker) => {}
                Ok(SnapshotObject::Manifest(snapshot)) => {
                    self.stats.snapshots_total += 1;
                    // What a forgotten snapshot needs may be gone already.
                    if !forgotten.contains(&id) {
                        self.snapshot(&snapshot)?;
                    }
                }
                Err(error) => {
                    let finding = Finding::of(FindingCode::S401, &listed.name, error.to_string());
                    let finding = Finding { snapshots: vec![id], ..finding };
                    if forgotten.contains(&id) {
                        self.report(&finding.harmless());
                    } else {
                        self.snapshots_damaged.insert(id);
                        self.report(&finding);
                    }
                }
            }
        }
        Ok(())
    }

    fn snapshot(&mut self, snapshot: &Snapshot) -> Result<()> {
        Counters::add(&self.run.counters.files_done, 1);
        let (mut missing, mut damaged) = (Lost::default(), Lost::default());
        match self.tree(snapshot, &mut missing, &mut damaged) {
            Ok(()) => {}
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(error) => self.tree_finding(snapshot, &error),
        }
        for (lost, code) in [(missing, FindingCode::S402), (damaged, FindingCode::S403)] {
            if lost.total == 0 {
                continue;
            }
            self.snapshots_damaged.insert(snapshot.id);
            self.stats.paths_lost += lost.total;
            let message = format!("{}: {} files", code.what(), lost.total);
            let finding = Finding::of(code, &layout::snapshot(snapshot.id), message);
            let pack = lost.chunk.and_then(|chunk| self.damaged.get(&chunk).copied());
            self.report(&Finding {
                pack,
                chunk: lost.chunk,
                snapshots: vec![snapshot.id],
                paths: lost.paths,
                paths_total: lost.total,
                ..finding
            });
        }
        Ok(())
    }

    fn tree(&mut self, snapshot: &Snapshot, missing: &mut Lost, damaged: &mut Lost) -> Result<()> {
        let repository = self.repository;
        let index = repository.index(self.run)?;
        let mut tree = TreeReader::open(repository, index, snapshot)?;
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
                        self.references(&content, &file, missing, damaged);
                    }
                }
                TreeItem::Content { runs, .. } => {
                    self.references(&runs, &file, missing, damaged);
                }
            }
        }
        Ok(())
    }

    fn references(
        &mut self,
        runs: &[ChunkRun],
        path: &[u8],
        missing: &mut Lost,
        damaged: &mut Lost,
    ) {
        for run in runs {
            let ChunkRun::Chunks { chunks, .. } = run else { continue };
            for chunk in chunks {
                if !self.chunks.contains_key(&chunk.id) {
                    self.missing.insert(chunk.id);
                    missing.add(chunk.id, path);
                } else if self.damaged.contains_key(&chunk.id) {
                    damaged.add(chunk.id, path);
                }
            }
        }
    }

    fn tree_finding(&mut self, snapshot: &Snapshot, error: &Error) {
        self.snapshots_damaged.insert(snapshot.id);
        if let Error::ChunkMissing { chunk } = error {
            self.missing.insert(*chunk);
        }
        let name = layout::snapshot(snapshot.id);
        let (code, object, offset) = match error {
            Error::ChunkMissing { .. } => (FindingCode::S402, name, None),
            Error::IndexUnanswered { .. } | Error::Index(_) => (FindingCode::I303, name, None),
            Error::Store(gleaner_store::Error::Damaged { name: object, offset, defect }) => {
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
    }
}
