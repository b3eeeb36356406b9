//! Goal: `check` looks at what its flags say, ends with the code that says what came out, and what
//! it tells to type next helps. Method: the binary on repositories with damage planted. Lost if
//! this fails: a user believes that more was verified than was, or is sent the wrong way.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::sandbox::{Ran, Sandbox};
use crate::schemas;

/// Bytes that do not compress, so that their block is most of a pack.
fn noise(seed: u32) -> Vec<u8> {
    let number = |n: u32| (n ^ seed << 20).wrapping_mul(2_654_435_761).rotate_left(n % 31);
    (0..25_000).flat_map(|n| number(n).to_le_bytes()).collect()
}

/// With as many snapshots; each has a data pack and a tree pack of its own.
fn with_snapshots(count: u32) -> Sandbox {
    let sandbox = Sandbox::with_repository();
    for number in 0..count {
        sandbox.write(&format!("src/noise{number}"), &noise(number + 1));
        sandbox.backup();
    }
    sandbox
}

fn packs(sandbox: &Sandbox) -> Vec<PathBuf> {
    let files = sandbox.repository_content();
    let is_pack = |path: &Path| path.starts_with(sandbox.path("repo/data"));
    files.into_iter().map(|(path, _)| path).filter(|path| is_pack(path)).collect()
}

/// The packs of which noise is the most.
fn data_packs(sandbox: &Sandbox) -> Vec<PathBuf> {
    let is_large = |path: &PathBuf| path.metadata().unwrap().len() > 50_000;
    packs(sandbox).into_iter().filter(is_large).collect()
}

