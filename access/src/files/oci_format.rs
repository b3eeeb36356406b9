//! Kind `oci`: blobs that are named by their digest, in an OCI image layout
//! (`blobs/sha256/<hex>`) or a registry's storage
//! (`docker/registry/v2/blobs/sha256/<2 hex>/<hex>/data`).
//!
//! The name is proved by hashing the blob once; which blobs were is remembered by device, inode,
//! size and ctime.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::body::Body;
use crate::error::Error;
use crate::files::access_fs::FileStat;
use crate::files::file_format::{Completeness, FileFormat, FileRules, Found, Inspection, Role};
use crate::hex::bytes_of_hex;
use crate::identifiers::{ChecksumAlgorithm, Identifiers};
use crate::object::{GenerationTuple, ObjectKey};

#[cfg(test)]
mod tests;

/// The kind's name.
const KIND: &str = "oci";

/// Blobs whose digest is remembered to be right; beyond that all are forgotten and hashed again.
const PROVED_MAX: usize = 1 << 16;

/// What a blob is hashed in.
const PIECE_BYTES: usize = 256 << 10;

/// Folders of the two layouts, down to the digests.
const LAYOUT: &[&[u8]] = &[b"blobs", b"sha256"];
const REGISTRY: &[&[u8]] = &[b"docker", b"registry", b"v2", b"blobs", b"sha256"];

/// Reads blobs that are named by their SHA-256.
#[derive(Debug, Default)]
pub struct OciFormat {
    proved: Mutex<HashMap<(u64, u64), Proved>>,
}

/// In which state a file had which digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Proved {
    bytes: u64,
    ctime_ns: i64,
    digest: [u8; 32],
}

impl FileFormat for OciFormat {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn rules(&self) -> FileRules {
        FileRules {
            // A registry renames its uploads into place, but who copies a layout writes its blobs
            // there: one that is not what its name says yet is hashed again once it was quiet in
            // another state.
            changed_in_place: true,
            complete: Completeness::WhenQuiet,
            links_once: false,
            folder_depth: REGISTRY.len() + 2,
        }
    }

    fn enters(&self, folder: &[u8]) -> bool {
        let parts: Vec<&[u8]> = folder.split(|&byte| byte == b'/').collect();
        let leads = |layout: &[&[u8]]| layout.starts_with(&parts);
        let Some(below) = parts.strip_prefix(REGISTRY) else {
            return leads(LAYOUT) || leads(REGISTRY);
        };
        match below {
            [short] => short.len() == 2 && bytes_of_hex(short).is_some(),
            [short, digest] => digest_of_hex(digest).is_some() && digest.starts_with(short),
            _ => below.is_empty(),
        }
    }

    fn role(&self, folder: &[u8], name: &[u8]) -> Role {
        if digest_in_path(folder, name).is_some() { Role::Object } else { Role::Ignored }
    }

    /// Keys are digests, of which the folders of a registry say the beginning.
    fn keys_below(&self, path: &[u8]) -> Vec<u8> {
        let parts: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
        let hex = match (parts.strip_prefix(LAYOUT), parts.strip_prefix(REGISTRY)) {
            (Some([digest]), _) | (_, Some([digest] | [_, digest, ..])) => digest,
            _ => b"".as_slice(),
        };
        let key = bytes_of_hex(hex).and_then(|bytes| ObjectKey::of_parts(&[&bytes]).ok());
        key.map_or_else(Vec::new, |key| key.as_bytes().to_vec())
    }

    fn inspect(&self, file: &mut Inspection<'_>) -> Result<Vec<Found>, Error> {
        let digest = digest_in_path(file.folder(), file.name());
        let digest = digest.ok_or(Error::Unsupported("a blob without a digest"))?;
        self.prove(file, digest)?;
        let generation = GenerationTuple::new(KIND).bytes(&digest).finish();
        let mut found =
            Found::whole_file(ObjectKey::of_parts(&[&digest])?, generation, file.stat());
        found.identifiers.add_checksum(ChecksumAlgorithm::Sha256, digest);
        Ok(vec![found])
    }

    fn paths_for(&self, identifiers: &Identifiers) -> Vec<Vec<u8>> {
        let sums = identifiers.checksums.iter();
        let digests = sums.filter(|sum| sum.algorithm == ChecksumAlgorithm::Sha256);
        let paths = digests.filter_map(|sum| {
            let hex = blake3::Hash::from_slice(&sum.value).ok()?.to_hex();
            let short = hex.get(..2)?;
            let registry = format!("docker/registry/v2/blobs/sha256/{short}/{hex}/data");
            Some([format!("blobs/sha256/{hex}").into_bytes(), registry.into_bytes()])
        });
        paths.flatten().collect()
    }
}

impl OciFormat {
    /// Hashes the blob, unless it was hashed in this state before.
    fn prove(&self, file: &Inspection<'_>, digest: [u8; 32]) -> Result<(), Error> {
        let FileStat { dev, ino, bytes, ctime_ns, .. } = *file.stat();
        let proved = Proved { bytes, ctime_ns, digest };
        let lock = || self.proved.lock().unwrap_or_else(PoisonError::into_inner);
        if lock().get(&(dev, ino)) == Some(&proved) {
            return Ok(());
        }
        if sha256_of(&file.body())? != digest {
            return Err(Error::Corrupt("a blob that is not what its name says"));
        }
        let mut known = lock();
        if known.len() >= PROVED_MAX {
            known.clear();
        }
        known.insert((dev, ino), proved);
        Ok(())
    }
}

fn sha256_of(body: &dyn Body) -> Result<[u8; 32], Error> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    let mut offset = 0;
    loop {
        let read = body.read_at(offset, &mut piece)?;
        if read == 0 {
            return Ok(hash.finalize().into());
        }
        hash.update(piece.get(..read).unwrap_or_default());
        offset = offset.saturating_add(read as u64);
    }
}

/// The digest that a path promises.
fn digest_in_path(folder: &[u8], name: &[u8]) -> Option<[u8; 32]> {
    let parts: Vec<&[u8]> = folder.split(|&byte| byte == b'/').collect();
    if parts == LAYOUT {
        return digest_of_hex(name);
    }
    match parts.strip_prefix(REGISTRY)? {
        [_, digest] if name == b"data" => digest_of_hex(digest),
        _ => None,
    }
}

fn digest_of_hex(hex: &[u8]) -> Option<[u8; 32]> {
    bytes_of_hex(hex)?.try_into().ok()
}
