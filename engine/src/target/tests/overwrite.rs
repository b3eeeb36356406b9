use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;

use gleaner_store::{EntryKind, FileTime, Metadata};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::{file_metadata, made, names, open, options};
use crate::source::{FileKind, Stat};
use crate::target::{Decision, OverwritePolicy, Placed, TargetError, TargetOptions, Wanted};

fn time(seconds: i64) -> FileTime {
    FileTime { seconds, nanoseconds: 5 }
}

fn set_mtime(path: &Path, seconds: u64) {
    let time = std::time::UNIX_EPOCH + std::time::Duration::new(seconds, 5);
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

fn stat(path: &Path) -> Stat {
    let (above, name) = (path.parent().unwrap(), path.file_name().unwrap());
    let name = std::os::unix::ffi::OsStrExt::as_bytes(name);
    open(above, options()).root().look(name).unwrap().unwrap()
}

#[test]
fn policies_decide_by_kind_size_and_time() {
    use Decision::{Compare, Create, Keep, Replace};
    use OverwritePolicy::{Always, IfChanged, IfNewer, Never};
    let top = tempfile::tempdir().unwrap();
    let path = top.path().join("f");
    fs::write(&path, b"12345").unwrap();
    set_mtime(&path, 100);
    let (file, folder) = (stat(&path), stat(top.path()));
    let wanted = |kind, bytes, mtime| Wanted { kind, bytes, mtime: time(mtime) };
    let same = wanted(FileKind::File, 5, 100);
    for policy in [Always, IfChanged, IfNewer, Never] {
        assert_eq!(policy.decide(None, &same), Create);
        assert_eq!(policy.decide(Some(&folder), &wanted(FileKind::Directory, 0, 0)), Keep);
    }
    let cases = [
        (same, [Compare, Keep, Keep, Keep]),
        (wanted(FileKind::File, 6, 100), [Compare, Replace, Keep, Keep]),
        (wanted(FileKind::File, 5, 99), [Compare, Replace, Keep, Keep]),
        (wanted(FileKind::File, 5, 101), [Compare, Replace, Replace, Keep]),
        (wanted(FileKind::Symlink, 5, 101), [Replace, Replace, Replace, Keep]),
        (wanted(FileKind::Symlink, 5, 100), [Replace, Replace, Keep, Keep]),
        (wanted(FileKind::Directory, 5, 101), [Replace, Replace, Replace, Keep]),
    ];
    for (wanted, expected) in cases {
        let found = [Always, IfChanged, IfNewer, Never].map(|p| p.decide(Some(&file), &wanted));
        assert_eq!(found, expected, "{wanted:?}");
    }
}

#[test]
fn file_replaces_file_link_and_node_by_policy() {
    for (overwrite, is_replaced) in [
        (OverwritePolicy::Always, true),
        (OverwritePolicy::IfChanged, true),
        (OverwritePolicy::IfNewer, false),
        (OverwritePolicy::Never, false),
    ] {
        let top = tempfile::tempdir().unwrap();
        fs::write(top.path().join("aim"), b"aim").unwrap();
        fs::write(top.path().join("file"), b"old").unwrap();
        symlink("aim", top.path().join("link")).unwrap();
        symlink("nowhere", top.path().join("dangling")).unwrap();
        mknodat(CWD, top.path().join("fifo"), FileType::Fifo, Mode::RUSR, 0).unwrap();
        let root = open(top.path(), TargetOptions { overwrite, ..options() }).root();
        for name in ["file", "link", "dangling", "fifo"] {
            let file = root.create_file().unwrap();
            file.write_at(b"new", 0).unwrap();
            let metadata = Metadata { mtime: time(50), ..file_metadata(0o600) };
            let placed = file.publish(name.as_bytes(), &metadata).unwrap();
            assert_eq!(matches!(placed, Placed::Made { .. }), is_replaced, "{name}");
            let kind = root.look(name.as_bytes()).unwrap().unwrap().kind;
            assert_eq!(kind == FileKind::File, is_replaced || name == "file");
        }
        assert_eq!(fs::read(top.path().join("aim")).unwrap(), b"aim");
        assert_eq!(names(top.path()), ["aim", "dangling", "fifo", "file", "link"]);
    }
}

#[test]
fn folder_in_the_way_goes_only_if_it_is_empty() {
    let top = tempfile::tempdir().unwrap();
    fs::create_dir_all(top.path().join("empty")).unwrap();
    fs::create_dir_all(top.path().join("full/x")).unwrap();
    let root = open(top.path(), options()).root();
    let publish = |name: &[u8]| root.create_file().unwrap().publish(name, &file_metadata(0o600));
    made(publish(b"empty").unwrap());
    let error = publish(b"full").unwrap_err();
    let is_occupied = matches!(&error, TargetError::Occupied { found: FileKind::Directory, .. });
    assert!(is_occupied, "{error:?}");
    let link = EntryKind::Symlink { target: b"x".to_vec() };
    root.create_node(b"full", &link, &file_metadata(0o777)).unwrap_err();
    assert_eq!(names(top.path()), ["empty", "full"]);
}

#[test]
fn file_or_link_in_a_folders_place_goes_unless_never() {
    let outside = tempfile::tempdir().unwrap();
    for overwrite in [OverwritePolicy::Always, OverwritePolicy::Never] {
        let top = tempfile::tempdir().unwrap();
        fs::write(top.path().join("file"), b"old").unwrap();
        symlink(outside.path(), top.path().join("link")).unwrap();
        fs::create_dir(top.path().join("folder")).unwrap();
        let root = open(top.path(), TargetOptions { overwrite, ..options() }).root();
        assert!(!root.create_folder(b"folder").unwrap().is_made_here());
        for name in [b"file", b"link"] {
            match root.create_folder(name) {
                Ok(folder) => {
                    assert_eq!(overwrite, OverwritePolicy::Always);
                    assert!(folder.is_made_here());
                    made(
                        folder.create_file().unwrap().publish(b"x", &file_metadata(0o600)).unwrap(),
                    );
                }
                Err(error) => {
                    assert_eq!(overwrite, OverwritePolicy::Never);
                    assert!(matches!(error, TargetError::Occupied { .. }), "{error:?}");
                }
            }
        }
        assert!(names(outside.path()).is_empty());
    }
}

#[test]
fn right_bytes_are_kept_in_place_unless_the_inode_has_other_names() {
    let top = tempfile::tempdir().unwrap();
    fs::write(top.path().join("one"), b"right").unwrap();
    fs::write(top.path().join("two"), b"right").unwrap();
    fs::hard_link(top.path().join("two"), top.path().join("other")).unwrap();
    symlink("one", top.path().join("link")).unwrap();
    fs::create_dir(top.path().join("folder")).unwrap();
    mknodat(CWD, top.path().join("fifo"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let root = open(top.path(), options()).root();
    for name in [b"link".as_slice(), b"folder", b"fifo", b"absent"] {
        assert!(root.open_existing(name).unwrap().is_none());
    }
    let one = root.open_existing(b"one").unwrap().unwrap();
    let mut buffer = [0; 10];
    assert_eq!(one.read_at(&mut buffer, 1).unwrap(), 4);
    assert_eq!(&buffer[..4], b"ight");
    let inode = one.stat().inode;
    let metadata = Metadata { mtime: time(9), ..file_metadata(0o404) };
    let (kept, warnings) = one.keep(&metadata).unwrap();
    assert!(warnings.is_empty());
    let after = stat(&top.path().join("one"));
    assert_eq!((after.inode, after.mode, after.mtime), (inode, 0o404, time(9)));
    made(root.hard_link(b"one-more", &root, b"one", kept).unwrap());

    let before = stat(&top.path().join("two"));
    let two = root.open_existing(b"two").unwrap().unwrap();
    assert!(two.keep(&metadata).is_none());
    assert_eq!(stat(&top.path().join("other")), before);
}

#[test]
fn hard_link_over_its_own_inode_leaves_no_temporary_name() {
    let top = tempfile::tempdir().unwrap();
    let root = open(top.path(), options()).root();
    let file = made(root.create_file().unwrap().publish(b"a", &file_metadata(0o600)).unwrap());
    for _ in 0..2 {
        assert_eq!(made(root.hard_link(b"b", &root, b"a", file).unwrap()), file);
    }
    assert_eq!(names(top.path()), ["a", "b"]);
    assert_eq!(fs::metadata(top.path().join("a")).unwrap().nlink(), 2);
}

#[test]
fn second_entry_of_one_name_in_a_new_folder_is_a_collision() {
    let top = tempfile::tempdir().unwrap();
    let folder = open(top.path(), options()).root().create_folder(b"new").unwrap();
    let publish = || folder.create_file().unwrap().publish(b"x", &file_metadata(0o600));
    made(publish().unwrap());
    let error = publish().unwrap_err();
    assert!(matches!(error, TargetError::Collision { .. }), "{error:?}");
    assert_eq!(names(&top.path().join("new")), ["x"]);
}
