//! Cuts a file that is read in batches into stretches whose chunks of both domains lie over each
//! other.

use gleaner_chunker::ChunkBatch;

use crate::wire::{OfferedChunk, OwnChunk, Stretch, identifier_of, proof_of};

/// Chunks of both domains that are in no stretch yet.
#[derive(Debug, Default)]
pub(crate) struct StretchCutter {
    public: Vec<OfferedChunk>,
    /// Where the first of them begins in the file, and the last ends.
    public_from: u64,
    public_to: u64,
    own: Vec<OwnChunk>,
    own_from: u64,
    own_to: u64,
}

impl StretchCutter {
    /// Takes the next batch of a file.
    pub(crate) fn add(&mut self, batch: &ChunkBatch, proof_key: &[u8; 32]) {
        for (id, bytes) in batch.second_domain() {
            let length = length_of(bytes);
            let proof = proof_of(proof_key, bytes);
            self.public.push(OfferedChunk { id, bytes: length, proof });
            self.public_to += u64::from(length);
        }
        for (id, bytes) in batch.iter() {
            let length = length_of(bytes);
            self.own.push(OwnChunk { id, bytes: length, is_wanted: false });
            self.own_to += u64::from(length);
        }
    }

    /// Bytes of own chunks that are in no stretch yet.
    pub(crate) const fn own_bytes(&self) -> u64 {
        self.own_to - self.own_from
    }

    /// A stretch of all own chunks that lie in public ones. The others stay, and so do public
    /// chunks that they begin in.
    pub(crate) fn cut(&mut self) -> Stretch {
        let mut end = self.own_from;
        let inside = self.own.iter().take_while(|chunk| {
            let chunk_end = end + u64::from(chunk.bytes);
            let is_inside = chunk_end <= self.public_to;
            if is_inside {
                end = chunk_end;
            }
            is_inside
        });
        let count = inside.count();
        let own: Vec<OwnChunk> = self.own.drain(..count).collect();
        let before = u32::try_from(self.own_from - self.public_from).unwrap_or(u32::MAX);
        let public = self.public.clone();
        self.own_from = end;
        let mut gone = 0;
        let mut from = self.public_from;
        for chunk in &self.public {
            let chunk_end = from + u64::from(chunk.bytes);
            if chunk_end > end {
                break;
            }
            from = chunk_end;
            gone += 1;
        }
        self.public.drain(..gone);
        self.public_from = from;
        let identifier = identifier_of(public.iter().map(|chunk| &chunk.id));
        Stretch { identifier, before, public, own }
    }

    /// The last stretch: all that is left.
    pub(crate) fn end(mut self) -> Stretch {
        self.cut()
    }
}

fn length_of(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("a chunk has 8 MiB at most")
}
