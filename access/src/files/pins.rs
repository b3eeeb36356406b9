//! Bodies that are kept although their server evicts them.
//!
//! A pin keeps the files of one body: open, as long as few files are; else by hard links in a spool
//! folder. It ends when it is dropped or its time is over, and what a process leaves behind is
//! swept at the start of the next. How much disk space evicted bodies may go on taking is limited;
//! a file that still has a name of its server costs nothing.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::clock::Clock;
use crate::error::Error;
use crate::files::access_fs::{FileStat, FsFile, FsRoot, SpoolFolder};

/// How much may be pinned.
#[derive(Debug, Clone)]
pub struct PinOptions {
    /// The longest time that a pin is given.
    pub ttl_max: Duration,
    /// Bytes of files that only pins keep.
    pub bytes_max: u64,
    /// Files that are kept open; more are kept by links, where that is possible.
    pub open_files_max: usize,
}

impl Default for PinOptions {
    /// Fifteen minutes (ACCESS section 11), 4 GiB, 256 files.
    fn default() -> Self {
        Self { ttl_max: Duration::from_mins(15), bytes_max: 4 << 30, open_files_max: 256 }
    }
}

/// A file that is open or can be opened again.
#[derive(Debug, Clone)]
pub struct HeldFile {
    /// Its path.
    pub path: Vec<u8>,
    /// What a stat said.
    pub stat: FileStat,
    /// The file, if it is open already.
    pub file: Option<Arc<dyn FsFile>>,
}

/// How one file is kept.
#[derive(Debug, Clone)]
enum Kept {
    Open(Arc<dyn FsFile>),
    Linked(String),
}

#[derive(Debug)]
struct Entry {
    expires_ns: u64,
    files: Vec<(Kept, u64)>,
}

#[derive(Debug, Default)]
struct State {
    entries: BTreeMap<u64, Entry>,
    next: u64,
    open_files: usize,
}

#[derive(Debug)]
struct Shared {
    clock: Arc<dyn Clock>,
    options: PinOptions,
    spool: Option<Arc<dyn SpoolFolder>>,
    state: Mutex<State>,
}

/// All pins of a source, or of several on one file system; clones are the same pins.
#[derive(Debug, Clone)]
pub struct Pins(Arc<Shared>);

impl Pins {
    /// No pins yet; what is in the spool folder is removed. Without a spool folder, only open files
    /// are kept.
    ///
    /// # Errors
    ///
    /// What sweeping gives.
    pub fn new(
        clock: Arc<dyn Clock>,
        options: PinOptions,
        spool: Option<Arc<dyn SpoolFolder>>,
    ) -> Result<Self, Error> {
        if let Some(spool) = &spool {
            spool.sweep()?;
        }
        Ok(Self(Arc::new(Shared { clock, options, spool, state: Mutex::default() })))
    }

    /// Keeps files for up to `ttl`; `may_link` says that a further name does not change them.
    /// `None` where that cannot be.
    #[must_use]
    pub fn keep(
        &self,
        root: &dyn FsRoot,
        files: &[HeldFile],
        ttl: Duration,
        may_link: bool,
    ) -> Option<PinnedFiles> {
        self.end_expired();
        let bytes = files.iter().map(|file| file.stat.bytes).fold(0, u64::saturating_add);
        if !self.has_room(bytes) {
            return None;
        }
        let mut state = self.0.state();
        let number = state.next;
        state.next = state.next.checked_add(1)?;
        let is_room = state.open_files.saturating_add(files.len()) <= self.0.options.open_files_max;
        if is_room {
            state.open_files = state.open_files.saturating_add(files.len());
        }
        drop(state);
        let by_link = (!is_room && may_link).then_some(self.0.spool.as_ref()).flatten();
        let mut kept = Vec::new();
        for (place, file) in files.iter().enumerate() {
            let file = match (is_room, by_link) {
                (true, _) => open(root, file).map(Kept::Open),
                (false, Some(spool)) => {
                    let name = format!("{number}-{place}");
                    let linked = root.link(&file.path, &file.stat, spool.path(), &name);
                    linked.ok().map(|()| Kept::Linked(name))
                }
                (false, None) => None,
            };
            kept.extend(file.map(|kept| (kept, 0)));
        }
        for ((_, bytes), file) in kept.iter_mut().zip(files) {
            *bytes = file.stat.bytes;
        }
        let is_whole = kept.len() == files.len();
        if is_room && !is_whole {
            let missing = files.len().saturating_sub(kept.len());
            let mut state = self.0.state();
            state.open_files = state.open_files.saturating_sub(missing);
        }
        let ttl = ttl.min(self.0.options.ttl_max);
        let ttl_ns = u64::try_from(ttl.as_nanos()).unwrap_or(u64::MAX);
        let expires_ns = self.0.clock.monotonic_ns().saturating_add(ttl_ns);
        self.0.state().entries.insert(number, Entry { expires_ns, files: kept });
        // Dropping it undoes a pin of which a file is missing.
        let pinned = PinnedFiles(Arc::new(Guard { shared: Arc::downgrade(&self.0), number }));
        is_whole.then_some(pinned)
    }

