//! Goal: `prune` says what it will free, frees it with the next run, and stops where the command
//! line tells it to. Lost if this fails: a disk fills up, or a user deletes what he needs.

use std::path::PathBuf;

use crate::sandbox::Sandbox;

/// Two snapshots, the first of which holds much that the second does not; it is forgotten.
fn with_garbage() -> Sandbox {
    let sandbox = Sandbox::with_repository();
    let noise: Vec<u8> =
        (0..400_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    sandbox.write("src/noise", &noise);
    let first = sandbox.backup();
    std::fs::remove_file(sandbox.path("src/noise")).unwrap();
    sandbox.backup();
    sandbox.run(["forget", "--json", first["snapshot_id"].as_str().unwrap()]).expect(0);
    sandbox
}

fn packs(sandbox: &Sandbox) -> Vec<PathBuf> {
    let shards = std::fs::read_dir(sandbox.path("repo/data")).unwrap();
    let folders = shards.map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap());
    let mut packs: Vec<PathBuf> = folders.flatten().map(|pack| pack.unwrap().path()).collect();
    packs.sort();
    packs
}

fn bytes(sandbox: &Sandbox) -> u64 {
    packs(sandbox).iter().map(|pack| pack.metadata().unwrap().len()).sum()
}

fn assert_whole(sandbox: &Sandbox) {
    let checked = sandbox.run(["check", "--read-data", "--json"]).expect(0).summary();
    assert_eq!((&checked["num_errors"], &checked["restorable"]), (&0.into(), &true.into()));
    let target = sandbox.path("out");
    drop(std::fs::remove_dir_all(&target));
    sandbox.run(["restore", "latest", "--json", "-t", target.to_str().unwrap()]).expect(0);
    let restored = target.join(sandbox.path("src").strip_prefix("/").unwrap());
    assert_eq!(std::fs::read(restored.join("a.txt")).unwrap(), b"alpha\n");
}

#[test]
fn dry_run_shows_the_plan_and_changes_nothing() {
    let sandbox = with_garbage();
    let before = packs(&sandbox);
    let ran = sandbox.run(["prune", "-n", "--json"]).expect(0);
    let plan = ran.lines().remove(0);
    assert_eq!((&plan["message_type"], &plan["dry_run"]), (&"plan".into(), &true.into()));
    assert!(plan["bytes"]["unused"].as_u64().unwrap() > 300_000, "{plan}");
    assert!(plan["bytes_condemned"].as_u64().unwrap() > 300_000);
    assert_eq!(packs(&sandbox), before);
    let text = sandbox.run(["prune", "-n"]).expect(0).text();
    assert!(text.contains("would remove") && text.ends_with("nothing was changed\n"), "{text}");
}

#[test]
fn what_one_run_removes_the_next_deletes() {
    let sandbox = with_garbage();
    let before = bytes(&sandbox);
    let first = sandbox.run(["prune", "--json"]).expect(0).summary();
    assert_eq!((&first["bytes_freed"], &first["epoch"]), (&0.into(), &1.into()));
    let condemned = first["bytes_condemned"].as_u64().unwrap();
    assert_eq!(first["bytes_in_trash"], condemned);
    assert_whole(&sandbox);
    let second = sandbox.run(["compact", "--json"]).expect(0).summary();
    assert_eq!(second["bytes_freed"], condemned);
    assert!(bytes(&sandbox) + 300_000 < before);
    assert_whole(&sandbox);
    let again = sandbox.run(["backup", "--json", &sandbox.source()]).expect(0).summary();
    assert_eq!((&again["chunks_novel"], &again["files_new"]), (&0.into(), &0.into()));
}

#[test]
fn at_once_frees_in_one_run_unless_a_session_is_open() {
    let sandbox = with_garbage();
    let before = bytes(&sandbox);
    let mut backup = sandbox.waiting_backup(&[], &[]);
    sandbox.run(["prune", "--now", "--json"]).expect_error(11, "lease_busy");
    assert_eq!(bytes(&sandbox), before);
    drop(backup.stdin.take());
    assert!(backup.wait().unwrap().success());
    let summary = sandbox.run(["prune", "--now", "--json"]).expect(0).summary();
    assert_eq!((&summary["bytes_in_trash"], &summary["epoch"]), (&0.into(), &2.into()));
    assert!(summary["bytes_freed"].as_u64().unwrap() > 300_000);
}

