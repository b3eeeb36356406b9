//! Answers to what was asked before its turn.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use gleaner_store::{Listed, ObjectName};

use crate::wire::Message;

/// Objects whose ends are remembered, at most: as many as are looked at together.
const ENDS_MAX: usize = 16;
/// Objects of a list that are asked for together: less than half of what a client may have on its
/// way.
const TOGETHER_MAX: usize = 24;

/// Questions that are expected, in the order in which the server answers them, and their answers.
///
/// A question that comes takes its answer, and those before it in the order count for nothing any
/// more: so whoever asks learns nothing older than what it learned before, as if it had asked at
/// once and then waited. A change of its own makes all of them worthless.
#[derive(Debug)]
pub(crate) struct Foreseen<A>(Mutex<State<A>>);

#[derive(Debug)]
struct State<A> {
    questions: VecDeque<(Message, Answer<A>)>,
    /// Objects of the last list without their bytes, in its order.
    listed: VecDeque<String>,
    /// Objects never change: these do not depend on the order.
    ends: VecDeque<Ends>,
    /// Rises with each change, and with each question that was not expected: what was asked before
    /// is not to be used afterwards.
    generation: u64,
    /// Rises with each change that takes objects away.
    removals: u64,
}

/// The answer to a question.
#[derive(Debug)]
pub(crate) enum Answer<A> {
    /// Is on its way, or here.
    Coming(A),
    /// All bytes of an object.
    Object(Vec<u8>),
}

/// Both ends of an object, each byte of which is given away once: whoever reads again wants to know
/// what is there then.
#[derive(Debug)]
struct Ends {
    name: ObjectName,
    bytes: u64,
    front: Vec<u8>,
    back: Vec<u8>,
    given: Vec<Range<u64>>,
}

impl<A> Foreseen<A> {
    /// Expects these questions.
    pub(crate) fn new(questions: impl IntoIterator<Item = (Message, A)>) -> Self {
        let coming = |(question, answers)| (question, Answer::Coming(answers));
        let questions = questions.into_iter().map(coming).collect();
        let (listed, ends) = (VecDeque::new(), VecDeque::new());
        Self(Mutex::new(State { questions, listed, ends, generation: 0, removals: 0 }))
    }

    fn state(&self) -> MutexGuard<'_, State<A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A change begins; its generation. What takes objects away counts for their bytes too.
    pub(crate) fn change(&self, takes_away: bool) -> u64 {
        let mut state = self.state();
        if takes_away {
            state.ends.clear();
            state.removals += 1;
        }
        state.pass_over()
    }

    /// A change was answered, and these questions, which the server answers after it, are expected.
    /// Where something else was asked or changed meanwhile nothing is: it may have been answered
    /// before this change.
    pub(crate) fn changed(&self, generation: u64, questions: Vec<(Message, A)>) {
        let mut state = self.state();
        if state.generation == generation {
            let coming = |(question, answers)| (question, Answer::Coming(answers));
            state.questions = questions.into_iter().map(coming).collect();
        } else {
            state.pass_over();
        }
    }

    /// The generation that questions which are asked now are of.
    pub(crate) fn generation(&self) -> u64 {
        self.state().generation
    }

    /// The answer to a question that was expected; if it was not, those that are expected are of no
    /// use any more.
    pub(crate) fn take(&self, is_it: impl Fn(&Message) -> bool) -> Option<(Message, Answer<A>)> {
        let mut state = self.state();
        let at = state.questions.iter().position(|(question, _)| is_it(question));
        let Some(at) = at else {
            state.questions.clear();
            state.generation += 1;
            return None;
        };
        state.questions.drain(..=at).next_back()
    }

    /// A list came, with the bytes of its first objects: all are likely to be asked for next, one
    /// by one.
    pub(crate) fn list(&self, generation: u64, listed: &[Listed], objects: Vec<Vec<u8>>) {
        let mut state = self.state();
        if state.generation != generation {
            return;
        }
        let names = listed.iter().map(|listed| listed.name.to_string());
        state.listed = names.clone().skip(objects.len()).collect();
        for (name, bytes) in names.zip(objects).collect::<Vec<_>>().into_iter().rev() {
            let get = Message::Get(crate::wire::Get { name, bytes_max: u64::MAX });
            state.questions.push_front((get, Answer::Object(bytes)));
        }
    }

