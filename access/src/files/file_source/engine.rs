//! What all parts of one source of files share: its parts, what is remembered, and whose turn it
//! is to change that.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;
use crate::error::{Error, Reason};
use crate::files::access_fs::{AccessFs, FsRoot, RootIdentity};
use crate::files::file_format::{FileFormat, Role};
use crate::files::pins::Pins;
use crate::key_prefixes::KeyPrefixes;
use crate::object::ObjectKey;
use crate::refused_files::RefusedFiles;
use crate::source::{Counters, Event};

use super::options::FileSourceOptions;
use super::quiet::QuietFiles;
use super::table::{ShortGeneration, Table};
use super::wholes::Wholes;

/// What is remembered at most beside the table, of each kind: files to be looked at again or waited
/// for, objects that left their files, folders that cannot be read. More are counted
/// ([`Reason::Limit`]), and none is lost: where each kind is added stands what becomes of more.
///
/// Wholes are in the table's bytes; what is to be told is of one file or folder at a time, or, at
/// the end of a batch, at most what the table held.
const SIDE_MAX: usize = 100_000;

/// What all parts of one source share.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) fs: Arc<dyn AccessFs>,
    pub(super) format: Arc<dyn FileFormat>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) options: FileSourceOptions,
    pub(super) counters: Arc<Counters>,
    pub(super) pins: Option<Pins>,
    state: Mutex<State>,
    is_running: AtomicBool,
    /// True once a companion was seen: then an event does not tell the mark of a file.
    has_companions: AtomicBool,
}

/// What changes.
#[derive(Debug)]
pub(super) struct State {
    pub(super) root: Option<Arc<dyn FsRoot>>,
    pub(super) table: Table,
    pub(super) epoch: u64,
    /// Counts cursors within an epoch.
    pub(super) tick: u64,
    /// True while something that is in the table may not have been told.
    pub(super) is_undelivered: bool,
    /// True once something was told after the last cursor.
    pub(super) is_ahead: bool,
    /// True if a root without anything in it is what it looks like.
    pub(super) may_be_empty: bool,
    /// Folders that could not be read when they were visited last, as many as there is room for.
    pub(super) unreadable: BTreeSet<Vec<u8>>,
    /// What was told to be unseen in the listing that tells all anew, as much as there is room for.
    pub(super) unseen: BTreeSet<ObjectKey>,
    /// What was told to be unseen of which nothing is known: who sweeps kept what may be there, and
    /// hears that it went by another listing that tells all anew.
    pub(super) owed: KeyPrefixes,
    /// What the listing under way, or the last one, could not see.
    pub(super) hidden: KeyPrefixes,
    /// Files that cannot be read, by their paths.
    pub(super) refused: RefusedFiles<Vec<u8>>,
    /// Events to be told.
    pub(super) outbox: VecDeque<Event>,
    pub(super) quiet: QuietFiles,
    /// Objects whose last known file lost them, with its folder: they may have moved to a file
    /// that was not looked at yet, so they are not told as gone at once.
    pub(super) departed: BTreeMap<ObjectKey, Departed>,
    pub(super) wholes: Wholes,
    /// Files, by folder and name, to be inspected once more, and whether their objects are told
    /// even if nothing changed.
    pub(super) hints: BTreeMap<(Vec<u8>, Vec<u8>), bool>,
    pub(super) side_max: usize,
}

/// An object that no known file holds any more.
#[derive(Debug)]
pub(super) struct Departed {
    pub(super) generation: ShortGeneration,
    pub(super) folder: Vec<u8>,
}

impl State {
    /// Begins a listing of all; `retell` tells all anew.
    pub(super) fn begin_listing(&mut self, retell: bool) {
        self.hidden.clear();
        self.refused.begin_listing();
        if retell {
            self.owed.clear();
        }
    }

    /// True if a listing that ended could see what one could not that told all anew: another such
    /// listing is owed then.
    pub(super) fn owes_listing(&self) -> bool {
        !self.owed.are_within(&self.hidden)
    }

    /// Remembers that a folder could not be read; what does not fit waits for the next listing.
    pub(super) fn set_unreadable(&mut self, folder: &[u8], counters: &Counters) {
        if self.unreadable.len() < self.side_max {
            self.unreadable.insert(folder.to_vec());
        } else if !self.unreadable.contains(folder) {
            counters.skipped(Reason::Limit);
        }
    }

