//! Goal: what lies on an access server is known at the backup server soon after it came or went,
//! and its bytes can be had from there; an agent that lies, stalls or goes costs time and nothing
//! else.
//!
//! Method: a server in this process with agents over TLS; a real folder as the source; agents that
//! answer pulls as no agent should. If this fails, a backup is made of other bytes than the
//! subscriber's, or hangs.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gleaner_access::{
    Agent, AgentOptions, ChunkLister, FileSource, FileSourceOptions, Generation, MemoryJournal,
    ObjectNumber, ObjectRow, PullRange, PullRequest, RangeAnswer, Recipe, RootedFs, ScopePolicy,
    SourceId, Stop, SystemClock as AccessClock, TreeFormat, TreeOptions,
};
use gleaner_chunker::{ChunkId, IdHasher};
use gleaner_index::{MemorySightings, Sighting, SightingLimits};
use gleaner_net::{
    ClientTls, Clients, FrameReceiver, FrameSender, Identity, Limits, Listener, ServerTls, Token,
    Trust, connect, system_time,
};
use gleaner_service::wire::{
    AgentHello, FeedHello, Message, Pulled, RangeCode, Received, Refusal, head_of,
};
use gleaner_service::{
    AgentRecord, AgentSession, Agents, Error, PROTOCOL, Registry, Right, Server, ServerOptions,
    TenantRecord, Tenants, TokenRecord, follow_source, serve_sources,
};
use gleaner_store::{Clock as _, MemoryStorage, SeededRandom, Storage, StorageError, SystemClock};
use gleaner_tests::relay::with_relay;

/// The one tenant's data.
#[derive(Debug)]
struct OneRepository(Arc<dyn Storage>);

impl gleaner_service::Repositories for OneRepository {
    fn open(&self, _: &gleaner_service::TenantName) -> Result<Arc<dyn Storage>, StorageError> {
        Ok(Arc::clone(&self.0))
    }
}

/// A server that lets one agent speak for the sources 1 and 2, and has the tenant `a`.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    clock: Arc<SystemClock>,
    pub(crate) agents: Arc<Agents>,
    registry: Registry,
    agent: ClientTls,
    certificate: gleaner_net::Fingerprint,
    pub(crate) stranger: ClientTls,
    pub(crate) server: Arc<Server>,
}

/// What the URLs begin with of what the agent's sources may have.
pub(crate) const NEARBY: &str = "http://mirror.test/";

/// The token of the tenant, for everything.
pub(crate) fn tenants_token() -> Token {
    Token::from_random([5; 32])
}

fn tenant() -> TenantRecord {
    let token = TokenRecord {
        hash: (*tenants_token().hash().as_bytes()).into(),
        label: String::new(),
        rights: Right::ALL.iter().map(|right| right.as_str().to_owned()).collect(),
        made_ns: 0,
        expires_ns: None,
    };
    TenantRecord { tokens: vec![token], ..TenantRecord::default() }
}

const LEASE: Duration = Duration::from_mins(5);

pub(crate) fn with_site(use_it: impl FnOnce(&Site)) {
    with_site_that_waits(Duration::from_secs(30), use_it);
}

