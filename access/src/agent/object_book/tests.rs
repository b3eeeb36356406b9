//! Goal: whoever follows the feed of a book, from wherever it stands, comes to what the book holds,
//! over crashes and rewrites, and no number or position ever means two things. Method: seeded
//! random histories against a map, and a follower that applies messages as an index does. If it
//! fails, a server asks for bytes of another object, or never learns that an object went.

use std::collections::{BTreeMap, BTreeSet};

use gleaner_chunker::ChunkId;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{Following, NewPart, ObjectBook};
use crate::agent::book_record::RootRecord;
use crate::agent::feed::{Change, ObjectNumber, SeenChunk, SeenObject};
use crate::agent::memory_journal::MemoryJournal;
use crate::error::Error;
use crate::object::{Generation, ObjectKey, SourceId};
use crate::scope::Scope;
use crate::scopes::scope_ledger::ScopedObject;
use crate::source::RootInode;

const SOURCE: SourceId = SourceId::new(3);
const SCOPED: ScopedObject = ScopedObject { scope: Scope::Log, log_key: None, bytes: Some(5) };

fn key(name: u8) -> ObjectKey {
    ObjectKey::new(vec![b'k', name]).unwrap()
}

fn generation(number: u8) -> Generation {
    Generation::from_bytes([number; 32])
}

/// Parts that tell by their rows and chunks what they are of.
fn parts(name: u8, version: u8, count: u8) -> Vec<NewPart> {
    let part = |number: u8| NewPart {
        row: vec![name, version, number],
        chunks: (0..=number)
            .map(|chunk| SeenChunk {
                chunk: ChunkId::from_bytes([name ^ version ^ number ^ chunk; 32]),
                representation: number,
                offset: u64::from(chunk),
                length: 512,
            })
            .collect(),
    };
    (0..count).map(part).collect()
}

fn book(journal: &MemoryJournal) -> ObjectBook {
    ObjectBook::open(Box::new(journal.clone()), SOURCE, 1).unwrap()
}

/// What an index does with the messages.
#[derive(Debug, Default, Clone)]
struct Follower {
    epoch: u32,
    seq: u64,
    objects: BTreeMap<ObjectNumber, SeenObject>,
    /// What each number was ever seen to be of.
    names: BTreeMap<ObjectNumber, u8>,
}

impl Follower {
    fn add(&mut self, seen: SeenObject) {
        let name = *self.names.entry(seen.object).or_insert(seen.bytes[0]);
        assert_eq!(name, seen.bytes[0], "a number was given twice");
        self.objects.insert(seen.object, seen);
    }

    fn follow(&mut self, book: &mut ObjectBook) {
        for _ in 0..10_000 {
            match book.following(self.epoch, self.seq, 5).unwrap() {
                Following::Nothing => return,
                Following::SnapshotNeeded => self.take_snapshot(book),
                Following::Delta(delta) => {
                    assert_eq!((delta.epoch, delta.first_seq), (self.epoch, self.seq + 1));
                    assert!(!delta.changes.is_empty());
                    for change in delta.changes {
                        self.seq += 1;
                        match change {
                            Change::Add(seen) => self.add(seen),
                            Change::Evict(number) => drop(self.objects.remove(&number)),
                            Change::Touch(_) => {}
                        }
                    }
                }
            }
        }
        panic!("the feed does not end");
    }

    fn take_snapshot(&mut self, book: &mut ObjectBook) {
        let plan = book.snapshot(7);
        self.objects.clear();
        let mut chunks = 0;
        for number in 0..plan.parts() {
            let part = book.snapshot_part(&plan, number).unwrap().unwrap();
            assert_eq!(part.is_last, number + 1 == plan.parts());
            assert!(!part.objects.is_empty() || plan.parts() == 1, "a part of nothing");
            chunks += part.objects.iter().map(|(_, seen)| seen.chunks.len() as u64).sum::<u64>();
            if part.is_last {
                assert_eq!(chunks, part.chunks_expected);
            }
            assert!(part.objects.iter().all(|(seq, _)| *seq <= part.high_seq));
            for (_, seen) in part.objects {
                self.add(seen);
            }
        }
        assert!(book.snapshot_part(&plan, plan.parts()).unwrap().is_none());
        (self.epoch, self.seq) = (book.epoch(), plan.high_seq());
    }
}

