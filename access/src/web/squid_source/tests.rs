//! Goal: what a source of Squid's tells is what the log and the files say together, over every way
//! in which a log lives. Method: logs and files made here, in memory: appended, torn, written anew,
//! reused numbers. If it fails, one page is offered for another, or pages are lost at a rotation.

use std::sync::Arc;

use super::{SquidOptions, SquidSource};
use crate::agent::{Agent, AgentOptions, MemoryJournal};
use crate::error::{Error, Reason};
use crate::files::memory_fs::{Fault, MemoryFs};
use crate::identifiers::Identifiers;
use crate::manual_clock::ManualClock;
use crate::object::{ObjectKey, SourceId};
use crate::scope::{Scope, ScopePolicy};
use crate::source::{AccessSource, Cursor, Event, Stop};
use crate::web::cache_stage::{Told, body_of};
use crate::web::squid_object::tests::Sample;
use crate::web::swap_state::tests::{header, record};

const ADD: u8 = 1;
const DELETE: u8 = 2;

/// A `cache_dir` of four times eight folders in memory.
struct Cache {
    clock: Arc<ManualClock>,
    fs: MemoryFs,
    source: SquidSource,
    log: Vec<u8>,
}

fn options() -> SquidOptions {
    let options = SquidOptions::new(SourceId::new(1), ScopePolicy::Public);
    SquidOptions { first_folders: 4, second_folders: 8, ..options }
}

fn ok(path: &str, body: &[u8]) -> Sample {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    Sample::new(&format!("http://a/{path}"), &head, body)
}

fn path_of(number: i32) -> String {
    super::file_path(u32::try_from(number).unwrap(), 4, 8).unwrap()
}

impl Cache {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new());
        let fs = MemoryFs::new(clock.clone());
        let source =
            SquidSource::new(Arc::new(fs.clone()), clock.clone(), options(), None).unwrap();
        let cache = Self { clock, fs, source, log: header() };
        cache.write_log();
        cache
    }

    fn write_log(&self) {
        self.fs.write("swap.state", &self.log);
    }

    /// Puts a log under the name, as another file.
    fn rotate(&mut self, records: &[Vec<u8>]) {
        self.log = [header(), records.concat()].concat();
        self.fs.write("swap.state.new", &self.log);
        self.fs.rename("swap.state.new", "swap.state");
    }

    fn record(&mut self, op: u8, number: i32, sample: &Sample) -> Vec<u8> {
        let record = record(op, number, sample.bytes().len() as u64, sample.key());
        self.log.extend(&record);
        self.write_log();
        record
    }

    /// Writes a file and the record that says that it is complete.
    fn add(&mut self, number: i32, sample: &Sample) -> Vec<u8> {
        self.fs.write(&path_of(number), &sample.bytes());
        self.record(ADD, number, sample)
    }

    fn delete(&mut self, number: i32, sample: &Sample) {
        self.record(DELETE, number, sample);
        self.fs.remove(&path_of(number));
    }

    fn scan(&self) -> Told {
        Told::all(&self.source)
    }

    fn since(&self, told: &Told) -> Told {
        Told::of(&mut self.source.scan(told.cursor.as_ref()).unwrap())
    }
}

#[test]
fn object_is_listed_once_its_record_is_there_and_found_by_url_and_record() {
    let mut cache = Cache::new();
    let sample = ok("b", b"hello");
    cache.fs.write(&path_of(9), &sample.bytes());
    let before = cache.scan();
    assert!(before.upserts.is_empty() && before.skipped.is_empty());
    cache.record(ADD, 9, &sample);
    let told = cache.since(&before);
    let meta = told.only();
    assert_eq!(body_of(&cache.source, meta), b"hello");
    assert_eq!((meta.scope, meta.identifiers.urls.as_slice()), (Scope::Public, &[sample.url][..]));
    let by_url = Identifiers { urls: meta.identifiers.urls.clone(), ..Identifiers::default() };
    assert_eq!(cache.source.probe(&by_url).unwrap(), std::slice::from_ref(meta));
    let sequence_numbers = meta.identifiers.sequence_numbers.clone();
    let by_record = Identifiers { sequence_numbers, ..Identifiers::default() };
    assert_eq!(cache.source.probe(&by_record).unwrap(), std::slice::from_ref(meta));
    assert!(cache.source.probe(&Identifiers::default()).unwrap().is_empty());
    let by_mail = Identifiers { message_ids: vec![b"x@y".to_vec()], ..Identifiers::default() };
    assert!(matches!(cache.source.probe(&by_mail), Err(Error::Incapable(_))));
}

