//! What a session remembers of its requests, for the session that comes after it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gleaner_store::ObjectName;

use super::sessions::{Legacy, Nonce};
use crate::rights::Rights;
use crate::wire::Message;

/// Answers that are remembered of one session, and of it with those before it. More than a client
/// may have on their way, so that as a rule nothing is forgotten that did not arrive.
const ANSWERS_OF_ONE_MAX: usize = 512;
const ANSWERS_MAX: usize = 1024;

/// What a session made, and what it answered.
#[derive(Debug)]
pub(super) struct Memory {
    /// Answers of the sessions before, in their order.
    before: VecDeque<(u32, Message)>,
    forgotten_before: u32,
    /// The session before, until it was asked for what was its own.
    heir_of: Mutex<Option<Nonce>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// With their lengths, if this session made them.
    own: HashMap<ObjectName, Option<u64>>,
    answers: VecDeque<(u32, Message)>,
    forgotten: u32,
}

impl Memory {
    /// Goes on where a session ended, if it comes after one.
    pub(super) fn after(before: Legacy, nonce: Option<Nonce>) -> Self {
        let Legacy { answers, forgotten, .. } = before;
        let state = Mutex::new(State { forgotten, ..State::default() });
        let heir_of = Mutex::new(nonce);
        Self { before: answers, forgotten_before: forgotten, heir_of, state }
    }

    /// The session before, once: whoever asks gets what was its own.
    pub(super) fn heir_of(&self) -> Option<Nonce> {
        self.heir_of.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What was the own of the session before is this one's, as far as these rights reach.
    pub(super) fn inherit(&self, own: HashSet<ObjectName>, rights: &Rights) {
        let own = own.into_iter().filter(|name| rights.may_delete_own(name));
        self.state().own.extend(own.map(|name| (name, None)));
    }

    /// What is left to the next session.
    pub(super) fn into_legacy(self) -> Legacy {
        let State { own, answers: latest, mut forgotten } =
            self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut answers = self.before;
        answers.extend(latest);
        for (request, _) in answers.drain(..answers.len().saturating_sub(ANSWERS_MAX)) {
            forgotten = forgotten.max(request);
        }
        let own = own.into_keys().collect::<HashSet<_>>();
        let before = self.heir_of.into_inner().unwrap_or_else(PoisonError::into_inner);
        Legacy { own, answers, forgotten, before }
    }

    /// Notes an answer before it is sent.
    pub(super) fn note(&self, request: u32, answer: &Message) {
        let mut state = self.state();
        if state.answers.len() >= ANSWERS_OF_ONE_MAX
            && let Some((request, _)) = state.answers.pop_front()
        {
            state.forgotten = state.forgotten.max(request);
        }
        state.answers.push_back((request, answer.clone()));
    }

    /// What a request of a session before was answered, that it was not carried out, or that nobody
    /// knows.
    pub(super) fn answer_before(&self, asked: u32) -> Message {
        match self.before.iter().find(|(request, _)| *request == asked) {
            Some((_, answer)) => answer.clone(),
            None if asked <= self.forgotten_before => Message::Forgotten,
            None => Message::NotCarriedOut,
        }
    }

    /// The session made an object that it may remove again.
    pub(super) fn made(&self, name: ObjectName, bytes: u64) {
        self.state().own.insert(name, Some(bytes));
    }

    pub(super) fn is_own(&self, name: &ObjectName) -> bool {
        self.state().own.contains_key(name)
    }

    /// It removes them: each of its own once. Gives what it knows of each.
    pub(super) fn unmake(&self, names: &[ObjectName]) -> Vec<(ObjectName, Option<u64>)> {
        let mut state = self.state();
        names.iter().filter_map(|name| state.own.remove_entry(name)).collect()
    }

    /// They could not be removed.
    pub(super) fn remake(&self, own: Vec<(ObjectName, Option<u64>)>) {
        self.state().own.extend(own);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::Right;

    fn rights() -> Rights {
        Rights::from_iter([Right::Append])
    }

    #[test]
    fn answers_are_recalled_by_later_sessions_until_they_are_forgotten_and_that_is_said() {
        let mut legacy = Legacy::default();
        // Each session answers 300 requests; of the first ones nobody knows in the end.
        for session in 0..5_u32 {
            let memory = Memory::after(legacy, None);
            for request in session * 300 + 1..=session * 300 + 300 {
                if request % 7 != 0 {
                    memory.note(request, &Message::Done);
                }
                assert_ne!(memory.answer_before(request), Message::Done, "its own");
            }
            legacy = memory.into_legacy();
        }
        let memory = Memory::after(legacy, None);
        let last_forgotten = (1..1500).filter(|it| memory.answer_before(*it) == Message::Forgotten);
        let last_forgotten = last_forgotten.last().unwrap();
        assert!((200..400).contains(&last_forgotten), "{last_forgotten}");
        for request in last_forgotten + 1..=1500 {
            let expected = if request % 7 == 0 { Message::NotCarriedOut } else { Message::Done };
            assert_eq!(memory.answer_before(request), expected, "{request}");
        }
        assert_eq!(memory.answer_before(1501), Message::NotCarriedOut);
    }

    #[test]
    fn what_is_handed_on_is_own_by_right_alone_and_has_no_length() {
        let name = |text: &str| ObjectName::new(text).unwrap();
        let memory = Memory::after(Legacy::default(), None);
        memory.made(name("leases/a"), 5);
        memory.made(name("data/00/a"), 5);
        assert_eq!(memory.unmake(&[name("leases/b")]), []);
        let next = Memory::after(Legacy::default(), None);
        next.inherit(memory.into_legacy().own, &rights());
        assert!(next.is_own(&name("leases/a")) && !next.is_own(&name("data/00/a")));
        let removed = next.unmake(&[name("leases/a")]);
        assert_eq!(removed, [(name("leases/a"), None)]);
        assert!(!next.is_own(&name("leases/a")));
        next.remake(removed);
        assert!(next.is_own(&name("leases/a")));
        let reader = Memory::after(Legacy::default(), None);
        reader.inherit(next.into_legacy().own, &Rights::from_iter([Right::Read]));
        assert!(!reader.is_own(&name("leases/a")));
    }
}
