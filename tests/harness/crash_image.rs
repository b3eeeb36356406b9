//! What a disk may hold after a crash, made from a log.
//!
//! The rules are those of RELIABILITY section 7, "Recording file system":
//! 1. A data sync makes earlier writes of its file durable, not its name; a folder sync makes
//!    earlier names in it durable.
//! 2. Unsynced writes: any subset, each may be torn at 512 B or 4 KiB or show zeros or stale bytes.
//!    Writes of one file are replayed in their order: the order matters only where they overlap,
//!    and nothing here overwrites.
//! 3. Unsynced names: each independently done or not. A rename within a folder shows the old or the
//!    new name, across folders old, new or both.
//! 4. After a failed sync what it covered stays "maybe" for ever. A crash inside a sync is a crash
//!    just before its end: the same states.
//! 5. The states chosen are listed at [`for_each_crash_image`].
#![expect(clippy::indexing_slicing, reason = "a wrong index is a failing test")]

use std::collections::{BTreeSet, HashSet};

use gleaner_store::{MemoryFs, MemoryNode, NodeId, SeededRandom};

use crate::recording_fs::{Change, Log, LogEntry, Nodes, apply};

/// One legal content of the disk after a crash.
#[derive(Debug)]
pub struct CrashImage {
    /// The content, as a file system of its own.
    pub fs: MemoryFs,
    /// What had been acknowledged before the crash, in order.
    pub acknowledged: Vec<String>,
    /// How many entries of the log had happened.
    pub point: usize,
    /// Which of the unsynced changes arrived, for the message of a failing test.
    pub state: String,
}

/// What became of an unsynced change.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Lost,
    Done,
    /// Of a write only the bytes in this range arrived.
    Torn(std::ops::Range<usize>),
    /// The length arrived, the bytes are zero.
    Zeros,
    /// The length arrived, the bytes are those of somebody else's deleted file.
    Stale(u64),
}

/// A change that is not folded into the base yet.
#[derive(Debug)]
struct Pending {
    change: Change,
    is_durable: bool,
    /// Covered by a failed sync, or by a call that failed: never durable.
    is_tainted: bool,
    /// The index of the naming half of a rename across folders, for its removing half.
    needs: Option<usize>,
}

/// The state of the disk at one point of the log.
#[derive(Debug)]
struct Disk {
    base: Nodes,
    changes: Vec<Pending>,
}

/// Random subsets for each crash point.
const SUBSETS: u64 = 8;

/// Units in which a disk tears a write.
const TEARS: [usize; 2] = [512, 4096];

/// Calls `visit` with each image that a crash at any point of the log may leave, of these kinds:
/// synced changes only; everything; each prefix; everything but one change; 8 random subsets with
/// random tears; each write torn at its first, at its last and at a random boundary of 512 B and
/// 4 KiB, from either end; each file with zeros or stale bytes instead of unsynced data.
///
/// An image that occurs again with the same acknowledgements is visited once. Returns the number of
/// visits. The random choices depend on `seed` and the log only.
pub fn for_each_crash_image(log: &Log, seed: u64, mut visit: impl FnMut(CrashImage)) -> usize {
    let random = SeededRandom::new(seed);
    let mut disk = Disk { base: log.base.clone(), changes: Vec::new() };
    let mut acknowledged = Vec::new();
    let mut visited = HashSet::new();
    for point in 0..=log.entries.len() {
        for fates in disk.choices(&random) {
            let fs = disk.image(&fates);
            if visited.insert((digest(&fs), acknowledged.len())) {
                let (acknowledged, state) = (acknowledged.clone(), disk.describe(&fates));
                visit(CrashImage { fs, acknowledged, point, state });
            }
        }
        match log.entries.get(point) {
            Some(LogEntry::Acknowledged(what)) => acknowledged.push(what.clone()),
            Some(entry) => disk.advance(entry),
            None => {}
        }
    }
    visited.len()
}

/// What is on the disk for certain if power is cut at the end of the log: synced changes only.
#[must_use]
pub fn synced_image(log: &Log) -> MemoryFs {
    let mut disk = Disk { base: log.base.clone(), changes: Vec::new() };
    for entry in &log.entries {
        disk.advance(entry);
    }
    disk.image(&disk.open_fates(&Fate::Lost))
}

impl Disk {
    fn advance(&mut self, entry: &LogEntry) {
        match entry {
            LogEntry::Change { change, is_certain } => self.push(change, !is_certain),
            LogEntry::SyncData { file, is_ok } => {
                self.sync(
                    *is_ok,
                    |change| matches!(change, Change::Write { file: of, .. } if of == file),
                );
            }
            LogEntry::SyncDir { folder, is_ok } => self.sync(*is_ok, |change| match change {
                Change::Add { folder: of, .. } | Change::Remove { folder: of, .. } => of == folder,
                Change::Move { from, .. } => from.0 == *folder,
                Change::Write { .. } => false,
            }),
            LogEntry::Acknowledged(_) => {}
        }
    }