#[test]
fn killed_backup_does_not_keep_a_prune_waiting() {
    let sandbox = with_garbage();
    let mut backup = sandbox.waiting_backup(&[], &[]);
    backup.kill().unwrap();
    backup.wait().unwrap();
    let summary = sandbox.run(["prune", "--now", "--json"]).expect(0).summary();
    assert_eq!(summary["sessions_fenced"], 1);
    assert!(summary["bytes_freed"].as_u64().unwrap() > 300_000);
    let leases = std::fs::read_dir(sandbox.path("repo/leases")).unwrap();
    let left = leases.filter(|lease| {
        let mut versions = std::fs::read_dir(lease.as_ref().unwrap().path()).unwrap();
        versions.next().is_some()
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn limits_stop_it_with_6_and_the_next_run_goes_on() {
    let sandbox = with_garbage();
    let mut backup = sandbox.waiting_backup(&[], &[]);
    let stopped = sandbox.run(["prune", "--max-duration", "1s", "--json"]);
    stopped.expect_error(6, "limit");
    drop(backup.stdin.take());
    assert!(backup.wait().unwrap().success());
    sandbox.run(["prune", "--json"]).expect(0);
    sandbox.run(["prune", "--json"]).expect(0);
    sandbox.backup();
    assert_whole(&sandbox);
    let small = ["prune", "-n", "--json", "--max-repack-size", "1", "--max-unused", "0"];
    sandbox.run(small).expect(0);
    for wrong in ["101%", "-1%", "x%", "5 %%", "all"] {
        sandbox.run(["prune", "-n", "--max-unused", wrong, "--json"]).expect_error(2, "usage");
    }
    sandbox.run(["prune", "-n", "--max-unused", "unlimited", "--json"]).expect(0);
}

#[test]
fn forget_prunes_if_asked_and_something_was_dropped() {
    let sandbox = Sandbox::with_snapshot();
    sandbox.backup_with(&["--force"]);
    let ran = sandbox.run(["forget", "--keep-last", "1", "--prune", "--json"]).expect(0);
    assert!(ran.text().contains("\"message_type\":\"plan\""), "{}", ran.text());
    let ran = sandbox.run(["forget", "--keep-last", "1", "--prune", "--json"]).expect(0);
    assert!(!ran.text().contains("message_type"), "nothing was dropped");
    assert_whole(&sandbox);
}

#[test]
fn snapshots_that_vanished_are_not_taken_for_garbage() {
    let sandbox = Sandbox::with_snapshot();
    sandbox.run(["prune", "--json"]).expect(0);
    for manifest in std::fs::read_dir(sandbox.path("repo/snapshots")).unwrap() {
        std::fs::rename(manifest.unwrap().path(), sandbox.path("saved")).unwrap();
    }
    let before = packs(&sandbox);
    let ran = sandbox.run(["prune", "--json"]).expect_error(14, "guard");
    assert!(ran.stderr.contains("--unsafe-allow-shrink"), "{}", ran.stderr);
    assert_eq!(packs(&sandbox), before);
    sandbox.run(["prune", "--unsafe-allow-shrink", "--json"]).expect(0);
}

/// Key epochs in the headers of all packs (FORMAT.md section 6.1).
fn key_epochs(sandbox: &Sandbox) -> Vec<u32> {
    let epoch = |pack: &PathBuf| {
        let bytes = std::fs::read(pack).unwrap();
        u32::from_le_bytes(bytes[12..16].try_into().unwrap())
    };
    packs(sandbox).iter().map(epoch).collect()
}

#[test]
fn packs_of_old_key_epochs_are_sealed_anew_when_asked() {
    let sandbox = Sandbox::with_snapshot();
    sandbox.run(["key", "rotate"]).expect(0);
    let old = key_epochs(&sandbox).len() as u64;
    let before = sandbox.repository_content();
    let dry = ["prune", "-n", "--rewrite-key-epochs"];
    let plan = sandbox.run(dry.iter().chain(&["--json"])).expect(0).lines().remove(0);
    assert_eq!((&plan["packs"]["rekey"], &plan["packs"]["repack"]), (&old.into(), &old.into()));
    let text = sandbox.run(dry).expect(0).text();
    assert!(text.contains("of these are sealed under older key epochs"), "{text}");
    assert!(sandbox.repository_content() == before);
    let without = sandbox.run(["prune", "-n", "--json"]).expect(0).lines().remove(0);
    assert_eq!((&without["packs"]["rekey"], &without["packs"]["repack"]), (&0.into(), &0.into()));
    for _ in 0..2 {
        sandbox.run(["prune", "--rewrite-key-epochs", "--json"]).expect(0);
    }
    let epochs = key_epochs(&sandbox);
    assert!(!epochs.is_empty() && epochs.iter().all(|epoch| *epoch == 1), "{epochs:?}");
    assert_whole(&sandbox);
    let other = Sandbox::without_password();
    other.run(["init", "--no-encryption"]).expect(0);
    let refused = ["prune", "--rewrite-key-epochs", "--json"];
    other.run(refused).expect_error(2, "usage");
}
