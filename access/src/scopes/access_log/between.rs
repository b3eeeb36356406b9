//! What was written between the place where reading stood and the file that has the log's name now.

use std::ops::ControlFlow;

use super::delivery::Delivery;
use super::log_position::LogPosition;
use super::old_log::{OpenLog, PackedLog, ReadEnd};
use super::rotated::{Packing, Rotated, counts_from_nought, is_plain_rotation, later, rotations};
use crate::error::Error;
use crate::files::access_fs::{EntryKind, FsFolder};

/// Text of compressed logs that one search goes through. A place that lies deeper is not found.
const SEARCH_BYTES_MAX: u64 = 1 << 30;

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

    /// Reads it; true if that was all.
    pub(super) fn read(&mut self, delivery: &mut Delivery<'_>) -> Result<bool, Error> {
        let end = match self {
            Self::Plain(log) => match log.read(delivery)? {
                ReadEnd::Cut => {
                    delivery.count_restart();
                    delivery.count_gaps(1);
                    log.rewind();
                    log.read(delivery)?
                }
                end => end,
            },
            Self::Packed(log) => log.read(delivery),
        };
        Ok(end != ReadEnd::More)
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

/// A search for the logs between, in the log's folder.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) folder: &'a dyn FsFolder,
    pub(super) log: &'a [u8],
    /// Rotations of this log were counted from 0 once.
    pub(super) from_nought: bool,
    /// It has been waited long enough: what moves, or fails, is not there.
    pub(super) is_last: bool,
}

