//! The sessions that are open, and what those that were cut leave to the next ones.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gleaner_net::Hangup;
use gleaner_store::ObjectName;

use crate::registry::TenantName;

/// Objects of a session that its rights do not let it remove but because it made them, with their
/// lengths.
pub(super) type OwnObjects = HashMap<ObjectName, u64>;

/// What 256 random bits name.
pub(super) type Nonce = [u8; 32];

/// Sessions that were cut of which it is remembered what was theirs. A client that comes back after
/// so many others leaves a lease behind, which counts as that of a dead session.
const LEFT_MAX: usize = 1024;
/// Objects that one of them leaves.
const LEFT_OBJECTS_MAX: usize = 64;
/// How long the calls of a session that was cut may take until the next one can begin.
const END_MAX: Duration = Duration::from_mins(1);

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
}

#[derive(Debug)]
struct Open {
    hangup: Hangup,
    /// Once somebody was let in.
    name: Option<(TenantName, Nonce)>,
}

#[derive(Debug)]
struct Left {
    name: (TenantName, Nonce),
    own: OwnObjects,
}

/// The session before does not come to its end.
#[derive(Debug)]
pub(super) struct StillThere;

impl Sessions {
    /// Sessions so far.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Lists a connection whose handshake is done.
    pub(super) fn open(&self, hangup: Hangup) -> OpenSession<'_> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        self.state().open.insert(number, Open { hangup, name: None });
        OpenSession { sessions: self, number }
    }

    /// Cuts all that there are.
    pub(super) fn hang_up(&self) {
        for open in self.state().open.values() {
            open.hangup.cut();
        }
    }

    /// Ends a session of this tenant, and gives what it leaves; nothing if there is no such session,
    /// any more or at all. On return all of its calls are over.
    pub(super) fn succeed(
        &self,
        tenant: &TenantName,
        nonce: Nonce,
    ) -> Result<OwnObjects, StillThere> {
        let name = (tenant.clone(), nonce);
        let is_open = |state: &mut State| {
            let mut same = state.open.values().filter(|open| open.name.as_ref() == Some(&name));
            same.next().is_some_and(|open| {
                open.hangup.cut();
                true
            })
        };
        let waited = self.ended.wait_timeout_while(self.state(), END_MAX, is_open);
        let (mut state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(StillThere);
        }
        let at = state.left.iter().rposition(|left| left.name == name);
        let left = at.and_then(|at| state.left.remove(at));
        Ok(left.map(|left| left.own).unwrap_or_default())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
    pub(super) fn name(&self, tenant: TenantName, nonce: Nonce) {
        if let Some(open) = self.sessions.state().open.get_mut(&self.number) {
            open.name = Some((tenant, nonce));
        }
    }

    /// It was cut, and all of its calls are over: what was its own is left to the next one.
    pub(super) fn leave(self, own: OwnObjects) {
        if own.is_empty() || own.len() > LEFT_OBJECTS_MAX {
            return;
        }
        let mut state = self.sessions.state();
        let name = state.open.get_mut(&self.number).and_then(|open| open.name.take());
        if let Some(name) = name {
            if state.left.len() >= LEFT_MAX {
                state.left.pop_front();
            }
            state.left.push_back(Left { name, own });
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