/// The same, where an agent has so long for a range of a pull.
pub(crate) fn with_site_that_waits(range_max: Duration, use_it: impl FnOnce(&Site)) {
    let [server_id, agent_id, stranger] =
        ["server", "agent", "stranger"].map(|name| Identity::generate(name, &[]).unwrap());
    let tls = ServerTls::new(&server_id, Clients::MayBring, PROTOCOL, system_time()).unwrap();
    let registry = Registry::new(Arc::new(MemoryStorage::new()));
    let urls = Some(vec![NEARBY.to_owned()]);
    let record = AgentRecord { sources: vec![1, 2], urls, ..AgentRecord::default() };
    registry.add(&"a".parse().unwrap(), &tenant()).unwrap();
    registry.allow_agent(&agent_id.fingerprint(), &record).unwrap();
    let sightings = Arc::new(MemorySightings::new(SightingLimits::DEFAULT));
    let clock = Arc::new(SystemClock::new());
    let agents = Agents::new(registry.clone(), sightings, clock.clone());
    let agents = Arc::new(agents.answering_within(range_max));
    let repository = OneRepository(Arc::new(MemoryStorage::new()));
    let tenants = Tenants::new(registry.clone(), Arc::new(repository));
    let random = Arc::new(SeededRandom::new(3));
    let server = Server::new(tls, tenants, clock.clone(), random, ServerOptions::default());
    let server = Arc::new(server.with_agents(Arc::clone(&agents)));
    let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into(), &Limits::default()).unwrap();
    let stopper = listener.stopper().unwrap();
    let trust = Trust::Fingerprint(server_id.fingerprint());
    let client = |id: &Identity| ClientTls::new(&trust, Some(id), PROTOCOL, system_time()).unwrap();
    let site = Site {
        address: listener.address().unwrap(),
        clock,
        agents,
        registry,
        agent: client(&agent_id),
        certificate: agent_id.fingerprint(),
        stranger: client(&stranger),
        server: Arc::clone(&server),
    };
    std::thread::scope(|scope| {
        let served = scope.spawn(|| server.serve(&listener));
        let used = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| use_it(&site)));
        stopper.stop();
        server.hang_up();
        served.join().unwrap();
        if let Err(panic) = used {
            std::panic::resume_unwind(panic);
        }
    });
}

fn hello(sources: &[u16]) -> AgentHello {
    AgentHello { versions: vec![1], program: "test".to_owned(), sources: sources.to_vec() }
}

impl Site {
    fn begin(&self, to: SocketAddr, sources: &[u16]) -> gleaner_service::Result<AgentSession> {
        let socket = TcpStream::connect(to).unwrap();
        AgentSession::begin(socket, "localhost", &self.agent, &Limits::default(), hello(sources))
    }

    /// An agent of whom anything may come; it was let in.
    pub(crate) fn raw(&self) -> (FrameSender, FrameReceiver) {
        let socket = TcpStream::connect(self.address).unwrap();
        let connection = connect(socket, "x", &self.agent, &Limits::default()).unwrap();
        let (sender, mut receiver) = connection.split();
        sender.send(&[&head_of(0, &Message::AgentHello(hello(&[1])))]).unwrap();
        let welcome = Received::decode(receiver.receive().unwrap().unwrap()).unwrap();
        assert!(matches!(welcome.message, Message::AgentWelcome(_)));
        (sender, receiver)
    }

    /// Where a chunk was seen.
    pub(crate) fn seen(&self, chunk: ChunkId) -> Vec<Sighting> {
        let now = Duration::from_nanos(self.clock.monotonic_ns());
        self.agents.sightings().sightings_batch(&[chunk], now).unwrap().remove(0)
    }

    /// The bytes of a chunk, from where it was seen.
    fn pulled(&self, chunk: ChunkId) -> Option<RangeAnswer> {
        let seen = *self.seen(chunk).first()?;
        let rows = self.agents.sightings().objects_batch(&[(seen.source, seen.object)]).unwrap();
        let row = ObjectRow::decode(rows[0].as_ref()?).unwrap();
        let representation = &row.representations[usize::from(seen.place.representation)];
        let (offset, length) = (seen.place.offset, seen.place.length);
        let request = PullRequest {
            object: ObjectNumber::new(seen.object.number()),
            generation: row.generation,
            recipe: representation.recipe.clone(),
            ranges: vec![PullRange { offset, length, chunk }],
        };
        self.agents.pull(seen.source.number(), &request).ok()?.next()
    }
}

/// Waits until something is so; it is a fault if it does not come about.
pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{what} did not come about in half a minute");
}

