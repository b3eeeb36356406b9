//! Goal: a stream yields the chunks of the whole, however it is read. Method: readers that return
//! single bytes, odd pieces, interruptions and errors, against cuts over a slice. A boundary that
//! depends on the reader stores the same file twice.

use super::*;
use crate::gear::GearTable;
use crate::params::ChunkerParams;
use crate::seeded::Seeded;

const SMALL: ChunkerParams = ChunkerParams::FastCdc { min: 64, avg: 256, max: 1024, level: 2 };

/// Returns at most `piece_bytes_max` bytes a call and fails some calls in between.
struct OddReader<'a> {
    rest: &'a [u8],
    seeded: Seeded,
    piece_bytes_max: usize,
    /// One call in this many fails; 0 for none.
    failing: usize,
    error: io::ErrorKind,
    calls_after_end: usize,
}

impl<'a> OddReader<'a> {
    fn new(data: &'a [u8], piece_bytes_max: usize) -> Self {
        let error = io::ErrorKind::Interrupted;
        let seeded = Seeded::new(data.len() as u64);
        Self { rest: data, seeded, piece_bytes_max, failing: 0, error, calls_after_end: 0 }
    }

    fn failing(mut self, failing: usize, error: io::ErrorKind) -> Self {
        (self.failing, self.error) = (failing, error);
        self
    }
}

impl Read for OddReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(!buffer.is_empty(), "an empty buffer would look like the end");
        if self.failing > 0 && self.seeded.below(self.failing) == 0 {
            return Err(self.error.into());
        }
        let bytes = 1 + self.seeded.below(self.piece_bytes_max);
        let (piece, rest) = self.rest.split_at(bytes.min(buffer.len()).min(self.rest.len()));
        buffer[..piece.len()].copy_from_slice(piece);
        self.rest = rest;
        if piece.is_empty() {
            self.calls_after_end += 1;
            assert_eq!(self.calls_after_end, 1, "nobody reads past the end");
        }
        Ok(piece.len())
    }
}

fn chunker(params: ChunkerParams) -> Arc<Chunker> {
    Arc::new(Chunker::new(params, GearTable::public()).expect("valid"))
}

fn stream<R: Read>(reader: R, params: ChunkerParams, batch_bytes: usize) -> ChunkStream<R> {
    ChunkStream::new(reader, chunker(params), Arc::new(IdHasher::plain()), batch_bytes)
}

fn expected(params: ChunkerParams, data: &[u8]) -> Vec<(ChunkId, Vec<u8>)> {
    let ranges: Vec<_> = chunker(params).cuts(data).collect();
    ranges.into_iter().map(|range| chunk_of(&data[range])).collect()
}

fn chunk_of(chunk: &[u8]) -> (ChunkId, Vec<u8>) {
    (IdHasher::plain().id(chunk), chunk.to_vec())
}

/// Reads to the end, calling again after errors, recycling every other buffer.
fn drain<R: Read>(stream: &mut ChunkStream<R>) -> Vec<(ChunkId, Vec<u8>)> {
    let mut chunks = Vec::new();
    let mut bytes = 0;
    loop {
        match stream.next_batch() {
            Ok(None) => break,
            Ok(Some(batch)) => {
                assert_eq!(batch.offset(), bytes);
                assert_eq!(batch.iter().len(), batch.ids().len());
                bytes += batch.bytes().len() as u64;
                let before = chunks.len();
                chunks.extend(batch.iter().map(|(id, chunk)| (id, chunk.to_vec())));
                assert!(chunks.len() > before, "a batch is never empty");
                if chunks.len() % 2 == 0 {
                    stream.recycle(batch.into_buffer());
                }
            }
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
        }
    }
    assert!(stream.next_batch().expect("ended").is_none(), "the end stays the end");
    chunks
}

#[test]
fn stream_equals_slice_for_readers_of_any_pace() {
    for seed in 0..20 {
        let mut seeded = Seeded::new(seed);
        let count = seeded.below(30_000);
        let mut data = seeded.bytes(count);
        data[count / 2..count / 2 + count / 4].fill(0);
        for params in [SMALL, ChunkerParams::Fixed { bytes: 600 }] {
            let expected = expected(params, &data);
            for piece_bytes_max in [1, 3, 500, 5000, 1 << 20] {
                for batch_bytes in [0, 1024, 1025, 3000, 1 << 20] {
                    let reader = OddReader::new(&data, piece_bytes_max);
                    let found = drain(&mut stream(reader, params, batch_bytes));
                    assert_eq!(found, expected, "seed {seed}, {piece_bytes_max}, {batch_bytes}");
                }
            }
        }
    }
}

