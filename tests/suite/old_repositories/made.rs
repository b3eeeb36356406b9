//! How the repositories of version 1 were made, once. Kept so that it can be read, and followed
//! for the next version; nothing here runs unless it is asked to.

use std::fs::File;
use std::os::unix::fs::{FileExt as _, symlink};
use std::path::Path;
use std::sync::{Arc, Mutex};

use gleaner_chunker::PackId;
use gleaner_engine::{
    BackupOptions, BackupStats, Credential, Encryption, EntryEvent, Environment, Error,
    InitOptions, Observer, Repository, Result, Run, TagChange, add_key_slot, backup, fence, forget,
    leases, retag,
};
use gleaner_store::{
    CondemnedList, DirectoryStorage, Epoch, KdfCost, Lease, OsRandom, Outcome, Put,
    RandomSource as _, SeededRandom, Storage, Update, Version, encode_condemned, encode_epoch,
    encode_lease, encode_outcome, layout,
};
use gleaner_tests::engine_doubles::{
    backup_options, credential, encrypted, environment, join, unencrypted,
};
use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps, mknodat, utimensat};

use super::description::describe;
use super::{ENCRYPTED, PLAIN, digest};

/// Names an absolute folder that does not exist yet.
const FOLDER_VARIABLE: &str = "GLEANER_WRITE_OLD_REPOSITORIES";

#[test]
fn repositories_are_made_when_asked_and_never_over_others() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else { return };
    let folder = Path::new(&folder);
    std::fs::create_dir(folder).unwrap();
    // Blocks compressed and padded, several in a pack; two key slots of minimal cost.
    make(&folder.join(ENCRYPTED.name), &InitOptions { pad: true, ..encrypted() }, 2_600_000);
    // A chunk list that spans two items of the tree.
    let chunker = "fixed:512".parse().unwrap();
    let plain = InitOptions { chunker, ..unencrypted() };
    make(&folder.join(PLAIN.name), &plain, 30_000);
    for old in [ENCRYPTED, PLAIN] {
        println!("{}: {}", old.name, digest(&folder.join(old.name)));
    }
}

fn make(folder: &Path, options: &InitOptions<'static>, lines_bytes: usize) {
    std::fs::create_dir(folder).unwrap();
    // Beside the repositories, so that both have the same short root.
    let source = folder.parent().unwrap().join("source");
    if source.exists() {
        std::fs::remove_dir_all(&source).unwrap();
    }
    let has_keys = matches!(options.encryption, Encryption::Password { .. });
    let storage = DirectoryStorage::create(&folder.join("repository")).unwrap();
    let storage: Arc<dyn Storage> = Arc::new(storage);
    let repository = Repository::create(with_real_ids(&storage), options).unwrap();
    if has_keys {
        let password = ENCRYPTED.passwords[1].as_bytes();
        add_key_slot(&repository, password, KdfCost::TEST, "second").unwrap();
    }
    let describe_as = |name: &str| {
        std::fs::write(folder.join(name), describe(&source)).unwrap();
    };
    make_source(&source, lines_bytes);
    describe_as("first.txt");
    saved(&repository, &source, &["first"], 1);
    change_source(&source);
    describe_as("second.txt");
    let second = saved(&repository, &source, &["second"], 2);
    let forgotten = saved(&repository, &source, &["forgotten"], 3);
    forget(&repository, &[forgotten.snapshot.unwrap()]).unwrap();
    let snapshot = gleaner_tests::engine_doubles::snapshot_of(&repository, &second);
    let change = TagChange::Add(vec!["kept".to_owned()]);
    retag(&repository, &snapshot, &change, "host").unwrap().unwrap();
    let before = packs(&*storage);
    let other = opened(&storage, has_keys);
    leave_marker_and_lease(&repository, other, &source);
    let mut victims = packs(&*storage);
    victims.retain(|pack| !before.contains(pack));
    assert!(!victims.is_empty());
    condemn(&*storage, &victims);
    std::fs::write(source.join("after"), "the last one\n").unwrap();
    set_time(&source.join("after"), 1_700_000_400, 1);
    set_time(&source, 1_700_000_500, 2);
    describe_as("third.txt");
    let reopened = opened(&storage, has_keys);
    saved(&reopened, &source, &["third"], 4);
}

/// A clock that stands still, and ids and keys that no seed gives again.
fn with_real_ids(storage: &Arc<dyn Storage>) -> Environment {
    Environment { random: Arc::new(OsRandom), ..environment(Arc::clone(storage), 0) }
}

fn opened(storage: &Arc<dyn Storage>, has_keys: bool) -> Repository {
    let credential = if has_keys { credential() } else { Credential::None };
    Repository::open(with_real_ids(storage), &credential).unwrap()
}

fn saved(repository: &Repository, source: &Path, tags: &[&str], time: i64) -> BackupStats {
    let options = BackupOptions {
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        time_ns: Some(1_700_000_000_000_000_000 + time),
        ..backup_options(&[source])
    };
    let stats = backup(repository, &options, &Run::silent()).unwrap();
    assert_eq!((stats.files_failed, stats.attributes_failed), (0, 0));
    stats
}

