//! Goal: the filter passes over no position. Method: what it asks about, against the sums that it
//! should have computed, for masks from none to many bits. Only on processors that have AVX-512
//! VBMI; elsewhere the other forms of the scan are all there is.

use super::*;
use crate::gear::WINDOW_BYTES;
use crate::seeded::Seeded;

/// Low half of the hash of each position behind the window, byte by byte.
fn low_hashes(words: &[u64; 256], block: &[u8]) -> Vec<u32> {
    let mut hash = 0u64;
    let mut hashes = Vec::new();
    for byte in block {
        hash = (hash << 1).wrapping_add(words[usize::from(*byte)]);
        hashes.push(u32::try_from(hash & 0xffff_ffff).expect("32 bits"));
    }
    hashes.split_off(WINDOW_BYTES)
}

#[test]
fn filter_asks_about_every_position_that_fits_and_no_other() {
    let Some(vbmi) = Vbmi::detect() else { return };
    let mut seeded = Seeded::new(11);
    for groups in [1, 2, 3, 128] {
        let mut words = [0; 256];
        for word in &mut words {
            let bytes = seeded.bytes(8);
            *word = u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        }
        let planes = planes_of(&words);
        let block = seeded.bytes(WINDOW_BYTES + 64 * groups);
        let hashes = low_hashes(&words, &block);
        for mask in [0, 1, 0x8000_0000, 0x0000_1100, 0x0003_5300, 0x6753_7000, u32::MAX] {
            let expected: Vec<usize> =
                (0..64 * groups).filter(|at| hashes[*at] & mask == 0).collect();
            let mut asked = Vec::new();
            let found = vbmi.first_match(&planes, &block, mask, |bytes| {
                asked.push(bytes - WINDOW_BYTES - 1);
                false
            });
            assert_eq!((found, &asked), (None, &expected), "{mask:#x}");
            for at in expected.iter().step_by(7) {
                let is_it = |bytes| bytes - WINDOW_BYTES - 1 == *at;
                assert_eq!(vbmi.first_match(&planes, &block, mask, is_it), Some(*at), "{mask:#x}");
            }
        }
    }
}

#[test]
fn planes_hold_the_low_halves() {
    let mut words = [0; 256];
    words[0] = 0xaaaa_aaaa_0403_0201;
    words[255] = 0xffff_ffff_1413_1211;
    let planes = planes_of(&words);
    assert_eq!(planes.map(|plane| plane[0]), [1, 2, 3, 4]);
    assert_eq!(planes.map(|plane| plane[255]), [0x11, 0x12, 0x13, 0x14]);
    assert_eq!(planes.map(|plane| plane[128]), [0; 4]);
}
