//! Goal: what was written once is readable for ever, byte for byte, and what is newer than the
//! program is refused by name (RELIABILITY section 8, R22).
//!
//! Method: small repositories that an earlier version made, committed as they were, with a
//! description of what they hold that was made from the source and not from them. They are opened,
//! checked with all data read, restored, and written on. `tests/old_repositories/README.md` says
//! how they were made; they are never edited and never made anew. If this fails, an update of the
//! program costs a user all earlier backups.

mod description;
mod made;
mod newer;
mod read;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_engine::{Credential, Repository};
use gleaner_store::{DirectoryStorage, OsRandom, Storage};
use gleaner_tests::engine_doubles::environment;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// A repository under `tests/old_repositories/v1`.
struct Old {
    name: &'static str,
    passwords: &'static [&'static str],
    /// BLAKE3 over all its files and descriptions, by [`digest`].
    digest: &'static str,
}

const ENCRYPTED: Old = Old {
    name: "encrypted",
    passwords: &["correct horse", "battery staple"],
    digest: "afa1be21e6ae54dd91f672f5bde713e4e753341c2282103496a987653d6616b0",
};
const PLAIN: Old = Old {
    name: "plain",
    passwords: &[],
    digest: "1f773b9306f5d5155abb1c62e3bc6b7b7940bcae2437f27f326ff7518c35ba74",
};

impl Old {
    /// Where it is committed.
    fn committed(&self) -> PathBuf {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        package.join("old_repositories").join("v1").join(self.name)
    }

    /// A copy to work on: the committed one is never opened for writing.
    fn copied(&self) -> Copied {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("repository");
        for (name, bytes) in files(&self.committed().join("repository")) {
            let path = place.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        Copied { folder, place, password: self.passwords.first().copied() }
    }
}

/// A copy of an old repository in a folder of its own.
struct Copied {
    folder: TempDir,
    place: PathBuf,
    password: Option<&'static str>,
}

impl Copied {
    fn storage(&self) -> Arc<dyn Storage> {
        Arc::new(DirectoryStorage::open(&self.place).unwrap())
    }

    fn open(&self) -> gleaner_engine::Result<Repository> {
        self.open_with(self.password)
    }

    fn open_with(&self, password: Option<&str>) -> gleaner_engine::Result<Repository> {
        let mut env = environment(self.storage(), 0);
        // Ids of the seeds that the old repository was made with would be taken.
        env.random = Arc::new(OsRandom);
        let credential = password.map_or(Credential::None, |password| {
            Credential::Password(Zeroizing::new(password.as_bytes().to_vec()))
        });
        Repository::open(env, &credential)
    }
}

/// All files below a folder, by path with `/`.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let disk = gleaner_tests::engine_doubles::disk_files(folder).into_iter();
    disk.map(|(name, bytes)| (String::from_utf8(name).unwrap(), bytes)).collect()
}

/// One number for names and contents of all files.
fn digest(folder: &Path) -> String {
    let mut hasher = blake3::Hasher::new();
    for (name, bytes) in files(folder) {
        hasher.update(blake3::hash(name.as_bytes()).as_bytes());
        hasher.update(blake3::hash(&bytes).as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}
