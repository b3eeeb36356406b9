//! Goal: streams go in and out whole, and a closed reader hurts nobody. Lost if this fails: a
//! database dump that broke off is taken for a backup.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

use crate::sandbox::{Ran, Sandbox};

#[test]
fn stdin_becomes_a_file_that_dump_gives_back() {
    let sandbox = Sandbox::with_repository();
    let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let mut child = sandbox
        .command(["backup", "--json", "--stdin", "--stdin-filename", "db/dump.sql"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&content).unwrap();
    let summary = Ran::of(child.wait_with_output().unwrap()).expect(0).summary();
    assert_eq!(summary["total_bytes_processed"].as_u64(), Some(content.len() as u64));
    let dumped = sandbox.run(["dump", "latest:/db/dump.sql"]).expect(0);
    assert!(dumped.stdout == content);
    sandbox.run(["dump", "latest:/db/dump.sql", "-t", "file"]).expect(0);
    assert!(std::fs::read(sandbox.path("file")).unwrap() == content);
}

#[test]
fn a_command_that_fails_leaves_no_snapshot() {
    let sandbox = Sandbox::with_repository();
    let backup = |script: &str| {
        sandbox.run(["backup", "--json", "--stdin-from-command", "--", "sh", "-c", script])
    };
    backup("echo half; exit 7").expect_error(1, "command_failed");
    assert_eq!(sandbox.run(["snapshots", "--json"]).expect(0).document(), serde_json::json!([]));
    sandbox
        .run(["backup", "--json", "--stdin-from-command", "--", "/no/such/command"])
        .expect_error(1, "command_failed");
    backup("printf whole").expect(0);
    assert_eq!(sandbox.run(["dump", "latest:/stdin"]).expect(0).stdout, b"whole");
}

#[test]
fn a_listing_stops_silently_when_its_reader_leaves() {
    let sandbox = Sandbox::with_repository();
    for number in 0..4000 {
        sandbox.write(&format!("src/many/file-with-a-name-of-some-length-{number}"), b"");
    }
    sandbox.backup();
    for flags in [&["ls", "latest"][..], &["ls", "--json", "latest"], &["find", "file*"]] {
        let mut child =
            sandbox.command(flags).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        drop(stdout);
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{flags:?}: {stderr}");
        assert_eq!(stderr, "", "{flags:?}");
    }
}

#[test]
fn a_backup_goes_on_when_nobody_reads_its_output() {
    let sandbox = Sandbox::with_repository();
    let source = sandbox.source();
    let mut child = sandbox
        .command(["backup", "-vv", &source])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let snapshots = sandbox.run(["snapshots", "--json"]).expect(0).document();
    assert_eq!(snapshots.as_array().unwrap().len(), 1);
}

#[test]
fn a_dry_run_leaves_the_repository_byte_equal() {
    let sandbox = Sandbox::with_snapshot();
    sandbox.write("src/new", b"something new");
    sandbox.write("password", b"other");
    sandbox.leave_a_lease();
    let list = |what: &str| sandbox.run(["list", what, "--json"]).expect(0).document();
    let (keys, leases) = (list("keys"), list("leases"));
    let (key, lease) = (keys[0]["id"].as_str().unwrap(), leases[0]["id"].as_str().unwrap());
    let before = sandbox.repository_content();
    let source = sandbox.source();
    let dry: &[&[&str]] = &[
        &["init", "-n", "-r", "new"],
        &["key", "add", "-n", "--new-password-file", "password"],
        &["key", "passwd", "-n", "--new-password-file", "password"],
        &["key", "remove", "-n", key],
        &["unlock", "-n", "--lease", lease],
        &["backup", "-n", &source],
        &["restore", "-n", "latest", "-t", "out"],
        &["forget", "-n", "latest"],
        &["forget", "-n", "--keep-last", "1"],
        &["tag", "-n", "--add", "x", "latest"],
    ];
    for args in dry {
        let ran = sandbox.run(*args).expect(0);
        assert!(ran.text().ends_with("nothing was changed\n"), "{args:?}: {}", ran.text());
        assert_eq!(before, sandbox.repository_content(), "{args:?}");
    }
    assert!(!sandbox.path("out").exists() && !sandbox.path("new").exists());
    sandbox.run(["init", "-n", "--json"]).expect_error(14, "guard");
    let reading: &[&[&str]] = &[&["check", "--read-data"], &["snapshots"], &["ls"], &["stats"]];
    for args in reading {
        sandbox.run(*args).expect(0);
        assert_eq!(before, sandbox.repository_content(), "{args:?}");
    }
}

#[test]
fn a_folder_is_dumped_as_tar() {
    let sandbox = Sandbox::with_snapshot();
    let archive = sandbox.run(["dump", &format!("latest:{}", sandbox.source())]).expect(0).stdout;
    sandbox.write("archive.tar", &archive);
    std::fs::create_dir(sandbox.path("unpacked")).unwrap();
    let mut archive = tar::Archive::new(archive.as_slice());
    archive.unpack(sandbox.path("unpacked")).unwrap();
    for name in ["a.txt", "folder/b.txt", "folder/deep/c.tmp"] {
        let unpacked = std::fs::read(sandbox.path("unpacked/src").join(name)).unwrap();
        assert!(unpacked == std::fs::read(sandbox.path("src").join(name)).unwrap(), "{name}");
    }
    let link = std::fs::read_link(sandbox.path("unpacked/src/link")).unwrap();
    assert_eq!(link.to_str(), Some("a.txt"));
}

#[test]
fn status_lines_go_to_the_descriptor_that_asks_for_them() {
    let sandbox = Sandbox::with_repository();
    let source = sandbox.source();
    let mut backup = sandbox.command(["backup", "--json", &source]);
    let ran = Ran::by(backup.env("GLEANER_PROGRESS_FPS", "60")).expect(0);
    ran.summary();
    let mut wrong = sandbox.command(["backup", "--json", &source]);
    wrong.env("GLEANER_PROGRESS_FPS", "x");
    Ran::by(&mut wrong).expect_error(2, "config");
    sandbox.run(["backup", "--json", "--progress-fd", "77", &source]).expect_error(2, "usage");
}
