//! Goal: a session that is cut costs its client nothing but time: whatever byte was the last, every
//! call has the effect and the answer that it has where nothing is cut, once, and the server ends
//! with the same objects (R14).
//!
//! Method: a server over TLS behind a relay, and a script of calls by a storage on a line. It runs
//! once uncut, and then once for each byte of that session in either direction, cut there. If this
//! fails, a subscriber behind a bad link loses a backup, or an object is taken away that was made
//! after it.

use std::sync::Arc;
use std::time::Duration;

use gleaner_net::Limits;
use gleaner_service::{Line, RemoteStorage, Right};
use gleaner_store::{
    DirectoryStorage, ErrorKind, ManualClock, MemoryFs, ObjectName, SeededRandom, Storage,
    StorageError,
};
use gleaner_tests::hooked_storage::HookedStorage;
use gleaner_tests::relay::{Cut, Direction, Relay, with_relay};
use gleaner_tests::seeds::Seeds;

use crate::service_site::{Site, in_memory, with_site};

/// A seed stands for every so many-th byte.
const STRIDE: u64 = 64;

/// So that an object of a few kilobytes has several pieces.
fn limits() -> Limits {
    Limits { frame_bytes_max: 6 << 10, ..Limits::default() }
}

fn name(text: &str) -> ObjectName {
    ObjectName::new(text).unwrap()
}

/// What a call came to.
fn told<T: std::fmt::Debug>(result: Result<T, StorageError>) -> String {
    match result {
        Ok(answer) => format!("{answer:?}"),
        Err(error) => format!("{:?} {error}", error.kind()),
    }
}

/// Everything that whoever may prune does, one call after the other.
fn maintain(storage: &dyn Storage) -> Vec<String> {
    let (small, large) = (vec![1; 300], (0..=249).cycle().take(9000).collect::<Vec<u8>>());
    let mut part = [0; 4000];
    vec![
        told(storage.create_layout()),
        told(storage.put_if_absent(&name("data/00/small"), &[&small])),
        told(storage.put_if_absent(&name("data/01/large"), &[&large[..10], &large[10..]])),
        told(storage.put_if_absent(&name("data/00/small"), &[b"other"])),
        told(storage.get(&name("data/01/large"), 9000).map(|bytes| bytes == large)),
        told(storage.get(&name("data/01/large"), 10)),
        told(storage.read_at(&name("data/01/large"), 2000, &mut part).map(|()| part[0])),
        told(storage.bytes(&name("data/00/small"))),
        told(storage.bytes(&name("data/00/nothing"))),
        told(storage.list(&name("data"))),
        told(storage.settle(&[name("data/00/small"), name("data/00/nothing")])),
        told(storage.rename(&name("data/00/small"), &name("trash/small"))),
        told(storage.rename(&name("data/00/nothing"), &name("trash/nothing"))),
        told(storage.put_if_absent(&name("data/00/small"), &[b"another"])),
        told(storage.rename(&name("data/00/small"), &name("trash/small"))),
        told(storage.delete(&name("data/01/large"))),
        told(storage.put_if_absent(&name("data/01/large"), &[b"new"])),
        told(storage.list(&name("data"))),
    ]
}

/// What a backup does, whose token takes nothing away but its own.
fn append(storage: &dyn Storage) -> Vec<String> {
    vec![
        told(storage.create_layout()),
        told(storage.put_if_absent(&name("leases/a/1"), &[b"first"])),
        told(storage.put_if_absent(&name("leases/a/2"), &[b"second"])),
        told(storage.put_if_absent(&name("data/00/p"), &[&[7; 5000]])),
        told(storage.delete(&name("leases/a/1"))),
        told(storage.delete(&name("data/00/p"))),
        told(storage.put_if_absent(&name("snapshots/s"), &[&[8; 100]])),
        told(storage.delete_all(&[name("leases/a/2")])),
        told(storage.list(&name("leases"))),
    ]
}

type Script = fn(&dyn Storage) -> Vec<String>;

/// What came of a script that was cut somewhere, or nowhere.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    answers: Vec<String>,
    objects: Vec<(ObjectName, Vec<u8>)>,
}

/// How it went there.
struct Way {
    sessions: u64,
    writes: u64,
    up: u64,
    down: u64,
}

