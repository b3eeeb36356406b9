//! A repository: created, opened, and what it holds by name.

use std::sync::{Arc, Mutex, PoisonError};

use gleaner_chunker::{Chunker, ChunkerParams, GearTable, IdHasher};
use gleaner_store::{
    Defect, Epoch, KdfCost, Keys, NewSlot, OBJECT_BYTES_MAX, ObjectName, PARITY_PERCENT, Put,
    RepositoryConfig, Snapshot, SnapshotId, SnapshotObject, Storage, StorageError, Suite, Update,
    create_key_slot, decode_config, decode_snapshot, encode_config, encode_epoch, encode_snapshot,
    layout, open_key_slot, read_config_head,
};
use zeroize::Zeroizing;

use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::open_index::OpenIndex;
use crate::progress::Run;

/// Size at which a data pack is closed unless `init` says otherwise: two of them fit the memory
/// budget, one being filled and one being stored.
pub const PACK_TARGET_BYTES_DEFAULT: u32 = 32 << 20;
/// zstd level unless `init` says otherwise.
pub const COMPRESSION_LEVEL_DEFAULT: i32 = 3;

/// Whether and how a new repository is encrypted.
#[derive(Debug)]
pub enum Encryption {
    /// Not at all: unkeyed ids, checksums instead of seals.
    None,
    /// With a random master key, wrapped under a password.
    Password {
        /// The password, never empty.
        password: Zeroizing<Vec<u8>>,
        /// Cost of deriving a key from it.
        cost: KdfCost,
    },
}

/// What a new repository is to be.
#[derive(Debug)]
pub struct InitOptions<'a> {
    /// Encryption.
    pub encryption: Encryption,
    /// How increments are cut; ignored with `domain_from`.
    pub chunker: ChunkerParams,
    /// Size in bytes at which a data pack is closed.
    pub pack_target_bytes: u32,
    /// zstd level, 0 for none.
    pub compression_level: i32,
    /// Pad sealed blocks to size classes.
    pub pad: bool,
    /// Recovery shards for each hundred data shards in a parity sidecar of each new pack, 1 to 100;
    /// `None` for packs without one.
    pub parity_percent: Option<u8>,
    /// Label of the first key slot.
    pub label: String,
    /// Take chunking and dedup domain of this repository, so that both name chunks alike.
    pub domain_from: Option<&'a Repository>,
}

/// What opens a repository.
#[derive(Debug)]
pub enum Credential {
    /// Nothing: for repositories that are not encrypted.
    None,
    /// A password.
    Password(Zeroizing<Vec<u8>>),
}

/// All snapshots that are listed.
#[derive(Debug)]
pub struct SnapshotList {
    /// Sound ones, oldest first (by time, then sequence number).
    pub snapshots: Vec<Snapshot>,
    /// Names under which something stands that cannot be read.
    pub damaged: Vec<(SnapshotId, gleaner_store::Error)>,
}

