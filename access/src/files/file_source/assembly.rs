//! From an inspected file to an object that can be told and read.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::error::{Error, LimitKind};
use crate::files::access_fs::{FileStat, FsRoot, join_path};
use crate::files::file_format::{FileNumber, Found, Inspection, OpenFile, Segment};
use crate::files::file_reader::{READER_FILES_OPEN_MAX, is_same_content};
use crate::files::pins::HeldFile;
use crate::object::{Generation, GenerationTuple, ObjectKey, ObjectMeta, Partial, Run};

use super::engine::Engine;
use super::table::KnownPart;

/// What is in a file.
#[derive(Debug)]
pub(super) struct Inspected {
    /// What a stat of the inspected file said.
    pub(super) stat: FileStat,
    /// The objects, no key twice.
    pub(super) found: Vec<Found>,
    /// The inspected file, and those that were opened beside it.
    pub(super) files: Vec<OpenFile>,
    /// Why the file holds fewer objects than things that would be some.
    pub(super) left_out: Vec<Error>,
}

impl Inspected {
    /// A file without objects.
    pub(super) const fn empty(stat: FileStat) -> Self {
        Self { stat, found: Vec::new(), files: Vec::new(), left_out: Vec::new() }
    }
}

/// An object with all that is needed to read it.
#[derive(Debug)]
pub(super) struct Assembled {
    pub(super) meta: ObjectMeta,
    pub(super) files: Vec<HeldFile>,
    pub(super) body: Vec<Segment>,
}

/// A part of a whole, inspected.
#[derive(Debug)]
struct InspectedPart {
    found: Found,
    path: Vec<u8>,
    files: Vec<HeldFile>,
    known: KnownPart,
}

impl Engine {
    /// Inspects an open file. One that changes meanwhile is [`Error::Busy`].
    pub(super) fn inspect(
        &self,
        root: &dyn FsRoot,
        place: (&[u8], &[u8]),
        open: OpenFile,
    ) -> Result<Inspected, Error> {
        let mut inspection = Inspection::of(root, place, open, &self.options.limits)?;
        let mut found = self.format.inspect(&mut inspection)?;
        if found.len() > self.options.limits.members {
            return Err(Error::Limit(LimitKind::Members));
        }
        let left_out = inspection.take_left_out();
        let files = inspection.into_files();
        let inspected = files.first().ok_or(Error::Gone)?;
        let in_place = self.format.rules().changed_in_place;
        if in_place && !is_same_content(&inspected.stat, &inspected.file.stat()?, true) {
            return Err(Error::Busy);
        }
        for object in &found {
            check_body(object, &files)?;
        }
        let mut keys = std::collections::HashSet::new();
        found.retain(|object| keys.insert(object.key.clone()));
        Ok(Inspected { stat: inspected.stat, found, files, left_out })
    }

    /// What is told of an object in the file at `path`; `None` if nobody may learn of it.
    pub(super) fn meta_of(&self, found: &Found, path: &[u8]) -> Option<ObjectMeta> {
        let scope = self.options.scope.scope_of(path, found.is_private)?;
        let len = body_len(found);
        let partial = found.part.map(|part| Partial {
            runs: vec![Run { body_offset: 0, start: part.start, len }],
            total: part.total,
        });
        Some(ObjectMeta {
            key: found.key.clone(),
            generation: found.generation,
            identifiers: found.identifiers.clone(),
            scope,
            raw_len: Some(len),
            media_type: found.media_type.clone(),
            encodings: found.encodings.clone(),
            partial,
        })
    }

    /// The object of that key in a file, unless it is a part or nobody may learn of it.
    pub(super) fn object_at(
        &self,
        root: &dyn FsRoot,
        (folder, name): (&[u8], &[u8]),
        key: &ObjectKey,
    ) -> Result<Option<Assembled>, Error> {
        let path = join_path(folder, name);
        let inspected = self.inspect(root, (folder, name), OpenFile::open(root, &path)?)?;
        let Some(found) = inspected.found.into_iter().find(|found| found.key == *key) else {
            return Ok(None);
        };
        let files = inspected.files.into_iter().map(held).collect();
        let meta = self.meta_of(&found, &path);
        Ok(meta.map(|meta| Assembled { meta, files, body: found.body }))
    }

    /// The whole that the parts in these files make; `None` if there is none any more.
    pub(super) fn whole_of(
        &self,
        root: &dyn FsRoot,
        places: &[(Vec<u8>, Vec<u8>)],
        key: &ObjectKey,
    ) -> Result<Option<Assembled>, Error> {
        let mut parts = Vec::new();
        for (folder, name) in places {
            match self.part_at(root, (folder, name), key, parts.len()) {
                Ok(part) => parts.extend(part),
                // It went, or is no such part any more: the whole is what the others make.
                Err(Error::Io(error)) => return Err(Error::Io(error)),
                Err(_) => {}
            }
        }
        parts.sort_by_key(|part| part.known.start);
        Ok(self.joined(parts))
    }

