//! Time that went by, time that this process worked, and the memory it has.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// A start of both clocks.
#[derive(Debug)]
pub(super) struct Meter {
    wall: Instant,
    cpu: Duration,
}

/// What both clocks say since a start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) wall_seconds: f64,
    /// All threads together, those of RocksDB included.
    pub(super) cpu_seconds: f64,
}

impl Meter {
    pub(super) fn start() -> Self {
        Self { wall: Instant::now(), cpu: cpu_time() }
    }

    pub(super) fn span(&self) -> Span {
        let cpu = cpu_time().saturating_sub(self.cpu);
        let wall_seconds = self.wall.elapsed().as_secs_f64();
        Span { wall_seconds, cpu_seconds: cpu.as_secs_f64() }
    }
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::from_secs(time.tv_sec.unsigned_abs())
        + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

impl Span {
    /// Cores that the process had on average: less than its threads could use where others work
    /// on the machine too, or where it waits for a disk.
    pub(super) fn cores_used(&self) -> f64 {
        self.cpu_seconds / self.wall_seconds
    }
}

/// Adds up the time of some stretches among others.
#[derive(Debug, Default)]
pub(super) struct Stopwatch {
    wall_seconds: f64,
    cpu_seconds: f64,
}

impl Stopwatch {
    pub(super) fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let meter = Meter::start();
        let result = work();
        let Span { wall_seconds, cpu_seconds } = meter.span();
        self.wall_seconds += wall_seconds;
        self.cpu_seconds += cpu_seconds;
        result
    }

    pub(super) const fn span(&self) -> Span {
        Span { wall_seconds: self.wall_seconds, cpu_seconds: self.cpu_seconds }
    }
}

/// Memory of this process that is in RAM; `None` where the system does not say.
pub(super) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
