//! The truth about one file, and what it means for the objects that were told.
//!
//! All that a walk or an event does ends here: a file is inspected without holding the lock, then
//! what was found is compared with what is remembered, and the difference becomes events.

use crate::error::{Error, LimitKind, Reason};
use crate::files::access_fs::{FileStat, join_path, split_path};
use crate::files::file_format::{Completeness, Found, OpenFile, Role};
use crate::object::ObjectKey;
use crate::source::{Event, Skipped};

use super::assembly::{Inspected, known_part};
use super::engine::{Departed, Engine, State};
use super::quiet::is_quiet_since_ctime;
use super::table::{FileState, KnownObject, NewRow, ShortGeneration};

/// What keys begin with that were told to be unseen: so many are not told twice in a listing.
const UNSEEN_MAX: usize = 1000;

/// What is known when a file is to be inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// Its mark by a listing; `None` if an event led here.
    pub(super) mark: Option<u64>,
    /// True if it was closed or moved into place, or was quiet long enough.
    pub(super) is_complete: bool,
    /// True if its objects are told even if they were told before.
    pub(super) retell: bool,
}

impl Look {
    /// Because of an event.
    pub(super) const fn by_event(is_complete: bool) -> Self {
        Self { mark: None, is_complete, retell: false }
    }
}

/// A file that could not be inspected.
#[derive(Debug)]
struct Failed {
    /// The state in which it is remembered if that will not pass by itself.
    state: FileState,
    /// What a stat said, if it can be asked.
    stat: Option<FileStat>,
    error: Error,
}

impl Engine {
    /// True if the file can be an object of this source, by its path alone.
    pub(super) fn is_object(&self, folder: &[u8], name: &[u8]) -> bool {
        self.role(folder, name) == Role::Object
            && self.options.scope.scope_of(&join_path(folder, name), false).is_some()
    }

    /// Inspects a file and turns what changed into events. An error concerns the source.
    pub(super) fn look_at(&self, folder: &[u8], name: &[u8], look: Look) -> Result<(), Error> {
        if !self.is_object(folder, name) {
            return Ok(());
        }
        let root = self.root()?;
        let path = join_path(folder, name);
        self.counters.saw();
        let open = match OpenFile::open(&*root, &path) {
            Ok(open) => open,
            Err(error) => {
                let stat = root.open_folder(folder).and_then(|folder| folder.stat(name)).ok();
                let failed = Failed { state: FileState::UNKNOWN, stat, error };
                self.settle_failure((folder, name), look, &failed);
                return Ok(());
            }
        };
        let stat = open.stat;
        let mark = look.mark.unwrap_or_else(|| self.mark_by_event(stat.ino));
        let file_state = if self.format.rules().changed_in_place {
            FileState::of_stat(mark, &stat)
        } else {
            FileState::of_mark(mark)
        };
        // In the state in which it was believed before, it is believed again.
        let is_believed = self.state().table.state_of(folder, name) == Some(file_state);
        if !look.is_complete && !is_believed && !self.is_quiet(&open) {
            self.wait_for(&path, look.retell);
            return Ok(());
        }
        let inspected = if self.is_alias(folder, name, &stat) {
            Ok(Inspected::empty(stat))
        } else {
            self.inspect(&*root, (folder, name), open)
        };
        match inspected {
            Ok(inspected) => self.settle((folder, name), look, file_state, &inspected),
            Err(error) => {
                let failed = Failed { state: file_state, stat: Some(stat), error };
                self.settle_failure((folder, name), look, &failed);
            }
        }
        Ok(())
    }

    /// The file is looked at again once it may be quiet.
    pub(super) fn wait_for(&self, path: &[u8], retell: bool) {
        self.wait_in(&mut self.state(), path, retell);
    }