fn replace(path: &Path, bytes: &[u8]) {
    // The mode of a stored object may forbid writing.
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn damage(pack: &Path) {
    let mut bytes = std::fs::read(pack).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 1;
    replace(pack, &bytes);
}

fn findings(ran: &Ran) -> Vec<Value> {
    ran.lines().into_iter().filter(|line| line["message_type"] == "finding").collect()
}

fn codes(ran: &Ran) -> Vec<String> {
    findings(ran).iter().map(|line| line["code"].as_str().unwrap().to_owned()).collect()
}

fn check(sandbox: &Sandbox, flags: &[&str]) -> Ran {
    sandbox.run(["check", "--json"].iter().chain(flags))
}

fn verified(ran: Ran) -> u64 {
    ran.expect(0).summary()["packs_verified"].as_u64().unwrap()
}

#[test]
fn parts_shares_and_sizes_read_as_many_packs_as_they_say() {
    let sandbox = with_snapshots(2);
    let packs = packs(&sandbox).len() as u64;
    let read = |subset: &str| verified(check(&sandbox, &["--read-data-subset", subset]));
    assert_eq!((1..=3).map(|n| read(&format!("{n}/3"))).sum::<u64>(), packs);
    assert_eq!(read("1/1"), packs);
    assert_eq!(read("50%"), packs.div_ceil(2));
    assert_eq!(read("0.1%"), 1);
    assert_eq!(read("1G"), packs);
    assert_eq!(read("1"), 1, "at least one");
    let ran = check(&sandbox, &["--read-data-subset", "1/2"]).expect(0);
    assert_eq!(ran.summary()["level"], "read_data_subset");
    for wrong in ["0/2", "3/2", "0%", "200%", "x", "", "0"] {
        check(&sandbox, &["--read-data-subset", wrong]).expect_error(2, "usage");
    }
}

#[test]
fn a_size_goes_round_all_packs_and_says_since_when_all_are_verified() {
    let sandbox = with_snapshots(2);
    let mut seen = 0;
    for run in 0.. {
        let summary = check(&sandbox, &["--read-data-subset", "1K"]).expect(0).summary();
        seen += summary["packs_verified"].as_u64().unwrap();
        if summary.get("oldest_verified").is_some() {
            break;
        }
        assert!(run < 20, "a pack was read twice before another was read once");
    }
    assert_eq!(seen, packs(&sandbox).len() as u64);
    let text = sandbox.run(["check"]).expect(0).text();
    assert!(text.contains("every pack was verified since 20"), "{text}");
}

#[test]
fn packs_verified_lately_are_skipped_if_there_is_a_cache() {
    let sandbox = with_snapshots(1);
    let all = packs(&sandbox).len() as u64;
    let lately = ["--read-data", "--max-age", "1d"];
    let without = ["--read-data", "--max-age", "1d", "--no-cache"];
    assert_eq!(verified(check(&sandbox, &without)), all);
    assert_eq!(verified(check(&sandbox, &without)), all, "nothing is kept");
    assert!(!sandbox.path("home/.cache/gleaner").join("checked-packs").exists());
    assert_eq!(verified(check(&sandbox, &lately)), all);
    let summary = check(&sandbox, &lately).expect(0).summary();
    assert_eq!((&summary["packs_verified"], &summary["packs_skipped"]), (&0.into(), &all.into()));
    assert_eq!(verified(check(&sandbox, &["--read-data", "--max-age", "0s"])), all);
    check(&sandbox, &["--read-data", "--max-age", "1y"]).expect_error(2, "usage");
}

#[test]
fn only_what_a_snapshot_needs_is_looked_at() {
    let sandbox = Sandbox::with_repository();
    for (folder, seed) in [("one", 1), ("two", 2)] {
        sandbox.write(&format!("{folder}/noise"), &noise(seed));
        sandbox.run(["backup", folder]).expect(0);
    }
    let first = ["--read-data", "--snapshot", "latest~1"];
    let [a, b] = &data_packs(&sandbox)[..] else { panic!("two packs of noise") };
    damage(a);
    let (of_first, of_second) =
        (check(&sandbox, &first), check(&sandbox, &["--read-data", "--snapshot", "latest"]));
    assert_eq!([of_first.code, of_second.code].iter().sum::<i32>(), 4, "one of them needs it");
    let sound = if of_first.code == 0 { of_first } else { of_second };
    assert_eq!(sound.summary()["packs_verified"], 2, "a data pack and a tree pack");
    damage(b);
    let both = ["--read-data", "--snapshot", "latest", "--snapshot", "latest~1"];
    let ran = check(&sandbox, &both).expect_error(4, "damaged");
    assert_eq!(ran.summary()["broken_packs"].as_array().unwrap().len(), 2);
    check(&sandbox, &["--snapshot", "0123456789"]).expect_error(1, "no_such_snapshot");
}

#[test]
fn a_check_without_time_is_6_and_the_next_one_goes_on() {
    let sandbox = with_snapshots(1);
    let flags = ["--read-data", "--max-age", "1d", "--max-duration", "0s"];
    let mut runs = 0;
    loop {
        let ran = check(&sandbox, &flags);
        assert_eq!(ran.summary()["packs_verified"], 1, "a pack a run");
        if ran.code == 0 {
            assert_eq!(ran.summary()["stopped_at"], Value::Null);
            break;
        }
        let ran = ran.expect_error(6, "limit");
        let summary = ran.summary();
        assert_eq!(summary["stopped_at"], "max_duration");
        let next = summary["next_command"].as_str().unwrap();
        for word in ["gleaner check", "--read-data", "--max-age 86400s", "--max-duration 0s"] {
            assert!(next.contains(word), "{next}");
        }
        runs += 1;
        assert!(runs < 10);
    }
    assert_eq!(runs + 1, packs(&sandbox).len());
    let ran = check(&sandbox, &["--read-data", "--max-duration", "0s", "--no-cache"]);
    assert!(ran.expect_error(6, "limit").stderr.contains("begins anew"));
    let text = sandbox.run(["check", "--max-duration", "1d"]).expect(0).text();
    assert!(text.contains("every snapshot is restorable"), "{text}");
}

#[test]
fn a_check_that_stops_early_with_a_finding_is_4() {
    let sandbox = with_snapshots(3);
    let all = data_packs(&sandbox);
    for pack in &all {
        damage(pack);
    }
    let flags = ["--read-data", "--max-errors", "1", "--threads", "1"];
    let mut broken = BTreeSet::new();
    for _ in 0..10 {
        let ran = check(&sandbox, &flags).expect(4);
        let summary = ran.summary();
        let found = summary["broken_packs"].as_array().unwrap();
        broken.extend(found.iter().map(|pack| pack.as_str().unwrap().to_owned()));
        if broken.len() == all.len() {
            break;
        }
        assert_eq!(summary["stopped_at"], "max_errors");
        // The next pack may be read already when the finding of the first is told.
        assert!((1..=2).contains(&found.len()), "{summary}");
    }
    assert_eq!(broken.len(), all.len(), "each run went on where the one before stopped");
    check(&sandbox, &["--max-errors", "0"]).expect_error(2, "usage");
}

#[test]
fn wanted_chunks_are_written_as_json_lines_and_never_into_the_repository() {
    let sandbox = with_snapshots(2);
    check(&sandbox, &["--read-data", "--wanted", "wanted"]).expect(0);
    assert_eq!(std::fs::read(sandbox.path("wanted")).unwrap(), b"", "nothing is wanted");
    let packs = data_packs(&sandbox);
    damage(&packs[0]);
    std::fs::remove_file(&packs[1]).unwrap();
    let ran = check(&sandbox, &["--read-data", "--wanted", "wanted"]).expect_error(4, "damaged");
    let summary = ran.summary();
    let text = std::fs::read_to_string(sandbox.path("wanted")).unwrap();
    schemas::check_messages(&text);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |state: &str| lines.iter().filter(|line| line["state"] == state).collect::<Vec<_>>();
    assert_eq!(of("damaged").len() as u64, summary["chunks_damaged"].as_u64().unwrap());
    assert_eq!(of("missing").len() as u64, summary["chunks_missing"].as_u64().unwrap());
    assert!(!of("damaged").is_empty() && !of("missing").is_empty(), "{text}");
    let name = packs[0].file_name().unwrap().to_str().unwrap();
    assert!(of("damaged").iter().all(|line| line["pack"] == name));
    assert_eq!(lines.len(), text.lines().count());

    let before = sandbox.repository_content();
    let inside = sandbox.path("repo/wanted");
    let inside = inside.to_str().unwrap();
    check(&sandbox, &["--wanted", inside]).expect_error(2, "usage");
    check(&sandbox, &["--wanted", "no/such/folder/x"]).expect_error(1, "no_such_path");
    assert!(before == sandbox.repository_content());
    let entries = std::fs::read_dir(sandbox.path(".")).unwrap().map(Result::unwrap);
    let left: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    assert!(!left.iter().any(|path| path.extension().is_some_and(|end| end == "new")), "{left:?}");
}

/// Bytes, modes and times of all files and folders.
fn everything(sandbox: &Sandbox) -> Vec<(PathBuf, Vec<u8>, u32, i64, i64)> {
    let mut found = Vec::new();
    let mut folders = vec![sandbox.path("repo")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let meta = path.metadata().unwrap();
            let bytes = if meta.is_dir() { Vec::new() } else { std::fs::read(&path).unwrap() };
            if meta.is_dir() {
                folders.push(path.clone());
            }
            found.push((path, bytes, meta.mode(), meta.mtime(), meta.mtime_nsec()));
        }
    }
    found.sort();
    found
}

