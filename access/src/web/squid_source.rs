//! Kind `squid-ufs`: a `cache_dir` of Squid's ufs, aufs or diskd stores.
//!
//! Files are made under their final names and grow there, so nothing is walked: swap.state says
//! which files are complete, how long they are and what went. A file is believed if its size and
//! the key in it are those of the log, for file numbers are used again. What a later revalidation
//! writes into the log is no part of a generation.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::error::{Error, Reason};
use crate::files::access_fs::{AccessFs, FsRoot};
use crate::files::pins::Pins;
use crate::identifiers::{Checksum, Identifiers};
use crate::limits::Limits;
use crate::object::{Generation, ObjectKey, ObjectMeta, SourceId};
use crate::refused_files::RefusedFiles;
use crate::scope::ScopePolicy;
use crate::source::{
    AccessSource, Capabilities, Counters, Cursor, Event, Events, ObjectReader, RootInode, Skipped,
    Stop,
};
use crate::web::squid_file::{SquidFile, key_of_object, url_of_key};
use crate::web::squid_object::{file_path, store_key};
use crate::web::swap_log::{SwapChanges, SwapLog, SwapRow};

#[cfg(test)]
mod tests;

/// The kind's name.
pub(crate) const KIND: &str = "squid-ufs";

/// Time between two looks at files that could not be read.
const RETRY_INTERVAL: Duration = Duration::from_secs(10);

/// How a `cache_dir` is laid out and read.
#[derive(Debug, Clone)]
pub struct SquidOptions {
    /// The source's number.
    pub id: SourceId,
    /// First number behind the size in the line `cache_dir ufs PATH SIZE L1 L2`.
    pub first_folders: u32,
    /// The second one.
    pub second_folders: u32,
    /// Who may learn of objects.
    pub scope: ScopePolicy,
    /// What one object may cost.
    pub limits: Limits,
    /// How often `watch` looks at the log.
    pub interval: Duration,
    /// Files that are remembered at most; a log with more cannot be read.
    pub files_max: usize,
}

impl SquidOptions {
    /// Squid's own layout (16 and 256), four looks a second, two million files.
    #[must_use]
    pub fn new(id: SourceId, scope: ScopePolicy) -> Self {
        Self {
            id,
            first_folders: 16,
            second_folders: 256,
            scope,
            limits: Limits::default(),
            interval: Duration::from_millis(250),
            files_max: 2_000_000,
        }
    }
}

/// A ufs cache of Squid.
///
/// One `scan` or `watch` runs at a time; a second gives [`Error::Busy`]. `open` and `probe` work
/// beside it, from any thread.
#[derive(Debug)]
pub struct SquidSource {
    fs: Arc<dyn AccessFs>,
    clock: Arc<dyn Clock>,
    options: SquidOptions,
    counters: Arc<Counters>,
    pins: Option<Pins>,
    /// Tells cursors of this run from those of another.
    run: i64,
    /// A scan or a watch is told what is to be told: another would miss that.
    is_telling: AtomicBool,
    state: Mutex<State>,
}

/// What was told of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    key: ObjectKey,
    generation: Generation,
    /// A word of each checksum, to look for.
    checksums: Box<[u64]>,
}

/// A word by which a checksum is looked for; whether it is that one, the object says.
fn word_of(checksum: &Checksum) -> u64 {
    let hash = blake3::hash(&checksum.value);
    hash.as_bytes().first_chunk().copied().map(u64::from_le_bytes).unwrap_or_default()
}

/// Whether what keeps a file from being read may pass by itself.
fn may_pass(error: &Error) -> bool {
    matches!(error, Error::Io(_) | Error::Busy | Error::Denied | Error::Unavailable(_))
}

/// What is left to do before a feed is up to date.
#[derive(Debug)]
enum Step {
    /// Tell as it is.
    Tell(Event),
    /// Look at a file; if `again`, it is told even where nothing changed.
    Look { file_number: u32, again: bool },
    /// The object of that key went.
    Gone([u8; 16]),
}

