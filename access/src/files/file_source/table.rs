//! What is remembered of a source's files between two looks at them.
//!
//! One row per file: its place, the state in which it was inspected, and of each object in it the
//! key and eight bytes of the generation. That is enough to tell what is new, changed or gone, and
//! to find the file of a key. Three sorted sets lead back to rows: by the hash of a key, by the
//! hash of an identifier, by the inode number. Hashes are seeded per process, so that nobody can
//! choose names that meet; where two meet all the same, inspecting the file tells.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hash, RandomState};
use std::mem::size_of;
use std::sync::Arc;

use crate::error::{Error, LimitKind};
use crate::files::access_fs::{FileStat, join_path, split_path};
use crate::identifiers::Identifiers;
use crate::object::{Generation, ObjectKey};

/// Number of a row; a row that was removed gives its number to another file.
pub(super) type RowNumber = u32;

/// The state in which a file was inspected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct FileState {
    /// The inode number, mixed with those of its companions.
    pub(super) mark: u64,
    /// Size and times; zero where only names and inode numbers count.
    pub(super) bytes: u64,
    pub(super) mtime_ns: i64,
    pub(super) ctime_ns: i64,
}

impl FileState {
    /// A state that no file has: the file is inspected again at the next look.
    pub(super) const UNKNOWN: Self = Self { mark: 0, bytes: 0, mtime_ns: -1, ctime_ns: -1 };

    /// A state that no file has either: its objects are told when it is inspected again, even if
    /// nothing changed.
    pub(super) const UNTOLD: Self = Self { mark: 1, ..Self::UNKNOWN };

    /// A state by the listing alone.
    pub(super) const fn of_mark(mark: u64) -> Self {
        Self { mark, bytes: 0, mtime_ns: 0, ctime_ns: 0 }
    }

    /// A state by the listing and a stat.
    pub(super) const fn of_stat(mark: u64, stat: &FileStat) -> Self {
        let FileStat { bytes, mtime_ns, ctime_ns, .. } = *stat;
        Self { mark, bytes, mtime_ns, ctime_ns }
    }
}

/// A generation as it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShortGeneration([u8; 8]);

impl From<&Generation> for ShortGeneration {
    fn from(generation: &Generation) -> Self {
        let mut short = [0; 8];
        for (short, byte) in short.iter_mut().zip(generation.as_bytes()) {
            *short = *byte;
        }
        Self(short)
    }
}

/// A key as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
enum RowKey {
    /// It is the file's path.
    Path,
    Bytes(Box<[u8]>),
}

/// An object of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RowObject {
    key: RowKey,
    generation: ShortGeneration,
    part: Option<Box<KnownPart>>,
}

/// What is remembered of a part: enough to put the whole together without looking at it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownPart {
    /// Where it begins in the whole.
    pub(super) start: u64,
    pub(super) len: u64,
    /// Bytes of the whole, if known.
    pub(super) total: Option<u64>,
    pub(super) generation: Generation,
    pub(super) is_private: bool,
}

/// An object with its key spelled out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownObject {
    pub(super) key: ObjectKey,
    pub(super) generation: ShortGeneration,
    pub(super) part: Option<KnownPart>,
}

/// A file.
#[derive(Debug)]
struct Row {
    folder: Arc<[u8]>,
    name: Arc<[u8]>,
    state: FileState,
    ino: u64,
    objects: Box<[RowObject]>,
    found_by: Box<[u64]>,
}

/// A folder that was looked into.
#[derive(Debug)]
struct Folder {
    path: Arc<[u8]>,
    files: BTreeMap<Arc<[u8]>, RowNumber>,
    children: BTreeSet<Arc<[u8]>>,
}

/// All that is remembered.
#[derive(Debug)]
pub(super) struct Table {
    hasher: RandomState,
    bytes: usize,
    bytes_max: usize,
    rows: Vec<Option<Row>>,
    free: Vec<RowNumber>,
    folders: BTreeMap<Arc<[u8]>, Folder>,
    by_key: BTreeSet<(u64, RowNumber)>,
    by_identifier: BTreeSet<(u64, RowNumber)>,
    by_ino: BTreeSet<(u64, RowNumber)>,
    links_once: bool,
    object_count: usize,
}

