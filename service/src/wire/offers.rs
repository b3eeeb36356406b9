//! What a client has identified, and what a server says of it.

use gleaner_chunker::ChunkId;
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::packed::Malformed;

/// Bytes of chunks in one offer, at most: what is found of it goes into one pack, and the server
/// holds it in memory.
pub const OFFER_BYTES_MAX: u64 = 32 << 20;
/// Chunks of one offer in each domain, at most: of 4 KiB and more there are not so many.
pub const OFFER_CHUNKS_MAX: usize = 16 << 10;
/// Bytes of the tail of an offer, at most.
pub const OFFER_TAIL_BYTES_MAX: usize = 2 << 20;
/// Stretches of one offer, at most.
pub const STRETCHES_MAX: usize = 256;
/// Bytes of a proof.
pub const PROOF_BYTES: usize = 16;
/// Bytes of the largest chunk there is (FORMAT.md section 5).
const CHUNK_BYTES_MAX: u32 = 8 << 20;

/// Offers increments to be looked for nearby. The tail says which.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Offer {
    /// A number that the proofs are made for, of the client's choice.
    #[n(0)]
    pub batch: u32,
    /// Leave to seal one pack.
    #[n(1)]
    pub commission: ByteVec,
    /// How its blocks are compressed (zstd), 0 if not.
    #[n(2)]
    pub level: i32,
    /// Whether they are padded.
    #[n(3)]
    pub pad: bool,
}

impl std::fmt::Debug for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The commission is a secret.
        f.debug_struct("Offer").field("batch", &self.batch).finish_non_exhaustive()
    }
}

/// What became of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Answered {
    /// For each stretch, in its order; none if the server did not look at all.
    #[n(0)]
    pub answers: Vec<Answer>,
    /// Length of the pack that was made of what was found; 0 if nothing was.
    #[n(1)]
    pub pack_bytes: u64,
}

/// What is said of one stretch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Answer {
    /// The stretch's identifier, as it was offered.
    #[n(0)]
    pub identifier: ByteArray<32>,
    /// What it comes to.
    #[n(1)]
    pub word: Word,
    /// The source that most of it was found at.
    #[n(2)]
    pub source: Option<u16>,
    /// Bytes of it that were found, and are in the pack.
    #[n(3)]
    pub bytes: u64,
    /// Own chunks that these are.
    #[n(4)]
    pub chunks: u32,
}

/// The word of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum Word {
    /// All that was wanted of it was found.
    #[n(2)]
    Found,
    /// The client sends it, or what is missing of it.
    #[n(3)]
    Send,
}

/// Consecutive bytes of an increment, cut in the public domain and in the client's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// BLAKE3 of its public ids, one after the other.
    pub identifier: [u8; 32],
    /// Bytes by which the first public chunk begins before the first of the client's.
    pub before: u32,
    /// What access servers know it by, in stream order without gaps.
    pub public: Vec<OfferedChunk>,
    /// What it is stored as, in stream order without gaps.
    pub own: Vec<OwnChunk>,
}

/// A chunk of the public domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferedChunk {
    /// Its id.
    pub id: ChunkId,
    /// Its length.
    pub bytes: u32,
    /// Shows that whoever offers it holds it.
    pub proof: [u8; PROOF_BYTES],
}

/// A chunk of a client's own domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnChunk {
    /// Its id.
    pub id: ChunkId,
    /// Its length.
    pub bytes: u32,
    /// Whether it is to be in the pack: it is stored nowhere yet.
    pub is_wanted: bool,
}

/// The key of the proofs of a batch: a proof is the first [`PROOF_BYTES`] of the chunk's BLAKE3
/// under it. Who does not hold the bytes cannot make it, and nobody can use it in another session.
#[must_use]
pub fn proof_key(nonce: &[u8; 32], batch: u32) -> [u8; 32] {
    let material = [&nonce[..], &batch.to_le_bytes()].concat();
    blake3::derive_key("gleaner 2026-11-30 proof of possession", &material)
}

