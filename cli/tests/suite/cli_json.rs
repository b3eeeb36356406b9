//! Goal: `--json` is what CLI.md section 6 says. Method: run every verb, parse every line. Lost if
//! this fails: front ends and scripts break.

use serde_json::Value;

use crate::sandbox::Sandbox;

fn number(summary: &Value, key: &str) -> u64 {
    summary[key].as_u64().unwrap_or_else(|| panic!("{key} is a number in {summary}"))
}

fn assert_identities(summary: &Value) {
    let n = |key: &str| number(summary, key);
    let processed = n("bytes_holes") + n("bytes_known") + n("bytes_novel");
    assert_eq!(n("total_bytes_processed"), processed, "{summary}");
    for unit in ["bytes", "chunks"] {
        let parts = ["from_access", "regenerated", "deferred", "sent"];
        let sum: u64 = parts.iter().map(|part| n(&format!("{unit}_{part}"))).sum();
        assert_eq!(n(&format!("{unit}_novel")), sum, "{summary}");
    }
}

#[test]
fn the_identities_of_a_backup_hold() {
    let sandbox = Sandbox::with_repository();
    let first = sandbox.backup();
    assert_identities(&first);
    assert_eq!((number(&first, "files_new"), number(&first, "files_unmodified")), (3, 0));
    assert!(number(&first, "bytes_novel") > 0);

    let second = sandbox.backup();
    assert_identities(&second);
    assert_eq!((number(&second, "files_new"), number(&second, "files_unmodified")), (0, 3));
    assert_eq!((number(&second, "bytes_read"), number(&second, "bytes_novel")), (0, 0));

    sandbox.write("src/a.txt", b"changed\n");
    let third = sandbox.backup();
    assert_identities(&third);
    assert_eq!(number(&third, "files_changed"), 1);

    let sparse = std::fs::File::create(sandbox.path("src/sparse")).unwrap();
    sparse.set_len(4 << 20).unwrap();
    assert_identities(&sandbox.backup());
    assert_identities(&sandbox.backup_with(&["--force"]));
    assert_identities(&sandbox.backup_with(&["--dry-run"]));
}

#[test]
fn every_verb_prints_lines_that_begin_with_their_type_or_one_document() {
    let sandbox = Sandbox::new();
    sandbox.make_source();
    let init = sandbox.run(["init", "--json"]).expect(0).lines();
    assert_eq!(init[0]["message_type"], "initialized");
    assert_eq!(init[0]["encrypted"], true);
    sandbox.backup();
    sandbox.write("src/new", b"x");
    let source = sandbox.source();
    let verbose = sandbox.run(["backup", "--json", "-vv", &source]).expect(0).lines();
    assert!(verbose.iter().any(|line| line["message_type"] == "verbose_status"));

    let lines: &[&[&str]] = &[
        &["ls", "latest"],
        &["diff", "latest~1", "latest"],
        &["restore", "latest", "-t", "out", "-v"],
        &["check"],
        &["tag", "--add", "x", "latest"],
        &["version"],
        &["config", "show", "backup"],
        &["config", "path"],
    ];
    for args in lines {
        let ran = sandbox.run(args.iter().chain(&["--json"])).expect(0);
        assert!(!ran.lines().is_empty(), "{args:?}");
    }
    let documents: &[&[&str]] = &[
        &["snapshots"],
        &["snapshots", "--group-by", "host"],
        &["find", "*.txt"],
        &["stats"],
        &["stats", "--mode", "raw-data"],
        &["stats", "--mode", "files-by-contents"],
        &["forget", "--keep-last", "9"],
        &["key", "list"],
        &["list", "packs"],
        &["list", "snapshots"],
        &["list", "keys"],
        &["list", "leases"],
        &["list", "chunks"],
        &["cat", "config"],
        &["cat", "snapshot", "latest"],
    ];
    for args in documents {
        let ran = sandbox.run(args.iter().chain(&["--json"])).expect(0);
        assert!(ran.document().is_array() || ran.document().is_object(), "{args:?}");
        assert_eq!(ran.text().lines().count(), 1, "{args:?}");
    }
}