#[test]
fn forced_refresh_is_one_upsert_and_deletion_is_gone() {
    let mut cache = Cache::new();
    let first = ok("b", b"hello");
    cache.add(1, &first);
    let told = cache.scan();
    let before = told.only().clone();
    let second = Sample { body: b"HELLO".to_vec(), timestamp_s: 1_900_000_000, ..first.clone() };
    cache.delete(1, &first);
    cache.add(2, &second);
    let refreshed = cache.since(&told);
    assert!(refreshed.gone.is_empty());
    let after = refreshed.only().clone();
    assert_eq!(after.key, before.key);
    assert_ne!(after.generation, before.generation);
    let old = cache.source.open(&before.key, &before.generation);
    assert!(matches!(old, Err(Error::Changed)));
    assert_eq!(body_of(&cache.source, &after), b"HELLO");
    cache.delete(2, &second);
    let gone = cache.since(&refreshed);
    assert_eq!(gone.gone, std::slice::from_ref(&after.key));
    let gone = cache.source.open(&after.key, &after.generation);
    assert!(matches!(gone, Err(Error::Gone)));
}

#[test]
fn log_written_anew_changes_nothing_and_tells_what_went() {
    let mut cache = Cache::new();
    let (a, b, c) = (ok("a", b"aaa"), ok("b", b"bbb"), ok("c", b"ccc"));
    let of_a = cache.add(1, &a);
    cache.add(2, &b);
    let told = cache.scan();
    // A clean log has the refreshed time of a revalidation, which the file does not have.
    let mut revalidated = of_a;
    revalidated[8..16].copy_from_slice(&1_900_000_000_i64.to_le_bytes());
    cache.fs.write(&path_of(3), &c.bytes());
    let of_c = record(ADD, 3, c.bytes().len() as u64, c.key());
    cache.rotate(&[revalidated, of_c]);
    let after = cache.since(&told);
    assert_eq!(after.only().identifiers.urls, [c.url]);
    assert_eq!(after.gone.len(), 1);
    cache.rotate(&[]);
    assert_eq!(cache.since(&after).gone.len(), 2);
}

#[test]
fn half_a_record_waits_and_a_shorter_log_is_read_anew() {
    let mut cache = Cache::new();
    let (a, b) = (ok("a", b"aaa"), ok("b", b"bbb"));
    cache.add(1, &a);
    let told = cache.scan();
    cache.add(2, &b);
    let whole = cache.log.clone();
    cache.log.truncate(whole.len() - 30);
    cache.write_log();
    let half = cache.since(&told);
    assert!(half.has_no_change() && half.skipped.is_empty(), "{half:?}");
    cache.log = whole;
    cache.write_log();
    let both = cache.since(&half);
    assert_eq!(both.only().identifiers.urls, [b.url]);
    cache.log.truncate(header().len());
    cache.write_log();
    assert_eq!(cache.since(&both).gone.len(), 2);
}

#[test]
fn bad_record_is_told_once_and_read_once_it_is_good() {
    let mut cache = Cache::new();
    let (a, b) = (ok("a", b"aaa"), ok("b", b"bbb"));
    cache.add(1, &a);
    cache.add(2, &b);
    let whole = cache.log.clone();
    let at = whole.len() - 71;
    cache.log[at] ^= 1;
    cache.write_log();
    let told = cache.scan();
    assert_eq!(told.only().identifiers.urls, [a.url]);
    assert_eq!(told.skipped.values().copied().collect::<Vec<_>>(), [Reason::Corrupt]);
    let again = cache.since(&told);
    assert!(again.has_no_change() && again.skipped.is_empty());
    cache.log = whole;
    cache.write_log();
    assert_eq!(cache.since(&again).only().identifiers.urls, [b.url]);
}

