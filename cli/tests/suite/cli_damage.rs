//! Goal: damage is found, named, and never restored silently. Method: flip a byte of a pack. Lost
//! if this fails: a user believes in a backup that is gone.

use crate::sandbox::Sandbox;

fn flip_a_byte(sandbox: &Sandbox) -> String {
    let pack = sandbox.a_pack();
    let mut bytes = std::fs::read(&pack).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 1;
    std::fs::remove_file(&pack).unwrap();
    std::fs::write(&pack, bytes).unwrap();
    pack.file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn check_names_the_pack_and_the_paths_of_a_flipped_byte() {
    let sandbox = Sandbox::with_repository();
    // Does not compress, so that its block is most of the pack.
    let noise: Vec<u8> =
        (0..40_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    sandbox.write("src/noise", &noise);
    sandbox.backup();
    sandbox.run(["check", "--read-data", "--json"]).expect(0);
    let pack = flip_a_byte(&sandbox);

    let ran = sandbox.run(["check", "--read-data", "--json"]).expect_error(4, "damaged");
    let lines = ran.lines();
    let findings = lines.iter().filter(|line| line["message_type"] == "finding");
    assert!(findings.clone().any(|finding| finding["pack"] == pack.as_str()), "{}", ran.text());
    let noise = format!("{}/noise", sandbox.source());
    let names_it = |finding: &serde_json::Value| {
        finding["paths"].as_array().unwrap().iter().any(|path| *path == noise.as_str())
    };
    assert!(findings.clone().any(names_it), "{}", ran.text());
    let summary = ran.summary();
    assert_eq!(summary["restorable"], false);
    assert!(summary["num_errors"].as_u64().unwrap() > 0);

    let ran = sandbox.run(["restore", "--json", "latest", "-t", "out"]).expect_error(4, "damaged");
    assert!(ran.summary()["paths_lost"].as_u64().unwrap() > 0);
    let restored = sandbox.path("out").join(noise.trim_start_matches('/'));
    assert!(!restored.exists(), "no file with wrong bytes gets its name");
}

#[test]
fn findings_that_harm_nobody_are_named_and_do_not_fail_a_check() {
    let sandbox = Sandbox::with_snapshot();
    sandbox.write("repo/data/notes", b"not a pack");
    let copy = sandbox.path("repo/keys/config");
    let mut bytes = std::fs::read(&copy).unwrap();
    bytes[50] ^= 1;
    std::fs::remove_file(&copy).unwrap();
    std::fs::write(&copy, bytes).unwrap();

    let ran = sandbox.run(["check", "--json"]).expect(0);
    let lines = ran.lines();
    let found: Vec<_> = lines
        .iter()
        .filter(|line| line["message_type"] == "finding")
        .map(|line| (line["code"].as_str().unwrap(), line["severity"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("K101", "warning"), ("X801", "warning")]);
    assert_eq!(ran.summary()["num_errors"], 0);
    let text = sandbox.run(["check"]).expect(0).text();
    assert!(text.contains("keys/config") && text.contains("data/notes"), "{text}");
}
