//! A source in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::agent::{Agent, AgentOptions, FeedMessage, Following, MemoryJournal, SeenObject};
use crate::body::Body;
use crate::error::Error;
use crate::identifiers::Identifiers;
use crate::manual_clock::ManualClock;
use crate::object::{Generation, ObjectKey, ObjectMeta, Partial, SourceId};
use crate::scope::Scope;
use crate::source::{
    AccessSource, Capabilities, Counters, Cursor, Event, Events, ObjectReader, Pin, RootInode, Stop,
};

#[derive(Debug, Clone)]
pub(super) struct FakeObject {
    pub(super) bytes: Arc<Vec<u8>>,
    pub(super) generation: u64,
    pub(super) scope: Scope,
    pub(super) partial: Option<Partial>,
}

#[derive(Debug, Default)]
pub(super) struct FakeState {
    pub(super) objects: BTreeMap<String, FakeObject>,
    /// Events that a listing begins with.
    pub(super) first: Vec<Event>,
    pub(super) is_unavailable: bool,
    /// How many objects a listing tells before it fails.
    pub(super) fails_after: Option<usize>,
    pub(super) opened: usize,
    /// What each cursor, named by its place, has told of.
    told: Vec<BTreeMap<String, (u64, Scope)>>,
    /// Bytes that readers give in the place of the object's own.
    pub(super) lie: Option<Vec<u8>>,
    /// What `still_same` says.
    pub(super) has_changed: bool,
    pub(super) is_busy: bool,
    pub(super) root: Option<RootInode>,
    /// What runs when a body is read.
    pub(super) while_reading: Option<Hook>,
    /// What runs once, when it is asked for its root: at the end of a listing.
    pub(super) while_root_is_asked: Option<Hook>,
}

/// Something that a test does in the middle of something else.
#[derive(Clone)]
pub(super) struct Hook(pub(super) Arc<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hook")
    }
}

/// Clones are the same source.
#[derive(Debug, Clone, Default)]
pub(super) struct FakeSource(Arc<(Mutex<FakeState>, Counters)>);

pub(super) fn key(name: &str) -> ObjectKey {
    ObjectKey::new(name.as_bytes()).unwrap()
}

pub(super) fn generation(number: u64) -> Generation {
    Generation::from_bytes(*blake3::hash(&number.to_le_bytes()).as_bytes())
}

/// Seeded bytes that do not compress.
pub(super) fn random(len: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; len];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

impl FakeSource {
    pub(super) fn state(&self) -> MutexGuard<'_, FakeState> {
        self.0.0.lock().unwrap()
    }

    pub(super) fn put(&self, name: &str, number: u64, bytes: &[u8]) {
        let object = FakeObject {
            bytes: Arc::new(bytes.to_vec()),
            generation: number,
            scope: Scope::Log,
            partial: None,
        };
        self.state().objects.insert(name.to_owned(), object);
    }

    pub(super) fn remove(&self, name: &str) {
        self.state().objects.remove(name);
    }

    pub(super) fn upsert(&self, name: &str) -> Event {
        let meta = meta_of(name, &self.state().objects[name]);
        Event::Upsert(Box::new(meta))
    }
}

fn meta_of(name: &str, object: &FakeObject) -> ObjectMeta {
    ObjectMeta {
        key: key(name),
        generation: generation(object.generation),
        identifiers: Identifiers {
            urls: vec![format!("http://h/{name}").into_bytes()],
            ..Identifiers::default()
        },
        scope: object.scope,
        raw_len: Some(object.bytes.len()),
        media_type: None,
        encodings: Vec::new(),
        partial: object.partial.clone(),
    }
}

impl AccessSource for FakeSource {
    fn id(&self) -> SourceId {
        SourceId::new(3)
    }