/// The proof for a chunk under the key of its batch.
#[must_use]
pub fn proof_of(key: &[u8; 32], bytes: &[u8]) -> [u8; PROOF_BYTES] {
    let mut proof = [0; PROOF_BYTES];
    blake3::Hasher::new_keyed(key).update(bytes).finalize_xof().fill(&mut proof);
    proof
}

/// The identifier of a stretch of these public chunks.
#[must_use]
pub fn identifier_of<'i>(public: impl IntoIterator<Item = &'i ChunkId>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for id in public {
        hasher.update(id.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// Writes stretches down: identifier 32, before u32, public count u32, own count u32, then for each
/// public chunk id 32, length u32, proof 16, and for each own chunk id 32, length u32, wanted u8;
/// little-endian.
///
/// # Panics
/// When one has 2^32 chunks.
#[must_use]
pub fn pack_stretches(stretches: &[Stretch]) -> Vec<u8> {
    let mut out = Vec::new();
    let count = |count: usize| u32::try_from(count).expect("chunks of 32 MiB").to_le_bytes();
    for stretch in stretches {
        out.extend_from_slice(&stretch.identifier);
        out.extend(stretch.before.to_le_bytes());
        out.extend(count(stretch.public.len()));
        out.extend(count(stretch.own.len()));
        for chunk in &stretch.public {
            out.extend_from_slice(chunk.id.as_bytes());
            out.extend(chunk.bytes.to_le_bytes());
            out.extend_from_slice(&chunk.proof);
        }
        for chunk in &stretch.own {
            out.extend_from_slice(chunk.id.as_bytes());
            out.extend(chunk.bytes.to_le_bytes());
            out.push(chunk.is_wanted.into());
        }
    }
    out
}

/// Reads [`pack_stretches`]. Allocates by what is there, not by what is declared.
///
/// # Errors
/// [`Malformed`], also beyond [`OFFER_TAIL_BYTES_MAX`], [`STRETCHES_MAX`], [`OFFER_CHUNKS_MAX`] and
/// [`OFFER_BYTES_MAX`], of either domain.
pub fn unpack_stretches(bytes: &[u8]) -> Result<Vec<Stretch>, Malformed> {
    let (mut rest, mut stretches) = (bytes, Vec::new());
    let (mut public_bytes, mut own_bytes) = (0, 0);
    let (mut publics, mut owns) = (0, 0);
    if bytes.len() > OFFER_TAIL_BYTES_MAX {
        return Err(Malformed);
    }
    while !rest.is_empty() {
        let identifier = take(&mut rest)?;
        let [before, public_count, own_count] =
            [take(&mut rest)?, take(&mut rest)?, take(&mut rest)?].map(u32::from_le_bytes);
        let mut public = Vec::new();
        for _ in 0..public_count {
            let id = ChunkId::from_bytes(take(&mut rest)?);
            let bytes = chunk_bytes(&mut rest, &mut public_bytes)?;
            public.push(OfferedChunk { id, bytes, proof: take(&mut rest)? });
        }
        let mut own = Vec::new();
        for _ in 0..own_count {
            let id = ChunkId::from_bytes(take(&mut rest)?);
            let bytes = chunk_bytes(&mut rest, &mut own_bytes)?;
            let is_wanted = match take(&mut rest)? {
                [0] => false,
                [1] => true,
                _ => return Err(Malformed),
            };
            own.push(OwnChunk { id, bytes, is_wanted });
        }
        publics += public.len();
        owns += own.len();
        stretches.push(Stretch { identifier, before, public, own });
        if stretches.len() > STRETCHES_MAX || publics.max(owns) > OFFER_CHUNKS_MAX {
            return Err(Malformed);
        }
    }
    Ok(stretches)
}

fn chunk_bytes(rest: &mut &[u8], all: &mut u64) -> Result<u32, Malformed> {
    let bytes = u32::from_le_bytes(take(rest)?);
    *all += u64::from(bytes);
    let is_one = (1..=CHUNK_BYTES_MAX).contains(&bytes) && *all <= OFFER_BYTES_MAX;
    if is_one { Ok(bytes) } else { Err(Malformed) }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (first, after) = rest.split_first_chunk().ok_or(Malformed)?;
    *rest = after;
    Ok(*first)
}
