//! Reads an object whose body is made of stretches of files.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::body::Body;
use crate::error::Error;
use crate::files::access_fs::{FileStat, FsFile, FsRoot};
use crate::files::file_format::Segment;
use crate::files::pins::{HeldFile, PinnedFiles, Pins};
use crate::object::ObjectMeta;
use crate::source::{Counters, ObjectReader, Pin};

/// Files of one object that stay open; of an object with more, each is opened when it is read.
pub const READER_FILES_OPEN_MAX: usize = 16;

/// True if two stats of a file are of the same content. Without `changed_in_place` the file is
/// enough. A further or lost name changes ctime and no content: then mtime and size have to do.
#[must_use]
pub fn is_same_content(before: &FileStat, after: &FileStat, changed_in_place: bool) -> bool {
    let is_same_file =
        (before.dev, before.ino, before.bytes) == (after.dev, after.ino, after.bytes);
    let is_same_time = before.mtime_ns == after.mtime_ns
        && (before.ctime_ns == after.ctime_ns || before.nlink != after.nlink);
    is_same_file && (!changed_in_place || is_same_time)
}

/// What a reader needs.
#[derive(Debug)]
pub struct FileReaderParts {
    /// The root to which the paths belong.
    pub root: Arc<dyn FsRoot>,
    /// What is known of the object.
    pub meta: ObjectMeta,
    /// The files, by their numbers in `body`.
    pub files: Vec<HeldFile>,
    /// The body.
    pub body: Vec<Segment>,
    /// True if size, mtime and ctime count for `still_same`.
    pub changed_in_place: bool,
    /// Where read bytes are counted.
    pub counters: Arc<Counters>,
    /// Where the reader can be pinned.
    pub pins: Option<Pins>,
}

#[derive(Debug)]
struct ReaderFiles {
    root: Arc<dyn FsRoot>,
    files: Vec<HeldFile>,
    /// The last one that was opened again.
    reopened: Mutex<Option<(usize, Arc<dyn FsFile>)>>,
}

impl ReaderFiles {
    fn file(&self, number: usize) -> Result<Arc<dyn FsFile>, Error> {
        let wanted = self.files.get(number).ok_or(Error::Gone)?;
        if let Some(file) = &wanted.file {
            return Ok(Arc::clone(file));
        }
        let mut reopened = self.reopened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((last, file)) = &*reopened
            && *last == number
        {
            return Ok(Arc::clone(file));
        }
        let file = self.root.open_file(&wanted.path)?;
        if !is_same_content(&wanted.stat, &file.stat()?, false) {
            return Err(Error::Changed);
        }
        *reopened = Some((number, Arc::clone(&file)));
        Ok(file)
    }
}

/// Where the files of a body come from.
#[derive(Debug)]
enum Files {
    Open(Arc<ReaderFiles>),
    Pinned(PinnedFiles),
}

/// A body of stretches.
#[derive(Debug)]
struct SegmentedBody {
    files: Files,
    /// Each stretch with its offset in the body, ascending.
    segments: Arc<[(u64, Segment)]>,
    len: u64,
    counters: Arc<Counters>,
}

impl Body for SegmentedBody {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let after = self.segments.partition_point(|(begin, _)| *begin <= offset);
        let place = after.checked_sub(1).and_then(|place| self.segments.get(place));
        let Some((begin, segment)) = place else {
            return Ok(0);
        };
        let within = offset.saturating_sub(*begin);
        let left = segment.len.saturating_sub(within);
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let buffer = buffer.get_mut(..wanted).unwrap_or_default();
        if buffer.is_empty() {
            return Ok(0);
        }
        let file = match &self.files {
            Files::Open(files) => files.file(segment.file.0),
            Files::Pinned(files) => files.file(segment.file.0),
        };
        let read = file.and_then(|file| {
            match file.read_at(segment.offset.saturating_add(within), buffer)? {
                0 => Err(Error::Changed),
                read => Ok(read),
            }
        });
        let read = self.counters.answered(read)?;
        self.counters.read(read as u64);
        Ok(read)
    }
}

/// One object of files.
#[derive(Debug)]
pub struct FileReader {
    meta: ObjectMeta,
    files: Arc<ReaderFiles>,
    body: Arc<SegmentedBody>,
    changed_in_place: bool,
    pins: Option<Pins>,
}

impl FileReader {
    /// A reader of these files.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] if a stretch reaches beyond the end of its file, or the body has no
    /// length.
    pub fn new(parts: FileReaderParts) -> Result<Self, Error> {
        let mut segments = Vec::new();
        let mut len = 0_u64;
        for segment in parts.body.into_iter().filter(|segment| segment.len > 0) {
            let stat = parts.files.get(segment.file.0).map(|file| file.stat);
            let end = segment.offset.checked_add(segment.len);
            if stat.zip(end).is_none_or(|(stat, end)| end > stat.bytes) {
                return Err(Error::Corrupt("the body reaches beyond its file"));
            }
            segments.push((len, segment));
            len = len.checked_add(segment.len).ok_or(Error::Corrupt("the body has no length"))?;
        }
        let keep_open = parts.files.len() <= READER_FILES_OPEN_MAX;
        let mut files = parts.files;
        for file in files.iter_mut().filter(|_| !keep_open) {
            file.file = None;
        }
        let files = Arc::new(ReaderFiles { root: parts.root, files, reopened: Mutex::default() });
        let body = Arc::new(SegmentedBody {
            files: Files::Open(Arc::clone(&files)),
            segments: segments.into(),
            len,
            counters: parts.counters,
        });
        let (meta, pins, changed_in_place) = (parts.meta, parts.pins, parts.changed_in_place);
        Ok(Self { meta, files, body, changed_in_place, pins })
    }

    /// Looks at the files of which the body is made. One beside them that says what it is may be
    /// written anew for the same body (a head, a list of numbers).
    fn is_same(&self) -> Result<bool, Error> {
        let segments = self.body.segments.iter();
        let of_body: BTreeSet<usize> = segments.map(|(_, segment)| segment.file.0).collect();
        for (number, file) in self.files.files.iter().enumerate() {
            if !of_body.is_empty() && !of_body.contains(&number) {
                continue;
            }
            let now = match self.files.file(number) {
                Err(Error::Gone | Error::Changed) => return Ok(false),
                opened => opened?.stat()?,
            };
            if !is_same_content(&file.stat, &now, self.changed_in_place) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl ObjectReader for FileReader {
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn body(&self) -> Arc<dyn Body> {
        Arc::clone(&self.body) as Arc<dyn Body>
    }

    fn still_same(&self) -> Result<bool, Error> {
        self.body.counters.rechecked(self.is_same())
    }

    fn pin(&self, ttl: Duration) -> Option<Pin> {
        // A further name changes ctime, by which files that change in place are told apart.
        let may_link = !self.changed_in_place;
        let pinned =
            self.pins.as_ref()?.keep(&*self.files.root, &self.files.files, ttl, may_link)?;
        let body = SegmentedBody {
            files: Files::Pinned(pinned.clone()),
            segments: Arc::clone(&self.body.segments),
            len: self.body.len,
            counters: Arc::clone(&self.body.counters),
        };
        Some(Pin::new(Arc::new(body), Box::new(pinned)))
    }
}
