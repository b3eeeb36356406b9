//! Says now and then that an end is alive, so that the other one does not take silence for death.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam::channel::{RecvTimeoutError, Sender, bounded};
use gleaner_net::FrameSender;

/// Sends an empty frame every so often until it is dropped, or the connection is gone.
#[derive(Debug)]
pub(crate) struct KeepAlive {
    /// Dropped first: that ends the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl KeepAlive {
    pub(crate) fn start(sender: Arc<FrameSender>, every: Duration) -> Self {
        let (stop, stopped) = bounded(0);
        let thread = own_thread(move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                if sender.keep_alive().is_err() {
                    break;
                }
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

/// A thread of one connection, which ends with it.
#[expect(
    clippy::disallowed_methods,
    reason = "it waits for the network: in a pool it could keep from running what it waits for"
)]
pub(crate) fn own_thread(run: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    std::thread::spawn(run)
}

impl Drop for KeepAlive {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It does not panic; if it did, nobody would miss anything but its frames.
            drop(thread.join());
        }
    }
}
