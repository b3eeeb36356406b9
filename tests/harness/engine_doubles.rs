//! Repositories over doubles, and seeded trees to back up.
#![expect(clippy::indexing_slicing, reason = "a wrong index is a failing test")]
#![expect(clippy::missing_panics_doc, reason = "a double that cannot be made fails its test")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gleaner_chunker::ChunkerParams;
use gleaner_engine::target::{OverwritePolicy, OwnerMode};
use gleaner_engine::{
    BackupOptions, BackupStats, COMPRESSION_LEVEL_DEFAULT, Choice, Credential, Encryption,
    Environment, IndexOptions, IndexPlace, InitOptions, MaxUnused, PACK_TARGET_BYTES_DEFAULT,
    PruneOptions, PruneStats, Repository, RestoreOptions, Result, Run, backup, read_files,
};
use gleaner_store::{
    Entry, EntryKind, KdfCost, ManualClock, RandomSource, SeededRandom, Snapshot, Storage,
};
use zeroize::Zeroizing;

/// Contents by path; paths are relative and raw bytes.
pub type Tree = BTreeMap<Vec<u8>, Vec<u8>>;

/// Password of the encrypted repositories made here.
pub const PASSWORD: &[u8] = b"correct horse";

/// Any storage, with a clock that stands still and two worker threads.
///
/// Two environments of one repository need different seeds: ids come from them.
#[must_use]
pub fn environment(storage: Arc<dyn Storage>, seed: u64) -> Environment {
    Environment {
        storage,
        clock: Arc::new(ManualClock::new(1_700_000_000_000_000_000)),
        random: Arc::new(SeededRandom::new(seed)),
        index_place: IndexPlace::Memory,
        index_options: IndexOptions::default(),
        threads: 2,
    }
}

/// Options of a new repository that is not encrypted.
#[must_use]
pub const fn unencrypted() -> InitOptions<'static> {
    InitOptions {
        encryption: Encryption::None,
        chunker: ChunkerParams::DEFAULT,
        pack_target_bytes: PACK_TARGET_BYTES_DEFAULT,
        compression_level: COMPRESSION_LEVEL_DEFAULT,
        pad: false,
        parity_percent: None,
        label: String::new(),
        domain_from: None,
    }
}

/// Options of a new repository encrypted under [`PASSWORD`] at the least cost.
#[must_use]
pub fn encrypted() -> InitOptions<'static> {
    let password = Zeroizing::new(PASSWORD.to_vec());
    InitOptions {
        encryption: Encryption::Password { password, cost: KdfCost::TEST },
        ..unencrypted()
    }
}

/// What opens a repository made with [`encrypted`].
#[must_use]
pub fn credential() -> Credential {
    Credential::Password(Zeroizing::new(PASSWORD.to_vec()))
}

/// Opens a repository made by [`encrypted`] or [`unencrypted`].
///
/// # Errors
/// The engine's.
pub fn open(storage: Arc<dyn Storage>, seed: u64) -> Result<Repository> {
    let environment = environment(storage, seed);
    let is_encrypted = Repository::is_encrypted(&environment)?;
    Repository::open(environment, &if is_encrypted { credential() } else { Credential::None })
}

/// Backs up everything below the roots, attributes included, with the latest parent.
#[must_use]
pub fn backup_options<P: AsRef<Path>>(roots: &[P]) -> BackupOptions {
    let roots = roots.iter().map(|root| root.as_ref().to_path_buf()).collect();
    BackupOptions {
        user: "user".to_owned(),
        program: "gleaner-tests".to_owned(),
        ..BackupOptions::new("host", roots)
    }
}

/// Restores everything and reads it back.
#[must_use]
pub fn restore_options(target: &Path) -> RestoreOptions {
    RestoreOptions {
        target: target.to_path_buf(),
        subpath: Vec::new(),
        select: Arc::new(|_, _| Choice::Take),
        overwrite: OverwritePolicy::Always,
        delete: false,
        sparse: false,
        verify: true,
        owners: OwnerMode::Numeric,
        special_files: true,
        xattrs: true,
        dry_run: false,
        lease: true,
        host: "host".to_owned(),
        write_limit: None,
    }
}

/// Rewrites whatever has a byte of garbage, and believes no session dead but silent ones: on a
/// clock that stands still these are all that do not end while a prune waits.
#[must_use]
pub fn prune_options() -> PruneOptions<'static> {
    PruneOptions {
        max_unused: MaxUnused::Bytes(0),
        max_repack_bytes: u64::MAX,
        repack_smaller_than: None,
        rewrite_key_epochs: false,
        now: false,
        max_duration: None,
        allow_shrink: false,
        host: "host".to_owned(),
        is_dead: &|_| false,
    }
}

/// Prunes with [`prune_options`].
///
/// # Errors
/// The engine's.
pub fn prune(repository: &Repository) -> Result<PruneStats> {
    gleaner_engine::prune(repository, &prune_options(), &Run::silent(), &mut |_| {})
}

/// Backs up one root with [`backup_options`].
///
/// # Errors
/// The engine's.
pub fn back_up(repository: &Repository, root: &Path) -> Result<BackupStats> {
    backup(repository, &backup_options(&[root]), &Run::silent())
}

