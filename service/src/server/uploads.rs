//! Large objects of one session on their way: those that wait for room, and those that come.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError};
use gleaner_net::Limits;
use gleaner_store::{Clock, ObjectName};

use super::calls::{Answerer, Upload};
use super::quota::Room;
use super::upload_budget::{UploadBudget, UploadPermit};
use crate::wire::{Message, WireError};

/// Bytes of a buffer at first: it grows as an object comes, not as its length is declared.
const BUFFER_START_BYTES: u64 = 1 << 20;
/// How often it is looked whether an object comes too slowly.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Somebody asks for room for an object.
pub(super) struct Wish {
    pub(super) request: u32,
    pub(super) name: ObjectName,
    pub(super) bytes: u64,
    pub(super) room: Room,
}

/// An object of which some pieces are missing.
struct Arriving<'b> {
    name: ObjectName,
    bytes: u64,
    came: Vec<u8>,
    room: Room,
    permit: UploadPermit<'b>,
    /// On the server's monotonic clock, in nanoseconds.
    due_ns: u64,
}

/// The objects that may come.
pub(super) struct Uploads<'b> {
    budget: &'b UploadBudget,
    clock: &'b dyn Clock,
    limits: &'b Limits,
    /// By request; without the object while it waits for room.
    arriving: Mutex<HashMap<u32, Option<Arriving<'b>>>>,
    is_over: AtomicBool,
}

impl<'b> Uploads<'b> {
    pub(super) fn new(budget: &'b UploadBudget, clock: &'b dyn Clock, limits: &'b Limits) -> Self {
        let (arriving, is_over) = (Mutex::default(), AtomicBool::new(false));
        Self { budget, clock, limits, arriving, is_over }
    }

    fn arriving(&self) -> MutexGuard<'_, HashMap<u32, Option<Arriving<'b>>>> {
        self.arriving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An object is going to wait for room; false if this request has one already.
    pub(super) fn expect(&self, request: u32) -> bool {
        self.arriving().insert(request, None).is_none()
    }

    /// The session ends: nobody waits for room any more.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Gives room to one wish after the other, and cuts the session if what it got room for does
    /// not come in time; until there are no more wishes.
    pub(super) fn give_room(&self, wishes: &Receiver<Wish>, answerer: &Answerer<'_>) {
        loop {
            match wishes.recv_timeout(LOOK_EVERY) {
                Ok(wish) => self.give(wish, answerer),
                Err(RecvTimeoutError::Timeout) => self.look(answerer),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn give(&self, wish: Wish, answerer: &Answerer<'_>) {
        let is_over = || {
            self.look(answerer);
            self.is_over.load(Ordering::Relaxed)
        };
        let Wish { request, name, bytes, room } = wish;
        let Some(permit) = self.budget.take(bytes, is_over) else { return };
        let time = self.limits.frame.as_secs() + bytes / self.limits.rate_min.max(1);
        let due_ns = self.clock.monotonic_ns().saturating_add(time.saturating_mul(1_000_000_000));
        let start = usize::try_from(bytes.min(BUFFER_START_BYTES)).unwrap_or_default();
        let came = Vec::with_capacity(start);
        let arriving = Arriving { name, bytes, came, room, permit, due_ns };
        self.arriving().insert(request, Some(arriving));
        answerer.send(request, &Message::Go, &[]);
    }

    fn look(&self, answerer: &Answerer<'_>) {
        let now_ns = self.clock.monotonic_ns();
        if self.arriving().values().flatten().any(|arriving| arriving.due_ns < now_ns) {
            tracing::info!("an object came too slowly");
            answerer.hangup.cut();
        }
    }

    /// Takes a piece; the object once all of them are there.
    ///
    /// # Errors
    /// A piece of what has no room, none, or too much.
    pub(super) fn piece(
        &self,
        request: u32,
        piece: &[u8],
    ) -> Result<Option<Upload<'b>>, WireError> {
        let out_of_place = WireError::OutOfPlace { kind: Message::PutMore.kind() };
        let mut all = self.arriving();
        let arriving =
            all.get_mut(&request).and_then(Option::as_mut).ok_or(out_of_place.clone())?;
        arriving.came.extend_from_slice(piece);
        let came = arriving.came.len() as u64;
        if piece.is_empty() || came > arriving.bytes {
            return Err(out_of_place);
        }
        if came < arriving.bytes {
            return Ok(None);
        }
        let whole = all.remove(&request).flatten();
        Ok(whole.map(|Arriving { name, came, room, permit, .. }| Upload {
            name,
            bytes: came,
            room,
            permit: Some(permit),
        }))
    }
}
