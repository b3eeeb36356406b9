//! Step S5 of a writer: chunks that its snapshot needs and that only condemned packs hold are
//! copied into packs of its own, before the lease moves on.
//!
//! Which packs answered lookups is known, but not which chunks of them were used, nor where the
//! chunks are that were taken over from a parent. So the tree that was just written is read again:
//! what is copied is what the snapshot needs and not the garbage for which the packs were
//! condemned. That happens only to a backup during which a prune condemned packs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_index::Lookup;
use gleaner_store::{
    ChunkRef, Domain, Entry, EntryKind, Run as ChunkRun, Snapshot, TreeItem, TreeRef, decode_runs,
};

use crate::chunk_reader::{ChunkFinder, ChunkReader};
use crate::condemned::Condemned;
use crate::error::{Error, Result};
use crate::ingest::{Ingest, IngestOptions, StageTimes, ingest};
use crate::open_index::OpenIndex;
use crate::progress::Run;
use crate::repository::Repository;
use crate::tree_reader::TreeReader;

/// Chunks looked up at a time.
const LOOKUP_CHUNKS: usize = 4096;
/// Chunks that wait to be copied: 33 bytes each, at most 32 MiB with the table's slack. More are
/// copied in rounds, each of which reads the directories of the condemned packs again.
const WAITING_MAX: usize = 1 << 19;

/// A copy in the making.
pub(crate) struct CopyForward<'a> {
    repository: &'a Repository,
    run: &'a Run<'a>,
    options: IngestOptions,
    index: Arc<OpenIndex>,
    condemned: &'a Condemned,
    /// Packs to copy from, in order.
    packs: Vec<PackId>,
    /// Chunks that are to be looked up.
    asked: Vec<(Domain, ChunkId)>,
    /// Chunks that no live pack holds.
    waiting: HashMap<ChunkId, Domain>,
    /// The first condemned pack that could not be read.
    lost: Option<PackId>,
    copied: Copied,
}

/// What a copy did.
#[derive(Debug, Default)]
pub(crate) struct Copied {
    /// Bytes of the packs written.
    pub(crate) bytes_stored: u64,
    /// Live packs that hold what was not copied.
    pub(crate) relied: HashSet<PackId>,
}

impl<'a> CopyForward<'a> {
    pub(crate) fn new(
        repository: &'a Repository,
        run: &'a Run<'a>,
        options: IngestOptions,
        condemned: &'a Condemned,
    ) -> Result<Self> {
        let mut packs: Vec<PackId> = condemned.packs.iter().copied().collect();
        packs.sort_unstable();
        Ok(Self {
            repository,
            run,
            options,
            index: repository.index(run)?,
            condemned,
            packs,
            asked: Vec::new(),
            waiting: HashMap::new(),
            lost: None,
            copied: Copied::default(),
        })
    }

    /// Makes the index pass over the condemned packs, and every chunk of `snapshot` be in a live
    /// pack. What was copied is durable on return.
    ///
    /// # Errors
    /// [`Error::Condemned`] or [`Error::ChunkMissing`] for a chunk that can be had nowhere; the
    /// stages'.
    pub(crate) fn copy(mut self, snapshot: &Snapshot) -> Result<Copied> {
        // While the condemned packs still answer: afterwards the tree may not be readable.
        self.tree_chunks(&snapshot.tree)?;
        self.index.follow(self.condemned, self.run)?;
        // Packs that come in now take over the rows of those that are condemned.
        self.index.catch_up(self.run)?;
        self.look_up();
        self.copy_waiting()?;
        let mut tree = TreeReader::open(self.repository, Arc::clone(&self.index), snapshot)?;
        while let Some(item) = tree.next_item()? {
            self.run.cancel.check()?;
            match item {
                TreeItem::Node(Entry { kind: EntryKind::File { content, .. }, .. }) => {
                    self.need(&content)?;
                }
                TreeItem::Content { runs, .. } => self.need(&runs)?,
                TreeItem::Node(_) | TreeItem::Enter(_) | TreeItem::Leave => {}
            }
        }
        self.look_up();
        self.copy_waiting()?;
        Ok(self.copied)
    }

