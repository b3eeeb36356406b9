//! One look at the folders of a source: compares names, inode numbers and, where files change in
//! place, stats with what is remembered, and inspects what differs.
//!
//! A pass goes one folder or one file a step, so that its events are told as they come and memory
//! holds one folder's names at a time. With a watcher, each folder is watched before it is listed:
//! what comes in between is told twice rather than never.

use std::ops::ControlFlow;

use crate::error::{Error, LimitKind};
use crate::files::access_fs::{EntryKind, FsFolder, FsWatcher, join_path};
use crate::files::file_format::Role;

use super::engine::{Engine, State};
use super::look::Look;
use super::table::FileState;

/// A watcher, as long as there is one.
pub(super) type Watcher = Option<Box<dyn FsWatcher>>;

/// Bytes that a listed name costs beside its own, about.
const LISTED_BYTES: usize = 64;

/// Whether a pass goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    More,
    Done,
}

/// A pass under way.
#[derive(Debug)]
pub(super) struct Pass {
    /// Folders to be visited, the next one last: on each level those of one folder at most, whose
    /// listing is within the table's bytes.
    folders: Vec<Vec<u8>>,
    current: Option<Visit>,
    retell: bool,
    goes_down: bool,
}

/// A folder whose files are being looked at.
#[derive(Debug)]
struct Visit {
    path: Vec<u8>,
    folder: Box<dyn FsFolder>,
    files: std::vec::IntoIter<ListedFile>,
}

#[derive(Debug)]
struct ListedFile {
    name: Vec<u8>,
    mark: u64,
    is_file: bool,
}

/// The names of a folder, sorted by what they are.
#[derive(Debug, Default)]
struct Listing {
    files: Vec<ListedFile>,
    /// The file that each companion belongs to, its own name and inode number.
    companions: Vec<(Vec<u8>, Vec<u8>, u64)>,
    folders: Vec<Vec<u8>>,
    /// Names of which the file system did not say what they are, and why.
    unseen: Vec<(Vec<u8>, Error)>,
    is_empty: bool,
    is_cut: bool,
}

impl Pass {
    /// A look at all folders; `retell` tells all objects anew.
    pub(super) fn full(retell: bool) -> Self {
        Self { folders: vec![Vec::new()], current: None, retell, goes_down: true }
    }

    /// A look at one folder and those below it.
    pub(super) fn below(path: &[u8]) -> Self {
        Self { folders: vec![path.to_vec()], current: None, retell: false, goes_down: true }
    }

    /// A look at one folder alone.
    pub(super) fn within(path: &[u8]) -> Self {
        Self { folders: vec![path.to_vec()], current: None, retell: false, goes_down: false }
    }

    /// True if it will still visit this folder.
    pub(super) fn will_visit(&self, path: &[u8]) -> bool {
        let is_above = |folder: &Vec<u8>| is_within(path, folder);
        self.goes_down && self.folders.iter().any(is_above)
    }

    /// Goes one step. An error concerns the source.
    pub(super) fn step(&mut self, engine: &Engine, watcher: &mut Watcher) -> Result<Step, Error> {
        if let Some(visit) = &mut self.current {
            match visit.files.next() {
                Some(file) => check_file(engine, visit, &file, self.retell)?,
                None => self.current = None,
            }
            return Ok(Step::More);
        }
        let Some(path) = self.folders.pop() else {
            return Ok(Step::Done);
        };
        watch_folder(engine, watcher, &path)?;
        match self.visit(engine, path.clone()) {
            Ok(()) => {}
            Err(error) if path.is_empty() => return Err(unavailable(error)),
            Err(Error::Gone) => {
                let mut state = engine.state();
                for folder in engine.forget_folder(&mut state, &path) {
                    forget_watch(watcher, &folder);
                }
            }
            // What is known of it stays: it is the folder that cannot be seen, not its files that
            // went.
            Err(error) => {
                let mut state = engine.state();
                if self.retell {
                    engine.leave_untold(&mut state, &path);
                }
                state.set_unreadable(&path, &engine.counters);
                engine.skip(&mut state, path, &error);
            }
        }
        Ok(Step::More)
    }

    /// Goes all steps.
    pub(super) fn run(mut self, engine: &Engine, watcher: &mut Watcher) -> Result<(), Error> {
        while self.step(engine, watcher)? == Step::More {}
        Ok(())
    }

    fn visit(&mut self, engine: &Engine, path: Vec<u8>) -> Result<(), Error> {
        let folder = engine.root()?.open_folder(&path)?;
        let listing = listed(engine, &path, &*folder)?;
        let mut state = engine.state();
        if path.is_empty() {
            state.unseen.clear();
        }
        if path.is_empty() && listing.is_empty {
            if state.table.object_count() > 0 && !state.may_be_empty {
                return Err(Error::EmptyRoot);
            }
        } else if path.is_empty() {
            state.may_be_empty = false;
        }
        state.table.enter(&path)?;
        state.unreadable.remove(&path);
        if listing.is_cut {
            if self.retell {
                engine.tell_unseen(&mut state, &path);
            }
            engine.skip(&mut state, path.clone(), &Error::Limit(LimitKind::Memory));
        } else {
            forget_missing(engine, &mut state, &path, &listing);
        }
        for (name, error) in &listing.unseen {
            let place = join_path(&path, name);
            if self.retell {
                engine.leave_untold(&mut state, &place);
                state.table.set_untold(&path, name);
            }
            engine.skip(&mut state, place, error);
        }
        drop(state);
        if self.goes_down {
            // The last is taken first: in the order of their names.
            self.folders.extend(listing.folders.iter().rev().map(|name| join_path(&path, name)));
        }
        self.current = Some(Visit { path, folder, files: listing.files.into_iter() });
        Ok(())
    }
}

