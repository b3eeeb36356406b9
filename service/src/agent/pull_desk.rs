//! Serves pulls: several at a time, each from its source.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crossbeam::channel::Receiver;
use gleaner_access::{
    Agent, Generation, ObjectNumber, PULL_RANGES_MAX, PullRequest, RangeAnswer, Recipe, Stop,
};
use gleaner_net::{FrameSender, Hangup};

use crate::wire::PULL_BYTES_MAX;
use crate::wire::packed::{Malformed, unpack_ranges};
use crate::wire::{Message, Pull, Pulled, RangeCode, Received, WireError, head_of};

/// What a server asked for.
pub(super) struct Asked {
    request: u32,
    source: u16,
    pull: PullRequest,
}

impl Asked {
    /// Reads a request.
    pub(super) fn of(received: &Received) -> Result<Self, WireError> {
        let kind = received.message.kind();
        let Message::Pull(Pull { source, object, generation, recipe }) = &received.message else {
            return Err(received.out_of_place());
        };
        let fields = WireError::Fields { kind };
        let ranges = unpack_ranges(received.tail(), PULL_RANGES_MAX);
        let ranges = ranges.map_err(|Malformed| fields.clone())?;
        let bytes: u64 = ranges.iter().map(|range| u64::from(range.length)).sum();
        if bytes > PULL_BYTES_MAX {
            return Err(received.out_of_place());
        }
        let pull = PullRequest {
            object: ObjectNumber::new(*object),
            generation: Generation::from_bytes(**generation),
            recipe: Recipe::decode(recipe).map_err(|_| fields)?,
            ranges,
        };
        Ok(Self { request: received.request, source: *source, pull })
    }
}

/// Where pulls are served.
pub(super) struct PullDesk<'a> {
    pub(super) agents: HashMap<u16, &'a Arc<Agent>>,
    pub(super) sender: &'a FrameSender,
    pub(super) hangup: Hangup,
    /// The session is over: nobody waits any more.
    pub(super) over: &'a Stop,
}

impl PullDesk<'_> {
    /// Serves one after the other until there are no more.
    pub(super) fn serve(&self, asked: &Receiver<Asked>) {
        for asked in asked {
            if self.over.is_stopped() {
                break;
            }
            let mut answer = |_: usize, range: RangeAnswer| self.answer(asked.request, &range);
            let Some(agent) = self.agents.get(&asked.source) else {
                let _only_one = answer(0, RangeAnswer::Gone);
                continue;
            };
            if let Err(error) = agent.pull(&asked.pull, &mut answer) {
                tracing::error!(source = asked.source, %error, "a fault could not be noted");
            }
        }
    }

    /// Sends the answer to a range; after one that failed none follows.
    fn answer(&self, request: u32, range: &RangeAnswer) -> ControlFlow<()> {
        if self.over.is_stopped() {
            return ControlFlow::Break(());
        }
        let (code, bytes): (_, &[u8]) = match range {
            RangeAnswer::Ok(bytes) => (RangeCode::Ok, bytes),
            RangeAnswer::Gone => (RangeCode::Gone, &[]),
            RangeAnswer::Changed => (RangeCode::Changed, &[]),
            RangeAnswer::Busy => (RangeCode::Busy, &[]),
            RangeAnswer::Limit => (RangeCode::Limit, &[]),
            RangeAnswer::Mismatch => (RangeCode::Mismatch, &[]),
        };
        let head = head_of(request, &Message::Pulled(Pulled { code }));
        if let Err(error) = self.sender.send(&[&head, bytes]) {
            tracing::debug!(%error, "a range could not be sent");
            self.hangup.cut();
            return ControlFlow::Break(());
        }
        if code == RangeCode::Ok { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}