type Model = BTreeMap<u8, (u8, u8)>;

fn check(book: &mut ObjectBook, model: &Model, follower: &Follower) {
    assert_eq!(book.len(), model.len());
    let mut expected = BTreeSet::new();
    for (&name, &(version, count)) in model {
        assert_eq!(book.generation(&key(name)), Some(generation(version)));
        assert_eq!(book.parts(&key(name)).unwrap(), parts(name, version, count));
        for part in parts(name, version, count) {
            expected.insert((part.row, part.chunks.len()));
        }
        for number in book.numbers(&key(name)) {
            assert_eq!(book.find(*number), Some((&key(name), generation(version))));
        }
    }
    let told = follower.objects.values().map(|seen| (seen.bytes.clone(), seen.chunks.len()));
    assert_eq!(told.collect::<BTreeSet<_>>(), expected);
    assert_eq!(follower.objects.len(), expected.len());
}

#[derive(Debug, Clone)]
enum Act {
    Put(u8, u8, u8),
    Remove(u8),
    Commit,
    /// The follower takes what there is, durable or not so far.
    Follow,
    /// One follower that follows always, one that comes back now and then.
    LateFollower,
    Epoch,
    Crash(usize),
    Rewrite,
    Sweep(u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        8 => (0..6_u8, any::<u8>(), 1..4_u8).prop_map(|(n, v, c)| Act::Put(n, v, c)),
        4 => (0..6_u8).prop_map(Act::Remove),
        2 => Just(Act::Commit),
        4 => Just(Act::Follow),
        1 => Just(Act::LateFollower),
        1 => Just(Act::Epoch),
        2 => (0..2000_usize).prop_map(Act::Crash),
        1 => Just(Act::Rewrite),
        1 => any::<u8>().prop_map(Act::Sweep),
    ];
    prop::collection::vec(act, 1..60)
}

struct Run {
    journal: MemoryJournal,
    book: ObjectBook,
    model: Model,
    durable: Model,
    steady: Follower,
    late: Follower,
}

impl Run {
    fn act(&mut self, act: &Act) {
        match *act {
            Act::Put(name, version, count) => {
                self.book
                    .put(&key(name), generation(version), SCOPED, parts(name, version, count))
                    .unwrap();
                self.model.insert(name, (version, count));
            }
            Act::Remove(name) => {
                self.book.remove(&key(name)).unwrap();
                self.model.remove(&name);
            }
            Act::Commit => self.commit(),
            Act::Follow => {
                self.steady.follow(&mut self.book);
                self.durable = self.model.clone();
                check(&mut self.book, &self.model, &self.steady);
            }
            Act::LateFollower => {
                self.commit();
                self.late.follow(&mut self.book);
                check(&mut self.book, &self.model, &self.late);
            }
            Act::Epoch => self.book.begin_epoch().unwrap(),
            Act::Crash(kept) => self.crash(kept),
            Act::Rewrite => {
                self.commit();
                self.book.rewrite().unwrap();
                check(&mut self.book, &self.model, &self.steady);
            }
            Act::Sweep(kept) => {
                self.book.begin_pass();
                for name in (0..6).filter(|name| kept & 1 << name != 0) {
                    self.book.mark_seen(&key(name));
                }
                self.book.sweep().unwrap();
                self.model.retain(|name, _| kept & 1 << name != 0);
            }
        }
    }

    fn commit(&mut self) {
        self.book.commit().unwrap();
        self.durable = self.model.clone();
        self.steady.follow(&mut self.book);
        check(&mut self.book, &self.model, &self.steady);
    }

