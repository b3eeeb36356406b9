//! Goal: flag > environment > profile > built-in, and what is wrong in a profile is named with its
//! line. Lost if this fails: a nightly backup runs with other flags than its profile says.

use crate::sandbox::Sandbox;

const PROFILE: &str = "home/.config/gleaner/default.toml";

fn value(sandbox: &Sandbox, args: &[&str], key: &str) -> (String, String) {
    let ran = sandbox.run(["config", "show", "--json"].iter().chain(args)).expect(0);
    let line = ran.lines().into_iter().find(|line| line["key"] == key).unwrap();
    let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
    (text("value"), text("origin"))
}

#[test]
fn each_level_hides_the_one_below() {
    let sandbox = Sandbox::new();
    sandbox.write(PROFILE, b"[global]\nrepo = \"/profile\"\nthreads = 3\n[backup]\nforce = true\n");
    let repo = sandbox.path("repo").into_os_string().into_string().unwrap();
    assert_eq!(value(&sandbox, &[], "repo"), (repo, "environment GLEANER_REPOSITORY".into()));
    assert_eq!(value(&sandbox, &["-r", "/flag"], "repo"), ("/flag".into(), "flag".into()));
    let (threads, origin) = value(&sandbox, &[], "threads");
    assert_eq!(threads, "3");
    assert!(origin.ends_with("default.toml:3"), "{origin}");
    assert_eq!(value(&sandbox, &["backup"], "force").0, "true");
    assert_eq!(value(&sandbox, &["backup"], "dry-run"), ("false".into(), "built-in".into()));
    assert_eq!(value(&sandbox, &[], "password").0, "(set)");
}

#[test]
fn a_profile_gives_paths_and_lists_and_a_flag_replaces_them() {
    let sandbox = Sandbox::with_repository();
    let source = sandbox.source();
    let profile = format!("[backup]\npaths = [\"{source}\"]\nexclude = [\"*.tmp\", \"link\"]\n");
    sandbox.write(PROFILE, profile.as_bytes());
    let count = |args: &[&str]| {
        let ran = sandbox.run(["backup", "--json"].iter().chain(args)).expect(0);
        ran.summary()["total_files_processed"].as_u64().unwrap()
    };
    assert_eq!(count(&[]), 2);
    assert_eq!(count(&["-e", "a.txt"]), 2);
    assert_eq!(count(&["--no-exclude"]), 3);
    assert_eq!(count(&[&format!("{source}/folder")]), 1);
}

#[test]
fn mistakes_in_a_profile_are_2_with_line_and_advice() {
    let sandbox = Sandbox::new();
    for (text, place, advice) in [
        ("[backup]\nexclud = []", "default.toml:2", "exclude"),
        ("[bakup]\nforce = true", "default.toml:2", "backup"),
        ("[backup]\nforce = 1", "default.toml:2", "true or false"),
        ("[backup]\nexclude = \"x\"", "default.toml:2", "list"),
        ("[global]\n\nthreads = 0", "default.toml:3", ""),
        ("[global\n", "default.toml:1", ""),
        ("[global]\nrepo = \"a\"\nrepository-file = \"b\"", "default.toml", "both"),
    ] {
        sandbox.write(PROFILE, text.as_bytes());
        let mut command = sandbox.command(["snapshots", "--json"]);
        command.env_remove("GLEANER_REPOSITORY");
        let ran = crate::sandbox::Ran::by(&mut command).expect_error(2, "config");
        assert!(ran.stderr.contains(place) && ran.stderr.contains(advice), "{}", ran.stderr);
    }
}

#[test]
fn profiles_are_chosen_by_name_and_later_ones_win() {
    let sandbox = Sandbox::new();
    sandbox.write("home/.config/gleaner/a.toml", b"global = { threads = 1, idle = true }");
    sandbox.write("home/.config/gleaner/b.toml", b"global = { threads = 2 }");
    assert_eq!(value(&sandbox, &["-P", "a", "-P", "b"], "threads").0, "2");
    assert_eq!(value(&sandbox, &["-P", "b", "-P", "a"], "threads").0, "1");
    assert_eq!(value(&sandbox, &["-P", "a", "-P", "b"], "idle").0, "true");
    sandbox.run(["config", "show", "--json", "-P", "none"]).expect_error(2, "config");
    let made = sandbox.run(["config", "init", "fresh", "--json"]).expect(0);
    assert!(made.lines()[0]["path"].as_str().unwrap().ends_with("gleaner/fresh.toml"));
    sandbox.run(["config", "init", "fresh", "--json"]).expect_error(14, "guard");
    sandbox.run(["config", "show", "-P", "fresh"]).expect(0);
}
