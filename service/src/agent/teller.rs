//! Tells a server what one source holds: a message, its answer, and whatever that asks for.

use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError};
use gleaner_access::{Agent, Change, Clock, FeedMessage, Following, SnapshotPlan, Stop};
use gleaner_net::FrameSender;

use super::{TELL_AGAIN, pause};
use crate::error::{Error, Result};
use crate::wire::packed::{pack_changes, pack_snapshot, size_of, size_of_change};
use crate::wire::{
    FeedAnswered, FeedDelta, FeedHello, FeedLease, FeedNext, FeedSnapshot, Message, head_of,
};

/// Chunks in one message, roughly: about 450 KB.
const CHUNKS: usize = 10_000;
/// How often it is looked for something new.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long the server may take for a message.
const ANSWER_MAX: Duration = Duration::from_mins(5);

/// What is told of one source over one connection.
pub(super) struct Teller<'a> {
    pub(super) agent: &'a Agent,
    pub(super) sender: &'a FrameSender,
    pub(super) answers: &'a Receiver<FeedAnswered>,
    /// Bytes of a tail that the server takes.
    pub(super) tail_bytes_max: usize,
    pub(super) clock: &'a dyn Clock,
    pub(super) stop: &'a Stop,
}

impl Teller<'_> {
    /// Tells until it is told to stop, or the connection ends.
    pub(super) fn tell(&self) -> Result<()> {
        let mut plan: Option<SnapshotPlan> = None;
        let mut message = Some(self.agent.hello());
        let mut lease = Duration::from_secs(30);
        while let Some(told) = message {
            if let FeedMessage::Hello(hello) = &told {
                lease = hello.lease / 3;
            }
            let (epoch, last_seq) = (epoch_of(&told), last_of(&told));
            let told = self.fitting(told);
            let Some(answer) = self.ask(told)? else { return Ok(()) };
            message = match answer.next {
                FeedNext::Hello => Some(self.agent.hello()),
                FeedNext::Snapshot => Some(self.part(&mut plan, None)?),
                FeedNext::Part => Some(self.part(&mut plan, usize::try_from(answer.number).ok())?),
                // More than was ever told in this epoch: the journal is not the one that told it.
                FeedNext::Following if last_seq.is_some_and(|last| last < answer.number) => {
                    self.later_epoch(epoch)?
                }
                FeedNext::Following => self.following(&mut plan, (epoch, answer.number), lease)?,
                FeedNext::LaterEpoch => {
                    self.later_epoch(u32::try_from(answer.number).unwrap_or(u32::MAX))?
                }
                FeedNext::Wait => {
                    let goes_on = pause(TELL_AGAIN, self.clock, self.stop);
                    goes_on.then(|| self.agent.hello())
                }
            };
        }
        Ok(())
    }

    /// All is told anew, in an epoch above one that the server knows.
    fn later_epoch(&self, known: u32) -> Result<Option<FeedMessage>> {
        self.agent.lose_history(known)?;
        Ok(Some(self.agent.hello()))
    }

    /// What of a message fits one frame. Of changes the others come next. Of a part of a snapshot
    /// there is no rest: what does not fit is not told, and costs its bytes.
    fn fitting(&self, message: FeedMessage) -> FeedMessage {
        match message {
            FeedMessage::Delta(mut delta) => {
                let sizes = delta.changes.iter().map(size_of_change);
                let fits = fitting(sizes, self.tail_bytes_max);
                if fits == 0
                    && let Some(Change::Add(object)) = delta.changes.first()
                {
                    tracing::warn!(object = object.object.get(), "too much for a message");
                    // What was told of it before is not so any more.
                    delta.changes = vec![Change::Evict(object.object)];
                } else {
                    delta.changes.truncate(fits.max(1));
                }
                FeedMessage::Delta(delta)
            }
            FeedMessage::Snapshot(mut part) => {
                let sizes = part.objects.iter().map(|(_, object)| size_of(object));
                let fits = fitting(sizes, self.tail_bytes_max);
                if fits < part.objects.len() {
                    let left_out = part.objects.len() - fits;
                    tracing::warn!(left_out, "too much for a message");
                    part.objects.truncate(fits);
                }
                FeedMessage::Snapshot(part)
            }
            message => message,
        }
    }

    /// Sends a message, and waits for its answer; `None` once it is told to stop.
    fn ask(&self, message: FeedMessage) -> Result<Option<FeedAnswered>> {
        let source = self.agent.source().id().get();
        let (message, tail) = on_the_wire(source, message);
        self.sender.send(&[&head_of(0, &message), &tail])?;
        match self.answers.recv_timeout(ANSWER_MAX) {
            Ok(answer) => Ok(Some(answer).filter(|_| !self.stop.is_stopped())),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                Err(Error::Ended { why: "the server takes no feed".to_owned() })
            }
        }
    }

    /// A part of the snapshot that is being told; the first of a new one if there is no such part.
    fn part(&self, plan: &mut Option<SnapshotPlan>, part: Option<usize>) -> Result<FeedMessage> {
        if let (Some(plan), Some(part)) = (&*plan, part)
            && part < plan.parts()
            && let Some(message) = self.agent.snapshot_part(plan, part)?
        {
            return Ok(message);
        }
        // A plan that is out of date at once was overtaken by a new epoch.
        loop {
            let new = plan.insert(self.agent.snapshot(CHUNKS));
            if let Some(message) = self.agent.snapshot_part(new, 0)? {
                return Ok(message);
            }
        }
    }

    /// What comes after a position, as soon as there is anything; a sign of life if there is
    /// nothing for too long; `None` once it is told to stop.
    fn following(
        &self,
        plan: &mut Option<SnapshotPlan>,
        (epoch, seq): (u32, u64),
        lease: Duration,
    ) -> Result<Option<FeedMessage>> {
        let mut waited = Duration::ZERO;
        loop {
            match self.agent.following(epoch, seq, CHUNKS)? {
                Following::Delta(delta) => return Ok(Some(FeedMessage::Delta(delta))),
                Following::SnapshotNeeded => return self.part(plan, None).map(Some),
                Following::Nothing if waited.is_zero() => {
                    let source = self.agent.source().id().get();
                    tracing::debug!(source, seq, "all is told");
                }
                Following::Nothing if waited >= lease => {
                    return Ok(Some(self.agent.sign_of_life()));
                }
                Following::Nothing => {}
            }
            *plan = None;
            if !pause(LOOK_EVERY, self.clock, self.stop) {
                return Ok(None);
            }
            waited += LOOK_EVERY;
        }
    }
}

