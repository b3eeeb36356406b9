//! What is known of one source, and what a message of its feed changes.
//!
//! Two counts of epochs must not be mixed. The source's own ([`feed_epoch`](SourceState)) tells
//! whether a message belongs to the history that is followed. The index's own, which stamps rows,
//! rises with each flush, each snapshot and each time the older generation is forgotten, so that
//! all of these write one row and enumerate nothing.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::sighting::{ObjectNumber, SeenChunk, SourceId, Stamp};
use crate::sighting_feed::{
    Change, Delta, FeedAnswer, FeedMessage, Hello, SeenObject, SnapshotPart, SourceKind,
};
use crate::sighting_index::SourceStats;
use crate::source_quality::Quality;

/// Which rows of a source are live, as far as their stamps tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LiveRange {
    oldest_epoch: u32,
    youngest_epoch: u32,
    low_seq: u64,
}

impl LiveRange {
    pub(crate) fn holds(self, stamp: Stamp) -> bool {
        (self.oldest_epoch..=self.youngest_epoch).contains(&stamp.epoch)
            && stamp.seq >= self.low_seq
    }

    /// Whether a row is dead for ever. Rows of epochs that this range does not know yet are not,
    /// so that an outdated copy of a range errs towards keeping.
    #[cfg(any(feature = "rocksdb", test))]
    pub(crate) fn is_past(self, stamp: Stamp) -> bool {
        stamp.epoch <= self.youngest_epoch && !self.holds(stamp)
    }
}

/// Where the feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FeedPosition {
    AwaitSnapshot,
    InSnapshot { high_seq: u64, parts_taken: u32 },
    Following { seq: u64 },
}

/// A row to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowChange<'m> {
    PutSighting { seen: &'m SeenChunk, object: ObjectNumber, stamp: Stamp },
    PutObject { object: ObjectNumber, stamp: Stamp, bytes: &'m [u8] },
    RemoveObject { object: ObjectNumber },
}

/// One source. All but `present_until` outlives the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceState {
    pub(crate) kind: SourceKind,
    pub(crate) cost: u32,
    pub(crate) lease: Duration,
    pub(crate) feed_epoch: u32,
    pub(crate) position: FeedPosition,
    pub(crate) low_seq: u64,
    pub(crate) oldest_epoch: u32,
    pub(crate) youngest_epoch: u32,
    /// Rows taken in with the epochs from `oldest_epoch` on, but without the youngest.
    pub(crate) older_rows: u64,
    /// Rows taken in with the youngest epoch.
    pub(crate) younger_rows: u64,
    pub(crate) quality: Quality,
    pub(crate) present_until: Duration,
}

impl SourceState {
    /// A source that nothing is known of. Rows of epochs below `epoch` are not its own.
    pub(crate) fn new(hello: &Hello, epoch: u32) -> Self {
        Self {
            kind: hello.kind,
            cost: hello.cost,
            lease: hello.lease,
            feed_epoch: hello.epoch,
            position: FeedPosition::AwaitSnapshot,
            low_seq: 0,
            oldest_epoch: epoch,
            youngest_epoch: epoch,
            older_rows: 0,
            younger_rows: 0,
            quality: Quality::default(),
            present_until: Duration::ZERO,
        }
    }

    pub(crate) fn live_range(&self) -> LiveRange {
        let low_seq = match self.kind {
            SourceKind::Ring => self.low_seq,
            SourceKind::Listed => 0,
        };
        let Self { oldest_epoch, youngest_epoch, .. } = *self;
        LiveRange { oldest_epoch, youngest_epoch, low_seq }
    }

    pub(crate) fn is_present(&self, now: Duration) -> bool {
        now < self.present_until
    }

    /// Whether its sightings are answers at all.
    pub(crate) fn is_asked(&self, now: Duration) -> bool {
        self.is_present(now) && !self.quality.is_resting()
    }