    /// One too many is looked at by the next listing.
    fn wait_in(&self, state: &mut State, path: &[u8], retell: bool) {
        if state.quiet.wait_for(path, self.clock.monotonic_ns(), retell) {
            return;
        }
        self.skip(state, path.to_vec(), &Error::Limit(LimitKind::Memory));
        let (folder, name) = split_path(path);
        if retell {
            self.tell_unseen(state, path);
            state.table.set_untold(folder, name);
        } else {
            state.table.forget_state(folder, name);
        }
    }

    /// True if the file is listed under another name already. If a link was made since that was
    /// inspected, it has another ctime than it had, and no event says so: it is looked at again.
    fn is_alias(&self, folder: &[u8], name: &[u8], stat: &FileStat) -> bool {
        let mut state = self.state();
        let number = state.table.inode_number(stat);
        let Some((folder, name)) = state.table.same_inode(number, folder, name) else {
            return false;
        };
        let known = state.table.state_of(&folder, &name);
        if known.is_some_and(|known| known.ctime_ns != stat.ctime_ns) {
            state.hint((folder, name), false, &self.counters);
        }
        true
    }

    /// True if its rule lets a file be believed, by its stat alone.
    pub(super) fn is_quiet(&self, open: &OpenFile) -> bool {
        self.format.rules().complete == Completeness::AsInspected
            || is_quiet_since_ctime(&open.stat, self.clock.wall_ns())
    }

    /// Remembers what a file holds now, and tells what is new.
    fn settle(
        &self,
        (folder, name): (&[u8], &[u8]),
        look: Look,
        file_state: FileState,
        inspected: &Inspected,
    ) {
        let path = join_path(folder, name);
        let state = &mut *self.state();
        state.refused.forget(path.as_slice());
        let was_untold = state.table.state_of(folder, name) == Some(FileState::UNTOLD);
        let retell = state.quiet.forget(&path) || look.retell || was_untold;
        for error in &inspected.left_out {
            self.leave_out(state, path.clone(), error);
        }
        let before = state.table.objects_of(folder, name);
        let ino_before = state.table.ino_of(folder, name);
        let objects: Vec<KnownObject> = inspected.found.iter().map(known).collect();
        // Of parts only the whole is told: how, need not be known here.
        let was_told = |object: &KnownObject| match object.part {
            Some(_) => None,
            None => told(state, &before, object),
        };
        let told: Vec<_> = objects.iter().map(was_told).collect();
        let found_by: Vec<u64> = inspected
            .found
            .iter()
            .flat_map(|found| state.table.identifier_hashes(&found.identifiers))
            .collect();
        let ino = state.table.inode_number(&inspected.stat);
        let found_by = found_by.as_slice();
        let row = NewRow { folder, name, state: file_state, ino, objects: &objects, found_by };
        if let Err(error) = state.table.put(&row) {
            for object in before {
                self.depart(state, folder, object);
            }
            self.skip(state, path, &error);
            return;
        }
        for ((found, object), told) in inspected.found.iter().zip(&objects).zip(told) {
            if let Some(part) = &object.part {
                if was_untold {
                    state.wholes.set_untold(&object.key);
                }
                if before.contains(object) {
                    state.wholes.part_seen(&object.key);
                } else {
                    state.wholes.part_came(&object.key, part, self.clock.monotonic_ns());
                }
            } else {
                state.departed.remove(&object.key);
                if retell || told != Some(object.generation) {
                    self.tell(state, found, &path, told);
                }
            }
        }
        if look.mark.is_none() && !inspected.found.is_empty() {
            let lag = self.clock.wall_ns().saturating_sub(inspected.stat.ctime_ns);
            self.counters.lagged(u64::try_from(lag).unwrap_or_default());
        }
        for object in before {
            let is_there = match object.part {
                Some(_) => objects.contains(&object),
                None => objects.iter().any(|now| now.key == object.key),
            };
            if !is_there {
                self.depart(state, folder, object);
            }
        }
        if let Some(ino_before) = ino_before.filter(|before| *before != ino) {
            self.hint_links(state, ino_before);
        }
    }

