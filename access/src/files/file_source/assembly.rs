//! From an inspected file to an object that can be told and read.

use std::sync::Arc;

use crate::error::{Error, LimitKind};
use crate::files::access_fs::{FileStat, FsRoot, join_path};
use crate::files::file_format::{FileNumber, Found, Inspection, OpenFile, Segment};
use crate::files::file_reader::{READER_FILES_OPEN_MAX, is_same_content};
use crate::files::pins::HeldFile;
use crate::object::{GenerationTuple, ObjectKey, ObjectMeta, Partial, Run};

use super::engine::Engine;

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
    start: u64,
    len: u64,
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
        parts.sort_by_key(|part| part.start);
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
        let Some((found, part)) = found.and_then(|found| found.part.map(|part| (found, part)))
        else {
            return Ok(None);
        };
        let mut files: Vec<HeldFile> = inspected.files.into_iter().map(held).collect();
        for file in files.iter_mut().filter(|_| count >= READER_FILES_OPEN_MAX) {
            file.file = None;
        }
        let len = body_len(&found);
        Ok(Some(InspectedPart { found, path, files, start: part.start, len }))
    }

    fn joined(&self, parts: Vec<InspectedPart>) -> Option<Assembled> {
        let first = parts.first()?;
        // One part that is somebody's own makes the whole somebody's own.
        let is_private = parts.iter().any(|part| part.found.is_private);
        let first_found = Found { is_private, ..first.found.clone() };
        let mut meta = self.meta_of(&first_found, &first.path)?;
        let total = parts.iter().find_map(|part| part.found.part.and_then(|part| part.total));
        let mut generation = GenerationTuple::new(self.format.kind());
        let (mut files, mut body, mut runs) = (Vec::new(), Vec::new(), Vec::<Run>::new());
        let (mut end, mut body_len) = (0_u64, 0_u64);
        for part in parts {
            let Some(part_end) = part.start.checked_add(part.len) else {
                continue;
            };
            if part.start < end || part.len == 0 {
                continue;
            }
            match runs.last_mut() {
                Some(run) if part.start == end => run.len = run.len.saturating_add(part.len),
                _ => runs.push(Run { body_offset: body_len, start: part.start, len: part.len }),
            }
            generation = generation.number(part.start).generation(&part.found.generation);
            let before = files.len();
            body.extend(part.found.body.iter().map(|segment| Segment {
                file: FileNumber(segment.file.0.saturating_add(before)),
                ..*segment
            }));
            files.extend(part.files);
            end = part_end;
            body_len = body_len.saturating_add(part.len);
        }
        let is_whole = runs.len() == 1 && total == Some(body_len);
        meta.generation = generation.finish();
        meta.raw_len = Some(body_len);
        meta.partial = (!is_whole).then_some(Partial { runs, total });
        Some(Assembled { meta, files, body })
    }
}

fn held(open: OpenFile) -> HeldFile {
    let OpenFile { path, file, stat } = open;
    HeldFile { path, stat, file: Some(Arc::clone(&file)) }
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
