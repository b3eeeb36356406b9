//! Windows of chunks to write, and the workers that open blocks and write them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use crossbeam::channel::{Receiver, Sender, unbounded};
use crossbeam::sync::WaitGroup;
use gleaner_chunker::PackId;
use gleaner_store::{ChunkRef, Domain};

use super::Shared;
use super::file::RestoringFile;
use crate::chunk_reader::ChunkPlace;
use crate::error::{Error, Result};
use crate::progress::{Counters, WarningKind};

/// A chunk on its way into a file.
pub(super) struct Segment {
    pub(super) file: Arc<RestoringFile>,
    pub(super) offset: u64,
    pub(super) domain: Domain,
    pub(super) chunk: ChunkRef,
    pub(super) place: ChunkPlace,
}

/// Chunks to write, by pack and block: the order in which packs are read.
#[derive(Default)]
pub(super) struct Window {
    blocks: BTreeMap<(PackId, usize), Vec<Segment>>,
    pub(super) bytes: u64,
    pub(super) segments: usize,
}

impl Window {
    pub(super) fn add(&mut self, segment: Segment) {
        self.bytes += u64::from(segment.chunk.bytes);
        self.segments += 1;
        let key = (segment.place.pack, segment.place.block);
        self.blocks.entry(key).or_default().push(segment);
    }
}

struct Task {
    pack: PackId,
    block: usize,
    segments: Vec<Segment>,
    /// Dropped when the task is done.
    _running: WaitGroup,
}

/// Sends windows to the workers.
pub(super) struct Workers {
    tasks: Sender<Task>,
}

impl Workers {
    /// Starts a window; the group is done when all its chunks are written.
    pub(super) fn start(&self, window: Window) -> WaitGroup {
        let running = WaitGroup::new();
        for ((pack, block), segments) in window.blocks {
            let task = Task { pack, block, segments, _running: running.clone() };
            // Workers end only after the sender is gone.
            let _unsent = self.tasks.send(task);
        }
        running
    }
}

/// Runs `body` with workers behind it.
pub(super) fn with_workers<R>(
    shared: &Shared<'_>,
    threads: usize,
    body: impl FnOnce(&Workers) -> Result<R>,
) -> Result<R> {
    let (sender, receiver) = unbounded::<Task>();
    thread::scope(|scope| {
        for _ in 0..threads {
            let tasks = receiver.clone();
            scope.spawn(move || work(shared, &tasks));
        }
        // If all workers panic, tasks must end with them: the planner waits for those it sent.
        drop(receiver);
        let workers = Workers { tasks: sender };
        body(&workers)
    })
}

fn work(shared: &Shared<'_>, tasks: &Receiver<Task>) {
    for task in tasks {
        if !shared.run.cancel.is_cancelled() {
            write_block(shared, &task);
        }
    }
}

fn write_block(shared: &Shared<'_>, task: &Task) {
    let opened = shared.finder.open_block(task.pack, task.block);
    Counters::add(&shared.tally.pack_reads, 1);
    let block = match opened {
        Ok(block) => block,
        Err(error) => {
            for Segment { file, offset, domain, chunk, .. } in &task.segments {
                write_spare(shared, file, *offset, (*domain, chunk), &error);
                file.release(shared);
            }
            return;
        }
    };
    for Segment { file, offset, domain, chunk, place } in &task.segments {
        let bytes = block.chunk(place.position, &chunk.id);
        match shared.finder.verify(*domain, chunk, *place, bytes) {
            Ok(()) => file.write(shared, bytes.unwrap_or_default(), *offset),
            Err(error) => write_spare(shared, file, *offset, (*domain, chunk), &error),
        }
        file.release(shared);
    }
    let stored: u64 = task.segments.iter().map(|segment| u64::from(segment.chunk.bytes)).sum();
    Counters::add(&shared.tally.bytes_read_packs, stored);
}

/// Writes what another pack has of a chunk that cannot be read where it was looked for; without
/// one the file is damaged.
pub(super) fn write_spare(
    shared: &Shared<'_>,
    file: &RestoringFile,
    offset: u64,
    (domain, chunk): (Domain, &ChunkRef),
    error: &Error,
) {
    if let Some(bytes) = shared.finder.read_spare(domain, chunk, error) {
        file.write(shared, &bytes, offset);
    } else {
        Counters::add(&shared.tally.chunks_damaged, 1);
        shared.warn(&file.path, WarningKind::Damaged, error.to_string());
        file.damage();
    }
}
