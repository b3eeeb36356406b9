//! Follows a log over its rotations: renamed and made anew, or copied and cut to nothing; also over
//! several of them while nobody reads.

use std::sync::Arc;

use super::between::{Between, OldLog, Search, open_named};
use super::delivery::Delivery;
use super::log_position::LogPosition;
use super::old_log::{OpenLog, ReadEnd};
use super::rotated::{counts_from_nought, rotations};
use super::tail_counters::{History, TailCounters};
use crate::error::Error;
use crate::files::access_fs::{AccessFs, FsFolder};

/// How many polls a file is still read after it lost its name: servers go on writing into it until
/// they are told to open their logs anew.
const POLLS_AFTER_RENAME: u32 = 3;

/// How many polls in a row may find names being moved, or a log that cannot be read, before that is
/// a gap: what lasts would keep all later lines back.
const POLLS_IN_VAIN: u32 = 8;

/// What one poll reads, of compressed logs their text. The rest comes with the next ones, so that
/// in between a position can be kept, whatever a log has grown to.
const POLL_BYTES_MAX: u64 = 64 << 20;

/// Reads the lines that come to one log, each once. What is not ended by a line feed waits.
///
/// A log that was rotated is found by its inode number, or by the text before the place where
/// reading stood: in a copy, or in what gzip made of it. Logs that were rotated after it are known
/// by their names, numbers or dates as logrotate gives them, in the same folder. What is not found
/// is a gap, and counted: a number that is missing, a date that is missing by the rhythm of the
/// others, what cannot be read again and again. Lines are lost without a word only where a log is
/// cut to nothing before a line of it was read, between its copy and its cut, and where logs that
/// are named by dates went before another one was rotated.
#[derive(Debug)]
pub struct LogTail {
    fs: Arc<dyn AccessFs>,
    name: Vec<u8>,
    /// Where an earlier process stood, until the file is found.
    resume: Option<LogPosition>,
    current: Option<OpenLog>,
    /// Files that lost the name, the oldest first.
    renamed: Vec<Renamed>,
    counters: TailCounters,
    gaps_told: u64,
    /// As in [`LogPosition`].
    counts_from_nought: bool,
    /// Polls in a row that could not tell which logs are to be read next.
    searches_in_vain: u32,
    poll_bytes_max: u64,
}

/// A file that lost the name.
#[derive(Debug)]
struct Renamed {
    log: OldLog,
    /// False until it was read to its end for the first time, or given up.
    was_read: bool,
    polls_left: u32,
    /// Polls in a row that could not read it.
    reads_in_vain: u32,
}

impl Renamed {
    fn of(log: OldLog, was_read: bool) -> Self {
        Self { log, was_read, polls_left: POLLS_AFTER_RENAME, reads_in_vain: 0 }
    }

    /// Whether reading it again may give more.
    fn may_grow(&self) -> bool {
        !self.was_read || (self.polls_left > 0 && matches!(self.log, OldLog::Plain(_)))
    }

    /// Reads it; true if that was all. One that fails again and again is given up.
    fn read(&mut self, delivery: &mut Delivery<'_>) -> Result<bool, Error> {
        match self.log.read(delivery) {
            Ok(is_all) => {
                self.was_read |= is_all;
                self.reads_in_vain = 0;
                Ok(is_all)
            }
            Err(error) if self.reads_in_vain < POLLS_IN_VAIN => {
                self.reads_in_vain = self.reads_in_vain.saturating_add(1);
                Err(error)
            }
            Err(_) => {
                delivery.count_gaps(1);
                (self.was_read, self.polls_left) = (true, 0);
                Ok(true)
            }
        }
    }
}

