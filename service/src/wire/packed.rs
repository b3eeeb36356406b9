//! The tails of an agent's messages: fixed-width, little-endian, one record after the other, as
//! many of them as CBOR would spend its time on.
//!
//! ```text
//! chunk   id 32, representation u8, offset u48, length u32              43 bytes
//! object  number u64, row length u16, row, chunk count u32, chunks
//! place   seq u64, object                                     of a snapshot's objects
//! change  1, object  |  2, number u64  |  3, number u64                 of a delta
//! range   offset u64, length u32, id 32                                 of a pull
//! ```

use gleaner_access as access;
use gleaner_chunker::ChunkId;
use gleaner_index as index;

/// The tail does not hold what its message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tail that is none")]
pub struct Malformed;

type Result<T> = std::result::Result<T, Malformed>;

/// Bytes of a chunk.
const CHUNK_BYTES: usize = 43;
const OFFSET_BYTES: usize = 6;

const ADD: u8 = 1;
const EVICT: u8 = 2;
const TOUCH: u8 = 3;

/// Objects of a part of a snapshot.
///
/// # Panics
/// When a row has 64 KiB: it has 4 at most.
#[must_use]
pub fn pack_snapshot(objects: &[(u64, access::SeenObject)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (seq, object) in objects {
        out.extend(seq.to_le_bytes());
        pack_object(object, &mut out);
    }
    out
}

/// Changes of a delta.
///
/// # Panics
/// As [`pack_snapshot`].
#[must_use]
pub fn pack_changes(changes: &[access::Change]) -> Vec<u8> {
    let mut out = Vec::new();
    for change in changes {
        match change {
            access::Change::Add(object) => {
                out.push(ADD);
                pack_object(object, &mut out);
            }
            access::Change::Evict(object) => {
                out.push(EVICT);
                out.extend(object.get().to_le_bytes());
            }
            access::Change::Touch(object) => {
                out.push(TOUCH);
                out.extend(object.get().to_le_bytes());
            }
        }
    }
    out
}

/// Bytes of an object among those of a snapshot, which takes most.
#[must_use]
pub fn size_of(object: &access::SeenObject) -> usize {
    8 + 8 + 2 + object.bytes.len() + 4 + object.chunks.len() * CHUNK_BYTES
}

/// Bytes of a change, at most.
#[must_use]
pub fn size_of_change(change: &access::Change) -> usize {
    match change {
        access::Change::Add(object) => size_of(object),
        access::Change::Evict(_) | access::Change::Touch(_) => 9,
    }
}

fn pack_object(object: &access::SeenObject, out: &mut Vec<u8>) {
    let row_bytes = u16::try_from(object.bytes.len()).expect("a row has 4 KiB at most");
    let count = u32::try_from(object.chunks.len()).expect("an object's chunks are in memory");
    out.extend(object.object.get().to_le_bytes());
    out.extend(row_bytes.to_le_bytes());
    out.extend_from_slice(&object.bytes);
    out.extend(count.to_le_bytes());
    for chunk in &object.chunks {
        out.extend_from_slice(chunk.chunk.as_bytes());
        out.push(chunk.representation);
        out.extend(chunk.offset.to_le_bytes().into_iter().take(OFFSET_BYTES));
        out.extend(chunk.length.to_le_bytes());
    }
}

/// Ranges of a pull.
#[must_use]
pub fn pack_ranges(ranges: &[access::PullRange]) -> Vec<u8> {
    let mut out = Vec::with_capacity(ranges.len() * 44);
    for range in ranges {
        out.extend(range.offset.to_le_bytes());
        out.extend(range.length.to_le_bytes());
        out.extend_from_slice(range.chunk.as_bytes());
    }
    out
}

/// Reads [`pack_snapshot`].
///
/// # Errors
/// [`Malformed`].
pub fn unpack_snapshot(bytes: &[u8]) -> Result<Vec<(u64, index::SeenObject)>> {
    let (mut rest, mut objects) = (bytes, Vec::new());
    while !rest.is_empty() {
        let seq = u64::from_le_bytes(take(&mut rest)?);
        objects.push((seq, unpack_object(&mut rest)?));
    }
    Ok(objects)
}

/// Reads [`pack_changes`].
///
/// # Errors
/// [`Malformed`].
pub fn unpack_changes(bytes: &[u8]) -> Result<Vec<index::Change>> {
    let (mut rest, mut changes) = (bytes, Vec::new());
    while !rest.is_empty() {
        let [what] = take(&mut rest)?;
        changes.push(match what {
            ADD => index::Change::Add(unpack_object(&mut rest)?),
            EVICT => index::Change::Evict(unpack_number(&mut rest)?),
            TOUCH => index::Change::Touch(unpack_number(&mut rest)?),
            _ => return Err(Malformed),
        });
    }
    Ok(changes)
}

fn unpack_object(rest: &mut &[u8]) -> Result<index::SeenObject> {
    let object = unpack_number(rest)?;
    let row_bytes = u16::from_le_bytes(take(rest)?);
    let bytes = take_slice(rest, row_bytes.into())?.to_vec();
    let count = u32::from_le_bytes(take(rest)?) as usize;
    // A count that is only declared allocates nothing.
    let mut packed = take_slice(rest, count.checked_mul(CHUNK_BYTES).ok_or(Malformed)?)?;
    let chunks = (0..count).map(|_| unpack_chunk(&mut packed)).collect::<Result<_>>()?;
    Ok(index::SeenObject { object, bytes, chunks })
}

fn unpack_number(rest: &mut &[u8]) -> Result<index::ObjectNumber> {
    Ok(index::ObjectNumber::new(u64::from_le_bytes(take(rest)?)))
}

fn unpack_chunk(rest: &mut &[u8]) -> Result<index::SeenChunk> {
    let chunk = ChunkId::from_bytes(take(rest)?);
    let [representation] = take(rest)?;
    let (low, high) = (u32::from_le_bytes(take(rest)?), u16::from_le_bytes(take(rest)?));
    let offset = u64::from(high) << 32 | u64::from(low);
    let length = u32::from_le_bytes(take(rest)?);
    let place = index::Place { representation, flags: 0, offset, length };
    Ok(index::SeenChunk { chunk, place })
}

/// Reads [`pack_ranges`], of which a request has so many at most.
///
/// # Errors
/// [`Malformed`], also for more.
pub fn unpack_ranges(bytes: &[u8], count_max: usize) -> Result<Vec<access::PullRange>> {
    let (mut rest, mut ranges) = (bytes, Vec::new());
    while !rest.is_empty() {
        if ranges.len() == count_max {
            return Err(Malformed);
        }
        let offset = u64::from_le_bytes(take(&mut rest)?);
        let length = u32::from_le_bytes(take(&mut rest)?);
        let chunk = ChunkId::from_bytes(take(&mut rest)?);
        ranges.push(access::PullRange { offset, length, chunk });
    }
    Ok(ranges)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N]> {
    let (first, after) = rest.split_first_chunk().ok_or(Malformed)?;
    *rest = after;
    Ok(*first)
}

fn take_slice<'b>(rest: &mut &'b [u8], bytes: usize) -> Result<&'b [u8]> {
    let (first, after) = rest.split_at_checked(bytes).ok_or(Malformed)?;
    *rest = after;
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(number: u64, chunks: u8) -> access::SeenObject {
        let chunk = |byte| access::SeenChunk {
            chunk: ChunkId::from_bytes([byte; 32]),
            representation: byte,
            offset: (1 << 48) - 1 - u64::from(byte),
            length: 0x0102_0304,
        };
        let object = access::ObjectNumber::new(number);
        access::SeenObject { object, bytes: vec![9; 3], chunks: (0..chunks).map(chunk).collect() }
    }

    /// The same as an index knows it.
    fn known(object: &access::SeenObject) -> index::SeenObject {
        let chunk = |seen: &access::SeenChunk| {
            let access::SeenChunk { chunk, representation, offset, length } = *seen;
            let place = index::Place { representation, flags: 0, offset, length };
            index::SeenChunk { chunk, place }
        };
        index::SeenObject {
            object: index::ObjectNumber::new(object.object.get()),
            bytes: object.bytes.clone(),
            chunks: object.chunks.iter().map(chunk).collect(),
        }
    }

    #[test]
    fn what_is_packed_comes_out_and_no_part_of_it_is_taken_for_all() {
        let objects = vec![(7, object(1, 2)), (1 << 40, object(u64::MAX, 0))];
        let packed = pack_snapshot(&objects);
        assert_eq!(packed.len(), objects.iter().map(|(_, it)| size_of(it)).sum::<usize>());
        let expected: Vec<_> = objects.iter().map(|(seq, it)| (*seq, known(it))).collect();
        assert_eq!(unpack_snapshot(&packed), Ok(expected));
        let ends = [0, 8 + 8 + 2 + 3 + 4 + 2 * CHUNK_BYTES, packed.len()];
        for end in 0..=packed.len() {
            assert_eq!(unpack_snapshot(&packed[..end]).is_ok(), ends.contains(&end), "{end}");
        }
        let number = access::ObjectNumber::new(3);
        let changes = vec![
            access::Change::Add(object(2, 1)),
            access::Change::Evict(number),
            access::Change::Touch(number),
        ];
        let packed = pack_changes(&changes);
        let number = index::ObjectNumber::new(3);
        let expected = vec![
            index::Change::Add(known(&object(2, 1))),
            index::Change::Evict(number),
            index::Change::Touch(number),
        ];
        assert_eq!(unpack_changes(&packed), Ok(expected));
        assert_eq!(unpack_changes(&[4]), Err(Malformed));
    }

    #[test]
    fn count_that_is_only_declared_is_refused() {
        let mut packed = pack_object_of(&object(1, 1));
        let at = packed.len() - CHUNK_BYTES - 4;
        packed[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(unpack_changes(&packed), Err(Malformed));
    }

    fn pack_object_of(object: &access::SeenObject) -> Vec<u8> {
        pack_changes(&[access::Change::Add(object.clone())])
    }

    #[test]
    fn ranges_come_out_as_they_went_in_up_to_their_number() {
        let range =
            |offset| access::PullRange { offset, length: 5, chunk: ChunkId::from_bytes([3; 32]) };
        let ranges = vec![range(0), range(u64::MAX)];
        let packed = pack_ranges(&ranges);
        assert_eq!(packed.len(), 88);
        assert_eq!(unpack_ranges(&packed, 2), Ok(ranges));
        assert_eq!(unpack_ranges(&packed, 1), Err(Malformed));
        assert_eq!(unpack_ranges(&packed[..87], 2), Err(Malformed));
    }
}
