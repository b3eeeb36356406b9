//! Goal: no bytes in the place of a parity sidecar do harm, a head has one encoding, and what heals
//! is the pack of the hash. Method: the input is a head as it is and with magic and checksum set
//! right; a sidecar; a mutation of a sound one, by which a damaged pack is healed. If it fails: the
//! cure of a damaged pack stops who reaches for it, or puts wrong bytes in its place.

use gleaner_chunker::PackId;
use gleaner_store::{PARITY_HEAD_BYTES, ParityHead, ParitySidecar, encode_parity};

use super::pack_parts::fixed;

const PACK: PackId = PackId::from_bytes([0x5a; 32]);

/// A sidecar, and a pack beside it.
///
/// # Panics
/// When a head has two encodings, or a pack heals to other bytes than those of its hash.
pub fn parity(input: &[u8]) {
    for bytes in fixed::<PARITY_HEAD_BYTES>(input, *b"GLNRPRTY") {
        if let Ok(head) = ParityHead::decode(&bytes) {
            assert_eq!(head.encode(), bytes);
            heal(head.pack, &[&bytes, input].concat(), input);
        }
    }
    heal(PACK, input, input);
    // The first bytes say where and by what a sound sidecar differs, and what is left of the pack.
    let pack: Vec<u8> = (0..600_u32).map(|at| at.to_le_bytes()[0]).collect();
    let mut sidecar = encode_parity(PACK, &[&pack], 100);
    let (places, rest) = input.split_at(input.len().min(32));
    for place in places.as_chunks::<4>().0 {
        let [low, high, mask, cut] = *place;
        let at = usize::from(low) | usize::from(high) << 8;
        if let Some(byte) = sidecar.get_mut(at) {
            *byte ^= mask;
        }
        sidecar.truncate(sidecar.len() - usize::from(cut == 0xff));
    }
    heal(PACK, &sidecar, rest);
}

fn heal(id: PackId, sidecar: &[u8], pack: &[u8]) {
    let Ok(sidecar) = ParitySidecar::decode(id, sidecar.to_vec()) else { return };
    assert!(
        sidecar.is_sound() || sidecar.damaged_recovery_shards() <= sidecar.head().recovery_shards
    );
    assert!(sidecar.damage(pack).len() <= sidecar.head().data_shards() as usize);
    // What a head may claim costs memory of that size to heal, and a hash of it.
    if sidecar.head().pack_bytes <= 1 << 20
        && let Ok(healed) = sidecar.heal(pack.to_vec(), &[])
    {
        assert!(sidecar.matches(&healed) && sidecar.damage(&healed).is_empty());
    }
}