/// An open repository. May be shared by threads; holds no lease by itself.
pub struct Repository {
    pub(crate) env: Environment,
    config: RepositoryConfig,
    keys: Arc<Keys>,
    chunker: Arc<Chunker>,
    tree_chunker: Arc<Chunker>,
    id_hasher: Arc<IdHasher>,
    index: Mutex<Option<Arc<OpenIndex>>>,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Repository {
    /// Creates a repository in an empty place.
    ///
    /// Durable on return. The config is written last. A `create` that fails takes back what it
    /// wrote, but for the epoch, if that failed and may be somebody else's. One that is interrupted
    /// leaves a place that is not empty any more, and no repository: somebody has to remove what
    /// is there. Only one that ends between the config's copy and the config leaves a repository,
    /// which opens by the copy and whose check names the config.
    ///
    /// # Errors
    /// [`Error::NotEmpty`]; [`Error::ParityPercent`]; the storage's.
    pub fn create(env: Environment, options: &InitOptions<'_>) -> Result<Self> {
        let storage = &*env.storage;
        let illegal = options.parity_percent.filter(|percent| !PARITY_PERCENT.contains(percent));
        if let Some(percent) = illegal {
            return Err(Error::ParityPercent { percent });
        }
        if let Some(name) = any_object(storage)? {
            return Err(Error::NotEmpty { name });
        }
        storage.create_layout()?;
        // Decides between two that start at once, before either leaves a key slot behind.
        match storage.update_if(&layout::epoch(), None, &encode_epoch(Epoch(0)))? {
            Update::Written(_) => {}
            Update::Conflict => return Err(Error::NotEmpty { name: layout::epoch() }),
        }
        // The place is ours from here on.
        let mut made = Vec::new();
        let (config, keys) = match make_objects(&env, options, &mut made) {
            Ok(both) => both,
            Err(error) => {
                take_back(storage, &made);
                return Err(error);
            }
        };
        crate::reserve::make(storage);
        Self::with_config(env, config, keys)
    }

    /// Whether a password is needed to open the repository.
    ///
    /// # Errors
    /// As [`Repository::open`], but for wrong secrets.
    pub fn is_encrypted(env: &Environment) -> Result<bool> {
        let (_, bytes) = config_bytes(&*env.storage)?;
        let head = read_config_head(&bytes).map_err(config_damaged)?;
        Ok(head.suite != Suite::Checksum)
    }

    /// Opens a repository. Costs one key derivation per key slot until one opens.
    ///
    /// # Errors
    /// `NoRepository`, [`Error::NotARepository`], a damaged or newer config, `SecretMissing`,
    /// `WrongSecret`, `NoUsableSlot`. [`Error::NotEncrypted`] for a password that nothing asks for:
    /// somebody may have put a plain config in the place of an encrypted one.
    pub fn open(env: Environment, credential: &Credential) -> Result<Self> {
        let (name, bytes) = config_bytes(&*env.storage)?;
        let damaged =
            |defect| gleaner_store::Error::Damaged { name: name.clone(), offset: 0, defect };
        let head = read_config_head(&bytes).map_err(damaged)?;
        let keys = match (head.suite, credential) {
            (Suite::Checksum, Credential::None) => Keys::unencrypted(),
            (Suite::Checksum, Credential::Password(_)) => return Err(Error::NotEncrypted),
            (Suite::Aes256Gcm, Credential::None) => {
                return Err(gleaner_store::Error::SecretMissing.into());
            }
            (Suite::Aes256Gcm, Credential::Password(password)) => unlock(&*env.storage, password)?,
        };
        let config = decode_config(&bytes, &keys).map_err(damaged)?;
        Self::with_config(env, config, keys)
    }

    fn with_config(env: Environment, config: RepositoryConfig, keys: Keys) -> Result<Self> {
        let (table, tree_table, id_hasher) = match &config.domain_key {
            Some(key) => (GearTable::derive(key), GearTable::derive(key), IdHasher::keyed(key)),
            None => (GearTable::public(), GearTable::public(), IdHasher::plain()),
        };
        if table.digest() != config.gear_digest {
            return Err(Error::GearTable);
        }
        let chunker = Arc::new(Chunker::new(config.chunker, table)?);
        let tree_chunker = Arc::new(Chunker::new(ChunkerParams::FINE, tree_table)?);
        let index = Mutex::new(None);
        let id_hasher = Arc::new(id_hasher);
        let keys = Arc::new(keys);
        Ok(Self { env, config, keys, chunker, tree_chunker, id_hasher, index })
    }

    /// The config.
    #[must_use]
    pub fn config(&self) -> &RepositoryConfig {
        &self.config
    }

    /// The repository's id in hex.
    #[must_use]
    pub fn id_hex(&self) -> String {
        SnapshotId(self.config.id).to_string()
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    #[cfg(feature = "rocksdb")]
    pub(crate) fn shared_keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    /// The storage.
    #[must_use]
    pub fn storage(&self) -> &dyn Storage {
        &*self.env.storage
    }

    pub(crate) fn chunker(&self) -> Arc<Chunker> {
        Arc::clone(&self.chunker)
    }

    pub(crate) fn tree_chunker(&self) -> Arc<Chunker> {
        Arc::clone(&self.tree_chunker)
    }

    pub(crate) fn id_hasher(&self) -> Arc<IdHasher> {
        Arc::clone(&self.id_hasher)
    }

    /// The index, opened and brought up to the packs on storage at the first call.
    ///
    /// # Errors
    /// The storage's; a pack whose directory is damaged is left out and warned of.
    pub(crate) fn index(&self, run: &Run<'_>) -> Result<Arc<OpenIndex>> {
        let mut slot = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = &*slot {
            return Ok(Arc::clone(index));
        }
        let index = Arc::new(OpenIndex::open(&self.env, &self.config, &self.keys, run)?);
        *slot = Some(Arc::clone(&index));
        Ok(index)
    }

    /// Reads all manifests that are listed: not forgotten, not fence markers.
    ///
    /// Cost: one listing and one read per snapshot.
    ///
    /// # Errors
    /// The storage's listing; damage of a single manifest is in the list instead.
    pub fn snapshots(&self) -> Result<SnapshotList> {
        Ok(self.read_snapshots()?.0)
    }

    /// As [`Self::snapshots`], with those that were listed and are not there: forgotten and deleted
    /// meanwhile, or the listing is wrong.
    pub(crate) fn read_snapshots(&self) -> Result<(SnapshotList, Vec<SnapshotId>)> {
        let mut absent = Vec::new();
        let forgotten: std::collections::HashSet<SnapshotId> = self
            .storage()
            .list(&layout::forgotten())?
            .iter()
            .filter_map(|listed| layout::parse_tombstone(&listed.name))
            .collect();
        let mut list = SnapshotList { snapshots: Vec::new(), damaged: Vec::new() };
        for listed in self.storage().list(&layout::snapshots())? {
            let Some(id) = layout::parse_snapshot(&listed.name) else { continue };
            if forgotten.contains(&id) {
                continue;
            }
            match self.read_snapshot(id) {
                Ok(SnapshotObject::Manifest(snapshot)) => list.snapshots.push(*snapshot),
                Ok(SnapshotObject::FenceMarker) => {}
                Err(Error::Store(gleaner_store::Error::Storage(StorageError::NotFound {
                    ..
                }))) => absent.push(id),
                Err(Error::Store(error)) => list.damaged.push((id, error)),
                Err(error) => return Err(error),
            }
        }
        list.snapshots.sort_by_key(|snapshot| (snapshot.time_ns, snapshot.sequence, snapshot.id));
        Ok((list, absent))
    }

    /// Reads what stands under a snapshot's name.
    ///
    /// # Errors
    /// The storage's; damage.
    pub fn read_snapshot(&self, id: SnapshotId) -> Result<SnapshotObject> {
        let name = layout::snapshot(id);
        let bytes = self.storage().get(&name, OBJECT_BYTES_MAX)?;
        decode_snapshot(id, &bytes, &self.keys)
            .map_err(|defect| gleaner_store::Error::Damaged { name, offset: 0, defect }.into())
    }
}

/// Encodes a manifest; one that the format cannot hold is an error of the caller.
pub(crate) fn manifest_bytes(snapshot: &Snapshot, keys: &Keys) -> Result<Vec<u8>> {
    encode_snapshot(snapshot, keys).map_err(|defect| {
        let name = layout::snapshot(snapshot.id);
        gleaner_store::Error::Damaged { name, offset: 0, defect }.into()
    })
}

fn new_config(
    env: &Environment,
    options: &InitOptions<'_>,
    suite: Suite,
) -> Result<RepositoryConfig> {
    let id = env.random_bytes()?;
    let shared = options.domain_from.map(Repository::config);
    let domain_key = match (suite, shared) {
        (Suite::Checksum, _) => None,
        (Suite::Aes256Gcm, Some(shared)) if shared.domain_key.is_some() => {
            shared.domain_key.clone()
        }
        (Suite::Aes256Gcm, _) => Some(Zeroizing::new(env.random_bytes()?)),
    };
    // The public domain is one for ever: its id is all zeros.
    let domain_id = match (&domain_key, shared) {
        (None, _) => [0; 32],
        (Some(_), Some(shared)) if shared.domain_key.is_some() => shared.domain_id,
        (Some(_), _) => env.random_bytes()?,
    };
    let table = domain_key.as_deref().map_or_else(GearTable::public, GearTable::derive);
    let chunker = shared.map_or(options.chunker, |shared| shared.chunker);
    chunker.validate()?;
    Ok(RepositoryConfig {
        id,
        domain_id,
        chunker,
        gear_digest: table.digest(),
        pack_target_bytes: options.pack_target_bytes,
        compression_level: options.compression_level,
        pad: options.pad,
        parity_percent: options.parity_percent,
        created_ns: env.clock.wall_ns(),
        domain_key,
    })
}

/// Writes all that a repository begins with, the config last; `made` are the objects that may be
/// there, also after an error.
fn make_objects(
    env: &Environment,
    options: &InitOptions<'_>,
    made: &mut Vec<ObjectName>,
) -> Result<(RepositoryConfig, Keys)> {
    let storage = &*env.storage;
    let keys = match &options.encryption {
        Encryption::None => Keys::unencrypted(),
        Encryption::Password { .. } => Keys::generate(&*env.random)?,
    };
    let config = new_config(env, options, keys.suite())?;
    let mut put = |name: ObjectName, bytes: &[u8]| {
        made.push(name.clone());
        put_new(storage, &name, bytes)
    };
    if let Encryption::Password { password, cost } = &options.encryption {
        let created_ns = config.created_ns;
        let new = NewSlot { password, cost: *cost, label: &options.label, created_ns };
        let (id, bytes) = create_key_slot(&keys, &new, &*env.random)?;
        put(layout::key_slot(&id), &bytes)?;
    }
    let bytes = encode_config(&config, &keys);
    put(layout::config_copy(), &bytes)?;
    put(layout::config(), &bytes)?;
    Ok((config, keys))
}

/// Removes what a `create` that failed wrote, the newest first: the place can be used again.
fn take_back(storage: &dyn Storage, made: &[ObjectName]) {
    let taken = made.iter().rev().try_for_each(|name| storage.delete(name));
    if let Err(error) = taken.and_then(|()| storage.delete_versioned(&layout::epoch())) {
        tracing::debug!(%error, "what a failed creation wrote stays");
    }
}

fn put_new(storage: &dyn Storage, name: &ObjectName, bytes: &[u8]) -> Result<()> {
    match storage.put_if_absent(name, &[bytes])? {
        Put::Created => Ok(()),
        Put::AlreadyExists => Err(Error::NotEmpty { name: name.clone() }),
    }
}

/// Some object of the place, if it has any.
fn any_object(storage: &dyn Storage) -> Result<Option<ObjectName>> {
    match storage.bytes(&layout::config()) {
        Ok(_) => return Ok(Some(layout::config())),
        Err(StorageError::NotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    for folder in [layout::packs(), layout::snapshots(), layout::keys(), layout::epoch()] {
        match storage.list(&folder) {
            Ok(listed) => {
                if let Some(listed) = listed.into_iter().next() {
                    return Ok(Some(listed.name));
                }
            }
            Err(StorageError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

fn config_damaged(defect: Defect) -> gleaner_store::Error {
    gleaner_store::Error::Damaged { name: layout::config(), offset: 0, defect }
}

/// The config's bytes, or those of its copy if the config is missing or not even a config.
fn config_bytes(storage: &dyn Storage) -> Result<(ObjectName, Vec<u8>)> {
    let read = |name: ObjectName| match storage.get(&name, OBJECT_BYTES_MAX) {
        Ok(bytes) => Ok(Some((name, bytes))),
        Err(StorageError::NotFound { .. }) => Ok(None),
        Err(error) => Err(Error::from(error)),
    };
    match read(layout::config())? {
        Some(found) => match read_config_head(&found.1) {
            Err(defect) if !defect.is_newer() => {
                // A copy that is no better is not worth naming.
                let copy = read(layout::config_copy())?;
                let sound = copy.filter(|(_, bytes)| read_config_head(bytes).is_ok());
                Ok(sound.unwrap_or(found))
            }
            _ => Ok(found),
        },
        None => match any_object(storage)? {
            Some(name) => match read(layout::config_copy())? {
                Some(copy) => Ok(copy),
                None => Err(Error::NotARepository { name }),
            },
            None => Err(gleaner_store::Error::NoRepository { name: layout::config() }.into()),
        },
    }
}

/// Tries the password on every key slot.
fn unlock(storage: &dyn Storage, password: &[u8]) -> Result<Keys> {
    let (mut slots, mut damaged) = (0, 0);
    for listed in storage.list(&layout::keys())? {
        let Some(id) = layout::parse_key_slot(&listed.name) else { continue };
        // One slot that cannot be read must not keep the others from opening.
        let Ok(bytes) = storage.get(&listed.name, OBJECT_BYTES_MAX) else {
            damaged += 1;
            continue;
        };
        match open_key_slot(&id, &bytes, password) {
            Ok(Some(keys)) => return Ok(keys),
            Ok(None) => slots += 1,
            Err(defect) if defect.is_newer() => {
                let name = listed.name;
                return Err(gleaner_store::Error::Damaged { name, offset: 0, defect }.into());
            }
            Err(_) => damaged += 1,
        }
    }
    Err(if slots > 0 {
        gleaner_store::Error::WrongSecret { slots }.into()
    } else {
        gleaner_store::Error::NoUsableSlot { damaged }.into()
    })
}
