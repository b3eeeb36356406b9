//! The part of R15 (RELIABILITY section 8) that concerns this layer.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use gleaner_store::{EntryKind, Metadata};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::{file_metadata, made, open, options};
use crate::source::tests::is_root_or_skip;
use crate::target::{
    FolderLookup, Placed, RestoreTarget, TargetError, TargetFolder, TargetOptions,
};

/// A jail to restore into, and files beside it that nobody may touch.
struct Jail {
    top: tempfile::TempDir,
    before: Vec<String>,
}

impl Jail {
    fn new() -> Self {
        let top = tempfile::tempdir().unwrap();
        fs::create_dir_all(top.path().join("outside/dir/sub")).unwrap();
        fs::write(top.path().join("outside/file"), b"precious").unwrap();
        fs::write(top.path().join("outside/dir/x"), b"precious").unwrap();
        fs::create_dir(top.path().join("jail")).unwrap();
        let before = facts(&top.path().join("outside"));
        Self { top, before }
    }

    fn jail(&self) -> PathBuf {
        self.top.path().join("jail")
    }

    fn outside(&self, name: &str) -> PathBuf {
        self.top.path().join("outside").join(name)
    }

    fn target(&self, lookup: FolderLookup) -> RestoreTarget {
        open(&self.jail(), TargetOptions { lookup, ..options() })
    }

    /// Sees also what left no trace but a time of status change.
    fn assert_outside_untouched(&self) {
        assert_eq!(facts(&self.top.path().join("outside")), self.before);
        let beside: Vec<_> = super::names(self.top.path());
        assert_eq!(beside, ["jail", "outside"]);
    }
}

fn facts(path: &Path) -> Vec<String> {
    let stat = fs::symlink_metadata(path).unwrap();
    let content = if stat.is_file() { fs::read(path).unwrap() } else { Vec::new() };
    let (changed, changed_ns) = (stat.ctime(), stat.ctime_nsec());
    let inode = (stat.ino(), stat.mode(), stat.uid(), stat.nlink());
    let mut all = vec![format!("{path:?} {inode:?} {changed}.{changed_ns} {content:?}")];
    if stat.is_dir() {
        for name in super::names(path) {
            all.extend(facts(&path.join(name)));
        }
    }
    all
}

const LOOKUPS: [FolderLookup; 2] = [FolderLookup::Openat2, FolderLookup::PerComponent];

/// Every operation that takes a name, on this name.
fn all_operations(folder: &TargetFolder, name: &[u8]) -> Vec<Result<(), TargetError>> {
    let metadata = file_metadata(0o777);
    let node = |kind| folder.create_node(name, &kind, &metadata).map(drop);
    let made = made(folder.create_file().unwrap().publish(b"made", &metadata).unwrap());
    let results = vec![
        folder.create_folder(name).map(drop),
        folder.open_folder(name).map(drop),
        folder.look(name).map(drop),
        folder.open_existing(name).map(drop),
        folder.create_file().and_then(|file| file.publish(name, &metadata)).map(drop),
        folder.create_file().and_then(|file| file.keep_incomplete(name)).map(drop),
        node(EntryKind::Symlink { target: b"/etc/passwd".to_vec() }),
        node(EntryKind::Fifo),
        node(EntryKind::Socket),
        node(EntryKind::CharDevice { major: 1, minor: 3 }),
        folder.hard_link(name, folder, b"made", made).map(drop),
        folder.hard_link(b"linked", folder, name, made).map(drop),
        folder.remove(name).map(drop),
    ];
    folder.remove(b"made").unwrap();
    results
}

#[test]
fn names_that_are_no_component_are_refused_by_every_operation() {
    let jail = Jail::new();
    let long = [b'n'; 256];
    let names: [&[u8]; 14] = [
        b"",
        b".",
        b"..",
        b"/",
        b"//",
        b"a/b",
        b"/etc/passwd",
        b"../outside/file",
        b"a/",
        b"./a",
        b"a\0b",
        b"\0",
        b"a/../../outside",
        &long,
    ];
    for lookup in LOOKUPS {
        let target = jail.target(lookup);
        for name in names {
            let mut results = all_operations(&target.root(), name);
            results.push(target.open_folder(&[b"a".as_slice(), name]).map(drop));
            results.push(target.open_folder(&[name]).map(drop));
            for (index, result) in results.into_iter().enumerate() {
                let is_first_missing = matches!(&result, Err(TargetError::Io { .. }))
                    && lookup == FolderLookup::PerComponent;
                let is_refused = matches!(&result, Err(TargetError::IllegalName { .. }));
                let name = name.escape_ascii();
                assert!(is_refused || is_first_missing, "{index} of {name}: {result:?}");
            }
        }
    }
    assert!(super::names(&jail.jail()).is_empty());
    jail.assert_outside_untouched();
}

