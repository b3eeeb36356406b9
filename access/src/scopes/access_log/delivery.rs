//! Where lines go, and how much of a log one poll reads.

use super::line_splitter::LineSplitter;
use super::tail_counters::TailCounters;

/// What one poll hands over, and how far it may still go.
pub(super) struct Delivery<'a> {
    pub(super) counters: TailCounters,
    /// Bytes that may still be read, of compressed logs those of the text.
    pub(super) bytes_left: u64,
    pub(super) each: &'a mut dyn FnMut(&[u8]),
}

impl Delivery<'_> {
    /// So much of a buffer as may still be read.
    pub(super) fn room<'b>(&self, buffer: &'b mut [u8]) -> &'b mut [u8] {
        let len = usize::try_from(self.bytes_left).unwrap_or(usize::MAX).min(buffer.len());
        buffer.get_mut(..len).unwrap_or_default()
    }

    /// Hands over the lines that these bytes complete.
    pub(super) fn push(&mut self, lines: &mut LineSplitter, bytes: &[u8]) {
        self.bytes_left = self.bytes_left.saturating_sub(bytes.len() as u64);
        let Self { counters, each, .. } = self;
        lines.push(bytes, &mut |line: &[u8]| {
            counters.lines = counters.lines.saturating_add(1);
            each(line);
        });
        counters.over_long = counters.over_long.saturating_add(lines.take_over_long());
    }

    pub(super) fn count_gaps(&mut self, gaps: u64) {
        self.counters.gaps = self.counters.gaps.saturating_add(gaps);
    }

    pub(super) fn count_restart(&mut self) {
        self.counters.restarts = self.counters.restarts.saturating_add(1);
    }

    pub(super) fn count_rotations(&mut self, rotations: u64) {
        self.counters.rotations = self.counters.rotations.saturating_add(rotations);
    }
}
