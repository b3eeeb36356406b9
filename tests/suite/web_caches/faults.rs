//! Each fault on each cache, with the real server: the right answer is given and counted, and what
//! is served is right or nothing.
//!
//! | fault | nginx | Squid | Apache | apt-cacher-ng | HTTP (a Squid) |
//! |---|---|---|---|---|---|
//! | none: served byte for byte | listed | listed | listed | listed | found |
//! | evicted | gone | gone | gone | gone | absent, open: gone |
//! | replaced | changed | changed | changed | changed | open: changed |
//! | growing | not listed | not listed | not listed | busy | open: io |
//! | truncated | corrupt | changed | corrupt | busy | open: changed |
//! | revalidated in place | no event | no event | no event | no event | same generation |
//! | header corrupted | corrupt | corrupt | corrupt | corrupt | absent, open: gone |
//! | of another version | unsupported | unsupported | unsupported | - | absent, open: gone |
//!
//! The head of apt-cacher-ng has no version of its own: it is HTTP. A log of another version is
//! Squid's alone: the source is unavailable. Over HTTP a cell shows what comes of it when the
//! server itself reads such a file.
//!
//! In each cell a reader is open and has read half before the fault: what it gives afterwards is
//! the object as it was, or an error, or its re-check says that it is another one. Which of these,
//! `Subject::keeps_readers` says: a cell in which nothing can be read any more proves nothing.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::thread::Builder;

use gleaner_access::{
    AccessSource, Counts, Cursor, Error, Identifiers, ObjectMeta, ObjectReader, Reason,
};
use gleaner_tests::loopback_http::get;
use gleaner_tests::origin::Origin;
use gleaner_tests::servers::{Apache, AptCacherNg, Nginx, Squid, wait_until};

use super::subjects::{
    AcngSubject, ApacheSubject, Fault, HttpSubject, NginxSubject, SquidSubject, Stored, Subject,
};
use super::{SEED, body_of, files_below, scan, squid, whole};

/// A fault, and what has to come of it.
type Cell = (Fault, fn(&dyn Subject));

/// All cells of a column. Growing comes first: what the origin holds back, it lets go for ever.
const CELLS: [Cell; 8] = [
    (Fault::Growing, growing_object_is_no_object_before_it_is_whole),
    (Fault::None, object_is_served_byte_for_byte),
    (Fault::Evicted, evicted_object_is_gone),
    (Fault::Replaced, replaced_object_is_another_generation),
    (Fault::Truncated, truncated_object_is_refused),
    (Fault::Revalidated, revalidated_object_is_the_same),
    (Fault::Corrupted, object_with_a_corrupt_header_is_refused),
    (Fault::Foreign, object_of_another_version_is_refused),
];

fn all_faults(subject: &dyn Subject) {
    for (fault, cell) in CELLS {
        // A thread's name stands before what fails in it.
        let thread = Builder::new().name(format!("{fault:?}"));
        let ended = std::thread::scope(|scope| {
            thread.spawn_scoped(scope, || cell(subject)).unwrap().join().is_ok()
        });
        assert!(ended, "{fault:?}");
    }
}

#[test]
fn nginx_answers_each_fault_rightly_and_counts_it() {
    let origin = Origin::start(SEED);
    let Some(nginx) = Nginx::start(origin.port()) else { return };
    all_faults(&NginxSubject { origin: &origin, nginx });
}

#[test]
fn squid_answers_each_fault_rightly_and_counts_it() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    all_faults(&SquidSubject { origin: &origin, squid });
}

#[test]
fn apache_answers_each_fault_rightly_and_counts_it() {
    let origin = Origin::start(SEED);
    let Some(apache) = Apache::start(origin.port()) else { return };
    all_faults(&ApacheSubject { origin: &origin, apache });
}

#[test]
fn apt_cacher_ng_answers_each_fault_rightly_and_counts_it() {
    let origin = Origin::start(SEED);
    let Some(cache) = AptCacherNg::start() else { return };
    all_faults(&AcngSubject { origin: &origin, cache });
}

#[test]
fn cache_asked_over_http_answers_each_fault_rightly_and_counts_it() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    all_faults(&HttpSubject(SquidSubject { origin: &origin, squid }));
}

/// The object of a URL, in a listing or by asking for it.
fn look(source: &dyn AccessSource, url: &str) -> Option<ObjectMeta> {
    if source.capabilities().enumerate {
        return scan(source, None).of(url).first().map(|&meta| meta.clone());
    }
    let urls = vec![url.as_bytes().to_vec()];
    source.probe(&Identifiers { urls, ..Identifiers::default() }).unwrap().pop()
}

