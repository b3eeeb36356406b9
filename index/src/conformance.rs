//! What every index promises, as tests that take the index to be tested.
//!
//! Goal: the contract of [`ChunkIndex`] holds whatever is below it. Method: each function is one
//! claim and gets a fresh, empty index from a factory; [`all`] runs them all, the last against a
//! model under seeded random operations. If a claim fails, a backup stores chunks twice, or a
//! restore reads a wrong chunk and stops.

#![expect(clippy::missing_panics_doc, reason = "a claim that does not hold panics")]
#![expect(clippy::indexing_slicing, reason = "the functions are test code")]

mod seeded;
mod shelf;
mod subject;
mod model;

use gleaner_chunker::{ChunkId, ErrorKind};

use crate::chunk_index::{ChunkIndex, Lookup};
use crate::error::Error;
use crate::pack_facts::{PACK_CHUNKS_MAX, PackFacts, PackKind, PackState};

pub use model::{built_index_matches_the_model, random_operations_match_the_model};
pub use seeded::Seeded;
pub use shelf::Shelf;
pub use subject::{Subject, chunk, insert, live, pack, stored};

/// Runs every claim, each on a fresh index.
pub fn all<S: Subject>(create: impl Fn() -> S) {
    lookup_answers_in_input_order_with_duplicates(&create());
    empty_batches_and_packs_are_fine(&create());
    batch_of_any_length_is_answered(&create());
    facts_come_back_as_given_in_order_of_id(&create());
    first_row_is_kept_while_its_pack_is_live(&create());
    rows_of_packs_not_live_are_misses(&create());
    live_pack_takes_over_rows_of_packs_not_live(&create());
    pack_not_live_takes_over_unknown_rows_only(&create());
    pack_inserted_twice_is_idempotent(&create());
    survivor_inserted_again_gets_its_rows(&create());
    removed_pack_can_come_back(&create());
    limits_are_refused_and_change_nothing(&create());
    states_are_set_together_or_not_at_all(&create());
    reopened_index_answers_the_same(create());
    lookups_beside_inserts_are_never_wrong(&create());
    for seed in 1..=4 {
        random_operations_match_the_model(create(), seed, 300);
    }
}

fn chunks(numbers: impl IntoIterator<Item = u64>) -> Vec<ChunkId> {
    numbers.into_iter().map(chunk).collect()
}

fn set_state(index: &impl ChunkIndex, number: u64, state: PackState) {
    index.set_pack_states(&[(pack(number), state)]).expect("set state");
}

/// Answers follow the question, not the order of rows.
pub fn lookup_answers_in_input_order_with_duplicates(index: &impl ChunkIndex) {
    insert(index, 1, &chunks([10, 11, 12]));
    insert(index, 2, &chunks([20, 21]));
    let asked = chunks([21, 10, 99, 21, 12, 99, 10, 11, 20, 21]);
    let novel = Lookup::Novel;
    let expected = [
        stored(2, 1),
        stored(1, 0),
        novel,
        stored(2, 1),
        stored(1, 2),
        novel,
        stored(1, 0),
        stored(1, 1),
        stored(2, 0),
        stored(2, 1),
    ];
    assert_eq!(index.lookup_batch(&asked), expected);
}

/// Nothing is a valid question and a valid pack.
pub fn empty_batches_and_packs_are_fine(index: &impl ChunkIndex) {
    assert_eq!(index.lookup_batch(&[]), []);
    assert_eq!(index.lookup_batch(&[chunk(1)]), [Lookup::Novel]);
    insert(index, 1, &[]);
    index.remove_packs(&[]).expect("remove none");
    index.set_pack_states(&[]).expect("set none");
    assert_eq!(index.packs().expect("packs"), [live(1, &[])]);
    assert_eq!(index.lookup_batch(&[chunk(1)]), [Lookup::Novel]);
}

