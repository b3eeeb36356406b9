//! A piece of a stream that is cut and hashed while the caller reads on.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

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
}

/// A segment, at hand or with a thread of the pool.
pub(crate) enum Underway {
    Here(Segment),
    Ahead(Receiver<(Segment, Vec<Speculation>)>),
}

impl Underway {
    /// With `is_ahead`, has the current rayon pool cut the segment in all domains.
    pub(crate) fn begin(segment: Segment, domains: &Arc<[Domain]>, is_ahead: bool) -> Self {
        if !is_ahead {
            return Self::Here(segment);
        }
        let domains = Arc::clone(domains);
        let (sender, receiver) = sync_channel(1);
        rayon::spawn(move || {
            let speculate = |domain: &Domain| {
                let cutter = domain.cutter(segment.filled(), segment.is_end);
                Speculation::new(cutter, segment.lead_bytes, segment.filled_end)
            };
            let speculations = domains.iter().map(speculate).collect();
            // The stream may have been dropped or restarted meanwhile.
            drop(sender.send((segment, speculations)));
        });
        Self::Ahead(receiver)
    }

    /// The segment, and how each domain would cut it; nothing if that was not asked for.
    pub(crate) fn wait(self) -> (Segment, Vec<Speculation>) {
        let receiver = match self {
            Self::Here(segment) => return (segment, Vec::new()),
            Self::Ahead(receiver) => receiver,
        };
        loop {
            match receiver.try_recv() {
                Ok(done) => return done,
                Err(TryRecvError::Disconnected) => break,
                // A thread of the pool has to help it: it may be the only one.
                Err(TryRecvError::Empty) => match rayon::yield_now() {
                    Some(rayon::Yield::Executed) => {}
                    Some(rayon::Yield::Idle) => std::thread::yield_now(),
                    None => break,
                },
            }
        }
        receiver.recv().expect("a panic in the pool ends the process")
    }
}
