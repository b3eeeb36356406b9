//! Goal: a restore writes what was asked for. Lost if this fails: the bytes do not come back.

use std::path::Path;

use crate::sandbox::Sandbox;

fn exists(sandbox: &Sandbox, name: &str) -> bool {
    sandbox.path(name).symlink_metadata().is_ok()
}

fn assert_same(a: &Path, b: &Path) {
    assert!(std::fs::read(a).unwrap() == std::fs::read(b).unwrap(), "{}", a.display());
}

#[test]
fn entries_keep_their_full_path_unless_a_folder_is_named() {
    let sandbox = Sandbox::with_snapshot();
    sandbox.run(["restore", "latest", "-t", "out"]).expect(0);
    let full = sandbox.path("out").join(sandbox.source().trim_start_matches('/'));
    assert_same(&full.join("folder/b.txt"), &sandbox.path("src/folder/b.txt"));
    let folder = format!("latest:{}/folder", sandbox.source());
    sandbox.run(["restore", &folder, "-t", "part"]).expect(0);
    assert_same(&sandbox.path("part/b.txt"), &sandbox.path("src/folder/b.txt"));
    assert!(!exists(&sandbox, "part/a.txt"));
}

#[test]
fn patterns_choose_what_is_restored() {
    let sandbox = Sandbox::with_snapshot();
    let address = format!("latest:{}", sandbox.source());
    sandbox.run(["restore", &address, "-t", "one", "-i", "*.txt"]).expect(0);
    assert!(exists(&sandbox, "one/a.txt") && exists(&sandbox, "one/folder/b.txt"));
    assert!(!exists(&sandbox, "one/folder/deep/c.tmp") && !exists(&sandbox, "one/link"));
    sandbox.run(["restore", &address, "-t", "two", "-e", "folder"]).expect(0);
    assert!(exists(&sandbox, "two/a.txt") && !exists(&sandbox, "two/folder"));
}

#[test]
fn what_exists_is_treated_as_asked() {
    let sandbox = Sandbox::with_snapshot();
    let address = format!("latest:{}", sandbox.source());
    sandbox.write("out/a.txt", b"mine!\n");
    sandbox.run(["restore", &address, "-t", "out", "--overwrite", "never"]).expect(0);
    assert_eq!(std::fs::read(sandbox.path("out/a.txt")).unwrap(), b"mine!\n");
    let ran = sandbox.run(["restore", &address, "-t", "out", "--json", "--verify"]).expect(0);
    assert_same(&sandbox.path("out/a.txt"), &sandbox.path("src/a.txt"));
    let summary = ran.summary();
    assert_eq!(summary["verified"], true);
    assert!(summary["bytes_from_target"].as_u64().unwrap() >= 100_000, "{summary}");
}

#[test]
fn differences_are_shown_in_order_of_paths() {
    let sandbox = Sandbox::with_snapshot();
    sandbox.write("src/a.txt", b"changed");
    sandbox.write("src/new/file", b"x");
    std::fs::remove_file(sandbox.path("src/link")).unwrap();
    sandbox.backup();
    let lines = sandbox.run(["diff", "--json", "latest~1", "latest"]).expect(0).lines();
    let prefix = sandbox.source();
    let changes: Vec<String> = lines
        .iter()
        .filter(|line| line["message_type"] == "change")
        .map(|line| {
            let path = line["path"].as_str().unwrap().strip_prefix(&prefix).unwrap();
            format!("{} {path}", line["modifier"].as_str().unwrap())
        })
        .collect();
    assert_eq!(changes, ["M /a.txt", "- /link", "+ /new/", "+ /new/file"]);
    assert_eq!(lines.last().unwrap()["message_type"], "statistics");
}
