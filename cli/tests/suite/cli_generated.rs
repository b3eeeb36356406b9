//! Goal: help, completions and manual pages come from the same definition and say what works. Lost
//! if this fails: users type what does not exist.

use std::collections::BTreeMap;
use std::path::Path;

use crate::sandbox::Sandbox;

const VERBS: &str = "init backup snapshots ls restore dump diff find stats check repair cat list \
                     key copy forget prune parity migrate tag unlock config demo bench \
                     access version completions man";

#[test]
fn help_of_every_verb_ends_with_an_example_and_exit_codes() {
    let sandbox = Sandbox::new();
    for verb in VERBS.split_whitespace() {
        let help = sandbox.run([verb, "--help"]).expect(0).text();
        assert!(help.contains(&format!("Example: gleaner {verb}")), "{verb}: {help}");
        assert!(help.contains("Exit codes: 0 done"), "{verb}");
    }
    for verbs in [
        ["key", "add"],
        ["config", "show"],
        ["bench", "index"],
        ["repair", "index"],
        ["parity", "add"],
        ["access", "scan"],
    ] {
        let help = sandbox.run(verbs.iter().chain(&["--help"])).expect(0).text();
        assert!(help.contains("Example: gleaner") && help.contains("Exit codes: 0"), "{verbs:?}");
    }
    let help = sandbox.run(["--help"]).expect(0).text();
    let is_listed =
        |verb: &str| help.lines().any(|line| line.trim().starts_with(&format!("{verb} ")));
    assert!(VERBS.split_whitespace().all(is_listed), "{help}");
    assert!(!is_listed("mount"));
}

/// Names and contents of the files in a folder.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let name = |entry: &std::fs::DirEntry| entry.file_name().into_string().unwrap();
    entries.map(|entry| (name(&entry), std::fs::read_to_string(entry.path()).unwrap())).collect()
}

#[test]
fn committed_pages_and_completions_are_those_of_this_version() {
    let sandbox = Sandbox::new();
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    sandbox.run(["man", "pages"]).expect(0);
    let mut completions = BTreeMap::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = sandbox.run(["completions", shell]).expect(0).text();
        completions.insert(format!("gleaner.{shell}"), script);
    }
    for (made, committed) in [
        (files(&sandbox.path("pages")), files(&package.join("man"))),
        (completions, files(&package.join("completions"))),
    ] {
        let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&made), names(&committed), "CONTRIBUTING.md says how to make them anew");
        for (name, text) in made {
            assert!(text == committed[&name], "{name} is stale; see CONTRIBUTING.md");
        }
    }
}

#[test]
fn manual_pages_and_completions_are_made() {
    let sandbox = Sandbox::new();
    sandbox.run(["man", "pages"]).expect(0);
    for verb in VERBS.split_whitespace() {
        let page = std::fs::read(sandbox.path(format!("pages/gleaner-{verb}.1"))).unwrap();
        assert!(page.len() > 500, "{verb}");
    }
    let codes = std::fs::read_to_string(sandbox.path("pages/gleaner-exit-codes.7")).unwrap();
    for word in ["130", "lease_busy", "unconfirmed", "Done as asked"] {
        assert!(codes.contains(word), "{word}");
    }
    assert!(sandbox.path("pages/gleaner-key-add.1").exists(), "sub-verbs have pages too");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = sandbox.run(["completions", shell]).expect(0).text();
        assert!(script.contains("snapshots"), "{shell}");
    }
}

#[test]
fn every_switch_has_a_twin_and_the_last_one_wins() {
    let sandbox = Sandbox::with_snapshot();
    let json = |args: &[&str]| sandbox.run(args).expect(0).text().starts_with('[');
    assert!(json(&["snapshots", "--no-json", "--json"]));
    assert!(!json(&["snapshots", "--json", "--no-json"]));
    assert!(!json(&["--json", "snapshots", "--no-json"]), "also across the verb");
    assert!(json(&["--no-json", "snapshots", "--json"]));
    sandbox.run(["--json", "snapshots", "--no-input", "--input", "--no-quiet"]).expect(0);
    sandbox.run(["backup", "--no-dry-run", "--xattrs", &sandbox.source()]).expect(0);
}
