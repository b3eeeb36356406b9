#![expect(clippy::disallowed_methods, reason = "folders and a thread of a test's own")]

use std::fs;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::fake_source::{FakeSource, Hook, agent, agent_with, key, random, told};
use super::pulls::{all_of, pull};
use crate::agent::{Agent, AgentOptions, MemoryJournal, RangeAnswer};
use crate::clock::SystemClock;
use crate::error::{Error, SweepDoubt, SweepRefusal};
use crate::files::file_source::{FileSource, FileSourceOptions};
use crate::files::rooted_fs::RootedFs;
use crate::mail_stores::maildir_format::MaildirFormat;
use crate::mail_stores::stored_mail::MailOptions;
use crate::object::SourceId;
use crate::scope::{ScopePolicy, SubscriberId};
use crate::source::{Cursor, Event, RootInode};

const MOUNTED: RootInode = RootInode { dev: 7, ino: 2 };
const BELOW: RootInode = RootInode { dev: 1, ino: 99 };

/// A source with three objects in a root.
fn rooted() -> FakeSource {
    let source = FakeSource::default();
    source.state().root = Some(MOUNTED);
    for name in ["a", "b", "c"] {
        source.put(name, 1, &random(1000, 1));
    }
    source
}

fn refusal(result: Result<(), Error>) -> SweepRefusal {
    match result {
        Err(Error::SweepRefused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// The agent of a Maildir, as after a start of the machine.
fn agent_of(maildir: &Path, journal: &MemoryJournal) -> Agent {
    agent_of_with(maildir, journal, AgentOptions::default())
}

fn agent_of_with(maildir: &Path, journal: &MemoryJournal, options: AgentOptions) -> Agent {
    let clock = Arc::new(SystemClock::new());
    let format = MaildirFormat::new(MailOptions::default(), clock.clone());
    let scope = ScopePolicy::Owner(SubscriberId::new(1));
    let fs = Arc::new(RootedFs::new(maildir));
    let of_files = FileSourceOptions::new(SourceId::new(3), scope);
    let source = FileSource::new(fs, Arc::new(format), clock.clone(), of_files, None);
    let journal = Box::new(journal.clone());
    Agent::open(Box::new(source), journal, options, clock).unwrap()
}

#[test]
fn agent_that_starts_on_an_unmounted_root_forgets_nothing() {
    let place = tempfile::tempdir().unwrap();
    let (mounted, root) = (place.path().join("disk"), place.path().join("Maildir"));
    fs::create_dir_all(root.join("cur")).unwrap();
    for number in 0..5 {
        let mail = format!("Message-ID: <{number}@a>\n\nx\n");
        fs::write(root.join(format!("cur/{number}.a.h:2,S")), mail).unwrap();
    }
    let journal = MemoryJournal::new();
    agent_of(&root, &journal).scan().unwrap();
    fs::rename(&root, &mounted).unwrap();
    for folder in [root.clone(), root.join("cur")] {
        fs::create_dir(folder).unwrap();
        let agent = agent_of(&root, &journal);
        let expected = SweepRefusal { doubt: SweepDoubt::OtherRoot, known: 5, unseen: 5 };
        assert_eq!(refusal(agent.scan()), expected);
        assert_eq!(agent.refused_sweep(), Some(expected));
        assert_eq!((agent.objects(), agent.counts().sweeps_refused), (5, 1));
        assert_eq!((told(&agent).len(), agent.counts().gone), (5, 0));
    }
    fs::remove_dir_all(&root).unwrap();
    fs::rename(&mounted, &root).unwrap();
    fs::remove_file(root.join("cur/0.a.h:2,S")).unwrap();
    let agent = agent_of(&root, &journal);
    agent.scan().unwrap();
    assert_eq!((agent.objects(), agent.counts().gone), (4, 1), "what went there has gone");
}

/// Puts the source into another root, with these objects.
fn move_to(source: &FakeSource, root: RootInode, names: &[&str]) {
    source.state().root = Some(root);
    source.state().objects.clear();
    for name in names {
        source.put(name, 1, &random(1000, 1));
    }
}

#[test]
fn confirmed_root_is_swept_by_the_next_listing_and_over_a_restart() {
    for is_restarted in [false, true] {
        let (source, journal) = (rooted(), MemoryJournal::new());
        let (mut agent, _) = agent_with(&source, &journal, AgentOptions::default());
        agent.scan().unwrap();
        assert!(!agent.confirm_root().unwrap(), "there is nothing to confirm");
        move_to(&source, BELOW, &["b"]);
        refusal(agent.scan());
        source.state().root = Some(RootInode { ino: 100, ..BELOW });
        assert_eq!(refusal(agent.poll()).unseen, 2, "all is listed until it is believed");
        assert!(agent.confirm_root().unwrap() && agent.refused_sweep().is_none());
        source.state().root = Some(BELOW);
        refusal(agent.poll());
        assert!(agent.confirm_root().unwrap());
        if is_restarted {
            (agent, _) = agent_with(&source, &journal.after_crash(0), AgentOptions::default());
        }
        assert_eq!(agent.objects(), 3, "confirming is no listing");
        agent.poll().unwrap();
        assert_eq!((agent.objects(), agent.counts().gone), (1, 2));
        move_to(&source, MOUNTED, &[]);
        refusal(agent.scan());
    }
}

#[test]
fn root_that_tells_most_of_what_is_known_is_the_same_one_whatever_its_numbers() {
    // The device has another number after each start of the machine.
    for is_watched in [false, true] {
        let (source, journal) = (rooted(), MemoryJournal::new());
        agent_with(&source, &journal, AgentOptions::default()).0.scan().unwrap();
        source.state().root = Some(RootInode { dev: 8, ..MOUNTED });
        source.remove("a");
        let (agent, _) = agent_with(&source, &journal, AgentOptions::default());
        if is_watched {
            for name in ["b", "c"] {
                agent.apply(source.upsert(name)).unwrap();
            }
            agent.apply(end()).unwrap();
            assert_eq!(agent.objects(), 3, "only a listing of all tells what went");
            agent.apply(Event::Gone(key("a"))).unwrap();
        } else {
            agent.scan().unwrap();
        }
        assert_eq!((agent.objects(), agent.counts().gone), (2, 1));
        // It is the one that is known from now on.
        move_to(&source, MOUNTED, &["b"]);
        assert_eq!(refusal(agent.scan()).doubt, SweepDoubt::OtherRoot);
    }
}

#[test]
fn other_store_does_not_prove_itself_by_being_listed_twice_or_after_a_restart() {
    let (source, journal) = (rooted(), MemoryJournal::new());
    let mut agent = agent_with(&source, &journal, AgentOptions::default()).0;
    agent.scan().unwrap();
    let others: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    move_to(&source, BELOW, &others);
    for _ in 0..3 {
        assert_eq!(refusal(agent.scan()).unseen, 3);
        assert_eq!(refusal(agent.poll()).unseen, 3);
        agent = agent_with(&source, &journal, AgentOptions::default()).0;
    }
    assert_eq!((agent.objects(), agent.counts().gone), (53, 0));
}

#[test]
fn root_that_no_other_took_the_place_of_for_a_week_is_believed() {
    let (source, journal) = (rooted(), MemoryJournal::new());
    let (agent, clock) = agent_with(&source, &journal, AgentOptions::default());
    agent.scan().unwrap();
    move_to(&source, BELOW, &["x"]);
    refusal(agent.scan());
    clock.advance(Duration::from_hours(100));
    source.state().root = Some(RootInode { ino: 100, ..BELOW });
    refusal(agent.poll());
    clock.advance(Duration::from_hours(167));
    refusal(agent.poll());
    clock.advance(Duration::from_hours(1));
    agent.poll().unwrap();
    assert_eq!((agent.objects(), agent.counts().gone), (1, 3));
}

#[test]
fn what_cannot_be_seen_proves_no_root() {
    let source = rooted();
    let agent = agent(&source);
    agent.scan().unwrap();
    move_to(&source, BELOW, &[]);
    source.state().first = vec![Event::Unseen(key(""))];
    agent.scan().unwrap();
    assert_eq!(agent.objects(), 3, "nothing would go");
    source.state().first.clear();
    let expected = SweepRefusal { doubt: SweepDoubt::OtherRoot, known: 3, unseen: 3 };
    assert_eq!(refusal(agent.scan()), expected);
    assert_eq!(agent.objects(), 3);
}

#[test]
fn first_listing_that_did_not_come_to_its_end_has_a_root_all_the_same() {
    let (source, journal) = (rooted(), MemoryJournal::new());
    source.state().fails_after = Some(2);
    assert!(agent_with(&source, &journal, AgentOptions::default()).0.scan().is_err());
    source.state().fails_after = None;
    move_to(&source, BELOW, &["x"]);
    let (agent, _) = agent_with(&source, &journal, AgentOptions::default());
    // A feed comes first, and it begins with nothing but what is there.
    agent.apply(source.upsert("x")).unwrap();
    agent.apply(end()).unwrap();
    agent.apply(Event::Gone(key("a"))).unwrap();
    assert_eq!(agent.objects(), 3);
    assert_eq!(refusal(agent.scan()).doubt, SweepDoubt::OtherRoot);
    assert_eq!(agent.objects(), 3);
}

#[test]
fn root_that_is_mounted_again_ends_the_refusal() {
    let source = rooted();
    let agent = agent(&source);
    agent.scan().unwrap();
    let objects = std::mem::take(&mut source.state().objects);
    source.state().root = Some(BELOW);
    refusal(agent.poll().and_then(|()| agent.scan()));
    source.state().objects = objects;
    source.state().root = Some(MOUNTED);
    source.remove("a");
    agent.poll().unwrap();
    assert_eq!((agent.refused_sweep(), agent.objects()), (None, 2));
    assert!(!agent.confirm_root().unwrap());
}

#[test]
fn confirmation_that_comes_as_the_right_root_is_listed_does_not_turn_against_it() {
    let source = rooted();
    let agent = Arc::new(agent(&source));
    agent.scan().unwrap();
    move_to(&source, BELOW, &[]);
    refusal(agent.scan());
    move_to(&source, MOUNTED, &["b", "c"]);
    let confirming = Arc::clone(&agent);
    let at_the_end = move || assert!(confirming.confirm_root().unwrap());
    source.state().while_root_is_asked = Some(Hook(Arc::new(at_the_end)));
    agent.scan().unwrap();
    assert_eq!((agent.objects(), agent.counts().gone), (2, 1));
    move_to(&source, BELOW, &[]);
    refusal(agent.scan());
}

fn end() -> Event {
    Event::Cursor(Cursor::new(b"end".as_slice()))
}

#[test]
fn what_another_root_lacks_is_not_gone_because_it_is_told_so_one_by_one() {
    let source = rooted();
    let agent = agent(&source);
    agent.scan().unwrap();
    source.state().root = Some(BELOW);
    agent.apply(Event::Epoch(2)).unwrap();
    agent.apply(source.upsert("a")).unwrap();
    for name in ["a", "b"] {
        agent.apply(Event::Gone(key(name))).unwrap();
    }
    let expected = SweepRefusal { doubt: SweepDoubt::OtherRoot, known: 3, unseen: 3 };
    assert_eq!(refusal(agent.apply(end())), expected);
    assert_eq!(agent.objects(), 3);
    // In the root that is known, the word of the source counts at once.
    source.state().root = Some(MOUNTED);
    agent.apply(Event::Epoch(3)).unwrap();
    agent.apply(Event::Gone(key("a"))).unwrap();
    assert_eq!(agent.objects(), 2);
}

#[test]
fn large_source_that_is_empty_all_at_once_is_not_believed_and_a_small_one_is() {
    for (empty_sweep_max, is_refused) in [(2, true), (3, false)] {
        let options = AgentOptions { empty_sweep_max, ..AgentOptions::default() };
        let (source, journal) = (rooted(), MemoryJournal::new());
        agent_with(&source, &journal, options.clone()).0.scan().unwrap();
        source.state().objects.clear();
        let (agent, _) = agent_with(&source, &journal, options);
        let scanned = agent.scan();
        if !is_refused {
            scanned.unwrap();
            assert_eq!(agent.objects(), 0);
            continue;
        }
        let expected = SweepRefusal { doubt: SweepDoubt::FewTold, known: 3, unseen: 3 };
        assert_eq!(refusal(scanned), expected);
        assert!(agent.confirm_root().unwrap());
        agent.poll().unwrap();
        assert_eq!((agent.objects(), agent.counts().gone), (0, 3));
    }
}

#[test]
fn large_source_of_which_less_than_a_tenth_is_left_is_not_believed() {
    // An account on a server, whose mailbox was made anew: it has no root.
    let source = FakeSource::default();
    for name in 0..200 {
        source.put(&name.to_string(), 1, b"x");
    }
    let agent = agent(&source);
    agent.scan().unwrap();
    source.state().objects.clear();
    source.put("new", 1, b"x");
    let expected = SweepRefusal { doubt: SweepDoubt::FewTold, known: 201, unseen: 200 };
    assert_eq!(refusal(agent.scan()), expected);
    for name in 0..22 {
        source.put(&format!("new {name}"), 1, b"x");
    }
    agent.scan().unwrap();
    assert_eq!((agent.objects(), agent.counts().gone), (23, 200));
}

#[test]
fn root_that_is_emptied_under_a_running_agent_can_be_confirmed() {
    for empty_sweep_max in [2, 3] {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("cur")).unwrap();
        for number in 0..3 {
            let mail = format!("Message-ID: <{number}@a>\n\nx\n");
            fs::write(root.path().join(format!("cur/{number}.a.h:2,S")), mail).unwrap();
        }
        let options = AgentOptions { empty_sweep_max, ..AgentOptions::default() };
        let agent = agent_of_with(root.path(), &MemoryJournal::new(), options);
        agent.scan().unwrap();
        let aside = tempfile::tempdir().unwrap();
        fs::rename(root.path().join("cur"), aside.path().join("cur")).unwrap();
        if empty_sweep_max == 2 {
            let expected = SweepRefusal { doubt: SweepDoubt::FewTold, known: 3, unseen: 3 };
            assert_eq!(refusal(agent.poll()), expected);
            assert_eq!(refusal(agent.scan()), expected);
            assert_eq!(agent.objects(), 3);
            assert!(agent.confirm_root().unwrap());
        }
        agent.poll().unwrap();
        assert_eq!((agent.objects(), agent.counts().gone), (0, 3));
        agent.poll().unwrap();
        // What comes back is told again.
        fs::rename(aside.path().join("cur"), root.path().join("cur")).unwrap();
        agent.poll().unwrap();
        assert_eq!(agent.objects(), 3);
    }
}

#[test]
fn pulls_and_commits_go_on_while_an_object_is_being_listed() {
    let source = rooted();
    let agent = Arc::new(agent(&source));
    agent.scan().unwrap();
    let request = all_of(&told(&agent)[0]);
    source.put("d", 1, &random(1000, 4));
    let (pulling, busy) = (Arc::clone(&agent), source.clone());
    let in_the_middle = move || {
        busy.state().while_reading = None;
        // Bytes that are wrong: taking the object out of use writes and commits.
        busy.state().lie = Some(random(1000, 9));
        let (done, is_done) = mpsc::channel();
        let (pulling, request) = (Arc::clone(&pulling), request.clone());
        std::thread::spawn(move || {
            let answers = pull(&pulling, &request);
            pulling.commit().unwrap();
            done.send((answers, pulling.refused_sweep())).unwrap();
        });
        let (answers, _) = is_done.recv_timeout(Duration::from_secs(20)).expect("it waits");
        assert_eq!(answers, [RangeAnswer::Mismatch]);
        busy.state().lie = None;
    };
    source.state().while_reading = Some(Hook(Arc::new(in_the_middle)));
    agent.poll().unwrap();
    assert_eq!((agent.objects(), agent.counts().listed), (3, 4));
}
