//! Turns the tree stream into folders, nodes and windows of chunks.

mod deletion;
mod entries;
mod folders;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crossbeam::sync::WaitGroup;
use gleaner_store::{ChunkRef, Domain, Metadata, Run as ChunkRun, TreeItem};

use super::file::{LinkMap, RestoringFile};
use super::window::{Segment, Window, Workers, write_spare};
use super::{Choice, RestoreStats, Shared, components};
use crate::error::{Error, Result};
use crate::progress::Counters;
use crate::target::{RestoreTarget, TargetFolder};
use folders::Level;

/// A window is closed at so many bytes, ...
const WINDOW_BYTES_MAX: u64 = 64 << 20;
/// ... chunks, ...
const WINDOW_SEGMENTS_MAX: usize = 1 << 16;
/// ... or descriptors that it may hold open, folders and files of several blocks: so many, ...
const WINDOW_DESCRIPTORS_MAX: usize = 200;
/// ... or this part of what the process may open: one window is written while the next is filled,
/// and the index has files of its own.
const WINDOW_DESCRIPTORS_PART: u64 = 8;

/// What is to be done once a window is written.
#[derive(Default)]
struct Afterwards {
    folders: Vec<(TargetFolder, Metadata)>,
    links: Vec<(TargetFolder, Vec<u8>, Vec<u8>, Metadata)>,
}

