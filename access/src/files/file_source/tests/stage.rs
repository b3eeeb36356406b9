//! Files in memory, a scripted clock, and what the events of a source build up.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::{FileSource, FileSourceOptions};
use crate::clock::Clock;
use crate::error::{Error, Reason};
use crate::files::file_format::FileFormat;
use crate::files::memory_fs::MemoryFs;
use crate::files::pins::Pins;
use crate::files::tree_format::{TreeFormat, TreeOptions};
use crate::manual_clock::ManualClock;
use crate::object::{Generation, ObjectKey, ObjectMeta, SourceId};
use crate::scope::ScopePolicy;
use crate::source::{AccessSource, Cursor, Event, Stop};

type Act = Box<dyn FnOnce() + Send>;

/// A clock that does something at chosen times, while somebody sleeps.
#[derive(Default)]
pub(super) struct ScriptClock {
    time: ManualClock,
    script: Mutex<Vec<(Duration, Act)>>,
}

impl fmt::Debug for ScriptClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScriptClock")
    }
}

impl ScriptClock {
    /// Does `act` once `time` has passed since the clock began.
    pub(super) fn at(&self, time: Duration, act: impl FnOnce() + Send + 'static) {
        let mut script = self.script.lock().unwrap();
        let place = script.partition_point(|(earlier, _)| *earlier <= time);
        script.insert(place, (time, Box::new(act)));
    }

    pub(super) fn advance(&self, duration: Duration) {
        self.time.advance(duration);
    }

    pub(super) fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.monotonic_ns())
    }
}

impl Clock for ScriptClock {
    fn wall_ns(&self) -> i64 {
        self.time.wall_ns()
    }

    fn monotonic_ns(&self) -> u64 {
        self.time.monotonic_ns()
    }

    fn sleep(&self, duration: Duration) {
        self.time.advance(duration);
        loop {
            let mut script = self.script.lock().unwrap();
            if script.first().is_none_or(|(time, _)| *time > self.elapsed()) {
                break;
            }
            let (_, act) = script.remove(0);
            drop(script);
            act();
        }
    }
}

/// A source over files in memory.
pub(super) struct Stage {
    pub(super) clock: Arc<ScriptClock>,
    pub(super) fs: MemoryFs,
    pub(super) source: FileSource,
}

pub(super) fn tree() -> Arc<dyn FileFormat> {
    Arc::new(TreeFormat::new(&TreeOptions::default()).unwrap())
}

pub(super) fn options() -> FileSourceOptions {
    FileSourceOptions {
        first_epoch: Some(1),
        ..FileSourceOptions::new(SourceId::new(1), ScopePolicy::Public)
    }
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::with(tree(), options(), |_| None)
    }

    pub(super) fn with(
        format: Arc<dyn FileFormat>,
        options: FileSourceOptions,
        pins: impl FnOnce(&PinGround) -> Option<Pins>,
    ) -> Self {
        let clock = Arc::new(ScriptClock::default());
        let fs = MemoryFs::new(clock.clone());
        let pins = pins(&PinGround { clock: clock.clone(), fs: fs.clone() });
        let source = FileSource::new(Arc::new(fs.clone()), format, clock.clone(), options, pins);
        Self { clock, fs, source }
    }

    /// Lets files that were just written become old.
    pub(super) fn settle(&self) {
        self.clock.advance(Duration::from_secs(3));
    }

    pub(super) fn scan(&self) -> Told {
        self.scan_since(None)
    }

    pub(super) fn scan_since(&self, since: Option<&Cursor>) -> Told {
        Told::of(self.source.scan(since).unwrap())
    }

    /// Watches until some time has passed since the clock began.
    pub(super) fn watch_until(&self, time: Duration) -> Told {
        let stop = Stop::new();
        let switch = stop.clone();
        self.clock.at(time, move || switch.stop());
        Told::of(self.source.watch(&stop).unwrap())
    }
}

/// What pins are made of.
pub(super) struct PinGround {
    pub(super) clock: Arc<ScriptClock>,
    pub(super) fs: MemoryFs,
}

/// What a listing or a feed told.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) objects: BTreeMap<ObjectKey, ObjectMeta>,
    /// Each event in few words, cursors left out.
    pub(super) words: Vec<String>,
    pub(super) cursor: Option<Cursor>,
    pub(super) error: Option<Reason>,
}

impl Told {
    pub(super) fn of(events: impl Iterator<Item = Result<Event, Error>>) -> Self {
        let mut told = Self::default();
        told.add(events);
        told
    }

    pub(super) fn add(&mut self, events: impl Iterator<Item = Result<Event, Error>>) {
        for event in events {
            match event {
                Ok(event) => self.apply(event),
                Err(error) => self.error = Some(error.reason()),
            }
        }
    }

    fn apply(&mut self, event: Event) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match event {
            Event::Upsert(meta) => {
                self.words.push(format!("+{}", text(meta.key.as_bytes())));
                self.objects.insert(meta.key.clone(), *meta);
            }
            Event::Gone(key) => {
                self.words.push(format!("-{}", text(key.as_bytes())));
                self.objects.remove(&key);
            }
            Event::Epoch(_) => self.words.push("epoch".to_owned()),
            Event::Cursor(cursor) => self.cursor = Some(cursor),
            Event::Unseen(_) => {}
            Event::Skipped(skipped) => {
                let reason = skipped.reason.as_str();
                self.words.push(format!("{reason} {}", text(&skipped.place)));
            }
        }
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let text = |key: &ObjectKey| String::from_utf8_lossy(key.as_bytes()).into_owned();
        self.objects.keys().map(text).collect()
    }

    pub(super) fn generation(&self, key: &str) -> Generation {
        self.objects[&ObjectKey::new(key.as_bytes()).unwrap()].generation
    }
}

pub(super) fn read(
    source: &FileSource,
    key: &str,
    generation: &Generation,
) -> Result<Vec<u8>, Error> {
    let reader = source.open(&ObjectKey::new(key.as_bytes()).unwrap(), generation)?;
    let body = reader.body();
    let mut bytes = vec![0; usize::try_from(body.len()).unwrap()];
    body.read_exact_at(0, &mut bytes)?;
    if reader.still_same()? { Ok(bytes) } else { Err(Error::Changed) }
}
