//! Gives packs that exist their sidecars.

use gleaner_chunker::PackId;
use gleaner_store::{
    Error as StoreError, ErrorKind, PACK_BYTES_MAX, PARITY_PERCENT, Storage, StorageError,
    encode_parity, layout,
};

use super::PARITY_PERCENT_DEFAULT;
use super::listing::{Pair, is_gone, list_pairs};
use super::pack_bytes::{check_pack, read_sidecar};
use super::write::put_sidecar;
use crate::error::{Error, Result};
use crate::progress::{Counters, Run};
use crate::repository::Repository;

/// Which packs get what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParityOptions {
    /// Recovery shards for each hundred data shards; by default what the repository wants, else
    /// [`PARITY_PERCENT_DEFAULT`].
    pub percent: Option<u8>,
    /// Only these packs; empty for all.
    pub packs: Vec<PackId>,
    /// Count what would be done, and write nothing. Sidecars are read, packs are not.
    pub dry_run: bool,
}

/// What became of the packs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParityAdded {
    /// Packs looked at.
    pub packs_total: u64,
    /// Packs that had a sound sidecar, and keep it.
    pub packs_covered: u64,
    /// Packs that had none and have one now.
    pub packs_added: u64,
    /// Packs whose sidecar was damaged and is a new one now.
    pub packs_renewed: u64,
    /// Packs that are damaged: parity over damage would make it last. A check names the damage.
    pub packs_damaged: Vec<PackId>,
    /// Bytes of packs read.
    pub bytes_read: u64,
    /// Bytes of sidecars written.
    pub bytes_written: u64,
}

/// Writes a sidecar for each pack that has none, or a damaged one. Each is durable when the next
/// pack is begun, so that a run which stops goes on where it was.
///
/// A pack is read whole, and its hash compared, before parity is made of it. Memory: one pack and
/// its sidecar. Needs no key and takes no lease.
///
/// # Errors
/// [`Error::NoSuchPack`]; [`Error::ParityPercent`]; the storage's; [`Error::Cancelled`].
pub fn parity_add(
    repository: &Repository,
    options: &ParityOptions,
    run: &Run<'_>,
) -> Result<ParityAdded> {
    let wanted = options.percent.or(repository.config().parity_percent);
    let percent = wanted.unwrap_or(PARITY_PERCENT_DEFAULT);
    if !PARITY_PERCENT.contains(&percent) {
        return Err(Error::ParityPercent { percent });
    }
    let mut add = Add {
        storage: repository.storage(),
        percent,
        dry_run: options.dry_run,
        added: ParityAdded::default(),
    };
    let packs = chosen_packs(add.storage, &options.packs)?;
    let bytes_total = packs.iter().filter_map(|(_, pair)| pair.pack_bytes).sum();
    Counters::add(&run.counters.bytes_total, bytes_total);
    run.counters.scan_finished.store(true, std::sync::atomic::Ordering::Relaxed);
    for (pack, pair) in packs {
        run.cancel.check()?;
        add.pack(pack, pair)?;
        Counters::add(&run.counters.bytes_done, pair.pack_bytes.unwrap_or(0));
    }
    Ok(add.added)
}

/// The packs that are there, or those of `packs`.
fn chosen_packs(storage: &dyn Storage, packs: &[PackId]) -> Result<Vec<(PackId, Pair)>> {
    let mut pairs = list_pairs(storage)?;
    pairs.retain(|_, pair| pair.pack_bytes.is_some());
    if let Some(unknown) = packs.iter().find(|pack| !pairs.contains_key(pack)) {
        return Err(Error::NoSuchPack { pack: *unknown });
    }
    pairs.retain(|pack, _| packs.is_empty() || packs.contains(pack));
    Ok(pairs.into_iter().collect())
}

struct Add<'a> {
    storage: &'a dyn Storage,
    percent: u8,
    dry_run: bool,
    added: ParityAdded,
}

impl Add<'_> {
    fn pack(&mut self, pack: PackId, pair: Pair) -> Result<()> {
        let has_sidecar = pair.parity_bytes.is_some();
        if has_sidecar && self.has_sound_sidecar(pack, pair)? {
            self.added.packs_total += 1;
            self.added.packs_covered += 1;
            return Ok(());
        }
        let bytes = if self.dry_run { None } else { self.sound_pack(pack)? };
        match bytes {
            None if self.dry_run => {}
            None if is_gone(self.storage, pack)? => return Ok(()),
            None => {
                self.added.packs_total += 1;
                self.added.packs_damaged.push(pack);
                return Ok(());
            }
            Some(bytes) => self.write(pack, &bytes, has_sidecar)?,
        }
        self.added.packs_total += 1;
        if has_sidecar {
            self.added.packs_renewed += 1;
        } else {
            self.added.packs_added += 1;
        }
        Ok(())
    }

    /// Whether the sidecar is sound in every byte, and of a pack of that length.
    fn has_sound_sidecar(&self, pack: PackId, pair: Pair) -> Result<bool> {
        match read_sidecar(self.storage, pack) {
            Ok(Some(sidecar)) => {
                Ok(sidecar.is_sound() && Some(sidecar.head().pack_bytes) == pair.pack_bytes)
            }
            Ok(None) => Ok(false),
            // One that is newer is not ours to replace.
            Err(Error::Store(error)) if error.kind() != ErrorKind::UnsupportedVersion => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The bytes of a pack; `None` if two reads in a row do not give what its hash says.
    fn sound_pack(&mut self, pack: PackId) -> Result<Option<Vec<u8>>> {
        for _ in 0..2 {
            match self.storage.get(&layout::pack(&pack), PACK_BYTES_MAX) {
                Ok(bytes) => {
                    self.added.bytes_read += bytes.len() as u64;
                    match check_pack(pack, &bytes) {
                        Ok(()) => return Ok(Some(bytes)),
                        Err(defect) if defect.is_newer() => {
                            let name = layout::pack(&pack);
                            return Err(StoreError::Damaged { name, offset: 0, defect }.into());
                        }
                        Err(_) => {}
                    }
                }
                Err(StorageError::NotFound { .. }) => return Ok(None),
                Err(StorageError::Io { .. } | StorageError::TooLarge { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    fn write(&mut self, pack: PackId, bytes: &[u8], replaces: bool) -> Result<()> {
        let sidecar = encode_parity(pack, &[bytes], self.percent);
        if replaces {
            self.storage.delete(&layout::parity(&pack))?;
        }
        put_sidecar(self.storage, pack, &sidecar)?;
        // A prune may have deleted the pack and what was beside it in between.
        if is_gone(self.storage, pack)? {
            self.storage.delete(&layout::parity(&pack))?;
        }
        self.added.bytes_written += sidecar.len() as u64;
        Ok(())
    }
}
