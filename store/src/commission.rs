//! Leave to seal one pack, for somebody who has none of a repository's keys
//! (`docs/decisions/0014-commissioned-packs.md`).

use zeroize::Zeroizing;

use crate::defect::Defect;
use crate::keys::{Keys, PackKeys, PackSecrets};
use crate::le::array_at;
use crate::pack_format::{NewPack, PACK_HEADER_BYTES, PackHeader, PackKind};
use crate::seal::Suite;

/// Bytes of a commission: the pack's header, the key of its blocks, and that of its directory.
pub const COMMISSION_BYTES: usize = PACK_HEADER_BYTES + 64;

/// What seals one data pack of an encrypted repository, and nothing else: the keys of a pack are
/// derived from its random id (FORMAT.md section 3.2), and say nothing of any other.
///
/// Whoever has it can read that pack. Wiped when dropped, never printed. For one pack that is
/// sealed once: a second one would use the same nonces.
pub struct Commission {
    header: PackHeader,
    secrets: PackSecrets,
}

impl std::fmt::Debug for Commission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Commission").field("header", &self.header).finish_non_exhaustive()
    }
}

impl Commission {
    /// For a new pack; `None` if the repository is not encrypted.
    #[must_use]
    pub fn new(keys: &Keys, new: NewPack) -> Option<Self> {
        let secrets = keys.pack_secrets(new.kind, new.key_epoch, new.id.as_bytes())?;
        Some(Self { header: keys.pack_header(new), secrets })
    }

    /// Header of the pack.
    #[must_use]
    pub const fn header(&self) -> PackHeader {
        self.header
    }

    pub(crate) fn keys(&self) -> PackKeys {
        self.secrets.keys()
    }

    /// Its bytes: the header as it is in the pack, the key of the blocks, that of the directory.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(COMMISSION_BYTES));
        bytes.extend_from_slice(&self.header.encode());
        bytes.extend_from_slice(&*self.secrets.block);
        bytes.extend_from_slice(&*self.secrets.directory);
        bytes
    }

    /// Reads one.
    ///
    /// # Errors
    /// A [`Defect`] if these bytes are none: of another length, with a header that is damaged, of a
    /// tree pack, or of one that is not encrypted.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Defect> {
        let bytes: &[u8; COMMISSION_BYTES] = bytes.try_into().map_err(|_| Defect::Truncated {
            needed: COMMISSION_BYTES as u64,
            found: bytes.len() as u64,
        })?;
        let header = PackHeader::decode(&array_at::<0, PACK_HEADER_BYTES, _>(bytes))?;
        if header.kind != PackKind::Data || header.suite != Suite::Aes256Gcm {
            return Err(Defect::Inconsistent { what: "commission of such a pack" });
        }
        let secrets = PackSecrets {
            block: Zeroizing::new(array_at::<PACK_HEADER_BYTES, 32, _>(bytes)),
            directory: Zeroizing::new(array_at::<{ PACK_HEADER_BYTES + 32 }, 32, _>(bytes)),
            commitment: header.commitment,
        };
        Ok(Self { header, secrets })
    }
}

#[cfg(test)]
mod tests {
    //! Goal: who has a commission seals the pack that its owner would have sealed, and no other.

    use gleaner_chunker::{ChunkId, PackId};

    use super::*;
    use crate::block::{BlockEncoding, encode_block};
    use crate::chunk_list::ChunkRef;
    use crate::pack_writer::{PackWriter, SealedPack};
    use crate::random::SeededRandom;

    fn new(kind: PackKind) -> NewPack {
        let id = PackId::from_bytes([7; 32]);
        NewPack { kind, id, key_epoch: 3, domain_id: [4; 32], session: [5; 16] }
    }

    fn pack(mut writer: PackWriter) -> SealedPack {
        let chunk = ChunkRef { id: ChunkId::from_bytes([1; 32]), bytes: 5 };
        let encoding = BlockEncoding { level: 3, pad: false };
        writer.append(encode_block(vec![chunk], b"bytes", encoding)).unwrap();
        writer.finish()
    }

    #[test]
    fn commissioned_pack_is_that_of_the_keys() {
        let keys = Keys::generate(&SeededRandom::new(1)).unwrap();
        let commission = Commission::new(&keys, new(PackKind::Data)).unwrap();
        let sent = Commission::from_bytes(&commission.to_bytes()).unwrap();
        assert_eq!(commission.to_bytes().len(), COMMISSION_BYTES);
        let theirs = pack(PackWriter::commissioned(&sent));
        let ours = pack(PackWriter::create(&keys, new(PackKind::Data)));
        assert!(theirs.parts().eq(ours.parts()), "byte by byte");
        assert!(!format!("{commission:?}").contains("secrets"));
    }

    #[test]
    fn what_is_no_commission_of_a_sealed_data_pack_is_refused() {
        let keys = Keys::generate(&SeededRandom::new(1)).unwrap();
        let good = Commission::new(&keys, new(PackKind::Data)).unwrap().to_bytes();
        for bytes in [&[][..], &good[1..], &[&good[..], &[0]].concat()] {
            assert!(Commission::from_bytes(bytes).is_err());
        }
        for byte in 0..PACK_HEADER_BYTES {
            let mut damaged = good.clone();
            damaged[byte] ^= 1;
            assert!(Commission::from_bytes(&damaged).is_err(), "{byte}");
        }
        let tree = Commission::new(&keys, new(PackKind::Tree)).unwrap();
        assert!(Commission::from_bytes(&tree.to_bytes()).is_err());
        assert!(Commission::new(&Keys::unencrypted(), new(PackKind::Data)).is_none());
    }
}
