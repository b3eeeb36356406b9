//! Agents that are connected: what they tell of their sources, and what is pulled through them.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam::channel::{Receiver, Sender, unbounded};
use gleaner_access::{PULL_RANGES_MAX, PullRange, PullRequest, RangeAnswer};
use gleaner_chunker::{ChunkId, IdHasher};
use gleaner_index::{
    Delta, FeedAnswer, FeedMessage, Hello, Outcome, SightingIndex, SightingStats, SnapshotPart,
    SourceId, SourceKind,
};
use gleaner_net::{Fingerprint, FrameSender, Hangup};
use gleaner_store::Clock;
use minicbor::bytes::{ByteArray, ByteVec};

use crate::error::{Error, Result};
use crate::registry::Registry;
use crate::wire::packed::{Malformed, pack_ranges, unpack_changes, unpack_snapshot};
use crate::wire::{
    AGENT_SOURCES_MAX, AgentHello, FeedAnswered, FeedNext, Message, PULL_BYTES_MAX, Pull,
    RangeCode, Received, Refusal, VERSION, WireError, head_of,
};

/// Pulls of one agent that are not answered to the end, at most: it takes 256.
const PULLS_MAX: usize = 128;
/// How long an agent may take for a range of a pull.
const RANGE_MAX: Duration = Duration::from_secs(30);
/// How fast it has to be over a whole pull, beyond that time.
const PULL_RATE_MIN: u64 = 64 << 10;
/// URLs that a client is told of, at most.
const URLS_MAX: usize = 256;
/// How long a source counts as present that says nothing, at most.
const LEASE_MAX: Duration = Duration::from_hours(1);

/// The agents of a server.
pub struct Agents {
    registry: Registry,
    sightings: Arc<dyn SightingIndex>,
    clock: Arc<dyn Clock>,
    /// By source.
    links: Mutex<HashMap<u16, Arc<AgentLink>>>,
    /// Feeds are taken one message after the other.
    turn: Mutex<()>,
    range_max: Duration,
}

impl fmt::Debug for Agents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agents").field("connected", &self.connected()).finish_non_exhaustive()
    }
}

/// The connection of one agent.
#[derive(Debug)]
pub(super) struct AgentLink {
    sender: Arc<FrameSender>,
    hangup: Hangup,
    pulls: Mutex<Pulls>,
}

#[derive(Debug, Default)]
struct Pulls {
    next: u32,
    waiting: HashMap<u32, Asker>,
    is_over: bool,
}