/// A file that could not be read for a while.
#[derive(Debug, Clone, Copy, Default)]
struct Failing {
    /// It is told even where nothing changed.
    again: bool,
    /// It may be any object.
    hides_all: bool,
}

#[derive(Debug, Default)]
struct State {
    log: SwapLog,
    told: BTreeMap<[u8; 16], Told>,
    steps: VecDeque<Step>,
    /// Files that could not be read for a while. When, by monotonic time, they are looked at again.
    failing: BTreeMap<u32, Failing>,
    next_retry_ns: u64,
    /// Those of which no key is known.
    refused: RefusedFiles<u32>,
    /// It was told that such a file may be any object: what went meanwhile is swept by a listing
    /// of all after it.
    owes_listing: bool,
    /// The root of the last look at the log.
    root: Option<Arc<dyn FsRoot>>,
    epoch: u64,
    cursor: u64,
    /// Something was told after the last cursor: whoever comes with that may not know of it.
    is_ahead: bool,
}

impl SquidSource {
    /// A source of the `cache_dir` that `fs` opens. Nothing is read yet.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] if there are no folders.
    pub fn new(
        fs: Arc<dyn AccessFs>,
        clock: Arc<dyn Clock>,
        options: SquidOptions,
        pins: Option<Pins>,
    ) -> Result<Self, Error> {
        if options.first_folders == 0 || options.second_folders == 0 {
            let problem = "a cache_dir has at least one folder of each level".to_owned();
            return Err(Error::Configuration { option: "cache_dir", problem });
        }
        let run = clock.wall_ns();
        let counters = Arc::new(Counters::new());
        let (is_telling, state) = (AtomicBool::new(false), Mutex::default());
        Ok(Self { fs, clock, options, counters, pins, run, is_telling, state })
    }

    /// Takes the turn of telling, until what comes back is dropped.
    fn begin(&self, until: Until) -> Result<SquidEvents<'_>, Error> {
        if self.is_telling.swap(true, Ordering::AcqRel) {
            return Err(Error::Busy);
        }
        Ok(SquidEvents { source: self, until, has_ended: false })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what the log has to say and puts down what follows from it.
    fn advance(&self, state: &mut State) -> Result<(), Error> {
        let root = self.fs.open_root().map_err(|error| match error {
            Error::Gone | Error::Denied => Error::Unavailable("the cache_dir cannot be opened"),
            other => other,
        })?;
        let changes = state.log.advance(&*root, self.options.files_max)?;
        state.root = Some(root);
        self.plan(state, changes);
        if state.owes_listing && !state.failing.values().any(|failing| failing.hides_all) {
            self.begin_epoch(state);
            Self::tell_all(state);
            return Ok(());
        }
        let now = self.clock.monotonic_ns();
        if now >= state.next_retry_ns {
            let interval = u64::try_from(RETRY_INTERVAL.as_nanos()).unwrap_or(u64::MAX);
            state.next_retry_ns = now.saturating_add(interval);
            // Whether they are told then even if nothing changed, they have with them.
            let look = |&file_number: &u32| Step::Look { file_number, again: false };
            let steps: Vec<Step> = state.failing.keys().map(look).collect();
            state.steps.extend(steps);
        }
        Ok(())
    }

    fn begin_epoch(&self, state: &mut State) {
        state.epoch = state.epoch.saturating_add(1);
        self.counters.began_epoch();
        state.steps.push_front(Step::Tell(Event::Epoch(state.epoch)));
    }

    /// Puts down that all files are looked at and told.
    fn tell_all(state: &mut State) {
        state.owes_listing = false;
        state.refused.begin_listing();
        let numbers: Vec<_> = state.log.file_numbers().collect();
        let look = |file_number| Step::Look { file_number, again: true };
        // What was put down to be looked at is among all files.
        state.steps.retain(|step| !matches!(step, Step::Look { .. }));
        state.steps.extend(numbers.into_iter().map(look));
    }

