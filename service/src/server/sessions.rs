//! The sessions that are open, and what those that were cut leave to the next ones.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gleaner_net::Hangup;
use gleaner_store::ObjectName;

use crate::registry::TenantName;
use crate::wire::Message;

/// What 256 random bits name.
pub(super) type Nonce = [u8; 32];

/// Sessions that were cut of which it is remembered what came of them: of all tenants, and of one.
const LEFT_MAX: usize = 1024;
const LEFT_PER_TENANT_MAX: usize = 64;
/// How long that is remembered: longer than clients try to come back, as a rule.
const LEFT_NS: u64 = 30 * 60 * 1_000_000_000;
/// Objects of its own that a session leaves to the next one; those above it stay.
const LEFT_OBJECTS_MAX: usize = 64;
/// How long the calls of a session that was cut may take until the next one can begin.
const END_MAX: Duration = Duration::from_mins(1);

/// Whose session it is: of a tenant, made at that time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) tenant: TenantName,
    pub(super) made_ns: i64,
}

/// What came of a session, for the one that comes after it.
#[derive(Debug, Clone, Default)]
pub(super) struct Legacy {
    /// Objects that it may remove since it made them, and not by its rights.
    pub(super) own: HashSet<ObjectName>,
    /// Answers to the last requests that changed something, the newest last.
    pub(super) answers: VecDeque<(u32, Message)>,
    /// Of a request up to this one it may be forgotten what became of it.
    pub(super) forgotten: u32,
    /// The session before, if nobody has asked for what was its own.
    pub(super) before: Option<Nonce>,
}

/// All sessions of a server.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    count: AtomicU64,
    state: Mutex<State>,
    /// One has ended.
    ended: Condvar,
}

#[derive(Debug, Default)]
struct State {
    open: HashMap<u64, Open>,
    /// Those that ended last are the last.
    left: VecDeque<Left>,
    /// Nobody waits for another session any more.
    is_ending: bool,
}

#[derive(Debug)]
struct Open {
    hangup: Hangup,
    /// Once somebody was let in.
    name: Option<(Owner, Nonce)>,
}

#[derive(Debug)]
struct Left {
    name: (Owner, Nonce),
    legacy: Legacy,
    /// When it ended.
    at_ns: u64,
}

/// The session before does not come to its end.
#[derive(Debug)]
pub(super) struct StillThere;

impl Sessions {
    /// Sessions so far.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Sessions that are open.
    pub(super) fn open_now(&self) -> u64 {
        self.state().open.len() as u64
    }

    /// Lists a connection whose handshake is done.
    pub(super) fn open(&self, hangup: Hangup) -> OpenSession<'_> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        self.state().open.insert(number, Open { hangup, name: None });
        OpenSession { sessions: self, number }
    }

    /// Cuts all that there are.
    pub(super) fn hang_up(&self) {
        let mut state = self.state();
        state.is_ending = true;
        for open in state.open.values() {
            open.hangup.cut();
        }
        drop(state);
        self.ended.notify_all();
    }

    /// Ends a session, and gives what it left, without what was its own; `None` if that is not
    /// known, any more or at all. On return all of its calls are over. What it left stays: whoever
    /// asks may be cut before the client learns that it was let in.
    pub(super) fn succeed(&self, owner: Owner, nonce: Nonce) -> Result<Option<Legacy>, StillThere> {
        let name = (owner, nonce);
        let is_open = |state: &mut State| {
            let same = state.open.values().find(|open| open.name.as_ref() == Some(&name));
            if let Some(open) = same {
                open.hangup.cut();
            }
            same.is_some() && !state.is_ending
        };
        let waited = self.ended.wait_timeout_while(self.state(), END_MAX, is_open);
        let (state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() || state.is_ending {
            return Err(StillThere);
        }
        let left = state.left.iter().rfind(|left| left.name == name);
        Ok(left.map(|left| Legacy { own: HashSet::new(), ..left.legacy.clone() }))
    }

    /// What was the own of a session, and of those before it that nobody asked for, for the first
    /// that asks.
    pub(super) fn take_own(&self, owner: &Owner, nonce: Nonce) -> HashSet<ObjectName> {
        let mut state = self.state();
        let (mut own, mut next) = (HashSet::new(), Some(nonce));
        while let Some(nonce) = next {
            let is_it = |left: &&mut Left| left.name.0 == *owner && left.name.1 == nonce;
            let Some(left) = state.left.iter_mut().rfind(is_it) else { break };
            own.extend(std::mem::take(&mut left.legacy.own));
            // Taken: it leads nowhere any more, so this ends.
            next = left.legacy.before.take();
        }
        own
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Forgets what is too old, and makes room for one more.
    fn make_room(&mut self, owner: &Owner, now_ns: u64) {
        self.left.retain(|left| now_ns.saturating_sub(left.at_ns) < LEFT_NS);
        let own = self.left.iter().filter(|left| left.name.0 == *owner).count();
        let goes = if own >= LEFT_PER_TENANT_MAX {
            self.left.iter().position(|left| left.name.0 == *owner)
        } else {
            Some(0).filter(|_| self.left.len() >= LEFT_MAX)
        };
        if let Some(at) = goes {
            self.left.remove(at);
        }
    }
}

/// A connection that is cut when this is dropped, if not before.
#[derive(Debug)]
pub(super) struct OpenSession<'s> {
    sessions: &'s Sessions,
    number: u64,
}

impl OpenSession<'_> {
    /// Somebody was let in. From here on another session may come after this one.
    pub(super) fn name(&self, owner: Owner, nonce: Nonce) {
        if let Some(open) = self.sessions.state().open.get_mut(&self.number) {
            open.name = Some((owner, nonce));
        }
    }

    /// It was cut, and all of its calls are over.
    pub(super) fn leave(self, mut legacy: Legacy, now_ns: u64) {
        let too_many = legacy.own.len().saturating_sub(LEFT_OBJECTS_MAX);
        let names: Vec<_> = legacy.own.iter().take(too_many).cloned().collect();
        for name in names {
            legacy.own.remove(&name);
        }
        let mut state = self.sessions.state();
        let name = state.open.get_mut(&self.number).and_then(|open| open.name.take());
        if let Some(name) = name {
            state.make_room(&name.0, now_ns);
            state.left.push_back(Left { name, legacy, at_ns: now_ns });
        }
    }
}

impl Drop for OpenSession<'_> {
    fn drop(&mut self) {
        let open = self.sessions.state().open.remove(&self.number);
        if let Some(open) = open {
            open.hangup.cut();
        }
        self.sessions.ended.notify_all();
    }
}
