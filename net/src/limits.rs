//! How much, how many, how long.

use std::time::Duration;

/// Bytes of a frame (RELIABILITY section 6.7: wire message 16 MiB).
pub const FRAME_BYTES_MAX: u32 = 16 << 20;

/// Limits of connections. What a peer does beyond them ends its connection, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a frame, in either direction; at most [`FRAME_BYTES_MAX`].
    pub frame_bytes_max: u32,
    /// From the first byte of a connection to the end of its handshake, however the bytes trickle.
    pub handshake: Duration,
    /// Between two frames. Empty frames count, which is what they are for.
    pub idle: Duration,
    /// For a frame that has begun, besides the time that it takes at [`Self::rate_min`].
    pub frame: Duration,
    /// Bytes per second that the other end has to send and take while a frame is on its way.
    pub rate_min: u64,
    /// Connections at a time.
    pub connections_max: usize,
    /// Connections at a time from one address.
    pub connections_per_address_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_bytes_max: FRAME_BYTES_MAX,
            handshake: Duration::from_secs(10),
            idle: Duration::from_mins(2),
            frame: Duration::from_secs(30),
            rate_min: 8 << 10,
            connections_max: 512,
            connections_per_address_max: 64,
        }
    }
}

impl Limits {
    /// Bytes of a frame, as they count: no more than [`FRAME_BYTES_MAX`].
    #[must_use]
    pub fn bytes_max(&self) -> u32 {
        self.frame_bytes_max.min(FRAME_BYTES_MAX)
    }

    /// The time that a frame of so many bytes may take once it has begun.
    pub(crate) fn time_of(&self, bytes: usize) -> Duration {
        self.frame + Duration::from_secs(bytes as u64 / self.rate_min.max(1))
    }
}
