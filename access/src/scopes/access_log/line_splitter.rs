//! Lines out of bytes that come in pieces.

/// Bytes of the longest line that is looked at: a request of 64 KiB, every byte of it quoted.
pub const LINE_BYTES_MAX: usize = 256 << 10;

/// Bytes before a line that are remembered: they tell a file that was written anew.
pub(super) const RECENT_BYTES: usize = 256;

/// Cuts lines, and knows where the one begins that is not complete.
#[derive(Debug)]
pub(super) struct LineSplitter {
    /// The file's position at which the line begins that is not complete.
    line_offset: u64,
    /// The beginning of that line.
    pending: Vec<u8>,
    /// Bytes of a line that was given up.
    given_up: u64,
    /// The last of those.
    given_up_last: Vec<u8>,
    /// The last bytes before `line_offset`.
    recent: Vec<u8>,
    over_long: u64,
}

impl LineSplitter {
    /// Begins with the line at `line_offset`, before which stand the bytes `recent`.
    pub(super) fn new(line_offset: u64, recent: &[u8]) -> Self {
        let recent = recent.to_vec();
        Self {
            line_offset,
            pending: Vec::new(),
            given_up: 0,
            given_up_last: Vec::new(),
            recent,
            over_long: 0,
        }
    }

    /// Where the line begins that is not complete.
    pub(super) fn line_offset(&self) -> u64 {
        self.line_offset
    }

    /// Up to [`RECENT_BYTES`] bytes before that place.
    pub(super) fn recent(&self) -> &[u8] {
        &self.recent
    }

    /// Where the bytes belong that come next.
    pub(super) fn next_offset(&self) -> u64 {
        let begun = (self.pending.len() as u64).saturating_add(self.given_up);
        self.line_offset.saturating_add(begun)
    }

    /// How many lines were given up since the last call because they were too long.
    pub(super) fn take_over_long(&mut self) -> u64 {
        std::mem::take(&mut self.over_long)
    }

    /// Takes the next bytes and hands over each line that they complete.
    pub(super) fn push(&mut self, mut bytes: &[u8], each: &mut dyn FnMut(&[u8])) {
        while let Some(at) = memchr::memchr(b'\n', bytes) {
            let (piece, rest) = bytes.split_at(at);
            self.end_line(piece, each);
            bytes = rest.get(1..).unwrap_or_default();
        }
        self.begin_line(bytes);
    }

    fn begin_line(&mut self, piece: &[u8]) {
        let is_too_long = self.pending.len().saturating_add(piece.len()) > LINE_BYTES_MAX;
        if self.given_up > 0 || is_too_long {
            let begun = self.pending.len().saturating_add(piece.len()) as u64;
            self.given_up = self.given_up.saturating_add(begun);
            for part in [std::mem::take(&mut self.pending).as_slice(), piece] {
                remember(&mut self.given_up_last, part);
            }
        } else {
            self.pending.extend_from_slice(piece);
        }
    }

    fn end_line(&mut self, piece: &[u8], each: &mut dyn FnMut(&[u8])) {
        let begun = (self.pending.len() as u64).saturating_add(self.given_up);
        let is_too_long = self.pending.len().saturating_add(piece.len()) > LINE_BYTES_MAX;
        if self.given_up > 0 || is_too_long {
            self.over_long = self.over_long.saturating_add(1);
        } else if self.pending.is_empty() {
            each(piece);
        } else {
            self.pending.extend_from_slice(piece);
            each(&self.pending);
        }
        // Of a line that was put together the pending bytes hold the piece already.
        let is_whole = self.pending.len() as u64 > begun;
        let piece_after = if is_whole { &[] } else { piece };
        for part in [self.given_up_last.as_slice(), &self.pending, piece_after, b"\n"] {
            remember(&mut self.recent, part);
        }
        self.given_up_last.clear();
        let line_bytes = begun.saturating_add(piece.len() as u64).saturating_add(1);
        self.line_offset = self.line_offset.saturating_add(line_bytes);
        self.pending.clear();
        self.given_up = 0;
    }
}

/// Appends, and keeps the last bytes.
fn remember(recent: &mut Vec<u8>, bytes: &[u8]) {
    let last = bytes.get(bytes.len().saturating_sub(RECENT_BYTES)..).unwrap_or_default();
    recent.extend_from_slice(last);
    recent.drain(..recent.len().saturating_sub(RECENT_BYTES));
}
