//! Says now and then that an end is alive, so that the other one does not take silence for death.

use std::io;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
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
    pub(crate) fn start(sender: Arc<FrameSender>, every: Duration) -> io::Result<Self> {
        let (stop, stopped) = bounded(0);
        let thread = own_thread(move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                if sender.keep_alive().is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

/// A thread of one connection, which ends with it: it waits for the network, and in a pool it could
/// keep from running what it waits for. An error where the system gives no more threads.
pub(crate) fn own_thread(run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    Builder::new().spawn(run)
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
