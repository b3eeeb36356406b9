//! Files, folders and links of a file system in memory, and the changes that calls make to them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

pub(crate) type NodeId = u64;

pub(crate) const ROOT: NodeId = 1;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Body {
    File(Vec<u8>),
    Folder(BTreeMap<OsString, NodeId>),
    Link(PathBuf),
}

/// Mode, owner and time are no part of what gets lost: they last from the call on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Node {
    pub(crate) body: Body,
    pub(crate) mode: u32,
    pub(crate) owner: (u32, u32),
    pub(crate) modified: SystemTime,
}

impl Node {
    pub(crate) fn new(body: Body, mode: u32) -> Self {
        Self { body, mode, owner: (0, 0), modified: SystemTime::now() }
    }

    pub(crate) fn entries(&self) -> Option<&BTreeMap<OsString, NodeId>> {
        if let Body::Folder(entries) = &self.body { Some(entries) } else { None }
    }
}

/// What a call changes.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Write {
        file: NodeId,
        offset: usize,
        bytes: Arc<[u8]>,
    },
    Resize {
        file: NodeId,
        bytes: usize,
    },
    Add {
        folder: NodeId,
        name: OsString,
        node: NodeId,
    },
    Remove {
        folder: NodeId,
        name: OsString,
        node: NodeId,
    },
    /// A rename within one folder.
    Move {
        folder: NodeId,
        from: OsString,
        to: OsString,
        node: NodeId,
    },
}

impl Change {
    /// The file or folder whose sync makes the change durable.
    pub(crate) const fn of(&self) -> NodeId {
        match self {
            Self::Write { file, .. } | Self::Resize { file, .. } => *file,
            Self::Add { folder, .. } | Self::Remove { folder, .. } | Self::Move { folder, .. } => {
                *folder
            }
        }
    }
}

/// A whole file system; a copy shares what neither changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Nodes(BTreeMap<NodeId, Arc<Node>>);

impl Nodes {
    pub(crate) fn empty() -> Self {
        Self(BTreeMap::from([(ROOT, Arc::new(Node::new(Body::Folder(BTreeMap::new()), 0o755)))]))
    }

    pub(crate) fn get(&self, id: NodeId) -> Option<&Node> {
        self.0.get(&id).map(Arc::as_ref)
    }

    pub(crate) fn get_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.0.get_mut(&id).map(Arc::make_mut)
    }

    /// Keeps a node that has no name yet.
    pub(crate) fn insert(&mut self, id: NodeId, node: Node) {
        self.0.insert(id, Arc::new(node));
    }

    pub(crate) fn next_id(&self) -> NodeId {
        self.0.keys().next_back().map_or(ROOT, |id| id + 1)
    }

    pub(crate) fn child(&self, folder: NodeId, name: &OsStr) -> Option<NodeId> {
        self.get(folder)?.entries()?.get(name).copied()
    }

    pub(crate) fn at(&self, path: impl AsRef<Path>) -> Option<&Node> {
        let mut id = ROOT;
        for name in path.as_ref() {
            id = self.child(id, name)?;
        }
        self.get(id)
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, path: impl AsRef<Path>) -> Option<&[u8]> {
        if let Body::File(bytes) = &self.at(path)?.body { Some(bytes) } else { None }
    }

    /// Makes a change, as far as it makes sense without others that were lost.
    pub(crate) fn apply(&mut self, change: &Change) {
        let Some(Node { body, .. }) = self.get_mut(change.of()) else { return };
        match (body, change) {
            (Body::File(content), Change::Write { offset, bytes, .. }) => {
                let end = offset + bytes.len();
                content.resize(content.len().max(end), 0);
                content[*offset..end].copy_from_slice(bytes);
            }
            (Body::File(content), Change::Resize { bytes, .. }) => content.resize(*bytes, 0),
            (Body::Folder(entries), Change::Add { name, node, .. }) => {
                entries.insert(name.clone(), *node);
            }
            (Body::Folder(entries), Change::Remove { name, node, .. }) => {
                remove(entries, name, *node);
            }
            (Body::Folder(entries), Change::Move { from, to, node, .. }) => {
                remove(entries, from, *node);
                entries.insert(to.clone(), *node);
            }
            _ => {}
        }
    }

    /// What lies in a folder of the machine.
    pub(crate) fn read_from(place: &Path) -> Self {
        let mut nodes = Self::empty();
        nodes.read_into(ROOT, place);
        nodes
    }

    fn read_into(&mut self, folder: NodeId, place: &Path) {
        for entry in std::fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            let meta = std::fs::symlink_metadata(&path).unwrap();
            let body = if meta.is_dir() {
                Body::Folder(BTreeMap::new())
            } else if meta.is_symlink() {
                Body::Link(std::fs::read_link(&path).unwrap())
            } else {
                Body::File(std::fs::read(&path).unwrap())
            };
            let mut node = Node::new(body, meta.permissions().mode() & 0o7777);
            node.modified = meta.modified().unwrap();
            let id = self.next_id();
            self.insert(id, node);
            let name = path.file_name().unwrap().to_owned();
            self.apply(&Change::Add { folder, name, node: id });
            if meta.is_dir() {
                self.read_into(id, &path);
            }
        }
    }

    /// Writes what lies below `top` into an existing folder of the machine.
    pub(crate) fn write_to(&self, top: &Path, place: &Path) {
        if let Some(entries) = self.at(top).and_then(Node::entries) {
            self.write_entries(entries, place);
        }
    }

    fn write_entries(&self, entries: &BTreeMap<OsString, NodeId>, place: &Path) {
        for (name, id) in entries {
            let (path, node) = (place.join(name), self.get(*id).unwrap());
            match &node.body {
                Body::Folder(below) => {
                    std::fs::create_dir(&path).unwrap();
                    self.write_entries(below, &path);
                }
                Body::File(bytes) => {
                    std::fs::write(&path, bytes).unwrap();
                    let file = std::fs::File::options().write(true).open(&path).unwrap();
                    file.set_modified(node.modified).unwrap();
                }
                Body::Link(target) => {
                    std::os::unix::fs::symlink(target, &path).unwrap();
                    continue;
                }
            }
            let mode = std::fs::Permissions::from_mode(node.mode);
            std::fs::set_permissions(&path, mode).unwrap();
        }
    }
}

/// Not if the name is somebody else's by now.
fn remove(entries: &mut BTreeMap<OsString, NodeId>, name: &OsStr, node: NodeId) {
    if entries.get(name) == Some(&node) {
        entries.remove(name);
    }
}
