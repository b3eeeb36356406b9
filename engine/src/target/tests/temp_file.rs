use std::fs;

use super::{file_metadata, made, names, open, options};
use crate::target::TargetError;

#[test]
fn dropped_file_leaves_nothing_behind() {
    let top = tempfile::tempdir().unwrap();
    let root = open(top.path(), options()).root();
    let file = root.create_file().unwrap();
    assert_eq!(names(top.path()).len(), 1);
    drop(file);
    assert!(names(top.path()).is_empty());
}

#[test]
fn parked_file_is_resumed_with_its_bytes() {
    let top = tempfile::tempdir().unwrap();
    let root = open(top.path(), options()).root();
    let file = root.create_file().unwrap();
    file.preallocate(1 << 20);
    file.write_at(b"world", 6).unwrap();
    let parked = file.park();
    assert_eq!(names(top.path()).len(), 1);
    let file = root.resume_file(parked).unwrap();
    file.write_at(b"hello ", 0).unwrap();
    let mut buffer = [0; 20];
    assert_eq!(file.read_at(&mut buffer, 0).unwrap(), 11);
    file.set_bytes(11).unwrap();
    file.sync().unwrap();
    made(file.publish(b"f", &file_metadata(0o600)).unwrap());
    assert_eq!(fs::read(top.path().join("f")).unwrap(), b"hello world");

    let parked = root.create_file().unwrap().park();
    root.discard_file(parked);
    assert_eq!(names(top.path()), ["f"]);
}

#[test]
fn parked_file_that_was_swapped_is_refused() {
    let top = tempfile::tempdir().unwrap();
    let root = open(top.path(), options()).root();
    let file = root.create_file().unwrap();
    let _held = rustix::io::dup(&file).unwrap();
    let parked = file.park();
    let temp = top.path().join(&names(top.path())[0]);
    fs::remove_file(&temp).unwrap();
    fs::write(&temp, b"another").unwrap();
    let refused = root.resume_file(parked).unwrap_err();
    assert!(matches!(refused, TargetError::NotMadeHere { .. }), "{refused:?}");
    assert_eq!(fs::read(&temp).unwrap(), b"another");
}

#[test]
fn temporary_names_that_are_taken_are_passed_over() {
    let top = tempfile::tempdir().unwrap();
    // Two restores with one seed: what a bad random source would do.
    let first = open(top.path(), options()).root();
    let second = open(top.path(), options()).root();
    let files: Vec<_> = (0..5)
        .flat_map(|_| [first.create_file().unwrap(), second.create_file().unwrap()])
        .collect();
    assert_eq!(names(top.path()).len(), files.len());
}

#[test]
fn incomplete_file_is_kept_under_a_telling_name_that_fits() {
    let top = tempfile::tempdir().unwrap();
    let root = open(top.path(), options()).root();
    for content in [b"one", b"two"] {
        let file = root.create_file().unwrap();
        file.write_at(content, 0).unwrap();
        assert_eq!(file.keep_incomplete(b"f").unwrap(), b"f.gleaner-incomplete");
    }
    assert_eq!(fs::read(top.path().join("f.gleaner-incomplete")).unwrap(), b"two");
    let long = root.create_file().unwrap().keep_incomplete(&[b'n'; 255]).unwrap();
    assert_eq!(long.len(), 255);
    assert!(long.ends_with(b"nn.gleaner-incomplete"));
    root.create_file().unwrap().keep_incomplete(b"../f").unwrap_err();
    assert_eq!(names(top.path()).len(), 2);
}

#[test]
fn threads_write_one_file_together() {
    let top = tempfile::tempdir().unwrap();
    let file = open(top.path(), options()).root().create_file().unwrap();
    std::thread::scope(|scope| {
        for part in 0..8u8 {
            let file = &file;
            scope.spawn(move || {
                for block in 0..50u64 {
                    let offset = (block * 8 + u64::from(part)) * 1000;
                    file.write_at(&[part; 1000], offset).unwrap();
                }
            });
        }
    });
    made(file.publish(b"f", &file_metadata(0o600)).unwrap());
    let content = fs::read(top.path().join("f")).unwrap();
    assert_eq!(content.len(), 400_000);
    assert!(
        content.chunks(1000).enumerate().all(|(i, c)| c.iter().all(|&b| usize::from(b) == i % 8))
    );
}
