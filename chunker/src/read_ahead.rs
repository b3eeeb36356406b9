//! A piece of a stream that is cut and hashed while the caller reads on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use rayon::ThreadPool;

use crate::chunks::Domain;
use crate::speculation::Speculation;

/// What was read in one go.
pub(crate) struct Segment {
    /// Room of `lead_bytes`, then what was read.
    pub(crate) buffer: Vec<u8>,
    pub(crate) lead_bytes: usize,
    pub(crate) filled_end: usize,
    /// True if the stream ends here.
    pub(crate) is_end: bool,
}

impl Segment {
    /// The lead and what was read.
    pub(crate) fn filled(&self) -> &[u8] {
        self.buffer.split_at(self.filled_end).0
    }

    /// How each domain would cut it if a chunk started behind the lead.
    fn speculate(&self, domains: &[Domain]) -> Vec<Speculation> {
        let speculate = |domain: &Domain| {
            let cutter = domain.cutter(self.filled(), self.is_end);
            Speculation::new(cutter, self.lead_bytes, self.filled_end)
        };
        domains.iter().map(speculate).collect()
    }
}

/// A segment that a thread of a pool has cut, or what it panicked with.
type Cut = Result<(Segment, Vec<Speculation>), Box<dyn Any + Send>>;

/// A segment, at hand or with a thread of a pool.
pub(crate) enum Underway {
    Here(Segment),
    Ahead(Receiver<Cut>),
}

impl Underway {
    /// Has the pool cut the segment in all domains, if there is one.
    pub(crate) fn begin(
        segment: Segment,
        domains: &Arc<[Domain]>,
        pool: Option<&ThreadPool>,
    ) -> Self {
        let Some(pool) = pool else { return Self::Here(segment) };
        let domains = Arc::clone(domains);
        let (sender, receiver) = sync_channel(1);
        pool.spawn(move || {
            // What is half cut is dropped with the panic.
            let cut = catch_unwind(AssertUnwindSafe(|| segment.speculate(&domains)));
            // The stream may have been dropped or restarted meanwhile.
            drop(sender.send(cut.map(|speculations| (segment, speculations))));
        });
        Self::Ahead(receiver)
    }

    /// The segment, and how each domain would cut it; nothing if that was not asked for. Not to be
    /// called by a thread of the pool, which might wait for itself.
    pub(crate) fn wait(self) -> (Segment, Vec<Speculation>) {
        match self {
            Self::Here(segment) => (segment, Vec::new()),
            Self::Ahead(receiver) => {
                let cut = receiver.recv().expect("the task sends before it ends");
                cut.unwrap_or_else(|panic| resume_unwind(panic))
            }
        }
    }
}
