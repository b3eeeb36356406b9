//! Tests of the sightings on RocksDB: what they add to the conformance suite.

mod subject;
mod contract;
mod format;
mod rows;