impl LogTail {
    /// Follows the file `name` in the root of `fs`, from its beginning or from a position that
    /// [`position`](Self::position) gave.
    #[must_use]
    pub fn new(fs: Arc<dyn AccessFs>, name: &[u8], resume: Option<LogPosition>) -> Self {
        let gap_is_untold = resume.as_ref().is_some_and(|position| position.gap_is_untold);
        let counts_from_nought = resume.as_ref().is_some_and(|it| it.counts_from_nought);
        Self {
            fs,
            name: name.to_vec(),
            resume,
            current: None,
            renamed: Vec::new(),
            counters: TailCounters { gaps: gap_is_untold.into(), ..TailCounters::default() },
            gaps_told: 0,
            counts_from_nought,
            searches_in_vain: 0,
            poll_bytes_max: POLL_BYTES_MAX,
        }
    }

    #[cfg(test)]
    pub(super) fn limit_polls(&mut self, bytes: u64) {
        self.poll_bytes_max = bytes;
    }

    /// What was seen so far.
    #[must_use]
    pub fn counters(&self) -> TailCounters {
        self.counters
    }

    /// Where to go on after a restart; `None` before the first poll that found the file.
    #[must_use]
    pub fn position(&self) -> Option<LogPosition> {
        let unread = self.renamed.iter().find(|renamed| !renamed.was_read);
        let unread = unread.map(|renamed| renamed.log.position());
        let current = || self.current.as_ref().map(OpenLog::position);
        let position = unread.or_else(current).or_else(|| self.resume.clone())?;
        let gap_is_untold = self.counters.gaps != self.gaps_told;
        let counts_from_nought = self.counts_from_nought;
        Some(LogPosition { gap_is_untold, counts_from_nought, ..position })
    }