    fn tell(&self, state: &mut State, found: &Found, path: &[u8], told: Option<ShortGeneration>) {
        if let Some(meta) = self.meta_of(found, path) {
            self.count_told(told, ShortGeneration::from(&meta.generation));
            state.outbox.push_back(Event::Upsert(Box::new(meta)));
        }
    }

    /// Counts an object that is told. The same one, told once more, is no change.
    fn count_told(&self, before: Option<ShortGeneration>, now: ShortGeneration) {
        match before {
            None => self.counters.indexed(),
            Some(before) if before != now => self.counters.changed(),
            Some(_) => {}
        }
    }

    /// Remembers that a file could not be inspected.
    fn settle_failure(&self, (folder, name): (&[u8], &[u8]), look: Look, failed: &Failed) {
        let path = join_path(folder, name);
        let error = &failed.error;
        let state = &mut *self.state();
        match error {
            Error::Gone => return self.forget_file(state, folder, name),
            Error::Busy if !look.is_complete => {
                return self.wait_in(state, &path, look.retell);
            }
            _ => {}
        }
        let retell = state.quiet.forget(&path) || look.retell;
        self.leave_out(state, path.clone(), error);
        match error {
            Error::Io(_) | Error::Denied => {
                self.hide_file(state, (folder, name), failed.stat.as_ref(), retell);
            }
            _ => state.refused.forget(path.as_slice()),
        }
        let has_objects = !state.table.objects_of(folder, name).is_empty();
        let file_state = match error {
            // What may pass by itself keeps what was known, and is tried again at the next look.
            Error::Io(_) | Error::Denied if retell => {
                return state.table.set_untold(folder, name);
            }
            Error::Io(_) | Error::Busy if !retell => {
                return state.table.forget_state(folder, name);
            }
            Error::Denied if has_objects => return state.table.forget_state(folder, name),
            // What has to be told anew and is being written is not there for whoever listens.
            Error::Io(_) | Error::Busy | Error::Denied | Error::Changed => FileState::UNKNOWN,
            _ => failed.state,
        };
        let before = state.table.objects_of(folder, name);
        let row = NewRow { folder, name, state: file_state, ino: 0, objects: &[], found_by: &[] };
        // Without room for it, it is tried again at the next look.
        let _no_room = state.table.put(&row).is_err();
        for object in before {
            self.depart(state, folder, object);
        }
    }

    /// A file cannot be read, perhaps for a while: what it may hide, and where all is told anew is
    /// told to be unseen. If it is as it was inspected, that is what was found in it; one whose
    /// path says nothing of its keys may be any object, but not for ever.
    fn hide_file(
        &self,
        state: &mut State,
        (folder, name): (&[u8], &[u8]),
        stat: Option<&FileStat>,
        retell: bool,
    ) {
        let path = join_path(folder, name);
        let ino = stat.map(|stat| state.table.inode_number(stat));
        let is_inspected = ino.is_some() && state.table.ino_of(folder, name) == ino;
        if is_inspected && !self.format.rules().changed_in_place {
            for object in state.table.objects_of(folder, name).into_iter().filter(|_| retell) {
                push_unseen(state, object.key);
            }
            return;
        }
        let says_place = !self.format.keys_below(&path).is_empty();
        if state.refused.note(path.clone(), self.clock.monotonic_ns()) || says_place {
            self.hide(state, &path);
            if retell {
                self.tell_unseen(state, &path);
            }
        }
    }

    /// Remembers that something lies where an object would, and tells it once.
    pub(super) fn refuse(&self, folder: &[u8], name: &[u8], mark: u64, retell: bool) {
        let file_state = FileState::of_mark(mark);
        let is_known = self.state().table.state_of(folder, name) == Some(file_state);
        if retell || !is_known {
            let look = Look { mark: Some(mark), is_complete: true, retell };
            let error = Error::Unsupported("not a regular file");
            let failed = Failed { state: file_state, stat: None, error };
            self.settle_failure((folder, name), look, &failed);
        }
    }

