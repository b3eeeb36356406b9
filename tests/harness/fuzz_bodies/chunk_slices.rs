//! Goal: many threads cut one input as one thread does. Method: the case of `chunk_boundaries`, on
//! pools of two and three threads, by every form of the scan. If they differ, a large file is
//! stored anew on every machine with another number of cores.

use std::sync::OnceLock;

use gleaner_chunker::{IdHasher, chunk_slice};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::chunk_case::{Case, Draw, cut_ends};

/// Runs one input; short ones are filled up with zeros.
///
/// # Panics
/// When the threads cut elsewhere, or an id is not that of its bytes.
pub fn chunk_slices(input: &[u8]) {
    let mut draw = Draw::new(input);
    let pool = pool(draw.byte());
    let case = Case::draw(draw);
    let id_hasher = Case::id_hasher();
    for chunker in case.chunkers() {
        let expected = cut_ends(&chunker, &case.data);
        let found = pool.install(|| chunk_slice(&chunker, &id_hasher, &case.data));
        assert_eq!(found.ends(), expected, "{:?}: {:?}", case.sizes, chunker.scan_form());
        check_ids(&id_hasher, &case.data, found.iter());
    }
}

/// Looks at some ids only: what can go wrong is the order, and hashing costs more than the rest.
fn check_ids(
    id_hasher: &IdHasher,
    data: &[u8],
    chunks: impl ExactSizeIterator<Item = (gleaner_chunker::ChunkId, std::ops::Range<usize>)>,
) {
    let apart = 1 + chunks.len() / 16;
    for (id, range) in chunks.step_by(apart) {
        assert_eq!(Some(id), data.get(range).map(|bytes| id_hasher.id(bytes)));
    }
}

fn pool(draw: u8) -> &'static ThreadPool {
    static POOLS: [OnceLock<ThreadPool>; 2] = [const { OnceLock::new() }; 2];
    let number = usize::from(draw % 2);
    let [two, three] = &POOLS;
    let pool = if number == 0 { two } else { three };
    pool.get_or_init(|| ThreadPoolBuilder::new().num_threads(2 + number).build().expect("threads"))
}
