//! Turns bytes into chunks: boundaries and ids, in parallel.
//!
//! A [`Chunker`] says where chunks end, from the bytes alone, so that a change in a stream moves
//! only the boundaries near it. An [`IdHasher`] names chunks by their bytes. A [`ChunkStream`] does
//! both over any reader. Cut points are bit-identical to the `fastcdc` crate 5.0.0 (v2020), and
//! stay so: `vectors/cuts_v1.txt` is part of the format.
//!
//! The crate opens no file, keeps no clock and no global state, and knows neither index nor packs.
//!
//! ```
//! use std::sync::Arc;
//! use gleaner_chunker::{ChunkStream, Chunker, ChunkerParams, GearTable, IdHasher};
//!
//! let domain_key = [7; 32]; // random in earnest
//! let chunker = Arc::new(Chunker::new(ChunkerParams::DEFAULT, GearTable::derive(&domain_key))?);
//! let id_hasher = Arc::new(IdHasher::keyed(&domain_key));
//! let data = vec![1; 3 << 20];
//!
//! let mut stream = ChunkStream::new(data.as_slice(), chunker, id_hasher, 1 << 20);
//! let mut bytes = 0;
//! while let Some(batch) = stream.next_batch()? {
//!     for (id, chunk) in batch.iter() {
//!         println!("{id} {}", chunk.len());
//!         bytes += chunk.len();
//!     }
//!     stream.recycle(batch.into_buffer());
//! }
//! assert_eq!(bytes, data.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![deny(unsafe_code)]

mod repeated_byte;
mod gear;
mod candidates;
mod simd;
mod scan_form;
mod error_kind;
mod error;
mod id;
mod params;
mod reference;
mod scan;
mod boundaries;
mod hash_batches;
mod chunks;
mod speculation;
mod chunk_slice;
mod read_ahead;
mod chunk_stream;
#[cfg(test)]
mod seeded;

pub use boundaries::{Chunker, Cuts};
pub use chunk_slice::chunk_slice;
pub use chunk_stream::{ChunkBatch, ChunkStream};
pub use chunks::Chunks;
pub use error::Error;
pub use error_kind::ErrorKind;
pub use gear::GearTable;
pub use hash_batches::IdHasher;
pub use id::{ChunkId, PackId};
pub use params::ChunkerParams;
pub use reference::reference_cut;
pub use scan_form::ScanForm;
