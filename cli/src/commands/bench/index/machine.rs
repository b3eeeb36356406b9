//! What a number was measured on.

use std::fs;
use std::num::NonZero;
use std::thread::available_parallelism;

use serde::Serialize;

/// Facts about the machine; those that it does not tell are absent.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    pub(super) cpu: Option<String>,
    pub(super) cores: usize,
    pub(super) memory_bytes: Option<u64>,
    pub(super) kernel: Option<String>,
}

impl Machine {
    pub(super) fn this() -> Self {
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
        Self {
            cpu: value("/proc/cpuinfo", "model name"),
            cores: available_parallelism().map_or(1, NonZero::get),
            memory_bytes: memory_bytes(),
            kernel: kernel.map(|text| text.trim().to_owned()),
        }
    }
}

fn memory_bytes() -> Option<u64> {
    let total = value("/proc/meminfo", "MemTotal")?;
    total.strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// What stands behind the colon of the first line that begins with `key`.
fn value(path: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