    /// Hands over each line that was completed since the last call, without its line feed, the
    /// oldest first; after 64 MiB the rest waits for the next call. A log that is not there has no
    /// lines.
    ///
    /// # Errors
    ///
    /// What opening and reading give; lines handed over are not handed over again. What goes on
    /// failing with a log that lost the name is a gap in the end.
    pub fn poll(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<History, Error> {
        let (counters, bytes_left) = (self.counters, self.poll_bytes_max);
        let mut delivery = Delivery { counters, bytes_left, each };
        let polled = self.poll_root(&mut delivery);
        self.counters = delivery.counters;
        polled?;
        let told = std::mem::replace(&mut self.gaps_told, self.counters.gaps);
        Ok(if told == self.counters.gaps { History::Whole } else { History::Missing })
    }

    fn poll_root(&mut self, delivery: &mut Delivery<'_>) -> Result<(), Error> {
        match self.fs.open_root().and_then(|root| root.open_folder(b"")) {
            Err(Error::Gone) => Ok(()),
            folder => self.poll_in(&*folder?, delivery),
        }
    }

    fn poll_in(&mut self, folder: &dyn FsFolder, delivery: &mut Delivery<'_>) -> Result<(), Error> {
        if self.current.is_none() {
            self.open_first(folder, delivery)?;
        }
        let has_read_renamed = self.read_renamed(delivery)?;
        for renamed in self.renamed.iter_mut().filter(|renamed| renamed.was_read) {
            renamed.polls_left = renamed.polls_left.saturating_sub(1);
        }
        self.renamed.retain(Renamed::may_grow);
        if !has_read_renamed {
            return Ok(());
        }
        let read = self.read_current(folder, delivery);
        // A log that cannot be read keeps nobody from the next one.
        self.follow_name(folder, delivery, matches!(read, Ok(true)))?;
        read.map(drop)
    }

    fn search<'a>(&'a self, folder: &'a dyn FsFolder) -> Search<'a> {
        Search {
            folder,
            log: &self.name,
            from_nought: self.counts_from_nought,
            is_last: self.searches_in_vain >= POLLS_IN_VAIN,
        }
    }

    /// Counts searches that found no answer.
    fn note_search<T>(&mut self, found: Result<Option<T>, Error>) -> Result<Option<T>, Error> {
        self.searches_in_vain = match &found {
            Ok(Some(_)) => 0,
            Ok(None) | Err(_) => self.searches_in_vain.saturating_add(1),
        };
        found
    }

    /// Remembers whether rotations are counted from 0.
    fn note_numbers(&mut self, folder: &dyn FsFolder) {
        let rotations = rotations(folder, &self.name);
        self.counts_from_nought |= rotations.is_ok_and(|it| counts_from_nought(&it));
    }

    /// Opens the file; if another process read it, where that stood, by whatever name it has now.
    fn open_first(
        &mut self,
        folder: &dyn FsFolder,
        delivery: &mut Delivery<'_>,
    ) -> Result<(), Error> {
        let Some(position) = &self.resume else {
            self.current = open_named(folder, &self.name)?;
            self.note_numbers(folder);
            return Ok(());
        };
        self.current = match self.search(folder).file_of(position) {
            Ok(Some(found)) => Some(found),
            Ok(None) => {
                let Some(named) = open_named(folder, &self.name)? else { return Ok(()) };
                let lost = self.search(folder).after_loss(position, &named);
                let Some(between) = self.note_search(lost)? else { return Ok(()) };
                delivery.count_rotations(1);
                self.adopt(between, delivery);
                Some(named)
            }
            Err(error) => return self.note_search(Err(error)).map(|_: Option<()>| ()),
        };
        self.note_numbers(folder);
        self.resume = None;
        Ok(())
    }

    /// Logs that are read before the current one from now on.
    fn adopt(&mut self, between: Between, delivery: &mut Delivery<'_>) {
        delivery.count_gaps(between.gaps);
        let logs = between.logs.into_iter();
        self.renamed.extend(logs.map(|log| Renamed::of(log, false)));
    }

    /// Reads the files that lost the name, each only after the one before it; true if that was all.
    fn read_renamed(&mut self, delivery: &mut Delivery<'_>) -> Result<bool, Error> {
        for renamed in &mut self.renamed {
            if !renamed.read(delivery)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads the file that had the name last; true if that was all.
    fn read_current(
        &mut self,
        folder: &dyn FsFolder,
        delivery: &mut Delivery<'_>,
    ) -> Result<bool, Error> {
        let Some(current) = &mut self.current else { return Ok(true) };
        match current.read(delivery)? {
            ReadEnd::Done => return Ok(true),
            ReadEnd::More => return Ok(false),
            ReadEnd::Cut => {}
        }
        let Some(current) = &self.current else { return Ok(true) };
        let lost = self.search(folder).after_loss(&current.position(), current);
        let Some(between) = self.note_search(lost)? else { return Ok(false) };
        if let Some(current) = &mut self.current {
            current.rewind();
        }
        delivery.count_restart();
        self.adopt(between, delivery);
        self.read_all(delivery)
    }

    /// Goes over to the file that has the name now, if that is another one.
    fn follow_name(
        &mut self,
        folder: &dyn FsFolder,
        delivery: &mut Delivery<'_>,
        was_read: bool,
    ) -> Result<(), Error> {
        let Some(new) = open_named(folder, &self.name)? else { return Ok(()) };
        let Some(current) = &self.current else {
            // Where an earlier process stood is still looked for.
            if self.resume.is_none() {
                self.current = Some(new);
                self.read_all(delivery)?;
            }
            return Ok(());
        };
        if new.is_same_file(current) {
            return Ok(());
        }
        let found = self.search(folder).after_rename(current, &new);
        let Some(between) = self.note_search(found)? else { return Ok(()) };
        self.note_numbers(folder);
        delivery.count_rotations((between.logs.len() as u64).saturating_add(1));
        let old = self.current.replace(new).map(OldLog::Plain);
        self.renamed.extend(old.map(|old| Renamed::of(old, was_read)));
        self.adopt(between, delivery);
        self.read_all(delivery).map(drop)
    }

    /// Reads all files; true if that was all.
    fn read_all(&mut self, delivery: &mut Delivery<'_>) -> Result<bool, Error> {
        if !self.read_renamed(delivery)? {
            return Ok(false);
        }
        let Some(current) = &mut self.current else { return Ok(true) };
        // If it was cut, the next poll finds that.
        Ok(current.read(delivery)? == ReadEnd::Done)
    }
}