/// The agent of a folder that is for everybody.
pub(crate) fn agent_of(folder: &Path, number: u16) -> Arc<Agent> {
    scoped_agent_of(folder, number, ScopePolicy::Public)
}

/// The agent of a folder.
pub(crate) fn scoped_agent_of(folder: &Path, number: u16, scope: ScopePolicy) -> Arc<Agent> {
    let format = Arc::new(TreeFormat::new(&TreeOptions::default()).unwrap());
    let clock = Arc::new(AccessClock::new());
    let options = FileSourceOptions::new(SourceId::new(number), scope);
    let fs = Arc::new(RootedFs::new(folder));
    let source = Box::new(FileSource::new(fs, format, clock.clone(), options, None));
    let options = AgentOptions { lease: LEASE, ..AgentOptions::default() };
    Arc::new(Agent::open(source, Box::new(MemoryJournal::new()), options, clock).unwrap())
}

/// Chunks of a file, in its order.
pub(crate) fn chunks_of(bytes: &[u8]) -> Vec<(ChunkId, Vec<u8>)> {
    let list = ChunkLister::new().list(&mut &*bytes, usize::MAX).unwrap();
    let slice = |offset: u64, length: u32| {
        let start = usize::try_from(offset).unwrap();
        bytes[start..start + length as usize].to_vec()
    };
    list.chunks.iter().map(|it| (it.id, slice(it.offset, it.length))).collect()
}

pub(crate) fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    use gleaner_store::RandomSource as _;
    let mut noise = vec![0; bytes];
    SeededRandom::new(seed).fill(&mut noise).unwrap();
    noise
}

/// Follows and serves folders while `use_it` runs.
pub(crate) fn with_agents(
    agents: &[Arc<Agent>],
    site: &Site,
    to: SocketAddr,
    use_it: impl FnOnce(),
) {
    let (clock, stop) = (AccessClock::new(), Stop::new());
    let begin = |sources: &[u16]| site.begin(to, sources);
    std::thread::scope(|scope| {
        let _stopped = stop.on_drop();
        for agent in agents {
            let (clock, stop) = (&clock, &stop);
            scope.spawn(move || follow_source(agent, Duration::from_millis(100), clock, stop));
        }
        scope.spawn(|| serve_sources(agents, &begin, &clock, &stop).unwrap());
        use_it();
        stop.stop();
    });
}

#[test]
fn what_a_folder_holds_is_seen_pulled_and_forgotten() {
    let folders = [1, 2].map(|_| tempfile::tempdir().unwrap());
    let (first, second, third) = (noise(1, 600_000), noise(2, 300_000), noise(3, 200_000));
    std::fs::write(folders[0].path().join("first"), &first).unwrap();
    std::fs::write(folders[1].path().join("second"), &second).unwrap();
    let agents = [agent_of(folders[0].path(), 1), agent_of(folders[1].path(), 2)];
    with_site(|site| {
        with_relay(site.address, &[], |relay| {
            with_agents(&agents, site, relay.address(), || {
                for bytes in [&first, &second] {
                    let chunks = chunks_of(bytes);
                    wait_until("a sighting", || {
                        chunks.iter().all(|(id, _)| !site.seen(*id).is_empty())
                    });
                    for (id, bytes) in chunks {
                        assert_eq!(site.pulled(id), Some(RangeAnswer::Ok(bytes)));
                    }
                }
                // What comes and goes is told, also after the connection was cut.
                std::fs::write(folders[0].path().join("third"), &third).unwrap();
                relay.cut_all();
                std::fs::remove_file(folders[0].path().join("first")).unwrap();
                let (new, old) = (chunks_of(&third)[0].clone(), chunks_of(&first)[0].clone());
                wait_until("the new file", || {
                    site.pulled(new.0) == Some(RangeAnswer::Ok(new.1.clone()))
                });
                wait_until("the end of the old one", || site.seen(old.0).is_empty());
            });
        });
        wait_until("their end", || site.agents.connected().is_empty());
    });
}

