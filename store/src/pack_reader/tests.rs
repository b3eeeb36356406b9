//! Goal: a file that cannot be a pack is refused before anything is read by its lengths.
//! Method: lengths of the listing at their limits; a pack cut at every byte.
//! What a user loses if it fails: memory, and the name of the pack that is wrong.

use gleaner_chunker::ErrorKind;

use super::*;
use crate::memory_storage::MemoryStorage;
use crate::pack_format::PackKind;
use crate::pack_writer::PackWriter;

fn made() -> (MemoryStorage, PackId, Vec<u8>) {
    let id = PackId::from_bytes([1; 32]);
    let new =
        NewPack { kind: PackKind::Tree, id, key_epoch: 0, domain_id: [2; 32], session: [3; 16] };
    let pack = PackWriter::create(&Keys::unencrypted(), new).finish();
    let bytes = pack.parts().collect::<Vec<_>>().concat();
    (MemoryStorage::new(), id, bytes)
}

#[test]
fn lengths_that_no_pack_has_are_refused() {
    let (storage, id, bytes) = made();
    storage.replace_raw(&layout::pack(&id), &bytes);
    let read = |pack_bytes| read_pack_directory(&storage, &Keys::unencrypted(), id, pack_bytes);
    assert!(read(bytes.len() as u64).is_ok());
    for pack_bytes in [0, 1, (PACK_HEADER_BYTES + TRAILER_BYTES - 1) as u64] {
        let error = read(pack_bytes).unwrap_err();
        assert!(matches!(error.defect(), Some(Defect::Truncated { .. })), "{error}");
    }
    let error = read(PACK_BYTES_MAX + 1).unwrap_err();
    assert!(matches!(error.defect(), Some(Defect::Limit { .. })), "{error}");
    // The listing says more than there is: the storage refuses, nothing is believed.
    assert!(matches!(read(PACK_BYTES_MAX), Err(Error::Storage(_))));
}

#[test]
fn a_pack_torn_at_any_byte_is_corrupt_and_named() {
    let (storage, id, bytes) = made();
    let name = layout::pack(&id);
    for length in 0..bytes.len() {
        storage.replace_raw(&name, &bytes[..length]);
        let read = read_pack_directory(&storage, &Keys::unencrypted(), id, length as u64);
        let error = read.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{length}: {error}");
        assert!(error.to_string().contains(name.as_str()), "{error}");
    }
}
