//! Bodies that follow from a seed and a path.

use std::io::Write;

use super::path_of;

const PLAIN_BYTES: usize = 50_000;
const CHUNKED_BYTES: usize = 30_001;
const SLICED_BYTES: usize = 2_500_000;

/// The way of serving that a path asks for.
pub(super) fn kind(target: &str) -> &str {
    let mut parts = path_of(target).split('/').skip(1);
    let kind = parts.next().unwrap_or_default();
    if parts.next().is_some() { kind } else { "" }
}

/// The body of a path without any coding.
pub(super) fn plain(seed: u64, target: &str) -> Vec<u8> {
    match kind(target) {
        "gz" => text(seed, target, bytes_asked(target).unwrap_or(PLAIN_BYTES)),
        "vary" => in_language(seed, target, ""),
        "empty" | "" => Vec::new(),
        "chunked" => random(seed, target, bytes_asked(target).unwrap_or(CHUNKED_BYTES)),
        "slice" => random(seed, target, bytes_asked(target).unwrap_or(SLICED_BYTES)),
        _ => random(seed, target, bytes_asked(target).unwrap_or(PLAIN_BYTES)),
    }
}

pub(super) fn in_language(seed: u64, target: &str, language: &str) -> Vec<u8> {
    let name = format!("{target} in {language}");
    let bytes = bytes_asked(target).unwrap_or(PLAIN_BYTES);
    let mut body = format!("language: {language}\n").into_bytes();
    body.extend(random(seed, &name, bytes));
    body
}

pub(super) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(body).expect("memory takes every write");
    encoder.finish().expect("memory takes every write")
}

fn bytes_asked(target: &str) -> Option<usize> {
    let (_, query) = target.split_once('?')?;
    query.split('&').find_map(|part| part.strip_prefix("bytes="))?.parse().ok()
}

fn random(seed: u64, name: &str, bytes: usize) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes()).update(name.as_bytes());
    let mut body = vec![0; bytes];
    hasher.finalize_xof().fill(&mut body);
    body
}

/// Lines of made-up words, which gzip makes about three times smaller.
fn text(seed: u64, name: &str, bytes: usize) -> Vec<u8> {
    const SYLLABLES: [&str; 16] = [
        "ba ", "ce", "di", "fo", "gu ", "ha", "je", "ki ", "lo", "mu", "na", "pe ", "ri", "so\n",
        "tu", "va",
    ];
    let letters = random(seed, name, bytes);
    let syllables = letters.iter().filter_map(|letter| SYLLABLES.get(usize::from(letter % 16)));
    syllables.flat_map(|syllable| syllable.bytes()).take(bytes).collect()
}
