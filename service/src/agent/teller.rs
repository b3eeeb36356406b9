//! Tells a server what one source holds: a message, its answer, and whatever that asks for.

use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError};
use gleaner_access::{Agent, Clock, FeedMessage, Following, SnapshotPlan, Stop};
use gleaner_net::FrameSender;

use super::pause;
use crate::error::{Error, Result};
use crate::wire::packed::{pack_changes, pack_snapshot};
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
            let epoch = epoch_of(&told);
            let Some(answer) = self.ask(told)? else { return Ok(()) };
            message = match answer.next {
                FeedNext::Hello => Some(self.agent.hello()),
                FeedNext::Snapshot => Some(self.part(&mut plan, None)?),
                FeedNext::Part => Some(self.part(&mut plan, usize::try_from(answer.number).ok())?),
                FeedNext::Following => self.following(&mut plan, (epoch, answer.number), lease)?,
            };
        }
        Ok(())
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