/// Who waits for ranges.
#[derive(Debug)]
struct Asker {
    answers: Sender<RangeAnswer>,
    /// Of the ranges that did not come yet.
    lengths: std::vec::IntoIter<u32>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Agents {
    /// Takes who the agents are, and where it is kept what they tell.
    #[must_use]
    pub fn new(
        registry: Registry,
        sightings: Arc<dyn SightingIndex>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (links, turn) = (Mutex::default(), Mutex::default());
        Self { registry, sightings, clock, links, turn, range_max: RANGE_MAX }
    }

    /// Gives agents so long for a range of a pull, in the place of half a minute.
    #[must_use]
    pub fn answering_within(self, range_max: Duration) -> Self {
        Self { range_max, ..self }
    }

    /// What the sources were seen to hold.
    #[must_use]
    pub fn sightings(&self) -> &Arc<dyn SightingIndex> {
        &self.sightings
    }

    /// Its sources, now.
    ///
    /// # Errors
    /// The set of sightings'.
    pub fn stats(&self) -> Result<SightingStats> {
        let now = Duration::from_nanos(self.clock.monotonic_ns());
        Ok(self.sightings.stats(now)?)
    }

    pub(super) fn now_ns(&self) -> u64 {
        self.clock.monotonic_ns()
    }

    /// What the URLs of increments begin with that the agents may have. Cost: a listing, and a read
    /// for each agent.
    pub(super) fn urls(&self) -> Result<Vec<String>> {
        let agents = self.registry.agents()?;
        let mut urls: Vec<String> =
            agents.into_iter().flat_map(|(_, record)| record.urls.unwrap_or_default()).collect();
        urls.sort_unstable();
        urls.dedup();
        urls.truncate(URLS_MAX);
        Ok(urls)
    }

    /// Cuts all of them: they come again, and lose nothing by it.
    pub fn hang_up(&self) {
        let links: Vec<Arc<AgentLink>> = lock(&self.links).values().cloned().collect();
        for link in links {
            link.end();
        }
    }

    /// Sources whose agents are connected, in order.
    #[must_use]
    pub fn connected(&self) -> Vec<u16> {
        let mut sources: Vec<u16> = lock(&self.links).keys().copied().collect();
        sources.sort_unstable();
        sources
    }

    /// Why an agent is not let in; `None` if it is.
    pub(super) fn refusal(
        &self,
        hello: &AgentHello,
        certificate: Option<Fingerprint>,
    ) -> Option<Refusal> {
        if !hello.versions.contains(&VERSION) {
            return Some(Refusal::Version);
        }
        match self.may_speak(&hello.sources, certificate) {
            Ok(true) => None,
            Ok(false) => Some(Refusal::Denied),
            Err(error) => {
                tracing::error!(%error, "no agent can be let in");
                Some(Refusal::Busy)
            }
        }
    }

    /// Whether a certificate stands for all of these sources now.
    pub(super) fn may_speak(
        &self,
        sources: &[u16],
        certificate: Option<Fingerprint>,
    ) -> Result<bool> {
        let Some(certificate) = certificate else { return Ok(false) };
        let Some(record) = self.registry.agent(&certificate)? else { return Ok(false) };
        let is_sane = !sources.is_empty()
            && sources.len() <= AGENT_SOURCES_MAX
            && sources.iter().collect::<BTreeSet<_>>().len() == sources.len();
        Ok(is_sane && sources.iter().all(|source| record.sources.contains(source)))
    }

    /// From now on pulls of these sources go through this connection; the one before is cut.
    pub(super) fn connect(
        &self,
        sources: &[u16],
        sender: Arc<FrameSender>,
        hangup: Hangup,
    ) -> Connected<'_> {
        let link = Arc::new(AgentLink { sender, hangup, pulls: Mutex::default() });
        for source in sources {
            if let Some(before) = lock(&self.links).insert(*source, Arc::clone(&link)) {
                before.end();
            }
        }
        Connected { agents: self, link, sources: sources.to_vec() }
    }

    /// Takes a message of a feed. What cannot be taken of one source concerns no other.
    fn take(&self, received: &Received) -> Result<FeedAnswered> {
        let (source, message) = feed_message(received)?;
        // No call sees an earlier time than the one before.
        let turn = lock(&self.turn);
        let now = Duration::from_nanos(self.clock.monotonic_ns());
        let answer = self.sightings.apply_feed(SourceId::new(source), &message, now);
        drop(turn);
        let (next, number) = match answer {
            Ok(FeedAnswer::Following { seq }) => (FeedNext::Following, seq),
            Ok(FeedAnswer::SendPart { part }) => (FeedNext::Part, part.into()),
            Ok(FeedAnswer::SendSnapshot) => (FeedNext::Snapshot, 0),
            Ok(FeedAnswer::SendHello) => (FeedNext::Hello, 0),
            Err(gleaner_index::Error::EpochTooOld { expected, .. }) => {
                (FeedNext::LaterEpoch, expected.into())
            }
            Err(error) => {
                tracing::warn!(source, %error, "what a source tells cannot be taken");
                (FeedNext::Wait, 0)
            }
        };
        Ok(FeedAnswered { source, next, number })
    }

