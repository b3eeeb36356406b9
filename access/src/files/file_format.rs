//! What one kind of file tree has to say about itself, so that one engine can list, watch, read
//! and pin all of them.
//!
//! `FileSource` walks the folders, compares what it remembers with what it
//! finds, takes events as hints, and asks the [`FileFormat`] of its kind only this:
//!
//! 1. [`enters`](FileFormat::enters): is this folder looked into?
//! 2. [`role`](FileFormat::role): what is a file of this name? Decided by the path alone, for it is
//!    asked for every name of every listing.
//! 3. [`inspect`](FileFormat::inspect): which objects are in this file? The file is open; others of
//!    the same source may be opened beside it. What comes back says key, generation, identifiers
//!    and of which bytes of which file the body is made.
//!
//! The rest is the engine's: which file has to be inspected again, when a file is complete, which
//! object is new, changed or gone, scopes, counters, pins. `inspect` is the only truth: whatever an
//! event says, an object is what inspecting its file gives now, and when an object is opened its
//! file is inspected once more and the generation compared.
//!
//! # How the kinds use it
//!
//! | kind | `role` | in place | `inspect` |
//! |---|---|---|---|
//! | tree | by globs | yes, when quiet | one object, the whole file |
//! | nginx | 32 hex digits | no | from `body_start` on; a slice sets `part` |
//! | apache | `.header`, companion `.data` | no | body is all of `.data`, opened beside |
//! | acng | data, companion `.head` | yes | `Busy` while data is shorter than stated |
//! | oci | digest | yes, when quiet | the digest is the generation |
//! | maildir | in `cur`, `new` | no, `may_move_to` | key from the name |
//! | dbox | `u.*`, `m.*` | yes | an object a record; `Busy` if the last is cut |
//! | mbox | by configuration | yes, when quiet | an object a mail |
//!
//! "In place" means [`FileRules::changed_in_place`]. An object whose parts lie in several files
//! that do not know of each other (nginx slices) is several `Found` with one key and a
//! [`part`](Found::part) each: the engine joins them.

use std::fmt::Debug;
use std::sync::Arc;

use crate::body::Body;
use crate::error::{Error, LimitKind};
use crate::files::access_fs::{FileStat, FsFile, FsRoot, join_path};
use crate::identifiers::Identifiers;
use crate::limits::Limits;
use crate::object::{ContentCoding, Generation, ObjectKey};

/// What a file is to a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Nothing: it is neither opened nor counted.
    Ignored,
    /// It is inspected.
    Object,
    /// It belongs to the file of this name in the same folder: if it comes, changes or goes, that
    /// one is inspected. It counts for nothing while that one is not there.
    CompanionOf(Vec<u8>),
}

/// When a file may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// As soon as `inspect` accepts it: the name or the content says that it is whole. While it is
    /// not, `inspect` gives [`Error::Busy`] and is asked again when something happens.
    AsInspected,
    /// Once it is closed after writing or moved into place, or else once size and ctime were equal
    /// over two seconds.
    WhenQuiet,
}

/// How files of a kind live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRules {
    /// True if a file may get other objects without getting another inode number or size: then
    /// each listing asks for a stat of each file, and size, mtime and ctime count as its state.
    /// False if a change is always another name, inode number or size: then a listing is enough,
    /// and what is modified in place (an nginx header that is revalidated) is no change.
    pub changed_in_place: bool,
    /// When a file may be believed.
    pub complete: Completeness,
    /// True if several names of one inode are listed once, under the first name found.
    pub links_once: bool,
    /// Folders below the root that are entered at most.
    pub folder_depth: usize,
}

/// One of the files that an [`Inspection`] has open; 0 is the inspected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileNumber(pub usize);

impl FileNumber {
    /// The inspected file itself.
    pub const INSPECTED: Self = Self(0);
}

/// A stretch of a file: a part of an object's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Segment {
    /// The file.
    pub file: FileNumber,
    /// Where the stretch begins in it.
    pub offset: u64,
    /// Bytes.
    pub len: u64,
}

/// Says that a `Found` is a part of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartOf {
    /// Where it begins in the whole.
    pub start: u64,
    /// Bytes of the whole, if known.
    pub total: Option<u64>,
}