    /// What is asked for together with an object of the last list.
    pub(crate) fn together_with(&self, name: &ObjectName) -> Vec<String> {
        let mut state = self.state();
        if state.listed.front().is_none_or(|next| next != name.as_str()) {
            return Vec::new();
        }
        state.listed.pop_front();
        let count = state.listed.len().min(TOGETHER_MAX);
        state.listed.drain(..count).collect()
    }

    /// These are expected next, if nothing else was asked or changed since.
    pub(crate) fn expect(&self, generation: u64, questions: Vec<(Message, A)>) {
        if self.state().generation == generation {
            self.changed(generation, questions);
        }
    }

    /// Something is asked that was not expected.
    pub(crate) fn pass_over(&self) {
        let mut state = self.state();
        state.questions.clear();
        state.generation += 1;
    }

    /// How often objects were taken away.
    pub(crate) fn removals(&self) -> u64 {
        self.state().removals
    }

    /// The ends of an object came, which were asked for after so many removals.
    pub(crate) fn ends(
        &self,
        removals: u64,
        name: &ObjectName,
        bytes: u64,
        (mut front, mut back): (Vec<u8>, Vec<u8>),
    ) {
        let mut state = self.state();
        if state.removals != removals {
            return;
        }
        if (front.len() + back.len()) as u64 == bytes {
            front.append(&mut back);
        }
        state.ends.retain(|ends| ends.name != *name);
        if state.ends.len() == ENDS_MAX {
            state.ends.pop_front();
        }
        state.ends.push_back(Ends { name: name.clone(), bytes, front, back, given: Vec::new() });
    }

    /// Reads from the ends of an object; false if that is not in them, or was read before.
    pub(crate) fn read(&self, name: &ObjectName, offset: u64, to: &mut [u8]) -> bool {
        let mut state = self.state();
        let ends = state.ends.iter_mut().find(|ends| ends.name == *name);
        ends.is_some_and(|ends| ends.give(offset, to))
    }
}

impl<A> State<A> {
    /// Nothing that was asked so far is of use; the generation from here on.
    fn pass_over(&mut self) -> u64 {
        self.questions.clear();
        self.listed.clear();
        self.generation += 1;
        self.generation
    }
}

impl Ends {
    fn give(&mut self, offset: u64, to: &mut [u8]) -> bool {
        let asked = offset..offset.saturating_add(to.len() as u64);
        if self.given.iter().any(|given| given.start < asked.end && asked.start < given.end) {
            return false;
        }
        let back_from = self.bytes - self.back.len() as u64;
        let (from, part) =
            if offset >= back_from { (back_from, &self.back) } else { (0, &self.front) };
        let start = usize::try_from(offset - from).ok();
        let found = start.and_then(|start| part.get(start..)?.get(..to.len()));
        let Some(found) = found else { return false };
        to.copy_from_slice(found);
        self.given.push(asked);
        true
    }
}

#[cfg(test)]
mod tests {
    //! Goal: an answer that came before its question is one that the question could have had.

    use super::*;
    use crate::wire::{Get, Latest};

    fn latest(name: &str) -> Message {
        Message::Latest(Latest { name: name.to_owned() })
    }

    fn name(text: &str) -> ObjectName {
        ObjectName::new(text).unwrap()
    }

    fn taken(foreseen: &Foreseen<u32>, question: &Message) -> Option<u32> {
        match foreseen.take(|expected| expected == question) {
            Some((_, Answer::Coming(answer))) => Some(answer),
            _ => None,
        }
    }

    #[test]
    fn question_takes_its_answer_and_those_before_it_count_no_more() {
        let foreseen = Foreseen::new([(latest("a"), 1), (latest("b"), 2), (latest("a"), 3)]);
        assert_eq!(taken(&foreseen, &latest("a")), Some(1));
        assert_eq!(taken(&foreseen, &latest("a")), Some(3));
        assert_eq!(taken(&foreseen, &latest("b")), None, "it is older than what was learned");
        let foreseen = Foreseen::new([(latest("a"), 1), (latest("b"), 2)]);
        assert_eq!(taken(&foreseen, &latest("c")), None);
        assert_eq!(taken(&foreseen, &latest("a")), None, "older than the answer for c");
    }

