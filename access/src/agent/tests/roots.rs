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
    let clock = Arc::new(SystemClock::new());
    let format = MaildirFormat::new(MailOptions::default(), clock.clone());
    let scope = ScopePolicy::Owner(SubscriberId::new(1));
    let options = FileSourceOptions::new(SourceId::new(3), scope);
    let fs = Arc::new(RootedFs::new(maildir));
    let source = FileSource::new(fs, Arc::new(format), clock.clone(), options, None);
    let journal = Box::new(journal.clone());
    Agent::open(Box::new(source), journal, AgentOptions::default(), clock).unwrap()
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

#[test]
fn confirmed_root_is_swept_by_the_next_listing_and_over_a_restart() {
    for is_restarted in [false, true] {
        let (source, journal) = (rooted(), MemoryJournal::new());
        let (mut agent, _) = agent_with(&source, &journal, AgentOptions::default());
        agent.scan().unwrap();
        assert!(!agent.confirm_root().unwrap(), "there is nothing to confirm");
        source.state().root = Some(BELOW);
        source.remove("a");
        refusal(agent.scan());
        source.state().root = Some(RootInode { ino: 100, ..BELOW });
        assert_eq!(refusal(agent.poll()).unseen, 1, "all is listed until it is believed");
        assert!(agent.confirm_root().unwrap() && agent.refused_sweep().is_none());
        source.state().root = Some(BELOW);
        refusal(agent.poll());
        assert!(agent.confirm_root().unwrap());
        if is_restarted {
            (agent, _) = agent_with(&source, &journal.after_crash(0), AgentOptions::default());
        }
        assert_eq!(agent.objects(), 3, "confirming is no listing");
        agent.poll().unwrap();
        assert_eq!((agent.objects(), agent.counts().gone), (2, 1));
        source.state().root = Some(MOUNTED);
        source.remove("b");
        refusal(agent.scan());
    }
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
fn what_another_root_lacks_is_not_gone_because_it_is_told_so_one_by_one() {
    let source = rooted();
    let agent = agent(&source);
    agent.scan().unwrap();
    let end = || Event::Cursor(Cursor::new(b"end".as_slice()));
    source.state().root = Some(BELOW);
    agent.apply(Event::Epoch(2)).unwrap();
    agent.apply(source.upsert("a")).unwrap();
    agent.apply(source.upsert("c")).unwrap();
    for name in ["a", "b"] {
        agent.apply(Event::Gone(key(name))).unwrap();
    }
    let expected = SweepRefusal { doubt: SweepDoubt::OtherRoot, known: 3, unseen: 2 };
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
        let expected = SweepRefusal { doubt: SweepDoubt::NothingTold, known: 3, unseen: 3 };
        assert_eq!(refusal(scanned), expected);
        assert!(agent.confirm_root().unwrap());
        agent.poll().unwrap();
        assert_eq!((agent.objects(), agent.counts().gone), (0, 3));
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
