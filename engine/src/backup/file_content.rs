//! The content of one file as it comes in: runs and counts.

use gleaner_chunker::ChunkId;
use gleaner_store::{ChunkRef, Domain, ITEM_CHUNKS_MAX, Run as ChunkRun};

/// Runs of a file that were not written to the tree yet, and counts over all of it.
#[derive(Default)]
pub(super) struct FileContent {
    runs: Vec<ChunkRun>,
    pub(super) chunks_waiting: usize,
    pub(super) chunks_total: u64,
    pub(super) bytes: u64,
    pub(super) bytes_holes: u64,
    pub(super) chunks_novel: u64,
    pub(super) bytes_novel: u64,
}

impl FileContent {
    /// Takes the runs that wait; the counts stay.
    pub(super) fn take_runs(&mut self) -> Vec<ChunkRun> {
        self.chunks_waiting = 0;
        std::mem::take(&mut self.runs)
    }

    pub(super) fn hole(&mut self, bytes: u64) {
        self.bytes += bytes;
        self.bytes_holes += bytes;
        match self.runs.last_mut() {
            Some(ChunkRun::Hole { bytes: last }) => *last += bytes,
            _ if bytes > 0 => self.runs.push(ChunkRun::Hole { bytes }),
            _ => {}
        }
    }

    pub(super) fn chunks(&mut self, added: &[(ChunkId, &[u8])], novel: &[bool]) {
        if added.is_empty() {
            return;
        }
        if !matches!(self.runs.last(), Some(ChunkRun::Chunks { .. })) {
            self.runs.push(ChunkRun::Chunks { domain: Domain::Private, chunks: Vec::new() });
        }
        let Some(ChunkRun::Chunks { chunks, .. }) = self.runs.last_mut() else { return };
        for ((id, bytes), is_novel) in added.iter().zip(novel) {
            let length = u32::try_from(bytes.len()).expect("chunks are at most 8 MiB");
            chunks.push(ChunkRef { id: *id, bytes: length });
            self.chunks_total += 1;
            self.chunks_waiting += 1;
            self.bytes += u64::from(length);
            self.chunks_novel += u64::from(*is_novel);
            self.bytes_novel += u64::from(length) * u64::from(*is_novel);
        }
    }
}

/// Splits a chunk list so that each part fits one tree item.
pub(super) fn split_runs(runs: Vec<ChunkRun>) -> Vec<Vec<ChunkRun>> {
    let mut parts: Vec<Vec<ChunkRun>> = vec![Vec::new()];
    let mut room = ITEM_CHUNKS_MAX;
    let mut push = |run: ChunkRun, cost: usize, room: &mut usize| {
        if *room < cost {
            parts.push(Vec::new());
            *room = ITEM_CHUNKS_MAX;
        }
        *room -= cost;
        if let Some(part) = parts.last_mut() {
            part.push(run);
        }
    };
    for run in runs {
        match run {
            ChunkRun::Hole { .. } => push(run, 1, &mut room),
            ChunkRun::Chunks { domain, chunks } => {
                for piece in chunks.chunks(ITEM_CHUNKS_MAX) {
                    let chunks = piece.to_vec();
                    push(ChunkRun::Chunks { domain, chunks }, piece.len(), &mut room);
                }
            }
        }
    }
    parts
}
