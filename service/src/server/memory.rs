//! What a session remembers of its requests, for the session that comes after it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gleaner_store::ObjectName;

use super::sessions::Legacy;
use crate::rights::Rights;
use crate::wire::Message;

/// Answers that are remembered, at most: those that a client of several sessions, each cut, may
/// still ask for.
const ANSWERS_MAX: usize = 1024;

/// What a session made, and what it answered.
#[derive(Debug)]
pub(super) struct Memory {
    /// Answers of the sessions before.
    before: HashMap<u32, Message>,
    order: Vec<u32>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    own: HashMap<ObjectName, u64>,
    answers: VecDeque<(u32, Message)>,
}

impl Memory {
    /// Goes on where a session ended, as far as these rights reach.
    pub(super) fn after(before: Legacy, rights: &Rights) -> Self {
        let Legacy { mut own, answers } = before;
        own.retain(|name, _| rights.may_delete_own(name));
        let order = answers.iter().map(|(request, _)| *request).collect();
        let state = Mutex::new(State { own, answers: VecDeque::new() });
        Self { before: answers.into_iter().collect(), order, state }
    }

    /// What is left to the next session.
    pub(super) fn into_legacy(self) -> Legacy {
        let Self { mut before, order, state } = self;
        let State { own, answers } = state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut all: VecDeque<(u32, Message)> = order
            .into_iter()
            .filter_map(|request| Some((request, before.remove(&request)?)))
            .chain(answers)
            .collect();
        all.drain(..all.len().saturating_sub(ANSWERS_MAX));
        Legacy { own, answers: all }
    }

    /// Notes an answer before it is sent. `requests_max` of them are enough: answers arrive in the
    /// order in which they were sent, so of the last so many requests at most one has none.
    pub(super) fn note(&self, request: u32, answer: &Message, requests_max: usize) {
        let mut state = self.state();
        if state.answers.len() >= requests_max {
            state.answers.pop_front();
        }
        state.answers.push_back((request, answer.clone()));
    }

    /// What a request of a session before was answered; `None` if it was not carried out.
    pub(super) fn answer_before(&self, request: u32) -> Option<Message> {
        self.before.get(&request).cloned()
    }

    /// The session made an object that it may remove again.
    pub(super) fn made(&self, name: ObjectName, bytes: u64) {
        self.state().own.insert(name, bytes);
    }

    pub(super) fn is_own(&self, name: &ObjectName) -> bool {
        self.state().own.contains_key(name)
    }

    /// It removes them: each is known once, with its length. Gives how many were its own, and their
    /// bytes.
    pub(super) fn unmake(&self, names: &[ObjectName]) -> (usize, u64) {
        let mut state = self.state();
        let own: Vec<u64> = names.iter().filter_map(|name| state.own.remove(name)).collect();
        (own.len(), own.into_iter().sum())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
