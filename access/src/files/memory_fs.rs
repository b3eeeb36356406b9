//! Files in memory that fail on command, for tests.
//!
//! It behaves as a file system does where the engine depends on it: an open file keeps its inode
//! when its name goes, writing in place keeps the inode number, renaming replaces it, links share
//! it, and events are told in the order in which things happen.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;
use crate::error::Error;
use crate::files::access_fs::{
    AccessFs, ChangeKind, EntryKind, FileStat, FolderEntry, FsEvent, FsFile, FsFolder, FsRoot,
    FsWatcher, RootIdentity, SpoolFolder, join_path, split_path,
};

/// How a file or folder fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It cannot be opened.
    Denied,
    /// It opens, and reading it fails.
    Unreadable,
    /// It is listed and can be asked for, and opening it says that it is not there.
    Stale,
    /// Asking its folder what it is fails.
    Unaskable,
    /// Another process keeps readers away from it by a lock.
    Locked,
}

#[derive(Debug, Clone)]
struct Inode {
    kind: EntryKind,
    ino: u64,
    nlink: u64,
    bytes: Arc<Vec<u8>>,
    mtime_ns: i64,
    ctime_ns: i64,
    fault: Option<Fault>,
    /// Its device, if not that of the root.
    dev: Option<u64>,
}

#[derive(Debug, Default)]
struct Queue {
    folders: BTreeSet<Vec<u8>>,
    modifications: bool,
    events: Vec<FsEvent>,
}

#[derive(Debug)]
struct State {
    clock: Arc<dyn Clock>,
    names: BTreeMap<Vec<u8>, Arc<Mutex<Inode>>>,
    next_ino: u64,
    root: Option<RootIdentity>,
    has_events: bool,
    queues: Vec<Arc<Mutex<Queue>>>,
    cookie: u32,
    links: BTreeMap<String, Arc<Mutex<Inode>>>,
    opened: u64,
    listed: u64,
    tells_kinds: bool,
    lists_inodes: bool,
}

/// The files; clones are the same files.
#[derive(Debug, Clone)]
pub struct MemoryFs(Arc<Mutex<State>>);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inode {
    fn stat(&self, dev: u64) -> FileStat {
        FileStat {
            kind: self.kind,
            dev: self.dev.unwrap_or(dev),
            ino: self.ino,
            nlink: self.nlink,
            bytes: self.bytes.len() as u64,
            mtime_ns: self.mtime_ns,
            ctime_ns: self.ctime_ns,
        }
    }
}

impl State {
    fn tell(&self, path: &[u8], kind: ChangeKind, is_folder: bool) {
        let (folder, name) = split_path(path);
        for queue in &self.queues {
            let mut queue = lock(queue);
            let is_told = kind != ChangeKind::Modified || queue.modifications;
            if queue.folders.contains(folder) && is_told {
                let (folder, name) = (folder.to_vec(), name.to_vec());
                queue.events.push(FsEvent::Change { folder, name, kind, is_folder });
            }
        }
    }

    fn add(&mut self, path: &[u8], kind: EntryKind, bytes: &[u8]) {
        let (folder, _) = split_path(path);
        if !folder.is_empty() && !self.names.contains_key(folder) {
            self.add(folder, EntryKind::Folder, b"");
        }
        let now = self.clock.wall_ns();
        let inode = Inode {
            kind,
            ino: self.next_ino,
            nlink: 1,
            bytes: Arc::new(bytes.to_vec()),
            mtime_ns: now,
            ctime_ns: now,
            fault: None,
            dev: None,
        };
        self.next_ino += 1;
        self.names.insert(path.to_vec(), Arc::new(Mutex::new(inode)));
        self.tell(path, ChangeKind::Created, kind == EntryKind::Folder);
    }

    fn remove(&mut self, path: &[u8]) -> Option<Arc<Mutex<Inode>>> {
        let removed = self.names.remove(path)?;
        let mut inode = lock(&removed);
        inode.nlink = inode.nlink.saturating_sub(1);
        inode.ctime_ns = self.clock.wall_ns();
        drop(inode);
        Some(removed)
    }

    fn get(&self, path: &[u8]) -> Result<Inode, Error> {
        self.names.get(path).map(|inode| lock(inode).clone()).ok_or(Error::Gone)
    }
}

