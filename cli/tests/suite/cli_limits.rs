//! Goal: what a system limits does not limit what comes back. Method: the binary under a small
//! limit of open files. Lost if this fails: deep trees and many hard links cannot be restored.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};

use crate::sandbox::{Ran, Sandbox};

/// Folders in each other: fewer than a tree may have (4096).
const LEVELS: usize = 3000;
const LINK_FOLDERS: usize = 3000;
const LINKS_PER_FILE: usize = 6;

/// Runs the binary in a shell that limits its open files first.
fn run_limited(sandbox: &Sandbox, ulimit: &str, args: &[&str]) -> Ran {
    let gleaner = sandbox.command(args);
    let mut shell = std::process::Command::new("sh");
    let script = format!("ulimit {ulimit} && exec \"$0\" \"$@\"");
    shell.arg("-c").arg(script).arg(gleaner.get_program()).args(gleaner.get_args());
    shell.env_clear().envs(gleaner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.current_dir(gleaner.get_current_dir().unwrap());
    Ran::of(shell.output().unwrap())
}

/// Makes folders in each other, with a file in the innermost.
fn make_deep(top: &Path) {
    std::fs::create_dir_all(top).unwrap();
    let mut folder = openat(CWD, top, OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..LEVELS {
        mkdirat(&folder, "d", Mode::RWXU).unwrap();
        folder = openat(&folder, "d", OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    let flags = OFlags::CREATE | OFlags::WRONLY;
    let file = openat(&folder, "bottom", flags, Mode::RUSR).unwrap();
    rustix::io::write(&file, b"deep").unwrap();
}

/// Trees as deep as these are more than what removes the sandbox is made for.
fn remove(path: &Path) {
    assert!(std::process::Command::new("rm").arg("-rf").arg(path).status().unwrap().success());
}

#[test]
fn deep_trees_are_backed_up_restored_and_removed_with_few_descriptors() {
    let sandbox = Sandbox::with_repository();
    make_deep(&sandbox.path("src/deep"));
    let source = sandbox.source();
    // Reading takes a descriptor for each level: a soft limit is raised.
    run_limited(&sandbox, "-S -n 256", &["backup", &source]).expect(0);
    let address = format!("latest:{source}");
    let restore = ["restore", &address, "-t", "out", "--verify", "--delete", "--yes"];
    run_limited(&sandbox, "-n 256", &restore).expect(0);
    let deeper = sandbox.path("out/deep").join("d/".repeat(50));
    assert!(deeper.is_dir());
    // A second time over what is there, with something as deep that has to go.
    make_deep(&sandbox.path("out/extra"));
    run_limited(&sandbox, "-n 256", &restore).expect(0);
    assert!(deeper.is_dir());
    assert!(!sandbox.path("out/extra").exists());
    remove(&sandbox.path("src/deep"));
    remove(&sandbox.path("out"));
}

#[test]
fn hard_links_over_many_folders_are_restored_with_few_descriptors() {
    let sandbox = Sandbox::with_repository();
    let folder = |n: usize| sandbox.path(format!("src/{:04}", n % LINK_FOLDERS));
    for n in 0..LINK_FOLDERS {
        std::fs::create_dir(folder(n)).unwrap();
        std::fs::write(folder(n).join("first"), n.to_le_bytes()).unwrap();
    }
    for n in 0..LINK_FOLDERS {
        for k in 1..=LINKS_PER_FILE {
            std::fs::hard_link(folder(n).join("first"), folder(n + k).join(k.to_string())).unwrap();
        }
    }
    sandbox.backup();
    let address = format!("latest:{}", sandbox.source());
    run_limited(&sandbox, "-n 256", &["restore", &address, "-t", "out"]).expect(0);
    for n in 0..LINK_FOLDERS {
        let first = sandbox.path(format!("out/{n:04}/first"));
        assert_eq!(std::fs::read(&first).unwrap(), n.to_le_bytes());
        assert_eq!(first.metadata().unwrap().nlink(), LINKS_PER_FILE as u64 + 1, "{n}");
    }
}