    pub(crate) fn stats(&self, source: SourceId, now: Duration) -> SourceStats {
        SourceStats {
            source,
            kind: self.kind,
            epoch: self.feed_epoch,
            is_present: self.is_present(now),
            is_resting: self.quality.is_resting(),
            verified: self.quality.verified().into(),
            attempted: self.quality.attempted().into(),
            sightings_max: self.older_rows + self.younger_rows,
        }
    }

    /// Takes a message that [was checked](FeedMessage::check), and adds the rows to be written
    /// with the new state. After an error the state is not to be used.
    pub(crate) fn apply<'m>(
        &mut self,
        source_id: SourceId,
        message: &'m FeedMessage,
        now: Duration,
        rows_max: u64,
    ) -> Result<(FeedAnswer, Vec<RowChange<'m>>)> {
        let (expected, found) = (self.feed_epoch, message.epoch());
        if found < expected {
            return Err(Error::EpochTooOld { source_id, expected, found });
        }
        if found > expected {
            self.flush()?;
            self.feed_epoch = found;
        }
        let mut intake = Intake { rows: Vec::new(), generation_rows_max: (rows_max / 2).max(1) };
        let was_taken = match message {
            FeedMessage::Hello(hello) => self.introduce(hello)?,
            FeedMessage::Lease { .. } => true,
            FeedMessage::Snapshot(part) => self.take_part(part, &mut intake)?,
            FeedMessage::Delta(delta) => self.take_delta(delta, &mut intake)?,
        };
        if !was_taken {
            return Ok((FeedAnswer::SendSnapshot, intake.rows));
        }
        self.present_until = now.saturating_add(self.lease);
        let answer = match self.position {
            FeedPosition::AwaitSnapshot => FeedAnswer::SendSnapshot,
            FeedPosition::InSnapshot { parts_taken, .. } => {
                FeedAnswer::SendPart { part: parts_taken }
            }
            FeedPosition::Following { seq } => FeedAnswer::Following { seq },
        };
        Ok((answer, intake.rows))
    }

    fn introduce(&mut self, hello: &Hello) -> Result<bool> {
        if hello.kind != self.kind {
            self.flush()?;
        }
        // A new connection does not go on with half a snapshot.
        if matches!(self.position, FeedPosition::InSnapshot { .. }) {
            self.position = FeedPosition::AwaitSnapshot;
        }
        (self.kind, self.cost, self.lease) = (hello.kind, hello.cost, hello.lease);
        Ok(true)
    }

    fn take_part<'m>(&mut self, part: &'m SnapshotPart, intake: &mut Intake<'m>) -> Result<bool> {
        let parts_taken = match self.position {
            FeedPosition::Following { seq }
                if part.high_seq < seq || part.high_seq == seq && part.part > 0 =>
            {
                return Ok(true);
            }
            FeedPosition::InSnapshot { high_seq, parts_taken }
                if (part.low_seq, part.high_seq) == (self.low_seq, high_seq)
                    && part.part <= parts_taken =>
            {
                if part.part < parts_taken {
                    return Ok(true);
                }
                parts_taken
            }
            _ if part.part == 0 => {
                self.flush()?;
                self.quality = Quality::default();
                self.low_seq = part.low_seq;
                0
            }
            _ => return Ok(false),
        };
        for (seq, object) in &part.objects {
            self.take_object(*seq, object, intake)?;
        }
        let high_seq = part.high_seq;
        self.position = if part.is_last {
            FeedPosition::Following { seq: high_seq }
        } else {
            FeedPosition::InSnapshot { high_seq, parts_taken: parts_taken.saturating_add(1) }
        };
        Ok(true)
    }

    fn take_delta<'m>(&mut self, delta: &'m Delta, intake: &mut Intake<'m>) -> Result<bool> {
        let FeedPosition::Following { seq: taken } = self.position else { return Ok(false) };
        if delta.first_seq > taken + 1 {
            return Ok(false);
        }
        for (seq, change) in (delta.first_seq..).zip(&delta.changes) {
            if seq <= taken {
                continue;
            }
            self.position = FeedPosition::Following { seq };
            match change {
                Change::Add(object) => self.take_object(seq, object, intake)?,
                Change::Evict(object) => {
                    intake.rows.push(RowChange::RemoveObject { object: *object });
                }
                Change::Touch(_) => {}
            }
        }
        self.low_seq = self.low_seq.max(delta.low_seq);
        Ok(true)
    }

    fn take_object<'m>(
        &mut self,
        seq: u64,
        seen: &'m SeenObject,
        intake: &mut Intake<'m>,
    ) -> Result<()> {
        let object = seen.object;
        for seen in &seen.chunks {
            let stamp = Stamp { epoch: self.epoch_of_next_row(intake)?, seq };
            intake.rows.push(RowChange::PutSighting { seen, object, stamp });
        }
        if seen.chunks.is_empty() {
            self.epoch_of_next_row(intake)?;
        }
        // With the last chunk's epoch: the object is not forgotten before its chunks.
        let stamp = Stamp { epoch: self.youngest_epoch, seq };
        intake.rows.push(RowChange::PutObject { object, stamp, bytes: &seen.bytes });
        Ok(())
    }

    /// Counts a row; forgets the older generation if the younger one is full.
    fn epoch_of_next_row(&mut self, intake: &Intake<'_>) -> Result<u32> {
        if self.younger_rows >= intake.generation_rows_max {
            let next = next_epoch(self.youngest_epoch)?;
            self.oldest_epoch = self.youngest_epoch;
            self.youngest_epoch = next;
            self.older_rows = self.younger_rows;
            self.younger_rows = 0;
        }
        self.younger_rows += 1;
        Ok(self.youngest_epoch)
    }

    /// Kills all rows there are.
    fn flush(&mut self) -> Result<()> {
        let next = next_epoch(self.youngest_epoch)?;
        (self.oldest_epoch, self.youngest_epoch) = (next, next);
        (self.older_rows, self.younger_rows) = (0, 0);
        self.low_seq = 0;
        self.position = FeedPosition::AwaitSnapshot;
        Ok(())
    }
}

