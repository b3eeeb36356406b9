use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileExt, symlink};
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::find;
use crate::source::{Extent, FailureKind, OpenFile};

fn extents(file: &mut OpenFile) -> Vec<Extent> {
    std::iter::from_fn(|| file.next_extent().unwrap()).collect()
}

fn read(file: &OpenFile, offset: u64, bytes: u64) -> Vec<u8> {
    let mut content = Vec::new();
    file.data(offset, bytes).read_to_end(&mut content).unwrap();
    content
}

fn open(top: &Path, name: &str) -> OpenFile {
    OpenFile::open(&find(top, name.as_bytes())).unwrap()
}

#[test]
fn ordinary_file_is_one_extent() {
    let top = tempfile::tempdir().unwrap();
    fs::write(top.path().join("f"), vec![7; 10_000]).unwrap();
    let mut file = open(top.path(), "f");
    assert_eq!(extents(&mut file), [Extent::Data { offset: 0, bytes: 10_000 }]);
    assert_eq!(read(&file, 0, 10_000), vec![7; 10_000]);
    assert_eq!(read(&file, 9_990, 5), vec![7; 5]);
    assert_eq!(file.change().unwrap(), None);
}

#[test]
fn empty_file_is_one_empty_extent() {
    let top = tempfile::tempdir().unwrap();
    fs::write(top.path().join("f"), b"").unwrap();
    let mut file = open(top.path(), "f");
    assert_eq!(extents(&mut file), [Extent::Data { offset: 0, bytes: 0 }]);
    assert_eq!(read(&file, 0, 0), b"");
}

#[test]
fn holes_are_found_in_front_between_and_behind() {
    const MIB: u64 = 1 << 20;
    let top = tempfile::tempdir().unwrap();
    let sparse = File::create(top.path().join("f")).unwrap();
    sparse.set_len(5 << 30).unwrap();
    sparse.write_all_at(&[1; 4096], MIB).unwrap();
    sparse.write_all_at(&[2; 8192], 4 * MIB).unwrap();
    let mut file = open(top.path(), "f");
    let last = 4 * MIB + 8192;
    let expected = [
        Extent::Hole { offset: 0, bytes: MIB },
        Extent::Data { offset: MIB, bytes: 4096 },
        Extent::Hole { offset: MIB + 4096, bytes: 3 * MIB - 4096 },
        Extent::Data { offset: 4 * MIB, bytes: 8192 },
        Extent::Hole { offset: last, bytes: (5 << 30) - last },
    ];
    assert_eq!(extents(&mut file), expected);
    assert_eq!(read(&file, 4 * MIB, 8192), vec![2; 8192]);
}

#[test]
fn file_of_holes_only_is_one_hole() {
    let top = tempfile::tempdir().unwrap();
    File::create(top.path().join("f")).unwrap().set_len(12_345).unwrap();
    let mut file = open(top.path(), "f");
    assert_eq!(extents(&mut file), [Extent::Hole { offset: 0, bytes: 12_345 }]);
}

#[test]
fn change_while_read_is_seen_and_growth_is_not_read() {
    let top = tempfile::tempdir().unwrap();
    let path = top.path().join("f");
    fs::write(&path, vec![1; 5000]).unwrap();
    let mut grown = open(top.path(), "f");
    File::options().append(true).open(&path).unwrap().set_len(9000).unwrap();
    assert_eq!(extents(&mut grown), [Extent::Data { offset: 0, bytes: 5000 }]);
    assert_eq!(read(&grown, 0, 5000).len(), 5000);
    let change = grown.change().unwrap().unwrap();
    assert_eq!((change.before.bytes, change.after.bytes), (5000, 9000));

    let shrunk = open(top.path(), "f");
    File::options().write(true).open(&path).unwrap().set_len(10).unwrap();
    assert_eq!(read(&shrunk, 0, 9000).len(), 10);
    assert!(shrunk.change().unwrap().is_some());
}

#[test]
fn sparse_file_that_shrinks_ends_its_extents() {
    let top = tempfile::tempdir().unwrap();
    let path = top.path().join("f");
    let sparse = File::create(&path).unwrap();
    sparse.write_all_at(&[1; 4096], 1 << 20).unwrap();
    sparse.set_len(2 << 20).unwrap();
    let mut file = open(top.path(), "f");
    assert_eq!(file.next_extent().unwrap(), Some(Extent::Hole { offset: 0, bytes: 1 << 20 }));
    sparse.set_len(10).unwrap();
    let rest = extents(&mut file);
    assert_eq!(rest, [Extent::Hole { offset: 1 << 20, bytes: 1 << 20 }]);
}

#[test]
fn file_that_was_swapped_is_refused_and_does_not_block() {
    type Swap = fn(&Path);
    let swaps: [(Swap, FailureKind); 5] = [
        (|path| symlink("/etc/passwd", path).unwrap(), FailureKind::Replaced),
        (|path| mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).unwrap(), FailureKind::Replaced),
        (|path| fs::create_dir(path).unwrap(), FailureKind::Replaced),
        (|path| fs::write(path, b"another file").unwrap(), FailureKind::Replaced),
        (|_| {}, FailureKind::Vanished),
    ];
    for (swap, kind) in swaps {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("f");
        fs::write(&path, b"listed").unwrap();
        let found = find(top.path(), b"f");
        // Held open, so that its inode number is not given to the new file.
        let _held = File::open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        swap(&path);
        let failure = OpenFile::open(&found).unwrap_err();
        assert_eq!(failure.kind, kind, "{failure:?}");
    }
}

#[test]
fn pseudo_file_without_a_size_is_read_to_its_end() {
    let mut file = open(Path::new("/proc/self/status"), "status");
    assert_eq!(extents(&mut file), [Extent::Data { offset: 0, bytes: 0 }]);
    assert!(read(&file, 0, 0).starts_with(b"Name:"));
}
