//! Goal: the first five minutes of CLI.md section 12 work as written, in a pseudo-terminal and
//! without one, with and without `--json`. Lost if this fails: the user, at the first try.

use std::process::Command;

use crate::sandbox::{Ran, Sandbox};

/// The script, with `$JSON` for the flag.
const SCRIPT: &str = r#"
set -eu
gleaner init $JSON -r "$HOME/repo"
export GLEANER_REPOSITORY="$HOME/repo"
gleaner backup $JSON "$HOME/work"
echo change >> "$HOME/work/notes.txt"
gleaner backup $JSON "$HOME/work"
gleaner snapshots $JSON
gleaner restore $JSON latest:"$HOME"/work -t "$HOME/out"
diff -r "$HOME/work" "$HOME/out"
gleaner check $JSON --read-data
gleaner forget $JSON --keep-daily 7 --keep-monthly 12
gleaner prune $JSON -n
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("home/work/notes.txt", b"first\n");
    sandbox.write("home/work/more/data", &b"0123456789abcdef".repeat(10_000));
    sandbox.write("home/.gleaner-password", b"secret\n");
    sandbox.write("script", SCRIPT.as_bytes());
    sandbox
}

/// A shell in the sandbox that finds the binary by name.
fn shell(sandbox: &Sandbox, program: &str, args: &[&str], json: &str) -> Ran {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_gleaner"));
    let mut path = binary.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let output = Command::new(program)
        .args(args)
        .env_clear()
        .env("PATH", path)
        .env("HOME", sandbox.path("home"))
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm")
        .env("GLEANER_TEST_KDF", "1")
        .env("GLEANER_PASSWORD_FILE", sandbox.path("home/.gleaner-password"))
        .env("JSON", json)
        .current_dir(sandbox.path("."))
        .output()
        .unwrap();
    Ran::of(output)
}

#[test]
fn the_first_minutes_without_a_terminal() {
    let sandbox = sandbox();
    let ran = shell(&sandbox, "sh", &["script"], "").expect(0);
    let text = ran.text();
    assert!(text.contains("1 file changed"), "{text}");
    assert!(text.contains("every snapshot is restorable"), "{text}");
    // No advice and no bars without a terminal; only the warning about the password file.
    assert!(ran.stderr.lines().all(|line| line.starts_with("warning: password file")), "{ran:?}");
}

#[test]
fn the_first_minutes_in_json() {
    let ran = shell(&sandbox(), "sh", &["script"], "--json").expect(0);
    for line in ran.text().lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value.is_array() || line.starts_with("{\"message_type\":\""), "{line}");
    }
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_first_minutes_in_a_terminal() {
    if Command::new("script").arg("--version").output().is_err() {
        // The pseudo-terminal comes from util-linux.
        return;
    }
    let args = ["-qec", "sh script", "/dev/null"];
    let ran = shell(&sandbox(), "script", &args, "").expect(0);
    let text = ran.text();
    assert!(text.contains("next: gleaner backup"), "{text}");
    assert!(text.contains("every snapshot is restorable"), "{text}");
}

#[test]
fn the_demo_holds_in_every_step() {
    let sandbox = Sandbox::new();
    let lines = sandbox.run(["demo", "--json", "--seed", "7"]).expect(0).lines();
    let names: Vec<&str> = lines.iter().map(|line| line["name"].as_str().unwrap()).collect();
    let expected = [
        "make_data",
        "init",
        "backup",
        "backup_again",
        "damage",
        "check",
        "repair",
        "restore",
        "compare",
        "clean_up",
    ];
    assert_eq!(names, expected);
    assert!(lines.iter().all(|line| line["ok"] == true));
    sandbox.write("full/file", b"x");
    sandbox.run(["demo", "--json", "--keep", "full"]).expect_error(14, "guard");
}
