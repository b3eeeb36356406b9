//! Follows a log over its rotations: renamed and made anew, or copied and cut to nothing; also over
//! several of them while nobody reads.

use std::sync::Arc;

use super::between::{Between, OldLog, file_of};
use super::log_position::LogPosition;
use super::old_log::{OpenLog, ReadEnd};
use super::tail_counters::{History, TailCounters};
use crate::error::Error;
use crate::files::access_fs::{AccessFs, FsFolder};

/// How many polls a file is still read after it lost its name: servers go on writing into it until
/// they are told to open their logs anew.
const POLLS_AFTER_RENAME: u32 = 3;

/// Reads the lines that come to one log, each once. What is not ended by a line feed waits.
///
/// A log that was rotated is found by its inode number, or by the text before the place where
/// reading stood: in a copy, or in what gzip made of it. Logs that were rotated after it are known
/// by their names, numbers or dates as logrotate gives them, in the same folder. What is not found
/// is a gap, and counted. Lines are lost without a word only where a log is cut to nothing before a
/// line of it was read, and between its copy and its cut.
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
}

/// A file that lost the name.
#[derive(Debug)]
struct Renamed {
    log: OldLog,
    /// False until it was read for the first time.
    was_read: bool,
    polls_left: u32,
}

impl Renamed {
    fn of(log: OldLog, was_read: bool) -> Self {
        Self { log, was_read, polls_left: POLLS_AFTER_RENAME }
    }

    /// Whether reading it again may give more.
    fn may_grow(&self) -> bool {
        self.polls_left > 0 && matches!(self.log, OldLog::Plain(_))
    }
}

impl LogTail {
    /// Follows the file `name` in the root of `fs`, from its beginning or from a position that
    /// [`position`](Self::position) gave.
    #[must_use]
    pub fn new(fs: Arc<dyn AccessFs>, name: &[u8], resume: Option<LogPosition>) -> Self {
        let counters = TailCounters::default();
        let (name, renamed) = (name.to_vec(), Vec::new());
        Self { fs, name, resume, current: None, renamed, counters, gaps_told: 0 }
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
        unread.or_else(current).or_else(|| self.resume.clone())
    }

    /// Hands over each line that was completed since the last call, without its line feed, the
    /// oldest first. A log that is not there has no lines.
    ///
    /// # Errors
    ///
    /// What opening and reading give; lines handed over are not handed over again.
    pub fn poll(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<History, Error> {
        match self.fs.open_root().and_then(|root| root.open_folder(b"")) {
            Err(Error::Gone) => {}
            folder => self.poll_in(&*folder?, each)?,
        }
        let told = std::mem::replace(&mut self.gaps_told, self.counters.gaps);
        Ok(if told == self.counters.gaps { History::Whole } else { History::Missing })
    }

    fn poll_in(&mut self, folder: &dyn FsFolder, each: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        if self.current.is_none() {
            self.open_first(folder)?;
        }
        self.read_renamed(each)?;
        for renamed in &mut self.renamed {
            renamed.polls_left = renamed.polls_left.saturating_sub(1);
        }
        self.renamed.retain(Renamed::may_grow);
        self.read_current(folder, each)?;
        self.follow_name(folder, each)
    }

    /// Opens the file; if another process read it, where that stood, by whatever name it has now.
    fn open_first(&mut self, folder: &dyn FsFolder) -> Result<(), Error> {
        let Some(position) = &self.resume else {
            self.current = open_named(folder, &self.name)?;
            return Ok(());
        };
        let mut found = file_of(folder, &self.name, position)?;
        if found.is_none() {
            found = open_named(folder, &self.name)?;
            if found.is_none() {
                return Ok(());
            }
            let Some(between) = Between::after_loss(folder, &self.name, position)? else {
                return Ok(());
            };
            self.counters.rotations = self.counters.rotations.saturating_add(1);
            self.adopt(between);
        }
        self.current = found;
        self.resume = None;
        Ok(())
    }

    /// Logs that are read before the current one from now on.
    fn adopt(&mut self, between: Between) {
        self.counters.gaps = self.counters.gaps.saturating_add(between.gaps);
        let logs = between.logs.into_iter();
        self.renamed.extend(logs.map(|log| Renamed::of(log, false)));
    }

    fn read_renamed(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        for renamed in &mut self.renamed {
            renamed.log.read(&mut self.counters, each)?;
            renamed.was_read = true;
        }
        Ok(())
    }

    /// Reads the file that had the name last.
    fn read_current(
        &mut self,
        folder: &dyn FsFolder,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        let Some(current) = &mut self.current else { return Ok(()) };
        if current.read(&mut self.counters, each)? == ReadEnd::Done {
            return Ok(());
        }
        let lost = Between::after_loss(folder, &self.name, &current.position())?;
        let Some(between) = lost else { return Ok(()) };
        current.rewind();
        self.counters.restarts = self.counters.restarts.saturating_add(1);
        self.adopt(between);
        self.read_all(each)
    }

    /// Goes over to the file that has the name now, if that is another one.
    fn follow_name(
        &mut self,
        folder: &dyn FsFolder,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        let Some(new) = open_named(folder, &self.name)? else { return Ok(()) };
        let Some(current) = &self.current else {
            // Where an earlier process stood is still looked for.
            if self.resume.is_none() {
                self.current = Some(new);
                self.read_all(each)?;
            }
            return Ok(());
        };
        if new.is_same_file(current) {
            return Ok(());
        }
        let Some(between) = Between::after_rename(folder, &self.name, current)? else {
            return Ok(());
        };
        let rotations = (between.logs.len() as u64).saturating_add(1);
        self.counters.rotations = self.counters.rotations.saturating_add(rotations);
        let old = self.current.replace(new).map(OldLog::Plain);
        self.renamed.extend(old.map(|old| Renamed::of(old, true)));
        self.adopt(between);
        self.read_all(each)
    }

    fn read_all(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        self.read_renamed(each)?;
        if let Some(current) = &mut self.current {
            // If it was cut, the next poll finds that.
            let _end = current.read(&mut self.counters, each)?;
        }
        Ok(())
    }
}

fn open_named(folder: &dyn FsFolder, name: &[u8]) -> Result<Option<OpenLog>, Error> {
    match OpenLog::open(folder, name) {
        Err(Error::Gone) => Ok(None),
        other => other.map(Some),
    }
}