/// How many of these sizes come to at most so many bytes.
fn fitting(sizes: impl Iterator<Item = usize>, bytes_max: usize) -> usize {
    let mut bytes = 0_usize;
    let fits = sizes.take_while(|size| {
        bytes = bytes.saturating_add(*size);
        bytes <= bytes_max
    });
    fits.count()
}

/// The position of the last change that a message tells of, if it says so.
fn last_of(message: &FeedMessage) -> Option<u64> {
    match message {
        FeedMessage::Snapshot(part) => Some(part.high_seq),
        FeedMessage::Delta(delta) => {
            Some((delta.first_seq + delta.changes.len() as u64).saturating_sub(1))
        }
        _ => None,
    }
}

const fn epoch_of(message: &FeedMessage) -> u32 {
    match message {
        FeedMessage::Hello(hello) => hello.epoch,
        FeedMessage::Snapshot(part) => part.epoch,
        FeedMessage::Delta(delta) => delta.epoch,
        FeedMessage::Lease { epoch } => *epoch,
    }
}

/// A message of the feed, and its tail.
fn on_the_wire(source: u16, message: FeedMessage) -> (Message, Vec<u8>) {
    match message {
        FeedMessage::Hello(hello) => {
            let lease_ms = u64::try_from(hello.lease.as_millis()).unwrap_or(u64::MAX);
            let (epoch, cost) = (hello.epoch, hello.cost);
            (Message::FeedHello(FeedHello { source, epoch, lease_ms, cost }), Vec::new())
        }
        FeedMessage::Snapshot(part) => {
            let fields = FeedSnapshot {
                source,
                epoch: part.epoch,
                high_seq: part.high_seq,
                part: part.part,
                is_last: part.is_last,
                chunks_expected: part.chunks_expected,
            };
            (Message::FeedSnapshot(fields), pack_snapshot(&part.objects))
        }
        FeedMessage::Delta(delta) => {
            let (epoch, first_seq) = (delta.epoch, delta.first_seq);
            let fields = FeedDelta { source, epoch, first_seq };
            (Message::FeedDelta(fields), pack_changes(&delta.changes))
        }
        FeedMessage::Lease { epoch } => {
            (Message::FeedLease(FeedLease { source, epoch }), Vec::new())
        }
    }
}
