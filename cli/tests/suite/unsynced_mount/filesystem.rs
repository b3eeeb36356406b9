//! The calls of the kernel, answered from a [`Recorder`].

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use fuser::{
    BsdFileFlags, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation,
    INodeNo, LockOwner, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory,
    ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};

use super::faults::Recorder;
use super::nodes::{Body, Change, Node, NodeId};

/// Only the kernel changes anything, so it may remember what it knows.
const FOR_LONG: Duration = Duration::from_hours(1);

/// `FALLOC_FL_KEEP_SIZE`.
const KEEP_SIZE: i32 = 1;

/// A folder as it was when it was opened.
type Listing = Vec<(OsString, NodeId)>;

/// A file system whose state others look at.
#[derive(Debug)]
pub(super) struct RecordedFilesystem {
    recorder: Arc<Mutex<Recorder>>,
    listings: Mutex<(u64, BTreeMap<u64, Listing>)>,
}

/// A panic elsewhere fails the test; its state is looked at no more.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RecordedFilesystem {
    pub(super) const fn new(recorder: Arc<Mutex<Recorder>>) -> Self {
        Self { recorder, listings: Mutex::new((0, BTreeMap::new())) }
    }

    fn recorder(&self) -> MutexGuard<'_, Recorder> {
        lock(&self.recorder)
    }

    /// Runs a call that changes something.
    fn change<T>(&self, call: impl FnOnce(&mut Recorder) -> Result<T, Errno>) -> Result<T, Errno> {
        let mut recorder = self.recorder();
        recorder.before_change()?;
        call(&mut recorder)
    }

    fn make(
        &self,
        (parent, name): (INodeNo, &OsStr),
        body: Body,
        mode: u32,
    ) -> Result<FileAttr, Errno> {
        self.change(|recorder| {
            if recorder.disk.visible().child(parent.0, name).is_some() {
                return Err(Errno::EEXIST);
            }
            let id = recorder.disk.create(parent.0, name, Node::new(body, mode & 0o7777));
            attributes(recorder, id)
        })
    }

    fn remove(&self, (parent, name): (INodeNo, &OsStr), is_folder: bool) -> Result<(), Errno> {
        self.change(|recorder| {
            let visible = recorder.disk.visible();
            let id = visible.child(parent.0, name).ok_or(Errno::ENOENT)?;
            let entries = visible.get(id).and_then(Node::entries);
            match (is_folder, entries) {
                (true, None) => return Err(Errno::ENOTDIR),
                (false, Some(_)) => return Err(Errno::EISDIR),
                (true, Some(entries)) if !entries.is_empty() => return Err(Errno::ENOTEMPTY),
                _ => {}
            }
            let name = name.to_owned();
            recorder.disk.change(Change::Remove { folder: parent.0, name, node: id });
            Ok(())
        })
    }
}

fn attributes(recorder: &Recorder, id: NodeId) -> Result<FileAttr, Errno> {
    let node = recorder.disk.visible().get(id).ok_or(Errno::ENOENT)?;
    let (kind, size) = match &node.body {
        Body::File(bytes) => (FileType::RegularFile, bytes.len() as u64),
        Body::Folder(_) => (FileType::Directory, 4096),
        Body::Link(target) => (FileType::Symlink, target.as_os_str().len() as u64),
    };
    Ok(FileAttr {
        ino: INodeNo(id),
        size,
        blocks: size.div_ceil(512),
        atime: node.modified,
        mtime: node.modified,
        ctime: node.modified,
        crtime: node.modified,
        kind,
        perm: u16::try_from(node.mode & 0o7777).unwrap_or_default(),
        // Not counted: nobody here asks.
        nlink: 1,
        uid: node.owner.0,
        gid: node.owner.1,
        rdev: 0,
        blksize: 4096,
        flags: 0,
    })
}

fn length(bytes: u64) -> Result<usize, Errno> {
    usize::try_from(bytes).ok().filter(|bytes| *bytes < 1 << 30).ok_or(Errno::EFBIG)
}

fn reply_entry(made: Result<FileAttr, Errno>, reply: ReplyEntry) {
    match made {
        Ok(attributes) => reply.entry(&FOR_LONG, &attributes, Generation(0)),
        Err(errno) => reply.error(errno),
    }
}

fn reply_empty(done: Result<(), Errno>, reply: ReplyEmpty) {
    match done {
        Ok(()) => reply.ok(),
        Err(errno) => reply.error(errno),
    }
}

impl Filesystem for RecordedFilesystem {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let recorder = self.recorder();
        let id = recorder.disk.visible().child(parent.0, name).ok_or(Errno::ENOENT);
        reply_entry(id.and_then(|id| attributes(&recorder, id)), reply);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match attributes(&self.recorder(), ino.0) {
            Ok(attributes) => reply.attr(&FOR_LONG, &attributes),
            Err(errno) => reply.error(errno),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        uid: Option<u32>,
        gid: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        mtime: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let done = self.change(|recorder| {
            if let Some(size) = size {
                recorder.disk.change(Change::Resize { file: ino.0, bytes: length(size)? });
            }
            recorder.disk.update(ino.0, |node| {
                node.mode = mode.map_or(node.mode, |mode| mode & 0o7777);
                node.owner = (uid.unwrap_or(node.owner.0), gid.unwrap_or(node.owner.1));
                node.modified = match mtime {
                    Some(TimeOrNow::SpecificTime(time)) => time,
                    Some(TimeOrNow::Now) => SystemTime::now(),
                    None => node.modified,
                };
            });
            attributes(recorder, ino.0)
        });
        match done {
            Ok(attributes) => reply.attr(&FOR_LONG, &attributes),
            Err(errno) => reply.error(errno),
        }
    }

