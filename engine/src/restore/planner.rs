//! Turns the tree stream into folders, nodes and windows of chunks.

use std::collections::hash_map::Entry as Place;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crossbeam::sync::WaitGroup;
use gleaner_store::{ChunkRef, Domain, Entry, EntryKind, Metadata, Run as ChunkRun, TreeItem};

use super::existing::has_content;
use super::file::{LinkMap, RestoringFile};
use super::window::{Segment, Window, Workers};
use super::{Choice, RestoreStats, Shared, components};
use crate::error::{Error, Result};
use crate::progress::{Counters, EntryAction, EntryEvent, WarningKind};
use crate::source::FileKind;
use crate::target::{Decision, Placed, RestoreTarget, TargetFolder, Wanted};

/// A window is closed at so many bytes, ...
const WINDOW_BYTES_MAX: u64 = 64 << 20;
/// ... chunks, ...
const WINDOW_SEGMENTS_MAX: usize = 1 << 16;
/// ... or descriptors that it may hold open: folders and files of several blocks.
const WINDOW_DESCRIPTORS_MAX: usize = 200;

/// A folder of the snapshot that is open.
struct Level {
    name: Vec<u8>,
    metadata: Metadata,
    choice: Choice,
    /// Made when something in it is needed.
    folder: Option<TargetFolder>,
    /// Making it failed: what is below it cannot be restored.
    is_broken: bool,
    /// Names that the snapshot has here, with `--delete`.
    names: HashSet<Vec<u8>>,
}

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
        let root = Level {
            name: Vec::new(),
            metadata: Metadata::default(),
            choice: Choice::Pass,
            folder: target.map(RestoreTarget::root),
            is_broken: false,
            names: HashSet::new(),
        };
        Self {
            shared,
            workers,
            target,
            top_found: top.is_empty(),
            top_metadata: None,
            top,
            path: Vec::new(),
            levels: vec![root],
            window: Window::default(),
            descriptors: 0,
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

    fn enter(&mut self, entry: Entry) {
        let path = self.absolute();
        self.shared.run.counters.set_current(&path);
        let choice = self.choose(&path, true);
        if let Some(above) = self.levels.last_mut() {
            above.names.insert(entry.name.clone());
        }
        self.levels.push(Level {
            name: entry.name,
            metadata: entry.metadata,
            choice,
            folder: None,
            is_broken: false,
            names: HashSet::new(),
        });
        if choice == Choice::Take {
            self.stats.total_files += 1;
            if self.folder().is_some() {
                Counters::add(&self.shared.tally.files_restored, 1);
            }
        }
    }

    /// The folder of the current level, made with those above it if needed.
    fn folder(&mut self) -> Option<TargetFolder> {
        let first = self.levels.iter().rposition(|level| level.folder.is_some())?;
        for index in first + 1..self.levels.len() {
            let (above, rest) = self.levels.split_at_mut(index);
            let parent = above.last().and_then(|level| level.folder.clone())?;
            let level = rest.first_mut()?;
            if level.is_broken {
                return None;
            }
            match parent.create_folder(&level.name) {
                Ok(folder) => {
                    level.folder = Some(folder);
                    self.descriptors += 1;
                }
                Err(error) => {
                    level.is_broken = true;
                    let path = self.absolute();
                    self.shared.unwritable(&path, &error);
                    return None;
                }
            }
        }
        self.levels.last()?.folder.clone()
    }

    fn leave(&mut self) -> Result<()> {
        let Some(level) = self.levels.pop() else { return Ok(()) };
        if let Some(folder) = level.folder {
            let path = [self.absolute().as_slice(), b"/", level.name.as_slice()].concat();
            if level.choice == Choice::Take
                && self.may_delete_in(&folder, &path, level.metadata.device)
            {
                self.delete_others(&folder, &level.names)?;
            }
            self.afterwards.folders.push((folder, level.metadata));
        }
        self.flush_if_full();
        Ok(())
    }

    /// The folder that became the top: a target that this run made gets its metadata; one that
    /// was there is the user's.
    fn leave_top(&mut self) -> Result<()> {
        let Some(folder) = self.target.map(RestoreTarget::root) else { return Ok(()) };
        let device = self.top_metadata.as_ref().map_or(0, |metadata| metadata.device);
        let path = crate::tree_walk::normalised(&self.shared.options.subpath);
        if self.may_delete_in(&folder, &path, device) {
            let names = self.levels.first_mut().map(|level| std::mem::take(&mut level.names));
            self.delete_others(&folder, &names.unwrap_or_default())?;
        }
        if let Some(metadata) = self.top_metadata.take()
            && folder.is_made_here()
        {
            self.afterwards.folders.push((folder, metadata));
        }
        Ok(())
    }

    /// Whether what the snapshot does not have may go: only where the snapshot looked. It did not
    /// look around in folders above its roots, nor in a folder on which another file system was
    /// mounted; and where entries could not be read, absence means nothing.
    fn may_delete_in(&self, folder: &TargetFolder, path: &[u8], device: u64) -> bool {
        if !self.shared.options.delete || folder.is_made_here() {
            return false;
        }
        let above = [path, b"/"].concat();
        let is_above_root = self.shared.roots.iter().any(|root| root.starts_with(&above));
        let is_mounted_on = self
            .levels
            .last()
            .is_some_and(|parent| !parent.name.is_empty() && parent.metadata.device != device);
        if self.shared.is_whole && !is_above_root && !is_mounted_on {
            return true;
        }
        if !is_above_root {
            let message = "nothing is deleted here: the snapshot did not see all of this folder";
            self.shared.warn(path, WarningKind::Unwritable, message.to_owned());
        }
        false
    }

    fn delete_others(&mut self, folder: &TargetFolder, names: &HashSet<Vec<u8>>) -> Result<()> {
        if folder.is_made_here() {
            return Ok(());
        }
        // Files of this folder may still be under their temporary names.
        self.flush();
        self.flush();
        for name in folder.names()?.iter() {
            let name = name.to_vec();
            // What was kept of a damaged file a moment ago is not rubbish.
            if !names.contains(&name) && !name.ends_with(b".gleaner-incomplete") {
                let path = folder.path_of(&name);
                match folder.remove(&name) {
                    Ok(removed) => {
                        Counters::add(&self.shared.tally.files_deleted, removed);
                        let action = EntryAction::Deleted;
                        let event = EntryEvent { path: &path, action, bytes: 0, bytes_novel: 0 };
                        self.shared.run.observer.entry(&event);
                    }
                    Err(error) => self.shared.unwritable(&path, &error),
                }
            }
        }
        Ok(())
    }

    fn node(&mut self, entry: Entry) -> Result<()> {
        let path = self.absolute();
        if let Some(level) = self.levels.last_mut() {
            level.names.insert(entry.name.clone());
        }
        if self.choose(&path, false) != Choice::Take {
            return Ok(());
        }
        self.stats.total_files += 1;
        Counters::add(&self.shared.run.counters.files_total, 1);
        let Some(folder) = self.folder() else {
            let bytes = entry_bytes(&entry);
            self.stats.total_bytes += bytes;
            let counter = if self.target.is_none() {
                &self.shared.tally.files_restored
            } else {
                &self.shared.tally.files_failed
            };
            Counters::add(counter, 1);
            return Ok(());
        };
        match &entry.kind {
            EntryKind::File { .. } => self.start_file(folder, entry, path),
            _ => {
                self.other(&folder, &entry, &path);
                Ok(())
            }
        }
    }

    fn other(&mut self, folder: &TargetFolder, entry: &Entry, path: &[u8]) {
        let shared = self.shared;
        match folder.create_node(&entry.name, &entry.kind, &entry.metadata) {
            Ok(Placed::Made { warnings, .. }) => {
                shared.metadata_missing(&warnings);
                Counters::add(&shared.tally.files_restored, 1);
            }
            Ok(Placed::Kept | Placed::SkippedSpecial) => {
                Counters::add(&shared.tally.files_skipped, 1);
            }
            Err(error) => shared.unwritable(path, &error),
        }
    }

    fn start_file(&mut self, folder: TargetFolder, entry: Entry, path: Vec<u8>) -> Result<()> {
        let Entry { name, metadata, kind } = entry;
        let EntryKind::File { bytes, content, more } = kind else { return Ok(()) };
        Counters::add(&self.shared.run.counters.bytes_total, bytes);
        let inode = (metadata.device, metadata.inode);
        // An inode number may have been given to another file while the backup ran: only the same
        // content and time make it the same file.
        let facts = content_facts(&content, more, bytes, &metadata);
        let is_linked = metadata.links > 1
            && match self.linked.entry(inode) {
                Place::Occupied(first) => *first.get() == facts,
                Place::Vacant(place) => {
                    place.insert(facts);
                    false
                }
            };
        if is_linked {
            self.stats.total_bytes += content.iter().map(ChunkRun::bytes).sum::<u64>();
            self.afterwards.links.push((folder, name, path, metadata));
            return Ok(());
        }
        let links = Arc::clone(&self.links);
        let file = Arc::new(RestoringFile::new(folder, name, path, metadata, links));
        if self.is_settled(&file, bytes, &content, more) {
            self.stats.total_bytes += content.iter().map(ChunkRun::bytes).sum::<u64>();
            // Links lead only to files of this run: if this name was left alone, the file's next
            // name is its first.
            let links = self.links.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if !links.contains_key(&inode) {
                self.linked.remove(&inode);
            }
            return Ok(());
        }
        self.file = Some(file);
        self.content(&content, more)
    }

    /// True if what stands at the file's place makes restoring it unnecessary.
    fn is_settled(
        &mut self,
        file: &RestoringFile,
        bytes: u64,
        content: &[ChunkRun],
        more: bool,
    ) -> bool {
        if file.folder.is_made_here() {
            return false;
        }
        let Ok(existing) = file.folder.look(&file.name) else { return false };
        let wanted = Wanted { kind: FileKind::File, bytes, mtime: file.metadata.mtime };
        match self.shared.options.overwrite.decide(existing.as_ref(), &wanted) {
            Decision::Create | Decision::Replace => false,
            Decision::Keep => {
                Counters::add(&self.shared.tally.files_skipped, 1);
                Counters::add(&self.shared.tally.bytes_skipped, bytes);
                true
            }
            // A list that continues is not at hand yet: such a file is written again.
            Decision::Compare => !more && self.keep_if_same(file, bytes, content),
        }
    }

    fn keep_if_same(&mut self, file: &RestoringFile, bytes: u64, content: &[ChunkRun]) -> bool {
        let Ok(Some(existing)) = file.folder.open_existing(&file.name) else { return false };
        if !has_content(self.shared, &existing, content) {
            return false;
        }
        let Some((made, warnings)) = existing.keep(&file.metadata) else { return false };
        self.shared.metadata_missing(&warnings);
        file.remember_link(made);
        self.stats.bytes_from_target += bytes;
        Counters::add(&self.shared.tally.files_skipped, 1);
        Counters::add(&self.shared.run.counters.files_done, 1);
        Counters::add(&self.shared.run.counters.bytes_done, bytes);
        true
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
                Err(error) => {
                    Counters::add(&self.shared.tally.chunks_damaged, 1);
                    self.shared.warn(&file.path, WarningKind::Damaged, error.to_string());
                    file.damage();
                }
            }
        }
        Ok(())
    }

    fn flush_if_full(&mut self) {
        if self.window.bytes >= WINDOW_BYTES_MAX
            || self.window.segments >= WINDOW_SEGMENTS_MAX
            || self.descriptors >= WINDOW_DESCRIPTORS_MAX
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

    fn link(&mut self, folder: &TargetFolder, name: &[u8], path: &[u8], metadata: &Metadata) {
        let key = (metadata.device, metadata.inode);
        let links = self.links.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some((first_folder, first_name, made)) = links.get(&key).cloned() else {
            drop(links);
            Counters::add(&self.shared.tally.files_failed, 1);
            let message = "the first name of this file was not restored".to_owned();
            self.shared.warn(path, WarningKind::Unwritable, message);
            return;
        };
        drop(links);
        match folder.hard_link(name, &first_folder, &first_name, made) {
            Ok(Placed::Made { .. }) => Counters::add(&self.shared.tally.files_restored, 1),
            Ok(Placed::Kept | Placed::SkippedSpecial) => {
                Counters::add(&self.shared.tally.files_skipped, 1);
            }
            Err(error) => self.shared.unwritable(path, &error),
        }
    }
}

/// What tells two files apart that have one inode number.
fn content_facts(content: &[ChunkRun], more: bool, bytes: u64, metadata: &Metadata) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&gleaner_store::encode_runs(content)).update(&[u8::from(more)]);
    hasher.update(&bytes.to_le_bytes()).update(&metadata.mtime.seconds.to_le_bytes());
    *hasher.update(&metadata.mtime.nanoseconds.to_le_bytes()).finalize().as_bytes()
}

fn entry_bytes(entry: &Entry) -> u64 {
    match &entry.kind {
        EntryKind::File { content, .. } => content.iter().map(ChunkRun::bytes).sum(),
        _ => 0,
    }
}