    /// Tells that what lies at a path was left out, and notes what that may hide.
    pub(super) fn skip(&self, state: &mut State, path: Vec<u8>, error: &Error) {
        if matches!(error, Error::Io(_) | Error::Denied | Error::Limit(LimitKind::Memory)) {
            self.hide(state, &path);
        }
        self.leave_out(state, path, error);
    }

    /// Notes that this listing cannot see what lies at a path or below it.
    fn hide(&self, state: &mut State, path: &[u8]) {
        let prefix = ObjectKey::new(self.format.keys_below(path));
        state.hidden.add(&prefix.unwrap_or_else(|_| ObjectKey::empty()));
    }

    /// Tells that something was left out.
    fn leave_out(&self, state: &mut State, path: Vec<u8>, error: &Error) {
        self.counters.skipped(error.reason());
        let skipped = Skipped { place: path, reason: error.reason(), detail: error.detail() };
        state.outbox.push_back(Event::Skipped(skipped));
    }

    /// Tells that what lies at a path or below it cannot be seen.
    pub(super) fn tell_unseen(&self, state: &mut State, path: &[u8]) {
        let prefix = ObjectKey::new(self.format.keys_below(path));
        let prefix = prefix.unwrap_or_else(|_| ObjectKey::empty());
        // What was seen there before is told to be gone, if it is. Of other objects nothing is
        // known but by who hears of them: they are swept by a listing that sees all.
        if prefix.as_bytes().is_empty() || !knows(state, path) {
            state.owed.add(&prefix);
        }
        push_unseen(state, prefix);
    }

    /// A folder cannot be seen where all is told anew. What is known of it stays, and is told once
    /// it can be.
    pub(super) fn leave_untold(&self, state: &mut State, path: &[u8]) {
        self.tell_unseen(state, path);
        for folder in state.table.folders_from(path) {
            for name in state.table.files_in(&folder) {
                state.table.set_untold(&folder, &name);
            }
        }
    }

    /// A file is not there any more.
    pub(super) fn forget_file(&self, state: &mut State, folder: &[u8], name: &[u8]) {
        let path = join_path(folder, name);
        state.quiet.forget(&path);
        state.refused.forget(path.as_slice());
        let before = state.table.objects_of(folder, name);
        let ino = state.table.ino_of(folder, name);
        state.table.remove(folder, name);
        for object in before {
            self.depart(state, folder, object);
        }
        if let Some(ino) = ino {
            self.hint_links(state, ino);
        }
    }

    /// A folder is not there any more, with all below it. Returns the folders that were known.
    pub(super) fn forget_folder(&self, state: &mut State, path: &[u8]) -> Vec<Vec<u8>> {
        let folders = state.table.folders_from(path);
        for folder in folders.iter().rev() {
            for name in state.table.files_in(folder) {
                self.forget_file(state, folder, &name);
            }
            state.table.leave(folder);
        }
        let below = join_path(path, b"");
        state.quiet.forget_below(&below);
        state.unreadable.retain(|folder| folder != path && !folder.starts_with(&below));
        folders
    }

    /// Other names of an inode are looked at once the one that was listed went.
    fn hint_links(&self, state: &mut State, ino: u64) {
        if self.format.rules().links_once && ino != 0 {
            for place in state.table.links_of(ino) {
                state.hint(place, false, &self.counters);
            }
        }
    }

    /// Tells of the objects that no file took over.
    pub(super) fn tell_departed(&self, state: &mut State) {
        for (key, _) in std::mem::take(&mut state.departed) {
            if state.table.holders(&key).is_empty() {
                self.counters.gone();
                state.outbox.push_back(Event::Gone(key));
            }
        }
    }

