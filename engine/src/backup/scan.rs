//! First stage: walks the roots beside the parent's tree and batches what it finds.

use std::collections::HashSet;
use std::path::PathBuf;

use crossbeam::channel::{Receiver, Sender, bounded};
use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::Lookup;
use gleaner_store::{ChunkRef, Entry, EntryKind, Metadata, Run as ChunkRun, TREE_DEPTH_MAX};

use super::BackupOptions;
use super::step::{Part, Step};
use crate::error::{Error, Result};
use crate::open_index::OpenIndex;
use crate::parent_cursor::{ParentCursor, ParentFacts};
use crate::progress::{Counters, Run, Warning, WarningKind};
use crate::source::{FailureKind, Found, SourceFailure, Stat, WalkItem, WalkOptions, Walker};

/// A batch is closed at so many steps ...
const BATCH_STEPS_MAX: usize = 128;
/// ... or when the files to read in it state so many bytes.
const BATCH_BYTES_MAX: u64 = 1 << 20;
/// Folders of a batch: each is an open descriptor until a reader is done with it.
const BATCH_FOLDERS_MAX: usize = 16;
/// Parts of one batch that may wait for the sequencer.
const PARTS_WAITING_MAX: usize = 4;

/// A batch on its way to a reader.
pub(super) struct Batch {
    /// Place in the order, from 0.
    pub(super) number: u64,
    pub(super) steps: Vec<Step>,
    pub(super) parts: Sender<Part>,
}

/// Where the scan sends batches: to the readers, and in order to the sequencer.
pub(super) struct BatchQueues {
    pub(super) work: Sender<Batch>,
    pub(super) ordered: Sender<Receiver<Part>>,
}

