//! Text that compresses as a language does, from a made-up vocabulary.

use crate::seeded::Seeded;

const WORD_COUNT: usize = 4096;
const LINE_BYTES: usize = 76;

pub(crate) fn fill(seeded: &mut Seeded, mut rest: &mut [u8]) {
    // One vocabulary for all seeds, so that different texts share words but not sentences.
    let vocabulary = vocabulary();
    let mut line_bytes = 0;
    while !rest.is_empty() {
        let word = zipf_word(seeded, &vocabulary);
        rest = put(rest, word);
        line_bytes += word.len() + 1;
        let separator = match seeded.below(16) {
            _ if line_bytes > LINE_BYTES => "\n",
            0 => ". ",
            1 => ", ",
            _ => " ",
        };
        rest = put(rest, separator.as_bytes());
        if separator == "\n" {
            line_bytes = 0;
        }
    }
}

/// Words of 2 to 11 letters made of syllables, the short ones first, as the frequent words of a
/// language are short.
fn vocabulary() -> Vec<Vec<u8>> {
    let mut seeded = Seeded::new(0x7465_7874);
    let mut words: Vec<Vec<u8>> = (0..WORD_COUNT).map(|_| invent_word(&mut seeded)).collect();
    words.sort_by_key(Vec::len);
    words
}

fn invent_word(seeded: &mut Seeded) -> Vec<u8> {
    const CONSONANTS: &[u8] = b"bcdfghjklmnprstvwz";
    const VOWELS: &[u8] = b"aeiouy";
    let letter_count = 2 + seeded.below(5) + seeded.below(6);
    (0..letter_count)
        .map(|at| {
            let letters = if at % 2 == 0 { CONSONANTS } else { VOWELS };
            letters.get(seeded.below(letters.len())).copied().unwrap_or(b'a')
        })
        .collect()
}

/// The product of three uniform numbers favours the front of the list roughly as Zipf's law does.
fn zipf_word<'a>(seeded: &mut Seeded, vocabulary: &'a [Vec<u8>]) -> &'a [u8] {
    let bound = 1 + seeded.below(vocabulary.len());
    let bound = 1 + seeded.below(bound);
    let rank = seeded.below(bound);
    vocabulary.get(rank).map_or(b"".as_slice(), Vec::as_slice)
}

/// Writes as much of `piece` as there is room for and returns the room behind it.
fn put<'a>(room: &'a mut [u8], piece: &[u8]) -> &'a mut [u8] {
    let bytes = piece.len().min(room.len());
    let (target, after) = room.split_at_mut(bytes);
    target.copy_from_slice(piece.split_at(bytes).0);
    after
}