fn count(counts: &[(Reason, u64)], reason: Reason) -> u64 {
    counts.iter().find(|(counted, _)| *counted == reason).map_or(0, |(_, count)| *count)
}

/// An object that a server has and a source knows.
struct Cached<'a> {
    subject: &'a dyn Subject,
    source: Box<dyn AccessSource>,
    path: String,
    url: String,
    body: Vec<u8>,
    meta: ObjectMeta,
    reader: Box<dyn ObjectReader>,
    /// What the reader gave before the fault.
    half: Vec<u8>,
}

/// 50,000 bytes that no other name and version have.
fn body_named(origin: &Origin, name: &str) -> Vec<u8> {
    origin.body(&format!("/id/{name}"))
}

impl<'a> Cached<'a> {
    fn fill(subject: &'a dyn Subject, name: &str) -> Self {
        let path = subject.path(name);
        subject.origin().put(&path, body_named(subject.origin(), name));
        Self::fill_path(subject, path)
    }

    /// Of an object that the server has to ask for again after a second.
    fn fill_short_lived(subject: &'a dyn Subject, name: &str) -> Self {
        let path = subject.short_lived_path(name);
        let short = [("Cache-Control", "max-age=1")];
        subject.origin().put_with(&path, body_named(subject.origin(), name), &short);
        Self::fill_path(subject, path)
    }

    fn fill_path(subject: &'a dyn Subject, path: String) -> Self {
        let (source, url) = (subject.source(), subject.url(&path));
        let body = subject.origin().body(&path);
        let answer = subject.ask(&path);
        assert!(answer.is_whole && answer.body == body, "{path}");
        let mut found = None;
        wait_until(&format!("{path} is there"), || {
            found = look(&*source, &url);
            found.is_some()
        });
        let meta = found.unwrap();
        let reader = source.open(&meta.key, &meta.generation).unwrap();
        let mut half = vec![0; body.len() / 2];
        reader.body().read_exact_at(0, &mut half).unwrap();
        Self { subject, source, path, url, body, meta, reader, half }
    }

    fn counts(&self) -> Counts {
        self.source.counters().counts()
    }

    fn is_listed(&self) -> bool {
        self.source.capabilities().enumerate
    }

    fn look(&self) -> Option<ObjectMeta> {
        look(&*self.source, &self.url)
    }

    fn is_read_whole(&self) {
        assert!(body_of(&*self.source, &self.meta) == self.body, "{}", self.path);
    }

    /// The object is refused when it is opened as it was, and that is counted.
    fn is_refused(&self, reason: Reason) {
        let before = count(&self.counts().refused, reason);
        let opened = self.source.open(&self.meta.key, &self.meta.generation);
        assert_eq!(opened.map(drop).map_err(|error| error.reason()), Err(reason), "{}", self.path);
        assert_eq!(count(&self.counts().refused, reason), before + 1);
    }

    /// A listing leaves it out, and that is counted.
    fn is_skipped(&self, reason: Reason) {
        let before = count(&self.counts().skipped, reason);
        assert_eq!(self.look(), None, "{}", self.path);
        if self.is_listed() {
            // Once, and once more where a refused open had it looked at again.
            assert!(count(&self.counts().skipped, reason) > before, "{}", self.path);
        }
    }

    /// What was open before gives the object as it was, or nothing, as this cache does it.
    fn old_reader_is_right_or_says_so(&self, fault: Fault) {
        let refused = || self.counts().refused.iter().map(|(_, count)| count).sum::<u64>();
        let before = refused();
        let mut rest = vec![0; self.body.len() - self.half.len()];
        let read = self.reader.body().read_exact_at(self.half.len() as u64, &mut rest);
        let is_good = read.and_then(|()| self.reader.still_same()).unwrap_or(false);
        if is_good {
            assert!([self.half.as_slice(), &rest].concat() == self.body, "{}", self.path);
        } else {
            assert!(refused() > before, "a refusal is counted");
        }
        assert_eq!(is_good, self.subject.keeps_readers(fault), "{}", self.path);
    }

    /// Rewrites the header in place.
    fn edit_header(&self, edit: impl FnOnce(&mut Vec<u8>)) {
        let file = self.subject.stored(&self.path).header;
        let mut bytes = fs::read(&file).unwrap();
        edit(&mut bytes);
        let mut file = OpenOptions::new().write(true).truncate(true).open(file).unwrap();
        file.write_all(&bytes).unwrap();
    }

