//! Entries that are not folders: what stands at their place, and what becomes of them.

use std::collections::hash_map::Entry as Place;
use std::sync::Arc;

use gleaner_store::{Entry, EntryKind, Metadata, Run as ChunkRun};

use super::super::Choice;
use super::super::existing::has_content;
use super::super::file::RestoringFile;
use super::Planner;
use crate::error::Result;
use crate::progress::{Counters, WarningKind};
use crate::source::FileKind;
use crate::target::{Decision, Placed, TargetFolder, Wanted};

impl Planner<'_> {
    pub(super) fn node(&mut self, entry: Entry) -> Result<()> {
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

    pub(super) fn link(
        &mut self,
        folder: &TargetFolder,
        name: &[u8],
        path: &[u8],
        metadata: &Metadata,
    ) {
        let key = (metadata.device, metadata.inode);
        let links = self.links.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let first = links.get(&key).cloned();
        drop(links);
        let (Some((parked, first_name, made)), Some(target)) = (first, self.target) else {
            Counters::add(&self.shared.tally.files_failed, 1);
            let message = "the first name of this file was not restored".to_owned();
            self.shared.warn(path, WarningKind::Unwritable, message);
            return;
        };
        let first_folder =
            if parked.is(folder) { Ok(folder.clone()) } else { target.resume_folder(&parked) };
        let placed = first_folder
            .and_then(|first_folder| folder.hard_link(name, &first_folder, &first_name, made));
        match placed {
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
