//! Goal: `bench index` measures every target of the index, and says so in a form that a program can
//! compare. Method: a run with few keys, whose counts are known or bounded; its rates are not
//! looked at. Lost if this fails: a report that looks whole and lacks a phase, or a nightly run that
//! passes whatever it measures.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::sandbox::{Ran, Sandbox};

const NAMES: [&str; 29] = [
    "key_generation",
    "memory_bytes_per_key",
    "novel_insert",
    "novel_insert_sustained",
    "novel_insert_cpu",
    "checkpoints",
    "flush_and_compact_rest",
    "write_amplification",
    "wal_bytes_per_key",
    "reopen",
    "filter_miss",
    "filter_false_positives",
    "lookup_miss",
    "gets_per_novel_key",
    "cache_hit_in_order",
    "cache_hit_shuffled",
    "row_hit_batched_2_threads",
    "row_hit_single",
    "full_compaction",
    "disk_bytes_per_key",
    "table_bytes_per_key",
    "cold_hit_block_reads",
    "cold_hit",
    "gets_per_chunk",
    "directories_per_chunk",
    "stored_called_novel",
    "lookup",
    "reopen_10_packs_behind",
    "rebuild",
];

/// A run in the sandbox, which leaves nothing behind.
fn bench(sandbox: &Sandbox, flags: &[&str]) -> Ran {
    sandbox.write("work/.keep", b"");
    let ran = sandbox.run(["bench", "index", "--json", "--dir", "work"].iter().chain(flags));
    let left = std::fs::read_dir(sandbox.path(Path::new("work"))).unwrap();
    assert_eq!(left.count(), 1, "the folder of the index is gone");
    ran
}

/// Values of the rows by name.
fn values(document: &Value) -> BTreeMap<&str, f64> {
    let rows = document["rows"].as_array().unwrap();
    let value = |row: &Value| row["value"].as_f64().unwrap_or_else(|| panic!("{row}"));
    rows.iter().map(|row| (row["name"].as_str().unwrap(), value(row))).collect()
}

#[test]
fn every_phase_of_the_index_is_measured() {
    let sandbox = Sandbox::new();
    let ran = bench(&sandbox, &["--keys", "20000", "--seed", "5"]).expect(0);
    assert!(ran.schemas.contains("bench_index") && ran.stderr.is_empty(), "{}", ran.stderr);
    let document = ran.document();
    assert_eq!((&document["keys"], &document["seed"]), (&20_000.into(), &5.into()));
    let values = values(&document);
    for name in NAMES {
        assert!(values.contains_key(name), "{name} is missing");
    }
    assert_eq!(values.len(), NAMES.len(), "a row is not in the list: {values:?}");
    let within = |name: &str, low: f64, high: f64| {
        let value = values[name];
        assert!((low..=high).contains(&value), "{name} is {value}");
    };
    for rate in ["novel_insert", "filter_miss", "lookup_miss", "row_hit_single", "rebuild"] {
        within(rate, 1.0, 1e9);
    }
    within("memory_bytes_per_key", 1.0, 1000.0);
    within("filter_false_positives", 0.0, 0.01);
    within("gets_per_novel_key", 0.0, 0.02);
    // A flush writes each row once; there is too little for more.
    within("write_amplification", 1.0, 4.0);
    within("table_bytes_per_key", 24.0, 60.0);
    within("cold_hit_block_reads", 0.9, 2.0);
    // One directory for each pack, and a get or two that lead to it.
    within("gets_per_chunk", 0.5 / 1024.0, 0.02);
    within("directories_per_chunk", 0.9 / 1024.0, 2.0 / 1024.0);
    within("stored_called_novel", 0.0, 0.0);
    assert_eq!(document["memory"][0]["keys"], 20_000);
}

#[test]
fn sparse_index_is_measured_too() {
    let sandbox = Sandbox::new();
    let flags = ["--keys", "5000", "--mode", "sparse", "--memory", "16M"];
    let document = bench(&sandbox, &flags).expect(0).document();
    assert_eq!(
        (&document["mode"], &document["memory_budget_bytes"]),
        (&"sparse".into(), &(16_u64 << 20).into(),)
    );
    let missed = values(&document)["stored_called_novel"];
    assert!((0.0..0.2).contains(&missed), "most is found by its neighbours: {missed}");
}

#[test]
fn report_for_people_is_a_table() {
    let sandbox = Sandbox::new();
    let text = sandbox.run(["bench", "index", "--keys", "1"]).expect(0).text();
    assert!(text.contains("1 key, seed 1, mode exact, budget 112.0 MiB"), "{text}");
    let row = text.lines().find(|line| line.contains("novel_insert_sustained")).unwrap();
    assert!(
        row.contains("400.0 k") && row.contains("100000000"),
        "target and where it holds: {row}"
    );
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let sandbox = Sandbox::new();
    for flags in [
        &["--keys", "0"][..],
        &["--keys", "x"],
        &["--mode", "neighbor"],
        &["--memory", "1X"],
        &["--keys", "999999", "--enforce-floors"],
    ] {
        bench(&sandbox, flags).expect_error(2, "usage");
    }
    sandbox.run(["bench", "--json"]).expect_error(2, "usage");
    sandbox
        .run(["bench", "index", "--json", "--keys", "9", "--dir", "nowhere"])
        .expect_error(1, "no_such_path");
}
