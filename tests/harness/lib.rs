//! Harness.

#![forbid(unsafe_code)]

pub mod fault;
pub mod seeds;

pub mod faulty_fs;
pub mod faulty_storage;
pub mod hooked_storage;
pub mod recording_fs;
pub mod seal_log;

pub mod crash_image;

pub mod fuzz_bodies;

pub mod independent_reader;

pub mod engine_doubles;
pub mod relay;
pub mod turns;

#[cfg(feature = "live-servers")]
mod free_ports;
#[cfg(feature = "live-servers")]
pub mod loopback_http;
#[cfg(feature = "live-servers")]
pub mod origin;
#[cfg(feature = "live-servers")]
pub mod servers;
#[cfg(feature = "live-servers")]
pub mod image_layout;
