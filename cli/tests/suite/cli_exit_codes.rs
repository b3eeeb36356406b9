//! Goal: every way to fail has its exit code and its stable kind. Method: provoke each with the
//! real binary. Lost if this fails: scripts take a failed backup for a good one.

use std::process::{Output, Stdio};

use gleaner_store::{
    Keys, ProvenanceSummary, Snapshot, SnapshotId, SnapshotState, SnapshotStats, TreeRef,
    encode_snapshot,
};

use crate::sandbox::{Ran, Sandbox};

#[test]
fn a_wrong_password_is_12_and_so_is_none() {
    let sandbox = Sandbox::with_repository();
    let mut wrong = sandbox.command(["snapshots", "--json"]);
    Ran::by(wrong.env("GLEANER_PASSWORD", "no")).expect_error(12, "wrong_password");
    let mut none = sandbox.command(["snapshots", "--json"]);
    Ran::by(none.env_remove("GLEANER_PASSWORD")).expect_error(12, "no_password");
    sandbox
        .run(["snapshots", "--json", "--password-command", "false"])
        .expect_error(12, "no_password");
}

#[test]
fn an_empty_password_is_refused() {
    let sandbox = Sandbox::new();
    let mut empty = sandbox.command(["init", "--json"]);
    Ran::by(empty.env("GLEANER_PASSWORD", "")).expect_error(14, "guard");
    sandbox.write("empty", b"\n");
    sandbox.run(["init", "--json", "-p", "empty"]).expect_error(14, "guard");
    assert!(!sandbox.path("repo").exists());
}

#[test]
fn no_repository_and_not_a_repository_are_10() {
    let sandbox = Sandbox::new();
    sandbox.run(["snapshots", "--json"]).expect_error(10, "no_repository");
    sandbox.write("repo/data/readme", b"holiday pictures");
    sandbox.run(["snapshots", "--json"]).expect_error(10, "not_a_repository");
    sandbox.run(["init", "--json"]).expect_error(14, "guard");
}

#[test]
fn a_newer_format_is_13_and_nothing_is_touched() {
    let sandbox = Sandbox::with_repository();
    for name in ["repo/config", "repo/keys/config"] {
        let path = sandbox.path(name);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[8..10].copy_from_slice(&2_u16.to_le_bytes());
        let checksum = crc32c::crc32c(&bytes[..92]).to_le_bytes();
        bytes[92..96].copy_from_slice(&checksum);
        // The mode of a stored object may forbid writing.
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
    }
    let before = sandbox.repository_content();
    for verb in ["snapshots", "check"] {
        sandbox.run([verb, "--json"]).expect_error(13, "newer_format");
    }
    let source = sandbox.source();
    sandbox.run(["backup", "--json", &source]).expect_error(13, "newer_format");
    assert_eq!(before, sandbox.repository_content());
}

#[test]
fn snapshots_that_are_missing_or_not_unique_are_1() {
    let sandbox = Sandbox::without_password();
    sandbox.make_source();
    sandbox.run(["init", "--no-encryption"]).expect(0);
    sandbox.run(["ls", "--json", "latest"]).expect_error(1, "no_such_snapshot");
    sandbox.backup();
    for missing in ["latest~1", "0123456789", "ab"] {
        sandbox.run(["ls", "--json", missing]).expect_error(1, "no_such_snapshot");
    }
    // No two random ids share four digits soon enough: made by hand, where nothing is sealed.
    for last in [1, 2] {
        let mut id = [0xab; 32];
        id[31] = last;
        let bytes = encode_snapshot(&empty_snapshot(SnapshotId(id)), &Keys::unencrypted()).unwrap();
        let name = format!("repo/snapshots/{}", SnapshotId(id));
        sandbox.write(&name, &bytes);
    }
    let ran = sandbox.run(["ls", "--json", "abab"]).expect_error(1, "ambiguous_snapshot");
    assert!(ran.stderr.contains(&"ab".repeat(31)), "candidates are listed: {}", ran.stderr);
    sandbox.run(["ls", "--json", "latest:/nowhere"]).expect_error(1, "no_such_path");
}

fn empty_snapshot(id: SnapshotId) -> Snapshot {
    Snapshot {
        id,
        time_ns: 0,
        sequence: 1,
        epoch: 0,
        session: [0; 16],
        host: "h".to_owned(),
        user: "u".to_owned(),
        tags: Vec::new(),
        roots: vec![b"/x".to_vec()],
        tree: TreeRef::default(),
        parent: None,
        original: None,
        stats: SnapshotStats::default(),
        provenance: ProvenanceSummary::default(),
        state: SnapshotState::Complete,
        program: "test".to_owned(),
        lacks_xattrs: false,
    }
}