#[test]
fn no_level_changes_the_repository_and_none_needs_to_write_there() {
    let sandbox = with_snapshots(2);
    sandbox.leave_a_lease();
    damage(&data_packs(&sandbox)[0]);
    let folder_modes = |mode: u32| {
        for (path, ..) in everything(&sandbox) {
            let extra = if path.is_dir() { 0o111 } else { 0 };
            let mode = std::fs::Permissions::from_mode(mode | extra);
            std::fs::set_permissions(path, mode).unwrap();
        }
    };
    folder_modes(0o444);
    let before = everything(&sandbox);
    let levels: &[&[&str]] = &[
        &[],
        &["--read-data"],
        &["--read-data", "--no-cache"],
        &["--read-data-subset", "1/2"],
        &["--read-data-subset", "50%"],
        &["--read-data-subset", "10K"],
        &["--read-data", "--max-age", "1d"],
        &["--read-data", "--snapshot", "latest"],
        &["--read-data", "--max-duration", "0s"],
        &["--read-data", "--max-errors", "1"],
        &["--read-data", "--wanted", "wanted"],
        &["--list-codes"],
    ];
    for flags in levels {
        let ran = check(&sandbox, flags);
        assert!([0, 4, 6].contains(&ran.code), "{flags:?}: {ran:?}");
        assert!(everything(&sandbox) == before, "{flags:?}");
    }
    folder_modes(0o644);
}

/// The first `count` lines of a check as slow as a byte a second.
fn lines_of_a_slow_check(sandbox: &Sandbox, flags: &[&str], count: usize) -> Vec<Value> {
    let args = ["check", "--read-data", "--limit-read", "1B"];
    let mut child = sandbox
        .command(args.iter().chain(flags))
        .env("GLEANER_PROGRESS_FPS", "60")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(count);
    let lines = lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    lines
}