#[test]
fn file_that_is_not_that_of_its_record_is_refused() {
    let mut cache = Cache::new();
    let (a, b, c, d) = (ok("a", b"aaa"), ok("b", b"bbb"), ok("c", b"ccc"), ok("d", b"ddd"));
    for (number, sample) in [(1, &a), (2, &b), (3, &c), (4, &d)] {
        cache.add(number, sample);
    }
    let told = cache.scan();
    assert_eq!(told.upserts.len(), 4);
    // Its number was used again; it grows; it went without a record.
    cache.fs.write(&path_of(1), &b.bytes());
    cache.fs.write(&path_of(2), &[b.bytes(), b"x".to_vec()].concat());
    cache.fs.remove(&path_of(3));
    let after = cache.scan();
    assert_eq!(after.only().identifiers.urls, [d.url]);
    assert_eq!(after.gone.len(), 3);
    let reasons: Vec<_> = after.skipped.values().copied().collect();
    assert_eq!(reasons, [Reason::Changed, Reason::Changed, Reason::Gone]);
    for meta in told.upserts.iter().filter(|meta| meta.key != after.only().key) {
        assert!(cache.source.open(&meta.key, &meta.generation).is_err());
    }
}

#[test]
fn number_used_again_while_it_is_read_is_seen() {
    let mut cache = Cache::new();
    let (a, b) = (ok("a", b"aaa"), ok("b", b"bbb"));
    cache.add(1, &a);
    let told = cache.scan();
    let reader = cache.source.open(&told.only().key, &told.only().generation).unwrap();
    assert!(reader.still_same().unwrap());
    // Into the same file, with the same size.
    cache.fs.write(&path_of(1), &b.bytes());
    assert!(!reader.still_same().unwrap());
}

#[test]
fn markers_and_what_may_not_be_offered_are_no_objects_and_no_errors() {
    let mut cache = Cache::new();
    let answer = |path: &str, head: &str| Sample::new(&format!("http://a/{path}"), head, b"");
    cache.add(1, &answer("1", "HTTP/1.1 200 Internal marker object\r\n\r\n"));
    cache.add(2, &answer("2", "HTTP/1.1 404 No\r\n\r\n"));
    cache.add(3, &answer("3", "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\n"));
    let told = cache.scan();
    assert!(told.upserts.is_empty() && told.skipped.is_empty(), "{told:?}");
    cache.add(4, &answer("4", "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n\r\n"));
    assert_eq!(cache.since(&told).only().scope, Scope::Log);
}

#[test]
fn variants_are_objects_of_their_own_and_all_found_by_their_url() {
    let mut cache = Cache::new();
    let plain = Sample { vary: b"accept-encoding".to_vec(), ..ok("b", b"plain") };
    let gzip = Sample { vary: b"accept-encoding=\"gzip\"".to_vec(), ..ok("b", b"gzip!") };
    cache.add(1, &plain);
    cache.add(2, &gzip);
    let told = cache.scan();
    let mut bodies: Vec<_> = told.upserts.iter().map(|meta| body_of(&cache.source, meta)).collect();
    bodies.sort();
    assert_eq!(bodies, [b"gzip!", b"plain"]);
    let by_url = Identifiers { urls: vec![plain.url], ..Identifiers::default() };
    assert_eq!(cache.source.probe(&by_url).unwrap().len(), 2);
}

#[test]
fn what_cannot_be_read_costs_itself_alone() {
    let mut cache = Cache::new();
    for (number, path) in [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e")] {
        cache.add(number, &ok(path, b"aaa"));
    }
    cache.fs.fail(&path_of(1), Some(Fault::Denied));
    cache.fs.fail(&path_of(2), Some(Fault::Unreadable));
    for number in [3, 4] {
        cache.fs.remove(&path_of(number));
    }
    cache.fs.make_folder(&path_of(3));
    cache.fs.make_other(&path_of(4));
    let told = cache.scan();
    assert_eq!(told.only().identifiers.urls, [b"http://a/e"]);
    assert_eq!(told.skipped.len(), 4, "{:?}", told.skipped);
}

#[test]
fn file_that_cannot_be_read_for_a_while_is_not_gone() {
    for fault in [Fault::Denied, Fault::Unreadable] {
        let mut cache = Cache::new();
        let sample = ok("a", b"aaa");
        cache.add(1, &sample);
        let told = cache.scan();
        cache.fs.fail(&path_of(1), Some(fault));
        // Told anew while it cannot be read: it is told once it can be.
        let during = cache.scan();
        assert!(during.has_no_change(), "{during:?}");
        assert_eq!(during.skipped.len(), 1);
        assert_eq!(during.unseen, [told.only().key.clone()]);
        cache.clock.advance(std::time::Duration::from_secs(11));
        let during = cache.since(&during);
        assert!(during.has_no_change() && during.skipped.is_empty(), "{during:?}");
        cache.fs.fail(&path_of(1), None);
        cache.clock.advance(std::time::Duration::from_secs(11));
        let after = cache.since(&during);
        assert_eq!(after.only(), told.only());
        cache.delete(1, &sample);
        assert_eq!(cache.since(&after).gone.len(), 1);
    }
}

