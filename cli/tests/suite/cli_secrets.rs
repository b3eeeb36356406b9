//! Goal: a password stands in nothing that a run prints, logs, caches or stores (CLI.md section 1,
//! rule 6). Lost if this fails: the backups of whoever posts a log.

use std::path::{Path, PathBuf};

use crate::sandbox::{PASSWORD, Ran, Sandbox};

const SECOND: &str = "battery staple";
const WRONG: &str = "a mistyped secret";

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn passwords_are_in_no_output_log_cache_or_repository() {
    let sandbox = Sandbox::new();
    sandbox.make_source();
    sandbox.write("passwords/first", PASSWORD.as_bytes());
    sandbox.write("passwords/second", SECOND.as_bytes());
    let source = sandbox.source();
    let from = ["--from-repo", "repo", "--from-password-file", "passwords/first"];
    let runs: Vec<(Vec<&str>, i32)> = vec![
        (vec!["init"], 0),
        (vec!["init", "-r", "other"], 0),
        (vec!["backup", &source], 0),
        (vec!["key", "add", "--new-password-file", "passwords/second"], 0),
        (vec!["key", "add", "--new-password-command", "cat passwords/second"], 0),
        (vec!["key", "list"], 0),
        (vec!["snapshots", "-p", "passwords/second"], 0),
        (vec!["check", "--read-data"], 0),
        (["copy", "-r", "other"].into_iter().chain(from).collect(), 0),
        (vec!["cat", "config"], 0),
        (vec!["config", "show", "backup", "-p", "passwords/first"], 0),
        (vec!["prune"], 0),
        (vec!["restore", "nowhere", "-t", "out"], 1),
        (vec!["key", "add", "--frobnicate"], 2),
    ];
    let mut printed = Vec::new();
    for (args, code) in &runs {
        for json in [&[][..], &["--json"]] {
            let flags = ["-vv", "--log-file", "log"].iter().chain(json);
            let ran = sandbox.run(args.iter().chain(flags));
            // What was made once is refused the second time.
            assert!(ran.code == *code || ran.code == 14 && args[0] == "init", "{args:?}: {ran:?}");
            printed.extend([ran.stdout, ran.stderr.into_bytes()]);
        }
    }
    let mut wrong = sandbox.command(["snapshots", "-vv", "--log-file", "log"]);
    let ran = Ran::by(wrong.env("GLEANER_PASSWORD", WRONG)).expect(12);
    printed.extend([ran.stdout, ran.stderr.into_bytes()]);
    let mut stored = Vec::new();
    for folder in ["repo", "other", "home"] {
        files(&sandbox.path(folder), &mut stored);
    }
    stored.push(sandbox.path("log"));
    assert!(stored.len() > 20);
    printed.extend(stored.iter().map(|path| std::fs::read(path).unwrap()));
    for secret in [PASSWORD, SECOND, WRONG] {
        assert!(printed.iter().all(|bytes| !holds(bytes, secret)), "{secret}");
    }
    assert!(printed.iter().any(|bytes| holds(bytes, "passwords/first")), "it looks everywhere");
}