    fn part_at(
        &self,
        root: &dyn FsRoot,
        (folder, name): (&[u8], &[u8]),
        key: &ObjectKey,
        count: usize,
    ) -> Result<Option<InspectedPart>, Error> {
        let path = join_path(folder, name);
        let inspected = self.inspect(root, (folder, name), OpenFile::open(root, &path)?)?;
        let found = inspected.found.into_iter().find(|found| found.key == *key);
        let Some(found) = found else { return Ok(None) };
        let Some(known) = known_part(&found) else { return Ok(None) };
        let mut files: Vec<HeldFile> = inspected.files.into_iter().map(held).collect();
        for file in files.iter_mut().filter(|_| count >= READER_FILES_OPEN_MAX) {
            file.file = None;
        }
        Ok(Some(InspectedPart { found, path, files, known }))
    }

    /// What is told of the whole that the known parts of a key make; `None` if there are none. Of
    /// all files that of the first part alone is looked at: it says what the whole is.
    pub(super) fn known_whole(
        &self,
        root: &dyn FsRoot,
        key: &ObjectKey,
    ) -> Result<Option<ObjectMeta>, Error> {
        let holders = self.state().table.holders(key).into_iter();
        let parts = holders.filter_map(|(folder, name, object)| Some((folder, name, object.part?)));
        let mut parts: VecDeque<_> = parts.collect();
        parts.make_contiguous().sort_by_key(|(_, _, part)| part.start);
        let first = loop {
            let Some((folder, name, _)) = parts.front() else { return Ok(None) };
            match self.part_at(root, (folder, name), key, 0) {
                Ok(Some(first)) => break first,
                Err(Error::Io(error)) => return Err(Error::Io(error)),
                Ok(None) | Err(_) => {}
            }
            parts.pop_front();
        };
        let mut join = Join::default();
        for (_, _, part) in &parts {
            join.add(part);
        }
        Ok(self.whole_like(&first, join))
    }

    /// What is told of a whole of which this is the first part.
    fn whole_like(&self, first: &InspectedPart, join: Join) -> Option<ObjectMeta> {
        let found = Found { is_private: join.is_private, ..first.found.clone() };
        let mut meta = self.meta_of(&found, &first.path)?;
        let mut generation = GenerationTuple::new(self.format.kind());
        for (start, of_part) in &join.joined {
            generation = generation.number(*start).generation(of_part);
        }
        let is_whole = join.runs.len() == 1 && join.total == Some(join.body_len);
        meta.generation = generation.finish();
        meta.raw_len = Some(join.body_len);
        let (runs, total) = (join.runs, join.total);
        meta.partial = (!is_whole).then_some(Partial { runs, total });
        Some(meta)
    }

    fn joined(&self, parts: Vec<InspectedPart>) -> Option<Assembled> {
        let mut join = Join::default();
        let is_joined: Vec<bool> = parts.iter().map(|part| join.add(&part.known)).collect();
        let meta = self.whole_like(parts.first()?, join)?;
        let (mut files, mut body) = (Vec::new(), Vec::new());
        for (part, _) in parts.into_iter().zip(is_joined).filter(|(_, is_joined)| *is_joined) {
            let before = files.len();
            body.extend(part.found.body.iter().map(|segment| Segment {
                file: FileNumber(segment.file.0.saturating_add(before)),
                ..*segment
            }));
            files.extend(part.files);
        }
        Some(Assembled { meta, files, body })
    }
}

/// Parts that are put together, in the order of their places.
#[derive(Debug, Default)]
struct Join {
    /// Of each part that was taken, its place and generation.
    joined: Vec<(u64, Generation)>,
    runs: Vec<Run>,
    /// Where the last one ends in the whole, and in the body.
    end: u64,
    body_len: u64,
    total: Option<u64>,
    /// One part that is somebody's own makes the whole somebody's own.
    is_private: bool,
}

impl Join {
    /// Adds the next part; false if it is left out because it overlaps the one before it.
    fn add(&mut self, part: &KnownPart) -> bool {
        self.is_private |= part.is_private;
        self.total = self.total.or(part.total);
        let Some(part_end) = part.start.checked_add(part.len) else { return false };
        if part.start < self.end || part.len == 0 {
            return false;
        }
        let (start, len, body_offset) = (part.start, part.len, self.body_len);
        match self.runs.last_mut() {
            Some(run) if start == self.end => run.len = run.len.saturating_add(len),
            _ => self.runs.push(Run { body_offset, start, len }),
        }
        self.joined.push((start, part.generation));
        self.end = part_end;
        self.body_len = self.body_len.saturating_add(len);
        true
    }
}

fn held(open: OpenFile) -> HeldFile {
    let OpenFile { path, file, stat } = open;
    HeldFile { path, stat, file: Some(Arc::clone(&file)) }
}

/// What is remembered of an object that is a part.
pub(super) fn known_part(found: &Found) -> Option<KnownPart> {
    let part = found.part?;
    Some(KnownPart {
        start: part.start,
        len: body_len(found),
        total: part.total,
        generation: found.generation,
        is_private: found.is_private,
    })
}

fn body_len(found: &Found) -> u64 {
    found.body.iter().map(|segment| segment.len).fold(0, u64::saturating_add)
}

fn check_body(found: &Found, files: &[OpenFile]) -> Result<(), Error> {
    for segment in &found.body {
        let end = segment.offset.checked_add(segment.len);
        let file = files.get(segment.file.0);
        if file.zip(end).is_none_or(|(file, end)| end > file.stat.bytes) {
            return Err(Error::Corrupt("the body reaches beyond its file"));
        }
    }
    Ok(())
}