#[test]
fn objects_can_be_listed_shown_and_found_by_id() {
    let sandbox = Sandbox::with_snapshot();
    let packs = sandbox.run(["list", "packs", "--json"]).expect(0).document();
    let chunks = sandbox.run(["list", "chunks", "--json"]).expect(0).document();
    for pack in packs.as_array().unwrap() {
        let id = pack["id"].as_str().unwrap();
        let shown = sandbox.run(["cat", "pack", &id[..8], "--json"]).expect(0).document();
        assert_eq!(shown["id"], id);
    }
    let b = format!("{}/folder/b.txt", sandbox.source());
    let mut found = 0;
    for chunk in chunks.as_array().unwrap() {
        let id = chunk["id"].as_str().unwrap();
        let matches = sandbox.run(["find", "--chunk", id, "--json"]).expect(0).document();
        found += usize::from(matches.to_string().contains(&b));
        let pack = chunk["pack"].as_str().unwrap();
        sandbox.run(["find", "--pack", pack, "--json"]).expect(0);
    }
    assert!(found > 0);
}

#[test]
fn chunks_are_found_in_every_part_of_a_long_list() {
    let sandbox = Sandbox::new();
    sandbox.run(["init", "--chunker", "fixed:512"]).expect(0);
    // More chunks than one item of a tree holds; the last one is another.
    let long = [vec![b'a'; 512 * 4100], vec![b'b'; 512]].concat();
    sandbox.write("src/long", &long);
    sandbox.backup();
    let chunks = sandbox.run(["list", "chunks", "--json"]).expect(0).document();
    let mut counts = Vec::new();
    for chunk in chunks.as_array().unwrap() {
        let id = chunk["id"].as_str().unwrap();
        let found = sandbox.run(["find", "--chunk", id, "--json"]).expect(0).document();
        if let Some(snapshot) = found.as_array().unwrap().first() {
            let entries = snapshot["matches"].as_array().unwrap();
            assert_eq!(entries.len(), 1, "one line for one file: {entries:?}");
            counts.push(entries[0]["chunks"].as_array().unwrap().len());
        }
    }
    counts.sort_unstable();
    assert_eq!(counts, [1, 4100]);
}

#[test]
fn tags_and_filters_choose_snapshots() {
    let sandbox = Sandbox::with_repository();
    sandbox.backup_with(&["--tag", "a,b", "--host", "one", "--time", "2031-05-17T08:30:00Z"]);
    sandbox.backup_with(&["--tag", "c", "--host", "two"]);
    let count = |args: &[&str]| {
        let args = ["snapshots", "--json"].iter().chain(args);
        sandbox.run(args).expect(0).document().as_array().unwrap().len()
    };
    assert_eq!(count(&[]), 2);
    assert_eq!(count(&["--tag", "a"]), 1);
    assert_eq!(count(&["--tag", "a,c"]), 0);
    assert_eq!(count(&["--tag", "a", "--tag", "c"]), 2);
    assert_eq!(count(&["--host", "two"]), 1);
    assert_eq!(count(&["--path", &sandbox.source()]), 2);
    assert_eq!(count(&["--path", "/elsewhere"]), 0);
    let shown = sandbox.run(["cat", "snapshot", "latest", "--json"]).expect(0).document();
    assert_eq!(shown["hostname"], "one", "its time is the later one");
    assert_eq!(shown["time"], "2031-05-17T08:30:00Z");
    let changed = sandbox.run(["tag", "--json", "--set", "z", "latest"]).expect(0).lines();
    assert_eq!(changed[0]["message_type"], "changed");
    assert_eq!(count(&["--tag", "z"]), 1);
    assert_eq!(count(&["--tag", "a"]), 0);
}
