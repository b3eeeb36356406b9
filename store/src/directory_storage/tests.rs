//! Goal: the directory backend keeps the contract of `Storage` on real and on odd file systems.
//! Method: the conformance suite, then what only a directory can get wrong. What a user loses if
//! one fails: an acknowledged object. Faults and crashes are tested with the harness in `tests/`.
#![expect(clippy::disallowed_methods, reason = "plants what only others can make")]

use std::os::unix::fs::{MetadataExt, symlink};

use super::*;
use crate::conformance;
use crate::memory_fs::MemoryFs;
use crate::random::SeededRandom;
use gleaner_chunker::ErrorKind;

fn name(text: &str) -> ObjectName {
    ObjectName::new(text).unwrap()
}

fn on_memory(fs: MemoryFs) -> DirectoryStorage<MemoryFs> {
    let storage = DirectoryStorage::new(fs, Arc::new(SeededRandom::new(1)));
    storage.create_layout().unwrap();
    storage
}

fn on_disk() -> (tempfile::TempDir, DirectoryStorage) {
    let folder = tempfile::tempdir().unwrap();
    let storage = DirectoryStorage::create(&folder.path().join("repository")).unwrap();
    storage.create_layout().unwrap();
    (folder, storage)
}

#[test]
fn directory_on_disk_conforms() {
    let folders = std::cell::RefCell::new(Vec::new());
    conformance::run(&|| {
        let (folder, storage) = on_disk();
        folders.borrow_mut().push(folder);
        Arc::new(storage)
    });
}

#[test]
fn directory_in_memory_conforms() {
    conformance::run(&|| Arc::new(on_memory(MemoryFs::new())));
}

#[test]
fn directory_without_noreplace_rename_conforms() {
    conformance::run(&|| Arc::new(on_memory(MemoryFs::new().refusing_rename())));
}

#[test]
fn room_is_taken_before_the_first_byte_and_the_length_stays_that_of_what_was_written() {
    let (folder, storage) = on_disk();
    let file = storage.fs().create_new("tmp/a").unwrap();
    let taken = storage.fs().allocate(&file, 1 << 20);
    // Not every file system can.
    if taken.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Unsupported) {
        return;
    }
    taken.unwrap();
    let metadata = std::fs::metadata(folder.path().join("repository/tmp/a")).unwrap();
    assert!(metadata.blocks() * 512 >= 1 << 20, "{} blocks", metadata.blocks());
    assert_eq!(metadata.len(), 0);
}

#[test]
fn real_link_fallback_names_once_and_leaves_one_link() {
    let (folder, storage) = on_disk();
    storage.fs().create_new("tmp/a").unwrap();
    storage.fs().link("tmp/a", "keys/a").unwrap();
    // As after a lost reply: our own link is there already.
    storage.fs().link("tmp/a", "keys/a").unwrap();
    storage.fs().unlink("tmp/a").unwrap();
    storage.fs().create_new("tmp/b").unwrap();
    let taken = storage.fs().link("tmp/b", "keys/a").unwrap_err();
    assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
    let metadata = std::fs::metadata(folder.path().join("repository/keys/a")).unwrap();
    assert_eq!(metadata.nlink(), 1);
}

#[test]
fn files_and_folders_are_private_to_their_owner() {
    let (folder, storage) = on_disk();
    assert_eq!(storage.put_if_absent(&name("leases/a/1"), &[b"x"]).unwrap(), Put::Created);
    let mode = |path: &str| {
        std::fs::metadata(folder.path().join("repository").join(path)).unwrap().mode() & 0o7777
    };
    for path in ["", "data", "data/7f", "leases/a"] {
        assert_eq!(mode(path), 0o700, "{path}");
    }
    assert_eq!(mode("leases/a/1"), 0o600);
}

#[test]
fn links_and_folders_are_never_objects() {
    let (folder, storage) = on_disk();
    let root = folder.path().join("repository");
    std::fs::write(folder.path().join("secret"), b"secret").unwrap();
    symlink("../../secret", root.join("keys/link")).unwrap();
    symlink("nowhere", root.join("keys/dangling")).unwrap();
    std::fs::create_dir(root.join("keys/folder")).unwrap();
    for text in ["keys/link", "keys/dangling", "keys/folder"] {
        let read = storage.get(&name(text), 100).unwrap_err();
        assert!(matches!(read, StorageError::NotAFile { .. }), "{text}: {read:?}");
        let put = storage.put_if_absent(&name(text), &[b"x"]).unwrap();
        assert_eq!(put, Put::AlreadyExists, "{text} is not replaced");
    }
    assert!(storage.list(&name("keys")).unwrap().is_empty());
    assert_eq!(std::fs::read(folder.path().join("secret")).unwrap(), b"secret");
}

#[test]
fn pipes_do_not_hang_a_reader() {
    let (folder, storage) = on_disk();
    let pipe = folder.path().join("repository/keys/pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let read = storage.get(&name("keys/pipe"), 100).unwrap_err();
    assert!(matches!(read, StorageError::NotAFile { .. }), "{read:?}");
}

#[test]
fn foreign_file_names_are_not_listed() {
    let (folder, storage) = on_disk();
    for text in ["UPPER", "with space", "\u{e9}"] {
        std::fs::write(folder.path().join("repository/keys").join(text), b"").unwrap();
    }
    assert!(storage.list(&name("keys")).unwrap().is_empty());
}

#[test]
fn missing_layout_folder_is_made_on_write_and_named_on_listing() {
    let storage = on_memory(MemoryFs::new());
    storage.fs().remove_dir("tmp").unwrap();
    storage.fs().remove_dir("data/0f").unwrap();
    storage.fs().remove_dir("snapshots").unwrap();
    let listed = storage.list(&name("snapshots")).unwrap_err();
    assert_eq!(listed.kind(), ErrorKind::NotFound);
    assert_eq!(storage.put_if_absent(&name("data/0f/p"), &[b"x"]).unwrap(), Put::Created);
    assert_eq!(storage.get(&name("data/0f/p"), 1).unwrap(), b"x");
}

#[test]
fn repeated_temporary_names_are_not_fatal() {
    /// Gives each value twice.
    #[derive(Debug)]
    struct Stutter(std::sync::atomic::AtomicU64);
    impl RandomSource for Stutter {
        fn fill(&self, bytes: &mut [u8]) -> io::Result<()> {
            let call = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            SeededRandom::new(call / 2).fill(bytes)
        }
    }
    let random = Stutter(0.into());
    let storage = DirectoryStorage::new(MemoryFs::new(), Arc::new(random));
    storage.create_layout().unwrap();
    // Left behind by a crash: the first name that comes up twice.
    let mut first = [0; 16];
    SeededRandom::new(0).fill(&mut first).unwrap();
    let left = format!("tmp/{:032x}", u128::from_le_bytes(first));
    storage.fs().create_new(&left).unwrap();
    assert_eq!(storage.put_if_absent(&name("config"), &[b"x"]).unwrap(), Put::Created);
    assert!(storage.fs().open(&left).is_ok(), "the file of another process is left alone");
}

#[test]
fn random_source_without_bytes_is_a_typed_error() {
    #[derive(Debug)]
    struct Broken;
    impl RandomSource for Broken {
        fn fill(&self, _bytes: &mut [u8]) -> io::Result<()> {
            Err(io::ErrorKind::Other.into())
        }
    }
    let storage = DirectoryStorage::new(MemoryFs::new(), Arc::new(Broken));
    storage.create_layout().unwrap();
    let error = storage.put_if_absent(&name("config"), &[]).unwrap_err();
    assert!(matches!(error, StorageError::Random { .. }), "{error:?}");
}
