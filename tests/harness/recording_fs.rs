//! A file system that remembers what it was told, for crash images.
#![expect(clippy::indexing_slicing, reason = "a wrong index is a failing test")]

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gleaner_store::{DirEntry, Fs, MemoryFs, MemoryNode, NodeId};

/// All nodes of a file system.
pub type Nodes = BTreeMap<NodeId, MemoryNode>;

/// One thing that a call changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// A name for a node, new or not.
    Add {
        /// The folder that gets the name.
        folder: NodeId,
        /// The name.
        name: String,
        /// What it names.
        node: NodeId,
        /// Whether that is a folder.
        is_folder: bool,
    },
    /// A name less.
    Remove {
        /// The folder that loses the name.
        folder: NodeId,
        /// The name.
        name: String,
        /// What it named.
        node: NodeId,
    },
    /// A rename: the pair of what is removed and what is added.
    Move {
        /// The old folder and name.
        from: (NodeId, String),
        /// The new folder and name.
        to: (NodeId, String),
        /// The file.
        node: NodeId,
    },
    /// Bytes in a file.
    Write {
        /// The file.
        file: NodeId,
        /// Where they begin.
        offset: u64,
        /// The bytes.
        bytes: Arc<[u8]>,
    },
}

/// One line of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LogEntry {
    /// A change; one that is not certain (the call reported an error) never becomes durable.
    Change {
        /// What changed.
        change: Change,
        /// Whether the call reported success.
        is_certain: bool,
    },
    /// The data of a file was synced.
    SyncData {
        /// The file.
        file: NodeId,
        /// Whether the call reported success.
        is_ok: bool,
    },
    /// The names in a folder were synced.
    SyncDir {
        /// The folder.
        folder: NodeId,
        /// Whether the call reported success.
        is_ok: bool,
    },
    /// Somebody was told that something is durable.
    Acknowledged(String),
}

/// What happened since a durable beginning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Log {
    /// What was durable before the first entry.
    pub base: Nodes,
    /// What happened, in order.
    pub entries: Vec<LogEntry>,
}

/// Passes calls on to another file system and logs the changes, syncs and acknowledgements.
///
/// Calls run one at a time, so the log has one order. A naming call that reports an error is taken
/// as not done, a write that reports one as done perhaps; a failed sync is logged as failed. Clones
/// share the log.
#[derive(Clone, Debug)]
pub struct RecordingFs<F = MemoryFs> {
    inner: F,
    record: Arc<Mutex<Record>>,
}

#[derive(Debug)]
struct Record {
    log: Log,
    /// The current names, as the callers see them.
    names: BTreeMap<String, NodeId>,
    next_node: u64,
}

/// An open file and the node behind it.
#[derive(Debug)]
pub struct RecordedFile<F> {
    inner: F,
    node: NodeId,
}

impl RecordingFs<MemoryFs> {
    /// Records on top of a file system whose present content is durable.
    #[must_use]
    pub fn over(fs: MemoryFs) -> Self {
        let base = fs.nodes();
        Self::new(fs, base)
    }
}

impl<F: Fs> RecordingFs<F> {
    /// Records on top of any file system that shows the content of `base`, all of it durable.
    pub fn new(inner: F, base: Nodes) -> Self {
        let mut names = BTreeMap::from([(String::new(), NodeId::ROOT)]);
        collect_names(&base, NodeId::ROOT, "", &mut names);
        let next_node = base.keys().next_back().map_or(1, |last| last.0 + 1);
        let log = Log { base, entries: Vec::new() };
        Self { inner, record: Arc::new(Mutex::new(Record { log, names, next_node })) }
    }

    /// The file system underneath.
    pub const fn inner(&self) -> &F {
        &self.inner
    }

    /// Notes that somebody was told that `what` is durable.
    pub fn acknowledge(&self, what: impl Into<String>) {
        self.record().log.entries.push(LogEntry::Acknowledged(what.into()));
    }

    /// Takes all changes so far as durable and starts the log anew, without acknowledgements.
    pub fn settle(&self) {
        let mut record = self.record();
        let entries = std::mem::take(&mut record.log.entries);
        for entry in entries {
            if let LogEntry::Change { change, .. } = entry {
                apply(&mut record.log.base, &change);
            }
        }
    }

