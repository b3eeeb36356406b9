//! Who starts the servers.
//!
//! The kernel takes the end of the *thread* that started a process for that of its parent, and
//! would end a server that outlives the test in which it was started. So one thread starts them
//! all, and it lives as long as the test process.

use std::io;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};

struct Job {
    command: Command,
    answer: Sender<io::Result<Child>>,
}

static SPAWNER: OnceLock<Mutex<Sender<Job>>> = OnceLock::new();

/// Starts a process whose parent, to the kernel, is this process.
pub(super) fn spawn(command: Command) -> io::Result<Child> {
    let (answer, answered) = channel();
    let jobs = SPAWNER.get_or_init(|| Mutex::new(start_thread()));
    let jobs = jobs.lock().unwrap_or_else(PoisonError::into_inner);
    jobs.send(Job { command, answer }).map_err(io::Error::other)?;
    answered.recv().map_err(io::Error::other)?
}

fn start_thread() -> Sender<Job> {
    let (sender, jobs): (_, Receiver<Job>) = channel();
    std::thread::spawn(move || {
        for mut job in jobs {
            // Whoever asked waits for it.
            drop(job.answer.send(job.command.spawn()));
        }
    });
    sender
}
