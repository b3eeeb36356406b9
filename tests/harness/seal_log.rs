//! Notes every seal that reaches a storage: under which key and nonce, over which bytes. Two texts
//! under one key and nonce would give AES-GCM away.
//!
//! Keys are known by their commitments, which derive from the same secret beside them (FORMAT.md
//! section 3.3), so that nothing here holds a secret. Objects are taken apart by FORMAT.md alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gleaner_store::{Listed, ObjectName, Put, Storage, StorageError};

const PACK_HEADER_BYTES: usize = 136;
const FRAME_BYTES: usize = 32;
const TRAILER_BYTES: usize = 104;
/// The suite that encrypts; the other has no key.
const AES_256_GCM: u8 = 1;

/// What a key of an object seals. Blocks and directory of a pack have keys of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Block,
    Directory,
    Object,
}

/// A key, and a nonce under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Use {
    commitment: [u8; 32],
    part: Part,
    ordinal: u64,
}

#[derive(Debug, Default)]
struct State {
    /// BLAKE3 of what was sealed, with its additional data.
    uses: HashMap<Use, blake3::Hash>,
    sent_again: u64,
    repeated: Vec<String>,
    malformed: Vec<String>,
}

/// What was sealed in some storages; clones share it.
#[derive(Debug, Clone, Default)]
pub struct SealLog {
    state: Arc<Mutex<State>>,
}

impl SealLog {
    /// Wraps a storage: whatever is to be stored there is noted before it is tried, since bytes
    /// that were sent may have been seen, whatever became of the call.
    #[must_use]
    pub fn over<S>(&self, inner: S) -> LoggedStorage<S> {
        LoggedStorage { inner, log: self.clone() }
    }