#[test]
fn reading_keeps_to_the_limit() {
    let sandbox = with_snapshots(1);
    // A third of a second, in which it would be done otherwise.
    let lines = lines_of_a_slow_check(&sandbox, &["--json"], 20);
    assert_eq!(lines.len(), 20, "it is still at work");
    assert!(lines.iter().all(|line| line["message_type"] == "status" && line["bytes_done"] == 0));
}

#[test]
fn status_lines_go_to_the_descriptor_that_asks_for_them() {
    let sandbox = with_snapshots(1);
    let lines = lines_of_a_slow_check(&sandbox, &["--quiet", "--progress-fd", "1"], 2);
    assert_eq!((&lines[0]["message_type"], &lines[0]["verb"]), (&"status".into(), &"check".into()));
}

#[test]
fn a_signal_stops_at_a_pack_with_a_summary_and_its_own_code() {
    let sandbox = with_snapshots(5);
    // A data pack a second.
    let mut child = sandbox
        .command(["check", "--read-data", "--json", "--limit-read", "100K", "--threads", "1"])
        .env("GLEANER_PROGRESS_FPS", "60")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("\"phase\":\"process\"") {
        assert!(stdout.read_line(&mut text).unwrap() > 0, "{text}");
    }
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    stdout.read_to_string(&mut text).unwrap();
    let mut stderr = Vec::new();
    child.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
    let status = child.wait().unwrap();
    let ran = Ran::of(Output { status, stdout: text.into_bytes(), stderr });
    let summary = ran.expect_error(143, "interrupted").summary();
    assert_eq!(summary["stopped_at"], "signal");
    assert!(summary["packs_skipped"].as_u64().unwrap() > 0, "{summary}");
    assert!(summary["packs_verified"].as_u64().unwrap() > 0, "the pack it was at: {summary}");
}

#[test]
fn every_code_is_listed_once_with_its_cure() {
    let lines = check(&Sandbox::new(), &["--list-codes"]).expect(0).lines();
    let listed: Vec<&str> = lines.iter().map(|line| line["code"].as_str().unwrap()).collect();
    let expected = "K101 K102 K103 K104 P201 P202 P203 P204 P205 P206 P207 P208 P209 P210 \
                    I301 I302 I303 I304 S401 S402 S403 S405 T501 T502 T503 A601 A602 A603 \
                    L701 L702 L703 X801 X802 X803";
    assert_eq!(listed, expected.split_whitespace().collect::<Vec<_>>());
    assert!(lines.iter().all(|line| !line["cure"].as_str().unwrap().is_empty()));
}