/// Bytes of an allocation beside its content, and of an entry of a sorted set, which is about two
/// thirds full.
const ALLOCATION_BYTES: usize = 16;
const SET_ENTRY_BYTES: usize = 24;

/// Bytes that a whole in `wholes.rs` costs beside its key, which is held twice there.
const WHOLE_BYTES: usize = 192;

impl Row {
    fn bytes(&self) -> usize {
        let keys = self.objects.iter().map(|object| match &object.key {
            RowKey::Path => 0,
            RowKey::Bytes(bytes) => bytes.len().saturating_add(ALLOCATION_BYTES),
        });
        // A part may be the only one of its whole, whose key is held there too.
        let parts = self.objects.iter().filter(|object| object.part.is_some());
        let whole_bytes = size_of::<KnownPart>().saturating_add(WHOLE_BYTES);
        let parts = parts.map(|object| match &object.key {
            RowKey::Path => whole_bytes,
            RowKey::Bytes(bytes) => bytes.len().saturating_mul(2).saturating_add(whole_bytes),
        });
        let per_object = size_of::<RowObject>().saturating_add(SET_ENTRY_BYTES);
        let per_identifier = size_of::<u64>().saturating_add(SET_ENTRY_BYTES);
        [
            size_of::<Self>().saturating_mul(3) / 2,
            self.name.len().saturating_add(3 * ALLOCATION_BYTES + 2 * SET_ENTRY_BYTES),
            self.objects.len().saturating_mul(per_object),
            self.found_by.len().saturating_mul(per_identifier),
        ]
        .into_iter()
        .chain(keys)
        .chain(parts)
        .fold(0, usize::saturating_add)
    }

    fn path(&self) -> Vec<u8> {
        join_path(&self.folder, &self.name)
    }
}

impl Table {
    pub(super) fn new(bytes_max: usize, links_once: bool) -> Self {
        Self {
            hasher: RandomState::new(),
            bytes: 0,
            bytes_max,
            rows: Vec::new(),
            free: Vec::new(),
            folders: BTreeMap::new(),
            by_key: BTreeSet::new(),
            by_identifier: BTreeSet::new(),
            by_ino: BTreeSet::new(),
            links_once,
            object_count: 0,
        }
    }

    /// Objects that are known, parts and doubles counted each.
    pub(super) const fn object_count(&self) -> usize {
        self.object_count
    }

