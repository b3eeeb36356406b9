//! Tests of the sightings on RocksDB: what they add to the conformance suite.

#![expect(clippy::disallowed_methods, reason = "tests copy folders and damage rows")]

mod subject;
mod contract;
mod format;
mod rows;
