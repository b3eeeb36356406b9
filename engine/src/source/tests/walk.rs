use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};

use super::{Said, as_nobody, is_root_or_skip, said_below, walk_all, walker};
use crate::source::{
    Candidate, EnterVerdict, FailureKind, Folder, KeepAll, Marker, Selection, Verdict, WalkItem,
    WalkOptions, Walker, marker_in,
};

/// A selection made of two closures.
struct By<S, E>(S, E);

impl<S, E> Selection for By<S, E>
where
    S: Fn(&Candidate<'_>) -> Verdict + Send + Sync,
    E: Fn(&Folder) -> EnterVerdict + Send + Sync,
{
    fn select(&self, candidate: &Candidate<'_>) -> Verdict {
        self.0(candidate)
    }
    fn enter(&self, folder: &Folder) -> EnterVerdict {
        self.1(folder)
    }
}

fn enter(name: &str) -> Said {
    Said::Enter(name.to_owned())
}
fn file(name: &str) -> Said {
    Said::File(name.to_owned())
}
fn node(name: &str) -> Said {
    Said::Node(name.to_owned())
}
fn failed(kind: FailureKind, path: &str) -> Said {
    Said::Failed(kind, path.to_owned())
}

/// The plain form: recursion over sorted `read_dir`.
fn model(path: &Path, said: &mut Vec<Said>) {
    let mut names: Vec<_> = fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    for name in names {
        let text = name.as_bytes().escape_ascii().to_string();
        let kind = fs::symlink_metadata(path.join(&name)).unwrap().file_type();
        if kind.is_dir() {
            said.push(Said::Enter(text));
            model(&path.join(&name), said);
            said.push(Said::Leave);
        } else if kind.is_file() {
            said.push(Said::File(text));
        } else {
            assert!(kind.is_symlink() || kind.is_fifo());
            said.push(Said::Node(text));
        }
    }
}

/// A tree of about `count` entries from one seed (splitmix64).
fn grow(top: &Path, count: usize, seed: u64) {
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut folders = vec![top.to_owned()];
    for _ in 0..count {
        let above = folders[usize::try_from(next() % folders.len() as u64).unwrap()].clone();
        let bytes: Vec<u8> = (0..=next() % 12)
            .map(|_| u8::try_from(1 + next() % 255).unwrap())
            .map(|byte| if byte == b'/' { b'-' } else { byte })
            .collect();
        let path = above.join(std::ffi::OsString::from_vec(bytes));
        let made = match next() % 4 {
            0 => fs::create_dir(&path).map(|()| folders.push(path)),
            1 => symlink("nowhere", &path),
            _ => fs::OpenOptions::new().create_new(true).write(true).open(&path).map(drop),
        };
        drop(made); // the name exists already, or is a dot
    }
}

#[test]
fn walk_equals_plain_recursion_for_any_tree() {
    for seed in 0..8 {
        let top = tempfile::tempdir().unwrap();
        grow(top.path(), 400, seed);
        let mut expected = Vec::new();
        model(top.path(), &mut expected);
        let said = said_below(top.path(), walk_all(top.path()).into_iter());
        assert_eq!(said, expected, "seed {seed}");
    }
}

#[test]
fn names_of_a_large_folder_come_sorted_and_complete() {
    let top = tempfile::tempdir().unwrap();
    for number in 0..5000 {
        fs::write(top.path().join(format!("{:x}-{number}", number * 7919 % 5000)), b"").unwrap();
    }
    let items = walk_all(top.path());
    let mut names: Vec<Vec<u8>> = Vec::new();
    for item in &items {
        if let WalkItem::File(found) = item {
            names.push(found.name.clone());
        }
    }
    assert_eq!(names.len(), 5000);
    assert!(names.is_sorted());
}

#[test]
fn roots_merge_into_one_sorted_tree() {
    let top = tempfile::tempdir().unwrap();
    for name in ["b/one/x", "b/two/y", "a/deep/z", "c"] {
        let path = top.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"").unwrap();
    }
    let roots = ["c", "b/two", "a/deep/z", "b/one/x", "b/missing"].map(|n| top.path().join(n));
    let roots: Vec<&Path> = roots.iter().map(PathBuf::as_path).collect();
    let said = said_below(top.path(), walker(&roots, Arc::new(KeepAll)));
    let expected = [
        enter("a"),
        enter("deep"),
        file("z"),
        Said::Leave,
        Said::Leave,
        enter("b"),
        failed(FailureKind::RootMissing, "/b/missing"),
        enter("one"),
        file("x"),
        Said::Leave,
        enter("two"),
        file("y"),
        Said::Leave,
        Said::Leave,
        file("c"),
    ];
    assert_eq!(said, expected);
}