    /// Splits a rename across folders: each half is durable by the sync of its own folder.
    fn push(&mut self, change: &Change, is_tainted: bool) {
        let pending = |change, needs| Pending { change, is_durable: false, is_tainted, needs };
        match change {
            Change::Move { from, to, node } if from.0 != to.0 => {
                let (folder, name) = to.clone();
                let add = Change::Add { folder, name, node: *node, is_folder: false };
                let (folder, name) = from.clone();
                let remove = Change::Remove { folder, name, node: *node };
                self.changes.push(pending(add, None));
                let needs = Some(self.changes.len() - 1);
                self.changes.push(pending(remove, needs));
            }
            change => self.changes.push(pending(change.clone(), None)),
        }
    }

    fn sync(&mut self, is_ok: bool, is_covered: impl Fn(&Change) -> bool) {
        for index in 0..self.changes.len() {
            let pending = &mut self.changes[index];
            if !is_covered(&pending.change) || pending.is_durable || pending.is_tainted {
                continue;
            }
            pending.is_durable = is_ok;
            pending.is_tainted = !is_ok;
            // The old name never goes for good before the new one is there for good.
            if let Some(needs) = pending.needs.filter(|_| is_ok) {
                self.changes[needs].is_durable = true;
            }
        }
        self.fold();
    }

    /// Applies the durable changes at the front to the base.
    fn fold(&mut self) {
        let count = self.changes.iter().take_while(|pending| pending.is_durable).count();
        for pending in self.changes.drain(..count) {
            apply(&mut self.base, &pending.change);
        }
        for pending in &mut self.changes {
            pending.needs = pending.needs.and_then(|needs| needs.checked_sub(count));
        }
    }

    /// The fates to try, each a list as long as the changes; the same image may come up twice.
    fn choices(&self, random: &SeededRandom) -> Vec<Vec<Fate>> {
        let open: Vec<usize> =
            (0..self.changes.len()).filter(|index| !self.changes[*index].is_durable).collect();
        let (none, every) = (self.open_fates(&Fate::Lost), self.open_fates(&Fate::Done));
        let mut choices = vec![none.clone(), every.clone()];
        let mut prefix = none;
        for index in &open {
            prefix[*index] = Fate::Done;
            choices.push(prefix.clone());
            choices.push(with(&every, *index, Fate::Lost));
            for fate in self.odd_fates(*index, random) {
                choices.push(with(&every, *index, fate));
            }
        }
        if !open.is_empty() {
            choices.extend((0..SUBSETS).map(|_| self.subset(&every, &open, random)));
        }
        choices.extend(self.files_without_data(&every, &open, random));
        choices
    }

    /// The same fate for all changes that are not durable.
    fn open_fates(&self, fate: &Fate) -> Vec<Fate> {
        let fates = self.changes.iter();
        fates.map(|p| if p.is_durable { Fate::Done } else { fate.clone() }).collect()
    }

    /// Tears of a write; none for other changes.
    fn odd_fates(&self, index: usize, random: &SeededRandom) -> Vec<Fate> {
        let Change::Write { offset, bytes, .. } = &self.changes[index].change else {
            return Vec::new();
        };
        let offset = usize::try_from(*offset).expect("test files are small");
        let mut fates = Vec::new();
        for unit in TEARS {
            // Boundaries are those of the file, not of the write.
            let first = offset.next_multiple_of(unit) - offset;
            let cuts: Vec<usize> =
                (first..bytes.len()).step_by(unit).filter(|cut| *cut > 0).collect();
            let chosen = [cuts.first(), cuts.last(), pick(&cuts, random)];
            for cut in chosen.into_iter().flatten() {
                fates.push(Fate::Torn(0..*cut));
                fates.push(Fate::Torn(*cut..bytes.len()));
            }
        }
        fates
    }

    fn subset(&self, every: &[Fate], open: &[usize], random: &SeededRandom) -> Vec<Fate> {
        let mut fates = every.to_vec();
        for index in open {
            if random.below(2) == 0 {
                fates[*index] = Fate::Lost;
            } else if random.below(4) == 0
                && let Some(fate) = pick(&self.odd_fates(*index, random), random)
            {
                fates[*index] = fate.clone();
            }
        }
        fates
    }

