//! The integration suite: one binary, one file per claim group.
//!
//! Every file of this folder is a `mod` line below; the tidy tests fail where one is missing.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, helper functions of tests included"
)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "counts of cases, seeds and skips are part of a test's result"
)]

#[cfg(feature = "live-servers")]
mod access_servers;
mod backup_restore;
mod check;
mod copy;
mod corpus_replay;
mod crash_recovery;
mod damage_sweep;
mod failing_calls;
mod fidelity;
mod foreign_objects;
mod histories;
mod index_places;
#[cfg(feature = "rocksdb")]
mod index_rebuilt;
mod io_faults;
mod key_rotation;
mod kill_loop;
mod nonces;
mod old_repositories;
mod parity;
mod prune;
mod regressions;
mod repair;
mod second_reader;
mod service_agents;
mod service_cuts;
mod service_distance;
mod service_nearby;
mod service_sessions;
mod service_site;
mod soak;
mod tidy;
mod two_writers;
#[cfg(feature = "live-servers")]
mod web_caches;
mod what_storage_sees;
