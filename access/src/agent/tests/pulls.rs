use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use gleaner_chunker::IdHasher;

use super::fake_source::{FakeSource, Hook, agent, agent_with, generation, random, told};
use crate::agent::{
    Agent, AgentOptions, MemoryJournal, ObjectNumber, ObjectRow, PULL_RANGES_MAX, PullRange,
    PullRequest, RangeAnswer, SeenObject,
};
use crate::clock::Clock;
use crate::error::Error;
use crate::recipe::Recipe;
use crate::scope::{Scope, SubscriberId};

pub(super) fn pull(agent: &Agent, request: &PullRequest) -> Vec<RangeAnswer> {
    let mut answers = Vec::new();
    let result = agent.pull(request, &mut |place, answer| {
        assert_eq!(place, answers.len());
        answers.push(answer);
        ControlFlow::Continue(())
    });
    result.unwrap();
    answers
}

/// A request for all chunks of an object's first representation.
pub(super) fn all_of(seen: &SeenObject) -> PullRequest {
    let row = ObjectRow::decode(&seen.bytes).unwrap();
    let chunks = seen.chunks.iter().filter(|it| it.representation == 0);
    let range = |it: &crate::agent::SeenChunk| PullRange {
        offset: it.offset,
        length: it.length,
        chunk: it.chunk,
    };
    PullRequest {
        object: seen.object,
        generation: row.generation,
        recipe: row.representations[0].recipe.clone(),
        ranges: chunks.map(range).collect(),
    }
}

/// A source with one object, its agent, and a request for it.
fn one(bytes: &[u8]) -> (FakeSource, Agent, PullRequest) {
    let source = FakeSource::default();
    source.put("a", 1, bytes);
    let agent = agent(&source);
    agent.scan().unwrap();
    let request = all_of(&told(&agent)[0]);
    (source, agent, request)
}

fn joined(answers: Vec<RangeAnswer>) -> Vec<u8> {
    let bytes = answers.into_iter().flat_map(|answer| match answer {
        RangeAnswer::Ok(bytes) => bytes,
        other => panic!("{other:?}"),
    });
    bytes.collect()
}

#[test]
fn every_representation_that_was_told_of_is_served_byte_for_byte() {
    let bytes = random(20 << 20, 1);
    let (_, agent, request) = one(&bytes);
    assert!(request.ranges.len() > 100);
    assert!(joined(pull(&agent, &request)) == bytes);
    assert_eq!(agent.counts().bytes_served, 20 << 20);
    let some = PullRequest { ranges: request.ranges[3..9].to_vec(), ..request.clone() };
    let from = usize::try_from(some.ranges[0].offset).unwrap();
    let part = joined(pull(&agent, &some));
    assert!(part == bytes[from..from + part.len()]);
}

#[test]
fn receiver_that_breaks_off_gets_no_more() {
    let (_, agent, request) = one(&random(1 << 20, 1));
    let mut count = 0;
    let mut once = |_, _| {
        count += 1;
        ControlFlow::Break(())
    };
    agent.pull(&request, &mut once).unwrap();
    assert_eq!(count, 1);
}

#[test]
fn object_that_is_gone_or_another_one_is_said_to_be() {
    let (source, agent, request) = one(&random(100_000, 1));
    let count = request.ranges.len();
    let unknown = PullRequest { object: ObjectNumber::new(99), ..request.clone() };
    assert_eq!(pull(&agent, &unknown), vec![RangeAnswer::Gone; count]);
    let other = PullRequest { generation: generation(7), ..request.clone() };
    assert_eq!(pull(&agent, &other), vec![RangeAnswer::Changed; count]);
    source.put("a", 2, &random(100_000, 2));
    assert_eq!(pull(&agent, &request), vec![RangeAnswer::Changed; count]);
    source.remove("a");
    assert_eq!(pull(&agent, &request), vec![RangeAnswer::Gone; count]);
    source.state().is_busy = true;
    assert_eq!(pull(&agent, &request), vec![RangeAnswer::Busy; count]);
}

