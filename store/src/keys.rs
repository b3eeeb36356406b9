//! The key tree of an open repository (FORMAT.md section 3.2).

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::object::{ObjectKey, ObjectKind};
use crate::pack_format::{NewPack, PackHeader, PackKind};
use crate::random::RandomSource;
use crate::seal::{SealKey, Secret, Suite, derive, expand, extract};

/// What opens and seals everything in one repository.
///
/// Holds the master key while the repository is open; wiped when dropped, never printed.
pub struct Keys {
    master: Option<Secret>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("suite", &self.suite()).finish_non_exhaustive()
    }
}

/// Keys and commitment of one pack.
pub(crate) struct PackKeys {
    pub(crate) block: SealKey,
    pub(crate) directory: SealKey,
    pub(crate) commitment: [u8; 32],
}

/// The same before they are scheduled for use.
pub(crate) struct PackSecrets {
    pub(crate) block: Secret,
    pub(crate) directory: Secret,
    pub(crate) commitment: [u8; 32],
}

impl PackSecrets {
    pub(crate) fn keys(&self) -> PackKeys {
        PackKeys {
            block: SealKey::aes(&self.block),
            directory: SealKey::aes(&self.directory),
            commitment: self.commitment,
        }
    }
}

impl Keys {
    /// A fresh random master key.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn generate(random: &dyn RandomSource) -> Result<Self> {
        let mut master = Zeroizing::new([0; 32]);
        random.fill(master.as_mut()).map_err(Error::Random)?;
        Ok(Self { master: Some(master) })
    }

    /// For repositories without encryption.
    #[must_use]
    pub const fn unencrypted() -> Self {
        Self { master: None }
    }

    pub(crate) const fn from_master(master: Secret) -> Self {
        Self { master: Some(master) }
    }

    pub(crate) const fn master(&self) -> Option<&Secret> {
        self.master.as_ref()
    }

    /// Suite that all packs and sealed objects of the repository use.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        if self.master.is_some() { Suite::Aes256Gcm } else { Suite::Checksum }
    }

    /// Key of one single object: config, snapshot or key epoch.
    pub(crate) fn object_key(&self, kind: ObjectKind, id: &[u8; 32]) -> ObjectKey {
        let Some(master) = &self.master else { return ObjectKey::plain() };
        let label: &[u8] = match kind {
            ObjectKind::Config => b"config",
            ObjectKind::Snapshot => b"manifest",
            ObjectKind::KeyEpoch => b"key-epoch",
            _ => unreachable!("nothing else is sealed under the master key"),
        };
        let prk = extract(&derive(master, label), id);
        ObjectKey {
            suite: Suite::Aes256Gcm,
            key: SealKey::aes(&expand(&prk, &[b"gleaner v1 object key"])),
            commitment: *expand(&prk, &[b"gleaner v1 object commitment"]),
        }
    }

    /// Header of a new pack.
    pub(crate) fn pack_header(&self, new: NewPack) -> PackHeader {
        let NewPack { kind, id, key_epoch, domain_id, session } = new;
        let commitment = self.pack_keys(kind, key_epoch, id.as_bytes()).commitment;
        PackHeader { kind, suite: self.suite(), key_epoch, id, domain_id, session, commitment }
    }

    /// Keys of one pack under key epoch `key_epoch`.
    pub(crate) fn pack_keys(&self, kind: PackKind, key_epoch: u32, id: &[u8; 32]) -> PackKeys {
        match self.pack_secrets(kind, key_epoch, id) {
            Some(secrets) => secrets.keys(),
            None => PackKeys {
                block: SealKey::Checksum,
                directory: SealKey::Checksum,
                commitment: [0; 32],
            },
        }
    }

    /// What keys of a pack are made of; `None` without encryption.
    pub(crate) fn pack_secrets(
        &self,
        kind: PackKind,
        key_epoch: u32,
        id: &[u8; 32],
    ) -> Option<PackSecrets> {
        let master = self.master.as_ref()?;
        let epoch_key = derive(master, format!("pack-epoch-{key_epoch}").as_bytes());
        let prk = extract(&epoch_key, id);
        let kind = [kind.number()];
        Some(PackSecrets {
            block: expand(&prk, &[b"gleaner v1 pack block", &kind]),
            directory: expand(&prk, &[b"gleaner v1 pack directory", &kind]),
            commitment: *expand(&prk, &[b"gleaner v1 pack commitment", &kind]),
        })
    }
}
