//! The contract in thirty lines of maps, and random operations on it and on an index.

use std::collections::BTreeMap;

use gleaner_chunker::{ChunkId, PackId};

use super::seeded::Seeded;
use super::subject::{Subject, chunk, live, pack};
use crate::chunk_index::{Location, Lookup};
use crate::pack_facts::{PackFacts, PackKind, PackState};

#[derive(Default)]
struct Model {
    rows: BTreeMap<ChunkId, PackId>,
    packs: BTreeMap<PackId, (PackFacts, Vec<ChunkId>)>,
}

impl Model {
    fn is_live(&self, pack: PackId) -> bool {
        self.packs.get(&pack).is_some_and(|(facts, _)| facts.state == PackState::Live)
    }

    /// Whether the contract permits the answer.
    fn permits(&self, id: ChunkId, answer: Lookup) -> bool {
        match answer {
            Lookup::Stored(Location { pack, slot }) => {
                let first = |ids: &[ChunkId]| ids.iter().position(|other| *other == id);
                self.is_live(pack) && first(&self.packs[&pack].1) == usize::try_from(slot).ok()
            }
            Lookup::Novel => !self.rows.get(&id).is_some_and(|pack| self.is_live(*pack)),
            Lookup::Failed { .. } => false,
        }
    }

    fn check(&self, index: &impl Subject, place: &str) {
        let everything: Vec<_> = (0..CHUNKS).map(chunk).collect();
        for answers in [index.lookup_batch(&everything), index.locate_batch(&everything)] {
            for (&id, answer) in everything.iter().zip(answers) {
                assert!(self.permits(id, answer), "{place}: chunk {id}: {answer:?}");
            }
        }
        let packs: Vec<_> = self.packs.values().map(|(facts, _)| *facts).collect();
        assert_eq!(index.packs().expect("packs"), packs, "{place}");
    }

    fn insert(&mut self, facts: PackFacts, ids: &[ChunkId]) {
        let pack = facts.pack;
        self.packs.entry(pack).or_insert((facts, ids.to_vec()));
        for &id in ids {
            let kept = match self.rows.get(&id) {
                Some(present) => self.is_live(*present) || !self.is_live(pack),
                None => false,
            };
            if !kept {
                self.rows.insert(id, pack);
            }
        }
    }

    fn remove(&mut self, pack: PackId) {
        self.packs.remove(&pack);
        self.rows.retain(|_, holder| *holder != pack);
    }
}

const PACKS: u64 = 14;
const CHUNKS: u64 = 60;

/// Packs never change, so the seed and the number determine one.
fn content(seed: u64, number: u64) -> Vec<ChunkId> {
    let mut seeded = Seeded::new(seed << 32 | number);
    (0..seeded.below(16)).map(|_| chunk(seeded.below(CHUNKS))).collect()
}

fn any_state(seeded: &mut Seeded) -> PackState {
    [PackState::Live, PackState::Live, PackState::Condemned, PackState::Trash]
        [usize::try_from(seeded.below(4)).expect("small")]
}

/// Inserts, removals, changes of state and reopenings in random order; after each the index gives
/// answers that the model permits for all chunks, and knows the model's packs.
pub fn random_operations_match_the_model(index: impl Subject, seed: u64, steps: u32) {
    go_on(index, Model::default(), Seeded::new(seed), (seed, steps));
}

/// An index that was built of random packs at once, some in it twice, is one that the model permits
/// after the same packs were inserted one by one; and so it goes on.
pub fn built_index_matches_the_model<S: Subject>(
    build: impl FnOnce(Vec<(PackFacts, Vec<ChunkId>)>) -> S,
    seed: u64,
    steps: u32,
) {
    let (mut seeded, mut model, mut packs) = (Seeded::new(seed), Model::default(), Vec::new());
    for _ in 0..seeded.below(2 * PACKS) {
        let number = seeded.below(PACKS);
        let ids = content(seed, number);
        let facts = facts(number, &ids, any_state(&mut seeded));
        model.insert(facts, &ids);
        packs.push((facts, ids));
    }
    let index = build(packs);
    model.check(&index, &format!("seed {seed}, built"));
    go_on(index, model, seeded, (seed, steps));
}

fn facts(number: u64, ids: &[ChunkId], state: PackState) -> PackFacts {
    let kind = if number < PACKS / 2 { PackKind::Data } else { PackKind::Tree };
    PackFacts { kind, state, ..live(number, ids) }
}

fn go_on(mut index: impl Subject, mut model: Model, mut seeded: Seeded, (seed, steps): (u64, u32)) {
    for step in 0..steps {
        let number = seeded.below(PACKS);
        match seeded.below(20) {
            0..=8 => {
                let ids = content(seed, number);
                let facts = facts(number, &ids, any_state(&mut seeded));
                index.insert_pack(facts, &ids).expect("insert");
                model.insert(facts, &ids);
            }
            9..=11 => {
                let removed = [pack(number), pack((number + 5) % PACKS)];
                index.remove_packs(&removed).expect("remove");
                model.remove(removed[0]);
                model.remove(removed[1]);
            }
            12..=17 => {
                let named = model.packs.keys().take(3).copied();
                let named = named.chain(model.packs.keys().next().copied());
                let states: Vec<_> = named.map(|pack| (pack, any_state(&mut seeded))).collect();
                index.set_pack_states(&states).expect("set states");
                for (pack, state) in states {
                    model.packs.get_mut(&pack).expect("known").0.state = state;
                }
            }
            18 => index.checkpoint().expect("checkpoint"),
            _ => index = index.reopen(),
        }
        model.check(&index, &format!("seed {seed}, step {step}"));
    }
}
