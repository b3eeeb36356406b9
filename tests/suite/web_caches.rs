//! Goal: what the readers of web caches list is what the real servers hold, byte for byte, and what
//! they tell is what happened there.
//!
//! Method: one server a test, filled through its own protocol from an origin whose bodies are known
//! from a seed; then the server evicts, replaces, revalidates, rotates and restarts. If one of
//! these fails: a subscriber's bytes are missed, or another's are taken for them.

mod apache;
mod apt_cacher_ng;
mod http;
mod nginx;
mod squid;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use gleaner_access::{
    AccessSource, Body, ContentCoding, Cursor, Event, FileFormat, FileSource, FileSourceOptions,
    ObjectKey, ObjectMeta, Pins, Reason, RootedFs, ScopePolicy, SourceId, Stop, SystemClock,
};
use gleaner_tests::loopback_http::{Response, get};
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::wait_until;

const SEED: u64 = 23;

/// Far above what any of these events takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn files(root: &Path, format: impl FileFormat + 'static, pins: Option<Pins>) -> FileSource {
    let options = FileSourceOptions::new(SourceId::new(1), ScopePolicy::Public);
    let fs = Arc::new(RootedFs::new(root));
    FileSource::new(fs, Arc::new(format), Arc::new(SystemClock::new()), options, pins)
}

/// Asks until the origin is not asked any more: then the server holds the body.
fn fill(origin: &Origin, path: &str, ask: &dyn Fn() -> Response) {
    wait_until(&format!("a hit of {path}"), || {
        let before = origin.count(path);
        let response = ask();
        assert!(response.is_whole, "{path}");
        before > 0 && origin.count(path) == before
    });
}

/// Fills by a reverse proxy at that port.
fn fill_at(origin: &Origin, port: u16, path: &str) {
    fill(origin, path, &|| get(port, path, &[]).unwrap());
}

/// All files below a directory.
fn files_below(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            let is_folder = entry.file_type().is_ok_and(|file_type| file_type.is_dir());
            if is_folder { &mut folders } else { &mut files }.push(entry.path());
        }
    }
    files
}

/// What a listing told.
#[derive(Default)]
struct Listed {
    objects: BTreeMap<ObjectKey, ObjectMeta>,
    gone: Vec<ObjectKey>,
    upserts: usize,
    skipped: BTreeMap<String, Reason>,
    cursor: Option<Cursor>,
}

impl Listed {
    fn take(&mut self, event: Event) {
        match event {
            Event::Upsert(meta) => {
                self.upserts += 1;
                self.objects.insert(meta.key.clone(), *meta);
            }
            Event::Gone(key) => {
                self.objects.remove(&key);
                self.gone.push(key);
            }
            Event::Skipped(skipped) => {
                let place = String::from_utf8_lossy(&skipped.place).into_owned();
                self.skipped.insert(place, skipped.reason);
            }
            Event::Cursor(cursor) => self.cursor = Some(cursor),
            Event::Epoch(_) | Event::Unseen(_) => {}
        }
    }

    /// The objects of a URL.
    fn of(&self, url: &str) -> Vec<&ObjectMeta> {
        let has = |meta: &&ObjectMeta| meta.identifiers.urls.iter().any(|it| it == url.as_bytes());
        self.objects.values().filter(has).collect()
    }

    /// The only object of a URL.
    fn only(&self, url: &str) -> &ObjectMeta {
        let found = self.of(url);
        assert_eq!(found.len(), 1, "{url}: {found:?}");
        found[0]
    }

    fn generations(&self) -> BTreeMap<&ObjectKey, [u8; 32]> {
        self.objects.iter().map(|(key, meta)| (key, *meta.generation.as_bytes())).collect()
    }
}

fn scan(source: &dyn AccessSource, since: Option<&Cursor>) -> Listed {
    let mut listed = Listed::default();
    for event in source.scan(since).unwrap() {
        listed.take(event.unwrap());
    }
    listed
}

/// The body of an object, which did not change while it was read.
fn body_of(source: &dyn AccessSource, meta: &ObjectMeta) -> Vec<u8> {
    let reader = source.open(&meta.key, &meta.generation).unwrap();
    let body = whole(&*reader.body());
    assert!(reader.still_same().unwrap());
    body
}

fn whole(body: &dyn Body) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(body.len()).unwrap()];
    body.read_exact_at(0, &mut bytes).unwrap();
    bytes
}

/// Plain and gzip form of a path below `/gz/` are two objects with the origin's bytes.
fn holds_both_forms(source: &dyn AccessSource, listed: &Listed, origin: &Origin, path: &str) {
    let found = listed.of(&origin.url(path));
    assert_eq!(found.len(), 2, "{found:?}");
    for meta in found {
        let expected = match meta.encodings.as_slice() {
            [] => origin.body(path),
            [ContentCoding::Gzip] => origin.gzip_body(path),
            other => panic!("{other:?}"),
        };
        assert!(body_of(source, meta) == expected, "{:?}", meta.encodings);
    }
}

/// What a feed tells while a test goes on.
struct Feed {
    events: Receiver<(Instant, Event)>,
    seen: RefCell<Vec<Event>>,
}

impl Feed {
    /// Waits for an event, and says when it was told.
    fn until(&self, what: &str, is_it: impl Fn(&Event) -> bool) -> (Instant, Event) {
        let started = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(started.elapsed());
            let (told, event) = self
                .events
                .recv_timeout(left)
                .unwrap_or_else(|_| panic!("not told: {what}; told: {:?}", self.seen.borrow()));
            self.seen.borrow_mut().push(event.clone());
            if is_it(&event) {
                return (told, event);
            }
        }
    }

    fn until_upsert(&self, url: &str) -> ObjectMeta {
        match self.until(url, |event| is_upsert(event, url)).1 {
            Event::Upsert(meta) => *meta,
            _ => unreachable!("it was looked for"),
        }
    }

    /// All so far.
    fn seen(&self) -> Vec<Event> {
        let later: Vec<_> = self.events.try_iter().map(|(_, event)| event).collect();
        self.seen.borrow_mut().extend(later);
        self.seen.borrow().clone()
    }

    fn upserts(&self, url: &str) -> usize {
        self.seen().iter().filter(|event| is_upsert(event, url)).count()
    }

    fn gone(&self) -> Vec<ObjectKey> {
        let gone = |event: &Event| match event {
            Event::Gone(key) => Some(key.clone()),
            _ => None,
        };
        self.seen().iter().filter_map(gone).collect()
    }
}

fn is_upsert(event: &Event, url: &str) -> bool {
    let Event::Upsert(meta) = event else { return false };
    meta.identifiers.urls.iter().any(|it| it == url.as_bytes())
}

struct StopsWhenDropped(Stop);

impl Drop for StopsWhenDropped {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Runs a test beside a feed of the source, which has told what is there already.
fn watching<T>(source: &dyn AccessSource, test: impl FnOnce(&Feed) -> T) -> T {
    std::thread::scope(|scope| {
        let stop = Stop::new();
        let (sender, events) = channel();
        let watch_stop = stop.clone();
        scope.spawn(move || {
            for event in source.watch(&watch_stop).unwrap() {
                if sender.send((Instant::now(), event.unwrap())).is_err() {
                    break;
                }
            }
        });
        let _stops = StopsWhenDropped(stop);
        let feed = Feed { events, seen: RefCell::default() };
        feed.until("the first cursor", |event| matches!(event, Event::Cursor(_)));
        test(&feed)
    })
}