    /// True if further bytes may be kept, should their server evict them at once.
    fn has_room(&self, more: u64) -> bool {
        let room = self.0.options.bytes_max.saturating_sub(more);
        if more > self.0.options.bytes_max {
            return false;
        }
        let files: Vec<(Kept, u64)> = {
            let state = self.0.state();
            state.entries.values().flat_map(|entry| entry.files.iter().cloned()).collect()
        };
        let total = files.iter().map(|(_, bytes)| *bytes).fold(0, u64::saturating_add);
        if total <= room {
            return true;
        }
        let only_here = files.iter().filter(|(kept, _)| self.0.is_evicted(kept));
        only_here.map(|(_, bytes)| *bytes).fold(0, u64::saturating_add) <= room
    }

    /// Ends pins whose time is over.
    pub fn end_expired(&self) {
        let now = self.0.clock.monotonic_ns();
        let over: Vec<u64> = {
            let state = self.0.state();
            let entries = state.entries.iter();
            entries
                .filter(|(_, entry)| entry.expires_ns <= now)
                .map(|(number, _)| *number)
                .collect()
        };
        for number in over {
            self.0.end(number);
        }
    }

    /// Pins that are held.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.state().entries.len()
    }
}

fn open(root: &dyn FsRoot, file: &HeldFile) -> Option<Arc<dyn FsFile>> {
    if let Some(file) = &file.file {
        return Some(Arc::clone(file));
    }
    let opened = root.open_file(&file.path).ok()?;
    let stat = opened.stat().ok()?;
    ((stat.dev, stat.ino) == (file.stat.dev, file.stat.ino)).then_some(opened)
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_kept(&self, kept: &Kept) -> Result<Arc<dyn FsFile>, Error> {
        match (kept, &self.spool) {
            (Kept::Open(file), _) => Ok(Arc::clone(file)),
            (Kept::Linked(name), Some(spool)) => spool.open_file(name),
            (Kept::Linked(_), None) => Err(Error::Gone),
        }
    }

    /// True if the file has no name any more but that of its pin. One that cannot be looked at
    /// counts as evicted.
    fn is_evicted(&self, kept: &Kept) -> bool {
        let own_names = u64::from(matches!(kept, Kept::Linked(_)));
        let stat = self.open_kept(kept).and_then(|file| file.stat());
        stat.map_or(true, |stat| stat.nlink <= own_names)
    }

    fn end(&self, number: u64) {
        let mut state = self.state();
        let Some(entry) = state.entries.remove(&number) else {
            return;
        };
        let open = entry.files.iter().filter(|(kept, _)| matches!(kept, Kept::Open(_))).count();
        state.open_files = state.open_files.saturating_sub(open);
        drop(state);
        for (kept, _) in &entry.files {
            if let (Kept::Linked(name), Some(spool)) = (kept, &self.spool)
                && spool.remove(name).is_err()
            {
                tracing::warn!("a link stays in the spool folder until the next start");
            }
        }
    }
}

#[derive(Debug)]
struct Guard {
    shared: Weak<Shared>,
    number: u64,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.end(self.number);
        }
    }
}

/// The kept files of one pin; the last clone that is dropped releases it.
#[derive(Debug, Clone)]
pub struct PinnedFiles(Arc<Guard>);

impl PinnedFiles {
    /// A file, by its place in the list that was to be kept.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`] once the pin's time is over; what opening a link gives.
    pub fn file(&self, place: usize) -> Result<Arc<dyn FsFile>, Error> {
        let shared = self.0.shared.upgrade().ok_or(Error::Gone)?;
        let state = shared.state();
        let entry = state.entries.get(&self.0.number).ok_or(Error::Gone)?;
        if entry.expires_ns <= shared.clock.monotonic_ns() {
            return Err(Error::Gone);
        }
        let kept = entry.files.get(place).map(|(kept, _)| kept.clone()).ok_or(Error::Gone)?;
        drop(state);
        shared.open_kept(&kept)
    }
}