/// Plays a script through a relay; `None` where not even the first session began.
fn play(script: Script, right: Right, cut: Option<Cut>) -> Option<(Outcome, Way)> {
    let [_, other] = in_memory();
    let inner = DirectoryStorage::new(MemoryFs::new(), Arc::new(SeededRandom::new(1)));
    let hooked = Arc::new(HookedStorage::new(inner, |_, _| Ok(())));
    let stored: Arc<dyn Storage> = hooked.clone();
    let played = with_site([stored, other], &limits(), |site| {
        with_relay(site.address, cut, |relay| through(site, relay, script, right))
    });
    let (answers, sessions, [up, down]) = played?;
    let writes = hooked.writes();
    let listed = ["data", "leases", "snapshots", "trash"].map(|folder| hooked.list(&name(folder)));
    let names = listed.into_iter().flat_map(Result::unwrap).map(|listed| listed.name);
    let with_bytes = |name: ObjectName| (name.clone(), hooked.get(&name, u64::MAX).unwrap());
    let outcome = Outcome { answers, objects: names.map(with_bytes).collect() };
    Some((outcome, Way { sessions, writes, up, down }))
}

type Answers = (Vec<String>, u64, [u64; 2]);

fn through(site: &Site, relay: &Relay, script: Script, right: Right) -> Option<Answers> {
    let dialler = site.at(relay.address()).dialler(right);
    let line = Line::open(dialler, Arc::new(ManualClock::new(1)), Duration::from_mins(5));
    let line = match line {
        Ok(line) => Arc::new(line),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Retry, "{error}");
            return None;
        }
    };
    let answers = script(&RemoteStorage::on(Arc::clone(&line)));
    let passed = [Direction::Up, Direction::Down].map(|way| relay.passed(0, way));
    Some((answers, line.sessions(), passed))
}

#[test]
fn session_cut_at_any_byte_costs_nothing_but_time() {
    let seeds = Seeds::of_quick_run(1);
    let scripts: [(Script, Right); 2] = [(maintain, Right::Maintain), (append, Right::Append)];
    let (mut cuts, mut refused, mut again) = (0, 0, 0);
    seeds.run(|seed| {
        for (script, right) in scripts {
            let (expected, uncut) = play(script, right, None).unwrap();
            assert_eq!(uncut.sessions, 1);
            assert!(uncut.up + uncut.down <= 64 << 10, "{} {}", uncut.up, uncut.down);
            for (direction, end) in [(Direction::Up, uncut.up), (Direction::Down, uncut.down)] {
                let first = seed % STRIDE;
                for nth in 0..end.saturating_sub(first).div_ceil(STRIDE) {
                    let bytes = first + nth * STRIDE;
                    let cut = Cut { connection: 0, direction, bytes };
                    cuts += 1;
                    let Some((outcome, way)) = play(script, right, Some(cut)) else {
                        refused += 1;
                        continue;
                    };
                    assert_eq!(outcome, expected, "{right:?} {cut:?}");
                    // The line may end just as the last answer has come.
                    assert!(way.sessions <= 2, "{right:?} {cut:?}");
                    // At most the call that had no answer yet is sent again.
                    assert!(way.writes <= uncut.writes + 1, "{right:?} {cut:?}");
                    again += u64::from(way.writes > uncut.writes);
                }
            }
        }
    });
    println!("{refused} in the handshake, {again} calls were carried out twice");
    println!("{}", seeds.counted(cuts, "cuts"));
    assert!(!seeds.is_quick() || refused > 20 && again > 5, "{refused} {again}");
}

#[test]
fn client_that_nobody_answers_any_more_gives_up_after_its_patience_and_says_why() {
    let clock = Arc::new(ManualClock::new(1));
    let line = with_site(in_memory(), &limits(), |site| {
        let dialler = site.dialler(Right::Append);
        let line = Line::open(dialler, clock.clone(), Duration::from_mins(1)).unwrap();
        assert!(line.ended().is_none());
        Arc::new(line)
    });
    let storage = RemoteStorage::on(Arc::clone(&line));
    for _ in 0..2 {
        let error = storage.list(&name("data")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Retry, "{error}");
    }
    let error = line.ended().unwrap();
    assert!(error.to_string().contains("s of trying: connecting"), "{error}");
}