#[test]
fn names_that_only_look_odd_are_taken() {
    let jail = Jail::new();
    let root = jail.target(FolderLookup::Openat2).root();
    let names: [&[u8]; 8] =
        [b"...", b"..a", b"-rf", b"\xff\xfe", b"a\nb", b"\\..\\x", b" ", b"C:\\windows"];
    for name in names {
        made(root.create_file().unwrap().publish(name, &file_metadata(0o600)).unwrap());
    }
    assert_eq!(super::names(&jail.jail()).len(), names.len());
}

#[test]
fn link_in_a_folders_place_is_not_followed() {
    for lookup in LOOKUPS {
        let jail = Jail::new();
        symlink(jail.outside("dir"), jail.jail().join("dir")).unwrap();
        symlink("../outside/dir", jail.jail().join("relative")).unwrap();
        symlink("relative", jail.jail().join("chain")).unwrap();
        symlink("/proc/self/cwd", jail.jail().join("magic")).unwrap();
        fs::create_dir(jail.jail().join("real")).unwrap();
        symlink("../real", jail.jail().join("real/inside")).unwrap();
        let target = jail.target(lookup);
        for names in [
            vec!["dir"],
            vec!["dir", "sub"],
            vec!["relative"],
            vec!["chain", "sub"],
            vec!["magic"],
            vec!["real", "inside"],
        ] {
            let error = target.open_folder(&names).unwrap_err();
            let code = error.as_io().and_then(std::io::Error::raw_os_error).unwrap();
            let link = [rustix::io::Errno::LOOP, rustix::io::Errno::NOTDIR];
            assert!(link.map(rustix::io::Errno::raw_os_error).contains(&code), "{error:?}");
        }
        for name in ["dir", "relative", "chain", "magic"] {
            let folder = target.root().create_folder(name.as_bytes()).unwrap();
            assert!(folder.is_made_here());
            made(folder.create_file().unwrap().publish(b"x", &file_metadata(0o666)).unwrap());
            assert!(folder.apply_metadata(&file_metadata(0o777)).is_empty());
        }
        jail.assert_outside_untouched();
    }
}

#[test]
fn link_in_a_files_place_is_replaced_and_not_written_through() {
    let jail = Jail::new();
    let root = jail.target(FolderLookup::Openat2).root();
    let aims = [jail.outside("file"), jail.outside("new"), PathBuf::from("x")];
    for (name, aim) in [b"a", b"b", b"c"].into_iter().zip(aims) {
        symlink(aim, jail.jail().join(std::str::from_utf8(name).unwrap())).unwrap();
        assert!(root.open_existing(name).unwrap().is_none());
        let file = root.create_file().unwrap();
        file.write_at(b"evil", 0).unwrap();
        made(file.publish(name, &file_metadata(0o4777)).unwrap());
    }
    jail.assert_outside_untouched();
}

#[test]
fn hard_link_in_a_files_place_is_replaced_and_its_inode_is_not_written() {
    let jail = Jail::new();
    let place = jail.jail().join("x");
    fs::hard_link(jail.outside("file"), &place).unwrap();
    let planted = facts(&jail.outside("file"));
    let root = jail.target(FolderLookup::Openat2).root();
    let existing = root.open_existing(b"x").unwrap().unwrap();
    assert!(existing.keep(&file_metadata(0o777)).is_none());
    assert_eq!(facts(&jail.outside("file")), planted);
    let file = root.create_file().unwrap();
    file.write_at(b"evil", 0).unwrap();
    made(file.publish(b"x", &file_metadata(0o777)).unwrap());
    assert_eq!(fs::read(jail.outside("file")).unwrap(), b"precious");
    let outside = fs::metadata(jail.outside("file")).unwrap();
    assert_eq!((outside.nlink(), outside.mode() & 0o777), (1, 0o644));
}

#[test]
fn hard_link_leads_only_to_files_of_this_run() {
    let jail = Jail::new();
    let root = jail.target(FolderLookup::Openat2).root();
    let file = made(root.create_file().unwrap().publish(b"a", &file_metadata(0o600)).unwrap());
    // The name is taken over by a link to outside, by a foreign inode, by nothing.
    fs::rename(jail.jail().join("a"), jail.jail().join("kept")).unwrap();
    symlink(jail.outside("file"), jail.jail().join("a")).unwrap();
    let error = root.hard_link(b"b", &root, b"a", file).unwrap_err();
    assert!(matches!(error, TargetError::NotMadeHere { .. }), "{error:?}");
    fs::remove_file(jail.jail().join("a")).unwrap();
    fs::write(jail.jail().join("a"), b"foreign").unwrap();
    root.hard_link(b"b", &root, b"a", file).unwrap_err();
    fs::remove_file(jail.jail().join("a")).unwrap();
    root.hard_link(b"b", &root, b"a", file).unwrap_err();
    root.hard_link(b"b", &root, b"../outside/file", file).unwrap_err();
    assert_eq!(super::names(&jail.jail()), ["kept"]);
    jail.assert_outside_untouched();
}

