//! The records of an agent's journal. Numbers are little-endian; the first byte says which record.

use gleaner_chunker::ChunkId;

use super::feed::{ObjectNumber, SEQ_MAX, SeenChunk};
use super::object_row::{decode_scoped, encode_scoped};
use crate::error::Error;
use crate::object::{Generation, ObjectKey, SourceId};
use crate::scopes::scope_ledger::ScopedObject;
use crate::source::RootInode;

/// Numbers and chunks of one row of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PartRecord {
    pub(super) number: ObjectNumber,
    pub(super) row: Vec<u8>,
    pub(super) chunks: Vec<SeenChunk>,
}

/// An object as it was found: takes the place of what was known of its key. Its parts have the
/// positions from `first_seq` on, then come those of the numbers that it has no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PutRecord {
    pub(super) first_seq: u64,
    pub(super) key: ObjectKey,
    pub(super) generation: Generation,
    pub(super) scoped: ScopedObject,
    pub(super) parts: Vec<PartRecord>,
    pub(super) ended: Vec<ObjectNumber>,
}

/// Where the counts stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StartRecord {
    pub(super) source: SourceId,
    pub(super) epoch: u32,
    pub(super) last_seq: u64,
    pub(super) next_number: u64,
    /// Changes after this position are all in the journal.
    pub(super) deltas_from: u64,
}

/// The root that is believed to be the source's, and what was known of it then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RootRecord {
    /// `None` for a source that has no root.
    pub(super) inode: Option<RootInode>,
    /// Objects that were known.
    pub(super) objects: u64,
    /// Their numbers are below this one.
    pub(super) next_number: u64,
    /// Somebody said that it is to be believed, whatever it lacks.
    pub(super) is_confirmed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    Start(StartRecord),
    Put(PutRecord),
    /// An object went; its numbers have the positions from here on.
    Remove {
        first_seq: u64,
        key: ObjectKey,
        numbers: Vec<ObjectNumber>,
    },
    /// A number went at a position, earlier than this journal.
    Ended {
        seq: u64,
        number: ObjectNumber,
    },
    Epoch(u32),
    /// A digest of what is not tried again.
    Bad([u8; 16]),
    Root(RootRecord),
}

const START: u8 = 1;
const PUT: u8 = 2;
const REMOVE: u8 = 3;
const ENDED: u8 = 4;
const EPOCH: u8 = 5;
const BAD: u8 = 6;
// 7 was a root without its numbers.
const ROOT: u8 = 8;

const FAULT: Error = Error::Corrupt("a record of the journal");

impl Record {
    pub(super) fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        match self {
            Self::Start(start) => {
                out.push(START);
                out.extend(start.source.get().to_le_bytes());
                out.extend(start.epoch.to_le_bytes());
                for number in [start.last_seq, start.next_number, start.deltas_from] {
                    out.extend(number.to_le_bytes());
                }
            }
            Self::Put(put) => {
                out.push(PUT);
                put.encode(&mut out)?;
            }
            Self::Remove { first_seq, key, numbers } => {
                out.push(REMOVE);
                out.extend(first_seq.to_le_bytes());
                put_bytes(&mut out, key.as_bytes())?;
                put_numbers(&mut out, numbers)?;
            }
            Self::Ended { seq, number } => {
                out.push(ENDED);
                out.extend(seq.to_le_bytes());
                out.extend(number.get().to_le_bytes());
            }
            Self::Epoch(epoch) => {
                out.push(EPOCH);
                out.extend(epoch.to_le_bytes());
            }
            Self::Bad(digest) => {
                out.push(BAD);
                out.extend_from_slice(digest);
            }
            Self::Root(root) => {
                out.push(ROOT);
                out.push(u8::from(root.inode.is_some()));
                out.push(u8::from(root.is_confirmed));
                let (dev, ino) = root.inode.map_or((0, 0), |inode| (inode.dev, inode.ino));
                for number in [dev, ino, root.objects, root.next_number] {
                    out.extend(number.to_le_bytes());
                }
            }
        }
        Ok(out)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let mut rest = bytes;
        let [kind] = take(&mut rest)?;
        let record = match kind {
            START => Self::Start(StartRecord {
                source: SourceId::new(u16::from_le_bytes(take(&mut rest)?)),
                epoch: u32::from_le_bytes(take(&mut rest)?),
                last_seq: take_seq(&mut rest)?,
                next_number: take_u64(&mut rest)?,
                deltas_from: take_seq(&mut rest)?,
            }),
            PUT => Self::Put(PutRecord::decode(&mut rest)?),
            REMOVE => Self::Remove {
                first_seq: take_seq(&mut rest)?,
                key: ObjectKey::new(take_bytes(&mut rest)?)?,
                numbers: take_numbers(&mut rest)?,
            },
            ENDED => Self::Ended {
                seq: take_seq(&mut rest)?,
                number: ObjectNumber::new(take_u64(&mut rest)?),
            },
            EPOCH => Self::Epoch(u32::from_le_bytes(take(&mut rest)?)),
            BAD => Self::Bad(take(&mut rest)?),
            ROOT => {
                let (has_inode, is_confirmed) = (take_bool(&mut rest)?, take_bool(&mut rest)?);
                let inode = RootInode { dev: take_u64(&mut rest)?, ino: take_u64(&mut rest)? };
                let (objects, next_number) = (take_u64(&mut rest)?, take_u64(&mut rest)?);
                let inode = has_inode.then_some(inode);
                Self::Root(RootRecord { inode, objects, next_number, is_confirmed })
            }
            _ => return Err(Error::Unsupported("a record of another version")),
        };
        if rest.is_empty() { Ok(record) } else { Err(FAULT) }
    }
}

