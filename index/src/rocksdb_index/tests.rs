//! Tests of the index on RocksDB: what it adds to the conformance suite.

#![expect(clippy::disallowed_methods, reason = "tests damage files and start processes")]

mod sample;
mod contract;
mod format;
mod rebuild;
mod process;
mod kills;
mod damage;
mod layers;
mod views;