    /// For each file with unsynced data: everything, but zeros or stale bytes in that file.
    fn files_without_data(
        &self,
        every: &[Fate],
        open: &[usize],
        random: &SeededRandom,
    ) -> Vec<Vec<Fate>> {
        let file_of = |index: usize| match &self.changes[index].change {
            Change::Write { file, .. } => Some(*file),
            _ => None,
        };
        let files: BTreeSet<NodeId> = open.iter().filter_map(|index| file_of(*index)).collect();
        let mut choices = Vec::new();
        for file in files {
            for fate in [Fate::Zeros, Fate::Stale(random.next_u64())] {
                let mut fates = every.to_vec();
                for index in open.iter().filter(|index| file_of(**index) == Some(file)) {
                    fates[*index] = fate.clone();
                }
                choices.push(fates);
            }
        }
        choices
    }

    /// The tree in which the changes met their fates.
    fn image(&self, fates: &[Fate]) -> MemoryFs {
        let mut nodes = self.base.clone();
        let is_needed = |index: usize| {
            let later = self.changes.iter().zip(fates).skip(index + 1);
            later.into_iter().any(|(p, fate)| p.needs == Some(index) && *fate != Fate::Lost)
        };
        for (index, (pending, fate)) in self.changes.iter().zip(fates).enumerate() {
            let change = &pending.change;
            match fate {
                Fate::Lost if is_needed(index) => apply(&mut nodes, change),
                Fate::Lost => {}
                Fate::Done => apply(&mut nodes, change),
                Fate::Torn(range) => apply(&mut nodes, &part(change, range)),
                Fate::Zeros => apply(&mut nodes, &filled(change, |bytes| bytes.fill(0))),
                Fate::Stale(seed) => {
                    apply(&mut nodes, &filled(change, |bytes| stale(*seed, bytes)));
                }
            }
        }
        MemoryFs::from_nodes(nodes)
    }

    fn describe(&self, fates: &[Fate]) -> String {
        let open = self.changes.iter().zip(fates).filter(|(pending, _)| !pending.is_durable);
        let lines: Vec<_> =
            open.map(|(p, fate)| format!("{fate:?}: {}", brief(&p.change))).collect();
        if lines.is_empty() { "all synced".to_owned() } else { lines.join("; ") }
    }
}

fn with(fates: &[Fate], index: usize, fate: Fate) -> Vec<Fate> {
    let mut fates = fates.to_vec();
    fates[index] = fate;
    fates
}

fn pick<'all, T>(all: &'all [T], random: &SeededRandom) -> Option<&'all T> {
    let count = u64::try_from(all.len()).expect("small");
    (count > 0).then(|| &all[usize::try_from(random.below(count)).expect("small")])
}

/// A range of a write.
fn part(change: &Change, range: &std::ops::Range<usize>) -> Change {
    match change {
        Change::Write { file, offset, bytes } => Change::Write {
            file: *file,
            offset: offset + range.start as u64,
            bytes: bytes[range.clone()].into(),
        },
        other => other.clone(),
    }
}

/// A write of as many other bytes.
fn filled(change: &Change, fill: impl FnOnce(&mut [u8])) -> Change {
    match change {
        Change::Write { file, offset, bytes } => {
            let mut other = bytes.to_vec();
            fill(&mut other);
            Change::Write { file: *file, offset: *offset, bytes: other.into() }
        }
        other => other.clone(),
    }
}

fn stale(seed: u64, bytes: &mut [u8]) {
    use gleaner_store::RandomSource;
    SeededRandom::new(seed).fill(bytes).expect("a seeded source does not fail");
}

fn brief(change: &Change) -> String {
    match change {
        Change::Add { folder, name, node, .. } => {
            format!("add {name} in {} for {}", folder.0, node.0)
        }
        Change::Remove { folder, name, .. } => format!("remove {name} in {}", folder.0),
        Change::Move { from, to, .. } => format!("move {} to {}", from.1, to.1),
        Change::Write { file, offset, bytes } => {
            format!("write {} at {offset} of {}", bytes.len(), file.0)
        }
    }
}

/// A digest of all paths and contents.
fn digest(fs: &MemoryFs) -> [u8; 32] {
    let nodes = fs.nodes();
    let mut hasher = blake3::Hasher::new();
    hash_folder(&nodes, NodeId::ROOT, &mut hasher);
    *hasher.finalize().as_bytes()
}

fn hash_folder(nodes: &Nodes, folder: NodeId, hasher: &mut blake3::Hasher) {
    let Some(MemoryNode::Folder(entries)) = nodes.get(&folder) else { return };
    for (name, node) in entries {
        hasher.update(name.as_bytes());
        match nodes.get(node) {
            Some(MemoryNode::File(bytes)) => {
                hasher.update(b"\0file");
                hasher.update(&(bytes.len() as u64).to_le_bytes());
                hasher.update(bytes);
            }
            Some(MemoryNode::Folder(_)) => {
                hasher.update(b"\0folder");
                hash_folder(nodes, *node, hasher);
                hasher.update(b"\0end");
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests;