/// An agent that begins with what an earlier one knew of the objects a to d, of which b went since
/// and others cannot be read.
fn restarted(cache: &mut Cache, unreadable: &[i32]) -> Agent {
    for (number, path) in [(1, "a"), (2, "b"), (3, "c"), (4, "d")] {
        cache.add(number, &ok(path, b"aaa"));
    }
    let journal = MemoryJournal::new();
    let agent = |cache: &Cache| {
        let (fs, clock) = (Arc::new(cache.fs.clone()), cache.clock.clone());
        let source = SquidSource::new(fs, clock.clone(), options(), None).unwrap();
        let (source, journal) = (Box::new(source), Box::new(journal.clone()));
        Agent::open(source, journal, AgentOptions::default(), clock).unwrap()
    };
    agent(cache).scan().unwrap();
    cache.rotate(&[(1, "a"), (3, "c"), (4, "d")].map(|(number, path)| {
        let sample = ok(path, b"aaa");
        record(ADD, number, sample.bytes().len() as u64, sample.key())
    }));
    cache.fs.remove(&path_of(2));
    for number in unreadable {
        cache.fs.fail(&path_of(*number), Some(Fault::Denied));
    }
    let agent = agent(cache);
    agent.scan().unwrap();
    agent
}

#[test]
fn what_went_unnoticed_is_swept_once_all_can_be_read() {
    let mut cache = Cache::new();
    let agent = restarted(&mut cache, &[1, 3]);
    let poll_later = |cache: &Cache| {
        cache.clock.advance(std::time::Duration::from_secs(11));
        agent.poll().unwrap();
        agent.objects()
    };
    assert_eq!((agent.objects(), poll_later(&cache), poll_later(&cache)), (4, 4, 4));
    cache.fs.fail(&path_of(1), None);
    assert_eq!((poll_later(&cache), poll_later(&cache)), (4, 4), "any may be the other one");
    cache.fs.fail(&path_of(3), None);
    poll_later(&cache);
    assert_eq!((poll_later(&cache), agent.counts().gone), (3, 1));
    let epochs = agent.counts().epochs;
    assert_eq!((poll_later(&cache), agent.counts().epochs), (3, epochs));
}

#[test]
fn file_that_is_not_read_for_an_hour_keeps_nothing_from_being_swept() {
    let mut cache = Cache::new();
    let agent = restarted(&mut cache, &[1]);
    cache.clock.advance(std::time::Duration::from_hours(1));
    agent.poll().unwrap();
    agent.poll().unwrap();
    assert_eq!(agent.objects(), 2);
    cache.fs.fail(&path_of(1), None);
    cache.clock.advance(std::time::Duration::from_secs(11));
    agent.poll().unwrap();
    assert_eq!(agent.objects(), 3);
    agent.scan().unwrap();
    assert_eq!(agent.objects(), 3);
}

#[test]
fn files_that_may_be_any_object_are_told_to_be_so_once() {
    let mut cache = Cache::new();
    for (number, path) in [(1, "a"), (2, "b"), (3, "c")] {
        cache.add(number, &ok(path, b"aaa"));
        cache.fs.fail(&path_of(number), Some(Fault::Denied));
    }
    assert_eq!(cache.scan().unseen, [ObjectKey::empty()]);
    assert_eq!(cache.scan().unseen, [ObjectKey::empty()]);
}

#[test]
fn source_without_a_readable_log_is_unavailable_and_not_empty() {
    let mut cache = Cache::new();
    cache.add(1, &ok("a", b"aaa"));
    let told = cache.scan();
    let unavailable = |cache: &Cache| match cache.source.scan(None).map(|_| ()) {
        Err(error) => error.reason() == Reason::Unavailable,
        Ok(()) => false,
    };
    cache.fs.remove("swap.state");
    assert!(unavailable(&cache));
    let mut other = header();
    other[4] = 1;
    for log in [&b""[..], &header()[..71], &other] {
        cache.fs.write("swap.state", log);
        assert!(unavailable(&cache));
    }
    cache.fs.mount(None);
    assert!(unavailable(&cache));
    cache.fs.mount(Some(1));
    cache.write_log();
    assert!(cache.since(&told).has_no_change());
}

