//! A file system in memory, for tests.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::fs::{DirEntry, DirEntryKind, Fs};

/// A file or folder apart from its names, as an inode is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u64);

impl NodeId {
    /// The root folder of every [`MemoryFs`].
    pub const ROOT: Self = Self(0);
}

/// What a node holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MemoryNode {
    /// Bytes, shared between copies of a file system until one is written.
    File(Arc<Vec<u8>>),
    /// Names and what they stand for.
    Folder(BTreeMap<String, NodeId>),
}

/// A tree of nodes behind the calls of [`Fs`]; a clone is the same file system.
///
/// Syncs do nothing: what a crash would leave is a question for the recording file system of the
/// test harness, which builds such trees from a log of calls.
#[derive(Clone, Debug)]
pub struct MemoryFs {
    tree: Arc<Mutex<BTreeMap<NodeId, MemoryNode>>>,
    refuses_rename: bool,
}

impl Default for MemoryFs {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryFs {
    /// Makes a file system with an empty root.
    #[must_use]
    pub fn new() -> Self {
        Self::from_nodes(BTreeMap::new())
    }

    /// Makes a file system of the given nodes; nodes that no path reaches do no harm.
    #[must_use]
    pub fn from_nodes(mut nodes: BTreeMap<NodeId, MemoryNode>) -> Self {
        nodes.entry(NodeId::ROOT).or_insert_with(|| MemoryNode::Folder(BTreeMap::new()));
        Self { tree: Arc::new(Mutex::new(nodes)), refuses_rename: false }
    }

    /// Answers `rename_noreplace` with `Unsupported`, as some network file systems do.
    #[must_use]
    pub fn refusing_rename(mut self) -> Self {
        self.refuses_rename = true;
        self
    }

    /// A copy of all nodes; the bytes of files are shared.
    #[must_use]
    pub fn nodes(&self) -> BTreeMap<NodeId, MemoryNode> {
        self.tree().clone()
    }

    /// An independent file system with the same content.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        Self { tree: Arc::new(Mutex::new(self.nodes())), refuses_rename: self.refuses_rename }
    }

    /// All files that a path reaches, by path.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, Arc<Vec<u8>>> {
        let tree = self.tree();
        let mut files = BTreeMap::new();
        collect_files(&tree, NodeId::ROOT, "", &mut files);
        files
    }

    /// The node that a path names.
    #[must_use]
    pub fn node_id(&self, path: &str) -> Option<NodeId> {
        find(&self.tree(), path).ok()
    }

    /// Every change of the tree is complete before a lock is given back, panic or not.
    fn tree(&self) -> MutexGuard<'_, BTreeMap<NodeId, MemoryNode>> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Tree = BTreeMap<NodeId, MemoryNode>;

fn collect_files(
    tree: &Tree,
    folder: NodeId,
    path: &str,
    files: &mut BTreeMap<String, Arc<Vec<u8>>>,
) {
    let Some(MemoryNode::Folder(entries)) = tree.get(&folder) else { return };
    for (name, id) in entries {
        let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        match tree.get(id) {
            Some(MemoryNode::File(bytes)) => drop(files.insert(path, Arc::clone(bytes))),
            Some(MemoryNode::Folder(_)) => collect_files(tree, *id, &path, files),
            None => {}
        }
    }
}

fn find(tree: &Tree, path: &str) -> io::Result<NodeId> {
    let components = path.split('/').filter(|component| !component.is_empty());
    components.into_iter().try_fold(NodeId::ROOT, |id, component| {
        folder(tree, id)?.get(component).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    })
}

fn folder(tree: &Tree, id: NodeId) -> io::Result<&BTreeMap<String, NodeId>> {
    match tree.get(&id) {
        Some(MemoryNode::Folder(entries)) => Ok(entries),
        Some(MemoryNode::File(_)) => Err(io::ErrorKind::NotADirectory.into()),
        None => Err(io::ErrorKind::NotFound.into()),
    }
}

/// The entries of the folder of a path, and the last component.
fn place<'tree, 'path>(
    tree: &'tree mut Tree,
    path: &'path str,
) -> io::Result<(&'tree mut BTreeMap<String, NodeId>, &'path str)> {
    let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
    let id = find(tree, above)?;
    match tree.get_mut(&id) {
        Some(MemoryNode::Folder(entries)) => Ok((entries, name)),
        Some(MemoryNode::File(_)) => Err(io::ErrorKind::NotADirectory.into()),
        None => Err(io::ErrorKind::NotFound.into()),
    }
}