    fn plan(&self, state: &mut State, changes: SwapChanges) {
        if let Some(record) = changes.bad_record {
            let error = Error::Corrupt("a log record that is none");
            let place = format!("swap.state record {record}").into_bytes();
            state.steps.push_back(Step::Tell(self.skip(place, &error)));
        }
        for _ in 0..changes.left_out {
            self.counters.skipped(Reason::Limit);
        }
        if !changes.added.is_empty() || !changes.gone.is_empty() {
            let lag = self.clock.wall_ns().saturating_sub(changes.log_mtime_ns);
            self.counters.lagged(u64::try_from(lag).unwrap_or(0));
        }
        state.steps.extend(changes.gone.into_iter().map(Step::Gone));
        let look = |file_number| Step::Look { file_number, again: false };
        state.steps.extend(changes.added.into_iter().map(look));
    }

    fn skip(&self, place: Vec<u8>, error: &Error) -> Event {
        self.counters.skipped(error.reason());
        Event::Skipped(Skipped { place, reason: error.reason(), detail: error.detail() })
    }

    /// Does one step; `None` if there is nothing to tell.
    fn take(&self, state: &mut State, step: Step) -> Option<Event> {
        match step {
            Step::Tell(event) => Some(event),
            Step::Gone(key) => self.forget(state, key),
            Step::Look { file_number, again } => self.look(state, file_number, again),
        }
    }

    fn forget(&self, state: &mut State, key: [u8; 16]) -> Option<Event> {
        let told = state.told.remove(&key)?;
        self.counters.gone();
        Some(Event::Gone(told.key))
    }

    /// Looks at a file; `is_anew` where all is told anew.
    fn look(&self, state: &mut State, file_number: u32, is_anew: bool) -> Option<Event> {
        // It may have gone, or have been added under another number, since this was put down.
        let failed = state.failing.remove(&file_number);
        let Some(row) = state.log.row(file_number) else {
            state.refused.forget(&file_number);
            return None;
        };
        if state.log.number_of(row.key) != Some(file_number) {
            return None;
        }
        self.counters.saw();
        let again = is_anew || failed.is_some_and(|failed| failed.again);
        let inspected = self.inspect(state, file_number, row);
        if !inspected.as_ref().is_err_and(may_pass) {
            state.refused.forget(&file_number);
        }
        match inspected {
            Ok(Some(file)) => self.found(state, row, file.into_meta(), again),
            Ok(None) => self.forget(state, row.key),
            // It may pass: what was told stays, and it is looked at again. It is said once.
            Err(error) if may_pass(&error) => {
                let hides_all = self.hide(state, file_number, row, is_anew);
                state.failing.insert(file_number, Failing { again, hides_all });
                let place = self.path(file_number).unwrap_or_default().into_bytes();
                failed.is_none().then(|| self.skip(place, &error))
            }
            Err(error) => {
                if let Some(gone) = self.forget(state, row.key) {
                    state.steps.push_front(Step::Tell(gone));
                }
                let place = self.path(file_number).unwrap_or_default().into_bytes();
                Some(self.skip(place, &error))
            }
        }
    }

    /// A file cannot be read: says which objects are unseen, where all is told anew. Its key is not
    /// known if it was never read: then it may be any, but not for ever. True if it may.
    fn hide(&self, state: &mut State, file_number: u32, row: SwapRow, is_anew: bool) -> bool {
        if let Some(told) = state.told.get(&row.key) {
            let unseen = Event::Unseen(told.key.clone());
            state.steps.extend(is_anew.then_some(Step::Tell(unseen)));
            return false;
        }
        let hides_all = state.refused.note(file_number, self.clock.monotonic_ns());
        // That is said once.
        if hides_all && is_anew && !std::mem::replace(&mut state.owes_listing, true) {
            state.steps.push_back(Step::Tell(Event::Unseen(ObjectKey::empty())));
        }
        hides_all
    }

