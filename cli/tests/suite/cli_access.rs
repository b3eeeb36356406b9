//! Goal: operators see what an access server holds, by which recipes what comes out of it, and what
//! cannot be read. Lost if this fails: a cache that gives nothing, and nobody knows why.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::sandbox::Sandbox;

/// A folder with a text, the same as gzip, and a gzip that was cut short.
fn sandbox() -> (Sandbox, Vec<u8>) {
    let sandbox = Sandbox::new();
    let text = b"a body that a subscriber saw, and saw, and saw\n".repeat(100);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&text).unwrap();
    let packed = encoder.finish().unwrap();
    sandbox.write("site/a.txt", &text);
    sandbox.write("site/a.txt.gz", &packed);
    sandbox.write("site/sub/cut.gz", &packed[..packed.len() / 2]);
    // A tree takes a file for complete once nothing changed for two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2500));
    (sandbox, text)
}

#[test]
fn objects_are_counted_listed_shown_and_verified() {
    let (sandbox, text) = sandbox();
    let scanned_by = sandbox.run(["access", "scan", "tree:site", "--json"]);
    let scanned = scanned_by.document();
    assert_eq!(scanned["objects"], 3, "{scanned}");

    let listed_by = sandbox.run(["access", "ls", "tree:site", "--json"]);
    let listed = listed_by.lines();
    let mut keys: Vec<_> = listed.iter().map(|line| line["key"].as_str().unwrap()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["a.txt", "a.txt.gz", "sub/cut.gz"]);

    let show = ["access", "show", "tree:site", "a.txt.gz", "--json"];
    let shown_by = sandbox.run(show);
    let shown = shown_by.document();
    let hash = blake3::hash(&text).to_hex().to_string();
    let made = shown["representations"].as_array().unwrap();
    assert!(made.iter().any(|it| it["blake3"] == hash.as_str()), "{shown}");

    let verified = sandbox.run(["access", "verify", "tree:site", "--json"]);
    assert_eq!(verified.document()["failed"], 1, "the one that was cut");
    let used = [&scanned_by, &listed_by, &shown_by, &verified].map(|ran| &ran.schemas);
    for name in ["object", "access_scan", "access_show", "access_verify"] {
        assert!(used.iter().any(|names| names.contains(name)), "{name}");
    }
    assert!(verified.stderr.contains("sub/cut.gz"), "{}", verified.stderr);
}

#[test]
fn sources_that_cannot_be_are_named() {
    let (sandbox, _) = sandbox();
    for (source, said) in [
        ("site", "KIND:PATH"),
        ("tree:", "KIND:PATH"),
        ("gopher:site", "kind"),
        ("tree:nowhere", "folder"),
    ] {
        let ran = sandbox.run(["access", "scan", source]);
        assert!(ran.code == 2 && ran.stderr.contains(said), "{source}: {}", ran.stderr);
    }
    sandbox.run(["access", "show", "tree:site", "not-there"]).expect(1);
}