fn insert(tree: &mut Tree, path: &str, id: NodeId) -> io::Result<()> {
    let (entries, name) = place(tree, path)?;
    if entries.contains_key(name) {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    entries.insert(name.to_owned(), id);
    Ok(())
}

fn remove(tree: &mut Tree, path: &str) -> io::Result<()> {
    let (entries, name) = place(tree, path)?;
    entries.remove(name).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Makes a node under a new name; ids are never used twice.
fn make(tree: &mut Tree, path: &str, node: MemoryNode) -> io::Result<NodeId> {
    let id = NodeId(tree.keys().next_back().map_or(0, |last| last.0 + 1));
    insert(tree, path, id)?;
    tree.insert(id, node);
    Ok(id)
}

fn plain_file(tree: &Tree, id: NodeId) -> io::Result<&Arc<Vec<u8>>> {
    match tree.get(&id) {
        Some(MemoryNode::File(bytes)) => Ok(bytes),
        Some(MemoryNode::Folder(_)) => Err(io::ErrorKind::IsADirectory.into()),
        None => Err(io::ErrorKind::NotFound.into()),
    }
}

fn index(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| io::ErrorKind::FileTooLarge.into())
}

impl Fs for MemoryFs {
    type File = NodeId;

    fn create_new(&self, path: &str) -> io::Result<NodeId> {
        make(&mut self.tree(), path, MemoryNode::File(Arc::default()))
    }

    fn open(&self, path: &str) -> io::Result<NodeId> {
        find(&self.tree(), path)
    }

    fn write_at(&self, file: &NodeId, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let mut tree = self.tree();
        let Some(MemoryNode::File(content)) = tree.get_mut(file) else {
            return Err(io::ErrorKind::IsADirectory.into());
        };
        let start = index(offset)?;
        let end = start.checked_add(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        let content = Arc::make_mut(content);
        if content.len() < end {
            content.resize(end, 0);
        }
        content.iter_mut().skip(start).zip(bytes).for_each(|(old, new)| *old = *new);
        Ok(bytes.len())
    }

    fn read_at(&self, file: &NodeId, offset: u64, bytes: &mut [u8]) -> io::Result<usize> {
        let tree = self.tree();
        let content = plain_file(&tree, *file)?;
        let rest = usize::try_from(offset).ok().and_then(|start| content.get(start..));
        let mut rest = rest.unwrap_or_default();
        io::Read::read(&mut rest, bytes)
    }

    fn bytes(&self, file: &NodeId) -> io::Result<u64> {
        Ok(plain_file(&self.tree(), *file)?.len() as u64)
    }

    fn allocate(&self, _file: &NodeId, _bytes: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync_data(&self, _file: &NodeId) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        let tree = self.tree();
        folder(&tree, find(&tree, path)?).map(drop)
    }

    fn rename_noreplace(&self, from: &str, to: &str) -> io::Result<()> {
        if self.refuses_rename {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let mut tree = self.tree();
        let id = find(&tree, from)?;
        insert(&mut tree, to, id)?;
        remove(&mut tree, from)
    }

    fn link(&self, from: &str, to: &str) -> io::Result<()> {
        let mut tree = self.tree();
        let id = find(&tree, from)?;
        insert(&mut tree, to, id)
    }

    fn unlink(&self, path: &str) -> io::Result<()> {
        let mut tree = self.tree();
        let id = find(&tree, path)?;
        plain_file(&tree, id)?;
        remove(&mut tree, path)
    }

    fn mkdir(&self, path: &str) -> io::Result<()> {
        make(&mut self.tree(), path, MemoryNode::Folder(BTreeMap::new())).map(drop)
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        let mut tree = self.tree();
        let id = find(&tree, path)?;
        if !folder(&tree, id)?.is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        // An open handle may still name the node; without entries it only answers "not found".
        remove(&mut tree, path)
    }

    fn list(&self, path: &str) -> io::Result<Vec<DirEntry>> {
        let tree = self.tree();
        let entries = folder(&tree, find(&tree, path)?)?;
        let kind = |id: &NodeId| match tree.get(id) {
            Some(MemoryNode::File(bytes)) => DirEntryKind::File { bytes: bytes.len() as u64 },
            Some(MemoryNode::Folder(_)) => DirEntryKind::Folder,
            None => DirEntryKind::Other,
        };
        Ok(entries
            .iter()
            .map(|(name, id)| DirEntry { name: name.clone(), kind: kind(id) })
            .collect())
    }
}