    /// Asks the agent of a source for ranges of an object.
    ///
    /// # Errors
    /// [`Error::NoAgent`]; [`Error::PullTooLarge`] for more than [`PULL_RANGES_MAX`] ranges or
    /// [`PULL_BYTES_MAX`] bytes; [`Error::Net`] if the agent is just going.
    pub fn pull(&self, source: u16, request: &PullRequest) -> Result<Pulling> {
        let bytes: u64 = request.ranges.iter().map(|range| u64::from(range.length)).sum();
        if request.ranges.len() > PULL_RANGES_MAX || bytes > PULL_BYTES_MAX {
            return Err(Error::PullTooLarge { ranges: request.ranges.len(), bytes });
        }
        let time = self.range_max + Duration::from_secs(bytes / PULL_RATE_MIN);
        let no_agent = Error::NoAgent { source_id: source };
        let Some(link) = lock(&self.links).get(&source).cloned() else { return Err(no_agent) };
        let (sender, answers) = unbounded();
        let lengths: Vec<u32> = request.ranges.iter().map(|range| range.length).collect();
        let asker = Asker { answers: sender, lengths: lengths.into_iter() };
        let Some(number) = link.register(asker)? else { return Err(no_agent) };
        let pull = Message::Pull(Pull {
            source,
            object: request.object.get(),
            generation: ByteArray::from(*request.generation.as_bytes()),
            recipe: ByteVec::from(request.recipe.encode()),
        });
        let pulling = Pulling {
            link,
            answers,
            asked: request.ranges.clone().into_iter(),
            source: SourceId::new(source),
            sightings: Arc::clone(&self.sightings),
            outcomes: Vec::new(),
            clock: Arc::clone(&self.clock),
            until_ns: self.clock.monotonic_ns() + nanoseconds(time),
            range_max: self.range_max,
        };
        pulling.link.sender.send(&[&head_of(number, &pull), &pack_ranges(&request.ranges)])?;
        Ok(pulling)
    }
}

/// A connection that counts until this is dropped.
pub(super) struct Connected<'a> {
    agents: &'a Agents,
    link: Arc<AgentLink>,
    sources: Vec<u16>,
}

impl Connected<'_> {
    /// Takes a message of a feed; `None` once the connection is over.
    pub(super) fn take(&self, received: &Received) -> Result<Option<FeedAnswered>> {
        let is_over = lock(&self.link.pulls).is_over;
        if is_over { Ok(None) } else { self.agents.take(received).map(Some) }
    }

    /// Hands a range to whoever asked for it.
    pub(super) fn deliver(&self, received: &Received) -> Result<(), WireError> {
        let Message::Pulled(pulled) = &received.message else {
            return Err(received.out_of_place());
        };
        let mut pulls = lock(&self.link.pulls);
        // No more ranges wait here than were asked for, and none that is longer.
        let asker = pulls.waiting.get_mut(&received.request);
        let asker = asker.ok_or_else(|| received.out_of_place())?;
        let length = asker.lengths.next().ok_or_else(|| received.out_of_place())?;
        let answer = match pulled.code {
            RangeCode::Ok if received.tail().len() as u64 == u64::from(length) => {
                RangeAnswer::Ok(received.tail().to_vec())
            }
            RangeCode::Ok | RangeCode::Mismatch => RangeAnswer::Mismatch,
            RangeCode::Gone => RangeAnswer::Gone,
            RangeCode::Changed => RangeAnswer::Changed,
            RangeCode::Busy => RangeAnswer::Busy,
            RangeCode::Limit => RangeAnswer::Limit,
        };
        let is_last = asker.lengths.len() == 0 || pulled.code != RangeCode::Ok;
        // Whoever does not wait any more has gone.
        drop(asker.answers.send(answer));
        if is_last {
            pulls.waiting.remove(&received.request);
        }
        Ok(())
    }
}

impl Drop for Connected<'_> {
    fn drop(&mut self) {
        let mut links = lock(&self.agents.links);
        for source in &self.sources {
            if links.get(source).is_some_and(|link| Arc::ptr_eq(link, &self.link)) {
                links.remove(source);
            }
        }
        drop(links);
        self.link.end();
    }
}

impl AgentLink {
    fn register(&self, asker: Asker) -> Result<Option<u32>> {
        let mut pulls = lock(&self.pulls);
        if pulls.is_over {
            return Ok(None);
        }
        if pulls.waiting.len() >= PULLS_MAX {
            return Err(Error::AgentBusy { pulls: PULLS_MAX });
        }
        pulls.next = pulls.next.wrapping_add(1).max(1);
        let number = pulls.next;
        pulls.waiting.insert(number, asker);
        Ok(Some(number))
    }

