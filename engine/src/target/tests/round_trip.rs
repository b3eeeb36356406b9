use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, FileType, Gid, Mode, OFlags, Timespec, Timestamps, UTIME_OMIT, Uid, XattrFlags,
    chownat, lsetxattr, makedev, mkdirat, mknodat, openat, utimensat,
};

use super::copy::{copy, describe};
use super::{open, options};
use crate::source::tests::is_root_or_skip;
use crate::target::{FolderLookup, OwnerMode, TargetOptions};

/// `user::rw-, user:1000:r--, group::r--, mask::r--, other::---`, and the form in which a folder
/// passes it down.
pub(super) fn acl_bytes() -> Vec<u8> {
    let mut bytes = 2u32.to_le_bytes().to_vec();
    let entries: [(u16, u16, u32); 5] = [
        (0x01, 6, u32::MAX),
        (0x02, 4, 1000),
        (0x04, 4, u32::MAX),
        (0x10, 4, u32::MAX),
        (0x20, 0, u32::MAX),
    ];
    for (tag, rights, id) in entries {
        bytes.extend_from_slice(&tag.to_le_bytes());
        bytes.extend_from_slice(&rights.to_le_bytes());
        bytes.extend_from_slice(&id.to_le_bytes());
    }
    bytes
}

/// `cap_net_raw=ep` as version 2 of the attribute.
pub(super) fn capability_bytes() -> Vec<u8> {
    let words: [u32; 5] = [0x0200_0001, 1 << 13, 0, 0, 0];
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn set(path: &Path, name: &str, value: &[u8]) {
    lsetxattr(path, name, value, XattrFlags::empty()).unwrap();
}

fn set_mtime(path: &Path, seconds: i64, nanoseconds: i64) {
    let times = Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        last_modification: Timespec { tv_sec: seconds, tv_nsec: nanoseconds },
    };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

fn own(path: &Path, uid: u32, gid: u32) {
    let (uid, gid) = (Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)));
    chownat(CWD, path, uid, gid, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

fn make_files(top: &Path) {
    for mode in [0o000, 0o400, 0o644, 0o755, 0o1777, 0o2755, 0o4755, 0o6711] {
        let path = top.join(format!("mode-{mode:o}"));
        fs::write(&path, format!("{mode}")).unwrap();
        own(&path, 1000 + mode, 2000);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    fs::write(top.join("empty"), b"").unwrap();
    let long = [b'n'; 255];
    fs::write(top.join(OsStr::from_bytes(&long)), b"long name").unwrap();
    fs::write(top.join(OsStr::from_bytes(b"not \xff\xfe utf-8\n")), b"x").unwrap();
    for (name, seconds, nanoseconds) in
        [("old", -1_000_000_000, 1), ("epoch", 0, 0), ("late", 4_000_000_000, 999_999_999)]
    {
        fs::write(top.join(name), name).unwrap();
        set_mtime(&top.join(name), seconds, nanoseconds);
    }
    let rich = top.join("rich");
    fs::write(&rich, b"with attributes").unwrap();
    own(&rich, 77, 78);
    fs::set_permissions(&rich, fs::Permissions::from_mode(0o640)).unwrap();
    set(&rich, "user.note", &[0, 1, 255]);
    set(&rich, "user.empty", b"");
    set(&rich, "trusted.mark", b"t");
    set(&rich, "security.capability", &capability_bytes());
    set(&rich, "system.posix_acl_access", &acl_bytes());
}

fn make_sparse(top: &Path) {
    let holes = File::create(top.join("holes")).unwrap();
    holes.set_len(9 << 20).unwrap();
    holes.write_all_at(&[1; 5000], 3 << 20).unwrap();
    File::create(top.join("hole")).unwrap().set_len(5 << 30).unwrap();
    let zeros = File::create(top.join("zeros")).unwrap();
    zeros.write_all_at(&vec![0; 100_000], 0).unwrap();
    for file in [holes, zeros] {
        // Block counts are final once delayed allocation is over.
        file.sync_all().unwrap();
    }
}

fn make_nodes(top: &Path) {
    symlink("nowhere/\u{fffd}", top.join("link")).unwrap();
    own(&top.join("link"), 5, 6);
    set(&top.join("link"), "trusted.link", b"l");
    set_mtime(&top.join("link"), -5, 5);
    mknodat(CWD, top.join("fifo"), FileType::Fifo, Mode::empty(), 0).unwrap();
    fs::set_permissions(top.join("fifo"), fs::Permissions::from_mode(0o4620)).unwrap();
    drop(UnixListener::bind(top.join("socket")).unwrap());
    for (name, kind, major, minor) in
        [("null", FileType::CharacterDevice, 1, 3), ("loop", FileType::BlockDevice, 7, 300_000)]
    {
        mknodat(CWD, top.join(name), kind, Mode::RUSR, makedev(major, minor)).unwrap();
        own(&top.join(name), 8, 9);
        set(&top.join(name), "trusted.device", b"d");
        set_mtime(&top.join(name), 1, 1);
    }
}

fn make_folders(top: &Path) {
    fs::create_dir_all(top.join("a/b/c")).unwrap();
    fs::write(top.join("a/b/c/file"), b"deep").unwrap();
    fs::hard_link(top.join("a/b/c/file"), top.join("a/again")).unwrap();
    fs::hard_link(top.join("a/b/c/file"), top.join("z-again")).unwrap();
    fs::hard_link(top.join("fifo"), top.join("z-fifo")).unwrap();
    fs::hard_link(top.join("link"), top.join("z-link")).unwrap();
    set(&top.join("a"), "user.folder", b"f");
    set(&top.join("a"), "system.posix_acl_default", &acl_bytes());
    set(&top.join("a/b"), "system.posix_acl_access", &acl_bytes());
    fs::set_permissions(top.join("a/b/c"), fs::Permissions::from_mode(0o2500)).unwrap();
    own(&top.join("a/b/c"), 11, 12);
    fs::set_permissions(top.join("a/b/c"), fs::Permissions::from_mode(0o3500)).unwrap();
    for name in ["a/b/c", "a/b", "a"] {
        set_mtime(&top.join(name), -77, 123_456_789);
    }
    let name = [b'd'; 200];
    let mut dir = openat(CWD, top, OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..30 {
        mkdirat(&dir, name.as_slice(), Mode::RWXU).unwrap();
        dir = openat(&dir, name.as_slice(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    let flags = OFlags::CREATE | OFlags::WRONLY;
    let bottom = openat(&dir, b"bottom".as_slice(), flags, Mode::RUSR).unwrap();
    rustix::io::write(&bottom, b"deep").unwrap();
}

fn rich_tree() -> tempfile::TempDir {
    let top = tempfile::tempdir().unwrap();
    make_files(top.path());
    make_sparse(top.path());
    make_nodes(top.path());
    make_folders(top.path());
    top
}

fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (describe(a), describe(b));
    for (a, b) in a.iter().zip(&b) {
        assert_eq!(a, b);
    }
    assert_eq!(a.len(), b.len());
}

fn sync_all_in(path: &Path) {
    let dir = openat(CWD, path, OFlags::DIRECTORY, Mode::empty()).unwrap();
    rustix::fs::syncfs(dir).unwrap();
}

#[test]
fn rich_tree_comes_back_inode_by_inode() {
    if !is_root_or_skip("the rich tree") {
        return;
    }
    let source = rich_tree();
    for owners in [OwnerMode::Numeric, OwnerMode::ByName] {
        let back = tempfile::tempdir().unwrap();
        let target = open(back.path(), TargetOptions { owners, ..options() });
        let result = copy(source.path(), &target);
        assert!(result.errors.is_empty(), "{:?}", result.errors);
        assert!(result.warnings.is_empty(), "{:?}", result.warnings);
        sync_all_in(back.path());
        assert_same(source.path(), back.path());
    }
}

#[test]
fn second_restore_over_the_first_changes_nothing() {
    if !is_root_or_skip("the rich tree") {
        return;
    }
    let source = rich_tree();
    let back = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let result = copy(source.path(), &open(back.path(), options()));
        assert!(result.errors.is_empty(), "{:?}", result.errors);
        assert!(result.warnings.is_empty(), "{:?}", result.warnings);
    }
    sync_all_in(back.path());
    assert_same(source.path(), back.path());
}

#[test]
fn folders_are_opened_by_path_at_any_depth_both_ways() {
    let top = tempfile::tempdir().unwrap();
    let name = [b'd'; 200];
    for lookup in [FolderLookup::Openat2, FolderLookup::PerComponent] {
        let target = open(top.path(), TargetOptions { lookup, ..options() });
        let mut folder = target.root();
        for depth in 0..50 {
            let names = vec![name; depth];
            let opened = target.open_folder(&names).unwrap();
            assert_eq!(opened.path(), folder.path());
            assert_eq!(
                crate::source::Stat::of(&opened).unwrap().inode,
                crate::source::Stat::of(&folder).unwrap().inode
            );
            folder = folder.create_folder(&name).unwrap();
            assert_eq!(folder.is_made_here(), lookup == FolderLookup::Openat2);
        }
        target.open_folder(&vec![name; 51]).unwrap_err();
    }
}

#[test]
fn acl_set_by_setfacl_comes_back() {
    let source = tempfile::tempdir().unwrap();
    fs::write(source.path().join("f"), b"").unwrap();
    let set = std::process::Command::new("setfacl")
        .args(["-m", "u:1234:rw,g:55:r,m::rw"])
        .arg(source.path().join("f"))
        .status();
    if !set.is_ok_and(|status| status.success()) {
        return skip_setfacl();
    }
    let back = tempfile::tempdir().unwrap();
    let result = copy(source.path(), &open(back.path(), options()));
    assert!(result.warnings.is_empty(), "{:?}", result.warnings);
    assert_same(source.path(), back.path());
    let file = describe(back.path()).pop().unwrap();
    assert_eq!(file.metadata.xattrs[0].0, b"system.posix_acl_access");
}

#[expect(clippy::print_stderr, reason = "a skipped test is named")]
fn skip_setfacl() {
    eprintln!("SKIPPED: setfacl: not installed, or no ACLs in the temporary folder");
}
