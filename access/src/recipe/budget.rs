//! What running a recipe may still cost: bytes, their ratio, time.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::clock::Clock;
use crate::error::{Error, LimitKind};
use crate::limits::Limits;

/// Nobody works at the moment.
const IDLE: u64 = u64::MAX;

/// The caps on one run, and what of them is used. The steps of a run share it.
///
/// Time is what passes inside the decoders: a reader who waits between two reads loses none, nor
/// does one who reads bytes as they are stored from slow storage.
pub(crate) struct Budget<'a> {
    limits: &'a Limits,
    clock: &'a dyn Clock,
    /// Bytes of the raw body that the first step has taken.
    raw_bytes: AtomicU64,
    /// The most that any step gave.
    given_bytes: AtomicU64,
    spent_ns: AtomicU64,
    working_since_ns: AtomicU64,
}

impl<'a> Budget<'a> {
    pub(crate) fn new(limits: &'a Limits, clock: &'a dyn Clock) -> Arc<Self> {
        Arc::new(Self {
            limits,
            clock,
            raw_bytes: AtomicU64::new(0),
            given_bytes: AtomicU64::new(0),
            spent_ns: AtomicU64::new(0),
            working_since_ns: AtomicU64::new(IDLE),
        })
    }

    pub(crate) const fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// A budget of its own for the next of several things that are decoded.
    pub(crate) fn fresh(&self) -> Arc<Self> {
        Self::new(self.limits, self.clock)
    }

    /// Charges what another budget used, which had the same caps.
    pub(crate) fn charge(&self, other: &Self) -> Result<(), Error> {
        let spent_ns = other.spent_ns.load(Relaxed).saturating_add(other.working_ns());
        self.spent_ns.fetch_add(spent_ns, Relaxed);
        self.took_raw(other.raw_bytes.load(Relaxed));
        let given_bytes = other.given_bytes.load(Relaxed);
        let before = self.given_bytes.fetch_add(given_bytes, Relaxed);
        if before.saturating_add(given_bytes) > self.limits.decoded_bytes {
            return Err(Error::Limit(LimitKind::DecodedBytes));
        }
        self.check_time()
    }

    /// Lets the time run until what is returned is dropped; within another such, does nothing.
    pub(crate) fn work(&self) -> Option<Working<'_, 'a>> {
        let is_idle = self.working_since_ns.load(Relaxed) == IDLE;
        is_idle.then(|| {
            self.working_since_ns.store(self.clock.monotonic_ns(), Relaxed);
            Working(self)
        })
    }

    /// Notes bytes of the raw body that were taken.
    pub(crate) fn took_raw(&self, bytes: u64) {
        self.raw_bytes.fetch_add(bytes, Relaxed);
    }

    /// Checks a step that has given `total` bytes by now.
    pub(crate) fn check_given(&self, total: u64) -> Result<(), Error> {
        self.given_bytes.fetch_max(total, Relaxed);
        if total > self.limits.decoded_bytes {
            return Err(Error::Limit(LimitKind::DecodedBytes));
        }
        let allowed = self.raw_bytes.load(Relaxed).saturating_mul(self.limits.decode_ratio);
        if total > self.limits.ratio_from_bytes && total > allowed {
            return Err(Error::Limit(LimitKind::DecodeRatio));
        }
        self.check_time()
    }

    pub(crate) fn check_time(&self) -> Result<(), Error> {
        let spent_ns = self.spent_ns.load(Relaxed).saturating_add(self.working_ns());
        let bytes = self.given_bytes.load(Relaxed).max(self.raw_bytes.load(Relaxed));
        let earned_ns =
            u128::from(bytes) * 1_000_000_000 / u128::from(self.limits.bytes_per_second.max(1));
        if u128::from(spent_ns) > self.limits.decode_time.as_nanos().saturating_add(earned_ns) {
            return Err(Error::Limit(LimitKind::DecodeTime));
        }
        Ok(())
    }

    fn working_ns(&self) -> u64 {
        match self.working_since_ns.load(Relaxed) {
            IDLE => 0,
            since_ns => self.clock.monotonic_ns().saturating_sub(since_ns),
        }
    }
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("raw_bytes", &self.raw_bytes)
            .field("given_bytes", &self.given_bytes)
            .finish_non_exhaustive()
    }
}

/// Time runs while this lives.
pub(crate) struct Working<'b, 'a>(&'b Budget<'a>);

impl Drop for Working<'_, '_> {
    fn drop(&mut self) {
        self.0.spent_ns.fetch_add(self.0.working_ns(), Relaxed);
        self.0.working_since_ns.store(IDLE, Relaxed);
    }
}

/// A decoder whose output counts. It ends once: after its end it is not asked again.
pub(crate) struct Metered<'a, R> {
    decoder: R,
    budget: Arc<Budget<'a>>,
    given_bytes: u64,
    has_ended: bool,
    failure: Option<Error>,
    /// What the decoder's own errors mean.
    problem: &'static str,
}

impl<'a, R: Read> Metered<'a, R> {
    pub(crate) fn new(decoder: R, budget: &Arc<Budget<'a>>, problem: &'static str) -> Self {
        let budget = Arc::clone(budget);
        Self { decoder, budget, given_bytes: 0, has_ended: false, failure: None, problem }
    }

    fn read_metered(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer).map_err(|error| decoder_error(error, self.problem))?;
        self.has_ended = read == 0;
        self.given_bytes = self.given_bytes.saturating_add(read as u64);
        self.budget.check_given(self.given_bytes).map_err(io::Error::other)?;
        Ok(read)
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.has_ended || buffer.is_empty() {
            return Ok(0);
        }
        if let Some(failure) = self.failure.take() {
            let failure = io::Error::other(failure);
            self.failure = Some(echo(&failure, self.problem));
            return Err(failure);
        }
        let read = self.read_metered(buffer);
        if let Err(error) = &read
            && error.kind() != io::ErrorKind::Interrupted
        {
            self.failure = Some(echo(error, self.problem));
        }
        read
    }
}

/// An error of ours as it is; of a decoder, what it says of the bytes.
fn decoder_error(error: io::Error, problem: &'static str) -> io::Error {
    let error = match error.downcast::<Error>() {
        Ok(ours) => return io::Error::other(ours),
        Err(error) => error,
    };
    if error.kind() == io::ErrorKind::Interrupted {
        return error;
    }
    let wants_memory = match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(liblzma::stream::Error::MemLimit | liblzma::stream::Error::Mem) => true,
        Some(_) => false,
        // The name that libzstd has for a window above the cap.
        None => error.to_string().contains("too much memory"),
    };
    let error =
        if wants_memory { Error::Limit(LimitKind::Memory) } else { Error::Corrupt(problem) };
    io::Error::other(error)
}

/// The same error again, as a decoder that failed is not asked anew.
fn echo(error: &io::Error, problem: &'static str) -> Error {
    let ours = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match ours {
        Some(Error::Limit(kind)) => Error::Limit(*kind),
        Some(Error::Unsupported(what)) => Error::Unsupported(what),
        Some(Error::Gone) => Error::Gone,
        Some(Error::Changed) => Error::Changed,
        Some(Error::Denied) => Error::Denied,
        Some(Error::Io(cause)) => Error::Io(cause.kind().into()),
        _ => Error::Corrupt(problem),
    }
}
