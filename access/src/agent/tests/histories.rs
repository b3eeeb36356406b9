use std::collections::BTreeMap;
use std::ops::ControlFlow;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::fake_source::{FakeSource, agent_with, key, random, told};
use crate::agent::{
    Agent, AgentOptions, MemoryJournal, ObjectRow, PullRange, PullRequest, RangeAnswer,
};
use crate::error::Error;
use crate::source::{Event, RootInode};

#[derive(Debug, Clone)]
enum Act {
    /// The object is put, and told of or not.
    Put(u8, u16, bool),
    Remove(u8, bool),
    Scan,
    ScanThatFails(usize),
    Unavailable,
    /// Nothing is mounted where the source lies.
    Unmounted,
    Epoch,
    Crash(usize),
    Commit,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => (0..5_u8, 0..1500_u16, any::<bool>()).prop_map(|(n, len, t)| Act::Put(n, len, t)),
        3 => (0..5_u8, any::<bool>()).prop_map(|(n, told)| Act::Remove(n, told)),
        3 => Just(Act::Scan),
        1 => (0..5_usize).prop_map(Act::ScanThatFails),
        1 => Just(Act::Unavailable),
        1 => Just(Act::Unmounted),
        1 => Just(Act::Epoch),
        2 => (0..3000_usize).prop_map(Act::Crash),
        2 => Just(Act::Commit),
    ];
    prop::collection::vec(act, 1..40)
}

struct Run {
    source: FakeSource,
    journal: MemoryJournal,
    agent: Agent,
    next_generation: u64,
    numbers: BTreeMap<u64, Vec<u8>>,
    has_listed: bool,
}

impl Run {
    fn new() -> Self {
        let (source, journal) = (FakeSource::default(), MemoryJournal::new());
        source.state().root = Some(RootInode { dev: 7, ino: 2 });
        let (agent, _) = agent_with(&source, &journal, AgentOptions::default());
        let (next_generation, numbers, has_listed) = (0, BTreeMap::new(), false);
        Self { source, journal, agent, next_generation, numbers, has_listed }
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Put(name, len, is_told) => {
                self.next_generation += 1;
                let name = name.to_string();
                let bytes = random(len.into(), self.next_generation);
                self.source.put(&name, self.next_generation, &bytes);
                if is_told {
                    self.agent.apply(self.source.upsert(&name)).unwrap();
                }
            }
            Act::Remove(name, is_told) => {
                self.source.remove(&name.to_string());
                if is_told {
                    self.agent.apply(Event::Gone(key(&name.to_string()))).unwrap();
                }
            }
            Act::Scan => {
                self.agent.scan().unwrap();
                self.has_listed = true;
                self.check_is_source();
            }
            Act::ScanThatFails(count) => {
                self.source.state().fails_after = Some(count);
                assert!(self.agent.scan().is_err());
                self.source.state().fails_after = None;
            }
            Act::Unavailable => {
                let before = self.agent.objects();
                self.source.state().is_unavailable = true;
                assert!(self.agent.scan().is_err());
                self.source.state().is_unavailable = false;
                assert_eq!(self.agent.objects(), before);
            }
            Act::Unmounted => self.unmounted(),
            Act::Epoch => {
                self.agent.apply(Event::Epoch(9)).unwrap();
                let names: Vec<String> = self.source.state().objects.keys().cloned().collect();
                for name in names {
                    self.agent.apply(self.source.upsert(&name)).unwrap();
                }
                let end = Event::Cursor(crate::source::Cursor::new(b"e".as_slice()));
                self.agent.apply(end).unwrap();
                self.check_is_source();
            }
            Act::Crash(kept) => {
                self.journal = self.journal.after_crash(kept);
                (self.agent, _) = agent_with(&self.source, &self.journal, AgentOptions::default());
            }
            Act::Commit => self.agent.commit().unwrap(),
        }
        self.check_served();
    }

    fn unmounted(&mut self) {
        if !self.has_listed {
            return;
        }
        let before = self.agent.objects();
        let mounted = std::mem::take(&mut self.source.state().objects);
        let root = self.source.state().root.replace(RootInode { dev: 1, ino: 1 });
        let listed = self.agent.scan();
        assert_eq!(matches!(listed, Err(Error::SweepRefused(_))), before > 0);
        self.source.state().objects = mounted;
        self.source.state().root = root;
        assert_eq!(self.agent.objects(), before);
        self.act(&Act::Scan);
    }

    /// The agent tells of what the source holds, all of it and nothing else.
    fn check_is_source(&self) {
        let wholes = told(&self.agent).into_iter().map(|seen| {
            let row = ObjectRow::decode(&seen.bytes).unwrap();
            (row.representations[0].whole, row.representations[0].len)
        });
        let mut wholes: Vec<([u8; 32], u64)> = wholes.collect();
        let state = self.source.state();
        let held = state.objects.values();
        let mut held: Vec<([u8; 32], u64)> =
            held.map(|it| (*blake3::hash(&it.bytes).as_bytes(), it.bytes.len() as u64)).collect();
        wholes.sort_unstable();
        held.sort_unstable();
        assert_eq!(wholes, held);
    }

    /// Whatever was told: what is served is right, and a number names one object for ever.
    fn check_served(&mut self) {
        let plan = self.agent.snapshot(100);
        for part in 0..plan.parts() {
            let part = self.agent.snapshot_part(&plan, part).unwrap().unwrap();
            let crate::agent::FeedMessage::Snapshot(part) = part else { panic!("a part") };
            for (_, seen) in part.objects {
                let row = ObjectRow::decode(&seen.bytes).unwrap();
                let log_key = row.scoped.log_key.unwrap().as_bytes().to_vec();
                let known = self.numbers.entry(seen.object.get()).or_insert(log_key.clone());
                assert_eq!(*known, log_key, "a number was given twice");
                for it in &seen.chunks {
                    let range = PullRange { offset: it.offset, length: it.length, chunk: it.chunk };
                    let request = PullRequest {
                        object: seen.object,
                        generation: row.generation,
                        recipe: row.representations[0].recipe.clone(),
                        ranges: vec![range],
                    };
                    let pulled = self.agent.pull(&request, &mut |_, answer| {
                        let is_right = match answer {
                            RangeAnswer::Ok(bytes) => blake3::hash(&bytes) == *it.chunk.as_bytes(),
                            RangeAnswer::Gone | RangeAnswer::Changed => true,
                            _ => false,
                        };
                        assert!(is_right);
                        ControlFlow::Continue(())
                    });
                    pulled.unwrap();
                }
            }
        }
    }
}

#[test]
fn agent_tells_and_serves_what_its_source_holds_over_any_history() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[12; 32]);
    let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&acts(), |acts| {
        let mut run = Run::new();
        for act in &acts {
            run.act(act);
        }
        run.act(&Act::Scan);
        assert_eq!(run.agent.counts().mismatches, 0);
        Ok(())
    });
    result.unwrap();
}