impl MemoryFs {
    /// An empty root that tells events; times come from `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Mutex::new(State {
            clock,
            names: BTreeMap::new(),
            next_ino: 100,
            root: Some(RootIdentity { dev: 7, ino: 2, mount_id: Some(1) }),
            has_events: true,
            queues: Vec::new(),
            cookie: 0,
            links: BTreeMap::new(),
            opened: 0,
            listed: 0,
            tells_kinds: true,
            lists_inodes: true,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }

    /// Writes a file in place, or makes it with the folders above it, and closes it.
    pub fn write(&self, path: &str, bytes: &[u8]) {
        self.write_without_closing(path, bytes);
        self.close(path);
    }

    /// Writes a file in place, or makes it, and leaves it open for writing.
    pub fn write_without_closing(&self, path: &str, bytes: &[u8]) {
        let mut state = self.state();
        let path = path.as_bytes();
        if !state.names.contains_key(path) {
            state.add(path, EntryKind::File, b"");
        }
        let now = state.clock.wall_ns();
        if let Some(inode) = state.names.get(path) {
            let mut inode = lock(inode);
            inode.bytes = Arc::new(bytes.to_vec());
            inode.mtime_ns = now;
            inode.ctime_ns = now;
        }
        state.tell(path, ChangeKind::Modified, false);
    }

    /// Tells that a writer closed the file.
    pub fn close(&self, path: &str) {
        self.state().tell(path.as_bytes(), ChangeKind::ClosedAfterWriting, false);
    }

    /// Sets the time of the last change of content, as `cp -p` does.
    pub fn set_mtime(&self, path: &str, ns: i64) {
        let state = self.state();
        if let Some(inode) = state.names.get(path.as_bytes()) {
            let mut inode = lock(inode);
            inode.mtime_ns = ns;
            inode.ctime_ns = state.clock.wall_ns();
        }
        state.tell(path.as_bytes(), ChangeKind::Attributes, false);
    }

    /// Makes a folder, with those above it.
    pub fn make_folder(&self, path: &str) {
        self.state().add(path.as_bytes(), EntryKind::Folder, b"");
    }

    /// Makes the folders above a path that are not there.
    pub fn make_folders_above(&self, path: &str) {
        let (folder, _) = split_path(path.as_bytes());
        let mut state = self.state();
        if !folder.is_empty() && !state.names.contains_key(folder) {
            state.add(folder, EntryKind::Folder, b"");
        }
    }

    /// True if something has this path.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.state().names.contains_key(path.as_bytes())
    }

    /// Throws away the events that nobody has read, and says nothing.
    pub fn drop_events(&self) {
        for queue in &self.state().queues {
            lock(queue).events.clear();
        }
    }

    /// Makes something that is neither file nor folder.
    pub fn make_other(&self, path: &str) {
        self.state().add(path.as_bytes(), EntryKind::Other, b"");
    }

    /// Removes a name; a folder with all below it.
    pub fn remove(&self, path: &str) {
        let mut state = self.state();
        let path = path.as_bytes();
        let below = join_path(path, b"");
        let names: Vec<Vec<u8>> =
            state.names.keys().filter(|name| name.starts_with(&below)).cloned().collect();
        for name in names.iter().rev().map(Vec::as_slice).chain([path]) {
            if let Some(inode) = state.remove(name) {
                let is_folder = lock(&inode).kind == EntryKind::Folder;
                for queue in state.queues.iter().filter(|_| is_folder) {
                    let mut queue = lock(queue);
                    if queue.folders.remove(name) {
                        queue.events.push(FsEvent::FolderGone { folder: name.to_vec() });
                    }
                }
                state.tell(name, ChangeKind::Removed, is_folder);
            }
        }
    }

    /// Renames a file, or a folder with all below it; what was under the new name goes.
    pub fn rename(&self, from: &str, to: &str) {
        let mut state = self.state();
        let (from, to) = (from.as_bytes(), to.as_bytes());
        state.cookie += 1;
        let cookie = state.cookie;
        let _replaced = state.remove(to);
        let Some(inode) = state.names.remove(from) else {
            return;
        };
        let mut moved = lock(&inode);
        moved.ctime_ns = state.clock.wall_ns();
        let is_folder = moved.kind == EntryKind::Folder;
        drop(moved);
        let below = join_path(from, b"");
        let names: Vec<Vec<u8>> =
            state.names.keys().filter(|name| name.starts_with(&below)).cloned().collect();
        for name in names {
            if let Some(inode) = state.names.remove(&name) {
                let rest = name.get(below.len()..).unwrap_or_default();
                state.names.insert(join_path(to, rest), inode);
            }
        }
        state.names.insert(to.to_vec(), inode);
        state.tell(from, ChangeKind::MovedFrom(cookie), is_folder);
        state.tell(to, ChangeKind::MovedTo(cookie), is_folder);
    }

    /// Gives a file a second name.
    pub fn link(&self, path: &str, name: &str) {
        let mut state = self.state();
        let now = state.clock.wall_ns();
        let Some(inode) = state.names.get(path.as_bytes()).cloned() else {
            return;
        };
        let mut linked = lock(&inode);
        linked.nlink += 1;
        linked.ctime_ns = now;
        drop(linked);
        state.names.insert(name.as_bytes().to_vec(), inode);
        state.tell(name.as_bytes(), ChangeKind::Created, false);
    }

    /// Lets a file or folder fail from now on, or no longer.
    pub fn fail(&self, path: &str, fault: Option<Fault>) {
        let state = self.state();
        if let Some(inode) = state.names.get(path.as_bytes()) {
            lock(inode).fault = fault;
        }
        drop(state);
        self.touch(path);
    }

    /// Tells that attributes of a file or folder changed.
    pub fn touch(&self, path: &str) {
        let state = self.state();
        let path = path.as_bytes();
        let is_folder = state.get(path).is_ok_and(|inode| inode.kind == EntryKind::Folder);
        state.tell(path, ChangeKind::Attributes, is_folder);
    }

    /// Gives a file this device and inode number.
    pub fn set_inode(&self, path: &str, dev: u64, ino: u64) {
        if let Some(inode) = self.state().names.get(path.as_bytes()) {
            let mut inode = lock(inode);
            (inode.dev, inode.ino) = (Some(dev), ino);
        }
    }

    /// Listings say what names stand for, or leave it to a stat.
    pub fn set_tells_kinds(&self, tells_kinds: bool) {
        self.state().tells_kinds = tells_kinds;
    }

    /// Listings give the inode numbers that a stat gives, or others, as those of FUSE do.
    pub fn set_lists_inodes(&self, lists_inodes: bool) {
        self.state().lists_inodes = lists_inodes;
    }

    /// Events that nobody has read, of the watcher that has most.
    #[must_use]
    pub fn events_waiting(&self) -> usize {
        self.state().queues.iter().map(|queue| lock(queue).events.len()).max().unwrap_or_default()
    }

    /// Folders that were listed so far.
    #[must_use]
    pub fn folders_listed(&self) -> u64 {
        self.state().listed
    }

    /// Events are told, or not offered at all.
    pub fn set_events(&self, has_events: bool) {
        self.state().has_events = has_events;
    }

    /// Throws away the events that nobody has read and tells that some were lost.
    pub fn lose_events(&self) {
        for queue in &self.state().queues {
            let mut queue = lock(queue);
            queue.events = vec![FsEvent::Overflow];
        }
    }

    /// Another root is mounted under the name; `None`: nothing is there. The files are the same.
    pub fn mount(&self, mount_id: Option<u64>) {
        self.state().root = mount_id.map(|id| RootIdentity { dev: 7, ino: 2, mount_id: Some(id) });
    }

    /// Names of links that were made in spool folders.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        self.state().links.keys().cloned().collect()
    }

    /// Files that were opened so far.
    #[must_use]
    pub fn files_opened(&self) -> u64 {
        self.state().opened
    }
}