    /// Joins and tells the wholes of which parts came or went, once they are due.
    pub(super) fn tell_wholes(&self, retell: bool) -> Result<(), Error> {
        let root = self.root()?;
        let due = self.state().wholes.take_due(self.clock.monotonic_ns(), retell);
        for key in due {
            let whole = self.known_whole(&*root, &key);
            let state = &mut *self.state();
            let told = state.wholes.told(&key);
            match whole {
                Ok(Some(meta)) => {
                    let now = ShortGeneration::from(&meta.generation);
                    let is_owed = retell || state.wholes.is_untold(&key);
                    state.wholes.set_told(&key, now);
                    if is_owed || told != Some(now) {
                        self.count_told(told, now);
                        state.outbox.push_back(Event::Upsert(Box::new(meta)));
                    }
                }
                Ok(None) => {
                    state.wholes.forget(&key);
                    if told.is_some() {
                        self.counters.gone();
                        state.outbox.push_back(Event::Gone(key));
                    }
                }
                Err(error) => {
                    let is_new = state.wholes.try_again(&key, self.clock.monotonic_ns());
                    if is_new || retell {
                        self.leave_out(state, key.as_bytes().to_vec(), &error);
                    }
                    if retell {
                        push_unseen(state, key);
                    }
                }
            }
        }
        Ok(())
    }

    /// Tells of the wholes that changed and are not due that they are being written.
    pub(super) fn tell_busy_wholes(&self) {
        let state = &mut *self.state();
        let waiting: Vec<Vec<u8>> =
            state.wholes.waiting().map(|key| key.as_bytes().to_vec()).collect();
        for key in waiting {
            self.skip(state, key, &Error::Busy);
        }
    }

    /// A file does not hold this object any more.
    fn depart(&self, state: &mut State, folder: &[u8], object: KnownObject) {
        if let Some(part) = &object.part {
            state.wholes.part_went(&object.key, part, self.clock.monotonic_ns());
            return;
        }
        let holders = state.table.holders(&object.key);
        if holders.iter().any(|(_, _, held)| held.generation == object.generation) {
            return;
        }
        if holders.is_empty() {
            if state.departed.len() >= state.side_max {
                // Too many to wait where they went: what moved is told again where it is found.
                self.counters.skipped(Reason::Limit);
                self.tell_departed(state);
            }
            let departed = Departed { generation: object.generation, folder: folder.to_vec() };
            state.departed.insert(object.key, departed);
        }
        // It was told as this file had it, and is now as another has it.
        for (folder, name, _) in holders {
            state.hint((folder, name), true, &self.counters);
        }
    }

    /// The files that hold parts of a whole.
    pub(super) fn parts_of(&self, key: &ObjectKey) -> Vec<(Vec<u8>, Vec<u8>)> {
        let holders = self.state().table.holders(key);
        let parts = holders.into_iter().filter(|(_, _, object)| object.part.is_some());
        parts.map(|(folder, name, _)| (folder, name)).collect()
    }
}

/// Tells that what begins with a key is unseen. Of keys that say nothing of places, that is all:
/// it is said once.
fn push_unseen(state: &mut State, prefix: ObjectKey) {
    if state.unseen.contains(&prefix) {
        return;
    }
    if state.unseen.len() < UNSEEN_MAX {
        state.unseen.insert(prefix.clone());
    }
    state.outbox.push_back(Event::Unseen(prefix));
}

/// Whether something is known of what lies at a path, so that it is told if that went.
fn knows(state: &State, path: &[u8]) -> bool {
    let (folder, name) = split_path(path);
    state.table.has_folder(path) || !state.table.objects_of(folder, name).is_empty()
}

fn known(found: &Found) -> KnownObject {
    KnownObject {
        key: found.key.clone(),
        generation: ShortGeneration::from(&found.generation),
        part: known_part(found),
    }
}

/// The generation in which an object was told last, as far as is known.
fn told(state: &State, before: &[KnownObject], object: &KnownObject) -> Option<ShortGeneration> {
    let same = before.iter().find(|before| before.key == object.key);
    let departed = || state.departed.get(&object.key).map(|departed| departed.generation);
    let held = || {
        let holders = state.table.holders(&object.key);
        let same = holders.iter().find(|(_, _, held)| held.generation == object.generation);
        same.or(holders.first()).map(|(_, _, held)| held.generation)
    };
    same.map(|before| before.generation).or_else(departed).or_else(held)
}
