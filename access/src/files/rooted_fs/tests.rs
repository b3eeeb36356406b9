//! Goal: nothing outside the root is ever opened, nothing but regular files is read, and the page
//! cache stays as it was. Method: a real folder with all that may lie in one. If it fails, an
//! agent serves a file that its source does not hold, hangs on a pipe, or drives out what its
//! server keeps warm.
#![expect(clippy::disallowed_methods, reason = "the tests lay out real files")]

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use super::open::{Wanted, open_below, open_by_parts, stat_of};
use super::{RootedFs, RootedSpool};
use crate::error::Error;
use crate::files::access_fs::{AccessFs, ChangeKind, EntryKind, FsEvent, FsRoot, SpoolFolder};

fn root_of(folder: &Path) -> Arc<dyn FsRoot> {
    RootedFs::new(folder).open_root().unwrap()
}

fn read(root: &dyn FsRoot, path: &str) -> Result<Vec<u8>, Error> {
    let file = root.open_file(path.as_bytes())?;
    let mut bytes = vec![0; usize::try_from(file.stat()?.bytes).unwrap() + 1];
    let read = file.read_at(0, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// `outside/secret` beside `root/` with a file, folders and all that is no file.
fn laid_out() -> TempDir {
    let folder = TempDir::new().unwrap();
    let at = |path: &str| folder.path().join(path);
    for made in ["outside", "root", "root/a", "root/a/b"] {
        fs::create_dir(at(made)).unwrap();
    }
    fs::write(at("outside/secret"), "secret").unwrap();
    fs::write(at("root/a/b/file"), "content").unwrap();
    symlink("../outside", at("root/link_out")).unwrap();
    symlink("a", at("root/link_in")).unwrap();
    symlink("b/file", at("root/a/link_to_file")).unwrap();
    mknodat(CWD, at("root/pipe"), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("root/socket")).unwrap();
    folder
}

#[test]
fn only_regular_files_below_the_root_are_opened() {
    let folder = laid_out();
    let root = root_of(&folder.path().join("root"));
    assert_eq!(read(&*root, "a/b/file").unwrap(), b"content");
    for link in ["link_out/secret", "link_out", "link_in/b/file", "a/link_to_file"] {
        assert!(matches!(read(&*root, link), Err(Error::Changed)), "{link}");
    }
    for other in ["pipe", "socket", "a", "a/b", "", "a/b/file/x", "../outside/secret", "a/../a"] {
        let refused = read(&*root, other);
        assert!(matches!(refused, Err(Error::Unsupported(_) | Error::Changed)), "{other}");
    }
    assert!(matches!(read(&*root, "a/none"), Err(Error::Gone)));
    assert!(matches!(read(&*root, "none/a"), Err(Error::Gone)));
}

#[test]
fn paths_are_refused_part_by_part_as_the_kernel_refuses_them() {
    let folder = laid_out();
    let fs = RootedFs::new(folder.path().join("root"));
    let identity = fs.open_root().unwrap().identity();
    let root = fs::File::open(folder.path().join("root")).unwrap();
    let reached = |opened: Result<_, Error>| match opened {
        Ok(fd) => Ok(stat_of(&fd).unwrap().ino),
        Err(error) => Err(error.reason() == crate::Reason::Gone),
    };
    for path in [
        "a/b/file",
        "a/b",
        "a",
        ".",
        "link_out/secret",
        "link_out",
        "link_in/b/file",
        "none",
        "a/link_to_file",
        "a/b/file/x",
        "../outside/secret",
        "a/../a/b/file",
    ] {
        for wanted in [Wanted::File, Wanted::Folder] {
            let by_parts = open_by_parts(&root, path.as_bytes(), wanted, &identity);
            let by_kernel = open_below(&root, path.as_bytes(), wanted, &identity);
            // The kernel lets `..` stay within the root; here it is refused as such.
            if path == "a/../a/b/file" {
                assert!(by_parts.is_err());
            } else {
                assert_eq!(reached(by_parts), reached(by_kernel), "{path} {wanted:?}");
            }
        }
    }
}

#[test]
fn other_file_systems_are_not_entered() {
    // /proc lies in the root and is always another file system.
    let root = root_of(Path::new("/"));
    for path in ["proc/version", "proc"] {
        let refused = root.open_folder(path.as_bytes()).map(|_| ());
        assert!(matches!(refused, Err(Error::Unsupported("not on the root's file system"))));
    }
}

#[test]
fn folder_is_listed_with_the_kinds_of_its_names() {
    let folder = laid_out();
    let root = root_of(&folder.path().join("root"));
    let open = root.open_folder(b"").unwrap();
    for _again in 0..2 {
        let mut found = BTreeMap::new();
        open.read(&mut |entry| {
            found.insert(String::from_utf8(entry.name.to_vec()).unwrap(), entry.kind);
            ControlFlow::Continue(())
        })
        .unwrap();
        let kinds = |kind| {
            let names = found.iter().filter(move |(_, found)| **found == kind);
            names.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(kinds(EntryKind::Folder), ["a"]);
        assert_eq!(kinds(EntryKind::Other), ["link_in", "link_out", "pipe", "socket"]);
    }
    let stat = root.open_folder(b"a/b").unwrap().stat(b"file").unwrap();
    let std = fs::metadata(folder.path().join("root/a/b/file")).unwrap();
    assert_eq!((stat.ino, stat.bytes, stat.nlink), (std.ino(), 7, 1));
    assert_eq!(stat.mtime_ns, std.mtime() * 1_000_000_000 + std.mtime_nsec());
    assert_eq!(stat.ctime_ns, std.ctime() * 1_000_000_000 + std.ctime_nsec());
}

#[test]
fn link_into_the_spool_is_of_the_file_that_was_meant() {
    let folder = laid_out();
    let root = root_of(&folder.path().join("root"));
    let spool = folder.path().join("outside");
    let stat = root.open_file(b"a/b/file").unwrap().stat().unwrap();
    root.link(b"a/b/file", &stat, &spool, "kept").unwrap();
    assert_eq!(fs::metadata(spool.join("kept")).unwrap().ino(), stat.ino);
    fs::remove_file(folder.path().join("root/a/b/file")).unwrap();
    assert_eq!(fs::read(spool.join("kept")).unwrap(), b"content");
    fs::write(folder.path().join("root/a/b/file"), "another").unwrap();
    assert!(matches!(root.link(b"a/b/file", &stat, &spool, "other"), Err(Error::Changed)));
    assert!(!spool.join("other").exists());
}

#[test]
fn spool_folder_opens_removes_and_sweeps_its_links() {
    let folder = laid_out();
    let root = root_of(&folder.path().join("root"));
    let stat = root.open_file(b"a/b/file").unwrap().stat().unwrap();
    let spool = RootedSpool::create(folder.path().join("spool")).unwrap();
    for name in ["one", "two", "three"] {
        root.link(b"a/b/file", &stat, spool.path(), name).unwrap();
    }
    let mut bytes = [0; 7];
    assert_eq!(spool.open_file("one").unwrap().read_at(0, &mut bytes).unwrap(), 7);
    assert_eq!(&bytes, b"content");
    spool.remove("one").unwrap();
    assert!(matches!(spool.open_file("one"), Err(Error::Gone)));
    let again = RootedSpool::create(folder.path().join("spool")).unwrap();
    assert_eq!(again.sweep().unwrap(), 2);
    assert_eq!(root.open_file(b"a/b/file").unwrap().stat().unwrap().nlink, 1);
}

#[test]
fn events_name_what_happened_in_watched_folders_only() {
    let folder = laid_out();
    let root = root_of(&folder.path().join("root"));
    let mut watcher = root.watcher(true).unwrap();
    watcher.watch(b"a").unwrap();
    watcher.watch(b"a/b").unwrap();
    assert!(watcher.watch(b"link_in").is_err());
    let at = |path: &str| folder.path().join("root").join(path);
    fs::write(at("a/new"), "x").unwrap();
    fs::write(at("unwatched"), "x").unwrap();
    fs::rename(at("a/new"), at("a/b/new")).unwrap();
    fs::remove_file(at("a/b/new")).unwrap();
    let mut told = Vec::new();
    let mut cookies = Vec::new();
    for event in watcher.events().unwrap() {
        let FsEvent::Change { folder, name, kind, is_folder } = event else {
            panic!("{event:?}");
        };
        assert!(name == b"new" && !is_folder);
        if let ChangeKind::MovedFrom(cookie) | ChangeKind::MovedTo(cookie) = kind {
            cookies.push(cookie);
        }
        told.push((String::from_utf8(folder).unwrap(), std::mem::discriminant(&kind)));
    }
    let expected = [
        ("a", ChangeKind::Created),
        ("a", ChangeKind::Modified),
        ("a", ChangeKind::ClosedAfterWriting),
        ("a", ChangeKind::MovedFrom(0)),
        ("a/b", ChangeKind::MovedTo(0)),
        ("a/b", ChangeKind::Removed),
    ];
    let expected =
        expected.map(|(folder, kind)| (folder.to_owned(), std::mem::discriminant(&kind)));
    assert_eq!(told, expected);
    assert!(cookies.len() == 2 && cookies[0] == cookies[1]);
    watcher.forget(b"a");
    fs::write(at("a/more"), "x").unwrap();
    fs::remove_dir_all(at("a/b")).unwrap();
    let gone = FsEvent::FolderGone { folder: b"a/b".to_vec() };
    let events = watcher.events().unwrap();
    assert!(events.contains(&gone), "{events:?}");
    assert!(events.iter().all(|event| match event {
        FsEvent::Change { folder, .. } => folder == b"a/b",
        _ => true,
    }));
}

#[test]
fn root_is_told_from_one_that_takes_its_name() {
    let folder = laid_out();
    let fs = RootedFs::new(folder.path().join("root"));
    let before = fs.open_root().unwrap();
    assert_eq!(before.identity(), fs.open_root().unwrap().identity());
    fs::rename(folder.path().join("root"), folder.path().join("old")).unwrap();
    assert!(matches!(fs.open_root(), Err(Error::Gone)));
    fs::create_dir(folder.path().join("root")).unwrap();
    assert_ne!(before.identity(), fs.open_root().unwrap().identity());
    assert_eq!(read(&*before, "a/b/file").unwrap(), b"content");
}

/// Bytes of `path` from `offset` on that are resident: what is read without waiting.
fn resident(path: &Path, offset: u64, bytes: usize) -> usize {
    let file = fs::File::open(path).unwrap();
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::Random).unwrap();
    let mut buffer = vec![0; bytes];
    let buffers = &mut [std::io::IoSliceMut::new(&mut buffer)];
    rustix::io::preadv2(&file, buffers, offset, rustix::io::ReadWriteFlags::NOWAIT).unwrap_or(0)
}

fn drop_from_cache(path: &Path) {
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.sync_all().unwrap();
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
}

#[test]
fn ranges_resident_before_are_resident_after_and_others_are_not() {
    const MIB: usize = 1 << 20;
    // `TMPFS_MAGIC`: there everything is resident for ever.
    const MEMORY_FS: i64 = 0x0102_1994;
    // Not in the folder for temporary files, which may be in memory.
    let folder = TempDir::new_in(env!("CARGO_MANIFEST_DIR")).unwrap();
    if rustix::fs::statfs(folder.path()).unwrap().f_type == MEMORY_FS {
        return;
    }
    let body: Vec<u8> = (0..=250).cycle().take(4 * MIB).collect();
    let root = root_of(folder.path());
    for step in [4 * MIB, 100_000] {
        // The kernel keeps a page that it is busy with, now and then: on another file it is not.
        let is_cold = (0..8).any(|attempt| {
            // A file each: asking whether a page is resident begins to read it.
            let name = format!("{step}-{attempt}");
            let path = folder.path().join(&name);
            fs::write(&path, &body).unwrap();
            drop_from_cache(&path);
            // The server reads the second megabyte.
            let warm = fs::File::open(&path).unwrap();
            rustix::fs::fadvise(&warm, 0, None, rustix::fs::Advice::Random).unwrap();
            let mut buffer = vec![0; MIB];
            std::os::unix::fs::FileExt::read_exact_at(&warm, &mut buffer, MIB as u64).unwrap();
            let file = root.open_file(name.as_bytes()).unwrap();
            let mut read = Vec::new();
            let mut part = vec![0; step];
            while read.len() < body.len() {
                let bytes = file.read_at(read.len() as u64, &mut part).unwrap();
                assert!(bytes > 0);
                read.extend_from_slice(&part[..bytes]);
            }
            assert!(read == body);
            assert_eq!(resident(&path, MIB as u64, MIB), MIB, "what the server read stays");
            let cold = [0, MIB - 1, 2 * MIB, 3 * MIB, 4 * MIB - 1];
            cold.iter().all(|offset| resident(&path, *offset as u64, 1) == 0)
        });
        assert!(is_cold, "by {step}");
    }
}

#[test]
fn lock_of_a_writer_is_seen_whoever_holds_it() {
    use nix::fcntl::{FcntlArg, fcntl};
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("mbox");
    fs::write(&path, "x").unwrap();
    let file = root_of(folder.path()).open_file(b"mbox").unwrap();
    assert!(!file.is_locked().unwrap());
    // Of an open file description: no process holds it.
    let writer = fs::File::options().write(true).open(&path).unwrap();
    let lock = nix::libc::flock {
        l_type: i16::try_from(nix::libc::F_WRLCK).unwrap(),
        l_whence: 0,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    };
    fcntl(&writer, FcntlArg::F_OFD_SETLK(&lock)).unwrap();
    assert!(file.is_locked().unwrap());
    drop(writer);
    assert!(!file.is_locked().unwrap());
}