#[test]
fn missing_folder_above_roots_names_each_root() {
    let top = tempfile::tempdir().unwrap();
    let roots = [top.path().join("no/a"), top.path().join("no/b/c")];
    let said = said_below(top.path(), walker(&[&roots[0], &roots[1]], Arc::new(KeepAll)));
    let missing = |path| failed(FailureKind::RootMissing, path);
    assert_eq!(said, [missing("/no/a"), missing("/no/b/c")]);
}

#[test]
fn link_above_a_root_is_followed_and_link_as_root_is_not() {
    let top = tempfile::tempdir().unwrap();
    fs::create_dir_all(top.path().join("real/inner")).unwrap();
    fs::write(top.path().join("real/inner/f"), b"").unwrap();
    symlink("real", top.path().join("link")).unwrap();
    let inner = top.path().join("link/inner");
    let said = said_below(top.path(), walker(&[&inner], Arc::new(KeepAll)));
    assert_eq!(said, [enter("link"), enter("inner"), file("f"), Said::Leave, Said::Leave]);
    let link = top.path().join("link");
    let said = said_below(top.path(), walker(&[&link], Arc::new(KeepAll)));
    assert_eq!(said, [node("link")]);
}

#[test]
fn selection_skips_entries_and_is_asked_about_roots_but_not_above() {
    let top = tempfile::tempdir().unwrap();
    for name in ["root/keep", "root/skip.o", "root/dir/skip.o", "root/gone/x"] {
        let path = top.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"12345").unwrap();
    }
    let root = top.path().join("root");
    let root_bytes = root.as_os_str().as_bytes().to_vec();
    let select = move |candidate: &Candidate<'_>| {
        assert!(candidate.path.starts_with(&root_bytes));
        assert!(candidate.path.ends_with(candidate.name));
        assert_eq!(candidate.is_root, candidate.path == root_bytes);
        let is_out = candidate.name.ends_with(b".o") || candidate.name == b"gone";
        if is_out { Verdict::Skip } else { Verdict::Keep }
    };
    let selection = By(select, |_: &Folder| EnterVerdict::Descend);
    let said = said_below(top.path(), walker(&[&root], Arc::new(selection)));
    let expected = [enter("root"), enter("dir"), Said::Leave, file("keep"), Said::Leave];
    assert_eq!(said, expected);

    let none = By(|_: &Candidate<'_>| Verdict::Skip, |_: &Folder| EnterVerdict::Descend);
    assert_eq!(said_below(top.path(), walker(&[&root], Arc::new(none))), []);
}

#[test]
fn marked_folder_keeps_its_marker_only() {
    let top = tempfile::tempdir().unwrap();
    let tag = b"Signature: 8a477f597d28d172789f06886806bc55\n# made by a test\n";
    for (name, content) in [
        ("cache/CACHEDIR.TAG", tag.as_slice()),
        ("cache/data", b""),
        ("false/CACHEDIR.TAG", b"Signature: of something else, longer than the real one"),
        ("false/data", b""),
        ("nobackup/.nobackup", b""),
        ("nobackup/sub/data", b""),
    ] {
        let path = top.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    fs::create_dir(top.path().join("linked")).unwrap();
    symlink("../cache/CACHEDIR.TAG", top.path().join("linked/CACHEDIR.TAG")).unwrap();

    let markers = [Marker::cachedir_tag(), Marker::parse(b".nobackup").unwrap()];
    let by_marker = move |folder: &Folder| match marker_in(folder, &markers) {
        Some(marker) => EnterVerdict::KeepOnly(vec![marker.name.clone()]),
        None => EnterVerdict::Descend,
    };
    let selection = By(|_: &Candidate<'_>| Verdict::Keep, by_marker);
    let said = said_below(top.path(), walker(&[top.path()], Arc::new(selection)));
    let expected = [
        enter("cache"),
        file("CACHEDIR.TAG"),
        Said::Leave,
        enter("false"),
        file("CACHEDIR.TAG"),
        file("data"),
        Said::Leave,
        enter("linked"),
        node("CACHEDIR.TAG"),
        Said::Leave,
        enter("nobackup"),
        file(".nobackup"),
        Said::Leave,
    ];
    assert_eq!(said, expected);
    assert_eq!(Marker::parse(b"a:b:c").unwrap().header, b"b:c");
    assert_eq!(Marker::parse(b"../x"), None);
}

#[test]
fn entry_that_vanishes_after_listing_is_named() {
    let top = tempfile::tempdir().unwrap();
    for name in ["a", "b", "c"] {
        fs::write(top.path().join(name), b"").unwrap();
    }
    let doomed = top.path().join("b");
    let select = move |candidate: &Candidate<'_>| {
        if candidate.name == b"a" {
            fs::remove_file(&doomed).unwrap();
        }
        Verdict::Keep
    };
    let selection = By(select, |_: &Folder| EnterVerdict::Descend);
    let said = said_below(top.path(), walker(&[top.path()], Arc::new(selection)));
    assert_eq!(said, [file("a"), failed(FailureKind::Vanished, "/b"), file("c")]);
}

#[test]
fn folder_swapped_for_a_link_is_not_entered() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), b"").unwrap();
    let top = tempfile::tempdir().unwrap();
    let victim = top.path().join("folder");
    fs::create_dir(&victim).unwrap();
    let secret = outside.path().to_owned();
    let select = move |candidate: &Candidate<'_>| {
        // The stat is taken, the folder not yet open.
        if candidate.name == b"folder" {
            fs::remove_dir(&victim).unwrap();
            symlink(&secret, &victim).unwrap();
        }
        Verdict::Keep
    };
    let selection = By(select, |_: &Folder| EnterVerdict::Descend);
    let said = said_below(top.path(), walker(&[top.path()], Arc::new(selection)));
    assert_eq!(said, [failed(FailureKind::Replaced, "/folder")]);
}