#[test]
fn cursor_of_another_run_is_an_epoch_and_everything() {
    let mut cache = Cache::new();
    cache.add(1, &ok("a", b"aaa"));
    let told = cache.scan();
    let foreign = Cursor::new(*b"another run");
    let all = Told::of(&mut cache.source.scan(Some(&foreign)).unwrap());
    assert_eq!((all.epochs, all.upserts.len()), (1, 1));
    let old = Told::of(&mut cache.source.scan(told.cursor.as_ref()).unwrap());
    assert_eq!((old.epochs, old.upserts.len()), (1, 1));
    assert!(cache.since(&old).has_no_change());
}

#[test]
fn cursor_notices_what_was_told_after_it() {
    let mut cache = Cache::new();
    cache.add(1, &ok("a", b"aaa"));
    let told = cache.scan();
    cache.add(2, &ok("b", b"bbb"));
    // Another reader hears of it, and goes before it has a cursor.
    let stop = Stop::new();
    assert!(matches!(cache.source.watch(&stop).unwrap().next(), Some(Ok(Event::Upsert(_)))));
    let all = cache.since(&told);
    assert_eq!((all.epochs, all.upserts.len()), (1, 2));
    // A listing that breaks off is such a reader too.
    drop(cache.source.scan(None).unwrap().next());
    let again = cache.since(&all);
    assert_eq!((again.epochs, again.upserts.len()), (1, 2));
    assert!(cache.since(&again).has_no_change());
}

#[test]
fn second_reader_is_refused_and_takes_no_event_from_the_first() {
    let mut cache = Cache::new();
    cache.add(1, &ok("a", b"aaa"));
    let mut first = cache.source.scan(None).unwrap();
    let stop = Stop::new();
    let refused = [cache.source.scan(None).map(drop), cache.source.watch(&stop).map(drop)];
    assert!(refused.iter().all(|it| matches!(it, Err(Error::Busy))), "{refused:?}");
    assert_eq!(Told::of(&mut first).upserts.len(), 1);
    drop(first);
    // Neither does a listing that fails keep the turn.
    cache.fs.remove("swap.state");
    assert!(cache.source.scan(None).is_err());
    cache.write_log();
    assert_eq!(cache.scan().upserts.len(), 1);
}

#[test]
fn watch_tells_what_is_there_then_what_comes_and_ends_when_it_is_told_to() {
    let mut cache = Cache::new();
    cache.add(1, &ok("a", b"aaa"));
    let stop = Stop::new();
    let fs = cache.fs.clone();
    let second = ok("b", b"bbb");
    let more = record(ADD, 2, second.bytes().len() as u64, second.key());
    let mut events = cache.source.watch(&stop).unwrap();
    assert_eq!(Told::of(&mut events).only().identifiers.urls, [b"http://a/a"]);
    fs.write(&path_of(2), &second.bytes());
    fs.write("swap.state", &[cache.log.clone(), more].concat());
    assert!(matches!(events.next(), Some(Ok(Event::Upsert(_)))));
    assert!(matches!(events.next(), Some(Ok(Event::Cursor(_)))));
    stop.stop();
    assert!(events.next().is_none());
}

#[test]
fn files_beyond_the_most_are_left_out_and_counted() {
    let clock = Arc::new(ManualClock::new());
    let mut cache = Cache::new();
    let few = SquidOptions { files_max: 2, ..options() };
    cache.source = SquidSource::new(Arc::new(cache.fs.clone()), clock, few, None).unwrap();
    for (number, path) in [(1, "a"), (2, "b"), (3, "c")] {
        cache.add(number, &ok(path, b"aaa"));
    }
    assert_eq!(cache.scan().upserts.len(), 2);
    assert_eq!(cache.source.counters().counts().skipped, [(Reason::Limit, 1)]);
    let none = SquidOptions { first_folders: 0, ..options() };
    let clock = Arc::new(ManualClock::new());
    let refused = SquidSource::new(Arc::new(cache.fs.clone()), clock, none, None);
    assert!(matches!(refused, Err(Error::Configuration { .. })));
}