#[test]
fn stream_equals_slice_for_presets() {
    let data = Seeded::new(99).bytes(11 << 20);
    for params in [ChunkerParams::DEFAULT, ChunkerParams::FINE, ChunkerParams::LARGE] {
        let expected = expected(params, &data);
        for batch_bytes in [1 << 20, 4 << 20, 64 << 20] {
            let reader = OddReader::new(&data, 100_000);
            assert_eq!(drain(&mut stream(reader, params, batch_bytes)), expected, "{params}");
        }
    }
}

#[test]
fn stream_of_every_short_length_equals_slice() {
    let data = Seeded::new(4).bytes(2100);
    for count in 0..data.len() {
        let data = &data[..count];
        assert_eq!(drain(&mut stream(data, SMALL, 1024)), expected(SMALL, data), "{count} bytes");
    }
}

#[test]
fn interruptions_are_invisible() {
    let data = Seeded::new(6).bytes(20_000);
    let reader = OddReader::new(&data, 700).failing(2, io::ErrorKind::Interrupted);
    assert_eq!(drain(&mut stream(reader, SMALL, 4096)), expected(SMALL, &data));
}

#[test]
fn errors_lose_no_bytes() {
    let data = Seeded::new(7).bytes(20_000);
    let reader = OddReader::new(&data, 700).failing(3, io::ErrorKind::WouldBlock);
    assert_eq!(drain(&mut stream(reader, SMALL, 4096)), expected(SMALL, &data));
}

#[test]
fn lying_reader_is_an_error() {
    struct Liar;
    impl Read for Liar {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            Ok(buffer.len() + 1)
        }
    }
    let refused = stream(Liar, SMALL, 4096).next_batch().map(|_| ());
    assert_eq!(refused.map_err(|error| error.kind()), Err(io::ErrorKind::InvalidData));
}

#[test]
fn restart_forgets_the_stream_but_not_the_buffers() {
    let data = Seeded::new(8).bytes(20_000);
    let mut stream = stream(&data[..], SMALL, 4096);
    assert!(stream.next_batch().expect("in memory").is_some());
    stream.recycle(Vec::with_capacity(6000));
    stream.restart(&data[5000..]);
    let mut found = Vec::new();
    let mut capacity_max = 0;
    while let Some(batch) = stream.next_batch().expect("in memory") {
        found.extend(batch.iter().map(|(id, chunk)| (id, chunk.to_vec())));
        capacity_max = capacity_max.max(batch.into_buffer().capacity());
    }
    assert_eq!(found, expected(SMALL, &data[5000..]));
    assert!(capacity_max >= 6000, "the recycled buffer was used");
    stream.restart(&data[..0]);
    assert_eq!(drain(&mut stream), []);
}

#[test]
fn buffers_stay_bounded() {
    let data = Seeded::new(9).bytes(300_000);
    let mut stream = stream(&data[..], SMALL, 2000);
    while let Some(batch) = stream.next_batch().expect("in memory") {
        assert!(batch.bytes().len() < 1024 + 2000);
        for _ in 0..3 {
            stream.recycle(Vec::new());
        }
        let buffer = batch.into_buffer();
        assert_eq!(buffer.len(), 1024 + 2000, "room for a tail, and what is read");
        stream.recycle(buffer);
        assert!(stream.spare_buffers.len() <= SPARE_BUFFERS_MAX);
    }
}

/// Noise, zeros, a repeated byte and noise again: boundaries everywhere, nowhere and far apart.
fn mixed(seed: u64, count: usize) -> Vec<u8> {
    let mut data = Seeded::new(seed).bytes(count);
    data[count / 4..count / 2].fill(0);
    data[count / 2..count / 8 * 5].fill(7);
    data
}

fn pool(thread_count: usize) -> Arc<ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(thread_count).build();
    Arc::new(pool.expect("threads"))
}

#[test]
fn reading_ahead_changes_nothing() {
    for thread_count in [1, 2, 5] {
        let pool = pool(thread_count);
        for count in [0, 1, 1023, 1024, 1025, 4096, 100_000] {
            let data = mixed(count as u64, count);
            for params in [SMALL, ChunkerParams::Fixed { bytes: 600 }] {
                let expected = expected(params, &data);
                for (batch_bytes, read_ahead) in [(1024, 0), (1024, 3), (5000, 2), (1 << 20, 2)] {
                    let reader = OddReader::new(&data, 3000).failing(5, io::ErrorKind::WouldBlock);
                    let mut stream = stream(reader, params, batch_bytes).with_pool(pool.clone());
                    stream.set_read_ahead(read_ahead);
                    let case = format!("{count}, {batch_bytes}, {read_ahead}, {thread_count}");
                    assert_eq!(drain(&mut stream), expected, "{case}");
                    // By one of the threads that are to help.
                    stream.restart(OddReader::new(&data, 3000));
                    assert_eq!(pool.install(move || drain(&mut stream)), expected, "{case}");
                }
            }
        }
    }
}

