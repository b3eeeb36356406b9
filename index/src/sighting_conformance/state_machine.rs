//! Goal: no order of messages, reports, crashes and compactions makes a set of sightings answer
//! other than the model. Method: transitions drawn and shrunk by proptest; after each, every chunk
//! and object there is and every source are compared.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::strategy::BoxedStrategy;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use super::model::Model;
use super::subject::{SightingSubject, chunk, object, source};
use crate::sighting::{ObjectNumber, SourceId, id_prefix};
use crate::sighting_feed::{
    Change, Delta, FeedAnswer, FeedMessage, Hello, SeenObject, SnapshotPart,
    SourceKind::{Listed, Ring},
};
use crate::sighting_index::{Outcome, SightingLimits};

const SOURCES: u16 = 3;
const OBJECTS: u64 = 6;
const CHUNKS: u64 = 24;
const PART_OBJECTS_MAX: u64 = 5;
const SEQ_FIRST: u64 = 1000;

/// A set that can be killed. Where nothing outlives the process, it never is.
pub(crate) trait CrashSubject: SightingSubject {
    /// Whether it outlives the process, but for leases.
    const IS_DURABLE: bool;
    fn create(limits: SightingLimits) -> Self;
    /// What a kill at this moment leaves, opened again.
    fn crash(self) -> Self;
    /// Sweeps all dead rows.
    fn compact(&self);
}

#[derive(Debug, Clone)]
pub(crate) enum Transition {
    Feed(SourceId, FeedMessage),
    Report(SourceId, Vec<(u64, Outcome)>),
    Replace(SourceId, u64, Vec<u8>),
    Remove(SourceId),
    Advance(Duration),
    Compact,
    Reopen,
    Crash,
}

/// The model as proptest takes it. `DURABLE` adds reopening and crashes.
#[derive(Debug)]
pub(crate) struct Reference<const DURABLE: bool>;

fn any_object() -> impl Strategy<Value = SeenObject> {
    (0..OBJECTS, vec(0..CHUNKS, 0..5)).prop_map(|(number, chunks)| object(number, &chunks))
}

fn any_change() -> impl Strategy<Value = Change> {
    proptest::prop_oneof![
        4 => any_object().prop_map(Change::Add),
        2 => (0..OBJECTS).prop_map(|number| Change::Evict(ObjectNumber::new(number))),
        1 => (0..OBJECTS).prop_map(|number| Change::Touch(ObjectNumber::new(number))),
    ]
}

/// Mostly `next`, else near it.
fn near(next: u64) -> impl Strategy<Value = u64> {
    proptest::prop_oneof![
        6 => Just(next),
        2 => next.saturating_sub(3)..=next + 2,
    ]
}

fn any_hello(epoch: u32) -> impl Strategy<Value = FeedMessage> {
    let kind = proptest::prop_oneof![Just(Listed), Just(Ring)];
    (near(epoch.into()), kind, 1..50u64, 0..3u32).prop_map(|(epoch, kind, lease, cost)| {
        let (epoch, lease) = (u32::try_from(epoch).unwrap(), Duration::from_secs(lease));
        FeedMessage::Hello(Hello { epoch, kind, lease, cost })
    })
}

/// A part that goes on, or begins at `seq`.
fn any_part(
    epoch: u32,
    seq: u64,
    next: Option<(u32, u64, u64)>,
) -> impl Strategy<Value = FeedMessage> {
    let objects = vec(any_object(), 0..5);
    let (part, low_seq, high_seq) = next.unwrap_or((0, seq.saturating_sub(5), seq));
    let numbers = (near(epoch.into()), near(high_seq), near(part.into()), near(low_seq));
    (numbers, any::<bool>(), objects).prop_map(|(numbers, is_last, objects)| {
        let (epoch, high_seq, part, low_seq) = numbers;
        // No object is named twice with one seq, in another part neither.
        let seqs = (0..=high_seq.saturating_sub(part * PART_OBJECTS_MAX)).rev();
        FeedMessage::Snapshot(SnapshotPart {
            epoch: u32::try_from(epoch).unwrap(),
            low_seq,
            high_seq,
            part: u32::try_from(part).unwrap(),
            is_last,
            chunks_expected: 5,
            objects: seqs.zip(objects).collect(),
        })
    })
}

fn any_delta(epoch: u32, seq: u64) -> impl Strategy<Value = FeedMessage> {
    let numbers = (near(epoch.into()), near(seq + 1), 0..8u64);
    (numbers, vec(any_change(), 0..4)).prop_map(|((epoch, first_seq, span), changes)| {
        let (epoch, low_seq) = (u32::try_from(epoch).unwrap(), first_seq.saturating_sub(span));
        FeedMessage::Delta(Delta { epoch, first_seq, low_seq, changes })
    })
}

/// A message that fits where the source's feed stands, more often than not.
fn any_message(model: &Model, id: SourceId) -> BoxedStrategy<FeedMessage> {
    let (epoch, position) = match model.sources.get(&id) {
        Some(source) => (source.epoch, source.position),
        None => (0, FeedAnswer::SendHello),
    };
    let (seq, next) = match position {
        FeedAnswer::Following { seq } => (seq, None),
        FeedAnswer::SendPart { part } => {
            let (low_seq, high_seq) = model.sources.get(&id).map_or((0, 0), |source| source.range);
            (high_seq, Some((part, low_seq, high_seq)))
        }
        FeedAnswer::SendSnapshot | FeedAnswer::SendHello => (SEQ_FIRST, None),
    };
    let wants = |wanted: bool| if wanted { 12 } else { 2 };
    proptest::prop_oneof![
        wants(position == FeedAnswer::SendHello) => any_hello(epoch),
        wants(!matches!(position, FeedAnswer::Following { .. })) => any_part(epoch, seq, next),
        wants(matches!(position, FeedAnswer::Following { .. })) => any_delta(epoch, seq),
        1 => near(epoch.into())
            .prop_map(|epoch| FeedMessage::Lease { epoch: u32::try_from(epoch).unwrap() }),
    ]
    .boxed()
}

