//! A backup and a restore in one, without a repository between: the smallest pipeline over both
//! sides, and an exact description of a tree for comparing.

use std::collections::HashMap;
use std::io::Read;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;

use gleaner_store::{EntryKind, FileTime, Metadata};

use crate::source::{
    Capture, CaptureOptions, Extent, FileKind, Found, KeepAll, OpenFile, OwnerNames, WalkItem,
    WalkOptions, Walker,
};
use crate::target::{MadeFile, MetadataWarning, Placed, RestoreTarget, TargetError, TargetFolder};

/// Copies trees and collects what went wrong.
pub(super) struct Copy {
    capture: Capture,
    links: HashMap<(u64, u64), (TargetFolder, Vec<u8>, MadeFile)>,
    pub(super) warnings: Vec<MetadataWarning>,
    pub(super) errors: Vec<TargetError>,
}

fn capture() -> Capture {
    let options = CaptureOptions { xattrs: true, atime: false };
    Capture::new(options, Arc::new(OwnerNames::new()))
}

fn walk(top: &Path) -> impl Iterator<Item = WalkItem> {
    let options = WalkOptions { one_file_system: false, selection: Arc::new(KeepAll) };
    let items = Walker::new(&[top.to_owned()], options).unwrap();
    // Without the folders above, so that `top` itself is the target's root.
    items.skip(top.components().count() - 2)
}

/// Copies what stands below `from` into the target.
pub(super) fn copy(from: &Path, target: &RestoreTarget) -> Copy {
    let links = HashMap::new();
    let (warnings, errors) = (Vec::new(), Vec::new());
    let mut copy = Copy { capture: capture(), links, warnings, errors };
    let mut stack: Vec<(Option<TargetFolder>, Metadata)> = Vec::new();
    for item in walk(from) {
        let above = stack.last().map(|(folder, _)| folder.clone());
        match item {
            WalkItem::Enter { name, folder } => {
                let metadata = copy.capture.folder(&folder).metadata;
                let folder = match above {
                    None => Some(target.root()),
                    Some(None) => None,
                    Some(Some(above)) => match above.create_folder(&name) {
                        Ok(folder) => Some(folder),
                        Err(error) => {
                            copy.errors.push(error);
                            None
                        }
                    },
                };
                stack.push((folder, metadata));
            }
            WalkItem::File(found) | WalkItem::Node(found) => {
                if let Some(Some(folder)) = above {
                    copy.entry(&found, &folder);
                }
            }
            WalkItem::Leave => match stack.pop() {
                Some((Some(folder), metadata)) => {
                    copy.warnings.extend(folder.apply_metadata(&metadata));
                }
                Some((None, _)) => {}
                None => break,
            },
            WalkItem::Failed(failure) => panic!("{failure:?}"),
        }
    }
    copy
}

impl Copy {
    fn entry(&mut self, found: &Found, folder: &TargetFolder) {
        let identity = (found.stat.device, found.stat.inode);
        let placed = match self.links.get(&identity) {
            Some((from, name, made)) => folder.hard_link(&found.name, from, name, *made),
            None if found.stat.kind == FileKind::File => self.file(found, folder),
            None => {
                let kind = found.entry_kind().unwrap();
                let captured = self.capture.found(found);
                folder.create_node(&found.name, &kind, &captured.metadata)
            }
        };
        match placed {
            Ok(Placed::Made { made, warnings }) => {
                self.warnings.extend(warnings);
                if found.stat.links > 1 {
                    self.links.insert(identity, (folder.clone(), found.name.clone(), made));
                }
            }
            Ok(Placed::Kept | Placed::SkippedSpecial) => {}
            Err(error) => self.errors.push(error),
        }
    }

    fn file(&self, found: &Found, folder: &TargetFolder) -> Result<Placed, TargetError> {
        let mut open = OpenFile::open(found).unwrap();
        let captured = self.capture.open_file(open.as_fd(), open.stat());
        let temp = folder.create_file()?;
        let mut end = 0;
        while let Some(extent) = open.next_extent().unwrap() {
            match extent {
                Extent::Hole { offset, bytes } => end = offset + bytes,
                Extent::Data { offset, bytes } => {
                    let mut content = Vec::new();
                    open.data(offset, bytes).read_to_end(&mut content).unwrap();
                    temp.write_at(&content, offset)?;
                    end = offset + content.len() as u64;
                }
            }
        }
        temp.set_bytes(end)?;
        temp.publish(&found.name, &captured.metadata)
    }
}

/// All that has to be equal of one entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Described {
    pub(super) path: Vec<u8>,
    pub(super) metadata: Metadata,
    pub(super) kind: Option<EntryKind>,
    content: Option<Vec<Extent>>,
    digest: u64,
    blocks: u64,
    /// First entry of the listing with the same inode.
    linked_to: usize,
}

/// Describes everything at and below `top`; what differs between any two copies is blanked.
pub(super) fn describe(top: &Path) -> Vec<Described> {
    let capture = capture();
    let mut inodes = HashMap::new();
    let mut all = Vec::new();
    let top_bytes = std::os::unix::ffi::OsStrExt::as_bytes(top.as_os_str()).len();
    for item in walk(top) {
        let (path, captured, found) = match &item {
            WalkItem::Enter { folder, .. } => {
                (folder.path().to_vec(), capture.folder(folder), None)
            }
            WalkItem::File(found) | WalkItem::Node(found) => {
                (found.path(), capture.found(found), Some(found))
            }
            WalkItem::Leave => continue,
            WalkItem::Failed(failure) => panic!("{failure:?}"),
        };
        assert!(captured.warnings.is_empty(), "{:?}", captured.warnings);
        let mut metadata = captured.metadata;
        let linked_to = *inodes.entry((metadata.device, metadata.inode)).or_insert(all.len());
        (metadata.inode, metadata.device, metadata.ctime) = (0, 0, FileTime::default());
        let is_folder = found.is_none();
        metadata.links = if is_folder { 0 } else { metadata.links };
        let (content, digest, blocks) = found.map_or((None, 0, 0), describe_content);
        let kind = found.map(|found| found.entry_kind().unwrap());
        let path = path[top_bytes..].to_vec();
        all.push(Described { path, metadata, kind, content, digest, blocks, linked_to });
    }
    all
}

fn describe_content(found: &Found) -> (Option<Vec<Extent>>, u64, u64) {
    use std::hash::Hasher;
    if found.stat.kind != FileKind::File {
        return (None, 0, 0);
    }
    let mut open = OpenFile::open(found).unwrap();
    let mut digest = std::hash::DefaultHasher::new();
    let mut extents = Vec::new();
    while let Some(extent) = open.next_extent().unwrap() {
        if let Extent::Data { offset, bytes } = extent {
            let mut content = Vec::new();
            open.data(offset, bytes).read_to_end(&mut content).unwrap();
            digest.write(&content);
        }
        extents.push(extent);
    }
    (Some(extents), digest.finish(), found.stat.blocks)
}
