//! Goal: `repair index` makes a whole index of any other, says what it will do before it does it,
//! and leaves alone what somebody works with. Lost if this fails: a user with a damaged cache has
//! to know which folder to delete.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::sandbox::Sandbox;

/// Files of the index and what lies beside it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(self::files(&entry.path()));
        } else {
            files.insert(entry.path(), std::fs::read(entry.path()).unwrap());
        }
    }
    files
}

fn cache(sandbox: &Sandbox) -> PathBuf {
    sandbox.path("home/.cache/gleaner")
}

/// The index's file whose name contains `part`.
fn file_of_index(sandbox: &Sandbox, part: &str) -> PathBuf {
    let files = files(&cache(sandbox));
    let is_it = |path: &&PathBuf| path.file_name().unwrap().to_str().unwrap().contains(part);
    files.keys().find(is_it).unwrap_or_else(|| panic!("no {part}")).clone()
}

const APPLY: [&str; 5] = ["repair", "index", "--apply", "--yes", "--json"];

#[test]
fn repair_heals_an_index_whose_files_are_changed_or_gone() {
    let sandbox = Sandbox::with_snapshot();
    let damages: [fn(&Path); 3] = [
        |file| std::fs::remove_file(file).unwrap(),
        |file| std::fs::write(file, b"").unwrap(),
        |file| {
            let mut bytes = std::fs::read(file).unwrap();
            bytes.iter_mut().step_by(10).for_each(|byte| *byte ^= 0x40);
            std::fs::write(file, bytes).unwrap();
        },
    ];
    for (damage, part) in damages.iter().zip(["CURRENT", "MANIFEST", "MANIFEST"]) {
        damage(&file_of_index(&sandbox, part));
        let ran = sandbox.run(APPLY).expect_error(5, "healed");
        let summary = ran.summary();
        assert_eq!(summary["applied"], true);
        assert_eq!((&summary["healed"]["index"], &summary["unhealed"]), (&1.into(), &0.into()));
        assert!(summary["packs"].as_u64().unwrap() >= 2, "data and tree: {summary}");
        let ran = sandbox.run(["backup", "--json", "--force", &sandbox.source()]).expect(0);
        assert_eq!(ran.summary()["chunks_novel"], 0, "every chunk is known again");
        assert!(!ran.text().contains("index_rebuilt"), "{}", ran.text());
    }
    let summary = sandbox.run(APPLY).expect(0).summary();
    assert_eq!(summary["healed"]["index"], 0, "a sound one is built anew too");

    std::fs::remove_dir_all(cache(&sandbox)).unwrap();
    assert_eq!(sandbox.run(APPLY).expect(0).summary()["healed"]["index"], 1, "there was none");
    sandbox.run(["check", "--read-data"]).expect(0);
}

#[test]
fn plan_and_question_change_nothing() {
    let sandbox = Sandbox::with_snapshot();
    std::fs::remove_file(file_of_index(&sandbox, "CURRENT")).unwrap();
    let before = (files(&cache(&sandbox)), sandbox.repository_content());
    let ran = sandbox.run(["repair", "index", "--json"]).expect(0);
    let plan = &ran.lines()[0];
    assert_eq!(
        (&plan["message_type"], &plan["steps"][0]["action"]),
        (&"plan".into(), &"rebuild_index".into())
    );
    assert!(plan["bytes_to_write"].as_u64().unwrap() > 0);
    assert_eq!(ran.summary()["applied"], false);
    let text = sandbox.run(["repair", "index"]).expect(0).text();
    assert!(text.contains("would build") && text.contains("nothing was changed"), "{text}");

    sandbox.run(["repair", "index", "--apply", "--json"]).expect_error(14, "unconfirmed");
    assert!(before == (files(&cache(&sandbox)), sandbox.repository_content()));
}

#[test]
fn index_that_another_process_works_with_is_left_to_it() {
    let sandbox = Sandbox::with_snapshot();
    let mut holder = sandbox.waiting_backup(&[], &[]);
    sandbox.run(APPLY).expect_error(11, "lease_busy");
    drop(holder.stdin.take());
    assert!(holder.wait_with_output().unwrap().status.success());
    sandbox.run(APPLY).expect(0);
}

#[test]
fn index_in_memory_is_no_index_to_repair() {
    let sandbox = Sandbox::with_snapshot();
    let flags = [["--no-cache", "--json"], ["--index-mode=neighbor", "--json"]];
    for flags in flags {
        let args = ["repair", "index", "--apply", "--yes"].iter().chain(&flags);
        sandbox.run(args).expect_error(2, "usage");
    }
}

#[test]
fn pack_that_cannot_be_read_is_left_out_and_said() {
    let sandbox = Sandbox::with_snapshot();
    let pack = sandbox.a_pack();
    std::fs::remove_file(&pack).unwrap();
    std::fs::write(&pack, b"rubbish").unwrap();
    let ran = sandbox.run(APPLY).expect_error(4, "damaged");
    assert_eq!(ran.summary()["unhealed"], 1);
    let name = pack.file_name().unwrap().to_str().unwrap();
    assert!(ran.stderr.contains(name) || ran.text().contains(name), "{ran:?}");
}
