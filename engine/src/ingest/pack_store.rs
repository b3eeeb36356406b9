//! Makes a pack durable, and never trusts a file whose write or sync failed.

use gleaner_chunker::PackId;
use gleaner_store::{ErrorKind, PackDirectory, Put, SealedPack, StorageError};

use crate::error::{Error, Result};
use crate::parity::store_sidecar;
use crate::repository::Repository;

/// Packs that may fail in a row before ingest stops (RELIABILITY 3.2: K = 3).
const ATTEMPTS_MAX: u32 = 3;

/// Stores a pack; durable on return. Its parity sidecar, if the repository wants one, is written
/// before anybody counts on the pack, and without it the pack counts all the same.
///
/// After a failure the same blocks are sealed again as another pack, since a second sync that
/// succeeds proves nothing about the file that failed. Its name is taken back, if that works: to
/// other processes it would look like any pack.
pub(crate) fn store_pack(repository: &Repository, mut pack: SealedPack) -> Result<PackDirectory> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let error = match put(repository, &pack) {
            Ok(()) => {
                if let Some(percent) = repository.config().parity_percent {
                    store_sidecar(repository.storage(), &pack, percent);
                }
                return Ok(pack.directory);
            }
            Err(error) => gleaner_store::Error::from(error),
        };
        match error.kind() {
            // Another attempt cannot help, and only a caller can.
            ErrorKind::Full | ErrorKind::Denied | ErrorKind::FixInput => return Err(error.into()),
            _ if attempts == ATTEMPTS_MAX => {
                return Err(Error::StorageUnreliable { attempts, source: error });
            }
            _ => {}
        }
        tracing::warn!(%error, attempts, "a pack could not be stored; sealing it again");
        let id = PackId::from_bytes(repository.env.random_bytes()?);
        pack = pack.reseal(repository.keys(), id)?;
    }
}

fn put(repository: &Repository, pack: &SealedPack) -> Result<(), StorageError> {
    let name = pack.directory.name();
    let parts: Vec<&[u8]> = pack.parts().collect();
    match repository.storage().put_if_absent(&name, &parts) {
        Ok(Put::Created) => Ok(()),
        // Random names do not collide; a name that is taken is a broken source of randomness, and
        // the pack under it is not ours. These bytes need another name.
        Ok(Put::AlreadyExists) => Err(StorageError::Poisoned { name, source: None }),
        Err(error) => {
            if let Err(kept) = repository.storage().delete(&name) {
                tracing::warn!(%kept, "a pack that is not durable keeps its name");
            }
            Err(error)
        }
    }
}
