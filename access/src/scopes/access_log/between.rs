//! What was written between the place where reading stood and the file that has the log's name now.

use std::ops::ControlFlow;

use super::log_position::LogPosition;
use super::old_log::{OpenLog, PackedLog, ReadEnd};
use super::rotated::{Age, Packing, Rotated, later, rotations};
use super::tail_counters::TailCounters;
use crate::error::Error;
use crate::files::access_fs::FsFolder;

/// A log that lost the name.
#[derive(Debug)]
pub(super) enum OldLog {
    Plain(OpenLog),
    Packed(Box<PackedLog>),
}

impl OldLog {
    pub(super) fn position(&self) -> LogPosition {
        match self {
            Self::Plain(log) => log.position(),
            Self::Packed(log) => log.position(),
        }
    }

    pub(super) fn read(
        &mut self,
        counters: &mut TailCounters,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        match self {
            Self::Plain(log) => {
                if log.read(counters, each)? == ReadEnd::Cut {
                    counters.restarts = counters.restarts.saturating_add(1);
                    counters.gaps = counters.gaps.saturating_add(1);
                    log.rewind();
                    let _end = log.read(counters, each)?;
                }
            }
            Self::Packed(log) => {
                if !log.read(counters, each) {
                    counters.gaps = counters.gaps.saturating_add(1);
                }
            }
        }
        Ok(())
    }
}

/// The logs to be read before the one that has the name, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Between {
    pub(super) logs: Vec<OldLog>,
    /// Logs that are not there, or cannot be read; 1 where it cannot be told how many.
    pub(super) gaps: u64,
}

/// Why there is no answer.
#[derive(Debug)]
enum Problem {
    /// Names are being moved: it is looked at again by the next poll.
    Moving,
    Other(Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl Between {
    /// What came after a log that is open and lost the name. `None`: names are being moved.
    pub(super) fn after_rename(
        folder: &dyn FsFolder,
        log: &[u8],
        old: &OpenLog,
    ) -> Result<Option<Self>, Error> {
        let rotations = rotations(folder, log)?;
        settled(match rotations.iter().find(|it| it.ino == old.ino()) {
            Some(it) => Self::later_than(folder, &rotations, &it.age),
            None => Self::changed_since(folder, &rotations, old.mtime_ns()),
        })
    }

    /// What came after a position in a file that is not there any more, or was cut: its text may
    /// lie in a copy, or be compressed. `None`: names are being moved.
    pub(super) fn after_loss(
        folder: &dyn FsFolder,
        log: &[u8],
        position: &LogPosition,
    ) -> Result<Option<Self>, Error> {
        let rotations = rotations(folder, log)?;
        let found = || {
            for it in &rotations {
                if let Some(rest) = rest_in(folder, it, position)? {
                    let mut between = Self::later_than(folder, &rotations, &it.age)?;
                    between.logs.insert(0, rest);
                    return Ok(between);
                }
            }
            Self::changed_since(folder, &rotations, position.mtime_ns)
        };
        settled(found())
    }

    fn later_than(
        folder: &dyn FsFolder,
        rotations: &[Rotated],
        age: &Age,
    ) -> Result<Self, Problem> {
        let (later, missing) = later(rotations, age);
        let mut between = Self { logs: Vec::new(), gaps: missing };
        for it in later {
            match open(folder, it)? {
                Some((_, log)) => between.logs.push(log),
                None => between.gaps = between.gaps.saturating_add(1),
            }
        }
        Ok(between)
    }

    /// Where it cannot be told which logs came after another: those that were changed after it,
    /// which are some of them. That others may be missing is counted.
    fn changed_since(
        folder: &dyn FsFolder,
        rotations: &[Rotated],
        mtime_ns: i64,
    ) -> Result<Self, Problem> {
        let mut logs = Vec::new();
        // Of those that were changed at one time, the oldest first.
        for it in rotations.iter().rev() {
            logs.extend(open(folder, it)?.filter(|(mtime, _)| *mtime > mtime_ns));
        }
        logs.sort_by_key(|(mtime, _)| *mtime);
        Ok(Self { logs: logs.into_iter().map(|(_, log)| log).collect(), gaps: 1 })
    }
}

fn settled(found: Result<Between, Problem>) -> Result<Option<Between>, Error> {
    match found {
        Ok(between) => Ok(Some(between)),
        Err(Problem::Moving) => Ok(None),
        Err(Problem::Other(error)) => Err(error),
    }
}

/// Opens a rotated log with the time of its last change; `None` if it cannot be read.
fn open(folder: &dyn FsFolder, it: &Rotated) -> Result<Option<(i64, OldLog)>, Problem> {
    let log = match OpenLog::open(folder, &it.name) {
        Err(Error::Gone) => return Err(Problem::Moving),
        Err(error @ Error::Io(_)) => return Err(error.into()),
        Err(_) => return Ok(None),
        Ok(log) if log.ino() != it.ino => return Err(Problem::Moving),
        Ok(log) => log,
    };
    let mtime_ns = log.mtime_ns();
    Ok(match it.packing {
        Packing::Plain => Some((mtime_ns, OldLog::Plain(log))),
        Packing::Gzip => Some((mtime_ns, OldLog::Packed(Box::new(PackedLog::of(log))))),
        Packing::Other => None,
    })
}

/// What follows a position, if a rotated log has the text before it.
fn rest_in(
    folder: &dyn FsFolder,
    it: &Rotated,
    position: &LogPosition,
) -> Result<Option<OldLog>, Problem> {
    if position.recent.is_empty() {
        return Ok(None);
    }
    Ok(match open(folder, it)? {
        Some((_, OldLog::Plain(log))) => {
            let log = log.resumed_at(position);
            log.is_as_left()?.then_some(OldLog::Plain(log))
        }
        Some((_, OldLog::Packed(mut log))) => log.seek(position).then_some(OldLog::Packed(log)),
        None => None,
    })
}

/// The file of a position: under the log's name, or another in its folder.
pub(super) fn file_of(
    folder: &dyn FsFolder,
    log: &[u8],
    position: &LogPosition,
) -> Result<Option<OpenLog>, Error> {
    let mut found: Option<Vec<u8>> = None;
    folder.read(&mut |entry| {
        if entry.ino == position.ino && (entry.name == log || found.is_none()) {
            found = Some(entry.name.to_vec());
        }
        ControlFlow::Continue(())
    })?;
    let Some(name) = found else { return Ok(None) };
    let open = match OpenLog::open(folder, &name) {
        Err(Error::Gone | Error::Changed | Error::Unsupported(_)) => return Ok(None),
        // Not readable any more where it was rotated: a gap, and no reason to read nothing else.
        Err(Error::Denied) if name != log => return Ok(None),
        other => other?.resumed_at(position),
    };
    // Its inode number may have been given to another file.
    let is_it =
        open.is_file_of((position.dev, position.ino)) && (name == log || open.is_as_left()?);
    Ok(is_it.then_some(open))
}
