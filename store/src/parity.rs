//! Parity sidecars: what heals a pack without any key (FORMAT.md section 6.6).
//!
//! A sidecar holds recovery shards of a Reed-Solomon code over the bytes of one pack, as they are
//! on storage, and a checksum for each shard, so that damage becomes an erasure. What it heals is
//! compared with the hash of the whole pack before anybody sees it.

mod format;
mod window;
mod encode;
mod sidecar;
mod heal;

pub use encode::encode_parity;
pub use format::{PARITY_HEAD_BYTES, PARITY_PERCENT, ParityHead, parity_bytes_max};
pub use sidecar::ParitySidecar;

#[cfg(test)]
mod tests;
