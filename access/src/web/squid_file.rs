//! One object file of a ufs store, open and compared with the log.

use std::sync::Arc;
use std::time::Duration;

use crate::body::Body;
use crate::error::{Error, LimitKind};
use crate::files::access_fs::{FsFile, FsRoot};
use crate::files::file_format::{FileNumber, OpenFile, Segment};
use crate::files::file_reader::{FileReader, FileReaderParts};
use crate::files::pins::{HeldFile, Pins};
use crate::identifiers::{DateKind, SequenceNumber};
use crate::limits::Limits;
use crate::object::{GenerationTuple, ObjectKey, ObjectMeta, Partial, Run};
use crate::scope::{Scope, ScopePolicy};
use crate::source::{Counters, ObjectReader, Pin};
use crate::web::squid_object::{SquidObject, store_key};
use crate::web::swap_log::SwapRow;
use crate::web::url_host::add_url;

/// The tuple of a generation begins with the kind.
const KIND: &str = "squid-ufs";

/// What is read of a file at first: most headers are shorter.
const FIRST_READ_BYTES: usize = 4096;

/// A file whose size and key are those of its record.
#[derive(Debug)]
pub(crate) struct SquidFile {
    root: Arc<dyn FsRoot>,
    open: OpenFile,
    /// The file up to its body.
    head: Vec<u8>,
    body: Segment,
    is_private: bool,
    meta: ObjectMeta,
}

impl SquidFile {
    /// Opens the file of a record; `None` if it is complete, but no object.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] if it is not the file of the record; what opening and reading it give.
    pub(crate) fn open(
        root: &Arc<dyn FsRoot>,
        path: &str,
        (file_number, row): (u32, SwapRow),
        limits: &Limits,
    ) -> Result<Option<Self>, Error> {
        let open = OpenFile::open(&**root, path.as_bytes())?;
        if open.stat.bytes != row.file_bytes {
            return Err(Error::Changed);
        }
        if open.stat.bytes > limits.object_bytes {
            return Err(Error::Limit(LimitKind::ObjectBytes));
        }
        let (object, head) = read_object(&open, limits)?;
        if object.key != row.key {
            return Err(Error::Changed);
        }
        if object.is_vary_marker() || object.response.not_offered().is_some() {
            return Ok(None);
        }
        object.response.check_body_bytes(object.body_bytes)?;
        let body = Segment {
            file: FileNumber::INSPECTED,
            offset: object.body_start,
            len: object.body_bytes,
        };
        let is_private = object.response.is_never_public();
        let meta = meta(&object, file_number, open.stat.bytes)?;
        Ok(Some(Self { root: Arc::clone(root), open, head, body, is_private, meta }))
    }

    pub(crate) fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    pub(crate) fn into_meta(self) -> ObjectMeta {
        self.meta
    }

    /// The space in which records of a log are counted.
    pub(crate) fn space(log: Option<(u64, u64)>) -> Vec<u8> {
        let (dev, ino) = log.unwrap_or_default();
        [b"swap.state\0".as_slice(), &dev.to_le_bytes(), &ino.to_le_bytes()].concat()
    }

    /// Adds the place of its record as a sequence number.
    pub(crate) fn count_in_log(&mut self, log: Option<(u64, u64)>, record: u64) {
        let number = SequenceNumber { space: Self::space(log), number: record };
        self.meta.identifiers.sequence_numbers.push(number);
    }

    /// The file with its scope; `None` if nobody may learn of it.
    pub(crate) fn in_scope(mut self, policy: &ScopePolicy) -> Option<Self> {
        self.meta.scope = policy.scope_of(&self.open.path, self.is_private)?;
        Some(self)
    }