#[test]
fn bytes_of_an_object_that_changed_while_it_was_read_are_thrown_away() {
    let (source, agent, request) = one(&random(100_000, 1));
    source.state().has_changed = true;
    let changed = vec![RangeAnswer::Changed; request.ranges.len()];
    assert_eq!(pull(&agent, &request), changed);
    // Also where they are wrong: then it was no fault of the source.
    source.state().lie = Some(random(100_000, 9));
    assert_eq!(pull(&agent, &request), changed);
    assert_eq!((agent.counts().mismatches, agent.objects()), (0, 1));
}

#[test]
fn wrong_bytes_are_never_served_and_their_object_is_out_of_use() {
    let (source, agent, request) = one(&random(100_000, 1));
    source.state().lie = Some(random(100_000, 9));
    assert_eq!(pull(&agent, &request), [RangeAnswer::Mismatch]);
    assert_eq!((agent.counts().mismatches, agent.objects()), (1, 0));
    source.state().lie = None;
    agent.scan().unwrap();
    assert_eq!(agent.objects(), 0, "this generation is not believed again");
    source.put("a", 2, &random(100_000, 1));
    agent.scan().unwrap();
    assert_eq!(agent.objects(), 1);
    assert!(!agent.is_disabled());
}

#[test]
fn object_that_is_taken_out_of_use_while_it_is_read_anew_stays_out_of_use() {
    let (source, agent, request) = one(&random(100_000, 1));
    let agent = Arc::new(agent);
    let (pulling, in_the_middle) = (Arc::clone(&agent), source.clone());
    source.state().while_reading = Some(Hook(Arc::new(move || {
        in_the_middle.state().while_reading = None;
        in_the_middle.state().lie = Some(random(100_000, 9));
        assert_eq!(pull(&pulling, &request), [RangeAnswer::Mismatch]);
        in_the_middle.state().lie = None;
    })));
    // It is told in another scope: the same bytes are read once more.
    source.state().objects.get_mut("a").unwrap().scope = Scope::Owner(SubscriberId::new(5));
    agent.apply(source.upsert("a")).unwrap();
    assert_eq!((agent.counts().mismatches, agent.objects()), (1, 0));
}

#[test]
fn source_with_more_than_ten_wrong_objects_a_day_is_disabled() {
    let source = FakeSource::default();
    for name in 0..12 {
        source.put(&name.to_string(), 1, &random(1000, name));
    }
    let agent = agent(&source);
    agent.scan().unwrap();
    let requests: Vec<PullRequest> = told(&agent).iter().map(all_of).collect();
    source.state().lie = Some(random(1000, 99));
    for (number, request) in (1..).zip(&requests[..11]) {
        assert!(!agent.is_disabled());
        assert_eq!(pull(&agent, request), [RangeAnswer::Mismatch]);
        assert_eq!(agent.is_disabled(), number == 11);
    }
    source.state().lie = None;
    assert_eq!(pull(&agent, &requests[11]), [RangeAnswer::Busy]);
    assert!(matches!(agent.scan(), Err(Error::Unavailable(_))));
}

#[test]
fn request_that_breaks_its_rules_is_answered_with_a_limit() {
    let (_, agent, request) = one(&random(1 << 20, 1));
    let limit = |ranges: Vec<PullRange>| {
        let answers = pull(&agent, &PullRequest { ranges, ..request.clone() });
        !answers.is_empty() && answers.iter().all(|answer| *answer == RangeAnswer::Limit)
    };
    let mut backwards = request.ranges.clone();
    backwards.reverse();
    assert!(limit(backwards));
    assert!(limit(vec![request.ranges[0]; 2]), "overlapping");
    assert!(limit(vec![PullRange { length: (8 << 20) + 1, ..request.ranges[0] }]));
    let empty = PullRange { offset: 0, length: 0, chunk: IdHasher::plain().id(b"") };
    assert!(limit(vec![empty; PULL_RANGES_MAX + 1]));
    assert_eq!(pull(&agent, &PullRequest { ranges: Vec::new(), ..request.clone() }), []);
    let far = PullRange { offset: u64::MAX, ..request.ranges[0] };
    let answers = pull(&agent, &PullRequest { ranges: vec![far], ..request });
    assert_eq!(answers, [RangeAnswer::Mismatch], "no such bytes: not what was told");
}