    fn readlink(&self, _: &Request, ino: INodeNo, reply: ReplyData) {
        match self.recorder().disk.visible().get(ino.0).map(|node| &node.body) {
            Some(Body::Link(target)) => reply.data(target.as_os_str().as_encoded_bytes()),
            _ => reply.error(Errno::EINVAL),
        }
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        reply: ReplyEntry,
    ) {
        let body = Body::Folder(BTreeMap::new());
        reply_entry(self.make((parent, name), body, mode & !umask), reply);
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        reply_empty(self.remove((parent, name), false), reply);
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        reply_empty(self.remove((parent, name), true), reply);
    }

    fn symlink(
        &self,
        _: &Request,
        parent: INodeNo,
        link_name: &OsStr,
        target: &Path,
        reply: ReplyEntry,
    ) {
        let body = Body::Link(target.to_owned());
        reply_entry(self.make((parent, link_name), body, 0o777), reply);
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let done = self.change(|recorder| {
            let visible = recorder.disk.visible();
            visible.child(parent.0, name).ok_or(Errno::ENOENT)?;
            if !RenameFlags::RENAME_NOREPLACE.contains(flags) {
                return Err(Errno::EINVAL);
            }
            if !flags.is_empty() && visible.child(newparent.0, newname).is_some() {
                return Err(Errno::EEXIST);
            }
            let to = (newparent.0, newname.to_owned());
            recorder.disk.rename((parent.0, name.to_owned()), to);
            Ok(())
        });
        reply_empty(done, reply);
    }

    fn link(
        &self,
        _: &Request,
        ino: INodeNo,
        newparent: INodeNo,
        newname: &OsStr,
        reply: ReplyEntry,
    ) {
        let made = self.change(|recorder| {
            if recorder.disk.visible().child(newparent.0, newname).is_some() {
                return Err(Errno::EEXIST);
            }
            let (folder, name) = (newparent.0, newname.to_owned());
            recorder.disk.change(Change::Add { folder, name, node: ino.0 });
            attributes(recorder, ino.0)
        });
        reply_entry(made, reply);
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        match self.make((parent, name), Body::File(Vec::new()), mode & !umask) {
            Ok(attributes) => reply.created(
                &FOR_LONG,
                &attributes,
                Generation(0),
                FileHandle(0),
                FopenFlags::empty(),
            ),
            Err(errno) => reply.error(errno),
        }
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.recorder().disk.visible().get(ino.0).map(|node| &node.body) {
            Some(Body::File(bytes)) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let to = from.saturating_add(size as usize).min(bytes.len());
                reply.data(&bytes[from..to]);
            }
            _ => reply.error(Errno::EISDIR),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let done = self.change(|recorder| {
            length(offset + data.len() as u64)?;
            let (offset, bytes) = (length(offset)?, Arc::from(data));
            recorder.disk.change(Change::Write { file: ino.0, offset, bytes });
            recorder.disk.update(ino.0, |node| node.modified = SystemTime::now());
            u32::try_from(data.len()).map_err(|_| Errno::EINVAL)
        });
        match done {
            Ok(written) => reply.written(written),
            Err(errno) => reply.error(errno),
        }
    }

    fn fallocate(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        bytes: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        let done = self.change(|recorder| {
            let bytes = length(offset.saturating_add(bytes))?;
            let is_longer = match recorder.disk.visible().get(ino.0).map(|node| &node.body) {
                Some(Body::File(content)) => content.len() < bytes,
                _ => return Err(Errno::EISDIR),
            };
            match mode {
                0 if is_longer => recorder.disk.change(Change::Resize { file: ino.0, bytes }),
                0 | KEEP_SIZE => {}
                _ => return Err(Errno::EOPNOTSUPP),
            }
            Ok(())
        });
        reply_empty(done, reply);
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        reply_empty(self.recorder().sync(ino.0, false), reply);
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        reply_empty(self.recorder().sync(ino.0, true), reply);
    }

    fn opendir(&self, _: &Request, ino: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        let recorder = self.recorder();
        let Some(entries) = recorder.disk.visible().get(ino.0).and_then(Node::entries) else {
            return reply.error(Errno::ENOTDIR);
        };
        let mut listings = lock(&self.listings);
        listings.0 += 1;
        let handle = listings.0;
        let listing = entries.iter().map(|(name, id)| (name.clone(), *id)).collect();
        listings.1.insert(handle, listing);
        reply.opened(FileHandle(handle), FopenFlags::empty());
    }

    fn readdir(
        &self,
        _: &Request,
        _: INodeNo,
        fh: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let (recorder, listings) = (self.recorder(), lock(&self.listings));
        let listing = listings.1.get(&fh.0).map_or(&[][..], Vec::as_slice);
        let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
        for ((name, id), next) in listing.iter().zip(1..).skip(skipped) {
            let kind = match recorder.disk.visible().get(*id).map(|node| &node.body) {
                Some(Body::Folder(_)) => FileType::Directory,
                Some(Body::Link(_)) => FileType::Symlink,
                _ => FileType::RegularFile,
            };
            if reply.add(INodeNo(*id), next, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn releasedir(&self, _: &Request, _: INodeNo, fh: FileHandle, _: OpenFlags, reply: ReplyEmpty) {
        lock(&self.listings).1.remove(&fh.0);
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let blocks = 1 << 20;
        reply.statfs(blocks, blocks, blocks, blocks, blocks, 4096, 255, 4096);
    }
}
