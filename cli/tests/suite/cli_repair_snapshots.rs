//! Goal: what is left of a damaged snapshot is restorable as a snapshot of its own, and a manifest
//! that nobody can read is in nobody's way. Lost if this fails: an operator who has to choose
//! between an unusable snapshot and none.

use crate::sandbox::Sandbox;

/// The largest pack is gone for good, and with it the file that fills it.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_snapshot();
    let noise: Vec<u8> =
        (0..400_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    sandbox.write("src/noise", &noise);
    sandbox.backup();
    std::fs::remove_file(sandbox.a_pack()).unwrap();
    sandbox
}

const APPLY: [&str; 5] = ["repair", "snapshots", "--apply", "--yes", "--json"];

#[test]
fn what_is_left_is_a_snapshot_of_its_own() {
    let sandbox = sandbox();
    let before = sandbox.repository_content();
    let text = sandbox.run(["repair", "snapshots", "--drop-lost"]).expect(4).text();
    assert!(text.contains("/noise"), "{text}");
    assert!(before == sandbox.repository_content(), "a plan changes nothing");
    // Without the flag nothing is written.
    let ran = sandbox.run(APPLY).expect_error(4, "damaged");
    assert_eq!(ran.summary()["snapshots_written"], 0);
    let apply = APPLY.iter().chain(&["--drop-lost"]);
    let summary = sandbox.run(apply.clone()).expect_error(4, "damaged").summary();
    assert_eq!(
        (&summary["snapshots_written"], &summary["snapshots_damaged"]),
        (&1.into(), &1.into())
    );
    // It is there now, and a second run says so.
    let again = sandbox.run(apply.clone()).expect_error(4, "damaged").summary();
    assert_eq!(again["snapshots_written"], 0);
    let text = ["repair", "snapshots", "--apply", "--yes", "--drop-lost"];
    let text = sandbox.run(text).expect(4).text();
    assert!(text.contains("already has what is left of"), "{text}");
    let list = sandbox.run(["snapshots", "--json"]).expect(0).document();
    let [_, old, new] = &list.as_array().unwrap()[..] else { panic!("{list}") };
    assert_eq!((&new["original"], &new["time"]), (&old["id"], &old["time"]));
    let id = new["id"].as_str().unwrap();
    sandbox.run(["restore", id, "-t", "out", "--verify"]).expect(0);
    let restored = sandbox.path("out").join(sandbox.source().trim_start_matches('/'));
    assert!(restored.join("folder/b.txt").exists() && !restored.join("noise").exists());
    // With the old one forgotten, all is well; the next backup stores the file again.
    sandbox.run(["forget", old["id"].as_str().unwrap()]).expect(0);
    assert_eq!(sandbox.run(["check", "--json"]).expect(0).summary()["restorable"], true);
    assert!(sandbox.backup()["bytes_novel"].as_u64().unwrap() > 1_000_000);
    sandbox.run(["restore", "latest", "-t", "all", "--verify"]).expect(0);
    sandbox.run(["check", "--read-data"]).expect(0);
}

#[test]
fn a_manifest_that_cannot_be_read_is_put_aside_and_back() {
    let sandbox = Sandbox::with_snapshot();
    sandbox.write("src/new", b"new");
    sandbox.backup();
    sandbox.run(["check"]).expect(0);
    let folder = std::fs::read_dir(sandbox.path("repo/snapshots")).unwrap();
    let path = folder.map(|entry| entry.unwrap().path()).max().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[70] ^= 1;
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, &bytes).unwrap();
    sandbox.run(["prune", "--json"]).expect_error(4, "damaged");
    // Out of the way, but no less lost.
    let summary = sandbox.run(APPLY).expect_error(4, "damaged").summary();
    assert!(!path.exists());
    sandbox.run(["check"]).expect(0);
    let run = summary["run_id"][0].as_str().unwrap();
    sandbox.run(["repair", "all", "--undo", run]).expect(0);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    sandbox.run(APPLY).expect_error(4, "damaged");
    sandbox.run(["prune", "--unsafe-allow-shrink"]).expect(0);
}
