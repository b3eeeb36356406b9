//! Goal: an operator with a damaged repository gets back what can be had, by typing what the last
//! line says, and can take it back. Lost if this fails: data that is still on the disk, or in the
//! second repository.

use std::path::{Path, PathBuf};

use crate::sandbox::{Ran, Sandbox};

/// Bytes that do not compress, so that their blocks are most of a pack.
fn noise(seed: u32, words: u32) -> Vec<u8> {
    (0..words).flat_map(|n| (n ^ seed).wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

/// A sandbox with a snapshot of some files, one of them large.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_repository();
    sandbox.write("src/noise", &noise(1, 400_000));
    sandbox.backup();
    sandbox
}

fn rewrite(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Flips a byte in the middle of the largest pack.
fn damage(sandbox: &Sandbox) -> PathBuf {
    let pack = sandbox.a_pack();
    rewrite(&pack, |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    });
    pack
}

const APPLY: [&str; 5] = ["repair", "packs", "--apply", "--yes", "--json"];

fn assert_whole(sandbox: &Sandbox) {
    sandbox.run(["check", "--read-data"]).expect(0);
    assert_restores(sandbox);
}

fn assert_restores(sandbox: &Sandbox) {
    sandbox.run(["restore", "latest", "-t", "out", "--verify"]).expect(0);
    let restored = sandbox.path("out").join(sandbox.source().trim_start_matches('/'));
    for name in ["a.txt", "folder/b.txt", "noise"] {
        let read = |folder: &Path| std::fs::read(folder.join(name)).unwrap();
        assert!(read(&restored) == read(&sandbox.path("src")), "{name}");
    }
}

fn objects_in_quarantine(sandbox: &Sandbox) -> usize {
    let runs = std::fs::read_dir(sandbox.path("repo/quarantine")).unwrap();
    runs.map(|run| std::fs::read_dir(run.unwrap().path()).unwrap().count()).sum()
}

type Change = fn(&mut Vec<u8>);

#[test]
fn packs_without_directory_or_trailer_are_salvaged() {
    let cases: [(&str, Change); 2] = [
        ("directory", |bytes| {
            let at = bytes.len() - 104 - 30;
            bytes[at..at + 20].fill(0);
        }),
        ("trailer", |bytes| bytes.truncate(bytes.len() - 104)),
    ];
    for (what, change) in cases {
        let sandbox = sandbox();
        rewrite(&sandbox.a_pack(), change);
        sandbox.run(["check", "--json"]).expect_error(4, "damaged");
        let before = sandbox.repository_content();
        let ran = sandbox.run(["repair", "packs", "--json"]).expect_error(4, "damaged");
        let plan = &ran.lines()[0];
        assert_eq!(plan["steps"][0]["action"], "empty_pack", "{what}: {plan}");
        assert!(before == sandbox.repository_content(), "{what}: a plan changes nothing");
        sandbox.run(["repair", "packs", "--apply", "--json"]).expect_error(14, "unconfirmed");
        let summary = sandbox.run(APPLY).expect_error(5, "healed").summary();
        assert_eq!((&summary["packs"], &summary["unhealed"]), (&1.into(), &0.into()), "{what}");
        assert!(summary["chunks"].as_u64().unwrap() > 1, "{what}: {summary}");
        assert_eq!(objects_in_quarantine(&sandbox), 1, "{what}");
        assert_whole(&sandbox);
        sandbox.run(APPLY).expect(0);
    }
}

#[test]
fn parity_heals_and_may_be_left_out() {
    let sandbox = Sandbox::new();
    sandbox.make_source();
    sandbox.write("src/noise", &noise(1, 400_000));
    sandbox.run(["init", "--parity", "3"]).expect(0);
    sandbox.backup();
    damage(&sandbox);
    let check = sandbox.run(["check", "--read-data", "--json"]).expect_error(4, "damaged");
    let lines = check.lines();
    let finding = lines.iter().find(|line| line["code"] == "P204").unwrap();
    assert_eq!(finding["healable_from"][0], "parity", "{finding}");
    let without = sandbox.run(["repair", "packs", "--no-parity"]).expect(4).text();
    assert!(without.contains("nowhere"), "{without}");
    let summary = sandbox.run(APPLY).expect_error(5, "healed").summary();
    assert!(summary["healed"]["parity"].as_u64().unwrap() > 0, "{summary}");
    assert_eq!((&summary["unhealed"], &summary["paths_lost"]), (&0.into(), &0.into()));
    assert_whole(&sandbox);
    // Then the damage is back, and of every chunk there is the copy that the repair made.
    let run = summary["run_id"][0].as_str().unwrap();
    sandbox.run(["repair", "all", "--undo", run]).expect(0);
    let checked = sandbox.run(["check", "--read-data", "--json"]).expect_error(4, "damaged");
    assert_eq!(checked.summary()["snapshots_damaged"], 0);
    assert_restores(&sandbox);
}

#[test]
fn another_repository_under_another_key_heals() {
    let sandbox = sandbox();
    sandbox.write("second.txt", b"battery staple");
    let command = ["--from-password-command", "echo correct horse"];
    let second = ["-r", "second", "--password-command", "cat second.txt"];
    let run = |words: &[&str]| {
        let mut command = sandbox.command(words.iter().chain(&second));
        Ran::by(command.env_remove("GLEANER_PASSWORD"))
    };
    run(&["init", "--chunker", "fine"]).expect(0);
    run(&[&["copy", "--from-repo", "repo"][..], &command].concat()).expect(0);
    damage(&sandbox);
    let alone = sandbox.run(["repair", "packs"]).expect(4);
    assert!(alone.text().contains("nowhere"), "{}", alone.text());
    let from = ["--from-repo", "second", "--from-password-command", "cat second.txt"];
    let ran = sandbox.run(APPLY.iter().chain(&from)).expect_error(5, "healed");
    let summary = ran.summary();
    assert!(summary["healed"]["repository"].as_u64().unwrap() > 0, "{summary}");
    assert_eq!((&summary["unhealed"], &summary["snapshots_damaged"]), (&0.into(), &0.into()));
    assert_whole(&sandbox);
    let same = ["--from-repo", "repo"];
    sandbox.run(APPLY.iter().chain(&same)).expect_error(2, "usage");
}

#[test]
fn the_wanted_list_and_the_next_backup_heal() {
    let sandbox = sandbox();
    damage(&sandbox);
    let wanted = ["check", "--read-data", "--wanted", "wanted", "--json"];
    sandbox.run(wanted).expect_error(4, "damaged");
    let list = std::fs::read_to_string(sandbox.path("wanted")).unwrap();
    assert!(list.lines().count() > 0);
    let apply = APPLY.iter().chain(&["--wanted", "wanted"]);
    let ran = sandbox.run(apply.clone()).expect_error(4, "damaged");
    let summary = ran.summary();
    assert_eq!(summary["unhealed"], list.lines().count(), "{summary}");
    assert!(summary["paths_lost"].as_u64().unwrap() > 0, "{summary}");
    // Unchanged by its times: it is the index that knows better.
    let stored = sandbox.backup();
    assert_eq!(stored["chunks_novel"], list.lines().count());
    assert_whole(&sandbox);
    sandbox.run(apply).expect(0);
    for line in ["", "{}", "rubbish", "{\"chunk\":\"00\",\"state\":\"missing\"}"] {
        sandbox.write("wanted", format!("{line}\n").as_bytes());
        let apply = APPLY.iter().chain(&["--wanted", "wanted"]);
        sandbox.run(apply).expect_error(2, "usage");
    }
}

#[test]
fn undone_every_file_is_as_it_was() {
    let sandbox = sandbox();
    damage(&sandbox);
    let before = sandbox.repository_content();
    let summary = sandbox.run(APPLY).expect_error(4, "damaged").summary();
    let run = summary["run_id"][0].as_str().unwrap();
    assert_eq!(summary["quarantine"][0], format!("quarantine/{run}"));
    let undo = ["repair", "all", "--undo", run, "--json"];
    let undone = sandbox.run(undo).expect(0).summary();
    assert_eq!(undone["put_back"], 1);
    let after = sandbox.repository_content();
    let is_new = |file: &&(PathBuf, Vec<u8>)| !before.contains(file);
    assert!(before.iter().all(|file| after.contains(file)), "every file, byte for byte");
    let new: Vec<_> = after.iter().filter(is_new).map(|(path, _)| path).collect();
    assert!(new.iter().all(|path| path.starts_with(sandbox.path("repo/data"))), "{new:?}");
    assert_eq!(objects_in_quarantine(&sandbox), 0);
    sandbox.run(undo).expect_error(1, "io");
}

#[test]
fn the_run_that_undoes_it_is_said_also_when_the_second_half_fails() {
    for json in [true, false] {
        let sandbox = sandbox();
        let pack = sandbox.a_pack();
        rewrite(&pack, |bytes| bytes.truncate(bytes.len() - 104));
        let mut manifests = std::fs::read_dir(sandbox.path("repo/snapshots")).unwrap();
        // Of a newer program: none of our business, but nothing to be passed over either.
        rewrite(&manifests.next().unwrap().unwrap().path(), |bytes| {
            bytes[8..10].copy_from_slice(&2_u16.to_le_bytes());
            let checksum = crc32c::crc32c(&bytes[..92]).to_le_bytes();
            bytes[92..96].copy_from_slice(&checksum);
        });
        let words = ["repair", "all", "--apply", "--yes"];
        let ran = sandbox.run(words.iter().chain(json.then_some(&"--json"))).expect(13);
        let run = if json {
            ran.summary()["run_id"][0].as_str().unwrap().to_owned()
        } else {
            let text = ran.text();
            let (_, run) = text.split_once("quarantine/").unwrap();
            run.split_once(' ').unwrap().0.to_owned()
        };
        assert!(!pack.exists());
        sandbox.run(["repair", "all", "--undo", &run]).expect(0);
        assert!(pack.exists());
    }
}

#[test]
fn an_undo_names_what_is_taken_and_puts_back_the_rest() {
    let sandbox = sandbox();
    let pack = damage(&sandbox);
    let summary = sandbox.run(APPLY).expect_error(4, "damaged").summary();
    std::fs::write(&pack, b"something else").unwrap();
    let undo = ["repair", "all", "--undo", summary["run_id"][0].as_str().unwrap(), "--json"];
    let ran = sandbox.run(undo).expect_error(3, "unwritable");
    assert_eq!(ran.summary()["put_back"], 0);
    let name = pack.file_name().unwrap().to_str().unwrap();
    assert!(ran.stderr.lines().next().unwrap().contains(name), "{}", ran.stderr);
    assert_eq!(objects_in_quarantine(&sandbox), 1);
    std::fs::remove_file(&pack).unwrap();
    assert_eq!(sandbox.run(undo).expect(0).summary()["put_back"], 1);
}

#[test]
fn a_prune_counts_the_packs_that_it_cannot_read() {
    let sandbox = sandbox();
    rewrite(&sandbox.a_pack(), |bytes| bytes.truncate(bytes.len() - 104));
    let ran = sandbox.run(["prune", "--json", "--no-cache"]).expect_error(4, "damaged");
    assert_eq!(ran.summary()["packs_damaged"], 1);
}

#[test]
fn a_run_without_time_empties_one_pack_all_the_same() {
    let sandbox = sandbox();
    damage(&sandbox);
    let limited = APPLY.iter().chain(&["--max-duration", "0s"]);
    let ran = sandbox.run(limited);
    assert!(matches!(ran.code, 4 | 6), "{ran:?}");
    sandbox.run(APPLY);
    assert_eq!(objects_in_quarantine(&sandbox), 1);
}
