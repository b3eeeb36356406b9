//! Processor time of this thread, which other processes on the machine lengthen far less than
//! they do wall time.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Runs `work` and adds the processor time that it took to `total`. Costs two system calls.
pub(crate) fn timed<T>(total: &mut Duration, work: impl FnOnce() -> T) -> T {
    let started = now();
    let result = work();
    *total += now().saturating_sub(started);
    result
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}