    fn end(&self) {
        self.hangup.cut();
        let mut pulls = lock(&self.pulls);
        pulls.is_over = true;
        pulls.waiting.clear();
    }
}

/// Ranges on their way from an agent, in the order in which they were asked for. It ends after the
/// first that did not come, or after all of them.
///
/// Bytes that come are those of the range's chunk: they were hashed here. What became of each range
/// counts for its source.
pub struct Pulling {
    link: Arc<AgentLink>,
    answers: Receiver<RangeAnswer>,
    asked: std::vec::IntoIter<PullRange>,
    source: SourceId,
    sightings: Arc<dyn SightingIndex>,
    outcomes: Vec<(ChunkId, Outcome)>,
    clock: Arc<dyn Clock>,
    /// When all of it has to be here, by the clock's monotonic time.
    until_ns: u64,
    range_max: Duration,
}

impl fmt::Debug for Pulling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pulling").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Iterator for Pulling {
    type Item = RangeAnswer;

    fn next(&mut self) -> Option<RangeAnswer> {
        let range = self.asked.next()?;
        let left = self.until_ns.saturating_sub(self.clock.monotonic_ns());
        let left = self.range_max.min(Duration::from_nanos(left));
        let answer = match self.answers.recv_timeout(left) {
            Ok(RangeAnswer::Ok(bytes)) if IdHasher::plain().id(&bytes) == range.chunk => {
                self.outcomes.push((range.chunk, Outcome::Verified));
                return Some(RangeAnswer::Ok(bytes));
            }
            Ok(RangeAnswer::Ok(_) | RangeAnswer::Mismatch) => RangeAnswer::Mismatch,
            Ok(answer) => answer,
            // It is slow, or gone: nothing is wrong with what it told.
            Err(_) => RangeAnswer::Busy,
        };
        if matches!(answer, RangeAnswer::Mismatch | RangeAnswer::Gone | RangeAnswer::Changed) {
            self.outcomes.push((range.chunk, Outcome::False));
        }
        self.asked = Vec::new().into_iter();
        Some(answer)
    }
}

impl Drop for Pulling {
    fn drop(&mut self) {
        if self.outcomes.is_empty() {
            return;
        }
        if let Err(error) = self.sightings.report(self.source, &self.outcomes) {
            tracing::warn!(%error, "what became of sightings is not counted");
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// A message of a feed, and whose it is.
fn feed_message(received: &Received) -> Result<(u16, FeedMessage)> {
    let fields = |Malformed| WireError::Fields { kind: received.message.kind() };
    Ok(match &received.message {
        Message::FeedHello(hello) => {
            let (epoch, cost) = (hello.epoch, hello.cost);
            let lease = Duration::from_millis(hello.lease_ms).min(LEASE_MAX);
            let kind = SourceKind::Listed;
            (hello.source, FeedMessage::Hello(Hello { epoch, kind, lease, cost }))
        }
        Message::FeedSnapshot(part) => {
            let objects = unpack_snapshot(received.tail()).map_err(fields)?;
            let part_of = SnapshotPart {
                epoch: part.epoch,
                low_seq: 0,
                high_seq: part.high_seq,
                part: part.part,
                is_last: part.is_last,
                chunks_expected: part.chunks_expected,
                objects,
            };
            (part.source, FeedMessage::Snapshot(part_of))
        }
        Message::FeedDelta(delta) => {
            let changes = unpack_changes(received.tail()).map_err(fields)?;
            let (epoch, first_seq) = (delta.epoch, delta.first_seq);
            (delta.source, FeedMessage::Delta(Delta { epoch, first_seq, low_seq: 0, changes }))
        }
        Message::FeedLease(lease) => (lease.source, FeedMessage::Lease { epoch: lease.epoch }),
        _ => return Err(received.out_of_place().into()),
    })
}