    /// Asks for the chunks of the tree stream, at all levels of its reference.
    fn tree_chunks(&mut self, tree: &TreeRef) -> Result<()> {
        let mut reader = ChunkReader::new(self.repository, Arc::clone(&self.index));
        let mut runs = tree.runs.clone();
        for level in (0..=tree.level).rev() {
            self.asked.extend(runs.iter().flat_map(chunks_of).map(|(domain, c)| (domain, c.id)));
            if level > 0 {
                let mut bytes = Vec::new();
                reader.read_runs(&runs, &mut bytes)?;
                runs = decode_runs(&bytes).map_err(|defect| {
                    let name = gleaner_store::layout::snapshots();
                    gleaner_store::Error::Damaged { name, offset: 0, defect }
                })?;
            }
        }
        Ok(())
    }

    fn need(&mut self, runs: &[ChunkRun]) -> Result<()> {
        self.asked.extend(runs.iter().flat_map(chunks_of).map(|(domain, c)| (domain, c.id)));
        if self.asked.len() < LOOKUP_CHUNKS {
            return Ok(());
        }
        self.look_up();
        if self.waiting.len() < WAITING_MAX { Ok(()) } else { self.copy_waiting() }
    }

    /// What the index cannot answer waits too: a copy too many costs bytes only.
    fn look_up(&mut self) {
        let ids: Vec<ChunkId> = self.asked.iter().map(|(_, id)| *id).collect();
        for ((domain, id), answer) in self.asked.drain(..).zip(self.index.locate(&ids)) {
            if let Lookup::Stored(location) = answer {
                self.copied.relied.insert(location.pack);
            } else {
                self.waiting.insert(id, domain);
            }
        }
    }

    /// Stores what waits.
    fn copy_waiting(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        let times = StageTimes::default();
        let finder = ChunkFinder::new(self.repository, Arc::clone(&self.index));
        let (lost, relied, totals) =
            ingest(self.repository, self.run, &times, self.options, |entrance| {
                let mut lost = None;
                for pack in &self.packs {
                    if waiting.is_empty() {
                        break;
                    }
                    if !copy_pack(entrance, &finder, *pack, &mut waiting)? {
                        lost = lost.or(Some(*pack));
                    }
                }
                Ok(lost)
            })?;
        self.copied.relied.extend(relied);
        self.copied.bytes_stored += totals.bytes_data_packs + totals.bytes_tree_packs;
        self.lost = self.lost.or(lost);
        match (waiting.keys().next(), self.lost) {
            (None, _) => Ok(()),
            (Some(_), Some(pack)) => Err(Error::Condemned { pack }),
            (Some(chunk), None) => Err(Error::ChunkMissing { chunk: *chunk }),
        }
    }
}

/// Offers those chunks of a pack that wait; false if some of the pack could not be read.
fn copy_pack(
    entrance: &mut Ingest<'_>,
    finder: &ChunkFinder<'_>,
    pack: PackId,
    waiting: &mut HashMap<ChunkId, Domain>,
) -> Result<bool> {
    let unread = |error: Error| {
        tracing::warn!(%error, "a condemned pack is not readable");
        Ok(false)
    };
    let directory = match finder.index.directory(pack) {
        Ok(directory) => directory,
        Err(error) => return unread(error),
    };
    let kind = directory.header.kind;
    let mut is_read = true;
    for ordinal in 0..directory.blocks.len() {
        let chunks = directory.chunks_of(ordinal).unwrap_or_default();
        if !chunks.iter().any(|chunk| waiting.contains_key(&chunk.id)) {
            continue;
        }
        is_read &= match finder.open_block(pack, ordinal) {
            Ok(block) => {
                let found = (0..).zip(chunks).filter_map(|(position, chunk)| {
                    let bytes = block.chunk(position, &chunk.id)?;
                    let domain = *waiting.get(&chunk.id)?;
                    finder.is_chunk(domain, chunk, bytes).then_some((chunk.id, bytes))
                });
                let found: Vec<(ChunkId, &[u8])> = found.collect();
                entrance.offer(kind, &found)?;
                for (id, _) in &found {
                    waiting.remove(id);
                }
                true
            }
            Err(error) => unread(error)?,
        };
    }
    Ok(is_read)
}

fn chunks_of(run: &ChunkRun) -> impl Iterator<Item = (Domain, &ChunkRef)> {
    let (domain, chunks) = match run {
        ChunkRun::Chunks { domain, chunks } => (*domain, chunks.as_slice()),
        ChunkRun::Hole { .. } => (Domain::Private, &[][..]),
    };
    chunks.iter().map(move |chunk| (domain, chunk))
}
