//! The kernel's events of folders (inotify).
//!
//! A folder is opened below the root first and then watched through its descriptor's name in
//! `/proc`, so that no link can lead the watch elsewhere.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

use inotify::{Event, EventMask, Inotify, WatchDescriptor, WatchMask};

use crate::error::Error;
use crate::files::access_fs::{ChangeKind, FsEvent, FsWatcher, RootIdentity};

use super::folder::RootedFolder;

/// Bytes of events that are read at once: a thousand or more with names of 32 bytes.
const BUFFER_BYTES: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct InotifyWatcher {
    root: Arc<OwnedFd>,
    identity: RootIdentity,
    mask: WatchMask,
    inotify: Inotify,
    folders: HashMap<WatchDescriptor, Vec<u8>>,
    watches: HashMap<Vec<u8>, WatchDescriptor>,
    buffer: Vec<u8>,
}

impl InotifyWatcher {
    pub(super) fn new(
        root: Arc<OwnedFd>,
        identity: RootIdentity,
        modifications: bool,
    ) -> Result<Self, Error> {
        let inotify = Inotify::init().map_err(|_| Error::Incapable("watch folders"))?;
        let mut mask = WatchMask::CREATE
            | WatchMask::CLOSE_WRITE
            | WatchMask::MOVE
            | WatchMask::DELETE
            | WatchMask::ATTRIB
            | WatchMask::DELETE_SELF
            | WatchMask::MOVE_SELF
            | WatchMask::ONLYDIR
            | WatchMask::EXCL_UNLINK;
        if modifications {
            mask |= WatchMask::MODIFY;
        }
        Ok(Self {
            root,
            identity,
            mask,
            inotify,
            folders: HashMap::new(),
            watches: HashMap::new(),
            buffer: vec![0; BUFFER_BYTES],
        })
    }
}

impl FsWatcher for InotifyWatcher {
    fn watch(&mut self, folder: &[u8]) -> Result<(), Error> {
        let open = RootedFolder::open(&self.root, folder, &self.identity)?;
        let path = format!("/proc/self/fd/{}", open.fd().as_raw_fd());
        let added = self.inotify.watches().add(path, self.mask);
        let watch = added.map_err(|error| match error.raw_os_error() {
            Some(number) if number == rustix::io::Errno::NOSPC.raw_os_error() => {
                Error::Incapable("watch more folders")
            }
            // The folder is open: what is not there is `/proc`.
            _ if error.kind() == io::ErrorKind::NotFound => {
                Error::Incapable("watch folders without /proc")
            }
            _ => error.into(),
        })?;
        if let Some(before) = self.folders.insert(watch.clone(), folder.to_vec()) {
            self.watches.remove(&before);
        }
        if let Some(before) = self.watches.insert(folder.to_vec(), watch.clone())
            && before != watch
        {
            self.folders.remove(&before);
            // It may have gone with its folder.
            let _gone = self.inotify.watches().remove(before).is_err();
        }
        Ok(())
    }

    fn forget(&mut self, folder: &[u8]) {
        if let Some(watch) = self.watches.remove(folder) {
            self.folders.remove(&watch);
            // It may have gone with its folder.
            let _gone = self.inotify.watches().remove(watch).is_err();
        }
    }

    fn events(&mut self) -> Result<Vec<FsEvent>, Error> {
        let read = match self.inotify.read_events(&mut self.buffer) {
            Ok(read) => read,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                ) =>
            {
                return Ok(Vec::new());
            }
            Err(error) => return Err(error.into()),
        };
        let mut events = Vec::new();
        for event in read {
            if event.mask.contains(EventMask::Q_OVERFLOW) {
                events.push(FsEvent::Overflow);
            }
            let Some(folder) = self.folders.get(&event.wd) else {
                continue;
            };
            events.extend(translated(folder, &event));
            if event.mask.contains(EventMask::IGNORED)
                && let Some(folder) = self.folders.remove(&event.wd)
                && self.watches.get(&folder) == Some(&event.wd)
            {
                self.watches.remove(&folder);
            }
        }
        Ok(events)
    }
}

fn translated<N: AsRef<std::ffi::OsStr>>(folder: &[u8], event: &Event<N>) -> Option<FsEvent> {
    let gone = EventMask::DELETE_SELF | EventMask::MOVE_SELF | EventMask::UNMOUNT;
    // The folder above tells of others that move.
    let is_of_parent = event.mask.contains(EventMask::MOVE_SELF) && !folder.is_empty();
    if event.mask.intersects(gone) && !is_of_parent {
        return Some(FsEvent::FolderGone { folder: folder.to_vec() });
    }
    let kinds = [
        (EventMask::CREATE, ChangeKind::Created),
        (EventMask::MODIFY, ChangeKind::Modified),
        (EventMask::CLOSE_WRITE, ChangeKind::ClosedAfterWriting),
        (EventMask::MOVED_TO, ChangeKind::MovedTo(event.cookie)),
        (EventMask::MOVED_FROM, ChangeKind::MovedFrom(event.cookie)),
        (EventMask::DELETE, ChangeKind::Removed),
        (EventMask::ATTRIB, ChangeKind::Attributes),
    ];
    let (_, kind) = kinds.into_iter().find(|(mask, _)| event.mask.contains(*mask))?;
    Some(FsEvent::Change {
        folder: folder.to_vec(),
        name: event.name.as_ref()?.as_ref().as_bytes().to_vec(),
        kind,
        is_folder: event.mask.contains(EventMask::ISDIR),
    })
}
