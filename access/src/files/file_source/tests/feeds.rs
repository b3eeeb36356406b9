//! Feeds: by events, by polling, and when events are lost.

use std::time::Duration;

use super::stage::{Stage, options, tree};
use crate::error::Reason;
use crate::source::{AccessSource, Stop};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Does something with the files at a time.
fn at(stage: &Stage, time: Duration, act: impl FnOnce(&crate::MemoryFs) + Send + 'static) {
    let fs = stage.fs.clone();
    stage.clock.at(time, move || act(&fs));
}

#[test]
fn feed_begins_with_all_and_goes_on_with_what_changes() {
    let stage = Stage::new();
    stage.fs.write("a", b"1");
    stage.fs.write("f/b", b"1");
    stage.settle();
    at(&stage, ms(4_000), |fs| fs.write("f/new", b"1"));
    at(&stage, ms(5_000), |fs| fs.write("a", b"22"));
    at(&stage, ms(6_000), |fs| fs.remove("f/b"));
    let told = stage.watch_until(ms(7_000));
    assert_eq!(told.words, ["+a", "+f/b", "+f/new", "+a", "-f/b"]);
    assert!(told.cursor.is_some());
    // Nothing is told twice, neither by a second feed nor by a listing.
    assert!(stage.scan_since(told.cursor.as_ref()).words.is_empty());
    assert!(stage.watch_until(ms(8_000)).words.is_empty());
}

#[test]
fn feed_and_listing_come_to_the_same_set() {
    let stage = Stage::new();
    stage.fs.write("a", b"1");
    stage.settle();
    at(&stage, ms(4_000), |fs| {
        fs.write("x/y/z", b"1");
        fs.write("a", b"2");
        fs.link("a", "b");
        fs.remove("x/y");
        fs.write("x/y/again", b"1");
        fs.rename("x", "w");
        fs.write("w/y/z", b"3");
        fs.remove("b");
    });
    let told = stage.watch_until(ms(20_000));
    let listed = stage.scan();
    assert_eq!(told.objects, listed.objects);
    assert_eq!(listed.keys(), ["a", "w/y/again", "w/y/z"]);
}

#[test]
fn file_renamed_into_place_is_one_upsert() {
    let stage = Stage::new();
    stage.fs.write("replaced", b"before");
    stage.settle();
    at(&stage, ms(4_000), |fs| {
        fs.write_without_closing(".tmp", b"after");
        fs.rename(".tmp", "new");
        fs.write_without_closing(".tmp2", b"after");
        fs.rename(".tmp2", "replaced");
    });
    let told = stage.watch_until(ms(10_000));
    assert_eq!(told.words, ["+replaced", "+new", "+replaced"]);
    assert_eq!(stage.source.counters().counts().changed, 1);
}

#[test]
fn growing_file_is_told_when_it_is_closed_or_quiet() {
    let stage = Stage::new();
    stage.fs.write("x", b"1");
    stage.settle();
    for tenth in 0..60 {
        at(&stage, ms(4_000 + tenth * 100), move |fs| {
            let bytes = vec![0; usize::try_from(tenth).unwrap()];
            fs.write_without_closing("closed", &bytes);
            fs.write_without_closing("quiet", &bytes);
            fs.set_mtime("quiet", 1);
        });
    }
    at(&stage, ms(9_950), |fs| fs.close("closed"));
    let early = stage.watch_until(ms(11_800));
    assert_eq!(early.words, ["+x", "+closed"]);
    let late = stage.watch_until(ms(14_100));
    assert_eq!(late.words, ["+quiet"]);
}

#[test]
fn lost_events_begin_an_epoch_that_tells_all() {
    let stage = Stage::new();
    stage.fs.write("a", b"1");
    stage.fs.write("b", b"1");
    stage.settle();
    at(&stage, ms(4_000), |fs| {
        fs.remove("a");
        fs.write("c", b"1");
        fs.lose_events();
    });
    let told = stage.watch_until(ms(9_000));
    assert_eq!(told.words, ["+a", "+b", "epoch", "+b", "-a", "+c"]);
    assert_eq!(stage.source.counters().counts().epochs, 1);
}

#[test]
fn epoch_that_was_not_told_to_its_end_is_told_by_the_next_feed() {
    let stage = Stage::new();
    for path in ["a", "b", "c"] {
        stage.fs.write(path, b"1");
    }
    stage.settle();
    at(&stage, ms(4_000), crate::MemoryFs::lose_events);
    let stop = Stop::new();
    let mut feed = stage.source.watch(&stop).unwrap();
    loop {
        if matches!(feed.next().unwrap().unwrap(), crate::Event::Epoch(_)) {
            break;
        }
    }
    stop.stop();
    drop(feed);
    let rest = stage.watch_until(ms(8_000));
    assert_eq!(rest.words, ["epoch", "+a", "+b", "+c"]);
}

