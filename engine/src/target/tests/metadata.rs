use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use gleaner_store::{EntryKind, FileTime, Metadata};
use rustix::fs::{CWD, XattrFlags, lgetxattr, lsetxattr};

use super::round_trip::{acl_bytes, capability_bytes};
use super::{file_metadata, made, open, options};
use crate::source::tests::{as_nobody, is_root_or_skip};
use crate::target::{MetadataPart, OwnerMode, Placed, TargetOptions};

fn parts(placed: Placed) -> Vec<MetadataPart> {
    match placed {
        Placed::Made { warnings, .. } => warnings.into_iter().map(|w| w.part).collect(),
        other => panic!("not made: {other:?}"),
    }
}

fn has_xattr(path: &std::path::Path, name: &str) -> bool {
    lgetxattr(path, name, vec![0; 1000].as_mut_slice()).is_ok()
}

#[test]
fn without_root_rights_refusals_are_named_and_set_id_is_dropped() {
    if !is_root_or_skip("a restore without root rights") {
        return;
    }
    let top = tempfile::tempdir().unwrap();
    fs::set_permissions(top.path(), fs::Permissions::from_mode(0o777)).unwrap();
    as_nobody(|| {
        let target = open(top.path(), options());
        assert!(!target.is_root_user());
        let root = target.root();
        let mut metadata = Metadata { mode: 0o4555, uid: 1, gid: 1, ..Metadata::default() };
        metadata.xattrs = vec![
            (b"security.capability".to_vec(), capability_bytes()),
            (b"trusted.x".to_vec(), b"t".to_vec()),
            (b"user.x".to_vec(), b"u".to_vec()),
        ];
        let placed = root.create_file().unwrap().publish(b"f", &metadata).unwrap();
        let expected = [
            MetadataPart::Owner,
            MetadataPart::Xattr(b"security.capability".to_vec()),
            MetadataPart::Xattr(b"trusted.x".to_vec()),
            MetadataPart::SetId,
        ];
        assert_eq!(parts(placed), expected);
        assert_eq!(fs::metadata(top.path().join("f")).unwrap().mode() & 0o7777, 0o555);
        assert!(has_xattr(&top.path().join("f"), "user.x"));

        let device = EntryKind::CharDevice { major: 1, minor: 3 };
        let refused = root.create_node(b"null", &device, &metadata).unwrap_err();
        let io = refused.as_io().unwrap();
        assert_eq!(io.kind(), std::io::ErrorKind::PermissionDenied);

        // One's own files come back without a warning, set-id bits included.
        let own = Metadata { mode: 0o6755, uid: 65534, gid: 65534, ..Metadata::default() };
        let file = root.create_file().unwrap().publish(b"own", &own).unwrap();
        assert_eq!(parts(file), []);
        let fifo = root.create_node(b"fifo", &EntryKind::Fifo, &own).unwrap();
        assert_eq!(parts(fifo), []);
        assert_eq!(fs::metadata(top.path().join("own")).unwrap().mode() & 0o7777, 0o6755);

        // A folder that a former restore made read-only is filled all the same.
        let folder = root.create_folder(b"closed").unwrap();
        let closed = Metadata { mode: 0o000, uid: 65534, gid: 65534, ..Metadata::default() };
        assert!(folder.apply_metadata(&closed).is_empty());
        let folder = root.create_folder(b"closed").unwrap();
        made(folder.create_file().unwrap().publish(b"x", &own).unwrap());
    });
}

#[test]
fn special_files_and_rights_are_left_out_on_request() {
    if !is_root_or_skip("special files") {
        return;
    }
    let top = tempfile::tempdir().unwrap();
    let target = open(top.path(), TargetOptions { special_files: false, ..options() });
    let mut metadata = file_metadata(0o6755);
    metadata.xattrs = vec![
        (b"security.capability".to_vec(), capability_bytes()),
        (b"trusted.x".to_vec(), b"t".to_vec()),
        (b"user.x".to_vec(), b"u".to_vec()),
    ];
    made(target.root().create_file().unwrap().publish(b"f", &metadata).unwrap());
    let path = top.path().join("f");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o755);
    assert!(has_xattr(&path, "user.x"));
    assert!(!has_xattr(&path, "trusted.x") && !has_xattr(&path, "security.capability"));
    for kind in [
        EntryKind::Fifo,
        EntryKind::Socket,
        EntryKind::CharDevice { major: 1, minor: 3 },
        EntryKind::BlockDevice { major: 7, minor: 0 },
    ] {
        let placed = target.root().create_node(b"n", &kind, &metadata).unwrap();
        assert!(matches!(placed, Placed::SkippedSpecial));
    }
    let link = EntryKind::Symlink { target: b"f".to_vec() };
    metadata.xattrs.clear();
    made(target.root().create_node(b"link", &link, &metadata).unwrap());
    assert_eq!(super::names(top.path()), ["f", "link"]);
}

