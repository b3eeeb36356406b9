use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use super::fake_source::{FakeSource, agent, agent_with, generation, key, random, told};
use crate::agent::{Agent, AgentOptions, FeedMessage, MemoryJournal, ObjectRow};
use crate::error::Error;
use crate::identifiers::Identifiers;
use crate::limits::Limits;
use crate::manual_clock::ManualClock;
use crate::object::{Partial, Run};
use crate::recipe::{Recipe, Step};
use crate::scope::{Scope, SubscriberId};
use crate::source::Event;

fn epoch(agent: &Agent) -> u32 {
    match agent.hello() {
        FeedMessage::Hello(hello) => hello.epoch,
        _ => panic!("hello"),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn objects_of_every_size_are_listed_and_told_of_from_512_bytes_on() {
    let source = FakeSource::default();
    let lens = [0, 1, 511, 512, (16 << 10) - 1];
    for (number, len) in (0..).zip(lens) {
        source.put(&format!("{len:05}"), number, &random(len, number));
    }
    let agent = agent(&source);
    agent.scan().unwrap();
    let objects = told(&agent);
    assert_eq!(objects.len(), lens.len());
    for (seen, len) in objects.iter().zip(lens) {
        let row = ObjectRow::decode(&seen.bytes).unwrap();
        assert_eq!(row.representations[0].len, len as u64);
        assert_eq!(seen.chunks.len(), usize::from(len >= 512), "{len}");
        if let Some(chunk) = seen.chunks.first() {
            assert_eq!((chunk.offset, chunk.length as usize), (0, len));
            assert_eq!(*chunk.chunk.as_bytes(), row.representations[0].whole);
        }
    }
}

#[test]
fn known_generation_is_not_read_again_and_another_one_is() {
    let source = FakeSource::default();
    for name in ["a", "b", "c"] {
        source.put(name, 1, &random(1000, 1));
    }
    let journal = MemoryJournal::new();
    let (agent, _) = agent_with(&source, &journal, AgentOptions::default());
    agent.scan().unwrap();
    agent.scan().unwrap();
    assert_eq!(source.state().opened, 3);
    drop(agent);
    let (agent, _) = agent_with(&source, &journal, AgentOptions::default());
    source.put("b", 2, &random(1000, 2));
    agent.scan().unwrap();
    assert_eq!(source.state().opened, 4, "after a restart too");
    assert_eq!((agent.counts().unchanged, agent.counts().listed), (2, 1));
    // Scope is told with the object: another one has to be told anew.
    source.state().objects.get_mut("a").unwrap().scope = Scope::Owner(SubscriberId::new(5));
    agent.poll().unwrap();
    let row = told(&agent).into_iter().map(|seen| ObjectRow::decode(&seen.bytes).unwrap());
    let scopes: Vec<Scope> = row.map(|row| row.scoped.scope).collect();
    assert!(scopes.contains(&Scope::Owner(SubscriberId::new(5))), "{scopes:?}");
}

#[test]
fn what_is_gone_is_swept_by_a_whole_listing_and_by_no_other() {
    let source = FakeSource::default();
    for name in ["a", "b", "c"] {
        source.put(name, 1, &random(1000, 1));
    }
    let agent = agent(&source);
    agent.scan().unwrap();
    source.remove("a");
    source.state().is_unavailable = true;
    assert!(matches!(agent.scan(), Err(Error::Unavailable(_))));
    assert_eq!(agent.objects(), 3);
    source.state().is_unavailable = false;
    source.state().fails_after = Some(1);
    assert!(matches!(agent.scan(), Err(Error::Unavailable(_))));
    assert_eq!(agent.objects(), 3);
    // The end of a later feed does not end the listing that failed.
    agent.apply(Event::Cursor(crate::source::Cursor::new(b"x".as_slice()))).unwrap();
    assert_eq!(agent.objects(), 3);
    source.state().fails_after = None;
    agent.scan().unwrap();
    assert_eq!((agent.objects(), agent.counts().gone), (2, 1));
}

#[test]
fn lost_events_are_a_new_epoch_and_end_with_a_sweep() {
    let source = FakeSource::default();
    source.put("a", 1, &random(1000, 1));
    source.put("b", 1, &random(1000, 2));
    // A listing of everything may begin with an epoch: nothing was lost by that.
    source.state().first = vec![Event::Epoch(1)];
    let agent = agent(&source);
    let begun = epoch(&agent);
    agent.scan().unwrap();
    assert_eq!((epoch(&agent), agent.counts().epochs), (begun, 0));
    let opened = source.state().opened;
    agent.apply(Event::Epoch(2)).unwrap();
    agent.apply(source.upsert("a")).unwrap();
    agent.commit().unwrap();
    assert_eq!((epoch(&agent), agent.objects()), (begun + 1, 2));
    agent.apply(Event::Cursor(crate::source::Cursor::new(b"x".as_slice()))).unwrap();
    assert_eq!((epoch(&agent), agent.objects()), (begun + 1, 1));
    assert_eq!(source.state().opened, opened, "nothing is read anew");
}

#[test]
fn new_book_is_in_a_later_epoch_than_the_one_that_was_lost() {
    let source = FakeSource::default();
    let clock = Arc::new(ManualClock::new());
    let open = |journal: &MemoryJournal| {
        let (source, journal) = (Box::new(source.clone()), Box::new(journal.clone()));
        Agent::open(source, journal, AgentOptions::default(), clock.clone()).unwrap()
    };
    let journal = MemoryJournal::new();
    let lost = epoch(&open(&journal));
    clock.advance(Duration::from_secs(1));
    assert_eq!(epoch(&open(&journal)), lost, "it goes on");
    assert!(epoch(&open(&MemoryJournal::new())) > lost);
}

#[test]
fn object_that_cannot_be_read_is_not_told_of_and_its_neighbours_are() {
    let source = FakeSource::default();
    source.put("a", 1, &random(1000, 1));
    let agent = agent(&source);
    agent.scan().unwrap();
    source.put("a", 2, &random(1000, 2));
    source.put("b", 1, &random(1000, 3));
    let (a, b) = (source.upsert("a"), source.upsert("b"));
    source.state().has_changed = true;
    agent.apply(a.clone()).unwrap();
    source.state().has_changed = false;
    agent.apply(b).unwrap();
    agent.commit().unwrap();
    assert_eq!((agent.objects(), agent.counts().failed), (1, 1));
    agent.apply(a).unwrap();
    assert_eq!(agent.objects(), 2);
    source.state().is_busy = true;
    source.put("b", 2, b"x");
    agent.apply(source.upsert("b")).unwrap();
    assert_eq!(agent.objects(), 1, "what was known of it is not so any more");
}

#[test]
fn representation_over_a_limit_is_not_tried_again_on_its_generation() {
    let source = FakeSource::default();
    let bomb = gzip(&vec![0; 4 << 20]);
    source.put("bomb", 1, &bomb);
    let limits = Limits { decode_ratio: 10, ratio_from_bytes: 1 << 10, ..Limits::default() };
    let options = AgentOptions { limits, ..AgentOptions::default() };
    let journal = MemoryJournal::new();
    let (agent, _) = agent_with(&source, &journal, options.clone());
    agent.scan().unwrap();
    assert_eq!((agent.objects(), agent.counts().representations_failed), (1, 1));
    assert_eq!(told(&agent)[0].chunks.len(), 1, "the object itself is told of");
    agent.apply(Event::Gone(key("bomb"))).unwrap();
    agent.scan().unwrap();
    assert_eq!((agent.objects(), agent.counts().representations_failed), (1, 1));
    agent.apply(Event::Gone(key("bomb"))).unwrap();
    agent.commit().unwrap();
    drop(agent);
    let (agent, _) = agent_with(&source, &journal, options);
    agent.scan().unwrap();
    assert_eq!((agent.objects(), agent.counts().representations_failed), (1, 0));
    source.put("bomb", 2, &bomb);
    agent.scan().unwrap();
    assert_eq!(agent.counts().representations_failed, 1, "another generation is tried");
}

#[test]
fn compressed_body_is_told_of_in_both_forms() {
    let source = FakeSource::default();
    let plain = random(100_000, 4);
    source.put("a.gz", 1, &gzip(&plain));
    let agent = agent(&source);
    agent.scan().unwrap();
    let seen = told(&agent).remove(0);
    let row = ObjectRow::decode(&seen.bytes).unwrap();
    let gunzip = Recipe::identity().then(Step::Gunzip).unwrap();
    let place = row.representations.iter().position(|it| it.recipe == gunzip).unwrap();
    assert_eq!(row.representations[place].whole, *blake3::hash(&plain).as_bytes());
    let of_plain = seen.chunks.iter().filter(|it| usize::from(it.representation) == place);
    assert_eq!(of_plain.map(|it| u64::from(it.length)).sum::<u64>(), 100_000);
}

#[test]
fn archive_with_many_members_takes_several_numbers_and_frees_them_all() {
    let source = FakeSource::default();
    let mut archive = tar::Builder::new(Vec::new());
    for number in 0..300_u64 {
        let mut header = tar::Header::new_gnu();
        header.set_size(600);
        archive.append_data(&mut header, number.to_string(), &*random(600, number)).unwrap();
    }
    source.put("a.tar", 1, &archive.into_inner().unwrap());
    let agent = agent(&source);
    agent.scan().unwrap();
    let objects = told(&agent);
    assert!(objects.len() > 1);
    let members: usize = objects
        .iter()
        .map(|seen| ObjectRow::decode(&seen.bytes).unwrap().representations.len())
        .sum();
    assert_eq!(members, 301);
    for seen in &objects {
        let row = ObjectRow::decode(&seen.bytes).unwrap();
        let places = seen.chunks.iter().map(|it| usize::from(it.representation));
        assert!(places.max().unwrap() < row.representations.len());
    }
    source.remove("a.tar");
    agent.scan().unwrap();
    assert!(told(&agent).is_empty());
}

#[test]
fn runs_of_a_partial_object_are_told_of_without_their_torn_edges() {
    let source = FakeSource::default();
    source.put("slices", 1, &random(2 << 20, 5));
    let runs = vec![
        Run { body_offset: 0, start: 0, len: 1 << 20 },
        Run { body_offset: 1 << 20, start: 5 << 20, len: 1 << 20 },
    ];
    source.state().objects.get_mut("slices").unwrap().partial =
        Some(Partial { runs, total: Some(9 << 20) });
    let agent = agent(&source);
    agent.scan().unwrap();
    let seen = told(&agent).remove(0);
    let of = |representation: u8| {
        seen.chunks.iter().filter(move |it| it.representation == representation)
    };
    assert_eq!(of(0).next().unwrap().offset, 0);
    let end = |it: &crate::agent::SeenChunk| it.offset + u64::from(it.length);
    assert!(of(0).map(end).max().unwrap() < 1 << 20, "cut at its end");
    assert!(of(1).map(|it| it.offset).min().unwrap() > 0, "cut at both");
    assert!(of(1).map(end).max().unwrap() < 1 << 20);
}

#[test]
fn object_is_found_by_what_its_source_says_of_it() {
    let source = FakeSource::default();
    source.put("a", 1, &random(1000, 1));
    let agent = agent(&source);
    agent.scan().unwrap();
    let wanted = Identifiers { urls: vec![b"http://h/a".to_vec()], ..Identifiers::default() };
    assert_eq!(agent.find(&wanted), [told(&agent)[0].object]);
    source.put("a", 2, &random(1000, 2));
    agent.scan().unwrap();
    assert_eq!(agent.find(&wanted).len(), 1);
    source.remove("a");
    agent.scan().unwrap();
    assert!(agent.find(&wanted).is_empty());
    assert_ne!(generation(1), generation(2));
}

#[test]
fn object_that_is_too_long_to_be_told_of_does_not_stop_the_listing() {
    let source = FakeSource::default();
    source.put("a", 1, &random(1000, 1));
    source.put("b", 1, &random(8 << 20, 2));
    source.put("c", 1, &random(1000, 3));
    // Once for its chunks, once for the length of its record.
    let limits = Limits { chunks: 20, ..Limits::default() };
    for (limits, record_bytes) in [(limits, usize::MAX), (Limits::default(), 2000)] {
        let options = AgentOptions { limits, ..AgentOptions::default() };
        let (agent, _) = agent_with(&source, &MemoryJournal::new(), options);
        super::super::lock(&agent.book).limit_records(record_bytes);
        let opened = source.state().opened;
        agent.scan().unwrap();
        assert_eq!((agent.objects(), agent.counts().failed), (2, 1));
        assert_eq!(told(&agent).len(), 2);
        agent.scan().unwrap();
        assert_eq!(source.state().opened, opened + 3, "and is not tried again");
    }
}

#[test]
fn object_that_could_not_be_read_once_is_tried_again_at_the_next_poll() {
    let source = FakeSource::default();
    for name in ["a", "b", "c", "d"] {
        source.put(name, 1, &random(1000, 1));
    }
    let agent = agent(&source);
    source.state().is_busy = true;
    agent.scan().unwrap();
    agent.poll().unwrap();
    assert_eq!((agent.objects(), agent.counts().failed), (0, 8));
    source.state().is_busy = false;
    source.put("b", 2, &random(1000, 2));
    source.remove("c");
    source.state().has_changed = true;
    agent.apply(source.upsert("d")).unwrap();
    source.state().has_changed = false;
    agent.poll().unwrap();
    assert_eq!((agent.objects(), agent.counts().listed), (3, 3));
    let opened = source.state().opened;
    agent.poll().unwrap();
    assert_eq!(source.state().opened, opened, "what was read is not tried again");
}

#[test]
fn more_objects_that_could_not_be_read_than_are_kept_are_found_by_a_listing() {
    let source = FakeSource::default();
    for name in 0..1030 {
        source.put(&name.to_string(), 1, b"x");
    }
    let agent = agent(&source);
    source.state().is_busy = true;
    agent.scan().unwrap();
    source.state().is_unavailable = true;
    assert!(agent.poll().is_err());
    source.state().is_busy = false;
    source.state().is_unavailable = false;
    agent.poll().unwrap();
    assert_eq!(agent.objects(), 1030);
}
