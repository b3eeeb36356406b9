//! Goal: the index is where, as large and as thorough as its flags say, and a second process works
//! beside the one that holds it. Lost if this fails: everything is stored again, or memory has no
//! bound.

use serde_json::Value;

use crate::sandbox::{Ran, Sandbox};

fn index_stats(sandbox: &Sandbox, flags: &[&str]) -> Value {
    let args = ["stats", "--mode", "raw-data", "--json"].iter().chain(flags);
    sandbox.run(args).expect(0).document()["index"].clone()
}

/// A source of some hundred chunks, noise that is the same at each call.
fn write_noise(sandbox: &Sandbox) {
    for number in 0..60_u32 {
        let noise = (0..30_000_u32).flat_map(|at| {
            let word = (at ^ number << 16).wrapping_mul(2_654_435_761);
            (word ^ word >> 13).wrapping_mul(0x85eb_ca6b).to_le_bytes()
        });
        sandbox.write(&format!("src/noise-{number}"), &noise.collect::<Vec<u8>>());
    }
}

#[test]
fn statistics_name_keys_bytes_per_key_and_who_answered() {
    let sandbox = Sandbox::with_repository();
    write_noise(&sandbox);
    sandbox.backup();
    sandbox.backup_with(&["--force"]);
    let index = index_stats(&sandbox, &[]);
    assert_eq!(index["mode"], "exact");
    let keys = index["keys"].as_u64().unwrap();
    assert!(keys > 60, "{index}");
    assert!(index["disk_bytes_per_key"].as_f64().unwrap() > 24.0, "{index}");
    let memory = &index["memory"];
    assert_eq!(memory["beyond_budget_bytes"], 0);
    assert_eq!(memory["budget_bytes"], 112 << 20);
    let lookups = &index["lookups"];
    let count = |name: &str| lookups[name].as_u64().unwrap();
    let answers = ["in_flight", "by_cache", "by_filter", "by_row", "novel_by_row"];
    assert_eq!(count("asked"), answers.iter().map(|name| count(name)).sum::<u64>(), "{lookups}");
    assert!(count("by_filter") > 60 && count("by_cache") > 60, "{lookups}");
    assert!(count("gets") <= 10, "a row or two for each pack: {lookups}");
}

#[test]
fn modes_are_taken_from_flag_environment_and_profile_and_restore_everything() {
    let modes: [(&[&str], Option<&str>, &str); 4] = [
        (&["--index-mode", "sparse"], None, "sparse"),
        (&["--index-mode", "neighbor"], None, "neighbor"),
        (&[], Some("sparse"), "sparse"),
        (&["--index-mode", "exact"], Some("neighbor"), "exact"),
    ];
    for (flags, variable, mode) in modes {
        let sandbox = Sandbox::with_repository();
        write_noise(&sandbox);
        let run = |args: &[&str]| {
            let mut command = sandbox.command(args.iter().chain(flags));
            command.envs(variable.map(|mode| ("GLEANER_INDEX_MODE", mode)));
            Ran::by(&mut command).expect(0)
        };
        let source = sandbox.source();
        run(&["backup", "--json", &source]);
        sandbox.write("src/new", b"one file more");
        let second = run(&["backup", "--json", "--force", &source]).summary();
        assert_eq!(second["chunks_novel"], 1, "{mode}: {second}");
        let address = format!("latest:{source}");
        run(&["restore", &address, "-t", "out"]);
        for name in ["new", "noise-0", "noise-59"] {
            let read = |folder: &str| std::fs::read(sandbox.path(folder).join(name)).unwrap();
            assert_eq!(read("src"), read("out"), "{mode}: {name}");
        }
        run(&["check", "--read-data"]);
        assert_eq!(run(&["stats", "--json"]).document()["index"]["mode"], mode);
    }
    let sandbox = Sandbox::with_repository();
    for wrong in [["--index-mode", "fast"], ["--index-memory", "much"]] {
        let args = ["backup", "--json", "src"].iter().chain(&wrong);
        sandbox.run(args).expect_error(2, "usage");
    }
}

#[test]
fn memory_of_the_index_is_what_the_flag_says() {
    let sandbox = Sandbox::with_repository();
    write_noise(&sandbox);
    sandbox.backup_with(&["--index-memory", "20M"]);
    let memory = index_stats(&sandbox, &["--index-memory", "20M"])["memory"].clone();
    assert_eq!(memory["budget_bytes"], 20 << 20);
    assert!(memory["total_bytes"].as_u64().unwrap() <= 20 << 20, "{memory}");
}

#[test]
fn second_process_recognises_what_the_holder_of_the_index_knows() {
    let sandbox = Sandbox::with_repository();
    write_noise(&sandbox);
    sandbox.backup();
    let mut holder = sandbox.waiting_backup(&["--json"], &[]);
    let source = sandbox.source();
    let ran = sandbox.run(["backup", "--json", "--force", &source]).expect(0);
    assert_eq!(ran.summary()["chunks_novel"], 0, "every chunk is known");
    assert!(!ran.stderr.contains("index"), "nothing to warn of: {}", ran.stderr);
    sandbox.write("src/new", b"stored beside the holder");
    assert_eq!(sandbox.backup()["chunks_novel"], 1);
    sandbox.run(["check", "--read-data"]).expect(0);

    drop(holder.stdin.take());
    assert!(holder.wait_with_output().unwrap().status.success());
    // The holder's own index learns of the pack from the storage.
    assert_eq!(sandbox.backup_with(&["--force"])["chunks_novel"], 0);
}
