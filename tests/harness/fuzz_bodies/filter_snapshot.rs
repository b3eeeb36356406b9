//! Goal: a snapshot of the index's filter is refused or read, whatever its bytes are. Method: the
//! input as it is, and once more with magic, version and digest put right, so that the sizes behind
//! them are looked at; what is read comes back as the same bytes. If it fails, a damaged cache ends
//! every command.

use gleaner_index::IdFilter;

const MAGIC_AND_VERSION: &[u8] = b"GLEANFLT\x01\0\0\0";
const DIGEST_BYTES: usize = 32;

/// Runs one input.
///
/// # Panics
/// When what was read is written differently.
pub fn filter_snapshot(input: &[u8]) {
    read(input);
    let mut bytes = input.to_vec();
    bytes.truncate(input.len().saturating_sub(DIGEST_BYTES));
    bytes.iter_mut().zip(MAGIC_AND_VERSION).for_each(|(to, from)| *to = *from);
    let digest = blake3::hash(&bytes);
    bytes.extend(digest.as_bytes());
    read(&bytes);
}

fn read(bytes: &[u8]) {
    let Ok((header, filter)) = IdFilter::read_snapshot(&mut &*bytes, bytes.len() as u64) else {
        return;
    };
    let mut written = Vec::new();
    filter.write_snapshot(&mut written, header).expect("memory takes everything");
    assert_eq!(written, bytes, "one filter has one snapshot");
    let mut answers = [false; 2];
    filter.may_hold_batch(&[[0; 16], [0xff; 16]], &mut answers);
}