#[test]
fn many_touches_of_a_folder_cost_no_listing_and_one_that_opens_it_one() {
    let stage = Stage::new();
    for path in ["f/a", "f/g/b", "locked/c"] {
        stage.fs.write(path, b"1");
    }
    stage.fs.fail("locked", Some(crate::Fault::Denied));
    stage.settle();
    let listed = stage.fs.folders_listed();
    at(&stage, ms(5_000), |fs| (0..1000).for_each(|_| fs.touch("f")));
    let told = stage.watch_until(ms(6_000));
    assert_eq!(told.words, ["+f/a", "+f/g/b", "denied locked"]);
    assert_eq!(stage.fs.folders_listed() - listed, 3, "the root, f and f/g");
    let listed = stage.fs.folders_listed();
    at(&stage, ms(7_000), |fs| {
        fs.fail("locked", None);
        (0..1000).for_each(|_| fs.touch("locked"));
    });
    assert_eq!(stage.watch_until(ms(8_000)).words, ["denied locked", "+locked/c"]);
    assert_eq!(stage.fs.folders_listed() - listed, 4);
}

#[test]
fn events_are_read_while_a_listing_goes_on() {
    let stage = Stage::new();
    for number in 0..100 {
        stage.fs.write(&format!("f/{number:02}"), b"1");
    }
    stage.settle();
    let stop = Stop::new();
    let mut feed = stage.source.watch(&stop).unwrap();
    assert!(matches!(feed.next(), Some(Ok(crate::Event::Upsert(_)))));
    for _ in 0..50 {
        stage.fs.touch("f/00");
        assert!(feed.next().unwrap().is_ok());
        assert!(stage.fs.events_waiting() <= 1, "{}", stage.fs.events_waiting());
    }
    stop.stop();
}

#[test]
fn without_events_the_feed_lags_one_interval_and_two_seconds_at_most() {
    let stage = Stage::new();
    stage.fs.set_events(false);
    stage.fs.write("a", b"1");
    stage.fs.write("b", b"1");
    stage.settle();
    at(&stage, ms(4_000), |fs| fs.write("new", b"1"));
    at(&stage, ms(4_000), |fs| fs.remove("b"));
    let told = stage.watch_until(ms(4_000 + 10_000 + 2_200));
    let mut words = told.words;
    words.sort();
    assert_eq!(words, ["+a", "+b", "+new", "-b"]);
}

#[test]
fn root_that_goes_ends_the_feed_and_loses_no_object() {
    let stage = Stage::new();
    stage.fs.write("a", b"1");
    stage.settle();
    at(&stage, ms(4_000), |fs| fs.mount(None));
    let told = stage.watch_until(ms(60_000));
    assert_eq!((told.words, told.error), (vec!["+a".to_owned()], Some(Reason::Unavailable)));
    assert!(stage.clock.elapsed() <= ms(5_200));
    stage.fs.mount(Some(1));
    at(&stage, ms(60_500), |fs| fs.mount(Some(2)));
    stage.clock.advance(ms(54_000));
    let told = stage.watch_until(ms(70_000));
    assert_eq!(told.words, ["epoch", "+a"], "another mount");
}

#[test]
fn stopped_feed_ends_although_it_has_more_to_tell() {
    let stage = Stage::new();
    for name in ["a", "b", "c"] {
        stage.fs.write(name, b"1");
    }
    stage.settle();
    let stop = Stop::new();
    let mut feed = stage.source.watch(&stop).unwrap();
    assert!(feed.next().unwrap().is_ok());
    stop.stop();
    assert!(feed.by_ref().count() <= 1);
    drop(feed);
    let rest = stage.watch_until(ms(5_000));
    assert!(rest.words.len() >= 2, "{:?}", rest.words);
}

#[test]
fn audit_finds_what_no_event_told() {
    let options = crate::FileSourceOptions { audit_interval: ms(10_000), ..options() };
    let stage = Stage::with(tree(), options, |_| None);
    stage.fs.write("a", b"1");
    stage.settle();
    at(&stage, ms(4_000), |fs| {
        fs.write("b", b"1");
        fs.drop_events();
    });
    assert_eq!(stage.watch_until(ms(12_000)).words, ["+a"]);
    stage.clock.at(ms(12_000), || {});
    let told = stage.watch_until(ms(25_000));
    assert_eq!(told.words, ["+b"]);
}
