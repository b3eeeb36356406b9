//! A log file that is open, whatever it is called by now; and one that was compressed since.

use std::io::{self, Read};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use super::delivery::Delivery;
use super::line_splitter::{LineSplitter, RECENT_BYTES};
use super::log_position::LogPosition;
use crate::error::Error;
use crate::files::access_fs::{FsFile, FsFolder};

/// Bytes read at once.
const READ_BYTES: usize = 64 << 10;

/// Text that is read of one compressed log: as much as an object may have that is decoded. One with
/// more is no log.
const PACKED_TEXT_MAX: u64 = 16 << 30;

/// What came of reading a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum ReadEnd {
    /// It was read as far as it went.
    Done,
    /// There is more than this poll may read.
    More,
    /// It is shorter than it was, or was written anew: nothing was read.
    Cut,
}

/// A log that is open.
#[derive(Debug)]
pub(super) struct OpenLog {
    file: Arc<dyn FsFile>,
    dev: u64,
    ino: u64,
    /// As in [`LogPosition`].
    mtime_ns: i64,
    lines: LineSplitter,
}

impl OpenLog {
    /// Opens a file in the log's folder, to be read from its beginning.
    pub(super) fn open(folder: &dyn FsFolder, name: &[u8]) -> Result<Self, Error> {
        let file = folder.open_file(name)?;
        let stat = file.stat()?;
        let lines = LineSplitter::new(0, &[]);
        // Of its last change nothing was read.
        let mtime_ns = stat.mtime_ns.saturating_sub(1);
        Ok(Self { file, dev: stat.dev, ino: stat.ino, mtime_ns, lines })
    }

    /// The same file, to be read from a position on.
    pub(super) fn resumed_at(self, position: &LogPosition) -> Self {
        let lines = LineSplitter::new(position.offset, &position.recent);
        Self { lines, mtime_ns: position.mtime_ns, ..self }
    }

    pub(super) fn is_file_of(&self, (dev, ino): (u64, u64)) -> bool {
        (self.dev, self.ino) == (dev, ino)
    }

    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        other.is_file_of((self.dev, self.ino))
    }

    /// When it was changed last.
    pub(super) fn changed_ns(&self) -> Result<i64, Error> {
        Ok(self.file.stat()?.mtime_ns)
    }

    /// What it begins with.
    pub(super) fn head(&self) -> Result<Vec<u8>, Error> {
        Ok(head_of(FileText { file: Arc::clone(&self.file), offset: 0 })?)
    }

    pub(super) fn position(&self) -> LogPosition {
        LogPosition {
            dev: self.dev,
            ino: self.ino,
            offset: self.lines.line_offset(),
            recent: self.lines.recent().to_vec(),
            mtime_ns: self.mtime_ns,
            gap_is_untold: false,
            counts_from_nought: false,
        }
    }

    /// Begins anew at its beginning.
    pub(super) fn rewind(&mut self) {
        self.lines = LineSplitter::new(0, &[]);
    }

    pub(super) fn read(&mut self, delivery: &mut Delivery<'_>) -> Result<ReadEnd, Error> {
        let stat = self.file.stat()?;
        let is_shorter = stat.bytes < self.lines.next_offset();
        if is_shorter || (stat.bytes > 0 && !self.is_as_left()?) {
            return Ok(ReadEnd::Cut);
        }
        let mut buffer = vec![0; READ_BYTES];
        // No further than the file was long when it was looked at, or a fast writer would keep us.
        while self.lines.next_offset() < stat.bytes {
            let room = delivery.room(&mut buffer);
            if room.is_empty() {
                return Ok(ReadEnd::More);
            }
            let read = self.file.read_at(self.lines.next_offset(), room)?;
            if read == 0 {
                // It was cut just now, as the next poll will find.
                return Ok(ReadEnd::Done);
            }
            delivery.push(&mut self.lines, buffer.get(..read).unwrap_or_default());
        }
        self.mtime_ns = stat.mtime_ns;
        Ok(ReadEnd::Done)
    }

    /// Whether the bytes before the next line are those that were there. Without this a log that
    /// was cut and grew again would be read from the middle of a line, of which a client may have
    /// written what looks like a line of its own.
    pub(super) fn is_as_left(&self) -> Result<bool, Error> {
        let recent = self.lines.recent();
        let offset = self.lines.line_offset().saturating_sub(recent.len() as u64);
        continues(FileText { file: Arc::clone(&self.file), offset }, recent)
    }
}

/// Whether the next bytes are these.
fn continues(mut text: impl Read, expected: &[u8]) -> Result<bool, Error> {
    let mut found = [0; RECENT_BYTES];
    let found = found.get_mut(..expected.len()).unwrap_or_default();
    match text.read_exact(found) {
        Ok(()) => Ok(found == expected),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn head_of(text: impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    text.take(RECENT_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The bytes of a file from a place on.
#[derive(Debug)]
struct FileText {
    file: Arc<dyn FsFile>,
    offset: u64,
}

impl Read for FileText {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(self.offset, buffer).map_err(Error::into_io)?;
        self.offset = self.offset.saturating_add(read as u64);
        Ok(read)
    }
}

/// A log that gzip made of one, read once.
#[derive(Debug)]
pub(super) struct PackedLog {
    text: MultiGzDecoder<FileText>,
    lines: LineSplitter,
    /// Of the compressed file, but for the place of the next line.
    position: LogPosition,
}

impl PackedLog {
    /// The lines of a compressed file from its beginning.
    pub(super) fn of(log: OpenLog) -> Self {
        let position = log.position();
        let text = MultiGzDecoder::new(FileText { file: log.file, offset: 0 });
        Self { text, lines: LineSplitter::new(0, &[]), position }
    }

    /// What its text begins with; `None` if it cannot be read.
    pub(super) fn head(mut self) -> Option<Vec<u8>> {
        head_of(&mut self.text).ok()
    }

    /// Goes to a position in the text; false if another text is there, or none that can be read.
    pub(super) fn seek(&mut self, position: &LogPosition) -> bool {
        let before = position.offset.saturating_sub(position.recent.len() as u64);
        let skipped = io::copy(&mut (&mut self.text).take(before), &mut io::sink());
        self.lines = LineSplitter::new(position.offset, &position.recent);
        let is_there = skipped.is_ok_and(|skipped| skipped == before);
        is_there && continues(&mut self.text, &position.recent).unwrap_or(false)
    }

    pub(super) fn position(&self) -> LogPosition {
        let (offset, recent) = (self.lines.line_offset(), self.lines.recent().to_vec());
        LogPosition { offset, recent, ..self.position }
    }

    /// Hands over what is left. One that is damaged or cannot be read ends there, and so does one
    /// that does not end: that is a gap.
    pub(super) fn read(&mut self, delivery: &mut Delivery<'_>) -> ReadEnd {
        let mut buffer = vec![0; READ_BYTES];
        loop {
            let room = delivery.room(&mut buffer);
            if room.is_empty() {
                return ReadEnd::More;
            }
            match self.text.read(room) {
                Ok(0) => return ReadEnd::Done,
                Ok(read) if self.lines.next_offset() < PACKED_TEXT_MAX => {
                    delivery.push(&mut self.lines, buffer.get(..read).unwrap_or_default());
                }
                Ok(_) | Err(_) => {
                    delivery.count_gaps(1);
                    return ReadEnd::Done;
                }
            }
        }
    }
}