/// Contents of all regular files of a snapshot below `root`, an absolute path.
///
/// # Errors
/// The engine's: a path that is missing, a chunk that is missing or damaged.
pub fn snapshot_files(repository: &Repository, snapshot: &Snapshot, root: &Path) -> Result<Tree> {
    let mut tree = Tree::new();
    let root = root.as_os_str().as_bytes();
    let mut visit = |path: &[u8], entry: &Entry, content: gleaner_engine::Content<'_, '_>| {
        if matches!(entry.kind, EntryKind::File { .. }) {
            let below = path.strip_prefix(root).unwrap_or(path);
            let name = below.strip_prefix(b"/").unwrap_or(below).to_vec();
            content.write_to(tree.entry(name).or_default())?;
        }
        Ok(())
    };
    read_files(repository, snapshot, root, &Run::silent(), &mut visit)?;
    Ok(tree)
}

/// Bytes that compress about as badly as those of real files: half random, half repeated.
#[must_use]
pub fn seeded_bytes(seed: u64, bytes: usize) -> Vec<u8> {
    let mut filled = vec![0; bytes];
    SeededRandom::new(seed).fill(&mut filled).expect("a seeded source does not fail");
    for pair in filled.chunks_exact_mut(64) {
        pair.copy_within(0..32, 32);
    }
    filled
}

/// A tree of `files` files of up to `bytes_max` bytes in folders three deep.
#[must_use]
pub fn seeded_tree(seed: u64, files: u64, bytes_max: u64) -> Tree {
    let random = SeededRandom::new(seed);
    let names = (0..files).map(|number| {
        let name = format!("d{}/e{}/f{number}", random.below(4), random.below(3));
        let bytes = usize::try_from(random.below(bytes_max + 1)).expect("small");
        (name.into_bytes(), seeded_bytes(random.next_u64(), bytes))
    });
    names.collect()
}

/// Makes the files of a tree below a folder; what is there and not in the tree goes.
///
/// # Panics
/// When the file system does not do what it is told.
pub fn write_tree(folder: &Path, tree: &Tree) {
    std::fs::create_dir_all(folder).expect("a folder for test data");
    for name in disk_files(folder).keys().filter(|name| !tree.contains_key(*name)) {
        std::fs::remove_file(join(folder, name)).expect("an old file of test data");
    }
    for (name, bytes) in tree {
        let path = join(folder, name);
        if std::fs::read(&path).is_ok_and(|old| old == *bytes) {
            continue;
        }
        std::fs::create_dir_all(path.parent().expect("it is below the folder"))
            .expect("a folder for test data");
        std::fs::write(path, bytes).expect("a file of test data");
    }
}

/// A path below a folder from raw bytes.
#[must_use]
pub fn join(folder: &Path, name: &[u8]) -> PathBuf {
    folder.join(OsStr::from_bytes(name))
}

/// Contents of all regular files below a folder.
///
/// # Panics
/// When something cannot be read.
#[must_use]
pub fn disk_files(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(open) = folders.pop() {
        for entry in std::fs::read_dir(&open).expect("a folder of test data") {
            let entry = entry.expect("an entry of test data");
            let kind = entry.file_type().expect("a type of test data");
            let path = entry.path();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                let name = path.strip_prefix(folder).expect("it is below").as_os_str();
                let bytes = std::fs::read(&path).expect("a file of test data");
                tree.insert(name.as_bytes().to_vec(), bytes);
            }
        }
    }
    tree
}

/// Changes one byte in about `permille` of the files, at least in one.
pub fn change_some(tree: &mut Tree, seed: u64, permille: u64) {
    let random = SeededRandom::new(seed);
    let count = tree.len() as u64;
    let names: Vec<Vec<u8>> =
        tree.iter().filter(|(_, bytes)| !bytes.is_empty()).map(|(name, _)| name.clone()).collect();
    for _ in 0..(count * permille / 1000).max(1) {
        let name = &names[usize::try_from(random.below(names.len() as u64)).expect("small")];
        let bytes = tree.get_mut(name).expect("it is one of the tree's names");
        let at = usize::try_from(random.below(bytes.len() as u64)).expect("small");
        bytes[at] ^= 0x5a;
    }
}

/// Creates a repository.
///
/// # Panics
/// When that fails: no test of this suite is about it unless it says so.
#[expect(clippy::needless_pass_by_value, reason = "callers make the options on the spot")]
pub fn create(storage: Arc<dyn Storage>, seed: u64, options: InitOptions<'_>) -> Repository {
    Repository::create(environment(storage, seed), &options).expect("a new repository")
}

/// The snapshot of a backup that has written one.
///
/// # Panics
/// When it has not.
#[must_use]
pub fn snapshot_of(repository: &Repository, stats: &BackupStats) -> Snapshot {
    let id = stats.snapshot.expect("the backup wrote a snapshot");
    let listed = repository.snapshots().expect("snapshots are listed").snapshots;
    listed.into_iter().find(|snapshot| snapshot.id == id).expect("it is listed")
}
