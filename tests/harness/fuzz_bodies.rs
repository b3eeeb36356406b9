//! What the fuzz targets call. They live here, without libFuzzer, so that the suite replays the
//! committed corpora on the stable toolchain: a finding stays a regression test.
//!
//! A body takes any bytes, panics on a finding and must not depend on anything but its argument.

mod chunk_boundaries;

pub use chunk_boundaries::chunk_boundaries;