#[test]
fn a_missing_path_is_3_if_others_exist_and_1_if_none_does() {
    let sandbox = Sandbox::with_repository();
    let source = sandbox.source();
    let ran = sandbox.run(["backup", "--json", &source, "/nowhere/at/all"]);
    let ran = ran.expect_error(3, "unreadable");
    let summary = ran.summary();
    assert!(summary["snapshot_id"].is_string(), "the snapshot is written all the same");
    assert!(ran.stderr.contains("/nowhere/at/all"));
    sandbox.run(["backup", "--json", "/nowhere"]).expect_error(1, "no_such_path");
}

#[test]
fn usage_errors_are_2_also_in_json_and_name_the_nearest() {
    let sandbox = Sandbox::new();
    let wrong: &[&[&str]] = &[
        &["--json"],
        &["--json", "frobnicate"],
        &["backup", "--json", "--exlude", "x"],
        &["backup", "--json"],
        &["restore", "--json", "latest"],
        &["snapshots", "--json", "--repository-file", "f", "-r", "g"],
        &["snapshots", "--json", "-r", "s3://bucket/x"],
        &["init", "--json", "--chunker", "huge"],
        &["forget", "--json"],
        &["tag", "--json", "latest"],
        &["prune", "--json", "--keep-daily", "3"],
        &["repair", "--json"],
        &["repair", "all", "--undo", "yesterday", "--json"],
        &["repair", "packs", "--wanted", "/nowhere/list", "--undo", "x", "--json"],
        &["repair", "indx", "--json"],
        &["rewrite", "--json"],
        &["mount", "/mnt", "--json"],
        &["snapshots", "--json", "--threads", "0"],
    ];
    for args in wrong {
        sandbox.run(*args).expect_error(2, "usage");
    }
    let ran = sandbox.run(["backup", "--exlude", "x"]).expect(2);
    assert!(ran.stderr.contains("--exclude"), "{}", ran.stderr);
    let ran = sandbox.run(["prune", "--keep-daily", "7"]).expect(2);
    assert!(ran.stderr.contains("retention is `forget`"), "{}", ran.stderr);
    let ran = sandbox.run(["mount", "/mnt"]).expect(2);
    assert!(ran.stderr.contains("not in this version"), "{}", ran.stderr);
    assert!(!sandbox.path("repo").exists());
}

#[test]
fn both_sources_of_a_password_on_one_level_are_2() {
    let sandbox = Sandbox::with_repository();
    sandbox.write("password", b"x");
    let ran = sandbox.run(["ls", "--json", "-p", "password", "--password-command", "echo x"]);
    ran.expect_error(2, "usage");
    let mut both = sandbox.command(["ls", "--json"]);
    Ran::by(both.env("GLEANER_PASSWORD_FILE", "password")).expect_error(2, "usage");
}

#[test]
fn a_question_without_terminal_is_14() {
    let sandbox = Sandbox::with_snapshot();
    sandbox.write("out/stranger", b"x");
    let address = format!("latest:{}", sandbox.source());
    let args = ["restore", "--json", "--delete", &address, "-t", "out"];
    sandbox.run(args).expect_error(14, "unconfirmed");
    assert!(sandbox.path("out/stranger").exists());
    sandbox.run(args.into_iter().chain(["--yes"])).expect(0);
    assert!(!sandbox.path("out/stranger").exists());
    sandbox.run(["forget", "--json", "--unsafe-allow-remove-all"]).expect_error(14, "unconfirmed");
    let policy = ["forget", "--json", "--keep-tag", "nobody-has-this"];
    sandbox.run(policy).expect_error(14, "guard");
}

#[test]
fn a_signal_stops_a_backup_with_its_own_code_and_leaves_a_sound_repository() {
    use std::io::{Read as _, Write as _};
    let sandbox = Sandbox::with_repository();
    for (signal, code) in
        [(rustix::process::Signal::INT, 130), (rustix::process::Signal::TERM, 143)]
    {
        let mut child = sandbox
            .command(["backup", "--json", "--stdin", "--log-file", "log"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // The pipe holds less than this: when all is written, the command is reading.
        stdin.write_all(&vec![7; 1 << 20]).unwrap();
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, signal).unwrap();
        // Its next safe point comes with more data, or with the end.
        drop(stdin.write_all(&vec![8; 8 << 20]));
        drop(stdin);
        let mut stderr = Vec::new();
        child.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
        let mut stdout = Vec::new();
        child.stdout.take().unwrap().read_to_end(&mut stdout).unwrap();
        let status = child.wait().unwrap();
        Ran::of(Output { status, stdout, stderr }).expect_error(code, "interrupted");
    }
    assert_eq!(sandbox.run(["snapshots", "--json"]).expect(0).document(), serde_json::json!([]));
    sandbox.run(["check", "--read-data"]).expect(0);
}
