//! Keeps a repository in a storage of one's own: here one that counts what it is asked.
//!
//! `cargo run -p gleaner-engine --example custom_storage`
//!
//! A real one talks to a bucket or a database. Its contract is written at `Storage`, and
//! `gleaner_store::conformance` (feature `test-util`) checks it.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gleaner_chunker::ChunkerParams;
use gleaner_engine::{
    BackupOptions, COMPRESSION_LEVEL_DEFAULT, Encryption, Environment, IndexPlace, InitOptions,
    PACK_TARGET_BYTES_DEFAULT, Repository, Run, backup_stream,
};
use gleaner_store::{Listed, MemoryStorage, ObjectName, Put, Storage, StorageError};

/// Passes everything on and counts objects and bytes that are put.
#[derive(Debug, Default)]
struct Counting {
    inner: MemoryStorage,
    objects: AtomicU64,
    bytes: AtomicU64,
}

impl Storage for Counting {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.inner.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        let put = self.inner.put_if_absent(name, parts)?;
        if put == Put::Created {
            let bytes: usize = parts.iter().map(|part| part.len()).sum();
            self.objects.fetch_add(1, Ordering::Relaxed);
            self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        }
        Ok(put)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.inner.bytes(name)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.inner.get(name, bytes_max)
    }

    fn read_at(
        &self,
        name: &ObjectName,
        offset: u64,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        self.inner.read_at(name, offset, bytes)
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<Listed>, StorageError> {
        self.inner.list(folder)
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.inner.settle(names)
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.inner.delete(name)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let storage = Arc::new(Counting::default());
    let shared: Arc<dyn Storage> = Arc::<Counting>::clone(&storage);
    let env = Environment::system(shared, IndexPlace::Memory);
    let options = InitOptions {
        encryption: Encryption::None,
        chunker: ChunkerParams::DEFAULT,
        pack_target_bytes: PACK_TARGET_BYTES_DEFAULT,
        compression_level: COMPRESSION_LEVEL_DEFAULT,
        pad: false,
        parity_percent: None,
        label: String::new(),
        domain_from: None,
    };
    let repository = Repository::create(env, &options)?;
    let before = storage.objects.load(Ordering::Relaxed);
    let mut reader = &b"some bytes"[..];
    let run = Run::silent();
    let stats = backup_stream(
        &repository,
        &BackupOptions::new("example", Vec::new()),
        b"/file",
        &mut reader,
        &run,
    )?;
    let objects = storage.objects.load(Ordering::Relaxed) - before;
    // A lease, a data pack, a tree pack, the manifest.
    assert_eq!(objects, 4);
    println!("{objects} objects, {} bytes of them in packs", stats.bytes_stored);
    println!("{} bytes in all", storage.bytes.load(Ordering::Relaxed));
    Ok(())
}
