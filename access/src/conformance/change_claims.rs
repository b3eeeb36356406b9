//! Claims about what changes.

use std::sync::Mutex;
use std::time::Duration;

use super::subject::{SourceSubject, Told, body, read_object, read_reader, told_by_scan};
use crate::error::Error;
use crate::source::{Event, Stop};

/// How long a feed may take for what a claim does: an interval of polling, the time until a file is
/// believed, and a busy machine.
const FEED_PATIENCE: Duration = Duration::from_mins(1);

/// Since a cursor, exactly what came, changed and went is told.
pub fn listing_since_a_cursor_tells_the_difference(subject: &dyn SourceSubject) {
    for name in ["same", "changed", "gone"] {
        subject.put(name, &body(1, 3000));
    }
    subject.settle();
    let before = told_by_scan(subject, None);
    subject.put("changed", &body(2, 4000));
    subject.put("new", &body(3, 5000));
    subject.remove("gone");
    subject.settle();
    let since = told_by_scan(subject, before.cursor.as_ref());
    let told: Vec<_> = since.objects.keys().cloned().collect();
    let mut expected = vec![subject.key("changed"), subject.key("new")];
    expected.sort();
    assert_eq!((told, since.upserts, since.gone), (expected, 2, 1));
    let after = told_by_scan(subject, None);
    assert_eq!(after.objects.len(), 3);
    for (name, seed, bytes) in [("same", 1, 3000), ("changed", 2, 4000), ("new", 3, 5000)] {
        let key = subject.key(name);
        let read = read_object(subject, &key, &after.generation(&key)).expect("it can be read");
        assert!(read == body(seed, bytes), "{name}");
    }
}

/// A cursor is answered with all that came after it, although another reader was told of some.
pub fn cursor_notices_what_another_reader_was_told(subject: &dyn SourceSubject) {
    subject.put("known", &body(1, 3000));
    subject.settle();
    let before = told_by_scan(subject, None);
    subject.put("new", &body(2, 3000));
    subject.settle();
    let key = subject.key("new");
    let (stop, is_it) = (Stop::new(), |event: &Event| match event {
        Event::Upsert(meta) => meta.key == key,
        _ => false,
    });
    let mut feed = subject.source().watch(&stop).expect("there is a feed");
    assert!(feed.any(|event| is_it(&event.expect("the feed goes on"))));
    drop(feed);
    let since = told_by_scan(subject, before.cursor.as_ref());
    let read = read_object(subject, &key, &since.generation(&key)).expect("it can be read");
    assert!(read == body(2, 3000));
}

/// Whoever applies the events of a feed has what a listing gives.
pub fn feed_and_listing_come_to_the_same_set(subject: &dyn SourceSubject) {
    for number in 0..4_u64 {
        subject.put(&format!("old{number}"), &body(number, 2000));
    }
    subject.settle();
    let (stop, told) = (Stop::new(), Mutex::new(Told::default()));
    std::thread::scope(|threads| {
        let feed = threads.spawn(|| {
            for event in subject.source().watch(&stop).expect("there is a feed") {
                told.lock().expect("not poisoned").apply(event.expect("the feed ends well"));
            }
        });
        let _stop = stop.on_drop();
        let wait_for = |what: &str, is_reached: &dyn Fn(&Told) -> bool| {
            let end = subject
                .clock()
                .monotonic_ns()
                .saturating_add(u64::try_from(FEED_PATIENCE.as_nanos()).expect("a minute"));
            while !is_reached(&told.lock().expect("not poisoned")) {
                let is_in_time = subject.clock().monotonic_ns() <= end && !feed.is_finished();
                assert!(is_in_time, "the feed never told {what}");
                subject.clock().sleep(Duration::from_millis(10));
                std::thread::yield_now();
            }
        };
        wait_for("what was there", &|told| told.objects.len() == 4);
        subject.put("new", &body(9, 6000));
        subject.put("old0", &body(10, 7000));
        subject.remove("old1");
        let (new, replaced, gone) = (subject.key("new"), subject.key("old0"), subject.key("old1"));
        let before = told.lock().expect("not poisoned").objects.get(&replaced).cloned();
        wait_for("what changed", &|told| {
            told.objects.contains_key(&new)
                && !told.objects.contains_key(&gone)
                && told.objects.get(&replaced).map(|meta| meta.generation)
                    != before.as_ref().map(|meta| meta.generation)
        });
    });
    let told = told.into_inner().expect("not poisoned");
    subject.settle();
    assert_eq!(told.objects, told_by_scan(subject, None).objects);
}

/// What was replaced or removed is never read as what it was.
pub fn changed_object_is_not_read_as_what_it_was(subject: &dyn SourceSubject) {
    for name in ["replaced", "removed", "same"] {
        subject.put(name, &body(1, 3000));
    }
    subject.settle();
    let told = told_by_scan(subject, None);
    let open = |name| {
        let key = subject.key(name);
        subject.source().open(&key, &told.generation(&key))
    };
    let readers = ["replaced", "removed"].map(|name| open(name).expect("it opens"));
    subject.put("replaced", &body(2, 3000));
    subject.remove("removed");
    subject.settle();
    assert!(matches!(open("replaced").map(|_| ()), Err(Error::Changed | Error::Gone)));
    assert!(matches!(open("removed").map(|_| ()), Err(Error::Gone)));
    assert!(open("same").is_ok());
    for reader in readers {
        // Whoever had it open reads what it was, or is told that it changed.
        match read_reader(&*reader) {
            Ok(read) => assert!(read == body(1, 3000)),
            Err(Error::Changed | Error::Gone) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// An object that is stored in part is not listed before it is whole.
pub fn growing_object_is_listed_when_it_is_whole(subject: &dyn SourceSubject) {
    let whole = body(1, 50_000);
    subject.put("other", &body(2, 100));
    subject.settle();
    if !subject.put_in_part("growing", &whole, 20_000) {
        return;
    }
    let key = subject.key("growing");
    assert!(!told_by_scan(subject, None).objects.contains_key(&key));
    subject.put("growing", &whole);
    subject.settle();
    let told = told_by_scan(subject, None);
    assert!(read_object(subject, &key, &told.generation(&key)).expect("it opens") == whole);
}

/// An object that is cut gives its right bytes or an error, whoever opened it when.
pub fn truncated_object_never_gives_wrong_bytes(subject: &dyn SourceSubject) {
    let whole = body(1, 50_000);
    subject.put("cut", &whole);
    subject.settle();
    let told = told_by_scan(subject, None);
    let key = subject.key("cut");
    let reader = subject.source().open(&key, &told.generation(&key)).expect("it opens");
    if !subject.truncate("cut", 20_000) {
        return;
    }
    assert!(read_reader(&*reader).is_err());
    assert!(read_object(subject, &key, &told.generation(&key)).is_err());
}

/// A pinned object can be read after its server removed it, until the pin is dropped.
pub fn pinned_object_outlives_its_eviction(subject: &dyn SourceSubject) {
    if !subject.source().capabilities().pin {
        return;
    }
    subject.put("pinned", &body(1, 50_000));
    subject.settle();
    let told = told_by_scan(subject, None);
    let key = subject.key("pinned");
    let reader = subject.source().open(&key, &told.generation(&key)).expect("it opens");
    let pin = reader.pin(Duration::from_mins(1)).expect("it can be pinned");
    drop(reader);
    subject.remove("pinned");
    let mut read = vec![0; 50_000];
    pin.body().read_exact_at(0, &mut read).expect("the pin holds it");
    assert!(read == body(1, 50_000));
}