/// One object that an inspection found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub key: ObjectKey,
    /// Its state: the tuple of ACCESS section 10 for this kind.
    pub generation: Generation,
    /// What it is found by.
    pub identifiers: Identifiers,
    /// Its body: stretches in order. The engine refuses those that reach beyond the file's end.
    pub body: Vec<Segment>,
    /// The media type, in lower case, without parameters; `message/rfc822` for a mail.
    pub media_type: Option<String>,
    /// Content codings, in the order in which they were applied.
    pub encodings: Vec<ContentCoding>,
    /// True if its server holds it to be somebody's own (`private`, `Set-Cookie`, `Vary: Cookie`,
    /// a request with credentials): then it is never public.
    pub is_private: bool,
    /// Set if it is a part. Parts of one whole have one key, which therefore names everything that
    /// must agree (URL, strong entity tag, total); the engine joins them by `start` into one
    /// object, and leaves out a part that overlaps the one before it.
    pub part: Option<PartOf>,
}

impl Found {
    /// An object with the whole of the inspected file as its body and nothing else known.
    #[must_use]
    pub fn whole_file(key: ObjectKey, generation: Generation, stat: &FileStat) -> Self {
        let body = Segment { file: FileNumber::INSPECTED, offset: 0, len: stat.bytes };
        Self::new(key, generation, vec![body])
    }

    /// An object with this body and nothing else known.
    #[must_use]
    pub fn new(key: ObjectKey, generation: Generation, body: Vec<Segment>) -> Self {
        Self {
            key,
            generation,
            identifiers: Identifiers::default(),
            body,
            media_type: None,
            encodings: Vec::new(),
            is_private: false,
            part: None,
        }
    }
}

/// A kind of file tree.
///
/// All methods may be called from several threads at once and must not wait. A format may keep a
/// bounded cache of what it parsed (an uidlist), checked by the stat of its file.
pub trait FileFormat: Send + Sync + Debug {
    /// The name of the kind, a word of ACCESS section 1.
    fn kind(&self) -> &'static str;

    /// How its files live.
    fn rules(&self) -> FileRules;

    /// True if the folder at this path is looked into. Asked for a folder only if all above it
    /// were entered; never for the root.
    fn enters(&self, folder: &[u8]) -> bool;

    /// What a file is, by its path alone.
    fn role(&self, folder: &[u8], name: &[u8]) -> Role;

    /// What the keys of all objects begin with that lie at a path or below it; nothing where keys
    /// do not say where an object lies. It is asked for what cannot be read, be it a folder or a
    /// file. Other keys may begin so too: what they name is taken to be there a little longer.
    fn keys_below(&self, _path: &[u8]) -> Vec<u8> {
        Vec::new()
    }

    /// Which objects the file holds. None is a right answer (an answer with status 404, a vary
    /// index): such a file is not an error and not counted as one.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] if it is not complete; any other if it is not what its name says: then the
    /// file is left out and counted under that reason.
    fn inspect(&self, file: &mut Inspection<'_>) -> Result<Vec<Found>, Error>;

    /// Folders to which a file of this folder may be renamed and still be the same object (Maildir:
    /// `cur` for `new`, and each for itself). Before an object is said to be gone, they are looked
    /// through once more.
    fn may_move_to(&self, _folder: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// Paths at which an object with one of these identifiers would lie, for asking without a
    /// listing. What is found there is inspected and compared with the identifiers.
    fn paths_for(&self, _identifiers: &Identifiers) -> Vec<Vec<u8>> {
        Vec::new()
    }
}

/// A file of a source, open.
#[derive(Debug, Clone)]
pub struct OpenFile {
    /// Its path.
    pub path: Vec<u8>,
    /// The file.
    pub file: Arc<dyn FsFile>,
    /// What a stat said when it was opened.
    pub stat: FileStat,
}

impl OpenFile {
    /// Opens a regular file.
    ///
    /// # Errors
    ///
    /// What opening gives.
    pub fn open(root: &dyn FsRoot, path: &[u8]) -> Result<Self, Error> {
        let file = root.open_file(path)?;
        let stat = file.stat()?;
        Ok(Self { path: path.to_vec(), file, stat })
    }

    /// Its content, as long as it was when it was opened.
    #[must_use]
    pub fn body(&self) -> FileBody {
        FileBody { file: Arc::clone(&self.file), len: self.stat.bytes }
    }
}

/// The content of an open file.
#[derive(Debug, Clone)]
pub struct FileBody {
    file: Arc<dyn FsFile>,
    len: u64,
}

impl Body for FileBody {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let buffer = buffer.get_mut(..wanted).unwrap_or_default();
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.file.read_at(offset, buffer)? {
            0 => Err(Error::Changed),
            read => Ok(read),
        }
    }
}

/// Files that one inspection may have open at once, the inspected one included.
pub const INSPECTED_FILES_MAX: usize = 16;

/// What one inspection may leave out and tell of, above what an honest file holds.
const LEFT_OUT_MAX: usize = 1000;

/// One file that is being inspected, and what is opened beside it.
#[derive(Debug)]
pub struct Inspection<'a> {
    root: &'a dyn FsRoot,
    folder: &'a [u8],
    name: &'a [u8],
    limits: &'a Limits,
    inspected: OpenFile,
    beside: Vec<OpenFile>,
    left_out: Vec<Error>,
}