fn make_source(source: &Path, lines_bytes: usize) {
    std::fs::create_dir_all(source.join("folder/deep")).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(source.join(name), bytes).unwrap();
    // Every 4 KiB differ, and compress to next to nothing.
    let lines: Vec<u8> =
        (0..).flat_map(|n| format!("{n:>4095}\n").into_bytes()).take(lines_bytes).collect();
    write("lines", &lines);
    write("zeros", &vec![0; 4100 * 512 + 1]);
    let mut noise = vec![0; 3000];
    SeededRandom::new(7).fill(&mut noise).unwrap();
    write("noise", &noise);
    write("empty", b"");
    write("folder/small", b"small\n");
    write("folder/deep/changes", b"before\n");
    write("folder/goes", b"only in the first snapshot\n");
    std::fs::write(join(source, b"\xff\xfe\n"), b"a name that is not text").unwrap();
    std::fs::hard_link(source.join("noise"), source.join("folder/noise link")).unwrap();
    symlink("../nowhere", source.join("folder/symlink")).unwrap();
    let file = File::create(source.join("sparse")).unwrap();
    file.set_len(3 << 20).unwrap();
    file.write_all_at(b"in the middle", 1 << 20).unwrap();
    drop(file);
    mknodat(CWD, source.join("fifo"), FileType::Fifo, Mode::from_raw_mode(0o620), 0).unwrap();
    xattr::set(source.join("folder/small"), "user.gleaner", b"value").unwrap();
    set_mode(&source.join("folder/small"), 0o640);
    set_mode(&source.join("folder/deep"), 0o2750);
    set_time(&source.join("empty"), -86_400, 123_456_789);
    for (name, seconds) in [("folder/symlink", 10), ("folder/deep", 20), ("folder", 30), ("", 40)] {
        set_time(&source.join(name), 1_600_000_000 + seconds, 999_999_999);
    }
}

fn change_source(source: &Path) {
    std::fs::write(source.join("folder/deep/changes"), "after\n").unwrap();
    std::fs::remove_file(source.join("folder/goes")).unwrap();
    std::fs::write(source.join("folder/comes"), "since the second snapshot\n").unwrap();
    set_time(&source.join("folder"), 1_600_000_100, 5);
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn set_time(path: &Path, seconds: i64, nanoseconds: i64) {
    let time = Timespec { tv_sec: seconds, tv_nsec: nanoseconds };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// Fences the session that it is called in, and remembers the session's lease.
struct Fencer {
    repository: Repository,
    seen: Mutex<Option<Lease>>,
}

impl Observer for Fencer {
    fn entry(&self, _: &EntryEvent<'_>) {
        let mut seen = self.seen.lock().unwrap();
        if seen.is_none() {
            let lease = leases(&self.repository).unwrap().pop().unwrap();
            fence(&self.repository, lease.session).unwrap();
            *seen = Some(lease);
        }
    }
}

/// A fence marker, a pack that nobody refers to, and a lease whose process is dead.
fn leave_marker_and_lease(repository: &Repository, other: Repository, source: &Path) {
    let novel = source.join("never committed");
    std::fs::write(&novel, "in a pack that no snapshot refers to\n").unwrap();
    let fencer = Fencer { repository: other, seen: Mutex::default() };
    let run = Run { observer: &fencer, ..Run::silent() };
    let result: Result<BackupStats> = backup(repository, &backup_options(&[source]), &run);
    assert!(matches!(result, Err(Error::Store(gleaner_store::Error::Fenced))));
    let lease = fencer.seen.into_inner().unwrap().unwrap();
    let left = Lease { process: 1, ..lease };
    let name = layout::lease(left.session);
    let written = repository.storage().update_if(&name, None, &encode_lease(&left)).unwrap();
    assert!(matches!(written, Update::Written(_)));
    std::fs::remove_file(&novel).unwrap();
    set_time(source, 1_600_000_040, 999_999_999);
}

fn packs(storage: &dyn Storage) -> Vec<PackId> {
    let listed = storage.list(&layout::packs()).unwrap();
    listed.iter().filter_map(|listed| layout::parse_pack(&listed.name)).collect()
}

/// Two epochs of a prune: one that condemned what nobody refers to and was drained, and an empty
/// one that has no outcome.
fn condemn(storage: &dyn Storage, victims: &[PackId]) {
    for (number, victims) in [(0, victims.to_vec()), (1, Vec::new())] {
        let list = CondemnedList {
            epoch: Epoch(number),
            owner_token: number + 1,
            victims,
            survivors: Vec::new(),
            forgotten: Vec::new(),
            mark: None,
        };
        let name = layout::condemned_list(Epoch(number), 0);
        let put = storage.put_if_absent(&name, &[&encode_condemned(&list)]).unwrap();
        assert_eq!(put, Put::Created);
        let next = encode_epoch(Epoch(number + 1));
        let version = Some(Version(number + 1));
        let written = storage.update_if(&layout::epoch(), version, &next).unwrap();
        assert!(matches!(written, Update::Written(_)));
    }
    let outcome =
        Outcome { epoch: Epoch(0), drained: true, rescued: Vec::new(), holders: Vec::new() };
    let name = layout::outcome(Epoch(0));
    let put = storage.put_if_absent(&name, &[&encode_outcome(&outcome)]).unwrap();
    assert_eq!(put, Put::Created);
}