/// Forgets what was in a folder and is not listed any more. What could not be asked for stays.
fn forget_missing(engine: &Engine, state: &mut State, path: &[u8], listing: &Listing) {
    let is_unseen = |name: &[u8]| listing.unseen.iter().any(|(unseen, _)| unseen == name);
    for name in state.table.missing_files(path, &listing.files, |file| &file.name) {
        if !is_unseen(&name) {
            engine.forget_file(state, path, &name);
        }
    }
    let unseen = listing.unseen.iter().map(|(name, _)| name);
    let unseen = unseen.filter(|name| state.table.has_folder(&join_path(path, name))).cloned();
    let children: Vec<Vec<u8>> = listing.folders.iter().cloned().chain(unseen).collect();
    for child in state.table.set_children(path, &children) {
        engine.forget_folder(state, &child);
    }
}

fn unavailable(error: Error) -> Error {
    match error {
        Error::Unavailable(_) | Error::EmptyRoot | Error::Cancelled => error,
        _ => Error::Unavailable("its root cannot be read"),
    }
}

fn watch_folder(engine: &Engine, watcher: &mut Watcher, path: &[u8]) -> Result<(), Error> {
    let Some(watching) = watcher else {
        return Ok(());
    };
    match watching.watch(path) {
        Err(Error::Incapable(problem)) => {
            // Half of the folders watched is worse than none: all are listed again and again.
            tracing::warn!(kind = engine.format.kind(), problem, "a source is polled");
            *watcher = None;
        }
        Err(error) if path.is_empty() => return Err(unavailable(error)),
        // Visiting it will say the same.
        Err(_) | Ok(()) => {}
    }
    Ok(())
}

/// Ends the watch of a folder, if there is a watcher.
pub(super) fn forget_watch(watcher: &mut Watcher, path: &[u8]) {
    if let Some(watcher) = watcher {
        watcher.forget(path);
    }
}

/// True if a path is that of a folder or lies below it.
fn is_within(path: &[u8], folder: &[u8]) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'/')))
}

/// True if a folder is one of the source's.
pub(super) fn enters(engine: &Engine, path: &[u8]) -> bool {
    let depth_max = engine.format.rules().folder_depth.min(engine.options.limits.folder_depth);
    let depth = path.split(|&byte| byte == b'/').count();
    depth <= depth_max && engine.format.enters(path)
}

fn listed(engine: &Engine, path: &[u8], folder: &dyn FsFolder) -> Result<Listing, Error> {
    let mut listing = Listing { is_empty: true, ..Listing::default() };
    let mut room = engine.options.table_bytes_max;
    let mut unknown = Vec::new();
    folder.read(&mut |entry| {
        listing.is_empty = false;
        match room.checked_sub(entry.name.len().saturating_add(LISTED_BYTES)) {
            Some(left) => room = left,
            None => {
                listing.is_cut = true;
                return ControlFlow::Break(());
            }
        }
        if entry.kind == EntryKind::Unknown {
            unknown.push((entry.name.to_vec(), entry.ino));
        } else {
            add(engine, path, &mut listing, (entry.name, entry.ino, entry.kind));
        }
        ControlFlow::Continue(())
    })?;
    for (name, ino) in unknown {
        match folder.stat(&name) {
            Ok(stat) => add(engine, path, &mut listing, (&name, ino, stat.kind)),
            Err(Error::Gone) => {}
            Err(error) => listing.unseen.push((name, error)),
        }
    }
    listing.folders.sort_unstable();
    listing.folders.dedup();
    listing.files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    listing.files.dedup_by(|a, b| a.name == b.name);
    mix_companions(engine, &mut listing);
    Ok(listing)
}

fn add(
    engine: &Engine,
    path: &[u8],
    listing: &mut Listing,
    (name, ino, kind): (&[u8], u64, EntryKind),
) {
    if kind == EntryKind::Folder {
        if enters(engine, &join_path(path, name)) {
            listing.folders.push(name.to_vec());
        }
        return;
    }
    match engine.role(path, name) {
        Role::Object if engine.is_object(path, name) => {
            let is_file = kind == EntryKind::File;
            listing.files.push(ListedFile { name: name.to_vec(), mark: ino, is_file });
        }
        Role::CompanionOf(of) => listing.companions.push((of, name.to_vec(), ino)),
        Role::Object | Role::Ignored => {}
    }
}

fn mix_companions(engine: &Engine, listing: &mut Listing) {
    if listing.companions.is_empty() {
        return;
    }
    let state = engine.state();
    for (of, name, ino) in &listing.companions {
        let place = listing.files.binary_search_by(|file| file.name.as_slice().cmp(of));
        if let Some(file) = place.ok().and_then(|place| listing.files.get_mut(place)) {
            file.mark = state.table.mixed(file.mark, name, *ino);
        }
    }
}

fn check_file(
    engine: &Engine,
    visit: &Visit,
    file: &ListedFile,
    retell: bool,
) -> Result<(), Error> {
    let ListedFile { name, mark, is_file } = file;
    if !is_file {
        engine.refuse(&visit.path, name, *mark, retell);
        return Ok(());
    }
    let file_state = if engine.format.rules().changed_in_place {
        match visit.folder.stat(name) {
            Ok(stat) => FileState::of_stat(*mark, &stat),
            Err(_) => FileState::UNKNOWN,
        }
    } else {
        FileState::of_mark(*mark)
    };
    let known = engine.state().table.state_of(&visit.path, name);
    if retell || file_state == FileState::UNKNOWN || known != Some(file_state) {
        let look = Look { mark: Some(*mark), is_complete: false, retell };
        engine.look_at(&visit.path, name, look)?;
    }
    Ok(())
}
