//! The feed: a first listing that catches up, then the kernel's events as hints where to look, or
//! further listings where there are none.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::error::Error;
use crate::files::access_fs::{ChangeKind, FsEvent, join_path};
use crate::files::file_format::{Completeness, Role};
use crate::source::{Event, Stop};

use super::engine::{Engine, State};
use super::look::Look;
use super::pass::{Pass, Step, Watcher, enters, forget_watch};
use super::scan::deliver_cursor;

/// How long a feed sleeps that has nothing to tell. It bounds both the lag and how late a stop is
/// seen.
const TICK: Duration = Duration::from_millis(100);

/// Time between two looks whether the root is still the same.
const ROOT_CHECK: Duration = Duration::from_secs(1);

/// How long events may come without a pause before what went is told all the same.
const BATCH_MAX: Duration = Duration::from_millis(500);

/// Folders that wait to be listed at most; beyond, all is listed once.
const WAITING_MAX: usize = 1_000;

/// The events of a feed.
#[derive(Debug)]
pub(super) struct Feed<'a> {
    engine: &'a Engine,
    stop: Stop,
    watcher: Watcher,
    /// Listings to be made, the next one last.
    passes: Vec<Pass>,
    /// Folders to be listed after these with all below them, none within another.
    waiting: BTreeSet<Vec<u8>>,
    retell: bool,
    /// When, by monotonic time, the whole source is listed and its root is checked.
    next_listing_ns: u64,
    next_root_check_ns: u64,
    /// When the batch of events that is being read began.
    batch_since_ns: Option<u64>,
    has_listed: bool,
    is_over: bool,
}

impl<'a> Feed<'a> {
    pub(super) fn begin(engine: &'a Engine, stop: &Stop) -> Result<Self, Error> {
        engine.begin()?;
        let mut feed = Self {
            engine,
            stop: stop.clone(),
            watcher: None,
            passes: Vec::new(),
            waiting: BTreeSet::new(),
            retell: false,
            next_listing_ns: 0,
            next_root_check_ns: 0,
            batch_since_ns: None,
            has_listed: false,
            is_over: true,
        };
        let is_other_root = engine.refresh_root()?;
        let state = &mut *engine.state();
        let is_undelivered = state.is_undelivered;
        if is_undelivered && !is_other_root {
            engine.begin_epoch(state);
        }
        state.is_undelivered = is_other_root || is_undelivered;
        feed.begin_listing(state, is_other_root || is_undelivered);
        feed.is_over = false;
        Ok(feed)
    }

    fn now(&self) -> u64 {
        self.engine.clock.monotonic_ns()
    }

    fn after(&self, duration: Duration) -> u64 {
        self.now().saturating_add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
    }

    /// Plans a listing of all; the next one is planned when this one is done.
    fn begin_listing(&mut self, state: &mut State, retell: bool) {
        self.retell |= retell;
        state.begin_listing(self.retell);
        self.passes = vec![Pass::full(self.retell)];
        self.waiting.clear();
        self.next_listing_ns = u64::MAX;
        self.batch_since_ns = None;
    }