/// What a message brings in.
struct Intake<'m> {
    rows: Vec<RowChange<'m>>,
    generation_rows_max: u64,
}

pub(crate) fn next_epoch(epoch: u32) -> Result<u32> {
    epoch.checked_add(1).ok_or(Error::EpochsExhausted)
}

#[cfg(test)]
mod tests {
    //! Goal: the two tests on stamps err on the right side, and numbers at their end are refused.
    //! A row that is swept too early costs bytes; one that lives too long costs a false `found`.

    use super::{Error, Hello, LiveRange, SourceKind, SourceState, Stamp};
    use crate::sighting::SourceId;
    use crate::sighting_feed::FeedMessage;
    use std::time::Duration;

    #[test]
    fn outdated_range_keeps_what_it_does_not_know() {
        let range = LiveRange { oldest_epoch: 4, youngest_epoch: 5, low_seq: 10 };
        for (epoch, seq, is_live, is_past) in [
            (3, 10, false, true),
            (4, 9, false, true),
            (4, 10, true, false),
            (5, 11, true, false),
            (5, 0, false, true),
            (6, 0, false, false),
            (6, 10, false, false),
        ] {
            let stamp = Stamp { epoch, seq };
            assert_eq!((range.holds(stamp), range.is_past(stamp)), (is_live, is_past), "{stamp:?}");
        }
    }

    #[test]
    fn flush_beyond_the_last_epoch_is_refused() {
        let hello =
            Hello { epoch: 1, kind: SourceKind::Ring, lease: Duration::from_secs(1), cost: 0 };
        let mut state = SourceState::new(&hello, u32::MAX);
        let flush = FeedMessage::Lease { epoch: 2 };
        let refused = state.apply(SourceId::new(0), &flush, Duration::ZERO, 10).unwrap_err();
        assert!(matches!(refused, Error::EpochsExhausted));
        assert!(refused.wants_rebuild());
    }
}