#[test]
fn who_is_no_agent_or_speaks_for_others_is_refused() {
    with_site(|site| {
        let denied = |tls: &ClientTls, sources: &[u16]| {
            let socket = TcpStream::connect(site.address).unwrap();
            let begun = AgentSession::begin(socket, "x", tls, &Limits::default(), hello(sources));
            matches!(begun, Err(Error::Refused { refusal: Refusal::Denied }))
        };
        assert!(!denied(&site.agent, &[1, 2]) && !denied(&site.agent, &[2]));
        assert!(denied(&site.stranger, &[1]));
        assert!(denied(&site.agent, &[1, 3]) && denied(&site.agent, &[]));
        let taken = site.registry.allow_agent(
            &gleaner_net::Fingerprint::from_bytes([7; 32]),
            &AgentRecord { sources: vec![2], ..AgentRecord::default() },
        );
        assert!(matches!(taken, Err(Error::SourceTaken { source_id: 2, .. })), "{taken:?}");
        // A message of another source than it was let in for ends the session.
        let (sender, mut receiver) = site.raw();
        let feed = FeedHello { source: 2, epoch: 1, lease_ms: 1000, cost: 1 };
        sender.send(&[&head_of(0, &Message::FeedHello(feed))]).unwrap();
        let refused = Received::decode(receiver.receive().unwrap().unwrap()).unwrap();
        assert!(matches!(refused.message, Message::Refused(_)), "{refused:?}");
        assert!(site.registry.deny_agent(&site.certificate).unwrap());
        assert!(denied(&site.agent, &[1]));
    });
}

#[test]
fn agent_that_lost_its_journal_tells_all_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (noise(1, 200_000), noise(2, 200_000));
    std::fs::write(folder.path().join("first"), &first).unwrap();
    std::fs::write(folder.path().join("second"), &second).unwrap();
    with_site(|site| {
        let seen = |bytes: &[u8]| !site.seen(chunks_of(bytes)[0].0).is_empty();
        with_agents(&[agent_of(folder.path(), 1)], site, site.address, || {
            wait_until("both", || seen(&first) && seen(&second));
        });
        let epoch = || site.agents.sightings().stats(Duration::ZERO).unwrap().sources[0].epoch;
        let before = epoch();
        // Of two changes the new journal has one.
        std::fs::remove_file(folder.path().join("first")).unwrap();
        with_agents(&[agent_of(folder.path(), 1)], site, site.address, || {
            wait_until("one of them", || seen(&second) && !seen(&first));
            let bytes = chunks_of(&second)[0].clone();
            assert_eq!(site.pulled(bytes.0), Some(RangeAnswer::Ok(bytes.1)));
        });
        assert!(epoch() > before, "{} after {before}", epoch());
    });
}

#[test]
fn of_two_agents_of_one_source_the_one_that_came_last_is_asked() {
    with_site(|site| {
        let (_first, mut first_receiver) = site.raw();
        wait_until("the first", || site.agents.connected() == [1]);
        let (second, mut second_receiver) = site.raw();
        assert!(first_receiver.receive().is_err(), "it is cut");
        let request = PullRequest {
            object: ObjectNumber::new(1),
            generation: Generation::from_bytes([0; 32]),
            recipe: Recipe::identity(),
            ranges: vec![PullRange { offset: 0, length: 1, chunk: IdHasher::plain().id(b"x") }],
        };
        let pulling = site.agents.pull(1, &request).unwrap();
        let asked = Received::decode(second_receiver.receive().unwrap().unwrap()).unwrap();
        say(&second, asked.request, RangeCode::Ok, b"x");
        assert_eq!(pulling.collect::<Vec<_>>(), [RangeAnswer::Ok(b"x".to_vec())]);
        // Nobody gets more pulls than it can answer.
        let many: Vec<_> = (0..200).map_while(|_| site.agents.pull(1, &request).ok()).collect();
        assert_eq!(many.len(), 128);
        assert!(matches!(site.agents.pull(1, &request), Err(Error::AgentBusy { .. })));
    });
}