    /// What was not durable may be there or not, up to a byte.
    fn crash(&mut self, kept: usize) {
        let is_all = kept >= self.journal.volatile_bytes();
        self.journal = self.journal.after_crash(kept);
        self.book = book(&self.journal);
        let names: Vec<u8> = (0..6).collect();
        let mut model = Model::new();
        for &name in &names {
            if let Some(found) = self.book.generation(&key(name)) {
                let count = self.book.parts(&key(name)).unwrap().len();
                model.insert(name, (found.as_bytes()[0], u8::try_from(count).unwrap()));
            }
        }
        assert!(!is_all || model == self.model);
        if kept == 0 {
            assert_eq!(model, self.durable, "what was told is still there");
        }
        self.model = model;
        self.commit();
    }
}

#[test]
fn follower_comes_to_what_the_book_holds_over_crashes_and_rewrites() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let config = Config { cases: 400, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&acts(), |acts| {
        let journal = MemoryJournal::new();
        let mut run = Run {
            book: book(&journal),
            journal,
            model: Model::new(),
            durable: Model::new(),
            steady: Follower::default(),
            late: Follower::default(),
        };
        for act in &acts {
            run.act(act);
        }
        run.commit();
        run.late.follow(&mut run.book);
        check(&mut run.book, &run.model, &run.late);
        Ok(())
    });
    result.unwrap();
}

#[test]
fn nothing_is_told_before_it_is_durable() {
    let journal = MemoryJournal::new();
    let mut book = book(&journal);
    book.put(&key(1), generation(1), SCOPED, parts(1, 1, 1)).unwrap();
    assert_eq!(book.snapshot(9).high_seq(), 0);
    assert!(journal.volatile_bytes() > 0);
    assert!(matches!(book.following(1, 0, 9).unwrap(), Following::Delta(_)));
    assert_eq!(journal.volatile_bytes(), 0);
    let plan = book.snapshot(9);
    book.remove(&key(1)).unwrap();
    assert!(journal.volatile_bytes() > 0);
    let part = book.snapshot_part(&plan, 0).unwrap().unwrap();
    assert_eq!((part.objects, journal.volatile_bytes()), (Vec::new(), 0), "a removal is told");
    book.put(&key(1), generation(1), SCOPED, parts(1, 1, 1)).unwrap();
    book.begin_epoch().unwrap();
    assert_eq!(book.durable_epoch(), 1);
    assert!(matches!(book.following(2, 0, 9).unwrap(), Following::Delta(_)));
    assert_eq!(journal.volatile_bytes(), 0);
    assert_eq!(book.following(1, 0, 9).unwrap(), Following::SnapshotNeeded);
    assert_eq!(book.following(2, 4, 9).unwrap(), Following::SnapshotNeeded, "of the future");
}

#[test]
fn journal_of_another_source_or_without_a_start_is_refused() {
    let journal = MemoryJournal::new();
    drop(book(&journal));
    let other = ObjectBook::open(Box::new(journal.clone()), SourceId::new(4), 1);
    assert!(matches!(other, Err(Error::Unsupported(_))));
    assert!(ObjectBook::open(Box::new(journal), SOURCE, 1).is_ok());
}

#[test]
fn journal_is_rewritten_once_most_of_it_is_out_of_date() {
    let journal = MemoryJournal::new();
    let mut book = book(&journal);
    let mut longest = 0;
    for version in 0..=255_u8 {
        let row = vec![version; 4000];
        for name in 0..16 {
            let part = NewPart { row: row.clone(), chunks: Vec::new() };
            book.put(&key(name), generation(version), SCOPED, vec![part]).unwrap();
        }
        book.mark_bad([version; 16]).unwrap();
        book.commit().unwrap();
        longest = longest.max(journal.bytes().len());
    }
    assert!((4 << 20..5 << 20).contains(&longest), "{longest}");
    drop(book);
    let book = self::book(&journal);
    assert_eq!((book.len(), book.last_seq()), (16, 256 * 16));
    assert!((0..=255).all(|version| book.is_bad(&[version; 16])));
    assert!(!book.is_bad(b"0123456789abcdef"));
}