    /// A copy of the log.
    #[must_use]
    pub fn log(&self) -> Log {
        self.record().log.clone()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn collect_names(nodes: &Nodes, folder: NodeId, path: &str, names: &mut BTreeMap<String, NodeId>) {
    let Some(MemoryNode::Folder(entries)) = nodes.get(&folder) else { return };
    for (name, node) in entries {
        let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        collect_names(nodes, *node, &path, names);
        names.insert(path, *node);
    }
}

impl Record {
    fn node(&self, path: &str) -> io::Result<NodeId> {
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The folder and the last component of a path.
    fn place(&self, path: &str) -> io::Result<(NodeId, String)> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        Ok((self.node(folder)?, name.to_owned()))
    }

    fn log_change(&mut self, change: Change, is_certain: bool) {
        self.log.entries.push(LogEntry::Change { change, is_certain });
    }

    fn add(&mut self, path: &str, node: NodeId, is_folder: bool) -> io::Result<()> {
        let (folder, name) = self.place(path)?;
        self.names.insert(path.to_owned(), node);
        self.log_change(Change::Add { folder, name, node, is_folder }, true);
        Ok(())
    }

    fn add_new(&mut self, path: &str, is_folder: bool) -> io::Result<NodeId> {
        let node = NodeId(self.next_node);
        self.next_node += 1;
        self.add(path, node, is_folder)?;
        Ok(node)
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        let (folder, name) = self.place(path)?;
        let node = self.node(path)?;
        self.names.remove(path);
        self.log_change(Change::Remove { folder, name, node }, true);
        Ok(())
    }
}

/// Makes a change in a tree; the node of a change comes into being with it.
pub(crate) fn apply(nodes: &mut Nodes, change: &Change) {
    match change {
        Change::Add { folder, name, node, is_folder } => {
            let empty = if *is_folder {
                MemoryNode::Folder(BTreeMap::new())
            } else {
                MemoryNode::File(Arc::default())
            };
            nodes.entry(*node).or_insert(empty);
            add_name(nodes, *folder, name, *node);
        }
        Change::Remove { folder, name, node } => remove_name(nodes, *folder, name, *node),
        Change::Move { from, to, node } => {
            nodes.entry(*node).or_insert_with(|| MemoryNode::File(Arc::default()));
            add_name(nodes, to.0, &to.1, *node);
            remove_name(nodes, from.0, &from.1, *node);
        }
        Change::Write { file, offset, bytes } => {
            write(nodes, *file, usize::try_from(*offset).expect("test files are small"), bytes);
        }
    }
}

fn entries(nodes: &mut Nodes, folder: NodeId) -> &mut BTreeMap<String, NodeId> {
    match nodes.entry(folder).or_insert_with(|| MemoryNode::Folder(BTreeMap::new())) {
        MemoryNode::Folder(entries) => entries,
        MemoryNode::File(_) => panic!("{folder:?} has names, so it is a folder"),
    }
}

fn add_name(nodes: &mut Nodes, folder: NodeId, name: &str, node: NodeId) {
    entries(nodes, folder).insert(name.to_owned(), node);
}

/// Takes a name away unless it names another node by now.
fn remove_name(nodes: &mut Nodes, folder: NodeId, name: &str, node: NodeId) {
    let entries = entries(nodes, folder);
    if entries.get(name) == Some(&node) {
        entries.remove(name);
    }
}

fn write(nodes: &mut Nodes, file: NodeId, start: usize, bytes: &[u8]) {
    match nodes.entry(file).or_insert_with(|| MemoryNode::File(Arc::default())) {
        MemoryNode::File(content) => {
            let content = Arc::make_mut(content);
            let end = start + bytes.len();
            if content.len() < end {
                content.resize(end, 0);
            }
            content[start..end].copy_from_slice(bytes);
        }
        MemoryNode::Folder(_) => panic!("{file:?} was written, so it is a file"),
    }
}

impl<F: Fs> Fs for RecordingFs<F> {
    type File = RecordedFile<F::File>;

    fn create_new(&self, path: &str) -> io::Result<Self::File> {
        let mut record = self.record();
        let inner = self.inner.create_new(path)?;
        let node = record.add_new(path, false)?;
        Ok(RecordedFile { inner, node })
    }

    fn open(&self, path: &str) -> io::Result<Self::File> {
        let record = self.record();
        let inner = self.inner.open(path)?;
        Ok(RecordedFile { inner, node: record.node(path)? })
    }

    fn write_at(&self, file: &Self::File, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let mut record = self.record();
        let written = self.inner.write_at(&file.inner, offset, bytes);
        // A write that reports an error may still have reached the disk, whole or in part.
        let done = written.as_ref().map_or(bytes.len(), |count| *count);
        let bytes = bytes[..done].into();
        record.log_change(Change::Write { file: file.node, offset, bytes }, written.is_ok());
        written
    }

    fn read_at(&self, file: &Self::File, offset: u64, bytes: &mut [u8]) -> io::Result<usize> {
        self.inner.read_at(&file.inner, offset, bytes)
    }

    fn bytes(&self, file: &Self::File) -> io::Result<u64> {
        self.inner.bytes(&file.inner)
    }

    fn allocate(&self, file: &Self::File, bytes: u64) -> io::Result<()> {
        self.inner.allocate(&file.inner, bytes)
    }

    fn sync_data(&self, file: &Self::File) -> io::Result<()> {
        let mut record = self.record();
        let synced = self.inner.sync_data(&file.inner);
        let entry = LogEntry::SyncData { file: file.node, is_ok: synced.is_ok() };
        record.log.entries.push(entry);
        synced
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        let mut record = self.record();
        let synced = self.inner.sync_dir(path);
        if let Ok(folder) = record.node(path) {
            record.log.entries.push(LogEntry::SyncDir { folder, is_ok: synced.is_ok() });
        }
        synced
    }

    fn rename_noreplace(&self, from: &str, to: &str) -> io::Result<()> {
        let mut record = self.record();
        self.inner.rename_noreplace(from, to)?;
        let node = record.node(from)?;
        let change = Change::Move { from: record.place(from)?, to: record.place(to)?, node };
        record.names.remove(from);
        record.names.insert(to.to_owned(), node);
        record.log_change(change, true);
        Ok(())
    }

    fn link(&self, from: &str, to: &str) -> io::Result<()> {
        let mut record = self.record();
        self.inner.link(from, to)?;
        let node = record.node(from)?;
        record.add(to, node, false)
    }

    fn unlink(&self, path: &str) -> io::Result<()> {
        let mut record = self.record();
        self.inner.unlink(path)?;
        record.remove(path)
    }

    fn mkdir(&self, path: &str) -> io::Result<()> {
        let mut record = self.record();
        self.inner.mkdir(path)?;
        record.add_new(path, true).map(drop)
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        let mut record = self.record();
        self.inner.remove_dir(path)?;
        record.remove(path)
    }

    fn list(&self, path: &str) -> io::Result<Vec<DirEntry>> {
        self.inner.list(path)
    }
}