    fn found(
        &self,
        state: &mut State,
        row: SwapRow,
        meta: ObjectMeta,
        again: bool,
    ) -> Option<Event> {
        let checksums = meta.identifiers.checksums.iter().map(word_of).collect();
        let told = Told { key: meta.key.clone(), generation: meta.generation, checksums };
        match state.told.insert(row.key, told.clone()) {
            None => self.counters.indexed(),
            Some(before) if before == told => return again.then(|| Event::Upsert(Box::new(meta))),
            Some(_) => self.counters.changed(),
        }
        Some(Event::Upsert(Box::new(meta)))
    }

    fn path(&self, file_number: u32) -> Option<String> {
        file_path(file_number, self.options.first_folders, self.options.second_folders)
    }

    /// Opens a file that the log has; `None` if it is no object, or nobody may learn of it.
    fn inspect(
        &self,
        state: &State,
        file_number: u32,
        row: SwapRow,
    ) -> Result<Option<SquidFile>, Error> {
        let root = state.root.as_ref().ok_or(Error::Unavailable("it was not opened yet"))?;
        let path = self.path(file_number).ok_or(Error::Corrupt("a file number without a file"))?;
        let file = SquidFile::open(root, &path, (file_number, row), &self.options.limits)?;
        let Some(mut file) = file else { return Ok(None) };
        file.count_in_log(state.log.place(), row.record);
        Ok(file.in_scope(&self.options.scope))
    }

    /// The file of an object that the log has now.
    fn file_of(&self, key: [u8; 16]) -> Result<SquidFile, Error> {
        let mut state = self.state();
        self.advance(&mut state)?;
        let number = state.log.number_of(key).ok_or(Error::Gone)?;
        let row = state.log.row(number).ok_or(Error::Gone)?;
        self.inspect(&state, number, row)?.ok_or(Error::Gone)
    }

    fn open_in(
        &self,
        key: &ObjectKey,
        generation: &Generation,
    ) -> Result<Box<dyn ObjectReader>, Error> {
        let file = self.file_of(key_of_object(key).ok_or(Error::Gone)?)?;
        if file.meta().generation != *generation {
            return Err(Error::Changed);
        }
        file.into_reader(Arc::clone(&self.counters), self.pins.clone())
    }

    /// Keys of what may meet the identifiers.
    fn candidates(&self, identifiers: &Identifiers) -> Result<Vec<[u8; 16]>, Error> {
        let mut state = self.state();
        self.advance(&mut state)?;
        let mut keys: Vec<_> = identifiers.urls.iter().map(|url| store_key(url, b"")).collect();
        // Answers that vary have keys that a URL alone does not give.
        let words: BTreeSet<_> = identifiers.checksums.iter().map(word_of).collect();
        let told = state.told.iter().filter(|(_, told)| {
            let has_url =
                || url_of_key(&told.key).is_some_and(|url| identifiers.urls.contains(&url));
            told.checksums.iter().any(|word| words.contains(word)) || has_url()
        });
        keys.extend(told.map(|(&key, _)| key));
        for number in &identifiers.sequence_numbers {
            if number.space == SquidFile::space(state.log.place()) {
                let row = state.log.number_at(number.number).and_then(|at| state.log.row(at));
                keys.extend(row.map(|row| row.key));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    fn cursor(&self, state: &State) -> Cursor {
        Cursor::new([self.run.to_le_bytes(), state.cursor.to_le_bytes()].concat())
    }
}

impl AccessSource for SquidSource {
    fn id(&self) -> SourceId {
        self.options.id
    }

    fn kind(&self) -> &'static str {
        KIND
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            enumerate: true,
            feed: true,
            feed_by_events: true,
            seek: true,
            pin: self.pins.is_some(),
            probe_by_url: true,
            probe_by_message_id: false,
            honours_only_if_cached: None,
        }
    }

    fn counters(&self) -> &Counters {
        &self.counters
    }

    fn root(&self) -> Option<RootInode> {
        self.state().root.as_ref().map(|root| root.identity().inode())
    }

    fn scan(&self, since: Option<&Cursor>) -> Result<Events<'_>, Error> {
        let events = self.begin(Until::AllTold)?;
        let mut state = self.state();
        let is_last = |since: &Cursor| *since == self.cursor(&state) && state.cursor > 0;
        let goes_on = since.is_some_and(is_last) && !state.is_ahead;
        self.counters.answered(self.advance(&mut state))?;
        if !goes_on {
            if since.is_some() {
                self.begin_epoch(&mut state);
            }
            Self::tell_all(&mut state);
        }
        drop(state);
        Ok(Box::new(events))
    }

