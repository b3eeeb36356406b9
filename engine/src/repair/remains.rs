//! What is left of one damaged pack.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};

use gleaner_chunker::{ChunkId, IdHasher, PackId};
use gleaner_store::{
    ErrorKind, HeaderGuess, ObjectName, PACK_BYTES_MAX, PackSalvage, Storage, StorageError, layout,
    read_pack_header,
};

use crate::error::Result;
use crate::key_epoch::current_key_epoch;
use crate::open_index::list_packs;
use crate::parity::healed_bytes;
use crate::progress::Run;
use crate::repository::Repository;
use crate::survivors::Survivors;

/// Bytes read at a time where a pack cannot be read as a whole.
const PIECE_BYTES: usize = 4096;

/// The bytes of a damaged pack; stretches that cannot be read are zeros.
pub(super) struct Remains {
    pack: PackId,
    bytes: Vec<u8>,
}

/// What of a pack can be read.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Chunks that are what their ids say.
    pub(super) readable: HashSet<ChunkId>,
    /// Their raw bytes.
    pub(super) raw_bytes: u64,
    /// Chunks that are listed and not readable; `None` if the list is lost.
    pub(super) lost: Option<BTreeSet<ChunkId>>,
}

/// What may have been in a lost header, found out when the first is lost.
#[derive(Debug, Default)]
pub(super) struct HeaderGuesses(OnceCell<(u32, Vec<[u8; 16]>)>);

impl HeaderGuesses {
    fn of(&self, repository: &Repository) -> Result<&(u32, Vec<[u8; 16]>)> {
        if let Some(known) = self.0.get() {
            return Ok(known);
        }
        let (storage, keys) = (repository.storage(), repository.keys());
        let mut sessions = BTreeSet::new();
        for (pack, bytes) in list_packs(storage)? {
            let header = read_pack_header(storage, keys, pack, bytes);
            sessions.extend(header.ok().map(|header| header.session));
        }
        // Without the repository's word the epochs that packs have are as good.
        let key_epoch = current_key_epoch(repository)?;
        Ok(self.0.get_or_init(|| (key_epoch, sessions.into_iter().collect())))
    }
}

impl Remains {
    /// Reads what can be read; `None` if the pack is gone, or not one byte of it can.
    ///
    /// # Errors
    /// The storage's, if it refuses to read, rather than being unable to; `Cancelled`.
    pub(super) fn read(
        repository: &Repository,
        pack: PackId,
        bytes: u64,
        run: &Run<'_>,
    ) -> Result<Option<Self>> {
        let (storage, name) = (repository.storage(), layout::pack(&pack));
        let bytes = match storage.get(&name, PACK_BYTES_MAX) {
            Ok(bytes) => Some(bytes),
            Err(StorageError::NotFound { .. }) => None,
            Err(error) if is_refusal(&error) => return Err(error.into()),
            Err(_) => read_pieces(storage, &name, bytes.min(PACK_BYTES_MAX), run)?,
        };
        Ok(bytes.map(|bytes| Self { pack, bytes }))
    }

    /// The whole pack, as its parity sidecar makes it; `None` if there is none, or it does not
    /// suffice.
    pub(super) fn by_parity(repository: &Repository, pack: PackId) -> Result<Option<Self>> {
        let healed = healed_bytes(repository.storage(), pack)?;
        Ok(healed.map(|bytes| Self { pack, bytes }))
    }

    /// Length of what is there.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn open<'r>(
        &'r self,
        repository: &Repository,
        guesses: &HeaderGuesses,
    ) -> Result<Option<PackSalvage<'r>>> {
        let domain_id = repository.config().domain_id;
        let begin = |key_epoch_max, sessions| {
            let guess = HeaderGuess { key_epoch_max, domain_id, sessions };
            PackSalvage::begin(repository.keys(), self.pack, &self.bytes, &guess)
        };
        if let Some(salvage) = begin(0, &[]) {
            return Ok(Some(salvage));
        }
        let (key_epoch_max, sessions) = guesses.of(repository)?;
        Ok(begin(*key_epoch_max, sessions))
    }

    /// Says what can be read, by opening all of it.
    pub(super) fn inspect(
        &self,
        repository: &Repository,
        guesses: &HeaderGuesses,
    ) -> Result<Found> {
        let Some(salvage) = self.open(repository, guesses)? else { return Ok(Found::default()) };
        let (private, public) = (repository.id_hasher(), IdHasher::plain());
        let mut found = Found::default();
        for salvaged in salvage.blocks() {
            for (id, bytes) in salvaged.block.iter() {
                let is_right = private.id(bytes) == id || public.id(bytes) == id;
                if is_right && found.readable.insert(id) {
                    found.raw_bytes += bytes.len() as u64;
                }
            }
        }
        found.lost = salvage.listed().map(|listed| {
            let ids = listed.iter().map(|chunk| chunk.id);
            ids.filter(|id| !found.readable.contains(id)).collect()
        });
        Ok(found)
    }

    /// Puts all that can be read into new packs, but for chunks that were `taken` before.
    pub(super) fn carry(
        &self,
        repository: &Repository,
        guesses: &HeaderGuesses,
        survivors: &mut Survivors<'_>,
        taken: &mut HashSet<ChunkId>,
    ) -> Result<()> {
        let Some(salvage) = self.open(repository, guesses)? else { return Ok(()) };
        let kind = salvage.header().kind;
        for salvaged in salvage.blocks() {
            survivors.carry_salvaged(kind, salvaged, taken)?;
        }
        Ok(())
    }
}

/// Whether an error says nothing about the medium.
fn is_refusal(error: &StorageError) -> bool {
    matches!(error.kind(), ErrorKind::Denied | ErrorKind::Cancelled | ErrorKind::FixInput)
}

/// Reads piece by piece, each twice before it counts as lost; `None` if not one can be read.
fn read_pieces(
    storage: &dyn Storage,
    name: &ObjectName,
    pack_bytes: u64,
    run: &Run<'_>,
) -> Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; usize::try_from(pack_bytes).unwrap_or(0)];
    let (mut offset, mut is_read) = (0, false);
    for piece in bytes.chunks_mut(PIECE_BYTES) {
        // A medium that fails takes its time over each piece.
        run.cancel.check()?;
        let mut read = || storage.read_at(name, offset, piece);
        match read().or_else(|_| read()) {
            Ok(()) => is_read = true,
            Err(StorageError::NotFound { .. }) => return Ok(None),
            Err(error) if is_refusal(&error) => return Err(error.into()),
            Err(_) => piece.fill(0),
        }
        offset += piece.len() as u64;
    }
    Ok(is_read.then_some(bytes))
}