/// Lengths around those at which implementations may cut batches.
pub fn batch_of_any_length_is_answered(index: &impl ChunkIndex) {
    let ids = chunks(0..5000);
    insert(index, 1, &ids[..2500]);
    for count in [1, 2, 31, 32, 33, 1023, 1024, 1025, 4095, 4096, 4097, 5000] {
        let answers = index.lookup_batch(&ids[5000 - count..]);
        assert_eq!(answers.len(), count);
        for (slot, answer) in (5000 - count..).zip(answers) {
            let slot = u32::try_from(slot).expect("small");
            assert_eq!(answer, if slot < 2500 { stored(1, slot) } else { Lookup::Novel });
        }
    }
}

/// Each field at its limits.
pub fn facts_come_back_as_given_in_order_of_id(index: &impl ChunkIndex) {
    let cases = [
        (PackKind::Data, PackState::Live, 0),
        (PackKind::Tree, PackState::Condemned, 1 << 40),
        (PackKind::Data, PackState::Trash, u64::MAX),
    ];
    let mut given = Vec::new();
    for (number, (kind, state, sealed_bytes)) in (0..).zip(cases) {
        let ids = chunks(100 * number..100 * number + number);
        let facts = PackFacts { kind, state, sealed_bytes, ..live(number, &ids) };
        index.insert_pack(facts, &ids).expect("insert");
        given.push(facts);
    }
    given.sort_by_key(|facts| facts.pack);
    assert_eq!(index.packs().expect("packs"), given);
    let sizes = index.stats().expect("sizes");
    assert_eq!((sizes.packs_live, sizes.packs_other, sizes.chunks_listed), (1, 2, 3));
}

/// A second copy of a chunk does not move it.
pub fn first_row_is_kept_while_its_pack_is_live(index: &impl ChunkIndex) {
    insert(index, 1, &chunks([10, 11]));
    insert(index, 2, &chunks([20, 10, 20]));
    assert_eq!(index.lookup_batch(&chunks([10, 20])), [stored(1, 0), stored(2, 0)]);
}

/// A condemned pack serves restores, not new backups.
pub fn rows_of_packs_not_live_are_misses(index: &impl ChunkIndex) {
    insert(index, 1, &chunks([10]));
    for state in [PackState::Condemned, PackState::Trash] {
        set_state(index, 1, state);
        assert_eq!(index.lookup_batch(&chunks([10])), [Lookup::Novel]);
    }
    set_state(index, 1, PackState::Live);
    assert_eq!(index.lookup_batch(&chunks([10])), [stored(1, 0)]);
    index.remove_packs(&[pack(1), pack(7)]).expect("remove");
    assert_eq!(index.lookup_batch(&chunks([10])), [Lookup::Novel]);
    assert_eq!(index.packs().expect("packs"), []);
}

/// A chunk that is stored again is found again.
pub fn live_pack_takes_over_rows_of_packs_not_live(index: &impl ChunkIndex) {
    insert(index, 1, &chunks([10, 11]));
    insert(index, 2, &chunks([20, 21]));
    set_state(index, 1, PackState::Condemned);
    index.remove_packs(&[pack(2)]).expect("remove");
    insert(index, 3, &chunks([11, 21]));
    let expected = [Lookup::Novel, stored(3, 0), Lookup::Novel, stored(3, 1)];
    assert_eq!(index.lookup_batch(&chunks([10, 11, 20, 21])), expected);
}

/// A pack that comes in condemned brings rows for its rescue, and steals none.
pub fn pack_not_live_takes_over_unknown_rows_only(index: &impl ChunkIndex) {
    insert(index, 1, &chunks([10]));
    set_state(index, 1, PackState::Condemned);
    insert(index, 2, &chunks([20]));
    index.remove_packs(&[pack(2)]).expect("remove");
    let ids = chunks([10, 20, 30]);
    let facts = PackFacts { state: PackState::Condemned, ..live(3, &ids) };
    index.insert_pack(facts, &ids).expect("insert");
    assert_eq!(index.lookup_batch(&ids), [Lookup::Novel; 3]);
    set_state(index, 3, PackState::Live);
    assert_eq!(index.lookup_batch(&ids), [Lookup::Novel, stored(3, 1), stored(3, 2)]);
    set_state(index, 1, PackState::Live);
    index.remove_packs(&[pack(3)]).expect("remove");
    let expected = [stored(1, 0), Lookup::Novel, Lookup::Novel];
    assert_eq!(index.lookup_batch(&ids), expected, "the first row was not taken");
}