    /// Makes a watcher for the listing that is about to begin.
    fn watch_anew(&mut self) -> Result<(), Error> {
        self.watcher = None;
        if self.engine.options.use_events {
            let root = self.engine.root()?;
            match root.watcher(self.engine.format.rules().changed_in_place) {
                Ok(watcher) => self.watcher = Some(watcher),
                Err(Error::Incapable(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Does one thing, and sleeps if there is none to do.
    fn advance(&mut self) -> Result<(), Error> {
        if self.check_root()? {
            return Ok(());
        }
        // Events are read while a listing goes on, or the kernel would have no room for more.
        let has_read = self.read_events()?;
        let has_listed = self.go_on_listing()?;
        if has_read || has_listed {
            return Ok(());
        }
        self.engine.look_at_quiet()?;
        self.finish_batch()?;
        if self.engine.state().outbox.is_empty() {
            if self.stop.is_stopped() {
                self.is_over = true;
            } else {
                self.engine.clock.sleep(TICK);
            }
        }
        if self.now() >= self.next_listing_ns {
            self.begin_listing(&mut self.engine.state(), false);
        }
        Ok(())
    }

    /// True if another root was found: then all is told anew.
    fn check_root(&mut self) -> Result<bool, Error> {
        if self.now() < self.next_root_check_ns {
            return Ok(false);
        }
        let is_first = self.next_root_check_ns == 0;
        self.next_root_check_ns = self.after(ROOT_CHECK);
        if let Some(pins) = &self.engine.pins {
            pins.end_expired();
        }
        if self.engine.refresh_root()? {
            self.begin_listing(&mut self.engine.state(), true);
            self.watch_anew()?;
            return Ok(true);
        }
        if is_first {
            self.watch_anew()?;
        }
        Ok(false)
    }

    fn go_on_listing(&mut self) -> Result<bool, Error> {
        if self.passes.is_empty() {
            self.passes.extend(self.waiting.pop_first().map(|path| Pass::below(&path)));
        }
        let Some(pass) = self.passes.last_mut() else {
            return Ok(false);
        };
        if pass.step(self.engine, &mut self.watcher)? == Step::Done {
            self.passes.pop();
            if !self.is_listing() {
                self.finish_listing()?;
            }
        }
        Ok(true)
    }

    fn finish_listing(&mut self) -> Result<(), Error> {
        if self.next_listing_ns == u64::MAX {
            self.engine.finish_batch(&mut self.watcher, self.retell)?;
            self.retell = false;
            self.has_listed = true;
            let options = &self.engine.options;
            self.next_listing_ns = match self.watcher {
                Some(_) => self.after(options.audit_interval),
                None => self.after(options.poll_interval),
            };
            let owes_listing = self.engine.state().owes_listing();
            if owes_listing {
                self.tell_all_anew();
            }
        }
        Ok(())
    }

    fn tell_all_anew(&mut self) {
        let state = &mut *self.engine.state();
        self.engine.begin_epoch(state);
        self.begin_listing(state, true);
    }

    /// Reads the kernel's events; true if there may be more.
    fn read_events(&mut self) -> Result<bool, Error> {
        let Some(watcher) = &mut self.watcher else {
            return Ok(false);
        };
        let events = watcher.events()?;
        if events.is_empty() {
            return Ok(false);
        }
        for event in events {
            match event {
                FsEvent::Overflow => {
                    if self.retell && self.is_listing() {
                        // All is being told anew already: what was missed is found after it.
                        self.wait_for_folder(b"");
                    } else {
                        self.tell_all_anew();
                    }
                    self.next_root_check_ns = self.next_root_check_ns.min(self.now());
                    return Ok(true);
                }
                FsEvent::FolderGone { folder } if folder.is_empty() => {
                    self.next_root_check_ns = self.next_root_check_ns.min(self.now());
                }
                FsEvent::FolderGone { folder } => self.leave(&folder),
                FsEvent::Change { folder, name, kind, is_folder: true } => {
                    self.folder_changed(&join_path(&folder, &name), kind);
                }
                FsEvent::Change { folder, name, kind, is_folder: false } => {
                    self.file_changed(&folder, &name, kind)?;
                }
            }
        }
        let since = *self.batch_since_ns.get_or_insert(self.engine.clock.monotonic_ns());
        let batch_max = u64::try_from(BATCH_MAX.as_nanos()).unwrap_or(u64::MAX);
        // What went may have moved to where a listing has still to come.
        if !self.is_listing() && self.now().saturating_sub(since) >= batch_max {
            self.finish_batch()?;
        }
        Ok(true)
    }

    fn leave(&mut self, folder: &[u8]) {
        let known = self.engine.forget_folder(&mut self.engine.state(), folder);
        for folder in known {
            forget_watch(&mut self.watcher, &folder);
        }
        forget_watch(&mut self.watcher, folder);
    }

    fn folder_changed(&mut self, path: &[u8], kind: ChangeKind) {
        match kind {
            ChangeKind::Removed | ChangeKind::MovedFrom(_) => self.leave(path),
            ChangeKind::Created | ChangeKind::MovedTo(_) if enters(self.engine, path) => {
                self.wait_for_folder(path);
            }
            ChangeKind::Attributes if enters(self.engine, path) && self.became_readable(path) => {
                self.wait_for_folder(path);
            }
            _ => {}
        }
    }

    /// True if a folder can be opened that was not listed, or could not be, when it was visited.
    fn became_readable(&self, path: &[u8]) -> bool {
        let is_readable = self.engine.root().and_then(|root| root.open_folder(path)).is_ok();
        let state = &mut *self.engine.state();
        if !is_readable {
            state.set_unreadable(path, &self.engine.counters);
        }
        is_readable && (state.unreadable.contains(path) || !state.table.has_folder(path))
    }

    /// True while the whole source or a part of it is being listed.
    fn is_listing(&self) -> bool {
        !self.passes.is_empty() || !self.waiting.is_empty()
    }

    /// Plans a listing of a folder and all below it, unless one that is planned comes there.
    fn wait_for_folder(&mut self, path: &[u8]) {
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        let mut above = ends.filter_map(|(end, _)| path.get(..end)).chain([path, b"".as_slice()]);
        if above.any(|folder| self.waiting.contains(folder))
            || self.passes.iter().any(|pass| pass.will_visit(path))
        {
            return;
        }
        if path.is_empty() || self.waiting.len() >= WAITING_MAX {
            self.waiting.clear();
            self.waiting.insert(Vec::new());
        } else {
            let below = join_path(path, b"");
            self.waiting.retain(|folder| !folder.starts_with(&below));
            self.waiting.insert(path.to_vec());
        }
    }

    fn file_changed(&self, folder: &[u8], name: &[u8], kind: ChangeKind) -> Result<(), Error> {
        match self.engine.role(folder, name) {
            Role::Ignored => Ok(()),
            Role::CompanionOf(of) => match kind {
                ChangeKind::Created | ChangeKind::Modified => {
                    self.wait_for(folder, &of);
                    Ok(())
                }
                _ => self.engine.look_at(folder, &of, Look::by_event(true)),
            },
            Role::Object => self.object_changed(folder, name, kind),
        }
    }

    fn object_changed(&self, folder: &[u8], name: &[u8], kind: ChangeKind) -> Result<(), Error> {
        let rules = self.engine.format.rules();
        match kind {
            ChangeKind::Removed | ChangeKind::MovedFrom(_) => {
                self.engine.forget_file(&mut self.engine.state(), folder, name);
                Ok(())
            }
            ChangeKind::ClosedAfterWriting | ChangeKind::MovedTo(_) => {
                self.engine.look_at(folder, name, Look::by_event(true))
            }
            ChangeKind::Created if rules.complete == Completeness::AsInspected => {
                self.engine.look_at(folder, name, Look::by_event(false))
            }
            ChangeKind::Attributes if !rules.changed_in_place => {
                self.engine.look_at(folder, name, Look::by_event(false))
            }
            ChangeKind::Modified if !rules.changed_in_place => Ok(()),
            ChangeKind::Created | ChangeKind::Modified | ChangeKind::Attributes => {
                self.wait_for(folder, name);
                Ok(())
            }
        }
    }

    fn wait_for(&self, folder: &[u8], name: &[u8]) {
        if self.engine.is_object(folder, name) {
            self.engine.wait_for(&join_path(folder, name), false);
        }
    }

    /// Decides what the events left open, and says that all is told, once it is.
    fn finish_batch(&mut self) -> Result<(), Error> {
        self.batch_since_ns = None;
        self.engine.finish_batch(&mut self.watcher, false)?;
        let mut state = self.engine.state();
        if state.outbox.is_empty() && !self.is_listing() && (state.is_ahead || self.has_listed) {
            self.has_listed = false;
            deliver_cursor(&mut state);
        }
        Ok(())
    }
}

impl Iterator for Feed<'_> {
    type Item = Result<Event, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            if let Some(event) = self.engine.next_event() {
                return Some(Ok(event));
            }
            if self.stop.is_stopped() && self.is_listing() {
                return None;
            }
            if let Err(error) = self.advance() {
                self.is_over = true;
                return Some(Err(error));
            }
        }
        None
    }
}

impl Drop for Feed<'_> {
    fn drop(&mut self) {
        self.engine.end();
    }
}