#[test]
fn unreadable_folder_is_kept_empty_and_named() {
    if !is_root_or_skip("unreadable folders") {
        return;
    }
    let top = tempfile::tempdir().unwrap();
    fs::set_permissions(top.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(top.path().join("closed")).unwrap();
    fs::write(top.path().join("closed/x"), b"").unwrap();
    fs::write(top.path().join("open"), b"").unwrap();
    fs::set_permissions(top.path().join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    let items = as_nobody(|| walk_all(top.path()));
    let closed = items.iter().find_map(|item| match item {
        WalkItem::Enter { name, folder } if name == b"closed" => Some(folder.stat().mode),
        _ => None,
    });
    assert_eq!(closed, Some(0o700));
    let said = said_below(top.path(), items.into_iter());
    let refused = failed(FailureKind::Unreadable, "/closed");
    assert_eq!(said, [enter("closed"), refused, Said::Leave, file("open")]);
}

#[test]
fn paths_longer_than_the_system_limit_are_walked_and_read() {
    let top = tempfile::tempdir().unwrap();
    let name = [b'd'; 200];
    let mut dir = openat(CWD, top.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..30 {
        mkdirat(&dir, name.as_slice(), Mode::RWXU).unwrap();
        dir = openat(&dir, name.as_slice(), OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    let flags = OFlags::CREATE | OFlags::WRONLY;
    let bottom = openat(&dir, b"bottom".as_slice(), flags, Mode::RUSR).unwrap();
    rustix::io::write(&bottom, b"deep").unwrap();
    let items = walk_all(top.path());
    let found = items.iter().find_map(|item| match item {
        WalkItem::File(found) => Some(found),
        _ => None,
    });
    let found = found.expect("the file at the bottom");
    assert!(found.path().len() > 30 * 201);
    assert_eq!(found.folder.read_small(b"bottom", 100).unwrap().as_deref(), Some(&b"deep"[..]));
    drop(items);
    // remove_dir_all works by descriptors, too; a plain rm of the temporary folder must do.
    top.close().unwrap();
}

#[test]
fn one_file_system_keeps_mount_points_empty() {
    let device_of =
        |path: &str| fs::metadata(path).map(|m| std::os::unix::fs::MetadataExt::dev(&m));
    let (Ok(dev), Ok(pts)) = (device_of("/dev"), device_of("/dev/pts")) else {
        return skip("no /dev/pts");
    };
    if dev == pts {
        return skip("/dev/pts is not a file system of its own");
    }
    let select = |candidate: &Candidate<'_>| {
        let is_wanted = candidate.is_root || candidate.name == b"pts" || candidate.name == b"ptmx";
        if is_wanted { Verdict::Keep } else { Verdict::Skip }
    };
    let selection = Arc::new(By(select, |_: &Folder| EnterVerdict::Descend));
    let options = WalkOptions { one_file_system: true, selection };
    let said = said_below(Path::new("/dev"), Walker::new(&["/dev".into()], options).unwrap());
    let at = said.iter().position(|said| *said == enter("pts")).unwrap();
    assert_eq!(said[at + 1], Said::Leave);
}

#[expect(clippy::print_stderr, reason = "a skipped test is named")]
fn skip(why: &str) {
    eprintln!("SKIPPED: one file system: {why}");
}