/// Types what a finding says, with another copy of the repository at hand.
fn type_next(sandbox: &Sandbox, command: &str) {
    let binary = env!("CARGO_BIN_EXE_gleaner");
    let copy = sandbox.path("copy");
    let other = format!("{} --from-password-command 'echo correct horse'", copy.display());
    let command = command.replace("OTHER", &other).replace("--apply", "--apply --yes");
    let mut shell = std::process::Command::new("sh");
    let known = sandbox.command([] as [&str; 0]);
    shell.env_clear().envs(known.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.current_dir(sandbox.path("."));
    let script = format!("gleaner() {{ '{binary}' \"$@\"; }}; yes | {command}");
    let output = shell.arg("-c").arg(&script).output().unwrap();
    // A repair ends with 5, or with 4 if something is lost and the next line says how to get it.
    assert!(matches!(output.status.code(), Some(0 | 4 | 5)), "{script}: {output:?}");
}

fn next_of(ran: &Ran, code: &str) -> String {
    let found = findings(ran);
    let finding = found.iter().find(|line| line["code"] == code);
    let finding = finding.unwrap_or_else(|| panic!("no {code}: {}", ran.text()));
    finding["next_command"].as_str().unwrap().to_owned()
}

#[test]
fn what_a_finding_tells_to_type_heals_it_where_this_version_can() {
    type Plant = fn(&Sandbox);
    let plants: [(&str, Plant); 6] = [
        ("K101", |sandbox| {
            let path = sandbox.path("repo/config");
            let mut bytes = std::fs::read(&path).unwrap();
            bytes[50] ^= 1;
            replace(&path, &bytes);
        }),
        ("P204", |sandbox| damage(&data_packs(sandbox)[0])),
        ("P201", |sandbox| replace(&data_packs(sandbox)[0], b"rubbish")),
        ("S402", |sandbox| std::fs::remove_file(&data_packs(sandbox)[0]).unwrap()),
        ("P208", |sandbox| std::fs::remove_file(&data_packs(sandbox)[0]).unwrap()),
        ("S401", |sandbox| {
            let name = std::fs::read_dir(sandbox.path("repo/snapshots")).unwrap().next();
            replace(&name.unwrap().unwrap().path(), b"rubbish");
        }),
    ];
    for (code, plant) in plants {
        let sandbox = with_snapshots(1);
        check(&sandbox, &[]).expect(0);
        let copied = std::process::Command::new("cp")
            .arg("-a")
            .args([sandbox.path("repo"), sandbox.path("copy")])
            .status();
        assert!(copied.unwrap().success());
        plant(&sandbox);
        let ran = check(&sandbox, &["--read-data"]).expect_error(4, "damaged");
        assert!(findings(&ran).iter().all(|line| line["next_command"].is_string()));
        type_next(&sandbox, &next_of(&ran, code));
        // What a repair could not save is stored again by a backup.
        let second = check(&sandbox, &["--read-data"]);
        if second.code != 0 {
            type_next(&sandbox, second.summary()["next_command"].as_str().unwrap());
        }
        let again = check(&sandbox, &["--read-data"]).expect(0).summary();
        assert_eq!(
            (&again["num_errors"], &again["restorable"]),
            (&0.into(), &true.into()),
            "{code}"
        );
    }
}

#[test]
fn a_snapshot_that_vanished_is_named_until_somebody_says_that_it_may_be_gone() {
    let sandbox = with_snapshots(2);
    check(&sandbox, &[]).expect(0);
    let id = sandbox.run(["snapshots", "--json"]).expect(0).document()[0]["id"].clone();
    std::fs::remove_file(sandbox.path("repo/snapshots").join(id.as_str().unwrap())).unwrap();
    for _ in 0..2 {
        let ran = check(&sandbox, &[]).expect_error(4, "damaged");
        assert_eq!(codes(&ran), ["S405"]);
        assert_eq!(findings(&ran)[0]["snapshots"][0], id);
        assert_eq!(ran.summary()["restorable"], false);
    }
    check(&sandbox, &["--no-cache"]).expect(0);
    type_next(&sandbox, &next_of(&check(&sandbox, &[]), "S405"));
    check(&sandbox, &[]).expect(0);
}

#[test]
fn the_last_lines_say_what_is_restorable_what_is_lost_and_what_to_type() {
    let sandbox = with_snapshots(1);
    let text = sandbox.run(["check", "--read-data"]).expect(0).text();
    assert!(text.ends_with("every snapshot is restorable\n"), "{text}");
    damage(&data_packs(&sandbox)[0]);
    let ran = sandbox.run(["check", "--read-data"]).expect(4);
    let text = ran.text();
    let last: Vec<&str> = text.lines().rev().take(2).collect();
    assert!(last[1].starts_with("not every snapshot is restorable: 1 snapshot"), "{text}");
    let lost = format!("{}/noise0", sandbox.source());
    assert!(last[0].contains("path") && last[0].contains(&lost), "{text}");
    let next = ran.stderr.lines().last().unwrap();
    assert!(next.starts_with("next: gleaner repair packs -r "), "{next}");
    assert!(next.ends_with(" --apply"), "{next}");
}

#[test]
fn what_a_backup_stores_meanwhile_is_no_damage() {
    let sandbox = with_snapshots(1);
    let mut backup = sandbox.waiting_backup(&[], &[]);
    let ran = check(&sandbox, &["--read-data"]).expect(0);
    assert_eq!(ran.summary()["num_errors"], 0);
    let lease = findings(&ran);
    assert_eq!((&lease[0]["code"], &lease[0]["severity"]), (&"L701".into(), &"info".into()));
    let next = lease[0]["next_command"].as_str().unwrap();
    assert!(next.starts_with("gleaner unlock -r ") && next.contains("--lease "), "{next}");
    drop(backup.stdin.take());
    assert!(backup.wait_with_output().unwrap().status.success());
    let ran = check(&sandbox, &["--read-data"]).expect(0);
    assert!(findings(&ran).is_empty(), "{}", ran.text());
}
