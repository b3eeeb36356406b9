//! Tests of the command as its users meet it: the real binary, its streams and its exit codes.
//!
//! They lie in the package of the command, so that Cargo builds the binary for them. Every file of
//! this folder is a `mod` line below.

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

mod json_schema;
mod schemas;
mod sandbox;
mod running_server;
mod seeds;
mod unsynced_mount;

mod cli_access;
mod cli_agent;
mod cli_bench;
mod cli_check;
mod cli_copy;
mod cli_damage;
mod cli_exit_codes;
mod cli_first_minutes;
mod cli_flags;
mod cli_forget;
mod cli_full_disk;
mod cli_generated;
mod cli_index;
mod cli_json;
mod cli_keys;
mod cli_limits;
mod cli_migrate;
mod cli_names;
mod cli_nearby;
mod cli_parity;
mod cli_profiles;
mod cli_prune;
mod cli_repair;
mod cli_repair_packs;
mod cli_repair_snapshots;
mod cli_restore;
mod cli_schemas;
mod cli_secrets;
mod cli_selection;
mod cli_server;
mod cli_server_kills;
mod cli_streams;
mod cli_syscall_faults;
mod cli_systemd;
mod cli_unsynced_loss;