fn any_outcomes() -> impl Strategy<Value = Vec<(u64, Outcome)>> {
    let outcome = proptest::prop_oneof![3 => Just(Outcome::Verified), 1 => Just(Outcome::False)];
    let lies = vec((0..CHUNKS, Just(Outcome::False)), 15..25);
    proptest::prop_oneof![4 => vec((0..CHUNKS, outcome), 0..9), 1 => lies]
}

impl<const DURABLE: bool> ReferenceStateMachine for Reference<DURABLE> {
    type State = Model;
    type Transition = Transition;

    fn init_state() -> BoxedStrategy<Model> {
        let (sources, now) = (BTreeMap::new(), Duration::ZERO);
        (2..40u64)
            .prop_map(move |limit| Model { sources: sources.clone(), now, answer: None, limit })
            .boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Transition> {
        let messages: Vec<_> = (0..SOURCES)
            .map(source)
            .map(|id| any_message(model, id).prop_map(move |message| Transition::Feed(id, message)))
            .collect();
        let sources = || (0..SOURCES).prop_map(source);
        let report = (sources(), any_outcomes()).prop_map(|(id, of)| Transition::Report(id, of));
        let replace = (sources(), 0..OBJECTS, vec(any::<u8>(), 0..9))
            .prop_map(|(id, number, bytes)| Transition::Replace(id, number, bytes));
        let again = if DURABLE { 2 } else { 0 };
        proptest::prop_oneof![
            30 => proptest::strategy::Union::new(messages),
            3 => report,
            2 => replace,
            1 => sources().prop_map(Transition::Remove),
            3 => (0..20u64).prop_map(|time| Transition::Advance(Duration::from_secs(time))),
            2 => Just(Transition::Compact),
            again => Just(Transition::Reopen),
            again => Just(Transition::Crash),
        ]
        .boxed()
    }

    fn apply(mut model: Model, transition: &Transition) -> Model {
        match transition {
            Transition::Feed(id, message) => model.feed(*id, message),
            Transition::Report(id, outcomes) => {
                let prefix = |&(number, outcome): &_| (id_prefix(&chunk(number)), outcome);
                model.report(*id, &outcomes.iter().map(prefix).collect::<Vec<_>>());
            }
            Transition::Replace(id, number, bytes) => {
                model.replace(*id, ObjectNumber::new(*number), bytes);
            }
            Transition::Remove(id) => {
                model.sources.remove(id);
            }
            Transition::Advance(time) => model.now += *time,
            Transition::Compact => {}
            Transition::Reopen | Transition::Crash => model.forget_leases(),
        }
        model
    }
}

/// The comparison of one implementation with the model.
#[derive(Debug)]
pub(crate) struct Comparison<S, const DURABLE: bool>(PhantomData<S>);

impl<S: CrashSubject, const DURABLE: bool> StateMachineTest for Comparison<S, DURABLE> {
    type SystemUnderTest = S;
    type Reference = Reference<DURABLE>;

    fn init_test(model: &Model) -> S {
        assert_eq!(S::IS_DURABLE, DURABLE);
        S::create(SightingLimits { sightings_per_source_max: model.limit })
    }

    fn apply(index: S, model: &Model, transition: Transition) -> S {
        match transition {
            Transition::Feed(id, message) => {
                let answer = index.apply_feed(id, &message, model.now);
                assert_eq!(answer.ok(), model.answer);
            }
            Transition::Report(id, outcomes) => {
                let id_of = |(number, outcome)| (chunk(number), outcome);
                let outcomes: Vec<_> = outcomes.into_iter().map(id_of).collect();
                index.report(id, &outcomes).unwrap();
            }
            Transition::Replace(id, number, bytes) => {
                index.replace_objects(id, &[(ObjectNumber::new(number), bytes)]).unwrap();
            }
            Transition::Remove(id) => index.remove_source(id).unwrap(),
            Transition::Advance(_) => {}
            Transition::Compact => index.compact(),
            Transition::Reopen => return index.reopen(),
            Transition::Crash => return index.crash(),
        }
        index
    }

    fn check_invariants(index: &S, model: &Model) {
        let asked: Vec<_> = (0..CHUNKS).map(chunk).collect();
        let expected: Vec<_> = asked.iter().map(|id| model.sightings(&id_prefix(id))).collect();
        assert_eq!(index.sightings_batch(&asked, model.now).unwrap(), expected);

        let asked: Vec<_> = (0..SOURCES)
            .flat_map(|id| (0..OBJECTS).map(move |number| (source(id), ObjectNumber::new(number))))
            .collect();
        let expected: Vec<_> =
            asked.iter().map(|(id, number)| model.object(*id, *number)).collect();
        assert_eq!(index.objects_batch(&asked).unwrap(), expected);

        let stats = index.stats(model.now).unwrap();
        let found = stats.sources.iter().map(|stats| {
            let quality = (stats.verified, stats.attempted);
            (stats.source, (stats.epoch, stats.is_present, stats.is_resting, quality))
        });
        let expected = model.sources.iter().map(|(id, source)| (*id, source.report(model.now)));
        assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        assert!(stats.sources.iter().all(|source| source.sightings_max <= model.limit));
    }
}
