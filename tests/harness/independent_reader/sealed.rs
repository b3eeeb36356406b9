//! Keys, seals and the container of single objects (FORMAT.md sections 3 to 5).

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;

use super::Id;
use super::bytes::{self, array, check_crc, slice, u16_at, u32_at};

/// What opens a repository; neither is there without encryption.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) master: Option<Id>,
    pub(super) domain_key: Option<Id>,
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Id {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    tag.as_ref().try_into().expect("HMAC-SHA-256 gives 32 bytes")
}

/// HKDF-SHA-256 of one output block.
fn hkdf(salt: &[u8], key: &[u8], info: &[u8]) -> Id {
    // An empty salt and one of 32 zero bytes are the same key of HMAC.
    let extracted = hmac_sha256(salt, key);
    hmac_sha256(&extracted, &[info, &[1]].concat())
}

impl Keys {
    /// The chunk id of raw bytes.
    pub(super) fn chunk_id(&self, raw: &[u8]) -> Id {
        match &self.domain_key {
            None => *blake3::hash(raw).as_bytes(),
            Some(key) => {
                let key = blake3::derive_key("gleaner v1 chunk id", key);
                *blake3::keyed_hash(&key, raw).as_bytes()
            }
        }
    }

    /// The key of one use in a pack, or its commitment; `None` without encryption.
    pub(super) fn of_pack(&self, use_: &str, kind: u8, key_epoch: u32, id: &Id) -> Option<Id> {
        let label = format!("gleaner v1 pack-epoch-{key_epoch}");
        let epoch_key = hkdf(&[], self.master.as_ref()?, label.as_bytes());
        let info = [b"gleaner v1 pack ", use_.as_bytes(), &[kind]].concat();
        Some(hkdf(id, &epoch_key, &info))
    }
}

/// Opens what `seal` of FORMAT.md section 3.1 made.
pub(super) fn open(
    key: Option<&Id>,
    (kind, ordinal): (u32, u64),
    aad: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>> {
    let mut nonce = [0; 12];
    nonce[..4].copy_from_slice(&kind.to_le_bytes());
    nonce[4..].copy_from_slice(&ordinal.to_le_bytes());
    let (body, tag) = sealed.split_last_chunk::<16>().context("shorter than a tag")?;
    if let Some(key) = key {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| anyhow!("key"))?;
        let mut body = sealed.to_vec();
        LessSafeKey::new(key)
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut body)
            .map_err(|_| anyhow!("the seal refuses"))?;
        body.truncate(sealed.len() - tag.len());
        return Ok(body);
    }
    let aad_bytes = (aad.len() as u64).to_le_bytes();
    let hash = blake3::hash(&[&nonce[..], &aad_bytes, aad, body].concat());
    ensure!(hash.as_bytes().starts_with(tag), "the checksum differs");
    Ok(body.to_vec())
}

/// A single object whose checksums hold.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) suite: u8,
    pub(super) id: Id,
    pub(super) plain: Vec<u8>,
    commitment: Id,
    sealed: Vec<u8>,
    aad: Vec<u8>,
}

impl Object {
    pub(super) fn parse(bytes: &[u8], kind: u8) -> Result<Self> {
        ensure!(bytes.starts_with(b"GLNROBJ\0"), "magic");
        check_crc(bytes, 92)?;
        let version = u16_at(bytes, 8)?;
        ensure!(version == 1, "version {version}");
        let [found, suite] = array(bytes, 10)?;
        ensure!(found == kind, "kind {found} where {kind} belongs");
        ensure!(suite <= 1, "newer: suite {suite}");
        ensure!(array(bytes, 12)? == [0; 4], "newer: reserved bytes");
        let (plain, sealed) = (u32_at(bytes, 80)? as usize, u32_at(bytes, 84)? as usize);
        ensure!(bytes.len() <= 16 << 20 && bytes.len() == 96 + plain + sealed, "length");
        let body = slice(bytes, 96, plain + sealed)?;
        ensure!(crc32c::crc32c(body) == u32_at(bytes, 88)?, "checksum of the body");
        let plain = slice(bytes, 96, plain)?;
        Ok(Self {
            suite,
            id: array(bytes, 16)?,
            plain: plain.to_vec(),
            commitment: array(bytes, 48)?,
            sealed: slice(bytes, 96 + plain.len(), sealed)?.to_vec(),
            aad: [slice(bytes, 0, 88)?, plain].concat(),
        })
    }

    fn open(&self, key: Option<(Id, Id)>) -> Result<Vec<u8>> {
        ensure!(self.suite == u8::from(key.is_some()), "suite {}: downgraded?", self.suite);
        let commitment = key.map_or([0; 32], |(_, commitment)| commitment);
        ensure!(self.commitment == commitment, "sealed under another key");
        open(key.as_ref().map(|(key, _)| key), (3, 0), &self.aad, &self.sealed)
    }

    fn open_below(&self, master: Option<&Id>, label: &str) -> Result<Vec<u8>> {
        let keys = master.map(|master| {
            let key = hkdf(&[], master, format!("gleaner v1 {label}").as_bytes());
            let sub = |info: &[u8]| hkdf(&self.id, &key, info);
            (sub(b"gleaner v1 object key"), sub(b"gleaner v1 object commitment"))
        });
        self.open(keys)
    }

    /// The plain part of an object that is never encrypted.
    pub(super) fn open_plain(&self) -> Result<&[u8]> {
        ensure!(self.open(None)?.is_empty(), "newer: sealed part");
        Ok(&self.plain)
    }

    pub(super) fn open_manifest(&self, keys: &Keys) -> Result<Vec<u8>> {
        self.open_below(keys.master.as_ref(), "manifest")
    }

    /// The domain key.
    pub(super) fn open_config(&self, master: Option<&Id>) -> Result<Option<Id>> {
        let secret = self.open_below(master, "config")?;
        match (master, secret.len()) {
            (None, 0) => Ok(None),
            (Some(_), 32) => Ok(Some(array(&secret, 0)?)),
            _ => bail!("length of the domain key"),
        }
    }

    /// The master key, `None` if another password opens the slot.
    pub(super) fn open_slot(&self, password: &str) -> Result<Option<Id>> {
        let fields = bytes::parse(&self.plain)?;
        fields.only_known(&[0, 1, 2, 3, 4, 5, 6])?;
        ensure!(fields.field(0)?.number()? == 0, "newer: key derivation");
        let cost = |key| anyhow::Ok(u32::try_from(fields.field(key)?.number()?)?);
        let (memory, passes, lanes) = (cost(1)?, cost(2)?, cost(3)?);
        ensure!(memory <= 1 << 20 && passes <= 16 && lanes <= 16, "key derivation cost");
        let params = Params::new(memory, passes, lanes, Some(64)).map_err(|e| anyhow!("{e}"))?;
        let mut out = [0; 64];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), fields.field(4)?.bytes()?, &mut out)
            .map_err(|error| anyhow!("{error}"))?;
        let (key, commitment) = (array(&out, 0)?, array(&out, 32)?);
        if self.commitment != commitment {
            return Ok(None);
        }
        let master = self.open(Some((key, commitment)))?;
        ensure!(master.len() == 32, "length of the master key");
        Ok(Some(array(&master, 0)?))
    }
}