#[test]
fn rewriting_that_fails_leaves_the_journal_in_use() {
    let journal = MemoryJournal::new();
    let mut book = book(&journal);
    for name in 0..3 {
        book.put(&key(name), generation(1), SCOPED, parts(name, 1, 2)).unwrap();
    }
    book.remove(&key(0)).unwrap();
    book.commit().unwrap();
    // The magic, the start, two numbers that ended, two objects.
    for writes in 0..6 {
        journal.fail_next_after(Some(writes));
        assert!(matches!(book.rewrite(), Err(Error::Io(_))), "{writes}");
        assert!(!journal.has_next());
        for name in 1..3 {
            assert_eq!(book.parts(&key(name)).unwrap(), parts(name, 1, 2), "{writes}");
        }
        book.mark_bad([u8::try_from(writes).unwrap(); 16]).unwrap();
        book.commit().unwrap();
        assert_eq!(self::book(&journal).parts(&key(2)).unwrap(), parts(2, 1, 2));
    }
    journal.fail_next_after(None);
    book.rewrite().unwrap();
    assert_eq!(book.parts(&key(1)).unwrap(), parts(1, 1, 2));
}

#[test]
fn number_that_ended_is_not_given_again_after_a_rewrite_and_a_restart() {
    let journal = MemoryJournal::new();
    let mut book = book(&journal);
    book.put(&key(1), generation(1), SCOPED, parts(1, 1, 3)).unwrap();
    book.remove(&key(1)).unwrap();
    book.commit().unwrap();
    book.rewrite().unwrap();
    drop(book);
    let mut book = self::book(&journal);
    book.put(&key(2), generation(1), SCOPED, parts(2, 1, 1)).unwrap();
    assert_eq!(book.numbers(&key(2)), [ObjectNumber::new(4)]);
    assert_eq!(book.last_seq(), 7);
}

#[test]
fn objects_that_cannot_be_seen_outlive_the_sweep_of_that_pass_and_of_no_other() {
    let journal = MemoryJournal::new();
    let mut book = book(&journal);
    let name = |text: &str| ObjectKey::new(text.as_bytes()).unwrap();
    for text in ["a", "f", "f/a", "f/b", "fa", "g"] {
        book.put(&name(text), generation(1), SCOPED, parts(1, 1, 1)).unwrap();
    }
    book.begin_pass();
    book.mark_seen(&name("a"));
    for prefix in ["f/b", "f/", "f/", "f/a/none"] {
        book.mark_seen_below(&name(prefix));
    }
    assert_eq!(book.unseen(), 3);
    let swept: Vec<ObjectKey> = book.sweep().unwrap().into_iter().map(|(key, _)| key).collect();
    assert_eq!(swept, [name("f"), name("fa"), name("g")]);
    book.begin_pass();
    assert_eq!(book.unseen(), 3);
    book.mark_seen_below(&name(""));
    assert_eq!((book.unseen(), book.sweep().unwrap().len()), (0, 0));
    book.begin_pass();
    assert_eq!(book.sweep().unwrap().len(), 3);
}

#[test]
fn root_is_known_after_a_commit_a_rewrite_and_a_restart() {
    let journal = MemoryJournal::new();
    let mut book = book(&journal);
    let inode = Some(RootInode { dev: 1, ino: u64::MAX });
    let (objects, next_number) = (2, 3);
    let mounted = RootRecord { inode, objects, next_number, is_confirmed: false };
    for root in [mounted, RootRecord { inode: None, is_confirmed: true, ..mounted }] {
        book.note_root(root).unwrap();
        book.note_root(root).unwrap();
        book.commit().unwrap();
        assert_eq!(journal.volatile_bytes(), 0);
        assert_eq!(self::book(&journal.after_crash(0)).root(), Some(root));
        book.rewrite().unwrap();
        assert_eq!((book.root(), self::book(&journal).root()), (Some(root), Some(root)));
    }
}