    /// A reader of its body.
    ///
    /// # Errors
    ///
    /// What [`FileReader::new`] gives.
    pub(crate) fn into_reader(
        self,
        counters: Arc<Counters>,
        pins: Option<Pins>,
    ) -> Result<Box<dyn ObjectReader>, Error> {
        let file = Arc::clone(&self.open.file);
        let held =
            HeldFile { path: self.open.path, stat: self.open.stat, file: Some(Arc::clone(&file)) };
        let inner = FileReader::new(FileReaderParts {
            root: self.root,
            meta: self.meta,
            files: vec![held],
            body: vec![self.body],
            // Squid may truncate a file and write another object into it.
            changed_in_place: true,
            counters: Arc::clone(&counters),
            pins,
        })?;
        Ok(Box::new(SquidReader { inner, file, head: self.head, counters }))
    }
}

fn read_object(open: &OpenFile, limits: &Limits) -> Result<(SquidObject, Vec<u8>), Error> {
    let body = open.body();
    let head_max = limits.header_bytes.saturating_add(limits.header_block_bytes);
    let read = |bytes_max: usize| {
        let bytes = usize::try_from(body.len()).unwrap_or(usize::MAX).min(bytes_max);
        let mut head = vec![0; bytes];
        body.read_exact_at(0, &mut head)?;
        let object = SquidObject::parse(&head, body.len(), limits)?;
        head.truncate(usize::try_from(object.body_start).unwrap_or(usize::MAX));
        Ok((object, head))
    };
    match read(FIRST_READ_BYTES) {
        // The header may be longer than what was read.
        Err(Error::Corrupt(_)) if body.len() > FIRST_READ_BYTES as u64 => read(head_max),
        other => other,
    }
}

fn meta(object: &SquidObject, file_number: u32, file_bytes: u64) -> Result<ObjectMeta, Error> {
    let generation = GenerationTuple::new(KIND)
        .number(u64::from(file_number))
        .bytes(&object.key)
        .signed(object.timestamp_s)
        .number(file_bytes)
        .finish();
    let mut identifiers = object.response.identifiers();
    identifiers.add_date(DateKind::Stored, object.timestamp_s);
    add_url(&mut identifiers, &object.url);
    let range = object.response.content_range()?;
    let partial = range.map(|range| Partial {
        runs: vec![Run { body_offset: 0, start: range.start, len: object.body_bytes }],
        total: range.total,
    });
    Ok(ObjectMeta {
        key: ObjectKey::of_parts(&[&object.url, &object.vary])?,
        generation,
        identifiers,
        scope: Scope::Log,
        raw_len: Some(object.body_bytes),
        media_type: object.response.media_type(),
        encodings: object.response.content_codings(),
        partial,
    })
}

/// What Squid stores an object under; `None` if the key is of another kind of source.
pub(crate) fn key_of_object(key: &ObjectKey) -> Option<[u8; 16]> {
    match key.parts()?.as_slice() {
        [url, vary] => Some(store_key(url, vary)),
        _ => None,
    }
}

/// The URL in an object's key.
pub(crate) fn url_of_key(key: &ObjectKey) -> Option<Vec<u8>> {
    key.parts()?.into_iter().next()
}

/// A reader that looks at the file's own fields again: they tell a file that was reused.
#[derive(Debug)]
struct SquidReader {
    inner: FileReader,
    file: Arc<dyn FsFile>,
    head: Vec<u8>,
    counters: Arc<Counters>,
}

impl SquidReader {
    fn has_same_head(&self) -> Result<bool, Error> {
        let mut now = vec![0; self.head.len()];
        let mut filled = 0;
        while let Some(rest) = now.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let read = self.file.read_at(filled as u64, rest)?;
            if read == 0 {
                return Ok(false);
            }
            filled = filled.saturating_add(read);
        }
        Ok(now == self.head)
    }
}

impl ObjectReader for SquidReader {
    fn meta(&self) -> &ObjectMeta {
        self.inner.meta()
    }

    fn body(&self) -> Arc<dyn Body> {
        self.inner.body()
    }

    fn still_same(&self) -> Result<bool, Error> {
        // What differs is counted once.
        Ok(self.counters.rechecked(self.has_same_head())? && self.inner.still_same()?)
    }

    fn pin(&self, ttl: Duration) -> Option<Pin> {
        self.inner.pin(ttl)
    }
}
