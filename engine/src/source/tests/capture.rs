use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;

use gleaner_store::EntryKind;
use rustix::fs::{CWD, FileType, Mode, XattrFlags, lsetxattr, makedev, mknodat};

use super::{find, is_root_or_skip, walk_all};
use crate::source::{Capture, CaptureOptions, OpenFile, OwnerNames, WalkItem};

fn capture() -> Capture {
    let options = CaptureOptions { xattrs: true, atime: false };
    Capture::new(options, Arc::new(OwnerNames::new()))
}

fn set(path: &Path, name: &str, value: &[u8]) {
    lsetxattr(path, name, value, XattrFlags::empty()).unwrap();
}

#[test]
fn attributes_come_as_raw_bytes_in_order_by_descriptor_and_by_name() {
    let top = tempfile::tempdir().unwrap();
    let path = top.path().join("f");
    fs::write(&path, b"x").unwrap();
    let long = vec![0xfe; 3000];
    set(&path, "user.long", &long);
    set(&path, "user.empty", b"");
    set(&path, "user.bytes", &[0, 255, 10]);
    let expected = vec![
        (b"user.bytes".to_vec(), vec![0, 255, 10]),
        (b"user.empty".to_vec(), Vec::new()),
        (b"user.long".to_vec(), long),
    ];
    let found = find(top.path(), b"f");
    let by_name = capture().found(&found);
    assert_eq!(by_name.metadata.xattrs, expected);
    assert!(by_name.warnings.is_empty());
    let open = OpenFile::open(&found).unwrap();
    let by_descriptor = capture().open_file(open.as_fd(), open.stat());
    assert_eq!(by_descriptor.metadata, by_name.metadata);

    let without = CaptureOptions { xattrs: false, atime: true };
    let without = Capture::new(without, Arc::new(OwnerNames::new())).found(&found);
    assert!(without.metadata.xattrs.is_empty());
    assert!(without.metadata.atime.is_some());
}

#[test]
fn attributes_of_folders_links_and_nodes_are_their_own() {
    if !is_root_or_skip("trusted attributes") {
        return;
    }
    let top = tempfile::tempdir().unwrap();
    let at = |name: &str| top.path().join(name);
    fs::create_dir(at("folder")).unwrap();
    fs::write(at("aim"), b"").unwrap();
    symlink("aim", at("link")).unwrap();
    mknodat(CWD, at("fifo"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    mknodat(CWD, at("null"), FileType::CharacterDevice, Mode::RUSR, makedev(1, 3)).unwrap();
    let _socket = UnixListener::bind(at("socket")).unwrap();
    for name in ["folder", "aim", "link", "fifo", "null", "socket"] {
        set(&at(name), "trusted.who", name.as_bytes());
    }
    let mut kinds = Vec::new();
    let mut seen = 0;
    for item in walk_all(top.path()) {
        let (name, captured) = match &item {
            WalkItem::Enter { name, folder } => (name, capture().folder(folder)),
            WalkItem::File(found) | WalkItem::Node(found) => {
                kinds.push(found.entry_kind().unwrap());
                (&found.name, capture().found(found))
            }
            _ => continue,
        };
        assert!(captured.warnings.is_empty(), "{:?}", captured.warnings);
        if !captured.metadata.xattrs.is_empty() {
            assert_eq!(captured.metadata.xattrs, [(b"trusted.who".to_vec(), name.clone())]);
            seen += 1;
        }
        assert_eq!(captured.metadata.user.as_deref(), Some("root"));
        assert_eq!(captured.metadata.group.as_deref(), Some("root"));
    }
    let expected = [
        EntryKind::File { bytes: 0, content: Vec::new(), more: false },
        EntryKind::Fifo,
        EntryKind::Symlink { target: b"aim".to_vec() },
        EntryKind::CharDevice { major: 1, minor: 3 },
        EntryKind::Socket,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(seen, 6);
}

#[test]
fn link_target_of_any_length_is_read_in_full() {
    let top = tempfile::tempdir().unwrap();
    let target = "t/".repeat(2000);
    symlink(&target, top.path().join("link")).unwrap();
    let kind = find(top.path(), b"link").entry_kind().unwrap();
    assert_eq!(kind, EntryKind::Symlink { target: target.into_bytes() });
}

#[test]
fn owner_without_a_name_has_none_and_names_are_found_back() {
    let names = OwnerNames::new();
    assert_eq!(names.user(0).as_deref(), Some("root"));
    assert_eq!(names.user(0).as_deref(), Some("root"));
    assert_eq!(names.user(4_000_000_123), None);
    assert_eq!(names.user_id("root"), Some(0));
    assert_eq!(names.group_id("root"), Some(0));
    assert_eq!(names.user_id("no such user\n"), None);
    assert_eq!(names.group_id("nul\0"), None);
}