impl PutRecord {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend(self.first_seq.to_le_bytes());
        put_bytes(out, self.key.as_bytes())?;
        out.extend_from_slice(self.generation.as_bytes());
        encode_scoped(self.scoped, out);
        put_count(out, self.parts.len())?;
        for part in &self.parts {
            out.extend(part.number.get().to_le_bytes());
            put_bytes(out, &part.row)?;
            put_count(out, part.chunks.len())?;
            for seen in &part.chunks {
                out.extend_from_slice(seen.chunk.as_bytes());
                out.push(seen.representation);
                out.extend(seen.offset.to_le_bytes());
                out.extend(seen.length.to_le_bytes());
            }
        }
        put_numbers(out, &self.ended)
    }

    fn decode(rest: &mut &[u8]) -> Result<Self, Error> {
        let first_seq = take_seq(rest)?;
        let key = ObjectKey::new(take_bytes(rest)?)?;
        let generation = Generation::from_bytes(take(rest)?);
        let scoped = decode_scoped(rest)?;
        let mut parts = Vec::new();
        for _ in 0..u32::from_le_bytes(take(rest)?) {
            let number = ObjectNumber::new(take_u64(rest)?);
            let row = take_bytes(rest)?.to_vec();
            let mut chunks = Vec::new();
            for _ in 0..u32::from_le_bytes(take(rest)?) {
                let chunk = ChunkId::from_bytes(take(rest)?);
                let [representation] = take(rest)?;
                let (offset, length) = (take_u64(rest)?, u32::from_le_bytes(take(rest)?));
                chunks.push(SeenChunk { chunk, representation, offset, length });
            }
            parts.push(PartRecord { number, row, chunks });
        }
        Ok(Self { first_seq, key, generation, scoped, parts, ended: take_numbers(rest)? })
    }
}

fn put_count(out: &mut Vec<u8>, count: usize) -> Result<(), Error> {
    out.extend(u32::try_from(count).map_err(|_| FAULT)?.to_le_bytes());
    Ok(())
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Error> {
    put_count(out, bytes.len())?;
    out.extend_from_slice(bytes);
    Ok(())
}

fn put_numbers(out: &mut Vec<u8>, numbers: &[ObjectNumber]) -> Result<(), Error> {
    put_count(out, numbers.len())?;
    out.extend(numbers.iter().flat_map(|number| number.get().to_le_bytes()));
    Ok(())
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Error> {
    let (first, after) = rest.split_first_chunk().ok_or(FAULT)?;
    *rest = after;
    Ok(*first)
}

fn take_bool(rest: &mut &[u8]) -> Result<bool, Error> {
    match take(rest)? {
        [0] => Ok(false),
        [1] => Ok(true),
        _ => Err(FAULT),
    }
}

fn take_u64(rest: &mut &[u8]) -> Result<u64, Error> {
    take(rest).map(u64::from_le_bytes)
}

/// A position: so far from the largest number that those after it can be counted.
fn take_seq(rest: &mut &[u8]) -> Result<u64, Error> {
    take_u64(rest).and_then(|seq| if seq <= SEQ_MAX { Ok(seq) } else { Err(FAULT) })
}

fn take_bytes<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Error> {
    let len = usize::try_from(u32::from_le_bytes(take(rest)?)).map_err(|_| FAULT)?;
    let (bytes, after) = rest.split_at_checked(len).ok_or(FAULT)?;
    *rest = after;
    Ok(bytes)
}

fn take_numbers(rest: &mut &[u8]) -> Result<Vec<ObjectNumber>, Error> {
    let count = u32::from_le_bytes(take(rest)?);
    (0..count).map(|_| take_u64(rest).map(ObjectNumber::new)).collect()
}
