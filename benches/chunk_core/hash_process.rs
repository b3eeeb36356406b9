//! BLAKE3 alone in a process of its own: what a machine's cores can do side by side.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use gleaner_benches::{Sample, Workload, time};

use crate::report::{MIB, SEED, say};

/// Data of one process.
pub(crate) const BYTES: usize = 64 * MIB;
/// Argument that makes this program such a process.
pub(crate) const ARGUMENT: &str = "--hash-alone";

/// A process that hashes 64 MiB in chunks of 64 KiB whenever it is sent a line.
pub(crate) struct HashProcess {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl HashProcess {
    /// Ready once it has hashed for the first time.
    pub(crate) fn start() -> Self {
        let program = std::env::current_exe().expect("a program");
        let mut command = Command::new(program);
        command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("a process");
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        let mut process = Self { child, answers };
        process.wait();
        process
    }

    fn ask(&mut self) {
        self.child.stdin.as_mut().expect("piped").write_all(b"\n").expect("alive");
    }

    fn wait(&mut self) -> Sample {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("alive");
        let (wall, cpu) = line.trim().split_once(' ').expect("two numbers");
        Sample { wall: wall.parse().expect("seconds"), cpu: cpu.parse().expect("seconds") }
    }

    /// All at once; wall time of the slowest, CPU time of all.
    pub(crate) fn run(processes: &mut [Self]) -> Sample {
        processes.iter_mut().for_each(Self::ask);
        let samples: Vec<Sample> = processes.iter_mut().map(Self::wait).collect();
        Sample {
            wall: samples.iter().map(|sample| sample.wall).fold(0.0, f64::max),
            cpu: samples.iter().map(|sample| sample.cpu).sum(),
        }
    }
}

impl Drop for HashProcess {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("ends when its input does");
    }
}

/// What the process does.
pub(crate) fn serve() {
    let data = Workload::Random.bytes(SEED, BYTES);
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let sample = time(|| data.chunks(64 << 10).map(blake3::hash).filter(is_odd).count());
        say(&format!("{} {}", sample.wall, sample.cpu));
        if lines.next().is_none() {
            return;
        }
    }
}

fn is_odd(hash: &blake3::Hash) -> bool {
    hash.as_bytes()[0] % 2 == 1
}
