//! Follows a log over its rotation: renamed and made anew, or copied and cut to nothing.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::line_splitter::{LineSplitter, RECENT_BYTES};
use crate::error::Error;
use crate::files::access_fs::{AccessFs, FsFile, FsRoot};

/// Bytes read at once.
const READ_BYTES: usize = 64 << 10;

/// How many polls a file is still read after it lost its name: servers go on writing into it until
/// they are told to open their logs anew.
const POLLS_AFTER_RENAME: u32 = 3;

/// Where reading stands: all that has to survive a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPosition {
    /// Device of the file.
    pub dev: u64,
    /// Inode number of the file.
    pub ino: u64,
    /// Where the first line begins that was not read.
    pub offset: u64,
    /// Up to 256 bytes before that place: if they differ, the file was written anew.
    pub recent: Vec<u8>,
}

/// What a tail saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TailCounters {
    /// Lines handed over.
    pub lines: u64,
    /// Lines given up because they were longer than [`LINE_BYTES_MAX`](super::LINE_BYTES_MAX).
    pub over_long: u64,
    /// Times the log was a new file.
    pub rotations: u64,
    /// Times the file was shorter than before, or written anew.
    pub restarts: u64,
}

/// Reads the lines that come to one log, each once. What is not ended by a line feed waits.
///
/// Lines are lost only where the log is cut to nothing between two polls, and where it is renamed
/// while nobody reads and its new name is not in the same folder.
#[derive(Debug)]
pub struct LogTail {
    fs: Arc<dyn AccessFs>,
    name: Vec<u8>,
    /// Where an earlier process stood, until the file is found.
    resume: Option<LogPosition>,
    current: Option<OpenLog>,
    /// Files that lost the name, and how many polls are left for each.
    renamed: Vec<(OpenLog, u32)>,
    counters: TailCounters,
}

/// A log that is open, whatever it is called by now.
#[derive(Debug)]
struct OpenLog {
    file: Arc<dyn FsFile>,
    dev: u64,
    ino: u64,
    lines: LineSplitter,
}

impl LogTail {
    /// Follows the file `name` in the root of `fs`, from its beginning or from a position that
    /// [`position`](Self::position) gave.
    #[must_use]
    pub fn new(fs: Arc<dyn AccessFs>, name: &[u8], resume: Option<LogPosition>) -> Self {
        let counters = TailCounters::default();
        Self { fs, name: name.to_vec(), resume, current: None, renamed: Vec::new(), counters }
    }

    /// What was seen so far.
    #[must_use]
    pub fn counters(&self) -> TailCounters {
        self.counters
    }

    /// Where to go on after a restart; `None` before the first poll that found the file.
    #[must_use]
    pub fn position(&self) -> Option<LogPosition> {
        let Some(open) = &self.current else { return self.resume.clone() };
        let (dev, ino) = (open.dev, open.ino);
        let (offset, recent) = (open.lines.line_offset(), open.lines.recent().to_vec());
        Some(LogPosition { dev, ino, offset, recent })
    }

    /// Hands over each line that was completed since the last call, without its line feed, the
    /// oldest first. A log that is not there has no lines.
    ///
    /// # Errors
    ///
    /// What opening and reading give; lines handed over are not handed over again.
    pub fn poll(&mut self, each: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        let root = match self.fs.open_root() {
            Err(Error::Gone) => return Ok(()),
            other => other?,
        };
        if self.current.is_none() {
            self.open_first(root.as_ref())?;
        }
        for (open, polls_left) in &mut self.renamed {
            open.read(&mut self.counters, each)?;
            *polls_left = polls_left.saturating_sub(1);
        }
        self.renamed.retain(|(_, polls_left)| *polls_left > 0);
        if let Some(open) = &mut self.current {
            open.read(&mut self.counters, each)?;
        }
        self.follow_name(root.as_ref(), each)
    }

    /// Opens the file; if another process read it, where that stood, by whatever name it has now.
    fn open_first(&mut self, root: &dyn FsRoot) -> Result<(), Error> {
        let Some(position) = self.resume.clone() else {
            self.current = open_named(root, &self.name)?;
            return Ok(());
        };
        let Some((name, file)) = find_inode(root, &self.name, &position)? else {
            self.current = open_named(root, &self.name)?;
            if self.current.is_some() {
                self.counters.rotations = self.counters.rotations.saturating_add(1);
                self.resume = None;
            }
            return Ok(());
        };
        let lines = LineSplitter::new(position.offset, &position.recent);
        let open = OpenLog { file, dev: position.dev, ino: position.ino, lines };
        if name == self.name {
            self.current = Some(open);
        } else {
            self.renamed.push((open, POLLS_AFTER_RENAME));
        }
        self.resume = None;
        Ok(())
    }

