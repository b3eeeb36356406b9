//! How an index is set up: how much it keeps in memory, and how much it remembers.

const MIB: u64 = 1 << 20;

/// What an index on RocksDB is told when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexOptions {
    /// Which chunks it recognises.
    pub mode: IndexMode,
    /// Memory for all its parts together, bytes; the default is 112 MiB. Below
    /// [`MEMORY_BYTES_MIN`](Self::MEMORY_BYTES_MIN) counts as that.
    ///
    /// Held up to about one chunk for every six bytes, 2 x 10^7 by default. Beyond that the filter
    /// of mode `exact` needs up to 2.5 bytes a chunk more, which the statistics report apart. Now
    /// and then (each time the chunks have grown to 3.4 times as many) a checkpoint makes the
    /// filter anew and holds it twice meanwhile.
    pub memory_bytes: u64,
    /// Whether RocksDB counts what it reads and writes.
    pub(crate) is_counted: bool,
}

impl IndexOptions {
    /// The least memory an index works with, bytes.
    pub const MEMORY_BYTES_MIN: u64 = 16 * MIB;

    /// The same, with RocksDB counting what it reads and writes, for
    /// [`database_counts`](crate::RocksDbIndex::database_counts).
    #[cfg(feature = "bench")]
    #[must_use]
    pub fn counted(self) -> Self {
        Self { is_counted: true, ..self }
    }
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self { mode: IndexMode::Exact, memory_bytes: 112 * MIB, is_counted: false }
    }
}

/// Which stored chunks a lookup recognises. Both modes keep the same rows on disk, and an index may
/// be opened in another mode each time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IndexMode {
    /// All of them, for about 2 bytes of memory a chunk.
    #[default]
    Exact,
    /// Those near a hook: one chunk in 64 is looked up, and its pack's whole directory then answers
    /// for its neighbours (Sparse Indexing, Lillibridge et al., FAST 2009). For repositories whose
    /// filter would not fit; costs 0.05 bytes of memory a chunk by calculation, and what slips
    /// through is stored twice.
    Sparse,
}

/// Shares of the memory, after INDEX section 2.2: 24, 24, 16 and 48 of 112 MiB.
#[cfg(any(feature = "rocksdb", test))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "units stand in names")]
pub(crate) struct MemoryShares {
    /// Directories of packs.
    pub(crate) locality_cache_bytes: u64,
    /// RocksDB's blocks: data, and the pinned parts of its index.
    pub(crate) block_cache_bytes: u64,
    /// RocksDB's write buffers, all together.
    pub(crate) write_buffer_bytes: u64,
    /// What neither of the caches can give up for a larger filter.
    pub(crate) beyond_bytes: u64,
}

#[cfg(any(feature = "rocksdb", test))]
impl MemoryShares {
    /// Divides the memory with a filter of that size in it. A filter above its share takes from the
    /// locality cache first, down to a third, and then from the block cache, likewise.
    pub(crate) fn new(memory_bytes: u64, filter_bytes: u64) -> Self {
        let part = memory_bytes.max(IndexOptions::MEMORY_BYTES_MIN) / 14;
        let mut beyond_bytes = filter_bytes.saturating_sub(6 * part);
        let mut cache = || {
            let given = beyond_bytes.min(2 * part);
            beyond_bytes -= given;
            3 * part - given
        };
        let (locality_cache_bytes, block_cache_bytes) = (cache(), cache());
        Self { locality_cache_bytes, block_cache_bytes, write_buffer_bytes: 2 * part, beyond_bytes }
    }
}

#[cfg(test)]
mod tests {
    //! Goal: the parts never add up to more than they were given, but for what is reported apart.

    use super::{IndexOptions, MIB, MemoryShares};

    #[test]
    fn default_shares_are_those_of_the_design() {
        let shares = MemoryShares::new(IndexOptions::default().memory_bytes, 48 * MIB);
        let expected = MemoryShares {
            locality_cache_bytes: 24 * MIB,
            block_cache_bytes: 24 * MIB,
            write_buffer_bytes: 16 * MIB,
            beyond_bytes: 0,
        };
        assert_eq!(shares, expected);
    }

    #[test]
    fn shares_add_up_to_the_memory_whatever_the_filter_takes() {
        for memory in [0, 16 * MIB, 17 * MIB + 5, 112 * MIB, 4096 * MIB] {
            for filter in [0, MIB, 7 * MIB, 48 * MIB, 49 * MIB, 80 * MIB, 225 * MIB, 1 << 40] {
                let shares = MemoryShares::new(memory, filter);
                let parts = shares.locality_cache_bytes
                    + shares.block_cache_bytes
                    + shares.write_buffer_bytes
                    + filter;
                let allowed = memory.max(IndexOptions::MEMORY_BYTES_MIN) + shares.beyond_bytes;
                assert!(parts <= allowed, "{memory} {filter}: {shares:?}");
                assert!(shares.locality_cache_bytes >= MIB && shares.block_cache_bytes >= MIB);
            }
        }
    }
}