    /// Bytes that are remembered, about.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    fn row(&self, number: RowNumber) -> Option<&Row> {
        self.rows.get(usize::try_from(number).ok()?)?.as_ref()
    }

    fn hash(&self, thing: &impl Hash) -> u64 {
        self.hasher.hash_one(thing)
    }

    /// The number under which an inode is remembered: inode numbers are those of one device, and
    /// one mount may have several (btrfs subvolumes).
    pub(super) fn inode_number(&self, stat: &FileStat) -> u64 {
        self.hash(&(stat.dev, stat.ino))
    }

    fn key_hash(&self, key: &[u8]) -> u64 {
        self.hash(&key)
    }

    /// Mixes the inode number of a companion into a mark.
    pub(super) fn mixed(&self, mark: u64, name: &[u8], ino: u64) -> u64 {
        mark ^ self.hash(&(name, ino))
    }

    /// Remembers that a folder was looked into.
    ///
    /// # Errors
    ///
    /// [`Error::Limit`] if there is no room for it; the root always has some.
    pub(super) fn enter(&mut self, path: &[u8]) -> Result<(), Error> {
        if self.folders.contains_key(path) {
            return Ok(());
        }
        let bytes = self.bytes.saturating_add(folder_bytes(path));
        if bytes > self.bytes_max && !path.is_empty() {
            return Err(Error::Limit(LimitKind::Memory));
        }
        let path: Arc<[u8]> = path.into();
        let folder =
            Folder { path: Arc::clone(&path), files: BTreeMap::new(), children: BTreeSet::new() };
        self.bytes = bytes;
        let (parent, name) = split_path(&path);
        if let Some(parent) = self.folders.get_mut(parent).filter(|_| !path.is_empty()) {
            parent.children.insert(name.into());
        }
        self.folders.insert(path, folder);
        Ok(())
    }

    /// True if a folder was looked into and is not gone.
    pub(super) fn has_folder(&self, path: &[u8]) -> bool {
        self.folders.contains_key(path)
    }

    /// Remembers which folders are in a folder and returns the paths of those that were and are
    /// not any more.
    pub(super) fn set_children(&mut self, path: &[u8], children: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let Some(folder) = self.folders.get_mut(path) else {
            return Vec::new();
        };
        let now: BTreeSet<Arc<[u8]>> = children.iter().map(|name| name.as_slice().into()).collect();
        let missing = folder.children.difference(&now).map(|name| join_path(path, name)).collect();
        folder.children = now;
        missing
    }

    /// The names of a folder's files that are not among `names`, which are sorted.
    pub(super) fn missing_files<T>(
        &self,
        path: &[u8],
        names: &[T],
        name_of: impl Fn(&T) -> &[u8],
    ) -> Vec<Vec<u8>> {
        let files = self.folders.get(path).map(|folder| &folder.files);
        let known = files.into_iter().flat_map(BTreeMap::keys);
        let is_missing =
            |name: &&Arc<[u8]>| names.binary_search_by(|listed| name_of(listed).cmp(name)).is_err();
        known.filter(is_missing).map(|name| name.to_vec()).collect()
    }

    /// A folder and all known folders below it, the deepest last.
    pub(super) fn folders_from(&self, path: &[u8]) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        let mut open = vec![path.to_vec()];
        while let Some(path) = open.pop() {
            if let Some(folder) = self.folders.get(path.as_slice()) {
                open.extend(folder.children.iter().map(|name| join_path(&path, name)));
                found.push(path);
            }
        }
        found
    }

    /// Names of the files in a folder.
    pub(super) fn files_in(&self, path: &[u8]) -> Vec<Vec<u8>> {
        let files = self.folders.get(path).map(|folder| &folder.files);
        files.into_iter().flat_map(BTreeMap::keys).map(|name| name.to_vec()).collect()
    }

    /// Forgets a folder that has no files any more.
    pub(super) fn leave(&mut self, path: &[u8]) {
        if let Some(folder) = self.folders.remove(path) {
            self.bytes = self.bytes.saturating_sub(folder_bytes(&folder.path));
        }
        let (parent, name) = split_path(path);
        if let Some(parent) = self.folders.get_mut(parent) {
            parent.children.remove(name);
        }
    }

    fn number_of(&self, folder: &[u8], name: &[u8]) -> Option<RowNumber> {
        self.folders.get(folder)?.files.get(name).copied()
    }

    /// The state in which a file was inspected.
    pub(super) fn state_of(&self, folder: &[u8], name: &[u8]) -> Option<FileState> {
        Some(self.row(self.number_of(folder, name)?)?.state)
    }

    /// Says that a file has to be inspected again, and told if that was to be.
    pub(super) fn forget_state(&mut self, folder: &[u8], name: &[u8]) {
        if self.state_of(folder, name) != Some(FileState::UNTOLD) {
            self.set_state(folder, name, FileState::UNKNOWN);
        }
    }

    /// Says that a file, where all is told anew, could not be.
    pub(super) fn set_untold(&mut self, folder: &[u8], name: &[u8]) {
        self.set_state(folder, name, FileState::UNTOLD);
    }

    fn set_state(&mut self, folder: &[u8], name: &[u8], state: FileState) {
        let number = self.number_of(folder, name).and_then(|number| usize::try_from(number).ok());
        if let Some(Some(row)) = number.and_then(|number| self.rows.get_mut(number)) {
            row.state = state;
        }
    }

    /// The objects of a file.
    pub(super) fn objects_of(&self, folder: &[u8], name: &[u8]) -> Vec<KnownObject> {
        let row = self.number_of(folder, name).and_then(|number| self.row(number));
        let Some(row) = row else {
            return Vec::new();
        };
        row.objects.iter().filter_map(|object| known(row, object)).collect()
    }

    /// Another file of that inode which has objects, if links count once.
    pub(super) fn same_inode(
        &self,
        ino: u64,
        folder: &[u8],
        name: &[u8],
    ) -> Option<(Vec<u8>, Vec<u8>)> {
        let own = self.number_of(folder, name);
        let rows = self.by_ino.range((ino, 0)..=(ino, RowNumber::MAX));
        rows.filter(|(_, number)| Some(*number) != own)
            .filter_map(|(_, number)| self.row(*number))
            .find(|row| !row.objects.is_empty())
            .map(|row| (row.folder.to_vec(), row.name.to_vec()))
    }

    /// All files of that inode, if links count once.
    pub(super) fn links_of(&self, ino: u64) -> Vec<(Vec<u8>, Vec<u8>)> {
        let rows = self.by_ino.range((ino, 0)..=(ino, RowNumber::MAX));
        let rows = rows.filter_map(|(_, number)| self.row(*number));
        rows.map(|row| (row.folder.to_vec(), row.name.to_vec())).collect()
    }

    /// The inode number of a file when it was inspected.
    pub(super) fn ino_of(&self, folder: &[u8], name: &[u8]) -> Option<u64> {
        Some(self.row(self.number_of(folder, name)?)?.ino)
    }

    /// The files that hold an object of that key, and in which generation.
    pub(super) fn holders(&self, key: &ObjectKey) -> Vec<(Vec<u8>, Vec<u8>, KnownObject)> {
        let hash = self.key_hash(key.as_bytes());
        let mut holders = Vec::new();
        for (_, number) in self.by_key.range((hash, 0)..=(hash, RowNumber::MAX)) {
            let Some(row) = self.row(*number) else {
                continue;
            };
            let objects = row.objects.iter().filter_map(|object| known(row, object));
            if let Some(object) = objects.into_iter().find(|object| object.key == *key) {
                holders.push((row.folder.to_vec(), row.name.to_vec(), object));
            }
        }
        holders
    }

    /// Files that may hold an object with one of these identifiers.
    pub(super) fn found_by(&self, identifiers: &Identifiers) -> BTreeSet<(Vec<u8>, Vec<u8>)> {
        let mut found = BTreeSet::new();
        for hash in self.identifier_hashes(identifiers) {
            for (_, number) in self.by_identifier.range((hash, 0)..=(hash, RowNumber::MAX)) {
                let row = self.row(*number);
                found.extend(row.map(|row| (row.folder.to_vec(), row.name.to_vec())));
            }
        }
        found
    }

    /// Hashes of what finds: checksums, URLs, Message-IDs and sequence numbers.
    pub(super) fn identifier_hashes(&self, identifiers: &Identifiers) -> Vec<u64> {
        let Identifiers { urls, sequence_numbers, checksums, message_ids, .. } = identifiers;
        let urls = urls.iter().map(|url| self.hash(&(0_u8, url)));
        let numbers = sequence_numbers.iter().map(|number| self.hash(&(1_u8, number)));
        let checksums = checksums.iter().map(|checksum| self.hash(&(2_u8, checksum)));
        let message_ids = message_ids.iter().map(|id| self.hash(&(3_u8, id)));
        urls.chain(numbers).chain(checksums).chain(message_ids).collect()
    }

    /// Puts a file in place of what was known of it, in a folder that was entered.
    ///
    /// # Errors
    ///
    /// [`Error::Limit`] if it does not fit; then nothing is known of the file any more.
    pub(super) fn put(&mut self, file: &NewRow<'_>) -> Result<(), Error> {
        self.remove(file.folder, file.name);
        self.enter(file.folder)?;
        let path = join_path(file.folder, file.name);
        let objects = file.objects.iter().map(|object| RowObject {
            key: if object.key.as_bytes() == path {
                RowKey::Path
            } else {
                RowKey::Bytes(object.key.as_bytes().into())
            },
            generation: object.generation,
            part: object.part.clone().map(Box::new),
        });
        let folder = self.folders.get(file.folder).map(|folder| Arc::clone(&folder.path));
        let row = Row {
            folder: folder.unwrap_or_default(),
            name: file.name.into(),
            state: file.state,
            ino: file.ino,
            objects: objects.collect(),
            found_by: file.found_by.into(),
        };
        let bytes = self.bytes.saturating_add(row.bytes());
        if bytes > self.bytes_max {
            return Err(Error::Limit(LimitKind::Memory));
        }
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                let number = RowNumber::try_from(self.rows.len());
                let number = number.map_err(|_| Error::Limit(LimitKind::Memory))?;
                self.rows.push(None);
                number
            }
        };
        self.bytes = bytes;
        self.lead_to(number, &row);
        if let Some(folder) = self.folders.get_mut(file.folder) {
            folder.files.insert(Arc::clone(&row.name), number);
        }
        let place = usize::try_from(number).ok().and_then(|number| self.rows.get_mut(number));
        if let Some(place) = place {
            *place = Some(row);
        }
        Ok(())
    }

    fn lead_to(&mut self, number: RowNumber, row: &Row) {
        for hash in self.key_hashes(row) {
            self.by_key.insert((hash, number));
        }
        self.by_identifier.extend(row.found_by.iter().map(|&hash| (hash, number)));
        if self.links_once {
            self.by_ino.insert((row.ino, number));
        }
        self.object_count = self.object_count.saturating_add(row.objects.len());
    }

    fn key_hashes(&self, row: &Row) -> Vec<u64> {
        let hash = |object: &RowObject| match &object.key {
            RowKey::Path => self.key_hash(&row.path()),
            RowKey::Bytes(bytes) => self.key_hash(bytes),
        };
        row.objects.iter().map(hash).collect()
    }

    /// Forgets a file.
    pub(super) fn remove(&mut self, folder: &[u8], name: &[u8]) {
        let files = self.folders.get_mut(folder).map(|folder| &mut folder.files);
        let Some(number) = files.and_then(|files| files.remove(name)) else {
            return;
        };
        let place = usize::try_from(number).ok().and_then(|number| self.rows.get_mut(number));
        let Some(row) = place.and_then(Option::take) else {
            return;
        };
        for hash in self.key_hashes(&row) {
            self.by_key.remove(&(hash, number));
        }
        for hash in &row.found_by {
            self.by_identifier.remove(&(*hash, number));
        }
        self.by_ino.remove(&(row.ino, number));
        self.bytes = self.bytes.saturating_sub(row.bytes());
        self.object_count = self.object_count.saturating_sub(row.objects.len());
        self.free.push(number);
    }
}

/// A file as it is to be remembered.
#[derive(Debug)]
pub(super) struct NewRow<'a> {
    pub(super) folder: &'a [u8],
    pub(super) name: &'a [u8],
    pub(super) state: FileState,
    pub(super) ino: u64,
    pub(super) objects: &'a [KnownObject],
    pub(super) found_by: &'a [u64],
}

fn known(row: &Row, object: &RowObject) -> Option<KnownObject> {
    let key = match &object.key {
        RowKey::Path => ObjectKey::new(row.path()),
        RowKey::Bytes(bytes) => ObjectKey::new(bytes.clone()),
    };
    let part = object.part.as_deref().cloned();
    Some(KnownObject { key: key.ok()?, generation: object.generation, part })
}

fn folder_bytes(path: &[u8]) -> usize {
    // The folder's own entry, its name among its parent's, an allocation each.
    path.len()
        .saturating_mul(2)
        .saturating_add(size_of::<Folder>())
        .saturating_add(4 * ALLOCATION_BYTES + 2 * SET_ENTRY_BYTES)
}
