//! Goal: the chunks of an object are those that a subscriber of the public domain makes of the same
//! bytes. Method: lengths around the buffer and the smallest chunk, against the chunker's own
//! stream. If it fails, nothing is ever found at an access server.

use std::io::Read;

use gleaner_chunker::{Chunker, ChunkerParams, GearTable, IdHasher, chunk_slice};

use super::{BUFFER_BYTES, ChunkList, ChunkLister};
use crate::error::{Error, LimitKind};
use crate::object::Run;

fn bytes(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    blake3::Hasher::new().update(b"seed 1").finalize_xof().fill(&mut bytes);
    bytes
}

fn expected(data: &[u8]) -> Vec<(String, u64, u32)> {
    let chunker = Chunker::new(ChunkerParams::DEFAULT, GearTable::public()).unwrap();
    let chunks = chunk_slice(&chunker, &IdHasher::plain(), data);
    let row = |(id, range): (gleaner_chunker::ChunkId, std::ops::Range<usize>)| {
        (id.to_string(), range.start as u64, u32::try_from(range.len()).unwrap())
    };
    chunks.iter().map(row).collect()
}

fn rows(list: &ChunkList) -> Vec<(String, u64, u32)> {
    list.chunks.iter().map(|chunk| (chunk.id.to_string(), chunk.offset, chunk.length)).collect()
}

#[test]
fn chunks_are_those_of_the_public_domain_whatever_the_length() {
    let data = bytes(3 * BUFFER_BYTES);
    let mut lister = ChunkLister::new();
    for len in [
        0,
        1,
        511,
        512,
        (16 << 10) - 1,
        16 << 10,
        BUFFER_BYTES - 1,
        BUFFER_BYTES,
        BUFFER_BYTES + 1,
        3 * BUFFER_BYTES,
        100,
    ] {
        let list = lister.list(&mut &data[..len], usize::MAX).unwrap();
        assert_eq!((rows(&list), list.len), (expected(&data[..len]), len as u64), "{len}");
        assert_eq!(list.whole, *blake3::hash(&data[..len]).as_bytes(), "{len}");
        assert_eq!(list.chunks.len() == 1, (1..16 << 10).contains(&len) || list.chunks.len() == 1);
    }
}

#[test]
fn reader_that_fails_gives_its_error_and_the_next_one_is_read() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(Error::Changed.into_io())
        }
    }
    let data = bytes(2 * BUFFER_BYTES);
    let mut lister = ChunkLister::new();
    for len in [0, 5, BUFFER_BYTES, 2 * BUFFER_BYTES] {
        let result = lister.list(&mut data[..len].chain(Fails), usize::MAX);
        assert!(matches!(result, Err(Error::Changed)), "{len}");
    }
    assert_eq!(lister.list(&mut b"x".as_slice(), usize::MAX).unwrap().len, 1);
}

#[test]
fn part_of_a_whole_loses_the_chunks_that_the_whole_does_not_have() {
    let data = bytes(2_500_000);
    let whole: Vec<String> = expected(&data).into_iter().map(|(id, ..)| id).collect();
    let mut lister = ChunkLister::new();
    for (start, end) in [(0, 2_500_000), (0, 1 << 20), (1 << 20, 2 << 20), (2 << 20, 2_500_000)] {
        let run = Run { body_offset: 0, start: start as u64, len: (end - start) as u64 };
        let list = lister.list(&mut &data[start..end], usize::MAX).unwrap();
        let count = list.chunks.len();
        let kept = list.within(&run, Some(2_500_000));
        let edges = usize::from(start > 0) + usize::from(end < 2_500_000);
        assert_eq!(kept.chunks.len(), count - edges);
        // Inside, cuts meet those of the whole after a chunk or two.
        let shared = kept.chunks.iter().filter(|it| whole.contains(&it.id.to_string())).count();
        assert!(shared + 2 >= kept.chunks.len(), "{start} {shared} of {}", kept.chunks.len());
    }
    let one = lister.list(&mut b"x".as_slice(), usize::MAX).unwrap();
    let run = Run { body_offset: 0, start: 5, len: 1 };
    assert!(one.within(&run, None).chunks.is_empty());
}

#[test]
fn list_with_more_chunks_than_allowed_is_given_up_early() {
    let data = bytes(8 << 20);
    let mut lister = ChunkLister::new();
    let chunks = lister.list(&mut data.as_slice(), usize::MAX).unwrap().chunks.len();
    assert!(lister.list(&mut data.as_slice(), chunks).is_ok());
    let mut rest = data.as_slice();
    assert!(matches!(lister.list(&mut rest, 1), Err(Error::Limit(LimitKind::Chunks))));
    assert!(rest.len() > 2 << 20, "{} are left", rest.len());
    assert!(lister.list(&mut &data[..900 << 10], 1).is_err());
}