/// Catching up may meet a pack that is already in.
pub fn pack_inserted_twice_is_idempotent(index: &impl ChunkIndex) {
    let ids = chunks([10, 11, 10]);
    insert(index, 1, &ids);
    insert(index, 2, &chunks([11, 12]));
    let packs = index.packs().expect("packs");
    let asked = chunks([10, 11, 12]);
    let answers = index.lookup_batch(&asked);
    insert(index, 1, &ids);
    assert_eq!(index.packs().expect("packs"), packs);
    assert_eq!(index.lookup_batch(&asked), answers);

    set_state(index, 1, PackState::Condemned);
    insert(index, 1, &ids);
    let state = |number| {
        let packs = index.packs().expect("packs");
        packs.iter().find(|facts| facts.pack == pack(number)).expect("known").state
    };
    assert_eq!(state(1), PackState::Condemned, "inserting again does not revive");
    assert_eq!(index.lookup_batch(&asked), [Lookup::Novel, Lookup::Novel, stored(2, 1)]);
}

/// The way by which chunks of a condemned pack stay known: the pack with their copies again.
pub fn survivor_inserted_again_gets_its_rows(index: &impl ChunkIndex) {
    let survivors = chunks([11, 10]);
    insert(index, 1, &chunks([10, 11, 12]));
    insert(index, 2, &survivors);
    set_state(index, 1, PackState::Condemned);
    assert_eq!(index.lookup_batch(&survivors), [Lookup::Novel; 2]);
    insert(index, 2, &survivors);
    assert_eq!(index.lookup_batch(&survivors), [stored(2, 0), stored(2, 1)]);
    assert_eq!(index.packs().expect("packs").len(), 2);
}

/// A name that vanished from a listing and is listed again.
pub fn removed_pack_can_come_back(index: &impl ChunkIndex) {
    let ids = chunks([10, 11]);
    insert(index, 1, &ids);
    index.remove_packs(&[pack(1), pack(1)]).expect("remove");
    insert(index, 2, &ids[1..]);
    insert(index, 1, &ids);
    assert_eq!(index.lookup_batch(&ids), [stored(1, 0), stored(2, 0)]);
}

/// Slots have 24 bits, and a list is as long as its facts say.
pub fn limits_are_refused_and_change_nothing(index: &impl ChunkIndex) {
    let ids = chunks([10, 11]);
    insert(index, 1, &ids);
    let packs = index.packs().expect("packs");

    let counted = |chunk_count| PackFacts { chunk_count, ..live(2, &[]) };
    for chunk_count in [PACK_CHUNKS_MAX + 1, u32::MAX] {
        let refused = index.insert_pack(counted(chunk_count), &ids).expect_err("above the limit");
        assert!(matches!(refused, Error::TooManyChunks { .. }));
        assert_eq!(refused.kind(), ErrorKind::FixInput);
    }
    for chunk_count in [0, 1, 3, PACK_CHUNKS_MAX - 1, PACK_CHUNKS_MAX] {
        let refused = index.insert_pack(counted(chunk_count), &ids).expect_err("other count");
        assert!(matches!(refused, Error::ChunkCount { found: 2, .. }));
        assert_eq!(refused.kind(), ErrorKind::FixInput);
    }
    let other = [
        PackFacts { kind: PackKind::Tree, ..live(1, &ids) },
        PackFacts { sealed_bytes: 5, ..live(1, &ids) },
    ];
    for facts in other {
        let refused = index.insert_pack(facts, &ids).expect_err("known with other facts");
        assert!(matches!(refused, Error::PackDiffers { .. }));
    }
    let shorter = index.insert_pack(live(1, &ids[..1]), &ids[..1]).expect_err("known, longer");
    assert!(matches!(shorter, Error::PackDiffers { .. }));

    assert_eq!(index.packs().expect("packs"), packs);
    assert_eq!(index.lookup_batch(&ids), [stored(1, 0), stored(1, 1)]);
}