/// What an agent that is none does with a pull.
type Answering = fn(&FrameSender, u32);

pub(crate) fn say(sender: &FrameSender, request: u32, code: RangeCode, bytes: &[u8]) {
    drop(sender.send(&[&head_of(request, &Message::Pulled(Pulled { code })), bytes]));
}

/// What comes of a pull of two ranges of 1000 fives.
fn answers() -> [(&'static str, Answering, Vec<RangeAnswer>); 6] {
    let ok = RangeAnswer::Ok(vec![5; 1000]);
    [
        (
            "honest",
            |sender, request| {
                say(sender, request, RangeCode::Ok, &[5; 1000]);
                say(sender, request, RangeCode::Ok, &[5; 1000]);
            },
            vec![ok.clone(), ok.clone()],
        ),
        (
            "other bytes",
            |sender, request| {
                say(sender, request, RangeCode::Ok, &[5; 1000]);
                say(sender, request, RangeCode::Ok, &[6; 1000]);
            },
            vec![ok.clone(), RangeAnswer::Mismatch],
        ),
        (
            "too many bytes",
            |sender, request| {
                say(sender, request, RangeCode::Ok, &[5; 1001]);
            },
            vec![RangeAnswer::Mismatch],
        ),
        (
            "gone",
            |sender, request| {
                say(sender, request, RangeCode::Gone, &[]);
            },
            vec![RangeAnswer::Gone],
        ),
        (
            "another's pull",
            |sender, request| {
                say(sender, request.wrapping_add(1), RangeCode::Ok, &[5; 1000]);
                say(sender, request, RangeCode::Changed, &[]);
            },
            vec![RangeAnswer::Busy],
        ),
        (
            "more than was asked for",
            |sender, request| {
                for _ in 0..3 {
                    say(sender, request, RangeCode::Ok, &[5; 1000]);
                }
            },
            vec![ok.clone(), ok],
        ),
    ]
}

#[test]
fn agent_that_lies_or_goes_gives_no_bytes_that_were_not_asked_for() {
    let chunk = IdHasher::plain().id(&[5; 1000]);
    let range = PullRange { offset: 0, length: 1000, chunk };
    let request = PullRequest {
        object: ObjectNumber::new(1),
        generation: Generation::from_bytes([0; 32]),
        recipe: Recipe::identity(),
        ranges: vec![range, PullRange { offset: 1000, ..range }],
    };
    with_site(|site| {
        for (case, answering, expected) in answers() {
            wait_until("the end of the last one", || site.agents.connected().is_empty());
            let (sender, mut receiver) = site.raw();
            wait_until("this one", || site.agents.connected() == [1]);
            let pulling = site.agents.pull(1, &request).unwrap();
            let asked = Received::decode(receiver.receive().unwrap().unwrap()).unwrap();
            answering(&sender, asked.request);
            assert_eq!(pulling.collect::<Vec<_>>(), expected, "{case}");
        }
        // It goes.
        wait_until("the end of the last one", || site.agents.connected().is_empty());
        let (sender, receiver) = site.raw();
        wait_until("this one", || site.agents.connected() == [1]);
        let pulling = site.agents.pull(1, &request).unwrap();
        drop((sender, receiver));
        assert_eq!(pulling.collect::<Vec<_>>(), [RangeAnswer::Busy]);
        wait_until("its end", || site.agents.connected().is_empty());
        assert!(matches!(site.agents.pull(1, &request), Err(Error::NoAgent { source_id: 1 })));
        let many = PullRequest { ranges: vec![range; 5000], ..request };
        assert!(matches!(site.agents.pull(1, &many), Err(Error::PullTooLarge { .. })));
    });
}