impl SpoolFolder for MemoryFs {
    fn path(&self) -> &Path {
        Path::new("/spool")
    }

    fn open_file(&self, name: &str) -> Result<Arc<dyn FsFile>, Error> {
        let inode = self.state().links.get(name).cloned().ok_or(Error::Gone)?;
        Ok(Arc::new(MemoryFile { inode, dev: 7 }))
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        let inode = self.state().links.remove(name).ok_or(Error::Gone)?;
        let mut inode = lock(&inode);
        inode.nlink = inode.nlink.saturating_sub(1);
        Ok(())
    }

    fn sweep(&self) -> Result<u64, Error> {
        let links = std::mem::take(&mut self.state().links);
        Ok(links.len() as u64)
    }
}

impl AccessFs for MemoryFs {
    fn open_root(&self) -> Result<Arc<dyn FsRoot>, Error> {
        let identity = self.state().root.ok_or(Error::Gone)?;
        Ok(Arc::new(MemoryRoot { fs: self.clone(), identity }))
    }
}

#[derive(Debug, Clone)]
struct MemoryRoot {
    fs: MemoryFs,
    identity: RootIdentity,
}

impl FsRoot for MemoryRoot {
    fn identity(&self) -> RootIdentity {
        self.identity
    }

    fn open_folder(&self, path: &[u8]) -> Result<Box<dyn FsFolder>, Error> {
        let state = self.fs.state();
        let mut fault = None;
        if !path.is_empty() {
            let inode = state.get(path)?;
            fault = inode.fault;
            match inode.kind {
                EntryKind::Folder if fault == Some(Fault::Denied) => return Err(Error::Denied),
                EntryKind::Folder => {}
                EntryKind::Other => return Err(Error::Changed),
                _ => return Err(Error::Unsupported("not a folder")),
            }
        }
        Ok(Box::new(MemoryFolder { root: self.clone(), path: path.to_vec(), fault }))
    }