/// State of the scan.
pub(super) struct Scan<'a> {
    options: &'a BackupOptions,
    run: &'a Run<'a>,
    index: &'a OpenIndex,
    parent: ParentCursor<'a>,
    queues: BatchQueues,
    /// Batches sent so far.
    sent: u64,
    steps: Vec<Step>,
    bytes: u64,
    folders: usize,
    /// Folders that are open.
    depth: usize,
    parent_facts: ParentFacts,
    /// Packs that hold what was taken over from the parent, as far as that was looked up.
    relied: HashSet<PackId>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        options: &'a BackupOptions,
        run: &'a Run<'a>,
        index: &'a OpenIndex,
        parent: ParentCursor<'a>,
        queues: BatchQueues,
    ) -> Self {
        let parent_facts = parent.facts();
        Self {
            options,
            run,
            index,
            parent,
            queues,
            sent: 0,
            steps: Vec::new(),
            bytes: 0,
            folders: 0,
            depth: 0,
            parent_facts,
            relied: HashSet::new(),
        }
    }

    /// Walks everything. Returns packs that what was taken over from the parent relies on, where
    /// that was looked up.
    pub(super) fn run(mut self, roots: &[PathBuf]) -> Result<HashSet<PackId>> {
        let walk = WalkOptions {
            one_file_system: self.options.one_file_system,
            selection: std::sync::Arc::clone(&self.options.selection),
        };
        let top = |source| {
            let (kind, path) = (FailureKind::Unreadable, b"/".to_vec());
            Error::Source(SourceFailure { kind, path, source })
        };
        for item in Walker::new(roots, walk).map_err(top)? {
            self.run.cancel.check()?;
            if self.is_too_deep(&item)? {
                continue;
            }
            match item {
                WalkItem::Enter { name, folder } => {
                    let parent = self.parent.enter(&name);
                    let parent = self.or_abandon(parent)?.flatten();
                    self.push(Step::Enter { name, folder, parent }, 0)?;
                }
                WalkItem::Leave => {
                    let left = self.parent.leave();
                    self.or_abandon(left)?;
                    self.push(Step::Leave, 0)?;
                }
                WalkItem::Node(found) => self.push(Step::Node { found }, 0)?,
                WalkItem::File(found) => self.file(found)?,
                WalkItem::Failed(failure) => self.push(Step::Failed(failure), 0)?,
            }
        }
        self.send()?;
        self.run.counters.scan_finished.store(true, std::sync::atomic::Ordering::Relaxed);
        Ok(self.relied)
    }

    /// Leaves out what lies deeper than a tree can be read back, and names it once.
    fn is_too_deep(&mut self, item: &WalkItem) -> Result<bool> {
        match item {
            WalkItem::Enter { folder, .. } => {
                self.depth += 1;
                if self.depth == TREE_DEPTH_MAX + 1 {
                    let (kind, path) = (FailureKind::Unreadable, folder.path().to_vec());
                    let source =
                        std::io::Error::other("more folders in each other than a tree holds");
                    self.push(Step::Failed(SourceFailure { kind, path, source }), 0)?;
                }
                Ok(self.depth > TREE_DEPTH_MAX)
            }
            WalkItem::Leave => {
                self.depth -= 1;
                Ok(self.depth >= TREE_DEPTH_MAX)
            }
            _ => Ok(self.depth > TREE_DEPTH_MAX),
        }
    }

    fn file(&mut self, found: Found) -> Result<()> {
        Counters::add(&self.run.counters.files_total, 1);
        Counters::add(&self.run.counters.bytes_total, found.stat.bytes);
        let known = self.parent.node(&found.name);
        let known = self.or_abandon(known)?.flatten();
        let is_known = known.as_ref().is_some_and(|e| matches!(e.kind, EntryKind::File { .. }));
        match known {
            Some(entry) if self.is_unchanged(&entry, &found.stat) && self.is_stored(&entry) => {
                self.unchanged(found, entry)
            }
            _ => {
                let bytes = found.stat.bytes;
                self.push(Step::File { found, is_known }, bytes)
            }
        }
    }

    /// Takes over a file and its content from the parent.
    fn unchanged(&mut self, found: Found, mut entry: Entry) -> Result<()> {
        let is_stale = self.is_stale(&entry.metadata, &found.stat);
        if let Some(atime) = &mut entry.metadata.atime {
            *atime = found.stat.atime;
        }
        let mut more = matches!(entry.kind, EntryKind::File { more: true, .. });
        let (path, entry) = (found.path(), Box::new(entry));
        self.push(Step::Unchanged { path, entry, found: is_stale.then_some(found) }, 0)?;
        while more {
            // Half a file cannot be taken back: the run starts over without this parent.
            let content = self.parent.content();
            let (runs, following) = content.ok().flatten().ok_or(Error::ParentBroken)?;
            more = following;
            self.push(Step::UnchangedContent { runs, more }, 0)?;
        }
        Ok(())
    }

    fn is_unchanged(&self, entry: &Entry, stat: &Stat) -> bool {
        let EntryKind::File { bytes, .. } = &entry.kind else { return false };
        let metadata = &entry.metadata;
        let same_inode = metadata.inode == stat.inode && metadata.device == stat.device;
        *bytes == stat.bytes
            && metadata.mtime == stat.mtime
            && (self.options.ignore_ctime || metadata.ctime == stat.ctime)
            && (self.options.ignore_inode || same_inode)
            && self.content_agrees(entry)
    }

    /// Whether the metadata of a file with unchanged content has to be read anew: something of it
    /// differs, or the parent has not what this run records. That costs system calls for
    /// attributes; a status-change time that agrees makes them needless, since whatever changes an
    /// attribute changes that time too.
    fn is_stale(&self, before: &Metadata, stat: &Stat) -> bool {
        let (with_xattrs, with_atime) = (self.options.xattrs, self.options.with_atime);
        let same_facts = before.ctime == stat.ctime
            && (before.inode, before.device) == (stat.inode, stat.device)
            && (before.mode, before.uid, before.gid) == (stat.mode, stat.uid, stat.gid)
            && before.links == stat.links;
        !same_facts
            || before.atime.is_some() != with_atime
            || (with_xattrs && self.parent_facts.lacks_xattrs)
            || (!with_xattrs && !before.xattrs.is_empty())
    }

    /// False for a file that changed while it was read: its content is not what its size says. Of a
    /// list that continues the sum is not known yet; it is believed if the parent had no failures.
    fn content_agrees(&self, entry: &Entry) -> bool {
        match &entry.kind {
            EntryKind::File { more: true, .. } => self.parent_facts.is_whole,
            EntryKind::File { bytes, content, .. } => {
                content.iter().map(ChunkRun::bytes).sum::<u64>() == *bytes
            }
            _ => false,
        }
    }

    /// True if the content can be relied on. Where packs may be missing, each chunk is looked up;
    /// a list that continues is not followed then, and the file is read.
    fn is_stored(&mut self, entry: &Entry) -> bool {
        if !self.index.doubts_parents() {
            return true;
        }
        let EntryKind::File { content, more: false, .. } = &entry.kind else { return false };
        let ids: Vec<ChunkId> = content.iter().flat_map(run_chunks).map(|c| c.id).collect();
        let pack = |answer: &Lookup| match answer {
            Lookup::Stored(location) => Some(location.pack),
            Lookup::Novel | Lookup::Failed { .. } => None,
        };
        let packs: Option<Vec<PackId>> = self.index.recognise(&ids).iter().map(pack).collect();
        let is_stored = packs.is_some();
        self.relied.extend(packs.into_iter().flatten());
        is_stored
    }

    /// A parent that cannot be read costs time only: from here on every file is read.
    fn or_abandon<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::Cancelled) => Err(Error::Cancelled),
            Err(error) => {
                self.parent.abandon();
                self.run.warn(&Warning {
                    path: Vec::new(),
                    during: "scan",
                    kind: WarningKind::Damaged,
                    message: format!("the parent snapshot is not readable: {error}"),
                });
                Ok(None)
            }
        }
    }

    fn push(&mut self, step: Step, bytes: u64) -> Result<()> {
        self.folders += usize::from(matches!(step, Step::Enter { .. }));
        self.steps.push(step);
        self.bytes = self.bytes.saturating_add(bytes);
        let is_full = self.steps.len() >= BATCH_STEPS_MAX
            || self.bytes >= BATCH_BYTES_MAX
            || self.folders >= BATCH_FOLDERS_MAX;
        if is_full { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<()> {
        self.bytes = 0;
        self.folders = 0;
        let steps = std::mem::take(&mut self.steps);
        let (parts, receiver) = bounded(PARTS_WAITING_MAX);
        // A closed queue means that a later stage failed; its error is the one that counts.
        self.queues.ordered.send(receiver).map_err(|_| Error::Cancelled)?;
        let number = self.sent;
        self.sent += 1;
        self.queues.work.send(Batch { number, steps, parts }).map_err(|_| Error::Cancelled)
    }
}

fn run_chunks(run: &ChunkRun) -> &[ChunkRef] {
    match run {
        ChunkRun::Chunks { chunks, .. } => chunks,
        ChunkRun::Hole { .. } => &[],
    }
}