    #[test]
    fn change_makes_answers_worthless_that_came_before_it_or_before_a_later_one() {
        let foreseen = Foreseen::new([(latest("a"), 1)]);
        let first = foreseen.change(false);
        foreseen.changed(first, vec![(latest("a"), 2)]);
        assert_eq!(taken(&foreseen, &latest("a")), Some(2));
        // Of two at a time nobody knows which was carried out first.
        for is_first_answered_first in [true, false] {
            let (one, other) = (foreseen.change(false), foreseen.change(false));
            let mut order = [(one, 3), (other, 4)];
            if !is_first_answered_first {
                order.reverse();
            }
            for (change, answer) in order {
                foreseen.changed(change, vec![(latest("a"), answer)]);
            }
            assert_eq!(taken(&foreseen, &latest("a")), None);
        }
        let asked = foreseen.generation();
        foreseen.expect(asked, vec![(latest("a"), 5)]);
        assert_eq!(taken(&foreseen, &latest("b")), None);
        foreseen.expect(asked, vec![(latest("a"), 6)]);
        assert_eq!(taken(&foreseen, &latest("a")), None, "older than the answer for b");
        foreseen.expect(foreseen.generation(), vec![(latest("a"), 7)]);
        foreseen.pass_over();
        assert_eq!(taken(&foreseen, &latest("a")), None);
    }

    #[test]
    fn objects_of_a_list_are_expected_in_its_order_and_the_rest_many_at_a_time() {
        let listed: Vec<Listed> = (0..100)
            .map(|n| Listed { name: name(&format!("snapshots/{n:03}")), bytes: 1 })
            .collect();
        let foreseen: Foreseen<u32> = Foreseen::new([(latest("epoch"), 9)]);
        foreseen.list(foreseen.generation() + 1, &listed, vec![vec![9]]);
        foreseen.list(foreseen.generation(), &listed, vec![vec![0], vec![1]]);
        for n in 0..2_u8 {
            let get = Get { name: format!("snapshots/{n:03}"), bytes_max: u64::MAX };
            let found = foreseen.take(|it| *it == Message::Get(get.clone())).unwrap().1;
            assert!(matches!(found, Answer::Object(bytes) if bytes == [n]));
        }
        assert_eq!(taken(&foreseen, &latest("epoch")), Some(9));
        let together = foreseen.together_with(&name("snapshots/002"));
        assert_eq!((together.len(), together[0].as_str()), (TOGETHER_MAX, "snapshots/003"));
        assert!(foreseen.together_with(&name("snapshots/003")).is_empty(), "they are asked for");
        assert_eq!(foreseen.together_with(&name("snapshots/027"))[0], "snapshots/028");
        foreseen.change(false);
        assert!(foreseen.together_with(&name("snapshots/052")).is_empty());
    }

    #[test]
    fn each_byte_of_the_ends_is_given_once_and_none_that_did_not_come() {
        let foreseen: Foreseen<u32> = Foreseen::new(None);
        let (pack, small) = (name("data/00/p"), name("data/00/s"));
        foreseen.ends(0, &pack, 1000, ((0..100).collect(), (0..50).collect()));
        foreseen.ends(0, &small, 6, (vec![0, 1, 2, 3], vec![4, 5]));
        let read = |name: &ObjectName, offset: u64, bytes: usize| {
            let mut to = vec![0; bytes];
            foreseen.read(name, offset, &mut to).then_some(to)
        };
        assert_eq!(read(&small, 2, 4).unwrap(), [2, 3, 4, 5], "over where they meet");
        assert_eq!(read(&small, 0, 2).unwrap(), [0, 1]);
        assert_eq!(read(&small, 0, 2), None, "again");
        assert_eq!(read(&small, 5, 2), None, "behind the end");
        assert_eq!(read(&small, u64::MAX, 2), None);
        assert_eq!(read(&pack, 950, 50).unwrap(), (0..50).collect::<Vec<u8>>());
        for (offset, bytes) in [(949, 2), (99, 2), (100, 1), (960, 1), (500, 10), (951, 50)] {
            assert_eq!(read(&pack, offset, bytes), None, "{offset} {bytes}");
        }
        assert_eq!(read(&pack, 99, 1).unwrap(), [99]);
        foreseen.change(false);
        assert_eq!(read(&pack, 0, 1).unwrap(), [0], "packs do not change");
        foreseen.change(true);
        assert_eq!(read(&pack, 1, 1), None, "but go");
        foreseen.ends(0, &pack, 1, (vec![1], Vec::new()));
        assert_eq!(read(&pack, 0, 1), None, "they were asked for before");
        for number in 0..=ENDS_MAX {
            foreseen.ends(1, &name(&format!("data/00/{number}")), 1, (vec![1], Vec::new()));
        }
        assert_eq!(read(&name("data/00/0"), 0, 1), None, "no more than are looked at together");
        assert_eq!(read(&name("data/00/1"), 0, 1).unwrap(), [1]);
    }
}