    /// Pairs of key and nonce so far.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.state().uses.len()
    }

    /// Keys so far.
    #[must_use]
    pub fn keys(&self) -> usize {
        let state = self.state();
        let keys = state.uses.keys().map(|used| (used.commitment, used.part));
        keys.collect::<std::collections::HashSet<_>>().len()
    }

    /// Seals that came once more with the very same bytes, which gives nothing away.
    #[must_use]
    pub fn sent_again(&self) -> u64 {
        self.state().sent_again
    }

    /// Names of objects in which a key and nonce sealed other bytes than before.
    #[must_use]
    pub fn repeated(&self) -> Vec<String> {
        self.state().repeated.clone()
    }

    /// Names of objects that were not understood: their seals are not noted.
    #[must_use]
    pub fn malformed(&self) -> Vec<String> {
        self.state().malformed.clone()
    }

    fn note(&self, name: &ObjectName, bytes: &[u8]) {
        let uses = match bytes.get(..8) {
            Some(b"GLNRPACK") => seals_of_pack(bytes),
            Some(b"GLNROBJ\0") => seals_of_object(bytes),
            // Ballast and the like.
            _ => return,
        };
        let mut state = self.state();
        let Some(uses) = uses else {
            state.malformed.push(name.to_string());
            return;
        };
        for (used, sealed) in uses {
            match state.uses.insert(used, sealed) {
                None => {}
                Some(before) if before == sealed => state.sent_again += 1,
                Some(_) => state.repeated.push(format!("{name}: {used:?}")),
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn seals_of_object(bytes: &[u8]) -> Option<Vec<(Use, blake3::Hash)>> {
    if *bytes.get(11)? != AES_256_GCM {
        return Some(Vec::new());
    }
    let used = Use { commitment: array(bytes, 48)?, part: Part::Object, ordinal: 0 };
    Some(vec![(used, blake3::hash(bytes))])
}

fn seals_of_pack(bytes: &[u8]) -> Option<Vec<(Use, blake3::Hash)>> {
    if *bytes.get(11)? != AES_256_GCM {
        return Some(Vec::new());
    }
    let (header, commitment) = (bytes.get(..PACK_HEADER_BYTES)?, array(bytes, 96)?);
    let trailer = bytes.len().checked_sub(TRAILER_BYTES)?;
    let directory = usize::try_from(u64::from_le_bytes(array(bytes, trailer + 8)?)).ok()?;
    let under_header = |sealed: &[u8]| {
        let mut hasher = blake3::Hasher::new();
        hasher.update(header).update(sealed).finalize()
    };
    let mut uses = Vec::new();
    let mut at = PACK_HEADER_BYTES;
    while at < directory {
        let ordinal = u64::from_le_bytes(array(bytes, at + 8)?);
        let sealed_bytes = u32::from_le_bytes(array(bytes, at + 16)?) as usize;
        let end = at + FRAME_BYTES + sealed_bytes;
        let used = Use { commitment, part: Part::Block, ordinal };
        uses.push((used, under_header(bytes.get(at..end)?)));
        at = end;
    }
    let used = Use { commitment, part: Part::Directory, ordinal: 0 };
    uses.push((used, under_header(bytes.get(directory..trailer)?)));
    (at == directory).then_some(uses)
}

/// A storage whose seals are noted.
#[derive(Debug, Clone)]
pub struct LoggedStorage<S> {
    inner: S,
    log: SealLog,
}

impl<S: Storage> Storage for LoggedStorage<S> {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.inner.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        self.log.note(name, &parts.concat());
        self.inner.put_if_absent(name, parts)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.inner.bytes(name)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.inner.get(name, bytes_max)
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        self.inner.read_at(name, offset, bytes)
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.inner.list(folder)
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.inner.settle(names)
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.inner.delete(name)
    }

    fn rename(&self, from: &ObjectName, to: &ObjectName) -> Result<Put, StorageError> {
        self.inner.rename(from, to)
    }
}

#[cfg(test)]
mod tests {
    //! Goal: a nonce that is used twice is noticed, and nothing else is called one. If it fails,
    //! the log proves nothing.

    use gleaner_chunker::{IdHasher, PackId};
    use gleaner_store::{
        BlockEncoding, ChunkRef, Keys, MemoryStorage, NewPack, PackKind, PackWriter, SeededRandom,
        conformance, encode_block, encode_key_epoch, layout,
    };

    use super::*;

    /// A pack of two blocks with the content given.
    fn pack(keys: &Keys, id: u8, blocks: [&[u8]; 2]) -> Vec<u8> {
        let id = PackId::from_bytes([id; 32]);
        let (domain_id, session) = ([1; 32], [2; 16]);
        let new = NewPack { kind: PackKind::Data, id, key_epoch: 0, domain_id, session };
        let mut writer = PackWriter::create(keys, new);
        for block in blocks {
            let id = IdHasher::plain().id(block);
            let chunk = ChunkRef { id, bytes: u32::try_from(block.len()).unwrap() };
            let encoding = BlockEncoding { level: 0, pad: false };
            writer.append(encode_block(vec![chunk], block, encoding)).unwrap();
        }
        writer.finish().parts().collect::<Vec<_>>().concat()
    }

    fn put(log: &SealLog, id: u8, bytes: &[u8]) {
        let name = layout::pack(&PackId::from_bytes([id; 32]));
        let put = log.over(MemoryStorage::new()).put_if_absent(&name, &[bytes]).unwrap();
        assert_eq!(put, Put::Created);
    }

    #[test]
    fn a_pack_id_that_is_used_twice_is_noticed_by_each_seal_that_differs() {
        let (keys, log) = (Keys::generate(&SeededRandom::new(1)).unwrap(), SealLog::default());
        put(&log, 1, &pack(&keys, 1, [b"first", b"second"]));
        put(&log, 2, &pack(&keys, 2, [b"first", b"second"]));
        assert_eq!((log.pairs(), log.keys(), log.sent_again()), (6, 4, 0));
        put(&log, 1, &pack(&keys, 1, [b"first", b"second"]));
        assert_eq!((log.repeated().len(), log.sent_again()), (0, 3), "the same once more");
        put(&log, 1, &pack(&keys, 1, [b"first", b"other!"]));
        assert_eq!(log.repeated().len(), 2, "{:?}", log.repeated());
        assert_eq!(log.malformed(), Vec::<String>::new());
    }

    #[test]
    fn what_has_no_key_is_not_noted_and_what_is_torn_is_named() {
        let log = SealLog::default();
        put(&log, 1, &pack(&Keys::unencrypted(), 1, [b"first", b"second"]));
        put(&log, 2, &encode_key_epoch(1, &Keys::unencrypted()));
        put(&log, 3, b"ballast");
        assert_eq!((log.pairs(), log.malformed().len()), (0, 0));
        let whole = pack(&Keys::generate(&SeededRandom::new(1)).unwrap(), 4, [b"1", b"2"]);
        put(&log, 4, &whole[..whole.len() - 1]);
        assert_eq!((log.pairs(), log.malformed().len()), (0, 1));
    }

    #[test]
    fn logged_storage_conforms() {
        conformance::run(&|| Arc::new(SealLog::default().over(MemoryStorage::new())));
    }
}
