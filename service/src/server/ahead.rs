//! Questions that were asked before their turn: they are carried out one after the other once the
//! request before them has been answered.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::wire::{Ahead, Message, QUESTIONS_MAX, Questions, WireError};

/// Questions of one session that wait, at most.
const WAITING_MAX: usize = 1024;

/// Questions in their order, numbered from `first`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sequence {
    first: u32,
    questions: Vec<Message>,
}

impl Sequence {
    /// What was asked, if it is not too much.
    pub(super) fn of(first: u32, questions: &Questions) -> Result<Self, WireError> {
        if questions.0.len() > QUESTIONS_MAX {
            return Err(WireError::OutOfPlace { kind: 39 });
        }
        Ok(Self { first, questions: questions.decode()? })
    }

    /// Each with the number of its request.
    pub(super) fn numbered(self) -> impl Iterator<Item = (u32, Message)> {
        let numbers = (0..).map(move |n| self.first.wrapping_add(n));
        numbers.zip(self.questions)
    }
}

/// The questions of one session that wait.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Requests without their last answer.
    unanswered: HashSet<u32>,
    /// By the request that they wait for.
    behind: HashMap<u32, Vec<Sequence>>,
    /// Questions of all these.
    count: usize,
    ready: VecDeque<Sequence>,
    /// A worker was asked to look, and has not come yet.
    is_called: bool,
}

impl Waiting {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request came.
    pub(super) fn asked(&self, request: u32) {
        self.state().unanswered.insert(request);
    }

    /// It has its last answer.
    pub(super) fn answered(&self, request: u32) {
        let mut state = self.state();
        state.unanswered.remove(&request);
        let ready = state.behind.remove(&request).unwrap_or_default();
        state.ready.extend(ready);
    }

    /// Questions came.
    pub(super) fn ahead(&self, ahead: &Ahead) -> Result<(), WireError> {
        let sequence = Sequence::of(ahead.first, &ahead.questions)?;
        let mut state = self.state();
        state.count += sequence.questions.len();
        if state.count > WAITING_MAX {
            return Err(WireError::OutOfPlace { kind: 39 });
        }
        if state.unanswered.contains(&ahead.after) {
            state.behind.entry(ahead.after).or_default().push(sequence);
        } else {
            state.ready.push_back(sequence);
        }
        Ok(())
    }

    /// Whether a worker is to be called: some can be carried out, and none is on its way. It says
    /// so once until one has come.
    pub(super) fn calls_worker(&self) -> bool {
        let mut state = self.state();
        let calls = !state.ready.is_empty() && !state.is_called;
        state.is_called |= calls;
        calls
    }

    /// A worker that was called has come.
    pub(super) fn worker_came(&self) {
        self.state().is_called = false;
    }

    /// The next that can be carried out.
    pub(super) fn next(&self) -> Option<Sequence> {
        let mut state = self.state();
        let next = state.ready.pop_front()?;
        state.count -= next.questions.len();
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Stat;

    fn stat(name: &str) -> Message {
        Message::Stat(Stat { name: name.to_owned() })
    }

    fn ahead(after: u32, first: u32, names: &[&str]) -> Ahead {
        let questions: Vec<_> = names.iter().map(|name| stat(name)).collect();
        Ahead { after, first, questions: Questions::of(&questions) }
    }

    #[test]
    fn questions_wait_for_the_request_before_them_and_for_no_other() {
        let waiting = Waiting::default();
        waiting.asked(1);
        waiting.asked(2);
        waiting.ahead(&ahead(1, 3, &["a", "b"])).unwrap();
        waiting.ahead(&ahead(1, 5, &["c"])).unwrap();
        waiting.answered(2);
        assert!(!waiting.calls_worker() && waiting.next().is_none());
        waiting.answered(1);
        assert!(waiting.calls_worker() && !waiting.calls_worker(), "one is enough");
        waiting.worker_came();
        assert!(waiting.calls_worker());
        let next = || waiting.next().map(|it| it.numbered().collect::<Vec<_>>());
        assert_eq!(next(), Some(vec![(3, stat("a")), (4, stat("b"))]));
        assert_eq!(next(), Some(vec![(5, stat("c"))]));
        assert_eq!(next(), None);
        // What was answered already, or was never asked, keeps nobody waiting.
        waiting.ahead(&ahead(1, 6, &["d"])).unwrap();
        waiting.ahead(&ahead(0, u32::MAX, &["e", "f"])).unwrap();
        let next = || waiting.next().map(|it| it.numbered().collect::<Vec<_>>());
        assert_eq!(next(), Some(vec![(6, stat("d"))]));
        assert_eq!(next(), Some(vec![(u32::MAX, stat("e")), (0, stat("f"))]));
    }

    #[test]
    fn more_questions_than_may_wait_are_refused() {
        let waiting = Waiting::default();
        waiting.asked(1);
        let most = vec!["x"; QUESTIONS_MAX];
        assert!(waiting.ahead(&ahead(1, 2, &[&most[..], &["y"]].concat())).is_err());
        for _ in 0..WAITING_MAX / QUESTIONS_MAX {
            waiting.ahead(&ahead(1, 2, &most)).unwrap();
        }
        assert!(waiting.ahead(&ahead(1, 2, &["one more"])).is_err());
    }
}
