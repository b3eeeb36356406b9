//! Goal: help, completions and manual pages come from the same definition and say what works. Lost
//! if this fails: users type what does not exist.

use crate::sandbox::Sandbox;

const VERBS: &str = "init backup snapshots ls restore dump diff find stats check cat list key \
                     forget tag unlock config demo version completions man";

#[test]
fn help_of_every_verb_ends_with_an_example_and_exit_codes() {
    let sandbox = Sandbox::new();
    for verb in VERBS.split_whitespace() {
        let help = sandbox.run([verb, "--help"]).expect(0).text();
        assert!(help.contains(&format!("Example: gleaner {verb}")), "{verb}: {help}");
        assert!(help.contains("Exit codes: 0 done"), "{verb}");
    }
    let help = sandbox.run(["--help"]).expect(0).text();
    let is_listed =
        |verb: &str| help.lines().any(|line| line.trim().starts_with(&format!("{verb} ")));
    assert!(VERBS.split_whitespace().all(is_listed), "{help}");
    assert!(!is_listed("prune") && !is_listed("mount"));
}

#[test]
fn manual_pages_and_completions_are_made() {
    let sandbox = Sandbox::new();
    sandbox.run(["man", "pages"]).expect(0);
    for verb in VERBS.split_whitespace() {
        let page = std::fs::read(sandbox.path(format!("pages/gleaner-{verb}.1"))).unwrap();
        assert!(page.len() > 500, "{verb}");
    }
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
    sandbox.run(["--json", "snapshots", "--no-input", "--input", "--no-quiet"]).expect(0);
    sandbox.run(["backup", "--no-dry-run", "--xattrs", &sandbox.source()]).expect(0);
}