#[test]
fn device_with_numbers_that_do_not_exist_is_not_made_as_another() {
    if !is_root_or_skip("device nodes") {
        return;
    }
    let jail = Jail::new();
    let root = jail.target(FolderLookup::Openat2).root();
    for (major, minor) in [(0x1001, 3), (1, 0x10_0003), (u32::MAX, u32::MAX)] {
        let kind = EntryKind::CharDevice { major, minor };
        root.create_node(b"d", &kind, &file_metadata(0o666)).unwrap_err();
    }
    for kind in [EntryKind::Directory, EntryKind::File { bytes: 0, content: vec![], more: false }] {
        let error = root.create_node(b"d", &kind, &file_metadata(0o666)).unwrap_err();
        assert!(matches!(error, TargetError::NotANode { .. }));
    }
    assert!(super::names(&jail.jail()).is_empty());
    made(
        root.create_node(
            b"null",
            &EntryKind::CharDevice { major: 1, minor: 3 },
            &file_metadata(0o666),
        )
        .unwrap(),
    );
    assert_eq!(fs::read(jail.jail().join("null")).unwrap(), b"");
}

#[test]
fn link_targets_of_any_kind_are_stored_or_refused_and_never_used() {
    let jail = Jail::new();
    let root = jail.target(FolderLookup::Openat2).root();
    let link = |target: &[u8]| {
        let kind = EntryKind::Symlink { target: target.to_vec() };
        root.create_node(b"l", &kind, &file_metadata(0o4777))
    };
    for target in [b"".as_slice(), b"a\0b", &[b'x'; 4096]] {
        link(target).unwrap_err();
    }
    let outside = jail.outside("file");
    for target in [std::os::unix::ffi::OsStrExt::as_bytes(outside.as_os_str()), b"..", b"/"] {
        let placed = link(target).unwrap();
        assert!(matches!(placed, Placed::Made { warnings, .. } if warnings.is_empty()));
    }
    assert_eq!(super::names(&jail.jail()), ["l"]);
    jail.assert_outside_untouched();
}

/// What a restore does below `d`, with every error taken as it comes.
fn restore_once(target: &RestoreTarget, round: u32) {
    let metadata = Metadata { mode: 0o6777, uid: 1, gid: 1, ..Metadata::default() };
    let fill = |folder: &TargetFolder| -> Result<(), TargetError> {
        let file = folder.create_file()?;
        file.write_at(b"evil", 0)?;
        let Placed::Made { made, .. } = file.publish(b"x", &metadata)? else { return Ok(()) };
        drop(folder.hard_link(b"y", folder, b"x", made));
        drop(folder.create_node(b"l", &EntryKind::Symlink { target: b"x".to_vec() }, &metadata));
        if let Some(existing) = folder.open_existing(b"x")? {
            drop(existing.keep(&metadata));
        }
        let sub = folder.create_folder(b"sub")?;
        drop(sub.create_file()?.publish(b"deep", &metadata));
        drop(sub.apply_metadata(&metadata));
        drop(folder.apply_metadata(&metadata));
        Ok(())
    };
    for folder in [
        target.root().create_folder(b"d"),
        target.open_folder(&["d"]),
        target.open_folder(&["d", "sub"]),
    ] {
        drop(folder.and_then(|folder| fill(&folder)));
    }
    if round.is_multiple_of(16) {
        drop(target.root().remove(b"d"));
    }
}

#[test]
fn folder_swapped_for_a_link_again_and_again_lets_nothing_out() {
    for lookup in LOOKUPS {
        let jail = Jail::new();
        let (place, link) = (jail.jail().join("d"), jail.jail().join("link"));
        let target = jail.target(lookup);
        let is_done = AtomicBool::new(false);
        let swapped = std::thread::scope(|scope| {
            let swapper = scope.spawn(|| {
                let mut swapped = 0_u32;
                while !is_done.load(Ordering::Relaxed) {
                    drop(symlink(jail.outside("dir"), &link));
                    drop(fs::create_dir(&place));
                    let exchange = RenameFlags::EXCHANGE;
                    if renameat_with(CWD, &place, CWD, &link, exchange).is_ok() {
                        swapped += 1;
                    }
                    drop(fs::remove_dir_all(&link).or_else(|_| fs::remove_file(&link)));
                }
                swapped
            });
            for round in 0..200 {
                restore_once(&target, round);
            }
            is_done.store(true, Ordering::Relaxed);
            swapper.join().unwrap()
        });
        assert!(swapped > 20, "the attack did not take place: {swapped}");
        jail.assert_outside_untouched();
    }
}