    /// Has a file looked at again at the end of the batch, and its objects told; one too many at
    /// the next listing.
    pub(super) fn hint(&mut self, place: (Vec<u8>, Vec<u8>), retell: bool, counters: &Counters) {
        if self.hints.len() < self.side_max || self.hints.contains_key(&place) {
            *self.hints.entry(place).or_insert(false) |= retell;
            return;
        }
        counters.skipped(Reason::Limit);
        let (folder, name) = place;
        if retell {
            self.table.set_untold(&folder, &name);
        } else {
            self.table.forget_state(&folder, &name);
        }
    }
}

impl Engine {
    pub(super) fn new(
        fs: Arc<dyn AccessFs>,
        format: Arc<dyn FileFormat>,
        clock: Arc<dyn Clock>,
        options: FileSourceOptions,
        pins: Option<Pins>,
    ) -> Self {
        let epoch = options.first_epoch;
        let epoch = epoch.unwrap_or_else(|| u64::try_from(clock.wall_ns()).unwrap_or_default());
        let state = State {
            root: None,
            table: Table::new(options.table_bytes_max, format.rules().links_once),
            epoch,
            tick: 0,
            is_undelivered: false,
            is_ahead: false,
            may_be_empty: false,
            unreadable: BTreeSet::new(),
            unseen: BTreeSet::new(),
            owed: KeyPrefixes::default(),
            hidden: KeyPrefixes::default(),
            refused: RefusedFiles::default(),
            outbox: VecDeque::new(),
            quiet: QuietFiles::new(SIDE_MAX),
            departed: BTreeMap::new(),
            wholes: Wholes::default(),
            hints: BTreeMap::new(),
            side_max: SIDE_MAX,
        };
        Self {
            fs,
            format,
            clock,
            options,
            counters: Arc::new(Counters::new()),
            pins,
            state: Mutex::new(state),
            is_running: AtomicBool::new(false),
            has_companions: AtomicBool::new(false),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the turn of changing the table; one `scan` or `watch` at a time has it.
    pub(super) fn begin(&self) -> Result<(), Error> {
        if self.is_running.swap(true, Ordering::AcqRel) { Err(Error::Busy) } else { Ok(()) }
    }

    /// Gives the turn back. What was not told makes the next listing tell all.
    pub(super) fn end(&self) {
        let mut state = self.state();
        if !state.outbox.is_empty() {
            state.is_undelivered = true;
            state.outbox.clear();
        }
        drop(state);
        self.is_running.store(false, Ordering::Release);
    }

    /// What a file is, by its path.
    pub(super) fn role(&self, folder: &[u8], name: &[u8]) -> Role {
        let role = self.format.role(folder, name);
        if matches!(role, Role::CompanionOf(_)) {
            self.has_companions.store(true, Ordering::Relaxed);
        }
        role
    }

    /// The mark of a file to which an event led. Where there are companions, it is one that no
    /// listing gives, so that the next one looks at the file again.
    pub(super) fn mark_by_event(&self, ino: u64) -> u64 {
        if self.has_companions.load(Ordering::Relaxed) { !ino } else { ino }
    }

    /// The next event to be told.
    pub(super) fn next_event(&self) -> Option<Event> {
        let mut state = self.state();
        let event = state.outbox.pop_front()?;
        state.is_ahead = !matches!(event, Event::Cursor(_));
        Some(event)
    }

    /// Opens the root as it is now. If it is another one than before, a new epoch begins, and true
    /// comes back.
    pub(super) fn refresh_root(&self) -> Result<bool, Error> {
        let root = self.fs.open_root().map_err(|error| match error {
            Error::Gone => Error::Unavailable("there is no such folder"),
            Error::Denied => Error::Unavailable("its root cannot be opened"),
            error => error,
        })?;
        let mut state = self.state();
        let before = state.root.as_ref().map(|root| root.identity());
        let is_other = before.is_some_and(|before: RootIdentity| before != root.identity());
        if is_other || before.is_none() {
            state.root = Some(root);
        }
        if is_other {
            self.begin_epoch(&mut state);
        }
        Ok(is_other)
    }

    pub(super) fn begin_epoch(&self, state: &mut State) {
        let now = u64::try_from(self.clock.wall_ns()).unwrap_or_default();
        state.epoch = state.epoch.saturating_add(1).max(now);
        state.tick = 0;
        // What an epoch has to tell anew is owed until a cursor says that it was told.
        state.is_undelivered = true;
        state.outbox.push_back(Event::Epoch(state.epoch));
        self.counters.began_epoch();
    }

    pub(super) fn root(&self) -> Result<Arc<dyn FsRoot>, Error> {
        self.state().root.clone().ok_or(Error::Unavailable("it was not opened yet"))
    }
}