#[test]
fn bytes_are_served_only_to_who_knows_their_ids() {
    let (source, agent, request) = one(&random(100_000, 1));
    let guess = PullRange { chunk: IdHasher::plain().id(b"guess"), ..request.ranges[0] };
    let answers = pull(&agent, &PullRequest { ranges: vec![guess], ..request });
    assert_eq!(answers, [RangeAnswer::Mismatch]);
    assert!(source.state().opened > 0);
    assert_eq!((agent.counts().mismatches, agent.objects()), (0, 1), "no fault of the source");
}

#[test]
fn kept_object_outlives_its_eviction_until_its_time_is_over() {
    let bytes = random(100_000, 1);
    let source = FakeSource::default();
    source.put("a", 1, &bytes);
    source.put("b", 1, &bytes);
    let options = AgentOptions { keep_bytes_max: 150_000, ..AgentOptions::default() };
    let (agent, clock) = agent_with(&source, &MemoryJournal::new(), options);
    agent.scan().unwrap();
    let objects = told(&agent);
    let (first, second) = (all_of(&objects[0]), all_of(&objects[1]));
    let minute = Duration::from_mins(1);
    let lease = agent.keep(first.object, first.generation, minute).unwrap();
    assert_eq!(agent.keep(second.object, second.generation, minute), None, "over the budget");
    assert_eq!(agent.kept_bytes(), 100_000);
    source.remove("a");
    source.remove("b");
    agent.scan().unwrap();
    assert!(joined(pull(&agent, &first)) == bytes);
    assert_eq!(pull(&agent, &second)[0], RangeAnswer::Gone);
    clock.sleep(minute);
    assert_eq!(pull(&agent, &first)[0], RangeAnswer::Gone);
    assert_eq!(agent.kept_bytes(), 0);
    agent.let_go(lease);
    assert_eq!(agent.keep(first.object, first.generation, minute), None);
}

#[test]
fn kept_object_that_its_server_writes_into_has_changed() {
    let (source, agent, request) = one(&random(100_000, 1));
    source.state().lie = Some(random(100_000, 9));
    let minute = Duration::from_mins(1);
    agent.keep(request.object, request.generation, minute).unwrap();
    source.state().has_changed = true;
    let changed = vec![RangeAnswer::Changed; request.ranges.len()];
    assert_eq!(pull(&agent, &request), changed);
    assert_eq!((agent.counts().mismatches, agent.objects()), (0, 1), "no fault of the source");
}

#[test]
fn pulls_are_no_faster_than_the_rate() {
    let source = FakeSource::default();
    source.put("a", 1, &random(1 << 20, 1));
    let options =
        AgentOptions { pull_bytes_per_second: Some(100 << 10), ..AgentOptions::default() };
    let (agent, clock) = agent_with(&source, &MemoryJournal::new(), options);
    agent.scan().unwrap();
    assert_eq!(clock.monotonic_ns(), 0, "listing is not pulling");
    joined(pull(&agent, &all_of(&told(&agent)[0])));
    let expected = (1_u64 << 20) * 1_000_000_000 / (100 << 10) - 1_000_000_000;
    assert!(clock.monotonic_ns().abs_diff(expected) < 1_000_000, "{}", clock.monotonic_ns());
}

#[test]
fn recipe_that_the_object_never_had_is_no_way_in() {
    let (_, agent, request) = one(&random(100_000, 1));
    let recipe = Recipe::identity().then(crate::recipe::Step::Gunzip).unwrap();
    let answers = pull(&agent, &PullRequest { recipe, ..request });
    assert!(answers.iter().all(|answer| *answer == RangeAnswer::Mismatch), "{answers:?}");
}
