//! How much of a hostile object is looked at.

use std::time::Duration;

/// Caps on what one object may cost. The defaults are far above what honest objects need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a cache file's own header.
    pub header_bytes: usize,
    /// Bytes of an HTTP or mail header block.
    pub header_block_bytes: usize,
    /// Fields of an HTTP header block.
    pub header_fields: usize,
    /// Bytes of an object's key.
    pub key_bytes: usize,
    /// Folders below the root of a source.
    pub folder_depth: usize,
    /// Parts of one mail.
    pub mime_parts: usize,
    /// Parts within parts of one mail.
    pub mime_depth: usize,
    /// Members of one archive that are offered.
    pub members: usize,
    /// Bytes of an object as it is stored.
    pub object_bytes: u64,
    /// Bytes that a recipe may give.
    pub decoded_bytes: u64,
    /// Decoded bytes for one that was read, once `ratio_from_bytes` came out.
    pub decode_ratio: u64,
    /// Decoded bytes below which the ratio is not looked at.
    pub ratio_from_bytes: u64,
    /// Chunks of one object, those of all its representations.
    pub chunks: usize,
    /// Steps of a recipe, `identity` aside.
    pub recipe_steps: usize,
    /// Time that a recipe may take, whatever it gives.
    pub decode_time: Duration,
    /// Bytes that earn a recipe one second more.
    pub bytes_per_second: u64,
    /// Memory of one decoder's window, or of one representation that has to be held whole.
    pub memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_bytes: 64 << 10,
            header_block_bytes: 64 << 10,
            header_fields: 200,
            key_bytes: 64 << 10,
            folder_depth: 16,
            mime_parts: 1000,
            mime_depth: 10,
            members: 100_000,
            object_bytes: 64 << 30,
            decoded_bytes: 16 << 30,
            decode_ratio: 1000,
            ratio_from_bytes: 1 << 20,
            chunks: 1 << 20,
            recipe_steps: 3,
            decode_time: Duration::from_mins(1),
            bytes_per_second: 10 << 20,
            memory_bytes: 128 << 20,
        }
    }
}
