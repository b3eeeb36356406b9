//! Goal: everything a file system says of an entry comes back, not only its bytes.
//!
//! Method: a tree with one of everything, restored and compared by rsync, which knows nothing of
//! us. Needs root and rsync; without them the test says so and does nothing. If this fails, a
//! restored system does not boot, or lets in whom it kept out.

use std::fs::Permissions;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use gleaner_engine::{RestoreOptions, Run, restore};
use gleaner_store::MemoryStorage;
use gleaner_tests::engine_doubles::{
    back_up, create, join, restore_options, seeded_bytes, snapshot_of, unencrypted,
};
use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps, makedev, mknodat, utimensat};
use rustix::io::Errno;

/// True if a program can be started; says so if not.
fn has_program(name: &str) -> bool {
    let found = Command::new(name).arg("--version").output().is_ok();
    if !found {
        println!("SKIPPED in part: {name} is not installed");
    }
    found
}

fn set_times(path: &Path, seconds: i64, nanoseconds: i64) {
    let time = Timespec { tv_sec: seconds, tv_nsec: nanoseconds };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

fn run(program: &str, arguments: &[&str], path: &Path) {
    let status = Command::new(program).args(arguments).arg(path).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}

fn make_files(source: &Path) {
    let file = |name: &str, mode, owner| {
        let path = source.join(name);
        std::fs::write(&path, name).unwrap();
        chown(&path, Some(owner), Some(owner + 1)).unwrap();
        // After the owner: a change of owner takes set-id bits away.
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    };
    file("plain", 0o644, 0);
    file("nobody's", 0o600, 65534);
    file("unknown owner", 0o640, 4_000_000_000);
    file("setuid", 0o4755, 1000);
    file("setgid", 0o2755, 1000);
    file("sticky", 0o1644, 0);
    file("no rights", 0o000, 0);
    set_times(&file("before 1970", 0o644, 0), -86_400, 123_456_789);
    set_times(&file("nanoseconds", 0o644, 0), 1_600_000_000, 999_999_999);
    set_times(&file("far future", 0o644, 0), 4_500_000_000, 1);
    for name in [&b"\xff\xfe"[..], &[b'x'; 255], b"a\nb"] {
        std::fs::write(join(source, name), b"x").unwrap();
    }
    std::fs::write(source.join("large"), seeded_bytes(1, 3 << 20)).unwrap();
    std::fs::write(source.join("empty"), b"").unwrap();
    let first = file("link 1", 0o644, 7);
    std::fs::hard_link(&first, source.join("link 2")).unwrap();
}

fn make_nodes(source: &Path) {
    symlink("plain", source.join("symlink")).unwrap();
    symlink("/nowhere", source.join("dangling")).unwrap();
    lchown(source.join("dangling"), Some(1000), Some(1000)).unwrap();
    set_times(&source.join("dangling"), 1_234_567_890, 1);
    let node = |name: &str, kind, device| {
        let path = source.join(name);
        match mknodat(CWD, &path, kind, Mode::from_raw_mode(0o620), device) {
            Err(Errno::PERM) if device != 0 => {
                println!("SKIPPED in part: this root may not make devices");
                return;
            }
            made => made.unwrap(),
        }
        set_times(&source.join(name), 1_500_000_000, 5);
    };
    node("fifo", FileType::Fifo, 0);
    node("socket", FileType::Socket, 0);
    node("null", FileType::CharacterDevice, makedev(1, 3));
    node("loop", FileType::BlockDevice, makedev(7, 4095));
}

fn make_sparse(source: &Path) {
    for (name, bytes, data) in [
        ("hole only", 10 << 20, &[][..]),
        ("hole at end", 10 << 20, &[0]),
        ("hole at start", 10 << 20, &[(10 << 20) - 4096]),
        ("holes between", 64 << 20, &[0, 20 << 20, 40 << 20, (64 << 20) - 4096]),
    ] {
        let file = std::fs::File::create(source.join(name)).unwrap();
        file.set_len(bytes).unwrap();
        for offset in data {
            file.write_all_at(&[7; 4096], *offset).unwrap();
        }
        file.sync_all().unwrap();
    }
}

fn make_attributes(source: &Path) {
    for (name, bytes) in
        [("user.text", &b"value"[..]), ("user.empty", b""), ("user.raw", b"\0\xff")]
    {
        xattr::set(source.join("plain"), name, bytes).unwrap();
    }
    xattr::set(source.join("plain"), "user.large", &[b'v'; 2000]).unwrap();
    xattr::set(source.join("nobody's"), "trusted.gleaner", b"root only").unwrap();
    // cap_net_raw=ep, revision 2, as the kernel keeps it.
    let capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    xattr::set(source.join("setgid"), "security.capability", &capability).unwrap();
    if has_program("setfacl") {
        run("setfacl", &["-m", "u:1000:rw,g:1001:r"], &source.join("plain"));
        run("setfacl", &["-m", "u:1000:rwx,d:u:1001:rwx"], &source.join("folder"));
    }
}

fn make_folders(source: &Path) {
    for (name, mode) in [("folder", 0o755), ("tmp", 0o1777), ("setgid folder", 0o2775)] {
        let path = source.join(name);
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("inside"), name).unwrap();
        chown(&path, Some(1000), Some(1000)).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }
    std::fs::create_dir(source.join("empty folder")).unwrap();
    std::fs::create_dir(source.join("closed")).unwrap();
    std::fs::write(source.join("closed/inside"), b"x").unwrap();
    std::fs::set_permissions(source.join("closed"), Permissions::from_mode(0o000)).unwrap();
}