/// One unknown pack among the states refuses them all.
pub fn states_are_set_together_or_not_at_all(index: &impl ChunkIndex) {
    insert(index, 1, &chunks([10]));
    insert(index, 2, &chunks([20]));
    let states = [(pack(1), PackState::Trash), (pack(3), PackState::Trash)];
    let refused = index.set_pack_states(&states).expect_err("unknown pack");
    assert!(matches!(refused, Error::UnknownPack { .. }));
    assert_eq!(refused.kind(), ErrorKind::FixInput);
    assert_eq!(index.lookup_batch(&chunks([10, 20])), [stored(1, 0), stored(2, 0)]);

    let states =
        [(pack(1), PackState::Trash), (pack(2), PackState::Condemned), (pack(1), PackState::Live)];
    index.set_pack_states(&states).expect("states");
    assert_eq!(index.lookup_batch(&chunks([10, 20])), [stored(1, 0), Lookup::Novel]);
}

/// Closing loses nothing, with or without a checkpoint.
pub fn reopened_index_answers_the_same(index: impl Subject) {
    insert(&index, 1, &chunks([10, 11]));
    insert(&index, 2, &chunks([20, 11]));
    index.checkpoint().expect("checkpoint");
    insert(&index, 3, &chunks([30]));
    set_state(&index, 1, PackState::Condemned);
    index.remove_packs(&[pack(3)]).expect("remove");
    insert(&index, 4, &chunks([11, 40]));

    let asked = chunks([10, 11, 20, 30, 40]);
    let assert_found = |answers: &[Lookup], spared: [Lookup; 2]| {
        let (first, fourth) = (answers[0], answers[3]);
        assert_eq!([first, fourth], spared);
        // Two live packs hold chunk 11.
        assert!([stored(2, 1), stored(4, 0)].contains(&answers[1]), "{answers:?}");
        assert_eq!([answers[2], answers[4]], [stored(2, 0), stored(4, 1)]);
    };
    assert_found(&index.lookup_batch(&asked), [Lookup::Novel; 2]);
    let packs = index.packs().expect("packs");
    let index = index.reopen();
    assert_found(&index.lookup_batch(&asked), [Lookup::Novel; 2]);
    assert_eq!(index.packs().expect("packs"), packs);

    insert(&index, 5, &chunks([50, 30, 10]));
    let index = index.reopen();
    assert_found(&index.lookup_batch(&asked), [stored(5, 2), stored(5, 1)]);
}

/// Four threads: two insert packs with common chunks, two look them up.
pub fn lookups_beside_inserts_are_never_wrong(index: &impl ChunkIndex) {
    const PACKS: u64 = 40;
    let ids_of = |number: u64| chunks(number * 50..number * 50 + 60);
    let correct = |number: u64, answer| match answer {
        Lookup::Stored(at) => {
            let slot = usize::try_from(at.slot).expect("small");
            let holder = (1..=PACKS).find(|&other| pack(other) == at.pack).expect("known pack");
            ids_of(holder).get(slot) == Some(&chunk(number))
        }
        Lookup::Novel => true,
        Lookup::Failed { .. } => false,
    };
    let look_up = || {
        let numbers = 0..PACKS * 50 + 60;
        let asked = chunks(numbers.clone());
        while index.packs().expect("packs").len() < 40 {
            for (number, answer) in numbers.clone().zip(index.lookup_batch(&asked)) {
                assert!(correct(number, answer), "chunk {number}: {answer:?}");
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| (1..=PACKS).rev().for_each(|number| insert(index, number, &ids_of(number))));
        scope.spawn(|| (1..=PACKS).for_each(|number| insert(index, number, &ids_of(number))));
        scope.spawn(look_up);
        scope.spawn(look_up);
    });
    for number in 50..PACKS * 50 + 60 {
        let answer = index.lookup_batch(&[chunk(number)])[0];
        assert!(answer != Lookup::Novel && correct(number, answer), "chunk {number}: {answer:?}");
    }
}