impl<'a> Inspection<'a> {
    /// Opens the file `name` in `folder`.
    ///
    /// # Errors
    ///
    /// What opening gives; [`Error::Limit`] if it is larger than an object may be.
    pub fn open(
        root: &'a dyn FsRoot,
        folder: &'a [u8],
        name: &'a [u8],
        limits: &'a Limits,
    ) -> Result<Self, Error> {
        let inspected = OpenFile::open(root, &join_path(folder, name))?;
        Self::of(root, (folder, name), inspected, limits)
    }

    /// Inspects a file that is open already; `place` is its folder and name.
    ///
    /// # Errors
    ///
    /// [`Error::Limit`] if it is larger than an object may be.
    pub fn of(
        root: &'a dyn FsRoot,
        place: (&'a [u8], &'a [u8]),
        inspected: OpenFile,
        limits: &'a Limits,
    ) -> Result<Self, Error> {
        let (folder, name) = place;
        if inspected.stat.bytes > limits.object_bytes {
            return Err(Error::Limit(LimitKind::ObjectBytes));
        }
        let (beside, left_out) = (Vec::new(), Vec::new());
        Ok(Self { root, folder, name, limits, inspected, beside, left_out })
    }

    /// The path of its folder.
    #[must_use]
    pub fn folder(&self) -> &'a [u8] {
        self.folder
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        self.name
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &[u8] {
        &self.inspected.path
    }

    /// What a stat of the open file said.
    #[must_use]
    pub fn stat(&self) -> &FileStat {
        &self.inspected.stat
    }

    /// How much may be looked at.
    #[must_use]
    pub fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Its content.
    #[must_use]
    pub fn body(&self) -> FileBody {
        self.inspected.body()
    }

    /// Its first bytes: `bytes_max`, or all there are.
    ///
    /// # Errors
    ///
    /// What reading gives.
    pub fn head(&self, bytes_max: usize) -> Result<Vec<u8>, Error> {
        let bytes = usize::try_from(self.inspected.stat.bytes).unwrap_or(usize::MAX).min(bytes_max);
        let mut head = vec![0; bytes];
        self.body().read_exact_at(0, &mut head)?;
        Ok(head)
    }

    /// Opens another file of the source, by its path from the root.
    ///
    /// # Errors
    ///
    /// What opening gives; [`Error::Limit`] beyond [`INSPECTED_FILES_MAX`] or if it is larger than
    /// an object may be.
    pub fn open_beside(&mut self, path: &[u8]) -> Result<FileNumber, Error> {
        let number = self.beside.len().saturating_add(1);
        if number >= INSPECTED_FILES_MAX {
            return Err(Error::Limit(LimitKind::Members));
        }
        let file = OpenFile::open(self.root, path)?;
        if file.stat.bytes > self.limits.object_bytes {
            return Err(Error::Limit(LimitKind::ObjectBytes));
        }
        self.beside.push(file);
        Ok(FileNumber(number))
    }

    /// An open file by its number.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`] if there is no such number.
    pub fn file(&self, number: FileNumber) -> Result<&OpenFile, Error> {
        match number.0.checked_sub(1) {
            None => Ok(&self.inspected),
            Some(beside) => self.beside.get(beside).ok_or(Error::Gone),
        }
    }

    /// Notes that something in the file is no object, and why, while others are; it is told and
    /// counted. Of more than 1000 only the first are.
    pub fn leave_out(&mut self, error: Error) {
        if self.left_out.len() < LEFT_OUT_MAX {
            self.left_out.push(error);
        }
    }

    /// What was left out, for the engine to tell.
    #[must_use]
    pub fn take_left_out(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.left_out)
    }

    /// All open files by their numbers.
    #[must_use]
    pub fn into_files(self) -> Vec<OpenFile> {
        let mut files = vec![self.inspected];
        files.extend(self.beside);
        files
    }
}
