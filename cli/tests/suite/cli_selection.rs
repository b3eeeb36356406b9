//! Goal: what the `--exclude` family and `--files-from` name is what is saved. Lost if this fails:
//! data that the user believes in is not in the snapshot.

use std::collections::BTreeSet;

use crate::sandbox::Sandbox;

/// Names below `src` in the latest snapshot.
fn saved(sandbox: &Sandbox) -> BTreeSet<String> {
    let prefix = format!("{}/", sandbox.source());
    let lines = sandbox.run(["ls", "--json", "latest"]).expect(0).lines();
    lines
        .iter()
        .filter_map(|line| line["path"].as_str()?.strip_prefix(&prefix).map(str::to_owned))
        .collect()
}

fn saved_with(flags: &[&str]) -> BTreeSet<String> {
    let sandbox = tree();
    sandbox.backup_with(flags);
    saved(&sandbox)
}

fn tree() -> Sandbox {
    let sandbox = Sandbox::with_repository();
    sandbox.write("src/KEEP.TMP", b"x");
    sandbox.write("src/cache/CACHEDIR.TAG", b"Signature: 8a477f597d28d172789f06886806bc55\n");
    sandbox.write("src/cache/data", b"x");
    sandbox.write("src/marked/.nobackup", b"");
    sandbox.write("src/marked/data", b"x");
    sandbox.write("patterns", b"# comment\n\n  folder/deep \n");
    sandbox
}

fn all() -> BTreeSet<String> {
    let names = "KEEP.TMP a.txt cache cache/CACHEDIR.TAG cache/data folder folder/b.txt \
                 folder/deep folder/deep/c.tmp link marked marked/.nobackup marked/data";
    names.split_whitespace().map(str::to_owned).collect()
}

fn without(names: &str) -> BTreeSet<String> {
    let mut rest = all();
    for name in names.split_whitespace() {
        assert!(rest.remove(name), "{name}");
    }
    rest
}

#[test]
fn patterns_leave_out_what_they_match() {
    assert_eq!(saved_with(&[]), all());
    assert_eq!(saved_with(&["-e", "*.tmp"]), without("folder/deep/c.tmp"));
    assert_eq!(saved_with(&["--iexclude", "*.tmp"]), without("folder/deep/c.tmp KEEP.TMP"));
    let deep = without("folder/deep folder/deep/c.tmp");
    assert_eq!(saved_with(&["-e", "folder/deep"]), deep);
    assert_eq!(saved_with(&["--exclude-file", "patterns"]), deep);
    let kept = saved_with(&["-e", "*.t*", "-e", "!a.txt"]);
    assert_eq!(kept, without("folder/b.txt folder/deep/c.tmp"));
    assert_eq!(saved_with(&["-e", "*", "--no-exclude"]), all());
}

#[test]
fn markers_and_sizes_leave_out_too() {
    assert_eq!(saved_with(&["--exclude-caches"]), without("cache/data"));
    let marked = saved_with(&["--exclude-if-present", ".nobackup"]);
    assert_eq!(marked, without("marked/data"));
    assert_eq!(saved_with(&["--exclude-larger-than", "10K"]), without("folder/b.txt"));
}

#[test]
fn ignore_files_of_the_source_leave_out_where_asked() {
    let sandbox = tree();
    sandbox.write("src/.gleanerignore", b"# here and below\n*.tmp\n/a.txt\n/b.txt\ncache\n");
    sandbox.write("src/folder/.gleanerignore", b"!c.tmp\n/deep/x\n[a\n");
    sandbox.write("src/folder/deep/x", b"x");
    sandbox.write("src/folder/a.txt", b"x");
    sandbox.write("src/z.tmp", b"x");
    let source = sandbox.source();
    sandbox.run(["backup", "--no-ignore-files", &source]).expect(0);
    assert!(saved(&sandbox).contains("z.tmp"));
    let ran = sandbox.run(["backup", "--json", "--ignore-files", &source]).expect(0);
    let warning = ran.lines().into_iter().find(|line| line["message_type"] == "warning").unwrap();
    let ignore_file = format!("{source}/folder/.gleanerignore");
    assert_eq!(warning["item"], ignore_file.as_str(), "a pattern that is none is reported");
    let mut expected = without("a.txt cache cache/CACHEDIR.TAG cache/data");
    expected.extend([".gleanerignore", "folder/.gleanerignore", "folder/a.txt"].map(str::to_owned));
    assert_eq!(saved(&sandbox), expected);
}

#[test]
fn lists_name_what_is_saved() {
    let sandbox = tree();
    let source = sandbox.source();
    let folder = sandbox.source() + "/folder";
    sandbox.write("globs", format!("# list\n{source}/*.txt\n{source}/[f]older\n").as_bytes());
    sandbox.write("verbatim", format!("{source}/a.txt\n{folder}\n").as_bytes());
    sandbox.write("raw", format!("{source}/a.txt\0{folder}\0").as_bytes());
    let expected: BTreeSet<String> = "a.txt folder folder/b.txt folder/deep folder/deep/c.tmp"
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    for flag in [["--files-from", "globs"], ["--files-from-verbatim", "verbatim"]] {
        sandbox.run(["backup"].iter().chain(&flag)).expect(0);
        assert_eq!(saved(&sandbox), expected, "{flag:?}");
    }
    sandbox.run(["backup", "--files-from-raw", "raw"]).expect(0);
    assert_eq!(saved(&sandbox), expected);
    sandbox.write("raw", b"/no/end");
    sandbox.run(["backup", "--json", "--files-from-raw", "raw"]).expect_error(2, "usage");
}

#[test]
fn an_unchanged_tree_is_skipped_where_asked() {
    let sandbox = tree();
    sandbox.backup();
    // A snapshot holds the folders above its roots too, and other tests make sandboxes beside
    // this one at the same time: each of those changes the time of the folder above.
    let skips = || sandbox.backup_with(&["--skip-if-unchanged"]).get("snapshot_id").is_none();
    assert!((0..100).any(|_| skips()));
    sandbox.write("src/a.txt", b"other");
    assert!(sandbox.backup_with(&["--skip-if-unchanged"])["snapshot_id"].is_string());
}