fn make_rich_tree(source: &Path) {
    std::fs::create_dir(source).unwrap();
    make_folders(source);
    make_files(source);
    make_nodes(source);
    make_sparse(source);
    make_attributes(source);
    // Last, since every entry made changes the time of its folder.
    for name in ["folder", "tmp", "setgid folder", "empty folder", "closed"] {
        set_times(&source.join(name), 1_400_000_000, 42);
    }
    set_times(source, 1_300_000_000, 43);
}

fn is_possible() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        println!("SKIPPED: fidelity needs root for owners, devices and capabilities");
    }
    is_root && has_program("rsync")
}

fn assert_rsync_finds_no_difference(source: &Path, restored: &Path) {
    let compared = Command::new("rsync")
        .args(["-aHAXn", "--delete", "--checksum", "--itemize-changes"])
        .args([source.join(""), restored.join("")])
        .output()
        .unwrap();
    let differences = String::from_utf8_lossy(&compared.stdout).into_owned()
        + &String::from_utf8_lossy(&compared.stderr);
    assert_eq!(differences, "");
}

fn assert_same_blocks_and_nanoseconds(source: &Path, restored: &Path) {
    for entry in std::fs::read_dir(source).unwrap() {
        let name = entry.unwrap().file_name();
        let at = |folder: &Path| folder.join(&name).symlink_metadata().unwrap();
        let (old, new) = (at(source), at(restored));
        if old.is_file() {
            assert_eq!(old.blocks(), new.blocks(), "blocks of {}", name.display());
        }
        assert_eq!(old.mtime_nsec(), new.mtime_nsec(), "time of {}", name.display());
        assert_eq!(old.mode(), new.mode(), "mode of {}", name.display());
    }
}

#[test]
fn rich_tree_is_restored_without_a_difference_that_rsync_sees() {
    if !is_possible() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    make_rich_tree(&source);
    let repository = create(Arc::new(MemoryStorage::new()), 1, unencrypted());
    let stats = back_up(&repository, &source).unwrap();
    assert_eq!((stats.files_failed, stats.files_unstable), (0, 0));
    let snapshot = snapshot_of(&repository, &stats);
    let target = folder.path().join("target");
    let subpath = source.as_os_str().as_encoded_bytes().to_vec();
    let options = RestoreOptions { subpath, ..restore_options(&target) };
    for round in ["into nothing", "over itself"] {
        let restored = restore(&repository, &snapshot, &options, &Run::silent()).unwrap();
        assert_eq!((restored.files_failed, restored.metadata_failed), (0, 0), "{round}");
        set_times(&target, 1_300_000_000, 43);
        std::fs::set_permissions(&target, source.metadata().unwrap().permissions()).unwrap();
        assert_rsync_finds_no_difference(&source, &target);
        assert_same_blocks_and_nanoseconds(&source, &target);
    }
    let again = back_up(&repository, &source).unwrap();
    assert_eq!((again.files_changed, again.files_new), (0, 0));
}

#[test]
fn whole_restore_gives_the_folders_above_the_root_their_owners_and_times_too() {
    if !is_possible() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let above = folder.path().join("above");
    std::fs::create_dir(&above).unwrap();
    let source = above.join("source");
    make_rich_tree(&source);
    chown(&above, Some(1234), Some(1235)).unwrap();
    std::fs::set_permissions(&above, Permissions::from_mode(0o751)).unwrap();
    set_times(&above, 1_200_000_000, 7);
    let repository = create(Arc::new(MemoryStorage::new()), 1, unencrypted());
    let stats = back_up(&repository, &source).unwrap();
    let snapshot = snapshot_of(&repository, &stats);
    let target = folder.path().join("target");
    restore(&repository, &snapshot, &restore_options(&target), &Run::silent()).unwrap();
    let restored = target.join(above.strip_prefix("/").unwrap());
    assert_rsync_finds_no_difference(&above, &restored);
}
