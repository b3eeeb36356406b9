use std::fs;
use std::os::unix::fs::symlink;

use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};

use super::{names, open, options};

#[test]
fn removal_counts_entries_and_never_follows_links() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("precious"), b"").unwrap();
    let top = tempfile::tempdir().unwrap();
    fs::create_dir_all(top.path().join("d/e/f")).unwrap();
    fs::write(top.path().join("d/e/x"), b"").unwrap();
    symlink(outside.path(), top.path().join("d/e/link")).unwrap();
    symlink(outside.path(), top.path().join("link")).unwrap();
    let root = open(top.path(), options()).root();
    assert_eq!(root.remove(b"d").unwrap(), 5);
    assert_eq!(root.remove(b"link").unwrap(), 1);
    assert_eq!(root.remove(b"absent").unwrap(), 0);
    root.remove(b"..").unwrap_err();
    assert!(names(top.path()).is_empty());
    assert_eq!(names(outside.path()), ["precious"]);
}

#[test]
fn removal_reaches_below_the_longest_path() {
    let top = tempfile::tempdir().unwrap();
    let name = [b'd'; 200];
    let mut dir = openat(CWD, top.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..30 {
        mkdirat(&dir, name.as_slice(), Mode::RWXU).unwrap();
        dir = openat(&dir, name.as_slice(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    assert_eq!(open(top.path(), options()).root().remove(&name).unwrap(), 30);
    assert!(names(top.path()).is_empty());
}

#[test]
fn names_of_a_folder_are_listed_again_and_again() {
    let top = tempfile::tempdir().unwrap();
    for name in ["b", "a", "c"] {
        fs::write(top.path().join(name), b"").unwrap();
    }
    let root = open(top.path(), options()).root();
    for _ in 0..2 {
        let list = root.names().unwrap();
        assert_eq!(list.iter().collect::<Vec<_>>(), [b"a", b"b", b"c"]);
    }
}