    /// Removes what is damaged, so that the next cell counts its own.
    fn discard(&self) {
        let Stored { header, body } = self.subject.stored(&self.path);
        fs::remove_file(&header).unwrap();
        if body != header {
            fs::remove_file(body).unwrap();
        }
    }
}

fn object_is_served_byte_for_byte(subject: &dyn Subject) {
    let cached = Cached::fill(subject, "whole");
    cached.is_read_whole();
    cached.old_reader_is_right_or_says_so(Fault::None);
    let counts = cached.counts();
    assert!(counts.bytes_read >= cached.body.len() as u64 && counts.refused.is_empty());
    assert!(!cached.is_listed() || counts.indexed > 0);
}

fn evicted_object_is_gone(subject: &dyn Subject) {
    let cached = Cached::fill(subject, "evicted");
    subject.evict(&cached.path);
    wait_until("it is gone", || cached.look().is_none());
    assert_eq!(cached.counts().gone, u64::from(cached.is_listed()));
    cached.is_refused(Reason::Gone);
    cached.old_reader_is_right_or_says_so(Fault::Evicted);
}

fn replaced_object_is_another_generation(subject: &dyn Subject) {
    let cached = Cached::fill_short_lived(subject, "replaced");
    let newer = body_named(subject.origin(), "replacement");
    let short = [("Cache-Control", "max-age=1")];
    subject.origin().put_with(&cached.path, newer.clone(), &short);
    wait_until("it is replaced", || subject.ask(&cached.path).body == newer);
    let mut found = None;
    wait_until("the new one is there", || {
        found = cached.look().filter(|meta| meta.generation != cached.meta.generation);
        found.is_some()
    });
    let found = found.unwrap();
    assert_eq!(found.key, cached.meta.key);
    assert!(body_of(&*cached.source, &found) == newer);
    let counts = cached.counts();
    // A listing may fall between the end of one and the beginning of the other, and between the
    // files of one.
    assert_eq!(counts.changed + counts.gone > 0, cached.is_listed());
    cached.is_refused(Reason::Changed);
    cached.old_reader_is_right_or_says_so(Fault::Replaced);
}

fn growing_object_is_no_object_before_it_is_whole(subject: &dyn Subject) {
    let (origin, path) = (subject.origin(), subject.held_path());
    let (body, url) = (origin.body(path), subject.url(path));
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| subject.ask(path));
        wait_until("a part of it is on disk", || {
            let grows = |file: &PathBuf| {
                fs::metadata(file).is_ok_and(|it| it.len() > body.len() as u64 / 4)
            };
            files_below(&subject.root()).iter().any(grows)
        });
        let source = subject.source();
        let found = look(&*source, &url);
        if source.capabilities().enumerate {
            assert_eq!(found, None);
            let counts = source.counters().counts();
            let busy = subject.reason(Fault::Growing) == Reason::Busy;
            assert_eq!(count(&counts.skipped, Reason::Busy), u64::from(busy));
            assert_eq!(counts.indexed, 0);
        } else {
            // The server gives what it has, and then nothing.
            let meta = found.expect("the server says that it has it");
            let opened = source.open(&meta.key, &meta.generation).map(drop);
            let reason = subject.reason(Fault::Growing);
            assert_eq!(opened.map_err(|error| error.reason()), Err(reason));
            assert_eq!(source.counters().counts().refused, [(reason, 1)]);
        }
        origin.release();
        assert!(answer.join().unwrap().is_whole);
    });
    let cached = Cached::fill_path(subject, path.to_owned());
    cached.is_read_whole();
    cached.old_reader_is_right_or_says_so(Fault::Growing);
}

fn truncated_object_is_refused(subject: &dyn Subject) {
    let cached = Cached::fill(subject, "truncated");
    let file = subject.stored(&cached.path).body;
    let file = OpenOptions::new().write(true).open(file).unwrap();
    file.set_len(file.metadata().unwrap().len() - 1000).unwrap();
    cached.old_reader_is_right_or_says_so(Fault::Truncated);
    let reason = subject.reason(Fault::Truncated);
    cached.is_refused(reason);
    if cached.is_listed() {
        cached.is_skipped(reason);
    }
    cached.discard();
}