    fn kind(&self) -> &'static str {
        "fake"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { enumerate: true, ..Capabilities::default() }
    }

    fn counters(&self) -> &Counters {
        &self.0.1
    }

    fn root(&self) -> Option<RootInode> {
        let mut state = self.state();
        let (hook, root) = (state.while_root_is_asked.take(), state.root);
        drop(state);
        if let Some(Hook(hook)) = hook {
            hook();
        }
        root
    }

    /// With a cursor of this source: what differs from what that has told of.
    fn scan(&self, cursor: Option<&Cursor>) -> Result<Events<'_>, Error> {
        let mut state = self.state();
        if state.is_unavailable {
            return Err(Error::Unavailable("as the test wants it"));
        }
        let place = cursor.and_then(|cursor| str::from_utf8(cursor.as_bytes()).ok()?.parse().ok());
        let before = place.and_then(|place: usize| state.told.get(place)).cloned();
        let before = before.unwrap_or_default();
        let now = state.objects.iter().map(|(name, it)| (name.clone(), (it.generation, it.scope)));
        let now: BTreeMap<_, _> = now.collect();
        let changed = state.objects.iter().filter(|(name, _)| before.get(*name) != now.get(*name));
        let upserts = changed.map(|(name, it)| Event::Upsert(Box::new(meta_of(name, it))));
        let gone = before.keys().filter(|name| !now.contains_key(*name));
        let gone = gone.map(|name| Event::Gone(key(name)));
        let first = state.first.iter().filter(|_| cursor.is_none()).cloned();
        let mut events: Vec<Result<Event, Error>> =
            first.chain(upserts).chain(gone).map(Ok).collect();
        match state.fails_after {
            None => {
                events.push(Ok(Event::Cursor(Cursor::new(state.told.len().to_string()))));
                state.told.push(now);
            }
            Some(count) => {
                events.truncate(count);
                events.push(Err(Error::Unavailable("in the middle")));
            }
        }
        Ok(Box::new(events.into_iter()))
    }

    fn watch(&self, _: &Stop) -> Result<Events<'_>, Error> {
        Err(Error::Incapable("watch"))
    }

    fn probe(&self, _: &Identifiers) -> Result<Vec<ObjectMeta>, Error> {
        Err(Error::Incapable("probe"))
    }

    fn open(
        &self,
        key: &ObjectKey,
        generation: &Generation,
    ) -> Result<Box<dyn ObjectReader>, Error> {
        let mut state = self.state();
        state.opened += 1;
        if state.is_busy {
            return Err(Error::Busy);
        }
        let name = str::from_utf8(key.as_bytes()).unwrap();
        let object = state.objects.get(name).cloned().ok_or(Error::Gone)?;
        if self::generation(object.generation) != *generation {
            return Err(Error::Changed);
        }
        let bytes = state.lie.clone().map_or(object.bytes.clone(), Arc::new);
        let meta = meta_of(name, &object);
        Ok(Box::new(FakeReader { meta, bytes, source: self.clone() }))
    }
}

#[derive(Debug)]
struct FakeReader {
    meta: ObjectMeta,
    bytes: Arc<Vec<u8>>,
    source: FakeSource,
}

impl ObjectReader for FakeReader {
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn body(&self) -> Arc<dyn Body> {
        let hook = self.source.state().while_reading.clone();
        if let Some(Hook(hook)) = hook {
            hook();
        }
        Arc::clone(&self.bytes) as Arc<dyn Body>
    }

    fn still_same(&self) -> Result<bool, Error> {
        Ok(!self.source.state().has_changed)
    }

    fn pin(&self, _: Duration) -> Option<Pin> {
        Some(Pin::new(self.body(), Box::new(())))
    }
}

pub(super) fn agent_with(
    source: &FakeSource,
    journal: &MemoryJournal,
    options: AgentOptions,
) -> (Agent, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new());
    let source = Box::new(source.clone());
    let agent = Agent::open(source, Box::new(journal.clone()), options, clock.clone());
    (agent.unwrap(), clock)
}

pub(super) fn agent(source: &FakeSource) -> Agent {
    agent_with(source, &MemoryJournal::new(), AgentOptions::default()).0
}

/// All that an agent tells to who knows nothing.
pub(super) fn told(agent: &Agent) -> Vec<SeenObject> {
    let plan = agent.snapshot(10);
    let mut objects = Vec::new();
    for part in 0..plan.parts() {
        let Some(FeedMessage::Snapshot(part)) = agent.snapshot_part(&plan, part).unwrap() else {
            panic!("a part of the plan");
        };
        objects.extend(part.objects.into_iter().map(|(_, seen)| seen));
    }
    let FeedMessage::Hello(hello) = agent.hello() else { panic!("hello") };
    assert_eq!(agent.following(hello.epoch, plan.high_seq(), 10).unwrap(), Following::Nothing);
    objects
}
