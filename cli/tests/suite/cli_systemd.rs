//! Goal: the units of `cli/systemd` start what they say, with next to no rights.
//!
//! Method: the words of `ExecStart`, with a file of the sandbox in place of the one below `/etc`;
//! the exposure that `systemd-analyze` computes. If this fails, an operator's server does not
//! start, or a parser of hostile bytes may do more than it has to.

use std::path::PathBuf;
use std::process::Command;

use crate::sandbox::Sandbox;

/// Of 100, where 0 is a process that may do nothing.
const EXPOSURE_MAX: &str = "20";

fn unit(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("systemd").join(name)
}

/// The words behind the command, with this file for the one that they name.
fn words(name: &str, config: &str) -> Vec<String> {
    let text = std::fs::read_to_string(unit(name)).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/bin/gleaner "));
    let words = line.unwrap().split(' ').map(|word| match word.strip_prefix("/etc/gleaner/") {
        Some(_) => config.to_owned(),
        None => word.to_owned(),
    });
    words.chain(["--check-config".to_owned()]).collect()
}

#[test]
fn units_start_what_they_say() {
    let sandbox = Sandbox::new();
    sandbox.make_source();
    let serve = b"data = \"srv\"\nlisten = \"0.0.0.0:7443\"\nmetrics = \"127.0.0.1:9443\"\n";
    sandbox.write("serve.toml", serve);
    sandbox.run(["tenant", "--config", "serve.toml", "add", "office"]).expect(0);
    sandbox.run(words("gleaner-serve.service", "serve.toml")).expect(0);
    let agent = format!(
        "server = \"https://h\"\nserver_fingerprint = \"{}\"\nstate = \"state\"\n\
         [[source]]\nnumber = 1\nkind = \"tree\"\npath = \"src\"\nscope = \"public\"\n",
        "0".repeat(64)
    );
    sandbox.write("agent.toml", agent.as_bytes());
    sandbox.run(words("gleaner-agent@.service", "agent.toml")).expect(0);
}

#[test]
fn units_may_do_next_to_nothing() {
    for name in ["gleaner-serve.service", "gleaner-agent@.service"] {
        let mut analyze = Command::new("systemd-analyze");
        analyze.args(["security", "--offline=true", "--threshold", EXPOSURE_MAX, "--no-pager"]);
        let Ok(output) = analyze.arg(unit(name)).output() else {
            eprintln!("SKIPPED: there is no systemd-analyze");
            return;
        };
        let text = String::from_utf8_lossy(&output.stdout);
        let last = text.lines().last().unwrap_or_default();
        assert!(output.status.success(), "{name}: {last}");
        println!("{last}");
    }
}