    fn watch(&self, stop: &Stop) -> Result<Events<'_>, Error> {
        let events = self.begin(Until::Stopped { stop: stop.clone(), has_told: true })?;
        self.counters.answered(self.advance(&mut self.state()))?;
        Ok(Box::new(events))
    }

    fn probe(&self, identifiers: &Identifiers) -> Result<Vec<ObjectMeta>, Error> {
        let Identifiers { urls, sequence_numbers, checksums, .. } = identifiers;
        if urls.is_empty() && sequence_numbers.is_empty() && checksums.is_empty() {
            if identifiers.is_empty() {
                return Ok(Vec::new());
            }
            return Err(Error::Incapable("find by dates, addresses and Message-IDs"));
        }
        let keys = self.candidates(identifiers)?;
        let files = keys.into_iter().filter_map(|key| self.file_of(key).ok());
        let metas = files.map(SquidFile::into_meta);
        Ok(metas.filter(|meta| meta.identifiers.meets(identifiers)).collect())
    }

    fn open(
        &self,
        key: &ObjectKey,
        generation: &Generation,
    ) -> Result<Box<dyn ObjectReader>, Error> {
        self.counters.answered(self.open_in(key, generation))
    }
}

/// When a feed ends.
#[derive(Debug)]
enum Until {
    /// Once all is told that was known when it began.
    AllTold,
    /// Once it is told to. `has_told`: something came since the last cursor.
    Stopped { stop: Stop, has_told: bool },
}

#[derive(Debug)]
struct SquidEvents<'a> {
    source: &'a SquidSource,
    until: Until,
    has_ended: bool,
}

impl SquidEvents<'_> {
    fn next_cursor(&self, state: &mut State) -> Event {
        state.cursor = state.cursor.saturating_add(1);
        state.is_ahead = false;
        Event::Cursor(self.source.cursor(state))
    }

    /// What to do when nothing is left: an event to tell, or `None` to go on.
    fn idle(&mut self) -> Option<Result<Event, Error>> {
        let mut state = self.source.state();
        let owes_cursor = match &mut self.until {
            Until::AllTold => {
                self.has_ended = true;
                true
            }
            Until::Stopped { has_told, .. } => std::mem::take(has_told),
        };
        if owes_cursor {
            return Some(Ok(self.next_cursor(&mut state)));
        }
        drop(state);
        self.source.clock.sleep(self.source.options.interval);
        match self.source.advance(&mut self.source.state()) {
            Ok(()) => None,
            Err(error) => {
                self.has_ended = true;
                Some(Err(error))
            }
        }
    }

    fn is_over(&self) -> bool {
        let is_stopped = match &self.until {
            Until::AllTold => false,
            Until::Stopped { stop, .. } => stop.is_stopped(),
        };
        self.has_ended || is_stopped
    }
}

impl Drop for SquidEvents<'_> {
    fn drop(&mut self) {
        self.source.is_telling.store(false, Ordering::Release);
    }
}

impl Iterator for SquidEvents<'_> {
    type Item = Result<Event, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over() {
            let mut state = self.source.state();
            let Some(step) = state.steps.pop_front() else {
                drop(state);
                if let Some(event) = self.idle() {
                    return Some(event);
                }
                continue;
            };
            if let Some(event) = self.source.take(&mut state, step) {
                state.is_ahead = true;
                if let Until::Stopped { has_told, .. } = &mut self.until {
                    *has_told = true;
                }
                return Some(Ok(event));
            }
        }
        None
    }
}
