//! Files that cannot be read and may be any object: what they keep from being swept, and how long.

use std::sync::Arc;
use std::time::Duration;

use super::super::FileSource;
use super::formats::Words;
use super::stage::{Stage, options};
use crate::agent::{Agent, AgentOptions, MemoryJournal};
use crate::files::memory_fs::Fault;

const HOUR: Duration = Duration::from_hours(1);

/// A source of so many files, whose paths say nothing of their keys.
fn stage(files: usize) -> Stage {
    let stage = Stage::with(Arc::new(Words { in_place: false }), options(), |_| None);
    for file in 0..files {
        stage.fs.write(&format!("d{}/{file}", file % 2), format!("key K{file}\nbody").as_bytes());
    }
    stage
}

/// An agent that begins with what an earlier one knew.
fn agent_of(stage: &Stage, journal: &MemoryJournal) -> Agent {
    let (fs, clock) = (Arc::new(stage.fs.clone()), stage.clock.clone());
    let format = Arc::new(Words { in_place: false });
    let source = FileSource::new(fs, format, clock.clone(), options(), None);
    let (source, journal) = (Box::new(source), Box::new(journal.clone()));
    Agent::open(source, journal, AgentOptions::default(), clock).unwrap()
}

/// An agent after a restart, while which one object went and something cannot be read.
fn restarted(stage: &Stage, went: &str, unreadable: &[&str]) -> Agent {
    let journal = MemoryJournal::new();
    agent_of(stage, &journal).scan().unwrap();
    stage.fs.remove(went);
    for path in unreadable {
        stage.fs.fail(path, Some(Fault::Denied));
    }
    let agent = agent_of(stage, &journal);
    agent.scan().unwrap();
    agent
}

#[test]
fn what_went_unnoticed_is_swept_once_all_can_be_seen() {
    for unreadable in ["d1/1", "d1"] {
        let stage = stage(4);
        let agent = restarted(&stage, "d0/2", &[unreadable]);
        for _ in 0..3 {
            agent.poll().unwrap();
            assert_eq!(agent.objects(), 4, "any of them may be there");
        }
        stage.fs.fail(unreadable, None);
        agent.poll().unwrap();
        agent.poll().unwrap();
        assert_eq!((agent.objects(), agent.counts().gone), (3, 1), "{unreadable}");
        let epochs = agent.counts().epochs;
        agent.poll().unwrap();
        assert_eq!((agent.objects(), agent.counts().epochs), (3, epochs));
    }
}

#[test]
fn few_files_that_are_not_read_for_an_hour_keep_nothing_from_being_swept() {
    let stage = stage(5);
    let agent = restarted(&stage, "d0/2", &["d1/1", "d1/3"]);
    stage.clock.advance(HOUR);
    agent.poll().unwrap();
    agent.poll().unwrap();
    assert_eq!(agent.objects(), 2, "what went, and what nobody can be served from");
    for path in ["d1/1", "d1/3"] {
        stage.fs.fail(path, None);
    }
    agent.poll().unwrap();
    assert_eq!(agent.objects(), 4);
    agent.scan().unwrap();
    assert_eq!(agent.objects(), 4);
}

#[test]
fn many_files_that_cannot_be_read_are_not_gone_however_long_it_takes() {
    let stage = stage(203);
    let unreadable: Vec<String> = (0..101).map(|it| format!("d1/{}", it * 2 + 1)).collect();
    let unreadable: Vec<&str> = unreadable.iter().map(String::as_str).collect();
    let agent = restarted(&stage, "d0/2", &unreadable);
    for _ in 0..3 {
        stage.clock.advance(HOUR);
        agent.poll().unwrap();
        assert_eq!(agent.objects(), 203);
    }
    // Nor is a folder.
    let stage = self::stage(4);
    let agent = restarted(&stage, "d0/2", &["d1"]);
    for _ in 0..3 {
        stage.clock.advance(HOUR);
        agent.poll().unwrap();
        assert_eq!(agent.objects(), 4);
    }
}

#[test]
fn file_that_was_read_hides_what_was_found_in_it_and_nothing_else() {
    for fault in [Fault::Denied, Fault::Unreadable] {
        let stage = stage(3);
        stage.scan();
        stage.fs.fail("d0/0", Some(fault));
        let during = stage.scan();
        assert_eq!(
            (during.keys(), during.unseen),
            (vec!["K1".into(), "K2".into()], vec!["K0".into()])
        );
        stage.fs.fail("d0/0", None);
        assert_eq!(stage.scan_since(during.cursor.as_ref()).words, ["+K0"]);
    }
    // Another file under its name may be any.
    let stage = stage(3);
    stage.scan();
    stage.fs.write("d0/~new", b"key K7\n");
    stage.fs.fail("d0/~new", Some(Fault::Denied));
    stage.fs.rename("d0/~new", "d0/0");
    assert_eq!(stage.scan().unseen, [""]);
}

#[test]
fn feed_tells_all_anew_once_all_can_be_seen() {
    let stage = stage(2);
    stage.fs.set_events(false);
    stage.fs.fail("d1/1", Some(Fault::Denied));
    let fs = stage.fs.clone();
    let interval = options().poll_interval;
    stage.clock.at(stage.clock.elapsed() + interval / 2, move || fs.fail("d1/1", None));
    let told = stage.watch_until(stage.clock.elapsed() + interval * 4);
    assert_eq!(told.words, ["+K0", "denied d1/1", "+K1"]);
    // It was told to be unseen where all is told anew.
    let stage = self::stage(2);
    stage.fs.set_events(false);
    stage.fs.fail("d1/1", Some(Fault::Denied));
    let first = stage.scan();
    assert_eq!(first.unseen, [""]);
    let fs = stage.fs.clone();
    stage.clock.at(stage.clock.elapsed() + interval / 2, move || fs.fail("d1/1", None));
    let told = stage.watch_until(stage.clock.elapsed() + interval * 4);
    assert_eq!(told.words, ["denied d1/1", "+K1", "epoch", "+K0", "+K1"]);
}