pub(super) struct Planner<'a> {
    shared: &'a Shared<'a>,
    workers: &'a Workers,
    target: Option<&'a RestoreTarget>,
    top: Vec<Vec<u8>>,
    top_found: bool,
    top_metadata: Option<Metadata>,
    path: Vec<Vec<u8>>,
    levels: Vec<Level>,
    window: Window,
    descriptors: usize,
    descriptors_max: usize,
    afterwards: Afterwards,
    running: Option<(WaitGroup, Afterwards)>,
    file: Option<Arc<RestoringFile>>,
    links: Arc<LinkMap>,
    /// What the first name of each inode with several names has.
    linked: HashMap<(u64, u64), [u8; 32]>,
    stats: RestoreStats,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        shared: &'a Shared<'a>,
        workers: &'a Workers,
        target: Option<&'a RestoreTarget>,
    ) -> Self {
        let top = components(&shared.options.subpath).unwrap_or_default();
        Self {
            shared,
            workers,
            target,
            top_found: top.is_empty(),
            top_metadata: None,
            top,
            path: Vec::new(),
            levels: vec![Level::top(target)],
            window: Window::default(),
            descriptors: 0,
            descriptors_max: descriptors_max(),
            afterwards: Afterwards::default(),
            running: None,
            file: None,
            links: Arc::default(),
            linked: HashMap::new(),
            stats: RestoreStats::default(),
        }
    }

    pub(super) fn take(&mut self, item: TreeItem) -> Result<()> {
        match item {
            TreeItem::Enter(entry) => {
                self.path.push(entry.name.clone());
                if self.is_inside_top() {
                    self.enter(entry);
                } else if self.path == self.top {
                    self.top_found = true;
                    self.top_metadata = Some(entry.metadata);
                }
                Ok(())
            }
            TreeItem::Leave => {
                let (was_inside, was_top) = (self.is_inside_top(), self.path == self.top);
                self.path.pop();
                if was_inside {
                    self.leave()
                } else if was_top {
                    self.leave_top()
                } else {
                    Ok(())
                }
            }
            TreeItem::Node(entry) => {
                self.path.push(entry.name.clone());
                let result = if self.path == self.top || self.is_inside_top() {
                    self.top_found |= self.path == self.top;
                    self.node(entry)
                } else {
                    Ok(())
                };
                self.path.pop();
                result
            }
            TreeItem::Content { runs, more } => self.content(&runs, more),
        }
    }

    /// Waits for everything and returns what was counted here.
    pub(super) fn finish(mut self) -> Result<RestoreStats> {
        self.flush();
        self.flush();
        self.shared.run.cancel.check()?;
        if self.top_found {
            Ok(self.stats)
        } else {
            Err(Error::NoSuchPath { path: self.shared.options.subpath.clone() })
        }
    }

    fn is_inside_top(&self) -> bool {
        self.path.len() > self.top.len() && self.path.starts_with(&self.top)
    }

    fn absolute(&self) -> Vec<u8> {
        let mut path = Vec::new();
        for name in &self.path {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        path
    }

    fn choose(&self, path: &[u8], is_folder: bool) -> Choice {
        match self.levels.last().map(|level| level.choice) {
            Some(Choice::Skip) => Choice::Skip,
            _ => (self.shared.options.select)(path, is_folder),
        }
    }

    /// Plans a part of the content of the current file.
    fn content(&mut self, runs: &[ChunkRun], more: bool) -> Result<()> {
        let Some(file) = self.file.clone() else { return Ok(()) };
        for run in runs {
            self.stats.total_bytes += run.bytes();
            match run {
                ChunkRun::Hole { bytes } => {
                    file.has_holes.store(true, Ordering::Relaxed);
                    file.add_bytes(*bytes);
                    Counters::add(&self.shared.run.counters.bytes_done, *bytes);
                }
                ChunkRun::Chunks { domain, chunks } => self.plan(&file, *domain, chunks)?,
            }
        }
        if !more {
            self.file = None;
            file.release(self.shared);
        }
        Ok(())
    }

    fn plan(
        &mut self,
        file: &Arc<RestoringFile>,
        domain: Domain,
        chunks: &[ChunkRef],
    ) -> Result<()> {
        let places = self.shared.finder.places(chunks);
        let mut first_block = None;
        for (chunk, place) in chunks.iter().zip(places) {
            let offset = file.add_bytes(u64::from(chunk.bytes));
            match place {
                Ok(place) => {
                    let block = *first_block.get_or_insert((place.pack, place.block));
                    if block != (place.pack, place.block) && chunks.len() > 1 {
                        self.descriptors += 1;
                        first_block = Some((place.pack, place.block));
                    }
                    file.add_pending();
                    let file = Arc::clone(file);
                    let chunk = *chunk;
                    self.window.add(Segment { file, offset, domain, chunk, place });
                    self.flush_if_full();
                }
                Err(Error::Cancelled) => return Err(Error::Cancelled),
                Err(error) => write_spare(self.shared, file, offset, (domain, chunk), &error),
            }
        }
        Ok(())
    }

    fn flush_if_full(&mut self) {
        if self.window.bytes >= WINDOW_BYTES_MAX
            || self.window.segments >= WINDOW_SEGMENTS_MAX
            || self.descriptors >= self.descriptors_max
        {
            self.flush();
        }
    }

    /// Waits for the window before, then starts the current one.
    fn flush(&mut self) {
        if let Some((running, afterwards)) = self.running.take() {
            running.wait();
            self.after(afterwards);
        }
        let window = std::mem::take(&mut self.window);
        let afterwards = std::mem::take(&mut self.afterwards);
        self.descriptors = 0;
        self.running = Some((self.workers.start(window), afterwards));
    }

    /// Links to files of the window, then metadata of folders that are complete.
    fn after(&mut self, afterwards: Afterwards) {
        for (folder, name, path, metadata) in afterwards.links {
            self.link(&folder, &name, &path, &metadata);
        }
        for (folder, metadata) in afterwards.folders {
            let warnings = folder.apply_metadata(&metadata);
            self.shared.metadata_missing(&warnings);
        }
    }
}

/// Descriptors that one window may hold.
fn descriptors_max() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let part = limit.map_or(u64::MAX, |limit| limit / WINDOW_DESCRIPTORS_PART);
    usize::try_from(part).unwrap_or(usize::MAX).clamp(1, WINDOW_DESCRIPTORS_MAX)
}