    /// Goes over to the file that has the name now, if that is another one.
    fn follow_name(&mut self, root: &dyn FsRoot, each: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        let Some(mut new) = open_named(root, &self.name)? else { return Ok(()) };
        let is_same = |open: &OpenLog| (open.dev, open.ino) == (new.dev, new.ino);
        if self.current.as_ref().is_some_and(is_same) {
            return Ok(());
        }
        new.read(&mut self.counters, each)?;
        let is_rotation = self.current.is_some() || !self.renamed.is_empty();
        if let Some(old) = self.current.replace(new) {
            self.renamed.push((old, POLLS_AFTER_RENAME));
        }
        if is_rotation {
            self.counters.rotations = self.counters.rotations.saturating_add(1);
        }
        Ok(())
    }
}

impl OpenLog {
    fn read(
        &mut self,
        counters: &mut TailCounters,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        let bytes = self.file.stat()?.bytes;
        if bytes < self.lines.next_offset() || (bytes > 0 && !self.is_as_left()?) {
            self.lines = LineSplitter::new(0, &[]);
            counters.restarts = counters.restarts.saturating_add(1);
        }
        let mut buffer = vec![0; READ_BYTES];
        // No further than the file was long when it was looked at, or a fast writer would keep us.
        while self.lines.next_offset() < bytes {
            let read = self.file.read_at(self.lines.next_offset(), &mut buffer)?;
            if read == 0 {
                break;
            }
            let mut counted = |line: &[u8]| {
                counters.lines = counters.lines.saturating_add(1);
                each(line);
            };
            self.lines.push(buffer.get(..read).unwrap_or_default(), &mut counted);
        }
        counters.over_long = counters.over_long.saturating_add(self.lines.take_over_long());
        Ok(())
    }

    /// Whether the bytes before the next line are those that were there. Without this a log that
    /// was cut and grew again would be read from the middle of a line, of which a client may have
    /// written what looks like a line of its own.
    fn is_as_left(&self) -> Result<bool, Error> {
        let recent = self.lines.recent();
        let mut found = [0; RECENT_BYTES];
        let found = found.get_mut(..recent.len()).unwrap_or_default();
        let mut offset = self.lines.line_offset().saturating_sub(recent.len() as u64);
        let mut filled = 0;
        while let Some(rest) = found.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let read = self.file.read_at(offset, rest)?;
            if read == 0 {
                return Ok(false);
            }
            filled = filled.saturating_add(read);
            offset = offset.saturating_add(read as u64);
        }
        Ok(found == recent)
    }
}

/// A file of the log's folder with its name.
type NamedFile = (Vec<u8>, Arc<dyn FsFile>);

fn open_named(root: &dyn FsRoot, name: &[u8]) -> Result<Option<OpenLog>, Error> {
    let file = match root.open_file(name) {
        Err(Error::Gone) => return Ok(None),
        other => other?,
    };
    let stat = file.stat()?;
    Ok(Some(OpenLog { file, dev: stat.dev, ino: stat.ino, lines: LineSplitter::new(0, &[]) }))
}

/// The file of a position and its name: the log itself, or one beside it.
fn find_inode(
    root: &dyn FsRoot,
    name: &[u8],
    position: &LogPosition,
) -> Result<Option<NamedFile>, Error> {
    let folder = root.open_folder(b"")?;
    let mut found: Option<Vec<u8>> = None;
    folder.read(&mut |entry| {
        if entry.ino != position.ino || (entry.name != name && found.is_some()) {
            return ControlFlow::Continue(());
        }
        found = Some(entry.name.to_vec());
        ControlFlow::Continue(())
    })?;
    let Some(name) = found else { return Ok(None) };
    let file = match folder.open_file(&name) {
        Err(Error::Gone | Error::Changed | Error::Unsupported(_)) => return Ok(None),
        other => other?,
    };
    let stat = file.stat()?;
    Ok(((stat.dev, stat.ino) == (position.dev, position.ino)).then_some((name, file)))
}