fn revalidated_object_is_the_same(subject: &dyn Subject) {
    let cached = Cached::fill_short_lived(subject, "revalidated");
    let cursor: Option<Cursor> =
        cached.is_listed().then(|| scan(&*cached.source, None).cursor).flatten();
    let conditions = ["If-None-Match", "If-Modified-Since", "If-Range"];
    wait_until("it is revalidated", || {
        assert!(subject.ask(&cached.path).body == cached.body);
        let seen = subject.origin().seen();
        let mut of_path = seen.iter().filter(|seen| seen.target == cached.path);
        of_path.any(|seen| conditions.iter().any(|it| seen.header(it).is_some()))
    });
    if cached.is_listed() {
        let after = scan(&*cached.source, cursor.as_ref());
        assert_eq!((after.upserts, after.gone.len()), (0, 0));
    }
    assert_eq!(cached.look().map(|meta| meta.generation), Some(cached.meta.generation));
    cached.old_reader_is_right_or_says_so(Fault::Revalidated);
    cached.is_read_whole();
    let counts = cached.counts();
    assert_eq!((counts.changed, counts.gone, counts.refused), (0, 0, Vec::new()));
}

fn object_with_a_corrupt_header_is_refused(subject: &dyn Subject) {
    let cached = Cached::fill(subject, "corrupted");
    cached.edit_header(|header| subject.corrupt(header));
    let reason = subject.reason(Fault::Corrupted);
    cached.is_refused(reason);
    cached.is_skipped(reason);
    cached.old_reader_is_right_or_says_so(Fault::Corrupted);
    cached.discard();
}

fn object_of_another_version_is_refused(subject: &dyn Subject) {
    let cached = Cached::fill(subject, "foreign");
    let mut is_possible = false;
    cached.edit_header(|header| is_possible = subject.make_foreign(header));
    if is_possible {
        let reason = subject.reason(Fault::Foreign);
        cached.is_refused(reason);
        cached.is_skipped(reason);
    }
    cached.old_reader_is_right_or_says_so(Fault::Foreign);
    cached.discard();
}

#[test]
fn squid_log_of_another_version_makes_the_source_unavailable() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    let mut subject = SquidSubject { origin: &origin, squid };
    {
        let cached = Cached::fill(&subject, "known");
        cached.is_read_whole();
        cached.old_reader_is_right_or_says_so(Fault::None);
    }
    subject.squid.server.stop();
    let source = squid::source_of(&subject.squid);
    assert!(look(&source, &subject.url(&subject.path("known"))).is_some());
    // By rename: another log, as after an upgrade.
    let log = subject.squid.swap_state();
    let mut bytes = fs::read(&log).unwrap();
    bytes[4..8].copy_from_slice(&3_i32.to_le_bytes());
    fs::write(log.with_extension("upgraded"), bytes).unwrap();
    fs::rename(log.with_extension("upgraded"), log).unwrap();
    let refused = source.scan(None).map(drop);
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    let counts = source.counters().counts();
    assert_eq!((count(&counts.refused, Reason::Unavailable), counts.gone), (1, 0));
}

#[test]
fn reader_by_ranges_notices_that_the_object_was_replaced() {
    let origin = Origin::start(SEED);
    let Some(squid) = Squid::start() else { return };
    let subject = HttpSubject(SquidSubject { origin: &origin, squid });
    let long = origin.body("/id/long?bytes=9000000");
    origin.put("/files/long", long.clone());
    let url = origin.url("/files/long");
    let source = subject.source();
    subject.ask("/files/long");
    wait_until("it is there", || look(&*source, &url).is_some());
    let meta = look(&*source, &url).unwrap();
    let reader = source.open(&meta.key, &meta.generation).unwrap();
    assert!(whole(&*reader.body()) == long);
    assert!(reader.still_same().unwrap());
    origin.put("/files/long", origin.body("/id/other?bytes=9000000"));
    let forced = [("Cache-Control", "no-cache")];
    assert!(get(subject.0.squid.port(), &url, &forced).unwrap().is_whole);
    wait_until("the new one is there", || {
        look(&*source, &url).is_some_and(|now| now.generation != meta.generation)
    });
    // No byte of the other one is given for the first.
    let mut part = [0; 100];
    let read = reader.body().read_exact_at(1_000, &mut part);
    assert!(matches!(read, Err(Error::Changed)), "{read:?}");
    assert!(!reader.still_same().unwrap());
    assert_eq!(count(&source.counters().counts().refused, Reason::Changed), 2);
}