#[test]
fn acl_passed_down_by_an_existing_folder_does_not_stay() {
    let top = tempfile::tempdir().unwrap();
    let name = "system.posix_acl_default";
    if lsetxattr(top.path(), name, &acl_bytes(), XattrFlags::empty()).is_err() {
        return;
    }
    let target = open(top.path(), options());
    made(target.root().create_file().unwrap().publish(b"f", &file_metadata(0o640)).unwrap());
    let folder = target.root().create_folder(b"d").unwrap();
    assert!(folder.apply_metadata(&file_metadata(0o750)).is_empty());
    let (file, folder) = (top.path().join("f"), top.path().join("d"));
    assert!(!has_xattr(&file, "system.posix_acl_access"));
    assert!(!has_xattr(&folder, "system.posix_acl_access") && !has_xattr(&folder, name));
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o640);
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o7777, 0o750);
}

#[test]
fn impossible_values_are_warnings_and_the_file_stays() {
    let top = tempfile::tempdir().unwrap();
    let root = open(top.path(), options()).root();
    let mut metadata = file_metadata(0o644);
    metadata.uid = u32::MAX;
    metadata.mtime = FileTime { seconds: 1, nanoseconds: 0x3fff_ffff };
    metadata.mode |= 0xffff_0000;
    metadata.xattrs = vec![(b"user.a\0b".to_vec(), Vec::new()), (Vec::new(), Vec::new())];
    let parts = parts(root.create_file().unwrap().publish(b"f", &metadata).unwrap());
    let expected = [
        MetadataPart::Owner,
        MetadataPart::Xattr(b"user.a\0b".to_vec()),
        MetadataPart::Xattr(Vec::new()),
        MetadataPart::Times,
    ];
    assert_eq!(parts, expected);
    assert_eq!(fs::metadata(top.path().join("f")).unwrap().mode() & 0o7777, 0o644);

    for seconds in [i64::MIN, i64::MAX] {
        let mtime = FileTime { seconds, nanoseconds: 0 };
        let metadata = Metadata { mtime, ..file_metadata(0o600) };
        let file = root.create_file().unwrap();
        assert!(matches!(file.publish(b"t", &metadata).unwrap(), Placed::Made { .. }));
    }
}

#[test]
fn owners_by_name_fall_back_to_numbers_and_restorer_owns_all() {
    if !is_root_or_skip("owners") {
        return;
    }
    let top = tempfile::tempdir().unwrap();
    let publish = |owners, name: &[u8], metadata: &Metadata| {
        let root = open(top.path(), TargetOptions { owners, ..options() }).root();
        let placed = root.create_file().unwrap().publish(name, metadata).unwrap();
        let stat = root.look(name).unwrap().unwrap();
        (stat.uid, stat.gid, stat.mode, parts(placed))
    };
    let mut metadata = Metadata { mode: 0o4755, uid: 4242, gid: 4343, ..Metadata::default() };
    metadata.user = Some("root".to_owned());
    metadata.group = Some("no such group".to_owned());
    assert_eq!(publish(OwnerMode::ByName, b"a", &metadata), (0, 4343, 0o4755, vec![]));
    assert_eq!(publish(OwnerMode::Numeric, b"b", &metadata), (4242, 4343, 0o4755, vec![]));
    let restorer = publish(OwnerMode::Restorer, b"c", &metadata);
    assert_eq!(restorer, (0, 0, 0o755, vec![MetadataPart::SetId]));
}

#[test]
fn restorer_who_owns_all_gets_set_id_bits_on_what_was_its_own_alone() {
    let top = tempfile::tempdir().unwrap();
    let options = TargetOptions { owners: OwnerMode::Restorer, ..options() };
    let root = open(top.path(), options).root();
    let own = file_metadata(0o6755);
    let of_others = [(own.uid + 1, own.gid), (own.uid, own.gid + 1), (own.uid + 1, own.gid + 1)];
    made(root.create_file().unwrap().publish(b"own", &own).unwrap());
    assert_eq!(root.look(b"own").unwrap().unwrap().mode & 0o7777, 0o6755);
    for (uid, gid) in of_others {
        let metadata = Metadata { uid, gid, ..own.clone() };
        let placed = root.create_file().unwrap().publish(b"other", &metadata).unwrap();
        assert_eq!(parts(placed), [MetadataPart::SetId], "{uid}:{gid}");
        assert_eq!(root.look(b"other").unwrap().unwrap().mode & 0o7777, 0o755, "{uid}:{gid}");
    }
}

#[test]
fn options_without_attributes_touch_none() {
    let top = tempfile::tempdir().unwrap();
    let root = open(top.path(), TargetOptions { xattrs: false, ..options() }).root();
    let mut metadata = file_metadata(0o600);
    metadata.xattrs = vec![(b"user.x".to_vec(), Vec::new())];
    made(root.create_file().unwrap().publish(b"f", &metadata).unwrap());
    assert!(!has_xattr(&top.path().join("f"), "user.x"));
    assert!(rustix::fs::statat(CWD, top.path().join("f"), rustix::fs::AtFlags::empty()).is_ok());
}
