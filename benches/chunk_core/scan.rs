//! Scan, hash, and both, on one thread.

#![expect(clippy::indexing_slicing, reason = "rows of measured times have a column for each name")]

use std::hint::black_box;

use fastcdc::v2020::{FastCDC, Normalization};
use gleaner_benches::{Workload, time};
use gleaner_chunker::{Chunker, ChunkerParams, GearTable, IdHasher, ScanForm, chunk_slice};

use crate::report::{MIB, SEED, fold_id, pool, ratio, row, say};

const SCAN_BYTES: usize = 32 * MIB;

fn presets() -> [(&'static str, ChunkerParams); 3] {
    [
        ("fine", ChunkerParams::FINE),
        ("default", ChunkerParams::DEFAULT),
        ("large", ChunkerParams::LARGE),
    ]
}

fn crate_scan(params: ChunkerParams, data: &[u8]) -> usize {
    let ChunkerParams::FastCdc { min, avg, max, .. } = params else { return 0 };
    let (min, avg, max) = (min as usize, avg as usize, max as usize);
    FastCDC::with_level(data, min, avg, max, Normalization::Level2).count()
}

fn gearhash_scan(mask: u64, data: &[u8]) -> usize {
    let mut hasher = gearhash::Hasher::default();
    let mut rest = data;
    let mut count = 0;
    while let Some(bytes) = hasher.next_match(rest, mask) {
        rest = rest.split_at(bytes).1;
        count += 1;
    }
    count
}

/// Scan, hash, and both, on one thread.
pub(crate) fn run() {
    let data = Workload::Random.bytes(SEED, SCAN_BYTES);
    let data = data.as_slice();
    let id_hasher = IdHasher::keyed(&[7; 32]);
    for (name, params) in presets() {
        let forms = ScanForm::available();
        let chunkers: Vec<Chunker> = forms
            .iter()
            .map(|form| Chunker::with_scan_form(params, GearTable::public(), *form))
            .collect::<Result<_, _>>()
            .expect("available");
        let fastest = chunkers.last().expect("one form at least");
        let chunks: Vec<&[u8]> = fastest.cuts(data).filter_map(|cut| data.get(cut)).collect();
        let alone = pool(1);
        let mut samples = vec![Vec::new(); 4 + chunkers.len()];
        for _ in 0..31 {
            let mut of_repetition = vec![
                time(|| crate_scan(params, black_box(data))),
                time(|| gearhash_scan(0xffff_0000_0000_0000, black_box(data))),
                time(|| chunks.iter().map(|chunk| id_hasher.id(chunk)).fold(0, fold_id)),
                time(|| alone.install(|| chunk_slice(fastest, &id_hasher, data)).len()),
            ];
            of_repetition
                .extend(chunkers.iter().map(|chunker| time(|| chunker.cuts(data).count())));
            for (of_one, sample) in samples.iter_mut().zip(of_repetition) {
                of_one.push(sample);
            }
        }
        say(&format!("\n## {name}, {} MiB of noise, one thread\n", SCAN_BYTES / MIB));
        say("| what | GB/s wall | GB/s CPU |\n|---|---|---|");
        let mut names = vec![
            "scan, `fastcdc` crate".to_owned(),
            "scan, `gearhash` crate (other cuts)".to_owned(),
            "hash, keyed BLAKE3".to_owned(),
            "chunk and hash".to_owned(),
        ];
        names.extend(forms.iter().map(|form| format!("scan, {form:?}")));
        for (name, samples) in names.iter().zip(&samples) {
            row(name, SCAN_BYTES, samples);
        }
        say("");
        for (at, form) in forms.iter().enumerate() {
            let (wall, cpu) = ratio(&samples, |row| row[0] / row[4 + at]);
            say(&format!("- {form:?}: {wall:.2}x the crate (CPU {cpu:.2}x)"));
        }
        let (wall, cpu) = ratio(&samples, |row| (row[row.len() - 1] + row[2]) / row[3]);
        say(&format!("- chunk and hash: {wall:.2} of 1/(1/scan + 1/hash) (CPU {cpu:.2})"));
    }
}