impl Search<'_> {
    /// What came after a log that is open and lost the name, and before the one that has it.
    /// `None`: names are being moved.
    pub(super) fn after_rename(
        &self,
        old: &OpenLog,
        new: &OpenLog,
    ) -> Result<Option<Between>, Error> {
        self.settled(self.rotations().and_then(|rotations| match self.place_of(&rotations, old)? {
            Some(it) => self.later_than(&rotations, it, new),
            None => self.changed_since(&rotations, old.position().mtime_ns, new),
        }))
    }

    /// What came after a position in a file that is not there any more, or was cut: its text may
    /// lie in a copy, or be compressed. `None`: names are being moved.
    pub(super) fn after_loss(
        &self,
        position: &LogPosition,
        new: &OpenLog,
    ) -> Result<Option<Between>, Error> {
        self.settled(self.rotations().and_then(|rotations| {
            let Some((it, rest)) = self.holder_of(&rotations, position)? else {
                return self.changed_since(&rotations, position.mtime_ns, new);
            };
            let mut between = self.later_than(&rotations, it, new)?;
            between.logs.insert(0, rest);
            Ok(between)
        }))
    }

    fn settled(&self, found: Result<Between, Problem>) -> Result<Option<Between>, Error> {
        match found {
            Ok(between) => Ok(Some(between)),
            Err(_) if self.is_last => Ok(Some(Between { logs: Vec::new(), gaps: 1 })),
            Err(Problem::Moving) => Ok(None),
            Err(Problem::Other(error)) => Err(error),
        }
    }

    /// All rotations, if two looks find the same.
    fn rotations(&self) -> Result<Vec<Rotated>, Problem> {
        let found = rotations(self.folder, self.log)?;
        let again = rotations(self.folder, self.log)?;
        let is_still = found.len() == again.len()
            && found.iter().zip(&again).all(|(it, again)| it.is_same(again))
            && found.iter().all(|it| it.stat.is_some());
        if is_still || self.is_last { Ok(found) } else { Err(Problem::Moving) }
    }

    /// The rotation that a log is which is open: itself, or what was made of it.
    fn place_of<'r>(
        &self,
        rotations: &'r [Rotated],
        old: &OpenLog,
    ) -> Result<Option<&'r Rotated>, Problem> {
        if let Some(itself) = rotations.iter().find(|it| it.is_file_of(old)) {
            return Ok(Some(itself));
        }
        if let Some(packed) = self.packed_of(rotations, old)? {
            return Ok(Some(packed));
        }
        Ok(self.holder_of(rotations, &old.position())?.map(|(it, _)| it))
    }

    /// What compressing a log made of it that is open, and hence needs not be read again. It keeps
    /// the time of the last change, and what it begins with, as far as it can be read.
    fn packed_of<'r>(
        &self,
        rotations: &'r [Rotated],
        old: &OpenLog,
    ) -> Result<Option<&'r Rotated>, Problem> {
        let changed_ns = old.changed_ns()?;
        let is_like_it = |it: &&Rotated| it.packing != Packing::Plain && it.keeps_time(changed_ns);
        for it in rotations.iter().filter(is_like_it) {
            let is_it = match self.open(it)? {
                Some(OldLog::Packed(log)) => log.head() == Some(old.head()?),
                Some(OldLog::Plain(_)) => false,
                None => it.packing == Packing::Other,
            };
            if is_it {
                return Ok(Some(it));
            }
        }
        Ok(None)
    }

    /// The rotation that has the text before a position, and what follows there.
    fn holder_of<'r>(
        &self,
        rotations: &'r [Rotated],
        position: &LogPosition,
    ) -> Result<Option<(&'r Rotated, OldLog)>, Problem> {
        if position.recent.is_empty() {
            return self.unread_pack(rotations, position);
        }
        let mut candidates: Vec<&Rotated> =
            rotations.iter().filter(|it| it.may_reach(position.mtime_ns)).collect();
        // Compressed ones are read up to there: the one that ends soonest after it is likely it.
        candidates.sort_by_key(|it| (it.packing, it.stat.map(|stat| stat.mtime_ns)));
        let mut bytes_left = SEARCH_BYTES_MAX;
        for it in candidates {
            let rest = match self.open(it)? {
                Some(OldLog::Plain(log)) => {
                    let log = log.resumed_at(position);
                    log.is_as_left()?.then_some(OldLog::Plain(log))
                }
                Some(OldLog::Packed(mut log)) if position.offset <= bytes_left => {
                    bytes_left = bytes_left.saturating_sub(position.offset);
                    log.seek(position).then_some(OldLog::Packed(log))
                }
                Some(OldLog::Packed(_)) | None => None,
            };
            if let Some(rest) = rest {
                return Ok(Some((it, rest)));
            }
        }
        Ok(None)
    }

    /// The compressed log of which nothing was read, as it was found then.
    fn unread_pack<'r>(
        &self,
        rotations: &'r [Rotated],
        position: &LogPosition,
    ) -> Result<Option<(&'r Rotated, OldLog)>, Problem> {
        let place = |it: &LogPosition| (it.dev, it.ino, it.offset, it.mtime_ns);
        for it in rotations.iter().filter(|it| it.packing == Packing::Gzip) {
            let log = self.open(it)?;
            if let Some(log) = log.filter(|log| place(&log.position()) == place(position)) {
                return Ok(Some((it, log)));
            }
        }
        Ok(None)
    }

    fn later_than(
        &self,
        rotations: &[Rotated],
        one: &Rotated,
        new: &OpenLog,
    ) -> Result<Between, Problem> {
        let from_nought = self.from_nought || counts_from_nought(rotations);
        let Some((later, missing)) = later(rotations, one, from_nought) else {
            let changed_ns = one.stat.map_or(i64::MIN, |stat| stat.mtime_ns);
            return self.changed_since(rotations, changed_ns, new);
        };
        let mut between = Between { logs: Vec::new(), gaps: missing };
        // If it lost the name too by now, what is newer comes after it.
        for it in later.into_iter().take_while(|it| !it.is_file_of(new)) {
            match self.open(it)? {
                Some(log) => between.logs.push(log),
                None => between.gaps = between.gaps.saturating_add(1),
            }
        }
        Ok(between)
    }

    /// Where it cannot be told which logs came after another: those that were changed after it,
    /// which are some of them. That others may be missing is counted.
    fn changed_since(
        &self,
        rotations: &[Rotated],
        time_ns: i64,
        new: &OpenLog,
    ) -> Result<Between, Problem> {
        let is_later = |it: &&Rotated| it.is_changed_since(time_ns) && !it.is_file_of(new);
        let mut later: Vec<&Rotated> = rotations.iter().filter(is_later).collect();
        later.sort_by_key(|it| it.stat.map(|stat| stat.mtime_ns));
        let mut logs = Vec::new();
        for it in later {
            logs.extend(self.open(it)?);
        }
        Ok(Between { logs, gaps: 1 })
    }

    /// Opens a rotated log; `None` if it cannot be read.
    fn open(&self, it: &Rotated) -> Result<Option<OldLog>, Problem> {
        let log = match OpenLog::open(self.folder, &it.name) {
            Ok(log) if it.is_file_of(&log) => log,
            Ok(_) | Err(Error::Gone | Error::Io(_)) if self.is_last => return Ok(None),
            Ok(_) | Err(Error::Gone) => return Err(Problem::Moving),
            Err(error @ Error::Io(_)) => return Err(error.into()),
            Err(_) => return Ok(None),
        };
        Ok(match it.packing {
            Packing::Plain => Some(OldLog::Plain(log)),
            Packing::Gzip => Some(OldLog::Packed(Box::new(PackedLog::of(log)))),
            Packing::Other => None,
        })
    }

    /// The file of a position: under the log's name, or another in its folder.
    pub(super) fn file_of(&self, position: &LogPosition) -> Result<Option<OpenLog>, Error> {
        if let Some(named) = open_named(self.folder, self.log)?
            && named.is_file_of((position.dev, position.ino))
        {
            return Ok(self.may_be_left(position)?.then(|| named.resumed_at(position)));
        }
        for name in self.other_names_of(position)? {
            let open = match OpenLog::open(self.folder, &name) {
                Err(Error::Io(_)) if self.is_last => continue,
                Err(error @ Error::Io(_)) => return Err(error),
                // Not readable any more where it was rotated: a gap, and no reason to read nothing
                // else.
                Err(_) => continue,
                Ok(open) => open.resumed_at(position),
            };
            // Its inode number may have been given to another file.
            if open.is_file_of((position.dev, position.ino)) && open.is_as_left()? {
                return Ok(Some(open));
            }
        }
        Ok(None)
    }

    /// Whether the log's name may still be that of the file in which nothing was read: its inode
    /// number proves nothing if logs were rotated since.
    fn may_be_left(&self, position: &LogPosition) -> Result<bool, Error> {
        let is_later = |it: &Rotated| it.is_changed_since(position.mtime_ns);
        Ok(!position.recent.is_empty() || !rotations(self.folder, self.log)?.iter().any(is_later))
    }

    /// Other names in the folder of files with a position's inode number. Where no text proves
    /// that it is that file, one that a rotation gives to it as it is.
    fn other_names_of(&self, position: &LogPosition) -> Result<Vec<Vec<u8>>, Error> {
        let mut names = Vec::new();
        self.folder.read(&mut |entry| {
            let may_be = !position.recent.is_empty() || is_plain_rotation(self.log, entry.name);
            if may_be && entry.kind != EntryKind::Folder && entry.name != self.log {
                names.push(entry.name.to_vec());
            }
            ControlFlow::Continue(())
        })?;
        names.retain(|name| {
            let stat = self.folder.stat(name);
            stat.is_ok_and(|stat| (stat.dev, stat.ino) == (position.dev, position.ino))
        });
        Ok(names)
    }
}

/// Opens the file that has the log's name, if there is one.
pub(super) fn open_named(folder: &dyn FsFolder, log: &[u8]) -> Result<Option<OpenLog>, Error> {
    match OpenLog::open(folder, log) {
        Err(Error::Gone) => Ok(None),
        other => other.map(Some),
    }
}