#[test]
fn reading_ahead_may_begin_and_end_at_any_batch() {
    let data = mixed(6, 100_000);
    let mut stream = stream(&data[..], SMALL, 2000).with_pool(pool(2));
    let mut found = Vec::new();
    let mut read_ahead = 0;
    while let Some(batch) = stream.next_batch().expect("in memory") {
        found.extend(batch.iter().map(|(id, chunk)| (id, chunk.to_vec())));
        read_ahead = (read_ahead + 3) % 5;
        stream.set_read_ahead(read_ahead);
    }
    assert_eq!(found, expected(SMALL, &data));
}

#[test]
fn restart_drops_what_was_read_ahead() {
    let data = mixed(3, 50_000);
    let mut stream = stream(&data[..], SMALL, 2000).with_pool(pool(2));
    stream.set_read_ahead(3);
    assert!(stream.next_batch().expect("in memory").is_some());
    stream.restart(&data[100..]);
    assert_eq!(drain(&mut stream), expected(SMALL, &data[100..]));
}

#[test]
fn errors_come_after_the_batches_before_them() {
    let data = mixed(4, 20_000);
    let reader = data.chain(OddReader::new(&[1], 1).failing(1, io::ErrorKind::NotFound));
    let mut stream = stream(reader, SMALL, 2000).with_pool(pool(2));
    stream.set_read_ahead(8);
    let mut bytes = 0;
    let error = loop {
        match stream.next_batch() {
            Ok(batch) => bytes += batch.expect("the error comes before the end").bytes().len(),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert!(bytes > 20_000 - 2000 - 1024, "{bytes}");
}

#[test]
fn buffers_stay_bounded_when_reading_ahead() {
    let data = Seeded::new(9).bytes(300_000);
    let mut stream = stream(&data[..], SMALL, 2000).with_pool(pool(2));
    stream.set_read_ahead(3);
    let mut held = Vec::new();
    while let Some(batch) = stream.next_batch().expect("in memory") {
        held.push(batch.into_buffer());
        if held.len() == 10 {
            held.drain(..).for_each(|buffer| stream.recycle(buffer));
        }
        let kept = stream.spare_buffers.len() + stream.underway.len();
        assert!(kept <= SPARE_BUFFERS_MAX + 3, "{kept}");
    }
}

#[test]
#[should_panic(expected = "before the first batch")]
fn domains_are_not_changed_under_a_stream() {
    let reader = OddReader::new(&[1; 3000], 600).failing(1, io::ErrorKind::WouldBlock);
    let mut stream = stream(reader, SMALL, 1024);
    assert!(stream.next_batch().is_err());
    drop(stream.with_second_domain(chunker(SMALL), Arc::new(IdHasher::plain())));
}

#[test]
fn two_domains_are_cut_in_one_read() {
    let (first, second) =
        (SMALL, ChunkerParams::FastCdc { min: 200, avg: 1024, max: 4000, level: 1 });
    let table = GearTable::derive(&[9; 32]);
    let private = Arc::new(Chunker::new(first, table).expect("valid"));
    let private_ids = Arc::new(IdHasher::keyed(&[9; 32]));
    let pool = pool(2);
    for count in [0, 1, 199, 1024, 4000, 4001, 100_000] {
        let data = mixed(5, count);
        let private_expected: Vec<_> = private
            .cuts(&data)
            .map(|range| (private_ids.id(&data[range.clone()]), data[range].to_vec()))
            .collect();
        for read_ahead in [0, 2] {
            let reader = OddReader::new(&data, 3000);
            let mut stream = ChunkStream::new(reader, private.clone(), private_ids.clone(), 1024)
                .with_second_domain(chunker(second), Arc::new(IdHasher::plain()))
                .with_pool(pool.clone());
            stream.set_read_ahead(read_ahead);
            let (mut found, mut public) = (Vec::new(), Vec::new());
            let owned = |(id, chunk): (ChunkId, &[u8])| (id, chunk.to_vec());
            while let Some(batch) = stream.next_batch().expect("in memory") {
                found.extend(batch.iter().map(owned));
                public.extend(batch.second_domain().map(owned));
                stream.recycle(batch.into_buffer());
            }
            assert_eq!(found, private_expected, "{count} bytes, {read_ahead} ahead");
            assert_eq!(public, expected(second, &data), "{count} bytes, {read_ahead} ahead");
        }
    }
}
