//! A certificate and key that are made once.

use gleaner_net::Identity;
use gleaner_store::{ObjectName, Storage, StorageError};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Bytes of a key and its certificates, at most.
const IDENTITY_BYTES_MAX: u64 = 1 << 20;

/// The certificate and key at `identity/identity.pem` of a storage, made now if that did not happen
/// yet; `names` are what such a certificate says. Durable on return, in a folder readable by its
/// owner only.
///
/// # Errors
/// The storage's; what is there cannot be used.
pub fn kept_identity(storage: &dyn Storage, names: &[String]) -> Result<Identity> {
    let name = ObjectName::new("identity/identity.pem")?;
    let read = || -> Result<Identity> {
        let bytes = Zeroizing::new(storage.get(&name, IDENTITY_BYTES_MAX)?);
        let pem = std::str::from_utf8(&bytes)
            .map_err(|error| Error::BadRecord { name: name.clone(), why: error.to_string() })?;
        Ok(Identity::from_pem(pem, pem)?)
    };
    match read() {
        Err(Error::Storage(StorageError::NotFound { .. })) => {}
        read => return read,
    }
    let made = Identity::generate("gleaner", names)?;
    let parts = [made.key_pem().as_bytes(), made.certificates_pem().as_bytes()];
    // Another process may have been faster: what is there counts.
    let _theirs_or_ours = storage.put_if_absent(&name, &parts)?;
    read()
}
