//! Goal: a snapshot that was copied into another repository is the same snapshot: bytes, metadata,
//! holes and links, whatever the keys and chunkers of both. What the target has is not copied
//! again.
//!
//! Method: pairs of repositories in memory; copies are compared entry by entry with what they were
//! copied from, checked with all data read, and restored. If this fails, the second repository that
//! a user keeps for the day when the first one burns is worth nothing.

mod faults;
mod rekeyed;
mod same_domain;
mod selection;
mod trouble;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use gleaner_engine::{
    CheckOptions, CopyOptions, CopyStats, InitOptions, Repository, Result, Run, check, copy,
    read_files, walk_tree,
};
use gleaner_store::{
    Entry, EntryKind, MemoryStorage, Metadata, Run as ChunkRun, Snapshot, SnapshotId, layout,
};
use gleaner_tests::engine_doubles::{back_up, create, snapshot_of};

/// A repository in memory.
struct Place {
    storage: MemoryStorage,
    repository: Repository,
}

impl Place {
    fn new(seed: u64, options: InitOptions<'_>) -> Self {
        let storage = MemoryStorage::new();
        let repository = create(Arc::new(storage.clone()), seed, options);
        Self { storage, repository }
    }

    fn back_up(&self, source: &Path) -> Snapshot {
        snapshot_of(&self.repository, &back_up(&self.repository, source).unwrap())
    }

    fn snapshots(&self) -> Vec<Snapshot> {
        let list = self.repository.snapshots().unwrap();
        assert!(list.damaged.is_empty(), "{:?}", list.damaged);
        list.snapshots
    }

    fn snapshot(&self, id: SnapshotId) -> Snapshot {
        self.snapshots().into_iter().find(|snapshot| snapshot.id == id).unwrap()
    }

    /// All objects with their bytes.
    fn objects(&self) -> BTreeMap<String, Arc<[u8]>> {
        let names = self.storage.names().into_iter();
        names.map(|name| (name.to_string(), self.storage.raw(&name).unwrap())).collect()
    }

    /// Flips a byte in the first block of every pack of these.
    fn damage_blocks(&self, packs: &[gleaner_chunker::PackId]) {
        // Behind the header of 136 bytes and the frame of 32.
        const INSIDE_FIRST_BLOCK: usize = 200;
        for pack in packs {
            let name = layout::pack(pack);
            let mut bytes = self.storage.raw(&name).unwrap().to_vec();
            bytes[INSIDE_FIRST_BLOCK] ^= 1;
            self.storage.replace_raw(&name, &bytes);
        }
    }

    /// Packs by size, the largest last: in a small repository those of data.
    fn packs(&self) -> Vec<gleaner_chunker::PackId> {
        let mut packs: Vec<_> =
            self.storage.names().iter().filter_map(layout::parse_pack).collect();
        packs.sort_by_key(|pack| self.storage.raw(&layout::pack(pack)).unwrap().len());
        packs
    }
}

fn options() -> CopyOptions {
    CopyOptions { host: "copier".to_owned(), lease: true, dry_run: false }
}

fn copy_all(from: &Repository, to: &Repository) -> Result<CopyStats> {
    let list = from.snapshots()?;
    let mut stats = copy(from, to, &list.snapshots, &options(), &Run::silent())?;
    stats.snapshots_failed += list.damaged.len() as u64;
    Ok(stats)
}

/// What a tree says of an entry, without names of chunks.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    metadata: Metadata,
    /// Content left out.
    kind: EntryKind,
    /// Lengths of data and holes in turn, true for holes; empty if the list has several items.
    extents: Vec<(bool, u64)>,
    /// Holes as zeros.
    content: Vec<u8>,
}

/// Everything that a snapshot says, by path; every byte is read.
fn told(repository: &Repository, snapshot: &Snapshot) -> BTreeMap<Vec<u8>, Told> {
    let mut all = BTreeMap::new();
    let mut visit = |path: &[u8], entry: &Entry| {
        let mut kind = entry.kind.clone();
        let mut extents: Vec<(bool, u64)> = Vec::new();
        if let EntryKind::File { content, more, .. } = &mut kind {
            let runs = std::mem::take(content);
            if !std::mem::take(more) {
                for run in runs {
                    let is_hole = matches!(run, ChunkRun::Hole { .. });
                    match extents.last_mut() {
                        Some((last, bytes)) if *last == is_hole => *bytes += run.bytes(),
                        _ => extents.push((is_hole, run.bytes())),
                    }
                }
            }
        }
        let metadata = entry.metadata.clone();
        all.insert(path.to_vec(), Told { metadata, kind, extents, content: Vec::new() });
        gleaner_engine::Visit::Continue
    };
    walk_tree(repository, snapshot, b"", &Run::silent(), &mut visit).unwrap();
    read_files(repository, snapshot, b"", &Run::silent(), &mut |path, _, content| {
        content.write_to(&mut all.get_mut(path).unwrap().content).map(drop)
    })
    .unwrap();
    all
}

/// Compares without printing megabytes.
fn assert_same_told(left: &BTreeMap<Vec<u8>, Told>, right: &BTreeMap<Vec<u8>, Told>) {
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
    for (path, told) in left {
        let other = &right[path];
        let path = path.escape_ascii();
        assert_eq!(told.metadata, other.metadata, "{path}");
        assert_eq!(told.kind, other.kind, "{path}");
        if !told.extents.is_empty() && !other.extents.is_empty() {
            assert_eq!(told.extents, other.extents, "{path}");
        }
        assert!(told.content == other.content, "{path} has other bytes");
    }
}

/// A copy says what its source says, and names where it comes from.
fn assert_is_copy(from: &Place, source: &Snapshot, to: &Place, copy: &Snapshot) {
    assert_eq!(copy.original, Some(source.original.unwrap_or(source.id)));
    assert_ne!((copy.id, copy.session), (source.id, source.session));
    let told_alike = Snapshot {
        id: source.id,
        session: source.session,
        sequence: source.sequence,
        epoch: source.epoch,
        tree: source.tree.clone(),
        parent: source.parent,
        original: source.original,
        ..copy.clone()
    };
    assert_eq!(told_alike, *source);
    assert_eq!(copy.parent, None);
    assert_same_told(&told(&from.repository, source), &told(&to.repository, copy));
}

fn assert_sound(place: &Place) {
    let mut found = Vec::new();
    let options = CheckOptions::read_data();
    let checked = check(&place.repository, &options, &Run::silent(), &mut |finding| {
        found.push(format!("{finding:?}"));
    });
    checked.unwrap();
    assert!(found.is_empty(), "{found:?}");
}