    fn watcher(&self, modifications: bool) -> Result<Box<dyn FsWatcher>, Error> {
        let mut state = self.fs.state();
        if !state.has_events {
            return Err(Error::Incapable("watch folders"));
        }
        let queue = Arc::new(Mutex::new(Queue { modifications, ..Queue::default() }));
        state.queues.push(Arc::clone(&queue));
        drop(state);
        Ok(Box::new(MemoryWatcher { root: self.clone(), queue }))
    }

    fn link(&self, path: &[u8], stat: &FileStat, _spool: &Path, name: &str) -> Result<(), Error> {
        let mut state = self.fs.state();
        let inode = state.names.get(path).cloned().ok_or(Error::Gone)?;
        if lock(&inode).ino != stat.ino {
            return Err(Error::Changed);
        }
        lock(&inode).nlink += 1;
        state.links.insert(name.to_owned(), inode);
        Ok(())
    }
}

#[derive(Debug)]
struct MemoryFolder {
    root: MemoryRoot,
    path: Vec<u8>,
    fault: Option<Fault>,
}

impl FsFolder for MemoryFolder {
    fn read(&self, each: &mut dyn FnMut(FolderEntry<'_>) -> ControlFlow<()>) -> Result<(), Error> {
        if self.fault == Some(Fault::Unreadable) {
            return Err(Error::Io(rustix::io::Errno::IO.into()));
        }
        let mut state = self.root.fs.state();
        let mut entries = Vec::new();
        for (path, inode) in &state.names {
            let (folder, name) = split_path(path);
            if folder == self.path {
                let inode = lock(inode);
                let kind = if state.tells_kinds { inode.kind } else { EntryKind::Unknown };
                let ino = if state.lists_inodes { inode.ino } else { !inode.ino };
                entries.push((name.to_vec(), ino, kind));
            }
        }
        state.listed += 1;
        drop(state);
        for (name, ino, kind) in entries {
            if each(FolderEntry { name: &name, ino, kind }).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn stat(&self, name: &[u8]) -> Result<FileStat, Error> {
        let inode = self.root.fs.state().get(&join_path(&self.path, name))?;
        if inode.fault == Some(Fault::Unaskable) {
            return Err(Error::Io(rustix::io::Errno::IO.into()));
        }
        Ok(inode.stat(self.root.identity.dev))
    }

    fn open_file(&self, name: &[u8]) -> Result<Arc<dyn FsFile>, Error> {
        let mut state = self.root.fs.state();
        let path = join_path(&self.path, name);
        let inode = state.names.get(&path).cloned().ok_or(Error::Gone)?;
        let (kind, fault) = {
            let inode = lock(&inode);
            (inode.kind, inode.fault)
        };
        match (kind, fault) {
            (EntryKind::File, Some(Fault::Denied)) => return Err(Error::Denied),
            (EntryKind::File, Some(Fault::Stale)) => return Err(Error::Gone),
            (EntryKind::File, _) => {}
            _ => return Err(Error::Unsupported("not a regular file")),
        }
        state.opened += 1;
        drop(state);
        Ok(Arc::new(MemoryFile { inode, dev: self.root.identity.dev }))
    }
}

#[derive(Debug)]
struct MemoryFile {
    inode: Arc<Mutex<Inode>>,
    dev: u64,
}

impl FsFile for MemoryFile {
    fn stat(&self) -> Result<FileStat, Error> {
        Ok(lock(&self.inode).stat(self.dev))
    }

    fn is_locked(&self) -> Result<bool, Error> {
        Ok(lock(&self.inode).fault == Some(Fault::Locked))
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let inode = lock(&self.inode);
        if matches!(inode.fault, Some(Fault::Denied | Fault::Unreadable)) {
            return Err(Error::Io(rustix::io::Errno::IO.into()));
        }
        let rest = usize::try_from(offset).ok().and_then(|from| inode.bytes.get(from..));
        std::io::Read::read(&mut rest.unwrap_or_default(), buffer).map_err(Error::from)
    }
}

#[derive(Debug)]
struct MemoryWatcher {
    root: MemoryRoot,
    queue: Arc<Mutex<Queue>>,
}

impl FsWatcher for MemoryWatcher {
    fn watch(&mut self, folder: &[u8]) -> Result<(), Error> {
        if !folder.is_empty() && self.root.fs.state().get(folder)?.kind != EntryKind::Folder {
            return Err(Error::Unsupported("not a folder"));
        }
        lock(&self.queue).folders.insert(folder.to_vec());
        Ok(())
    }

    fn forget(&mut self, folder: &[u8]) {
        lock(&self.queue).folders.remove(folder);
    }

    fn events(&mut self) -> Result<Vec<FsEvent>, Error> {
        Ok(std::mem::take(&mut lock(&self.queue).events))
    }
}
